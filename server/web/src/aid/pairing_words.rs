//! What the pages of a pairing have in common: whose side the reader is on, title, way back.

use app::components::Crumb;
use domain::href::href;
use domain::machine::Object;
use domain::pairing::ShortReason;
use domain::verification::VerificationState;
use services::Ctx;
use services::aid::view::{PairingView, Verification};
use services::finding::hall::service_name;
use uuid::Uuid;

/// What this reader is to the pairing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Organization,
    Office,
    /// Staff outside the scope who only verify.
    Verifier,
}

pub(crate) fn side(ctx: &Ctx, view: &PairingView) -> Side {
    if ctx.actor.organization_id == Some(view.pairing.organization_id) {
        Side::Organization
    } else if ctx.actor.covers(&view.pairing.division_code) {
        Side::Office
    } else {
        Side::Verifier
    }
}

/// `李*，失能老人家庭：送餐、助浴和探访`
pub(crate) fn title(view: &PairingView) -> String {
    services::aid::masks::named(&view.masked.name, &view.need.title)
}

pub(crate) fn crumbs(ctx: &Ctx, view: &PairingView, here: &str) -> Vec<Crumb> {
    let list = if ctx.role().is_organization() { "我的结对" } else { "结对" };
    let mut all = vec![Crumb::link(list, "/pairings")];
    if here.is_empty() {
        all.push(Crumb::here(view.pairing.code.clone()));
    } else {
        all.push(Crumb::link(view.pairing.code.clone(), href(Object::Pairing, &view.pairing.code)));
        all.push(Crumb::here(here));
    }
    all
}

/// The open verification that is the reader's to do.
pub(crate) fn own_open<'a>(ctx: &Ctx, view: &'a PairingView) -> Option<&'a Verification> {
    let own = |v: &&Verification| v.state == VerificationState::Assigned && Some(v.assignee_id) == ctx.actor.account_id;
    view.verifications.iter().map(|(v, _)| v).find(own)
}

/// `组织说：部分完成，力量不足`
pub(crate) fn reported(view: &PairingView, line: Uuid) -> String {
    let Some(said) = view.report.iter().find(|said| said.line_id == line) else { return String::new() };
    let why = said.reason.map(ShortReason::label).unwrap_or_default();
    let parts = [said.outcome.label(), why, said.note.as_str()];
    format!("组织说：{}", parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("，"))
}

/// `助餐满足（本人说不用补）；助浴部分满足，收到2次`
pub(crate) fn found(view: &PairingView, verification: Uuid) -> String {
    let mine = view.found.iter().filter(|found| found.verification_id == verification);
    let words = mine.filter_map(|found| {
        let line = view.lines.iter().find(|line| line.line_id == found.line_id)?;
        let units = found.units.map(|units| format!("，收到{units}{}", line.unit)).unwrap_or_default();
        let why = if found.why.is_empty() { String::new() } else { format!("（{}）", found.why) };
        Some(format!("{}{}{units}{why}", service_name(&line.service_code), found.result.label()))
    });
    words.collect::<Vec<_>>().join("；")
}
