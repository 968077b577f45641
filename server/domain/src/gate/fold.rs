//! A text as the gate reads it: folded, with the way back to the bytes as written.
//!
//! Width, compatibility forms, enclosed and keycap digits, tone marks,
//! invisible signs, look-alike letters and traditional characters are folded;
//! Chinese numerals stay (see [`digit`]).

use crate::simplified::simplify;
use std::ops::Range;

use unicode_normalization::UnicodeNormalization;

/// One character of the folded text and where it came from.
#[derive(Clone, Copy, Debug)]
struct Origin {
    at: usize,
    start: usize,
    end: usize,
}

/// A folded text.
#[derive(Clone, Debug, Default)]
pub struct Folded {
    text: String,
    origins: Vec<Origin>,
}

impl Folded {
    pub fn new(text: &str) -> Self {
        let mut out = Self::default();
        for (start, c) in text.char_indices() {
            if is_dropped(c) {
                continue;
            }
            let end = start + c.len_utf8();
            for part in std::iter::once(c).nfkd().filter(|part| !is_mark(*part)) {
                for part in part.to_lowercase() {
                    out.push(alike(simplify(part)), start, end);
                }
            }
        }
        out
    }

    /// The same without white space.
    #[must_use]
    pub fn tight(&self) -> Self {
        let mut out = Self::default();
        for (c, origin) in self.text.chars().zip(&self.origins) {
            if !c.is_whitespace() {
                out.push(c, origin.start, origin.end);
            }
        }
        out
    }

    fn push(&mut self, c: char, start: usize, end: usize) {
        self.origins.push(Origin { at: self.text.len(), start, end });
        self.text.push(c);
    }

    pub fn text(&self) -> &str {
        &self.text
    }

    /// Characters with their byte offsets in the folded text.
    pub fn chars(&self) -> Vec<(usize, char)> {
        self.text.char_indices().collect()
    }

    /// Bytes of the text as written, for a byte range of the folded one.
    pub fn original(&self, range: Range<usize>) -> Range<usize> {
        let inside = |at: usize| self.origins.partition_point(|origin| origin.at < at);
        let (first, after) = (inside(range.start), inside(range.end));
        match (self.origins.get(first), self.origins.get(after.saturating_sub(1))) {
            (Some(first), Some(last)) if range.start < range.end => first.start..last.end,
            _ => 0..0,
        }
    }
}

/// The folded form of a short value, without white space: for comparing.
pub fn squeezed(text: &str) -> String {
    Folded::new(text).tight().text
}

