//! Numbers in digits and in Chinese, head counts, and quantities such as `每周3餐`.

use domain::need::Frequency;
use domain::text;
use serde::{Deserialize, Serialize};

use super::grid::Cell;

/// How much and how often: `{n: 3, unit: 餐, per: week}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quantity {
    pub n: u32,
    /// 次, 餐, 份, 户, 个村, …
    pub unit: String,
    pub per: Frequency,
}

/// A number at the beginning of a text and the rest: `12次`, `十二次`, `两次`.
fn leading_number(text: &str) -> Option<(u32, &str)> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if digits > 0 {
        return Some((text[..digits].parse().ok()?, &text[digits..]));
    }
    let end = text.find(|c: char| !"零〇一二两三四五六七八九十百千".contains(c)).unwrap_or(text.len());
    (end > 0).then_some(())?;
    Some((chinese_number(&text[..end])?, &text[end..]))
}

/// `十二` → 12, `三百` → 300, `两` → 2; none if it is no well-formed number below ten thousand.
pub(crate) fn chinese_number(text: &str) -> Option<u32> {
    let mut sum = 0;
    let mut digit = None;
    let mut last_place = 10_000;
    for c in text.chars() {
        let place = match c {
            '千' => 1000,
            '百' => 100,
            '十' => 10,
            '零' | '〇' => continue,
            _ => {
                if digit.is_some() {
                    return None;
                }
                let value = "一二三四五六七八九".chars().position(|d| d == c).map(|at| at + 1);
                digit = Some(if c == '两' { 2 } else { u32::try_from(value?).ok()? });
                continue;
            }
        };
        if place >= last_place {
            return None;
        }
        sum += digit.take().unwrap_or(1) * place;
        last_place = place;
    }
    let sum = sum + digit.unwrap_or(0);
    (sum > 0).then_some(sum)
}

/// A whole number in digits or in Chinese, nothing else in the text; `3.0` and `1,234` are whole numbers too.
pub(crate) fn whole_number(text: &str) -> Option<u32> {
    let squeezed = text::squeeze(text);
    if matches!(squeezed.as_str(), "0" | "0.0" | "零" | "〇") {
        return Some(0);
    }
    let squeezed = without_fraction(&squeezed);
    match leading_number(&squeezed)? {
        (number, "") => Some(number),
        _ => None,
    }
}

/// `1,234.0` as `1234`.
pub(crate) fn without_fraction(squeezed: &str) -> String {
    let plain = squeezed
        .split_once('.')
        .filter(|(whole, fraction)| {
            !whole.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit() || byte == b',')
                && !fraction.is_empty()
                && fraction.bytes().all(|byte| byte == b'0')
        })
        .map_or(squeezed, |(whole, _)| whole);
    let groups: Vec<&str> = plain.split(',').collect();
    let thousands = groups.len() > 1
        && (1..=3).contains(&groups[0].len())
        && groups[1..].iter().all(|group| group.len() == 3)
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    if thousands { groups.concat() } else { plain.to_owned() }
}

/// What things are counted in.
const MEASURES: &[&str] = &[
    "张", "床", "件", "套", "条", "双", "副", "辆", "台", "把", "支", "瓶", "桶", "袋", "箱", "盒", "包", "块", "片",
    "根", "间", "组", "斤", "公斤", "吨", "升", "米", "罐", "壶", "提", "捆", "对", "卷", "头", "只", "株", "亩", "班",
    "盏", "顶",
];

/// Whether a word is a unit that offices count services in.
pub(crate) fn is_unit(squeezed: &str) -> bool {
    MEASURES.contains(&squeezed)
        || [
            "次", "餐", "人次", "户次", "小时", "份", "个", "户", "人", "场", "节", "课时", "天", "趟", "件", "套",
            "顿", "元", "批", "家", "车次", "床", "名", "工日", "时", "期", "回", "只", "台", "本", "袋", "箱", "单",
        ]
        .contains(&squeezed)
}

