//! What waits, with its clock: for the desks of the offices and of the organizations, and for the badges of lists.

use crate::{Result, Services};
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::clock::{Name, Office, Running, Who};
use domain::delivery::DeliveryState;
use domain::href::href;
use domain::machine::Object;
use domain::need::{NeedState, Urgency};
use domain::pairing::PairingState;
use domain::role::Role;
use domain::verification::VerificationState;
use storage::Tx;
use storage::aid::claim::Claim;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
pub use storage::aid::waiting::Waiting;
use storage::needs::need::Need;
use uuid::Uuid;

/// Something that waits, and how long it may.
#[derive(Clone, Debug)]
pub struct Line {
    pub row: Waiting,
    pub running: Running,
}

impl Line {
    /// Nothing where the table does not say by when.
    pub(crate) fn of(services: &Services, row: Waiting) -> Option<Self> {
        let running = Running::new(row.clock, row.since, row.due_at, row.urgent, &services.calendar())?;
        Some(Self { row, running })
    }

    /// Where it is decided.
    pub fn href(&self) -> String {
        let code = &self.row.code;
        match self.row.clock {
            Name::NeedDraft | Name::NeedReview | Name::NeedReturned | Name::NeedSuspended | Name::TransferAnswer => {
                href(Object::Need, &code)
            }
            Name::NeedUnclaimed | Name::NeedValidity | Name::NeedClosing | Name::NeedAmendment => {
                href(Object::Need, &code)
            }
            Name::ClaimDecision | Name::ClaimAnswer | Name::ClaimForming => href(Object::Claim, &code),
            Name::Invitation => href(Object::Ask, &self.row.object_id),
            Name::Rights => href(Object::Rights, &code),
            Name::Application => href(Object::Organization, &self.row.object_id),
            Name::TeamDecision => href(Object::Team, &code),
            Name::Incident => href(Object::Incident, &self.row.object_id),
            Name::HelpTriage | Name::HelpWork | Name::HelpRoute | Name::HelpWatch => href(Object::Help, code),
            Name::VoiceAnswer => format!("{}#voice", href(Object::Help, code)),
            _ => href(Object::Pairing, &code),
        }
    }

    /// `答复认领`, `确认服务记录（6条）`
    pub fn what(&self) -> String {
        let label = self.row.clock.label();
        match self.row.clock {
            Name::Visit => format!("{label}（{}次）", self.row.count),
            Name::Confirmation | Name::Correction => format!("{label}（{}条）", self.row.count),
            _ => label.to_owned(),
        }
    }

    /// Days since the last record, of a quiet pairing.
    pub fn silent_days(&self, now: Time) -> i64 {
        self.running.since.minutes_until(now) / 1440
    }
}

/// The office whose desks a role reads.
pub fn office_of(role: Role) -> Option<Office> {
    match role {
        Role::Street => Some(Office::Street),
        Role::District => Some(Office::District),
        Role::City => Some(Office::City),
        _ => None,
    }
}

/// What is late in a scope and has come to an office, the longest first: a bounded number of statements.
pub(crate) async fn late(services: &Services, tx: &mut Tx, scope: &str, office: Office) -> Result<Vec<Line>> {
    let now = services.now();
    let calendar = services.calendar();
    let mut rows = storage::aid::waiting::late(tx, scope, office, now).await?;
    let recorded = now.day() - chrono::Days::new(domain::clock::VISIT_DAYS.unsigned_abs());
    rows.extend(storage::aid::waiting::visits(tx, scope, Some(recorded), now.plus_days(-3)).await?);
    if office < Office::City {
        rows.extend(storage::aid::waiting::quiet(tx, scope, None, (now, false)).await?);
    }
    let mut lines: Vec<Line> = rows
        .into_iter()
        .filter_map(|row| Line::of(services, row))
        .filter(|line| line.running.due < now && line.running.reaches(office, now, &calendar))
        .collect();
    lines.sort_by_key(|line| (!line.row.urgent, line.running.due, line.row.object_id));
    Ok(lines)
}

