//! The head of a page: where one is, what it is, what state it is in, and the one thing to do.

use super::{Badge, Glyph, Icon, Link, LinkButton, StateRow, Tone};
use leptos::prelude::*;

/// One step of the way here. The last has no link.
#[derive(Clone, Debug)]
pub struct Crumb {
    pub label: String,
    pub href: Option<String>,
}

impl Crumb {
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: Some(href.into()) }
    }

    pub fn here(label: impl Into<String>) -> Self {
        Self { label: label.into(), href: None }
    }
}

#[component]
pub fn Crumbs(crumbs: Vec<Crumb>) -> impl IntoView {
    (!crumbs.is_empty()).then(|| {
        let steps = crumbs.into_iter().map(|crumb| match crumb.href {
            Some(href) => view! { <li><a href=href>{crumb.label}</a></li> }.into_any(),
            None => view! { <li aria-current="page">{crumb.label}</li> }.into_any(),
        });
        view! { <nav class="crumbs" aria-label="所在位置"><ol>{steps.collect_view()}</ol></nav> }
    })
}

/// The head of a page.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct Head {
    pub title: String,
    pub crumbs: Vec<Crumb>,
    /// State and clock, above the title.
    pub badges: Vec<Badge>,
    /// Grey words beside the badges, e.g. "第5周，共12周".
    pub beside: Vec<String>,
    /// Grey facts under the title, e.g. "河东区 鲁山道街道".
    pub notes: Vec<String>,
    /// A sentence under the title, in larger type.
    pub lead: Option<String>,
    /// At most one primary.
    pub actions: Vec<Link>,
}

impl Head {
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), ..Self::default() }
    }

    pub fn crumbs(mut self, crumbs: Vec<Crumb>) -> Self {
        self.crumbs = crumbs;
        self
    }

    pub fn lead(mut self, lead: impl Into<String>) -> Self {
        self.lead = Some(lead.into());
        self
    }

    pub fn action(mut self, action: Link) -> Self {
        self.actions.push(action);
        self
    }
}

#[component]
pub fn PageHead(head: Head) -> impl IntoView {
    let actions = (!head.actions.is_empty()).then(|| {
        view! { <p class="row no-print">{head.actions.into_iter().map(|link| view! { <LinkButton link/> }).collect_view()}</p> }
    });
    view! {
        <div class="flow">
            <Crumbs crumbs=head.crumbs/>
            <StateRow badges=head.badges note=head.beside/>
            {match actions {
                Some(actions) => view! { <div class="row apart"><h1>{head.title}</h1>{actions}</div> }.into_any(),
                None => view! { <h1>{head.title}</h1> }.into_any(),
            }}
            {(!head.notes.is_empty()).then(|| view! {
                <p class="row muted">{head.notes.into_iter().map(|note| view! { <span>{note}</span> }).collect_view()}</p>
            })}
            {head.lead.map(|lead| view! { <p class="large">{lead}</p> })}
        </div>
    }
    .into_any()
}

/// A message about what has just happened, shown once.
#[derive(Clone, Debug)]
pub struct Flash {
    pub kind: FlashKind,
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlashKind {
    Done,
    Notice,
    /// Something the reader should look at.
    Care,
}

#[component]
pub fn FlashMessage(flash: Flash) -> impl IntoView {
    let (tone, glyph) = match flash.kind {
        FlashKind::Done => (Tone::Good, Glyph::Check),
        FlashKind::Notice => (Tone::Info, Glyph::Info),
        FlashKind::Care => (Tone::Wait, Glyph::Info),
    };
    view! { <p class=format!("notice {}", tone.class()) role="status"><Icon glyph/><span>{flash.text}</span></p> }
}

/// A sentence that must not be missed, inside a page.
#[component]
pub fn Notice(
    #[prop(into)] text: String,
    #[prop(optional)] glyph: Option<Glyph>,
    #[prop(optional)] tone: Tone,
) -> impl IntoView {
    let class = match tone.class() {
        "" => "notice".to_owned(),
        tone => format!("notice {tone}"),
    };
    view! { <p class=class><Icon glyph=glyph.unwrap_or(Glyph::Info)/><span>{text}</span></p> }
}

/// A titled part of a page; the title names it for screen readers.
#[component]
pub fn Section(
    #[prop(into)] id: String,
    #[prop(into)] title: String,
    /// At the right of the title: a link, a count.
    #[prop(optional, into)]
    aside: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let heading = view! { <h2 id=id.clone()>{title}</h2> };
    view! {
        <section class="flow" aria-labelledby=id>
            {match aside {
                Some(aside) => view! { <div class="row apart">{heading}{aside}</div> }.into_any(),
                None => heading.into_any(),
            }}
            {children()}
        </section>
    }
    .into_any()
}
