//! The organization's report, line by line: the form, and the page that asks before it is made.

use crate::aid::pairing_words::{crumbs, title};
use crate::base::form_fields::fill;
use crate::base::frame::Page;
use crate::base::get::{Get, form_key};
use crate::base::parts::{day_near, target};
use crate::base::post::Post;
use crate::base::promise;
use crate::{Access, Route};
use app::components::{Choice, Fact, Field, Head};
use app::pages::account_form::{AccountCard, AccountFormModel, account_form_page};
use app::pages::confirm::{ConfirmModel, confirm_page};
use axum::extract::Path;
use axum::response::Response;
use domain::form::aid::pairing as form;
use domain::href::{href, href_at};
use domain::machine::{Command, Object};
use domain::pairing::{Outcome, ShortReason};
use services::aid::pairing::{self, Report};
use services::aid::view::{self, PairingView};
use services::finding::hall::service_name;
use services::{Ctx, Error, Fields, Result};
use uuid::Uuid;

const DOOR: Access = Access::Commands(&[Command::PairingReport]);

pub(crate) fn routes() -> Vec<Route> {
    vec![
        Route::get_at("/pairings/{code}/report", DOOR, show),
        Route::get_at("/pairings/{code}/report/confirm", DOOR, ask),
        Route::post_at("/pairings/{code}/report", DOOR, look),
        Route::post_at("/pairings/{code}/report/confirm", DOOR, report),
        Route::post_at("/pairings/{code}/take-back", Access::Commands(&[Command::PairingTakeBack]), take_back),
    ]
}

fn at(code: &str) -> String {
    href_at(Object::Pairing, &code, "/report")
}

async fn load(ctx: &Ctx, code: &str) -> Result<PairingView> {
    let view = view::pairing(ctx, code).await?;
    view.must(Command::PairingReport)?;
    Ok(view)
}

fn lines(view: &PairingView) -> Vec<Uuid> {
    view.lines.iter().map(|line| line.line_id).collect()
}

async fn show(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = load(ctx, &code).await?;
        let draft = get.draft("report").await?;
        let mut cards: Vec<AccountCard> = view
            .promise
            .lines
            .iter()
            .map(|line| {
                let a = &line.account;
                let recorded = a.done + a.waiting;
                let lacking = a.agreed - recorded;
                // What the account does not bear out is not offered.
                let offered = Outcome::ALL.iter().filter(|outcome| match outcome {
                    Outcome::Full => lacking == 0,
                    Outcome::Partial => recorded > 0,
                    Outcome::None => recorded == 0,
                });
                let choices: Vec<Choice> = offered.map(|o| Choice::new(o.as_str(), o.label())).collect();
                let only = if choices.len() == 1 { choices[0].value.clone() } else { String::new() };
                let hint = if lacking > 0 {
                    format!("约定{}{unit}，记录了{recorded}{unit}，还差{lacking}{unit}。", a.agreed, unit = line.unit)
                } else {
                    String::new()
                };
                let mut fields =
                    vec![Field::of(form::OUTCOME.at(line.line_id)).choices(choices).hint(hint).value(only)];
                let mut reason = Field::of(form::SHORT_REASON.at(line.line_id));
                if lacking > 0 {
                    reason.optional = false;
                    reason = reason.hint("");
                }
                fields.push(reason);
                fields.push(Field::of(form::SHORT_NOTE.at(line.line_id)));
                AccountCard { line: promise::line(line), said: String::new(), fields }
            })
            .collect();
        let mut rest = vec![Field::of(form::REPORT)];
        let all = cards.iter_mut().flat_map(|card| &mut card.fields).chain(&mut rest);
        let mistakes = fill(all, draft.as_ref());
        let verdict = view.promise.verdict();
        let model = AccountFormModel {
            head: Head {
                notes: vec![view.place.clone(), format!("需求{}", view.need.code)],
                ..Head::new(format!("报告结果：{}", title(&view))).crumbs(crumbs(ctx, &view, "报告结果"))
            },
            notice: if verdict.is_empty() {
                String::new()
            } else {
                format!("{verdict}。报告以后不再安排和记录上门。")
            },
            title: "逐项报告".into(),
            cards,
            target: target(&get, "report", &at(&code), draft.as_ref()),
            mistakes,
            rest: "总的情况".into(),
            fields: rest,
            label: "下一步：核对".into(),
            next: "下一页列出随报告结束的计划，确认以后才提交。".into(),
            ..AccountFormModel::default()
        };
        Ok(Page::new("报告结果", move || account_form_page(model)))
    })
    .await
}

