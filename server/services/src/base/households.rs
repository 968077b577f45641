//! A household's sealed file is written here, with the words of the blind index by which it is found: in one transaction,
//! however the household came.

use crate::base::household_words::words;
use crate::base::work::Work;
use crate::boxed;
use crate::{Error, Fields, Result, Services};
use domain::form::FieldDef;
use domain::form::needs::file as form;
use std::sync::Arc;
use storage::Tx;
use storage::base::sealed::Sealer;
use storage::needs::need::Need;
use storage::needs::need_file::{self, NeedFile};
use storage::needs::person_word;

/// Files of one transaction.
const BATCH: i64 = 200;

pub(crate) async fn save(tx: &mut Tx, sealer: &Sealer, need: &Need, file: &NeedFile) -> Result<()> {
    need_file::save(tx, sealer, need.id, file).await?;
    person_word::write(tx, sealer, need.id, &need.division_code, &words(file)).await?;
    Ok(())
}

/// What is sealed about a household, as its form's fields.
pub fn fields_of(file: &NeedFile) -> Fields {
    values_of(file).into_iter().map(|(field, value)| (field.name.to_owned(), value)).collect()
}

/// What is sealed about a household and known, each under the label of its form.
pub(crate) fn labelled(file: &NeedFile) -> Vec<Vec<String>> {
    let known = values_of(file).into_iter().filter(|(_, value)| !value.is_empty());
    known.map(|(field, value)| vec![field.label.to_owned(), value]).collect()
}

fn values_of(file: &NeedFile) -> [(FieldDef, String); 12] {
    [
        (form::NAME, file.name.clone()),
        (form::ID_NUMBER, file.id_number.clone()),
        (form::NO_ID, file.no_id_reason.clone()),
        (form::PHONE, file.phone.clone()),
        (form::NO_PHONE, file.no_phone_reason.clone()),
        (form::OTHER_PHONES, file.other_phones.join("、")),
        (form::ADDRESS, file.address.clone()),
        (form::NO_ADDRESS, file.no_address_reason.clone()),
        (form::HOUSEHOLD_SIZE, file.household_size.map(|n| n.to_string()).unwrap_or_default()),
        (form::GUARDIAN, file.guardian.clone()),
        (form::MEMBERS, file.members.clone()),
        (form::HEALTH_NOTES, file.health_notes.clone()),
    ]
}

/// Puts a corrected file in place of the one that stands; that one is kept sealed. Returns the names of the fields that
/// differ; nothing is written where none does.
pub(crate) async fn correct(work: &mut Work<'_>, need: &Need, file: NeedFile) -> Result<Vec<String>> {
    let sealer = work.ctx.services.db.unseen();
    let old = need_file::load(&mut work.tx, sealer, need.id).await?;
    let old = old.ok_or_else(|| Error::rule("这条需求已经没有档案"))?;
    let changed: Vec<String> = fields_of(&old)
        .into_iter()
        .zip(fields_of(&file))
        .filter(|((_, old), (_, new))| old != new)
        .map(|((name, _), _)| name)
        .collect();
    if changed.is_empty() {
        return Ok(changed);
    }
    let version = (work.ctx.services.new_id(), need.id);
    storage::needs::file_version::keep(&mut work.tx, sealer, version, &old, work.ctx.actor.account_id, work.now)
        .await?;
    // What no form asks for stays.
    let NeedFile { responsible_unit, ledger_no, ledger_row, .. } = old;
    let file = NeedFile { responsible_unit, ledger_no, ledger_row, ..file };
    save(&mut work.tx, sealer, need, &file).await?;
    Ok(changed)
}

/// Makes the words of those files anew that have none yet or that another key or other rules made. Returns how many.
#[boxed]
pub async fn rebuild(services: &Arc<Services>) -> Result<u64> {
    let sealer = services.db.unseen();
    let mut made = 0;
    loop {
        // A look costs no writer.
        if person_word::stale(&mut services.db.read().await?, sealer, 1).await?.is_empty() {
            return Ok(made);
        }
        let mut tx = services.db.write().await?;
        for (need, division, file) in person_word::stale(&mut tx, sealer, BATCH).await? {
            person_word::write(&mut tx, sealer, need, &division, &words(&file)).await?;
            made += 1;
        }
        tx.commit().await?;
        tokio::task::yield_now().await;
    }
}

/// Makes the words of every file anew.
#[boxed]
pub async fn rebuild_all(services: &Arc<Services>) -> Result<u64> {
    let mut tx = services.db.write().await?;
    person_word::forget_all(&mut tx).await?;
    tx.commit().await?;
    rebuild(services).await
}
