//! States, commands and the one transition table.
//!
//! Every object of the loop has one stored state. What may change it is a
//! [`Command`]; which command leads from where to where stands in [`RULES`]
//! and nowhere else. What is not in the table is refused for every role and
//! every entry point (page, interface, import, job).

use std::fmt;

/// Declares an enum that is stored and sent as a short text and shown in Chinese.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant,)+ }

        impl $name {
            /// Every value, in the order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text that is stored, sent and written into events.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The words shown to people.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$variant => $label,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::machine::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                match text { $($text => Ok(Self::$variant),)+ _ => Err($crate::machine::UnknownText(stringify!($name))) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> { s.serialize_str(self.as_str()) }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        $crate::text_column!($name);
    };
}

/// Makes a text enum a column type of both engines (feature `sqlx`).
#[macro_export]
#[doc(hidden)]
macro_rules! text_column {
    ($name:ident) => {
        #[cfg(feature = "sqlx")]
        impl<DB: sqlx::Database> sqlx::Type<DB> for $name
        where
            str: sqlx::Type<DB>,
        {
            fn type_info() -> DB::TypeInfo {
                <str as sqlx::Type<DB>>::type_info()
            }
            fn compatible(ty: &DB::TypeInfo) -> bool {
                <str as sqlx::Type<DB>>::compatible(ty)
            }
        }

        #[cfg(feature = "sqlx")]
        impl<'r, DB: sqlx::Database> sqlx::Decode<'r, DB> for $name
        where
            &'r str: sqlx::Decode<'r, DB>,
        {
            fn decode(value: DB::ValueRef<'r>) -> Result<Self, sqlx::error::BoxDynError> {
                Ok(<&'r str as sqlx::Decode<'r, DB>>::decode(value)?.parse()?)
            }
        }

        #[cfg(feature = "sqlx")]
        impl<'q, DB: sqlx::Database> sqlx::Encode<'q, DB> for $name
        where
            &'q str: sqlx::Encode<'q, DB>,
        {
            fn encode_by_ref(
                &self,
                buf: &mut DB::ArgumentBuffer,
            ) -> Result<sqlx::encode::IsNull, sqlx::error::BoxDynError> {
                self.as_str().encode_by_ref(buf)
            }
        }
    };
}

/// A stored or sent text that names no value of the enum (its name follows).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownText(pub &'static str);

impl fmt::Display for UnknownText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a value of {}", self.0)
    }
}

impl std::error::Error for UnknownText {}

text_enum! {
    /// The kinds of object that have a state or events.
    Object {
        Need = "need", "需求";
        Claim = "claim", "认领";
        Pairing = "pairing", "结对";
        Delivery = "delivery", "服务记录";
        Verification = "verification", "核验";
        Transfer = "transfer", "移交";
        Organization = "organization", "社会组织";
        Project = "project", "帮扶项目";
        Ask = "ask", "邀请承接";
        Batch = "batch", "批量匹配";
        Volunteer = "volunteer", "志愿者";
        Team = "team", "志愿服务队";
        Member = "member", "队员";
        Opening = "opening", "岗位";
        Shift = "shift", "班次";
        Signup = "signup", "报名";
        Correction = "correction", "时长更正";
        Certificate = "certificate", "服务记录证明";
        Incident = "incident", "意外情况";
        Help = "help", "求助";
        Voice = "voice", "求助人的话";
        Training = "training", "培训记录";
        Award = "award", "表彰奖励";
        Evaluation = "evaluation", "服务评价";
        Calendar = "calendar", "个人日历";
        Consent = "consent", "知情同意";
        Disclosure = "disclosure", "查看申请";
        Rights = "rights", "个人信息要求";
        Import = "import", "台账导入";
        Account = "account", "账号";
        Session = "session", "登录";
        Invitation = "invitation", "邀请";
        Reference = "reference", "基础数据";
        Thesaurus = "thesaurus", "词库";
        SavedSearch = "saved_search", "保存的查找";
        Access = "access", "查阅";
        Attachment = "attachment", "附件";
        Key = "key", "密钥";
        Retention = "retention", "保存期限";
        Clock = "clock", "期限";
    }
}

