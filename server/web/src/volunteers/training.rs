//! 培训和表彰: what a team enters on its members' records beside the hours.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{panel, select};
use crate::base::post::Post;
use crate::{Access, Route};
use app::components::{ActPanel, Badge, Button, Cell, Choice, Column, Crumb, Empty, EmptyKind, Field, Head, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::machine::Command;
use domain::record::{AwardState, TrainingState};
use services::volunteers::award::{Award, Books};
use services::volunteers::team::MemberView;
use services::volunteers::training::Listed;
use services::volunteers::{award, training};
use services::{Ctx, Error, Result};
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
    format!("/teams/{code}/trainings")
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
        panels.extend(void_panels(&get, trainings, if may_award { awards } else { &[] }).await?);
        let model = RecordModel {
            head: Head::new("培训和表彰")
                .crumbs(vec![Crumb::link(row.name.clone(), format!("/teams/{code}")), Crumb::here("培训和表彰")]),
            sections: vec![trainings_section(trainings), awards_section(awards)],
            panels,
            ..RecordModel::default()
        };
        Ok(Page::new("培训和表彰", move || record_page(model)))
    })
    .await
}

fn trainings_section(all: &[Listed]) -> RecordSection {
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|l| {
            let t = &l.training;
            let state = match t.state {
                TrainingState::Recorded => Badge::good(t.state.label()),
                TrainingState::Void => Badge::plain(t.state.label()),
            };
            vec![
                Cell::strong(t.name.clone()).note(day_words(t.day)),
                Cell::text(t.content.clone()).note(t.host.clone()),
                Cell::text(format!("{}，{}人", domain::hours::words(t.minutes), l.present)),
                Cell::badge(state).note(t.reason.clone().unwrap_or_default()),
            ]
        })
        .collect();
    let body = if rows.is_empty() {
        Body::Empty(Empty::new(
            EmptyKind::Nothing,
            "还没有培训记录",
            "培训结束以后在这一页记录，队员在自己的服务记录里看得到。",
        ))
    } else {
        let columns = vec![Column::text("培训"), Column::text("内容"), Column::text("时长"), Column::text("状态")];
        Body::Table(Table { caption: "培训记录".into(), caption_hidden: true, columns, rows })
    };
    RecordSection::new("trainings", "培训记录", vec![body])
}

fn awards_section(all: &[(Award, String)]) -> RecordSection {
    let rows: Vec<Vec<Cell>> = all
        .iter()
        .map(|(a, name)| {
            let state = match a.state {
                AwardState::Recorded => Badge::good(a.state.label()),
                AwardState::Void => Badge::plain(a.state.label()),
            };
            vec![
                Cell::strong(name.clone()),
                Cell::text(a.name.clone()).note(a.granted_by.clone()),
                Cell::text(day_words(a.day)),
                Cell::badge(state).note(a.reason.clone().unwrap_or_default()),
            ]
        })
        .collect();
    let body = if rows.is_empty() {
        Body::Empty(Empty::new(EmptyKind::Nothing, "还没有表彰记录", "队员得到表彰以后，由机构或管理单位记录。"))
    } else {
        let columns = vec![Column::text("队员"), Column::text("表彰"), Column::text("日期"), Column::text("状态")];
        Body::Table(Table { caption: "表彰记录".into(), caption_hidden: true, columns, rows })
    };
    RecordSection::new("awards", "表彰记录", vec![body])
}

async fn training_panel(get: &Get, code: &str, members: &[MemberView]) -> Result<ActPanel> {
    let people = members.iter().map(|m| Choice::new(m.listing.member.id.to_string(), m.name.clone())).collect();
    let fields = vec![
        Field::text("name", "培训名称").hint("例如：陪护老人的基本知识"),
        Field::area("content", "主要内容", 2),
        Field::text("hours", "学习时长").unit("小时").hint("例如1.5"),
        Field::text("host", "举办单位"),
        Field::date("day", "日期"),
        Field::checks("member", "参加的队员", people),
    ];
    let mut one = panel(get, "training", "记录培训", &at(code), fields, "记录").await?;
    one.next = "记在每位队员的服务记录里，随服务记录一起报送。记错了可以作废，不能改。".into();
    Ok(one)
}

async fn award_panel(get: &Get, code: &str, members: &[MemberView]) -> Result<ActPanel> {
    let people = members.iter().map(|m| Choice::new(m.listing.member.id.to_string(), m.name.clone()));
    let fields = vec![
        select("member", "队员", people),
        Field::text("name", "表彰名称"),
        Field::text("granted_by", "授予单位"),
        Field::date("day", "日期"),
    ];
    let mut one = panel(get, "award", "记录表彰", &format!("/teams/{code}/awards"), fields, "记录").await?;
    one.buttons = vec![Button::new("记录").secondary()];
    one.next = "记在本人的服务记录里，本人会收到通知。".into();
    Ok(one)
}

/// One form for each kind: which one, and why.
async fn void_panels(get: &Get, trainings: &[Listed], awards: &[(Award, String)]) -> Result<Vec<ActPanel>> {
    let mut all = Vec::new();
    let standing = trainings.iter().filter(|l| l.training.state == TrainingState::Recorded);
    let choices: Vec<Choice> = standing
        .map(|l| {
            let t = &l.training;
            Choice::new(t.id.to_string(), format!("{}，{}", t.name, day_words(t.day)))
        })
        .collect();
    if let Some(first) = choices.first() {
        let action = format!("/trainings/{}/void", first.value);
        let fields = vec![select("which", "哪一次", choices), Field::area("reason", "原因", 2)];
        let mut one = panel(get, "void-training", "作废培训记录", &action, fields, "作废").await?;
        one.buttons = vec![Button::new("作废").secondary()];
        all.push(one);
    }
    let standing = awards.iter().filter(|(a, _)| a.state == AwardState::Recorded);
    let choices: Vec<Choice> =
        standing.map(|(a, name)| Choice::new(a.id.to_string(), format!("{name}，{}", a.name))).collect();
    if let Some(first) = choices.first() {
        let action = format!("/awards/{}/void", first.value);
        let fields = vec![select("which", "哪一项", choices), Field::area("reason", "原因", 2)];
        let mut one = panel(get, "void-award", "作废表彰记录", &action, fields, "作废").await?;
        one.buttons = vec![Button::new("作废").secondary()];
        all.push(one);
    }
    Ok(all)
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

/// The one chosen in the form; the address names one too, for programs that send no choice.
fn which(post: &Post, id: Uuid) -> Result<Uuid> {
    match post.fields.iter().find(|(name, _)| name == "which") {
        Some((_, value)) => value.parse().map_err(|_| Error::field("which", "选择要作废的")),
        None => Ok(id),
    }
}

async fn void(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("已作废", at, async |post, ctx: Ctx| training::void(&ctx, which(post, id)?, post.value("reason")).await)
        .await
}

async fn withdraw(Path(id): Path<Uuid>, post: Post) -> Response {
    post.run("已作废", at, async |post, ctx: Ctx| award::void(&ctx, which(post, id)?, post.value("reason")).await).await
}
