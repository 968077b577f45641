//! The fields of the entry form, step by step.

use crate::base::parts::{choices_of, select};
use crate::needs::need_form::Form;
use app::components::{Button, Choice, Field, FieldGroup};
use domain::division::Level;
use domain::need::{AgeBand, Frequency, NeedKind, Sex, Source, Urgency};
use domain::organization::ConsentChannel;
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
    let mut out: Vec<Part> =
        vec![FieldGroup::new("", vec![Field::radios("kind", "个案还是村", kinds.collect())]).into()];
    out.extend(place(ctx, form));
    out.push(
        FieldGroup::new(
            "从哪里来",
            vec![
                select("source", "需求来源", choices_of!(Source)),
                Field::text("source_no", "来源单号").hint("救急难平台或热线的编号").optional(),
                Field::radios(
                    "urgency",
                    "是不是急难",
                    vec![
                        Choice::new(Urgency::Normal.as_str(), "一般"),
                        Choice::new(Urgency::Urgent.as_str(), "急难，24小时内要有人接"),
                    ],
                )
                .hint("24小时内没有人接，就会影响基本生活或安全"),
            ],
        )
        .into(),
    );
    let chosen: Vec<&str> =
        form.fields.iter().filter(|(name, _)| name == "beneficiary").map(|(_, code)| code.as_str()).collect();
    let categories = domain::vocabulary::beneficiary_categories()
        .iter()
        .filter(|category| !category.is_legacy() || chosen.contains(&category.code))
        .map(|category| Choice::new(category.code, category.name))
        .collect();
    let group = FieldGroup::new(
        "帮扶对象",
        vec![Field::checks("beneficiary", "对象类别", categories).hint("按已有的认定勾选，可以多选。这里不作认定")],
    );
    let known: Vec<_> = chosen.iter().filter_map(|code| domain::vocabulary::beneficiary(code)).collect();
    let label = if known.is_empty() { "填写认定日期和单位" } else { "更新下面的认定日期和单位" };
    out.push(Part::from(group).button(Button::new(label).sends("refresh", "1").secondary()));
    for category in known {
        let fields = vec![
            Field::date(format!("decided_on.{}", category.code), "认定日期").optional(),
            Field::text(format!("decided_by.{}", category.code), "认定单位").optional(),
        ];
        out.push(row(category.short_name, fields).into());
    }
    out
}

/// Street first where the reader has several, then the village.
fn place(ctx: &Ctx, form: &Form) -> Vec<Part> {
    let divisions = ctx.services.divisions();
    let scope = ctx.actor.scope.as_str();
    let stored = form.value("division_code");
    let street = if scope.len() >= 9 {
        scope[..9].to_owned()
    } else {
        let chosen = form.value("street");
        if chosen.is_empty() { stored.get(..9).unwrap_or_default().to_owned() } else { chosen.to_owned() }
    };
    let mut out = Vec::new();
    if scope.len() < 9 {
        let streets = divisions.children(scope).filter(|d| d.level == Level::Street);
        let choices = streets.map(|d| Choice::new(d.prefix(), d.name.clone()));
        let field = select("street", "街镇", choices).value(street.clone());
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
        Field::select("division_code", "村居", choices).value(value)
    } else {
        select("division_code", "村居", choices)
    };
    let title = if out.is_empty() { "在哪里" } else { "" };
    out.push(FieldGroup::new(title, vec![field.hint("公开时个案只显示到区")]).into());
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
        let name = |part: &str| format!("lines.{at}.{part}");
        let service = select(&name("service"), "要什么服务", services.clone());
        out.push(FieldGroup::new(format!("服务项{}", number + 1), vec![service]).into());
        let amount = vec![
            select(&name("per"), "多久一次", choices_of!(Frequency)),
            Field::number(name("quantity"), "数量", 1, 100_000).hint("按缺口填，已有人做的不算"),
            Field::text(name("unit"), "单位").hint("餐、次、小时、套…"),
        ];
        out.push(row("", amount).into());
        let days = vec![
            Field::date(name("starts_on"), "开始日期").optional(),
            Field::date(name("ends_on"), "结束日期").optional(),
        ];
        out.push(row("", days).into());
        let note = Field::text(name("note"), "说明").hint("例如两人上门、要软烂少盐").optional();
        let mut part = Part::from(FieldGroup::new("", vec![note]));
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
    let no_names = "不写姓名、电话、门牌、学校和病名";
    out.push(
        FieldGroup::new(
            "写给社会组织看的情况",
            vec![
                Field::text("title", "标题").hint("40字以内，例如：失能老人家庭，送餐和助浴"),
                Field::area("description", "公开说明", 6).hint(format!("说清困难和要帮的事。{no_names}")),
                Field::area("requirements", "上门要求", 2).hint("例如健康证、两人同行").optional(),
                Field::area("aid_given", "政府已给的救助", 2).optional(),
                Field::area("gap", "仍有的缺口", 2).optional(),
            ],
        )
        .into(),
    );
    let about = vec![
        select("age_band", "年龄段", choices_of!(AgeBand)).optional(),
        select("sex", "性别", choices_of!(Sex)).hint("服务需要时才填").optional(),
    ];
    out.push(row("", about).into());
    out.push(
        FieldGroup::new("", vec![Field::date("valid_until", "有效期至").hint("到期没人认领，按未满足结案")]).into(),
    );
    out
}

/// 密封档案和同意书
pub(crate) fn file(ctx: &Ctx, form: &Form) -> Vec<Part> {
    if form.value("kind") == NeedKind::Village.as_str() {
        let hint = "村的需求没有个人信息，不用填档案和同意书。";
        return vec![FieldGroup::new("不用填", Vec::new()).hint(hint).into()];
    }
    let today = ctx.now().day();
    let mut phone = Field::text("phone", "联系电话").hint("没有电话的填照料人或村居的电话");
    phone.input = app::components::Input::Phone;
    let mut out: Vec<Part> = vec![
        FieldGroup::new(
            "密封档案",
            vec![
                Field::text("name", "姓名"),
                Field::text("id_number", "身份证号"),
                phone,
                Field::text("other_phones", "其他电话").hint("几个电话用顿号隔开").optional(),
                Field::text("address", "住址"),
                Field::number("household_size", "家庭人口数", 1, 30).optional(),
                Field::text("guardian", "监护人").hint("未成年人和失能老人填写").optional(),
                Field::text("members", "同住家人姓名")
                    .hint("用顿号隔开。只用来检查公开的内容里没有他们的姓名")
                    .optional(),
                Field::area("health_notes", "上门须知的健康情况", 3).hint("只写上门时要注意的").optional(),
            ],
        )
        .into(),
    ];
    let hint = format!("请先向本人或监护人说明：{CONSENT_PURPOSE}。现在还没有同意的，可以先不登记，结对前补上。");
    let consent = FieldGroup::new(
        "同意书",
        vec![Field::checks("consent", "同意", vec![Choice::new("1", "本人或监护人已经同意，登记如下")]).optional()],
    );
    out.push(consent.hint(hint).into());
    let fields = vec![
        select("consent_channel", "同意的方式", choices_of!(ConsentChannel)),
        Field::text("consent_evidence", "凭据").hint("纸质编号、录音编号或见证人岗位"),
    ];
    out.push(FieldGroup::new("", fields).into());
    let days = vec![
        Field::date("consent_given_on", "同意日期").value(today.to_string()),
        Field::date("consent_valid_until", "同意有效期至").value((today + chrono::Days::new(365)).to_string()),
    ];
    out.push(row("", days).into());
    out
}
