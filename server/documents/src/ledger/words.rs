//! Cells that hold one of a few words: ticks, yes and no, sex, urgency, where a need came from, ratings, relations.

use domain::need::{Sex, Source};
use domain::text;

mod urgency;

pub(crate) use urgency::{is_rank, urgency};

/// A tick of a matrix: true where it is set, false where it is not; none for other words. Takes squeezed text.
pub(crate) fn tick(squeezed: &str) -> Option<bool> {
    match squeezed {
        "√" | "✓" | "✔" | "☑" | "■" | "●" | "▲" | "★" | "◆" | "V" | "v" | "Y" | "y" | "是" | "有" | "1" | "1.0"
        | "需要" | "需" | "O" | "o" | "○" | "对" | "+" | "*" | "√√" | "✅" | "☒" | "是的" | "yes" | "Yes" | "YES"
        | "TRUE" | "true" | "True" => Some(true),
        "×" | "✗" | "✘" | "□" | "☐" | "X" | "x" | "N" | "n" | "否" | "无" | "0" | "0.0" | "不需要" | "不" | "/"
        | "-" | "—" | "——" | "no" | "No" | "NO" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

/// Yes and no of offices. Takes squeezed text.
pub(crate) fn yes_no(squeezed: &str) -> Option<bool> {
    match squeezed {
        "能" | "可以" | "会" | "是" | "有" | "已认定" | "具有" | "√" | "✓" | "✔" | "☑" | "1" | "Y" | "y" | "同意"
        | "已同意" | "具备" | "是的" | "对" | "1.0" | "已取得" | "True" | "true" | "TRUE" => Some(true),
        "不能" | "不可以" | "不会" | "否" | "无" | "没有" | "未认定" | "不具有" | "×" | "✗" | "☐" | "□" | "0" | "N"
        | "n" | "不同意" | "不是" | "不具备" | "0.0" | "未取得" | "False" | "false" | "FALSE" => Some(false),
        _ => None,
    }
}

pub(crate) fn sex(squeezed: &str) -> Option<Sex> {
    match squeezed {
        "男" | "男性" | "1" | "M" | "m" | "先生" | "男孩" | "1男" | "1-男" | "1.男" | "1.0" | "male" => {
            Some(Sex::Male)
        }
        "女" | "女性" | "2" | "F" | "f" | "女士" | "女孩" | "2女" | "2-女" | "2.女" | "2.0" | "female" => {
            Some(Sex::Female)
        }
        _ => None,
    }
}

/// What a word says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said<T> {
    Value(T),
    /// It is a word of the matter and leaves it open.
    Open,
}

/// Where a need came from, by the words that name the channel.
pub(crate) fn source(squeezed: &str) -> Option<Source> {
    let has = |words: &[&str]| words.iter().any(|word| squeezed.contains(word));
    if has(&["12345", "12349", "热线", "来电", "拨打", "电话受理", "话务", "专线", "接听"]) || squeezed == "电话"
    {
        Some(Source::Hotline)
    } else if has(&["救急难"]) {
        Some(Source::Platform)
    } else if has(&["直通车", "微信", "扫码", "二维码", "小程序", "公众号"]) {
        Some(Source::Qr)
    } else if has(&[
        "社会组织",
        "机构转介",
        "社工站",
        "基金会",
        "协会",
        "志愿服务队",
        "社工机构",
        "公益组织",
        "服务中心",
    ]) {
        Some(Source::Organization)
    } else if has(&[
        "走访",
        "入户",
        "网格",
        "摸排",
        "排查",
        "主动发现",
        "巡访",
        "巡查",
        "探访",
        "村居发现",
        "社区发现",
        "家访",
        "上门发现",
        "村居上报",
        "社区上报",
        "村上报",
        "网格员",
        "普查",
    ]) {
        Some(Source::Patrol)
    } else if has(&["平台"]) {
        Some(Source::Platform)
    } else {
        None
    }
}

/// Words that name the way on which a need came, not who or where.
pub(crate) fn is_channel(squeezed: &str) -> bool {
    source(squeezed).is_some()
        && ["热线", "走访", "入户", "排查", "摸排", "平台", "扫码", "微信", "转介", "上报", "发现", "小程序", "直通车"]
            .iter()
            .any(|word| squeezed.contains(word))
}

/// `1A` to `5A` of `AAA`, `3A级`, `4a等`; open where it is said that there is none.
pub(crate) fn rating(squeezed: &str) -> Option<Said<String>> {
    let word = squeezed.to_ascii_uppercase();
    let word = word.trim_end_matches(['级', '等']);
    if matches!(word, "未评" | "未评估" | "未参评" | "无等级" | "未参加评估" | "无" | "未定" | "未评定")
    {
        return Some(Said::Open);
    }
    let level = match word {
        "A" | "AA" | "AAA" | "AAAA" | "AAAAA" => Some(word.len()),
        _ => word
            .strip_suffix('A')
            .and_then(|n| n.parse().ok().or_else(|| super::amount::chinese_number(n).map(|n| n as usize))),
    };
    level.filter(|n: &usize| (1..=5).contains(n)).map(|n| Said::Value(format!("{n}A")))
}

/// Words for the head of a household among its lines.
pub(crate) fn is_head(squeezed: &str) -> bool {
    matches!(
        squeezed,
        "户主"
            | "本人"
            | "申请人"
            | "本人(户主)"
            | "户主本人"
            | "户主(本人)"
            | "01"
            | "户主/本人"
            | "救助对象"
            | "自己"
            | "主申请人"
    )
}

/// Words for how somebody is related to the head.
pub(crate) fn is_relation(squeezed: &str) -> bool {
    is_head(squeezed)
        || text::char_count(squeezed) <= 6
            && [
                "妻",
                "夫",
                "配偶",
                "子",
                "女",
                "父",
                "母",
                "儿",
                "孙",
                "祖",
                "爷",
                "奶",
                "兄",
                "弟",
                "姐",
                "妹",
                "媳",
                "婿",
                "岳",
                "公公",
                "婆婆",
                "外甥",
                "侄",
                "亲属",
                "姥",
                "外公",
                "外婆",
                "其他亲属",
                "养子",
                "养女",
            ]
            .iter()
            .any(|word| squeezed.starts_with(word) || squeezed.ends_with(word))
            && !matches!(squeezed, "男子" | "女" | "女性" | "男女" | "女士" | "女孩")
}

/// Two to four Han characters, or a name with a dot in it; what is in brackets does not count.
pub(crate) fn is_person_name(squeezed: &str) -> bool {
    let plain = squeezed.split(['(', '[']).next().unwrap_or_default();
    let length = text::char_count(plain);
    if plain.contains('·') {
        return length <= 16;
    }
    (2..=4).contains(&length)
        && plain.chars().all(text::is_han)
        && ![
            "街道", "社区", "村", "镇", "服务", "低保", "特困", "残疾", "户", "区", "周", "月", "次", "级", "急", "天",
            "合格", "户主", "无", "是", "否", "长期", "助", "男", "女", "一般", "走访", "热线",
        ]
        .iter()
        .any(|word| plain.ends_with(word) || plain == *word)
}

/// A name, or what an office writes instead of one: 王某某, 李**, 张×, 示例甲2 beside another of that name.
pub(crate) fn stands_for_a_person(squeezed: &str) -> bool {
    let plain = squeezed.trim_end_matches(|c: char| c.is_ascii_digit());
    if squeezed.len() - plain.len() > 4 {
        return false;
    }
    let whole: String =
        plain.chars().map(|c| if matches!(c, '*' | '×' | '○' | '〇' | 'X') { '某' } else { c }).collect();
    whole.chars().next().is_some_and(|first| first != '某') && is_person_name(&whole)
}

/// An office or a part of it: 社会救助科, 示例社会工作站, 富民路街道办事处.
pub(crate) fn is_office(squeezed: &str) -> bool {
    (3..=24).contains(&text::char_count(squeezed))
        && [
            "科",
            "局",
            "处",
            "站",
            "中心",
            "办",
            "所",
            "队",
            "会",
            "委",
            "室",
            "街道",
            "公司",
            "部",
            "院",
            "民政",
            "厅",
            "镇政府",
            "人民政府",
            "机构",
        ]
        .iter()
        .any(|end| squeezed.ends_with(end))
}

/// Words of a door: 里3号, 2号楼, 501室.
pub(crate) fn is_address(squeezed: &str) -> bool {
    let digits = squeezed.chars().any(|c| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    digits
        && text::char_count(squeezed) >= 4
        && ["号", "楼", "室", "门", "单元", "栋", "里", "路", "街", "胡同", "排", "巷"]
            .iter()
            .filter(|word| squeezed.contains(**word))
            .count()
            >= 1
        && !squeezed.contains(['。', '，', ',', ';', '!'])
}

/// Why somebody has no papers, in the words of the cell; none for words that say no reason.
pub(crate) fn is_reason_without_papers(squeezed: &str) -> bool {
    squeezed.chars().any(text::is_han)
        && squeezed.bytes().filter(u8::is_ascii_digit).count() < 8
        && [
            "无",
            "没",
            "未",
            "不",
            "遗失",
            "丢失",
            "补办",
            "新生",
            "黑户",
            "流浪",
            "流散",
            "拒",
            "外籍",
            "护照",
            "待",
            "查找",
            "核实",
            "婴",
            "办理中",
            "采集",
            "失",
        ]
        .iter()
        .any(|word| squeezed.contains(word))
}

/// Words of an office for how far something is: 待对接, 办理中, 已办结.
pub(crate) fn is_status(squeezed: &str) -> bool {
    (2..=8).contains(&text::char_count(squeezed))
        && !["婚", "业", "成年", "故", "参保", "育", "签", "入学"].iter().any(|word| squeezed.contains(word))
        && (squeezed.ends_with('中') && !squeezed.starts_with('集')
            || ["待", "已", "未", "正在", "拟"].iter().any(|word| squeezed.starts_with(word))
            || [
                "办结",
                "完结",
                "在办",
                "结案",
                "归档",
                "挂起",
                "跟进",
                "转派",
                "转办",
                "新登记",
                "暂缓",
                "关闭",
                "受理",
                "立案",
                "销号",
                "办毕",
                "审核",
                "审批",
                "审查",
                "评审",
                "复核",
                "通过",
                "驳回",
                "退回",
                "不予",
                "批准",
                "发放",
                "公示",
                "排队",
                "轮候",
                "等候",
            ]
            .iter()
            .any(|word| squeezed.ends_with(word)))
}

/// Of boxes to tick those that are ticked: ☑助餐 □助浴; any other text as it is.
pub(crate) fn ticked(written: &str) -> String {
    const SET: &[char] = &['☑', '√', '✓', '✔', '■', '☒', '●', '◉'];
    const FREE: &[char] = &['□', '☐', '○', '◯'];
    // ["低保","重残"] of an export is a list; A.助餐┋B.助浴 of a questionnaire is one too.
    let listed = written.trim().strip_prefix('[').and_then(|inner| inner.strip_suffix(']'));
    let written =
        &listed.map_or_else(|| written.to_owned(), |inner| inner.replace(['"', '\'', '“', '”'], "")).replace('┋', "、");
    if !written.contains(SET) {
        return written.to_owned();
    }
    if !written.contains(FREE) {
        // 助餐√ 助洁√
        return written.chars().map(|c| if SET.contains(&c) { '、' } else { c }).collect();
    }
    let mut words: Vec<String> = Vec::new();
    let mut taking = false;
    for c in written.chars() {
        if SET.contains(&c) {
            taking = true;
            words.push(String::new());
        } else if FREE.contains(&c) {
            taking = false;
        } else if taking && let Some(word) = words.last_mut() {
            word.push(c);
        }
    }
    words.iter().map(|word| word.trim().trim_end_matches(['、', ',', '，', ';', '；'])).collect::<Vec<_>>().join("、")
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::need::Urgency;

    #[test]
    fn urgencies() {
        for text in
            ["24h", "24小时内", "2小时", "12 小时", "1天内", "紧急", "特急", "红色", "一级", "是", "急", "立即处理"]
        {
            assert_eq!(urgency(&text::squeeze(text)), Some(Said::Value(Urgency::Urgent)), "{text}");
        }
        for text in ["一般", "72小时", "3个工作日", "不急", "绿色", "否", "普通", "一周内", "黄色"]
        {
            assert_eq!(urgency(&text::squeeze(text)), Some(Said::Value(Urgency::Normal)), "{text}");
        }
        // Never normal in silence.
        for text in ["较急", "尽快"] {
            assert_eq!(urgency(text), Some(Said::Open), "{text}");
        }
        assert_eq!(urgency("张三"), None);
    }

    #[test]
    fn sources() {
        for (text, expected) in [
            ("12345热线", Some(Source::Hotline)),
            ("网格员走访", Some(Source::Patrol)),
            ("社会组织转介", Some(Source::Organization)),
            ("救助直通车扫码", Some(Source::Qr)),
            ("市救急难平台", Some(Source::Platform)),
            ("村里报的", None),
        ] {
            assert_eq!(source(text), expected, "{text}");
        }
    }

    #[test]
    fn ratings_and_relations() {
        assert_eq!(rating("AAAA"), Some(Said::Value("4A".to_owned())));
        assert_eq!(rating("3a级"), Some(Said::Value("3A".to_owned())));
        assert_eq!(rating("未评"), Some(Said::Open));
        assert_eq!(rating("优"), None);
        assert!(["示例甲", "王某某", "李**", "张×", "示例甲2", "示例2"].into_iter().all(stands_for_a_person));
        assert!(!["12", "**", "示例甲13800000001", "低保", "3号"].into_iter().any(stands_for_a_person));
        assert!(is_relation("长子") && is_relation("祖父") && is_relation("户主") && !is_relation("男"));
        assert!(is_reason_without_papers("暂无(新生儿)") && !is_reason_without_papers("120101********2562"));
    }
}
