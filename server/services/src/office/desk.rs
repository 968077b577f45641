//! Desks 工作台: what is due first, one decision per line, counts that open lists.

mod organization_desk;

pub use crate::aid::queue::Unclaimed;
use crate::base::offers::Offers;
use crate::boxed;
use crate::finding::card::service_name;
pub use crate::office::task::{Item, Task, VolunteerTask};
use crate::office::volunteer_desk;
use crate::office::waiting::{self, Line};
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::clock::{Name, QUIET_DECIDE_DAYS, Running};
use domain::delivery::DeliveryState;
use domain::need::NeedState;
use domain::organization::OrganizationState;
use domain::pairing::{PairingState, VERIFY_ATTEMPTS};
use domain::role::Role;
use domain::verification::{VerificationResult, VerificationState};
use storage::aid::{delivery, pairing, verification};
use storage::needs::need;
use storage::office::desk::{self as storage_desk, Duty};
use storage::supply::organization;
use storage::volunteers::team::Team;
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
    /// From (kind, state, how many); a state that does not read counts nowhere.
    fn of(rows: Vec<(String, String, i64)>) -> Self {
        let mut counts = Self::default();
        for (kind, state, n) in rows {
            match kind.as_str() {
                "need" => counts.needs.extend(state.parse().ok().map(|state| (state, n))),
                "claim" => counts.claims.extend(state.parse().ok().map(|state| (state, n))),
                "pairing" => counts.pairings.extend(state.parse().ok().map(|state| (state, n))),
                "delivery" => counts.to_confirm = n,
                _ => counts.unclaimed = n,
            }
        }
        counts
    }

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
    /// Teams that a leader leads.
    pub teams: Vec<Team>,
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
    named(ctx, shown.collect()).await?;
    Ok(desk)
}

/// Puts the households' masks before the titles of what is shown, and the accounts beside them.
#[boxed]
pub async fn name(ctx: &Ctx, items: &mut [Item]) -> Result<()> {
    named(ctx, items.iter_mut().collect()).await
}

async fn named(ctx: &Ctx, mut items: Vec<&mut Item>) -> Result<()> {
    // As many as one statement reads: those that stand first.
    let mut pairings: Vec<Uuid> = Vec::new();
    for id in items.iter().filter_map(|item| item.pairing) {
        if pairings.len() < storage::PORTION && !pairings.contains(&id) {
            pairings.push(id);
        }
    }
    let promises = crate::aid::promise::of_list(ctx, &pairings).await?;
    for item in &mut items {
        item.promise = item.pairing.and_then(|id| promises.get(&id).cloned());
    }
    let rows = items.into_iter().map(|item| (item.code.as_str(), &mut item.title)).collect();
    crate::aid::masks::name(ctx, "desk", rows).await
}

async fn gathered(ctx: &Ctx) -> Result<Desk> {
    let mut desk = match ctx.role() {
        Role::Street | Role::District | Role::City | Role::VillageWorker => staff(ctx).await?,
        Role::OrgAdmin | Role::OrgWorker => organization_desk::load(ctx).await?,
        Role::Volunteer => {
            let mut tx = ctx.services.db.read().await?;
            let teams = crate::volunteers::team::looked_after(&mut tx, ctx).await?;
            let due = volunteer_desk::tasks_of(ctx, &mut tx, &teams).await?;
            Desk { due, teams, ..Desk::default() }
        }
        _ => return Err(Error::Forbidden(domain::permission::Refusal::Role)),
    };
    let mut tx = ctx.services.db.read().await?;
    let late = late_lines(ctx, &mut tx).await?;
    drop(tx);
    let now = ctx.now();
    set_late_apart(ctx, &mut desk, late);
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
                    | Task::ConfirmAmendment
                    | Task::AnswerHelp { .. }
                    | Task::HearVoice
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
        && ctx.may(domain::machine::Command::PairingGoOn)
        && line.running.due.plus_days(QUIET_DECIDE_DAYS) < now;
    let what = match line.row.clock {
        Name::Quiet => format!("{}天没有服务记录", line.silent_days(now)),
        _ => line.what(),
    };
    let id = line.row.object_id;
    let offers = match line.row.clock {
        Name::NeedUnclaimed => crate::aid::queue::ways(ctx, &line.row.division_code),
        _ => Offers::default(),
    };
    let task = Task::Late { name: line.row.clock, what, href: line.href(), decide: decides };
    let of_pairing = matches!(
        line.row.clock,
        Name::Quiet | Name::Visit | Name::Assignment | Name::Completion | Name::Pause | Name::HandOver
    );
    Item {
        pairing: of_pairing.then_some(id),
        due_at: Some(line.running.due),
        urgent: line.row.urgent,
        title: line.row.title,
        // An organization knows whose it is, and is told no more of the place than elsewhere.
        note: [line.row.note, ctx.services.place(&line.row.division_code)]
            .into_iter()
            .filter(|part| !part.is_empty() && !ctx.role().is_organization())
            .collect::<Vec<_>>()
            .join("　"),
        code: line.row.code,
        running: Some(line.running),
        offers,
        ..Item::new(task, id)
    }
}

