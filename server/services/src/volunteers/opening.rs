//! Openings 岗位 and shifts 班次: what a team wants done, when, by how many, under which protection.

use crate::base::draft::Fields;
use crate::base::offers::Offers;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::finding::supply::{self, Found};
use crate::needs::need_form::value;
use crate::volunteers::team::{self, reason_of, rights};
use crate::volunteers::volunteer::{all, read_division};
use crate::{Ctx, Error, Result, Services};
use chrono::NaiveDate;
use domain::code::{Prefix, is_code};
use domain::division::Divisions;
use domain::field::Check;
use domain::form::FieldAt;
use domain::form::volunteers::opening as form;
use domain::machine::{self, Command, Object};
use domain::opening::{OpeningState, ShiftState};
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use domain::team::TeamState;
use domain::volunteer::{ADULT_AGE, COMPANY_AGE, HOUSEHOLD_AGE, Skill};
use search::What;
use serde_json::json;
use storage::Tx;
use storage::volunteers::opening::{self, Listed};
pub use storage::volunteers::opening::{Opening, Shift};
use storage::volunteers::team::Team;
use uuid::Uuid;

/// A checked opening.
#[derive(Clone, Debug)]
pub struct Input {
    pub title: String,
    pub content: String,
    pub place: String,
    /// Twelve digits; of a household's opening its district alone.
    pub division: String,
    pub service: String,
    pub skills: Vec<Skill>,
    pub min_age: i64,
    pub approval: bool,
    pub dangerous: bool,
    pub risk_notice: String,
    pub insurance: String,
    pub insured_until: Option<NaiveDate>,
    pub accompany: bool,
}

/// The texts of an opening that was made from a pairing: they tell of a household.
fn household_texts<'a>(title: &'a str, content: &'a str, place: &'a str) -> [(FieldAt, &'a str); 3] {
    [(form::TITLE, title), (form::CONTENT, content), (form::PLACE, place)]
        .map(|(field, text)| (field.about_household().into(), text))
}

/// Reads the form: `title`, `content`, `place`, `division`, `service`, `skill`*, `min_age`, `approval`, `dangerous`,
/// `risk_notice`, `insurance`, `insured_until`, `accompany`. `household`: made from a pairing, whose place nobody is
/// told here.
pub fn read(fields: &Fields, divisions: &Divisions, household: bool) -> Result<Input> {
    let mut check = Check::new();
    let title = check.line("title", "岗位名称", value(fields, "title"), 40);
    let content = check.text("content", "做什么", value(fields, "content"), 800);
    let place = check.line("place", "集合地点", value(fields, "place"), 80);
    let about = if household { crate::base::gate::about_somebody() } else { crate::base::gate::about_organization() };
    for (field, label, text) in
        [("title", "岗位名称", &title), ("content", "做什么", &content), ("place", "集合地点", &place)]
    {
        check.extend(crate::base::gate::mistakes(field, label, text, &about));
    }
    let division = if household {
        String::new()
    } else {
        read_division(&mut check, divisions, "division", "在哪个街镇", value(fields, "division"))
    };
    let service = value(fields, "service").to_owned();
    if domain::vocabulary::service(&service).is_none() {
        check.add("service", "选择服务类别");
    }
    let skills = all(fields, "skill").filter_map(|code| code.parse().ok()).collect();
    let dangerous = value(fields, "dangerous") == "on";
    let least = if dangerous {
        ADULT_AGE
    } else if household {
        HOUSEHOLD_AGE
    } else {
        0
    };
    let typed = value(fields, "min_age");
    let min_age = if typed.trim().is_empty() {
        i64::from(least.max(if household { HOUSEHOLD_AGE } else { COMPANY_AGE }))
    } else {
        check.number("min_age", "最小年龄", typed, i64::from(least), 80).unwrap_or_default()
    };
    let risk_notice =
        check.text_or_empty("risk_notice", "风险告知", value(fields, "risk_notice"), 600).unwrap_or_default();
    let insurance = check.line_or_empty("insurance", "保险", value(fields, "insurance"), 80).unwrap_or_default();
    let insured_until = check.day_or_empty("insured_until", "保险到期日", value(fields, "insured_until"));
    check.extend(crate::base::gate::mistakes(
        "risk_notice",
        "风险告知",
        &risk_notice,
        &crate::base::gate::about_organization(),
    ));
    check.done()?;
    Ok(Input {
        title,
        content,
        place,
        division,
        service,
        skills,
        min_age,
        approval: value(fields, "approval") == "on",
        dangerous,
        risk_notice,
        insurance,
        insured_until,
        accompany: household && value(fields, "accompany") == "on",
    })
}

/// The fields of a stored opening, for the form.
pub fn fields_of(services: &Services, row: &Opening) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |name: &str, value: String| fields.push((name.to_owned(), value));
    put("title", row.title.clone());
    put("content", row.content.clone());
    put("place", row.place.clone());
    put("division", services.place(&row.division_code));
    put("service", row.service_code.clone());
    for skill in row.skills() {
        put("skill", skill.as_str().to_owned());
    }
    put("min_age", row.min_age.to_string());
    for (name, on) in [("approval", row.approval), ("dangerous", row.dangerous), ("accompany", row.accompany)] {
        if on {
            put(name, "on".to_owned());
        }
    }
    put("risk_notice", row.risk_notice.clone());
    put("insurance", row.insurance.clone());
    put("insured_until", row.insured_until.map(|day| day.to_string()).unwrap_or_default());
    put("version", row.version.to_string());
    fields
}

