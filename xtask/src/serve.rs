//! `cargo xtask serve`, `dist` and `bench`: the server to look at, built as for the tests, the one to deploy, and the
//! server measured.

use std::{fs, path::PathBuf, process::Command};

use anyhow::{Result, bail};
use clap::Args;

use crate::{
    shell::{self, cargo, say, step, target},
    site::{self, Grade},
};

#[derive(Args)]
pub struct Options {
    /// Build with full optimisation, as to deploy (slow to build)
    #[arg(long)]
    release: bool,
    /// Port on 127.0.0.1
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Build, but start nothing
    #[arg(long)]
    build_only: bool,
    /// Passed on to `duijie demo`
    #[arg(last = true)]
    rest: Vec<String>,
}

/// Builds site and server, prints the page budget, and becomes the server.
pub fn run(options: &Options) -> Result<()> {
    let site = site::build(Grade::Release)?;
    let binary = build(if options.release { "release" } else { "dev" })?;
    print!("{}", site.budget());
    if options.build_only {
        return Ok(());
    }
    weigh_pages(options.port)?;
    become_server(demo(binary, options.port).args(&options.rest))
}

/// `cargo xtask dist`: the release with the site in it, alone in a folder.
pub fn dist(deb: bool) -> Result<()> {
    let site = site::build(Grade::Release)?;
    let binary = build("release")?;
    print!("{}", site.budget());
    let folder = target().join("dist");
    fs::create_dir_all(&folder)?;
    let to = folder.join("duijie");
    fs::copy(&binary, &to)?;
    say(&format!("{}: {} bytes", to.display(), fs::metadata(&to)?.len()));
    if deb {
        if shell::find("cargo-deb").is_none() {
            bail!("the package is made by cargo-deb: cargo install cargo-deb");
        }
        step(cargo(["deb", "--package", "server", "--no-build", "--output"]).arg(&folder))?;
    }
    Ok(())
}

/// Builds the binary with that profile; gives its place.
pub fn build(profile: &str) -> Result<PathBuf> {
    run_cargo(&["build", "--package", "server", "--bin", "duijie", "--profile", profile])?;
    let folder = if profile == "dev" { "debug" } else { profile };
    Ok(target().join(folder).join("duijie"))
}

/// The command that serves demo data, kept in `data/demo` unless `DUIJIE_DATA_DIR` says otherwise.
pub fn demo(binary: PathBuf, port: u16) -> Command {
    let mut command = Command::new(binary);
    command.arg("demo").current_dir(shell::root());
    command.env("DUIJIE_LISTEN", format!("127.0.0.1:{port}"));
    command.env("DUIJIE_PUBLIC_URL", format!("http://127.0.0.1:{port}"));
    if std::env::var_os("DUIJIE_DATA_DIR").is_none() {
        command.env("DUIJIE_DATA_DIR", "data/demo");
    }
    command
}

/// `cargo xtask bench`.
pub fn bench(arguments: &[String]) -> Result<()> {
    // Matching is pure: it needs neither the site nor a database.
    if let Some((first, rest)) = arguments.split_first()
        && first == "matching"
    {
        let program = ["run", "--profile", "bench", "--package", "matching", "--example", "matching_bench", "--"];
        return step(cargo(program).args(rest));
    }
    // Searching is measured without pages.
    if arguments.first().is_none_or(|name| name != "search") {
        site::build(Grade::Release)?;
    }
    let program =
        ["run", "--profile", "bench", "--package", "duijie-tests", "--features", "bench", "--bin", "bench", "--"];
    step(cargo(program).args(arguments))
}

/// Reads the bank of utterances and writes the model that the search crate ships.
pub fn train() -> Result<()> {
    run_cargo(&["run", "--release", "--package", "search", "--example", "train_intent"])
}

fn run_cargo(arguments: &[&str]) -> Result<()> {
    step(&mut cargo(arguments))
}

/// Measures the pages as soon as the server answers, from a process of its own: this one becomes the server.
/// The shell in between ends at once, so that no dead child is left to the server.
fn weigh_pages(port: u16) -> Result<()> {
    let this = std::env::current_exe()?;
    let script = "\"$0\" pages \"$1\" &";
    Command::new("sh").args(["-c", script]).arg(this).arg(port.to_string()).status()?;
    Ok(())
}

/// Replaces this process, so that signals reach the server.
fn become_server(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;
    say("starting the server; Ctrl-C ends it");
    Err(command.exec().into())
}
