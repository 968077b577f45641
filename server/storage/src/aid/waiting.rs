//! What waits for somebody, over all objects: who, where, since when. How long it may is said by [`domain::clock`].

use crate::FromRow;
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::clock::{Name, Office};
use domain::need::Frequency;
use domain::promise::Agreement;
use std::collections::HashMap;
use uuid::Uuid;

/// One thing that waits.
#[derive(Clone, Debug, FromRow)]
pub struct Waiting {
    pub clock: Name,
    pub object_id: Uuid,
    /// Code of what the line leads to; empty where it has none.
    pub code: String,
    /// Title of the need behind it, or of the thing itself.
    pub title: String,
    /// The organization that it concerns.
    pub note: String,
    pub division_code: String,
    pub organization_id: Option<Uuid>,
    /// Whom it was given to.
    pub account_id: Option<Uuid>,
    pub need_id: Option<Uuid>,
    pub urgent: bool,
    pub since: Time,
    /// Where the record holds it.
    pub due_at: Option<Time>,
    /// How many of the kind the line stands for.
    pub count: i64,
}

/// Lines that one reading takes.
pub const LIMIT: i64 = 2_000;

/// What is late in a scope, for the desks of an office: one statement, whatever waits. Loose by what the table says:
/// the caller looks at each.
pub async fn late(tx: &mut Tx, scope: &str, office: Office, now: Time) -> Result<Vec<Waiting>> {
    read(tx, scope, office, now, false).await
}

/// What the runner has to look at, of everything.
pub async fn unheeded(tx: &mut Tx, now: Time) -> Result<Vec<Waiting>> {
    read(tx, "", Office::Street, now, true).await
}

