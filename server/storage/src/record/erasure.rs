//! What is taken away when a household's data are erased, on request or after their time: one list over every table that
//! names a person. What is not sealed passes the publish gate and names nobody.

use crate::base::sealed::{Place, Sealer};
use crate::needs::need_file::{self, NeedFile};
use crate::{Result, Tx};
use domain::calendar::Time;
use uuid::Uuid;

/// What becomes of a table that belongs to a need or holds sealed values, when the household is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Goes, or loses what names the person.
    Erased,
    /// Names nobody, or another person than the household; with the reason.
    Kept(&'static str),
}

/// Every table with a column of a need or a sealed column. A test walks the schema against it.
pub const TABLES: &[(&str, Fate)] = &[
    ("need_files", Fate::Erased),
    ("file_marks", Fate::Erased),
    ("file_versions", Fate::Erased),
    ("person_words", Fate::Erased),
    ("consents", Fate::Erased),
    ("rights_requests", Fate::Erased),
    ("attachments", Fate::Erased),
    ("drafts", Fate::Erased),
    ("imports", Fate::Erased),
    ("incidents", Fate::Erased),
    ("help_requests", Fate::Erased),
    ("help_voices", Fate::Erased),
    ("need_lines", Fate::Kept("services and amounts; notes pass the gate")),
    ("need_beneficiaries", Fate::Kept("categories, which figures count")),
    ("claims", Fate::Kept("plans pass the gate")),
    ("pairings", Fate::Kept("notes pass the gate")),
    ("verifications", Fate::Kept("notes pass the gate")),
    ("disclosures", Fate::Kept("who looked and why, which must stay provable")),
    ("closings", Fate::Kept("reasons pass the gate")),
    ("amendments", Fate::Kept("what was and is published, which passes the gate")),
    ("events", Fate::Kept("the record; holds no private value")),
    ("asks", Fate::Kept("invitations by service")),
    ("batch_items", Fate::Kept("invitations by service")),
    ("batch_unserved", Fate::Kept("figures")),
    ("saved_search_hits", Fate::Kept("which card was found")),
    ("import_marks", Fate::Kept("a keyed hash of the row, so that it does not become a need again")),
    ("second_factors", Fate::Kept("an account's own")),
    ("organization_profiles", Fate::Kept("an organization's persons")),
    ("volunteers", Fate::Kept("a volunteer's own; goes with 退出登记")),
];

/// What finds a household among words that somebody typed or a ledger quotes.
pub struct Traces(Vec<String>);

impl Traces {
    /// Of a file. A single character finds nothing.
    pub fn of(file: &NeedFile) -> Self {
        let names = file.members.split(['、', '，', ',', ' ']).map(str::to_owned);
        let guardian = file.guardian.split(['，', ',', '（', '(', ' ']).next().unwrap_or_default().to_owned();
        let all = [file.name.clone(), file.id_number.clone(), file.phone.clone(), file.address.clone(), guardian];
        let all = all.into_iter().chain(file.other_phones.iter().cloned()).chain(names);
        Self(all.map(|text| text.trim().to_owned()).filter(|text| text.chars().count() > 1).collect())
    }

    pub fn stand_in(&self, text: &str) -> bool {
        self.0.iter().any(|trace| text.contains(trace.as_str()))
    }
}

/// The file of a need as it stands before it goes; none where it is gone.
pub async fn file(tx: &mut Tx, sealer: &Sealer, need: Uuid) -> Result<Option<NeedFile>> {
    need_file::load(tx, sealer, need).await
}

