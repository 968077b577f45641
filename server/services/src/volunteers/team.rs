//! Teams 志愿服务队: who stands behind one, who looks after it.

use crate::base::draft::Fields;
use crate::base::fields::read_division;
use crate::base::notice;
use crate::base::offers::Offers;
use crate::base::trail;
use crate::base::work::{Work, first};
use crate::boxed;
use crate::steps::members::new_member;
use crate::steps::openings_ended;
use crate::steps::teams::{about, by_code, load, names, rights};
use crate::steps::volunteers::{me, own_record};
use crate::{Ctx, Error, Result, Services};
use domain::code::Prefix;
use domain::division::Divisions;
use domain::field::{Check, only};
use domain::form::FieldDef;
use domain::form::volunteers::team as form;
use domain::href::href;
use domain::machine::{Command, Object};
use domain::organization::OrganizationState;
use domain::permission::Record;
use domain::role::Role;
use domain::team::{ANSWER_WORKING_DAYS, MemberState, TeamState};
use domain::volunteer::ADULT_AGE;
use serde_json::json;
use storage::Tx;
use storage::supply::organization::Organization;
use storage::volunteers::team::{self, Listed, Member};
pub use storage::volunteers::team::{Listing, Team};
use uuid::Uuid;

/// A checked team.
#[derive(Clone, Debug)]
pub struct Input {
    pub name: String,
    pub about: String,
    pub services: Vec<String>,
    /// Of an independent team: the village committee or street that supervises it.
    pub division: String,
}

/// Reads the form: `name`, `about`, `service`*, and for an independent team `division`.
pub fn read(fields: &Fields, divisions: &Divisions, independent: bool) -> Result<Input> {
    let mut check = Check::new();
    let name = check.read(form::NAME, fields);
    let about = check.read(form::ABOUT, fields);
    let services: Vec<String> = form::SERVICE
        .values(fields)
        .filter(|code| domain::vocabulary::service(code).is_some())
        .map(ToOwned::to_owned)
        .collect();
    if services.is_empty() {
        check.missing(form::SERVICE);
    }
    let division =
        if independent { read_division(&mut check, divisions, form::DIVISION, fields) } else { String::new() };
    check.done()?;
    Ok(Input { name, about, services, division })
}

/// The fields of a stored team, for the form.
pub fn fields_of(row: &Team) -> Fields {
    let put = |field: FieldDef, value: String| (field.name.to_owned(), value);
    let mut fields = vec![put(form::NAME, row.name.clone()), put(form::ABOUT, row.about.clone())];
    fields.extend(row.services().into_iter().map(|code| put(form::SERVICE, code)));
    fields.push(("version".to_owned(), row.version.to_string()));
    fields
}

fn new_team(work: &Work<'_>, code: String, input: &Input, organization: Option<&Organization>) -> Team {
    Team {
        id: work.ctx.services.new_id(),
        code,
        state: if organization.is_some() { TeamState::Active } else { TeamState::Applied },
        name: input.name.clone(),
        about: input.about.clone(),
        organization_id: organization.map(|o| o.id),
        division_code: organization.map_or_else(|| input.division.clone(), |o| o.division_code.clone()),
        service_codes: json!(input.services).to_string(),
        reason: None,
        founded_by: work.ctx.actor.account_id,
        decided_by: None,
        due_at: None,
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    }
}

