//! The one set of parts. Each is written once; pages only arrange them.

mod action;
mod card;
mod contact;
mod drawn;
mod empty;
mod field;
mod filter;
mod form;
mod icon;
mod list;
mod page;
mod pager;
mod plan;
mod sheet;
mod state;
mod table;
mod tabs;
mod textarea;

pub use action::*;
pub use card::*;
pub use contact::*;
pub use drawn::*;
pub use empty::*;
pub use field::*;
pub use filter::*;
pub use form::*;
pub use icon::*;
pub use list::*;
pub use page::*;
pub use pager::*;
pub use plan::*;
pub use sheet::*;
pub use state::*;
pub use table::*;
pub use tabs::*;
pub use textarea::*;
