//! The unclaimed queue 无人认领: published needs with open units, the most pressing first.
//! At 3, 7 and 14 days (urgent: 12, 20, 24 and 36 hours) a need looks further, the organizations reached are told, and
//! the next office is asked to see to it. Nobody is assigned: an office invites, or
//! records the need as unmet with its reason.

use crate::aid::matching::Candidates;
use crate::base::notice;
use crate::base::offers::Offers;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::clock::{Office, unclaimed_hours};
use domain::machine::Command;
use domain::need::{Amount, NeedState, Reach};
use domain::permission::Record;
use domain::role::Role;
use matching::Weights;
use serde_json::json;
use storage::needs::need;
use uuid::Uuid;

/// Organizations that are told of one step, best fit first.
const TOLD: usize = 100;
/// Working days in which the city invites somebody or records the need as unmet.
pub const CITY_WORKING_DAYS: u32 = 3;

/// A need that nobody has taken, or not all of it.
#[derive(Clone, Debug)]
pub struct Unclaimed {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub place: String,
    pub urgent: bool,
    /// `每周6餐，每月2次`
    pub open: String,
    pub published_at: Time,
    /// Steps of the queue taken: 0 to 3, of an urgent need to 4.
    pub escalation: i64,
    /// Invitations that wait for an answer, and those that came to nothing.
    pub asked: i64,
    pub answered: i64,
    pub offers: Offers,
}

impl Unclaimed {
    pub fn reach(&self) -> Reach {
        Reach::after(self.escalation)
    }
}

/// What an office does about a published need that nobody takes: it invites, or records that nobody can.
pub(crate) fn ways(ctx: &Ctx, division: &str) -> Offers {
    let record = Record { division: Some(division), ..Record::default() };
    Offers::default().with(&ctx.actor, &[Command::AskSend, Command::NeedProposeClose], &record)
}

/// The step at which an office is asked to see to a need: street, district, city.
pub fn step_of(role: Role) -> Option<i64> {
    match role {
        Role::Street => Some(1),
        Role::District => Some(2),
        Role::City => Some(3),
        _ => None,
    }
}

/// The office that is asked at a step of the queue, the first that hears of it.
pub fn office_at(urgent: bool, step: i64) -> Option<Office> {
    match (step, urgent) {
        (1, _) => Some(Office::Street),
        (2, _) | (3, true) => Some(Office::District),
        (3, false) | (4.., _) => Some(Office::City),
        _ => None,
    }
}

/// When the office of the present step is late: with the next step; the city at last by the calendar.
pub fn due(ctx: &Ctx, published_at: Time, urgent: bool, escalation: i64) -> Option<Time> {
    let hours = unclaimed_hours(urgent);
    let step = usize::try_from(escalation).ok().filter(|step| *step > 0)?;
    match (hours.get(step), hours.last()) {
        (Some(next), _) => Some(published_at.plus_hours(*next)),
        (None, Some(last)) if urgent => Some(published_at.plus_hours(*last)),
        (None, Some(last)) => Some(ctx.services.calendar().due(published_at.plus_hours(*last), CITY_WORKING_DAYS)),
        (None, None) => None,
    }
}

/// The reader's queue from a row on: all steps, or one of them.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    pub rows: Vec<Unclaimed>,
    /// (step, how many); the sum is the whole queue.
    pub counts: Vec<(i64, i64)>,
}

impl Queue {
    pub fn count(&self, step: Option<i64>) -> i64 {
        self.counts.iter().filter(|(at, _)| step.is_none_or(|step| *at == step)).map(|(_, n)| n).sum()
    }
}

