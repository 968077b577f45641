//! The search index follows the event log in commit order.
//!
//! A wake-up is a hint, polling is the guarantee. Applying is idempotent: the
//! position is stored with the index, and each need is indexed as it stands.

use crate::base::jobs::{Job, contained};
use crate::boxed;
use crate::finding::card::{self, MemberCard, PublicCard};
use crate::finding::{cells, market, offers};
use crate::{Error, Result, Services};
use domain::calendar::Time;
use domain::machine::{Command, Object};
use domain::need::{Coverage, NeedKind, NeedState};
use search::{NeedDoc, Position, What};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;
use storage::Tx;
use storage::base::event::EventRow;
use storage::needs::need::{Beneficiary, Line, Need};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

/// State of the follower of one node.
#[derive(Default)]
pub struct Follower {
    wake: Arc<Notify>,
    /// For whoever else follows the log: saved searches.
    pub(crate) others: Arc<Notify>,
    /// One pass at a time.
    gate: Mutex<()>,
    ready: AtomicBool,
    /// Whether the index holds everything up to its position; a fresh one does not.
    whole: AtomicBool,
    /// Whether the index is to be built anew before it is followed again.
    broken: AtomicBool,
    /// Time of the oldest event that the log does not give out yet, microseconds; 0 where there is none worth a word.
    held_since: AtomicI64,
}

const BATCH: i64 = 500;
const POLL: Duration = Duration::from_millis(250);
/// Microseconds that an event may be held back by transactions that are older before anybody is told.
const HELD: i64 = 10_000_000;

impl Follower {
    /// For an index that holds everything up to its position, or does not yet.
    pub(crate) fn new(whole: bool) -> Self {
        Self { whole: AtomicBool::new(whole), ..Self::default() }
    }

    pub(crate) fn wake(&self) {
        self.wake.notify_one();
        self.others.notify_one();
    }

    /// Whether the index can answer at all. While it cannot, the database does.
    pub fn is_whole(&self) -> bool {
        self.whole.load(Ordering::Relaxed)
    }

    /// Whether the index has caught up since the start.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }

    /// Since when what is written does not reach the index, because a transaction that is older, perhaps in another
    /// database of the cluster, has not ended.
    pub fn held_since(&self) -> Option<Time> {
        Some(Time(self.held_since.load(Ordering::Relaxed))).filter(|since| since.0 > 0)
    }
}

fn position(event: &EventRow) -> Position {
    let mut mark = [0; 8];
    mark.copy_from_slice(&storage::base::event::chain(&[], event)[..8]);
    Position(
        u64::try_from(event.xid).unwrap_or_default(),
        u64::try_from(event.id).unwrap_or_default(),
        u64::from_be_bytes(mark),
    )
}

/// Whether the index has followed this database's own log: the event that it stands at is there, word for word. It is
/// not where an older copy of the database, or another one, has been put under it.
#[boxed]
pub async fn is_of_this_log(services: &Services) -> Result<bool> {
    let Some(reached) = services.index.position().filter(|reached| reached.1 > 0) else { return Ok(true) };
    let mut tx = services.db.read().await?;
    let event = storage::base::event::by_id(&mut tx, i64::try_from(reached.1).unwrap_or_default()).await?;
    Ok(event.is_some_and(|event| position(&event) == reached))
}

/// The index says nothing of this database: the database answers alone until it has been built anew.
pub fn distrust(services: &Services) {
    services.follower.whole.store(false, Ordering::Relaxed);
    rebuild_first(services);
}

/// Follows, but waits no longer than a second: for the writer's own next page,
/// which shows the change unless the index is being built anew.
#[boxed]
pub async fn follow_briefly(services: &Services) {
    match tokio::time::timeout(Duration::from_secs(1), follow(services)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the index follows later"),
        Err(_) => tracing::info!("the index is busy and follows later"),
    }
}

