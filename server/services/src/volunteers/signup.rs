//! Sign-ups 报名: places in order, waiting list, giving up.
//!
//! The volunteer is locked before the shift, so that one signs up at one place at a time; the shift is locked for
//! everything that moves its places, so that none is given twice and who waits moves up in order.

use crate::base::trail;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::openings::stands;
use crate::steps::places::{give_up as give_up_place, load};
use crate::steps::shifts::{lock, whole};
use crate::steps::signups::{about, place_or_wait, step, tell};
use crate::steps::teams::{self, names, rights};
use crate::steps::volunteers::{me, own_record};
use crate::{Ctx, Error, Result};
use domain::field::{only, only_some};
use domain::form::volunteers::shift as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::opening::{OpeningState, ShiftState};
use domain::permission::authorize;
use domain::signup::{ANSWER_PAST_DAYS, CHECK_OUT_AFTER, RECORD_WORKING_DAYS, SignupState};
use domain::team::MemberState;
use domain::volunteer::too_young;
use storage::volunteers::certificate::Certificate;
use storage::volunteers::opening::{Opening, Shift};
use storage::volunteers::signup;
pub use storage::volunteers::signup::{Listed, Signup};
use storage::volunteers::team::Team;
use storage::volunteers::volunteer::Volunteer;
use uuid::Uuid;

/// 报名. Returns the opening's code.
#[boxed]
pub async fn apply(ctx: &Ctx, shift_id: Uuid) -> Result<String> {
    let mut work = Work::begin(ctx, Command::SignupApply).await?;
    let own = me(&mut work).await?;
    work.authorize(&own_record(&own))?;
    storage::volunteers::volunteer::lock(&mut work.tx, own.id).await?;
    let (shift, row, team) = lock(&mut work, shift_id).await?;
    may_come(&mut work, &own, &shift, &row, &team).await?;
    let mut signup = Signup {
        id: ctx.services.new_id(),
        shift_id,
        team_id: team.id,
        volunteer_id: own.id,
        state: SignupState::Applied,
        starts_at: shift.starts_at,
        ends_at: shift.ends_at,
        applied_at: work.now,
        decided_at: None,
        reason: None,
        in_at: None,
        in_by: None,
        out_at: None,
        out_by: None,
        minutes: None,
        note: String::new(),
        entered_by: None,
        entered_at: None,
        confirmed_by: None,
        confirmed_at: None,
        due_at: Some(ctx.services.calendar().due(shift.ends_at, RECORD_WORKING_DAYS)),
        reminded_at: None,
    };
    match signup::insert(&mut work.tx, &signup).await {
        Err(error) if error.is_unique() => return Err(Error::rule("您已经报过名了")),
        other => other?,
    }
    work.created(signup.state, signup.id, about(&row, &signup, None)).await?;
    if row.approval {
        let href = href(Object::Shift, &shift_id);
        teams::tell(&mut work, &team, "有人报名，请答复", &row.title, &href).await?;
    } else {
        place_or_wait(&mut work, &row, &mut signup).await?;
    }
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// Everything that is asked before somebody may sign up.
async fn may_come(work: &mut Work<'_>, own: &Volunteer, shift: &Shift, row: &Opening, team: &Team) -> Result<()> {
    if row.state != OpeningState::Open || shift.state != ShiftState::Planned {
        let words = if shift.state == ShiftState::Planned { row.state.label() } else { shift.state.label() };
        return Err(Error::rule(format!("这个班次现在是“{words}”，不能报名")));
    }
    stands(&mut work.tx, team).await?;
    if shift.starts_at <= work.now {
        return Err(Error::rule("班次已经开始，不能再报名"));
    }
    let file = storage::volunteers::volunteer::file(work.ctx.services.db.unseen(), own)?;
    let age = file.birth.map_or(0, |birth| domain::volunteer::age_on(birth, shift.starts_at.day()));
    if let Some(words) = too_young(age, file.company, row.terms()) {
        return Err(Error::rule(words));
    }
    let skills = own.skills();
    let missing: Vec<&str> = row.skills().iter().filter(|s| !skills.contains(s)).map(|s| s.label()).collect();
    if !missing.is_empty() {
        let words = missing.join("、");
        return Err(Error::rule(format!("这个岗位要会{words}。您会的话，请先在“我的资料”里勾选")));
    }
    if row.dangerous && row.insured_until.is_none_or(|day| day < shift.ends_at.day()) {
        return Err(Error::rule("这个岗位的保险在班次之前到期，队伍续保以后才能报名"));
    }
    if row.pairing_id.is_some() {
        let member = storage::volunteers::team::membership(&mut work.tx, team.id, own.id).await?;
        if member.is_none_or(|m| m.state != MemberState::Active) {
            return Err(Error::rule(format!("到居民家里服务的岗位只招队员，请先申请加入{}", team.name)));
        }
    }
    if signup::own(&mut work.tx, shift.id, own.id).await?.is_some() {
        return Err(Error::rule("您已经报过名了"));
    }
    let same = signup::overlapping(&mut work.tx, own.id, shift.starts_at, shift.ends_at, Uuid::nil()).await?;
    if let Some(other) = same.first() {
        let words = other.starts_at.words_near(work.now);
        return Err(Error::rule(format!("和您{words}的班次时间重叠。先取消那一个，再报这一个")));
    }
    Ok(())
}

/// 确认参加.
#[boxed]
pub async fn confirm(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::SignupConfirm).await?;
    let mut it = load(&mut work, id).await?;
    let who = it.record(&mut work).await?;
    work.authorize(&who)?;
    drop(who);
    step(&mut work, &it.opening, &mut it.signup, None).await?;
    work.commit("").await
}

