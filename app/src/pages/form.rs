//! Forms of one page or of several steps: error summary, fields, publish gate, what each reader will see.

use crate::components::{
    Button, ErrorSummary, Fact, Facts, FieldGroup, FieldGroupView, FormButton, FormTarget, Head, Line, Lines, Link,
    LinkButton, Mistake, Notice, PageHead, PostForm, Step, Steps,
};
use crate::islands::UploadProgress;
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct FormModel {
    pub head: Head,
    /// Empty for a form of one page.
    pub steps: Vec<Step>,
    pub notice: Option<String>,
    pub target: FormTarget,
    pub groups: Vec<FormPart>,
    /// Mistakes that belong to no field; those of fields are collected.
    pub mistakes: Vec<Mistake>,
    /// What was found before creating: the same person, phone or address.
    pub found: Option<Found>,
    /// Stretches of the card that must not be published.
    pub gate: Option<Gate>,
    pub buttons: Vec<Button>,
    pub cancel: Option<Link>,
    /// What happens next and when.
    pub next: String,
    pub previews: Vec<Preview>,
    /// Under the previews.
    /// Heading above the previews.
    pub preview_title: Option<String>,
    pub preview_note: String,
}

/// A piece of a form: fields to fill, or what was filled before, to check.
#[derive(Clone, Debug)]
pub enum FormPart {
    Fields {
        group: FieldGroup,
        /// A button inside the group, e.g. "再加一项服务".
        button: Option<Button>,
    },
    Check {
        title: String,
        facts: Vec<Fact>,
        /// Back to the step where it is changed.
        change: Option<String>,
    },
}

impl From<FieldGroup> for FormPart {
    fn from(group: FieldGroup) -> Self {
        Self::Fields { group, button: None }
    }
}

#[derive(Clone, Debug)]
pub struct Found {
    pub title: String,
    pub text: String,
    pub lines: Vec<Line>,
}

/// The card's text in stretches; a stretch with a number is refused, and explained under that number.
#[derive(Clone, Debug)]
pub struct Gate {
    pub spans: Vec<(String, Option<u32>)>,
    pub findings: Vec<Finding>,
    /// Mends everything at once.
    pub all: Option<Button>,
}

#[derive(Clone, Debug)]
pub struct Finding {
    pub number: u32,
    /// "手机号码".
    pub rule: String,
    pub why: String,
    /// Mends it: the words of the button, its name and value.
    pub fix: Option<Button>,
}

/// What one kind of reader will see.
#[derive(Clone, Debug)]
pub struct Preview {
    /// "所有人".
    pub reader: String,
    pub title: String,
    pub lines: Vec<String>,
    /// `true`: blacked out until rewritten.
    pub text: Vec<(String, bool)>,
}

/// The title for the document: says first that something is wrong.
pub fn form_title(title: &str, mistakes: usize) -> String {
    if mistakes == 0 { title.to_owned() } else { format!("有{mistakes}处要改：{title}") }
}

impl FormModel {
    /// All that is marked, in the order of the page.
    pub fn all_mistakes(&self) -> Vec<Mistake> {
        let mut all = self.mistakes.clone();
        for part in &self.groups {
            if let FormPart::Fields { group, .. } = part {
                all.extend(Mistake::of(&group.fields));
            }
        }
        all
    }

    /// The document title of this form.
    pub fn title(&self) -> String {
        form_title(&self.head.title, self.all_mistakes().len())
    }
}

