//! Demo data: a year of history through the same services as everything else.
//!
//! Everything is invented: persons born in 1900, organizations that say 示例. The year
//! ends at the moment of the fill, so that there are always visits of today and things
//! that are overdue. The same moment gives the same data.

mod acts;
mod cast;
mod desks;
mod needs;
mod people;
mod random;
mod reach;
mod script;
mod stage;
mod stories;
mod supply;
mod texts;
mod volunteers;

use crate::clock::SystemClock;
use crate::config::Config;
use anyhow::{Context, Result, bail};
use chrono::Days;
use domain::calendar::Time;
use random::Chance;
use services::people::account::ManualClock;
use services::{Clock, Services};
use stage::{Office, Stage};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

pub use cast::accounts_for_show;

/// Ordinary stories of the whole demo; those of the desks come on top.
const STORIES: usize = 500;
const SEED: u64 = 20_200_919;

/// What a fill did.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Needs with whatever became of them.
    pub stories: usize,
    /// Acts that took place, and those refused because another came first, by kind.
    pub played: usize,
    pub refused: BTreeMap<String, usize>,
    /// Acts whose form was sent back, with what was said of it. A sound script has none.
    pub mistakes: Vec<String>,
}

/// Fills an empty database with demo data; one that holds anything stays as it is.
///
/// # Errors
/// When the database cannot be written, or holds a fill that was broken off.
pub async fn fill(config: &Config) -> Result<()> {
    if let Some(summary) = fill_scaled(config, SystemClock.now(), 100).await? {
        tracing::info!(stories = summary.stories, played = summary.played, "the demo is filled");
    }
    Ok(())
}

/// As [`fill`], up to a moment and with so many per cent of the ordinary stories. None where
/// the database holds something already.
pub async fn fill_scaled(config: &Config, now: Time, percent: usize) -> Result<Option<Summary>> {
    if !is_empty(config).await? {
        return Ok(None);
    }
    // A SQLite file is filled beside its place and moved there at the end: a fill that is
    // broken off leaves nothing behind.
    let place = config.database_url.strip_prefix("sqlite://").map(PathBuf::from);
    let mut working = config.clone();
    let beside = place.as_ref().map(|place| place.with_extension("filling"));
    if let Some(beside) = &beside {
        remove(beside)?;
        working.database_url = format!("sqlite://{}", beside.display());
    }
    let summary = run(&working, now, percent).await?;
    if let (Some(place), Some(beside)) = (&place, &beside) {
        remove(place)?;
        std::fs::rename(beside, place).with_context(|| format!("{} cannot be written", place.display()))?;
    }
    Ok(Some(summary))
}

/// Whether nothing is stored. A database of demo data without its last account was broken off.
async fn is_empty(config: &Config) -> Result<bool> {
    let db = crate::start::database(config).await?;
    let mut tx = db.read().await?;
    let accounts = storage::people::account::all(&mut tx).await?;
    let last = storage::people::account::by_username(&mut tx, cast::LAST).await?;
    let first = storage::people::account::by_username(&mut tx, cast::FIRST_ACCOUNT).await?;
    drop(tx);
    db.close().await;
    if first.is_some() && last.is_none() {
        bail!("the demo data were not filled to the end; empty the database and start again");
    }
    Ok(accounts.is_empty())
}

/// Removes a SQLite database with its companions.
fn remove(path: &std::path::Path) -> Result<()> {
    for end in ["", "-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(end);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} cannot be removed", name.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

async fn run(config: &Config, now: Time, percent: usize) -> Result<Summary> {
    let start = Time::at(now.day() - Days::new(366), 9, 0);
    let chance = Arc::new(Chance::new(SEED));
    let clock = Arc::new(ManualClock::at(start));
    let services = crate::start::passing_services(
        config,
        Arc::clone(&clock) as Arc<dyn Clock>,
        Arc::clone(&chance) as Arc<dyn services::Random>,
    )
    .await?;
    let summary = play(&services, clock, chance, start, now, percent).await;
    services.db.close().await;
    summary
}

async fn play(
    services: &Arc<Services>,
    clock: Arc<ManualClock>,
    chance: Arc<Chance>,
    start: Time,
    now: Time,
    percent: usize,
) -> Result<Summary> {
    let cast = cast::gather(services, &chance).await?;
    let mut stage = Stage::new(Arc::clone(services), clock, Arc::clone(&chance), cast, now);
    for organization in 0..cast::PLAYING {
        let days = u64::try_from(chance.between(60, 700))?;
        // Three have lapsed since.
        let until =
            if (40..43).contains(&organization) { now.day() - Days::new(15) } else { now.day() + Days::new(days) };
        let at = Time::at(start.day(), 14, 0).plus_minutes(chance.between(0, 180));
        stage.office(at, Office::Verify { organization, until });
    }
    for _ in 0..STORIES * percent / 100 {
        let street = street(&stage, &chance);
        let rural = !stage.cast.streets[street].villages.is_empty();
        let (_, order, script) = stories::ordinary(&chance, rural, now);
        stage.add(street, order, script.acts);
    }
    // What came in the last days is still unread.
    stage.office(Time::at(now.day() - Days::new(3), 17, 30), Office::ReadNotices);
    stage.pin_all();
    stage.play(start).await?;
    supply::play(&stage).await?;
    let done = Summary {
        stories: stage.stories.len(),
        played: stage.played,
        refused: std::mem::take(&mut stage.refused),
        mistakes: std::mem::take(&mut stage.mistakes),
    };
    volunteers::play(services, &stage.clock, &chance, &stage.cast, now).await?;
    reach::play(services, &stage.clock, &chance, &stage.cast, now).await?;
    services::office::clocks::tick(services).await?;
    cast::close(&stage.system(), &stage.cast).await?;
    services::base::audit::seal(services).await?;
    services::finding::follower::rebuild(services).await?;
    Ok(done)
}

/// A street for a story: all districts alike, the home district and street more often.
fn street(stage: &Stage, chance: &Chance) -> usize {
    if chance.percent(7) {
        return stage.cast.home_street();
    }
    let home = stage.cast.streets[stage.cast.home_street()].district;
    let district = if chance.percent(8) { home } else { chance.below(stage.cast.districts.len()) };
    *chance.pick(&stage.cast.districts[district].streets)
}
