//! Volunteers 志愿者: the row that everybody may know, and the sealed part that names the person.

use crate::FromRow;
use crate::base::sealed::{MarkKind, Place, Sealer};
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::need::Sex;
use domain::volunteer::{Skill, Slot, VolunteerState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Volunteer {
    pub id: Uuid,
    /// The own number, which stands for the person on everything printed: `ZY120102-26-000001`.
    pub number: String,
    /// None for a member taken over from a ledger who has not opened an account.
    pub account_id: Option<Uuid>,
    pub state: VolunteerState,
    /// Where somebody lives: a street, or a village or community.
    pub division_code: String,
    /// Sealed; read with [`file`]. None once somebody has withdrawn.
    payload: Option<Vec<u8>>,
    /// JSON lists of codes.
    pub skills: String,
    pub service_codes: String,
    pub slots: String,
    pub consented_at: Time,
    pub created_at: Time,
    pub updated_at: Time,
    pub withdrawn_at: Option<Time>,
    pub version: i64,
}

fn list<T: serde::de::DeserializeOwned>(json: &str) -> Vec<T> {
    serde_json::from_str(json).unwrap_or_default()
}

impl Volunteer {
    pub fn skills(&self) -> Vec<Skill> {
        list(&self.skills)
    }

    pub fn services(&self) -> Vec<String> {
        list(&self.service_codes)
    }

    pub fn slots(&self) -> Vec<Slot> {
        list(&self.slots)
    }

    /// A new row without its sealed part, which [`insert`] writes.
    pub fn new(id: Uuid, number: String, account_id: Option<Uuid>, division_code: String, now: Time) -> Self {
        Self {
            id,
            number,
            account_id,
            state: VolunteerState::Active,
            division_code,
            payload: None,
            skills: "[]".to_owned(),
            service_codes: "[]".to_owned(),
            slots: "[]".to_owned(),
            consented_at: now,
            created_at: now,
            updated_at: now,
            withdrawn_at: None,
            version: 1,
        }
    }
}

/// What names or finds the person (民政部令第67号 article 7). No list and no card holds any of it.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct VolunteerFile {
    pub name: String,
    pub sex: Option<Sex>,
    pub birth: Option<NaiveDate>,
    /// Only where the record needs it; empty else.
    pub id_number: String,
    pub phone: String,
    pub guardian: String,
    pub guardian_phone: String,
    /// The guardian agreed to the service.
    pub guardian_agreed: bool,
    /// The guardian goes along to every service.
    pub company: bool,
}

/// Private values stay out of logs and panics.
impl std::fmt::Debug for VolunteerFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VolunteerFile(…)")
    }
}

fn place(id: &Uuid) -> Place<'_> {
    Place::new("volunteers", "payload", id)
}

/// The sealed part of a row that was read.
pub fn file(sealer: &Sealer, v: &Volunteer) -> Result<VolunteerFile> {
    v.payload.as_ref().map_or_else(|| Ok(VolunteerFile::default()), |payload| sealer.open(place(&v.id), payload))
}

pub async fn insert(tx: &mut Tx, sealer: &Sealer, v: &Volunteer, file: &VolunteerFile) -> Result<()> {
    let payload = sealer.seal(place(&v.id), file)?;
    let statement = sql!(
        "INSERT INTO volunteers (id, number, account_id, state, division_code, payload, skills, service_codes, slots, consented_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)"
    );
    on!(&mut *tx, |c| sqlx::query(statement)
        .bind(v.id)
        .bind(&v.number)
        .bind(v.account_id)
        .bind(v.state)
        .bind(&v.division_code)
        .bind(&payload)
        .bind(&v.skills)
        .bind(&v.service_codes)
        .bind(&v.slots)
        .bind(v.consented_at)
        .bind(v.created_at)
        .execute(c)
        .await
        .map(|_| ()))?;
    write_marks(tx, sealer, v.id, file).await
}

/// Writes what may change. `false`: the version read is not the one stored any more.
pub async fn update(tx: &mut Tx, sealer: &Sealer, v: &Volunteer, file: &VolunteerFile, now: Time) -> Result<bool> {
    let payload = sealer.seal(place(&v.id), file)?;
    let statement = sql!(
        "UPDATE volunteers SET division_code = $3, payload = $4, skills = $5, service_codes = $6, slots = $7, updated_at = $8, version = version + 1 WHERE id = $1 AND version = $2 AND state = 'active'"
    );
    let done = on!(&mut *tx, |c| sqlx::query(statement)
        .bind(v.id)
        .bind(v.version)
        .bind(&v.division_code)
        .bind(&payload)
        .bind(&v.skills)
        .bind(&v.service_codes)
        .bind(&v.slots)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))?;
    if done {
        write_marks(tx, sealer, v.id, file).await?;
    }
    Ok(done)
}

