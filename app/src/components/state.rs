//! What state a thing is in: always a colour, an icon and words together.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// The meaning of a colour. Red is 急难 and nothing else; a mistake is amber.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Info,
    Good,
    Wait,
    Unmet,
    Urgent,
    /// Past its time: solid amber.
    Over,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Info => "info",
            Self::Good => "good",
            Self::Wait => "wait",
            Self::Unmet => "unmet",
            Self::Urgent => "urgent",
            Self::Over => "over",
        }
    }
}

/// A state ("等待认领") or a clock ("还剩9小时46分").
#[derive(Clone, Debug)]
pub struct Badge {
    pub tone: Tone,
    pub glyph: Glyph,
    pub text: String,
    /// Clocks are drawn lighter than tags, which name a state.
    pub is_clock: bool,
}

impl Badge {
    pub fn tag(tone: Tone, glyph: Glyph, text: impl Into<String>) -> Self {
        Self { tone, glyph, text: text.into(), is_clock: false }
    }

    /// "急难", in solid red.
    pub fn urgent(text: impl Into<String>) -> Self {
        Self::tag(Tone::Urgent, Glyph::Urgent, text)
    }

    pub fn info(text: impl Into<String>) -> Self {
        Self::tag(Tone::Info, Glyph::Flag, text)
    }

    pub fn good(text: impl Into<String>) -> Self {
        Self::tag(Tone::Good, Glyph::Check, text)
    }

    pub fn wait(text: impl Into<String>) -> Self {
        Self::tag(Tone::Wait, Glyph::Clock, text)
    }

    /// Something to look at or to mend.
    pub fn care(text: impl Into<String>) -> Self {
        Self::tag(Tone::Wait, Glyph::Info, text)
    }

    pub fn unmet(text: impl Into<String>) -> Self {
        Self::tag(Tone::Unmet, Glyph::Dash, text)
    }

    pub fn plain(text: impl Into<String>) -> Self {
        Self::tag(Tone::Plain, Glyph::Info, text)
    }

    /// Time left, or time waited. `Tone::Over` when it has run out.
    pub fn clock(tone: Tone, text: impl Into<String>) -> Self {
        let glyph = if tone == Tone::Urgent { Glyph::Urgent } else { Glyph::Clock };
        Self { tone, glyph, text: text.into(), is_clock: true }
    }
}

/// Draws a status tag or a clock badge.
#[component]
pub fn StateBadge(badge: Badge) -> impl IntoView {
    let kind = if badge.is_clock { "clock" } else { "tag" };
    let class = match badge.tone.class() {
        "" => kind.to_owned(),
        tone => format!("{kind} {tone}"),
    };
    view! { <span class=class><Icon glyph=badge.glyph/>{badge.text}</span> }
}

/// A row of badges followed by a few words in grey.
#[component]
pub fn StateRow(badges: Vec<Badge>, #[prop(optional)] note: Vec<String>) -> impl IntoView {
    (!badges.is_empty() || !note.is_empty()).then(|| {
        view! {
            <p class="row">
                {badges.into_iter().map(|badge| view! { <StateBadge badge/> }).collect_view()}
                {note.into_iter().map(|text| view! { <span class="muted">{text}</span> }).collect_view()}
            </p>
        }
    })
}
