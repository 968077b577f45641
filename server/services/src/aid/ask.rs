//! Invitations 邀请: staff ask, the organization accepts or declines. Nobody is
//! assigned; an accepted invitation becomes a claim that is already wanted.

use crate::aid::claim;
use crate::base::notice;
use crate::base::offers::Offers;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::finding::cells;
use crate::office::lists::{Listing, Window};
use crate::{Ctx, Error, Result, Services};
use domain::ask::{ANSWER_WORKING_DAYS, AskState, DeclineReason, OPEN_PER_LINE};
use domain::field::{Check, only};
use domain::form::aid::ask as form;
use domain::machine::{self, Command, Object};
use domain::need::{NeedState, URGENT_HOURS};
use domain::permission::Record;
use domain::project::Measure;
use matching::Weights;
use serde_json::json;
pub use storage::aid::ask::Listed;
use storage::aid::ask::{self, Ask, InvitedLine};
use storage::needs::need::Need;
use uuid::Uuid;

/// Whom to invite for what.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub organization: Uuid,
    /// Lines of the need; empty: every open line that fits.
    pub lines: Vec<Uuid>,
}

/// Invites organizations for a need or lines of it; all of them or none.
#[boxed]
pub async fn send(ctx: &Ctx, code: &str, wanted: &[Wanted], note: &str) -> Result<usize> {
    let mut check = Check::new();
    let note = check.read(form::NOTE, note);
    if wanted.is_empty() {
        check.missing(form::ORGANIZATIONS);
    }
    check.done()?;
    let mut work = Work::begin(ctx, Command::AskSend).await?;
    let need = work.need(code).await?;
    let mut order: Vec<&Wanted> = wanted.iter().collect();
    order.sort_by_key(|w| w.organization);
    for one in order {
        invite(&mut work, &need, one, &note, None).await?;
    }
    work.commit(code).await?;
    Ok(wanted.len())
}

