//! Reading one need, claim or pairing: a type of its own for each reader.

use crate::hall::{Card, CardLine, Viewer, service_name};
use crate::timeline::{self, Depth, Entry};
use crate::trail;
use crate::{Ctx, Error, Result, Services};
use domain::code::is_code;
use domain::need::{NeedKind, NeedState};
use domain::pairing::PairingState;
use std::collections::HashMap;
use storage::claim::{Claim, ClaimLine};
use storage::consent::Consent;
use storage::delivery::Delivery;
use storage::need::{Beneficiary, Line, Need};
use storage::organization::Organization;
use storage::pairing::Pairing;
use storage::verification::Verification;
use uuid::Uuid;

/// A line with who holds it.
#[derive(Clone, Debug)]
pub struct LineView {
    pub line: Line,
    pub service: String,
    pub pending: i64,
    /// Organizations that hold units (members and staff only).
    pub holders: Vec<(String, i64)>,
}

impl LineView {
    pub fn card(&self) -> CardLine {
        CardLine {
            service: self.service.clone(),
            per: self.line.per,
            unit: self.line.unit.clone(),
            quantity: self.line.quantity,
            covered: self.line.taken - self.pending,
            pending: self.pending,
        }
    }
}

/// L0: what anybody sees. Holds no free text of a household.
#[derive(Clone, Debug)]
pub struct PublicNeed {
    pub code: String,
    pub kind: NeedKind,
    pub place: String,
    pub groups: Vec<String>,
    pub lines: Vec<CardLine>,
    /// Codes of the services asked.
    pub services: Vec<String>,
    /// Periods of the lines, in order: `2026年11月27日至2027年2月28日`.
    pub periods: Vec<String>,
    pub urgent: bool,
    pub state: NeedState,
    pub close_reason: Option<domain::need::CloseReason>,
    pub published_at: Option<domain::calendar::Time>,
    pub closed_at: Option<domain::calendar::Time>,
    pub due_at: Option<domain::calendar::Time>,
    pub valid_until: Option<chrono::NaiveDate>,
    pub timeline: Vec<Entry>,
}

/// L1: what a verified organization sees.
#[derive(Clone, Debug)]
pub struct MemberNeed {
    pub need: Need,
    pub place: String,
    pub beneficiaries: Vec<Beneficiary>,
    pub lines: Vec<LineView>,
    pub timeline: Vec<Entry>,
    /// The reader's organization's claims and pairings here.
    pub own_claims: Vec<Claim>,
    pub own_pairings: Vec<Pairing>,
    pub may_claim: bool,
}

