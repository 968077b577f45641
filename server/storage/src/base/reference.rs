//! Editions of divisions and vocabularies.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Edition {
    pub id: Uuid,
    /// `divisions`
    pub kind: String,
    /// `2023-06-30`
    pub edition: String,
    pub source: String,
    /// CSV as imported.
    pub content: String,
    pub imported_at: Time,
}

pub async fn insert(tx: &mut Tx, e: &Edition) -> Result<()> {
    let statement = sql!(
        "INSERT INTO reference_editions (id, kind, edition, source, content, imported_at) VALUES ($1, $2, $3, $4, $5, $6)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(e.id)
        .bind(&e.kind)
        .bind(&e.edition)
        .bind(&e.source)
        .bind(&e.content)
        .bind(e.imported_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Editions of a kind, oldest first.
pub async fn of_kind(tx: &mut Tx, kind: &str) -> Result<Vec<Edition>> {
    let statement = sql!("SELECT * FROM reference_editions WHERE kind = $1 ORDER BY edition");
    on!(tx, |c| sqlx::query_as(statement).bind(kind).fetch_all(c).await)
}
