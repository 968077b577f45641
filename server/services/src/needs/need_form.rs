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
use domain::need::{AgeBand, Amount, Frequency, NeedKind, Sex, Source, Urgency};
use domain::organization::ConsentChannel;
use domain::phone::Phone;
use domain::resident_id::ResidentId;
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
    pub title: String,
    pub description: String,
    pub requirements: String,
    pub aid_given: String,
    pub gap: String,
    pub age_band: Option<AgeBand>,
    pub sex: Option<Sex>,
    pub valid_until: Option<NaiveDate>,
    /// Households only.
    pub file: Option<NeedFile>,
    pub consent: Option<ConsentInput>,
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
pub const CONSENT_PURPOSE: &str =
    "把姓名、电话、住址和需要的健康情况告诉街道同意认领的社会组织指定人员，用于联系和上门服务，服务结束即停止";

/// Steps of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// 来源和对象
    Who,
    /// 需要什么
    What,
    /// 密封档案和同意书
    File,
    /// 核对送审
    Check,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Who, Self::What, Self::File, Self::Check];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::What => "what",
            Self::File => "file",
            Self::Check => "check",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Who => Self::What,
            Self::What => Self::File,
            Self::File | Self::Check => Self::Check,
        }
    }

    /// Whether a field belongs to this step, so that saving one step replaces
    /// exactly its own fields.
    pub fn owns(self, field: &str) -> bool {
        let head = field.split('.').next().unwrap_or_default();
        match self {
            Self::Who => matches!(
                head,
                "kind"
                    | "street"
                    | "division_code"
                    | "source"
                    | "source_no"
                    | "urgency"
                    | "beneficiary"
                    | "decided_on"
                    | "decided_by"
            ),
            Self::What => matches!(
                head,
                "lines"
                    | "title"
                    | "description"
                    | "requirements"
                    | "aid_given"
                    | "gap"
                    | "age_band"
                    | "sex"
                    | "valid_until"
            ),
            Self::File => matches!(
                head,
                "name"
                    | "id_number"
                    | "phone"
                    | "other_phones"
                    | "address"
                    | "household_size"
                    | "guardian"
                    | "members"
                    | "health_notes"
                    | "consent"
                    | "consent_channel"
                    | "consent_evidence"
                    | "consent_given_on"
                    | "consent_valid_until"
            ),
            Self::Check => false,
        }
    }
}

/// First value of a field, empty when it was not sent.
pub fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
}

fn values<'a>(fields: &'a Fields, name: &'a str) -> impl Iterator<Item = &'a str> {
    fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
}

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
    let mut check = Check::new();
    let mut input = Input::default();
    let wants = |s: Step| step.is_none_or(|step| step == s);
    input.kind = value(fields, "kind").parse().ok();
    let household = input.kind != Some(NeedKind::Village);
    if wants(Step::Who) {
        read_who(fields, &mut input, &mut check, scope, divisions);
    }
    let file = household.then(|| file_of(fields));
    if wants(Step::What) {
        read_what(fields, &mut input, &mut check, &gate::about_fields(fields), now.day());
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
        check.add("kind", "选择是个案还是村");
    }
    let code = value(fields, "division_code").trim().to_owned();
    match divisions.current(&code) {
        None => check.add("division_code", "选择所在街镇和村居"),
        Some(division) if !division.within(scope) => check.add("division_code", "所选地方不在您的管辖范围内，请另选"),
        Some(division) => match (input.kind, division.level) {
            (Some(NeedKind::Village), Level::Village)
            | (Some(NeedKind::Household) | None, Level::Street | Level::Village) => {
                input.division_code.clone_from(&division.code12);
            }
            (Some(NeedKind::Village), _) => check.add("division_code", "村的需求要选到具体的村"),
            _ => check.add("division_code", "要选到街道、乡镇或村居，不能只选到区"),
        },
    }
    input.source = check.one_of("source", "需求来源", value(fields, "source"));
    input.source_no = check.line_or_empty("source_no", "来源单号", value(fields, "source_no"), 60);
    input.urgency = value(fields, "urgency").parse().ok();
    if input.urgency.is_none() {
        check.add("urgency", "选择是否急难");
    }
    let mut codes: Vec<&str> = values(fields, "beneficiary").filter(|code| !code.is_empty()).collect();
    codes.dedup();
    for code in codes {
        let Some(category) = domain::vocabulary::beneficiary(code) else {
            check.add("beneficiary", "对象类别里有一项不在目录中，请重新勾选");
            continue;
        };
        match input.kind {
            Some(NeedKind::Village) if !category.is_village() => {
                check.add("beneficiary", format!("{}不是村的类别，请取消勾选", category.short_name));
            }
            Some(NeedKind::Household) if category.is_village() => {
                check.add("beneficiary", format!("{}是村的类别，个案请取消勾选", category.short_name));
            }
            _ => {}
        }
        let decided_on = check.day_or_empty(
            &format!("decided_on.{code}"),
            &format!("{}的认定日期", category.short_name),
            value(fields, &format!("decided_on.{code}")),
        );
        let decided_by = check
            .line_or_empty(
                &format!("decided_by.{code}"),
                &format!("{}的认定单位", category.short_name),
                value(fields, &format!("decided_by.{code}")),
                60,
            )
            .unwrap_or_default();
        input.beneficiaries.push(BeneficiaryInput { code: code.to_owned(), decided_on, decided_by });
    }
    if input.beneficiaries.is_empty() && check.is_ok() {
        check.add("beneficiary", "至少勾选一个对象类别");
    }
}

