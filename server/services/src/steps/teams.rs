//! Teams as commands need them: loaded for whoever may, and who is told.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::{Ctx, Error, Result, Services};
use domain::code::is_code;
use domain::division::prefix;
use domain::machine::Command;
use domain::permission::{Record, authorize};
use serde_json::json;
use std::collections::HashMap;
use storage::Tx;
use storage::volunteers::team::{self, Team};
use uuid::Uuid;

/// What a decision about a team's things needs to know: an organization's team is the organization's, an independent
/// one is its office's to supervise; leaders lead either.
pub(crate) async fn rights<'a>(tx: &mut Tx, row: &'a Team) -> Result<Record<'a>> {
    Ok(Record {
        division: row.organization_id.is_none().then(|| prefix(&row.division_code)),
        organization: row.organization_id,
        leaders: team::leaders(tx, row.id).await?,
        ..Record::default()
    })
}

pub(crate) fn about(row: &Team, reason: Option<String>) -> About<'static> {
    About { organization: row.organization_id, reason, data: Some(json!({ "team": row.code })), ..About::default() }
}

/// Tells those who lead a team, its organization, or the office that supervises it where nobody leads.
pub(crate) async fn tell(work: &mut Work<'_>, row: &Team, title: &str, body: &str, href: &str) -> Result<()> {
    let leaders = team::leaders(&mut work.tx, row.id).await?;
    for account in &leaders {
        notice::to_account(work, *account, title, body, href).await?;
    }
    match row.organization_id {
        Some(id) => notice::to_organization(work, id, title, body, href).await,
        None if leaders.is_empty() => notice::to_office(work, &row.division_code, title, body, href).await,
        None => Ok(()),
    }
}

/// A team by its code for a command that the actor may give.
pub(crate) async fn load(work: &mut Work<'_>, code: &str) -> Result<Team> {
    let row = by_code(&mut work.tx, code).await?;
    let who = rights(&mut work.tx, &row).await?;
    work.authorize(&who)?;
    Ok(row)
}

pub(crate) async fn by_code(tx: &mut Tx, code: &str) -> Result<Team> {
    let found = if is_code(code) { team::by_code(tx, code).await? } else { None };
    found.ok_or(Error::NotFound)
}

/// Names and telephones of volunteers, for whoever leads them.
pub(crate) async fn names(tx: &mut Tx, services: &Services, ids: &[Uuid]) -> Result<HashMap<Uuid, (String, String)>> {
    let mut all = HashMap::new();
    for row in storage::volunteers::volunteer::by_ids(tx, ids).await? {
        let file = storage::volunteers::volunteer::file(services.db.sealer(), &row)?;
        let name = if file.name.is_empty() { row.number.clone() } else { file.name };
        all.insert(row.id, (name, file.phone));
    }
    Ok(all)
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
