//! Trainings 培训 of a team on its members' records (民政部令第67号 article 9): name, content, length, who held it, when.

use crate::base::draft::Fields;
use crate::base::fields::past_day;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::members::volunteers_of;
use crate::steps::teams::{load, rights};
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::field::{Check, only};
use domain::form::volunteers::training as form;
use domain::machine::{Command, Object};
use domain::record::{MAX_TRAINING, TrainingState};
use serde_json::json;
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

/// Reads the form: `name`, `content`, `hours`, `host`, `day`, `member`*.
pub fn read(fields: &Fields, today: NaiveDate) -> Result<Input> {
    let mut check = Check::new();
    let name = check.read(form::NAME, fields);
    let content = check.read(form::CONTENT, fields);
    let host = check.read(form::HOST, fields);
    let hours = domain::text::nfkc(form::HOURS.value(fields)).trim().trim_end_matches("小时").trim().parse::<f64>();
    let minutes = hours.ok().filter(|hours| hours.is_finite()).and_then(|hours| {
        let minutes = (hours * 60.0).round();
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the range is checked first")]
        (minutes >= 1.0 && minutes <= MAX_TRAINING as f64).then_some(minutes as i64)
    });
    if minutes.is_none() {
        check.wrong(form::HOURS, format!("学习时长：填小时数，例如1.5，最多{}小时", MAX_TRAINING / 60));
    }
    let day = past_day(&mut check, form::DAY, fields, today);
    let members: Vec<Uuid> = form::MEMBERS.values(fields).filter_map(|id| id.parse().ok()).collect();
    if members.is_empty() {
        check.missing(form::MEMBERS);
    }
    check.done()?;
    Ok(Input { name, content, minutes: minutes.unwrap_or_default(), host, day, members })
}

fn about(team: &Team, data: serde_json::Value, reason: Option<String>) -> About<'static> {
    About { organization: team.organization_id, reason, data: Some(data), ..About::default() }
}

/// 记录培训.
#[boxed]
pub async fn record(ctx: &Ctx, team_code: &str, input: &Input) -> Result<()> {
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::TrainingRecord).await?;
    let team = load(&mut work, team_code).await?;
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
    work.created(row.state, row.id, about(&team, data, None)).await?;
    work.commit(team_code).await
}

/// 作废 a training that should not be. Returns the team's code.
#[boxed]
pub async fn void(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = only(form::REASON, reason)?;
    let mut work = Work::begin(ctx, Command::TrainingVoid).await?;
    let row = training::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let team = storage::volunteers::team::by_id(&mut work.tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    drop(who);
    let step = work.leads(row.state)?;
    first(training::void(&mut work.tx, id, &reason).await?, Object::Training)?;
    let data = json!({ "team": team.code });
    work.stepped(step, id, about(&team, data, Some(reason))).await?;
    work.commit(&team.code).await?;
    Ok(team.code)
}
