//! Ledgers of needs: each good row becomes a draft, once for ever.

use super::report::{Report, ReportRow};
use crate::base::work::Work;
use crate::needs::need_form::{BeneficiaryInput, Input, LineInput};
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Ledger, LedgerError, NeedValues, Outcome, Row};
use domain::form::needs::import::FILE;
use domain::form::needs::{what, who};
use domain::machine::Command;
use domain::need::{AgeBand, Amount, Frequency, NeedKind, Source, Urgency};
use domain::permission::{Record, authorize};
use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use storage::base::sealed::{MarkKind, Sealer};
use storage::needs::import::{self, Import};
use storage::needs::need_file::NeedFile;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// The rows of a file as they are read, and what is known of it at the end.
struct Reading {
    rows: mpsc::Receiver<(Arc<str>, Row)>,
    end: JoinHandle<std::result::Result<Ledger, LedgerError>>,
}

impl Reading {
    /// Reads the file off the event loop, a few rows ahead of whoever takes them.
    fn start(ctx: &Ctx, bytes: Arc<[u8]>, file_name: &str, scope: &str, choice: &ledger::Choice) -> Self {
        let (divisions, day) = (ctx.services.divisions(), ctx.now().day());
        let (name, scope, choice) = (file_name.to_owned(), scope.to_owned(), choice.clone());
        let (give, rows) = mpsc::channel(256);
        let end = tokio::task::spawn_blocking(move || {
            let mut at: Arc<str> = Arc::from("");
            let options = ledger::Options { scope: &scope, as_of: day, divisions: &divisions, choice: &choice };
            ledger::each_need(&bytes, &name, options, &mut |sheet, row| {
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
            .map_err(|error: LedgerError| Error::wrong(FILE, error.to_string()))
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
    let services: Vec<String> =
        values.service_categories.iter().map(|code| crate::finding::card::service_name(code)).collect();
    format!("{}，{}", ctx.services.place(&values.division_code), services.join("、"))
}

/// Whether a cell of a file that waits says something that `named` knows; also where the file cannot be read any more.
pub(super) async fn says(
    ctx: &Ctx,
    open: &Import,
    bytes: Vec<u8>,
    choice: &ledger::Choice,
    named: &(dyn Fn(&str) -> bool + Sync),
) -> bool {
    let mut reading = Reading::start(ctx, bytes.into(), &open.file_name, &open.scope, choice);
    while let Some((_, row)) = reading.rows.recv().await {
        if row.original.iter().any(|cell| named(&cell.text)) {
            return true;
        }
    }
    reading.end().await.is_err()
}

/// The dry run.
pub(super) async fn check(ctx: &Ctx, bytes: &Arc<[u8]>, file_name: &str, choice: &ledger::Choice) -> Result<Report> {
    let mut reading = Reading::start(ctx, Arc::clone(bytes), file_name, &ctx.actor.scope, choice);
    let mut report = Report::default();
    let mut earlier = ctx.services.db.read().await?;
    while let Some((sheet, row)) = reading.rows.recv().await {
        if row.result != Outcome::Skipped {
            report.rows.push(report_row(ctx, &mut earlier, &sheet, row).await?);
        }
    }
    report.read(reading.end().await?.sheets, "不是需求台账，没有读取");
    Ok(report)
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
    Ok(ReportRow { sheet: sheet.to_owned(), row: row.row, result, messages, what, need_code, organization: None })
}

/// Takes the good rows in, as drafts, and names them in the report. Returns how many needs were created.
pub(super) async fn take(work: &mut Work<'_>, open: &Import, bytes: Arc<[u8]>, report: &mut Report) -> Result<i64> {
    let ctx = work.ctx;
    let mut reading = Reading::start(ctx, bytes, &open.file_name, &open.scope, &report.choice);
    let (mut imported, mut at) = (0_i64, 0);
    let mut seen = HashSet::new();
    while let Some((sheet, row)) = reading.rows.recv().await {
        let Some(values) = row.values else { continue };
        let words = report.words(&sheet, &row.original);
        let marks = marks(ctx.services.db.sealer(), &values);
        if import::marked(&mut work.tx, &marks).await?.is_some() {
            continue;
        }
        let [mark, _] = marks;
        if !seen.insert(mark.clone()) {
            continue;
        }
        let place = Record { division: Some(&values.division_code), ..Record::default() };
        authorize(&ctx.actor, Command::NeedCreate, &place)?;
        let need = crate::needs::entry::create(work, &input(&values, words, ctx.now().day()), Some(open.id)).await?;
        import::mark_row(&mut work.tx, &mark, need.id, open.id).await?;
        report.became(&mut at, &sheet, row.row, &need.code);
        imported += 1;
    }
    reading.end().await?;
    Ok(imported)
}

/// A draft from a row. What the ledger does not say stays open for the clerk:
/// a draft without a quantity gets "1项" and a note, and is checked at 送审.
fn input(values: &NeedValues, words: Vec<(String, String)>, today: chrono::NaiveDate) -> Input {
    let household = values.target == NeedKind::Household;
    let groups = domain::vocabulary::groups_of(&values.beneficiary_categories);
    let group = groups.first().map_or("", |group| group.name());
    let names: Vec<String> =
        values.service_categories.iter().map(|code| crate::finding::card::service_name(code)).collect();
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
    let mut input = Input {
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
            members: values.members.iter().filter_map(|member| member.name.as_deref()).collect::<Vec<_>>().join("、"),
            guardian: text(&values.guardian),
            health_notes: String::new(),
            responsible_unit: text(&values.responsible_unit),
            ledger_no: text(&values.need_no),
            ledger_row: words,
        }),
        ..Input::default()
    };
    input.set_text(what::TITLE, title);
    input.set_text(what::DESCRIPTION, values.summary.clone());
    input.set_text(who::RESPONSIBLE_PERSON, text(&values.handler));
    input
}
