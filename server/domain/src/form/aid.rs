//! The forms of claims, invitations, pairings, visits and verifications.

use super::FieldDef;

/// Why a step was taken, for the other party to read.
const fn to_other(label: &'static str) -> FieldDef {
    FieldDef::text("reason", label, 3, 500).hint("写给对方看，不写姓名、电话和住址。").about_household()
}

/// Words on a claim.
const fn on_claim(name: &'static str, label: &'static str, rows: u32) -> FieldDef {
    FieldDef::text(name, label, rows, 500).hint("不写帮扶对象的姓名和住址").about_household()
}

forms! {
    /// 认领, alone or together, and what is said about it.
    claim {
        /// Units of a line; its label is the line's own.
        QUANTITY = FieldDef::number("quantity.*", "数量", 0, i64::MAX);
        /// Of one part of a joint claim: 0 is the lead, then the members.
        PART = FieldDef::number("quantity.*.*", "数量", 0, i64::MAX);
        MEMBER = FieldDef::coded("member.*", "统一社会信用代码").hint("18位，对方要已通过核验。请先和对方说好。");
        START_ON = FieldDef::day("start_on", "哪天开始");
        PLAN = FieldDef::text("plan", "打算怎样做", 4, 1000)
            .hint("谁去、多久一次、用什么。不写帮扶对象的姓名和住址")
            .about_household();
        QUESTION = super::on_claim("question", "要补充什么", 3);
        ANSWER = super::on_claim("answer", "补充说明", 4);
        DECLINE = super::on_claim("reason", "不同意的原因", 3);
        WITHDRAW = super::on_claim("reason", "撤回的原因", 3);
    }

    /// 邀请
    ask {
        ORGANIZATIONS = FieldDef::checks("organization", "邀请哪几家").asks("至少选一家组织");
        NOTE = FieldDef::text("note", "给组织的话", 2, 300)
            .hint("不写帮扶对象的姓名和住址。")
            .optional()
            .about_household();
        REASON_CODE = FieldDef::select("reason_code", "原因").of(options!(crate::ask::DeclineReason));
        DECLINE = FieldDef::text("reason", "说明", 2, 300).optional().about_household();
        WITHDRAW = FieldDef::text("reason", "原因", 2, 300).hint("组织看得到。").about_household();
    }

    /// 匹配: a batch of invitations, and the weights of the fit.
    batch {
        AREA = FieldDef::select("area", "范围").asks("选择本辖区里的区或街镇");
        SERVICE = FieldDef::select("service", "服务");
        URGENT_ONLY = FieldDef::tick("urgent_only", "只看", "1", "急难的").optional();
        WAITED_DAYS = FieldDef::number("waited_days", "至少等了几天", 0, 365).unit("天").optional();
        PER_ORGANIZATION = FieldDef::number("per_organization", "每家最多邀请几项", 0, 500)
            .hint("不填就是有多少余量邀请多少。")
            .unit("项")
            .optional();
        SURE = FieldDef::tick("sure", "确认", "1", "我看过了，发出这些邀请").asks("请先勾选，确认看过方案");
        /// One part of the fit, under the part's own name.
        WEIGHT = FieldDef::number("*", "权重", 0, 100);
    }

    /// 结对
    pairing {
        NOTE = FieldDef::text("note", "联系情况", 3, 500)
            .hint("约好哪天开始、要带什么。不写姓名、电话和住址。")
            .optional()
            .about_household();
        PAUSE = super::to_other("暂停的原因");
        GO_ON = super::to_other("了解到的情况")
            .hint("为什么一直没有记录，接下来怎么做。写了以后重新开始计时。");
        /// Of each line, by its id.
        GIVE_BACK = FieldDef::number("give_back.*", "退回多少", 0, 1_000_000).optional();
        GIVE_BACK_WHY = super::to_other("为什么退回一部分");
        TERMINATE = super::to_other("终止的原因");
        RELEASE = super::to_other("退回的原因");
        REWORK = super::to_other("还要做什么");
        CLOSE_UNVERIFIED = super::to_other("办结的说明");
        /// Of each line, by its id.
        OUTCOME = FieldDef::radios("outcome.*", "完成得怎样")
            .of(options!(crate::pairing::Outcome))
            .asks("选择这一项完成得怎样");
        SHORT_REASON = FieldDef::select("short_reason.*", "没做满的原因")
            .of(options!(crate::pairing::ShortReason))
            .hint("全部完成的不用选。")
            .optional();
        SHORT_NOTE = FieldDef::line("short_note.*", "补充说明", 200)
            .hint("选了“其他”的要写明。不写姓名、电话和住址。")
            .optional()
            .about_household();
        REPORT = FieldDef::text("report", "结果说明", 4, 2000)
            .hint("做了几次、效果怎样、还有什么要跟进。不写姓名、电话和住址。")
            .about_household();
        WORKER = FieldDef::select("account", "本机构的同事");
        PURPOSE = FieldDef::radios("purpose", "为什么要看").of(options!(crate::pairing::Purpose));
        REFUSE_DISCLOSURE = FieldDef::text("reason", "不批准的原因", 2, 300)
            .hint("批准时可以不填。")
            .optional()
            .about_household();
    }

    /// 移交
    transfer {
        TO = FieldDef::coded("to", "接手机构的统一社会信用代码").hint("18位，对方要已通过核验。请先和对方说好。");
        REASON = super::to_other("移交的原因");
        REFUSE = FieldDef::text("reason", "不同意的原因", 2, 500).hint("同意时可以不填。").optional().about_household();
    }

    /// 上门: planned, made, corrected, decided upon.
    delivery {
        LINE = FieldDef::select("line", "哪一项服务");
        FROM = FieldDef::day("from", "从哪天");
        UNTIL = FieldDef::day("until", "到哪天").hint("只安排一次的不用填。").optional();
        WEEKDAYS = FieldDef::checks("weekdays", "每周哪几天").hint("不选就是每天。").optional();
        AT = FieldDef::coded("at", "几点").hint("24小时制，例如15:30。").optional();
        RESULT = FieldDef::radios("result", "结果怎样").asks("选择这次上门的结果");
        MINUTES = FieldDef::number("minutes", "用了多久", 1, 1440).unit("分钟");
        UNITS = FieldDef::number("units", "完成的数量", 1, 1000);
        DONE_ON = FieldDef::day("done_on", "哪天");
        /// Asked where the same service stands recorded on that day.
        AGAIN = FieldDef::tick("again", "同一天的另一次", "1", "这是另一次，照样记录").optional();
        NOTE = FieldDef::text("note", "情况说明", 3, 500)
            .hint("不写姓名、电话和住址。")
            .optional()
            .about_household();
        CORRECT = FieldDef::text("reason", "更正的原因", 2, 300).about_household();
        DISPUTE = FieldDef::text("reason", "异议的内容", 2, 500)
            .hint("确认时不用填。有异议时写明哪里不对，不写姓名、电话和住址。")
            .optional()
            .about_household();
        CANCEL = FieldDef::text("reason", "取消的原因", 2, 300).about_household();
        MOVE_TO = FieldDef::day("to", "改到哪天");
        MOVED_BY = FieldDef::radios("moved_by", "谁要改期");
        GOES = FieldDef::select("goes", "谁去").optional();
    }

    /// 今天的上门: many visits at once. A row's star is its key, a service's its code, a place's service and division.
    round {
        /// Which rows a place's tick stood over.
        ROW = FieldDef::coded("row.*", "一行");
        ALL_DONE = FieldDef::tick("all.*", "整个街道", "1", "除写明原因的，都做了").optional();
        DONE = FieldDef::tick("done.*", "做了", "1", "做了").optional();
        WHY = FieldDef::select("why.*", "没做成的原因").optional();
        UNITS = FieldDef::number("units.*", "数量", 1, 1000);
        NOTE = FieldDef::text("note.*", "备注", 2, 500).hint("不写姓名、电话和住址。").optional().about_household();
        MOVE_TO = FieldDef::day("to.*", "改到哪天").hint("改期时填。").optional();
        DONE_ON = FieldDef::day("done_on.*", "哪一天做的");
        FROM = FieldDef::coded("from.*", "从几点").hint("24小时制，例如11:00。").optional();
        UNTIL = FieldDef::coded("until.*", "到几点").hint("24小时制，例如12:20。").optional();
        AGAIN = FieldDef::tick("again.*", "同一天已有记录", "1", "这是另一次").optional();
        GOES = FieldDef::select("goes.*", "谁去").optional();
    }

    /// 核验
    verification {
        ASSIGNEE = FieldDef::select("assignee", "由谁核验");
        REASSIGN = FieldDef::select("assignee", "改由谁核验");
        /// Of each line, by its id.
        RESULT = FieldDef::radios("result.*", "核验结果")
            .of(options!(crate::verification::LineResult))
            .asks("选择这一项的核验结果");
        UNITS = FieldDef::number("units.*", "本人收到多少", 1, 1_000_000).hint("选了“部分满足”的要填。").optional();
        WHY = FieldDef::line("why.*", "为什么算满足", 300)
            .hint("账上不到九成而选了“满足”的，要写明。不写姓名、电话和住址。")
            .optional()
            .about_household();
        METHOD = FieldDef::select("method", "怎么核验的").of(options!(crate::verification::Method));
        NOTE = FieldDef::text("note", "看到什么，听到什么", 3, 1000)
            .hint("写本人或家里人怎么说、现场看到什么。不写姓名、电话和住址。")
            .about_household();
        FAIL_REASON =
            FieldDef::select("fail_reason", "未能核验的原因").of(options!(crate::verification::FailReason));
        FAIL_NOTE = FieldDef::text("note", "情况说明", 2, 1000)
            .hint("去过几次、打过几次电话。不写姓名、电话和住址。")
            .optional()
            .about_household();
    }
}