async fn read(tx: &mut Tx, scope: &str, office: Office, now: Time, all: bool) -> Result<Vec<Waiting>> {
    let statement = sql!(
        "SELECT w.* FROM (SELECT CASE n.state WHEN 'draft' THEN 'need.draft' WHEN 'in_review' THEN 'need.review' WHEN 'returned' THEN 'need.returned' ELSE 'need.suspended' END AS clock, n.id AS object_id, n.code AS code, n.title AS title, '' AS note, n.division_code AS division_code, NULLIF(n.id, n.id) AS organization_id, NULLIF(n.id, n.id) AS account_id, n.id AS need_id, (n.urgency = 'urgent') AS urgent, CASE n.state WHEN 'draft' THEN n.created_at WHEN 'in_review' THEN COALESCE(n.submitted_at, n.created_at) ELSE n.updated_at END AS since, CASE WHEN n.state = 'in_review' THEN n.due_at END AS due_at, CAST(1 AS BIGINT) AS count FROM needs n WHERE n.state IN ('draft', 'in_review', 'returned', 'suspended') AND n.division_code >= $1 AND n.division_code < $2
 UNION ALL SELECT 'need.unclaimed', n.id, n.code, n.title, '', n.division_code, NULLIF(n.id, n.id), NULLIF(n.id, n.id), n.id, (n.urgency = 'urgent'), n.published_at, NULLIF(n.published_at, n.published_at), CAST(1 AS BIGINT) FROM needs n WHERE $5 = 0 AND n.state = 'published' AND n.division_code >= $1 AND n.division_code < $2 AND n.escalation >= CASE WHEN $6 = 3 AND n.urgency = 'urgent' THEN 4 ELSE $6 END AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity)
 UNION ALL SELECT 'need.closing', k.id, n.code, n.title, '', k.division_code, NULLIF(k.id, k.id), NULLIF(k.id, k.id), k.need_id, (n.urgency = 'urgent'), k.proposed_at, k.due_at, CAST(1 AS BIGINT) FROM closings k JOIN needs n ON n.id = k.need_id WHERE k.decided_at IS NULL AND k.division_code >= $1 AND k.division_code < $2
 UNION ALL SELECT 'need.amendment', k.id, n.code, n.title, '', k.division_code, NULLIF(k.id, k.id), NULLIF(k.id, k.id), k.need_id, (n.urgency = 'urgent'), k.proposed_at, k.due_at, CAST(1 AS BIGINT) FROM amendments k JOIN needs n ON n.id = k.need_id WHERE k.decided_at IS NULL AND k.division_code >= $1 AND k.division_code < $2
 UNION ALL SELECT CASE c.state WHEN 'submitted' THEN 'claim.decision' WHEN 'needs_info' THEN 'claim.answer' ELSE 'claim.forming' END, c.id, c.code, n.title, o.name, c.division_code, c.organization_id, NULLIF(c.id, c.id), c.need_id, (n.urgency = 'urgent'), COALESCE((SELECT MAX(e.at) FROM events e WHERE e.object_id = c.id AND e.to_state = c.state AND (e.from_state IS NULL OR e.from_state <> e.to_state)), c.submitted_at), c.due_at, CAST(1 AS BIGINT) FROM claims c JOIN needs n ON n.id = c.need_id JOIN organizations o ON o.id = c.organization_id WHERE ((c.state IN ('submitted', 'needs_info') AND c.lead_id IS NULL) OR (c.state = 'forming' AND c.accepted_at IS NULL)) AND c.division_code >= $1 AND c.division_code < $2
 UNION ALL SELECT CASE WHEN p.state = 'pending_start' THEN 'pairing.first_contact' WHEN p.due_at IS NULL THEN 'pairing.pause' ELSE 'pairing.hand_over' END, p.id, p.code, n.title, o.name, p.division_code, p.organization_id, NULLIF(p.id, p.id), p.need_id, (n.urgency = 'urgent'), CASE WHEN p.state = 'pending_start' THEN p.opened_at ELSE COALESCE((SELECT MAX(e.at) FROM events e WHERE e.object_id = p.id AND e.to_state = 'paused' AND e.from_state <> 'paused'), p.opened_at) END, p.due_at, CAST(1 AS BIGINT) FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.state IN ('pending_start', 'paused') AND p.division_code >= $1 AND p.division_code < $2
 UNION ALL SELECT CASE WHEN EXISTS (SELECT 1 FROM verifications v WHERE v.pairing_id = p.id AND NOT v.recheck AND v.assigned_at >= p.reported_at AND v.state = 'verified') THEN 'pairing.completion' ELSE 'pairing.assignment' END, p.id, p.code, n.title, o.name, p.division_code, p.organization_id, NULLIF(p.id, p.id), p.need_id, (n.urgency = 'urgent'), COALESCE((SELECT MAX(v.done_at) FROM verifications v WHERE v.pairing_id = p.id AND NOT v.recheck AND v.assigned_at >= p.reported_at), p.reported_at, p.opened_at), NULLIF(p.opened_at, p.opened_at), CAST(1 AS BIGINT) FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.state = 'reported' AND p.division_code >= $1 AND p.division_code < $2 AND NOT EXISTS (SELECT 1 FROM verifications v WHERE v.pairing_id = p.id AND NOT v.recheck AND v.state = 'assigned')
 UNION ALL SELECT CASE WHEN v.recheck THEN 'verification.recheck' ELSE 'verification.finding' END, v.id, p.code, n.title, o.name, v.division_code, p.organization_id, v.assignee_id, v.need_id, (n.urgency = 'urgent'), v.assigned_at, v.due_at, CAST(1 AS BIGINT) FROM verifications v JOIN pairings p ON p.id = v.pairing_id JOIN needs n ON n.id = v.need_id JOIN organizations o ON o.id = p.organization_id WHERE v.state = 'assigned' AND p.division_code >= $1 AND p.division_code < $2
 UNION ALL SELECT CASE t.state WHEN 'offered' THEN 'transfer.answer' ELSE 'transfer.decision' END, t.id, CASE t.state WHEN 'offered' THEN n.code ELSE p.code END, n.title, o.name, p.division_code, t.to_organization_id, NULLIF(t.id, t.id), p.need_id, (n.urgency = 'urgent'), t.offered_at, t.expires_at, CAST(1 AS BIGINT) FROM transfers t JOIN pairings p ON p.id = t.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = t.to_organization_id WHERE t.state IN ('offered', 'accepted') AND p.division_code >= $1 AND p.division_code < $2
 UNION ALL SELECT 'ask.answer', i.id, n.code, n.title, o.name, i.division_code, i.organization_id, NULLIF(i.id, i.id), i.need_id, (n.urgency = 'urgent'), i.sent_at, i.due_at, CAST(1 AS BIGINT) FROM asks i JOIN needs n ON n.id = i.need_id JOIN organizations o ON o.id = i.organization_id WHERE i.state = 'sent' AND i.division_code >= $1 AND i.division_code < $2
 UNION ALL SELECT 'disclosure.decision', d.id, COALESCE(p.code, n.code), n.title, COALESCE(o.name, ''), n.division_code, p.organization_id, NULLIF(d.id, d.id), d.need_id, (n.urgency = 'urgent'), d.asked_at, d.expires_at, CAST(1 AS BIGINT) FROM disclosures d LEFT JOIN pairings p ON p.id = d.pairing_id JOIN needs n ON n.id = d.need_id LEFT JOIN organizations o ON o.id = p.organization_id WHERE d.state = 'asked' AND n.division_code >= $1 AND n.division_code < $2
 UNION ALL SELECT 'rights.answer', r.id, r.code, '', '', r.division_code, NULLIF(r.id, r.id), NULLIF(r.id, r.id), r.need_id, FALSE, r.recorded_at, r.due_at, CAST(1 AS BIGINT) FROM rights_requests r WHERE r.state = 'received' AND r.division_code >= $1 AND r.division_code < $2
 UNION ALL SELECT 'organization.review', o.id, o.uscc, o.name, '', o.division_code, NULLIF(o.id, o.id), NULLIF(o.id, o.id), NULLIF(o.id, o.id), FALSE, CASE WHEN o.state = 'applied' THEN o.updated_at ELSE f.recheck_at END, NULLIF(o.updated_at, o.updated_at), CAST(1 AS BIGINT) FROM organizations o LEFT JOIN organization_profiles f ON f.organization_id = o.id WHERE (o.state = 'applied' OR (o.state IN ('verified', 'lapsed') AND f.recheck_at IS NOT NULL)) AND o.division_code >= $1 AND o.division_code < $2
 UNION ALL SELECT 'team.decision', t.id, t.code, t.name, '', t.division_code, NULLIF(t.id, t.id), NULLIF(t.id, t.id), NULLIF(t.id, t.id), FALSE, t.updated_at, t.due_at, CAST(1 AS BIGINT) FROM teams t WHERE t.state = 'applied' AND t.division_code >= $1 AND t.division_code < $2
 UNION ALL SELECT 'incident.handling', i.id, '', p.title, '', i.division_code, NULLIF(i.id, i.id), NULLIF(i.id, i.id), NULLIF(i.id, i.id), TRUE, i.reported_at, i.due_at, CAST(1 AS BIGINT) FROM incidents i JOIN shifts s ON s.id = i.shift_id JOIN openings p ON p.id = s.opening_id WHERE i.state = 'reported' AND i.division_code >= $1 AND i.division_code < $2
 UNION ALL SELECT CASE h.state WHEN 'received' THEN 'help.triage' WHEN 'accepted' THEN 'help.work' WHEN 'routed' THEN 'help.route' ELSE 'help.watch' END, h.id, h.code, '求助', '', h.division_code, NULLIF(h.id, h.id), NULLIF(h.id, h.id), h.need_id, h.urgent, h.since, h.due_at, CAST(1 AS BIGINT) FROM help_requests h WHERE h.state IN ('received', 'accepted', 'routed', 'watched') AND h.division_code >= $1 AND h.division_code < $2
 UNION ALL SELECT 'voice.answer', v.id, h.code, '求助', '', h.division_code, NULLIF(v.id, v.id), NULLIF(v.id, v.id), h.need_id, FALSE, v.said_at, v.due_at, CAST(1 AS BIGINT) FROM help_voices v JOIN help_requests h ON h.id = v.help_id WHERE v.state = 'said' AND h.division_code >= $1 AND h.division_code < $2) w
 WHERE ($5 = 0 AND (w.due_at < $3 OR (w.due_at IS NULL AND w.since < $4))) OR ($5 = 1 AND NOT EXISTS (SELECT 1 FROM clock_marks m WHERE m.clock = w.clock AND m.object_id = w.object_id AND m.since = w.since AND m.next_at > $3)) ORDER BY COALESCE(w.due_at, w.since), w.object_id LIMIT $7"
    );
    let rank = match office {
        Office::Street => 1_i64,
        Office::District => 2,
        Office::City => 3,
    };
    on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(now)
        // The shortest clock without an end of its own.
        .bind(now.plus_hours(-24))
        .bind(i64::from(all))
        .bind(rank)
        .bind(LIMIT)
        .fetch_all(c)
        .await)
}

