//! Numbers and address of the sealed file, found digit by digit and part by part.

use super::fold::{Folded, digit, squeezed};
use super::{About, Place, Rule};
use std::ops::Range;

type Found = Vec<(Range<usize>, Rule)>;

/// Between two digits of one number there may stand this many characters.
const WIDEST_GAP: usize = 12;

pub(super) fn find(folded: &Folded, about: &About) -> Found {
    let text = folded.text();
    let mut out = Found::new();
    let digits: Vec<(usize, usize, u8, usize)> = folded
        .chars()
        .into_iter()
        .enumerate()
        .filter_map(|(place, (at, c))| {
            let (value, plain) = digit(c)?;
            plain.then_some((at, at + c.len_utf8(), b'0' + value, place))
        })
        .collect();
    for (values, rule) in [(&about.sealed.id_numbers, Rule::ResidentId), (&about.sealed.phones, Rule::Mobile)] {
        for value in values {
            let plain: Vec<u8> = squeezed(value).bytes().filter(u8::is_ascii_digit).collect();
            let rule = if rule == Rule::Mobile && plain.first() == Some(&b'0') { Rule::Landline } else { rule };
            let mut backwards = plain.clone();
            backwards.reverse();
            if plain.len() >= 8 {
                stream(&digits, &plain, rule, &mut out);
                stream(&digits, &backwards, rule, &mut out);
            }
            // A landline is known here without its area code.
            if plain.len() == 11 && plain.starts_with(b"022") {
                stream(&digits, &plain[3..], rule, &mut out);
            }
            // The number of the last generation: without century and check digit.
            if rule == Rule::ResidentId && plain.len() >= 17 {
                let old = [&plain[..6], &plain[8..17]].concat();
                stream(&digits, &old, rule, &mut out);
                birth_date(text, &plain[6..14], &mut out);
            }
        }
    }
    for address in &about.sealed.addresses {
        estate(text, address, about.place, &mut out);
    }
    out
}

fn stream(digits: &[(usize, usize, u8, usize)], wanted: &[u8], rule: Rule, out: &mut Found) {
    if wanted.len() < 8 {
        return;
    }
    for window in digits.windows(wanted.len()) {
        let same = window.iter().zip(wanted).all(|(found, wanted)| found.2 == *wanted);
        let close = window.windows(2).all(|pair| pair[1].3 - pair[0].3 <= WIDEST_GAP);
        if same
            && close
            && let (Some(first), Some(last)) = (window.first(), window.last())
        {
            out.push((first.0..last.1, rule));
        }
    }
}

/// The birth date as the identity number holds it, in the common ways of writing a day.
fn birth_date(text: &str, eight: &[u8], out: &mut Found) {
    let Ok(eight) = std::str::from_utf8(eight) else { return };
    let (year, month, day) = (&eight[..4], &eight[4..6], &eight[6..]);
    let (short_month, short_day) = (month.trim_start_matches('0'), day.trim_start_matches('0'));
    for written in [
        format!("{year}年{short_month}月{short_day}日"),
        format!("{year}年{month}月{day}日"),
        format!("{year}-{month}-{day}"),
        format!("{year}.{month}.{day}"),
        format!("{year}.{short_month}.{short_day}"),
        format!("{year}/{month}/{day}"),
        eight.to_owned(),
    ] {
        out.extend(text.match_indices(&written).map(|(at, found)| (at..at + found.len(), Rule::BirthDate)));
    }
}

/// The estate of the sealed address, and everything after it up to the door.
fn estate(text: &str, address: &str, place: Place, out: &mut Found) {
    let address = squeezed(address);
    let tail = ["街道", "镇", "乡", "社区", "村", "区", "县", "市"]
        .iter()
        .filter_map(|mark| address.rfind(mark).map(|at| at + mark.len()))
        .max()
        .unwrap_or(0);
    let rest = &address[tail..];
    let is_number = |c: char| digit(c).is_some_and(|(_, plain)| plain);
    let name: String = rest.chars().take_while(|c| !is_number(*c)).collect();
    if rest.chars().count() >= 4 {
        out.extend(text.match_indices(rest).map(|(at, found)| (at..at + found.len(), Rule::Address)));
    }
    if place == Place::Household && name.chars().count() >= 3 {
        for (at, found) in text.match_indices(&name) {
            let end = at + found.len();
            let public =
                ["社区", "居委会", "服务", "中心", "日间", "菜市场", "公园", "车站", "站", "小学", "医院", "卫生"]
                    .iter()
                    .any(|word| text[end..].starts_with(word));
            if !public {
                out.push((at..end, Rule::Address));
            }
        }
    }
    if let Some(number) = rest.find(is_number)
        && rest[number..].chars().count() >= 4
    {
        out.extend(text.match_indices(&rest[number..]).map(|(at, found)| (at..at + found.len(), Rule::Address)));
    }
}
