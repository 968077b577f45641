//! Visits of a pairing: the next one in three taps, the plan of a month, the
//! list of all, and a page for each.

use crate::aid::pairing_words::{crumbs, title};
use crate::base::form_fields::fill_all;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{choices_of, day_near, panel, target};
use crate::base::post::Post;
use crate::base::states;
use crate::{Access, Route};
use app::components::{ActPanel, Button, Cell, Choice, Empty, EmptyKind, Fact, Field, Head, Table};
use app::pages::pairing::{PairingModel, VisitPanel, pairing_page};
use app::pages::record::{Body, RecordSection};
use axum::extract::Path;
use axum::response::Response;
use chrono::NaiveDate;
use domain::calendar::day_words;
use domain::delivery::{CONFIRM_WORKING_DAYS, DeliveryState, MissReason};
use domain::form::FieldDef;
use domain::form::aid::delivery as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::aid::delivery::{self, Goes};
use services::aid::rounds;
use services::aid::view::{self, Delivery, PairingView, Visit};
use services::finding::hall::service_name;
use services::{Ctx, Error, Result};
use uuid::Uuid;

/// Whoever records or decides visits.
pub(crate) const DOOR: Access = Access::Commands(&[Command::DeliveryRecord, Command::DeliveryVoid]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}/visits/{id}", Access::SignedIn, show),
        Route::post_at("/pairings/{code}/visits", DOOR, record_unplanned),
        Route::post_at("/pairings/{code}/visits/{id}/record", DOOR, record),
        Route::post_at("/pairings/{code}/visits/{id}/correct", DOOR, correct),
        Route::post_at("/pairings/{code}/visits/{id}/cancel", DOOR, cancel),
        Route::post_at("/pairings/{code}/visits/{id}/move", Access::Commands(&[Command::DeliveryMove]), move_to),
        Route::post_at("/pairings/{code}/visits/{id}/goes", Access::Commands(&[Command::DeliveryAssign]), goes),
    ]
}

pub(crate) fn service_of(view: &PairingView, d: &Delivery) -> String {
    view.lines
        .iter()
        .find(|line| line.line_id == d.line_id)
        .map(|line| service_name(&line.service_code))
        .unwrap_or_default()
}

fn unit_of(view: &PairingView, d: &Delivery) -> String {
    view.lines.iter().find(|line| line.line_id == d.line_id).map(|line| line.unit.clone()).unwrap_or_default()
}

pub(crate) fn address(view: &PairingView, d: &Delivery) -> String {
    href_at(Object::Pairing, &view.pairing.code, &format!("/visits/{}", d.id))
}

/// `今天，周二 15:30`
fn when(d: &Delivery, today: NaiveDate) -> String {
    let day = day_near(d.done_on.unwrap_or(d.planned_on), today);
    match &d.planned_at {
        Some(at) if d.done_on.is_none() => format!("{day} {at}"),
        _ => day,
    }
}

/// The visit to record next: the earliest planned one that is not in the
/// future, else the next one to come, else an unplanned one.
pub(crate) async fn next_panel(get: &Get, ctx: &Ctx, view: &PairingView) -> Result<Option<VisitPanel>> {
    if !view.offers.has(Command::DeliveryRecord) {
        return Ok(None);
    }
    let today = ctx.now().day();
    let mut planned = view.deliveries.iter().filter(|d| d.state == DeliveryState::Planned);
    let due = planned.clone().find(|d| d.planned_on <= today);
    if let Some(d) = due {
        let late = if d.planned_on < today { "，还没有记录" } else { "" };
        return visit_panel(get, view, Some(d), &format!("{}{late}", when(d, today)), "visit", today).await.map(Some);
    }
    let next = planned.next();
    let heading = next.map_or_else(|| "记录上门".to_owned(), |d| format!("下次上门：{}", when(d, today)));
    let mut panel = visit_panel(get, view, None, &heading, "visit", today).await?;
    panel.text = match next {
        Some(d) => {
            format!("{}，约{}分钟。今天临时上门了，在这里记录。", service_of(view, d), usual_minutes(view, Some(d)))
        }
        None => "还没有安排下次上门。今天上门了，在这里记录。".to_owned(),
    };
    Ok(Some(panel))
}

