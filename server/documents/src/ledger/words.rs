//! The words under which offices put a field into a header.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::text;

use super::field::Field;

/// Header words of a needs ledger, squeezed, without what stands in brackets.
const NEED_WORDS: &[(Field, &[&str])] = &[
    (Field::Seq, &["序号", "序", "顺序号", "行号"]),
    (Field::NeedNo, &["需求编号", "台账编号", "编号", "需求号", "台账号"]),
    (Field::Source, &["来源", "线索来源", "需求来源", "信息来源", "来源渠道", "发现渠道"]),
    (Field::SourceNo, &["来源单号", "工单编号", "工单号", "来源编号", "受理单号", "平台单号", "单号"]),
    (
        Field::PublishedOn,
        &["发布日期", "发布时间", "登记时间", "登记日期", "上报日期", "上报时间", "受理日期", "受理时间", "申请日期"],
    ),
    (Field::Target, &["对象类型", "需求对象类型", "个案或村"]),
    (
        Field::DivisionCode,
        &[
            "区划代码",
            "行政区划代码",
            "所属区划",
            "区划",
            "属地区划代码",
            "12位区划代码",
            "行政区划",
            "区划编码",
            "统计用区划代码",
        ],
    ),
    (Field::District, &["区", "所属区", "区县", "所在区", "区名称", "区县名称"]),
    (
        Field::Street,
        &[
            "街镇",
            "所属街道",
            "所属街镇",
            "街道",
            "乡镇",
            "街道乡镇",
            "乡镇街道",
            "所属乡镇",
            "所在街镇",
            "街道名称",
            "镇街",
            "所属镇街",
            "所属街道乡镇",
            "镇名称",
            "街乡镇",
            "所属街乡镇",
            "所在街道",
            "所在乡镇",
            "统计单位",
        ],
    ),
    (
        Field::Village,
        &[
            "村居",
            "村",
            "社区",
            "村社区",
            "所属村居",
            "居委会",
            "村委会",
            "所在村居",
            "村居名称",
            "社区村",
            "村名称",
            "所属社区",
            "所在社区",
            "村居委会",
            "所属村",
        ],
    ),
    (
        Field::Name,
        &[
            "姓名",
            "户主姓名",
            "对象姓名",
            "救助对象姓名",
            "户主",
            "申请人姓名",
            "申请人",
            "对象名称",
            "救助对象",
            "困难群众姓名",
        ],
    ),
    (Field::Sex, &["性别"]),
    (
        Field::IdNumber,
        &[
            "身份证号",
            "身份证号码",
            "公民身份号码",
            "身份证",
            "证件号码",
            "户主身份证号",
            "身份号码",
            "证件号",
            "户主身份证号码",
        ],
    ),
    (Field::Age, &["年龄", "周岁"]),
    (Field::Phone, &["联系电话", "电话", "联系方式", "手机", "手机号", "手机号码", "电话号码", "联系号码"]),
    (Field::Address, &["家庭住址", "住址", "地址", "家庭地址", "居住地址", "详细地址", "现住址", "居住地"]),
    (
        Field::HouseholdSize,
        &[
            "家庭人口",
            "家庭人口数",
            "家庭人数",
            "人口数",
            "家庭成员数",
            "家庭人口数量",
            "人口",
            "人数",
            "家庭成员数量",
            "共同生活人口",
        ],
    ),
    (Field::Guardian, &["监护人", "监护人姓名", "照料人", "照料人姓名", "监护人照料人"]),
    (Field::GuardianPhone, &["监护人电话", "监护人联系电话", "照料人电话", "监护人联系方式", "照料人联系电话"]),
    (
        Field::BeneficiaryCategories,
        &["对象类别", "人员类别", "救助类型", "救助类别", "人群类别", "困难类型", "困难类别", "身份类别", "对象身份"],
    ),
    (
        Field::ServiceCategories,
        &[
            "需求类别",
            "帮扶类型",
            "拟帮扶方式",
            "服务类别",
            "帮扶方式",
            "服务类型",
            "需求类型",
            "帮扶类别",
            "服务项目",
            "帮扶需求类别",
        ],
    ),
    (
        Field::Summary,
        &[
            "需求摘要",
            "具体需求",
            "困难情况及需求",
            "需求内容",
            "需求描述",
            "需求情况",
            "困难情况",
            "需求",
            "帮扶需求",
            "具体困难及需求",
            "需求说明",
            "困难及需求",
            "困难和需求",
        ],
    ),
    (Field::Urgency, &["紧急程度", "急缓程度", "是否紧急", "轻重缓急"]),
    (Field::Quantity, &["数量/频次", "频次", "数量", "数量频次", "服务频次", "次数", "频次/数量", "数量及频次"]),
    (Field::Period, &["期限", "帮扶期限", "服务期限", "起止时间", "起止日期", "服务周期", "帮扶周期"]),
    (
        Field::LedgerStatus,
        &["状态", "办理状态", "帮扶结果", "办理结果", "办理情况", "进展情况", "办理进度", "对接状态"],
    ),
    (Field::ResponsibleUnit, &["责任单位", "办理单位", "承办单位", "责任部门"]),
    (Field::Handler, &["经办人", "办理人", "承办人", "责任人"]),
    (Field::ReportingUnit, &["填报单位", "上报单位", "制表单位"]),
    (Field::Reporter, &["填报人", "填表人", "制表人"]),
    (Field::ReportedOn, &["填报日期", "填表日期", "制表时间", "制表日期", "填报时间"]),
    (Field::Remark, &["备注", "说明", "备注说明"]),
];

