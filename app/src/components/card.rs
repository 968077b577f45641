//! The need card of the hall: what, where, since when, how much is open, and why it matches.

use super::{Badge, Coverage, CoverageBar, Glyph, Icon, StateBadge};
use leptos::prelude::*;

/// A stretch of text; a hit of the search is marked.
#[derive(Clone, Debug)]
pub struct Span {
    pub text: String,
    pub hit: bool,
}

impl Span {
    pub fn plain(text: impl Into<String>) -> Vec<Self> {
        vec![Self { text: text.into(), hit: false }]
    }
}

#[component]
pub fn Marked(spans: Vec<Span>) -> impl IntoView {
    spans
        .into_iter()
        .map(|span| if span.hit { view! { <mark>{span.text}</mark> }.into_any() } else { span.text.into_any() })
        .collect_view()
}

/// Why a need fits the reader, or why not.
#[derive(Clone, Debug)]
pub struct Reason {
    pub fits: bool,
    pub text: String,
}

/// A number at the right of a card.
#[derive(Clone, Debug)]
pub struct Figure {
    pub term: String,
    pub value: String,
    /// A drawing under it, with its words.
    pub coverage: Option<(Coverage, String)>,
}

#[derive(Clone, Debug)]
pub struct NeedCard {
    pub href: String,
    pub title: Vec<Span>,
    pub badges: Vec<Badge>,
    /// A street for members, a district for the public.
    pub place: String,
    /// Empty for the public.
    pub summary: Vec<Span>,
    pub figures: Vec<Figure>,
    pub reasons: Vec<Reason>,
}

#[component]
pub fn NeedCardView(card: NeedCard) -> impl IntoView {
    let figures = card.figures.into_iter().map(|figure| {
        let bar = figure.coverage.map(|(coverage, says)| view! { <CoverageBar coverage says/> });
        view! { <div><dt>{figure.term}</dt><dd>{figure.value}{bar}</dd></div> }
    });
    let reasons = card.reasons.into_iter().map(|reason| {
        let (class, glyph) = if reason.fits { (None, Glyph::Check) } else { (Some("caution"), Glyph::Info) };
        view! { <li class=class><Icon glyph/>{reason.text}</li> }
    });
    view! {
        <article class="need-card">
            <div class="flow">
                <p class="row">{card.badges.into_iter().map(|badge| view! { <StateBadge badge/> }).collect_view()}<span class="muted">{card.place}</span></p>
                <h3><a href=card.href><Marked spans=card.title/></a></h3>
                {(!card.summary.is_empty()).then(|| view! { <p><Marked spans=card.summary/></p> })}
            </div>
            <dl>{figures.collect_view()}</dl>
            {(reasons.len() > 0).then(|| view! { <ul class="reasons">{reasons.collect_view()}</ul> })}
        </article>
    }
    .into_any()
}