/// How offices begin a quantity; longer words first.
const PREFIXES: &[(&str, Frequency)] = &[
    ("每个季度", Frequency::Quarter),
    ("每季度", Frequency::Quarter),
    ("一季度", Frequency::Quarter),
    ("每季", Frequency::Quarter),
    ("每个星期", Frequency::Week),
    ("每个礼拜", Frequency::Week),
    ("每星期", Frequency::Week),
    ("一星期", Frequency::Week),
    ("每礼拜", Frequency::Week),
    ("每个月", Frequency::Month),
    ("一个月", Frequency::Month),
    ("1个月", Frequency::Month),
    ("每周", Frequency::Week),
    ("一周", Frequency::Week),
    ("1周", Frequency::Week),
    ("每月", Frequency::Month),
    ("每天", Frequency::Day),
    ("一天", Frequency::Day),
    ("1天", Frequency::Day),
    ("每日", Frequency::Day),
    ("一日", Frequency::Day),
    ("每年", Frequency::Year),
    ("一年", Frequency::Year),
    ("1年", Frequency::Year),
    ("总共", Frequency::Total),
    ("一共", Frequency::Total),
    ("合计", Frequency::Total),
    ("共计", Frequency::Total),
    ("共", Frequency::Total),
];

/// Reads a quantity. None where the words do not say one amount.
pub(crate) fn quantity(text: &str) -> Option<Quantity> {
    let squeezed = text::squeeze(text);
    // 每周3次（每次2小时）, 每周1次，每次1小时: what one time is does not change how often.
    let squeezed = squeezed.split(['(', ',', ';', '。']).next().unwrap_or_default().to_owned();
    let squeezed = squeezed.replace(['*', '×', '✕'], "/").replace("//", "/");
    if matches!(squeezed.as_str(), "一次性" | "1次性") {
        return Some(Quantity { n: 1, unit: "次".to_owned(), per: Frequency::Total });
    }
    // 2次/周, 1次每月
    for (slash, per) in [
        ("/天", Frequency::Day),
        ("/日", Frequency::Day),
        ("/周", Frequency::Week),
        ("/星期", Frequency::Week),
        ("/月", Frequency::Month),
        ("/季度", Frequency::Quarter),
        ("/季", Frequency::Quarter),
        ("/年", Frequency::Year),
        ("/礼拜", Frequency::Week),
        ("/个月", Frequency::Month),
    ] {
        let each = slash.replace('/', "每");
        let both = slash.replace('/', "/每");
        if let Some(amount) = squeezed
            .strip_suffix(both.as_str())
            .or_else(|| squeezed.strip_suffix(slash))
            .or_else(|| squeezed.strip_suffix(each.as_str()))
        {
            return with_unit(amount, per);
        }
    }
    for (prefix, per) in PREFIXES {
        if let Some(amount) = squeezed.strip_prefix(prefix) {
            return with_unit(amount.trim_start_matches([':', '/']), *per);
        }
    }
    // 周3次, 月2次: the cycle in front without 每.
    for (word, per) in [
        ("季度", Frequency::Quarter),
        ("周", Frequency::Week),
        ("月", Frequency::Month),
        ("日", Frequency::Day),
        ("天", Frequency::Day),
        ("年", Frequency::Year),
        ("季", Frequency::Quarter),
    ] {
        if let Some(amount) = squeezed.strip_prefix(word)
            && amount.starts_with(|c: char| c.is_ascii_digit() || "一二两三四五六七八九十".contains(c))
        {
            return with_unit(amount.trim_start_matches('/'), per);
        }
    }
    with_unit(&squeezed, Frequency::Total).or_else(|| thing_first(&squeezed))
}

/// `棉被1床`, `轮椅一辆`: the thing in front of how many.
fn thing_first(squeezed: &str) -> Option<Quantity> {
    let at =
        squeezed.find(|c: char| c.is_ascii_digit() || "一两二三四五六七八九十".contains(c)).filter(|at| *at > 0)?;
    let (thing, amount) = squeezed.split_at(at);
    let cycle = ["每", "周", "月", "天", "日", "年", "季", "第", "约", "至", "到", "隔"];
    let plain = thing.chars().all(text::is_han) && !cycle.iter().any(|word| thing.contains(word));
    let found = with_unit(amount, Frequency::Total)?;
    (plain && MEASURES.contains(&found.unit.as_str())).then_some(found)
}

fn with_unit(amount: &str, per: Frequency) -> Option<Quantity> {
    let amount = without_fraction_in(amount);
    let (n, unit) = leading_number(&amount)?;
    // 一次性 is one time; everything else must be a plain unit.
    let unit = if unit == "次性" { "次" } else { unit };
    let sound = !unit.is_empty()
        && unit.chars().count() <= 4
        && unit.chars().all(text::is_han)
        && !["或", "至", "到", "左右", "以上", "以内", "多", "几", "每", "性"].iter().any(|word| unit.contains(word));
    // 1床棉被: what it is a bed of is no part of the unit.
    let measure = unit.char_indices().nth(1).map(|(at, _)| unit.split_at(at));
    let unit = measure
        .filter(|(first, rest)| MEASURES.contains(first) && !MEASURES.contains(&unit) && rest.chars().all(text::is_han))
        .map_or(unit, |(first, _)| first);
    // 六个月 alone is how long, not how much.
    let length = per == Frequency::Total
        && matches!(
            unit,
            "个月" | "年" | "月" | "周" | "天" | "日" | "个星期" | "星期" | "季度" | "个季度" | "个周" | "年半"
        );
    (n > 0 && sound && !length).then(|| Quantity { n, unit: unit.to_owned(), per })
}

