//! Steps of shifts that several commands share: locked with opening and team, called off with everybody on them.

use crate::base::notice;
use crate::base::work::{Work, first};
use crate::steps::openings::about;
use crate::steps::signups;
use crate::{Error, Result};
use domain::href::href;
use domain::machine::{Command, Object};
use storage::Tx;
use storage::volunteers::opening::{self, Opening, Shift};
use storage::volunteers::team::Team;
use uuid::Uuid;

/// A shift, locked, with its opening and team.
pub(crate) async fn lock(work: &mut Work<'_>, id: Uuid) -> Result<(Shift, Opening, Team)> {
    opening::lock_shift(&mut work.tx, id).await?;
    whole(&mut work.tx, id).await
}

/// A shift with its opening and team.
pub(crate) async fn whole(tx: &mut Tx, id: Uuid) -> Result<(Shift, Opening, Team)> {
    let shift = opening::shift(tx, id).await?.ok_or(Error::NotFound)?;
    let row = opening::by_id(tx, shift.opening_id).await?.ok_or(Error::NotFound)?;
    let team = storage::volunteers::team::by_id(tx, shift.team_id).await?.ok_or(Error::NotFound)?;
    Ok((shift, row, team))
}

pub(crate) async fn cancel(work: &mut Work<'_>, row: &Opening, shift: &Shift, reason: &str) -> Result<()> {
    opening::lock_shift(&mut work.tx, shift.id).await?;
    let step = work.leads_by(Command::ShiftCancel, shift.state)?;
    signups::cancel_all(work, shift, row, reason).await?;
    first(opening::cancel_shift(&mut work.tx, shift.id, reason, work.now).await?, Object::Shift)?;
    work.stepped(step, shift.id, about(row, Some(reason.to_owned()))).await?;
    if row.pairing_id.is_some()
        && let Some(organization) = row.organization_id
    {
        let href = href(Object::Opening, &row.code);
        notice::to_organization(work, organization, "结对的志愿服务班次取消了", &row.title, &href).await?;
    }
    Ok(())
}
