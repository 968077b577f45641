//! Commands on needs 需求, from the first entry to closing.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::finding::market;
use crate::needs::entry;
use crate::needs::need_form::Input;
use crate::steps::claims_ended;
pub use crate::steps::needs::REVIEW_WORKING_DAYS;
use crate::steps::needs::{announce, end, end_by, reopen as reopen_in, review_due, withdraw_proposals};
use crate::{Conflict, Ctx, Error, Result};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::field::{Check, only};
use domain::form::needs::command as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::{self as rules, CloseReason, NeedState};
use domain::pairing::PairingState;
use domain::permission::{Record, Separation};
use serde_json::json;
use storage::needs::closing::Closing;
use storage::needs::need::Need;

fn record(need: &Need) -> Record<'_> {
    Record { division: Some(&need.division_code), ..Record::default() }
}

/// Creates a draft. Returns its code.
#[boxed]
pub async fn create(ctx: &Ctx, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::NeedCreate).await?;
    work.authorize(&Record { division: Some(&input.division_code), ..Record::default() })?;
    let code = entry::create(&mut work, input, None).await?.code;
    work.commit(&code).await?;
    Ok(code)
}

/// Saves a draft anew. `version` is the one the editor saw.
#[boxed]
pub async fn edit(ctx: &Ctx, code: &str, version: i64, input: &Input) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedEdit).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    // A draft may not be moved out of the editor's scope either.
    work.authorize(&Record { division: Some(&input.division_code), ..Record::default() })?;
    let step = work.leads(need.state)?;
    if need.version != version {
        return Err(Error::Conflict(Conflict::Stale(Object::Need)));
    }
    entry::fill(&mut need, input);
    work.save_need(&need).await?;
    entry::write_parts(&mut work, &need, input).await?;
    work.stepped(step, need.id, About { need: Some(&need), ..About::default() }).await?;
    if let Some(consent) = &input.consent {
        entry::record_consent(&mut work, &need, consent).await?;
    }
    work.commit(code).await
}

/// One step of a need's state with its own changes, shared by all commands
/// that need no more than that.
async fn step(
    ctx: &Ctx,
    code: &str,
    command: Command,
    reason: Option<String>,
    change: impl FnOnce(&mut Need, Time, &Ctx) -> Result<()>,
) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.step(&mut need.state)?;
    change(&mut need, work.now, ctx)?;
    work.save_need(&need).await?;
    work.stepped(step, need.id, About { need: Some(&need), reason, ..About::default() }).await?;
    notice::of_need(&mut work, &need, command).await?;
    work.commit(code).await
}

/// 改经办人: who in the office handles it.
#[boxed]
pub async fn assign(ctx: &Ctx, code: &str, person: &str) -> Result<()> {
    let person = only(domain::form::needs::who::RESPONSIBLE_PERSON.required(true), person)?;
    step(ctx, code, Command::NeedAssign, None, |need, _, _| {
        need.responsible_person = person;
        Ok(())
    })
    .await
}

/// 送审: everything must be filled in.
#[boxed]
pub async fn submit(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedSubmit).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.step(&mut need.state)?;
    ready_for_review(&mut work, &need).await?;
    need.submitter_id = ctx.actor.account_id;
    need.submitted_at = Some(work.now);
    need.due_at = Some(review_due(&need, ctx, work.now));
    work.save_need(&need).await?;
    work.stepped(step, need.id, About { need: Some(&need), ..About::default() }).await?;
    notice::of_need(&mut work, &need, Command::NeedSubmit).await?;
    work.commit(code).await
}

/// What a reviewer must find: reads the stored need through the form's own
/// rules, so that an imported draft is checked like a typed one.
async fn ready_for_review(work: &mut Work<'_>, need: &Need) -> Result<()> {
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let file = storage::needs::need_file::load(&mut work.tx, work.ctx.services.db.unseen(), need.id).await?;
    let fields = crate::needs::need_form::fields_of(need, &lines, &beneficiaries, file.as_ref());
    crate::needs::need_form::read(&fields, None, &work.ctx.actor.scope, &work.ctx.services.divisions(), work.now)?;
    Ok(())
}

#[boxed]
pub async fn return_(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::RETURN, reason)?;
    step(ctx, code, Command::NeedReturn, Some(reason), |need, _, _| {
        need.due_at = None;
        Ok(())
    })
    .await
}

#[boxed]
pub async fn revise(ctx: &Ctx, code: &str) -> Result<()> {
    step(ctx, code, Command::NeedRevise, None, |_, _, _| Ok(())).await
}