/// Whoever was entered from a list opens the own account. `false`: it has been opened.
pub async fn claim(tx: &mut Tx, id: Uuid, account: Uuid, now: Time) -> Result<bool> {
    let statement = sql!(
        "UPDATE volunteers SET account_id = $2, consented_at = $3 WHERE id = $1 AND account_id IS NULL AND state = 'active'"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(id)
        .bind(account)
        .bind(now)
        .execute(c)
        .await
        .map(|r| r.rows_affected() == 1))
}

/// Takes away everything that names the person; the number stays with the hours.
pub async fn withdraw(tx: &mut Tx, id: Uuid, now: Time) -> Result<bool> {
    let marks = sql!("DELETE FROM volunteer_marks WHERE volunteer_id = $1");
    on!(&mut *tx, |c| sqlx::query(marks).bind(id).execute(c).await.map(|_| ()))?;
    let statement = sql!(
        "UPDATE volunteers SET state = 'withdrawn', payload = NULL, skills = '[]', service_codes = '[]', slots = '[]', withdrawn_at = $2, updated_at = $2, version = version + 1 WHERE id = $1 AND state = 'active'"
    );
    on!(tx, |c| sqlx::query(statement).bind(id).bind(now).execute(c).await.map(|r| r.rows_affected() == 1))
}

async fn write_marks(tx: &mut Tx, sealer: &Sealer, id: Uuid, file: &VolunteerFile) -> Result<()> {
    let clear = sql!("DELETE FROM volunteer_marks WHERE volunteer_id = $1");
    on!(&mut *tx, |c| sqlx::query(clear).bind(id).execute(c).await.map(|_| ()))?;
    let insert = sql!("INSERT INTO volunteer_marks (volunteer_id, kind, mark) VALUES ($1, $2, $3)");
    for (kind, value) in [(MarkKind::Phone, &file.phone), (MarkKind::IdNumber, &file.id_number)] {
        if !value.is_empty() {
            let mark = sealer.mark(kind, value);
            on!(&mut *tx, |c| sqlx::query(insert)
                .bind(id)
                .bind(kind.as_str())
                .bind(&mark)
                .execute(c)
                .await
                .map(|_| ()))?;
        }
    }
    Ok(())
}

/// Volunteers in the register with this telephone or ID number, besides `own`, the oldest first; 40 at most.
pub async fn same(tx: &mut Tx, sealer: &Sealer, kind: MarkKind, value: &str, own: Uuid) -> Result<Vec<Volunteer>> {
    let [mark, older] = sealer.marks(kind, value);
    let statement = sql!(
        "SELECT * FROM volunteers WHERE id IN (SELECT volunteer_id FROM volunteer_marks WHERE mark IN ($1, $2)) AND id <> $3 AND state = 'active' ORDER BY created_at, id LIMIT 40"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(mark).bind(older).bind(own).fetch_all(c).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Volunteer>> {
    let statement = sql!("SELECT * FROM volunteers WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Volunteers by their ids, in no order.
pub async fn by_ids(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Volunteer>> {
    let statement = sql!(
        "SELECT * FROM volunteers WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    of_ids!(tx, statement, ids)
}

pub async fn by_account(tx: &mut Tx, account: Uuid) -> Result<Option<Volunteer>> {
    let statement = sql!("SELECT * FROM volunteers WHERE account_id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(account).fetch_optional(c).await)
}

pub async fn by_number(tx: &mut Tx, number: &str) -> Result<Option<Volunteer>> {
    let statement = sql!("SELECT * FROM volunteers WHERE number = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(number).fetch_optional(c).await)
}

/// Locks a volunteer until the transaction ends, so that one signs up at one place at a time. On SQLite the
/// transaction already is the only writer.
pub async fn lock(tx: &mut Tx, id: Uuid) -> Result<()> {
    if let Tx::Postgres(inner) = tx {
        // Only PostgreSQL has FOR UPDATE; without the mark, so that the check of all statements passes it by.
        sqlx::query("SELECT id FROM volunteers WHERE id = $1 FOR UPDATE").bind(id).execute(&mut **inner).await?;
    }
    Ok(())
}

/// How many are in the register of a scope.
pub async fn count_in_scope(tx: &mut Tx, scope: &str) -> Result<i64> {
    let statement =
        sql!("SELECT COUNT(*) FROM volunteers WHERE division_code >= $1 AND division_code < $2 AND state = 'active'");
    let (n,): (i64,) = on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_one(c).await)?;
    Ok(n)
}
