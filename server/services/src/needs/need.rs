//! Commands on needs 需求, from the first entry to closing.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::needs::need_form::Input;
use crate::{Conflict, Ctx, Error, Result};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::code::Prefix;
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::need::{self as rules, CloseReason, NeedKind, NeedState, Source, Urgency};
use domain::pairing::PairingState;
use domain::permission::{Record, Separation};
use serde_json::json;
use storage::needs::need::{Beneficiary, Line, Need};
use uuid::Uuid;

/// Working days for the review of a need that is not urgent.
pub const REVIEW_WORKING_DAYS: u32 = 3;

fn record(need: &Need) -> Record<'_> {
    Record { division: Some(&need.division_code), ..Record::default() }
}

/// Creates a draft. Returns its code.
#[boxed]
pub async fn create(ctx: &Ctx, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::NeedCreate).await?;
    let code = create_in(&mut work, input, None).await?.code;
    work.commit(&code).await?;
    Ok(code)
}

/// Creates a draft within an open command (page and ledger import share it).
pub(crate) async fn create_in(work: &mut Work<'_>, input: &Input, import_id: Option<Uuid>) -> Result<Need> {
    let kind = input.kind.unwrap_or(NeedKind::Household);
    let record = Record { division: Some(&input.division_code), ..Record::default() };
    work.authorize(Command::NeedCreate, &record)?;
    let code = work.code(Prefix::Need, &input.division_code).await?;
    let mut need = Need {
        id: work.ctx.services.new_id(),
        code,
        kind,
        division_code: input.division_code.clone(),
        title: String::new(),
        description: String::new(),
        requirements: String::new(),
        aid_given: String::new(),
        gap: String::new(),
        age_band: None,
        sex: None,
        urgency: Urgency::Normal,
        source: Source::Import,
        source_no: None,
        valid_until: None,
        state: NeedState::Draft,
        close_reason: None,
        close_note: None,
        cycle: 1,
        author_id: work.ctx.actor.account_id,
        submitter_id: None,
        publisher_id: None,
        created_at: work.now,
        submitted_at: None,
        published_at: None,
        closed_at: None,
        due_at: None,
        escalation: 0,
        merged_into: None,
        import_id,
        updated_at: work.now,
        version: 1,
    };
    fill(&mut need, input);
    storage::needs::need::insert(&mut work.tx, &need).await?;
    write_parts(work, &need, input).await?;
    work.created(Command::NeedCreate, need.state, need.id, About { need: Some(&need), ..About::default() }).await?;
    if let Some(consent) = &input.consent {
        crate::needs::consent::record_in(work, &need, consent).await?;
    }
    Ok(need)
}

fn fill(need: &mut Need, input: &Input) {
    if let Some(kind) = input.kind {
        need.kind = kind;
    }
    need.division_code.clone_from(&input.division_code);
    need.title.clone_from(&input.title);
    need.description.clone_from(&input.description);
    need.requirements.clone_from(&input.requirements);
    need.aid_given.clone_from(&input.aid_given);
    need.gap.clone_from(&input.gap);
    need.age_band = input.age_band;
    need.sex = input.sex;
    need.urgency = input.urgency.unwrap_or(Urgency::Normal);
    need.source = input.source.unwrap_or(Source::Import);
    need.source_no.clone_from(&input.source_no);
    need.valid_until = input.valid_until;
}

async fn write_parts(work: &mut Work<'_>, need: &Need, input: &Input) -> Result<()> {
    storage::needs::need::delete_lines(&mut work.tx, need.id, need.cycle).await?;
    for (position, line) in input.lines.iter().enumerate() {
        let row = Line {
            id: work.ctx.services.new_id(),
            need_id: need.id,
            cycle: need.cycle,
            position: i64::try_from(position).unwrap_or_default(),
            service_code: line.service_code.clone(),
            quantity: line.amount.quantity,
            unit: line.amount.unit.clone(),
            per: line.amount.per,
            starts_on: line.starts_on,
            ends_on: line.ends_on,
            note: line.note.clone(),
            taken: 0,
            taken_at: None,
        };
        storage::needs::need::insert_line(&mut work.tx, &row).await?;
    }
    storage::needs::need::delete_beneficiaries(&mut work.tx, need.id).await?;
    for b in &input.beneficiaries {
        let row = Beneficiary {
            need_id: need.id,
            category_code: b.code.clone(),
            decided_on: b.decided_on,
            decided_by: b.decided_by.clone(),
        };
        storage::needs::need::insert_beneficiary(&mut work.tx, &row).await?;
    }
    if let Some(file) = &input.file {
        storage::needs::need_file::save(&mut work.tx, work.ctx.services.db.sealer(), need.id, file).await?;
    }
    Ok(())
}

