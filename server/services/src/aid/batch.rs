//! Batch matching 批量匹配: a proposal for a division, computed as a job, edited
//! by staff, sent in one confirmed step. What changed meanwhile is checked again
//! for every single invitation.

use crate::base::jobs::contained;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::asks::{self, Wanted};
use crate::{Conflict, Ctx, Error, Result, Services};
use ::matching::plan::{self, Plan, Rules};
use ::matching::{Free, NeedFacts, Supplier};
use domain::ask::BatchState;
use domain::code::{Prefix, is_code};
use domain::field::Check;
use domain::form::aid::batch as form;
use domain::machine::{Command, Object};
use domain::need::Urgency;
use domain::permission::{Record, authorize};
use domain::project::Measure;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use storage::aid::batch::{self, Item};
pub use storage::aid::batch::{Batch, Listed};
use storage::needs::need::{Beneficiary, Line};
use uuid::Uuid;

/// What is matched and under which limits, as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Filter {
    pub urgent_only: bool,
    /// Service code; empty: every service.
    pub service: String,
    /// Days that a need has waited at least.
    pub waited_days: i64,
    /// Invitations that one organization gets at most; 0: as many as it has room for.
    pub per_organization: u32,
    pub pinned: Vec<(Uuid, Uuid)>,
    pub excluded: Vec<(Uuid, Uuid)>,
}

/// What came out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    pub lines: usize,
    pub covered: usize,
    pub needs: usize,
    pub organizations: usize,
    /// Units left by tier: urgent, waited 14 days, 7, 3, fewer.
    pub unserved: Vec<u64>,
    /// (reason, lines)
    pub reasons: Vec<(String, usize)>,
    /// Pins that cannot be kept: (line, organization, reason).
    pub broken: Vec<(Uuid, Uuid, String)>,
}

impl Summary {
    /// `438项里能安排412项。26项还没有着落：19项本区没有组织服务；7项没有余量。`
    pub fn words(&self) -> String {
        if self.lines == 0 {
            return "没有等着安排的需求。".to_owned();
        }
        let left = self.lines - self.covered;
        if left == 0 {
            return format!("{}项都能安排。", self.lines);
        }
        let reasons: Vec<String> = self.reasons.iter().map(|(why, lines)| format!("{lines}项{why}")).collect();
        format!("{}项里能安排{}项。{left}项还没有着落：{}。", self.lines, self.covered, reasons.join("；"))
    }
}

/// Reads the form that opens a batch.
pub fn read(ctx: &Ctx, fields: &crate::Fields) -> Result<(String, Filter)> {
    let mut check = Check::new();
    let area = form::AREA.value(fields).trim();
    let area = if area.is_empty() { ctx.actor.scope.as_str() } else { area };
    let known = area == "12" || ctx.services.divisions().get(area).is_some();
    if !known || !area.starts_with(&ctx.actor.scope) || ctx.actor.scope.is_empty() {
        check.missing(form::AREA);
    }
    let service = form::SERVICE.value(fields).to_owned();
    if !service.is_empty() && domain::vocabulary::service(&service).is_none() {
        check.missing(form::SERVICE);
    }
    let waited_days = check.whole(form::WAITED_DAYS, fields).unwrap_or_default();
    let most = check.whole(form::PER_ORGANIZATION, fields).unwrap_or_default();
    check.done()?;
    let filter = Filter {
        urgent_only: form::URGENT_ONLY.ticked(fields),
        service,
        waited_days,
        per_organization: u32::try_from(most).unwrap_or_default(),
        ..Filter::default()
    };
    Ok((area.to_owned(), filter))
}

fn record(area: &str) -> Record<'_> {
    Record { division: Some(area), ..Record::default() }
}

