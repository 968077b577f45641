//! The guard against a wrong clock of the machine: before anything runs down by it, the time is held against the newest
//! event and against how long the machine has been up. In doubt the clocks, the retention and the tidying stand still,
//! say so, and wait for `duijie clock accept`.

use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::calendar::{Time, span_words};
use domain::machine::Command;
use domain::permission::Record;
use serde_json::json;
use std::fmt;
use std::sync::{PoisonError, RwLock};
use storage::Tx;
use storage::aid::waiting::{self, Run};
use uuid::Uuid;

/// Minutes that the clock may lie before what has happened.
const BEHIND_MINUTES: i64 = 60;
/// Minutes that it may leap ahead of the time that has gone by.
const AHEAD_MINUTES: i64 = 48 * 60;
/// Minutes after which a start of the machine, which says nothing of the time it was off, is asked about.
const OFF_MINUTES: i64 = 30 * 24 * 60;

/// What is wrong with the machine's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It lies before what has happened already.
    Behind { now: Time, known: Time },
    /// It lies far after the last that is known, and not as much time has gone by.
    Ahead { now: Time, known: Time },
}

impl Doubt {
    /// For administrators.
    pub fn words(&self) -> String {
        let (now, known, how) = match self {
            Self::Behind { now, known } => (now, known, "早"),
            Self::Ahead { now, known } => (now, known, "晚"),
        };
        format!(
            "服务器的时间是{}，比最近一次记录（{}）{how}了{}，期限、提醒和保存期限已停下。请核对服务器时间，再在服务器上运行 duijie clock accept",
            now.words(),
            known.words(),
            span_words(known.minutes_until(*now) / 60 * 60)
        )
    }
}

/// For `/readyz` and the log.
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (now, known, how) = match self {
            Self::Behind { now, known } => (now, known, "before"),
            Self::Ahead { now, known } => (now, known, "after"),
        };
        let hours = known.minutes_until(*now).abs() / 60;
        write!(
            f,
            "the machine's clock says {}, {hours} hours {how} what is known of; nothing runs down by it",
            now.iso()
        )?;
        write!(f, ": check it, then run `duijie clock accept`")
    }
}

/// Why the clocks stand still.
#[derive(Default)]
pub struct Standstill(RwLock<Option<Doubt>>);

impl Standstill {
    pub fn get(&self) -> Option<Doubt> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, doubt: Option<Doubt>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = doubt;
    }
}

fn present(services: &Services) -> Run {
    let up = services.clock.uptime();
    Run { at: services.now(), up_seconds: up.as_ref().map(|up| up.seconds), boot: up.map(|up| up.boot) }
}

/// Holds a moment against the newest event and the last run.
fn judge(run: &Run, newest: Option<Time>, last: Option<&Run>) -> Option<Doubt> {
    let now = run.at;
    let known = newest.max(last.map(|last| last.at))?;
    if now.minutes_until(known) > BEHIND_MINUTES {
        return Some(Doubt::Behind { now, known });
    }
    let ahead = known.minutes_until(now);
    let (Some(last), true) = (last, ahead > AHEAD_MINUTES) else { return None };
    // Without knowing how much time went by, a long silence may well be one.
    let (Some(boot), Some(up), Some(old_boot), Some(old_up)) = (&run.boot, run.up_seconds, &last.boot, last.up_seconds)
    else {
        return None;
    };
    let wrong = if boot == old_boot {
        last.at.minutes_until(now) - (up - old_up) / 60 > AHEAD_MINUTES
    } else {
        ahead > OFF_MINUTES
    };
    wrong.then_some(Doubt::Ahead { now, known })
}

async fn look(services: &Services, tx: &mut Tx) -> Result<(Run, Option<Doubt>)> {
    let run = present(services);
    let newest = waiting::newest_event(tx).await?;
    let last = waiting::last_run(tx).await?;
    let doubt = judge(&run, newest, last.as_ref());
    Ok((run, doubt))
}

/// `Ok` when time can be relied on, which is noted; else it is said where administrators look.
#[boxed]
pub async fn trust(services: &Services) -> Result<()> {
    let (run, doubt) = look(services, &mut services.db.read().await?).await?;
    services.machine_clock.set(doubt);
    if let Some(doubt) = doubt {
        tracing::error!(%doubt, "the clocks stand still");
        return Err(Error::Failing(vec!["machine clock"]));
    }
    let mut tx = services.db.write().await?;
    waiting::set_run(&mut tx, &run).await?;
    Ok(tx.commit().await?)
}

/// The administrator has looked: the machine's time is right. Returns it.
#[boxed]
pub async fn accept(ctx: &Ctx) -> Result<Time> {
    let mut work = Work::begin(ctx, Command::ClockAccept).await?;
    work.authorize(&Record::default())?;
    let (run, doubt) = look(&ctx.services, &mut work.tx).await?;
    let data = json!({ "at": run.at.iso(), "doubt": doubt.map(|doubt| doubt.to_string()) });
    work.noted(Uuid::nil(), "accepted", About { data: Some(data), ..About::default() }).await?;
    waiting::set_run(&mut work.tx, &run).await?;
    work.commit("").await?;
    ctx.services.machine_clock.set(None);
    Ok(run.at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(hours: i64, boot: Option<&str>, up_hours: i64) -> Run {
        Run { at: Time(0).plus_hours(hours), boot: boot.map(str::to_owned), up_seconds: boot.map(|_| up_hours * 3600) }
    }

    #[test]
    fn a_clock_that_lies_before_what_has_happened_is_wrong() {
        let newest = Some(Time(0).plus_hours(10));
        assert_eq!(judge(&run(9, None, 0), newest, None), None);
        assert!(matches!(judge(&run(8, None, 0), newest, None), Some(Doubt::Behind { .. })));
        assert!(matches!(judge(&run(8, None, 0), None, Some(&run(10, None, 0))), Some(Doubt::Behind { .. })));
    }

    #[test]
    fn a_clock_that_leaps_while_the_machine_was_up_is_wrong() {
        let (newest, last) = (Some(Time(0).plus_hours(10)), run(11, Some("a"), 5));
        // Three days later, and the machine has been up for three days more: nobody was there.
        assert_eq!(judge(&run(83, Some("a"), 77), newest, Some(&last)), None);
        // Three days later after a minute.
        assert!(matches!(judge(&run(83, Some("a"), 5), newest, Some(&last)), Some(Doubt::Ahead { .. })));
        // An hour's leap is nobody's business.
        assert_eq!(judge(&run(50, Some("a"), 5), newest, Some(&last)), None);
    }

    #[test]
    fn a_machine_that_was_off_for_a_week_goes_on_and_for_a_year_is_asked() {
        let (newest, last) = (Some(Time(0)), run(1, Some("a"), 5));
        assert_eq!(judge(&run(7 * 24, Some("b"), 0), newest, Some(&last)), None);
        assert!(matches!(judge(&run(365 * 24, Some("b"), 0), newest, Some(&last)), Some(Doubt::Ahead { .. })));
        // Where nothing is known of the machine, silence is silence.
        assert_eq!(judge(&run(365 * 24, None, 0), newest, Some(&last)), None);
        assert_eq!(judge(&run(365 * 24, Some("b"), 0), newest, None), None);
    }
}
