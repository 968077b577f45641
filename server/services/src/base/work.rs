//! One command: one transaction that writes the rows and the event.
//!
//! The command is named once, where the work begins. What is recorded must have been authorized in this work, or follow
//! from what was, as the table of consequences says ([`domain::consequence`]).

use crate::base::row::Row;
use crate::base::{gate, kin};
use crate::{Conflict, Ctx, Error, Result};
use domain::calendar::Time;
use domain::consequence;
use domain::form::FieldAt;
use domain::machine::{self, Command, State};
use domain::permission::{Record, Refusal, Separation, authorize};
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
    /// Accounts that count as one person with the actor.
    kin: Vec<Uuid>,
    grant: Grant,
}

/// The command of a work, and whether the actor may give it.
#[derive(Clone, Copy, Debug)]
struct Grant {
    command: Command,
    authorized: bool,
}

impl Grant {
    /// Whether an event of `command` may be recorded: the work's own, or what follows from it.
    fn covers(self, command: Command) -> Result<()> {
        if !self.authorized {
            Err(Error::Internal("an event without authorization"))
        } else if command == self.command || consequence::follows(command, self.command) {
            Ok(())
        } else {
            Err(Error::Internal("an event that does not follow from the command"))
        }
    }
}

/// A step from one state to the next that the transition table has: which command takes it, from where to where.
#[derive(Clone, Copy, Debug)]
#[must_use]
pub(crate) struct Step<S> {
    command: Command,
    pub from: S,
    pub to: S,
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
        let kin = match ctx.actor.account_id {
            Some(account) => kin::kin(&mut tx, account, now).await?,
            None => Vec::new(),
        };
        Ok(Work { ctx, tx, now, kin, grant: Grant { command, authorized: false } })
    }

    /// The command of this work.
    pub fn command(&self) -> Command {
        self.grant.command
    }

    /// What was read decides which command this is; it is not authorized yet.
    pub fn becomes(&mut self, command: Command) {
        self.grant = Grant { command, authorized: false };
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

    /// Decides whether the actor may give this command about a record. Whoever works on several asks for each.
    pub fn authorize(&mut self, record: &Record<'_>) -> Result<()> {
        self.grant.authorized = false;
        authorize(&self.ctx.actor, self.grant.command, record)?;
        // Separated steps are two persons', not two accounts'. The own account is another matter: whoever opened one for
        // somebody goes on looking after it.
        let separated = record.others.iter().filter(|(_, why)| *why != Separation::Oneself);
        if separated.filter_map(|(other, _)| *other).any(|other| self.kin.contains(&other)) {
            return Err(Refusal::Separated(Separation::Lineage).into());
        }
        self.grant.authorized = true;
        Ok(())
    }

    /// The step that this command takes from a state.
    pub fn leads<S: State>(&self, from: S) -> Result<Step<S>> {
        self.leads_by(self.grant.command, from)
    }

    /// Refuses where this command does not act in a state.
    pub fn acts_on<S: State>(&self, state: S) -> Result<()> {
        machine::step(state, self.grant.command)?;
        Ok(())
    }

    /// The step that another command takes, which follows from this one (or is it).
    pub fn leads_by<S: State>(&self, command: Command, from: S) -> Result<Step<S>> {
        self.grant.covers(command)?;
        Ok(Step { command, from, to: machine::step(from, command)? })
    }

    /// Takes the step in a loaded row.
    pub fn step<S: State>(&self, state: &mut S) -> Result<Step<S>> {
        self.step_by(self.grant.command, state)
    }

    /// As [`Work::step`], by a command that follows from this one (or is it).
    pub fn step_by<S: State>(&self, command: Command, state: &mut S) -> Result<Step<S>> {
        let step = self.leads_by(command, *state)?;
        *state = step.to;
        Ok(step)
    }

    /// Records that this command made an object.
    pub async fn created<S: State>(&mut self, to: S, object_id: Uuid, about: About<'_>) -> Result<()> {
        self.created_by(self.grant.command, to, object_id, about).await
    }

    /// As [`Work::created`], by a command that follows from this one (or is it).
    pub async fn created_by<S: State>(
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

    /// Records a step of an object.
    pub async fn stepped<S: State>(&mut self, step: Step<S>, object_id: Uuid, about: About<'_>) -> Result<()> {
        self.append(step.command, Some(step.from.text()), step.to.text(), object_id, about).await
    }

    /// Writes a row that took a step, and records it.
    pub async fn save<R: Row>(&mut self, row: &R, step: Step<R::State>, about: About<'_>) -> Result<()> {
        first(row.write(&mut self.tx, step.from, self.now).await?, R::State::OBJECT)?;
        self.stepped(step, row.id(), about).await
    }

    /// Records something that has no states of its own, such as a setting.
    pub async fn noted(&mut self, object_id: Uuid, to: &'static str, about: About<'_>) -> Result<()> {
        self.noted_by(self.grant.command, object_id, to, about).await
    }

    /// As [`Work::noted`], by a command that follows from this one (or is it).
    pub async fn noted_by(
        &mut self,
        command: Command,
        object_id: Uuid,
        to: &'static str,
        about: About<'_>,
    ) -> Result<()> {
        self.append(command, None, to, object_id, about).await
    }

    async fn append(
        &mut self,
        command: Command,
        from: Option<&'static str>,
        to: &'static str,
        object_id: Uuid,
        about: About<'_>,
    ) -> Result<()> {
        self.grant.covers(command)?;
        if let (Some(need), Some(reason)) = (about.need, about.reason.clone())
            && gate::crosses(command, self.ctx.actor.role)
        {
            self.hold(need, &[(gate::reason_field(command), &reason)]).await?;
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

    /// Holds texts about a need against its sealed file, once the need is loaded and the writer is known to be of its
    /// office or paired with it.
    pub async fn hold(&mut self, need: &Need, texts: &[(FieldAt, &str)]) -> Result<()> {
        let file = storage::needs::need_file::load(&mut self.tx, self.ctx.services.db.unseen(), need.id).await?;
        gate::hold(need, file.as_ref(), texts)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_authorized_is_not_recorded() {
        let mut grant = Grant { command: Command::NeedClose, authorized: false };
        assert!(matches!(grant.covers(Command::NeedClose), Err(Error::Internal(_))));
        assert!(matches!(grant.covers(Command::ClaimSupersede), Err(Error::Internal(_))));
        grant.authorized = true;
        assert!(grant.covers(Command::NeedClose).is_ok());
        assert!(grant.covers(Command::ClaimSupersede).is_ok());
        assert!(matches!(grant.covers(Command::ClaimApprove), Err(Error::Internal(_))));
    }
}
