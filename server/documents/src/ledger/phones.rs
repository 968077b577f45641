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

/// Surnames by which a name beside a number is told from 儿子 and 座机.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔谭陆汪范金石廖贾夏韦付邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵钱严覃武戴莫孔汤褚卫尤施华";
/// How somebody is related, in front of the name.
const RELATED: &[&str] = &[
    "儿子",
    "女儿",
    "邻居",
    "妻子",
    "丈夫",
    "老伴",
    "父亲",
    "母亲",
    "哥哥",
    "弟弟",
    "姐姐",
    "妹妹",
    "侄子",
    "外甥",
    "亲属",
    "联系人",
    "儿媳",
    "女婿",
];

/// The numbers of a cell that stand beside nobody else's name: 13800000001；邻居王某某13800000002 is one of the household's
/// own. `first` says that the first number is in any case.
pub(crate) fn own_phones(text: &str, first: bool) -> Option<Vec<Phone>> {
    let all = read_phones(text)?;
    let folded = text::nfkc(&text::strip_invisible(text));
    let named = |part: &str| {
        part.split(|c: char| !text::is_han(c)).any(|run| {
            let name = RELATED.iter().find_map(|word| run.strip_prefix(word)).unwrap_or(run);
            (2..=3).contains(&text::char_count(name))
                && name.chars().next().is_some_and(|c| SURNAMES.contains(c))
                && !matches!(name, "周末" | "周日" | "周六" | "高层")
        })
    };
    let others: Vec<Phone> = folded.split(SIGNS).filter(|part| named(part)).filter_map(read_phones).flatten().collect();
    Some(
        all.into_iter()
            .enumerate()
            .filter(|(at, phone)| first && *at == 0 || !others.contains(phone))
            .map(|(_, phone)| phone)
            .collect(),
    )
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
        let own = |text: &str, first| {
            own_phones(text, first).map(|p| p.iter().map(|p| p.as_str().to_owned()).collect::<Vec<_>>().join(","))
        };
        assert_eq!(own("13800004215；邻居王某某13800004073", true).as_deref(), Some("13800004215"));
        assert_eq!(own("王某某13800004073", false).as_deref(), Some(""));
        assert_eq!(own("儿子13800004073、座机022-00004765", false).as_deref(), Some("13800004073,022-00004765"));
        assert_eq!(of("0315-0000001转801").as_deref(), Some("0315-0000001-801"));
        assert_eq!(of("022-00000001转801、13800004073").as_deref(), Some("022-00000001-801,13800004073"));
        assert_eq!(of("（022）00004765").as_deref(), Some("022-00004765"));
        for text in ["1380000254", "138000007180", "138****0182", "1.38E+10", "同上", "13800004215/1380000"] {
            assert_eq!(of(text), None, "{text}");
        }
    }
}
