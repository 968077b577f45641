//! Seeded randomness of the demo: the same data each time it is filled.

use services::Random;
use std::sync::atomic::{AtomicU64, Ordering};

/// SplitMix64 (Steele, Lea, Flood 2014). Shared by reference, so that ids and stories draw from one stream.
pub struct Chance(AtomicU64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        const STEP: u64 = 0x9E37_79B9_7F4A_7C15;
        let mut z = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// `0..count`; 0 for an empty range.
    pub fn below(&self, count: usize) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % count).unwrap_or_default()
    }

    /// `low..=high`
    pub fn between(&self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low).unwrap_or_default() + 1;
        low + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// True in so many of a hundred cases.
    pub fn percent(&self, share: usize) -> bool {
        self.below(100) < share
    }

    /// One of a list that is not empty.
    pub fn pick<'a, T>(&self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// Fisher-Yates.
    pub fn shuffle<T>(&self, items: &mut [T]) {
        for end in (1..items.len()).rev() {
            items.swap(end, self.below(end + 1));
        }
    }
}

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Numbers `0..count` in a random order without end: each comes once before any comes again.
pub struct Bag {
    order: Vec<usize>,
    at: usize,
}

impl Bag {
    pub fn new(count: usize) -> Self {
        Self { order: (0..count).collect(), at: count }
    }

    pub fn draw(&mut self, chance: &Chance) -> usize {
        if self.at >= self.order.len() {
            let last = self.order.last().copied();
            chance.shuffle(&mut self.order);
            // Not the same one twice running where a round ends.
            if self.order.len() > 1 && self.order.first().copied() == last {
                let end = self.order.len() - 1;
                self.order.swap(0, end);
            }
            self.at = 0;
        }
        self.at += 1;
        self.order.get(self.at - 1).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bag_gives_each_once_before_any_again() {
        let chance = Chance::new(7);
        let mut bag = Bag::new(5);
        for _ in 0..20 {
            let mut round: Vec<usize> = (0..5).map(|_| bag.draw(&chance)).collect();
            round.sort_unstable();
            assert_eq!(round, [0, 1, 2, 3, 4]);
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_stream() {
        let (a, b) = (Chance::new(1), Chance::new(1));
        let (mut x, mut y) = ([0; 20], [0; 20]);
        a.fill(&mut x);
        b.fill(&mut y);
        assert_eq!(x, y);
        assert!((0..1000).all(|_| (3..=9).contains(&a.between(3, 9))));
    }
}