/// Follows until there is nothing new. Returns how many events were read.
#[boxed]
pub async fn follow(services: &Services) -> Result<usize> {
    let _gate = services.follower.gate.lock().await;
    let mut read = 0;
    loop {
        let Position(xid, id, _) = services.index.position().unwrap_or_default();
        let mut tx = services.db.read().await?;
        let after = (i64::try_from(xid).unwrap_or(i64::MAX), i64::try_from(id).unwrap_or(i64::MAX));
        let events = storage::base::event::after(&mut tx, after.0, after.1, BATCH).await?;
        let Some(last) = events.last() else {
            if read > 0 {
                market::keep_up(services, &mut tx).await?;
            }
            let held = storage::base::event::held_back(&mut tx, after.0, after.1).await?;
            let held = held.filter(|since| services.now().0 - since.0 > HELD);
            services.follower.held_since.store(held.map_or(0, |since| since.0), Ordering::Relaxed);
            services.follower.ready.store(true, Ordering::Relaxed);
            // What is to be built anew does not become whole by following on.
            if !services.follower.broken.load(Ordering::Relaxed) {
                services.follower.whole.store(true, Ordering::Relaxed);
            }
            return Ok(read);
        };
        let to = position(last);
        if events.iter().any(|event| event.object == Object::Thesaurus) {
            crate::finding::lexicon::refresh(services).await?;
        }
        if events.iter().any(|event| event.command == Command::ReferenceDays) {
            crate::base::working_days::refresh(services).await?;
        }
        let mut needs: BTreeSet<Uuid> = events.iter().filter_map(|event| event.need_id).collect();
        needs.extend(neighbours(services, &mut tx, &events).await?);
        let mut docs = Vec::with_capacity(needs.len());
        for need in needs {
            if let Some(need) = storage::needs::need::by_id(&mut tx, need).await? {
                docs.extend(documents(services, &mut tx, std::slice::from_ref(&need)).await?);
            }
        }
        docs.extend(offers::touched(services, &mut tx, &events).await?);
        drop(tx);
        read += events.len();
        let index = Arc::clone(&services.index);
        blocking(move || index.apply(&docs, &[], to)).await?;
    }
}

/// Needs of which more or less may be said after these events: those of streets where a cell of the
/// small-cell rule has become large enough, or too small.
async fn neighbours(services: &Services, tx: &mut Tx, events: &[EventRow]) -> Result<Vec<Uuid>> {
    let counted = |command| {
        matches!(command, Command::NeedPublish | Command::NeedMerge | Command::NeedUnmerge | Command::NeedReopen)
    };
    let mut streets = BTreeSet::new();
    let touched: BTreeSet<Uuid> = events.iter().filter(|e| counted(e.command)).filter_map(|e| e.need_id).collect();
    for need in touched {
        if let Some(need) = storage::needs::need::by_id(tx, need).await? {
            streets.insert(cells::street_of(&need.division_code).to_owned());
        }
    }
    let mut beside = Vec::new();
    for street in streets {
        if services.cells.changed(services, tx, &street).await? {
            beside.extend(storage::needs::need::counted_in(tx, &street).await?.into_iter().map(|(id,)| id));
        }
    }
    Ok(beside)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> std::result::Result<T, search::Error> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Internal("index task"))?
        .map_err(|error| Error::Search(error.to_string()))
}

/// Builds the index anew beside the present one, from a snapshot of the database.
#[boxed]
pub async fn rebuild(services: &Services) -> Result<u64> {
    // The follower waits: it goes on from the snapshot's position.
    let _gate = services.follower.gate.lock().await;
    services.cells.forget();
    let index = Arc::clone(&services.index);
    let mut rebuild = blocking(move || index.start_rebuild()).await?;
    let mut tx = services.db.read().await?;
    let head = storage::base::event::head(&mut tx).await?.as_ref().map(position).unwrap_or_default();
    let mut after = Uuid::nil();
    loop {
        let needs = storage::needs::need::page_after(&mut tx, after, 1000).await?;
        let Some(last) = needs.last() else { break };
        after = last.id;
        let docs = documents(services, &mut tx, &needs).await?;
        rebuild = blocking(move || {
            rebuild.add(&docs)?;
            Ok(rebuild)
        })
        .await?;
    }
    for what in offers::KINDS {
        let mut after = Uuid::nil();
        loop {
            let docs = offers::page_after(services, &mut tx, what, after).await?;
            let Some(last) = docs.last() else { break };
            after = last.id;
            rebuild = blocking(move || {
                rebuild.add(&docs)?;
                Ok(rebuild)
            })
            .await?;
        }
    }
    drop(tx);
    let count = blocking(move || rebuild.finish(head)).await?;
    services.follower.broken.store(false, Ordering::Relaxed);
    services.follower.whole.store(true, Ordering::Relaxed);
    Ok(count)
}

