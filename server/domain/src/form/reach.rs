//! The forms of asking for help, of its triage, and of the household's own voice.

use super::FieldDef;

/// What the slip's page says; whoever finds the slip reads it.
const fn told(hint: &'static str) -> FieldDef {
    FieldDef::text("answer", "告诉求助人的话", 3, 300).hint(hint).about_household()
}

forms! {
    /// 求助登记
    ask {
        WHOM = FieldDef::radios("whom", "您替谁求助").of(options!(crate::help::ForWhom));
        WORDS = FieldDef::text("words", "遇到了什么困难", 5, 1000)
            .hint("想到什么说什么，错字不要紧。只有街道和区里办事的人看得到，加密保存。");
        PACE = FieldDef::radios("pace", "等得了吗").of(options!(crate::help::Pace));
        NAME = FieldDef::line("name", "有困难的人怎么称呼", 40);
        PLACE = FieldDef::line("place", "住在哪个街道、乡镇，哪个社区、村", 80)
            .hint("例如南开区学府街道，知道社区、村的写上。");
        PHONE = FieldDef::phone("phone", "打哪个电话能找到人")
            .hint("您的或本人的都行。没有电话就空着，把住处写进困难里，街道上门去找。")
            .autocomplete("tel")
            .optional();
        ASKER = FieldDef::line("asker", "您怎么称呼", 40).hint("替自己求助的不用填。").optional();
        AGREED = FieldDef::radios("agreed", "本人知道吗")
            .of(options!(crate::help::Agreed))
            .hint("替自己求助的不用选。")
            .optional();
    }

    /// 查进度, and what the household says.
    progress {
        SLIP = FieldDef::coded("slip", "回执号").hint("8个数字，有没有空格都行。");
        CAME = FieldDef::radios("came", "约好的人来了吗").of(options!(crate::help::Came));
        HELPED = FieldDef::radios("helped", "帮上了吗").of(options!(crate::help::Helped)).optional();
        SPEAKER = FieldDef::radios("speaker", "谁在回答").of(options!(crate::help::Speaker));
        WORDS = FieldDef::text("words", "还想说的", 3, 500).hint("可以不写。只有街道和区里看得到。").optional();
    }

    /// What the street does with a request.
    triage {
        TAKE = super::told("凭回执号看得到，不写姓名、住址和病情。").optional();
        PLACE = FieldDef::line("place", "转给哪个街道、乡镇", 80).hint("例如南开区学府街道");
        AID = FieldDef::select("aid", "哪一项").of(options!(crate::help::AidKind));
        OFFICE = FieldDef::line("office", "交给谁办", 60).about_organization();
        BY = FieldDef::day("by", "哪天答复");
        LEVEL = FieldDef::radios("level", "轻重").of(options!(crate::help::WatchLevel));
        SIGNS = FieldDef::checks("sign", "有哪些苗头").of(options!(crate::help::WatchSign)).optional();
        NEXT = FieldDef::day("next", "哪天再看");
        ANSWER = super::told("讲了什么政策、告诉找谁。不写姓名、住址和病情。");
        RESULT = super::told("政府救助办成了什么，还缺什么。不写姓名、住址和病情。");
        WHY = FieldDef::select("why", "为什么结束").of(options!(crate::help::HelpClose));
        END = super::told("求助人凭回执号看得到。不写姓名、住址和病情。").optional();
        HEARD = super::told("怎样问清的、接下来怎么办。不写姓名、住址和病情。");
    }
}
