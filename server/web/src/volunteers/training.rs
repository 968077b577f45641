//! 培训和表彰: what a team enters on its members' records beside the hours.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{panel, panel_of};
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::{ActPanel, Badge, Button, Cell, Choice, Crumb, Decision, Empty, EmptyKind, Field, Head, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::form::volunteers::{award as award_form, training as form};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::record::{AwardState, TrainingState};
use services::volunteers::award::{Award, Books};
use services::volunteers::team::MemberView;
use services::volunteers::training::Listed;
use services::volunteers::{award, training};
use services::{Ctx, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const TRAIN: Access = Access::Commands(&[Command::TrainingRecord]);
    const AWARD: Access = Access::Commands(&[Command::AwardRecord]);
    vec![
        Route::get_at("/teams/{code}/trainings", TRAIN, show),
        Route::post_at("/teams/{code}/trainings", TRAIN, record),
        Route::post_at("/trainings/{id}/void", TRAIN, void),
        Route::post_at("/teams/{code}/awards", AWARD, grant),
        Route::post_at("/awards/{id}/void", AWARD, withdraw),
    ]
}

fn at(code: &str) -> String {
    href_at(Object::Team, &code, "/trainings")
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let books = award::books(ctx, &code).await?;
        let Books { team: row, trainings, awards, members, offers } = &books;
        let may_award = offers.has(Command::AwardRecord);
        let mut panels = Vec::new();
        if !members.is_empty() {
            panels.push(training_panel(&get, &code, members).await?);
            if may_award {
                panels.push(award_panel(&get, &code, members).await?);
            }
        }
        panels.extend(void_panel(&get, &code, trainings, if may_award { awards } else { &[] }).await?);
        let model = RecordModel {
            head: Head::new("培训和表彰")
                .crumbs(vec![Crumb::link(row.name.clone(), href(Object::Team, &code)), Crumb::here("培训和表彰")]),
            sections: vec![trainings_section(&code, trainings), awards_section(&code, awards, may_award)],
            panels,
            ..RecordModel::default()
        };
        Ok(Page::new("培训和表彰", move || record_page(model)))
    })
    .await
}

/// Leads to the form for one.
fn voiding(code: &str, name: &str, id: Uuid, about: &str) -> Decision {
    Decision::get("作废", about, format!("{}?void={id}#{name}", at(code)))
}

fn trainings_section(code: &str, all: &[Listed]) -> RecordSection {
    let stands = |l: &Listed| l.training.state == TrainingState::Recorded;
    let table = Table::of("培训记录", all)
        .column("培训", |l| Cell::strong(l.training.name.clone()).note(day_words(l.training.day)))
        .column("内容", |l| Cell::text(l.training.content.clone()).note(l.training.host.clone()))
        .column("时长", |l| Cell::text(format!("{}，{}人", domain::hours::words(l.training.minutes), l.present)))
        .column("状态", |l| {
            let label = l.training.state.label();
            let badge = if stands(l) { Badge::good(label) } else { Badge::plain(label) };
            Cell::badge(badge).note(l.training.reason.clone().unwrap_or_default())
        })
        .column("办理", |l| {
            let way = || voiding(code, "void-training", l.training.id, &l.training.name);
            Cell::decisions(stands(l).then(way).into_iter().collect())
        })
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有培训记录", "培训结束以后在这一页记录，队员在自己的服务记录里看得到。")
    });
    RecordSection::new("trainings", "培训记录", vec![body])
}

fn awards_section(code: &str, all: &[(Award, String)], may: bool) -> RecordSection {
    let table = Table::of("表彰记录", all)
        .column("队员", |(_, name)| Cell::strong(name.clone()))
        .column("表彰", |(a, _)| Cell::text(a.name.clone()).note(a.granted_by.clone()))
        .column("日期", |(a, _)| Cell::text(day_words(a.day)))
        .column("状态", |(a, _)| {
            let badge = match a.state {
                AwardState::Recorded => Badge::good(a.state.label()),
                AwardState::Void => Badge::plain(a.state.label()),
            };
            Cell::badge(badge).note(a.reason.clone().unwrap_or_default())
        })
        .column_if(may, "办理", |(a, name)| {
            let way = || voiding(code, "void-award", a.id, name);
            Cell::decisions((a.state == AwardState::Recorded).then(way).into_iter().collect())
        })
        .done();
    let body = Body::table_or(table, || {
        Empty::new(EmptyKind::Nothing, "还没有表彰记录", "队员得到表彰以后，由机构或管理单位记录。")
    });
    RecordSection::new("awards", "表彰记录", vec![body])
}

