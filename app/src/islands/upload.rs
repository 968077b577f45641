//! Shows how far a file has been sent. Without it the form sends the file all the same.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{Event, FormData, HtmlElement, HtmlFormElement, ProgressEvent, XmlHttpRequest};

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
    let submit = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        if send(&source, percent, failed).is_some() {
            event.prevent_default();
        }
    });
    form.add_event_listener_with_callback("submit", submit.as_ref().unchecked_ref()).ok()?;
    submit.forget();
    Some(())
}

/// Sends the form and then opens the page that the server names. `None`: let the browser do it.
fn send(form: &HtmlFormElement, percent: RwSignal<Option<u32>>, failed: RwSignal<bool>) -> Option<()> {
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", &form.action()).ok()?;
    // Says that nobody looks at the answer itself: it names the next page in place of leading there.
    request.set_request_header("x-upload", "1").ok()?;
    let progress = Closure::<dyn Fn(ProgressEvent)>::new(move |event: ProgressEvent| {
        if event.total() > 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share between 0 and 100")]
            percent.set(Some((event.loaded() / event.total() * 100.0) as u32));
        }
    });
    request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let (answered, source) = (request.clone(), form.clone());
    let done = Closure::<dyn Fn()>::new(move || {
        let status = answered.status().unwrap_or(0);
        let next = match status {
            200..400 => answered.get_response_header("x-location").ok().flatten().or(Some(answered.response_url())),
            _ => None,
        };
        let opened =
            next.is_some_and(|to| web_sys::window().is_some_and(|window| window.location().assign(&to).is_ok()));
        // A refusal is a page that says why: sent once more without the script, it is shown.
        let shown = status >= 400 && source.submit().is_ok();
        if !opened && !shown {
            percent.set(None);
            failed.set(true);
        }
    });
    request.set_onloadend(Some(done.as_ref().unchecked_ref()));
    failed.set(false);
    percent.set(Some(0));
    request.send_with_opt_form_data(Some(&FormData::new_with_form(form).ok()?)).ok()?;
    progress.forget();
    done.forget();
    Some(())
}
