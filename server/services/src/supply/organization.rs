//! Commands on organizations 社会组织: who may claim.

use crate::base::gate;
use crate::base::offers::Offers;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::field::Check;
use domain::machine::{self, Command, Object};
use domain::organization::{Grade, HAND_OVER_DAYS, Inspection, OrganizationState, Standing};
use domain::pairing::PairingState;
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
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    work.authorize(
        command,
        &Record { division: Some(&row.division_code), organization: Some(row.id), ..Record::default() },
    )?;
    let mut profile = organization_profile::of(&mut work.tx, id).await?;
    if let Some(standing) = standing {
        profile.inspection = standing.inspection;
        profile.inspection_year = standing.inspection_year;
        profile.grade = standing.grade;
        profile.grade_until = standing.grade_until;
        profile.revoked = standing.revoked;
        profile.dishonest = standing.dishonest;
        profile.standing_at = Some(work.now);
    }
    let to = machine::step(row.state, command)?;
    if matches!(command, Command::OrganizationVerify | Command::OrganizationResume)
        && let Some(why) = profile.standing().blocks()
    {
        return Err(Error::rule(format!("{why}，不能{}。情况有变化的，先登记新的年检和信用", command.label())));
    }
    if command == Command::OrganizationVerify {
        profile.recheck_at = None;
        profile.warned_days = None;
    }
    if standing.is_some() || command == Command::OrganizationVerify {
        organization_profile::save(&mut work.tx, &profile, work.now).await?;
    }
    first(organization::set_state(&mut work.tx, row.id, row.state, to, until, work.now).await?, Object::Organization)?;
    let about = || About { organization: Some(row.id), reason: reason.clone(), ..About::default() };
    work.stepped(command, row.state, to, row.id, about()).await?;
    let mut said = format!("机构：{}", command.label());
    let mut text = reason.clone().unwrap_or_default();
    let mut fallen = matches!(command, Command::OrganizationSuspend | Command::OrganizationRevoke);
    // A conclusion that keeps new ones out also stops those that are in.
    if command == Command::OrganizationStanding
        && to == OrganizationState::Verified
        && let Some(why) = profile.standing().blocks()
    {
        let suspended = machine::step(to, Command::OrganizationSuspend)?;
        first(
            organization::set_state(&mut work.tx, row.id, to, suspended, None, work.now).await?,
            Object::Organization,
        )?;
        let about = About { organization: Some(row.id), reason: Some(why.to_owned()), ..About::default() };
        work.stepped(Command::OrganizationSuspend, to, suspended, row.id, about).await?;
        said = format!("机构：{}", Command::OrganizationSuspend.label());
        text = why.to_owned();
        fallen = true;
    }
    if fallen {
        stop_all(&mut work, &row).await?;
    }
    let href = format!("/organizations/{}", row.id);
    crate::base::notice::to_organization(&mut work, row.id, &said, &text, &href).await?;
    work.commit("").await
}

/// What an organization had begun when it lost its standing: its pairings are paused and the streets have two
/// days to hand them over; its open claims fall and their units are free; invitations are taken back.
async fn stop_all(work: &mut Work<'_>, row: &Organization) -> Result<()> {
    let why = "机构资格暂停或取消";
    let mut running = storage::aid::pairing::running_of(&mut work.tx, row.id).await?;
    running.sort_by_key(|pairing| (pairing.need_id, pairing.id));
    for mut pairing in running {
        let need = work.lock(pairing.need_id).await?;
        let from = pairing.state;
        if matches!(from, PairingState::Active | PairingState::Paused) {
            pairing.due_at = Some(work.now.plus_days(HAND_OVER_DAYS));
            pairing.reminded_at = None;
            if from == PairingState::Active {
                pairing.state = machine::step(from, Command::PairingPause)?;
                pairing.reason = Some("机构资格暂停".to_owned());
            }
            first(storage::aid::pairing::update(&mut work.tx, &pairing, from).await?, Object::Pairing)?;
        }
        if from == PairingState::Active {
            let about = About {
                need: Some(&need),
                organization: Some(row.id),
                reason: pairing.reason.clone(),
                data: Some(json!({ "pairing": pairing.code })),
            };
            work.stepped(Command::PairingPause, from, pairing.state, pairing.id, about).await?;
        }
        let href = format!("/pairings/{}", pairing.code);
        crate::base::notice::to_street(
            work,
            &need.division_code,
            "承接机构资格暂停，请两天内安排移交",
            &need.title,
            &href,
        )
        .await?;
    }
    crate::aid::claim::fall_of(work, row.id, why).await?;
    crate::aid::ask::withdraw_of(work, row.id, why).await
}

/// 核验通过, valid until a day.
#[boxed]
pub async fn verify(ctx: &Ctx, id: Uuid, until: NaiveDate) -> Result<()> {
    if until <= ctx.now().day() {
        return Err(Error::field("until", "有效期要晚于今天"));
    }
    step(ctx, id, Command::OrganizationVerify, Some(until), None).await
}

/// As [`verify`], with what the registration authority says of the organization.
#[boxed]
pub async fn verify_with(ctx: &Ctx, id: Uuid, until: NaiveDate, standing: &Standing) -> Result<()> {
    let day = ctx.now().day();
    if until <= day || until > day + chrono::Days::new(366) {
        return Err(Error::field("until", "有效期从明天起，最长一年，每年复核"));
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
    let at = |name: &str| crate::needs::need_form::value(fields, name);
    let has = |code: &str| fields.iter().any(|(name, value)| name == "credit" && value == code);
    let mut check = Check::new();
    let inspection: Option<Inspection> = check.one_of("inspection", "年检结论", at("inspection"));
    let this_year = i64::from(today.year());
    let inspection_year = if inspection.is_some_and(|i| i != Inspection::New) {
        check.number("inspection_year", "年检的年度", at("inspection_year"), this_year - 3, this_year)
    } else {
        None
    };
    let grade: Option<Grade> = at("grade").parse().ok();
    let grade_until = check.day_or_empty("grade_until", "评估等级有效期至", at("grade_until"));
    if grade.is_some() && grade_until.is_none() && check.is_ok() {
        check.add("grade_until", "有评估等级的，填写证书上的有效期");
    }
    check.done()?;
    Ok(Standing {
        inspection,
        inspection_year,
        grade,
        grade_until: grade_until.filter(|_| grade.is_some()),
        revoked: has("revoked"),
        dishonest: has("dishonest"),
    })
}

fn reason_of(reason: &str) -> Result<Option<String>> {
    let mut check = Check::new();
    let reason = check.text("reason", "原因", reason, 500);
    gate::general(&mut check, "reason", "原因", &reason);
    check.done()?;
    Ok(Some(reason))
}

#[boxed]
pub async fn return_(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationReturn, None, reason_of(reason)?).await
}

#[boxed]
pub async fn resubmit(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationResubmit, None, None).await
}

#[boxed]
pub async fn refuse(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationRefuse, None, reason_of(reason)?).await
}

#[boxed]
pub async fn suspend(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationSuspend, None, reason_of(reason)?).await
}

#[boxed]
pub async fn resume(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::OrganizationResume, None, None).await
}

#[boxed]
pub async fn revoke(ctx: &Ctx, id: Uuid, reason: &str) -> Result<()> {
    step(ctx, id, Command::OrganizationRevoke, None, reason_of(reason)?).await
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
    let persons = match profile.persons(ctx.services.db.sealer())? {
        persons if knows && persons != Persons::default() => Some(persons),
        _ => None,
    };
    if persons.is_some() && ctx.actor.organization_id != Some(id) {
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
