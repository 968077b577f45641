//! The thesaurus 词库: what ships, and the changes of the city's staff laid over it. Every change is one
//! command with one event; the running search takes it up at once, other nodes by the event log.

use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::division::Divisions;
use domain::field::Check;
use domain::finding::GroupState;
use domain::machine::{self, Command, Object};
use domain::permission::{Record, authorize};
use search::Lexicon;
use search::thesaurus::{self, Group};
use serde_json::json;
use std::sync::Arc;
use storage::finding::{self, GroupRow};

/// Heading under which staff's own groups stand.
pub const OWN_SECTION: &str = "本市增加";

/// What ships, over these divisions.
pub fn shipped(divisions: &Divisions) -> Lexicon {
    let shipped = thesaurus::shipped();
    Lexicon::new(0, shipped.groups, &shipped.silent, divisions)
}

/// A group as it is in force, or was before it was stopped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub group: Group,
    pub state: GroupState,
    /// Line as it ships, where that differs from the one in force; empty for an own group.
    pub shipped: Option<String>,
    /// 0 for a group that was never touched.
    pub version: i64,
    pub updated_at: Option<domain::calendar::Time>,
}

fn laid_over(rows: Vec<GroupRow>) -> Vec<Entry> {
    let mut entries: Vec<Entry> = thesaurus::shipped()
        .groups
        .into_iter()
        .map(|group| Entry { group, state: GroupState::Active, shipped: None, version: 0, updated_at: None })
        .collect();
    for row in rows {
        // A line that was accepted once reads; should the limits ever shrink, the shipped one holds.
        let Ok(group) = Group::read(&row.key, &row.section, &row.line) else { continue };
        let known = entries.iter_mut().find(|entry| entry.group.key == row.key);
        let changed = Entry {
            shipped: known.as_ref().map(|entry| entry.group.line()),
            group,
            state: row.state,
            version: row.version,
            updated_at: Some(row.updated_at),
        };
        match known {
            Some(entry) => *entry = changed,
            None => entries.push(changed),
        }
    }
    entries
}

fn lexicon(revision: i64, entries: &[Entry], divisions: &Divisions) -> Lexicon {
    let groups = entries.iter().filter(|entry| entry.state == GroupState::Active).map(|entry| entry.group.clone());
    let silent = thesaurus::shipped().silent;
    Lexicon::new(u64::try_from(revision).unwrap_or_default(), groups.collect(), &silent, divisions)
}

/// Takes up what the database holds now.
#[boxed]
pub async fn refresh(services: &Services) -> Result<()> {
    let mut tx = services.db.read().await?;
    let revision = finding::groups_revision(&mut tx).await?;
    let rows = finding::groups(&mut tx).await?;
    drop(tx);
    services.index.set_lexicon(Arc::new(lexicon(revision, &laid_over(rows), &services.divisions())));
    Ok(())
}

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
    let mut check = Check::new();
    let line = check.line("line", "词", line, 600);
    check.done()?;
    Group::read(key, section, &line).map_err(|mistake| Error::field("line", mistake))
}

/// Adds a group of the city's own. Returns its key.
#[boxed]
pub async fn add(ctx: &Ctx, line: &str) -> Result<String> {
    let id = ctx.services.new_id();
    let key = format!("{OWN_SECTION}/{}", id.simple());
    let group = read(&key, OWN_SECTION, line)?;
    let mut work = Work::begin(ctx, Command::ThesaurusAdd).await?;
    work.authorize(Command::ThesaurusAdd, &Record::default())?;
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
    work.created(Command::ThesaurusAdd, row.state, id, About { data: Some(data), ..About::default() }).await?;
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
    work.authorize(command, &Record::default())?;
    let data = json!({ "group": key, "before": entry.group.line(), "line": group.line() });
    let about = About { data: Some(data), ..About::default() };
    match finding::group(&mut work.tx, key).await? {
        Some(mut row) => {
            first(row.version == version, Object::Thesaurus)?;
            let (from, to) = (row.state, machine::step(row.state, command)?);
            row.line = group.line();
            row.state = to;
            row.updated_by = ctx.actor.account_id;
            row.updated_at = work.now;
            first(finding::update_group(&mut work.tx, &row).await?, Object::Thesaurus)?;
            work.stepped(command, from, to, row.id, about).await?;
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
            work.created(command, state, row.id, about).await?;
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
