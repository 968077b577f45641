//! Commands on organizations 社会组织: who may claim.

use crate::work::{About, Work, first};
use crate::{Ctx, Error, Result, gate};
use chrono::NaiveDate;
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use domain::permission::Record;
use domain::uscc::Uscc;
use serde_json::json;
use storage::organization::{self, Organization};
use uuid::Uuid;

/// An application.
#[derive(Clone, Debug)]
pub struct Input {
    pub uscc: String,
    pub name: String,
    /// Home division, six digits or more.
    pub division_code: String,
    pub business_scope: String,
    pub service_codes: Vec<String>,
    /// Prefixes of the divisions served.
    pub area_codes: Vec<String>,
}

pub async fn apply(ctx: &Ctx, input: &Input) -> Result<Uuid> {
    let mut check = Check::new();
    let uscc = Uscc::parse(&input.uscc);
    match &uscc {
        Ok(code) if !code.kind().is_social_organization() => {
            check.add("uscc", "统一社会信用代码的前两位要是51、52、53或59（社会组织）");
        }
        Ok(_) => {}
        Err(error) => check.add("uscc", error.to_string()),
    }
    let name = check.line("name", "机构名称", &input.name, 80);
    let divisions = ctx.services.divisions();
    let home = divisions.current(&input.division_code);
    if home.is_none() {
        check.add("division", "选择机构所在的区或街镇");
    }
    let services: Vec<&String> =
        input.service_codes.iter().filter(|code| domain::vocabulary::service(code).is_some()).collect();
    if services.is_empty() {
        check.add("service", "至少选一项能提供的服务");
    }
    let areas: Vec<&str> = input
        .area_codes
        .iter()
        .filter(|code| divisions.get(code).is_some())
        .map(|code| domain::division::prefix(code))
        .collect();
    if areas.is_empty() {
        check.add("area", "至少选一个服务区域");
    }
    let business_scope =
        check.text_or_empty("business_scope", "业务范围", &input.business_scope, 2000).unwrap_or_default();
    check.extend(gate::mistakes("business_scope", "业务范围", &business_scope, &gate::about_organization()));
    check.extend(gate::mistakes("name", "机构名称", &name, &gate::about_organization()));
    check.done()?;
    let (Ok(uscc), Some(home)) = (uscc, home) else { return Err(Error::Internal("checked organization")) };
    let mut work = Work::begin(ctx, Command::OrganizationApply).await?;
    work.authorize(Command::OrganizationApply, &Record::default())?;
    let row = Organization {
        id: ctx.services.new_id(),
        uscc: uscc.as_str().to_owned(),
        name,
        kind: uscc.as_str()[..2].to_owned(),
        division_code: home.code12.clone(),
        state: OrganizationState::Applied,
        verified_until: None,
        business_scope,
        service_codes: json!(services).to_string(),
        area_codes: json!(areas).to_string(),
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    match organization::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::field("uscc", "这个统一社会信用代码已经登记过")),
        other => other?,
    }
    work.created(
        Command::OrganizationApply,
        row.state,
        row.id,
        About { organization: Some(row.id), ..About::default() },
    )
    .await?;
    work.commit("").await?;
    Ok(row.id)
}

async fn step(ctx: &Ctx, id: Uuid, command: Command, until: Option<NaiveDate>, reason: Option<String>) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    work.authorize(
        command,
        &Record { division: Some(&row.division_code), organization: Some(row.id), ..Record::default() },
    )?;
    let to = machine::step(row.state, command)?;
    first(organization::set_state(&mut work.tx, row.id, row.state, to, until, work.now).await?, Object::Organization)?;
    work.stepped(
        command,
        row.state,
        to,
        row.id,
        About { organization: Some(row.id), reason: reason.clone(), ..About::default() },
    )
    .await?;
    match command {
        Command::OrganizationSuspend | Command::OrganizationRevoke => pause_all(&mut work, &row).await?,
        _ => {}
    }
    let text = reason.unwrap_or_default();
    crate::notice::to_organization(&mut work, row.id, &format!("机构：{}", command.label()), &text, "/account").await?;
    work.commit("").await
}

