//! What a phone kept on a bad connection and sends later: answers are words for the script, not pages.

use crate::Route;
use crate::base::post::Post;
use crate::volunteers::my::checked;
use crate::volunteers::shift::marks;
use crate::volunteers::team_ways::LEAD;
use crate::volunteers::volunteer::OWN;
use app::components::FlashKind;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use services::volunteers::attendance::{self, Tap};
use services::volunteers::signup;
use services::{Ctx, Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::post_at("/signups/{id}/kept", OWN, check), Route::post_at("/shifts/{id}/kept", LEAD, list)]
}

/// Which tap it was.
fn tap(post: &Post) -> Result<Tap> {
    Tap::read(post.value("at"), post.value("way")).ok_or_else(|| Error::rule("补传的内容不完整，请打开页面再签一次"))
}

/// Done (a word stands on the next page), refused in words, or to be tried again.
fn answer(post: &Post, outcome: Result<()>, said: &str) -> Response {
    let error = match outcome {
        Ok(()) => {
            let flash = post.site.cookie("flash", &crate::base::request::encode_flash(FlashKind::Done, said), Some(60));
            return (StatusCode::NO_CONTENT, [(header::SET_COOKIE, flash)]).into_response();
        }
        Err(error) => error,
    };
    let status = match &error {
        Error::SignedOut => StatusCode::UNAUTHORIZED,
        Error::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
        Error::NotFound => StatusCode::NOT_FOUND,
        Error::Forbidden(_) => StatusCode::FORBIDDEN,
        Error::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Error::Conflict(_) | Error::AlreadyDone { .. } => StatusCode::CONFLICT,
        _ => {
            tracing::error!(%error, "a kept tap could not be taken");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    (status, error.sentence(post.site.services.now())).into_response()
}

async fn check(Path(id): Path<Uuid>, post: Post) -> Response {
    let run = async {
        let ctx: Ctx = post.ctx()?.with_once(None);
        attendance::check(&ctx, id, post.typed(domain::form::volunteers::shift::CODE), Some(tap(&post)?)).await
    };
    let outcome = run.await;
    answer(&post, outcome, checked())
}

async fn list(Path(id): Path<Uuid>, post: Post) -> Response {
    let run = async {
        let ctx: Ctx = post.ctx()?.with_once(None);
        signup::reach(&ctx, id).await?;
        attendance::list(&ctx, id, &marks(&post), Some(tap(&post)?)).await.map(|_| ())
    };
    let outcome = run.await;
    answer(&post, outcome, "已登记")
}
