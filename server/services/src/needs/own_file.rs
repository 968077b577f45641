//! 档案: the owning office sees its household's whole file and mends it at any time. Opening it is on record, what stood in
//! it before is kept sealed.

use crate::base::households;
use crate::base::trail;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Fields, Result};
use domain::calendar::Time;
use domain::disclosure::MendReason;
use domain::field::Check;
use domain::form::needs::mend as form;
use domain::machine::Command;
use domain::permission::{Record, authorize};
use serde_json::json;
use storage::needs::need::Need;

/// A file as its office reads it.
#[derive(Clone)]
pub struct Opened {
    pub code: String,
    pub title: String,
    /// By the names of the form.
    pub fields: Fields,
    /// When and by whom it was corrected, the latest first.
    pub corrected: Vec<(Time, String)>,
}

fn record(need: &Need) -> Record<'_> {
    Record { division: Some(&need.division_code), ..Record::default() }
}

/// The whole file; that it was opened is on record before it is shown.
#[boxed]
pub async fn open(ctx: &Ctx, code: &str) -> Result<Opened> {
    if !domain::code::is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let need = storage::needs::need::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    if !ctx.actor.covers(&need.division_code) {
        return Err(Error::NotFound);
    }
    authorize(&ctx.actor, Command::NeedMendFile, &record(&need))?;
    let file =
        storage::needs::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?.ok_or(Error::NotFound)?;
    let corrected = storage::needs::file_version::of_need(&mut tx, need.id).await?;
    drop(tx);
    let about = trail::About { object: need.id, division: need.division_code.clone(), ..trail::About::default() };
    trail::read(ctx, "file", &need.code, about).await?;
    let corrected = corrected.into_iter().map(|(at, by)| (at, by.unwrap_or_default())).collect();
    Ok(Opened { code: need.code, title: need.title, fields: households::fields_of(&file), corrected })
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
