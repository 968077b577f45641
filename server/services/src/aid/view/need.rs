//! Reading one need: a type of its own for each tier, made field by field, so that a page cannot print what its
//! reader may not know.

use crate::aid::promise::{self, Promise};
use crate::base::timeline::{self, Depth, Entry};
use crate::base::trail;
use crate::boxed;
use crate::finding::cells;
use crate::finding::hall::{CardLine, Viewer, service_name};
use crate::{Error, Result, Services};
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::code::is_code;
use domain::machine::Command;
use domain::need::{AgeBand, CloseReason, NeedKind, NeedState, Sex};
use domain::pairing::PairingState;
use domain::promise::Account;
use std::collections::HashMap;
use storage::aid::ask::Listed;
use storage::aid::claim::Claim;
use storage::aid::pairing::Pairing;
use storage::base::attachment::Attachment;
use storage::needs::closing::Closing;
use storage::needs::consent::Consent;
use storage::needs::need::{Beneficiary, Line, Need};
use uuid::Uuid;

/// A line with who holds it.
#[derive(Clone, Debug)]
pub struct LineView {
    pub line: Line,
    pub service: String,
    pub pending: i64,
    /// Organizations that hold units (members and staff only).
    pub holders: Vec<(String, i64)>,
    /// What became of it so far, over all pairings of this cycle.
    pub account: Option<Account>,
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
    /// Of each line, what was agreed so far against what was done.
    pub accounts: Vec<Option<Account>>,
    /// Codes of the services asked.
    pub services: Vec<String>,
    /// Periods of the lines, in order: `2026年11月27日至2027年2月28日`.
    pub periods: Vec<String>,
    pub urgent: bool,
    pub state: NeedState,
    pub close_reason: Option<CloseReason>,
    pub published_at: Option<Time>,
    pub closed_at: Option<Time>,
    pub due_at: Option<Time>,
    pub valid_until: Option<chrono::NaiveDate>,
    pub timeline: Vec<Entry>,
}

/// L1: what a verified organization sees. Nothing of the office, nothing of the file, no division below `place`.
#[derive(Clone, Debug)]
pub struct MemberNeed {
    pub id: Uuid,
    pub code: String,
    pub kind: NeedKind,
    pub title: String,
    /// As far as [`crate::finding::cells::known_division`] lets it be known.
    pub place: String,
    pub description: String,
    pub requirements: String,
    pub aid_given: String,
    pub gap: String,
    pub age_band: Option<AgeBand>,
    /// Only where a service asked for depends on it.
    pub sex: Option<Sex>,
    pub urgent: bool,
    pub state: NeedState,
    pub close_reason: Option<CloseReason>,
    pub published_at: Option<Time>,
    pub due_at: Option<Time>,
    pub valid_until: Option<chrono::NaiveDate>,
    /// Codes of beneficiary categories.
    pub categories: Vec<String>,
    pub lines: Vec<LineView>,
    pub timeline: Vec<Entry>,
    /// The reader's organization's claims and pairings here.
    pub own_claims: Vec<OwnClaim>,
    pub own_pairings: Vec<OwnPairing>,
    pub may_claim: bool,
}

/// A claim of the reader's organization, on the need's page.
#[derive(Clone, Debug)]
pub struct OwnClaim {
    pub code: String,
    pub state: ClaimState,
    pub submitted_at: Time,
    pub due_at: Option<Time>,
}

