//! Masked values: shown only after a purpose is chosen, and every look is written down.

use super::{Choice, Fact, Facts, FormTarget, Glyph, Icon, PostForm};
use domain::form::aid::pairing::PURPOSE;
use leptos::prelude::*;

/// Whom to contact. The facts carry masked or, right after a purpose was chosen, open values.
#[derive(Clone, Debug)]
pub struct Contact {
    pub title: String,
    pub facts: Vec<Fact>,
    /// Who is rung up, and the number; absent while it is masked.
    pub call: Option<(String, String)>,
    /// Absent when nothing is left to open, or when the reader may not.
    pub reveal: Option<Reveal>,
    /// Why the values are shown or not, e.g. that the look was written down, or that consent was withdrawn.
    pub note: String,
}

#[derive(Clone, Debug)]
pub struct Reveal {
    pub target: FormTarget,
    /// "查看电话和住址".
    pub label: String,
    /// Sent as `purpose`. The first is preselected.
    pub purposes: Vec<Choice>,
}

#[component]
pub fn ContactPanel(contact: Contact) -> impl IntoView {
    let reveal = contact.reveal.map(|reveal| {
        let purposes = reveal.purposes.into_iter().enumerate().map(|(i, purpose)| {
            view! { <label><input type="radio" name=PURPOSE.name value=purpose.value checked={i == 0}/>{purpose.label}</label> }
        });
        let purposes = purposes.collect_view();
        view! {
            <details class="no-print">
                <summary class="button secondary wide"><Icon glyph=Glyph::Eye/>{reveal.label}</summary>
                <PostForm target=reveal.target.autosave(false) class="flow">
                    <fieldset class="flow">
                        <legend>{PURPOSE.label}</legend>
                        <div class="choices">{purposes}</div>
                    </fieldset>
                    <button class="button secondary wide">"查看"</button>
                    <p class="muted"><Icon glyph=Glyph::Lock/>"这次查看会记入访问日志，街道看得到。"</p>
                </PostForm>
            </details>
        }
    });
    view! {
        <section class="panel flow" aria-labelledby="contact">
            <h2 id="contact">{contact.title}</h2>
            <Facts facts=contact.facts tight=true/>
            {contact.call.map(|(who, number)| view! {
                <a class="button secondary wide" href=format!("tel:{number}")><Icon glyph=Glyph::Phone/>"打电话"<span class="visually-hidden">{format!("给{who}")}</span></a>
            })}
            {(!contact.note.is_empty()).then(|| view! { <p class="muted"><Icon glyph=Glyph::Lock/>{contact.note}</p> })}
            {reveal}
        </section>
    }
    .into_any()
}
