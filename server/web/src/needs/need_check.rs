//! The last step of the entry form: everything once more, what each reader will see, and sending it.

use crate::base::post::Post;
use crate::base::refusal::failure;
use crate::needs::need_draft::Form;
use app::components::{Button, Fact, FlashKind, Line, Mark};
use app::pages::form::{Finding, FormModel, FormPart, Found, Gate, Preview};
use axum::response::Response;
use domain::calendar::day_words;
use domain::form::needs::{SEALED, file, what, who};
use domain::form::{FieldAt, FieldDef, Kind};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::need::{Amount, Frequency, NeedKind};
use services::base::draft;
use services::base::gate::{self, Finding as Place};
use services::needs::need;
use services::needs::need_form::{self, Input, Step, line_positions};
use services::{Conflict, Ctx, Error, Result};

/// Texts that others read, in the order of the form.
fn published_fields() -> impl Iterator<Item = &'static FieldDef> {
    what::ALL.iter().filter(|field| field.gate != domain::form::Gate::Open && !field.is_row())
}

fn read(ctx: &Ctx, form: &Form) -> std::result::Result<Input, Vec<domain::field::FieldError>> {
    need_form::read(&form.fields, None, &ctx.actor.scope, &ctx.services.divisions(), ctx.now())
}

/// Puts the step's parts into the model.
pub(crate) fn complete(ctx: &Ctx, form: &Form, model: &mut FormModel) {
    model.groups = vec![who(ctx, form), what(form)];
    if form.typed(who::KIND) != NeedKind::Village.as_str() {
        model.groups.push(file(form));
    }
    model.gate = gate(form);
    model.previews = previews(ctx, form);
    model.preview_note = "黑块是检查出的个人信息，改写之前不能送审。".into();
    model.target.autosave = false;
    let discard = model.buttons.pop().filter(|button| button.action.is_some());
    model.buttons = match read(ctx, form) {
        Ok(_) => {
            model.next = "送审后由区民政局审核，审核公开的人不能是登记的人。存为草稿的，可以以后再送审。".into();
            vec![
                Button::new("送审").sends("finish", "submit"),
                Button::new("保存为草稿").sends("finish", "save").secondary(),
            ]
        }
        Err(mistakes) => {
            let lines = mistakes
                .into_iter()
                .map(|mistake| {
                    let step = Step::ALL.into_iter().find(|step| step.owns(&mistake.field)).unwrap_or(Step::Who);
                    let href = format!("{}#{}", form.step_href(step), mistake.field);
                    Line { title: mistake.message, href, mark: Mark::None, note: String::new() }
                })
                .collect::<Vec<_>>();
            model.found = Some(Found {
                title: format!("还有{}处要补", lines.len()),
                text: "补好以后才能保存为需求和送审。已经填的都在草稿里。".into(),
                lines,
            });
            vec![Button::new("存草稿，以后再填").sends("finish", "later").secondary()]
        }
    };
    model.buttons.extend(discard);
}

fn check(form: &Form, step: Step, title: &str, facts: Vec<Fact>) -> FormPart {
    FormPart::Check { title: title.to_owned(), facts, change: Some(form.step_href(step)) }
}

/// What was typed into a field, in words.
fn words(field: FieldDef, typed: &str) -> String {
    match field.kind {
        Kind::Day => domain::field::parse_day(typed).map(day_words).unwrap_or_default(),
        _ => field.option(typed).unwrap_or(typed.trim()).to_owned(),
    }
}

/// The fields of a step as facts, those that were filled in; rows are told apart.
fn facts(form: &Form, fields: &[FieldDef]) -> Vec<Fact> {
    let told = |field: &FieldDef| (field.label, words(*field, field.value(&form.fields)));
    fields
        .iter()
        .filter(|field| !field.is_row())
        .map(told)
        .filter(|(_, words)| !words.is_empty())
        .map(|(label, words)| Fact::new(label, words))
        .collect()
}

fn day(text: &str) -> String {
    domain::field::parse_day(text).map(day_words).unwrap_or_default()
}

fn who(ctx: &Ctx, form: &Form) -> FormPart {
    let place = ctx.services.place(form.typed(who::DIVISION));
    let mut told = facts(form, &[who::KIND]);
    told.extend((!place.is_empty()).then(|| Fact::new("所在地", place)));
    let placed = [who::KIND, who::STREET, who::DIVISION, who::BENEFICIARY].map(|field| field.name);
    let rest: Vec<FieldDef> = who::ALL.iter().filter(|field| !placed.contains(&field.name)).copied().collect();
    told.extend(facts(form, &rest));
    for code in who::BENEFICIARY.values(&form.fields) {
        let Some(category) = domain::vocabulary::beneficiary(code) else { continue };
        let mut one = Fact::new(who::BENEFICIARY.label, category.name);
        let by = who::DECIDED_BY.at(code);
        let on = who::DECIDED_ON.at(code);
        let (by, on) = (by.value(&form.fields), day(on.value(&form.fields)));
        if !by.is_empty() || !on.is_empty() {
            one = one.note(format!("{by}{on}认定"));
        }
        told.push(one);
    }
    check(form, Step::Who, "来源和对象", told)
}

