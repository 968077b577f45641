//! 入驻: an organization registers itself, fills in its application step by step, hands it in, and
//! sees what its district answers. The same steps later change what it says of itself.

use crate::base::form_fields::{fill, fill_from};
use crate::base::frame::{Page, Site, render};
use crate::base::get::{Answer, Get};
use crate::base::parts::{decide, panel, target};
use crate::base::post::Post;
use crate::base::states;
use crate::people::account_forms::new_password_fields;
use crate::people::session::mark;
use crate::{Access, Route};
use app::components::{
    ActPanel, Button, Cell, Choice, Crumb, Empty, EmptyKind, Fact, Field, FieldGroup, FlashKind, FormTarget, Head,
    Link, Step as StepView, StepState, Table,
};
use app::pages::door::{DoorModel, door_page};
use app::pages::form::{FormModel, FormPart, form_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::http::StatusCode;
use axum::response::Response;
use domain::form::FieldDef;
use domain::form::people::account::CHOSEN;
use domain::form::record::attachment::FILE;
use domain::form::supply::{basic, register, service};
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::organization::OrganizationState;
use domain::role::Role;
use services::base::attachment::Owner;
use services::base::draft::Fields;
use services::finding::hall::service_name;
use services::supply::registration::{self, Application, Step};
use services::{Ctx, Error, Result};

pub(crate) const REGISTER: &str = "/register";
pub(crate) const APPLY: &str = "/organization/apply";

pub(crate) fn routes() -> Vec<Route> {
    const EDIT: Access = Access::Commands(&[Command::OrganizationEdit]);
    vec![
        Route::get(REGISTER, Access::Anyone, begin),
        Route::post(REGISTER, Access::Anyone, register),
        Route::get(APPLY, EDIT, start),
        Route::get("/organization/apply/basic", EDIT, |get: Get| show(get, Step::Basic)),
        Route::get("/organization/apply/service", EDIT, |get: Get| show(get, Step::Service)),
        Route::get("/organization/apply/papers", EDIT, |get: Get| show(get, Step::Papers)),
        Route::get("/organization/apply/check", EDIT, |get: Get| show(get, Step::Check)),
        Route::post("/organization/apply/basic", EDIT, |post: Post| save(post, Step::Basic)),
        Route::post("/organization/apply/service", EDIT, |post: Post| save(post, Step::Service)),
        Route::post("/organization/apply/papers", EDIT, upload),
        Route::post("/organization/apply/check", EDIT, submit),
        Route::post("/organization/recheck", Access::Commands(&[Command::OrganizationRecheck]), recheck),
    ]
}

fn step_href(step: Step) -> String {
    format!("{APPLY}/{}", step.as_str())
}

/// The first page: nobody is signed in, so it keeps nothing and shows mistakes at once.
fn begin_model(site: &Site, typed: &Fields) -> DoorModel {
    let mut fields = vec![
        Field::of(register::USCC),
        Field::of(register::NAME),
        Field::of(CHOSEN).hint("3到40个小写字母、数字、点、横线或下划线，登录时用。"),
        Field::of(register::DISPLAY_NAME),
    ];
    fields.extend(new_password_fields(services::people::account::least_chars(&site.services, Role::OrgAdmin)));
    fields.push(Field::of(register::AGREE));
    fill_from(&mut fields, typed);
    DoorModel {
        head: Head::new("社会组织入驻").lead("先核对代码、开通账号，再分四步填写申请，由区民政局核验。"),
        steps: vec![
            "核对统一社会信用代码，给自己定账号和密码。".into(),
            "登录后填登记信息、服务和区域，上传证书。可以随时停下，以后再填。".into(),
            "提交后区民政局10个工作日内核验，通过就能认领需求。".into(),
        ],
        target: FormTarget::new(REGISTER, ""),
        fields,
        button: Some(Button::new("开通账号，开始填写")),
        next: "不收任何费用。已经登记过的机构，请负责人在“成员”里邀请您。".into(),
        links: vec![Link::new("已有账号，去登录", "/login")],
        ..DoorModel::default()
    }
}

fn begin_page(model: DoorModel) -> Page {
    Page::new("社会组织入驻", move || door_page(model))
}

async fn begin(get: Get) -> Response {
    get.show(async {
        if let Some(ctx) = get.reader() {
            let own = ctx.may(Command::OrganizationEdit);
            return Ok(Answer::To(if own { APPLY } else { "/desk" }.into()));
        }
        Ok(Answer::Page(begin_page(begin_model(&get.site, &Vec::new()))))
    })
    .await
}

async fn register(post: Post) -> Response {
    let (site, request) = (&post.site, &post.request);
    match registration::start(&site.services, &request.address, &post.fields).await {
        Ok(_) => post.go(
            &format!("/login?next={}", APPLY.replace('/', "%2F")),
            FlashKind::Done,
            "账号已开通，请用刚才定的账号和密码登录，接着填写申请",
        ),
        Err(error @ Error::Invalid(_)) => {
            let mut model = begin_model(site, &post.fields);
            mark(&mut model, &error, site.services.now());
            render(site, request, begin_page(model).status(StatusCode::UNPROCESSABLE_ENTITY)).await
        }
        Err(error) => crate::base::refusal::failure(site, request, error, Some(REGISTER.into())).await,
    }
}

/// To the first step that is not filled in.
async fn start(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let application = registration::own(ctx).await?;
        let open = Step::ALL.into_iter().find(|step| !application.done(*step, &ctx.services)).unwrap_or(Step::Check);
        Ok(Answer::To(step_href(open)))
    })
    .await
}