/// The three taps. `planned` is the visit they record; none plans and records at once.
async fn visit_panel(
    get: &Get,
    view: &PairingView,
    planned: Option<&Delivery>,
    heading: &str,
    name: &str,
    today: NaiveDate,
) -> Result<VisitPanel> {
    let draft = get.draft(name).await?;
    let typed = |field: FieldDef| draft.as_ref().map(|draft| field.value(&draft.fields).to_owned());
    let wrong = |field: FieldDef| {
        let mistakes = draft.iter().flat_map(|draft| &draft.mistakes);
        mistakes.into_iter().find(|m| m.field == field.name).map(|m| m.message.clone())
    };
    let chosen = typed(form::RESULT).unwrap_or_default();
    let mut results = vec![Choice::new("done", "见到本人，服务做完")];
    results.extend(choices_of!(MissReason));
    for choice in &mut results {
        choice.chosen = choice.value == chosen;
    }
    let usual = usual_minutes(view, planned);
    let minutes_typed = typed(form::MINUTES).unwrap_or_else(|| usual.to_string());
    let mut minutes: Vec<Choice> = [30, 60, 90].map(|n| Choice::new(n.to_string(), format!("{n}分钟"))).to_vec();
    if minutes_typed.parse::<i64>().is_ok_and(|n| n > 0 && ![30, 60, 90].contains(&n)) {
        minutes.push(Choice::new(minutes_typed.clone(), format!("{minutes_typed}分钟")));
    }
    minutes.sort_by_key(|choice| choice.value.parse::<i64>().unwrap_or_default());
    for choice in &mut minutes {
        choice.chosen = choice.value == minutes_typed;
    }
    let code = &view.pairing.code;
    let mut more = Vec::new();
    let (action, text, unit) = match planned {
        Some(d) => (
            href_at(Object::Pairing, &code, &format!("/visits/{}/record", d.id)),
            format!("{}，约{usual}分钟", service_of(view, d)),
            unit_of(view, d),
        ),
        None => {
            let lines = view.lines.iter().map(|line| {
                Choice::new(
                    line.line_id.to_string(),
                    format!("{}，{}", service_name(&line.service_code), line.amount().words()),
                )
            });
            more.push(
                Field::of(form::LINE)
                    .preset(lines)
                    .value(view.lines.first().map(|line| line.line_id.to_string()).unwrap_or_default()),
            );
            (
                href_at(Object::Pairing, &code, "/visits"),
                String::new(),
                view.lines.first().map(|line| line.unit.clone()).unwrap_or_default(),
            )
        }
    };
    more.push(Field::of(form::UNITS).value("1").unit(unit));
    more.push(Field::of(form::DONE_ON).value(today.to_string()));
    more.push(Field::of(form::NOTE));
    // Asked once the same service turned out to stand recorded on that day.
    if wrong(form::AGAIN).is_some() {
        more.insert(0, Field::of(form::AGAIN));
    }
    fill_all(&mut more, draft.as_ref());
    let confirm_by = get.site.services.calendar().due(get.site.services.now(), CONFIRM_WORKING_DAYS);
    Ok(VisitPanel {
        title: heading.to_owned(),
        text,
        care: if planned.is_some() {
            "先打电话再出门。见不到本人也请记录，算一次尝试。".into()
        } else {
            String::new()
        },
        target: target(get, name, &action, draft.as_ref()),
        results,
        result_error: wrong(form::RESULT).or_else(|| wrong(form::MINUTES)),
        minutes,
        more,
        next: format!("社区或街道{}前确认。", confirm_by.words_near(get.site.services.now())),
    })
}

