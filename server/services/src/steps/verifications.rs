//! Steps of verifications that several commands share: assigned, drawn for a second look, dropped with the pairing.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::{Error, Result};
use domain::href::href_at;
use domain::machine::{Command, Object};
use domain::pairing::VERIFY_WORKING_DAYS;
use domain::role::Role;
use domain::verification::{FailReason, Method, VerificationResult, VerificationState};
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
use storage::needs::need::Need;
use uuid::Uuid;

/// Assigned by the work's own command.
pub(crate) async fn insert(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    assignee_id: Uuid,
    attempt: i64,
) -> Result<()> {
    let own = work.command();
    insert_by(work, need, pairing, (assignee_id, attempt), own).await
}

async fn insert_by(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    (assignee_id, attempt): (Uuid, i64),
    command: Command,
) -> Result<()> {
    let row = Verification {
        id: work.ctx.services.new_id(),
        pairing_id: pairing.id,
        need_id: need.id,
        division_code: pairing.division_code.clone(),
        recheck: command == Command::VerificationRecheck,
        attempt,
        state: VerificationState::Assigned,
        assignee_id,
        assigned_by: work.ctx.actor.account_id,
        assigned_at: work.now,
        due_at: work.ctx.services.calendar().due(work.now, VERIFY_WORKING_DAYS),
        method: None,
        result: None,
        fail_reason: None,
        note: String::new(),
        done_at: None,
        begun_at: None,
    };
    match storage::aid::verification::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("已经指派过核验，可以改派")),
        other => other?,
    }
    let about = About {
        need: Some(need),
        organization: Some(pairing.organization_id),
        data: Some(json!({ "pairing": pairing.code, "assignee": assignee_id, "attempt": attempt })),
        ..About::default()
    };
    work.created_by(command, row.state, row.id, about).await?;
    told(work, need, pairing, &row).await
}

/// Whoever is to verify hears of it.
pub(crate) async fn told(work: &mut Work<'_>, need: &Need, pairing: &Pairing, row: &Verification) -> Result<()> {
    let what = if row.recheck { "请抽查复核" } else { "请核验" };
    let title = format!("{what}，{}前做完", row.due_at.words_near(work.now));
    let href = href_at(Object::Pairing, &pairing.code, "/verify");
    notice::to_account(work, row.assignee_id, &title, &need.title, &href).await
}

/// The seeded sample: another street's clerk looks again at a completed pairing.
/// Where no other street of the district has a clerk, the district does it.
pub(crate) async fn recheck(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<()> {
    let district = pairing.division_code.get(..6).unwrap_or_default().to_owned();
    let street = pairing.division_code.get(..9).unwrap_or_default().to_owned();
    let staff = storage::people::account::staff_within(&mut work.tx, &district).await?;
    let done: Vec<Option<Uuid>> = storage::aid::verification::of_pairing(&mut work.tx, pairing.id)
        .await?
        .iter()
        .map(|v| Some(v.assignee_id))
        .chain([pairing.reported_by, pairing.completed_by])
        .collect();
    let free = |a: &&storage::people::account::Account| !done.contains(&Some(a.id));
    let chosen = staff
        .iter()
        .filter(|a| a.role == Role::Street && a.scope != street)
        .find(free)
        .or_else(|| staff.iter().filter(|a| a.role == Role::District).find(free));
    if let Some(account) = chosen {
        insert_by(work, need, pairing, (account.id, 1), Command::VerificationRecheck).await?;
    }
    Ok(())
}

/// What an event of a verification says.
pub(crate) fn about<'a>(need: &'a Need, pairing: &Pairing, row: &Verification, reason: Option<String>) -> About<'a> {
    let (result, method) = (row.result.map(VerificationResult::as_str), row.method.map(Method::as_str));
    let data = json!({ "pairing": pairing.code, "result": result, "method": method, "recheck": row.recheck });
    About { need: Some(need), organization: Some(pairing.organization_id), reason, data: Some(data) }
}

/// An open verification falls with its pairing.
pub(crate) async fn drop_open(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    mut row: Verification,
    why: &str,
) -> Result<()> {
    let step = work.step_by(Command::VerificationFail, &mut row.state)?;
    row.fail_reason = Some(FailReason::Other);
    row.note = why.to_owned();
    row.done_at = Some(work.now);
    work.save(&row, step, about(need, pairing, &row, Some(why.to_owned()))).await
}
