//! What lies near a search: words and titles while somebody types, and what finds more where next to nothing
//! was found. All of it asks the index as the reader, so that nothing shows that the reader may not see.

use crate::boxed;
use crate::finding::hall::{Viewer, count, search, service_name, shown_count};
use crate::finding::hall_address::HallAddress;
use crate::{Result, Services};
use search::{NeedQuery, Results};
use serde::Serialize;
use std::sync::Arc;

/// Something near that finds more, for a question that found next to nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearby {
    /// `去掉“低保低收入家庭”`
    pub label: String,
    pub address: HallAddress,
    pub total: u64,
}

/// At most so many are offered, and so many tried.
const OFFERED: usize = 5;
const TRIED: usize = 14;

/// What finds more than `total`: one filter less, a district beside, words taken as they stand or one word less.
#[boxed]
pub async fn nearby(
    services: &Arc<Services>,
    viewer: Viewer<'async_recursion>,
    address: &HallAddress,
    results: &Results,
) -> Result<Vec<Nearby>> {
    let now = services.now();
    let mut tried: Vec<(String, HallAddress)> = Vec::new();
    let mut offer = |label: String, change: &dyn Fn(&mut HallAddress)| {
        let mut other = address.clone();
        change(&mut other);
        if other != *address {
            tried.push((label, other));
        }
    };
    let divisions = services.divisions();
    let without = |label: &str| format!("去掉“{label}”");
    if address.urgent {
        offer(without("只看急难"), &|a| a.urgent = false);
    }
    if let Some(days) = address.waited {
        offer(without(&format!("已等待超过{days}天")), &|a| a.waited = None);
    }
    for group in address.groups.iter().filter_map(|code| domain::vocabulary::BeneficiaryGroup::from_code(code)) {
        offer(without(group.name()), &|a| a.groups.retain(|code| code != group.code()));
    }
    for code in &address.services {
        offer(without(&service_name(code)), &|a| a.services.retain(|known| known != code));
    }
    if let Some(kind) = address.kind {
        offer(without(kind.label()), &|a| a.kind = None);
    }
    if !address.streets.is_empty() {
        offer("不限街镇".to_owned(), &|a| {
            a.districts.extend(a.streets.iter().filter_map(|street| street.get(..6).map(str::to_owned)));
            a.districts.sort_unstable();
            a.districts.dedup();
            a.streets.clear();
        });
    }
    // Districts beside the one that was chosen or named.
    let chosen = address.districts.first().filter(|_| address.districts.len() == 1).cloned();
    let named = results.meaning.parts.iter().find_map(|part| match &part.kind {
        search::meaning::Kind::Place(place) => Some((part.typed.clone(), place.codes.first()?.get(..6)?.to_owned())),
        _ => None,
    });
    if let Some(district) = chosen.as_deref() {
        for beside in domain::division::neighbours(district) {
            offer(format!("相邻的{}", divisions.spoken_name(beside)), &|a| {
                a.districts = vec![beside.clone()];
                a.streets.clear();
            });
        }
        offer("不限地区".to_owned(), &|a| {
            a.districts.clear();
            a.streets.clear();
        });
    } else if let Some((typed, district)) = &named {
        for beside in domain::division::neighbours(district) {
            let name = divisions.spoken_name(beside);
            offer(format!("相邻的{name}"), &|a| a.text = a.text.replace(typed.as_str(), &name));
        }
        offer(without(typed), &|a| a.text = a.text.replace(typed.as_str(), "").trim().to_owned());
    }
    // One word less.
    if !results.meaning.long && results.meaning.parts.len() > 1 {
        for part in &results.meaning.parts {
            let place = matches!(part.kind, search::meaning::Kind::Place(_));
            if !place && address.text.contains(&part.typed) {
                offer(without(&part.typed), &|a| a.text = a.text.replace(&part.typed, " ").trim().to_owned());
            }
        }
    }
    if address.states.is_empty() {
        offer("连同已承接和已结案的".to_owned(), &|a| {
            a.states = crate::finding::hall_address::STATES.map(str::to_owned).to_vec();
        });
    } else {
        offer("只看还缺人的".to_owned(), &|a| a.states.clear());
    }
    let mut found = Vec::new();
    for (label, other) in tried.into_iter().take(TRIED) {
        let total = count(services, viewer, other.need_query(now, 0, 0)).await?;
        if total > results.total {
            found.push(Nearby { label, address: other, total });
        }
        if found.len() == OFFERED {
            break;
        }
    }
    Ok(found)
}

/// What somebody may mean who has typed this much: words that find something, and titles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Suggestions {
    pub words: Vec<SuggestedWord>,
    pub needs: Vec<SuggestedNeed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuggestedWord {
    /// The whole text with the word completed.
    pub text: String,
    /// None where few are not counted for the reader.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SuggestedNeed {
    pub code: String,
    pub title: String,
}

const WORDS: usize = 5;
const TITLES: usize = 4;

/// Suggests within the reader's tier: every word has at least one open need that this reader may see.
#[boxed]
pub async fn suggest(services: &Arc<Services>, viewer: Viewer<'async_recursion>, text: &str) -> Result<Suggestions> {
    let text: String = text.trim().chars().take(search::MAX_CHARS).collect();
    let mut suggestions = Suggestions::default();
    if text.is_empty() {
        return Ok(suggestions);
    }
    let now = services.now();
    let query = |text: &str| HallAddress { text: text.to_owned(), ..HallAddress::default() }.need_query(now, 0, TITLES);
    let (before, last) = text.rsplit_once(char::is_whitespace).map_or(("", text.as_str()), |(a, b)| (a, b));
    for word in services.index.lexicon().completions(last, WORDS * 2) {
        let whole = if before.is_empty() { word } else { format!("{before} {word}") };
        let total = count(services, viewer, query(&whole)).await?;
        if total > 0 && suggestions.words.len() < WORDS {
            suggestions.words.push(SuggestedWord { text: whole, total: shown_count(services, viewer, total) });
        }
    }
    let page = search(services, viewer, NeedQuery { facets: false, ..query(&text) }).await?;
    // What merely resembles is for the full page.
    if page.results.fell_back.is_none() {
        for (hit, card) in page.results.hits.iter().zip(&page.cards).filter(|(hit, _)| !hit.why.is_empty()) {
            suggestions.needs.push(SuggestedNeed { code: card.public().code.clone(), title: hit.title.clone() });
        }
    }
    Ok(suggestions)
}
