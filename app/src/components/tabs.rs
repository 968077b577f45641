//! Tabs (as links), steps of a form, and stat tiles.

use super::{Fill, Glyph, Icon, Key};
use leptos::prelude::*;

/// A tab is a link; its count says how much lies behind it.
#[must_use]
#[derive(Clone, Debug)]
pub struct Tab {
    pub label: String,
    pub href: String,
    pub count: Option<u64>,
    pub current: bool,
}

impl Tab {
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current }
    }

    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }
}

#[component]
pub fn Tabs(#[prop(into)] label: String, tabs: Vec<Tab>) -> impl IntoView {
    (!tabs.is_empty()).then(|| {
        let links = tabs.into_iter().map(|tab| {
            let count = tab.count.map(|n| view! { <span class="muted">{thousands(n)}</span> });
            view! { <a href=tab.href aria-current=tab.current.then_some("true")>{tab.label}{count}</a> }
        });
        view! { <nav class="tabs" aria-label=label>{links.collect_view()}</nav> }
    })
}

/// Where a step of a long form stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepState {
    Done,
    Current,
    Open,
}

#[derive(Clone, Debug)]
pub struct Step {
    pub label: String,
    /// "已填", "第2步，共4步", "未填".
    pub note: String,
    pub state: StepState,
    /// Back to this step, when it may be opened.
    pub href: Option<String>,
}

#[component]
pub fn Steps(steps: Vec<Step>) -> impl IntoView {
    let items = steps.into_iter().map(|step| {
        let done = step.state == StepState::Done;
        let label = match step.href {
            Some(href) => view! { <a href=href>{step.label}</a> }.into_any(),
            None => step.label.into_any(),
        };
        view! {
            <li class=done.then_some("done") aria-current=(step.state == StepState::Current).then_some("step")>
                <b>{done.then(|| view! { <Icon glyph=Glyph::Check/> })}{label}</b>{step.note}
            </li>
        }
    });
    view! { <ol class="steps" aria-label="步骤">{items.collect_view()}</ol> }
}

/// A number that opens the rows behind it.
#[must_use]
#[derive(Clone, Debug)]
pub struct Stat {
    pub label: String,
    pub value: String,
    pub note: String,
    pub href: String,
    /// The fill of the bar this number belongs to.
    pub key: Option<Fill>,
}

impl Stat {
    pub fn new(label: impl Into<String>, value: u64, note: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), value: thousands(value), note: note.into(), href: href.into(), key: None }
    }

    pub fn key(mut self, fill: Fill) -> Self {
        self.key = Some(fill);
        self
    }
}

#[component]
pub fn Stats(stats: Vec<Stat>) -> impl IntoView {
    (!stats.is_empty()).then(|| {
        let tiles = stats.into_iter().map(|stat| {
            view! {
                <li><a href=stat.href><span>{stat.key.map(|fill| view! { <Key fill/> })}{stat.label}</span><b>{stat.value}</b>{stat.note}</a></li>
            }
        });
        view! { <ul class="stats">{tiles.collect_view()}</ul> }
    })
}

/// A count as people read it: `4114` is `4,114`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::thousands;

    #[test]
    fn groups_of_three() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(4114), "4,114");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }
}