fn read_what(fields: &Fields, input: &mut Input, check: &mut Check, about: &gate::About, today: NaiveDate) {
    for position in line_positions(fields) {
        let name = |part: &str| format!("lines.{position}.{part}");
        let at = |part: &str| value(fields, &name(part));
        // A line that was added and left empty is no line.
        if at("service").is_empty() && at("quantity").trim().is_empty() && at("note").trim().is_empty() {
            continue;
        }
        let number = input.lines.len() + 1;
        let service = domain::vocabulary::service(at("service"));
        if service.is_none() {
            check.add(name("service"), format!("第{number}项：选择要什么服务"));
        }
        let quantity = check.number(&name("quantity"), &format!("第{number}项的数量"), at("quantity"), 1, 100_000);
        let unit = check.line(&name("unit"), &format!("第{number}项的单位（餐、次、小时…）"), at("unit"), 8);
        let per: Option<Frequency> = check.one_of(&name("per"), &format!("第{number}项的频次"), at("per"));
        let starts_on = check.day_or_empty(&name("starts_on"), &format!("第{number}项的开始日期"), at("starts_on"));
        let ends_on = check.day_or_empty(&name("ends_on"), &format!("第{number}项的结束日期"), at("ends_on"));
        if let (Some(start), Some(end)) = (starts_on, ends_on)
            && end < start
        {
            check.add(
                name("ends_on"),
                format!("第{number}项的结束日期早于开始日期，请改到{}之后", domain::calendar::day_words(start)),
            );
        }
        let note =
            check.line_or_empty(&name("note"), &format!("第{number}项的说明"), at("note"), 200).unwrap_or_default();
        check.extend(gate::mistakes(&name("note"), &format!("第{number}项的说明"), &note, about));
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
        check.add("lines.0.service", "至少填一项需要的服务");
    }
    input.title = check.line("title", "标题", value(fields, "title"), 40);
    input.description = check.text("description", "公开说明", value(fields, "description"), 1000);
    input.requirements =
        check.text_or_empty("requirements", "上门要求", value(fields, "requirements"), 500).unwrap_or_default();
    input.aid_given =
        check.text_or_empty("aid_given", "政府已给的救助", value(fields, "aid_given"), 500).unwrap_or_default();
    input.gap = check.text_or_empty("gap", "仍有的缺口", value(fields, "gap"), 500).unwrap_or_default();
    for (field, label, text) in [
        ("title", "标题", &input.title),
        ("description", "公开说明", &input.description),
        ("requirements", "上门要求", &input.requirements),
        ("aid_given", "政府已给的救助", &input.aid_given),
        ("gap", "仍有的缺口", &input.gap),
    ] {
        check.extend(gate::mistakes(field, label, text, about));
    }
    input.age_band = value(fields, "age_band").parse().ok();
    input.sex = value(fields, "sex").parse().ok();
    input.valid_until = check.day("valid_until", "有效期至", value(fields, "valid_until"));
    if let Some(until) = input.valid_until {
        if until < today {
            check.add("valid_until", "有效期已经过去，请填今天以后的日期");
        } else if until > today + chrono::Days::new(366 * 3) {
            check.add("valid_until", "有效期最长三年，请改近一些");
        }
    }
}

/// The file's fields as typed, for the gate and for checking.
pub fn file_of(fields: &Fields) -> NeedFile {
    NeedFile {
        name: value(fields, "name").trim().to_owned(),
        id_number: value(fields, "id_number").trim().to_owned(),
        phone: value(fields, "phone").trim().to_owned(),
        other_phones: value(fields, "other_phones")
            .split(['、', '，', ',', ' ', '\n', '；', ';', '/'])
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .map(ToOwned::to_owned)
            .collect(),
        address: value(fields, "address").trim().to_owned(),
        household_size: None,
        guardian: value(fields, "guardian").trim().to_owned(),
        members: value(fields, "members").trim().to_owned(),
        health_notes: value(fields, "health_notes").trim().to_owned(),
        ..NeedFile::default()
    }
}

