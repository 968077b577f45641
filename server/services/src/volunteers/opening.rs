//! Openings 岗位 and shifts 班次: what a team wants done, when, by how many, under which protection.

use crate::base::draft::Fields;
use crate::base::fields::read_division;
use crate::base::offers::Offers;
use crate::base::work::{Work, first};
use crate::boxed;
use crate::finding::supply::{self, Found};
use crate::steps::openings::{about, by_code, load, stands};
use crate::steps::openings_ended;
use crate::steps::teams::{self, rights};
use crate::{Ctx, Error, Result, Services};
use chrono::NaiveDate;
use domain::code::Prefix;
use domain::division::Divisions;
use domain::field::{Check, only};
use domain::form::volunteers::opening as form;
use domain::form::{FieldAt, FieldDef};
use domain::machine::{Command, Object};
use domain::opening::OpeningState;
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use domain::team::{MemberState, TeamState};
use domain::volunteer::{ADULT_AGE, COMPANY_AGE, HOUSEHOLD_AGE, Skill};
use search::What;
use serde_json::json;
use storage::needs::need::Need;
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

/// A household's opening says the district alone, to anybody: its title and content name no street and no village of it.
fn names_no_street(services: &Services, need: &Need, title: &str, content: &str) -> Result<()> {
    let divisions = services.divisions();
    let names: Vec<String> = [9, 12]
        .iter()
        .filter_map(|digits| need.division_code.get(..*digits))
        .filter_map(|code| divisions.spoken_name(code).rsplit(' ').next().map(str::to_owned))
        .map(|name| name.trim_end_matches("街道").trim_end_matches(['镇', '乡', '街']).to_owned())
        .filter(|name| name.chars().count() > 1)
        .collect();
    let mut check = Check::new();
    for (field, text) in [(form::TITLE, title), (form::CONTENT, content)] {
        if let Some(name) = names.iter().find(|name| text.contains(name.as_str())) {
            check.wrong(field, format!("到居民家里的岗位只写到区，请删去“{name}”"));
        }
    }
    Ok(check.done()?)
}

/// Reads the form: `title`, `content`, `place`, `division`, `service`, `skill`*, `min_age`, `approval`, `dangerous`,
/// `risk_notice`, `insurance`, `insured_until`, `accompany`. `household`: made from a pairing, whose place nobody is
/// told here.
pub fn read(fields: &Fields, divisions: &Divisions, household: bool) -> Result<Input> {
    let mut check = Check::new();
    let gated = |field: FieldDef| if household { field.about_household() } else { field };
    let title = check.read(gated(form::TITLE), fields);
    let content = check.read(gated(form::CONTENT), fields);
    let place = check.read(gated(form::PLACE), fields);
    let division = if household { String::new() } else { read_division(&mut check, divisions, form::DIVISION, fields) };
    let service = form::SERVICE.value(fields).to_owned();
    if domain::vocabulary::service(&service).is_none() {
        check.missing(form::SERVICE);
    }
    let skills = form::SKILL.values(fields).filter_map(|code| code.parse().ok()).collect();
    let dangerous = form::DANGEROUS.ticked(fields);
    let least = if dangerous {
        ADULT_AGE
    } else if household {
        HOUSEHOLD_AGE
    } else {
        0
    };
    let usual = i64::from(least.max(if household { HOUSEHOLD_AGE } else { COMPANY_AGE }));
    let min_age = FieldAt::from(form::MIN_AGE).within(i64::from(least), 80);
    let min_age = check.whole(min_age, fields).unwrap_or(usual);
    let risk_notice = check.read(form::RISK_NOTICE, fields);
    let insurance = check.read(form::INSURANCE, fields);
    let insured_until = check.date(form::INSURED_UNTIL, fields);
    check.done()?;
    Ok(Input {
        title,
        content,
        place,
        division,
        service,
        skills,
        min_age,
        approval: form::APPROVAL.ticked(fields),
        dangerous,
        risk_notice,
        insurance,
        insured_until,
        accompany: household && form::ACCOMPANY.ticked(fields),
    })
}

