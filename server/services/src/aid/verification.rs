//! Commands on verifications 核验: somebody outside the organization checks.

use crate::aid::promise::{self, Promise};
use crate::base::notice;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::verifications::{about, insert, told};
use crate::steps::{needs, pairings};
use crate::{Ctx, Error, Result};
use domain::field::Check;
use domain::form::aid::verification as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::NeedState;
use domain::organization::AccountState;
use domain::pairing::PairingState;
use domain::permission::{Record, Separation};
use domain::promise::ASK_WHY_PERCENT;
use domain::verification::{FailReason, LineResult, Method, VerificationResult, VerificationState};
use storage::aid::pairing::Pairing;
use storage::aid::verification::{FoundLine, Verification};
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
    let before = row.assignee_id;
    row.assignee_id = assignee(&mut work, &pairing.division_code, account, &[pairing.reported_by]).await?;
    let step = work.step(&mut row.state)?;
    work.save(&row, step, about(&need, &pairing, &row, None)).await?;
    if before != row.assignee_id {
        told(&mut work, &need, &pairing, &row).await?;
        notice::to_account(&mut work, before, "核验已改派给别的同事", &need.title, "/desk").await?;
    }
    work.commit(&pairing.code).await?;
    Ok(pairing.code)
}

/// What the verifier found of one line.
#[derive(Clone, Debug)]
pub struct LineFinding {
    pub line_id: Uuid,
    pub result: LineResult,
    /// Units received, where that was partial.
    pub units: Option<i64>,
    /// Why it counts as met against the account.
    pub why: String,
}

/// What the verifier found.
#[derive(Clone, Debug)]
pub enum Finding {
    /// The result follows from the lines.
    Verified {
        lines: Vec<LineFinding>,
        method: Method,
        note: String,
    },
    Failed {
        reason: FailReason,
        note: String,
    },
}

/// Reads the verification form: `result.LINE`, `units.LINE`, `why.LINE`, `method`, `note`.
pub fn read(fields: &crate::Fields, lines: &[Uuid]) -> Result<Finding> {
    let mut check = Check::new();
    let mut all = Vec::new();
    for line in lines {
        let result: Option<LineResult> = check.choice(form::RESULT.at(line), fields);
        let partial = result == Some(LineResult::Partial);
        let units = if partial { check.whole(form::UNITS.required(true).at(line), fields) } else { None };
        let why = check.read(form::WHY.at(line), fields);
        if let Some(result) = result {
            let why = if result == LineResult::Met { why } else { String::new() };
            all.push(LineFinding { line_id: *line, result, units, why });
        }
    }
    let method: Option<Method> = check.choice(form::METHOD, fields);
    let note = check.read(form::NOTE, fields);
    check.done()?;
    let method = method.ok_or(Error::Internal("verification form without mistakes and without value"))?;
    Ok(Finding::Verified { lines: all, method, note })
}

/// The lines that a verification goes through, for whom it is assigned to.
#[boxed]
pub async fn lines(ctx: &Ctx, id: Uuid) -> Result<Vec<Uuid>> {
    let mut tx = ctx.services.db.read().await?;
    let found = storage::aid::verification::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let pairing = storage::aid::pairing::by_id(&mut tx, found.pairing_id).await?.ok_or(Error::NotFound)?;
    if Some(found.assignee_id) != ctx.actor.account_id && !ctx.actor.covers(&found.division_code) {
        return Err(Error::NotFound);
    }
    let lines = storage::aid::claim::lines(&mut tx, pairing.claim_id).await?;
    Ok(lines.into_iter().map(|line| line.line_id).collect())
}

/// Reads the form of a verification that came to nothing: `fail_reason`, `note`.
pub fn read_failed(fields: &crate::Fields) -> Result<Finding> {
    let mut check = Check::new();
    let reason: Option<FailReason> = check.choice(form::FAIL_REASON, fields);
    let note = check.read(form::FAIL_NOTE, fields);
    check.done()?;
    Ok(Finding::Failed { reason: reason.unwrap_or(FailReason::Other), note })
}

/// Holds what was found against the account: every line has a result, a part is less than the whole, and what is
/// called met against the records says why. Returns what follows for the pairing.
fn against(lines: &[LineFinding], promise: &Promise) -> Result<VerificationResult> {
    let mut check = Check::new();
    for line in &promise.lines {
        let (service, unit, account) = (&line.service, &line.unit, line.account);
        let Some(found) = lines.iter().find(|found| found.line_id == line.line_id) else {
            check.missing(form::RESULT.at(line.line_id).of(service));
            continue;
        };
        if found.result == LineResult::Partial && !found.units.is_some_and(|n| n >= 1 && n < account.agreed) {
            let units = form::UNITS.at(line.line_id).of(service);
            check.wrong(
                units,
                format!(
                    "{service}约定{}{unit}。部分满足的填本人收到多少；都收到了选“满足”，一点没有选“没有满足”",
                    account.agreed
                ),
            );
        }
        let percent = account.fulfilled_percent();
        if found.result == LineResult::Met && percent < ASK_WHY_PERCENT && found.why.is_empty() {
            let why = form::WHY.at(line.line_id).of(service);
            check.wrong(why, format!("{service}账上只做了{percent}%，选了“满足”的要写明为什么"));
        }
    }
    let result = VerificationResult::of(
        lines.iter().filter(|f| promise.lines.iter().any(|l| l.line_id == f.line_id)).map(|f| f.result),
    );
    if result.is_none()
        && let Some(first) = promise.lines.first().filter(|_| !lines.is_empty())
    {
        check.wrong(form::RESULT.at(first.line_id).of(&first.service), "每一项都说不清的，请改填“未能核验”");
    }
    check.done()?;
    result.ok_or(Error::Internal("a pairing without lines"))
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
        Finding::Verified { lines, method, note } => {
            let whys: Vec<_> = lines.iter().map(|found| (form::WHY.at(found.line_id), found.why.as_str())).collect();
            work.hold(&need, &whys).await?;
            let promise = promise::of_pairing(&mut work.tx, &pairing, work.now).await?;
            let result = against(lines, &promise)?;
            for found in lines.iter().filter(|f| promise.lines.iter().any(|l| l.line_id == f.line_id)) {
                let line = FoundLine {
                    verification_id: row.id,
                    line_id: found.line_id,
                    result: found.result,
                    units: found.units,
                    why: found.why.clone(),
                };
                storage::aid::verification::insert_line(&mut work.tx, &line).await?;
            }
            row.result = Some(result);
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
    let href = href(Object::Pairing, &pairing.code);
    notice::to_street(&mut work, &need.division_code, "核验结果已提交，请办理", &need.title, &href).await?;
    if row.recheck && row.result == Some(VerificationResult::NotMet) && need.state == NeedState::Closed {
        // "Not received" opens the need again as a new cycle.
        let until = need.valid_until.unwrap_or(work.now.day()).max(work.now.day() + chrono::Days::new(30));
        needs::reopen(&mut work, &mut need, "抽查复核：没有满足".into(), until).await?;
    }
    work.commit(&pairing.code).await?;
    Ok(pairing.code)
}
