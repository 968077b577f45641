//! Work beside the requests, under supervision: each piece of it is one [`Job`]. A run that fails or panics is logged,
//! stands on the [`Board`] that `/readyz` shows, is begun again after a while that doubles, and stops no other job.

use crate::Services;
use domain::calendar::Time;
use futures_util::FutureExt as _;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

/// Why a run failed, in words without values.
pub type Trouble = Box<dyn std::error::Error + Send + Sync>;
type Run = Pin<Box<dyn Future<Output = Result<(), Trouble>> + Send>>;

/// The rest after the first failure; it doubles with each further one in a row.
const FIRST_REST: Duration = Duration::from_secs(1);
/// The longest rest after failures: the job's own period, but within these.
const LONGEST_REST: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(1));
/// Minutes after which a run that has not ended counts as stuck.
const STUCK_MINUTES: i64 = 60;

/// A piece of work that is done again and again.
pub struct Job {
    name: &'static str,
    period: Duration,
    wake: Option<Arc<Notify>>,
    /// The rest before the first run.
    first: Duration,
    body: Box<dyn Fn() -> Run + Send + Sync>,
}

impl Job {
    /// Work on `shared` that rests for `period` between two runs that went well.
    pub fn new<C, F, T>(
        shared: &Arc<C>,
        name: &'static str,
        period: Duration,
        body: impl Fn(Arc<C>) -> F + Send + Sync + 'static,
    ) -> Self
    where
        C: Send + Sync + 'static,
        F: Future<Output = Result<T, Trouble>> + Send + 'static,
    {
        let shared = Arc::clone(shared);
        let run = move || -> Run { Box::pin(body(Arc::clone(&shared)).map(|outcome| outcome.map(|_| ()))) };
        Self { name, period, wake: None, first: Duration::ZERO, body: Box::new(run) }
    }

    /// Rests no longer than until it is woken.
    #[must_use]
    pub fn woken_by(mut self, wake: &Arc<Notify>) -> Self {
        self.wake = Some(Arc::clone(wake));
        self
    }

    /// Begins only so long after the start of the program.
    #[must_use]
    pub fn after(mut self, first: Duration) -> Self {
        self.first = first;
        self
    }

    async fn rest(&self) {
        match &self.wake {
            Some(wake) => drop(tokio::time::timeout(self.period, wake.notified()).await),
            None => tokio::time::sleep(self.period).await,
        }
    }
}

/// Runs a job for as long as the program runs.
pub async fn supervise(services: Arc<Services>, job: Job) {
    watched(&services.jobs, || services.now(), job).await;
}

async fn watched(board: &Board, now: impl Fn() -> Time, job: Job) {
    let longest = job.period.clamp(LONGEST_REST.0, LONGEST_REST.1);
    let mut rest = FIRST_REST;
    tokio::time::sleep(job.first).await;
    loop {
        board.begins(job.name, now());
        let outcome = contained((job.body)()).await;
        board.ends(job.name, now(), outcome.is_ok());
        match outcome {
            Ok(()) => {
                rest = FIRST_REST;
                job.rest().await;
            }
            Err(trouble) => {
                tracing::error!(job = job.name, error = chain(&*trouble), "a job failed and is begun again");
                tokio::time::sleep(rest).await;
                rest = (rest * 2).min(longest);
            }
        }
    }
}

/// Said of a run that panicked. What it said itself may hold values.
#[derive(Debug, thiserror::Error)]
#[error("it panicked")]
pub struct Panicked;

/// Runs a future and makes an error of a panic in it. What is shared with it guards itself: transactions that were not
/// committed are rolled back, and locks that were held are taken again as they were left.
pub(crate) async fn contained<T, E: From<Panicked>>(run: impl Future<Output = Result<T, E>>) -> Result<T, E> {
    AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|_| Err(Panicked.into()))
}

/// An error with what lies behind it.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut behind = error.source();
    while let Some(error) = behind {
        let cause = error.to_string();
        // Some say their cause themselves.
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        behind = error.source();
    }
    text
}

/// How a job does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// Begin of the run under way.
    pub running_since: Option<Time>,
    pub last_success: Option<Time>,
    /// Failures in a row.
    pub failures: u32,
}

impl Standing {
    fn is_stuck(&self, now: Time) -> bool {
        self.running_since.is_some_and(|since| since.minutes_until(now) >= STUCK_MINUTES)
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.last_success {
            Some(at) => write!(f, "last success {}", at.iso())?,
            None => write!(f, "no success yet")?,
        }
        if self.failures > 0 {
            write!(f, ", {} failures in a row", self.failures)?;
        }
        if let Some(since) = self.running_since {
            write!(f, ", running since {}", since.iso())?;
        }
        Ok(())
    }
}