/// What the service took last time, else an hour.
fn usual_minutes(view: &PairingView, planned: Option<&Delivery>) -> i64 {
    let line = planned.map(|d| d.line_id);
    view.deliveries
        .iter()
        .rev()
        .filter(|d| line.is_none_or(|line| line == d.line_id))
        .find_map(|d| d.minutes)
        .unwrap_or(60)
}

/// All visits, newest first.
pub(crate) fn visit_table(_get: &Get, ctx: &Ctx, view: &PairingView) -> RecordSection {
    let today = ctx.now().day();
    let mut done: Vec<&Visit> = view.deliveries.iter().filter(|d| d.state != DeliveryState::Planned).collect();
    done.sort_by_key(|d| std::cmp::Reverse((d.done_on.unwrap_or(d.planned_on), d.created_at)));
    let table = Table::of("上门记录，从近到远", done)
        .column("日期", |d| Cell::link(when(d, today), address(view, d)))
        .column("服务", |d| {
            let note = [d.note.clone(), d.reason.clone().unwrap_or_default()]
                .into_iter()
                .filter(|part| !part.is_empty())
                .collect::<Vec<_>>()
                .join("\u{3000}");
            Cell::text(service_of(view, d)).note(note)
        })
        .number("完成", |d| {
            Cell::text(match (d.units, d.minutes) {
                (Some(units), Some(minutes)) => format!("{units}{}，{minutes}分钟", unit_of(view, d)),
                (Some(units), None) => format!("{units}{}", unit_of(view, d)),
                _ => d.miss_reason.map(|reason| reason.label().to_owned()).unwrap_or_default(),
            })
        })
        .column("状态", |d| Cell::badge(states::delivery(d.state, d.superseded)))
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有上门记录", "每次上门后当天记录，由社区或街道确认。")
    });
    RecordSection::new("visits", "上门记录", vec![body])
}

async fn show(get: Get, Path((code, id)): Path<(String, Uuid)>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        let d = view.deliveries.iter().find(|d| d.id == id).cloned().ok_or(Error::NotFound)?;
        let today = ctx.now().day();
        let heading = format!("{}，{}", service_of(&view, &d), when(&d, today));
        let open = d.offers.has(Command::DeliveryRecord) && d.state == DeliveryState::Planned;
        let early = open && d.planned_on > today;
        let visit = if open && !early {
            Some(visit_panel(&get, &view, Some(&d), "记录这次上门", "visit", today).await?)
        } else {
            None
        };
        let model = PairingModel {
            head: Head {
                crumbs: crumbs(ctx, &view, "上门记录"),
                badges: vec![states::delivery(d.state, d.superseded)],
                beside: vec![view.organization_name.clone()],
                notes: vec![title(&view)],
                ..Head::new(heading.clone())
            },
            notice: early.then(|| "还没到日子，到了那天再记录。要改期的，在下面改。".to_owned()),
            visit,
            panels: panels(&get, ctx, &view, &d).await?,
            sections: vec![RecordSection::new("facts", "这次上门", vec![Body::Facts(facts(ctx, &view, &d))])],
            ..PairingModel::default()
        };
        Ok(Page::new(heading, move || pairing_page(model)))
    })
    .await
}

