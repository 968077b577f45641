//! What a desk shows of many kinds of records, each in one statement.

use crate::FromRow;
use crate::aid::claim::Listed as Claimed;
use crate::{Result, Tx, scope_end};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::organization::OrganizationState;
use uuid::Uuid;

/// Something that waits for a decision, in the columns that all kinds have.
#[derive(Clone, Debug, FromRow)]
pub struct Duty {
    /// `claim`, `transfer`, `access`, `rights`, `incident`, `closing`, `amendment`; of an organization `answer`, `contact`, `transfer`, `capacity`.
    pub kind: String,
    pub id: Uuid,
    /// Code of the page to open; empty where that goes by the id.
    pub code: String,
    pub title: String,
    pub due_at: Option<Time>,
    pub urgent: bool,
    /// When it came to be, for what tells it.
    pub since: Option<Time>,
    /// What is told beside the title, as each kind has it.
    pub one: String,
    pub two: String,
    pub three: String,
    /// Who asked for it and therefore may not decide it.
    pub asker: Option<Uuid>,
}

/// What waits for the office of a scope, at most `limit` of each kind: claims (one: organization), accepted transfers
/// (from, to), accesses to a minor's contact data (organization, asker, purpose) and the city's to a file (code: the need's), requests about the own data (title:
/// kind; one: division, two: asker), incidents (title: opening; one: kind, two: team), proposals to close a need (reason,
/// note), corrections of what is published (reason), requests for help (title: state; one: division, two: channel,
/// three: for whom), what a household says (title: whether somebody came; one: division, two: whether it helped, three:
/// whether records say otherwise).
pub async fn of_office(tx: &mut Tx, scope: &str, limit: i64) -> Result<Vec<Duty>> {
    let statement = sql!(
        "SELECT * FROM (SELECT 'claim' AS kind, c.id, c.code, n.title, c.due_at, n.urgency = 'urgent' AS urgent, c.submitted_at AS since, o.name AS one, '' AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM claims c JOIN needs n ON n.id = c.need_id JOIN organizations o ON o.id = c.organization_id WHERE c.division_code >= $1 AND c.division_code < $2 AND c.state = 'submitted' AND c.lead_id IS NULL ORDER BY c.due_at NULLS LAST, c.submitted_at DESC, c.id LIMIT $3) AS a UNION ALL SELECT * FROM (SELECT 'transfer' AS kind, t.id, p.code, n.title, t.expires_at AS due_at, FALSE AS urgent, CAST(NULL AS BIGINT) AS since, f.name AS one, o.name AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM transfers t JOIN pairings p ON p.id = t.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations f ON f.id = p.organization_id JOIN organizations o ON o.id = t.to_organization_id WHERE p.division_code >= $1 AND p.division_code < $2 AND t.state = 'accepted' ORDER BY t.expires_at LIMIT $3) AS b UNION ALL SELECT * FROM (SELECT 'access' AS kind, d.id, COALESCE(p.code, n.code) AS code, n.title, d.expires_at AS due_at, FALSE AS urgent, CAST(NULL AS BIGINT) AS since, COALESCE(o.name, '') AS one, a.display_name AS two, d.purpose AS three, d.asked_by AS asker FROM disclosures d LEFT JOIN pairings p ON p.id = d.pairing_id JOIN needs n ON n.id = d.need_id JOIN accounts a ON a.id = d.asked_by LEFT JOIN organizations o ON o.id = p.organization_id WHERE d.state = 'asked' AND n.division_code >= $1 AND n.division_code < $2 ORDER BY d.asked_at LIMIT $3) AS c UNION ALL SELECT * FROM (SELECT 'rights' AS kind, r.id, r.code, r.kind AS title, r.due_at, FALSE AS urgent, CAST(NULL AS BIGINT) AS since, r.division_code AS one, r.asker AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM rights_requests r WHERE r.state = 'received' AND r.division_code >= $1 AND r.division_code < $2 ORDER BY r.due_at LIMIT $3) AS d UNION ALL SELECT * FROM (SELECT 'incident' AS kind, i.id, '' AS code, p.title, i.due_at, TRUE AS urgent, i.reported_at AS since, i.kind AS one, t.name AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM incidents i JOIN shifts h ON h.id = i.shift_id JOIN openings p ON p.id = h.opening_id JOIN teams t ON t.id = i.team_id WHERE i.state = 'reported' AND i.division_code >= $1 AND i.division_code < $2 ORDER BY i.due_at, i.id LIMIT $3) AS e UNION ALL SELECT * FROM (SELECT 'closing' AS kind, k.id, n.code, n.title, k.due_at, n.urgency = 'urgent' AS urgent, k.proposed_at AS since, k.reason AS one, k.note AS two, '' AS three, k.proposed_by AS asker FROM closings k JOIN needs n ON n.id = k.need_id WHERE k.division_code >= $1 AND k.division_code < $2 AND k.decided_at IS NULL ORDER BY k.due_at, k.id LIMIT $3) AS f UNION ALL SELECT * FROM (SELECT 'amendment' AS kind, k.id, n.code, n.title, k.due_at, n.urgency = 'urgent' AS urgent, k.proposed_at AS since, k.reason AS one, '' AS two, '' AS three, k.proposed_by AS asker FROM amendments k JOIN needs n ON n.id = k.need_id WHERE k.division_code >= $1 AND k.division_code < $2 AND k.decided_at IS NULL ORDER BY k.due_at, k.id LIMIT $3) AS g UNION ALL SELECT * FROM (SELECT 'help' AS kind, h.id, h.code, h.state AS title, h.due_at, h.urgent, h.since, h.division_code AS one, h.channel AS two, h.whom AS three, CAST(NULL AS UUID) AS asker FROM help_requests h WHERE h.division_code >= $1 AND h.division_code < $2 AND h.state IN ('received', 'accepted', 'routed', 'watched') ORDER BY h.despair DESC, h.urgent DESC, h.due_at, h.id LIMIT $3) AS h2 UNION ALL SELECT * FROM (SELECT 'voice' AS kind, v.id, h.code, v.came AS title, v.due_at, FALSE AS urgent, v.said_at AS since, h.division_code AS one, COALESCE(v.helped, '') AS two, CASE WHEN v.disputes THEN 'disputes' ELSE '' END AS three, CAST(NULL AS UUID) AS asker FROM help_voices v JOIN help_requests h ON h.id = v.help_id WHERE h.division_code >= $1 AND h.division_code < $2 AND v.state = 'said' ORDER BY v.due_at, v.id LIMIT $3) AS i"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)
}