/// 审核公开. Organizations that could serve an urgent need hear of it at once.
#[boxed]
pub async fn publish(ctx: &Ctx, code: &str) -> Result<()> {
    if !domain::code::is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let urgent = storage::needs::need::by_code(&mut tx, code).await?.is_some_and(|need| need.is_urgent());
    // Before the command: reading the market may take longer than a writer should wait.
    let market = if urgent { Some(market::market(&ctx.services, &mut tx).await?) } else { None };
    drop(tx);
    let mut work = Work::begin(ctx, Command::NeedPublish).await?;
    let mut need = work.need(code).await?;
    let mut who = record(&need);
    who.others = vec![(need.author_id, Separation::Author), (need.submitter_id, Separation::Author)];
    work.authorize(&who)?;
    let step = work.step(&mut need.state)?;
    if need.valid_until.is_some_and(|until| until < work.now.day()) {
        return Err(Error::rule("有效期已经过去，请退回修改有效期后再公开"));
    }
    need.publisher_id = ctx.actor.account_id;
    need.published_at = Some(work.now);
    need.escalation = 0;
    need.due_at = need.is_urgent().then(|| work.now.plus_hours(rules::URGENT_HOURS));
    work.save_need(&need).await?;
    work.stepped(step, need.id, About { need: Some(&need), ..About::default() }).await?;
    notice::of_need(&mut work, &need, Command::NeedPublish).await?;
    if let Some(market) = market.filter(|_| need.is_urgent()) {
        announce(&mut work, &need, &market).await?;
    }
    work.commit(code).await
}

#[boxed]
pub async fn suspend(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::SUSPEND, reason)?;
    step(ctx, code, Command::NeedSuspend, Some(reason), |_, _, _| Ok(())).await
}

#[boxed]
pub async fn resume(ctx: &Ctx, code: &str) -> Result<()> {
    step(ctx, code, Command::NeedResume, None, |_, _, _| Ok(())).await
}

#[boxed]
pub async fn extend(ctx: &Ctx, code: &str, until: NaiveDate) -> Result<()> {
    step(ctx, code, Command::NeedExtend, None, |need, now, _| {
        if until <= now.day() || need.valid_until.is_some_and(|old| until <= old) {
            return Err(Error::wrong(form::EXTEND, "新的有效期要晚于今天和原来的有效期"));
        }
        if until > now.day() + chrono::Days::new(366 * 3) {
            return Err(Error::wrong(form::EXTEND, "有效期最长三年，请改近一些"));
        }
        need.valid_until = Some(until);
        Ok(())
    })
    .await
}

/// What an office proposes when a need is to be closed by hand.
#[derive(Clone, Debug)]
pub struct ClosingInput {
    pub reason: CloseReason,
    pub note: String,
    pub evidence: String,
}

/// Reads the form: `close_reason`, `reason`, `evidence`.
pub fn read_closing(fields: &crate::Fields) -> Result<ClosingInput> {
    let mut check = Check::new();
    let reason: Option<CloseReason> = check.choice(form::CLOSE_REASON, fields);
    let note = check.read(form::CLOSE, fields);
    let evidence = check.read(form::EVIDENCE, fields);
    check.done()?;
    let reason = reason.ok_or(Error::Internal("a choice without mistake and without value"))?;
    Ok(ClosingInput { reason, note, evidence })
}

/// 提请结案: nothing changes until another account confirms. Success is not chosen here, it follows from a
/// verification; what is left of a partly met need may be closed as met in part.
#[boxed]
pub async fn propose_close(ctx: &Ctx, code: &str, input: &ClosingInput) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedProposeClose).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.step(&mut need.state)?;
    let (note, evidence) = (form::CLOSE.into(), form::EVIDENCE.into());
    work.hold(&need, &[(note, &input.note), (evidence, &input.evidence)]).await?;
    if input.reason == CloseReason::MetPartial {
        is_met_in_part(&mut work, &need).await?;
    } else if !CloseReason::BY_HAND.contains(&input.reason) {
        return Err(Error::wrong(form::CLOSE_REASON, "选择结案原因"));
    }
    let row = Closing {
        id: ctx.services.new_id(),
        need_id: need.id,
        cycle: need.cycle,
        division_code: need.division_code.clone(),
        reason: input.reason,
        note: input.note.clone(),
        evidence: input.evidence.clone(),
        proposed_by: ctx.actor.account_id,
        proposed_at: work.now,
        due_at: ctx.services.calendar().due(work.now, rules::CLOSING_WORKING_DAYS),
        decided_by: None,
        decided_at: None,
        confirmed: None,
    };
    match storage::needs::closing::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("已经提请过结案，正在等另一位同事确认")),
        other => other?,
    }
    let data = json!({ "close_reason": input.reason.as_str(), "evidence": input.evidence });
    let about = About { need: Some(&need), reason: Some(input.note.clone()), data: Some(data), ..About::default() };
    work.stepped(step, need.id, about).await?;
    let (href, title) = (href(Object::Need, &code), format!("提请结案（{}），请另一位同事确认", input.reason.label()));
    notice::to_street(&mut work, &need.division_code, &title, &need.title, &href).await?;
    notice::to_district(&mut work, &need.division_code, &title, &need.title, &href).await?;
    work.commit(code).await
}

