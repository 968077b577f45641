//! The badge of every state, once: on a list and on its page a record looks the same.

use app::components::{Badge, Glyph, Tone};
use domain::ask::AskState;
use domain::claim::ClaimState;
use domain::delivery::DeliveryState;
use domain::help::HelpState;
use domain::need::{CloseReason, Coverage, NeedState};
use domain::opening::OpeningState;
use domain::organization::{ImportState, OrganizationState};
use domain::pairing::PairingState;
use domain::project::ProjectState;
use domain::signup::SignupState;
use domain::team::TeamState;
use domain::verification::{VerificationResult, VerificationState};
use services::finding::hall::CardLine;
use services::needs::import::Import;

/// A need; a published one by what its lines still want, where they are known.
pub(crate) fn need(state: NeedState, reason: Option<CloseReason>, lines: Option<&[CardLine]>) -> Badge {
    let words = state.label();
    match (state, lines, reason) {
        (NeedState::Published, None, _) => Badge::info(words),
        (NeedState::Published, Some(lines), _) => {
            match Coverage::of(lines.iter().map(|line| (line.quantity, line.covered + line.pending))) {
                Coverage::Full => Badge::good(Coverage::Full.label()),
                other => Badge::info(other.label()),
            }
        }
        (NeedState::Closed, _, Some(reason)) if reason.is_success() => Badge::good(reason.label()),
        (NeedState::Closed, _, Some(reason)) if reason.is_unmet() => Badge::unmet(reason.label()),
        (NeedState::Closed, _, Some(reason)) => Badge::plain(reason.label()),
        (NeedState::InReview | NeedState::Suspended, ..) => Badge::wait(words),
        (NeedState::Returned, ..) => Badge::care(words),
        _ => Badge::plain(words),
    }
}

pub(crate) fn pairing(state: PairingState) -> Badge {
    let words = state.label();
    match state {
        PairingState::PendingStart | PairingState::Reported => Badge::wait(words),
        PairingState::Active => Badge::info(words),
        PairingState::Completed => Badge::good(words),
        PairingState::Paused => Badge::tag(Tone::Wait, Glyph::Pause, words),
        PairingState::Released | PairingState::Terminated => Badge::unmet(words),
        PairingState::Transferred => Badge::plain(words),
    }
}

pub(crate) fn claim(state: ClaimState) -> Badge {
    let words = state.label();
    match state {
        ClaimState::Forming | ClaimState::Submitted => Badge::wait(words),
        ClaimState::NeedsInfo => Badge::care(words),
        ClaimState::Approved => Badge::good(words),
        _ => Badge::plain(words),
    }
}

pub(crate) fn delivery(state: DeliveryState, superseded: bool) -> Badge {
    if superseded {
        return Badge::plain("已更正");
    }
    let words = state.label();
    match state {
        DeliveryState::Planned => Badge::plain(words),
        DeliveryState::Recorded => Badge::wait(words),
        DeliveryState::Confirmed => Badge::good(words),
        DeliveryState::Disputed => Badge::care(words),
        DeliveryState::Missed | DeliveryState::Voided => Badge::unmet(words),
    }
}

pub(crate) fn verification(state: VerificationState, result: Option<VerificationResult>) -> Badge {
    match (state, result) {
        (VerificationState::Assigned, _) => Badge::wait(state.label()),
        (VerificationState::CannotVerify, _) => Badge::unmet(state.label()),
        (VerificationState::Verified, Some(VerificationResult::Met)) => Badge::good(VerificationResult::Met.label()),
        (VerificationState::Verified, Some(VerificationResult::NotMet)) => {
            Badge::unmet(VerificationResult::NotMet.label())
        }
        (VerificationState::Verified, Some(result)) => Badge::info(result.label()),
        (VerificationState::Verified, None) => Badge::plain(state.label()),
    }
}

pub(crate) fn organization(state: OrganizationState) -> Badge {
    let words = state.label();
    match state {
        OrganizationState::Draft => Badge::plain(words),
        OrganizationState::Applied => Badge::wait(words),
        OrganizationState::Verified => Badge::good(words),
        OrganizationState::Returned | OrganizationState::Lapsed => Badge::care(words),
        OrganizationState::Suspended => Badge::tag(Tone::Wait, Glyph::Pause, words),
        OrganizationState::Refused | OrganizationState::Revoked => Badge::unmet(words),
    }
}

pub(crate) fn import(import: &Import) -> Badge {
    match (import.state, import.job) {
        (_, Some(job)) => Badge::wait(format!("正在{}", job.label())),
        (ImportState::Uploaded, None) => Badge::care("没有读成"),
        (ImportState::Checked, None) if import.rows_good == 0 => Badge::care("没有能导入的行"),
        (ImportState::Checked, None) => Badge::wait("已检查，等待导入"),
        (ImportState::Applied, None) => Badge::good(ImportState::Applied.label()),
        (ImportState::Discarded, None) => Badge::plain(ImportState::Discarded.label()),
    }
}

pub(crate) fn help(state: HelpState) -> Badge {
    let words = state.label();
    match state {
        HelpState::Received => Badge::care(words),
        HelpState::Accepted | HelpState::Routed | HelpState::Watched => Badge::wait(words),
        HelpState::Needed => Badge::info(words),
        HelpState::Advised => Badge::good(words),
        HelpState::Closed => Badge::plain(words),
    }
}

pub(crate) fn ask(state: AskState) -> Badge {
    match state {
        AskState::Sent => Badge::wait(state.label()),
        AskState::Accepted => Badge::good(state.label()),
        AskState::Declined | AskState::Lapsed => Badge::unmet(state.label()),
        AskState::Withdrawn => Badge::plain(state.label()),
    }
}

pub(crate) fn project(state: ProjectState) -> Badge {
    match state {
        ProjectState::Active => Badge::good(state.label()),
        ProjectState::Paused => Badge::tag(Tone::Wait, Glyph::Pause, state.label()),
        ProjectState::Ended => Badge::plain(state.label()),
    }
}

pub(crate) fn opening(state: OpeningState) -> Badge {
    match state {
        OpeningState::Draft => Badge::wait(state.label()),
        OpeningState::Open => Badge::good(state.label()),
        OpeningState::Closed => Badge::tag(Tone::Wait, Glyph::Pause, state.label()),
        OpeningState::Cancelled => Badge::plain(state.label()),
    }
}

pub(crate) fn team(state: TeamState) -> Badge {
    match state {
        TeamState::Applied => Badge::wait(state.label()),
        TeamState::Active => Badge::good(state.label()),
        TeamState::Refused => Badge::unmet(state.label()),
        TeamState::Ended => Badge::plain(state.label()),
    }
}

/// `waiting`: the place on the waiting list, 0 where it has none.
pub(crate) fn signup(state: SignupState, waiting: i64) -> Badge {
    use SignupState as S;
    match state {
        S::Waitlisted if waiting > 0 => Badge::wait(format!("候补第{waiting}位")),
        S::Applied | S::Waitlisted | S::HoursSubmitted | S::HoursConfirmed => Badge::wait(state.label()),
        S::Accepted | S::HoursRejected => Badge::care(state.label()),
        S::Confirmed => Badge::info(state.label()),
        S::Attended | S::Recorded | S::Corrected => Badge::good(state.label()),
        S::NoShow | S::LateCancel | S::Void => Badge::unmet(state.label()),
        S::Declined | S::Withdrawn | S::Cancelled | S::Excused | S::Unrecorded => Badge::plain(state.label()),
    }
}
