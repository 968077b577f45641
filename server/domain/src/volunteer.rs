//! Volunteers 志愿者: what they can do, when, and from which age they may do what.

use chrono::{Datelike, NaiveDate};

crate::state_enum! {
    VolunteerState of Volunteer {
        Active = "active", "在册";
        Withdrawn = "withdrawn", "已退出";
    }
}

crate::text_enum! {
    /// What somebody brings along, and what an opening may ask for.
    Skill {
        Care = "care", "照护经验";
        FirstAid = "first_aid", "急救";
        Medical = "medical", "医护";
        Psychology = "psychology", "心理疏导";
        Teaching = "teaching", "辅导功课";
        Driving = "driving", "驾驶";
        Repair = "repair", "家电维修";
        Haircut = "haircut", "理发";
        Cooking = "cooking", "做饭";
        Computer = "computer", "教用手机电脑";
        Language = "language", "手语或外语";
        Legal = "legal", "法律";
        Arts = "arts", "文艺体育";
    }
}

crate::text_enum! {
    /// When somebody has time.
    Slot {
        WeekdayDay = "weekday_day", "工作日白天";
        WeekdayEvening = "weekday_evening", "工作日晚上";
        WeekendDay = "weekend_day", "周末白天";
        WeekendEvening = "weekend_evening", "周末晚上";
    }
}

/// Below this age nobody registers: without capacity for civil acts (民法典 article 20).
pub const LEAST_AGE: u32 = 8;
/// Below this age the guardian agrees to the use of personal data (个人信息保护法 article 31) and goes along.
pub const COMPANY_AGE: u32 = 14;
/// From this age somebody may go to a household's home.
pub const HOUSEHOLD_AGE: u32 = 16;
/// Below this age the guardian agrees to the service, and nothing dangerous is done (志愿服务条例 articles 15, 21).
pub const ADULT_AGE: u32 = 18;

/// Completed years on a day.
pub fn age_on(birth: NaiveDate, day: NaiveDate) -> u32 {
    let years = day.year() - birth.year() - i32::from((day.month(), day.day()) < (birth.month(), birth.day()));
    u32::try_from(years).unwrap_or_default()
}

/// What an opening asks of whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    pub min_age: u32,
    pub dangerous: bool,
    /// In a household's home.
    pub household: bool,
}

/// Why somebody of this age may not come, in words for the reader; none when he may. `company`: the guardian goes
/// along to every service.
pub fn too_young(age: u32, company: bool, terms: Terms) -> Option<String> {
    if terms.dangerous && age < ADULT_AGE {
        return Some(format!("这个岗位有危险，满{ADULT_AGE}岁才能参加"));
    }
    if terms.household && age < HOUSEHOLD_AGE {
        return Some(format!("到居民家里服务要满{HOUSEHOLD_AGE}岁"));
    }
    if age < COMPANY_AGE && !company {
        return Some(format!("未满{COMPANY_AGE}岁要由监护人陪同，请先在“我的资料”里登记"));
    }
    (age < terms.min_age).then(|| format!("这个岗位要满{}岁", terms.min_age))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i32, m: u32, d: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(y, m, d).unwrap()
    }

    #[test]
    fn years_are_completed_on_the_birthday() {
        let birth = day(2010, 11, 29);
        assert_eq!(age_on(birth, day(2026, 11, 28)), 15);
        assert_eq!(age_on(birth, day(2026, 11, 29)), 16);
        assert_eq!(age_on(day(2012, 2, 29), day(2026, 2, 28)), 13);
        assert_eq!(age_on(day(2030, 1, 1), day(2026, 1, 1)), 0);
    }

    #[test]
    fn the_young_are_kept_from_danger_and_from_strangers_homes() {
        let open = Terms { min_age: 0, dangerous: false, household: false };
        assert!(too_young(12, false, open).is_some() && too_young(12, true, open).is_none());
        assert!(too_young(14, false, open).is_none());
        let home = Terms { household: true, ..open };
        assert!(too_young(15, true, home).is_some() && too_young(16, false, home).is_none());
        let danger = Terms { dangerous: true, ..open };
        assert!(too_young(17, true, danger).is_some() && too_young(18, false, danger).is_none());
        assert!(too_young(19, false, Terms { min_age: 20, ..open }).is_some());
    }
}
