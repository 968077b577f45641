//! Handlers of inbox.

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
