//! Organization 社会组织: who may claim.

crate::state_enum! {
    OrganizationState of Organization {
        Applied = "applied", "待核验";
        Returned = "returned", "待补正";
        Refused = "refused", "未通过";
        Verified = "verified", "已核验";
        Lapsed = "lapsed", "核验到期";
        Suspended = "suspended", "已暂停";
        Revoked = "revoked", "已取消";
    }
}

crate::state_enum! {
    /// An account opens the door or not.
    AccountState of Account {
        Active = "active", "启用";
        Deactivated = "deactivated", "停用";
    }
}

crate::state_enum! {
    ConsentState of Consent {
        Live = "live", "有效";
        Withdrawn = "withdrawn", "已撤回";
        Expired = "expired", "已到期";
    }
}

crate::text_enum! {
    /// How consent was given.
    ConsentChannel {
        Paper = "paper", "书面签字";
        Phone = "phone", "电话录音";
        InPerson = "in_person", "当面口头，两人见证";
        Guardian = "guardian", "监护人书面签字";
    }
}

crate::state_enum! {
    ImportState of Import {
        Checked = "checked", "已检查";
        Applied = "applied", "已导入";
        Discarded = "discarded", "已放弃";
    }
}
