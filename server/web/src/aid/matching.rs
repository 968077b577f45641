//! Who fits whom: candidates for a need, needs for an organization, and the city's weights.

use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{panel, target};
use crate::base::post::Post;
use crate::base::states;
use crate::base::words::waited;
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Crumb, Empty, EmptyKind, Field, FieldGroup, Figure, Head, Line, Link, Mark,
    NeedCard, Reason, Span, Table, Tone,
};
use app::pages::fit::{FitCard, FitGroup, FitModel, fit_page};
use app::pages::form::{FormModel, form_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use domain::ask::{AskState, OPEN_PER_LINE};
use domain::form::FieldAt;
use domain::form::aid::ask as form;
use domain::form::aid::batch::WEIGHT;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::project::PartKind;
use services::aid::ask;
use services::aid::ask::Listed;
use services::aid::matching::{self as fits, Candidate, Candidates, Fitting};
use services::aid::matching::{Part, Weights};
use services::aid::view::StaffNeed;
use services::{Ctx, Error, Result};

pub(crate) fn routes() -> Vec<Route> {
    const INVITE: Access = Access::Commands(&[Command::AskSend]);
    const WEIGH: Access = Access::Commands(&[Command::ReferenceWeights]);
    vec![
        Route::get_at("/needs/{code}/candidates", INVITE, candidates),
        Route::post_at("/needs/{code}/invite", INVITE, invite),
        Route::get("/matches", Access::Organization, matches),
        Route::get("/matching/weights", WEIGH, weights),
        Route::post("/matching/weights", WEIGH, set_weights),
    ]
}

/// `契合度 82`
fn fit_badge(total: u16) -> Badge {
    let hundred = (total + 5) / 10;
    let tone = match hundred {
        70.. => Tone::Good,
        45.. => Tone::Info,
        _ => Tone::Plain,
    };
    Badge::tag(tone, app::components::Glyph::Check, format!("契合度{hundred}"))
}

fn reasons(parts: &[Part]) -> Vec<Reason> {
    parts
        .iter()
        .filter(|part| part.weight > 0)
        .map(|part| Reason {
            fits: part.points >= 50,
            text: format!("{}\u{3000}{}：{}分", part.words, part.kind.label(), part.points),
        })
        .collect()
}

/// Candidates shown on the page of their own.
const SHOWN: usize = 20;

async fn candidates(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let found = fits::candidates(ctx, &code, None, SHOWN).await?;
        let asked = ask::of_need(ctx, &code).await?;
        let cards = found.found.iter().map(|c| FitCard { card: card(c), decisions: Vec::new() }).collect();
        let mut groups = vec![FitGroup {
            id: "found".into(),
            title: format!("{}家合适", found.total),
            text: "按契合度排列，只供参考。邀请由您决定，接受由组织决定。".into(),
            cards,
            ..FitGroup::default()
        }];
        if !asked.is_empty() {
            groups.insert(0, invited(&asked, ctx));
        }
        if !found.left.is_empty() {
            groups.push(left_out(&found));
        }
        let head = Head {
            crumbs: vec![
                Crumb::link("需求", "/desk/needs"),
                Crumb::link(code.clone(), href(Object::Need, &code)),
                Crumb::here("找组织"),
            ],
            notes: vec![found.title.clone(), found.place.clone()],
            ..Head::new("找合适的组织")
        };
        let empty = found.found.is_empty().then(|| {
            Empty::new(
                EmptyKind::NoMatch,
                "现在没有合适的组织",
                "下面写明了为什么不合适。可以改需求的时间或数量，或者请区民政局在更大范围里找。",
            )
            .action(Link::new("回到需求", href(Object::Need, &code)))
        });
        if found.found.is_empty() {
            groups.retain(|group| group.id != "found");
        }
        let panels =
            if found.found.is_empty() { Vec::new() } else { vec![invite_panel(&get, &code, &found, &asked).await?] };
        let model = FitModel { head, groups, panels, empty, ..FitModel::default() };
        let title = format!("找合适的组织 {code}");
        Ok(Page::new(title, move || fit_page(model)))
    })
    .await
}

