//! Projects 帮扶项目: the hall, one project, its form, and the organization's own list.

use crate::base::finder::{Finder, SIZE, districts, service_choices};
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, decide, panel};
use crate::base::post::Post;
use crate::base::states;
use crate::finding::hall_words::heard;
use crate::supply::project_form::form;
use crate::{Access, Route};
use app::components::{
    ActPanel, Button, Cell, Crumb, Decision, Empty, EmptyKind, Fact, FactLine, Field, Figure, Glyph, Head, Link,
    NeedCard, Reason, Span, Table,
};
use app::pages::fit::{FitCard, FitGroup, FitModel, fit_page};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::form::supply::project as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::project::{CAPACITY_DAYS, Measure, ProjectState};
use domain::vocabulary::BeneficiaryGroup;
use services::finding::hall::service_name;
use services::supply::project::{self, Free, OwnProject, Project, ProjectView, Wanted};
use services::{Ctx, Result};

macro_rules! door {
    ($command:ident) => {
        Access::Commands(&[Command::$command])
    };
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/projects", Access::Anyone, hall),
        Route::get("/projects/own", Access::Organization, own),
        Route::get("/projects/new", door!(ProjectPublish), new),
        Route::post("/projects", door!(ProjectPublish), publish),
        Route::get_at("/projects/{code}", Access::Anyone, show),
        Route::get_at("/projects/{code}/edit", door!(ProjectEdit), edit),
        Route::post_at("/projects/{code}/edit", door!(ProjectEdit), save),
        Route::post_at("/projects/{code}/confirm", door!(ProjectConfirm), confirm),
        Route::post_at("/projects/{code}/pause", door!(ProjectPause), pause),
        Route::post_at("/projects/{code}/resume", door!(ProjectResume), resume),
        Route::post_at("/projects/{code}/end", door!(ProjectEnd), end),
    ]
}

/// `还能承接5户（共20户）`, `余量待确认（共20户）`
pub(crate) fn free_words(row: &Project, free: Free) -> String {
    let of = match row.measure {
        Measure::Households => format!("{}户", free.of),
        Measure::Units => format!("{}{}{}", row.per.label(), free.of, row.unit),
    };
    if !free.known {
        return format!("余量待确认（共{of}）");
    }
    let unit = if row.measure == Measure::Households { "户" } else { row.unit.as_str() };
    if free.few {
        format!("{}（共{of}）", if free.left > 0 { "还有余量" } else { "没有余量" })
    } else if free.left == 0 {
        format!("没有余量（共{of}）")
    } else {
        format!("还能承接{}{unit}（共{of}）", free.left)
    }
}

fn services_words(row: &Project) -> String {
    row.services().iter().map(|code| service_name(code)).collect::<Vec<_>>().join("、")
}

fn groups_words(row: &Project) -> String {
    let groups = row.groups();
    if groups.is_empty() {
        "不限".to_owned()
    } else {
        groups.iter().map(|g| g.name()).collect::<Vec<_>>().join("、")
    }
}

fn area_words(services: &services::Services, row: &Project) -> String {
    row.areas().iter().map(|code| services.place(code)).collect::<Vec<_>>().join("、")
}

fn period_words(row: &Project) -> String {
    match (row.starts_on, row.ends_on) {
        (Some(start), Some(end)) => format!("{}至{}", day_words(start), day_words(end)),
        (Some(start), None) => format!("{}起", day_words(start)),
        (None, Some(end)) => format!("至{}", day_words(end)),
        (None, None) => "长期".to_owned(),
    }
}

fn each_words(row: &Project) -> Option<String> {
    row.each().map(|(quantity, unit, per)| format!("{}{quantity}{unit}", per.label()))
}

