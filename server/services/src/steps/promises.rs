//! What a pairing that ends comes to: done, short, ahead; and what of it goes back to the need.

use crate::Result;
use crate::base::work::Work;
use crate::steps::claims::{return_units, service_name};
use crate::steps::pairing_events::about;
use chrono::{Days, NaiveDate};
use domain::machine::Command;
use domain::need::{Frequency, NeedState};
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::aid::promise::Promised;
use storage::needs::need::{Line, Need};
use uuid::Uuid;

/// Days for which a line that carries missed units stays open at least.
const MAKE_UP_DAYS: u64 = 30;

/// Settles a pairing that has ended, and gives back what was agreed and not done: what lies ahead, and what was missed
/// of services that are made up later. The need keeps its place in the queue. Asked again after a record has fallen,
/// only the difference moves. Returns (line, units) that are open again.
pub(crate) async fn settle(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<Vec<(Uuid, i64)>> {
    let today = work.now.day();
    let day = pairing.ended_at.map_or(today, domain::calendar::Time::day);
    let (mut given, mut told, mut words) = (Vec::new(), Vec::new(), Vec::new());
    for row in storage::aid::promise::of_today(&mut work.tx, &[pairing.id], today).await? {
        let mut settled = row.settle(row.settled_on.unwrap_or(day));
        let before = row.settlement();
        if settled.held > row.held {
            // Given back in full once, though part was done.
            let more = settled.held - row.held;
            let once = row.per == Frequency::Total;
            if !(once && storage::needs::need::take(&mut work.tx, row.line_id, more, work.now).await?) {
                settled.held = row.held;
            }
        }
        let open_from = day.succ_opt();
        return_units(work, pairing.claim_id, row.line_id, (row.held, settled.held), open_from).await?;
        if row.held > settled.held {
            given.push((row.line_id, row.held - settled.held));
        }
        let own_line = settled.own_line.min(settled.returned - before.map_or(0, |before| before.returned));
        let is_live = matches!(need.state, NeedState::Published | NeedState::Suspended) && need.cycle == pairing.cycle;
        if own_line > 0 && is_live {
            given.push((open_line(work, need, &row, own_line, today).await?, own_line));
        }
        storage::aid::claim::settle(
            &mut work.tx,
            pairing.claim_id,
            row.line_id,
            &settled,
            row.settled_on.unwrap_or(day),
        )
        .await?;
        if settled.returned > 0 {
            words.push(format!("{}退回{}{}", service_name(&row.service_code), settled.returned, row.unit));
        }
        told.push(json!({
            "line": row.line_id, "agreed": settled.agreed, "delivered": settled.delivered, "short": settled.short,
            "ahead": settled.ahead, "returned": settled.returned, "held": settled.held,
        }));
    }
    let step = work.leads_by(Command::PairingSettle, pairing.state)?;
    let mut about = about(need, pairing, (!words.is_empty()).then(|| words.join("，")));
    about.data = Some(json!({ "pairing": pairing.code, "lines": told }));
    work.stepped(step, pairing.id, about).await?;
    Ok(given)
}

/// What another line was short of, as a line of its own.
async fn open_line(work: &mut Work<'_>, need: &Need, of: &Promised, units: i64, today: NaiveDate) -> Result<Uuid> {
    let lines = storage::needs::need::lines(&mut work.tx, need.id, need.cycle).await?;
    let soonest = today + Days::new(MAKE_UP_DAYS);
    let until = of.ends_on.into_iter().chain(need.valid_until).max().map_or(soonest, |end| end.max(soonest));
    let row = Line {
        id: work.ctx.services.new_id(),
        need_id: need.id,
        cycle: need.cycle,
        position: lines.iter().map(|line| line.position).max().unwrap_or_default() + 1,
        service_code: of.service_code.clone(),
        quantity: units,
        unit: of.unit.clone(),
        per: Frequency::Total,
        starts_on: Some(today),
        ends_on: Some(until),
        note: "补做以前少的".to_owned(),
        made_up_of: Some(of.line_id),
        open_from: None,
        taken: 0,
        taken_at: None,
    };
    storage::needs::need::insert_line(&mut work.tx, &row).await?;
    Ok(row.id)
}
