//! The account of a promise 承诺与兑现 as readers see it: line by line, what was agreed against what was done.

use crate::Result;
use crate::finding::hall::service_name;
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::need::{Amount, Frequency};
use domain::promise::{Account, Planned, verdict};
use std::collections::HashMap;
use storage::Tx;
use storage::aid::pairing::Pairing;
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
    pub per: Frequency,
    /// First and last day of the agreement.
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub account: Account,
    /// Days without a record after which the line is too quiet.
    pub quiet_days: i64,
    /// Day of the latest record, of whatever kind.
    pub latest_on: Option<NaiveDate>,
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

    pub fn is_short(&self) -> bool {
        self.lines.iter().any(|line| line.account.short > 0)
    }

    /// The line that was kept least, per cent of what was due.
    pub fn kept_percent(&self) -> i64 {
        self.lines.iter().map(|line| line.account.kept_percent()).min().unwrap_or(100)
    }
}

/// The day at whose end a pairing's account stands: yesterday, or the day on which it was reported or ended.
pub(crate) fn day_of(pairing: &Pairing, now: Time) -> NaiveDate {
    let yesterday = now.day().pred_opt().unwrap_or(now.day());
    let stopped = pairing.ended_at.or(pairing.reported_at).map(Time::day);
    stopped.map_or(yesterday, |day| if pairing.ended_at.is_some() { day } else { day.max(yesterday) })
}

/// The account of one pairing.
pub(crate) async fn of_pairing(tx: &mut Tx, pairing: &Pairing, now: Time) -> Result<Promise> {
    let day = day_of(pairing, now);
    let until = pairing.ended_at.map_or(now, |ended| ended.max(now)).day();
    let mut all = read(tx, &[pairing.id], day, until).await?;
    Ok(all.remove(&pairing.id).unwrap_or(Promise { day, lines: Vec::new() }))
}

pub(crate) async fn read(
    tx: &mut Tx,
    pairings: &[Uuid],
    day: NaiveDate,
    until: NaiveDate,
) -> Result<HashMap<Uuid, Promise>> {
    let mut all: HashMap<Uuid, Promise> = HashMap::new();
    for row in storage::aid::promise::of_pairings(tx, pairings, day, until).await? {
        let agreement = row.agreement();
        let planned = Planned { so_far: row.planned_so_far, all: row.planned };
        let running = agreement.running(day).map(|(from, to, units)| {
            let left = agreement.due(to, Planned::default()) - row.confirmed - row.waiting;
            Running { from, to, units, open: left.clamp(0, units), planned: row.planned > row.planned_so_far }
        });
        let line = Line {
            line_id: row.line_id,
            service: service_name(&row.service_code),
            amount: Amount { quantity: row.quantity, unit: row.unit.clone(), per: row.per }.words(),
            per: row.per,
            from: agreement.from,
            to: agreement.to,
            account: row.account(day),
            quiet_days: agreement.quiet_days(),
            latest_on: row.latest_on,
            share: agreement.share(day, planned),
            running,
            service_code: row.service_code,
            unit: row.unit,
        };
        all.entry(row.pairing_id).or_insert_with(|| Promise { day, lines: Vec::new() }).lines.push(line);
    }
    Ok(all)
}
