//! One claim: its organization follows it, the office decides on it.

use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{happenings, target};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::due_badge;
use crate::{Access, Route};
use app::components::{ActPanel, Button, Cell, Crumb, Fact, FactLine, Field, Head, Link, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::{Time, day_words};
use domain::claim::ClaimState;
use domain::form::FieldDef;
use domain::form::aid::claim as form;
use domain::href::href;
use domain::machine::{Command, Object};
use services::aid::claim;
use services::aid::view::{self, ClaimView};
use services::finding::hall::service_name;
use services::{Ctx, Result};

pub(crate) fn routes() -> Vec<Route> {
    const SIDES: &[Command] = &[Command::ClaimApprove, Command::ClaimAnswer];
    vec![
        Route::get_at("/claims/{code}", Access::Commands(SIDES), show),
        Route::post_at("/claims/{code}/approve", Access::Commands(&[Command::ClaimApprove]), approve),
        Route::post_at("/claims/{code}/decline", Access::Commands(&[Command::ClaimDecline]), decline),
        Route::post_at("/claims/{code}/ask", Access::Commands(&[Command::ClaimAsk]), ask),
        Route::post_at("/claims/{code}/answer", Access::Commands(&[Command::ClaimAnswer]), answer),
        Route::post_at("/claims/{code}/join", Access::Commands(&[Command::ClaimJoin]), join),
        Route::post_at("/claims/{code}/go-on", Access::Commands(&[Command::ClaimForm]), go_on),
        Route::post_at("/claims/{code}/withdraw", Access::Commands(&[Command::ClaimWithdraw]), withdraw),
    ]
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::claim(ctx, &code).await?;
        let own = ctx.actor.organization_id == Some(view.claim.organization_id);
        let now = ctx.now();
        let panels = panels(&get, ctx, &view, now).await?;
        let dock = panels.first().map(|panel| (panel.title.clone(), format!("#{}", panel.id)));
        let title = if own { "认领".to_owned() } else { view.organization.name.clone() };
        let mut badges = vec![states::claim(view.claim.state)];
        if view.claim.state.is_pending() {
            badges.push(due_badge(view.claim.due_at, view.need.urgent, now));
        }
        let up = if own { "我的认领" } else { "认领" };
        let head = Head {
            crumbs: vec![Crumb::link(up, "/claims"), Crumb::here(code.clone())],
            badges,
            notes: vec![
                view.need.title.clone(),
                view.place.clone(),
                format!("{}提交", view.claim.submitted_at.words_near(now)),
            ],
            ..Head::new(if own {
                format!("认领：{}", view.need.title)
            } else {
                format!("{}的认领", view.organization.name)
            })
        };
        let mut sections = vec![offer(&view)];
        if !view.parts.is_empty() {
            sections.push(crate::aid::joint::parts_section(&view.parts, view.claim.id));
        }
        if own && is_lost(view.claim.state) {
            sections.extend(alternatives(&get, &view).await?);
        }
        if !own {
            sections.push(organization(&view));
            sections.extend(elsewhere(&view));
        }
        let model = RecordModel {
            head,
            notice: notice(&view, own, now),
            sections,
            panels,
            timeline: happenings(&view.timeline, now),
            dock,
            ..RecordModel::default()
        };
        Ok(Page::new(format!("{title} {code}"), move || record_page(model)))
    })
    .await
}

/// What was offered, and what was asked and answered.
fn offer(view: &ClaimView) -> RecordSection {
    let table = Table::of("认领的数量", &view.lines)
        .column("服务", |line| Cell::strong(service_name(&line.service_code)))
        .column("认领", |line| Cell::text(line.amount().words()))
        .column("一共需要", |line| {
            let all = domain::need::Amount { quantity: line.line_quantity, unit: line.unit.clone(), per: line.per };
            Cell::text(all.words())
        })
        .done();
    let need = FactLine::Link { label: view.need.title.clone(), href: href(Object::Need, &view.need.code) };
    let mut facts = vec![
        Fact::lines("需求", vec![need]).note(format!("{}，{}", view.need.code, view.place)),
        Fact::new("哪天开始", day_words(view.claim.start_on)),
        Fact::new("打算怎样做", view.claim.plan.clone()),
    ];
    if let Some(question) = &view.claim.question {
        facts.push(Fact::new("街道请补充", question.clone()));
    }
    if let Some(answer) = &view.claim.answer {
        facts.push(Fact::new("机构的补充", answer.clone()));
    }
    if let Some(reason) = view.claim.reason.as_ref().filter(|reason| !reason.is_empty()) {
        facts.push(Fact::new("原因", reason.clone()));
    }
    if let Some(pairing) = &view.pairing_code {
        let link = FactLine::Link { label: pairing.clone(), href: href(Object::Pairing, &pairing) };
        facts.push(Fact::lines("结对", vec![link]));
    }
    RecordSection::new("offer", "认领了什么", vec![Body::Table(table), Body::Facts(facts)])
}

fn is_lost(state: ClaimState) -> bool {
    matches!(state, ClaimState::Declined | ClaimState::Expired | ClaimState::Superseded)
}

