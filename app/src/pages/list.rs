//! A list of needs, claims, pairings, verifications, organizations: filter tabs, a table, pages.

use crate::components::{
    Chips, DataTable, Decision, DecisionButton, Empty, EmptyState, FilterButton, FilterPanel, Filters, Head, PageHead,
    PageTurner, Pager, Search, SearchBox, Section, Tab, Table, Tabs,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct ListModel {
    pub head: Head,
    pub search: Option<Search>,
    /// By state, with counts.
    pub tabs: Vec<Tab>,
    /// Facets at the left; most lists have tabs alone.
    pub filters: Option<Filters>,
    /// "64个结对".
    pub found: String,
    /// How a search was read.
    pub notice: Option<String>,
    /// Decides everything on this page at once, where that is safe.
    pub batch: Option<Decision>,
    /// A block of its own before all others: heading and table.
    pub first: Option<(String, Table)>,
    pub table: Table,
    pub pager: Option<Pager>,
    /// In place of the table.
    pub empty: Option<Empty>,
}

pub fn list_page(model: ListModel) -> AnyView {
    let first = model.first.map(|(title, table)| {
        view! { <Section id="first" title=title><DataTable table/></Section> }
    });
    let table = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None if model.table.is_empty() => ().into_any(),
        None => view! { <DataTable table=model.table/> }.into_any(),
    };
    let pager = model.pager.map(|pager| view! { <PageTurner pager/> });
    let search = model.search.map(|search| view! { <SearchBox search/> });
    let tabs = view! { <Tabs label="按状态" tabs=model.tabs/> };
    let batch = model.batch.map(|decision| view! { <DecisionButton decision/> });
    let notice = model.notice.map(|text| view! { <p class="muted">{text}</p> });
    let body = match model.filters {
        None => view! { <section class="flow" aria-labelledby="result"><div class="row apart"><h2 id="result" aria-live="polite" class="large">{model.found}</h2>{batch}</div>{notice}{table}{pager}</section> }.into_any(),
        Some(filters) => {
            let chosen = u64::try_from(filters.chips.len()).unwrap_or(0);
            let (chips, clear) = (filters.chips.clone(), filters.clear.clone());
            view! {
                <div class="split lead">
                    <FilterPanel filters/>
                    <section class="flow" aria-labelledby="result">
                        <div class="row apart"><h2 id="result" aria-live="polite" class="large">{model.found}</h2><FilterButton chosen/></div>
                        <Chips chips clear/>
                        {notice}
                        {table}{pager}
                    </section>
                </div>
            }
            .into_any()
        }
    };
    view! { <div class="page flow"><PageHead head=model.head/>{search}{tabs}{first}{body}</div> }.into_any()
}
