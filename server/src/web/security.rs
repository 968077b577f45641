//! Layers around every endpoint: size and time limits, cross-site refusals, headers.

use super::frame::Site;
use super::guard;
use axum::Router;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use base64::Engine;
use std::sync::Arc;
use std::time::Duration;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::timeout::TimeoutLayer;

/// The request's nonce, for its scripts.
#[derive(Clone)]
pub(super) struct Nonce(pub String);

pub(super) fn layers(router: Router<Arc<Site>>, site: &Arc<Site>) -> Router<Arc<Site>> {
    router
        .layer(DefaultBodyLimit::max(super::post::MAX_UPLOAD))
        .layer(from_fn_with_state(Arc::clone(site), guard::session))
        .layer(CsrfLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::from_mins(2)))
        .layer(from_fn_with_state(Arc::clone(site), headers))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new().quality(tower_http::CompressionLevel::Fastest))
}

/// A panic is a fault of the program: the reader gets a page, the process lives.
/// What it said goes to the log by the panic hook, not to the reader.
fn panicked(_: Box<dyn std::any::Any + Send>) -> Response {
    let mut response = Response::new("<!DOCTYPE html><html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>系统出了问题 - 对接</title><h1>系统出了问题</h1><p>请稍后再试，或拨打12349。<p><a href=\"/\">回到首页</a>".into());
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

async fn headers(State(site): State<Arc<Site>>, mut request: axum::extract::Request, next: Next) -> Response {
    let mut bytes = [0_u8; 16];
    site.services.random.fill(&mut bytes);
    let nonce = base64::engine::general_purpose::STANDARD_NO_PAD.encode(bytes);
    request.extensions_mut().insert(Nonce(nonce.clone()));
    let peer = request.extensions().get::<axum::extract::ConnectInfo<std::net::SocketAddr>>();
    let address = super::address::client(peer, request.headers(), &site.trusted);
    request.extensions_mut().insert(address);
    let private = guard::token(&site, request.headers()).is_some();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
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
    if site.config.is_secure() {
        set(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    set(header::CACHE_CONTROL, if private { "no-store" } else { "no-cache" });
    response
}