/// Lines of an organization's promises elsewhere that a claim shows.
const WORST: usize = 5;

/// What else is open, for whoever was not chosen.
async fn alternatives(get: &Get, view: &ClaimView) -> Result<Option<RecordSection>> {
    let asked: Vec<String> = view.lines.iter().map(|line| line.service_code.clone()).collect();
    let services = &get.site.services;
    let cards = view::similar(services, get.viewer(), &view.need.code, view.need.kind, &asked).await?;
    let now = services.now();
    let lines = cards.iter().map(|card| crate::base::words::card_line(card, now)).collect::<Vec<_>>();
    let section = RecordSection::new("alternatives", "类似的需求，还缺人", vec![Body::Lines(lines)]);
    Ok((!cards.is_empty()).then_some(section))
}

/// Who claims: what the office checked of it.
fn organization(view: &ClaimView) -> RecordSection {
    let organization = &view.organization;
    let (live, completed) = view.record;
    let mut state = Fact::new("核验", organization.state.label());
    if let Some(until) = organization.verified_until {
        state = state.note(format!("有效期至{}", day_words(until)));
    }
    let offered: Vec<String> = organization.services().iter().map(|code| service_name(code)).collect();
    let inside = |code: &str| offered.contains(&service_name(code));
    let outside: Vec<String> =
        view.lines.iter().map(|l| l.service_code.as_str()).filter(|code| !inside(code)).map(service_name).collect();
    let mut services =
        Fact::new("登记的服务", if offered.is_empty() { "没有登记".to_owned() } else { offered.join("、") });
    if !outside.is_empty() {
        services = services.note(format!("没有登记{}", outside.join("、")));
    }
    let area = if view.serves_here { "包括这个街镇" } else { "登记的区域不包括这个街镇" };
    let mut facts = vec![
        Fact::new("名称", organization.name.clone()),
        Fact::new("统一社会信用代码", organization.uscc.clone()),
        state,
        services,
        Fact::new("服务区域", area),
        Fact::new("正在做的", format!("{live}件，上限{}件", domain::claim::cap(completed))),
        Fact::new("核验为已满足的", format!("{completed}件")),
        Fact::new("约定的兑现", crate::base::promise::kept_words(view.kept)),
    ];
    if !organization.business_scope.is_empty() {
        facts.push(Fact::new("业务范围", organization.business_scope.clone()));
    }
    RecordSection::new("organization", "这家组织", vec![Body::Facts(facts)])
}

/// What it has promised elsewhere and how that stands, which the street decides on: one sentence, and the lines that are kept
/// least.
fn elsewhere(view: &ClaimView) -> Option<RecordSection> {
    let mut lines: Vec<_> = view.elsewhere.iter().flat_map(|promise| &promise.lines).collect();
    lines.sort_by_key(|line| (line.account.kept_percent(), -line.account.short));
    let first = lines.first()?;
    let short = lines.iter().filter(|line| line.account.short > 0).count();
    let all = lines.len();
    let mut words = if short == 0 {
        format!("正在做的{all}项约定都如约。")
    } else {
        let worst = format!("{}少{}{}", first.service, first.account.short, first.unit);
        format!("正在做的{all}项约定，{}项如约，{short}项不足，差得最远的是{worst}。", all - short)
    };
    if all > WORST {
        words += "下面是做得最少的几项。";
    }
    let shown = lines.into_iter().take(WORST).map(crate::base::promise::line).collect();
    let body = vec![Body::Text(words), Body::Promise(shown)];
    Some(RecordSection::new("elsewhere", "它在别处的约定和兑现", body))
}

fn notice(view: &ClaimView, own: bool, now: Time) -> Option<String> {
    let due = view.claim.due_at.map(|due| due.words_near(now)).unwrap_or_default();
    match (view.claim.state, own) {
        (ClaimState::Forming, true) if view.claim.accepted_at.is_none() => Some(format!(
            "{}请贵机构一起认领。请在{due}前答复，数量已先保留。",
            view.parts.first().map(|p| p.organization.clone()).unwrap_or_default()
        )),
        (ClaimState::Forming, _) => {
            Some(format!("等一起认领的组织在{due}前答复，都同意后自动提交给街道。数量已保留。"))
        }
        (ClaimState::Submitted, true) => Some(format!("街道将在{due}前答复，结果发到站内信。数量已为贵机构保留。")),
        (ClaimState::NeedsInfo, true) => Some(format!("街道请贵机构在{due}前补充说明，过期数量会退回。")),
        (ClaimState::NeedsInfo, false) => Some(format!("等机构在{due}前补充说明，不补充就自动失效。")),
        (ClaimState::Approved, true) => Some("街道已同意，请到结对页里尽快联系。".into()),
        (ClaimState::Declined | ClaimState::Expired | ClaimState::Superseded, true) => {
            Some("数量已退回。下面是类似的需求，也可以到大厅再找。".into())
        }
        _ => None,
    }
}

