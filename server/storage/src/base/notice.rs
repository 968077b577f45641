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

/// Notices of a reader: an organization, or an office by its exact scope.
pub async fn of(tx: &mut Tx, organization: Option<Uuid>, scope: &str, offset: i64, limit: i64) -> Result<Vec<Notice>> {
    match organization {
        Some(id) => {
            let statement =
                sql!("SELECT * FROM notices WHERE organization_id = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3");
            on!(tx, |c| sqlx::query_as(statement).bind(id).bind(limit).bind(offset).fetch_all(c).await)
        }
        None => {
            let statement = sql!("SELECT * FROM notices WHERE scope = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3");
            on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(limit).bind(offset).fetch_all(c).await)
        }
    }
}

pub async fn count_unread(tx: &mut Tx, organization: Option<Uuid>, scope: &str) -> Result<i64> {
    let (count,): (i64,) = match organization {
        Some(id) => {
            let statement = sql!("SELECT COUNT(*) FROM notices WHERE organization_id = $1 AND read_at IS NULL");
            on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_one(c).await)?
        }
        None => {
            let statement = sql!("SELECT COUNT(*) FROM notices WHERE scope = $1 AND read_at IS NULL");
            on!(tx, |c| sqlx::query_as(statement).bind(scope).fetch_one(c).await)?
        }
    };
    Ok(count)
}

pub async fn mark_read(tx: &mut Tx, organization: Option<Uuid>, scope: &str, now: Time) -> Result<()> {
    match organization {
        Some(id) => {
            let statement = sql!("UPDATE notices SET read_at = $2 WHERE organization_id = $1 AND read_at IS NULL");
            on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|_| ()))
        }
        None => {
            let statement = sql!("UPDATE notices SET read_at = $2 WHERE scope = $1 AND read_at IS NULL");
            on!(tx, |c| sqlx::query(statement).bind(scope).bind(now).execute(c).await.map(|_| ()))
        }
    }
}

/// Notices to one account.
pub async fn of_account(tx: &mut Tx, account: Uuid, offset: i64, limit: i64) -> Result<Vec<Notice>> {
    let statement = sql!("SELECT * FROM notices WHERE account_id = $1 ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3");
    on!(tx, |c| sqlx::query_as(statement).bind(account).bind(limit).bind(offset).fetch_all(c).await)
}

pub async fn count_unread_of_account(tx: &mut Tx, account: Uuid) -> Result<i64> {
    let statement = sql!("SELECT COUNT(*) FROM notices WHERE account_id = $1 AND read_at IS NULL");
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_one(c).await)?;
    Ok(count)
}

pub async fn mark_read_of_account(tx: &mut Tx, account: Uuid, now: Time) -> Result<()> {
    let statement = sql!("UPDATE notices SET read_at = $2 WHERE account_id = $1 AND read_at IS NULL");
    on!(tx, |c| sqlx::query(statement).bind(account).bind(now).execute(c).await.map(|_| ()))
}
