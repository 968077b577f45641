//! The file 档案 of a need: everything that names or finds a person.

use crate::FromRow;
use crate::base::sealed::{MarkKind, Place, Sealer};
use crate::{Result, Tx, scope_end};
use domain::calendar::Time;
use domain::need::NeedState;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use uuid::Uuid;

/// Private data of one household. No card type contains any of these.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NeedFile {
    pub name: String,
    pub id_number: String,
    pub phone: String,
    pub other_phones: Vec<String>,
    pub address: String,
    pub household_size: Option<i64>,
    pub guardian: String,
    /// Names of the others in the household, so that the publish gate knows them.
    pub members: String,
    /// Health notes that whoever visits must know.
    pub health_notes: String,
    pub responsible_unit: String,
    /// Why there is no ID number, no telephone, no address, in place of them.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub no_id_reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub no_phone_reason: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub no_address_reason: String,
    /// The ledger's own number, kept for tracing.
    pub ledger_no: String,
    /// The row that the need was imported from, word for word: head and cell, those that no field holds among them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ledger_row: Vec<(String, String)>,
}

/// Private values stay out of logs and panics.
impl std::fmt::Debug for NeedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NeedFile(…)")
    }
}

pub async fn save(tx: &mut Tx, sealer: &Sealer, need: Uuid, file: &NeedFile) -> Result<()> {
    let payload = sealer.seal(Place::new("need_files", "payload", &need), file)?;
    let statement = sql!(
        "INSERT INTO need_files (need_id, payload) VALUES ($1, $2) ON CONFLICT (need_id) DO UPDATE SET payload = excluded.payload"
    );
    on!(&mut *tx, |c| sqlx::query(statement).bind(need).bind(payload).execute(c).await.map(|_| ()))?;
    write_marks(tx, sealer, need, file).await
}

/// Writes the keyed hashes of a file anew.
pub(crate) async fn write_marks(tx: &mut Tx, sealer: &Sealer, need: Uuid, file: &NeedFile) -> Result<()> {
    let clear = sql!("DELETE FROM file_marks WHERE need_id = $1");
    on!(&mut *tx, |c| sqlx::query(clear).bind(need).execute(c).await.map(|_| ()))?;
    let mut marks = vec![
        (MarkKind::IdNumber, file.id_number.clone()),
        (MarkKind::Phone, file.phone.clone()),
        (MarkKind::Address, address_key(&file.address)),
    ];
    marks.extend(file.other_phones.iter().map(|phone| (MarkKind::Phone, phone.clone())));
    let insert = sql!(
        "INSERT INTO file_marks (need_id, kind, mark) VALUES ($1, $2, $3) ON CONFLICT (need_id, kind, mark) DO NOTHING"
    );
    for (kind, value) in marks.into_iter().filter(|(_, value)| !value.is_empty()) {
        let mark = sealer.mark(kind, &value);
        on!(&mut *tx, |c| sqlx::query(insert).bind(need).bind(kind.as_str()).bind(&mark).execute(c).await.map(|_| ()))?;
    }
    Ok(())
}

pub async fn load(tx: &mut Tx, sealer: &Sealer, need: Uuid) -> Result<Option<NeedFile>> {
    let statement = sql!("SELECT payload FROM need_files WHERE need_id = $1 AND anonymised_at IS NULL");
    let row: Option<(Vec<u8>,)> = on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_optional(c).await)?;
    row.map(|(payload,)| open(sealer, need, &payload)).transpose()
}

/// Whether a need has a file that was not erased.
pub async fn exists(tx: &mut Tx, need: Uuid) -> Result<bool> {
    let statement = sql!("SELECT COUNT(*) FROM need_files WHERE need_id = $1 AND anonymised_at IS NULL");
    let count: i64 = on!(tx, |c| sqlx::query_scalar(statement).bind(need).fetch_one(c).await)?;
    Ok(count > 0)
}

/// A sealed file as it was read.
pub(crate) fn open(sealer: &Sealer, need: Uuid, payload: &[u8]) -> Result<NeedFile> {
    sealer.open(Place::new("need_files", "payload", &need), payload)
}

/// Code and division of a need, the need, the sealed file.
type OfCode = (String, String, Uuid, Vec<u8>);

/// Those of several needs by code, each with the need's division; a need without is not among them.
pub async fn of_codes(tx: &mut Tx, sealer: &Sealer, codes: &[&str]) -> Result<HashMap<String, (String, NeedFile)>> {
    let statement = sql!(
        "SELECT n.code, n.division_code, f.need_id, f.payload FROM needs n JOIN need_files f ON f.need_id = n.id WHERE n.code IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40)"
    );
    let rows: Result<Vec<OfCode>> = of_ids!(tx, statement, codes);
    let open = |(code, division, need, payload): OfCode| Ok((code, (division, open(sealer, need, &payload)?)));
    rows?.into_iter().map(open).collect()
}

