//! Drafts: what was typed and not yet accepted. Sealed, since it is private.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Error, Result, Tx};
use domain::calendar::Time;
use domain::field::FieldError;
use uuid::Uuid;

pub use domain::form::Fields;

#[derive(Clone, Debug)]
pub struct Draft {
    pub id: Uuid,
    pub account_id: Uuid,
    /// Which form, e.g. `need/new` or `claim/XQ…`.
    pub form: String,
    pub fields: Fields,
    pub mistakes: Vec<FieldError>,
    pub updated_at: Time,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    account_id: Uuid,
    form: String,
    fields: Vec<u8>,
    mistakes: String,
    updated_at: Time,
}

pub async fn save(tx: &mut Tx, sealer: &Sealer, d: &Draft) -> Result<()> {
    let fields = sealer.seal(Place::new("drafts", "fields", &d.id), &d.fields)?;
    // Mistakes may quote what was typed.
    let mistakes = serde_json::to_string(&d.mistakes).map_err(|_| Error::Json("drafts"))?;
    let mistakes = sealer.seal_text(Place::new("drafts", "mistakes", &d.id), &mistakes)?;
    // The account is part of the condition: nobody overwrites another's draft.
    let statement = sql!(
        "INSERT INTO drafts (id, account_id, form, fields, mistakes, updated_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET fields = excluded.fields, mistakes = excluded.mistakes, updated_at = excluded.updated_at WHERE drafts.account_id = excluded.account_id"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(d.id)
        .bind(d.account_id)
        .bind(&d.form)
        .bind(fields)
        .bind(mistakes)
        .bind(d.updated_at)
        .execute(c)
        .await
        .map(|_| ()))
}

fn open(sealer: &Sealer, row: Row) -> Result<Draft> {
    let mistakes = sealer.open_text(Place::new("drafts", "mistakes", &row.id), &row.mistakes)?;
    Ok(Draft {
        id: row.id,
        account_id: row.account_id,
        form: row.form,
        fields: sealer.open(Place::new("drafts", "fields", &row.id), &row.fields)?,
        mistakes: serde_json::from_str(&mistakes).map_err(|_| Error::Json("drafts"))?,
        updated_at: row.updated_at,
    })
}

pub async fn load(tx: &mut Tx, sealer: &Sealer, id: Uuid, account: Uuid) -> Result<Option<Draft>> {
    let statement = sql!("SELECT * FROM drafts WHERE id = $1 AND account_id = $2");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(statement).bind(id).bind(account).fetch_optional(c).await)?;
    row.map(|row| open(sealer, row)).transpose()
}

/// How many drafts an account has, and their bytes as they are stored.
pub async fn held(tx: &mut Tx, account: Uuid) -> Result<(i64, i64)> {
    let statement =
        sql!("SELECT COUNT(*), CAST(COALESCE(SUM(LENGTH(fields)), 0) AS BIGINT) FROM drafts WHERE account_id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_one(c).await)
}

/// Whether any account has a draft under this id.
pub async fn exists(tx: &mut Tx, id: Uuid) -> Result<bool> {
    let statement = sql!("SELECT COUNT(*) FROM drafts WHERE id = $1");
    let count: i64 = on!(tx, |c| sqlx::query_scalar(statement).bind(id).fetch_one(c).await)?;
    Ok(count > 0)
}

/// The account's latest draft of a form.
pub async fn latest(tx: &mut Tx, sealer: &Sealer, account: Uuid, form: &str) -> Result<Option<Draft>> {
    let statement = sql!("SELECT * FROM drafts WHERE account_id = $1 AND form = $2 ORDER BY updated_at DESC LIMIT 1");
    let row: Option<Row> = on!(tx, |c| sqlx::query_as(statement).bind(account).bind(form).fetch_optional(c).await)?;
    row.map(|row| open(sealer, row)).transpose()
}

/// The account's drafts of the forms of a page, the latest first: those whose key is the page's address and `#`.
pub async fn of_page(tx: &mut Tx, sealer: &Sealer, account: Uuid, page: &str) -> Result<Vec<Draft>> {
    let statement = sql!(
        "SELECT * FROM drafts WHERE account_id = $1 AND form LIKE $2 ESCAPE '!' ORDER BY updated_at DESC LIMIT 20"
    );
    let mut like = String::new();
    for c in page.chars() {
        if matches!(c, '%' | '_' | '!') {
            like.push('!');
        }
        like.push(c);
    }
    like.push_str("#%");
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(statement).bind(account).bind(like).fetch_all(c).await)?;
    rows.into_iter().map(|row| open(sealer, row)).collect()
}

pub async fn delete(tx: &mut Tx, id: Uuid, account: Uuid) -> Result<()> {
    let statement = sql!("DELETE FROM drafts WHERE id = $1 AND account_id = $2");
    on!(tx, |c| sqlx::query(statement).bind(id).bind(account).execute(c).await.map(|_| ()))
}