/// Saves a draft anew. `version` is the one the editor saw.
#[boxed]
pub async fn edit(ctx: &Ctx, code: &str, version: i64, input: &Input) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedEdit).await?;
    let mut need = work.need(code).await?;
    work.authorize(Command::NeedEdit, &record(&need))?;
    // A draft may not be moved out of the editor's scope either.
    work.authorize(Command::NeedEdit, &Record { division: Some(&input.division_code), ..Record::default() })?;
    let from = need.state;
    machine::step(from, Command::NeedEdit)?;
    if need.version != version {
        return Err(Error::Conflict(Conflict::Stale(Object::Need)));
    }
    fill(&mut need, input);
    work.save_need(&need).await?;
    write_parts(&mut work, &need, input).await?;
    work.stepped(Command::NeedEdit, from, from, need.id, About { need: Some(&need), ..About::default() }).await?;
    if let Some(consent) = &input.consent {
        crate::needs::consent::record_in(&mut work, &need, consent).await?;
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
    let mut who = record(&need);
    if command == Command::NeedPublish {
        who.others = vec![(need.author_id, Separation::Author), (need.submitter_id, Separation::Author)];
    }
    work.authorize(command, &who)?;
    let from = need.state;
    need.state = machine::step(from, command)?;
    change(&mut need, work.now, ctx)?;
    work.save_need(&need).await?;
    work.stepped(command, from, need.state, need.id, About { need: Some(&need), reason, ..About::default() }).await?;
    notice::of_need(&mut work, &need, command).await?;
    work.commit(code).await
}

/// 送审: everything must be filled in.
#[boxed]
pub async fn submit(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedSubmit).await?;
    let mut need = work.need(code).await?;
    work.authorize(Command::NeedSubmit, &record(&need))?;
    let from = need.state;
    need.state = machine::step(from, Command::NeedSubmit)?;
    ready_for_review(&mut work, &need).await?;
    need.submitter_id = ctx.actor.account_id;
    need.submitted_at = Some(work.now);
    need.due_at = Some(due(&need, ctx, work.now));
    work.save_need(&need).await?;
    work.stepped(Command::NeedSubmit, from, need.state, need.id, About { need: Some(&need), ..About::default() })
        .await?;
    notice::of_need(&mut work, &need, Command::NeedSubmit).await?;
    work.commit(code).await
}

fn due(need: &Need, ctx: &Ctx, now: Time) -> Time {
    if need.is_urgent() {
        now.plus_hours(rules::URGENT_HOURS)
    } else {
        ctx.services.calendar().due(now, REVIEW_WORKING_DAYS)
    }
}

/// What a reviewer must find: reads the stored need through the form's own
/// rules, so that an imported draft is checked like a typed one.
async fn ready_for_review(work: &mut Work<'_>, need: &Need) -> Result<()> {
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let file = storage::needs::need_file::load(&mut work.tx, work.ctx.services.db.sealer(), need.id).await?;
    let fields = crate::needs::need_form::fields_of(need, &lines, &beneficiaries, file.as_ref());
    crate::needs::need_form::read(&fields, None, &work.ctx.actor.scope, &work.ctx.services.divisions(), work.now)?;
    Ok(())
}

fn reason_of(reason: &str) -> Result<String> {
    let mut check = Check::new();
    let reason = check.text("reason", "原因", reason, 500);
    crate::base::gate::general(&mut check, "reason", "原因", &reason);
    check.done()?;
    Ok(reason)
}

#[boxed]
pub async fn return_(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
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

#[boxed]
pub async fn publish(ctx: &Ctx, code: &str) -> Result<()> {
    step(ctx, code, Command::NeedPublish, None, |need, now, ctx| {
        if need.valid_until.is_some_and(|until| until < now.day()) {
            return Err(Error::rule("有效期已经过去，请退回修改有效期后再公开"));
        }
        need.publisher_id = ctx.actor.account_id;
        need.published_at = Some(now);
        need.escalation = 0;
        need.due_at = need.is_urgent().then(|| now.plus_hours(rules::URGENT_HOURS));
        Ok(())
    })
    .await
}

#[boxed]
pub async fn suspend(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
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
            return Err(Error::field("valid_until", "新的有效期要晚于今天和原来的有效期"));
        }
        if until > now.day() + chrono::Days::new(366 * 3) {
            return Err(Error::field("valid_until", "有效期最长三年，请改近一些"));
        }
        need.valid_until = Some(until);
        Ok(())
    })
    .await
}

