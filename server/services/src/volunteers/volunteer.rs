//! Volunteers 志愿者: registering oneself, the own data, leaving.

use crate::base::draft::Fields;
use crate::base::fields::read_division;
use crate::base::work::{About, Work, first};
use crate::base::{limits, trail};
use crate::boxed;
use crate::people::{password, post, steps};
use crate::steps::members::leave_all;
use crate::steps::places::give_up_all;
pub use crate::steps::volunteers::Input;
use crate::steps::volunteers::{apply, me, note_same, own_record, revoke_calendar};
use crate::{Ctx, Error, Result, Services};
use chrono::NaiveDate;
use domain::code::Prefix;
use domain::division::Divisions;
use domain::field::Check;
use domain::form::FieldDef;
use domain::form::people::account::CHOSEN;
use domain::form::people::password::{AGAIN, NEW};
use domain::form::volunteers::volunteer as form;
use domain::machine::{Command, Object};
use domain::need::Sex;
use domain::permission::Record;
use domain::phone::Phone;
use domain::resident_id::ResidentId;
use domain::role::{Actor, Role};
use domain::volunteer::{ADULT_AGE, COMPANY_AGE, LEAST_AGE, age_on};
use serde_json::json;
use std::sync::Arc;
use storage::base::sealed::MarkKind;
use storage::volunteers::volunteer::{self, Volunteer, VolunteerFile};
use uuid::Uuid;

fn read_phone(check: &mut Check, field: FieldDef, fields: &Fields) -> String {
    match Phone::parse(field.value(fields)) {
        Ok(phone) => return phone.as_str().to_owned(),
        Err(error) => check.wrong(field, error.to_string()),
    }
    String::new()
}

/// Reads the form: `name`, `sex`, `birth`, `phone`, `division`, `id_number`, `guardian`, `guardian_phone`,
/// `guardian_agreed`, `company`, `skill`*, `service`*, `slot`*; with `joining` also `consent`.
pub fn read(fields: &Fields, divisions: &Divisions, today: NaiveDate, joining: bool) -> Result<Input> {
    let mut check = Check::new();
    let mut file = VolunteerFile {
        name: check.read(form::NAME, fields),
        sex: check.choice::<Sex>(form::SEX, fields),
        birth: check.date(form::BIRTH, fields),
        phone: read_phone(&mut check, form::PHONE, fields),
        guardian_agreed: form::GUARDIAN_AGREED.ticked(fields),
        company: form::COMPANY.ticked(fields),
        ..VolunteerFile::default()
    };
    let id = form::ID_NUMBER.value(fields);
    if !id.trim().is_empty() {
        match ResidentId::parse(id) {
            Ok(id) => {
                if file.birth.is_some_and(|birth| birth != id.birth_date()) {
                    check.wrong(form::BIRTH, "出生日期和身份证号里的不一样，请核对");
                }
                if file.sex.is_some_and(|sex| sex != id.sex()) {
                    check.wrong(form::SEX, "性别和身份证号里的不一样，请核对");
                }
                id.as_str().clone_into(&mut file.id_number);
            }
            Err(error) => check.wrong(form::ID_NUMBER, error.to_string()),
        }
    }
    if let Some(birth) = file.birth {
        read_guardian(&mut check, fields, &mut file, birth, today);
    }
    let division = read_division(&mut check, divisions, form::DIVISION, fields);
    let skills = form::SKILL.values(fields).filter_map(|code| code.parse().ok()).collect();
    let services = form::SERVICE
        .values(fields)
        .filter(|code| domain::vocabulary::service(code).is_some())
        .map(ToOwned::to_owned)
        .collect();
    let slots = form::SLOT.values(fields).filter_map(|code| code.parse().ok()).collect();
    if joining && !form::CONSENT.ticked(fields) {
        check.missing(form::CONSENT);
    }
    check.done()?;
    Ok(Input { file, division, skills, services, slots })
}

/// What the young need besides: the guardian's consent, and company.
fn read_guardian(check: &mut Check, fields: &Fields, file: &mut VolunteerFile, birth: NaiveDate, today: NaiveDate) {
    if birth > today {
        check.wrong(form::BIRTH, "出生日期在今天之后，请核对");
        return;
    }
    let age = age_on(birth, today);
    if age < LEAST_AGE {
        check.wrong(form::BIRTH, format!("未满{LEAST_AGE}岁还不能登记。可以由监护人登记，带着孩子一起参加"));
    } else if age > 110 {
        check.wrong(form::BIRTH, "出生日期太早，请核对年份");
    } else if age < ADULT_AGE {
        file.guardian = check.read(form::GUARDIAN.required(true), fields);
        file.guardian_phone = read_phone(check, form::GUARDIAN_PHONE, fields);
        if !file.guardian_agreed {
            check.wrong(form::GUARDIAN_AGREED, format!("未满{ADULT_AGE}岁，请监护人看过后勾选同意"));
        }
        if age < COMPANY_AGE && !file.company {
            let text = format!(
                "未满{COMPANY_AGE}岁，每一次服务都要由监护人陪同；能陪同的请勾选，不能的请满{COMPANY_AGE}岁再登记"
            );
            check.wrong(form::COMPANY, text);
        }
    }
}

