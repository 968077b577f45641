//! Ledgers of needs: each good row becomes a draft, once for ever.

use super::known;
use super::piece::{self, PIECE, watched};
use super::report::{CellCount, Report, ReportRow};
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
use std::sync::atomic::{AtomicI64, Ordering};
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

    /// The next rows that can be taken in; none at the end.
    async fn piece(&mut self) -> Vec<(Arc<str>, Row)> {
        let mut piece = Vec::with_capacity(PIECE);
        while piece.len() < PIECE
            && let Some((sheet, row)) = self.rows.recv().await
        {
            if row.values.is_some() {
                piece.push((sheet, row));
            }
        }
        piece
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

/// Whether a cell of a file that is kept says something that `named` knows; also where the file cannot be read any more.
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

/// The dry run. `done` counts the rows.
pub(super) async fn check(
    ctx: &Ctx,
    bytes: &Arc<[u8]>,
    open: &Import,
    choice: &ledger::Choice,
    done: &AtomicI64,
) -> Result<Report> {
    let mut reading = Reading::start(ctx, Arc::clone(bytes), &open.file_name, &open.scope, choice);
    let (mut report, mut cells) = (Report::default(), CellCount::default());
    let mut earlier = ctx.services.db.read().await?;
    while let Some((sheet, row)) = reading.rows.recv().await {
        cells.add(&sheet, &row);
        report.rows.push(match row.result {
            Outcome::Skipped => ReportRow::skipped(&sheet, &row),
            _ => report_row(ctx, &mut earlier, &sheet, &row).await?,
        });
        done.fetch_add(1, Ordering::Relaxed);
    }
    report.read(reading.end().await?.sheets, cells, "不是需求台账，没有读取");
    Ok(report)
}

async fn report_row(ctx: &Ctx, tx: &mut storage::Tx, sheet: &str, row: &Row) -> Result<ReportRow> {
    let what = row.values.as_ref().map(|values| what(ctx, values)).unwrap_or_default();
    let mut told = ReportRow::of(sheet, row, what);
    let Some(values) = &row.values else { return Ok(told) };
    if let Some((need, code, _)) = import::marked(tx, &marks(ctx.services.db.sealer(), values)).await? {
        told.differences = known::differences(ctx, tx, need, values).await?;
        told.known(code);
        return Ok(told);
    }
    let same = known::same_person(ctx, tx, values).await?;
    if !same.is_empty() {
        told.result = Outcome::Warning;
        told.messages.push(format!("同一人或同一电话已有需求{}，请核对是不是同一件事", same.join("、")));
    }
    Ok(told)
}

/// Takes the good rows in, as drafts, a piece at a time, and names them in the report.
pub(super) async fn take(ctx: &Ctx, open: &Import, bytes: Arc<[u8]>, report: &mut Report) -> Result<()> {
    let mut reading = Reading::start(ctx, bytes, &open.file_name, &open.scope, &report.choice);
    let (mut at, mut gone_through) = (0, AtomicI64::new(0));
    let mut seen = HashSet::new();
    loop {
        let piece = watched(ctx, open.id, &gone_through, reading.piece()).await;
        if piece.is_empty() {
            break;
        }
        let rows = i64::try_from(piece.len()).unwrap_or_default();
        let mut became = 0;
        let mut work = piece::piece(ctx, open).await?;
        for (sheet, row) in piece {
            let Some(values) = row.values else { continue };
            let words = report.words(&sheet, &row.original);
            let told = report.row(&mut at, &sheet, row.row);
            // Duplicate by the check already.
            if told.as_ref().is_some_and(|told| told.result == Outcome::Duplicate) {
                continue;
            }
            let marks = marks(ctx.services.db.sealer(), &values);
            let known = import::marked(&mut work.tx, &marks).await?;
            let [mark, _] = marks;
            let first = seen.insert(mark.clone());
            let code = match known {
                // What was taken in before the work stopped.
                Some((_, code, by)) if by == open.id && first => code,
                Some((_, code, _)) => {
                    if let Some(told) = told {
                        told.overtaken(code);
                    }
                    continue;
                }
                None => {
                    let place = Record { division: Some(&values.division_code), ..Record::default() };
                    authorize(&ctx.actor, Command::NeedCreate, &place)?;
                    let input = input(&values, words, ctx.now().day());
                    let need = crate::needs::entry::create(&mut work, &input, Some(open.id)).await?;
                    import::mark_row(&mut work.tx, &mark, need.id, open.id).await?;
                    became += 1;
                    need.code
                }
            };
            if let Some(told) = told {
                told.need_code = Some(code);
            }
        }
        import::took(&mut work.tx, open.id, rows, became, work.now).await?;
        work.commit("").await?;
        *gone_through.get_mut() += rows;
    }
    reading.end().await?;
    Ok(())
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
            no_id_reason: match values.id_number {
                Some(_) => String::new(),
                None => text(&values.no_id_reason).chars().take(60).collect(),
            },
            no_phone_reason: String::new(),
            no_address_reason: String::new(),
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
