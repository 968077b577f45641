//! Who fits whom: cards with the parts of the fit in words, what can be done with each, and who does not fit and why.

use crate::components::{
    ActPanel, ActPanelView, DataTable, Decision, DecisionRow, Empty, EmptyState, Head, More, NeedCard, NeedCardView,
    Notice, PageHead, PageTurner, Pager, Section, Tab, Table, Tabs,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct FitModel {
    pub head: Head,
    pub notice: Option<String>,
    pub tabs: Vec<Tab>,
    pub groups: Vec<FitGroup>,
    /// Forms at the side.
    pub panels: Vec<ActPanel>,
    pub empty: Option<Empty>,
}

/// One list of cards under a heading, with a table after them.
#[derive(Clone, Debug, Default)]
pub struct FitGroup {
    pub id: String,
    pub title: String,
    /// A sentence under the heading.
    pub text: String,
    pub cards: Vec<FitCard>,
    pub table: Option<Table>,
    pub more: Option<(String, String)>,
    pub pager: Option<Pager>,
}

#[derive(Clone, Debug)]
pub struct FitCard {
    pub card: NeedCard,
    pub decisions: Vec<Decision>,
}

pub fn fit_page(model: FitModel) -> AnyView {
    let groups = model.groups.into_iter().map(fit_group).collect_view();
    let empty = model.empty.map(|empty| view! { <EmptyState empty/> });
    let main = view! { <div class="flow sections">{empty}{groups}</div> }.into_any();
    let body = if model.panels.is_empty() {
        main
    } else {
        let panels = model.panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
        view! { <div class="split">{main}<div class="flow sticky">{panels}</div></div> }.into_any()
    };
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            {model.notice.map(|text| view! { <Notice text/> })}
            <Tabs label="查看" tabs=model.tabs/>
            {body}
        </div>
    }
    .into_any()
}

/// One group, also inside other pages.
pub fn fit_group(group: FitGroup) -> AnyView {
    let cards = group.cards.into_iter().map(|fit| {
        view! { <div class="flow"><NeedCardView card=fit.card/><DecisionRow decisions=fit.decisions/></div> }.into_any()
    });
    let cards = cards.collect_view();
    let table = group.table.map(|table| view! { <DataTable table/> });
    let more = group.more.map(|(label, href)| view! { <p><More label href/></p> });
    let pager = group.pager.map(|pager| view! { <PageTurner pager/> });
    let text = (!group.text.is_empty()).then(|| view! { <p class="muted">{group.text}</p> });
    view! { <Section id=group.id title=group.title>{text}{cards}{table}{pager}{more}</Section> }.into_any()
}
