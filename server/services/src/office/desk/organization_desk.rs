//! The desk of an organization.

use super::{Counts, Desk, EACH, Item, Task, delivery_item, running};
use crate::base::offers::Offers;
use crate::office::volunteer_desk;
use crate::{Ctx, Error, Result};
use chrono::Days;
use domain::ask::AskState;
use domain::calendar::Time;
use domain::clock::Name;
use domain::machine::Command;
use domain::organization::OrganizationState;
use domain::permission::Record;
use domain::role::Role;
use storage::aid::{claim, delivery};
use storage::office::desk::{self as storage_desk, Duty};
use uuid::Uuid;

/// What an organization has to do about its own registration.
async fn standing_tasks(ctx: &Ctx, tx: &mut storage::Tx, id: Uuid) -> Result<Option<Item>> {
    let Some(row) = storage_desk::registration(tx, id).await? else { return Ok(None) };
    let (code, title) = (row.uscc, row.name);
    let item = |task: Task, due_at: Option<Time>, note: String| Item {
        due_at,
        code: code.clone(),
        title: title.clone(),
        note,
        ..Item::new(task, id)
    };
    Ok(match row.state {
        OrganizationState::Draft => Some(item(
            Task::CompleteApplication { returned: false },
            Some(row.updated_at.plus_days(domain::organization::DRAFT_DAYS)),
            format!("{}天没有提交会自动作废，填过的随时可以接着填", domain::organization::DRAFT_DAYS),
        )),
        OrganizationState::Returned => {
            Some(item(Task::CompleteApplication { returned: true }, None, row.reason.unwrap_or_default()))
        }
        OrganizationState::Verified | OrganizationState::Lapsed if row.recheck_at.is_none() => {
            row.verified_until.filter(|until| *until - Days::new(30) <= ctx.now().day()).map(|until| {
                let note = "到期没有复核就不能再认领，正在帮扶的照常".to_owned();
                item(Task::AskRecheck, Some(Time::at(until, 23, 59)), note)
            })
        }
        _ => None,
    })
}

/// What an organization counts and has to do, each kind of records in one statement.
pub(super) async fn load(ctx: &Ctx) -> Result<Desk> {
    let id = ctx.organization()?;
    let mut tx = ctx.services.db.read().await?;
    let mut desk = Desk { counts: Counts::of(storage_desk::counts_of(&mut tx, id).await?), ..Desk::default() };
    if ctx.role() == Role::OrgAdmin {
        desk.due.extend(standing_tasks(ctx, &mut tx, id).await?);
    }
    // A week before the capacity counts as unknown.
    let before = ctx.now().plus_days(7 - domain::project::CAPACITY_DAYS);
    for duty in storage_desk::of_organization(&mut tx, id, before, EACH).await? {
        desk.due.push(organization_item(ctx, duty)?);
    }
    desk.due.extend(joint_tasks(id, storage_desk::forming_of(&mut tx, id).await?));
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
    for i in crate::aid::ask::for_organization(&ctx.services, &mut tx, id, AskState::Sent, 0, EACH).await? {
        desk.due.push(Item {
            due_at: Some(i.ask.due_at),
            urgent: i.need_urgency == domain::need::Urgency::Urgent,
            code: i.ask.id.to_string(),
            title: i.need_title,
            note: ctx.services.place(&i.ask.division_code),
            ..Item::new(Task::AnswerInvitation, i.ask.id)
        });
    }
    desk.due.extend(volunteer_desk::tasks(ctx, &mut tx).await?);
    Ok(desk)
}

/// Questions on claims, first contacts, transfers offered, capacities to confirm.
fn organization_item(ctx: &Ctx, duty: Duty) -> Result<Item> {
    let Duty { kind, id, code, title, due_at, urgent, since, one, two, .. } = duty;
    let item = |task, note| Item { due_at, urgent, code, title, note, ..Item::new(task, id) };
    let own = Record { organization: ctx.actor.organization_id, ..Record::default() };
    let offers = |command| Offers::default().with(&ctx.actor, &[command], &own);
    Ok(match kind.as_str() {
        "answer" => {
            Item { running: running(ctx, Name::ClaimAnswer, since, due_at, urgent), ..item(Task::AnswerClaim, one) }
        }
        "contact" => {
            Item { running: running(ctx, Name::FirstContact, since, due_at, urgent), ..item(Task::FirstContact, one) }
        }
        // Who is asked to take over cannot see the pairing yet, but the need.
        "transfer" => {
            Item { offers: offers(Command::TransferAccept), ..item(Task::AnswerTransfer, format!("{one} → {two}")) }
        }
        "capacity" => {
            let confirmed = since.unwrap_or_default();
            let note = format!("{}确认过，满30天没有确认就显示“余量待确认”", confirmed.words_near(ctx.now()));
            Item {
                due_at: Some(confirmed.plus_days(domain::project::CAPACITY_DAYS)),
                offers: offers(Command::ProjectConfirm),
                ..item(Task::ConfirmCapacity, note)
            }
        }
        _ => return Err(Error::Internal("unknown kind of duty")),
    })
}

/// Joint claims that an organization is to join, or as their lead to go on with.
fn joint_tasks(id: Uuid, parts: Vec<claim::Listed>) -> Vec<Item> {
    let joint = |c: &claim::Claim| c.lead_id.unwrap_or(c.id);
    let mut items = Vec::new();
    for parts in parts.chunk_by(|a, b| joint(&a.claim) == joint(&b.claim)) {
        let Some(own) = parts.iter().find(|part| part.claim.organization_id == id) else { continue };
        let together = parts.len() > 1 && crate::aid::joint::waits_for_lead(parts.iter().map(|part| &part.claim));
        let task = match own.claim.accepted_at {
            None => Task::JoinClaim,
            Some(_) if own.claim.lead_id.is_none() && together => Task::ResolveJoint,
            Some(_) => continue,
        };
        let note = match parts {
            [lead, _, ..] => format!("{}牵头，共{}家", lead.organization_name, parts.len()),
            _ => String::new(),
        };
        items.push(Item {
            due_at: own.claim.due_at,
            urgent: own.need_urgency == domain::need::Urgency::Urgent,
            code: own.claim.code.clone(),
            title: own.need_title.clone(),
            note,
            ..Item::new(task, own.claim.id)
        });
    }
    items
}
