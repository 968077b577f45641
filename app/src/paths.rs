//! Addresses that the frame and the fixed texts link to; the router uses the same constants.

pub const HOME: &str = "/";
pub const NEEDS: &str = "/needs";
/// Volunteer openings 志愿岗位.
pub const OPENINGS: &str = "/openings";
pub const LOGIN: &str = "/login";
pub const LOGOUT: &str = "/logout";
pub const DESK: &str = "/desk";
pub const CLAIMS: &str = "/claims";
pub const PAIRINGS: &str = "/pairings";
pub const IMPORT: &str = "/import";
pub const INBOX: &str = "/inbox";
pub const ACCOUNT: &str = "/account";
pub const HELP: &str = "/help";
/// Where anybody asks for help, and how far a request is.
pub const ASK: &str = "/help/ask";
pub const PROGRESS: &str = "/progress";
pub const PRIVACY: &str = "/privacy";
pub const ACCESSIBILITY: &str = "/accessibility";
/// Text size, theme and contrast: a form that stores its choice in a cookie.
pub const DISPLAY: &str = "/display";
/// The mark in the browser's tab, under its logical name.
pub const ICON: &str = "/assets/icon.svg";
