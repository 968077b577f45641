//! Numbers told in parts and out of order: the tail first, the birth date in
//! between, backwards. Each part is a run of digits with words around it that
//! say which part it is; put together in the right order they must make one
//! number that checks.

use super::Rule;
use super::fold::{Folded, digit};
use super::numbers::pattern;
use crate::resident_id::ResidentId;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

type Found = Vec<(Range<usize>, Rule)>;

/// Characters between two parts of one number.
const FARTHEST: usize = 16;
/// Parts of one number.
const MOST: usize = 4;

pattern!(
    ORDER_CUE,
    r"尾|末|后面?[0-9一二三四五六七八九十两]|前面?|开头|头[0-9三六]|中间|号头|号尾|起头|打头|倒|反|拼|连起来|合起来|接上|倒数|最后|先是|再是"
);
pattern!(FOURS, r"[后末尾][四4]位?[^。]{0,12}[前头][四4]");
pattern!(PHONE_CUE, r"座机|固话|宅电|手机|电话|号码|联系|打|拨|短信|微信同号|打通|接听");
pattern!(CARD_CUE, r"卡|银行|存折|账号|账户|补贴|[农建工中交招]行|邮储|信用社|折子|低保金|养老金|工资");
pattern!(BACKWARDS_CUE, r"倒着|倒过来|反着|反过来|倒念|反念|倒写|反写|倒序|颠倒|从后往前|从尾");

/// One run of digits.
struct Part {
    range: Range<usize>,
    digits: String,
}

/// Numbers in parts, in the folded text without spaces.
pub(super) fn find(folded: &Folded) -> Found {
    let text = folded.text();
    let parts = parts(folded);
    let mut out = Found::new();
    backwards(text, &parts, &mut out);
    in_pieces(text, &parts, &mut out);
    if !ORDER_CUE.is_match(text) {
        return out;
    }
    for first in 0..parts.len() {
        for count in 2..=MOST.min(parts.len() - first) {
            let run = &parts[first..first + count];
            let far =
                run.windows(2).any(|pair| text[pair[0].range.end..pair[1].range.start].chars().count() > FARTHEST);
            let length: usize = run.iter().map(|part| part.digits.len()).sum();
            if far || length > 19 {
                break;
            }
            if length >= 8
                && let Some(rule) = together(text, run)
            {
                out.extend(run.iter().map(|part| (part.range.clone(), rule)));
            }
        }
    }
    out
}

/// The number of a card in two to five pieces with words between, in its order.
fn in_pieces(text: &str, parts: &[Part], out: &mut Found) {
    for first in 0..parts.len() {
        for count in 2..=5.min(parts.len() - first) {
            let run = &parts[first..first + count];
            let (start, end) = (run[0].range.start, run[count - 1].range.end);
            let far =
                run.windows(2).any(|pair| text[pair[0].range.end..pair[1].range.start].chars().count() > FARTHEST);
            let whole: String = run.iter().map(|part| part.digits.as_str()).collect();
            if far || whole.len() > 19 {
                break;
            }
            let pieces = run.iter().all(|part| part.digits.len() >= 3);
            let issued = whole.starts_with("62") || whole.starts_with(['3', '4', '5', '9']);
            if pieces && issued && is_card(&whole) && CARD_CUE.is_match(around(text, start..end, 16)) {
                out.push((start..end, Rule::BankCard));
            }
        }
    }
}

/// What the parts make in some order other than the one they stand in.
fn together(text: &str, run: &[Part]) -> Option<Rule> {
    let (first, last) = (run.first()?, run.last()?);
    let around = around(text, first.range.start..last.range.end, 16);
    if !ORDER_CUE.is_match(around) {
        return None;
    }
    let shortest = run.iter().map(|part| part.digits.len()).min().unwrap_or_default();
    let mut found = None;
    orders(run.len(), &mut |order| {
        let whole: String = order.iter().map(|place| run[*place].digits.as_str()).collect();
        let lengths: Vec<usize> = order.iter().map(|place| run[*place].digits.len()).collect();
        let rule = if whole.len() == 18 && shortest >= 2 && ResidentId::parse(&whole).is_ok() {
            Some(Rule::ResidentId)
        } else if PHONE_CUE.is_match(around) && is_mobile(&whole) && matches!(lengths[..], [3, 4, 4] | [3, 8] | [7, 4])
        {
            Some(Rule::Mobile)
        } else if lengths[..] == [4, 4]
            && !order.is_sorted()
            && FOURS.is_match(around)
            && PHONE_CUE.is_match(around)
            && whole.starts_with(|c: char| matches!(c, '2'..='9'))
        {
            Some(Rule::Landline)
        } else if CARD_CUE.is_match(around) && is_card(&whole) && shortest >= 3 {
            Some(Rule::BankCard)
        } else {
            None
        };
        found = found.or(rule);
    });
    found
}

