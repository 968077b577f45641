//! The month as a calendar; its list under it says the same and replaces it in 长者模式.

use super::{Glyph, Icon, Tone};
use leptos::prelude::*;

/// What a day holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DayMark {
    Planned,
    /// Recorded, not yet confirmed.
    Recorded,
    Confirmed,
    Missed,
}

impl DayMark {
    pub(crate) fn look(self) -> (&'static str, Glyph) {
        match self {
            Self::Planned => ("plan", Glyph::Dot),
            Self::Recorded => (Tone::Wait.class(), Glyph::Clock),
            Self::Confirmed => (Tone::Good.class(), Glyph::Check),
            Self::Missed => (Tone::Unmet.class(), Glyph::Dash),
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Planned => "计划",
            Self::Recorded => "待确认",
            Self::Confirmed => "已确认",
            Self::Missed => "没见到",
        }
    }
}

/// A day with something on it.
#[derive(Clone, Debug)]
pub struct MarkedDay {
    /// 1 to 31.
    pub day: u32,
    pub mark: DayMark,
    /// Read aloud, e.g. "计划上门".
    pub spoken: String,
    pub href: String,
}

/// One month.
#[derive(Clone, Debug)]
pub struct Month {
    /// "2026年11月上门计划".
    pub caption: String,
    /// Empty cells before the first: 0 when it is a Monday.
    pub lead: u32,
    pub days: u32,
    pub today: Option<u32>,
    pub marked: Vec<MarkedDay>,
}

#[component]
pub fn Calendar(month: Month) -> impl IntoView {
    let cells = month.lead + month.days;
    let weeks = (0..cells.div_ceil(7)).map(|week| {
        let days = (0..7).map(|column| {
            let cell = week * 7 + column;
            let day = (cell + 1).checked_sub(month.lead).filter(|day| (1..=month.days).contains(day));
            let Some(day) = day else { return view! { <td></td> }.into_any() };
            let today = month.today == Some(day);
            match month.marked.iter().find(|marked| marked.day == day) {
                None => view! { <td class=today.then_some("today")>{day.to_string()}</td> }.into_any(),
                Some(marked) => {
                    let (tone, glyph) = marked.mark.look();
                    let class = if today { format!("{tone} today") } else { tone.to_owned() };
                    let spoken = format!("日，{}{}", if today { "今天，" } else { "" }, marked.spoken);
                    view! {
                        <td><a class=class href=marked.href.clone()>{day.to_string()}<Icon glyph/><span class="visually-hidden">{spoken}</span></a></td>
                    }
                    .into_any()
                }
            }
        });
        view! { <tr>{days.collect_view()}</tr> }
    });
    let weeks = weeks.collect_view();
    let heads =
        ["一", "二", "三", "四", "五", "六", "日"].map(|day| view! { <th scope="col">{day}</th> }).collect_view();
    let legend =
        [DayMark::Confirmed, DayMark::Recorded, DayMark::Missed, DayMark::Planned].into_iter().filter_map(|mark| {
            let count = month.marked.iter().filter(|marked| marked.mark == mark).count();
            let (tone, glyph) = mark.look();
            (count > 0).then(|| view! { <li class=tone><Icon glyph/>{format!("{}{count}", mark.word())}</li> })
        });
    view! {
        <table class="calendar minor">
            <caption class="visually-hidden">{month.caption}</caption>
            <thead><tr>{heads}</tr></thead>
            <tbody>{weeks}</tbody>
        </table>
        <ul class="legend minor" aria-label="图例">{legend.collect_view()}</ul>
    }
    .into_any()
}
