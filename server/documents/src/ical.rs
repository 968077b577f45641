//! Calendars as iCalendar (RFC 5545): lines of at most 75 octets, ends CRLF, times in UTC.

use std::fmt::Write as _;

/// One entry.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Stays the same through every change.
    pub uid: String,
    /// Microseconds since 1970-01-01T00:00:00Z: last change, begin, end.
    pub changed: i64,
    pub starts: i64,
    pub ends: i64,
    pub title: String,
    pub place: String,
    pub text: String,
    pub url: String,
    /// Shown as cancelled, not left out: whoever had it before is told.
    pub cancelled: bool,
}

fn time(micros: i64) -> String {
    chrono::DateTime::<chrono::Utc>::from_timestamp_micros(micros)
        .unwrap_or_default()
        .format("%Y%m%dT%H%M%SZ")
        .to_string()
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace("\r\n", "\\n").replace('\n', "\\n")
}

/// Adds a line, folded between characters after 75 octets (section 3.1).
fn line(out: &mut String, text: &str) {
    let mut width = 0;
    for c in text.chars() {
        if width + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            width = 1;
        }
        width += c.len_utf8();
        out.push(c);
    }
    out.push_str("\r\n");
}

/// The calendar as text.
pub fn calendar(name: &str, entries: &[Entry]) -> String {
    let mut out = String::new();
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//duijie//volunteer shifts//ZH", "METHOD:PUBLISH"] {
        line(&mut out, text);
    }
    line(&mut out, &format!("X-WR-CALNAME:{}", escaped(name)));
    for e in entries {
        let mut put = |name: &str, value: &str| {
            let mut text = String::new();
            // Writing to a string cannot fail.
            let _ = write!(text, "{name}:{value}");
            line(&mut out, &text);
        };
        put("BEGIN", "VEVENT");
        put("UID", &e.uid);
        put("DTSTAMP", &time(e.changed));
        put("DTSTART", &time(e.starts));
        put("DTEND", &time(e.ends));
        put("SUMMARY", &escaped(&if e.cancelled { format!("（已取消）{}", e.title) } else { e.title.clone() }));
        put("LOCATION", &escaped(&e.place));
        put("DESCRIPTION", &escaped(&e.text));
        put("URL", &e.url);
        put("SEQUENCE", if e.cancelled { "1" } else { "0" });
        put("STATUS", if e.cancelled { "CANCELLED" } else { "CONFIRMED" });
        put("END", "VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_fold_and_signs_are_escaped() {
        let entry = Entry {
            uid: "1@duijie".into(),
            changed: 0,
            starts: 1_795_827_600_000_000,
            ends: 1_795_834_800_000_000,
            title: "周六上午陪老人聊天，读报；做手工".repeat(4),
            place: "向阳社区活动室, 二楼".into(),
            text: "一行\n又一行\\".into(),
            url: "http://127.0.0.1/openings/GW120102-26-000001".into(),
            cancelled: true,
        };
        let text = calendar("志愿岗位", &[entry]);
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains('\n'));
        let whole = text.replace("\r\n ", "");
        assert!(whole.contains("LOCATION:向阳社区活动室\\, 二楼\r\n"));
        assert!(whole.contains("DESCRIPTION:一行\\n又一行\\\\\r\n"));
        assert!(whole.contains("DTSTART:20261128T010000Z\r\n") && whole.contains("STATUS:CANCELLED"));
        assert!(whole.contains("SUMMARY:（已取消）周六"));
    }
}
