//! Commands on organizations 社会组织: who may claim.

use crate::base::offers::Offers;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::standing;
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::field::{Check, only};
use domain::form::FieldAt;
use domain::form::supply::{basic, register, service, standing as form};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::organization::{Grade, Inspection, OrganizationState, Standing};
use domain::permission::Record;
use domain::uscc::Uscc;
use serde_json::json;
use storage::supply::organization;
pub use storage::supply::organization::Organization;
use storage::supply::organization_profile;
pub use storage::supply::organization_profile::{Persons, Profile};
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

#[boxed]
pub async fn apply(ctx: &Ctx, input: &Input) -> Result<Uuid> {
    let mut check = Check::new();
    let uscc = Uscc::parse(&input.uscc);
    match &uscc {
        Ok(code) if !code.kind().is_social_organization() => {
            check.wrong(register::USCC, "统一社会信用代码的前两位要是51、52、53或59（社会组织）");
        }
        Ok(_) => {}
        Err(error) => check.wrong(register::USCC, error.to_string()),
    }
    let name = check.read(register::NAME, &input.name);
    let divisions = ctx.services.divisions();
    let home = divisions.current(&input.division_code);
    if home.is_none() {
        check.wrong(basic::DIVISION, "选择机构所在的区或街镇");
    }
    let services: Vec<&String> =
        input.service_codes.iter().filter(|code| domain::vocabulary::service(code).is_some()).collect();
    if services.is_empty() {
        check.missing(service::SERVICE);
    }
    let areas: Vec<&str> = input
        .area_codes
        .iter()
        .filter(|code| divisions.get(code).is_some())
        .map(|code| domain::division::prefix(code))
        .collect();
    if areas.is_empty() {
        check.missing(service::AREA);
    }
    let business_scope = check.read(basic::BUSINESS_SCOPE.optional(), &input.business_scope);
    check.done()?;
    let (Ok(uscc), Some(home)) = (uscc, home) else { return Err(Error::Internal("checked organization")) };
    let mut work = Work::begin(ctx, Command::OrganizationApply).await?;
    work.authorize(&Record::default())?;
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
        Err(error) if error.is_unique() => return Err(Error::wrong(register::USCC, "这个统一社会信用代码已经登记过")),
        other => other?,
    }
    work.created(row.state, row.id, About { organization: Some(row.id), ..About::default() }).await?;
    work.commit("").await?;
    Ok(row.id)
}

async fn step(ctx: &Ctx, id: Uuid, command: Command, until: Option<NaiveDate>, reason: Option<String>) -> Result<()> {
    step_with(ctx, id, command, until, reason, None).await
}

