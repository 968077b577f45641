//! A team's list of members 志愿者名册: a dry run that shows every row, then one transaction that invites.
//!
//! Nobody becomes a member by a list. A row says that the person agreed to be entered; what follows is an invitation,
//! which the person accepts: with the own account, or after opening one with the same telephone. Whether a telephone is
//! known to the register already, the dry run does not say. The same row invites once for ever, whatever became of it.

use crate::base::work::{About, Work, first};
use crate::base::{notice, trail};
use crate::boxed;
use crate::needs::import::{
    CellCount, MAX_BYTES, Report, ReportRow, Whose, counted, handed_in, keep, keep_known, remember, take_in,
};
use crate::steps::members::new_member;
use crate::steps::openings;
use crate::steps::teams::{self, rights, team_for};
use crate::steps::volunteers::{Input, enter};
use crate::{Ctx, Error, Result};
use documents::ledger::{self, Issue, Ledger, LedgerError, MemberValues, Outcome, Row};
use domain::calendar::Time;
use domain::division::prefix;
use domain::form::needs::import::ROSTER;
use domain::machine::{self, Command, Object};
use domain::organization::{ImportState, LedgerKind};
use domain::permission::authorize;
use domain::team::MemberState;
use serde_json::json;
use std::sync::Arc;
use storage::Tx;
use storage::base::sealed::MarkKind;
use storage::needs::import::{self, Import};
use storage::volunteers::team::Team;
use storage::volunteers::volunteer::VolunteerFile;
use uuid::Uuid;

/// Nobody is entered without his own word.
const NO_CONSENT: &str = "没有写明本人同意，请先征得本人同意，再填“本人同意”和“同意日期”";
/// Most rows of one list.
const MAX_ROWS: usize = 5_000;

/// Reads a list off the event loop.
async fn read(ctx: &Ctx, bytes: Arc<[u8]>, file_name: &str, choice: &ledger::Choice) -> Result<Ledger<MemberValues>> {
    let (divisions, day, name) = (ctx.services.divisions(), ctx.now().day(), file_name.to_owned());
    let choice = choice.clone();
    let read = tokio::task::spawn_blocking(move || {
        let options = ledger::Options { scope: "12", as_of: day, divisions: &divisions, choice: &choice };
        ledger::read_members_with(&bytes, &name, options)
    });
    let ledger = read.await.map_err(|_| Error::Internal("ledger task"))?.map_err(|error| {
        let words = match error {
            LedgerError::NoHeader => {
                "没有找到表头：要有姓名、性别、出生日期、联系电话、居住区域、本人同意、同意日期等列，可下载空白名册对照"
                    .to_owned()
            }
            other => other.to_string(),
        };
        Error::wrong(ROSTER, words)
    })?;
    let rows =
        ledger.counts().iter().filter(|(outcome, _)| **outcome != Outcome::Skipped).map(|(_, n)| n).sum::<usize>();
    if rows > MAX_ROWS {
        return Err(Error::wrong(ROSTER, format!("名册超过{MAX_ROWS}行，请分成几个文件上传")));
    }
    Ok(ledger)
}

/// The marks of a row: one team, one telephone.
fn marks(ctx: &Ctx, team: &Team, values: &MemberValues) -> [Vec<u8>; 2] {
    let phone = values.phone.as_ref().map_or("", |phone| phone.as_str());
    ctx.services.db.sealer().marks(MarkKind::LedgerRow, &format!("m|{}|{phone}", team.id))
}

