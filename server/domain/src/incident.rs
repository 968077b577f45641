//! Incidents 意外情况 on a shift: they reach the street at once.

crate::state_enum! {
    IncidentState of Incident {
        Reported = "reported", "等待处理";
        Handled = "handled", "已处理";
    }
}

crate::text_enum! {
    IncidentKind {
        Injury = "injury", "有人受伤或发病";
        Household = "household", "住户出了状况";
        NoAnswer = "no_answer", "敲门没人应，联系不上";
        Conflict = "conflict", "发生纠纷";
        Other = "other", "其他情况";
    }
}

/// Hours in which the office answers.
pub const ANSWER_HOURS: i64 = 24;
