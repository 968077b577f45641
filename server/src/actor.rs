//! Who a command of the command line acts for, and what a refusal says there.

use anyhow::{Result, bail};
use domain::role::Actor;
use services::{Ctx, Error, Services};
use std::sync::Arc;

/// A service's refusal as a sentence for the terminal.
pub(crate) fn told(error: Error, services: &Services) -> anyhow::Error {
    match error {
        Error::Storage(_) | Error::Search(_) | Error::Internal(_) | Error::Failing(_) => anyhow::Error::new(error),
        other => anyhow::anyhow!(other.sentence(services.now())),
    }
}

/// An account of this name that may still act.
pub(crate) async fn account_ctx(services: &Arc<Services>, username: &str) -> Result<Ctx> {
    let mut tx = services.db.read().await?;
    let Some(account) = storage::people::account::by_username(&mut tx, username).await? else {
        bail!("there is no account `{username}`")
    };
    if account.state != domain::organization::AccountState::Active {
        bail!("the account `{username}` is deactivated");
    }
    Ok(Ctx::new(services, account.actor(), "cli"))
}

/// The command line acts for whoever runs the installation.
pub(crate) fn operator(services: &Arc<Services>) -> Ctx {
    Ctx::new(services, Actor::system(), "cli")
}
