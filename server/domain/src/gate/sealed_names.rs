//! The names in the sealed file, however they come back: whole, the given name
//! alone, with signs between, one character masked, another character of the
//! same sound. Titles and pet names stand in [`super::name_forms`], Latin letters
//! in [`super::latin_names`].

use super::fold::{Folded, squeezed};
use super::lexicon::{self, Fit, is_han};
use super::{About, Rule, person};
use pinyin::ToPinyin;
use std::ops::Range;

type Found = Vec<(Range<usize>, Rule)>;

/// Surnames of two characters.
pub(super) const COMPOUND: &[&str] = &[
    "欧阳", "上官", "司马", "司徒", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "长孙", "宇文",
    "端木", "独孤", "南宫", "轩辕", "钟离", "闻人", "呼延", "百里",
];
const MASKS: &str = "*×x某〇□_△?✱o◯○口█■▲※";
/// Signs that people put between the characters of a name.
const JOINERS: &str = "·.-_*/|'\"~+^=#,、\\&:;!@…•<>()[]{}";
/// How sure [`person::score`] must be that an ordinary word is a person here.
pub(super) const PERSON: i32 = 20;
/// The same for a name of one character.
const SURELY: i32 = 60;
/// Below this even a given name that is no word, or stands behind 儿子, is a thing: 冬梅开了.
const THING: i32 = -60;
/// A word of one character counted this often is an everyday one.
const COMMON: u32 = 8000;
/// Words of time and manner that begin a sentence as a person does: believed only where the model is sure.
const ADVERBS: &str = "何时 何日 何必 何况 天亮 天黑 天冷 天热 平常 平时 白天 明天 今天 昨天 后天 上午 下午 早晨 晚上 夏天 冬天 春天 秋天 明年 今年 去年 常年 全年 时常 经常 终年 周末 \
    长年 长期 全天 当天 那天 每天 成天 整天 天天 年年 月月 一直 永远 一向 向来 从来 原来 本来 后来 将来";

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let names = names(about);
    if names.is_empty() || text.is_empty() {
        return Found::new();
    }
    let words = lexicon::cut(text);
    let chars = folded.chars();
    let mut out = Found::new();
    for name in &names {
        whole(text, &chars, &words, name, &mut out);
        masked(text, &chars, name, &mut out);
        backwards(text, name, &mut out);
        turned(text, name, &mut out);
        given(text, &words, name, &mut out);
        sounds_alike(text, &chars, &words, name, &mut out);
    }
    out
}

/// The names as they are compared, each part of a longer one by itself as well.
pub(super) fn names(about: &About) -> Vec<Vec<char>> {
    about
        .sealed
        .names
        .iter()
        .flat_map(|name| name.split(['、', ',', '，', ';', '；', '/', '\n']))
        // Of a name in several parts each part is called by itself: 阿依古丽·买买提.
        .flat_map(|name| {
            let parts: Vec<&str> = name.split(['·', '•', '‧', '．', '.']).filter(|part| !part.is_empty()).collect();
            let parts = if parts.len() > 1 { parts } else { Vec::new() };
            std::iter::once(name).chain(parts)
        })
        .map(|name| squeezed(name).chars().filter(|c| is_han(*c)).collect::<Vec<_>>())
        .filter(|name| (1..=8).contains(&name.len()))
        .collect()
}

pub(super) fn surname(name: &[char]) -> usize {
    let two: String = name.iter().take(2).collect();
    if name.len() > 2 && COMPOUND.contains(&two.as_str()) { 2 } else { 1 }
}

fn end_of(text: &str, chars: &[(usize, char)], last: usize) -> usize {
    chars.get(last + 1).map_or(text.len(), |(at, _)| *at)
}