/// What waits for an organization: claims with a question (one), pairings without a first contact (own name), transfers
/// offered to it (from, to; code of the need), projects whose capacity was last confirmed before a time (since).
pub async fn of_organization(tx: &mut Tx, organization: Uuid, before: Time, limit: i64) -> Result<Vec<Duty>> {
    let statement = sql!(
        "SELECT * FROM (SELECT 'answer' AS kind, c.id, c.code, n.title, c.due_at, n.urgency = 'urgent' AS urgent, c.submitted_at AS since, COALESCE(c.question, '') AS one, '' AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM claims c JOIN needs n ON n.id = c.need_id WHERE c.organization_id = $1 AND c.state = 'needs_info' ORDER BY c.submitted_at DESC, c.id LIMIT $3) AS a UNION ALL SELECT * FROM (SELECT 'contact' AS kind, p.id, p.code, n.title, p.due_at, n.urgency = 'urgent' AS urgent, p.opened_at AS since, o.name AS one, '' AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM pairings p JOIN needs n ON n.id = p.need_id JOIN organizations o ON o.id = p.organization_id WHERE p.organization_id = $1 AND p.state = 'pending_start' ORDER BY p.due_at NULLS LAST, p.opened_at DESC, p.id LIMIT $3) AS b UNION ALL SELECT * FROM (SELECT 'transfer' AS kind, t.id, n.code, n.title, t.expires_at AS due_at, FALSE AS urgent, CAST(NULL AS BIGINT) AS since, f.name AS one, o.name AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM transfers t JOIN pairings p ON p.id = t.pairing_id JOIN needs n ON n.id = p.need_id JOIN organizations f ON f.id = p.organization_id JOIN organizations o ON o.id = t.to_organization_id WHERE t.to_organization_id = $1 AND t.state = 'offered' ORDER BY t.expires_at LIMIT $3) AS c UNION ALL SELECT * FROM (SELECT 'capacity' AS kind, j.id, j.code, j.title, CAST(NULL AS BIGINT) AS due_at, FALSE AS urgent, j.confirmed_at AS since, '' AS one, '' AS two, '' AS three, CAST(NULL AS UUID) AS asker FROM projects j WHERE j.organization_id = $1 AND j.state = 'active' AND j.confirmed_at < $2 ORDER BY j.confirmed_at LIMIT $3) AS d"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).bind(before).bind(limit).fetch_all(c).await)
}

