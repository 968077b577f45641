//! The words under which offices put a field into a header.

use std::collections::HashMap;
use std::sync::LazyLock;

use domain::text;

use super::field::Field;

/// Header words of a needs ledger, squeezed, without what stands in brackets.
const NEED_WORDS: &[(Field, &[&str])] = &[
    (Field::Seq, &["序号", "序", "顺序号", "行号"]),
    (
        Field::NeedNo,
        &["需求编号", "台账编号", "编号", "需求号", "台账号"],
    ),
    (
        Field::Source,
        &[
            "来源",
            "线索来源",
            "需求来源",
            "信息来源",
            "来源渠道",
            "发现渠道",
        ],
    ),
    (
        Field::SourceNo,
        &[
            "来源单号",
            "工单编号",
            "工单号",
            "来源编号",
            "受理单号",
            "平台单号",
            "单号",
        ],
    ),
    (
        Field::PublishedOn,
        &[
            "发布日期",
            "发布时间",
            "登记时间",
            "登记日期",
            "上报日期",
            "上报时间",
            "受理日期",
            "受理时间",
            "申请日期",
        ],
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
    (
        Field::District,
        &["区", "所属区", "区县", "所在区", "区名称", "区县名称"],
    ),
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
    (
        Field::Phone,
        &[
            "联系电话",
            "电话",
            "联系方式",
            "手机",
            "手机号",
            "手机号码",
            "电话号码",
            "联系号码",
        ],
    ),
    (
        Field::Address,
        &[
            "家庭住址",
            "住址",
            "地址",
            "家庭地址",
            "居住地址",
            "详细地址",
            "现住址",
            "居住地",
        ],
    ),
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
    (
        Field::Guardian,
        &[
            "监护人",
            "监护人姓名",
            "照料人",
            "照料人姓名",
            "监护人照料人",
        ],
    ),
    (
        Field::GuardianPhone,
        &[
            "监护人电话",
            "监护人联系电话",
            "照料人电话",
            "监护人联系方式",
            "照料人联系电话",
        ],
    ),
    (
        Field::BeneficiaryCategories,
        &[
            "对象类别",
            "人员类别",
            "救助类型",
            "救助类别",
            "人群类别",
            "困难类型",
            "困难类别",
            "身份类别",
            "对象身份",
        ],
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
    (
        Field::Urgency,
        &["紧急程度", "急缓程度", "是否紧急", "轻重缓急"],
    ),
    (
        Field::Quantity,
        &[
            "数量/频次",
            "频次",
            "数量",
            "数量频次",
            "服务频次",
            "次数",
            "频次/数量",
            "数量及频次",
        ],
    ),
    (
        Field::Period,
        &[
            "期限",
            "帮扶期限",
            "服务期限",
            "起止时间",
            "起止日期",
            "服务周期",
            "帮扶周期",
        ],
    ),
    (
        Field::LedgerStatus,
        &[
            "状态",
            "办理状态",
            "帮扶结果",
            "办理结果",
            "办理情况",
            "进展情况",
            "办理进度",
            "对接状态",
        ],
    ),
    (
        Field::ResponsibleUnit,
        &["责任单位", "办理单位", "承办单位", "责任部门"],
    ),
    (Field::Handler, &["经办人", "办理人", "承办人", "责任人"]),
    (Field::ReportingUnit, &["填报单位", "上报单位", "制表单位"]),
    (Field::Reporter, &["填报人", "填表人", "制表人"]),
    (
        Field::ReportedOn,
        &["填报日期", "填表日期", "制表时间", "制表日期", "填报时间"],
    ),
    (Field::Remark, &["备注", "说明", "备注说明"]),
];

static NEED_INDEX: LazyLock<HashMap<&'static str, Field>> = LazyLock::new(|| {
    NEED_WORDS
        .iter()
        .flat_map(|(field, words)| words.iter().map(move |word| (*word, *field)))
        .collect()
});

/// The field that a header cell of a needs ledger names; `group` is the cell above it, empty if there is none.
pub(crate) fn need_field(group: &str, label: &str) -> Option<Field> {
    let group = plain(group);
    let label = plain(label);
    let field = NEED_INDEX
        .get(label.as_str())
        .copied()
        .or_else(|| NEED_INDEX.get(without_numbers(&label)).copied())?;
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
        let mut seen = HashMap::new();
        for (field, words) in NEED_WORDS {
            for word in *words {
                assert_eq!(seen.insert(*word, *field), None, "{word}");
                assert_eq!(plain(word), *word);
            }
        }
    }

    #[test]
    fn groups_matter() {
        assert_eq!(need_field("救助对象基本情况", "姓 名"), Some(Field::Name));
        assert_eq!(
            need_field("监护人（照料人）", "姓 名"),
            Some(Field::Guardian)
        );
        assert_eq!(
            need_field("监护人（照料人）", "电话"),
            Some(Field::GuardianPhone)
        );
        assert_eq!(need_field("监护人", "身份证号"), None);
        assert_eq!(need_field("", "所属街道\n（乡镇）"), Some(Field::Street));
        assert_eq!(need_field("", "对象类型（个案/村）"), Some(Field::Target));
        assert_eq!(
            need_field("", "*身份证号码\n（18位）"),
            Some(Field::IdNumber)
        );
        assert_eq!(need_field("", "武清区"), None);
    }
}