/// Ends a need: its pending claims fall, its running pairings end, nothing
/// planned becomes delivered.
async fn end(
    work: &mut Work<'_>,
    need: &mut Need,
    command: Command,
    reason: CloseReason,
    note: Option<String>,
) -> Result<()> {
    let from = need.state;
    need.state = machine::step(from, command)?;
    need.close_reason = Some(reason);
    need.close_note.clone_from(&note);
    need.closed_at = Some(work.now);
    need.due_at = None;
    work.save_need(need).await?;
    let mut data = json!({ "close_reason": reason.as_str() });
    if reason.is_unmet() {
        data["tried"] = crate::aid::queue::tried(work, need).await?;
    }
    let about = About { need: Some(need), reason: note.clone(), data: Some(data), ..About::default() };
    work.stepped(command, from, need.state, need.id, about).await?;
    let words = format!("需求已结案：{}", reason.label());
    crate::aid::claim::supersede_pending(work, need, None, &words).await?;
    for pairing in storage::aid::pairing::of_need(&mut work.tx, need.id).await? {
        if pairing.state.is_running() {
            crate::aid::pairing::terminate_in(work, need, pairing, &words).await?;
        }
    }
    Ok(())
}

async fn end_command(ctx: &Ctx, code: &str, command: Command, reason: CloseReason, note: String) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let mut need = work.need(code).await?;
    work.authorize(command, &record(&need))?;
    end(&mut work, &mut need, command, reason, Some(note)).await?;
    work.commit(code).await
}

/// 结案 by hand. Success is not chosen here, it follows from a verification;
/// what is left of a partly met need may be closed as met in part.
#[boxed]
pub async fn close(ctx: &Ctx, code: &str, reason: CloseReason, note: &str) -> Result<()> {
    let note = reason_of(note)?;
    if reason == CloseReason::MetPartial {
        let mut work = Work::begin(ctx, Command::NeedClose).await?;
        let mut need = work.need(code).await?;
        work.authorize(Command::NeedClose, &record(&need))?;
        let pairings = storage::aid::pairing::of_need(&mut work.tx, need.id).await?;
        let met = pairings.iter().any(|p| {
            p.cycle == need.cycle
                && p.state == PairingState::Completed
                && matches!(p.result.as_deref(), Some("met" | "partial"))
        });
        if !met {
            return Err(Error::rule("还没有核验为满足的结对，不能按“部分满足”结案"));
        }
        end(&mut work, &mut need, Command::NeedClose, reason, Some(note)).await?;
        return work.commit(code).await;
    }
    if !CloseReason::BY_HAND.contains(&reason) {
        return Err(Error::field("close_reason", "选择结案原因"));
    }
    end_command(ctx, code, Command::NeedClose, reason, note).await
}

#[boxed]
pub async fn withdraw(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    end_command(ctx, code, Command::NeedWithdraw, CloseReason::Withdrawn, reason_of(note)?).await
}

#[boxed]
pub async fn abandon(ctx: &Ctx, code: &str, note: &str) -> Result<()> {
    end_command(ctx, code, Command::NeedAbandon, CloseReason::NotPublished, reason_of(note)?).await
}

/// Validity is over and nobody took it: counted unmet, never silent. Where
/// units are taken the need stays until they are done.
pub(crate) async fn expire(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedExpire).await?;
    let mut need = work.need(code).await?;
    work.authorize(Command::NeedExpire, &record(&need))?;
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
        end(
            &mut work,
            &mut need,
            Command::NeedClose,
            CloseReason::MetPartial,
            Some("有效期结束，其余数量无人认领".into()),
        )
        .await?;
    } else {
        end(&mut work, &mut need, Command::NeedExpire, CloseReason::ExpiredUnclaimed, None).await?;
        notice::of_need(&mut work, &need, Command::NeedExpire).await?;
    }
    work.commit(code).await
}