/// A step of the office or of a clock; `standing`: what the registration authority says now.
async fn step_with(
    ctx: &Ctx,
    id: Uuid,
    command: Command,
    until: Option<NaiveDate>,
    reason: Option<String>,
    standing: Option<&Standing>,
) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let mut row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    work.authorize(&Record { division: Some(&row.division_code), organization: Some(row.id), ..Record::default() })?;
    let mut profile = organization_profile::of(&mut work.tx, id).await?;
    if let Some(standing) = standing {
        profile.inspection = standing.inspection;
        profile.inspection_year = standing.inspection_year;
        profile.grade = standing.grade;
        profile.grade_until = standing.grade_until;
        profile.revoked = standing.revoked;
        profile.dishonest = standing.dishonest;
        profile.abnormal = standing.abnormal;
        profile.standing_at = Some(work.now);
    }
    let step = work.leads(row.state)?;
    if matches!(command, Command::OrganizationVerify | Command::OrganizationResume)
        && let Some(why) = profile.standing().blocks()
    {
        return Err(Error::rule(format!("{why}，不能{}。情况有变化的，先登记新的年检和信用", command.label())));
    }
    if command == Command::OrganizationVerify {
        profile.recheck_at = None;
        profile.warned_days = None;
        // What it wants to serve beside has been looked at with the rest.
        let (services, areas) = profile.asked();
        if !services.is_empty() || !areas.is_empty() {
            let widened = |own: Vec<String>, asked: Vec<String>| {
                let new: Vec<String> = asked.into_iter().filter(|one| !own.contains(one)).collect();
                json!(own.into_iter().chain(new).collect::<Vec<_>>()).to_string()
            };
            row.service_codes = widened(row.services(), services);
            row.area_codes = widened(row.areas(), areas);
            (profile.asked_services, profile.asked_areas) = <_>::default();
            organization::set_registration(&mut work.tx, &row, work.now).await?;
        }
    }
    if standing.is_some() || command == Command::OrganizationVerify {
        organization_profile::save(&mut work.tx, &profile, work.now).await?;
    }
    first(
        organization::set_state(&mut work.tx, row.id, step.from, step.to, until, work.now).await?,
        Object::Organization,
    )?;
    let about = || About { organization: Some(row.id), reason: reason.clone(), ..About::default() };
    work.stepped(step, row.id, about()).await?;
    let mut said = format!("机构：{}", command.label());
    let mut text = reason.clone().unwrap_or_default();
    let mut fallen = matches!(command, Command::OrganizationSuspend | Command::OrganizationRevoke);
    // A conclusion that keeps new ones out also stops those that are in.
    if command == Command::OrganizationStanding
        && step.to == OrganizationState::Verified
        && let Some(why) = profile.standing().blocks()
    {
        let step = work.leads_by(Command::OrganizationSuspend, step.to)?;
        first(
            organization::set_state(&mut work.tx, row.id, step.from, step.to, None, work.now).await?,
            Object::Organization,
        )?;
        let about = About { organization: Some(row.id), reason: Some(why.to_owned()), ..About::default() };
        work.stepped(step, row.id, about).await?;
        said = format!("机构：{}", Command::OrganizationSuspend.label());
        text = why.to_owned();
        fallen = true;
    }
    if fallen {
        standing::stop_all(&mut work, &row).await?;
    }
    let href = href(Object::Organization, &row.id);
    crate::base::notice::to_organization(&mut work, row.id, &said, &text, &href).await?;
    work.commit("").await
}

/// 核验通过, valid until a day.
#[boxed]
pub async fn verify(ctx: &Ctx, id: Uuid, until: NaiveDate) -> Result<()> {
    if until <= ctx.now().day() {
        return Err(Error::wrong(form::UNTIL, "有效期要晚于今天"));
    }
    step(ctx, id, Command::OrganizationVerify, Some(until), None).await
}

/// As [`verify`], with what the registration authority says of the organization.
#[boxed]
pub async fn verify_with(ctx: &Ctx, id: Uuid, until: NaiveDate, standing: &Standing) -> Result<()> {
    let day = ctx.now().day();
    if until <= day || until > day + chrono::Days::new(366) {
        return Err(Error::wrong(form::UNTIL, "有效期从明天起，最长一年，每年复核"));
    }
    step_with(ctx, id, Command::OrganizationVerify, Some(until), None, Some(standing)).await
}

/// 登记年检和信用: a conclusion that keeps organizations out suspends a verified one.
#[boxed]
pub async fn record_standing(ctx: &Ctx, id: Uuid, standing: &Standing) -> Result<()> {
    step_with(ctx, id, Command::OrganizationStanding, None, None, Some(standing)).await
}

/// Reads annual inspection, grade and credit: `inspection`, `inspection_year`, `grade`, `grade_until`, `credit`*.
pub fn read_standing(fields: &crate::Fields, today: NaiveDate) -> Result<Standing> {
    use chrono::Datelike;
    let has = |code: &str| form::CREDIT.values(fields).any(|value| value == code);
    let mut check = Check::new();
    let inspection: Option<Inspection> = check.choice(form::INSPECTION, fields);
    let this_year = i64::from(today.year());
    let inspection_year = if inspection.is_some_and(|i| i != Inspection::New) {
        check.whole(FieldAt::from(form::INSPECTION_YEAR.required(true)).within(this_year - 3, this_year), fields)
    } else {
        None
    };
    let grade: Option<Grade> = form::GRADE.value(fields).parse().ok();
    let grade_until = check.date(form::GRADE_UNTIL, fields);
    if grade.is_some() && grade_until.is_none() && check.is_ok() {
        check.wrong(form::GRADE_UNTIL, "有评估等级的，填写证书上的有效期");
    }
    check.done()?;
    Ok(Standing {
        inspection,
        inspection_year,
        grade,
        grade_until: grade_until.filter(|_| grade.is_some()),
        revoked: has("revoked"),
        dishonest: has("dishonest"),
        abnormal: has("abnormal"),
    })
}

