//! Self-registration 入驻 of an organization: an account that its own person chose, an application in
//! steps that wait for as long as it takes, the district's answer, and the corrections in between.
//!
//! Each step is stored as soon as it is right, so that it can be gone on with from another device;
//! what is not right yet waits in the step's draft.

use crate::base::work::{About, Work, first};
use crate::base::{limits, notice};
use crate::boxed;
use crate::people::{password, post, steps};
use crate::{Ctx, Error, Fields, Result, Services};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::division::Divisions;
use domain::field::{Check, FieldError};
use domain::form::FieldDef;
use domain::form::people::account::CHOSEN;
use domain::form::people::password::{AGAIN, NEW};
use domain::form::supply::{basic, register, service};
use domain::href::{href, href_at};
use domain::machine::{self, Command, Object};
use domain::organization::{AccountState, Hours, OrganizationState};
use domain::permission::{Record, authorize};
use domain::phone::Phone;
use domain::role::Role;
use domain::uscc::Uscc;
use serde_json::json;
use std::sync::Arc;
use storage::supply::organization::{self, Organization};
use storage::supply::organization_profile::{self as profile, Persons, Profile};
use uuid::Uuid;

/// The steps of an application, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Basic,
    Service,
    Papers,
    Check,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Basic, Self::Service, Self::Papers, Self::Check];

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Service => "service",
            Self::Papers => "papers",
            Self::Check => "check",
        }
    }

    pub fn label(self) -> &'static str {
        match self {
            Self::Basic => "登记信息",
            Self::Service => "服务和区域",
            Self::Papers => "证明材料",
            Self::Check => "核对提交",
        }
    }
}

/// Begins a registration: the code is checked and nobody else's, the applicant chooses name and password.
/// Nobody is signed in yet. `address`: the applicant's network address, which is counted.
#[boxed]
pub async fn start(services: &Arc<Services>, address: &str, fields: &Fields) -> Result<Uuid> {
    let mut check = Check::new();
    let uscc = checked_code(&mut check, &services.divisions(), register::USCC.value(fields));
    let name = check.read(register::NAME, fields);
    let username = post::check_username(&mut check, CHOSEN.value(fields));
    let display_name = check.read(register::DISPLAY_NAME, fields);
    if !register::AGREE.ticked(fields) {
        check.missing(register::AGREE);
    }
    let (new, again) = (NEW.value(fields), AGAIN.value(fields));
    let words = [username.clone(), display_name.clone(), name.clone()];
    password::check(&mut check, NEW, new, post::least_chars(services, Role::OrgAdmin), &words);
    if new != again {
        check.wrong(AGAIN, "两次输入的密码不一样，请再输入一次");
    }
    check.done()?;
    let uscc = uscc.ok_or(Error::Internal("a checked code"))?;
    limits::register(services, address).await?;
    let hash = services.passwords.hash(new).await?;
    // As with an invitation: the platform opens the account, which the events tell.
    let ctx = Ctx::system(services);
    let mut work = Work::begin(&ctx, Command::OrganizationRegister).await?;
    work.authorize(&Record::default())?;
    let found = organization::by_uscc(&mut work.tx, uscc.as_str()).await?;
    let id = match found {
        Some(row) if machine::allows(row.state, Command::OrganizationRegister) => {
            begin_again(&mut work, &row, &name).await?;
            row.id
        }
        Some(row) => return Err(Error::wrong(register::USCC, taken(services, &row))),
        None => begin(&mut work, &uscc, &name).await?,
    };
    steps::insert(&mut work, &username, &display_name, Role::OrgAdmin, "", Some(id), &hash, false).await?;
    work.commit("").await?;
    Ok(id)
}

/// A code of a social organization that a Tianjin authority, or the ministry, has given.
fn checked_code(check: &mut Check, divisions: &Divisions, typed: &str) -> Option<Uscc> {
    match Uscc::parse(typed) {
        Err(error) => check.wrong(register::USCC, error.to_string()),
        Ok(code) if !code.kind().is_social_organization() => check.wrong(
            register::USCC,
            format!("这是{}的代码。在这里登记的是社会组织，前两位是51、52、53或59", code.kind().label()),
        ),
        Ok(code) if !is_registrar(divisions, code.division_code()) => check.wrong(
            register::USCC,
            format!("登记机关（第3至8位，{}）不在天津。外地登记的组织请先联系要服务的区民政局", code.division_code()),
        ),
        Ok(code) => return Some(code),
    }
    None
}

