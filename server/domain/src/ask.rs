//! Invitation 邀请: staff ask an organization to take a line; nobody is assigned.

use crate::calendar::Time;
use crate::clock::URGENT_UNCLAIMED_HOURS;
use crate::need::URGENT_HOURS;

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

/// Working days within which an organization answers; an urgent need's by [`urgent_due`].
pub const ANSWER_WORKING_DAYS: u32 = 3;
/// Hours before the urgent need's own clock at which an invitation ends, so that somebody else can still be asked.
pub const URGENT_HOURS_BEFORE: i64 = 4;
/// Fewest hours for an answer, where the need's own clock has nearly run down, or has.
pub const URGENT_HOURS_LEAST: i64 = 2;

/// By when an invitation to an urgent need is answered: [`URGENT_HOURS_BEFORE`] hours before the next step of its clock
/// that leaves time to answer.
pub fn urgent_due(published_at: Time, now: Time) -> Time {
    let least = now.plus_hours(URGENT_HOURS_LEAST);
    let ends =
        [URGENT_HOURS, URGENT_UNCLAIMED_HOURS[3]].map(|hours| published_at.plus_hours(hours - URGENT_HOURS_BEFORE));
    ends.into_iter().find(|end| *end >= least).unwrap_or(now.plus_hours(URGENT_HOURS_BEFORE))
}
/// Invitations that may be open for one line at once.
pub const OPEN_PER_LINE: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_urgent_invitation_ends_before_the_need_s_own_clock() {
        let published = Time(0);
        let due = |hours: i64| urgent_due(published, published.plus_hours(hours));
        assert_eq!(due(0), published.plus_hours(20));
        assert_eq!(due(18), published.plus_hours(20));
        // Too late for the first end: before the city is asked.
        assert_eq!(due(19), published.plus_hours(32));
        assert_eq!(due(40), published.plus_hours(44));
    }
}
