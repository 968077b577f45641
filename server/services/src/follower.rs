//! The search index follows the event log in commit order.
//!
//! A wake-up is a hint, polling is the guarantee. Applying is idempotent: the
//! position is stored with the index, and each need is indexed as it stands.

use crate::hall::{self, MemberCard, PublicCard};
use crate::{Error, Result, Services};
use domain::need::{Coverage, NeedKind, NeedState};
use search::{NeedDoc, Position};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use storage::Tx;
use storage::need::{Beneficiary, Line, Need};
use tokio::sync::{Mutex, Notify};
use uuid::Uuid;

/// State of the follower of one node.
#[derive(Default)]
pub struct Follower {
    wake: Notify,
    /// One pass at a time.
    gate: Mutex<()>,
    ready: AtomicBool,
}

const BATCH: i64 = 500;
const POLL: Duration = Duration::from_millis(250);

impl Follower {
    pub(crate) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Whether the index has caught up since the start.
    pub fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Relaxed)
    }
}

fn position((xid, id): (i64, i64)) -> Position {
    Position(u64::try_from(xid).unwrap_or_default(), u64::try_from(id).unwrap_or_default())
}

/// Follows, but waits no longer than a second: for the writer's own next page,
/// which shows the change unless the index is being built anew.
pub async fn follow_briefly(services: &Services) {
    match tokio::time::timeout(Duration::from_secs(1), follow(services)).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the index follows later"),
        Err(_) => tracing::info!("the index is busy and follows later"),
    }
}

/// Follows until there is nothing new. Returns how many events were read.
pub async fn follow(services: &Services) -> Result<usize> {
    let _gate = services.follower.gate.lock().await;
    let mut read = 0;
    loop {
        let Position(xid, id) = services.index.position().unwrap_or(Position(0, 0));
        let mut tx = services.db.read().await?;
        let after = (i64::try_from(xid).unwrap_or(i64::MAX), i64::try_from(id).unwrap_or(i64::MAX));
        let events = storage::event::after(&mut tx, after.0, after.1, BATCH).await?;
        let Some(last) = events.last() else {
            services.follower.ready.store(true, Ordering::Relaxed);
            return Ok(read);
        };
        let to = position((last.xid, last.id));
        let needs: BTreeSet<Uuid> = events.iter().filter_map(|event| event.need_id).collect();
        let mut docs = Vec::with_capacity(needs.len());
        for need in needs {
            if let Some(need) = storage::need::by_id(&mut tx, need).await? {
                let id = need.id;
                let parts = Parts::load(&mut tx, id, id).await?;
                docs.push(parts.document(services, &need)?);
            }
        }
        drop(tx);
        read += events.len();
        let index = Arc::clone(&services.index);
        blocking(move || index.apply(&docs, &[], to)).await?;
    }
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
pub async fn rebuild(services: &Services) -> Result<u64> {
    // The follower waits: it goes on from the snapshot's position.
    let _gate = services.follower.gate.lock().await;
    let index = Arc::clone(&services.index);
    let mut rebuild = blocking(move || index.start_rebuild()).await?;
    let mut tx = services.db.read().await?;
    let head = position(storage::event::head(&mut tx).await?);
    let mut after = Uuid::nil();
    loop {
        let needs = storage::need::page_after(&mut tx, after, 1000).await?;
        let (Some(first), Some(last)) = (needs.first(), needs.last()) else { break };
        after = last.id;
        let parts = Parts::load(&mut tx, first.id, last.id).await?;
        let docs = needs.iter().map(|need| parts.document(services, need)).collect::<Result<Vec<_>>>()?;
        rebuild = blocking(move || {
            rebuild.add(&docs)?;
            Ok(rebuild)
        })
        .await?;
    }
    drop(tx);
    blocking(move || rebuild.finish(head)).await
}

/// Follows for as long as the program runs.
pub async fn run(services: Arc<Services>) {
    loop {
        if let Err(error) = follow(&services).await {
            tracing::error!(%error, "the search index could not follow");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        let _ = tokio::time::timeout(POLL, services.follower.wake.notified()).await;
    }
}

/// What belongs to a page of needs, by need.
#[derive(Default)]
pub(crate) struct Parts {
    lines: BTreeMap<Uuid, Vec<Line>>,
    beneficiaries: BTreeMap<Uuid, Vec<Beneficiary>>,
    pending: BTreeMap<Uuid, i64>,
}

impl Parts {
    pub async fn load(tx: &mut Tx, first: Uuid, last: Uuid) -> Result<Self> {
        let mut parts = Self::default();
        for line in storage::need::lines_between(tx, first, last).await? {
            parts.lines.entry(line.need_id).or_default().push(line);
        }
        for b in storage::need::beneficiaries_between(tx, first, last).await? {
            parts.beneficiaries.entry(b.need_id).or_default().push(b);
        }
        parts.pending = storage::need::pending_between(tx, first, last).await?.into_iter().collect();
        Ok(parts)
    }

    fn document(&self, services: &Services, need: &Need) -> Result<NeedDoc> {
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
        let card_lines: Vec<hall::CardLine> = lines
            .iter()
            .map(|line| {
                let pending = self.pending.get(&line.id).copied().unwrap_or_default();
                hall::CardLine {
                    service: hall::service_name(&line.service_code),
                    per: line.per,
                    unit: line.unit.clone(),
                    quantity: line.quantity,
                    covered: line.taken - pending,
                    pending,
                }
            })
            .collect();
        let group_names: Vec<String> = groups.iter().map(|group| group.name().to_owned()).collect();
        let public_title = hall::public_title(&card_lines);
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
        let place = divisions.spoken_name(&need.division_code[..9]);
        let member = MemberCard {
            public: public.clone(),
            title: need.title.clone(),
            place: village.clone().unwrap_or_else(|| place.clone()),
            summary: need.description.clone(),
            escalation: need.escalation,
        };
        let service_words = services_of
            .iter()
            .map(|service| format!("{} {}", service.name, service.short_name))
            .collect::<Vec<_>>()
            .join(" ");
        let public_text =
            format!("{} {} {} {}", service_words, group_names.join(" "), district, village.clone().unwrap_or_default());
        let category_words = codes
            .iter()
            .filter_map(|code| domain::vocabulary::beneficiary(code))
            .map(|category| format!("{} {}", category.name, category.short_name))
            .collect::<Vec<_>>()
            .join(" ");
        let notes = lines.iter().map(|line| line.note.as_str()).collect::<Vec<_>>().join(" ");
        let text = format!(
            "{}\n{} {} {} {} {} {}",
            need.description, need.requirements, need.gap, notes, service_words, category_words, place
        );
        let to_json = |card: serde_json::Result<String>| card.map_err(|_| Error::Internal("card"));
        Ok(NeedDoc {
            id: need.id,
            code: need.code.clone(),
            division_code: need.division_code.clone(),
            kind: need.kind.to_string(),
            state: hall::shown_state(need, coverage).to_owned(),
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
            public_text,
            title: need.title.clone(),
            text,
            public_card: to_json(serde_json::to_string(&public))?,
            member_card: to_json(serde_json::to_string(&member))?,
        })
    }
}
