//! Pairings that ended before promises were settled, and needs that stand wrong because of it: listed, and mended
//! with events.

use crate::base::work::Work;
use crate::boxed;
use crate::finding::hall::service_name;
use crate::steps::{needs, pairings, promises};
use crate::{Ctx, Result, Services};
use chrono::Days;
use domain::machine::Command;
use domain::need::{CloseReason, NeedState, REOPEN_DAYS};
use domain::pairing::PairingState;
use domain::permission::Record;
use domain::promise::Settlement;
use domain::verification::LineResult;
use storage::Tx;
use storage::aid::pairing::Pairing;
use storage::aid::promise::Promised;
use storage::needs::need::Need;
use uuid::Uuid;

/// Pairings looked at in one go.
const PORTION: i64 = 200;

/// A pairing that has ended and was not settled.
#[derive(Clone, Debug)]
pub struct Wrong {
    pub pairing: String,
    pub need: String,
    pub state: PairingState,
    /// Service, unit, and what the line comes to.
    pub lines: Vec<(String, String, Settlement)>,
    /// The need was closed as met in full although service lay ahead: it is opened again, for its office to review.
    pub reopens: bool,
}

impl Wrong {
    /// `JD120102-26-000017（XQ120102-26-000031）：助餐约定104餐，做了2餐，退回96餐`
    pub fn words(&self) -> String {
        let lines: Vec<String> = self
            .lines
            .iter()
            .map(|(service, unit, s)| {
                format!("{service}约定{}{unit}，做了{}{unit}，退回{}{unit}", s.agreed, s.delivered, s.returned)
            })
            .collect();
        let reopens = if self.reopens { "；需求按“全部满足”结了案，重新打开待审核" } else { "" };
        format!("{}（{}，{}）：{}{reopens}", self.pairing, self.need, self.state.label(), lines.join("；"))
    }
}

/// Before lines were verified the whole was: a result of met holds for each.
fn found(pairing: &Pairing) -> Option<LineResult> {
    (pairing.state == PairingState::Completed && pairing.result.as_deref() == Some("met")).then_some(LineResult::Met)
}

async fn look(tx: &mut Tx, services: &Services, pairing: &Pairing, need: &Need) -> Result<Wrong> {
    let today = services.now().day();
    let day = pairing.ended_at.map_or(today, domain::calendar::Time::day);
    let mut rows: Vec<Promised> = storage::aid::promise::of_today(tx, &[pairing.id], today).await?;
    let mut goes_on = false;
    let lines = rows
        .iter_mut()
        .map(|row| {
            row.result = row.result.or(found(pairing));
            let settled = row.settle(day);
            // Agreed beyond today, and nobody does it.
            goes_on |= settled.ahead > 0 && row.agreement().to > today;
            (service_name(&row.service_code), row.unit.clone(), settled)
        })
        .collect();
    let reopens = goes_on
        && pairing.cycle == need.cycle
        && need.state == NeedState::Closed
        && need.close_reason == Some(CloseReason::MetFull)
        && need.closed_at.is_some_and(|at| at.plus_days(REOPEN_DAYS) >= services.now());
    Ok(Wrong { pairing: pairing.code.clone(), need: need.code.clone(), state: pairing.state, lines, reopens })
}

/// What [`repair`] would mend; changes nothing.
#[boxed]
pub async fn wrong(services: &Services) -> Result<Vec<Wrong>> {
    let mut tx = services.db.read().await?;
    let mut all = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let some = storage::aid::promise::unsettled(&mut tx, after, PORTION).await?;
        let Some((last,)) = some.last() else { return Ok(all) };
        after = *last;
        for (id,) in some {
            let Some(pairing) = storage::aid::pairing::by_id(&mut tx, id).await? else { continue };
            let Some(need) = storage::needs::need::by_id(&mut tx, pairing.need_id).await? else { continue };
            all.push(look(&mut tx, services, &pairing, &need).await?);
        }
    }
}

/// Settles every pairing that ended unsettled, each in a transaction of its own with its event: units that nobody
/// delivers are open again, and a need that was closed as met in full while service lay ahead goes back to review.
/// Asked again it finds nothing to do.
#[boxed]
pub async fn repair(ctx: &Ctx) -> Result<Vec<Wrong>> {
    let mut mended = Vec::new();
    let mut after = Uuid::nil();
    loop {
        let some = {
            let mut tx = ctx.services.db.read().await?;
            storage::aid::promise::unsettled(&mut tx, after, PORTION).await?
        };
        let Some((last,)) = some.last() else { return Ok(mended) };
        after = *last;
        for (id,) in some {
            mended.extend(mend(ctx, id).await?);
        }
    }
}

async fn mend(ctx: &Ctx, id: Uuid) -> Result<Option<Wrong>> {
    let mut work = Work::begin(ctx, Command::PairingSettle).await?;
    let (pairing, mut need) = pairings::lock(&mut work, id).await?;
    work.authorize(&Record::default())?;
    let seen = look(&mut work.tx, &ctx.services, &pairing, &need).await?;
    let rows = storage::aid::promise::of_today(&mut work.tx, &[id], work.now.day()).await?;
    if pairing.state.is_running() || rows.iter().all(|row| row.agreed.is_some()) {
        return Ok(None);
    }
    if let Some(result) = found(&pairing) {
        for row in &rows {
            storage::aid::claim::find(&mut work.tx, pairing.claim_id, row.line_id, result, None).await?;
        }
    }
    promises::settle(&mut work, &need, &pairing).await?;
    if seen.reopens {
        let until = need.valid_until.unwrap_or(work.now.day()).max(work.now.day() + Days::new(30));
        let why = "核算承诺：按“全部满足”结了案，约定的服务还没有做完".to_owned();
        needs::reopen(&mut work, &mut need, why, until).await?;
    }
    work.commit(&seen.pairing).await?;
    Ok(Some(seen))
}
