//! Batch matching 批量匹配: a new batch, its progress, the proposal to edit, and the one confirmed sending.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, day_near, panel};
use crate::base::post::Post;
use crate::base::words::{address, pager, waited};
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Decision, Empty, EmptyKind, Fact, Field, Glyph, Head, Link, Tab,
    Table, Tone,
};
use app::pages::fit::{FitGroup, FitModel, fit_page};
use axum::extract::Path;
use axum::response::Response;
use domain::ask::BatchState;
use domain::form::aid::batch as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::need::Urgency;
use services::aid::batch::{self, Batch, BatchView, Change, Listed};
use services::finding::hall::service_name;
use services::office::lists::Window;
use services::{Ctx, Error, Result};
use std::sync::Arc;
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const EDIT: Access = Access::Commands(&[Command::BatchEdit]);
    vec![
        Route::get("/batches", EDIT, list),
        Route::post("/batches", EDIT, propose),
        Route::get_at("/batches/{code}", EDIT, show),
        Route::post_at("/batches/{code}/change", EDIT, change),
        Route::post_at("/batches/{code}/again", EDIT, again),
        Route::post_at("/batches/{code}/send", Access::Commands(&[Command::BatchSend]), send),
        Route::post_at("/batches/{code}/discard", Access::Commands(&[Command::BatchDiscard]), discard),
    ]
}

fn badge(row: &Batch) -> Badge {
    match row.state {
        BatchState::Proposed if row.failure.is_some() => Badge::care("没有算成"),
        BatchState::Proposed if row.finished_at.is_none() => {
            Badge::tag(Tone::Info, Glyph::Clock, format!("正在算，{}%", row.progress))
        }
        BatchState::Proposed => Badge::wait(row.state.label()),
        BatchState::Sent => Badge::good(row.state.label()),
        BatchState::Discarded => Badge::plain(row.state.label()),
    }
}

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let now = ctx.now();
        let all = batch::list(ctx).await?;
        let table = (!all.is_empty()).then(|| {
            Table::of("批量匹配", &all)
                .column("范围", |row| {
                    Cell::link(ctx.services.place(&row.division_code), href(Object::Batch, &row.code))
                        .note(row.code.clone())
                })
                .column("状态", |row| Cell::badge(badge(row)))
                .column("结果", |row| {
                    let summary: batch::Summary = serde_json::from_str(&row.summary).unwrap_or_default();
                    Cell::text(if row.finished_at.is_some() { summary.words() } else { String::new() })
                })
                .number("开始", |row| Cell::text(row.created_at.words_near(now)))
                .done()
        });
        let empty = table.is_none().then(|| {
            Empty::new(
                EmptyKind::Nothing,
                "还没有批量匹配",
                "选一个范围，平台算出让最少的需求没有着落的一组邀请；您看过、改过以后再发出。",
            )
        });
        let groups = table
            .map(|table| FitGroup {
                id: "all".into(),
                title: format!("{}次", all.len()),
                table: Some(table),
                ..FitGroup::default()
            })
            .into_iter()
            .collect();
        let model = FitModel {
            head: Head::new("批量匹配")
                .lead("急难的先安排，再看等了多久，再看合适不合适。只发邀请，接受不接受由组织决定。"),
            groups,
            empty,
            panels: vec![new_panel(&get, ctx).await?],
            ..FitModel::default()
        };
        Ok(Page::new("批量匹配", move || fit_page(model)))
    })
    .await
}

async fn new_panel(get: &Get, ctx: &Ctx) -> Result<ActPanel> {
    let divisions = ctx.services.divisions();
    let scope = ctx.actor.scope.as_str();
    let mut areas = vec![Choice::new(scope, format!("{}全部", ctx.services.place(scope)))];
    if scope.len() < 6 {
        areas.extend(divisions.districts().map(|d| Choice::new(&d.code12[..6], d.name.clone())));
    } else if let Some(district) = divisions.get(scope) {
        areas.extend(divisions.children(&district.code12).map(|s| Choice::new(&s.code12[..9], s.name.clone())));
    }
    let mut services = vec![Choice::new("", "全部服务")];
    services.extend(domain::vocabulary::service_categories().iter().map(|s| Choice::new(s.code, s.short_name)));
    let fields = vec![
        Field::of(form::AREA).preset(areas),
        Field::of(form::SERVICE).preset(services),
        Field::of(form::URGENT_ONLY),
        Field::of(form::WAITED_DAYS),
        Field::of(form::PER_ORGANIZATION),
    ];
    let mut form = panel(get, "new", "新的匹配", "/batches", fields, "开始匹配").await?;
    form.next = "只算，不发。算好以后可以固定、去掉、重算，再一次发出。".into();
    Ok(form)
}

