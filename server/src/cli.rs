//! The command line: one binary for serving, migrating, importing, accounts, checks.
//!
//! Exit codes: 0 done, 1 failed (a sentence on standard error says why), 2 wrong
//! arguments, 3 `verify` found faults or an import had rows in error.

use crate::actor::{operator, told};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::import_commands::{self, ImportCommand};
use crate::key_commands::{self, KeyCommand};
use crate::say::say;
use crate::{demo, jobs, listen, operate, start};
use anyhow::{Context, Result, bail};
use clap::{Parser, Subcommand};
use domain::machine::Command as Deed;
use domain::role::Role;
use services::people::account::NewAccount;
use services::{Ctx, Services};
use std::io::{IsTerminal, Read};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// Duijie 对接: from a published need to a checked result.
#[derive(Parser)]
#[command(name = "duijie", version, about, long_about = None)]
struct Cli {
    /// Configuration file (TOML). Variables `DUIJIE_*` override it.
    #[arg(long, global = true, env = "DUIJIE_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site.
    Serve,
    /// Serve with invented data and public demo accounts. Never for real data.
    Demo {
        /// Only fill an empty database, do not serve.
        #[arg(long)]
        fill_only: bool,
    },
    /// Bring the database schema up to date and say how it stands.
    Migrate {
        /// PostgreSQL role that the site works as: gets what it needs, and cannot change the log.
        #[arg(long, value_name = "ROLE")]
        site_role: Option<String>,
        /// Only say which steps are missing and what each of them locks; exit code 3 where any is.
        #[arg(long, conflicts_with_all = ["site_role", "dry_run"])]
        status: bool,
        /// Only try the missing steps, and undo them: SQLite on a copy, PostgreSQL in a transaction.
        #[arg(long, conflicts_with = "site_role")]
        dry_run: bool,
    },
    /// Import a ledger of needs, or a newer edition of the divisions.
    #[command(subcommand)]
    Import(ImportCommand),
    /// Accounts: the first one of an empty installation is made here.
    #[command(subcommand)]
    User(UserCommand),
    /// Organizations: register one that has applied on paper.
    #[command(subcommand)]
    Organization(OrganizationCommand),
    /// The keys that private values are sealed with.
    #[command(subcommand)]
    Key(KeyCommand),
    /// The machine's clock, by which everything runs down.
    #[command(subcommand)]
    Clock(ClockCommand),
    /// List every route with who may reach it.
    Routes,
    /// Prove the database: audit chain, histories against stored states, invariants.
    Verify {
        /// File or directory of heads of the chain kept elsewhere; default: `audit_head`.
        #[arg(long, value_name = "PATH")]
        heads: Option<PathBuf>,
    },
    /// What was promised and how it ended.
    #[command(subcommand)]
    Promise(PromiseCommand),
    /// What has outlived its time: show it, or take it away.
    Retention {
        /// Take it away; else only the counts are shown.
        #[arg(long)]
        run: bool,
    },
    /// Print the end of the audit chain: time, position, hash.
    Head,
    /// Build the search index anew.
    Reindex,
    /// The blind index by which offices find a household.
    #[command(subcommand)]
    Persons(PersonsCommand),
    /// Write a consistent copy of an SQLite database, also while the site is served; for PostgreSQL see docs/operating.md.
    Backup {
        /// Folder for the archive, or `-` for standard output.
        to: PathBuf,
    },
    /// Put an archive of `duijie backup` in place of a database that is not there.
    Restore {
        /// Archive, or `-` for standard input.
        from: PathBuf,
        /// Move a database that is there aside first.
        #[arg(long)]
        replace: bool,
    },
    /// Look at configuration, keys, database, disk and clock without changing anything.
    Check,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Create an account; the password is read from standard input and changed at the first sign-in.
    Add {
        username: String,
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Division code prefix: city 12, district 6 digits, street 9, village 12 digits.
        #[arg(long, default_value = "")]
        scope: String,
        /// 统一社会信用代码 of the organization.
        #[arg(long)]
        organization: Option<String>,
        /// Name shown to colleagues, for example `民政科2号岗`.
        #[arg(long)]
        name: String,
    },
    /// Print a link with which somebody opens an account and chooses name and password; it opens once.
    Invite {
        #[arg(long, value_parser = parse_role)]
        role: Role,
        /// Division code prefix: city 12, district 6 digits, street 9, village 12 digits.
        #[arg(long, default_value = "")]
        scope: String,
        /// 统一社会信用代码 of the organization.
        #[arg(long)]
        organization: Option<String>,
        /// Name shown to colleagues, for example `民政科2号岗`.
        #[arg(long)]
        name: String,
    },
    /// Print a link with which the account's holder chooses a new password; it opens once.
    ResetLink { username: String },
    /// Forget a lost second factor; a new one is set up at the next sign-in.
    ResetFactor { username: String },
    /// List accounts.
    List,
    /// Deactivate an account; its sessions end at once.
    Deactivate { username: String },
    /// Let a deactivated account in again.
    Reactivate { username: String },
    /// Set a new password, read from standard input and changed at the next sign-in; sessions end at once.
    Password { username: String },
}

