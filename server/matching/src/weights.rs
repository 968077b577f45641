//! How much each part of a fit counts: data that the city sets.

use domain::project::PartKind;
use serde::{Deserialize, Serialize};

/// A whole number per part, 0 to 100; 0 leaves the part out of the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    pub category: u32,
    pub group: u32,
    pub area: u32,
    pub capacity: u32,
    pub timing: u32,
    pub qualification: u32,
    pub record: u32,
    pub text: u32,
}

impl Default for Weights {
    /// Near and able first, then who has done it before.
    fn default() -> Self {
        Self { category: 25, group: 10, area: 20, capacity: 15, timing: 10, qualification: 5, record: 10, text: 5 }
    }
}

impl Weights {
    pub fn of(&self, kind: PartKind) -> u32 {
        match kind {
            PartKind::Category => self.category,
            PartKind::Group => self.group,
            PartKind::Area => self.area,
            PartKind::Capacity => self.capacity,
            PartKind::Timing => self.timing,
            PartKind::Qualification => self.qualification,
            PartKind::Record => self.record,
            PartKind::Text => self.text,
        }
    }

    pub fn set(&mut self, kind: PartKind, weight: u32) {
        *match kind {
            PartKind::Category => &mut self.category,
            PartKind::Group => &mut self.group,
            PartKind::Area => &mut self.area,
            PartKind::Capacity => &mut self.capacity,
            PartKind::Timing => &mut self.timing,
            PartKind::Qualification => &mut self.qualification,
            PartKind::Record => &mut self.record,
            PartKind::Text => &mut self.text,
        } = weight;
    }

    pub fn sum(&self) -> u32 {
        PartKind::ALL.iter().map(|kind| self.of(*kind)).sum()
    }

    /// Usable: no weight over 100 and not all of them nothing.
    pub fn is_sound(&self) -> bool {
        self.sum() > 0 && PartKind::ALL.iter().all(|kind| self.of(*kind) <= 100)
    }
}
