//! Who may do what: one function, one table, deny by default.
//!
//! The transition table ([`crate::machine::RULES`]) says what is possible in a
//! state; this table says for whom; what follows from a command is asked of
//! nobody anew ([`crate::consequence`]). Pages, interface, import and jobs all ask
//! [`authorize`].

use crate::machine::Command;
use crate::role::{Actor, Role};
use uuid::Uuid;

/// What the decision needs to know of the record, nothing else.
#[derive(Clone, Debug, Default)]
pub struct Record<'a> {
    /// 12-digit division code of the need behind the record.
    pub division: Option<&'a str>,
    /// The organization that claims or delivers.
    pub organization: Option<Uuid>,
    /// The account that a verification is assigned to.
    pub assignee: Option<Uuid>,
    /// The account of the volunteer that the record is about.
    pub volunteer: Option<Uuid>,
    /// Accounts of those who lead the record's team.
    pub leaders: Vec<Uuid>,
    /// Accounts that must not be the actor, each with what they did.
    pub others: Vec<(Option<Uuid>, Separation)>,
}

/// Why two steps may not be one person's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Separation {
    /// The publisher is not the author.
    Author,
    /// The verifier is not the reporter.
    Reporter,
    /// The approver is not the verifier.
    Verifier,
    /// A need is closed by another account than the one that proposed it.
    Proposer,
    /// What is published is corrected by another account than the one that proposed it.
    Amender,
    /// A record is confirmed by another account than the one that entered it.
    Recorder,
    /// Nobody manages the own account.
    Oneself,
    /// An access is approved by another account than the one that asked.
    Asker,
    /// Nobody confirms the own hours.
    Beneficiary,
    /// Who made or reset an account does not approve its work.
    Lineage,
}

impl Separation {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Author => "这个需求由您登记，审核公开要由另一位工作人员来做",
            Self::Reporter => "结果由您报告，核验和办结要由另一位工作人员来做",
            Self::Verifier => "结果由您核验，确认办结要由另一位工作人员来做",
            Self::Proposer => "结案由您提请，要由另一位工作人员来确认",
            Self::Amender => "这处更正由您提出，要由另一位工作人员来确认",
            Self::Asker => "这次查看由您申请，批准要由另一位工作人员来做",
            Self::Recorder => "这条记录由您填写，确认要由另一位工作人员来做",
            Self::Beneficiary => "这是您自己的服务时长，确认要由另一位负责人来做",
            Self::Lineage => {
                "办这件事的账号，30天内由您（或您的账号由对方）开通或重设过，不能由您来审批。请换一位同事，或请另一位管理员当面核实本人后再办"
            }
            Self::Oneself => "这是您自己的账号，要由另一位管理员来办",
        }
    }
}

/// How actor and record must belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    /// The record's division lies in the actor's scope.
    Scope,
    /// The record is the actor's organization's.
    Own,
    /// The record is assigned to the actor, whose scope covers it.
    Assignee,
    /// The actor is the volunteer that the record is about.
    Oneself,
    /// The actor leads the record's team.
    Leader,
    /// No record yet, or none needed.
    Free,
}

/// Why something was refused. Nothing of the record is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// This role never does this.
    Role,
    /// The record is not the actor's: to be answered as "not found".
    Outside,
    /// The verification is assigned to somebody else.
    NotAssigned,
    /// One person may not do both steps.
    Separated(Separation),
}

impl Refusal {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Role => "您的岗位不办理这件事",
            Self::Outside => "没有找到，或不在您的范围内",
            Self::NotAssigned => "这次核验指派给了另一位工作人员",
            Self::Separated(separation) => separation.sentence(),
        }
    }
}

