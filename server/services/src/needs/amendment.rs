//! 更正公开的内容: what outsiders read of a published need is corrected by two accounts. The first proposes, the second
//! confirms; until then the card stays as it is.

use crate::base::draft::Fields;
use crate::base::notice;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::needs::need_form::{TEXTS, about_fields, fields_of};
use crate::steps::needs::close_if_done;
use crate::{Conflict, Ctx, Error, Result};
use domain::calendar::day_words;
use domain::field::{Check, FieldError, only, parse_day};
use domain::form::needs::{command as form, what};
use domain::form::{FieldAt, FieldDef, Kind, value};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::{self as rules, AgeBand, Sex};
use domain::permission::{Record, Separation};
use serde::{Deserialize, Serialize};
use serde_json::json;
use storage::needs::amendment::{self as store, Amendment};
use storage::needs::need::{Line, Need};
use uuid::Uuid;

/// One field of a correction: what it says, and what it is to say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub field: String,
    /// As a sentence names it: "第1项的数量".
    pub label: String,
    pub from: String,
    pub to: String,
}

impl Change {
    /// A value as people read it.
    pub fn words(&self, value: &str) -> String {
        let text = match self.field.as_str() {
            name if name == what::AGE_BAND.name => value.parse().ok().map(|band: AgeBand| band.label().to_owned()),
            name if name == what::SEX.name => value.parse().ok().map(|sex: Sex| sex.label().to_owned()),
            name if what::STARTS_ON.owns(name) || what::ENDS_ON.owns(name) => parse_day(value).map(day_words),
            _ => None,
        };
        match text {
            Some(text) => text,
            None if value.is_empty() => "空着".to_owned(),
            None => value.to_owned(),
        }
    }
}

/// Reads what [`Amendment`] keeps of the changes.
pub(crate) fn changes(stored: &str) -> Result<Vec<Change>> {
    serde_json::from_str(stored).map_err(|_| Error::Internal("a correction does not read"))
}

/// What may be corrected of a need that is published, in the order of its form. When and in which unit is settled once
/// somebody has taken a part of it, also where it came back: what was promised and done then is counted by both; a line that carries missed units has its quantity from them; a village has neither
/// age nor sex.
fn amendable(need: &Need, lines: &[Line], served: &[Uuid]) -> Vec<FieldAt> {
    let mut all: Vec<FieldAt> = Vec::new();
    for (position, line) in lines.iter().enumerate() {
        let free = line.taken == 0 && line.made_up_of.is_none() && !served.contains(&line.id);
        let quantity = line.made_up_of.is_none().then_some(what::QUANTITY);
        let settled = [what::UNIT, what::STARTS_ON, what::ENDS_ON].into_iter().filter(|_| free);
        let fields = quantity.into_iter().chain(settled).chain([what::NOTE]);
        all.extend(fields.map(|field| field.at(position).of(format!("第{}项", position + 1))));
    }
    let told = [what::TITLE, what::DESCRIPTION, what::REQUIREMENTS, what::AID_GIVEN, what::GAP];
    all.extend(told.map(FieldAt::from));
    if need.kind == rules::NeedKind::Household {
        all.extend([what::AGE_BAND, what::SEX].map(FieldAt::from));
    }
    all
}

/// A need as it stands, locked or read, with what its form says of it.
struct Standing {
    lines: Vec<Line>,
    /// Lines on which a pairing came of a claim, now or before.
    served: Vec<Uuid>,
    fields: Fields,
}

async fn standing(tx: &mut storage::Tx, sealer: &storage::base::sealed::Sealer, need: &Need) -> Result<Standing> {
    let mut lines: Vec<Line> = Vec::new();
    let mut served = Vec::new();
    for claimed in storage::needs::need::lines_claimed(tx, need.id, need.cycle).await? {
        if claimed.is_served() {
            served.push(claimed.line.id);
        }
        if lines.last().is_none_or(|line| line.id != claimed.line.id) {
            lines.push(claimed.line);
        }
    }
    let beneficiaries = storage::needs::need::beneficiaries(tx, need.id).await?;
    // For the publish gate, which knows what a text must not say.
    let file = storage::needs::need_file::load(tx, sealer, need.id).await?;
    let fields = fields_of(need, &lines, &beneficiaries, file.as_ref());
    Ok(Standing { lines, served, fields })
}