/// Invites one organization inside a command; the need is locked. Checks anew
/// that it is verified, fits, and has capacity that no other invitation asks for.
pub(crate) async fn invite(
    work: &mut Work<'_>,
    need: &Need,
    wanted: &Wanted,
    note: &str,
    batch: Option<Uuid>,
) -> Result<Uuid> {
    work.authorize(Command::AskSend, &Record { division: Some(&need.division_code), ..Record::default() })?;
    if need.state != NeedState::Published {
        return Err(Error::rule(format!("这条需求现在是“{}”，不能再邀请", need.state.label())));
    }
    let organization =
        storage::supply::organization::by_id(&mut work.tx, wanted.organization).await?.ok_or(Error::NotFound)?;
    let name = organization.name.clone();
    let Some(mut supplier) = crate::aid::matching::supplier_now(&mut work.tx, organization.id).await? else {
        return Err(Error::rule(format!("{name}现在是“{}”，不能邀请", organization.state.label())));
    };
    if storage::aid::claim::of_need(&mut work.tx, need.id)
        .await?
        .iter()
        .any(|claim| claim.organization_id == organization.id && claim.state.is_pending())
    {
        return Err(Error::rule(format!("{name}已经认领，正在等答复")));
    }
    if ask::open_of(&mut work.tx, need.id, organization.id).await?.is_some() {
        return Err(Error::rule(format!("已经邀请过{name}，正在等回复")));
    }
    // What open invitations ask for already is not free for a further one.
    supplier.room -= ask::open_count(&mut work.tx, organization.id).await?;
    for offer in &mut supplier.offers {
        if let Some(project) = offer.project {
            storage::supply::project::lock(&mut work.tx, project).await?;
            let (lines, units) = ask::asked_of(&mut work.tx, project).await?;
            if let matching::Free::Left { free, .. } = &mut offer.free {
                *free -= if offer.measure == Measure::Households { lines } else { units };
            }
        }
    }
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let beneficiaries = storage::needs::need::beneficiaries(&mut work.tx, need.id).await?;
    let facts = crate::aid::matching::facts(need, &lines, &beneficiaries, work.now);
    let mut chosen = Vec::new();
    let mut closest: Option<matching::Why> = None;
    let mut crowded = false;
    for line in facts.lines.iter().filter(|line| wanted.lines.is_empty() || wanted.lines.contains(&line.id)) {
        let open = ask::open_for_line(&mut work.tx, line.id).await?;
        if usize::try_from(open).unwrap_or(usize::MAX) >= OPEN_PER_LINE {
            crowded = true;
            continue;
        }
        let mut best: Option<(u16, usize)> = None;
        for (at, offer) in supplier.offers.iter().enumerate() {
            match matching::score::fit(&facts, line, &supplier, offer, &Weights::default(), work.now.day()) {
                Ok(fit) if best.is_none_or(|(total, _)| fit.total > total) => best = Some((fit.total, at)),
                Ok(_) => {}
                Err(why) => closest = Some(closest.map_or(why, |other| other.max(why))),
            }
        }
        let Some((_, at)) = best else { continue };
        let offer = &mut supplier.offers[at];
        let mut quantity = line.open;
        if let matching::Free::Left { free, .. } = &mut offer.free {
            match offer.measure {
                Measure::Households => *free -= 1,
                Measure::Units => {
                    quantity = quantity.min(*free);
                    *free -= quantity;
                }
            }
        }
        chosen.push((line.id, offer.project, quantity));
    }
    if chosen.is_empty() {
        let place = work.ctx.services.place(need.division_code.get(..6).unwrap_or_default());
        return Err(Error::rule(match closest {
            _ if facts.lines.is_empty() => "这条需求的数量都有组织承接了".to_owned(),
            Some(why) => format!("{name}现在不能承接：{}", why.words(&place)),
            None if crowded => format!("已经有{OPEN_PER_LINE}家组织在等着回复，请先等一等"),
            None => format!("{name}不能承接选中的服务"),
        }));
    }
    let due = if need.is_urgent() {
        work.now.plus_hours(URGENT_HOURS)
    } else {
        work.ctx.services.calendar().due(work.now, ANSWER_WORKING_DAYS)
    };
    let row = Ask {
        id: work.ctx.services.new_id(),
        need_id: need.id,
        cycle: need.cycle,
        organization_id: organization.id,
        division_code: need.division_code.clone(),
        batch_id: batch,
        state: AskState::Sent,
        note: note.to_owned(),
        sent_by: work.ctx.actor.account_id,
        sent_at: work.now,
        due_at: due,
        answered_by: None,
        answered_at: None,
        reason_code: None,
        reason: None,
        claim_id: None,
    };
    match ask::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule(format!("已经邀请过{name}，正在等回复"))),
        other => other?,
    }
    for (line, project, quantity) in &chosen {
        ask::insert_line(&mut work.tx, row.id, *line, *project, *quantity).await?;
    }
    let about = About {
        need: Some(need),
        organization: Some(organization.id),
        data: Some(json!({ "lines": chosen.len() })),
        ..About::default()
    };
    work.created(Command::AskSend, row.state, row.id, about).await?;
    let href = format!("/asks/{}", row.id);
    notice::to_organization(work, organization.id, "邀请贵机构承接一项需求", &need.title, &href).await?;
    Ok(row.id)
}

/// An invitation and its need for an answer: the need locked first.
async fn open(work: &mut Work<'_>, id: Uuid, command: Command) -> Result<(Ask, Need)> {
    let found = ask::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let row = ask::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let who =
        Record { division: Some(&row.division_code), organization: Some(row.organization_id), ..Record::default() };
    work.authorize(command, &who)?;
    Ok((row, need))
}

async fn step(work: &mut Work<'_>, need: &Need, row: &mut Ask, command: Command, reason: Option<String>) -> Result<()> {
    let from = row.state;
    row.state = machine::step(from, command)?;
    row.answered_by = work.ctx.actor.account_id;
    row.answered_at = Some(work.now);
    row.reason.clone_from(&reason);
    first(ask::answer(&mut work.tx, row, from).await?, Object::Ask)?;
    let about = About { need: Some(need), organization: Some(row.organization_id), reason, ..About::default() };
    work.stepped(command, from, row.state, row.id, about).await
}

/// 接受: a claim for what is still open of the invited lines. Returns the claim's code.
#[boxed]
pub async fn accept(ctx: &Ctx, id: Uuid, plan: &str, start_on: &str) -> Result<String> {
    let (plan, start_on) = claim::read_plan(plan, start_on, ctx.now().day())?;
    let mut work = Work::begin(ctx, Command::AskAccept).await?;
    let (row, need) = open(&mut work, id, Command::AskAccept).await?;
    machine::step(row.state, Command::AskAccept)?;
    let lines: Vec<(Uuid, i64)> = ask::lines(&mut work.tx, id)
        .await?
        .into_iter()
        .map(|line| (line.line_id, line.quantity.min(line.remaining)))
        .filter(|(_, quantity)| *quantity > 0)
        .collect();
    if lines.is_empty() {
        return Err(Error::rule("邀请里的数量已经都有组织承接了，谢谢贵机构"));
    }
    let code = claim::submit_in(&mut work, &need, &claim::Input { lines, plan, start_on }).await?;
    work.commit(&code).await?;
    Ok(code)
}