text_enum! {
    /// Everything anybody can do that is decided on and recorded.
    Command {
        NeedCreate = "need.create", "登记需求";
        NeedEdit = "need.edit", "修改需求";
        NeedAssign = "need.assign", "改经办人";
        NeedMendFile = "need.mend_file", "更正档案";
        NeedRenew = "need.renew", "按台账更新档案";
        NeedSubmit = "need.submit", "送审";
        NeedReturn = "need.return", "退回修改";
        NeedRevise = "need.revise", "重新修改";
        NeedPublish = "need.publish", "审核公开";
        NeedSuspend = "need.suspend", "暂停公开";
        NeedResume = "need.resume", "恢复公开";
        NeedExtend = "need.extend", "延长有效期";
        NeedProposeClose = "need.propose_close", "提请结案";
        NeedRefuseClose = "need.refuse_close", "不同意结案";
        NeedClose = "need.close", "结案";
        NeedAmend = "need.amend", "提出更正";
        NeedConfirmAmendment = "need.confirm_amendment", "更正公开的内容";
        NeedRefuseAmendment = "need.refuse_amendment", "不同意更正";
        NeedWithdraw = "need.withdraw", "撤回";
        NeedAbandon = "need.abandon", "不予公开";
        NeedExpire = "need.expire", "到期无人认领";
        NeedMerge = "need.merge", "合并";
        NeedUnmerge = "need.unmerge", "撤销合并";
        NeedReopen = "need.reopen", "重新打开";
        NeedEscalate = "need.escalate", "上报";
        NeedDisclose = "need.disclose", "查看档案";
        ConsentRecord = "consent.record", "登记同意";
        ConsentWithdraw = "consent.withdraw", "撤回同意";
        ConsentWarn = "consent.warn", "同意将到期";
        ConsentExpire = "consent.expire", "同意到期";
        DisclosureAsk = "disclosure.ask", "申请查看联系方式";
        DisclosureApprove = "disclosure.approve", "批准查看";
        DisclosureRefuse = "disclosure.refuse", "不批准查看";
        DisclosureOpen = "disclosure.open", "按批准查看";
        DisclosureLapse = "disclosure.lapse", "查看申请失效";
        RightsReceive = "rights.receive", "登记个人信息要求";
        RightsCopy = "rights.copy", "提供个人信息副本";
        RightsCorrect = "rights.correct", "更正档案";
        RightsErase = "rights.erase", "删除档案";
        RightsExplain = "rights.explain", "答复处理规则";
        RightsRefuse = "rights.refuse", "不予办理";
        RightsRemind = "rights.remind", "个人信息要求超期";
        ClaimForm = "claim.form", "发起联合认领";
        ClaimJoin = "claim.join", "同意一起认领";
        ClaimSubmit = "claim.submit", "提交认领";
        ClaimAsk = "claim.ask", "请补充说明";
        ClaimAnswer = "claim.answer", "补充说明";
        ClaimApprove = "claim.approve", "同意认领";
        ClaimDecline = "claim.decline", "不同意认领";
        ClaimWithdraw = "claim.withdraw", "撤回认领";
        ClaimExpire = "claim.expire", "认领过期";
        ClaimSupersede = "claim.supersede", "认领被取代";
        ClaimEscalate = "claim.escalate", "认领超时上报";
        PairingOpen = "pairing.open", "结对";
        PairingRemind = "pairing.remind", "提醒首次联系";
        PairingStart = "pairing.start", "首次联系";
        PairingRelease = "pairing.release", "退回待认领";
        PairingGrace = "pairing.grace", "延长首次联系期限";
        PairingPause = "pairing.pause", "暂停服务";
        PairingResume = "pairing.resume", "恢复服务";
        PairingGoOn = "pairing.go_on", "继续帮扶";
        PairingGiveBack = "pairing.give_back", "部分退回";
        PairingReport = "pairing.report", "报告结果";
        PairingTakeBack = "pairing.take_back", "收回报告";
        PairingRework = "pairing.rework", "退回继续帮扶";
        PairingComplete = "pairing.complete", "确认办结";
        PairingCloseUnverified = "pairing.close_unverified", "未能核验办结";
        PairingTerminate = "pairing.terminate", "终止结对";
        PairingTransfer = "pairing.transfer", "移交完成";
        PairingSettle = "pairing.settle", "核算承诺";
        PairingDisclose = "pairing.disclose", "查看联系方式";
        PairingAssignWorker = "pairing.assign_worker", "指定服务人员";
        TransferOffer = "transfer.offer", "提出移交";
        TransferAccept = "transfer.accept", "接受移交";
        TransferDecline = "transfer.decline", "不接受移交";
        TransferApprove = "transfer.approve", "同意移交";
        TransferRefuse = "transfer.refuse", "不同意移交";
        TransferLapse = "transfer.lapse", "移交失效";
        DeliveryPlan = "delivery.plan", "安排服务";
        DeliveryRecord = "delivery.record", "记录服务";
        DeliveryMiss = "delivery.miss", "记录未成";
        DeliveryConfirm = "delivery.confirm", "确认服务记录";
        DeliveryDispute = "delivery.dispute", "提出异议";
        DeliveryVoid = "delivery.void", "作废";
        DeliveryCorrect = "delivery.correct", "更正";
        DeliveryMove = "delivery.move", "改期";
        DeliveryAssign = "delivery.assign", "安排谁去";
        VerificationAssign = "verification.assign", "指派核验";
        VerificationReassign = "verification.reassign", "改派核验";
        VerificationVerify = "verification.verify", "提交核验";
        VerificationFail = "verification.fail", "未能核验";
        VerificationRecheck = "verification.recheck", "抽查复核";
        OrganizationRegister = "organization.register", "开始登记";
        OrganizationEdit = "organization.edit", "填写登记信息";
        OrganizationAbandon = "organization.abandon", "登记作废";
        OrganizationApply = "organization.apply", "申请入驻";
        OrganizationResubmit = "organization.resubmit", "重新申请";
        OrganizationVerify = "organization.verify", "核验通过";
        OrganizationReturn = "organization.return", "退回补正";
        OrganizationRefuse = "organization.refuse", "不予入驻";
        OrganizationRecheck = "organization.recheck", "申请年度复核";
        OrganizationStanding = "organization.standing", "登记年检和信用";
        OrganizationWarn = "organization.warn", "核验快到期";
        OrganizationLapse = "organization.lapse", "核验到期";
        OrganizationSuspend = "organization.suspend", "暂停资格";
        OrganizationResume = "organization.resume", "恢复资格";
        OrganizationRevoke = "organization.revoke", "取消资格";
        ProjectPublish = "project.publish", "发布项目";
        ProjectEdit = "project.edit", "修改项目";
        ProjectConfirm = "project.confirm", "确认余量";
        ProjectPause = "project.pause", "暂停承接";
        ProjectResume = "project.resume", "恢复承接";
        ProjectEnd = "project.end", "结束项目";
        AskSend = "ask.send", "邀请承接";
        AskAccept = "ask.accept", "接受邀请";
        AskDecline = "ask.decline", "不接受邀请";
        AskWithdraw = "ask.withdraw", "收回邀请";
        AskLapse = "ask.lapse", "邀请过期";
        BatchPropose = "batch.propose", "批量匹配";
        BatchEdit = "batch.edit", "调整匹配方案";
        BatchSend = "batch.send", "发出邀请";
        BatchDiscard = "batch.discard", "放弃方案";
        VolunteerJoin = "volunteer.join", "登记为志愿者";
        VolunteerEnter = "volunteer.enter", "按名单登记志愿者";
        VolunteerClaim = "volunteer.claim", "本人开通志愿者账号";
        VolunteerEdit = "volunteer.edit", "修改志愿者资料";
        VolunteerWithdraw = "volunteer.withdraw", "退出志愿者登记";
        TeamFound = "team.found", "建立服务队";
        TeamApply = "team.apply", "申请成立服务队";
        TeamApprove = "team.approve", "同意成立";
        TeamRefuse = "team.refuse", "不同意成立";
        TeamEdit = "team.edit", "修改服务队";
        TeamEnd = "team.end", "解散服务队";
        TeamExport = "team.export", "导出服务记录";
        MemberApply = "member.apply", "申请入队";
        MemberFound = "member.found", "发起入队";
        MemberInvite = "member.invite", "邀请入队";
        MemberAgree = "member.agree", "接受入队邀请";
        MemberLapse = "member.lapse", "入队邀请过期";
        MemberAccept = "member.accept", "接收队员";
        MemberDecline = "member.decline", "不接收";
        MemberLeave = "member.leave", "退出服务队";
        MemberRemove = "member.remove", "移出服务队";
        MemberLead = "member.lead", "指定或免去队长";
        OpeningCreate = "opening.create", "新建岗位";
        OpeningEdit = "opening.edit", "修改岗位";
        OpeningOpen = "opening.open", "发布岗位";
        OpeningClose = "opening.close", "停止招募";
        OpeningCancel = "opening.cancel", "取消岗位";
        ShiftPlan = "shift.plan", "安排班次";
        ShiftPlaces = "shift.places", "修改名额";
        ShiftCancel = "shift.cancel", "取消班次";
        SignupApply = "signup.apply", "报名";
        SignupAccept = "signup.accept", "录用";
        SignupWaitlist = "signup.waitlist", "列入候补";
        SignupPromote = "signup.promote", "候补转正";
        SignupDecline = "signup.decline", "不录用";
        SignupConfirm = "signup.confirm", "确认参加";
        SignupWithdraw = "signup.withdraw", "取消报名";
        SignupLateCancel = "signup.late_cancel", "临时取消";
        SignupCancel = "signup.cancel", "班次取消";
        SignupExcuse = "signup.excuse", "准假";
        SignupAttend = "signup.attend", "签到";
        SignupLeave = "signup.leave", "签退";
        SignupNoShow = "signup.no_show", "记没有到岗";
        SignupHours = "signup.hours", "填报时长";
        SignupConfirmHours = "signup.confirm_hours", "确认时长";
        SignupRejectHours = "signup.reject_hours", "退回时长";
        SignupRecord = "signup.record", "记入服务记录";
        SignupCorrect = "signup.correct", "更正服务记录";
        SignupVoid = "signup.void", "作废服务记录";
        SignupRemind = "signup.remind", "提醒记录时长";
        SignupLapse = "signup.lapse", "班次已过没有记录";
        CorrectionAsk = "correction.ask", "要求更正时长";
        CorrectionPropose = "correction.propose", "提出更正";
        CorrectionConfirm = "correction.confirm", "确认更正";
        CorrectionReturn = "correction.return", "退回更正";
        CorrectionRefuse = "correction.refuse", "不予更正";
        CorrectionRemind = "correction.remind", "更正超期";
        CertificateIssue = "certificate.issue", "开服务记录证明";
        IncidentReport = "incident.report", "报告意外情况";
        IncidentHandle = "incident.handle", "处理意外情况";
        HelpAsk = "help.ask", "登记求助";
        HelpTake = "help.take", "接下求助";
        HelpMove = "help.move", "转给别的街道";
        HelpRoute = "help.route", "转办政府救助";
        HelpResume = "help.resume", "接着办";
        HelpWatch = "help.watch", "留意着";
        HelpLook = "help.look", "去看过了";
        HelpNeed = "help.need", "转为需求";
        HelpAdvise = "help.advise", "答复";
        HelpClose = "help.close", "结束求助";
        HelpForget = "help.forget", "求助信息到期删除";
        VoiceSay = "voice.say", "求助人要街道回话";
        VoiceNote = "voice.note", "求助人说帮上了";
        VoiceHear = "voice.hear", "给求助人回话";
        TrainingRecord = "training.record", "记录培训";
        TrainingVoid = "training.void", "作废培训记录";
        AwardRecord = "award.record", "记录表彰";
        AwardVoid = "award.void", "作废表彰记录";
        EvaluationRecord = "evaluation.record", "登记服务评价";
        EvaluationVoid = "evaluation.void", "作废服务评价";
        CalendarRenew = "calendar.renew", "更换日历地址";
        CalendarRevoke = "calendar.revoke", "停用日历地址";
        ImportUpload = "import.upload", "上传台账";
        ImportCheck = "import.check", "检查台账";
        ImportApply = "import.apply", "导入台账";
        ImportDiscard = "import.discard", "放弃导入";
        ImportUploadMembers = "import.upload_members", "上传队员名单";
        ImportCheckMembers = "import.check_members", "检查队员名单";
        ImportApplyMembers = "import.apply_members", "按名单邀请队员";
        ImportDiscardMembers = "import.discard_members", "放弃队员名单";
        AccountCreate = "account.create", "建立账号";
        AccountDeactivate = "account.deactivate", "停用账号";
        AccountReactivate = "account.reactivate", "启用账号";
        AccountPassword = "account.password", "修改密码";
        AccountChange = "account.change", "调整岗位";
        AccountPasswordLink = "account.password_link", "发放重设密码链接";
        AccountFactorSet = "account.factor_set", "绑定动态码";
        AccountFactorReset = "account.factor_reset", "重置动态码";
        AccountRecovery = "account.recovery", "更换恢复码";
        AccountVouch = "account.vouch", "当面核实本人";
        AccountUnblock = "account.unblock", "解除登录等待";
        InvitationCreate = "invitation.create", "邀请开通账号";
        InvitationAccept = "invitation.accept", "接受邀请";
        InvitationRevoke = "invitation.revoke", "收回邀请";
        SessionSignIn = "session.sign_in", "登录";
        SessionSignOut = "session.sign_out", "退出登录";
        SessionRefuse = "session.refuse", "登录失败";
        SessionConfirm = "session.confirm", "再次确认身份";
        SessionEnd = "session.end", "让设备退出";
        ReferenceImport = "reference.import", "更新基础数据";
        ThesaurusAdd = "thesaurus.add", "增加词组";
        ThesaurusChange = "thesaurus.change", "修改词组";
        ThesaurusRemove = "thesaurus.remove", "停用词组";
        ThesaurusRestore = "thesaurus.restore", "恢复词组";
        SavedSearchCreate = "saved_search.create", "保存查找";
        SavedSearchRename = "saved_search.rename", "修改保存的查找";
        SavedSearchDelete = "saved_search.delete", "删除保存的查找";
        NeedAnonymise = "need.anonymise", "去除个人信息";
        AttachmentAdd = "attachment.add", "上传附件";
        AttachmentRemove = "attachment.remove", "删去附件";
        AccessRead = "access.read", "查阅个人信息";
        AccessExport = "access.export", "导出";
        AccessRefuse = "access.refuse", "拒绝访问";
        AccessAudit = "access.audit", "查阅审计记录";
        KeyRotate = "key.rotate", "更换密钥";
        RetentionSet = "retention.set", "修改保存期限";
        RetentionRun = "retention.run", "执行保存期限";
        ReferenceWeights = "reference.weights", "设置匹配权重";
        ReferenceDays = "reference.days", "修改工作日历";
        ClockRaise = "clock.raise", "逾期上报";
        ClockAccept = "clock.accept", "确认机器时间";
    }
}

