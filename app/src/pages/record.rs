//! The page of any other record: a claim, a verification, an organization. Head, sections, panels, history.

use crate::components::{
    ActPanel, ActPanelView, Contact, ContactPanel, DataTable, Decision, DecisionRow, Dock, Empty, EmptyState, Fact,
    Facts, Happening, Head, Line, Lines, More, Notice, PageHead, PromiseLine, PromiseList, Section, Table, Timeline,
};
use crate::islands::KeptTaps;
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct RecordModel {
    pub head: Head,
    pub notice: Option<String>,
    pub sections: Vec<RecordSection>,
    /// The one thing to do now, before everything else.
    pub first: Option<ActPanel>,
    /// The next action of this reader.
    pub panels: Vec<ActPanel>,
    pub contact: Option<Contact>,
    pub timeline: Vec<Happening>,
    pub dock: Option<(String, String)>,
    /// Taps that a script keeps on a bad connection: forms of the page that say where they go then.
    pub kept: Option<Kept>,
}

/// What the script that keeps taps needs to know.
#[derive(Clone, Debug)]
pub struct Kept {
    /// The account that taps.
    pub owner: String,
    /// The server's clock, in milliseconds since 1970-01-01T00:00:00Z: a phone's may be wrong.
    pub now: i64,
}

/// A titled part of a record.
#[derive(Clone, Debug)]
pub struct RecordSection {
    pub id: String,
    pub title: String,
    pub body: Vec<Body>,
    /// At the right of the title: label and address.
    pub link: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub enum Body {
    /// Line breaks are kept.
    Text(String),
    Facts(Vec<Fact>),
    Table(Table),
    Lines(Vec<Line>),
    /// Accounts of promises.
    Promise(Vec<PromiseLine>),
    Empty(Empty),
    Decisions(Vec<Decision>),
}

impl Body {
    /// The table, or what is said where there is nothing.
    #[must_use]
    pub fn table_or(table: Table, nothing: impl FnOnce() -> Empty) -> Self {
        if table.is_empty() { Self::Empty(nothing()) } else { Self::Table(table) }
    }
}

impl RecordSection {
    pub fn new(id: impl Into<String>, title: impl Into<String>, body: Vec<Body>) -> Self {
        Self { id: id.into(), title: title.into(), body, link: None }
    }
}

pub fn record_section(section: RecordSection) -> AnyView {
    let aside = match section.link {
        Some((label, href)) => view! { <More label href/> }.into_any(),
        None => ().into_any(),
    };
    let body = section.body.into_iter().map(|body| match body {
        Body::Text(text) => view! { <p class="prose">{text}</p> }.into_any(),
        Body::Facts(facts) => view! { <Facts facts/> }.into_any(),
        Body::Table(table) => view! { <DataTable table/> }.into_any(),
        Body::Lines(lines) => view! { <Lines lines/> }.into_any(),
        Body::Promise(lines) => view! { <PromiseList lines/> }.into_any(),
        Body::Empty(empty) => view! { <EmptyState empty/> }.into_any(),
        Body::Decisions(decisions) => view! { <DecisionRow decisions/> }.into_any(),
    });
    view! { <Section id=section.id title=section.title aside>{body.collect_view()}</Section> }.into_any()
}

pub fn record_page(model: RecordModel) -> AnyView {
    let sections = model.sections.into_iter().map(record_section).collect_view();
    let timeline = (!model.timeline.is_empty())
        .then(|| view! { <Section id="history" title="经过"><Timeline events=model.timeline/></Section> });
    let has_side = !model.panels.is_empty() || model.contact.is_some();
    let main = view! { <div class="flow sections">{sections}{timeline}</div> }.into_any();
    let body = if has_side {
        let panels = model.panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
        let contact = model.contact.map(|contact| view! { <ContactPanel contact/> });
        view! { <div class="split">{main}<div class="flow sticky">{panels}{contact}</div></div> }.into_any()
    } else {
        main
    };
    view! {
        <div class="page sections">
            <PageHead head=model.head/>
            {model.notice.map(|text| view! { <Notice text/> })}
            {model.kept.map(|kept| view! { <div data-owner=kept.owner data-now=kept.now.to_string()><KeptTaps/></div> })}
            {model.first.map(|panel| view! { <ActPanelView panel/> })}
            {body}
            {model.dock.map(|(label, href)| view! { <Dock label href/> })}
        </div>
    }
    .into_any()
}
