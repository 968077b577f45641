//! 我的服务记录: all five parts of a volunteer's record, for the volunteer (民政部令第67号 article 7).

use crate::Route;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::words::pager;
use crate::volunteers::volunteer::OWN;
use app::components::{Cell, Column, Crumb, Empty, EmptyKind, Fact, Head, Link, Table};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::response::Response;
use domain::calendar::day_words;
use domain::record::stars_words;
use services::finding::hall::service_name;
use services::volunteers::volunteer_record::{self, Own};

/// Services on one page.
const SIZE: usize = 50;

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get("/my/records", OWN, show)]
}

async fn show(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let size = i64::try_from(SIZE).unwrap_or(50);
        let offset = i64::try_from(get.page() - 1).unwrap_or_default() * size;
        let own = volunteer_record::own(ctx, offset, size).await?;
        let (count, minutes) = own.total;
        let mut served = services_section(&own);
        let total = u64::try_from(count).unwrap_or_default();
        if total > SIZE as u64 {
            let turn = pager("/my/records", &get.query, get.page(), SIZE, total, "条");
            served.title = format!("服务情况，{}", turn.summary);
            served.link = turn.next.map(|to| ("更早的".to_owned(), format!("{to}#services")));
        }
        let model = RecordModel {
            head: Head {
                crumbs: vec![Crumb::link("我的服务", "/my"), Crumb::here("服务记录")],
                notes: vec![format!("{}，{count}条", domain::hours::words(minutes))],
                ..Head::new("我的服务记录")
            }
            .action(Link::new("下载我的全部信息", "/my/copy.xlsx")),
            sections: vec![
                person_section(&get, &own),
                served,
                trainings_section(&own),
                awards_section(&own),
                evaluations_section(&own),
            ],
            ..RecordModel::default()
        };
        Ok(Page::new("我的服务记录", move || record_page(model)))
    })
    .await
}

fn person_section(get: &Get, own: &Own) -> RecordSection {
    let v = &own.volunteer;
    let skills = v.skills().iter().map(|s| s.label()).collect::<Vec<_>>().join("、");
    let services = v.services().iter().map(|code| service_name(code)).collect::<Vec<_>>().join("、");
    let said = |text: String| if text.is_empty() { "没有填".to_owned() } else { text };
    let id = if own.file.id_number.is_empty() { "没有填" } else { "已填，加密保存，不显示" };
    let facts = vec![
        Fact::new("志愿者编号", v.number.clone()),
        Fact::new("姓名", own.file.name.clone()),
        Fact::new("性别", own.file.sex.map(domain::need::Sex::label).unwrap_or_default()),
        Fact::new("出生日期", own.file.birth.map(day_words).unwrap_or_default()),
        Fact::new("身份证号", id),
        Fact::new("居住区域", get.site.services.place(&v.division_code)),
        Fact::new("联系方式", own.file.phone.clone()),
        Fact::new("专业技能", said(skills)),
        Fact::new("服务类别", said(services)),
    ];
    let mut section = RecordSection::new("person", "个人基本信息", vec![Body::Facts(facts)]);
    section.link = Some(("修改".into(), "/my/profile".into()));
    section
}

fn or_empty(rows: Vec<Vec<Cell>>, caption: &str, columns: Vec<Column>, title: &str, text: &str) -> Body {
    if rows.is_empty() {
        return Body::Empty(Empty::new(EmptyKind::Nothing, title, text));
    }
    Body::Table(Table { caption: caption.into(), caption_hidden: true, columns, rows })
}

fn services_section(own: &Own) -> RecordSection {
    let rows = own
        .services
        .iter()
        .map(|r| {
            let said = own.evaluations.get(&r.signup_id).map(|e| stars_words(e.stars));
            vec![
                Cell::strong(r.title.clone()).note(day_words(r.day)),
                Cell::text(r.content.clone()).note(r.place.clone()),
                Cell::text(domain::hours::words(r.minutes)),
                Cell::text(r.unit.clone()).note(said.unwrap_or_default()),
            ]
        })
        .collect();
    let columns = vec![Column::text("活动"), Column::text("内容"), Column::number("时间"), Column::text("单位")];
    let text = "服务结束以后10个工作日内记录在这里。";
    RecordSection::new("services", "服务情况", vec![or_empty(rows, "服务情况", columns, "还没有记录", text)])
}

fn trainings_section(own: &Own) -> RecordSection {
    let rows = own
        .trainings
        .iter()
        .map(|t| {
            vec![
                Cell::strong(t.name.clone()).note(day_words(t.day)),
                Cell::text(t.content.clone()),
                Cell::text(domain::hours::words(t.minutes)),
                Cell::text(t.host.clone()),
            ]
        })
        .collect();
    let columns =
        vec![Column::text("培训"), Column::text("主要内容"), Column::number("学习时长"), Column::text("举办单位")];
    let text = "参加服务队的培训以后，由队长记在这里。";
    RecordSection::new("trainings", "培训情况", vec![or_empty(rows, "培训情况", columns, "还没有培训记录", text)])
}

fn awards_section(own: &Own) -> RecordSection {
    let rows = own
        .awards
        .iter()
        .map(|a| vec![Cell::strong(a.name.clone()), Cell::text(day_words(a.day)), Cell::text(a.granted_by.clone())])
        .collect();
    let columns = vec![Column::text("表彰奖励"), Column::text("日期"), Column::text("授予单位")];
    let text = "得到的表彰由所在的机构记在这里。";
    RecordSection::new("awards", "表彰奖励", vec![or_empty(rows, "表彰奖励", columns, "还没有表彰记录", text)])
}

fn evaluations_section(own: &Own) -> RecordSection {
    let mut all: Vec<_> = own.evaluations.values().collect();
    all.sort_by_key(|e| std::cmp::Reverse((e.day, e.id)));
    let rows = all
        .into_iter()
        .map(|e| {
            let of = own.services.iter().find(|r| r.signup_id == e.signup_id);
            let what = of.map_or_else(|| "以前的服务".to_owned(), |r| r.title.clone());
            vec![
                Cell::strong(what).note(of.map(|r| day_words(r.day)).unwrap_or_default()),
                Cell::text(stars_words(e.stars)).note(e.words.clone()),
                Cell::text(day_words(e.day)),
            ]
        })
        .collect();
    let columns = vec![Column::text("哪次服务"), Column::text("评价"), Column::text("日期")];
    let text = "到居民家里的服务，由街道问过居民以后登记在这里。";
    RecordSection::new("evaluations", "服务评价", vec![or_empty(rows, "服务评价", columns, "还没有评价", text)])
}
