//! Asks before what cannot be undone, and says what will follow.

use crate::components::{
    Button, Emphasis, ErrorSummary, Fact, Facts, Field, FieldView, FormButton, FormTarget, Head, Link, LinkButton,
    Mistake, PageHead, PostForm,
};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct ConfirmModel {
    /// The title is the question: "撤回这个需求？".
    pub head: Head,
    /// What it is about.
    pub facts: Vec<Fact>,
    /// What will happen, one sentence each.
    pub consequences: Vec<String>,
    pub target: FormTarget,
    /// A reason, where one is asked.
    pub fields: Vec<Field>,
    /// "确定撤回".
    pub label: String,
    pub cancel: String,
}

pub fn confirm_page(model: ConfirmModel) -> AnyView {
    let mistakes = Mistake::of(&model.fields);
    let fields = model.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let consequences = model.consequences.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let cancel = Link::new("不办了，返回", model.cancel).emphasis(Emphasis::Secondary);
    view! {
        <div class="page flow narrow">
            <PageHead head=model.head/>
            {(!model.facts.is_empty()).then(|| view! { <Facts facts=model.facts/> })}
            <div class="flow"><h2>"办了以后"</h2><ul class="points">{consequences}</ul></div>
            <PostForm target=model.target class="flow">
                <ErrorSummary mistakes/>
                {fields}
                <p class="row"><FormButton button=Button::new(model.label)/><LinkButton link=cancel/></p>
            </PostForm>
        </div>
    }
    .into_any()
}
