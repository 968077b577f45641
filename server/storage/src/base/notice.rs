//! Notices 站内信.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Notice {
    pub id: Uuid,
    pub at: Time,
    /// To everybody of an organization …
    pub organization_id: Option<Uuid>,
    /// … or to the office of exactly this scope …
    pub scope: Option<String>,
    /// … or to one account.
    pub account_id: Option<Uuid>,
    pub title: String,
    pub body: String,
    pub href: String,
    pub read_at: Option<Time>,
}

pub async fn insert(tx: &mut Tx, n: &Notice) -> Result<()> {
    let statement = sql!(
        "INSERT INTO notices (id, at, organization_id, scope, title, body, href, account_id) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(n.id)
        .bind(n.at)
        .bind(n.organization_id)
        .bind(&n.scope)
        .bind(&n.title)
        .bind(&n.body)
        .bind(&n.href)
        .bind(n.account_id)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Where a reader's notices lie: those to the own account, and those to the organization or to the office.
#[derive(Clone, Copy, Debug)]
pub struct Shelf<'a> {
    pub account: Uuid,
    pub organization: Option<Uuid>,
    pub scope: Option<&'a str>,
}

pub async fn of(tx: &mut Tx, shelf: Shelf<'_>, offset: i64, limit: i64) -> Result<Vec<Notice>> {
    let statement = sql!(
        "SELECT * FROM notices WHERE (organization_id = $1 OR scope = $2 OR account_id = $3) ORDER BY at DESC, id DESC LIMIT $4 OFFSET $5"
    );
    on!(tx, |c| sqlx::query_as(statement)
        .bind(shelf.organization)
        .bind(shelf.scope)
        .bind(shelf.account)
        .bind(limit)
        .bind(offset)
        .fetch_all(c)
        .await)
}

pub async fn count_unread(tx: &mut Tx, shelf: Shelf<'_>) -> Result<i64> {
    let statement = sql!(
        "SELECT COUNT(*) FROM notices WHERE (organization_id = $1 OR scope = $2 OR account_id = $3) AND read_at IS NULL"
    );
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement)
        .bind(shelf.organization)
        .bind(shelf.scope)
        .bind(shelf.account)
        .fetch_one(c)
        .await)?;
    Ok(count)
}

pub async fn mark_read(tx: &mut Tx, shelf: Shelf<'_>, now: Time) -> Result<()> {
    let statement = sql!(
        "UPDATE notices SET read_at = $4 WHERE (organization_id = $1 OR scope = $2 OR account_id = $3) AND read_at IS NULL"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(shelf.organization)
        .bind(shelf.scope)
        .bind(shelf.account)
        .bind(now)
        .execute(c)
        .await
        .map(|_| ()))
}