async fn show(get: Get, step: Step) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let application = registration::own(ctx).await?;
        let applying = matches!(application.organization.state, OrganizationState::Draft | OrganizationState::Returned);
        let title = if applying { "入驻申请" } else { "修改登记信息" };
        let head = Head {
            badges: vec![states::organization(application.organization.state)],
            notes: vec![application.organization.name.clone()],
            ..Head::new(title)
        }
        .crumbs(vec![Crumb::link("工作台", "/desk"), Crumb::here(format!("{title}：{}", step.label()))]);
        match step {
            Step::Basic | Step::Service => form(&get, ctx, &application, step, head).await,
            Step::Papers => papers(&get, ctx, &application, head).await,
            Step::Check => check(&get, ctx, &application, head).await,
        }
    })
    .await
}

fn steps(ctx: &Ctx, application: &Application, step: Step) -> Vec<StepView> {
    Step::ALL
        .into_iter()
        .enumerate()
        .map(|(i, other)| {
            let (state, note) = if other == step {
                (StepState::Current, format!("第{}步，共4步", i + 1))
            } else if application.done(other, &ctx.services) {
                (StepState::Done, "已填".to_owned())
            } else {
                (StepState::Open, "未填完".to_owned())
            };
            StepView { label: other.label().to_owned(), note, state, href: (other != step).then(|| step_href(other)) }
        })
        .collect()
}

/// What the district answered, or what it is waiting for.
fn notice(application: &Application) -> Option<String> {
    let answer = application.answer.clone().unwrap_or_default();
    match application.organization.state {
        OrganizationState::Returned => Some(format!("区民政局退回补正：{answer}。改好后再提交。")),
        OrganizationState::Refused => Some(format!("申请没有通过：{answer}。")),
        OrganizationState::Applied => Some("申请已提交，等区民政局核验。核验以前不能修改。".into()),
        _ => None,
    }
}

async fn form(get: &Get, ctx: &Ctx, application: &Application, step: Step, head: Head) -> Result<Page> {
    let name = step.as_str();
    let kept = get.draft(name).await?;
    let mut groups = match step {
        Step::Basic => basic_fields(ctx),
        _ => service_fields(ctx),
    };
    for group in &mut groups {
        fill_from(&mut group.fields, &application.fields);
    }
    let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), kept.as_ref());
    let editable = application.may(Command::OrganizationEdit);
    let applying = matches!(application.organization.state, OrganizationState::Draft | OrganizationState::Returned);
    let buttons = match (editable, applying) {
        (false, _) => Vec::new(),
        (true, true) => vec![Button::new("保存并继续")],
        (true, false) => vec![Button::new("保存")],
    };
    let next = if step == Step::Basic {
        "法定代表人、联系人和电话加密保存，只有本机构和核验的民政局看得到。"
    } else {
        "这一页的内容核验后向所有人公开，也进入公开的机构目录。"
    };
    let model = FormModel {
        head,
        steps: steps(ctx, application, step),
        notice: notice(application),
        target: target(get, name, &step_href(step), kept.as_ref()),
        groups: groups.into_iter().map(FormPart::from).collect(),
        mistakes,
        buttons,
        next: next.into(),
        ..FormModel::default()
    };
    let title = model.title();
    Ok(Page::new(title, move || form_page(model)))
}

