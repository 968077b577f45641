//! Volunteers, teams, openings, shifts and hours.

pub(crate) mod calendar;
pub(crate) mod certificate;
pub(crate) mod evaluation;
pub(crate) mod incident;
pub(crate) mod kept;
pub(crate) mod member;
pub(crate) mod member_import;
pub(crate) mod my;
pub(crate) mod opening;
pub(crate) mod opening_form;
pub(crate) mod shift;
pub(crate) mod team;
pub(crate) mod team_form;
pub(crate) mod team_ways;
pub(crate) mod training;
pub(crate) mod volunteer;
pub(crate) mod volunteer_record;
