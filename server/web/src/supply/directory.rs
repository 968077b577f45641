//! 机构目录 for everybody: verified organizations, each with its public profile, and the same as HSDS 3.0 JSON.

use crate::base::download::attachment;
use crate::base::finder::{Finder, SIZE, districts, service_choices};
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::promise::kept_publicly;
use crate::base::states;
use crate::finding::hall_words::heard;
use crate::{Access, Route};
use app::components::{Cell, Crumb, Empty, EmptyKind, Fact, Head, Link, Table};
use app::pages::list::{ListModel, list_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::response::Response;
use domain::gate::small::Shown;
use domain::href::href;
use domain::machine::Object;
use services::Result;
use services::finding::hall::service_name;
use services::office::lists::Window;
use services::supply::directory::{self, Wanted};
use uuid::Uuid;

const PATH: &str = "/directory";

pub(crate) fn routes() -> Vec<Route> {
    vec![Route::get(PATH, Access::Anyone, list), Route::get("/directory.json", Access::Anyone, download)]
}

async fn list(get: Get) -> Response {
    get.show_public(async {
        let services = &get.site.services;
        let wanted = Wanted {
            text: Finder::text(&get),
            service: get.value("service").to_owned(),
            area: get.value("area").chars().take(6).collect(),
        };
        let size = i64::try_from(SIZE).unwrap_or(20);
        let window = Window { offset: i64::try_from(get.page() - 1).unwrap_or_default() * size, limit: size };
        let found = directory::list(services, &wanted, window).await?;
        let ids: Vec<Uuid> = found.rows.iter().map(|row| row.id).collect();
        let kept = services::aid::promise::kept_by(services, &ids).await?;
        let k = services.policy.small_cell_k;
        let table = Table::of("核验过的社会组织", &found.rows)
            .column("机构", |row| {
                Cell::link(row.name.clone(), href(Object::Organization, &row.id)).note(directory::kind_words(&row.kind))
            })
            .column("能提供的服务", |row| {
                Cell::text(row.services().iter().map(|code| service_name(code)).collect::<Vec<_>>().join("、"))
            })
            .column("服务区域", |row| {
                Cell::text(row.areas().iter().map(|code| services.place(code)).collect::<Vec<_>>().join("、"))
            })
            .column("约定的兑现", |row| Cell::text(kept_publicly(kept.get(&row.id), k)))
            .done();
        let list = ListModel {
            head: Head::new("机构目录")
                .lead("经区民政局核验、参加帮扶的社会组织。按名称排列，不排名次。")
                .action(Link::new("下载目录（HSDS 3.0）", "/directory.json"))
                .action(Link::new("社会组织入驻", crate::supply::registration::REGISTER)),
            notice: found.found.as_ref().and_then(heard),
            table,
            ..ListModel::default()
        };
        let nothing = Empty::new(EmptyKind::Nothing, "还没有核验过的机构", "社会组织登记并通过核验后列在这里。")
            .action(Link::new("社会组织入驻", crate::supply::registration::REGISTER));
        let model = Finder::new(&get, PATH)
            .one_of("服务", "service", service_choices())
            .one_of("服务区域", "area", districts(&get))
            .around(
                list,
                ("查找机构", "机构名称、服务或地方"),
                "家机构",
                u64::try_from(found.total).unwrap_or_default(),
                nothing,
            );
        Ok(Page::new("机构目录", move || list_page(model)))
    })
    .await
}

async fn download(get: Get) -> Response {
    get.show(async {
        let bytes = directory::download(&get.site.services).await?;
        Ok(Answer::Raw(attachment(
            "社会组织目录.hsds.json",
            "directory.hsds.json",
            "application/json",
            bytes.as_ref().clone(),
        )))
    })
    .await
}

/// The profile of a verified organization for whoever may not look at it closely.
pub(crate) async fn profile(get: &Get, id: Uuid) -> Result<Page> {
    let services = &get.site.services;
    let found = directory::public(services, id).await?;
    let (row, profile) = (&found.organization, &found.profile);
    let k = services.policy.small_cell_k;
    let join = |list: Vec<String>| list.join("、");
    let mut facts = vec![
        Fact::new("类型", directory::kind_words(&row.kind)),
        Fact::new("统一社会信用代码", row.uscc.clone()),
        Fact::new("能提供的服务", join(row.services().iter().map(|code| service_name(code)).collect())),
        Fact::new("服务区域", join(row.areas().iter().map(|code| services.place(code)).collect())),
    ];
    let mut add = |term: &str, value: String| {
        if !value.is_empty() {
            facts.push(Fact::new(term, value));
        }
    };
    add("服务时间", profile.hours().map(|hours| hours.words()).unwrap_or_default());
    add("办公地址", profile.address.clone());
    add("办公电话", profile.phone.clone());
    add("电子邮箱", profile.email.clone());
    add("网站", profile.website.clone());
    add("业务范围", row.business_scope.clone());
    let grade = profile.standing().grade_on(services.now().day());
    add("评估等级", grade.map(|grade| grade.label().to_owned()).unwrap_or_default());
    let kept = services::aid::promise::kept_by(services, &[id]).await?;
    let count = |n: i64| format!("{}件", Shown::alone(n, k).words(k));
    let record = vec![
        Fact::new("核验后办结", count(found.completed)),
        Fact::new("没有做完", count(found.unfinished)),
        Fact::new("约定的兑现", kept_publicly(kept.get(&id), k)).note("到期的服务里，做到九成以上的"),
        Fact::new(
            "多久首次联系",
            found.response_minutes.map_or_else(
                || "次数还少，不计算".to_owned(),
                // In full hours: nobody counts on minutes.
                |minutes| format!("一般{}以内", domain::calendar::span_words((minutes.max(1) + 59) / 60 * 60)),
            ),
        )
        .note("从结对到第一次联系，取中间值"),
    ];
    let mut sections = Vec::new();
    if !profile.summary.is_empty() {
        sections.push(RecordSection::new("what", "做什么", vec![Body::Text(profile.summary.clone())]));
    }
    sections.push(RecordSection::new("facts", "机构", vec![Body::Facts(facts)]));
    sections.push(RecordSection::new("record", "在这里做过的，由街道核验", vec![Body::Facts(record)]));
    let projects = services::supply::project::of(services, id).await?;
    if !projects.is_empty() {
        sections.push(crate::supply::project::section(services, &projects));
    }
    let name = row.name.clone();
    let model = RecordModel {
        head: Head {
            crumbs: vec![Crumb::link("机构目录", PATH), Crumb::here(name.clone())],
            badges: vec![states::organization(row.state)],
            notes: vec![services.place(&row.division_code)],
            ..Head::new(name.clone())
        },
        sections,
        ..RecordModel::default()
    };
    Ok(Page::new(name, move || record_page(model)))
}
