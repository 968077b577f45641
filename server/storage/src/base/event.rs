//! The event log: written with its row, read in commit order, sealed into a chain.

use crate::FromRow;
use crate::{Result, Tx};
use domain::calendar::Time;
use domain::machine::{Command, Object};
use domain::role::Role;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// An event about to be recorded.
#[derive(Clone, Debug)]
pub struct NewEvent {
    pub at: Time,
    pub actor_id: Option<Uuid>,
    pub actor_role: Role,
    /// `page`, `cli`, `job` or `demo`.
    pub origin: &'static str,
    pub object: Object,
    pub object_id: Uuid,
    pub need_id: Option<Uuid>,
    pub division_code: String,
    pub organization_id: Option<Uuid>,
    pub command: Command,
    pub from_state: Option<&'static str>,
    pub to_state: &'static str,
    pub reason: Option<String>,
    /// JSON object; no private values.
    pub data: serde_json::Value,
}

#[derive(Clone, Debug, FromRow)]
pub struct EventRow {
    pub id: i64,
    pub xid: i64,
    pub at: Time,
    pub actor_id: Option<Uuid>,
    pub actor_role: Role,
    pub origin: String,
    pub object: Object,
    pub object_id: Uuid,
    pub need_id: Option<Uuid>,
    pub division_code: String,
    pub organization_id: Option<Uuid>,
    pub command: Command,
    pub from_state: Option<String>,
    pub to_state: String,
    pub reason: Option<String>,
    pub data: String,
}

/// An event of a need's history with who stands behind it, for timelines.
#[derive(Clone, Debug, FromRow)]
pub struct Told {
    #[sqlx(flatten)]
    pub event: EventRow,
    pub actor_name: Option<String>,
    pub actor_scope: Option<String>,
    pub organization_name: Option<String>,
}

pub async fn append(tx: &mut Tx, e: &NewEvent) -> Result<i64> {
    let data = e.data.to_string();
    let statement = sql!(
        "INSERT INTO events (at, actor_id, actor_role, origin, object, object_id, need_id, division_code, organization_id, command, from_state, to_state, reason, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) RETURNING id"
    );
    let (id,): (i64,) = on!(tx, |c| sqlx::query_as(statement)
        .bind(e.at)
        .bind(e.actor_id)
        .bind(e.actor_role)
        .bind(e.origin)
        .bind(e.object)
        .bind(e.object_id)
        .bind(e.need_id)
        .bind(&e.division_code)
        .bind(e.organization_id)
        .bind(e.command)
        .bind(e.from_state)
        .bind(e.to_state)
        .bind(&e.reason)
        .bind(&data)
        .fetch_one(c)
        .await)?;
    Ok(id)
}

/// The next events in commit order after (`xid`, `id`). On PostgreSQL serials
/// commit out of order, so only transactions below the snapshot's oldest
/// running one are read: nothing can appear before what was read.
pub async fn after(tx: &mut Tx, xid: i64, id: i64, limit: i64) -> Result<Vec<EventRow>> {
    match tx {
        Tx::Sqlite(inner) => {
            let statement = sql!("SELECT * FROM events WHERE id > $1 ORDER BY id LIMIT $2");
            Ok(sqlx::query_as(statement).bind(id).bind(limit).fetch_all(&mut **inner).await?)
        }
        Tx::Postgres(inner) => {
            // Only PostgreSQL has this function; named so that the check of all statements passes it by.
            let statement =
                "SELECT * FROM events WHERE (xid, id) > ($1, $2) AND xid < event_horizon() ORDER BY xid, id LIMIT $3";
            Ok(sqlx::query_as(statement).bind(xid).bind(id).bind(limit).fetch_all(&mut **inner).await?)
        }
    }
}

