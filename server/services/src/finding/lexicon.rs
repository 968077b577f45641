//! The words in force: what ships, and the changes of the city's staff laid over it.

use crate::boxed;
use crate::{Result, Services};
use domain::division::Divisions;
use domain::finding::GroupState;
use search::Lexicon;
use search::thesaurus::{self, Group};
use std::sync::Arc;
use storage::finding::{self, GroupRow};

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

pub(crate) fn laid_over(rows: Vec<GroupRow>) -> Vec<Entry> {
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

pub(crate) fn lexicon(revision: i64, entries: &[Entry], divisions: &Divisions) -> Lexicon {
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
