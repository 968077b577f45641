//! Finding each other: which organizations fit a need and why, and which set of
//! invitations leaves the fewest unserved. Pure: no clock, no chance, no database;
//! the same facts give the same answer.

pub mod adjacency;
pub mod batch;
pub mod facts;
pub mod plan;
pub mod score;
mod simplex;
mod text;
pub mod weights;

pub use facts::{Free, NeedFacts, NeedLine, Offer, Supplier};
pub use score::{Candidate, Fit, Left, Part, PartKind, Why, rank};
pub use text::Words;
pub use weights::Weights;
