//! What does not stay for ever. Events, needs' cards, counts and hours do: they
//! name nobody, and what was decided stays countable.

crate::text_enum! {
    /// Kinds of what is taken away after its time.
    Kind {
        /// Names, numbers, address, health notes, evidence and attachments of a
        /// need, counted from its end (个人信息保护法 articles 19 and 47).
        NeedFile = "need_file", "个案档案里的个人信息";
        /// Reports and names of imported ledgers, counted from the decision.
        ImportReport = "import_report", "台账导入的逐行结果";
        Notice = "notice", "站内信";
    }
}

impl Kind {
    /// What its time is counted from.
    pub fn since(self) -> &'static str {
        match self {
            Self::NeedFile => "结案以后",
            Self::ImportReport => "导入或放弃以后",
            Self::Notice => "发出以后",
        }
    }

    /// What goes and what stays.
    pub fn effect(self) -> &'static str {
        match self {
            Self::NeedFile => {
                "删去姓名、证件号、电话、住址、监护人、健康情况、凭据和附件；需求、服务记录、核验和统计都保留"
            }
            Self::ImportReport => "删去文件名和逐行说明；行数和导入的需求都保留",
            Self::Notice => "删去站内信；所说的事在各自的记录里",
        }
    }
}
