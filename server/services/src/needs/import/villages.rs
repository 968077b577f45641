//! Ledgers of designated villages: each village that says what it wants becomes a draft of its own, once for ever.

use super::piece::{self, PIECE, watched};
use super::report::{CellCount, Report, ReportRow};
use crate::needs::need_form::{BeneficiaryInput, Input, LineInput};
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Ledger, Outcome, PartialDate, Row, VillageValues};
use domain::form::needs::import::FILE;
use domain::form::needs::{what, who};
use domain::machine::Command;
use domain::need::{Amount, Frequency, NeedKind, Source, Urgency};
use domain::permission::{Record, authorize};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use storage::base::sealed::{MarkKind, Sealer};
use storage::needs::import::{self, Import};

/// A designation alone is nothing that anybody could help with yet.
const NO_NEED: &str = "没有写帮扶需求，导入后在草稿里补上要什么服务";

/// The whole file, read off the event loop.
async fn read(ctx: &Ctx, bytes: Arc<[u8]>, open: &Import, choice: &ledger::Choice) -> Result<Ledger<VillageValues>> {
    let (divisions, day, name) = (ctx.services.divisions(), ctx.now().day(), open.file_name.clone());
    let (choice, scope) = (choice.clone(), open.scope.clone());
    tokio::task::spawn_blocking(move || {
        let options = ledger::Options { scope: &scope, as_of: day, divisions: &divisions, choice: &choice };
        ledger::read_villages_with(&bytes, &name, options)
    })
    .await
    .map_err(|_| Error::Internal("ledger task"))?
    .map_err(|error| match error {
        ledger::LedgerError::NoHeader => {
            Error::wrong(FILE, "没有找到村帮扶台账的表头：要有村名或区划代码，认定类型，帮扶需求类别或需求说明")
        }
        other => Error::wrong(FILE, other.to_string()),
    })
}

/// One village, one designation, the same wants: one need.
fn marks(sealer: &Sealer, values: &VillageValues) -> [Vec<u8>; 2] {
    let key = format!(
        "v|{}|{}|{}|{}|{}",
        values.division_code,
        values.designation,
        values.designated_on.map(|date| date.to_string()).unwrap_or_default(),
        values.service_categories.join(","),
        domain::text::letters_and_digits(values.need.as_deref().unwrap_or_default())
    );
    sealer.marks(MarkKind::LedgerRow, &key)
}

/// The dry run. `done` counts the rows.
pub(super) async fn check(
    ctx: &Ctx,
    bytes: &Arc<[u8]>,
    open: &Import,
    choice: &ledger::Choice,
    done: &AtomicI64,
) -> Result<Report> {
    let ledger = read(ctx, Arc::clone(bytes), open, choice).await?;
    let (mut report, mut cells) = (Report::default(), CellCount::default());
    let mut tx = ctx.services.db.read().await?;
    for sheet in &ledger.sheets {
        for row in &sheet.rows {
            cells.add(&sheet.sheet, row);
            report.rows.push(match row.result {
                Outcome::Skipped => ReportRow::skipped(&sheet.sheet, row),
                _ => report_row(ctx, &mut tx, &sheet.sheet, row).await?,
            });
            done.fetch_add(1, Ordering::Relaxed);
        }
    }
    report.read(ledger.sheets, cells, "不是村帮扶台账，没有读取");
    Ok(report)
}

async fn report_row(ctx: &Ctx, tx: &mut storage::Tx, sheet: &str, row: &Row<VillageValues>) -> Result<ReportRow> {
    let what = row.values.as_ref().map(|values| ctx.services.place(&values.division_code)).unwrap_or_default();
    let mut told = ReportRow::of(sheet, row, what);
    let Some(values) = &row.values else { return Ok(told) };
    if values.service_categories.is_empty() {
        told.messages.push(NO_NEED.to_owned());
    }
    if let Some((_, code, _)) = import::marked(tx, &marks(ctx.services.db.sealer(), values)).await? {
        told.known(code);
    }
    Ok(told)
}

/// Takes the good rows in, a piece at a time, and names their drafts in the report.
pub(super) async fn take(ctx: &Ctx, open: &Import, bytes: Arc<[u8]>, report: &mut Report) -> Result<()> {
    let mut done = AtomicI64::new(0);
    let ledger = watched(ctx, open.id, &done, read(ctx, bytes, open, &report.choice)).await?;
    let mut at = 0;
    let rows: Vec<_> = ledger.importable().collect();
    for piece in rows.chunks(PIECE) {
        let mut work = piece::piece(ctx, open).await?;
        let mut became = 0;
        for (sheet, row, values) in piece {
            let told = report.row(&mut at, &sheet.sheet, row.row);
            if told.as_ref().is_some_and(|told| told.result == Outcome::Duplicate) {
                continue;
            }
            let marks = marks(ctx.services.db.sealer(), values);
            let code = match import::marked(&mut work.tx, &marks).await? {
                Some((_, code, by)) if by == open.id => code,
                Some((_, code, _)) => {
                    if let Some(told) = told {
                        told.overtaken(code);
                    }
                    continue;
                }
                None => {
                    let place = Record { division: Some(&values.division_code), ..Record::default() };
                    authorize(&ctx.actor, Command::NeedCreate, &place)?;
                    let need = crate::needs::entry::create(&mut work, &input(values), Some(open.id)).await?;
                    let [mark, _] = marks;
                    import::mark_row(&mut work.tx, &mark, need.id, open.id).await?;
                    became += 1;
                    need.code
                }
            };
            if let Some(told) = told {
                told.need_code = Some(code);
            }
        }
        let rows = i64::try_from(piece.len()).unwrap_or_default();
        import::took(&mut work.tx, open.id, rows, became, work.now).await?;
        work.commit("").await?;
        *done.get_mut() += rows;
    }
    Ok(())
}

/// A draft of a village's need. What the ledger does not say stays open for the clerk.
fn input(values: &VillageValues) -> Input {
    let designation = domain::vocabulary::beneficiary(&values.designation).map_or("", |category| category.name);
    let names: Vec<String> =
        values.service_categories.iter().map(|code| crate::finding::card::service_name(code)).collect();
    let title: String = match names.as_slice() {
        [] => format!("{designation}的帮扶需求"),
        names => format!("{designation}：{}", names.join("、")),
    };
    let lines = values.service_categories.iter().map(|code| LineInput {
        service_code: code.clone(),
        amount: Amount { quantity: 1, unit: "项".into(), per: Frequency::Total },
        starts_on: None,
        ends_on: None,
        note: "台账没有写清数量，请补充".to_owned(),
    });
    let decided_on = values.designated_on.map(|date| match date {
        PartialDate::Day(day) | PartialDate::Month(day) => day,
    });
    let mut input = Input {
        kind: Some(NeedKind::Village),
        division_code: values.division_code.clone(),
        source: Some(Source::Import),
        urgency: Some(Urgency::Normal),
        beneficiaries: vec![BeneficiaryInput {
            code: values.designation.clone(),
            decided_on,
            decided_by: values.level.clone().unwrap_or_default(),
        }],
        lines: lines.collect(),
        ..Input::default()
    };
    input.set_text(what::TITLE, title.chars().take(40).collect());
    input.set_text(what::DESCRIPTION, values.need.clone().unwrap_or_default());
    input.set_text(what::GAP, values.gaps.clone().unwrap_or_default().chars().take(500).collect());
    input.set_text(who::RESPONSIBLE_PERSON, values.contact.clone().unwrap_or_default());
    input
}