pub fn form_page(model: FormModel) -> AnyView {
    let mistakes = model.all_mistakes();
    let uploads = model.target.multipart;
    // The Enter key presses the first button of a form: that must not be one inside a group.
    let early = |part: &FormPart| match part {
        FormPart::Fields { group, button } => {
            button.is_some() || group.fields.iter().any(|field| !field.refused.is_empty())
        }
        FormPart::Check { .. } => false,
    };
    let first = model.groups.iter().any(early).then(|| {
        view! { <button class="visually-hidden" tabindex="-1" aria-hidden="true">"继续"</button> }
    });
    let parts = model.groups.into_iter().map(part_view).collect_view();
    let gate = model.gate.map(gate_view);
    let buttons = model.buttons.into_iter().map(|button| view! { <FormButton button/> }).collect_view();
    let cancel = model.cancel.map(|link| view! { <LinkButton link/> });
    let found = model.found.map(|found| {
        view! {
            <section class="panel flow found" aria-labelledby="found"><h2 id="found">{found.title}</h2><p>{found.text}</p><Lines lines=found.lines/></section>
        }
    });
    let status = uploads.then(|| view! { <UploadProgress/> });
    let form = view! {
        <PostForm target=model.target class="flow sections">
            {first}
            <ErrorSummary mistakes/>
            {found}
            {parts}
            {gate}
            <div class="flow">
                <div class="row">{buttons}{cancel}{status}</div>
                {(!model.next.is_empty()).then(|| view! { <p class="muted">{model.next}</p> })}
            </div>
        </PostForm>
    }
    .into_any();
    let body = if model.previews.is_empty() {
        form
    } else {
        let previews = model.previews.into_iter().map(preview_view).collect_view();
        view! {
            <div class="split">
                {form}
                <aside class="flow sticky" aria-labelledby="preview">
                    <h2 id="preview">{model.preview_title.unwrap_or_else(|| "别人会看到".into())}</h2>
                    {previews}
                    {(!model.preview_note.is_empty()).then(|| view! { <p class="muted">{model.preview_note}</p> })}
                </aside>
            </div>
        }
        .into_any()
    };
    let steps = (!model.steps.is_empty()).then(|| view! { <Steps steps=model.steps/> });
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            {steps}
            {model.notice.map(|text| view! { <Notice text/> })}
            {body}
        </div>
    }
    .into_any()
}

fn part_view(part: FormPart) -> AnyView {
    match part {
        FormPart::Fields { group, button } => {
            let button = button.map(|button| view! { <p><FormButton button/></p> });
            view! { <div class="flow"><FieldGroupView group/>{button}</div> }.into_any()
        }
        FormPart::Check { title, facts, change } => {
            let change = change.map(|href| {
                view! { <a class="more no-print" href=href>"修改"<span class="visually-hidden">{title.clone()}</span></a> }
            });
            view! { <div class="flow"><div class="row apart"><h2>{title.clone()}</h2>{change}</div><Facts facts/></div> }.into_any()
        }
    }
}

fn gate_view(gate: Gate) -> AnyView {
    let text = gate.spans.into_iter().map(|(text, number)| match number {
        Some(number) => view! { <mark>{text}<sup>{number.to_string()}</sup></mark> }.into_any(),
        None => text.into_any(),
    });
    let findings = gate.findings.into_iter().map(|finding| {
        let fix = finding.fix.map(|button| view! { <FormButton button=button.secondary()/> });
        view! { <li><span><b>{format!("{}\u{3000}{}", finding.number, finding.rule)}</b><br/>{finding.why}</span>{fix}</li> }
    });
    let all = gate.all.map(|button| view! { <p><FormButton button=button.secondary()/></p> });
    let (text, findings) = (text.collect_view(), findings.collect_view());
    view! {
        <div class="panel gate flow" role="group" aria-labelledby="gate">
            <h3 id="gate">"不能公开的地方"</h3>
            <blockquote>{text}</blockquote>
            <ol class="lines">{findings}</ol>
            {all}
        </div>
    }
    .into_any()
}

fn preview_view(preview: Preview) -> AnyView {
    let lines =
        preview.lines.into_iter().enumerate().map(|(i, line)| view! { {(i > 0).then(|| view! { <br/> })}{line} });
    let text = preview.text.into_iter().map(|(text, black)| {
        if black {
            view! { <span class="redacted"><span class="visually-hidden">"（待改写）"</span></span> }.into_any()
        } else {
            text.into_any()
        }
    });
    let (lines, has_text) = (lines.collect_view(), text.len() > 0);
    let text = has_text.then(|| view! { <p class="prose">{text.collect_view()}</p> });
    view! { <div class="panel flow"><p class="muted">{preview.reader}</p><h3>{preview.title}</h3><p>{lines}</p>{text}</div> }.into_any()
}
