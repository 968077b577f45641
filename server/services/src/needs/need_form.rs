//! The entry form of a need: from typed fields to a checked [`Input`], and back.
//!
//! The same reader serves the page's steps, the ledger import and the demo, so
//! that one rule stands in one place.

use crate::base::draft::Fields;
use crate::base::gate;
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::division::{Divisions, Level};
use domain::field::{Check, FieldError};
pub use domain::form::needs::Step;
use domain::form::needs::{file, what, who};
use domain::form::{FieldAt, FieldDef};
use domain::gate::About;
use domain::need::{AgeBand, Amount, Frequency, NeedKind, Sex, Source, Urgency};
use domain::organization::ConsentChannel;
use domain::phone::Phone;
use domain::resident_id::ResidentId;
use storage::needs::need::Need;
use storage::needs::need_file::NeedFile;

/// A checked need, ready to be stored.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub kind: Option<NeedKind>,
    pub division_code: String,
    pub source: Option<Source>,
    pub source_no: Option<String>,
    pub urgency: Option<Urgency>,
    pub beneficiaries: Vec<BeneficiaryInput>,
    pub lines: Vec<LineInput>,
    /// What was typed into [`TEXTS`], in their order.
    pub(super) texts: [String; TEXTS.len()],
    pub age_band: Option<AgeBand>,
    pub sex: Option<Sex>,
    pub valid_until: Option<NaiveDate>,
    /// Households only.
    pub file: Option<NeedFile>,
    pub consent: Option<ConsentInput>,
}

/// Where a text stands in a need.
type Place = fn(&mut Need) -> &mut String;

/// The texts that a need keeps as they were typed: where each is typed, and where it stands.
pub const TEXTS: [(FieldDef, Place); 6] = [
    (who::RESPONSIBLE_PERSON, |need| &mut need.responsible_person),
    (what::TITLE, |need| &mut need.title),
    (what::DESCRIPTION, |need| &mut need.description),
    (what::REQUIREMENTS, |need| &mut need.requirements),
    (what::AID_GIVEN, |need| &mut need.aid_given),
    (what::GAP, |need| &mut need.gap),
];

impl Input {
    /// Sets a text of [`TEXTS`].
    pub fn set_text(&mut self, field: FieldDef, text: String) {
        if let Some(at) = TEXTS.iter().position(|(one, _)| one.name == field.name) {
            self.texts[at] = text;
        }
    }

    /// Writes the texts into the need that keeps them.
    pub(crate) fn keep_texts(&self, need: &mut Need) {
        for ((_, place), text) in TEXTS.iter().zip(&self.texts) {
            place(need).clone_from(text);
        }
    }

