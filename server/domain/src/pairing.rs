//! Pairing 结对 (帮扶对子): an approved claim being carried out, and its transfer.

crate::state_enum! {
    PairingState of Pairing {
        PendingStart = "pending_start", "待首次联系";
        Active = "active", "帮扶中";
        Paused = "paused", "已暂停";
        Reported = "reported", "待核验";
        Completed = "completed", "已办结";
        Released = "released", "已退回待认领";
        Terminated = "terminated", "已终止";
        Transferred = "transferred", "已移交";
    }
}

impl PairingState {
    /// Somebody still has to do something.
    pub fn is_running(self) -> bool {
        matches!(self, Self::PendingStart | Self::Active | Self::Paused | Self::Reported)
    }
}

crate::state_enum! {
    TransferState of Transfer {
        Offered = "offered", "待对方接受";
        Accepted = "accepted", "待街道同意";
        Approved = "approved", "已移交";
        Declined = "declined", "对方未接受";
        Refused = "refused", "街道未同意";
        Lapsed = "lapsed", "已失效";
    }
}

crate::text_enum! {
    /// What the organization reports, line by line or of the whole.
    Outcome {
        Full = "full", "全部完成";
        Partial = "partial", "部分完成";
        None = "none", "没有完成";
    }
}

crate::text_enum! {
    /// Why a line of a pairing was not done in full, as the organization reports it.
    ShortReason {
        HouseholdDeclined = "household_declined", "家庭谢绝";
        Moved = "moved", "搬离";
        Capacity = "capacity", "力量不足";
        SeasonOver = "season_over", "季节已过";
        CoveredOtherwise = "covered_otherwise", "已由其他方式解决";
        Other = "other", "其他";
    }
}

impl Outcome {
    /// What the lines come to: in full where each is, nothing where none is.
    pub fn of(lines: impl IntoIterator<Item = Self>) -> Self {
        let (mut all, mut none) = (true, true);
        for line in lines {
            all &= line == Self::Full;
            none &= line == Self::None;
        }
        match (all, none) {
            (true, false) => Self::Full,
            (_, true) => Self::None,
            _ => Self::Partial,
        }
    }
}

crate::text_enum! {
    /// Why contact data or a file are opened.
    Purpose {
        Call = "call", "上门前联系";
        Visit = "visit", "今天要上门";
        Emergency = "emergency", "紧急情况";
        Verify = "verify", "核验结果";
        Review = "review", "审核登记内容";
        Correct = "correct", "核对和更正信息";
        Supervise = "supervise", "督办和复核";
    }
}

impl Purpose {
    /// For the contact data of a pairing.
    pub const CONTACT: &[Self] = &[Self::Call, Self::Visit, Self::Emergency, Self::Verify];
    /// For the whole file, by an office.
    pub const FILE: &[Self] =
        &[Self::Correct, Self::Review, Self::Call, Self::Verify, Self::Emergency, Self::Supervise];
}

/// Working days for the first contact (urgent: 24 hours), before and after one reminder.
pub const FIRST_CONTACT_WORKING_DAYS: u32 = 3;
/// Working days after the reminder before the units go back.
pub const REMINDER_WORKING_DAYS: u32 = 1;
/// Hours after which a transfer that nobody decided changes nothing.
pub const TRANSFER_HOURS: i64 = 36;
/// Working days for assigning and doing the verification.
pub const VERIFY_WORKING_DAYS: u32 = 5;
/// Failed verifications after which a pairing is closed as unverified.
pub const VERIFY_ATTEMPTS: i64 = 3;
