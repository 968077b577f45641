//! Words and badges that several pages share.

use app::components::{Badge, Coverage, Line, Mark, Tone};
use domain::calendar::{Time, span_words};
use domain::clock::{Running, Stage};
use domain::href::href;
use domain::machine::Object;
use services::Services;
use services::finding::hall::{Card, CardLine};

/// Clock of something that is due: remaining, amber on its day, overdue.
pub(crate) fn due_badge(due: Option<Time>, urgent: bool, now: Time) -> Badge {
    let Some(due) = due else { return Badge::clock(Tone::Plain, "没有期限") };
    let minutes = now.minutes_until(due);
    if minutes < 0 {
        Badge::clock(Tone::Over, format!("逾期{}", span_words(coarse(minutes))))
    } else if urgent {
        Badge::clock(Tone::Urgent, format!("急难，还剩{}", span_words(coarse(minutes))))
    } else if due.day() == now.day() {
        Badge::clock(Tone::Wait, due.words_near(now))
    } else {
        Badge::clock(Tone::Plain, format!("还剩{}", span_words(coarse(minutes))))
    }
}

/// A clock of the table: how much is left, amber from 80 %, past its time and how far up it has gone. Red is an urgent
/// need's alone.
pub(crate) fn clock_badge(running: &Running, services: &Services) -> Badge {
    let now = services.now();
    let words = running.words(now, &services.calendar());
    match (running.urgent, running.stage(now)) {
        (true, _) => Badge::clock(Tone::Urgent, format!("急难，{words}")),
        (false, Stage::Overdue) => Badge::clock(Tone::Over, words),
        (false, Stage::Amber) => Badge::clock(Tone::Wait, words),
        (false, Stage::Running) => Badge::clock(Tone::Plain, words),
    }
}

/// The clock of an urgent need as readers outside the office see it: while it runs. Later the time it has waited says
/// more than whose deadline was missed.
pub(crate) fn running(due: Option<Time>, now: Time) -> Option<Time> {
    due.filter(|due| *due > now)
}

/// Minutes matter in the last two hours only.
fn coarse(minutes: i64) -> i64 {
    if minutes.abs() >= 120 { minutes / 60 * 60 } else { minutes }
}

/// `11天`, `14小时`: how long a published need has waited.
pub(crate) fn waited(published_at: Option<Time>, now: Time) -> String {
    match published_at.map_or(0, |at| at.minutes_until(now).max(0)) {
        0..60 => "不到1小时".to_owned(),
        minutes @ 60..1440 => format!("{}小时", minutes / 60),
        minutes => format!("{}天", minutes / 1440),
    }
}

pub(crate) fn coverage(line: &CardLine) -> Coverage {
    let units = |n: i64| u32::try_from(n.max(0)).unwrap_or(u32::MAX);
    Coverage { covered: units(line.covered), pending: units(line.pending), open: units(line.open()) }
}

/// `每周14餐：已承接6，待答复2，还差6`
pub(crate) fn coverage_words(line: &CardLine) -> String {
    format!("{}：已承接{}，待答复{}，还差{}", line.words(), line.covered, line.pending, line.open())
}

/// A need as one line of a plain list.
pub(crate) fn card_line(card: &Card, now: Time) -> Line {
    let public = card.public();
    let mark = match (public.urgent, running(public.due_at, now)) {
        (true, Some(due)) => Mark::Badge(due_badge(Some(due), true, now)),
        _ => Mark::Badge(Badge::clock(Tone::Wait, waited(public.published_at, now))),
    };
    let (title, place) = match card {
        Card::Public(card) => (card.title.clone(), card.place.clone()),
        Card::Member(card) => (card.title.clone(), card.place.clone()),
    };
    let mut note = vec![place];
    note.extend(public.groups.iter().cloned());
    Line { title, href: href(Object::Need, &public.code), mark, note: note.join(" · ") }
}

/// Page and offset as a pager: `第1–20个，共45个`.
pub(crate) fn pager(
    path: &str,
    query: &[(String, String)],
    page: usize,
    size: usize,
    total: u64,
    unit: &str,
) -> app::components::Pager {
    let first = (page - 1) * size + 1;
    let last = u64::try_from(page * size).unwrap_or(u64::MAX).min(total);
    let to = |page: usize| address(path, query, &[("page", page.to_string())]);
    app::components::Pager {
        summary: if total == 0 { String::new() } else { format!("第{first}–{last}{unit}，共{total}{unit}") },
        previous: (page > 1).then(|| to(page - 1)),
        next: (last < total).then(|| to(page + 1)),
    }
}

/// An address with some query fields replaced (an empty value removes one).
pub(crate) fn address(path: &str, query: &[(String, String)], replace: &[(&str, String)]) -> String {
    let mut pairs: Vec<(String, String)> = query
        .iter()
        .filter(|(name, value)| {
            !value.is_empty() && name != "draft" && !replace.iter().any(|(replaced, _)| replaced == name)
        })
        .cloned()
        .collect();
    pairs.extend(
        replace.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| ((*name).to_owned(), value.clone())),
    );
    if pairs.is_empty() {
        return path.to_owned();
    }
    format!("{path}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
}
