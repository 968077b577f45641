//! Drawn numbers: the coverage bar, the whole bar, bars beside a table. Geometry in attributes, colour by class;
//! the words beside them say the same.

use leptos::prelude::*;

/// What a piece of a drawing means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Covered,
    Pending,
    Open,
    Met,
    Stage,
    Waiting,
    Rest,
    Unmet,
}

impl Fill {
    pub fn class(self) -> &'static str {
        match self {
            Self::Covered => "covered",
            Self::Pending => "pending",
            Self::Open => "open",
            Self::Met => "met",
            Self::Stage => "stage",
            Self::Waiting => "waiting",
            Self::Rest => "rest",
            Self::Unmet => "none",
        }
    }
}

/// The little square of a legend.
#[component]
pub fn Key(fill: Fill) -> impl IntoView {
    view! { <svg class="key" viewBox="0 0 20 14" aria-hidden="true"><rect class=fill.class() width="20" height="14"/></svg> }
}

#[component]
pub fn Legend(items: Vec<(Fill, String)>) -> impl IntoView {
    let items = items.into_iter().map(|(fill, text)| view! { <li><Key fill/>{text}</li> });
    view! { <ul class="legend" aria-label="图例">{items.collect_view()}</ul> }
}

/// How much of a line is taken: one cell per unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    pub covered: u32,
    /// Claimed, the street has not answered yet.
    pub pending: u32,
    pub open: u32,
}

/// More units than this are drawn as three lengths instead of cells.
const MOST_CELLS: u32 = 31;
/// Width of the drawing, in its own units.
const WIDTH: f64 = 200.0;
const GAP: f64 = 4.0;

impl Coverage {
    pub fn total(self) -> u32 {
        self.covered.saturating_add(self.pending).saturating_add(self.open)
    }

    fn parts(self) -> Vec<(Fill, u32)> {
        vec![(Fill::Covered, self.covered), (Fill::Pending, self.pending), (Fill::Open, self.open)]
    }
}

/// Rectangles as (fill, x, width), left to right: a cell per unit, or a length per part.
fn cells(parts: &[(Fill, u32)]) -> Vec<(Fill, f64, f64)> {
    let total = parts.iter().fold(0_u32, |sum, (_, count)| sum.saturating_add(*count));
    if total == 0 {
        return Vec::new();
    }
    let mut cells = Vec::new();
    let mut x = 0.0;
    if total <= MOST_CELLS {
        let gap = if total == 1 { 0.0 } else { GAP.min(WIDTH / f64::from(total) / 4.0) };
        let width = (WIDTH - gap * f64::from(total - 1)) / f64::from(total);
        for (fill, count) in parts {
            for _ in 0..*count {
                cells.push((*fill, x, width));
                x += width + gap;
            }
        }
    } else {
        for (fill, count) in parts.iter().filter(|(_, count)| *count > 0) {
            let width = WIDTH * f64::from(*count) / f64::from(total);
            cells.push((*fill, x, (width - GAP / 2.0).max(1.0)));
            x += width;
        }
    }
    cells
}

/// `says` is read aloud in place of the drawing, e.g. "每周14餐：已承接6，待答复2，还差6".
#[component]
pub fn CoverageBar(coverage: Coverage, says: String) -> impl IntoView {
    view! { <UnitBar parts=coverage.parts() says/> }
}

/// Units by what became of them; `says` is read aloud in place of the drawing.
#[component]
pub fn UnitBar(parts: Vec<(Fill, u32)>, says: String) -> impl IntoView {
    let cells = cells(&parts).into_iter().map(|(fill, x, width)| {
        view! { <rect class=fill.class() x=short(x) width=short(width) height="10"/> }
    });
    view! {
        <svg class="coverage" viewBox="0 0 200 10" preserveAspectRatio="none" role="img" aria-label=says>{cells.collect_view()}</svg>
    }
}

