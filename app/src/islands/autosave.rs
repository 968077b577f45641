//! Keeps a draft while somebody types: two seconds after the last key the form's fields go to `/drafts/{id}`.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{FormData, HtmlElement, HtmlFormElement, RequestInit, Response, UrlSearchParams};

/// How long the keys must rest before the draft is sent.
const REST_MILLISECONDS: i32 = 2000;

/// Stands inside the form whose hidden `draft` field names the draft. Shows "14:32已自动存草稿".
#[island]
pub fn DraftAutosave() -> impl IntoView {
    let place = NodeRef::<leptos::html::Span>::new();
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            let _ = watch(place.into());
        }
    });
    view! { <span class="muted" role="status" node_ref=place></span> }
}

/// Listens to the form around `place` for as long as the page lives. `None` where there is no form or no draft.
fn watch(place: HtmlElement) -> Option<()> {
    let form: HtmlFormElement = place.closest("form").ok()??.dyn_into().ok()?;
    let draft = FormData::new_with_form(&form).ok()?.get("draft").as_string()?;
    let source = form.clone();
    let url = format!("/drafts/{draft}");
    let send = Closure::<dyn Fn()>::new(move || {
        let (source, url, place) = (source.clone(), url.clone(), place.clone());
        leptos::task::spawn_local(async move {
            let text = match post(&source, &url).await {
                Ok(true) => format!("{}已自动存草稿", now()),
                _ => "暂时没能自动存草稿，填的内容还在这一页".to_owned(),
            };
            place.set_text_content(Some(&text));
        });
    });
    let mut waiting = None;
    let typed = Closure::<dyn FnMut()>::new(move || {
        let Some(window) = web_sys::window() else {
            return;
        };
        if let Some(handle) = waiting.take() {
            window.clear_timeout_with_handle(handle);
        }
        waiting = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(send.as_ref().unchecked_ref(), REST_MILLISECONDS)
            .ok();
    });
    form.add_event_listener_with_callback("input", typed.as_ref().unchecked_ref()).ok()?;
    typed.forget();
    Some(())
}

/// Sends the fields as an ordinary form would. `Ok(false)` when the server did not keep them.
async fn post(form: &HtmlFormElement, url: &str) -> Result<bool, JsValue> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(&FormData::new_with_form(form)?.into())?;
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&fields);
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let answer =
        leptos::__reexports::wasm_bindgen_futures::JsFuture::from(window.fetch_with_str_and_init(url, &init)).await?;
    Ok(answer.dyn_into::<Response>()?.ok())
}

/// The reader's wall clock, as `14:32`.
fn now() -> String {
    let date = js_sys::Date::new_0();
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
