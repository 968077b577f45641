//! The clocks 期限: one table of what waits for whom, for how long, and what happens then.
//!
//! The runner, the desks, the badges of the lists and the help page read [`CLOCKS`] and nothing else. A state that
//! waits for nobody stands in [`WITHOUT`] with its reason; a test walks the transition table and finds every state
//! that is not final in one of the two.

use crate::calendar::{Time, WorkingDays, span_words};
use crate::machine::Object;
use crate::{
    ask, claim, delivery, disclosure, hours, incident, need, organization, pairing, project, rights, signup, team,
};

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

/// Overdue: street, district, city at once, twice and three times the time.
const UP: &[(Office, At)] =
    &[(Office::Street, At::Times(1)), (Office::District, At::Times(2)), (Office::City, At::Times(3))];
/// What the district hears of at once.
const SOON: &[(Office, At)] =
    &[(Office::Street, At::Times(1)), (Office::District, At::Times(1)), (Office::City, At::Times(2))];
/// What a district decides.
const FROM_DISTRICT: &[(Office, At)] = &[(Office::District, At::Times(1)), (Office::City, At::Times(2))];
const NOWHERE: &[(Office, At)] = &[];
const URGENT: Option<Length> = Some(Length::Hours(24));

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

const fn clock(name: Name, object: Object, states: &'static [&'static str], condition: &'static str) -> Clock {
    Clock {
        name,
        object,
        states,
        condition,
        due: Length::Days(1),
        urgent: None,
        must: Who::Street,
        reminders: Remind::Half,
        escalation: UP,
        urgent_escalation: None,
        end: "",
    }
}