/// Opens a batch; [`run`] computes it.
#[boxed]
pub async fn propose(ctx: &Ctx, area: &str, filter: &Filter) -> Result<String> {
    let mut work = Work::begin(ctx, Command::BatchPropose).await?;
    work.authorize(&record(area))?;
    let padded = format!("{area:0<6}");
    let row = Batch {
        id: ctx.services.new_id(),
        code: work.code(Prefix::Batch, &padded).await?,
        division_code: area.to_owned(),
        state: BatchState::Proposed,
        rules: json!(filter).to_string(),
        run: 1,
        progress: 0,
        finished_at: None,
        failure: None,
        summary: "{}".into(),
        author_id: ctx.actor.account_id,
        sent_by: None,
        sent_at: None,
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    batch::insert(&mut work.tx, &row).await?;
    let about = About { data: Some(json!({ "batch": row.code, "area": area })), ..About::default() };
    work.created(row.state, row.id, about).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

async fn open(work: &mut Work<'_>, code: &str, version: i64) -> Result<Batch> {
    let found = if is_code(code) { batch::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    batch::lock(&mut work.tx, found.id).await?;
    let row = batch::by_id(&mut work.tx, found.id).await?.ok_or(Error::NotFound)?;
    work.authorize(&record(&row.division_code))?;
    work.acts_on(row.state)?;
    // Two staff with one proposal: the second hears that it was changed.
    first(row.version == version, Object::Batch)?;
    Ok(row)
}

fn about(data: serde_json::Value) -> About<'static> {
    About { data: Some(data), ..About::default() }
}

/// What staff do with one proposed invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Stays whatever is computed anew.
    Pin,
    Unpin,
    /// Is not proposed again.
    Exclude,
    Include,
}

/// Pins or excludes one invitation. A new computation respects it; without one,
/// an excluded invitation is just not sent.
#[boxed]
pub async fn change(ctx: &Ctx, code: &str, version: i64, item: (Uuid, Uuid), change: Change) -> Result<()> {
    let mut work = Work::begin(ctx, Command::BatchEdit).await?;
    let mut row = open(&mut work, code, version).await?;
    let mut filter: Filter = serde_json::from_str(&row.rules).unwrap_or_default();
    filter.pinned.retain(|other| *other != item);
    filter.excluded.retain(|other| *other != item);
    let mark = match change {
        Change::Pin => {
            filter.pinned.push(item);
            "pinned"
        }
        Change::Exclude => {
            filter.excluded.push(item);
            "excluded"
        }
        Change::Unpin | Change::Include => "proposed",
    };
    if !batch::mark(&mut work.tx, row.id, item.0, item.1, mark, "").await? {
        return Err(Error::NotFound);
    }
    row.rules = json!(filter).to_string();
    let step = work.leads(row.state)?;
    work.save(&row, step, about(json!({ "batch": code, "mark": mark }))).await?;
    work.commit(code).await
}

/// Computes anew with the pins and exclusions made so far.
#[boxed]
pub async fn again(ctx: &Ctx, code: &str, version: i64) -> Result<()> {
    let mut work = Work::begin(ctx, Command::BatchEdit).await?;
    let mut row = open(&mut work, code, version).await?;
    row.run += 1;
    row.progress = 0;
    row.finished_at = None;
    row.failure = None;
    let step = work.leads(row.state)?;
    work.save(&row, step, about(json!({ "batch": code, "run": row.run }))).await?;
    work.commit(code).await
}

#[boxed]
pub async fn discard(ctx: &Ctx, code: &str, version: i64) -> Result<()> {
    let mut work = Work::begin(ctx, Command::BatchDiscard).await?;
    let mut row = open(&mut work, code, version).await?;
    let step = work.step(&mut row.state)?;
    row.finished_at = row.finished_at.or(Some(work.now));
    work.save(&row, step, about(json!({ "batch": code }))).await?;
    work.commit(code).await
}

/// Confirms the sending, once; [`deliver`] does it.
#[boxed]
pub async fn send(ctx: &Ctx, code: &str, version: i64) -> Result<()> {
    let mut work = Work::begin(ctx, Command::BatchSend).await?;
    let mut row = open(&mut work, code, version).await?;
    if row.finished_at.is_none() || row.failure.is_some() {
        return Err(Error::rule("方案还没有算好，算好以后再发出"));
    }
    if batch::to_send(&mut work.tx, row.id, 1).await?.is_empty() {
        return Err(Error::rule("方案里没有要发出的邀请"));
    }
    let step = work.step(&mut row.state)?;
    row.sent_by = ctx.actor.account_id;
    row.sent_at = Some(work.now);
    work.save(&row, step, about(json!({ "batch": code }))).await?;
    work.commit(code).await
}

/// Sends what a confirmed batch still has to send: one transaction per need,
/// each invitation checked again. What cannot be sent says why.
#[boxed]
pub async fn deliver(services: &Arc<Services>, code: &str) -> Result<()> {
    loop {
        let mut tx = services.db.read().await?;
        let row = batch::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
        if row.state != BatchState::Sent {
            return Ok(());
        }
        let next = batch::to_send(&mut tx, row.id, 1).await?;
        let Some(item) = next.first() else { return Ok(()) };
        let sender = match row.sent_by {
            Some(id) => storage::people::account::by_id(&mut tx, id).await?,
            None => None,
        };
        drop(tx);
        let Some(sender) = sender else { return Err(Error::Internal("batch without a sender")) };
        let ctx = Ctx::new(services, sender.actor(), "job");
        deliver_need(&ctx, &row, item.need_id).await?;
    }
}

async fn deliver_need(ctx: &Ctx, row: &Batch, need: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::AskSend).await?;
    let need = work.lock(need).await?;
    // Read under the lock: another node may have sent them meanwhile.
    let items = batch::to_send_of(&mut work.tx, row.id, need.id).await?;
    let mut by_organization: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for item in items {
        by_organization.entry(item.organization_id).or_default().push(item.line_id);
    }
    for (organization, lines) in by_organization {
        let wanted = Wanted { organization, lines: lines.clone() };
        let (mark, note) = match asks::invite(&mut work, &need, &wanted, "", Some(row.id)).await {
            Ok(_) => ("sent", String::new()),
            Err(Error::Conflict(Conflict::Rule(words))) => ("skipped", words),
            Err(Error::Forbidden(_) | Error::NotFound) => ("skipped", "发出人已经不能办理这条需求".to_owned()),
            Err(error) => return Err(error),
        };
        for line in lines {
            batch::mark(&mut work.tx, row.id, line, organization, mark, &note).await?;
        }
    }
    work.commit("").await
}

