//! What is done with an import beside the requests: checking, taking in, sending for review.
//!
//! What is to be done stands in the row; whoever does it gives a sign every second. A node that stops leaves the work to
//! another, which goes on: a check begins anew, rows that are in already are known by their marks.

use super::piece::{file, piece, sign, watched};
use super::report::Report;
use super::{columns, counted, needs, organizations, record, villages};
use crate::base::jobs::contained;
use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::machine::{Command, Object};
use domain::organization::{AccountState, ImportJob, LedgerKind};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;
use std::time::Duration;
use storage::needs::import::{self, Import};
use uuid::Uuid;

/// Seconds that a page waits for a short file.
const SHORT: Duration = Duration::from_secs(3);
/// Drafts sent for review between two signs.
const SIGN_EVERY: i64 = 10;
/// Work longer than this tells its end in the inbox.
const LONG_MINUTES: i64 = 1;

/// Does what an import waits for, without waiting for more than a moment. `None`: it goes on.
pub async fn begin(ctx: &Ctx, id: Uuid) -> Option<Result<()>> {
    let ctx = ctx.without_form();
    let work = tokio::spawn(async move { run(&ctx, id).await });
    tokio::time::timeout(SHORT, work).await.ok()?.ok()
}

/// Does what an import waits for. Why it could not be done stands with the import.
#[boxed]
pub async fn run(ctx: &Ctx, id: Uuid) -> Result<()> {
    let ctx = &ctx.without_form();
    let mut tx = ctx.services.db.read().await?;
    let sealer = ctx.services.db.unseen();
    let open = import::by_id(&mut tx, sealer, id).await?.ok_or(Error::NotFound)?;
    let Some(job) = open.job else { return Ok(()) };
    let report: Report = import::report(&mut tx, sealer, id).await?.unwrap_or_default();
    drop(tx);
    let done = contained(async {
        match job {
            ImportJob::Check => check(ctx, open, report).await,
            ImportJob::Take => take(ctx, open, report).await,
            ImportJob::Submit => submit(ctx, open, report).await,
        }
    })
    .await;
    if let Err(error) = &done {
        let mut tx = ctx.services.db.write().await?;
        import::rest(&mut tx, id, &words(ctx, error)).await?;
        tx.commit().await?;
    }
    done
}

/// Why work stopped, for the office.
fn words(ctx: &Ctx, error: &Error) -> String {
    match error {
        Error::Invalid(mistakes) => {
            mistakes.iter().map(|mistake| mistake.message.as_str()).collect::<Vec<_>>().join("；")
        }
        Error::Conflict(conflict) => conflict.sentence(ctx.now()),
        Error::Forbidden(_) | Error::NotFound => "交办的人已经不能办理这份台账，请由能办理的同事再试".to_owned(),
        _ => "没有做成，请再试一次；还不成的，请联系系统管理员".to_owned(),
    }
}

/// Goes on with what a stopped node left undone: with each, whatever becomes of the others.
#[boxed]
pub async fn resume(services: &Arc<Services>) -> Result<usize> {
    let before = services.now().plus_minutes(-1);
    let mut tx = services.db.read().await?;
    let all = import::abandoned(&mut tx, before).await?;
    drop(tx);
    let mut outcome = Ok(all.len());
    for id in all {
        if let Err(error) = contained(go_on(services, id, before)).await {
            tracing::error!(import = %id, %error, "an import could not be gone on with");
            outcome = Err(error);
        }
    }
    outcome
}

async fn go_on(services: &Arc<Services>, id: Uuid, before: domain::calendar::Time) -> Result<()> {
    let mut tx = services.db.write().await?;
    if !import::take_over(&mut tx, id, before, services.now()).await? {
        return Ok(());
    }
    let open = import::by_id(&mut tx, services.db.unseen(), id).await?.ok_or(Error::NotFound)?;
    let account = match open.job_by {
        Some(by) => storage::people::account::by_id(&mut tx, by).await?,
        None => None,
    };
    let Some(account) = account.filter(|account| account.state == AccountState::Active) else {
        import::rest(&mut tx, id, "交办的账号已经停用，请由能办理的同事再试").await?;
        tx.commit().await?;
        return Ok(());
    };
    tx.commit().await?;
    // What stops it stands with the import; it is nobody's failure here.
    match run(&Ctx::new(services, account.actor(), "job"), id).await {
        Err(error @ (Error::Storage(_) | Error::Internal(_))) => Err(error),
        _ => Ok(()),
    }
}

