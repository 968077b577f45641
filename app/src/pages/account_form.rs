//! A form that goes through the lines of a pairing, each with its account in view: the report of the organization, the
//! finding of the verifier.

use super::record::{RecordSection, record_section};
use crate::components::{
    ActPanel, ActPanelView, Button, Contact, ContactPanel, ErrorSummary, Field, FieldView, FormButton, FormTarget,
    Head, Mistake, Notice, PageHead, PostForm, PromiseBar, PromiseLine, Tone,
};
use leptos::prelude::*;

/// One line: its account, what the other side said of it, and what is asked.
#[derive(Clone, Debug, Default)]
pub struct AccountCard {
    pub line: PromiseLine,
    /// "组织说：没有做满，力量不足"; may be empty.
    pub said: String,
    pub fields: Vec<Field>,
}

#[derive(Clone, Debug, Default)]
pub struct AccountFormModel {
    pub head: Head,
    /// What the whole account comes to.
    pub notice: String,
    pub tone: Tone,
    /// "逐项核验".
    pub title: String,
    pub cards: Vec<AccountCard>,
    pub target: FormTarget,
    /// Mistakes that belong to no field.
    pub mistakes: Vec<Mistake>,
    /// "怎么核验的", and its fields.
    pub rest: String,
    pub fields: Vec<Field>,
    pub label: String,
    pub next: String,
    pub contact: Option<Contact>,
    /// Other ways on.
    pub panels: Vec<ActPanel>,
    pub sections: Vec<RecordSection>,
}

pub fn account_form_page(model: AccountFormModel) -> AnyView {
    let mut mistakes: Vec<Mistake> = model.cards.iter().flat_map(|card| Mistake::of(&card.fields)).collect();
    mistakes.extend(Mistake::of(&model.fields));
    mistakes.extend(model.mistakes);
    let cards = model.cards.into_iter().map(card).collect_view();
    let fields = model.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let panels = model.panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
    let sections = model.sections.into_iter().map(record_section).collect_view();
    view! {
        <div class="page sections">
            <PageHead head=model.head/>
            {(!model.notice.is_empty()).then(|| view! { <Notice text=model.notice tone=model.tone/> })}
            <div class="split">
                <PostForm target=model.target class="flow">
                    <ErrorSummary mistakes/>
                    <h2 id="lines">{model.title}</h2>
                    {cards}
                    <h2>{model.rest}</h2>
                    {fields}
                    <FormButton button=Button::new(model.label) wide=true/>
                    <p class="muted">{model.next}</p>
                </PostForm>
                <div class="flow sections">{model.contact.map(|contact| view! { <ContactPanel contact/> })}{panels}{sections}</div>
            </div>
        </div>
    }
    .into_any()
}

fn card(card: AccountCard) -> AnyView {
    let fields = card.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let (service, amount) = (card.line.service.clone(), card.line.amount.clone());
    let says = service.clone();
    view! {
        <div class="panel flow" role="group" aria-label=says>
            <h3>{service}" "<span class="muted">{amount}</span></h3>
            <PromiseBar line=card.line/>
            {(!card.said.is_empty()).then(|| view! { <p class="muted">{card.said}</p> })}
            {fields}
        </div>
    }
    .into_any()
}