/// Code and division of a pairing, its need, the sealed file.
type OfPairing = (String, String, Uuid, Vec<u8>);

/// Those of the needs of several pairings: code and division of each pairing with the file.
pub async fn of_pairings(tx: &mut Tx, sealer: &Sealer, codes: &[&str]) -> Result<Vec<(String, String, NeedFile)>> {
    let statement = sql!(
        "SELECT p.code, p.division_code, f.need_id, f.payload FROM pairings p JOIN need_files f ON f.need_id = p.need_id WHERE p.code IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45, $46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60, $61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75, $76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90, $91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101, $102, $103, $104, $105, $106, $107, $108, $109, $110, $111, $112, $113, $114, $115, $116, $117, $118, $119, $120, $121, $122, $123, $124, $125, $126, $127, $128, $129, $130, $131, $132, $133, $134, $135, $136, $137, $138, $139, $140, $141, $142, $143, $144, $145, $146, $147, $148, $149, $150, $151, $152, $153, $154, $155, $156, $157, $158, $159, $160, $161, $162, $163, $164, $165, $166, $167, $168, $169, $170, $171, $172, $173, $174, $175, $176, $177, $178, $179, $180, $181, $182, $183, $184, $185, $186, $187, $188, $189, $190, $191, $192, $193, $194, $195, $196, $197, $198, $199, $200)"
    );
    let rows: Result<Vec<OfPairing>> = of_ids!(crate::db::WIDE; tx, statement, codes);
    let open = |(code, division, need, payload): OfPairing| {
        let file = sealer.open(Place::new("need_files", "payload", &need), &payload)?;
        Ok((code, division, file))
    };
    rows?.into_iter().map(open).collect()
}

/// Address for comparison: digits and Han only, width folded by the caller.
pub fn address_key(address: &str) -> String {
    address.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

/// A need that shares a private value, as far as its card may be shown.
#[derive(Clone, Debug, FromRow)]
pub struct Match {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub state: NeedState,
    pub created_at: Time,
    pub kind: String,
}

/// Needs in a scope whose file shares the value. `services` come from the caller.
pub async fn same(tx: &mut Tx, sealer: &Sealer, kind: MarkKind, value: &str, scope: &str) -> Result<Vec<Match>> {
    let [mark, older] = sealer.marks(kind, value);
    let statement = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.created_at, m.kind FROM file_marks m JOIN needs n ON n.id = m.need_id WHERE m.mark IN ($1, $2) AND n.division_code >= $3 AND n.division_code < $4 ORDER BY n.created_at DESC LIMIT 20"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(mark).bind(older).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Other needs in a scope whose file shares the ID number or a telephone with a need's, newest first; each once.
pub async fn twins(tx: &mut Tx, need: Uuid, scope: &str) -> Result<Vec<Match>> {
    let statement = sql!(
        "SELECT n.id, n.code, n.title, n.state, n.created_at, MIN(o.kind) AS kind FROM file_marks m JOIN file_marks o ON o.mark = m.mark AND o.need_id <> m.need_id JOIN needs n ON n.id = o.need_id WHERE m.need_id = $1 AND m.kind IN ('id_number', 'phone') AND n.division_code >= $2 AND n.division_code < $3 GROUP BY n.id, n.code, n.title, n.state, n.created_at ORDER BY n.created_at DESC LIMIT 20"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(need).bind(scope).bind(scope_end(scope)).fetch_all(c).await)
}

/// Whether the value stands in a file outside the scope: the only thing that an
/// office learns of another's files.
pub async fn is_elsewhere(tx: &mut Tx, sealer: &Sealer, kind: MarkKind, value: &str, scope: &str) -> Result<bool> {
    let [mark, older] = sealer.marks(kind, value);
    let statement = sql!(
        "SELECT COUNT(*) FROM file_marks m JOIN needs n ON n.id = m.need_id WHERE m.mark IN ($1, $2) AND NOT (n.division_code >= $3 AND n.division_code < $4)"
    );
    let (count,): (i64,) = on!(tx, |c| sqlx::query_as(statement)
        .bind(mark)
        .bind(older)
        .bind(scope)
        .bind(scope_end(scope))
        .fetch_one(c)
        .await)?;
    Ok(count > 0)
}
