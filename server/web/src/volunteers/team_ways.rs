//! Who leads a team, and how a command on a team answers.

use crate::Access;
use crate::base::post::Post;
use axum::response::Response;
use domain::href::href;
use domain::machine::{Command, Object};
use services::{Ctx, Result};

pub(crate) const LEAD: Access = Access::Commands(&[Command::MemberAccept]);

/// Runs a command on a team and goes back to its page.
pub(crate) async fn run<F>(post: Post, code: String, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx, &str) -> Result<()>,
{
    let to = href(Object::Team, &code);
    post.run(
        said,
        move |_| to.clone(),
        async |post, ctx| {
            command(post, &ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}