#[derive(Subcommand)]
enum PersonsCommand {
    /// Make it anew from the sealed files, also while the site is served.
    Rebuild,
}

#[derive(Subcommand)]
enum PromiseCommand {
    /// Settle pairings that ended before promises were settled: units that nobody delivers are open again, and needs that
    /// were closed as met in full while service lay ahead go back to review. Writes events; a second run finds nothing.
    Repair {
        /// Only list what would be mended.
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Subcommand)]
enum ClockCommand {
    /// Say that the machine's time is right, after the site has found it doubtful and let its clocks stand.
    Accept,
}

#[derive(Subcommand)]
enum OrganizationCommand {
    /// Register an organization; a district then verifies it.
    Add {
        uscc: String,
        #[arg(long)]
        name: String,
        /// Home district or street.
        #[arg(long)]
        division: String,
        /// Service codes, for example `B01,B03`.
        #[arg(long, value_delimiter = ',')]
        services: Vec<String>,
        /// Divisions served, for example `120102,120104`.
        #[arg(long, value_delimiter = ',')]
        areas: Vec<String>,
        #[arg(long, default_value = "")]
        business_scope: String,
    },
}

fn parse_role(text: &str) -> Result<Role, String> {
    let choices = || {
        Role::ALL.iter().filter(|role| **role != Role::System).map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
    };
    text.parse().ok().filter(|role| *role != Role::System).ok_or_else(|| format!("use one of: {}", choices()))
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("duijie: {error:#}");
            ExitCode::from(1)
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    if matches!(cli.command, Command::Routes) {
        for route in web::routes() {
            say!("{:4} {:44} {:?}", route.method, route.path, route.access)?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut config = Config::load(cli.config.as_deref())?;
    let serving = matches!(cli.command, Command::Serve | Command::Demo { fill_only: false });
    start_log(&config, serving);
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("the runtime does not start")?;
    runtime.block_on(async move {
        match cli.command {
            Command::Serve => serve(config).await,
            Command::Demo { fill_only } => {
                config.demo = true;
                let lock = start::lock(&config.data_dir)?;
                demo::fill(&config).await?;
                drop(lock);
                if fill_only { Ok(ExitCode::SUCCESS) } else { serve(config).await }
            }
            Command::Migrate { status: true, .. } => operate::schema(&config, false).await,
            Command::Migrate { dry_run: true, .. } => operate::schema(&config, true).await,
            Command::Migrate { site_role, .. } => {
                let db = start::database(&config).await?;
                if let Some(role) = site_role {
                    storage::people::role::grant(&db, &role).await?;
                    say!("the role {role} may read and write, and only add to the event log")?;
                }
                say!("the schema is up to date: {}", crate::config::redacted_url(&config.database_url))?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Import(command) => import_commands::run(&config, command).await,
            Command::User(command) => user(&config, command).await,
            Command::Organization(command) => organization(&config, command).await,
            Command::Key(command) => key_commands::run(&config, command).await,
            Command::Clock(ClockCommand::Accept) => accept_clock(&config).await,
            Command::Verify { heads } => verify(&config, heads).await,
            Command::Promise(PromiseCommand::Repair { dry_run }) => repair(&config, dry_run).await,
            Command::Retention { run } => retention(&config, run).await,
            Command::Head => head(&config).await,
            Command::Reindex => {
                let _lock = start::lock(&config.data_dir)?;
                let services = open(&config).await?;
                let count = services::finding::follower::rebuild(&services).await?;
                say!("{count} needs indexed")?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Persons(PersonsCommand::Rebuild) => {
                let (services, _index) = start::services_beside(&config, Arc::new(SystemClock)).await?;
                let count = services::base::households::rebuild_all(&services).await?;
                say!("{count} files can be found again")?;
                Ok(ExitCode::SUCCESS)
            }
            Command::Backup { to } => operate::backup(&config, &to).await,
            Command::Restore { from, replace } => operate::restore(&config, &from, replace).await,
            Command::Check => operate::check(&config).await,
            Command::Routes => Ok(ExitCode::SUCCESS),
        }
    })
}

fn start_log(config: &Config, serving: bool) {
    let filter = tracing_subscriber::EnvFilter::try_new(if serving { &config.log } else { "warn" })
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal());
    if config.log_format == "json" {
        log.json().init();
    } else {
        log.init();
    }
    if serving {
        // By its place alone: what a panic says may hold what somebody has typed.
        std::panic::set_hook(Box::new(|panic| {
            let at = panic.location().map(ToString::to_string).unwrap_or_default();
            tracing::error!(at, "a panic");
        }));
    }
}

async fn open(config: &Config) -> Result<Arc<Services>> {
    start::services(config, Arc::new(SystemClock), true).await
}

async fn serve(config: Config) -> Result<ExitCode> {
    let _lock = start::lock(&config.data_dir)?;
    let listener = tokio::net::TcpListener::bind(&config.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.listen))?;
    let watched = match config.metrics_listen.as_str() {
        "" => None,
        address => Some(
            tokio::net::TcpListener::bind(address)
                .await
                .with_context(|| format!("metrics_listen: cannot listen on {address}"))?,
        ),
    };
    let services = start::services(&config, Arc::new(SystemClock), false).await?;
    let jobs = jobs::start(&services, &config);
    if storage::people::role::may_change_log(&services.db).await? {
        tracing::warn!(
            "the database role may change the event log; make another for the site and run `duijie migrate --site-role NAME`"
        );
    }
    if !crate::assets::has_scripts() {
        tracing::warn!("built without scripts; `cargo xtask serve` builds with them");
    }
    if !config.demo && services::people::account::is_empty(&services).await? {
        tracing::warn!("there is no account yet; make the first with `duijie user add`");
    }
    let address = listener.local_addr()?;
    tracing::info!(%address, ?config, "serving");
    say!("http://{address}")?;
    let (router, metrics) = crate::site::with_metrics(Arc::clone(&services), &config);
    let watched = watched.map(|listener| tokio::spawn(async move { axum::serve(listener, metrics).await }));
    listen::serve(listener, router, config.clients).await;
    if let Some(watched) = watched {
        watched.abort();
    }
    drop(jobs);
    services.db.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A password from standard input: one line.
fn read_password() -> Result<String> {
    if std::io::stdin().is_terminal() {
        eprintln!("password (shown while typing), then Enter and Ctrl-D:");
    }
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("no password on standard input")?;
    let password = text.lines().next().unwrap_or_default().to_owned();
    if password.is_empty() {
        bail!("give the password on standard input, for example `duijie user add … < password.txt`");
    }
    Ok(password)
}

/// The organization that a code on the command line names.
async fn organization_id(ctx: &Ctx, uscc: Option<String>) -> Result<Option<uuid::Uuid>> {
    let Some(uscc) = uscc else { return Ok(None) };
    let found = services::supply::organization::by_uscc(ctx, &uscc)
        .await
        .map_err(|_| anyhow::anyhow!("there is no organization {uscc}; make it with `duijie organization add`"))?;
    Ok(Some(found.id))
}

async fn user(config: &Config, command: UserCommand) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    let ctx = operator(&services);
    let told = |error| told(error, &services);
    match command {
        UserCommand::Add { username, role, scope, organization, name } => {
            let password = read_password()?;
            let organization_id = organization_id(&ctx, organization).await?;
            services::people::account::create(
                &ctx,
                &NewAccount { username, password, display_name: name, role, scope, organization_id },
            )
            .await
            .map_err(told)?;
            say!("created; the password is changed at the first sign-in")?;
        }
        UserCommand::Invite { role, scope, organization, name } => {
            let organization_id = organization_id(&ctx, organization).await?;
            let post = services::people::invitation::Post { role, scope, organization_id, display_name: name };
            let token = services::people::invitation::create(&ctx, &post).await.map_err(told)?;
            say!("{}/join/{token}", config.public_url.trim_end_matches('/'))?;
            eprintln!("opens once, within {} days", config.invitation_days);
        }
        UserCommand::ResetLink { username } => {
            let id = services::people::account::named(&ctx, &username).await.map_err(told)?.id;
            let token = services::people::account::password_link(&ctx, id).await.map_err(told)?;
            say!("{}/reset/{token}", config.public_url.trim_end_matches('/'))?;
            eprintln!("opens once, within {} minutes", config.reset_minutes);
        }
        UserCommand::ResetFactor { username } => {
            let id = services::people::account::named(&ctx, &username).await.map_err(told)?.id;
            services::people::account::reset_factor(&ctx, id).await.map_err(told)?;
            say!("second factor forgotten; the account is signed out everywhere")?;
        }
        UserCommand::List => {
            for account in services::people::account::list(&ctx).await.map_err(told)? {
                say!(
                    "{:24} {:16} {:14} {:12} {}",
                    account.username,
                    account.role.as_str(),
                    account.scope,
                    account.state.as_str(),
                    account.display_name
                )?;
            }
        }
        UserCommand::Deactivate { username } => {
            services::people::account::set_active(&ctx, &username, false).await.map_err(told)?;
            say!("deactivated")?;
        }
        UserCommand::Reactivate { username } => {
            services::people::account::set_active(&ctx, &username, true).await.map_err(told)?;
            say!("reactivated")?;
        }
        UserCommand::Password { username } => {
            let password = read_password()?;
            services::people::account::reset_password(&ctx, &username, &password).await.map_err(told)?;
            say!("password set; the account is signed out everywhere")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn accept_clock(config: &Config) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    let at =
        services::base::machine_clock::accept(&operator(&services)).await.map_err(|error| told(error, &services))?;
    say!("the time is {}; the clocks of the site go on within a minute", at.iso())?;
    Ok(ExitCode::SUCCESS)
}

async fn organization(config: &Config, command: OrganizationCommand) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    let OrganizationCommand::Add { uscc, name, division, services: service_codes, areas, business_scope } = command;
    let input = services::supply::organization::Input {
        uscc,
        name,
        division_code: division,
        business_scope,
        service_codes,
        area_codes: areas,
    };
    services::supply::organization::apply(&operator(&services), &input)
        .await
        .map_err(|error| told(error, &services))?;
    say!("registered; {} on the page 社会组织 by a district", Deed::OrganizationVerify.label())?;
    Ok(ExitCode::SUCCESS)
}

async fn repair(config: &Config, dry_run: bool) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    let found = if dry_run {
        services::aid::promise::wrong(&services).await
    } else {
        services::aid::promise::repair(&operator(&services)).await
    };
    let found = found.map_err(|error| told(error, &services))?;
    for wrong in &found {
        say!("{}", wrong.words())?;
    }
    say!("{} pairings {}", found.len(), if dry_run { "to settle; nothing was changed" } else { "settled" })?;
    Ok(ExitCode::SUCCESS)
}

async fn retention(config: &Config, run: bool) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    let ctx = operator(&services);
    for due in services::record::retention::preview(&ctx).await? {
        say!("{:16} {:4} months, before {}: {} due", due.kind.as_str(), due.months, due.before.day(), due.count)?;
    }
    if run {
        let taken = services::record::retention::run(&ctx).await?;
        say!("taken away: {}", taken.iter().map(|(_, count)| count).sum::<i64>())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn head(config: &Config) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    services::base::audit::seal(&services).await?;
    match services::base::audit::head(&services).await? {
        Some(head) => say!("{}", head.line(services.now()).trim_end())?,
        None => say!("there are no events yet")?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn verify(config: &Config, heads: Option<PathBuf>) -> Result<ExitCode> {
    let db = start::database_to_read(config).await?;
    let place = heads.unwrap_or_else(|| config.audit_head.clone());
    let heads = crate::heads::read(&place)?;
    let report = services::base::audit::verify_against(&db, &heads).await?;
    if !place.as_os_str().is_empty() {
        say!("compared with {} heads kept in {}", heads.len(), place.display())?;
    }
    say!("events {}, sealed {}, objects {}", report.events, report.sealed, report.objects)?;
    if report.is_sound() {
        say!("sound: the chain holds, every history replays to the stored state, every invariant holds")?;
        return Ok(ExitCode::SUCCESS);
    }
    for fault in &report.faults {
        say!("{fault}")?;
    }
    Ok(ExitCode::from(3))
}
