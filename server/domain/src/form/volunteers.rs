//! The forms of volunteers, teams, openings, shifts, hours and what is recorded about them.

use super::FieldDef;

/// Why, in two rows; the person or the organization concerned reads it.
const fn reason(label: &'static str) -> FieldDef {
    FieldDef::text("reason", label, 2, 300).about_household()
}

forms! {
    /// A volunteer's own registration.
    volunteer {
        NAME = FieldDef::line("name", "姓名", 40).autocomplete("name");
        PHONE = FieldDef::phone("phone", "手机号").hint("只给您加入的服务队的队长看。").autocomplete("tel");
        BIRTH = FieldDef::day("birth", "出生日期");
        SEX = FieldDef::radios("sex", "性别").of(options!(crate::need::Sex));
        ID_NUMBER = FieldDef::coded("id_number", "身份证号")
            .hint("队伍要买保险、向全国志愿服务系统报送记录时才要。加密保存，不会印在任何证明上。")
            .optional();
        DIVISION = FieldDef::line("division", "住在哪里", 60)
            .hint("写到街道、乡镇或社区、村，例如河东区鲁山道街道。不写门牌。");
        SERVICE = FieldDef::checks("service", "愿意做的事").optional();
        SLOT = FieldDef::checks("slot", "什么时候有空").of(options!(crate::volunteer::Slot)).optional();
        SKILL = FieldDef::checks("skill", "会什么").of(options!(crate::volunteer::Skill)).optional();
        GUARDIAN = FieldDef::line("guardian", "监护人姓名", 40).optional();
        GUARDIAN_PHONE = FieldDef::phone("guardian_phone", "监护人电话").optional();
        GUARDIAN_AGREED =
            FieldDef::tick("guardian_agreed", "监护人同意", "on", "我是监护人，同意孩子登记和参加").optional();
        COMPANY = FieldDef::tick("company", "监护人陪同", "on", "每一次服务我都陪同").optional();
        CONSENT = FieldDef::tick("consent", "个人信息", "on", "我同意这样使用我的信息")
            .hint(
                "姓名、电话和出生日期加密保存，只用来组织志愿服务和记录时长；队长看得到队员的姓名和电话，别人只看到志愿者编号。可以随时退出，退出后删去。",
            )
            .asks("同意个人信息的用法后才能登记，请勾选");
        WITHDRAW = FieldDef::tick("sure", "确认", "on", "我知道退出以后不能恢复");
    }

    /// 服务队 and who belongs to it.
    team {
        NAME = FieldDef::line("name", "服务队名称", 30).hint("例如：鲁山道暖邻服务队").about_organization();
        DIVISION = FieldDef::line("division", "由谁管理", 60)
            .hint("没有挂靠社会组织的服务队，由村委会、居委会或街道乡镇管理。写它的名字，例如河东区鲁山道街道。");
        SERVICE = FieldDef::checks("service", "做什么").asks("至少选一项服务");
        ABOUT = FieldDef::text("about", "怎样服务", 4, 600)
            .hint("多久一次、在哪里、要什么样的人。不写个人的姓名和电话。")
            .about_organization();
        REFUSE = super::reason("不同意的原因").optional();
        END = super::reason("原因").hint("队员看得到。");
        NOTE = FieldDef::text("note", "想说的话", 2, 200)
            .hint("例如会什么、什么时候有空。")
            .optional()
            .about_household();
        MEMBER = FieldDef::select("member", "队员");
        REMOVE = super::reason("移出的原因").hint("本人看得到。");
        DECLINE = super::reason("不同意入队的原因");
    }

    /// 岗位
    opening {
        TEAM = FieldDef::select("team", "哪支服务队");
        TITLE = FieldDef::line("title", "岗位名称", 40).hint("例如：周六上午陪老人聊天").about_organization();
        SERVICE = FieldDef::select("service", "服务类别");
        CONTENT = FieldDef::text("content", "做什么", 4, 800)
            .hint("做哪些事，自己带什么。不写帮扶对象的姓名、住址和病情。")
            .about_organization();
        PLACE = FieldDef::line("place", "集合地点", 80).hint("例如：向阳社区活动室").about_organization();
        DIVISION = FieldDef::line("division", "在哪个街镇", 60).hint("例如河东区鲁山道街道");
        SKILL = FieldDef::checks("skill", "要会什么")
            .of(options!(crate::volunteer::Skill))
            .hint("没勾选的人报不了名，不是必须的不要选。")
            .optional();
        MIN_AGE = FieldDef::number("min_age", "最小年龄", 0, 80).unit("岁").optional();
        APPROVAL = FieldDef::tick("approval", "报名", "on", "每个报名由队长答复（不选就按先后录用）").optional();
        ACCOMPANY = FieldDef::tick("accompany", "第一次上门", "on", "由机构工作人员陪同").optional();
        DANGEROUS = FieldDef::tick("dangerous", "危险", "on", "有危险，例如登高、用电、水边、抢险").optional();
        RISK_NOTICE = FieldDef::text("risk_notice", "风险告知", 3, 600)
            .hint("有哪些风险，怎样防护。报名前看得到。")
            .optional()
            .about_organization();
        INSURANCE = FieldDef::line("insurance", "人身意外伤害保险", 80).hint("保险公司和保单号。").optional();
        INSURED_UNTIL = FieldDef::day("insured_until", "保险到期日").optional();
        CANCEL = super::reason("原因").hint("报了名的人看得到。");
    }

    /// 班次: planned, taken, cancelled.
    shift {
        FROM = FieldDef::day("from", "哪天");
        BEGINS = FieldDef::coded("begins", "开始时间").hint("24小时制，例如9:00");
        ENDS = FieldDef::coded("ends", "结束时间").hint("早于开始时间的，算到第二天。");
        PLACES = FieldDef::number("places", "名额", 1, crate::opening::MAX_PLACES).unit("人");
        UNTIL = FieldDef::day("until", "每周重复到哪天").optional();
        WEEKDAYS = FieldDef::checks("weekdays", "每周星期几").hint("重复的才选。").optional();
        CANCEL = super::reason("原因").hint("报了名的人看得到。");
        /// One person of the leader's list.
        MARK = FieldDef::radios("mark.*", "到岗");
        CODE = FieldDef::coded("code", "6位签到码").hint("看队长手机上的数字。").secret();
        GIVE_UP = FieldDef::line("reason", "原因", 100).optional().about_household();
        DECLINE = super::reason("不录用的原因");
    }

    /// 时长: entered, confirmed, sent back, corrected.
    hours {
        /// Of one person.
        HOURS = FieldDef::coded("hours.*", "服务时间").unit("小时");
        CONFIRM = FieldDef::checks("signup", "确认这些时长");
        WHOSE = FieldDef::select("signup", "谁的").asks("选择是谁的");
        REJECT = super::reason("退回的原因");
        VOID = super::reason("作废的原因").hint("本人看得到。");
        WANTED = FieldDef::coded("wanted", "应该是多长").unit("小时").hint("例如2.5");
        WORDS = FieldDef::text("words", "哪里不对", 3, 300)
            .hint("例如：当天延长了半小时。不写别人的姓名和电话。")
            .about_household();
        MINUTES = FieldDef::coded("minutes", "改成").unit("小时");
        REFUSE = super::reason("为什么不改").hint("本人看得到。");
    }

    /// 意外情况
    incident {
        KIND = FieldDef::select("kind", "出了什么事").of(options!(crate::incident::IncidentKind));
        WORDS = FieldDef::text("words", "情况", 4, 600)
            .hint("在哪里、什么时候、现在怎样。加密保存，只有街道和区里看得到。");
        ANSWER = FieldDef::text("answer", "怎样处理的", 3, 600).hint("报告的人看得到。");
    }

    /// 评价
    evaluation {
        SIGNUP = FieldDef::select("signup", "哪次服务");
        STARS = FieldDef::radios("stars", "满意程度");
        WORDS = FieldDef::text("words", "说了什么", 2, 300)
            .hint("志愿者看得到，不写姓名、电话、住址和病情。")
            .optional()
            .about_household();
        ASKED_HOW = FieldDef::radios("asked_how", "怎样问的").of(options!(crate::record::AskedHow));
        DAY = FieldDef::day("day", "哪天问的");
        VOID = FieldDef::select("which", "哪次服务").asks("选择要作废的评价");
        REASON = super::reason("原因");
    }

    /// 培训和表彰
    training {
        NAME = FieldDef::line("name", "培训名称", 60).hint("例如：陪护老人的基本知识").about_organization();
        CONTENT = FieldDef::text("content", "主要内容", 2, 400).about_organization();
        HOURS = FieldDef::coded("hours", "学习时长").unit("小时").hint("例如1.5");
        HOST = FieldDef::line("host", "举办单位", 60).about_organization();
        DAY = FieldDef::day("day", "日期");
        MEMBERS = FieldDef::checks("member", "参加的队员").asks("选参加的队员");
        VOID = FieldDef::select("which", "哪一次").asks("选择要作废的");
        REASON = super::reason("原因");
    }

    /// 表彰
    award {
        MEMBER = FieldDef::select("member", "队员");
        NAME = FieldDef::line("name", "表彰名称", 60).about_organization();
        GRANTED_BY = FieldDef::line("granted_by", "授予单位", 60).about_organization();
        DAY = FieldDef::day("day", "日期");
        VOID = FieldDef::select("which", "哪一项").asks("选择要作废的");
        REASON = super::reason("原因");
    }

    /// 服务记录证明
    certificate {
        TEAM = FieldDef::select("team", "哪支服务队");
        FROM = FieldDef::day("from", "从哪天").optional();
        UNTIL = FieldDef::day("until", "到哪天").optional();
        CODE = FieldDef::coded("code", "校验码").hint("证明右上角的12位字母和数字，大小写都行。");
    }
}
