//! Words and hours for how urgent something is.

use domain::need::Urgency;
use domain::text;

use super::super::amount;
use super::{Said, yes_no};

/// How urgent words or hours are. Of a scale (红黄绿, 一级二级三级) the top alone is urgent; open where they say more than ordinary and less than at once, so that somebody
/// has to look. None for words that say nothing of it. A day is 24 hours.
pub(crate) fn urgency(squeezed: &str) -> Option<Said<Urgency>> {
    let word = squeezed.to_ascii_lowercase();
    // Ⅰ级 reads I级 once folded; 1级 and P1 are the same.
    let word = match word.trim_end_matches(['级', '类']) {
        "i" | "p0" | "p1" if word.len() > 1 => "一级".to_owned(),
        "ii" | "iii" | "iv" | "p2" | "p3" => "三级".to_owned(),
        _ => word,
    };
    if let Some(hours) = hours(&word) {
        return Some(Said::Value(if hours <= 24 { Urgency::Urgent } else { Urgency::Normal }));
    }
    let has = |words: &[&str]| words.iter().any(|one| word.contains(one));
    // 不急, 不太着急, 并不紧急.
    if word.contains('急') && ["不", "非", "无需"].iter().any(|no| word.starts_with(no)) {
        return Some(Said::Value(Urgency::Normal));
    }
    if has(&[
        "不紧急",
        "非紧急",
        "不急",
        "一般",
        "普通",
        "正常",
        "常规",
        "绿",
        "蓝",
        "黄",
        "橙",
        "二级",
        "三级",
        "四级",
        "平稳",
        "日常",
        "低",
        "非急",
        "否",
        "缓",
        "按期",
        "平常",
        "不忙",
        "不赶",
        "可等",
        "按时",
        "正常件",
        "平件",
    ]) || matches!(word.as_str(), "n" | "0" | "×" | "无" | "normal" | "false" | "0.0")
    {
        return Some(Said::Value(Urgency::Normal));
    }
    if has(&["较急", "较紧", "比较急", "稍急", "次急", "尽快", "中"]) {
        return Some(Said::Open);
    }
    if has(&[
        "特急",
        "紧急",
        "急难",
        "加急",
        "非常急",
        "十分急",
        "危急",
        "火急",
        "急件",
        "急需",
        "立即",
        "马上",
        "当天",
        "当日",
        "今天",
        "红",
        "一级",
        "立刻",
        "急迫",
        "迫切",
        "着急",
        "很急",
        "最急",
        "特别急",
        "十万火急",
        "急办",
        "即时",
        "即刻",
        "即办",
    ]) || matches!(
        word.as_str(),
        "急" | "是" | "√" | "✓" | "✔" | "☑" | "y" | "高" | "1" | "urgent" | "很急" | "急!" | "有" | "true" | "1.0"
    ) {
        return Some(Said::Value(Urgency::Urgent));
    }
    None
}

/// `24h`, `24小时内`, `2 小时`, `1天`, `3日内`, `5个工作日` as hours.
fn hours(word: &str) -> Option<u32> {
    let at = word.find(|c: char| c.is_ascii_digit() || "一二两三四五六七八九十".contains(c))?;
    let number: String =
        word[at..].chars().take_while(|c| c.is_ascii_digit() || "一二两三四五六七八九十".contains(*c)).collect();
    let after = &word[at + number.len()..];
    let number = number.parse().ok().or_else(|| amount::chinese_number(&number))?;
    let unit = after.trim_start_matches(['个', '.', '0']);
    if unit.starts_with(['h', '时']) || unit.starts_with("小时") {
        Some(number)
    } else if unit.starts_with(['天', '日']) || unit.starts_with("工作日") {
        Some(number.saturating_mul(24))
    } else if unit.starts_with('周') || unit.starts_with("星期") {
        Some(number.saturating_mul(24 * 7))
    } else if unit.starts_with('月') {
        Some(number.saturating_mul(24 * 30))
    } else {
        None
    }
}

/// Words of a scale of urgency and nothing else: 特急, 不急, Ⅱ级, 红色, 24小时.
pub(crate) fn is_rank(squeezed: &str) -> bool {
    (1..=12).contains(&text::char_count(squeezed))
        && yes_no(squeezed).is_none()
        && !squeezed.contains(['助', '型', '救', '应', '诊', '呼'])
        && (matches!(urgency(squeezed), Some(Said::Value(_) | Said::Open))
            && (squeezed.contains(['急', '缓', '色', '紧', '刻'])
                || ["小时", "立即", "马上", "当天", "工作日", "普通", "一般", "尽快"]
                    .iter()
                    .any(|word| squeezed.contains(word))))
}
