//! Editions of the administrative divisions: newest wins, old codes keep resolving.

use crate::base::work::Work;
use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::division::{self, Divisions};
use domain::machine::{Command, Object};
use domain::permission::Record;
use storage::Db;
use storage::base::reference::{self, Edition};

const KIND: &str = "divisions";

/// The divisions of the program and of every edition imported into a database.
#[boxed]
pub async fn load(db: &Db) -> Result<Divisions> {
    let mut tx = db.read().await?;
    let stored = reference::of_kind(&mut tx, KIND).await?;
    build(&stored)
}

fn build(stored: &[Edition]) -> Result<Divisions> {
    let mut editions = vec![division::Edition { valid_from: division::BUNDLED_EDITION, csv: division::BUNDLED_CSV }];
    for edition in stored {
        let Ok(valid_from) = edition.edition.parse() else { return Err(Error::Internal("stored edition has no day")) };
        editions.push(division::Edition { valid_from, csv: &edition.content });
    }
    Divisions::from_editions(&editions, division::BUNDLED_HISTORY)
        .map_err(|_| Error::Internal("stored edition does not read"))
}

/// Imports an edition: `day` is its cut-off (`2024-06-30`), `csv` the rows in the
/// columns `code,name,level,parent_code` (further columns are allowed).
#[boxed]
pub async fn import_divisions(ctx: &Ctx, day: chrono::NaiveDate, source: &str, csv: &str) -> Result<usize> {
    let mut work = Work::begin(ctx, Command::ReferenceImport).await?;
    work.authorize(Command::ReferenceImport, &Record::default())?;
    let row = Edition {
        id: ctx.services.new_id(),
        kind: KIND.into(),
        edition: day.to_string(),
        source: source.to_owned(),
        content: csv.to_owned(),
        imported_at: work.now,
    };
    let mut all = reference::of_kind(&mut work.tx, KIND).await?;
    if all.iter().any(|edition| edition.edition == row.edition) {
        return Err(Error::field("edition", "这一版区划已经导入过"));
    }
    all.push(row.clone());
    all.sort_by(|a, b| a.edition.cmp(&b.edition));
    Divisions::from_editions(&[division::Edition { valid_from: day, csv }], division::BUNDLED_HISTORY)
        .map_err(|error| Error::field("file", error.to_string()))?;
    let divisions = build(&all)?;
    let count = divisions.iter().filter(|division| division.is_current()).count();
    reference::insert(&mut work.tx, &row).await?;
    storage::base::event::append(
        &mut work.tx,
        &storage::base::event::NewEvent {
            at: work.now,
            actor_id: ctx.actor.account_id,
            actor_role: ctx.actor.role,
            origin: ctx.origin,
            object: Object::Reference,
            object_id: row.id,
            need_id: None,
            division_code: String::new(),
            organization_id: None,
            command: Command::ReferenceImport,
            from_state: None,
            to_state: "imported",
            reason: None,
            data: serde_json::json!({ "edition": row.edition, "current": count }),
        },
    )
    .await?;
    work.commit("").await?;
    ctx.services.replace_divisions(divisions);
    Ok(count)
}

/// Takes up editions that another node imported.
#[boxed]
pub async fn refresh(services: &Services) -> Result<()> {
    let divisions = load(&services.db).await?;
    services.replace_divisions(divisions);
    Ok(())
}
