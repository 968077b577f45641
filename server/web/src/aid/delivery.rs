//! Confirming and disputing records of visits; the list stands in [`crate::office::lists`].

use crate::aid::pairing_forms::back_or;
use crate::base::post::Post;
use crate::{Access, Route};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::delivery::DISPUTE;
use domain::href::href_at;
use domain::machine::{Command, Object};
use services::Error;
use services::aid::delivery;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post_at("/deliveries/{id}/confirm", Access::Commands(&[Command::DeliveryConfirm]), confirm),
        Route::post_at("/deliveries/{id}/dispute", Access::Commands(&[Command::DeliveryDispute]), dispute),
        Route::post("/deliveries/confirm", Access::Commands(&[Command::DeliveryConfirm]), confirm_all),
    ]
}

async fn confirm(Path(id): Path<Uuid>, post: Post) -> Response {
    let to = back_or(&post, String::new());
    post.run(
        "已确认",
        move |code| if to.is_empty() { href_at(Object::Pairing, &code, "#visits") } else { to.clone() },
        async |_, ctx| delivery::decide(&ctx, id, true, "").await,
    )
    .await
}

async fn dispute(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已提出异议，组织会收到通知",
        |code| href_at(Object::Pairing, &code, "#visits"),
        async |post, ctx| delivery::decide(&ctx, id, false, post.typed(DISPUTE)).await,
    )
    .await
}

async fn confirm_all(post: Post) -> Response {
    let to = back_or(&post, "/deliveries".into());
    post.run(
        "已全部确认",
        move |_| to.clone(),
        async |post, ctx| {
            let mut ids = Vec::new();
            for (_, value) in post.fields.iter().filter(|(name, _)| name == "delivery") {
                ids.push(value.parse::<Uuid>().map_err(|_| Error::rule("有一条记录的编号无法识别，请重新打开页面"))?);
            }
            if ids.is_empty() {
                return Err(Error::rule("没有选中任何记录"));
            }
            delivery::confirm_all(&ctx, &ids).await?;
            Ok(String::new())
        },
    )
    .await
}