/// Header words of a ledger of organizations, beside the common ones.
const ORGANIZATION_WORDS: &[(Field, &[&str])] = &[
    (Field::Seq, &["序号"]),
    (Field::Uscc, &["统一社会信用代码", "信用代码", "社会信用代码", "机构代码", "登记证号"]),
    (Field::Name, &["机构名称", "名称", "组织名称", "社会组织名称", "单位名称"]),
    (Field::Type, &["机构类型", "类型", "组织类型", "机构类别"]),
    (Field::Registrar, &["登记管理机关", "登记机关"]),
    (Field::Supervisor, &["业务主管单位", "主管单位"]),
    (Field::LegalRepresentative, &["法定代表人", "法人代表", "负责人"]),
    (Field::FoundedOn, &["成立日期", "成立时间", "登记日期"]),
    (Field::Address, &["住所", "地址", "办公地址", "注册地址"]),
    (Field::Charity, &["是否慈善组织", "慈善组织", "慈善组织属性"]),
    (Field::Fundraising, &["公开募捐资格", "是否具有公开募捐资格", "公募资格"]),
    (Field::Rating, &["评估等级", "等级", "社会组织等级"]),
    (Field::RatingValidTo, &["等级有效期至", "等级有效期", "评估有效期", "有效期至"]),
    (Field::Inspections, &["年度检查", "年检", "年检结论", "年度检查结论", "年检结果", "年度工作报告"]),
    (Field::ServiceCategories, &["服务类别", "服务类型", "服务项目", "可提供服务"]),
    (Field::Areas, &["服务区域", "服务范围", "活动地域", "服务地区"]),
    (Field::Capacity, &["可提供数量", "服务能力", "可承接数量", "承接能力"]),
    (Field::Available, &["可用时间", "服务时间", "可服务时间"]),
    (Field::Qualifications, &["资质", "专业资质", "资质证书"]),
    (Field::Contact, &["联系人", "联系人姓名"]),
    (Field::Phone, &["联系电话", "电话", "联系方式", "手机"]),
    (Field::Email, &["电子邮箱", "邮箱", "电子邮件"]),
    (Field::BusinessScope, &["业务范围", "宗旨和业务范围"]),
    (Field::Remark, &["备注", "说明"]),
];