fn whole(text: &str, chars: &[(usize, char)], words: &[Range<usize>], name: &[char], out: &mut Found) {
    if name.len() == 1 {
        single(text, words, name[0], out);
        return;
    }
    for start in 0..chars.len() {
        let (mut at, mut joined, mut fits) = (start, false, true);
        for (place, wanted) in name.iter().enumerate() {
            let mut signs = 0;
            while place > 0 && signs < 3 && chars.get(at).is_some_and(|(_, c)| JOINERS.contains(*c) || is_symbol(*c)) {
                (at, signs, joined) = (at + 1, signs + 1, true);
            }
            if chars.get(at).is_none_or(|(_, c)| c != wanted) {
                fits = false;
                break;
            }
            at += 1;
        }
        if !fits {
            continue;
        }
        let range = chars[start].0..end_of(text, chars, at - 1);
        if joined {
            // A comma may end one sentence and begin the next.
            let comma = text[range.clone()].contains([',', '、']);
            if name.len() > 2 || !comma {
                out.push((range, Rule::Name));
            }
            continue;
        }
        let refused = !is_place_name(text, &range)
            && match lexicon::fit(text, words, &range) {
                Fit::Free if name.len() > 2 => true,
                Fit::Free if of_common_words(text, words, &range) => {
                    let opens = text[..range.start].is_empty()
                        || text[..range.start].ends_with([',', '。', ';', ':', '、', '\n']);
                    opens && person::score(text, words, &range) > PERSON || speaks_of_a_person(text, &range)
                }
                Fit::Free => {
                    !text[range.end..].starts_with(['牌', '树', '花'])
                        && person::score(text, words, &range) > least(&text[range.clone()])
                }
                Fit::Word => is_person(text, words, &range),
                Fit::Across => {
                    name.len() > 2
                        && !cuts_a_word(text, words, range.start)
                        && person::score(text, words, &range) > PERSON
                }
            };
        if refused {
            out.push((range, Rule::Name));
        }
    }
}

fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric() && !is_han(c) && !matches!(c, '。' | ',' | '、' | ';' | ':' | '!' | '?')
}

/// A name of one character: only where nothing but a person can stand.
fn single(text: &str, words: &[Range<usize>], name: char, out: &mut Found) {
    for (at, found) in text.match_indices(name) {
        let range = at..at + found.len();
        let own = words.contains(&range);
        let opens = text[..at].is_empty() || text[..at].ends_with([',', '。', ';', ':', '、', '\n']);
        let called = CALLED.split_whitespace().any(|cue| text[..at].ends_with(cue));
        if own && (opens || called) && person::score(text, words, &range) > SURELY {
            out.push((range, Rule::Name));
        }
    }
}

/// The given name alone: `永昌的轮椅`.
fn given(text: &str, words: &[Range<usize>], name: &[char], out: &mut Found) {
    let surname = surname(name);
    match name.len().saturating_sub(surname) {
        0 => return,
        1 => return single(text, words, name[surname], out),
        _ => {}
    }
    // With signs between: 桂—芝.
    joined(text, &name[surname..], out);
    let given: String = name[surname..].iter().collect();
    for (at, found) in text.match_indices(&given) {
        let range = at..at + found.len();
        let thing =
            ["树", "花", "牌", "茶", "酒", "之家", "之乡", "之路"].iter().any(|end| text[range.end..].starts_with(end));
        let refused = !is_place_name(text, &range)
            && match lexicon::fit(text, words, &range) {
                Fit::Free if of_common_words(text, words, &range) => {
                    person::score(text, words, &range) > PERSON || speaks_of_a_person(text, &range)
                }
                Fit::Free => !thing && person::score(text, words, &range) > least(&given),
                Fit::Word => is_person(text, words, &range),
                Fit::Across => false,
            };
        if refused {
            out.push((range, Rule::Name));
        }
    }
}

