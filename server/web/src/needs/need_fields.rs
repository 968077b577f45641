//! The fields of the entry form, step by step.

use crate::needs::need_draft::Form;
use app::components::{Button, Choice, Field, FieldGroup};
use chrono::NaiveDate;
use domain::division::Level;
use domain::form::FieldDef;
use domain::form::needs::{SEALED, file, what, who};
use domain::need::{NeedKind, Urgency};
use services::Ctx;
use services::needs::need_form::{CONSENT_PURPOSE, MAX_LINES, line_positions};

/// A group of fields and the button inside it.
pub(crate) struct Part {
    pub group: FieldGroup,
    pub button: Option<Button>,
}

impl From<FieldGroup> for Part {
    fn from(group: FieldGroup) -> Self {
        Self { group, button: None }
    }
}

impl Part {
    fn button(mut self, button: Button) -> Self {
        self.button = Some(button);
        self
    }
}

fn row(title: &str, fields: Vec<Field>) -> FieldGroup {
    FieldGroup { in_row: true, ..FieldGroup::new(title, fields) }
}

/// 来源和对象
pub(crate) fn who(ctx: &Ctx, form: &Form) -> Vec<Part> {
    let kinds = NeedKind::ALL.iter().map(|kind| {
        let label = match kind {
            NeedKind::Household => "个案：一户或一个人",
            NeedKind::Village => "村：困难村的需求",
        };
        Choice::new(kind.as_str(), label)
    });
    let mut out: Vec<Part> = vec![FieldGroup::new("", vec![Field::of(who::KIND).choices(kinds)]).into()];
    out.extend(place(ctx, form));
    out.push(
        FieldGroup::new(
            "从哪里来",
            vec![
                Field::of(who::SOURCE),
                Field::of(who::SOURCE_NO),
                Field::of(who::RESPONSIBLE_PERSON),
                Field::of(who::URGENCY).choices([
                    Choice::new(Urgency::Normal.as_str(), "一般"),
                    Choice::new(Urgency::Urgent.as_str(), "急难，24小时内要有人接"),
                ]),
            ],
        )
        .into(),
    );
    let chosen: Vec<&str> = who::BENEFICIARY.values(&form.fields).collect();
    let categories = domain::vocabulary::beneficiary_categories()
        .iter()
        .filter(|category| !category.is_legacy() || chosen.contains(&category.code))
        .map(|category| Choice::new(category.code, category.name));
    let group = FieldGroup::new("帮扶对象", vec![Field::of(who::BENEFICIARY).choices(categories)]);
    let known: Vec<_> = chosen.iter().filter_map(|code| domain::vocabulary::beneficiary(code)).collect();
    let label = if known.is_empty() { "填写认定日期和单位" } else { "更新下面的认定日期和单位" };
    out.push(Part::from(group).button(Button::new(label).sends("refresh", "1").secondary()));
    for category in known {
        let fields = [who::DECIDED_ON, who::DECIDED_BY].map(|field| Field::of(field.at(category.code))).to_vec();
        out.push(row(category.short_name, fields).into());
    }
    out
}

/// Street first where the reader has several, then the village.
fn place(ctx: &Ctx, form: &Form) -> Vec<Part> {
    let divisions = ctx.services.divisions();
    let scope = ctx.actor.scope.as_str();
    let stored = form.typed(who::DIVISION);
    let street = if scope.len() >= 9 {
        scope[..9].to_owned()
    } else {
        let chosen = form.typed(who::STREET);
        if chosen.is_empty() { stored.get(..9).unwrap_or_default().to_owned() } else { chosen.to_owned() }
    };
    let mut out = Vec::new();
    if scope.len() < 9 {
        let streets = divisions.children(scope).filter(|d| d.level == Level::Street);
        let choices = streets.map(|d| Choice::new(d.prefix(), d.name.clone()));
        let field = Field::of(who::STREET).choices(choices).value(street.clone());
        out.push(
            Part::from(FieldGroup::new("在哪里", vec![field]))
                .button(Button::new("选择街镇").sends("refresh", "1").secondary()),
        );
    }
    if street.is_empty() || !street.starts_with(scope.get(..9).unwrap_or(scope)) {
        return out;
    }
    let mut choices = Vec::new();
    let within = |code: &str| code.starts_with(scope);
    if let Some(own) = divisions.get(&street)
        && within(&own.code12)
    {
        choices.push(Choice::new(own.code12.clone(), format!("只确定到{}", own.name)));
    }
    choices.extend(
        divisions
            .children(&street)
            .filter(|d| within(&d.code12))
            .map(|d| Choice::new(d.code12.clone(), d.short_name().to_owned())),
    );
    let field = if let [only] = choices.as_slice() {
        let value = only.value.clone();
        Field::of(who::DIVISION).preset(choices).value(value)
    } else {
        Field::of(who::DIVISION).choices(choices)
    };
    let title = if out.is_empty() { "在哪里" } else { "" };
    out.push(FieldGroup::new(title, vec![field]).into());
    out
}

