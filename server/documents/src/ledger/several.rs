//! Several answers in one cell: 王某 13800000001, 姓名：…电话：…, 每周3次，共6个月.

use domain::division::Divisions;
use domain::resident_id::ResidentId;
use domain::text;
use domain::vocabulary;

use super::amount;
use super::day::{self, Written};
use super::field::Field;
use super::grid::Cell;
use super::heads::{Head, Heads};
use super::period;
use super::phones::read_phones;
use super::place;
use super::words;

/// Signs that stand between answers.
const BETWEEN: &[char] =
    &['、', '，', ',', ';', '；', '/', '／', '|', '｜', '\n', '\r', '\t', ' ', '\u{3000}', '。', '┋', '+'];

/// Fields that a sentence of a head asks for, in its order; fewer than two where it asks for one.
pub(crate) fn asked_for(head: &str, heads: &Heads) -> Vec<Field> {
    let squeezed = text::squeeze(head);
    // 困难及需求 is one thing with two names.
    let whole = heads.understand(&Head::new([squeezed.as_str()]));
    if let Some((field, score)) = whole.fields.first()
        && *score >= 0.98
    {
        return vec![*field];
    }
    // 父亲工作单位及电话 is somebody else's, every part of it.
    if whole.strange {
        return Vec::new();
    }
    let parts =
        squeezed.split(['、', ',', '和', '及', '与', '/', '+', ';', '?', '。', '&', '或', '·', '\n', '(', ')', ':']);
    let mut fields: Vec<Field> = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let understood = heads.understand(&Head::new([part]));
        if understood.strange {
            continue;
        }
        if let Some((field, score)) = understood.fields.first()
            && *score >= 0.6
            && !fields.contains(field)
        {
            fields.push(*field);
        }
    }
    let is_place =
        |field: &Field| matches!(field, Field::District | Field::Street | Field::Village | Field::DivisionCode);
    // 区、街道、社区 is one place, and 困难及需求 one text.
    if fields.iter().filter(|field| is_place(field)).count() > 1 {
        fields.retain(|field| !is_place(field));
        fields.insert(0, Field::DivisionCode);
    }
    if fields.contains(&Field::PeriodFrom) && fields.contains(&Field::PeriodTo) {
        fields.retain(|field| !matches!(field, Field::PeriodFrom | Field::PeriodTo));
        fields.push(Field::Period);
    }
    fields
}

/// The answers of a cell for these fields; a field that is not answered is not there. What is left over goes to the one
/// field that is open, if there is only one.
pub(crate) fn answers(
    cell: &str,
    fields: &[Field],
    heads: &Heads,
    scope: &str,
    all: &Divisions,
) -> Vec<(Field, String)> {
    let tidy = text::tidy(cell);
    if let Some(found) = labelled(&tidy, fields, heads) {
        return found;
    }
    let mut found: Vec<(Field, String)> = Vec::new();
    let mut left: Vec<String> = Vec::new();
    // Numbers first: they stand alone whatever stands around them.
    let mut rest = tidy.clone();
    if fields.contains(&Field::IdNumber)
        && let Some((id, without)) = cut_number(&rest, 18, |run| ResidentId::parse(run).is_ok())
    {
        found.push((Field::IdNumber, id));
        rest = without;
    }
    for token in
        rest.split(BETWEEN).flat_map(apart).map(|token| token.trim().to_owned()).filter(|token| !token.is_empty())
    {
        let open = |field: &&Field| !found.iter().any(|(of, _)| of == *field) || **field == Field::ServiceCategories;
        let fitting = fields.iter().filter(open).find(|field| fits(**field, &token, scope, all)).copied();
        match fitting {
            Some(field) => match found.iter_mut().find(|(of, _)| *of == field) {
                Some((_, words)) => {
                    words.push('、');
                    words.push_str(&token);
                }
                None => found.push((field, token)),
            },
            None => left.push(token),
        }
    }
    // A place with its door: the parts of an address belong together.
    let open: Vec<Field> = fields.iter().filter(|field| !found.iter().any(|(of, _)| of == *field)).copied().collect();
    // Words answer nothing that is asked for in digits: they are no telephone, however alone they stand.
    let digits = left.iter().flat_map(|token| token.chars()).filter(char::is_ascii_digit).count();
    let typed = |field: Field| {
        matches!(
            field,
            Field::Phone
                | Field::OtherPhone
                | Field::GuardianPhone
                | Field::EmergencyPhone
                | Field::IdNumber
                | Field::Uscc
                | Field::Sex
        )
    };
    if let [field] = open.as_slice()
        && !left.is_empty()
        && (!typed(*field) || digits >= 5)
    {
        found.push((*field, left.join(" ")));
    } else if !left.is_empty() {
        let text = open.iter().find(|field| {
            matches!(
                field,
                Field::Summary | Field::Address | Field::Remark | Field::Need | Field::Name | Field::Contact
            )
        });
        if let Some(field) = text {
            found.push((*field, left.join("，")));
        }
    }
    found
}

/// 姓名：王某 电话：138…: each answer behind its own label.
fn labelled(cell: &str, fields: &[Field], heads: &Heads) -> Option<Vec<(Field, String)>> {
    let mut found: Vec<(Field, String)> = Vec::new();
    let mut rest = cell;
    let mut open: Option<Field> = None;
    while let Some(at) = rest.find([':', '：']) {
        let before = &rest[..at];
        let from = before
            .rfind(|c: char| BETWEEN.contains(&c))
            .map_or(0, |at| at + before[at..].chars().next().map_or(1, char::len_utf8));
        let understood = heads.understand(&Head::new([&before[from..]]));
        let field = understood.fields.iter().map(|(field, _)| *field).find(|field| fields.contains(field))?;
        if let Some(open) = open.replace(field) {
            found.push((open, before[..from].trim_matches(BETWEEN).to_owned()));
        }
        rest = &rest[at + rest[at..].chars().next().map_or(1, char::len_utf8)..];
    }
    let open = open?;
    found.push((open, rest.trim_matches(BETWEEN).to_owned()));
    found.retain(|(_, words)| !words.is_empty());
    Some(found)
}

