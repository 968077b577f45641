//! Suggests while somebody types into the search box: words that find something, and needs by title.
//! Without it the box is a plain form.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{Event, HtmlElement, HtmlFormElement, HtmlInputElement, KeyboardEvent, Response};

/// How long the keys must rest before the server is asked.
const REST_MILLISECONDS: i32 = 150;

/// One line under the box: a word with how many needs it finds, or a need.
#[derive(Clone, Debug, PartialEq)]
struct Suggestion {
    text: String,
    note: String,
    /// Where a need lies; empty for a word.
    href: String,
}

/// Stands inside the search form, whose `data-suggest` names the address that answers `?q=` with words and
/// needs of the reader's own tier.
#[island]
pub fn SearchSuggest() -> impl IntoView {
    let place = NodeRef::<leptos::html::Div>::new();
    let list = RwSignal::new(Vec::<Suggestion>::new());
    Effect::new(move |_| {
        if let Some(place) = place.get() {
            let _ = watch(&place, list);
        }
    });
    let take = move |text: String| {
        let form = place.get_untracked().and_then(|place| place.closest("form").ok().flatten());
        let Some(form) = form.and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) else { return };
        if let Some(input) = field(&form) {
            input.set_value(&text);
        }
        let _ = form.submit();
    };
    view! {
        <div class="suggestions" node_ref=place hidden=move || list.read().is_empty()>
            <ul class="lines" aria-label="猜您要找">
                {move || list.get().into_iter().map(|one| {
                    let note = one.note.clone();
                    let text = one.text.clone();
                    if one.href.is_empty() {
                        let word = one.text.clone();
                        view! { <li><button type="button" class="option" on:click=move |_| take(word.clone())>{text}<span class="count">{note}</span></button></li> }.into_any()
                    } else {
                        view! { <li><a class="option" href=one.href>{text}<span class="count">{note}</span></a></li> }.into_any()
                    }
                }).collect_view()}
            </ul>
        </div>
    }
}

fn field(form: &HtmlFormElement) -> Option<HtmlInputElement> {
    form.query_selector("input[type=search]").ok()??.dyn_into().ok()
}

fn watch(place: &HtmlElement, list: RwSignal<Vec<Suggestion>>) -> Option<()> {
    let form: HtmlFormElement = place.closest("form").ok()??.dyn_into().ok()?;
    let input = field(&form)?;
    let asked = input.clone();
    let source = form.get_attribute("data-suggest")?;
    let ask = Closure::<dyn Fn()>::new(move || {
        let (input, source) = (asked.clone(), source.clone());
        leptos::task::spawn_local(async move {
            let typed = input.value();
            let found =
                if typed.trim().is_empty() { Vec::new() } else { fetch(&source, &typed).await.unwrap_or_default() };
            // What was typed meanwhile is asked for by itself.
            if input.value() == typed {
                list.set(found);
            }
        });
    });
    let mut waiting = None;
    let typed = Closure::<dyn FnMut()>::new(move || {
        let Some(window) = web_sys::window() else { return };
        if let Some(handle) = waiting.take() {
            window.clear_timeout_with_handle(handle);
        }
        waiting = window
            .set_timeout_with_callback_and_timeout_and_arguments_0(ask.as_ref().unchecked_ref(), REST_MILLISECONDS)
            .ok();
    });
    input.add_event_listener_with_callback("input", typed.as_ref().unchecked_ref()).ok()?;
    typed.forget();
    let first = place.clone();
    let back = input.clone();
    let keys = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| match event.key().as_str() {
        "Escape" => {
            list.set(Vec::new());
            let _ = back.focus();
        }
        "ArrowDown" => {
            let item =
                first.query_selector("button, a").ok().flatten().and_then(|item| item.dyn_into::<HtmlElement>().ok());
            if let Some(item) = item {
                event.prevent_default();
                let _ = item.focus();
            }
        }
        _ => {}
    });
    form.add_event_listener_with_callback("keydown", keys.as_ref().unchecked_ref()).ok()?;
    keys.forget();
    let inside = form.clone();
    let away = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
        if !inside.contains(target.as_ref()) {
            list.set(Vec::new());
        }
    });
    web_sys::window()?.document()?.add_event_listener_with_callback("focusin", away.as_ref().unchecked_ref()).ok()?;
    away.forget();
    Some(())
}

#[expect(clippy::cast_possible_truncation, reason = "counts are whole")]
async fn fetch(source: &str, typed: &str) -> Result<Vec<Suggestion>, JsValue> {
    use leptos::__reexports::wasm_bindgen_futures::JsFuture;
    let window = web_sys::window().ok_or(JsValue::NULL)?;
    let url = format!("{source}?q={}", String::from(js_sys::encode_uri_component(typed)));
    let answer = JsFuture::from(window.fetch_with_str(&url)).await?.dyn_into::<Response>()?;
    let json = JsFuture::from(answer.json()?).await?;
    let text = |value: &JsValue, name: &str| {
        let value = js_sys::Reflect::get(value, &name.into()).unwrap_or_default();
        value.as_string().or_else(|| value.as_f64().map(|n| (n as i64).to_string())).unwrap_or_default()
    };
    let items = |name: &str| js_sys::Array::from(&js_sys::Reflect::get(&json, &name.into()).unwrap_or_default());
    let mut all: Vec<Suggestion> = items("words")
        .iter()
        .map(|word| Suggestion {
            text: text(&word, "text"),
            note: format!("{}个", text(&word, "total")),
            href: String::new(),
        })
        .collect();
    all.extend(items("needs").iter().map(|need| Suggestion {
        text: text(&need, "title"),
        note: text(&need, "code"),
        href: format!("/needs/{}", text(&need, "code")),
    }));
    Ok(all)
}