/// 需要什么
pub(crate) fn what(form: &Form) -> Vec<Part> {
    let services: Vec<Choice> = domain::vocabulary::service_categories()
        .iter()
        .map(|s| Choice::new(s.code, format!("{}（{}）", s.short_name, s.group.name())))
        .collect();
    let mut positions = line_positions(&form.fields);
    if positions.is_empty() {
        positions.push(0);
    }
    let mut out: Vec<Part> = Vec::new();
    for (number, at) in positions.iter().enumerate() {
        let field = |field: FieldDef| Field::of(field.at(at));
        let service = field(what::SERVICE).choices(services.clone());
        out.push(FieldGroup::new(format!("服务项{}", number + 1), vec![service]).into());
        out.push(row("", [what::PER, what::QUANTITY, what::UNIT].map(field).to_vec()).into());
        out.push(row("", [what::STARTS_ON, what::ENDS_ON].map(field).to_vec()).into());
        let mut part = Part::from(FieldGroup::new("", vec![field(what::NOTE)]));
        if positions.len() > 1 {
            part =
                part.button(Button::new(format!("删去服务项{}", number + 1)).sends("remove", at.to_string()).quiet());
        }
        out.push(part);
    }
    if positions.len() < MAX_LINES {
        let add = Button::new("再加一项服务").sends("add", "1").secondary();
        out.push(Part::from(FieldGroup::default()).button(add));
    }
    let told = [what::TITLE, what::DESCRIPTION, what::REQUIREMENTS, what::AID_GIVEN, what::GAP];
    out.push(FieldGroup::new("写给社会组织看的情况", told.map(Field::of).to_vec()).into());
    out.push(row("", [what::AGE_BAND, what::SEX].map(Field::of).to_vec()).into());
    out.push(FieldGroup::new("", vec![Field::of(what::VALID_UNTIL)]).into());
    out
}

/// A consent: given today, for a year.
pub(crate) fn consent_fields(today: NaiveDate) -> [Field; 4] {
    [
        Field::of(file::CONSENT_CHANNEL),
        Field::of(file::CONSENT_EVIDENCE),
        Field::of(file::CONSENT_GIVEN_ON).value(today.to_string()),
        Field::of(file::CONSENT_VALID_UNTIL).value((today + chrono::Days::new(365)).to_string()),
    ]
}

/// 密封档案和同意书
pub(crate) fn file(ctx: &Ctx, form: &Form) -> Vec<Part> {
    if form.typed(who::KIND) == NeedKind::Village.as_str() {
        let hint = "村的需求没有个人信息，不用填档案和同意书。";
        return vec![FieldGroup::new("不用填", Vec::new()).hint(hint).into()];
    }
    let today = ctx.now().day();
    let mut out: Vec<Part> = vec![FieldGroup::new("密封档案", SEALED.map(Field::of).to_vec()).into()];
    let hint = format!("请先向本人或监护人说明：{CONSENT_PURPOSE}。现在还没有同意的，可以先不登记，结对前补上。");
    let consent = FieldGroup::new("同意书", vec![Field::of(file::CONSENT)]);
    out.push(consent.hint(hint).into());
    let [channel, evidence, given, until] = consent_fields(today);
    out.push(FieldGroup::new("", vec![channel, evidence]).into());
    out.push(row("", vec![given, until]).into());
    out
}
