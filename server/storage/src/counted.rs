//! Which statements a piece of work asks the database: what the test that holds pages to a budget counts with.

use std::sync::{Mutex, PoisonError};

tokio::task_local! {
    static ASKED: Mutex<Vec<&'static str>>;
}

/// What some work answers, and the statements it ran in order, each by the place it stands at in these sources. What it
/// hands to other tasks is not counted.
pub async fn counted<T>(work: impl Future<Output = T>) -> (T, Vec<&'static str>) {
    ASKED
        .scope(Mutex::default(), async {
            let answer = work.await;
            let asked = ASKED.with(|asked| std::mem::take(&mut *asked.lock().unwrap_or_else(PoisonError::into_inner)));
            (answer, asked)
        })
        .await
}

/// Counts a statement, where somebody counts.
pub(crate) fn note(place: &'static str) {
    // Nobody counts outside of the test.
    let _ = ASKED.try_with(|asked| asked.lock().unwrap_or_else(PoisonError::into_inner).push(place));
}
