//! Words that stand over a matrix: a district, a part of the week, and what is asked around them.

use domain::division::Divisions;

/// Whether a text is the name of a district, with or without 区.
pub(crate) fn is_district(plain: &str) -> bool {
    district(plain).is_some()
}

/// The whole name of a district that is named with or without 区.
pub(crate) fn district(plain: &str) -> Option<&'static str> {
    let mut names = Divisions::bundled().districts().map(|district| district.name.as_str());
    names.find(|name| *name == plain || name.strip_suffix("新区").or_else(|| name.strip_suffix('区')) == Some(plain))
}

/// A matrix's word without its number and what is asked of it: 1.助餐（打√）.
pub(crate) fn label_of(squeezed: &str) -> &str {
    let plain = squeezed.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '、' | '①'..='⑳'));
    let plain = if plain.is_empty() { squeezed } else { plain };
    match plain.find('(') {
        Some(at) if at > 0 && ["打", "√", "勾", "画", "是", "/"].iter().any(|word| plain[at..].contains(word)) => {
            &plain[..at]
        }
        _ => plain,
    }
}

/// Whether a word is a part of a day or of a week, as columns of free time are called.
pub(crate) fn is_time(label: &str) -> bool {
    ["周", "星期", "上午", "下午", "晚上", "节假日", "工作日", "平日", "夜间", "白天"]
        .iter()
        .any(|word| label.starts_with(word))
}