/// The table.
pub const CLOCKS: &[Clock] = &[
    Clock {
        due: Length::Days(14),
        urgent: URGENT,
        ..clock(Name::NeedDraft, Object::Need, &["draft"], "登记或导入了，还没有送审")
    },
    Clock {
        due: Length::Working(3),
        urgent: URGENT,
        must: Who::District,
        escalation: FROM_DISTRICT,
        ..clock(Name::NeedReview, Object::Need, &["in_review"], "送审以后还没有审核")
    },
    Clock {
        due: Length::Days(7),
        urgent: URGENT,
        ..clock(Name::NeedReturned, Object::Need, &["returned"], "退回以后还没有重新送审")
    },
    Clock {
        due: Length::Days(3),
        urgent: URGENT,
        reminders: Remind::Never,
        escalation: &[
            (Office::Street, At::Hours(UNCLAIMED_HOURS[0])),
            (Office::District, At::Hours(UNCLAIMED_HOURS[1])),
            (Office::City, At::Hours(UNCLAIMED_HOURS[2])),
        ],
        urgent_escalation: Some(&[
            (Office::Street, At::Hours(URGENT_UNCLAIMED_HOURS[0])),
            (Office::District, At::Hours(URGENT_UNCLAIMED_HOURS[1])),
            (Office::City, At::Hours(URGENT_UNCLAIMED_HOURS[3])),
        ]),
        end: "每一步都扩大寻找的范围并通知合适的组织；有效期满还没有人认领，记为“未满足”",
        ..clock(Name::NeedUnclaimed, Object::Need, &["published"], "公开以后还有没人承接的数量")
    },
    Clock {
        due: Length::Own("到有效期的最后一天"),
        reminders: Remind::Before(VALIDITY_DAYS),
        escalation: NOWHERE,
        end: "到期还没有人认领，记为“未满足”并告诉街道和区",
        ..clock(Name::NeedValidity, Object::Need, &["published"], "公开的需求快到有效期")
    },
    Clock {
        due: Length::Days(PAUSE_DAYS),
        ..clock(Name::NeedSuspended, Object::Need, &["suspended"], "暂停公开以后没有恢复，也没有结案")
    },
    Clock {
        due: Length::Working(need::CLOSING_WORKING_DAYS),
        ..clock(Name::NeedClosing, Object::Need, &["published", "suspended"], "一位同事提请结案，另一位还没有确认")
    },
    Clock {
        due: Length::Own("到同意书的最后一天"),
        reminders: Remind::Before(&[disclosure::WARN_DAYS]),
        escalation: NOWHERE,
        end: "同意到期，联系方式不能再看",
        ..clock(Name::ConsentEnding, Object::Consent, &["live"], "知情同意快到期")
    },
    Clock {
        due: Length::Working(claim::JOIN_WORKING_DAYS),
        urgent: Some(Length::Hours(12)),
        must: Who::Organization,
        escalation: NOWHERE,
        end: "没有答复的组织不算参加，牵头的组织决定是否继续",
        ..clock(Name::ClaimForming, Object::Claim, &["forming"], "联合认领还有组织没有答复")
    },
    Clock {
        due: Length::Working(claim::DECIDE_WORKING_DAYS),
        urgent: URGENT,
        escalation: SOON,
        ..clock(Name::ClaimDecision, Object::Claim, &["submitted"], "组织认领以后还没有答复；不会自动同意")
    },
    Clock {
        due: Length::Working(claim::ANSWER_WORKING_DAYS),
        must: Who::Organization,
        escalation: NOWHERE,
        end: "认领过期，数量退回",
        ..clock(Name::ClaimAnswer, Object::Claim, &["needs_info"], "街道问了，组织还没有补充说明")
    },
    Clock {
        due: Length::Working(pairing::FIRST_CONTACT_WORKING_DAYS),
        urgent: URGENT,
        must: Who::Organization,
        end: "到期提醒一次，再过1个工作日（急难4小时）退回待认领",
        ..clock(Name::FirstContact, Object::Pairing, &["pending_start"], "同意认领以后还没有首次联系")
    },
    Clock {
        due: Length::Own("约定间隔的两倍，至少7天；一次性的服务是期限的一半"),
        must: Who::Organization,
        escalation: &[(Office::Street, At::DaysLate(7)), (Office::District, At::DaysLate(QUIET_DECIDE_DAYS))],
        end: "过期14天请街道决定：继续、部分退回，或结束",
        ..clock(Name::Quiet, Object::Pairing, &["active"], "帮扶中，从上一次记录起一直没有新的记录")
    },
    Clock {
        due: Length::Days(PAUSE_DAYS),
        ..clock(Name::Pause, Object::Pairing, &["paused"], "暂停以后没有恢复，也没有结束")
    },
    Clock {
        due: Length::Days(organization::HAND_OVER_DAYS),
        escalation: SOON,
        ..clock(Name::HandOver, Object::Pairing, &["paused"], "机构资格暂停，结对还没有移交")
    },
    Clock {
        due: Length::Working(pairing::VERIFY_WORKING_DAYS),
        ..clock(Name::Assignment, Object::Pairing, &["reported"], "组织报告结果以后（或核验没做成以后）还没有指派核验")
    },
    Clock {
        due: Length::Working(COMPLETE_WORKING_DAYS),
        ..clock(Name::Completion, Object::Pairing, &["reported"], "核验做完以后还没有确认办结")
    },
    Clock {
        due: Length::Days(VISIT_DAYS),
        must: Who::Organization,
        ..clock(Name::Visit, Object::Delivery, &["planned"], "计划的日子过了，还没有记录")
    },
    Clock {
        due: Length::Working(delivery::CONFIRM_WORKING_DAYS),
        must: Who::Village,
        ..clock(Name::Confirmation, Object::Delivery, &["recorded"], "组织记录了，还没有确认或提出异议")
    },
    Clock {
        due: Length::Working(delivery::CONFIRM_WORKING_DAYS),
        must: Who::Organization,
        ..clock(Name::Correction, Object::Delivery, &["disputed"], "记录有异议，组织还没有更正")
    },
    Clock {
        due: Length::Working(pairing::VERIFY_WORKING_DAYS),
        must: Who::Assignee,
        ..clock(Name::Verification, Object::Verification, &["assigned"], "指派了核验，还没有结果")
    },
    Clock {
        due: Length::Working(pairing::VERIFY_WORKING_DAYS),
        must: Who::Assignee,
        escalation: FROM_DISTRICT,
        ..clock(Name::Recheck, Object::Verification, &["assigned"], "抽到了复核，由另一个街道来做，还没有结果")
    },
    Clock {
        due: Length::Hours(pairing::TRANSFER_HOURS),
        must: Who::Organization,
        escalation: NOWHERE,
        end: "移交失效，结对不变",
        ..clock(Name::TransferAnswer, Object::Transfer, &["offered"], "请另一家组织接手，还没有答复")
    },
    Clock {
        due: Length::Hours(pairing::TRANSFER_HOURS),
        escalation: NOWHERE,
        end: "移交失效，结对不变",
        ..clock(Name::TransferDecision, Object::Transfer, &["accepted"], "对方接受了，街道还没有答复（从提出移交算起）")
    },
    Clock {
        due: Length::Working(ask::ANSWER_WORKING_DAYS),
        urgent: Some(Length::Own("到需求自己的期限前4小时")),
        must: Who::Organization,
        escalation: NOWHERE,
        end: "邀请过期，告诉街道",
        ..clock(Name::Invitation, Object::Ask, &["sent"], "邀请了组织，还没有回复")
    },
    Clock {
        due: Length::Working(disclosure::ASK_WORKING_DAYS),
        escalation: NOWHERE,
        end: "申请失效",
        ..clock(Name::Access, Object::Disclosure, &["asked"], "有人申请查看未成年人的联系方式")
    },
    Clock {
        due: Length::Own("到批准的时间"),
        must: Who::Organization,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "批准失效，要看再申请",
        ..clock(Name::AccessUse, Object::Disclosure, &["approved"], "批准了查看，还没有看")
    },
    Clock {
        due: Length::Working(rights::DUE_WORKING_DAYS),
        escalation: SOON,
        ..clock(Name::Rights, Object::Rights, &["received"], "本人或家属要求查阅、更正或删除个人信息")
    },
    Clock {
        due: Length::Working(organization::REVIEW_WORKING_DAYS),
        must: Who::District,
        escalation: FROM_DISTRICT,
        ..clock(Name::Application, Object::Organization, &["applied"], "组织申请入驻或年度复核，还没有核验")
    },
    Clock {
        due: Length::Days(organization::DRAFT_DAYS),
        must: Who::Organization,
        escalation: NOWHERE,
        end: "登记作废，可以重新登记",
        ..clock(Name::ApplicationDraft, Object::Organization, &["draft"], "开始了入驻登记，还没有提交")
    },
    Clock {
        due: Length::Own("到核验有效期的最后一天"),
        must: Who::Organization,
        reminders: Remind::Before(&organization::WARN_DAYS),
        escalation: NOWHERE,
        end: "核验到期，不能再认领，正在帮扶的照常",
        ..clock(Name::Standing, Object::Organization, &["verified"], "组织的核验快到期")
    },
    Clock {
        due: Length::Days(project::CAPACITY_DAYS),
        must: Who::Organization,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "余量显示“待确认”，一周前排上组织的工作台",
        ..clock(Name::Capacity, Object::Project, &["active"], "项目的余量确认过以后")
    },
    Clock {
        due: Length::Working(team::ANSWER_WORKING_DAYS),
        must: Who::Village,
        ..clock(Name::TeamDecision, Object::Team, &["applied"], "申请成立服务队，还没有答复")
    },
    Clock {
        due: Length::Days(team::INVITATION_DAYS),
        must: Who::Volunteer,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "邀请过期",
        ..clock(Name::MemberInvited, Object::Member, &["invited"], "邀请了队员，还没有答复")
    },
    Clock {
        due: Length::Days(signup::ANSWER_PAST_DAYS),
        must: Who::Team,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "自动结束为“没有记录”，不算没有到岗",
        ..clock(
            Name::SignupAnswer,
            Object::Signup,
            &["applied", "waitlisted"],
            "班次已经过去，报名还没有答复，或还在候补",
        )
    },
    Clock {
        due: Length::Own("到班次开始"),
        must: Who::Volunteer,
        reminders: Remind::Before(&[1]),
        escalation: NOWHERE,
        ..clock(Name::ShiftTomorrow, Object::Signup, &["accepted", "confirmed"], "班次快开始")
    },
    Clock {
        due: Length::Working(signup::RECORD_WORKING_DAYS),
        must: Who::Team,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "自动结束为“没有记录”，不算没有到岗；负责人以后仍可补记",
        ..clock(Name::SignupPast, Object::Signup, &["accepted", "confirmed"], "班次已经过去，没有人记录到岗")
    },
    Clock {
        due: Length::Working(signup::RECORD_WORKING_DAYS),
        must: Who::Team,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "到期提醒服务队所在的组织或监督的单位",
        ..clock(
            Name::Hours,
            Object::Signup,
            &["attended", "hours_submitted", "hours_rejected", "hours_confirmed"],
            "到岗以后，时长还没有填报或确认",
        )
    },
    Clock {
        due: Length::Working(hours::CORRECTION_WORKING_DAYS),
        must: Who::Team,
        reminders: Remind::Never,
        escalation: NOWHERE,
        end: "到期提醒服务队所在的组织或监督的单位",
        ..clock(Name::HoursCorrection, Object::Correction, &["asked", "proposed"], "志愿者要求更正时长，还没有答复")
    },
    Clock {
        due: Length::Hours(incident::ANSWER_HOURS),
        ..clock(Name::Incident, Object::Incident, &["reported"], "班次上出了意外，还没有处理")
    },
];

