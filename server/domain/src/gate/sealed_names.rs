//! The names in the sealed file, however they come back: whole, the given name
//! alone, with signs between, one character masked, the surname with a title,
//! another character of the same sound, in Latin letters.

use super::fold::{Folded, squeezed};
use super::lexicon::{self, Fit, is_han};
use super::{About, Rule};
use pinyin::ToPinyin;
use std::ops::Range;

type Found = Vec<(Range<usize>, Rule)>;

/// Surnames of two characters.
pub(super) const COMPOUND: &[&str] = &[
    "欧阳", "上官", "司马", "司徒", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "长孙", "宇文",
    "端木", "独孤", "南宫", "轩辕", "钟离", "闻人", "呼延", "百里",
];
/// What is said after a surname in place of the name.
pub(super) const TITLES: &[&str] = &[
    "老先生",
    "老太太",
    "老爷子",
    "老奶奶",
    "老大爷",
    "大爷",
    "大妈",
    "大娘",
    "大叔",
    "大伯",
    "大婶",
    "大姐",
    "大哥",
    "大嫂",
    "奶奶",
    "爷爷",
    "阿姨",
    "叔叔",
    "伯伯",
    "婆婆",
    "公公",
    "先生",
    "女士",
    "太太",
    "师傅",
    "老汉",
    "老太",
    "老伯",
    "老人",
    "同志",
    "同学",
    "小姐",
    "姥姥",
    "姥爷",
    "大夫",
    "婶子",
    "姑娘",
    "老板",
    "老师",
    "医生",
    "书记",
    "工",
    "总",
    "哥",
    "姐",
    "爷",
    "叔",
    "婶",
    "姨",
    "伯",
    "嫂",
    "老",
];
const MASKS: &str = "*×x某〇□_△?✱o◯○口█■▲※";
/// Signs that people put between the characters of a name.
const JOINERS: &str = "·.-_*/|'\"~+^=#,、\\&:;!@…•<>()[]{}";

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
        given(text, &words, name, &mut out);
        titled(text, &words, name, &mut out);
        sounds_alike(text, &chars, &words, name, &mut out);
    }
    out
}

fn names(about: &About) -> Vec<Vec<char>> {
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
        .filter(|name| (2..=8).contains(&name.len()))
        .collect()
}

fn surname(name: &[char]) -> usize {
    let two: String = name.iter().take(2).collect();
    if name.len() > 2 && COMPOUND.contains(&two.as_str()) { 2 } else { 1 }
}

fn end_of(text: &str, chars: &[(usize, char)], last: usize) -> usize {
    chars.get(last + 1).map_or(text.len(), |(at, _)| *at)
}

fn whole(text: &str, chars: &[(usize, char)], words: &[Range<usize>], name: &[char], out: &mut Found) {
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
        let fit = lexicon::fit(text, words, &range);
        let refused = match fit {
            Fit::Free => name.len() > 2 || !text[range.end..].starts_with(['牌', '树', '花']),
            Fit::Word => speaks_of_a_person(text, &range),
            Fit::Across => name.len() > 2,
        };
        if refused {
            out.push((range, Rule::Name));
        }
    }
}

fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric() && !is_han(c) && !matches!(c, '。' | ',' | '、' | ';' | ':' | '!' | '?')
}

