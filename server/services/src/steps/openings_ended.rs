//! Openings that are called off, with every shift to come.

use crate::Result;
use crate::base::work::Work;
use crate::steps::openings::about;
use crate::steps::shifts;
use domain::machine::Command;
use domain::opening::{OpeningState, ShiftState};
use storage::volunteers::opening::{self, Opening};
use storage::volunteers::team::Team;

pub(crate) async fn cancel(work: &mut Work<'_>, mut row: Opening, reason: &str) -> Result<()> {
    let step = work.step_by(Command::OpeningCancel, &mut row.state)?;
    row.reason = Some(reason.to_owned());
    for shift in opening::shifts_of(&mut work.tx, row.id, work.now, 1000).await? {
        if shift.state == ShiftState::Planned && shift.starts_at > work.now {
            shifts::cancel(work, &row, &shift, reason).await?;
        }
    }
    work.save(&row, step, about(&row, Some(reason.to_owned()))).await
}

/// Every opening of a team that ends.
pub(crate) async fn cancel_all(work: &mut Work<'_>, team: &Team, reason: &str) -> Result<()> {
    for row in opening::of_team(&mut work.tx, team.id).await? {
        if row.state != OpeningState::Cancelled {
            cancel(work, row, reason).await?;
        }
    }
    Ok(())
}
