//! Where a reader is sent: to the sign-in page and back, to the next step of signing in, to prove who is there.

use axum::response::{IntoResponse, Redirect, Response};
use domain::account::Stage;

/// To the sign-in page and back.
pub(crate) fn to_login(back: &str, ended: bool) -> Response {
    let query =
        serde_urlencoded::to_string([("next", back), ("ended", if ended { "1" } else { "" })]).unwrap_or_default();
    Redirect::to(&format!("/login?{query}")).into_response()
}

/// Where a reader goes after signing in.
pub(crate) fn next_of(value: &str) -> &str {
    if is_local(value) { value } else { "/desk" }
}

pub(crate) fn path_of(stage: Stage) -> &'static str {
    match stage {
        Stage::Full => "/desk",
        Stage::Code => "/login/code",
        Stage::Enrol => "/login/enrol",
        Stage::Renew => "/login/password",
    }
}

pub(crate) fn with_next(path: &str, next: &str) -> String {
    format!("{path}?{}", serde_urlencoded::to_string([("next", next)]).unwrap_or_default())
}

/// To the page of the step that is asked next.
pub(crate) fn to_stage(stage: Stage, next: &str) -> Response {
    Redirect::to(&with_next(path_of(stage), next_of(next))).into_response()
}

/// To the page that asks once more who is there.
pub(crate) fn to_confirm(next: &str) -> Response {
    Redirect::to(&with_next("/confirm", next_of(next))).into_response()
}

/// Whether an address leads to a page of this site and nowhere else.
pub(crate) fn is_local(path: &str) -> bool {
    let bytes = path.as_bytes();
    path.starts_with('/')
        && path.len() <= 200
        && bytes.get(1) != Some(&b'/')
        && !path.contains('\\')
        && !path.chars().any(char::is_control)
        && path.is_ascii()
}
