//! Rotation of the keys as a job: batch by batch, beside a serving process.

use crate::{Result, Services};
use storage::sealed::{self, Rotation, id_text};

const BATCH: i64 = 200;

/// A rotation that was begun and not finished.
pub async fn unfinished(services: &Services) -> Result<Option<Rotation>> {
    Ok(sealed::unfinished(&mut services.db.read().await?).await?)
}

/// Seals every value anew that another key or suite sealed, or none. Each batch
/// is a transaction of its own: whoever stops it loses nothing, and the next
/// call goes on.
pub async fn rotate(services: &Services, said: impl Fn(&Rotation)) -> Result<Rotation> {
    let sealer = services.db.sealer();
    let (key, suite) = (id_text(&sealer.ring().current().id), sealer.kind().as_str());
    let mut tx = services.db.write().await?;
    let mut rotation = match sealed::unfinished(&mut tx).await? {
        Some(rotation) if rotation.key_id == key && rotation.suite == suite => rotation,
        _ => sealed::start(&mut tx, sealer, services.new_id(), services.now()).await?,
    };
    tx.commit().await?;
    loop {
        let mut tx = services.db.write().await?;
        let done = sealed::reseal_batch(&mut tx, sealer, &mut rotation, BATCH, services.now()).await?;
        if done {
            sealed::finish(&mut tx, rotation.id, services.now()).await?;
        }
        tx.commit().await?;
        said(&rotation);
        if done {
            return Ok(rotation);
        }
        // A serving process gets its turn at the one writer.
        tokio::task::yield_now().await;
    }
}
