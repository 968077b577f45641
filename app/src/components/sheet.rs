//! A sheet of A4 to print and to sign.

use super::{DataTable, Fact, Facts, Table};
use leptos::prelude::*;

#[derive(Clone, Debug)]
pub struct Sheet {
    /// "对接单".
    pub title: String,
    /// Number and date of issue, at the right.
    pub code: String,
    pub issued: String,
    pub facts: Vec<Fact>,
    pub tables: Vec<(String, Table)>,
    pub notes: Vec<String>,
    /// Who signs: "街道经办人（签字）".
    pub signatures: Vec<String>,
    /// How it must be kept: "内部资料，不含电话和住址".
    pub footer: String,
}

#[component]
pub fn SheetView(sheet: Sheet) -> impl IntoView {
    view! {
        <article class="sheet flow sections">
            <header class="flow">
                <h1>{sheet.title}</h1>
                <p class="row apart muted"><span>{sheet.code}</span><span>{sheet.issued}</span></p>
            </header>
            <Facts facts=sheet.facts/>
            {sheet.tables.into_iter().map(|(title, table)| view! { <section class="flow"><h2>{title}</h2><DataTable table/></section> }).collect_view()}
            {(!sheet.notes.is_empty()).then(|| view! { <ul class="points">{sheet.notes.into_iter().map(|note| view! { <li>{note}</li> }).collect_view()}</ul> })}
            {(!sheet.signatures.is_empty()).then(|| view! {
                <ul class="signatures">{sheet.signatures.into_iter().map(|who| view! { <li>{who}<span>"年\u{3000}\u{3000}月\u{3000}\u{3000}日"</span></li> }).collect_view()}</ul>
            })}
            <p class="muted">{sheet.footer}</p>
        </article>
    }
    .into_any()
}
