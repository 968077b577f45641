//! Trainings 培训 of a team on its members' records (民政部令第67号 article 9): name, content, length, who held it, when.

use crate::base::draft::Fields;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::needs::need_form::value;
use crate::volunteers::team::{reason_of, rights};
use crate::volunteers::volunteer::all;
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::code::is_code;
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::permission::authorize;
use domain::record::{MAX_TRAINING, TrainingState};
use domain::team::MemberState;
use serde_json::json;
use storage::Tx;
use storage::volunteers::team::Team;
pub use storage::volunteers::training::Listed;
use storage::volunteers::training::{self, Training};
use uuid::Uuid;

/// A checked training.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub content: String,
    pub minutes: i64,
    pub host: String,
    pub day: NaiveDate,
    /// Members who took part.
    pub members: Vec<Uuid>,
}

/// A day that is not after today.
pub(crate) fn past_day(check: &mut Check, field: &str, label: &str, text: &str, today: NaiveDate) -> NaiveDate {
    let day = check.day(field, label, text);
    if day.is_some_and(|day| day > today) {
        check.add(field, format!("{label}：在今天之后，请核对"));
    }
    day.unwrap_or(today)
}

/// Reads the form: `name`, `content`, `hours`, `host`, `day`, `member`*.
pub fn read(fields: &Fields, today: NaiveDate) -> Result<Input> {
    let mut check = Check::new();
    let name = check.line("name", "培训名称", value(fields, "name"), 60);
    let content = check.text("content", "主要内容", value(fields, "content"), 400);
    let host = check.line("host", "举办单位", value(fields, "host"), 60);
    for (field, label, text) in
        [("name", "培训名称", &name), ("content", "主要内容", &content), ("host", "举办单位", &host)]
    {
        check.extend(crate::base::gate::mistakes(field, label, text, &crate::base::gate::about_organization()));
    }
    let hours = domain::text::nfkc(value(fields, "hours")).trim().trim_end_matches("小时").trim().parse::<f64>();
    let minutes = hours.ok().filter(|hours| hours.is_finite()).and_then(|hours| {
        let minutes = (hours * 60.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the range is checked first")]
        (minutes >= 1.0 && minutes <= MAX_TRAINING as f64).then_some(minutes as i64)
    });
    if minutes.is_none() {
        check.add("hours", format!("学习时长：填小时数，例如1.5，最多{}小时", MAX_TRAINING / 60));
    }
    let day = past_day(&mut check, "day", "日期", value(fields, "day"), today);
    let members: Vec<Uuid> = all(fields, "member").filter_map(|id| id.parse().ok()).collect();
    if members.is_empty() {
        check.add("member", "选参加的队员");
    }
    check.done()?;
    Ok(Input { name, content, minutes: minutes.unwrap_or_default(), host, day, members })
}

/// A team by its code where the reader may give a command about it.
pub(crate) async fn team_for(ctx: &Ctx, tx: &mut Tx, code: &str, command: Command) -> Result<Team> {
    let found = if is_code(code) { storage::volunteers::team::by_code(tx, code).await? } else { None };
    let team = found.ok_or(Error::NotFound)?;
    let who = rights(tx, &team).await?;
    authorize(&ctx.actor, command, &who)?;
    drop(who);
    Ok(team)
}

/// Volunteers behind memberships of a team; all of them are members.
pub(crate) async fn volunteers_of(tx: &mut Tx, team: &Team, members: &[Uuid]) -> Result<Vec<Uuid>> {
    let mut found = Vec::new();
    for id in members {
        let member = storage::volunteers::team::member(tx, *id).await?;
        let member = member.filter(|m| m.team_id == team.id && m.state == MemberState::Active);
        let Some(member) = member else { return Err(Error::field("member", "名单变了，请重新选择队员")) };
        if !found.contains(&member.volunteer_id) {
            found.push(member.volunteer_id);
        }
    }
    Ok(found)
}

fn about(team: &Team, data: serde_json::Value, reason: Option<String>) -> About<'static> {
    About { organization: team.organization_id, reason, data: Some(data), ..About::default() }
}

/// 记录培训.
#[boxed]
pub async fn record(ctx: &Ctx, team_code: &str, input: &Input) -> Result<()> {
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::TrainingRecord).await?;
    let team = team_for(ctx, &mut work.tx, team_code, Command::TrainingRecord).await?;
    let volunteers = volunteers_of(&mut work.tx, &team, &input.members).await?;
    let row = Training {
        id: ctx.services.new_id(),
        team_id: team.id,
        organization_id: team.organization_id,
        state: TrainingState::Recorded,
        name: input.name.clone(),
        content: input.content.clone(),
        minutes: input.minutes,
        host: input.host.clone(),
        day: input.day,
        entered_by: account,
        entered_at: work.now,
        reason: None,
    };
    training::insert(&mut work.tx, &row, &volunteers).await?;
    let data = json!({ "team": team.code, "present": volunteers.len() });
    work.created(Command::TrainingRecord, row.state, row.id, about(&team, data, None)).await?;
    work.commit(team_code).await
}

/// 作废 a training that should not be. Returns the team's code.
#[boxed]
pub async fn void(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = reason_of(reason)?;
    let mut work = Work::begin(ctx, Command::TrainingVoid).await?;
    let row = training::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let team = storage::volunteers::team::by_id(&mut work.tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(Command::TrainingVoid, &who)?;
    drop(who);
    let to = machine::step(row.state, Command::TrainingVoid)?;
    first(training::void(&mut work.tx, id, &reason).await?, Object::Training)?;
    let data = json!({ "team": team.code });
    work.stepped(Command::TrainingVoid, row.state, to, id, about(&team, data, Some(reason))).await?;
    work.commit(&team.code).await?;
    Ok(team.code)
}
