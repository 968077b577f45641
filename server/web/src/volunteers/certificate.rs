//! 志愿服务记录证明: asking for one, printing it, its public check; and the exchange file of a team.

use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::parts::panel;
use crate::base::post::Post;
use crate::base::words::address;
use crate::volunteers::volunteer::OWN;
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Cell, Choice, Crumb, Empty, EmptyKind, Fact, Field, FormTarget, Head, Line, Link, Mark, Sheet,
    Table,
};
use app::pages::door::{DoorModel, door_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use app::pages::sheet::{SheetModel, sheet_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::certificate::{Standing, shown};
use domain::form::volunteers::certificate as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use services::volunteers::certificate;
use services::volunteers::exchange::{self, Part};
use services::volunteers::signup::Mine;
use services::{Ctx, Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const READ: Access = Access::Commands(&[Command::CertificateIssue, Command::SignupConfirmHours]);
    const TAKE: Access = Access::Commands(&[Command::TeamExport]);
    vec![
        Route::post("/my/certificates", OWN, issue),
        Route::get_at("/certificates/{id}", READ, show),
        Route::get("/verify", Access::Anyone, ask),
        Route::get_at("/verify/{check}", Access::Anyone, verify),
        Route::get_at("/teams/{code}/records", TAKE, records),
        Route::get_at("/teams/{code}/records.xlsx", TAKE, workbook),
        Route::get_at("/teams/{code}/records.csv", TAKE, csv),
    ]
}

/// The certificates on the volunteer's page, and the form for another one.
pub(crate) async fn of_mine(get: &Get, mine: &Mine) -> Result<(RecordSection, Option<ActPanel>)> {
    let teams = &mine.certified;
    let lines: Vec<Line> = mine
        .certificates
        .iter()
        .map(|c| Line {
            title: format!("{}，{}", c.unit, domain::hours::words(c.minutes)),
            href: href(Object::Certificate, &c.id),
            mark: Mark::Text(day_words(c.issued_at.day())),
            note: format!("校验码 {}", shown(&c.check_code)),
        })
        .collect();
    let body = if lines.is_empty() {
        Body::Empty(Empty::new(EmptyKind::Nothing, "还没有开过证明", "有了记录的服务时间，就能自己开，不收费。"))
    } else {
        Body::Lines(lines)
    };
    let section = RecordSection::new("certificates", "服务记录证明", vec![body]);
    if teams.is_empty() {
        return Ok((section, None));
    }
    let teams = teams.iter().map(|(code, name)| Choice::new(code.clone(), name.clone()));
    let fields = vec![Field::of(form::TEAM).choices(teams), Field::of(form::FROM), Field::of(form::UNTIL)];
    let mut issue = panel(get, "issue", "开服务记录证明", "/my/certificates", fields, "开证明").await?;
    issue.next = "由组织这些服务的单位出具，写明时间、内容和记录单位。印志愿者编号，不印身份证号。".into();
    Ok((section, Some(issue)))
}

async fn issue(post: Post) -> Response {
    post.run(
        "证明已开好，可以打印",
        |id| href(Object::Certificate, &id),
        async |post, ctx: Ctx| {
            let id = certificate::issue(&ctx, post.typed(form::TEAM), post.typed(form::FROM), post.typed(form::UNTIL))
                .await?;
            Ok(id.to_string())
        },
    )
    .await
}

async fn show(get: Get, Path(id): Path<Uuid>) -> Response {
    get.show(async {
        let printed = certificate::read(get.ctx()?, id).await?;
        let c = &printed.certificate;
        let table = Table::of("服务记录", &printed.records)
            .column("日期", |r| Cell::text(day_words(r.day)))
            .column("服务内容", |r| Cell::text(r.title.clone()))
            .column("地点", |r| Cell::text(r.place.clone()))
            .number("服务时间", |r| Cell::text(domain::hours::words(r.minutes)))
            .done();
        let url = format!("{}/verify/{}", get.site.settings.public_url.trim_end_matches('/'), c.check_code);
        let mut notes = vec![
            "每条时间由一个账号填报、另一个账号确认，只算实际付出的时间。".to_owned(),
            format!("查真伪：打开{url}，或在{}/verify填校验码。", get.site.settings.public_url.trim_end_matches('/')),
        ];
        match printed.standing {
            Standing::Valid => {}
            Standing::Corrected => notes.insert(0, "开出以后有记录更正过，请重新开一份。".into()),
            Standing::Void => notes.insert(0, "这份证明里的记录都已作废，证明无效。".into()),
        }
        let sheet = Sheet {
            title: "志愿服务记录证明".into(),
            code: format!("校验码 {}", shown(&c.check_code)),
            issued: format!("{}开出", day_words(c.issued_at.day())),
            facts: vec![
                Fact::new("姓名", printed.name.clone()),
                Fact::new("志愿者编号", printed.number.clone()),
                Fact::new("服务时间", format!("{}，{}次", domain::hours::words(c.minutes), printed.records.len()))
                    .note(format!("{}至{}", day_words(c.from_day), day_words(c.until_day))),
                Fact::new("服务队", printed.team.name.clone()),
                Fact::new("记录单位", c.unit.clone()),
            ],
            tables: vec![("服务内容".into(), table)],
            notes,
            signatures: vec![format!("{}（盖章）", c.unit)],
            footer: "谁组织、谁记录、谁证明。本证明免费，不作商业用途。".into(),
        };
        let own = get.ctx()?.role() == domain::role::Role::Volunteer;
        let up = if own {
            Crumb::link("我的服务", "/my")
        } else {
            Crumb::link("服务队", href(Object::Team, &printed.team.code))
        };
        let model = SheetModel { crumbs: vec![up, Crumb::here("服务记录证明")], sheet };
        Ok(Page::new("志愿服务记录证明", move || sheet_page(model)))
    })
    .await
}

fn verify_model(code: &str, error: Option<String>) -> DoorModel {
    let field = Field::of(form::CODE).value(code).error(error);
    DoorModel {
        head: Head::new("查证明真伪").lead("只告诉您这份证明是否有效、谁开的、多少时间。"),
        target: FormTarget::new("/verify", ""),
        fields: vec![field],
        ..DoorModel::default()
    }
}

/// The code typed into the form goes into the address, so that the answer can be kept and sent on.
async fn ask(get: Get) -> Response {
    get.show(async {
        let typed = get.value(form::CODE.name);
        if let Some(code) = domain::certificate::parse(typed) {
            return Ok(Answer::To(format!("/verify/{code}")));
        }
        let error = (!typed.is_empty()).then(|| "校验码是12位字母和数字，请对照证明再填".to_owned());
        let model = verify_model(typed, error);
        Ok(Page::new("查证明真伪", move || app::pages::verify::verify_page(model)).into())
    })
    .await
}

async fn verify(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let services = &get.site.services;
        let checked = match certificate::verify(services, &get.request.address, &code).await {
            Ok(checked) => checked,
            Err(Error::NotFound) => {
                let error = Some("没有这样的证明。请对照证明右上角的校验码再填一次".to_owned());
                let model = verify_model(&code, error);
                let page = Page::new("没有这样的证明", move || app::pages::verify::verify_page(model));
                return Ok(page.status(axum::http::StatusCode::NOT_FOUND));
            }
            Err(error) => return Err(error),
        };
        let badge = match checked.standing {
            Standing::Valid => Badge::good(checked.standing.label()),
            Standing::Corrected => Badge::care(checked.standing.label()),
            Standing::Void => Badge::unmet(checked.standing.label()),
        };
        let hours = match checked.standing {
            Standing::Void => "0".to_owned(),
            _ => domain::hours::words(checked.minutes),
        };
        let mut time = Fact::new("服务时间", hours);
        if checked.standing == Standing::Corrected {
            time = time.note("这是更正后的时间，和纸上印的可能不同。");
        }
        let model = DoorModel {
            head: Head { badges: vec![badge], ..Head::new("志愿服务记录证明") },
            facts: vec![
                Fact::new("校验码", domain::certificate::parse(&code).map(|c| shown(&c)).unwrap_or_default()),
                Fact::new("记录单位", checked.unit),
                time,
                Fact::new("开出日期", day_words(checked.issued_at.day())),
            ],
            next: "内容以记录单位留存的为准，这里不显示姓名。".into(),
            links: vec![Link::new("再查一份", "/verify")],
            ..DoorModel::default()
        };
        Ok(Page::new("志愿服务记录证明", move || door_page(model)))
    })
    .await
}

