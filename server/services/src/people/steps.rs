//! Steps on accounts and sessions that several commands share: an account opened, given a password, signed in or out.

use crate::base::limits;
use crate::base::work::{About, Work};
use crate::{Error, Result};
use domain::form::people::account as form;
use domain::machine::Command;
use domain::organization::AccountState;
use domain::permission::Record;
use domain::role::Role;
use storage::people::account::{self, Account};
use uuid::Uuid;

#[expect(clippy::too_many_arguments, reason = "the columns of one row, named at the two places that call it")]
pub(crate) async fn insert(
    work: &mut Work<'_>,
    username: &str,
    display_name: &str,
    role: Role,
    scope: &str,
    organization_id: Option<Uuid>,
    hash: &str,
    must_change: bool,
) -> Result<Uuid> {
    let row = Account {
        id: work.ctx.services.new_id(),
        username: username.to_owned(),
        password_hash: hash.to_owned(),
        display_name: display_name.to_owned(),
        role,
        scope: scope.to_owned(),
        organization_id,
        state: AccountState::Active,
        must_change,
        password_set_at: work.now,
        signed_in_at: None,
        created_at: work.now,
        updated_at: work.now,
    };
    match account::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::wrong(form::CHOSEN, "这个账号名已经有人用了，请换一个")),
        other => other?,
    }
    work.created_by(
        Command::AccountCreate,
        AccountState::Active,
        row.id,
        About { organization: organization_id, ..About::default() },
    )
    .await?;
    Ok(row.id)
}

/// Sets a password, ends every session, forgets failed attempts.
pub(crate) async fn set_password(
    work: &mut Work<'_>,
    found: &Account,
    hash: &str,
    must_change: bool,
    data: Option<serde_json::Value>,
) -> Result<()> {
    work.authorize(&Record::default())?;
    let step = work.leads(found.state)?;
    account::set_password(&mut work.tx, found.id, hash, must_change, work.now).await?;
    storage::people::session::end_all(&mut work.tx, found.id, None, work.now).await?;
    limits::forget(&mut work.tx, &found.username, found.id).await?;
    storage::people::device::forget(&mut work.tx, found.id).await?;
    let about = About { organization: found.organization_id, data, ..About::default() };
    work.stepped(step, found.id, about).await
}

pub(crate) async fn event(work: &mut Work<'_>, account: Uuid, data: serde_json::Value) -> Result<()> {
    let own = work.command();
    event_by(work, own, account, data).await
}

pub(crate) async fn event_by(
    work: &mut Work<'_>,
    command: Command,
    account: Uuid,
    data: serde_json::Value,
) -> Result<()> {
    let about = About { organization: work.ctx.actor.organization_id, data: Some(data), ..About::default() };
    work.noted_by(command, account, "done", about).await
}
