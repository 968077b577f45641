//! The audit trail: what is asked for, the entries, the end of the chain, export.

use crate::components::{
    ActPanel, ActPanelView, DataTable, Empty, EmptyState, Fact, Facts, Field, FieldView, Head, PageHead, PageTurner,
    Pager, Section, Table,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct AuditModel {
    pub head: Head,
    /// A GET form: the address holds what is asked for.
    pub action: String,
    pub fields: Vec<Field>,
    pub found: String,
    pub table: Table,
    pub empty: Option<Empty>,
    pub pager: Option<Pager>,
    /// Where the chain ends, and where its heads are kept.
    pub chain: Vec<Fact>,
    pub panels: Vec<ActPanel>,
}

pub fn audit_page(model: AuditModel) -> AnyView {
    let fields = model.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let body = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! { <DataTable table=model.table/> }.into_any(),
    };
    let panels = model.panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            <form class="panel flow" action=model.action aria-label="筛选审计记录">
                <div class="field-row">{fields}</div>
                <button class="button">"查找"</button>
            </form>
            <section class="flow" aria-labelledby="result">
                <h2 id="result" aria-live="polite" class="large">{model.found}</h2>
                {body}
                {model.pager.map(|pager| view! { <PageTurner pager/> })}
            </section>
            <Section id="chain" title="事件链"><Facts facts=model.chain/></Section>
            {panels}
        </div>
    }
    .into_any()
}