/// The name of a village, a road or a firm that holds the same characters: 高庄户村, 长林村, 和平路.
pub(super) fn is_place_name(text: &str, range: &Range<usize>) -> bool {
    const PLACES: &str = "山庄 大街 东路 西路 南路 北路 东道 西道 南道 北道 东街 西街 南街 北街 前街 后街 新里 东里 西里 南里 北里 东苑 西苑 南苑 北苑 新苑 新区 园区 工业园 产业园 科技园 湿地 渠首 大道 立交 高速 机场 码头 渡口 景区 公墓 陵园 大队 党支部 生产队 敬老院 卫生院 卫生室 派出所 服务站 书屋 书院 剧院 戏院 剧团 年画 商贸 集团 家属院 宿舍 河畔 山区 水渠 牧场 渔场 茶园 楼门 楼院 商场 商厦 大厦 超市 饭店 酒店 药店 药房 广场 影院 花园 水站 市 县 区 路 街 道 里 村 镇 乡 屯 庄 小区 苑 社区 街道 公园 广场 大桥 桥 新村 家园 公司 厂 店 合作社 农场 水库 小学 中学 医院 银行 幼儿园";
    const BUSINESS: [&str; 9] = ["合作社", "公司", "超市", "药店", "饭店", "商店", "商行", "养殖场", "种植园"];
    // 各庄村, 家庄, 户村, 庄子村.
    const BETWEEN: &str = "庄家户各屯店营堡坨桥沟台头洼子新老大小东西南北前后里";
    let rest = &text[range.end..];
    if PLACES.split_whitespace().any(|end| rest.starts_with(end)) {
        return !["里有", "里的", "里住", "村里", "家庄稼", "道谢", "里外", "街坊", "路上", "区别", "道歉", "店里"]
            .iter()
            .any(|word| rest.starts_with(word));
    }
    // 家瑞|祥合作社: the name of a business that only begins so.
    let between: Vec<char> = rest.chars().take(2).collect();
    for length in 1..=between.len() {
        let part: String = between[..length].iter().collect();
        let named = between[..length]
            .iter()
            .all(|c| is_han(*c) && !"去来到在进从往的是想要说给办开有和跟帮找为把被上下里".contains(*c));
        if named && BUSINESS.iter().any(|end| rest[part.len()..].starts_with(end)) {
            return true;
        }
    }
    for (between, c) in rest.chars().take(4).enumerate() {
        if between > 0 && matches!(c, '村' | '镇' | '乡' | '屯' | '庄') {
            return true;
        }
        if !BETWEEN.contains(c) {
            return false;
        }
    }
    false
}

/// A given name with signs between its characters; a comma may end one sentence and begin the next.
fn joined(text: &str, given: &[char], out: &mut Found) {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    for start in 0..chars.len() {
        let (mut at, mut signs) = (start, 0);
        let fits = given.iter().enumerate().all(|(place, wanted)| {
            let mut between = 0;
            while place > 0
                && between < 3
                && chars
                    .get(at)
                    .is_some_and(|(_, c)| !matches!(c, ',' | '、') && (JOINERS.contains(*c) || is_symbol(*c)))
            {
                (at, between, signs) = (at + 1, between + 1, signs + 1);
            }
            at += 1;
            chars.get(at - 1).is_some_and(|(_, c)| c == wanted)
        });
        if fits && signs > 0 {
            out.push((chars[start].0..end_of(text, &chars, at - 1), Rule::Name));
        }
    }
}

/// Whether an ordinary word reaches over this place: 由|于.
fn cuts_a_word(text: &str, words: &[Range<usize>], at: usize) -> bool {
    words.iter().any(|word| word.start < at && at < word.end && lexicon::is_ordinary(&text[word.clone()]))
}

/// Two everyday words of one character that only happen to stand side by side: 缺|钱|来|交电费.
fn of_common_words(text: &str, words: &[Range<usize>], range: &Range<usize>) -> bool {
    let inside: Vec<&Range<usize>> =
        words.iter().filter(|word| word.start >= range.start && word.end <= range.end).collect();
    inside.len() == 2 && inside.iter().all(|word| lexicon::count(&text[(*word).clone()]) > COMMON)
}

/// What the model must say of a name that is no ordinary word.
fn least(name: &str) -> i32 {
    if lexicon::count(name) == 0 { THING } else { -PERSON }
}

