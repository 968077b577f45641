//! The hall 需求大厅: searching needs, each reader within its own tier.

use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::calendar::Time;
use domain::gate::small::{self, Shown};
use domain::need::NeedState;
use search::{Lexicon, NeedQuery, Reader, Results};
use std::sync::Arc;

pub use crate::finding::card::{Card, CardLine, MemberCard, PublicCard, public_title, service_name, state_label};

/// Who looks. Decides the tier of everything shown.
#[derive(Clone, Copy)]
pub enum Viewer<'a> {
    /// L0.
    Public,
    /// L1: a signed-in worker of a verified organization.
    Member(&'a Ctx),
    /// L3 in the own scope, L0 elsewhere.
    Staff(&'a Ctx),
}

impl<'a> Viewer<'a> {
    pub fn of(ctx: Option<&'a Ctx>) -> Self {
        match ctx {
            Some(ctx) if ctx.actor.role.is_staff() => Self::Staff(ctx),
            Some(ctx) if ctx.actor.role.is_organization() && ctx.verified => Self::Member(ctx),
            _ => Self::Public,
        }
    }

    pub(crate) fn reader(self) -> Reader {
        match self {
            Self::Public => Reader::Public,
            Self::Member(_) => Reader::Organization,
            Self::Staff(ctx) => Reader::Staff { scope: ctx.actor.scope.clone() },
        }
    }
}

/// The hour that an instant (µs) lies in.
fn whole_hour(at: i64) -> i64 {
    at - at.rem_euclid(3_600_000_000)
}

/// A page of the hall.
pub struct Page {
    pub results: Results,
    pub cards: Vec<Card>,
    /// Changes of the last moments, or since the last start, may be missing; the page says so.
    pub catching_up: bool,
}

/// Searches. Any text is fine; the tier is applied inside the index. While the index is being built, the
/// database answers.
#[boxed]
pub async fn search(services: &Arc<Services>, viewer: Viewer<'async_recursion>, query: NeedQuery) -> Result<Page> {
    let lexicon = services.index.lexicon();
    ask(services, viewer, query, Asked::Remembered, &lexicon).await
}

/// As [`search`] with other words, without remembering.
pub(crate) async fn search_with(
    services: &Arc<Services>,
    viewer: Viewer<'_>,
    query: NeedQuery,
    lexicon: Arc<Lexicon>,
) -> Result<Page> {
    ask(services, viewer, query, Asked::Once, &lexicon).await
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Asked {
    Remembered,
    Once,
}

async fn ask(
    services: &Arc<Services>,
    viewer: Viewer<'_>,
    mut query: NeedQuery,
    asked: Asked,
    lexicon: &Arc<Lexicon>,
) -> Result<Page> {
    // Whole hours, so that the index may remember its answers.
    query.now = whole_hour(services.now().0);
    query.published_before = query.published_before.map(whole_hour);
    let reader = viewer.reader();
    let answered = if services.follower.is_whole() {
        let (index, lexicon) = (Arc::clone(&services.index), Arc::clone(lexicon));
        let (question, reader) = (query.clone(), reader.clone());
        tokio::task::spawn_blocking(move || match asked {
            Asked::Remembered => index.search(&question, &reader),
            Asked::Once => index.search_with(&lexicon, &question, &reader),
        })
        .await
        .map_err(|_| Error::Internal("search task"))?
        .map_err(|error| tracing::error!(%error, "the search index does not answer, the database does"))
        .ok()
    } else {
        None
    };
    let (mut results, catching_up) = match answered {
        Some(results) => (results, !services.follower.is_ready() || services.follower.held_since().is_some()),
        None => (crate::finding::standby::search(services, &query, &reader, lexicon).await?, true),
    };
    if matches!(viewer, Viewer::Public) {
        suppress(&mut results.facets, services.policy.small_cell_k);
    }
    let cards = results.hits.iter().map(|hit| read_card(viewer, &hit.card)).collect::<Result<Vec<_>>>()?;
    Ok(Page { results, cards, catching_up })
}

/// How many needs a question finds, without reading any.
#[boxed]
pub async fn count(services: &Arc<Services>, viewer: Viewer<'async_recursion>, query: NeedQuery) -> Result<u64> {
    let query = NeedQuery { limit: 0, offset: 0, facets: false, sort: search::Sort::Urgent, ..query };
    Ok(search(services, viewer, query).await?.results.total)
}

/// A count as a reader may see it; none where few are not counted for the public.
pub fn shown_count(services: &Services, viewer: Viewer<'_>, count: u64) -> Option<u64> {
    let few = matches!(viewer, Viewer::Public)
        && Shown::alone(i64::try_from(count).unwrap_or(i64::MAX), services.policy.small_cell_k) == Shown::Few;
    (!few).then_some(count)
}

/// A facet's count that is not shown.
pub const FEW: u64 = u64::MAX;

/// Hides small counts of facets. Values of which every need has one (district,
/// kind, state, urgency) add up to the total, so a second one is hidden along;
/// services and groups overlap and give nothing away by their sum.
fn suppress(facets: &mut search::Facets, k: i64) {
    let apart = [&mut facets.district, &mut facets.street, &mut facets.kind, &mut facets.state, &mut facets.urgent];
    for facet in apart {
        let counts: Vec<i64> = facet.iter().map(|(_, count)| i64::try_from(*count).unwrap_or(i64::MAX)).collect();
        for ((_, count), shown) in facet.iter_mut().zip(small::cells(&counts, k)) {
            if shown == Shown::Few {
                *count = FEW;
            }
        }
    }
    for facet in [&mut facets.service, &mut facets.service_group, &mut facets.beneficiary_group] {
        for (_, count) in facet.iter_mut() {
            if Shown::alone(i64::try_from(*count).unwrap_or(i64::MAX), k) == Shown::Few {
                *count = FEW;
            }
        }
    }
}

fn read_card(viewer: Viewer<'_>, json: &str) -> Result<Card> {
    let wrong = |_| Error::Internal("stored card does not read");
    match viewer {
        Viewer::Public => serde_json::from_str(json).map(Card::Public).map_err(wrong),
        Viewer::Staff(_) => serde_json::from_str(json).map(Card::Member).map_err(wrong),
        Viewer::Member(_) => {
            let mut card: MemberCard = serde_json::from_str(json).map_err(wrong)?;
            card.place = std::mem::take(&mut card.known_place);
            Ok(Card::Member(card))
        }
    }
}

/// Figures of the front page: what became of the needs published this year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures<T = i64> {
    pub met: T,
    pub unmet: T,
    pub in_progress: T,
    pub waiting: T,
    pub other: T,
}

impl Figures {
    pub fn total(&self) -> i64 {
        self.met + self.unmet + self.in_progress + self.waiting + self.other
    }

    /// As everybody may see them, and the total: small counts hidden, and none to be worked out.
    pub fn shown(&self, k: i64) -> (Figures<Shown>, Shown) {
        let counts = [self.met, self.unmet, self.in_progress, self.waiting, self.other];
        let shown = small::cells(&counts, k);
        let at = |place: usize| shown.get(place).copied().unwrap_or(Shown::Few);
        let figures = Figures { met: at(0), unmet: at(1), in_progress: at(2), waiting: at(3), other: at(4) };
        (figures, small::total(&counts, k))
    }
}

/// Counts for the front page, from the database.
#[boxed]
pub async fn figures(services: &Services) -> Result<Figures> {
    use chrono::Datelike;
    let now = services.now();
    let start = chrono::NaiveDate::from_ymd_opt(now.day().year(), 1, 1).map_or(now, |day| Time::at(day, 0, 0));
    let mut tx = services.db.read().await?;
    let mut figures = Figures {
        waiting: storage::needs::need::count_unclaimed(&mut tx, "12").await?.iter().map(|(_, n)| n).sum(),
        ..Figures::default()
    };
    for (state, count) in storage::needs::need::count_by_state(&mut tx, "12").await? {
        match state {
            NeedState::Published => figures.in_progress += count - figures.waiting,
            NeedState::Suspended => figures.in_progress += count,
            _ => {}
        }
    }
    for (reason, count) in storage::needs::need::count_closed(&mut tx, "12", start).await? {
        match reason {
            Some(reason) if reason.is_success() => figures.met += count,
            Some(reason) if reason.is_unmet() => figures.unmet += count,
            _ => figures.other += count,
        }
    }
    Ok(figures)
}
