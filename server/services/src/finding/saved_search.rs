//! Searches that an organization keeps: it is told of each new need that one of them finds.

use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::field::only;
use domain::finding::SavedSearchState;
use domain::form::finding::saved::{NAME, QUERY};
use domain::machine::{Command, Object};
use domain::permission::Record;
use serde_json::json;
use storage::finding::{self, SavedSearch};
use uuid::Uuid;

/// An organization keeps at most so many.
pub const MOST: usize = 50;
/// Characters of the stored address.
const MOST_QUERY: usize = 2000;

/// A kept search with how many needs it has told of.
#[derive(Clone, Debug)]
pub struct Kept {
    pub search: SavedSearch,
    pub told: i64,
}

fn name_of(name: &str) -> Result<String> {
    Ok(only(NAME, name)?)
}

/// Keeps a search. `query` is the address of the hall behind the question mark; it must ask for something.
#[boxed]
pub async fn create(ctx: &Ctx, name: &str, query: &str) -> Result<Uuid> {
    let name = name_of(name)?;
    if query.is_empty() {
        return Err(Error::wrong(QUERY, "先写要找的话，或者选几个条件，再保存"));
    }
    if query.len() > MOST_QUERY {
        return Err(Error::wrong(QUERY, "条件太多，请减少几个再保存"));
    }
    let organization = ctx.organization()?;
    let mut work = Work::begin(ctx, Command::SavedSearchCreate).await?;
    work.authorize(&Record { organization: Some(organization), ..Record::default() })?;
    let known = finding::searches_of(&mut work.tx, organization).await?;
    if known.len() >= MOST {
        return Err(Error::wrong(NAME, format!("最多保存{MOST}个查找，请先删除不用的")));
    }
    let row = SavedSearch {
        id: ctx.services.new_id(),
        organization_id: organization,
        name,
        query: query.to_owned(),
        state: SavedSearchState::Active,
        version: 1,
        created_by: ctx.actor.account_id,
        created_at: work.now,
        updated_at: work.now,
    };
    finding::insert_search(&mut work.tx, &row).await?;
    let about = About { organization: Some(organization), data: Some(json!({ "name": row.name })), ..About::default() };
    work.created(row.state, row.id, about).await?;
    work.commit(&row.id.to_string()).await?;
    Ok(row.id)
}

/// The organization's kept searches, oldest first.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Kept>> {
    let organization = ctx.organization()?;
    let mut tx = ctx.services.db.read().await?;
    let kept = finding::searches_of(&mut tx, organization).await?;
    Ok(kept.into_iter().map(|finding::Told { search, told }| Kept { search, told }).collect())
}

#[boxed]
pub async fn by_id(ctx: &Ctx, id: Uuid) -> Result<SavedSearch> {
    let organization = ctx.organization()?;
    let mut tx = ctx.services.db.read().await?;
    let found = finding::search(&mut tx, id).await?;
    found
        .filter(|row| row.organization_id == organization && row.state == SavedSearchState::Active)
        .ok_or(Error::NotFound)
}

/// Gives it another name.
#[boxed]
pub async fn rename(ctx: &Ctx, id: Uuid, name: &str) -> Result<()> {
    let name = name_of(name)?;
    step(ctx, id, Command::SavedSearchRename, Some(name)).await
}

#[boxed]
pub async fn delete(ctx: &Ctx, id: Uuid) -> Result<()> {
    step(ctx, id, Command::SavedSearchDelete, None).await
}

async fn step(ctx: &Ctx, id: Uuid, command: Command, name: Option<String>) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let mut row = finding::search(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    work.authorize(&Record { organization: Some(row.organization_id), ..Record::default() })?;
    let step = work.step(&mut row.state)?;
    let data = json!({ "name": name.clone().unwrap_or_else(|| row.name.clone()) });
    row.name = name.unwrap_or(row.name);
    row.updated_at = work.now;
    first(finding::update_search(&mut work.tx, &row).await?, Object::SavedSearch)?;
    let about = About { organization: Some(row.organization_id), data: Some(data), ..About::default() };
    work.stepped(step, row.id, about).await?;
    work.commit(&id.to_string()).await
}
