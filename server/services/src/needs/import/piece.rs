//! What work on an import is made of: its file, pieces of its rows, and a sign of how far it is.

use super::record;
use crate::base::work::Work;
use crate::{Ctx, Error, Result};
use domain::machine::Command;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use storage::needs::import::{self, Import};
use uuid::Uuid;

/// Rows that are taken in by one transaction: other writers wait no longer than for these.
pub(super) const PIECE: usize = 200;

/// Waits for `work`, and gives a sign with what is in `done` once a second. `work` holds no open transaction that writes.
pub(super) async fn watched<T>(ctx: &Ctx, id: Uuid, done: &AtomicI64, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    loop {
        if let Ok(out) = tokio::time::timeout(Duration::from_secs(1), &mut work).await {
            return out;
        }
        if let Err(error) = sign(ctx, id, done.load(Ordering::Relaxed)).await {
            tracing::warn!(%error, "the progress of an import could not be written down");
        }
    }
}

pub(super) async fn sign(ctx: &Ctx, id: Uuid, done: i64) -> Result<()> {
    let mut tx = ctx.services.db.write().await?;
    import::progress(&mut tx, id, done, ctx.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// The file of an import that is worked on.
pub(super) async fn file(ctx: &Ctx, id: Uuid) -> Result<Arc<[u8]>> {
    let mut tx = ctx.services.db.read().await?;
    let bytes = import::file(&mut tx, ctx.services.db.unseen(), id).await?;
    Ok(bytes.ok_or_else(|| Error::rule("这份台账的文件已经不在，请重新上传"))?.into())
}

/// Opens the transaction of a piece of rows: the import stands as it stood when the work was ordered.
pub(super) async fn piece<'c>(ctx: &'c Ctx, open: &Import) -> Result<Work<'c>> {
    let mut work = Work::begin(ctx, Command::ImportApply).await?;
    import::lock(&mut work.tx, open.id).await?;
    let now = import::by_id(&mut work.tx, ctx.services.db.unseen(), open.id).await?.ok_or(Error::NotFound)?;
    work.authorize(&record(&now.scope))?;
    work.acts_on(now.state)?;
    Ok(work)
}
