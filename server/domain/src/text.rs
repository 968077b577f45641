//! Small helpers for Chinese text as people paste it: width folding, invisible characters, counting.
//! The folding here is for comparing and parsing; what a user wrote is stored as it was written.

use unicode_normalization::UnicodeNormalization;

/// NFKC: full-width letters and digits become plain ones, compatibility Han become unified ones.
pub fn nfkc(text: &str) -> String {
    text.nfkc().collect()
}

/// Full-width ASCII (`！`–`～`) and the ideographic space become plain ASCII; everything else stays.
pub fn fold_width(text: &str) -> String {
    text.chars().map(fold_char).collect()
}

fn fold_char(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Zero-width characters, soft hyphens and byte-order marks: seen by no reader, kept by every paste.
pub fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

/// Embeddings, overrides and isolates that turn the reading direction round.
pub fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}')
}

fn is_invisible(c: char) -> bool {
    is_zero_width(c) || is_bidi_control(c)
}

/// Drops zero-width, bidi and control characters; line breaks and tabs stay.
pub fn strip_invisible(text: &str) -> String {
    text.chars().filter(|&c| !is_invisible(c) && (!c.is_control() || matches!(c, '\n' | '\r' | '\t'))).collect()
}

/// The form in which two texts are compared: NFKC, nothing invisible, no white space, one middle dot.
pub fn squeeze(text: &str) -> String {
    text.nfkc()
        .filter(|&c| !c.is_whitespace() && !c.is_control() && !is_invisible(c))
        .map(|c| if matches!(c, '•' | '‧' | '・' | '･' | '∙') { '·' } else { c })
        .collect()
}

/// White space at both ends cut, invisible characters dropped, Windows line ends made plain.
pub fn tidy(text: &str) -> String {
    strip_invisible(text).replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// Letters and digits only, in compared form: for telling whether two sentences are the same.
pub fn letters_and_digits(text: &str) -> String {
    squeeze(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Length in Unicode scalar values, the unit of every limit shown to users (an emoji may count as several).
pub fn char_count(text: &str) -> usize {
    text.chars().count()
}

/// Why a character may not stand in stored text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forbidden {
    /// A control character other than line feed and tab.
    Control,
    /// A character that turns the reading direction.
    Bidi,
    /// A character nobody can see.
    ZeroWidth,
    /// Not a character (U+FFFE and the like), or the replacement character left by a broken decode.
    NotText,
}

/// The first forbidden character with its place, counted in characters from 0.
/// The zero-width joiner between two emoji is allowed: families are written with it.
pub fn first_forbidden(text: &str) -> Option<(usize, Forbidden)> {
    let mut before = None;
    for (place, c) in text.chars().enumerate() {
        let found = match c {
            '\n' | '\r' | '\t' => None,
            '\u{200d}' if before.is_some_and(|b: char| u32::from(b) > 0x2000 && !b.is_alphanumeric()) => None,
            c if c.is_control() => Some(Forbidden::Control),
            c if is_bidi_control(c) => Some(Forbidden::Bidi),
            c if is_zero_width(c) => Some(Forbidden::ZeroWidth),
            '\u{fffd}' | '\u{fdd0}'..='\u{fdef}' => Some(Forbidden::NotText),
            c if u32::from(c) & 0xfffe == 0xfffe => Some(Forbidden::NotText),
            _ => None,
        };
        if let Some(kind) = found {
            return Some((place, kind));
        }
        before = Some(c);
    }
    None
}

/// True when the character is a Han character, including the rare ones beyond the basic plane.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '〇')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds_and_strips() {
        assert_eq!(fold_width("１３８　Ａｂ"), "138 Ab");
        assert_eq!(strip_invisible("a\u{200b}b\u{202a}c\u{feff}\n"), "abc\n");
        assert_eq!(squeeze(" 姓 名\u{3000}•Ａ "), "姓名·A");
        assert_eq!(letters_and_digits("每周2次，助餐。"), "每周2次助餐");
        assert_eq!(char_count("𠮷a"), 2);
    }

    #[test]
    fn finds_forbidden() {
        assert_eq!(first_forbidden("好\u{202e}"), Some((1, Forbidden::Bidi)));
        assert_eq!(first_forbidden("a\u{0}"), Some((1, Forbidden::Control)));
        assert_eq!(first_forbidden("a\u{200b}"), Some((1, Forbidden::ZeroWidth)));
        assert_eq!(first_forbidden("a\u{fffe}"), Some((1, Forbidden::NotText)));
        assert_eq!(first_forbidden("👨\u{200d}👩 一\n二𠮷"), None);
    }
}
