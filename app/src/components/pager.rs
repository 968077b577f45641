//! Pages of a list.

use super::{Glyph, Icon};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct Pager {
    /// "第1–20个，共96个".
    pub summary: String,
    pub previous: Option<String>,
    pub next: Option<String>,
}

#[component]
pub fn PageTurner(pager: Pager) -> impl IntoView {
    view! {
        <nav class="row apart" aria-label="分页">
            <p>{pager.summary}</p>
            <div class="row no-print">
                {pager.previous.map(|href| view! { <a class="button secondary" href=href rel="prev"><Icon glyph=Glyph::Previous/>"上一页"</a> })}
                {pager.next.map(|href| view! { <a class="button secondary" href=href rel="next">"下一页"<Icon glyph=Glyph::Next/></a> })}
            </div>
        </nav>
    }
}
