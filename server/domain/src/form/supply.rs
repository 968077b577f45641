//! The forms of organizations and their projects.

use super::FieldDef;

/// Why the office decided so; the organization reads it.
const fn reason() -> FieldDef {
    FieldDef::text("reason", "原因", 2, 500).hint("机构看得到。").about_household()
}

forms! {
    /// Before anybody is signed in: the code and the account.
    register {
        USCC = FieldDef::coded("uscc", "统一社会信用代码").hint("18位，在登记证书上。前两位是51、52、53或59。");
        NAME = FieldDef::line("name", "机构名称", 80).hint("和登记证书上的一样。").about_organization();
        DISPLAY_NAME = FieldDef::line("display_name", "您的岗位或姓名", 40).hint("同事和民政局看到的名字，例如办公室主任。");
        AGREE = FieldDef::tick("agree", "确认", "1", "我受机构委托来登记，填写的内容和证书一致")
            .asks("请确认您受机构委托来登记");
    }

    /// 登记信息
    basic {
        NAME = FieldDef::line("name", "机构名称", 80).about_organization();
        COMPETENT_UNIT = FieldDef::line("competent_unit", "业务主管单位", 60)
            .hint("直接登记的填登记机关。")
            .about_organization();
        FOUNDED_ON = FieldDef::day("founded_on", "成立日期");
        BUSINESS_SCOPE = FieldDef::text("business_scope", "业务范围", 3, 2000)
            .hint("照证书抄写。")
            .about_organization();
        LEGAL_REPRESENTATIVE = FieldDef::line("legal_representative", "法定代表人", 40);
        DIVISION = FieldDef::select("division", "机构所在的区")
            .hint("由这个区的民政局核验。")
            .asks("选择机构所在的区，由这个区的民政局核验");
        CONTACT_NAME = FieldDef::line("contact_name", "联系人", 40);
        CONTACT_PHONE = FieldDef::phone("contact_phone", "联系电话").hint("手机号，或022加8位固定电话。");
    }

    /// 服务和区域
    service {
        SERVICE = FieldDef::checks("service", "能提供的服务").asks("至少选一项能提供的服务");
        AREA = FieldDef::checks("area", "服务区域").hint("选了全市就不用再选区。").asks("至少选一个服务区域");
        SUMMARY = FieldDef::text("summary", "机构简介", 4, 500)
            .hint("做什么、帮过谁、有多少人，几句话就好。")
            .about_organization();
        DAY = FieldDef::checks("day", "平常哪几天提供服务").asks("选择平常哪几天提供服务");
        OPENS_AT = FieldDef::coded("opens_at", "开始时间").hint("例如08:30");
        CLOSES_AT = FieldDef::coded("closes_at", "结束时间").hint("例如17:00");
        ADDRESS = FieldDef::line("office_address", "办公地址", 120);
        POSTCODE = FieldDef::coded("postcode", "邮政编码");
        PHONE = FieldDef::phone("office_phone", "办公电话").hint("向所有人公开。");
        EMAIL = FieldDef::line("email", "电子邮箱", 80).optional();
        WEBSITE = FieldDef::line("website", "网站", 120).optional();
    }

    /// 核验, and what the registration authority says.
    standing {
        INSPECTION = FieldDef::select("inspection", "年检结论").of(options!(crate::organization::Inspection));
        INSPECTION_YEAR = FieldDef::number("inspection_year", "年检的年度", 2000, 2100)
            .hint("新成立的不填。")
            .optional();
        GRADE = FieldDef::select("grade", "评估等级");
        GRADE_UNTIL = FieldDef::day("grade_until", "评估等级有效期至").optional();
        CREDIT = FieldDef::checks("credit", "信用（有就勾选）");
        UNTIL = FieldDef::day("until", "有效期至").hint("最长一年，到期前重新核验。");
        REASON = super::reason();
    }

    /// 项目
    project {
        TITLE = FieldDef::line("title", "项目名称", 60).hint("例如：热饭到家").about_household();
        SERVICE = FieldDef::checks("service", "服务")
            .hint("照护、生活、关爱和专业支持按户计；村级帮扶和支持形式按数量计，请分开发布。")
            .asks("至少选一项服务");
        SUMMARY = FieldDef::text("summary", "怎样帮", 4, 1000)
            .hint("谁去、怎么做、用什么。不写帮扶对象的姓名和住址。")
            .about_household();
        QUALIFICATION = FieldDef::checks("qualification", "具备的资质")
            .of(options!(crate::qualification::Qualification))
            .optional();
        GROUP = FieldDef::checks("group", "帮扶对象").hint("都不选就是不限对象。");
        AREA = FieldDef::checks("area", "服务区域").asks("至少选一个区，或写出服务的街镇");
        STREETS = FieldDef::coded("streets", "只服务其中几个街镇")
            .hint("写街镇名，用顿号隔开，例如：小白楼街道、大直沽街道。写了街镇，就不用再选它所在的区。")
            .optional();
        SCHEDULE = FieldDef::line("schedule", "时间", 100).hint("例如：周一至周五上午").optional().about_household();
        STARTS_ON = FieldDef::day("starts_on", "开始日期").optional();
        ENDS_ON = FieldDef::day("ends_on", "结束日期").optional();
        CAPACITY = FieldDef::number("capacity", "同时能帮几户，或有多少", 1, 1_000_000)
            .hint("按户计的填户数；按数量计的填数量，并填下面的单位和周期。已经结对的会自动扣除。");
        UNIT = FieldDef::line("unit", "单位（按数量计的才填）", 6).hint("例如：套、元、场").optional();
        PER = FieldDef::select("per", "周期（按数量计的才填）").of(options!(crate::need::Frequency)).optional();
        EACH_QUANTITY = FieldDef::number("each_quantity", "数量", 1, 10_000).optional();
        EACH_UNIT = FieldDef::line("each_unit", "单位", 6).optional();
        EACH_PER = FieldDef::select("each_per", "周期").of(options!(crate::need::Frequency)).optional();
        REASON = FieldDef::text("reason", "原因", 2, 300).about_household();
    }
}
