//! What is to be done: one line of a desk.

use crate::aid::promise::Promise;
use crate::base::offers::Offers;
use domain::calendar::Time;
use domain::clock::{Name, Running};
use uuid::Uuid;

/// What is to be decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Task {
    /// District: publish or return.
    ReviewNeed,
    /// Street: a returned need to revise.
    ReviseNeed,
    /// Street: a draft to complete and submit.
    FinishDraft,
    /// Street: approve, decline, ask.
    DecideClaim,
    /// Organization: answer the street's question.
    AnswerClaim,
    /// Street: no first contact in time: release, or one more day.
    ReleasePairing,
    /// Organization: make the first contact.
    FirstContact,
    /// Street: name a verifier.
    AssignVerification,
    /// Street: after a failed attempt name another, or close after three.
    VerifyAgain { failed: usize },
    /// Street: the verification is done: complete or send back.
    CompletePairing { met: bool },
    /// Street or district: confirm or refuse that a need is closed, as a colleague proposes.
    ConfirmClosing,
    /// Street or district: confirm or refuse a correction of what is published, as a colleague proposes.
    ConfirmAmendment,
    /// Verifier: check the result.
    Verify,
    /// Village or street: confirm a record.
    ConfirmDelivery,
    /// Organization: another one asks it to take a need on together.
    JoinClaim,
    /// Organization: of those it asked some refused; go on with the rest or not.
    ResolveJoint,
    /// Organization: a record was disputed.
    CorrectDelivery,
    /// Organization: a planned visit of today or earlier.
    RecordVisit,
    /// Street: an accepted transfer.
    DecideTransfer,
    /// Organization: a transfer offered to it.
    AnswerTransfer,
    /// District: an organization's application.
    VerifyOrganization,
    /// Street: somebody asks to see a minor's contact data.
    DecideAccess,
    /// Street: a person's request about the own data.
    DecideRights,
    /// Street: somebody asks for help; how far it is.
    AnswerHelp { state: domain::help::HelpState },
    /// Street: a household says that nobody came, that it did not help, or that more is needed.
    HearVoice,
    /// Organization: an invitation to accept or decline.
    AnswerInvitation,
    /// District: an organization asks for its yearly re-check.
    RecheckOrganization,
    /// Organization: its application is to be gone on with, or corrected.
    CompleteApplication { returned: bool },
    /// Organization: the verification ends soon, or has ended.
    AskRecheck,
    /// Street: an organization lost its standing, its pairing is to be handed over.
    HandOver,
    /// Street, district, city: a need that nobody takes has come to this office.
    Dispatch { step: i64 },
    /// Organization: a capacity that will soon count as unknown, or does.
    ConfirmCapacity,
    /// Whoever looks after a volunteer team.
    Volunteer(VolunteerTask),
    /// Late, and to be seen to by somebody else, or by a decision of its own: what is late, and where it is decided.
    Late { name: Name, what: String, href: String, decide: bool },
}

/// One line of the due list.
#[derive(Clone, Debug)]
pub struct Item {
    pub task: Task,
    pub due_at: Option<Time>,
    pub urgent: bool,
    /// Code of the need, claim or pairing; the page to open.
    pub code: String,
    /// Id for decisions on records without a code.
    pub id: Uuid,
    pub title: String,
    pub note: String,
    /// The reader did the step before, so a colleague has to do this one.
    pub own: bool,
    /// Safe to decide together with others of its kind.
    pub batch: bool,
    /// The clock of the table that runs for it.
    pub running: Option<Running>,
    /// For what may be decided from the line by some readers only.
    pub offers: Offers,
    /// The pairing whose account tells what it is about, and the account, once read.
    pub pairing: Option<Uuid>,
    pub promise: Option<Promise>,
}

impl Item {
    pub(crate) fn new(task: Task, id: Uuid) -> Self {
        Self {
            task,
            due_at: None,
            urgent: false,
            code: String::new(),
            id,
            title: String::new(),
            note: String::new(),
            own: false,
            batch: false,
            running: None,
            offers: Offers::default(),
            pairing: None,
            promise: None,
        }
    }
}

/// What is to be done about a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VolunteerTask {
    /// Office: a team wants to be founded.
    DecideTeam,
    /// Somebody applies to the team.
    DecideMember,
    /// Somebody signs up where each is answered.
    DecideSignup,
    /// A shift is over, and nobody has said who came.
    TakeAttendance,
    /// Whose hours are not entered yet.
    EnterHours,
    /// Hours entered by another.
    ConfirmHours,
    /// Street: something happened on a shift.
    Incident,
    /// A correction that was asked for, or proposed by another.
    AnswerCorrection,
}