/// Follows for as long as the program runs.
pub fn job(services: &Arc<Services>) -> Job {
    Job::new(services, "search index", POLL, |services| async move { Ok(keep_up(&services).await?) })
        .woken_by(&services.follower.wake)
}

/// The index is to be built anew before it is followed again.
pub fn rebuild_first(services: &Services) {
    services.follower.broken.store(true, Ordering::Relaxed);
}

async fn keep_up(services: &Services) -> Result<()> {
    let follower = &services.follower;
    if follower.broken.load(Ordering::Relaxed) {
        let count = rebuild(services).await?;
        tracing::info!(count, "the search index was built anew");
    }
    let followed = contained(follow(services)).await;
    if let Err(error) = &followed {
        follower.ready.store(false, Ordering::Relaxed);
        // Its directory may be gone or damaged: what is open goes on answering while a new one is made.
        // Where the fault lies elsewhere (disk, database) this fails as well, and is tried again later.
        if matches!(error, Error::Search(_)) {
            rebuild_first(services);
        }
    }
    followed.map(|_| ())
}

/// What searches know of needs, which are in order of id.
pub(crate) async fn documents(services: &Services, tx: &mut Tx, needs: &[Need]) -> Result<Vec<NeedDoc>> {
    let (Some(first), Some(last)) = (needs.first(), needs.last()) else { return Ok(Vec::new()) };
    let parts = Parts::load(tx, first.id, last.id).await?;
    let mut docs = Vec::with_capacity(needs.len());
    for need in needs {
        let counts = services.cells.of(services, tx, cells::street_of(&need.division_code)).await?;
        docs.push(parts.document(services, need, &counts)?);
    }
    Ok(docs)
}

/// What belongs to a page of needs, by need.
#[derive(Default)]
struct Parts {
    lines: BTreeMap<Uuid, Vec<Line>>,
    beneficiaries: BTreeMap<Uuid, Vec<Beneficiary>>,
    pending: BTreeMap<Uuid, i64>,
}

impl Parts {
    async fn load(tx: &mut Tx, first: Uuid, last: Uuid) -> Result<Self> {
        let mut parts = Self::default();
        for line in storage::needs::need::lines_between(tx, first, last).await? {
            parts.lines.entry(line.need_id).or_default().push(line);
        }
        for b in storage::needs::need::beneficiaries_between(tx, first, last).await? {
            parts.beneficiaries.entry(b.need_id).or_default().push(b);
        }
        parts.pending = storage::needs::need::pending_between(tx, first, last).await?.into_iter().collect();
        Ok(parts)
    }

