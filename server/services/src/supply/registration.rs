//! Self-registration 入驻 of an organization: an account that its own person chose, an application in
//! steps that wait for as long as it takes, the district's answer, and the corrections in between.
//!
//! Each step is stored as soon as it is right, so that it can be gone on with from another device;
//! what is not right yet waits in the step's draft.

use crate::base::work::{About, Work, first};
use crate::base::{gate, limits, notice};
use crate::boxed;
use crate::needs::need_form::value;
use crate::people::{account, password};
use crate::{Ctx, Error, Fields, Result, Services};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::division::Divisions;
use domain::field::{Check, FieldError};
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
    let at = |name: &str| value(fields, name);
    let mut check = Check::new();
    let uscc = checked_code(&mut check, &services.divisions(), at("uscc"));
    let name = check.line("name", "机构名称", at("name"), 80);
    check.extend(gate::mistakes("name", "机构名称", &name, &gate::about_organization()));
    let username = account::check_username(&mut check, at("account"));
    let display_name = check.line("display_name", "您的岗位或姓名", at("display_name"), 40);
    if at("agree").is_empty() {
        check.add("agree", "请确认您受机构委托来登记");
    }
    let (new, again) = (at("new_password"), at("again"));
    let words = [username.clone(), display_name.clone(), name.clone()];
    password::check(&mut check, "new_password", new, account::least_chars(services, Role::OrgAdmin), &words);
    if new != again {
        check.add("again", "两次输入的密码不一样，请再输入一次");
    }
    check.done().map_err(renamed)?;
    let uscc = uscc.ok_or(Error::Internal("a checked code"))?;
    limits::register(services, address).await?;
    let hash = services.passwords.hash(new).await?;
    // As with an invitation: the platform opens the account, which the events tell.
    let ctx = Ctx::system(services);
    let mut work = Work::begin(&ctx, Command::OrganizationRegister).await?;
    work.authorize(Command::OrganizationRegister, &Record::default())?;
    let found = organization::by_uscc(&mut work.tx, uscc.as_str()).await?;
    let id = match found {
        Some(row) if machine::allows(row.state, Command::OrganizationRegister) => {
            begin_again(&mut work, &row, &name).await?;
            row.id
        }
        Some(row) => return Err(Error::field("uscc", taken(services, &row))),
        None => begin(&mut work, &uscc, &name).await?,
    };
    let opened = account::insert(&mut work, &username, &display_name, Role::OrgAdmin, "", Some(id), &hash, false).await;
    match opened {
        Err(Error::Invalid(mistakes)) => return Err(Error::Invalid(renamed(mistakes))),
        other => other?,
    };
    work.commit("").await?;
    Ok(id)
}

/// The form speaks of `account`, the accounts of `username`.
fn renamed(mut mistakes: Vec<FieldError>) -> Vec<FieldError> {
    for mistake in mistakes.iter_mut().filter(|mistake| mistake.field == "username") {
        "account".clone_into(&mut mistake.field);
    }
    mistakes
}

