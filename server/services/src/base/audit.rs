//! The audit trail: sealing events into a chain, and proving a database.

use crate::boxed;
use crate::{Result, Services};
use domain::event::replay;
use domain::machine::{Command, Object};
use std::collections::HashMap;
use storage::base::event::{self, EventRow, Seal};
use uuid::Uuid;

const BATCH: i64 = 1000;

/// Seals events that are not sealed yet, in commit order. Returns how many.
#[boxed]
pub async fn seal(services: &Services) -> Result<usize> {
    let mut sealed = 0;
    loop {
        let mut tx = services.db.write().await?;
        let last = event::last_seal(&mut tx).await?;
        let (mut position, mut previous, after) = match &last {
            Some(seal) => {
                let event = event::by_id(&mut tx, seal.event_id).await?;
                (seal.position, seal.hash.clone(), event.map_or((0, seal.event_id), |e| (e.xid, e.id)))
            }
            None => (0, Vec::new(), (0, 0)),
        };
        let events = event::after(&mut tx, after.0, after.1, BATCH).await?;
        if events.is_empty() {
            return Ok(sealed);
        }
        for e in &events {
            position += 1;
            previous = event::chain(&previous, e);
            event::insert_seal(&mut tx, &Seal { position, event_id: e.id, hash: previous.clone() }).await?;
        }
        match tx.commit().await {
            Ok(()) => sealed += events.len(),
            // Another node sealed the same events.
            Err(error) if error.is_unique() => return Ok(sealed),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Where the chain ends: position and hash, and the last event's time.
#[boxed]
pub async fn head(services: &Services) -> Result<Option<Head>> {
    let mut tx = services.db.read().await?;
    let Some(seal) = event::last_seal(&mut tx).await? else { return Ok(None) };
    Ok(Some(Head { position: seal.position, hash: hex::encode(seal.hash) }))
}

/// The end of the chain at some time, small enough to be kept elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub position: i64,
    /// 64 hexadecimal digits.
    pub hash: String,
}

impl Head {
    /// A line of an exported file: time, position, hash.
    pub fn line(&self, at: domain::calendar::Time) -> String {
        format!("{} {} {}\n", at.iso(), self.position, self.hash)
    }

    /// Heads in such a file; lines that are none are left out.
    pub fn read(text: &str) -> Vec<Self> {
        text.lines()
            .filter_map(|line| {
                let mut words = line.split_whitespace().skip(1);
                let position = words.next()?.parse().ok()?;
                let hash = words.next().filter(|hash| hash.len() == 64)?.to_owned();
                Some(Self { position, hash })
            })
            .collect()
    }
}

/// What `duijie verify` found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    pub events: i64,
    pub sealed: i64,
    pub objects: usize,
    /// Each a sentence for the administrator; empty when the database proves itself.
    pub faults: Vec<String>,
}

impl Report {
    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }
}

/// Checks the chain, replays every history to the stored state, and checks the
/// invariants of the loop.
#[boxed]
pub async fn verify(db: &storage::Db) -> Result<Report> {
    verify_against(db, &[]).await
}

/// As [`verify`], against heads of the chain that were kept elsewhere: what was
/// cut off or written anew before one of them is found by it.
#[boxed]
pub async fn verify_against(db: &storage::Db, heads: &[Head]) -> Result<Report> {
    let mut report = Report::default();
    let mut tx = db.read().await?;
    (report.events, report.sealed) = event::counts(&mut tx).await?;
    check_chain(&mut tx, &mut report).await?;
    check_heads(&mut tx, heads, &mut report).await?;
    if let Some((given, last)) = storage::base::audit::last_number(&mut tx).await?
        && given != last
    {
        report.faults.push(format!("事件编号用到了{given}，最后一条却是{last}：从事件{}起被截去", last + 1));
    }
    for object in [
        Object::Need,
        Object::Claim,
        Object::Pairing,
        Object::Delivery,
        Object::Verification,
        Object::Transfer,
        Object::Organization,
        Object::Project,
        Object::Ask,
        Object::Batch,
        Object::Volunteer,
        Object::Team,
        Object::Member,
        Object::Opening,
        Object::Shift,
        Object::Signup,
        Object::Correction,
        Object::Certificate,
        Object::Incident,
        Object::Help,
        Object::Voice,
        Object::Training,
        Object::Award,
        Object::Evaluation,
        Object::Consent,
        Object::Import,
        Object::Account,
        Object::Thesaurus,
        Object::SavedSearch,
        Object::Invitation,
        Object::Attachment,
    ] {
        check_histories(&mut tx, object, &mut report).await?;
    }
    for (id,) in event::slipped_in(&mut tx).await? {
        report.faults.push(format!("事件{id}没有封存，位置却在已封存的事件之前"));
    }
    for (line, stored, counted) in storage::needs::need::taken_check(&mut tx).await? {
        report.faults.push(format!("需求行 {line}：记录已占用{stored}，认领和结对合计{counted}"));
    }
    check_promises(&mut tx, &mut report).await?;
    for (shift, stored, counted) in storage::volunteers::opening::taken_check(&mut tx).await? {
        report.faults.push(format!("班次 {shift}：记录已占用{stored}个名额，报名合计{counted}"));
    }
    for (id,) in storage::volunteers::hours::check(&mut tx).await? {
        report.faults.push(format!("服务记录 {id}：由填写的人自己确认，或和报名对不上"));
    }
    for (need,) in event::met_unverified(&mut tx).await? {
        report.faults.push(format!("需求 {need}：记为满足，但没有机构以外、报告人以外的核验"));
    }
    Ok(report)
}

