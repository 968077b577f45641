//! Ledger import 台账导入: a file is checked row by row without changing anything, somebody says what the columns are, then
//! the good rows are taken in piece by piece, each row once for ever.
//!
//! Checking, taking in and sending for review are jobs ([`job`]): they say how far they are, go on when the page is left, and
//! are gone on with when a node stops.

mod columns;
mod download;
mod job;
mod known;
mod masked;
mod needs;
mod organizations;
mod piece;
mod report;
mod villages;

pub use columns::{ColumnUse, forget, known_since, say, uses};
pub(crate) use columns::{keep, keep_known, remember, take_in};
pub use download::{Format, report_file};
pub use job::{begin, resume, run};
pub use known::renew;
pub(crate) use report::CellCount;
pub use report::Difference;
pub use report::{Report, ReportRow};

use crate::base::trail;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Choice, Outcome};
use domain::form::needs::import::FILE;
use domain::machine::{Command, Object};
use domain::organization::{ImportJob, ImportState, LedgerKind};
use domain::permission::{Record, authorize};
use serde_json::json;
use sha2::{Digest, Sha256};
use storage::base::sealed::MarkKind;
use storage::needs::import;
pub use storage::needs::import::Import;
use uuid::Uuid;

/// The largest ledger file, in bytes.
pub const MAX_BYTES: usize = 32 << 20;
/// Days for which the file of an import that ended is kept.
pub const FILE_DAYS: i64 = 30;

fn record(scope: &str) -> Record<'_> {
    Record { division: Some(scope), ..Record::default() }
}

/// Whether the actor takes in ledgers of a kind: those of organizations only who may register organizations.
pub fn may(ctx: &Ctx, kind: LedgerKind) -> Result<()> {
    authorize(&ctx.actor, Command::ImportUpload, &record(&ctx.actor.scope))?;
    if kind == LedgerKind::Organizations {
        authorize(&ctx.actor, Command::OrganizationApply, &record(&ctx.actor.scope))?;
    }
    Ok(())
}

/// Whose a file is.
pub(crate) struct Whose<'a> {
    pub kind: LedgerKind,
    pub scope: &'a str,
    /// Set for a list of a team's members.
    pub team_id: Option<Uuid>,
}

/// An import as it is handed in, nothing of it counted.
pub(crate) fn handed_in(work: &Work<'_>, whose: Whose<'_>, file_name: &str, bytes: &[u8]) -> Import {
    let services = &work.ctx.services;
    Import {
        id: services.new_id(),
        account_id: work.ctx.actor.account_id,
        kind: whose.kind,
        scope: whose.scope.to_owned(),
        team_id: whose.team_id,
        file_name: file_name.chars().filter(|c| !c.is_control()).take(120).collect(),
        // Keyed: whoever has a copy of the database cannot try files against it.
        file_hash: services.db.sealer().mark(MarkKind::LedgerFile, &hex::encode(Sha256::digest(bytes))),
        state: ImportState::Uploaded,
        rows_total: 0,
        rows_good: 0,
        rows_warned: 0,
        rows_bad: 0,
        rows_duplicate: 0,
        rows_skipped: 0,
        rows_imported: 0,
        job: None,
        job_by: None,
        job_started_at: None,
        job_seen_at: None,
        job_done: 0,
        job_total: 0,
        job_failure: String::new(),
        created_at: work.now,
        decided_at: None,
    }
}

/// Writes down what the check counted.
pub(crate) fn counted(import: &mut Import, report: &Report) {
    let count = |outcome| i64::try_from(report.count(outcome)).unwrap_or_default();
    import.rows_good = count(Outcome::Ok) + count(Outcome::Warning);
    import.rows_warned = count(Outcome::Warning);
    import.rows_bad = count(Outcome::Error);
    import.rows_duplicate = count(Outcome::Duplicate);
    import.rows_skipped = count(Outcome::Skipped);
    import.rows_total = import.rows_good + import.rows_bad + import.rows_duplicate;
}