/// Closes a need whose last unit was completed. Called with the approver's
/// command still open.
pub(crate) async fn close_if_done(work: &mut Work<'_>, need: &mut Need) -> Result<bool> {
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    if need.state != NeedState::Published || lines.iter().any(|line| line.remaining() > 0) {
        return Ok(false);
    }
    let pending =
        storage::aid::claim::of_need(&mut work.tx, need.id).await?.iter().any(|claim| claim.state.is_pending());
    let pairings: Vec<_> = storage::aid::pairing::of_need(&mut work.tx, need.id)
        .await?
        .into_iter()
        .filter(|p| p.cycle == need.cycle)
        .collect();
    if pending || pairings.iter().any(|p| p.state.is_running()) {
        return Ok(false);
    }
    let results: Vec<&str> =
        pairings.iter().filter(|p| p.state == PairingState::Completed).filter_map(|p| p.result.as_deref()).collect();
    let reason = if results.is_empty() {
        return Ok(false);
    } else if results.iter().all(|result| *result == "met") {
        CloseReason::MetFull
    } else if results.iter().any(|result| matches!(*result, "met" | "partial")) {
        CloseReason::MetPartial
    } else {
        // Only unverified results: not a success, whatever was reported.
        CloseReason::UnmetCannotContact
    };
    end(work, need, Command::NeedClose, reason, Some("全部结对已办结".into())).await?;
    Ok(true)
}

#[boxed]
pub async fn merge(ctx: &Ctx, code: &str, into: &str, note: &str) -> Result<()> {
    let note = reason_of(note)?;
    let into = into.trim().to_uppercase();
    if into == code {
        return Err(Error::field("into", "不能合并到自己，请填另一条需求的编号"));
    }
    let mut work = Work::begin(ctx, Command::NeedMerge).await?;
    let mut need = work.need(code).await?;
    work.authorize(Command::NeedMerge, &record(&need))?;
    let from = need.state;
    need.state = machine::step(from, Command::NeedMerge)?;
    let unknown = || Error::field("into", "没有找到这个编号的需求，或不在您的范围内，请核对");
    let target =
        if domain::code::is_code(&into) { storage::needs::need::by_code(&mut work.tx, &into).await? } else { None }
            .ok_or_else(unknown)?;
    if !ctx.actor.covers(&target.division_code) {
        return Err(unknown());
    }
    if target.state != NeedState::Published {
        return Err(Error::field("into", format!("那条需求现在是“{}”，只能合并到已公开的需求", target.state.label())));
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
    work.stepped(Command::NeedMerge, from, need.state, need.id, about).await?;
    crate::aid::claim::supersede_pending(&mut work, &need, None, &format!("需求已合并到{}", target.code)).await?;
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
    let reason = reason_of(reason)?;
    let mut work = Work::begin(ctx, Command::NeedReopen).await?;
    let mut need = work.need(code).await?;
    work.authorize(Command::NeedReopen, &record(&need))?;
    reopen_in(&mut work, &mut need, reason, valid_until).await?;
    work.commit(code).await
}

pub(crate) async fn reopen_in(
    work: &mut Work<'_>,
    need: &mut Need,
    reason: String,
    valid_until: NaiveDate,
) -> Result<()> {
    let from = need.state;
    need.state = machine::step(from, Command::NeedReopen)?;
    if need.closed_at.is_some_and(|at| at.plus_days(rules::REOPEN_DAYS) < work.now) {
        return Err(Error::rule("结案已超过90天，不能重新打开。请重新登记需求"));
    }
    if valid_until <= work.now.day() {
        return Err(Error::field("valid_until", "新的有效期要晚于今天"));
    }
    let old = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    need.cycle += 1;
    need.close_reason = None;
    need.close_note = None;
    need.closed_at = None;
    need.published_at = None;
    need.escalation = 0;
    need.valid_until = Some(valid_until);
    need.submitter_id = work.ctx.actor.account_id;
    need.submitted_at = Some(work.now);
    need.due_at = Some(due(need, work.ctx, work.now));
    work.save_need(need).await?;
    for line in old {
        let row = Line {
            id: work.ctx.services.new_id(),
            cycle: need.cycle,
            taken: 0,
            taken_at: None,
            starts_on: None,
            ends_on: None,
            ..line
        };
        storage::needs::need::insert_line(&mut work.tx, &row).await?;
    }
    let about = About {
        need: Some(need),
        reason: Some(reason),
        data: Some(json!({ "cycle": need.cycle })),
        ..About::default()
    };
    work.stepped(Command::NeedReopen, from, need.state, need.id, about).await?;
    notice::of_need(work, need, Command::NeedReopen).await
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
