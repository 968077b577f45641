//! The door of each endpoint, sessions, and the pages that say no.

use crate::Access;
use crate::base::frame::{Cookies, Page, Request, Site, render};
use app::pages::error::{ErrorModel, error_page};
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use domain::account::Stage;
use domain::permission::Refusal;
use services::finding::hall::Viewer;
use services::people::session::{NoSession, SignedIn};
use services::{Conflict, Ctx, Error, Services};
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

    fn role_label(&self) -> &'static str {
        match self {
            Self::In(signed_in) => signed_in.actor.role.label(),
            _ => "",
        }
    }
}

/// Token of the session cookie, if one was sent.
pub(crate) fn token(site: &Site, headers: &axum::http::HeaderMap) -> Option<String> {
    Cookies::of(headers).get(site.session_cookie()).filter(|token| token.len() == 64)
}

/// Resolves the session once per request.
pub(crate) async fn session(
    State(site): State<Arc<Site>>,
    mut request: axum::extract::Request,
    next: Next,
) -> Response {
    if let Some(token) = token(&site, request.headers()) {
        let session = match services::people::session::resume(&site.services, &token).await {
            Ok(Ok(signed_in)) if signed_in.stage == Stage::Full => Session::In(Arc::new(signed_in)),
            Ok(Ok(signed_in)) => Session::Halfway(Arc::new(signed_in)),
            Ok(Err(NoSession::Ended { account_id })) => Session::Ended { account_id },
            Ok(Err(NoSession::Unknown)) => Session::Anonymous,
            Err(error) => {
                let (parts, _) = request.into_parts();
                return failure(&site, &Request::of(&parts), error, None).await;
            }
        };
        request.extensions_mut().insert(session);
    }
    next.run(request).await
}

/// Lets a request through the door of its endpoint, or says why not.
pub(crate) async fn door(
    access: Access,
    State(site): State<Arc<Site>>,
    request: axum::extract::Request,
    next: Next,
) -> Response {
    let session = request.extensions().get::<Session>().cloned().unwrap_or_default();
    let role = match &session {
        Session::In(signed_in) => Some(signed_in.actor.role),
        _ => None,
    };
    let (parts, body) = request.into_parts();
    let frame = Request::of(&parts);
    if access.admits(role) {
        let response = next.run(axum::extract::Request::from_parts(parts, body)).await;
        // Only an address that does not read (a record's id that is none) is answered so: nothing is there.
        if response.status() == StatusCode::BAD_REQUEST {
            return failure(&site, &frame, Error::NotFound, None).await;
        }
        return response;
    }
    if role.is_some() {
        return failure(&site, &frame, Error::Forbidden(Refusal::Role), None).await;
    }
    if let Session::Halfway(signed_in) = &session {
        // Nothing of the site is open between the steps, and nothing is kept.
        let back = if frame.is_get { frame.path_and_query.as_str() } else { "/desk" };
        return crate::people::session::to_stage(signed_in.stage, back);
    }
    if frame.is_get {
        return to_login(&frame.path_and_query, matches!(session, Session::Ended { .. }));
    }
    // A form sent after the session ended: kept for the account it belonged to.
    crate::base::post::keep_for_later(&site, session, axum::extract::Request::from_parts(parts, body)).await
}

/// To the sign-in page and back.
pub(crate) fn to_login(back: &str, ended: bool) -> Response {
    let query =
        serde_urlencoded::to_string([("next", back), ("ended", if ended { "1" } else { "" })]).unwrap_or_default();
    Redirect::to(&format!("/login?{query}")).into_response()
}