/// 民政部 100000, the city 120000, or one of its districts as they are or were.
fn is_registrar(divisions: &Divisions, code: &str) -> bool {
    matches!(code, "100000" | "120000") || (code.starts_with("12") && divisions.get(code).is_some())
}

fn taken(services: &Services, row: &Organization) -> String {
    match row.state {
        OrganizationState::Draft => format!(
            "这个代码{}起有人在填写申请，{}天没有提交会自动作废。不是贵机构的人填的，请联系{}民政局",
            domain::calendar::day_words(row.created_at.day()),
            domain::organization::DRAFT_DAYS,
            services.place(row.division_code.get(..6).unwrap_or_default())
        ),
        state => format!(
            "这个代码已经登记过，现在是“{}”。要加入机构，请它的负责人在“成员”里邀请您；忘记账号，请联系区民政局",
            state.label()
        ),
    }
}

async fn begin(work: &mut Work<'_>, uscc: &Uscc, name: &str) -> Result<Uuid> {
    let services = &work.ctx.services;
    let registrar = uscc.division_code();
    // Until the applicant says where it sits: where it is registered.
    let home = services.divisions().current(registrar).map_or_else(|| "120000000000".to_owned(), |d| d.code12.clone());
    let row = Organization {
        id: services.new_id(),
        uscc: uscc.as_str().to_owned(),
        name: name.to_owned(),
        kind: uscc.as_str()[..2].to_owned(),
        division_code: home,
        state: OrganizationState::Draft,
        verified_until: None,
        business_scope: String::new(),
        service_codes: "[]".into(),
        area_codes: "[]".into(),
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    match organization::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::wrong(register::USCC, taken(services, &row))),
        other => other?,
    }
    let blank = Profile::blank(row.id, registrar);
    profile::save(&mut work.tx, &blank, work.now).await?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.created(row.state, row.id, about).await?;
    Ok(row.id)
}

/// A code whose registration was refused or left lying is registered anew: its old accounts and papers go.
async fn begin_again(work: &mut Work<'_>, row: &Organization, name: &str) -> Result<()> {
    let step = work.leads(row.state)?;
    close_accounts(work, row.id).await?;
    for file in storage::base::attachment::of(&mut work.tx, work.ctx.services.db.unseen(), row.id).await? {
        if machine::allows(file.state, Command::AttachmentRemove) {
            crate::base::attachment::remove_in(work, &file).await?;
        }
    }
    first(
        organization::set_state(&mut work.tx, row.id, step.from, step.to, None, work.now).await?,
        Object::Organization,
    )?;
    let renewed = Organization { name: name.to_owned(), ..row.clone() };
    organization::set_registration(&mut work.tx, &renewed, work.now).await?;
    let blank = Profile::blank(row.id, row.uscc.get(2..8).unwrap_or_default());
    profile::save(&mut work.tx, &blank, work.now).await?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.stepped(step, row.id, about).await
}

async fn close_accounts(work: &mut Work<'_>, organization: Uuid) -> Result<()> {
    for id in profile::accounts(&mut work.tx, organization).await? {
        let step = work.leads_by(Command::AccountDeactivate, AccountState::Active)?;
        storage::people::account::set_state(&mut work.tx, id, step.to, work.now).await?;
        storage::people::session::end_all(&mut work.tx, id, None, work.now).await?;
        let about = About {
            organization: Some(organization),
            reason: Some("登记已作废，由机构重新登记".into()),
            ..About::default()
        };
        work.stepped(step, id, about).await?;
    }
    Ok(())
}

/// An application as its applicant sees it.
#[derive(Clone, Debug)]
pub struct Application {
    pub organization: Organization,
    pub profile: Profile,
    pub persons: Persons,
    /// The fields of every step, as they are stored.
    pub fields: Fields,
    pub papers: usize,
    /// What the district said when it sent the application back, or refused it.
    pub answer: Option<String>,
}

