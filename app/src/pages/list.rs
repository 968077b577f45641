//! A list of needs, claims, pairings, verifications, organizations: filter tabs, a table, pages.

use crate::components::{
    Chips, ColumnMenu, DataTable, Decision, DecisionButton, Empty, EmptyState, FilterBar, FilterBarView, FilterButton,
    FilterPanel, Filters, Head, PageHead, PageTurner, Pager, Search, SearchBox, Section, SizeMenu, Tab, Table, Tabs,
    Together, TogetherBar, WorkingTools,
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
    /// A working list: its filters, columns and what is done with ticked rows.
    pub working: Option<Working>,
    /// In place of the table.
    pub empty: Option<Empty>,
}

/// What a working list has beside its table.
#[derive(Clone, Debug)]
pub struct Working {
    pub filters: FilterBar,
    pub columns: ColumnMenu,
    pub sizes: SizeMenu,
    /// Label and address.
    pub export: Option<(String, String)>,
    pub together: Option<Together>,
}

fn working_page(model: ListModel, working: Working) -> AnyView {
    let Working { filters, columns, sizes, export, together } = working;
    let chosen = u64::try_from(filters.chips.len()).unwrap_or(0);
    let (chips, clear) = (filters.chips.clone(), filters.clear.clone());
    let is_empty = model.empty.is_some();
    let table = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! { <DataTable table=model.table dense=true/> }.into_any(),
    };
    let search = model.search.map(|search| view! { <SearchBox search/> });
    let batch = model.batch.map(|decision| view! { <DecisionButton decision/> });
    let together = together.filter(|_| !is_empty).map(|together| view! { <TogetherBar together/> });
    let pager = model.pager.map(|pager| view! { <PageTurner pager/> });
    let tools = view! { <WorkingTools columns sizes export/> };
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            {search}
            <Tabs label="按状态" tabs=model.tabs/>
            <section class="flow" aria-labelledby="result">
                <div class="row apart"><h2 id="result" aria-live="polite" class="large">{model.found}</h2><div class="row no-print">{batch}<FilterButton chosen/></div></div>
                <FilterBarView bar=filters/>
                <div class="row apart"><Chips chips clear/>{tools}</div>
                {table}
                {together}
                {pager}
            </section>
        </div>
    }
    .into_any()
}

pub fn list_page(mut model: ListModel) -> AnyView {
    if let Some(working) = model.working.take() {
        return working_page(model, working);
    }
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
