//! Requests of a person about the own data 个人信息权利请求.
//!
//! 个人信息保护法 articles 44–50: to know and decide, to read and copy (45), to
//! correct and complete (46), to have deleted (47), to have explained (48); a
//! convenient way to ask, and reasons where refused (50). GB/T 35273—2020, 8.7:
//! answered within thirty days. The office's own clock is shorter.

use crate::{state_enum, text_enum};

state_enum! {
    RightsState of Rights {
        Received = "received", "办理中";
        Done = "done", "已办结";
        Refused = "refused", "未予办理";
    }
}

text_enum! {
    /// What is asked for.
    RightsKind {
        Copy = "copy", "查阅和复制（第45条）";
        Correct = "correct", "更正和补充（第46条）";
        Erase = "erase", "删除（第47条）";
        Explain = "explain", "解释处理规则（第48条）";
    }
}

text_enum! {
    /// Who asks.
    Asker {
        Person = "person", "本人";
        Guardian = "guardian", "监护人";
        Agent = "agent", "受托人（有委托书）";
        Kin = "kin", "近亲属（第49条）";
    }
}

text_enum! {
    /// How it was asked.
    RightsChannel {
        Counter = "counter", "到窗口";
        Phone = "phone", "电话";
        Letter = "letter", "书面";
        Visit = "visit", "上门时提出";
    }
}

/// Working days in which a request is to be decided.
pub const DUE_WORKING_DAYS: u32 = 15;
/// Days after which it is late in law (GB/T 35273—2020, 8.7).
pub const LATEST_DAYS: i64 = 30;
