//! Hours 服务时间: entered by one account, confirmed by another, on record within ten working days, corrected by
//! records that supersede (民政部令第67号 articles 8, 11, 13, 16).

use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::places::load;
use crate::steps::signups::{Opened, step, step_by};
use crate::steps::teams::{self, rights};
use crate::steps::volunteers::{me, own_record};
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::field::{Check, only};
use domain::form::FieldAt;
use domain::form::volunteers::hours as form;
use domain::hours::{Anomaly, BULK_MINUTES, CORRECTION_WORKING_DAYS, CorrectionState, Facts, RecordState, anomalies};
use domain::href::{href, href_at};
use domain::machine::{self, Command, Object};
use domain::opening::MAX_MINUTES;
use domain::permission::{Record, Separation};
use serde_json::json;
use std::collections::HashMap;
use storage::Tx;
pub use storage::volunteers::hours::Asked;
use storage::volunteers::hours::{self, Correction};
use storage::volunteers::opening::Shift;
use storage::volunteers::signup::{self, Signup};
use storage::volunteers::team::Team;
use uuid::Uuid;

/// What is odd about the hours of each sign-up of a shift that has some.
pub(crate) async fn anomalies_of(
    tx: &mut Tx,
    signups: &[&Signup],
    shift: &Shift,
) -> Result<HashMap<Uuid, Vec<Anomaly>>> {
    if !signups.iter().any(|s| s.minutes.is_some()) {
        return Ok(HashMap::new());
    }
    let day = Time::at(shift.starts_at.day(), 0, 0);
    let beside = signup::beside(tx, shift.id, (day, day.plus_days(1)), BULK_MINUTES * 60_000_000).await?;
    let odd = |s: &&Signup| {
        let (minutes, entered_at) = (s.minutes?, s.entered_at?);
        let beside = beside.iter().find(|beside| beside.signup_id == s.id)?;
        let facts = Facts {
            minutes,
            starts_at: s.starts_at,
            ends_at: s.ends_at,
            in_at: s.in_at,
            out_at: s.out_at,
            overlapping: beside.overlapping > 0,
            others_that_day: beside.others_that_day,
            entered_at,
            due_at: s.due_at,
            entered_together: beside.entered_together,
            present: beside.present,
            places: shift.places,
            sent_later: !s.note.is_empty(),
        };
        Some((s.id, anomalies(&facts)))
    };
    Ok(signups.iter().filter_map(odd).collect())
}

/// Minutes typed as hours (`2.5`) or left as proposed.
pub fn read_minutes(check: &mut Check, field: impl Into<FieldAt>, text: &str) -> Option<i64> {
    let field = field.into();
    let text = domain::text::nfkc(text).trim().trim_end_matches("小时").trim().to_owned();
    let minutes = text.parse::<f64>().ok().filter(|hours| hours.is_finite()).and_then(|hours| {
        let minutes = (hours * 60.0).round();
        // At most sixteen hours: far from the edge of any integer.
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the range is checked first")]
        (minutes >= 1.0 && minutes <= MAX_MINUTES as f64).then_some(minutes as i64)
    });
    if minutes.is_none() {
        check.wrong(&field, format!("{}：填小时数，例如2.5，最多{}小时", field.full_label(), MAX_MINUTES / 60));
    }
    minutes
}

/// What the list proposes: from coming to going, within the shift.
pub fn proposed(s: &Signup) -> i64 {
    let from = s.in_at.map_or(s.starts_at, |at| at.max(s.starts_at));
    let to = s.out_at.map_or(s.ends_at, |at| at.min(s.ends_at));
    from.minutes_until(to).max(0)
}

/// 填报时长 of several who came: all or none.
#[boxed]
pub async fn enter(ctx: &Ctx, shift_id: Uuid, entries: &[(Uuid, i64)]) -> Result<usize> {
    if entries.is_empty() {
        return Err(Error::rule("先在名单里登记到岗，再填时长"));
    }
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::SignupHours).await?;
    for (id, minutes) in entries {
        let mut it = load(&mut work, *id).await?;
        if it.shift.id != shift_id {
            return Err(Error::NotFound);
        }
        let who = it.record(&mut work).await?;
        work.authorize(&who)?;
        drop(who);
        if work.now < it.shift.ends_at {
            return Err(Error::rule("班次还没有结束，结束以后再填时长"));
        }
        it.signup.minutes = Some(*minutes);
        it.signup.entered_by = Some(account);
        it.signup.entered_at = Some(work.now);
        it.signup.confirmed_by = None;
        step(&mut work, &it.opening, &mut it.signup, None).await?;
    }
    work.commit("").await?;
    Ok(entries.len())
}

