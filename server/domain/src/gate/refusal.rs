//! A refused text as a mistake of a form: where and why, never what.

use super::{About, check};
use crate::field::{FieldError, Mark};

/// Mistakes of a form field: which rules, at which characters, and the mend.
/// Nothing of the text itself stands in them.
pub fn mistakes(field: &str, label: &str, text: &str, about: &About) -> Vec<FieldError> {
    let at = |byte: usize| text[..byte].chars().count();
    let marks: Vec<Mark> = check(text, about)
        .iter()
        .map(|one| Mark { start: at(one.range.start), end: at(one.range.end), rule: one.rule })
        .collect();
    if marks.is_empty() { Vec::new() } else { vec![refusal(field, label, marks)] }
}

/// Between the label of the field and the number of places.
const IN_IT: &str = "里有";

fn refusal(field: &str, label: &str, marks: Vec<Mark>) -> FieldError {
    let places = marks
        .iter()
        .map(|one| format!("{}在第{}至{}个字", one.rule.label(), one.start + 1, one.end))
        .collect::<Vec<_>>()
        .join("，");
    let mut mends: Vec<&str> = Vec::new();
    for one in &marks {
        if !mends.contains(&one.rule.mend()) {
            mends.push(one.rule.mend());
        }
    }
    let message = format!("{label}{IN_IT}{}处个人信息，不能公开：{places}。请{}", marks.len(), mends.join("；"));
    FieldError { marks, ..FieldError::new(field, message) }
}

/// One stretch of a refused text mended (the one that begins at `start`), or all of them: the text with what may stand
/// there, and what is left to mend. `None` where the text is not the one that was refused.
pub fn mend_marked(text: &str, mistake: &FieldError, start: Option<usize>) -> Option<(String, Option<FieldError>)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut out, mut length, mut at) = (String::new(), 0, 0);
    let mut left = Vec::new();
    let mut put = |piece: &mut dyn Iterator<Item = char>, out: &mut String| {
        for c in piece {
            out.push(c);
            length += 1;
        }
        length
    };
    for mark in &mistake.marks {
        let before = chars.get(at..mark.start)?;
        let inside = chars.get(mark.start..mark.end)?;
        let begins = put(&mut before.iter().copied(), &mut out);
        if start.is_none_or(|start| start == mark.start) {
            put(&mut mark.rule.replacement().chars(), &mut out);
        } else {
            let ends = put(&mut inside.iter().copied(), &mut out);
            left.push(Mark { start: begins, end: ends, rule: mark.rule });
        }
        at = mark.end;
    }
    put(&mut chars.get(at..)?.iter().copied(), &mut out);
    let label = mistake.message.split(IN_IT).next().unwrap_or_default();
    Some((out, (!left.is_empty()).then(|| refusal(&mistake.field, label, left))))
}

#[cfg(test)]
mod tests {
    use super::super::Place;
    use super::*;

    #[test]
    fn a_marked_stretch_is_mended_alone_or_with_all() {
        let text = "请打13800000001，或加微信abc_1900联系";
        let mistake = &mistakes("plan", "打算怎样做", text, &About::new(Place::Household))[0];
        assert_eq!(mistake.marks.len(), 2);
        let (once, left) = mend_marked(text, mistake, Some(mistake.marks[0].start)).unwrap();
        let left = left.unwrap();
        assert!(once.starts_with("请打（由街道转告），或加微信abc_1900"), "{once}");
        assert!(left.message.starts_with("打算怎样做里有1处"), "{}", left.message);
        let (twice, rest) = mend_marked(&once, &left, Some(left.marks[0].start)).unwrap();
        assert_eq!(rest, None);
        assert_eq!(mend_marked(text, mistake, None).unwrap(), (twice.clone(), None));
        assert!(check(&twice, &About::new(Place::Household)).is_empty(), "{twice}");
        assert_eq!(mend_marked("短", mistake, None), None, "another text");
    }

    #[test]
    fn a_mistake_names_rule_and_place_and_repeats_nothing() {
        let found = mistakes("plan", "服务计划", "请打13800000001", &About::new(Place::Household));
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("手机号码在第3至13个字"), "{}", found[0].message);
        assert!(!found[0].message.contains("1380"));
    }
}
