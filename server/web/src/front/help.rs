//! Help and the fixed texts.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::{Access, Route};
use app::pages::help::{help_index_page, help_topic_page, topic};
use app::pages::help_clocks::help_clocks_page;
use app::pages::text::{accessibility_page, privacy_page};
use axum::extract::Path;
use axum::response::Response;
use services::Error;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/help", Access::Anyone, index),
        Route::get("/help/clocks", Access::Anyone, clocks),
        Route::get_at("/help/{topic}", Access::Anyone, one),
        Route::get("/privacy", Access::Anyone, privacy),
        Route::get("/accessibility", Access::Anyone, accessibility),
    ]
}

async fn index(get: Get) -> Response {
    get.show(async { Ok(Page::new("帮助", help_index_page)) }).await
}

/// 各种期限: the clock table in words.
async fn clocks(get: Get) -> Response {
    get.show(async { Ok(Page::new("帮助：各种期限", help_clocks_page)) }).await
}

async fn one(get: Get, Path(slug): Path<String>) -> Response {
    get.show(async {
        let topic = topic(&slug).ok_or(Error::NotFound)?;
        Ok(Page::new(format!("帮助：{}", topic.title), move || help_topic_page(topic)))
    })
    .await
}

async fn privacy(get: Get) -> Response {
    let operator = get.site.settings.site_operator.clone();
    get.show(async { Ok(Page::new("个人信息保护", move || privacy_page(&operator, &[]))) }).await
}

async fn accessibility(get: Get) -> Response {
    get.show(async { Ok(Page::new("无障碍声明", || accessibility_page(&[]))) }).await
}
