//! One field of a form: label, hint, mistake, input. What was typed always comes back.

use super::{Button, FormButton, Glyph, Icon, TextArea};
use domain::form::{FieldAt, Kind};
use leptos::prelude::*;

/// A field as data, so that a draft can fill it and a service can mark it.
#[must_use]
#[derive(Clone, Debug)]
pub struct Field {
    pub name: String,
    pub label: String,
    pub hint: String,
    pub error: Option<String>,
    pub value: String,
    pub input: Input,
    /// Behind the input, e.g. "餐".
    pub unit: String,
    pub optional: bool,
    /// For the browser and the password manager, e.g. `current-password`.
    pub autocomplete: Option<&'static str>,
    /// The text in stretches where the publish gate refuses some of it: those with the rule and the button that mends.
    pub refused: Vec<(String, Option<(String, Button)>)>,
}

#[derive(Clone, Debug)]
pub enum Input {
    Text { max: Option<u32> },
    Password,
    Phone,
    Number { min: i64, max: i64 },
    Date { min: Option<String>, max: Option<String> },
    Area { rows: u32, max: Option<u32> },
    Select(Vec<Choice>),
    Radios(Vec<Choice>),
    Checks(Vec<Choice>),
    File { accept: String },
}

#[derive(Clone, Debug)]
pub struct Choice {
    pub value: String,
    pub label: String,
    /// For check lists; a select and radios compare their value.
    pub chosen: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into(), chosen: false }
    }
}

fn asked(mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.insert(0, Choice::new("", "请选择"));
    choices
}

impl Field {
    pub fn new(name: impl Into<String>, label: impl Into<String>, input: Input) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            error: None,
            value: String::new(),
            input,
            unit: String::new(),
            optional: false,
            autocomplete: None,
            refused: Vec::new(),
        }
    }

    /// A field as it is declared; what depends on the record is added to it: choices, a hint, the value.
    pub fn of(field: impl Into<FieldAt>) -> Self {
        let FieldAt { def, name, label } = field.into();
        let choices = || def.options.map(|options| options()).unwrap_or_default();
        let choices = choices().into_iter().map(|(value, label)| Choice::new(value, label)).collect();
        let input = match def.kind {
            Kind::Line { .. } | Kind::Coded => Input::Text { max: None },
            Kind::Text { rows, .. } => Input::Area { rows, max: None },
            Kind::Number { min, max } => Input::Number { min, max },
            Kind::Day => Input::Date { min: None, max: None },
            Kind::Phone => Input::Phone,
            Kind::Password => Input::Password,
            Kind::File => Input::File { accept: String::new() },
            Kind::Select => Input::Select(asked(choices)),
            Kind::Radios => Input::Radios(choices),
            Kind::Checks => Input::Checks(choices),
            Kind::Tick { value, says } => Input::Checks(vec![Choice::new(value, says)]),
        };
        Self {
            hint: def.hint.into(),
            unit: def.unit.into(),
            optional: !def.required,
            autocomplete: def.autocomplete,
            ..Self::new(name, label, input)
        }
    }

    /// What it is chosen from, where that depends on the record. Of a drop-down nothing is chosen beforehand.
    pub fn choices(mut self, from: impl IntoIterator<Item = Choice>) -> Self {
        match &mut self.input {
            Input::Select(choices) => *choices = asked(from.into_iter().collect()),
            Input::Radios(choices) | Input::Checks(choices) => *choices = from.into_iter().collect(),
            _ => {}
        }
        self
    }

    /// As [`Field::choices`], where one of them always holds.
    pub fn preset(mut self, from: impl IntoIterator<Item = Choice>) -> Self {
        if let Input::Select(choices) = &mut self.input {
            *choices = from.into_iter().collect();
            return self;
        }
        self.choices(from)
    }

    /// The kinds of files, as a browser wants them listed.
    pub fn accept(mut self, kinds: impl Into<String>) -> Self {
        self.input = Input::File { accept: kinds.into() };
        self
    }

    pub fn text(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, Input::Text { max: None })
    }

    pub fn password(name: impl Into<String>, label: impl Into<String>, autocomplete: &'static str) -> Self {
        Self { autocomplete: Some(autocomplete), ..Self::new(name, label, Input::Password) }
    }

    pub fn area(name: impl Into<String>, label: impl Into<String>, rows: u32) -> Self {
        Self::new(name, label, Input::Area { rows, max: None })
    }

    pub fn date(name: impl Into<String>, label: impl Into<String>) -> Self {
        Self::new(name, label, Input::Date { min: None, max: None })
    }

    pub fn number(name: impl Into<String>, label: impl Into<String>, min: i64, max: i64) -> Self {
        Self::new(name, label, Input::Number { min, max })
    }

    pub fn select(name: impl Into<String>, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Input::Select(choices))
    }

    pub fn radios(name: impl Into<String>, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Input::Radios(choices))
    }

    pub fn checks(name: impl Into<String>, label: impl Into<String>, choices: Vec<Choice>) -> Self {
        Self::new(name, label, Input::Checks(choices))
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = value.into();
        self
    }

    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = unit.into();
        self
    }

    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    pub fn error(mut self, error: Option<String>) -> Self {
        self.error = error;
        self
    }

    /// Puts typed values back: the last one for a single input, all of them for a check list.
    pub fn fill(&mut self, values: &[&str]) {
        match &mut self.input {
            Input::Checks(choices) => {
                for choice in choices {
                    choice.chosen = values.contains(&choice.value.as_str());
                }
            }
            Input::Password | Input::File { .. } => {}
            _ => {
                if let Some(last) = values.last() {
                    (*last).clone_into(&mut self.value);
                }
            }
        }
    }

    /// Where the error summary leads: the input, or the first choice of a group.
    pub fn target(&self) -> String {
        match &self.input {
            Input::Radios(_) | Input::Checks(_) => format!("{}-0", self.name),
            _ => self.name.clone(),
        }
    }
}

