//! The desk of every role: numbers that open lists, what is due first, what nobody takes.

use crate::components::{
    DataTable, Due, DueList, Empty, EmptyKind, EmptyState, Head, Link, LinkButton, More, PageHead, PageTurner, Pager,
    Section, Stat, Stats, Table,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct DeskModel {
    /// "今日待办", with at most one primary action.
    pub head: Head,
    pub stats: Vec<Stat>,
    /// Urgent needs and what is urgent to decide, before everything else.
    pub urgent: Vec<Due>,
    /// Past its time and come to this desk.
    pub overdue: Vec<Due>,
    /// Label and address of all that is late, when this is only its beginning.
    pub overdue_all: Option<(String, String)>,
    /// Sorted by clock.
    pub due: Vec<Due>,
    /// "8件　2026年11月23日 星期一 13:40".
    pub due_note: String,
    /// Label and address of the whole list, when this is only its beginning.
    pub due_all: Option<(String, String)>,
    /// In place of the due list when nothing is due.
    pub due_empty: Option<Empty>,
    /// The unclaimed queue and other tables of this role.
    pub tables: Vec<DeskTable>,
}

#[derive(Clone, Debug)]
pub struct DeskTable {
    pub id: String,
    pub title: String,
    pub table: Table,
    pub action: Option<Link>,
    pub all: Option<(String, String)>,
    pub empty: Option<Empty>,
}

pub fn desk_page(model: DeskModel) -> AnyView {
    let due = if model.due.is_empty() {
        let empty = model
            .due_empty
            .unwrap_or_else(|| Empty::new(EmptyKind::Nothing, "都办完了", "现在没有到期的事。有新的会排在这里。"));
        view! { <EmptyState empty/> }.into_any()
    } else {
        view! { <DueList items=model.due/> }.into_any()
    };
    let note = view! { <p class="muted">{model.due_note}</p> }.into_any();
    let urgent = (!model.urgent.is_empty())
        .then(|| view! { <Section id="urgent" title="急难，先办"><DueList items=model.urgent/></Section> });
    let overdue = (!model.overdue.is_empty()).then(|| {
        view! {
            <Section id="overdue" title="逾期">
                <DueList items=model.overdue/>
                {model.overdue_all.map(|(label, href)| view! { <p><More label href/></p> })}
            </Section>
        }
    });
    let tables = model.tables.into_iter().map(|table| {
        let aside = match table.action {
            Some(link) => view! { <LinkButton link/> }.into_any(),
            None => ().into_any(),
        };
        let body = match table.empty {
            Some(empty) => view! { <EmptyState empty/> }.into_any(),
            None => view! { <DataTable table=table.table/> }.into_any(),
        };
        view! {
            <Section id=table.id title=table.title aside>
                {body}
                {table.all.map(|(label, href)| view! { <p><More label href/></p> })}
            </Section>
        }
    });
    view! {
        <div class="page flow sections">
            <div class="flow"><PageHead head=model.head/><Stats stats=model.stats/></div>
            {urgent}
            {overdue}
            <Section id="due" title="先到期的先办" aside=note>
                {due}
                {model.due_all.map(|(label, href)| view! { <p><More label href/></p> })}
            </Section>
            {tables.collect_view()}
        </div>
    }
    .into_any()
}

/// Everything that is late, on a page of its own.
#[derive(Clone, Debug, Default)]
pub struct OverdueModel {
    pub head: Head,
    pub lines: Vec<Due>,
    pub pager: Option<Pager>,
    pub empty: Option<Empty>,
}

pub fn overdue_page(model: OverdueModel) -> AnyView {
    let body = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! { <DueList items=model.lines/> }.into_any(),
    };
    view! { <div class="page flow"><PageHead head=model.head/>{body}{model.pager.map(|pager| view! { <PageTurner pager/> })}</div> }
        .into_any()
}
