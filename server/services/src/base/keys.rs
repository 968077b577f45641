//! Rotation of the keys as a job: batch by batch, beside a serving process. That it ended stands in the trail.

use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Result, Services};
use domain::machine::Command;
use domain::permission::Record;
use serde_json::json;
use std::sync::Arc;
use storage::base::sealed::id_text;
use storage::record::rotation::{self, Rotation};

const BATCH: i64 = 200;

/// A rotation that was begun and not finished.
#[boxed]
pub async fn unfinished(services: &Services) -> Result<Option<Rotation>> {
    Ok(rotation::unfinished(&mut services.db.read().await?).await?)
}

/// Seals every value anew that another key or suite sealed, or none. Each batch
/// is a transaction of its own: whoever stops it loses nothing, and the next
/// call goes on.
pub async fn rotate(services: &Arc<Services>, said: impl Fn(&Rotation)) -> Result<Rotation> {
    let system = Ctx::system(services);
    let sealer = services.db.sealer();
    let (key, suite) = (id_text(&sealer.ring().current().id), sealer.kind().as_str());
    let mut tx = services.db.write().await?;
    let mut rotation = match rotation::unfinished(&mut tx).await? {
        Some(rotation) if rotation.key_id == key && rotation.suite == suite => rotation,
        _ => rotation::start(&mut tx, sealer, services.new_id(), services.now()).await?,
    };
    tx.commit().await?;
    loop {
        let mut work = Work::begin(&system, Command::KeyRotate).await?;
        let done = rotation::reseal_batch(&mut work.tx, sealer, &mut rotation, BATCH, services.now()).await?;
        if done {
            work.authorize(&Record::default())?;
            rotation::finish(&mut work.tx, rotation.id, services.now()).await?;
            let said = json!({
                "key": rotation.key_id, "suite": rotation.suite,
                "looked_at": rotation.looked_at, "resealed": rotation.resealed,
            });
            work.noted(rotation.id, "finished", About { data: Some(said), ..About::default() }).await?;
        }
        work.commit("").await?;
        said(&rotation);
        if done {
            // Whoever is looked for is found by the new key alone from here on.
            crate::base::households::rebuild(services).await?;
            return Ok(rotation);
        }
        // A serving process gets its turn at the one writer.
        tokio::task::yield_now().await;
    }
}
