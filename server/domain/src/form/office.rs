//! The forms of an office's own desk.

use super::FieldDef;

forms! {
    /// Another edition of the divisions, from the command line.
    divisions {
        EDITION = FieldDef::coded("edition", "版本");
        FILE = FieldDef::file("file", "区划文件");
    }

    /// 工作日历
    holidays {
        FROM = FieldDef::day("from", "从哪天");
        UNTIL = FieldDef::day("until", "到哪天").hint("只改一天的不用填。").optional();
        KIND = FieldDef::radios("kind", "放假还是上班").asks("选择放假、上班，还是按星期几");
        SOURCE = FieldDef::line("source", "依据", 100).hint("例如：春节，国务院办公厅关于2027年部分节假日安排的通知");
    }
}
