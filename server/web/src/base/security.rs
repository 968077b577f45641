//! Layers around every endpoint: size and time limits, cross-site refusals, headers.

use crate::base::frame::Site;
use crate::base::guard;
use crate::base::measure::measured;
use crate::base::request::Nonce;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use tracing::Instrument;

pub(crate) fn layers(router: Router<Arc<Site>>, site: &Arc<Site>) -> Router<Arc<Site>> {
    router
        .layer(DefaultBodyLimit::max(crate::base::post::MAX_UPLOAD))
        // Between two pieces of what is sent.
        .layer(RequestBodyTimeoutLayer::new(Duration::from_secs(30)))
        .layer(from_fn_with_state(Arc::clone(site), guard::session))
        .layer(CsrfLayer::new())
        .layer(from_fn(to_its_end))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_mins(2)))
        // Inside the headers: the page of a failure bears them as well.
        .layer(CatchPanicLayer::custom(panicked(site)))
        .layer(from_fn_with_state(Arc::clone(site), headers))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
        .layer(from_fn_with_state(Arc::clone(site), watched))
}

async fn watched(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    measured(&site.measure, request, next).await
}

/// What somebody pressed is done to its end, also when the browser has gone: a second click or a lost line takes the
/// connection away, and a handler dropped then would leave a form's commands half done.
async fn to_its_end(request: Request, next: Next) -> Response {
    if request.method().is_safe() {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request).in_current_span()).await {
        Ok(response) => response,
        Err(failed) if failed.is_panic() => std::panic::resume_unwind(failed.into_panic()),
        // Only the end of the process takes such work away.
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// A panic is a fault of the program: the reader gets a page, the process lives.
/// What it said goes to the log by the panic hook, not to the reader.
fn panicked(site: &Arc<Site>) -> impl Fn(Box<dyn std::any::Any + Send>) -> Response + Clone + Send + 'static {
    let site = Arc::clone(site);
    move |_| {
        let correlation = site.correlation();
        tracing::error!(correlation, "a handler panicked");
        let text = format!("请稍后再试，或拨打{}。出错编号：{correlation}", site.settings.hotline);
        plain_page(StatusCode::INTERNAL_SERVER_ERROR, "系统出了问题", &text)
    }
}

/// A page without the site's frame, for answers that no handler gave.
fn plain_page(status: StatusCode, title: &str, text: &str) -> Response {
    let page = format!(
        "<!DOCTYPE html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>{title} - 对接</title><h1>{title}</h1><p>{text}</p><p><a href=\"/\">回到首页</a></p></html>"
    );
    let mut response = Response::new(page.into());
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

/// Refusals of the layers around the handlers in words that readers know; the
/// layers themselves answer with bare English or nothing.
fn in_words(site: &Site, path: &str, response: Response) -> Response {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_str().is_ok_and(|kind| kind.starts_with("text/html")));
    let status = response.status();
    if is_page || !(status.is_client_error() || status.is_server_error()) || path.starts_with("/assets/") {
        return response;
    }
    if matches!(path, "/healthz" | "/readyz") {
        return response;
    }
    let (title, text) = match status {
        StatusCode::FORBIDDEN => ("没有办理", "这次提交不是从本站的页面发出的。请回到本站，重新打开页面再提交。"),
        StatusCode::PAYLOAD_TOO_LARGE => ("内容太大", "提交的内容太大，请删减或压缩后再提交。"),
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ("没有办理", "提交的内容无法识别，请重新打开页面再填。"),
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::REQUEST_TIMEOUT => ("系统正忙", "请过一两分钟再试。"),
        status if status.is_server_error() => ("系统出了问题", "请稍后再试。"),
        _ => ("没有办理", "这个地址或提交的内容无法识别，请重新打开页面。"),
    };
    let correlation = site.correlation();
    tracing::warn!(correlation, status = status.as_u16(), "refused before any page");
    let mut page = plain_page(status, title, &format!("{text}编号：{correlation}"));
    if status == StatusCode::SERVICE_UNAVAILABLE {
        page.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("10"));
    }
    page
}

/// What a request lacks or says twice, so that two programs would read it differently, or whose site it is meant for.
fn unclear(site: &Site, request: &Request) -> Option<(StatusCode, &'static str)> {
    let headers = request.headers();
    if headers.contains_key(header::CONTENT_LENGTH) && headers.contains_key(header::TRANSFER_ENCODING) {
        return Some((StatusCode::BAD_REQUEST, "这次提交的长度写了两遍，无法识别。请重新打开页面。"));
    }
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return None;
    }
    let named = headers.get_all(header::HOST).iter().count();
    let host = match request.uri().host() {
        Some(host) => Some(host),
        None => headers.get(header::HOST).and_then(|host| host.to_str().ok()),
    };
    match host {
        Some(host) if named <= 1 && site.settings.serves(host) => None,
        Some(_) if named <= 1 => Some((StatusCode::MISDIRECTED_REQUEST, "这个网址不是本站的。")),
        _ => Some((StatusCode::BAD_REQUEST, "没有写明访问哪个网站，无法识别。")),
    }
}

async fn headers(State(site): State<Arc<Site>>, mut request: Request, next: Next) -> Response {
    let mut bytes = [0_u8; 16];
    site.services.random.fill(&mut bytes);
    let nonce = base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let peer = request.extensions().get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
    let address = crate::base::address::client(peer, request.headers(), &site.settings.trusted);
    request.extensions_mut().insert(address);
    let private = guard::token(&site, request.headers()).is_some();
    let path = request.uri().path().to_owned();
    let mut response = match unclear(&site, &request) {
        None => in_words(&site, &path, next.run(request).await),
        Some((status, text)) => {
            let mut refused = plain_page(status, "没有办理", text);
            refused.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
            refused
        }
    };
    let headers = response.headers_mut();
    // 'self' is for browsers that do not know 'strict-dynamic', which others follow alone with the nonce.
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    let mut set = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.entry(name).or_insert(value);
        }
    };
    set(header::CONTENT_SECURITY_POLICY, &policy);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "same-origin");
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    set(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    if site.settings.is_secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    set(header::CACHE_CONTROL, if private { "no-store" } else { "no-cache" });
    response
}
