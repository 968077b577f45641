//! How the islands speak with the server: the one place that sends requests and knows what the number of an answer means,
//! how long keys rest before something is asked, and when what did not get through is tried again.

use js_sys::{Array, Reflect};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, EventTarget, FormData, HtmlFormElement, ProgressEvent, RequestInit, RequestRedirect, Response,
    UrlSearchParams, Window, XmlHttpRequest,
};

/// How often something that did not get through is tried again while the page stands open.
const AGAIN_MILLISECONDS: i32 = 30_000;

/// Why the server did not do what it was asked.
pub enum Failure {
    /// It says why not, in words or in a page.
    Refused(String),
    /// Nobody is signed in any more.
    SignedOut,
    /// No network, or a server that cannot answer now.
    Later,
}

impl From<JsValue> for Failure {
    /// What the browser itself throws: it reached nobody, or the answer broke off.
    fn from(_: JsValue) -> Self {
        Self::Later
    }
}

/// An object of an answer, read by the names of its members. What is not there is empty.
pub struct Json(JsValue);

impl Json {
    fn member(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }

    pub fn text(&self, name: &str) -> String {
        self.member(name).as_string().unwrap_or_default()
    }

    /// A whole number.
    #[expect(clippy::cast_possible_truncation, reason = "counts are whole")]
    pub fn count(&self, name: &str) -> i64 {
        self.member(name).as_f64().unwrap_or_default() as i64
    }

    pub fn list(&self, name: &str) -> impl Iterator<Item = Self> + use<> {
        let list = Array::from(&self.member(name));
        (0..list.length()).map(move |at| Self(list.get(at)))
    }
}

/// The fields of a form, as an ordinary form sends them.
pub struct Fields(UrlSearchParams);

impl Fields {
    pub fn of(form: &HtmlFormElement) -> Option<Self> {
        let data = FormData::new_with_form(form).ok()?;
        UrlSearchParams::new_with_str_sequence_sequence(&data.into()).ok().map(Self)
    }

    /// Reads `name=value&…`.
    pub fn parse(body: &str) -> Option<Self> {
        UrlSearchParams::new_with_str(body).ok().map(Self)
    }

    pub fn value(&self, name: &str) -> Option<String> {
        self.0.get(name)
    }

    /// All values under a name.
    pub fn values(&self, name: &str) -> Vec<String> {
        self.0.get_all(name).iter().filter_map(|value| value.as_string()).collect()
    }

    pub fn without(self, names: &[&str]) -> Self {
        for name in names {
            self.0.delete(name);
        }
        self
    }

    pub fn with(self, name: &str, value: &str) -> Self {
        self.0.append(name, value);
        self
    }

    /// As `name=value&…`.
    pub fn body(&self) -> String {
        self.0.to_string().into()
    }
}

/// Asks `address` with one value `q`.
pub async fn ask(address: &str, q: &str) -> Result<Json, Failure> {
    let query = String::from(js_sys::encode_uri_component(q));
    let answer = answer(&format!("{address}?q={query}"), &RequestInit::new()).await?;
    Ok(Json(JsFuture::from(answer.json()?).await?))
}

/// Sends fields as a form does.
pub async fn send(address: &str, fields: &Fields) -> Result<(), Failure> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&fields.0);
    answer(address, &init).await.map(|_| ())
}

async fn answer(address: &str, init: &RequestInit) -> Result<Response, Failure> {
    init.set_redirect(RequestRedirect::Manual);
    let window = window().ok_or(Failure::Later)?;
    let answer: Response = JsFuture::from(window.fetch_with_str_and_init(address, init)).await?.dyn_into()?;
    match answer.status() {
        200..300 => Ok(answer),
        // A redirect that was not followed: to the sign-in page.
        0 | 300..=399 | 401 => Err(Failure::SignedOut),
        429 | 500.. => Err(Failure::Later),
        _ => {
            let words = JsFuture::from(answer.text()?).await?;
            Err(Failure::Refused(words.as_string().unwrap_or_default()))
        }
    }
}

