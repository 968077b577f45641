//! The clocks 期限: one table of what waits for whom, for how long, and what happens then.
//!
//! The runner, the desks, the badges of the lists and the help page read [`CLOCKS`] and nothing else. A state that
//! waits for nobody stands in [`WITHOUT`] with its reason; a test walks the transition table and finds every state
//! that is not final in one of the two.

use crate::calendar::{Time, WorkingDays, span_words};
use crate::machine::Object;

mod table;

pub use table::{CLOCKS, WITHOUT};

crate::text_enum! {
    /// Each clock by its name; the label says what is to be done.
    Name {
        NeedDraft = "need.draft", "补全并送审";
        NeedReview = "need.review", "审核公开";
        NeedReturned = "need.returned", "修改后重新送审";
        NeedUnclaimed = "need.unclaimed", "等组织认领";
        NeedValidity = "need.validity", "有效期将到";
        NeedSuspended = "need.suspended", "暂停公开";
        NeedClosing = "need.closing", "确认结案";
        NeedAmendment = "need.amendment", "确认更正";
        ConsentEnding = "consent.ending", "同意将到期";
        ClaimForming = "claim.forming", "等一起认领的组织答复";
        ClaimDecision = "claim.decision", "答复认领";
        ClaimAnswer = "claim.answer", "补充认领说明";
        FirstContact = "pairing.first_contact", "首次联系";
        Quiet = "pairing.quiet", "很久没有服务记录";
        Pause = "pairing.pause", "暂停没有期限";
        HandOver = "pairing.hand_over", "安排移交";
        Assignment = "pairing.assignment", "指派核验";
        Completion = "pairing.completion", "确认办结";
        Visit = "delivery.visit", "计划的上门没有记录";
        Confirmation = "delivery.confirmation", "确认服务记录";
        Correction = "delivery.correction", "更正有异议的记录";
        Verification = "verification.finding", "核验结果";
        Recheck = "verification.recheck", "抽查复核";
        TransferAnswer = "transfer.answer", "答复接手";
        TransferDecision = "transfer.decision", "答复移交";
        Invitation = "ask.answer", "回复邀请";
        Access = "disclosure.decision", "批准查看联系方式";
        AccessUse = "disclosure.use", "按批准查看";
        Rights = "rights.answer", "个人信息要求";
        Application = "organization.review", "核验社会组织";
        ApplicationDraft = "organization.draft", "填完入驻申请";
        Standing = "organization.standing", "年度复核";
        Capacity = "project.capacity", "确认余量";
        TeamDecision = "team.decision", "答复服务队申请";
        MemberInvited = "member.invited", "答复入队邀请";
        SignupAnswer = "signup.answer", "答复报名";
        ShiftTomorrow = "signup.tomorrow", "明天有班次";
        SignupPast = "signup.past", "班次已过没有记录";
        Hours = "signup.hours", "记录和确认时长";
        HoursCorrection = "correction.answer", "答复时长更正";
        Incident = "incident.handling", "处理意外情况";
        HelpTriage = "help.triage", "答复求助";
        HelpWork = "help.work", "办理求助";
        HelpRoute = "help.route", "问政府救助的结果";
        HelpWatch = "help.watch", "约好再看";
        VoiceAnswer = "voice.answer", "给求助人回话";
    }
}

/// How long something may wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    Hours(i64),
    /// Whole days of 24 hours.
    Days(i64),
    /// To 18:00 of a working day.
    Working(u32),
    /// The record itself holds by when; in words.
    Own(&'static str),
}

impl Length {
    /// When it is over. Nothing for what the record itself holds.
    pub fn end(self, from: Time, calendar: &WorkingDays) -> Option<Time> {
        match self {
            Self::Hours(hours) => Some(from.plus_hours(hours)),
            Self::Days(days) => Some(from.plus_days(days)),
            Self::Working(days) => Some(calendar.due(from, days)),
            Self::Own(_) => None,
        }
    }

    /// `24小时`, `3个工作日`
    pub fn words(self) -> String {
        match self {
            Self::Hours(hours) => format!("{hours}小时"),
            Self::Days(days) => format!("{days}天"),
            Self::Working(days) => format!("{days}个工作日"),
            Self::Own(words) => words.to_owned(),
        }
    }
}

/// An office that overdue things go up to, the lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Office {
    Street,
    District,
    City,
}

impl Office {
    /// `街道`
    pub fn words(self) -> &'static str {
        match self {
            Self::Street => "街道",
            Self::District => "区级",
            Self::City => "市级",
        }
    }

    /// Digits of its division code.
    pub fn digits(self) -> usize {
        match self {
            Self::Street => 9,
            Self::District => 6,
            Self::City => 2,
        }
    }
}

