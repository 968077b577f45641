//! Desks 工作台: what is due first, one decision per line, counts that open lists.

pub use crate::aid::queue::Unclaimed;
use crate::boxed;
use crate::finding::card::service_name;
pub use crate::office::task::{Item, Task, VolunteerTask};
use crate::office::volunteer_desk;
use crate::office::waiting::{self, Line};
use crate::{Ctx, Error, Result};
use chrono::Days;
use domain::ask::AskState;
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::clock::{Name, QUIET_DECIDE_DAYS};
use domain::delivery::DeliveryState;
use domain::need::NeedState;
use domain::organization::OrganizationState;
use domain::pairing::{PairingState, VERIFY_ATTEMPTS};
use domain::role::Role;
use domain::verification::{VerificationResult, VerificationState};
use storage::aid::{claim, delivery, pairing, transfer, verification};
use storage::needs::{closing, need};
use storage::supply::organization;
use uuid::Uuid;

/// Counts on the desk, each opening its list.
#[derive(Clone, Debug, Default)]
pub struct Counts {
    pub needs: Vec<(NeedState, i64)>,
    pub claims: Vec<(ClaimState, i64)>,
    pub pairings: Vec<(PairingState, i64)>,
    pub unclaimed: i64,
    pub to_confirm: i64,
    pub overdue: usize,
    pub today: usize,
}

impl Counts {
    pub fn need(&self, state: NeedState) -> i64 {
        self.needs.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n)
    }

    pub fn claim(&self, state: ClaimState) -> i64 {
        self.claims.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n)
    }

    pub fn pairing(&self, state: PairingState) -> i64 {
        self.pairings.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n)
    }
}

#[derive(Clone, Debug, Default)]
pub struct Desk {
    pub counts: Counts,
    /// Past its time, and come to this desk: the longest first.
    pub overdue: Vec<Item>,
    /// Not late yet, the first due first.
    pub due: Vec<Item>,
    pub unclaimed: Vec<Unclaimed>,
}

/// Lines per kind of task on a desk.
const EACH: i64 = 50;

/// Late lines that a desk names at most; the page of all of them names what it shows.
const NAMED: usize = 60;

/// The reader's desk.
#[boxed]
pub async fn load(ctx: &Ctx) -> Result<Desk> {
    let mut desk = gathered(ctx).await?;
    let shown = desk.overdue.iter_mut().take(NAMED).chain(&mut desk.due);
    named(ctx, shown).await?;
    Ok(desk)
}

/// Puts the households' masks before the titles of what is shown.
#[boxed]
pub async fn name(ctx: &Ctx, items: &mut [Item]) -> Result<()> {
    named(ctx, items.iter_mut()).await
}

async fn named<'a>(ctx: &Ctx, items: impl Iterator<Item = &'a mut Item>) -> Result<()> {
    let rows = items.map(|item| (item.code.as_str(), &mut item.title)).collect();
    crate::aid::masks::name(ctx, "desk", rows).await
}

async fn gathered(ctx: &Ctx) -> Result<Desk> {
    let mut desk = match ctx.role() {
        Role::Street | Role::District | Role::City | Role::VillageWorker => staff(ctx).await?,
        Role::OrgAdmin | Role::OrgWorker => organization_desk(ctx).await?,
        Role::Volunteer => Desk::default(),
        _ => return Err(Error::Forbidden(domain::permission::Refusal::Role)),
    };
    let mut tx = ctx.services.db.read().await?;
    desk.due.extend(volunteer_desk::tasks(ctx, &mut tx).await?);
    let late = late_lines(ctx, &mut tx).await?;
    drop(tx);
    let now = ctx.now();
    set_late_apart(ctx, &mut desk, late);
    let all = desk.due.iter_mut().chain(&mut desk.overdue);
    let named = all.map(|item| (item.code.as_str(), &mut item.title)).collect();
    crate::aid::masks::name(ctx, "desk", named).await?;
    // Urgent first, then what is due first; what has no clock last.
    desk.due.sort_by_key(|item| (!item.urgent, item.due_at.is_none(), item.due_at));
    desk.overdue.sort_by_key(|item| (!item.urgent, item.due_at, item.id));
    desk.counts.overdue = desk.overdue.len();
    desk.counts.today =
        desk.due.iter().filter(|item| item.due_at.is_some_and(|due| due >= now && due.day() == now.day())).count();
    Ok(desk)
}

