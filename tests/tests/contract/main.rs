//! The contract of the loop, each test on SQLite and on PostgreSQL.

mod aid;
mod base;
mod finding;
mod needs;
mod office;
mod people;
mod reach;
mod record;
mod supply;
mod volunteers;
