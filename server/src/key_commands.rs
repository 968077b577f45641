//! `duijie key`: the key ring is made, rotated and shown.

use crate::clock::{SystemClock, SystemRandom};
use crate::config::Config;
use crate::keys::{make, read_file, ring, today, write_private};
use crate::say::say;
use anyhow::{Result, bail};
use clap::Subcommand;
use services::Random;
use std::process::ExitCode;
use std::sync::Arc;
use storage::base::sealed::id_text;

/// `duijie key …`
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make the key ring of a new installation.
    New,
    /// Add a key and seal every value anew with it; goes on where it was stopped.
    Rotate {
        /// Seal with the present key: what is not sealed yet, or after another cipher was chosen.
        #[arg(long)]
        same_key: bool,
    },
    /// Show the keys, and how many values each of them seals.
    Status,
}

/// Runs `duijie key …`.
pub async fn run(config: &Config, command: KeyCommand) -> Result<ExitCode> {
    match command {
        KeyCommand::New => {
            if let Some(ring) = ring(config)? {
                bail!(
                    "there is a key ring already (current key {}); `duijie key rotate` adds a key",
                    id_text(&ring.current().id)
                );
            }
            must_be_new(config).await?;
            let ring = make(config)?;
            say!("made the key {} in {}", id_text(&ring.current().id), config.key_file.display())?;
            say!("keep a copy of this file off this machine: without it no sealed value opens again")?;
        }
        KeyCommand::Rotate { same_key } => rotate(config, same_key).await?,
        KeyCommand::Status => status(config).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses a new ring over a database that another one has sealed: nothing in it would open again.
async fn must_be_new(config: &Config) -> Result<()> {
    let options = storage::Options { url: config.database_url.clone(), connections: 1 };
    let mut nothing = storage::base::sealed::Ring::single([0; 32]);
    nothing.add(|bytes| SystemRandom.fill(bytes), &today());
    let sealer = storage::base::sealed::Sealer::new(nothing, config.suite(), |bytes| SystemRandom.fill(bytes));
    let db = match storage::Db::open_to_read(&options, sealer).await {
        Ok(db) => db,
        // No database yet, or one that no values were ever put into.
        Err(storage::Error::Missing(_) | storage::Error::Schema("not there: this is no database of duijie")) => {
            return Ok(());
        }
        Err(error) => bail!("the database does not open, and a new key ring must not be made beside it: {error}"),
    };
    let mut tx = db.read().await?;
    let ring = db.sealer().ring();
    let keys = storage::record::rotation::missing_keys(&mut tx, &ring).await?;
    if !keys.is_empty() {
        bail!(
            "the database is sealed with the key {}: put the copy of its key ring back into {}, a new ring opens nothing",
            keys.join(", "),
            config.key_file.display()
        );
    }
    Ok(())
}

async fn rotate(config: &Config, same_key: bool) -> Result<()> {
    let (services, _index) = crate::start::services_beside(config, Arc::new(SystemClock)).await?;
    let stopped = services::base::keys::unfinished(&services).await?;
    if let Some(rotation) = &stopped {
        say!("going on with the rotation to {} where it was stopped", rotation.key_id)?;
    } else if !same_key {
        if !config.key_ring.is_empty() {
            bail!(
                "the key ring stands in `key_ring` (DUIJIE_KEY_RING): add a `key` line there, then run `duijie key rotate --same-key`"
            );
        }
        let mut ring = read_file(&config.key_file)?;
        ring.add(|bytes| SystemRandom.fill(bytes), &today());
        write_private(&config.key_file, &ring.text())?;
        services.db.sealer().refresh();
        say!("added the key {}; keep a new copy of {}", id_text(&ring.current().id), config.key_file.display())?;
    }
    let done = services::base::keys::rotate(&services, |rotation| {
        tracing::info!(looked_at = rotation.looked_at, resealed = rotation.resealed, "rotating");
    })
    .await?;
    say!("looked at {} values, sealed {} anew with {}", done.looked_at, done.resealed, done.key_id)?;
    Ok(())
}

async fn status(config: &Config) -> Result<()> {
    let Some(ring) = ring(config)? else {
        bail!("there is no key ring in {}; make one with `duijie key new`", config.key_file.display())
    };
    let current = ring.current().id;
    say!("cipher {}", config.cipher)?;
    for key in ring.keys() {
        say!("key {} made {}{}", id_text(&key.id), key.made, if key.id == current { ", current" } else { "" })?;
    }
    let db = crate::start::database(config).await?;
    let mut tx = db.read().await?;
    for tally in storage::record::rotation::tally(&mut tx).await? {
        let counts: Vec<String> = tally.counts.iter().map(|(key, count)| format!("{count} by {key}")).collect();
        let counts = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
        say!("{}.{}: {counts}", tally.column.table, tally.column.column)?;
    }
    if let Some(rotation) = storage::record::rotation::unfinished(&mut tx).await? {
        say!("a rotation to {} was stopped; `duijie key rotate` goes on with it", rotation.key_id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::sealer;

    #[tokio::test]
    async fn a_real_installation_without_a_key_is_told_what_to_do() {
        let dir = tempfile::tempdir().unwrap();
        let config = Config { data_dir: dir.path().to_owned(), ..Config::default() }.checked().unwrap();
        let error = sealer(&config).err().unwrap().to_string();
        assert!(error.contains("duijie key new") && error.contains("DUIJIE_KEY_FILE"), "{error}");
        assert!(crate::start::database(&config).await.is_err());
        assert!(!dir.path().join("duijie.sqlite3").exists(), "nothing is stored without a key");
        run(&config, KeyCommand::New).await.unwrap();
        assert!(sealer(&config).is_ok());
        assert!(run(&config, KeyCommand::New).await.is_err(), "a ring is never written over");
        run(&config, KeyCommand::Rotate { same_key: false }).await.unwrap();
        run(&config, KeyCommand::Status).await.unwrap();
        assert_eq!(ring(&config).unwrap().unwrap().keys().len(), 2);
    }
}
