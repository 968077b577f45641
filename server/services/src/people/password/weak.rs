//! Which passwords are guessed first: common ones, words of this place, and what is put together from words, dates,
//! telephone numbers, keyboard walks and repetitions.
//!
//! The text is cut into as few such pieces as possible; a password of fewer than [`PIECES`] pieces (a letter that
//! belongs to none is one by itself) is refused.

use std::collections::HashSet;
use std::sync::OnceLock;

/// Fewer pieces than this are guessed soon.
const PIECES: usize = 6;
/// Longest word of the lists that is looked for, in characters.
const LONGEST: usize = 20;

/// Words of the service itself, in the spellings that are typed.
const HERE: &[&str] =
    &["duijie", "tianjin", "minzheng", "jiujinan", "jiuji", "haihe", "对接", "天津", "民政", "救急难", "救助", "帮扶"];

/// Why a password is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakness {
    /// Stands on the list of common passwords.
    Common,
    /// Holds the name of the account, the person, the organization, the place or the site.
    Context,
    /// Put together from a few pieces that are tried first.
    Pieces,
}

impl Weakness {
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Common => "这是常见密码，别人会先试，请换一个。可以用几个不相干的词连成一句",
            Self::Context => "密码里有账号名、姓名、单位、地名或“民政”“天津”一类的词，请换成不相干的词",
            Self::Pieces => {
                "密码主要由常见的词、拼音、日期、电话号码、键盘顺序或重复的字符组成，容易猜到，请再加几个不相干的词"
            }
        }
    }
}

/// Lists of common passwords and words, read once.
fn words() -> &'static HashSet<&'static str> {
    static WORDS: OnceLock<HashSet<&'static str>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let passwords = include_str!("../../../../domain/data/common_passwords.txt");
        let chinese = include_str!("../../../../domain/data/common_words_zh.txt");
        passwords
            .lines()
            .chain(chinese.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace))
            .filter(|word| !word.is_empty())
            .collect()
    })
}

/// What is wrong with a password in normal form. `context`: names of account, person, organization and place.
pub fn weakness(password: &str, context: &[String]) -> Option<Weakness> {
    let lower = password.to_lowercase();
    let letters = domain::text::letters_and_digits(&lower);
    if words().contains(lower.as_str()) || words().contains(letters.as_str()) {
        return Some(Weakness::Common);
    }
    let here = HERE.iter().map(|word| (*word).to_owned());
    let given = context.iter().map(|word| domain::text::letters_and_digits(&word.to_lowercase()));
    // Short names (`li`) stand in too many words.
    let tells = |word: &String| word.chars().count() >= if word.is_ascii() { 4 } else { 2 };
    if here.chain(given).filter(tells).any(|word| letters.contains(&word)) {
        return Some(Weakness::Context);
    }
    let typed: Vec<char> = lower.chars().collect();
    (pieces(&typed) < PIECES).then_some(Weakness::Pieces)
}

/// Smallest number of pieces that make up the text.
fn pieces(text: &[char]) -> usize {
    let plain: Vec<char> = text.iter().map(|c| unleet(*c)).collect();
    let mut fewest: Vec<usize> = (0..=text.len()).collect();
    for end in 1..=text.len() {
        for start in 0..end {
            let piece = &text[start..end];
            if piece.len() == 1
                || is_run(piece)
                || is_number(piece)
                || is_walk(piece)
                || repeats(text, start, end)
                || (piece.len() <= LONGEST && (is_word(piece) || is_word(&plain[start..end])))
            {
                fewest[end] = fewest[end].min(fewest[start] + 1);
            }
        }
    }
    fewest[text.len()]
}

/// Letters that digits and signs stand for: `p@ssw0rd`.
fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' | '!' => 'i',
        '3' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    }
}

fn is_word(piece: &[char]) -> bool {
    piece.len() >= 2 && words().contains(piece.iter().collect::<String>().as_str())
}

