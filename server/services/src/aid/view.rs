//! Reading one need, claim or pairing: a type of its own for each reader.

mod need;

pub use need::{
    LineView, MaskedFile, MemberNeed, NeedView, OwnClaim, OwnPairing, PublicNeed, StaffNeed, need, period_words,
};

use crate::base::timeline::{self, Depth, Entry};
use crate::base::trail;
use crate::boxed;
use crate::finding::cells;
use crate::finding::hall::{Card, Viewer};
use crate::{Ctx, Error, Result, Services};
use domain::code::is_code;
use domain::need::{NeedKind, NeedState};
use domain::pairing::PairingState;
use std::collections::HashMap;
use storage::aid::claim::{Claim, ClaimLine};
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
use storage::needs::need::Need;
use storage::supply::organization::Organization;
use uuid::Uuid;

/// What a claim or a pairing says of its need, to either side.
#[derive(Clone, Debug)]
pub struct NeedBrief {
    pub code: String,
    pub kind: NeedKind,
    pub title: String,
    pub requirements: String,
    pub urgent: bool,
}

impl NeedBrief {
    fn of(need: Need) -> Self {
        Self {
            urgent: need.is_urgent(),
            code: need.code,
            kind: need.kind,
            title: need.title,
            requirements: need.requirements,
        }
    }
}

/// A claim for its two sides.
#[derive(Clone, Debug)]
pub struct ClaimView {
    /// For its organization with no more of the division than `place` says.
    pub claim: Claim,
    pub lines: Vec<ClaimLine>,
    pub need: NeedBrief,
    pub place: String,
    pub organization: Organization,
    /// Whether the organization registered the need's street among its areas.
    pub serves_here: bool,
    /// (live claims and pairings, completed with success)
    pub record: (i64, i64),
    /// Of its ended pairings: agreed services, and those kept to nine tenths at least.
    pub kept: (i64, i64),
    /// What it has promised elsewhere and how that stands: its pairings that run.
    pub elsewhere: Vec<crate::aid::promise::Promise>,
    pub pairing_code: Option<String>,
    pub timeline: Vec<Entry>,
    /// The parts of a joint claim, the lead's first; empty for a claim of one organization alone.
    pub parts: Vec<crate::aid::joint::Part>,
}

/// Reads a claim: its organization, or staff whose scope covers it.
#[boxed]
pub async fn claim(ctx: &Ctx, code: &str) -> Result<ClaimView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let mut claim = storage::aid::claim::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let own = ctx.actor.organization_id == Some(claim.organization_id);
    if !own && !ctx.actor.covers(&claim.division_code) {
        return Err(Error::NotFound);
    }
    let lines = storage::aid::claim::lines(&mut tx, claim.id).await?;
    let need = storage::needs::need::by_id(&mut tx, claim.need_id).await?.ok_or(Error::NotFound)?;
    let organization =
        storage::supply::organization::by_id(&mut tx, claim.organization_id).await?.ok_or(Error::NotFound)?;
    let record = storage::supply::organization::load_of(&mut tx, claim.organization_id).await?;
    let pairing_code = storage::aid::pairing::of_claim(&mut tx, claim.id).await?.map(|p| p.code);
    let kept = storage::aid::promise::kept_by(&mut tx, &[claim.organization_id]).await?;
    let kept = kept.first().map_or((0, 0), |kept| (kept.lines, kept.kept));
    let running = storage::aid::pairing::running_of(&mut tx, claim.organization_id).await?;
    let ids: Vec<Uuid> = running.iter().filter(|p| p.claim_id != claim.id).map(|p| p.id).take(40).collect();
    let mut accounts = crate::aid::promise::of_pairings(&mut tx, &ids, ctx.now()).await?;
    // Which households those are is not this reader's to know.
    let elsewhere = ids.iter().filter_map(|id| accounts.remove(id)).collect();
    let parts = crate::aid::joint::view(&mut tx, &claim).await?;
    let told: Vec<_> = storage::base::event::of_need(&mut tx, claim.need_id)
        .await?
        .into_iter()
        .filter(|t| t.event.object_id == claim.id)
        .collect();
    let serves_here = organization.serves(&need.division_code);
    let depth = match (own, &pairing_code) {
        (false, _) => Depth::Staff,
        (true, Some(_)) => Depth::Paired(claim.organization_id),
        (true, None) => Depth::Member(claim.organization_id),
    };
    let timeline = timeline::entries(&ctx.services, &told, depth);
    if own && pairing_code.is_none() {
        claim.division_code = cells::known_division(&ctx.services, &mut tx, &need, None).await?;
    }
    let place = ctx.services.place(claim.division_code.get(..9).unwrap_or(&claim.division_code));
    let need = NeedBrief::of(need);
    Ok(ClaimView {
        claim,
        lines,
        need,
        place,
        organization,
        serves_here,
        record,
        kept,
        elsewhere,
        pairing_code,
        timeline,
        parts,
    })
}