/// Takes a file in; [`begin`] checks it. `choice` says of columns what they are, whatever the reader would take them for.
/// Returns the import's id.
#[boxed]
pub async fn receive(ctx: &Ctx, kind: LedgerKind, file_name: &str, bytes: Vec<u8>, mut choice: Choice) -> Result<Uuid> {
    may(ctx, kind)?;
    if bytes.is_empty() {
        return Err(Error::wrong(FILE, ledger::LedgerError::Empty.to_string()));
    }
    if bytes.len() > MAX_BYTES {
        return Err(Error::wrong(FILE, "文件超过32兆，请分成几个文件上传"));
    }
    let mut work = Work::begin(ctx, Command::ImportUpload).await?;
    work.authorize(&record(&ctx.actor.scope))?;
    columns::remember(&mut work.tx, &ctx.actor.scope, kind.as_str(), &mut choice).await?;
    let mut row = handed_in(&work, Whose { kind, scope: &ctx.actor.scope, team_id: None }, file_name, &bytes);
    row.job = Some(ImportJob::Check);
    row.job_by = ctx.actor.account_id;
    row.job_started_at = Some(work.now);
    let report = Report { choice, ..Report::default() };
    import::insert(&mut work.tx, ctx.services.db.sealer(), &row, &bytes, &report).await?;
    work.created(row.state, row.id, About { data: Some(json!({ "kind": kind })), ..About::default() }).await?;
    work.commit(&row.id.to_string()).await?;
    Ok(row.id)
}

/// Checks a file without importing and waits for it: the dry run. Returns the import's id.
#[boxed]
pub async fn upload(ctx: &Ctx, kind: LedgerKind, file_name: &str, bytes: Vec<u8>) -> Result<Uuid> {
    upload_with(ctx, kind, file_name, bytes, Choice::default()).await
}

/// As [`upload`], with columns that somebody chose. A file that cannot be read leaves nothing behind.
#[boxed]
pub async fn upload_with(ctx: &Ctx, kind: LedgerKind, file_name: &str, bytes: Vec<u8>, choice: Choice) -> Result<Uuid> {
    let id = receive(ctx, kind, file_name, bytes, choice).await?;
    if let Err(error) = run(ctx, id).await {
        discard(&ctx.without_form(), id).await?;
        return Err(error);
    }
    Ok(id)
}

/// Orders that the good rows are taken in, needs as drafts, organizations as waiting for their verification; [`begin`] does
/// it. What stopped half-way goes on.
#[boxed]
pub async fn order_apply(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ImportApply).await?;
    let open = opened(&mut work, id).await?;
    may(ctx, open.kind)?;
    work.acts_on(open.state)?;
    if open.rows_good == 0 {
        return Err(Error::rule("这份台账没有能导入的行，请按说明改好以后重新上传"));
    }
    idle(&open)?;
    let by = ctx.actor.account_id;
    import::order(&mut work.tx, id, ImportJob::Take, by, open.rows_good, work.now).await?;
    work.commit(&id.to_string()).await
}

/// Takes the good rows in and waits for it. Returns how many were taken in.
#[boxed]
pub async fn apply(ctx: &Ctx, id: Uuid) -> Result<i64> {
    order_apply(ctx, id).await?;
    run(ctx, id).await?;
    Ok(load(ctx, id).await?.0.rows_imported)
}

/// Orders that drafts of an import are sent for review, those of the named codes or (`None`) all of them; [`begin`] does it.
/// What became of each stands in the report.
#[boxed]
pub async fn order_submit(ctx: &Ctx, id: Uuid, codes: Option<Vec<String>>) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedSubmit).await?;
    let open = opened(&mut work, id).await?;
    idle(&open)?;
    if codes.as_ref().is_some_and(Vec::is_empty) {
        return Err(Error::rule("还没有选草稿。勾选要送审的行，或按“都送审”"));
    }
    let codes = codes.unwrap_or_default();
    let sealer = ctx.services.db.unseen();
    let mut report: Report = import::report(&mut work.tx, sealer, id).await?.unwrap_or_default();
    let drafts = report
        .drafts()
        .filter(|row| codes.is_empty() || row.need_code.as_ref().is_some_and(|code| codes.contains(code)));
    let total = i64::try_from(drafts.count()).unwrap_or_default();
    if total == 0 {
        return Err(Error::rule("没有要送审的草稿。选的草稿可能已经送审"));
    }
    report.wanted = codes;
    import::write_report(&mut work.tx, sealer, id, &report).await?;
    import::order(&mut work.tx, id, ImportJob::Submit, ctx.actor.account_id, total, work.now).await?;
    work.commit(&id.to_string()).await
}

