//! Retention: what has outlived its time is taken away, after a preview, batch
//! by batch. Nothing that must be kept is touched: the log, states, counts, hours.

use crate::base::machine_clock;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Result};
use chrono::Months;
use domain::calendar::Time;
use domain::field::Check;
use domain::machine::Command;
use domain::permission::{Record, authorize};
use domain::retention::Kind;
use serde_json::json;
use storage::reach::help;
use storage::record::retention;

const BATCH: i64 = 100;

/// A rule, and what it would take away now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub kind: Kind,
    pub months: i64,
    /// What ended before this day is due.
    pub before: Time,
    pub count: i64,
}

fn before(now: Time, months: i64) -> Time {
    let months = Months::new(u32::try_from(months).unwrap_or(1200));
    Time::at(now.day().checked_sub_months(months).unwrap_or_default(), 0, 0)
}

/// What a run would take away: counts alone, for whoever decides sees no case.
#[boxed]
pub async fn preview(ctx: &Ctx) -> Result<Vec<Due>> {
    authorize(&ctx.actor, Command::RetentionRun, &Record::default())?;
    let mut tx = ctx.services.db.read().await?;
    let mut all = Vec::new();
    for rule in retention::rules(&mut tx).await? {
        let before = before(ctx.now(), rule.months);
        let mut count = retention::count(&mut tx, rule.kind, before).await?;
        if rule.kind == Kind::NeedFile {
            count += help::count_outlived(&mut tx, before).await?;
        }
        all.push(Due { kind: rule.kind, months: rule.months, before, count });
    }
    Ok(all)
}

async fn note(work: &mut Work<'_>, data: serde_json::Value) -> Result<()> {
    work.noted(uuid::Uuid::nil(), "done", About { data: Some(data), ..About::default() }).await
}

/// Changes how long a kind is kept, in months (1 to 1200).
#[boxed]
pub async fn set(ctx: &Ctx, kind: Kind, months: &str) -> Result<()> {
    let mut check = Check::new();
    let parsed = check.whole(domain::form::record::retention::MONTHS, months);
    check.done()?;
    let months = parsed.ok_or(Error::Internal("months"))?;
    let mut work = Work::begin(ctx, Command::RetentionSet).await?;
    work.authorize(&Record::default())?;
    retention::set(&mut work.tx, kind, months, ctx.actor.account_id, work.now).await?;
    note(&mut work, json!({ "kind": kind, "months": months })).await?;
    work.commit("").await
}

/// Takes away what is due. Each batch is a transaction; a run that is stopped
/// leaves a sound database, and the next one goes on. Returns what was taken.
#[boxed]
pub async fn run(ctx: &Ctx) -> Result<Vec<(Kind, i64)>> {
    let all = preview(ctx).await?;
    // What it takes away is gone: not by a clock that cannot be relied on.
    machine_clock::trust(&ctx.services).await?;
    let mut taken = Vec::new();
    for due in all {
        let mut total = 0;
        loop {
            let count = batch(ctx, &due).await?;
            total += count;
            if count == 0 {
                break;
            }
        }
        if total > 0 {
            taken.push((due.kind, total));
        }
    }
    if !taken.is_empty() {
        let mut work = Work::begin(ctx, Command::RetentionRun).await?;
        work.authorize(&Record::default())?;
        let counts: serde_json::Map<_, _> =
            taken.iter().map(|(kind, count)| (kind.as_str().to_owned(), json!(count))).collect();
        note(&mut work, counts.into()).await?;
        work.commit("").await?;
    }
    Ok(taken)
}

async fn batch(ctx: &Ctx, due: &Due) -> Result<i64> {
    // The form's token is for the whole run, not for each batch.
    let system = Ctx::system(&ctx.services);
    let sealer = ctx.services.db.sealer();
    let mut work = Work::begin(&system, Command::RetentionRun).await?;
    work.authorize(&Record::default())?;
    let count = match due.kind {
        Kind::NeedFile => {
            let mut needs = Vec::new();
            for id in retention::files(&mut work.tx, due.before, BATCH).await? {
                needs.push(work.lock(id).await?);
            }
            super::erasure::erase(&mut work, &needs).await?;
            for need in &needs {
                let step = work.leads_by(Command::NeedAnonymise, need.state)?;
                let about = About { need: Some(need), ..About::default() };
                work.stepped(step, need.id, about).await?;
            }
            needs.len() + requests(&mut work, due.before).await?
        }
        Kind::ImportReport => {
            let imports = retention::imports(&mut work.tx, due.before, BATCH).await?;
            for id in &imports {
                let empty = crate::needs::import::Report::default();
                retention::empty_import(&mut work.tx, sealer, *id, &empty).await?;
            }
            imports.len()
        }
        Kind::Notice => {
            usize::try_from(retention::delete_notices(&mut work.tx, due.before).await?).unwrap_or(usize::MAX)
        }
    };
    work.commit("").await?;
    i64::try_from(count).map_err(|_| Error::Internal("count"))
}

/// Requests for help that ended without a need: who asked, for whom and in which words.
async fn requests(work: &mut Work<'_>, before: Time) -> Result<usize> {
    let outlived = help::outlived(&mut work.tx, before, BATCH).await?;
    for one in &outlived {
        help::forget(&mut work.tx, one.id).await?;
        let step = work.leads_by(Command::HelpForget, one.state)?;
        work.stepped(step, one.id, About::default()).await?;
    }
    Ok(outlived.len())
}
