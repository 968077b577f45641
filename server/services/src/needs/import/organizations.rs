//! Ledgers of social organizations: each good row becomes an organization that waits for its verification. A code
//! that is registered already is not touched, whoever registered it.

use super::piece::{self, PIECE, watched};
use super::report::{CellCount, Report, ReportRow};
use crate::base::work::{About, Work};
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Field, Ledger, LedgerError, OrganizationValues, Outcome, PartialDate, Row};
use domain::division::{Divisions, prefix};
use domain::field::Check;
use domain::form::FieldDef;
use domain::form::needs::import::FILE;
use domain::form::supply::basic;
use domain::machine::Command;
use domain::need::Amount;
use domain::organization::{Grade, Inspection, OrganizationState};
use domain::permission::{Record, authorize};
use domain::text;
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use storage::needs::import::{self, Import};
use storage::supply::organization::{self, Organization};
use storage::supply::organization_profile::{self, Persons, Profile};
use uuid::Uuid;

/// An organization may serve other districts than the one that keeps the ledger.
const AREAS: &str = "12";

/// What becomes of a row that could be read.
enum Verdict {
    /// Its home division, twelve digits, and why its 业务范围 is not for everybody as it stands.
    Good(String, Option<String>),
    /// Registered already; the organization, where the office may look at it closely.
    Known(String, Option<Uuid>),
    Wrong(Vec<String>),
}

/// The whole file, read off the event loop.
async fn read(
    ctx: &Ctx,
    bytes: Arc<[u8]>,
    file_name: &str,
    choice: &ledger::Choice,
) -> Result<Ledger<OrganizationValues>> {
    let (divisions, day, name) = (ctx.services.divisions(), ctx.now().day(), file_name.to_owned());
    let choice = choice.clone();
    tokio::task::spawn_blocking(move || {
        let options = ledger::Options { scope: AREAS, as_of: day, divisions: &divisions, choice: &choice };
        ledger::read_organizations_with(&bytes, &name, options)
    })
    .await
    .map_err(|_| Error::Internal("ledger task"))?
    .map_err(|error| match error {
        LedgerError::NoHeader => Error::wrong(
            FILE,
            "没有找到社会组织台账的表头：至少要有“统一社会信用代码”一列。是需求台账的，请选“需求台账”",
        ),
        other => Error::wrong(FILE, other.to_string()),
    })
}

/// The dry run. `done` counts the rows.
pub(super) async fn check(
    ctx: &Ctx,
    bytes: &Arc<[u8]>,
    open: &Import,
    choice: &ledger::Choice,
    done: &AtomicI64,
) -> Result<Report> {
    let ledger = read(ctx, Arc::clone(bytes), &open.file_name, choice).await?;
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
    report.read(ledger.sheets, cells, "不是社会组织台账，没有读取");
    Ok(report)
}

async fn report_row(ctx: &Ctx, tx: &mut storage::Tx, sheet: &str, row: &Row<OrganizationValues>) -> Result<ReportRow> {
    let what = row.values.as_ref().map(|values| values.name.clone()).unwrap_or_default();
    let mut told = ReportRow::of(sheet, row, what);
    if let Some(values) = &row.values {
        match verdict(ctx, tx, values).await? {
            Verdict::Good(_, doubt) => told.messages.extend(doubt),
            Verdict::Known(words, id) => {
                told.result = Outcome::Duplicate;
                told.messages.push(words);
                told.organization = id;
            }
            Verdict::Wrong(words) => {
                told.result = Outcome::Error;
                told.messages.extend(words);
            }
        }
    }
    Ok(told)
}

