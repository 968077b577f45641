//! The trail of what changes nothing: who read whose data, who exported what,
//! who was turned away. In the same log and chain as every command.
//!
//! A read is shown only after its entry is durable. Readers who come at the
//! same time share one transaction, so that the log does not slow them down.

use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::calendar::Time;
use domain::machine::{Command, Object};
use serde_json::{Value, json};
use std::collections::HashMap;
use storage::base::event::{self, NewEvent};
use tokio::sync::{Mutex, oneshot};
use uuid::Uuid;

/// Entries that wait for the next commit.
#[derive(Default)]
pub struct Trail {
    waiting: std::sync::Mutex<Vec<(NewEvent, oneshot::Sender<bool>)>>,
    /// One commit at a time; who holds it writes for all that wait.
    turn: Mutex<()>,
    /// How often each account was turned away in its latest minute.
    refused: std::sync::Mutex<HashMap<Uuid, (i64, u32)>>,
}

/// Refusals of one account in one minute that are written one by one; of what comes beyond, the number is told with the
/// next.
pub const REFUSALS: u32 = 20;
/// Accounts that are remembered with their refusals.
const REMEMBERED: usize = 10_000;

/// The entries of one transaction at most.
const BATCH: usize = 200;

impl Trail {
    async fn add(&self, services: &Services, entry: NewEvent) -> Result<()> {
        let (done, mut told) = oneshot::channel();
        self.lock().push((entry, done));
        loop {
            let turn = self.turn.lock().await;
            // Somebody before may have written this one too.
            match told.try_recv() {
                Ok(true) => return Ok(()),
                Ok(false) | Err(oneshot::error::TryRecvError::Closed) => return Err(Error::Unrecorded),
                Err(oneshot::error::TryRecvError::Empty) => {}
            }
            let batch: Vec<_> = {
                let mut waiting = self.lock();
                let count = waiting.len().min(BATCH);
                waiting.drain(..count).collect()
            };
            let written = write(services, &batch).await;
            for (_, done) in batch {
                // A reader who has gone away needs no answer.
                let _ = done.send(written.is_ok());
            }
            drop(turn);
            if let Err(error) = written {
                tracing::error!(%error, "the trail could not be written");
            }
        }
    }

    /// Counts a refusal: whether it is written, and how many before it were not.
    fn refusal(&self, account: Uuid, now: Time) -> Option<u32> {
        let minute = now.0.div_euclid(60_000_000);
        let mut all = self.refused.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= REMEMBERED {
            all.retain(|_, (at, _)| *at == minute);
        }
        let (at, count) = all.entry(account).or_insert((minute, 0));
        let unwritten = if *at == minute { 0 } else { count.saturating_sub(REFUSALS) };
        if *at != minute {
            (*at, *count) = (minute, 0);
        }
        *count += 1;
        (*count <= REFUSALS).then_some(unwritten)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<(NewEvent, oneshot::Sender<bool>)>> {
        self.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

async fn write(services: &Services, batch: &[(NewEvent, oneshot::Sender<bool>)]) -> Result<()> {
    let mut tx = services.db.write().await?;
    for (entry, _) in batch {
        event::append(&mut tx, entry).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// What an entry is about.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Id of the record that was read; nil where it is a list.
    pub object: Uuid,
    pub division: String,
    pub organization: Option<Uuid>,
    /// Stated purpose, or why it was refused.
    pub reason: Option<String>,
    /// JSON object without private values: what was read, a record's code, how many rows.
    pub data: Value,
}

fn entry(ctx: &Ctx, at: Time, command: Command, about: About) -> NewEvent {
    NewEvent {
        at,
        actor_id: ctx.actor.account_id,
        actor_role: ctx.actor.role,
        origin: ctx.origin,
        object: Object::Access,
        object_id: about.object,
        // Not the need's history: its timeline and the search index pass by.
        need_id: None,
        division_code: about.division,
        organization_id: about.organization,
        command,
        from_state: None,
        to_state: "done",
        reason: about.reason,
        data: if about.data.is_null() { json!({}) } else { about.data },
    }
}

/// A read of personal data; `what` says which part, `code` whose.
#[boxed]
pub async fn read(ctx: &Ctx, what: &str, code: &str, about: About) -> Result<()> {
    let data = json!({ "what": what, "code": code });
    note(ctx, Command::AccessRead, About { data, ..about }).await
}

/// A file that leaves the site.
#[boxed]
pub async fn export(ctx: &Ctx, what: &str, rows: usize, about: About) -> Result<()> {
    let data = json!({ "what": what, "rows": rows, "about": about.data });
    note(ctx, Command::AccessExport, About { data, ..about }).await
}

/// Somebody signed in was turned away: `route` as in the route table, the record's
/// code or id if the address named one, `from` the client's network address.
#[boxed]
pub async fn refuse(ctx: &Ctx, route: &str, record: Option<&str>, why: &str, from: &str) -> Result<()> {
    let account = ctx.actor.account_id.unwrap_or_default();
    let Some(unwritten) = ctx.services.trail.refusal(account, ctx.now()) else { return Ok(()) };
    let mut data = json!({ "route": route, "record": record, "from": from });
    if unwritten > 0 {
        data["unwritten"] = json!(unwritten);
    }
    let object = record.and_then(|text| text.parse().ok()).unwrap_or_default();
    note(ctx, Command::AccessRefuse, About { object, reason: Some(why.to_owned()), data, ..About::default() }).await
}

/// Writes one entry; it is durable when this returns.
#[boxed]
pub async fn note(ctx: &Ctx, command: Command, about: About) -> Result<()> {
    domain::permission::authorize(&ctx.actor, command, &domain::permission::Record::default())?;
    ctx.services.trail.add(&ctx.services, entry(ctx, ctx.now(), command, about)).await
}