/// When an office hears of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// Once the time has gone by so many times.
    Times(u32),
    /// So many hours after the beginning.
    Hours(i64),
    /// So many days after it was due.
    DaysLate(i64),
}

/// Who has to do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    Street,
    /// The village committee or the street.
    Village,
    District,
    Organization,
    /// The colleague it was given to.
    Assignee,
    /// Whoever looks after the volunteer team.
    Team,
    Volunteer,
}

impl Who {
    pub fn words(self) -> &'static str {
        match self {
            Self::Street => "街道",
            Self::Village => "社区或街道",
            Self::District => "区民政局",
            Self::Organization => "社会组织",
            Self::Assignee => "指派的工作人员",
            Self::Team => "服务队的负责人",
            Self::Volunteer => "志愿者本人",
        }
    }
}

/// Who is reminded before it is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remind {
    /// Whoever must act, at half time.
    Half,
    /// So many days before the end.
    Before(&'static [i64]),
    Never,
}

/// One clock.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    pub name: Name,
    pub object: Object,
    /// Stored states of the object in which it runs.
    pub states: &'static [&'static str],
    /// From when, and under which condition.
    pub condition: &'static str,
    pub due: Length,
    /// For an urgent need, where it differs.
    pub urgent: Option<Length>,
    pub must: Who,
    pub reminders: Remind,
    pub escalation: &'static [(Office, At)],
    /// For an urgent need, where it differs.
    pub urgent_escalation: Option<&'static [(Office, At)]>,
    /// What happens by itself at the end; empty: nothing, it waits and goes up.
    pub end: &'static str,
}

/// Hours after publication at which the unclaimed queue takes its steps: it looks further with each.
pub const UNCLAIMED_HOURS: [i64; 3] = [3 * 24, 7 * 24, 14 * 24];
/// The same for an urgent need; with the last the city is asked.
pub const URGENT_UNCLAIMED_HOURS: [i64; 4] = [12, 20, 24, 36];

/// Steps of the queue of unclaimed needs, in hours after publication.
pub fn unclaimed_hours(urgent: bool) -> &'static [i64] {
    if urgent { &URGENT_UNCLAIMED_HOURS } else { &UNCLAIMED_HOURS }
}

/// Days after a quiet pairing was late at which its street is asked to decide, and its district hears of it.
pub const QUIET_DECIDE_DAYS: i64 = 14;
/// Days without an end after which a pause, of a pairing or of a need, is late.
pub const PAUSE_DAYS: i64 = 30;
/// Days after the planned day within which a visit is recorded.
pub const VISIT_DAYS: i64 = 3;
/// Working days for a confirmation of the result once it was verified.
pub const COMPLETE_WORKING_DAYS: u32 = 5;
/// Days before the end of a need's validity at which its street is told.
pub const VALIDITY_DAYS: &[i64] = &[14, 3];

impl Name {
    /// Its line of the table.
    pub fn clock(self) -> &'static Clock {
        // A test holds that every name has exactly one line.
        CLOCKS.iter().find(|clock| clock.name == self).unwrap_or(&CLOCKS[0])
    }
}

/// A clock that runs: from when, by when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Running {
    pub name: Name,
    pub since: Time,
    pub due: Time,
    pub urgent: bool,
}

/// What happens on the way, beside the end itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Whoever must act is reminded.
    Remind,
    /// It is late: whoever must act hears so.
    Late,
    /// It goes up.
    Up(Office),
}

/// How far a clock has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    Running,
    /// 80 % of the time is gone.
    Amber,
    Overdue,
}

impl Running {
    /// A clock from its beginning; `due` where the record holds it. Nothing where neither the record nor the table
    /// says by when.
    pub fn new(name: Name, since: Time, due: Option<Time>, urgent: bool, calendar: &WorkingDays) -> Option<Self> {
        let length = name.clock().length(urgent);
        let due = due.or_else(|| length.end(since, calendar))?;
        Some(Self { name, since, due, urgent })
    }