async fn panels(get: &Get, ctx: &Ctx, view: &ClaimView, now: Time) -> Result<Vec<ActPanel>> {
    let path = href(Object::Claim, &view.claim.code);
    let mut panels = Vec::new();
    if let Some(pairing) = &view.pairing_code {
        panels.push(ActPanel {
            id: "next".into(),
            title: "已经结对".into(),
            links: vec![Link::new("打开结对", href(Object::Pairing, &pairing)).primary()],
            ..ActPanel::default()
        });
    }
    if view.offers.has(Command::ClaimJoin) && view.claim.accepted_at.is_none() {
        panels.push(ActPanel {
            id: "join".into(),
            title: "一起认领".into(),
            text: "按上面的数量，由贵机构承接自己的一份。".into(),
            target: target(get, "join", &format!("{path}/join"), None),
            buttons: vec![Button::new("同意参加")],
            next: "都同意以后提交给街道。街道同意后，每家各自结对、各自服务。".into(),
            ..ActPanel::default()
        });
    }
    if view.offers.has(Command::ClaimSubmit)
        && view.claim.lead_id.is_none()
        && services::aid::joint::may_go_on(&view.parts)
    {
        panels.push(ActPanel {
            id: "go-on".into(),
            title: "有组织没有参加".into(),
            text: "没有参加的数量已退回。可以用其余组织的数量提交，或撤回后重新发起。".into(),
            target: target(get, "go-on", &format!("{path}/go-on"), None),
            buttons: vec![Button::new("用其余的数量提交")],
            next: "提交后街道答复。".into(),
            ..ActPanel::default()
        });
    }
    if view.offers.has(Command::ClaimApprove) {
        panels.push(ActPanel {
            id: "approve".into(),
            title: "同意".into(),
            target: target(get, "approve", &format!("{path}/approve"), None),
            buttons: vec![Button::new("同意认领")],
            next: if view.parts.is_empty() {
                "同意后马上结对，机构要在三个工作日内首次联系（急难24小时）。".into()
            } else {
                "同意后每家各自结对，都要在三个工作日内首次联系（急难24小时）。".into()
            },
            ..ActPanel::default()
        });
    }
    let wanted: [(Command, &str, &str, FieldDef, &str, String); 4] = [
        (Command::ClaimAnswer, "answer", "补充说明", form::ANSWER, "提交补充", "提交后街道重新开始计时答复。".into()),
        (
            Command::ClaimAsk,
            "ask",
            "请补充说明",
            form::QUESTION,
            "请机构补充",
            format!(
                "机构要在{}前补充，不补充就自动失效。",
                ctx.services.calendar().due(now, domain::claim::ANSWER_WORKING_DAYS).words_near(now)
            ),
        ),
        (
            Command::ClaimDecline,
            "decline",
            "不同意",
            form::DECLINE,
            "不同意认领",
            "机构会看到原因，数量退回，其他组织可以认领。".into(),
        ),
        (
            Command::ClaimWithdraw,
            "withdraw",
            "撤回认领",
            form::WITHDRAW,
            "撤回认领",
            "数量退回，其他组织可以认领。".into(),
        ),
    ];
    for (command, name, title, field, label, next) in wanted {
        if !view.offers.has(command) {
            continue;
        }
        let mut fields = vec![Field::of(field)];
        let draft = get.draft(name).await?;
        let mistakes = fill(&mut fields, draft.as_ref());
        let target = target(get, name, &format!("{path}/{name}"), draft.as_ref());
        let forming = view.claim.state == ClaimState::Forming && view.claim.accepted_at.is_none();
        let (title, label) =
            if command == Command::ClaimWithdraw && forming { ("不参加", "不参加") } else { (title, label) };
        let button = Button::new(label);
        panels.push(ActPanel {
            id: name.into(),
            title: title.into(),
            target,
            fields,
            mistakes,
            buttons: vec![if command == Command::ClaimAnswer { button } else { button.secondary() }],
            next,
            ..ActPanel::default()
        });
    }
    Ok(panels)
}

async fn approve(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已同意，已经结对",
        |pairing| href(Object::Pairing, &pairing),
        async |_, ctx: Ctx| claim::approve(&ctx, &code).await,
    )
    .await
}

async fn decline(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已答复不同意，数量已退回",
        |code| href(Object::Claim, code),
        async |post, ctx: Ctx| {
            claim::decline(&ctx, &code, post.typed(form::DECLINE)).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn ask(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已请机构补充说明",
        |code| href(Object::Claim, code),
        async |post, ctx: Ctx| {
            claim::ask(&ctx, &code, post.typed(form::QUESTION)).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn answer(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已提交补充说明",
        |code| href(Object::Claim, code),
        async |post, ctx: Ctx| {
            claim::answer(&ctx, &code, post.typed(form::ANSWER)).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn withdraw(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "认领已撤回，数量已退回",
        |code| href(Object::Claim, code),
        async |post, ctx: Ctx| {
            claim::withdraw(&ctx, &code, post.typed(form::WITHDRAW)).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn join(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已同意参加",
        |code| href(Object::Claim, code),
        async |_, ctx: Ctx| {
            services::aid::joint::join(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn go_on(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已提交，等街道答复",
        |code| href(Object::Claim, code),
        async |_, ctx: Ctx| {
            services::aid::joint::go_on(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}
