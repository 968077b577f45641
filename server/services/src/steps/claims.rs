//! Steps of claims that several commands share: units taken and given back, a claim made and written.

use crate::base::work::{About, Work};
use crate::finding::{cells, fit, market};
use crate::{Conflict, Error, Result};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::claim::{self as rules, ClaimState};
use domain::machine::Command;
use domain::need::NeedState;
use domain::organization::OrganizationState;
use domain::permission::Record;
use serde_json::json;
use std::collections::HashMap;
use storage::aid::claim::Claim;
use storage::needs::need::{Line, Need};
use uuid::Uuid;

pub(crate) fn service_name(code: &str) -> String {
    domain::vocabulary::service(code).map_or_else(|| code.to_owned(), |service| service.short_name.to_owned())
}

pub(crate) fn record(claim: &Claim) -> Record<'_> {
    Record { division: Some(&claim.division_code), organization: Some(claim.organization_id), ..Record::default() }
}

/// Whether units of a need may be claimed now.
pub(crate) fn claimable(work: &Work<'_>, need: &Need) -> Result<()> {
    match need.state {
        NeedState::Published => {}
        NeedState::Suspended | NeedState::Closed | NeedState::Merged => {
            return Err(Error::rule(format!("这条需求现在是“{}”，不能认领", need.state.label())));
        }
        _ => return Err(Error::NotFound),
    }
    if need.valid_until.is_some_and(|until| until < work.now.day()) {
        return Err(Error::rule("这条需求的有效期已过，不能认领"));
    }
    Ok(())
}

/// Whether an organization may claim now.
pub(crate) async fn verified_now(work: &mut Work<'_>, organization: Uuid) -> Result<()> {
    let organization =
        storage::supply::organization::by_id(&mut work.tx, organization).await?.ok_or(Error::NotFound)?;
    if organization.state != OrganizationState::Verified
        || organization.verified_until.is_some_and(|until| until < work.now.day())
    {
        return Err(Error::rule(format!("贵机构现在是“{}”，核验通过后才能认领", organization.state.label())));
    }
    Ok(())
}

/// Whether an organization may hold one more unfinished claim.
pub(crate) async fn room(work: &mut Work<'_>, organization: Uuid) -> Result<()> {
    full(&mut work.tx, organization).await?.map_or(Ok(()), |sentence| Err(Error::rule(sentence)))
}

/// Why an organization may hold no more unfinished claims; none while it may.
pub(crate) async fn full(tx: &mut storage::Tx, organization: Uuid) -> Result<Option<String>> {
    let (live, completed) = storage::supply::organization::load_of(tx, organization).await?;
    let cap = rules::cap(completed);
    Ok((live >= cap)
        .then(|| format!("贵机构还有{live}件认领和结对没有办结，上限{cap}件。先办结一些，或请街道核验已完成的")))
}

pub(crate) async fn take(work: &mut Work<'_>, lines: &[Line], wanted: &[(Uuid, i64)]) -> Result<()> {
    for (line_id, quantity) in wanted {
        let line = lines.iter().find(|line| line.id == *line_id).ok_or(Error::NotFound)?;
        if *quantity < 1 || !storage::needs::need::take(&mut work.tx, line.id, *quantity, work.now).await? {
            return Err(Error::Conflict(Conflict::Taken {
                service: service_name(&line.service_code),
                asked: *quantity,
                remaining: line.remaining(),
                unit: line.unit.clone(),
                at: line.taken_at,
            }));
        }
    }
    Ok(())
}

/// The project with room that each line of the need draws on, where the organization has one, as far as the organization
/// may know where the household lives: of a project for each street, the one whose room shrinks would say it.
/// The lines as they were before the claim took its units.
pub(crate) async fn projects(work: &mut Work<'_>, need: &Need, organization: Uuid) -> Result<HashMap<Uuid, Uuid>> {
    let Some(supplier) = market::supplier_now(&mut work.tx, organization).await? else {
        return Ok(HashMap::new());
    };
    let mut lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    for line in &mut lines {
        line.taken = 0;
    }
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let mut facts = fit::facts(need, &lines, &beneficiaries, work.now);
    let placed = [cells::Placed::of(need)];
    let known = cells::known_divisions(&work.ctx.services, &mut work.tx, &placed, Some(organization)).await?;
    facts.division = known.get(&need.id).cloned().unwrap_or_default();
    let today = work.now.day();
    let found = lines.iter().filter_map(|line| Some((line.id, fit::project_for(&facts, line.id, &supplier, today)?)));
    Ok(found.collect())
}

