//! The contract of the loop, each test on SQLite and on PostgreSQL.

mod audit;
mod clocks;
mod disclosure;
mod follower;
mod loop_;
mod once;
mod races;
mod statements;
