//! Every field of every form, declared once: its name, label, hint, kind, limits, and which rules of the publish
//! gate it passes.
//!
//! The page draws a field from its declaration, the service reads it by the same one, so an error names what stands
//! on the page. One file per room, one module per form; [`ALL`] lists them for the tests that walk all forms.

/// Declares the forms of a room: a module for each, a constant for each field, and the list of all.
macro_rules! forms {
    ($( $(#[$about:meta])* $form:ident { $( $(#[$note:meta])* $field:ident = $def:expr; )* } )*) => {
        $(
            $(#[$about])*
            pub mod $form {
                use crate::form::FieldDef;

                $( $(#[$note])* pub const $field: FieldDef = $def; )*

                /// Every field of this form.
                pub const ALL: &[FieldDef] = &[$($field),*];
            }
        )*

        /// The forms of this room, by name.
        pub const FORMS: &[(&str, &[FieldDef])] = &[$((stringify!($form), $form::ALL)),*];
    };
}

/// The values and labels of a text enum.
macro_rules! options {
    ($kind:ty) => {
        || <$kind>::ALL.iter().map(|value| (value.as_str(), value.label())).collect()
    };
}

pub mod aid;
mod at;
pub mod finding;
pub mod needs;
pub mod office;
pub mod people;
pub mod reach;
pub mod record;
pub mod supply;
pub mod volunteers;

pub use at::{FieldAt, Fields, Typed, value};

/// A declared field.
#[derive(Clone, Copy, Debug)]
pub struct FieldDef {
    /// As it is sent. A star stands for one part that differs from row to row: `lines.*.quantity`, see [`FieldDef::at`].
    pub name: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub kind: Kind,
    pub required: bool,
    pub gate: Gate,
    /// Behind the input, e.g. "餐".
    pub unit: &'static str,
    /// What is said when nothing was typed or chosen, where "填写" or "选择" and the label would not do.
    pub asks: &'static str,
    /// The closed list it is chosen from, as values and labels; none where the list depends on the record.
    pub options: Option<Options>,
    /// For the browser and the password manager, e.g. `username`.
    pub autocomplete: Option<&'static str>,
    /// Never kept in a draft.
    pub secret: bool,
}

/// Values and labels of a closed list.
pub type Options = fn() -> Vec<(&'static str, &'static str)>;

/// How a field is typed, and what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of at most `max` characters.
    Line {
        max: usize,
    },
    /// Several lines of at most `max` characters together, `rows` of them shown.
    Text {
        rows: u32,
        max: usize,
    },
    /// A whole number.
    Number {
        min: i64,
        max: i64,
    },
    /// A calendar day.
    Day,
    /// One line that has a reader of its own: a code, a time of day, an amount.
    Coded,
    Phone,
    Password,
    File,
    /// One of a list: a drop-down, or all of them side by side.
    Select,
    Radios,
    /// Any of a list.
    Checks,
    /// One thing to agree to; `says` stands beside the box.
    Tick {
        value: &'static str,
        says: &'static str,
    },
}

/// Which rules of the publish gate a text passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// None: nobody outside the office reads it, or it is no free text.
    Open,
    /// Those of a text about one household; its sealed file's own values where the reader knows the file.
    Household,
    /// Those of a text about an organization.
    Organization,
}

impl FieldDef {
    const fn new(name: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            name,
            label,
            hint: "",
            kind,
            required: true,
            gate: Gate::Open,
            unit: "",
            asks: "",
            options: None,
            autocomplete: None,
            secret: false,
        }
    }

    pub const fn line(name: &'static str, label: &'static str, max: usize) -> Self {
        Self::new(name, label, Kind::Line { max })
    }

    pub const fn text(name: &'static str, label: &'static str, rows: u32, max: usize) -> Self {
        Self::new(name, label, Kind::Text { rows, max })
    }

    pub const fn number(name: &'static str, label: &'static str, min: i64, max: i64) -> Self {
        Self::new(name, label, Kind::Number { min, max })
    }

    pub const fn day(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::Day)
    }

    pub const fn coded(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::Coded)
    }

    pub const fn phone(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::Phone)
    }

    pub const fn password(name: &'static str, label: &'static str, autocomplete: &'static str) -> Self {
        let mut def = Self::new(name, label, Kind::Password).secret();
        def.autocomplete = Some(autocomplete);
        def
    }

    pub const fn file(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::File)
    }

    pub const fn select(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::Select)
    }

    pub const fn radios(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::Radios)
    }

    pub const fn checks(name: &'static str, label: &'static str) -> Self {
        Self::new(name, label, Kind::Checks)
    }

    pub const fn tick(name: &'static str, label: &'static str, value: &'static str, says: &'static str) -> Self {
        Self::new(name, label, Kind::Tick { value, says })
    }

    #[must_use]
    pub const fn hint(mut self, hint: &'static str) -> Self {
        self.hint = hint;
        self
    }

    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// Required here, where what else was chosen decides.
    #[must_use]
    pub const fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    #[must_use]
    pub const fn asks(mut self, asks: &'static str) -> Self {
        self.asks = asks;
        self
    }

    #[must_use]
    pub const fn of(mut self, options: Options) -> Self {
        self.options = Some(options);
        self
    }

    /// A text about one household, which somebody outside its office reads.
    #[must_use]
    pub const fn about_household(mut self) -> Self {
        self.gate = Gate::Household;
        self
    }

    /// A text about an organization, which everybody reads.
    #[must_use]
    pub const fn about_organization(mut self) -> Self {
        self.gate = Gate::Organization;
        self
    }

    #[must_use]
    pub const fn autocomplete(mut self, autocomplete: &'static str) -> Self {
        self.autocomplete = Some(autocomplete);
        self
    }

    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    /// Whether it stands once for each of several rows.
    pub fn is_row(&self) -> bool {
        self.name.contains('*')
    }

    /// The label of what was chosen from its closed list.
    pub fn option(&self, chosen: &str) -> Option<&'static str> {
        let all = self.options.map(|options| options()).unwrap_or_default();
        all.into_iter().find(|(value, _)| *value == chosen).map(|(_, label)| label)
    }

    /// Whether a sent field is this one, in any row.
    pub fn owns(&self, name: &str) -> bool {
        let (mut declared, mut sent) = (self.name.split('.'), name.split('.'));
        loop {
            match (declared.next(), sent.next()) {
                (None, None) => return true,
                (Some("*"), Some(_)) => {}
                (Some(a), Some(b)) if a == b => {}
                _ => return false,
            }
        }
    }
}

