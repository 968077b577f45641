//! 求助登记: the form for anybody, and for staff who write down what a caller says; the slip it is answered with.

use super::words::{ASK, DESPAIR, PROGRESS, calls, progress_of};
use crate::base::form_fields::{fill, fill_from, mark};
use crate::base::frame::{Page, Site, render};
use crate::base::get::Get;
use crate::base::parts::target;
use crate::base::post::Post;
use crate::base::qr::qr;
use crate::base::refusal::{failure, retry_after};
use crate::base::states;
use crate::{Access, Route};
use app::components::{
    Badge, Button, Cell, Crumb, Empty, EmptyKind, Fact, Field, FieldGroup, FlashKind, FormTarget, Happening, Head,
    Line, Link, Mark, Mistake, Table,
};
use app::pages::form::{FormModel, form_page};
use app::pages::list::{ListModel, list_page};
use app::pages::reach::{AskModel, SlipModel, ask_page, slip_page};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use domain::field::FieldError;
use domain::form::reach::ask as form;
use domain::help::{TRIAGE_URGENT_HOURS, TRIAGE_WORKING_DAYS};
use domain::href::href;
use domain::machine::{Command, Object};
use services::base::draft::Fields;
use services::reach::ask::{self, Asked};
use services::{Ctx, Error};

pub(crate) fn routes() -> Vec<Route> {
    const ENTER: Access = Access::Commands(&[Command::HelpAsk]);
    vec![
        Route::get(ASK, Access::Anyone, show),
        Route::post(ASK, Access::Anyone, send),
        Route::get("/requests/new", ENTER, enter),
        Route::post("/requests/new", ENTER, entered),
        Route::get(LEADS, ENTER, leads),
    ]
}

fn groups() -> Vec<FieldGroup> {
    vec![
        FieldGroup::new("", vec![Field::of(form::WHOM), Field::of(form::WORDS), Field::of(form::PACE)]),
        FieldGroup::new("", vec![Field::of(form::NAME), Field::of(form::PLACE), Field::of(form::PHONE)]),
        FieldGroup::new("替别人求助的，再填这两项", vec![Field::of(form::ASKER), Field::of(form::AGREED)]),
    ]
}

/// The code of a poster, where it is a division of the city.
fn poster(site: &Site, code: &str) -> Option<String> {
    let divisions = site.services.divisions();
    let found = divisions.current(code)?;
    let is_one = matches!(
        found.level,
        domain::division::Level::District | domain::division::Level::Street | domain::division::Level::Village
    );
    is_one.then(|| found.code12.clone())
}

fn form_of(get: &Get, at: Option<&str>, typed: &Fields, mistakes: &[FieldError], despair: bool) -> AskModel {
    let site = &get.site;
    let mut groups = groups();
    let mut rest = mistakes.to_vec();
    let place = at.map(|code| site.services.place(code));
    for group in &mut groups {
        if let Some(place) = &place {
            fill_from(&mut group.fields, &vec![(form::PLACE.name.to_owned(), place.clone())]);
        }
        fill_from(&mut group.fields, typed);
        rest = mark(&mut group.fields, &rest);
    }
    let mut target = FormTarget::new(ASK, "").in_tab();
    if let Some(at) = at {
        target = target.with("at", at);
    }
    AskModel {
        head: Head::new("遇到困难，说给街道听").lead("替自己、替家人、替邻居都可以。不用注册，两分钟填完。"),
        despair: despair.then(|| DESPAIR.to_owned()),
        calls: calls(site, despair),
        from: place.map(|place| format!("您扫的是{place}的二维码，求助交给那里。不在那里的，改“住在哪个街道”一项。")),
        target,
        groups,
        mistakes: rest
            .into_iter()
            .map(|m| Mistake { target: format!("{}-0", form::WHOM.name), text: m.message })
            .collect(),
        next: format!(
            "提交后得到一个8位数的回执号，凭它随时能查。今天就难的{TRIAGE_URGENT_HOURS}小时内答复，别的{TRIAGE_WORKING_DAYS}个工作日内答复。"
        ),
        then: vec![
            "街道先打电话或上门，问清情况。".into(),
            "政府救助能办的先办，急的先给再补手续。".into(),
            "还缺的，请社会组织和志愿者来帮。".into(),
            "来没来、帮没帮上，您说了算。".into(),
        ],
        private: vec![
            "只有街道和区里办事的人。您写的话、姓名和电话不公开，加密保存，每次查看都有记录。".into(),
            "不收钱，也不会向您要银行卡号和验证码。".into(),
        ],
        others: vec![Line {
            title: "我有回执，查进度".into(),
            href: PROGRESS.into(),
            mark: Mark::None,
            note: "填8个数字就行".into(),
        }],
    }
}