pub(crate) async fn insert(
    work: &mut Work<'_>,
    need: &Need,
    claim: &Claim,
    lines: &[(Uuid, i64)],
    command: Command,
) -> Result<()> {
    match storage::aid::claim::insert(&mut work.tx, claim).await {
        Err(error) if error.is_unique() => return Err(Error::rule("贵机构在这条需求上已有一件待答复的认领")),
        other => other?,
    }
    let projects = projects(work, need, claim.organization_id).await?;
    for (line, quantity) in lines {
        storage::aid::claim::insert_line(&mut work.tx, claim.id, *line, *quantity, projects.get(line).copied()).await?;
    }
    let units: Vec<_> = lines.iter().map(|(line, quantity)| json!({ "line": line, "quantity": quantity })).collect();
    let about = About {
        need: Some(need),
        organization: Some(claim.organization_id),
        data: Some(json!({ "claim": claim.code, "lines": units })),
        ..About::default()
    };
    work.created_by(command, claim.state, claim.id, about).await
}

/// Once paired, an organization knows the street: each line draws on the project that is for it.
pub(crate) async fn draw_anew(work: &mut Work<'_>, need: &Need, claim: &Claim) -> Result<()> {
    let projects = projects(work, need, claim.organization_id).await?;
    for line in storage::aid::claim::lines(&mut work.tx, claim.id).await? {
        if let Some(project) = projects.get(&line.line_id) {
            storage::aid::claim::draw_on(&mut work.tx, claim.id, line.line_id, *project).await?;
        }
    }
    Ok(())
}

/// Gives the units of a claim that came to no pairing back to its need.
pub(crate) async fn give_back(work: &mut Work<'_>, claim_id: Uuid) -> Result<()> {
    for line in storage::aid::claim::lines(&mut work.tx, claim_id).await? {
        return_units(work, claim_id, line.line_id, (line.held, 0), None).await?;
    }
    Ok(())
}

/// A line of a claim goes from holding some units of the need's line to holding fewer; open again from a day where a
/// pairing had served them.
pub(crate) async fn return_units(
    work: &mut Work<'_>,
    claim_id: Uuid,
    line: Uuid,
    (from, to): (i64, i64),
    open_from: Option<NaiveDate>,
) -> Result<()> {
    if from > to {
        if !storage::needs::need::give_back(&mut work.tx, line, from - to, open_from).await? {
            return Err(Error::Internal("more units given back than taken"));
        }
        storage::aid::claim::hold(&mut work.tx, claim_id, line, to).await?;
    }
    Ok(())
}

/// A claim and its need for a decision: the need locked first.
pub(crate) async fn load(work: &mut Work<'_>, code: &str) -> Result<(Claim, Need)> {
    let found =
        if domain::code::is_code(code) { storage::aid::claim::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let claim = storage::aid::claim::by_id(&mut work.tx, found.id).await?.ok_or(Error::NotFound)?;
    work.authorize(&record(&claim))?;
    Ok((claim, need))
}

/// What an event of a claim says.
pub(crate) fn about<'a>(need: &'a Need, claim: &Claim, reason: Option<String>) -> About<'a> {
    let data = json!({ "claim": claim.code });
    About { need: Some(need), organization: Some(claim.organization_id), reason, data: Some(data) }
}

pub(crate) async fn overdue(work: &mut Work<'_>, id: Uuid, state: ClaimState) -> Result<Option<(Claim, Need)>> {
    let Some(found) = storage::aid::claim::by_id(&mut work.tx, id).await? else { return Ok(None) };
    let need = work.lock(found.need_id).await?;
    let claim = storage::aid::claim::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let late = claim.state == state && claim.due_at.is_some_and(|due: Time| due < work.now);
    Ok(late.then_some((claim, need)))
}

/// The parts of a joint claim, the lead's first; a claim of one organization alone is its only part.
pub(crate) async fn parts(work: &mut Work<'_>, claim: &Claim) -> Result<Vec<Claim>> {
    Ok(storage::aid::claim::parts(&mut work.tx, claim.lead_id.unwrap_or(claim.id)).await?)
}

/// The name of an organization.
pub(crate) async fn name_of(work: &mut Work<'_>, organization: Uuid) -> Result<String> {
    Ok(storage::supply::organization::by_id(&mut work.tx, organization).await?.ok_or(Error::NotFound)?.name)
}
