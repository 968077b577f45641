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
        DeclinedByHousehold = "declined_by_household", "本人说不要";
        PostponedByHousehold = "postponed_by_household", "对方改期";
        PostponedByOrg = "postponed_by_org", "我方改期";
        Unsafe = "unsafe", "现场不安全";
    }
}

impl MissReason {
    /// Whether another day is looked for.
    pub fn is_postponed(self) -> bool {
        matches!(self, Self::PostponedByHousehold | Self::PostponedByOrg)
    }
}

crate::text_enum! {
    /// Why a planned visit is left out before anybody has set out: no attempt.
    SkipReason {
        Away = "away", "本人外出或住院";
        Family = "family", "家里有人照料";
        Holiday = "holiday", "节假日停一次";
        Weather = "weather", "天气不好";
        ByOrg = "by_org", "我方停一次";
    }
}

/// Days back for which a visit may still be recorded by the organization itself.
pub const RECORD_DAYS: u64 = 60;

/// Working days within which the village or street confirms a record.
pub const CONFIRM_WORKING_DAYS: u32 = 5;
