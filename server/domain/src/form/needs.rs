//! The forms of a need: its entry in steps, the commands on it, consents, ledgers.

use super::FieldDef;

/// Why an office took a step, for the other side to read.
const fn reason(label: &'static str) -> FieldDef {
    FieldDef::text("reason", label, 3, 500).hint("不写姓名、电话和住址").about_household()
}

forms! {
    /// 更正档案: beside the fields of the file.
    mend {
        WHY = FieldDef::select("why", "更正的依据").of(options!(crate::disclosure::MendReason));
    }

    /// 来源和对象
    who {
        KIND = FieldDef::radios("kind", "个案还是村").of(options!(crate::need::NeedKind)).asks("选择是个案还是村");
        /// Leads to the choice of a village; the need keeps [`DIVISION`].
        STREET = FieldDef::select("street", "街镇");
        DIVISION = FieldDef::select("division_code", "村居").hint("公开时个案只显示到区").asks("选择所在街镇和村居");
        SOURCE = FieldDef::select("source", "需求来源").of(options!(crate::need::Source));
        SOURCE_NO = FieldDef::line("source_no", "来源单号", 60).hint("救急难平台或热线的编号").optional();
        RESPONSIBLE_PERSON = FieldDef::line("responsible_person", "经办人", 40)
            .hint("本街道里办这件事的人，只有街道和区里看得到")
            .optional();
        URGENCY = FieldDef::radios("urgency", "是不是急难")
            .of(options!(crate::need::Urgency))
            .hint("24小时内没有人接，就会影响基本生活或安全")
            .asks("选择是否急难");
        BENEFICIARY = FieldDef::checks("beneficiary", "对象类别")
            .hint("按已有的认定勾选，可以多选。这里不作认定")
            .asks("至少勾选一个对象类别");
        /// Of each category that was ticked.
        DECIDED_ON = FieldDef::day("decided_on.*", "认定日期").optional();
        DECIDED_BY = FieldDef::line("decided_by.*", "认定单位", 60).optional();
    }

    /// 需要什么
    what {
        SERVICE = FieldDef::select("lines.*.service", "要什么服务");
        PER = FieldDef::select("lines.*.per", "多久一次").of(options!(crate::need::Frequency));
        QUANTITY = FieldDef::number("lines.*.quantity", "数量", 1, 100_000).hint("按缺口填，已有人做的不算");
        UNIT = FieldDef::line("lines.*.unit", "单位", 8).hint("餐、次、小时、套…");
        STARTS_ON = FieldDef::day("lines.*.starts_on", "开始日期").optional();
        ENDS_ON = FieldDef::day("lines.*.ends_on", "结束日期").optional();
        NOTE = FieldDef::line("lines.*.note", "说明", 200)
            .hint("例如两人上门、要软烂少盐")
            .optional()
            .about_household();
        TITLE = FieldDef::line("title", "标题", 40)
            .hint("40字以内，例如：失能老人家庭，送餐和助浴")
            .about_household();
        DESCRIPTION = FieldDef::text("description", "公开说明", 6, 1000)
            .hint("说清困难和要帮的事。不写姓名、电话、门牌、学校和病名，病情写类别和要帮的事，例如“慢性病”“需透析接送”")
            .about_household();
        REQUIREMENTS = FieldDef::text("requirements", "上门要求", 2, 500)
            .hint("例如健康证、两人同行")
            .optional()
            .about_household();
        AID_GIVEN = FieldDef::text("aid_given", "政府已给的救助", 2, 500).optional().about_household();
        GAP = FieldDef::text("gap", "仍有的缺口", 2, 500).optional().about_household();
        AGE_BAND = FieldDef::select("age_band", "年龄段").of(options!(crate::need::AgeBand)).optional();
        SEX = FieldDef::select("sex", "性别").of(options!(crate::need::Sex)).hint("服务需要时才填").optional();
        VALID_UNTIL = FieldDef::day("valid_until", "有效期至").hint("到期没人认领，按未满足结案");
    }

    /// 密封档案和同意书
    file {
        NAME = FieldDef::line("name", "姓名", 60);
        ID_NUMBER = FieldDef::coded("id_number", "身份证号").asks("填写身份证号，没有的在下面写明原因");
        /// Whoever has no papers is entered with the reason in place of the number.
        NO_ID = FieldDef::line("no_id_reason", "没有身份证号的原因", 60)
            .hint("有身份证号的不填。例如流散人员、新生儿、证件遗失、还没有办")
            .optional();
        PHONE = FieldDef::phone("phone", "联系电话")
            .hint("没有电话的填照料人或村居的电话")
            .asks("填写联系电话，没有电话的填照料人或村居的电话，都没有的在下面写明原因");
        NO_PHONE = FieldDef::line("no_phone_reason", "没有联系电话的原因", 60)
            .hint("有电话的不填。写明怎样联系，例如“无电话，由社区上门联系”")
            .optional();
        OTHER_PHONES = FieldDef::coded("other_phones", "其他电话").hint("几个电话用顿号隔开").optional();
        ADDRESS = FieldDef::line("address", "住址", 120).asks("填写住址，没有固定住处的在下面写明原因");
        NO_ADDRESS = FieldDef::line("no_address_reason", "没有固定住处的原因", 60)
            .hint("有住址的不填。写明常在哪里、怎样找到")
            .optional();
        HOUSEHOLD_SIZE = FieldDef::number("household_size", "家庭人口数", 1, 30).optional();
        GUARDIAN = FieldDef::line("guardian", "监护人", 60).hint("未成年人和失能老人填写").optional();
        MEMBERS = FieldDef::line("members", "同住家人姓名", 120)
            .hint("用顿号隔开。只用来检查公开的内容里没有他们的姓名")
            .optional();
        HEALTH_NOTES = FieldDef::text("health_notes", "上门须知的健康情况", 3, 500)
            .hint("只写上门时要注意的")
            .optional();
        CONSENT = FieldDef::tick("consent", "同意", "1", "本人或监护人已经同意，登记如下").optional();
        CONSENT_CHANNEL = FieldDef::select("consent_channel", "同意的方式")
            .of(options!(crate::organization::ConsentChannel));
        CONSENT_EVIDENCE = FieldDef::line("consent_evidence", "凭据", 120).hint("纸质编号、录音编号或见证人岗位");
        CONSENT_GIVEN_ON = FieldDef::day("consent_given_on", "同意日期");
        CONSENT_VALID_UNTIL = FieldDef::day("consent_valid_until", "同意有效期至");
    }

    /// What is done with a need that stands.
    command {
        RETURN = super::reason("退回的原因").hint("写明哪一处要改、怎样改");
        SUSPEND = super::reason("暂停的原因");
        ABANDON = super::reason("不予公开的原因");
        EXTEND = FieldDef::day("valid_until", "新的有效期至");
        REOPEN = super::reason("重新打开的原因");
        REOPEN_UNTIL = FieldDef::day("valid_until", "有效期至");
        CLOSE_REASON = FieldDef::radios("close_reason", "结案原因").hint("“已满足”由核验得出，不在这里选");
        CLOSE = super::reason("说明").hint("做过哪些联系和协调；不写姓名、电话和住址");
        EVIDENCE = FieldDef::text("evidence", "依据", 2, 500)
            .hint("向谁核实过、有什么材料，让确认的同事看得明白；不写姓名、电话和住址")
            .about_household();
        REFUSE_CLOSE = super::reason("不同意的原因").hint("还要核实什么；不写姓名、电话和住址");
        /// Beside the fields of what is published.
        AMEND = super::reason("为什么更正").hint("哪里写错了、怎么知道的；不写姓名、电话和住址");
        REFUSE_AMENDMENT = super::reason("不同意的原因").hint("哪一处不对；不写姓名、电话和住址");
        MERGE = super::reason("合并的说明");
        INTO = FieldDef::coded("into", "合并到哪一条").hint("填对方的编号，例如XQ120102-26-000417");
        WITHDRAW_CONSENT = FieldDef::text("reason", "撤回的情况", 3, 300)
            .hint("谁提出、什么时候、怎样提出")
            .about_household();
    }

    /// 台账导入
    import {
        KIND = FieldDef::radios("kind", "哪一种台账").of(options!(crate::organization::LedgerKind));
        FILE = FieldDef::file("file", "台账文件");
        /// What a column is, by its number on the page of columns.
        COLUMN = FieldDef::select("column.*", "认作");
        /// Whether a hidden sheet is read, by its number.
        HIDDEN = FieldDef::tick("hidden.*", "隐藏的工作表", "1", "这张隐藏的工作表也读").optional();
        /// Rows by their numbers in the report; none chosen: all.
        ROWS = FieldDef::checks("row", "草稿").optional();
        ROSTER = FieldDef::file("file", "名册文件");
    }
}