impl Application {
    pub fn may(&self, command: Command) -> bool {
        machine::allows(self.organization.state, command)
    }

    /// Whether a step is filled in as the application needs it.
    pub fn done(&self, step: Step, services: &Services) -> bool {
        match step {
            Step::Basic => read_basic(&self.fields, services).is_ok(),
            Step::Service => read_service(&self.fields, services).is_ok(),
            Step::Papers => self.papers > 0,
            Step::Check => false,
        }
    }
}

/// The application of the reader's own organization.
#[boxed]
pub async fn own(ctx: &Ctx) -> Result<Application> {
    let id = ctx.organization()?;
    authorize(&ctx.actor, Command::OrganizationEdit, &Record { organization: Some(id), ..Record::default() })?;
    let mut tx = ctx.services.db.read().await?;
    let row = organization::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let profile = profile::of(&mut tx, id).await?;
    let answer = organization::last_reason(&mut tx, id, row.state.as_str()).await?;
    let papers = crate::base::attachment::list_in(ctx, &mut tx, id).await?.len();
    drop(tx);
    let persons = profile.persons(ctx.services.db.unseen())?;
    let fields = fields_of(&row, &profile, &persons);
    Ok(Application { organization: row, profile, persons, fields, papers, answer })
}

fn fields_of(row: &Organization, p: &Profile, persons: &Persons) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |field: FieldDef, value: &str| fields.push((field.name.to_owned(), value.to_owned()));
    put(basic::NAME, &row.name);
    put(basic::DIVISION, row.division_code.get(..6).unwrap_or_default());
    put(basic::COMPETENT_UNIT, &p.competent_unit);
    put(basic::FOUNDED_ON, &p.founded_on.map(|day| day.to_string()).unwrap_or_default());
    put(basic::BUSINESS_SCOPE, &row.business_scope);
    put(basic::LEGAL_REPRESENTATIVE, &persons.legal_representative);
    put(basic::CONTACT_NAME, &persons.contact_name);
    put(basic::CONTACT_PHONE, &persons.contact_phone);
    let (services, areas) = p.asked();
    for code in row.services().iter().chain(&services) {
        put(service::SERVICE, code);
    }
    for area in row.areas().iter().chain(&areas) {
        put(service::AREA, area);
    }
    put(service::SUMMARY, &p.summary);
    for day in p.days.split(',').filter(|day| !day.is_empty()) {
        put(service::DAY, day);
    }
    for (field, value) in [
        (service::OPENS_AT, &p.opens_at),
        (service::CLOSES_AT, &p.closes_at),
        (service::ADDRESS, &p.address),
        (service::POSTCODE, &p.postcode),
        (service::PHONE, &p.phone),
        (service::EMAIL, &p.email),
        (service::WEBSITE, &p.website),
    ] {
        put(field, value);
    }
    fields
}

#[derive(Clone, Debug)]
struct Basic {
    name: String,
    division_code: String,
    competent_unit: String,
    founded_on: Option<NaiveDate>,
    business_scope: String,
    persons: Persons,
}

fn read_basic(fields: &Fields, services: &Services) -> Result<Basic, Vec<FieldError>> {
    let mut check = Check::new();
    let name = check.read(basic::NAME, fields);
    let divisions = services.divisions();
    let code = basic::DIVISION.value(fields);
    let home = divisions.current(code).filter(|d| d.code12.starts_with("12") && code.len() == 6);
    if home.is_none() {
        check.missing(basic::DIVISION);
    }
    let competent_unit = check.read(basic::COMPETENT_UNIT, fields);
    let founded_on = check.date(basic::FOUNDED_ON, fields);
    if founded_on.is_some_and(|day| day > services.now().day()) {
        check.wrong(basic::FOUNDED_ON, "成立日期在今天之后，请核对登记证书");
    }
    let business_scope = check.read(basic::BUSINESS_SCOPE, fields);
    let persons = Persons {
        legal_representative: check.read(basic::LEGAL_REPRESENTATIVE, fields),
        contact_name: check.read(basic::CONTACT_NAME, fields),
        contact_phone: read_phone(&mut check, basic::CONTACT_PHONE, fields),
        ledger: Vec::new(),
    };
    check.done()?;
    let division_code = home.map(|d| d.code12.clone()).unwrap_or_default();
    Ok(Basic { name, division_code, competent_unit, founded_on, business_scope, persons })
}

