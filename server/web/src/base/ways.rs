//! Where a reader is sent: to the sign-in page and back, to the next step of signing in, to prove who is there.

use axum::response::{IntoResponse, Redirect, Response};
use domain::account::Stage;

/// What the sign-in page says to whoever is sent there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Was not in.
    Nothing,
    /// The session is over; nothing was sent.
    Over,
    /// The form that was sent waits in a draft.
    Kept,
    /// The form that was sent is nowhere but in the browser's history.
    Lost,
}

impl Ended {
    const ALL: [Self; 4] = [Self::Nothing, Self::Over, Self::Kept, Self::Lost];

    fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "",
            Self::Over => "over",
            Self::Kept => "kept",
            Self::Lost => "lost",
        }
    }

    pub fn parse(text: &str) -> Self {
        Self::ALL.into_iter().find(|one| one.as_str() == text).unwrap_or(Self::Nothing)
    }

    pub fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Nothing => None,
            Self::Over => Some("登录已过期，请重新登录。"),
            Self::Kept => Some("登录已过期，刚才填的内容还在，登录后接着填。"),
            Self::Lost => Some(
                "没有登录或登录已过期，刚才那一步没有办。填过内容的先别登录：点浏览器的“后退”还能看到，复制下来再登录。",
            ),
        }
    }
}

/// To the sign-in page and back.
pub(crate) fn to_login(back: &str, ended: Ended) -> Response {
    let query = serde_urlencoded::to_string([("next", back), ("ended", ended.as_str())]).unwrap_or_default();
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