/// What nobody has seen to of the visits of a scope, one line a pairing and kind: planned ones up to a day that nobody has
/// recorded (`until`, where they are asked for), records that nobody has confirmed and disputed ones that nobody has
/// corrected, begun before a time.
pub async fn visits(tx: &mut Tx, scope: &str, until: Option<NaiveDate>, before: Time) -> Result<Vec<Waiting>> {
    #[derive(FromRow)]
    struct Row {
        clock: Name,
        object_id: Uuid,
        code: String,
        title: String,
        note: String,
        division_code: String,
        organization_id: Uuid,
        need_id: Uuid,
        urgent: bool,
        since: Option<Time>,
        due_at: Option<Time>,
        day: Option<NaiveDate>,
        count: i64,
    }
    let statement = sql!(
        "SELECT 'delivery.visit' AS clock, p.id AS object_id, p.code, n.title, o.name AS note, p.division_code, p.organization_id, p.need_id, (n.urgency = 'urgent') AS urgent, NULLIF(p.opened_at, p.opened_at) AS since, NULLIF(p.opened_at, p.opened_at) AS due_at, MIN(d.planned_on) AS day, COUNT(*) AS count FROM deliveries d JOIN pairings p ON p.id = d.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE d.state = 'planned' AND d.planned_on <= $3 AND d.division_code >= $1 AND d.division_code < $2 AND p.state = 'active' GROUP BY p.id, p.code, n.title, o.name, p.division_code, p.organization_id, p.need_id, n.urgency, p.opened_at
 UNION ALL SELECT 'delivery.confirmation' AS clock, p.id AS object_id, p.code, n.title, o.name AS note, p.division_code, p.organization_id, p.need_id, (n.urgency = 'urgent') AS urgent, MIN(d.recorded_at) AS since, MIN(d.due_at) AS due_at, NULLIF(MIN(d.planned_on), MIN(d.planned_on)) AS day, COUNT(*) AS count FROM pairings p JOIN deliveries d ON d.pairing_id = p.id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE d.state = 'recorded' AND d.recorded_at < $4 AND p.division_code >= $1 AND p.division_code < $2 GROUP BY p.id, p.code, n.title, o.name, p.division_code, p.organization_id, p.need_id, n.urgency, p.opened_at
 UNION ALL SELECT 'delivery.correction' AS clock, p.id AS object_id, p.code, n.title, o.name AS note, p.division_code, p.organization_id, p.need_id, (n.urgency = 'urgent') AS urgent, MIN(d.decided_at) AS since, NULLIF(p.opened_at, p.opened_at) AS due_at, NULLIF(MIN(d.planned_on), MIN(d.planned_on)) AS day, COUNT(*) AS count FROM pairings p JOIN deliveries d ON d.pairing_id = p.id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE d.state = 'disputed' AND d.decided_at < $4 AND d.superseded = FALSE AND p.state IN ('active', 'paused', 'reported') AND p.division_code >= $1 AND p.division_code < $2 GROUP BY p.id, p.code, n.title, o.name, p.division_code, p.organization_id, p.need_id, n.urgency, p.opened_at ORDER BY day NULLS FIRST, since, object_id LIMIT $5"
    );
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(statement)
        .bind(scope)
        .bind(scope_end(scope))
        .bind(until)
        .bind(before)
        .bind(2 * LIMIT)
        .fetch_all(c)
        .await)?;
    let line = |r: Row| {
        Some(Waiting {
            clock: r.clock,
            object_id: r.object_id,
            code: r.code,
            title: r.title,
            note: r.note,
            division_code: r.division_code,
            organization_id: Some(r.organization_id),
            account_id: None,
            need_id: Some(r.need_id),
            urgent: r.urgent,
            since: r.since.or(r.day.map(|day| Time::at(day, 0, 0)))?,
            due_at: r.due_at,
            count: r.count,
        })
    };
    Ok(rows.into_iter().filter_map(line).collect())
}

