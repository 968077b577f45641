//! The plan of visits: a month as a calendar, and the form that plans a series.

use crate::Route;
use crate::aid::pairing_words::crumbs;
use crate::aid::visit::{DOOR, address, service_of};
use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, target};
use crate::base::post::Post;
use app::components::{Button, Choice, DayMark, Field, FieldGroup, Glyph, Head, Line, Link, Mark, MarkedDay, Month};
use app::pages::form::{FormModel, form_page};
use app::pages::pairing::Plan;
use axum::extract::Path;
use axum::response::Response;
use chrono::{Datelike, Days, Months, NaiveDate};
use domain::delivery::DeliveryState;
use domain::form::aid::delivery as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::aid::delivery;
use services::aid::view::{self, PairingView};
use services::finding::hall::service_name;
use services::{Ctx, Error};

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}/plan", DOOR, plan_form),
        Route::post_at("/pairings/{code}/plan", DOOR, plan_save),
    ]
}

/// The month asked for with `?month=2026-11`, else the present one.
fn month_of(get: &Get, today: NaiveDate) -> NaiveDate {
    NaiveDate::parse_from_str(&format!("{}-01", get.value("month")), "%Y-%m-%d")
        .ok()
        .filter(|first| (2020..2100).contains(&first.year()))
        .or_else(|| today.with_day(1))
        .unwrap_or(today)
}

pub(crate) fn plan(get: &Get, ctx: &Ctx, view: &PairingView) -> Plan {
    let today = ctx.now().day();
    let first = month_of(get, today);
    let after = first + Months::new(1);
    let mut marked: Vec<MarkedDay> = Vec::new();
    for d in view.deliveries.iter().filter(|d| !d.superseded) {
        let day = d.done_on.unwrap_or(d.planned_on);
        let (mark, words) = match d.state {
            DeliveryState::Planned => (DayMark::Planned, "计划上门"),
            DeliveryState::Recorded | DeliveryState::Disputed => (DayMark::Recorded, "等待确认"),
            DeliveryState::Confirmed => (DayMark::Confirmed, "已确认"),
            DeliveryState::Missed => (DayMark::Missed, "没见到"),
            DeliveryState::Voided => continue,
        };
        if day < first || day >= after || marked.iter().any(|m| m.day == day.day()) {
            continue;
        }
        marked.push(MarkedDay {
            day: day.day(),
            mark,
            spoken: format!("{}，{words}", service_of(view, d)),
            href: address(view, d),
        });
    }
    let upcoming = view
        .deliveries
        .iter()
        .filter(|d| d.state == DeliveryState::Planned && d.planned_on >= today)
        .take(3)
        .map(|d| Line {
            title: day_near(d.planned_on, today),
            href: address(view, d),
            mark: Mark::Text(d.planned_at.clone().unwrap_or_default()),
            note: service_of(view, d),
        })
        .collect();
    let days = u32::try_from((after - first).num_days()).unwrap_or(30);
    let here = href(Object::Pairing, &view.pairing.code);
    let next = format!("{here}?month={}#plan", after.format("%Y-%m"));
    Plan {
        title: if first.year() == today.year() {
            format!("{}月计划", first.month())
        } else {
            format!("{}年{}月计划", first.year(), first.month())
        },
        month: Month {
            caption: format!("{}年{}月上门计划", first.year(), first.month()),
            lead: first.weekday().num_days_from_monday(),
            days,
            today: (first.year() == today.year() && first.month() == today.month()).then(|| today.day()),
            marked,
        },
        upcoming,
        edit: view
            .offers
            .has(Command::DeliveryPlan)
            .then(|| Link::new("安排上门", format!("{here}/plan")).glyph(Glyph::Plus)),
        all: Some(if first > today {
            ("回到这个月".to_owned(), format!("{here}#plan"))
        } else {
            (format!("{}月计划", after.month()), next)
        }),
    }
}

async fn plan_form(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = view::pairing(ctx, &code).await?;
        if view.offers.refusal(Command::DeliveryPlan).is_some() {
            return Err(Error::NotFound);
        }
        if !view.offers.has(Command::PairingReport) {
            return Err(Error::rule(format!("结对现在是“{}”，不能安排上门", view.pairing.state.label())));
        }
        let today = ctx.now().day();
        let draft = get.draft("plan").await?;
        let lines = view.lines.iter().map(|line| {
            Choice::new(
                line.line_id.to_string(),
                format!("{}，{}", service_name(&line.service_code), line.amount().words()),
            )
        });
        let line = if view.lines.len() == 1 {
            Field::of(form::LINE).preset(lines).value(view.lines[0].line_id.to_string())
        } else {
            Field::of(form::LINE).choices(lines)
        };
        let weekdays = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"]
            .iter()
            .enumerate()
            .map(|(i, name)| Choice::new((i + 1).to_string(), *name));
        let mut fields = vec![
            line,
            Field::of(form::FROM).value((today + Days::new(1)).to_string()),
            Field::of(form::UNTIL),
            Field::of(form::WEEKDAYS).choices(weekdays),
            Field::of(form::AT),
        ];
        let mistakes = fill(&mut fields, draft.as_ref());
        let back = href(Object::Pairing, &code);
        let model = FormModel {
            head: Head::new("安排上门").crumbs(crumbs(ctx, &view, "安排上门")),
            target: target(&get, "plan", &format!("{back}/plan"), draft.as_ref()),
            groups: vec![FieldGroup::new("", fields).into()],
            mistakes,
            buttons: vec![Button::new("安排")],
            cancel: Some(Link::new("返回结对", back)),
            next: "一次最多安排120次。已经安排过的同一天同一时间不会重复。".into(),
            ..FormModel::default()
        };
        Ok(Page::new(model.title(), move || form_page(model)))
    })
    .await
}

async fn plan_save(Path(code): Path<String>, post: Post) -> Response {
    let to = href_at(Object::Pairing, &code, "#plan");
    post.run(
        "已安排上门",
        move |_| to.clone(),
        async |post, ctx| {
            let plan = delivery::read_plan(&post.fields, ctx.now().day())?;
            delivery::plan(&ctx, &code, &plan).await?;
            Ok(String::new())
        },
    )
    .await
}
