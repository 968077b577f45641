//! Steps of volunteers that several commands share.

use crate::base::notice;
use crate::base::work::{About, Work};
use crate::{Error, Result};
use domain::calendar::Time;
use domain::code::Prefix;
use domain::machine::Command;
use domain::permission::Record;
use domain::volunteer::{Skill, Slot, VolunteerState};
use serde_json::json;
use storage::base::sealed::MarkKind;
use storage::volunteers::calendar_feed;
use storage::volunteers::volunteer::{self, Volunteer, VolunteerFile};

/// A checked registration or profile.
#[derive(Clone, Debug)]
pub struct Input {
    pub file: VolunteerFile,
    /// Twelve digits: a street, or a village or community.
    pub division: String,
    pub skills: Vec<Skill>,
    pub services: Vec<String>,
    pub slots: Vec<Slot>,
}

pub(crate) fn apply(row: &mut Volunteer, input: &Input) {
    row.division_code.clone_from(&input.division);
    row.skills = json!(input.skills).to_string();
    row.service_codes = json!(input.services).to_string();
    row.slots = json!(input.slots).to_string();
}

/// Whether telephone or ID number stand with another volunteer is told to the street alone, which asks both: whoever types
/// a number in learns nothing of whose it is.
pub(crate) async fn note_same(work: &mut Work<'_>, row: &Volunteer, file: &VolunteerFile) -> Result<()> {
    let sealer = work.ctx.services.db.sealer();
    let mut found = false;
    for (kind, value) in [(MarkKind::Phone, &file.phone), (MarkKind::IdNumber, &file.id_number)] {
        found |= !value.is_empty() && !volunteer::same(&mut work.tx, sealer, kind, value, row.id).await?.is_empty();
    }
    if found {
        let body = format!("编号{}。请核对是不是同一个人；是的，请本人退出其中一个登记", row.number);
        notice::to_street(work, &row.division_code, "志愿者登记的号码和另一位相同", &body, "/desk").await?;
    }
    Ok(())
}

/// Enters somebody from a team's list, who has agreed to it (志愿服务条例 article 7): without an account.
pub(crate) async fn enter(work: &mut Work<'_>, input: &Input, consented_at: Time) -> Result<Volunteer> {
    let services = &work.ctx.services;
    let number = work.code(Prefix::Volunteer, &input.division).await?;
    let mut row = Volunteer::new(services.new_id(), number, None, input.division.clone(), work.now);
    row.consented_at = consented_at;
    apply(&mut row, input);
    volunteer::insert(&mut work.tx, services.db.sealer(), &row, &input.file).await?;
    let about = About { data: Some(json!({ "number": row.number })), ..About::default() };
    work.created_by(Command::VolunteerEnter, row.state, row.id, about).await?;
    note_same(work, &row, &input.file).await?;
    Ok(row)
}

/// The volunteer who is signed in.
pub(crate) async fn me(work: &mut Work<'_>) -> Result<Volunteer> {
    let account = work.ctx.account()?;
    volunteer::by_account(&mut work.tx, account)
        .await?
        .filter(|row| row.state == VolunteerState::Active)
        .ok_or(Error::NotFound)
}

/// The record for decisions about a volunteer's own things.
pub(crate) fn own_record(row: &Volunteer) -> Record<'static> {
    Record { volunteer: row.account_id, ..Record::default() }
}

/// With a withdrawal of consent too. `false`: there was none.
pub(crate) async fn revoke_calendar(work: &mut Work<'_>, own: &Volunteer) -> Result<bool> {
    let was = calendar_feed::revoke(&mut work.tx, own.id).await?;
    if was {
        work.noted_by(Command::CalendarRevoke, own.id, "revoked", About::default()).await?;
    }
    Ok(was)
}
