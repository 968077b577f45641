//! What runs beside the requests: the list of all jobs. [`services::base::jobs`] supervises them.

use crate::config::Config;
use services::aid::batch;
use services::base::jobs::{Job, Trouble, supervise};
use services::base::machine_clock;
use services::base::{audit, households, reference};
use services::finding::{follower, percolate};
use services::needs::import;
use services::office::clocks;
use services::record::retention;
use services::{Ctx, Services};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Starts the jobs; they end when what is returned is dropped, with whatever they are at rolled back.
#[must_use]
pub fn start(services: &Arc<Services>, config: &Config) -> JoinSet<()> {
    all(services, config).into_iter().map(|job| supervise(Arc::clone(services), job)).collect()
}

const MINUTE: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_secs(5);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

fn all(services: &Arc<Services>, config: &Config) -> Vec<Job> {
    let mut all = vec![
        follower::job(services),
        percolate::job(services),
        Job::new(services, "clocks", MINUTE, |services| async move { Ok(clocks::tick(&services).await?) }),
        // Another process may have added a key.
        Job::new(services, "keys", MINUTE, |services| async move {
            services.db.sealer().refresh();
            Ok(())
        }),
        // Files from before the index, or of another key.
        Job::new(services, "persons", MINUTE, |services| async move { Ok(households::rebuild(&services).await?) }),
        Job::new(services, "batches", MINUTE, |services| async move { Ok(batch::resume(&services).await?) }),
        Job::new(services, "imports", SHORT, |services| async move { Ok(import::resume(&services).await?) }),
        Job::new(services, "audit seals", SHORT, |services| async move { Ok(audit::seal(&services).await?) }),
        Job::new(services, "old drafts", DAY, |services| async move {
            machine_clock::trust(&services).await?;
            Ok(clocks::tidy(&services).await?)
        }),
        // What it takes away is gone: time for somebody to see that the machine's clock is wrong.
        Job::new(services, "retention", DAY, |services| async move {
            let taken = retention::run(&Ctx::system(&services)).await?;
            if !taken.is_empty() {
                tracing::info!(?taken, "what had outlived its time was taken away");
            }
            Ok(())
        })
        .after(HOUR),
        Job::new(services, "divisions", DAY, |services| async move { Ok(reference::refresh(&services).await?) }),
    ];
    let path: Arc<Path> = config.audit_head.as_path().into();
    if !path.as_os_str().is_empty() {
        let period = Duration::from_mins(config.audit_head_minutes);
        all.push(Job::new(services, "audit head", period, move |services| keep_head(services, Arc::clone(&path))));
    }
    all
}

/// Writes the end of the audit chain to its other place.
async fn keep_head(services: Arc<Services>, path: Arc<Path>) -> Result<(), Trouble> {
    if let Some(head) = audit::head(&services).await? {
        let now = services.now();
        tokio::task::spawn_blocking(move || crate::heads::write(&path, &head, now)).await??;
    }
    Ok(())
}
