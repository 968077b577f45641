//! Ledger import 台账导入: a dry run that shows every row, then one transaction.

mod needs;
mod organizations;
mod report;

pub use report::{Report, ReportRow};

use crate::base::trail;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Choice, Outcome};
use domain::form::needs::import::{FILE, MAP};
use domain::machine::{self, Command, Object};
use domain::organization::{ImportState, LedgerKind};
use domain::permission::{Record, authorize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use storage::base::sealed::MarkKind;
use storage::needs::import;
pub use storage::needs::import::Import;
use uuid::Uuid;

/// The largest ledger file, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

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

/// An import as the dry run leaves it.
pub(crate) fn checked(work: &Work<'_>, whose: Whose<'_>, file_name: &str, bytes: &[u8], report: &Report) -> Import {
    let services = &work.ctx.services;
    let count = |outcome| i64::try_from(report.count(outcome)).unwrap_or_default();
    Import {
        id: services.new_id(),
        account_id: work.ctx.actor.account_id,
        kind: whose.kind,
        scope: whose.scope.to_owned(),
        team_id: whose.team_id,
        file_name: file_name.chars().filter(|c| !c.is_control()).take(120).collect(),
        // Keyed: whoever has a copy of the database cannot try files against it.
        file_hash: services.db.sealer().mark(MarkKind::LedgerFile, &hex::encode(Sha256::digest(bytes))),
        state: ImportState::Checked,
        rows_total: i64::try_from(report.rows.len()).unwrap_or_default(),
        rows_good: count(Outcome::Ok) + count(Outcome::Warning),
        rows_bad: count(Outcome::Error),
        rows_duplicate: count(Outcome::Duplicate),
        rows_imported: 0,
        created_at: work.now,
        decided_at: None,
    }
}

/// Checks a file without importing: the dry run. Returns the import's id.
#[boxed]
pub async fn upload(ctx: &Ctx, kind: LedgerKind, file_name: &str, bytes: Vec<u8>) -> Result<Uuid> {
    upload_with(ctx, kind, file_name, bytes, Choice::default()).await
}

/// As [`upload`]; `choice` says of columns what they are, whatever the reader would take them for.
#[boxed]
pub async fn upload_with(ctx: &Ctx, kind: LedgerKind, file_name: &str, bytes: Vec<u8>, choice: Choice) -> Result<Uuid> {
    may(ctx, kind)?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::wrong(FILE, "文件超过32兆，请分成几个文件上传"));
    }
    let bytes: Arc<[u8]> = bytes.into();
    let turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
    let mut report = match kind {
        LedgerKind::Needs => needs::check(ctx, &bytes, file_name, &choice).await?,
        LedgerKind::Organizations => organizations::check(ctx, &bytes, file_name, &choice).await?,
    };
    report.choice = choice;
    drop(turn);
    let mut work = Work::begin(ctx, Command::ImportUpload).await?;
    work.authorize(&record(&ctx.actor.scope))?;
    let whose = Whose { kind, scope: &ctx.actor.scope, team_id: None };
    let row = checked(&work, whose, file_name, &bytes, &report);
    import::insert(&mut work.tx, ctx.services.db.sealer(), &row, &bytes, &report).await?;
    work.created(
        row.state,
        row.id,
        About {
            data: Some(json!({ "kind": kind, "rows": row.rows_total, "good": row.rows_good })),
            ..About::default()
        },
    )
    .await?;
    let id = row.id.to_string();
    work.commit(&id).await?;
    Ok(row.id)
}

