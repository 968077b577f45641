//! The web side as the program serves it: pages, configured, with the embedded files.

use crate::assets;
use crate::config::Config;
use app::shell::AssetUrls;
use axum::Router;
use services::Services;
use std::sync::Arc;
use web::{Settings, Site};

fn settings(config: &Config) -> Settings {
    let url = |name| assets::url(name).map(ToOwned::to_owned);
    Settings {
        site_operator: config.site_operator.clone(),
        site_icp: config.site_icp.clone(),
        site_police: config.site_police.clone(),
        site_code: config.site_code.clone(),
        hotline_name: config.hotline_name.clone(),
        hotline: config.hotline.clone(),
        public_url: config.public_url.clone(),
        trusted: web::networks(&config.trusted_proxies).unwrap_or_default(),
        keeps_audit_head: !config.audit_head.as_os_str().is_empty(),
        demo: config.demo.then(crate::demo::accounts_for_show),
        assets: AssetUrls {
            style: url("style.css").unwrap_or_default(),
            boot: url("boot.js"),
            app_js: url("app.js"),
            app_wasm: url("app.wasm"),
        },
    }
}

/// Every page and file of the site as one service.
pub fn router(services: Arc<Services>, config: &Config) -> Router {
    with_metrics(services, config).0
}

/// As [`router`], and beside it what is for those who watch the site: `/metrics`.
pub fn with_metrics(services: Arc<Services>, config: &Config) -> (Router, Router) {
    let site = Arc::new(Site::new(services, settings(config)));
    let watched = Arc::clone(&site);
    let metrics = axum::routing::get(move || {
        let site = Arc::clone(&watched);
        async move {
            let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
            ([(axum::http::header::CONTENT_TYPE, kind)], site.measure.text(&site.services).await)
        }
    });
    (web::router(site, axum::routing::get(assets::serve_asset)), Router::new().route("/metrics", metrics))
}
