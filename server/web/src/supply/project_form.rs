//! The form of a project: what an organization offers, to whom, where and how much.

use crate::base::form_fields::{fill, fill_from};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{choices_of, select, target};
use crate::supply::project::href;
use app::components::{Button, Choice, Crumb, Field, FieldGroup, Head, Link};
use app::pages::form::{FormModel, form_page};
use domain::need::Frequency;
use domain::qualification::Qualification;
use domain::vocabulary::{BeneficiaryGroup, ServiceGroup};
use services::Result;
use services::supply::project;
use services::supply::project::Project;

fn groups(get: &Get) -> Vec<FieldGroup> {
    let divisions = get.site.services.divisions();
    let services: Vec<Choice> = ServiceGroup::ALL
        .into_iter()
        .flat_map(ServiceGroup::categories)
        .map(|s| Choice::new(s.code, format!("{}：{}", s.group.name(), s.short_name)))
        .collect();
    let groups = BeneficiaryGroup::ALL.iter().map(|g| Choice::new(g.code(), g.name())).collect();
    let mut areas = vec![Choice::new("12", "全市")];
    areas.extend(divisions.districts().map(|d| Choice::new(&d.code12[..6], d.name.clone())));
    let optional = |mut field: Field| {
        field.optional = true;
        field
    };
    vec![
        FieldGroup::new(
            "能帮什么",
            vec![
                Field::text("title", "项目名称").hint("例如：热饭到家"),
                Field::checks("service", "服务", services)
                    .hint("照护、生活、关爱和专业支持按户计；村级帮扶和支持形式按数量计，请分开发布。"),
                Field::area("summary", "怎样帮", 4).hint("谁去、怎么做、用什么。不写帮扶对象的姓名和住址。"),
                optional(Field::checks("qualification", "具备的资质", choices_of!(Qualification))),
            ],
        ),
        FieldGroup::new(
            "帮谁，在哪里，什么时候",
            vec![
                Field::checks("group", "帮扶对象", groups).hint("都不选就是不限对象。"),
                Field::checks("area", "服务区域", areas),
                optional(Field::text("streets", "只服务其中几个街镇"))
                    .hint("写街镇名，用顿号隔开，例如：小白楼街道、大直沽街道。写了街镇，就不用再选它所在的区。"),
                optional(Field::text("schedule", "时间")).hint("例如：周一至周五上午"),
                optional(Field::date("starts_on", "开始日期")),
                optional(Field::date("ends_on", "结束日期")),
            ],
        ),
        FieldGroup::new(
            "能帮多少",
            vec![
                Field::number("capacity", "同时能帮几户，或有多少", 1, 1_000_000)
                    .hint("按户计的填户数；按数量计的填数量，并填下面的单位和周期。已经结对的会自动扣除。"),
                optional(Field::text("unit", "单位（按数量计的才填）")).hint("例如：套、元、场"),
                optional(select("per", "周期（按数量计的才填）", choices_of!(Frequency))),
            ],
        ),
        FieldGroup {
            in_row: true,
            ..FieldGroup::new(
                "每户最多",
                vec![
                    optional(Field::number("each_quantity", "数量", 1, 10_000)),
                    optional(Field::text("each_unit", "单位")),
                    optional(select("each_per", "周期", choices_of!(Frequency))),
                ],
            )
            .hint("例如每周7餐。超过的需求不会推荐给贵机构。不填就是不限。")
        },
    ]
}

pub(crate) async fn form(get: &Get, title: &str, action: &str, stored: Option<&Project>) -> Result<Page> {
    let draft = get.draft("project").await?;
    let mut groups = groups(get);
    for group in &mut groups {
        if let (Some(row), None) = (stored, &draft) {
            fill_from(&mut group.fields, &project::fields_of(row));
        }
    }
    let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), draft.as_ref());
    let mut target = target(get, "project", action, draft.as_ref());
    let (up, button) = match stored {
        Some(row) => {
            let typed = draft.as_ref().map(|d| services::needs::need_form::value(&d.fields, "version").to_owned());
            target = target.with("version", typed.filter(|v| !v.is_empty()).unwrap_or(row.version.to_string()));
            (Crumb::link(row.title.clone(), href(&row.code)), "保存")
        }
        None => (Crumb::link("我的项目", "/projects/own"), "发布项目"),
    };
    let model = FormModel {
        head: Head::new(title).crumbs(vec![up, Crumb::here(title)]),
        target,
        mistakes,
        groups: groups.into_iter().map(Into::into).collect(),
        buttons: vec![Button::new(button)],
        cancel: Some(Link::new("取消", stored.map_or("/projects/own".to_owned(), |row| href(&row.code)))),
        next: "发布以后马上在项目大厅里看得到，并用来推荐合适的需求。".into(),
        ..FormModel::default()
    };
    let title = model.title();
    Ok(Page::new(title, move || form_page(model)))
}
