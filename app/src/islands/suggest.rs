//! Suggests while somebody types into the search box: words that find something, and needs by title.
//! Without it the box is a plain form.

use super::server::{self, Json};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement, HtmlInputElement, KeyboardEvent, Node};

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
    let source = form.get_attribute("data-suggest")?;
    let asked = input.clone();
    server::when_rested(&input, REST_MILLISECONDS, move || {
        let (input, source) = (asked.clone(), source.clone());
        leptos::task::spawn_local(async move {
            let typed = input.value();
            let blank = typed.trim().is_empty();
            let found = if blank { None } else { server::ask(&source, &typed).await.ok() };
            // What was typed meanwhile is asked for by itself.
            if input.value() == typed {
                list.set(found.map(suggestions).unwrap_or_default());
            }
        });
    })?;
    let first = place.clone();
    server::hear(&form, "keydown", move |event| match event.unchecked_ref::<KeyboardEvent>().key().as_str() {
        "Escape" => {
            list.set(Vec::new());
            let _ = input.focus();
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
    })?;
    let inside = form.clone();
    let document = server::window()?.document()?;
    server::hear(&document, "focusin", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Node>().ok());
        if !inside.contains(target.as_ref()) {
            list.set(Vec::new());
        }
    })
}

/// Words first, then needs.
fn suggestions(found: Json) -> Vec<Suggestion> {
    let words = found.list("words").map(|word| Suggestion {
        text: word.text("text"),
        note: Some(word.count("total"))
            .filter(|total| *total > 0)
            .map(|total| format!("{total}个"))
            .unwrap_or_default(),
        href: String::new(),
    });
    let needs = found.list("needs").map(|need| Suggestion {
        text: need.text("title"),
        note: need.text("code"),
        href: format!("/needs/{}", need.text("code")),
    });
    words.chain(needs).collect()
}