const STAFF: &[Role] = &[Role::VillageWorker, Role::Street, Role::District, Role::City];
const OFFICE: &[Role] = &[Role::Street, Role::District];
const UPPER: &[Role] = &[Role::District, Role::City];
const DECIDE: &[Role] = &[Role::Street, Role::District, Role::City];
const CONFIRM: &[Role] = &[Role::VillageWorker, Role::Street, Role::District];
const ORG: &[Role] = &[Role::OrgAdmin, Role::OrgWorker];
const ORG_ADMIN: &[Role] = &[Role::OrgAdmin];
const CITY: &[Role] = &[Role::City];
const JOB: &[Role] = &[Role::System];
const AUDIT: &[Role] = &[Role::AuditAdmin];
const ADMIN: &[Role] = &[Role::SystemAdmin, Role::System];
const SECURITY: &[Role] = &[Role::SecurityAdmin, Role::System];
const BOTH: &[Role] = &[Role::SystemAdmin, Role::SecurityAdmin, Role::System];
const DISTRICT: &[Role] = &[Role::District];
const VOLUNTEER: &[Role] = &[Role::Volunteer];
/// Who supervises a team that belongs to no organization.
const SUPERVISE: &[Role] = &[Role::VillageWorker, Role::Street];

/// The table. A command with two groups of people has two lines.
fn rules(command: Command) -> &'static [(&'static [Role], Relation)] {
    use Command as C;
    use Relation::{Assignee, Free, Leader, Oneself, Own, Scope};
    match command {
        C::NeedCreate
        | C::NeedEdit
        | C::NeedAssign
        | C::NeedRenew
        | C::NeedSubmit
        | C::NeedRevise
        | C::ConsentRecord
        | C::ConsentWithdraw => &[(STAFF, Scope)],
        C::NeedDisclose => &[(DECIDE, Scope)],
        C::RightsReceive => &[(CONFIRM, Scope)],
        C::NeedMendFile | C::NeedAmend | C::NeedConfirmAmendment | C::NeedRefuseAmendment => &[(OFFICE, Scope)],
        C::NeedReturn | C::NeedPublish => &[(UPPER, Scope)],
        C::NeedSuspend
        | C::NeedResume
        | C::NeedExtend
        | C::NeedWithdraw
        | C::NeedAbandon
        | C::NeedMerge
        | C::NeedUnmerge
        | C::NeedReopen
        | C::NeedProposeClose
        | C::NeedRefuseClose
        | C::NeedClose => &[(DECIDE, Scope)],
        C::NeedExpire
        | C::KeyRotate
        | C::NeedEscalate
        | C::ClaimExpire
        | C::ClaimEscalate
        | C::ClockRaise
        | C::SignupLapse
        | C::PairingRemind
        | C::PairingSettle
        | C::TransferLapse
        | C::ConsentWarn
        | C::ConsentExpire
        | C::DisclosureLapse
        | C::RightsRemind
        | C::OrganizationRegister
        | C::OrganizationAbandon
        | C::OrganizationWarn
        | C::OrganizationLapse => &[(JOB, Free)],
        C::ClaimForm | C::ClaimJoin | C::ClaimSubmit | C::ClaimAnswer | C::ClaimWithdraw => &[(ORG, Own)],
        C::ClaimAsk | C::ClaimApprove | C::ClaimDecline => &[(DECIDE, Scope)],
        C::PairingStart
        | C::PairingReport
        | C::PairingTakeBack
        | C::PairingAssignWorker
        | C::DeliveryRecord
        | C::DeliveryMiss
        | C::DeliveryPlan
        | C::DeliveryMove
        | C::DeliveryAssign
        | C::DeliveryCorrect => &[(ORG, Own)],
        // A volunteer on a shift at the household, in the shift's time.
        C::PairingDisclose => &[(ORG, Own), (STAFF, Scope), (VOLUNTEER, Oneself)],
        C::DisclosureAsk => &[(ORG, Own), (STAFF, Scope)],
        C::DisclosureApprove | C::DisclosureRefuse => &[(DECIDE, Scope)],
        C::RightsCopy | C::RightsCorrect | C::RightsErase | C::RightsExplain | C::RightsRefuse => &[(OFFICE, Scope)],
        C::PairingRelease => &[(OFFICE, Scope), (JOB, Free)],
        C::PairingGrace | C::PairingGoOn | C::PairingRework | C::PairingComplete | C::PairingCloseUnverified => {
            &[(DECIDE, Scope)]
        }
        C::PairingPause | C::PairingResume | C::PairingGiveBack | C::PairingTerminate => &[(ORG, Own), (DECIDE, Scope)],
        // The office offers for an organization that has lost its standing.
        C::TransferOffer => &[(ORG_ADMIN, Own), (DECIDE, Scope)],
        C::TransferAccept | C::TransferDecline => &[(ORG_ADMIN, Own)],
        C::TransferApprove | C::TransferRefuse => &[(DECIDE, Scope)],
        C::DeliveryConfirm | C::DeliveryDispute => &[(CONFIRM, Scope)],
        C::DeliveryVoid => &[(ORG, Own), (DECIDE, Scope)],
        C::VerificationAssign | C::VerificationReassign => &[(DECIDE, Scope)],
        C::VerificationVerify | C::VerificationFail => &[(STAFF, Assignee)],
        C::OrganizationApply | C::OrganizationResubmit => &[(UPPER, Free), (ORG_ADMIN, Own), (ADMIN, Free)],
        C::OrganizationEdit | C::OrganizationRecheck => &[(ORG_ADMIN, Own)],
        C::OrganizationVerify
        | C::OrganizationStanding
        | C::OrganizationReturn
        | C::OrganizationRefuse
        | C::OrganizationSuspend
        | C::OrganizationResume
        | C::OrganizationRevoke => &[(UPPER, Scope)],
        C::ProjectPublish | C::ProjectEdit | C::ProjectConfirm | C::ProjectPause | C::ProjectResume | C::ProjectEnd => {
            &[(ORG_ADMIN, Own)]
        }
        C::AskAccept | C::AskDecline => &[(ORG, Own)],
        C::AskSend | C::AskWithdraw => &[(DECIDE, Scope)],
        C::AskLapse => &[(JOB, Free)],
        C::BatchPropose | C::BatchEdit | C::BatchSend | C::BatchDiscard => &[(UPPER, Scope)],
        // A person registers as a volunteer without an account: the platform opens it on the person's own word.
        C::VolunteerJoin | C::VolunteerClaim => &[(JOB, Free)],
        C::VolunteerEdit | C::VolunteerWithdraw => &[(VOLUNTEER, Oneself)],
        C::TeamFound => &[(ORG_ADMIN, Own)],
        C::TeamApply => &[(VOLUNTEER, Oneself)],
        C::TeamApprove | C::TeamRefuse => &[(SUPERVISE, Scope)],
        C::TeamEdit | C::MemberAccept | C::MemberDecline | C::MemberRemove => {
            &[(ORG, Own), (VOLUNTEER, Leader), (SUPERVISE, Scope)]
        }
        C::TeamEnd | C::MemberLead => &[(ORG_ADMIN, Own), (VOLUNTEER, Leader), (SUPERVISE, Scope)],
        // A file with ID numbers: whoever answers for the team, no volunteer.
        C::TeamExport
        | C::MemberInvite
        | C::ImportUploadMembers
        | C::ImportCheckMembers
        | C::ImportApplyMembers
        | C::ImportDiscardMembers
        | C::AwardRecord
        | C::AwardVoid => &[(ORG_ADMIN, Own), (SUPERVISE, Scope)],
        C::MemberApply | C::MemberAgree | C::MemberLeave => &[(VOLUNTEER, Oneself)],
        C::MemberLapse => &[(JOB, Free)],
        C::TrainingRecord | C::TrainingVoid => &[(ORG, Own), (VOLUNTEER, Leader), (SUPERVISE, Scope)],
        // The household says it, its office writes it down.
        C::EvaluationRecord | C::EvaluationVoid => &[(SUPERVISE, Scope)],
        C::CalendarRenew | C::CalendarRevoke => &[(VOLUNTEER, Oneself)],
        C::OpeningCreate
        | C::OpeningEdit
        | C::OpeningOpen
        | C::OpeningClose
        | C::OpeningCancel
        | C::ShiftPlan
        | C::ShiftPlaces
        | C::ShiftCancel
        | C::SignupAccept
        | C::SignupDecline
        | C::SignupExcuse
        | C::SignupNoShow
        | C::SignupHours => &[(ORG, Own), (VOLUNTEER, Leader), (SUPERVISE, Scope)],
        // By code the volunteer, by the list whoever leads.
        C::SignupAttend | C::SignupLeave => {
            &[(VOLUNTEER, Oneself), (VOLUNTEER, Leader), (ORG, Own), (SUPERVISE, Scope)]
        }
        C::SignupConfirmHours
        | C::SignupRejectHours
        | C::SignupVoid
        | C::CorrectionPropose
        | C::CorrectionReturn
        | C::CorrectionConfirm
        | C::CorrectionRefuse => &[(ORG, Own), (VOLUNTEER, Leader), (SUPERVISE, Scope)],
        C::SignupApply | C::SignupConfirm | C::SignupWithdraw | C::CorrectionAsk | C::CertificateIssue => {
            &[(VOLUNTEER, Oneself)]
        }
        C::IncidentReport => &[(VOLUNTEER, Oneself), (VOLUNTEER, Leader), (ORG, Own), (SUPERVISE, Scope)],
        C::IncidentHandle => &[(OFFICE, Scope)],
        // Somebody asks without an account: the platform takes it down; staff do for a caller. Organizations and
        // volunteers tell of a household that they have met.
        C::HelpAsk => &[(JOB, Free), (STAFF, Scope), (ORG, Own), (VOLUNTEER, Oneself)],
        C::VoiceSay | C::VoiceNote => &[(JOB, Free), (OFFICE, Scope)],
        C::HelpTake
        | C::HelpMove
        | C::HelpRoute
        | C::HelpResume
        | C::HelpWatch
        | C::HelpLook
        | C::HelpNeed
        | C::HelpAdvise
        | C::HelpClose
        | C::VoiceHear => &[(OFFICE, Scope)],
        C::SignupRemind | C::CorrectionRemind => &[(JOB, Free)],
        C::ReferenceWeights | C::ReferenceDays => &[(CITY, Free)],
        C::ImportUpload | C::ImportCheck | C::ImportApply | C::ImportDiscard => &[(DECIDE, Scope)],
        C::ThesaurusAdd | C::ThesaurusChange | C::ThesaurusRemove | C::ThesaurusRestore => &[(CITY, Free)],
        C::SavedSearchCreate | C::SavedSearchRename | C::SavedSearchDelete => &[(ORG, Own)],
        C::AccountCreate | C::ReferenceImport | C::ClockAccept => &[(ADMIN, Free)],
        // Accounts are the system administrator's, posts and second factors the security administrator's: neither
        // alone can take over somebody's account. Districts and organizations look after their own.
        C::AccountDeactivate
        | C::AccountReactivate
        | C::AccountPasswordLink
        | C::InvitationCreate
        | C::InvitationRevoke => &[(ADMIN, Free), (DISTRICT, Scope), (ORG_ADMIN, Own)],
        C::AccountChange => &[(SECURITY, Free), (DISTRICT, Scope), (ORG_ADMIN, Own)],
        C::AccountFactorReset => &[(SECURITY, Free), (ORG_ADMIN, Own)],
        C::SessionEnd | C::AccountVouch | C::AccountUnblock => &[(BOTH, Free), (DISTRICT, Scope), (ORG_ADMIN, Own)],
        C::InvitationAccept => &[(JOB, Free)],
        C::AccountPassword | C::AccountFactorSet | C::AccountRecovery => &[(Role::ALL, Free)],
        C::SessionSignIn | C::SessionSignOut | C::SessionRefuse | C::SessionConfirm => &[(Role::ALL, Free)],
        C::AttachmentAdd | C::AttachmentRemove => &[(STAFF, Scope), (ORG_ADMIN, Own)],
        C::AccessAudit => &[(AUDIT, Free)],
        C::RetentionSet | C::RetentionRun => &[(SECURITY, Free)],
        C::AccessRead | C::AccessExport | C::AccessRefuse => &[(Role::ALL, Free)],
        // Nobody gives these; they follow from another command ([`crate::consequence`]).
        C::NeedAnonymise
        | C::HelpForget
        | C::DisclosureOpen
        | C::ClaimSupersede
        | C::PairingOpen
        | C::PairingTransfer
        | C::VerificationRecheck
        | C::VolunteerEnter
        | C::MemberFound
        | C::SignupWaitlist
        | C::SignupPromote
        | C::SignupCancel
        | C::SignupLateCancel
        | C::SignupRecord
        | C::SignupCorrect => &[],
    }
}