impl Command {
    /// The object that this command acts on.
    pub fn object(self) -> Object {
        let name = self.as_str().split('.').next().unwrap_or_default();
        // Every command's text starts with an object's; a test holds that.
        name.parse().unwrap_or(Object::Reference)
    }
}

/// One line of the transition table. `from == None` creates the object.
/// `from == to` records something without leaving the state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    pub command: Command,
    pub from: Option<&'static str>,
    pub to: &'static str,
}

/// States of one kind of object, tied to the table.
pub trait State: Copy + Eq + fmt::Display + std::str::FromStr + 'static {
    const OBJECT: Object;
    fn text(self) -> &'static str;
    fn words(self) -> &'static str;
}

/// Declares a state enum.
#[macro_export]
macro_rules! state_enum {
    ($(#[$meta:meta])* $name:ident of $object:ident { $($rest:tt)+ }) => {
        $crate::text_enum! { $(#[$meta])* $name { $($rest)+ } }
        impl $crate::machine::State for $name {
            const OBJECT: $crate::machine::Object = $crate::machine::Object::$object;
            fn text(self) -> &'static str { self.as_str() }
            fn words(self) -> &'static str { self.label() }
        }
    };
}

/// The command is not in the table for this state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IllegalTransition {
    pub command: Command,
    pub from: Option<&'static str>,
    /// The present state in Chinese, empty where there is none.
    pub words: &'static str,
}

impl fmt::Display for IllegalTransition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is not possible from {:?}", self.command, self.from)
    }
}

