//! Orders: the best by score, and the first by a column.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use tantivy::Score;

use crate::Sort;
use crate::columns::{Columns, WaitKey};
use crate::mask::Mask;

/// A found document before its card is read.
#[derive(Debug, Clone, Copy)]
pub struct Found {
    pub score: Score,
    pub key: WaitKey,
    pub segment: u32,
    pub doc: u32,
}

impl Found {
    /// Greater is better: by score, then longest waiting.
    fn rank(&self) -> (OrderedScore, Reverse<WaitKey>) {
        (OrderedScore(self.score), Reverse(self.key))
    }
}

impl PartialEq for Found {
    fn eq(&self, other: &Self) -> bool {
        self.rank() == other.rank()
    }
}
impl Eq for Found {}
impl PartialOrd for Found {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Found {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

#[derive(PartialEq)]
struct OrderedScore(Score);
impl Eq for OrderedScore {}
impl PartialOrd for OrderedScore {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for OrderedScore {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// Scores closer than this are the same: the order in which a segment happens to add them up is no reason.
const STEP: Score = 1.0 / 1024.0;

/// A score without what mere rounding put into it.
pub fn rounded(score: Score) -> Score {
    (score / STEP).round() * STEP
}

pub type SortKey = (bool, u64, u64);

/// Smaller comes first.
pub fn sort_key(sort: Sort, urgent: bool, (at, tie): WaitKey) -> SortKey {
    match sort {
        Sort::Urgent | Sort::Relevance => (!urgent, at, tie),
        Sort::Waiting => (false, at, tie),
        Sort::Newest => (at == u64::MAX, !at, !tie),
    }
}

/// The first `wanted` documents of `mask`, by waiting time or newest.
pub fn first_docs(columns: &Columns, mask: &Mask, sort: Sort, wanted: usize) -> Vec<u32> {
    let matches = usize::try_from(mask.count()).unwrap_or(usize::MAX);
    if matches == 0 || wanted == 0 {
        return Vec::new();
    }
    let (order, published) = columns.by_waiting();
    // Walking the order until enough are found costs about wanted × all / matches steps; sorting the
    // matches costs more for each, but only those.
    if wanted.saturating_mul(order.len()) < matches.saturating_mul(matches).saturating_mul(4) {
        let in_mask = |doc: &u32| mask.contains(*doc);
        let (published, never) = order.split_at(published);
        return match sort {
            Sort::Newest => {
                published.iter().rev().chain(never.iter().rev()).copied().filter(in_mask).take(wanted).collect()
            }
            Sort::Urgent | Sort::Relevance | Sort::Waiting => {
                order.iter().copied().filter(in_mask).take(wanted).collect()
            }
        };
    }
    let mut keyed: Vec<(SortKey, u32)> =
        mask.iter().map(|doc| (sort_key(sort, false, columns.wait_key(doc)), doc)).collect();
    // `sort` is never `Urgent` here: the caller has split the urgent off.
    if keyed.len() > wanted {
        keyed.select_nth_unstable(wanted);
        keyed.truncate(wanted);
    }
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, doc)| doc).collect()
}

/// Keeps the best so many.
pub struct Top {
    wanted: usize,
    heap: BinaryHeap<Reverse<Found>>,
}

impl Top {
    pub fn new(wanted: usize) -> Self {
        Self { wanted, heap: BinaryHeap::new() }
    }

    #[inline]
    pub fn offer(&mut self, score: Score, segment: u32, doc: u32, columns: &Columns) {
        let score = rounded(score);
        let full = self.heap.len() >= self.wanted;
        if full && self.heap.peek().is_some_and(|Reverse(least)| score < least.score) {
            return;
        }
        let found = Found { score, key: columns.wait_key(doc), segment, doc };
        if !full {
            self.heap.push(Reverse(found));
        } else if let Some(mut least) = self.heap.peek_mut()
            && found > least.0
        {
            *least = Reverse(found);
        }
    }

    /// Only documents above this score are of interest. Equal scores are decided by waiting time, so
    /// they are still of interest.
    pub fn threshold(&self) -> Score {
        match self.heap.peek() {
            Some(Reverse(least)) if self.heap.len() >= self.wanted => least.score - STEP,
            _ => Score::MIN,
        }
    }

    pub fn into_vec(self) -> Vec<Found> {
        self.heap.into_iter().map(|Reverse(found)| found).collect()
    }
}