#[component]
pub fn FieldView(field: Field) -> impl IntoView {
    let invalid = field.error.is_some().then_some("true");
    let hint_id = format!("{}-hint", field.name);
    let error_id = format!("{}-error", field.name);
    let described_by = [(!field.hint.is_empty()).then_some(&hint_id), field.error.as_ref().map(|_| &error_id)]
        .into_iter()
        .flatten()
        .cloned()
        .reduce(|a, b| format!("{a} {b}"));
    let hint = (!field.hint.is_empty()).then(|| view! { <span class="hint" id=hint_id>{field.hint}</span> });
    let error =
        field.error.map(|error| view! { <span class="error" id=error_id><Icon glyph=Glyph::Info/>{error}</span> });
    let class = if invalid.is_some() { "field wrong" } else { "field" };
    let label = if field.optional { format!("{}（可不填）", field.label) } else { field.label };
    let Field { name, value, input, unit, autocomplete, refused, .. } = field;
    let refused = refused_view(&label, refused);

    if let Input::Radios(choices) | Input::Checks(choices) = &input {
        let single = matches!(input, Input::Radios(_));
        let kind = if single { "radio" } else { "checkbox" };
        let options = choices.iter().cloned().enumerate().map(|(i, choice)| {
            let checked = if single { choice.value == value } else { choice.chosen };
            let id = format!("{name}-{i}");
            view! {
                <label><input id=id type=kind name=name.clone() value=choice.value checked=checked/>{choice.label}</label>
            }
        });
        return view! {
            <fieldset class=class aria-describedby=described_by>
                <legend>{label}</legend>
                {hint}{error}
                <div class="choices">{options.collect_view()}</div>
            </fieldset>
        }
        .into_any();
    }

    let id = name.clone();
    let control = match input {
        Input::Area { rows, max } => view! { <TextArea id=name.clone() name value rows max invalid described_by/> }.into_any(),
        Input::Select(choices) => {
            let options = choices.into_iter().map(|choice| {
                let selected = choice.value == value;
                view! { <option value=choice.value selected=selected>{choice.label}</option> }
            });
            let options = options.collect_view();
            view! { <select id=name.clone() name=name aria-invalid=invalid aria-describedby=described_by>{options}</select> }.into_any()
        }
        Input::File { accept } => {
            view! { <input id=name.clone() name=name type="file" accept=accept aria-invalid=invalid aria-describedby=described_by/> }.into_any()
        }
        Input::Date { min, max } => {
            view! { <input id=name.clone() name=name type="date" value=value min=min max=max aria-invalid=invalid aria-describedby=described_by/> }.into_any()
        }
        Input::Number { min, max } => {
            // A number the browser cannot read would be shown as an empty box; as text it stays to be mended.
            let kind = if value.is_empty() || value.parse::<i64>().is_ok() { "number" } else { "text" };
            view! {
                <input id=name.clone() name=name type=kind inputmode="numeric" value=value min=min.to_string() max=max.to_string() aria-invalid=invalid aria-describedby=described_by/>
            }
            .into_any()
        }
        Input::Password => {
            view! { <input id=name.clone() name=name type="password" autocomplete=autocomplete aria-invalid=invalid aria-describedby=described_by/> }.into_any()
        }
        Input::Phone => {
            view! { <input id=name.clone() name=name type="tel" inputmode="tel" value=value autocomplete=autocomplete aria-invalid=invalid aria-describedby=described_by/> }.into_any()
        }
        Input::Text { max } => view! {
            <input id=name.clone() name=name type="text" value=value maxlength=max.map(|n| n.to_string()) autocomplete=autocomplete aria-invalid=invalid aria-describedby=described_by/>
        }
        .into_any(),
        Input::Radios(_) | Input::Checks(_) => ().into_any(),
    };
    let control =
        if unit.is_empty() { control } else { view! { <span class="unit">{control}{unit}</span> }.into_any() };
    view! { <div class=class><label for=id>{label}</label>{hint}{error}{control}{refused}</div> }.into_any()
}

/// Where the text may not stay as it is, each place with its mend.
fn refused_view(label: &str, refused: Vec<(String, Option<(String, Button)>)>) -> Option<AnyView> {
    if refused.is_empty() {
        return None;
    }
    let mut number = 0;
    let (mut text, mut mends) = (Vec::new(), Vec::new());
    for (stretch, mend) in refused {
        text.push(match mend {
            None => stretch.into_any(),
            Some((rule, button)) => {
                number += 1;
                let title = format!("{number}\u{3000}{rule}");
                mends.push(view! { <li><b>{title}</b><FormButton button=button.secondary()/></li> });
                view! { <mark>{stretch}<sup>{number.to_string()}</sup></mark> }.into_any()
            }
        });
    }
    let label = format!("{label}里不能公开的地方");
    let (text, mends) = (text.collect_view(), mends.collect_view());
    Some(
        view! {
            <div class="panel gate flow" role="group" aria-label=label>
                <blockquote>{text}</blockquote>
                <ol class="lines">{mends}</ol>
            </div>
        }
        .into_any(),
    )
}
