//! Things one can do: links that look like buttons, and small forms of one button.

use super::{Glyph, Icon};
use leptos::prelude::*;

/// How loudly a button speaks. One `Primary` per view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    Primary,
    #[default]
    Secondary,
    Quiet,
}

impl Emphasis {
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "button",
            Self::Secondary => "button secondary",
            Self::Quiet => "button quiet",
        }
    }
}

/// A link drawn as a button.
#[must_use]
#[derive(Clone, Debug)]
pub struct Link {
    pub label: String,
    pub href: String,
    pub glyph: Option<Glyph>,
    pub emphasis: Emphasis,
}

impl Link {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), glyph: None, emphasis: Emphasis::default() }
    }

    pub fn glyph(mut self, glyph: Glyph) -> Self {
        self.glyph = Some(glyph);
        self
    }

    pub fn emphasis(mut self, emphasis: Emphasis) -> Self {
        self.emphasis = emphasis;
        self
    }

    pub fn primary(self) -> Self {
        self.emphasis(Emphasis::Primary)
    }
}

#[component]
pub fn LinkButton(link: Link) -> impl IntoView {
    view! {
        <a class=link.emphasis.class() href=link.href>{link.glyph.map(|glyph| view! { <Icon glyph/> })}{link.label}</a>
    }
}

/// A plain link that stands alone, with the height of a target.
#[component]
pub fn More(#[prop(into)] label: String, #[prop(into)] href: String) -> impl IntoView {
    view! { <a class="more" href=href>{label}</a> }
}

/// One decision in a row: a link, or a form of one button that changes something.
#[must_use]
#[derive(Clone, Debug)]
pub struct Decision {
    pub label: String,
    /// Names the object for screen readers, e.g. "海河暖巢认领助浴".
    pub about: String,
    pub target: Target,
    pub emphasis: Emphasis,
}

#[derive(Clone, Debug)]
pub enum Target {
    /// Opens a page.
    Get { href: String },
    /// Changes something. `once` makes a second submit answer with the first result.
    Post { action: String, once: String, fields: Vec<(String, String)> },
}

impl Decision {
    pub fn get(label: impl Into<String>, about: impl Into<String>, href: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            about: about.into(),
            target: Target::Get { href: href.into() },
            emphasis: Emphasis::Secondary,
        }
    }

    pub fn post(
        label: impl Into<String>,
        about: impl Into<String>,
        action: impl Into<String>,
        once: impl Into<String>,
    ) -> Self {
        let target = Target::Post { action: action.into(), once: once.into(), fields: Vec::new() };
        Self { label: label.into(), about: about.into(), target, emphasis: Emphasis::Secondary }
    }

    /// A hidden value sent along; without effect on a link.
    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        if let Target::Post { fields, .. } = &mut self.target {
            fields.push((name.into(), value.into()));
        }
        self
    }

    pub fn emphasis(mut self, emphasis: Emphasis) -> Self {
        self.emphasis = emphasis;
        self
    }

    pub fn quiet(self) -> Self {
        self.emphasis(Emphasis::Quiet)
    }

    pub fn primary(self) -> Self {
        self.emphasis(Emphasis::Primary)
    }
}

#[component]
pub fn DecisionButton(decision: Decision) -> impl IntoView {
    let class = decision.emphasis.class();
    let about = (!decision.about.is_empty())
        .then(|| view! { <span class="visually-hidden">{format!("：{}", decision.about)}</span> });
    match decision.target {
        Target::Get { href } => view! { <a class=class href=href>{decision.label}{about}</a> }.into_any(),
        Target::Post { action, once, fields } => view! {
            <form method="post" action=action class="one">
                <Hidden name="once" value=once/>
                {fields.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
                <button class=class>{decision.label}{about}</button>
            </form>
        }
        .into_any(),
    }
}

/// A value that travels with a form unseen.
#[component]
pub fn Hidden(#[prop(into)] name: String, value: String) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// Decisions side by side; nothing when there is none.
#[component]
pub fn DecisionRow(decisions: Vec<Decision>) -> impl IntoView {
    (!decisions.is_empty()).then(|| {
        view! {
            <div class="row no-print">{decisions.into_iter().map(|decision| view! { <DecisionButton decision/> }).collect_view()}</div>
        }
    })
}