/// Suspension pauses the organization's pairings; the streets are told to
/// transfer them within two days.
async fn pause_all(work: &mut Work<'_>, row: &Organization) -> Result<()> {
    for mut pairing in storage::pairing::running_of(&mut work.tx, row.id).await? {
        let need = work.lock(pairing.need_id).await?;
        if pairing.state == PairingState::Active {
            let from = pairing.state;
            pairing.state = machine::step(from, Command::PairingPause)?;
            pairing.reason = Some("机构资格暂停".to_owned());
            first(storage::pairing::update(&mut work.tx, &pairing, from).await?, Object::Pairing)?;
            let about = About {
                need: Some(&need),
                organization: Some(row.id),
                reason: pairing.reason.clone(),
                data: Some(json!({ "pairing": pairing.code })),
            };
            work.stepped(Command::PairingPause, from, pairing.state, pairing.id, about).await?;
        }
        let href = format!("/pairings/{}", pairing.code);
        crate::notice::to_street(work, &need.division_code, "承接机构资格暂停，请两天内安排移交", &need.title, &href)
            .await?;
    }
    Ok(())
}

/// 核验通过, valid until a day.
pub async fn verify(ctx: &Ctx, id: Uuid, until: NaiveDate) -> Result<()> {
    if until <= ctx.now().day() {
        return Err(Error::field("until", "有效期要晚于今天"));
    }
    step(ctx, id, Command::OrganizationVerify, Some(until), None).await
}

fn reason_of(reason: &str) -> Result<Option<String>> {
    let mut check = Check::new();
    let reason = check.text("reason", "原因", reason, 500);
    gate::general(&mut check, "reason", "原因", &reason);
    check.done()?;
    Ok(Some(reason))
}

pub async fn return_(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationReturn, None, reason_of(reason)?).await
}

pub async fn resubmit(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationResubmit, None, None).await
}

pub async fn refuse(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationRefuse, None, reason_of(reason)?).await
}

pub async fn suspend(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationSuspend, None, reason_of(reason)?).await
}

pub async fn resume(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationResume, None, None).await
}

pub async fn revoke(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationRevoke, None, reason_of(reason)?).await
}

pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationLapse, None, Some("核验有效期已过".into())).await
}

/// Organizations of the actor's scope in a state, for the desk.
pub async fn in_state(ctx: &Ctx, state: OrganizationState) -> Result<Vec<Organization>> {
    if !ctx.actor.role.is_staff() {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    Ok(organization::in_state(&mut tx, state, &ctx.actor.scope, 500).await?)
}

pub async fn by_uscc(ctx: &Ctx, uscc: &str) -> Result<Organization> {
    let uscc = Uscc::parse(uscc).map_err(|_| Error::NotFound)?;
    let mut tx = ctx.services.db.read().await?;
    organization::by_uscc(&mut tx, uscc.as_str()).await?.ok_or(Error::NotFound)
}

/// An organization that the actor may look at closely: its own, or one of the scope.
pub async fn by_id(ctx: &Ctx, id: Uuid) -> Result<Organization> {
    let mut tx = ctx.services.db.read().await?;
    let row = organization::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if ctx.actor.organization_id == Some(id) || ctx.actor.covers(&row.division_code) {
        Ok(row)
    } else {
        Err(Error::NotFound)
    }
}

/// How an organization has done: (unfinished claims and pairings, pairings
/// completed with a checked success). For whoever may look at it closely.
pub async fn record(ctx: &Ctx, id: Uuid) -> Result<(i64, i64)> {
    by_id(ctx, id).await?;
    let mut tx = ctx.services.db.read().await?;
    Ok(organization::load_of(&mut tx, id).await?)
}