/// What leaves with the file, and the two ways to take it.
async fn records(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = services::volunteers::team::view(&ctx.services, Some(ctx), &code, 0).await?;
        if !view.offers.permits(Command::TeamExport) {
            return Err(Error::NotFound);
        }
        let to = |end: &str| address(&href_at(Object::Team, &code, &format!("/records.{end}")), &[], &[]);
        let mut facts =
            vec![Fact::new("记录", format!("{}条，{}", view.served.0, domain::hours::words(view.served.1)))];
        facts.extend(Part::ALL.map(|part| Fact::new(part.label(), part.fields().join("、"))));
        facts.push(Fact::new("依据", "《志愿服务记录与证明出具办法（试行）》（民政部令第67号）第七条至第十条"));
        let model = RecordModel {
            head: Head::new("导出服务记录")
                .crumbs(vec![Crumb::link(view.team.name.clone(), href(Object::Team, &code)), Crumb::here("导出服务记录")])
                .action(Link::new("下载Excel", to("xlsx")).primary())
                .action(Link::new("下载CSV", to("csv")))
                .action(Link::new("培训CSV", format!("{}?part=trainings", to("csv"))))
                .action(Link::new("表彰CSV", format!("{}?part=awards", to("csv")))),
            notice: Some("文件里有姓名、证件号和电话，下载前要再次确认身份，谁在什么时候下载会记下来。只用来向全国志愿服务信息系统报送。".into()),
            sections: vec![RecordSection::new(
                "what",
                "有哪些内容",
                vec![Body::Facts(facts)],
            )],
            ..RecordModel::default()
        };
        Ok(Page::new("导出服务记录", move || record_page(model)))
    })
    .await
}

