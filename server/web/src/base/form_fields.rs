//! Fields of a form with what a draft holds of them: the values typed, the mistakes found.

use app::components::{Button, Field, Mistake};
use domain::field::FieldError;
use services::base::draft::{Draft, Fields};

/// Fills a form's fields from a draft and marks its mistakes: an input that was not sent keeps what it shows, a check
/// list of which nothing was sent has nothing ticked. Returns the mistakes that belong to none of the fields, leading
/// to the first.
pub(crate) fn fill<'a>(fields: impl IntoIterator<Item = &'a mut Field>, draft: Option<&Draft>) -> Vec<Mistake> {
    let Some(draft) = draft else { return Vec::new() };
    let mut fields: Vec<&mut Field> = fields.into_iter().collect();
    for field in &mut fields {
        let typed = values(&draft.fields, &field.name);
        field.fill(&typed);
        refuse(field, draft);
    }
    let first = fields.first().map(|field| field.target()).unwrap_or_default();
    mark(fields, &draft.mistakes)
        .into_iter()
        .map(|mistake| Mistake { target: first.clone(), text: mistake.message })
        .collect()
}

/// A text as the services read it.
pub(crate) fn as_read(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").trim().to_owned()
}

/// Shows where the publish gate refuses a text, with a button that mends each place.
fn refuse(field: &mut Field, draft: &Draft) {
    let Some(mistake) = draft.mistakes.iter().find(|m| m.field == field.name && !m.marks.is_empty()) else {
        return;
    };
    let text = draft.fields.iter().find(|(name, _)| *name == field.name).map_or("", |(_, text)| text.as_str());
    let chars: Vec<char> = as_read(text).chars().collect();
    let (mut spans, mut at) = (Vec::new(), 0);
    for mark in &mistake.marks {
        let (Some(before), Some(inside)) = (chars.get(at..mark.start), chars.get(mark.start..mark.end)) else {
            break;
        };
        spans.push((before.iter().collect::<String>(), None));
        let button = Button::new(format!("改成“{}”", mark.rule.replacement()))
            .sends("mend", format!("{}:{}", field.name, mark.start));
        spans.push((inside.iter().collect(), Some((mark.rule.label().to_owned(), button))));
        at = mark.end;
    }
    spans.push((chars.get(at..).unwrap_or_default().iter().collect(), None));
    spans.retain(|(text, _)| !text.is_empty());
    field.refused = spans;
}

/// As [`fill`] on a page that has no place for other mistakes: they stand at the first field.
pub(crate) fn fill_all(fields: &mut Vec<Field>, draft: Option<&Draft>) {
    let rest: Vec<String> = fill(&mut *fields, draft).into_iter().map(|mistake| mistake.text).collect();
    if let (Some(first), false) = (fields.first_mut(), rest.is_empty()) {
        let said = first.error.take().into_iter().chain(rest).collect::<Vec<_>>();
        first.error = Some(said.join("；"));
    }
}

/// Fills the fields with what is known of some of them; the others keep what they show.
pub(crate) fn fill_from(fields: &mut [Field], typed: &Fields) {
    for field in fields.iter_mut() {
        let values = values(typed, &field.name);
        if !values.is_empty() {
            field.fill(&values);
        }
    }
}

fn values<'a>(typed: &'a Fields, name: &str) -> Vec<&'a str> {
    typed.iter().filter(|(of, _)| of == name).map(|(_, value)| value.as_str()).collect()
}

/// Marks mistakes at their fields; those of other fields are returned.
pub(crate) fn mark<'a>(fields: impl IntoIterator<Item = &'a mut Field>, mistakes: &[FieldError]) -> Vec<FieldError> {
    let mut fields: Vec<&mut Field> = fields.into_iter().collect();
    let mut rest = Vec::new();
    for mistake in mistakes {
        match fields.iter_mut().find(|field| field.name == mistake.field) {
            Some(field) => {
                // The summary puts the label before the message already.
                let text = mistake.message.strip_prefix(&format!("{}：", field.label)).unwrap_or(&mistake.message);
                field.error = Some(match field.error.take() {
                    Some(before) => format!("{before}；{text}"),
                    None => text.to_owned(),
                });
            }
            None => rest.push(mistake.clone()),
        }
    }
    rest
}
