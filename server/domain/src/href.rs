//! Where the page of a thing is: what pages, notices and the browser's own lists lead to.

use crate::machine::Object;
use std::fmt::Display;

impl Object {
    /// The first part of its addresses; none for a kind that has none.
    #[must_use]
    pub const fn list(self) -> Option<&'static str> {
        Some(match self {
            Self::Need => "needs",
            Self::Claim => "claims",
            Self::Pairing => "pairings",
            Self::Delivery => "deliveries",
            Self::Verification => "verifications",
            Self::Transfer => "transfers",
            Self::Organization => "organizations",
            Self::Project => "projects",
            Self::Ask => "asks",
            Self::Batch => "batches",
            Self::Team => "teams",
            Self::Member => "members",
            Self::Opening => "openings",
            Self::Shift => "shifts",
            Self::Signup => "signups",
            Self::Correction => "corrections",
            Self::Certificate => "certificates",
            Self::Incident => "incidents",
            Self::Help => "requests",
            Self::Voice => "voices",
            Self::Training => "trainings",
            Self::Award => "awards",
            Self::Evaluation => "evaluations",
            Self::Disclosure => "disclosures",
            Self::Rights => "rights",
            Self::Import => "import",
            Self::Account => "accounts",
            Self::SavedSearch => "searches",
            Self::Attachment => "attachments",
            Self::Volunteer
            | Self::Calendar
            | Self::Consent
            | Self::Session
            | Self::Invitation
            | Self::Reference
            | Self::Thesaurus
            | Self::Access
            | Self::Key
            | Self::Retention
            | Self::Clock => return None,
        })
    }
}

/// Address of the thing with this code or id; of a kind that has none, the desk.
pub fn href(object: Object, code: &(impl Display + ?Sized)) -> String {
    href_at(object, code, "")
}

/// The same with what stands below it: `/edit`, `#visits`, `?void=…`.
pub fn href_at(object: Object, code: &(impl Display + ?Sized), below: &str) -> String {
    object.list().map_or_else(|| "/desk".to_owned(), |list| format!("/{list}/{code}{below}"))
}
