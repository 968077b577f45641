//! Pieces that the pages of staff and organizations share: histories,
//! forms that come back with what was typed.

use crate::base::form_fields::fill;
use crate::base::get::{Get, form_key};
use app::components::{ActPanel, Button, Decision, Field, FormTarget, Happening};
use chrono::{Datelike, NaiveDate};
use domain::calendar::Time;
use services::Result;
use services::base::draft::Draft;
use services::base::timeline::Entry;

/// A history, newest first, as it stands on a page. The same step done several
/// times at once, such as planning a series, is told once.
pub(crate) fn happenings(entries: &[Entry], now: Time) -> Vec<Happening> {
    let same = |a: &Entry, b: &Entry| {
        a.what == b.what && a.who == b.who && a.reason == b.reason && a.at.minutes_until(b.at).abs() <= 1
    };
    entries
        .chunk_by(same)
        .enumerate()
        .filter_map(|(i, steps)| {
            let entry = steps.first()?;
            Some(Happening {
                what: if steps.len() > 1 { format!("{}，{}次", entry.what, steps.len()) } else { entry.what.clone() },
                when: entry.at.words_near(now),
                at: entry.at.iso(),
                detail: match &entry.reason {
                    Some(reason) if !reason.is_empty() => format!("{}\u{3000}{reason}", entry.who),
                    _ => entry.who.clone(),
                },
                now: i == 0,
            })
        })
        .collect()
}

/// A small form on the page that `get` asks for, with what was typed before it
/// came back. `name` is unique on the page and is the id of the panel.
pub(crate) async fn panel(
    get: &Get,
    name: &str,
    title: &str,
    action: &str,
    fields: Vec<Field>,
    button: &str,
) -> Result<ActPanel> {
    panel_of(get, (&get.request.path, name), title, action, fields, button).await
}

/// As [`panel`], on a page that `get` asks for with something in its query that the form belongs to.
pub(crate) async fn panel_of(
    get: &Get,
    (page, name): (&str, &str),
    title: &str,
    action: &str,
    fields: Vec<Field>,
    button: &str,
) -> Result<ActPanel> {
    let form = form_key(page, name);
    let draft = get.draft_of(&form).await?;
    let mut panel = ActPanel {
        id: name.to_owned(),
        title: title.to_owned(),
        target: target_of(get, form, action, draft.as_ref()),
        fields,
        buttons: vec![Button::new(button)],
        ..ActPanel::default()
    };
    panel.mistakes = fill(&mut panel.fields, draft.as_ref());
    Ok(panel)
}

/// Where a form of this page goes.
pub(crate) fn target(get: &Get, name: &str, action: &str, draft: Option<&Draft>) -> FormTarget {
    target_of(get, form_key(&get.request.path, name), action, draft)
}

/// As [`target`], of a form by its page and name. The draft has its id before it is there, so that the first words can
/// be kept under it.
pub(crate) fn target_of(get: &Get, form: String, action: &str, draft: Option<&Draft>) -> FormTarget {
    let id = draft.map_or_else(|| get.once(), |draft| draft.id.to_string());
    let mut target = FormTarget::new(action, get.once()).with("form", form).draft(id).autosave(get.reader().is_some());
    let now = get.site.services.now();
    target.restored = draft
        .filter(|draft| get.value("draft") != draft.id.to_string())
        .map(|draft| format!("已为您保留{}没有提交的内容", draft.updated_at.words_near(now)));
    target
}

/// A button that changes something, standing on the page that `get` asks for.
pub(crate) fn decide(get: &Get, label: &str, about: &str, action: &str) -> Decision {
    let here = get.request.path.clone();
    Decision::post(label, about, action, get.once()).with("form", here.clone()).with("back", here)
}

/// Choices of a text enum.
macro_rules! choices_of {
    ($kind:ty) => {
        <$kind>::ALL.iter().map(|value| app::components::Choice::new(value.as_str(), value.label())).collect::<Vec<_>>()
    };
}
pub(crate) use choices_of;

/// `11月26日 周四`, with the year when it is another one.
pub(crate) fn day_near(day: NaiveDate, today: NaiveDate) -> String {
    let weekday = ["一", "二", "三", "四", "五", "六", "日"]
        [usize::try_from(day.weekday().num_days_from_monday()).unwrap_or_default()];
    if day == today {
        return format!("今天，周{weekday}");
    }
    let year = if day.year() == today.year() { String::new() } else { format!("{}年", day.year()) };
    format!("{year}{}月{}日 周{weekday}", day.month(), day.day())
}

/// A count for a tile or a tab.
pub(crate) fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}
