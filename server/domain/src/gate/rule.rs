//! The rules of the gate: their names, reasons and mends.

crate::text_enum! {
    /// Which rule a stretch of text breaks.
    Rule {
        ResidentId = "resident_id", "身份证号";
        OtherId = "other_id", "证件编号";
        Mobile = "mobile", "手机号码";
        Landline = "landline", "固定电话";
        BankCard = "bank_card", "银行卡号";
        Plate = "plate", "车牌号";
        WeChat = "wechat", "微信号";
        Qq = "qq", "QQ号";
        Email = "email", "电子邮箱";
        Account = "account", "网络账号";
        Address = "address", "详细住址";
        Name = "name", "姓名";
        School = "school", "学校和班级";
        Employer = "employer", "工作单位";
        BirthDate = "birth_date", "出生日期";
        Ward = "ward", "病房床位";
        Illness = "illness", "病名或药名";
        Unique = "unique", "能认出本人的说法";
    }
}

impl Rule {
    /// Why it may not be published, in one sentence for the person at the form.
    pub fn why(self) -> &'static str {
        match self {
            Self::ResidentId => "身份证号只存在密封档案里，任何写法都不能公开",
            Self::OtherId => "护照、户口簿、残疾证、低保证、社保和病案的号码都能查到本人，只存在密封档案里",
            Self::Mobile | Self::Landline => "电话只在结对后、本人同意的期限内给指定的服务人员看",
            Self::BankCard => "金融账户是敏感个人信息，平台也不经手钱款",
            Self::Plate => "凭车牌能找到人",
            Self::WeChat | Self::Qq | Self::Email | Self::Account => "凭账号能直接联系到人，也能找到真实身份",
            Self::Address => "公开后能找到住处，住址只在密封档案里",
            Self::Name => "公开的内容里不写姓名，姓名只在密封档案里",
            Self::School => "凭学校和班级能找到孩子，未成年人的学校不公开",
            Self::Employer => "凭单位和工种能认出本人或家人",
            Self::BirthDate => "出生日期和街镇合在一起能认出本人，写年龄段就够了",
            Self::Ward => "凭医院和床位能找到人",
            Self::Illness => "健康状况是敏感个人信息，病名和专治某病的药都会说出来，卡片只写类别和要帮的事",
            Self::Unique => "当地人凭这句话就知道是谁",
        }
    }

    /// How to mend it by hand.
    pub fn mend(self) -> &'static str {
        match self {
            Self::ResidentId | Self::OtherId => "删去，号码填在密封档案里",
            Self::Mobile | Self::Landline => "改成“由街道转告”，电话填在密封档案里",
            Self::BankCard => "删去，补贴由政府直接发放，服务用不到卡号",
            Self::Plate => "改成“家里的车”",
            Self::WeChat | Self::Qq | Self::Email | Self::Account => "改成“由街道转告”",
            Self::Address => "改成“家里”，住址填在密封档案里",
            Self::Name => "改成“本人”“家人”",
            Self::School => "改成“学校”，年级可以保留",
            Self::Employer => "改成“单位”，或只写行业和工种（如“在工厂上班”）",
            Self::BirthDate => "改成年龄段",
            Self::Ward => "改成“医院”",
            Self::Illness => "改成“慢性病”“重病”或要帮的事（如“需透析接送”），病名和药名填在密封档案里",
            Self::Unique => "删去，或换成不指向某一户的说法",
        }
    }

    /// What may stand there instead: the one-click mend.
    pub fn replacement(self) -> &'static str {
        match self {
            Self::ResidentId | Self::OtherId => "（证件号不公开）",
            Self::Mobile | Self::Landline | Self::WeChat | Self::Qq | Self::Email | Self::Account => "（由街道转告）",
            Self::BankCard => "（账号不公开）",
            Self::Plate => "（车牌不公开）",
            Self::Address => "（家里）",
            Self::Name => "（姓名不公开）",
            Self::School => "（学校不公开）",
            Self::Employer => "（工作单位不公开）",
            Self::BirthDate => "（年龄见年龄段）",
            Self::Ward => "（医院）",
            Self::Illness => "（病情不公开）",
            Self::Unique => "（有困难）",
        }
    }

    /// A number or account: of two rules over the same stretch this one names it best.
    pub fn is_number(self) -> bool {
        matches!(
            self,
            Self::ResidentId
                | Self::OtherId
                | Self::Mobile
                | Self::Landline
                | Self::BankCard
                | Self::Plate
                | Self::WeChat
                | Self::Qq
                | Self::Email
        )
    }
}
