//! Certificates 志愿服务记录证明 and their public check.

use crate::base::work::{About, Work};
use crate::base::{limits, trail};
use crate::boxed;
use crate::steps::teams::rights;
use crate::steps::volunteers::{me, own_record};
use crate::{Ctx, Error, Result, Services};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::certificate::{CertificateState, LENGTH, Standing, parse};
use domain::code::is_code;
use domain::field::Check;
use domain::form::volunteers::certificate as form;
use domain::machine::Command;
use domain::permission::authorize;
use domain::role::Role;
use serde_json::json;
use storage::volunteers::certificate::{self, Certificate};
use storage::volunteers::hours::Record;
use storage::volunteers::team::Team;
use uuid::Uuid;

/// Days between which records are taken; open ends reach as far as there are records.
pub(crate) fn span(check: &mut Check, from: &str, until: &str, today: NaiveDate) -> (NaiveDate, NaiveDate) {
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or(today);
    let from = check.date(form::FROM, from).unwrap_or(first);
    let until = check.date(form::UNTIL, until).unwrap_or(today);
    if until < from {
        check.wrong(form::UNTIL, "到哪天早于从哪天，请核对");
    }
    (from, until)
}

/// 开证明 of the own service with one team. Its organization, or the team itself, answers for the records: each was
/// confirmed by another account there. Returns the certificate.
#[boxed]
pub async fn issue(ctx: &Ctx, team_code: &str, from: &str, until: &str) -> Result<Uuid> {
    let mut check = Check::new();
    let (from, until) = span(&mut check, from, until, ctx.now().day());
    if !is_code(team_code) {
        check.missing(form::TEAM);
    }
    check.done()?;
    let mut work = Work::begin(ctx, Command::CertificateIssue).await?;
    let own = me(&mut work).await?;
    work.authorize(&own_record(&own))?;
    let team = storage::volunteers::team::by_code(&mut work.tx, team_code).await?.ok_or(Error::NotFound)?;
    let records = certificate::to_certify(&mut work.tx, own.id, team.id, from, until).await?;
    let (Some(first), Some(last)) = (records.first(), records.last()) else {
        return Err(Error::rule("这段时间里没有已经记录的服务，不能开证明"));
    };
    let mut bytes = [0_u8; LENGTH];
    ctx.services.random.fill(&mut bytes);
    let row = Certificate {
        id: ctx.services.new_id(),
        check_code: domain::certificate::code(bytes),
        volunteer_id: own.id,
        team_id: team.id,
        organization_id: team.organization_id,
        state: CertificateState::Issued,
        unit: last.unit.clone(),
        from_day: first.day,
        until_day: last.day,
        minutes: records.iter().map(|r| r.minutes).sum(),
        issued_by: ctx.actor.account_id,
        issued_at: work.now,
    };
    certificate::insert(&mut work.tx, &row, &records).await?;
    let data = json!({ "team": team.code, "records": records.len(), "minutes": row.minutes });
    let about = About { organization: team.organization_id, data: Some(data), ..About::default() };
    work.created(row.state, row.id, about).await?;
    work.commit(&row.id.to_string()).await?;
    Ok(row.id)
}

/// A certificate to print.
#[derive(Clone, Debug)]
pub struct Printed {
    pub certificate: Certificate,
    pub name: String,
    pub number: String,
    pub team: Team,
    pub records: Vec<Record>,
    pub standing: Standing,
}

async fn standing(tx: &mut storage::Tx, row: &Certificate) -> Result<(Standing, i64)> {
    let (changed, minutes) = certificate::standing(tx, row.id).await?;
    let standing = match (changed, minutes) {
        (0, _) => Standing::Valid,
        (_, 0) => Standing::Void,
        _ => Standing::Corrected,
    };
    Ok((standing, minutes))
}

/// Reads a certificate: its volunteer, or whoever looks after the team.
#[boxed]
pub async fn read(ctx: &Ctx, id: Uuid) -> Result<Printed> {
    let mut tx = ctx.services.db.read().await?;
    let row = certificate::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let volunteer = storage::volunteers::volunteer::by_id(&mut tx, row.volunteer_id).await?.ok_or(Error::NotFound)?;
    let team = storage::volunteers::team::by_id(&mut tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let own = ctx.role() == Role::Volunteer && volunteer.account_id == ctx.actor.account_id;
    if !own {
        let who = rights(&mut tx, &team).await?;
        authorize(&ctx.actor, Command::SignupConfirmHours, &who)?;
    }
    let sealer = if own { ctx.services.db.unseen() } else { ctx.services.db.sealer() };
    let file = storage::volunteers::volunteer::file(sealer, &volunteer)?;
    let records = certificate::records(&mut tx, id).await?;
    let (standing, _) = standing(&mut tx, &row).await?;
    drop(tx);
    if !own {
        let about = trail::About { object: id, organization: team.organization_id, ..trail::About::default() };
        trail::read(ctx, "志愿服务证明", &team.code, about).await?;
    }
    Ok(Printed { certificate: row, name: file.name, number: volunteer.number, team, records, standing })
}

/// What anybody learns by a check code: issuer and hours, nothing more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub standing: Standing,
    pub unit: String,
    /// As they stand today.
    pub minutes: i64,
    pub issued_at: Time,
}

/// Checks a code for anybody; guesses from one address are counted and slowed down.
#[boxed]
pub async fn verify(services: &Services, address: &str, code: &str) -> Result<Checked> {
    let code = parse(code).ok_or(Error::NotFound)?;
    let counted = limits::verify(services, address).await?;
    let mut tx = services.db.read().await?;
    let row = certificate::by_code(&mut tx, &code).await?.ok_or(Error::NotFound)?;
    let (standing, minutes) = standing(&mut tx, &row).await?;
    drop(tx);
    let mut tx = services.db.write().await?;
    counted.was_right(&mut tx).await?;
    tx.commit().await?;
    Ok(Checked { standing, unit: row.unit, minutes, issued_at: row.issued_at })
}
