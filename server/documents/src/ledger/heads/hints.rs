//! What a head says beside the field: units, cycles, years, and what words of the column mean.

use domain::need::Frequency;
use domain::text;

use super::inside::{cut_year, numbered};
use super::label::Label;

/// What a head says beside the field.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Hints {
    /// 天, 月, 次, 小时, 万元, …
    pub unit: Option<String>,
    /// 每周次数, 次/月.
    pub per: Option<Frequency>,
    pub year: Option<i32>,
    /// Nothing but ticks stands in the column, so that an empty cell says no.
    pub ticks: bool,
    /// 一级=24小时: what words of the column mean, said in the head.
    pub legend: Vec<(String, String)>,
}

/// Units that heads give, the longer first.
const UNITS: &[&str] = &[
    "小时", "分钟", "个月", "万元", "千元", "亿元", "百元", "人次", "户次", "工日", "年", "月", "周", "天", "日", "元",
    "次", "餐", "人", "户", "份", "个", "场", "课时", "万", "节", "顿", "趟", "家", "件",
];

pub(super) fn hints(label: &Label, group: &Label) -> Hints {
    let mut hints = Hints {
        year: cut_year(&label.plain)
            .or_else(|| label.brackets.iter().find_map(|inside| cut_year(inside)))
            .or_else(|| cut_year(&group.plain))
            .map(|(year, _)| year),
        ..Hints::default()
    };
    for inside in &label.brackets {
        let bare = inside.trim_start_matches("单位").trim_start_matches([':', '为']);
        if let Some(unit) = UNITS.iter().find(|unit| **unit == bare) {
            hints.unit = Some((*unit).to_owned());
        } else if let Some((unit, per)) = bare.split_once('/')
            && let Some(per) = frequency(per)
        {
            hints.unit = Some(unit.to_owned());
            hints.per = Some(per);
        } else if let Some(per) = frequency(bare) {
            hints.per = hints.per.or(Some(per));
        }
        hints.legend.extend(legend(inside));
        if hints.legend.is_empty() {
            hints.legend.extend(numbered(inside));
        }
    }
    if hints.per.is_none() {
        hints.per = per_of(&label.plain).or_else(|| per_of(&group.plain)).or_else(|| leading(&label.plain));
    }
    if hints.legend.is_empty() {
        hints.legend.extend(numbered(&label.plain));
    }
    if hints.unit.is_none() {
        // 每月次数, 服务天数: the unit stands in front of 数.
        let bare = label.plain.strip_suffix('数').unwrap_or_default();
        hints.unit = UNITS
            .iter()
            .find(|unit| bare.ends_with(**unit))
            .filter(|unit| !matches!(**unit, "人" | "户" | "个" | "份" | "件"))
            .map(|unit| (*unit).to_owned());
    }
    hints
}

/// 每周, 每月, 次/月 inside a head.
pub(super) fn per_of(plain: &str) -> Option<Frequency> {
    ["每", "/", "一个", "单"].iter().find_map(|sign| {
        plain.match_indices(sign).find_map(|(at, _)| {
            let rest = &plain[at + sign.len()..];
            ["季度", "星期", "天", "日", "周", "月", "季", "年"]
                .iter()
                .find(|word| rest.starts_with(**word))
                .and_then(|word| frequency(word))
        })
    })
}

/// 月服务能力, 周次数, 一个月能接多少: the cycle in front of what is counted.
fn leading(plain: &str) -> Option<Frequency> {
    let counted = ["能力", "次数", "频次", "量", "接多少", "接待", "服务人次"].iter().any(|word| plain.contains(word));
    let rest = ["一个", "一"].iter().find_map(|one| plain.strip_prefix(one)).unwrap_or(plain);
    let word = ["季度", "星期", "周", "月", "季", "年", "天", "日"].iter().find(|word| rest.starts_with(**word))?;
    if counted && !rest[word.len()..].starts_with(['度', '份', '龄']) { frequency(word) } else { None }
}

/// 周, 每周, 按月, 7天.
pub(crate) fn frequency(word: &str) -> Option<Frequency> {
    let plain = text::squeeze(word).to_ascii_lowercase();
    let plain = plain.trim_start_matches(['每', '按', '/', '次', '1', '一', '个', '逐']);
    Some(match plain.trim_end_matches(['次', '度']) {
        "天" | "日" | "day" | "工作日" => Frequency::Day,
        "周" | "星期" | "礼拜" | "week" | "7天" | "七天" => Frequency::Week,
        "月" | "month" | "30天" => Frequency::Month,
        "季" | "quarter" | "3个月" | "三个月" => Frequency::Quarter,
        "年" | "year" | "12个月" => Frequency::Year,
        "总" | "合计" | "共" | "总计" | "total" | "性" | "总共" => Frequency::Total,
        _ => return None,
    })
}

/// `1=紧急,2=一般`, `一级:24小时内 二级:72小时`: what words of the column mean.
pub(crate) fn legend(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for part in text.split([',', '，', ';', '；', '、', '。', '/', '|', '\n', ' ', '\u{3000}']) {
        let pair = part.split_once(['=', '＝', ':', '：', '-', '—', '–']).or_else(|| {
            // 红色24小时内: a word of rank and what it means.
            let at = part.find(|c: char| "色级".contains(c))? + '级'.len_utf8();
            (at < part.len()).then(|| part.split_at(at))
        });
        if let Some((word, meaning)) = pair {
            let (word, meaning) = (text::squeeze(word), text::squeeze(meaning));
            let meaning = meaning.trim_start_matches(['为', '是', '-', '—', '=', ':']).to_owned();
            // 低保=1: the code may stand behind its word.
            let code = |text: &str| text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if code(&meaning) && !meaning.is_empty() && word.chars().any(text::is_han) {
                found.push((meaning, word));
                continue;
            }
            if (1..=4).contains(&text::char_count(&word)) && !meaning.is_empty() {
                found.push((word, meaning));
            }
        }
    }
    found
}
