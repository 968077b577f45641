//! The fields of a form as they were sent.

use crate::Fields;

/// First value of a field, empty when it was not sent.
pub fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}
