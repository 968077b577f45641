//! The frame of every form that changes something, its error summary, and the page that asks before what cannot be undone.

use super::{Field, FieldView, Glyph, Hidden, Icon, Link, LinkButton};
use crate::islands::{DraftAutosave, TypedInTab};
use leptos::prelude::*;

/// Where a form goes and what travels with it unseen.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct FormTarget {
    pub action: String,
    /// Makes a second submit answer with the first result.
    pub once: String,
    /// The draft this form is kept in.
    pub draft: Option<String>,
    /// Sends files.
    pub multipart: bool,
    /// Where a script sends it that keeps it on a bad connection, and what it is called: see `KeptTaps`.
    pub kept: Option<(String, String)>,
    pub hidden: Vec<(String, String)>,
    /// Keeps what is typed in the draft while it is typed.
    pub autosave: bool,
    /// Keeps what is typed in the tab, where nobody is signed in.
    pub in_tab: bool,
    /// The form comes with what was left unsent: "已为您保留11月23日14:05没有提交的内容".
    pub restored: Option<String>,
}

impl FormTarget {
    pub fn new(action: impl Into<String>, once: impl Into<String>) -> Self {
        Self { action: action.into(), once: once.into(), ..Self::default() }
    }

    pub fn draft(mut self, id: impl Into<String>) -> Self {
        self.draft = Some(id.into());
        self
    }

    pub fn with(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    pub fn kept(mut self, address: impl Into<String>, says: impl Into<String>) -> Self {
        self.kept = Some((address.into(), says.into()));
        self
    }

    pub fn autosave(mut self, keeps: bool) -> Self {
        self.autosave = keeps;
        self
    }

    pub fn in_tab(mut self) -> Self {
        self.in_tab = true;
        self
    }

    pub fn multipart(mut self) -> Self {
        self.multipart = true;
        self
    }
}

/// A form that posts. The hidden values stand last, so that what is first in the form is what is seen first. Native checks are off: the server answers with words, and nothing typed is lost.
#[component]
pub fn PostForm(
    target: FormTarget,
    #[prop(optional, into)] class: Option<String>,
    #[prop(optional, into)] id: Option<String>,
    /// Named by this heading.
    #[prop(optional, into)]
    labelled_by: Option<String>,
    children: Children,
) -> impl IntoView {
    let enctype = target.multipart.then_some("multipart/form-data");
    let (kept, says) = target.kept.unzip();
    // Its own form: the Enter key inside this one must not throw away what was typed.
    let discard = target.restored.as_ref().zip(target.draft.as_ref()).map(|(_, id)| format!("discard-{id}"));
    let restored = target.restored.zip(discard.clone()).map(|(words, form)| {
        view! { <p class="notice restored no-print"><Icon glyph=Glyph::Edit/><span>{words}"（"<button class="link" form=form>"放弃"</button>"）"</span></p> }
    });
    let own = target.hidden.iter().find(|(name, _)| name == "form").map(|(_, own)| own.clone()).unwrap_or_default();
    let discard = discard.zip(target.draft.clone()).map(|(form, id)| {
        view! { <form method="post" action=format!("/drafts/{id}/delete") id=form class="one"><Hidden name="form" value=own/></form> }
    });
    let autosave = (target.autosave && target.draft.is_some()).then(|| view! { <DraftAutosave/> });
    view! {
        <form method="post" action=target.action enctype=enctype class=class id=id aria-labelledby=labelled_by data-kept=kept data-says=says novalidate>
            {restored}
            {target.in_tab.then(|| view! { <TypedInTab/> })}
            {children()}
            {autosave}
            {(!target.once.is_empty()).then(|| view! { <Hidden name="once" value=target.once/> })}
            {target.draft.map(|id| view! { <Hidden name="draft" value=id/> })}
            {target.hidden.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
        </form>
        {discard}
    }
    .into_any()
}

/// One mistake: the id of the input it belongs to, and what to do.
#[derive(Clone, Debug)]
pub struct Mistake {
    pub target: String,
    pub text: String,
}

impl Mistake {
    /// Collects what is marked in `fields`.
    pub fn of(fields: &[Field]) -> Vec<Self> {
        fields
            .iter()
            .filter_map(|field| {
                field.error.as_ref().map(|error| Self {
                    target: field.target(), // Many messages name the field already.
                    text: if error.contains('：') { error.clone() } else { format!("{}：{error}", field.label) },
                })
            })
            .collect()
    }
}

/// Stands first in a form that came back; the browser puts the focus on it.
#[component]
pub fn ErrorSummary(mistakes: Vec<Mistake>) -> impl IntoView {
    (!mistakes.is_empty()).then(|| {
        let title = format!("有{}处要改，改好就能继续", mistakes.len());
        let items = mistakes.into_iter().map(|mistake| {
            view! { <li><a href=format!("#{}", mistake.target)>{mistake.text}</a></li> }
        });
        view! {
            <section class="panel error-summary flow" role="alert" tabindex="-1" autofocus aria-labelledby="errors">
                <h2 id="errors">{title}</h2>
                <ul>{items.collect_view()}</ul>
            </section>
        }
    })
}

/// A titled group of fields.
#[must_use]
#[derive(Clone, Debug, Default)]
pub struct FieldGroup {
    /// Empty for a group that needs no title.
    pub title: String,
    pub hint: String,
    pub fields: Vec<Field>,
    /// Pairs of fields side by side, e.g. two dates.
    pub in_row: bool,
}

impl FieldGroup {
    pub fn new(title: impl Into<String>, fields: Vec<Field>) -> Self {
        Self { title: title.into(), hint: String::new(), fields, in_row: false }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }
}

#[component]
pub fn FieldGroupView(group: FieldGroup) -> impl IntoView {
    let fields = group.fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let fields =
        if group.in_row { view! { <div class="field-row">{fields}</div> }.into_any() } else { fields.into_any() };
    let hint = (!group.hint.is_empty()).then(|| view! { <p class="muted">{group.hint}</p> });
    if group.title.is_empty() {
        view! { <div class="flow">{hint}{fields}</div> }.into_any()
    } else {
        let label = group.title.clone();
        view! { <div class="flow" role="group" aria-label=label><h2>{group.title}</h2>{hint}{fields}</div> }.into_any()
    }
}

/// The end of a form: one button, perhaps a second, a way out, and what happens next.
#[derive(Clone, Debug, Default)]
pub struct Submit {
    pub label: String,
    /// "街道11月26日18:00前答复".
    pub next: String,
    /// A second button with its name and value, e.g. keeping a draft.
    pub other: Option<(String, String, String)>,
    pub cancel: Option<String>,
}

#[component]
pub fn SubmitRow(submit: Submit) -> impl IntoView {
    view! {
        <div class="flow">
            <p class="row">
                <button class="button">{submit.label}</button>
                {submit.other.map(|(label, name, value)| view! { <button class="button secondary" name=name value=value>{label}</button> })}
                {submit.cancel.map(|href| view! { <LinkButton link=Link::new("取消", href).emphasis(super::Emphasis::Quiet)/> })}
            </p>
            {(!submit.next.is_empty()).then(|| view! { <p class="muted">{submit.next}</p> })}
        </div>
    }
}
