//! Requests of a person about the own data: recorded by staff, decided with a
//! clock, with an effect: a copy as a workbook, a corrected or an erased file.

use crate::aid::need_file;
use crate::base::households::labelled;
use crate::base::notice;
use crate::base::offers::Offers;
use crate::base::trail;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Fields, Result};
use chrono::NaiveDate;
use documents::person::{Section, workbook};
use domain::calendar::{Time, day_words};
use domain::code::Prefix;
use domain::field::{Check, only};
use domain::form::record::rights as form;
use domain::href::href;
use domain::machine::{self, Command, Object};
use domain::need::{NeedKind, NeedState};
use domain::pairing::Purpose;
use domain::permission::{Record, Separation};
use domain::rights::{Asker, DUE_WORKING_DAYS, RightsChannel, RightsKind, RightsState};
use serde_json::json;
use storage::needs::need::Need;
pub use storage::record::rights::Request;

/// Rows of the list at most.
const MOST: i64 = 300;

/// A request with the need it concerns, for the office.
#[derive(Clone, Debug)]
pub struct View {
    pub request: Request,
    pub need: Need,
    pub place: String,
    /// In the person's words.
    pub words: String,
    pub recorder: String,
    pub decider: String,
    /// Whether there is still a file.
    pub has_file: bool,
    pub offers: Offers,
}

/// Who wrote a request down does not erase what it asks to be erased.
fn others(request: &Request, command: Command) -> Vec<(Option<uuid::Uuid>, Separation)> {
    if command == Command::RightsErase { vec![(request.recorded_by, Separation::Recorder)] } else { Vec::new() }
}

/// The offices that keep files answer for them; the city does not.
fn scope(ctx: &Ctx) -> Result<&str> {
    if ctx.role().keeps_files() && !ctx.actor.scope.is_empty() { Ok(&ctx.actor.scope) } else { Err(Error::NotFound) }
}

/// Requests of the reader's scope, open ones first.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Request>> {
    let scope = scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::record::rights::in_scope(&mut tx, scope, MOST).await?)
}

/// Reads a request: staff whose scope covers it.
#[boxed]
pub async fn view(ctx: &Ctx, code: &str) -> Result<View> {
    let mut tx = ctx.services.db.read().await?;
    let request =
        if domain::code::is_code(code) { storage::record::rights::by_code(&mut tx, code).await? } else { None };
    let request = request.filter(|r| ctx.actor.keeps(&r.division_code)).ok_or(Error::NotFound)?;
    let need = storage::needs::need::by_id(&mut tx, request.need_id).await?.ok_or(Error::NotFound)?;
    let words = storage::record::rights::words(ctx.services.db.sealer(), &request)?;
    let mut names = Vec::new();
    for id in [request.recorded_by, request.decided_by] {
        let found = match id {
            Some(id) => storage::people::account::by_id(&mut tx, id).await?,
            None => None,
        };
        names.push(found.map(|account| account.display_name).unwrap_or_default());
    }
    let has_file = storage::needs::need_file::exists(&mut tx, need.id).await?;
    drop(tx);
    let about = trail::About { object: request.id, division: request.division_code.clone(), ..trail::About::default() };
    trail::read(ctx, "rights", code, about).await?;
    let place = ctx.services.place(&need.division_code);
    let offers = Offers::of(&ctx.actor, request.state, |command| Record {
        division: Some(&request.division_code),
        others: others(&request, command),
        ..Record::default()
    });
    let decider = names.pop().unwrap_or_default();
    let recorder = names.pop().unwrap_or_default();
    Ok(View { request, need, place, words, recorder, decider, has_file, offers })
}

/// The file's fields as they stand, for whoever corrects them: opened for that purpose, on record before.
#[boxed]
pub async fn fields(ctx: &Ctx, code: &str) -> Result<Fields> {
    let view = view(ctx, code).await?;
    is_kind(&view.request, RightsKind::Correct)?;
    machine::step(view.request.state, Command::RightsCorrect)?;
    let opened = need_file::open(ctx, &view.need.code, Purpose::Correct).await?;
    Ok(opened.fields)
}