/// An ordinary word at `range`: whether it is a person here.
fn is_person(text: &str, words: &[Range<usize>], range: &Range<usize>) -> bool {
    let score = person::score(text, words, range);
    let adverb = ADVERBS.split_whitespace().any(|word| word == &text[range.clone()]);
    score > if adverb { 2 * SURELY } else { PERSON } || !adverb && score > THING && speaks_of_a_person(text, range)
}

/// Words directly before a name.
const CALLED: &str = "给 替 帮 叫 名叫 叫做 姓名 姓名: 姓名是 户主 户主: 户主是 联系人 申请人 照顾 护理 看望 探望 陪同 \
    接送 名字是 名为 找 陪 喊 人是 对象是 就是 儿子 女儿 老伴 丈夫 妻子 孙子 孙女 外孙 外甥 侄子 侄女 \
    儿媳 女婿 监护人 跟";
/// Words directly behind one.
const BEHIND: &str = "本人 老人 大爷 大妈 大娘 奶奶 爷爷 阿姨 叔叔 先生 女士 同志 师傅 同学 ,女 ,男 (女 (男 出院 \
    住院 卧床 瘫痪 独居 失能 患有 的轮椅 的拐杖 的儿子 的女儿 的老伴 的父亲 的母亲 的药 的腿 的助听器 \
    的子女 的病情 腿疼 身份证 行动不便 耳背 回不来 在外 在家 他爸 他妈 他娘 她爸 她妈 夫妇 两口 一家 \
    爱吃 不会 每周来 每月来 说好 签了 想要 愿意 和老 带着 的管 有病";

/// Whether the words directly around can only speak of a person.
fn speaks_of_a_person(text: &str, range: &Range<usize>) -> bool {
    let (lead, rest) = (&text[..range.start], &text[range.end..]);
    let age = rest.trim_start_matches([',', '(']);
    let age = age.strip_prefix("今年").unwrap_or(age);
    let digits = age.chars().take_while(|c| c.is_ascii_digit() || "〇一二三四五六七八九十".contains(*c)).count();
    let aged = (1..=3).contains(&digits) && age.chars().nth(digits) == Some('岁');
    aged || CALLED.split_whitespace().any(|cue| lead.ends_with(cue))
        || BEHIND.split_whitespace().any(|cue| rest.starts_with(cue))
}

/// `邢*云`, `邢某云`, `邢桂×`: one character of three hidden.
fn masked(text: &str, chars: &[(usize, char)], name: &[char], out: &mut Found) {
    if name.len() < 3 {
        return;
    }
    for start in 0..chars.len() {
        for hidden in 0..name.len() {
            let (mut at, mut fits) = (start, true);
            for (place, wanted) in name.iter().enumerate() {
                if place == hidden {
                    let mut masks = 0;
                    while masks < 2 && chars.get(at).is_some_and(|(_, c)| MASKS.contains(*c)) {
                        (at, masks) = (at + 1, masks + 1);
                    }
                    fits = masks > 0;
                } else {
                    fits = chars.get(at).is_some_and(|(_, c)| c == wanted);
                    at += 1;
                }
                if !fits {
                    break;
                }
            }
            // A hidden surname with `某` before it is the household speaking of "某人"; the given name is found anyway.
            if fits && hidden > 0 {
                out.push((chars[start].0..end_of(text, chars, at - 1), Rule::Name));
            }
        }
    }
}

/// The name from its end, where the text says so.
fn backwards(text: &str, name: &[char], out: &mut Found) {
    if name.len() >= 3 && ["倒", "反"].iter().any(|cue| text.contains(cue)) {
        let turned: String = name.iter().rev().collect();
        out.extend(text.match_indices(&turned).map(|(at, found)| (at..at + found.len(), Rule::Name)));
    }
}

