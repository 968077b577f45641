//! The data table: caption, sortable heads, numbers at the right; on narrow boxes each row becomes a card.

use super::{Badge, Coverage, CoverageBar, Decision, DecisionRow, Glyph, Icon, PromiseBar, PromiseLine, StateBadge};
use leptos::prelude::*;

#[derive(Clone, Debug)]
struct Column {
    label: String,
    numeric: bool,
    sort: Option<Sort>,
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
}

impl Content {
    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) | Self::Strong(text) => text.is_empty(),
            Self::Decisions(all) => all.is_empty(),
            Self::Link { .. } | Self::Badge(_) | Self::Coverage { .. } | Self::Promise(_) => false,
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

    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }
}

/// Made by `Table::of`, column by column: heads and cells cannot differ in number.
#[derive(Clone, Debug, Default)]
pub struct Table {
    caption: String,
    /// The caption only for screen readers, since a heading stands above it.
    caption_hidden: bool,
    columns: Vec<Column>,
    /// The first cell of a row heads it.
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// A table of `rows`, to which columns are added one after the other.
    pub fn of<R>(caption: impl Into<String>, rows: impl IntoIterator<Item = R>) -> Columns<R> {
        let from: Vec<R> = rows.into_iter().collect();
        let rows = from.iter().map(|_| Vec::new()).collect();
        Columns { from, table: Self { caption: caption.into(), caption_hidden: true, columns: Vec::new(), rows } }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}

/// A table in the making: a column is its head and what draws its cell from a row.
#[must_use]
#[derive(Debug)]
pub struct Columns<R> {
    from: Vec<R>,
    table: Table,
}

impl<R> Columns<R> {
    /// A column of text.
    pub fn column(self, head: impl Into<String>, cell: impl FnMut(&R) -> Cell) -> Self {
        self.push(head.into(), false, cell)
    }

    /// A column of numbers, at the right.
    pub fn number(self, head: impl Into<String>, cell: impl FnMut(&R) -> Cell) -> Self {
        self.push(head.into(), true, cell)
    }

    /// A column of text that only some readers or tabs have.
    pub fn column_if(self, shown: bool, head: &str, cell: impl FnMut(&R) -> Cell) -> Self {
        if shown { self.column(head, cell) } else { self }
    }

    /// The head of the last column leads to `href`, which sorts by it.
    pub fn sorted(mut self, href: impl Into<String>, order: Option<Order>) -> Self {
        if let Some(last) = self.table.columns.last_mut() {
            last.sort = Some(Sort { href: href.into(), order });
        }
        self
    }

    /// Shows the caption to everybody.
    pub fn caption_shown(mut self) -> Self {
        self.table.caption_hidden = false;
        self
    }

    #[must_use]
    pub fn done(self) -> Table {
        self.table
    }

    fn push(mut self, label: String, numeric: bool, cell: impl FnMut(&R) -> Cell) -> Self {
        self.table.columns.push(Column { label, numeric, sort: None });
        let cells = self.from.iter().map(cell);
        self.table.rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell));
        self
    }
}

#[component]
pub fn DataTable(table: Table) -> impl IntoView {
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
            };
            let (label, numeric) = labels.get(i).cloned().unwrap_or_default();
            if i == 0 {
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
        <div class="table cards"><table>
            <caption class=caption_class>{table.caption}</caption>
            <thead><tr>{heads.collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
    .into_any()
}