/// Records a request.
#[boxed]
pub async fn receive(ctx: &Ctx, need_code: &str, fields: &Fields) -> Result<String> {
    let mut check = Check::new();
    let kind: Option<RightsKind> = check.choice(form::KIND, fields);
    let asker: Option<Asker> = check.choice(form::ASKER, fields);
    let channel: Option<RightsChannel> = check.choice(form::CHANNEL, fields);
    let received_on = check.date(form::RECEIVED_ON, fields);
    let words = check.read(form::WORDS, fields);
    let today = ctx.now().day();
    if let Some(day) = received_on {
        if day > today {
            check.wrong(form::RECEIVED_ON, "提出的日期在今天之后，请核对");
        } else if day < today - chrono::Days::new(60) {
            check.wrong(form::RECEIVED_ON, "提出的日期超过60天，请核对；确实漏登的，写明原因后从今天起登记");
        }
    }
    check.done()?;
    let (Some(kind), Some(asker), Some(channel), Some(received_on)) = (kind, asker, channel, received_on) else {
        return Err(Error::Internal("rights form without mistakes and without value"));
    };
    let mut work = Work::begin(ctx, Command::RightsReceive).await?;
    let need = work.need(need_code).await?;
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
    if need.kind == NeedKind::Village {
        return Err(Error::rule("村的需求没有个人信息，不登记这类要求"));
    }
    let code = work.code(Prefix::Rights, &need.division_code).await?;
    let id = ctx.services.new_id();
    // The clock runs from the day it was asked.
    let due_at = ctx.services.calendar().due(Time::at(received_on, 12, 0), DUE_WORKING_DAYS);
    let row = storage::record::rights::New {
        id,
        code: &code,
        need_id: need.id,
        division_code: &need.division_code,
        kind,
        asker,
        channel,
        words: &words,
        state: RightsState::Received,
        received_on,
        due_at,
        recorded_by: ctx.actor.account_id,
        recorded_at: work.now,
    };
    storage::record::rights::insert(&mut work.tx, ctx.services.db.sealer(), &row).await?;
    let about =
        About { need: Some(&need), data: Some(json!({ "request": code, "kind": kind.as_str() })), ..About::default() };
    work.created(RightsState::Received, id, about).await?;
    let href = href(Object::Rights, &code);
    notice::to_street(&mut work, &need.division_code, "有个人信息方面的要求要办理", kind.label(), &href).await?;
    work.commit(&code).await?;
    Ok(code)
}

