//! 我的服务记录: all five parts of a volunteer's record, for the volunteer (民政部令第67号 article 7).

use crate::Route;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::words::pager;
use crate::volunteers::volunteer::OWN;
use app::components::{Cell, Crumb, Empty, EmptyKind, Fact, Head, Link, Table};
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

fn section(id: &str, title: &str, table: Table, nothing: &str, text: &str) -> RecordSection {
    let body = Body::table_or(table, || Empty::new(EmptyKind::Nothing, nothing, text));
    RecordSection::new(id, title, vec![body])
}

fn services_section(own: &Own) -> RecordSection {
    let table = Table::of("服务情况", &own.services)
        .column("活动", |r| Cell::strong(r.title.clone()).note(day_words(r.day)))
        .column("内容", |r| Cell::text(r.content.clone()).note(r.place.clone()))
        .number("时间", |r| Cell::text(domain::hours::words(r.minutes)))
        .column("单位", |r| {
            let said = own.evaluations.get(&r.signup_id).map(|e| stars_words(e.stars));
            Cell::text(r.unit.clone()).note(said.unwrap_or_default())
        })
        .done();
    section("services", "服务情况", table, "还没有记录", "服务结束以后10个工作日内记录在这里。")
}

fn trainings_section(own: &Own) -> RecordSection {
    let table = Table::of("培训情况", &own.trainings)
        .column("培训", |t| Cell::strong(t.name.clone()).note(day_words(t.day)))
        .column("主要内容", |t| Cell::text(t.content.clone()))
        .number("学习时长", |t| Cell::text(domain::hours::words(t.minutes)))
        .column("举办单位", |t| Cell::text(t.host.clone()))
        .done();
    section("trainings", "培训情况", table, "还没有培训记录", "参加服务队的培训以后，由队长记在这里。")
}

fn awards_section(own: &Own) -> RecordSection {
    let table = Table::of("表彰奖励", &own.awards)
        .column("表彰奖励", |a| Cell::strong(a.name.clone()))
        .column("日期", |a| Cell::text(day_words(a.day)))
        .column("授予单位", |a| Cell::text(a.granted_by.clone()))
        .done();
    section("awards", "表彰奖励", table, "还没有表彰记录", "得到的表彰由所在的机构记在这里。")
}

fn evaluations_section(own: &Own) -> RecordSection {
    let mut all: Vec<_> = own.evaluations.values().collect();
    all.sort_by_key(|e| std::cmp::Reverse((e.day, e.id)));
    let rows = all.into_iter().map(|e| (e, own.services.iter().find(|r| r.signup_id == e.signup_id)));
    let table = Table::of("服务评价", rows)
        .column("哪次服务", |(_, of)| {
            let what = of.map_or_else(|| "以前的服务".to_owned(), |r| r.title.clone());
            Cell::strong(what).note(of.map(|r| day_words(r.day)).unwrap_or_default())
        })
        .column("评价", |(e, _)| Cell::text(stars_words(e.stars)).note(e.words.clone()))
        .column("日期", |(e, _)| Cell::text(day_words(e.day)))
        .done();
    let text = "到居民家里的服务，由街道问过居民以后登记在这里。";
    section("evaluations", "服务评价", table, "还没有评价", text)
}
