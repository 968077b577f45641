//! Project 帮扶项目: what an organization offers, where, for whom and how much of it.

use crate::need::Frequency;

crate::state_enum! {
    ProjectState of Project {
        Active = "active", "进行中";
        Paused = "paused", "暂停承接";
        Ended = "ended", "已结束";
    }
}

crate::text_enum! {
    /// In what a project's capacity is counted.
    Measure {
        /// Households (or villages) served at the same time: a line goes to one organization whole.
        Households = "households", "户";
        /// Units of what is given; several organizations may share a line.
        Units = "units", "数量";
    }
}

crate::text_enum! {
    /// The parts of a fit between a need and an offer.
    PartKind {
        Category = "category", "服务";
        Group = "group", "对象";
        Area = "area", "距离";
        Capacity = "capacity", "余量";
        Timing = "timing", "时间";
        Qualification = "qualification", "资质";
        Record = "record", "以往";
        Text = "text", "描述相近";
    }
}

/// Days after which a capacity that nobody confirmed counts as unknown.
pub const CAPACITY_DAYS: i64 = 30;

/// Whether a service is one that several organizations may share on one line:
/// what villages get and what is given in kind (groups E and F). Care of a
/// person is one organization's, so that he knows who comes.
pub fn is_divisible(service: &str) -> bool {
    service.starts_with(['E', 'F'])
}

/// Quantity in a frequency as a quantity in a year of 52 weeks, for comparing
/// amounts. `None` for "in all", which compares with itself only.
pub fn per_year(quantity: i64, per: Frequency) -> Option<i64> {
    let times = match per {
        Frequency::Day => 364,
        Frequency::Week => 52,
        Frequency::Month => 12,
        Frequency::Quarter => 4,
        Frequency::Year => 1,
        Frequency::Total => return None,
    };
    quantity.checked_mul(times)
}

/// Whether an amount is no more than another of the same unit; `None` when the
/// two cannot be compared.
pub fn fits(asked: (i64, &str, Frequency), most: (i64, &str, Frequency)) -> Option<bool> {
    if asked.1 != most.1 {
        return None;
    }
    if asked.2 == most.2 {
        return Some(asked.0 <= most.0);
    }
    Some(per_year(asked.0, asked.2)? <= per_year(most.0, most.2)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_compare_over_frequencies() {
        assert_eq!(fits((2, "餐", Frequency::Day), (14, "餐", Frequency::Week)), Some(true));
        assert_eq!(fits((15, "餐", Frequency::Week), (2, "餐", Frequency::Day)), Some(false));
        assert_eq!(fits((1, "次", Frequency::Week), (14, "餐", Frequency::Week)), None);
        assert_eq!(fits((1, "套", Frequency::Total), (1, "套", Frequency::Year)), None);
        assert_eq!(fits((1, "套", Frequency::Total), (1, "套", Frequency::Total)), Some(true));
    }
}