/// Computes in the background; the page shows the progress.
fn start(services: &Arc<services::Services>, code: &str) {
    let (services, code) = (Arc::clone(services), code.to_owned());
    tokio::spawn(async move {
        if let Err(error) = batch::run(&services, &code).await {
            tracing::error!(%error, "a batch could not be computed");
        }
    });
}

async fn propose(post: Post) -> Response {
    post.run(
        "正在匹配",
        |code| href(Object::Batch, code),
        async |post, ctx: Ctx| {
            let (area, filter) = batch::read(&ctx, &post.fields)?;
            let code = batch::propose(&ctx, &area, &filter).await?;
            start(&ctx.services, &code);
            Ok(code)
        },
    )
    .await
}

const SIZE: usize = 50;

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let marks = ["proposed", "pinned", "excluded", "sent", "skipped"];
        let mut mark = marks.into_iter().find(|mark| *mark == get.value("mark"));
        let size = i64::try_from(SIZE).unwrap_or(50);
        let window = Window { offset: i64::try_from(get.page() - 1).unwrap_or_default() * size, limit: size };
        let mut view = batch::view(ctx, &code, mark.unwrap_or("proposed"), window).await?;
        // Without a wish: what there is most to do with.
        if mark.is_none() {
            mark = marks.into_iter().find(|mark| view.count(mark) > 0).or(Some("proposed"));
            if mark != Some("proposed") {
                view = batch::view(ctx, &code, mark.unwrap_or("proposed"), window).await?;
            }
        }
        let mark = mark.unwrap_or("proposed");
        let row = &view.batch;
        let now = ctx.now();
        let running = row.state == BatchState::Proposed && row.finished_at.is_none();
        let place = ctx.services.place(&row.division_code);
        let mut head = Head {
            crumbs: vec![Crumb::link("批量匹配", "/batches"), Crumb::here(code.clone())],
            badges: vec![badge(row)],
            notes: vec![filter_words(&view), format!("{}开始", row.created_at.words_near(now))],
            ..Head::new(format!("批量匹配：{place}"))
        };
        if running {
            head = head.action(Link::new("看看算好没有", href(Object::Batch, &code)).primary());
        }
        let notice = if running {
            Some(format!("正在算，已经{}%。可以离开这一页，算好以后再来。", row.progress))
        } else if row.failure.is_some() {
            Some(
                "这次没有算成，没有发出任何邀请。请点“按固定和去掉的重算”再试；还不成的，请联系系统管理员。".to_owned(),
            )
        } else if row.state == BatchState::Sent && view.count("proposed") + view.count("pinned") > 0 {
            Some(format!("正在发出，已发{}项。", view.count("sent")))
        } else {
            None
        };
        let mut groups = Vec::new();
        if !running && row.failure.is_none() {
            groups.push(FitGroup {
                id: "result".into(),
                title: "结果".into(),
                text: result_words(&view),
                ..FitGroup::default()
            });
            groups.extend(items_groups(&get, &view, mark));
            if !view.unserved.is_empty() {
                groups.push(unserved_group(&view));
            }
        }
        let tabs = marks
            .into_iter()
            .filter(|m| view.count(m) > 0)
            .map(|m| {
                let to = address(&href(Object::Batch, &code), &[], &[("mark", m.to_owned())]);
                Tab::new(mark_words(m), to, m == mark).count(count(view.count(m)))
            })
            .collect();
        let panels = if running { Vec::new() } else { panels(&get, &view).await? };
        let model = FitModel { head, notice, tabs, groups, panels, ..FitModel::default() };
        let title = format!("批量匹配：{place}");
        Ok(Page::new(title, move || fit_page(model)))
    })
    .await
}

fn mark_words(mark: &str) -> &'static str {
    match mark {
        "pinned" => "已固定",
        "excluded" => "已去掉",
        "sent" => "已发出",
        "skipped" => "没有发出",
        _ => "建议邀请",
    }
}

