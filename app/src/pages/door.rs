//! Narrow pages around signing in: a code, a first set-up, a new password, proving oneself again, and what is shown
//! once (recovery codes, a link).

use crate::components::{
    Button, Decision, DecisionButton, ErrorSummary, Fact, Facts, Field, FieldView, FormButton, FormTarget, Head, Link,
    LinkButton, Mistake, Notice, PageHead, PostForm,
};
use leptos::prelude::*;

/// A QR code as a path of unit squares in a square of `size` units, quiet zone included.
#[derive(Clone, Debug, Default)]
pub struct Qr {
    pub size: usize,
    pub path: String,
    /// What it is for, for who does not see it.
    pub label: String,
}

#[derive(Clone, Debug, Default)]
pub struct DoorModel {
    pub head: Head,
    pub notice: Option<String>,
    /// What to do, one sentence each, in order.
    pub steps: Vec<String>,
    pub qr: Option<Qr>,
    pub facts: Vec<Fact>,
    /// Shown once, to be written down: recovery codes.
    pub codes: Vec<String>,
    /// Shown once, to be copied: label and text.
    pub copy: Option<(String, String)>,
    pub target: FormTarget,
    pub fields: Vec<Field>,
    /// Mistakes that belong to no field.
    pub mistakes: Vec<Mistake>,
    /// No form without one.
    pub button: Option<Button>,
    /// What happens next.
    pub next: String,
    pub links: Vec<Link>,
    /// Other things to do, each a form of one button.
    pub decisions: Vec<Decision>,
}

#[component]
pub fn QrCode(qr: Qr) -> impl IntoView {
    let size = qr.size.to_string();
    let view_box = format!("0 0 {size} {size}");
    view! {
        <p>
            <svg role="img" aria-label=qr.label width="232" height="232" viewBox=view_box shape-rendering="crispEdges">
                <rect width=size.clone() height=size fill="#fff"/>
                <path d=qr.path fill="#000"/>
            </svg>
        </p>
    }
    .into_any()
}

pub fn door_page(model: DoorModel) -> AnyView {
    let mut mistakes = Mistake::of(&model.fields);
    mistakes.extend(model.mistakes);
    let steps = model.steps.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let has_steps = !steps.is_empty();
    let fields = model.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let codes = model.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view();
    let has_codes = !codes.is_empty();
    let copy = model.copy.map(|(label, text)| {
        view! {
            <div class="field">
                <label for="copy">{label}</label>
                <input id="copy" type="text" value=text readonly autocomplete="off"/>
            </div>
        }
    });
    let form = model.button.map(|button| {
        view! {
            <PostForm target=model.target class="flow">
                <ErrorSummary mistakes=mistakes.clone()/>
                {fields}
                <p><FormButton button/></p>
            </PostForm>
        }
        .into_any()
    });
    let links = model.links.into_iter().map(|link| view! { <LinkButton link/> }).collect_view();
    let has_links = !links.is_empty();
    let decisions = model.decisions.into_iter().map(|decision| view! { <DecisionButton decision/> }).collect_view();
    view! {
        <div class="page sections narrow">
            <div class="flow">
                <PageHead head=model.head/>
                {model.notice.map(|text| view! { <Notice text/> })}
                {has_steps.then(|| view! { <ol class="points numbered">{steps}</ol> })}
                {model.qr.map(|qr| view! { <QrCode qr/> })}
                {(!model.facts.is_empty()).then(|| view! { <Facts facts=model.facts/> })}
                {has_codes.then(|| view! { <ol class="points numbered">{codes}</ol> })}
                {copy}
                {form}
                {(!model.next.is_empty()).then(|| view! { <p class="muted">{model.next}</p> })}
                {has_links.then(|| view! { <p class="row">{links}</p> })}
                {decisions}
            </div>
        </div>
    }
    .into_any()
}
