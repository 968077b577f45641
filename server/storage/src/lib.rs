//! SQL, each statement written once for SQLite and PostgreSQL.
//!
//! One module per aggregate; rows are plain structs of domain types. Nothing
//! here decides: permission and state belong to `services`.

#[macro_use]
mod db;

pub mod account;
pub mod ask;
pub mod attachment;
pub mod audit;
pub mod award;
pub mod batch;
pub mod calendar_feed;
pub mod certificate;
pub mod claim;
pub mod consent;
pub mod delivery;
pub mod disclosure;
pub mod draft;
pub mod evaluation;
pub mod event;
pub mod factor;
pub mod finding;
pub mod hours;
pub mod import;
pub mod incident;
pub mod invitation;
pub mod need;
pub mod need_file;
pub mod notice;
pub mod opening;
pub mod organization;
pub mod organization_profile;
pub mod pairing;
pub mod project;
pub mod reference;
pub mod retention;
pub mod rights;
pub mod role;
pub mod sealed;
pub mod session;
pub mod sign_in;
pub mod signup;
pub mod team;
pub mod training;
pub mod transfer;
pub mod verification;
pub mod volunteer;
pub mod working_day;

// The trait and its derive.
use sqlx::FromRow;
use sqlx_macros::FromRow;

pub use db::{Db, Error, Options, Result, Tx, scope_end};