fn check_file(mut file: NeedFile, fields: &Fields, check: &mut Check, today: NaiveDate) -> NeedFile {
    file.name = check.line("name", "姓名", &file.name, 60);
    match ResidentId::parse(&file.id_number) {
        Ok(id) if id.is_born_after(today) => check.add("id_number", "身份证号里的出生日期在今天之后，请核对第7–14位"),
        Ok(id) => file.id_number = id.as_str().to_owned(),
        Err(_) if file.id_number.is_empty() => check.add("id_number", "填写身份证号"),
        Err(error) => check.add("id_number", error.to_string()),
    }
    if file.phone.is_empty() {
        check.add("phone", "填写联系电话，没有电话的填照料人或村居的电话");
    } else {
        match Phone::parse(&file.phone) {
            Ok(phone) => file.phone = phone.as_str().to_owned(),
            Err(error) => check.add("phone", error.to_string()),
        }
    }
    let mut others = Vec::new();
    for other in &file.other_phones {
        match Phone::parse(other) {
            Ok(phone) => others.push(phone.as_str().to_owned()),
            Err(error) => check.add("other_phones", format!("其他电话：{error}")),
        }
    }
    file.other_phones = others;
    file.address = check.line("address", "住址", &file.address, 120);
    let size = value(fields, "household_size");
    if !size.trim().is_empty() {
        file.household_size = check.number("household_size", "家庭人口数", size, 1, 30);
    }
    file.guardian = check.line_or_empty("guardian", "监护人", &file.guardian, 60).unwrap_or_default();
    file.members = check.line_or_empty("members", "同住家人姓名", &file.members, 120).unwrap_or_default();
    file.health_notes =
        check.text_or_empty("health_notes", "上门须知的健康情况", &file.health_notes, 500).unwrap_or_default();
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
    if value(fields, "consent").is_empty() {
        return None;
    }
    consent_fields(fields, check, today)
}

/// Reads a consent record (form step and the need page share it).
pub fn consent_fields(fields: &Fields, check: &mut Check, today: NaiveDate) -> Option<ConsentInput> {
    let channel: Option<ConsentChannel> =
        check.one_of("consent_channel", "同意的方式", value(fields, "consent_channel"));
    let evidence = check.line(
        "consent_evidence",
        "凭据（纸质编号、录音编号或见证人岗位）",
        value(fields, "consent_evidence"),
        120,
    );
    let given_on = check.day("consent_given_on", "同意日期", value(fields, "consent_given_on"));
    let valid_until = check.day("consent_valid_until", "同意有效期至", value(fields, "consent_valid_until"));
    if let Some(given) = given_on
        && given > today
    {
        check.add("consent_given_on", "同意日期在今天之后，请核对");
    }
    if let (Some(given), Some(until)) = (given_on, valid_until)
        && until < given
    {
        check.add("consent_valid_until", "同意有效期早于同意日期，请核对");
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
    need: &storage::needs::need::Need,
    lines: &[storage::needs::need::Line],
    beneficiaries: &[storage::needs::need::Beneficiary],
    file: Option<&NeedFile>,
) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |name: String, value: String| fields.push((name, value));
    put("kind".into(), need.kind.to_string());
    put("division_code".into(), need.division_code.clone());
    put("source".into(), need.source.to_string());
    put("source_no".into(), need.source_no.clone().unwrap_or_default());
    put("urgency".into(), need.urgency.to_string());
    for b in beneficiaries {
        put("beneficiary".into(), b.category_code.clone());
        put(format!("decided_on.{}", b.category_code), b.decided_on.map(|day| day.to_string()).unwrap_or_default());
        put(format!("decided_by.{}", b.category_code), b.decided_by.clone());
    }
    for (position, line) in lines.iter().enumerate() {
        put(format!("lines.{position}.service"), line.service_code.clone());
        put(format!("lines.{position}.quantity"), line.quantity.to_string());
        put(format!("lines.{position}.unit"), line.unit.clone());
        put(format!("lines.{position}.per"), line.per.to_string());
        put(format!("lines.{position}.starts_on"), line.starts_on.map(|day| day.to_string()).unwrap_or_default());
        put(format!("lines.{position}.ends_on"), line.ends_on.map(|day| day.to_string()).unwrap_or_default());
        put(format!("lines.{position}.note"), line.note.clone());
    }
    put("title".into(), need.title.clone());
    put("description".into(), need.description.clone());
    put("requirements".into(), need.requirements.clone());
    put("aid_given".into(), need.aid_given.clone());
    put("gap".into(), need.gap.clone());
    put("age_band".into(), need.age_band.map(|band| band.to_string()).unwrap_or_default());
    put("sex".into(), need.sex.map(|sex| sex.to_string()).unwrap_or_default());
    put("valid_until".into(), need.valid_until.map(|day| day.to_string()).unwrap_or_default());
    if let Some(file) = file {
        put("name".into(), file.name.clone());
        put("id_number".into(), file.id_number.clone());
        put("phone".into(), file.phone.clone());
        put("other_phones".into(), file.other_phones.join("、"));
        put("address".into(), file.address.clone());
        put("household_size".into(), file.household_size.map(|size| size.to_string()).unwrap_or_default());
        put("guardian".into(), file.guardian.clone());
        put("members".into(), file.members.clone());
        put("health_notes".into(), file.health_notes.clone());
    }
    fields
}
