//! The key ring on this machine: read from file or variable, made.

use crate::clock::{SystemClock, SystemRandom};
use crate::config::{self, Config};
use anyhow::{Context, Result, bail};
use services::{Clock, Random};
use std::fs;
use std::path::{Path, PathBuf};
use storage::base::sealed::{Ring, Sealer};

pub(crate) fn today() -> String {
    SystemClock.now().day().to_string()
}

/// Readable and writable by its owner alone.
fn is_private(path: &Path) -> std::io::Result<bool> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        Ok(matches!(fs::metadata(path)?.permissions().mode() & 0o777, 0o600 | 0o400))
    }
    #[cfg(not(unix))]
    fs::metadata(path).map(|_| true)
}

/// Writes a file that only its owner reads, and puts it in place at once.
pub(crate) fn write_private(path: &Path, text: &str) -> Result<()> {
    use std::io::Write;
    let wrote = || format!("{} cannot be written", path.display());
    let beside = path.with_extension("new");
    if let Some(dir) = path.parent() {
        fs::create_dir_all(dir).with_context(wrote)?;
    }
    if beside.exists() {
        fs::remove_file(&beside).with_context(wrote)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside).with_context(wrote)?;
    file.write_all(text.as_bytes()).with_context(wrote)?;
    file.sync_all().with_context(wrote)?;
    fs::rename(&beside, path).with_context(wrote)
}

pub(crate) fn read_file(path: &Path) -> Result<Ring> {
    let text = fs::read_to_string(path).with_context(|| format!("the key ring {} cannot be read", path.display()))?;
    if !is_private(path)? {
        bail!("the key ring {0} can be read by others; run `chmod 600 {0}`", path.display());
    }
    Ring::parse(&text).with_context(|| format!("the key ring {} does not read", path.display()))
}

/// The ring of this configuration; none when there is none yet.
pub fn ring(config: &Config) -> Result<Option<Ring>> {
    if !config.key_ring.is_empty() {
        return Ok(Some(Ring::parse(&config.key_ring).context("configuration key `key_ring`")?));
    }
    if config.key_file.exists() { read_file(&config.key_file).map(Some) } else { Ok(None) }
}

/// A new ring. An installation from before sealing keeps its key for marks.
pub(crate) fn make(config: &Config) -> Result<Ring> {
    let older = config.data_dir.join("secret.key");
    let mark = fs::read_to_string(&older).ok().and_then(|text| config::hex_key(&text));
    let ring = Ring::fresh(|bytes| SystemRandom.fill(bytes), &today(), mark);
    write_private(&config.key_file, &ring.text())?;
    Ok(ring)
}

/// The sealer of this configuration. Without a key ring, only invented data and
/// measurements get one made; a real installation is told what to do.
pub fn sealer(config: &Config) -> Result<Sealer> {
    let ring = match ring(config)? {
        Some(ring) => ring,
        None if config.demo || config.make_key => {
            let ring = make(config)?;
            eprintln!(
                "duijie: made a key ring for this invented data in {}; real data need `duijie key new`",
                config.key_file.display()
            );
            ring
        }
        None => bail!(
            "there is no key ring in {}, and without one nothing private is stored. \
             Make one with `duijie key new` and keep a copy off this machine, \
             or name the present one (`key_file`, DUIJIE_KEY_FILE)",
            config.key_file.display()
        ),
    };
    let sealer = Sealer::new(ring, config.suite(), |bytes| SystemRandom.fill(bytes));
    if !config.key_ring.is_empty() {
        return Ok(sealer);
    }
    let path: PathBuf = config.key_file.clone();
    Ok(sealer.reloading(move || match read_file(&path) {
        Ok(ring) => Some(ring),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "the key ring cannot be read again");
            None
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(dir: &Path) -> Config {
        Config { data_dir: dir.to_owned(), ..Config::default() }.checked().unwrap()
    }

    #[test]
    fn invented_data_get_a_key_and_an_older_mark_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("secret.key"), "5a".repeat(32)).unwrap();
        let config = Config { demo: true, ..config(dir.path()) };
        sealer(&config).unwrap();
        assert!(fs::read_to_string(&config.key_file).unwrap().contains(&"5a".repeat(32)));
    }

    #[cfg(unix)]
    #[test]
    fn a_ring_that_others_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let config = Config { make_key: true, ..config(dir.path()) };
        sealer(&config).unwrap();
        fs::set_permissions(&config.key_file, fs::Permissions::from_mode(0o644)).unwrap();
        let error = sealer(&config).err().unwrap().to_string();
        assert!(error.contains("chmod 600") && !error.contains("mark"), "{error}");
    }
}
