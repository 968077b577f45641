//! The fields of a ledger.

use serde::{Deserialize, Serialize};

macro_rules! fields {
    ($($(#[$meta:meta])* $name:ident = $text:literal, $label:literal;)+) => {
        /// A field of some ledger; what stands in a column.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Field { $($(#[$meta])* #[serde(rename = $text)] $name,)+ }

        impl Field {
            /// Every field, in the order in which a person is offered them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The field of a stable name or of a Chinese one.
            pub fn named(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.code() == name || field.label() == name)
            }

            /// Stable name, as in reports and in JSON.
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// The Chinese name shown to people.
            pub fn label(self) -> &'static str {
                match self { $(Self::$name => $label,)+ }
            }
        }
    };
}

fields! {
    /// The row itself.
    Row = "row", "整行";
    Seq = "seq", "序号";
    NeedNo = "need_no", "需求编号";
    Source = "source", "来源";
    SourceNo = "source_no", "来源单号";
    PublishedOn = "published_on", "发布日期";
    Target = "target", "对象类型";
    DivisionCode = "division_code", "区划";
    District = "district", "区";
    Street = "street", "街镇";
    Village = "village", "村居";
    Name = "name", "姓名";
    Sex = "sex", "性别";
    IdNumber = "id_number", "身份证号";
    Age = "age", "年龄";
    Phone = "phone", "联系电话";
    OtherPhone = "other_phones", "其他电话";
    Address = "address", "家庭住址";
    HouseholdSize = "household_size", "家庭人口";
    Guardian = "guardian", "监护人";
    GuardianPhone = "guardian_phone", "监护人电话";
    BeneficiaryCategories = "beneficiary_categories", "对象类别";
    ServiceCategories = "service_categories", "需求类别";
    Summary = "summary", "需求摘要";
    Urgency = "urgency", "紧急程度";
    Quantity = "quantity", "数量/频次";
    Period = "period", "期限";
    PeriodFrom = "period_from", "开始日期";
    PeriodTo = "period_to", "结束日期";
    Cycle = "quantity_per", "周期";
    Unit = "quantity_unit", "计量单位";
    LedgerStatus = "ledger_status", "状态";
    ResponsibleUnit = "responsible_unit", "责任单位";
    Handler = "handler", "经办人";
    ReportingUnit = "reporting_unit", "填报单位";
    Reporter = "reporter", "填报人";
    ReportedOn = "reported_on", "填报日期";
    Remark = "remark", "备注";
    HouseholdNo = "household_no", "户编号";
    Relation = "relation", "与户主关系";
    MemberName = "member_name", "家庭成员姓名";
    MemberId = "member_id_number", "家庭成员身份证号";
    NoIdReason = "no_id_reason", "无证件原因";
    Uscc = "uscc", "统一社会信用代码";
    Type = "type", "机构类型";
    Registrar = "registrar", "登记管理机关";
    Supervisor = "supervisor", "业务主管单位";
    LegalRepresentative = "legal_representative", "法定代表人";
    FoundedOn = "founded_on", "成立日期";
    Charity = "charity", "是否慈善组织";
    Fundraising = "fundraising", "公开募捐资格";
    Rating = "rating", "评估等级";
    RatingValidTo = "rating_valid_to", "等级有效期";
    Inspections = "inspections", "年度检查";
    Areas = "areas", "服务区域";
    Capacity = "capacity", "可提供数量";
    Available = "available", "可用时间";
    Qualifications = "qualifications", "资质";
    Contact = "contact", "联系人";
    Email = "email", "电子邮箱";
    BusinessScope = "business_scope", "业务范围";
    Designation = "designation", "认定类型";
    DesignationLevel = "level", "认定级别";
    DesignatedOn = "designated_on", "认定日期";
    EndedOn = "ended_on", "退出日期";
    Households = "households", "户数";
    Population = "population", "人口";
    Aged60 = "aged_60", "60岁以上人数";
    DibaoHouseholds = "dibao_households", "低保户数";
    TekunPersons = "tekun_persons", "特困人数";
    DisabledPersons = "disabled_persons", "残疾人数";
    CollectiveIncome = "collective_income", "集体经营性收入";
    MainIndustry = "main_industry", "主导产业";
    Gaps = "gaps", "基础设施短板";
    Need = "need", "需求说明";
    DataYear = "data_year", "数据年度";
    BirthOn = "birth_on", "出生日期";
    Skills = "skills", "专业技能";
    Consent = "consent", "本人同意";
    ConsentedOn = "consented_on", "同意日期";
    VolunteerNo = "volunteer_no", "志愿者编号";
    JoinedOn = "joined_on", "加入日期";
    Hours = "hours", "服务时长";
    Team = "team", "所属队伍";
    Role = "role", "队内职务";
    Occupation = "occupation", "职业";
    EmergencyContact = "emergency_contact", "紧急联系人";
    EmergencyPhone = "emergency_phone", "紧急联系电话";
}
