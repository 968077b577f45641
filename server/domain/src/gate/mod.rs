//! Publish gate: what may not stand in a text that others read.
//!
//! Pure functions over one text and what is known about it: where it will
//! stand ([`Place`]), whether it tells of a child, and the sealed file's own
//! names, numbers and address ([`Sealed`]). Every finding is an exact byte
//! range of the text as it was written, with the rule it breaks, why, how to
//! mend it, and a replacement that is safe to put there.
//!
//! What is detected, and on what ground: 个人信息保护法 articles 4, 25, 28
//! (identity, biometric, health, financial account, location, minors);
//! 未成年人保护法 article 4; 社会救助法 article 45 with 低保办法 article 24.
//! The text is folded first ([`fold`]): width, invisible signs, enclosed and
//! emoji digits, look-alike letters, traditional characters.

mod accounts;
mod address;
mod employer;
pub mod fold;
mod illness;
mod landmarks;
mod latin_names;
mod lexicon;
mod name_forms;
mod numbers;
mod open_names;
mod other_ids;
mod parts;
mod person;
mod places;
mod refusal;
mod rule;
mod school;
mod sealed_names;
mod sealed_values;
pub mod small;

pub use refusal::{mend_marked, mistakes};
pub use rule::Rule;

use fold::Folded;
use std::ops::Range;

/// Where a text will stand; decides which rules apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Tells of one household or person.
    Household,
    /// Tells of a village, its people as a whole, its public places.
    Village,
    /// Tells of an organization, a service point, a public work.
    Organization,
}

/// Values of the sealed file that must not come back in a public text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    pub names: Vec<String>,
    pub id_numbers: Vec<String>,
    pub phones: Vec<String>,
    pub addresses: Vec<String>,
}

/// What is known about a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    pub place: Place,
    /// A child's case: names of schools are refused in any form.
    pub minor: bool,
    /// The readers know the household's health notes, or the writer speaks of
    /// illnesses in general (a service plan): their names may stand.
    pub illness_may_stand: bool,
    pub sealed: Sealed,
}

impl About {
    pub fn new(place: Place) -> Self {
        Self { place, minor: false, illness_may_stand: false, sealed: Sealed::default() }
    }
}

/// One stretch that may not be published, with the rule it breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Bytes of the text as written.
    pub range: Range<usize>,
    pub rule: Rule,
}

/// Texts longer than this many bytes are cut into pieces at line ends before they are read.
const LONGEST_PIECE: usize = 8_000;

/// Everything in `text` that may not be published, in order, without overlap.
pub fn check(text: &str, about: &About) -> Vec<Finding> {
    let mut out = Vec::new();
    for piece in pieces(text) {
        let found = check_piece(&text[piece.clone()], about);
        out.extend(found.into_iter().map(|finding| Finding {
            range: finding.range.start + piece.start..finding.range.end + piece.start,
            rule: finding.rule,
        }));
    }
    out
}

