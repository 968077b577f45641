//! The thesaurus 词库: what ships, and the changes of the city's staff laid over it. Every change is one
//! command with one event; the running search takes it up at once, other nodes by the event log.

use crate::base::work::{About, Work, first};
use crate::boxed;
pub use crate::finding::lexicon::{Entry, refresh, shipped};
use crate::finding::lexicon::{laid_over, lexicon};
use crate::{Ctx, Error, Result};
use domain::field::only;
use domain::finding::GroupState;
use domain::form::finding::thesaurus::LINE;
use domain::machine::{Command, Object};
use domain::permission::{Record, authorize};
use search::thesaurus::Group;
use serde_json::json;
use std::sync::Arc;
use storage::finding::{self, GroupRow};

/// Heading under which staff's own groups stand.
pub const OWN_SECTION: &str = "本市增加";

fn permitted(ctx: &Ctx) -> Result<()> {
    Ok(authorize(&ctx.actor, Command::ThesaurusChange, &Record::default())?)
}

/// Every group with its state, as shipped first, then the city's own.
#[boxed]
pub async fn list(ctx: &Ctx) -> Result<Vec<Entry>> {
    permitted(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    Ok(laid_over(finding::groups(&mut tx).await?))
}

#[boxed]
pub async fn by_key(ctx: &Ctx, key: &str) -> Result<Entry> {
    list(ctx).await?.into_iter().find(|entry| entry.group.key == key).ok_or(Error::NotFound)
}

fn read(key: &str, section: &str, line: &str) -> Result<Group> {
    let line = only(LINE, line)?.split_whitespace().collect::<Vec<_>>().join(" ");
    Group::read(key, section, &line).map_err(|mistake| Error::wrong(LINE, mistake))
}

/// Adds a group of the city's own. Returns its key.
#[boxed]
pub async fn add(ctx: &Ctx, line: &str) -> Result<String> {
    let id = ctx.services.new_id();
    let key = format!("{OWN_SECTION}/{}", id.simple());
    let group = read(&key, OWN_SECTION, line)?;
    let mut work = Work::begin(ctx, Command::ThesaurusAdd).await?;
    work.authorize(&Record::default())?;
    let row = GroupRow {
        id,
        key: key.clone(),
        section: OWN_SECTION.to_owned(),
        line: group.line(),
        state: GroupState::Active,
        version: 1,
        updated_by: ctx.actor.account_id,
        updated_at: work.now,
    };
    finding::insert_group(&mut work.tx, &row).await?;
    let data = json!({ "group": key, "line": row.line });
    work.created(row.state, id, About { data: Some(data), ..About::default() }).await?;
    work.commit(&key).await?;
    refresh(&ctx.services).await?;
    Ok(key)
}

/// Changes the words of a group; `version` is the one that was seen.
#[boxed]
pub async fn change(ctx: &Ctx, key: &str, version: i64, line: &str) -> Result<()> {
    step(ctx, key, version, Command::ThesaurusChange, Some(line)).await
}

/// Stops a group: its words find one another no longer.
#[boxed]
pub async fn remove(ctx: &Ctx, key: &str, version: i64) -> Result<()> {
    step(ctx, key, version, Command::ThesaurusRemove, None).await
}

#[boxed]
pub async fn restore(ctx: &Ctx, key: &str, version: i64) -> Result<()> {
    step(ctx, key, version, Command::ThesaurusRestore, None).await
}

async fn step(ctx: &Ctx, key: &str, version: i64, command: Command, line: Option<&str>) -> Result<()> {
    let entry = {
        authorize(&ctx.actor, command, &Record::default())?;
        by_key(ctx, key).await?
    };
    let group = match line {
        Some(line) => read(key, &entry.group.section, line)?,
        None => entry.group.clone(),
    };
    let mut work = Work::begin(ctx, command).await?;
    work.authorize(&Record::default())?;
    let data = json!({ "group": key, "before": entry.group.line(), "line": group.line() });
    let about = About { data: Some(data), ..About::default() };
    match finding::group(&mut work.tx, key).await? {
        Some(mut row) => {
            first(row.version == version, Object::Thesaurus)?;
            let step = work.step(&mut row.state)?;
            row.line = group.line();
            row.updated_by = ctx.actor.account_id;
            row.updated_at = work.now;
            first(finding::update_group(&mut work.tx, &row).await?, Object::Thesaurus)?;
            work.stepped(step, row.id, about).await?;
        }
        None => {
            first(version == 0, Object::Thesaurus)?;
            let state = match command {
                Command::ThesaurusRemove => GroupState::Removed,
                _ => GroupState::Active,
            };
            let row = GroupRow {
                id: ctx.services.new_id(),
                key: key.to_owned(),
                section: group.section.clone(),
                line: group.line(),
                state,
                version: 1,
                updated_by: ctx.actor.account_id,
                updated_at: work.now,
            };
            match finding::insert_group(&mut work.tx, &row).await {
                Err(error) if error.is_unique() => return first(false, Object::Thesaurus),
                other => other?,
            }
            work.created(state, row.id, about).await?;
        }
    }
    work.commit(key).await?;
    refresh(&ctx.services).await
}

/// What a change would do to a query: the cards found before and after.
pub struct Preview {
    pub before: crate::finding::hall::Page,
    pub after: crate::finding::hall::Page,
}

/// Previews a group with other words (`None`: without it) on a query, as the city's staff see it.
#[boxed]
pub async fn preview(ctx: &Ctx, key: &str, line: Option<&str>, text: &str) -> Result<Preview> {
    let mut entries = list(ctx).await?;
    let group = line.map(|line| read(key, OWN_SECTION, line)).transpose()?;
    match entries.iter_mut().find(|entry| entry.group.key == key) {
        Some(entry) => match group {
            Some(group) => {
                entry.group = Group { section: entry.group.section.clone(), ..group };
                entry.state = GroupState::Active;
            }
            None => entry.state = GroupState::Removed,
        },
        None => {
            if let Some(group) = group {
                let (state, version) = (GroupState::Active, 0);
                entries.push(Entry { group, state, shipped: None, version, updated_at: None });
            }
        }
    }
    let changed = Arc::new(lexicon(0, &entries, &ctx.services.divisions()));
    let query = search::NeedQuery {
        text: text.to_owned(),
        states: vec!["open".into(), "partial".into()],
        sort: search::Sort::Relevance,
        limit: 10,
        facets: true,
        ..search::NeedQuery::default()
    };
    let viewer = crate::finding::hall::Viewer::Staff(ctx);
    let now = ctx.services.index.lexicon();
    let before = crate::finding::hall::search_with(&ctx.services, viewer, query.clone(), now).await?;
    let after = crate::finding::hall::search_with(&ctx.services, viewer, query, changed).await?;
    Ok(Preview { before, after })
}
