//! A page of a list: its rows, and how many there are in each state.

/// Rows of one page and how many there are in each state.
#[derive(Clone, Debug)]
pub struct Listing<S, R> {
    pub counts: Vec<(S, i64)>,
    pub rows: Vec<R>,
}

impl<S: PartialEq + Copy, R> Listing<S, R> {
    pub fn count(&self, state: S) -> i64 {
        self.counts.iter().find(|(s, _)| *s == state).map_or(0, |(_, n)| *n)
    }
}

/// Which rows of a list: those after `offset`, at most `limit`.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    pub offset: i64,
    pub limit: i64,
}
