//! `duijie import`: ledgers of needs, villages, organizations and volunteers, and editions of the divisions.

use crate::actor::{account_ctx, operator, told};
use crate::clock::SystemClock;
use crate::config::Config;
use crate::say::say;
use crate::start;
use anyhow::{Context, Result, bail};
use clap::Subcommand;
use documents::ledger::{self, Choice, Options, Outcome};
use domain::organization::LedgerKind;
use serde_json::{Value, json};
use services::needs::import::{Import, Report};
use services::volunteers::member_import;
use services::{Ctx, Services};
use std::collections::HashMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// A ledger and how it is read.
#[derive(clap::Args)]
pub struct LedgerArgs {
    file: PathBuf,
    /// Account that imports; its scope decides which rows are its own.
    #[arg(long = "as", value_name = "ACCOUNT")]
    account: String,
    /// Only show what each row would become.
    #[arg(long)]
    dry_run: bool,
    /// How the rows of a dry run are shown.
    #[arg(long, value_enum, default_value_t = Format::Text, requires = "dry_run")]
    format: Format,
    /// What a column is, `表名!C=身份证号`, `C=id_number` or `证件号=不用`; may stand several times.
    #[arg(long = "map", value_name = "COLUMN=FIELD")]
    map: Vec<String>,
}

/// How a dry run is shown.
#[derive(Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Csv,
    Json,
}

/// `duijie import …`
#[derive(Subcommand)]
pub enum ImportCommand {
    /// A ledger of needs (.xlsx, .xls, .csv); good rows become drafts.
    Needs(LedgerArgs),
    /// A ledger of social organizations; good rows wait for their verification. The account is of a district or the city.
    Organizations(LedgerArgs),
    /// A ledger of designated villages; each village that wants something becomes a draft.
    Villages(LedgerArgs),
    /// A list of a team's volunteers; they are invited into the team.
    Members {
        #[command(flatten)]
        args: LedgerArgs,
        /// The team's code; a dry run needs none.
        #[arg(long, required_unless_present = "dry_run")]
        team: Option<String>,
    },
    /// A newer edition of the divisions (CSV).
    Divisions {
        file: PathBuf,
        /// Cut-off day of the edition, `2024-06-30`.
        #[arg(long)]
        edition: chrono::NaiveDate,
        /// Where it comes from.
        #[arg(long)]
        source: String,
    },
}