/// Reads the queue of the reader's scope.
#[boxed]
pub async fn list(ctx: &Ctx, step: Option<i64>, offset: i64, limit: i64) -> Result<Queue> {
    if !ctx.role().is_staff() || ctx.actor.scope.is_empty() {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let counts = need::count_unclaimed(&mut tx, &ctx.actor.scope).await?;
    let rows = read(ctx, &mut tx, step, offset, limit).await?;
    Ok(Queue { rows, counts })
}

pub(crate) async fn read(
    ctx: &Ctx,
    tx: &mut storage::Tx,
    step: Option<i64>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Unclaimed>> {
    let waiting = need::unclaimed(tx, &ctx.actor.scope, step, ctx.now(), offset, limit).await?;
    let row = |waiting: need::Waiting| {
        let open = waiting.open.iter().map(Amount::words).collect::<Vec<_>>().join("，");
        let n = waiting.need;
        Unclaimed {
            place: ctx.services.place(&n.division_code),
            urgent: n.is_urgent(),
            open,
            published_at: n.published_at.unwrap_or_default(),
            escalation: n.escalation,
            offers: ways(ctx, &n.division_code),
            id: n.id,
            code: n.code,
            title: n.title,
            asked: waiting.asked,
            answered: waiting.answered,
        }
    };
    Ok(waiting.into_iter().map(row).collect())
}

/// The needs that wait longest with their candidates by two weightings, for the city to see what a change does.
#[boxed]
pub async fn try_out(
    ctx: &Ctx,
    weights: (Weights, Weights),
    needs: i64,
    limit: usize,
) -> Result<Vec<(Candidates, Candidates)>> {
    let mut tx = ctx.services.db.read().await?;
    let found = need::unclaimed(&mut tx, &ctx.actor.scope, None, ctx.now(), 0, needs).await?;
    let ids: Vec<Uuid> = found.iter().map(|waiting| waiting.need.id).collect();
    let lines = need::lines_of(&mut tx, &ids).await?;
    let beneficiaries = need::beneficiaries_of(&mut tx, &ids).await?;
    let market = crate::aid::matching::market(&ctx.services, &mut tx).await?;
    let mut all = Vec::new();
    for waiting in found {
        let need = waiting.need;
        let lines: Vec<_> = lines.iter().filter(|line| line.need_id == need.id).cloned().collect();
        let categories: Vec<_> = beneficiaries.iter().filter(|b| b.need_id == need.id).cloned().collect();
        let facts = crate::finding::fit::facts(&need, &lines, &categories, ctx.now());
        let by = |weights: &Weights| Candidates {
            title: need.title.clone(),
            place: ctx.services.place(&need.division_code),
            ..crate::aid::matching::rank(ctx, &facts, &market, weights, limit)
        };
        all.push((by(&weights.0), by(&weights.1)));
    }
    Ok(all)
}

/// A step of the queue, by the clock: looks further, tells whom it reaches now, asks the next office.
pub(crate) async fn step(ctx: &Ctx, code: &str, level: i64) -> Result<()> {
    // Before the command: reading the market may take longer than a writer should wait.
    let market = crate::finding::market::market(&ctx.services, &mut ctx.services.db.read().await?).await?;
    let mut work = Work::begin(ctx, Command::NeedEscalate).await?;
    let mut row = work.need(code).await?;
    work.authorize(&Record { division: Some(&row.division_code), ..Record::default() })?;
    if row.state != NeedState::Published || row.escalation >= level {
        return Ok(());
    }
    let lines = need::lines(&mut work.tx, row.id, row.cycle).await?;
    if lines.iter().all(|line| line.remaining() == 0) {
        return Ok(());
    }
    let beneficiaries = need::beneficiaries(&mut work.tx, row.id).await?;
    let facts = crate::finding::fit::facts(&row, &lines, &beneficiaries, work.now);
    let reached = crate::finding::fit::newly_reached(&facts, &market, level, work.now.day());
    let step = work.leads(row.state)?;
    row.escalation = level;
    work.save_need(&row).await?;
    let told = &reached[..reached.len().min(TOLD)];
    let data = json!({ "level": level, "reached": reached.len(), "told": told.len() });
    let about = About { need: Some(&row), data: Some(data), ..About::default() };
    work.stepped(step, row.id, about).await?;
    notice::unclaimed(&mut work, &row, level, told).await?;
    work.commit(code).await
}
