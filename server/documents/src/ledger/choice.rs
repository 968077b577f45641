//! What somebody says of columns against the proposal: 列=字段, and 不用.

use std::collections::BTreeMap;

use domain::text;
use serde::{Deserialize, Serialize};

use super::field::Field;
use super::heads::Head;
use super::plan::Use;

/// What somebody says of columns, against or beside the proposal: `列=字段`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// A column (`C`, `表名!C`, or the words of its head) and its field; none for 不用.
    pub columns: BTreeMap<String, Option<Field>>,
    /// Hidden sheets that are to be read all the same.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden_sheets: Vec<String>,
    /// What was chosen before, by the fingerprint of a layout: a column's place among those of its table, from 0, and its
    /// field. What is chosen now goes before it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub layouts: BTreeMap<String, BTreeMap<u16, Option<Field>>>,
}

/// Why a choice cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    #[error("“{0}”要写成“列=字段”，例如“C=身份证号”或“证件号=不用”")]
    Form(String),
    #[error("没有“{0}”这个字段")]
    Field(String),
}

impl Choice {
    /// Adds one `列=字段`; the field by its code or its Chinese name, `不用` for a column that is not to be read.
    ///
    /// # Errors
    /// [`ChoiceError`] where it is not of this form or the field is unknown; its text is for the reader.
    pub fn add(&mut self, written: &str) -> Result<(), ChoiceError> {
        let (column, field) = written.split_once(['=', '＝']).ok_or_else(|| ChoiceError::Form(written.to_owned()))?;
        let (column, field) = (column.trim(), field.trim());
        if column.is_empty() {
            return Err(ChoiceError::Form(written.to_owned()));
        }
        let field = match field {
            "不用" | "不读" | "" | "-" | "none" => None,
            name => Some(Field::named(name).ok_or_else(|| ChoiceError::Field(name.to_owned()))?),
        };
        self.columns.insert(column.to_owned(), field);
        Ok(())
    }

    /// What was chosen before for a column of a layout; none where nothing was.
    pub(crate) fn before(&self, layout: &str, place: u16) -> Option<Use> {
        self.layouts.get(layout)?.get(&place).map(|field| field.map_or(Use::Nothing, Use::Field))
    }

    /// What was chosen for a column; none where nothing was.
    pub(crate) fn of(&self, sheet: &str, column: &str, head: &Head) -> Option<Use> {
        if self.columns.is_empty() {
            return None;
        }
        let with_sheet = format!("{sheet}!{column}");
        let whole = head.whole();
        self.columns
            .iter()
            .find(|(key, _)| {
                let squeezed = text::squeeze(key);
                **key == with_sheet
                    || key.eq_ignore_ascii_case(column)
                    || !squeezed.is_empty() && (squeezed == whole || squeezed == head.own())
            })
            .map(|(_, field)| field.map_or(Use::Nothing, Use::Field))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices() {
        let mut choice = Choice::default();
        choice.add("C=身份证号").unwrap();
        choice.add("证件号＝不用").unwrap();
        choice.add("表!D=phone").unwrap();
        assert_eq!(choice.of("别的", "C", &Head::default()), Some(Use::Field(Field::IdNumber)));
        assert_eq!(choice.of("别的", "E", &Head::new(["证件 号"])), Some(Use::Nothing));
        assert_eq!(choice.of("表", "D", &Head::default()), Some(Use::Field(Field::Phone)));
        assert_eq!(choice.of("别的", "D", &Head::default()), None);
        choice.layouts.entry("f".into()).or_default().insert(3, None);
        assert_eq!((choice.before("f", 3), choice.before("f", 2)), (Some(Use::Nothing), None));
        let kept: Choice = serde_json::from_str(&serde_json::to_string(&choice).unwrap()).unwrap();
        assert_eq!(kept, choice);
        assert!(choice.add("C").is_err() && choice.add("C=没有的").is_err());
    }
}
