//! Reading one pairing, with what each of its two sides may do about it and about what belongs to it.

use super::NeedBrief;
use crate::base::offers::Offers;
use crate::base::timeline::{self, Depth, Entry};
use crate::boxed;
use crate::steps::contact::household;
use crate::steps::pairings::record;
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::code::is_code;
use domain::delivery::DeliveryState;
use domain::machine::{self, Command};
use domain::need::Urgency;
use domain::pairing::{PairingState, TransferState};
use domain::permission::{Record, Separation};
use domain::verification::VerificationState;
use storage::aid::claim::ClaimLine;
pub use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
pub use storage::aid::pairing::ReportLine;
use storage::aid::verification::Named;
pub use storage::aid::verification::{FoundLine, Verification};
use uuid::Uuid;

/// What was agreed on when a claim became a pairing.
#[derive(Clone, Debug)]
pub struct Agreed {
    pub plan: String,
    pub start_on: chrono::NaiveDate,
}

/// A transfer that is not over.
#[derive(Clone, Debug)]
pub struct PendingTransfer {
    pub id: Uuid,
    pub state: TransferState,
    pub reason: String,
    pub expires_at: Time,
    /// Name of the organization that is to take over.
    pub to: String,
    pub offers: Offers,
}

/// A visit with what its reader may do about it.
#[derive(Clone, Debug)]
pub struct Visit {
    pub delivery: Delivery,
    pub offers: Offers,
}

impl std::ops::Deref for Visit {
    type Target = Delivery;

    fn deref(&self) -> &Delivery {
        &self.delivery
    }
}

/// A pairing for its two sides.
#[derive(Clone, Debug)]
pub struct PairingView {
    pub pairing: Pairing,
    pub agreed: Agreed,
    pub lines: Vec<ClaimLine>,
    pub need: NeedBrief,
    pub place: String,
    pub organization_name: String,
    pub workers: Vec<(Uuid, String)>,
    pub deliveries: Vec<Visit>,
    pub verifications: Vec<(Verification, String)>,
    pub consent_live: bool,
    pub transfer: Option<PendingTransfer>,
    pub successor_code: Option<String>,
    pub masked: crate::aid::pairing::Masked,
    /// What was agreed against what was done.
    pub promise: crate::aid::promise::Promise,
    /// What the organization reported of each line.
    pub report: Vec<ReportLine>,
    /// What verifiers found of each line.
    pub found: Vec<FoundLine>,
    /// Whether somebody has begun to check the report.
    pub is_checked: bool,
    pub timeline: Vec<Entry>,
    /// Accesses to a minor's contact data that wait for the office.
    pub accesses: Vec<crate::aid::pairing::Access>,
    /// Colleagues who may be named as workers (the organization's side).
    pub colleagues: Vec<(Uuid, String)>,
    /// Who may be asked to verify (the office's side): (id, name, place).
    pub verifiers: Vec<(Uuid, String, String)>,
    /// Volunteers' services without an evaluation, and all of them, for who writes evaluations down.
    pub evaluations: Option<(i64, i64)>,
    pub offers: Offers,
}

impl PairingView {
    /// `Ok` where the command may be given now; else what it would be answered with.
    pub fn must(&self, command: Command) -> Result<()> {
        if command == Command::TransferOffer && self.offers.refusal(command).is_none() {
            machine::step(self.pairing.state, Command::PairingTransfer)?;
        }
        self.offers.must(command)
    }
}

/// What a reader may do with a pairing, and with what belongs to it whatever its state.
fn offers_on(ctx: &Ctx, pairing: &Pairing, verifications: &[Named]) -> Offers {
    let apart = |command: Command| Record {
        others: match command {
            Command::PairingComplete | Command::PairingCloseUnverified => verifications
                .iter()
                .map(|named| &named.verification)
                .rfind(|v| v.state == VerificationState::Verified && !v.recheck)
                .map(|v| (Some(v.assignee_id), Separation::Verifier))
                .into_iter()
                .chain([(pairing.reported_by, Separation::Reporter)])
                .collect(),
            _ => Vec::new(),
        },
        ..record(pairing)
    };
    let beside = record(pairing);
    let visits = [Command::DeliveryPlan, Command::DeliveryRecord];
    let decisions = [Command::TransferOffer, Command::VerificationAssign, Command::VerificationReassign];
    let active = pairing.state == PairingState::Active;
    Offers::of(&ctx.actor, pairing.state, apart)
        .with(&ctx.actor, &visits, &beside)
        .with(&ctx.actor, &decisions, &beside)
        .unless(Command::DeliveryPlan, !active)
        .unless(Command::DeliveryRecord, !active)
        .unless(Command::TransferOffer, !machine::allows(pairing.state, Command::PairingTransfer))
}

/// What a reader may do about a visit of a pairing.
fn visit(ctx: &Ctx, pairing: &Pairing, delivery: Delivery) -> Visit {
    let who = |command| match command {
        Command::DeliveryConfirm | Command::DeliveryDispute => Record {
            division: Some(&delivery.division_code),
            others: vec![(delivery.recorded_by, Separation::Recorder)],
            ..Record::default()
        },
        _ => record(pairing),
    };
    let active = pairing.state == PairingState::Active;
    let stands = matches!(delivery.state, DeliveryState::Recorded | DeliveryState::Disputed | DeliveryState::Confirmed)
        && !delivery.superseded;
    // A correction is a new entry beside the one that stands.
    let offers = Offers::of(&ctx.actor, delivery.state, who)
        .with(&ctx.actor, &[Command::DeliveryCorrect], &who(Command::DeliveryCorrect))
        .unless(Command::DeliveryRecord, !active)
        .unless(Command::DeliveryCorrect, !active || !stands);
    Visit { delivery, offers }
}