/// The claim that an organization made answers its open invitation.
pub(crate) async fn answered_by(work: &mut Work<'_>, need: &Need, organization: Uuid, claim: Uuid) -> Result<()> {
    if let Some(mut row) = ask::open_of(&mut work.tx, need.id, organization).await? {
        row.claim_id = Some(claim);
        step(work, need, &mut row, Command::AskAccept, None).await?;
    }
    Ok(())
}

/// 不接受, with a reason.
#[boxed]
pub async fn decline(ctx: &Ctx, id: Uuid, reason: &str, note: &str) -> Result<()> {
    let mut check = Check::new();
    let code: Option<DeclineReason> = check.choice(form::REASON_CODE, reason);
    let note = check.read_some(form::DECLINE, note);
    if code == Some(DeclineReason::Other) && note.is_none() {
        check.wrong(form::DECLINE, "选“其他原因”时请写一句说明");
    }
    check.done()?;
    let mut work = Work::begin(ctx, Command::AskDecline).await?;
    let (mut row, need) = open(&mut work, id, Command::AskDecline).await?;
    row.reason_code = code;
    let said = match (code, note) {
        (Some(code), Some(note)) => Some(format!("{}：{note}", code.label())),
        (Some(code), None) => Some(code.label().to_owned()),
        (None, note) => note,
    };
    step(&mut work, &need, &mut row, Command::AskDecline, said).await?;
    let href = format!("/needs/{}/candidates", need.code);
    notice::to_street(&mut work, &need.division_code, "有组织没有接受邀请", &need.title, &href).await?;
    work.commit("").await
}

/// Staff take an invitation back.
#[boxed]
pub async fn withdraw(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    let reason = only(form::WITHDRAW, reason)?;
    let mut work = Work::begin(ctx, Command::AskWithdraw).await?;
    let (mut row, need) = open(&mut work, id, Command::AskWithdraw).await?;
    step(&mut work, &need, &mut row, Command::AskWithdraw, Some(reason)).await?;
    let href = format!("/asks/{id}");
    notice::to_organization(&mut work, row.organization_id, "邀请已收回", &need.title, &href).await?;
    work.commit("").await
}

/// Nobody answered in time.
pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::AskLapse).await?;
    let (mut row, need) = open(&mut work, id, Command::AskLapse).await?;
    if row.state != AskState::Sent || row.due_at >= work.now {
        return Ok(());
    }
    step(&mut work, &need, &mut row, Command::AskLapse, Some("没有在期限内回复".into())).await?;
    let href = format!("/needs/{}/candidates", need.code);
    notice::to_street(&mut work, &need.division_code, "邀请到期没有回复", &need.title, &href).await?;
    work.commit("").await
}

/// Open invitations to an organization that lost its standing are taken back.
pub(crate) async fn withdraw_of(work: &mut Work<'_>, organization: Uuid, why: &str) -> Result<()> {
    let mut open = ask::of_organization(&mut work.tx, organization, AskState::Sent, 0, 10_000).await?;
    open.sort_by_key(|listed| (listed.ask.need_id, listed.ask.id));
    for listed in open {
        let need = work.lock(listed.ask.need_id).await?;
        let Some(mut row) = ask::by_id(&mut work.tx, listed.ask.id).await?.filter(|row| row.state == AskState::Sent)
        else {
            continue;
        };
        step(work, &need, &mut row, Command::AskWithdraw, Some(why.to_owned())).await?;
        let href = format!("/needs/{}/candidates", need.code);
        notice::to_street(work, &need.division_code, "邀请已收回：机构资格暂停", &need.title, &href).await?;
    }
    Ok(())
}

/// Open invitations fall with their need.
pub(crate) async fn withdraw_all(work: &mut Work<'_>, need: &Need, why: &str) -> Result<()> {
    for listed in ask::of_need(&mut work.tx, need.id).await? {
        let mut row = listed.ask;
        if row.state == AskState::Sent {
            step(work, need, &mut row, Command::AskWithdraw, Some(why.to_owned())).await?;
            let href = format!("/asks/{}", row.id);
            notice::to_organization(work, row.organization_id, "邀请已收回", why, &href).await?;
        }
    }
    Ok(())
}

