//! 志愿服务队: the hall, one team, the teams that the reader looks after.

use crate::base::form_fields::fill_all;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{count, panel, target};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::pager;
use crate::volunteers::member;
use crate::volunteers::team_ways::{LEAD, run};
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Decision, Empty, EmptyKind, Fact, FactLine, Field, Glyph, Head, Line,
    Link, Mark, Search, Table,
};
use app::pages::confirm::{ConfirmModel, confirm_page};
use app::pages::desk::DeskTable;
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::volunteers::team as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::role::Role;
use domain::team::{MemberState, TeamState};
use services::finding::hall::service_name;
use services::office::desk::Item;
use services::office::desk::VolunteerTask;
use services::volunteers::team::{self, Team, TeamView};
use services::{Ctx, Result};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/teams", Access::Anyone, hall),
        Route::get("/teams/own", LEAD, own),
        Route::get_at("/teams/{code}", Access::Anyone, show),
        Route::post_at("/teams/{code}/approve", Access::Commands(&[Command::TeamApprove]), approve),
        Route::post_at("/teams/{code}/refuse", Access::Commands(&[Command::TeamRefuse]), refuse),
        Route::get_at("/teams/{code}/end", Access::Commands(&[Command::TeamEnd]), ask_end),
        Route::post_at("/teams/{code}/end", Access::Commands(&[Command::TeamEnd]), end),
    ]
}

fn services_words(row: &Team) -> String {
    row.services().iter().map(|code| service_name(code)).collect::<Vec<_>>().join("、")
}

/// Who stands behind a team.
fn behind(services: &services::Services, row: &Team, organization: Option<&str>) -> String {
    match organization {
        Some(name) => name.to_owned(),
        None => format!("{}管理", services.place(&row.division_code)),
    }
}

/// Teams on a page.
const SIZE: usize = 20;

async fn hall(get: Get) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let word: String = get.value("q").chars().take(60).collect();
        let area = get.value("area");
        let area = if services.divisions().get(area).is_some() { area } else { "" };
        let size = i64::try_from(SIZE).unwrap_or(20);
        let offset = i64::try_from(get.page() - 1).unwrap_or_default() * size;
        let (rows, total) = team::hall(services, &word, area, offset, size).await?;
        let total = count(total);
        let table = Table::of("正在招募的志愿服务队", &rows)
            .column("服务队", |row| {
                let behind = behind(services, &row.team, row.organization_name.as_deref());
                Cell::link(row.team.name.clone(), href(Object::Team, &row.team.code)).note(behind)
            })
            .column("做什么", |row| Cell::text(services_words(&row.team)))
            .column("在哪里", |row| Cell::text(services.place(&row.team.division_code)))
            .number("队员", |row| Cell::text(format!("{}人", row.members)))
            .done();
        let mut head = Head::new("志愿服务队").lead("跟着队伍参加：有人带，有培训，时长有人记。");
        let role = get.reader().map(Ctx::role);
        if role.is_none() {
            head = head.action(Link::new("登记为志愿者", "/volunteers/join").primary());
        } else if get.reader().is_some_and(|ctx| ctx.may(Command::TeamFound)) {
            head = head.action(Link::new("建立服务队", "/teams/new").glyph(Glyph::Plus).primary());
        } else if role == Some(Role::Volunteer) {
            head = head.action(Link::new("申请成立服务队", "/teams/new").glyph(Glyph::Plus));
        }
        let empty = (total == 0).then(|| {
            if word.is_empty() && area.is_empty() {
                Empty::new(
                    EmptyKind::Nothing,
                    "还没有服务队",
                    "社会组织核验通过后可以建立，社区里的热心人也可以申请成立。",
                )
            } else {
                Empty::new(EmptyKind::NoMatch, "没有找到这样的服务队", "换一个说法，或者看看全部。")
                    .action(Link::new("全部服务队", "/teams"))
            }
        });
        let model = ListModel {
            head,
            search: Some(Search {
                action: "/teams".into(),
                query: word.clone(),
                label: "查找服务队".into(),
                placeholder: "服务队或机构的名称".into(),
                suggest: None,
                keep: Vec::new(),
            }),
            found: format!("{total}支服务队"),
            table,
            pager: (total > SIZE as u64).then(|| pager("/teams", &get.query, get.page(), SIZE, total, "支")),
            empty,
            ..ListModel::default()
        };
        Ok(Page::new("志愿服务队", move || list_page(model)))
    })
    .await
}