/// Whoever decides about hours: not who entered them, not who gave them.
async fn may_decide(work: &mut Work<'_>, it: &Opened) -> Result<()> {
    let mut who = rights(&mut work.tx, &it.team).await?;
    who.others = vec![(it.signup.entered_by, Separation::Recorder), (it.volunteer.account_id, Separation::Beneficiary)];
    work.authorize(&who)
}

/// 确认时长 of several: all or none. They are on record with it.
#[boxed]
pub async fn confirm(ctx: &Ctx, ids: &[Uuid]) -> Result<usize> {
    if ids.is_empty() {
        return Err(Error::rule("先选要确认的时长"));
    }
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::SignupConfirmHours).await?;
    for id in ids {
        let mut it = load(&mut work, *id).await?;
        may_decide(&mut work, &it).await?;
        let (Some(minutes), Some(entered_by)) = (it.signup.minutes, it.signup.entered_by) else {
            work.acts_on(it.signup.state)?;
            return Err(Error::Internal("entered hours have no account"));
        };
        it.signup.confirmed_by = Some(account);
        it.signup.confirmed_at = Some(work.now);
        step(&mut work, &it.opening, &mut it.signup, None).await?;
        insert_record(&mut work, &it, minutes, (entered_by, account), None).await?;
        step_by(&mut work, &it.opening, &mut it.signup, Command::SignupRecord, None).await?;
        let body = format!("{}：{}", it.opening.title, domain::hours::words(minutes));
        tell(&mut work, &it, "服务时间已记录", &body).await?;
    }
    work.commit("").await?;
    Ok(ids.len())
}

async fn tell(work: &mut Work<'_>, it: &Opened, title: &str, body: &str) -> Result<()> {
    match it.volunteer.account_id {
        Some(account) => notice::to_account(work, account, title, body, "/my#hours").await,
        None => Ok(()),
    }
}

/// Who answers for the record: the organization, or the team itself.
async fn unit(work: &mut Work<'_>, team: &Team) -> Result<String> {
    Ok(match team.organization_id {
        Some(id) => storage::supply::organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?.name,
        None => team.name.clone(),
    })
}

async fn insert_record(
    work: &mut Work<'_>,
    it: &Opened,
    minutes: i64,
    (entered_by, confirmed_by): (Uuid, Uuid),
    supersedes: Option<(Uuid, String)>,
) -> Result<()> {
    let leader = storage::volunteers::team::leaders(&mut work.tx, it.team.id).await?.first().copied();
    let (supersedes, reason) = supersedes.unzip();
    let row = hours::Record {
        id: work.ctx.services.new_id(),
        signup_id: it.signup.id,
        volunteer_id: it.signup.volunteer_id,
        team_id: it.team.id,
        organization_id: it.team.organization_id,
        state: RecordState::Valid,
        title: it.opening.title.clone(),
        content: it.opening.content.clone(),
        place: it.opening.place.clone(),
        unit: unit(work, &it.team).await?,
        day: it.signup.starts_at.day(),
        minutes,
        lead_id: leader.or(Some(entered_by)),
        entered_by,
        confirmed_by,
        recorded_at: work.now,
        supersedes,
        reason,
    };
    Ok(hours::insert(&mut work.tx, &row).await?)
}

/// 退回时长, with a reason. Returns the shift.
#[boxed]
pub async fn reject(ctx: &Ctx, id: Uuid, reason: &str) -> Result<Uuid> {
    let reason = only(form::REJECT, reason)?;
    let mut work = Work::begin(ctx, Command::SignupRejectHours).await?;
    let mut it = load(&mut work, id).await?;
    may_decide(&mut work, &it).await?;
    step(&mut work, &it.opening, &mut it.signup, Some(reason)).await?;
    let href = href(Object::Shift, &it.shift.id);
    teams::tell(&mut work, &it.team, "时长被退回，请重新填报", &it.opening.title, &href).await?;
    work.commit("").await?;
    Ok(it.shift.id)
}

