//! Keeps a draft while somebody types: two seconds after the last key, or when the page is left, the form's fields go to
//! `/drafts/{id}`. One island for every form with a draft; the server seals what it keeps.

use super::server::{self, Failure, Fields};
use leptos::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlFormElement};

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

/// Listens to the form around `place` for as long as the page lives. `None` where there is no form or no draft, or where
/// it holds what is not kept: a password, a file.
fn watch(place: HtmlElement) -> Option<()> {
    let form: HtmlFormElement = place.closest("form").ok()??.dyn_into().ok()?;
    if form.query_selector("[type=password], [type=file]").ok()?.is_some() {
        return None;
    }
    let draft = Fields::of(&form)?.value("draft")?;
    let address = format!("/drafts/{draft}");
    // What was typed and has not got through; sent again as it stands by then.
    let unsent = Rc::new(Cell::new(false));
    let (source, left, to) = (form.clone(), Rc::clone(&unsent), address.clone());
    let save = Rc::new(move || {
        let (source, place, unsent, address) = (source.clone(), place.clone(), Rc::clone(&left), to.clone());
        unsent.set(false);
        leptos::task::spawn_local(async move {
            let outcome = match Fields::of(&source) {
                Some(fields) => server::send(&address, &fields).await,
                None => Err(Failure::Later),
            };
            if matches!(outcome, Err(Failure::Later)) {
                unsent.set(true);
            }
            place.set_text_content(Some(&match outcome {
                Ok(()) => format!("{}已自动存草稿，离开再来还在", now()),
                Err(Failure::SignedOut) => "登录已过期，填的内容还在这一页；提交时会先请您登录".to_owned(),
                Err(_) => "暂时没能自动存草稿，填的内容还在这一页".to_owned(),
            }));
        });
    });
    let typed = Rc::clone(&unsent);
    server::hear(&form, "input", move |_| typed.set(true))?;
    // Sent as a form it is in the server's hands; left without that, the last words go along.
    let sent = Rc::clone(&unsent);
    server::hear(&form, "submit", move |_| sent.set(false))?;
    let (source, leaving) = (form.clone(), Rc::clone(&unsent));
    server::when_left(move || {
        if leaving.take()
            && let Some(fields) = Fields::of(&source)
        {
            server::send_leaving(&address, &fields);
        }
    })?;
    let (again, waiting) = (Rc::clone(&save), Rc::clone(&unsent));
    server::whenever_again(move || {
        if waiting.get() {
            again();
        }
    })?;
    server::when_rested(&form, REST_MILLISECONDS, move || {
        if unsent.get() {
            save();
        }
    })
}

/// The reader's wall clock, as `14:32`.
fn now() -> String {
    let date = js_sys::Date::new_0();
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
