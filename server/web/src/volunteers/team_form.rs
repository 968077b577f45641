//! The form of a 志愿服务队: founding one, applying for one, changing it.

use crate::base::form_fields::{fill, fill_from};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::volunteers::team_ways::LEAD;
use crate::{Access, Route};
use app::components::{Button, Choice, Crumb, Field, FieldGroup, Head, Link};
use app::pages::form::{FormModel, form_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::volunteers::team as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::role::Role;
use domain::vocabulary::ServiceGroup;
use services::volunteers::team;
use services::volunteers::team::Team;
use services::{Ctx, Result};

pub(crate) fn routes() -> Vec<Route> {
    const FOUND: Access = Access::Commands(&[Command::TeamFound, Command::TeamApply]);
    vec![
        Route::get("/teams/new", FOUND, new),
        Route::post("/teams", FOUND, found),
        Route::get_at("/teams/{code}/edit", LEAD, edit),
        Route::post_at("/teams/{code}/edit", LEAD, save),
    ]
}

fn form_fields(independent: bool) -> Vec<FieldGroup> {
    let services: Vec<Choice> = ServiceGroup::ALL
        .into_iter()
        .flat_map(ServiceGroup::categories)
        .map(|s| Choice::new(s.code, s.short_name))
        .collect();
    let mut fields = vec![Field::of(form::NAME), Field::of(form::SERVICE).choices(services), Field::of(form::ABOUT)];
    if independent {
        fields.insert(1, Field::of(form::DIVISION));
    }
    vec![FieldGroup::new("", fields)]
}

async fn form(get: &Get, title: &str, action: &str, stored: Option<&Team>) -> Result<Page> {
    let draft = get.draft("team").await?;
    let independent = stored.is_none() && get.ctx()?.role() == Role::Volunteer;
    let mut groups = form_fields(independent);
    for group in &mut groups {
        if let (Some(row), None) = (stored, &draft) {
            fill_from(&mut group.fields, &team::fields_of(row));
        }
    }
    let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), draft.as_ref());
    let mut target = target(get, "team", action, draft.as_ref());
    let back = stored.map_or_else(|| "/teams".to_owned(), |row| href(Object::Team, &row.code));
    let (up, button, next) = match stored {
        Some(row) => {
            let typed = draft.as_ref().map(|d| domain::form::value(&d.fields, "version").to_owned());
            target = target.with("version", typed.filter(|v| !v.is_empty()).unwrap_or(row.version.to_string()));
            (Crumb::link(row.name.clone(), back.clone()), "保存", String::new())
        }
        None if independent => {
            let days = domain::team::ANSWER_WORKING_DAYS;
            (Crumb::link("志愿服务队", "/teams"), "提交申请", format!("管理单位{days}个工作日内答复。您是第一位队长。"))
        }
        None => (Crumb::link("志愿服务队", "/teams"), "建立服务队", "建立以后就能新建岗位、接收队员。".into()),
    };
    let model = FormModel {
        head: Head::new(title).crumbs(vec![up, Crumb::here(title)]),
        target,
        mistakes,
        groups: groups.into_iter().map(Into::into).collect(),
        buttons: vec![Button::new(button)],
        cancel: Some(Link::new("取消", back)),
        next,
        ..FormModel::default()
    };
    let title = model.title();
    Ok(Page::new(title, move || form_page(model)))
}

async fn new(get: Get) -> Response {
    get.show(async {
        let title = if get.ctx()?.role() == Role::Volunteer { "申请成立服务队" } else { "建立服务队" };
        form(&get, title, "/teams", None).await
    })
    .await
}

async fn edit(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let view = team::view(&get.site.services, get.reader(), &code, 0).await?;
        if !view.offers.permits(Command::TeamEdit) {
            return Err(services::Error::NotFound);
        }
        domain::machine::step(view.team.state, Command::TeamEdit)?;
        form(&get, "修改服务队", &href_at(Object::Team, &code, "/edit"), Some(&view.team)).await
    })
    .await
}

async fn found(post: Post) -> Response {
    post.run(
        "服务队已提交",
        |code| href(Object::Team, &code),
        async |post, ctx: Ctx| {
            let independent = ctx.role() == Role::Volunteer;
            let input = team::read(&post.fields, &ctx.services.divisions(), independent)?;
            if independent { team::apply(&ctx, &input).await } else { team::found(&ctx, &input).await }
        },
    )
    .await
}

async fn save(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Team, &code);
    post.run(
        "已保存",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            let input = team::read(&post.fields, &ctx.services.divisions(), false)?;
            team::edit(&ctx, &code, post.value("version").parse().unwrap_or_default(), &input).await?;
            Ok(code.clone())
        },
    )
    .await
}