/// Active pairings without a record of the last day, each with the shortest of its lines' quiet spans: of one
/// organization; of a scope, those that the runner has found late; or (`unheeded`) those that it has to look at.
pub async fn quiet(
    tx: &mut Tx,
    scope: &str,
    organization: Option<Uuid>,
    (now, unheeded): (Time, bool),
) -> Result<Vec<Waiting>> {
    #[derive(FromRow)]
    struct Row {
        object_id: Uuid,
        code: String,
        title: String,
        note: String,
        division_code: String,
        organization_id: Uuid,
        need_id: Uuid,
        urgent: bool,
        started_at: Time,
        recorded_at: Option<Time>,
        looked_at: Option<Time>,
        quantity: i64,
        given_up: String,
        per: Frequency,
        start_on: NaiveDate,
        starts_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
    }
    // A record of the last day makes a pairing loud whatever was agreed.
    let before = now.plus_days(-1);
    let of_scope = sql!(
        "SELECT p.id AS object_id, p.code, n.title, o.name AS note, p.division_code, p.organization_id, p.need_id, (n.urgency = 'urgent') AS urgent, COALESCE(p.started_at, p.opened_at) AS started_at, (SELECT MAX(d.recorded_at) FROM deliveries d WHERE d.pairing_id = p.id) AS recorded_at, (SELECT MAX(e.at) FROM events e WHERE e.object_id = p.id AND e.command IN ('pairing.go_on', 'pairing.give_back', 'pairing.resume', 'pairing.rework', 'pairing.take_back')) AS looked_at, cl.quantity, cl.given_up, l.per, c.start_on, l.starts_on, l.ends_on FROM pairings p JOIN claims c ON c.id = p.claim_id JOIN claim_lines cl ON cl.claim_id = p.claim_id JOIN need_lines l ON l.id = cl.line_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.state = 'active' AND p.started_at < $3 AND p.division_code >= $1 AND p.division_code < $2 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.pairing_id = p.id AND d.recorded_at >= $3) AND (($4 = 0 AND EXISTS (SELECT 1 FROM clock_marks m WHERE m.clock = 'pairing.quiet' AND m.object_id = p.id AND m.level >= 2)) OR ($4 = 1 AND NOT EXISTS (SELECT 1 FROM clock_marks m WHERE m.clock = 'pairing.quiet' AND m.object_id = p.id AND m.next_at > $5))) ORDER BY p.id"
    );
    let of_one = sql!(
        "SELECT p.id AS object_id, p.code, n.title, o.name AS note, p.division_code, p.organization_id, p.need_id, (n.urgency = 'urgent') AS urgent, COALESCE(p.started_at, p.opened_at) AS started_at, (SELECT MAX(d.recorded_at) FROM deliveries d WHERE d.pairing_id = p.id) AS recorded_at, (SELECT MAX(e.at) FROM events e WHERE e.object_id = p.id AND e.command IN ('pairing.go_on', 'pairing.give_back', 'pairing.resume', 'pairing.rework', 'pairing.take_back')) AS looked_at, cl.quantity, cl.given_up, l.per, c.start_on, l.starts_on, l.ends_on FROM pairings p JOIN claims c ON c.id = p.claim_id JOIN claim_lines cl ON cl.claim_id = p.claim_id JOIN need_lines l ON l.id = cl.line_id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.state = 'active' AND p.organization_id = $1 AND p.started_at < $2 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.pairing_id = p.id AND d.recorded_at >= $2) ORDER BY p.id"
    );
    let rows: Vec<Row> = match organization {
        Some(id) => on!(tx, |c| sqlx::query_as(of_one).bind(id).bind(before).fetch_all(c).await)?,
        None => on!(tx, |c| sqlx::query_as(of_scope)
            .bind(scope)
            .bind(scope_end(scope))
            .bind(before)
            .bind(i64::from(unheeded))
            .bind(now)
            .fetch_all(c)
            .await)?,
    };
    let mut all: Vec<Waiting> = Vec::new();
    for row in rows {
        let agreed = Agreement::new(row.quantity, row.per, row.start_on, row.starts_on, row.ends_on)
            .less(crate::aid::promise::given_up(&row.given_up));
        // Of what was given back nobody waits for a record.
        if agreed.quantity == 0 {
            continue;
        }
        let days = agreed.quiet_days();
        // What is agreed to begin later cannot be quiet before.
        let begins = Time::at(row.start_on.max(row.starts_on.unwrap_or(row.start_on)), 0, 0);
        let since =
            [row.recorded_at, row.looked_at, Some(begins)].into_iter().flatten().fold(row.started_at, Time::max);
        let due = since.plus_days(days);
        match all.last_mut().filter(|last| last.object_id == row.object_id) {
            Some(last) if last.due_at.is_some_and(|at| at <= due) => {}
            Some(last) => (last.since, last.due_at) = (since, Some(due)),
            None => all.push(Waiting {
                clock: Name::Quiet,
                object_id: row.object_id,
                code: row.code,
                title: row.title,
                note: row.note,
                division_code: row.division_code,
                organization_id: Some(row.organization_id),
                account_id: None,
                need_id: Some(row.need_id),
                urgent: row.urgent,
                since,
                due_at: Some(due),
                count: 1,
            }),
        }
    }
    Ok(all)
}