/// The forms of a room: each with its name and its fields.
type Forms = &'static [(&'static str, &'static [FieldDef])];

/// All forms, room by room.
pub const ALL: &[(&str, Forms)] = &[
    ("people", people::FORMS),
    ("finding", finding::FORMS),
    ("supply", supply::FORMS),
    ("needs", needs::FORMS),
    ("aid", aid::FORMS),
    ("volunteers", volunteers::FORMS),
    ("office", office::FORMS),
    ("record", record::FORMS),
    ("reach", reach::FORMS),
];

/// Every declared field.
pub fn fields() -> impl Iterator<Item = &'static FieldDef> {
    ALL.iter().flat_map(|(_, forms)| forms.iter()).flat_map(|(_, fields)| fields.iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_one_part() {
        let quantity = FieldDef::number("lines.*.quantity", "数量", 1, 9);
        assert!(quantity.owns("lines.0.quantity"));
        for other in ["lines.0.unit", "lines.quantity", "lines.0.quantity.1", "quantity"] {
            assert!(!quantity.owns(other), "{other}");
        }
    }

    #[test]
    fn nothing_is_declared_twice_in_a_form_and_every_field_has_a_label() {
        for (room, forms) in ALL {
            for (form, fields) in *forms {
                // One name may be asked for in several ways, each on a page of its own.
                let mut names: Vec<_> = fields.iter().map(|field| (field.name, field.label, field.hint)).collect();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), fields.len(), "{room}::{form} declares a field twice");
                assert!(fields.iter().all(|field| !field.label.is_empty()), "{room}::{form}");
            }
        }
    }
}