/// Makes sure that new events come after all that are there, also where the database has been moved into a cluster
/// whose transactions are numbered lower. Gives whether it had to.
pub async fn settle(db: &crate::Db) -> Result<bool> {
    // How far the newest event lies ahead of every transaction of this cluster.
    let ahead = "SELECT COALESCE((SELECT MAX(xid) FROM events), 0) + 1 - event_epoch() - pg_snapshot_xmax(pg_current_snapshot())::text::bigint";
    let mut tx = db.read().await?;
    let Tx::Postgres(inner) = &mut tx else { return Ok(false) };
    if sqlx::query_scalar::<_, i64>(ahead).fetch_one(&mut **inner).await? <= 0 {
        return Ok(false);
    }
    drop(tx);
    let mut tx = db.write().await?;
    let Tx::Postgres(inner) = &mut tx else { return Ok(false) };
    // Nobody writes an event while the order changes.
    sqlx::query("LOCK TABLE events IN EXCLUSIVE MODE").execute(&mut **inner).await?;
    let ahead: i64 = sqlx::query_scalar(ahead).fetch_one(&mut **inner).await?;
    sqlx::query("INSERT INTO counters (series, value) VALUES ('event_epoch', $1) ON CONFLICT (series) DO UPDATE SET value = counters.value + $1")
        .bind(ahead.max(0))
        .execute(&mut **inner).await?;
    tx.commit().await?;
    Ok(true)
}

/// Where the log stands for a reader that starts now: the last event that [`after`] would give.
pub async fn head(tx: &mut Tx) -> Result<Option<EventRow>> {
    match tx {
        Tx::Sqlite(inner) => {
            let statement = sql!("SELECT * FROM events ORDER BY id DESC LIMIT 1");
            Ok(sqlx::query_as(statement).fetch_optional(&mut **inner).await?)
        }
        Tx::Postgres(inner) => {
            let statement = "SELECT * FROM events WHERE xid < event_horizon() ORDER BY xid DESC, id DESC LIMIT 1";
            Ok(sqlx::query_as(statement).fetch_optional(&mut **inner).await?)
        }
    }
}

/// Time of the oldest event after (`xid`, `id`) that [`after`] does not give yet, since a transaction that is older,
/// perhaps in another database of the cluster, has not ended. On SQLite there is none.
pub async fn held_back(tx: &mut Tx, xid: i64, id: i64) -> Result<Option<Time>> {
    match tx {
        Tx::Sqlite(_) => Ok(None),
        Tx::Postgres(inner) => {
            let statement =
                "SELECT at FROM events WHERE (xid, id) > ($1, $2) AND xid >= event_horizon() ORDER BY xid, id LIMIT 1";
            Ok(sqlx::query_scalar(statement).bind(xid).bind(id).fetch_optional(&mut **inner).await?)
        }
    }
}

/// Events of a need that its page reads.
pub const TOLD: i64 = 500;

