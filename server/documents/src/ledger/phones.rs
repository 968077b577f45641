//! Telephone cells: several numbers, and whose they are.

use domain::phone::Phone;
use domain::text;

/// Signs between numbers.
const SIGNS: &[char] = &['┋', '/', '、', ',', ';', '\n', '\r', '|', '\\', '或', '。'];
const WITH_SPACES: &[char] = &['┋', '/', '、', ',', ';', '\n', '\r', '|', '\\', '或', '。', ' ', '\t'];

/// All numbers of a cell; none if one of them is no whole number. Whose they are may stand beside them.
pub(crate) fn read_phones(text: &str) -> Option<Vec<Phone>> {
    let folded = text::nfkc(&text::strip_invisible(text));
    // 2021-2024 has the digits of a landline and is a range of years.
    let year = |part: &str| part.len() == 4 && (part.starts_with("19") || part.starts_with("20"));
    if folded.trim().split_once(['-', '—', '~', '至']).is_some_and(|(from, to)| year(from.trim()) && year(to.trim()))
    {
        return None;
    }
    let mut plain = String::new();
    let mut rest = folded.as_str();
    // （儿子） goes, （022） stays.
    while let Some(open) = rest.find('(') {
        let Some(close) = rest[open..].find(')') else {
            break;
        };
        plain.push_str(&rest[..open]);
        let inside = &rest[open + 1..open + close];
        if inside.chars().all(|c| c.is_ascii_digit() || c.is_whitespace()) && !inside.trim().is_empty() {
            plain.push_str(inside);
            plain.push('-');
        } else {
            plain.push(' ');
        }
        rest = &rest[open + close + 1..];
    }
    plain.push_str(rest);
    let parts = |separators: &[char]| -> Vec<String> {
        plain
            .split(|c: char| separators.contains(&c))
            .map(|part| {
                part.trim_matches(|c: char| text::is_han(c) || c.is_whitespace() || c == ':' || c == '-').to_owned()
            })
            .filter(|part| !part.is_empty())
            .collect()
    };
    let whole = |parts: Vec<String>| -> Option<Vec<Phone>> {
        let phones: Option<Vec<Phone>> = parts.iter().map(|part| Phone::parse(part).ok()).collect();
        phones.filter(|phones| !phones.is_empty())
    };
    whole(parts(SIGNS)).or_else(|| whole(parts(WITH_SPACES)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones() {
        let of = |text| {
            read_phones(text).map(|phones| phones.iter().map(|p| p.as_str().to_owned()).collect::<Vec<_>>().join(","))
        };
        for text in ["13800004249（儿子）", "儿子：13800004249", "138 0000 4249", "+86 13800004249"] {
            assert_eq!(of(text).as_deref(), Some("13800004249"), "{text}");
        }
        for text in [
            "13800004215/13800004073",
            "13800004215\n13800004073",
            "13800004215 13800004073",
            "13800004215、女儿13800004073",
        ] {
            assert_eq!(of(text).as_deref(), Some("13800004215,13800004073"), "{text}");
        }
        assert_eq!(of("0315-0000001转801").as_deref(), Some("0315-0000001-801"));
        assert_eq!(of("022-00000001转801、13800004073").as_deref(), Some("022-00000001-801,13800004073"));
        assert_eq!(of("（022）00004765").as_deref(), Some("022-00004765"));
        for text in ["1380000254", "138000007180", "138****0182", "1.38E+10", "同上", "13800004215/1380000"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
