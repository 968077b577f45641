//! 长者模式, colours and contrast: a choice kept in cookies of this device.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::post::{Post, is_local};
use crate::{Access, Route};
use app::components::FlashKind;
use app::pages::account::{DisplayModel, display_page};
use app::shell::{Elder, Theme};
use axum::http::header;
use axum::response::Response;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/display", Access::Anyone, show), Route::post("/display", Access::Anyone, save)]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let back = if is_local(get.value("back")) { get.value("back") } else { "/" };
        let model = DisplayModel {
            elder: get.request.elder,
            theme: get.request.theme,
            contrast_more: get.request.contrast_more,
            back: back.to_owned(),
        };
        Ok(Page::new("显示设置", move || display_page(model)))
    })
    .await
}

/// A year in seconds.
const YEAR: i64 = 365 * 24 * 3600;

async fn save(post: Post) -> Response {
    let back = if is_local(post.value("back")) { post.value("back").to_owned() } else { "/".to_owned() };
    let mut response = post.go(&back, FlashKind::Done, "");
    let sent = |name: &str| post.fields.iter().any(|(field, _)| field == name);
    let mut keep = |name: &str, value: &str| {
        let age = if value.is_empty() { 0 } else { YEAR };
        response.headers_mut().append(header::SET_COOKIE, post.site.cookie(name, value, Some(age)));
    };
    // The button in the header sends 长者模式 alone; the page sends all three.
    if sent("elder") {
        keep("elder", Elder::parse(post.value("elder")).as_str());
    }
    if sent("theme") {
        keep("theme", Theme::parse(post.value("theme")).as_str());
    }
    if sent("contrast") {
        keep("contrast", if post.value("contrast") == "more" { "more" } else { "" });
    }
    response
}
