//! Icons: one sprite per page that holds only the shapes the page uses.

use leptos::prelude::*;
use std::fmt::Write as _;

/// Every drawing of the site. An icon never stands without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Search,
    Clock,
    Urgent,
    Next,
    Previous,
    Phone,
    Menu,
    Check,
    Close,
    Filter,
    Info,
    Down,
    Sort,
    Up,
    Lock,
    Flag,
    People,
    Plus,
    Pin,
    Page,
    Print,
    Eye,
    Dash,
    Dot,
    Edit,
    Upload,
    Download,
    Mail,
    Pause,
    Speaker,
}

/// All of them with their id in the sprite and their shapes in a 24 × 24 box.
const SHAPES: [(Glyph, &str, &str); 30] = [
    (Glyph::Search, "i-search", r#"<circle cx="11" cy="11" r="6.5"/><path d="m16 16 4.5 4.5"/>"#),
    (Glyph::Clock, "i-clock", r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>"#),
    (Glyph::Urgent, "i-urgent", r#"<path d="M12 4 2.8 20h18.4z"/><path d="M12 10v4.5M12 17.3v.1"/>"#),
    (Glyph::Next, "i-next", r#"<path d="M5 12h14M13 6l6 6-6 6"/>"#),
    (Glyph::Previous, "i-previous", r#"<path d="M19 12H5M11 6l-6 6 6 6"/>"#),
    (
        Glyph::Phone,
        "i-phone",
        r#"<path d="M7 3.5h3l1.5 4.5-2 1.5a11 11 0 0 0 5 5l1.5-2 4.5 1.5v3a2 2 0 0 1-2 2A15.5 15.5 0 0 1 5 5.5a2 2 0 0 1 2-2z"/>"#,
    ),
    (Glyph::Menu, "i-menu", r#"<path d="M4 7h16M4 12h16M4 17h16"/>"#),
    (Glyph::Check, "i-check", r#"<path d="m5 12.5 4.5 4.5L19 7.5"/>"#),
    (Glyph::Close, "i-close", r#"<path d="m6 6 12 12M18 6 6 18"/>"#),
    (Glyph::Filter, "i-filter", r#"<path d="M4 6h16M7 12h10M10 18h4"/>"#),
    (Glyph::Info, "i-info", r#"<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 7.7v.1"/>"#),
    (Glyph::Down, "i-down", r#"<path d="m6 9 6 6 6-6"/>"#),
    (Glyph::Up, "i-up", r#"<path d="m6 15 6-6 6 6"/>"#),
    (Glyph::Sort, "i-sort", r#"<path d="m8 10 4-5 4 5M8 14l4 5 4-5"/>"#),
    (
        Glyph::Lock,
        "i-lock",
        r#"<rect x="5" y="10.5" width="14" height="10" rx="1.5"/><path d="M8 10.5V8a4 4 0 0 1 8 0v2.5"/>"#,
    ),
    (Glyph::Flag, "i-flag", r#"<path d="M6 21V4h11l-2.5 4 2.5 4H6"/>"#),
    (
        Glyph::People,
        "i-people",
        r#"<circle cx="9" cy="8.5" r="3"/><path d="M3 19.5a6 6 0 0 1 12 0M15.5 5.7a3 3 0 0 1 0 5.6M17 14.2a6 6 0 0 1 4 5.3"/>"#,
    ),
    (Glyph::Plus, "i-plus", r#"<path d="M12 5v14M5 12h14"/>"#),
    (
        Glyph::Pin,
        "i-pin",
        r#"<path d="M12 21s6.5-6.2 6.5-11a6.5 6.5 0 0 0-13 0c0 4.8 6.5 11 6.5 11z"/><circle cx="12" cy="10" r="2"/>"#,
    ),
    (Glyph::Page, "i-page", r#"<path d="M6 3.5h8l4 4V20.5H6zM13.5 3.5V8H18M9 12.5h6M9 16h6"/>"#),
    (Glyph::Print, "i-print", r#"<path d="M7 8V3.5h10V8M7 17H4V8.5h16V17h-3M7 14h10v6.5H7z"/>"#),
    (
        Glyph::Eye,
        "i-eye",
        r#"<path d="M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12z"/><circle cx="12" cy="12" r="2.5"/>"#,
    ),
    (Glyph::Dash, "i-dash", r#"<path d="M6 12h12"/>"#),
    (Glyph::Dot, "i-dot", r#"<circle cx="12" cy="12" r="4" fill="currentColor"/>"#),
    (Glyph::Edit, "i-edit", r#"<path d="m4 20 1-4.5L16 4.5l3.5 3.5L8.5 19z"/>"#),
    (Glyph::Upload, "i-upload", r#"<path d="M12 16V4M7 9l5-5 5 5M4.5 16v4h15v-4"/>"#),
    (Glyph::Download, "i-download", r#"<path d="M12 4v12M7 11l5 5 5-5M4.5 16v4h15v-4"/>"#),
    (Glyph::Mail, "i-mail", r#"<path d="M3.5 6h17v12.5h-17zM4 6.5l8 6.5 8-6.5"/>"#),
    (Glyph::Pause, "i-pause", r#"<path d="M9 6v12M15 6v12"/>"#),
    (
        Glyph::Speaker,
        "i-speaker",
        r#"<path d="M4 9.5h3.5L12 5.5v13l-4.5-4H4zM15.5 9a4.5 4.5 0 0 1 0 6M18 6.5a8 8 0 0 1 0 11"/>"#,
    ),
];

/// The two hatches: readable without colour and in print.
const PATTERNS: [&str; 2] = ["hatch", "hatch-unmet"];
/// The fills of the style sheet that need each pattern, as they appear in markup.
const PATTERN_USERS: [&str; 2] = [r#"class="pending""#, r#"class="none""#];

impl Glyph {
    fn reference(self) -> &'static str {
        SHAPES.iter().find(|(glyph, ..)| *glyph == self).map_or("i-dot", |(_, id, _)| id)
    }
}

/// A drawing beside words; hidden from screen readers, since the words say it.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    let href = format!("#{}", glyph.reference());
    view! { <svg class="icon" aria-hidden="true"><use_ href=href/></svg> }
}

/// The symbols and patterns that `markup` refers to, as one hidden `<svg>`; empty when it refers to none.
pub fn sprite(markup: &str) -> String {
    let mut shapes = String::new();
    let mut used = [false; SHAPES.len()];
    // One pass over the page, however many shapes there are.
    for (at, _) in markup.match_indices("\"#i-") {
        let rest = &markup[at + 2..];
        let id = rest.split_once('"').map_or(rest, |(id, _)| id);
        if let Some(place) = SHAPES.iter().position(|(_, known, _)| *known == id) {
            used[place] = true;
        }
    }
    for ((_, id, shape), _) in SHAPES.iter().zip(used).filter(|(_, used)| *used) {
        let _ = write!(shapes, r#"<symbol id="{id}" viewBox="0 0 24 24">{shape}</symbol>"#);
    }
    for (id, user) in PATTERNS.into_iter().zip(PATTERN_USERS) {
        if markup.contains(user) {
            let _ = write!(
                shapes,
                r#"<pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" stroke="none"/><path d="M0 0V6" stroke-width="2.5"/></pattern>"#
            );
        }
    }
    if shapes.is_empty() {
        return shapes;
    }
    format!(r#"<svg class="sprite" width="0" height="0" aria-hidden="true">{shapes}</svg>"#)
}
