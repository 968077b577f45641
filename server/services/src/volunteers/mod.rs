//! Volunteers, teams, openings, shifts and hours.

pub mod attendance;
pub mod award;
pub mod calendar_feed;
pub mod certificate;
pub mod evaluation;
pub mod exchange;
pub mod hours;
pub mod incident;
pub mod member;
pub mod member_import;
pub mod opening;
pub mod shift;
pub mod signup;
pub mod team;
pub mod training;
pub mod volunteer;
pub mod volunteer_desk;
pub mod volunteer_record;
