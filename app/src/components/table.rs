//! The data table: caption, sortable heads, numbers at the right; on narrow boxes each row becomes a card.

use super::{Badge, Coverage, CoverageBar, Decision, DecisionRow, Glyph, Icon, PromiseBar, PromiseLine, StateBadge};
use leptos::prelude::*;

#[must_use]
#[derive(Clone, Debug)]
pub struct Column {
    pub label: String,
    pub numeric: bool,
    pub sort: Option<Sort>,
}

/// Where a click on a head leads, and how the rows lie now.
#[derive(Clone, Debug)]
pub struct Sort {
    pub href: String,
    pub order: Option<Order>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: false, sort: None }
    }

    pub fn number(label: impl Into<String>) -> Self {
        Self { label: label.into(), numeric: true, sort: None }
    }

    pub fn sorted(mut self, href: impl Into<String>, order: Option<Order>) -> Self {
        self.sort = Some(Sort { href: href.into(), order });
        self
    }
}

/// One cell: what it says, and a grey note under it.
#[must_use]
#[derive(Clone, Debug)]
pub struct Cell {
    pub content: Content,
    pub note: String,
}

#[derive(Clone, Debug)]
pub enum Content {
    Text(String),
    Strong(String),
    Link {
        text: String,
        href: String,
    },
    Badge(Badge),
    Coverage {
        coverage: Coverage,
        says: String,
    },
    /// The account of a promise.
    Promise(Box<PromiseLine>),
    Decisions(Vec<Decision>),
    /// A box to tick, first in its row: the value it sends, and what is said of it. It belongs to the form `together`.
    Pick {
        value: String,
        about: String,
    },
}

impl Content {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Strong(text) => text.is_empty(),
            Self::Decisions(all) => all.is_empty(),
            Self::Link { .. } | Self::Badge(_) | Self::Coverage { .. } | Self::Promise(_) | Self::Pick { .. } => false,
        }
    }
}

impl Cell {
    pub fn text(text: impl Into<String>) -> Self {
        Self { content: Content::Text(text.into()), note: String::new() }
    }

    pub fn strong(text: impl Into<String>) -> Self {
        Self { content: Content::Strong(text.into()), note: String::new() }
    }

    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { content: Content::Link { text: text.into(), href: href.into() }, note: String::new() }
    }

    pub fn badge(badge: Badge) -> Self {
        Self { content: Content::Badge(badge), note: String::new() }
    }

    pub fn coverage(coverage: Coverage, says: impl Into<String>) -> Self {
        Self { content: Content::Coverage { coverage, says: says.into() }, note: String::new() }
    }

    pub fn promise(line: PromiseLine) -> Self {
        Self { content: Content::Promise(Box::new(line)), note: String::new() }
    }

    pub fn decisions(decisions: Vec<Decision>) -> Self {
        Self { content: Content::Decisions(decisions), note: String::new() }
    }

    pub fn pick(value: impl Into<String>, about: impl Into<String>) -> Self {
        Self { content: Content::Pick { value: value.into(), about: about.into() }, note: String::new() }
    }

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

#[derive(Clone, Debug, Default)]
pub struct Table {
    pub caption: String,
    /// The caption only for screen readers, since a heading stands above it.
    pub caption_hidden: bool,
    pub columns: Vec<Column>,
    /// The first cell of a row heads it.
    pub rows: Vec<Vec<Cell>>,
}

#[component]
pub fn DataTable(table: Table, #[prop(optional)] dense: bool) -> impl IntoView {
    let labels: Vec<(String, bool)> = table.columns.iter().map(|c| (c.label.clone(), c.numeric)).collect();
    let heads = table.columns.into_iter().map(|column| {
        let class = column.numeric.then_some("num");
        match column.sort {
            None => view! { <th scope="col" class=class>{column.label}</th> }.into_any(),
            Some(sort) => {
                let (state, glyph) = match sort.order {
                    Some(Order::Ascending) => (Some("ascending"), Glyph::Up),
                    Some(Order::Descending) => (Some("descending"), Glyph::Down),
                    None => (None, Glyph::Sort),
                };
                view! { <th scope="col" class=class aria-sort=state><a href=sort.href>{column.label}<Icon glyph/></a></th> }.into_any()
            }
        }
    });
    let rows = table.rows.into_iter().map(|row| {
        let lead = usize::from(row.first().is_some_and(|cell| matches!(cell.content, Content::Pick { .. })));
        let cells = row.into_iter().enumerate().map(|(i, cell)| {
            let noted = !cell.note.is_empty();
            let empty = !noted && cell.content.is_empty();
            let note = noted.then(|| view! { <br/><span class="muted">{cell.note}</span> });
            let content = match cell.content {
                Content::Text(text) => text.into_any(),
                Content::Strong(text) => view! { <b>{text}</b> }.into_any(),
                Content::Link { text, href } => view! { <a href=href>{text}</a> }.into_any(),
                Content::Badge(badge) => view! { <StateBadge badge/> }.into_any(),
                Content::Coverage { coverage, says } => view! { <CoverageBar coverage says/> }.into_any(),
                Content::Promise(line) => view! { <PromiseBar line=*line/> }.into_any(),
                Content::Decisions(decisions) => view! { <DecisionRow decisions/> }.into_any(),
                Content::Pick { value, about } => {
                    return view! { <td class="pick no-print"><label class="tick"><input type="checkbox" name="pick" value=value form="together"/><span class="visually-hidden">{format!("选{about}")}</span></label></td> }.into_any();
                }
            };
            let (label, numeric) = labels.get(i).cloned().unwrap_or_default();
            if i == lead {
                view! { <th scope="row">{content}{note}</th> }.into_any()
            } else {
                // As cards, a cell without content is left out.
                let class = match (numeric, empty) {
                    (true, true) => Some("num none"),
                    (true, false) => Some("num"),
                    (false, true) => Some("none"),
                    (false, false) => None,
                };
                // One box beside the label: content and note stay together.
                let body = if noted { view! { <div>{content}{note}</div> }.into_any() } else { content };
                view! { <td class=class data-label=label>{body}</td> }.into_any()
            }
        });
        view! { <tr>{cells.collect_view()}</tr> }
    });
    let caption_class = if table.caption_hidden { "visually-hidden" } else { "muted" };
    view! {
        <div class=if dense { "table cards dense" } else { "table cards" }><table>
            <caption class=caption_class>{table.caption}</caption>
            <thead><tr>{heads.collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}