fn filter_words(view: &BatchView) -> String {
    let filter = &view.filter;
    let mut all =
        vec![if filter.service.is_empty() { "全部服务".to_owned() } else { service_name(&filter.service) }];
    if filter.urgent_only {
        all.push("只看急难".into());
    }
    if filter.waited_days > 0 {
        all.push(format!("至少等了{}天", filter.waited_days));
    }
    if filter.per_organization > 0 {
        all.push(format!("每家最多{}项", filter.per_organization));
    }
    all.join("，")
}

fn result_words(view: &BatchView) -> String {
    let summary = &view.summary;
    let mut words = vec![summary.words()];
    if summary.covered > 0 {
        words.push(format!("邀请{}家组织。", summary.organizations));
    }
    let tiers = ["急难的", "等了14天以上的", "等了7天以上的", "等了3天以上的", "等了不到3天的"];
    let left: Vec<String> = tiers
        .iter()
        .zip(&summary.unserved)
        .filter(|(_, units)| **units > 0)
        .map(|(tier, units)| format!("{tier}{units}份"))
        .collect();
    if !left.is_empty() {
        words.push(format!("没有着落的数量：{}。在余量、区域和资质的限制下，不能更少了。", left.join("，")));
    }
    for (_, _, why) in &summary.broken {
        words.push(format!("有一项固定没有保住：{why}。"));
    }
    words.concat()
}

/// The invitations of a page, those for urgent needs in a block of their own before all others.
fn items_groups(get: &Get, view: &BatchView, mark: &str) -> Vec<FitGroup> {
    let row = &view.batch;
    let editable = row.state == BatchState::Proposed;
    let now = get.site.services.now();
    let (urgent, others): (Vec<&Listed>, Vec<&Listed>) =
        view.items.iter().partition(|listed| listed.need_urgency == Urgency::Urgent);
    let table = |caption: &str, items: Vec<&Listed>| {
        Table::of(caption, items)
            .column("需求", |listed| {
                let place = get.site.services.place(listed.division_code.get(..9).unwrap_or_default());
                Cell::link(listed.need_title.clone(), href(Object::Need, &listed.need_code))
                    .note(format!("{place}，等了{}", waited(listed.published_at, now)))
            })
            .column("邀请", |listed| {
                let item = &listed.item;
                let amount =
                    domain::need::Amount { quantity: item.quantity, unit: listed.unit.clone(), per: listed.per }
                        .words();
                let offer = listed.project_title.as_deref().unwrap_or("按登记的服务");
                Cell::link(listed.organization_name.clone(), href(Object::Organization, &item.organization_id))
                    .note(format!("{}{amount}，{offer}", service_name(&listed.service_code)))
            })
            .number("契合度", |listed| {
                Cell::text(format!("{}", (listed.item.fit + 5) / 10)).note(listed.item.note.clone())
            })
            .column_if(editable, "调整", |listed| {
                let item = &listed.item;
                let about = &listed.organization_name;
                Cell::decisions(decisions(get, view, mark, item.line_id, item.organization_id, about))
            })
            .done()
    };
    let first = (!urgent.is_empty()).then(|| FitGroup {
        id: "urgent".into(),
        title: format!("急难，先办，{}项", urgent.len()),
        table: Some(table("急难需求的邀请", urgent)),
        ..FitGroup::default()
    });
    let total = count(view.count(mark));
    let pager = (total > SIZE as u64).then(|| pager(&get.request.path, &get.query, get.page(), SIZE, total, "项"));
    let rest = FitGroup {
        id: "items".into(),
        title: format!("{}，{total}项", mark_words(mark)),
        table: Some(table(mark_words(mark), others)),
        pager,
        ..FitGroup::default()
    };
    first.into_iter().chain([rest]).collect()
}

fn decisions(get: &Get, view: &BatchView, mark: &str, line: Uuid, organization: Uuid, about: &str) -> Vec<Decision> {
    let action = href_at(Object::Batch, &view.batch.code, "/change");
    let one = |label: &str, to: &str| {
        Decision::post(label, about, action.clone(), get.once())
            .with("form", get.request.path.clone())
            .with("version", view.batch.version.to_string())
            .with("line", line.to_string())
            .with("organization", organization.to_string())
            .with("to", to)
    };
    match mark {
        "proposed" => vec![one("固定", "pin"), one("去掉", "exclude").quiet()],
        "pinned" => vec![one("取消固定", "unpin"), one("去掉", "exclude").quiet()],
        "excluded" => vec![one("放回来", "include")],
        _ => Vec::new(),
    }
}