/// 作废 a record that should not be, by another than who entered it. Returns the shift.
#[boxed]
pub async fn void(ctx: &Ctx, id: Uuid, reason: &str) -> Result<Uuid> {
    let reason = only(form::VOID, reason)?;
    let mut work = Work::begin(ctx, Command::SignupVoid).await?;
    let mut it = load(&mut work, id).await?;
    may_decide(&mut work, &it).await?;
    step(&mut work, &it.opening, &mut it.signup, Some(reason.clone())).await?;
    let record = hours::of_signup(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    first(hours::end(&mut work.tx, record.id, RecordState::Void, &reason).await?, Object::Signup)?;
    tell(&mut work, &it, "一条服务记录作废了", &format!("{}：{reason}", it.opening.title)).await?;
    work.commit("").await?;
    Ok(it.shift.id)
}

/// 要求更正: the volunteer says how long it was.
#[boxed]
pub async fn ask(ctx: &Ctx, signup_id: Uuid, wanted: &str, words: &str) -> Result<()> {
    let mut check = Check::new();
    let wanted = read_minutes(&mut check, form::WANTED, wanted);
    let words = check.read(form::WORDS, words);
    check.done()?;
    let mut work = Work::begin(ctx, Command::CorrectionAsk).await?;
    let own = me(&mut work).await?;
    let it = load(&mut work, signup_id).await?;
    if it.signup.volunteer_id != own.id {
        return Err(Error::NotFound);
    }
    work.authorize(&own_record(&own))?;
    // What can be corrected is on record.
    machine::step(it.signup.state, Command::SignupCorrect)?;
    let row = Correction {
        id: ctx.services.new_id(),
        signup_id,
        volunteer_id: own.id,
        team_id: it.team.id,
        state: CorrectionState::Asked,
        wanted: wanted.unwrap_or_default(),
        words,
        asked_at: work.now,
        due_at: ctx.services.calendar().due(work.now, CORRECTION_WORKING_DAYS),
        reminded_at: None,
        minutes: None,
        proposed_by: None,
        proposed_at: None,
        decided_by: None,
        decided_at: None,
        answer: None,
    };
    match hours::ask(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("这条记录的更正正在办，请等答复")),
        other => other?,
    }
    work.created(row.state, row.id, about(&it, None)).await?;
    let href = href_at(Object::Shift, &it.shift.id, "#corrections");
    teams::tell(&mut work, &it.team, "有人要求更正时长", &it.opening.title, &href).await?;
    work.commit("").await
}

fn about(it: &Opened, reason: Option<String>) -> About<'static> {
    let data = json!({ "opening": it.opening.code, "shift": it.shift.id });
    About { organization: it.team.organization_id, reason, data: Some(data), ..About::default() }
}

