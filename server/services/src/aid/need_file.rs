//! The file 档案 of a household, whole (tier L3): opened for a stated purpose by the offices that keep it, and by the city
//! with a second person's approval, once; corrected by its own office at any time. What stood in it before is kept sealed.

use crate::base::households;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::contact::use_file_approval;
use crate::{Ctx, Error, Fields, Result};
use domain::calendar::Time;
use domain::disclosure::{DisclosureState, MendReason};
use domain::field::Check;
use domain::form::aid::pairing::PURPOSE;
use domain::form::needs::mend as form;
use domain::machine::{Command, allows};
use domain::pairing::Purpose;
use domain::permission::{Record, authorize};
use serde_json::json;
use storage::aid::disclosure::Listed;
use storage::needs::need::Need;

/// What is known of a file without opening it.
#[derive(Clone, Debug)]
pub struct Closed {
    pub code: String,
    pub title: String,
    pub way: Way,
    /// Whether the reader may correct it.
    pub mends: bool,
    /// When and by whom it was corrected, the latest first.
    pub corrected: Vec<(Time, String)>,
}

/// A file as it was asked for.
#[derive(Clone)]
pub struct Opened {
    /// By the names of the form.
    pub fields: Fields,
    /// What the consent on record is evidenced by.
    pub evidence: String,
}

/// How a reader comes to the file of a need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By stating a purpose.
    Open,
    /// By asking first.
    Ask,
    /// Asked, not yet answered.
    Waiting,
}

fn record(need: &Need) -> Record<'_> {
    Record { division: Some(&need.division_code), ..Record::default() }
}

/// How the actor comes to the file now; `asked`: the open requests for it.
pub(crate) fn way(ctx: &Ctx, need: &Need, asked: &[Listed]) -> Way {
    if ctx.actor.keeps(&need.division_code) {
        return Way::Open;
    }
    let own =
        asked.iter().map(|listed| &listed.disclosure).find(|access| Some(access.asked_by) == ctx.actor.account_id);
    match own.filter(|access| access.expires_at >= ctx.now()) {
        Some(access) if access.state == DisclosureState::Approved => Way::Open,
        Some(_) => Way::Waiting,
        None => Way::Ask,
    }
}

/// The page of a file before it is opened.
#[boxed]
pub async fn closed(ctx: &Ctx, code: &str) -> Result<Closed> {
    if !domain::code::is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let need = storage::needs::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::NeedDisclose, &record(&need))?;
    if !storage::needs::need_file::exists(&mut tx, need.id).await? {
        return Err(Error::NotFound);
    }
    let asked = storage::aid::disclosure::open_of_file(&mut tx, need.id).await?;
    let corrected = storage::needs::file_version::of_need(&mut tx, need.id).await?;
    let mends = allows(need.state, Command::NeedMendFile)
        && authorize(&ctx.actor, Command::NeedMendFile, &record(&need)).is_ok();
    let way = way(ctx, &need, &asked);
    let corrected = corrected.into_iter().map(|(at, by)| (at, by.unwrap_or_default())).collect();
    Ok(Closed { code: need.code, title: need.title, way, mends, corrected })
}

/// Opens the file of a need for a purpose. On record, with the purpose, before it is shown.
#[boxed]
pub async fn open(ctx: &Ctx, code: &str, purpose: Purpose) -> Result<Opened> {
    if !Purpose::FILE.contains(&purpose) {
        return Err(Error::wrong(PURPOSE, "请选择为什么要看档案"));
    }
    let mut work = Work::begin(ctx, Command::NeedDisclose).await?;
    let need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.leads(need.state)?;
    if !ctx.actor.keeps(&need.division_code) {
        use_file_approval(&mut work, &need).await?;
    }
    let sealer = ctx.services.db.sealer();
    let (consent, file) = storage::needs::consent::with_file(&mut work.tx, sealer, need.id).await?;
    let file = file.ok_or_else(|| Error::rule("这条需求没有档案"))?;
    let about = About {
        need: Some(&need),
        reason: Some(purpose.label().to_owned()),
        data: Some(json!({ "purpose": purpose.as_str() })),
        ..About::default()
    };
    work.stepped(step, need.id, about).await?;
    work.commit(code).await?;
    let evidence = consent.map(|consent| consent.evidence).unwrap_or_default();
    Ok(Opened { fields: households::fields_of(&file), evidence })
}

/// 更正档案: the fields of the file and `why`. A card whose texts would say what the file now says is not left public.
#[boxed]
pub async fn mend(ctx: &Ctx, code: &str, fields: &Fields) -> Result<()> {
    let mut check = Check::new();
    let why: Option<MendReason> = check.choice(form::WHY, fields);
    let mut mistakes = check.done().err().unwrap_or_default();
    let file = crate::needs::need_form::corrected(fields, ctx.now().day()).map_err(|wrong| mistakes.extend(wrong)).ok();
    let Some(file) = file.filter(|_| mistakes.is_empty()) else { return Err(Error::Invalid(mistakes)) };
    let mut work = Work::begin(ctx, Command::NeedMendFile).await?;
    let mut need = work.need(code).await?;
    work.authorize(&record(&need))?;
    let step = work.step(&mut need.state)?;
    let changed = households::correct(&mut work, &need, file).await?;
    if changed.is_empty() {
        return Err(Error::rule("没有改动任何一项"));
    }
    let mut kept = need.clone();
    for (field, place) in crate::needs::need_form::TEXTS {
        let text = std::mem::take(place(&mut kept));
        if work.hold(&need, &[(field.into(), &text)]).await.is_err() {
            return Err(Error::rule(format!(
                "“{}”里写着改过的姓名、电话或住址，请先暂停公开、改好说明，再更正档案",
                field.label
            )));
        }
    }
    let reason = why.map(|why| why.label().to_owned());
    let data = Some(json!({ "fields": changed }));
    work.stepped(step, need.id, About { need: Some(&need), reason, data, ..About::default() }).await?;
    work.commit(code).await
}
