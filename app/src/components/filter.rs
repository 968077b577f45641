//! Finding: the search box, the facets, the chips of what is chosen. All of it is one GET form, so the address holds it.

use super::{Glyph, Hidden, Icon, thousands};
use crate::islands::SearchSuggest;
use leptos::prelude::*;

/// The search box.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub action: String,
    pub query: String,
    /// What is searched, e.g. "查找需求".
    pub label: String,
    pub placeholder: String,
    /// Chosen filters that a new query keeps.
    pub keep: Vec<(String, String)>,
    /// Where suggestions come from while somebody types; none for a box without.
    pub suggest: Option<String>,
}

#[component]
pub fn SearchBox(search: Search) -> impl IntoView {
    view! {
        <form class="search" role="search" action=search.action data-suggest=search.suggest.clone()>
            <label class="visually-hidden" for="q">{search.label}</label>
            <input id="q" name="q" type="search" value=search.query placeholder=search.placeholder maxlength="200" autocomplete="off"/>
            {search.keep.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
            <button class="button"><Icon glyph=Glyph::Search/>"查找"</button>
            {search.suggest.is_some().then(|| view! { <SearchSuggest/> })}
        </form>
    }
}

/// Facets beside a list.
#[derive(Clone, Debug, Default)]
pub struct Filters {
    pub action: String,
    /// The query and the order, which the filter form keeps.
    pub keep: Vec<(String, String)>,
    pub groups: Vec<FilterGroup>,
    /// What is chosen, each with the address that takes it away.
    pub chips: Vec<Chip>,
    /// The address with nothing chosen.
    pub clear: String,
}

#[derive(Clone, Debug)]
pub struct FilterGroup {
    pub legend: String,
    pub name: String,
    /// One choice (radio) or several (checkbox).
    pub single: bool,
    pub options: Vec<FilterOption>,
    /// Behind a fold: its title and the rest of the options.
    pub more: Option<(String, Vec<FilterOption>)>,
}

#[derive(Clone, Debug)]
pub struct FilterOption {
    pub value: String,
    pub label: String,
    pub count: Option<u64>,
    pub checked: bool,
}

#[derive(Clone, Debug)]
pub struct Chip {
    pub label: String,
    pub href: String,
}

fn option_view(name: String, single: bool, option: FilterOption) -> impl IntoView {
    let kind = if single { "radio" } else { "checkbox" };
    view! {
        <label class="option"><input type=kind name=name value=option.value checked=option.checked/>{option.label}{option.count.map(|n| view! { <span class="count">{thousands(n)}</span> })}</label>
    }
}

/// The panel; on narrow pages a sheet that [`FilterButton`] opens.
#[component]
pub fn FilterPanel(filters: Filters) -> impl IntoView {
    let groups = filters.groups.into_iter().map(|group| {
        let FilterGroup { legend, name, single, options, more } = group;
        let more = more.map(|(title, options)| {
            let open = options.iter().any(|option| option.checked);
            let rest = options.into_iter().map(|option| option_view(name.clone(), single, option)).collect_view();
            view! { <details open=open><summary class="option">{title}<Icon glyph=Glyph::Down/></summary>{rest}</details> }
        });
        let options = options.into_iter().map(|option| option_view(name.clone(), single, option)).collect_view();
        view! { <fieldset><legend>{legend}</legend>{options}{more}</fieldset> }
    });
    view! {
        <form class="filters fold" id="filters" popover="auto" aria-label="筛选" action=filters.action>
            {filters.keep.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
            {groups.collect_view()}
            <button class="button wide">"应用筛选"</button>
        </form>
    }
    .into_any()
}

#[component]
pub fn FilterButton(chosen: u64) -> impl IntoView {
    let label = if chosen == 0 { "筛选".to_owned() } else { format!("筛选（{chosen}）") };
    view! {
        <button class="button secondary fold-button" popovertarget="filters"><Icon glyph=Glyph::Filter/>{label}</button>
    }
}

#[component]
pub fn Chips(chips: Vec<Chip>, clear: String) -> impl IntoView {
    (!chips.is_empty()).then(|| {
        let chips = chips.into_iter().map(|chip| {
            view! {
                <li><a href=chip.href>{chip.label}<Icon glyph=Glyph::Close/><span class="visually-hidden">"，去掉这个条件"</span></a></li>
            }
        });
        view! { <ul class="chips" aria-label="已选条件">{chips.collect_view()}<li><a href=clear>"全部清除"</a></li></ul> }
    })
}
