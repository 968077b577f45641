//! What the event of a pairing says.

use crate::base::work::About;
use domain::pairing::PairingState;
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;

/// What an event of a pairing says.
pub(crate) fn about<'a>(need: &'a Need, pairing: &Pairing, reason: Option<String>) -> About<'a> {
    let mut data = json!({ "pairing": pairing.code });
    if let (Some(result), true) = (&pairing.result, pairing.state == PairingState::Completed) {
        data["result"] = json!(result);
    }
    About { need: Some(need), organization: Some(pairing.organization_id), reason, data: Some(data) }
}