/// States that can still change and yet wait for nobody: (object, state, why).
pub const WITHOUT: &[(Object, &str, &str)] = &[
    (Object::Need, "closed", "已经结案，不等任何人；90天内可以重新打开"),
    (Object::Need, "merged", "并到另一条需求，那一条有自己的期限；7天内可以撤销"),
    (Object::Attachment, "kept", "附件只是留存，按保存期限处理"),
    (Object::Organization, "returned", "要补的材料由组织自己定时间，这期间不能认领，不耽误任何一户"),
    (Object::Organization, "lapsed", "到期前提醒过；不能再认领，正在帮扶的照常"),
    (Object::Organization, "suspended", "它的每件结对各有移交的期限"),
    (Object::Organization, "refused", "已有结论；可以重新登记"),
    (Object::Project, "paused", "组织自己暂停承接，恢复前不会匹配到它"),
    (Object::Batch, "proposed", "方案只是建议，里面每条需求的期限照走"),
    (Object::Volunteer, "active", "志愿者登记着，不等任何人"),
    (Object::Team, "active", "服务队在活动，不等任何人"),
    (Object::Member, "applied", "排在队长和负责人的工作台上，3个工作日；不影响任何一户"),
    (Object::Member, "active", "队员在队，不等任何人"),
    (Object::Opening, "draft", "岗位还没有发布，没有人报名"),
    (Object::Opening, "open", "岗位在招募；每个报名各有期限"),
    (Object::Opening, "closed", "岗位停止招募；已有的报名各有期限"),
    (Object::Shift, "planned", "班次到时间自然过去；每个报名各有期限"),
    (Object::Signup, "no_show", "已有结论；负责人可以改为准假"),
    (Object::Signup, "late_cancel", "已有结论；负责人可以改为准假"),
    (Object::Signup, "unrecorded", "已经自动结束；负责人可以补记"),
    (Object::Signup, "recorded", "已记入服务记录"),
    (Object::Signup, "corrected", "已记入服务记录"),
    (Object::Training, "recorded", "只是记录"),
    (Object::Award, "recorded", "只是记录"),
    (Object::Evaluation, "recorded", "只是记录"),
    (Object::Import, "checked", "文件检查过还没有导入：上传的人当场决定，导入以后每条草稿各有期限"),
    (Object::Thesaurus, "active", "词条在用"),
    (Object::Thesaurus, "removed", "词条停用，可以恢复"),
    (Object::SavedSearch, "active", "保存着的查找"),
    (Object::Account, "active", "账号在用"),
    (Object::Account, "deactivated", "账号停用，可以恢复"),
    (Object::Invitation, "open", "账号邀请到期自动失效，可以再发"),
];

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
mod tests {
    use super::*;
    use crate::machine::RULES;
    use chrono::NaiveDate;
    use std::collections::BTreeSet;

