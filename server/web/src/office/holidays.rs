//! 工作日历: which days are worked, for the city's staff. Every term in working days is counted by it.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, panel};
use crate::base::post::Post;
use crate::base::words::address;
use crate::{Access, Route};
use app::components::{Badge, Cell, Choice, Empty, EmptyKind, Fact, Field, Head, Link, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::response::Response;
use chrono::Datelike;
use domain::form::office::holidays as form;
use domain::machine::Command;
use services::Ctx;
use services::base::working_days::{self, Day};

const PAGE: &str = "/holidays";

pub(crate) fn routes() -> Vec<Route> {
    const DOOR: Access = Access::Commands(&[Command::ReferenceDays]);
    vec![Route::get(PAGE, DOOR, show), Route::post(PAGE, DOOR, set)]
}

fn at(year: &str) -> String {
    address(PAGE, &[], &[("year", year.to_owned())])
}

/// Days next to each other that are the same thing stand in one row.
fn table(days: &[Day]) -> Table {
    let same = |a: &Day, b: &Day| {
        a.day.succ_opt() == Some(b.day) && a.works == b.works && a.source == b.source && a.own == b.own
    };
    let runs = days.chunk_by(same).filter_map(|run| Some((run.first()?, run.last()?, run.len())));
    Table::of("放假和调休", runs)
        .column("日期", |(first, last, length)| {
            // The year stands above the table; no day is today here.
            let other = first.day.with_ordinal(if first.day.ordinal() == 1 { 2 } else { 1 }).unwrap_or(first.day);
            let said = |day: &Day| day_near(day.day, other);
            Cell::strong(if *length == 1 {
                said(first)
            } else {
                format!("{}至{}，{length}天", said(first), said(last))
            })
        })
        .column("安排", |(first, ..)| {
            Cell::badge(match first.works {
                Some(false) => Badge::good("放假"),
                Some(true) => Badge::wait("上班"),
                None => Badge::plain("按星期几"),
            })
        })
        .column("依据", |(first, ..)| {
            Cell::text(first.source.clone()).note(if first.own { "本市改的" } else { "随软件提供" })
        })
        .done()
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let this = ctx.now().day().year();
        let asked = get.value("year").parse::<i32>().ok().filter(|year| (this - 1..=this + 2).contains(year));
        let year = working_days::year(ctx, asked.unwrap_or(this)).await?;
        let mut head = Head::new(format!("{}年工作日历", year.year))
            .lead("期限里的“工作日”都按它算。没有列出的日子：周一到周五上班，周六周日休息。");
        for other in [year.year - 1, year.year + 1] {
            if (this - 1..=this + 2).contains(&other) {
                head = head.action(Link::new(format!("{other}年"), at(&other.to_string())));
            }
        }
        let body = Body::table_or(table(&year.days), || {
            let text = "国务院办公厅的年度放假通知公布以后，在这一页填上。";
            Empty::new(EmptyKind::Nothing, "这一年还没有填", text)
        });
        let source = year.source.unwrap_or("没有随软件提供的日子");
        let kinds = vec![
            Choice::new("rest", "放假"),
            Choice::new("work", "上班（调休）"),
            Choice::new("plain", "按星期几，和平常一样"),
        ];
        let fields = vec![
            Field::of(form::FROM),
            Field::of(form::UNTIL),
            Field::of(form::KIND).choices(kinds),
            Field::of(form::SOURCE),
        ];
        let mut change = panel(&get, "days", "修改", PAGE, fields, "保存").await?;
        change.next = "保存以后新开始的期限按新的日历算；已经定下的期限不变。".into();
        let model = RecordModel {
            head,
            sections: vec![
                RecordSection::new("days", "放假和调休", vec![body]),
                RecordSection::new("source", "来源", vec![Body::Facts(vec![Fact::new("随软件提供的", source)])]),
            ],
            panels: vec![change],
            ..RecordModel::default()
        };
        let title = model.head.title.clone();
        Ok(Page::new(title, move || record_page(model)))
    })
    .await
}

async fn set(post: Post) -> Response {
    post.run("工作日历已改", at, async |post, ctx: Ctx| {
        let typed = |field| post.typed(field);
        let (from, until) = (typed(form::FROM), typed(form::UNTIL));
        let year = working_days::set(&ctx, from, until, typed(form::KIND), typed(form::SOURCE)).await?;
        Ok(year.to_string())
    })
    .await
}
