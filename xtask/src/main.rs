//! One command for everything a person does in this repository: `cargo xtask --help`.
//!
//! Works on Linux and macOS. Wants the Rust toolchain and a C compiler; `test` also finds or installs a
//! browser and PostgreSQL.

mod arrows;
mod check;
mod css;
mod dev;
mod html;
mod machine;
mod postgres;
mod serve;
mod shell;
mod site;
mod suite;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Builds, serves, checks and measures Duijie")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Build everything and serve it with demo data on SQLite
    Serve(serve::Options),
    /// Serve, and build anew whenever a source file changes
    Dev(dev::Options),
    /// Build what one deploys: target/dist/duijie, style sheet and scripts in it
    Dist {
        /// A Debian package as well, by cargo-deb
        #[arg(long)]
        deb: bool,
    },
    /// Build style sheet, scripts and WebAssembly into target/site
    Site,
    /// Formatting, lints on both targets, forbidden phrases
    Check,
    /// Only who may name whom (arrows.txt)
    Arrows,
    /// Everything that must hold: check, unit, contract, API, page and browser tests on both databases
    Test {
        /// Run only the tests whose name or file holds this, and no checks
        filter: Option<String>,
    },
    /// Measure; without a name lists what can be measured
    Bench {
        /// Passed on to the bench program
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Train the search's sense of meaning anew from server/search/data/utterances
    Train,
    /// Print the compressed size of the pages of a running server
    #[command(hide = true)]
    Pages { port: u16 },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Serve(options) => serve::run(&options),
        Command::Dev(options) => dev::run(&options),
        Command::Dist { deb } => serve::dist(deb),
        Command::Site => site::build(site::Grade::Release).map(|site| print!("{}", site.budget())),
        Command::Check => check::verdict(check::run()),
        Command::Arrows => arrows::check(),
        Command::Test { filter } => suite::run(filter.as_deref()),
        Command::Bench { arguments } => serve::bench(&arguments),
        Command::Train => serve::train(),
        Command::Pages { port } => html::report(port),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}