fn facts(ctx: &Ctx, view: &PairingView, d: &Delivery) -> Vec<Fact> {
    let now = ctx.now();
    let mut all =
        vec![Fact::new("计划", format!("{} {}", day_words(d.planned_on), d.planned_at.clone().unwrap_or_default()))];
    let goes = d.goes_id.and_then(|id| view.colleagues.iter().find(|(other, _)| *other == id));
    if let Some((_, name)) = goes {
        all.push(Fact::new("谁去", name.clone()));
    }
    if let Some(day) = d.done_on {
        all.push(Fact::new("实际", format!("{} {}", day_words(day), d.done_at.clone().unwrap_or_default())));
    }
    if let Some(units) = d.units {
        let minutes = d.minutes.map(|minutes| format!("，{minutes}分钟")).unwrap_or_default();
        all.push(Fact::new("完成", format!("{units}{}{minutes}", unit_of(view, d))));
    }
    if let Some(reason) = d.miss_reason {
        all.push(Fact::new("没有做成", reason.label()));
    }
    if !d.note.is_empty() {
        all.push(Fact::new("情况说明", d.note.clone()));
    }
    if let Some(at) = d.recorded_at {
        all.push(Fact::new("组织记录于", at.words_near(now)));
    }
    if let Some(due) = d.due_at.filter(|_| d.state == DeliveryState::Recorded) {
        all.push(Fact::new("社区或街道", format!("{}前确认", due.words_near(now))));
    }
    if let Some(reason) = d.reason.clone().filter(|reason| !reason.is_empty()) {
        let term = match d.state {
            DeliveryState::Disputed => "异议",
            DeliveryState::Voided => "作废原因",
            _ => "更正原因",
        };
        all.push(Fact::new(term, reason));
    }
    all
}

async fn panels(get: &Get, ctx: &Ctx, view: &PairingView, d: &Visit) -> Result<Vec<ActPanel>> {
    let mut all = Vec::new();
    let here = address(view, d);
    if d.offers.has(Command::DeliveryConfirm) {
        let reason = Field::of(form::DISPUTE);
        let mut confirm =
            panel(get, "dispute", "确认这条记录", &href_at(Object::Delivery, &d.id, "/confirm"), vec![reason], "确认")
                .await?;
        confirm.buttons.push(Button::new("提出异议").secondary().action(href_at(Object::Delivery, &d.id, "/dispute")));
        confirm.next = "确认以后计入服务次数，不能再改，只能由组织另写更正。".into();
        all.push(confirm);
    }
    if d.offers.has(Command::DeliveryCorrect) {
        let fields = vec![
            Field::of(form::DONE_ON).value(d.done_on.unwrap_or(d.planned_on).to_string()),
            Field::of(form::UNITS).value(d.units.unwrap_or(1).to_string()).unit(unit_of(view, d)),
            Field::of(form::MINUTES).value(d.minutes.unwrap_or(60).to_string()),
            Field::of(form::NOTE).value(d.note.clone()),
            Field::of(form::CORRECT),
        ];
        let mut correct = panel(get, "correct", "更正这条记录", &format!("{here}/correct"), fields, "提交更正").await?;
        correct.buttons = vec![Button::new("提交更正").secondary()];
        correct.next = "原来的记录会保留并标明“已更正”，新的记录重新等待确认。".into();
        all.push(correct);
    }
    if d.state == DeliveryState::Planned && d.offers.has(Command::DeliveryRecord) {
        all.push(move_panel(get, &here).await?);
        all.push(goes_panel(get, ctx, view, d, &here).await?);
    }
    if d.state == DeliveryState::Planned && d.offers.has(Command::DeliveryVoid) {
        let mut cancel =
            panel(get, "cancel", "取消这次计划", &format!("{here}/cancel"), vec![Field::of(form::CANCEL)], "取消计划")
                .await?;
        cancel.buttons = vec![Button::new("取消计划").secondary()];
        all.push(cancel);
    }
    Ok(all)
}

async fn move_panel(get: &Get, here: &str) -> Result<ActPanel> {
    let postponed = MissReason::ALL.iter().filter(|reason| reason.is_postponed());
    let by = postponed.map(|reason| Choice::new(reason.as_str(), reason.label()));
    let fields = vec![Field::of(form::MOVE_TO), Field::of(form::MOVED_BY).choices(by)];
    let mut panel = panel(get, "move", "改期", &format!("{here}/move"), fields, "改到那天").await?;
    panel.buttons = vec![Button::new("改到那天").secondary()];
    panel.next = "时间不变。已经去了、没见到人的，不在这里改期，记一次没做成。".into();
    Ok(panel)
}