async fn is_met_in_part(work: &mut Work<'_>, need: &Need) -> Result<()> {
    let pairings = storage::aid::pairing::of_need(&mut work.tx, need.id).await?;
    let met = pairings.iter().any(|p| {
        p.cycle == need.cycle
            && p.state == PairingState::Completed
            && matches!(p.result.as_deref(), Some("met" | "partial"))
    });
    if met { Ok(()) } else { Err(Error::rule("还没有核验为满足的结对，不能按“部分满足”结案")) }
}

/// The proposal that waits, for another account than the one that made it.
async fn proposed(work: &mut Work<'_>, need: &Need) -> Result<Closing> {
    let open = storage::needs::closing::open_of(&mut work.tx, need.id).await?;
    let mut who = record(need);
    who.others = open.iter().map(|open| (open.proposed_by, Separation::Proposer)).collect();
    work.authorize(&who)?;
    work.acts_on(need.state)?;
    open.ok_or_else(|| Error::rule("还没有人提请结案，请先提请，由另一位同事确认"))
}

/// 结案: the second account confirms what the first has proposed.
#[boxed]
pub async fn confirm_close(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedClose).await?;
    let mut need = work.need(code).await?;
    let open = proposed(&mut work, &need).await?;
    if open.reason == CloseReason::Withdrawn {
        work.becomes(Command::NeedWithdraw);
        proposed(&mut work, &need).await?;
    }
    if open.reason == CloseReason::MetPartial {
        is_met_in_part(&mut work, &need).await?;
    }
    storage::needs::closing::decide(&mut work.tx, open.id, ctx.actor.account_id, work.now, true).await?;
    end(&mut work, &mut need, open.reason, Some(open.note)).await?;
    work.commit(code).await
}

/// 不同意结案: the need goes on as before.
#[boxed]
pub async fn refuse_close(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::REFUSE_CLOSE, reason)?;
    let mut work = Work::begin(ctx, Command::NeedRefuseClose).await?;
    let mut need = work.need(code).await?;
    let open = proposed(&mut work, &need).await?;
    let step = work.step(&mut need.state)?;
    storage::needs::closing::decide(&mut work.tx, open.id, ctx.actor.account_id, work.now, false).await?;
    let about = About { need: Some(&need), reason: Some(reason.clone()), ..About::default() };
    work.stepped(step, need.id, about).await?;
    if let Some(proposer) = open.proposed_by {
        notice::to_account(&mut work, proposer, "没有同意结案，需求继续", &reason, &href(Object::Need, &code)).await?;
    }
    work.commit(code).await
}

#[boxed]
pub async fn abandon(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    let note = only(form::ABANDON, note)?;
    let mut work = Work::begin(ctx, Command::NeedAbandon).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    end(&mut work, &mut need, CloseReason::NotPublished, Some(note)).await?;
    work.commit(code).await
}

/// Validity is over and nobody took it: counted unmet, never silent. Where
/// units are taken the need stays until they are done.
pub(crate) async fn expire(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedExpire).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let running = storage::aid::pairing::of_need(&mut work.tx, need.id).await?.iter().any(|p| p.state.is_running());
    if running || need.state != NeedState::Published || need.valid_until.is_none_or(|until| until >= work.now.day()) {
        return Ok(());
    }
    let met = storage::aid::pairing::of_need(&mut work.tx, need.id)
        .await?
        .iter()
        .any(|p| p.cycle == need.cycle && matches!(p.result.as_deref(), Some("met" | "partial")));
    if met {
        // Partly met, the rest expired: that is success in part, by a verification.
        let note = Some("有效期结束，其余数量无人认领".into());
        end_by(&mut work, &mut need, Command::NeedClose, CloseReason::MetPartial, note).await?;
    } else {
        end(&mut work, &mut need, CloseReason::ExpiredUnclaimed, None).await?;
        notice::of_need(&mut work, &need, Command::NeedExpire).await?;
    }
    work.commit(code).await
}

