//! Sign-ups 报名, from wanting to come to recorded hours (product contract, "The loop").

crate::state_enum! {
    SignupState of Signup {
        Applied = "applied", "等待答复";
        Accepted = "accepted", "已录用，请确认";
        Waitlisted = "waitlisted", "候补";
        Declined = "declined", "未录用";
        Withdrawn = "withdrawn", "已取消报名";
        Cancelled = "cancelled", "班次取消";
        Confirmed = "confirmed", "已确认参加";
        Attended = "attended", "已到岗";
        NoShow = "no_show", "没有到岗";
        Excused = "excused", "请假";
        LateCancel = "late_cancel", "临时取消";
        HoursSubmitted = "hours_submitted", "时长待确认";
        HoursConfirmed = "hours_confirmed", "时长已确认";
        HoursRejected = "hours_rejected", "时长被退回";
        Recorded = "recorded", "已记录";
        Corrected = "corrected", "已更正";
        Void = "void", "已作废";
        /// The shift is long past and nobody said who came: it says nothing about the volunteer.
        Unrecorded = "unrecorded", "班次已过，没有记录";
    }
}

impl SignupState {
    /// Takes one of the shift's places.
    pub fn holds_place(self) -> bool {
        !matches!(
            self,
            Self::Applied
                | Self::Waitlisted
                | Self::Declined
                | Self::Withdrawn
                | Self::Cancelled
                | Self::LateCancel
                | Self::Excused
                | Self::Unrecorded
        )
    }

    /// The volunteer's time is given: nothing else at the same time.
    pub fn is_live(self) -> bool {
        self.holds_place() && !matches!(self, Self::NoShow | Self::Void)
            || matches!(self, Self::Applied | Self::Waitlisted)
    }

    /// Still to come: can be given up.
    pub fn is_ahead(self) -> bool {
        matches!(self, Self::Applied | Self::Waitlisted | Self::Accepted | Self::Confirmed)
    }
}

/// Hours before the start from which giving up is 临时取消.
pub const LATE_HOURS: i64 = 24;
/// Minutes before the start from which one can check in.
pub const CHECK_IN_BEFORE: i64 = 60;
/// Minutes after the end until which one can check in or out by code.
pub const CHECK_OUT_AFTER: i64 = 120;
/// Minutes after which a tap counts as sent later.
pub const LATER_MINUTES: i64 = 5;
/// Hours after the end until which a tap that a phone without a network kept is taken.
pub const KEPT_HOURS: i64 = 72;
/// Working days after the shift in which hours are on record (民政部令第67号 article 11).
pub const RECORD_WORKING_DAYS: u32 = 10;
/// Days after a shift at which a sign-up that nobody answered ends by itself.
pub const ANSWER_PAST_DAYS: i64 = 3;

/// Whether what somebody gives up now counts as given up late.
pub fn is_late(starts_at: crate::calendar::Time, now: crate::calendar::Time) -> bool {
    now.plus_hours(LATE_HOURS) > starts_at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::Time;

    #[test]
    fn a_day_before_is_early_enough() {
        let start = Time(0).plus_days(10);
        assert!(!is_late(start, start.plus_hours(-24)));
        assert!(is_late(start, start.plus_hours(-24).plus_minutes(1)));
    }

    #[test]
    fn whoever_gives_up_gives_the_place_back() {
        use SignupState as S;
        for state in [S::Withdrawn, S::LateCancel, S::Excused, S::Cancelled, S::Waitlisted, S::Applied, S::Unrecorded] {
            assert!(!state.holds_place(), "{state}");
        }
        for state in [S::Accepted, S::Confirmed, S::Attended, S::NoShow, S::Recorded, S::Corrected] {
            assert!(state.holds_place(), "{state}");
        }
        assert!(S::ALL.iter().all(|state| !state.is_ahead() || state.is_live()));
    }
}