/// What a village committee has to confirm and has not.
pub(crate) async fn late_in_village(services: &Services, tx: &mut Tx, scope: &str) -> Result<Vec<Line>> {
    let now = services.now();
    let rows = storage::aid::waiting::visits(tx, scope, None, now.plus_days(-3)).await?;
    let lines = rows.into_iter().filter_map(|row| Line::of(services, row));
    Ok(lines.filter(|line| line.running.clock().must == Who::Village && line.running.due < now).collect())
}

/// What an organization has let go by without a line of its own on the desk: silence, and disputes.
pub(crate) async fn late_of(services: &Services, tx: &mut Tx, organization: Uuid) -> Result<Vec<Line>> {
    let now = services.now();
    let mut rows = storage::aid::waiting::quiet(tx, "", Some(organization), (now, false)).await?;
    rows.extend(storage::aid::waiting::disputed_of(tx, organization).await?);
    let lines = rows.into_iter().filter_map(|row| Line::of(services, row));
    Ok(lines.filter(|line| line.running.due < now || line.row.clock == Name::Correction).collect())
}

/// The clock of a need as it stands, where one runs.
pub fn of_need(services: &Services, need: &Need) -> Option<Running> {
    let (name, since, due) = match need.state {
        NeedState::Draft => (Name::NeedDraft, need.created_at, None),
        NeedState::InReview => (Name::NeedReview, need.submitted_at?, need.due_at),
        NeedState::Returned => (Name::NeedReturned, need.updated_at, None),
        NeedState::Suspended => (Name::NeedSuspended, need.updated_at, None),
        NeedState::Published | NeedState::Closed | NeedState::Merged => return None,
    };
    Running::new(name, since, due, need.is_urgent(), &services.calendar())
}

/// The clock of a published need with units that nobody has taken.
pub fn of_unclaimed(services: &Services, published_at: Time, urgent: bool) -> Option<Running> {
    Running::new(Name::NeedUnclaimed, published_at, None, urgent, &services.calendar())
}

pub fn of_claim(services: &Services, claim: &Claim, urgency: Urgency) -> Option<Running> {
    let name = match claim.state {
        ClaimState::Forming => Name::ClaimForming,
        ClaimState::Submitted => Name::ClaimDecision,
        ClaimState::NeedsInfo => Name::ClaimAnswer,
        _ => return None,
    };
    Running::new(name, claim.submitted_at, claim.due_at, urgency == Urgency::Urgent, &services.calendar())
}

/// Of a reported pairing: the assignment of its verification, whose own clock then runs.
pub fn of_pairing(services: &Services, pairing: &Pairing, urgency: Urgency) -> Option<Running> {
    let (name, since, due) = match pairing.state {
        PairingState::PendingStart => (Name::FirstContact, pairing.opened_at, pairing.due_at),
        PairingState::Paused => (Name::HandOver, pairing.opened_at, Some(pairing.due_at?)),
        PairingState::Reported => (Name::Assignment, pairing.reported_at?, pairing.due_at),
        _ => return None,
    };
    Running::new(name, since, due, urgency == Urgency::Urgent, &services.calendar())
}

pub fn of_delivery(services: &Services, delivery: &Delivery) -> Option<Running> {
    let (name, since, due) = match delivery.state {
        DeliveryState::Planned => (Name::Visit, Time::at(delivery.planned_on, 0, 0), None),
        DeliveryState::Recorded => (Name::Confirmation, delivery.recorded_at?, delivery.due_at),
        DeliveryState::Disputed => (Name::Correction, delivery.decided_at?, None),
        _ => return None,
    };
    Running::new(name, since, due, false, &services.calendar())
}

pub fn of_verification(services: &Services, verification: &Verification) -> Option<Running> {
    if verification.state != VerificationState::Assigned {
        return None;
    }
    let name = if verification.recheck { Name::Recheck } else { Name::Verification };
    Running::new(name, verification.assigned_at, Some(verification.due_at), false, &services.calendar())
}
