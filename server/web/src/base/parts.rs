//! Pieces that the pages of staff and organizations share: badges of states,
//! histories, forms that come back with what was typed.

use crate::base::form_fields::fill;
use crate::base::get::{Get, form_key};
use app::components::{ActPanel, Badge, Button, Choice, Decision, Field, FormTarget, Glyph, Happening, Tone};
use chrono::{Datelike, NaiveDate};
use domain::claim::ClaimState;
use domain::delivery::DeliveryState;
use domain::need::NeedState;
use domain::organization::{ImportState, OrganizationState};
use domain::pairing::PairingState;
use domain::verification::{VerificationResult, VerificationState};
use services::Result;
use services::base::draft::Draft;
use services::base::timeline::Entry;

pub(crate) fn pairing_badge(state: PairingState) -> Badge {
    let words = state.label();
    match state {
        PairingState::PendingStart | PairingState::Reported => Badge::wait(words),
        PairingState::Active => Badge::info(words),
        PairingState::Completed => Badge::good(words),
        PairingState::Paused => Badge::tag(Tone::Wait, Glyph::Pause, words),
        PairingState::Released | PairingState::Terminated => Badge::unmet(words),
        PairingState::Transferred => Badge::plain(words),
    }
}

pub(crate) fn claim_badge(state: ClaimState) -> Badge {
    let words = state.label();
    match state {
        ClaimState::Forming | ClaimState::Submitted => Badge::wait(words),
        ClaimState::NeedsInfo => Badge::care(words),
        ClaimState::Approved => Badge::good(words),
        _ => Badge::plain(words),
    }
}

pub(crate) fn delivery_badge(state: DeliveryState, superseded: bool) -> Badge {
    if superseded {
        return Badge::plain("已更正");
    }
    let words = state.label();
    match state {
        DeliveryState::Planned => Badge::plain(words),
        DeliveryState::Recorded => Badge::wait(words),
        DeliveryState::Confirmed => Badge::good(words),
        DeliveryState::Disputed => Badge::care(words),
        DeliveryState::Missed | DeliveryState::Voided => Badge::unmet(words),
    }
}

pub(crate) fn verification_badge(state: VerificationState, result: Option<VerificationResult>) -> Badge {
    match (state, result) {
        (VerificationState::Assigned, _) => Badge::wait(state.label()),
        (VerificationState::CannotVerify, _) => Badge::unmet(state.label()),
        (VerificationState::Verified, Some(VerificationResult::Met)) => Badge::good(VerificationResult::Met.label()),
        (VerificationState::Verified, Some(VerificationResult::NotMet)) => {
            Badge::unmet(VerificationResult::NotMet.label())
        }
        (VerificationState::Verified, Some(result)) => Badge::info(result.label()),
        (VerificationState::Verified, None) => Badge::plain(state.label()),
    }
}

pub(crate) fn organization_badge(state: OrganizationState) -> Badge {
    let words = state.label();
    match state {
        OrganizationState::Draft => Badge::plain(words),
        OrganizationState::Applied => Badge::wait(words),
        OrganizationState::Verified => Badge::good(words),
        OrganizationState::Returned | OrganizationState::Lapsed => Badge::care(words),
        OrganizationState::Suspended => Badge::tag(Tone::Wait, Glyph::Pause, words),
        OrganizationState::Refused | OrganizationState::Revoked => Badge::unmet(words),
    }
}

pub(crate) fn state_badge(state: NeedState) -> Badge {
    let words = state.label();
    match state {
        NeedState::Published => Badge::info(words),
        NeedState::InReview => Badge::wait(words),
        NeedState::Returned | NeedState::Suspended => Badge::care(words),
        _ => Badge::plain(words),
    }
}

pub(crate) fn import_badge(state: ImportState) -> Badge {
    match state {
        ImportState::Checked => Badge::wait("已检查，等待导入"),
        ImportState::Applied => Badge::good(state.label()),
        ImportState::Discarded => Badge::plain(state.label()),
    }
}

/// A history, newest first, as it stands on a page. The same step done several
/// times at once, such as planning a series, is told once.
pub(crate) fn happenings(entries: &[Entry], get: &Get) -> Vec<Happening> {
    let now = get.site.services.now();
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
    let draft = get.draft(name).await?;
    let mut panel = ActPanel {
        id: name.to_owned(),
        title: title.to_owned(),
        target: target(get, name, action, draft.as_ref()),
        fields,
        buttons: vec![Button::new(button)],
        ..ActPanel::default()
    };
    panel.mistakes = fill(&mut panel.fields, draft.as_ref());
    Ok(panel)
}

/// Where a form of this page goes.
pub(crate) fn target(get: &Get, name: &str, action: &str, draft: Option<&Draft>) -> FormTarget {
    let target = FormTarget::new(action, get.once()).with("form", form_key(&get.request.path, name));
    match draft {
        Some(draft) => target.draft(draft.id.to_string()),
        None => target,
    }
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

/// A select that must be chosen from: nothing is preselected.
pub(crate) fn select(name: &str, label: &str, choices: impl IntoIterator<Item = Choice>) -> Field {
    let mut all = vec![Choice::new("", "请选择")];
    all.extend(choices);
    Field::select(name, label, all)
}

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
