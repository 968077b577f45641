//! What an operator does beside serving: copies, putting one back, and a look at everything before the start.

use crate::clock::SystemClock;
use crate::config::Config;
use crate::say::say;
use crate::{keys, start};
use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};
use services::Clock;
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use storage::base::sealed::id_text;

const DATABASE: &str = "duijie.sqlite3";
const MANIFEST: &str = "manifest.json";

/// What an archive says of itself.
#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    program: String,
    /// Time of the copy, ISO 8601.
    made_at: String,
    /// Of the database file, 64 hexadecimal digits.
    sha256: String,
    events: i64,
    /// Where the audit chain ended: position and hash.
    head: Option<(i64, String)>,
    /// Keys of the ring at that time; the ring itself is not in the archive.
    keys: Vec<String>,
}

fn own_file(config: &Config) -> Result<PathBuf> {
    start::sqlite_file(&config.database_url)
        .context("this is for SQLite; a PostgreSQL database is copied with pg_dump, see docs/operating.md")
}

/// A file that only its owner reads.
fn private(path: &Path) -> Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).with_context(|| format!("{} cannot be made", path.display()))
}

fn sha256(path: &Path) -> Result<String> {
    let mut file = fs::File::open(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let mut hash = Sha256::new();
    let mut piece = vec![0; 1 << 20];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(hex::encode(hash.finalize())),
            n => hash.update(&piece[..n]),
        }
    }
}

/// `duijie migrate --status` and `--dry-run`: the steps that are missing, what they lock, and whether they go through.
pub async fn schema(config: &Config, trial: bool) -> Result<ExitCode> {
    let db = start::database_as_it_stands(config).await?;
    let schema = db.schema().await;
    if !schema.foreign.is_empty() {
        bail!(
            "the database has steps that this program does not know ({}): use the program that wrote it, or a newer one",
            schema.foreign.iter().map(|version| format!("{version:04}")).collect::<Vec<_>>().join(", ")
        );
    }
    let missing: Vec<_> = schema.missing().collect();
    let taken = schema.steps.len() - missing.len();
    if taken == 0 {
        bail!("this is no database of duijie; `duijie migrate` makes one where none is");
    }
    say!("{taken} of {} steps taken", schema.steps.len())?;
    for step in &missing {
        let locks =
            if step.touches.is_empty() { "locks nothing that is there".into() } else { step.touches.join(", ") };
        say!("missing: {:04} {}: {locks}", step.version, step.name)?;
    }
    if missing.is_empty() {
        say!("the schema is up to date")?;
        return Ok(ExitCode::SUCCESS);
    }
    if !trial {
        return Ok(ExitCode::from(3));
    }
    let beside = tempfile::tempdir_in(&config.data_dir)
        .with_context(|| format!("data directory {} cannot be written", config.data_dir.display()))?;
    db.try_steps(beside.path()).await.context("a missing step does not go through; nothing was changed")?;
    say!("all of them go through; nothing was changed. `duijie migrate` takes them")?;
    Ok(ExitCode::SUCCESS)
}

/// `duijie backup`: a consistent copy as one archive of the database and a manifest.
pub async fn backup(config: &Config, to: &Path) -> Result<ExitCode> {
    own_file(config)?;
    let db = start::database_to_read(config).await?;
    let stdout = to.as_os_str() == "-";
    if !stdout {
        fs::create_dir_all(to).with_context(|| format!("{} cannot be made", to.display()))?;
    }
    // Beside the archive, where there is room for it.
    let beside = if stdout { tempfile::tempdir()? } else { tempfile::tempdir_in(to)? };
    let copy = beside.path().join(DATABASE);
    db.copy_to(&copy).await.context("the database cannot be copied")?;
    db.close().await;
    // What is said of the copy is read from the copy: the site goes on writing.
    let copied = Config { database_url: format!("sqlite://{}", copy.display()), ..config.clone() };
    let db = start::database_to_read(&copied).await?;
    let mut tx = db.read().await?;
    let (events, _) = storage::base::event::counts(&mut tx).await?;
    let head = storage::base::event::last_seal(&mut tx).await?.map(|seal| (seal.position, hex::encode(seal.hash)));
    drop(tx);
    let keys = db.sealer().ring().keys().iter().map(|key| id_text(&key.id)).collect();
    db.close().await;
    let now = SystemClock.now();
    let manifest = Manifest {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        made_at: now.iso(),
        sha256: sha256(&copy)?,
        events,
        head,
        keys,
    };
    if stdout {
        pack(std::io::stdout().lock(), &copy, &manifest)?;
        return Ok(ExitCode::SUCCESS);
    }
    let name: String = now.iso().chars().filter(char::is_ascii_alphanumeric).collect();
    let archive = to.join(format!("duijie-{name}.tar"));
    let file = private(&archive)?;
    pack(&file, &copy, &manifest)?;
    file.sync_all()?;
    say!("{}: {} events, database {}", archive.display(), manifest.events, manifest.sha256)?;
    say!("the key ring is not in it: keep {} elsewhere", config.key_file.display())?;
    Ok(ExitCode::SUCCESS)
}

fn pack(out: impl Write, copy: &Path, manifest: &Manifest) -> Result<()> {
    let mut archive = tar::Builder::new(out);
    let text = serde_json::to_vec_pretty(manifest)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o600);
    header.set_cksum();
    archive.append_data(&mut header, MANIFEST, text.as_slice())?;
    archive.append_path_with_name(copy, DATABASE)?;
    archive.into_inner()?.flush()?;
    Ok(())
}

