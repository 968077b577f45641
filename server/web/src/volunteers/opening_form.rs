//! The form of an opening, new or changed.

use crate::base::form_fields::{fill, fill_from};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::{Button, Choice, Crumb, Field, FieldGroup, Head, Link};
use app::pages::form::{FormModel, form_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::volunteers::opening as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::vocabulary::ServiceGroup;
use domain::volunteer::{ADULT_AGE, COMPANY_AGE, HOUSEHOLD_AGE};
use services::volunteers::opening::Opening;
use services::volunteers::{opening, team};
use services::{Ctx, Error, Result};

pub(crate) fn routes() -> Vec<Route> {
    const LEAD: Access = Access::Commands(&[Command::OpeningCreate]);
    vec![
        Route::get_at("/teams/{code}/openings/new", LEAD, new),
        Route::post_at("/teams/{code}/openings", LEAD, create),
        Route::get_at("/pairings/{code}/openings/new", Access::Organization, new_for_pairing),
        Route::post_at("/pairings/{code}/openings", Access::Organization, create_for_pairing),
        Route::get_at("/openings/{code}/edit", LEAD, edit),
        Route::post_at("/openings/{code}/edit", LEAD, save),
    ]
}

fn form_fields(household: bool) -> Vec<FieldGroup> {
    let services: Vec<Choice> = ServiceGroup::ALL
        .into_iter()
        .flat_map(ServiceGroup::categories)
        .map(|s| Choice::new(s.code, format!("{}：{}", s.group.name(), s.short_name)))
        .collect();
    let mut place = Field::of(form::PLACE);
    if household {
        place = place.hint("先在这里集合，例如鲁山道街道社会工作服务站。住户的地址不写在这里。");
    }
    let service = Field::of(form::SERVICE).choices(services);
    let mut what = vec![Field::of(form::TITLE), service, Field::of(form::CONTENT), place];
    if !household {
        what.push(Field::of(form::DIVISION));
    }
    let least = if household { HOUSEHOLD_AGE } else { COMPANY_AGE };
    let mut who = vec![
        Field::of(form::SKILL),
        Field::of(form::MIN_AGE).hint(format!("不填就是{least}岁。未满{COMPANY_AGE}岁的由监护人陪同。")),
        Field::of(form::APPROVAL),
    ];
    if household {
        who.push(Field::of(form::ACCOMPANY));
    }
    vec![
        FieldGroup::new("做什么", what),
        FieldGroup::new("要什么样的人", who),
        FieldGroup::new(
            "有危险的岗位",
            [form::DANGEROUS, form::RISK_NOTICE, form::INSURANCE, form::INSURED_UNTIL].map(Field::of).to_vec(),
        )
        .hint(format!("没有危险的不用填。有危险的要满{ADULT_AGE}岁，先买保险、写明风险，才能发布。")),
    ]
}

/// What a form is made for.
enum For<'a> {
    Team(&'a str),
    /// A pairing, by one of the organization's teams.
    Pairing(&'a str, Vec<Choice>),
    Stored(&'a Opening),
}

async fn form(get: &Get, title: &str, action: &str, what: For<'_>) -> Result<Page> {
    let draft = get.draft("opening").await?;
    let household = match &what {
        For::Team(_) => false,
        For::Pairing(..) => true,
        For::Stored(row) => row.pairing_id.is_some(),
    };
    let mut groups = form_fields(household);
    if let For::Pairing(_, teams) = &what {
        groups.insert(0, FieldGroup::new("", vec![Field::of(form::TEAM).choices(teams.clone())]));
    }
    for group in &mut groups {
        if let (For::Stored(row), None) = (&what, &draft) {
            fill_from(&mut group.fields, &opening::fields_of(&get.site.services, row));
        }
    }
    let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), draft.as_ref());
    let mut target = target(get, "opening", action, draft.as_ref());
    let new = !matches!(what, For::Stored(_));
    let (up, back) = match &what {
        For::Team(code) => ("服务队".to_owned(), href(Object::Team, &code)),
        For::Pairing(code, _) => ("结对".to_owned(), href(Object::Pairing, &code)),
        For::Stored(row) => {
            let typed = draft.as_ref().map(|d| domain::form::value(&d.fields, "version").to_owned());
            target = target.with("version", typed.filter(|v| !v.is_empty()).unwrap_or(row.version.to_string()));
            (row.title.clone(), href(Object::Opening, &row.code))
        }
    };
    let model = FormModel {
        head: Head::new(title).crumbs(vec![Crumb::link(up, back.clone()), Crumb::here(title)]),
        target,
        mistakes,
        groups: groups.into_iter().map(Into::into).collect(),
        buttons: vec![Button::new(if new { "下一步，排班次" } else { "保存" })],
        cancel: Some(Link::new("取消", back)),
        next: if new { "排好班次以后再发布，发布前别人看不到。".into() } else { String::new() },
        ..FormModel::default()
    };
    let title = model.title();
    Ok(Page::new(title, move || form_page(model)))
}

async fn new(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = team::view(&ctx.services, Some(ctx), &code, 0).await?;
        if !view.offers.permits(Command::OpeningCreate) {
            return Err(Error::NotFound);
        }
        form(&get, "新建岗位", &href_at(Object::Team, &code, "/openings"), For::Team(&code)).await
    })
    .await
}

async fn new_for_pairing(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        // The pairing is the reader's organization's, or there is none.
        services::aid::view::pairing(ctx, &code).await?;
        let teams: Vec<Choice> =
            team::own(ctx).await?.into_iter().map(|team| Choice::new(team.code, team.name)).collect();
        if teams.is_empty() {
            return Err(Error::rule("先建立一支服务队，再为结对招志愿者"));
        }
        form(&get, "为结对招志愿者", &href_at(Object::Pairing, &code, "/openings"), For::Pairing(&code, teams)).await
    })
    .await
}

/// Where a new opening goes on: its shifts are planned next.
fn to_plan(code: &str) -> String {
    href_at(Object::Opening, &code, "#plan")
}

const MADE: &str = "岗位已建好，请安排班次";

async fn create(Path(code): Path<String>, post: Post) -> Response {
    post.run(MADE, to_plan, async |post, ctx: Ctx| {
        let input = opening::read(&post.fields, &ctx.services.divisions(), false)?;
        opening::create(&ctx, &code, "", &input).await
    })
    .await
}

async fn create_for_pairing(Path(code): Path<String>, post: Post) -> Response {
    post.run(MADE, to_plan, async |post, ctx: Ctx| {
        let team = post.typed(form::TEAM);
        if !domain::code::is_code(team) {
            return Err(Error::wrong(form::TEAM, "选择哪支服务队"));
        }
        let input = opening::read(&post.fields, &ctx.services.divisions(), true)?;
        opening::create(&ctx, team, &code, &input).await
    })
    .await
}

async fn edit(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let view = opening::view(&get.site.services, get.reader(), &code).await?;
        if !view.offers.permits(Command::OpeningEdit) {
            return Err(Error::NotFound);
        }
        view.offers.must(Command::OpeningEdit)?;
        form(&get, "修改岗位", &href_at(Object::Opening, &code, "/edit"), For::Stored(&view.opening)).await
    })
    .await
}

async fn save(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Opening, &code);
    post.run(
        "已保存",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            let view = opening::view(&ctx.services, Some(&ctx), &code).await?;
            let household = view.opening.pairing_id.is_some();
            let input = opening::read(&post.fields, &ctx.services.divisions(), household)?;
            opening::edit(&ctx, &code, post.value("version").parse().unwrap_or_default(), &input).await?;
            Ok(code.clone())
        },
    )
    .await
}