/// What of the clock table has come to the reader's desk.
async fn late_lines(ctx: &Ctx, tx: &mut storage::Tx) -> Result<Vec<Line>> {
    match (waiting::office_of(ctx.role()), ctx.role()) {
        (Some(office), _) => waiting::late(&ctx.services, tx, &ctx.actor.scope, office).await,
        (None, Role::VillageWorker) => waiting::late_in_village(&ctx.services, tx, &ctx.actor.scope).await,
        (None, Role::OrgAdmin | Role::OrgWorker) => waiting::late_of(&ctx.services, tx, ctx.organization()?).await,
        (None, _) => Ok(Vec::new()),
    }
}

/// Everything late that has come to the reader's office, on one page of its own.
#[boxed]
pub async fn overdue(ctx: &Ctx) -> Result<Vec<Item>> {
    Ok(gathered(ctx).await?.overdue)
}

/// What is late leaves the list of what is due: each thing is one line, with what the reader can decide about it.
fn set_late_apart(ctx: &Ctx, desk: &mut Desk, lines: Vec<Line>) {
    let now = ctx.now();
    for line in lines {
        // Records of visits of one pairing are one line.
        if line.row.clock == Name::Confirmation {
            desk.due.retain(|item| item.task != Task::ConfirmDelivery || item.code != line.row.code);
        }
        match desk.due.iter().position(|item| item.id == line.row.object_id) {
            Some(at) => {
                let item = desk.due.remove(at);
                // An office that a need has come to has a time of its own to see to it.
                let due_at = item.due_at.filter(|_| matches!(item.task, Task::Dispatch { .. }));
                let due_at = due_at.or(Some(line.running.due));
                desk.overdue.push(Item { due_at, urgent: line.row.urgent, running: Some(line.running), ..item });
            }
            None => desk.overdue.push(late_item(ctx, line)),
        }
    }
    // What the street is to do shows to its district as due until it has come up.
    let of_the_street = |task: &Task| {
        ctx.role() == Role::District
            && matches!(
                task,
                Task::DecideClaim
                    | Task::ReleasePairing
                    | Task::AssignVerification
                    | Task::VerifyAgain { .. }
                    | Task::CompletePairing { .. }
                    | Task::HandOver
                    | Task::DecideTransfer
                    | Task::DecideAccess
                    | Task::DecideRights
                    | Task::ConfirmClosing
            )
    };
    let (late, due): (Vec<Item>, Vec<Item>) = std::mem::take(&mut desk.due).into_iter().partition(|item| {
        // A visit is late once the time for recording it is over, not when it was to begin.
        let due = if item.task == Task::RecordVisit { item.running.map(|it| it.due) } else { item.due_at };
        due.is_some_and(|due| due < now) && !of_the_street(&item.task)
    });
    desk.due = due;
    desk.overdue.extend(late);
}

/// A line of the table that nothing on the desk decides: it opens what is late.
fn late_item(ctx: &Ctx, line: Line) -> Item {
    let now = ctx.now();
    let decides = line.row.clock == Name::Quiet
        && domain::permission::may_ever(ctx.role(), domain::machine::Command::PairingGoOn)
        && line.running.due.plus_days(QUIET_DECIDE_DAYS) < now;
    let what = match line.row.clock {
        Name::Quiet => format!("{}天没有服务记录", line.silent_days(now)),
        _ => line.what(),
    };
    Item {
        task: Task::Late { name: line.row.clock, what, href: line.href(), decide: decides },
        due_at: Some(line.running.due),
        urgent: line.row.urgent,
        id: line.row.object_id,
        title: line.row.title,
        // An organization knows whose it is, and is told no more of the place than elsewhere.
        note: [line.row.note, ctx.services.place(&line.row.division_code)]
            .into_iter()
            .filter(|part| !part.is_empty() && !ctx.role().is_organization())
            .collect::<Vec<_>>()
            .join("　"),
        code: line.row.code,
        own: false,
        batch: false,
        running: Some(line.running),
    }
}

fn need_item(ctx: &Ctx, task: Task, need: need::Need, place: String) -> Item {
    let running = waiting::of_need(&ctx.services, &need);
    Item {
        task,
        due_at: need.due_at.or(running.map(|running| running.due)),
        urgent: need.is_urgent(),
        code: need.code,
        id: need.id,
        title: need.title,
        note: place,
        own: false,
        batch: false,
        running,
    }
}