/// The first step: what was typed is kept, and what stands against it is said.
async fn look(Path(code): Path<String>, post: Post) -> Response {
    let checked = async {
        let ctx = post.ctx()?;
        let view = load(&ctx, &code).await?;
        let report = pairing::read_report(&post.fields, &lines(&view))?;
        pairing::check_report(&ctx, &code, &report).await?;
        let form = form_key(&at(&code), "report");
        services::base::draft::save(&ctx, post.draft_id(), &form, &post.fields, &[]).await
    };
    match checked.await {
        Ok(draft) => post.go(&format!("{}/confirm?draft={draft}", at(&code)), app::components::FlashKind::Done, ""),
        Err(error) => post.failed(error).await,
    }
}

fn facts(view: &PairingView, report: &Report) -> Vec<Fact> {
    let said = |id: Uuid| report.lines.iter().find(move |line| line.line_id == id);
    view.lines
        .iter()
        .filter_map(|line| {
            let said = said(line.line_id)?;
            let why = said.reason.map(ShortReason::label).unwrap_or_default();
            let note = [why, said.note.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>();
            Some(Fact::new(service_name(&line.service_code), said.outcome.label()).note(note.join("，")))
        })
        .chain([Fact::new("结果说明", report.text.clone())])
        .collect()
}

async fn ask(get: Get, Path(code): Path<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let view = load(ctx, &code).await?;
        let Some(draft) = get.draft_of(&form_key(&at(&code), "report")).await? else {
            return Err(Error::rule("这次报告没有填完，请回到结对页重新填写"));
        };
        let report = pairing::read_report(&draft.fields, &lines(&view))?;
        let planned = pairing::check_report(ctx, &code, &report).await?;
        let today = ctx.now().day();
        let mut consequences = Vec::new();
        for visit in planned.iter().take(20) {
            let line = view.lines.iter().find(|line| line.line_id == visit.line_id);
            let service = line.map(|line| service_name(&line.service_code)).unwrap_or_default();
            let at = visit.planned_at.as_deref().map(|at| format!(" {at}")).unwrap_or_default();
            consequences.push(format!("{}{at}的{service}不再做，计划取消。", day_near(visit.planned_on, today)));
        }
        if planned.len() > 20 {
            consequences.push(format!("另外{}次计划也一起取消。", planned.len() - 20));
        }
        let waiting: i64 = view.promise.lines.iter().map(|line| line.account.waiting).sum();
        if waiting > 0 {
            consequences.push("还没有确认的记录照样等社区或街道确认。".into());
        }
        consequences.push("不再显示姓名、电话和住址。".into());
        consequences.push("没做的由街道核验后退回需求，别的组织可以认领。".into());
        consequences.push("街道安排机构以外的人核验，核验以后才算办结。核验开始以前可以收回报告。".into());
        let mut target = target(&get, "confirm", &format!("{}/confirm", at(&code)), Some(&draft));
        // A mistake found at the last moment goes back to the form.
        target.hidden.retain(|(name, _)| name != "form");
        target = target.with("form", form_key(&at(&code), "report"));
        for (name, value) in draft.fields.iter().filter(|(name, _)| is_own(name)) {
            target = target.with(name.clone(), value.clone());
        }
        let heading = match planned.len() {
            0 => "提交结果报告？".to_owned(),
            n => format!("提交结果报告，取消{n}次计划？"),
        };
        let model = ConfirmModel {
            head: Head::new(heading).crumbs(crumbs(ctx, &view, "报告结果")),
            facts: facts(&view, &report),
            consequences,
            target,
            fields: Vec::new(),
            label: "确定提交".into(),
            cancel: format!("{}?draft={}", at(&code), draft.id),
        };
        Ok(Page::new("提交结果报告", move || confirm_page(model)))
    })
    .await
}

fn is_own(name: &str) -> bool {
    [form::OUTCOME, form::SHORT_REASON, form::SHORT_NOTE, form::REPORT].iter().any(|field| field.owns(name))
}

async fn report(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Pairing, &code);
    post.run(
        "已报告结果，等待街道安排核验",
        move |_| to.clone(),
        async |post, ctx| {
            let view = view::pairing(&ctx, &code).await?;
            let fields: &Fields = &post.fields;
            let report = pairing::read_report(fields, &lines(&view))?;
            pairing::report(&ctx, &code, &report).await?;
            Ok(String::new())
        },
    )
    .await
}

async fn take_back(Path(code): Path<String>, post: Post) -> Response {
    let to = href(Object::Pairing, &code);
    post.run(
        "已收回报告，接着帮扶；随报告取消的计划已经恢复",
        move |_| to.clone(),
        async |_, ctx| {
            pairing::take_back(&ctx, &code).await?;
            Ok(String::new())
        },
    )
    .await
}
