//! What the frame and the handlers need of a request: who asks, from where, with which settings and nonce.

use crate::base::address::ClientAddress;
use app::components::FlashKind;
use app::shell::{Elder, Theme};
use axum::http::{HeaderMap, header};
use cookie::Cookie;
use services::people::session::SignedIn;
use services::{Ctx, Services};
use std::sync::Arc;
use uuid::Uuid;

/// Who the request comes from.
#[derive(Clone, Debug, Default)]
pub(crate) enum Session {
    #[default]
    Anonymous,
    /// A session that has ended: what is typed is kept for this account.
    Ended {
        account_id: Uuid,
    },
    /// The password was right, another step is asked first: as good as nobody.
    Halfway(Arc<SignedIn>),
    In(Arc<SignedIn>),
}

impl Session {
    pub fn ctx(&self, services: &Arc<Services>) -> Option<Ctx> {
        match self {
            Self::In(signed_in) => {
                let ctx = Ctx::new(services, signed_in.actor.clone(), "page").verified(signed_in.verified);
                Some(ctx.through(signed_in.session_id, signed_in.confirmed_at))
            }
            _ => None,
        }
    }

    /// Whether one of the three administrators reads.
    pub fn administers(&self) -> bool {
        matches!(self, Self::In(signed_in) if signed_in.actor.role.is_administrator())
    }

    pub fn role_label(&self) -> &'static str {
        match self {
            Self::In(signed_in) => signed_in.actor.role.label(),
            _ => "",
        }
    }
}

/// The request's nonce, for its scripts.
#[derive(Clone)]
pub(crate) struct Nonce(pub String);

/// What the frame needs of a request.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub path_and_query: String,
    pub path: String,
    /// The address as it stands in the route table; none where nothing stands.
    pub route: Option<String>,
    pub nonce: String,
    pub elder: Elder,
    pub theme: Theme,
    pub contrast_more: bool,
    pub flash: Option<(FlashKind, String)>,
    pub session: Session,
    pub is_get: bool,
    /// Where it comes from, and what the browser calls itself.
    pub address: String,
    pub agent: String,
    /// Token of a browser that has signed in before.
    pub device: String,
    /// Sec-Fetch-Site: which site the browser fetches this for; `none` where it does not say.
    pub fetched_from: String,
}

impl Request {
    pub fn of(parts: &axum::http::request::Parts) -> Self {
        let cookies = Cookies::of(&parts.headers);
        let flash = cookies.get("flash").and_then(|text| decode_flash(&text));
        let device = cookies.get("device").filter(|token| token.len() == 64).unwrap_or_default();
        let contrast_more = cookies.get("contrast").as_deref() == Some("more");
        let path_and_query =
            parts.uri.path_and_query().map_or_else(|| parts.uri.path().to_owned(), |pq| pq.as_str().to_owned());
        Self {
            path: parts.uri.path().to_owned(),
            path_and_query,
            route: parts.extensions.get::<axum::extract::MatchedPath>().map(|route| route.as_str().to_owned()),
            nonce: parts.extensions.get::<Nonce>().map(|nonce| nonce.0.clone()).unwrap_or_default(),
            elder: Elder::parse(&cookies.get("elder").unwrap_or_default()),
            theme: Theme::parse(&cookies.get("theme").unwrap_or_default()),
            contrast_more,
            flash,
            device,
            session: parts.extensions.get::<Session>().cloned().unwrap_or_default(),
            is_get: parts.method == axum::http::Method::GET,
            address: parts.extensions.get::<ClientAddress>().map(|address| address.0.clone()).unwrap_or_default(),
            fetched_from: parts
                .headers
                .get("sec-fetch-site")
                .and_then(|value| value.to_str().ok())
                .unwrap_or("none")
                .to_owned(),
            agent: parts
                .headers
                .get(header::USER_AGENT)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .unwrap_or_default(),
        }
    }

    pub fn visit(&self) -> services::people::session::Visit<'_> {
        services::people::session::Visit { address: &self.address, agent: &self.agent, device: &self.device }
    }

    /// Whether the page is the same for everybody without an account.
    pub fn is_plain(&self) -> bool {
        matches!(self.session, Session::Anonymous) && self.flash.is_none()
    }
}

/// Cookies of a request.
pub(crate) struct Cookies(Vec<Cookie<'static>>);

impl Cookies {
    pub fn of(headers: &HeaderMap) -> Self {
        let all = headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(Cookie::split_parse)
            .filter_map(Result::ok)
            .map(Cookie::into_owned)
            .collect();
        Self(all)
    }

    pub fn get(&self, name: &str) -> Option<String> {
        self.0.iter().find(|cookie| cookie.name() == name).map(|cookie| cookie.value().to_owned())
    }
}

/// Flash texts travel as URL-safe base64 in a cookie of one minute.
pub(crate) fn encode_flash(kind: FlashKind, text: &str) -> String {
    use base64::Engine;
    let mark = if kind == FlashKind::Done { 'd' } else { 'n' };
    format!("{mark}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text))
}

fn decode_flash(text: &str) -> Option<(FlashKind, String)> {
    use base64::Engine;
    let kind = if text.starts_with('d') { FlashKind::Done } else { FlashKind::Notice };
    let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(text.get(1..)?).ok()?;
    Some((kind, String::from_utf8(bytes).ok()?))
}
