//! Invitations 邀请: the list of both sides, and one invitation with its answer.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::{address, due_badge, pager};
use crate::{Access, Route};
use app::components::{ActPanel, Cell, Crumb, Empty, EmptyKind, Fact, FactLine, Field, Head, Link, Tab, Table};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::ask::AskState;
use domain::form::aid::{ask as form, claim};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::aid::ask::{self, AskView};
use services::finding::hall::service_name;
use services::office::lists::Window;
use services::{Ctx, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const SIDES: Access = Access::Commands(&[Command::AskSend, Command::AskAccept]);
    vec![
        Route::get("/asks", SIDES, list),
        Route::get_at("/asks/{id}", SIDES, show),
        Route::post_at("/asks/{id}/accept", Access::Commands(&[Command::AskAccept]), accept),
        Route::post_at("/asks/{id}/decline", Access::Commands(&[Command::AskDecline]), decline),
        Route::post_at("/asks/{id}/withdraw", Access::Commands(&[Command::AskSend]), withdraw),
    ]
}

const SIZE: usize = 20;

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let own = ctx.role().is_organization();
        let state = get.value("state").parse().unwrap_or(AskState::Sent);
        let size = i64::try_from(SIZE).unwrap_or(20);
        let window = Window { offset: i64::try_from(get.page() - 1).unwrap_or_default() * size, limit: size };
        let found = ask::list(ctx, state, window).await?;
        let now = ctx.now();
        let title = if own { "收到的邀请" } else { "邀请" };
        let table = Table::of(title, &found.rows)
            .column("需求", |listed| {
                let place = ctx.services.place(&listed.ask.division_code);
                Cell::link(listed.need_title.clone(), href(Object::Ask, &listed.ask.id)).note(place)
            })
            .column_if(!own, "组织", |listed| Cell::text(listed.organization_name.clone()))
            .column("状态", |listed| {
                Cell::badge(states::ask(listed.ask.state)).note(listed.ask.reason.clone().unwrap_or_default())
            })
            .number("到期或回复", |listed| {
                let urgent = listed.need_urgency == domain::need::Urgency::Urgent;
                match listed.ask.answered_at {
                    Some(at) => Cell::text(at.words_near(now)),
                    None => Cell::badge(due_badge(Some(listed.ask.due_at), urgent, now)),
                }
            })
            .done();
        let total = count(found.count(state));
        let tabs = AskState::ALL
            .iter()
            .filter(|tab| **tab == state || found.count(**tab) > 0)
            .map(|tab| {
                let to = address("/asks", &[], &[("state", tab.as_str().to_owned())]);
                Tab::new(tab.label(), to, *tab == state).count(count(found.count(*tab)))
            })
            .collect();
        let empty = found.rows.is_empty().then(|| {
            let text = if own {
                "街道、区和市看到合适的需求，会邀请贵机构。接受不接受都由贵机构定。"
            } else {
                "在需求页点“找合适的组织”，选几家发出邀请。"
            };
            Empty::new(EmptyKind::Nothing, format!("没有“{}”的邀请", state.label()), text)
        });
        let mut head = Head::new(title);
        if own {
            head = head.action(Link::new("适合我们的需求", "/matches"));
        }
        let model = ListModel {
            head,
            tabs,
            found: format!("{total}个邀请，{}", state.label()),
            table,
            pager: (total > SIZE as u64).then(|| pager("/asks", &get.query, get.page(), SIZE, total, "个")),
            empty,
            ..ListModel::default()
        };
        Ok(Page::new(title, move || list_page(model)))
    })
    .await
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = ask::view(ctx, id).await?;
        let row = &view.listed.ask;
        let now = ctx.now();
        let own = ctx.actor.organization_id == Some(row.organization_id);
        let mut badges = vec![states::ask(row.state)];
        if row.state == AskState::Sent {
            let urgent = view.listed.need_urgency == domain::need::Urgency::Urgent;
            badges.push(due_badge(Some(row.due_at), urgent, now));
        }
        let title = if own {
            format!("邀请：{}", view.listed.need_title)
        } else {
            format!("邀请{}", view.listed.organization_name)
        };
        let head = Head {
            crumbs: vec![Crumb::link(if own { "收到的邀请" } else { "邀请" }, "/asks"), Crumb::here("邀请")],
            badges,
            notes: vec![view.place.clone(), format!("{}发出", row.sent_at.words_near(now))],
            ..Head::new(title.clone())
        };
        let panels = panels(&get, ctx, &view).await?;
        let dock = panels.first().map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
        let notice =
            (row.state == AskState::Sent && !view.need_open).then(|| "邀请里的数量已经都有组织承接了。".to_owned());
        let model = RecordModel { head, notice, sections: sections(&view), panels, dock, ..RecordModel::default() };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