/// Disputed records of an organization that it has not corrected, one line a pairing.
pub async fn disputed_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<Waiting>> {
    let statement = sql!(
        "SELECT 'delivery.correction' AS clock, p.id AS object_id, p.code, n.title, o.name AS note, p.division_code, p.organization_id, NULLIF(p.id, p.id) AS account_id, p.need_id, (n.urgency = 'urgent') AS urgent, MIN(d.decided_at) AS since, NULLIF(p.opened_at, p.opened_at) AS due_at, COUNT(*) AS count FROM pairings p JOIN deliveries d ON d.pairing_id = p.id JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.organization_id = $1 AND p.state IN ('active', 'paused', 'reported') AND d.state = 'disputed' AND d.superseded = FALSE GROUP BY p.id, p.code, n.title, o.name, p.division_code, p.organization_id, p.need_id, n.urgency, p.opened_at ORDER BY 11, p.id LIMIT $2"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(LIMIT).fetch_all(c).await)
}

/// Published needs whose validity ends on or before a day, the earliest first; how often they were warned of stands
/// in their marks.
pub async fn ending(
    tx: &mut Tx,
    until: NaiveDate,
    now: Time,
) -> Result<Vec<(Uuid, String, String, String, NaiveDate)>> {
    let statement = sql!(
        "SELECT n.id, n.code, n.title, n.division_code, n.valid_until FROM needs n WHERE n.state = 'published' AND n.valid_until <= $1 AND NOT EXISTS (SELECT 1 FROM clock_marks m WHERE m.clock = 'need.validity' AND m.object_id = n.id AND m.next_at > $2) ORDER BY n.valid_until, n.id LIMIT 500"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(until).bind(now).fetch_all(c).await)
}

