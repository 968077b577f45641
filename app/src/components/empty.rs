//! Three kinds of emptiness: nothing yet, no match, no right. Each says what to do.

use super::{Link, LinkButton};
use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyKind {
    /// There is nothing yet: say how the first one comes.
    Nothing,
    /// The filters leave nothing: say how to loosen them.
    NoMatch,
    /// The reader may not see it: say whom to ask.
    NoRight,
}

#[must_use]
#[derive(Clone, Debug)]
pub struct Empty {
    pub kind: EmptyKind,
    pub title: String,
    pub text: String,
    pub action: Option<Link>,
}

impl Empty {
    pub fn new(kind: EmptyKind, title: impl Into<String>, text: impl Into<String>) -> Self {
        Self { kind, title: title.into(), text: text.into(), action: None }
    }

    pub fn action(mut self, action: Link) -> Self {
        self.action = Some(action);
        self
    }
}

#[component]
pub fn EmptyState(empty: Empty) -> impl IntoView {
    let kind = match empty.kind {
        EmptyKind::Nothing => "empty nothing",
        EmptyKind::NoMatch => "empty no-match",
        EmptyKind::NoRight => "empty no-right",
    };
    view! {
        <div class=format!("panel flow {kind}")>
            <h3>{empty.title}</h3>
            <p>{empty.text}</p>
            {empty.action.map(|link| view! { <p><LinkButton link/></p> })}
        </div>
    }
}