/// Reads what was typed against what stands: what is not sent stays.
fn read(need: &Need, standing: &Standing, typed: &Fields) -> Result<Vec<Change>, Vec<FieldError>> {
    let fields = amendable(need, &standing.lines, &standing.served);
    let mut merged = standing.fields.clone();
    for field in &fields {
        if let Some((_, sent)) = typed.iter().find(|(name, _)| *name == field.name) {
            merged.retain(|(name, _)| *name != field.name);
            merged.push((field.name.to_string(), sent.clone()));
        }
    }
    let mut check = Check::about(about_fields(&merged));
    let mut changes = Vec::new();
    for field in &fields {
        let to = match field.def.kind {
            Kind::Number { .. } => check.whole(field, &merged).map(|number| number.to_string()),
            Kind::Day => check.date(field, &merged).map(|day| day.to_string()),
            Kind::Select if field.name == what::AGE_BAND.name => {
                check.choice::<AgeBand>(field, &merged).map(|band| band.to_string())
            }
            Kind::Select => check.choice::<Sex>(field, &merged).map(|sex| sex.to_string()),
            _ => Some(check.read(field, &merged)),
        };
        let (from, to) = (value(&standing.fields, &field.name).to_owned(), to.unwrap_or_default());
        if from != to {
            changes.push(Change { field: field.name.to_string(), label: field.full_label(), from, to });
        }
    }
    for (position, line) in standing.lines.iter().enumerate() {
        let number = position + 1;
        let quantity = what::QUANTITY.at(position);
        if quantity.value(&merged).trim().parse().is_ok_and(|wanted: i64| wanted < line.taken) {
            let (taken, unit) = (line.taken, &line.unit);
            check.wrong(
                quantity,
                format!("第{number}项已经有组织承接{taken}{unit}，数量不能少于{taken}；要减少，先请组织部分退回"),
            );
        }
        let day = |field: FieldDef| parse_day(field.at(position).value(&merged));
        if let (Some(start), Some(end)) = (day(what::STARTS_ON), day(what::ENDS_ON))
            && end < start
        {
            let words = format!("第{number}项的结束日期早于开始日期，请改到{}之后", day_words(start));
            check.wrong(what::ENDS_ON.at(position), words);
        }
    }
    check.done()?;
    Ok(changes)
}

/// What the form shows of a need as its page has read it, with the lines on which a pairing came of a claim: each field
/// that may be corrected, and what it says.
pub fn form(need: &Need, lines: &[Line], served: &[Uuid]) -> (Vec<FieldAt>, Fields) {
    (amendable(need, lines, served), fields_of(need, lines, &[], None))
}

fn record(need: &Need) -> Record<'_> {
    Record { division: Some(&need.division_code), ..Record::default() }
}

fn labels(changes: &[Change]) -> String {
    changes.iter().map(|change| change.label.as_str()).collect::<Vec<_>>().join("、")
}

/// What an event says: which fields, never what they say.
fn about<'a>(need: &'a Need, changes: &[Change], reason: &str) -> About<'a> {
    let fields: Vec<&str> = changes.iter().map(|change| change.label.as_str()).collect();
    let reason = Some(format!("{}：{reason}", labels(changes)));
    About { need: Some(need), reason, data: Some(json!({ "fields": fields })), ..About::default() }
}

/// 提出更正: the fields of [`amendable`] that change, and why. Nothing changes until another account confirms.
#[boxed]
pub async fn propose(ctx: &Ctx, code: &str, typed: &Fields) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedAmend).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.step(&mut need.state)?;
    let standing = standing(&mut work.tx, ctx.services.db.unseen(), &need).await?;
    let mut mistakes = Vec::new();
    let reason = only(form::AMEND, typed).map_err(|wrong| mistakes.extend(wrong)).unwrap_or_default();
    let changes = read(&need, &standing, typed).map_err(|wrong| mistakes.extend(wrong)).unwrap_or_default();
    if !mistakes.is_empty() {
        return Err(Error::Invalid(mistakes));
    }
    if changes.is_empty() {
        return Err(Error::rule("没有改动任何一项，请改好要更正的地方再提出"));
    }
    work.hold(&need, &[(form::AMEND.into(), &reason)]).await?;
    let due_at = if need.is_urgent() {
        work.now.plus_hours(rules::URGENT_HOURS)
    } else {
        ctx.services.calendar().due(work.now, rules::AMENDMENT_WORKING_DAYS)
    };
    let row = Amendment {
        id: ctx.services.new_id(),
        need_id: need.id,
        cycle: need.cycle,
        division_code: need.division_code.clone(),
        changes: serde_json::to_string(&changes).map_err(|_| Error::Internal("a correction does not write"))?,
        reason: reason.clone(),
        proposed_by: ctx.actor.account_id,
        proposed_at: work.now,
        due_at,
        decided_by: None,
        decided_at: None,
        confirmed: None,
    };
    match store::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("已经有一处更正在等另一位同事确认，确认以后再提")),
        other => other?,
    }
    work.stepped(step, need.id, about(&need, &changes, &reason)).await?;
    let (href, title) = (href_at(Object::Need, code, "#amendment"), "有人提出更正公开的内容，请另一位同事确认");
    notice::to_street(&mut work, &need.division_code, title, &need.title, &href).await?;
    notice::to_district(&mut work, &need.division_code, title, &need.title, &href).await?;
    work.commit(code).await
}