/// What concerns personal data: accesses to approve, persons' own requests.
async fn personal_tasks(ctx: &Ctx, tx: &mut storage::Tx, scope: &str, desk: &mut Desk) -> Result<()> {
    for access in storage::aid::disclosure::waiting_in(tx, scope, EACH).await? {
        desk.due.push(Item {
            task: Task::DecideAccess,
            due_at: Some(access.disclosure.expires_at),
            urgent: false,
            code: access.pairing_code,
            id: access.disclosure.id,
            title: access.need_title,
            note: format!("{} {}：{}", access.organization_name, access.asker_name, access.disclosure.purpose.label()),
            own: Some(access.disclosure.asked_by) == ctx.actor.account_id,
            batch: false,
            running: None,
        });
    }
    for request in storage::record::rights::open_in(tx, scope, EACH).await? {
        desk.due.push(Item {
            task: Task::DecideRights,
            due_at: Some(request.due_at),
            urgent: false,
            title: request.kind.label().to_owned(),
            note: format!("{}，{}提出", ctx.services.place(&request.division_code), request.asker.label()),
            id: request.id,
            code: request.code,
            own: false,
            batch: false,
            running: None,
        });
    }
    Ok(())
}

async fn staff(ctx: &Ctx) -> Result<Desk> {
    let scope = ctx.actor.scope.as_str();
    let role = ctx.role();
    let mut tx = ctx.services.db.read().await?;
    let mut desk = Desk::default();
    desk.counts.needs = need::count_by_state(&mut tx, scope).await?;
    desk.counts.claims = claim::count_in_scope(&mut tx, scope).await?;
    desk.counts.pairings = pairing::count_in_scope(&mut tx, scope).await?;
    desk.counts.unclaimed = need::count_unclaimed(&mut tx, scope).await?.iter().map(|(_, n)| n).sum();
    desk.counts.to_confirm = delivery::count_in_scope(&mut tx, scope, DeliveryState::Recorded).await?;
    for v in verification::assigned_to(&mut tx, ctx.account()?).await? {
        let running = waiting::of_verification(&ctx.services, &v.verification);
        desk.due.push(Item {
            task: Task::Verify,
            due_at: Some(v.verification.due_at),
            urgent: false,
            code: v.pairing_code,
            id: v.verification.id,
            title: v.need_title,
            note: format!("{}{}", v.organization_name, if v.verification.recheck { "　抽查复核" } else { "" }),
            own: false,
            batch: false,
            running,
        });
    }
    if matches!(role, Role::District | Role::City) {
        for n in need::in_state(&mut tx, scope, NeedState::InReview, 0, EACH).await? {
            let place = ctx.services.place(&n.division_code);
            let own = n.author_id.is_some() && n.author_id == ctx.actor.account_id;
            desk.due.push(Item { own, ..need_item(ctx, Task::ReviewNeed, n, place) });
        }
        for o in organization::in_state(&mut tx, OrganizationState::Applied, scope, EACH).await? {
            desk.due.push(Item {
                task: Task::VerifyOrganization,
                due_at: Some(ctx.services.calendar().due(o.updated_at, 10)),
                urgent: false,
                code: o.uscc.clone(),
                id: o.id,
                title: o.name.clone(),
                note: ctx.services.place(&o.division_code),
                own: false,
                batch: false,
                running: None,
            });
        }
    }
    if matches!(role, Role::District | Role::City) {
        for (id, name, division, at) in storage::supply::organization_profile::asked_again(&mut tx, scope, EACH).await?
        {
            desk.due.push(Item {
                task: Task::RecheckOrganization,
                due_at: Some(ctx.services.calendar().due(at, 10)),
                urgent: false,
                code: String::new(),
                id,
                title: name,
                note: ctx.services.place(&division),
                own: false,
                batch: false,
                running: None,
            });
        }
    }
    if matches!(role, Role::Street | Role::VillageWorker) {
        for (state, task) in [(NeedState::Returned, Task::ReviseNeed), (NeedState::Draft, Task::FinishDraft)] {
            for n in need::in_state(&mut tx, scope, state, 0, EACH).await? {
                let place = ctx.services.place(&n.division_code);
                desk.due.push(need_item(ctx, task.clone(), n, place));
            }
        }
    }
    if matches!(role, Role::Street | Role::District) {
        office_tasks(ctx, &mut tx, scope, &mut desk).await?;
    }
    if let Some(step) = crate::aid::queue::step_of(role) {
        for n in need::stuck(&mut tx, scope, step, EACH).await? {
            let place = ctx.services.place(&n.division_code);
            let urgent = n.is_urgent();
            let due_at = n.published_at.and_then(|at| crate::aid::queue::due(ctx, at, urgent, n.escalation));
            let running = n.published_at.and_then(|at| waiting::of_unclaimed(&ctx.services, at, urgent));
            desk.due.push(Item { due_at, running, ..need_item(ctx, Task::Dispatch { step }, n, place) });
        }
    }
    if matches!(role, Role::Street | Role::VillageWorker) {
        for d in delivery::in_scope(&mut tx, scope, DeliveryState::Recorded, 0, EACH).await? {
            desk.due.push(delivery_item(ctx, Task::ConfirmDelivery, d));
        }
    }
    if matches!(role, Role::Street | Role::District) {
        personal_tasks(ctx, &mut tx, scope, &mut desk).await?;
    }
    desk.unclaimed = crate::aid::queue::read(ctx, &mut tx, None, 0, 20).await?;
    Ok(desk)
}

