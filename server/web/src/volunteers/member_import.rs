//! 导入名册: a team's list of members, read row by row before anybody is invited.

use crate::base::download::workbook;
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::{count, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::needs::import::{history, upload_form};
use crate::needs::import_map;
use crate::needs::import_report::report_model;
use crate::needs::import_steps::{ignored, steps};
use crate::{Access, Route};
use app::components::{ActPanel, Button, Crumb, Fact, Glyph, Head, Link};
use app::pages::import::{ImportModel, ImportReportModel, import_page, import_report_page, map_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::organization::ImportState;
use services::needs::import::Import;
use services::volunteers::member_import;
use services::{Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const DOOR: Access = Access::Commands(&[Command::ImportUploadMembers]);
    vec![
        Route::get_at("/teams/{code}/import", DOOR, form),
        Route::post_at("/teams/{code}/import", DOOR, upload),
        Route::get_at("/teams/{code}/import/template.xlsx", DOOR, template),
        Route::get_at("/teams/{code}/import/{id}", DOOR, report),
        Route::get_at("/teams/{code}/import/{id}/columns", DOOR, columns),
        Route::post_at("/teams/{code}/import/{id}/columns", DOOR, say_columns),
        Route::post_at("/teams/{code}/import/{id}/apply", DOOR, apply),
        Route::post_at("/teams/{code}/import/{id}/discard", DOOR, discard),
    ]
}

fn at(code: &str) -> String {
    href_at(Object::Team, &code, "/import")
}

async fn form(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let (team, past) = member_import::list(ctx, &code).await?;
        let head = Head::new("导入名册")
            .lead("先检查，再邀请。检查不会改动任何数据。")
            .crumbs(vec![Crumb::link(team.name.clone(), href(Object::Team, &code)), Crumb::here("导入名册")])
            .action(Link::new("下载空白名册", format!("{}/template.xlsx", at(&code))).glyph(Glyph::Download));
        let form =
            upload_form(&get, head, &at(&code), Vec::new(), (domain::form::needs::import::ROSTER, "不超过5000行。"))
                .await?;
        let model = ImportModel { form, sections: vec![rules(), history(ctx, "名册", &at(&code), &past)] };
        Ok(Page::new("导入名册", move || import_page(model)))
    })
    .await
}

fn rules() -> RecordSection {
    RecordSection::new(
        "rules",
        "名册怎样写",
        vec![Body::Facts(vec![
            Fact::new("必填的列", "姓名、性别、出生日期、联系电话、居住区域、本人同意、同意日期"),
            Fact::new("可填的列", "身份证号、专业技能、服务类别、备注"),
            Fact::new("本人同意", "先征得本人同意再写进名册，填“是”和同意的日期。没有同意的行不导入"),
            Fact::new("未满18岁", "由监护人在网上登记，不能按名册导入"),
            Fact::new(
                "导入以后",
                "是邀请，不是入队：有账号的在“我的服务”里同意；没有账号的，用同一个手机号、姓名和出生日期登记后同意",
            ),
            Fact::new(
                "没有回音",
                format!("{}天没有同意，邀请过期，只为这份名册登记的信息删去", domain::team::INVITATION_DAYS),
            ),
            Fact::new("重复的行", "同一个手机号只邀请一次，本人谢绝以后也不会再次邀请"),
        ])],
    )
}

async fn upload(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "检查完了，看看每一行",
        |id| format!("{}/{id}", at(&code)),
        async |post, ctx| {
            let (name, bytes) = post
                .file
                .clone()
                .ok_or_else(|| Error::wrong(domain::form::needs::import::ROSTER, "选择一个名册文件"))?;
            Ok(member_import::upload(&ctx, &code, &name, bytes).await?.to_string())
        },
    )
    .await
}

