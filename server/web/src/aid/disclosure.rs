//! Accesses to a minor's contact data and the city's to a file: asked for on the page, decided by another person.

use crate::base::post::Post;
use crate::{Access, Route};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::pairing as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::pairing::Purpose;
use services::aid::disclosure;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post_at("/pairings/{code}/access", Access::Commands(&[Command::DisclosureAsk]), ask),
        Route::post_at("/needs/{code}/access", Access::Commands(&[Command::DisclosureAsk]), ask_file),
        Route::post_at("/disclosures/{id}/approve", Access::Commands(&[Command::DisclosureApprove]), approve),
        Route::post_at("/disclosures/{id}/refuse", Access::Commands(&[Command::DisclosureRefuse]), refuse),
    ]
}

async fn ask(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已申请，批准后24小时内可以看一次",
        |code| href(Object::Pairing, &code),
        async |post, ctx| {
            let purpose: Purpose = post.chosen(form::PURPOSE)?;
            disclosure::ask(&ctx, &code, purpose).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn ask_file(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已申请，批准后24小时内可以看一次",
        |code| href(Object::Need, &code),
        async |post, ctx| {
            let purpose: Purpose = post.chosen(form::PURPOSE)?;
            disclosure::ask_file(&ctx, &code, purpose).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn approve(Path(id): Path<Uuid>, post: Post) -> Response {
    let to = crate::aid::pairing_forms::back_or(&post, "/desk".into());
    post.run(
        "已批准，24小时内可以看一次",
        move |_| to.clone(),
        async |_, ctx| disclosure::decide(&ctx, id, true, "").await,
    )
    .await
}

async fn refuse(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("已答复不批准", ToOwned::to_owned, async |post, ctx| {
        disclosure::decide(&ctx, id, false, post.typed(form::REFUSE_DISCLOSURE)).await
    })
    .await
}