/// A pairing for its two sides.
#[derive(Clone, Debug)]
pub struct PairingView {
    pub pairing: Pairing,
    pub claim: Claim,
    pub lines: Vec<ClaimLine>,
    pub need: NeedBrief,
    pub place: String,
    pub organization_name: String,
    pub workers: Vec<(Uuid, String)>,
    pub deliveries: Vec<Delivery>,
    pub verifications: Vec<(Verification, String)>,
    pub consent_live: bool,
    pub transfer: Option<(storage::aid::transfer::Transfer, String)>,
    pub successor_code: Option<String>,
    pub masked: crate::aid::pairing::Masked,
    /// What was agreed against what was done.
    pub promise: crate::aid::promise::Promise,
    /// What the organization reported of each line.
    pub report: Vec<storage::aid::pairing::ReportLine>,
    /// What verifiers found of each line.
    pub found: Vec<storage::aid::verification::FoundLine>,
    /// Whether somebody has begun to check the report.
    pub is_checked: bool,
    pub timeline: Vec<Entry>,
    /// Accesses to a minor's contact data that wait for the office.
    pub accesses: Vec<storage::aid::disclosure::Listed>,
    /// Colleagues who may be named as workers (the organization's side).
    pub colleagues: Vec<(Uuid, String)>,
    /// Who may be asked to verify (the office's side): (id, name, place).
    pub verifiers: Vec<(Uuid, String, String)>,
}

/// Reads a pairing: its organization, staff whose scope covers it, or the
/// account that a verification of it is assigned to.
#[boxed]
pub async fn pairing(ctx: &Ctx, code: &str) -> Result<PairingView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let pairing = storage::aid::pairing::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let own = ctx.actor.organization_id == Some(pairing.organization_id);
    let verifications = storage::aid::verification::of_pairing(&mut tx, pairing.id).await?;
    let assigned = verifications.iter().any(|v| Some(v.assignee_id) == ctx.actor.account_id);
    if !own && !assigned && !ctx.actor.covers(&pairing.division_code) {
        return Err(Error::NotFound);
    }
    let claim = storage::aid::claim::by_id(&mut tx, pairing.claim_id).await?.ok_or(Error::NotFound)?;
    let lines = storage::aid::claim::lines(&mut tx, claim.id).await?;
    let need = storage::needs::need::by_id(&mut tx, pairing.need_id).await?.ok_or(Error::NotFound)?;
    let organization_name = storage::supply::organization::by_id(&mut tx, pairing.organization_id)
        .await?
        .map(|o| o.name)
        .unwrap_or_default();
    let workers = storage::aid::pairing::workers(&mut tx, pairing.id).await?;
    let deliveries = storage::aid::delivery::of_pairing(&mut tx, pairing.id).await?;
    let promise = crate::aid::promise::of_pairing(&mut tx, &pairing, ctx.now()).await?;
    let (mut report, mut found) = (Vec::new(), Vec::new());
    if pairing.reported_at.is_some() {
        report = storage::aid::pairing::report_lines(&mut tx, pairing.id).await?;
        found = storage::aid::verification::lines_of_pairing(&mut tx, pairing.id).await?;
    }
    let is_checked = crate::aid::pairing::is_checked(&pairing, &verifications);
    let consent_live = storage::needs::consent::latest(&mut tx, ctx.services.db.sealer(), need.id)
        .await?
        .is_some_and(|consent| consent.is_live(ctx.now().day()));
    let transfer = match storage::aid::transfer::pending_of(&mut tx, pairing.id).await? {
        Some(transfer) => {
            let name = storage::supply::organization::by_id(&mut tx, transfer.to_organization_id)
                .await?
                .map(|o| o.name)
                .unwrap_or_default();
            Some((transfer, name))
        }
        None => None,
    };
    let successor_code = match pairing.successor_id {
        Some(id) if !own => storage::aid::pairing::by_id(&mut tx, id).await?.map(|p| p.code),
        _ => None,
    };
    let told: Vec<_> = storage::base::event::of_need(&mut tx, need.id)
        .await?
        .into_iter()
        .filter(|t| t.event.organization_id == Some(pairing.organization_id) && t.event.at >= claim.submitted_at)
        .collect();
    let depth = if own { Depth::Paired(pairing.organization_id) } else { Depth::Staff };
    let timeline = timeline::entries(&ctx.services, &told, depth);
    let colleagues = if own {
        storage::people::account::of_organization(&mut tx, pairing.organization_id)
            .await?
            .into_iter()
            .map(|a| (a.id, a.display_name))
            .collect()
    } else {
        Vec::new()
    };
    let mut verifiers = Vec::new();
    if !own && pairing.state == PairingState::Reported {
        let street = pairing.division_code.get(..9).unwrap_or_default().to_owned();
        let district = pairing.division_code.get(..6).unwrap_or_default().to_owned();
        for account in storage::people::account::staff_within(&mut tx, &district).await? {
            let near = account.scope.starts_with(&street) || account.scope == district;
            if near && account.actor().covers(&pairing.division_code) && Some(account.id) != pairing.reported_by {
                let place = ctx.services.place(&account.scope);
                verifiers.push((account.id, account.display_name, place));
            }
        }
    }
    // Names of staff are for staff.
    let names: HashMap<Uuid, String> = if own {
        HashMap::new()
    } else {
        storage::aid::verification::assignees(&mut tx, pairing.id).await?.into_iter().collect()
    };
    let named = verifications
        .into_iter()
        .map(|v| {
            let name = names.get(&v.assignee_id).cloned().unwrap_or_default();
            (v, name)
        })
        .collect();
    let accesses = if !own && ctx.actor.covers(&pairing.division_code) {
        storage::aid::disclosure::waiting_of(&mut tx, pairing.id).await?
    } else {
        Vec::new()
    };
    drop(tx);
    let masked = crate::aid::pairing::masked(ctx, &pairing, &need).await?;
    let place = ctx.services.place(&need.division_code[..9]);
    Ok(PairingView {
        pairing,
        claim,
        lines,
        need: NeedBrief::of(need),
        place,
        organization_name,
        workers,
        deliveries,
        verifications: named,
        consent_live,
        transfer,
        successor_code,
        masked,
        promise,
        report,
        found,
        is_checked,
        timeline,
        accesses,
        colleagues,
        verifiers,
    })
}

