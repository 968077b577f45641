//! Keeps what is tapped on a bad connection: checking in and out, the leader's list. What could not be sent stays in this
//! browser, the page says so, and it goes out by itself when there is a network again. The server takes each tap once.
//! Without the script the forms send as forms do.

use super::server::{self, Failure, Fields, window};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{HtmlFormElement, Storage};

/// Stands once on a page whose forms carry `data-kept` (where they are sent) and `data-says` (what they are), inside an
/// element whose `data-owner` names the account, so that nobody sends what another one has tapped on the same phone, and
/// whose `data-now` is the server's clock.
#[island]
pub fn KeptTaps() -> impl IntoView {
    let place = NodeRef::<leptos::html::P>::new();
    let said = RwSignal::new(String::new());
    Effect::new(move |_| {
        let around = place.get().and_then(|place| place.closest("[data-owner]").ok().flatten());
        if let Some(around) = around {
            let server = around.get_attribute("data-now").and_then(|at| at.parse::<i64>().ok());
            let ahead = server.map_or(0, |at| at - now());
            let _ = wake(&around.get_attribute("data-owner").unwrap_or_default(), ahead, said);
        }
    });
    view! {
        <p class="notice wait" role="status" node_ref=place hidden=move || said.read().is_empty()>
            <span>{move || said.get()}</span>
        </p>
    }
}

fn storage() -> Option<Storage> {
    window()?.local_storage().ok()?
}

fn prefix(owner: &str) -> String {
    format!("duijie.kept.{owner}.")
}

/// What is kept, the oldest first: key, address, what it is, the form.
fn kept(owner: &str) -> Vec<(String, String, String, String)> {
    let Some(storage) = storage() else { return Vec::new() };
    let prefix = prefix(owner);
    let mut all: Vec<(String, String, String, String)> = (0..storage.length().unwrap_or(0))
        .filter_map(|at| storage.key(at).ok().flatten())
        .filter(|key| key.starts_with(&prefix))
        .filter_map(|key| {
            let value = storage.get_item(&key).ok().flatten()?;
            let mut lines = value.splitn(3, '\n');
            let (address, says, body) = (lines.next()?.to_owned(), lines.next()?.to_owned(), lines.next()?.to_owned());
            Some((key, address, says, body))
        })
        .collect();
    all.sort();
    all
}

/// Keeps a form. The same one tapped again stays as it was tapped first. `false`: this browser keeps nothing.
fn keep(owner: &str, address: &str, says: &str, body: &str, at: i64) -> bool {
    if kept(owner).iter().any(|(_, to, _, form)| to == address && without_time(form) == without_time(body)) {
        return true;
    }
    let key = format!("{}{at:015}", prefix(owner));
    storage().is_some_and(|storage| storage.set_item(&key, &format!("{address}\n{says}\n{body}")).is_ok())
}

fn without_time(body: &str) -> String {
    body.split('&').filter(|part| !part.starts_with("at=")).collect::<Vec<_>>().join("&")
}

fn drop_kept(key: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(key);
    }
}

/// This browser's clock, milliseconds since 1970 began.
#[expect(clippy::cast_possible_truncation, reason = "whole milliseconds")]
fn now() -> i64 {
    js_sys::Date::now() as i64
}

/// The wall clock of a moment, as `14:32`.
#[expect(clippy::cast_precision_loss, reason = "milliseconds of a date are far below 2^52")]
fn clock(at: i64) -> String {
    let date = js_sys::Date::new(&JsValue::from_f64(at as f64));
    format!("{:02}:{:02}", date.get_hours(), date.get_minutes())
}

fn time_of(body: &str) -> i64 {
    body.split('&').find_map(|part| part.strip_prefix("at=")?.parse().ok()).unwrap_or_default()
}