/// Header words of a ledger of villages.
const VILLAGE_WORDS: &[(Field, &[&str])] = &[
    (Field::Seq, &["序号"]),
    (Field::DivisionCode, &["区划代码", "行政区划代码", "村代码", "12位区划代码", "区划编码"]),
    (Field::District, &["区", "所属区", "区县", "所在区"]),
    (Field::Street, &["街镇", "乡镇", "街道", "镇街", "所属街镇", "所在乡镇", "所属乡镇"]),
    (Field::Village, &["村名", "村", "村名称", "行政村"]),
    (Field::Designation, &["认定类型", "村类型", "类型", "认定类别"]),
    (Field::DesignationLevel, &["认定级别", "级别"]),
    (Field::DesignatedOn, &["认定日期", "认定时间"]),
    (Field::EndedOn, &["退出日期", "退出时间", "摘帽日期"]),
    (Field::Households, &["户数", "总户数"]),
    (Field::Population, &["人口", "总人口", "人口数"]),
    (Field::Aged60, &["其中60岁以上", "60岁以上", "60岁以上人数", "60岁以上人口"]),
    (Field::DibaoHouseholds, &["低保户数", "低保户"]),
    (Field::TekunPersons, &["特困人数", "特困人员"]),
    (Field::DisabledPersons, &["残疾人数", "残疾人"]),
    (Field::CollectiveIncome, &["集体经营性收入", "集体收入", "村集体收入"]),
    (Field::MainIndustry, &["主导产业", "主要产业"]),
    (Field::Gaps, &["基础设施短板", "短板", "主要短板"]),
    (Field::ServiceCategories, &["帮扶需求类别", "需求类别", "帮扶类型", "帮扶方式"]),
    (Field::Need, &["需求说明", "具体需求", "帮扶需求", "需求内容"]),
    (Field::Contact, &["村联系人", "联系人"]),
    (Field::Phone, &["联系电话", "电话", "联系方式"]),
    (Field::DataYear, &["数据年度", "年度", "数据年份"]),
    (Field::Remark, &["备注", "说明"]),
];

/// Header words of a list of volunteers.
const MEMBER_WORDS: &[(Field, &[&str])] = &[
    (Field::Seq, &["序号"]),
    (Field::Name, &["姓名", "志愿者姓名", "队员姓名", "志愿者", "名字"]),
    (Field::Sex, &["性别"]),
    (Field::BirthOn, &["出生日期", "出生年月日", "出生年月", "生日"]),
    (Field::IdNumber, &["身份证号", "身份证号码", "身份证件号码", "证件号码", "证件号", "公民身份号码"]),
    (Field::Phone, &["联系电话", "手机号", "手机", "电话", "联系方式", "手机号码", "移动电话"]),
    (Field::DivisionCode, &["居住区域", "区划代码", "现居住地", "居住地", "所在区域", "居住地区"]),
    (Field::District, &["区", "所属区", "区县", "所在区"]),
    (Field::Street, &["街镇", "街道", "乡镇", "所属街镇", "所在街镇", "所在街道"]),
    (Field::Village, &["社区", "村居", "所属社区", "所在社区", "社区村"]),
    (Field::Skills, &["专业技能", "技能", "特长", "专长", "服务技能"]),
    (Field::ServiceCategories, &["服务类别", "服务意向", "服务类型", "意向服务", "服务领域"]),
    (Field::Consent, &["本人同意", "是否同意", "知情同意", "本人是否同意", "同意登记", "是否本人同意"]),
    (Field::ConsentedOn, &["同意日期", "同意时间", "签署日期", "签字日期"]),
    (Field::Remark, &["备注", "说明"]),
];

type Index = HashMap<&'static str, Field>;

fn index(words: &'static [(Field, &[&str])]) -> Index {
    words.iter().flat_map(|(field, words)| words.iter().map(move |word| (*word, *field))).collect()
}

static NEED_INDEX: LazyLock<Index> = LazyLock::new(|| index(NEED_WORDS));
static ORGANIZATION_INDEX: LazyLock<Index> = LazyLock::new(|| index(ORGANIZATION_WORDS));
static MEMBER_INDEX: LazyLock<Index> = LazyLock::new(|| index(MEMBER_WORDS));
static VILLAGE_INDEX: LazyLock<Index> = LazyLock::new(|| index(VILLAGE_WORDS));