async fn open(work: &mut Work<'_>, code: &str) -> Result<(Request, Need)> {
    let found =
        if domain::code::is_code(code) { storage::record::rights::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let request = storage::record::rights::by_code(&mut work.tx, code).await?.ok_or(Error::NotFound)?;
    // What cannot be taken back is decided by two.
    let others = others(&request, work.command());
    work.authorize(&Record { division: Some(&need.division_code), others, ..Record::default() })?;
    Ok((request, need))
}

fn is_kind(request: &Request, kind: RightsKind) -> Result<()> {
    if request.kind == kind {
        Ok(())
    } else {
        Err(Error::rule(format!("这件要求是“{}”", request.kind.label())))
    }
}

async fn close(work: &mut Work<'_>, need: &Need, mut request: Request, answer: &str) -> Result<()> {
    let step = work.step(&mut request.state)?;
    request.decided_by = work.ctx.actor.account_id;
    request.decided_at = Some(work.now);
    request.answer = Some(answer.to_owned());
    let about = About {
        need: Some(need),
        reason: Some(answer.to_owned()),
        data: Some(json!({ "request": request.code, "kind": request.kind.as_str() })),
        ..About::default()
    };
    work.save(&request, step, about).await
}

/// 解释: answered in words.
#[boxed]
pub async fn explain(ctx: &Ctx, code: &str, answer: &str) -> Result<()> {
    let answer = only(form::ANSWER, answer)?;
    let mut work = Work::begin(ctx, Command::RightsExplain).await?;
    let (request, need) = open(&mut work, code).await?;
    is_kind(&request, RightsKind::Explain)?;
    close(&mut work, &need, request, &answer).await?;
    work.commit(code).await
}

/// 未予办理, with the reason that is told to the person (article 50).
#[boxed]
pub async fn refuse(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    let reason = only(form::REFUSE, reason)?;
    let mut work = Work::begin(ctx, Command::RightsRefuse).await?;
    let (request, need) = open(&mut work, code).await?;
    close(&mut work, &need, request, &reason).await?;
    work.commit(code).await
}

/// 更正: writes the file's corrected fields.
#[boxed]
pub async fn correct(ctx: &Ctx, code: &str, fields: &Fields) -> Result<()> {
    let file = crate::needs::need_form::corrected(fields, ctx.now().day())?;
    let mut work = Work::begin(ctx, Command::RightsCorrect).await?;
    let (request, need) = open(&mut work, code).await?;
    is_kind(&request, RightsKind::Correct)?;
    let changed = crate::base::households::correct(&mut work, &need, file).await?.len();
    if changed == 0 {
        return Err(Error::rule("没有改动任何一项。没有要更正的，请选“不予办理”并写明理由"));
    }
    close(&mut work, &need, request, &format!("更正了{changed}项")).await?;
    work.commit(code).await
}

/// 删除: the file goes; what was decided and counted stays, without the person.
#[boxed]
pub async fn erase(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::RightsErase).await?;
    let (request, need) = open(&mut work, code).await?;
    is_kind(&request, RightsKind::Erase)?;
    if need.state != NeedState::Closed {
        return Err(Error::rule(format!(
            "需求现在是“{}”，还在办理。先撤回同意可以马上停止查看；结案以后才能删除档案",
            need.state.label()
        )));
    }
    let running = storage::aid::pairing::of_need(&mut work.tx, need.id).await?.iter().any(|p| p.state.is_running());
    if running {
        return Err(Error::rule("还有结对没有结束，结束以后才能删除档案"));
    }
    super::erasure::erase(&mut work, std::slice::from_ref(&need)).await?;
    close(&mut work, &need, request, "档案已删除，办理经过不含个人信息，依法保存").await?;
    work.commit(code).await
}

/// 查阅和复制: everything the platform holds about the person, as a workbook.
/// Every handing out is recorded. Returns the file's name and content.
#[boxed]
pub async fn copy(ctx: &Ctx, code: &str) -> Result<(String, Vec<u8>)> {
    ctx.fresh()?;
    let mut work = Work::begin(ctx, Command::RightsCopy).await?;
    let (request, need) = open(&mut work, code).await?;
    is_kind(&request, RightsKind::Copy)?;
    let sections = held(&mut work, &need).await?;
    close(&mut work, &need, request, "已生成个人信息副本").await?;
    work.commit(code).await?;
    let bytes = tokio::task::spawn_blocking(move || workbook(&sections))
        .await
        .map_err(|_| Error::Internal("copy task"))?
        .map_err(|_| Error::Internal("copy workbook"))?;
    Ok((format!("{code}个人信息副本.xlsx"), bytes))
}

fn words(day: Option<NaiveDate>) -> String {
    day.map(day_words).unwrap_or_default()
}