/// Steps of the entry form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// 来源和对象
    Who,
    /// 需要什么
    What,
    /// 密封档案和同意书
    File,
    /// 核对送审
    Check,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Who, Self::What, Self::File, Self::Check];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::What => "what",
            Self::File => "file",
            Self::Check => "check",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Who => Self::What,
            Self::What => Self::File,
            Self::File | Self::Check => Self::Check,
        }
    }

    pub fn fields(self) -> &'static [FieldDef] {
        match self {
            Self::Who => who::ALL,
            Self::What => what::ALL,
            Self::File => file::ALL,
            Self::Check => &[],
        }
    }

    /// Whether a field belongs to this step, so that saving one step replaces
    /// exactly its own fields.
    pub fn owns(self, name: &str) -> bool {
        self.fields().iter().any(|field| field.owns(name))
    }
}

/// What is sealed about a household, in the order of the form.
pub const SEALED: [FieldDef; 12] = [
    file::NAME,
    file::ID_NUMBER,
    file::NO_ID,
    file::PHONE,
    file::NO_PHONE,
    file::OTHER_PHONES,
    file::ADDRESS,
    file::NO_ADDRESS,
    file::HOUSEHOLD_SIZE,
    file::GUARDIAN,
    file::MEMBERS,
    file::HEALTH_NOTES,
];
