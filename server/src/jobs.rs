//! What runs beside the requests: index follower, clocks, audit sealer.

use services::Services;
use std::sync::Arc;
use std::time::Duration;

/// Starts the jobs; they end with the runtime.
pub fn start(services: &Arc<Services>) {
    tokio::spawn(services::follower::run(Arc::clone(services)));
    tokio::spawn(services::percolate::run(Arc::clone(services)));
    let clocks = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_mins(1));
        loop {
            every.tick().await;
            // Another process may have added a key.
            clocks.db.sealer().refresh();
            if let Err(error) = services::clocks::tick(&clocks).await {
                tracing::error!(%error, "the clocks could not run");
            }
        }
    });
    let sealer = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            if let Err(error) = services::audit::seal(&sealer).await {
                tracing::error!(%error, "events could not be sealed");
            }
        }
    });
    let tidy = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_hours(24));
        loop {
            every.tick().await;
            if let Err(error) = services::clocks::tidy(&tidy).await {
                tracing::error!(%error, "old drafts and sessions could not be removed");
            }
            if let Err(error) = services::reference::refresh(&tidy).await {
                tracing::error!(%error, "divisions could not be read again");
            }
        }
    });
}
