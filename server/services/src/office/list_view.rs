//! How a reader wants to see a working list: remembered on request, for the next visit.

use crate::boxed;
use crate::{Ctx, Error, Result};
use storage::office::list_view;

/// Longest remembered address.
const LONGEST: usize = 1000;

#[boxed]
pub async fn remembered(ctx: &Ctx, list: &str) -> Result<Option<String>> {
    Ok(list_view::of(&mut ctx.services.db.read().await?, ctx.account()?, list).await?)
}

/// Remembers an address's fields; an empty one forgets.
#[boxed]
pub async fn remember(ctx: &Ctx, list: &str, query: &str) -> Result<()> {
    if query.len() > LONGEST || list.len() > 100 {
        return Err(Error::rule("条件太多，记不下来，请去掉几个"));
    }
    let mut tx = ctx.services.db.write().await?;
    if query.is_empty() {
        list_view::forget(&mut tx, ctx.account()?, list).await?;
    } else {
        list_view::save(&mut tx, ctx.account()?, list, query).await?;
    }
    tx.commit().await?;
    Ok(())
}
