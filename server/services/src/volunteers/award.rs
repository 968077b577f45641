//! Awards 表彰奖励 on members' records (民政部令第67号 article 9): name, day, the unit that gave it.

use crate::base::draft::Fields;
use crate::base::fields::past_day;
use crate::base::offers::Offers;
use crate::base::work::{About, Work, first};
use crate::base::{notice, trail};
use crate::boxed;
use crate::steps::members::volunteers_of;
use crate::steps::teams::{by_code, load, names, rights};
use crate::volunteers::team::{self, MemberView};
use crate::volunteers::training;
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::field::{Check, only};
use domain::form::volunteers::award as form;
use domain::machine::{Command, Object};
use domain::record::AwardState;
use serde_json::json;
use storage::volunteers::award;
pub use storage::volunteers::award::Award;
use storage::volunteers::team::Team;
use uuid::Uuid;

/// A checked award.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub granted_by: String,
    pub day: NaiveDate,
    /// The membership of whoever was given it.
    pub member: Uuid,
}

/// Reads the form: `name`, `granted_by`, `day`, `member`.
pub fn read(fields: &Fields, today: NaiveDate) -> Result<Input> {
    let mut check = Check::new();
    let name = check.read(form::NAME, fields);
    let granted_by = check.read(form::GRANTED_BY, fields);
    let day = past_day(&mut check, form::DAY, fields, today);
    let member = check.choice(form::MEMBER, fields);
    check.done()?;
    Ok(Input { name, granted_by, day, member: member.unwrap_or_default() })
}

/// 记录表彰; the member hears of it.
#[boxed]
pub async fn record(ctx: &Ctx, team_code: &str, input: &Input) -> Result<()> {
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::AwardRecord).await?;
    let team = load(&mut work, team_code).await?;
    let volunteer = volunteers_of(&mut work.tx, &team, &[input.member]).await?.pop().ok_or(Error::NotFound)?;
    let row = Award {
        id: ctx.services.new_id(),
        team_id: team.id,
        organization_id: team.organization_id,
        volunteer_id: volunteer,
        state: AwardState::Recorded,
        name: input.name.clone(),
        day: input.day,
        granted_by: input.granted_by.clone(),
        entered_by: account,
        entered_at: work.now,
        reason: None,
    };
    award::insert(&mut work.tx, &row).await?;
    let about =
        About { organization: team.organization_id, data: Some(json!({ "team": team.code })), ..About::default() };
    work.created(row.state, row.id, about).await?;
    if let Some(account) =
        storage::volunteers::volunteer::by_id(&mut work.tx, volunteer).await?.and_then(|v| v.account_id)
    {
        notice::to_account(&mut work, account, "一项表彰记到了您名下", &row.name, "/my/records#awards").await?;
    }
    work.commit(team_code).await
}

/// 作废 an award that should not be. Returns the team's code.
#[boxed]
pub async fn void(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = only(form::REASON, reason)?;
    let mut work = Work::begin(ctx, Command::AwardVoid).await?;
    let row = award::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let team = storage::volunteers::team::by_id(&mut work.tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    drop(who);
    let step = work.leads(row.state)?;
    first(award::void(&mut work.tx, id, &reason).await?, Object::Award)?;
    let about = About {
        organization: team.organization_id,
        reason: Some(reason),
        data: Some(json!({ "team": team.code })),
        ..About::default()
    };
    work.stepped(step, id, about).await?;
    work.commit(&team.code).await?;
    Ok(team.code)
}

/// What a team keeps about its members.
#[derive(Clone, Debug)]
pub struct Books {
    pub team: Team,
    /// The latest first.
    pub trainings: Vec<training::Listed>,
    /// The latest first, each with the name of whoever was given it.
    pub awards: Vec<(Award, String)>,
    pub members: Vec<MemberView>,
    pub offers: Offers,
}

/// Trainings, awards and members of a team, for whoever looks after it.
#[boxed]
pub async fn books(ctx: &Ctx, code: &str) -> Result<Books> {
    let mut tx = ctx.services.db.read().await?;
    let team = by_code(&mut tx, code).await?;
    let who = rights(&mut tx, &team).await?;
    let offers = Offers::default().with(&ctx.actor, &[Command::TrainingRecord, Command::AwardRecord], &who);
    drop(who);
    offers.must(Command::TrainingRecord)?;
    let trainings = storage::volunteers::training::of_team(&mut tx, team.id, 200).await?;
    let rows = award::of_team(&mut tx, team.id, 200).await?;
    let members = team::roll(ctx, &mut tx, team.id).await?;
    // Most were given to somebody who is still there.
    let known = |id: Uuid| members.iter().find(|m| m.listing.member.volunteer_id == id).map(|m| m.name.clone());
    let gone: Vec<Uuid> = rows.iter().map(|row| row.volunteer_id).filter(|id| known(*id).is_none()).collect();
    let others = names(&mut tx, &ctx.services, &gone).await?;
    drop(tx);
    let name = |id: Uuid| known(id).or_else(|| Some(others.get(&id)?.0.clone())).unwrap_or_default();
    let awards = rows.into_iter().map(|row| (row.clone(), name(row.volunteer_id))).collect();
    let about = trail::About { object: team.id, organization: team.organization_id, ..trail::About::default() };
    trail::read(ctx, "服务队名单", code, about).await?;
    Ok(Books { team, trainings, awards, members, offers })
}