async fn verdict(ctx: &Ctx, tx: &mut storage::Tx, values: &OrganizationValues) -> Result<Verdict> {
    if let Some(row) = organization::by_uscc(tx, values.uscc.as_str()).await? {
        if text::squeeze(&row.name) == text::squeeze(&values.name) {
            let id = ctx.actor.covers(&row.division_code).then_some(row.id);
            return Ok(Verdict::Known(format!("已经登记过，现在是“{}”，不会再次导入", row.state.label()), id));
        }
        let words = "“统一社会信用代码”已由另一个名称登记，请按登记证书核对代码和名称";
        return Ok(Verdict::Wrong(vec![words.to_owned()]));
    }
    let home = home(&ctx.services.divisions(), values);
    let mut check = Check::new();
    if !ctx.actor.covers(&home) {
        let place = ctx.services.place(&home);
        check.wrong(
            FieldDef::line("address", "住所", 200),
            format!("“住所”和登记机关在{place}，不在您的辖区内，请由那里的民政局导入"),
        );
    }
    // Whoever verifies it makes the name public.
    check.read(basic::NAME, &values.name);
    let mut told = Check::new();
    told.gate(basic::BUSINESS_SCOPE, values.business_scope.as_deref().unwrap_or_default());
    let doubt = told.done().err().map(|doubt| {
        let why: Vec<String> = doubt.into_iter().map(|mistake| mistake.message).collect();
        format!("{}。导入后只有民政局看得到，由机构改写后公开", why.join("；"))
    });
    Ok(match check.done() {
        Ok(()) => Verdict::Good(home, doubt),
        Err(mistakes) => Verdict::Wrong(mistakes.into_iter().map(|mistake| mistake.message).collect()),
    })
}

/// The division whose office verifies it: where it sits, else where it is registered; the city where neither says.
fn home(divisions: &Divisions, values: &OrganizationValues) -> String {
    let address = text::squeeze(values.address.as_deref().unwrap_or_default());
    let address = address.strip_prefix("天津市").unwrap_or(&address);
    divisions
        .districts()
        .find(|district| address.starts_with(district.name.as_str()))
        .or_else(|| divisions.current(values.uscc.division_code()))
        .map_or_else(|| "120000000000".to_owned(), |division| division.code12.clone())
}

/// Takes the good rows in, a piece at a time, and names what they became in the report.
pub(super) async fn take(ctx: &Ctx, open: &Import, bytes: Arc<[u8]>, report: &mut Report) -> Result<()> {
    let mut done = AtomicI64::new(0);
    let ledger = watched(ctx, open.id, &done, read(ctx, bytes, &open.file_name, &report.choice)).await?;
    let mut at = 0;
    let rows: Vec<_> = ledger.importable().collect();
    for piece in rows.chunks(PIECE) {
        let mut work = piece::piece(ctx, open).await?;
        let mut became = 0;
        for (sheet, row, values) in piece {
            let verdict = verdict(ctx, &mut work.tx, values).await?;
            let told = report.row(&mut at, &sheet.sheet, row.row);
            match verdict {
                Verdict::Good(home, doubt) => {
                    let id = enter(&mut work, values, home, doubt.is_none(), open.id).await?;
                    became += 1;
                    if let Some(told) = told {
                        told.organization = Some(id);
                    }
                }
                Verdict::Known(words, id) => {
                    if let Some(told) = told.filter(|told| told.result != Outcome::Duplicate) {
                        // Taken in before the work stopped, or registered by somebody after the check.
                        if open.rows_imported == 0 {
                            told.result = Outcome::Duplicate;
                            told.messages.push(words);
                        }
                        told.organization = id;
                    }
                }
                Verdict::Wrong(words) => {
                    if let Some(told) = told.filter(|told| told.result != Outcome::Error) {
                        told.result = Outcome::Error;
                        told.messages.extend(words);
                    }
                }
            }
        }
        let rows = i64::try_from(piece.len()).unwrap_or_default();
        import::took(&mut work.tx, open.id, rows, became, work.now).await?;
        work.commit("").await?;
        *done.get_mut() += rows;
    }
    Ok(())
}

