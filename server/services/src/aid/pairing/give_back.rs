//! 部分退回: a part of what a pairing took on goes back to the need, and the rest goes on.

use super::tell_other_side;
use crate::aid::promise::Promise;
use crate::base::work::Work;
use crate::boxed;
use crate::steps::claims::{return_units, service_name};
use crate::steps::pairings::{about, load, void_planned_of};
use crate::{Ctx, Error, Result};
use domain::field::Check;
use domain::form::FieldAt;
use domain::form::aid::pairing as form;
use domain::machine::Command;
use domain::need::{Amount, Frequency};
use domain::promise::GivenUp;
use serde_json::json;
use uuid::Uuid;

/// What goes back: of a recurring line units of every period from tomorrow on, of a one-off line units of the whole.
#[derive(Clone, Debug)]
pub struct GiveBack {
    /// (line, units), none of zero.
    pub lines: Vec<(Uuid, i64)>,
    pub reason: String,
}

/// How much of a line is given back, at most `of`.
pub fn give_back_field(line: Uuid, service: &str, of: i64) -> FieldAt {
    form::GIVE_BACK.at(line).labelled(format!("{service}退回多少")).within(0, of)
}

/// Reads the form: `give_back.LINE` and `reason`.
pub fn read_give_back(fields: &crate::Fields, promise: &Promise) -> Result<GiveBack> {
    let mut check = Check::new();
    let may = promise.lines.iter().filter(|line| line.returnable > 0);
    let read = may.map(|line| {
        let units = check.whole(give_back_field(line.line_id, &line.service, line.returnable), fields);
        (line.line_id, units.unwrap_or_default())
    });
    let lines: Vec<(Uuid, i64)> = read.filter(|(_, units)| *units > 0).collect();
    let reason = check.read(form::GIVE_BACK_WHY, fields);
    check.done()?;
    Ok(GiveBack { lines, reason })
}

/// 部分退回: the units are open again at once, with the need's place in the queue; visits planned for a line of which
/// nothing goes on fall.
#[boxed]
pub async fn give_back(ctx: &Ctx, code: &str, back: &GiveBack) -> Result<()> {
    let mut work = Work::begin(ctx, Command::PairingGiveBack).await?;
    let (pairing, need) = load(&mut work, code).await?;
    let step = work.leads(pairing.state)?;
    work.hold(&need, &[(form::GIVE_BACK_WHY.into(), back.reason.as_str())]).await?;
    let today = work.now.day();
    let rows = storage::aid::promise::of_today(&mut work.tx, &[pairing.id], today).await?;
    if back.lines.is_empty() {
        return Err(Error::rule("还没有填退回多少，请至少填一项"));
    }
    let (mut words, mut told, mut rest) = (Vec::new(), Vec::new(), 0);
    for row in &rows {
        let units = back.lines.iter().find(|(line, _)| *line == row.line_id).map_or(0, |(_, units)| *units);
        let (of, service) = (row.returnable(today), service_name(&row.service_code));
        if units < 0 || units > of {
            let said = format!("{service}最多能退回{of}{}，请改小", row.unit);
            return Err(Error::wrong(give_back_field(row.line_id, &service, of), said));
        }
        rest += of - units;
        if units == 0 {
            continue;
        }
        let once = row.per == Frequency::Total;
        let open_from = today.succ_opt().filter(|_| !once);
        return_units(&mut work, pairing.claim_id, row.line_id, (row.held, row.held - units), open_from).await?;
        let mut given_up = row.given_up();
        given_up.push(GivenUp { units, until: today });
        storage::aid::claim::give_up(&mut work.tx, pairing.claim_id, row.line_id, &given_up).await?;
        if units == of {
            void_planned_of(&mut work, &need, &pairing, "这一项已退回", |d| d.line_id == row.line_id).await?;
        }
        words
            .push(format!("{service}退回{}", Amount { quantity: units, unit: row.unit.clone(), per: row.per }.words()));
        told.push(json!({ "line": row.line_id, "units": units }));
    }
    if rest == 0 {
        return Err(Error::rule("全部退回的请终止结对；已经做完的请报告结果"));
    }
    if told.len() != back.lines.len() {
        return Err(Error::NotFound);
    }
    let mut about = about(&need, &pairing, Some(format!("{}。{}", words.join("，"), back.reason)));
    about.data = Some(json!({ "pairing": pairing.code, "lines": told }));
    work.save(&pairing, step, about).await?;
    tell_other_side(&mut work, &need, &pairing, Command::PairingGiveBack.label()).await?;
    work.commit(code).await
}