/// How far a clock's running was heeded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromRow)]
pub struct Mark {
    pub object_id: Uuid,
    pub since: Time,
    pub level: i64,
    pub next_at: Time,
}

/// Marks of a clock, by object.
pub async fn marks(tx: &mut Tx, clock: Name) -> Result<HashMap<Uuid, Mark>> {
    let statement = sql!("SELECT object_id, since, level, next_at FROM clock_marks WHERE clock = $1");
    let rows: Vec<Mark> = on!(tx, |c| sqlx::query_as(statement).bind(clock).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|mark| (mark.object_id, mark)).collect())
}

/// The mark of one clock and object.
pub async fn mark_of(tx: &mut Tx, clock: Name, object: Uuid) -> Result<Option<Mark>> {
    let statement =
        sql!("SELECT object_id, since, level, next_at FROM clock_marks WHERE clock = $1 AND object_id = $2");
    on!(tx, |c| sqlx::query_as(statement).bind(clock).bind(object).fetch_optional(c).await)
}

pub async fn set_mark(tx: &mut Tx, clock: Name, mark: &Mark, now: Time) -> Result<()> {
    let statement = sql!(
        "INSERT INTO clock_marks (clock, object_id, since, level, at, next_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (clock, object_id) DO UPDATE SET since = excluded.since, level = excluded.level, at = excluded.at, next_at = excluded.next_at"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(clock)
        .bind(mark.object_id)
        .bind(mark.since)
        .bind(mark.level)
        .bind(now)
        .bind(mark.next_at)
        .execute(c)
        .await
        .map(|_| ()))
}