fn read_phone(check: &mut Check, field: FieldDef, fields: &Fields) -> String {
    let typed = field.value(fields);
    if typed.trim().is_empty() {
        check.missing(field);
        return String::new();
    }
    match Phone::parse(typed) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(error) => {
            check.wrong(field, error.to_string());
            String::new()
        }
    }
}

#[derive(Clone, Debug)]
struct Service {
    services: Vec<String>,
    areas: Vec<String>,
    summary: String,
    hours: Hours,
    address: String,
    postcode: String,
    phone: String,
    email: String,
    website: String,
}

fn read_service(fields: &Fields, services: &Services) -> Result<Service, Vec<FieldError>> {
    let mut check = Check::new();
    let offered: Vec<String> = service::SERVICE
        .values(fields)
        .filter(|code| domain::vocabulary::service(code).is_some())
        .map(ToOwned::to_owned)
        .collect();
    if offered.is_empty() {
        check.missing(service::SERVICE);
    }
    let divisions = services.divisions();
    let mut areas: Vec<String> = service::AREA
        .values(fields)
        .filter(|code| *code == "12" || divisions.get(code).is_some())
        .map(|code| domain::division::prefix(code).to_owned())
        .collect();
    areas.sort();
    areas.dedup();
    if areas.is_empty() {
        check.missing(service::AREA);
    }
    let summary = check.read(service::SUMMARY, fields);
    let days = service::DAY.values(fields).filter_map(|day| day.parse().ok());
    let mut days: Vec<u8> = days.filter(|day| (1..=7).contains(day)).collect();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() {
        check.missing(service::DAY);
    }
    let opens_at = read_clock(&mut check, service::OPENS_AT, fields);
    let closes_at = read_clock(&mut check, service::CLOSES_AT, fields);
    if !opens_at.is_empty() && !closes_at.is_empty() && closes_at <= opens_at {
        check.wrong(service::CLOSES_AT, "结束时间要晚于开始时间，请核对");
    }
    let address = check.read(service::ADDRESS, fields);
    let postcode = domain::text::nfkc(service::POSTCODE.value(fields)).trim().to_owned();
    if postcode.len() != 6 || !postcode.starts_with("30") || !postcode.bytes().all(|b| b.is_ascii_digit()) {
        check.wrong(service::POSTCODE, "邮政编码是6位数字，天津的以30开头");
    }
    let phone = read_phone(&mut check, service::PHONE, fields);
    let email = check.read(service::EMAIL, fields);
    if !email.is_empty() && !is_email(&email) {
        check.wrong(service::EMAIL, "电子邮箱的样子是名字@网站，例如 fuwu@example.cn");
    }
    let website = check.read(service::WEBSITE, fields);
    if !website.is_empty() && !is_website(&website) {
        check.wrong(service::WEBSITE, "网站地址以 https:// 或 http:// 开头");
    }
    check.done()?;
    let hours = Hours { days, opens_at, closes_at };
    Ok(Service { services: offered, areas, summary, hours, address, postcode, phone, email, website })
}

/// `8:30`, `08:30`, `８：30` → `08:30`.
fn read_clock(check: &mut Check, field: FieldDef, fields: &Fields) -> String {
    let plain = domain::text::nfkc(field.value(fields)).trim().replace('.', ":");
    match chrono::NaiveTime::parse_from_str(&plain, "%H:%M") {
        Ok(time) => time.format("%H:%M").to_string(),
        Err(_) => {
            check.wrong(field, format!("{}按24小时填，例如08:30", field.label));
            String::new()
        }
    }
}

fn is_email(text: &str) -> bool {
    text.is_ascii()
        && !text.contains(char::is_whitespace)
        && text.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && host.contains('.')
                && !host.starts_with('.')
                && !host.ends_with('.')
                && !host.contains('@')
        })
}

fn is_website(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        let host = rest.split('/').next().unwrap_or_default();
        host.contains('.') && rest.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '\\'))
    })
}