/// An invitation for its two sides.
#[derive(Clone, Debug)]
pub struct AskView {
    pub listed: Listed,
    pub lines: Vec<InvitedLine>,
    pub place: String,
    /// Title of the project that each line would draw on.
    pub projects: Vec<Option<String>>,
    pub need_open: bool,
    pub offers: Offers,
}

/// Reads an invitation: its organization, or staff whose scope covers it.
#[boxed]
pub async fn view(ctx: &Ctx, id: Uuid) -> Result<AskView> {
    let mut tx = ctx.services.db.read().await?;
    let row = ask::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if ctx.actor.organization_id != Some(row.organization_id) && !ctx.actor.covers(&row.division_code) {
        return Err(Error::NotFound);
    }
    let need = storage::needs::need::by_id(&mut tx, row.need_id).await?.ok_or(Error::NotFound)?;
    let mut listed =
        ask::of_need(&mut tx, row.need_id).await?.into_iter().find(|l| l.ask.id == id).ok_or(Error::NotFound)?;
    let lines = ask::lines(&mut tx, id).await?;
    let projects = lines.iter().map(|line| line.project_title.clone()).collect();
    let need_open = need.state == NeedState::Published && lines.iter().any(|line| line.remaining > 0);
    let who =
        |_| Record { division: Some(&row.division_code), organization: Some(row.organization_id), ..Record::default() };
    let offers = Offers::of(&ctx.actor, row.state, who).unless(Command::AskAccept, !need_open);
    if ctx.role().is_organization() {
        let placed = cells::Placed::of(&need);
        let known = cells::known_divisions(&ctx.services, &mut tx, &[placed], ctx.actor.organization_id).await?;
        listed.ask.division_code = known.get(&need.id).cloned().unwrap_or_default();
    }
    let place = ctx.services.place(&listed.ask.division_code);
    Ok(AskView { listed, lines, place, projects, need_open, offers })
}

/// Invitations of an organization, each with no more of the division than it may know.
pub(crate) async fn for_organization(
    services: &Services,
    tx: &mut storage::Tx,
    organization: Uuid,
    state: AskState,
    offset: i64,
    limit: i64,
) -> Result<Vec<Listed>> {
    let mut rows = ask::of_organization(tx, organization, state, offset, limit).await?;
    let needs: Vec<_> = rows
        .iter()
        .map(|row| cells::Placed { id: row.ask.need_id, kind: row.need_kind, division: &row.ask.division_code })
        .collect();
    let known = cells::known_divisions(services, tx, &needs, Some(organization)).await?;
    for row in &mut rows {
        // An organization may have been invited to the same need before.
        row.ask.division_code = known.get(&row.ask.need_id).cloned().unwrap_or_default();
    }
    Ok(rows)
}

/// Invitations of the reader's organization or scope in a state.
#[boxed]
pub async fn list(ctx: &Ctx, state: AskState, window: Window) -> Result<Listing<AskState, Listed>> {
    let mut tx = ctx.services.db.read().await?;
    let (counts, rows) = if ctx.role().is_organization() {
        let id = ctx.organization()?;
        (
            ask::count_of_organization(&mut tx, id).await?,
            for_organization(&ctx.services, &mut tx, id, state, window.offset, window.limit).await?,
        )
    } else if ctx.role().is_staff() && !ctx.actor.scope.is_empty() {
        let scope = &ctx.actor.scope;
        (
            ask::count_in_scope(&mut tx, scope).await?,
            ask::in_scope(&mut tx, scope, state, window.offset, window.limit).await?,
        )
    } else {
        return Err(Error::NotFound);
    };
    Ok(Listing { counts, rows })
}

/// Invitations on a need, for its office.
#[boxed]
pub async fn of_need(ctx: &Ctx, code: &str) -> Result<Vec<Listed>> {
    let mut tx = ctx.services.db.read().await?;
    let need = storage::needs::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    if !ctx.actor.covers(&need.division_code) {
        return Err(Error::NotFound);
    }
    Ok(ask::of_need(&mut tx, need.id).await?)
}

/// The open invitation of the reader's organization on a need.
#[boxed]
pub async fn own_of_need(ctx: &Ctx, need: Uuid) -> Result<Option<Ask>> {
    let Some(organization) = ctx.actor.organization_id else { return Ok(None) };
    let mut tx = ctx.services.db.read().await?;
    Ok(ask::open_of(&mut tx, need, organization).await?)
}
