//! Invitation 邀请: staff ask an organization to take a line; nobody is assigned.

crate::state_enum! {
    AskState of Ask {
        Sent = "sent", "等待回复";
        Accepted = "accepted", "已接受";
        Declined = "declined", "未接受";
        Withdrawn = "withdrawn", "已收回";
        Lapsed = "lapsed", "已过期";
    }
}

crate::text_enum! {
    /// Why an organization declines.
    DeclineReason {
        NoCapacity = "no_capacity", "人手或余量不够";
        TooFar = "too_far", "太远，到不了";
        NotOurField = "not_our_field", "不是我们擅长的";
        Time = "time", "时间对不上";
        Other = "other", "其他原因";
    }
}

crate::state_enum! {
    /// A batch's proposal: the job that computes it works while it is `proposed`.
    BatchState of Batch {
        Proposed = "proposed", "待发出";
        Sent = "sent", "已发出";
        Discarded = "discarded", "已放弃";
    }
}

/// Working days within which an organization answers (urgent: 24 hours).
pub const ANSWER_WORKING_DAYS: u32 = 3;
/// Invitations that may be open for one line at once.
pub const OPEN_PER_LINE: usize = 3;