/// Checks a waiting file once more with what somebody says of its columns, one `列=字段` to a line. The earlier check is
/// given up. Returns the new import's id.
#[boxed]
pub async fn remap(ctx: &Ctx, id: Uuid, written: &str) -> Result<Uuid> {
    let (open, report) = load(ctx, id).await?;
    may(ctx, open.kind)?;
    machine::step(open.state, Command::ImportDiscard)?;
    let mut choice = report.choice;
    for line in written.lines().map(str::trim).filter(|line| !line.is_empty()) {
        choice.add(line).map_err(|error| Error::wrong(MAP, error.to_string()))?;
    }
    if choice == Choice::default() {
        return Err(Error::wrong(MAP, "写下要改的列，例如“K=需求类别”"));
    }
    let mut tx = ctx.services.db.read().await?;
    let bytes = import::file(&mut tx, ctx.services.db.unseen(), id)
        .await?
        .ok_or_else(|| Error::rule("这份台账已经导入或放弃"))?;
    drop(tx);
    let again = upload_with(ctx, open.kind, &open.file_name, bytes, choice).await?;
    discard(ctx, id).await?;
    Ok(again)
}

/// Takes the good rows in, needs as drafts, organizations as waiting for their verification: one transaction,
/// each row once for ever. Returns how many were taken in.
#[boxed]
pub async fn apply(ctx: &Ctx, id: Uuid) -> Result<i64> {
    let mut tx = ctx.services.db.read().await?;
    let open = visible(ctx, &mut tx, id).await?;
    may(ctx, open.kind)?;
    machine::step(open.state, Command::ImportApply)?;
    if open.rows_good == 0 {
        return Err(Error::rule("这份台账没有能导入的行，请按说明改好以后重新上传"));
    }
    let bytes = import::file(&mut tx, ctx.services.db.unseen(), id)
        .await?
        .ok_or_else(|| Error::rule("这份台账已经导入或放弃"))?;
    let mut report: Report = import::report(&mut tx, ctx.services.db.unseen(), id).await?.unwrap_or_default();
    drop(tx);
    let _turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
    let mut work = Work::begin(ctx, Command::ImportApply).await?;
    work.authorize(&record(&open.scope))?;
    let imported = match open.kind {
        LedgerKind::Needs => needs::take(&mut work, &open, bytes.into(), &mut report).await?,
        LedgerKind::Organizations => organizations::take(&mut work, &open, bytes.into(), &report).await?,
    };
    let step = work.leads(open.state)?;
    first(import::finish(&mut work.tx, id, step.to, imported, work.now).await?, Object::Import)?;
    import::write_report(&mut work.tx, ctx.services.db.sealer(), id, &report).await?;
    work.stepped(step, id, About { data: Some(json!({ "imported": imported })), ..About::default() }).await?;
    work.commit(&imported.to_string()).await?;
    Ok(imported)
}

#[boxed]
pub async fn discard(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ImportDiscard).await?;
    let open = visible(ctx, &mut work.tx, id).await?;
    work.authorize(&record(&open.scope))?;
    let step = work.leads(open.state)?;
    first(import::finish(&mut work.tx, id, step.to, 0, work.now).await?, Object::Import)?;
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

/// The report as a workbook: one line per row and message, text only. An export: identity is proved shortly before.
#[boxed]
pub async fn report_xlsx(ctx: &Ctx, id: Uuid) -> Result<(Import, Vec<u8>)> {
    ctx.fresh()?;
    let (import, report) = load(ctx, id).await?;
    let about = trail::About { object: id, division: import.scope.clone(), ..trail::About::default() };
    trail::export(ctx, "import_report", report.rows.len(), about).await?;
    let bytes = tokio::task::spawn_blocking(move || {
        let lines = report.rows.iter().flat_map(|row| {
            let messages: Vec<&str> =
                if row.messages.is_empty() { vec![""] } else { row.messages.iter().map(String::as_str).collect() };
            messages.into_iter().map(|message| ledger::ReportLine {
                sheet: &row.sheet,
                row: row.row,
                result: row.result,
                what: &row.what,
                message,
            })
        });
        ledger::lines_xlsx(lines)
    })
    .await
    .map_err(|_| Error::Internal("report task"))?
    .map_err(|_| Error::Internal("report workbook"))?;
    Ok((import, bytes))
}

/// The empty ledger that offices download.
pub fn template(kind: LedgerKind) -> Result<Vec<u8>> {
    ledger::template(kind).map_err(|_| Error::Internal("ledger template"))
}