/// Stores a step of the own application, or a change of what a verified organization says of itself.
#[boxed]
pub async fn save(ctx: &Ctx, step: Step, fields: &Fields) -> Result<()> {
    let services = &ctx.services;
    let (basic, service) = match step {
        Step::Basic => (Some(read_basic(fields, services)?), None),
        Step::Service => (None, Some(read_service(fields, services)?)),
        Step::Papers | Step::Check => return Err(Error::NotFound),
    };
    let mut work = Work::begin(ctx, Command::OrganizationEdit).await?;
    let (mut row, mut p) = open(&mut work).await?;
    let edited = work.leads(row.state)?;
    let mut renamed = false;
    if let Some(basic) = basic {
        // What the registration says stays as it was verified until it is verified anew.
        if matches!(row.state, OrganizationState::Verified | OrganizationState::Lapsed)
            && (row.name != basic.name || row.division_code.get(..6) != basic.division_code.get(..6))
        {
            renamed = true;
        }
        row.name = basic.name;
        row.division_code = basic.division_code;
        row.business_scope = basic.business_scope;
        p.competent_unit = basic.competent_unit;
        p.founded_on = basic.founded_on;
        let ledger = p.persons(services.db.unseen())?.ledger;
        p.seal(services.db.sealer(), &Persons { ledger, ..basic.persons })?;
    }
    if renamed {
        return Err(Error::wrong(basic::NAME, "机构名称和所在区已经核验过。有变更的，请联系区民政局重新核验"));
    }
    if let Some(service) = service {
        let widened = widen(&mut row, &mut p, service.services, service.areas);
        if widened && p.recheck_at.is_none() {
            p.recheck_at = Some(work.now);
        }
        p.summary = service.summary;
        p.days = service.hours.days.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        p.opens_at = service.hours.opens_at;
        p.closes_at = service.hours.closes_at;
        p.address = service.address;
        p.postcode = service.postcode;
        p.phone = service.phone;
        p.email = service.email;
        p.website = service.website;
    }
    organization::set_registration(&mut work.tx, &row, work.now).await?;
    profile::save(&mut work.tx, &p, work.now).await?;
    let about = About { organization: Some(row.id), data: Some(json!({ "step": step.as_str() })), ..About::default() };
    work.stepped(edited, row.id, about).await?;
    if row.state == OrganizationState::Verified {
        let href = href(Object::Organization, &row.id);
        notice::to_district(&mut work, &row.division_code, "社会组织修改了登记信息", &row.name, &href).await?;
    }
    work.commit(step.as_str()).await
}

/// What was verified stays until it is verified anew: a service or area less counts at once, one more waits for the
/// district. Whether something waits.
fn widen(row: &mut Organization, p: &mut Profile, services: Vec<String>, areas: Vec<String>) -> bool {
    let was_verified =
        matches!(row.state, OrganizationState::Verified | OrganizationState::Lapsed | OrganizationState::Suspended);
    if !was_verified {
        row.service_codes = json!(services).to_string();
        row.area_codes = json!(areas).to_string();
        return false;
    }
    let (own, verified) = (row.services(), row.areas());
    let (services, more): (Vec<String>, Vec<String>) = services.into_iter().partition(|one| own.contains(one));
    // A part of a verified area is no more than the area.
    let (areas, wider): (Vec<String>, Vec<String>) =
        areas.into_iter().partition(|one| verified.iter().any(|area| one.starts_with(area.as_str())));
    row.service_codes = json!(services).to_string();
    row.area_codes = json!(areas).to_string();
    let list = |all: &[String]| if all.is_empty() { String::new() } else { json!(all).to_string() };
    (p.asked_services, p.asked_areas) = (list(&more), list(&wider));
    !more.is_empty() || !wider.is_empty()
}

/// The own organization and its profile for a command.
async fn open(work: &mut Work<'_>) -> Result<(Organization, Profile)> {
    let id = work.ctx.organization()?;
    work.authorize(&Record { organization: Some(id), ..Record::default() })?;
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let p = profile::of(&mut work.tx, id).await?;
    Ok((row, p))
}