/// The last [`TOLD`] events of a need, newest first.
pub async fn of_need(tx: &mut Tx, need: Uuid) -> Result<Vec<Told>> {
    let statement = sql!(
        "SELECT e.*, a.display_name AS actor_name, a.scope AS actor_scope, o.name AS organization_name FROM events e LEFT JOIN accounts a ON a.id = e.actor_id LEFT JOIN organizations o ON o.id = e.organization_id WHERE e.need_id = $1 ORDER BY e.id DESC LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(TOLD).fetch_all(c).await)
}

/// What befell one object, newest first.
pub async fn of_object(tx: &mut Tx, object: Object, id: Uuid) -> Result<Vec<Told>> {
    let statement = sql!(
        "SELECT e.*, a.display_name AS actor_name, a.scope AS actor_scope, o.name AS organization_name FROM events e LEFT JOIN accounts a ON a.id = e.actor_id LEFT JOIN organizations o ON o.id = e.organization_id WHERE e.object = $1 AND e.object_id = $2 ORDER BY e.id DESC LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(object).bind(id).fetch_all(c).await)
}

/// Disclosures of a need's contact data and file, newest first.
pub async fn disclosures(tx: &mut Tx, need: Uuid) -> Result<Vec<Told>> {
    let statement = sql!(
        "SELECT e.*, a.display_name AS actor_name, a.scope AS actor_scope, o.name AS organization_name FROM events e LEFT JOIN accounts a ON a.id = e.actor_id LEFT JOIN organizations o ON o.id = e.organization_id WHERE e.need_id = $1 AND e.command IN ('pairing.disclose', 'need.disclose') ORDER BY e.id DESC LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)
}

/// Events in order of object, for replaying every history.
pub async fn by_object_after(tx: &mut Tx, object: Object, after: (Uuid, i64), limit: i64) -> Result<Vec<EventRow>> {
    let statement = sql!(
        "SELECT * FROM events WHERE object = $1 AND (object_id > $2 OR (object_id = $2 AND id > $3)) ORDER BY object_id, id LIMIT $4"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(object).bind(after.0).bind(after.1).bind(limit).fetch_all(c).await)
}

/// Stored states of one kind of object, in order of id: (id, state).
pub async fn states(tx: &mut Tx, object: Object) -> Result<Vec<(Uuid, String)>> {
    let statement = match object {
        Object::Need => sql!("SELECT id, state FROM needs ORDER BY id"),
        Object::Claim => sql!("SELECT id, state FROM claims ORDER BY id"),
        Object::Pairing => sql!("SELECT id, state FROM pairings ORDER BY id"),
        Object::Delivery => sql!("SELECT id, state FROM deliveries ORDER BY id"),
        Object::Verification => sql!("SELECT id, state FROM verifications ORDER BY id"),
        Object::Transfer => sql!("SELECT id, state FROM transfers ORDER BY id"),
        Object::Organization => sql!("SELECT id, state FROM organizations ORDER BY id"),
        Object::Consent => sql!("SELECT id, state FROM consents ORDER BY id"),
        Object::Disclosure => sql!("SELECT id, state FROM disclosures ORDER BY id"),
        Object::Rights => sql!("SELECT id, state FROM rights_requests ORDER BY id"),
        Object::Import => sql!("SELECT id, state FROM imports ORDER BY id"),
        Object::Account => sql!("SELECT id, state FROM accounts ORDER BY id"),
        Object::Thesaurus => sql!("SELECT id, state FROM thesaurus_groups ORDER BY id"),
        Object::SavedSearch => sql!("SELECT id, state FROM saved_searches ORDER BY id"),
        Object::Invitation => sql!("SELECT id, state FROM invitations ORDER BY id"),
        Object::Attachment => sql!("SELECT id, state FROM attachments ORDER BY id"),
        Object::Project => sql!("SELECT id, state FROM projects ORDER BY id"),
        Object::Ask => sql!("SELECT id, state FROM asks ORDER BY id"),
        Object::Batch => sql!("SELECT id, state FROM batches ORDER BY id"),
        Object::Volunteer => sql!("SELECT id, state FROM volunteers ORDER BY id"),
        Object::Team => sql!("SELECT id, state FROM teams ORDER BY id"),
        Object::Member => sql!("SELECT id, state FROM team_members ORDER BY id"),
        Object::Opening => sql!("SELECT id, state FROM openings ORDER BY id"),
        Object::Shift => sql!("SELECT id, state FROM shifts ORDER BY id"),
        Object::Signup => sql!("SELECT id, state FROM signups ORDER BY id"),
        Object::Correction => sql!("SELECT id, state FROM corrections ORDER BY id"),
        Object::Certificate => sql!("SELECT id, state FROM certificates ORDER BY id"),
        Object::Incident => sql!("SELECT id, state FROM incidents ORDER BY id"),
        Object::Help => sql!("SELECT id, state FROM help_requests ORDER BY id"),
        Object::Voice => sql!("SELECT id, state FROM help_voices ORDER BY id"),
        Object::Training => sql!("SELECT id, state FROM trainings ORDER BY id"),
        Object::Award => sql!("SELECT id, state FROM awards ORDER BY id"),
        Object::Evaluation => sql!("SELECT id, state FROM evaluations ORDER BY id"),
        Object::Calendar
        | Object::Session
        | Object::Reference
        | Object::Access
        | Object::Key
        | Object::Retention
        | Object::Clock => {
            return Ok(Vec::new());
        }
    };
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

#[derive(Clone, Debug, FromRow)]
pub struct Seal {
    pub position: i64,
    pub event_id: i64,
    pub hash: Vec<u8>,
}

pub async fn last_seal(tx: &mut Tx) -> Result<Option<Seal>> {
    let statement = sql!("SELECT * FROM event_seals ORDER BY position DESC LIMIT 1");
    on!(tx, |c| sqlx::query_as(statement).fetch_optional(c).await)
}

pub async fn insert_seal(tx: &mut Tx, s: &Seal) -> Result<()> {
    let statement = sql!("INSERT INTO event_seals (position, event_id, hash) VALUES ($1, $2, $3)");
    on!(tx, |c| sqlx::query(statement).bind(s.position).bind(s.event_id).bind(&s.hash).execute(c).await.map(|_| ()))
}

/// Sealed events from a position on, with their seals.
pub async fn sealed_after(tx: &mut Tx, position: i64, limit: i64) -> Result<Vec<(i64, Vec<u8>, Option<EventRow>)>> {
    #[derive(FromRow)]
    struct Row {
        position: i64,
        event_id: i64,
        hash: Vec<u8>,
    }
    let statement =
        sql!("SELECT position, event_id, hash FROM event_seals WHERE position > $1 ORDER BY position LIMIT $2");
    let rows: Vec<Row> = on!(&mut *tx, |c| sqlx::query_as(statement).bind(position).bind(limit).fetch_all(c).await)?;
    let mut out = Vec::with_capacity(rows.len());
    let one = sql!("SELECT * FROM events WHERE id = $1");
    for row in rows {
        let event: Option<EventRow> =
            on!(&mut *tx, |c| sqlx::query_as(one).bind(row.event_id).fetch_optional(c).await)?;
        out.push((row.position, row.hash, event));
    }
    Ok(out)
}

/// Events before the last sealed one that bear no seal: sealing goes in commit
/// order, so that none is ever passed over. Always none.
pub async fn slipped_in(tx: &mut Tx) -> Result<Vec<(i64,)>> {
    let statement = sql!(
        "SELECT e.id FROM events e LEFT JOIN event_seals s ON s.event_id = e.id WHERE s.event_id IS NULL AND EXISTS (SELECT 1 FROM events l WHERE l.id = (SELECT event_id FROM event_seals ORDER BY position DESC LIMIT 1) AND (l.xid > e.xid OR (l.xid = e.xid AND l.id > e.id))) ORDER BY e.id LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// How many events there are, and how many are sealed.
pub async fn counts(tx: &mut Tx) -> Result<(i64, i64)> {
    let statement = sql!("SELECT (SELECT COUNT(*) FROM events), (SELECT COUNT(*) FROM event_seals)");
    on!(tx, |c| sqlx::query_as(statement).fetch_one(c).await)
}

/// Hash of an event chained to the one before it: SHA-256 over the previous
/// hash and every column, each preceded by its length.
pub fn chain(previous: &[u8], e: &EventRow) -> Vec<u8> {
    let mut hash = Sha256::new();
    let mut field = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_be_bytes());
        hash.update(bytes);
    };
    field(previous);
    field(&e.id.to_be_bytes());
    field(&e.at.0.to_be_bytes());
    field(e.actor_id.as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(e.actor_role.as_str().as_bytes());
    field(e.origin.as_bytes());
    field(e.object.as_str().as_bytes());
    field(e.object_id.as_bytes());
    field(e.need_id.as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(e.division_code.as_bytes());
    field(e.organization_id.as_ref().map_or(&[][..], |id| id.as_bytes()));
    field(e.command.as_str().as_bytes());
    field(e.from_state.as_deref().unwrap_or_default().as_bytes());
    field(e.to_state.as_bytes());
    field(e.reason.as_deref().unwrap_or_default().as_bytes());
    field(e.data.as_bytes());
    hash.finalize().to_vec()
}

pub async fn by_id(tx: &mut Tx, id: i64) -> Result<Option<EventRow>> {
    let statement = sql!("SELECT * FROM events WHERE id = $1");
    on!(tx, |c| sqlx::query_as(statement).bind(id).fetch_optional(c).await)
}

/// Needs closed as met without a verification by somebody outside: always none.
pub async fn met_unverified(tx: &mut Tx) -> Result<Vec<(Uuid,)>> {
    let statement = sql!(
        "SELECT n.id FROM needs n WHERE n.close_reason IN ('met_full', 'met_partial') AND NOT EXISTS (SELECT 1 FROM verifications v JOIN pairings p ON p.id = v.pairing_id JOIN accounts a ON a.id = v.assignee_id WHERE v.need_id = n.id AND v.state = 'verified' AND v.result IN ('met', 'partial') AND a.organization_id IS NULL AND (p.reported_by IS NULL OR p.reported_by <> v.assignee_id) AND (p.completed_by IS NULL OR p.completed_by <> v.assignee_id)) LIMIT 100"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}
