//! The timeline of a need or pairing: events in words, as far as the reader's tier goes.

use crate::Services;
use domain::calendar::Time;
use domain::machine::{Command, Object};
use domain::role::Role;
use storage::base::event::Told;
use uuid::Uuid;

/// One line of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub at: Time,
    pub what: String,
    /// Office or organization; never a person's name outside the own office.
    pub who: String,
    pub reason: Option<String>,
}

/// How much of the history a reader sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// Publication and its ends.
    Public,
    /// As public, claims and pairings by name, reasons only of the own organization.
    Member(Uuid),
    /// As a member that is paired here: offices by their full name.
    Paired(Uuid),
    /// Everything.
    Staff,
}

/// Puts events (newest first) into words.
pub fn entries(services: &Services, told: &[Told], depth: Depth) -> Vec<Entry> {
    told.iter().filter(|told| shows(told, depth)).map(|told| entry(services, told, depth)).collect()
}

fn shows(told: &Told, depth: Depth) -> bool {
    let command = told.event.command;
    let public = matches!(
        command,
        Command::NeedPublish
            | Command::NeedSuspend
            | Command::NeedResume
            | Command::NeedClose
            | Command::NeedWithdraw
            | Command::NeedExpire
            | Command::NeedMerge
            | Command::NeedConfirmAmendment
            | Command::NeedUnmerge
            | Command::NeedReopen
    );
    let together = matches!(
        command,
        Command::ClaimSubmit
            | Command::ClaimApprove
            | Command::PairingStart
            | Command::PairingRelease
            | Command::PairingComplete
            | Command::PairingTerminate
            | Command::PairingTransfer
    );
    match depth {
        Depth::Public => public,
        // A settlement of which nothing came back is for the audit alone.
        _ if command == Command::PairingSettle && told.event.reason.is_none() => false,
        Depth::Member(own) | Depth::Paired(own) => public || together || told.event.organization_id == Some(own),
        Depth::Staff => command != Command::PairingOpen,
    }
}

fn entry(services: &Services, told: &Told, depth: Depth) -> Entry {
    let event = &told.event;
    // The office that acts is the household's own: for whoever may not know its street, only the district.
    let digits = if matches!(depth, Depth::Public | Depth::Member(_)) { 6 } else { 12 };
    let office = told
        .actor_scope
        .as_deref()
        .filter(|scope| !scope.is_empty())
        .map(|scope| services.place(scope.get(..digits).unwrap_or(scope)));
    let organization = told.organization_name.clone();
    let who = match event.actor_role {
        Role::System => "平台自动".to_owned(),
        role if role.is_organization() => organization.clone().unwrap_or_else(|| role.label().to_owned()),
        role => {
            let place = office.unwrap_or_else(|| role.label().to_owned());
            match (depth, &told.actor_name) {
                (Depth::Staff, Some(name)) => format!("{place} {name}"),
                _ => place,
            }
        }
    };
    // Office steps on a claim or pairing name the organization they concern.
    let about = if event.actor_role.is_organization() || event.object == Object::Need || event.object == Object::Consent
    {
        String::new()
    } else {
        organization.map(|name| format!("：{name}")).unwrap_or_default()
    };
    let own = match depth {
        Depth::Staff => true,
        Depth::Member(own) | Depth::Paired(own) => event.organization_id == Some(own),
        Depth::Public => false,
    };
    Entry {
        at: event.at,
        what: format!("{}{about}", words(event.command)),
        who,
        reason: event.reason.clone().filter(|_| own),
    }
}

fn words(command: Command) -> &'static str {
    match command {
        Command::NeedCreate => "登记",
        Command::NeedPublish => "公开",
        Command::ClaimSubmit => "认领",
        Command::PairingSettle => "没做的退回需求",
        Command::NeedEscalate => "无人认领，扩大邀请范围",
        other => other.label(),
    }
}
