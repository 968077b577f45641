//! The event: who did what to which object, when and why. Append-only; the
//! audit trail, the change feed and the source of every timeline.

use crate::calendar::Time;
use crate::machine::{Command, Object};
use crate::role::Role;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A recorded event as readers get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Number of the event; order of commit together with `xid`.
    pub id: i64,
    pub at: Time,
    pub actor_id: Option<Uuid>,
    pub actor_role: Role,
    pub object: Object,
    pub object_id: Uuid,
    /// The need that the object belongs to, if any.
    pub need_id: Option<Uuid>,
    pub command: Command,
    pub from_state: Option<String>,
    pub to_state: String,
    pub reason: Option<String>,
}

/// Checks a history of one object against the table: each step is a rule and
/// starts where the last one ended. Returns the state at the end.
pub fn replay<'a>(
    steps: impl IntoIterator<Item = (Command, Option<&'a str>, &'a str)>,
) -> Result<Option<String>, String> {
    let mut state: Option<String> = None;
    for (command, from, to) in steps {
        if from != state.as_deref() {
            return Err(format!("{command} starts from {from:?}, but the state was {state:?}"));
        }
        if !crate::machine::is_rule(command, from, to) {
            return Err(format!("{command} from {from:?} to {to} is not in the table"));
        }
        state = Some(to.to_owned());
    }
    Ok(state)
}
