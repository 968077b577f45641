//! 需求大厅: the query on top, facets at the left, cards at the right. Everything chosen lives in the address.

use crate::components::{
    Chips, Empty, EmptyState, FilterButton, FilterPanel, Filters, Glyph, Head, Icon, Line, Lines, Link, Mark, More,
    NeedCard, NeedCardView, PageHead, PageTurner, Pager, Search, SearchBox, Tab, Tabs, thousands,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct HallModel {
    pub search: Search,
    /// How the typed words were understood, each with the address that takes this away.
    pub understood: Vec<Understood>,
    pub filters: Filters,
    /// Urgent needs, before all others.
    pub urgent: Option<UrgentBlock>,
    /// None where few are not counted for the reader.
    pub count: Option<u64>,
    /// Orders, as tabs.
    pub orders: Vec<Tab>,
    pub cards: Vec<NeedCard>,
    pub pager: Pager,
    /// In place of cards when there are none.
    pub empty: Option<Empty>,
    /// One sentence above the list, e.g. that signing in shows more.
    pub notice: Option<String>,
    pub actions: Vec<Link>,
    /// Next to nothing was found: what finds more.
    pub nearby: Vec<NearbyLink>,
    /// Keeps this search, for those who may.
    pub save: Option<String>,
}

/// Urgent needs with something open; label and address of all of them, where more are than stand here.
#[derive(Clone, Debug)]
pub struct UrgentBlock {
    pub lines: Vec<Line>,
    pub all: Option<(String, String)>,
}

/// One thing that was understood: "送饭" as 助餐.
#[derive(Clone, Debug)]
pub struct Understood {
    /// `送饭：也找助餐、送餐、老年餐`
    pub text: String,
    /// What the cross does, for those who hear it: `只按“送饭”两个字找`.
    pub undo: String,
    pub href: String,
    /// Another way to take it, e.g. as a filter: words and address.
    pub instead: Option<(String, String)>,
}

/// Something near that finds more.
#[derive(Clone, Debug)]
pub struct NearbyLink {
    pub label: String,
    /// As in [`HallModel`].
    pub count: Option<u64>,
    pub href: String,
}

/// `12个`, `几个`.
fn counted(count: Option<u64>) -> String {
    count.map_or_else(|| "几个".to_owned(), |count| format!("{}个", thousands(count)))
}

pub fn hall_page(model: HallModel) -> AnyView {
    let head = Head { actions: model.actions, ..Head::new("需求大厅") };
    let understood = understood(model.understood);
    let urgent = model.urgent.map(|block| {
        view! {
            <section class="panel flow" aria-labelledby="urgent">
                <h2 id="urgent">"急难，先看"</h2>
                <Lines lines=block.lines/>
                {block.all.map(|(label, href)| view! { <p><More label href/></p> })}
            </section>
        }
    });
    let nearby = nearby(model.nearby);
    let chosen = u64::try_from(model.filters.chips.len()).unwrap_or(0);
    let (chips, clear) = (model.filters.chips.clone(), model.filters.clear.clone());
    let cards = model.cards.into_iter().map(|card| view! { <NeedCardView card/> }).collect_view();
    let save = model.save.map(|href| view! { <More label="保存这个查找" href/> });
    let found = view! {
        <section class="flow" aria-labelledby="result">
            <div class="row apart">
                <h2 id="result" aria-live="polite">{format!("{}需求", counted(model.count))}</h2>
                <span class="row">{save}<FilterButton chosen/></span>
            </div>
            <Chips chips clear/>
            {model.notice.map(|text| view! { <p class="muted">{text}</p> })}
            <Tabs label="排序" tabs=model.orders/>
            {cards}
            {nearby}
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
            {understood}
            {urgent}
            <div class="split lead"><FilterPanel filters=model.filters/>{found}</div>
        </div>
    }
    .into_any()
}

/// How the words were understood, as chips that can be taken away.
fn understood(list: Vec<Understood>) -> Option<AnyView> {
    (!list.is_empty()).then(|| {
        let items = list.into_iter().map(|one| {
            let instead = one.instead.map(|(label, href)| view! { <More label href/> });
            view! {
                <li class="row">
                    <a href=one.href>{one.text}<Icon glyph=Glyph::Close/><span class="visually-hidden">{format!("，{}", one.undo)}</span></a>
                    {instead}
                </li>
            }
        });
        view! { <ul class="chips" aria-label="理解为">{items.collect_view()}</ul> }.into_any()
    })
}

fn nearby(list: Vec<NearbyLink>) -> Option<AnyView> {
    (!list.is_empty()).then(|| {
        let lines: Vec<Line> = list
            .into_iter()
            .map(|one| Line {
                title: one.label,
                href: one.href,
                mark: Mark::Text(counted(one.count)),
                note: String::new(),
            })
            .collect();
        view! { <section class="panel flow" aria-labelledby="nearby"><h2 id="nearby">"换个条件，能找到更多"</h2><Lines lines/></section> }.into_any()
    })
}
