//! What the account of a promise 承诺与兑现 is made of: the agreement of each line of a pairing and what is on record.

use crate::FromRow;
use crate::{Result, Tx};
use chrono::{Datelike, NaiveDate};
use domain::calendar::Time;
use domain::need::Frequency;
use domain::pairing::PairingState;
use domain::promise::{Account, Agreement, GivenUp, Planned, Records, Settlement};
use domain::verification::LineResult;
use uuid::Uuid;

/// One line of a pairing as agreed, with what is on record.
#[derive(Clone, Debug, FromRow)]
pub struct Promised {
    pub pairing_id: Uuid,
    pub line_id: Uuid,
    pub state: PairingState,
    pub service_code: String,
    /// Units that the pairing took on in every period, before it gave any back.
    pub quantity: i64,
    pub unit: String,
    pub per: Frequency,
    /// From the claim.
    pub start_on: NaiveDate,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// JSON: what was given back on the way.
    pub given_up: String,
    /// Units confirmed, units waiting, attempts missed.
    pub confirmed: i64,
    pub waiting: i64,
    pub missed: i64,
    /// Day of the latest record, of whatever kind.
    pub latest_on: Option<NaiveDate>,
    /// Days with a visit in the period that runs, and those up to the day.
    pub planned: i64,
    pub planned_so_far: i64,
    pub reported_at: Option<Time>,
    pub ended_at: Option<Time>,
    /// What the line came to, once the pairing has ended.
    pub held: i64,
    pub agreed: Option<i64>,
    pub delivered: Option<i64>,
    pub short: Option<i64>,
    pub ahead: Option<i64>,
    pub returned: Option<i64>,
    pub settled_on: Option<NaiveDate>,
    /// What the verifier found, and the units received where that was partial.
    pub result: Option<LineResult>,
    pub received: Option<i64>,
}

impl Promised {
    pub fn agreement(&self) -> Agreement {
        Agreement::new(self.quantity, self.per, self.start_on, self.starts_on, self.ends_on).less(self.given_up())
    }

    pub fn given_up(&self) -> Vec<GivenUp> {
        given_up(&self.given_up)
    }

    /// The day at whose end the line's account stands: the day of the report, or on which the pairing ended; of one that
    /// runs the day before `today`.
    pub fn day(&self, today: NaiveDate) -> NaiveDate {
        let stopped = match self.state {
            PairingState::Reported | PairingState::Completed => self.reported_at,
            PairingState::Released | PairingState::Terminated | PairingState::Transferred => self.ended_at,
            _ => None,
        };
        stopped.map_or_else(|| today.pred_opt().unwrap_or(today), Time::day)
    }

    /// How the line stands, seen on the day that [`of_pairings`] was asked on. What was planned counts while it runs.
    pub fn account(&self, today: NaiveDate) -> Account {
        let day = self.day(today);
        let planned = if day < today && self.ended_at.is_none() && self.state != PairingState::Reported {
            self.planned()
        } else {
            Planned::default()
        };
        self.agreement().account(day, planned, self.records())
    }

    /// Units that may be given back while the rest goes on: none of a line whose term is over.
    pub fn returnable(&self, today: NaiveDate) -> i64 {
        let agreed = self.agreement();
        match self.per {
            _ if agreed.to <= today => 0,
            Frequency::Total => (agreed.quantity - self.confirmed - self.waiting).max(0),
            _ => agreed.quantity,
        }
    }

    /// Days with a visit in the period that runs on the day that was asked for.
    pub fn planned(&self) -> Planned {
        Planned { so_far: self.planned_so_far, all: self.planned }
    }

    pub fn records(&self) -> Records {
        Records { confirmed: self.confirmed, waiting: self.waiting, missed: self.missed }
    }

    /// As it was settled when the pairing ended.
    pub fn settlement(&self) -> Option<Settlement> {
        Some(Settlement {
            agreed: self.agreed?,
            delivered: self.delivered?,
            short: self.short?,
            ahead: self.ahead?,
            returned: self.returned?,
            own_line: 0,
            held: self.held,
        })
    }