/// The given name alone: `永昌的轮椅`.
fn given(text: &str, words: &[Range<usize>], name: &[char], out: &mut Found) {
    let surname = surname(name);
    if name.len() - surname < 2 {
        return;
    }
    // With signs between: 桂—芝.
    joined(text, &name[surname..], out);
    let given: String = name[surname..].iter().collect();
    for (at, found) in text.match_indices(&given) {
        let range = at..at + found.len();
        let place = [
            "市", "县", "区", "路", "街", "道", "里", "村", "镇", "乡", "小区", "苑", "社区", "公司", "厂", "店",
            "小学", "中学", "医院",
        ]
        .iter()
        .any(|end| text[range.end..].starts_with(end));
        let thing = ["树", "花", "牌", "茶", "酒"].iter().any(|end| text[range.end..].starts_with(end));
        let refused = match lexicon::fit(text, words, &range) {
            Fit::Free => !(thing || place && lexicon::count(&given) > 0),
            Fit::Word => speaks_of_a_person(text, &range),
            Fit::Across => false,
        };
        if refused {
            out.push((range, Rule::Name));
        }
    }
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

/// Around an ordinary word: whether it can only be a person here.
fn speaks_of_a_person(text: &str, range: &Range<usize>) -> bool {
    const BEFORE: &[&str] = &[
        "给",
        "替",
        "帮",
        "叫",
        "名叫",
        "叫做",
        "姓名",
        "姓名:",
        "姓名是",
        "户主",
        "户主:",
        "户主是",
        "联系人",
        "申请人",
        "照顾",
        "护理",
        "看望",
        "探望",
        "陪同",
        "接送",
        "名字是",
        "名为",
        "找",
        "陪",
        "喊",
        "人是",
        "对象是",
        "就是",
        "儿子",
        "女儿",
        "老伴",
        "丈夫",
        "妻子",
        "孙子",
        "孙女",
        "外孙",
        "外甥",
        "侄子",
        "侄女",
        "儿媳",
        "女婿",
        "监护人",
        "跟",
    ];
    const AFTER: &[&str] = &[
        "本人",
        "老人",
        "大爷",
        "大妈",
        "大娘",
        "奶奶",
        "爷爷",
        "阿姨",
        "叔叔",
        "先生",
        "女士",
        "同志",
        "师傅",
        "同学",
        ",女",
        ",男",
        "(女",
        "(男",
        "出院",
        "住院",
        "卧床",
        "瘫痪",
        "独居",
        "失能",
        "患有",
        "的轮椅",
        "的拐杖",
        "的儿子",
        "的女儿",
        "的老伴",
        "的父亲",
        "的母亲",
        "的药",
        "的腿",
        "的助听器",
        "的子女",
        "的病情",
        "腿疼",
        "身份证",
        "行动不便",
        "耳背",
        "回不来",
        "在外",
        "在家",
        "他爸",
        "他妈",
        "他娘",
        "她爸",
        "她妈",
        "夫妇",
        "两口",
        "一家",
        "爱吃",
        "不会",
        "每周来",
        "每月来",
        "说好",
        "签了",
        "想要",
        "愿意",
        "和老",
        "带着",
        "的管",
        "有病",
    ];
    let (lead, rest) = (&text[..range.start], &text[range.end..]);
    let age = rest.trim_start_matches([',', '(']);
    let age = age.strip_prefix("今年").unwrap_or(age);
    let digits = age.chars().take_while(|c| c.is_ascii_digit() || "〇一二三四五六七八九十".contains(*c)).count();
    let aged = (1..=3).contains(&digits) && age.chars().nth(digits) == Some('岁');
    BEFORE.iter().any(|cue| lead.ends_with(cue)) || AFTER.iter().any(|cue| rest.starts_with(cue)) || aged
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

/// `袁奶奶`, `老袁`: in a small place that is the name.
fn titled(text: &str, words: &[Range<usize>], name: &[char], out: &mut Found) {
    let surname: String = name[..surname(name)].iter().collect();
    for (at, found) in text.match_indices(&surname) {
        let end = at + found.len();
        let Some(title) = TITLES.iter().find(|title| text[end..].starts_with(**title)) else { continue };
        let range = at..end + title.len();
        let own = words.iter().any(|word| word.start == at && (word.end == end || word.end >= range.end));
        // 老 and single characters are titles only where a word ends.
        let short = title.chars().count() == 1;
        let ends = ends_a_word(text, words, range.end);
        if own
            && (!short || (ends && lexicon::count(&text[range.clone()]) < 20))
            && !lexicon::is_ordinary(&text[range.clone()])
        {
            out.push((range, Rule::Name));
        }
    }
    for lead in ["老", "小", "阿"] {
        let nick = format!("{lead}{surname}");
        for (at, found) in text.match_indices(&nick) {
            let range = at..at + found.len();
            let before = text[..at].chars().next_back();
            let alone = before.is_none_or(|c| !is_han(c) || "给替帮找叫请喊陪和跟".contains(c))
                && ends_a_word(text, words, range.end);
            if alone && lexicon::count(&nick) < 50 && words.iter().any(|word| word.start == at) {
                out.push((range, Rule::Name));
            }
        }
    }
}

/// Whether no word reaches over this place.
fn ends_a_word(text: &str, words: &[Range<usize>], at: usize) -> bool {
    at == text.len() || words.iter().any(|word| word.start == at)
}

fn sound(c: char) -> Option<&'static str> {
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
            if lexicon::fit(text, words, &range) == Fit::Free {
                out.push((range, Rule::Name));
            }
        }
    }
}

/// The names in Latin letters: `Xing Guiyun`, `guiyun xing`. In the text with its spaces.
pub(super) fn find_latin(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let letters: Vec<(usize, char)> = text.char_indices().filter(|(_, c)| c.is_ascii_lowercase()).collect();
    let mut out = Found::new();
    if letters.len() < 5 {
        return out;
    }
    let stream: String = letters.iter().map(|(_, c)| *c).collect();
    for name in names(about) {
        let Some(sounds) = name.iter().map(|c| sound(*c)).collect::<Option<Vec<_>>>() else { continue };
        let surname = surname(&name);
        for spelled in [sounds.concat(), [&sounds[surname..], &sounds[..surname]].concat().concat()] {
            // ü is written v or u.
            let spelled = spelled.replace('ü', "v");
            if spelled.len() < 5 {
                continue;
            }
            for wanted in [spelled.clone(), spelled.replace('v', "u")] {
                for (at, _) in stream.match_indices(&wanted) {
                    let (first, last) = (letters[at].0, letters[at + wanted.len() - 1].0);
                    let close = text[first..=last]
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || matches!(c, ' ' | '-' | '.' | '\'' | '_' | '·' | ','));
                    let starts = !text[..first].ends_with(|c: char| c.is_ascii_lowercase());
                    let ends = !text[last + 1..].starts_with(|c: char| c.is_ascii_lowercase());
                    if close && starts && ends {
                        out.push((first..last + 1, Rule::Name));
                    }
                }
            }
        }
    }
    out
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