/// A correction with its sign-up, whose shift is locked, for a command that the actor may give.
async fn open_correction(work: &mut Work<'_>, id: Uuid) -> Result<(Correction, Opened)> {
    let found = hours::correction(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let it = load(work, found.signup_id).await?;
    let row = hours::correction(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let confirms = work.command() == Command::CorrectionConfirm;
    let others = vec![
        (row.proposed_by.filter(|_| confirms), Separation::Recorder),
        (it.volunteer.account_id, Separation::Beneficiary),
    ];
    let who = Record { others, ..rights(&mut work.tx, &it.team).await? };
    work.authorize(&who)?;
    drop(who);
    Ok((row, it))
}

async fn save(work: &mut Work<'_>, it: &Opened, row: &mut Correction, reason: Option<String>) -> Result<()> {
    let step = work.step(&mut row.state)?;
    work.save(row, step, about(it, reason)).await
}

/// 提出更正: the right time, to be confirmed by another. Returns the shift.
#[boxed]
pub async fn propose(ctx: &Ctx, id: Uuid, minutes: &str) -> Result<Uuid> {
    let mut check = Check::new();
    let minutes = read_minutes(&mut check, form::MINUTES, minutes);
    check.done()?;
    let mut work = Work::begin(ctx, Command::CorrectionPropose).await?;
    let (mut row, it) = open_correction(&mut work, id).await?;
    row.minutes = minutes;
    row.proposed_by = ctx.actor.account_id;
    row.proposed_at = Some(work.now);
    save(&mut work, &it, &mut row, None).await?;
    work.commit("").await?;
    Ok(it.shift.id)
}

/// 确认更正 (a new record supersedes the old one) or 退回 to who proposed it. Returns the shift.
#[boxed]
pub async fn decide(ctx: &Ctx, id: Uuid, confirm: bool, reason: &str) -> Result<Uuid> {
    let command = if confirm { Command::CorrectionConfirm } else { Command::CorrectionReturn };
    let reason = if confirm { None } else { Some(only(form::REJECT, reason)?) };
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, command).await?;
    let (mut row, mut it) = open_correction(&mut work, id).await?;
    work.acts_on(row.state)?;
    if confirm {
        let (Some(minutes), Some(by)) = (row.minutes, row.proposed_by) else {
            return Err(Error::Internal("a proposed correction has no time"));
        };
        let old = hours::of_signup(&mut work.tx, it.signup.id).await?.ok_or(Error::NotFound)?;
        first(hours::end(&mut work.tx, old.id, RecordState::Superseded, "已更正").await?, Object::Signup)?;
        insert_record(&mut work, &it, minutes, (by, account), Some((old.id, row.words.clone()))).await?;
        it.signup.minutes = Some(minutes);
        it.signup.entered_by = Some(by);
        it.signup.entered_at = row.proposed_at;
        it.signup.confirmed_by = Some(account);
        it.signup.confirmed_at = Some(work.now);
        step_by(&mut work, &it.opening, &mut it.signup, Command::SignupCorrect, None).await?;
        row.decided_by = Some(account);
        row.decided_at = Some(work.now);
        let body = format!("{}：现在是{}", it.opening.title, domain::hours::words(minutes));
        tell(&mut work, &it, "时长已更正", &body).await?;
    } else {
        (row.minutes, row.proposed_by, row.proposed_at) = (None, None, None);
    }
    save(&mut work, &it, &mut row, reason).await?;
    work.commit("").await?;
    Ok(it.shift.id)
}

/// 不予更正, with an answer that the volunteer reads. Returns the shift.
#[boxed]
pub async fn refuse(ctx: &Ctx, id: Uuid, answer: &str) -> Result<Uuid> {
    let answer = only(form::REFUSE, answer)?;
    let mut work = Work::begin(ctx, Command::CorrectionRefuse).await?;
    let (mut row, it) = open_correction(&mut work, id).await?;
    row.answer = Some(answer.clone());
    row.decided_by = ctx.actor.account_id;
    row.decided_at = Some(work.now);
    save(&mut work, &it, &mut row, Some(answer.clone())).await?;
    tell(&mut work, &it, "时长没有更正", &format!("{}：{answer}", it.opening.title)).await?;
    work.commit("").await?;
    Ok(it.shift.id)
}

/// Hours that are not on record though the time has run out: told once, upwards.
pub(crate) async fn remind(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::SignupRemind).await?;
    let mut it = load(&mut work, id).await?;
    if it.signup.reminded_at.is_some() || it.signup.due_at.is_none_or(|due| due >= work.now) {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    it.signup.reminded_at = Some(work.now);
    step(&mut work, &it.opening, &mut it.signup, None).await?;
    upwards(&mut work, &it, "服务时间超过10个工作日没有记录").await?;
    work.commit("").await
}

/// A correction that nobody has answered in time: told once, upwards.
pub(crate) async fn remind_correction(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::CorrectionRemind).await?;
    let found = hours::correction(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let it = load(&mut work, found.signup_id).await?;
    let mut row = hours::correction(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    if row.reminded_at.is_some() || row.due_at >= work.now {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    row.reminded_at = Some(work.now);
    save(&mut work, &it, &mut row, None).await?;
    upwards(&mut work, &it, "有人要求更正时长，到期没有答复").await?;
    work.commit("").await
}

/// To the organization's people, or to the office that supervises.
async fn upwards(work: &mut Work<'_>, it: &Opened, title: &str) -> Result<()> {
    let href = href(Object::Shift, &it.shift.id);
    match it.team.organization_id {
        Some(id) => notice::to_organization(work, id, title, &it.opening.title, &href).await,
        None => notice::to_office(work, &it.team.division_code, title, &it.opening.title, &href).await,
    }
}