/// Decides. Deny by default; the refusal says why in words fit for the actor.
pub fn authorize(actor: &Actor, command: Command, record: &Record<'_>) -> Result<(), Refusal> {
    let mut refusal = Refusal::Role;
    for (roles, relation) in rules(command) {
        if !roles.contains(&actor.role) {
            continue;
        }
        let belongs = match relation {
            Relation::Free => true,
            Relation::Scope => record.division.is_some_and(|division| actor.covers(division)),
            Relation::Own => actor.organization_id.is_some() && actor.organization_id == record.organization,
            Relation::Assignee => actor.account_id.is_some() && actor.account_id == record.assignee,
            Relation::Oneself => actor.account_id.is_some() && actor.account_id == record.volunteer,
            Relation::Leader => actor.account_id.is_some_and(|id| record.leaders.contains(&id)),
        };
        if !belongs {
            refusal =
                if *relation == Relation::Assignee && record.division.is_some_and(|division| actor.covers(division)) {
                    Refusal::NotAssigned
                } else {
                    Refusal::Outside
                };
            continue;
        }
        if let Some(account) = actor.account_id
            && let Some((_, separation)) = record.others.iter().find(|(other, _)| *other == Some(account))
        {
            return Err(Refusal::Separated(*separation));
        }
        return Ok(());
    }
    Err(refusal)
}

