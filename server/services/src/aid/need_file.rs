//! The file 档案 of a household, opened whole for a stated purpose (tier L3): by the offices that keep it, and by the
//! city with a second person's approval, once.

use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::contact::use_file_approval;
use crate::{Ctx, Error, Result};
use domain::disclosure::DisclosureState;
use domain::form::aid::pairing::PURPOSE;
use domain::machine::Command;
use domain::pairing::Purpose;
use domain::permission::Record;
use serde_json::json;
use storage::needs::need::Need;
use storage::needs::need_file::NeedFile;

/// The file, and what the consent on record is evidenced by.
#[derive(Clone, Debug)]
pub struct Opened {
    pub file: NeedFile,
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

/// How the actor comes to the file now.
pub(crate) async fn way(tx: &mut storage::Tx, ctx: &Ctx, need: &Need) -> Result<Way> {
    if ctx.actor.keeps(&need.division_code) {
        return Ok(Way::Open);
    }
    let open = match ctx.actor.account_id {
        Some(account) => storage::aid::disclosure::open_of_file(tx, need.id, account).await?,
        None => None,
    };
    Ok(match open.filter(|access| access.expires_at >= ctx.now()) {
        Some(access) if access.state == DisclosureState::Approved => Way::Open,
        Some(_) => Way::Waiting,
        None => Way::Ask,
    })
}

/// Opens the file of a need for a purpose. On record, with the purpose, before it is shown.
#[boxed]
pub async fn open(ctx: &Ctx, code: &str, purpose: Purpose) -> Result<Opened> {
    if !Purpose::FILE.contains(&purpose) {
        return Err(Error::wrong(PURPOSE, "请选择为什么要看档案"));
    }
    let mut work = Work::begin(ctx, Command::NeedDisclose).await?;
    let need = work.need(code).await?;
    work.authorize(&Record { division: Some(&need.division_code), ..Record::default() })?;
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
    Ok(Opened { file, evidence: consent.map(|consent| consent.evidence).unwrap_or_default() })
}
