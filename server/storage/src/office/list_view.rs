//! How an account wants to see a working list.

use crate::{Result, Tx};
use uuid::Uuid;

pub async fn of(tx: &mut Tx, account: Uuid, list: &str) -> Result<Option<String>> {
    let statement = sql!("SELECT query FROM list_views WHERE account_id = $1 AND list = $2");
    on!(tx, |c| sqlx::query_scalar(statement).bind(account).bind(list).fetch_optional(c).await)
}

pub async fn save(tx: &mut Tx, account: Uuid, list: &str, query: &str) -> Result<()> {
    let statement = sql!(
        "INSERT INTO list_views (account_id, list, query) VALUES ($1, $2, $3) ON CONFLICT (account_id, list) DO UPDATE SET query = excluded.query"
    );
    on!(tx, |c| sqlx::query(statement).bind(account).bind(list).bind(query).execute(c).await.map(|_| ()))
}

pub async fn forget(tx: &mut Tx, account: Uuid, list: &str) -> Result<()> {
    let statement = sql!("DELETE FROM list_views WHERE account_id = $1 AND list = $2");
    on!(tx, |c| sqlx::query(statement).bind(account).bind(list).execute(c).await.map(|_| ()))
}