/// Registers one; `open`: whether its 业务范围 may stand where everybody reads it.
async fn enter(
    work: &mut Work<'_>,
    values: &OrganizationValues,
    home: String,
    open: bool,
    import: Uuid,
) -> Result<Uuid> {
    let id = work.ctx.services.new_id();
    authorize(&work.ctx.actor, Command::OrganizationApply, &Record { division: Some(&home), ..Record::default() })?;
    let areas: Vec<&str> = values.areas.iter().map(|code| prefix(code)).collect();
    let row = Organization {
        id,
        uscc: values.uscc.as_str().to_owned(),
        name: values.name.clone(),
        kind: values.kind.clone(),
        division_code: home,
        state: OrganizationState::Applied,
        verified_until: None,
        business_scope: values.business_scope.clone().filter(|_| open).unwrap_or_default(),
        service_codes: json!(values.service_categories).to_string(),
        area_codes: json!(areas).to_string(),
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    organization::insert(&mut work.tx, &row).await?;
    let mut profile = Profile::blank(id, values.uscc.division_code());
    profile.competent_unit = values.supervisor.clone().unwrap_or_default();
    profile.founded_on = values.founded_on.and_then(|date| match date {
        PartialDate::Day(day) => Some(day),
        PartialDate::Month(..) => None,
    });
    profile.address = values.address.clone().unwrap_or_default();
    if let Some((year, words)) = values.inspections.last_key_value() {
        profile.inspection = Inspection::ALL.iter().copied().find(|one| one.label() == words);
        profile.inspection_year = profile.inspection.map(|_| i64::from(*year));
    }
    profile.grade =
        values.rating.as_deref().and_then(|rating| Grade::ALL.iter().copied().find(|grade| grade.label() == rating));
    profile.grade_until = values.rating_valid_to.filter(|_| profile.grade.is_some());
    if profile.inspection.is_some() || profile.grade.is_some() {
        profile.standing_at = Some(work.now);
    }
    profile.seal(work.ctx.services.db.sealer(), &persons(values, open))?;
    organization_profile::save(&mut work.tx, &profile, work.now).await?;
    let about = About { organization: Some(id), data: Some(json!({ "import": import })), ..About::default() };
    work.created_by(Command::OrganizationApply, row.state, id, about).await?;
    Ok(id)
}

/// Persons, and the columns that have no place of their own, in the words of the ledger.
fn persons(values: &OrganizationValues, open: bool) -> Persons {
    let column = |field: Field| match field {
        Field::ServiceCategories => "服务类别",
        Field::Address => "住所",
        other => other.label(),
    };
    let mut ledger: Vec<(String, String)> =
        values.words.iter().map(|(field, words)| (column(*field).to_owned(), words.clone())).collect();
    let mut put = |field: Field, words: Option<String>| {
        if let Some(words) = words
            && !values.words.contains_key(&field)
        {
            ledger.push((column(field).to_owned(), words));
        }
    };
    let yes = |answer: Option<bool>| answer.map(|yes| if yes { "是" } else { "否" }.to_owned());
    let capacity = values.capacity.as_ref().map(|amount| Amount {
        quantity: i64::from(amount.n),
        unit: amount.unit.clone(),
        per: amount.per,
    });
    put(Field::BusinessScope, values.business_scope.clone().filter(|_| !open));
    put(Field::Registrar, values.registrar.clone());
    put(Field::Capacity, capacity.map(|amount| amount.words()));
    put(Field::Available, values.available.clone());
    put(Field::Qualifications, values.qualifications.clone());
    put(Field::Charity, yes(values.charity));
    put(Field::Fundraising, yes(values.fundraising));
    if let Some(PartialDate::Month(_)) = values.founded_on {
        put(Field::FoundedOn, values.founded_on.map(|month| month.to_string()));
    }
    put(Field::Email, values.email.clone());
    put(Field::Remark, values.remark.clone());
    for phone in &values.other_phones {
        put(Field::Phone, Some(phone.as_str().to_owned()));
    }
    Persons {
        legal_representative: values.legal_representative.clone().unwrap_or_default(),
        contact_name: values.contact.clone().unwrap_or_default(),
        contact_phone: values.phone.as_ref().map(|phone| phone.as_str().to_owned()).unwrap_or_default(),
        ledger,
    }
}
