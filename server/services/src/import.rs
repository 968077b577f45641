//! Ledger import 台账导入: a dry run that shows every row, then one transaction.

use crate::need_form::{BeneficiaryInput, Input, LineInput};
use crate::work::{About, Work, first};
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Ledger, LedgerError, NeedValues, Outcome, Row};
use domain::machine::{self, Command, Object};
use domain::need::{AgeBand, Amount, Frequency, NeedKind, Source, Urgency};
use domain::organization::ImportState;
use domain::permission::Record;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use storage::import::{self, Import};
use storage::need_file::NeedFile;
use storage::sealed::{MarkKind, Sealer};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// The largest ledger file, in bytes.
pub const MAX_BYTES: usize = 32 << 20;

/// What the report page shows of a row: no private values.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ReportRow {
    pub sheet: String,
    pub row: u32,
    pub result: Outcome,
    /// Chinese sentences: column, cell, mend.
    pub messages: Vec<String>,
    /// Services and place of the row, for recognising it.
    pub what: String,
    /// The need that this row already became.
    pub need_code: Option<String>,
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Report {
    pub rows: Vec<ReportRow>,
    /// Sheets that were not read, with the reason.
    pub ignored: Vec<(String, String)>,
}

impl Report {
    pub fn count(&self, outcome: Outcome) -> usize {
        self.rows.iter().filter(|row| row.result == outcome).count()
    }
}

fn record(scope: &str) -> Record<'_> {
    Record { division: Some(scope), ..Record::default() }
}

/// The rows of a file as they are read, and what is known of it at the end.
struct Reading {
    rows: mpsc::Receiver<(Arc<str>, Row)>,
    end: JoinHandle<std::result::Result<Ledger, LedgerError>>,
}

impl Reading {
    /// Reads the file off the event loop, a few rows ahead of whoever takes them.
    fn start(ctx: &Ctx, bytes: Arc<[u8]>, file_name: &str, scope: &str) -> Self {
        let (divisions, day) = (ctx.services.divisions(), ctx.now().day());
        let (name, scope) = (file_name.to_owned(), scope.to_owned());
        let (give, rows) = mpsc::channel(256);
        let end = tokio::task::spawn_blocking(move || {
            let mut at: Arc<str> = Arc::from("");
            ledger::each_need(&bytes, &name, &scope, day, &divisions, &mut |sheet, row| {
                if *at != *sheet {
                    at = Arc::from(sheet);
                }
                // Nobody takes rows any longer when the command was given up.
                match give.blocking_send((Arc::clone(&at), row)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(_) => ControlFlow::Break(()),
                }
            })
        });
        Self { rows, end }
    }

    /// What the whole file turned out to be.
    async fn end(self) -> Result<Ledger> {
        self.end
            .await
            .map_err(|_| Error::Internal("ledger task"))?
            .map_err(|error: LedgerError| Error::field("file", error.to_string()))
    }
}

/// Which rows become one need only: own number and person, else person,
/// services and summary.
fn marks(sealer: &Sealer, values: &NeedValues) -> [Vec<u8>; 2] {
    let person = values.id_number.as_ref().map_or("", |id| id.as_str());
    let key = match &values.need_no {
        Some(number) => format!("n|{number}|{person}|{}", values.division_code),
        None => format!(
            "r|{person}|{}|{}|{}",
            values.division_code,
            values.service_categories.join(","),
            domain::text::letters_and_digits(&values.summary)
        ),
    };
    sealer.marks(MarkKind::LedgerRow, &key)
}

fn what(ctx: &Ctx, values: &NeedValues) -> String {
    let services: Vec<String> = values.service_categories.iter().map(|code| crate::hall::service_name(code)).collect();
    format!("{}，{}", ctx.services.place(&values.division_code), services.join("、"))
}

