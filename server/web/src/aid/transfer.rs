//! Commands on transfers: the receiving organization answers, the office decides.

use crate::aid::pairing_forms::back_or;
use crate::base::post::Post;
use crate::{Access, Route};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::transfer::REFUSE;
use domain::href::href;
use domain::machine::{Command, Object};
use services::aid::transfer;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post_at("/transfers/{id}/accept", Access::Commands(&[Command::TransferAccept]), accept),
        Route::post_at("/transfers/{id}/decline", Access::Commands(&[Command::TransferDecline]), decline),
        Route::post_at("/transfers/{id}/approve", Access::Commands(&[Command::TransferApprove]), approve),
        Route::post_at("/transfers/{id}/refuse", Access::Commands(&[Command::TransferRefuse]), refuse),
    ]
}

async fn answer(post: Post, id: Uuid, accept: bool) -> Response {
    let said = if accept { "已接受，等待街道同意" } else { "已答复不接受" };
    let to = back_or(&post, "/desk".into());
    post.run(
        said,
        move |_| to.clone(),
        async |_, ctx| {
            transfer::answer(&ctx, id, accept).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn accept(Path(id): Path<Uuid>, post: Post) -> Response {
    answer(post, id, true).await
}

async fn decline(Path(id): Path<Uuid>, post: Post) -> Response {
    answer(post, id, false).await
}

async fn approve(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已同意移交，新的结对等待首次联系",
        |code| href(Object::Pairing, &code),
        async |_, ctx| transfer::decide(&ctx, id, true, "").await,
    )
    .await
}

async fn refuse(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已答复不同意移交",
        |code| href(Object::Pairing, &code),
        async |post, ctx| transfer::decide(&ctx, id, false, post.typed(REFUSE)).await,
    )
    .await
}