/// The fields of a stored profile, for the form.
pub fn fields_of(services: &Services, own: &Own) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |field: FieldDef, value: String| fields.push((field.name.to_owned(), value));
    let file = &own.file;
    put(form::NAME, file.name.clone());
    put(form::SEX, file.sex.map(|sex| sex.as_str().to_owned()).unwrap_or_default());
    put(form::BIRTH, file.birth.map(|day| day.to_string()).unwrap_or_default());
    put(form::PHONE, file.phone.clone());
    put(form::ID_NUMBER, file.id_number.clone());
    put(form::GUARDIAN, file.guardian.clone());
    put(form::GUARDIAN_PHONE, file.guardian_phone.clone());
    for (field, on) in [(form::GUARDIAN_AGREED, file.guardian_agreed), (form::COMPANY, file.company)] {
        if on {
            put(field, field.tick_value().to_owned());
        }
    }
    put(form::DIVISION, services.place(&own.volunteer.division_code));
    for skill in own.volunteer.skills() {
        put(form::SKILL, skill.as_str().to_owned());
    }
    for code in own.volunteer.services() {
        put(form::SERVICE, code);
    }
    for slot in own.volunteer.slots() {
        put(form::SLOT, slot.as_str().to_owned());
    }
    fields.push(("version".to_owned(), own.volunteer.version.to_string()));
    fields
}

/// 登记: opens an account and enters the volunteer in one step. `address`: where it comes from, counted against
/// registering in bulk. Returns the own number.
#[boxed]
pub async fn join(
    services: &Arc<Services>,
    address: &str,
    input: &Input,
    username: &str,
    new: &str,
    again: &str,
) -> Result<String> {
    let mut check = Check::new();
    let username = post::check_username(&mut check, username);
    if username.chars().filter(char::is_ascii_digit).count() >= 8 {
        check.wrong(CHOSEN, "账号名会显示在屏幕上，不要用手机号或证件号，请换一个");
    }
    let mut words = vec![username.clone(), input.file.name.clone(), input.file.phone.clone()];
    words.extend(services.place(&input.division).split_whitespace().map(ToOwned::to_owned));
    password::check(&mut check, NEW, new, post::least_chars(services, Role::Volunteer), &words);
    if new != again {
        check.wrong(AGAIN, "两次输入的密码不一样，请再输入一次");
    }
    check.done()?;
    limits::join(services, address).await?;
    let hash = services.passwords.hash(new).await?;
    // Nobody is signed in yet: the platform opens the account on the person's own word, which the events tell.
    let ctx = Ctx::new(services, Actor::system(), "page");
    join_hashed(&ctx, input, &username, &hash).await.map(|row| row.number)
}

/// As [`join`], with a hash made before (the demo makes one hash for all).
#[boxed]
pub async fn join_hashed(ctx: &Ctx, input: &Input, username: &str, hash: &str) -> Result<Volunteer> {
    let services = &ctx.services;
    let mut work = Work::begin(ctx, Command::VolunteerJoin).await?;
    work.authorize(&Record::default())?;
    let entered = entered_before(&mut work, &input.file).await?;
    let number = match &entered {
        Some(row) => row.number.clone(),
        None => work.code(Prefix::Volunteer, &input.division).await?,
    };
    let shown = format!("志愿者{number}");
    let account = steps::insert(&mut work, username, &shown, Role::Volunteer, "", None, hash, false).await?;
    if let Some(row) = entered {
        return claim(work, row, input, account).await;
    }
    let id = services.new_id();
    let mut row = Volunteer::new(id, number, Some(account), input.division.clone(), work.now);
    apply(&mut row, input);
    volunteer::insert(&mut work.tx, services.db.sealer(), &row, &input.file).await?;
    let data = json!({ "number": row.number, "minor": input.file.guardian_agreed });
    let about = About { data: Some(data), ..About::default() };
    work.created(row.state, row.id, about).await?;
    note_same(&mut work, &row, &input.file).await?;
    work.commit(&row.number).await?;
    Ok(row)
}

