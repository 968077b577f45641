//! Checking a certificate: a form whose answer has an address of its own.

use super::door::DoorModel;
use crate::components::{ErrorSummary, FieldView, Head, Mistake, PageHead};
use leptos::prelude::*;

/// A form that asks by GET: what is asked is no secret and changes nothing.
pub fn verify_page(model: DoorModel) -> AnyView {
    let mistakes = Mistake::of(&model.fields);
    let fields = model.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let head: Head = model.head;
    view! {
        <div class="page flow narrow">
            <PageHead head/>
            <form method="get" action=model.target.action class="flow" novalidate>
                <ErrorSummary mistakes/>
                {fields}
                <p><button class="button">"查"</button></p>
            </form>
        </div>
    }
    .into_any()
}
