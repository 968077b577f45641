//! The door of each endpoint, and whose session a request has.

use crate::Access;
use crate::base::frame::Site;
use crate::base::refusal::{failure, missing};
use crate::base::request::{Cookies, Request, Session};
use crate::base::ways::{Ended, is_local, to_login, to_stage};
use axum::extract::State;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::account::Stage;
use domain::permission::Refusal;
use services::Error;
use services::people::session::NoSession;
use std::sync::Arc;
use std::time::Duration;

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
        return to_stage(signed_in.stage, back);
    }
    if frame.is_get {
        let over = matches!(session, Session::Ended { .. });
        return to_login(&frame.path_and_query, if over { Ended::Over } else { Ended::Nothing });
    }
    let Session::Ended { account_id } = session else {
        // Nobody's: not a byte of it is read.
        let back = came_from(&parts.headers).unwrap_or_else(|| "/desk".to_owned());
        return to_login(&back, Ended::Lost);
    };
    // A form sent shortly after the session ran out: kept for the account it belonged to.
    crate::base::post::keep_for_later(&site, account_id, axum::extract::Request::from_parts(parts, body)).await
}

/// The page of this site that a form was sent from, as the browser says.
fn came_from(headers: &axum::http::HeaderMap) -> Option<String> {
    let from = headers.get(axum::http::header::REFERER)?.to_str().ok()?.parse::<axum::http::Uri>().ok()?;
    let path = from.path_and_query()?.as_str();
    is_local(path).then(|| path.to_owned())
}

pub(crate) async fn not_found(State(site): State<Arc<Site>>, request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    missing(&site, &parts).await
}

pub(crate) async fn not_allowed(State(site): State<Arc<Site>>, request: axum::extract::Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = missing(&site, &parts).await;
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

/// How long the database may take to begin a write.
const WRITES_WITHIN: Duration = Duration::from_secs(5);
/// How long an answer about it holds: whoever asks often does not keep the one writer busy.
const WRITES_TRIED: Duration = Duration::from_secs(1);

/// Whether the database takes a write, which is undone.
async fn takes_writes(site: &Site) -> bool {
    let mut tried = site.writes.lock().await;
    if let Some((at, outcome)) = *tried
        && at.elapsed() < WRITES_TRIED
    {
        return outcome;
    }
    let outcome = matches!(tokio::time::timeout(WRITES_WITHIN, site.services.db.probe()).await, Ok(Ok(())));
    *tried = Some((std::time::Instant::now(), outcome));
    outcome
}

/// Ready once the index has caught up and the database answers and takes writes. A job that fails or does not end makes
/// the site no less able to answer: it is named.
pub(crate) async fn ready(State(site): State<Arc<Site>>) -> Response {
    let services = &site.services;
    let (status, word) = if !services.follower.is_ready() || services.db.read().await.is_err() {
        (StatusCode::SERVICE_UNAVAILABLE, "catching up")
    } else if !takes_writes(&site).await {
        (StatusCode::SERVICE_UNAVAILABLE, "the database takes no writes")
    } else {
        (StatusCode::OK, "ok")
    };
    let troubles = services.jobs.in_trouble(services.now());
    let doubt = services.machine_clock.get();
    let held = services.follower.held_since().map(|since| {
        format!(
            "search index: a transaction of this cluster that has not ended holds back what was written since {}",
            since.iso()
        )
    });
    let lines: Vec<String> = doubt
        .map(|doubt| doubt.to_string())
        .into_iter()
        .chain(held)
        .chain(troubles.iter().map(|(name, standing)| format!("{name}: {standing}")))
        .collect();
    let word = if status == StatusCode::OK && !lines.is_empty() { "degraded" } else { word };
    let text: Vec<String> = std::iter::once(word.to_owned()).chain(lines).collect();
    (status, text.join("\n")).into_response()
}
