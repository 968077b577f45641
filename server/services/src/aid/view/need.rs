//! Reading one need: a type of its own for each tier, made field by field, so that a page cannot print what its
//! reader may not know.

use crate::aid::need_file::{self, Way};
use crate::aid::pairing::{Access, access};
use crate::aid::promise::{self, Promise};
use crate::base::offers::Offers;
use crate::base::timeline::{self, Depth, Entry};
use crate::base::trail;
use crate::boxed;
use crate::finding::cells;
use crate::finding::hall::{CardLine, Viewer, service_name};
use crate::needs::amendment::{self, Change};
use crate::{Ctx, Error, Result, Services};
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::code::is_code;
use domain::disclosure::DisclosureState;
use domain::machine::Command;
use domain::need::{AgeBand, CloseReason, NeedKind, NeedState, REOPEN_DAYS, Sex, UNMERGE_DAYS};
use domain::pairing::PairingState;
use domain::permission::{Record, Separation};
use domain::promise::Account;
use std::collections::HashMap;
use storage::aid::ask::Listed;
use storage::aid::claim::{Claim, OnNeed};
use storage::base::attachment::Attachment;
use storage::needs::consent::Consent;
pub use storage::needs::need::{Beneficiary, Need};
use storage::needs::need::{Claimed, Line, Whole};
use uuid::Uuid;

/// A line with who holds it.
#[derive(Clone, Debug)]
pub struct LineView {
    pub line: Line,
    pub service: String,
    pub pending: i64,
    /// Whether a pairing came of a claim on it, now or before.
    pub served: bool,
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
    /// As far as [`crate::finding::cells::known_divisions`] lets it be known.
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
    pub own_pairings: Vec<PairingOn>,
    pub may_claim: bool,
    /// Why the reader's organization may claim nothing more for now.
    pub full: Option<String>,
}

/// A claim of the reader's organization, on the need's page.
#[derive(Clone, Debug)]
pub struct OwnClaim {
    pub code: String,
    pub state: ClaimState,
    pub submitted_at: Time,
    pub due_at: Option<Time>,
}

/// A proposal to close, and who made it.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub reason: CloseReason,
    pub note: String,
    pub evidence: String,
    pub proposed_by: Option<Uuid>,
    pub name: String,
    pub proposed_at: Time,
    pub due_at: Time,
}

impl Proposal {
    fn of(whole: &Whole) -> Option<Self> {
        Some(Self {
            reason: whole.closing_reason?,
            note: whole.closing_note.clone().unwrap_or_default(),
            evidence: whole.closing_evidence.clone().unwrap_or_default(),
            proposed_by: whole.closing_by,
            name: whole.closing_name.clone().unwrap_or_default(),
            proposed_at: whole.closing_at?,
            due_at: whole.closing_due?,
        })
    }
}

/// A correction of what is published that waits, and who made it.
#[derive(Clone, Debug)]
pub struct Amending {
    pub changes: Vec<Change>,
    pub reason: String,
    pub proposed_by: Option<Uuid>,
    pub name: String,
    pub proposed_at: Time,
    pub due_at: Time,
}

impl Amending {
    fn of(whole: &Whole) -> Result<Option<Self>> {
        let (Some(stored), Some(proposed_at), Some(due_at)) =
            (&whole.amendment_changes, whole.amendment_at, whole.amendment_due)
        else {
            return Ok(None);
        };
        Ok(Some(Self {
            changes: amendment::changes(stored)?,
            reason: whole.amendment_reason.clone().unwrap_or_default(),
            proposed_by: whole.amendment_by,
            name: whole.amendment_name.clone().unwrap_or_default(),
            proposed_at,
            due_at,
        }))
    }
}

/// A pairing, on the need's page.
#[derive(Clone, Debug)]
pub struct PairingOn {
    pub id: Uuid,
    pub code: String,
    pub state: PairingState,
    pub opened_at: Time,
    pub cycle: i64,
    /// As in the pairing, once it is completed.
    pub result: Option<String>,
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
    pub pairings: Vec<(PairingOn, String)>,
    /// Accounts of the pairings of this cycle.
    pub promises: HashMap<Uuid, Promise>,
    /// A proposal to close that waits for a second account.
    pub closing: Option<Proposal>,
    /// A correction that waits for a second account.
    pub amending: Option<Amending>,
    pub consent: Option<Consent>,
    /// Masked name and phone; none for a village, where no file exists, and for the city.
    pub file: Option<MaskedFile>,
    /// How the reader comes to the whole file.
    pub way: Way,
    /// The city's requests for the file that wait.
    pub accesses: Vec<Access>,
    /// Who opened the contact data: when, who, purpose.
    pub disclosures: Vec<Entry>,
    /// Those the reader may open.
    pub attachments: Vec<Attachment>,
    /// Invitations, newest first.
    pub asks: Vec<Listed>,
    pub merged_into: Option<String>,
    pub author_name: Option<String>,
    pub offers: Offers,
}