/// Lines as far as they are filled in: service, amount, period, note.
fn lines(form: &Form) -> Vec<(String, String, String, String)> {
    line_positions(&form.fields)
        .into_iter()
        .filter_map(|position| {
            let at = |field: FieldDef| field.at(position).value(&form.fields).to_owned();
            let service = domain::vocabulary::service(&at(what::SERVICE))?.short_name.to_owned();
            let per: Frequency = at(what::PER).parse().ok()?;
            let quantity: i64 = at(what::QUANTITY).trim().parse().ok()?;
            let amount = Amount { quantity, unit: at(what::UNIT), per }.words();
            let (start, end) = (day(&at(what::STARTS_ON)), day(&at(what::ENDS_ON)));
            let period = match (start.is_empty(), end.is_empty()) {
                (false, false) => format!("{start}至{end}"),
                (false, true) => format!("{start}起"),
                (true, false) => format!("至{end}"),
                (true, true) => String::new(),
            };
            Some((service, amount, period, at(what::NOTE)))
        })
        .collect()
}

fn what(form: &Form) -> FormPart {
    let mut told = Vec::new();
    for (service, amount, period, note) in lines(form) {
        let mut one = Fact::new(service, amount);
        for more in [period, note].into_iter().filter(|text| !text.is_empty()) {
            one = one.note(more);
        }
        told.push(one);
    }
    told.extend(facts(form, what::ALL));
    check(form, Step::What, "需要什么", told)
}

fn file(form: &Form) -> FormPart {
    let mut told = facts(form, &SEALED);
    if form.typed(file::CONSENT).is_empty() {
        told.push(Fact::new("同意书", "这次不登记"));
    } else {
        let typed = |field: FieldDef| words(field, field.value(&form.fields));
        told.push(
            Fact::new("同意书", typed(file::CONSENT_CHANNEL))
                .note(format!("凭据：{}", typed(file::CONSENT_EVIDENCE)))
                .note(format!("有效期至{}", typed(file::CONSENT_VALID_UNTIL))),
        );
    }
    check(form, Step::File, "密封档案和同意书", told)
}

fn places(form: &Form, text: &str) -> Vec<Place> {
    gate::check(text, &need_form::about_fields(&form.fields))
}

/// Texts that others read, in the order of the form: name of the field and its words.
fn published(form: &Form) -> Vec<(String, String)> {
    let lines = line_positions(&form.fields).into_iter().enumerate();
    let notes = lines.map(|(i, at)| what::NOTE.at(at).of(format!("第{}项", i + 1)));
    let all = published_fields().map(FieldAt::from).chain(notes);
    all.map(|field| (field.name.to_string(), field.full_label())).collect()
}

/// The mend that a button of the gate asks for: `title:12` (field and first
/// byte of the stretch) or `all`. A stretch that is gone meanwhile changes nothing.
pub(crate) fn mended(form: &mut Form, wanted: &str) {
    let about = need_form::about_fields(&form.fields);
    for (name, _) in published(form) {
        let Some((_, text)) = form.fields.iter_mut().find(|(field, _)| *field == name) else { continue };
        let mut found = gate::check(text, &about);
        if wanted != "all" {
            found.retain(|place| format!("{name}:{}", place.range.start) == wanted);
        }
        *text = gate::mend(text, &found);
    }
}

/// What may not be published, in all texts that others read.
pub(crate) fn gate(form: &Form) -> Option<Gate> {
    let (mut spans, mut found) = (Vec::new(), Vec::new());
    let mut number = 0;
    for (name, term) in published(form) {
        let text = form.value(&name);
        let places = places(form, text);
        if places.is_empty() {
            continue;
        }
        spans.push((format!("{term}：\n"), None));
        let mut at = 0;
        for place in places {
            number += 1;
            spans.push((text[at..place.range.start].to_owned(), None));
            spans.push((text[place.range.clone()].to_owned(), Some(number)));
            at = place.range.end;
            let fix = Button::new(format!("改成“{}”", place.rule.replacement()))
                .sends("mend", format!("{name}:{}", place.range.start));
            found.push(Finding {
                number,
                rule: place.rule.label().into(),
                why: format!("{}。{}。", place.rule.why(), place.rule.mend()),
                fix: Some(fix),
            });
        }
        spans.push((format!("{}\n", &text[at..]), None));
    }
    if found.is_empty() {
        return None;
    }
    let all = (found.len() > 1).then(|| Button::new(format!("{}处全部这样改", found.len())).sends("mend", "all"));
    Some(Gate { spans, findings: found, all })
}

