//! Commands on verifications 核验: somebody outside the organization checks.

use crate::base::notice;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::verifications::{about, insert, tell_assignee};
use crate::steps::{needs, pairings};
use crate::{Ctx, Error, Result};
use domain::field::Check;
use domain::form::aid::verification as form;
use domain::machine::Command;
use domain::need::NeedState;
use domain::organization::AccountState;
use domain::pairing::PairingState;
use domain::permission::{Record, Separation};
use domain::verification::{FailReason, Method, VerificationResult, VerificationState};
use storage::aid::pairing::Pairing;
use storage::aid::verification::Verification;
use storage::needs::need::Need;
use uuid::Uuid;

/// Whether an account may verify a division's result: staff whose scope covers it.
async fn assignee(work: &mut Work<'_>, division: &str, account: Uuid, forbidden: &[Option<Uuid>]) -> Result<Uuid> {
    let wrong = || Error::wrong(form::ASSIGNEE, "选择本辖区内、没有参与这件结对的工作人员");
    let found = storage::people::account::by_id(&mut work.tx, account).await?.ok_or_else(wrong)?;
    let fits = found.state == AccountState::Active
        && found.role.is_staff()
        && found.actor().covers(division)
        && !forbidden.contains(&Some(account));
    if fits { Ok(found.id) } else { Err(wrong()) }
}

/// 指派核验 of a reported pairing.
#[boxed]
pub async fn assign(ctx: &Ctx, pairing_code: &str, account: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::VerificationAssign).await?;
    let (pairing, need) = pairings::load(&mut work, pairing_code).await?;
    if pairing.state != PairingState::Reported {
        return Err(Error::rule(format!("结对现在是“{}”，报告结果以后才能指派核验", pairing.state.label())));
    }
    let all = storage::aid::verification::of_pairing(&mut work.tx, pairing.id).await?;
    if all.iter().any(|v| v.state == VerificationState::Assigned) {
        return Err(Error::rule("已经指派过核验，可以改派"));
    }
    let assignee_id = assignee(&mut work, &pairing.division_code, account, &[pairing.reported_by]).await?;
    let attempt = i64::try_from(all.iter().filter(|v| !v.recheck).count()).unwrap_or_default() + 1;
    insert(&mut work, &need, &pairing, assignee_id, attempt).await?;
    work.commit(pairing_code).await
}

async fn load(work: &mut Work<'_>, id: Uuid) -> Result<(Verification, Pairing, Need)> {
    let found = storage::aid::verification::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let (pairing, need) = pairings::lock(work, found.pairing_id).await?;
    let row = storage::aid::verification::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let who = Record {
        division: Some(&row.division_code),
        organization: Some(pairing.organization_id),
        assignee: Some(row.assignee_id),
        others: vec![(pairing.reported_by, Separation::Reporter)],
        ..Record::default()
    };
    work.authorize(&who)?;
    Ok((row, pairing, need))
}

/// Gives an open verification to another colleague.
#[boxed]
pub async fn reassign(ctx: &Ctx, id: Uuid, account: Uuid) -> Result<String> {
    let mut work = Work::begin(ctx, Command::VerificationReassign).await?;
    let (mut row, pairing, need) = load(&mut work, id).await?;
    row.assignee_id = assignee(&mut work, &pairing.division_code, account, &[pairing.reported_by]).await?;
    let step = work.step(&mut row.state)?;
    work.save(&row, step, about(&need, &pairing, &row, None)).await?;
    tell_assignee(&mut work, &need, &pairing, &row).await?;
    work.commit(&pairing.code).await?;
    Ok(pairing.code)
}

/// What the verifier found.
#[derive(Clone, Debug)]
pub enum Finding {
    Verified { result: VerificationResult, method: Method, note: String },
    Failed { reason: FailReason, note: String },
}

/// Reads the verification form: `result` (`met`, `partial`, `not_met`,
/// `cannot_verify`), `method`, `fail_reason`, `note`.
pub fn read(fields: &crate::Fields) -> Result<Finding> {
    let mut check = Check::new();
    let result = form::RESULT.value(fields);
    let note = check.read(form::NOTE.required(matches!(result, "partial" | "not_met")), fields);
    if result == "cannot_verify" {
        let reason: Option<FailReason> = check.choice(form::FAIL_REASON.required(true), fields);
        check.done()?;
        return Ok(Finding::Failed { reason: reason.unwrap_or(FailReason::Other), note });
    }
    let result: Option<VerificationResult> = check.choice(form::RESULT, fields);
    let method: Option<Method> = check.choice(form::METHOD, fields);
    check.done()?;
    match (result, method) {
        (Some(result), Some(method)) => Ok(Finding::Verified { result, method, note }),
        _ => Err(Error::Internal("verification form without mistakes and without value")),
    }
}

/// Submits the finding. Returns the pairing's code.
#[boxed]
pub async fn submit(ctx: &Ctx, id: Uuid, finding: &Finding) -> Result<String> {
    let command = if matches!(finding, Finding::Verified { .. }) {
        Command::VerificationVerify
    } else {
        Command::VerificationFail
    };
    let mut work = Work::begin(ctx, command).await?;
    let (mut row, pairing, mut need) = load(&mut work, id).await?;
    let (Finding::Verified { note, .. } | Finding::Failed { note, .. }) = finding;
    work.hold(&need, &[(form::NOTE.into(), note)]).await?;
    let step = work.step(&mut row.state)?;
    row.done_at = Some(work.now);
    let reason = match finding {
        Finding::Verified { result, method, note } => {
            row.result = Some(*result);
            row.method = Some(*method);
            row.note.clone_from(note);
            result.label().to_owned()
        }
        Finding::Failed { reason, note } => {
            row.fail_reason = Some(*reason);
            row.note.clone_from(note);
            reason.label().to_owned()
        }
    };
    work.save(&row, step, about(&need, &pairing, &row, Some(reason))).await?;
    let href = format!("/pairings/{}", pairing.code);
    notice::to_street(&mut work, &need.division_code, "核验结果已提交，请办理", &need.title, &href).await?;
    if row.recheck && row.result == Some(VerificationResult::NotMet) && need.state == NeedState::Closed {
        // "Not received" opens the need again as a new cycle.
        let until = need.valid_until.unwrap_or(work.now.day()).max(work.now.day() + chrono::Days::new(30));
        needs::reopen(&mut work, &mut need, "抽查复核：没有满足".into(), until).await?;
    }
    work.commit(&pairing.code).await?;
    Ok(pairing.code)
}