/// Every account is computed again: agreed = done + short + ahead, and no ended pairing keeps what was neither done nor
/// given back.
async fn check_promises(tx: &mut storage::Tx, report: &mut Report) -> Result<()> {
    use storage::aid::promise::{after, of_today};
    // Whatever is on record.
    let today = chrono::NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(chrono::NaiveDate::MAX);
    let mut last = Uuid::nil();
    loop {
        let some: Vec<Uuid> = after(tx, last, BATCH).await?.into_iter().map(|(id,)| id).collect();
        let Some(end) = some.last() else { return Ok(()) };
        last = *end;
        for row in of_today(tx, &some, today).await? {
            let about = format!("结对 {} 的服务 {}", row.pairing_id, row.line_id);
            let Some(stored) = row.settlement() else {
                if row.ended_at.is_some() {
                    let mend = "结对已结束，承诺还没有核算；用 duijie promise repair 核算";
                    report.faults.push(format!("{about}：{mend}"));
                }
                continue;
            };
            let Some(day) = row.settled_on else { continue };
            let counted = row.settle(day);
            let sums = |s: &domain::promise::Settlement| (s.agreed, s.delivered, s.short, s.ahead, s.returned);
            if sums(&stored) != sums(&counted) || stored.agreed != stored.delivered + stored.short + stored.ahead {
                let (s, c) = (sums(&stored), sums(&counted));
                report.faults.push(format!("{about}：记录的约定、做了、少了、以后、退回是{s:?}，重新核算是{c:?}"));
            }
            if stored.held > counted.held {
                report.faults.push(format!("{about}：还占着{}，重新核算是{}", stored.held, counted.held));
            }
        }
    }
}

async fn check_chain(tx: &mut storage::Tx, report: &mut Report) -> Result<()> {
    let (mut position, mut previous) = (0, Vec::new());
    loop {
        let rows = event::sealed_after(tx, position, BATCH).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for (at, hash, event) in rows {
            if at != position + 1 {
                report.faults.push(format!("事件链第{}位缺失", position + 1));
                return Ok(());
            }
            let Some(event) = event else {
                report.faults.push(format!("事件链第{at}位的事件已被删除"));
                return Ok(());
            };
            if event::chain(&previous, &event) != hash {
                report.faults.push(format!("事件链第{at}位（事件{}）与封存的摘要不符", event.id));
                return Ok(());
            }
            (position, previous) = (at, hash);
        }
    }
}

async fn check_heads(tx: &mut storage::Tx, heads: &[Head], report: &mut Report) -> Result<()> {
    let mut heads = heads.to_vec();
    heads.sort_by_key(|head| head.position);
    heads.dedup();
    for head in heads {
        match storage::base::audit::hash_at(tx, head.position).await? {
            Some(hash) if hex::encode(&hash) == head.hash => {}
            Some(_) => {
                let sentence = format!("事件链第{}位与外存的链头不符：到这里为止被改写过", head.position);
                report.faults.push(sentence);
                return Ok(());
            }
            None => {
                let sentence = format!(
                    "外存的链头在第{}位，库里的链只到第{}位：从第{}位起被截去",
                    head.position,
                    report.sealed,
                    report.sealed + 1
                );
                report.faults.push(sentence);
                return Ok(());
            }
        }
    }
    Ok(())
}

async fn check_histories(tx: &mut storage::Tx, object: Object, report: &mut Report) -> Result<()> {
    let mut stored: HashMap<Uuid, String> = event::states(tx, object).await?.into_iter().collect();
    report.objects += stored.len();
    let mut after = (Uuid::nil(), 0);
    let mut current: Option<(Uuid, Vec<EventRow>)> = None;
    loop {
        let rows = event::by_object_after(tx, object, after, BATCH).await?;
        let end = rows.is_empty();
        for row in rows {
            after = (row.object_id, row.id);
            match &mut current {
                Some((id, events)) if *id == row.object_id => events.push(row),
                _ => {
                    if let Some((id, events)) = current.take() {
                        check_history(object, id, &events, stored.remove(&id), report);
                    }
                    current = Some((row.object_id, vec![row]));
                }
            }
        }
        if end {
            break;
        }
    }
    if let Some((id, events)) = current.take() {
        check_history(object, id, &events, stored.remove(&id), report);
    }
    for id in stored.keys().take(20) {
        report.faults.push(format!("{} {id}：没有任何事件", object.label()));
    }
    Ok(())
}

fn check_history(object: Object, id: Uuid, events: &[EventRow], stored: Option<String>, report: &mut Report) {
    let steps = events.iter().map(|e: &EventRow| -> (Command, Option<&str>, &str) {
        (e.command, e.from_state.as_deref(), e.to_state.as_str())
    });
    match replay(steps) {
        Err(fault) => report.faults.push(format!("{} {id}：{fault}", object.label())),
        Ok(state) if state != stored => {
            report.faults.push(format!("{} {id}：事件重演得到{state:?}，存储的是{stored:?}", object.label()));
        }
        Ok(_) => {}
    }
}
