//! What follows from what: commands that nobody gives for themselves in a work, but that another command brings about.
//!
//! The transition table ([`crate::machine::RULES`]) says where such a step leads; this table says after which commands
//! it may be taken. Nobody's permission is asked for it: the command that was given has been decided on. A command that
//! has no line in the permission table ([`crate::permission`]) stands here only.

use crate::machine::Command;

/// Whatever ends a need, at once or with its last pairing.
const NEED_ENDS: &[Command] = {
    use Command as C;
    &[
        C::NeedClose,
        C::NeedWithdraw,
        C::NeedAbandon,
        C::NeedExpire,
        C::PairingComplete,
        C::PairingCloseUnverified,
        C::NeedConfirmAmendment,
    ]
};
/// An organization loses its standing.
const STANDING_ENDS: &[Command] =
    &[Command::OrganizationSuspend, Command::OrganizationRevoke, Command::OrganizationStanding];
/// A place of a shift may be free.
const PLACE_FREED: &[Command] = {
    use Command as C;
    &[
        C::SignupWithdraw,
        C::SignupNoShow,
        C::SignupExcuse,
        C::ShiftPlaces,
        C::VolunteerWithdraw,
        C::MemberLeave,
        C::MemberRemove,
    ]
};
/// A person or an organization comes in, and with it an account.
const ENTRIES: &[Command] = {
    use Command as C;
    &[C::InvitationAccept, C::VolunteerJoin, C::OrganizationRegister]
};

/// The commands that may bring a step about, in groups; empty: it is only ever given.
pub fn causes(command: Command) -> &'static [&'static [Command]] {
    use Command as C;
    match command {
        C::NeedCreate => &[&[C::ImportApply, C::HelpNeed]],
        C::OrganizationApply => &[&[C::ImportApply]],
        C::NeedClose => &[&[C::PairingComplete, C::PairingCloseUnverified, C::NeedExpire, C::NeedConfirmAmendment]],
        // "Not received" at the second look.
        C::NeedReopen => &[&[C::VerificationVerify, C::PairingSettle]],
        C::NeedAnonymise | C::HelpForget => &[&[C::RetentionRun]],
        C::ConsentRecord => &[&[C::NeedCreate, C::NeedEdit]],
        C::DisclosureOpen => &[&[C::PairingDisclose, C::NeedDisclose]],
        // An accepted invitation is a claim; the last member's word hands a joint claim in; a transfer takes one over.
        C::ClaimSubmit => &[&[C::AskAccept, C::ClaimJoin, C::TransferApprove]],
        C::ClaimApprove => &[&[C::TransferApprove]],
        // A claim falls with its need, its organization, its lead, or for a new claim of the same organization.
        C::ClaimSupersede => &[
            NEED_ENDS,
            STANDING_ENDS,
            &[C::NeedMerge, C::ClaimSubmit, C::ClaimForm, C::AskAccept, C::ClaimWithdraw, C::ClaimExpire],
        ],
        C::PairingOpen => &[&[C::ClaimApprove, C::TransferApprove]],
        C::PairingPause => &[STANDING_ENDS],
        C::PairingTerminate => &[NEED_ENDS],
        C::PairingTransfer => &[&[C::TransferApprove]],
        // Whatever ends a pairing settles it; so does a record that falls afterwards.
        C::PairingSettle => {
            &[NEED_ENDS, &[C::PairingTerminate, C::PairingRelease, C::TransferApprove, C::DeliveryVoid]]
        }
        // Who goes has to reach the household.
        C::PairingAssignWorker => &[&[C::DeliveryAssign]],
        C::TransferLapse => &[NEED_ENDS, &[C::PairingTerminate, C::PairingRelease]],
        C::DeliveryPlan => &[&[C::DeliveryRecord, C::DeliveryMiss, C::PairingTakeBack, C::PairingRework]],
        C::DeliveryVoid => &[
            NEED_ENDS,
            &[
                C::DeliveryCorrect,
                C::PairingReport,
                C::PairingGiveBack,
                C::PairingTerminate,
                C::PairingRelease,
                C::TransferApprove,
            ],
        ],
        C::VerificationFail => &[NEED_ENDS, &[C::PairingTerminate, C::PairingTakeBack]],
        C::VerificationRecheck => &[&[C::PairingComplete]],
        C::OrganizationSuspend => &[&[C::OrganizationStanding]],
        // Whoever claims has answered the invitation.
        C::AskAccept => &[&[C::ClaimSubmit, C::ClaimForm, C::ClaimJoin]],
        C::AskWithdraw => &[NEED_ENDS, STANDING_ENDS, &[C::NeedMerge]],
        C::VolunteerEnter | C::MemberInvite => &[&[C::ImportApplyMembers]],
        // Who was entered from a list and never came is taken out again.
        C::VolunteerWithdraw => &[&[C::MemberRemove, C::MemberLapse]],
        C::MemberFound => &[&[C::TeamApply]],
        C::MemberLeave | C::CalendarRevoke => &[&[C::VolunteerWithdraw]],
        C::OpeningCancel => &[&[C::TeamEnd]],
        C::ShiftCancel => &[&[C::OpeningCancel, C::TeamEnd]],
        C::SignupCancel => &[&[C::ShiftCancel, C::OpeningCancel, C::TeamEnd]],
        C::SignupAccept => &[&[C::SignupApply]],
        C::SignupWaitlist => &[&[C::SignupApply, C::SignupAccept]],
        C::SignupPromote => &[PLACE_FREED],
        C::SignupConfirm | C::SignupLeave => &[&[C::SignupAttend]],
        C::SignupWithdraw => &[&[C::VolunteerWithdraw, C::MemberLeave, C::MemberRemove]],
        // Giving up within the last day.
        C::SignupLateCancel => &[&[C::SignupWithdraw, C::VolunteerWithdraw, C::MemberLeave, C::MemberRemove]],
        C::SignupRecord => &[&[C::SignupConfirmHours]],
        C::SignupCorrect => &[&[C::CorrectionConfirm]],
        C::AccountCreate => &[ENTRIES],
        C::AccountDeactivate => &[&[C::OrganizationRegister, C::VolunteerWithdraw]],
        // The last step of signing in, whichever it is.
        C::SessionSignIn => &[&[C::AccountFactorSet, C::AccountPassword]],
        C::AttachmentRemove => &[&[C::OrganizationRegister, C::RetentionRun, C::RightsErase]],
        _ => &[],
    }
}