/// The fields of a stored opening, for the form.
pub fn fields_of(services: &Services, row: &Opening) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |field: FieldDef, value: String| fields.push((field.name.to_owned(), value));
    put(form::TITLE, row.title.clone());
    put(form::CONTENT, row.content.clone());
    put(form::PLACE, row.place.clone());
    put(form::DIVISION, services.place(&row.division_code));
    put(form::SERVICE, row.service_code.clone());
    for skill in row.skills() {
        put(form::SKILL, skill.as_str().to_owned());
    }
    put(form::MIN_AGE, row.min_age.to_string());
    for (field, on) in
        [(form::APPROVAL, row.approval), (form::DANGEROUS, row.dangerous), (form::ACCOMPANY, row.accompany)]
    {
        if on {
            put(field, field.tick_value().to_owned());
        }
    }
    put(form::RISK_NOTICE, row.risk_notice.clone());
    put(form::INSURANCE, row.insurance.clone());
    put(form::INSURED_UNTIL, row.insured_until.map(|day| day.to_string()).unwrap_or_default());
    fields.push(("version".to_owned(), row.version.to_string()));
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

/// 新建岗位 of a team, on its own or for a pairing of its organization. Returns its code.
#[boxed]
pub async fn create(ctx: &Ctx, team_code: &str, pairing_code: &str, input: &Input) -> Result<String> {
    let mut work = Work::begin(ctx, Command::OpeningCreate).await?;
    let team = teams::load(&mut work, team_code).await?;
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
        work.hold(&need, &texts).await?;
        names_no_street(&ctx.services, &need, &input.title, &input.content)?;
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
    work.created(row.state, row.id, about(&row, None)).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

/// What a dangerous opening needs before anybody can sign up: the risks told, and an insurance that is in force
/// (志愿服务条例 articles 12, 17).
fn check_danger(row: &Opening, today: NaiveDate) -> Result<()> {
    if !row.dangerous {
        return Ok(());
    }
    let mut check = Check::new();
    if row.risk_notice.is_empty() {
        check.wrong(form::RISK_NOTICE, "岗位有危险，先写明有哪些风险、怎样防护");
    }
    if row.insurance.is_empty() {
        check.wrong(form::INSURANCE, "岗位有危险，先为志愿者买人身意外伤害保险，并写明保险公司和保单号");
    }
    match row.insured_until {
        None => check.missing(form::INSURED_UNTIL),
        Some(day) if day < today => check.wrong(form::INSURED_UNTIL, "保险已经到期，续保后再发布"),
        Some(_) => {}
    }
    Ok(check.done()?)
}

/// Changes an opening. `version` is the one the form was made from.
#[boxed]
pub async fn edit(ctx: &Ctx, code: &str, version: i64, input: &Input) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OpeningEdit).await?;
    let (mut row, _) = load(&mut work, code).await?;
    first(row.version == version, Object::Opening)?;
    let step = work.step(&mut row.state)?;
    apply(&mut row, input);
    if let Some(id) = row.pairing_id {
        let pairing = storage::aid::pairing::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
        let need = work.lock(pairing.need_id).await?;
        let texts = household_texts(&row.title, &row.content, &row.place);
        work.hold(&need, &texts).await?;
        names_no_street(&ctx.services, &need, &row.title, &row.content)?;
    }
    if row.state == OpeningState::Open {
        check_danger(&row, work.now.day())?;
    }
    work.save(&row, step, about(&row, None)).await?;
    work.commit(code).await
}

/// 发布岗位, or again after it was closed.
#[boxed]
pub async fn publish(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OpeningOpen).await?;
    let (mut row, team) = load(&mut work, code).await?;
    stands(&mut work.tx, &team).await?;
    let step = work.step(&mut row.state)?;
    check_danger(&row, work.now.day())?;
    if opening::shifts_of(&mut work.tx, row.id, work.now, 1).await?.is_empty() {
        return Err(Error::rule("先安排至少一个班次，再发布岗位"));
    }
    row.reason = None;
    work.save(&row, step, about(&row, None)).await?;
    work.commit(code).await
}

/// 停止招募: nobody new; who is signed up still comes.
#[boxed]
pub async fn close(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OpeningClose).await?;
    let (mut row, _) = load(&mut work, code).await?;
    let step = work.step(&mut row.state)?;
    work.save(&row, step, about(&row, None)).await?;
    work.commit(code).await
}

/// 取消岗位 with every shift to come.
#[boxed]
pub async fn cancel(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::CANCEL, reason)?;
    let mut work = Work::begin(ctx, Command::OpeningCancel).await?;
    let (row, _) = load(&mut work, code).await?;
    openings_ended::cancel(&mut work, row, &reason).await?;
    work.commit(code).await
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
    let mut row = by_code(&mut tx, code).await?;
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
    // Where one meets for a household may say its street: the team's own alone.
    if row.pairing_id.is_some() && !leads {
        let member = match &own {
            Some(own) => storage::volunteers::team::membership(&mut tx, row.team_id, own.id).await?,
            None => None,
        };
        if member.is_none_or(|member| member.state != MemberState::Active) {
            row.place.clear();
        }
    }
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
