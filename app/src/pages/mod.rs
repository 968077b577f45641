//! The pages: each a view model and the function that draws it.

pub mod account;
pub mod account_form;
pub mod audit;
pub mod confirm;
pub mod desk;
pub mod door;
pub mod error;
pub mod fit;
pub mod form;
pub mod hall;
pub mod help;
mod help_admin;
pub mod help_clocks;
mod help_text;
mod help_topic;
pub mod home;
pub mod import;
pub mod inbox;
pub mod list;
pub mod login;
pub mod need;
pub mod pairing;
pub mod record;
pub mod rounds;
pub mod sheet;
pub mod text;
pub mod verify;
