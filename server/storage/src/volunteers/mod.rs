//! Volunteers, teams, openings, shifts and hours.

pub mod award;
pub mod calendar_feed;
pub mod certificate;
pub mod evaluation;
pub mod hours;
pub mod incident;
pub mod opening;
pub mod signup;
pub mod team;
pub mod training;
pub mod volunteer;