fn delivery_item(ctx: &Ctx, task: Task, d: delivery::Listed) -> Item {
    let running = waiting::of_delivery(&ctx.services, &d.delivery);
    let amount = match (d.delivery.units, d.delivery.minutes) {
        (Some(units), Some(minutes)) => format!("{units}{}，{minutes}分钟", d.unit),
        (Some(units), None) => format!("{units}{}", d.unit),
        _ => String::new(),
    };
    let day = domain::calendar::day_words(d.delivery.done_on.unwrap_or(d.delivery.planned_on));
    Item {
        task,
        due_at: d.delivery.due_at,
        urgent: false,
        code: d.pairing_code,
        id: d.delivery.id,
        title: d.need_title,
        note: [format!("{}，{day}", service_name(&d.service_code)), d.organization_name, amount]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("　"),
        own: false,
        batch: d.delivery.supersedes.is_none(),
        running,
    }
}

/// Decisions of an office on claims, pairings and transfers.
async fn office_tasks(ctx: &Ctx, tx: &mut storage::Tx, scope: &str, desk: &mut Desk) -> Result<()> {
    // The parts of a joint claim are decided with the lead's.
    let submitted = claim::in_scope(tx, scope, ClaimState::Submitted, 0, EACH).await?;
    for c in submitted.into_iter().filter(|c| c.claim.lead_id.is_none()) {
        let running = waiting::of_claim(&ctx.services, &c.claim, c.need_urgency);
        desk.due.push(Item {
            task: Task::DecideClaim,
            due_at: c.claim.due_at,
            urgent: c.need_urgency == domain::need::Urgency::Urgent,
            code: c.claim.code,
            id: c.claim.id,
            title: c.need_title,
            note: c.organization_name,
            own: false,
            batch: false,
            running,
        });
    }
    for c in closing::in_scope(tx, scope, EACH).await? {
        desk.due.push(Item {
            task: Task::ConfirmClosing,
            due_at: Some(c.closing.due_at),
            urgent: c.need_urgency == domain::need::Urgency::Urgent,
            code: c.need_code,
            id: c.closing.id,
            title: c.need_title,
            note: format!("{}：{}", c.closing.reason.label(), c.closing.note),
            own: c.closing.proposed_by.is_some() && c.closing.proposed_by == ctx.actor.account_id,
            batch: false,
            running: None,
        });
    }
    for p in pairing::in_scope(tx, scope, PairingState::PendingStart, 0, EACH).await? {
        // On the desk once the reminder is out or the clock has run down.
        if p.pairing.reminded_at.is_some() || p.pairing.due_at.is_some_and(|due| due < ctx.now()) {
            desk.due.push(pairing_item(ctx, Task::ReleasePairing, p));
        }
    }
    let verifications = verification::of_reported(tx, scope).await?;
    for p in pairing::in_scope(tx, scope, PairingState::Reported, 0, EACH).await? {
        let of_report: Vec<_> = verifications
            .iter()
            .filter(|v| {
                v.pairing_id == p.pairing.id
                    && !v.recheck
                    && p.pairing.reported_at.is_some_and(|at| v.assigned_at >= at)
            })
            .collect();
        let failed = of_report.iter().filter(|v| v.state == VerificationState::CannotVerify).count();
        let task = match of_report.last() {
            None => Task::AssignVerification,
            Some(v) if v.state == VerificationState::Assigned => continue,
            Some(v) if v.state == VerificationState::Verified => {
                Task::CompletePairing { met: v.result != Some(VerificationResult::NotMet) }
            }
            Some(_) => Task::VerifyAgain { failed },
        };
        let by_reader = |account: Option<Uuid>| account.is_some() && account == ctx.actor.account_id;
        let own = matches!(task, Task::CompletePairing { .. })
            && (by_reader(p.pairing.reported_by) || of_report.last().is_some_and(|v| by_reader(Some(v.assignee_id))));
        desk.due.push(Item { own, ..pairing_item(ctx, task, p) });
    }
    // A pause is the street's to hand over where an organization may not serve any more.
    let moving = transfer::pending_in(tx, scope).await?;
    for p in pairing::in_scope(tx, scope, PairingState::Paused, 0, EACH).await? {
        if p.pairing.due_at.is_some() && !moving.contains(&p.pairing.id) {
            desk.due.push(pairing_item(ctx, Task::HandOver, p));
        }
    }
    for t in transfer::accepted_in(tx, scope).await? {
        desk.due.push(transfer_item(Task::DecideTransfer, t));
    }
    Ok(())
}

