//! Need 需求: what is missing, where, and how it ends.

use crate::calendar::Time;
use serde::{Deserialize, Serialize};

crate::state_enum! {
    /// Stored state of a need; coverage and overdue are derived.
    #[derive(Default)]
    NeedState of Need {
        #[default]
        Draft = "draft", "草稿";
        InReview = "in_review", "审核中";
        Returned = "returned", "已退回";
        Published = "published", "已公开";
        Suspended = "suspended", "暂停公开";
        Closed = "closed", "已结案";
        Merged = "merged", "已合并";
    }
}

crate::text_enum! {
    /// Why a need was closed. Only the first two are success.
    CloseReason {
        MetFull = "met_full", "全部满足";
        MetPartial = "met_partial", "部分满足";
        UnmetNoCapacity = "unmet_no_capacity", "未满足：没有组织能承接";
        UnmetNotEligible = "unmet_not_eligible", "未满足：不符合条件";
        UnmetCannotContact = "unmet_cannot_contact", "未满足：联系不上";
        DeclinedByHousehold = "declined_by_household", "本人不再需要";
        DoneByOthers = "done_by_others", "已由其他渠道解决";
        CoveredByGovernment = "covered_by_government", "已由政府救助覆盖";
        MovedOrDeceased = "moved_or_deceased", "迁出或去世";
        Withdrawn = "withdrawn", "撤回";
        ExpiredUnclaimed = "expired_unclaimed", "未满足：到期无人认领";
        Merged = "merged", "合并到另一需求";
        NotPublished = "not_published", "不予公开";
    }
}

impl CloseReason {
    pub fn is_success(self) -> bool {
        matches!(self, Self::MetFull | Self::MetPartial)
    }

    /// Counted as unmet, next to met.
    pub fn is_unmet(self) -> bool {
        matches!(
            self,
            Self::UnmetNoCapacity | Self::UnmetNotEligible | Self::UnmetCannotContact | Self::ExpiredUnclaimed
        )
    }

    /// What staff may choose when closing a published need by hand; success
    /// follows from a verification and is never chosen here.
    pub const BY_HAND: &'static [Self] = &[
        Self::UnmetNoCapacity,
        Self::UnmetNotEligible,
        Self::UnmetCannotContact,
        Self::DeclinedByHousehold,
        Self::DoneByOthers,
        Self::CoveredByGovernment,
        Self::MovedOrDeceased,
        Self::Withdrawn,
    ];
}

crate::text_enum! {
    /// A household or person (个案), or a village.
    #[derive(Default)]
    NeedKind {
        #[default]
        Household = "household", "个案";
        Village = "village", "村";
    }
}

crate::text_enum! {
    #[derive(Default)]
    Urgency {
        #[default]
        Normal = "normal", "一般";
        /// 急难: 24-hour clock.
        Urgent = "urgent", "急难";
    }
}

crate::text_enum! {
    /// Where the need came from.
    #[derive(Default)]
    Source {
        Platform = "platform", "救急难平台";
        Hotline = "hotline", "热线";
        Qr = "qr", "直通车微信码";
        Patrol = "patrol", "走访排查";
        Organization = "organization", "社会组织";
        #[default]
        Import = "import", "台账导入";
    }
}

crate::text_enum! {
    /// How often a line's quantity is needed.
    Frequency {
        Day = "day", "每天";
        Week = "week", "每周";
        Month = "month", "每月";
        Quarter = "quarter", "每季";
        Year = "year", "每年";
        Total = "total", "一共";
    }
}

crate::text_enum! {
    /// Age band shown to verified organizations instead of a birth date.
    AgeBand {
        Under6 = "0-5", "6岁以下";
        Under14 = "6-13", "6–13岁";
        Under18 = "14-17", "14–17岁";
        Adult = "18-59", "18–59岁";
        From60 = "60-69", "60–69岁";
        From70 = "70-79", "70–79岁";
        From80 = "80+", "80岁以上";
        Several = "several", "多人家庭";
    }
}

impl AgeBand {
    pub fn is_minor(self) -> bool {
        matches!(self, Self::Under6 | Self::Under14 | Self::Under18)
    }

    pub fn of_age(age: i32) -> Self {
        match age {
            ..6 => Self::Under6,
            6..14 => Self::Under14,
            14..18 => Self::Under18,
            18..60 => Self::Adult,
            60..70 => Self::From60,
            70..80 => Self::From70,
            _ => Self::From80,
        }
    }
}

crate::text_enum! {
    Sex {
        Male = "male", "男";
        Female = "female", "女";
    }
}

/// Working days within which a second account decides about a correction of what is published.
pub const AMENDMENT_WORKING_DAYS: u32 = 2;
/// Working days within which a second account decides about a proposed closing.
pub const CLOSING_WORKING_DAYS: u32 = 3;
/// Days after closing within which a need may be opened again.
pub const REOPEN_DAYS: i64 = 90;
/// Days within which a merge may be undone.
pub const UNMERGE_DAYS: i64 = 7;
/// Hours within which an urgent need's steps are due.
pub const URGENT_HOURS: i64 = 24;
/// Days after publication by which a need that is not urgent has waited long, longer, longest.
pub const UNCLAIMED_DAYS: [i64; 3] = [3, 7, 14];

/// How far a need looks for organizations. Each step of the unclaimed queue looks further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// Organizations that name its place among their areas.
    #[default]
    Areas,
    /// Also those that sit in its district or serve another part of it.
    District,
    /// Also those of the neighbouring districts.
    Neighbours,
    /// Everybody in the city.
    City,
}

impl Reach {
    /// After `steps` of the unclaimed queue.
    pub fn after(steps: i64) -> Self {
        match steps {
            ..=0 => Self::Areas,
            1 => Self::District,
            2 => Self::Neighbours,
            _ => Self::City,
        }
    }

    /// `全区`
    pub fn words(self) -> &'static str {
        match self {
            Self::Areas => "服务这里的组织",
            Self::District => "全区",
            Self::Neighbours => "本区和相邻区",
            Self::City => "全市",
        }
    }
}

/// What is asked: service, quantity, unit, frequency.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Amount {
    pub quantity: i64,
    pub unit: String,
    pub per: Frequency,
}

impl Amount {
    /// `每周14餐`, `一共1套`
    pub fn words(&self) -> String {
        format!("{}{}{}", self.per.label(), self.quantity, self.unit)
    }
}

/// `还差每周6餐` of a line is its quantity less what is taken.
pub fn remaining(quantity: i64, taken: i64) -> i64 {
    (quantity - taken).max(0)
}

/// Where a published need stands, derived from its lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Nothing is taken.
    Open,
    /// Some is taken, some is open.
    Partial,
    /// Everything is taken.
    Full,
}

impl Coverage {
    /// `lines`: (quantity, taken).
    pub fn of(lines: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let (mut any_taken, mut any_open) = (false, false);
        for (quantity, taken) in lines {
            any_taken |= taken > 0;
            any_open |= taken < quantity;
        }
        match (any_taken, any_open) {
            (false, _) => Self::Open,
            (true, true) => Self::Partial,
            (true, false) => Self::Full,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Partial => "partial",
            Self::Full => "covered",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "等待认领",
            Self::Partial => "部分已承接",
            Self::Full => "已有人承接",
        }
    }
}

/// Order of the unclaimed queue: waiting hours, urgent ones weigh eight times.
pub fn waiting_weight(urgency: Urgency, published_at: Time, now: Time) -> i64 {
    let hours = published_at.minutes_until(now).max(0) / 60;
    if urgency == Urgency::Urgent { hours.saturating_add(1).saturating_mul(8) } else { hours }
}