/// A need as an editor loads it: fields for the form, and the version seen.
pub struct Editable {
    pub code: String,
    pub version: i64,
    pub state: NeedState,
    pub fields: crate::Fields,
}

#[boxed]
pub async fn editable(ctx: &Ctx, code: &str) -> Result<Editable> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let need = storage::needs::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    if !ctx.actor.covers(&need.division_code) {
        return Err(Error::NotFound);
    }
    domain::permission::authorize(
        &ctx.actor,
        domain::machine::Command::NeedEdit,
        &domain::permission::Record { division: Some(&need.division_code), ..Default::default() },
    )?;
    let lines = storage::needs::need::lines(&mut tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut tx, need.id).await?;
    let file = storage::needs::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?;
    drop(tx);
    if file.is_some() {
        trail::read(ctx, "file", &need.code, need::about(&need)).await?;
    }
    let fields = crate::needs::need_form::fields_of(&need, &lines, &beneficiaries, file.as_ref());
    Ok(Editable { code: need.code, version: need.version, state: need.state, fields })
}

/// Similar open needs: the same services and people, near first, then in the districts beside, then anywhere.
#[boxed]
pub async fn similar(
    services: &std::sync::Arc<Services>,
    viewer: Viewer<'async_recursion>,
    code: &str,
    kind: NeedKind,
    service_codes: &[String],
) -> Result<Vec<Card>> {
    const SHOWN: usize = 3;
    // The code names the district, which everybody sees: `XQ120102-26-000123`.
    let district = code.get(2..8).unwrap_or_default().to_owned();
    let mut beside = domain::division::neighbours(&district).to_vec();
    beside.push(district.clone());
    let mut found: Vec<Card> = Vec::new();
    for districts in [vec![district], beside, Vec::new()] {
        let query = search::NeedQuery {
            services: service_codes.to_vec(),
            kinds: vec![kind.to_string()],
            districts,
            states: vec!["open".into(), "partial".into()],
            open_only: true,
            limit: SHOWN * 2 + 1,
            facets: false,
            ..search::NeedQuery::default()
        };
        let page = crate::finding::hall::search(services, viewer, query).await?;
        for card in page.cards {
            let own = &card.public().code;
            if own != code && !found.iter().any(|known| known.public().code == *own) {
                found.push(card);
            }
        }
        if found.len() >= SHOWN {
            break;
        }
    }
    found.truncate(SHOWN);
    Ok(found)
}
