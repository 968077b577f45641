//! Disclosure 查看: when somebody outside the owning office may see who and
//! where a household is, and how a hidden value is written.
//!
//! Grounds: 个人信息保护法 articles 23 and 29 (separate consent), 28 and 31
//! (minors under fourteen: guardian's consent), 未成年人网络保护条例 article 36
//! (every access to a minor's data is approved by a responsible manager and
//! recorded).

use crate::state_enum;
use chrono::NaiveDate;

state_enum! {
    /// One access to a minor's contact data.
    DisclosureState of Disclosure {
        Asked = "asked", "等待批准";
        Approved = "approved", "已批准";
        Opened = "opened", "已查看";
        Refused = "refused", "未批准";
        Lapsed = "lapsed", "已失效";
    }
}

crate::text_enum! {
    /// Why an office looks for a household.
    SearchPurpose {
        Call = "call", "本人或家属来电、来访";
        Duplicate = "duplicate", "登记前核对有没有重复";
        Visit = "visit", "走访、回访";
        Handle = "handle", "办理需求、认领或结对";
        Emergency = "emergency", "紧急情况";
        Check = "check", "核查、督办";
    }
}

crate::text_enum! {
    /// Why an office corrects a household's file.
    MendReason {
        Told = "told", "本人或家属告知";
        Visit = "visit", "走访核实";
        Papers = "papers", "核对证件";
        Mistyped = "mistyped", "原来录入有误";
    }
}

/// Hours in which an approved access has to be used; once.
pub const APPROVAL_HOURS: i64 = 24;
/// Working days after which an unanswered request lapses.
pub const ASK_WORKING_DAYS: u32 = 3;
/// Days after the pairing's opening, or the latest consent, in which contact
/// data may be opened, unless configured otherwise.
pub const DEFAULT_DAYS: i64 = 180;
/// Days before the end of a consent on which the street is warned.
pub const WARN_DAYS: i64 = 14;

/// Age below which only a guardian can consent.
pub const GUARDIAN_AGE: u32 = 14;
/// Age below which every access is approved.
pub const MINOR_AGE: u32 = 18;

/// Whether a person of this age (where known) or band is a minor on a day.
pub fn is_minor(id_number: &str, band_is_minor: bool, day: NaiveDate) -> bool {
    crate::resident_id::ResidentId::parse(id_number)
        .map_or(band_is_minor, |id| id.age_on(day) < MINOR_AGE || band_is_minor)
}

/// Whether only a guardian's consent counts: known to be under fourteen, or a
/// minor of unknown age.
pub fn needs_guardian(id_number: &str, band_is_minor: bool, day: NaiveDate) -> bool {
    crate::resident_id::ResidentId::parse(id_number).map_or(band_is_minor, |id| id.age_on(day) < GUARDIAN_AGE)
}

/// `张*`: the surname alone, whatever the length of the name.
pub fn mask_name(name: &str) -> String {
    name.trim().chars().next().map(|first| format!("{first}*")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_ages() {
        assert_eq!(mask_name("张三丰"), "张*");
        assert_eq!(mask_name(""), "");
        let day = NaiveDate::from_ymd_opt(1913, 12, 31).unwrap();
        assert!(needs_guardian("120101190001010016", false, day));
        let day = NaiveDate::from_ymd_opt(1914, 1, 1).unwrap();
        assert!(!needs_guardian("120101190001010016", true, day));
        assert!(is_minor("120101190001010016", false, day));
        assert!(needs_guardian("", true, day));
    }
}
