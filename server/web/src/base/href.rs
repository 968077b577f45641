//! Where the page of a thing is.

use std::fmt::Display;

/// What has a page of its own.
#[derive(Clone, Copy)]
pub(crate) enum Object {
    Need,
    Project,
    Team,
}

/// Address of the page of the thing with this code or id.
pub(crate) fn href(object: Object, code: impl Display) -> String {
    let list = match object {
        Object::Need => "needs",
        Object::Project => "projects",
        Object::Team => "teams",
    };
    format!("/{list}/{code}")
}