#[boxed]
pub async fn return_(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationReturn, None, Some(only(form::REASON, reason)?)).await
}

#[boxed]
pub async fn resubmit(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationResubmit, None, None).await
}

#[boxed]
pub async fn refuse(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationRefuse, None, Some(only(form::REASON, reason)?)).await
}

#[boxed]
pub async fn suspend(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationSuspend, None, Some(only(form::REASON, reason)?)).await
}

#[boxed]
pub async fn resume(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationResume, None, None).await
}

#[boxed]
pub async fn revoke(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationRevoke, None, Some(only(form::REASON, reason)?)).await
}

pub(crate) async fn lapse(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationLapse, None, Some("核验有效期已过".into())).await
}

/// Organizations of the actor's scope in a state, for the desk.
#[boxed]
pub async fn in_state(ctx: &Ctx, state: OrganizationState) -> Result<Vec<Organization>> {
    if !ctx.actor.role.is_staff() {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    Ok(organization::in_state(&mut tx, state, &ctx.actor.scope, 500).await?)
}

#[boxed]
pub async fn by_uscc(ctx: &Ctx, uscc: &str) -> Result<Organization> {
    let uscc = Uscc::parse(uscc).map_err(|_| Error::NotFound)?;
    let mut tx = ctx.services.db.read().await?;
    organization::by_uscc(&mut tx, uscc.as_str()).await?.ok_or(Error::NotFound)
}

/// An organization that the actor may look at closely: its own, or one of the scope.
#[boxed]
pub async fn by_id(ctx: &Ctx, id: Uuid) -> Result<Organization> {
    near(ctx, &mut ctx.services.db.read().await?, id).await
}

async fn near(ctx: &Ctx, tx: &mut storage::Tx, id: Uuid) -> Result<Organization> {
    let row = organization::by_id(tx, id).await?.ok_or(Error::NotFound)?;
    if ctx.actor.organization_id == Some(id) || ctx.actor.covers(&row.division_code) {
        Ok(row)
    } else {
        Err(Error::NotFound)
    }
}

/// An organization as its own people, and the offices that it lies with, see it.
#[derive(Clone, Debug)]
pub struct OrganizationView {
    pub organization: Organization,
    pub profile: Profile,
    /// For its own people and whoever verifies it.
    pub persons: Option<Persons>,
    /// Unfinished claims and pairings, and pairings completed with a checked success.
    pub record: (i64, i64),
    pub offers: Offers,
}

/// Reads an organization for whoever may look at it closely. That persons were named is on record.
#[boxed]
pub async fn view(ctx: &Ctx, id: Uuid) -> Result<OrganizationView> {
    let mut tx = ctx.services.db.read().await?;
    let row = near(ctx, &mut tx, id).await?;
    let record = organization::load_of(&mut tx, id).await?;
    let profile = organization_profile::of(&mut tx, id).await?;
    let who = Record { division: Some(&row.division_code), organization: Some(id), ..Record::default() };
    // The first account of one that came from a ledger; later ones it invites itself.
    let invites = Offers::default().with(&ctx.actor, &[Command::InvitationCreate], &who);
    let first = ctx.actor.organization_id.is_none()
        && invites.has(Command::InvitationCreate)
        && organization_profile::accounts(&mut tx, id).await?.is_empty();
    drop(tx);
    let offers = Offers::of(&ctx.actor, row.state, |_| who.clone())
        .with(&ctx.actor, &[Command::InvitationCreate], &who)
        .unless(Command::InvitationCreate, !first)
        .unless(Command::OrganizationRecheck, profile.recheck_at.is_some());
    let knows = offers.permits(Command::OrganizationEdit) || offers.permits(Command::OrganizationVerify);
    let own = ctx.actor.organization_id == Some(id);
    let sealer = if own { ctx.services.db.unseen() } else { ctx.services.db.sealer() };
    let persons = if knows { Some(profile.persons(sealer)?).filter(|p| *p != Persons::default()) } else { None };
    if persons.is_some() && !own {
        let about = crate::base::trail::About {
            object: id,
            division: row.division_code.clone(),
            organization: Some(id),
            ..crate::base::trail::About::default()
        };
        crate::base::trail::read(ctx, "organization_persons", &row.uscc, about).await?;
    }
    drop(who);
    Ok(OrganizationView { organization: row, profile, persons, record, offers })
}
