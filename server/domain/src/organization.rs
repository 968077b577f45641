//! Organization 社会组织: who may claim.

crate::state_enum! {
    OrganizationState of Organization {
        /// Begun by the organization itself and not handed in yet.
        Draft = "draft", "填写中";
        Applied = "applied", "待核验";
        Returned = "returned", "待补正";
        Refused = "refused", "未通过";
        Verified = "verified", "已核验";
        Lapsed = "lapsed", "核验到期";
        Suspended = "suspended", "已暂停";
        Revoked = "revoked", "已取消";
    }
}

crate::state_enum! {
    /// An account opens the door or not.
    AccountState of Account {
        Active = "active", "启用";
        Deactivated = "deactivated", "停用";
    }
}

crate::state_enum! {
    ConsentState of Consent {
        Live = "live", "有效";
        Withdrawn = "withdrawn", "已撤回";
        Expired = "expired", "已到期";
    }
}

crate::text_enum! {
    /// How consent was given.
    ConsentChannel {
        Paper = "paper", "书面签字";
        Phone = "phone", "电话录音";
        InPerson = "in_person", "当面口头，两人见证";
        Guardian = "guardian", "监护人书面签字";
    }
}

crate::state_enum! {
    ImportState of Import {
        /// Being checked, or not to be read.
        Uploaded = "uploaded", "待检查";
        Checked = "checked", "已检查";
        Applied = "applied", "已导入";
        Discarded = "discarded", "已放弃";
    }
}

crate::text_enum! {
    /// What is done with an import beside the requests.
    ImportJob {
        Check = "check", "检查";
        Take = "take", "导入";
        Submit = "submit", "送审";
    }
}

crate::text_enum! {
    /// What the rows of a ledger are.
    LedgerKind {
        Needs = "needs", "需求台账";
        Organizations = "organizations", "社会组织台账";
        Villages = "villages", "村帮扶台账";
    }
}

crate::text_enum! {
    /// Conclusion of the annual inspection 年检. 不合格 keeps an organization out; 基本合格 is pointed out.
    /// (社会团体登记管理条例 article 28, 民办非企业单位登记管理暂行条例 article 23)
    Inspection {
        Passed = "passed", "合格";
        Basic = "basic", "基本合格";
        Failed = "failed", "不合格";
        /// Registered so recently that there was no inspection yet.
        New = "new", "新成立，还没有年检";
    }
}

crate::text_enum! {
    /// Evaluation grade 评估等级, valid for five years (社会组织评估管理办法 articles 26 to 30).
    Grade {
        A5 = "5a", "5A";
        A4 = "4a", "4A";
        A3 = "3a", "3A";
        A2 = "2a", "2A";
        A1 = "1a", "1A";
    }
}

/// Working days within which the district verifies an organization, and looks at it again.
pub const REVIEW_WORKING_DAYS: u32 = 10;
/// Days after which a registration that was begun and not handed in falls.
pub const DRAFT_DAYS: i64 = 30;
/// Days before the end of the verification at which organization and district are told.
pub const WARN_DAYS: [i64; 2] = [30, 7];
/// Days that a street has to hand over the pairings of an organization that lost its standing.
pub const HAND_OVER_DAYS: i64 = 2;

/// What the registration authority says of an organization, as the district recorded it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    pub inspection: Option<Inspection>,
    /// The year that was inspected.
    pub inspection_year: Option<i64>,
    pub grade: Option<Grade>,
    pub grade_until: Option<chrono::NaiveDate>,
    /// 撤销登记 or 注销.
    pub revoked: bool,
    /// 列入严重违法失信名单.
    pub dishonest: bool,
    /// 列入活动异常名录.
    pub abnormal: bool,
}

