//! The account of a promise 承诺与兑现 as readers see it: line by line, what was agreed against what was done.

mod repair;

pub use repair::{Wrong, repair, wrong};

use crate::boxed;
use crate::finding::hall::service_name;
use crate::{Ctx, Result, Services};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::need::{Amount, Frequency};
use domain::promise::{Account, Planned, Settlement, verdict};
use domain::verification::LineResult;
use std::collections::HashMap;
use storage::Tx;
use storage::aid::pairing::Pairing;
pub use storage::aid::promise::Kept;
use storage::aid::promise::Promised;
use uuid::Uuid;

/// One line of a pairing's account.
#[derive(Clone, Debug)]
pub struct Line {
    pub line_id: Uuid,
    pub service_code: String,
    /// `助餐`
    pub service: String,
    /// `每周5餐`
    pub amount: String,
    pub unit: String,
    /// Units of every period; none of a line that was given back.
    pub quantity: i64,
    pub per: Frequency,
    /// First and last day of the agreement.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub account: Account,
    /// Days without a record after which the line is too quiet.
    pub quiet_days: i64,
    /// Day of the latest record, of whatever kind.
    pub latest_on: Option<NaiveDate>,
    /// What it came to when the pairing ended.
    pub settled: Option<Settlement>,
    /// From when a recurring line is open again.
    pub open_from: Option<NaiveDate>,
    /// Units that may be given back while the rest goes on.
    pub returnable: i64,
    /// What the verifier found.
    pub found: Option<LineResult>,
    /// Units that fall on the day of the account where a visit is planned for it.
    pub share: i64,
    /// The period that runs on the day of the account; none outside the term.
    pub running: Option<Running>,
}

/// The period of a line that is running.
#[derive(Clone, Copy, Debug)]
pub struct Running {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub units: i64,
    /// Of them not yet on record.
    pub open: i64,
    /// Whether visits are planned later in it.
    pub planned: bool,
}

/// A pairing's account.
#[derive(Clone, Debug, Default)]
pub struct Promise {
    /// The day at whose end things had fallen due.
    pub day: NaiveDate,
    pub lines: Vec<Line>,
}

impl Promise {
    /// `助餐少3餐，其余2项如约`; empty without lines.
    pub fn verdict(&self) -> String {
        verdict(self.lines.iter().map(|line| (line.service.as_str(), line.unit.as_str(), line.account)))
    }

    /// Whether a part may be given back so that something goes on.
    pub fn is_divisible(&self) -> bool {
        self.lines.iter().map(|line| line.returnable).sum::<i64>() > 1
    }

    pub fn is_short(&self) -> bool {
        self.lines.iter().any(|line| line.account.short > 0)
    }

    /// The line that was kept least, per cent of what was due.
    pub fn kept_percent(&self) -> i64 {
        self.lines.iter().map(|line| line.account.kept_percent()).min().unwrap_or(100)
    }
}

/// What became of each line of a need, over the pairings that took it on.
pub(crate) fn by_line(promises: &HashMap<Uuid, Promise>) -> HashMap<Uuid, Account> {
    let mut all: HashMap<Uuid, Account> = HashMap::new();
    for line in promises.values().flat_map(|promise| &promise.lines) {
        let own = if line.settled.is_some() { line.account.ended() } else { line.account };
        let sum = all.entry(line.line_id).or_default();
        *sum = *sum + own;
    }
    all
}

/// The account of one pairing.
pub(crate) async fn of_pairing(tx: &mut Tx, pairing: &Pairing, now: Time) -> Result<Promise> {
    let mut rows = storage::aid::promise::of_today(tx, &[pairing.id], now.day()).await?;
    for row in &mut rows {
        (row.state, row.reported_at, row.ended_at) = (pairing.state, pairing.reported_at, pairing.ended_at);
    }
    Ok(grouped(rows, now).remove(&pairing.id).unwrap_or_default())
}

/// The accounts of some pairings, of whatever state: one statement for up to forty.
pub(crate) async fn of_pairings(tx: &mut Tx, pairings: &[Uuid], now: Time) -> Result<HashMap<Uuid, Promise>> {
    if pairings.is_empty() {
        return Ok(HashMap::new());
    }
    Ok(grouped(storage::aid::promise::of_today(tx, pairings, now.day()).await?, now))
}

/// How organizations kept what they had promised, in one statement for up to forty; public, since it names no
/// household. Those of which nothing has fallen due are not among them.
#[boxed]
pub async fn kept_by(services: &Services, organizations: &[Uuid]) -> Result<HashMap<Uuid, Kept>> {
    if organizations.is_empty() {
        return Ok(HashMap::new());
    }
    let mut tx = services.db.read().await?;
    let all = storage::aid::promise::kept_by(&mut tx, organizations).await?;
    Ok(all.into_iter().map(|kept| (kept.organization_id, kept)).collect())
}

/// The accounts of the pairings of a page that the reader was shown.
#[boxed]
pub async fn of_list(ctx: &Ctx, pairings: &[Uuid]) -> Result<HashMap<Uuid, Promise>> {
    let mut tx = ctx.services.db.read().await?;
    of_pairings(&mut tx, pairings, ctx.now()).await
}

/// The accounts at the end of any `day`, with what is on record up to `until`.
pub(crate) async fn read(
    tx: &mut Tx,
    pairings: &[Uuid],
    day: NaiveDate,
    until: NaiveDate,
) -> Result<HashMap<Uuid, Promise>> {
    let rows = storage::aid::promise::of_pairings(tx, pairings, day, until).await?;
    Ok(by_pairing(rows, until, |row| (day, row.agreement().account(day, row.planned(), row.records()))))
}

fn grouped(rows: Vec<Promised>, now: Time) -> HashMap<Uuid, Promise> {
    by_pairing(rows, now.day(), |row| (row.day(now.day()), row.account(now.day())))
}

/// Lines with the day and the account of each, under their pairings.
fn by_pairing(
    rows: Vec<Promised>,
    today: NaiveDate,
    account: impl Fn(&Promised) -> (NaiveDate, Account),
) -> HashMap<Uuid, Promise> {
    let mut all: HashMap<Uuid, Promise> = HashMap::new();
    for row in rows {
        let agreement = row.agreement();
        let (day, mut account) = account(&row);
        if row.reported_at.is_some() && row.settled_on.is_none() {
            account = account.reported();
        }
        let planned = row.planned();
        let running = agreement.running(day).map(|(from, to, units)| {
            let left = agreement.due(to, Planned::default()) - row.confirmed - row.waiting;
            Running { from, to, units, open: left.clamp(0, units), planned: planned.all > planned.so_far }
        });
        let line = Line {
            line_id: row.line_id,
            service: service_name(&row.service_code),
            amount: match agreement.quantity {
                0 => "已退回".to_owned(),
                quantity => Amount { quantity, unit: row.unit.clone(), per: row.per }.words(),
            },
            returnable: if row.ended_at.is_none() { row.returnable(today) } else { 0 },
            quantity: agreement.quantity,
            per: row.per,
            from: agreement.from,
            to: agreement.to,
            account,
            quiet_days: agreement.quiet_days(),
            latest_on: row.latest_on,
            settled: row.settlement(),
            open_from: row.settled_on.and_then(|day| day.succ_opt()).filter(|_| row.per != Frequency::Total),
            found: row.result,
            share: agreement.share(day, planned),
            running,
            service_code: row.service_code,
            unit: row.unit,
        };
        all.entry(row.pairing_id).or_insert_with(|| Promise { day, lines: Vec::new() }).lines.push(line);
    }
    all
}