/// 王某13800000001 is two tokens: where digits follow Han characters, and behind a telephone.
fn apart(token: &str) -> Vec<String> {
    let digits = |c: char| c.is_ascii_digit() || c == '-';
    let longest = token.split(|c: char| !digits(c)).max_by_key(|run| run.len()).unwrap_or_default();
    if longest.chars().filter(char::is_ascii_digit).count() < 7
        || read_phones(token).is_some() && !token.chars().any(text::is_han)
    {
        return vec![token.to_owned()];
    }
    let at = token.find(longest).unwrap_or_default();
    let (before, after) = (&token[..at], &token[at + longest.len()..]);
    // 转801 belongs to the number in front of it.
    let extension = ["转", "分机", "(转"].iter().any(|word| after.starts_with(word));
    if extension {
        return vec![before.to_owned(), token[at..].to_owned()];
    }
    let signs = ['(', '（', ')', '）', ':', '：', '-'];
    let (before, after) = (before.trim_matches(signs), after.trim_matches(signs));
    vec![before.to_owned(), longest.to_owned(), after.to_owned()]
}

/// A run of letters and digits of this length that passes, and the text without it.
fn cut_number(cell: &str, length: usize, passes: impl Fn(&str) -> bool) -> Option<(String, String)> {
    let folded = text::fold_width(cell);
    let mut from = 0;
    for run in folded.split(|c: char| !c.is_ascii_alphanumeric()) {
        if run.len() == length && passes(run) {
            let at = from + folded[from..].find(run)?;
            return Some((run.to_owned(), format!("{} {}", &folded[..at], &folded[at + length..])));
        }
        from = folded[from..].find(run).map_or(from, |at| from + at + run.len());
    }
    None
}

fn fits(field: Field, token: &str, scope: &str, all: &Divisions) -> bool {
    let squeezed = text::squeeze(token);
    let cell = Cell::Text(token.into());
    match field {
        Field::IdNumber => ResidentId::parse(token).is_ok(),
        Field::Phone | Field::OtherPhone | Field::GuardianPhone | Field::EmergencyPhone => read_phones(token).is_some(),
        Field::Sex => words::sex(&squeezed).is_some() && squeezed.chars().any(text::is_han),
        Field::Age => squeezed.ends_with('岁') || amount::whole_number(&squeezed).is_some_and(|age| age <= 120),
        Field::HouseholdSize => amount::head_count(&cell).is_some(),
        Field::Quantity | Field::Capacity => amount::quantity(token).is_some(),
        Field::Period => {
            period::period(&cell).is_ok()
                || squeezed.strip_prefix('共').is_some_and(|rest| period::period(&Cell::Text(rest.into())).is_ok())
        }
        Field::PublishedOn
        | Field::FoundedOn
        | Field::BirthOn
        | Field::JoinedOn
        | Field::DesignatedOn
        | Field::EndedOn => !matches!(day::of_text(token), Written::NotADate),
        Field::BeneficiaryCategories | Field::Designation => !vocabulary::parse_beneficiaries(token).codes.is_empty(),
        Field::ServiceCategories => !vocabulary::parse_services(token).codes.is_empty(),
        Field::DivisionCode | Field::District | Field::Street | Field::Village => {
            place::read(token, scope, all).is_ok()
        }
        Field::Urgency => words::urgency(&squeezed).is_some(),
        Field::Source => words::source(&squeezed).is_some(),
        Field::Name
        | Field::Guardian
        | Field::Contact
        | Field::Handler
        | Field::LegalRepresentative
        | Field::EmergencyContact => words::is_person_name(&squeezed),
        Field::Address => words::is_address(&squeezed),
        Field::Email => squeezed.contains('@'),
        Field::DesignationLevel => matches!(squeezed.as_str(), "市级" | "区级"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(cell: &str, fields: &[Field]) -> Vec<(Field, String)> {
        let mut found = answers(cell, fields, &Heads::of("needs"), "12", Divisions::bundled());
        found.sort();
        found
    }

    #[test]
    fn several_answers() {
        let pair = [(Field::Name, "王某某".to_owned()), (Field::Phone, "13800000001".to_owned())];
        for cell in [
            "王某某 13800000001",
            "王某某13800000001",
            "13800000001（王某某）",
            "姓名：王某某，电话：13800000001",
            "王某某/13800000001",
        ] {
            assert_eq!(of(cell, &[Field::Name, Field::Phone]), pair, "{cell}");
        }
        assert_eq!(
            of("每周3次，6个月", &[Field::Quantity, Field::Period]),
            [(Field::Quantity, "每周3次".to_owned()), (Field::Period, "6个月".to_owned())]
        );
        let heads = Heads::of("needs");
        assert_eq!(
            asked_for("请填写户主姓名、身份证号和联系电话", &heads),
            [Field::Name, Field::IdNumber, Field::Phone]
        );
        assert_eq!(asked_for("困难及需求", &heads).len(), 1);
        assert_eq!(asked_for("街道（乡镇）、社区（村）", &heads), [Field::DivisionCode]);
    }
}
