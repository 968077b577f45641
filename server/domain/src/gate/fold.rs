//! A text as the gate reads it: folded, with the way back to the bytes as written.
//!
//! Width, compatibility forms, enclosed and keycap digits, tone marks,
//! invisible signs, look-alike letters and traditional characters are folded;
//! Chinese numerals stay (see [`digit`]).

use crate::simplified::simplify;
use pinyin::ToPinyin;
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
            if let Some(digit) = enclosed(c) {
                out.push(digit, start, end);
                continue;
            }
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

    /// The same without the signs that stand between characters of one word (`红-光-小-学`, `“糖”病`);
    /// between two digits they stay. `None` where there are none.
    pub fn unsigned(&self) -> Option<Self> {
        const SIGNS: &str = "-.·*_~|/+^='\"“”‘’「」『』《》…•";
        let chars: Vec<char> = self.text.chars().collect();
        let mut out = Self::default();
        for (place, (c, origin)) in chars.iter().zip(&self.origins).enumerate() {
            let before = chars[..place].iter().rev().find(|c| !SIGNS.contains(**c));
            let behind = chars[place..].iter().find(|c| !SIGNS.contains(**c));
            let numbers = [before, behind].iter().all(|side| side.is_some_and(char::is_ascii_digit));
            if !SIGNS.contains(*c) || numbers {
                out.push(*c, origin.start, origin.end);
            }
        }
        (out.text.len() < self.text.len()).then_some(out)
    }

    /// The same with numbers that are spelled by their sounds (`yao san ba`, `幺伞吧`) or counted
    /// (`四个八`) in digits. `None` where there are none.
    pub fn spoken(&self) -> Option<Self> {
        let chars: Vec<char> = self.text.chars().collect();
        let mut out = Self::default();
        let (mut place, mut changed) = (0, false);
        while place < chars.len() {
            let (signs, end, other) = spoken_run(&chars, place);
            if other && signs.len() >= 4 {
                for (value, range) in &signs {
                    let (first, last) = (&self.origins[range.start], &self.origins[range.end - 1]);
                    out.push(char::from(b'0' + value), first.start, last.end);
                }
                (place, changed) = (end, true);
            } else {
                // A longer run may end in a number: 打|医衫吧….
                let stop = if signs.is_empty() { end.max(place + 1) } else { place + 1 };
                for (c, origin) in chars[place..stop].iter().zip(&self.origins[place..stop]) {
                    out.push(*c, origin.start, origin.end);
                }
                place = stop;
            }
        }
        changed.then_some(out)
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

/// Digits in a frame of their own, and Roman ones, that decompose into more than the digit.
fn enclosed(c: char) -> Option<char> {
    Some(match c {
        '\u{2160}'..='\u{2168}' => shifted(c, '\u{2160}'),
        '\u{2170}'..='\u{2178}' => shifted(c, '\u{2170}'),
        '\u{2474}'..='\u{247c}' => shifted(c, '\u{2474}'),
        '\u{2488}'..='\u{2490}' => shifted(c, '\u{2488}'),
        '\u{1f101}'..='\u{1f10a}' => decimal(c, '\u{1f101}'),
        '\u{3220}'..='\u{3228}' => shifted(c, '\u{3220}'),
        '\u{3280}'..='\u{3288}' => shifted(c, '\u{3280}'),
        _ => return None,
    })
}

/// Digits spelled by their sounds, the longest first.
const SPELLED: [(&str, u8); 23] = [
    ("seven", 7),
    ("three", 3),
    ("eight", 8),
    ("liang", 2),
    ("zero", 0),
    ("four", 4),
    ("five", 5),
    ("nine", 9),
    ("ling", 0),
    ("dong", 0),
    ("one", 1),
    ("two", 2),
    ("six", 6),
    ("yao", 1),
    ("san", 3),
    ("liu", 6),
    ("jiu", 9),
    ("yi", 1),
    ("er", 2),
    ("si", 4),
    ("wu", 5),
    ("qi", 7),
    ("ba", 8),
];
/// The sounds of the digits, as they are read and as they are called out.
fn sounding(c: char) -> Option<u8> {
    Some(match c.to_pinyin()?.plain() {
        "ling" | "dong" | "lin" => 0,
        "yi" | "yao" => 1,
        "er" | "liang" => 2,
        "san" | "shan" => 3,
        "si" => 4,
        "wu" => 5,
        "liu" => 6,
        "qi" | "guai" => 7,
        "ba" => 8,
        "jiu" | "gou" => 9,
        _ => return None,
    })
}

/// The digits told from `place` on: each with its characters, where the run ends, and whether any of them is
/// written otherwise than as a digit.
fn spoken_run(chars: &[char], place: usize) -> (Vec<(u8, Range<usize>)>, usize, bool) {
    let (mut out, mut at, mut end, mut other) = (Vec::new(), place, place, false);
    let (mut plain, mut sounding) = (0, 0);
    if place > 0 && chars[place].is_ascii_lowercase() && chars[place - 1].is_ascii_lowercase() {
        let stop = chars[place..].iter().take_while(|c| c.is_ascii_lowercase()).count();
        return (out, place + stop, false);
    }
    while at < chars.len() {
        let c = chars[at];
        // Four eights: as many as are counted.
        if let (Some((count @ 2..=8, true)), Some('个')) = (digit(c), chars.get(at + 1))
            && let Some((value, true)) = chars.get(at + 2).copied().and_then(digit)
            && !out.is_empty()
            && chars.get(at + 3).is_none_or(|c| !matches!(c, '人' | '月' | '小' | '元' | '十' | '百'))
        {
            out.extend((0..count).map(|_| (value, at..at + 3)));
            (at, other) = (at + 3, true);
        } else if let Some((value, true)) = digit(c) {
            out.push((value, at..at + 1));
            (at, plain) = (at + 1, plain + 1);
        } else if let Some((word, value)) =
            SPELLED.iter().find(|(word, _)| chars[at..].iter().take(word.len()).copied().eq(word.chars()))
        {
            out.push((*value, at..at + word.len()));
            (at, other, plain) = (at + word.len(), true, plain + 1);
        } else if let Some(value) = sounding_digit(c).filter(|_| !c.is_ascii() || !out.is_empty()) {
            out.push((value, at..at + 1));
            (at, sounding) = (at + 1, sounding + 1);
        } else if at > place && matches!(c, ' ' | '-' | '·' | '.' | '_' | ',') {
            at += 1;
            continue;
        } else {
            break;
        }
        end = at;
        // A telephone is whole where the digits end: what sounds like one behind it is a word.
        let ends = chars.get(at).is_none_or(|c| digit(*c).is_none_or(|(_, plain)| !plain));
        let mobile = out.len() == 11 && out[0].0 == 1 && (3..=9).contains(&out[1].0);
        if mobile && ends && plain >= 4 && sounding > 0 {
            return (out, end, true);
        }
    }
    // A word that only begins like a digit is none: er of er'tong.
    if end > place && chars[end - 1].is_ascii_lowercase() && chars.get(end).is_some_and(char::is_ascii_lowercase) {
        return (Vec::new(), end, false);
    }
    // Words that sound like digits count only in a number of the length of a telephone or more.
    let whole = matches!(out.len(), 11 | 15 | 18) && plain >= 4;
    (out, end, other && sounding == 0 || whole && (other || sounding > 0))
}

fn sounding_digit(c: char) -> Option<u8> {
    let spoken = digit(c).map(|(value, _)| value);
    spoken.or_else(|| sounding(c))
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
        '\u{1f150}'..='\u{1f169}' => letter(c, '\u{1f150}'),
        '\u{1f170}'..='\u{1f189}' => letter(c, '\u{1f170}'),
        '\u{24f5}'..='\u{24fd}' => shifted(c, '\u{24f5}'),
        '\u{3021}'..='\u{3029}' => shifted(c, '\u{3021}'),
        '\u{660}'..='\u{669}' => decimal(c, '\u{660}'),
        '\u{6f0}'..='\u{6f9}' => decimal(c, '\u{6f0}'),
        '\u{966}'..='\u{96f}' => decimal(c, '\u{966}'),
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣' | 'ー' | '⁃' | '﹘' => '-',
        '•' | '‧' | '・' | '∙' | '⋅' | '●' | '․' | '｡' => '·',
        '＃' | '♯' => '#',
        '囯' | '囻' | '圀' => '国',
        '嶶' | '徾' | '溦' => '微',
        '癎' | '癇' => '痫',
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

/// Letters in a frame, white on black.
fn letter(c: char, first: char) -> char {
    u8::try_from(c as u32 - first as u32).map_or(c, |place| char::from(b'a' + place))
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
    fn numbers_by_their_sounds_and_words_in_pieces() {
        let spoken = |text: &str| Folded::new(text).spoken().map(|folded| folded.text().to_owned());
        assert_eq!(spoken("打yao san ba ling ling ling ling 1234").unwrap(), "打13800001234");
        assert_eq!(spoken("幺伞吧零零零零两溜两溜").unwrap(), "13800002626");
        assert_eq!(spoken("138四个零1234").unwrap(), "13800001234");
        for text in ["每天三个人", "好儿女都要起早", "use wifi", "ertong", "13800001234"] {
            assert_eq!(spoken(text), None, "{text}");
        }
        let unsigned = |text: &str| Folded::new(text).tight().unsigned().map(|folded| folded.text().to_owned());
        assert_eq!(unsigned("读红—光—小—学").unwrap(), "读红光小学");
        assert_eq!(unsigned("“糖”病3-2-501").unwrap(), "糖病3-2-501");
        assert_eq!(unsigned("每周送餐3-5次"), None);
    }

    #[test]
    fn tones_and_look_alikes() {
        assert_eq!(squeezed("Xíng Ｇuìyún"), "xingguiyun");
        assert_eq!(squeezed("хЕО"), "xeo");
        // Kangxi and supplement radicals, and a variation selector.
        assert_eq!(squeezed("⼭⺠⻰葛\u{e0100}"), "山民龙葛");
        assert_eq!(squeezed("❶➋③ⅣⅥ㈤⑺"), "1234657");
    }
}