/// 取消报名; within the last day it is 临时取消, told as a fact. Whoever waits moves up.
#[boxed]
pub async fn give_up(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    let reason = only_some(form::GIVE_UP, reason)?;
    let mut work = Work::begin(ctx, Command::SignupWithdraw).await?;
    let mut it = load(&mut work, id).await?;
    let who = it.record(&mut work).await?;
    work.authorize(&who)?;
    drop(who);
    give_up_place(&mut work, &mut it, reason).await?;
    work.commit("").await
}

/// 录用 or 不录用. Returns the shift.
#[boxed]
pub async fn answer(ctx: &Ctx, id: Uuid, accept: bool, reason: &str) -> Result<Uuid> {
    let command = if accept { Command::SignupAccept } else { Command::SignupDecline };
    let reason = if accept { None } else { Some(only(form::DECLINE, reason)?) };
    let mut work = Work::begin(ctx, command).await?;
    let mut it = load(&mut work, id).await?;
    let who = it.record(&mut work).await?;
    work.authorize(&who)?;
    drop(who);
    let title = it.opening.title.clone();
    if accept {
        work.acts_on(it.signup.state)?;
        if it.shift.starts_at <= work.now {
            return Err(Error::rule("班次已经开始，不能再录用"));
        }
        place_or_wait(&mut work, &it.opening, &mut it.signup).await?;
        let accepted = it.signup.state == SignupState::Accepted;
        let words = if accepted { "报名已录用，请确认参加" } else { "名额满了，您在候补名单上" };
        tell(&mut work, &it.signup, words, &title, "/my").await?;
    } else {
        step(&mut work, &it.opening, &mut it.signup, reason.clone()).await?;
        let body = format!("{title}：{}", reason.unwrap_or_default());
        tell(&mut work, &it.signup, "报名没有录用", &body, "/openings").await?;
    }
    work.commit("").await?;
    Ok(it.shift.id)
}

/// A line of the roster for whoever looks after the team.
#[derive(Clone, Debug)]
pub struct Line {
    pub listed: Listed,
    pub name: String,
    pub phone: String,
    /// What looks odd about the hours entered.
    pub anomalies: Vec<domain::hours::Anomaly>,
    /// The reader may not confirm these hours: entered by him, or his own.
    pub barred: Option<domain::permission::Separation>,
}

/// The roster of a shift.
#[derive(Clone, Debug)]
pub struct Roster {
    pub shift: Shift,
    pub opening: Opening,
    pub team: Team,
    pub lines: Vec<Line>,
    pub corrections: Vec<storage::volunteers::hours::Asked>,
}

/// `Ok` where the reader looks after the shift's team; else the shift is not there, whatever the form says.
#[boxed]
pub async fn reach(ctx: &Ctx, shift_id: Uuid) -> Result<()> {
    let mut tx = ctx.services.db.read().await?;
    let (_, _, team) = whole(&mut tx, shift_id).await?;
    let who = rights(&mut tx, &team).await?;
    Ok(authorize(&ctx.actor, Command::SignupHours, &who)?)
}

