//! 队员: applications and members on a team's page, joining and leaving, who leads.

use crate::base::get::Get;
use crate::base::parts::decide;
use crate::base::post::Post;
use crate::volunteers::team_ways::{LEAD, run};
use crate::{Access, Route};
use app::components::{Cell, Empty, EmptyKind, Table};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use domain::form::volunteers::team as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::volunteers::member;
use services::volunteers::team::{self, TeamView};
use services::{Ctx, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const MEMBER: Access = Access::Commands(&[Command::MemberApply]);
    vec![
        Route::post_at("/teams/{code}/join", MEMBER, join),
        Route::post_at("/teams/{code}/leave", MEMBER, leave),
        Route::post_at("/teams/{code}/remove", LEAD, remove),
        Route::post_at("/members/{id}/agree", MEMBER, agree),
        Route::post_at("/members/{id}/accept", LEAD, accept),
        Route::post_at("/members/{id}/decline", LEAD, decline),
        Route::post_at("/members/{id}/lead", Access::Commands(&[Command::MemberLead]), lead),
        Route::post_at("/members/{id}/unlead", Access::Commands(&[Command::MemberLead]), unlead),
    ]
}

pub(crate) fn applied(get: &Get, view: &TeamView) -> RecordSection {
    let now = get.site.services.now();
    let table = Table::of("入队申请", &view.applied)
        .column("姓名", |m| Cell::strong(m.name.clone()).note(m.listing.number.clone()))
        .column("电话", |m| Cell::text(m.phone.clone()).note(m.listing.member.note.clone()))
        .column("申请时间", |m| Cell::text(m.listing.member.applied_at.words_near(now)))
        .column("办理", |m| {
            let id = m.listing.member.id;
            Cell::decisions(vec![
                decide(get, "接收", &m.name, &href_at(Object::Member, &id, "/accept")),
                decide(get, "不接收", &m.name, &href_at(Object::Member, &id, "/decline"))
                    .with(form::DECLINE.name, "这一次没有合适的安排")
                    .quiet(),
            ])
        })
        .done();
    RecordSection::new("applied", format!("入队申请，{}人", view.applied.len()), vec![Body::Table(table)])
}

/// Who was invited from a list and has not agreed yet.
pub(crate) fn invited(get: &Get, view: &TeamView) -> RecordSection {
    let now = get.site.services.now();
    let table = Table::of("已经邀请的人", &view.invited)
        .column("姓名", |m| Cell::strong(m.name.clone()).note(m.listing.number.clone()))
        .column("电话", |m| {
            let how = if m.listing.member.account_id.is_some() {
                "在“我的服务”里同意"
            } else {
                "还没有账号，用这个手机号登记后同意"
            };
            Cell::text(m.phone.clone()).note(how)
        })
        .column("期限", |m| {
            let ends = m.listing.member.applied_at.plus_days(domain::team::INVITATION_DAYS);
            Cell::text(format!("{}过期", ends.words_near(now)))
        })
        .column("办理", |m| {
            let take_back = decide(get, "收回邀请", &m.name, &href_at(Object::Team, &view.team.code, "/remove"));
            Cell::decisions(vec![
                take_back
                    .with(form::MEMBER.name, m.listing.member.id.to_string())
                    .with(form::REMOVE.name, "收回邀请")
                    .quiet(),
            ])
        })
        .done();
    RecordSection::new("invited", "已邀请，等本人同意", vec![Body::Table(table)])
}

pub(crate) fn members(get: &Get, view: &TeamView) -> RecordSection {
    let table = Table::of("队员", &view.active)
        .column("姓名", |m| Cell::strong(m.name.clone()).note(m.listing.number.clone()))
        .column("电话", |m| Cell::text(m.phone.clone()))
        .column("身份", |m| Cell::text(if m.listing.member.leads { "队长" } else { "队员" }))
        .column("办理", |m| {
            let id = m.listing.member.id;
            let (label, to) =
                if m.listing.member.leads { ("不再当队长", "unlead") } else { ("指定为队长", "lead") };
            let way = || decide(get, label, &m.name, &href_at(Object::Member, &id, &format!("/{to}"))).quiet();
            Cell::decisions(view.offers.permits(Command::MemberLead).then(way).into_iter().collect())
        })
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有队员", "志愿者在这一页点“申请入队”，您在这里接收。")
    });
    let mut section = RecordSection::new("members", format!("队员，{}人", view.members), vec![body]);
    let shown = i64::try_from(get.page()).unwrap_or(1) * team::MEMBERS;
    if view.members > shown {
        let to = crate::base::words::address(
            &href(Object::Team, &view.team.code),
            &get.query,
            &[("page", (get.page() + 1).to_string())],
        );
        section.link = Some(("后面的队员".into(), format!("{to}#members")));
    }
    section
}

async fn join(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已申请，等队长答复", async |post, ctx, code| {
        member::join(ctx, code, post.typed(form::NOTE)).await
    })
    .await
}

async fn leave(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已退出",
        |_| "/my".to_owned(),
        async |_, ctx: Ctx| {
            member::leave(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

/// Runs a command on a member and goes back to the team.
async fn member<F>(post: Post, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx) -> Result<String>,
{
    post.run(said, |code| href(Object::Team, &code), async |post, ctx| command(post, &ctx).await).await
}

async fn agree(Path(id): Path<Uuid>, post: Post) -> Response {
    member(post, "已加入服务队", async |_, ctx| member::agree(ctx, id).await).await
}

async fn accept(Path(id): Path<Uuid>, post: Post) -> Response {
    member(post, "已接收", async |_, ctx| member::answer(ctx, id, true, "").await).await
}

async fn decline(Path(id): Path<Uuid>, post: Post) -> Response {
    member(post, "已答复", async |post, ctx| member::answer(ctx, id, false, post.typed(form::DECLINE)).await).await
}

async fn lead(Path(id): Path<Uuid>, post: Post) -> Response {
    member(post, "已指定为队长", async |_, ctx| member::lead(ctx, id, true).await).await
}

async fn unlead(Path(id): Path<Uuid>, post: Post) -> Response {
    member(post, "已改为队员", async |_, ctx| member::lead(ctx, id, false).await).await
}

async fn remove(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已移出", async |post, ctx, _| {
        member::remove(ctx, post.chosen(form::MEMBER)?, post.typed(form::REMOVE)).await.map(|_| ())
    })
    .await
}
