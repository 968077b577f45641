//! Incidents 意外情况: whoever is on a shift tells the street at once; and what a volunteer sees of a household.

use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::places::load;
use crate::steps::shifts::whole;
use crate::steps::teams::{self, rights};
use crate::steps::{contact, pairings};
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::field::{Check, only};
use domain::form::volunteers::incident as form;
use domain::href::href;
use domain::incident::IncidentKind;
use domain::machine::{Command, Object};
use domain::permission::{Record, authorize};
use domain::signup::SignupState;
use domain::team::MemberState;
use serde_json::json;
use storage::volunteers::incident::{self, Incident};
use storage::volunteers::opening::{Opening, Shift};
use uuid::Uuid;

/// Where a shift takes place: for a household's the pairing's division, which the street knows.
async fn division(work: &mut Work<'_>, row: &Opening) -> Result<String> {
    Ok(match row.pairing_id {
        Some(id) => storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?.division_code,
        None => row.division_code.clone(),
    })
}

/// Whether the reader holds a place of the shift.
async fn is_there(tx: &mut storage::Tx, ctx: &Ctx, shift_id: Uuid) -> Result<bool> {
    let Some(account) = ctx.actor.account_id else { return Ok(false) };
    let Some(own) = storage::volunteers::volunteer::by_account(tx, account).await? else { return Ok(false) };
    let signed = storage::volunteers::signup::own(tx, shift_id, own.id).await?;
    Ok(signed.is_some_and(|s| s.state.holds_place()))
}

/// `Ok` where the reader may report something of a shift; else the shift is not there.
#[boxed]
pub async fn may_report(ctx: &Ctx, shift_id: Uuid) -> Result<()> {
    let mut tx = ctx.services.db.read().await?;
    let (_, _, team) = whole(&mut tx, shift_id).await?;
    let there = is_there(&mut tx, ctx, shift_id).await?;
    let who = Record { volunteer: ctx.actor.account_id.filter(|_| there), ..rights(&mut tx, &team).await? };
    Ok(authorize(&ctx.actor, Command::IncidentReport, &who)?)
}

/// 报告意外情况. It stands on the street's desk with the next page that is opened there.
#[boxed]
pub async fn report(ctx: &Ctx, shift_id: Uuid, kind: &str, words: &str) -> Result<()> {
    let mut check = Check::new();
    let kind: Option<IncidentKind> = check.choice(form::KIND, kind);
    let words = check.read(form::WORDS, words);
    check.done()?;
    let mut work = Work::begin(ctx, Command::IncidentReport).await?;
    let (shift, row, team) = whole(&mut work.tx, shift_id).await?;
    // Somebody who is signed up, or who looks after the team.
    let there = is_there(&mut work.tx, ctx, shift_id).await?;
    let who = Record { volunteer: ctx.actor.account_id.filter(|_| there), ..rights(&mut work.tx, &team).await? };
    work.authorize(&who)?;
    drop(who);
    let division = division(&mut work, &row).await?;
    let kind = kind.unwrap_or(IncidentKind::Other);
    let id = ctx.services.new_id();
    let i = Incident::new(id, (shift.id, team.id), division, kind, ctx.actor.account_id, work.now);
    incident::insert(&mut work.tx, ctx.services.db.sealer(), &i, &words).await?;
    let data = json!({ "opening": row.code, "shift": shift.id, "kind": kind });
    let about = About { organization: team.organization_id, data: Some(data), ..About::default() };
    work.created(i.state, id, about).await?;
    let page = href(Object::Incident, &id);
    notice::to_street(&mut work, &i.division_code, "志愿服务中出了意外情况", kind.label(), &page).await?;
    teams::tell(&mut work, &team, "班次上出了意外情况", kind.label(), &href(Object::Shift, &shift_id)).await?;
    work.commit("").await
}

/// An incident as its office reads it.
#[derive(Clone, Debug)]
pub struct IncidentView {
    pub incident: Incident,
    pub words: String,
    pub opening: Opening,
    pub shift: Shift,
    pub team: storage::volunteers::team::Team,
}

