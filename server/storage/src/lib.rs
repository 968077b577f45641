//! SQL, each statement written once for SQLite and PostgreSQL.
//!
//! One module per aggregate; rows are plain structs of domain types. Nothing
//! here decides: permission and state belong to `services`.

#[macro_use]
mod db;
#[macro_use]
mod row;
mod schema;

pub mod aid;
pub mod base;
mod counted;
pub mod finding;
pub mod needs;
pub mod office;
pub mod people;
pub mod reach;
pub mod record;
pub mod supply;
pub mod volunteers;

// The trait and its derive.
use sqlx::FromRow;
use sqlx_macros::FromRow;

pub use counted::counted;
pub use db::{Db, Error, Options, PORTION, Result, Tx, like_part, scope_end};
pub use row::{list_statements, statements as row_statements};
pub use schema::{Schema, Step};
