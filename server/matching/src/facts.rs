//! What matching knows of a need and of who could meet it. No person stands in it.

use crate::text::Words;
use chrono::NaiveDate;
use domain::need::{Frequency, Reach};
use domain::project::Measure;
use domain::qualification::Qualification;
use domain::vocabulary::BeneficiaryGroup;
use uuid::Uuid;

/// A published need with what is still open of it.
#[derive(Clone, Debug)]
pub struct NeedFacts {
    pub id: Uuid,
    /// Twelve digits; fewer where no more may be known.
    pub division: String,
    pub groups: Vec<BeneficiaryGroup>,
    pub urgent: bool,
    /// Whole days since publication.
    pub waited_days: i64,
    pub reach: Reach,
    pub words: Words,
    pub lines: Vec<NeedLine>,
}

/// A line with units that nobody has taken.
#[derive(Clone, Debug)]
pub struct NeedLine {
    pub id: Uuid,
    pub service: String,
    /// Open units, at least 1.
    pub open: i64,
    pub unit: String,
    pub per: Frequency,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
}

/// A verified organization.
#[derive(Clone, Debug)]
pub struct Supplier {
    pub id: Uuid,
    pub name: String,
    /// Twelve digits of its own seat.
    pub home: String,
    /// Pairings completed with a checked success.
    pub completed: i64,
    /// Pairings released or terminated by its side, or checked and not met.
    pub unfinished: i64,
    /// Unfinished claims and pairings it may still take on.
    pub room: i64,
    /// What it offers: its projects, and its registration for what no project covers.
    pub offers: Vec<Offer>,
}

/// What is left of a capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Free {
    /// Not said, or said more than thirty days ago.
    Unknown,
    /// Households or units, by the project's measure.
    Left { free: i64, of: i64 },
}

/// One thing that an organization offers.
#[derive(Clone, Debug)]
pub struct Offer {
    /// None: the organization's registration.
    pub project: Option<Uuid>,
    pub title: String,
    pub services: Vec<String>,
    /// Empty: everybody.
    pub groups: Vec<BeneficiaryGroup>,
    /// Prefixes of division codes.
    pub areas: Vec<String>,
    pub measure: Measure,
    pub free: Free,
    /// The last day on which `free` counts as known; none: for good.
    pub known_until: Option<NaiveDate>,
    /// Unit and frequency of the capacity where it is counted in units.
    pub unit: String,
    pub per: Frequency,
    /// The most that one household gets, if said: (quantity, unit, frequency).
    pub each: Option<(i64, String, Frequency)>,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    /// None: not said (a registration).
    pub qualifications: Option<Vec<Qualification>>,
    pub words: Words,
}

impl Offer {
    /// What is free as far as it is known on a day.
    pub fn free_on(&self, today: NaiveDate) -> Free {
        if self.known_until.is_some_and(|until| until < today) { Free::Unknown } else { self.free }
    }

    /// Whether the offer is for a division. One that is known as a district only may lie in any part of it.
    pub fn covers(&self, division: &str) -> bool {
        self.areas.iter().any(|area| division.starts_with(area.as_str()) || area.starts_with(division))
    }
}
