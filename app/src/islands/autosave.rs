//! Keeps a draft while somebody types: two seconds after the last key the form's fields go to `/drafts/{id}`.

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

/// Listens to the form around `place` for as long as the page lives. `None` where there is no form or no draft.
fn watch(place: HtmlElement) -> Option<()> {
    let form: HtmlFormElement = place.closest("form").ok()??.dyn_into().ok()?;
    let draft = Fields::of(&form)?.value("draft")?;
    // What did not get through is sent again, as it stands by then.
    let unsent = Rc::new(Cell::new(false));
    let (source, left) = (form.clone(), Rc::clone(&unsent));
    let save = Rc::new(move || {
        let (source, place, unsent) = (source.clone(), place.clone(), Rc::clone(&left));
        let address = format!("/drafts/{draft}");
        leptos::task::spawn_local(async move {
            let outcome = match Fields::of(&source) {
                Some(fields) => server::send(&address, &fields).await,
                None => Err(Failure::Later),
            };
            unsent.set(matches!(outcome, Err(Failure::Later)));
            place.set_text_content(Some(&match outcome {
                Ok(()) => format!("{}已自动存草稿", now()),
                Err(Failure::SignedOut) => "登录已过期，填的内容还在这一页；提交时会先请您登录".to_owned(),
                Err(_) => "暂时没能自动存草稿，填的内容还在这一页".to_owned(),
            }));
        });
    });
    let again = Rc::clone(&save);
    server::whenever_again(move || {
        if unsent.take() {
            again();
        }
    })?;
    server::when_rested(&form, REST_MILLISECONDS, move || save())
}

/// The reader's wall clock, as `14:32`.
fn now() -> String {
    let date = js_sys::Date::new_0();
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}