/// `ahead`: milliseconds by which the server's clock is ahead of this one.
fn wake(owner: &str, ahead: i64, said: RwSignal<String>) -> Option<()> {
    let window = window()?;
    let forms = window.document()?.query_selector_all("form[data-kept]").ok()?;
    for at in 0..forms.length() {
        if let Some(form) = forms.get(at).and_then(|form| form.dyn_into::<HtmlFormElement>().ok()) {
            let _ = watch(&form, owner, ahead, said);
        }
    }
    let who = owner.to_owned();
    server::whenever_again(move || send_kept(&who, said))?;
    send_kept(owner, said);
    Some(())
}

fn send_kept(owner: &str, said: RwSignal<String>) {
    let owner = owner.to_owned();
    leptos::task::spawn_local(async move { send_all(&owner, said).await });
}

fn watch(form: &HtmlFormElement, owner: &str, ahead: i64, said: RwSignal<String>) -> Option<()> {
    let (source, owner) = (form.clone(), owner.to_owned());
    server::hear(form, "submit", move |event| {
        if let Some(tap) = read(&source, ahead) {
            event.prevent_default();
            let (source, owner) = (source.clone(), owner.clone());
            leptos::task::spawn_local(async move { tapped(&source, &owner, tap, said).await });
        }
    })
}

struct Tap {
    address: String,
    says: String,
    body: String,
    at: i64,
}

/// What the form would send, with the time of the tap. `None`: something is not filled in, which the server says.
fn read(form: &HtmlFormElement, ahead: i64) -> Option<Tap> {
    let fields = Fields::of(form)?;
    if fields.value("code").is_some_and(|code| code.trim().is_empty()) {
        return None;
    }
    let at = now() + ahead;
    // Each of them belongs to one page shown, not to the tap.
    let body = fields.without(&["once", "form", "draft"]).with("at", &at.to_string()).body();
    Some(Tap { address: form.get_attribute("data-kept")?, says: form.get_attribute("data-says")?, body, at })
}

async fn tapped(form: &HtmlFormElement, owner: &str, tap: Tap, said: RwSignal<String>) {
    match send(&tap.address, &tap.body).await {
        Ok(()) => reload(),
        // The page says why, beside the field.
        Err(Failure::Refused(_) | Failure::SignedOut) => {
            let _ = form.submit();
        }
        Err(Failure::Later) if keep(owner, &tap.address, &tap.says, &tap.body, tap.at) => said.set(waiting(&tap)),
        Err(Failure::Later) => {
            said.set("现在没有网络，这个浏览器也存不住。请过一会儿再点，或者请队长在名单里登记。".to_owned());
        }
    }
}

fn waiting(tap: &Tap) -> String {
    format!(
        "现在没有网络。{}的{}已经存在这部手机上，有网络时自动补传。在那以前不要清除浏览器的数据。",
        clock(tap.at),
        tap.says
    )
}

/// Sends what is kept, one after another, until something cannot be sent.
async fn send_all(owner: &str, said: RwSignal<String>) {
    let mut taken = 0;
    let mut refused = Vec::new();
    for (key, address, says, body) in kept(owner) {
        let at = time_of(&body);
        match send(&address, &body).await {
            Ok(()) => {
                drop_kept(&key);
                taken += 1;
            }
            Err(Failure::Refused(why)) => {
                drop_kept(&key);
                refused.push(format!("{}的{says}没有记上：{why}。", clock(at)));
            }
            Err(Failure::SignedOut) => {
                said.set(format!("{}的{says}还没有补传，请登录后再打开这一页。", clock(at)));
                return;
            }
            Err(Failure::Later) => {
                said.set(waiting(&Tap { address, says, body, at }));
                return;
            }
        }
    }
    if !refused.is_empty() {
        said.set(refused.concat());
    } else if taken > 0 {
        reload();
    }
}

fn reload() {
    if let Some(window) = window() {
        let _ = window.location().reload();
    }
}

async fn send(address: &str, body: &str) -> Result<(), Failure> {
    let fields = Fields::parse(body).ok_or(Failure::Later)?;
    server::send(address, &fields).await
}