/// Takes away what belongs to the need: file, its marks, words and earlier versions, evidence, source number, request words, words of incidents, drafts
/// of its pages. The size of the household stays: figures count it. Attachments and imports are the caller's, which
/// records their steps.
pub async fn need(tx: &mut Tx, sealer: &Sealer, need: Uuid, now: Time) -> Result<()> {
    if let Some(file) = file(tx, sealer, need).await? {
        let left = NeedFile { household_size: file.household_size, ..NeedFile::default() };
        let payload = sealer.seal(Place::new("need_files", "payload", &need), &left)?;
        let statement = sql!("UPDATE need_files SET payload = $2, anonymised_at = $3 WHERE need_id = $1");
        on!(&mut *tx, |c| sqlx::query(statement).bind(need).bind(payload).bind(now).execute(c).await.map(|_| ()))?;
    }
    crate::needs::person_word::erase(&mut *tx, need).await?;
    crate::needs::file_version::erase(&mut *tx, need).await?;
    for statement in [
        sql!("DELETE FROM file_marks WHERE need_id = $1"),
        sql!("UPDATE consents SET evidence = '' WHERE need_id = $1"),
        sql!("UPDATE needs SET source_no = NULL WHERE id = $1"),
        sql!("UPDATE help_requests SET payload = NULL, same = NULL WHERE need_id = $1"),
        sql!(
            "UPDATE help_voices SET words = NULL WHERE help_id IN (SELECT h.id FROM help_requests h WHERE h.need_id = $1)"
        ),
        sql!(
            "DELETE FROM drafts WHERE EXISTS (SELECT 1 FROM help_requests h WHERE h.need_id = $1 AND drafts.form LIKE '/requests/' || h.code || '%')"
        ),
        sql!(
            "UPDATE incidents SET words = NULL WHERE shift_id IN (SELECT h.id FROM shifts h JOIN openings o ON o.id = h.opening_id JOIN pairings p ON p.id = o.pairing_id WHERE p.need_id = $1)"
        ),
        sql!("DELETE FROM drafts WHERE form LIKE '/needs/' || (SELECT n.code FROM needs n WHERE n.id = $1) || '%'"),
        sql!(
            "DELETE FROM drafts WHERE EXISTS (SELECT 1 FROM pairings p WHERE p.need_id = $1 AND drafts.form LIKE '/pairings/' || p.code || '%')"
        ),
        sql!(
            "DELETE FROM drafts WHERE EXISTS (SELECT 1 FROM claims k WHERE k.need_id = $1 AND drafts.form LIKE '/claims/' || k.code || '%')"
        ),
        sql!(
            "DELETE FROM drafts WHERE EXISTS (SELECT 1 FROM rights_requests r WHERE r.need_id = $1 AND drafts.form LIKE '/rights/' || r.code || '%')"
        ),
    ] {
        on!(&mut *tx, |c| sqlx::query(statement).bind(need).execute(c).await.map(|_| ()))?;
    }
    let words = sql!("UPDATE rights_requests SET words = $2 WHERE need_id = $1");
    on!(&mut *tx, |c| sqlx::query(words).bind(need).bind(Vec::<u8>::new()).execute(c).await.map(|_| ()))
}

/// Takes away every draft in which a trace stands, whoever typed it and for whatever form.
pub async fn drafts(tx: &mut Tx, sealer: &Sealer, traces: &[Traces]) -> Result<()> {
    const BATCH: i64 = 200;
    let next = sql!("SELECT id, fields, mistakes FROM drafts WHERE id > $1 ORDER BY id LIMIT $2");
    let delete = sql!("DELETE FROM drafts WHERE id = $1");
    let mut after = Uuid::nil();
    loop {
        let rows: Vec<(Uuid, Vec<u8>, String)> =
            on!(&mut *tx, |c| sqlx::query_as(next).bind(after).bind(BATCH).fetch_all(c).await)?;
        let Some((last, ..)) = rows.last() else { return Ok(()) };
        after = *last;
        for (id, fields, mistakes) in rows {
            let fields: domain::form::Fields = sealer.open(Place::new("drafts", "fields", &id), &fields)?;
            let mistakes = sealer.open_text(Place::new("drafts", "mistakes", &id), &mistakes)?;
            let named =
                |traces: &Traces| traces.stand_in(&mistakes) || fields.iter().any(|(_, value)| traces.stand_in(value));
            if traces.iter().any(named) {
                on!(&mut *tx, |c| sqlx::query(delete).bind(id).execute(c).await.map(|_| ()))?;
            }
        }
    }
}

/// Files that hang on a need or on what came of it: ids of those kept.
pub async fn attachments(tx: &mut Tx, need: Uuid) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT a.id FROM attachments a WHERE a.state = 'kept' AND (a.object_id = $1 OR a.object_id IN (SELECT p.id FROM pairings p WHERE p.need_id = $1) OR a.object_id IN (SELECT d.id FROM deliveries d JOIN pairings p ON p.id = d.pairing_id WHERE p.need_id = $1) OR a.object_id IN (SELECT v.id FROM verifications v WHERE v.need_id = $1)) ORDER BY a.id"
    );
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(need).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Imports whose report or file is still there: (id, whose), oldest first.
pub async fn imports(tx: &mut Tx) -> Result<Vec<(Uuid, Option<Uuid>)>> {
    let statement = sql!("SELECT id, account_id FROM imports WHERE file_name <> '' ORDER BY created_at, id");
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

/// Forgets the file of an import, which was not decided on yet.
pub async fn forget_file(tx: &mut Tx, import: Uuid) -> Result<()> {
    let statement = sql!("UPDATE imports SET file = NULL WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(import).execute(c).await.map(|_| ()))
}

/// Writes the name of an import's file anew.
pub async fn rename(tx: &mut Tx, sealer: &Sealer, import: Uuid, name: &str) -> Result<()> {
    let name = sealer.seal_text(Place::new("imports", "file_name", &import), name)?;
    let statement = sql!("UPDATE imports SET file_name = $2 WHERE id = $1");
    on!(tx, |c| sqlx::query(statement).bind(import).bind(name).execute(c).await.map(|_| ()))
}
