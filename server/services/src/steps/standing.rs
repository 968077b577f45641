//! An organization that loses its standing: what it had begun stops.

use crate::Result;
use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::steps::{asks, claims_ended};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::organization::HAND_OVER_DAYS;
use domain::pairing::PairingState;
use serde_json::json;
use storage::supply::organization::Organization;

/// What an organization had begun when it lost its standing: its pairings are paused and the streets have two
/// days to hand them over; its open claims fall and their units are free; invitations are taken back.
pub(crate) async fn stop_all(work: &mut Work<'_>, row: &Organization) -> Result<()> {
    let why = "机构资格暂停或取消";
    let mut running = storage::aid::pairing::running_of(&mut work.tx, row.id).await?;
    running.sort_by_key(|pairing| (pairing.need_id, pairing.id));
    for mut pairing in running {
        let need = work.lock(pairing.need_id).await?;
        let from = pairing.state;
        let mut paused = None;
        if matches!(from, PairingState::Active | PairingState::Paused) {
            pairing.due_at = Some(work.now.plus_days(HAND_OVER_DAYS));
            pairing.reminded_at = None;
            if from == PairingState::Active {
                paused = Some(work.step_by(Command::PairingPause, &mut pairing.state)?);
                pairing.reason = Some("机构资格暂停".to_owned());
            }
            first(storage::aid::pairing::update(&mut work.tx, &pairing, from).await?, Object::Pairing)?;
        }
        if let Some(step) = paused {
            let about = About {
                need: Some(&need),
                organization: Some(row.id),
                reason: pairing.reason.clone(),
                data: Some(json!({ "pairing": pairing.code })),
            };
            work.stepped(step, pairing.id, about).await?;
        }
        let href = href(Object::Pairing, &pairing.code);
        notice::to_street(work, &need.division_code, "承接机构资格暂停，请两天内安排移交", &need.title, &href).await?;
    }
    claims_ended::fall_of(work, row.id, why).await?;
    asks::withdraw_of(work, row.id, why).await
}