fn basic_fields(ctx: &Ctx) -> Vec<FieldGroup> {
    let divisions = ctx.services.divisions();
    let districts = divisions.districts().map(|d| Choice::new(&d.code12[..6], d.name.clone()));
    vec![
        FieldGroup::new(
            "登记证书上的",
            [basic::NAME, basic::COMPETENT_UNIT, basic::FOUNDED_ON, basic::BUSINESS_SCOPE, basic::LEGAL_REPRESENTATIVE]
                .map(Field::of)
                .to_vec(),
        ),
        FieldGroup::new(
            "谁来联系",
            vec![
                Field::of(basic::DIVISION).choices(districts),
                Field::of(basic::CONTACT_NAME),
                Field::of(basic::CONTACT_PHONE),
            ],
        ),
    ]
}

fn service_fields(ctx: &Ctx) -> Vec<FieldGroup> {
    let services =
        domain::vocabulary::service_categories().iter().map(|service| Choice::new(service.code, service.short_name));
    let mut areas = vec![Choice::new("12", "全市")];
    areas.extend(ctx.services.divisions().districts().map(|d| Choice::new(&d.code12[..6], d.name.clone())));
    let days = ["周一", "周二", "周三", "周四", "周五", "周六", "周日"];
    let days = days.iter().enumerate().map(|(i, name)| Choice::new((i + 1).to_string(), *name));
    vec![
        FieldGroup::new(
            "能帮什么",
            vec![
                Field::of(service::SERVICE).choices(services),
                Field::of(service::AREA).choices(areas),
                Field::of(service::SUMMARY),
            ],
        ),
        FieldGroup::new(
            "什么时候、怎样找到",
            vec![
                Field::of(service::DAY).choices(days),
                Field::of(service::OPENS_AT),
                Field::of(service::CLOSES_AT),
                Field::of(service::ADDRESS),
                Field::of(service::POSTCODE),
                Field::of(service::PHONE),
                Field::of(service::EMAIL),
                Field::of(service::WEBSITE),
            ],
        ),
    ]
}

async fn save(post: Post, step: Step) -> Response {
    post.run(
        "已保存",
        |done| match Step::parse(done) {
            Some(Step::Basic) => step_href(Step::Service),
            Some(Step::Service) => step_href(Step::Papers),
            _ => APPLY.to_owned(),
        },
        async |post, ctx| {
            registration::save(&ctx, step, &post.fields).await?;
            Ok(step.as_str().to_owned())
        },
    )
    .await
}

/// The papers of an organization as a table, each with its removal where the reader may remove it.
pub(crate) async fn paper_table(get: &Get, ctx: &Ctx, organization: uuid::Uuid, removable: bool) -> Result<Body> {
    let files = services::base::attachment::list(ctx, organization).await?;
    if files.is_empty() {
        return Ok(Body::Empty(Empty::new(
            EmptyKind::Nothing,
            "还没有材料",
            "上传登记证书的照片或PDF，看得清代码和名称。",
        )));
    }
    let now = ctx.now();
    let table = Table::of("证明材料", &files)
        .column("文件", |file| {
            let size = format!("{}千字节", (file.size + 1023) / 1024);
            Cell::link(file.name.clone(), href(Object::Attachment, &file.id)).note(size)
        })
        .column("上传", |file| Cell::text(file.added_at.words_near(now)))
        .column_if(removable, "办理", |file| {
            let to = href_at(Object::Attachment, &file.id, "/remove");
            Cell::decisions(vec![decide(get, "删去", &file.name, &to)])
        })
        .done();
    Ok(Body::Table(table))
}

/// The form that adds a paper.
async fn upload_panel(get: &Get) -> Result<ActPanel> {
    let accept = ".jpg,.jpeg,.png,.webp,.pdf".to_owned();
    let field = Field::of(FILE).accept(accept).hint("不超过10兆。加密保存，每次打开都有记录。");
    let mut add = panel(get, "file", "上传材料", &step_href(Step::Papers), vec![field], "上传").await?;
    add.target = add.target.multipart();
    add.next = "必须有登记证书。有年检结论、评估证书的，也请上传。".into();
    Ok(add)
}

async fn papers(get: &Get, ctx: &Ctx, application: &Application, head: Head) -> Result<Page> {
    let editable = application.may(Command::OrganizationEdit);
    let mut head = head;
    if editable && application.papers > 0 {
        head = head.action(Link::new("继续：核对提交", step_href(Step::Check)).primary());
    }
    let title = head.title.clone();
    let model = RecordModel {
        head,
        notice: notice(application),
        sections: vec![
            step_lines(ctx, application, Step::Papers),
            RecordSection::new(
                "papers",
                "已上传的材料",
                vec![paper_table(get, ctx, application.organization.id, editable).await?],
            ),
        ],
        panels: if editable { vec![upload_panel(get).await?] } else { Vec::new() },
        ..RecordModel::default()
    };
    Ok(Page::new(title, move || record_page(model)))
}