fn unserved_group(view: &BatchView) -> FitGroup {
    let table = Table::of("没有着落的需求和原因", &view.unserved)
        .column("需求", |(code, title, urgency, ..)| {
            let mark = if *urgency == Urgency::Urgent { "急难" } else { "" };
            Cell::link(title.clone(), href(Object::Need, &code)).note(mark)
        })
        .column("服务", |(_, _, _, service, _)| Cell::text(service_name(service)))
        .column("为什么", |(.., reason)| Cell::text(reason.clone()))
        .done();
    let all = view.summary.lines - view.summary.covered;
    let shown = view.unserved.len();
    FitGroup {
        id: "unserved".into(),
        title: format!("没有着落的，{all}项"),
        text: if shown < all { format!("先列急难的和等得最久的{shown}项。") } else { String::new() },
        table: Some(table),
        ..FitGroup::default()
    }
}

async fn panels(get: &Get, view: &BatchView) -> Result<Vec<ActPanel>> {
    let row = &view.batch;
    if row.state != BatchState::Proposed {
        let day = row.sent_at.map(|at| day_near(at.day(), get.site.services.now().day())).unwrap_or_default();
        if row.state != BatchState::Sent {
            return Ok(Vec::new());
        }
        return Ok(vec![ActPanel {
            id: "sent".into(),
            title: "已发出".into(),
            facts: vec![
                Fact::new("发出", format!("{}项", view.count("sent"))).note(day),
                Fact::new("没有发出", format!("{}项", view.count("skipped"))),
            ],
            links: vec![Link::new("看邀请的回复", "/asks")],
            ..ActPanel::default()
        }]);
    }
    let at = |name: &str| href_at(Object::Batch, &row.code, &format!("/{name}"));
    let to_send = view.count("proposed") + view.count("pinned");
    let versioned = |mut form: ActPanel| {
        form.target = form.target.with("version", row.version.to_string());
        form
    };
    let mut all = Vec::new();
    if to_send > 0 && row.failure.is_none() {
        let sure = Field::of(form::SURE).choices([Choice::new("1", format!("我看过了，发出这{to_send}项邀请"))]);
        let mut form = panel(get, "send", "发出邀请", &at("send"), vec![sure], "发出邀请").await?;
        form.next = "发出时再核对一遍：机构被暂停的、余量已被占用的、已有人认领的不发，并写明原因。".into();
        all.push(versioned(form));
    }
    let mut form = panel(get, "again", "重新算", &at("again"), Vec::new(), "按固定和去掉的重算").await?;
    form.buttons =
        vec![Button::new("按固定和去掉的重算").secondary(), Button::new("放弃这个方案").quiet().action(at("discard"))];
    all.push(versioned(form));
    Ok(all)
}

fn version(post: &Post) -> i64 {
    post.value("version").parse().unwrap_or_default()
}

async fn change(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Batch, &code);
    post.run(
        "已调整",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            let item = match (post.value("line").parse(), post.value("organization").parse()) {
                (Ok(line), Ok(organization)) => (line, organization),
                _ => return Err(Error::NotFound),
            };
            let change = match post.value("to") {
                "pin" => Change::Pin,
                "unpin" => Change::Unpin,
                "exclude" => Change::Exclude,
                "include" => Change::Include,
                _ => return Err(Error::NotFound),
            };
            batch::change(&ctx, &code, version(post), item, change).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn again(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Batch, &code);
    post.run(
        "正在重新算",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            batch::again(&ctx, &code, version(post)).await?;
            start(&ctx.services, &code);
            Ok(code.clone())
        },
    )
    .await
}

async fn send(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Batch, &code);
    post.run(
        "邀请正在发出",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            post.chosen::<u8>(form::SURE)?;
            batch::send(&ctx, &code, version(post)).await?;
            let (services, code) = (Arc::clone(&ctx.services), code.clone());
            let result = code.clone();
            let job = tokio::spawn(async move {
                if let Err(error) = batch::deliver(&services, &code).await {
                    tracing::error!(%error, "a batch could not be delivered");
                }
            });
            // A small batch is out before the next page; a large one goes on by itself.
            let _ = tokio::time::timeout(std::time::Duration::from_secs(3), job).await;
            Ok(result)
        },
    )
    .await
}

async fn discard(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "方案已放弃",
        |_| "/batches".to_owned(),
        async |post, ctx: Ctx| {
            batch::discard(&ctx, &code, version(post)).await?;
            Ok(code.clone())
        },
    )
    .await
}
