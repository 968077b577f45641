//! `cargo xtask bench`: measures pages, durable writes and the ledger import (`bench matching` is a program of its own).
//!
//! Speeds are given as ratios against a static axum response of the same bytes
//! in the same run, since machines differ.

mod audited;
mod candidates;
mod import;
mod load;
mod login;
mod pages;
mod promises;
mod searches;
mod seed;
mod volunteers;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "bench", about = "Measures Duijie; speeds as ratios within one run")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List, need and search page against a static response of the same bytes; memory; durable writes
    Pages {
        /// Needs in the database
        #[arg(long, default_value_t = 10_000)]
        needs: usize,
        /// `sqlite` or a `postgres://…` address of an empty database
        #[arg(long, default_value = "sqlite")]
        engine: String,
        /// Seconds per measurement
        #[arg(long, default_value_t = 5)]
        seconds: u64,
    },
    /// The list of candidates for one need, beside reading one need
    Candidates {
        #[arg(long, default_value_t = 300_000)]
        needs: usize,
        #[arg(long, default_value_t = 10_000)]
        organizations: usize,
        /// `sqlite` or a `postgres://…` address of an empty database
        #[arg(long, default_value = "sqlite")]
        engine: String,
    },
    /// The accounts of a page of pairings, beside the page without them
    Promises {
        #[arg(long, default_value_t = 300_000)]
        needs: usize,
        #[arg(long, default_value_t = 10_000)]
        pairings: usize,
        /// `sqlite` or a `postgres://…` address of an empty database
        #[arg(long, default_value = "sqlite")]
        engine: String,
    },
    /// Read and import a ledger of many rows
    Import {
        #[arg(long, default_value_t = 100_000)]
        rows: usize,
    },
    /// Quality and speed of searching on a judged corpus, beside plain bigrams and SQLite's full-text search
    Search {
        /// Folder with corpus.jsonl(.gz), queries*.jsonl and qrels*.tsv
        folder: std::path::PathBuf,
        /// Measure speed on so many documents as well: the corpus again and again
        #[arg(long)]
        scale: Option<usize>,
    },
    /// Refused sign-ins of known and unknown names: does the time tell them apart?
    Login {
        /// Attempts of each kind
        #[arg(long, default_value_t = 300)]
        samples: usize,
        /// `sqlite` or a `postgres://…` address of an empty database
        #[arg(long, default_value = "sqlite")]
        engine: String,
    },
    /// The office's page of a need, authorised and on record, beside the public's
    Audited {
        /// Seconds per measurement
        #[arg(long, default_value_t = 5)]
        seconds: u64,
        /// `sqlite` or a `postgres://…` address of an empty database
        #[arg(long, default_value = "sqlite")]
        engine: String,
    },
    /// A volunteer's own page and a leader's desk, a hundred requests each second
    Volunteers {
        #[arg(long, default_value_t = 50_000)]
        volunteers: usize,
        #[arg(long, default_value_t = 500_000)]
        records: usize,
        /// Seconds per measurement
        #[arg(long, default_value_t = 30)]
        seconds: u64,
        /// `sqlite` or a `postgres://…` address of an empty database
        #[arg(long, default_value = "sqlite")]
        engine: String,
    },
    /// The server that `pages` measures (a process of its own)
    #[command(hide = true)]
    Server { data_dir: std::path::PathBuf, database_url: String, port: u16 },
}

fn main() -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match Arguments::parse().command {
            Command::Pages { needs, engine, seconds } => pages::run(needs, &engine, seconds).await,
            Command::Audited { seconds, engine } => audited::run(seconds, &engine).await,
            Command::Candidates { needs, organizations, engine } => {
                candidates::run(needs, organizations, &engine).await
            }
            Command::Promises { needs, pairings, engine } => promises::run(needs, pairings, &engine).await,
            Command::Import { rows } => import::run(rows).await,
            Command::Search { folder, scale } => searches::run(&folder, scale).await,
            Command::Login { samples, engine } => login::run(samples, &engine).await,
            Command::Volunteers { volunteers, records, seconds, engine } => {
                volunteers::run(volunteers, records, seconds, &engine).await
            }
            Command::Server { data_dir, database_url, port } => pages::serve(data_dir, database_url, port).await,
        }
    })
}
