//! Hours 服务时间 actually given, what looks odd about them, and their correction.

use crate::calendar::Time;

crate::text_enum! {
    /// A record of service; nothing recorded is edited.
    RecordState {
        Valid = "valid", "有效";
        Superseded = "superseded", "已被更正";
        Void = "void", "已作废";
    }
}

crate::state_enum! {
    CorrectionState of Correction {
        Asked = "asked", "等待答复";
        Proposed = "proposed", "等待另一位确认";
        Done = "done", "已更正";
        Refused = "refused", "没有更正";
    }
}

crate::text_enum! {
    /// What the confirmer should look at before confirming. None of them forbids anything.
    Anomaly {
        MoreThanShift = "more_than_shift", "超过班次的时长";
        MoreThanPresent = "more_than_present", "超过签到到签退的时间";
        NoCheck = "no_check", "没有签到";
        NoCheckOut = "no_check_out", "没有签退";
        Overlap = "overlap", "同一时间另有服务";
        LongDay = "long_day", "这一天合计超过12小时";
        Bulk = "bulk", "期限前集中填报";
        Crowded = "crowded", "到岗人数超过名额";
        SentLater = "sent_later", "没有网络时点的，后来补传";
    }
}

/// Working days in which a correction is answered (民政部令第67号 article 16 gives the right; the time is ours).
pub const CORRECTION_WORKING_DAYS: u32 = 5;
/// Minutes of service on one day that nobody gives without remark.
pub const LONG_DAY: i64 = 12 * 60;
/// Entries of one account within [`BULK_MINUTES`] of each other, less than [`BULK_HOURS`] before the end of the time.
pub const BULK_ENTRIES: i64 = 10;
pub const BULK_MINUTES: i64 = 10;
pub const BULK_HOURS: i64 = 24;

/// What is known about entered hours.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts {
    pub minutes: i64,
    pub starts_at: Time,
    pub ends_at: Time,
    pub in_at: Option<Time>,
    pub out_at: Option<Time>,
    /// Other service of this volunteer at the same time.
    pub overlapping: bool,
    /// Minutes of this volunteer on the same day, other entries.
    pub others_that_day: i64,
    pub entered_at: Time,
    pub due_at: Option<Time>,
    /// Entries of the same account within [`BULK_MINUTES`] of this one, itself included.
    pub entered_together: i64,
    /// Who came, and the shift's places.
    pub present: i64,
    pub places: i64,
    /// Coming or going was tapped without a network and arrived later.
    pub sent_later: bool,
}

/// What looks odd, in a fixed order.
pub fn anomalies(f: &Facts) -> Vec<Anomaly> {
    let mut all = Vec::new();
    if f.minutes > f.starts_at.minutes_until(f.ends_at) {
        all.push(Anomaly::MoreThanShift);
    }
    match (f.in_at, f.out_at) {
        (Some(from), Some(to)) if f.minutes > from.minutes_until(to) + 1 => all.push(Anomaly::MoreThanPresent),
        (None, _) => all.push(Anomaly::NoCheck),
        (Some(_), None) => all.push(Anomaly::NoCheckOut),
        _ => {}
    }
    if f.overlapping {
        all.push(Anomaly::Overlap);
    }
    if f.minutes + f.others_that_day > LONG_DAY {
        all.push(Anomaly::LongDay);
    }
    let late = f.due_at.is_some_and(|due| f.entered_at.plus_hours(BULK_HOURS) > due);
    if late && f.entered_together >= BULK_ENTRIES {
        all.push(Anomaly::Bulk);
    }
    if f.present > f.places {
        all.push(Anomaly::Crowded);
    }
    if f.sent_later {
        all.push(Anomaly::SentLater);
    }
    all
}

/// `2小时30分`, `45分`, `3小时`.
pub fn words(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest}分"),
        (hours, 0) => format!("{hours}小时"),
        (hours, rest) => format!("{hours}小时{rest}分"),
    }
}

/// Hours with one digit after the point, as the record rules count them: `2.5`.
pub fn decimal(minutes: i64) -> String {
    let tenths = (minutes * 10 + 30).div_euclid(60);
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain() -> Facts {
        let start = Time(0).plus_days(20_000);
        Facts {
            minutes: 120,
            starts_at: start,
            ends_at: start.plus_hours(2),
            in_at: Some(start),
            out_at: Some(start.plus_hours(2)),
            entered_at: start.plus_hours(3),
            due_at: Some(start.plus_days(14)),
            entered_together: 40,
            present: 5,
            places: 5,
            ..Facts::default()
        }
    }

    #[test]
    fn what_is_plain_has_no_remark() {
        assert_eq!(anomalies(&plain()), []);
    }

    #[test]
    fn each_oddity_is_named() {
        use Anomaly as A;
        let f = plain();
        assert_eq!(anomalies(&Facts { minutes: 121, ..f }), [A::MoreThanShift]);
        let cut = Facts { out_at: Some(f.starts_at.plus_minutes(100)), ..f };
        assert_eq!(anomalies(&cut), [A::MoreThanPresent]);
        assert_eq!(anomalies(&Facts { in_at: None, ..f }), [A::NoCheck]);
        assert_eq!(anomalies(&Facts { out_at: None, ..f }), [A::NoCheckOut]);
        assert_eq!(anomalies(&Facts { overlapping: true, ..f }), [A::Overlap]);
        assert_eq!(anomalies(&Facts { others_that_day: 601, ..f }), [A::LongDay]);
        assert_eq!(anomalies(&Facts { entered_at: f.due_at.unwrap().plus_hours(-1), ..f }), [A::Bulk]);
        let few = Facts { entered_at: f.due_at.unwrap().plus_hours(-1), entered_together: 9, ..f };
        assert_eq!(anomalies(&few), []);
        assert_eq!(anomalies(&Facts { present: 6, ..f }), [A::Crowded]);
        assert_eq!(anomalies(&Facts { sent_later: true, ..f }), [A::SentLater]);
    }

    #[test]
    fn hours_in_words_and_digits() {
        assert_eq!([45, 60, 150].map(words), ["45分", "1小时", "2小时30分"]);
        assert_eq!([0, 2, 3, 60, 100, 150].map(decimal), ["0.0", "0.0", "0.1", "1.0", "1.7", "2.5"]);
    }
}
