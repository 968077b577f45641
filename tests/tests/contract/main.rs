//! The contract of the loop, each test on SQLite and on PostgreSQL.

mod ask;
mod audit;
mod batch;
mod clocks;
mod directory;
mod disclosure;
mod finding;
mod follower;
mod front;
mod import;
mod joint;
mod loop_;
mod model;
mod once;
mod privacy;
mod project;
mod queue;
mod races;
mod registration;
mod retention;
mod scope;
mod sealing;
mod sign_in;
mod statements;
mod trail;
mod web;
