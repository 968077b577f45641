//! What belongs to searching and has a state: groups of the thesaurus 词库, saved searches 订阅.

crate::state_enum! {
    /// A group of words that mean the same.
    GroupState of Thesaurus {
        Active = "active", "使用中";
        Removed = "removed", "已停用";
    }
}

crate::state_enum! {
    /// A search that an organization keeps, told of each new need that it finds.
    SavedSearchState of SavedSearch {
        Active = "active", "有效";
        Deleted = "deleted", "已删除";
    }
}
