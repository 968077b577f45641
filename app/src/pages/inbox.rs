//! 站内信: what concerns the reader, newest first.

use crate::components::{
    Badge, Decision, DecisionButton, Empty, EmptyState, Head, PageHead, PageTurner, Pager, StateBadge, Tab, Tabs,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct InboxModel {
    pub head: Head,
    pub tabs: Vec<Tab>,
    pub messages: Vec<Message>,
    pub pager: Option<Pager>,
    pub empty: Option<Empty>,
    pub read_all: Option<Decision>,
}

#[derive(Clone, Debug)]
pub struct Message {
    pub title: String,
    pub href: String,
    pub text: String,
    /// "今天9:10" and `2026-11-24T09:10:00+08:00`.
    pub when: String,
    pub at: String,
    pub unread: bool,
}

pub fn inbox_page(model: InboxModel) -> AnyView {
    let messages = model.messages.into_iter().map(|message| {
        let mark = message.unread.then(|| view! { <StateBadge badge=Badge::info("未读")/> });
        view! {
            <li>
                <a href=message.href>{message.title}</a>
                <span class="row">{mark}<time class="muted" datetime=message.at>{message.when}</time></span>
                <p class="muted">{message.text}</p>
            </li>
        }
    });
    let messages = messages.collect_view();
    let body = match model.empty {
        Some(empty) => view! { <EmptyState empty/> }.into_any(),
        None => view! { <ul class="lines">{messages}</ul> }.into_any(),
    };
    view! {
        <div class="page flow">
            <div class="row apart"><PageHead head=model.head/>{model.read_all.map(|decision| view! { <DecisionButton decision/> })}</div>
            <Tabs label="信件" tabs=model.tabs/>
            {body}
            {model.pager.map(|pager| view! { <PageTurner pager/> })}
        </div>
    }
    .into_any()
}