/// Hands the application in, or in again: everything is checked as a whole.
#[boxed]
pub async fn submit(ctx: &Ctx) -> Result<()> {
    let application = own(ctx).await?;
    let mut mistakes = Vec::new();
    mistakes.extend(read_basic(&application.fields, &ctx.services).err().unwrap_or_default());
    mistakes.extend(read_service(&application.fields, &ctx.services).err().unwrap_or_default());
    if application.papers == 0 {
        mistakes.push(FieldError::new("file", "至少上传登记证书的照片或PDF"));
    }
    if !mistakes.is_empty() {
        return Err(Error::Invalid(mistakes));
    }
    let again = application.organization.state == OrganizationState::Returned;
    let command = if again { Command::OrganizationResubmit } else { Command::OrganizationApply };
    let mut work = Work::begin(ctx, command).await?;
    let (row, mut p) = open(&mut work).await?;
    let step = work.leads(row.state)?;
    p.submitted_at = Some(work.now);
    profile::save(&mut work.tx, &p, work.now).await?;
    first(
        organization::set_state(&mut work.tx, row.id, step.from, step.to, None, work.now).await?,
        Object::Organization,
    )?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.stepped(step, row.id, about).await?;
    let title = if again { "社会组织补正后重新申请" } else { "有社会组织申请入驻" };
    notice::to_district(&mut work, &row.division_code, title, &row.name, &href(Object::Organization, &row.id)).await?;
    work.commit("").await
}

/// Asks for the yearly re-check before, or after, the verification ends.
#[boxed]
pub async fn ask_recheck(ctx: &Ctx) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OrganizationRecheck).await?;
    let (row, mut p) = open(&mut work).await?;
    let step = work.leads(row.state)?;
    if p.recheck_at.is_some() {
        return Err(Error::rule("年度复核已经申请过，请等区民政局核验"));
    }
    p.recheck_at = Some(work.now);
    profile::save(&mut work.tx, &p, work.now).await?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.stepped(step, row.id, about).await?;
    let href = href(Object::Organization, &row.id);
    notice::to_district(&mut work, &row.division_code, "社会组织申请年度复核", &row.name, &href).await?;
    work.commit("").await
}

/// 30 and 7 days before the verification ends, once each, to the organization and its district.
pub(crate) async fn warn(ctx: &Ctx, id: Uuid, days: i64) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OrganizationWarn).await?;
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let mut p = profile::of(&mut work.tx, id).await?;
    work.authorize(&Record::default())?;
    let Some(until) = row.verified_until.filter(|until| *until >= work.now.day()) else { return Ok(()) };
    if row.state != OrganizationState::Verified || p.warned_days.is_some_and(|warned| warned <= days) {
        return Ok(());
    }
    p.warned_days = Some(days);
    profile::save(&mut work.tx, &p, work.now).await?;
    let about = About { organization: Some(id), data: Some(json!({ "days": days })), ..About::default() };
    work.stepped(work.leads(row.state)?, id, about).await?;
    let left = (until - work.now.day()).num_days();
    let body = format!("核验有效期到{}，还有{left}天。到期没有复核就不能再认领", domain::calendar::day_words(until));
    notice::to_organization(&mut work, id, "请申请年度复核", &body, &href_at(Object::Organization, &id, "#recheck"))
        .await?;
    if p.recheck_at.is_some() || days == domain::organization::WARN_DAYS[1] {
        let href = href(Object::Organization, &id);
        notice::to_district(&mut work, &row.division_code, "社会组织核验快到期", &row.name, &href).await?;
    }
    work.commit("").await
}

/// A registration that nobody went on with falls, so that its code is free again.
pub(crate) async fn abandon(ctx: &Ctx, id: Uuid, before: Time) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OrganizationAbandon).await?;
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    work.authorize(&Record::default())?;
    if row.updated_at >= before {
        return Ok(());
    }
    let step = work.leads(row.state)?;
    first(organization::set_state(&mut work.tx, id, step.from, step.to, None, work.now).await?, Object::Organization)?;
    let reason = format!("{}天没有提交，申请作废", domain::organization::DRAFT_DAYS);
    let about = About { organization: Some(id), reason: Some(reason), ..About::default() };
    work.stepped(step, id, about).await?;
    work.commit("").await
}