fn need_item(ctx: &Ctx, task: Task, need: need::Need, place: String) -> Item {
    let running = waiting::of_need(&ctx.services, &need);
    Item {
        due_at: need.due_at.or(running.map(|running| running.due)),
        running,
        urgent: need.is_urgent(),
        code: need.code,
        title: need.title,
        note: place,
        ..Item::new(task, need.id)
    }
}

/// What an office counts and has to do, each kind of records in one statement.
async fn staff(ctx: &Ctx) -> Result<Desk> {
    let scope = ctx.actor.scope.as_str();
    let role = ctx.role();
    let mut tx = ctx.services.db.read().await?;
    let mut desk = Desk { counts: Counts::of(storage_desk::counts_in(&mut tx, scope).await?), ..Desk::default() };
    let decides = matches!(role, Role::Street | Role::District);
    let checks = verification::to_do(&mut tx, ctx.account()?, scope).await?;
    for v in &checks {
        if v.verification.state == VerificationState::Assigned
            && Some(v.verification.assignee_id) == ctx.actor.account_id
        {
            desk.due.push(Item {
                due_at: Some(v.verification.due_at),
                running: waiting::of_verification(&ctx.services, &v.verification),
                code: v.pairing_code.clone(),
                title: v.need_title.clone(),
                note: format!("{}{}", v.organization_name, if v.verification.recheck { "　抽查复核" } else { "" }),
                pairing: Some(v.verification.pairing_id),
                ..Item::new(Task::Verify, v.verification.id)
            });
        }
    }
    need_tasks(ctx, &mut tx, scope, &mut desk).await?;
    if matches!(role, Role::District | Role::City) {
        organization_tasks(ctx, &mut tx, scope, &mut desk).await?;
    }
    if decides {
        for duty in storage_desk::of_office(&mut tx, scope, EACH).await? {
            // What a person asks about the own data is answered by the offices that keep them.
            if duty.kind == "rights" && !role.keeps_files() {
                continue;
            }
            desk.due.push(office_item(ctx, duty)?);
        }
        for p in pairing::to_do(&mut tx, scope, ctx.now(), 3 * EACH).await? {
            desk.due.extend(pairing_task(ctx, p, &checks));
        }
    }
    if matches!(role, Role::Street | Role::VillageWorker) {
        for d in delivery::in_scope(&mut tx, scope, DeliveryState::Recorded, 0, EACH).await? {
            desk.due.push(delivery_item(ctx, Task::ConfirmDelivery, d));
        }
    }
    desk.unclaimed = crate::aid::queue::read(ctx, &mut tx, None, 0, 20).await?;
    desk.due.extend(volunteer_desk::tasks(ctx, &mut tx).await?);
    Ok(desk)
}