/// Reads an incident: offices whose scope covers it.
#[boxed]
pub async fn view(ctx: &Ctx, id: Uuid) -> Result<IncidentView> {
    let mut tx = ctx.services.db.read().await?;
    let i = incident::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::IncidentHandle, &Record { division: Some(&i.division_code), ..Record::default() })?;
    let (shift, opening, team) = whole(&mut tx, i.shift_id).await?;
    let words = incident::words(ctx.services.db.sealer(), &i)?;
    drop(tx);
    let about = crate::base::trail::About {
        object: id,
        division: i.division_code.clone(),
        ..crate::base::trail::About::default()
    };
    crate::base::trail::read(ctx, "意外情况", &opening.code, about).await?;
    Ok(IncidentView { incident: i, words, opening, shift, team })
}

/// 已处理, with what was done.
#[boxed]
pub async fn handle(ctx: &Ctx, id: Uuid, answer: &str) -> Result<()> {
    let answer = only(form::ANSWER, answer)?;
    let mut work = Work::begin(ctx, Command::IncidentHandle).await?;
    let i = incident::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let who = Record { division: Some(&i.division_code), ..Record::default() };
    work.authorize(&who)?;
    let step = work.leads(i.state)?;
    first(incident::handle(&mut work.tx, id, ctx.actor.account_id, &answer, work.now).await?, Object::Incident)?;
    let about = About { reason: Some(answer.clone()), ..About::default() };
    work.stepped(step, id, about).await?;
    if let Some(account) = i.reported_by {
        let title = "街道处理了您报告的情况";
        notice::to_account(&mut work, account, title, &answer, "/my").await?;
    }
    work.commit("").await
}

/// What a volunteer sees of a household, for one shift.
#[derive(Clone, Debug)]
pub struct Household {
    /// `张先生`: how to call whoever opens the door.
    pub called: String,
    pub address: String,
    /// What whoever visits must know.
    pub health_notes: String,
    pub opening: Opening,
    pub shift: Shift,
}

/// When a household's address opens and closes for those of a shift: from the day before until the end.
pub fn window(shift: &Shift) -> (Time, Time) {
    (Time::at(shift.starts_at.day() - chrono::Days::new(1), 0, 0), shift.ends_at)
}

/// 上门信息: only for whoever holds a place, only in the shift's time, only while the household's own consent and the
/// pairing are live; never a child's. No telephone, no ID number. Each opening goes on record for the street.
#[boxed]
pub async fn household(ctx: &Ctx, signup_id: Uuid) -> Result<Household> {
    let mut work = Work::begin(ctx, Command::PairingDisclose).await?;
    let it = load(&mut work, signup_id).await?;
    let Some(pairing_id) = it.opening.pairing_id else { return Err(Error::NotFound) };
    if it.volunteer.account_id != Some(ctx.account()?) {
        return Err(Error::NotFound);
    }
    let ready = matches!(it.signup.state, SignupState::Accepted | SignupState::Confirmed | SignupState::Attended);
    let (from, to) = window(&it.shift);
    if !ready || work.now < from || work.now > to {
        let words = format!("录用以后，从{}到班次结束可以看", from.words_near(work.now));
        return Err(Error::rule(words));
    }
    let (paired, need) = pairings::lock(&mut work, pairing_id).await?;
    let who = Record { volunteer: it.volunteer.account_id, ..pairings::record(&paired) };
    work.authorize(&who)?;
    drop(who);
    let member = storage::volunteers::team::membership(&mut work.tx, it.team.id, it.volunteer.id).await?;
    if member.is_none_or(|member| member.state != MemberState::Active) {
        return Err(Error::rule(contact::Closed::Left.words()));
    }
    if let Some(why) = contact::closed(&mut work.tx, ctx, &paired, &need).await? {
        return Err(Error::rule(why.words()));
    }
    let sealer = ctx.services.db.sealer();
    let file = storage::needs::need_file::load(&mut work.tx, sealer, need.id).await?.ok_or(Error::NotFound)?;
    let surname = file.name.trim().chars().next().map(String::from).unwrap_or_default();
    let title = match need.sex {
        Some(domain::need::Sex::Male) => "先生",
        Some(domain::need::Sex::Female) => "女士",
        None => "家",
    };
    let about = About {
        need: Some(&need),
        organization: Some(paired.organization_id),
        reason: Some("志愿服务上门".into()),
        data: Some(json!({ "pairing": paired.code, "shift": it.shift.id, "volunteer": it.volunteer.number })),
    };
    work.stepped(work.leads(paired.state)?, paired.id, about).await?;
    work.commit("").await?;
    Ok(Household {
        called: format!("{surname}{title}"),
        address: file.address,
        health_notes: file.health_notes,
        opening: it.opening,
        shift: it.shift,
    })
}
