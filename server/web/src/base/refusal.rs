//! What a failed request is answered with, in words that say what to do next.

use crate::base::frame::{Page, Site, render};
use crate::base::request::Request;
use crate::base::ways::{Ended, to_confirm, to_login};
use app::pages::error::{ErrorModel, error_page};
use axum::http::{StatusCode, header};
use axum::response::Response;
use domain::permission::Refusal;
use services::finding::hall::Viewer;
use services::{Conflict, Ctx, Error};

/// What a failed request is answered with. `back` leads to the form, where what
/// was typed still stands.
pub(crate) async fn failure(site: &Site, request: &Request, error: Error, back: Option<String>) -> Response {
    let now = site.services.now();
    let sentence = error.sentence(now);
    let here = back.clone().unwrap_or_else(|| request.path.clone());
    let (status, model) = match &error {
        Error::SignedOut => {
            return to_login(&request.path_and_query, if request.is_get { Ended::Over } else { Ended::Lost });
        }
        Error::Unconfirmed => {
            let next =
                back.unwrap_or_else(|| if request.is_get { request.path_and_query.clone() } else { "/desk".into() });
            return to_confirm(&next);
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
        Error::Conflict(Conflict::Rule(_)) => (StatusCode::CONFLICT, ErrorModel::against_rule(sentence, here)),
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
        Error::Storage(_) | Error::Search(_) | Error::Internal(_) | Error::Failing(_) => {
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

pub(crate) async fn missing(site: &Site, parts: &axum::http::request::Parts) -> Response {
    failure(site, &Request::of(parts), Error::NotFound, None).await
}

/// The reader's tier.
pub(crate) fn viewer(ctx: Option<&Ctx>) -> Viewer<'_> {
    Viewer::of(ctx)
}