    /// Every state of every object from which something leads elsewhere.
    fn not_final() -> BTreeSet<(&'static str, &'static str)> {
        let leads = |rule: &&crate::machine::Rule| rule.from.is_some_and(|from| from != rule.to);
        RULES.iter().filter(leads).filter_map(|rule| Some((rule.command.object().as_str(), rule.from?))).collect()
    }

    #[test]
    fn every_state_that_is_not_final_has_a_clock_or_a_written_reason() {
        let clocked = |object: &str, state: &str| {
            CLOCKS.iter().any(|clock| clock.object.as_str() == object && clock.states.contains(&state))
        };
        let excused = |object: &str, state: &str| {
            WITHOUT.iter().any(|(of, at, why)| of.as_str() == object && *at == state && why.chars().count() >= 4)
        };
        let (mut bare, mut twice) = (Vec::new(), Vec::new());
        for (object, state) in not_final() {
            match (clocked(object, state), excused(object, state)) {
                (false, false) => bare.push((object, state)),
                (true, true) => twice.push((object, state)),
                _ => {}
            }
        }
        assert!(bare.is_empty(), "neither a clock nor a written reason: {bare:?}");
        assert!(twice.is_empty(), "a clock, and a reason why there is none: {twice:?}");
    }

    #[test]
    fn the_table_names_states_that_exist_and_each_clock_once() {
        let open = not_final();
        for clock in CLOCKS {
            for state in clock.states {
                assert!(open.contains(&(clock.object.as_str(), *state)), "{}: {state} is final or unknown", clock.name);
            }
            assert!(clock.name.as_str().starts_with(clock.object.as_str()), "{}", clock.name);
            assert!(!clock.condition.is_empty() && !clock.due_words().is_empty());
            // Nothing waits for ever unseen.
            assert!(!clock.steps(false).is_empty() || !clock.end.is_empty() || clock.reminders != Remind::Never);
        }
        for (object, state, _) in WITHOUT {
            assert!(open.contains(&(object.as_str(), *state)), "{object} {state} is final or unknown");
        }
        for name in Name::ALL {
            assert_eq!(CLOCKS.iter().filter(|clock| clock.name == *name).count(), 1, "{name}");
        }
    }

