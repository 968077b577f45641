//! What the account of a promise 承诺与兑现 is made of: the agreement of each line of a pairing and what is on record.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::{Datelike, NaiveDate};
use domain::need::Frequency;
use domain::pairing::PairingState;
use domain::promise::{Account, Agreement, Planned, Records};
use uuid::Uuid;

/// One line of a pairing as agreed, with what is on record.
#[derive(Clone, Debug, FromRow)]
pub struct Promised {
    pub pairing_id: Uuid,
    pub line_id: Uuid,
    pub state: PairingState,
    pub service_code: String,
    /// Units that the pairing took on in every period.
    pub quantity: i64,
    pub unit: String,
    pub per: Frequency,
    /// From the claim.
    pub start_on: NaiveDate,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// Units confirmed, units waiting, attempts missed.
    pub confirmed: i64,
    pub waiting: i64,
    pub missed: i64,
    /// Day of the latest record, of whatever kind.
    pub latest_on: Option<NaiveDate>,
    /// Days with a visit in the period that runs, and those up to the day.
    pub planned: i64,
    pub planned_so_far: i64,
}

impl Promised {
    pub fn agreement(&self) -> Agreement {
        Agreement::new(self.quantity, self.per, self.start_on, self.starts_on, self.ends_on)
    }

    /// How the line stands at the end of the day that was asked for.
    pub fn account(&self, day: NaiveDate) -> Account {
        let planned = Planned { so_far: self.planned_so_far, all: self.planned };
        let records = Records { confirmed: self.confirmed, waiting: self.waiting, missed: self.missed };
        self.agreement().account(day, planned, records)
    }
}

/// First and last day of the running week, month, quarter and year.
fn bounds(day: NaiveDate) -> [NaiveDate; 8] {
    let period = |per| Agreement { quantity: 1, per, from: day, to: day }.period(day);
    let (week, month) = (period(Frequency::Week), period(Frequency::Month));
    let (quarter, year) = (period(Frequency::Quarter), period(Frequency::Year));
    debug_assert_eq!(week.0.weekday().number_from_monday(), 1);
    [week.0, week.1, month.0, month.1, quarter.0, quarter.1, year.0, year.1]
}

/// The lines of some pairings in their order: what had fallen due at the end of `day`, what is on record up to `until`.
pub async fn of_pairings(tx: &mut Tx, pairings: &[Uuid], day: NaiveDate, until: NaiveDate) -> Result<Vec<Promised>> {
    let statement = sql!(
        "SELECT p.id AS pairing_id, cl.line_id, p.state, l.service_code, cl.quantity, l.unit, l.per, c.start_on, l.starts_on, l.ends_on, CAST(COALESCE(SUM(CASE WHEN d.state = 'confirmed' AND d.done_on <= $1 THEN d.units END), 0) AS BIGINT) AS confirmed, CAST(COALESCE(SUM(CASE WHEN d.state IN ('recorded', 'disputed') AND d.done_on <= $1 THEN d.units END), 0) AS BIGINT) AS waiting, COUNT(CASE WHEN d.state = 'missed' AND d.planned_on <= $1 THEN 1 END) AS missed, MAX(CASE WHEN d.state IN ('recorded', 'disputed', 'confirmed') THEN d.done_on WHEN d.state = 'missed' THEN d.planned_on END) AS latest_on, COUNT(DISTINCT CASE WHEN d.state <> 'voided' AND ((l.per = 'week' AND d.planned_on BETWEEN $2 AND $3) OR (l.per = 'month' AND d.planned_on BETWEEN $4 AND $5) OR (l.per = 'quarter' AND d.planned_on BETWEEN $6 AND $7) OR (l.per = 'year' AND d.planned_on BETWEEN $8 AND $9) OR l.per = 'total') THEN d.planned_on END) AS planned, COUNT(DISTINCT CASE WHEN d.state <> 'voided' AND d.planned_on <= $50 AND ((l.per = 'week' AND d.planned_on >= $2) OR (l.per = 'month' AND d.planned_on >= $4) OR (l.per = 'quarter' AND d.planned_on >= $6) OR (l.per = 'year' AND d.planned_on >= $8) OR l.per = 'total') THEN d.planned_on END) AS planned_so_far FROM pairings p JOIN claims c ON c.id = p.claim_id JOIN claim_lines cl ON cl.claim_id = p.claim_id JOIN need_lines l ON l.id = cl.line_id LEFT JOIN deliveries d ON d.pairing_id = p.id AND d.line_id = cl.line_id AND d.superseded = FALSE WHERE p.id IN ($10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49) GROUP BY p.id, cl.line_id, p.state, l.service_code, cl.quantity, l.unit, l.per, c.start_on, l.starts_on, l.ends_on, l.position ORDER BY p.id, l.position"
    );
    let mut rows = Vec::new();
    for portion in pairings.chunks(crate::db::PORTION) {
        let padded = portion.iter().chain(std::iter::repeat(&portion[portion.len() - 1])).take(crate::db::PORTION);
        let some: Vec<Promised> = on!(&mut *tx, |c| {
            let mut query = sqlx::query_as(statement).bind(until);
            for bound in bounds(day) {
                query = query.bind(bound);
            }
            padded.fold(query, sqlx::query::QueryAs::bind).bind(day).fetch_all(c).await
        })?;
        rows.extend(some);
    }
    Ok(rows)
}