/// A code of a social organization that a Tianjin authority, or the ministry, has given.
fn checked_code(check: &mut Check, divisions: &Divisions, typed: &str) -> Option<Uscc> {
    match Uscc::parse(typed) {
        Err(error) => check.add("uscc", error.to_string()),
        Ok(code) if !code.kind().is_social_organization() => check
            .add("uscc", format!("这是{}的代码。在这里登记的是社会组织，前两位是51、52、53或59", code.kind().label())),
        Ok(code) if !is_registrar(divisions, code.division_code()) => check.add(
            "uscc",
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
        Err(error) if error.is_unique() => return Err(Error::field("uscc", taken(services, &row))),
        other => other?,
    }
    let blank = Profile::blank(row.id, registrar);
    profile::save(&mut work.tx, &blank, work.now).await?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.created(Command::OrganizationRegister, row.state, row.id, about).await?;
    Ok(row.id)
}

/// A code whose registration was refused or left lying is registered anew: its old accounts and papers go.
async fn begin_again(work: &mut Work<'_>, row: &Organization, name: &str) -> Result<()> {
    let to = machine::step(row.state, Command::OrganizationRegister)?;
    close_accounts(work, row.id).await?;
    for file in storage::base::attachment::of(&mut work.tx, work.ctx.services.db.sealer(), row.id).await? {
        if machine::allows(file.state, Command::AttachmentRemove) {
            crate::base::attachment::remove_in(work, &file).await?;
        }
    }
    first(organization::set_state(&mut work.tx, row.id, row.state, to, None, work.now).await?, Object::Organization)?;
    let renewed = Organization { name: name.to_owned(), ..row.clone() };
    organization::set_registration(&mut work.tx, &renewed, work.now).await?;
    let blank = Profile::blank(row.id, row.uscc.get(2..8).unwrap_or_default());
    profile::save(&mut work.tx, &blank, work.now).await?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.stepped(Command::OrganizationRegister, row.state, to, row.id, about).await
}

async fn close_accounts(work: &mut Work<'_>, organization: Uuid) -> Result<()> {
    for id in profile::accounts(&mut work.tx, organization).await? {
        let to = machine::step(AccountState::Active, Command::AccountDeactivate)?;
        storage::people::account::set_state(&mut work.tx, id, to, work.now).await?;
        storage::people::session::end_all(&mut work.tx, id, None, work.now).await?;
        let about = About {
            organization: Some(organization),
            reason: Some("登记已作废，由机构重新登记".into()),
            ..About::default()
        };
        work.stepped(Command::AccountDeactivate, AccountState::Active, to, id, about).await?;
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
    let persons = profile.persons(ctx.services.db.sealer())?;
    let fields = fields_of(&row, &profile, &persons);
    Ok(Application { organization: row, profile, persons, fields, papers, answer })
}

fn fields_of(row: &Organization, p: &Profile, persons: &Persons) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |name: &str, value: &str| fields.push((name.to_owned(), value.to_owned()));
    put("name", &row.name);
    put("division", row.division_code.get(..6).unwrap_or_default());
    put("competent_unit", &p.competent_unit);
    put("founded_on", &p.founded_on.map(|day| day.to_string()).unwrap_or_default());
    put("business_scope", &row.business_scope);
    put("legal_representative", &persons.legal_representative);
    put("contact_name", &persons.contact_name);
    put("contact_phone", &persons.contact_phone);
    for code in row.services() {
        put("service", &code);
    }
    for area in row.areas() {
        put("area", &area);
    }
    put("summary", &p.summary);
    for day in p.days.split(',').filter(|day| !day.is_empty()) {
        put("day", day);
    }
    for (name, value) in [
        ("opens_at", &p.opens_at),
        ("closes_at", &p.closes_at),
        ("office_address", &p.address),
        ("postcode", &p.postcode),
        ("office_phone", &p.phone),
        ("email", &p.email),
        ("website", &p.website),
    ] {
        put(name, value);
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
    let at = |name: &str| value(fields, name);
    let mut check = Check::new();
    let name = check.line("name", "机构名称", at("name"), 80);
    let divisions = services.divisions();
    let home = divisions.current(at("division")).filter(|d| d.code12.starts_with("12") && at("division").len() == 6);
    if home.is_none() {
        check.add("division", "选择机构所在的区，由这个区的民政局核验");
    }
    let competent_unit = check.line("competent_unit", "业务主管单位", at("competent_unit"), 60);
    let founded_on = check.day("founded_on", "成立日期", at("founded_on"));
    if founded_on.is_some_and(|day| day > services.now().day()) {
        check.add("founded_on", "成立日期在今天之后，请核对登记证书");
    }
    let business_scope = check.text("business_scope", "业务范围", at("business_scope"), 2000);
    for (field, label, text) in [
        ("name", "机构名称", &name),
        ("competent_unit", "业务主管单位", &competent_unit),
        ("business_scope", "业务范围", &business_scope),
    ] {
        check.extend(gate::mistakes(field, label, text, &gate::about_organization()));
    }
    let persons = Persons {
        legal_representative: check.line("legal_representative", "法定代表人", at("legal_representative"), 40),
        contact_name: check.line("contact_name", "联系人", at("contact_name"), 40),
        contact_phone: read_phone(&mut check, "contact_phone", at("contact_phone")),
        ledger: Vec::new(),
    };
    check.done()?;
    let division_code = home.map(|d| d.code12.clone()).unwrap_or_default();
    Ok(Basic { name, division_code, competent_unit, founded_on, business_scope, persons })
}

fn read_phone(check: &mut Check, field: &str, typed: &str) -> String {
    if typed.trim().is_empty() {
        check.add(field, "填写联系电话");
        return String::new();
    }
    match Phone::parse(typed) {
        Ok(phone) => phone.as_str().to_owned(),
        Err(error) => {
            check.add(field, error.to_string());
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
    let at = |name: &str| value(fields, name);
    let all =
        |name: &'static str| fields.iter().filter(move |(f, v)| f == name && !v.is_empty()).map(|(_, v)| v.as_str());
    let mut check = Check::new();
    let offered: Vec<String> =
        all("service").filter(|code| domain::vocabulary::service(code).is_some()).map(ToOwned::to_owned).collect();
    if offered.is_empty() {
        check.add("service", "至少选一项能提供的服务");
    }
    let divisions = services.divisions();
    let mut areas: Vec<String> = all("area")
        .filter(|code| *code == "12" || divisions.get(code).is_some())
        .map(|code| domain::division::prefix(code).to_owned())
        .collect();
    areas.sort();
    areas.dedup();
    if areas.is_empty() {
        check.add("area", "至少选一个服务区域");
    }
    let summary = check.text("summary", "机构简介", at("summary"), 500);
    let mut days: Vec<u8> = all("day").filter_map(|day| day.parse().ok()).filter(|day| (1..=7).contains(day)).collect();
    days.sort_unstable();
    days.dedup();
    if days.is_empty() {
        check.add("day", "选择平常哪几天提供服务");
    }
    let opens_at = read_clock(&mut check, "opens_at", "开始时间", at("opens_at"));
    let closes_at = read_clock(&mut check, "closes_at", "结束时间", at("closes_at"));
    if !opens_at.is_empty() && !closes_at.is_empty() && closes_at <= opens_at {
        check.add("closes_at", "结束时间要晚于开始时间，请核对");
    }
    let address = check.line("office_address", "办公地址", at("office_address"), 120);
    let postcode = domain::text::nfkc(at("postcode")).trim().to_owned();
    if postcode.len() != 6 || !postcode.starts_with("30") || !postcode.bytes().all(|b| b.is_ascii_digit()) {
        check.add("postcode", "邮政编码是6位数字，天津的以30开头");
    }
    let phone = read_phone(&mut check, "office_phone", at("office_phone"));
    let email = check.line_or_empty("email", "电子邮箱", at("email"), 80).unwrap_or_default();
    if !email.is_empty() && !is_email(&email) {
        check.add("email", "电子邮箱的样子是名字@网站，例如 fuwu@example.cn");
    }
    let website = check.line_or_empty("website", "网站", at("website"), 120).unwrap_or_default();
    if !website.is_empty() && !is_website(&website) {
        check.add("website", "网站地址以 https:// 或 http:// 开头");
    }
    check.extend(gate::mistakes("summary", "机构简介", &summary, &gate::about_organization()));
    check.done()?;
    let hours = Hours { days, opens_at, closes_at };
    Ok(Service { services: offered, areas, summary, hours, address, postcode, phone, email, website })
}

/// `8:30`, `08:30`, `８：30` → `08:30`.
fn read_clock(check: &mut Check, field: &str, label: &str, typed: &str) -> String {
    let plain = domain::text::nfkc(typed).trim().replace('.', ":");
    match chrono::NaiveTime::parse_from_str(&plain, "%H:%M") {
        Ok(time) => time.format("%H:%M").to_string(),
        Err(_) => {
            check.add(field, format!("{label}按24小时填，例如08:30"));
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
    let (mut row, mut p) = open(&mut work, Command::OrganizationEdit).await?;
    let to = machine::step(row.state, Command::OrganizationEdit)?;
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
        let ledger = p.persons(services.db.sealer())?.ledger;
        p.seal(services.db.sealer(), &Persons { ledger, ..basic.persons })?;
    }
    if renamed {
        return Err(Error::field("name", "机构名称和所在区已经核验过。有变更的，请联系区民政局重新核验"));
    }
    if let Some(service) = service {
        row.service_codes = json!(service.services).to_string();
        row.area_codes = json!(service.areas).to_string();
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
    work.stepped(Command::OrganizationEdit, row.state, to, row.id, about).await?;
    if row.state == OrganizationState::Verified {
        let href = format!("/organizations/{}", row.id);
        notice::to_district(&mut work, &row.division_code, "社会组织修改了登记信息", &row.name, &href).await?;
    }
    work.commit(step.as_str()).await
}

/// The own organization and its profile for a command.
async fn open(work: &mut Work<'_>, command: Command) -> Result<(Organization, Profile)> {
    let id = work.ctx.organization()?;
    work.authorize(command, &Record { organization: Some(id), ..Record::default() })?;
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
    let (row, mut p) = open(&mut work, command).await?;
    let to = machine::step(row.state, command)?;
    p.submitted_at = Some(work.now);
    profile::save(&mut work.tx, &p, work.now).await?;
    first(organization::set_state(&mut work.tx, row.id, row.state, to, None, work.now).await?, Object::Organization)?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.stepped(command, row.state, to, row.id, about).await?;
    let title = if again { "社会组织补正后重新申请" } else { "有社会组织申请入驻" };
    notice::to_district(&mut work, &row.division_code, title, &row.name, &format!("/organizations/{}", row.id)).await?;
    work.commit("").await
}

/// Asks for the yearly re-check before, or after, the verification ends.
#[boxed]
pub async fn ask_recheck(ctx: &Ctx) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OrganizationRecheck).await?;
    let (row, mut p) = open(&mut work, Command::OrganizationRecheck).await?;
    let to = machine::step(row.state, Command::OrganizationRecheck)?;
    if p.recheck_at.is_some() {
        return Err(Error::rule("年度复核已经申请过，请等区民政局核验"));
    }
    p.recheck_at = Some(work.now);
    profile::save(&mut work.tx, &p, work.now).await?;
    let about = About { organization: Some(row.id), ..About::default() };
    work.stepped(Command::OrganizationRecheck, row.state, to, row.id, about).await?;
    let href = format!("/organizations/{}", row.id);
    notice::to_district(&mut work, &row.division_code, "社会组织申请年度复核", &row.name, &href).await?;
    work.commit("").await
}

/// 30 and 7 days before the verification ends, once each, to the organization and its district.
pub(crate) async fn warn(ctx: &Ctx, id: Uuid, days: i64) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OrganizationWarn).await?;
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let mut p = profile::of(&mut work.tx, id).await?;
    work.authorize(Command::OrganizationWarn, &Record::default())?;
    let Some(until) = row.verified_until.filter(|until| *until >= work.now.day()) else { return Ok(()) };
    if row.state != OrganizationState::Verified || p.warned_days.is_some_and(|warned| warned <= days) {
        return Ok(());
    }
    p.warned_days = Some(days);
    profile::save(&mut work.tx, &p, work.now).await?;
    let about = About { organization: Some(id), data: Some(json!({ "days": days })), ..About::default() };
    work.stepped(Command::OrganizationWarn, row.state, row.state, id, about).await?;
    let left = (until - work.now.day()).num_days();
    let body = format!("核验有效期到{}，还有{left}天。到期没有复核就不能再认领", domain::calendar::day_words(until));
    notice::to_organization(&mut work, id, "请申请年度复核", &body, &format!("/organizations/{id}#recheck")).await?;
    if p.recheck_at.is_some() || days == domain::organization::WARN_DAYS[1] {
        let href = format!("/organizations/{id}");
        notice::to_district(&mut work, &row.division_code, "社会组织核验快到期", &row.name, &href).await?;
    }
    work.commit("").await
}

/// A registration that nobody went on with falls, so that its code is free again.
pub(crate) async fn abandon(ctx: &Ctx, id: Uuid, before: Time) -> Result<()> {
    let mut work = Work::begin(ctx, Command::OrganizationAbandon).await?;
    let row = organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    work.authorize(Command::OrganizationAbandon, &Record::default())?;
    if row.updated_at >= before {
        return Ok(());
    }
    let to = machine::step(row.state, Command::OrganizationAbandon)?;
    first(organization::set_state(&mut work.tx, id, row.state, to, None, work.now).await?, Object::Organization)?;
    let reason = format!("{}天没有提交，申请作废", domain::organization::DRAFT_DAYS);
    let about = About { organization: Some(id), reason: Some(reason), ..About::default() };
    work.stepped(Command::OrganizationAbandon, row.state, to, id, about).await?;
    work.commit("").await
}