    /// What it comes to if the pairing ends on `day`.
    pub fn settle(&self, day: NaiveDate) -> Settlement {
        let found = self.result.map(|result| (result, self.received));
        let made_up = domain::vocabulary::is_made_up(&self.service_code);
        self.agreement().settle(day, self.records(), found, made_up)
    }
}

/// As a line of a claim keeps it.
pub(crate) fn given_up(json: &str) -> Vec<GivenUp> {
    serde_json::from_str(json).unwrap_or_default()
}

/// First and last day of the running week, month, quarter and year.
fn bounds(day: NaiveDate) -> [NaiveDate; 8] {
    let period = |per| Agreement::new(1, per, day, None, Some(day)).period(day);
    let (week, month) = (period(Frequency::Week), period(Frequency::Month));
    let (quarter, year) = (period(Frequency::Quarter), period(Frequency::Year));
    debug_assert_eq!(week.0.weekday().number_from_monday(), 1);
    [week.0, week.1, month.0, month.1, quarter.0, quarter.1, year.0, year.1]
}

/// The lines of some pairings in their order, with what is planned up to `day` and on record up to `until`.
pub async fn of_pairings(tx: &mut Tx, pairings: &[Uuid], day: NaiveDate, until: NaiveDate) -> Result<Vec<Promised>> {
    let statement = sql!(
        "SELECT p.id AS pairing_id, cl.line_id, p.state, l.service_code, cl.quantity, l.unit, l.per, c.start_on, l.starts_on, l.ends_on, cl.given_up, CAST(COALESCE(SUM(CASE WHEN d.state = 'confirmed' AND d.done_on <= $1 THEN d.units END), 0) AS BIGINT) AS confirmed, CAST(COALESCE(SUM(CASE WHEN d.state IN ('recorded', 'disputed') AND d.done_on <= $1 THEN d.units END), 0) AS BIGINT) AS waiting, COUNT(CASE WHEN d.state = 'missed' AND d.planned_on <= $1 THEN 1 END) AS missed, MAX(CASE WHEN d.state IN ('recorded', 'disputed', 'confirmed') THEN d.done_on WHEN d.state = 'missed' THEN d.planned_on END) AS latest_on, COUNT(DISTINCT CASE WHEN d.state <> 'voided' AND ((l.per = 'week' AND d.planned_on BETWEEN $2 AND $3) OR (l.per = 'month' AND d.planned_on BETWEEN $4 AND $5) OR (l.per = 'quarter' AND d.planned_on BETWEEN $6 AND $7) OR (l.per = 'year' AND d.planned_on BETWEEN $8 AND $9) OR l.per = 'total') THEN d.planned_on END) AS planned, COUNT(DISTINCT CASE WHEN d.state <> 'voided' AND d.planned_on <= $50 AND ((l.per = 'week' AND d.planned_on >= $2) OR (l.per = 'month' AND d.planned_on >= $4) OR (l.per = 'quarter' AND d.planned_on >= $6) OR (l.per = 'year' AND d.planned_on >= $8) OR l.per = 'total') THEN d.planned_on END) AS planned_so_far, p.reported_at, p.ended_at, cl.held, cl.agreed, cl.delivered, cl.short, cl.ahead, cl.returned, cl.settled_on, cl.result, cl.received FROM pairings p JOIN claims c ON c.id = p.claim_id JOIN claim_lines cl ON cl.claim_id = p.claim_id JOIN need_lines l ON l.id = cl.line_id LEFT JOIN deliveries d ON d.pairing_id = p.id AND d.line_id = cl.line_id AND d.superseded = FALSE WHERE p.id IN ($10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49) GROUP BY p.id, cl.line_id, p.state, l.service_code, cl.quantity, cl.given_up, l.unit, l.per, c.start_on, l.starts_on, l.ends_on, l.position, p.reported_at, p.ended_at, cl.held, cl.agreed, cl.delivered, cl.short, cl.ahead, cl.returned, cl.settled_on, cl.result, cl.received ORDER BY p.id, l.position"
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

/// The same as it stands today: planned up to yesterday, on record up to now.
pub async fn of_today(tx: &mut Tx, pairings: &[Uuid], today: NaiveDate) -> Result<Vec<Promised>> {
    of_pairings(tx, pairings, today.pred_opt().unwrap_or(today), today).await
}

/// Pairings that ended and were never settled, in order of id.
pub async fn unsettled(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<(Uuid,)>> {
    let statement = sql!(
        "SELECT DISTINCT p.id FROM pairings p JOIN claim_lines cl ON cl.claim_id = p.claim_id WHERE p.state IN ('completed', 'released', 'terminated', 'transferred') AND cl.agreed IS NULL AND p.id > $1 ORDER BY p.id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(after).bind(limit).fetch_all(c).await)
}

/// All pairings in order of id.
pub async fn after(tx: &mut Tx, after: Uuid, limit: i64) -> Result<Vec<(Uuid,)>> {
    let statement = sql!("SELECT id FROM pairings WHERE id > $1 ORDER BY id LIMIT $2");
    on!(tx, |c| sqlx::query_as(statement).bind(after).bind(limit).fetch_all(c).await)
}

/// Of a need's cycle, each line of each ended pairing: (line, the pairing's state, its result, the line's, units lapsed).
pub async fn ended_lines(
    tx: &mut Tx,
    need: Uuid,
    cycle: i64,
) -> Result<Vec<(Uuid, PairingState, Option<String>, Option<LineResult>, i64)>> {
    let statement = sql!(
        "SELECT cl.line_id, p.state, p.result, cl.result, CAST(COALESCE(cl.short + cl.ahead - cl.returned, 0) AS BIGINT) FROM claim_lines cl JOIN pairings p ON p.claim_id = cl.claim_id WHERE p.need_id = $1 AND p.cycle = $2 AND p.ended_at IS NOT NULL"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(cycle).fetch_all(c).await)
}

/// How an organization kept what it had promised.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Kept {
    pub organization_id: Uuid,
    /// Services of its ended pairings of which something had fallen due.
    pub lines: i64,
    /// Of these, kept to nine tenths at least.
    pub kept: i64,
}

/// How some organizations kept what they had promised; none of those of which nothing has fallen due.
pub async fn kept_by(tx: &mut Tx, organizations: &[Uuid]) -> Result<Vec<Kept>> {
    let statement = sql!(
        "SELECT c.organization_id, COUNT(*) AS lines, COUNT(CASE WHEN cl.delivered * 10 >= (cl.agreed - cl.ahead) * 9 THEN 1 END) AS kept FROM claims c JOIN claim_lines cl ON cl.claim_id = c.id WHERE cl.agreed > cl.ahead AND c.organization_id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40) GROUP BY c.organization_id"
    );
    of_ids!(tx, statement, organizations)
}

/// Completed pairings called met of which a line was delivered to less than nine tenths and nobody said why: (code).
pub async fn met_without_why(tx: &mut Tx) -> Result<Vec<(String,)>> {
    let statement = sql!(
        "SELECT DISTINCT p.code FROM pairings p JOIN claim_lines cl ON cl.claim_id = p.claim_id WHERE p.state = 'completed' AND p.result = 'met' AND NOT EXISTS (SELECT 1 FROM verifications v JOIN verification_lines vl ON vl.verification_id = v.id WHERE v.pairing_id = p.id AND vl.line_id = cl.line_id AND vl.why <> '') AND COALESCE((SELECT SUM(d.units) FROM deliveries d WHERE d.pairing_id = p.id AND d.line_id = cl.line_id AND d.state = 'confirmed' AND d.superseded = FALSE), 0) * 10 < cl.agreed * 9 ORDER BY p.code"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}
