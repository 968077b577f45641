//! What those who look after volunteer teams have to do: the leader, the organization, the office that supervises.

use crate::Ctx;
use crate::Result;
use crate::office::task::{Item, Task, VolunteerTask};
use crate::volunteers::team::looked_after;
use domain::hours::CorrectionState;
use domain::role::Role;
use domain::team::TeamState;
use storage::Tx;
use storage::volunteers::signup::Waiting;
use storage::volunteers::team::Team;
use uuid::Uuid;

fn item(task: VolunteerTask, code: String, id: Uuid, title: String, note: String) -> Item {
    Item { code, title, note, ..Item::new(Task::Volunteer(task), id) }
}

/// A shift of which something is to be done, if anything.
fn of_shift(ctx: &Ctx, w: Waiting) -> Option<Item> {
    let task = match w.step.as_str() {
        "answer" => VolunteerTask::DecideSignup,
        "attend" => VolunteerTask::TakeAttendance,
        "enter" => VolunteerTask::EnterHours,
        // What one has entered waits for somebody else.
        _ if w.own < w.count => VolunteerTask::ConfirmHours,
        _ => return None,
    };
    let note = format!("{}，{}，{}人", w.team_name, w.starts_at.words_near(ctx.now()), w.count);
    let due = match task {
        VolunteerTask::DecideSignup => Some(w.starts_at),
        _ => w.due_at,
    };
    Some(Item { due_at: due, ..item(task, w.shift_id.to_string(), w.shift_id, w.opening_title, note) })
}

/// Everything about teams that waits for the reader, each kind in one statement; incidents stand with the office's own.
pub(crate) async fn tasks(ctx: &Ctx, tx: &mut Tx) -> Result<Vec<Item>> {
    let mut all = Vec::new();
    let (standing, asked): (Vec<Team>, Vec<Team>) = match ctx.role() {
        Role::VillageWorker | Role::Street if !ctx.actor.scope.is_empty() => {
            let teams = storage::volunteers::team::under(tx, &ctx.actor.scope).await?;
            teams.into_iter().partition(|team| team.state == TeamState::Active)
        }
        _ => (looked_after(tx, ctx).await?, Vec::new()),
    };
    for team in asked {
        let place = ctx.services.place(&team.division_code);
        let due_at = team.due_at;
        all.push(Item { due_at, ..item(VolunteerTask::DecideTeam, team.code, team.id, team.name, place) });
    }
    all.extend(tasks_of(ctx, tx, &standing).await?);
    Ok(all)
}

/// As [`tasks`], of teams that stand.
pub(crate) async fn tasks_of(ctx: &Ctx, tx: &mut Tx, standing: &[Team]) -> Result<Vec<Item>> {
    let mut all = Vec::new();
    if standing.is_empty() {
        return Ok(all);
    }
    let ids: Vec<Uuid> = standing.iter().map(|team| team.id).collect();
    for (id, count, first) in storage::volunteers::team::applied_to(tx, &ids).await? {
        let Some(team) = standing.iter().find(|team| team.id == id) else { continue };
        let due = ctx.services.calendar().due(first, 3);
        let note = format!("{count}人申请");
        let one = item(VolunteerTask::DecideMember, team.code.clone(), id, team.name.clone(), note);
        all.push(Item { due_at: Some(due), ..one });
    }
    let reader = ctx.actor.account_id.unwrap_or_default();
    let (now, far) = (ctx.now(), ctx.now().plus_days(400));
    let waiting = storage::volunteers::signup::waiting(tx, &ids, now, far, reader).await?;
    all.extend(waiting.into_iter().filter_map(|w| of_shift(ctx, w)));
    for asked in storage::volunteers::hours::open_of(tx, &ids).await? {
        let k = &asked.correction;
        if k.state == CorrectionState::Proposed && k.proposed_by == Some(reader) {
            continue;
        }
        let note = format!("{}，{}", asked.starts_at.words_near(now), k.state.label());
        let shift = asked.shift_id.to_string();
        let one = item(VolunteerTask::AnswerCorrection, shift, asked.shift_id, asked.opening_title.clone(), note);
        all.push(Item { due_at: Some(k.due_at), ..one });
    }
    Ok(all)
}