/// 建立服务队 of an organization. Returns its code.
#[boxed]
pub async fn found(ctx: &Ctx, input: &Input) -> Result<String> {
    let id = ctx.organization()?;
    let mut work = Work::begin(ctx, Command::TeamFound).await?;
    work.authorize(&Record { organization: Some(id), ..Record::default() })?;
    let organization = storage::supply::organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    if organization.state != OrganizationState::Verified {
        return Err(Error::rule(format!("贵机构现在是“{}”，核验通过后才能建立服务队", organization.state.label())));
    }
    let code = work.code(Prefix::Team, &organization.division_code).await?;
    let row = new_team(&work, code, input, Some(&organization));
    team::insert(&mut work.tx, &row).await?;
    work.created(row.state, row.id, about(&row, None)).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// 申请成立 an independent team: whoever applies is its first member and leads it. Returns its code.
#[boxed]
pub async fn apply(ctx: &Ctx, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::TeamApply).await?;
    let own = me(&mut work).await?;
    work.authorize(&own_record(&own))?;
    let file = storage::volunteers::volunteer::file(ctx.services.db.unseen(), &own)?;
    let age = file.birth.map_or(0, |birth| domain::volunteer::age_on(birth, work.now.day()));
    if age < ADULT_AGE {
        return Err(Error::rule(format!("满{ADULT_AGE}岁才能当队长，请请一位成年人来申请")));
    }
    let code = work.code(Prefix::Team, &input.division).await?;
    let mut row = new_team(&work, code, input, None);
    row.due_at = Some(ctx.services.calendar().due(work.now, ANSWER_WORKING_DAYS));
    team::insert(&mut work.tx, &row).await?;
    work.created(row.state, row.id, about(&row, None)).await?;
    let member = Member { leads: true, ..new_member(&work, &row, &own, MemberState::Active) };
    team::insert_member(&mut work.tx, &member).await?;
    work.created_by(Command::MemberFound, member.state, member.id, about(&row, None)).await?;
    let href = href(Object::Team, &row.code);
    notice::to_office(&mut work, &row.division_code, "有服务队申请成立", &row.name, &href).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// The supervising office answers an application.
#[boxed]
pub async fn decide(ctx: &Ctx, code: &str, approve: bool, reason: &str) -> Result<()> {
    let command = if approve { Command::TeamApprove } else { Command::TeamRefuse };
    let reason = if approve { None } else { Some(only(form::REFUSE.required(true), reason)?) };
    let mut work = Work::begin(ctx, command).await?;
    let mut row = load(&mut work, code).await?;
    let step = work.step(&mut row.state)?;
    row.reason.clone_from(&reason);
    row.decided_by = ctx.actor.account_id;
    row.due_at = None;
    work.save(&row, step, about(&row, reason)).await?;
    let title = if approve { "服务队可以招募队员了" } else { "服务队没有获得同意" };
    for account in team::leaders(&mut work.tx, row.id).await? {
        notice::to_account(&mut work, account, title, &row.name, &href(Object::Team, &code)).await?;
    }
    work.commit(code).await
}

/// Changes a team. `version` is the one the form was made from.
#[boxed]
pub async fn edit(ctx: &Ctx, code: &str, version: i64, input: &Input) -> Result<()> {
    let mut work = Work::begin(ctx, Command::TeamEdit).await?;
    let mut row = load(&mut work, code).await?;
    first(row.version == version, Object::Team)?;
    let step = work.step(&mut row.state)?;
    row.name.clone_from(&input.name);
    row.about.clone_from(&input.about);
    row.service_codes = json!(input.services).to_string();
    work.save(&row, step, about(&row, None)).await?;
    work.commit(code).await
}

/// An organization's team is the organization's to end, whoever leads it.
fn is_not_the_leaders(ctx: &Ctx, row: &Team) -> bool {
    ctx.role() == Role::Volunteer && row.organization_id.is_some()
}

/// 解散: its openings are cancelled, its hours stay on record.
#[boxed]
pub async fn end(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::END, reason)?;
    let mut work = Work::begin(ctx, Command::TeamEnd).await?;
    let mut row = load(&mut work, code).await?;
    if is_not_the_leaders(ctx, &row) {
        return Err(Error::Forbidden(domain::permission::Refusal::Role));
    }
    let step = work.step(&mut row.state)?;
    row.reason = Some(reason.clone());
    openings_ended::cancel_all(&mut work, &row, &reason).await?;
    work.save(&row, step, about(&row, Some(reason))).await?;
    work.commit(code).await
}

/// A member as whoever leads sees it.
#[derive(Clone, Debug)]
pub struct MemberView {
    pub listing: Listing,
    pub name: String,
    pub phone: String,
}

/// A team as its reader may see it.
#[derive(Clone, Debug)]
pub struct TeamView {
    pub team: Team,
    pub organization: Option<Organization>,
    pub members: i64,
    /// Records on the team's books and their minutes.
    pub served: (i64, i64),
    /// The reader's own application or membership.
    pub own: Option<Member>,
    pub offers: Offers,
    /// For whoever leads: applications, then invitations, then members, with names.
    pub applied: Vec<MemberView>,
    pub invited: Vec<MemberView>,
    pub active: Vec<MemberView>,
}

impl TeamView {
    /// The reader looks after the team.
    pub fn leads(&self) -> bool {
        self.offers.permits(Command::MemberAccept)
    }
}

/// Members shown on one page.
pub const MEMBERS: i64 = 50;

/// What may be given about a team beside the steps of its own state.
const BESIDE: &[Command] = &[
    Command::TeamExport,
    Command::MemberInvite,
    Command::TrainingRecord,
    Command::AwardRecord,
    Command::MemberAccept,
    Command::MemberLead,
    Command::OpeningCreate,
];