async fn hall(get: Get) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let wanted = Wanted {
            text: Finder::text(&get),
            service: get.value("service").to_owned(),
            group: get.value("group").to_owned(),
            area: get.value("area").to_owned(),
            with_room: get.value("room") == "1",
        };
        let found = project::hall(services, get.reader(), &wanted, (get.page() - 1) * SIZE, SIZE).await?;
        let table = Table::of("正在进行的帮扶项目", &found.rows)
            .column("项目", |(row, _)| {
                let p = &row.project;
                Cell::link(p.title.clone(), href(Object::Project, &p.code)).note(row.organization_name.clone())
            })
            .column("服务和对象", |(row, _)| {
                Cell::text(services_words(&row.project)).note(groups_words(&row.project))
            })
            .column("服务区域", |(row, _)| Cell::text(area_words(services, &row.project)))
            .number("余量", |(row, free)| {
                Cell::text(free_words(&row.project, *free)).note(row.project.schedule.clone())
            })
            .done();
        let mut head = Head::new("帮扶项目").lead("社会组织在这里写明能帮什么、帮谁、在哪里、还有多少余量。");
        if get.reader().is_some_and(|ctx| ctx.may(Command::ProjectPublish)) {
            head = head.action(Link::new("发布项目", "/projects/new").glyph(Glyph::Plus).primary());
        }
        let groups = BeneficiaryGroup::ALL.iter().map(|g| (g.code().to_owned(), g.name().to_owned())).collect();

        let list = ListModel { head, notice: found.found.as_ref().and_then(heard), table, ..ListModel::default() };
        let model = Finder::new(&get, "/projects")
            .wanted("余量", "room", "还有余量")
            .one_of("服务", "service", service_choices())
            .one_of("帮扶对象", "group", groups)
            .one_of("服务区域", "area", districts(&get))
            .around(
                list,
                ("查找项目", "服务、机构或项目名称"),
                "个项目",
                u64::try_from(found.total).unwrap_or_default(),
                Empty::new(EmptyKind::Nothing, "还没有项目", "社会组织核验通过后可以发布。"),
            );
        Ok(Page::new("帮扶项目", move || list_page(model)))
    })
    .await
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let view = project::view(services, get.reader(), &code).await?;
        let row = &view.project;
        let now = services.now();
        let known = if view.free.known {
            format!("{}确认过", row.confirmed_at.words_near(now))
        } else {
            format!("已经{CAPACITY_DAYS}天没有确认，请先联系")
        };
        let mut facts = vec![
            Fact::new("能帮什么", services_words(row)),
            Fact::new("帮谁", groups_words(row)),
            Fact::new("在哪里", area_words(services, row)),
            Fact::new("余量", free_words(row, view.free)).note(known),
            Fact::new("什么时候", if row.schedule.is_empty() { "和街道商量".into() } else { row.schedule.clone() })
                .note(period_words(row)),
        ];
        if let Some(each) = each_words(row) {
            facts.push(Fact::new("每户最多", each));
        }
        let held = row.qualifications();
        if !held.is_empty() {
            facts.push(Fact::new("资质", held.iter().map(|q| q.label()).collect::<Vec<_>>().join("、")));
        }
        facts.push(Fact::lines(
            "机构",
            vec![FactLine::Link {
                label: view.organization.name.clone(),
                href: href(Object::Organization, &view.organization.id),
            }],
        ));
        let mut sections = vec![
            RecordSection::new("what", "怎样帮", vec![Body::Text(row.summary.clone())]),
            RecordSection::new("facts", "项目", vec![Body::Facts(facts)]),
        ];
        if !view.drawn.is_empty() {
            sections.push(drawn(services, &view));
        }
        let panels = if view.own { panels(&get, &view).await? } else { Vec::new() };
        let mut head = Head {
            crumbs: vec![Crumb::link("帮扶项目", "/projects"), Crumb::here(row.code.clone())],
            badges: vec![states::project(row.state)],
            notes: vec![view.organization.name.clone()],
            ..Head::new(row.title.clone())
        };
        if view.offers.has(Command::ProjectEdit) {
            head = head.action(Link::new("修改", href_at(Object::Project, &row.code, "/edit")));
        }
        let notice = row.reason.clone().filter(|_| row.state != ProjectState::Active);
        let title = row.title.clone();
        let model = RecordModel { head, notice, sections, panels, ..RecordModel::default() };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