async fn goes_panel(get: &Get, ctx: &Ctx, view: &PairingView, d: &Delivery, here: &str) -> Result<ActPanel> {
    let mut choices: Vec<Choice> =
        view.colleagues.iter().map(|(id, name)| Choice::new(Goes::Worker(*id).value(), name.clone())).collect();
    for shift in rounds::shifts(ctx, d.planned_on).await? {
        choices.push(Choice::new(Goes::Shift(shift.id).value(), rounds::shift_words(&shift)));
    }
    choices.insert(0, Choice::new("", "不指定"));
    let now = d.goes_id.map(Goes::Worker).or(d.shift_id.map(Goes::Shift)).unwrap_or(Goes::Nobody);
    let field = Field::of(form::GOES).preset(choices).value(now.value());
    let mut panel = panel(get, "goes", "谁去", &format!("{here}/goes"), vec![field], "换成这位").await?;
    panel.buttons = vec![Button::new("换成这位").secondary()];
    panel.next = "换成同事的，同时指定为这户的服务人员；每次查看联系方式仍要写明用途。".into();
    Ok(panel)
}

async fn move_to(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    let to = href_at(Object::Pairing, &code, "#plan");
    post.run(
        "已改期",
        move |_| to.clone(),
        async |post, ctx| {
            let mut check = domain::field::Check::new();
            let day = check.date(form::MOVE_TO, &post.fields);
            let by: Option<MissReason> = check.choice(form::MOVED_BY, &post.fields);
            check.done()?;
            let (Some(day), Some(by)) = (day, by.filter(|by| by.is_postponed())) else {
                return Err(Error::wrong(form::MOVED_BY, "选择谁要改期"));
            };
            delivery::move_to(&ctx, &code, id, day, by.label()).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn goes(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    let to = href_at(Object::Pairing, &code, &format!("/visits/{id}#goes"));
    post.run(
        "已换好谁去",
        move |_| to.clone(),
        async |post, ctx| {
            let goes = Goes::parse(post.typed(form::GOES)).ok_or_else(|| Error::wrong(form::GOES, "选择谁去"))?;
            delivery::assign(&ctx, &code, id, goes).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn record_unplanned(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Pairing, &code);
    post.run(
        "已记录，等待社区或街道确认",
        move |_| to.clone(),
        async |post, ctx| {
            let visit = delivery::read_visit(&post.fields, ctx.now().day())?;
            let line = post.chosen(form::LINE)?;
            delivery::record_unplanned(&ctx, &code, line, &visit).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn record(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    let to = href(Object::Pairing, &code);
    post.run(
        "已记录",
        move |_| to.clone(),
        async |post, ctx| {
            let visit = delivery::read_visit(&post.fields, ctx.now().day())?;
            delivery::record(&ctx, &code, id, &visit).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn correct(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    let to = href_at(Object::Pairing, &code, "#visits");
    post.run(
        "已更正，等待重新确认",
        move |_| to.clone(),
        async |post, ctx| {
            let mut fields = post.fields.clone();
            fields.push((form::RESULT.name.into(), "done".into()));
            let delivery::Visit::Done(done) = delivery::read_visit(&fields, ctx.now().day())? else {
                return Err(Error::Internal("a correction without a result"));
            };
            delivery::correct(&ctx, &code, id, &done, post.typed(form::CORRECT)).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn cancel(Path((code, id)): Path<(String, Uuid)>, post: Post) -> Response {
    let to = href_at(Object::Pairing, &code, "#plan");
    post.run(
        "已取消这次计划",
        move |_| to.clone(),
        async |post, ctx| {
            delivery::cancel(&ctx, &code, id, post.typed(form::CANCEL)).await?;
            Ok(String::new())
        },
    )
    .await
}
