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
use storage::base::sealed::{Ring, id_text};

/// `duijie key …`
#[derive(Subcommand)]
pub enum KeyCommand {
    /// Make the key ring of a new installation.
    New,
    /// Add a key that opens and does not seal yet: copy the ring to every machine before `rotate`.
    Add,
    /// Seal every value anew with the key that was added; goes on where it was stopped.
    Rotate {
        /// Seal with the present key: what is not sealed yet, or after another cipher was chosen.
        #[arg(long)]
        same_key: bool,
    },
    /// Take out the older keys, once no value is sealed with them.
    Retire,
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
        KeyCommand::Add => add(config)?,
        KeyCommand::Rotate { same_key } => rotate(config, same_key).await?,
        KeyCommand::Retire => retire(config).await?,
        KeyCommand::Status => status(config).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses a new ring over a database that another one has sealed: nothing in it would open again.
async fn must_be_new(config: &Config) -> Result<()> {
    let options = storage::Options { url: config.database_url.clone(), connections: 1 };
    let nothing = Ring::fresh(|bytes| SystemRandom.fill(bytes), &today(), None);
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

/// The ring in its file; one in a variable is changed by hand.
fn ring_in_file(config: &Config, mend: &str) -> Result<Ring> {
    if config.key_ring.is_empty() {
        return read_file(&config.key_file);
    }
    bail!("the key ring stands in `key_ring` (DUIJIE_KEY_RING): {mend}")
}

fn add(config: &Config) -> Result<()> {
    let mut ring = ring_in_file(config, "add a `next` line there on every machine, then make it a `key` line")?;
    if let Some(next) = ring.next() {
        bail!("the key {} was added and waits; `duijie key rotate` seals with it", id_text(&next.id));
    }
    let id = id_text(&ring.add(|bytes| SystemRandom.fill(bytes), &today()).id);
    write_private(&config.key_file, &ring.text())?;
    say!("added the key {id}, which opens and does not seal yet")?;
    say!(
        "copy {} to every machine of this site and off them, then run `duijie key rotate`",
        config.key_file.display()
    )?;
    Ok(())
}

async fn retire(config: &Config) -> Result<()> {
    let mut ring =
        ring_in_file(config, "take the older `key` lines out there once `duijie key status` counts nothing for them")?;
    let db = crate::start::database(config).await?;
    let mut tx = db.read().await?;
    if let Some(rotation) = storage::record::rotation::unfinished(&mut tx).await? {
        bail!("the rotation to {} is not at its end; `duijie key rotate` goes on with it", rotation.key_id);
    }
    let current = ring.current().id;
    let older: Vec<_> = ring.keys().iter().map(|key| key.id).filter(|id| *id != current).collect();
    if older.is_empty() {
        bail!("there is one key, and it seals; nothing to take out");
    }
    if let Some((id, left)) = storage::record::rotation::older_in_use(&mut tx, &ring).await?.first() {
        bail!("{left} values are sealed with the key {}; `duijie key rotate --same-key` seals them anew", id_text(id));
    }
    for id in &older {
        ring.retire(id);
    }
    write_private(&config.key_file, &ring.text())?;
    let names: Vec<String> = older.iter().map(id_text).collect();
    say!("took out {}; the ring holds {}", names.join(", "), id_text(&current))?;
    say!(
        "copy {} to every machine of this site; keep the older ring with the backups it opens",
        config.key_file.display()
    )?;
    Ok(())
}

/// Where other machines may serve the same database, they hold the key before anything is sealed with it.
fn promote(config: &Config) -> Result<()> {
    let mut ring =
        ring_in_file(config, "make the last line a `key` line there, then run `duijie key rotate --same-key`")?;
    if !ring.promote() {
        if crate::start::sqlite_file(&config.database_url).is_none() {
            bail!(
                "no key was added: run `duijie key add`, copy {} to every machine of this site, then rotate",
                config.key_file.display()
            );
        }
        ring.add(|bytes| SystemRandom.fill(bytes), &today());
        ring.promote();
    }
    write_private(&config.key_file, &ring.text())?;
    say!("sealing with the key {}; keep a new copy of {}", id_text(&ring.current().id), config.key_file.display())?;
    Ok(())
}

async fn rotate(config: &Config, same_key: bool) -> Result<()> {
    let (services, _index) = crate::start::services_beside(config, Arc::new(SystemClock)).await?;
    let stopped = services::base::keys::unfinished(&services).await?;
    if let Some(rotation) = &stopped {
        say!("going on with the rotation to {} where it was stopped", rotation.key_id)?;
    } else if !same_key {
        promote(config)?;
        services.db.sealer().refresh();
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
    if let Some(next) = ring.next() {
        say!("key {} made {}, opens and does not seal yet", id_text(&next.id), next.made)?;
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
        run(&config, KeyCommand::Retire).await.unwrap();
        let current = ring(&config).unwrap().unwrap().current().id;
        assert_eq!(ring(&config).unwrap().unwrap().keys().len(), 1);
        assert!(run(&config, KeyCommand::Retire).await.is_err(), "the last key stays");
        // Added, it opens; only rotation seals with it.
        run(&config, KeyCommand::Add).await.unwrap();
        let added = ring(&config).unwrap().unwrap();
        assert_eq!(added.current().id, current);
        let next = added.next().unwrap().id;
        assert!(run(&config, KeyCommand::Add).await.is_err(), "one waits at a time");
        run(&config, KeyCommand::Rotate { same_key: false }).await.unwrap();
        assert_eq!(ring(&config).unwrap().unwrap().current().id, next);
    }

    #[tokio::test]
    async fn no_key_seals_before_every_machine_can_have_it() {
        let dir = tempfile::tempdir().unwrap();
        let several = "postgres://nobody@127.0.0.1:1/nothing".to_owned();
        let config =
            Config { data_dir: dir.path().to_owned(), database_url: several, make_key: true, ..Config::default() };
        let config = config.checked().unwrap();
        make(&config).unwrap();
        let refused = promote(&config).unwrap_err().to_string();
        assert!(refused.contains("duijie key add"), "{refused}");
        run(&config, KeyCommand::Add).await.unwrap();
        promote(&config).unwrap();
        assert_eq!(ring(&config).unwrap().unwrap().keys().len(), 2);
    }
}