async fn check(ctx: &Ctx, mut open: Import, before: Report) -> Result<()> {
    let bytes = file(ctx, open.id).await?;
    let done = AtomicI64::new(0);
    let found = watched(ctx, open.id, &done, async {
        let _turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
        match open.kind {
            LedgerKind::Needs => needs::check(ctx, &bytes, &open, &before.choice, &done).await,
            LedgerKind::Organizations => organizations::check(ctx, &bytes, &open, &before.choice, &done).await,
            LedgerKind::Villages => villages::check(ctx, &bytes, &open, &before.choice, &done).await,
        }
    })
    .await;
    let mut report = match found {
        Ok(report) => report,
        Err(error) => {
            // No sheet is a ledger as it stands: somebody can say what the columns are.
            if let Some(columns) = columns::of_file(ctx, &bytes, &open, &before.choice).await {
                let mut tx = ctx.services.db.write().await?;
                let report = Report { columns, choice: before.choice, ..Report::default() };
                import::write_report(&mut tx, ctx.services.db.unseen(), open.id, &report).await?;
                tx.commit().await?;
            }
            return Err(error);
        }
    };
    report.choice = before.choice;
    columns::keep_known(&mut report);
    let mut work = Work::begin(ctx, Command::ImportCheck).await?;
    import::lock(&mut work.tx, open.id).await?;
    work.authorize(&record(&open.scope))?;
    let step = work.step(&mut open.state)?;
    counted(&mut open, &report);
    first(import::keep_check(&mut work.tx, ctx.services.db.unseen(), &open, &report).await?, Object::Import)?;
    let data = json!({ "rows": open.rows_total, "good": open.rows_good });
    work.stepped(step, open.id, About { data: Some(data), ..About::default() }).await?;
    tell(&mut work, &open, &format!("台账检查完了，{}行能导入", open.rows_good)).await?;
    work.commit("").await
}

/// Tells whoever ordered a long work that it is done.
async fn tell(work: &mut Work<'_>, open: &Import, words: &str) -> Result<()> {
    if let (Some(by), Some(started)) = (open.job_by, open.job_started_at)
        && started.minutes_until(work.now) >= LONG_MINUTES
    {
        notice::to_account(work, by, words, "", &domain::href::href(Object::Import, &open.id)).await?;
    }
    Ok(())
}

async fn take(ctx: &Ctx, open: Import, mut report: Report) -> Result<()> {
    let bytes = file(ctx, open.id).await?;
    let so_far = AtomicI64::new(open.job_done);
    let turn = watched(ctx, open.id, &so_far, ctx.services.ledgers.acquire()).await;
    let turn = turn.map_err(|_| Error::Internal("ledger turn"))?;
    match open.kind {
        LedgerKind::Needs => needs::take(ctx, &open, bytes, &mut report).await?,
        LedgerKind::Organizations => organizations::take(ctx, &open, bytes, &mut report).await?,
        LedgerKind::Villages => villages::take(ctx, &open, bytes, &mut report).await?,
    }
    drop(turn);
    let mut work = piece(ctx, &open).await?;
    let step = work.leads(open.state)?;
    let sealer = ctx.services.db.unseen();
    let imported = import::by_id(&mut work.tx, sealer, open.id).await?.map_or(0, |import| import.rows_imported);
    first(import::finish(&mut work.tx, open.id, step.to, work.now).await?, Object::Import)?;
    // Three values of each column were for choosing, not for keeping.
    report.columns.iter_mut().flat_map(|(_, columns)| columns).for_each(|column| column.samples.clear());
    import::write_report(&mut work.tx, sealer, open.id, &report).await?;
    let data = json!({ "imported": imported });
    work.stepped(step, open.id, About { data: Some(data), ..About::default() }).await?;
    tell(&mut work, &open, &format!("台账导入完了，{imported}行")).await?;
    work.commit("").await
}

async fn submit(ctx: &Ctx, open: Import, mut report: Report) -> Result<()> {
    let mut tx = ctx.services.db.read().await?;
    let urgent: Vec<String> =
        storage::needs::need::urgent_of_import(&mut tx, open.id).await?.into_iter().map(|need| need.code).collect();
    drop(tx);
    let mut rows: Vec<usize> = report.to_send().collect();
    // 急难 first.
    rows.sort_by_key(|at| {
        let code = report.rows[*at].need_code.as_ref();
        !code.is_some_and(|code| urgent.contains(code))
    });
    let mut done = 0;
    for at in rows {
        let Some(code) = report.rows[at].need_code.clone() else { continue };
        report.rows[at].review = Some(match crate::needs::need::submit(ctx, &code).await {
            Ok(()) => String::new(),
            Err(error @ (Error::Storage(_) | Error::Internal(_))) => return Err(error),
            Err(error) => words(ctx, &error),
        });
        done += 1;
        if done % SIGN_EVERY == 0 {
            sign(ctx, open.id, done).await?;
        }
    }
    report.wanted.clear();
    let mut tx = ctx.services.db.write().await?;
    import::write_report(&mut tx, ctx.services.db.unseen(), open.id, &report).await?;
    import::rest(&mut tx, open.id, "").await?;
    tx.commit().await?;
    Ok(())
}