/// L3: what the office in charge sees, private values masked.
#[derive(Clone, Debug)]
pub struct StaffNeed {
    pub need: Need,
    pub place: String,
    pub beneficiaries: Vec<Beneficiary>,
    pub lines: Vec<LineView>,
    pub timeline: Vec<Entry>,
    pub claims: Vec<(Claim, String)>,
    pub pairings: Vec<(Pairing, String)>,
    pub consent: Option<Consent>,
    /// Masked name and phone; none for a village or where no file exists.
    pub file: Option<MaskedFile>,
    /// Who opened the contact data: when, who, purpose.
    pub disclosures: Vec<Entry>,
    pub merged_into: Option<String>,
    pub author_name: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MaskedFile {
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub has_address: bool,
    pub has_guardian: bool,
    pub has_health_notes: bool,
    pub household_size: Option<i64>,
}

/// A need as its reader may see it.
#[derive(Clone, Debug)]
pub enum NeedView {
    Public(Box<PublicNeed>),
    Member(Box<MemberNeed>),
    Staff(Box<StaffNeed>),
    /// Merged: where it went.
    Moved(String),
}

fn is_public(need: &Need) -> bool {
    need.published_at.is_some() && matches!(need.state, NeedState::Published | NeedState::Closed)
}

/// Reads a need by code for a reader; "not found" for what the reader may not know of.
pub async fn need(services: &Services, viewer: Viewer<'_>, code: &str) -> Result<NeedView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = services.db.read().await?;
    let need = storage::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let staff_here = matches!(viewer, Viewer::Staff(ctx) if ctx.actor.covers(&need.division_code));
    let own_pairings: Vec<Pairing> = match viewer {
        Viewer::Member(ctx) => storage::pairing::of_need(&mut tx, need.id)
            .await?
            .into_iter()
            .filter(|p| Some(p.organization_id) == ctx.actor.organization_id)
            .collect(),
        _ => Vec::new(),
    };
    if need.state == NeedState::Merged && !staff_here {
        let into = match need.merged_into {
            Some(id) => storage::need::by_id(&mut tx, id).await?.map(|n| n.code),
            None => None,
        };
        return into.filter(|_| need.published_at.is_some()).map(NeedView::Moved).ok_or(Error::NotFound);
    }
    // An organization goes on seeing a need that it is paired with, also while it is suspended.
    let paired = need.state == NeedState::Suspended && own_pairings.iter().any(|p| p.state.is_running());
    if !(staff_here || paired || is_public(&need)) {
        return Err(Error::NotFound);
    }
    let lines = storage::need::lines(&mut tx, need.id, need.cycle).await?;
    let pending: std::collections::HashMap<Uuid, i64> =
        storage::need::pending_units(&mut tx, need.id).await?.into_iter().collect();
    let beneficiaries = storage::need::beneficiaries(&mut tx, need.id).await?;
    let told = storage::event::of_need(&mut tx, need.id).await?;
    let mut views: Vec<LineView> = lines
        .into_iter()
        .map(|line| LineView {
            service: service_name(&line.service_code),
            pending: pending.get(&line.id).copied().unwrap_or_default(),
            holders: Vec::new(),
            line,
        })
        .collect();
    match viewer {
        Viewer::Staff(_) if staff_here => {}
        Viewer::Member(_) => {}
        _ => return Ok(NeedView::Public(Box::new(public_need(services, &need, &views, &beneficiaries, &told)))),
    }
    let pairings = storage::pairing::of_need(&mut tx, need.id).await?;
    let claims = storage::claim::of_need(&mut tx, need.id).await?;
    let claim_lines = storage::claim::lines_of_need(&mut tx, need.id).await?;
    let names: HashMap<Uuid, String> =
        storage::organization::names_of_need(&mut tx, need.id).await?.into_iter().collect();
    let name_of = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    for view in &mut views {
        for held in claim_lines.iter().filter(|held| held.line_id == view.line.id) {
            if let Some(p) = pairings.iter().find(|p| p.claim_id == held.claim_id && p.state.holds_units()) {
                view.holders.push((name_of(&p.organization_id), held.quantity));
            }
        }
    }
    let place = services.place(&need.division_code);
    if let Viewer::Member(ctx) = viewer {
        let organization_id = ctx.organization()?;
        let timeline = timeline::entries(services, &told, Depth::Member(organization_id));
        let own_claims: Vec<Claim> = claims.into_iter().filter(|c| c.organization_id == organization_id).collect();
        let open = views.iter().any(|view| view.line.remaining() > 0);
        let may_claim = need.state == NeedState::Published && open;
        // The street, not the village: a household's village stays with the office. Among few, the district.
        // Whoever is paired knows the door anyway.
        let paired = own_pairings.iter().any(|p| p.state.is_running());
        let place = match need.kind {
            NeedKind::Household if paired => services.place(&need.division_code[..9]),
            NeedKind::Household => household_place(services, &mut tx, &need).await?,
            NeedKind::Village => place,
        };
        return Ok(NeedView::Member(Box::new(MemberNeed {
            need,
            place,
            beneficiaries,
            lines: views,
            timeline,
            own_claims,
            own_pairings,
            may_claim,
        })));
    }
    let file = storage::need_file::load(&mut tx, services.db.sealer(), need.id).await?.map(|file| mask(&file));
    let consent = storage::consent::latest(&mut tx, services.db.sealer(), need.id).await?;
    let disclosures = storage::event::disclosures(&mut tx, need.id).await?;
    let merged_into = match need.merged_into {
        Some(id) => storage::need::by_id(&mut tx, id).await?.map(|n| n.code),
        None => None,
    };
    let author_name = match need.author_id {
        Some(id) => storage::account::by_id(&mut tx, id).await?.map(|a| a.display_name),
        None => None,
    };
    drop(tx);
    if let (Viewer::Staff(ctx), Some(_)) = (viewer, &file) {
        trail::read(ctx, "masked_file", &need.code, about(&need)).await?;
    }
    Ok(NeedView::Staff(Box::new(StaffNeed {
        timeline: timeline::entries(services, &told, Depth::Staff),
        disclosures: timeline::entries(services, &disclosures, Depth::Staff),
        claims: claims
            .into_iter()
            .map(|c| {
                let name = name_of(&c.organization_id);
                (c, name)
            })
            .collect(),
        pairings: pairings
            .into_iter()
            .map(|p| {
                let name = name_of(&p.organization_id);
                (p, name)
            })
            .collect(),
        need,
        place,
        beneficiaries,
        lines: views,
        consent,
        file,
        merged_into,
        author_name,
    })))
}

fn about(need: &Need) -> trail::About {
    trail::About { object: need.id, division: need.division_code.clone(), ..trail::About::default() }
}

/// A household's place for an organization that is not paired: its street, or
/// the district where too few share it.
async fn household_place(services: &Services, tx: &mut storage::Tx, need: &Need) -> Result<String> {
    let beneficiaries = storage::need::beneficiaries(tx, need.id).await?;
    let codes: Vec<&str> = beneficiaries.iter().map(|b| b.category_code.as_str()).collect();
    let groups: Vec<String> =
        domain::vocabulary::groups_of(&codes).iter().map(|group| group.name().to_owned()).collect();
    let lines = storage::need::lines(tx, need.id, need.cycle).await?;
    let wanted: Vec<String> = lines.iter().map(|line| service_name(&line.service_code)).collect();
    let street = &need.division_code[..9];
    let say = services.cells.say_street(services, tx, street, &groups, &wanted).await?;
    Ok(services.place(if say { street } else { &need.division_code[..6] }))
}

fn mask(file: &storage::need_file::NeedFile) -> MaskedFile {
    MaskedFile {
        name: domain::disclosure::mask_name(&file.name),
        id_number: domain::resident_id::ResidentId::parse(&file.id_number).map(|id| id.masked()).unwrap_or_default(),
        phone: domain::phone::Phone::parse(&file.phone).map(|phone| phone.masked()).unwrap_or_default(),
        has_address: !file.address.is_empty(),
        has_guardian: !file.guardian.is_empty(),
        has_health_notes: !file.health_notes.is_empty(),
        household_size: file.household_size,
    }
}

fn public_need(
    services: &Services,
    need: &Need,
    lines: &[LineView],
    beneficiaries: &[Beneficiary],
    told: &[storage::event::Told],
) -> PublicNeed {
    let codes: Vec<&str> = beneficiaries.iter().map(|b| b.category_code.as_str()).collect();
    let village = need.kind == NeedKind::Village;
    PublicNeed {
        code: need.code.clone(),
        kind: need.kind,
        place: services.place(if village { &need.division_code } else { &need.division_code[..6] }),
        groups: domain::vocabulary::groups_of(&codes).iter().map(|group| group.name().to_owned()).collect(),
        lines: lines.iter().map(LineView::card).collect(),
        services: lines.iter().map(|view| view.line.service_code.clone()).collect(),
        periods: lines.iter().map(|view| period_words(&view.line)).collect(),
        urgent: need.is_urgent(),
        state: need.state,
        close_reason: need.close_reason,
        published_at: need.published_at,
        closed_at: need.closed_at,
        due_at: need.due_at,
        valid_until: need.valid_until,
        timeline: timeline::entries(services, told, Depth::Public),
    }
}

/// `2026年11月27日至2027年2月28日`, `2026年11月27日起`, empty.
pub fn period_words(line: &Line) -> String {
    use domain::calendar::day_words;
    match (line.starts_on, line.ends_on) {
        (Some(start), Some(end)) => format!("{}至{}", day_words(start), day_words(end)),
        (Some(start), None) => format!("{}起", day_words(start)),
        (None, Some(end)) => format!("至{}", day_words(end)),
        (None, None) => String::new(),
    }
}

/// A claim for its two sides.
#[derive(Clone, Debug)]
pub struct ClaimView {
    pub claim: Claim,
    pub lines: Vec<ClaimLine>,
    pub need: Need,
    pub place: String,
    pub organization: Organization,
    /// (live claims and pairings, completed with success)
    pub record: (i64, i64),
    pub pairing_code: Option<String>,
    pub timeline: Vec<Entry>,
    /// The parts of a joint claim, the lead's first; empty for a claim of one organization alone.
    pub parts: Vec<crate::joint::Part>,
}

/// Reads a claim: its organization, or staff whose scope covers it.
pub async fn claim(ctx: &Ctx, code: &str) -> Result<ClaimView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let claim = storage::claim::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let own = ctx.actor.organization_id == Some(claim.organization_id);
    if !own && !ctx.actor.covers(&claim.division_code) {
        return Err(Error::NotFound);
    }
    let lines = storage::claim::lines(&mut tx, claim.id).await?;
    let need = storage::need::by_id(&mut tx, claim.need_id).await?.ok_or(Error::NotFound)?;
    let organization = storage::organization::by_id(&mut tx, claim.organization_id).await?.ok_or(Error::NotFound)?;
    let record = storage::organization::load_of(&mut tx, claim.organization_id).await?;
    let pairing_code = storage::pairing::of_claim(&mut tx, claim.id).await?.map(|p| p.code);
    let parts = crate::joint::view(&mut tx, &claim).await?;
    let told: Vec<_> = storage::event::of_need(&mut tx, claim.need_id)
        .await?
        .into_iter()
        .filter(|t| t.event.object_id == claim.id)
        .collect();
    let depth = if own { Depth::Member(claim.organization_id) } else { Depth::Staff };
    let timeline = timeline::entries(&ctx.services, &told, depth);
    let place = if own && pairing_code.is_none() && need.kind == NeedKind::Household {
        household_place(&ctx.services, &mut tx, &need).await?
    } else {
        ctx.services.place(&need.division_code[..9])
    };
    Ok(ClaimView { claim, lines, need, place, organization, record, pairing_code, timeline, parts })
}

