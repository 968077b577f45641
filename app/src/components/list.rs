//! Lists of things: facts, lines (link, mark, note), due work, the timeline.

use super::{Badge, Decision, DecisionButton, Glyph, Icon, PromiseBar, PromiseLine, StateBadge};
use leptos::prelude::*;

/// A term with one or more lines; a line may be grey.
#[must_use]
#[derive(Clone, Debug)]
pub struct Fact {
    pub term: String,
    pub lines: Vec<FactLine>,
}

#[derive(Clone, Debug)]
pub enum FactLine {
    Text(String),
    Note(String),
    Link {
        label: String,
        href: String,
    },
    Phone(String),
    /// A hidden value: what is drawn, and what is said instead.
    Masked {
        shown: String,
        spoken: String,
    },
}

impl Fact {
    pub fn new(term: impl Into<String>, text: impl Into<String>) -> Self {
        Self { term: term.into(), lines: vec![FactLine::Text(text.into())] }
    }

    pub fn lines(term: impl Into<String>, lines: Vec<FactLine>) -> Self {
        Self { term: term.into(), lines }
    }

    pub fn masked(term: impl Into<String>, shown: impl Into<String>, spoken: impl Into<String>) -> Self {
        Self::lines(term, vec![FactLine::Masked { shown: shown.into(), spoken: spoken.into() }])
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.lines.push(FactLine::Note(note.into()));
        self
    }
}

/// The summary list.
#[component]
pub fn Facts(facts: Vec<Fact>, #[prop(optional)] tight: bool) -> impl IntoView {
    let class = if tight { "facts tight" } else { "facts" };
    let rows = facts.into_iter().map(|fact| {
        let lines = fact.lines.into_iter().enumerate().map(|(i, line)| {
            let line = match line {
                FactLine::Text(text) => text.into_any(),
                FactLine::Note(text) => view! { <span class="muted">{text}</span> }.into_any(),
                FactLine::Link { label, href } => view! { <a href=href>{label}</a> }.into_any(),
                FactLine::Phone(number) => view! { <a href=format!("tel:{number}")>{number.clone()}</a> }.into_any(),
                FactLine::Masked { shown, spoken } => {
                    view! { <span aria-hidden="true">{shown}</span><span class="visually-hidden">{spoken}</span> }
                        .into_any()
                }
            };
            view! { {(i > 0).then(|| view! { <br/> })}{line} }
        });
        view! { <div><dt>{fact.term}</dt><dd>{lines.collect_view()}</dd></div> }
    });
    view! { <dl class=class>{rows.collect_view()}</dl> }
}

/// A row of a simple list: the title link covers the whole.
#[derive(Clone, Debug)]
pub struct Line {
    pub title: String,
    pub href: String,
    pub mark: Mark,
    pub note: String,
}

/// What stands at the right of a line.
#[derive(Clone, Debug)]
pub enum Mark {
    None,
    Text(String),
    Badge(Badge),
    Glyph(Glyph),
}

#[component]
pub fn Lines(lines: Vec<Line>) -> impl IntoView {
    let items = lines.into_iter().map(|line| {
        let mark = match line.mark {
            Mark::None => ().into_any(),
            Mark::Text(text) => view! { <span>{text}</span> }.into_any(),
            Mark::Badge(badge) => view! { <StateBadge badge/> }.into_any(),
            Mark::Glyph(glyph) => view! { <Icon glyph/> }.into_any(),
        };
        let note = (!line.note.is_empty()).then(|| view! { <p class="muted">{line.note}</p> });
        view! { <li><a href=line.href>{line.title}</a>{mark}{note}</li> }
    });
    view! { <ul class="lines">{items.collect_view()}</ul> }
}

/// Work that is due: one line, one decision.
#[derive(Clone, Debug)]
pub struct Due {
    pub clock: Badge,
    pub title: String,
    pub href: String,
    pub note: String,
    /// How the promise stands that it is about.
    pub account: Option<PromiseLine>,
    pub decisions: Vec<Decision>,
}

#[component]
pub fn DueList(items: Vec<Due>) -> impl IntoView {
    let items = items.into_iter().map(|due| {
        view! {
            <li>
                <StateBadge badge=due.clock/>
                <div class="what"><a href=due.href>{due.title}</a><p class="muted">{due.note}</p>{due.account.map(|line| view! { <PromiseBar line/> })}</div>
                <div class="row no-print">{due.decisions.into_iter().map(|decision| view! { <DecisionButton decision/> }).collect_view()}</div>
            </li>
        }
    });
    view! { <ol class="due">{items.collect_view()}</ol> }
}

/// One event of a history: who did what, when and why.
#[derive(Clone, Debug)]
pub struct Happening {
    pub what: String,
    /// "11月22日16:32".
    pub when: String,
    /// Machine-readable, e.g. `2026-11-22T16:32:00+08:00`.
    pub at: String,
    /// Who, and the reason.
    pub detail: String,
    pub now: bool,
}

#[component]
pub fn Timeline(events: Vec<Happening>) -> impl IntoView {
    let items = events.into_iter().map(|event| {
        let detail = if event.detail.is_empty() { String::new() } else { format!("\u{3000}{}", event.detail) };
        view! {
            <li class=event.now.then_some("now")><b>{event.what}</b><br/><time datetime=event.at>{event.when}</time>{detail}</li>
        }
    });
    view! { <ol class="timeline">{items.collect_view()}</ol> }
}
