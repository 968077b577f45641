//! What those who look after volunteer teams have to do: the leader, the organization, the office that supervises.

use crate::Ctx;
use crate::Result;
use crate::office::task::{Item, Task, VolunteerTask};
use crate::volunteers::team::looked_after;
use domain::hours::CorrectionState;
use domain::role::Role;
use domain::team::{MemberState, TeamState};
use storage::Tx;
use storage::volunteers::signup::Waiting;
use uuid::Uuid;

fn item(task: VolunteerTask, code: String, id: Uuid, title: String, note: String) -> Item {
    Item {
        task: Task::Volunteer(task),
        due_at: None,
        urgent: false,
        code,
        id,
        title,
        note,
        own: false,
        batch: false,
        running: None,
    }
}

/// A shift of which something is to be done.
fn of_shift(ctx: &Ctx, task: VolunteerTask, w: Waiting) -> Item {
    let note = format!("{}，{}，{}人", w.team_name, w.starts_at.words_near(ctx.now()), w.count);
    let due = match task {
        VolunteerTask::DecideSignup => Some(w.starts_at),
        _ => w.due_at,
    };
    Item { due_at: due, ..item(task, w.shift_id.to_string(), w.shift_id, w.opening_title, note) }
}

/// Everything that waits for the reader.
pub(crate) async fn tasks(ctx: &Ctx, tx: &mut Tx) -> Result<Vec<Item>> {
    let mut all = Vec::new();
    if matches!(ctx.role(), Role::VillageWorker | Role::Street) {
        for team in storage::volunteers::team::supervised(tx, &ctx.actor.scope, TeamState::Applied, 50).await? {
            let due = team.due_at;
            let place = ctx.services.place(&team.division_code);
            all.push(Item { due_at: due, ..item(VolunteerTask::DecideTeam, team.code, team.id, team.name, place) });
        }
    }
    if matches!(ctx.role(), Role::Street | Role::District) {
        for listed in storage::volunteers::incident::open_in(tx, &ctx.actor.scope, 50).await? {
            let i = listed.incident;
            let note = format!("{}，{}报告", listed.team_name, i.reported_at.words_near(ctx.now()));
            let title = format!("{}，{}", i.kind.label(), listed.opening_title);
            let one = item(VolunteerTask::Incident, i.id.to_string(), i.id, title, note);
            all.push(Item { due_at: Some(i.due_at), urgent: true, ..one });
        }
    }
    let reader = ctx.actor.account_id.unwrap_or_default();
    let (now, far) = (ctx.now(), ctx.now().plus_days(400));
    for team in looked_after(tx, ctx).await? {
        let applied = storage::volunteers::team::members(tx, team.id, MemberState::Applied, 0, 50).await?;
        if let Some(first) = applied.first() {
            let due = ctx.services.calendar().due(first.member.applied_at, 3);
            let note = format!("{}人申请", applied.len());
            let one = item(VolunteerTask::DecideMember, team.code.clone(), team.id, team.name.clone(), note);
            all.push(Item { due_at: Some(due), ..one });
        }
        for w in storage::volunteers::signup::waiting(tx, team.id, ",applied,", far, reader).await? {
            all.push(of_shift(ctx, VolunteerTask::DecideSignup, w));
        }
        for w in storage::volunteers::signup::waiting(tx, team.id, ",accepted,confirmed,", now, reader).await? {
            if w.ends_at <= now {
                all.push(of_shift(ctx, VolunteerTask::TakeAttendance, w));
            }
        }
        for w in storage::volunteers::signup::waiting(tx, team.id, ",attended,hours_rejected,", now, reader).await? {
            if w.ends_at <= now {
                all.push(of_shift(ctx, VolunteerTask::EnterHours, w));
            }
        }
        for w in storage::volunteers::signup::waiting(tx, team.id, ",hours_submitted,", now, reader).await? {
            // What one has entered waits for somebody else.
            if w.own < w.count {
                all.push(of_shift(ctx, VolunteerTask::ConfirmHours, w));
            }
        }
        for asked in storage::volunteers::hours::open_of(tx, team.id).await? {
            let k = &asked.correction;
            if k.state == CorrectionState::Proposed && k.proposed_by == Some(reader) {
                continue;
            }
            let note = format!("{}，{}", asked.starts_at.words_near(now), k.state.label());
            let shift = asked.shift_id.to_string();
            let one = item(VolunteerTask::AnswerCorrection, shift, asked.shift_id, asked.opening_title.clone(), note);
            all.push(Item { due_at: Some(k.due_at), ..one });
        }
    }
    Ok(all)
}