/// The text with every finding replaced by what may stand there.
pub fn mend(text: &str, findings: &[Finding]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for finding in findings {
        let Some(kept) = text.get(at..finding.range.start) else { continue };
        out.push_str(kept);
        out.push_str(finding.rule.replacement());
        at = finding.range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}

fn pieces(text: &str) -> Vec<Range<usize>> {
    if text.len() <= LONGEST_PIECE {
        return std::iter::once(0..text.len()).collect();
    }
    let (mut out, mut start) = (Vec::new(), 0);
    for (at, c) in text.char_indices() {
        if matches!(c, '\n' | '。') && at - start > LONGEST_PIECE / 2 || at - start > LONGEST_PIECE {
            out.push(start..at);
            start = at;
        }
    }
    out.push(start..text.len());
    out
}

fn check_piece(text: &str, about: &About) -> Vec<Finding> {
    let plain = Folded::new(text);
    let tight = plain.tight();
    let mut out = Vec::new();
    let mut take = |folded: &Folded, found: Vec<(Range<usize>, Rule)>| {
        out.extend(found.into_iter().map(|(range, rule)| Finding { range: folded.original(range), rule }));
    };
    take(&plain, accounts::find(&plain));
    if tight.text().len() < plain.text().len() {
        take(&tight, accounts::find(&tight));
    }
    take(&tight, accounts::find_plates(&tight));
    take(&plain, numbers::find(&plain, about));
    if let Some(spoken) = plain.spoken() {
        take(&spoken, numbers::find(&spoken, about));
    }
    take(&tight, parts::find(&tight));
    take(&tight, other_ids::find(&tight));
    // What is told by words, also where signs stand between their characters.
    for words in std::iter::once(&tight).chain(&tight.unsigned()) {
        take(words, address::find(words, about));
        take(words, school::find(words, about));
        take(words, employer::find(words, about));
        take(words, illness::find(words, about));
    }
    take(&tight, landmarks::find(&tight, about));
    take(&tight, places::find(&tight, about));
    take(&tight, sealed_values::find(&tight, about));
    take(&tight, sealed_names::find(&tight, about));
    take(&tight, name_forms::find(&tight, about));
    take(&plain, latin_names::find(&plain, about));
    take(&tight, latin_names::find_mixed(&tight, about));
    take(&tight, open_names::find(&tight, about));
    settle(out)
}

/// Sorted; of two that overlap the stronger or longer stays, stretched over both.
fn settle(mut found: Vec<Finding>) -> Vec<Finding> {
    found.retain(|finding| finding.range.start < finding.range.end);
    found.sort_by_key(|finding| (finding.range.start, std::cmp::Reverse(finding.range.end)));
    let mut out: Vec<Finding> = Vec::new();
    for next in found {
        match out.last_mut() {
            Some(last) if next.range.start < last.range.end => {
                let longer = next.range.len() > last.range.len();
                if longer || next.rule.is_number() && !last.rule.is_number() {
                    last.rule = next.rule;
                }
                last.range.end = last.range.end.max(next.range.end);
            }
            _ => out.push(next),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str, about: &About) -> Vec<(Rule, String)> {
        check(text, about).into_iter().map(|f| (f.rule, text[f.range].to_owned())).collect()
    }

    #[test]
    fn finds_each_kind_at_its_place() {
        let mut about = About::new(Place::Household);
        about.sealed.names.push("示例甲".into());
        let text = "示例甲老人独居，住示例里6号楼2门101，请打138 0000 1234，证件１２０１０１１９０００１０１００１６。";
        let found = rules(text, &about);
        assert_eq!(found[0], (Rule::Name, "示例甲".into()));
        assert_eq!(found[1].0, Rule::Address);
        assert_eq!(found[2], (Rule::Mobile, "138 0000 1234".into()));
        assert_eq!(found[3], (Rule::ResidentId, "１２０１０１１９０００１０１００１６".into()));
        assert_eq!(found.len(), 4);
    }

    #[test]
    fn mending_leaves_nothing_to_find() {
        let mut about = About::new(Place::Household);
        about.sealed.names.push("示例甲".into());
        let text = "示例甲住示例里6号楼2门101，打13800001234，微信abc_1900，津F·0K0J3。";
        let mended = mend(text, &check(text, &about));
        assert_eq!(check(&mended, &about), [], "{mended}");
    }

    #[test]
    fn long_texts_are_read_to_the_end() {
        let about = About::new(Place::Household);
        let text = format!("{}打13800001234", "每周送餐。".repeat(2000));
        assert_eq!(check(&text, &about).len(), 1);
    }

    #[test]
    fn odd_texts_do_no_harm() {
        let about = About::new(Place::Household);
        for text in ["", " ", "\u{0}", "\u{202e}\u{200b}", "1", "一", "🄀", "é́́́", "1\u{20e3}"] {
            assert_eq!(check(text, &about), [], "{text:?}");
        }
    }
}
