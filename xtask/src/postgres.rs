//! A throw-away PostgreSQL cluster for the tests: empty, on a free port of 127.0.0.1, gone afterwards.

use std::{
    fs::{self, File},
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, bail};
use tempfile::TempDir;

use crate::machine::is_root;

/// Runs as long as this value lives.
pub struct Cluster {
    server: Child,
    programs: PathBuf,
    owner: Option<(u32, u32)>,
    folder: TempDir,
    port: u16,
}

impl Cluster {
    /// Creates and starts one with the programs in that folder. As root it runs as the user `postgres`,
    /// since PostgreSQL refuses root.
    pub fn start(programs: &Path) -> Result<Self> {
        let owner = if is_root() { Some(user("postgres")?) } else { None };
        let folder = tempfile::Builder::new().prefix("duijie-postgres-").tempdir()?;
        if let Some((uid, gid)) = owner {
            chown(folder.path(), Some(uid), Some(gid))?;
        }
        let data = folder.path().join("data");
        let mut init = command(programs, "initdb", owner, folder.path());
        init.arg("--pgdata").arg(&data).args([
            "--username=duijie",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync",
        ]);
        crate::shell::read(&mut init)?;

        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let log = folder.path().join("log");
        let mut start = command(programs, "postgres", owner, folder.path());
        start.arg("-D").arg(&data).arg("-k").arg(folder.path());
        start.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        for setting in
            ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=300", "autovacuum=off"]
        {
            start.args(["-c", setting]);
        }
        let output = File::create(&log)?;
        let server = start.stdin(Stdio::null()).stdout(output.try_clone()?).stderr(output).spawn()?;
        let mut cluster = Self { server, programs: programs.to_path_buf(), owner, folder, port };
        cluster.wait(&data).with_context(|| fs::read_to_string(&log).unwrap_or_default())?;
        Ok(cluster)
    }

    /// Address of its first database, as super-user.
    pub fn url(&self) -> String {
        format!("postgres://duijie@127.0.0.1:{}/postgres", self.port)
    }

    fn wait(&mut self, data: &Path) -> Result<()> {
        let begin = Instant::now();
        loop {
            // The server writes its state into the eighth line of this file.
            let state = fs::read_to_string(data.join("postmaster.pid")).unwrap_or_default();
            if state.lines().nth(7).is_some_and(|line| line.trim() == "ready") {
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("PostgreSQL ended at its start ({status})");
            }
            if begin.elapsed() > Duration::from_mins(1) {
                bail!("PostgreSQL was not ready after a minute");
            }
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let mut stop = command(&self.programs, "pg_ctl", self.owner, self.folder.path());
        stop.arg("stop").arg("-D").arg(self.folder.path().join("data")).args(["-m", "immediate", "-s"]);
        if stop.status().is_ok_and(|status| status.success()) {
            let _ = self.server.wait();
        } else {
            let _ = self.server.kill();
            let _ = self.server.wait();
        }
    }
}

fn command(programs: &Path, name: &str, owner: Option<(u32, u32)>, folder: &Path) -> Command {
    let mut command = Command::new(programs.join(name));
    // The folder this was called from may be closed to the other user.
    command.current_dir(folder);
    if let Some((uid, gid)) = owner {
        command.uid(uid).gid(gid);
    }
    command
}

/// Numbers of a user and its group.
fn user(name: &str) -> Result<(u32, u32)> {
    let table = fs::read_to_string("/etc/passwd")?;
    table
        .lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.first() == Some(&name))
        .and_then(|fields| Some((fields.get(2)?.parse().ok()?, fields.get(3)?.parse().ok()?)))
        .with_context(|| format!("there is no user {name}, and PostgreSQL does not run as root"))
}
