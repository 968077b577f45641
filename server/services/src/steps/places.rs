//! Places of a shift: given up, and taken by whoever waits. The shift is locked.

use crate::base::work::Work;
use crate::steps::shifts::lock;
use crate::steps::signups::{Opened, step_by, tell, when};
use crate::steps::teams;
use crate::{Error, Result};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::opening::ShiftState;
use domain::signup::is_late;
use storage::volunteers::opening::{Opening, Shift};
use storage::volunteers::signup;
use uuid::Uuid;

/// Lets who waits move up while places are free. The shift is locked.
pub(crate) async fn promote(work: &mut Work<'_>, shift: &Shift, row: &Opening) -> Result<()> {
    if shift.state != ShiftState::Planned || shift.starts_at <= work.now {
        return Ok(());
    }
    while let Some(mut signup) = signup::first_waiting(&mut work.tx, shift.id).await? {
        if !storage::volunteers::opening::take(&mut work.tx, shift.id).await? {
            break;
        }
        step_by(work, row, &mut signup, Command::SignupPromote, None).await?;
        let body = format!("{}，{}。请在“我的服务”里确认参加", row.title, when(shift, work.now));
        tell(work, &signup, "候补轮到您了", &body, "/my").await?;
    }
    Ok(())
}

pub(crate) async fn load(work: &mut Work<'_>, id: Uuid) -> Result<Opened> {
    let found = signup::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let (shift, opening, team) = lock(work, found.shift_id).await?;
    let signup = signup::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let volunteer =
        storage::volunteers::volunteer::by_id(&mut work.tx, signup.volunteer_id).await?.ok_or(Error::NotFound)?;
    Ok(Opened { signup, shift, opening, team, volunteer })
}

pub(crate) async fn give_up(work: &mut Work<'_>, it: &mut Opened, reason: Option<String>) -> Result<()> {
    let held = it.signup.state.holds_place();
    if it.shift.starts_at <= work.now && it.signup.state.is_ahead() {
        return Err(Error::rule("班次已经开始。来不了请告诉队长，由队长登记"));
    }
    let late = held && it.signup.state.is_ahead() && is_late(it.shift.starts_at, work.now);
    let command = if late { Command::SignupLateCancel } else { Command::SignupWithdraw };
    step_by(work, &it.opening, &mut it.signup, command, reason).await?;
    if late {
        let href = href(Object::Shift, &it.shift.id);
        teams::tell(work, &it.team, "有人临时来不了", &it.opening.title, &href).await?;
    }
    promote(work, &it.shift, &it.opening).await
}

/// Gives up everything ahead, with a withdrawal of consent; in one team alone, when its member goes.
pub(crate) async fn give_up_all(work: &mut Work<'_>, volunteer: Uuid, team: Option<Uuid>) -> Result<()> {
    for listed in signup::ahead_of(&mut work.tx, volunteer, work.now, 1000).await? {
        if team.is_none_or(|team| listed.signup.team_id == team)
            && listed.signup.state.is_ahead()
            && listed.signup.starts_at > work.now
        {
            let mut it = load(work, listed.signup.id).await?;
            give_up(work, &mut it, None).await?;
        }
    }
    Ok(())
}