fn drawn(services: &services::Services, view: &ProjectView) -> RecordSection {
    let table = Table::of("占用余量的认领和结对", &view.drawn)
        .column("需求", |line| {
            let to = match &line.pairing_code {
                Some(pairing) => href(Object::Pairing, &pairing),
                None => href(Object::Claim, &line.claim_code),
            };
            Cell::link(line.need_title.clone(), to).note(services.place(&line.division_code))
        })
        .column("数量", |line| {
            let amount =
                domain::need::Amount { quantity: line.quantity, unit: line.unit.clone(), per: line.per }.words();
            Cell::text(format!("{}{amount}", service_name(&line.service_code)))
        })
        .column("状态", |line| Cell::text(if line.pairing_code.is_some() { "已结对" } else { "等街道答复" }))
        .done();
    RecordSection::new("drawn", "已经用在哪里", vec![Body::Table(table)])
}

async fn panels(get: &Get, view: &ProjectView) -> Result<Vec<ActPanel>> {
    let row = &view.project;
    let at = |name: &str| href_at(Object::Project, &row.code, &format!("/{name}"));
    let mut all = Vec::new();
    let reason = |hint: &str| Field::of(form::REASON).hint(hint.to_owned());
    if view.offers.has(Command::ProjectConfirm) {
        let mut confirm = panel(get, "confirm", "余量对不对", &at("confirm"), Vec::new(), "余量没有变").await?;
        confirm.text = free_words(row, view.free);
        confirm.next = format!("{CAPACITY_DAYS}天没有确认的，大厅里显示“余量待确认”。数字变了请点“修改”。");
        all.push(confirm);
    }
    if view.offers.has(Command::ProjectResume) {
        all.push(panel(get, "resume", "恢复承接", &at("resume"), Vec::new(), "恢复承接").await?);
    }
    if view.offers.has(Command::ProjectPause) {
        let mut pause =
            panel(get, "pause", "暂停或结束", &at("pause"), vec![reason("大厅里看得到")], "暂停承接").await?;
        pause.buttons = vec![Button::new("暂停承接").secondary(), Button::new("结束项目").quiet().action(at("end"))];
        pause.next = "已经结对的照常服务。暂停可以恢复，结束以后不能。".into();
        all.push(pause);
    } else if view.offers.has(Command::ProjectEnd) {
        let mut end = panel(get, "end", "结束项目", &at("end"), vec![reason("写明为什么结束")], "结束项目").await?;
        end.buttons = vec![Button::new("结束项目").secondary()];
        end.next = "已经结对的照常服务。结束以后不能恢复。".into();
        all.push(end);
    }
    Ok(all)
}

async fn own(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let may = ctx.may(Command::ProjectPublish);
        let mut head = Head::new("我的项目");
        if may {
            head = head.action(Link::new("发布项目", "/projects/new").glyph(Glyph::Plus).primary());
        }
        let all = project::own(ctx).await?;
        let empty = all.is_empty().then(|| {
            let empty = Empty::new(
                EmptyKind::Nothing,
                "还没有项目",
                "写明能帮什么、帮谁、在哪里、能帮几户，合适的需求就会找上门。",
            );
            if may { empty.action(Link::new("发布项目", "/projects/new")) } else { empty }
        });
        let cards = all
            .iter()
            .map(|own| FitCard { card: card(ctx, &own.project, own.free), decisions: own_decisions(&get, own) })
            .collect();
        let group =
            FitGroup { id: "own".into(), title: format!("{}个项目", all.len()), cards, ..FitGroup::default() };
        let groups = if empty.is_some() { Vec::new() } else { vec![group] };
        let model = FitModel { head, groups, empty, ..FitModel::default() };
        Ok(Page::new("我的项目", move || fit_page(model)))
    })
    .await
}

