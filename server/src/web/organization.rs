//! One organization: what it registered, how it has done, and the district's decisions.

use super::frame::Page;
use super::get::Get;
use super::parts::{organization_badge, panel};
use super::post::Post;
use super::{Access, Route};
use app::components::{ActPanel, Button, Crumb, Fact, Field, Head};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use chrono::{Days, NaiveDate};
use domain::calendar::day_words;
use domain::machine::{Command, allows};
use domain::permission::{Record, authorize};
use services::hall::service_name;
use services::{Ctx, Error, Result, organization};
use storage::organization::Organization;
use uuid::Uuid;

macro_rules! door {
    ($command:ident) => {
        Access::Commands(&[Command::$command])
    };
}

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/organizations/{id}", Access::SignedIn, show),
        Route::post("/organizations/{id}/verify", door!(OrganizationVerify), verify),
        Route::post("/organizations/{id}/return", door!(OrganizationReturn), return_),
        Route::post("/organizations/{id}/refuse", door!(OrganizationRefuse), refuse),
        Route::post("/organizations/{id}/suspend", door!(OrganizationSuspend), suspend),
        Route::post("/organizations/{id}/resume", door!(OrganizationResume), resume),
        Route::post("/organizations/{id}/revoke", door!(OrganizationRevoke), revoke),
    ]
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let row = organization::by_id(ctx, id).await?;
        let (live, completed) = organization::record(ctx, id).await?;
        let name = row.name.clone();
        let crumbs = if ctx.role().is_staff() {
            vec![Crumb::link("社会组织", "/organizations"), Crumb::here(name.clone())]
        } else {
            vec![Crumb::link("工作台", "/desk"), Crumb::here(name.clone())]
        };
        let mut model = RecordModel {
            head: Head {
                crumbs,
                badges: vec![organization_badge(row.state)],
                notes: vec![ctx.services.place(&row.division_code)],
                ..Head::new(name.clone())
            },
            sections: vec![
                RecordSection::new("facts", "登记信息", vec![Body::Facts(facts(ctx, &row))]),
                RecordSection::new(
                    "record",
                    "在这里做过的",
                    vec![Body::Facts(vec![
                        Fact::new("正在办的认领和结对", format!("{live}件")),
                        Fact::new("核验后办结的结对", format!("{completed}件")),
                        Fact::new("同时最多可承接", format!("{}件", domain::claim::cap(completed))),
                    ])],
                ),
            ],
            panels: panels(&get, ctx, &row).await?,
            ..RecordModel::default()
        };
        let projects = services::project::of(&ctx.services, id).await?;
        if !projects.is_empty() {
            model.sections.push(super::project::section(&ctx.services, &projects));
        }
        Ok(Page::new(name, move || record_page(model)))
    })
    .await
}

fn facts(ctx: &Ctx, row: &Organization) -> Vec<Fact> {
    let kind = match row.kind.as_str() {
        "51" => "社会团体",
        "52" => "民办非企业单位（社会服务机构）",
        "53" => "基金会",
        _ => "其他社会组织",
    };
    let areas = row.areas().iter().map(|code| ctx.services.place(code)).collect::<Vec<_>>().join("、");
    let services = row.services().iter().map(|code| service_name(code)).collect::<Vec<_>>().join("、");
    let mut all = vec![
        Fact::new("统一社会信用代码", row.uscc.clone()),
        Fact::new("类型", kind),
        Fact::new("能提供的服务", services),
        Fact::new("服务区域", areas),
    ];
    if !row.business_scope.is_empty() {
        all.push(Fact::new("业务范围", row.business_scope.clone()));
    }
    if let Some(until) = row.verified_until {
        all.push(Fact::new("核验有效期至", day_words(until)));
    }
    all.push(Fact::new("更新于", row.updated_at.words_near(ctx.now())));
    all
}

async fn panels(get: &Get, ctx: &Ctx, row: &Organization) -> Result<Vec<ActPanel>> {
    let may = |command| {
        let who = Record { division: Some(&row.division_code), organization: Some(row.id), ..Record::default() };
        allows(row.state, command) && authorize(&ctx.actor, command, &who).is_ok()
    };
    let at = |name: &str| format!("/organizations/{}/{name}", row.id);
    let mut all = Vec::new();
    if may(Command::OrganizationVerify) {
        let until = Field::date("until", "有效期至")
            .value((ctx.now().day() + Days::new(365)).to_string())
            .hint("一般一年，到期前重新核验。");
        let mut verify = panel(get, "verify", "核验通过", &at("verify"), vec![until], "核验通过").await?;
        verify.text = "对照登记证书：名称、代码、业务范围、年检结论。".into();
        verify.next = "通过以后就能认领需求。".into();
        all.push(verify);
    }
    let reason = || Field::area("reason", "原因", 2).hint("机构看得到。");
    if may(Command::OrganizationReturn) {
        let mut back = panel(get, "return", "材料不全或不符", &at("return"), vec![reason()], "退回补正").await?;
        back.buttons = vec![Button::new("退回补正").secondary(), Button::new("不予入驻").quiet().action(at("refuse"))];
        back.next = "退回补正的，机构改好后可以再申请；不予入驻的不能。".into();
        all.push(back);
    }
    if may(Command::OrganizationSuspend) {
        let mut stop = panel(get, "stop", "暂停或取消资格", &at("suspend"), vec![reason()], "暂停资格").await?;
        stop.text = "正在帮扶的结对会暂停，各街道会收到通知，两天内安排移交。".into();
        stop.buttons = vec![Button::new("暂停资格").secondary(), Button::new("取消资格").quiet().action(at("revoke"))];
        stop.next = "暂停以后可以恢复，取消以后不能。".into();
        all.push(stop);
    }
    if may(Command::OrganizationResume) {
        let mut resume = panel(get, "resume", "恢复资格", &at("resume"), Vec::new(), "恢复资格").await?;
        resume.text = "恢复以后可以认领。暂停的结对由机构或街道逐件恢复。".into();
        all.push(resume);
        let mut revoke = panel(get, "revoke", "取消资格", &at("revoke"), vec![reason()], "取消资格").await?;
        revoke.buttons = vec![Button::new("取消资格").secondary()];
        revoke.next = "取消以后不能恢复。".into();
        all.push(revoke);
    }
    Ok(all)
}

async fn run<F>(post: Post, id: Uuid, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx) -> Result<()>,
{
    post.run(
        said,
        move |_| format!("/organizations/{id}"),
        async |post, ctx| {
            command(post, &ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn verify(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已核验通过", async |post, ctx| {
        let until = NaiveDate::parse_from_str(post.value("until"), "%Y-%m-%d")
            .map_err(|_| Error::field("until", "填写日期，例如2027年11月24日"))?;
        organization::verify(ctx, id, until).await
    })
    .await
}

async fn return_(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已退回补正", async |post, ctx| organization::return_(ctx, id, post.value("reason")).await).await
}

async fn refuse(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已答复不予入驻", async |post, ctx| organization::refuse(ctx, id, post.value("reason")).await).await
}

async fn suspend(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已暂停资格", async |post, ctx| organization::suspend(ctx, id, post.value("reason")).await).await
}

async fn resume(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已恢复资格", async |_, ctx| organization::resume(ctx, id).await).await
}

async fn revoke(Path(id): Path<Uuid>, post: Post) -> Response {
    run(post, id, "已取消资格", async |post, ctx| organization::revoke(ctx, id, post.value("reason")).await).await
}
