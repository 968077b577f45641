//! A volunteer's own record 志愿服务记录, all five parts of it (民政部令第67号 article 7).

use crate::boxed;
use crate::steps::volunteers::own_record;
use crate::{Ctx, Error, Result};
use domain::machine::Command;
use domain::permission::authorize;
use std::collections::HashMap;
use storage::volunteers::award::Award;
use storage::volunteers::evaluation::Evaluation;
use storage::volunteers::hours::Record;
use storage::volunteers::training::Training;
use storage::volunteers::volunteer::{Volunteer, VolunteerFile};
use uuid::Uuid;

/// Everything on record about the reader.
#[derive(Clone, Debug)]
pub struct Own {
    pub volunteer: Volunteer,
    pub file: VolunteerFile,
    /// Valid records of service on this page, the latest first, and how many there are, with their minutes.
    pub services: Vec<Record>,
    pub total: (i64, i64),
    pub trainings: Vec<Training>,
    pub awards: Vec<Award>,
    /// By the sign-up that they are about.
    pub evaluations: HashMap<Uuid, Evaluation>,
}

/// Reads the reader's own record.
#[boxed]
pub async fn own(ctx: &Ctx, offset: i64, limit: i64) -> Result<Own> {
    let account = ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    let row = storage::volunteers::volunteer::by_account(&mut tx, account).await?.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::VolunteerEdit, &own_record(&row))?;
    let file = storage::volunteers::volunteer::file(ctx.services.db.unseen(), &row)?;
    let evaluations = storage::volunteers::evaluation::of_volunteer(&mut tx, row.id, 1000).await?;
    Ok(Own {
        services: storage::volunteers::hours::of_volunteer(&mut tx, row.id, offset, limit).await?,
        total: storage::volunteers::hours::total(&mut tx, row.id).await?,
        trainings: storage::volunteers::training::of_volunteer(&mut tx, row.id, 200).await?,
        awards: storage::volunteers::award::of_volunteer(&mut tx, row.id, 200).await?,
        evaluations: evaluations.into_iter().map(|e| (e.signup_id, e)).collect(),
        volunteer: row,
        file,
    })
}
