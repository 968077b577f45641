//! 需求大厅: the query on top, facets at the left, cards at the right. Everything chosen lives in the address.

use crate::components::{
    Chips, Empty, EmptyState, FilterButton, FilterPanel, Filters, Head, Link, NeedCard, NeedCardView, PageHead,
    PageTurner, Pager, Search, SearchBox, Tab, Tabs, thousands,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct HallModel {
    pub search: Search,
    /// What else was searched, e.g. "助餐、送饭、配餐", with the address that searches the typed words alone.
    pub widened: Option<Widened>,
    pub filters: Filters,
    pub total: u64,
    /// Orders, as tabs.
    pub orders: Vec<Tab>,
    pub cards: Vec<NeedCard>,
    pub pager: Pager,
    /// In place of cards when there are none.
    pub empty: Option<Empty>,
    /// One sentence above the list, e.g. that signing in shows more.
    pub notice: Option<String>,
    pub actions: Vec<Link>,
}

#[derive(Clone, Debug)]
pub struct Widened {
    pub also: String,
    pub typed: String,
    pub only_href: String,
}

pub fn hall_page(model: HallModel) -> AnyView {
    let head = Head { actions: model.actions, ..Head::new("需求大厅") };
    let widened = model.widened.map(|w| {
        view! { <p class="muted">{format!("已一并查找：{}。", w.also)}<a href=w.only_href>{format!("只查“{}”", w.typed)}</a></p> }
    });
    let chosen = u64::try_from(model.filters.chips.len()).unwrap_or(0);
    let (chips, clear) = (model.filters.chips.clone(), model.filters.clear.clone());
    let cards = model.cards.into_iter().map(|card| view! { <NeedCardView card/> }).collect_view();
    let found = view! {
        <section class="flow" aria-labelledby="result">
            <div class="row apart">
                <h2 id="result" aria-live="polite">{format!("{}个需求", thousands(model.total))}</h2>
                <FilterButton chosen/>
            </div>
            <Chips chips clear/>
            {model.notice.map(|text| view! { <p class="muted">{text}</p> })}
            <Tabs label="排序" tabs=model.orders/>
            {cards}
            {match model.empty {
                Some(empty) => view! { <EmptyState empty/> }.into_any(),
                None => view! { <PageTurner pager=model.pager/> }.into_any(),
            }}
        </section>
    }
    .into_any();
    view! {
        <div class="page flow">
            <PageHead head/>
            <SearchBox search=model.search/>
            {widened}
            <div class="split lead"><FilterPanel filters=model.filters/>{found}</div>
        </div>
    }
    .into_any()
}
