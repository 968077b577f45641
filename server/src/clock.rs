//! The one place where the program takes time and randomness from the machine.

use domain::calendar::Time;
use services::{Clock, Random, Uptime};
use std::sync::OnceLock;
use std::time::Instant;

/// The machine's clock.
pub struct SystemClock;

/// Where Linux says which start of the machine this is, and how many seconds ago it was.
const BOOT: &str = "/proc/sys/kernel/random/boot_id";
const UPTIME: &str = "/proc/uptime";

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the injected clock has to read the machine's somewhere: here")]
    fn now(&self) -> Time {
        Time::from_utc(chrono::Utc::now())
    }

    fn uptime(&self) -> Option<Uptime> {
        Some(machine_uptime().unwrap_or_else(program_uptime))
    }
}

fn machine_uptime() -> Option<Uptime> {
    let boot = std::fs::read_to_string(BOOT).ok()?.trim().to_owned();
    let text = std::fs::read_to_string(UPTIME).ok()?;
    let seconds = text.split(['.', ' ']).next()?.parse().ok()?;
    Some(Uptime { boot, seconds })
}

/// Elsewhere as long as this program runs.
fn program_uptime() -> Uptime {
    static START: OnceLock<(Instant, u32)> = OnceLock::new();
    let (start, id) = START.get_or_init(|| (Instant::now(), std::process::id()));
    Uptime { boot: format!("program {id}"), seconds: i64::try_from(start.elapsed().as_secs()).unwrap_or(i64::MAX) }
}

/// The operating system's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the injected source has to read the machine's somewhere: here")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}