/// Goes on with what a stopped node left undone: with each, whatever becomes of the others.
#[boxed]
pub async fn resume(services: &Arc<Services>) -> Result<usize> {
    let mut tx = services.db.read().await?;
    let all = batch::abandoned(&mut tx, services.now().plus_minutes(-2)).await?;
    drop(tx);
    let mut outcome = Ok(all.len());
    for row in &all {
        let gone_on = contained(async {
            match row.state {
                BatchState::Proposed => run(services, &row.code).await,
                BatchState::Sent => deliver(services, &row.code).await,
                BatchState::Discarded => Ok(()),
            }
        });
        if let Err(error) = gone_on.await {
            tracing::error!(batch = row.code, %error, "a batch could not be gone on with");
            outcome = Err(error);
        }
    }
    outcome
}

/// Computes a batch and keeps the answer, unless it was overtaken. What cannot be computed says so on its page.
#[boxed]
pub async fn run(services: &Arc<Services>, code: &str) -> Result<()> {
    let mut tx = services.db.read().await?;
    let row = batch::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    drop(tx);
    if row.state != BatchState::Proposed || row.finished_at.is_some() {
        return Ok(());
    }
    let computed = compute(services, &row).await;
    if computed.is_err() {
        let mut tx = services.db.write().await?;
        batch::lock(&mut tx, row.id).await?;
        if let Some(mut failed) = still_wanted(&mut tx, &row).await? {
            failed.finished_at = Some(services.now());
            failed.failure = Some("没有算成".to_owned());
            batch::update(&mut tx, &failed, services.now()).await?;
            tx.commit().await?;
        }
    }
    computed
}

