//! Certificates 志愿服务记录证明 and the records behind them.

use crate::FromRow;
use crate::volunteers::hours::Record;
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::certificate::CertificateState;
use uuid::Uuid;

#[derive(Clone, Debug, FromRow)]
pub struct Certificate {
    pub id: Uuid,
    pub check_code: String,
    pub volunteer_id: Uuid,
    pub team_id: Uuid,
    pub organization_id: Option<Uuid>,
    pub state: CertificateState,
    /// Who ran the service and answers for the record.
    pub unit: String,
    pub from_day: NaiveDate,
    pub until_day: NaiveDate,
    /// As issued.
    pub minutes: i64,
    pub issued_by: Option<Uuid>,
    pub issued_at: Time,
}

pub async fn insert(tx: &mut Tx, c: &Certificate, records: &[Record]) -> Result<()> {
    let statement = sql!(
        "INSERT INTO certificates (id, check_code, volunteer_id, team_id, organization_id, state, unit, from_day, until_day, minutes, issued_by, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    );
    on!(&mut *tx, |q| sqlx::query(statement)
        .bind(c.id)
        .bind(&c.check_code)
        .bind(c.volunteer_id)
        .bind(c.team_id)
        .bind(c.organization_id)
        .bind(c.state)
        .bind(&c.unit)
        .bind(c.from_day)
        .bind(c.until_day)
        .bind(c.minutes)
        .bind(c.issued_by)
        .bind(c.issued_at)
        .execute(q)
        .await
        .map(|_| ()))?;
    let one = sql!("INSERT INTO certificate_records (certificate_id, record_id) VALUES ($1, $2)");
    for record in records {
        on!(&mut *tx, |q| sqlx::query(one).bind(c.id).bind(record.id).execute(q).await.map(|_| ()))?;
    }
    Ok(())
}

pub async fn by_code(tx: &mut Tx, code: &str) -> Result<Option<Certificate>> {
    let statement = sql!("SELECT * FROM certificates WHERE check_code = $1");
    on!(tx, |q| sqlx::query_as(statement).bind(code).fetch_optional(q).await)
}

pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Certificate>> {
    let statement = sql!("SELECT * FROM certificates WHERE id = $1");
    on!(tx, |q| sqlx::query_as(statement).bind(id).fetch_optional(q).await)
}

pub async fn of_volunteer(tx: &mut Tx, volunteer: Uuid) -> Result<Vec<Certificate>> {
    let statement = sql!("SELECT * FROM certificates WHERE volunteer_id = $1 ORDER BY issued_at DESC, id LIMIT 50");
    on!(tx, |q| sqlx::query_as(statement).bind(volunteer).fetch_all(q).await)
}

/// The records as they were when it was issued, in order of day.
pub async fn records(tx: &mut Tx, certificate: Uuid) -> Result<Vec<Record>> {
    let statement = sql!(
        "SELECT r.* FROM service_records r JOIN certificate_records c ON c.record_id = r.id WHERE c.certificate_id = $1 ORDER BY r.day, r.id"
    );
    on!(tx, |q| sqlx::query_as(statement).bind(certificate).fetch_all(q).await)
}

/// What stands today of the sign-ups behind it: (records that are not valid any more, minutes of the valid ones now).
pub async fn standing(tx: &mut Tx, certificate: Uuid) -> Result<(i64, i64)> {
    let statement = sql!(
        "SELECT CAST(SUM(CASE WHEN r.state = 'valid' THEN 0 ELSE 1 END) AS BIGINT), CAST(COALESCE(SUM(n.minutes), 0) AS BIGINT) FROM certificate_records c JOIN service_records r ON r.id = c.record_id LEFT JOIN service_records n ON n.signup_id = r.signup_id AND n.state = 'valid' WHERE c.certificate_id = $1"
    );
    let row: (Option<i64>, i64) = on!(tx, |q| sqlx::query_as(statement).bind(certificate).fetch_one(q).await)?;
    Ok((row.0.unwrap_or_default(), row.1))
}

/// A volunteer's valid records of one team between two days.
pub async fn to_certify(
    tx: &mut Tx,
    volunteer: Uuid,
    team: Uuid,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Vec<Record>> {
    let statement = sql!(
        "SELECT * FROM service_records WHERE volunteer_id = $1 AND team_id = $2 AND state = 'valid' AND day >= $3 AND day <= $4 ORDER BY day, id LIMIT 1000"
    );
    on!(tx, |q| sqlx::query_as(statement).bind(volunteer).bind(team).bind(from).bind(to).fetch_all(q).await)
}

/// Teams of which a volunteer has valid records: (code, name).
pub async fn teams_with_records(tx: &mut Tx, volunteer: Uuid) -> Result<Vec<(String, String)>> {
    let statement = sql!(
        "SELECT DISTINCT t.code, t.name FROM teams t JOIN service_records r ON r.team_id = t.id WHERE r.volunteer_id = $1 AND r.state = 'valid' ORDER BY t.name, t.code"
    );
    on!(tx, |q| sqlx::query_as(statement).bind(volunteer).fetch_all(q).await)
}

/// Valid records of a team between two days, for the exchange file.
pub async fn of_team(tx: &mut Tx, team: Uuid, from: NaiveDate, to: NaiveDate) -> Result<Vec<Record>> {
    let statement = sql!(
        "SELECT * FROM service_records WHERE team_id = $1 AND state = 'valid' AND day >= $2 AND day <= $3 ORDER BY day, volunteer_id, id LIMIT 100000"
    );
    on!(tx, |q| sqlx::query_as(statement).bind(team).bind(from).bind(to).fetch_all(q).await)
}