/// What a failed request is answered with. `back` leads to the form, where what
/// was typed still stands.
pub(crate) async fn failure(site: &Site, request: &Request, error: Error, back: Option<String>) -> Response {
    let now = site.services.now();
    let sentence = error.sentence(now);
    let here = back.clone().unwrap_or_else(|| request.path.clone());
    let (status, model) = match &error {
        Error::SignedOut => return to_login(&request.path_and_query, true),
        Error::Unconfirmed => {
            let next =
                back.unwrap_or_else(|| if request.is_get { request.path_and_query.clone() } else { "/desk".into() });
            return crate::people::session::to_confirm(&next);
        }
        Error::TooMany { .. } => {
            (StatusCode::TOO_MANY_REQUESTS, ErrorModel::refused("请稍后再试", sentence, "这是为了不让别人试出密码。"))
        }
        Error::NotFound => (StatusCode::NOT_FOUND, ErrorModel::not_found()),
        Error::Forbidden(refusal) => {
            let mut model = ErrorModel::forbidden(request.session.role_label());
            if *refusal != Refusal::Role {
                model.text = refusal.sentence().to_owned();
            }
            (StatusCode::FORBIDDEN, model)
        }
        Error::Conflict(Conflict::Taken { service, asked, remaining, unit, at }) => {
            let left = (*remaining > 0).then(|| format!("{service}还剩{remaining}{unit}，可以只认领这一部分。"));
            let when = at.map_or_else(|| "刚刚".to_owned(), |at| at.words_near(now));
            let instead = alternatives(site, request, service).await;
            (StatusCode::CONFLICT, ErrorModel::taken(&when, &format!("{service}{asked}{unit}"), left, here, instead))
        }
        Error::Conflict(_) | Error::AlreadyDone { .. } => {
            (StatusCode::CONFLICT, ErrorModel::conflict(sentence, "办之前先看看它现在的状态。", here))
        }
        Error::Invalid(_) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            ErrorModel::refused("有内容要改", sentence, "请返回上一页，改好后再提交。"),
        ),
        Error::Unrecorded => {
            (StatusCode::SERVICE_UNAVAILABLE, ErrorModel::refused("暂时打不开", sentence, "过一两分钟再试一次。"))
        }
        Error::Storage(inner) if inner.is_unavailable() => {
            (StatusCode::SERVICE_UNAVAILABLE, ErrorModel::refused("暂时存不进去", sentence, "过一两分钟再试一次。"))
        }
        Error::Storage(_) | Error::Search(_) | Error::Internal(_) => {
            let correlation = site.correlation();
            // An address with a token in it is as good as the token.
            let secret = request.route.as_deref().filter(|route| route.contains("{token}"));
            let path = secret.unwrap_or(&request.path);
            tracing::error!(%error, correlation, path, "request failed");
            (StatusCode::INTERNAL_SERVER_ERROR, ErrorModel::failed(correlation))
        }
    };
    note_refusal(site, request, &error).await;
    let title = model.title.clone();
    let mut response = render(site, request, Page::new(title, move || error_page(model)).status(status)).await;
    if let Error::TooMany { seconds } = error {
        retry_after(&mut response, seconds);
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, axum::http::HeaderValue::from_static("10"));
    }
    response
}

/// Says when it makes sense to come again.
pub(crate) fn retry_after(response: &mut Response, seconds: i64) {
    let seconds = seconds.clamp(1, 86_400);
    if let Ok(value) = axum::http::HeaderValue::from_str(&seconds.to_string()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
}

/// Who was turned away where goes on record; the answer does not wait for more than that.
async fn note_refusal(site: &Site, request: &Request, error: &Error) {
    let why = match error {
        Error::NotFound => "not found",
        Error::Forbidden(_) => "forbidden",
        _ => return,
    };
    let (Some(ctx), Some(route)) = (request.session.ctx(&site.services), request.route.as_deref()) else { return };
    // What was typed into the address stays out of the log, unless it is a code or an id.
    let record = request.path.split('/').find(|part| domain::code::is_code(part) || part.parse::<uuid::Uuid>().is_ok());
    if let Err(error) = services::base::trail::refuse(&ctx, route, record, why, &request.address).await {
        tracing::error!(%error, route, "a refusal could not be recorded");
    }
}

/// What else is open, for a reader who came second.
async fn alternatives(site: &Site, request: &Request, service: &str) -> Vec<app::components::Line> {
    let ctx = request.session.ctx(&site.services);
    let query =
        search::NeedQuery { text: service.to_owned(), open_only: true, limit: 3, ..search::NeedQuery::default() };
    match services::finding::hall::search(&site.services, viewer(ctx.as_ref()), query).await {
        Ok(page) => page.cards.iter().map(|card| crate::base::words::card_line(card, site.services.now())).collect(),
        Err(_) => Vec::new(),
    }
}

pub(crate) async fn not_found(State(site): State<Arc<Site>>, request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    missing(&site, &parts).await
}

pub(crate) async fn missing(site: &Site, parts: &axum::http::request::Parts) -> Response {
    failure(site, &Request::of(parts), Error::NotFound, None).await
}

pub(crate) async fn not_allowed(State(site): State<Arc<Site>>, request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = missing(&site, &parts).await;
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

/// Ready once the index has caught up and the database answers.
pub(crate) async fn ready(State(site): State<Arc<Site>>) -> Response {
    if !site.services.follower.is_ready() || site.services.db.read().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "catching up").into_response();
    }
    "ok".into_response()
}

/// The reader's tier.
pub(crate) fn viewer(ctx: Option<&Ctx>) -> Viewer<'_> {
    Viewer::of(ctx)
}