fn apply(row: &mut Opening, input: &Input) {
    row.title.clone_from(&input.title);
    row.content.clone_from(&input.content);
    row.place.clone_from(&input.place);
    if row.pairing_id.is_none() {
        row.division_code.clone_from(&input.division);
    }
    row.service_code.clone_from(&input.service);
    row.skills = json!(input.skills).to_string();
    row.min_age = input.min_age;
    row.approval = input.approval;
    row.dangerous = input.dangerous;
    row.risk_notice.clone_from(&input.risk_notice);
    row.insurance.clone_from(&input.insurance);
    row.insured_until = input.insured_until;
    row.accompany = input.accompany;
}

pub(crate) fn about(row: &Opening, reason: Option<String>) -> About<'static> {
    let data = json!({ "opening": row.code });
    About { organization: row.organization_id, reason, data: Some(data), ..About::default() }
}

/// 新建岗位 of a team, on its own or for a pairing of its organization. Returns its code.
#[boxed]
pub async fn create(ctx: &Ctx, team_code: &str, pairing_code: &str, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::OpeningCreate).await?;
    let team = team::open(&mut work, team_code, Command::OpeningCreate).await?;
    stands(&mut work.tx, &team).await?;
    let (mut division, mut pairing_id) = (input.division.clone(), None);
    if !pairing_code.is_empty() {
        let pairing = storage::aid::pairing::by_code(&mut work.tx, pairing_code).await?.ok_or(Error::NotFound)?;
        if team.organization_id != Some(pairing.organization_id) {
            return Err(Error::NotFound);
        }
        if pairing.state != PairingState::Active {
            return Err(Error::rule(format!("结对现在是“{}”，首次联系以后才能排志愿者", pairing.state.label())));
        }
        let need = work.lock(pairing.need_id).await?;
        let texts = household_texts(&input.title, &input.content, &input.place);
        crate::base::gate::hold(&mut work, &need, &texts).await?;
        // The public learns the district of a household and no more.
        division = format!("{:0<12}", need.division_code.get(..6).unwrap_or("120000"));
        pairing_id = Some(pairing.id);
    }
    let mut row = Opening {
        id: ctx.services.new_id(),
        code: work.code(Prefix::Opening, &division).await?,
        team_id: team.id,
        organization_id: team.organization_id,
        pairing_id,
        division_code: division,
        state: OpeningState::Draft,
        title: String::new(),
        content: String::new(),
        place: String::new(),
        service_code: String::new(),
        skills: String::new(),
        min_age: 0,
        approval: false,
        dangerous: false,
        risk_notice: String::new(),
        insurance: String::new(),
        insured_until: None,
        accompany: false,
        reason: None,
        author_id: ctx.actor.account_id,
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    apply(&mut row, input);
    opening::insert(&mut work.tx, &row).await?;
    work.created(Command::OpeningCreate, row.state, row.id, about(&row, None)).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// A team may recruit: it stands, and so does its organization.
pub(crate) async fn stands(tx: &mut Tx, team: &Team) -> Result<()> {
    if team.state != TeamState::Active {
        return Err(Error::rule(format!("服务队现在是“{}”，不能招募", team.state.label())));
    }
    if let Some(id) = team.organization_id {
        let organization = storage::supply::organization::by_id(tx, id).await?.ok_or(Error::NotFound)?;
        if organization.state != OrganizationState::Verified {
            return Err(Error::rule(format!("机构现在是“{}”，不能招募志愿者", organization.state.label())));
        }
    }
    Ok(())
}

async fn by_code(tx: &mut Tx, code: &str) -> Result<Opening> {
    let found = if is_code(code) { opening::by_code(tx, code).await? } else { None };
    found.ok_or(Error::NotFound)
}

/// An opening with its team, for a command that the actor may give.
pub(crate) async fn open_for(work: &mut Work<'_>, code: &str, command: Command) -> Result<(Opening, Team)> {
    let row = by_code(&mut work.tx, code).await?;
    let team = storage::volunteers::team::by_id(&mut work.tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(&mut work.tx, &team).await?;
    work.authorize(command, &who)?;
    Ok((row, team))
}

async fn save(
    work: &mut Work<'_>,
    row: &Opening,
    from: OpeningState,
    command: Command,
    reason: Option<String>,
) -> Result<()> {
    first(opening::update(&mut work.tx, row, work.now).await?, Object::Opening)?;
    work.stepped(command, from, row.state, row.id, about(row, reason)).await
}

/// What a dangerous opening needs before anybody can sign up: the risks told, and an insurance that is in force
/// (志愿服务条例 articles 12, 17).
fn check_danger(row: &Opening, today: NaiveDate) -> Result<()> {
    if !row.dangerous {
        return Ok(());
    }
    let mut check = Check::new();
    if row.risk_notice.is_empty() {
        check.add("risk_notice", "岗位有危险，先写明有哪些风险、怎样防护");
    }
    if row.insurance.is_empty() {
        check.add("insurance", "岗位有危险，先为志愿者买人身意外伤害保险，并写明保险公司和保单号");
    }
    match row.insured_until {
        None => check.add("insured_until", "填写保险到期日"),
        Some(day) if day < today => check.add("insured_until", "保险已经到期，续保后再发布"),
        Some(_) => {}
    }
    Ok(check.done()?)
}

/// Changes an opening. `version` is the one the form was made from.
#[boxed]
pub async fn edit(ctx: &Ctx, code: &str, version: i64, input: &Input) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OpeningEdit).await?;
    let (mut row, _) = open_for(&mut work, code, Command::OpeningEdit).await?;
    first(row.version == version, Object::Opening)?;
    let from = row.state;
    row.state = machine::step(from, Command::OpeningEdit)?;
    apply(&mut row, input);
    if let Some(id) = row.pairing_id {
        let pairing = storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
        let need = work.lock(pairing.need_id).await?;
        let texts = household_texts(&row.title, &row.content, &row.place);
        crate::base::gate::hold(&mut work, &need, &texts).await?;
    }
    if row.state == OpeningState::Open {
        check_danger(&row, work.now.day())?;
    }
    save(&mut work, &row, from, Command::OpeningEdit, None).await?;
    work.commit(code).await
}