/// Runs `duijie import …`.
pub async fn run(config: &Config, command: ImportCommand) -> Result<ExitCode> {
    let (services, _index) = start::services_beside(config, Arc::new(SystemClock)).await?;
    match command {
        ImportCommand::Needs(args) => ledger(&services, LedgerKind::Needs, args).await,
        ImportCommand::Organizations(args) => ledger(&services, LedgerKind::Organizations, args).await,
        ImportCommand::Villages(args) => ledger(&services, LedgerKind::Villages, args).await,
        ImportCommand::Members { args, team } => members(&services, args, team.as_deref()).await,
        ImportCommand::Divisions { file, edition, source } => {
            let csv = std::fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            let count = services::base::reference::import_divisions(&operator(&services), edition, &source, &csv)
                .await
                .map_err(|error| told(error, &services))?;
            say!("{count} divisions are current; old codes keep resolving")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What a file is read as.
#[derive(Clone, Copy)]
enum Kind {
    Ledger(LedgerKind),
    Members,
}

/// A file as the command line names it: its name, its bytes, and what was said of its columns.
fn file(args: &LedgerArgs) -> Result<(String, Vec<u8>, Choice)> {
    let bytes = std::fs::read(&args.file).with_context(|| format!("{} cannot be read", args.file.display()))?;
    let name = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut choice = Choice::default();
    for written in &args.map {
        choice.add(written)?;
    }
    Ok((name, bytes, choice))
}

/// Checks a list of volunteers and, unless only that was asked for, invites its good rows into a team.
async fn members(services: &Arc<Services>, args: LedgerArgs, team: Option<&str>) -> Result<ExitCode> {
    let ctx = account_ctx(services, &args.account).await?;
    let (name, bytes, choice) = file(&args)?;
    let read = if args.dry_run { Some(rows_of(&ctx, Kind::Members, &bytes, &name, &choice)?) } else { None };
    let Some(team) = team else {
        let Some(read) = read else { bail!("--team says which team invites them") };
        return shown(&read, args.format);
    };
    let id =
        member_import::upload_with(&ctx, team, &name, bytes, choice).await.map_err(|error| told(error, services))?;
    let (import, report, _) = member_import::load(&ctx, id).await.map_err(|error| told(error, services))?;
    if let Some(mut read) = read {
        member_import::discard(&ctx, id).await.map_err(|error| told(error, services))?;
        overlay(&mut read, &report);
        return shown(&read, args.format);
    }
    counted(&import, &report)?;
    if import.rows_good == 0 {
        member_import::discard(&ctx, id).await.map_err(|error| told(error, services))?;
        say!("invited nobody")?;
    } else {
        let invited = member_import::apply(&ctx, id).await.map_err(|error| told(error, services))?;
        say!("invited {invited} volunteers")?;
    }
    Ok(if import.rows_bad > 0 { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// Says what the check found.
fn counted(import: &Import, report: &Report) -> Result<()> {
    for row in &report.rows {
        if !matches!(row.result, Outcome::Ok | Outcome::Skipped) {
            say!("{}!{}\t{}\t{}", row.sheet, row.row, row.result.label(), row.messages.join("；"))?;
        }
    }
    say!(
        "rows {}: good {}, in error {}, duplicate {}; left out {}",
        import.rows_total,
        import.rows_good,
        import.rows_bad,
        import.rows_duplicate,
        import.rows_skipped
    )?;
    Ok(())
}

/// Checks a ledger and, unless only that was asked for, takes its good rows in.
async fn ledger(services: &Arc<Services>, kind: LedgerKind, args: LedgerArgs) -> Result<ExitCode> {
    let ctx = account_ctx(services, &args.account).await?;
    let (name, bytes, choice) = file(&args)?;
    services::needs::import::may(&ctx, kind).map_err(|error| told(error, services))?;
    let read = if args.dry_run { Some(rows_of(&ctx, Kind::Ledger(kind), &bytes, &name, &choice)?) } else { None };
    let id = services::needs::import::upload_with(&ctx, kind, &name, bytes, choice)
        .await
        .map_err(|error| told(error, services))?;
    let (import, report) = services::needs::import::load(&ctx, id).await.map_err(|error| told(error, services))?;
    if let Some(mut read) = read {
        services::needs::import::discard(&ctx, id).await.map_err(|error| told(error, services))?;
        overlay(&mut read, &report);
        return shown(&read, args.format);
    }
    counted(&import, &report)?;
    if import.rows_good == 0 {
        services::needs::import::discard(&ctx, id).await.map_err(|error| told(error, services))?;
        say!("imported nothing")?;
    } else {
        let imported = services::needs::import::apply(&ctx, id).await.map_err(|error| told(error, services))?;
        match kind {
            LedgerKind::Needs | LedgerKind::Villages => say!("imported {imported} needs as drafts")?,
            LedgerKind::Organizations => say!("imported {imported} organizations to be verified")?,
        }
    }
    Ok(if import.rows_bad > 0 { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// Every row of a file as the reader understands it, in the form for programs.
fn rows_of(ctx: &Ctx, kind: Kind, bytes: &[u8], name: &str, choice: &Choice) -> Result<Value> {
    let divisions = ctx.services.divisions();
    // Organizations and volunteers serve beyond the district that keeps their list.
    let scope = match kind {
        Kind::Ledger(LedgerKind::Needs | LedgerKind::Villages) => ctx.actor.scope.as_str(),
        Kind::Ledger(LedgerKind::Organizations) | Kind::Members => "12",
    };
    let options = Options { scope, as_of: ctx.now().day(), divisions: &divisions, choice };
    Ok(match kind {
        Kind::Ledger(LedgerKind::Needs) => ledger::dry_run_json(&ledger::read_needs_with(bytes, name, options)?),
        Kind::Ledger(LedgerKind::Organizations) => {
            ledger::dry_run_json(&ledger::read_organizations_with(bytes, name, options)?)
        }
        Kind::Ledger(LedgerKind::Villages) => ledger::dry_run_json(&ledger::read_villages_with(bytes, name, options)?),
        Kind::Members => ledger::dry_run_json(&ledger::read_members_with(bytes, name, options)?),
    })
}

/// What only the database knows of a row: that it was imported before, or may not be taken in as it stands.
fn overlay(read: &mut Value, report: &Report) {
    let known: HashMap<(String, u64), _> =
        report.rows.iter().map(|row| ((row.sheet.clone(), u64::from(row.row)), row)).collect();
    for row in read["rows"].as_array_mut().into_iter().flatten() {
        let place = (row["sheet"].as_str().unwrap_or_default().to_owned(), row["row"].as_u64().unwrap_or_default());
        let Some(known) = known.get(&place) else { continue };
        row["outcome"] = json!(known.result);
        row["message"] = json!(known.messages.join("；"));
    }
}

/// Shows a dry run; 3 where a row is in error.
fn shown(read: &Value, format: Format) -> Result<ExitCode> {
    let empty = Vec::new();
    let rows = read["rows"].as_array().unwrap_or(&empty);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    match format {
        Format::Json => say!("{read}")?,
        Format::Csv => {
            let lines: Vec<Vec<String>> = rows
                .iter()
                .map(|row| {
                    vec![text(&row["sheet"]), row["row"].to_string(), text(&row["outcome"]), text(&row["message"])]
                })
                .collect();
            let csv = documents::sheet::csv(&["sheet", "row", "outcome", "message"], &lines);
            say!("{}", String::from_utf8_lossy(&csv).trim_end())?;
        }
        Format::Text => {
            for (sheet, columns) in read["columns"].as_object().into_iter().flatten() {
                let columns: Vec<String> = columns
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(letter, field)| match field.as_array() {
                        Some(several) => format!("{letter}={}", several.iter().map(text).collect::<Vec<_>>().join("+")),
                        None => format!("{letter}={}", text(field)),
                    })
                    .collect();
                say!("{sheet}: {}", columns.join(" "))?;
            }
            for (sheet, columns) in read["unread"].as_object().into_iter().flatten() {
                for column in columns.as_array().into_iter().flatten() {
                    say!("{sheet}!{}\t没有读\t{}", text(&column["column"]), text(&column["head"]))?;
                }
            }
            for (sheet, sentences) in read["sentences"].as_object().into_iter().flatten() {
                for sentence in sentences.as_array().into_iter().flatten() {
                    say!("{sheet}\t{}", text(sentence))?;
                }
            }
            for row in rows {
                say!("{}!{}\t{}\t{}", text(&row["sheet"]), row["row"], text(&row["outcome"]), text(&row["message"]))?;
            }
        }
    }
    let wrong = rows.iter().any(|row| row["outcome"] == "error");
    Ok(if wrong { ExitCode::from(3) } else { ExitCode::SUCCESS })
}
