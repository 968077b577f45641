//! Evaluations 服务评价 (民政部令第67号 article 10): the household's office asks it about a service that is on record and
//! writes down what it says. One service has one evaluation; what was wrong is voided. Who gave the service is a number
//! here; the volunteer reads stars and words on the own record.

use crate::base::draft::Fields;
use crate::base::fields::past_day;
use crate::base::notice;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::steps::pairings;
use crate::{Ctx, Error, Result};
use chrono::NaiveDate;
use domain::code::is_code;
use domain::field::{Check, only};
use domain::form::FieldAt;
use domain::form::volunteers::evaluation as form;
use domain::machine::{Command, Object};
use domain::permission::{Record, authorize};
use domain::record::{AskedHow, EvaluationState};
use serde_json::json;
use storage::Tx;
use storage::aid::pairing::Pairing;
pub use storage::volunteers::evaluation::Served;
use storage::volunteers::evaluation::{self, Evaluation};
use uuid::Uuid;

/// A checked evaluation.
#[derive(Clone, Debug)]
pub struct Input {
    pub signup: Uuid,
    pub stars: i64,
    pub words: String,
    pub asked_how: AskedHow,
    pub day: NaiveDate,
}

/// Reads the form: `signup`, `stars`, `words`, `asked_how`, `day`.
pub fn read(fields: &Fields, today: NaiveDate) -> Result<Input> {
    let mut check = Check::new();
    let signup = check.choice(form::SIGNUP, fields);
    let stars = check.whole(FieldAt::from(form::STARS).within(1, 5), fields);
    let words = check.read(form::WORDS, fields);
    let asked_how = check.choice(form::ASKED_HOW, fields);
    let day = past_day(&mut check, form::DAY, fields, today);
    check.done()?;
    Ok(Input {
        signup: signup.unwrap_or_default(),
        stars: stars.unwrap_or_default(),
        words,
        asked_how: asked_how.unwrap_or(AskedHow::Call),
        day,
    })
}

fn record_of(pairing: &Pairing) -> Record<'_> {
    Record { division: Some(&pairing.division_code), ..Record::default() }
}

async fn by_code(ctx: &Ctx, tx: &mut Tx, code: &str) -> Result<Pairing> {
    let found = if is_code(code) { storage::aid::pairing::by_code(tx, code).await? } else { None };
    let pairing = found.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::EvaluationRecord, &record_of(&pairing))?;
    Ok(pairing)
}

/// Services on record for the household of a pairing, the latest first, for its office.
#[boxed]
pub async fn list(ctx: &Ctx, code: &str) -> Result<(Pairing, Vec<Served>)> {
    let mut tx = ctx.services.db.read().await?;
    let pairing = by_code(ctx, &mut tx, code).await?;
    let served = evaluation::served(&mut tx, pairing.id, 200).await?;
    Ok((pairing, served))
}

/// 登记服务评价.
#[boxed]
pub async fn record(ctx: &Ctx, code: &str, input: &Input) -> Result<()> {
    let account = ctx.account()?;
    let mut work = Work::begin(ctx, Command::EvaluationRecord).await?;
    let paired = by_code(ctx, &mut work.tx, code).await?;
    work.authorize(&record_of(&paired))?;
    let (paired, need) = pairings::lock(&mut work, paired.id).await?;
    work.hold(&need, &[(form::WORDS.into(), &input.words)]).await?;
    let served = evaluation::served(&mut work.tx, paired.id, 1000).await?;
    let it = served.into_iter().find(|s| s.signup_id == input.signup);
    let Some(it) = it else { return Err(Error::wrong(form::SIGNUP, "选择一次已经记录的服务")) };
    if input.day < it.starts_at.day() {
        return Err(Error::wrong(form::DAY, "哪天问的：早于服务那天，请核对"));
    }
    let row = Evaluation {
        id: ctx.services.new_id(),
        signup_id: it.signup_id,
        volunteer_id: it.volunteer_id,
        team_id: it.team_id,
        pairing_id: paired.id,
        division_code: paired.division_code.clone(),
        state: EvaluationState::Recorded,
        stars: input.stars,
        words: input.words.clone(),
        asked_how: input.asked_how,
        day: input.day,
        entered_by: account,
        entered_at: work.now,
        reason: None,
    };
    match evaluation::insert(&mut work.tx, &row).await {
        Err(error) if error.is_unique() => return Err(Error::rule("这次服务已经登记过评价，要改请先作废原来的")),
        other => other?,
    }
    let about = About {
        need: Some(&need),
        organization: Some(paired.organization_id),
        data: Some(json!({ "pairing": paired.code, "stars": row.stars })),
        ..About::default()
    };
    work.created(row.state, row.id, about).await?;
    if let Some(account) =
        storage::volunteers::volunteer::by_id(&mut work.tx, it.volunteer_id).await?.and_then(|v| v.account_id)
    {
        let body = format!("{}：{}", it.title, domain::record::stars_words(row.stars));
        notice::to_account(&mut work, account, "您的服务有了评价", &body, "/my/records#evaluations").await?;
    }
    work.commit(code).await
}

/// 作废 an evaluation that was written down wrongly. Returns the pairing's code.
#[boxed]
pub async fn void(ctx: &Ctx, id: Uuid, reason: &str) -> Result<String> {
    let reason = only(form::REASON, reason)?;
    let mut work = Work::begin(ctx, Command::EvaluationVoid).await?;
    let row = evaluation::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    let who = Record { division: Some(&row.division_code), ..Record::default() };
    work.authorize(&who)?;
    let paired = storage::aid::pairing::by_id(&mut work.tx, row.pairing_id).await?.ok_or(Error::NotFound)?;
    let step = work.leads(row.state)?;
    first(evaluation::void(&mut work.tx, id, &reason).await?, Object::Evaluation)?;
    let about = About {
        organization: Some(paired.organization_id),
        reason: Some(reason),
        data: Some(json!({ "pairing": paired.code })),
        ..About::default()
    };
    work.stepped(step, id, about).await?;
    work.commit(&paired.code).await?;
    Ok(paired.code)
}