/// A pairing of the reader's organization, on the need's page.
#[derive(Clone, Debug)]
pub struct OwnPairing {
    pub code: String,
    pub state: PairingState,
    pub opened_at: Time,
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
    /// Accounts of the pairings of this cycle.
    pub promises: HashMap<Uuid, Promise>,
    /// A proposal to close that waits for a second account, with who made it.
    pub closing: Option<(Closing, String)>,
    pub consent: Option<Consent>,
    /// Masked name and phone; none for a village or where no file exists.
    pub file: Option<MaskedFile>,
    /// Who opened the contact data: when, who, purpose.
    pub disclosures: Vec<Entry>,
    /// Those the reader may open.
    pub attachments: Vec<Attachment>,
    /// Invitations, newest first.
    pub asks: Vec<Listed>,
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
#[boxed]
pub async fn need(services: &Services, viewer: Viewer<'async_recursion>, code: &str) -> Result<NeedView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = services.db.read().await?;
    let need = storage::needs::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let staff_here = matches!(viewer, Viewer::Staff(ctx) if ctx.actor.covers(&need.division_code));
    let pairings = storage::aid::pairing::of_need(&mut tx, need.id).await?;
    let own_pairings: Vec<&Pairing> = match viewer {
        Viewer::Member(ctx) => {
            pairings.iter().filter(|p| Some(p.organization_id) == ctx.actor.organization_id).collect()
        }
        _ => Vec::new(),
    };
    if need.state == NeedState::Merged && !staff_here {
        let into = match need.merged_into {
            Some(id) => storage::needs::need::by_id(&mut tx, id).await?.map(|n| n.code),
            None => None,
        };
        return into.filter(|_| need.published_at.is_some()).map(NeedView::Moved).ok_or(Error::NotFound);
    }
    // An organization goes on seeing a need that it is paired with, also while it is suspended.
    let paired = need.state == NeedState::Suspended && own_pairings.iter().any(|p| p.state.is_running());
    if !(staff_here || paired || is_public(&need)) {
        return Err(Error::NotFound);
    }
    let lines = storage::needs::need::lines(&mut tx, need.id, need.cycle).await?;
    let pending: std::collections::HashMap<Uuid, i64> =
        storage::needs::need::pending_units(&mut tx, need.id).await?.into_iter().collect();
    let beneficiaries = storage::needs::need::beneficiaries(&mut tx, need.id).await?;
    let told = storage::base::event::of_need(&mut tx, need.id).await?;
    let mut views: Vec<LineView> = lines
        .into_iter()
        .map(|line| LineView {
            service: service_name(&line.service_code),
            pending: pending.get(&line.id).copied().unwrap_or_default(),
            holders: Vec::new(),
            account: None,
            line,
        })
        .collect();
    let of_cycle: Vec<Uuid> = pairings.iter().filter(|p| p.cycle == need.cycle).map(|p| p.id).collect();
    let promises = promise::of_pairings(&mut tx, &of_cycle, services.now()).await?;
    let accounts = promise::by_line(&promises);
    for view in &mut views {
        view.account = accounts.get(&view.line.id).copied();
    }
    match viewer {
        Viewer::Staff(_) if staff_here => {}
        Viewer::Member(_) => {}
        _ => return Ok(NeedView::Public(Box::new(public_need(services, &need, &views, &beneficiaries, &told)))),
    }
    let claims = storage::aid::claim::of_need(&mut tx, need.id).await?;
    let (mut claim_lines, mut names) = (Vec::new(), HashMap::<Uuid, String>::new());
    // A pairing comes of a claim.
    if !claims.is_empty() {
        claim_lines = storage::aid::claim::lines_of_need(&mut tx, need.id).await?;
        names = storage::supply::organization::names_of_need(&mut tx, need.id).await?.into_iter().collect();
    }
    let name_of = |id: &Uuid| names.get(id).cloned().unwrap_or_default();
    for view in &mut views {
        for held in claim_lines.iter().filter(|held| held.line_id == view.line.id) {
            if let Some(p) = pairings.iter().find(|p| p.claim_id == held.claim_id && held.held > 0) {
                view.holders.push((name_of(&p.organization_id), held.held));
            }
        }
    }
    if let Viewer::Member(ctx) = viewer {
        let organization_id = ctx.organization()?;
        let place = cells::known_place(services, &mut tx, &need, Some(organization_id)).await?;
        let paired = own_pairings.iter().any(|p| p.state.is_running());
        let depth = if paired { Depth::Paired(organization_id) } else { Depth::Member(organization_id) };
        let timeline = timeline::entries(services, &told, depth);
        let own = |claim: &&Claim| claim.organization_id == organization_id;
        return Ok(NeedView::Member(Box::new(MemberNeed {
            own_claims: claims.iter().filter(own).map(OwnClaim::of).collect(),
            own_pairings: own_pairings.iter().map(|p| OwnPairing::of(p)).collect(),
            ..member_need(need, place, views, &beneficiaries, timeline)
        })));
    }
    let Viewer::Staff(ctx) = viewer else { return Err(Error::NotFound) };
    let place = services.place(&need.division_code);
    let file = storage::needs::need_file::load(&mut tx, services.db.sealer(), need.id).await?.map(|file| mask(&file));
    let consent = storage::needs::consent::latest(&mut tx, services.db.sealer(), need.id).await?;
    let disclosures = if i64::try_from(told.len()).is_ok_and(|told| told < storage::base::event::TOLD) {
        told.iter().filter(|told| told.event.command == Command::PairingDisclose).cloned().collect()
    } else {
        storage::base::event::disclosures(&mut tx, need.id).await?
    };
    let attachments = crate::base::attachment::list_in(ctx, &mut tx, need.id).await?;
    let asks = storage::aid::ask::of_need(&mut tx, need.id).await?;
    let closing = match storage::needs::closing::open_of(&mut tx, need.id).await? {
        Some(closing) => {
            let name = match closing.proposed_by {
                Some(id) => storage::people::account::by_id(&mut tx, id).await?.map(|a| a.display_name),
                None => None,
            };
            Some((closing, name.unwrap_or_default()))
        }
        None => None,
    };
    let merged_into = match need.merged_into {
        Some(id) => storage::needs::need::by_id(&mut tx, id).await?.map(|n| n.code),
        None => None,
    };
    let author_name = match need.author_id {
        Some(id) => storage::people::account::by_id(&mut tx, id).await?.map(|a| a.display_name),
        None => None,
    };
    drop(tx);
    if file.is_some() {
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
        promises,
        closing,
        need,
        place,
        beneficiaries,
        lines: views,
        consent,
        file,
        attachments,
        asks,
        merged_into,
        author_name,
    })))
}