/// Whether `command` may follow from `cause`.
pub fn follows(command: Command, cause: Command) -> bool {
    causes(command).iter().any(|group| group.contains(&cause))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::machine::{Object, RULES};
    use crate::permission::may_ever;
    use crate::role::Role;

    /// Somebody, or a clock, gives it.
    fn is_given(command: Command) -> bool {
        Role::ALL.iter().any(|role| may_ever(*role, command))
    }

    #[test]
    fn every_command_is_given_or_follows() {
        for command in Command::ALL {
            assert!(is_given(*command) || !causes(*command).is_empty(), "{command} can never happen");
        }
    }

    #[test]
    fn what_brings_about_is_given() {
        for command in Command::ALL {
            for cause in causes(*command).iter().copied().flatten() {
                assert!(is_given(*cause), "{command} follows from {cause}, which nobody gives");
                assert_ne!(cause, command, "{command} follows from itself");
            }
        }
    }

    #[test]
    fn what_follows_has_a_step_to_take() {
        for command in Command::ALL.iter().filter(|command| !causes(**command).is_empty()) {
            // Sessions and the calendar's address have no states of their own.
            let stateless = matches!(command.object(), Object::Session | Object::Calendar);
            assert!(stateless || RULES.iter().any(|rule| rule.command == *command), "{command} has no rule");
        }
    }

    #[test]
    fn a_decision_never_follows_by_itself() {
        for command in [
            Command::NeedPublish,
            Command::ClaimDecline,
            Command::PairingComplete,
            Command::VerificationVerify,
            Command::DeliveryConfirm,
            Command::TransferApprove,
            Command::OrganizationVerify,
            Command::SignupConfirmHours,
        ] {
            assert!(causes(command).is_empty(), "{command}");
        }
        assert!(follows(Command::ClaimSupersede, Command::NeedClose));
        assert!(!follows(Command::ClaimSupersede, Command::NeedPublish));
    }
}
