//! The blind index of persons: keyed hashes of pieces of names, telephones, ID numbers and addresses. Without the key a
//! row says nothing but that two files have something in common.

use crate::FromRow;
use crate::base::sealed::{Sealer, WordKind};
use crate::needs::need_file::{self, NeedFile};
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::need::{NeedState, Urgency};
use uuid::Uuid;

/// A piece of a file by which it is found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Word {
    pub kind: WordKind,
    pub text: String,
}

/// Private values stay out of logs and panics.
impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Word({:?}, …)", self.kind)
    }
}

/// Writes the words of a file anew.
pub async fn write(tx: &mut Tx, sealer: &Sealer, need: Uuid, division: &str, words: &[Word]) -> Result<()> {
    erase(tx, need).await?;
    let insert = sql!(
        "INSERT INTO person_words (need_id, division_code, word) VALUES ($1, $2, $3), ($1, $2, $4), ($1, $2, $5), ($1, $2, $6), ($1, $2, $7), ($1, $2, $8), ($1, $2, $9), ($1, $2, $10), ($1, $2, $11), ($1, $2, $12), ($1, $2, $13), ($1, $2, $14), ($1, $2, $15), ($1, $2, $16), ($1, $2, $17), ($1, $2, $18), ($1, $2, $19), ($1, $2, $20), ($1, $2, $21), ($1, $2, $22), ($1, $2, $23), ($1, $2, $24), ($1, $2, $25), ($1, $2, $26), ($1, $2, $27), ($1, $2, $28), ($1, $2, $29), ($1, $2, $30), ($1, $2, $31), ($1, $2, $32), ($1, $2, $33), ($1, $2, $34), ($1, $2, $35), ($1, $2, $36), ($1, $2, $37), ($1, $2, $38), ($1, $2, $39), ($1, $2, $40), ($1, $2, $41), ($1, $2, $42) ON CONFLICT (word, division_code, need_id) DO NOTHING"
    );
    let made: Vec<i64> = words.iter().map(|word| sealer.word(word.kind, &word.text)).collect();
    for portion in made.chunks(crate::db::PORTION) {
        let padded = portion.iter().chain(std::iter::repeat(&portion[0])).take(crate::db::PORTION);
        on!(&mut *tx, |c| padded
            .fold(sqlx::query(insert).bind(need).bind(division), |query, word| query.bind(*word))
            .execute(c)
            .await
            .map(|_| ()))?;
    }
    let done = sql!("UPDATE need_files SET words_by = $2 WHERE need_id = $1");
    on!(tx, |c| sqlx::query(done).bind(need).bind(sealer.words_by()).execute(c).await.map(|_| ()))
}

pub async fn erase(tx: &mut Tx, need: Uuid) -> Result<()> {
    let statement = sql!("DELETE FROM person_words WHERE need_id = $1");
    on!(tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))
}

/// Forgets by which key the words of all files were made, so that all are made anew.
pub async fn forget_all(tx: &mut Tx) -> Result<()> {
    let statement = sql!("UPDATE need_files SET words_by = ''");
    on!(tx, |c| sqlx::query(statement).execute(c).await.map(|_| ()))
}

/// Files whose words were made by another key or other rules, or not yet: need, its division, file.
pub async fn stale(tx: &mut Tx, sealer: &Sealer, limit: i64) -> Result<Vec<(Uuid, String, NeedFile)>> {
    let statement = sql!(
        "SELECT f.need_id, n.division_code, f.payload FROM need_files f JOIN needs n ON n.id = f.need_id WHERE (f.words_by < $1 OR f.words_by > $1) LIMIT $2"
    );
    let rows: Vec<(Uuid, String, Vec<u8>)> =
        on!(tx, |c| sqlx::query_as(statement).bind(sealer.words_by()).bind(limit).fetch_all(c).await)?;
    rows.into_iter()
        .map(|(need, division, payload)| Ok((need, division, need_file::open(sealer, need, &payload)?)))
        .collect()
}

/// A need whose file has the words, with the file.
#[derive(Clone, Debug)]
pub struct Hit {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub state: NeedState,
    pub urgency: Urgency,
    pub division_code: String,
    pub updated_at: Time,
    pub file: NeedFile,
}

#[derive(FromRow)]
struct Row {
    id: Uuid,
    code: String,
    title: String,
    state: NeedState,
    urgency: Urgency,
    division_code: String,
    updated_at: Time,
    payload: Vec<u8>,
}

fn open(sealer: &Sealer, row: Row) -> Result<Hit> {
    let file = need_file::open(sealer, row.id, &row.payload)?;
    let Row { id, code, title, state, urgency, division_code, updated_at, .. } = row;
    Ok(Hit { id, code, title, state, urgency, division_code, updated_at, file })
}

/// Slots of a search; each is filled by any of its words.
pub const SLOTS: usize = 4;
/// Forms of one slot: two words at most, each by two keys and two suites.
const FORMS: usize = 8;

