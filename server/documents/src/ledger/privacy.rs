//! A first look for personal data in the text that will become the public card. The publish gate looks harder.

use domain::resident_id::ResidentId;
use domain::text;

use super::issue::Found;

/// Kinds of personal data in a summary, each once. `names` and `address` are those of the row itself.
pub(crate) fn find(summary: &str, names: &[&str], address: Option<&str>) -> Vec<Found> {
    let squeezed = text::squeeze(summary);
    let mut found = Vec::new();
    let named = names.iter().map(|name| text::squeeze(name)).any(|name| {
        // A single character is too often part of a word.
        text::char_count(&name) > 1 && squeezed.contains(&name)
    });
    if named {
        found.push(Found::Name);
    }
    let digits: String = squeezed.chars().filter(|c| !matches!(c, '-' | '—' | '–')).collect();
    let runs: Vec<&str> = digits.split(|c: char| !c.is_ascii_digit() && !matches!(c, 'X' | 'x')).collect();
    if runs.iter().any(|run| has_id(run)) {
        found.push(Found::IdNumber);
    } else if runs.iter().any(|run| has_phone(run)) {
        found.push(Found::Phone);
    }
    if has_door(&squeezed) || address.is_some_and(|address| shares_address(&squeezed, &text::squeeze(address))) {
        found.push(Found::Address);
    }
    found
}

fn has_id(run: &str) -> bool {
    run.len() >= 18 && (0..=run.len() - 18).any(|at| ResidentId::parse(&run[at..at + 18]).is_ok())
}

fn has_phone(run: &str) -> bool {
    let digits = run.trim_end_matches(['X', 'x']);
    let mobile = |s: &str| s.len() == 11 && s.starts_with('1') && matches!(s.as_bytes()[1], b'3'..=b'9');
    let landline = |s: &str| s.len() == 11 && s.starts_with("022");
    let plain = digits.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(digits);
    mobile(plain) || landline(plain)
}

/// `3号楼`, `5门`, `502室`, `胡同3号`: digits in front of or behind the words of an address.
fn has_door(text: &str) -> bool {
    const AFTER: &[&str] = &["号楼", "号院", "门", "单元", "室", "栋", "排"];
    const BEFORE: &[char] = &['里', '路', '街', '巷', '道', '村', '院', '同', '条', '区', '园'];
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].1.is_ascii_digit() {
            at += 1;
            continue;
        }
        let before = at.checked_sub(1).map(|b| chars[b].1);
        while at < chars.len() && chars[at].1.is_ascii_digit() {
            at += 1;
        }
        let rest = chars.get(at).map_or("", |(byte, _)| &text[*byte..]);
        if AFTER.iter().any(|word| rest.starts_with(word)) {
            return true;
        }
        if before.is_some_and(|c| BEFORE.contains(&c)) && rest.starts_with('号') && !rest.starts_with("号线") {
            return true;
        }
    }
    false
}

/// Six characters of the row's address with a digit among them.
fn shares_address(summary: &str, address: &str) -> bool {
    let address: Vec<char> = address.chars().collect();
    address
        .windows(6)
        .filter(|window| window.iter().any(char::is_ascii_digit))
        .any(|window| summary.contains(&window.iter().collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        let of = |summary| find(summary, &["王某某"], Some("武清区示例镇示例村示例胡同3号"));
        assert_eq!(of("每周两次。联系电话13800003012。"), [Found::Phone]);
        assert_eq!(of("电话022-00000001"), [Found::Phone]);
        assert_eq!(of("共六次。身份证120114 19030422 6115"), [Found::IdNumber]);
        assert_eq!(of("王 某某，住示例村示例胡同3号，请上门"), [Found::Name, Found::Address]);
        assert_eq!(of("住5号楼2门"), [Found::Address]);
        assert_eq!(of("每月4次，60岁以上，一号楼旁的食堂，地铁3号线"), []);
    }
}
