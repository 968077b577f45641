//! Volunteers, teams, openings, shifts and hours.

pub(crate) mod service_hours;
pub(crate) mod volunteer;
pub(crate) mod volunteer_records;
