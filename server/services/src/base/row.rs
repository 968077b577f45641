//! Rows whose state commands change, as a work writes them: one way for all, and whoever was first wins.

use domain::calendar::Time;
use domain::machine::State;
use storage::Tx;
use uuid::Uuid;

/// A row with a state.
pub(crate) trait Row: Sync {
    type State: State + Send;
    fn id(&self) -> Uuid;
    /// Writes the row back; `false` when it is not as it was read: in another state than `from`, or of another version.
    fn write(&self, tx: &mut Tx, from: Self::State, now: Time) -> impl Future<Output = storage::Result<bool>> + Send;
}

/// Rows, each with its state and what writes it: by the state it was in, or by its version.
macro_rules! rows {
    ($($row:ty, $state:ty, $write:path, $by:ident;)+) => {$(
        impl Row for $row {
            type State = $state;
            fn id(&self) -> Uuid {
                self.id
            }
            async fn write(&self, tx: &mut Tx, from: $state, now: Time) -> storage::Result<bool> {
                let (_state, _version) = (from, now);
                rows!(@$by $write, tx, self, _state, _version)
            }
        }
    )+};
    (@state $write:path, $tx:ident, $row:ident, $from:ident, $now:ident) => { $write($tx, $row, $from).await };
    (@version $write:path, $tx:ident, $row:ident, $from:ident, $now:ident) => { $write($tx, $row, $now).await };
}

rows! {
    storage::aid::ask::Ask, domain::ask::AskState, storage::aid::ask::answer, state;
    storage::aid::batch::Batch, domain::ask::BatchState, storage::aid::batch::update, version;
    storage::aid::claim::Claim, domain::claim::ClaimState, storage::aid::claim::update, state;
    storage::aid::delivery::Delivery, domain::delivery::DeliveryState, storage::aid::delivery::update, state;
    storage::aid::disclosure::Disclosure, domain::disclosure::DisclosureState, storage::aid::disclosure::update, state;
    storage::aid::pairing::Pairing, domain::pairing::PairingState, storage::aid::pairing::update, state;
    storage::aid::verification::Verification, domain::verification::VerificationState, storage::aid::verification::update, state;
    storage::reach::help::Help, domain::help::HelpState, storage::reach::help::update, state;
    storage::reach::voice::Voice, domain::help::VoiceState, storage::reach::voice::update, state;
    storage::record::rights::Request, domain::rights::RightsState, storage::record::rights::update, state;
    storage::supply::project::Project, domain::project::ProjectState, storage::supply::project::update, version;
    storage::volunteers::hours::Correction, domain::hours::CorrectionState, storage::volunteers::hours::update, state;
    storage::volunteers::opening::Opening, domain::opening::OpeningState, storage::volunteers::opening::update, version;
    storage::volunteers::signup::Signup, domain::signup::SignupState, storage::volunteers::signup::update, state;
    storage::volunteers::team::Member, domain::team::MemberState, storage::volunteers::team::update_member, state;
    storage::volunteers::team::Team, domain::team::TeamState, storage::volunteers::team::update, version;
}
