//! Corrections of a published need 更正公开的内容: proposed by one account, decided by another.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

row! {
    #[derive(Clone, Debug, PartialEq, Eq, FromRow)]
    pub struct Amendment in "amendments" {
        new id: Uuid,
        new need_id: Uuid,
        new cycle: i64,
        new division_code: String,
        /// What changes, as JSON.
        new changes: String,
        new reason: String,
        new proposed_by: Option<Uuid>,
        new proposed_at: Time,
        new due_at: Time,
        read decided_by: Option<Uuid>,
        read decided_at: Option<Time>,
        read confirmed: Option<bool>,
    }
}

pub async fn insert(tx: &mut Tx, amendment: &Amendment) -> Result<()> {
    amendment.insert(tx).await
}

/// The correction that waits for a second account.
pub async fn open_of(tx: &mut Tx, need: Uuid) -> Result<Option<Amendment>> {
    let statement = sql!("SELECT * FROM amendments WHERE need_id = $1 AND decided_at IS NULL");
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_optional(c).await)
}

/// Notes the decision; `None` for `by`: the need ended first.
pub async fn decide(tx: &mut Tx, id: Uuid, by: Option<Uuid>, now: Time, confirmed: bool) -> Result<bool> {
    let statement = sql!(
        "UPDATE amendments SET decided_by = $2, decided_at = $3, confirmed = $4 WHERE id = $1 AND decided_at IS NULL"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(by)
        .bind(now)
        .bind(confirmed)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}
