//! The search index says what a fresh one would say, after every command and after every stop.

use std::sync::Arc;

use domain::{
    calendar::Time,
    machine::{Command, Object},
    role::Role,
    verification::LineResult,
};
use duijie_tests::world::{Engine, World, household, with};
use search::{NeedIndex, NeedQuery, Reader, Results, Sort, What};
use services::{Policy, Services};
use storage::base::event::{self, NewEvent};
use uuid::Uuid;

duijie_tests::both_engines!(
    every_command_shows,
    a_stop_before_following_loses_nothing,
    what_is_not_public_is_not_found
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_commits_are_not_skipped() {
    let Some(world) = World::create(Engine::Postgres).await else { return };
    world.caught_up().await;
    let append = async |tx: &mut storage::Tx, id: u128| {
        let e = NewEvent {
            at: Time::default(),
            actor_id: None,
            actor_role: Role::System,
            origin: "job",
            object: Object::Session,
            object_id: Uuid::from_u128(id),
            need_id: None,
            division_code: String::new(),
            organization_id: None,
            command: Command::SessionSignIn,
            from_state: None,
            to_state: "done",
            reason: None,
            data: serde_json::json!({}),
        };
        event::append(tx, &e).await.unwrap()
    };
    // The first takes the lower number and commits last.
    let mut first = world.services.db.write().await.unwrap();
    let lower = append(&mut first, 1).await;
    let mut second = world.services.db.write().await.unwrap();
    let higher = append(&mut second, 2).await;
    assert!(lower < higher);
    second.commit().await.unwrap();
    services::finding::follower::follow(&world.services).await.unwrap();
    services::base::audit::seal(&world.services).await.unwrap();
    let position = world.services.index.position();
    first.commit().await.unwrap();
    world.caught_up().await;
    assert!(world.services.index.position() > position);
    // Both were read: neither stayed behind the position, for the follower or the sealer.
    world.sealed().await;
    assert_eq!(
        world.number(&format!("SELECT COUNT(*) FROM event_seals WHERE event_id IN ({lower}, {higher})")).await,
        2
    );
    world.sound().await;
}

fn readers() -> [Reader; 4] {
    let staff = |scope: &str| Reader::Staff { scope: scope.to_owned() };
    [Reader::Public, Reader::Organization, staff("120102012"), staff("120103")]
}

fn queries() -> Vec<NeedQuery> {
    let text =
        |text: &str| NeedQuery { text: text.to_owned(), sort: Sort::Relevance, limit: 100, ..NeedQuery::default() };
    let mut all = vec![NeedQuery { limit: 100, ..NeedQuery::default() }];
    all.extend(["送餐", "老人独居", "助浴", "河东区", "鲁山道", "腿脚 -助浴", "XQ120102"].map(text));
    for state in ["open", "partial", "covered", "met", "unmet", "ended", "draft", "in_review", "suspended", "merged"] {
        all.push(NeedQuery { states: vec![state.to_owned()], limit: 100, ..NeedQuery::default() });
    }
    all.push(NeedQuery { open_only: true, limit: 100, ..NeedQuery::default() });
    all.push(NeedQuery {
        districts: vec!["120102".to_owned()],
        sort: Sort::Newest,
        limit: 100,
        ..NeedQuery::default()
    });
    all
}

/// What the answers say, without what tells two indexes apart: scores, and with them the order by relevance,
/// depend on deleted documents that have not been merged away yet.
fn said(sort: Sort, mut results: Results) -> String {
    if sort == Sort::Relevance {
        results.hits.sort_by_key(|hit| hit.id);
    }
    let hits: Vec<_> =
        results.hits.into_iter().map(|hit| (hit.id, hit.code, hit.card, hit.title, hit.passage)).collect();
    format!("{} {:?} {hits:#?}", results.total, results.facets)
}

fn answers(services: &Arc<Services>) -> Vec<String> {
    let mut all = Vec::new();
    for reader in readers() {
        for query in queries() {
            all.push(said(query.sort, services.index.search(&query, &reader).unwrap()));
        }
    }
    all
}

/// The index as it would be if it were built now.
async fn same_as_fresh(world: &World, after: &str) {
    world.caught_up().await;
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    let fresh = Arc::new(Services::new(
        world.services.db.clone(),
        index,
        world.clock.clone(),
        Arc::clone(&world.services.random),
        Policy::default(),
        world.services.divisions(),
    ));
    services::finding::follower::rebuild(&fresh).await.unwrap();
    assert_eq!(fresh.index.count(), world.services.index.count(), "{after}");
    for (followed, built) in answers(&world.services).into_iter().zip(answers(&fresh)) {
        assert_eq!(followed, built, "{after}");
    }
}

async fn every_command_shows(world: World) {
    let code = world.draft("street", &household()).await;
    same_as_fresh(&world, "create").await;
    services::needs::need::submit(&world.by("street"), &code).await.unwrap();
    same_as_fresh(&world, "submit").await;
    services::needs::need::publish(&world.by("district"), &code).await.unwrap();
    same_as_fresh(&world, "publish").await;
    let claim = world.claimed("meals", &code, &[10, 2]).await;
    same_as_fresh(&world, "claim").await;
    let pairing = services::aid::claim::approve(&world.by("street"), &claim).await.unwrap();
    same_as_fresh(&world, "approve").await;
    let second = world.claimed("care", &code, &[4, 0]).await;
    services::aid::claim::decline(&world.by("street"), &second, "另有安排").await.unwrap();
    same_as_fresh(&world, "decline").await;
    services::needs::need::suspend(&world.by("street"), &code, "本人住院").await.unwrap();
    same_as_fresh(&world, "suspend").await;
    services::needs::need::resume(&world.by("street"), &code).await.unwrap();
    services::aid::pairing::terminate(&world.by("street"), &pairing, "不合适").await.unwrap();
    same_as_fresh(&world, "terminate").await;
    let all = world.reported("care", &code, &[14, 2]).await;
    world.verified(&all, "village", LineResult::Met).await;
    services::aid::pairing::complete(&world.by("street"), &all).await.unwrap();
    same_as_fresh(&world, "complete").await;
    let (from, into) = (world.meals(14).await, world.meals(14).await);
    services::needs::need::merge(&world.by("street"), &from, &into, "同一户").await.unwrap();
    same_as_fresh(&world, "merge").await;
    // Searching finds it in its new state, for its reader.
    let met = NeedQuery { states: vec!["met".into()], ..NeedQuery::default() };
    assert_eq!(world.services.index.search(&met, &Reader::Public).unwrap().hits[0].code, code);
}

async fn a_stop_before_following_loses_nothing(world: World) {
    let first = world.meals(14).await;
    world.caught_up().await;
    let position = world.services.index.position();
    // Committed, and the node is gone before the index hears of it.
    let second = world.published(&with(&household(), &[("title", "住平房的老人需要助浴")])).await;
    let world = world.reopen(Policy::default());
    assert_eq!(world.services.index.position(), position, "the position is kept with the index");
    let by_title = NeedQuery { text: "住平房".to_owned(), sort: Sort::Relevance, ..NeedQuery::default() };
    assert_eq!(world.services.index.search(&by_title, &Reader::Organization).unwrap().total, 0);
    same_as_fresh(&world, "reopened").await;
    let found = world.services.index.search(&by_title, &Reader::Organization).unwrap();
    assert_eq!(found.hits.first().map(|hit| hit.code.as_str()), Some(second.as_str()));
    let position = world.services.index.position();
    let world = world.reopen(Policy::default());
    assert_eq!(world.services.index.position(), position);
    assert_eq!(services::finding::follower::follow(&world.services).await.unwrap(), 0, "nothing is read twice");
    assert_eq!(world.services.index.count_of(What::Need), 2);
    let _ = first;
}

async fn what_is_not_public_is_not_found(world: World) {
    let code = world.draft("street", &household()).await;
    world.caught_up().await;
    let total = |reader: &Reader| world.services.index.search(&NeedQuery::default(), reader).unwrap().total;
    let [public, organization, street, elsewhere] = readers();
    assert_eq!([total(&public), total(&organization), total(&street), total(&elsewhere)], [0, 0, 1, 0]);
    services::needs::need::submit(&world.by("street"), &code).await.unwrap();
    services::needs::need::publish(&world.by("district"), &code).await.unwrap();
    world.caught_up().await;
    assert_eq!(
        [total(&public), total(&organization), total(&street), total(&elsewhere)],
        [1, 1, 1, 0],
        "another office searches its own scope"
    );
    // The public finds no free text and no street; a member the text, and the street only among enough.
    let answer = |text: &str, reader: &Reader| {
        let query = NeedQuery { text: format!("\"{text}\""), ..NeedQuery::default() };
        let results = world.services.index.search(&query, reader).unwrap();
        (results.total, results.fell_back)
    };
    // What is shown instead, where the words stand nowhere, is no hit.
    let hits = |text: &str, reader: &Reader| {
        let (total, instead) = answer(text, reader);
        if instead.is_none() { total } else { 0 }
    };
    assert_eq!((hits("腿脚不便", &public), hits("腿脚不便", &organization)), (0, 1));
    assert_eq!((hits("鲁山道", &public), hits("鲁山道", &organization)), (0, 0));
    // The need's own street is answered as one that it does not lie in.
    assert_eq!(answer("鲁山道", &public), answer("唐家口", &public));
    assert_eq!(answer("鲁山道", &organization), answer("唐家口", &organization));
    services::needs::need::suspend(&world.by("street"), &code, "本人住院").await.unwrap();
    world.caught_up().await;
    assert_eq!([total(&public), total(&organization), total(&street), total(&elsewhere)], [0, 0, 1, 0]);
}
