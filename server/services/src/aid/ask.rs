//! Invitations 邀请: staff ask, the organization accepts or declines. Nobody is
//! assigned; an accepted invitation becomes a claim that is already wanted.

use crate::aid::claim::read_plan;
use crate::base::notice;
use crate::base::offers::Offers;
use crate::base::page::{Listing, Window};
use crate::base::work::Work;
use crate::boxed;
use crate::finding::cells;
pub use crate::steps::asks::Wanted;
use crate::steps::asks::{answer, invite};
use crate::steps::claims_made;
use crate::{Ctx, Error, Result, Services};
use domain::ask::{AskState, DeclineReason};
use domain::field::{Check, only};
use domain::form::aid::ask as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::NeedState;
use domain::permission::Record;
pub use storage::aid::ask::Listed;
use storage::aid::ask::{self, Ask, InvitedLine};
use storage::needs::need::Need;
use uuid::Uuid;

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

/// An invitation and its need for an answer: the need locked first.
async fn load(work: &mut Work<'_>, id: Uuid) -> Result<(Ask, Need)> {
    let found = ask::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let row = ask::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let who =
        Record { division: Some(&row.division_code), organization: Some(row.organization_id), ..Record::default() };
    work.authorize(&who)?;
    Ok((row, need))
}

/// 接受: a claim for what is still open of the invited lines. Returns the claim's code.
#[boxed]
pub async fn accept(ctx: &Ctx, id: Uuid, plan: &str, start_on: &str) -> Result<String> {
    let (plan, start_on) = read_plan(plan, start_on, ctx.now().day())?;
    let mut work = Work::begin(ctx, Command::AskAccept).await?;
    let (row, need) = load(&mut work, id).await?;
    work.acts_on(row.state)?;
    let lines: Vec<(Uuid, i64)> = ask::lines(&mut work.tx, id)
        .await?
        .into_iter()
        .map(|line| (line.line_id, line.quantity.min(line.remaining)))
        .filter(|(_, quantity)| *quantity > 0)
        .collect();
    if lines.is_empty() {
        return Err(Error::rule("邀请里的数量已经都有组织承接了，谢谢贵机构"));
    }
    let code = claims_made::submit(&mut work, &need, &claims_made::Input { lines, plan, start_on }).await?;
    work.commit(&code).await?;
    Ok(code)
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
    let (mut row, need) = load(&mut work, id).await?;
    row.reason_code = code;
    let said = match (code, note) {
        (Some(code), Some(note)) => Some(format!("{}：{note}", code.label())),
        (Some(code), None) => Some(code.label().to_owned()),
        (None, note) => note,
    };
    answer(&mut work, &need, &mut row, said).await?;
    let href = href_at(Object::Need, &need.code, "/candidates");
    notice::to_street(&mut work, &need.division_code, "有组织没有接受邀请", &need.title, &href).await?;
    work.commit("").await
}

/// Staff take an invitation back.
#[boxed]
pub async fn withdraw(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    let reason = only(form::WITHDRAW, reason)?;
    let mut work = Work::begin(ctx, Command::AskWithdraw).await?;
    let (mut row, need) = load(&mut work, id).await?;
    answer(&mut work, &need, &mut row, Some(reason)).await?;
    let href = href(Object::Ask, &id);
    notice::to_organization(&mut work, row.organization_id, "邀请已收回", &need.title, &href).await?;
    work.commit("").await
}

/// Nobody answered in time.
pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::AskLapse).await?;
    let (mut row, need) = load(&mut work, id).await?;
    if row.state != AskState::Sent || row.due_at >= work.now {
        return Ok(());
    }
    answer(&mut work, &need, &mut row, Some("没有在期限内回复".into())).await?;
    let href = href_at(Object::Need, &need.code, "/candidates");
    notice::to_street(&mut work, &need.division_code, "邀请到期没有回复", &need.title, &href).await?;
    work.commit("").await
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