/// The batch as it stands, unless it was asked anew or thrown away meanwhile: the answer is nobody's any more then.
async fn still_wanted(tx: &mut storage::Tx, started: &Batch) -> Result<Option<Batch>> {
    let row = batch::by_id(tx, started.id).await?.ok_or(Error::NotFound)?;
    let wanted = row.run == started.run && row.state == BatchState::Proposed && row.finished_at.is_none();
    Ok(wanted.then_some(row))
}

async fn compute(services: &Arc<Services>, row: &Batch) -> Result<()> {
    let mut tx = services.db.read().await?;
    let filter: Filter = serde_json::from_str(&row.rules).unwrap_or_default();
    let (needs, suppliers) = load(services, &mut tx, row, &filter).await?;
    drop(tx);
    let weights = crate::aid::matching::weights(services).await?;
    let rules = Rules {
        weights,
        per_organization: filter.per_organization,
        pinned: filter.pinned.clone(),
        excluded: filter.excluded.iter().copied().collect(),
    };
    let today = services.now().day();
    let progress = Arc::new(AtomicI64::new(5));
    let seen = Arc::clone(&progress);
    let total = needs.iter().map(|need| need.lines.len()).sum::<usize>().max(1) as u64;
    let mut job = tokio::task::spawn_blocking(move || {
        let refs: Vec<&Supplier> = suppliers.iter().map(|s| &**s).collect();
        let prepared = plan::prepare(&needs, &refs, &rules, today, &mut |done| {
            seen.store(5 + i64::try_from(done * 45 / total).unwrap_or(45), Ordering::Relaxed);
            true
        });
        let plan = prepared.and_then(|prepared| {
            prepared.solve(&mut |pivots| {
                seen.store((50 + i64::try_from(pivots * 5 / total).unwrap_or(40)).min(95), Ordering::Relaxed);
                true
            })
        });
        (needs, suppliers, plan)
    });
    let (needs, suppliers, plan) = loop {
        match tokio::time::timeout(Duration::from_secs(1), &mut job).await {
            Ok(done) => break done.map_err(|_| Error::Internal("batch task"))?,
            Err(_) => {
                let mut tx = services.db.write().await?;
                batch::progress(&mut tx, row.id, row.run, progress.load(Ordering::Relaxed), services.now()).await?;
                tx.commit().await?;
            }
        }
    };
    let plan = plan.ok_or(Error::Internal("batch stopped"))?;
    keep(services, row, &needs, &suppliers, &plan).await
}

/// Needs of the filter, and suppliers less what open invitations ask of them.
async fn load(
    services: &Services,
    tx: &mut storage::Tx,
    row: &Batch,
    filter: &Filter,
) -> Result<(Vec<NeedFacts>, Vec<Arc<Supplier>>)> {
    let now = services.now();
    let mut lines: HashMap<Uuid, Vec<Line>> = HashMap::new();
    for line in batch::open_lines(tx, &row.division_code).await? {
        if filter.service.is_empty() || line.service_code == filter.service {
            lines.entry(line.need_id).or_default().push(line);
        }
    }
    let mut groups: HashMap<Uuid, Vec<Beneficiary>> = HashMap::new();
    for b in batch::open_beneficiaries(tx, &row.division_code).await? {
        groups.entry(b.need_id).or_default().push(b);
    }
    let needs = batch::open_needs(tx, &row.division_code)
        .await?
        .into_iter()
        .filter(|need| !filter.urgent_only || need.urgency == Urgency::Urgent)
        .filter_map(|need| {
            let own = lines.remove(&need.id)?;
            let facts =
                crate::finding::fit::facts(&need, &own, groups.get(&need.id).map_or(&[][..], Vec::as_slice), now);
            (facts.waited_days >= filter.waited_days).then_some(facts)
        })
        .collect();
    let asked: HashMap<Uuid, (i64, i64)> =
        batch::asked(tx).await?.into_iter().map(|(id, lines, units)| (id, (lines, units))).collect();
    let busy: HashMap<Uuid, i64> = batch::asked_organizations(tx).await?.into_iter().collect();
    let mut suppliers = Arc::unwrap_or_clone(crate::finding::market::market(services, tx).await?);
    for supplier in &mut suppliers {
        let Some(open) = busy.get(&supplier.id) else { continue };
        let changed = Arc::make_mut(supplier);
        changed.room -= open;
        for offer in &mut changed.offers {
            let Some((lines, units)) = offer.project.and_then(|project| asked.get(&project)) else { continue };
            if let Free::Left { free, .. } = &mut offer.free {
                *free -= if offer.measure == Measure::Households { *lines } else { *units };
            }
        }
    }
    Ok((needs, suppliers))
}