/// 发布岗位, or again after it was closed.
#[boxed]
pub async fn publish(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OpeningOpen).await?;
    let (mut row, team) = open_for(&mut work, code, Command::OpeningOpen).await?;
    stands(&mut work.tx, &team).await?;
    let from = row.state;
    row.state = machine::step(from, Command::OpeningOpen)?;
    check_danger(&row, work.now.day())?;
    if opening::shifts_of(&mut work.tx, row.id, work.now, 1).await?.is_empty() {
        return Err(Error::rule("先安排至少一个班次，再发布岗位"));
    }
    row.reason = None;
    save(&mut work, &row, from, Command::OpeningOpen, None).await?;
    work.commit(code).await
}

/// 停止招募: nobody new; who is signed up still comes.
#[boxed]
pub async fn close(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OpeningClose).await?;
    let (mut row, _) = open_for(&mut work, code, Command::OpeningClose).await?;
    let from = row.state;
    row.state = machine::step(from, Command::OpeningClose)?;
    save(&mut work, &row, from, Command::OpeningClose, None).await?;
    work.commit(code).await
}

/// 取消岗位 with every shift to come.
#[boxed]
pub async fn cancel(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = reason_of(reason)?;
    let mut work = Work::begin(ctx, Command::OpeningCancel).await?;
    let (row, _) = open_for(&mut work, code, Command::OpeningCancel).await?;
    cancel_in(&mut work, row, &reason).await?;
    work.commit(code).await
}

async fn cancel_in(work: &mut Work<'_>, mut row: Opening, reason: &str) -> Result<()> {
    let from = row.state;
    row.state = machine::step(from, Command::OpeningCancel)?;
    row.reason = Some(reason.to_owned());
    for shift in opening::shifts_of(&mut work.tx, row.id, work.now, 1000).await? {
        if shift.state == ShiftState::Planned && shift.starts_at > work.now {
            crate::volunteers::shift::cancel_in(work, &row, &shift, reason).await?;
        }
    }
    save(work, &row, from, Command::OpeningCancel, Some(reason.to_owned())).await
}

/// Every opening of a team that ends.
pub(crate) async fn cancel_all(work: &mut Work<'_>, team: &Team, reason: &str) -> Result<()> {
    for row in opening::of_team(&mut work.tx, team.id).await? {
        if row.state != OpeningState::Cancelled {
            cancel_in(work, row, reason).await?;
        }
    }
    Ok(())
}