    fn at(day: &str, hour: u32) -> Time {
        Time::at(day.parse::<NaiveDate>().unwrap(), hour, 0)
    }

    #[test]
    fn overdue_goes_up_at_once_twice_and_three_times_the_time() {
        let calendar = WorkingDays::shipped();
        // Tuesday; five working days: Tuesday a week later, 18:00.
        let late = Running::new(Name::Assignment, at("2026-11-24", 9), None, false, calendar).unwrap();
        assert_eq!(late.due, at("2026-12-01", 18));
        let moments = late.moments(calendar);
        assert_eq!(
            moments.iter().map(|(_, moment)| *moment).collect::<Vec<_>>(),
            [
                Moment::Remind,
                Moment::Late,
                Moment::Up(Office::Street),
                Moment::Up(Office::District),
                Moment::Up(Office::City)
            ]
        );
        assert_eq!(moments[3].0, at("2026-12-08", 18));
        assert_eq!(moments[4].0, at("2026-12-15", 18));
        let stage = |day: &str, hour| late.stage(at(day, hour));
        assert_eq!(
            [stage("2026-11-27", 9), stage("2026-11-30", 9), stage("2026-12-01", 19)],
            [Stage::Running, Stage::Amber, Stage::Overdue]
        );
        assert_eq!(late.words(at("2026-12-01", 15), calendar), "还剩3小时");
        assert_eq!(late.words(at("2026-12-03", 18), calendar), "逾期2天");
        assert_eq!(late.words(at("2026-12-09", 18), calendar), "逾期8天，已报区级");
        assert!(late.reaches(Office::Street, at("2026-12-09", 18), calendar));
        assert!(!late.reaches(Office::City, at("2026-12-09", 18), calendar));
    }

    #[test]
    fn an_urgent_need_goes_up_at_12_20_and_36_hours() {
        let calendar = WorkingDays::shipped();
        let published = at("2026-11-24", 9);
        let need = Running::new(Name::NeedUnclaimed, published, None, true, calendar).unwrap();
        assert_eq!(need.due, published.plus_hours(24));
        let raised = |hours: i64| need.raised(published.plus_hours(hours).plus_minutes(1), calendar);
        assert_eq!(
            [raised(11), raised(12), raised(20), raised(30), raised(36)],
            [None, Some(Office::Street), Some(Office::District), Some(Office::District), Some(Office::City)]
        );
        assert_eq!(need.words(published.plus_hours(21), calendar), "还剩3小时，已报区级");
        assert_eq!(need.words(published.plus_hours(30), calendar), "逾期6小时，已报区级");
        let normal = Running::new(Name::NeedUnclaimed, published, None, false, calendar).unwrap();
        assert_eq!(normal.raised(published.plus_days(8), calendar), Some(Office::District));
    }

    #[test]
    fn an_undecided_claim_goes_to_the_district_and_then_to_the_city() {
        let calendar = WorkingDays::shipped();
        let since = at("2026-11-24", 9);
        let claim = Running::new(Name::ClaimDecision, since, Some(at("2026-11-27", 18)), false, calendar).unwrap();
        assert_eq!(claim.raised(at("2026-11-27", 19), calendar), Some(Office::District));
        assert_eq!(claim.raised(at("2026-12-02", 17), calendar), Some(Office::District));
        assert_eq!(claim.raised(at("2026-12-02", 19), calendar), Some(Office::City));
    }

    #[test]
    fn a_quiet_pairing_is_the_organization_s_then_the_street_s_then_the_district_s() {
        let calendar = WorkingDays::shipped();
        let since = at("2026-09-01", 9);
        let quiet = Running::new(Name::Quiet, since, Some(since.plus_days(7)), false, calendar).unwrap();
        let raised = |days: i64| quiet.raised(since.plus_days(days).plus_minutes(1), calendar);
        assert_eq!(
            [raised(8), raised(14), raised(21), raised(120)],
            [None, Some(Office::Street), Some(Office::District), Some(Office::District)]
        );
    }
}
