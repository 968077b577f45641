//! The form of a project: what an organization offers, to whom, where and how much.

use crate::base::form_fields::{fill, fill_from};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use app::components::{Button, Choice, Crumb, Field, FieldGroup, Head, Link};
use app::pages::form::{FormModel, form_page};
use domain::form::supply::project as form;
use domain::href::href;
use domain::machine::Object;
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
    let groups = BeneficiaryGroup::ALL.iter().map(|g| Choice::new(g.code(), g.name()));
    let mut areas = vec![Choice::new("12", "全市")];
    areas.extend(divisions.districts().map(|d| Choice::new(&d.code12[..6], d.name.clone())));
    vec![
        FieldGroup::new(
            "能帮什么",
            vec![
                Field::of(form::TITLE),
                Field::of(form::SERVICE).choices(services),
                Field::of(form::SUMMARY),
                Field::of(form::QUALIFICATION),
            ],
        ),
        FieldGroup::new(
            "帮谁，在哪里，什么时候",
            vec![
                Field::of(form::GROUP).choices(groups),
                Field::of(form::AREA).choices(areas),
                Field::of(form::STREETS),
                Field::of(form::SCHEDULE),
                Field::of(form::STARTS_ON),
                Field::of(form::ENDS_ON),
            ],
        ),
        FieldGroup::new("能帮多少", [form::CAPACITY, form::UNIT, form::PER].map(Field::of).to_vec()),
        FieldGroup {
            in_row: true,
            ..FieldGroup::new(
                "每户最多",
                [form::EACH_QUANTITY, form::EACH_UNIT, form::EACH_PER].map(Field::of).to_vec(),
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
            let typed = draft.as_ref().map(|d| domain::form::value(&d.fields, "version").to_owned());
            target = target.with("version", typed.filter(|v| !v.is_empty()).unwrap_or(row.version.to_string()));
            (Crumb::link(row.title.clone(), href(Object::Project, &row.code)), "保存")
        }
        None => (Crumb::link("我的项目", "/projects/own"), "发布项目"),
    };
    let model = FormModel {
        head: Head::new(title).crumbs(vec![up, Crumb::here(title)]),
        target,
        mistakes,
        groups: groups.into_iter().map(Into::into).collect(),
        buttons: vec![Button::new(button)],
        cancel: Some(Link::new(
            "取消",
            stored.map_or("/projects/own".to_owned(), |row| href(Object::Project, &row.code)),
        )),
        next: "发布以后马上在项目大厅里看得到，并用来推荐合适的需求。".into(),
        ..FormModel::default()
    };
    let title = model.title();
    Ok(Page::new(title, move || form_page(model)))
}