/// The parts of every joint claim that an organization takes part in and that is still forming: claim by claim, the
/// lead's first.
pub async fn forming_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<Claimed>> {
    let statement = sql!(
        "SELECT c.*, n.code AS need_code, n.title AS need_title, n.urgency AS need_urgency, o.name AS organization_name FROM claims own JOIN claims c ON c.id = COALESCE(own.lead_id, own.id) OR c.lead_id = COALESCE(own.lead_id, own.id) JOIN needs n ON n.id = c.need_id JOIN organizations o ON o.id = c.organization_id WHERE own.organization_id = $1 AND own.state = 'forming' ORDER BY own.submitted_at DESC, own.id, CASE WHEN c.lead_id IS NULL THEN 0 ELSE 1 END, c.code LIMIT 200"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}

/// An organization's own registration, as far as something is to be done about it.
#[derive(Clone, Debug, FromRow)]
pub struct Registration {
    pub uscc: String,
    pub name: String,
    pub state: OrganizationState,
    pub verified_until: Option<NaiveDate>,
    pub updated_at: Time,
    /// When the yearly re-check was asked for.
    pub recheck_at: Option<Time>,
    /// What was said when it last came into its state.
    pub reason: Option<String>,
}

pub async fn registration(tx: &mut Tx, organization: Uuid) -> Result<Option<Registration>> {
    let statement = sql!(
        "SELECT o.uscc, o.name, o.state, o.verified_until, o.updated_at, p.recheck_at, (SELECT e.reason FROM events e WHERE e.object = 'organization' AND e.object_id = o.id AND e.to_state = o.state AND e.reason IS NOT NULL ORDER BY e.id DESC LIMIT 1) AS reason FROM organizations o LEFT JOIN organization_profiles p ON p.organization_id = o.id WHERE o.id = $1"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_optional(c).await)
}

/// (kind, state, how many) in a scope: all needs, claims and pairings, records to confirm, needs with open units.
pub async fn counts_in(tx: &mut Tx, scope: &str) -> Result<Vec<(String, String, i64)>> {
    let statement = sql!(
        "SELECT 'need', state, COUNT(*) FROM needs WHERE division_code >= $1 AND division_code < $2 GROUP BY state UNION ALL SELECT 'claim', state, COUNT(*) FROM claims WHERE division_code >= $1 AND division_code < $2 GROUP BY state UNION ALL SELECT 'pairing', state, COUNT(*) FROM pairings WHERE division_code >= $1 AND division_code < $2 GROUP BY state UNION ALL SELECT 'delivery', 'recorded', COUNT(*) FROM deliveries WHERE division_code >= $1 AND division_code < $2 AND state = 'recorded' UNION ALL SELECT 'unclaimed', '', COUNT(*) FROM needs n WHERE n.division_code >= $1 AND n.division_code < $2 AND n.state = 'published' AND EXISTS (SELECT 1 FROM need_lines l WHERE l.need_id = n.id AND l.cycle = n.cycle AND l.taken < l.quantity)"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// As [`counts_in`], claims and pairings of an organization.
pub async fn counts_of(tx: &mut Tx, organization: Uuid) -> Result<Vec<(String, String, i64)>> {
    let statement = sql!(
        "SELECT 'claim', state, COUNT(*) FROM claims WHERE organization_id = $1 GROUP BY state UNION ALL SELECT 'pairing', state, COUNT(*) FROM pairings WHERE organization_id = $1 GROUP BY state"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)
}