/// A pairing for its two sides.
#[derive(Clone, Debug)]
pub struct PairingView {
    pub pairing: Pairing,
    pub claim: Claim,
    pub lines: Vec<ClaimLine>,
    pub need: Need,
    pub place: String,
    pub organization_name: String,
    pub workers: Vec<(Uuid, String)>,
    pub deliveries: Vec<Delivery>,
    pub verifications: Vec<(Verification, String)>,
    pub consent_live: bool,
    pub transfer: Option<(storage::transfer::Transfer, String)>,
    pub successor_code: Option<String>,
    pub masked: crate::pairing::Masked,
    pub timeline: Vec<Entry>,
    /// Accesses to a minor's contact data that wait for the office.
    pub accesses: Vec<storage::disclosure::Listed>,
    /// Colleagues who may be named as workers (the organization's side).
    pub colleagues: Vec<(Uuid, String)>,
    /// Who may be asked to verify (the office's side): (id, name, place).
    pub verifiers: Vec<(Uuid, String, String)>,
}

/// Reads a pairing: its organization, staff whose scope covers it, or the
/// account that a verification of it is assigned to.
pub async fn pairing(ctx: &Ctx, code: &str) -> Result<PairingView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let pairing = storage::pairing::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let own = ctx.actor.organization_id == Some(pairing.organization_id);
    let verifications = storage::verification::of_pairing(&mut tx, pairing.id).await?;
    let assigned = verifications.iter().any(|v| Some(v.assignee_id) == ctx.actor.account_id);
    if !own && !assigned && !ctx.actor.covers(&pairing.division_code) {
        return Err(Error::NotFound);
    }
    let claim = storage::claim::by_id(&mut tx, pairing.claim_id).await?.ok_or(Error::NotFound)?;
    let lines = storage::claim::lines(&mut tx, claim.id).await?;
    let need = storage::need::by_id(&mut tx, pairing.need_id).await?.ok_or(Error::NotFound)?;
    let organization_name =
        storage::organization::by_id(&mut tx, pairing.organization_id).await?.map(|o| o.name).unwrap_or_default();
    let workers = storage::pairing::workers(&mut tx, pairing.id).await?;
    let deliveries = storage::delivery::of_pairing(&mut tx, pairing.id).await?;
    let consent_live = storage::consent::latest(&mut tx, ctx.services.db.sealer(), need.id)
        .await?
        .is_some_and(|consent| consent.is_live(ctx.now().day()));
    let transfer = match storage::transfer::pending_of(&mut tx, pairing.id).await? {
        Some(transfer) => {
            let name = storage::organization::by_id(&mut tx, transfer.to_organization_id)
                .await?
                .map(|o| o.name)
                .unwrap_or_default();
            Some((transfer, name))
        }
        None => None,
    };
    let successor_code = match pairing.successor_id {
        Some(id) if !own => storage::pairing::by_id(&mut tx, id).await?.map(|p| p.code),
        _ => None,
    };
    let told: Vec<_> = storage::event::of_need(&mut tx, need.id)
        .await?
        .into_iter()
        .filter(|t| t.event.organization_id == Some(pairing.organization_id) && t.event.at >= claim.submitted_at)
        .collect();
    let depth = if own { Depth::Member(pairing.organization_id) } else { Depth::Staff };
    let timeline = timeline::entries(&ctx.services, &told, depth);
    let colleagues = if own {
        storage::account::of_organization(&mut tx, pairing.organization_id)
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
        for account in storage::account::staff_within(&mut tx, &district).await? {
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
        storage::verification::assignees(&mut tx, pairing.id).await?.into_iter().collect()
    };
    let named = verifications
        .into_iter()
        .map(|v| {
            let name = names.get(&v.assignee_id).cloned().unwrap_or_default();
            (v, name)
        })
        .collect();
    let accesses = if !own && ctx.actor.covers(&pairing.division_code) {
        storage::disclosure::waiting_of(&mut tx, pairing.id).await?
    } else {
        Vec::new()
    };
    drop(tx);
    let masked = crate::pairing::masked(ctx, &pairing, &need).await?;
    let place = ctx.services.place(&need.division_code[..9]);
    Ok(PairingView {
        pairing,
        claim,
        lines,
        need,
        place,
        organization_name,
        workers,
        deliveries,
        verifications: named,
        consent_live,
        transfer,
        successor_code,
        masked,
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

pub async fn editable(ctx: &Ctx, code: &str) -> Result<Editable> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let need = storage::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    if !ctx.actor.covers(&need.division_code) {
        return Err(Error::NotFound);
    }
    domain::permission::authorize(
        &ctx.actor,
        domain::machine::Command::NeedEdit,
        &domain::permission::Record { division: Some(&need.division_code), ..Default::default() },
    )?;
    let lines = storage::need::lines(&mut tx, need.id, need.cycle).await?;
    let beneficiaries = storage::need::beneficiaries(&mut tx, need.id).await?;
    let file = storage::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?;
    drop(tx);
    if file.is_some() {
        trail::read(ctx, "file", &need.code, about(&need)).await?;
    }
    let fields = crate::need_form::fields_of(&need, &lines, &beneficiaries, file.as_ref());
    Ok(Editable { code: need.code, version: need.version, state: need.state, fields })
}

/// Similar open needs: the same services and people, near first, then in the districts beside, then anywhere.
pub async fn similar(
    services: &std::sync::Arc<Services>,
    viewer: Viewer<'_>,
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
        let page = crate::hall::search(services, viewer, query).await?;
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