/// Needs to review, to revise, to complete; and those that nobody takes.
async fn need_tasks(ctx: &Ctx, tx: &mut storage::Tx, scope: &str, desk: &mut Desk) -> Result<()> {
    let states = match ctx.role() {
        Role::District | Role::City => [NeedState::InReview.as_str(), ""],
        Role::Street | Role::VillageWorker => [NeedState::Returned.as_str(), NeedState::Draft.as_str()],
        _ => ["", ""],
    };
    let step = crate::aid::queue::step_of(ctx.role()).unwrap_or(-1);
    for n in need::to_do(tx, scope, states, step, EACH).await? {
        let place = ctx.services.place(&n.division_code);
        desk.due.push(match n.state {
            NeedState::InReview => {
                let own = n.author_id.is_some() && n.author_id == ctx.actor.account_id;
                Item { own, ..need_item(ctx, Task::ReviewNeed, n, place) }
            }
            NeedState::Returned => need_item(ctx, Task::ReviseNeed, n, place),
            NeedState::Draft => need_item(ctx, Task::FinishDraft, n, place),
            _ => {
                let urgent = n.is_urgent();
                let due_at = n.published_at.and_then(|at| crate::aid::queue::due(ctx, at, urgent, n.escalation));
                let running = n.published_at.and_then(|at| waiting::of_unclaimed(&ctx.services, at, urgent));
                let offers = crate::aid::queue::ways(ctx, &n.division_code);
                Item { due_at, running, offers, ..need_item(ctx, Task::Dispatch { step }, n, place) }
            }
        });
    }
    Ok(())
}

/// Applications, and re-checks that were asked for.
async fn organization_tasks(ctx: &Ctx, tx: &mut storage::Tx, scope: &str, desk: &mut Desk) -> Result<()> {
    for o in organization::in_state(tx, OrganizationState::Applied, scope, EACH).await? {
        desk.due.push(Item {
            due_at: Some(ctx.services.calendar().due(o.updated_at, 10)),
            code: o.uscc,
            title: o.name,
            note: ctx.services.place(&o.division_code),
            ..Item::new(Task::VerifyOrganization, o.id)
        });
    }
    for (id, name, division, at) in storage::supply::organization_profile::asked_again(tx, scope, EACH).await? {
        desk.due.push(Item {
            due_at: Some(ctx.services.calendar().due(at, 10)),
            title: name,
            note: ctx.services.place(&division),
            ..Item::new(Task::RecheckOrganization, id)
        });
    }
    Ok(())
}

/// A stored word that is none of its kind.
fn parsed<T: std::str::FromStr>(text: &str) -> Result<T> {
    text.parse().map_err(|_| Error::Internal("stored word does not read"))
}

/// The clock of a duty, where its record says since when.
fn running(ctx: &Ctx, name: Name, since: Option<Time>, due: Option<Time>, urgent: bool) -> Option<Running> {
    Running::new(name, since?, due, urgent, &ctx.services.calendar())
}

/// What waits for the office beside needs, pairings and visits.
fn office_item(ctx: &Ctx, duty: Duty) -> Result<Item> {
    let Duty { kind, id, code, title, due_at, urgent, since, one, two, three, asker } = duty;
    let item = |task| Item { due_at, urgent, code: code.clone(), title: title.clone(), ..Item::new(task, id) };
    Ok(match kind.as_str() {
        "claim" => {
            let running = running(ctx, Name::ClaimDecision, since, due_at, urgent);
            Item { note: one, running, ..item(Task::DecideClaim) }
        }
        "closing" => {
            let reason: domain::need::CloseReason = parsed(&one)?;
            let own = asker.is_some() && asker == ctx.actor.account_id;
            let running = running(ctx, Name::NeedClosing, since, due_at, urgent);
            Item { note: format!("{}：{two}", reason.label()), own, running, ..item(Task::ConfirmClosing) }
        }
        "amendment" => {
            let own = asker.is_some() && asker == ctx.actor.account_id;
            let running = running(ctx, Name::NeedAmendment, since, due_at, urgent);
            Item { note: one, own, running, ..item(Task::ConfirmAmendment) }
        }
        "transfer" => Item { note: format!("{one} → {two}"), ..item(Task::DecideTransfer) },
        "access" => {
            let purpose: domain::pairing::Purpose = parsed(&three)?;
            let own = asker.is_some() && asker == ctx.actor.account_id;
            Item { note: format!("{one} {two}：{}", purpose.label()), own, ..item(Task::DecideAccess) }
        }
        "rights" => {
            let (kind, asker): (domain::rights::RightsKind, domain::rights::Asker) = (parsed(&title)?, parsed(&two)?);
            let note = format!("{}，{}提出", ctx.services.place(&one), asker.label());
            Item { title: kind.label().to_owned(), note, ..item(Task::DecideRights) }
        }
        "incident" => {
            let kind: domain::incident::IncidentKind = parsed(&one)?;
            let reported = since.unwrap_or_default().words_near(ctx.now());
            Item {
                code: id.to_string(),
                title: format!("{}，{title}", kind.label()),
                note: format!("{two}，{reported}报告"),
                ..item(Task::Volunteer(VolunteerTask::Incident))
            }
        }
        "help" => {
            let state: domain::help::HelpState = parsed(&title)?;
            let (channel, whom): (domain::help::HelpChannel, domain::help::ForWhom) = (parsed(&two)?, parsed(&three)?);
            let name = state.clock();
            let running = name.and_then(|name| running(ctx, name, since, due_at, urgent));
            let title = format!("{}，{}", whom.label(), channel.label());
            Item { title, note: ctx.services.place(&one), running, ..item(Task::AnswerHelp { state }) }
        }
        "voice" => {
            let came: domain::help::Came = parsed(&title)?;
            let helped: Option<domain::help::Helped> = two.parse().ok();
            let said = [Some(came.label()), helped.map(domain::help::Helped::label)];
            let title = said.into_iter().flatten().collect::<Vec<_>>().join("，");
            let note = if three.is_empty() { String::new() } else { "服务记录说来过".to_owned() };
            let running = running(ctx, Name::VoiceAnswer, since, due_at, urgent);
            Item { title, note, running, ..item(Task::HearVoice) }
        }
        _ => return Err(Error::Internal("unknown kind of duty")),
    })
}

