//! Openings 岗位 and shifts 班次: what is to be done, when, by how many.

crate::state_enum! {
    OpeningState of Opening {
        Draft = "draft", "未发布";
        Open = "open", "招募中";
        Closed = "closed", "停止招募";
        Cancelled = "cancelled", "已取消";
    }
}

crate::state_enum! {
    ShiftState of Shift {
        Planned = "planned", "照常";
        Cancelled = "cancelled", "已取消";
    }
}

/// Most places of a shift.
pub const MAX_PLACES: i64 = 500;
/// Longest shift, in minutes.
pub const MAX_MINUTES: i64 = 16 * 60;
/// Shifts planned in one go at most: a year of weeks, twice a week.
pub const MAX_SERIES: usize = 104;
