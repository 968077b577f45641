//! 工作日历: which days are worked, for the city's staff. Every term in working days is counted by it.

use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, panel};
use crate::base::post::Post;
use crate::base::words::address;
use crate::{Access, Route};
use app::components::{Badge, Cell, Choice, Column, Empty, EmptyKind, Fact, Field, Head, Link, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::response::Response;
use chrono::Datelike;
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
fn rows(days: &[Day]) -> Vec<Vec<Cell>> {
    let same = |a: &Day, b: &Day| {
        a.day.succ_opt() == Some(b.day) && a.works == b.works && a.source == b.source && a.own == b.own
    };
    days.chunk_by(same)
        .filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            // The year stands above the table; no day is today here.
            let other = first.day.with_ordinal(if first.day.ordinal() == 1 { 2 } else { 1 }).unwrap_or(first.day);
            let said = |day: &Day| day_near(day.day, other);
            let when = if run.len() == 1 {
                said(first)
            } else {
                format!("{}至{}，{}天", said(first), said(last), run.len())
            };
            let what = match first.works {
                Some(false) => Badge::good("放假"),
                Some(true) => Badge::wait("上班"),
                None => Badge::plain("按星期几"),
            };
            let from = if first.own { "本市改的" } else { "随软件提供" };
            Some(vec![Cell::strong(when), Cell::badge(what), Cell::text(first.source.clone()).note(from)])
        })
        .collect()
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
        let days = rows(&year.days);
        let body = if days.is_empty() {
            let text = "国务院办公厅的年度放假通知公布以后，在这一页填上。";
            Body::Empty(Empty::new(EmptyKind::Nothing, "这一年还没有填", text))
        } else {
            let columns = vec![Column::text("日期"), Column::text("安排"), Column::text("依据")];
            Body::Table(Table { caption: "放假和调休".into(), caption_hidden: true, columns, rows: days })
        };
        let source = year.source.unwrap_or("没有随软件提供的日子");
        let kinds = vec![
            Choice::new("rest", "放假"),
            Choice::new("work", "上班（调休）"),
            Choice::new("plain", "按星期几，和平常一样"),
        ];
        let fields = vec![
            Field::date("from", "从哪天"),
            Field::date("until", "到哪天").hint("只改一天的不用填。").optional(),
            Field::radios("kind", "放假还是上班", kinds),
            Field::text("source", "依据").hint("例如：春节，国务院办公厅关于2027年部分节假日安排的通知"),
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
        let value = |name: &str| post.value(name);
        let year = working_days::set(&ctx, value("from"), value("until"), value("kind"), value("source")).await?;
        Ok(year.to_string())
    })
    .await
}