async fn workbook(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let (from, until) = (get.value("from"), get.value("until"));
        let file = exchange::read(get.ctx()?, &code, from, until, &Part::ALL).await?;
        // The name of the sheet says what the file is not.
        let sheets: Vec<documents::sheet::Sheet<'_>> = file
            .parts
            .iter()
            .map(|(part, rows)| documents::sheet::Sheet {
                name: format!("{}（非证明）", part.label()),
                heads: part.fields(),
                rows,
            })
            .collect();
        let bytes = documents::sheet::book(&sheets).map_err(|_| Error::Internal("a workbook could not be written"))?;
        Ok(Answer::Raw(crate::base::download::workbook(&format!("{}服务记录.xlsx", file.team.name), bytes)))
    })
    .await
}

async fn csv(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let part = Part::parse(get.value("part"));
        let (from, until) = (get.value("from"), get.value("until"));
        let mut file = exchange::read(get.ctx()?, &code, from, until, &[part]).await?;
        let rows = file.parts.pop().map(|(_, rows)| rows).unwrap_or_default();
        let bytes = documents::sheet::csv(part.fields(), &rows);
        let name = format!("{}{}.csv", file.team.name, part.label());
        Ok(Answer::Raw(crate::base::download::attachment(&name, "records.csv", "text/csv; charset=utf-8", bytes)))
    })
    .await
}