/// Sends drafts of an import for review and waits for it.
#[boxed]
pub async fn submit(ctx: &Ctx, id: Uuid, codes: Option<Vec<String>>) -> Result<()> {
    order_submit(ctx, id, codes).await?;
    run(ctx, id).await
}

/// Refuses while something is being done with an import.
pub(crate) fn idle(open: &Import) -> Result<()> {
    match open.job {
        None => Ok(()),
        Some(job) => Err(Error::rule(format!("正在{}，请等这一步做完", job.label()))),
    }
}

/// An import that a command works on: locked, seen by the actor, authorized.
async fn opened(work: &mut Work<'_>, id: Uuid) -> Result<Import> {
    import::lock(&mut work.tx, id).await?;
    let ctx = work.ctx;
    let open = visible(ctx, &mut work.tx, id).await?;
    work.authorize(&record(&open.scope))?;
    Ok(open)
}

#[boxed]
pub async fn discard(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ImportDiscard).await?;
    let open = opened(&mut work, id).await?;
    idle(&open)?;
    let step = work.leads(open.state)?;
    if open.rows_imported > 0 {
        return Err(Error::rule(format!("已有{}行导入，不能放弃。请接着导入其余的行", open.rows_imported)));
    }
    first(import::finish(&mut work.tx, id, step.to, work.now).await?, Object::Import)?;
    work.stepped(step, id, About::default()).await?;
    work.commit("").await
}

/// Whether the file of an import that waits holds a row of which `named` knows something.
pub(crate) async fn says(
    ctx: &Ctx,
    open: &Import,
    bytes: Vec<u8>,
    report: &Report,
    named: &(dyn Fn(&str) -> bool + Sync),
) -> bool {
    open.kind == LedgerKind::Needs
        && open.team_id.is_none()
        && needs::says(ctx, open, bytes, &report.choice, named).await
}

/// The offices of its scope know of an import; the city, which keeps no files, of its own alone.
async fn visible(ctx: &Ctx, tx: &mut storage::Tx, id: Uuid) -> Result<Import> {
    let found = import::by_id(tx, ctx.services.db.unseen(), id).await?.ok_or(Error::NotFound)?;
    let reached = ctx.role().keeps_files() || found.account_id == ctx.actor.account_id;
    if found.team_id.is_none() && reached && found.scope.starts_with(&ctx.actor.scope) && ctx.actor.role.is_staff() {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// An import with its report.
#[boxed]
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<(Import, Report)> {
    let mut tx = ctx.services.db.read().await?;
    let found = visible(ctx, &mut tx, id).await?;
    let report = import::report(&mut tx, ctx.services.db.sealer(), id).await?.unwrap_or_default();
    drop(tx);
    let about = trail::About { object: id, division: found.scope.clone(), ..trail::About::default() };
    trail::read(ctx, "import", "", about).await?;
    Ok((found, report))
}

/// Urgent needs of an import that still have to be completed and made public: they come first.
#[boxed]
pub async fn urgent(ctx: &Ctx, id: Uuid) -> Result<Vec<storage::needs::need::Need>> {
    let mut tx = ctx.services.db.read().await?;
    visible(ctx, &mut tx, id).await?;
    Ok(storage::needs::need::urgent_of_import(&mut tx, id).await?)
}

/// Imports of the actor's scope, newest first.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Import>> {
    if !ctx.actor.role.is_staff() {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let mut found = import::of_scope(&mut tx, ctx.services.db.sealer(), &ctx.actor.scope, 50).await?;
    drop(tx);
    if !ctx.role().keeps_files() {
        found.retain(|import| import.account_id == ctx.actor.account_id);
    }
    if !found.is_empty() {
        let about = trail::About { division: ctx.actor.scope.clone(), ..trail::About::default() };
        trail::read(ctx, "imports", "", about).await?;
    }
    Ok(found)
}

/// Forgets files that are kept no longer.
pub(crate) async fn tidy(services: &crate::Services) -> Result<()> {
    let mut tx = services.db.write().await?;
    import::forget_files(&mut tx, services.now().plus_days(-FILE_DAYS)).await?;
    tx.commit().await?;
    Ok(())
}

/// The empty ledger that offices download.
pub fn template(kind: LedgerKind) -> Result<Vec<u8>> {
    ledger::template(kind).map_err(|_| Error::Internal("ledger template"))
}