/// Sends a form with its file. `told` hears how many percent have gone, `ended` what came of it: the address of the next
/// page, or a failure; a refusal is a page, without words here. `None`: the browser has to send it by itself.
pub fn upload(
    form: &HtmlFormElement,
    told: impl Fn(u32) + 'static,
    ended: impl Fn(Result<String, Failure>) + 'static,
) -> Option<()> {
    let request = XmlHttpRequest::new().ok()?;
    request.open("POST", &form.action()).ok()?;
    // Says that nobody looks at the answer itself: it names the next page in place of leading there.
    request.set_request_header("x-upload", "1").ok()?;
    let progress = Closure::<dyn Fn(Event)>::new(move |event: Event| {
        let gone = event.unchecked_ref::<ProgressEvent>();
        if gone.total() > 0.0 {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share between 0 and 100")]
            told((gone.loaded() / gone.total() * 100.0) as u32);
        }
    });
    request.upload().ok()?.set_onprogress(Some(progress.as_ref().unchecked_ref()));
    let answered = request.clone();
    let done = Closure::<dyn Fn()>::new(move || {
        ended(match answered.status().unwrap_or(0) {
            200..400 => {
                let next = answered.get_response_header("x-location").ok().flatten();
                Ok(next.unwrap_or_else(|| answered.response_url()))
            }
            400.. => Err(Failure::Refused(String::new())),
            _ => Err(Failure::Later),
        });
    });
    request.set_onloadend(Some(done.as_ref().unchecked_ref()));
    request.send_with_opt_form_data(Some(&FormData::new_with_form(form).ok()?)).ok()?;
    progress.forget();
    done.forget();
    Some(())
}

pub fn window() -> Option<Window> {
    web_sys::window()
}

/// Hears an event for as long as the page lives.
pub fn hear(target: &EventTarget, name: &str, heard: impl Fn(Event) + 'static) -> Option<()> {
    let heard = Closure::<dyn Fn(Event)>::new(heard);
    target.add_event_listener_with_callback(name, heard.as_ref().unchecked_ref()).ok()?;
    heard.forget();
    Some(())
}

/// Calls `left` when the page goes out of sight: closed, left, put away on a telephone.
pub fn when_left(left: impl Fn() + 'static) -> Option<()> {
    let document = window()?.document()?;
    let seen = document.clone();
    hear(&document, "visibilitychange", move |_| {
        if seen.hidden() {
            left();
        }
    })
}

/// Sends fields from a page that goes away; nobody hears what comes of it.
pub fn send_leaving(address: &str, fields: &Fields) {
    if let Some(window) = window() {
        let _ = window.navigator().send_beacon_with_opt_url_search_params(address, Some(&fields.0));
    }
}

/// Calls `done` each time somebody has typed into `target` and the keys have rested for `milliseconds`.
pub fn when_rested(target: &EventTarget, milliseconds: i32, done: impl Fn() + 'static) -> Option<()> {
    let done = Closure::<dyn Fn()>::new(done);
    let waiting = Cell::new(None);
    hear(target, "input", move |_| {
        let Some(window) = window() else { return };
        if let Some(handle) = waiting.take() {
            window.clear_timeout_with_handle(handle);
        }
        let rested = done.as_ref().unchecked_ref();
        waiting.set(window.set_timeout_with_callback_and_timeout_and_arguments_0(rested, milliseconds).ok());
    })
}

/// Calls `again` whenever what did not get through may do so now: with the network back, and every half minute.
pub fn whenever_again(again: impl Fn() + 'static) -> Option<()> {
    let again = Closure::<dyn Fn()>::new(again);
    let (window, call) = (window()?, again.as_ref().unchecked_ref());
    window.add_event_listener_with_callback("online", call).ok()?;
    window.set_interval_with_callback_and_timeout_and_arguments_0(call, AGAIN_MILLISECONDS).ok()?;
    again.forget();
    Some(())
}