async fn keep(
    services: &Arc<Services>,
    started: &Batch,
    needs: &[NeedFacts],
    suppliers: &[Arc<Supplier>],
    plan: &Plan,
) -> Result<()> {
    let mut tx = services.db.write().await?;
    batch::lock(&mut tx, started.id).await?;
    let Some(mut row) = still_wanted(&mut tx, started).await? else { return Ok(()) };
    batch::clear(&mut tx, row.id).await?;
    let mut organizations: Vec<Uuid> = Vec::new();
    for proposed in &plan.proposed {
        let need = &needs[proposed.line.need as usize];
        let supplier = &suppliers[proposed.offer.supplier as usize];
        organizations.push(supplier.id);
        let item = Item {
            batch_id: row.id,
            line_id: need.lines[proposed.line.line as usize].id,
            organization_id: supplier.id,
            need_id: need.id,
            project_id: supplier.offers[proposed.offer.offer as usize].project,
            quantity: i64::from(proposed.units),
            fit: i64::from(proposed.fit),
            mark: if proposed.pinned { "pinned" } else { "proposed" }.to_owned(),
            note: String::new(),
        };
        batch::insert_item(&mut tx, &item).await?;
    }
    for (at, why) in &plan.unserved {
        let need = &needs[at.need as usize];
        batch::insert_unserved(&mut tx, row.id, need.lines[at.line as usize].id, need.id, why.kind()).await?;
    }
    organizations.sort_unstable();
    organizations.dedup();
    let summary = Summary {
        lines: plan.lines,
        covered: plan.covered,
        needs: needs.len(),
        organizations: organizations.len(),
        unserved: plan.objective.unserved.to_vec(),
        reasons: plan.reasons().into_iter().map(|(why, lines)| (why.to_owned(), lines)).collect(),
        broken: plan.broken.iter().map(|(line, org, why)| (*line, *org, why.kind().to_owned())).collect(),
    };
    row.summary = json!(summary).to_string();
    row.progress = 100;
    row.finished_at = Some(services.now());
    batch::update(&mut tx, &row, services.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// A batch for its office.
#[derive(Clone, Debug)]
pub struct BatchView {
    pub batch: Batch,
    pub filter: Filter,
    pub summary: Summary,
    /// Items by mark.
    pub counts: Vec<(String, i64)>,
    pub items: Vec<Listed>,
    /// (need code, title, urgency, service, reason)
    pub unserved: Vec<(String, String, Urgency, String, String)>,
}

impl BatchView {
    pub fn count(&self, mark: &str) -> i64 {
        self.counts.iter().find(|(m, _)| m == mark).map_or(0, |(_, n)| *n)
    }
}

/// Reads a batch with one page of the items that bear `mark`.
#[boxed]
pub async fn view(ctx: &Ctx, code: &str, mark: &str, window: crate::base::page::Window) -> Result<BatchView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let row = batch::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::BatchEdit, &record(&row.division_code))?;
    Ok(BatchView {
        filter: serde_json::from_str(&row.rules).unwrap_or_default(),
        summary: serde_json::from_str(&row.summary).unwrap_or_default(),
        counts: batch::count_marks(&mut tx, row.id).await?,
        items: batch::items(&mut tx, row.id, mark, window.offset, window.limit).await?,
        unserved: batch::unserved(&mut tx, row.id, 200).await?,
        batch: row,
    })
}

/// Batches of the reader's scope, newest first.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Batch>> {
    if !ctx.role().is_staff() || ctx.actor.scope.is_empty() {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    Ok(batch::in_scope(&mut tx, &ctx.actor.scope, 100).await?)
}