/// The registered volunteer whom a row is about: by telephone, else by ID number; of several under one number the one
/// of that name.
async fn known(
    ctx: &Ctx,
    tx: &mut Tx,
    values: &MemberValues,
) -> Result<Option<storage::volunteers::volunteer::Volunteer>> {
    let sealer = ctx.services.db.sealer();
    let phone = values.phone.as_ref().map(|phone| (MarkKind::Phone, phone.as_str()));
    let id = values.id_number.as_ref().map(|id| (MarkKind::IdNumber, id.as_str()));
    for (kind, value) in phone.into_iter().chain(id) {
        let mut found = storage::volunteers::volunteer::same(tx, sealer, kind, value, Uuid::nil()).await?;
        if found.len() > 1 {
            for row in found {
                if storage::volunteers::volunteer::file(ctx.services.db.unseen(), &row)?.name == values.name {
                    return Ok(Some(row));
                }
            }
        } else if let Some(row) = found.pop() {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// Why a row invites nobody, though it reads well.
async fn stands(ctx: &Ctx, tx: &mut Tx, team: &Team, values: &MemberValues) -> Result<Option<&'static str>> {
    if import::member_marked(tx, &marks(ctx, team, values)).await? {
        return Ok(Some("以前按名册邀请过，不会再次邀请。本人想加入，可以自己申请入队"));
    }
    let Some(row) = known(ctx, tx, values).await? else { return Ok(None) };
    let member = storage::volunteers::team::membership(tx, team.id, row.id).await?;
    Ok(member.map(|member| match member.state {
        MemberState::Active => "已经是队员",
        MemberState::Invited => "已经邀请，等本人同意",
        _ => "本人已经申请入队，请在入队申请里答复",
    }))
}

async fn report_row(ctx: &Ctx, tx: &mut Tx, team: &Team, sheet: &str, row: &Row<MemberValues>) -> Result<ReportRow> {
    let mut messages: Vec<String> = row.issues.iter().map(Issue::message).collect();
    let mut result = row.result;
    if let Some(earlier) = row.duplicate_of {
        messages.push(format!("与第{earlier}行是同一个人，不会再次邀请"));
    }
    if row.values.as_ref().is_some_and(|values| values.consented_on.is_none()) {
        // A list without the columns of consent: nobody of it is invited.
        result = Outcome::Error;
        messages.push(NO_CONSENT.to_owned());
    } else if let Some(values) = &row.values
        && let Some(why) = stands(ctx, tx, team, values).await?
    {
        result = Outcome::Duplicate;
        messages.push(why.to_owned());
    }
    let what = row.values.as_ref().map(|values| ctx.services.place(&values.division_code)).unwrap_or_default();
    Ok(ReportRow::new(sheet, row.row, result, messages, what))
}

/// Reads a list and says what becomes of each row.
async fn dry_run(
    ctx: &Ctx,
    tx: &mut Tx,
    team: &Team,
    bytes: Arc<[u8]>,
    file_name: &str,
    choice: ledger::Choice,
) -> Result<Report> {
    let turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
    let ledger = read(ctx, bytes, file_name, &choice).await?;
    drop(turn);
    let (mut report, mut cells) = (Report::default(), CellCount::default());
    for sheet in &ledger.sheets {
        for row in &sheet.rows {
            cells.add(&sheet.sheet, row);
            report.rows.push(match row.result {
                Outcome::Skipped => ReportRow::skipped(&sheet.sheet, row),
                _ => report_row(ctx, tx, team, &sheet.sheet, row).await?,
            });
        }
    }
    report.read(ledger.sheets, cells, "不是志愿者名册，没有读取");
    report.choice = choice;
    keep_known(&mut report);
    Ok(report)
}

/// Takes in what somebody says of columns, by their numbers, remembers it for the team, and checks the list by it.
#[boxed]
pub async fn say(ctx: &Ctx, id: Uuid, said: &[(usize, Option<ledger::Field>)]) -> Result<()> {
    let sealer = ctx.services.db.sealer();
    let mut tx = ctx.services.db.read().await?;
    let (open, team) = visible(ctx, &mut tx, id).await?;
    machine::step(open.state, Command::ImportCheckMembers)?;
    let mut report: Report = import::report(&mut tx, sealer, id).await?.unwrap_or_default();
    let bytes =
        import::file(&mut tx, sealer, id).await?.ok_or_else(|| Error::rule("这份名册的文件已经不在，请重新上传"))?;
    let layouts = take_in(&mut report, said, &[], ctx.now())?;
    // The file stands in another form than the columns do.
    let checked = dry_run(ctx, &mut tx, &team, bytes.into(), &open.file_name, report.choice).await;
    let report = checked.map_err(Error::of_no_field)?;
    drop(tx);
    let mut work = Work::begin(ctx, Command::ImportCheckMembers).await?;
    let (mut open, team) = visible(ctx, &mut work.tx, id).await?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    drop(who);
    let step = work.step(&mut open.state)?;
    keep(&mut work.tx, &open, &layouts, ctx.actor.account_id).await?;
    counted(&mut open, &report);
    first(import::keep_check(&mut work.tx, sealer, &open, &report).await?, Object::Import)?;
    let data = json!({ "team": team.code, "rows": open.rows_total, "good": open.rows_good });
    work.stepped(step, id, about(&team, data)).await?;
    work.commit(&id.to_string()).await
}

/// Checks a list without inviting anybody: the dry run. Returns the import's id.
#[boxed]
pub async fn upload(ctx: &Ctx, team_code: &str, file_name: &str, bytes: Vec<u8>) -> Result<Uuid> {
    upload_with(ctx, team_code, file_name, bytes, ledger::Choice::default()).await
}

/// As [`upload`]; `choice` says of columns what they are, whatever the reader would take them for.
#[boxed]
pub async fn upload_with(
    ctx: &Ctx,
    team_code: &str,
    file_name: &str,
    bytes: Vec<u8>,
    choice: ledger::Choice,
) -> Result<Uuid> {
    let mut tx = ctx.services.db.read().await?;
    let team = team_for(ctx, &mut tx, team_code, Command::ImportUploadMembers).await?;
    openings::stands(&mut tx, &team).await?;
    if bytes.len() > MAX_BYTES {
        return Err(Error::wrong(ROSTER, "文件超过32兆，请分成几个文件上传"));
    }
    let bytes: Arc<[u8]> = bytes.into();
    let mut choice = choice;
    remember(&mut tx, &format!("team:{}", team.id), "members", &mut choice).await?;
    let report = dry_run(ctx, &mut tx, &team, Arc::clone(&bytes), file_name, choice).await?;
    drop(tx);
    let mut work = Work::begin(ctx, Command::ImportUploadMembers).await?;
    let team = teams::load(&mut work, team_code).await?;
    let whose = Whose { kind: LedgerKind::Needs, scope: prefix(&team.division_code), team_id: Some(team.id) };
    let mut row = handed_in(&work, whose, file_name, &bytes);
    row.state = ImportState::Checked;
    counted(&mut row, &report);
    import::insert(&mut work.tx, ctx.services.db.sealer(), &row, &bytes, &report).await?;
    let data = json!({ "team": team.code, "rows": row.rows_total, "good": row.rows_good });
    work.created(row.state, row.id, about(&team, data)).await?;
    work.commit(&row.id.to_string()).await?;
    Ok(row.id)
}

fn about(team: &Team, data: serde_json::Value) -> About<'static> {
    About { organization: team.organization_id, data: Some(data), ..About::default() }
}

/// An import of a team's list that the reader may see.
async fn visible(ctx: &Ctx, tx: &mut Tx, id: Uuid) -> Result<(Import, Team)> {
    let found = import::by_id(tx, ctx.services.db.unseen(), id).await?.ok_or(Error::NotFound)?;
    let team_id = found.team_id.ok_or(Error::NotFound)?;
    let team = storage::volunteers::team::by_id(tx, team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(tx, &team).await?;
    authorize(&ctx.actor, Command::ImportUploadMembers, &who).map_err(|_| Error::NotFound)?;
    drop(who);
    Ok((found, team))
}

/// An import with its report, and the team.
#[boxed]
pub async fn load(ctx: &Ctx, id: Uuid) -> Result<(Import, Report, Team)> {
    let mut tx = ctx.services.db.read().await?;
    let (found, team) = visible(ctx, &mut tx, id).await?;
    let report = import::report(&mut tx, ctx.services.db.sealer(), id).await?.unwrap_or_default();
    drop(tx);
    let about = trail::About { object: id, organization: team.organization_id, ..trail::About::default() };
    trail::read(ctx, "import", &team.code, about).await?;
    Ok((found, report, team))
}

/// Lists of a team, newest first.
#[boxed]
pub async fn list(ctx: &Ctx, team_code: &str) -> Result<(Team, Vec<Import>)> {
    let mut tx = ctx.services.db.read().await?;
    let team = team_for(ctx, &mut tx, team_code, Command::ImportUploadMembers).await?;
    let all = import::of_team(&mut tx, ctx.services.db.sealer(), team.id, 50).await?;
    drop(tx);
    if !all.is_empty() {
        let about = trail::About { object: team.id, organization: team.organization_id, ..trail::About::default() };
        trail::read(ctx, "imports", &team.code, about).await?;
    }
    Ok((team, all))
}

/// What a row says, as somebody would have typed it.
fn input(values: &MemberValues) -> Input {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Input {
        file: VolunteerFile {
            name: values.name.clone(),
            sex: values.sex,
            birth: values.birth,
            id_number: text(values.id_number.as_ref().map(domain::resident_id::ResidentId::as_str)),
            phone: text(values.phone.as_ref().map(domain::phone::Phone::as_str)),
            ..VolunteerFile::default()
        },
        division: values.division_code.clone(),
        skills: values.skills.clone(),
        services: values.service_categories.clone(),
        slots: Vec::new(),
    }
}

/// Invites those of the good rows: one transaction, each row once for ever. Returns how many were invited.
#[boxed]
pub async fn apply(ctx: &Ctx, id: Uuid) -> Result<i64> {
    let mut tx = ctx.services.db.read().await?;
    let (open, _) = visible(ctx, &mut tx, id).await?;
    machine::step(open.state, Command::ImportApplyMembers)?;
    if open.rows_good == 0 {
        return Err(Error::rule("这份名册没有能邀请的行，请按说明改好以后重新上传"));
    }
    let bytes = import::file(&mut tx, ctx.services.db.unseen(), id)
        .await?
        .ok_or_else(|| Error::rule("这份名册已经导入或放弃"))?;
    let report = import::report(&mut tx, ctx.services.db.sealer(), id).await?;
    drop(tx);
    let _turn = ctx.services.ledgers.acquire().await.map_err(|_| Error::Internal("ledger turn"))?;
    let report: Report = report.unwrap_or_default();
    let ledger = read(ctx, bytes.into(), &open.file_name, &report.choice).await?;
    let mut work = Work::begin(ctx, Command::ImportApplyMembers).await?;
    let (open, team) = visible(ctx, &mut work.tx, id).await?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    drop(who);
    openings::stands(&mut work.tx, &team).await?;
    let mut invited = 0_i64;
    for (_, _, values) in ledger.importable().filter(|(_, _, values)| values.consented_on.is_some()) {
        if stands(ctx, &mut work.tx, &team, values).await?.is_none() && invite(&mut work, &team, values).await? {
            let [mark, _] = marks(ctx, &team, values);
            import::mark_member(&mut work.tx, &mark, team.id, id).await?;
            invited += 1;
        }
    }
    let step = work.leads(open.state)?;
    first(import::finish(&mut work.tx, id, step.to, work.now).await?, Object::Import)?;
    import::invited(&mut work.tx, id, invited).await?;
    let data = json!({ "team": team.code, "invited": invited });
    work.stepped(step, id, about(&team, data)).await?;
    work.commit(&invited.to_string()).await?;
    Ok(invited)
}

/// Invites whom a row names; enters him first where nobody knows him. `false`: he is in the team by now.
async fn invite(work: &mut Work<'_>, team: &Team, values: &MemberValues) -> Result<bool> {
    let ctx = work.ctx;
    let row = match known(ctx, &mut work.tx, values).await? {
        Some(row) => row,
        None => {
            let day = values.consented_on.unwrap_or_else(|| work.now.day());
            enter(work, &input(values), Time::at(day, 12, 0).min(work.now)).await?
        }
    };
    if storage::volunteers::team::membership(&mut work.tx, team.id, row.id).await?.is_some() {
        return Ok(false);
    }
    let member = new_member(work, team, &row, MemberState::Invited);
    storage::volunteers::team::insert_member(&mut work.tx, &member).await?;
    work.created_by(Command::MemberInvite, member.state, member.id, about(team, json!({ "team": team.code }))).await?;
    if let Some(account) = row.account_id {
        notice::to_account(work, account, "有服务队邀请您加入", &team.name, "/my#teams").await?;
    }
    Ok(true)
}

/// Gives a list up; nobody is invited. Returns the team's code.
#[boxed]
pub async fn discard(ctx: &Ctx, id: Uuid) -> Result<String> {
    let mut work = Work::begin(ctx, Command::ImportDiscardMembers).await?;
    let (open, team) = visible(ctx, &mut work.tx, id).await?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    drop(who);
    let step = work.leads(open.state)?;
    first(import::finish(&mut work.tx, id, step.to, work.now).await?, Object::Import)?;
    work.stepped(step, id, about(&team, json!({ "team": team.code }))).await?;
    work.commit(&team.code).await?;
    Ok(team.code)
}

/// The empty list that teams download.
pub fn template() -> Result<Vec<u8>> {
    ledger::member_template().map_err(|_| Error::Internal("list template"))
}
