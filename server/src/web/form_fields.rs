//! Fields of a form with what a draft holds of them: the values typed, the mistakes found.

use app::components::{Field, Mistake};
use domain::field::FieldError;
use services::draft::{Draft, Fields};

/// Fills the fields from a draft and marks its mistakes. Returns the mistakes
/// that belong to none of the fields.
pub(super) fn fill(fields: &mut [Field], draft: Option<&Draft>) -> Vec<Mistake> {
    let Some(draft) = draft else { return Vec::new() };
    fill_from(fields, &draft.fields);
    mark(fields, &draft.mistakes)
}

/// Fills the fields with what was typed; fields that were not sent keep what they show.
pub(super) fn fill_from(fields: &mut [Field], typed: &Fields) {
    for field in fields.iter_mut() {
        let values: Vec<&str> =
            typed.iter().filter(|(name, _)| *name == field.name).map(|(_, value)| value.as_str()).collect();
        if !values.is_empty() {
            field.fill(&values);
        }
    }
}

/// Marks mistakes at their fields; the rest is returned.
pub(super) fn mark(fields: &mut [Field], mistakes: &[FieldError]) -> Vec<Mistake> {
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
            None => rest.push(Mistake { target: mistake.field.clone(), text: mistake.message.clone() }),
        }
    }
    rest
}