async fn training_panel(get: &Get, code: &str, members: &[MemberView]) -> Result<ActPanel> {
    let people = members.iter().map(|m| Choice::new(m.listing.member.id.to_string(), m.name.clone()));
    let mut fields: Vec<Field> =
        [form::NAME, form::CONTENT, form::HOURS, form::HOST, form::DAY].map(Field::of).to_vec();
    fields.push(Field::of(form::MEMBERS).choices(people));
    let mut one = panel(get, "training", "记录培训", &at(code), fields, "记录").await?;
    one.next = "记在每位队员的服务记录里，随服务记录一起报送。记错了可以作废，不能改。".into();
    Ok(one)
}

async fn award_panel(get: &Get, code: &str, members: &[MemberView]) -> Result<ActPanel> {
    let people = members.iter().map(|m| Choice::new(m.listing.member.id.to_string(), m.name.clone()));
    let fields = vec![
        Field::of(award_form::MEMBER).choices(people),
        Field::of(award_form::NAME),
        Field::of(award_form::GRANTED_BY),
        Field::of(award_form::DAY),
    ];
    let mut one = panel(get, "award", "记录表彰", &href_at(Object::Team, &code, "/awards"), fields, "记录").await?;
    one.buttons = vec![Button::new("记录").secondary()];
    one.next = "记在本人的服务记录里，本人会收到通知。".into();
    Ok(one)
}

/// The form for the one that the address asks for: why.
async fn void_panel(
    get: &Get,
    code: &str,
    trainings: &[Listed],
    awards: &[(Award, String)],
) -> Result<Option<ActPanel>> {
    let Ok(id) = get.value("void").parse::<Uuid>() else { return Ok(None) };
    let training = trainings.iter().map(|l| &l.training).find(|t| t.id == id && t.state == TrainingState::Recorded);
    let award = awards.iter().find(|(a, _)| a.id == id && a.state == AwardState::Recorded);
    let (name, title, action, text) = match (training, award) {
        (Some(t), _) => {
            let text = format!("{}，{}", t.name, day_words(t.day));
            ("void-training", "作废培训记录", href_at(Object::Training, &id, "/void"), text)
        }
        (None, Some((a, whose))) => {
            ("void-award", "作废表彰记录", href_at(Object::Award, &id, "/void"), format!("{whose}，{}", a.name))
        }
        (None, None) => return Ok(None),
    };
    let page = format!("{}?void={id}", at(code));
    let fields = vec![Field::of(form::REASON)];
    let mut one = panel_of(get, (&page, name), title, &action, fields, "作废").await?;
    one.text = text;
    one.buttons = vec![Button::new("作废").secondary()];
    Ok(Some(one))
}

async fn record(Path(code): Path<String>, post: Post) -> Response {
    post.run("培训已记录", at, async |post, ctx: Ctx| {
        let input = training::read(&post.fields, ctx.now().day())?;
        training::record(&ctx, &code, &input).await?;
        Ok(code.clone())
    })
    .await
}

async fn grant(Path(code): Path<String>, post: Post) -> Response {
    post.run("表彰已记录", at, async |post, ctx: Ctx| {
        let input = award::read(&post.fields, ctx.now().day())?;
        award::record(&ctx, &code, &input).await?;
        Ok(code.clone())
    })
    .await
}

async fn void(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("已作废", at, async |post, ctx: Ctx| training::void(&ctx, id, post.typed(form::REASON)).await).await
}

async fn withdraw(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("已作废", at, async |post, ctx: Ctx| award::void(&ctx, id, post.typed(award_form::REASON)).await).await
}