/// `3.0次` as `3次`.
fn without_fraction_in(amount: &str) -> String {
    let digits = amount.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(amount.len());
    format!("{}{}", without_fraction(&amount[..digits]), &amount[digits..])
}

/// Persons of a household: `3`, `３人`, `5口人`, `三口`, `1（独居）`. None where it is no sensible number.
pub(crate) fn head_count(cell: &Cell) -> Option<u32> {
    const MOST: u32 = 50;
    let number = match cell {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked against the bounds")]
        Cell::Number(number) if number.fract() == 0.0 && (1.0..=f64::from(MOST)).contains(number) => *number as u32,
        Cell::Text(text) => {
            let squeezed = text::squeeze(text);
            let plain = squeezed.split('(').next().unwrap_or_default();
            let plain = plain.trim_start_matches("全家").trim_start_matches("家庭").trim_start_matches('共');
            let plain = without_fraction_in(plain);
            let (number, unit) = leading_number(&plain)?;
            if !matches!(unit, "" | "人" | "口" | "口人" | "个人" | "名" | "口之家" | "位") {
                return None;
            }
            number
        }
        _ => return None,
    };
    (1..=MOST).contains(&number).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese() {
        for (text, number) in
            [("一", 1), ("两", 2), ("十", 10), ("十二", 12), ("二十", 20), ("三百", 300), ("一百零五", 105)]
        {
            assert_eq!(chinese_number(text), Some(number), "{text}");
        }
        for text in ["", "零", "一二", "十百", "百千"] {
            assert_eq!(chinese_number(text), None, "{text}");
        }
    }

    #[test]
    fn quantities() {
        let of = |text| quantity(text).map(|q| (q.n, q.unit, q.per.as_str()));
        for (text, n, unit, per) in [
            ("每月四次", 4, "次", "month"),
            ("每 月 1 次", 1, "次", "month"),
            ("一个月2次", 2, "次", "month"),
            ("2次／周", 2, "次", "week"),
            ("3次/周", 3, "次", "week"),
            ("每周五餐", 5, "餐", "week"),
            ("一周2次", 2, "次", "week"),
            ("一天1餐", 1, "餐", "day"),
            ("每季度1次", 1, "次", "quarter"),
            ("每年6个村", 6, "个村", "year"),
            ("一次性", 1, "次", "total"),
            ("十二次", 12, "次", "total"),
            ("共一批", 1, "批", "total"),
            ("一份", 1, "份", "total"),
            ("每月200人次", 200, "人次", "month"),
            ("3次×每周", 3, "次", "week"),
            ("周3次", 3, "次", "week"),
            ("每周2.0次（每次1小时）", 2, "次", "week"),
            ("5餐/每周", 5, "餐", "week"),
            ("1床棉被", 1, "床", "total"),
            ("棉被两床", 2, "床", "total"),
            ("3张", 3, "张", "total"),
        ] {
            assert_eq!(of(text), Some((n, unit.to_owned(), per)), "{text}");
        }
        for text in ["若干", "隔天一次", "3-4次/月", "每周", "几次", "0次", "每两周1次", "4", "每人每月2次", "2至3次"]
        {
            assert_eq!(of(text), None, "{text}");
        }
    }

    #[test]
    fn heads() {
        let of = |text: &str| head_count(&Cell::Text(text.into()));
        for (text, n) in [("１", 1), ("3 ", 3), ("5口人", 5), ("三口", 3), ("1（独居）", 1), ("两口", 2), ("3人", 3)]
        {
            assert_eq!(of(text), Some(n), "{text}");
        }
        assert_eq!(of("3.0"), Some(3));
        for text in ["0", "好几口", "三四口", "-1", "1.5", "99", "0.0"] {
            assert_eq!(of(text), None, "{text}");
        }
        assert_eq!(head_count(&Cell::Number(3.0)), Some(3));
        assert_eq!(head_count(&Cell::Number(3.5)), None);
    }
}