/// Reads the roster of a shift, for whoever looks after the team.
#[boxed]
pub async fn roster(ctx: &Ctx, shift_id: Uuid) -> Result<Roster> {
    use domain::permission::Separation;
    let mut tx = ctx.services.db.read().await?;
    let (shift, opening, team) = whole(&mut tx, shift_id).await?;
    let who = rights(&mut tx, &team).await?;
    authorize(&ctx.actor, Command::SignupHours, &who)?;
    drop(who);
    let listed = signup::of_shift(&mut tx, shift_id).await?;
    let ids: Vec<Uuid> = listed.iter().map(|s| s.signup.volunteer_id).collect();
    let names = names(&mut tx, &ctx.services, &ids).await?;
    let signups: Vec<_> = listed.iter().map(|listed| &listed.signup).collect();
    let mut odd = crate::volunteers::hours::anomalies_of(&mut tx, &signups, &shift).await?;
    let mut lines = Vec::new();
    for listed in listed {
        let (name, phone) = names.get(&listed.signup.volunteer_id).cloned().unwrap_or_default();
        let anomalies = odd.remove(&listed.signup.id).unwrap_or_default();
        let barred = if listed.signup.entered_by == ctx.actor.account_id {
            Some(Separation::Recorder)
        } else {
            (listed.account_id == ctx.actor.account_id).then_some(Separation::Beneficiary)
        };
        lines.push(Line { listed, name, phone, anomalies, barred });
    }
    let corrections = storage::volunteers::hours::of_shift(&mut tx, shift_id).await?;
    drop(tx);
    let about = trail::About { object: shift_id, organization: team.organization_id, ..trail::About::default() };
    trail::read(ctx, "班次名单", &opening.code, about).await?;
    Ok(Roster { shift, opening, team, lines, corrections })
}

/// What the page of the reader shows.
#[derive(Clone, Debug)]
pub struct Mine {
    pub volunteer: Volunteer,
    /// What is to come or going on, the next first.
    pub ahead: Vec<Listed>,
    pub teams: Vec<storage::volunteers::team::Listing>,
    /// Records that are valid, and their minutes.
    pub total: (i64, i64),
    pub past: Vec<Listed>,
    pub past_count: i64,
    pub certificates: Vec<Certificate>,
    /// Teams of which a certificate can be had: (code, name).
    pub certified: Vec<(String, String)>,
    pub corrections: Vec<storage::volunteers::hours::Asked>,
}

/// The reader's own page.
#[boxed]
pub async fn mine(ctx: &Ctx, offset: i64, limit: i64) -> Result<Mine> {
    let account = ctx.account()?;
    let now = ctx.now();
    let mut tx = ctx.services.db.read().await?;
    let volunteer = storage::volunteers::volunteer::by_account(&mut tx, account).await?.ok_or(Error::NotFound)?;
    // Checking out goes on for a while after the end.
    let edge = now.plus_minutes(-CHECK_OUT_AFTER);
    let ahead = signup::ahead_of(&mut tx, volunteer.id, edge, 50).await?;
    let certificates = storage::volunteers::certificate::of_volunteer(&mut tx, volunteer.id).await?;
    let certified = storage::volunteers::certificate::teams_with_records(&mut tx, volunteer.id).await?;
    let past = signup::past_of(&mut tx, volunteer.id, edge, offset, limit).await?;
    Ok(Mine {
        certificates,
        certified,
        ahead,
        teams: storage::volunteers::team::of_volunteer(&mut tx, volunteer.id).await?,
        total: storage::volunteers::hours::total(&mut tx, volunteer.id).await?,
        past,
        past_count: signup::count_past(&mut tx, volunteer.id, edge).await?,
        corrections: storage::volunteers::hours::of_volunteer_asked(&mut tx, volunteer.id).await?,
        volunteer,
    })
}

/// The shift is long past and nobody has said anything: the sign-up ends by itself and counts for nothing.
pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::SignupLapse).await?;
    let mut it = load(&mut work, id).await?;
    let over = match it.signup.state {
        SignupState::Applied | SignupState::Waitlisted => it.signup.ends_at.plus_days(ANSWER_PAST_DAYS) < work.now,
        SignupState::Accepted | SignupState::Confirmed => it.signup.due_at.is_some_and(|due| due < work.now),
        _ => false,
    };
    if !over {
        return Ok(());
    }
    work.authorize(&domain::permission::Record::default())?;
    let unanswered = !it.signup.state.holds_place();
    let reason = if unanswered {
        "班次已经过去，报名没有答复"
    } else {
        "班次已经过去，没有到岗的记录"
    };
    step(&mut work, &it.opening, &mut it.signup, Some(reason.to_owned())).await?;
    let body = format!("{}：{reason}。不算没有到岗；如果您去了，请队长补记", it.opening.title);
    tell(&mut work, &it.signup, "报名已自动结束", &body, &href(Object::Opening, &it.opening.code)).await?;
    work.commit("").await
}
