//! Claim 认领: an organization's offer to take units of a need's lines.

crate::state_enum! {
    ClaimState of Claim {
        /// A part of a joint claim, before all of its organizations have agreed.
        Forming = "forming", "等一起认领的组织答复";
        Submitted = "submitted", "待答复";
        NeedsInfo = "needs_info", "待补充";
        Approved = "approved", "已同意";
        Declined = "declined", "未同意";
        Withdrawn = "withdrawn", "已撤回";
        Expired = "expired", "已过期";
        Superseded = "superseded", "已被取代";
    }
}

impl ClaimState {
    /// Waiting for somebody; its units are reserved.
    pub fn is_pending(self) -> bool {
        matches!(self, Self::Forming | Self::Submitted | Self::NeedsInfo)
    }
}

/// Working days within which the street decides (urgent: 24 hours).
pub const DECIDE_WORKING_DAYS: u32 = 3;
/// Working days within which the organization answers a question.
pub const ANSWER_WORKING_DAYS: u32 = 3;
/// Working days within which the members of a joint claim agree (urgent: 12 hours).
pub const JOIN_WORKING_DAYS: u32 = 2;
/// Unfinished claims and pairings an organization may hold at once, by its
/// record of checked results.
pub fn cap(completed: i64) -> i64 {
    match completed {
        ..1 => 10,
        1..10 => 20,
        _ => 60,
    }
}
