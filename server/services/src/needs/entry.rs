//! A need as it was typed is written down: by the entry form or from a ledger, with the consent that came with it.

use crate::Result;
use crate::base::work::{About, Work};
use crate::needs::need_form::{CONSENT_PURPOSE, ConsentInput, Input};
use domain::code::Prefix;
use domain::machine::Command;
use domain::need::{NeedKind, Source, Urgency};
use domain::organization::ConsentState;
use storage::needs::consent::Consent;
use storage::needs::need::{Beneficiary, Line, Need};
use uuid::Uuid;

/// Creates a draft within an open command (page and ledger import share it).
pub(crate) async fn create(work: &mut Work<'_>, input: &Input, import_id: Option<Uuid>) -> Result<Need> {
    let kind = input.kind.unwrap_or(NeedKind::Household);
    let code = work.code(Prefix::Need, &input.division_code).await?;
    let mut need = Need {
        id: work.ctx.services.new_id(),
        code,
        kind,
        cycle: 1,
        author_id: work.ctx.actor.account_id,
        created_at: work.now,
        import_id,
        updated_at: work.now,
        version: 1,
        ..Need::default()
    };
    fill(&mut need, input);
    storage::needs::need::insert(&mut work.tx, &need).await?;
    write_parts(work, &need, input).await?;
    work.created_by(Command::NeedCreate, need.state, need.id, About { need: Some(&need), ..About::default() }).await?;
    if let Some(consent) = &input.consent {
        record_consent(work, &need, consent).await?;
    }
    Ok(need)
}

pub(crate) fn fill(need: &mut Need, input: &Input) {
    if let Some(kind) = input.kind {
        need.kind = kind;
    }
    need.division_code.clone_from(&input.division_code);
    input.keep_texts(need);
    need.age_band = input.age_band;
    need.sex = input.sex;
    need.urgency = input.urgency.unwrap_or(Urgency::Normal);
    need.source = input.source.unwrap_or(Source::Import);
    need.source_no.clone_from(&input.source_no);
    need.valid_until = input.valid_until;
}

pub(crate) async fn write_parts(work: &mut Work<'_>, need: &Need, input: &Input) -> Result<()> {
    storage::needs::need::delete_lines(&mut work.tx, need.id, need.cycle).await?;
    for (position, line) in input.lines.iter().enumerate() {
        let row = Line {
            id: work.ctx.services.new_id(),
            need_id: need.id,
            cycle: need.cycle,
            position: i64::try_from(position).unwrap_or_default(),
            service_code: line.service_code.clone(),
            quantity: line.amount.quantity,
            unit: line.amount.unit.clone(),
            per: line.amount.per,
            starts_on: line.starts_on,
            ends_on: line.ends_on,
            note: line.note.clone(),
            made_up_of: None,
            open_from: None,
            taken: 0,
            taken_at: None,
        };
        storage::needs::need::insert_line(&mut work.tx, &row).await?;
    }
    storage::needs::need::delete_beneficiaries(&mut work.tx, need.id).await?;
    for b in &input.beneficiaries {
        let row = Beneficiary {
            need_id: need.id,
            category_code: b.code.clone(),
            decided_on: b.decided_on,
            decided_by: b.decided_by.clone(),
        };
        storage::needs::need::insert_beneficiary(&mut work.tx, &row).await?;
    }
    if let Some(file) = &input.file {
        let sealer = work.ctx.services.db.sealer();
        // A form knows nothing of the row that the need came from; the words stay.
        let mut file = file.clone();
        if file.ledger_row.is_empty()
            && let Some(old) =
                storage::needs::need_file::load(&mut work.tx, work.ctx.services.db.unseen(), need.id).await?
        {
            file.ledger_row = old.ledger_row;
        }
        crate::base::households::save(&mut work.tx, sealer, need, &file).await?;
    }
    Ok(())
}

pub(crate) async fn record_consent(work: &mut Work<'_>, need: &Need, input: &ConsentInput) -> Result<()> {
    let row = Consent {
        id: work.ctx.services.new_id(),
        need_id: need.id,
        state: ConsentState::Live,
        by_guardian: input.by_guardian,
        channel: input.channel,
        purpose: CONSENT_PURPOSE.to_owned(),
        evidence: input.evidence.clone(),
        given_on: input.given_on,
        valid_until: input.valid_until,
        recorded_by: work.ctx.actor.account_id,
        recorded_at: work.now,
        withdrawn_at: None,
        warned_at: None,
    };
    storage::needs::consent::insert(&mut work.tx, work.ctx.services.db.sealer(), &row).await?;
    work.created_by(Command::ConsentRecord, row.state, row.id, About { need: Some(need), ..About::default() }).await
}
