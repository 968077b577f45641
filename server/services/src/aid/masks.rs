//! What a household is called in titles, lists and desks: the need's own title with a mask before it, so that six rows of
//! the same service in the same street can be told apart.

use crate::base::trail;
use crate::steps::contact;
use crate::{Ctx, Result};
use domain::need::NeedKind;
use std::collections::HashMap;

/// `李*，低糖午餐送到家`; the title alone where the reader may not know the mask.
pub fn named(mask: &str, title: &str) -> String {
    if mask.is_empty() { title.to_owned() } else { format!("{mask}，{title}") }
}

/// Masks by the pairing's code; none where the reader may not know it, as on the pairing's own page.
async fn masks(tx: &mut storage::Tx, ctx: &Ctx, codes: &[&str]) -> Result<HashMap<String, String>> {
    let mut all = HashMap::new();
    let Some(organization) = ctx.actor.organization_id else {
        // An office keeps them in its scope.
        for (code, division, file) in
            storage::needs::need_file::of_pairings(tx, ctx.services.db.unseen(), codes).await?
        {
            if ctx.actor.keeps(&division) {
                all.insert(code, domain::disclosure::mask_name(&file.name));
            }
        }
        return Ok(all);
    };
    for row in storage::aid::pairing::behind(tx, organization, ctx.actor.account_id, codes).await? {
        let household = contact::behind(ctx, &row)?;
        // Once closed, an organization keeps not even the masked parts.
        if household.closed.is_none() && row.need_kind == NeedKind::Household {
            all.insert(row.pairing.code, domain::disclosure::mask_name(&household.file().name));
        }
    }
    Ok(all)
}

/// Puts the masks before titles of a list: code of the pairing and title. Rows of other records are left as they are.
pub(crate) async fn name(ctx: &Ctx, list: &'static str, rows: Vec<(&str, &mut String)>) -> Result<()> {
    let mut codes: Vec<&str> = rows.iter().map(|(code, _)| *code).filter(|code| code.starts_with("JD")).collect();
    codes.sort_unstable();
    codes.dedup();
    if codes.is_empty() {
        return Ok(());
    }
    let mut tx = ctx.services.db.read().await?;
    let masks = masks(&mut tx, ctx, &codes).await?;
    drop(tx);
    if masks.values().all(String::is_empty) {
        return Ok(());
    }
    for (code, title) in rows {
        if let Some(mask) = masks.get(code) {
            *title = named(mask, title);
        }
    }
    let about = trail::About {
        division: ctx.actor.scope.clone(),
        organization: ctx.actor.organization_id,
        ..trail::About::default()
    };
    trail::read(ctx, "masked_list", list, about).await
}