fn is_dropped(c: char) -> bool {
    crate::text::is_zero_width(c)
        || crate::text::is_bidi_control(c)
        || matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{20dd}'..='\u{20e4}' | '\u{e0000}'..='\u{e01ef}' | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
        || (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
}

fn is_mark(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{20d0}'..='\u{20f0}' | '\u{fe20}'..='\u{fe2f}')
}

/// Look-alikes of letters, digits and signs (lower case).
fn alike(c: char) -> char {
    match c {
        'а' | 'α' => 'a',
        'в' | 'β' => 'b',
        'с' | 'ϲ' => 'c',
        'е' | 'ε' => 'e',
        'һ' | 'н' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'к' | 'κ' => 'k',
        'м' => 'm',
        'о' | 'ο' => 'o',
        'р' | 'ρ' => 'p',
        'ѕ' => 's',
        'т' | 'τ' => 't',
        'у' => 'y',
        'х' | 'χ' | '✕' | '✖' | '╳' | '⨉' => 'x',
        '○' | '◯' | '⭕' | '⓿' | '零' => '〇',
        '\u{2e80}'..='\u{2ef3}' => radical(c),
        '\u{2776}'..='\u{277e}' => shifted(c, '\u{2776}'),
        '\u{2780}'..='\u{2788}' => shifted(c, '\u{2780}'),
        '\u{278a}'..='\u{2792}' => shifted(c, '\u{278a}'),
        '\u{24f5}'..='\u{24fd}' => shifted(c, '\u{24f5}'),
        '\u{3021}'..='\u{3029}' => shifted(c, '\u{3021}'),
        '\u{660}'..='\u{669}' => decimal(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => decimal(c, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => decimal(c, '\u{966}'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | 'ー' | '⁃' | '﹘' => '-',
        '•' | '‧' | '・' | '∙' | '⋅' | '●' | '․' | '｡' => '·',
        '＃' | '♯' => '#',
        '≡' => '三',
        '壹' | '弌' => '一',
        '贰' | '弍' => '二',
        '叁' | '弎' | '仨' => '三',
        '肆' => '四',
        '伍' => '五',
        '陆' | '陸' => '陆',
        '柒' => '七',
        '捌' => '八',
        '玖' => '九',
        '拾' => '拾',
        _ => c,
    }
}

/// Radicals of the supplement block (that compatibility forms leave alone), each beside the character it looks like.
const RADICALS: &str = "⺃乚⺄乙⺅亻⺆冂⺇几⺈刀⺉刂⺊卜⺋巳⺌小⺍小⺎兀⺏尣⺐尢⺓幺⺔彑⺕彐⺖忄⺗心⺘扌⺙攵⺛旡⺜日⺝月⺞歺⺟母⺠民⺡氵⺢水⺣灬⺤爫⺥爪⺦丬⺨犭⺩王⺪疋⺫目⺬示⺭礻⺮竹⺯糸⺰纟⺱网⺲罒⺳网⺴网⺶羊⺷羊\
    ⺸羊⺹耂⺺肀⺻聿⺼月⺽臼⺾艹⺿艹⻀艹⻁虎⻂衤⻃覀⻄西⻅见⻆角⻇角⻈讠⻉贝⻊足⻋车⻌辶⻍辶⻎辶⻏阝⻐钅⻑长⻒长⻓长⻔门⻖阝⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻞食⻟食⻠饣⻡首⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦\
    ⻩黄⻪黾⻫齐⻬齐⻭齿⻮齿⻯竜⻰龙⻱龟⻲龟⻳龟";

fn radical(c: char) -> char {
    let mut signs = RADICALS.chars();
    while let (Some(from), Some(to)) = (signs.next(), signs.next()) {
        if from == c {
            return to;
        }
    }
    c
}

fn shifted(c: char, one: char) -> char {
    char::from_digit(c as u32 - one as u32 + 1, 10).unwrap_or(c)
}

fn decimal(c: char, zero: char) -> char {
    char::from_digit(c as u32 - zero as u32, 10).unwrap_or(c)
}

/// The digit that a folded character stands for, spoken forms included
/// (幺 one, 洞 zero, 拐 seven, 勾 nine), and whether it is an ordinary digit.
pub fn digit(c: char) -> Option<(u8, bool)> {
    Some(match c {
        '0'..='9' => (c as u8 - b'0', true),
        '〇' => (0, true),
        '一' => (1, true),
        '二' => (2, true),
        '三' => (3, true),
        '四' => (4, true),
        '五' => (5, true),
        '六' | '陆' => (6, true),
        '七' => (7, true),
        '八' => (8, true),
        '九' => (9, true),
        '幺' => (1, true),
        '洞' => (0, false),
        '两' => (2, false),
        '拐' => (7, false),
        '勾' => (9, false),
        'o' => (0, false),
        'l' | 'i' => (1, false),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leads_back_to_the_bytes_as_written() {
        let text = "打\u{200b}１３8①②，紀１\u{fe0f}\u{20e3}";
        let folded = Folded::new(text);
        assert_eq!(folded.text(), "打13812,纪1");
        let at = folded.text().find("13812").unwrap();
        assert_eq!(&text[folded.original(at..at + 5)], "１３8①②");
        let at = folded.text().find('纪').unwrap();
        assert_eq!(&text[folded.original(at..at + 3)], "紀");
    }

    #[test]
    fn tones_and_look_alikes() {
        assert_eq!(squeezed("Xíng Ｇuìyún"), "xingguiyun");
        assert_eq!(squeezed("хЕО"), "xeo");
        // Kangxi and supplement radicals, and a variation selector.
        assert_eq!(squeezed("⼭⺠⻰葛\u{e0100}"), "山民龙葛");
        assert_eq!(squeezed("❶➋③"), "123");
    }
}
