//! Drafts: nothing typed is ever lost, not by a mistake, a time-out or a second tab.

use crate::base::work::Work;
use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::field::FieldError;
use domain::form::needs::Step;
use domain::machine::Command;
use uuid::Uuid;

pub use storage::base::draft::{Draft, Fields};

/// The form's own machinery; it is kept no more than what is declared a secret.
const MACHINERY: [&str; 2] = ["once", "draft"];

/// The largest draft, in bytes of its fields.
const MAX_BYTES: usize = 200_000;
/// Most drafts of an account, and their bytes as they are stored.
const MOST: i64 = 200;
const MOST_BYTES: i64 = 4 << 20;
/// Most of them that a session which has run out may leave behind.
const MOST_LATE: i64 = 20;

fn kept(fields: &Fields) -> Fields {
    let secret = |name: &str| domain::form::fields().any(|field| field.secret && field.name == name);
    fields.iter().filter(|(name, _)| !MACHINERY.contains(&name.as_str()) && !secret(name)).cloned().collect()
}

/// Saves a draft for the signed-in account under `id`, as long as that is the account's own draft of this form or
/// nobody's yet; else under a new one.
#[boxed]
pub async fn save(ctx: &Ctx, id: Option<Uuid>, form: &str, fields: &Fields, mistakes: &[FieldError]) -> Result<Uuid> {
    save_as(&ctx.services, ctx.account()?, id, form, fields, mistakes, MOST).await
}

/// Saves for an account whose session ran out while it was typing: waits for the next sign-in. It goes on with the draft
/// under `id` where that is the account's own of this form: of a form in steps, what was typed before stays.
#[boxed]
pub async fn save_late(
    services: &Services,
    account_id: Uuid,
    id: Option<Uuid>,
    form: &str,
    fields: &Fields,
) -> Result<Uuid> {
    save_as(services, account_id, id, form, fields, &[], MOST_LATE).await
}

async fn save_as(
    services: &Services,
    account_id: Uuid,
    id: Option<Uuid>,
    form: &str,
    fields: &Fields,
    mistakes: &[FieldError],
    most: i64,
) -> Result<Uuid> {
    let mut fields = kept(fields);
    if fields.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>() > MAX_BYTES || form.len() > 100 {
        return Err(Error::rule("填写的内容太长，请删减后再保存"));
    }
    let mut tx = services.db.write().await?;
    let sealer = services.db.sealer();
    let own = match id {
        Some(id) => {
            storage::base::draft::load(&mut tx, sealer, id, account_id).await?.filter(|draft| draft.form == form)
        }
        None => None,
    };
    // One step of a form of several replaces its own fields only.
    if let (Some(own), Some(step)) = (&own, Step::parse(domain::form::value(&fields, "step"))) {
        fields = merged(&own.fields, &fields, |name| step.owns(name) || name == "step");
    }
    if own.is_none() {
        let (count, bytes) = storage::base::draft::held(&mut tx, account_id).await?;
        if count >= most || bytes >= MOST_BYTES {
            return Err(Error::rule("没有提交的草稿太多，请先在今日待办里提交或删去不用的"));
        }
    }
    let id = match (own, id) {
        (Some(own), _) => own.id,
        (None, Some(id)) if !storage::base::draft::exists(&mut tx, id).await? => id,
        _ => services.new_id(),
    };
    let draft = Draft {
        id,
        account_id,
        form: form.to_owned(),
        fields,
        mistakes: mistakes.to_vec(),
        updated_at: services.now(),
    };
    storage::base::draft::save(&mut tx, sealer, &draft).await?;
    tx.commit().await?;
    Ok(id)
}

/// The account's own draft of a form.
#[boxed]
pub async fn load(ctx: &Ctx, id: Uuid, form: &str) -> Result<Option<Draft>> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let draft = storage::base::draft::load(&mut tx, ctx.services.db.sealer(), id, account).await?;
    Ok(draft.filter(|draft| draft.form == form))
}

/// The account's latest draft of a form, for "continue later".
#[boxed]
pub async fn latest(ctx: &Ctx, form: &str) -> Result<Option<Draft>> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::base::draft::latest(&mut tx, ctx.services.db.sealer(), account, form).await?)
}

/// The account's drafts of the forms of a page, the latest first.
#[boxed]
pub async fn of_page(ctx: &Ctx, page: &str) -> Result<Vec<Draft>> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::base::draft::of_page(&mut tx, ctx.services.db.sealer(), account, page).await?)
}

/// What the form's token was spent on, when a first submit of the same form was answered already. Its draft is gone.
#[boxed]
pub async fn answered(ctx: &Ctx, command: Command) -> Result<Option<String>> {
    match Work::begin(ctx, command).await {
        Ok(_) => Ok(None),
        Err(Error::AlreadyDone { result }) => Ok(Some(result)),
        Err(error) => Err(error),
    }
}

/// Whether the form with this token has been taken already: what comes after is too late.
#[boxed]
pub async fn is_over(ctx: &Ctx) -> Result<bool> {
    let mut tx = ctx.services.db.read().await?;
    Ok(match ctx.once {
        Some(token) => storage::people::account::is_spent(&mut tx, token).await?,
        None => false,
    })
}

/// Success, or "throw away". A form of which nothing was kept costs a look.
#[boxed]
pub async fn delete(ctx: &Ctx, id: Uuid) -> Result<()> {
    let account = ctx.account()?;
    if !storage::base::draft::exists(&mut ctx.services.db.read().await?, id).await? {
        return Ok(());
    }
    let mut tx = ctx.services.db.write().await?;
    storage::base::draft::delete(&mut tx, id, account).await?;
    tx.commit().await?;
    Ok(())
}

/// Replaces the fields that `owns` says belong to what was sent, keeps the rest.
pub fn merged(old: &Fields, new: &Fields, owns: impl Fn(&str) -> bool) -> Fields {
    let mut fields: Fields = old.iter().filter(|(name, _)| !owns(name)).cloned().collect();
    fields.extend(new.iter().filter(|(name, _)| owns(name)).cloned());
    fields
}