async fn held(work: &mut Work<'_>, need: &Need) -> Result<Vec<Section>> {
    let services = &work.ctx.services;
    let sealer = services.db.sealer();
    let mut all = Vec::new();
    let place = services.place(&need.division_code);
    let mut facts = vec![
        vec!["需求编号".to_owned(), need.code.clone()],
        vec!["所在地".to_owned(), place],
        vec!["标题".to_owned(), need.title.clone()],
        vec!["公开说明".to_owned(), need.description.clone()],
        vec!["上门要求".to_owned(), need.requirements.clone()],
        vec!["状态".to_owned(), need.state.label().to_owned()],
    ];
    for b in storage::needs::need::beneficiaries(&mut work.tx, need.id).await? {
        let name = domain::vocabulary::beneficiary(&b.category_code).map_or("", |category| category.name);
        facts.push(vec!["对象类别".to_owned(), format!("{name} {} {}", b.decided_by, words(b.decided_on))]);
    }
    all.push(Section { title: "需求".into(), columns: vec!["项目", "内容"], rows: facts });
    if let Some(file) = storage::needs::need_file::load(&mut work.tx, sealer, need.id).await? {
        all.push(Section { title: "档案".into(), columns: vec!["项目", "内容"], rows: labelled(&file) });
        if !file.ledger_row.is_empty() {
            let rows = file.ledger_row.iter().map(|(head, cell)| vec![head.clone(), cell.clone()]).collect();
            all.push(Section { title: "台账原文".into(), columns: vec!["列", "原文"], rows });
        }
    }
    if let Some(consent) = storage::needs::consent::latest(&mut work.tx, sealer, need.id).await? {
        let row = vec![
            day_words(consent.given_on),
            consent.channel.label().to_owned(),
            consent.purpose,
            consent.evidence,
            day_words(consent.valid_until),
            consent.state.label().to_owned(),
        ];
        all.push(Section {
            title: "知情同意".into(),
            columns: vec!["同意日期", "方式", "用途", "凭据", "有效期至", "状态"],
            rows: vec![row],
        });
    }
    let looks = storage::base::event::disclosures(&mut work.tx, need.id)
        .await?
        .into_iter()
        .map(|told| {
            let who = told.organization_name.unwrap_or_else(|| told.event.actor_role.label().to_owned());
            vec![told.event.at.words(), who, told.event.reason.unwrap_or_default()]
        })
        .collect();
    all.push(Section { title: "谁看过".into(), columns: vec!["时间", "谁", "为什么"], rows: looks });
    let mut visits = Vec::new();
    for pairing in storage::aid::pairing::of_need(&mut work.tx, need.id).await? {
        let organization = storage::supply::organization::by_id(&mut work.tx, pairing.organization_id).await?;
        let organization = organization.map(|o| o.name).unwrap_or_default();
        for d in storage::aid::delivery::of_pairing(&mut work.tx, pairing.id).await? {
            visits.push(vec![
                day_words(d.done_on.unwrap_or(d.planned_on)),
                organization.clone(),
                d.state.label().to_owned(),
                d.note,
            ]);
        }
    }
    all.push(Section {
        title: "服务记录".into(), columns: vec!["日期", "组织", "状态", "情况"], rows: visits
    });
    Ok(all)
}

/// By the clock: late once is told to the district.
pub(crate) async fn remind(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::RightsRemind).await?;
    let found = storage::record::rights::by_code(&mut work.tx, code).await?.ok_or(Error::NotFound)?;
    let need = work.lock(found.need_id).await?;
    let mut request = storage::record::rights::by_code(&mut work.tx, code).await?.ok_or(Error::NotFound)?;
    if request.state != RightsState::Received || request.due_at >= work.now || request.reminded_at.is_some() {
        return Ok(());
    }
    work.authorize(&Record::default())?;
    request.reminded_at = Some(work.now);
    let step = work.leads(request.state)?;
    let about = About {
        need: Some(&need),
        data: Some(json!({ "request": request.code, "kind": request.kind.as_str() })),
        ..About::default()
    };
    work.save(&request, step, about).await?;
    let href = href(Object::Rights, &code);
    notice::to_street(&mut work, &need.division_code, "个人信息方面的要求已超期", request.kind.label(), &href).await?;
    notice::to_district(&mut work, &need.division_code, "个人信息方面的要求已超期", request.kind.label(), &href)
        .await?;
    work.commit("").await
}
