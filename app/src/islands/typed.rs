//! Keeps what is typed into a form that nobody is signed in for: in this tab of this browser alone, so that it is gone
//! when the tab is closed. No password and no file is kept.

use super::server::{Fields, hear, window};
use js_sys::Reflect;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlFormElement, Storage};

/// Stands inside the form. Shows "已为您保留没有提交的内容" with a way to throw it away.
#[island]
pub fn TypedInTab() -> impl IntoView {
    let place = NodeRef::<leptos::html::P>::new();
    let is_back = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(form) = place.get().and_then(|place| form_of(&place)) {
            is_back.set(watch(&form).unwrap_or(false));
        }
    });
    let throw_away = move |_| {
        if let Some(form) = place.get().and_then(|place| form_of(&place)) {
            forget(&form);
            form.reset();
        }
        is_back.set(false);
    };
    view! {
        <p class="notice restored no-print" role="status" node_ref=place hidden=move || !is_back.get()>
            <span>"已为您保留没有提交的内容，只在这个窗口里，关掉就没有了（"<button type="button" class="link" on:click=throw_away>"放弃"</button>"）"</span>
        </p>
    }
}

fn form_of(place: &Element) -> Option<HtmlFormElement> {
    place.closest("form").ok()??.dyn_into().ok()
}

fn storage() -> Option<Storage> {
    window()?.session_storage().ok()?
}

fn key(form: &HtmlFormElement) -> String {
    format!("duijie.typed.{}", form.get_attribute("action").unwrap_or_default())
}

fn forget(form: &HtmlFormElement) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&key(form));
    }
}

/// Whether something came back. A form that the server sent back with its mistakes carries what was typed already.
fn watch(form: &HtmlFormElement) -> Option<bool> {
    let storage = storage()?;
    let refused = form.query_selector(".error-summary").ok()?.is_some();
    let kept = storage.get_item(&key(form)).ok()?.filter(|_| !refused);
    let is_back = kept.is_some_and(|kept| fill(form, &kept).is_some());
    let source = form.clone();
    hear(form, "input", move |_| keep(&source))?;
    let sent = form.clone();
    // Sent, it is in the server's hands.
    hear(form, "submit", move |_| forget(&sent))?;
    Some(is_back)
}

fn keep(form: &HtmlFormElement) {
    let secret = inputs(form, "[type=password]").into_iter().filter_map(|input| input.get_attribute("name"));
    let names: Vec<String> = secret.collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    if let (Some(storage), Some(fields)) = (storage(), Fields::of(form)) {
        let _ = storage.set_item(&key(form), &fields.without(&names).body());
    }
}

fn inputs(form: &HtmlFormElement, selector: &str) -> Vec<Element> {
    let Ok(found) = form.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|at| found.get(at)?.dyn_into().ok()).collect()
}

/// Puts values back where they were typed; hidden ones are the page's own. `None`: nothing was typed.
fn fill(form: &HtmlFormElement, kept: &str) -> Option<()> {
    let fields = Fields::parse(kept)?;
    let mut filled = None;
    for input in
        inputs(form, "input[name]:not([type=hidden], [type=password], [type=file]), select[name], textarea[name]")
    {
        let values = fields.values(&input.get_attribute("name").unwrap_or_default());
        let kind = input.get_attribute("type").unwrap_or_default();
        if kind == "radio" || kind == "checkbox" {
            let own = input.get_attribute("value").unwrap_or_else(|| "on".to_owned());
            let is_chosen = values.contains(&own);
            Reflect::set(&input, &"checked".into(), &is_chosen.into()).ok()?;
            filled = filled.or(is_chosen.then_some(()));
        } else if let Some(value) = values.first() {
            Reflect::set(&input, &"value".into(), &JsValue::from_str(value)).ok()?;
            filled = filled.or((!value.is_empty()).then_some(()));
        }
    }
    filled
}
