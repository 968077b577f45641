//! Words of ordinary Chinese: whether two characters that look like a name are
//! a word, or parts of two words.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::LazyLock;

/// Words and how often they were counted; taken from jieba's dictionary (MIT, see `data/README.md`).
const WORDS: &str = include_str!("../../data/words.txt");
/// Sayings and set phrases: what looks like a name in one is part of it.
const IDIOMS: &str = include_str!("../../data/idioms.txt");
const LONGEST: usize = 4;
/// Words counted this often are taken for ordinary words, also where a person bears them as a name.
const ORDINARY: u32 = 100;
/// Words that the dictionary counts seldom or not at all, and that mean the thing before the person.
const ALSO_ORDINARY: &str = "立春 雨水 惊蛰 春分 谷雨 立夏 小满 芒种 夏至 小暑 大暑 立秋 处暑 白露 秋分 寒露 霜降 立冬 小雪 大雪 冬至 小寒 大寒 \
重阳 端午 元旦 元宵 中秋 清明 国庆 腊八 安康 康健 金秋 万全 万一 温水 热水 常温 常备 常住 时令 时段 单衣 单间 单人 双人 路费 路程 \
车费 水费 电费 房费 房租 房东 房门 安顿 安置 安装 安排 安好 康乐 应急 应季 应对 强度 平房 平台 平价 平路 包饭 包车 包扎 米面 毛毯 \
毛线 白事 红事 关节 关怀 关照 温饱 常来 常去 常见 和睦 和气 谢意 明早 明晚 全程 全天 全年 全身 全口 计时 计步 时间 时常 支架 支付 \
项目 向导 向阳 冷水 冷饭 温度 温和 鲍鱼 花费 花园 花草 方言 石材 石膏 金额 钱款 钱包 钱物 商店 商品 应答 连廊 连接 连夜 路灯 路面 \
路口 柏油 水管 水电 谷物 车辆 车位 车程 艾灸 艾草 童装 童车 童书 伏天 成药 成人 成套 祝寿 祝贺 席位 席子 麻药 危房 危重 江边 颜料 \
梅雨 林地 林果 钟点 徐徐 高压 高低 高脚 高温 高处 高烧 高龄 夏天 夏季 夏装 田间 田埂 胡同 胡琴 霍乱 万户 经常 房产 解放 牛奶 牛肉 \
终身 居家 步行 满意 满月 文书 简易 空调 空巢 曾经 养护 须知 丰收 查询 红薯 游泳 权益 益智 公共 后天 后期 查找 后勤 荆棘 红枣";

struct Lexicon {
    words: HashMap<&'static str, u32>,
    total: f64,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut words = HashMap::new();
    let mut total = 0.0;
    for line in WORDS.lines() {
        if let Some((word, count)) = line.split_once(' ')
            && let Ok(count) = count.parse::<u32>()
        {
            words.insert(word, count);
            total += f64::from(count);
        }
    }
    let idioms = IDIOMS.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    for word in ALSO_ORDINARY.split_whitespace().chain(idioms) {
        let count = words.entry(word).or_insert(ORDINARY);
        *count = (*count).max(ORDINARY);
    }
    Lexicon { words, total }
});

/// How often a word was counted; 0 for what is no word.
pub fn count(word: &str) -> u32 {
    LEXICON.words.get(word).copied().unwrap_or_default()
}

/// Whether people read this as an ordinary word first.
pub fn is_ordinary(word: &str) -> bool {
    count(word) >= ORDINARY
}

pub fn is_han(c: char) -> bool {
    // Private-use characters stand for rare ones in names typed at an office's own machine.
    matches!(c, '\u{3400}'..='\u{9fff}' | '〇' | '\u{20000}'..='\u{323af}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}')
}

/// The text cut into words, as byte ranges; the most likely cut by counts of
/// single words. What is not Chinese is cut into single characters.
pub fn cut(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut run = 0;
    for (at, c) in text.char_indices() {
        if !is_han(c) {
            cut_run(&text[run..at], run, &mut out);
            out.push(at..at + c.len_utf8());
            run = at + c.len_utf8();
        }
    }
    cut_run(&text[run..], run, &mut out);
    out
}

fn cut_run(run: &str, offset: usize, out: &mut Vec<Range<usize>>) {
    let mut ends: Vec<usize> = run.char_indices().map(|(at, _)| at).collect();
    let n = ends.len();
    if n == 0 {
        return;
    }
    ends.push(run.len());
    let log = |count: u32| (f64::from(count.max(1)) / LEXICON.total).ln();
    // best[i]: the best cut of everything from character i on, and where its first word ends.
    let mut best = vec![(0.0_f64, n); n + 1];
    for start in (0..n).rev() {
        let mut found = (f64::NEG_INFINITY, start + 1);
        for end in start + 1..=n.min(start + LONGEST) {
            let count = count(&run[ends[start]..ends[end]]);
            if count == 0 && end > start + 1 {
                continue;
            }
            let weight = log(count) + best[end].0;
            if weight > found.0 {
                found = (weight, end);
            }
        }
        best[start] = found;
    }
    let mut at = 0;
    while at < n {
        let end = best[at].1;
        out.push(offset + ends[at]..offset + ends[end]);
        at = end;
    }
}

/// How a stretch that looks like a name lies in the words around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    /// Begins and ends where words do.
    Free,
    /// An ordinary word of the language.
    Word,
    /// Only part of longer words: `水平|常年`.
    Across,
}

/// Looks at `range` of `text`, whose words are `words`.
pub fn fit(text: &str, words: &[Range<usize>], range: &Range<usize>) -> Fit {
    let first = words.iter().find(|word| word.contains(&range.start));
    let last = words.iter().find(|word| word.contains(&(range.end - 1)));
    let (Some(first), Some(last)) = (first, last) else { return Fit::Free };
    if is_ordinary(&text[range.clone()]) {
        return Fit::Word;
    }
    if first.start < range.start || (last.end > range.end && (first == last || last.start > range.start)) {
        // A tail that hangs over counts only when the word it makes is an ordinary one.
        let over = &text[last.clone()];
        if first.start < range.start || is_ordinary(over) {
            return Fit::Across;
        }
    }
    Fit::Free
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_as_people_read() {
        let words = |text: &'static str| cut(text).into_iter().map(|range| &text[range]).collect::<Vec<_>>();
        assert_eq!(words("训练水平常年不变"), ["训练", "水平", "常年", "不变"]);
        assert_eq!(words("提高效率"), ["提高", "效率"]);
    }
}