/// What a reader may do with a need, and beside it whatever its state.
fn offers_on(ctx: &Ctx, need: &Need, closing: Option<&Proposal>, amending: Option<&Amending>) -> Offers {
    let record = |command| Record {
        division: Some(&need.division_code),
        others: match command {
            Command::NeedPublish => {
                vec![(need.author_id, Separation::Author), (need.submitter_id, Separation::Author)]
            }
            Command::NeedClose | Command::NeedRefuseClose => {
                closing.map(|closing| (closing.proposed_by, Separation::Proposer)).into_iter().collect()
            }
            Command::NeedConfirmAmendment | Command::NeedRefuseAmendment => {
                amending.map(|amending| (amending.proposed_by, Separation::Amender)).into_iter().collect()
            }
            _ => Vec::new(),
        },
        ..Record::default()
    };
    let beside = [
        Command::ConsentRecord,
        Command::ConsentWithdraw,
        Command::RightsReceive,
        Command::AttachmentAdd,
        Command::AskSend,
    ];
    let over = |days: i64| need.closed_at.is_some_and(|at| at.plus_days(days) < ctx.now());
    Offers::of(&ctx.actor, need.state, record)
        .with(&ctx.actor, &beside, &record(Command::NeedEdit))
        .unless(Command::NeedReopen, over(REOPEN_DAYS))
        .unless(Command::NeedUnmerge, over(UNMERGE_DAYS))
        .unless(Command::NeedProposeClose, closing.is_some())
        .unless(Command::NeedClose, closing.is_none())
        .unless(Command::NeedRefuseClose, closing.is_none())
        .unless(Command::NeedAmend, amending.is_some())
        .unless(Command::NeedConfirmAmendment, amending.is_none())
        .unless(Command::NeedRefuseAmendment, amending.is_none())
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
    let scope = match viewer {
        Viewer::Staff(ctx) => Some(ctx.actor.scope.as_str()),
        _ => None,
    };
    let whole = storage::needs::need::whole(&mut tx, code, scope).await?.ok_or(Error::NotFound)?;
    let closing = Proposal::of(&whole);
    let amending = Amending::of(&whole)?;
    let Whole { need, author_name, merged_code, file_requests, held, .. } = whole;
    let staff_here = matches!(viewer, Viewer::Staff(ctx) if ctx.actor.covers(&need.division_code));
    let claims = storage::aid::claim::on_need(&mut tx, need.id).await?;
    let own = |c: &&OnNeed| matches!(viewer, Viewer::Member(ctx) if ctx.actor.organization_id == Some(c.claim.organization_id));
    let own_pairings: Vec<PairingOn> = claims.iter().filter(own).filter_map(PairingOn::of).collect();
    if need.state == NeedState::Merged && !staff_here {
        return merged_code.filter(|_| need.published_at.is_some()).map(NeedView::Moved).ok_or(Error::NotFound);
    }
    // An organization goes on seeing a need that it is paired with, also while it is suspended.
    let paired = need.state == NeedState::Suspended && own_pairings.iter().any(|p| p.state.is_running());
    if !(staff_here || paired || is_public(&need)) {
        return Err(Error::NotFound);
    }
    let claimed = storage::needs::need::lines_claimed(&mut tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut tx, need.id).await?;
    let told = storage::base::event::of_need(&mut tx, need.id).await?;
    // Claims are no business of the public's; what became of a line is.
    let shown = if staff_here || matches!(viewer, Viewer::Member(_)) { &claims[..] } else { &[] };
    let mut views = line_views(claimed, shown);
    let of_cycle = claims.iter().filter(|c| c.claim.cycle == need.cycle);
    let of_cycle: Vec<Uuid> = of_cycle.filter_map(|c| c.pairing_id).collect();
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
    if let Viewer::Member(ctx) = viewer {
        let organization_id = ctx.organization()?;
        let paired = own_pairings.iter().any(|p| p.state.is_running());
        let codes: Vec<&str> = beneficiaries.iter().map(|b| b.category_code.as_str()).collect();
        let asked: Vec<&str> = views.iter().map(|view| view.line.service_code.as_str()).collect();
        let placed = cells::Placed::of(&need);
        let known = cells::known_division(services, &mut tx, placed, &codes, &asked, paired).await?;
        let place = services.place(&known);
        let depth = if paired { Depth::Paired(organization_id) } else { Depth::Member(organization_id) };
        let timeline = timeline::entries(services, &told, depth);
        let view = MemberNeed {
            own_claims: claims.iter().filter(own).map(|c| OwnClaim::of(&c.claim)).collect(),
            own_pairings,
            ..member_need(need, place, views, &beneficiaries, timeline)
        };
        let full = if view.may_claim { crate::steps::claims::full(&mut tx, organization_id).await? } else { None };
        return Ok(NeedView::Member(Box::new(MemberNeed { full, ..view })));
    }
    let Viewer::Staff(ctx) = viewer else { return Err(Error::NotFound) };
    let place = services.place(&need.division_code);
    // Nobody sees more of it here than a mask; the evidence is opened with the file.
    let (mut consent, file) = held.open(services.db.unseen(), need.id)?;
    if let Some(consent) = &mut consent {
        consent.evidence.clear();
    }
    let keeps = ctx.actor.keeps(&need.division_code);
    let file = file.filter(|_| keeps).map(|file| mask(&file));
    let asked = match file_requests {
        0 => Vec::new(),
        _ => storage::aid::disclosure::open_of_file(&mut tx, need.id).await?,
    };
    let way = need_file::way(ctx, &need, &asked);
    let accesses = asked
        .into_iter()
        .filter(|listed| listed.disclosure.state == DisclosureState::Asked)
        .map(|listed| access(ctx, &need.division_code, listed))
        .collect();
    let disclosures = if i64::try_from(told.len()).is_ok_and(|told| told < storage::base::event::TOLD) {
        told.iter()
            .filter(|told| matches!(told.event.command, Command::PairingDisclose | Command::NeedDisclose))
            .cloned()
            .collect()
    } else {
        storage::base::event::disclosures(&mut tx, need.id).await?
    };
    let offers = offers_on(ctx, &need, closing.as_ref(), amending.as_ref());
    let attachments = if need.kind == NeedKind::Household && keeps && offers.has(Command::AttachmentAdd) {
        crate::base::attachment::list_in(ctx, &mut tx, need.id).await?
    } else {
        Vec::new()
    };
    let asks = storage::aid::ask::of_need(&mut tx, need.id).await?;
    drop(tx);
    if file.is_some() || !attachments.is_empty() {
        trail::read(ctx, "masked_file", &need.code, about(&need)).await?;
    }
    Ok(NeedView::Staff(Box::new(StaffNeed {
        timeline: timeline::entries(services, &told, Depth::Staff),
        disclosures: timeline::entries(services, &disclosures, Depth::Staff),
        pairings: claims.iter().filter_map(|c| Some((PairingOn::of(c)?, c.organization_name.clone()))).collect(),
        claims: claims.into_iter().map(|c| (c.claim, c.organization_name)).collect(),
        promises,
        closing,
        amending,
        need,
        place,
        beneficiaries,
        lines: views,
        consent,
        file,
        way,
        accesses,
        attachments,
        asks,
        merged_into: merged_code,
        author_name,
        offers,
    })))
}