fn pairing_item(ctx: &Ctx, task: Task, p: pairing::Listed) -> Item {
    let running = waiting::of_pairing(&ctx.services, &p.pairing, p.need_urgency);
    Item {
        task,
        due_at: p.pairing.due_at,
        urgent: p.need_urgency == domain::need::Urgency::Urgent,
        code: p.pairing.code,
        id: p.pairing.id,
        title: p.need_title,
        note: p.organization_name,
        own: false,
        batch: false,
        running,
    }
}

fn transfer_item(task: Task, t: transfer::Listed) -> Item {
    let task_of_receiver = task == Task::AnswerTransfer;
    Item {
        task,
        due_at: Some(t.transfer.expires_at),
        urgent: false,
        // Who is asked to take over cannot see the pairing yet, but the need.
        code: if task_of_receiver { t.need_code } else { t.pairing_code },
        id: t.transfer.id,
        title: t.need_title,
        note: format!("{} → {}", t.from_name, t.to_name),
        own: false,
        batch: false,
        running: None,
    }
}

/// What an organization has to do about its own registration.
async fn standing_tasks(ctx: &Ctx, tx: &mut storage::Tx, id: Uuid) -> Result<Vec<Item>> {
    let Some(row) = organization::by_id(tx, id).await? else { return Ok(Vec::new()) };
    let profile = storage::supply::organization_profile::of(tx, id).await?;
    let item = |task: Task, due_at: Option<Time>, note: String| Item {
        task,
        due_at,
        urgent: false,
        code: row.uscc.clone(),
        id,
        title: row.name.clone(),
        note,
        own: false,
        batch: false,
        running: None,
    };
    Ok(match row.state {
        OrganizationState::Draft => vec![item(
            Task::CompleteApplication { returned: false },
            Some(row.updated_at.plus_days(domain::organization::DRAFT_DAYS)),
            format!("{}天没有提交会自动作废，填过的随时可以接着填", domain::organization::DRAFT_DAYS),
        )],
        OrganizationState::Returned => {
            let why = organization::last_reason(tx, id, row.state.as_str()).await?.unwrap_or_default();
            vec![item(Task::CompleteApplication { returned: true }, None, why)]
        }
        OrganizationState::Verified | OrganizationState::Lapsed if profile.recheck_at.is_none() => row
            .verified_until
            .filter(|until| *until - Days::new(30) <= ctx.now().day())
            .map(|until| {
                let note = "到期没有复核就不能再认领，正在帮扶的照常".to_owned();
                item(Task::AskRecheck, Some(Time::at(until, 23, 59)), note)
            })
            .into_iter()
            .collect(),
        _ => Vec::new(),
    })
}