fn page_of(model: AskModel) -> Page {
    let title = app::pages::form::form_title(&model.head.title, model.mistakes().len());
    Page::new(title, move || ask_page(model))
}

async fn show(get: Get) -> Response {
    get.show(async {
        let at = poster(&get.site, get.value("place"));
        Ok(page_of(form_of(&get, at.as_deref(), &Fields::new(), &[], false)))
    })
    .await
}

async fn send(post: Post) -> Response {
    let services = &post.site.services;
    let at = poster(&post.site, post.value("at"));
    let outcome = async {
        let input = ask::read(&post.fields, &services.divisions())?;
        let asked = ask::ask(services, &post.request.address, &input, at.is_some()).await?;
        Ok::<_, Error>((asked, input.despair))
    };
    // The number to ring does not wait for a mistake to be mended.
    let despair = domain::help::is_despair(post.typed(form::WORDS));
    let again = |mistakes: &[FieldError], status: StatusCode| {
        let get = Get::again(&post.site, post.request.clone());
        page_of(form_of(&get, at.as_deref(), &post.fields, mistakes, despair)).status(status)
    };
    match outcome.await {
        Ok((asked, despair)) => answered(&post, &asked, despair).await,
        Err(Error::Invalid(mistakes)) => {
            render(&post.site, &post.request, again(&mistakes, StatusCode::UNPROCESSABLE_ENTITY)).await
        }
        Err(Error::TooMany { seconds }) => {
            let words = format!(
                "这里刚刚登记了很多件，请{}分钟后再提交，填好的都还在。着急的请直接打{}",
                (seconds + 59) / 60,
                post.site.settings.hotline
            );
            let mistake = FieldError::new("", words);
            let page = again(&[mistake], StatusCode::TOO_MANY_REQUESTS);
            let mut response = render(&post.site, &post.request, page).await;
            retry_after(&mut response, seconds);
            response
        }
        Err(error) => failure(&post.site, &post.request, error, Some(ASK.into())).await,
    }
}

/// The slip, in the answer itself: it has no address of its own, and sent again it is the same one.
async fn answered(post: &Post, asked: &Asked, despair: bool) -> Response {
    let site = &post.site;
    let now = site.services.now();
    let shown = domain::help::shown(&asked.slip);
    let due = asked.due_at.words_near(now);
    let waits = asked.state == domain::help::HelpState::Received;
    let title = match (asked.known, waits) {
        (false, _) => format!("街道收到了，{due}前答复您"),
        (true, true) => format!("这件事已经登记过，街道{due}前答复您"),
        (true, false) => "这件事已经登记过，街道在办".to_owned(),
    };
    let progress = progress_of(&asked.slip);
    let mut facts = vec![Fact::new("登记", now.words())];
    if waits {
        facts.push(Fact::new("答复", format!("{due}前，打您留的电话或上门")));
    }
    facts.push(Fact::new("没等到", format!("打{}，报这个号", site.settings.hotline)));
    let step = |what: &str, detail: &str, now: bool| Happening {
        what: what.to_owned(),
        when: String::new(),
        at: String::new(),
        detail: detail.to_owned(),
        now,
    };
    let model = SlipModel {
        head: Head { badges: vec![Badge::good("收到了")], ..Head::new(title.clone()) },
        despair: despair.then(|| DESPAIR.to_owned()),
        calls: if despair || asked.urgent { calls(site, despair) } else { Vec::new() },
        slip: shown.clone(),
        facts,
        qr: qr(&site.settings.address(&progress), format!("查进度的二维码，回执号{shown}")),
        links: vec![Link::new("查进度", progress), Link::new("再登记一件", ASK)],
        next: vec![
            step("街道收到", "现在", true),
            step("街道打电话或上门", &format!("{due}前"), false),
            step("告诉您怎么办", "办哪项救助、请谁来帮、什么时候", false),
            step("有人来帮", "每次来，您都可以说“来了”或“没来”", false),
        ],
        notes: vec![
            "用浏览器的打印功能可以打印这一页。没有打印机，把8个数字抄下来或拍张照就行。回执上没有姓名、电话和困难，丢了别人也看不出是谁。".into(),
            "答复的人不会要钱，不会要银行卡号和验证码。要这些的是骗子，打110。".into(),
            "情况变急了不要等：急病打120，有人伤害打110。".into(),
        ],
    };
    let mut response = render(site, &post.request, Page::new(title, move || slip_page(model))).await;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// What the reader has asked for others.
const LEADS: &str = "/leads";

/// 报过的线索: how far each is, by its slip; nothing of what was told.
async fn leads(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let own = ask::leads(ctx).await?;
        let now = ctx.now();
        let table = Table::of("报过的线索", &own)
            .column("回执号", |lead| Cell::link(domain::help::shown(&lead.slip), progress_of(&lead.slip)))
            .column("办到哪了", |lead| Cell::badge(states::help(lead.state)))
            .number("登记", |lead| Cell::text(lead.asked_at.words_near(now)))
            .done();
        let empty = table
            .is_empty()
            .then(|| Empty::new(EmptyKind::Nothing, "还没有报过", "遇到有困难、还没有人帮的，报给他住的街道。"));
        let title = if ctx.role().is_staff() { "我登记的求助" } else { "报过的线索" };
        let model = ListModel {
            head: Head::new(title).action(Link::new("再报一条", "/requests/new").primary()),
            found: format!("{}件", own.len()),
            table,
            empty,
            ..ListModel::default()
        };
        Ok(Page::new(title, move || list_page(model)))
    })
    .await
}