/// Lines with what is reserved of each, and by whom units are held as far as the reader may know of claims.
fn line_views(claimed: Vec<Claimed>, claims: &[OnNeed]) -> Vec<LineView> {
    let mut views: Vec<LineView> = Vec::new();
    for claimed in claimed {
        let served = claimed.is_served();
        let Claimed { line, claim_id, claim_state, claimed, held } = claimed;
        if views.last().is_none_or(|view| view.line.id != line.id) {
            let service = service_name(&line.service_code);
            views.push(LineView { line, service, pending: 0, served: false, holders: Vec::new(), account: None });
        }
        let (Some(view), Some(units)) = (views.last_mut(), claimed) else { continue };
        view.served |= served;
        if claim_state.is_some_and(ClaimState::is_pending) {
            view.pending += units;
        }
        // Units are held by pairings, and a pairing comes of a claim.
        let Some(held) = held.filter(|held| *held > 0) else { continue };
        let holder = claims.iter().find(|c| Some(c.claim.id) == claim_id && c.pairing_id.is_some());
        view.holders.extend(holder.map(|c| (c.organization_name.clone(), held)));
    }
    views
}

pub(super) fn about(need: &Need) -> trail::About {
    trail::About { object: need.id, division: need.division_code.clone(), ..trail::About::default() }
}

impl OwnClaim {
    fn of(claim: &Claim) -> Self {
        Self { code: claim.code.clone(), state: claim.state, submitted_at: claim.submitted_at, due_at: claim.due_at }
    }
}

impl PairingOn {
    fn of(c: &OnNeed) -> Option<Self> {
        Some(Self {
            id: c.pairing_id?,
            code: c.pairing_code.clone()?,
            state: c.pairing_state?,
            opened_at: c.pairing_opened_at?,
            cycle: c.claim.cycle,
            result: c.pairing_result.clone(),
        })
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
        full: None,
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