/// What an office has to do about a pairing, if anything.
fn pairing_task(ctx: &Ctx, p: pairing::Listed, checks: &[verification::Listed]) -> Option<Item> {
    match p.pairing.state {
        PairingState::PendingStart => {
            let offers = Offers::of(&ctx.actor, p.pairing.state, |_| crate::steps::pairings::record(&p.pairing));
            return Some(Item { offers, ..pairing_item(ctx, Task::ReleasePairing, p) });
        }
        PairingState::Paused => return Some(pairing_item(ctx, Task::HandOver, p)),
        _ => {}
    }
    let of_report: Vec<_> = checks
        .iter()
        .map(|v| &v.verification)
        .filter(|v| {
            v.pairing_id == p.pairing.id && !v.recheck && p.pairing.reported_at.is_some_and(|at| v.assigned_at >= at)
        })
        .collect();
    let failed = of_report.iter().filter(|v| v.state == VerificationState::CannotVerify).count();
    let task = match of_report.last() {
        None => Task::AssignVerification,
        Some(v) if v.state == VerificationState::Assigned => return None,
        Some(v) if v.state == VerificationState::Verified => {
            Task::CompletePairing { met: v.result != Some(VerificationResult::NotMet) }
        }
        Some(_) => Task::VerifyAgain { failed },
    };
    let by_reader = |account: Option<Uuid>| account.is_some() && account == ctx.actor.account_id;
    let own = matches!(task, Task::CompletePairing { .. })
        && (by_reader(p.pairing.reported_by) || of_report.last().is_some_and(|v| by_reader(Some(v.assignee_id))));
    Some(Item { own, ..pairing_item(ctx, task, p) })
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
        due_at: d.delivery.due_at,
        code: d.pairing_code,
        title: d.need_title,
        note: [format!("{}，{day}", service_name(&d.service_code)), d.organization_name, amount]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("　"),
        batch: d.delivery.supersedes.is_none(),
        running,
        ..Item::new(task, d.delivery.id)
    }
}

fn pairing_item(ctx: &Ctx, task: Task, p: pairing::Listed) -> Item {
    Item {
        running: waiting::of_pairing(&ctx.services, &p.pairing, p.need_urgency),
        due_at: p.pairing.due_at,
        urgent: p.need_urgency == domain::need::Urgency::Urgent,
        code: p.pairing.code,
        title: p.need_title,
        note: p.organization_name,
        pairing: Some(p.pairing.id).filter(|_| p.pairing.state != PairingState::PendingStart),
        ..Item::new(task, p.pairing.id)
    }
}

/// Failed attempts after which a pairing may be closed as unverified.
pub fn attempts() -> usize {
    usize::try_from(VERIFY_ATTEMPTS).unwrap_or(3)
}
