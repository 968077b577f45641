//! The table itself, and what waits for nobody.

use super::{
    At, COMPLETE_WORKING_DAYS, Clock, Length, Name, Office, PAUSE_DAYS, QUIET_DECIDE_DAYS, Remind, UNCLAIMED_HOURS,
    URGENT_UNCLAIMED_HOURS, VALIDITY_DAYS, VISIT_DAYS, Who,
};
use crate::machine::Object;
use crate::{
    ask, claim, delivery, disclosure, help, hours, incident, need, organization, pairing, project, rights, signup, team,
};

/// Overdue: street, district, city at once, twice and three times the time.
const UP: &[(Office, At)] =
    &[(Office::Street, At::Times(1)), (Office::District, At::Times(2)), (Office::City, At::Times(3))];
/// What the district hears of at once.
const SOON: &[(Office, At)] =
    &[(Office::Street, At::Times(1)), (Office::District, At::Times(1)), (Office::City, At::Times(2))];
/// What a district decides.
const FROM_DISTRICT: &[(Office, At)] = &[(Office::District, At::Times(1)), (Office::City, At::Times(2))];
/// A person's own words stay with those who may read them: the city counts alone.
const TO_DISTRICT: &[(Office, At)] = &[(Office::Street, At::Times(1)), (Office::District, At::Times(2))];
const NOWHERE: &[(Office, At)] = &[];
const URGENT: Option<Length> = Some(Length::Hours(24));

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
        due: Length::Working(need::AMENDMENT_WORKING_DAYS),
        urgent: URGENT,
        ..clock(
            Name::NeedAmendment,
            Object::Need,
            &["published", "suspended"],
            "一位同事提出更正公开的内容，另一位还没有确认",
        )
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
    Clock {
        due: Length::Working(help::TRIAGE_WORKING_DAYS),
        urgent: Some(Length::Hours(help::TRIAGE_URGENT_HOURS)),
        escalation: TO_DISTRICT,
        ..clock(Name::HelpTriage, Object::Help, &["received"], "有人求助，街道还没有答复")
    },
    Clock {
        due: Length::Working(help::WORK_WORKING_DAYS),
        urgent: Some(Length::Hours(help::WORK_URGENT_HOURS)),
        escalation: TO_DISTRICT,
        ..clock(Name::HelpWork, Object::Help, &["accepted"], "街道接下了求助，还没有定下怎么办")
    },
    Clock {
        due: Length::Own("到约定的答复日期"),
        escalation: TO_DISTRICT,
        ..clock(Name::HelpRoute, Object::Help, &["routed"], "交出去办政府救助，还没有结果")
    },
    Clock {
        due: Length::Own("到约好再看的日期"),
        escalation: TO_DISTRICT,
        ..clock(Name::HelpWatch, Object::Help, &["watched"], "街道留意着，约好再看")
    },
    Clock {
        due: Length::Working(help::VOICE_WORKING_DAYS),
        escalation: TO_DISTRICT,
        ..clock(Name::VoiceAnswer, Object::Voice, &["said"], "求助人说没来、没帮上、还需要，或不要再来")
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
    (Object::Import, "uploaded", "正在检查，或读不了：上传的人当场看到，改好再传"),
    (Object::Import, "checked", "文件检查过还没有导入：上传的人当场决定，导入以后每条草稿各有期限"),
    (Object::Thesaurus, "active", "词条在用"),
    (Object::Thesaurus, "removed", "词条停用，可以恢复"),
    (Object::SavedSearch, "active", "保存着的查找"),
    (Object::Account, "active", "账号在用"),
    (Object::Account, "deactivated", "账号停用，可以恢复"),
    (Object::Invitation, "open", "账号邀请到期自动失效，可以再发"),
];
