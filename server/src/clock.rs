//! The one place where the program takes time and randomness from the machine.

use domain::calendar::Time;
use services::{Clock, Random};

/// The machine's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the injected clock has to read the machine's somewhere: here")]
    fn now(&self) -> Time {
        Time::from_utc(chrono::Utc::now())
    }
}

/// The operating system's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(clippy::disallowed_methods, reason = "the injected source has to read the machine's somewhere: here")]
    fn fill(&self, bytes: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), bytes);
    }
}