/// How all jobs do, by their names.
#[derive(Default)]
pub struct Board(Mutex<BTreeMap<&'static str, Standing>>);

impl Board {
    fn note(&self, name: &'static str, change: impl FnOnce(&mut Standing)) {
        change(self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default());
    }

    pub(crate) fn begins(&self, name: &'static str, now: Time) {
        self.note(name, |standing| standing.running_since = Some(now));
    }

    pub(crate) fn ends(&self, name: &'static str, now: Time, well: bool) {
        self.note(name, |standing| {
            standing.running_since = None;
            if well {
                *standing = Standing { last_success: Some(now), ..Standing::default() };
            } else {
                standing.failures = standing.failures.saturating_add(1);
            }
        });
    }

    /// Every job that has run.
    pub fn all(&self) -> Vec<(&'static str, Standing)> {
        let board = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        board.iter().map(|(name, standing)| (*name, *standing)).collect()
    }

    /// Those that failed the last time, and those that do not come to an end.
    pub fn in_trouble(&self, now: Time) -> Vec<(&'static str, Standing)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter()
            .filter(|(_, standing)| standing.failures > 0 || standing.is_stuck(now))
            .map(|(name, standing)| (*name, *standing))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    /// Counts its runs; the first `bad` of them go wrong.
    fn job(name: &'static str, runs: &Arc<AtomicU32>, bad: u32, panics: bool) -> Job {
        Job::new(runs, name, Duration::from_mins(1), move |runs| {
            let run = runs.fetch_add(1, Ordering::Relaxed);
            async move {
                assert!(run >= bad || !panics, "a panic for the test");
                if run < bad { Err(crate::Error::Internal("for the test").into()) } else { Ok(()) }
            }
        })
    }

    fn at(second: i64) -> Time {
        Time(second * 1_000_000)
    }

    #[tokio::test(start_paused = true)]
    async fn what_panics_or_fails_is_begun_again_and_stops_no_other() {
        let start = tokio::time::Instant::now();
        let now = move || at(i64::try_from(start.elapsed().as_secs()).unwrap());
        let board = Board::default();
        let [panicking, failing, sound]: [Arc<AtomicU32>; 3] = std::array::from_fn(|_| Arc::default());
        let jobs = async {
            tokio::join!(
                watched(&board, now, job("panicking", &panicking, 4, true)),
                watched(&board, now, job("failing", &failing, 100, false)),
                watched(&board, now, job("sound", &sound, 0, false)),
            )
        };
        let story = async {
            // Runs at 0, 1, 3 and 7 seconds panic, the one at 15 goes well.
            tokio::time::sleep(Duration::from_secs(10)).await;
            let standing = Standing { running_since: None, last_success: None, failures: 4 };
            assert_eq!(board.in_trouble(now()), [("failing", standing), ("panicking", standing)]);
            tokio::time::sleep(Duration::from_secs(10)).await;
            assert_eq!(panicking.load(Ordering::Relaxed), 5);
            assert_eq!(board.in_trouble(now()).len(), 1, "what goes well again is well");
            assert_eq!(sound.load(Ordering::Relaxed), 1);
            tokio::time::sleep(Duration::from_mins(10)).await;
            assert_eq!(sound.load(Ordering::Relaxed), 11, "every minute, whatever the others do");
            // At 0, 1, 3, 7, 15, 31 and 63 seconds, then every minute: never more rarely than when all is well.
            assert_eq!(failing.load(Ordering::Relaxed), 16);
            assert_eq!(board.in_trouble(now())[0].1.to_string(), "no success yet, 16 failures in a row");
        };
        tokio::select! {
            _ = jobs => {}
            () = story => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_wake_cuts_the_rest_short() {
        let (runs, wake) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
        let board = Board::default();
        let woken = watched(&board, || at(0), job("woken", &runs, 0, false).woken_by(&wake));
        let story = async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            wake.notify_one();
            tokio::time::sleep(Duration::from_secs(1)).await;
            assert_eq!(runs.load(Ordering::Relaxed), 2);
        };
        tokio::select! {
            () = woken => {}
            () = story => {}
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_to_begin_later_waits() {
        let runs = Arc::new(AtomicU32::new(0));
        let board = Board::default();
        let later = watched(&board, || at(0), job("later", &runs, 0, false).after(Duration::from_hours(1)));
        let story = async {
            tokio::time::sleep(Duration::from_mins(59)).await;
            assert_eq!(runs.load(Ordering::Relaxed), 0);
            tokio::time::sleep(Duration::from_mins(2)).await;
            assert!(runs.load(Ordering::Relaxed) > 0);
        };
        tokio::select! {
            () = later => {}
            () = story => {}
        }
    }

    #[test]
    fn what_does_not_end_is_in_trouble() {
        let board = Board::default();
        board.ends("slow", at(0), true);
        board.begins("slow", at(60));
        assert!(board.in_trouble(at(3600)).is_empty());
        let [(name, standing)] = board.in_trouble(at(3660))[..] else { panic!("not shown") };
        assert_eq!(name, "slow");
        let wanted = "last success 1970-01-01T08:00+08:00, running since 1970-01-01T08:01+08:00";
        assert_eq!(standing.to_string(), wanted);
    }
}
