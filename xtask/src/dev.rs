//! `cargo xtask dev`: the server, built anew and restarted whenever a source file changes.

use std::{
    collections::BTreeMap,
    path::PathBuf,
    process::Child,
    thread::sleep,
    time::{Duration, SystemTime},
};

use anyhow::{Context as _, Result};
use clap::Args;

use crate::{
    serve,
    shell::{self, say},
    site::{self, Grade},
};

#[derive(Args)]
pub struct Options {
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 3000)]
    port: u16,
}

/// Runs until it is ended. A build that fails leaves the last good server running.
pub fn run(options: &Options) -> Result<()> {
    let mut server: Option<Running> = None;
    let mut seen = BTreeMap::new();
    loop {
        let now = look()?;
        if now == seen {
            sleep(Duration::from_millis(400));
            continue;
        }
        seen = now;
        match site::build(Grade::Quick).and_then(|_| serve::build("dev")) {
            Ok(binary) => {
                drop(server.take());
                let child = serve::demo(binary, options.port).spawn().context("cannot start the server")?;
                server = Some(Running(child));
                say(&format!("http://127.0.0.1:{} restarted; waiting for changes", options.port));
            }
            Err(error) => say(&format!("{error:#}; the server runs on as it was")),
        }
    }
}

/// A server that ends with this value. The database survives a kill: it is written ahead.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Every source file with the time it was changed.
fn look() -> Result<BTreeMap<PathBuf, SystemTime>> {
    let root = shell::root();
    let mut seen = BTreeMap::new();
    for part in ["app", "server", "style", "migrations", "Cargo.toml", "Cargo.lock"] {
        let path = root.join(part);
        for file in if path.is_dir() { site::files(&path)? } else { vec![path] } {
            // A file may vanish while its folder is read; the next look sees it gone.
            if let Ok(changed) = file.metadata().and_then(|data| data.modified()) {
                seen.insert(file, changed);
            }
        }
    }
    Ok(seen)
}
