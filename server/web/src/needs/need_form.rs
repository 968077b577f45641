//! The entry form of a need in four steps, all kept in one draft; and drafts in general.
//!
//! A form has a base address, `/needs/new` or `/needs/{code}/edit`; a step lies under it, and the
//! draft's id travels in the address. Every button works without scripts: each sends the step, which
//! is saved into the draft before anything else happens.

use crate::base::form_fields::{fill_from, mark};
use crate::base::frame::Page;
use crate::base::get::{Answer, Get};
use crate::base::post::Post;
use crate::base::refusal::failure;
use crate::base::ways::is_local;
use crate::needs::need_check;
use crate::needs::need_draft::Form;
use crate::needs::need_fields::{self as parts, Part};
use crate::{Access, Route};
use app::components::FlashKind;
use app::components::{
    Button, Crumb, Fact, Field, FormTarget, Head, Line, Link, Mark, Mistake, Step as StepView, StepState,
};
use app::pages::form::{FormModel, FormPart, Found, form_page};
use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use domain::form::needs::{what, who};
use domain::href::href;
use domain::machine::{Command, Object};
use services::base::draft::{self, Fields};
use services::needs::need_form::{self, MAX_LINES, Step, line_positions};
use services::{Ctx, Error, Result};
use uuid::Uuid;

pub(crate) fn routes() -> Vec<Route> {
    const NEW: Access = Access::Commands(&[Command::NeedCreate]);
    const EDIT: Access = Access::Commands(&[Command::NeedEdit]);
    vec![
        Route::get("/needs/new", NEW, |get: Get| start(get, None)),
        Route::get_at("/needs/new/{step}", NEW, |get: Get, Path(step): Path<String>| show(get, None, step)),
        Route::post_at("/needs/new/{step}", NEW, |Path(step): Path<String>, post: Post| send(post, None, step)),
        Route::get_at("/needs/{code}/edit", EDIT, |get: Get, Path(code): Path<String>| start(get, Some(code))),
        Route::get_at("/needs/{code}/edit/{step}", EDIT, |get: Get, Path((code, step)): Path<(String, String)>| {
            show(get, Some(code), step)
        }),
        Route::post_at("/needs/{code}/edit/{step}", EDIT, |Path((code, step)): Path<(String, String)>, post: Post| {
            send(post, Some(code), step)
        }),
        Route::post_at("/drafts/{id}", Access::SignedIn, autosave),
        Route::post_at("/drafts/{id}/delete", Access::SignedIn, discard),
    ]
}

/// `/needs/new` and `/needs/{code}/edit`: to the step where the draft stands.
async fn start(get: Get, code: Option<String>) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let form = Form::load(ctx, code, get.value("draft").parse().ok()).await?;
        let step = Step::parse(form.value("step")).filter(|_| form.draft.is_some()).unwrap_or(Step::Who);
        Ok(Answer::To(form.step_href(step)))
    })
    .await
}

async fn show(get: Get, code: Option<String>, step: String) -> Response {
    get.show(async {
        let ctx = get.ctx()?;
        let step = Step::parse(&step).ok_or(Error::NotFound)?;
        let form = Form::load(ctx, code, get.value("draft").parse().ok()).await?;
        let mut model = frame(&get, ctx, &form, step).await?;
        if step == Step::Check {
            need_check::complete(ctx, &form, &mut model);
        } else {
            fill_step(ctx, &form, step, &mut model);
            if step == Step::File && get.value("similar") == "1" {
                model.found = similar(ctx, &form).await?;
                model.target = model.target.with("similar_seen", "1");
            }
        }
        if let Some(code) = &form.code {
            let words = services::aid::view::ledger_row(ctx, code).await?;
            if !words.is_empty() {
                // What the office itself wrote, beside what it was taken for.
                let facts = words.into_iter().map(|(head, cell)| Fact::new(head, cell)).collect();
                model.groups.push(FormPart::Check { title: "台账原文".to_owned(), facts, change: None });
            }
        }
        let title = model.title();
        Ok(Page::new(title, move || form_page(model)))
    })
    .await
}