/// What the hall is asked for; empty: everything.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub text: String,
    pub service: String,
    /// Prefix of a division code.
    pub area: String,
    /// `weekend`, `evening` or empty.
    pub when: String,
    pub with_room: bool,
}

/// A page of the hall.
#[derive(Debug, Default)]
pub struct Hall {
    pub rows: Vec<Listed>,
    pub total: usize,
    /// How the text was read, where there was one.
    pub found: Option<Found>,
}

/// Openings of the hall: what comes first, or what fits a text best.
#[boxed]
pub async fn hall(services: &Services, wanted: &Wanted, offset: usize, limit: usize) -> Result<Hall> {
    let found = supply::find(services, What::Opening, &wanted.text).await?;
    let narrowed = opening::Narrowed {
        area: &wanted.area,
        service: &wanted.service,
        with_room: wanted.with_room,
        weekend: wanted.when == "weekend",
        evening: wanted.when == "evening",
    };
    let mut tx = services.db.read().await?;
    let mut ids = opening::hall(&mut tx, services.now(), narrowed).await?;
    if let Some(found) = &found {
        found.order(&mut ids, |(id,)| *id);
    }
    let page: Vec<Uuid> = ids.iter().skip(offset).take(limit).map(|(id,)| *id).collect();
    let rows = opening::listed(&mut tx, services.now(), &page).await?;
    Ok(Hall { rows, total: ids.len(), found })
}

/// An opening as its reader may see it.
#[derive(Clone, Debug)]
pub struct OpeningView {
    pub opening: Opening,
    pub team: Team,
    pub organization_name: Option<String>,
    /// Shifts that are not over, in order, with the reader's own sign-up.
    pub shifts: Vec<(Shift, Option<storage::volunteers::signup::Signup>)>,
    /// The reader looks after the team.
    pub leads: bool,
    pub offers: Offers,
    /// Code of the pairing, for whoever looks after the team.
    pub pairing: Option<String>,
}

/// Shifts shown on one page.
pub const SHIFTS: i64 = 60;

/// An opening by its code. Everybody sees those that are published; whoever looks after the team sees all.
#[boxed]
pub async fn view(services: &Services, reader: Option<&Ctx>, code: &str) -> Result<OpeningView> {
    let mut tx = services.db.read().await?;
    let row = by_code(&mut tx, code).await?;
    let team = storage::volunteers::team::by_id(&mut tx, row.team_id).await?.ok_or(Error::NotFound)?;
    let who = rights(&mut tx, &team).await?;
    let offers = reader.map_or_else(Offers::default, |ctx| {
        Offers::of(&ctx.actor, row.state, |_| who.clone()).with(&ctx.actor, &[Command::ShiftPlan], &who)
    });
    let leads = offers.permits(Command::ShiftPlan);
    let organization = match team.organization_id {
        Some(id) => storage::supply::organization::by_id(&mut tx, id).await?,
        None => None,
    };
    let verified = organization.as_ref().is_none_or(|o| o.state == OrganizationState::Verified);
    let own = match reader.and_then(|ctx| ctx.actor.account_id) {
        Some(account) => storage::volunteers::volunteer::by_account(&mut tx, account).await?,
        None => None,
    };
    let planned = opening::shifts_of(&mut tx, row.id, services.now(), SHIFTS).await?;
    let ids: Vec<Uuid> = planned.iter().map(|shift| shift.id).collect();
    let signed = match &own {
        Some(own) => storage::volunteers::signup::own_of(&mut tx, &ids, own.id).await?,
        None => Vec::new(),
    };
    let of_shift = |shift: Shift| {
        let own = signed.iter().find(|signup| signup.shift_id == shift.id).cloned();
        (shift, own)
    };
    let shifts = planned.into_iter().map(of_shift).collect();
    // Published ones, also those cancelled since: whoever was told of one finds out what became of it.
    let public = row.state != OpeningState::Draft && team.state != TeamState::Applied && verified;
    if !public && !leads {
        return Err(Error::NotFound);
    }
    let pairing = match row.pairing_id.filter(|_| leads) {
        Some(id) => storage::aid::pairing::by_id(&mut tx, id).await?.map(|p| p.code),
        None => None,
    };
    Ok(OpeningView {
        opening: row,
        team,
        organization_name: organization.map(|o| o.name),
        shifts,
        leads,
        offers,
        pairing,
    })
}

/// Openings of a team, for its page.
#[boxed]
pub async fn of_team(services: &Services, team: Uuid, all: bool) -> Result<Vec<Opening>> {
    let mut tx = services.db.read().await?;
    let mut rows = opening::of_team(&mut tx, team).await?;
    rows.retain(|row| all || row.state == OpeningState::Open);
    Ok(rows)
}