/// The field that a header cell of a ledger of organizations names; `2025年度检查` is one of several columns.
pub(crate) fn organization_field(_group: &str, label: &str) -> Option<Field> {
    let label = plain(label);
    let undated = label
        .split_once('年')
        .filter(|(year, _)| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()))
        .map(|(_, rest)| rest);
    match undated {
        Some(rest) => [rest, &format!("年{rest}")]
            .into_iter()
            .find_map(|word| {
                ORGANIZATION_INDEX.get(word.trim_start_matches('度')).or_else(|| ORGANIZATION_INDEX.get(word))
            })
            .copied()
            .or_else(|| matches!(rest, "度检查" | "检查" | "检").then_some(Field::Inspections)),
        None => ORGANIZATION_INDEX.get(label.as_str()).copied(),
    }
}

/// The field that a header cell of a ledger of villages names.
pub(crate) fn village_field(_group: &str, label: &str) -> Option<Field> {
    VILLAGE_INDEX.get(plain(label).as_str()).copied()
}

/// The field that a header cell of a list of volunteers names.
pub(crate) fn member_field(_group: &str, label: &str) -> Option<Field> {
    MEMBER_INDEX.get(plain(label).as_str()).copied()
}

/// The field that a header cell of a needs ledger names; `group` is the cell above it, empty if there is none.
pub(crate) fn need_field(group: &str, label: &str) -> Option<Field> {
    let group = plain(group);
    let label = plain(label);
    let field = NEED_INDEX.get(label.as_str()).copied().or_else(|| NEED_INDEX.get(without_numbers(&label)).copied())?;
    if group.contains("监护人") || group.contains("照料人") {
        return match field {
            Field::Name => Some(Field::Guardian),
            Field::Phone => Some(Field::GuardianPhone),
            Field::Guardian | Field::GuardianPhone => Some(field),
            // 身份证号 or 住址 of a guardian has no field here, and is not the person's.
            Field::Sex | Field::IdNumber | Field::Age | Field::Address => None,
            other => Some(other),
        };
    }
    Some(field)
}

/// A header cell without white space, marks of duty and what stands in brackets.
pub(crate) fn plain(label: &str) -> String {
    let squeezed = text::squeeze(label);
    let mut plain = String::new();
    let mut depth = 0u32;
    for c in squeezed.chars() {
        match c {
            '(' | '[' | '【' => depth += 1,
            ')' | ']' | '】' => depth = depth.saturating_sub(1),
            '*' | '★' | ':' => {}
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain
}

fn without_numbers(label: &str) -> &str {
    label.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_unique() {
        for table in [NEED_WORDS, ORGANIZATION_WORDS, VILLAGE_WORDS, MEMBER_WORDS] {
            let mut seen = HashMap::new();
            for (field, words) in table {
                for word in *words {
                    assert_eq!(seen.insert(*word, *field), None, "{word}");
                    assert_eq!(plain(word), *word);
                }
            }
        }
    }

    #[test]
    fn groups_matter() {
        assert_eq!(need_field("救助对象基本情况", "姓 名"), Some(Field::Name));
        assert_eq!(need_field("监护人（照料人）", "姓 名"), Some(Field::Guardian));
        assert_eq!(need_field("监护人（照料人）", "电话"), Some(Field::GuardianPhone));
        assert_eq!(need_field("监护人", "身份证号"), None);
        assert_eq!(need_field("", "所属街道\n（乡镇）"), Some(Field::Street));
        assert_eq!(need_field("", "对象类型（个案/村）"), Some(Field::Target));
        assert_eq!(need_field("", "*身份证号码\n（18位）"), Some(Field::IdNumber));
        assert_eq!(need_field("", "武清区"), None);
        for label in ["2025年度检查", "2025年年检", "2025年度年检结论"] {
            assert_eq!(organization_field("", label), Some(Field::Inspections), "{label}");
        }
    }
}