async fn organization_desk(ctx: &Ctx) -> Result<Desk> {
    let id = ctx.organization()?;
    let mut tx = ctx.services.db.read().await?;
    let mut desk = Desk::default();
    desk.counts.claims = claim::count_of_organization(&mut tx, id).await?;
    desk.counts.pairings = pairing::count_of_organization(&mut tx, id).await?;
    if ctx.role() == Role::OrgAdmin {
        desk.due.extend(standing_tasks(ctx, &mut tx, id).await?);
    }
    for c in claim::of_organization(&mut tx, id, ClaimState::NeedsInfo, 0, EACH).await? {
        let running = waiting::of_claim(&ctx.services, &c.claim, c.need_urgency);
        desk.due.push(Item {
            task: Task::AnswerClaim,
            due_at: c.claim.due_at,
            urgent: c.need_urgency == domain::need::Urgency::Urgent,
            code: c.claim.code,
            id: c.claim.id,
            title: c.need_title,
            note: c.claim.question.unwrap_or_default(),
            own: false,
            batch: false,
            running,
        });
    }
    for c in claim::of_organization(&mut tx, id, ClaimState::Forming, 0, EACH).await? {
        let parts = crate::aid::joint::view(&mut tx, &c.claim).await?;
        let task = match c.claim.accepted_at {
            None => Task::JoinClaim,
            Some(_) if c.claim.lead_id.is_none() && crate::aid::joint::may_go_on(&parts) => Task::ResolveJoint,
            Some(_) => continue,
        };
        desk.due.push(Item {
            task,
            due_at: c.claim.due_at,
            urgent: c.need_urgency == domain::need::Urgency::Urgent,
            code: c.claim.code,
            id: c.claim.id,
            title: c.need_title,
            note: parts
                .first()
                .map(|lead| format!("{}牵头，共{}家", lead.organization, parts.len()))
                .unwrap_or_default(),
            own: false,
            batch: false,
            running: None,
        });
    }
    for p in pairing::of_organization(&mut tx, id, PairingState::PendingStart, 0, EACH).await? {
        desk.due.push(pairing_item(ctx, Task::FirstContact, p));
    }
    let today = ctx.now().day();
    for d in delivery::upcoming(&mut tx, id, today + Days::new(1), EACH).await? {
        let due = d
            .delivery
            .planned_at
            .as_deref()
            .and_then(|at| chrono::NaiveTime::parse_from_str(at, "%H:%M").ok())
            .map_or_else(
                || Time::at(d.delivery.planned_on, 20, 0),
                |at| {
                    use chrono::Timelike;
                    Time::at(d.delivery.planned_on, at.hour(), at.minute())
                },
            );
        let mut item = delivery_item(ctx, Task::RecordVisit, d);
        item.due_at = Some(due);
        item.running = item.running.filter(|running| running.due < ctx.now());
        desk.due.push(item);
    }
    for t in transfer::offered_to(&mut tx, id).await? {
        desk.due.push(transfer_item(Task::AnswerTransfer, t));
    }
    for i in crate::aid::ask::for_organization(&ctx.services, &mut tx, id, AskState::Sent, 0, EACH).await? {
        desk.due.push(Item {
            task: Task::AnswerInvitation,
            due_at: Some(i.ask.due_at),
            urgent: i.need_urgency == domain::need::Urgency::Urgent,
            code: i.ask.id.to_string(),
            id: i.ask.id,
            title: i.need_title,
            note: ctx.services.place(&i.ask.division_code),
            own: false,
            batch: false,
            running: None,
        });
    }
    // A week before the capacity counts as unknown.
    let before = ctx.now().plus_days(7 - domain::project::CAPACITY_DAYS);
    for p in storage::supply::project::stale(&mut tx, id, before).await? {
        desk.due.push(Item {
            task: Task::ConfirmCapacity,
            due_at: Some(p.confirmed_at.plus_days(domain::project::CAPACITY_DAYS)),
            urgent: false,
            code: p.code,
            id: p.id,
            title: p.title,
            note: format!("{}确认过，满30天没有确认就显示“余量待确认”", p.confirmed_at.words_near(ctx.now())),
            own: false,
            batch: false,
            running: None,
        });
    }
    Ok(desk)
}

/// Failed attempts after which a pairing may be closed as unverified.
pub fn attempts() -> usize {
    usize::try_from(VERIFY_ATTEMPTS).unwrap_or(3)
}