/// 替来电人登记.
async fn enter(get: Get) -> Response {
    get.show(async {
        let draft = get.draft("ask").await?;
        let mut groups = groups();
        let mistakes = fill(groups.iter_mut().flat_map(|group| &mut group.fields), draft.as_ref());
        let ctx = get.ctx()?;
        let (title, lead, notice, up) = if ctx.role().is_staff() {
            (
                "替来电人登记求助",
                "边听边填，照他的话写。登记以后把8位回执号念给他，请他记下来。",
                "急病、受伤、有人伤害，先请他挂断打120或110。",
                if ctx.may(Command::HelpTake) {
                    Crumb::link("求助", "/requests")
                } else {
                    Crumb::link("今日待办", "/desk")
                },
            )
        } else {
            (
                "报一条线索",
                "服务中遇到有困难、还没有人帮的，告诉他住的街道。先问本人同意；回执号可以给他，他自己也能查。",
                "有人急病、受伤打120，有人伤害打110，再来填。",
                Crumb::link("报过的线索", LEADS),
            )
        };
        let next = if ctx.role().is_staff() {
            "交给他住的街道答复。您只能登记自己范围里的。"
        } else {
            "交给他住的街道答复。您能看到办到哪一步，看不到别的。"
        };
        let model = FormModel {
            head: Head::new(title).crumbs(vec![up, Crumb::here("登记")]).lead(lead),
            notice: Some(notice.into()),
            target: target(&get, "ask", "/requests/new", draft.as_ref()),
            mistakes,
            groups: groups.into_iter().map(Into::into).collect(),
            buttons: vec![Button::new("登记求助")],
            cancel: Some(Link::new("取消", "/desk")),
            next: next.into(),
            ..FormModel::default()
        };
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

async fn entered(post: Post) -> Response {
    let outcome = async {
        let ctx = post.ctx()?;
        let input = ask::read(&post.fields, &ctx.services.divisions())?;
        let asked = ask::ask_for(&ctx, &input).await?;
        if let Some(draft) = post.draft_id() {
            services::base::draft::delete(&ctx, draft).await?;
        }
        Ok::<_, Error>((asked, input.despair, ctx))
    };
    match outcome.await {
        Ok((asked, despair, ctx)) => {
            services::finding::follower::follow_briefly(&ctx.services).await;
            answered(&post, &asked, despair).await
        }
        Err(Error::AlreadyDone { result }) => again_entered(&post, &result),
        Err(error) => post.failed(error).await,
    }
}

/// The second tap: to the request, where the reader may see it.
fn again_entered(post: &Post, code: &str) -> Response {
    let sees = post.ctx().is_ok_and(|ctx: Ctx| ctx.may(Command::HelpTake));
    let to = if sees && domain::code::is_code(code) { href(Object::Help, &code) } else { "/desk".to_owned() };
    post.go(&to, FlashKind::Notice, "这件求助已经登记过了")
}