/// The correction that waits, for another account than the one that made it.
async fn proposed(work: &mut Work<'_>, need: &Need) -> Result<Amendment> {
    let open = store::open_of(&mut work.tx, need.id).await?;
    let mut who = record(need);
    who.others = open.iter().map(|open| (open.proposed_by, Separation::Amender)).collect();
    work.authorize(&who)?;
    work.acts_on(need.state)?;
    open.ok_or_else(|| Error::rule("没有等待确认的更正"))
}

/// 确认更正: all of it at once, or nothing.
#[boxed]
pub async fn confirm(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::NeedConfirmAmendment).await?;
    let mut need = work.need(code).await?;
    let open = proposed(&mut work, &need).await?;
    let step = work.step(&mut need.state)?;
    let changes = changes(&open.changes)?;
    let standing = standing(&mut work.tx, ctx.services.db.unseen(), &need).await?;
    let wanted: Fields = changes.iter().map(|change| (change.field.clone(), change.to.clone())).collect();
    // What stood when it was proposed must stand still, and what was right must still be right.
    if read(&need, &standing, &wanted).ok().as_ref() != Some(&changes) {
        return Err(Error::rule(
            "提出更正以后需求有了变化（例如又有组织承接），请“不同意更正”，再按现在的内容重新提出",
        ));
    }
    apply(&mut work, &mut need, standing.lines, &changes).await?;
    work.save_need(&need).await?;
    store::decide(&mut work.tx, open.id, ctx.actor.account_id, work.now, true).await?;
    work.stepped(step, need.id, about(&need, &changes, &open.reason)).await?;
    if let Some(proposer) = open.proposed_by {
        let title = "更正已确认，公开的内容已经改了";
        notice::to_account(&mut work, proposer, title, &need.title, &href(Object::Need, &code)).await?;
    }
    let mut need = work.lock(need.id).await?;
    // Less may be asked for than before: then what was done may be all of it.
    close_if_done(&mut work, &mut need).await?;
    work.commit(code).await
}

/// Writes each change where it stands.
async fn apply(work: &mut Work<'_>, need: &mut Need, lines: Vec<Line>, changes: &[Change]) -> Result<()> {
    for change in changes {
        match TEXTS.iter().find(|(field, _)| field.name == change.field) {
            Some((_, place)) => place(need).clone_from(&change.to),
            None if change.field == what::AGE_BAND.name => need.age_band = change.to.parse().ok(),
            None if change.field == what::SEX.name => need.sex = change.to.parse().ok(),
            None => {}
        }
    }
    for (position, line) in lines.into_iter().enumerate() {
        let mut amended = line.clone();
        let to = |field: FieldDef| {
            let name = field.at(position).name;
            changes.iter().find(|change| change.field == name).map(|change| change.to.as_str())
        };
        if let Some(quantity) = to(what::QUANTITY) {
            amended.quantity = quantity.parse().map_err(|_| Error::Internal("a checked number does not read"))?;
        }
        if let Some(unit) = to(what::UNIT) {
            unit.clone_into(&mut amended.unit);
        }
        if let Some(note) = to(what::NOTE) {
            note.clone_into(&mut amended.note);
        }
        if let Some(day) = to(what::STARTS_ON) {
            amended.starts_on = parse_day(day);
        }
        if let Some(day) = to(what::ENDS_ON) {
            amended.ends_on = parse_day(day);
        }
        if amended != line && !storage::needs::need::amend_line(&mut work.tx, &amended).await? {
            return Err(Error::Conflict(Conflict::Stale(Object::Need)));
        }
    }
    Ok(())
}

/// 不同意更正: the card stays as it is.
#[boxed]
pub async fn refuse(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::REFUSE_AMENDMENT, reason)?;
    let mut work = Work::begin(ctx, Command::NeedRefuseAmendment).await?;
    let mut need = work.need(code).await?;
    let open = proposed(&mut work, &need).await?;
    let step = work.step(&mut need.state)?;
    work.hold(&need, &[(form::REFUSE_AMENDMENT.into(), &reason)]).await?;
    store::decide(&mut work.tx, open.id, ctx.actor.account_id, work.now, false).await?;
    work.stepped(step, need.id, about(&need, &changes(&open.changes)?, &reason)).await?;
    if let Some(proposer) = open.proposed_by {
        let title = "没有同意更正，公开的内容不变";
        notice::to_account(&mut work, proposer, title, &reason, &href(Object::Need, &code)).await?;
    }
    work.commit(code).await
}