/// Checks a file without importing: the dry run. Returns the import's id.
pub async fn upload(ctx: &Ctx, file_name: &str, bytes: Vec<u8>) -> Result<Uuid> {
    domain::permission::authorize(&ctx.actor, Command::ImportUpload, &record(&ctx.actor.scope))?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::field("file", "文件超过32兆，请分成几个文件上传"));
    }
    let bytes: Arc<[u8]> = bytes.into();
    let turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
    let mut reading = Reading::start(ctx, Arc::clone(&bytes), file_name, &ctx.actor.scope);
    let mut report = Report::default();
    let mut earlier = ctx.services.db.read().await?;
    while let Some((sheet, row)) = reading.rows.recv().await {
        if row.result != Outcome::Skipped {
            report.rows.push(report_row(ctx, &mut earlier, &sheet, row).await?);
        }
    }
    let ignored = reading.end().await?.sheets.into_iter().filter(|sheet| sheet.ignore.is_some());
    report.ignored.extend(ignored.map(|sheet| (sheet.sheet, "不是需求台账，没有读取".to_owned())));
    drop((turn, earlier));
    let mut work = Work::begin(ctx, Command::ImportUpload).await?;
    let count = |outcome| i64::try_from(report.count(outcome)).unwrap_or_default();
    let row = Import {
        id: ctx.services.new_id(),
        account_id: ctx.actor.account_id,
        scope: ctx.actor.scope.clone(),
        team_id: None,
        file_name: file_name.chars().filter(|c| !c.is_control()).take(120).collect(),
        // Keyed: whoever has a copy of the database cannot try files against it.
        file_hash: ctx.services.db.sealer().mark(MarkKind::LedgerFile, &hex::encode(Sha256::digest(&bytes))),
        state: ImportState::Checked,
        rows_total: i64::try_from(report.rows.len()).unwrap_or_default(),
        rows_good: count(Outcome::Ok) + count(Outcome::Warning),
        rows_bad: count(Outcome::Error),
        rows_duplicate: count(Outcome::Duplicate),
        rows_imported: 0,
        created_at: work.now,
        decided_at: None,
    };
    import::insert(&mut work.tx, ctx.services.db.sealer(), &row, &bytes, &report).await?;
    work.created(
        Command::ImportUpload,
        row.state,
        row.id,
        About { data: Some(json!({ "rows": row.rows_total, "good": row.rows_good })), ..About::default() },
    )
    .await?;
    let id = row.id.to_string();
    work.commit(&id).await?;
    Ok(row.id)
}

async fn report_row(ctx: &Ctx, tx: &mut storage::Tx, sheet: &str, row: Row) -> Result<ReportRow> {
    let mut messages: Vec<String> = row.issues.iter().map(ledger::Issue::message).collect();
    let (mut result, mut need_code) = (row.result, None);
    if let Some(earlier) = row.duplicate_of {
        messages.push(format!("与第{earlier}行重复，不会再次导入"));
    }
    if let Some(values) = &row.values
        && let Some((_, code)) = import::marked(tx, &marks(ctx.services.db.sealer(), values)).await?
    {
        result = Outcome::Duplicate;
        messages.push(format!("以前导入过，需求编号{code}，不会再次导入"));
        need_code = Some(code);
    }
    let what = row.values.as_ref().map(|values| what(ctx, values)).unwrap_or_default();
    Ok(ReportRow { sheet: sheet.to_owned(), row: row.row, result, messages, what, need_code })
}

/// Takes the good rows in, as drafts: one transaction, each row once for ever.
/// Returns how many needs were created.
pub async fn apply(ctx: &Ctx, id: Uuid) -> Result<i64> {
    let mut tx = ctx.services.db.read().await?;
    let open = visible(ctx, &mut tx, id).await?;
    machine::step(open.state, Command::ImportApply)?;
    if open.rows_good == 0 {
        return Err(Error::rule("这份台账没有能导入的行，请按说明改好以后重新上传"));
    }
    let bytes = import::file(&mut tx, ctx.services.db.sealer(), id)
        .await?
        .ok_or_else(|| Error::rule("这份台账已经导入或放弃"))?;
    drop(tx);
    let _turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
    let mut work = Work::begin(ctx, Command::ImportApply).await?;
    work.authorize(Command::ImportApply, &record(&open.scope))?;
    let mut reading = Reading::start(ctx, bytes.into(), &open.file_name, &open.scope);
    let mut imported = 0_i64;
    let mut seen = HashSet::new();
    while let Some((_, row)) = reading.rows.recv().await {
        let Some(values) = row.values else { continue };
        let marks = marks(ctx.services.db.sealer(), &values);
        if import::marked(&mut work.tx, &marks).await?.is_some() {
            continue;
        }
        let [mark, _] = marks;
        if !seen.insert(mark.clone()) {
            continue;
        }
        let need = crate::need::create_in(&mut work, &input(&values, ctx.now().day()), Some(id)).await?;
        import::mark_row(&mut work.tx, &mark, need.id, id).await?;
        imported += 1;
    }
    reading.end().await?;
    let to = machine::step(open.state, Command::ImportApply)?;
    first(import::finish(&mut work.tx, id, to, imported, work.now).await?, Object::Import)?;
    work.stepped(
        Command::ImportApply,
        open.state,
        to,
        id,
        About { data: Some(json!({ "imported": imported })), ..About::default() },
    )
    .await?;
    work.commit(&imported.to_string()).await?;
    Ok(imported)
}

pub async fn discard(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ImportDiscard).await?;
    let open = visible(ctx, &mut work.tx, id).await?;
    work.authorize(Command::ImportDiscard, &record(&open.scope))?;
    let to = machine::step(open.state, Command::ImportDiscard)?;
    first(import::finish(&mut work.tx, id, to, 0, work.now).await?, Object::Import)?;
    work.stepped(Command::ImportDiscard, open.state, to, id, About::default()).await?;
    work.commit("").await
}

