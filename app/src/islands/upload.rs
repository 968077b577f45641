//! Shows how far a file has been sent. Without it the form sends the file all the same.

use super::server::{self, Failure};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement};

/// Stands inside the form that holds the file.
#[island]
pub fn UploadProgress() -> impl IntoView {
    let place = NodeRef::<leptos::html::Span>::new();
    let percent = RwSignal::new(None::<u32>);
    let failed = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            let _ = watch(&place, percent, failed);
        }
    });
    view! {
        <span role="status" node_ref=place>
            {move || percent.get().map(|n| view! { <progress max="100" value=n.to_string()></progress>{format!("已上传{n}%")} })}
            {move || failed.get().then_some("没有传上去，请检查网络后再点一次")}
        </span>
    }
}

fn watch(place: &HtmlElement, percent: RwSignal<Option<u32>>, failed: RwSignal<bool>) -> Option<()> {
    let form: HtmlFormElement = place.closest("form").ok()??.dyn_into().ok()?;
    let source = form.clone();
    server::hear(&form, "submit", move |event| {
        if send(&source, percent, failed).is_some() {
            event.prevent_default();
        }
    })
}

/// Sends the form and then opens the page that the server names. `None`: let the browser do it.
fn send(form: &HtmlFormElement, percent: RwSignal<Option<u32>>, failed: RwSignal<bool>) -> Option<()> {
    let source = form.clone();
    failed.set(false);
    percent.set(Some(0));
    let ended = move |outcome: Result<String, Failure>| {
        let gone_on = match outcome {
            Ok(next) => server::window().is_some_and(|window| window.location().assign(&next).is_ok()),
            // A refusal is a page that says why: sent once more without the script, it is shown.
            Err(Failure::Refused(_)) => source.submit().is_ok(),
            Err(_) => false,
        };
        if !gone_on {
            percent.set(None);
            failed.set(true);
        }
    };
    server::upload(form, move |gone| percent.set(Some(gone)), ended)
}