fn own_decisions(get: &Get, own: &OwnProject) -> Vec<Decision> {
    let row = &own.project;
    let mut all = Vec::new();
    if own.offers.has(Command::ProjectConfirm) {
        all.push(decide(get, "余量没有变", &row.title, &href_at(Object::Project, &row.code, "/confirm")));
    }
    if own.offers.has(Command::ProjectEdit) {
        all.push(Decision::get("修改", row.title.clone(), href_at(Object::Project, &row.code, "/edit")).quiet());
    }
    all
}

fn card(ctx: &Ctx, row: &Project, free: Free) -> NeedCard {
    let figure = |term: &str, value: String| Figure { term: term.into(), value, coverage: None };
    let now = ctx.now();
    let reason = if row.state != ProjectState::Active {
        Reason { fits: false, text: row.reason.clone().unwrap_or_else(|| row.state.label().to_owned()) }
    } else if free.known {
        Reason { fits: true, text: format!("余量{}确认过", row.confirmed_at.words_near(now)) }
    } else {
        Reason { fits: false, text: format!("余量{CAPACITY_DAYS}天没有确认，请确认一下") }
    };
    NeedCard {
        href: href(Object::Project, &row.code),
        title: Span::plain(row.title.clone()),
        badges: vec![states::project(row.state)],
        place: area_words(&ctx.services, row),
        summary: Span::plain(services_words(row)),
        figures: vec![figure("余量", free_words(row, free)), figure("期限", period_words(row))],
        reasons: vec![reason],
    }
}

async fn new(get: Get) -> Response {
    get.show(async { form(&get, "发布项目", "/projects", None).await }).await
}

async fn edit(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let view = project::view(&get.site.services, get.reader(), &code).await?;
        if !view.own {
            return Err(services::Error::NotFound);
        }
        view.offers.must(Command::ProjectEdit)?;
        form(&get, "修改项目", &href_at(Object::Project, &code, "/edit"), Some(&view.project)).await
    })
    .await
}

async fn publish(post: Post) -> Response {
    post.run(
        "项目已发布",
        |code| href(Object::Project, &code),
        async |post, ctx: Ctx| {
            let input = project::read(&post.fields, &ctx.services.divisions())?;
            project::publish(&ctx, &input).await
        },
    )
    .await
}

async fn save(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Project, &code);
    post.run(
        "已保存，余量按刚才填的确认",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            let input = project::read(&post.fields, &ctx.services.divisions())?;
            project::edit(&ctx, &code, post.value("version").parse().unwrap_or_default(), &input).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn run<F>(post: Post, code: String, said: &str, command: F) -> Response
where
    F: AsyncFnOnce(&Post, &Ctx, &str) -> Result<()>,
{
    // A decision from a list goes back to it.
    let back = post.value("back").to_owned();
    let to = if crate::base::ways::is_local(&back) { back } else { href(Object::Project, &code) };
    post.run(
        said,
        move |_| to.clone(),
        async |post, ctx| {
            command(post, &ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn confirm(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "余量已确认", async |_, ctx, code| project::confirm(ctx, code).await).await
}

async fn pause(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已暂停承接", async |post, ctx, code| {
        project::pause(ctx, code, post.typed(form::REASON)).await
    })
    .await
}

async fn resume(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已恢复承接", async |_, ctx, code| project::resume(ctx, code).await).await
}

async fn end(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "项目已结束", async |post, ctx, code| project::end(ctx, code, post.typed(form::REASON)).await).await
}

/// The table of an organization's projects for its page.
pub(crate) fn section(services: &services::Services, all: &[(Project, Free)]) -> RecordSection {
    let table = Table::of("帮扶项目", all)
        .column("项目", |(row, _)| {
            Cell::link(row.title.clone(), href(Object::Project, &row.code)).note(services_words(row))
        })
        .column("服务区域", |(row, _)| Cell::text(area_words(services, row)))
        .number("余量", |(row, free)| Cell::text(free_words(row, *free)))
        .done();
    let title = format!("帮扶项目，{}个", count(i64::try_from(all.len()).unwrap_or_default()));
    RecordSection::new("projects", title, vec![Body::Table(table)])
}