    fn document(&self, services: &Services, need: &Need, counts: &cells::Counts) -> Result<NeedDoc> {
        let none_lines = Vec::new();
        let lines: Vec<&Line> =
            self.lines.get(&need.id).unwrap_or(&none_lines).iter().filter(|line| line.cycle == need.cycle).collect();
        let none = Vec::new();
        let codes: Vec<&str> =
            self.beneficiaries.get(&need.id).unwrap_or(&none).iter().map(|b| b.category_code.as_str()).collect();
        let groups = domain::vocabulary::groups_of(&codes);
        let is_public = need.published_at.is_some() && matches!(need.state, NeedState::Published | NeedState::Closed);
        let divisions = services.divisions();
        let village = (need.kind == NeedKind::Village).then(|| divisions.spoken_name(&need.division_code));
        let district = divisions.get(&need.division_code[..6]).map(|d| d.name.clone()).unwrap_or_default();
        let mut services_of: Vec<&domain::vocabulary::ServiceCategory> =
            lines.iter().filter_map(|line| domain::vocabulary::service(&line.service_code)).collect();
        services_of.dedup_by_key(|service| service.code);
        let coverage = Coverage::of(lines.iter().map(|line| (line.quantity, line.taken)));
        let card_lines: Vec<card::CardLine> = lines
            .iter()
            .map(|line| {
                let pending = self.pending.get(&line.id).copied().unwrap_or_default();
                card::CardLine {
                    service: card::service_name(&line.service_code),
                    per: line.per,
                    unit: line.unit.clone(),
                    quantity: line.quantity,
                    covered: line.taken - pending,
                    pending,
                }
            })
            .collect();
        let group_names: Vec<String> = groups.iter().map(|group| group.name().to_owned()).collect();
        let public_title = card::public_title(&card_lines);
        let public = PublicCard {
            code: need.code.clone(),
            kind: need.kind,
            title: public_title.clone(),
            place: village.clone().unwrap_or_else(|| district.clone()),
            groups: group_names.clone(),
            lines: card_lines,
            urgent: need.is_urgent(),
            state: need.state,
            close_reason: need.close_reason,
            published_at: need.published_at,
            due_at: need.due_at,
        };
        let wanted: Vec<String> = public.lines.iter().map(|line| line.service.clone()).collect();
        let known = cells::among(counts, cells::Placed::of(need), &group_names, &wanted, services.policy.small_cell_k)
            .to_owned();
        let known_place = village.clone().unwrap_or_else(|| divisions.spoken_name(&known));
        let place = divisions.spoken_name(cells::street_of(&need.division_code));
        let member = MemberCard {
            public: public.clone(),
            title: need.title.clone(),
            place: village.clone().unwrap_or(place),
            known_place: known_place.clone(),
            summary: need.description.clone(),
            escalation: need.escalation,
        };
        let service_words = services_of
            .iter()
            .map(|service| format!("{} {}", service.name, service.short_name))
            .collect::<Vec<_>>()
            .join(" ");
        let public_words =
            format!("{} {} {} {}", service_words, group_names.join(" "), district, village.clone().unwrap_or_default());
        let category_words = codes
            .iter()
            .filter_map(|code| domain::vocabulary::beneficiary(code))
            .map(|category| format!("{} {}", category.name, category.short_name))
            .collect::<Vec<_>>()
            .join(" ");
        let notes = lines.iter().map(|line| line.note.as_str()).collect::<Vec<_>>().join(" ");
        let written = [&need.description, &need.requirements, &need.gap, &notes];
        let text = written.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("\n");
        let words = format!("{service_words} {category_words} {known_place}");
        let to_json = |card: serde_json::Result<String>| card.map_err(|_| Error::Internal("card"));
        Ok(NeedDoc {
            areas: Vec::new(),
            what: What::Need,
            id: need.id,
            code: need.code.clone(),
            division_code: need.division_code.clone(),
            known_division: known,
            kind: need.kind.to_string(),
            state: card::shown_state(need, coverage).to_owned(),
            is_public,
            services: services_of.iter().map(|service| service.code.to_owned()).collect(),
            service_groups: services_of
                .iter()
                .map(|service| service.group.code().to_owned())
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect(),
            beneficiary_groups: groups.iter().map(|group| group.code().to_owned()).collect(),
            urgent: need.is_urgent(),
            open_units: need.state == NeedState::Published && coverage != Coverage::Full,
            published_at: need.published_at.map_or(0, |at| at.0),
            public_title,
            public_text: String::new(),
            public_words,
            title: need.title.clone(),
            text,
            words,
            public_card: to_json(serde_json::to_string(&public))?,
            member_card: to_json(serde_json::to_string(&member))?,
        })
    }
}
