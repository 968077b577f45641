//! Requests of persons about their own data: the list, recording one, deciding it.

use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::Get;
use crate::base::parts::{day_near, panel, target};
use crate::base::post::Post;
use crate::base::refusal::failure;
use crate::base::words::due_badge;
use crate::{Access, Route};
use app::components::{
    ActPanel, Badge, Button, Cell, Crumb, Empty, EmptyKind, Fact, Field, FieldGroup, Head, Link, Table,
};
use app::pages::form::{FormModel, form_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use axum::extract::Path;
use axum::response::Response;
use domain::calendar::day_words;
use domain::form::FieldDef;
use domain::form::record::rights as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::rights::{DUE_WORKING_DAYS, RightsKind, RightsState};
use services::Result;
use services::base::draft::Fields;
use services::record::rights::{self, Request, View};

macro_rules! door {
    ($command:ident) => {
        Access::Commands(&[Command::$command])
    };
}

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get("/rights", door!(RightsReceive), list),
        Route::get_at("/rights/{code}", door!(RightsReceive), show),
        Route::get_at("/needs/{code}/rights", door!(RightsReceive), form),
        Route::post_at("/needs/{code}/rights", door!(RightsReceive), receive),
        Route::post_at("/rights/{code}/copy", door!(RightsCopy), copy),
        Route::post_at("/rights/{code}/file", door!(RightsCorrect), file),
        Route::post_at("/rights/{code}/correct", door!(RightsCorrect), correct),
        Route::post_at("/rights/{code}/erase", door!(RightsErase), erase),
        Route::post_at("/rights/{code}/explain", door!(RightsExplain), explain),
        Route::post_at("/rights/{code}/refuse", door!(RightsRefuse), refuse),
    ]
}

fn badge(request: &Request, now: domain::calendar::Time) -> Badge {
    match request.state {
        RightsState::Received => due_badge(Some(request.due_at), false, now),
        RightsState::Done => Badge::good(request.state.label()),
        RightsState::Refused => Badge::info(request.state.label()),
    }
}

async fn list(get: Get) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let all = rights::list(ctx).await?;
        let now = ctx.now();
        let table = Table::of("个人信息要求，办理中的在前", &all)
            .column("要求", |request| {
                Cell::link(request.kind.label(), href(Object::Rights, &request.code)).note(request.code.clone())
            })
            .column("所在地", |request| Cell::text(ctx.services.place(&request.division_code)))
            .column("谁，哪天", |request| {
                Cell::text(format!("{}，{}", request.asker.label(), day_near(request.received_on, now.day())))
            })
            .column("办理", |request| Cell::badge(badge(request, now)))
            .done();
        let body = Body::table_or(table, || {
            Empty::new(
                EmptyKind::Nothing,
                "没有人提出过",
                "本人要查看、更正或删除自己的信息时，在那条需求的页面上登记。",
            )
        });
        let model = RecordModel {
            head: Head {
                crumbs: vec![Crumb::link("今日待办", "/desk"), Crumb::here("个人信息要求")],
                notes: vec![format!("提出后{DUE_WORKING_DAYS}个工作日内办理")],
                ..Head::new("个人信息要求")
            },
            sections: vec![RecordSection::new("all", "全部", vec![body])],
            ..RecordModel::default()
        };
        Ok(Page::new("个人信息要求", move || record_page(model)))
    })
    .await
}

async fn form(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        // Only for those who may see the need itself.
        let services::aid::view::NeedView::Staff(need) =
            services::aid::view::need(&ctx.services, get.viewer(), &code).await?
        else {
            return Err(services::Error::NotFound);
        };
        let draft = get.draft("rights").await?;
        let mut fields = vec![
            Field::of(form::KIND),
            Field::of(form::ASKER).hint("先核对身份：本人看证件，监护人和近亲属看关系证明，受托人看委托书。"),
            Field::of(form::CHANNEL),
            Field::of(form::RECEIVED_ON).value(ctx.now().day().to_string()),
            Field::of(form::WORDS),
        ];
        let mistakes = fill(&mut fields, draft.as_ref());
        let model = FormModel {
            head: Head::new("登记个人信息要求")
                .crumbs(vec![Crumb::link(code.clone(), href(Object::Need, &code)), Crumb::here("登记个人信息要求")]),
            target: target(&get, "rights", &href_at(Object::Need, &code, "/rights"), draft.as_ref()),
            groups: vec![FieldGroup::new(need.need.title.clone(), fields).into()],
            mistakes,
            buttons: vec![Button::new("登记")],
            cancel: Some(Link::new("返回", href(Object::Need, &code))),
            next: format!("从提出那天起{DUE_WORKING_DAYS}个工作日内办理，会列在今日待办里。"),
            ..FormModel::default()
        };
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

async fn receive(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已登记",
        |request| href(Object::Rights, &request),
        async |post, ctx| rights::receive(&ctx, &code, &post.fields).await,
    )
    .await
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(page(&get, &code, None)).await
}

/// The file with the form that corrects it, in the answer itself.
async fn file(Path(code): Path<String>, post: Post) -> Response {
    post.shown(href(Object::Rights, &code), async |get, ctx| {
        let fields = rights::fields(ctx, &code).await?;
        page(get, &code, Some(&fields)).await
    })
    .await
}

