//! The forms of what is kept, corrected, taken out and deleted.

use super::FieldDef;

/// What the person who asked is told.
const fn answer(name: &'static str, label: &'static str, rows: u32) -> FieldDef {
    FieldDef::text(name, label, rows, 500).about_household()
}

forms! {
    /// A person's request about the own information.
    rights {
        KIND = FieldDef::radios("kind", "要求什么").of(options!(crate::rights::RightsKind));
        ASKER = FieldDef::radios("asker", "谁提出的").of(options!(crate::rights::Asker));
        CHANNEL = FieldDef::select("channel", "怎么提出的").of(options!(crate::rights::RightsChannel));
        RECEIVED_ON = FieldDef::day("received_on", "哪天提出的");
        WORDS = FieldDef::text("words", "要求的内容", 4, 1000)
            .hint("照本人的话写。只有本街道和区民政局看得到，加密保存。");
        ANSWER = super::answer("answer", "怎么答复的", 3).hint("不写姓名、电话和住址。");
        REFUSE = super::answer("reason", "不办理的理由", 2)
            .hint("要告诉本人（个人信息保护法第50条）。不写姓名、电话和住址。");
    }

    /// The audit trail and what is taken out of it.
    audit {
        EXPORT = FieldDef::line("reason", "导出的用途", 200).hint("写入审计记录，例如“年度安全检查”");
        KIND = FieldDef::select("kind", "事项");
        WHO = FieldDef::coded("who", "账号").optional();
        RECORD = FieldDef::coded("record", "编号或标识").optional();
        FROM = FieldDef::day("from", "从").optional();
        UNTIL = FieldDef::day("until", "到").optional();
    }

    /// How long things are kept.
    retention {
        KIND = FieldDef::select("kind", "内容").asks("选择要修改的内容");
        MONTHS = FieldDef::number("months", "保存多少个月", 1, 1200).unit("个月");
        SURE = FieldDef::tick("sure", "确认", "1", "删去后不能恢复，我已核对上面的数量");
    }

    /// Papers beside a record.
    attachment {
        FILE = FieldDef::file("file", "照片或PDF");
    }
}
