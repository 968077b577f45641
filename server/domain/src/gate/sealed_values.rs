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
    // 小区 is an estate's name, no district.
    let tail = if address[..tail].ends_with("小区") {
        let short = &address[..tail - "小区".len()];
        ["街道", "镇", "乡", "社区", "村", "区", "县", "市"]
            .iter()
            .filter_map(|mark| short.rfind(mark).map(|at| at + mark.len()))
            .max()
            .unwrap_or(0)
    } else {
        tail
    };
    let rest = &address[tail..];
    door(text, rest, out);
    let is_number = |c: char| digit(c).is_some_and(|(_, plain)| plain);
    let name: String = rest.chars().take_while(|c| !is_number(*c)).collect();
    // The letter belongs to the building.
    let name = name.trim_end_matches('座').trim_end_matches(|c: char| c.is_ascii_lowercase()).to_owned();
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

/// The numbers of the sealed address in their order, however they are written: `18/3/602`, `十八号、三门、六百零二`.
fn door(text: &str, rest: &str, out: &mut Found) {
    let wanted: Vec<u32> = values(rest).into_iter().map(|(_, value)| value).collect();
    // Two at least, the last of them a room or a house that is not one of the first dozens.
    if wanted.len() < 2 || wanted.last().is_none_or(|room| *room < 100) {
        return;
    }
    let numbers = values(text);
    let wanted = &wanted[wanted.len().saturating_sub(3)..];
    for length in [wanted.len(), 2] {
        let wanted = &wanted[wanted.len() - length..];
        for (place, (first, value)) in numbers.iter().enumerate() {
            if *value != wanted[0] {
                continue;
            }
            let (mut at, mut end) = (1, first.end);
            for (range, value) in &numbers[place + 1..] {
                if text[end..range.start].chars().count() > FARTHEST {
                    break;
                }
                end = range.end;
                if *value == wanted[at] {
                    at += 1;
                    if at == wanted.len() {
                        // An amount is no room.
                        let amount =
                            ['元', '块', '次', '人', '份', '米', '斤', '岁', '天', '月', '年', '%', '户', '餐'];
                        if !text[end..].starts_with(amount) {
                            out.push((first.start..end, Rule::Address));
                        }
                        break;
                    }
                }
            }
        }
    }
}

/// Characters between two numbers of one address.
const FARTHEST: usize = 8;

/// Numbers up to four digits, in digits or in Chinese words, with where they stand.
fn values(text: &str) -> Vec<(Range<usize>, u32)> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let unit = |c: char| match c {
        '十' | '拾' => Some(10),
        '百' | '佰' => Some(100),
        '千' | '仟' => Some(1000),
        _ => None,
    };
    let is_part = |c: char| unit(c).is_some() || digit(c).is_some_and(|(_, plain)| plain);
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !is_part(chars[at].1) {
            at += 1;
            continue;
        }
        let first = at;
        while at < chars.len() && is_part(chars[at].1) {
            at += 1;
        }
        let run: Vec<char> = chars[first..at].iter().map(|(_, c)| *c).collect();
        let end = chars.get(at).map_or(text.len(), |(at, _)| *at);
        if run.len() > 8 {
            continue;
        }
        let mut value = 0_u32;
        if run.iter().any(|c| unit(*c).is_some()) {
            let mut digit_before = 0;
            for c in &run {
                match (unit(*c), digit(*c)) {
                    (Some(unit), _) => {
                        value += if digit_before == 0 { unit } else { digit_before * unit };
                        digit_before = 0;
                    }
                    (None, Some((digit, _))) => digit_before = u32::from(digit),
                    (None, None) => {}
                }
            }
            value += digit_before;
        } else if run.len() <= 4 {
            for c in &run {
                value = value * 10 + u32::from(digit(*c).map_or(0, |(digit, _)| digit));
            }
        } else {
            continue;
        }
        out.push((chars[first].0..end, value));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gate::About;

    #[test]
    fn a_door_is_known_however_its_numbers_are_written() {
        let mut about = About::new(Place::Household);
        about.sealed.addresses.push("天津市西青区锦绣里18号楼3门602".into());
        for text in
            ["送餐单：18/3/602", "楼栋18门栋3室号602，饭放门口", "楼号是十八，单元三，房间六百零二", "从3门上到6楼602"]
        {
            let folded = Folded::new(text).tight();
            assert!(find(&folded, &about).iter().any(|(_, rule)| *rule == Rule::Address), "{text}");
        }
        for text in ["每周3次，共18户", "3月起，每户602元以内", "第18次送餐，3人"] {
            let folded = Folded::new(text).tight();
            let found = find(&folded, &about);
            assert!(found.is_empty(), "{text}: {found:?}");
        }
        let read: Vec<u32> = values(&squeezed("六百零二、十八、3、二十")).into_iter().map(|(_, value)| value).collect();
        assert_eq!(read, [602, 18, 3, 20]);
    }

    #[test]
    fn a_building_s_letter_is_no_part_of_the_estate() {
        let mut about = About::new(Place::Household);
        about.sealed.addresses.push("天津市东丽区幸福小区A座1203".into());
        let folded = Folded::new("幸福小区 A 座 12 层 03").tight();
        assert!(!find(&folded, &about).is_empty());
    }
}