impl std::error::Error for IllegalTransition {}

/// Where `command` leads from `from`; refused when the table does not say so.
pub fn step<S: State>(from: S, command: Command) -> Result<S, IllegalTransition> {
    RULES
        .iter()
        .find(|rule| rule.command == command && rule.from == Some(from.text()))
        .and_then(|rule| rule.to.parse().ok())
        .ok_or(IllegalTransition { command, from: Some(from.text()), words: from.words() })
}

/// Whether the table lets `command` act in this state.
pub fn allows<S: State>(from: S, command: Command) -> bool {
    step(from, command).is_ok()
}

/// Whether an event's step stands in the table.
pub fn is_rule(command: Command, from: Option<&str>, to: &str) -> bool {
    RULES.iter().any(|rule| rule.command == command && rule.from == from && rule.to == to)
}

macro_rules! rules {
    ($($command:ident: $($from:tt)|* => $to:literal;)+) => {
        &[$($(Rule { command: Command::$command, from: rules!(@from $from), to: $to },)*)+]
    };
    (@from "") => { None };
    (@from $from:literal) => { Some($from) };
}

/// The one transition table (product contract, "The loop"). `""` = new.
pub const RULES: &[Rule] = rules! {
    NeedCreate: "" => "draft";
    NeedEdit: "draft" => "draft";
    // Who in the office handles it: nothing else changes.
    NeedAssign: "draft" => "draft";
    NeedAssign: "in_review" => "in_review";
    NeedAssign: "returned" => "returned";
    NeedAssign: "published" => "published";
    NeedAssign: "suspended" => "suspended";
    // What the sealed file says, at any time after the draft.
    NeedMendFile: "in_review" => "in_review";
    NeedMendFile: "returned" => "returned";
    NeedMendFile: "published" => "published";
    NeedMendFile: "suspended" => "suspended";
    NeedMendFile: "closed" => "closed";
    // What a later ledger says of the household: nothing that outsiders read.
    NeedRenew: "draft" => "draft";
    NeedRenew: "in_review" => "in_review";
    NeedRenew: "returned" => "returned";
    NeedRenew: "published" => "published";
    NeedRenew: "suspended" => "suspended";
    NeedSubmit: "draft" => "in_review";
    NeedReturn: "in_review" => "returned";
    NeedRevise: "returned" => "draft";
    NeedPublish: "in_review" => "published";
    NeedSuspend: "published" => "suspended";
    NeedResume: "suspended" => "published";
    NeedExtend: "published" => "published";
    NeedEscalate: "published" => "published";
    // A second account corrects what is published; until then nothing changes.
    NeedAmend: "published" => "published";
    NeedAmend: "suspended" => "suspended";
    NeedConfirmAmendment: "published" => "published";
    NeedConfirmAmendment: "suspended" => "suspended";
    NeedRefuseAmendment: "published" => "published";
    NeedRefuseAmendment: "suspended" => "suspended";
    // A second account closes; until then nothing changes.
    NeedProposeClose: "published" => "published";
    NeedProposeClose: "suspended" => "suspended";
    NeedRefuseClose: "published" => "published";
    NeedRefuseClose: "suspended" => "suspended";
    NeedClose: "published" | "suspended" => "closed";
    NeedWithdraw: "published" | "suspended" => "closed";
    NeedAbandon: "draft" | "in_review" | "returned" => "closed";
    NeedExpire: "published" => "closed";
    NeedMerge: "published" => "merged";
    NeedUnmerge: "merged" => "published";
    NeedReopen: "closed" => "in_review";
    NeedDisclose: "draft" => "draft";
    NeedDisclose: "in_review" => "in_review";
    NeedDisclose: "returned" => "returned";
    NeedDisclose: "published" => "published";
    NeedDisclose: "suspended" => "suspended";
    NeedDisclose: "closed" => "closed";
    NeedAnonymise: "closed" => "closed";
    NeedAnonymise: "merged" => "merged";

    AttachmentAdd: "" => "kept";
    AttachmentRemove: "kept" => "removed";

    ConsentRecord: "" => "live";
    ConsentWithdraw: "live" => "withdrawn";
    ConsentWarn: "live" => "live";
    ConsentExpire: "live" => "expired";

    DisclosureAsk: "" => "asked";
    DisclosureApprove: "asked" => "approved";
    DisclosureRefuse: "asked" => "refused";
    DisclosureOpen: "approved" => "opened";
    DisclosureLapse: "asked" | "approved" => "lapsed";

    RightsReceive: "" => "received";
    RightsCopy: "received" => "done";
    RightsCopy: "done" => "done";
    RightsCorrect: "received" => "done";
    RightsErase: "received" => "done";
    RightsExplain: "received" => "done";
    RightsRefuse: "received" => "refused";
    RightsRemind: "received" => "received";

    ClaimForm: "" => "forming";
    ClaimJoin: "forming" => "forming";
    ClaimSubmit: "" | "forming" => "submitted";
    ClaimAsk: "submitted" => "needs_info";
    ClaimAnswer: "needs_info" => "submitted";
    ClaimApprove: "submitted" | "needs_info" => "approved";
    ClaimDecline: "submitted" | "needs_info" => "declined";
    ClaimWithdraw: "forming" | "submitted" | "needs_info" => "withdrawn";
    ClaimExpire: "forming" | "needs_info" => "expired";
    ClaimSupersede: "forming" | "submitted" | "needs_info" => "superseded";
    ClaimEscalate: "submitted" => "submitted";

    PairingOpen: "" => "pending_start";
    PairingRemind: "pending_start" => "pending_start";
    // The street has not handed over what an organization without standing left.
    PairingRemind: "paused" => "paused";
    PairingGrace: "pending_start" => "pending_start";
    PairingStart: "pending_start" => "active";
    PairingRelease: "pending_start" => "released";
    PairingPause: "active" => "paused";
    PairingResume: "paused" => "active";
    // The street has looked at a pairing that was silent, and it goes on.
    PairingGoOn: "active" => "active";
    // A part of the units goes back to the need, the rest goes on.
    PairingGiveBack: "active" => "active";
    PairingGiveBack: "paused" => "paused";
    PairingReport: "active" => "reported";
    PairingTakeBack: "reported" => "active";
    PairingRework: "reported" => "active";
    PairingComplete: "reported" => "completed";
    PairingCloseUnverified: "reported" => "completed";
    PairingTerminate: "pending_start" | "active" | "paused" | "reported" => "terminated";
    PairingTransfer: "pending_start" | "active" | "paused" => "transferred";
    PairingSettle: "completed" => "completed";
    PairingSettle: "released" => "released";
    PairingSettle: "terminated" => "terminated";
    PairingSettle: "transferred" => "transferred";
    PairingDisclose: "pending_start" => "pending_start";
    PairingDisclose: "active" => "active";
    PairingDisclose: "reported" => "reported";
    PairingAssignWorker: "pending_start" => "pending_start";
    PairingAssignWorker: "active" => "active";
    PairingAssignWorker: "paused" => "paused";

    TransferOffer: "" => "offered";
    TransferAccept: "offered" => "accepted";
    TransferDecline: "offered" => "declined";
    TransferApprove: "accepted" => "approved";
    TransferRefuse: "accepted" => "refused";
    TransferLapse: "offered" | "accepted" => "lapsed";

    DeliveryPlan: "" => "planned";
    DeliveryRecord: "planned" => "recorded";
    DeliveryMiss: "planned" => "missed";
    DeliveryConfirm: "recorded" => "confirmed";
    DeliveryDispute: "recorded" => "disputed";
    DeliveryVoid: "planned" | "recorded" | "disputed" => "voided";
    DeliveryCorrect: "" => "recorded";
    DeliveryMove: "planned" => "planned";
    DeliveryAssign: "planned" => "planned";

    VerificationAssign: "" => "assigned";
    VerificationRecheck: "" => "assigned";
    VerificationReassign: "assigned" => "assigned";
    VerificationVerify: "assigned" => "verified";
    VerificationFail: "assigned" => "cannot_verify";

    // A code whose registration was refused, or left lying, may be registered anew.
    OrganizationRegister: "" | "refused" => "draft";
    OrganizationEdit: "draft" => "draft";
    OrganizationEdit: "returned" => "returned";
    OrganizationEdit: "verified" => "verified";
    OrganizationEdit: "lapsed" => "lapsed";
    OrganizationAbandon: "draft" => "refused";
    OrganizationApply: "" | "draft" => "applied";
    OrganizationReturn: "applied" => "returned";
    OrganizationResubmit: "returned" => "applied";
    // Also before the old verification has ended: the yearly re-check.
    OrganizationVerify: "applied" | "lapsed" | "verified" => "verified";
    OrganizationRecheck: "verified" => "verified";
    OrganizationRecheck: "lapsed" => "lapsed";
    OrganizationStanding: "applied" => "applied";
    OrganizationStanding: "verified" => "verified";
    OrganizationStanding: "lapsed" => "lapsed";
    OrganizationStanding: "suspended" => "suspended";
    OrganizationWarn: "verified" => "verified";
    OrganizationRefuse: "applied" => "refused";
    OrganizationLapse: "verified" => "lapsed";
    OrganizationSuspend: "verified" => "suspended";
    OrganizationResume: "suspended" => "verified";
    OrganizationRevoke: "verified" | "suspended" => "revoked";

    ProjectPublish: "" => "active";
    ProjectEdit: "active" => "active";
    ProjectEdit: "paused" => "paused";
    ProjectConfirm: "active" => "active";
    ProjectPause: "active" => "paused";
    ProjectResume: "paused" => "active";
    ProjectEnd: "active" | "paused" => "ended";

    AskSend: "" => "sent";
    AskAccept: "sent" => "accepted";
    AskDecline: "sent" => "declined";
    AskWithdraw: "sent" => "withdrawn";
    AskLapse: "sent" => "lapsed";

    BatchPropose: "" => "proposed";
    BatchEdit: "proposed" => "proposed";
    BatchSend: "proposed" => "sent";
    BatchDiscard: "proposed" => "discarded";

    VolunteerJoin: "" => "active";
    VolunteerEnter: "" => "active";
    // Who was entered from a list opens the own account.
    VolunteerClaim: "active" => "active";
    VolunteerEdit: "active" => "active";
    VolunteerWithdraw: "active" => "withdrawn";

    TeamFound: "" => "active";
    TeamApply: "" => "applied";
    TeamApprove: "applied" => "active";
    TeamRefuse: "applied" => "refused";
    TeamEdit: "active" => "active";
    TeamEnd: "active" => "ended";

    MemberApply: "" => "applied";
    // Whoever applies for a team is its first member and leader.
    MemberFound: "" => "active";
    MemberInvite: "" => "invited";
    MemberAgree: "invited" => "active";
    MemberLapse: "invited" => "lapsed";
    MemberAccept: "applied" => "active";
    MemberDecline: "applied" => "declined";
    MemberLeave: "invited" | "applied" | "active" => "left";
    MemberRemove: "invited" | "active" => "removed";
    MemberLead: "active" => "active";

    OpeningCreate: "" => "draft";
    OpeningEdit: "draft" => "draft";
    OpeningEdit: "open" => "open";
    OpeningOpen: "draft" | "closed" => "open";
    OpeningClose: "open" => "closed";
    OpeningCancel: "draft" | "open" | "closed" => "cancelled";

    ShiftPlan: "" => "planned";
    ShiftPlaces: "planned" => "planned";
    ShiftCancel: "planned" => "cancelled";

    SignupApply: "" => "applied";
    SignupAccept: "applied" => "accepted";
    SignupWaitlist: "applied" => "waitlisted";
    SignupPromote: "waitlisted" => "accepted";
    SignupDecline: "applied" | "waitlisted" => "declined";
    SignupConfirm: "accepted" => "confirmed";
    SignupWithdraw: "applied" | "waitlisted" | "accepted" | "confirmed" => "withdrawn";
    SignupLateCancel: "accepted" | "confirmed" => "late_cancel";
    SignupCancel: "applied" | "waitlisted" | "accepted" | "confirmed" => "cancelled";
    SignupExcuse: "accepted" | "confirmed" | "no_show" | "late_cancel" => "excused";
    // Who looks after the team may still say who came.
    SignupAttend: "confirmed" | "unrecorded" => "attended";
    SignupLeave: "attended" => "attended";
    SignupNoShow: "accepted" | "confirmed" => "no_show";
    SignupHours: "attended" | "hours_rejected" => "hours_submitted";
    SignupConfirmHours: "hours_submitted" => "hours_confirmed";
    SignupRejectHours: "hours_submitted" => "hours_rejected";
    SignupRecord: "hours_confirmed" => "recorded";
    SignupCorrect: "recorded" | "corrected" => "corrected";
    SignupVoid: "recorded" | "corrected" => "void";
    SignupRemind: "attended" => "attended";
    SignupRemind: "hours_submitted" => "hours_submitted";
    SignupRemind: "hours_rejected" => "hours_rejected";

    SignupLapse: "applied" | "waitlisted" | "accepted" | "confirmed" => "unrecorded";

    CorrectionAsk: "" => "asked";
    CorrectionPropose: "asked" => "proposed";
    CorrectionReturn: "proposed" => "asked";
    CorrectionConfirm: "proposed" => "done";
    CorrectionRefuse: "asked" => "refused";
    CorrectionRemind: "asked" => "asked";
    CorrectionRemind: "proposed" => "proposed";

    CertificateIssue: "" => "issued";

    IncidentReport: "" => "reported";
    IncidentHandle: "reported" => "handled";

    HelpAsk: "" => "received";
    HelpTake: "received" => "accepted";
    // Another street answers, its own clock begins.
    HelpMove: "received" | "accepted" => "received";
    HelpRoute: "received" | "accepted" => "routed";
    HelpWatch: "received" | "accepted" | "routed" => "watched";
    HelpLook: "watched" => "watched";
    // The government's answer has come, or something has changed.
    HelpResume: "routed" | "watched" => "accepted";
    HelpNeed: "received" | "accepted" | "routed" | "watched" => "needed";
    HelpAdvise: "received" | "accepted" | "routed" => "advised";
    HelpClose: "received" | "accepted" | "routed" | "watched" => "closed";
    HelpForget: "advised" => "advised";
    HelpForget: "closed" => "closed";

    VoiceSay: "" => "said";
    VoiceNote: "" => "noted";
    VoiceHear: "said" => "heard";

    TrainingRecord: "" => "recorded";
    TrainingVoid: "recorded" => "void";
    AwardRecord: "" => "recorded";
    AwardVoid: "recorded" => "void";
    EvaluationRecord: "" => "recorded";
    EvaluationVoid: "recorded" => "void";

    ImportUpload: "" => "uploaded";
    ImportCheck: "uploaded" | "checked" => "checked";
    ImportApply: "checked" => "applied";
    ImportDiscard: "uploaded" | "checked" => "discarded";
    ImportUploadMembers: "" => "checked";
    ImportCheckMembers: "checked" => "checked";
    ImportApplyMembers: "checked" => "applied";
    ImportDiscardMembers: "checked" => "discarded";

    ThesaurusAdd: "" => "active";
    // A group that ships with the program has no row before it is first touched.
    ThesaurusChange: "" | "active" => "active";
    ThesaurusRemove: "" | "active" => "removed";
    ThesaurusRestore: "removed" => "active";

    SavedSearchCreate: "" => "active";
    SavedSearchRename: "active" => "active";
    SavedSearchDelete: "active" => "deleted";

    AccountCreate: "" => "active";
    AccountDeactivate: "active" => "deactivated";
    AccountReactivate: "deactivated" => "active";
    AccountPassword: "active" => "active";
    AccountChange: "active" => "active";
    AccountPasswordLink: "active" => "active";
    AccountFactorSet: "active" => "active";
    AccountFactorReset: "active" => "active";
    AccountRecovery: "active" => "active";
    AccountVouch: "active" => "active";
    AccountUnblock: "active" => "active";

    InvitationCreate: "" => "open";
    InvitationAccept: "open" => "used";
    InvitationRevoke: "open" => "revoked";
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_names_its_object() {
        for command in Command::ALL {
            let name = command.as_str().split('.').next().unwrap();
            assert_eq!(command.object().as_str(), name, "{command}");
        }
    }

    #[test]
    fn a_creating_step_starts_from_nothing() {
        assert!(is_rule(Command::NeedCreate, None, "draft"));
        assert!(RULES.iter().all(|rule| rule.from != Some("")));
    }

    #[test]
    fn a_command_leads_from_one_state_to_one_state_only() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(
                !RULES[..index].iter().any(|r| r.command == rule.command && r.from == rule.from),
                "{rule:?} stands twice"
            );
        }
    }
}
