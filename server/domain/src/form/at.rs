//! A declared field where it stands: in its row, with the label it has there; and what was typed into it.

use super::FieldDef;
use std::borrow::Cow;
use std::fmt::Display;

/// What was typed, in the order in which it was sent.
pub type Fields = Vec<(String, String)>;

/// A field in its place.
#[derive(Clone, Debug)]
pub struct FieldAt {
    pub def: FieldDef,
    pub name: Cow<'static, str>,
    /// As mistakes name it; what stands on the page is shorter where a heading above says the rest.
    pub label: Cow<'static, str>,
}

impl FieldDef {
    /// The field of one row: the key takes the place of the first star.
    pub fn at(&self, key: impl Display) -> FieldAt {
        FieldAt::from(self).at(key)
    }

    /// With another label, where the record gives it.
    pub fn labelled(&self, label: impl Into<Cow<'static, str>>) -> FieldAt {
        FieldAt::from(self).labelled(label)
    }

    /// The first value that was typed into it, empty when it was not sent.
    pub fn value<'a>(&self, fields: &'a [(String, String)]) -> &'a str {
        fields.typed(self.name)
    }

    /// All values that were chosen in it.
    pub fn values<'a>(&self, fields: &'a [(String, String)]) -> impl Iterator<Item = &'a str> {
        let name = self.name;
        fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether the one thing to agree to was ticked.
    pub fn ticked(&self, fields: &[(String, String)]) -> bool {
        matches!(self.kind, super::Kind::Tick { value, .. } if value == self.value(fields))
    }
}

impl FieldAt {
    /// As [`FieldDef::at`], for the next star.
    #[must_use]
    pub fn at(mut self, key: impl Display) -> Self {
        self.name = self.name.replacen('*', &key.to_string(), 1).into();
        self
    }

    #[must_use]
    pub fn labelled(mut self, label: impl Into<Cow<'static, str>>) -> Self {
        self.label = label.into();
        self
    }

    /// With what tells rows apart before the label: "第1项的" and "数量".
    #[must_use]
    pub fn of(mut self, whose: impl Display) -> Self {
        self.label = format!("{whose}{}", self.label).into();
        self
    }

    /// A number between other limits.
    #[must_use]
    pub fn within(mut self, min: i64, max: i64) -> Self {
        self.def.kind = super::Kind::Number { min, max };
        self
    }

    /// The value that was typed into it, empty when it was not sent.
    pub fn value<'a>(&self, fields: &'a [(String, String)]) -> &'a str {
        fields.typed(&self.name)
    }
}

impl From<&FieldDef> for FieldAt {
    fn from(def: &FieldDef) -> Self {
        Self { def: *def, name: def.name.into(), label: def.label.into() }
    }
}

impl From<FieldDef> for FieldAt {
    fn from(def: FieldDef) -> Self {
        Self::from(&def)
    }
}

impl From<&FieldAt> for FieldAt {
    fn from(at: &FieldAt) -> Self {
        at.clone()
    }
}

/// Where a typed value is read from: a form's fields, or the value itself.
pub trait Typed {
    fn typed(&self, name: &str) -> &str;
}

impl Typed for [(String, String)] {
    fn typed(&self, name: &str) -> &str {
        self.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }
}

impl Typed for Fields {
    fn typed(&self, name: &str) -> &str {
        self.as_slice().typed(name)
    }
}

impl Typed for str {
    fn typed(&self, _: &str) -> &str {
        self
    }
}

impl Typed for String {
    fn typed(&self, _: &str) -> &str {
        self
    }
}