/// Somebody whom a team entered from its list and who has no account yet: known by the telephone, and by name and birth
/// date, which only he and the team know.
async fn entered_before(work: &mut Work<'_>, file: &VolunteerFile) -> Result<Option<Volunteer>> {
    let db = &work.ctx.services.db;
    // Others may have typed in the same telephone meanwhile.
    for row in volunteer::same(&mut work.tx, db.sealer(), MarkKind::Phone, &file.phone, Uuid::nil()).await? {
        let known = volunteer::file(db.unseen(), &row)?;
        if row.account_id.is_none() && known.birth == file.birth && known.name == file.name {
            return Ok(Some(row));
        }
    }
    Ok(None)
}

/// The person from the list opens the own account: what he typed stands in place of what the list said.
async fn claim(mut work: Work<'_>, mut row: Volunteer, input: &Input, account: Uuid) -> Result<Volunteer> {
    let services = &work.ctx.services;
    work.becomes(Command::VolunteerClaim);
    work.authorize(&Record::default())?;
    row.division_code.clone_from(&input.division);
    apply(&mut row, input);
    first(volunteer::claim(&mut work.tx, row.id, account, work.now).await?, Object::Volunteer)?;
    let now = work.now;
    first(volunteer::update(&mut work.tx, services.db.sealer(), &row, &input.file, now).await?, Object::Volunteer)?;
    storage::volunteers::team::set_account(&mut work.tx, row.id, account).await?;
    row.account_id = Some(account);
    let about = About { data: Some(json!({ "number": row.number })), ..About::default() };
    work.stepped(work.leads(row.state)?, row.id, about).await?;
    note_same(&mut work, &row, &input.file).await?;
    work.commit(&row.number).await?;
    Ok(row)
}

/// The own data of the reader.
#[derive(Clone, Debug)]
pub struct Own {
    pub volunteer: Volunteer,
    pub file: VolunteerFile,
}

impl Own {
    /// Completed years on a day; of age where no birth date is known.
    pub fn age(&self, day: NaiveDate) -> u32 {
        self.file.birth.map_or(ADULT_AGE, |birth| age_on(birth, day))
    }
}

/// Reads the own data.
#[boxed]
pub async fn own(ctx: &Ctx) -> Result<Own> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let row = volunteer::by_account(&mut tx, account).await?.ok_or(Error::NotFound)?;
    let file = volunteer::file(ctx.services.db.unseen(), &row)?;
    Ok(Own { volunteer: row, file })
}

/// Changes the own data. `version` is the one the form was made from.
#[boxed]
pub async fn edit(ctx: &Ctx, version: i64, input: &Input) -> Result<()> {
    limits::profile(&ctx.services, ctx.account()?).await?;
    let mut work = Work::begin(ctx, Command::VolunteerEdit).await?;
    let mut row = me(&mut work).await?;
    work.authorize(&own_record(&row))?;
    first(row.version == version, Object::Volunteer)?;
    let before = volunteer::file(ctx.services.db.unseen(), &row)?;
    let step = work.leads(row.state)?;
    apply(&mut row, input);
    let sealer = ctx.services.db.sealer();
    first(volunteer::update(&mut work.tx, sealer, &row, &input.file, work.now).await?, Object::Volunteer)?;
    if (&before.phone, &before.id_number) != (&input.file.phone, &input.file.id_number) {
        note_same(&mut work, &row, &input.file).await?;
    }
    work.stepped(step, row.id, About::default()).await?;
    work.commit("").await
}

/// 退出登记: withdraws consent. What names the person is taken away, sign-ups to come are given up, the account is
/// closed; hours on record stay under the number.
#[boxed]
pub async fn withdraw(ctx: &Ctx) -> Result<()> {
    let mut work = Work::begin(ctx, Command::VolunteerWithdraw).await?;
    let row = me(&mut work).await?;
    work.authorize(&own_record(&row))?;
    volunteer::lock(&mut work.tx, row.id).await?;
    let account = work.ctx.account()?;
    let step = work.leads(row.state)?;
    leave_all(&mut work, &row).await?;
    give_up_all(&mut work, row.id, None).await?;
    revoke_calendar(&mut work, &row).await?;
    first(volunteer::withdraw(&mut work.tx, row.id, work.now).await?, Object::Volunteer)?;
    work.stepped(step, row.id, About::default()).await?;
    let found = storage::people::account::by_id(&mut work.tx, account).await?.ok_or(Error::NotFound)?;
    let closing = work.leads_by(Command::AccountDeactivate, found.state)?;
    storage::people::account::set_state(&mut work.tx, account, closing.to, work.now).await?;
    storage::people::session::end_all(&mut work.tx, account, None, work.now).await?;
    let about = About { reason: Some("本人退出志愿者登记".into()), ..About::default() };
    work.stepped(closing, account, about).await?;
    work.commit("").await
}