fn card(found: &Candidate) -> NeedCard {
    let figures = vec![Figure {
        term: "项目".into(),
        value: if found.offers.is_empty() { "按登记的服务".into() } else { found.offers.join("、") },
        coverage: None,
    }];
    NeedCard {
        href: href(Object::Organization, &found.organization),
        title: Span::plain(found.name.clone()),
        badges: vec![fit_badge(found.total)],
        place: String::new(),
        summary: Vec::new(),
        figures,
        reasons: reasons(&found.parts),
    }
}

fn left_out(found: &Candidates) -> FitGroup {
    let table = Table::of("不合适的组织和原因", &found.left)
        .column("组织", |(name, _)| Cell::text(name.clone()))
        .column("为什么不合适", |(_, why)| Cell::text(why.clone()))
        .done();
    FitGroup {
        id: "left".into(),
        title: format!("提供这类服务但不合适的，{}家", found.left_total),
        table: Some(table),
        ..FitGroup::default()
    }
}

/// Invitations on a need as a table.
fn invited(asked: &[Listed], ctx: &Ctx) -> FitGroup {
    let table = asks_table(asked, ctx);
    FitGroup {
        id: "asked".into(),
        title: format!("已经邀请{}次", asked.len()),
        table: Some(table),
        ..FitGroup::default()
    }
}

pub(crate) fn asks_table(asked: &[Listed], ctx: &Ctx) -> Table {
    let now = ctx.now();
    Table::of("邀请", asked)
        .column("组织", |listed| Cell::link(listed.organization_name.clone(), href(Object::Ask, &listed.ask.id)))
        .column("状态", |listed| {
            Cell::badge(states::ask(listed.ask.state)).note(listed.ask.reason.clone().unwrap_or_default())
        })
        .column("时间", |listed| {
            let row = &listed.ask;
            Cell::text(match row.state {
                AskState::Sent => format!("{}前回复", row.due_at.words_near(now)),
                _ => row.answered_at.map(|at| at.words_near(now)).unwrap_or_default(),
            })
        })
        .done()
}

async fn invite_panel(get: &Get, code: &str, found: &Candidates, asked: &[Listed]) -> Result<ActPanel> {
    let waiting = |id| asked.iter().any(|l| l.ask.organization_id == id && l.ask.state == AskState::Sent);
    let choices: Vec<Choice> = found
        .found
        .iter()
        .filter(|c| !waiting(c.organization))
        .map(|c| Choice::new(c.organization.to_string(), format!("{}，契合度{}", c.name, (c.total + 5) / 10)))
        .collect();
    let fields = vec![
        Field::of(form::ORGANIZATIONS)
            .choices(choices)
            .hint(format!("每项服务同时最多{OPEN_PER_LINE}家在等回复。先答应的先得。")),
        Field::of(form::NOTE),
    ];
    let mut form =
        panel(get, "invite", "发出邀请", &href_at(Object::Need, code, "/invite"), fields, "发出邀请").await?;
    form.next = "组织3个工作日内回复，急难的24小时。没有接受以前，谁都可以认领。".into();
    Ok(form)
}

