//! The end of the audit chain, written to another place on a schedule: whoever
//! cuts off the log or writes it anew cannot change what lies there.
//!
//! A file gets a line each time; a directory gets a file per day, so that it may
//! lie on a medium that is only added to. `duijie verify` reads them back.

use anyhow::{Context, Result};
use domain::calendar::Time;
use services::base::audit::Head;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

fn is_directory(path: &Path) -> bool {
    path.is_dir() || path.as_os_str().to_string_lossy().ends_with(std::path::MAIN_SEPARATOR)
}

fn target(path: &Path, at: Time) -> PathBuf {
    if is_directory(path) { path.join(format!("duijie-{}.txt", at.day())) } else { path.to_owned() }
}

/// Adds a line and makes it durable.
pub fn write(path: &Path, head: &Head, at: Time) -> Result<()> {
    let file = target(path, at);
    let wrote = || format!("the head of the chain cannot be written to {}", file.display());
    if let Some(dir) = file.parent().filter(|dir| !dir.as_os_str().is_empty()) {
        fs::create_dir_all(dir).with_context(wrote)?;
    }
    let mut out = fs::OpenOptions::new().create(true).append(true).open(&file).with_context(wrote)?;
    out.write_all(head.line(at).as_bytes()).with_context(wrote)?;
    out.sync_all().with_context(wrote)
}

/// Every head kept there; none where nothing was written yet.
pub fn read(path: &Path) -> Result<Vec<Head>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut files = Vec::new();
    if path.is_dir() {
        for entry in fs::read_dir(path).with_context(|| format!("{} cannot be read", path.display()))? {
            files.push(entry?.path());
        }
    } else {
        files.push(path.to_owned());
    }
    let mut heads = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        heads.extend(Head::read(&text));
    }
    Ok(heads)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_read_back_from_file_and_directory() {
        let dir = tempfile::tempdir().unwrap();
        let head = |position| Head { position, hash: "ab".repeat(32) };
        let at = Time::at("2026-11-24".parse().unwrap(), 9, 0);
        for path in [dir.path().join("heads.txt"), dir.path().join("kept/")] {
            assert_eq!(read(&path).unwrap(), []);
            write(&path, &head(1), at).unwrap();
            write(&path, &head(2), at.plus_days(1)).unwrap();
            let mut found = read(&path).unwrap();
            found.sort_by_key(|head| head.position);
            assert_eq!(found, [head(1), head(2)]);
        }
        fs::write(dir.path().join("broken.txt"), "no head\n\n2026 x y\n").unwrap();
        assert_eq!(read(&dir.path().join("broken.txt")).unwrap(), []);
    }
}