/// A team by its code. Everybody sees those that stand; those who lead, and the office, see them in any state.
#[boxed]
pub async fn view(services: &Services, reader: Option<&Ctx>, code: &str, offset: i64) -> Result<TeamView> {
    let mut tx = services.db.read().await?;
    let row = by_code(&mut tx, code).await?;
    let organization = match row.organization_id {
        Some(id) => storage::supply::organization::by_id(&mut tx, id).await?,
        None => None,
    };
    let who = rights(&mut tx, &row).await?;
    let offers = reader.map_or_else(Offers::default, |ctx| {
        Offers::of(&ctx.actor, row.state, |_| who.clone())
            .with(&ctx.actor, BESIDE, &who)
            .never_if(Command::TeamEnd, is_not_the_leaders(ctx, &row))
    });
    let leads = offers.permits(Command::MemberAccept);
    let own = match reader.filter(|ctx| ctx.role() == Role::Volunteer).and_then(|ctx| ctx.actor.account_id) {
        Some(account) => team::membership_of(&mut tx, row.id, account).await?,
        None => None,
    };
    let verified = organization.as_ref().is_none_or(|o| o.state == OrganizationState::Verified);
    if (row.state != TeamState::Active || !verified) && !leads && own.is_none() {
        return Err(Error::NotFound);
    }
    let counts = team::count_members(&mut tx, row.id).await?;
    let members = counts.iter().find(|(state, _)| *state == MemberState::Active).map_or(0, |(_, n)| *n);
    let served = storage::volunteers::hours::total_of_team(&mut tx, row.id).await?;
    let (mut applied, mut invited, mut active) = (Vec::new(), Vec::new(), Vec::new());
    if let (true, Some(ctx)) = (leads, reader) {
        let rows = team::roll(&mut tx, row.id, offset, MEMBERS).await?;
        let ids: Vec<Uuid> = rows.iter().map(|m| m.member.volunteer_id).collect();
        let names = names(&mut tx, services, &ids).await?;
        for listing in rows {
            let (name, phone) = names.get(&listing.member.volunteer_id).cloned().unwrap_or_default();
            let to = match listing.member.state {
                MemberState::Applied => &mut applied,
                MemberState::Invited => &mut invited,
                _ => &mut active,
            };
            to.push(MemberView { listing, name, phone });
        }
        drop(tx);
        let object = row.id;
        trail::read(ctx, "服务队名单", code, trail::About { object, ..trail::About::default() }).await?;
    }
    Ok(TeamView { team: row, organization, members, served, own, offers, applied, invited, active })
}

/// Most members of one form.
const ROLL: i64 = 500;

/// The members of a team with their names, for whoever enters something on their records.
pub(crate) async fn roll(ctx: &Ctx, tx: &mut Tx, team: Uuid) -> Result<Vec<MemberView>> {
    let rows = team::members(tx, team, MemberState::Active, 0, ROLL).await?;
    let ids: Vec<Uuid> = rows.iter().map(|m| m.member.volunteer_id).collect();
    let names = names(tx, &ctx.services, &ids).await?;
    let named = |listing: Listing| {
        let (name, phone) = names.get(&listing.member.volunteer_id).cloned().unwrap_or_default();
        MemberView { listing, name, phone }
    };
    Ok(rows.into_iter().map(named).collect())
}

/// Teams that take members, and how many there are in all.
#[boxed]
pub async fn hall(services: &Services, word: &str, area: &str, offset: i64, limit: i64) -> Result<(Vec<Listed>, i64)> {
    let scope = if area.is_empty() { "12" } else { area };
    let mut tx = services.db.read().await?;
    let pattern = storage::like_part(&domain::text::nfkc(word.trim()).to_lowercase());
    let rows = team::hall(&mut tx, scope, &pattern, offset, limit).await?;
    Ok((rows, team::count_hall(&mut tx, scope, &pattern).await?))
}

/// Teams that the reader looks after: led, of the organization, supervised.
#[boxed]
pub async fn own(ctx: &Ctx) -> Result<Vec<Team>> {
    let mut tx = ctx.services.db.read().await?;
    looked_after(&mut tx, ctx).await
}

pub(crate) async fn looked_after(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Team>> {
    match (ctx.role(), ctx.actor.organization_id, ctx.actor.account_id) {
        (Role::OrgAdmin | Role::OrgWorker, Some(id), _) => Ok(team::of_organization(tx, id).await?),
        (Role::VillageWorker | Role::Street, _, _) if !ctx.actor.scope.is_empty() => {
            Ok(team::supervised(tx, &ctx.actor.scope, TeamState::Active, 200).await?)
        }
        (Role::Volunteer, _, Some(account)) => Ok(team::led_by(tx, account).await?),
        _ => Ok(Vec::new()),
    }
}
