//! The forms of an office's own desk.

use super::FieldDef;

forms! {
    /// 找人: a household by what its sealed file says.
    persons {
        QUERY = FieldDef::line("q", "要找谁", 100)
            .hint("姓名（一部分、拼音、首字母也可以）、身份证号、电话、住址、社区、组织或需求编号。几样用空格隔开，例如“姓名 身份证后四位”。")
            .asks("填写要找的姓名、电话、证件号、住址或编号");
        PURPOSE = FieldDef::select("purpose", "为什么要找").of(options!(crate::disclosure::SearchPurpose));
    }

    /// Another edition of the divisions, from the command line.
    divisions {
        EDITION = FieldDef::coded("edition", "版本");
        FILE = FieldDef::file("file", "区划文件");
    }

    /// Filters of a working list: in the address, never refused.
    list {
        AT = FieldDef::select("at", "街镇");
        WITHIN = FieldDef::select("within", "村居");
        SERVICE = FieldDef::select("service", "服务");
        GROUP = FieldDef::select("group", "对象类别");
        ORGANIZATION = FieldDef::line("organization", "组织", 100);
        RESPONSIBLE = FieldDef::select("responsible", "经办人");
        FROM = FieldDef::day("from", "从哪天");
        UNTIL = FieldDef::day("until", "到哪天");
        URGENT = FieldDef::tick("urgent", "急难", "1", "只看急难");
        OVERDUE = FieldDef::tick("overdue", "期限", "1", "只看超时");
    }

    /// What is done with the ticked rows of a list.
    together {
        ASSIGNED = FieldDef::line("responsible_person", "新的经办人", 40).hint("改经办人时填，例如“民政科2号岗”。").optional();
    }

    /// A list as a file.
    list_export {
        PURPOSE = FieldDef::line("purpose", "导出的用途", 200).hint("写入访问记录，例如“十二月走访安排”。");
        FORMAT = FieldDef::radios("format", "格式").of(|| vec![("xlsx", "Excel（.xlsx）"), ("csv", "文本（.csv）")]);
        PERSONAL = FieldDef::tick("personal", "个人信息", "1", "附上姓名、身份证号、电话和住址")
            .hint("只有工作需要时勾选。每次都记入访问记录，文件请按规定保管、用后删除。")
            .optional();
    }

    /// 工作日历
    holidays {
        FROM = FieldDef::day("from", "从哪天");
        UNTIL = FieldDef::day("until", "到哪天").hint("只改一天的不用填。").optional();
        KIND = FieldDef::radios("kind", "放假还是上班").asks("选择放假、上班，还是按星期几");
        SOURCE = FieldDef::line("source", "依据", 100).hint("例如：春节，国务院办公厅关于2027年部分节假日安排的通知");
    }
}