async fn page(get: &Get, code: &str, opened: Option<&Fields>) -> Result<Page> {
    let ctx = get.ctx()?;
    let view = rights::view(ctx, code).await?;
    let now = ctx.now();
    let request = &view.request;
    let title = request.kind.label().to_owned();
    let mut facts = vec![
        Fact::new("谁提出的", request.asker.label()),
        Fact::new("怎么提出的", request.channel.label()),
        Fact::new("提出", day_words(request.received_on)),
        Fact::new("办理期限", request.due_at.words_near(now)),
        Fact::new("登记", format!("{} {}", view.recorder, request.recorded_at.words_near(now))),
    ];
    if let Some(at) = request.decided_at {
        facts.push(Fact::new("办理", format!("{} {}", view.decider, at.words_near(now))));
    }
    if let Some(answer) = &request.answer {
        facts.push(Fact::new("结果", answer.clone()));
    }
    let model = RecordModel {
        head: Head {
            crumbs: vec![Crumb::link("个人信息要求", "/rights"), Crumb::here(request.code.clone())],
            badges: vec![badge(request, now)],
            notes: vec![view.place.clone(), format!("需求{}", view.need.code)],
            ..Head::new(title.clone())
        },
        sections: vec![
            RecordSection::new("words", "要求的内容", vec![Body::Text(view.words.clone())]),
            RecordSection {
                link: Some(("看需求".into(), href(Object::Need, &view.need.code))),
                ..RecordSection::new("facts", "办理情况", vec![Body::Facts(facts)])
            },
        ],
        panels: panels(get, &view, opened).await?,
        ..RecordModel::default()
    };
    Ok(Page::new(title, move || record_page(model)))
}

async fn panels(get: &Get, view: &View, opened: Option<&Fields>) -> Result<Vec<ActPanel>> {
    let request = &view.request;
    let at = |name: &str| href_at(Object::Rights, &request.code, &format!("/{name}"));
    let mut all = Vec::new();
    match request.kind {
        RightsKind::Copy if view.offers.has(Command::RightsCopy) => {
            let label = if request.state == RightsState::Done { "再下载一次" } else { "生成并下载" };
            let mut copy = panel(get, "copy", "个人信息副本", &at("copy"), Vec::new(), label).await?;
            copy.text = "一份Excel：档案、同意记录、谁看过、服务记录。当面交给本人，不用微信和邮件发送。".into();
            copy.next = "每次下载都会记录。".into();
            all.push(copy);
        }
        RightsKind::Correct if view.offers.has(Command::RightsCorrect) && view.has_file => {
            // What was typed and not taken stands in its draft; the file itself stays shut until it is asked for.
            let typed = get.draft("correct").await?.map(|draft| draft.fields);
            if let Some(fields) = opened.or(typed.as_ref()) {
                let stored = |field: FieldDef| Field::of(field).value(field.value(fields));
                let fields = domain::form::needs::SEALED.map(stored).to_vec();
                let mut correct = panel(get, "correct", "更正档案", &at("correct"), fields, "更正").await?;
                correct.text = "对照本人出示的证件改。没有变的留着。".into();
                all.push(correct);
            } else {
                let mut open = panel(get, "file", "更正档案", &at("file"), Vec::new(), "打开档案").await?;
                open.text = "用途：核对和更正信息。打开会记入访问日志。".into();
                all.push(open);
            }
        }
        RightsKind::Erase if view.offers.has(Command::RightsErase) => {
            let mut erase = panel(get, "erase", "删除档案", &at("erase"), Vec::new(), "删除档案").await?;
            erase.text =
                "姓名、身份证号、电话、住址和健康情况全部删除，不能恢复。办理经过不含个人信息，依法保存。".into();
            erase.buttons = vec![Button::new("删除档案").secondary()];
            erase.next = "结案以后才能删除。登记的人和决定的人不能是同一个。".into();
            all.push(erase);
        }
        RightsKind::Explain if view.offers.has(Command::RightsExplain) => {
            let answer = Field::of(form::ANSWER);
            all.push(panel(get, "explain", "答复", &at("explain"), vec![answer], "办结").await?);
        }
        _ => {}
    }
    if view.offers.has(Command::RightsRefuse) {
        let reason = Field::of(form::REFUSE);
        let mut refuse = panel(get, "refuse", "不予办理", &at("refuse"), vec![reason], "不予办理").await?;
        refuse.buttons = vec![Button::new("不予办理").secondary()];
        all.push(refuse);
    }
    Ok(all)
}

/// The copy itself is the answer: it stands at no address.
async fn copy(Path(code): Path<String>, post: Post) -> Response {
    let back = Some(href(Object::Rights, &code));
    let made = async {
        let ctx = post.ctx()?;
        rights::copy(&ctx, &code).await
    };
    match made.await {
        Ok((name, bytes)) => crate::base::download::workbook(&name, bytes),
        Err(error) => failure(&post.site, &post.request, error, back).await,
    }
}

async fn correct(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已更正",
        |code| href(Object::Rights, &code),
        async |post, ctx| {
            rights::correct(&ctx, &code, &post.fields).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn erase(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "档案已删除",
        |code| href(Object::Rights, &code),
        async |_, ctx| {
            rights::erase(&ctx, &code).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn explain(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已办结",
        |code| href(Object::Rights, &code),
        async |post, ctx| {
            rights::explain(&ctx, &code, post.typed(form::ANSWER)).await?;
            Ok(code.clone())
        },
    )
    .await
}

async fn refuse(Path(code): Path<String>, post: Post) -> Response {
    post.run(
        "已记下不予办理的理由",
        |code| href(Object::Rights, &code),
        async |post, ctx| {
            rights::refuse(&ctx, &code, post.typed(form::REFUSE)).await?;
            Ok(code.clone())
        },
    )
    .await
}
