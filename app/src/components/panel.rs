//! The panel beside a record: the one next action for this reader, as a small form.

use super::{
    Emphasis, ErrorSummary, Fact, Facts, Field, FieldView, FormTarget, Glyph, Icon, Link, LinkButton, Mistake, PostForm,
};
use leptos::prelude::*;

/// A form of a few fields and one or more buttons. Marked fields give its error summary.
#[derive(Clone, Debug, Default)]
pub struct ActPanel {
    /// Unique on the page; the dock of narrow pages leads here.
    pub id: String,
    pub title: String,
    /// What it is about, before the fields.
    pub text: String,
    pub facts: Vec<Fact>,
    pub target: FormTarget,
    pub fields: Vec<Field>,
    /// Mistakes that belong to no field.
    pub mistakes: Vec<Mistake>,
    /// The first is drawn as primary unless it says otherwise.
    pub buttons: Vec<Button>,
    /// What happens next and when.
    pub next: String,
    /// Other ways on, under it.
    pub links: Vec<Link>,
}

/// A button of a form, with the value it sends.
#[must_use]
#[derive(Clone, Debug)]
pub struct Button {
    pub label: String,
    /// Name and value; absent for a form with one meaning.
    pub sends: Option<(String, String)>,
    pub emphasis: Emphasis,
    /// Goes elsewhere than the form.
    pub action: Option<String>,
}

impl Button {
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), sends: None, emphasis: Emphasis::Primary, action: None }
    }

    pub fn sends(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.sends = Some((name.into(), value.into()));
        self
    }

    pub fn secondary(mut self) -> Self {
        self.emphasis = Emphasis::Secondary;
        self
    }

    pub fn quiet(mut self) -> Self {
        self.emphasis = Emphasis::Quiet;
        self
    }

    pub fn action(mut self, action: impl Into<String>) -> Self {
        self.action = Some(action.into());
        self
    }
}

#[component]
pub fn FormButton(button: Button, #[prop(optional)] wide: bool) -> impl IntoView {
    let class = format!("{}{}", button.emphasis.class(), if wide { " wide" } else { "" });
    let (name, value) = button.sends.unzip();
    view! { <button class=class name=name value=value formaction=button.action>{button.label}</button> }
}

#[component]
pub fn ActPanelView(panel: ActPanel) -> impl IntoView {
    let title_id = format!("{}-title", panel.id);
    let mut mistakes = Mistake::of(&panel.fields);
    mistakes.extend(panel.mistakes);
    // The Enter key presses the first button of a form: that must not be one that mends a text.
    let first =
        panel.fields.iter().any(|field| !field.refused.is_empty()).then(|| panel.buttons.first().cloned()).flatten();
    let first = first.map(|button| {
        let (name, value) = button.sends.unzip();
        view! { <button class="visually-hidden" tabindex="-1" aria-hidden="true" name=name value=value formaction=button.action>{button.label}</button> }
    });
    let autosave = panel.target.autosave && !panel.fields.is_empty();
    let target = panel.target.autosave(autosave);
    // The one button of the page stays in sight while its form is.
    let acts =
        !panel.fields.is_empty() && panel.buttons.first().is_some_and(|button| button.emphasis == Emphasis::Primary);
    let fields = panel.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let is_form = !panel.buttons.is_empty();
    let wide = panel.buttons.len() == 1;
    let buttons = panel.buttons.into_iter().map(|button| view! { <FormButton button wide/> }).collect_view();
    let buttons = match (acts, wide) {
        (true, _) => view! { <div class="act">{buttons}</div> }.into_any(),
        (false, true) => buttons.into_any(),
        (false, false) => view! { <div class="row">{buttons}</div> }.into_any(),
    };
    let has_links = !panel.links.is_empty();
    let links = panel.links.into_iter().map(|link| view! { <LinkButton link/> }).collect_view();
    let heading = view! { <h2 id=title_id.clone()>{panel.title}</h2> };
    let body = view! {
        {first}
        {heading}
        <ErrorSummary mistakes/>
        {(!panel.text.is_empty()).then(|| view! { <p>{panel.text}</p> })}
        {(!panel.facts.is_empty()).then(|| view! { <Facts facts=panel.facts tight=true/> })}
        {fields}
        {buttons}
        {(!panel.next.is_empty()).then(|| view! { <p class="muted">{panel.next}</p> })}
    }
    .into_any();
    // Without a button it is no form: it informs and leads on.
    let body = if is_form {
        view! { <PostForm target class="flow" labelled_by=title_id>{body}</PostForm> }.into_any()
    } else {
        view! { <div class="flow">{body}</div> }.into_any()
    };
    view! {
        <div class="panel no-print" id=panel.id>
            {body}
            {has_links.then(|| view! { <p class="row">{links}</p> })}
        </div>
    }
    .into_any()
}

/// A way to the form of a narrow page that lies far down. It only leads there and looks so: the button that does something
/// is the form's own.
#[component]
pub fn Dock(#[prop(into)] label: String, #[prop(into)] href: String) -> impl IntoView {
    view! { <div class="dock no-print"><a class="button secondary wide" href=href><Icon glyph=Glyph::Down/>{format!("去{label}")}</a></div> }
}