/// Reads a pairing: its organization, staff whose scope covers it, or the
/// account that a verification of it is assigned to.
#[boxed]
pub async fn pairing(ctx: &Ctx, code: &str) -> Result<PairingView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let whole = storage::aid::pairing::whole(&mut tx, code, ctx.actor.account_id).await?.ok_or(Error::NotFound)?;
    let pairing = &whole.pairing;
    let own = ctx.actor.organization_id == Some(pairing.organization_id);
    let covers = ctx.actor.covers(&pairing.division_code);
    let (verifications, found) = storage::aid::verification::named(&mut tx, pairing.id).await?;
    let assigned = verifications.iter().any(|v| Some(v.verification.assignee_id) == ctx.actor.account_id);
    if !own && !assigned && !covers {
        return Err(Error::NotFound);
    }
    let lines = storage::aid::claim::lines(&mut tx, pairing.claim_id).await?;
    let people = storage::aid::pairing::people(&mut tx, pairing.id, pairing.organization_id).await?;
    let deliveries = storage::aid::delivery::of_pairing(&mut tx, pairing.id).await?;
    let told: Vec<_> = storage::base::event::of_need(&mut tx, pairing.need_id)
        .await?
        .into_iter()
        .filter(|t| t.event.organization_id == Some(pairing.organization_id) && t.event.at >= whole.submitted_at)
        .collect();
    let depth = if own { Depth::Paired(pairing.organization_id) } else { Depth::Staff };
    let timeline = timeline::entries(&ctx.services, &told, depth);
    let verifiers = if !own && pairing.state == PairingState::Reported {
        verifiers(ctx, &mut tx, pairing).await?
    } else {
        Vec::new()
    };
    let named = people.iter().any(|(id, _, named, _)| *named && Some(*id) == ctx.actor.account_id);
    let household = household(ctx, &whole, named)?;
    let accesses = if covers && !own && household.is_minor(ctx.now().day()) {
        crate::aid::pairing::accesses(ctx, &mut tx, pairing).await?
    } else {
        Vec::new()
    };
    let promise = crate::aid::promise::of_pairing(&mut tx, pairing, ctx.now()).await?;
    let report = match pairing.reported_at {
        Some(_) => storage::aid::pairing::report_lines(&mut tx, pairing.id).await?,
        None => Vec::new(),
    };
    let all: Vec<Verification> = verifications.iter().map(|named| named.verification.clone()).collect();
    let is_checked = crate::aid::pairing::is_checked(pairing, &all);
    drop(tx);
    let masked = crate::aid::pairing::masked(ctx, pairing, &household).await?;
    let transfer = whole.transfer_id.zip(whole.transfer_state).map(|(id, state)| PendingTransfer {
        id,
        state,
        reason: whole.transfer_reason.clone().unwrap_or_default(),
        expires_at: whole.transfer_until.unwrap_or_default(),
        to: whole.transfer_to.clone().unwrap_or_default(),
        offers: Offers::of(&ctx.actor, state, |_| Record {
            division: Some(&pairing.division_code),
            ..Record::default()
        }),
    });
    let evaluates = Offers::default().with(
        &ctx.actor,
        &[Command::EvaluationRecord],
        &Record { division: Some(&pairing.division_code), ..Record::default() },
    );
    Ok(PairingView {
        agreed: Agreed { plan: whole.plan.clone(), start_on: whole.start_on },
        lines,
        need: NeedBrief {
            code: whole.need_code.clone(),
            kind: whole.need_kind,
            title: whole.need_title.clone(),
            requirements: whole.need_requirements.clone(),
            urgent: whole.need_urgency == Urgency::Urgent,
        },
        place: ctx.services.place(pairing.division_code.get(..9).unwrap_or_default()),
        organization_name: whole.organization_name.clone(),
        workers: people.iter().filter(|(.., named, _)| *named).map(|(id, name, ..)| (*id, name.clone())).collect(),
        deliveries: deliveries.into_iter().map(|delivery| visit(ctx, pairing, delivery)).collect(),
        consent_live: household.consent_live(ctx.now().day()),
        transfer,
        // Who took over is the office's business.
        successor_code: whole.successor_code.clone().filter(|_| !own),
        masked,
        promise,
        report,
        found,
        is_checked,
        timeline,
        accesses,
        colleagues: people.into_iter().filter(|(.., active)| own && *active).map(|(id, name, ..)| (id, name)).collect(),
        verifiers,
        evaluations: Some((whole.unevaluated, whole.served))
            .filter(|(_, served)| *served > 0 && evaluates.has(Command::EvaluationRecord)),
        offers: offers_on(ctx, pairing, &verifications),
        // Names of staff are for staff.
        verifications: verifications
            .into_iter()
            .map(|v| (v.verification, if own { String::new() } else { v.assignee_name }))
            .collect(),
        pairing: whole.pairing,
    })
}

/// Staff nearby who may be asked to verify: (id, name, place).
async fn verifiers(ctx: &Ctx, tx: &mut storage::Tx, pairing: &Pairing) -> Result<Vec<(Uuid, String, String)>> {
    let street = pairing.division_code.get(..9).unwrap_or_default();
    let district = pairing.division_code.get(..6).unwrap_or_default();
    let staff = storage::people::account::staff_within(tx, district).await?;
    Ok(staff
        .into_iter()
        .filter(|account| account.scope.starts_with(street) || account.scope == district)
        .filter(|account| account.actor().covers(&pairing.division_code) && Some(account.id) != pairing.reported_by)
        .map(|account| {
            let place = ctx.services.place(&account.scope);
            (account.id, account.display_name, place)
        })
        .collect())
}