fn label(step: Step) -> &'static str {
    match step {
        Step::Who => "来源和对象",
        Step::What => "需要什么",
        Step::File => "密封档案和同意书",
        Step::Check => "核对送审",
    }
}

/// What every step shows: title, steps, hidden fields, buttons.
async fn frame(get: &Get, ctx: &Ctx, form: &Form, step: Step) -> Result<FormModel> {
    let title = if form.code.is_some() { "修改需求" } else { "登记需求" };
    let up = match &form.code {
        Some(code) => Crumb::link(code.clone(), href(Object::Need, &code)),
        None => Crumb::link("今日待办", "/desk"),
    };
    let mut head = Head::new(title).crumbs(vec![up, Crumb::here(format!("{title}：{}", label(step)))]);
    if form.draft.is_none()
        && let Some(kept) = draft::latest(ctx, &form.key()).await?
    {
        let to = format!("{}?draft={}", form.base(), kept.id);
        let when = kept.updated_at.words_near(ctx.now());
        head = head.action(Link::new(format!("接着填{when}的草稿"), to));
    }
    let divisions = ctx.services.divisions();
    let steps = Step::ALL
        .into_iter()
        .enumerate()
        .map(|(i, other)| {
            let filled = other != Step::Check
                && form.fields.iter().any(|(name, value)| other.owns(name) && !value.is_empty())
                && need_form::read(&form.fields, Some(other), &ctx.actor.scope, &divisions, ctx.now()).is_ok();
            let (state, note) = if other == step {
                (StepState::Current, format!("第{}步，共4步", i + 1))
            } else if filled {
                (StepState::Done, "已填".to_owned())
            } else {
                (StepState::Open, "未填完".to_owned())
            };
            let href = (other != step && form.draft.is_some()).then(|| form.step_href(other));
            StepView { label: label(other).to_owned(), note, state, href }
        })
        .collect();
    let action = format!("{}/{}", form.base(), step.as_str());
    // The draft has its id before it is there, so that the first words can be kept under it.
    let draft = form.draft_id().map_or_else(|| get.once(), |id| id.to_string());
    let mut target =
        FormTarget::new(action, get.once()).draft(draft).with("form", form.key()).with("step", step.as_str());
    if form.code.is_some() {
        target = target.with("version", form.value("version"));
    }
    let mut buttons =
        vec![Button::new("保存并继续"), Button::new("存草稿，以后再填").sends("draft_only", "1").secondary()];
    if let Some(id) = form.draft_id() {
        buttons.push(Button::new("删除草稿").quiet().action(format!("/drafts/{id}/delete")));
    }
    Ok(FormModel { head, steps, target: target.autosave(true), buttons, ..FormModel::default() })
}

/// Fields, mistakes, gate and previews of a step that is filled in.
fn fill_step(ctx: &Ctx, form: &Form, step: Step, model: &mut FormModel) {
    let mut fields = match step {
        Step::Who => parts::who(ctx, form),
        Step::What => parts::what(form),
        _ => parts::file(ctx, form),
    };
    let mut loose = form.mistakes.clone();
    for Part { group, .. } in &mut fields {
        fill_from(&mut group.fields, &form.fields);
        loose = mark(&mut group.fields, &loose);
    }
    let first = fields.iter().flat_map(|part| &part.group.fields).map(Field::target).next().unwrap_or_default();
    model.mistakes = loose
        .into_iter()
        .map(|mistake| {
            // A village is chosen after its street.
            let target = if mistake.field == "division_code" { "street".to_owned() } else { first.clone() };
            Mistake { target, text: mistake.message }
        })
        .collect();
    model.groups = fields.into_iter().map(|part| FormPart::Fields { group: part.group, button: part.button }).collect();
    if step == Step::What {
        model.gate = need_check::gate(form);
        model.previews = need_check::previews(ctx, form);
        model.preview_note = "预览在保存后更新。黑块是检查出的个人信息，改写之前不能送审。".into();
    }
    if step == Step::File {
        model.next = "档案加密保存，只有街道和区能看；结对的组织在本人同意后才看得到电话和住址。".into();
    }
}

