//! Steps of transfers that several commands share.

use crate::Result;
use crate::base::work::{About, Work, first};
use domain::machine::{Command, Object};
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::aid::transfer::Transfer;
use storage::needs::need::Need;

/// The transfer goes on with the work's own command.
pub(crate) async fn step(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    transfer: &Transfer,
    reason: Option<String>,
) -> Result<()> {
    let own = work.command();
    step_by(work, need, pairing, transfer, own, reason).await
}

async fn step_by(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    transfer: &Transfer,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    let step = work.leads_by(command, transfer.state)?;
    first(
        storage::aid::transfer::set_state(&mut work.tx, transfer.id, step.from, step.to, work.now).await?,
        Object::Transfer,
    )?;
    let about = About {
        need: Some(need),
        organization: Some(transfer.to_organization_id),
        reason,
        data: Some(json!({ "pairing": pairing.code })),
    };
    work.stepped(step, transfer.id, about).await
}

/// It falls with the pairing.
pub(crate) async fn lapse(work: &mut Work<'_>, need: &Need, pairing: &Pairing, transfer: &Transfer) -> Result<()> {
    step_by(work, need, pairing, transfer, Command::TransferLapse, None).await
}
