//! What a reader may do next with a record: permission, state and separation of people asked once, where the record is
//! read, and handed to the page.

use crate::{Ctx, Error, Result};
use domain::machine::{self, Command, IllegalTransition, Object, State};
use domain::permission::{Record, Refusal, authorize, may_ever};
use domain::role::{Actor, Role};
use std::sync::OnceLock;

/// Commands that a reader may give on one record now, and why not the others.
#[derive(Clone, Debug, Default)]
pub struct Offers {
    given: Vec<Command>,
    /// Given in this state or another one.
    permitted: Vec<Command>,
    refused: Vec<(Command, Refusal)>,
    /// The record's state, stored and in words.
    state: Option<(&'static str, &'static str)>,
}

/// Commands of the transition table that act on an object that is there.
fn on(object: Object) -> &'static [Command] {
    static ALL: OnceLock<Vec<(Object, Vec<Command>)>> = OnceLock::new();
    let all = ALL.get_or_init(|| {
        let mut all: Vec<(Object, Vec<Command>)> = Vec::new();
        for rule in machine::RULES.iter().filter(|rule| rule.from.is_some()) {
            let object = rule.command.object();
            match all.iter_mut().find(|(known, _)| *known == object) {
                Some((_, commands)) if commands.contains(&rule.command) => {}
                Some((_, commands)) => commands.push(rule.command),
                None => all.push((object, vec![rule.command])),
            }
        }
        all
    });
    all.iter().find(|(known, _)| *known == object).map_or(&[], |(_, commands)| commands)
}

impl Offers {
    /// Everything about a record in a state; `record` says of each command what decides about it.
    pub(crate) fn of<'a, S: State>(actor: &Actor, state: S, record: impl Fn(Command) -> Record<'a>) -> Self {
        let mut offers = Self { state: Some((state.text(), state.words())), ..Self::default() };
        for command in on(S::OBJECT) {
            offers.ask(actor, *command, &record(*command), machine::allows(state, *command));
        }
        offers
    }

    /// Also commands that create something beside the record, or that its state does not hinder.
    pub(crate) fn with(mut self, actor: &Actor, commands: &[Command], record: &Record<'_>) -> Self {
        for command in commands {
            self.ask(actor, *command, record, true);
        }
        self
    }

    /// Without a command, where something beyond the tables stands against it.
    pub(crate) fn unless(mut self, command: Command, hindered: bool) -> Self {
        self.given.retain(|given| !hindered || *given != command);
        self
    }

    /// As [`Offers::unless`], in every state.
    pub(crate) fn never_if(mut self, command: Command, barred: bool) -> Self {
        if barred && self.permits(command) {
            self.permitted.retain(|permitted| *permitted != command);
            self.refused.push((command, Refusal::Role));
        }
        self.unless(command, barred)
    }

    fn ask(&mut self, actor: &Actor, command: Command, record: &Record<'_>, possible: bool) {
        match authorize(actor, command, record) {
            Ok(()) => {
                self.permitted.push(command);
                if possible {
                    self.given.push(command);
                }
            }
            Err(refusal) => self.refused.push((command, refusal)),
        }
    }

    /// Whether the command may be given in this state of the record or in another one.
    pub fn permits(&self, command: Command) -> bool {
        self.permitted.contains(&command)
    }

    /// Whether the command may be given now.
    pub fn has(&self, command: Command) -> bool {
        self.given.contains(&command)
    }

    /// Why the reader may not give the command in any state.
    pub fn refusal(&self, command: Command) -> Option<Refusal> {
        self.refused.iter().find(|(refused, _)| *refused == command).map(|(_, refusal)| *refusal)
    }

    /// `Ok` where the command may be given now; else what it would be answered with.
    pub fn must(&self, command: Command) -> Result<()> {
        if self.has(command) {
            return Ok(());
        }
        match (self.refusal(command), self.state) {
            (Some(refusal), _) => Err(refusal.into()),
            (None, Some((text, words))) => Err(IllegalTransition { command, from: Some(text), words }.into()),
            (None, None) => Err(Error::Forbidden(Refusal::Role)),
        }
    }
}

/// Whether anybody of this post ever gives the command: for doors and for links to where the record decides.
pub fn ever(role: Role, command: Command) -> bool {
    may_ever(role, command)
}

impl Ctx {
    /// [`ever`] for the reader.
    pub fn may(&self, command: Command) -> bool {
        ever(self.role(), command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::need::NeedState;
    use domain::permission::Separation;
    use uuid::Uuid;

    #[test]
    fn the_tables_decide_and_the_answer_says_which() {
        let street = Actor {
            account_id: Some(Uuid::from_u128(1)),
            role: Role::District,
            scope: "120102".into(),
            organization_id: None,
        };
        let record = |command| Record {
            division: Some("120102005003"),
            others: match command {
                Command::NeedPublish => vec![(Some(Uuid::from_u128(1)), Separation::Author)],
                _ => Vec::new(),
            },
            ..Record::default()
        };
        let offers = Offers::of(&street, NeedState::InReview, record);
        assert!(
            offers.has(Command::NeedReturn) && !offers.has(Command::NeedPublish) && !offers.has(Command::NeedResume)
        );
        assert_eq!(offers.refusal(Command::NeedPublish), Some(Refusal::Separated(Separation::Author)));
        assert!(matches!(offers.must(Command::NeedResume), Err(Error::Conflict(_))));
        assert!(matches!(offers.must(Command::NeedExpire), Err(Error::Forbidden(Refusal::Role))));
        assert!(!offers.unless(Command::NeedReturn, true).has(Command::NeedReturn));
    }
}