/// `aaaa`, `1234`, `dcba`.
fn is_run(piece: &[char]) -> bool {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let first = piece.windows(2).next().map_or(9, step);
    piece.len() >= 3 && first.abs() <= 1 && piece.windows(2).all(|pair| step(pair) == first)
}

/// A date, a year, a mobile number.
fn is_number(piece: &[char]) -> bool {
    if !piece.iter().all(char::is_ascii_digit) {
        return false;
    }
    let text: String = piece.iter().collect();
    let n = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let month_day = |m: u32, d: u32| (1..=12).contains(&m) && (1..=31).contains(&d);
    let year = |y: u32| (1900..=2100).contains(&y);
    match text.len() {
        4 => year(n(0..4)) || month_day(n(0..2), n(2..4)),
        6 => month_day(n(2..4), n(4..6)) || (year(n(0..4)) && (1..=12).contains(&n(4..6))),
        8 => (year(n(0..4)) && month_day(n(4..6), n(6..8))) || (month_day(n(0..2), n(2..4)) && year(n(4..8))),
        11 => text.starts_with('1') && matches!(piece[1], '3'..='9'),
        _ => false,
    }
}

/// Neighbours on the keyboard.
fn is_walk(piece: &[char]) -> bool {
    const ROWS: [&str; 8] = [
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik",
        "1q2w3e4r5t6y7u8i9o0p",
        "!@#$%^&*()",
        "qazwsxedcrfvtgbyhnujm",
        "147258369",
    ];
    if piece.len() < 3 {
        return false;
    }
    let text: String = piece.iter().collect();
    let back: String = piece.iter().rev().collect();
    ROWS.iter().any(|row| row.contains(&text) || row.contains(&back))
}

/// The same as what stands before it: `abcabc`.
fn repeats(text: &[char], start: usize, end: usize) -> bool {
    let length = end - start;
    length >= 2 && start >= length && text[start - length..start] == text[start..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(password: &str) -> Option<Weakness> {
        let context = ["lushandao1", "张示例", "鲁山道街道", "示例助餐服务中心"].map(ToOwned::to_owned);
        weakness(&domain::text::nfkc(password), &context)
    }

    #[test]
    fn lists_are_there() {
        assert!(words().len() > 3000, "{}", words().len());
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for password in ["password", "1234567890", "iloveyou", "1q2w3e4r5t", "qwertyuiop", "woaiwojia", "Admin@123"] {
            assert!(found(password).is_some(), "{password}");
        }
        for password in [
            "woaini5201314",
            "Woaini1314520!",
            "zhangwei19900101",
            "liming13800138000",
            "13800138000",
            "19900101zhangwei",
            "p@ssw0rd123456",
            "Passw0rd2026!!",
            "qwertyuiop123456",
            "1qaz2wsx3edc4rfv",
            "aaaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "20261124202611",
            "qq123456qq123456",
            "wangfang520520",
            "ｗｏａｉｎｉ５２０１３１４",
            "我爱你我爱你我爱你",
        ] {
            assert!(matches!(found(password), Some(Weakness::Pieces | Weakness::Common)), "{password}");
        }
        for password in [
            "lushandao1-is-mine-ok",
            "xx-Tianjin-yy-zz-77",
            "民政科的密码是什么呢",
            "我在鲁山道街道上班呀",
            "我叫张示例我爱吃面条",
            "救急难平台真的很好用",
        ] {
            assert_eq!(found(password), Some(Weakness::Context), "{password}");
        }
    }

    #[test]
    fn sentences_are_accepted() {
        for password in [
            "liang-an-linli-2026-gaga",
            "correct horse battery staple",
            "三只白鹭掠过稻田与晚霞",
            "雨天 记得 带 三把 伞",
            "🐢🍉🚲🌧️ vier kleine Kisten",
            "k7#Vq9!tZm2p",
        ] {
            assert_eq!(found(password), None, "{password}");
        }
    }
}
