//! Delivery entry 服务记录: one planned, made or missed visit.

crate::state_enum! {
    DeliveryState of Delivery {
        Planned = "planned", "计划";
        Recorded = "recorded", "待确认";
        Confirmed = "confirmed", "已确认";
        Disputed = "disputed", "有异议";
        Missed = "missed", "未成";
        Voided = "voided", "已作废";
    }
}

crate::text_enum! {
    /// Why a planned visit did not happen. An attempt counts as an attempt.
    MissReason {
        NoOneHome = "no_one_home", "没人在家";
        PostponedByHousehold = "postponed_by_household", "对方改期";
        PostponedByOrg = "postponed_by_org", "我方改期";
        Unsafe = "unsafe", "现场不安全";
    }
}

/// Working days within which the village or street confirms a record.
pub const CONFIRM_WORKING_DAYS: u32 = 5;