async fn visible(ctx: &Ctx, tx: &mut storage::Tx, id: Uuid) -> Result<Import> {
    let found = import::by_id(tx, ctx.services.db.sealer(), id).await?.ok_or(Error::NotFound)?;
    if found.team_id.is_none() && found.scope.starts_with(&ctx.actor.scope) && ctx.actor.role.is_staff() {
        Ok(found)
    } else {
        Err(Error::NotFound)
    }
}

/// An import with its report.
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<(Import, Report)> {
    let mut tx = ctx.services.db.read().await?;
    let found = visible(ctx, &mut tx, id).await?;
    let report = import::report(&mut tx, ctx.services.db.sealer(), id).await?.unwrap_or_default();
    Ok((found, report))
}

/// Imports of the actor's scope, newest first.
pub async fn list(ctx: &Ctx) -> Result<Vec<Import>> {
    if !ctx.actor.role.is_staff() {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    Ok(import::of_scope(&mut tx, ctx.services.db.sealer(), &ctx.actor.scope, 50).await?)
}

/// A draft from a row. What the ledger does not say stays open for the clerk:
/// a draft without a quantity gets "1项" and a note, and is checked at 送审.
fn input(values: &NeedValues, today: chrono::NaiveDate) -> Input {
    let household = values.target == NeedKind::Household;
    let groups = domain::vocabulary::groups_of(&values.beneficiary_categories);
    let group = groups.first().map_or("", |group| group.name());
    let names: Vec<String> = values.service_categories.iter().map(|code| crate::hall::service_name(code)).collect();
    let title: String = format!("{group}：{}", names.join("、")).chars().take(40).collect();
    let period = values.period.clone();
    let (from, to) = period.as_ref().map_or((None, None), |period| (period.from, period.to));
    let several = values.service_categories.len() > 1;
    let lines = values
        .service_categories
        .iter()
        .map(|code| {
            let (amount, note) = match &values.quantity {
                Some(quantity) => (
                    Amount { quantity: i64::from(quantity.n), unit: quantity.unit.clone(), per: quantity.per },
                    if several { "台账几项服务只写了一个数量，请核对" } else { "" },
                ),
                None => (Amount { quantity: 1, unit: "项".into(), per: Frequency::Total }, "台账没有写清数量，请补充"),
            };
            LineInput { service_code: code.clone(), amount, starts_on: from, ends_on: to, note: note.to_owned() }
        })
        .collect();
    let minor = values
        .beneficiary_categories
        .iter()
        .filter_map(|code| domain::vocabulary::beneficiary(code))
        .any(domain::vocabulary::BeneficiaryCategory::is_minor);
    let age_band =
        values.age.and_then(|age| i32::try_from(age).ok()).map(AgeBand::of_age).or(minor.then_some(AgeBand::Under18));
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    Input {
        kind: Some(values.target),
        division_code: values.division_code.clone(),
        source: Some(values.source.unwrap_or(Source::Import)),
        source_no: values.source_no.clone(),
        urgency: Some(values.urgency.unwrap_or(Urgency::Normal)),
        beneficiaries: values
            .beneficiary_categories
            .iter()
            .map(|code| BeneficiaryInput { code: code.clone(), decided_on: None, decided_by: String::new() })
            .collect(),
        lines,
        title,
        description: values.summary.clone(),
        requirements: String::new(),
        aid_given: String::new(),
        gap: String::new(),
        age_band: if household { age_band } else { None },
        sex: if household { values.sex } else { None },
        valid_until: to.filter(|day| *day >= today),
        file: household.then(|| NeedFile {
            name: text(&values.name),
            id_number: values.id_number.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default(),
            phone: values.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
            other_phones: values.other_phones.iter().map(|phone| phone.as_str().to_owned()).collect(),
            address: text(&values.address),
            household_size: values.household_size.map(i64::from),
            members: String::new(),
            guardian: text(&values.guardian),
            health_notes: String::new(),
            responsible_unit: text(&values.responsible_unit),
            handler: text(&values.handler),
            ledger_no: text(&values.need_no),
        }),
        consent: None,
    }
}

/// The report as a workbook: one line per row and message, text only. An export: identity is proved shortly before.
pub async fn report_xlsx(ctx: &Ctx, id: Uuid) -> Result<(Import, Vec<u8>)> {
    ctx.fresh()?;
    let (import, report) = load(ctx, id).await?;
    let about = crate::trail::About { object: id, division: import.scope.clone(), ..crate::trail::About::default() };
    crate::trail::export(ctx, "import_report", report.rows.len(), about).await?;
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
pub fn template() -> Result<Vec<u8>> {
    ledger::template().map_err(|_| Error::Internal("ledger template"))
}