    pub fn clock(&self) -> &'static Clock {
        self.name.clock()
    }

    fn at_share(&self, numerator: i64, denominator: i64) -> Time {
        let whole = self.due.0.saturating_sub(self.since.0).max(0);
        Time(self.since.0.saturating_add(whole / denominator * numerator))
    }

    /// From when it shows amber.
    pub fn amber(&self) -> Time {
        self.at_share(4, 5)
    }

    pub fn stage(&self, now: Time) -> Stage {
        if now > self.due {
            Stage::Overdue
        } else if now >= self.amber() {
            Stage::Amber
        } else {
            Stage::Running
        }
    }

    fn time_of(&self, at: At, calendar: &WorkingDays) -> Time {
        match at {
            At::Hours(hours) => self.since.plus_hours(hours),
            At::DaysLate(days) => self.due.plus_days(days),
            At::Times(times) => {
                let length = self.clock().length(self.urgent);
                let whole = self.due.0.saturating_sub(self.since.0).max(0);
                // Once more the same time: by the calendar where that counts, else as long as it was.
                (1..times)
                    .fold(self.due, |due, _| length.end(due, calendar).unwrap_or(Time(due.0.saturating_add(whole))))
            }
        }
    }

    /// Everything that happens on the way, in order of time.
    pub fn moments(&self, calendar: &WorkingDays) -> Vec<(Time, Moment)> {
        let clock = self.clock();
        let mut all: Vec<(Time, Moment)> = match clock.reminders {
            Remind::Half => vec![(self.at_share(1, 2), Moment::Remind)],
            Remind::Before(days) => days.iter().map(|days| (self.due.plus_days(-days), Moment::Remind)).collect(),
            Remind::Never => Vec::new(),
        };
        let steps = clock.steps(self.urgent);
        if !steps.is_empty() {
            all.push((self.due, Moment::Late));
        }
        all.extend(steps.iter().map(|(office, at)| (self.time_of(*at, calendar), Moment::Up(*office))));
        all.sort();
        all
    }

    /// The highest office that has heard of it.
    pub fn raised(&self, now: Time, calendar: &WorkingDays) -> Option<Office> {
        let steps = self.clock().steps(self.urgent).iter();
        steps.filter(|(_, at)| self.time_of(*at, calendar) < now).map(|(office, _)| *office).max()
    }

    /// Whether it stands on the desks of an office.
    pub fn reaches(&self, office: Office, now: Time, calendar: &WorkingDays) -> bool {
        let mut steps = self.clock().steps(self.urgent).iter();
        steps.any(|(at_office, at)| *at_office == office && self.time_of(*at, calendar) < now)
    }

    /// `还剩3小时`, `逾期2天，已报区级`
    pub fn words(&self, now: Time, calendar: &WorkingDays) -> String {
        let minutes = now.minutes_until(self.due);
        let raised = match self.raised(now, calendar) {
            Some(office) if office > Office::Street => format!("，已报{}", office.words()),
            _ => String::new(),
        };
        if now > self.due {
            format!("逾期{}{raised}", span_words(coarse(minutes)))
        } else {
            format!("还剩{}{raised}", span_words(coarse(minutes)))
        }
    }
}

/// Spans of a day and more in whole hours.
fn coarse(minutes: i64) -> i64 {
    if minutes.abs() >= 1440 { minutes / 60 * 60 } else { minutes }
}

impl Clock {
    pub fn length(&self, urgent: bool) -> Length {
        self.urgent.filter(|_| urgent).unwrap_or(self.due)
    }

    pub fn steps(&self, urgent: bool) -> &'static [(Office, At)] {
        self.urgent_escalation.filter(|_| urgent).unwrap_or(self.escalation)
    }

    /// `3个工作日（急难24小时）`
    pub fn due_words(&self) -> String {
        match self.urgent {
            Some(urgent) => format!("{}（急难{}）", self.due.words(), urgent.words()),
            None => self.due.words(),
        }
    }

    /// `过半时提醒社会组织`
    pub fn reminder_words(&self) -> String {
        let who = self.must.words();
        match self.reminders {
            Remind::Half => format!("时间过半提醒{who}"),
            Remind::Before(days) => {
                let days: Vec<String> = days.iter().map(|days| format!("{days}天")).collect();
                format!("到期前{}提醒{who}", days.join("、"))
            }
            Remind::Never => String::new(),
        }
    }

    fn step_words(steps: &[(Office, At)]) -> String {
        let one = |(office, at): &(Office, At)| {
            let office = office.words();
            match at {
                At::Times(1) => format!("到期上{office}的工作台"),
                At::Times(times) => format!("{times}倍时间报{office}"),
                At::Hours(hours) if hours % 24 == 0 && *hours > 24 => format!("满{}天报{office}", hours / 24),
                At::Hours(hours) => format!("满{hours}小时报{office}"),
                At::DaysLate(days) => format!("过期{days}天报{office}"),
            }
        };
        steps.iter().map(one).collect::<Vec<_>>().join("，")
    }

    /// `到期上街道的工作台，2倍时间报区级，3倍时间报市级`
    pub fn escalation_words(&self) -> String {
        match self.urgent_escalation {
            Some(urgent) => format!("{}；急难：{}", Self::step_words(self.escalation), Self::step_words(urgent)),
            None => Self::step_words(self.escalation),
        }
    }
}

#[cfg(test)]
mod tests;