/// The machine at the last run of the clocks.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Run {
    pub at: Time,
    pub boot: Option<String>,
    pub up_seconds: Option<i64>,
}

pub async fn last_run(tx: &mut Tx) -> Result<Option<Run>> {
    let statement = sql!("SELECT at, boot, up_seconds FROM clock_runs");
    on!(tx, |c| sqlx::query_as(statement).fetch_optional(c).await)
}

/// Lets one node at a time heed the clocks: held to the end of the transaction.
pub async fn hold_run(tx: &mut Tx) -> Result<()> {
    let statement = sql!("UPDATE clock_runs SET at = at");
    on!(tx, |c| sqlx::query(statement).execute(c).await.map(|_| ()))
}

pub async fn set_run(tx: &mut Tx, run: &Run) -> Result<()> {
    let statement = sql!(
        "INSERT INTO clock_runs (id, at, boot, up_seconds) VALUES (1, $1, $2, $3) ON CONFLICT (id) DO UPDATE SET at = excluded.at, boot = excluded.boot, up_seconds = excluded.up_seconds"
    );
    on!(tx, |c| sqlx::query(statement).bind(run.at).bind(&run.boot).bind(run.up_seconds).execute(c).await.map(|_| ()))
}

/// When the newest event was written, by the machine's clock of then.
pub async fn newest_event(tx: &mut Tx) -> Result<Option<Time>> {
    let statement = sql!("SELECT at FROM events ORDER BY id DESC LIMIT 1");
    let row: Option<(Time,)> = on!(tx, |c| sqlx::query_as(statement).fetch_optional(c).await)?;
    Ok(row.map(|(at,)| at))
}