impl Standing {
    /// Why the organization may not take anything on, if it may not.
    pub fn blocks(&self) -> Option<&'static str> {
        if self.revoked {
            Some("登记机关已撤销或注销登记")
        } else if self.dishonest {
            Some("已列入严重违法失信名单")
        } else if self.inspection == Some(Inspection::Failed) {
            Some("年检结论是不合格")
        } else {
            None
        }
    }

    /// What is pointed out beside the organization without keeping it out.
    pub fn warnings(&self, today: chrono::NaiveDate) -> Vec<String> {
        use chrono::Datelike;
        let mut all = Vec::new();
        if self.abnormal {
            all.push("已列入活动异常名录，同意认领和转介以前请先核实".to_owned());
        }
        if self.inspection == Some(Inspection::Basic) {
            all.push("年检结论是基本合格，连续两年会影响登记".to_owned());
        }
        // Conclusions of a year are due by the end of May of the next.
        let due = i64::from(today.year()) - if today.month() > 5 { 1 } else { 2 };
        if self.inspection.is_some_and(|i| i != Inspection::New) && self.inspection_year.is_some_and(|year| year < due)
        {
            all.push(format!("还没有{due}年度的年检结论"));
        }
        if self.grade.is_some() && self.grade_until.is_some_and(|until| until < today) {
            all.push("评估等级已过有效期，按没有等级看".to_owned());
        }
        all
    }

    /// The grade as long as it counts.
    pub fn grade_on(&self, today: chrono::NaiveDate) -> Option<Grade> {
        self.grade.filter(|_| self.grade_until.is_none_or(|until| until >= today))
    }
}

/// Days of the week and hours of a service point, for people and for the public directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hours {
    /// 1 Monday to 7 Sunday.
    pub days: Vec<u8>,
    /// `08:30`
    pub opens_at: String,
    pub closes_at: String,
}

impl Hours {
    /// `周一至周五 08:30–17:00`
    pub fn words(&self) -> String {
        const NAMES: [&str; 7] = ["一", "二", "三", "四", "五", "六", "日"];
        let name = |day: u8| NAMES.get(usize::from(day.saturating_sub(1))).copied().unwrap_or_default();
        let mut parts: Vec<String> = Vec::new();
        for run in self.days.chunk_by(|a, b| a + 1 == *b) {
            match run {
                [one] => parts.push(format!("周{}", name(*one))),
                [first, .., last] if run.len() > 2 => parts.push(format!("周{}至周{}", name(*first), name(*last))),
                _ => parts.extend(run.iter().map(|day| format!("周{}", name(*day)))),
            }
        }
        format!("{} {}–{}", parts.join("、"), self.opens_at, self.closes_at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> chrono::NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn some_conclusions_keep_out_and_others_are_pointed_out() {
        let passed =
            Standing { inspection: Some(Inspection::Passed), inspection_year: Some(2025), ..Standing::default() };
        assert_eq!((passed.blocks(), passed.warnings(day("2026-11-24"))), (None, Vec::new()));
        let failed = Standing { inspection: Some(Inspection::Failed), ..passed.clone() };
        assert_eq!(failed.blocks(), Some("年检结论是不合格"));
        assert!(Standing { revoked: true, ..passed.clone() }.blocks().is_some());
        assert!(Standing { dishonest: true, ..passed.clone() }.blocks().is_some());
        let basic = Standing { inspection: Some(Inspection::Basic), ..passed.clone() };
        assert_eq!(basic.blocks(), None);
        assert_eq!(basic.warnings(day("2026-11-24")).len(), 1);
        // The conclusion of 2025 is due by the end of May 2026.
        let older = Standing { inspection_year: Some(2024), ..passed };
        assert_eq!(older.warnings(day("2026-05-31")), Vec::<String>::new());
        assert_eq!(older.warnings(day("2026-06-01")), ["还没有2025年度的年检结论"]);
    }

    #[test]
    fn a_grade_counts_for_its_years_only() {
        let graded = Standing { grade: Some(Grade::A4), grade_until: Some(day("2026-11-24")), ..Standing::default() };
        assert_eq!(graded.grade_on(day("2026-11-24")), Some(Grade::A4));
        assert_eq!(graded.grade_on(day("2026-11-25")), None);
        assert_eq!(graded.warnings(day("2026-11-25")).len(), 1);
    }

    #[test]
    fn hours_are_said_as_people_say_them() {
        let hours = |days: &[u8]| Hours { days: days.to_vec(), opens_at: "08:30".into(), closes_at: "17:00".into() };
        assert_eq!(hours(&[1, 2, 3, 4, 5]).words(), "周一至周五 08:30–17:00");
        assert_eq!(hours(&[1, 2, 4, 6, 7]).words(), "周一、周二、周四、周六、周日 08:30–17:00");
    }
}