fn own_teams(ctx: &Ctx, caption: &str, all: &[Team]) -> Table {
    Table::of(caption, all)
        .column("服务队", |row| {
            let name = if row.organization_id.is_none() { behind(&ctx.services, row, None) } else { String::new() };
            Cell::link(row.name.clone(), href(Object::Team, &row.code)).note(name)
        })
        .column("做什么", |row| Cell::text(services_words(row)))
        .done()
}

/// The leader's teams, under what is due.
pub(crate) fn own_table(ctx: &Ctx, all: &[Team]) -> DeskTable {
    let table = own_teams(ctx, "我带的服务队", all);
    let id = "teams".into();
    DeskTable { id, title: "我带的服务队".into(), table, action: None, all: None, empty: None }
}

async fn own(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let all = team::own(ctx).await?;
        let mut head = Head::new("服务队");
        if ctx.may(Command::TeamFound) {
            head = head.action(Link::new("建立服务队", "/teams/new").glyph(Glyph::Plus).primary());
        }
        let text = if ctx.role().is_organization() {
            "建立一支服务队，把要人帮忙的事做成岗位，志愿者自己来报名。"
        } else {
            "辖区里独立的服务队由村居或街镇管理，成立时在这里同意。"
        };
        let empty = all.is_empty().then(|| Empty::new(EmptyKind::Nothing, "还没有服务队", text));
        let model = ListModel {
            head,
            found: format!("{}支服务队", all.len()),
            table: own_teams(ctx, "服务队", &all),
            empty,
            ..ListModel::default()
        };
        Ok(Page::new("服务队", move || list_page(model)))
    })
    .await
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let services = &get.site.services;
        let offset = i64::try_from(get.page() - 1).unwrap_or_default() * team::MEMBERS;
        let view = team::view(services, get.reader(), &code, offset).await?;
        let row = &view.team;
        let openings = services::volunteers::opening::of_team(services, row.id, view.leads()).await?;
        let mut facts = vec![
            Fact::new("做什么", services_words(row)),
            Fact::new("队员", format!("{}人", view.members)),
            Fact::new("已记录", format!("{}，{}人次", domain::hours::words(view.served.1), view.served.0)),
        ];
        facts.push(match &view.organization {
            Some(o) => Fact::lines(
                "所属机构",
                vec![match get.reader() {
                    Some(_) => FactLine::Link { label: o.name.clone(), href: href(Object::Organization, &o.id) },
                    None => FactLine::Text(o.name.clone()),
                }],
            ),
            None => Fact::new("由谁管理", services.place(&row.division_code)),
        });
        let mut sections = vec![
            RecordSection::new("about", "怎样服务", vec![Body::Text(row.about.clone())]),
            RecordSection::new("facts", "服务队", vec![Body::Facts(facts)]),
            openings_section(&view, &openings),
        ];
        if view.leads() {
            if !view.applied.is_empty() {
                sections.insert(0, member::applied(&get, &view));
            }
            if !view.invited.is_empty() {
                sections.push(member::invited(&get, &view));
            }
            sections.push(books(&view));
            sections.push(member::members(&get, &view));
        }
        let panels = panels(&get, &view).await?;
        // Taking somebody out is not what a page offers first.
        let first = panels.first().filter(|panel| panel.id != "remove");
        let dock = first.map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
        let mut badges = vec![states::team(row.state)];
        if let Some(own) = &view.own {
            badges.push(if own.leads {
                Badge::info("我是队长")
            } else if own.state == MemberState::Active {
                Badge::info("我是队员")
            } else if own.state == MemberState::Invited {
                Badge::care("邀请您加入")
            } else {
                Badge::wait("等待答复")
            });
        }
        let mut head = Head {
            crumbs: vec![Crumb::link("志愿服务队", "/teams"), Crumb::here(row.code.clone())],
            badges,
            notes: vec![behind(services, row, view.organization.as_ref().map(|o| o.name.as_str()))],
            ..Head::new(row.name.clone())
        };
        if view.offers.permits(Command::OpeningCreate) && row.state == TeamState::Active {
            head = head.action(
                Link::new("新建岗位", href_at(Object::Team, &code, "/openings/new")).glyph(Glyph::Plus).primary(),
            );
        }
        if view.offers.has(Command::TeamEdit) {
            head = head.action(Link::new("修改", href_at(Object::Team, &code, "/edit")));
        }
        if view.offers.has(Command::TeamEnd) {
            head = head.action(Link::new("解散", href_at(Object::Team, &code, "/end")));
        }
        let notice = row.reason.clone().filter(|_| matches!(row.state, TeamState::Refused | TeamState::Ended));
        let title = row.name.clone();
        let model = RecordModel { head, notice, sections, panels, dock, ..RecordModel::default() };
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

