//! One command: one transaction that writes the rows and the event.

use crate::{Conflict, Ctx, Error, Result};
use domain::calendar::Time;
use domain::machine::{self, Command, State};
use domain::permission::{Record, authorize};
use serde_json::{Value, json};
use storage::Tx;
use storage::base::event::{self, NewEvent};
use storage::needs::need::Need;
use uuid::Uuid;

/// An open command. Dropped without [`Work::commit`], nothing happened.
pub(crate) struct Work<'a> {
    pub ctx: &'a Ctx,
    pub tx: Tx,
    pub now: Time,
}

/// What an event says beyond the step itself.
#[derive(Default)]
pub(crate) struct About<'a> {
    pub need: Option<&'a Need>,
    pub organization: Option<Uuid>,
    pub reason: Option<String>,
    pub data: Option<Value>,
}

impl<'a> Work<'a> {
    /// Opens a command; a form token that is spent already ends it with the
    /// first submit's answer.
    pub async fn begin(ctx: &'a Ctx, command: Command) -> Result<Work<'a>> {
        let now = ctx.now();
        let mut tx = ctx.services.db.write().await?;
        if let (Some(token), Some(account)) = (ctx.once, ctx.actor.account_id)
            && let Some(spent) = storage::people::account::spend(&mut tx, token, account, command.as_str(), now).await?
        {
            if spent.account_id == account && spent.command == command.as_str() {
                return Err(Error::AlreadyDone { result: spent.result });
            }
            return Err(Error::rule("这张表已经失效，请重新打开页面再填"));
        }
        Ok(Work { ctx, tx, now })
    }

    /// Loads a need by its code for changing it: locked, and only where the
    /// actor may see it at all.
    pub async fn need(&mut self, code: &str) -> Result<Need> {
        let found =
            if domain::code::is_code(code) { storage::needs::need::by_code(&mut self.tx, code).await? } else { None };
        let need = found.ok_or(Error::NotFound)?;
        self.lock(need.id).await
    }

    /// Locks a need and reads it as it stands after all earlier commands.
    pub async fn lock(&mut self, id: Uuid) -> Result<Need> {
        storage::needs::need::lock(&mut self.tx, id).await?;
        storage::needs::need::by_id(&mut self.tx, id).await?.ok_or(Error::NotFound)
    }

    pub fn authorize(&self, command: Command, record: &Record<'_>) -> Result<()> {
        Ok(authorize(&self.ctx.actor, command, record)?)
    }

    /// Records a step that creates an object.
    pub async fn created<S: State>(
        &mut self,
        command: Command,
        to: S,
        object_id: Uuid,
        about: About<'_>,
    ) -> Result<()> {
        if !machine::is_rule(command, None, to.text()) {
            return Err(Error::Internal("creating step is not in the table"));
        }
        self.append(command, None, to.text(), object_id, about).await
    }

    /// Records a step from one state to the next.
    pub async fn stepped<S: State>(
        &mut self,
        command: Command,
        from: S,
        to: S,
        object_id: Uuid,
        about: About<'_>,
    ) -> Result<()> {
        if machine::step(from, command).ok() != Some(to) {
            return Err(Error::Internal("step is not in the table"));
        }
        self.append(command, Some(from.text()), to.text(), object_id, about).await
    }

    async fn append(
        &mut self,
        command: Command,
        from: Option<&'static str>,
        to: &'static str,
        object_id: Uuid,
        about: About<'_>,
    ) -> Result<()> {
        if let (Some(need), Some(reason)) = (about.need, about.reason.clone())
            && crate::base::gate::crosses(command, self.ctx.actor.role)
        {
            crate::base::gate::hold(self, need, &[(crate::base::gate::reason_field(command), &reason)]).await?;
        }
        let e = NewEvent {
            at: self.now,
            actor_id: self.ctx.actor.account_id,
            actor_role: self.ctx.actor.role,
            origin: self.ctx.origin,
            object: command.object(),
            object_id,
            need_id: about.need.map(|need| need.id),
            division_code: about.need.map(|need| need.division_code.clone()).unwrap_or_default(),
            organization_id: about.organization,
            command,
            from_state: from,
            to_state: to,
            reason: about.reason,
            data: about.data.unwrap_or_else(|| json!({})),
        };
        event::append(&mut self.tx, &e).await?;
        Ok(())
    }

    /// Records something that has no states of its own, such as a setting.
    pub async fn noted(&mut self, command: Command, object_id: Uuid, to: &'static str, data: Value) -> Result<()> {
        self.append(command, None, to, object_id, About { data: Some(data), ..About::default() }).await
    }

    /// Writes a need back; refuses when another writer was first.
    pub async fn save_need(&mut self, need: &Need) -> Result<()> {
        if storage::needs::need::update(&mut self.tx, need, self.now).await? {
            Ok(())
        } else {
            Err(Error::Conflict(Conflict::Stale(machine::Object::Need)))
        }
    }

    /// The next readable code of a series.
    pub async fn code(&mut self, prefix: domain::code::Prefix, division_code: &str) -> Result<String> {
        use chrono::Datelike;
        let series = domain::code::series(prefix, division_code, self.now.day().year());
        let number = self.tx.next_number(&series).await?;
        Ok(domain::code::format(&series, number))
    }

    /// Makes it so. `result` is what a repeated submit will be answered with.
    pub async fn commit(mut self, result: &str) -> Result<()> {
        if let Some(token) = self.ctx.once {
            storage::people::account::spent_for(&mut self.tx, token, result).await?;
        }
        self.tx.commit().await?;
        self.ctx.services.follower.wake();
        Ok(())
    }
}

/// `Ok` when the row was written, else "somebody was first".
pub(crate) fn first(written: bool, object: machine::Object) -> Result<()> {
    if written { Ok(()) } else { Err(Error::Conflict(Conflict::Stale(object))) }
}