/// The given name before the surname, closed off behind: 国庆石,要翻身.
fn turned(text: &str, name: &[char], out: &mut Found) {
    let surname = surname(name);
    if name.len() < surname + 2 {
        return;
    }
    let written: String = name[surname..].iter().chain(&name[..surname]).collect();
    for (at, found) in text.match_indices(&written) {
        let (lead, rest) = (&text[..at], &text[at + found.len()..]);
        let opens = lead.is_empty()
            || lead.ends_with([',', '。', ';', ':', '、', '(', '\n'])
            || CALLED.split_whitespace().any(|cue| lead.ends_with(cue));
        let closes = rest.is_empty()
            || rest.starts_with([',', '。', ';', ')', '、', ':', '\n'])
            || BEHIND.split_whitespace().any(|cue| rest.starts_with(cue));
        if opens && closes {
            out.push((at..at + found.len(), Rule::Name));
        }
    }
}

pub(super) fn sound(c: char) -> Option<&'static str> {
    c.to_pinyin().map(pinyin::Pinyin::plain)
}

/// Another way to write the same sound: `邢贵云` for `邢桂云`.
fn sounds_alike(text: &str, chars: &[(usize, char)], words: &[Range<usize>], name: &[char], out: &mut Found) {
    if name.len() < 3 {
        return;
    }
    let Some(wanted) = name.iter().map(|c| sound(*c)).collect::<Option<Vec<_>>>() else { return };
    for window in 0..chars.len().saturating_sub(name.len() - 1) {
        let slice = &chars[window..window + name.len()];
        let same = slice.iter().zip(&wanted).all(|((_, c), wanted)| is_han(*c) && sound(*c) == Some(wanted));
        if same && slice.iter().zip(name).any(|((_, c), own)| c == own) {
            let range = slice[0].0..end_of(text, chars, window + name.len() - 1);
            if lexicon::fit(text, words, &range) == Fit::Free && !is_place_name(text, &range) {
                out.push((range, Rule::Name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::Place;

    fn of(text: &str, names: &[&str]) -> Vec<String> {
        let mut about = About::new(Place::Household);
        about.sealed.names = names.iter().map(|name| (*name).to_owned()).collect();
        super::super::check(text, &about)
            .into_iter()
            .filter(|found| found.rule == Rule::Name)
            .map(|found| text[found.range].to_owned())
            .collect()
    }

    #[test]
    fn a_name_comes_back_in_many_forms() {
        for (text, name, found) in [
            ("请给邢桂云送冬衣", "邢桂云", "邢桂云"),
            ("永昌的轮椅推手断了", "柳永昌", "永昌"),
            ("紀文秀想学用手机", "纪文秀", "紀文秀"),
            ("常远出院后没人做饭", "常远", "常远"),
            ("龚·庆·平，低保", "龚庆平", "龚·庆·平"),
            ("邢*云需要送餐", "邢桂云", "邢*云"),
            ("邢贵云需要送餐", "邢桂云", "邢贵云"),
            ("联系Xing Guiyun", "邢桂云", "Xing Guiyun"),
            ("袁奶奶腿疼", "袁玉芬", "袁奶奶"),
            ("龚 庆\u{200b}平需要", "龚庆平", "龚 庆\u{200b}平"),
        ] {
            assert_eq!(of(text, &[name]), [found], "{text}");
        }
    }

    #[test]
    fn words_that_look_like_a_name_stay() {
        for (text, name) in [
            ("老人年轻时在高原修过铁路", "高原"),
            ("祝愿老人安康", "安康"),
            ("马路对面有一家药店", "马路"),
            ("立秋之后改为下午送餐", "吴立秋"),
            ("每周期满由志愿者填一次评估表", "周期"),
            ("训练水平常年不变", "平常"),
            ("提高效率需要更合理的排班", "高效"),
            ("由于奶奶生病", "于桂兰"),
            ("提高老师的水平", "高桂兰"),
        ] {
            assert_eq!(of(text, &[name]), Vec::<String>::new(), "{text}");
        }
    }
}
