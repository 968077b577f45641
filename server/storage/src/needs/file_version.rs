//! What stood in a need's sealed file before it was corrected.

use crate::base::sealed::{Place, Sealer};
use crate::needs::need_file::NeedFile;
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

/// Keeps what is about to be replaced.
pub async fn keep(
    tx: &mut Tx,
    sealer: &Sealer,
    (id, need): (Uuid, Uuid),
    file: &NeedFile,
    by: Option<Uuid>,
    now: Time,
) -> Result<()> {
    let payload = sealer.seal(Place::new("file_versions", "payload", &id), file)?;
    let statement =
        sql!("INSERT INTO file_versions (id, need_id, payload, replaced_at, replaced_by) VALUES ($1, $2, $3, $4, $5)");
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(need)
        .bind(payload)
        .bind(now)
        .bind(by)
        .execute(c)
        .await
        .map(|_| ()))
}

/// When and by whom a file was corrected, the latest first.
pub async fn of_need(tx: &mut Tx, need: Uuid) -> Result<Vec<(Time, Option<String>)>> {
    let statement = sql!(
        "SELECT v.replaced_at, a.display_name FROM file_versions v LEFT JOIN accounts a ON a.id = v.replaced_by WHERE v.need_id = $1 ORDER BY v.replaced_at DESC, v.id DESC LIMIT 20"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

pub async fn erase(tx: &mut Tx, need: Uuid) -> Result<()> {
    let statement = sql!("DELETE FROM file_versions WHERE need_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))
}