/// The steps as links, on the pages that are no forms.
fn step_lines(ctx: &Ctx, application: &Application, step: Step) -> RecordSection {
    let lines = steps(ctx, application, step)
        .into_iter()
        .map(|one| app::components::Line {
            title: one.label,
            href: one.href.unwrap_or_else(|| step_href(step)),
            mark: app::components::Mark::Text(one.note),
            note: String::new(),
        })
        .collect();
    RecordSection::new("steps", "步骤", vec![Body::Lines(lines)])
}

async fn check(get: &Get, ctx: &Ctx, application: &Application, head: Head) -> Result<Page> {
    let said = |text: String| if text.is_empty() { "没有填".to_owned() } else { text };
    let at = |field: FieldDef| field.value(&application.fields).to_owned();
    let told = |field: FieldDef| Fact::new(field.label, said(at(field)));
    let words = |list: Vec<String>| if list.is_empty() { "没有填".to_owned() } else { list.join("、") };
    let hours = application.profile.hours().map_or_else(|| "没有填".to_owned(), |hours| hours.words());
    let services = &ctx.services;
    let parts = vec![
        (
            Step::Basic,
            vec![
                Fact::new("统一社会信用代码", application.organization.uscc.clone()),
                told(basic::NAME),
                told(basic::COMPETENT_UNIT),
                Fact::new(
                    "成立日期",
                    said(application.profile.founded_on.map(domain::calendar::day_words).unwrap_or_default()),
                ),
                told(basic::BUSINESS_SCOPE),
                told(basic::LEGAL_REPRESENTATIVE),
                Fact::new("机构所在的区", services.place(&at(basic::DIVISION))),
                Fact::new(
                    "联系人",
                    said([at(basic::CONTACT_NAME), at(basic::CONTACT_PHONE)].join(" ").trim().to_owned()),
                ),
            ],
        ),
        (
            Step::Service,
            vec![
                Fact::new(
                    "能提供的服务",
                    words(service::SERVICE.values(&application.fields).map(service_name).collect()),
                ),
                Fact::new(
                    "服务区域",
                    words(service::AREA.values(&application.fields).map(|code| services.place(code)).collect()),
                ),
                told(service::SUMMARY),
                Fact::new("服务时间", hours),
                told(service::ADDRESS),
                told(service::PHONE),
            ],
        ),
        (Step::Papers, vec![Fact::new("材料", format!("{}个文件", application.papers))]),
    ];
    let groups = parts
        .into_iter()
        .map(|(step, facts)| FormPart::Check { title: step.label().into(), facts, change: Some(step_href(step)) })
        .collect();
    let kept = get.draft("check").await?;
    let mistakes = kept.as_ref().map(|kept| kept.mistakes.clone()).unwrap_or_default();
    let mistakes = mistakes
        .into_iter()
        .map(|mistake| app::components::Mistake { target: "steps".into(), text: mistake.message })
        .collect();
    let sends = application.may(Command::OrganizationApply) || application.may(Command::OrganizationResubmit);
    let model = FormModel {
        head,
        steps: steps(ctx, application, Step::Check),
        notice: notice(application),
        target: target(get, "check", &step_href(Step::Check), kept.as_ref()),
        groups,
        mistakes,
        buttons: if sends { vec![Button::new("提交核验")] } else { Vec::new() },
        next: if sends {
            format!("{}民政局10个工作日内核验。结果会发站内信，也显示在工作台。", services.place(&at(basic::DIVISION)))
        } else {
            String::new()
        },
        ..FormModel::default()
    };
    let title = model.title();
    Ok(Page::new(title, move || form_page(model)))
}

async fn upload(post: Post) -> Response {
    post.run(
        "材料已加密保存",
        |_| step_href(Step::Papers),
        async |post, ctx| {
            let Some((name, bytes)) = &post.file else { return Err(Error::wrong(FILE, "请选择照片或PDF")) };
            let owner = Owner::Organization(ctx.organization()?);
            let id = services::base::attachment::add(&ctx, &owner, name, bytes.clone()).await?;
            Ok(id.to_string())
        },
    )
    .await
}

async fn submit(post: Post) -> Response {
    post.run(
        "申请已提交，等区民政局核验",
        |_| step_href(Step::Check),
        async |_, ctx| {
            registration::submit(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn recheck(post: Post) -> Response {
    let organization = post.ctx().ok().and_then(|ctx| ctx.actor.organization_id).unwrap_or_default();
    post.run(
        "已申请年度复核，等区民政局核验",
        move |_| href(Object::Organization, &organization),
        async |_, ctx| {
            registration::ask_recheck(&ctx).await?;
            Ok(String::new())
        },
    )
    .await
}
