//! The forms around finding: subscriptions, words that mean the same.

use super::FieldDef;

forms! {
    /// 订阅
    saved {
        NAME = FieldDef::line("name", "名称", 40).hint("站内信里用这个名称");
        /// The address of the hall that is kept; it travels unseen.
        QUERY = FieldDef::coded("query", "条件");
    }

    /// 同义词
    thesaurus {
        LINE = FieldDef::text("line", "词", 4, 600);
        TRY = FieldDef::coded("try", "试一试的话").hint("例如：和平区 送饭").optional();
    }
}
