//! What runs beside the requests: index follower, clocks, audit sealer.

use crate::config::Config;
use services::Services;
use std::sync::Arc;
use std::time::Duration;

/// Starts the jobs; they end with the runtime.
pub fn start(services: &Arc<Services>, config: &Config) {
    keep_heads(services, config);
    tokio::spawn(services::finding::follower::run(Arc::clone(services)));
    tokio::spawn(services::finding::percolate::run(Arc::clone(services)));
    let clocks = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_mins(1));
        loop {
            every.tick().await;
            // Another process may have added a key.
            clocks.db.sealer().refresh();
            if let Err(error) = services::office::clocks::tick(&clocks).await {
                tracing::error!(%error, "the clocks could not run");
            }
        }
    });
    let batches = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_mins(1));
        loop {
            every.tick().await;
            if let Err(error) = services::aid::batch::resume(&batches).await {
                tracing::error!(%error, "a batch could not be gone on with");
            }
        }
    });
    let sealer = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(5));
        loop {
            every.tick().await;
            if let Err(error) = services::base::audit::seal(&sealer).await {
                tracing::error!(%error, "events could not be sealed");
            }
        }
    });
    let tidy = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_hours(24));
        loop {
            every.tick().await;
            if let Err(error) = services::office::clocks::tidy(&tidy).await {
                tracing::error!(%error, "old drafts and sessions could not be removed");
            }
            match services::record::retention::run(&services::Ctx::system(&tidy)).await {
                Ok(taken) if taken.is_empty() => {}
                Ok(taken) => tracing::info!(?taken, "what had outlived its time was taken away"),
                Err(error) => tracing::error!(%error, "retention could not run"),
            }
            if let Err(error) = services::base::reference::refresh(&tidy).await {
                tracing::error!(%error, "divisions could not be read again");
            }
        }
    });
}

/// Writes the end of the audit chain to its other place.
fn keep_heads(services: &Arc<Services>, config: &Config) {
    let (path, minutes) = (config.audit_head.clone(), config.audit_head_minutes);
    if path.as_os_str().is_empty() {
        return;
    }
    let services = Arc::clone(services);
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_mins(minutes));
        loop {
            every.tick().await;
            let kept = match services::base::audit::head(&services).await {
                Ok(Some(head)) => {
                    let (path, now) = (path.clone(), services.now());
                    tokio::task::spawn_blocking(move || crate::heads::write(&path, &head, now))
                        .await
                        .unwrap_or_else(|error| Err(error.into()))
                }
                Ok(None) => Ok(()),
                Err(error) => Err(error.into()),
            };
            if let Err(error) = kept {
                tracing::error!(error = format!("{error:#}"), "the end of the audit chain could not be kept");
            }
        }
    });
}
