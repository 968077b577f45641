//! Commands on verifications; their forms stand on the pairing's page.

use crate::base::post::Post;
use crate::{Access, Route};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::verification::REASSIGN;
use domain::machine::Command;
use services::aid::verification;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::post_at("/verifications/{id}/submit", Access::Commands(&[Command::VerificationVerify]), submit),
        Route::post_at("/verifications/{id}/reassign", Access::Commands(&[Command::VerificationReassign]), reassign),
    ]
}

async fn submit(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "核验已提交，由街道确认办结",
        |code| format!("/pairings/{code}"),
        async |post, ctx| {
            let finding = verification::read(&post.fields)?;
            verification::submit(&ctx, id, &finding).await
        },
    )
    .await
}

async fn reassign(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已改派核验",
        |code| format!("/pairings/{code}"),
        async |post, ctx| {
            let account = post.chosen(REASSIGN)?;
            verification::reassign(&ctx, id, account).await
        },
    )
    .await
}
