//! What people call somebody instead of the name: the surname with a title
//! (`袁奶奶`), a pet name (`老袁`, `小丽`, `强子`, `满满`).

use super::fold::Folded;
use super::lexicon::{self, is_han};
use super::sealed_names::{PERSON, is_place_name, names, surname};
use super::{About, Rule, person};
use std::ops::Range;

type Found = Vec<(Range<usize>, Rule)>;

/// What is said after a surname in place of the name.
const TITLES: &str = "老先生 老太太 老爷子 老奶奶 老大爷 大爷 大妈 大娘 大叔 大伯 大婶 大姐 大哥 大嫂 奶奶 爷爷 阿姨 叔叔 \
    伯伯 婆婆 公公 先生 女士 太太 师傅 老汉 老太 老伯 老人 同志 同学 小姐 姥姥 姥爷 大夫 婶子 姑娘 \
    老板 老师 医生 书记 某某 某 工 总 哥 姐 爷 叔 婶 姨 伯 嫂 老";

/// In the folded text without spaces.
pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    let names = names(about);
    if names.is_empty() || text.is_empty() {
        return out;
    }
    let words = lexicon::cut(text);
    for name in &names {
        forms(text, &words, name, surname(name), &mut out);
    }
    out
}

/// `surname`: its length in characters.
fn forms(text: &str, words: &[Range<usize>], name: &[char], surname: usize, out: &mut Found) {
    let first: String = name[..surname.min(name.len())].iter().collect();
    titled(text, words, &first, out);
    for lead in ["老", "小", "阿"] {
        called(text, words, &format!("{lead}{first}"), false, out);
    }
    for c in &name[surname.min(name.len())..] {
        for nick in [
            format!("小{c}"),
            format!("阿{c}"),
            format!("大{c}"),
            format!("{c}子"),
            format!("{c}儿"),
            format!("{c}{c}"),
            format!("{c}姨"),
            format!("{c}哥"),
            format!("{c}姐"),
            format!("{c}叔"),
            format!("{c}婶"),
            format!("{c}嫂"),
            format!("{c}爷"),
            format!("{c}奶"),
            format!("{c}妈"),
            format!("{c}婆"),
        ] {
            called(text, words, &nick, true, out);
        }
    }
}

/// `袁奶奶`: in a small place that is the name.
fn titled(text: &str, words: &[Range<usize>], surname: &str, out: &mut Found) {
    for (at, found) in text.match_indices(surname) {
        let end = at + found.len();
        let Some(title) = TITLES.split_whitespace().find(|title| text[end..].starts_with(title)) else { continue };
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
}

/// A pet name where nothing but a person can stand. `given`: made of the given name.
fn called(text: &str, words: &[Range<usize>], nick: &str, given: bool, out: &mut Found) {
    for (at, found) in text.match_indices(nick) {
        let range = at..at + found.len();
        let before = text[..at].chars().next_back();
        let alone = before.is_none_or(|c| !is_han(c) || "给替帮找叫请喊陪和跟说问让等接送看由向称".contains(c))
            && ends_a_word(text, words, range.end);
        if !alone || is_place_name(text, &range) || !words.iter().any(|word| word.start == at) {
            continue;
        }
        let score = person::score(text, words, &range);
        let rare = lexicon::count(nick) < 50;
        if score > PERSON || rare && (!given || score > -PERSON && lexicon::count(nick) == 0) {
            out.push((range, Rule::Name));
        }
    }
}

/// Whether no word reaches over this place.
fn ends_a_word(text: &str, words: &[Range<usize>], at: usize) -> bool {
    at == text.len() || words.iter().any(|word| word.start == at)
}