/// Every order of `count` things.
fn orders(count: usize, each: &mut dyn FnMut(&[usize])) {
    fn step(order: &mut Vec<usize>, count: usize, each: &mut dyn FnMut(&[usize])) {
        if order.len() == count {
            each(order);
            return;
        }
        for next in 0..count {
            if !order.contains(&next) {
                order.push(next);
                step(order, count, each);
                order.pop();
            }
        }
    }
    step(&mut Vec::with_capacity(count), count, each);
}

/// A whole number written from its end, where the words say so.
fn backwards(text: &str, parts: &[Part], out: &mut Found) {
    for part in parts {
        if part.digits.len() < 11 || !BACKWARDS_CUE.is_match(around(text, part.range.clone(), 16)) {
            continue;
        }
        let turned: String = part.digits.chars().rev().collect();
        let rule = if ResidentId::parse(&turned).is_ok() {
            Rule::ResidentId
        } else if is_mobile(&turned) {
            Rule::Mobile
        } else if is_card(&turned) {
            Rule::BankCard
        } else {
            continue;
        };
        out.push((part.range.clone(), rule));
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9')
}

fn is_card(digits: &str) -> bool {
    (16..=19).contains(&digits.len())
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && super::numbers::luhn(digits)
}

fn around(text: &str, range: Range<usize>, count: usize) -> &str {
    let start = text[..range.start].char_indices().rev().take(count).last().map_or(range.start, |(at, _)| at);
    let end = text[range.end..].char_indices().nth(count).map_or(text.len(), |(at, _)| range.end + at);
    &text[start..end]
}

fn parts(folded: &Folded) -> Vec<Part> {
    let text = folded.text();
    let chars = folded.chars();
    let mut out = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let first = at;
        let mut digits = String::new();
        while let Some((value, true)) = chars.get(at).and_then(|(_, c)| digit(*c)) {
            digits.push(char::from(b'0' + value));
            at += 1;
        }
        if let Some((_, 'x')) = chars.get(at)
            && digits.len() >= 3
        {
            digits.push('X');
            at += 1;
        }
        // The X of a number told backwards stands before its digits.
        if digits.len() == 17 && first > 0 && chars[first - 1].1 == 'x' {
            let start = chars[first - 1].0;
            let end = chars.get(at).map_or(text.len(), |(at, _)| *at);
            out.push(Part { range: start..end, digits: format!("X{digits}") });
        } else if digits.len() >= 2 {
            let end = chars.get(at).map_or(text.len(), |(at, _)| *at);
            out.push(Part { range: chars[first].0..end, digits });
        }
        at = at.max(first + 1);
    }
    // "The last four digits": a count beside a word, not a part.
    out.retain(|part| {
        !text[part.range.end..].starts_with(['位', '个', '段', '截', '节', '组', '部', '次']) || part.digits.len() > 2
    });
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<(String, Rule)> {
        let folded = Folded::new(text).tight();
        find(&folded).into_iter().map(|(range, rule)| (folded.text()[range].to_owned(), rule)).collect()
    }

    #[test]
    fn the_tail_may_come_first() {
        assert_eq!(
            of("身份证后四位0016，前面是12010119000101"),
            [("0016".into(), Rule::ResidentId), ("12010119000101".into(), Rule::ResidentId)]
        );
        assert_eq!(of("手机尾号1234，前面是1380000").len(), 2);
        assert_eq!(of("号码43210000831倒着念").len(), 1);
    }

    #[test]
    fn parts_that_make_nothing_stay() {
        for text in ["尾号0272的卡片已启用，前面的1200元已到账", "最后3天送了1380份", "后四位1234，前面是空的"]
        {
            assert_eq!(of(text), [], "{text}");
        }
    }
}