pub(super) fn about(need: &Need) -> trail::About {
    trail::About { object: need.id, division: need.division_code.clone(), ..trail::About::default() }
}

impl OwnClaim {
    fn of(claim: &Claim) -> Self {
        Self { code: claim.code.clone(), state: claim.state, submitted_at: claim.submitted_at, due_at: claim.due_at }
    }
}

impl OwnPairing {
    fn of(pairing: &Pairing) -> Self {
        Self { code: pairing.code.clone(), state: pairing.state, opened_at: pairing.opened_at }
    }
}

fn member_need(
    need: Need,
    place: String,
    lines: Vec<LineView>,
    beneficiaries: &[Beneficiary],
    timeline: Vec<Entry>,
) -> MemberNeed {
    let open = lines.iter().any(|view| view.line.remaining() > 0);
    let depends = lines.iter().any(|view| domain::vocabulary::depends_on_sex(&view.line.service_code));
    MemberNeed {
        urgent: need.is_urgent(),
        may_claim: need.state == NeedState::Published && open,
        sex: need.sex.filter(|_| depends),
        categories: beneficiaries.iter().map(|b| b.category_code.clone()).collect(),
        id: need.id,
        code: need.code,
        kind: need.kind,
        title: need.title,
        place,
        description: need.description,
        requirements: need.requirements,
        aid_given: need.aid_given,
        gap: need.gap,
        age_band: need.age_band,
        state: need.state,
        close_reason: need.close_reason,
        published_at: need.published_at,
        due_at: need.due_at,
        valid_until: need.valid_until,
        lines,
        timeline,
        own_claims: Vec::new(),
        own_pairings: Vec::new(),
    }
}

fn mask(file: &storage::needs::need_file::NeedFile) -> MaskedFile {
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
    told: &[storage::base::event::Told],
) -> PublicNeed {
    let codes: Vec<&str> = beneficiaries.iter().map(|b| b.category_code.as_str()).collect();
    let village = need.kind == NeedKind::Village;
    PublicNeed {
        code: need.code.clone(),
        kind: need.kind,
        place: services.place(if village { &need.division_code } else { &need.division_code[..6] }),
        groups: domain::vocabulary::groups_of(&codes).iter().map(|group| group.name().to_owned()).collect(),
        lines: lines.iter().map(LineView::card).collect(),
        accounts: lines.iter().map(|view| view.account).collect(),
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

/// `2026年11月27日至2027年2月28日`, `2026年11月27日起`, empty. Of units that came back what is left of the term.
pub fn period_words(line: &Line) -> String {
    use domain::calendar::day_words;
    let starts_on = line.open_from.filter(|_| line.remaining() > 0).max(line.starts_on);
    match (starts_on, line.ends_on) {
        (Some(start), Some(end)) => format!("{}至{}", day_words(start), day_words(end)),
        (Some(start), None) => format!("{}起", day_words(start)),
        (None, Some(end)) => format!("至{}", day_words(end)),
        (None, None) => String::new(),
    }
}