/// A copy of everything that is kept about the reader (个人信息保护法 article 45), as a workbook.
#[boxed]
pub async fn copy(ctx: &Ctx) -> Result<Vec<u8>> {
    ctx.fresh()?;
    let Own { volunteer: row, file } = own(ctx).await?;
    let mut tx = ctx.services.db.read().await?;
    let teams = storage::volunteers::team::of_volunteer(&mut tx, row.id).await?;
    let records = storage::volunteers::hours::of_volunteer(&mut tx, row.id, 0, 100_000).await?;
    let now = ctx.now();
    let signups = storage::volunteers::signup::ahead_of(&mut tx, row.id, now, 1000).await?;
    let past = storage::volunteers::signup::past_of(&mut tx, row.id, now, 0, 100_000).await?;
    let trainings = storage::volunteers::training::of_volunteer(&mut tx, row.id, 100_000).await?;
    let awards = storage::volunteers::award::of_volunteer(&mut tx, row.id, 100_000).await?;
    let evaluations = storage::volunteers::evaluation::of_volunteer(&mut tx, row.id, 100_000).await?;
    drop(tx);
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    let skills = row.skills().iter().map(|s| s.label()).collect::<Vec<_>>().join("、");
    let services: Vec<String> = row.services().iter().map(|code| crate::finding::card::service_name(code)).collect();
    let slots = row.slots().iter().map(|s| s.label()).collect::<Vec<_>>().join("、");
    let facts = [
        ("志愿者编号", row.number.clone()),
        ("姓名", file.name.clone()),
        ("性别", file.sex.map(|sex| sex.label().to_owned()).unwrap_or_default()),
        ("出生日期", day(file.birth)),
        ("身份证件号码", file.id_number.clone()),
        ("联系方式", file.phone.clone()),
        ("居住区域", ctx.services.place(&row.division_code)),
        ("专业技能", skills),
        ("服务类别", services.join("、")),
        ("服务时间段", slots),
        ("监护人", file.guardian.clone()),
        ("监护人电话", file.guardian_phone.clone()),
        ("登记时间", row.created_at.words()),
    ];
    let text = |value: &str| value.to_owned();
    let sections = [
        documents::person::Section {
            title: "基本信息".into(),
            columns: vec!["项目", "内容"],
            rows: facts.into_iter().map(|(name, value)| vec![name.to_owned(), value]).collect(),
        },
        documents::person::Section {
            title: "服务队".into(),
            columns: vec!["服务队", "状态", "申请时间"],
            rows: teams
                .iter()
                .map(|m| vec![m.team_name.clone(), text(m.member.state.label()), m.member.applied_at.words()])
                .collect(),
        },
        documents::person::Section {
            title: "报名".into(),
            columns: vec!["岗位", "开始", "结束", "状态"],
            rows: signups
                .iter()
                .chain(&past)
                .map(|s| {
                    let times = [s.signup.starts_at.words(), s.signup.ends_at.words()];
                    let [from, to] = times;
                    vec![s.opening_title.clone(), from, to, text(s.signup.state.label())]
                })
                .collect(),
        },
        documents::person::Section {
            title: "服务记录".into(),
            columns: vec!["活动", "日期", "地点", "内容", "小时", "记录单位"],
            rows: records
                .iter()
                .map(|r| {
                    vec![
                        r.title.clone(),
                        r.day.to_string(),
                        r.place.clone(),
                        r.content.clone(),
                        domain::hours::decimal(r.minutes),
                        r.unit.clone(),
                    ]
                })
                .collect(),
        },
        documents::person::Section {
            title: "培训情况".into(),
            columns: vec!["培训", "主要内容", "小时", "举办单位", "日期"],
            rows: trainings
                .into_iter()
                .map(|t| vec![t.name, t.content, domain::hours::decimal(t.minutes), t.host, t.day.to_string()])
                .collect(),
        },
        documents::person::Section {
            title: "表彰奖励".into(),
            columns: vec!["表彰奖励", "日期", "授予单位"],
            rows: awards.into_iter().map(|a| vec![a.name, a.day.to_string(), a.granted_by]).collect(),
        },
        documents::person::Section {
            title: "服务评价".into(),
            columns: vec!["评价", "说了什么", "日期"],
            rows: evaluations
                .into_iter()
                .map(|e| vec![domain::record::stars_words(e.stars), e.words, e.day.to_string()])
                .collect(),
        },
    ];
    let bytes =
        documents::person::workbook(&sections).map_err(|_| Error::Internal("a workbook could not be written"))?;
    let about = trail::About { object: row.id, data: json!({ "number": row.number }), ..trail::About::default() };
    trail::export(ctx, "本人的志愿者信息", records.len(), about).await?;
    Ok(bytes)
}
