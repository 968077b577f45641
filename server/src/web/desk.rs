//! Handlers of desk.

use super::Route;

pub(super) fn routes() -> Vec<Route> {
    Vec::new()
}
