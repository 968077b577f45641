//! From a configuration to running services: directories, key, database, index.

use crate::clock::SystemRandom;
use crate::config::{self, Config};
use crate::keys;
use anyhow::{Context, Result, bail};
use search::NeedIndex;
use services::{Clock, Random, Services};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use storage::{Db, Options};

/// Keeps a second process out of the same data directory while it lives.
pub struct Lock(#[expect(dead_code, reason = "held for its lock, which ends with the file")] fs::File);

/// Locks a data directory.
pub fn lock(dir: &Path) -> Result<Lock> {
    fs::create_dir_all(dir).with_context(|| format!("data directory {} cannot be made", dir.display()))?;
    let file = fs::File::create(dir.join("lock"))
        .with_context(|| format!("data directory {} cannot be written", dir.display()))?;
    if file.try_lock().is_err() {
        bail!("another process uses the data directory {}; stop it first, or name another directory", dir.display());
    }
    Ok(Lock(file))
}

/// Opens the database and brings its schema up to date.
pub async fn database(config: &Config) -> Result<Db> {
    open_database(config, true).await
}

async fn open_database(config: &Config, durable: bool) -> Result<Db> {
    fs::create_dir_all(&config.data_dir)
        .with_context(|| format!("data directory {} cannot be made", config.data_dir.display()))?;
    let options = Options { url: config.database_url.clone(), connections: config.connections };
    let sealer = keys::sealer(config)?;
    private_file(&config.database_url)?;
    let opened = if durable { Db::open(&options, sealer).await } else { Db::open_passing(&options, sealer).await };
    let db =
        opened.with_context(|| format!("database {} does not open", config::redacted_url(&config.database_url)))?;
    db.migrate().await.context("the database schema cannot be brought up to date")?;
    if storage::base::event::settle(&db)
        .await
        .context("this database was moved from another cluster; run `duijie migrate` once as the owner of the schema")?
    {
        tracing::warn!("the database was moved from another cluster: new events are ordered after those it brought");
    }
    let ring = db.sealer().ring();
    let missing = storage::record::rotation::missing_keys(&mut db.read().await?, &ring).await?;
    if !missing.is_empty() {
        bail!(
            "the database is sealed with the key {}, which is not in the key ring {}; put the copy of that ring back",
            missing.join(", "),
            config.key_file.display()
        );
    }
    Ok(db)
}

/// A new SQLite file is its owner's alone, and with it what the database writes beside it.
fn private_file(url: &str) -> Result<()> {
    let Some(path) = sqlite_file(url).filter(|path| !path.exists()) else { return Ok(()) };
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&path).with_context(|| format!("the database {} cannot be made", path.display()))?;
    Ok(())
}

/// Opens the database that is there, to read it: nothing is made, migrated or written.
pub async fn database_to_read(config: &Config) -> Result<Db> {
    let options = Options { url: config.database_url.clone(), connections: config.connections };
    let url = config::redacted_url(&config.database_url);
    Db::open_to_read(&options, keys::sealer(config)?).await.with_context(|| format!("database {url} does not open"))
}

/// As [`database_to_read`], whatever the schema.
pub async fn database_as_it_stands(config: &Config) -> Result<Db> {
    let options = Options { url: config.database_url.clone(), connections: 1 };
    let url = config::redacted_url(&config.database_url);
    let opened = Db::open_as_it_stands(&options, keys::sealer(config)?).await;
    opened.with_context(|| format!("database {url} does not open"))
}

fn index_dir(config: &Config) -> PathBuf {
    config.data_dir.join("index")
}

/// Opens everything. A fresh, old or damaged index is rebuilt (by the job that
/// follows when `wait` is false: the site serves meanwhile).
pub async fn services(config: &Config, clock: Arc<dyn Clock>, wait: bool) -> Result<Arc<Services>> {
    assemble(config, database(config).await?, clock, Arc::new(SystemRandom), wait).await
}

/// Everything with a clock and a source of randomness of its own, for filling the demo.
/// Commits become durable only when the database is closed.
pub async fn passing_services(
    config: &Config,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) -> Result<Arc<Services>> {
    assemble(config, open_database(config, false).await?, clock, random, true).await
}

async fn assemble(
    config: &Config,
    db: Db,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    wait: bool,
) -> Result<Arc<Services>> {
    let opened = NeedIndex::open(index_dir(config)).context("the search index does not open")?;
    if let Some(reason) = &opened.reason {
        tracing::warn!(%reason, "the search index is built anew");
    }
    let mut rebuild = opened.state != search::State::Current;
    let divisions = services::base::reference::load(&db).await.context("divisions do not load")?;
    let services = Arc::new(Services::new(db, opened.index, clock, random, config.policy(), Arc::new(divisions)));
    services::finding::thesaurus::refresh(&services).await.context("the thesaurus does not load")?;
    services::base::working_days::refresh(&services).await.context("the working days do not load")?;
    if !rebuild && !services::finding::follower::is_of_this_log(&services).await.context("the log cannot be read")? {
        tracing::warn!("the search index belongs to another state of the database and is built anew");
        services::finding::follower::distrust(&services);
        rebuild = true;
    }
    if rebuild {
        if wait {
            services::finding::follower::rebuild(&services).await.context("the search index cannot be built")?;
        } else {
            services::finding::follower::rebuild_first(&services);
        }
    }
    Ok(services)
}

/// Services for a command that runs beside a serving process: the index of the
/// data directory belongs to that process, which follows the log by itself, so
/// this one gets an empty index of its own, gone with the returned directory.
pub async fn services_beside(config: &Config, clock: Arc<dyn Clock>) -> Result<(Arc<Services>, tempfile::TempDir)> {
    let db = database(config).await?;
    let dir = tempfile::tempdir().context("a temporary directory cannot be made")?;
    let opened = NeedIndex::open(dir.path()).context("the search index does not open")?;
    let divisions = services::base::reference::load(&db).await.context("divisions do not load")?;
    let services = Services::new(db, opened.index, clock, Arc::new(SystemRandom), config.policy(), Arc::new(divisions));
    services::base::working_days::refresh(&services).await.context("the working days do not load")?;
    Ok((Arc::new(services), dir))
}

/// The file of an SQLite address.
pub(crate) fn sqlite_file(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    let path = path.split('?').next().unwrap_or(path);
    (!path.is_empty() && path != ":memory:").then(|| PathBuf::from(path))
}