/// What is kept about the members, and ways to fill it.
fn books(view: &TeamView) -> RecordSection {
    let to = |name: &str| href_at(Object::Team, &view.team.code, &format!("/{name}"));
    let line = |title: &str, name: &str, note: &str| Line {
        title: title.into(),
        href: to(name),
        mark: Mark::None,
        note: note.into(),
    };
    let mut all = vec![line("培训和表彰", "trainings", "记在队员的服务记录里")];
    if view.offers.permits(Command::MemberInvite) && view.team.state == TeamState::Active {
        all.push(line("导入名册", "import", "按Excel或CSV名册邀请，本人同意后入队"));
    }
    if view.offers.permits(Command::TeamExport) {
        all.push(line("导出服务记录", "records", "按民政部令第67号的栏目，Excel和CSV"));
    }
    RecordSection::new("books", "名册和记录", vec![Body::Lines(all)])
}

fn openings_section(view: &TeamView, openings: &[services::volunteers::opening::Opening]) -> RecordSection {
    let table = Table::of("岗位", openings)
        .column("岗位", |o| Cell::link(o.title.clone(), href(Object::Opening, &o.code)).note(o.place.clone()))
        .column("服务", |o| Cell::text(service_name(&o.service_code)))
        .column("状态", |o| Cell::badge(states::opening(o.state)))
        .done();
    let body = Body::table_or(table, || {
        let text = if view.leads() {
            "点“新建岗位”，写明做什么、什么时候、要几个人。"
        } else {
            "有新的岗位会列在这里。"
        };
        Empty::new(EmptyKind::Nothing, "现在没有招募的岗位", text)
    });
    RecordSection::new("openings", "岗位", vec![body])
}

async fn panels(get: &Get, view: &TeamView) -> Result<Vec<ActPanel>> {
    let row = &view.team;
    let at = |name: &str| href_at(Object::Team, &row.code, &format!("/{name}"));
    let mut all = Vec::new();
    if view.offers.has(Command::TeamApprove) {
        let fields = vec![Field::of(form::REFUSE)];
        let mut decide = panel(get, "decide", "同意成立吗", &at("approve"), fields, "同意成立").await?;
        decide.buttons = vec![Button::new("同意成立"), Button::new("不同意").secondary().action(at("refuse"))];
        decide.next = "同意以后由本单位管理：看得到名单和班次，确认时长。".into();
        all.push(decide);
    }
    let volunteer = get.reader().is_some_and(|ctx| ctx.role() == Role::Volunteer);
    match &view.own {
        None if volunteer && row.state == TeamState::Active => {
            let fields = vec![Field::of(form::NOTE)];
            let mut join = panel(get, "join", "申请入队", &at("join"), fields, "申请入队").await?;
            join.next = "队长看得到您的姓名和电话，一般3个工作日内答复。".into();
            all.push(join);
        }
        Some(own) if own.state == MemberState::Invited => {
            let to = href_at(Object::Member, &own.id, "/agree");
            let mut agree = panel(get, "agree", "邀请您加入", &to, Vec::new(), "加入").await?;
            agree.buttons.push(Button::new("不加入").secondary().action(at("leave")));
            agree.next = "加入以后队长看得到您的姓名和电话，可以报只招队员的岗位。随时可以退出。".into();
            all.push(agree);
        }
        Some(own) => {
            let words = if own.state == MemberState::Active { "退出服务队" } else { "收回申请" };
            let mut leave = panel(get, "leave", words, &at("leave"), Vec::new(), words).await?;
            leave.buttons = vec![Button::new(words).secondary()];
            if own.state == MemberState::Active {
                leave.next = "已经记录的时长都在。报了名的班次不受影响，来不了请另外取消。".into();
            }
            all.push(leave);
        }
        None => {}
    }
    if view.leads() && !view.active.is_empty() {
        let people = view.active.iter().map(|m| Choice::new(m.listing.member.id.to_string(), m.name.clone()));
        let fields = vec![Field::of(form::MEMBER).choices(people), Field::of(form::REMOVE)];
        let mut remove = panel(get, "remove", "移出队员", &at("remove"), fields, "移出").await?;
        remove.buttons = vec![Button::new("移出").secondary()];
        all.push(remove);
    }
    if get.reader().is_none() && row.state == TeamState::Active {
        all.push(ActPanel {
            id: "join".into(),
            title: "想参加".into(),
            text: "登记为志愿者以后就能申请入队，两分钟填完。".into(),
            links: vec![
                Link::new("登记为志愿者", "/volunteers/join").primary(),
                Link::new(
                    "我有账号，登录",
                    crate::base::words::address("/login", &[], &[("next", href(Object::Team, &row.code))]),
                ),
            ],
            ..ActPanel::default()
        });
    }
    Ok(all)
}