#[boxed]
pub async fn merge(ctx: &Ctx, code: &str, into: &str, note: &str) -> Result<()> {
    let note = only(form::MERGE, note)?;
    let into = into.trim().to_uppercase();
    if into == code {
        return Err(Error::wrong(form::INTO, "不能合并到自己，请填另一条需求的编号"));
    }
    let mut work = Work::begin(ctx, Command::NeedMerge).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.step(&mut need.state)?;
    let unknown = || Error::wrong(form::INTO, "没有找到这个编号的需求，或不在您的范围内，请核对");
    let target =
        if domain::code::is_code(&into) { storage::needs::need::by_code(&mut work.tx, &into).await? } else { None }
            .ok_or_else(unknown)?;
    if !ctx.actor.covers(&target.division_code) {
        return Err(unknown());
    }
    if target.state != NeedState::Published {
        return Err(Error::wrong(
            form::INTO,
            format!("那条需求现在是“{}”，只能合并到已公开的需求", target.state.label()),
        ));
    }
    if storage::aid::pairing::of_need(&mut work.tx, need.id).await?.iter().any(|p| p.state.is_running()) {
        return Err(Error::rule("这条需求还有正在进行的结对，请先移交或终止再合并"));
    }
    need.merged_into = Some(target.id);
    need.close_reason = Some(CloseReason::Merged);
    need.close_note = Some(note.clone());
    need.closed_at = Some(work.now);
    work.save_need(&need).await?;
    let about =
        About { need: Some(&need), reason: Some(note), data: Some(json!({ "into": target.code })), ..About::default() };
    work.stepped(step, need.id, about).await?;
    withdraw_proposals(&mut work, &need).await?;
    claims_ended::supersede_pending(&mut work, &need, None, &format!("需求已合并到{}", target.code)).await?;
    work.commit(code).await
}

#[boxed]
pub async fn unmerge(ctx: &Ctx, code: &str) -> Result<()> {
    step(ctx, code, Command::NeedUnmerge, None, |need, now, _| {
        if need.closed_at.is_some_and(|at| at.plus_days(rules::UNMERGE_DAYS) < now) {
            return Err(Error::rule("合并已超过7天，不能撤销。可以重新登记需求"));
        }
        need.merged_into = None;
        need.close_reason = None;
        need.close_note = None;
        need.closed_at = None;
        Ok(())
    })
    .await
}

/// Opens a closed need again as a new cycle; the old cycle stays frozen.
#[boxed]
pub async fn reopen(ctx: &Ctx, code: &str, reason: &str, valid_until: NaiveDate) -> Result<()> {
    let reason = only(form::REOPEN, reason)?;
    let mut work = Work::begin(ctx, Command::NeedReopen).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    reopen_in(&mut work, &mut need, reason, valid_until).await?;
    work.commit(code).await
}

/// Other needs of the actor's scope with the same person or telephone, for whoever reviews a need of it: by the keyed hashes
/// alone, no file is opened.
#[boxed]
pub async fn twins(ctx: &Ctx, need: &Need) -> Result<Vec<storage::needs::need_file::Match>> {
    if !ctx.actor.role.is_staff() || !ctx.actor.covers(&need.division_code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::needs::need_file::twins(&mut tx, need.id, &ctx.actor.scope).await?)
}

/// Whether another office's file holds the ID number or telephone: said without
/// which office, which need, or whose.
#[boxed]
pub async fn is_known_elsewhere(ctx: &Ctx, file: &storage::needs::need_file::NeedFile) -> Result<bool> {
    use storage::base::sealed::MarkKind;
    if !ctx.actor.role.is_staff() {
        return Err(Error::NotFound);
    }
    let sealer = ctx.services.db.sealer();
    let mut tx = ctx.services.db.read().await?;
    for (kind, value) in [(MarkKind::IdNumber, &file.id_number), (MarkKind::Phone, &file.phone)] {
        if !value.is_empty()
            && storage::needs::need_file::is_elsewhere(&mut tx, sealer, kind, value, &ctx.actor.scope).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Needs in the actor's scope that share the ID number, phone or address: to be
/// shown before another one is created.
#[boxed]
pub async fn similar_files(
    ctx: &Ctx,
    file: &storage::needs::need_file::NeedFile,
) -> Result<Vec<storage::needs::need_file::Match>> {
    use storage::base::sealed::MarkKind;
    if !ctx.actor.role.is_staff() {
        return Err(Error::NotFound);
    }
    // Whoever asks whether a number is known asks about a person.
    let about = crate::base::trail::About { division: ctx.actor.scope.clone(), ..crate::base::trail::About::default() };
    crate::base::trail::read(ctx, "same_household", "", about).await?;
    let sealer = ctx.services.db.sealer();
    let mut tx = ctx.services.db.read().await?;
    let mut found: Vec<storage::needs::need_file::Match> = Vec::new();
    let address = storage::needs::need_file::address_key(&domain::text::nfkc(&file.address));
    for (kind, value) in
        [(MarkKind::IdNumber, &file.id_number), (MarkKind::Phone, &file.phone), (MarkKind::Address, &address)]
    {
        if value.is_empty() {
            continue;
        }
        for hit in storage::needs::need_file::same(&mut tx, sealer, kind, value, &ctx.actor.scope).await? {
            if !found.iter().any(|other| other.id == hit.id) {
                found.push(hit);
            }
        }
    }
    Ok(found)
}
