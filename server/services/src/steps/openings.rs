//! Openings as commands need them: loaded for whoever may, written, on a team that stands.

use crate::base::work::{About, Work};
use crate::steps::teams::rights;
use crate::{Error, Result};
use domain::code::is_code;
use domain::organization::OrganizationState;
use domain::team::TeamState;
use serde_json::json;
use storage::Tx;
use storage::volunteers::opening::{self, Opening};
use storage::volunteers::team::Team;

pub(crate) fn about(row: &Opening, reason: Option<String>) -> About<'static> {
    let data = json!({ "opening": row.code });
    About { organization: row.organization_id, reason, data: Some(data), ..About::default() }
}

/// A team may recruit: it stands, and so does its organization.
pub(crate) async fn stands(tx: &mut Tx, team: &Team) -> Result<()> {
    if team.state != TeamState::Active {
        return Err(Error::rule(format!("服务队现在是“{}”，不能招募", team.state.label())));
    }
    if let Some(id) = team.organization_id {
        let organization = storage::supply::organization::by_id(tx, id).await?.ok_or(Error::NotFound)?;
        if organization.state != OrganizationState::Verified {
            return Err(Error::rule(format!("机构现在是“{}”，不能招募志愿者", organization.state.label())));
        }
    }
    Ok(())
}

pub(crate) async fn by_code(tx: &mut Tx, code: &str) -> Result<Opening> {
    let found = if is_code(code) { opening::by_code(tx, code).await? } else { None };
    found.ok_or(Error::NotFound)
}

/// An opening with its team, for a command that the actor may give.
pub(crate) async fn load(work: &mut Work<'_>, code: &str) -> Result<(Opening, Team)> {
    let row = by_code(&mut work.tx, code).await?;
    let team = storage::volunteers::team::by_id(&mut work.tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(&who)?;
    Ok((row, team))
}