async fn approve(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已同意成立", async |_, ctx, code| team::decide(ctx, code, true, "").await).await
}

async fn refuse(Path(code): Path<String>, post: Post) -> Response {
    run(post, code, "已答复", async |post, ctx, code| team::decide(ctx, code, false, post.typed(form::REFUSE)).await)
        .await
}

async fn ask_end(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let view = team::view(&get.site.services, get.reader(), &code, 0).await?;
        if !view.offers.permits(Command::TeamEnd) {
            return Err(services::Error::NotFound);
        }
        let draft = get.draft("end").await?;
        let mut fields = vec![Field::of(form::END)];
        fill_all(&mut fields, draft.as_ref());
        let model = ConfirmModel {
            head: Head::new("解散这支服务队？")
                .crumbs(vec![Crumb::link(view.team.name.clone(), href(Object::Team, &code)), Crumb::here("解散")]),
            facts: vec![Fact::new("服务队", view.team.name.clone()), Fact::new("队员", format!("{}人", view.members))],
            consequences: vec![
                "还没开始的班次都取消，报了名的人会收到通知。".into(),
                "已经记录的时长和证明都在。".into(),
                "解散以后不能恢复。".into(),
            ],
            target: target(&get, "end", &href_at(Object::Team, &code, "/end"), draft.as_ref()),
            fields,
            label: "确定解散".into(),
            cancel: href(Object::Team, &code),
        };
        Ok(Page::new("解散服务队", move || confirm_page(model)))
    })
    .await
}

async fn end(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "服务队已解散",
        |_| "/teams/own".to_owned(),
        async |post, ctx: Ctx| {
            team::end(&ctx, &code, post.typed(form::END)).await?;
            Ok(code.clone())
        },
    )
    .await
}

/// A line of the desk for whoever looks after a team.
pub(crate) fn due(task: VolunteerTask, item: &Item) -> (&'static str, String, Vec<Decision>) {
    let team = href(Object::Team, &item.code);
    let shift = href(Object::Shift, &item.id);
    let open = |label: &str, to: String| vec![Decision::get(label, item.title.clone(), to)];
    match task {
        VolunteerTask::DecideTeam => {
            ("答复服务队的申请", format!("{team}#decide"), open("去答复", format!("{team}#decide")))
        }
        VolunteerTask::DecideMember => {
            ("入队申请", format!("{team}#applied"), open("去答复", format!("{team}#applied")))
        }
        VolunteerTask::DecideSignup => ("答复报名", shift.clone(), open("去答复", shift)),
        VolunteerTask::TakeAttendance => {
            ("登记到岗", format!("{shift}#attendance"), open("去登记", format!("{shift}#attendance")))
        }
        VolunteerTask::EnterHours => ("填报时长", format!("{shift}#hours"), open("去填报", format!("{shift}#hours"))),
        VolunteerTask::ConfirmHours => {
            ("确认时长", format!("{shift}#confirm"), open("去确认", format!("{shift}#confirm")))
        }
        VolunteerTask::Incident => {
            let page = href(Object::Incident, &item.id);
            ("志愿服务中的意外情况", page.clone(), open("去处理", page))
        }
        VolunteerTask::AnswerCorrection => {
            ("答复更正", format!("{shift}#corrections"), open("去答复", format!("{shift}#corrections")))
        }
    }
}