/// All of something in one bar; parts keep at least a sliver, since nobody may vanish.
#[component]
pub fn WholeBar(parts: Vec<(Fill, u64)>, says: String) -> impl IntoView {
    let rects = spans(&parts).into_iter().map(|(fill, x, width)| {
        view! { <rect class=fill.class() x=short(x) width=short(width) height="10"/> }
    });
    view! {
        <svg class="coverage tall" viewBox="0 0 1000 10" preserveAspectRatio="none" role="img" aria-label=says>{rects.collect_view()}</svg>
    }
}

/// Places parts on a length of 1000 with a gap of 2; every part above zero is at least 6 wide.
fn spans(parts: &[(Fill, u64)]) -> Vec<(Fill, f64, f64)> {
    const LENGTH: f64 = 1000.0;
    const LEAST: f64 = 6.0;
    let shown: Vec<(Fill, f64)> = parts.iter().filter(|(_, n)| *n > 0).map(|(fill, n)| (*fill, real(*n))).collect();
    let total: f64 = shown.iter().map(|(_, n)| n).sum();
    if total <= 0.0 {
        return Vec::new();
    }
    let raw: Vec<f64> = shown.iter().map(|(_, n)| (n / total * LENGTH).max(LEAST)).collect();
    let scale = LENGTH / raw.iter().sum::<f64>();
    let mut x = 0.0;
    shown
        .iter()
        .zip(raw)
        .map(|((fill, _), width)| {
            let width = width * scale;
            let at = x;
            x += width;
            (*fill, at, (width - 2.0).max(2.0))
        })
        .collect()
}

/// A bar in a table cell: `part` of `whole`.
#[component]
pub fn ShareBar(part: u64, whole: u64, #[prop(optional)] fill: Option<Fill>) -> impl IntoView {
    let width = if whole == 0 { 0.0 } else { (real(part) / real(whole)).min(1.0) * 1000.0 };
    let class = fill.unwrap_or(Fill::Stage).class();
    view! {
        <svg class="coverage tall" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true"><rect class=class width=short(width) height="10"/></svg>
    }
}

/// One step of a funnel: how many came this far, and where the others stopped.
#[derive(Clone, Debug)]
pub struct FunnelStep {
    pub label: String,
    pub count: u64,
    pub stopped: String,
    pub fill: Fill,
}

#[component]
pub fn Funnel(caption: String, steps: Vec<FunnelStep>) -> impl IntoView {
    let whole = steps.first().map_or(0, |step| step.count);
    let rows = steps.into_iter().map(|step| {
        view! {
            <tr>
                <th scope="row">{step.label}</th>
                <td class="num" data-label="个数">{super::thousands(step.count)}</td>
                <td class="bar"><ShareBar part=step.count whole fill=step.fill/></td>
                <td class="muted" data-label="停在这里">{step.stopped}</td>
            </tr>
        }
    });
    view! {
        <div class="table cards"><table class="bars">
            <caption class="visually-hidden">{caption}</caption>
            <thead><tr><th scope="col">"走到这一步"</th><th scope="col" class="num">"个数"</th><th scope="col"><span class="visually-hidden">"比例条"</span></th><th scope="col">"停在这里的"</th></tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table></div>
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of people are far below 2^52")]
fn real(n: u64) -> f64 {
    n as f64
}

/// One decimal at most: `98.0` is `98`.
fn short(x: f64) -> String {
    let text = format!("{x:.1}");
    text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_per_unit_fills_the_width() {
        let cells = cells(&Coverage { covered: 6, pending: 2, open: 6 }.parts());
        assert_eq!(cells.len(), 14);
        let (_, x, width) = cells[13];
        assert!((x + width - WIDTH).abs() < 0.01);
    }

    #[test]
    fn many_units_become_lengths() {
        assert_eq!(cells(&Coverage { covered: 400, pending: 0, open: 1 }.parts()).len(), 2);
        assert!(cells(&Coverage { covered: 0, pending: 0, open: 0 }.parts()).is_empty());
    }

    #[test]
    fn nobody_vanishes_from_the_whole() {
        let spans = spans(&[(Fill::Met, 1_000_000), (Fill::Unmet, 1), (Fill::Rest, 0)]);
        assert_eq!(spans.len(), 2);
        assert!(spans[1].2 >= 2.0);
        assert!(spans[1].1 + spans[1].2 <= 1000.0);
    }
}
