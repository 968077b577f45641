//! Steps of sign-ups that several commands share: a place given or freed, everybody told of a shift called off.

use crate::Result;
use crate::base::notice;
use crate::base::work::{About, Work};
use crate::steps::teams::rights;
use domain::calendar::Time;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::permission::Record;
use serde_json::json;
use storage::volunteers::opening::{Opening, Shift};
use storage::volunteers::signup::{self, Signup};
use storage::volunteers::team::Team;
use storage::volunteers::volunteer::Volunteer;

pub(crate) fn about(row: &Opening, signup: &Signup, reason: Option<String>) -> About<'static> {
    let data = json!({ "opening": row.code, "shift": signup.shift_id, "minutes": signup.minutes });
    About { organization: row.organization_id, reason, data: Some(data), ..About::default() }
}

/// The step that the command takes; the place that it frees goes back. The shift is locked.
pub(crate) async fn step(
    work: &mut Work<'_>,
    row: &Opening,
    signup: &mut Signup,
    reason: Option<String>,
) -> Result<()> {
    let own = work.command();
    step_by(work, row, signup, own, reason).await
}

/// As [`step`], by a command that follows.
pub(crate) async fn step_by(
    work: &mut Work<'_>,
    row: &Opening,
    signup: &mut Signup,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let step = work.step_by(command, &mut signup.state)?;
    if reason.is_some() {
        signup.reason.clone_from(&reason);
    }
    signup.decided_at = Some(work.now);
    work.save(signup, step, about(row, signup, reason)).await?;
    if step.from.holds_place() && !signup.state.holds_place() {
        storage::volunteers::opening::give(&mut work.tx, signup.shift_id).await?;
    }
    Ok(())
}

pub(crate) async fn tell(work: &mut Work<'_>, signup: &Signup, title: &str, body: &str, href: &str) -> Result<()> {
    let volunteer = storage::volunteers::volunteer::by_id(&mut work.tx, signup.volunteer_id).await?;
    match volunteer.and_then(|v| v.account_id) {
        Some(account) => notice::to_account(work, account, title, body, href).await,
        None => Ok(()),
    }
}

pub(crate) fn when(shift: &Shift, now: Time) -> String {
    shift.starts_at.words_near(now)
}

/// A place while there is one, else the end of the waiting list.
pub(crate) async fn place_or_wait(work: &mut Work<'_>, row: &Opening, signup: &mut Signup) -> Result<()> {
    let command = if storage::volunteers::opening::take(&mut work.tx, signup.shift_id).await? {
        Command::SignupAccept
    } else {
        Command::SignupWaitlist
    };
    step_by(work, row, signup, command, None).await
}

/// A sign-up with its shift locked, and whom it concerns.
pub(crate) struct Opened {
    pub signup: Signup,
    pub shift: Shift,
    pub opening: Opening,
    pub team: Team,
    pub volunteer: Volunteer,
}

impl Opened {
    /// For decisions: the volunteer's own, and those who look after the team.
    pub async fn record(&self, work: &mut Work<'_>) -> Result<Record<'_>> {
        Ok(Record { volunteer: self.volunteer.account_id, ..rights(&mut work.tx, &self.team).await? })
    }
}

/// Everybody of a shift that does not take place. The shift is locked.
pub(crate) async fn cancel_all(work: &mut Work<'_>, shift: &Shift, row: &Opening, reason: &str) -> Result<()> {
    for listed in signup::of_shift(&mut work.tx, shift.id).await? {
        let mut signup = listed.signup;
        if signup.state.is_ahead() {
            step_by(work, row, &mut signup, Command::SignupCancel, Some(reason.to_owned())).await?;
            let body = format!("{}，{}：{reason}", row.title, when(shift, work.now));
            tell(work, &signup, "班次取消了", &body, &href(Object::Opening, &row.code)).await?;
        }
    }
    Ok(())
}