/// What the public and organizations will see.
pub(crate) fn previews(ctx: &Ctx, form: &Form) -> Vec<Preview> {
    let lines = lines(form);
    if lines.is_empty() {
        return Vec::new();
    }
    let code = form.typed(who::DIVISION);
    let village = form.typed(who::KIND) == NeedKind::Village.as_str();
    let codes: Vec<&str> = who::BENEFICIARY.values(&form.fields).collect();
    let groups: Vec<&str> = domain::vocabulary::groups_of(&codes).iter().map(|group| group.name()).collect();
    let place = |digits: usize| ctx.services.place(if village { code } else { code.get(..digits).unwrap_or_default() });
    let mut public =
        vec![std::iter::once(place(6)).chain(groups.iter().map(|g| (*g).to_owned())).collect::<Vec<_>>().join(" · ")];
    public.extend(lines.iter().map(|(_, _, period, _)| period.clone()).filter(|period| !period.is_empty()).take(1));
    public.push("等待认领".into());
    let mut member = vec![place(9)];
    let who = [what::AGE_BAND, what::SEX].map(|field| words(field, form.typed(field)));
    member.push(who.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join("，"));
    member.retain(|line| !line.is_empty());
    let text = form.typed(what::DESCRIPTION);
    let (mut spans, mut at) = (Vec::new(), 0);
    for found in places(form, text) {
        spans.push((text[at..found.range.start].to_owned(), false));
        spans.push((text[found.range.clone()].to_owned(), true));
        at = found.range.end;
    }
    spans.push((text[at..].to_owned(), false));
    spans.retain(|(text, _)| !text.is_empty());
    vec![
        Preview {
            reader: "所有人".into(),
            title: lines
                .iter()
                .map(|(service, amount, ..)| format!("{service}，{amount}"))
                .collect::<Vec<_>>()
                .join("；"),
            lines: public,
            text: Vec::new(),
        },
        Preview {
            reader: "登录的社会组织".into(),
            title: form.typed(what::TITLE).to_owned(),
            lines: member,
            text: spans,
        },
    ]
}

/// The buttons of the last step: creates or changes the need, and sends it to review if asked.
pub(crate) async fn finish(post: &Post, ctx: &Ctx, form: &Form) -> Result<Response> {
    let later = form.code.as_deref().map_or_else(|| "/desk".to_owned(), |code| href(Object::Need, &code));
    if post.value("finish") == "later" {
        return Ok(post.go(&later, FlashKind::Done, "草稿已保存。再打开这张表时，点“接着填”继续"));
    }
    if form.draft.is_none() && form.code.is_none() {
        // A second click comes when the first has finished with the draft.
        if let Some(code) = draft::answered(ctx, Command::NeedCreate).await? {
            return clicked_again(post, ctx, form, &code).await;
        }
    }
    let back = form.step_href(Step::Check);
    let Ok(input) = read(ctx, form) else { return Ok(post.go(&back, FlashKind::Notice, "还有要补的地方")) };
    let saved = match &form.code {
        None => need::create(ctx, &input).await,
        Some(code) => {
            let version = form.value("version").parse().unwrap_or_default();
            need::edit(ctx, code, version, &input).await.map(|()| code.clone())
        }
    };
    let code = match saved {
        Ok(code) => code,
        Err(Error::AlreadyDone { result }) => return clicked_again(post, ctx, form, &result).await,
        Err(error @ (Error::Conflict(_) | Error::Storage(_))) => {
            // The draft stays; a newer version of the need has to be looked at first.
            let back = if matches!(error, Error::Conflict(Conflict::Stale(_))) { later } else { back };
            return Ok(failure(&post.site, &post.request, error, Some(back)).await);
        }
        Err(error) => return Err(error),
    };
    form.forget(ctx).await?;
    let (kind, said) = match sent_to_review(post, ctx, &code).await {
        None => (FlashKind::Done, "已存为草稿，还没有送审".to_owned()),
        Some(Ok(())) => (FlashKind::Done, "已送审，等区民政局审核".to_owned()),
        Some(Err(error)) => (FlashKind::Notice, format!("已存为草稿，还没有送审：{}", error.sentence(ctx.now()))),
    };
    if let Err(error) = services::finding::follower::follow(&post.site.services).await {
        tracing::warn!(%error, "the index follows later");
    }
    Ok(post.go(&href(Object::Need, &code), kind, &said))
}

/// Sends the saved need to review, where that was asked. The form's token is spent by then: it is a command of its own.
async fn sent_to_review(post: &Post, ctx: &Ctx, code: &str) -> Option<Result<()>> {
    if post.value("finish") != "submit" {
        return None;
    }
    Some(need::submit(&ctx.clone().with_once(None), code).await)
}

/// A second click may overtake the first between its commands; the need that it shows must be sent by then.
async fn clicked_again(post: &Post, ctx: &Ctx, form: &Form, code: &str) -> Result<Response> {
    form.forget(ctx).await?;
    let said = match sent_to_review(post, ctx, code).await {
        None | Some(Ok(()) | Err(Error::Conflict(_))) => "这张表已经提交过了，没有重复办理".to_owned(),
        Some(Err(error)) => format!("这张表已经提交过了，还没有送审：{}", error.sentence(ctx.now())),
    };
    Ok(post.go(&href(Object::Need, code), FlashKind::Notice, &said))
}