/// Needs that may be of the same household.
async fn similar(ctx: &Ctx, form: &Form) -> Result<Option<Found>> {
    if form.typed(who::KIND) == domain::need::NeedKind::Village.as_str() {
        return Ok(None);
    }
    // The marks are of checked values: numbers without spaces, an ID number in capitals.
    let divisions = ctx.services.divisions();
    let Ok(input) = need_form::read(&form.fields, Some(Step::File), &ctx.actor.scope, &divisions, ctx.now()) else {
        return Ok(None);
    };
    let Some(file) = input.file else { return Ok(None) };
    let mut found = services::needs::need::similar_files(ctx, &file).await?;
    found.retain(|hit| form.code.as_ref() != Some(&hit.code));
    let elsewhere = services::needs::need::is_known_elsewhere(ctx, &file).await?;
    if found.is_empty() {
        return Ok(elsewhere.then(|| Found {
            title: "别处登记过相同的身份证号或电话".into(),
            text: "在您的范围以外。请先问清本人是否搬来、是否已经在别处得到帮扶，再决定要不要登记；需要核对时请上级民政部门协助。".into(),
            lines: Vec::new(),
        }));
    }
    let lines = found
        .into_iter()
        .map(|hit| Line {
            title: hit.title,
            href: href(Object::Need, &hit.code),
            mark: Mark::Text(hit.state.label().to_owned()),
            note: format!("{}，{}登记", hit.code, domain::calendar::day_words(hit.created_at.day())),
        })
        .collect();
    Ok(Some(Found {
        title: "找到可能是同一户的需求".into(),
        text: "身份证号、电话或住址相同。是同一件事的，请去补充那一条；不是的，点“保存并继续”。".to_owned()
            + if elsewhere {
                "在您的范围以外也登记过，需要核对时请上级民政部门协助。"
            } else {
                ""
            },
        lines,
    }))
}

/// What is left of a step's fields after its buttons: lines added and removed, a village of another street.
fn arranged(post: &Post, mut fields: Fields) -> Fields {
    if !post.value("add").is_empty() {
        let next = line_positions(&fields).last().map_or(1, |last| last + 1);
        if next < MAX_LINES {
            fields.push((what::SERVICE.at(next).name.into_owned(), String::new()));
        }
    }
    if let Ok(gone) = post.value("remove").parse::<usize>() {
        let prefix = format!("lines.{gone}.");
        fields.retain(|(name, _)| !name.starts_with(&prefix));
    }
    let street = who::STREET.value(&fields).to_owned();
    if !street.is_empty() {
        fields.retain(|(name, value)| name != who::DIVISION.name || value.starts_with(&street));
    }
    fields
}

async fn send(post: Post, code: Option<String>, step: String) -> Response {
    match sent(&post, code, &step).await {
        Ok(response) => response,
        Err(error) => failure(&post.site, &post.request, error, None).await,
    }
}

async fn sent(post: &Post, code: Option<String>, step: &str) -> Result<Response> {
    let ctx = post.ctx()?;
    let step = Step::parse(step).ok_or(Error::NotFound)?;
    let mut form = Form::load(&ctx, code, post.draft_id()).await?;
    if step == Step::Check && !post.value("mend").is_empty() {
        need_check::mended(&mut form, post.value("mend"));
        draft::save(&ctx, form.draft_id(), &form.key(), &form.fields, &[]).await?;
        return Ok(Redirect::to(&form.step_href(step)).into_response());
    }
    if step == Step::Check {
        return need_check::finish(post, &ctx, &form).await;
    }
    let typed = arranged(post, post.fields.iter().filter(|(name, _)| step.owns(name)).cloned().collect());
    form.fields = draft::merged(&form.fields, &typed, |name| step.owns(name));
    form.fields.retain(|(name, _)| name != "step");
    form.fields.push(("step".into(), step.as_str().into()));
    if form.draft.is_none() && form.code.is_some() {
        // The version that was shown, so that somebody else's change in between is noticed.
        form.fields.retain(|(name, _)| name != "version");
        form.fields.push(("version".into(), post.value("version").into()));
    }
    if step == Step::What && !post.value("mend").is_empty() {
        need_check::mended(&mut form, post.value("mend"));
    }
    let stays = ["add", "remove", "refresh", "draft_only", "mend"].iter().any(|name| !post.value(name).is_empty());
    let divisions = ctx.services.divisions();
    let mistakes = if stays {
        Vec::new()
    } else {
        need_form::read(&form.fields, Some(step), &ctx.actor.scope, &divisions, ctx.now()).err().unwrap_or_default()
    };
    let id = draft::save(&ctx, post.draft_id(), &form.key(), &form.fields, &mistakes).await?;
    form.draft = draft::load(&ctx, id, &form.key()).await?;
    if !post.value("draft_only").is_empty() {
        let said = "草稿已保存。再打开这张表时，点“接着填”继续";
        return Ok(post.go(
            &form.code.as_deref().map_or_else(|| "/desk".to_owned(), |code| href(Object::Need, &code)),
            FlashKind::Done,
            said,
        ));
    }
    let here = form.step_href(step);
    if stays || !mistakes.is_empty() {
        return Ok(Redirect::to(&here).into_response());
    }
    if step == Step::File && post.value("similar_seen").is_empty() && similar(&ctx, &form).await?.is_some() {
        return Ok(Redirect::to(&format!("{here}&similar=1")).into_response());
    }
    Ok(Redirect::to(&form.step_href(step.next())).into_response())
}