async fn report(get: Get, Path((code, id)): Path<(String, Uuid)>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let (import, report, team) = member_import::load(ctx, id).await?;
        if team.code != code {
            return Err(Error::NotFound);
        }
        let head = Head {
            crumbs: vec![
                Crumb::link(team.name.clone(), href(Object::Team, &code)),
                Crumb::link("导入名册", at(&code)),
                Crumb::here(import.file_name.clone()),
            ],
            badges: vec![states::import(&import)],
            beside: vec![format!("{}上传", import.created_at.words_near(ctx.now()))],
            notes: vec![format!("共{}行", import.rows_total)],
            ..Head::new(import.file_name.clone())
        };
        let notices = match import.state {
            ImportState::Applied => vec![format!("已邀请{}人，等本人同意。", import.rows_imported)],
            _ => ignored(&report),
        };
        let apply = apply_panel(&get, &code, &import).await?;
        let columns_at = format!("{}/{id}/columns", at(&code));
        let steps = steps(&import, &report, &columns_at);
        let model = ImportReportModel { steps, ..report_model(&get, head, &report, notices, apply) };
        Ok(Page::new(import.file_name, move || import_report_page(model)))
    })
    .await
}

async fn apply_panel(get: &Get, code: &str, import: &Import) -> Result<Option<ActPanel>> {
    if import.state != ImportState::Checked {
        return Ok(None);
    }
    let to = |name: &str| format!("{}/{}/{name}", at(code), import.id);
    let good = count(import.rows_good);
    let discard = Button::new("放弃这份名册").secondary().action(to("discard"));
    let mut apply =
        panel(get, "apply", "邀请能导入的行", &to("apply"), Vec::new(), &format!("邀请{good}人入队")).await?;
    apply.links.push(Link::new("看每一列认作什么", to("columns")));
    if good == 0 {
        apply.title = "没有能邀请的行".into();
        apply.text = "按说明改好以后重新上传。".into();
        apply.buttons = vec![discard];
    } else {
        apply.text = format!("{good}人收到入队邀请，本人同意后才是队员。有误和重复的行不邀请。");
        apply.buttons.push(discard);
        apply.next = "整份一起办：要么都成，要么都不成。同一份名册以后再传也不会重复邀请。".into();
    }
    Ok(Some(apply))
}

/// What the columns of the list are, and saying otherwise.
async fn columns(get: Get, Path((code, id)): Path<(String, Uuid)>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let (import, report, team) = member_import::load(ctx, id).await?;
        if team.code != code {
            return Err(Error::NotFound);
        }
        let here = format!("{}/{id}", at(&code));
        if report.columns.is_empty() || import.state != ImportState::Checked {
            return Ok(Answer::To(here));
        }
        let known = services::needs::import::known_since(ctx, &import, &report).await?;
        let crumbs = vec![
            Crumb::link(team.name, href(Object::Team, &code)),
            Crumb::link(import.file_name.clone(), here.clone()),
            Crumb::here("对列"),
        ];
        let model = import_map::model(&get, (&here, crumbs), &import, &report, known);
        Ok(Answer::Page(Page::new("各列是什么", move || map_page(model))))
    })
    .await
}

async fn say_columns(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    post.run(
        "按改后的列检查完了",
        move |_| format!("{}/{id}", at(&code)),
        async |post, ctx| {
            let (_, report, _) = member_import::load(&ctx, id).await?;
            member_import::say(&ctx, id, &import_map::said(&report, &post.fields)?).await?;
            Ok(id.to_string())
        },
    )
    .await
}

async fn apply(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    post.run(
        "已邀请，等本人同意",
        move |_| format!("{}/{id}", at(&code)),
        async |_, ctx| Ok(member_import::apply(&ctx, id).await?.to_string()),
    )
    .await
}

async fn discard(Path((_, id)): Path<(String, Uuid)>, post: Post) -> Response {
    post.run("已放弃这份名册，没有邀请任何人", at, async |_, ctx| member_import::discard(&ctx, id).await).await
}

async fn template(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        member_import::list(get.ctx()?, &code).await?;
        Ok(Answer::Raw(workbook("志愿者名册模板.xlsx", member_import::template()?)))
    })
    .await
}