fn sections(view: &AskView) -> Vec<RecordSection> {
    let row = &view.listed.ask;
    let amount = |unit: &str, per, quantity| domain::need::Amount { quantity, unit: unit.to_owned(), per }.words();
    let table = Table::of("邀请的服务", view.lines.iter().zip(&view.projects))
        .column("服务", |(line, _)| Cell::strong(service_name(&line.service_code)))
        .column("邀请承接", |(line, _)| Cell::text(amount(&line.unit, line.per, line.quantity)))
        .column("现在还差", |(line, _)| {
            Cell::text(if line.remaining > 0 {
                amount(&line.unit, line.per, line.remaining)
            } else {
                "不差了".into()
            })
        })
        .column("用哪个项目", |(_, project)| {
            Cell::text((*project).clone().unwrap_or_else(|| "按登记的服务".into()))
        })
        .done();
    let mut facts = vec![Fact::lines(
        "需求",
        vec![FactLine::Link {
            label: view.listed.need_title.clone(),
            href: href(Object::Need, &view.listed.need_code),
        }],
    )];
    if !row.note.is_empty() {
        facts.push(Fact::new("附言", row.note.clone()));
    }
    if let Some(reason) = &row.reason {
        facts.push(Fact::new("原因", reason.clone()));
    }
    if let Some(claim) = &view.listed.claim_code {
        facts.push(Fact::lines(
            "认领",
            vec![FactLine::Link { label: claim.clone(), href: href(Object::Claim, &claim) }],
        ));
    }
    vec![
        RecordSection::new("lines", "请承接的服务", vec![Body::Table(table)]),
        RecordSection::new("facts", "有关", vec![Body::Facts(facts)]),
    ]
}

async fn panels(get: &Get, ctx: &Ctx, view: &AskView) -> Result<Vec<ActPanel>> {
    let row = &view.listed.ask;
    let at = |name: &str| href_at(Object::Ask, &row.id, &format!("/{name}"));
    let mut all = Vec::new();
    if view.offers.has(Command::AskAccept) {
        let fields = vec![Field::of(claim::START_ON).value(ctx.now().day().to_string()), Field::of(claim::PLAN)];
        let mut accept = panel(get, "accept", "接受邀请", &at("accept"), fields, "接受，提交认领").await?;
        accept.next = "接受以后就是一件认领，街道答复同意后结对。".into();
        all.push(accept);
    }
    if view.offers.has(Command::AskDecline) {
        let fields = vec![Field::of(form::REASON_CODE), Field::of(form::DECLINE)];
        let mut decline = panel(get, "decline", "不接受", &at("decline"), fields, "不接受").await?;
        decline.buttons = vec![app::components::Button::new("不接受").secondary()];
        decline.next = "不影响以后的邀请和认领。".into();
        all.push(decline);
    }
    if ctx.role().is_staff() && view.offers.has(Command::AskWithdraw) {
        let fields = vec![Field::of(form::WITHDRAW)];
        let mut withdraw = panel(get, "withdraw", "收回邀请", &at("withdraw"), fields, "收回邀请").await?;
        withdraw.buttons = vec![app::components::Button::new("收回邀请").secondary()];
        all.push(withdraw);
    }
    Ok(all)
}

async fn accept(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已接受邀请，认领等街道答复",
        |claim| href(Object::Claim, &claim),
        async |post, ctx: Ctx| ask::accept(&ctx, id, post.typed(claim::PLAN), post.typed(claim::START_ON)).await,
    )
    .await
}

async fn decline(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "已回复不接受",
        |_| "/asks".to_owned(),
        async |post, ctx: Ctx| {
            ask::decline(&ctx, id, post.typed(form::REASON_CODE), post.typed(form::DECLINE)).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn withdraw(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run(
        "邀请已收回",
        move |_| href(Object::Ask, &id),
        async |post, ctx: Ctx| {
            ask::withdraw(&ctx, id, post.typed(form::WITHDRAW)).await?;
            Ok(String::new())
        },
    )
    .await
}
