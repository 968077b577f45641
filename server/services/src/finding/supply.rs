//! Searches whoever may help: organizations, projects and openings.
//!
//! The index finds and orders them by text, with everything it understands; what changes by the minute
//! (state, room left, next shift) is the database's to say.

use crate::finding::standby;
use crate::{Error, Result, Services};
use search::{Fallback, Meaning, NeedQuery, Reader, Sort, What};
use std::collections::HashMap;
use std::sync::Arc;
use uuid::Uuid;

/// Most that one search gives.
const MOST: usize = 1000;

/// What was found for a text, and how the text was read.
#[derive(Debug, Default)]
pub struct Found {
    /// Place in the order of relevance, by id.
    places: HashMap<Uuid, usize>,
    pub meaning: Meaning,
    pub fell_back: Option<Fallback>,
}

impl Found {
    /// Keeps what was found, best first.
    pub(crate) fn order<T>(&self, rows: &mut Vec<T>, id: impl Fn(&T) -> Uuid) {
        rows.retain(|row| self.places.contains_key(&id(row)));
        rows.sort_by_key(|row| self.places.get(&id(row)).copied());
    }
}

/// Searches one kind by text; `None` without a text. Any text is fine. While there is no index that can
/// answer, the database does.
pub(crate) async fn find(services: &Services, what: What, text: &str) -> Result<Option<Found>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let query = NeedQuery {
        what,
        text: text.to_owned(),
        sort: Sort::Relevance,
        limit: MOST,
        facets: false,
        ..NeedQuery::default()
    };
    let results = if services.follower.is_whole() {
        let (index, question) = (Arc::clone(&services.index), query.clone());
        tokio::task::spawn_blocking(move || index.search(&question, &Reader::Public))
            .await
            .map_err(|_| Error::Internal("search task"))?
            .map_err(|error| tracing::error!(%error, "the search index does not answer, the database does"))
            .ok()
    } else {
        None
    };
    let results = match results {
        Some(results) => results,
        None => standby::search(services, &query, &Reader::Public, &services.index.lexicon()).await?,
    };
    let places = results.hits.iter().enumerate().map(|(place, hit)| (hit.id, place)).collect();
    Ok(Some(Found { places, meaning: results.meaning, fell_back: results.fell_back }))
}