/// The need that a form's key is of; none for a new one.
fn code_of(key: &str) -> Result<Option<String>> {
    let form = key.strip_suffix("#need").ok_or(Error::NotFound)?;
    if form == "/needs/new" {
        return Ok(None);
    }
    let code = form.strip_prefix("/needs/").and_then(|rest| rest.strip_suffix("/edit")).ok_or(Error::NotFound)?;
    Ok(Some(code.to_owned()))
}

/// What the page's own timer sends while somebody types; the first time it begins the draft.
async fn autosave(Path(id): Path<Uuid>, post: Post) -> Response {
    let saved = async {
        let ctx = post.ctx()?;
        let key = post.value("form");
        // A form that was taken meanwhile leaves nothing behind.
        if draft::is_over(&ctx).await? {
            return Ok(ctx.now());
        }
        if !key.ends_with("#need") {
            if !is_local(key) {
                return Err(Error::NotFound);
            }
            draft::save(&ctx, Some(id), key, &post.fields, &[]).await?;
            return Ok(ctx.now());
        }
        let step = Step::parse(post.value("step")).ok_or(Error::NotFound)?;
        // Fields of other steps have no place in this one's.
        let owned = |name: &str| step.owns(name) || name == "step";
        let mut fields: Fields = post.fields.iter().filter(|(name, _)| owned(name)).cloned().collect();
        if draft::load(&ctx, id, key).await?.is_none() {
            let code = code_of(key)?;
            if !ctx.may(if code.is_some() { Command::NeedEdit } else { Command::NeedCreate }) {
                return Err(Error::NotFound);
            }
            let form = Form::load(&ctx, code, None).await?;
            fields = draft::merged(&form.fields, &fields, owned);
        }
        draft::save(&ctx, Some(id), key, &fields, &[]).await?;
        Ok(ctx.now())
    };
    match saved.await {
        Ok(at) => Json(serde_json::json!({ "saved_at": at.iso() })).into_response(),
        Err(Error::NotFound) => {
            (StatusCode::NOT_FOUND, Json(serde_json::json!({ "error": "not found" }))).into_response()
        }
        Err(error) => failure(&post.site, &post.request, error, None).await,
    }
}

async fn discard(Path(id): Path<Uuid>, post: Post) -> Response {
    let gone = async { draft::delete(&post.ctx()?, id).await };
    if let Err(error) = gone.await {
        return failure(&post.site, &post.request, error, None).await;
    }
    let form = post.value("form");
    let back = match form.strip_suffix("#need") {
        // A need's own form is left, any other begun anew.
        Some(need) => need.strip_suffix("/edit").unwrap_or("/desk").to_owned(),
        None => form.to_owned(),
    };
    let back = if is_local(&back) { back } else { "/desk".to_owned() };
    post.go(&back, FlashKind::Done, "草稿已删除")
}