    fn read_texts(&mut self, step: Step, check: &mut Check, fields: &Fields) {
        for (at, (field, _)) in TEXTS.iter().enumerate().filter(|(_, (field, _))| step.owns(field.name)) {
            self.texts[at] = check.read(field, fields);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeneficiaryInput {
    pub code: String,
    pub decided_on: Option<NaiveDate>,
    pub decided_by: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineInput {
    pub service_code: String,
    pub amount: Amount,
    pub starts_on: Option<NaiveDate>,
    pub ends_on: Option<NaiveDate>,
    pub note: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentInput {
    pub by_guardian: bool,
    pub channel: ConsentChannel,
    pub evidence: String,
    pub given_on: NaiveDate,
    pub valid_until: NaiveDate,
}

/// What is read to the person when asking for consent.
pub const CONSENT_PURPOSE: &str = "把姓名、电话、住址和需要的健康情况告诉：街道同意认领的社会组织指定的服务人员，用于联系和上门服务，每次结对前告知组织名称；该组织服务队里排了班的志愿者，只在上门前一天到结束看称呼和住址；街镇、区指派的核验人员，用于核对有没有做到。服务结束即停止，可以随时撤回";

/// Positions of lines present in the fields (`lines.0.quantity` …), in order.
pub fn line_positions(fields: &Fields) -> Vec<usize> {
    let mut positions: Vec<usize> = fields
        .iter()
        .filter_map(|(field, _)| field.strip_prefix("lines.")?.split('.').next()?.parse().ok())
        .filter(|position| *position < MAX_LINES)
        .collect();
    positions.sort_unstable();
    positions.dedup();
    positions
}

/// Lines of one need at most.
pub const MAX_LINES: usize = 20;

/// Reads the fields of one step, or of all (`None`). Every mistake is reported.
pub fn read(
    fields: &Fields,
    step: Option<Step>,
    scope: &str,
    divisions: &Divisions,
    now: Time,
) -> Result<Input, Vec<FieldError>> {
    let mut check = Check::about(about_fields(fields));
    let mut input = Input::default();
    let wants = |s: Step| step.is_none_or(|step| step == s);
    input.kind = who::KIND.value(fields).parse().ok();
    let household = input.kind != Some(NeedKind::Village);
    if wants(Step::Who) {
        read_who(fields, &mut input, &mut check, scope, divisions);
    }
    let file = household.then(|| file_of(fields));
    if wants(Step::What) {
        read_what(fields, &mut input, &mut check, now.day());
    }
    if wants(Step::File)
        && let Some(file) = file
    {
        input.file = Some(check_file(file, fields, &mut check, now.day()));
        input.consent = read_consent(fields, &mut check, now.day());
    }
    check.done()?;
    Ok(input)
}

fn read_who(fields: &Fields, input: &mut Input, check: &mut Check, scope: &str, divisions: &Divisions) {
    if input.kind.is_none() {
        check.missing(who::KIND);
    }
    let code = who::DIVISION.value(fields).trim();
    match divisions.current(code) {
        // Whoever is asked for the street first has no villages to choose from yet.
        None if fields.iter().any(|(name, typed)| name == who::STREET.name && typed.trim().is_empty()) => {
            check.missing(who::STREET);
        }
        None => check.missing(who::DIVISION),
        Some(division) if !division.within(scope) => {
            check.wrong(who::DIVISION, "所选地方不在您的管辖范围内，请另选");
        }
        Some(division) => match (input.kind, division.level) {
            (Some(NeedKind::Village), Level::Village)
            | (Some(NeedKind::Household) | None, Level::Street | Level::Village) => {
                input.division_code.clone_from(&division.code12);
            }
            (Some(NeedKind::Village), _) => check.wrong(who::DIVISION, "村的需求要选到具体的村"),
            _ => check.wrong(who::DIVISION, "要选到街道、乡镇或村居，不能只选到区"),
        },
    }
    input.source = check.choice(who::SOURCE, fields);
    input.source_no = check.read_some(who::SOURCE_NO, fields);
    input.urgency = check.choice(who::URGENCY, fields);
    input.read_texts(Step::Who, check, fields);
    let mut codes: Vec<&str> = who::BENEFICIARY.values(fields).filter(|code| !code.is_empty()).collect();
    codes.dedup();
    for code in codes {
        let Some(category) = domain::vocabulary::beneficiary(code) else {
            check.wrong(who::BENEFICIARY, "对象类别里有一项不在目录中，请重新勾选");
            continue;
        };
        match input.kind {
            Some(NeedKind::Village) if !category.is_village() => {
                check.wrong(who::BENEFICIARY, format!("{}不是村的类别，请取消勾选", category.short_name));
            }
            Some(NeedKind::Household) if category.is_village() => {
                check.wrong(who::BENEFICIARY, format!("{}是村的类别，个案请取消勾选", category.short_name));
            }
            _ => {}
        }
        let decided_on = check.date(who::DECIDED_ON.at(code).of(category.short_name), fields);
        let decided_by = check.read(who::DECIDED_BY.at(code).of(category.short_name), fields);
        input.beneficiaries.push(BeneficiaryInput { code: code.to_owned(), decided_on, decided_by });
    }
    if input.beneficiaries.is_empty() && check.is_ok() {
        check.missing(who::BENEFICIARY);
    }
}

fn read_what(fields: &Fields, input: &mut Input, check: &mut Check, today: NaiveDate) {
    for position in line_positions(fields) {
        let number = input.lines.len() + 1;
        let at = |field: FieldDef| field.at(position).of(format!("第{number}项"));
        let empty = |field: FieldDef| at(field).value(fields).trim().is_empty();
        // A line that was added and left empty is no line.
        if empty(what::SERVICE) && empty(what::QUANTITY) && empty(what::NOTE) {
            continue;
        }
        let service = domain::vocabulary::service(at(what::SERVICE).value(fields));
        if service.is_none() {
            check.missing(at(what::SERVICE));
        }
        let quantity = check.whole(at(what::QUANTITY), fields);
        let unit = check.read(at(what::UNIT), fields);
        let per: Option<Frequency> = check.choice(at(what::PER), fields);
        let starts_on = check.date(at(what::STARTS_ON), fields);
        let ends_on = check.date(at(what::ENDS_ON), fields);
        if let (Some(start), Some(end)) = (starts_on, ends_on)
            && end < start
        {
            check.wrong(
                at(what::ENDS_ON),
                format!("第{number}项的结束日期早于开始日期，请改到{}之后", domain::calendar::day_words(start)),
            );
        }
        let note = check.read(at(what::NOTE), fields);
        if let (Some(service), Some(quantity), Some(per)) = (service, quantity, per) {
            input.lines.push(LineInput {
                service_code: service.code.to_owned(),
                amount: Amount { quantity, unit, per },
                starts_on,
                ends_on,
                note,
            });
        }
    }
    if input.lines.is_empty() && check.is_ok() {
        check.wrong(what::SERVICE.at(0), "至少填一项需要的服务");
    }
    input.read_texts(Step::What, check, fields);
    input.age_band = what::AGE_BAND.value(fields).parse().ok();
    input.sex = what::SEX.value(fields).parse().ok();
    input.valid_until = check.date(what::VALID_UNTIL, fields);
    if let Some(until) = input.valid_until {
        if until < today {
            check.wrong(what::VALID_UNTIL, "有效期已经过去，请填今天以后的日期");
        } else if until > today + chrono::Days::new(366 * 3) {
            check.wrong(what::VALID_UNTIL, "有效期最长三年，请改近一些");
        }
    }
}

/// What is known of the household or village while its texts are written in the entry form.
pub fn about_fields(fields: &Fields) -> About {
    let kind = who::KIND.value(fields).parse().unwrap_or(NeedKind::Household);
    let by_category = who::BENEFICIARY.values(fields).any(|code| {
        domain::vocabulary::beneficiary(code).is_some_and(domain::vocabulary::BeneficiaryCategory::is_minor)
    });
    let minor = by_category || what::AGE_BAND.value(fields).parse().is_ok_and(AgeBand::is_minor);
    gate::about(kind, minor, Some(&file_of(fields)))
}

/// The file's fields as typed, for the gate and for checking.
pub fn file_of(fields: &Fields) -> NeedFile {
    let text = |field: FieldDef| field.value(fields).trim().to_owned();
    NeedFile {
        name: text(file::NAME),
        id_number: text(file::ID_NUMBER),
        no_id_reason: text(file::NO_ID),
        phone: text(file::PHONE),
        no_phone_reason: text(file::NO_PHONE),
        other_phones: domain::phone::split(file::OTHER_PHONES.value(fields)).map(ToOwned::to_owned).collect(),
        no_address_reason: text(file::NO_ADDRESS),
        address: text(file::ADDRESS),
        household_size: None,
        guardian: text(file::GUARDIAN),
        members: text(file::MEMBERS),
        health_notes: text(file::HEALTH_NOTES),
        ..NeedFile::default()
    }
}

fn check_file(mut file: NeedFile, fields: &Fields, check: &mut Check, today: NaiveDate) -> NeedFile {
    file.name = check.read(file::NAME, &file.name);
    match ResidentId::parse(&file.id_number) {
        Ok(id) if id.is_born_after(today) => {
            check.wrong(file::ID_NUMBER, "身份证号里的出生日期在今天之后，请核对第7–14位");
        }
        Ok(id) => file.id_number = id.as_str().to_owned(),
        Err(_) if file.id_number.is_empty() && !file.no_id_reason.trim().is_empty() => {}
        Err(_) if file.id_number.is_empty() => check.missing(file::ID_NUMBER),
        Err(error) => check.wrong(file::ID_NUMBER, error.to_string()),
    }
    if file.phone.is_empty() {
        if file.no_phone_reason.trim().is_empty() {
            check.missing(file::PHONE);
        }
    } else {
        // Several in one line, as a ledger has them: the first, and others.
        let typed = file.phone.clone();
        let mut all = domain::phone::split(&typed);
        let first = if Phone::parse(&typed).is_ok() { typed.as_str() } else { all.next().unwrap_or_default() };
        match Phone::parse(first) {
            Ok(phone) => {
                file.phone = phone.as_str().to_owned();
                let more: Vec<String> = if first == typed { Vec::new() } else { all.map(ToOwned::to_owned).collect() };
                file.other_phones.splice(0..0, more);
            }
            Err(error) => check.wrong(file::PHONE, error.to_string()),
        }
    }
    file.no_id_reason = check.read(file::NO_ID, &file.no_id_reason);
    file.no_phone_reason = check.read(file::NO_PHONE, &file.no_phone_reason);
    file.no_address_reason = check.read(file::NO_ADDRESS, &file.no_address_reason);
    let mut others = Vec::new();
    for other in &file.other_phones {
        match Phone::parse(other) {
            Ok(phone) => others.push(phone.as_str().to_owned()),
            Err(error) => check.wrong(file::OTHER_PHONES, format!("其他电话：{error}")),
        }
    }
    file.other_phones = others;
    let homeless = !file.no_address_reason.is_empty();
    file.address = check.read(file::ADDRESS.required(!homeless), &file.address);
    file.household_size = check.whole(file::HOUSEHOLD_SIZE, fields);
    file.guardian = check.read(file::GUARDIAN, &file.guardian);
    file.members = check.read(file::MEMBERS, &file.members);
    file.health_notes = check.read(file::HEALTH_NOTES, &file.health_notes);
    file
}

/// A file's fields as corrected at a person's request.
pub fn corrected(fields: &Fields, today: NaiveDate) -> Result<NeedFile, Vec<FieldError>> {
    let mut check = Check::new();
    let file = check_file(file_of(fields), fields, &mut check, today);
    check.done()?;
    Ok(file)
}

fn read_consent(fields: &Fields, check: &mut Check, today: NaiveDate) -> Option<ConsentInput> {
    if file::CONSENT.value(fields).is_empty() {
        return None;
    }
    consent_fields(fields, check, today)
}

/// Reads a consent record (form step and the need page share it).
pub fn consent_fields(fields: &Fields, check: &mut Check, today: NaiveDate) -> Option<ConsentInput> {
    let channel: Option<ConsentChannel> = check.choice(file::CONSENT_CHANNEL, fields);
    let evidence = check.read(file::CONSENT_EVIDENCE, fields);
    let given_on = check.date(file::CONSENT_GIVEN_ON, fields);
    let valid_until = check.date(file::CONSENT_VALID_UNTIL, fields);
    if let Some(given) = given_on
        && given > today
    {
        check.wrong(file::CONSENT_GIVEN_ON, "同意日期在今天之后，请核对");
    }
    if let (Some(given), Some(until)) = (given_on, valid_until)
        && until < given
    {
        check.wrong(file::CONSENT_VALID_UNTIL, "同意有效期早于同意日期，请核对");
    }
    let channel = channel?;
    Some(ConsentInput {
        by_guardian: channel == ConsentChannel::Guardian,
        channel,
        evidence,
        given_on: given_on?,
        valid_until: valid_until?,
    })
}

/// The fields that show a stored need in the form again.
pub fn fields_of(
    need: &Need,
    lines: &[storage::needs::need::Line],
    beneficiaries: &[storage::needs::need::Beneficiary],
    file: Option<&NeedFile>,
) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |field: FieldAt, value: String| fields.push((field.name.into_owned(), value));
    put(who::KIND.into(), need.kind.to_string());
    put(who::DIVISION.into(), need.division_code.clone());
    put(who::SOURCE.into(), need.source.to_string());
    put(who::SOURCE_NO.into(), need.source_no.clone().unwrap_or_default());
    put(who::URGENCY.into(), need.urgency.to_string());
    for b in beneficiaries {
        let code = &b.category_code;
        put(who::BENEFICIARY.into(), code.clone());
        put(who::DECIDED_ON.at(code), day(b.decided_on));
        put(who::DECIDED_BY.at(code), b.decided_by.clone());
    }
    for (position, line) in lines.iter().enumerate() {
        put(what::SERVICE.at(position), line.service_code.clone());
        put(what::QUANTITY.at(position), line.quantity.to_string());
        put(what::UNIT.at(position), line.unit.clone());
        put(what::PER.at(position), line.per.to_string());
        put(what::STARTS_ON.at(position), day(line.starts_on));
        put(what::ENDS_ON.at(position), day(line.ends_on));
        put(what::NOTE.at(position), line.note.clone());
    }
    let mut kept = need.clone();
    for (field, place) in TEXTS {
        put(field.into(), std::mem::take(place(&mut kept)));
    }
    put(what::AGE_BAND.into(), need.age_band.map(|band| band.to_string()).unwrap_or_default());
    put(what::SEX.into(), need.sex.map(|sex| sex.to_string()).unwrap_or_default());
    put(what::VALID_UNTIL.into(), day(need.valid_until));
    if let Some(file) = file {
        put(file::NAME.into(), file.name.clone());
        put(file::ID_NUMBER.into(), file.id_number.clone());
        put(file::NO_ID.into(), file.no_id_reason.clone());
        put(file::PHONE.into(), file.phone.clone());
        put(file::NO_PHONE.into(), file.no_phone_reason.clone());
        put(file::OTHER_PHONES.into(), file.other_phones.join("、"));
        put(file::ADDRESS.into(), file.address.clone());
        put(file::NO_ADDRESS.into(), file.no_address_reason.clone());
        put(file::HOUSEHOLD_SIZE.into(), file.household_size.map(|size| size.to_string()).unwrap_or_default());
        put(file::GUARDIAN.into(), file.guardian.clone());
        put(file::MEMBERS.into(), file.members.clone());
        put(file::HEALTH_NOTES.into(), file.health_notes.clone());
    }
    fields
}

fn day(day: Option<NaiveDate>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