/// Whether a role can ever do this, for menus and the permission matrix.
pub fn may_ever(role: Role, command: Command) -> bool {
    rules(command).iter().any(|(roles, _)| roles.contains(&role))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staff(role: Role, scope: &str) -> Actor {
        Actor { account_id: Some(Uuid::from_u128(1)), role, scope: scope.into(), organization_id: None }
    }

    #[test]
    fn scope_is_a_prefix_of_the_division() {
        let record = Record { division: Some("120102005003"), ..Record::default() };
        assert_eq!(authorize(&staff(Role::Street, "120102005"), Command::ClaimApprove, &record), Ok(()));
        assert_eq!(authorize(&staff(Role::Street, "120102006"), Command::ClaimApprove, &record), Err(Refusal::Outside));
        assert_eq!(
            authorize(&staff(Role::VillageWorker, "120102005003"), Command::ClaimApprove, &record),
            Err(Refusal::Role)
        );
        assert_eq!(authorize(&staff(Role::Street, ""), Command::ClaimApprove, &record), Err(Refusal::Outside));
    }

    #[test]
    fn reporter_verifier_and_approver_are_three() {
        let me = staff(Role::Street, "120102005");
        let record = Record {
            division: Some("120102005003"),
            others: vec![(me.account_id, Separation::Verifier)],
            ..Record::default()
        };
        assert_eq!(authorize(&me, Command::PairingComplete, &record), Err(Refusal::Separated(Separation::Verifier)));
    }

    #[test]
    fn an_organization_never_decides() {
        let org = Actor {
            account_id: Some(Uuid::from_u128(9)),
            role: Role::OrgAdmin,
            scope: String::new(),
            organization_id: Some(Uuid::from_u128(2)),
        };
        let record = Record { division: Some("120102005003"), organization: org.organization_id, ..Record::default() };
        for command in [
            Command::ClaimApprove,
            Command::VerificationVerify,
            Command::PairingComplete,
            Command::NeedClose,
            Command::DeliveryConfirm,
        ] {
            assert!(authorize(&org, command, &record).is_err(), "{command}");
        }
    }
}
