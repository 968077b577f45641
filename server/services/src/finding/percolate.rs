//! Tells organizations of new needs that their saved searches find.
//!
//! It follows the event log behind the commands: publishing a need does no more than before. Each need that
//! was published is held in memory against every saved search ([`search::matching`]), as an organization may
//! know it. How far it has come is one row that all nodes share, moved on in the same transaction that writes
//! the notices, so that each is told once however many nodes run and whenever one is killed.

use crate::base::jobs::Job;
use crate::boxed;
use crate::finding::follower::documents;
use crate::finding::hall_address::HallAddress;
use crate::{Error, Result, Services};
use domain::href::href;
use domain::machine::{Command, Object};
use search::matching::{Candidate, Prepared};
use search::{NeedDoc, Reader};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use storage::base::notice::Notice;
use storage::finding;
use uuid::Uuid;

const READER: &str = "saved_searches";
const BATCH: i64 = 500;
const POLL: Duration = Duration::from_secs(2);
/// Names of searches in one notice.
const NAMED: usize = 3;

/// Saved searches as they were understood last, by id; with their version and the lexicon's revision.
#[derive(Default)]
pub struct Percolator {
    known: Mutex<HashMap<Uuid, Understood>>,
}

/// Version of the saved search, revision of the lexicon, and what it means by them.
type Understood = (i64, u64, Arc<Prepared>);

struct Live {
    id: Uuid,
    organization: Uuid,
    name: String,
    prepared: Arc<Prepared>,
}

/// Follows for as long as the program runs.
pub fn job(services: &Arc<Services>) -> Job {
    Job::new(services, "saved searches", POLL, |services| async move { Ok(follow(&services).await?) })
        .woken_by(&services.follower.others)
}

/// Tells what has been published since the last time. Returns how many notices were written.
#[boxed]
pub async fn follow(services: &Arc<Services>) -> Result<usize> {
    let mut written = 0;
    loop {
        let mut tx = services.db.read().await?;
        let Some(from) = finding::reader(&mut tx, READER).await? else {
            // Beginning now: what was published before anybody could save a search is told to nobody.
            let head = storage::base::event::head(&mut tx).await?;
            drop(tx);
            let mut tx = services.db.write().await?;
            finding::begin_reader(&mut tx, READER, head).await?;
            tx.commit().await?;
            continue;
        };
        let events = storage::base::event::after(&mut tx, from.0, from.1, BATCH).await?;
        let Some(last) = events.last() else { return Ok(written) };
        let to = (last.xid, last.id);
        let published: BTreeSet<Uuid> =
            events.iter().filter(|event| event.command == Command::NeedPublish).filter_map(|e| e.need_id).collect();
        let mut needs: Vec<(i64, NeedDoc)> = Vec::new();
        for id in published {
            if let Some(need) = storage::needs::need::by_id(&mut tx, id).await? {
                let cycle = need.cycle;
                let docs = documents(services, &mut tx, &[need]).await?;
                needs.extend(docs.into_iter().map(|doc| (cycle, doc)));
            }
        }
        let live = if needs.is_empty() { Vec::new() } else { finding::live_searches(&mut tx).await? };
        drop(tx);
        let hits = found(services, needs, live).await?;
        let mut tx = services.db.write().await?;
        if !finding::move_reader(&mut tx, READER, from, to).await? {
            // Another node is at it.
            return Ok(written);
        }
        let now = services.now();
        for hit in hits {
            let mut names = Vec::new();
            for (search, name) in hit.searches {
                if finding::note_hit(&mut tx, search, hit.need, hit.cycle, now).await? {
                    names.push(name);
                }
            }
            if names.is_empty() {
                continue;
            }
            written += 1;
            let more = if names.len() > NAMED { format!("等{}个", names.len()) } else { String::new() };
            let quoted: Vec<String> = names.iter().take(NAMED).map(|name| format!("“{name}”")).collect();
            let notice = Notice {
                id: services.new_id(),
                at: now,
                organization_id: Some(hit.organization),
                scope: None,
                account_id: None,
                title: "有新需求符合贵机构保存的查找".to_owned(),
                body: format!("{}（符合{}{more}）", hit.title, quoted.concat()),
                href: href(Object::Need, &hit.code),
                read_at: None,
            };
            storage::base::notice::insert(&mut tx, &notice).await?;
        }
        tx.commit().await?;
    }
}

/// What one organization is to be told of one need.
struct Told {
    organization: Uuid,
    need: Uuid,
    cycle: i64,
    code: String,
    title: String,
    searches: Vec<(Uuid, String)>,
}

async fn found(
    services: &Arc<Services>,
    needs: Vec<(i64, NeedDoc)>,
    live: Vec<finding::SavedSearch>,
) -> Result<Vec<Told>> {
    if needs.is_empty() || live.is_empty() {
        return Ok(Vec::new());
    }
    let services = Arc::clone(services);
    tokio::task::spawn_blocking(move || {
        let live = prepared(&services, live);
        let mut all = Vec::new();
        for (cycle, need) in needs {
            let mut by_organization: BTreeMap<Uuid, Vec<(Uuid, String)>> = BTreeMap::new();
            let Some(candidate) = Candidate::new(&need, &Reader::Organization) else { continue };
            for search in &live {
                if candidate.fits(&search.prepared) {
                    by_organization.entry(search.organization).or_default().push((search.id, search.name.clone()));
                }
            }
            for (organization, searches) in by_organization {
                all.push(Told {
                    organization,
                    need: need.id,
                    cycle,
                    code: need.code.clone(),
                    title: need.title.clone(),
                    searches,
                });
            }
        }
        all
    })
    .await
    .map_err(|_| Error::Internal("saved searches task"))
}

/// Understands what is new or changed; the rest is known.
fn prepared(services: &Services, rows: Vec<finding::SavedSearch>) -> Vec<Live> {
    let lexicon = services.index.lexicon();
    let revision = lexicon.revision();
    let mut known = services.percolator.known.lock().unwrap_or_else(PoisonError::into_inner);
    let mut kept = HashMap::with_capacity(rows.len());
    let mut live = Vec::with_capacity(rows.len());
    for row in rows {
        let prepared = match known.remove(&row.id) {
            Some((version, understood, prepared)) if version == row.version && understood == revision => prepared,
            _ => Arc::new(Prepared::new(HallAddress::parse(&row.query).standing_query(), &lexicon)),
        };
        kept.insert(row.id, (row.version, revision, Arc::clone(&prepared)));
        live.push(Live { id: row.id, organization: row.organization_id, name: row.name, prepared });
    }
    *known = kept;
    live
}
