//! Readable codes: `XQ120101-26-000123` = prefix, district, year, number.

/// Which object a code belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefix {
    /// 需求
    Need,
    /// 认领
    Claim,
    /// 结对
    Pairing,
    /// 个人信息要求
    Rights,
    /// 项目
    Project,
    /// 批量匹配
    Batch,
    /// 志愿者
    Volunteer,
    /// 志愿服务队
    Team,
    /// 岗位
    Opening,
    /// 求助
    Help,
}

impl Prefix {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Need => "XQ",
            Self::Claim => "RL",
            Self::Pairing => "JD",
            Self::Rights => "GX",
            Self::Project => "XM",
            Self::Batch => "PP",
            Self::Volunteer => "ZY",
            Self::Team => "DW",
            Self::Opening => "GW",
            Self::Help => "QZ",
        }
    }
}

/// The counter a code is drawn from: one per prefix, district and year.
pub fn series(prefix: Prefix, division_code: &str, year: i32) -> String {
    let district = division_code.get(..6).unwrap_or("120000");
    format!("{}{district}-{:02}", prefix.as_str(), year.rem_euclid(100))
}

pub fn format(series: &str, number: i64) -> String {
    format!("{series}-{number:06}")
}

/// Whether a text has the form of a code, so that a mistyped address is
/// "not found" before the database is asked.
pub fn is_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 18
        && matches!(&bytes[..2], b"XQ" | b"RL" | b"JD" | b"GX" | b"XM" | b"PP" | b"ZY" | b"DW" | b"GW" | b"QZ")
        && bytes[2..8].iter().all(u8::is_ascii_digit)
        && bytes[8] == b'-'
        && bytes[9..11].iter().all(u8::is_ascii_digit)
        && bytes[11] == b'-'
        && bytes[12..].iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        let code = format(&series(Prefix::Need, "120101005000", 2026), 123);
        assert_eq!(code, "XQ120101-26-000123");
        assert!(is_code(&code));
        for wrong in ["XQ120101-26-00012", "XQ120101-26-00012a", "../etc/passwd....", "需求120101-26-00"] {
            assert!(!is_code(wrong), "{wrong}");
        }
    }
}
