//! What the tests need of the machine: a browser with its driver, Chinese fonts, PostgreSQL.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::Result;

use crate::shell::{self, find, say, step};

/// Programs found; what is missing is named in `missing`.
pub struct Machine {
    pub chromium: Option<PathBuf>,
    pub chromedriver: Option<PathBuf>,
    /// Folder with `postgres` and `initdb`.
    pub postgres: Option<PathBuf>,
    pub chinese_fonts: bool,
}

/// Finds everything; what is missing is installed where that needs no question: on Debian as root.
pub fn prepare() -> Machine {
    let machine = look();
    let missing = machine.missing();
    if missing.is_empty() {
        return machine;
    }
    let packages: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
    if find("apt-get").is_some() && is_root() {
        if let Err(error) = install(&packages) {
            say(&format!("{error:#}"));
        }
        return look();
    }
    say(&format!("missing here; on Debian or Ubuntu: sudo apt-get install {}", packages.join(" ")));
    machine
}

impl Machine {
    /// Debian's package and what cannot be tested without it.
    pub fn missing(&self) -> Vec<(&'static str, &'static str)> {
        [
            (self.chromium.is_some(), "chromium", "browser tests: no Chromium"),
            (self.chromedriver.is_some(), "chromium-driver", "browser tests: no ChromeDriver"),
            (self.chinese_fonts, "fonts-noto-cjk", "pictures of pages: no Chinese fonts"),
            (self.postgres.is_some(), "postgresql", "tests on PostgreSQL: no server programs"),
        ]
        .into_iter()
        .filter(|(found, ..)| !found)
        .map(|(_, package, part)| (package, part))
        .collect()
    }
}

/// Whether this process is the super-user's.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    // A new file belongs to who made it; there is no safe call in std that asks for the user.
    tempfile::tempfile().and_then(|file| file.metadata()).is_ok_and(|data| data.uid() == 0)
}

fn install(packages: &[&str]) -> Result<()> {
    step(Command::new("apt-get").args(["update", "--quiet"]))?;
    step(
        Command::new("apt-get")
            .args(["install", "--yes", "--quiet", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn look() -> Machine {
    let first = |names: &[&str]| names.iter().find_map(|name| find(name));
    Machine {
        chromium: first(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]),
        chromedriver: first(&["chromedriver"]),
        postgres: postgres(),
        chinese_fonts: chinese_fonts(),
    }
}

/// The newest PostgreSQL: distributions keep its server programs off `PATH`.
fn postgres() -> Option<PathBuf> {
    let mut folders = Vec::new();
    for parent in ["/usr/lib/postgresql", "/usr/local/opt", "/opt/homebrew/opt", "/usr"] {
        for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if parent.ends_with("/postgresql") || name.starts_with("postgresql") || name.starts_with("pgsql-") {
                folders.push(entry.path().join("bin"));
            }
        }
    }
    let version = |folder: &PathBuf| -> u32 {
        let digits: String = folder.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
        digits.parse().unwrap_or_default()
    };
    folders.sort_by_key(version);
    if let Some(program) = find("initdb").and_then(|path| path.canonicalize().ok()) {
        folders.extend(program.parent().map(Path::to_path_buf));
    }
    folders.into_iter().rev().find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
}

fn chinese_fonts() -> bool {
    if find("fc-list").is_some() {
        return shell::read(Command::new("fc-list").arg(":lang=zh-cn")).is_ok_and(|list| !list.trim().is_empty());
    }
    // macOS ships them; elsewhere fontconfig comes with the browser.
    cfg!(target_os = "macos")
}
