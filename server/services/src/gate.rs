//! Publish gate: what may not stand in a text that others read.
//!
//! Finds ID numbers, telephones and whatever the sealed file holds (names,
//! numbers, address). Positions are byte ranges of the text, so that the form
//! can mark them exactly.

use domain::field::FieldError;
use domain::phone::Phone;
use domain::resident_id::ResidentId;
use std::ops::Range;
use storage::need_file::NeedFile;

/// One place that may not be published, with the rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub range: Range<usize>,
    pub rule: Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    IdNumber,
    Phone,
    Name,
    Address,
}

impl Rule {
    pub fn label(self) -> &'static str {
        match self {
            Self::IdNumber => "身份证号",
            Self::Phone => "电话号码",
            Self::Name => "姓名",
            Self::Address => "住址",
        }
    }

    pub fn why(self) -> &'static str {
        match self {
            Self::IdNumber => "身份证号只存在密封档案里",
            Self::Phone => "组织认领并经本人同意后才能看到",
            Self::Name => "和密封档案里的姓名相同",
            Self::Address => "公开后能找到住处",
        }
    }
}

/// Everything in `text` that may not be published, in order.
pub fn findings(text: &str, file: Option<&NeedFile>) -> Vec<Finding> {
    let mut out = digits(text);
    if let Some(file) = file {
        for name in [&file.name, &file.guardian] {
            if name.chars().count() >= 2 {
                out.extend(find_all(text, name).map(|range| Finding { range, rule: Rule::Name }));
            }
        }
        for part in address_parts(&file.address) {
            out.extend(find_all(text, &part).map(|range| Finding { range, rule: Rule::Address }));
        }
    }
    out.sort_by_key(|finding| (finding.range.start, finding.range.end));
    out.dedup_by(|next, kept| next.range.start < kept.range.end);
    out
}

/// Mistakes for a form field, one per finding.
pub fn mistakes(field: &str, label: &str, text: &str, file: Option<&NeedFile>) -> Vec<FieldError> {
    let found = findings(text, file);
    if found.is_empty() {
        return Vec::new();
    }
    let mut kinds: Vec<&str> = found.iter().map(|finding| finding.rule.label()).collect();
    kinds.dedup();
    vec![FieldError::new(
        field,
        format!("{label}里有{}处个人信息（{}），不能公开，请改写", found.len(), kinds.join("、")),
    )]
}

fn find_all<'a>(text: &'a str, part: &'a str) -> impl Iterator<Item = Range<usize>> + 'a {
    text.match_indices(part).map(|(start, found)| start..start + found.len())
}

/// Parts of an address that lead to the door: everything after the street or village.
fn address_parts(address: &str) -> Vec<String> {
    let tail = ["街道", "街", "镇", "乡", "社区", "村"]
        .iter()
        .filter_map(|mark| address.rfind(mark).map(|at| at + mark.len()))
        .max()
        .unwrap_or(0);
    let rest = address[tail..].trim();
    let mut parts = Vec::new();
    if rest.chars().count() >= 4 {
        parts.push(rest.to_owned());
        if let Some(number) = rest.find(|c: char| c.is_ascii_digit())
            && rest[number..].chars().count() >= 4
        {
            parts.push(rest[number..].to_owned());
        }
    }
    parts
}

/// Runs of digits, also full width and with spaces or hyphens between, that are
/// an ID number or a telephone.
fn digits(text: &str) -> Vec<Finding> {
    let mut out = Vec::new();
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut at = 0;
    while at < chars.len() {
        if fold(chars[at].1).is_none() {
            at += 1;
            continue;
        }
        let start = at;
        let mut run = String::new();
        let mut places = Vec::new();
        while at < chars.len() {
            match fold(chars[at].1) {
                Some(digit) => {
                    run.push(digit);
                    places.push(at);
                }
                None if matches!(chars[at].1, ' ' | '-' | '－' | '\u{a0}' | '\u{3000}')
                    && at + 1 < chars.len()
                    && fold(chars[at + 1].1).is_some() => {}
                None => break,
            }
            at += 1;
        }
        let last = places.last().copied().unwrap_or(start);
        let range = chars[start].0..chars[last].0 + chars[last].1.len_utf8();
        let rule = if run.len() == 18 && ResidentId::parse(&run).is_ok() {
            Some(Rule::IdNumber)
        } else if Phone::parse(&run).is_ok() || (run.len() == 11 && run.starts_with('1')) {
            Some(Rule::Phone)
        } else {
            None
        };
        if let Some(rule) = rule {
            out.push(Finding { range, rule });
        }
    }
    out
}

fn fold(c: char) -> Option<char> {
    match c {
        '0'..='9' => Some(c),
        '０'..='９' => char::from_u32(c as u32 - 0xFEE0),
        'x' | 'X' | 'Ｘ' | 'ｘ' => Some('X'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> NeedFile {
        NeedFile {
            name: "示例甲".into(), address: "河东区鲁山道街道示例里6号楼2门101".into(), ..NeedFile::default()
        }
    }

    #[test]
    fn finds_each_kind_at_its_place() {
        let text = "示例甲老人独居，住示例里6号楼2门101，请打138 0000 1234，证件１２０１０１１９０００１０１００１６。";
        let found = findings(text, Some(&file()));
        let rules: Vec<_> = found.iter().map(|finding| finding.rule).collect();
        assert_eq!(rules, [Rule::Name, Rule::Address, Rule::Phone, Rule::IdNumber]);
        assert_eq!(&text[found[2].range.clone()], "138 0000 1234");
    }

    #[test]
    fn leaves_honest_numbers_alone() {
        for text in ["每周14餐，2026年11月27日开始", "一共12000元由政府承担", "XQ120101-26-000123", "75–79岁男性"]
        {
            assert_eq!(findings(text, Some(&file())), [], "{text}");
        }
    }
}
