//! A working list as a file: who may have the persons' own data in it, and that it went out is on record first.

use crate::base::trail;
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::machine::Command;
use domain::permission::{Record, authorize};
use serde_json::json;

/// Rows of a file at most.
pub const MOST: usize = 50_000;
/// Rows that are read at once.
pub const PORTION: usize = 1000;
/// What is added for whoever may open the files.
pub const PERSON_HEADS: [&str; 4] = ["姓名", "身份证号", "电话", "住址"];

/// Whether the reader opens whole files of the own scope; the city asks for each.
pub fn may_have_persons(ctx: &Ctx) -> bool {
    let scope = ctx.actor.scope.as_str();
    let record = Record { division: Some(scope), ..Record::default() };
    !scope.is_empty() && ctx.role().keeps_files() && authorize(&ctx.actor, Command::NeedDisclose, &record).is_ok()
}

/// The columns [`PERSON_HEADS`] of needs, by code, in their order; empty cells where there is no file.
#[boxed]
pub async fn persons(ctx: &Ctx, codes: &[String]) -> Result<Vec<Vec<String>>> {
    if !may_have_persons(ctx) {
        return Err(Error::NotFound);
    }
    let mut tx = ctx.services.db.read().await?;
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    let files = storage::needs::need_file::of_codes(&mut tx, ctx.services.db.sealer(), &codes).await?;
    Ok(codes
        .iter()
        .map(|code| match files.get(*code).filter(|(division, _)| ctx.actor.covers(division)) {
            Some((_, file)) => {
                vec![file.name.clone(), file.id_number.clone(), file.phone.clone(), file.address.clone()]
            }
            None => vec![String::new(); PERSON_HEADS.len()],
        })
        .collect())
}

/// Writes into the trail that a list leaves the site, before it does.
#[boxed]
pub async fn recorded(ctx: &Ctx, list: &str, rows: usize, purpose: String, personal: bool) -> Result<()> {
    let about = trail::About {
        division: ctx.actor.scope.clone(),
        organization: ctx.actor.organization_id,
        reason: Some(purpose),
        data: json!({ "persons": personal }),
        ..trail::About::default()
    };
    trail::export(ctx, list, rows, about).await
}
