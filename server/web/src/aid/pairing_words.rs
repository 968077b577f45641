//! What the pages of a pairing have in common: whose side the reader is on, title, way back.

use app::components::Crumb;
use services::Ctx;
use services::aid::view::PairingView;
use services::finding::hall::service_name;

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

/// `助浴和探访，鲁山道街道`
pub(crate) fn title(view: &PairingView) -> String {
    let mut names: Vec<String> = Vec::new();
    for line in &view.lines {
        let name = service_name(&line.service_code);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let street = view.place.rsplit(' ').next().unwrap_or_default();
    if street.is_empty() { names.join("、") } else { format!("{}，{street}", names.join("、")) }
}

pub(crate) fn crumbs(ctx: &Ctx, view: &PairingView, here: &str) -> Vec<Crumb> {
    let list = if ctx.role().is_organization() { "我的结对" } else { "结对" };
    let mut all = vec![Crumb::link(list, "/pairings")];
    if here.is_empty() {
        all.push(Crumb::here(view.pairing.code.clone()));
    } else {
        all.push(Crumb::link(view.pairing.code.clone(), format!("/pairings/{}", view.pairing.code)));
        all.push(Crumb::here(here));
    }
    all
}
