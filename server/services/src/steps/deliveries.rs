//! Steps of service records that several commands share.

use crate::Result;
use crate::base::work::{About, Work};
use chrono::NaiveDate;
use domain::delivery::DeliveryState;
use domain::machine::Command;
use serde_json::json;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;
use uuid::Uuid;

/// A visit that is planned now.
pub(crate) fn planned(
    work: &Work<'_>,
    pairing: &Pairing,
    line_id: Uuid,
    day: NaiveDate,
    at: Option<String>,
) -> Delivery {
    Delivery {
        id: work.ctx.services.new_id(),
        pairing_id: pairing.id,
        line_id,
        division_code: pairing.division_code.clone(),
        state: DeliveryState::Planned,
        planned_on: day,
        planned_at: at,
        goes_id: None,
        shift_id: None,
        done_on: None,
        done_at: None,
        units: None,
        minutes: None,
        note: String::new(),
        miss_reason: None,
        recorded_by: None,
        recorded_at: None,
        due_at: None,
        decided_by: None,
        decided_at: None,
        reason: None,
        supersedes: None,
        superseded: false,
        created_at: work.now,
    }
}

pub(crate) async fn insert(
    work: &mut Work<'_>,
    need: &Need,
    pairing: &Pairing,
    row: &Delivery,
    command: Command,
) -> Result<()> {
    storage::aid::delivery::insert(&mut work.tx, row).await?;
    let data = json!({ "pairing": pairing.code, "planned_on": row.planned_on, "supersedes": row.supersedes });
    let about =
        About { need: Some(need), organization: Some(pairing.organization_id), data: Some(data), ..About::default() };
    work.created_by(command, row.state, row.id, about).await
}