/// `duijie restore`: checks an archive, puts its database in place and proves it.
pub async fn restore(config: &Config, from: &Path, replace: bool) -> Result<ExitCode> {
    let target = own_file(config)?;
    let _lock = start::lock(&config.data_dir)?;
    if target.exists() && !replace {
        bail!("there is a database at {}; --replace moves it aside", target.display());
    }
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(dir).with_context(|| format!("{} cannot be made", dir.display()))?;
    let beside = tempfile::tempdir_in(dir)?;
    let copy = beside.path().join(DATABASE);
    let manifest = if from.as_os_str() == "-" {
        unpack(std::io::stdin().lock(), &copy)?
    } else {
        unpack(fs::File::open(from).with_context(|| format!("{} cannot be read", from.display()))?, &copy)?
    };
    if sha256(&copy)? != manifest.sha256 {
        bail!("the archive is damaged: its database is not the one that was written");
    }
    let ring = keys::ring(config)?;
    let has = |key: &String| ring.as_ref().is_some_and(|ring| ring.keys().iter().any(|own| id_text(&own.id) == *key));
    let missing: Vec<&str> = manifest.keys.iter().filter(|key| !has(key)).map(String::as_str).collect();
    if !missing.is_empty() {
        bail!(
            "put the key ring back first: {} lacks the key {} that the archive was sealed with",
            config.key_file.display(),
            missing.join(", ")
        );
    }
    if target.exists() {
        let aside: String = SystemClock.now().iso().chars().filter(char::is_ascii_alphanumeric).collect();
        for end in ["", "-wal", "-shm"] {
            let old = PathBuf::from(format!("{}{end}", target.display()));
            if old.exists() {
                fs::rename(&old, format!("{}.before-{aside}{end}", target.display()))?;
            }
        }
    }
    fs::rename(&copy, &target)?;
    // An index of another database: it is made anew at the next start.
    match fs::remove_dir_all(config.data_dir.join("index")) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    let db = start::database(config).await?;
    let report = services::base::audit::verify_against(&db, &[]).await?;
    db.close().await;
    say!("restored the copy of {}: {} events", manifest.made_at, report.events)?;
    for fault in &report.faults {
        say!("{fault}")?;
    }
    Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

fn unpack(from: impl Read, copy: &Path) -> Result<Manifest> {
    let mut archive = tar::Archive::new(from);
    let mut manifest = None;
    let mut found = false;
    for entry in archive.entries().context("this is no archive of `duijie backup`")? {
        let mut entry = entry.context("the archive is cut off or damaged")?;
        // By name alone: no path of an archive decides where something is written.
        let name = entry.path()?.to_string_lossy().into_owned();
        if name == MANIFEST {
            manifest = Some(serde_json::from_reader::<_, Manifest>(&mut entry).context("the manifest does not read")?);
        } else if name == DATABASE {
            let mut file = private(copy)?;
            std::io::copy(&mut entry, &mut file).context("the archive is cut off or damaged")?;
            file.sync_all()?;
            found = true;
        }
    }
    manifest.filter(|_| found).context("this is no archive of `duijie backup`: manifest or database is missing")
}

/// `duijie check`: what `serve` would meet, said at once, nothing changed.
pub async fn check(config: &Config) -> Result<ExitCode> {
    let mut faults = Vec::new();
    say!("{config:?}")?;
    let secure = config.is_secure();
    if secure && config.trusted_proxies.is_empty() {
        faults.push(
            "public_url is https, so a proxy stands before the site: name it in trusted_proxies, or every reader has its address"
                .to_owned(),
        );
    }
    if !secure && !config.listen.starts_with("127.") && !config.listen.starts_with("[::1]") {
        faults.push("the site listens to other machines without https: set public_url to its https address".to_owned());
    }
    match keys::ring(config) {
        Ok(Some(ring)) => say!("keys {}, current {}", ring.keys().len(), id_text(&ring.current().id))?,
        Ok(None) => faults.push(format!("there is no key ring in {}; see `duijie key new`", config.key_file.display())),
        Err(error) => faults.push(format!("{error:#}")),
    }
    match start::database_to_read(config).await {
        Ok(db) => {
            let mut tx = db.read().await?;
            let missing = storage::record::rotation::missing_keys(&mut tx, &db.sealer().ring()).await?;
            if !missing.is_empty() {
                faults.push(format!("the database is sealed with the key {}, which is missing", missing.join(", ")));
            }
            let (events, sealed) = storage::base::event::counts(&mut tx).await?;
            say!("database: schema current, events {events}, sealed {sealed}")?;
        }
        Err(error) => faults.push(format!("{error:#}")),
    }
    if let Some(file) = start::sqlite_file(&config.database_url) {
        faults.extend(open_to_others(&file));
        if file.parent() == config.key_file.parent() {
            say!("note: the key ring lies beside the database; a copy of the folder holds both")?;
        }
    }
    if let Err(error) = tempfile::tempfile_in(&config.data_dir) {
        faults.push(format!("data directory {} cannot be written: {error}", config.data_dir.display()));
    }
    say!("clock {}", SystemClock.now().iso())?;
    for fault in &faults {
        say!("wrong: {fault}")?;
    }
    if faults.is_empty() {
        say!("nothing is wrong")?;
    }
    Ok(if faults.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(3) })
}

/// Whether other users of the machine could read the database.
fn open_to_others(file: &Path) -> Option<String> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::metadata(file).ok()?.permissions().mode() & 0o077;
        (mode != 0).then(|| format!("others can read {0}; run `chmod 600 {0}`", file.display()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        None
    }
}