async fn invite(Path(code): Path<String>, post: Post) -> Response {
    let to = href_at(Object::Need, &code, "/candidates");
    post.run(
        "邀请已发出",
        move |_| to.clone(),
        async |post, ctx: Ctx| {
            let wanted: Vec<ask::Wanted> = post
                .fields
                .iter()
                .filter(|(name, _)| name == "organization")
                .filter_map(|(_, id)| Some(ask::Wanted { organization: id.parse().ok()?, lines: Vec::new() }))
                .collect();
            ask::send(&ctx, &code, &wanted, post.value("note")).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn matches(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let all = if ctx.verified { fits::fitting(ctx, SHOWN).await? } else { Vec::new() };
        let now = ctx.now();
        let empty = all.is_empty().then(|| {
            let (title, text) = if ctx.verified {
                ("现在没有合适的需求", "写明能帮什么、在哪里、还有多少余量，合适的需求会更多。")
            } else {
                ("核验通过后才能看到", "区民政局核验以后，这里会列出合适的需求。")
            };
            Empty::new(EmptyKind::Nothing, title, text).action(Link::new("我的项目", "/projects/own"))
        });
        let cards = all.iter().map(|fit| FitCard { card: fitting_card(fit, now), decisions: Vec::new() }).collect();
        let group = FitGroup {
            id: "fit".into(),
            title: format!("{}个需求适合贵机构", all.len()),
            text: "按贵机构的项目、区域、余量和以往的记录排列。看中了就打开认领。".into(),
            cards,
            ..FitGroup::default()
        };
        let head = Head::new("适合我们的需求").action(Link::new("我的项目", "/projects/own"));
        let groups = if empty.is_some() { Vec::new() } else { vec![group] };
        let model = FitModel { head, groups, empty, ..FitModel::default() };
        Ok(Page::new("适合我们的需求", move || fit_page(model)))
    })
    .await
}

fn fitting_card(fit: &Fitting, now: domain::calendar::Time) -> NeedCard {
    let figure = |term: &str, value: String| Figure { term: term.into(), value, coverage: None };
    let mut badges = vec![fit_badge(fit.total)];
    if fit.urgent {
        badges.insert(0, Badge::urgent("急难"));
    }
    let mut figures = vec![figure("还差", fit.open.join("，")), figure("已等待", waited(fit.published_at, now))];
    if let Some(project) = &fit.project {
        figures.push(figure("可以用项目", project.clone()));
    }
    NeedCard {
        href: href(Object::Need, &fit.code),
        title: Span::plain(fit.title.clone()),
        badges,
        place: fit.place.clone(),
        summary: Vec::new(),
        figures,
        reasons: reasons(&fit.parts),
    }
}

/// The field of one weight; left empty it stays as it is.
fn weight(kind: PartKind) -> FieldAt {
    WEIGHT.optional().at(kind.as_str()).labelled(kind.label())
}

/// The weights of a query or form; what is missing stays as `base` has it.
fn read_weights(base: Weights, value: impl Fn(&str) -> String) -> Result<Weights> {
    let mut check = domain::field::Check::new();
    let mut weights = base;
    for kind in PartKind::ALL {
        if let Some(number) = check.whole(weight(*kind), &value(kind.as_str())) {
            weights.set(*kind, u32::try_from(number).unwrap_or_default());
        }
    }
    check.done()?;
    Ok(weights)
}

/// Real needs in the preview, and candidates of each.
const PREVIEW_NEEDS: i64 = 3;
const PREVIEW_CANDIDATES: usize = 3;

async fn weights(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let present = fits::weights(&ctx.services).await?;
        // Tried weights travel in the address: looking changes nothing.
        let tried = read_weights(present, |name| get.value(name).to_owned()).unwrap_or(present);
        let tries = tried != present && tried.is_sound();
        let hints = [
            "服务对得上",
            "对象对得上",
            "离得近",
            "还有余量",
            "时间合得上",
            "资质齐全",
            "以往办结得好",
            "项目和需求写的话像",
        ];
        let mut fields: Vec<Field> = PartKind::ALL
            .iter()
            .zip(hints)
            .map(|(kind, hint)| Field::of(weight(*kind)).hint(hint).value(tried.of(*kind).to_string()))
            .collect();
        let draft = get.draft("weights").await?;
        let mistakes = fill(&mut fields, draft.as_ref());
        let target = target(&get, "weights", "/matching/weights", draft.as_ref());
        let previews = services::aid::queue::try_out(ctx, (present, tried), PREVIEW_NEEDS, PREVIEW_CANDIDATES)
            .await?
            .iter()
            .map(|(before, after)| preview(before, after, tries))
            .collect();
        let model = FormModel {
            head: Head::new("匹配权重")
                .crumbs(vec![Crumb::link("今日待办", "/desk"), Crumb::here("匹配权重")])
                .lead("每一项占多大分量，由市民政局定。改了以后，推荐和批量匹配都按新的算。"),
            notice: tries.then(|| "正在试算，还没有保存。右边左列是现在的顺序，右列是试算的顺序。".to_owned()),
            target,
            mistakes,
            groups: vec![FieldGroup { in_row: true, ..FieldGroup::new("", fields) }.into()],
            buttons: vec![Button::new("先试算").secondary().sends("try", "1"), Button::new("保存").sends("save", "1")],
            next: format!("合计{}分，只看相对大小。填0就是不看这一项。", tried.sum()),
            previews,
            preview_title: Some("试算".into()),
            preview_note: "用现在等待最久的几个真实需求试算。".into(),
            ..FormModel::default()
        };
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

fn preview(before: &Candidates, after: &Candidates, tries: bool) -> app::pages::form::Preview {
    let name = |list: &Candidates, at: usize| {
        list.found.get(at).map_or_else(|| "—".into(), |c| format!("{}（{}）", c.name, (c.total + 5) / 10))
    };
    let rows = before.found.len().max(after.found.len());
    let mut lines: Vec<String> = (0..rows)
        .map(|at| {
            if tries {
                format!("{}. {} → {}", at + 1, name(before, at), name(after, at))
            } else {
                format!("{}. {}", at + 1, name(before, at))
            }
        })
        .collect();
    if lines.is_empty() {
        lines.push("没有合适的组织".into());
    }
    app::pages::form::Preview { reader: before.place.clone(), title: before.title.clone(), lines, text: Vec::new() }
}

async fn set_weights(post: Post) -> Response {
    let saving = !post.value("save").is_empty();
    let read = read_weights(Weights::default(), |name| post.value(name).to_owned());
    if !saving && let Ok(weights) = &read {
        let tried: Vec<(&str, String)> =
            PartKind::ALL.iter().map(|kind| (kind.as_str(), weights.of(*kind).to_string())).collect();
        return axum::response::IntoResponse::into_response(axum::response::Redirect::to(
            &crate::base::words::address("/matching/weights", &[], &tried),
        ));
    }
    post.run(
        "权重已保存",
        |_| "/matching/weights".to_owned(),
        async |_, ctx: Ctx| {
            fits::set_weights(&ctx, &read?).await?;
            Ok(String::new())
        },
    )
    .await
}

/// The first candidates and the invitations, for the need's own page; nothing for who may not invite.
pub(crate) async fn on_need(ctx: &Ctx, need: &StaffNeed) -> Result<Option<RecordSection>> {
    let found = match fits::at_a_glance(ctx, need, 3).await {
        Ok(found) => found,
        Err(Error::Forbidden(_)) => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut body = Vec::new();
    let lines: Vec<Line> = found
        .found
        .iter()
        .map(|c| {
            let best = c.parts.iter().filter(|part| part.weight > 0 && part.points >= 50).take(4);
            Line {
                title: c.name.clone(),
                href: href(Object::Organization, &c.organization),
                mark: Mark::Badge(fit_badge(c.total)),
                note: best.map(|part| part.words.as_str()).collect::<Vec<_>>().join("；"),
            }
        })
        .collect();
    if lines.is_empty() {
        body.push(Body::Text("现在没有合适的组织。点右边看为什么。".into()));
    } else {
        body.push(Body::Lines(lines));
    }
    if !need.asks.is_empty() {
        body.push(Body::Table(asks_table(&need.asks, ctx)));
    }
    let link = Some((format!("{}家合适，去邀请", found.total), href_at(Object::Need, &need.need.code, "/candidates")));
    Ok(Some(RecordSection { link, ..RecordSection::new("fit", "合适的组织", body) }))
}