/// Files in a scope that have one word of every slot, the latest need first. Slots stand the rarest first; one slot at
/// least, [`SLOTS`] at most, one or two words in each.
pub async fn find(tx: &mut Tx, sealer: &Sealer, slots: &[Vec<Word>], scope: &str, limit: i64) -> Result<Vec<Hit>> {
    let forms = |slot: &Vec<Word>| -> Vec<i64> {
        let forms: Vec<i64> = slot.iter().flat_map(|word| sealer.words(word.kind, &word.text)).collect();
        forms.iter().copied().cycle().take(FORMS).collect()
    };
    let Some(first) = slots.first().filter(|slot| !slot.is_empty()) else { return Ok(Vec::new()) };
    let one = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.urgency, n.division_code, n.updated_at, f.payload FROM (SELECT DISTINCT w.need_id FROM person_words w WHERE w.division_code >= $1 AND w.division_code < $2 AND w.word IN ($4, $5, $6, $7, $8, $9, $10, $11) ORDER BY w.need_id DESC LIMIT $3) hit JOIN needs n ON n.id = hit.need_id JOIN need_files f ON f.need_id = hit.need_id ORDER BY n.id DESC"
    );
    let several = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.urgency, n.division_code, n.updated_at, f.payload FROM (SELECT DISTINCT w.need_id FROM person_words w WHERE w.division_code >= $1 AND w.division_code < $2 AND w.word IN ($4, $5, $6, $7, $8, $9, $10, $11) AND EXISTS (SELECT 1 FROM person_words b WHERE b.word IN ($12, $13, $14, $15, $16, $17, $18, $19) AND b.division_code = w.division_code AND b.need_id = w.need_id) AND EXISTS (SELECT 1 FROM person_words c WHERE c.word IN ($20, $21, $22, $23, $24, $25, $26, $27) AND c.division_code = w.division_code AND c.need_id = w.need_id) AND EXISTS (SELECT 1 FROM person_words d WHERE d.word IN ($28, $29, $30, $31, $32, $33, $34, $35) AND d.division_code = w.division_code AND d.need_id = w.need_id) ORDER BY w.need_id DESC LIMIT $3) hit JOIN needs n ON n.id = hit.need_id JOIN need_files f ON f.need_id = hit.need_id ORDER BY n.id DESC"
    );
    let (statement, words): (_, Vec<i64>) = if slots.len() == 1 {
        (one, forms(first))
    } else {
        // A slot that is not used repeats the last one.
        let last = slots.last().unwrap_or(first);
        (several, slots.iter().chain(std::iter::repeat(last)).take(SLOTS).flat_map(forms).collect())
    };
    let rows: Vec<Row> = on!(tx, |c| words
        .iter()
        .fold(sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit), |query, word| query.bind(*word))
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(|row| open(sealer, row)).collect()
}

/// The latest needs of households in a scope.
pub async fn of_place(tx: &mut Tx, sealer: &Sealer, scope: &str, limit: i64) -> Result<Vec<Hit>> {
    let statement = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.urgency, n.division_code, n.updated_at, f.payload FROM needs n JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL WHERE n.division_code >= $1 AND n.division_code < $2 ORDER BY n.updated_at DESC LIMIT $3"
    );
    let rows: Vec<Row> =
        on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(scope_end(scope)).bind(limit).fetch_all(c).await)?;
    rows.into_iter().map(|row| open(sealer, row)).collect()
}

/// The need of a code, where it has a file and lies in the scope.
pub async fn of_code(tx: &mut Tx, sealer: &Sealer, code: &str, scope: &str) -> Result<Option<Hit>> {
    let statement = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.urgency, n.division_code, n.updated_at, f.payload FROM needs n JOIN need_files f ON f.need_id = n.id AND f.anonymised_at IS NULL WHERE n.code = $1 AND n.division_code >= $2 AND n.division_code < $3"
    );
    let row: Option<Row> =
        on!(tx, |c| sqlx::query_as(statement).bind(code).bind(scope).bind(scope_end(scope)).fetch_optional(c).await)?;
    row.map(|row| open(sealer, row)).transpose()
}

/// Needs in a scope with a pairing of an organization whose name has the text, the latest pairing first.
pub async fn of_organization(tx: &mut Tx, sealer: &Sealer, name: &str, scope: &str, limit: i64) -> Result<Vec<Hit>> {
    let statement = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.urgency, n.division_code, n.updated_at, f.payload FROM (SELECT p.need_id, MAX(p.opened_at) AS latest FROM pairings p JOIN organizations o ON o.id = p.organization_id WHERE o.name LIKE $1 ESCAPE '!' AND p.division_code >= $2 AND p.division_code < $3 GROUP BY p.need_id ORDER BY latest DESC LIMIT $4) hit JOIN needs n ON n.id = hit.need_id JOIN need_files f ON f.need_id = hit.need_id ORDER BY hit.latest DESC"
    );
    let rows: Vec<Row> = on!(tx, |c| sqlx::query_as(statement)
        .bind(crate::like_part(name))
        .bind(scope)
        .bind(scope_end(scope))
        .bind(limit)
        .fetch_all(c)
        .await)?;
    rows.into_iter().map(|row| open(sealer, row)).collect()
}
