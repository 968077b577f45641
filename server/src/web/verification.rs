//! Handlers of verification.

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
