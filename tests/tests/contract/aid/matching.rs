//! Matching: how much an organization may hold at once, weights that are tried before they are set, and the same
//! answer from the same facts.

use ::matching::Weights;
use domain::claim::cap;
use duijie_tests::world::{World, household, with};
use services::aid::view::{self, NeedView};
use services::aid::{batch, claim, joint, matching as fits};
use services::finding::hall::Viewer;
use services::office::lists::Window;
use services::{Conflict, Error, Policy};
use uuid::Uuid;

use crate::base::web::Web;
use crate::supply::project::{hot_meals, publish};

duijie_tests::both_engines!(
    unfinished_claims_have_a_cap,
    weights_are_tried_on_real_needs_before_they_are_set,
    the_same_facts_give_the_same_answer,
);

async fn unfinished_claims_have_a_cap(world: World) {
    let meals = world.org("meals");
    let mut needs = Vec::new();
    let mut claims = Vec::new();
    for _ in 0..cap(0) {
        let need = world.meals(3).await;
        claims.push(world.claimed("meals", &need, &[3]).await);
        needs.push(need);
    }
    let one_more = world.meals(3).await;
    let offer = world.offer(&one_more, &[3]).await;
    let refused = claim::submit(&world.by("meals"), &one_more, &offer).await.unwrap_err();
    assert_eq!(
        refused.sentence(world.now()),
        "贵机构还有10件认领和结对没有办结，上限10件。先办结一些，或请街道核验已完成的"
    );
    assert_eq!(world.lines(&one_more).await[0].taken, 0, "what was refused holds nothing");
    let NeedView::Member(page) =
        view::need(&world.services, Viewer::of(Some(&world.by("meals"))), &one_more).await.unwrap()
    else {
        panic!("a verified organization reads the card of members");
    };
    assert_eq!(page.full, Some(refused.sentence(world.now())), "the page says it before anything is typed");
    // A part in a joint claim counts like a claim of its own.
    let shared = world.meals(6).await;
    let asked = crate::aid::joint::input(&world, &shared, 4, &[("meals", 2)]).await;
    joint::form(&world.by("care"), &shared, &asked).await.unwrap();
    let part = crate::aid::joint::part(&world, &shared, "meals").await;
    assert!(matches!(joint::join(&world.by("meals"), &part).await, Err(Error::Conflict(Conflict::Rule(_)))));
    // It is nobody's candidate, with the reason, and no batch asks it.
    let seen = fits::candidates(&world.by("street"), &one_more, None, 10).await.unwrap();
    assert!(seen.found.iter().all(|found| found.organization != meals));
    assert!(seen.left.iter().any(|(_, why)| why == "未办结的认领和结对已到上限"), "{:?}", seen.left);
    // An agreed claim goes on counting as its pairing; one that is taken back frees a place.
    claim::approve(&world.by("street"), &claims[0]).await.unwrap();
    assert!(matches!(
        claim::submit(&world.by("meals"), &one_more, &offer).await,
        Err(Error::Conflict(Conflict::Rule(_)))
    ));
    claim::withdraw(&world.by("meals"), &claims[1], "来不了").await.unwrap();
    claim::submit(&world.by("meals"), &one_more, &offer).await.unwrap();
    // Renewing an own pending claim needs no place of its own.
    let offer = world.offer(&one_more, &[2]).await;
    claim::submit(&world.by("meals"), &one_more, &offer).await.unwrap();
    world.sound().await;
}

async fn weights_are_tried_on_real_needs_before_they_are_set(world: World) {
    let web = Web::new(world).await;
    let world = &web.world;
    // A project of the household's group, and one with more room: which counts more is the city's to say.
    publish(world, "care", &hot_meals()).await;
    publish(world, "third", &with(&hot_meals(), &[("group", ""), ("capacity", "40"), ("title", "大食堂")])).await;
    let need = world.meals(14).await;
    world.caught_up().await;
    let city = world.by("city");
    let before = fits::weights(&world.services).await.unwrap();
    let only = |kind: &str| {
        let mut weights =
            Weights { category: 1, group: 0, area: 0, capacity: 0, timing: 0, qualification: 0, record: 0, text: 0 };
        match kind {
            "group" => weights.group = 100,
            _ => weights.capacity = 100,
        }
        weights
    };
    let rows = world.rows().await;
    let order = async |weights: Option<Weights>| {
        let found = fits::candidates(&city, &need, weights, 10).await.unwrap().found;
        found.into_iter().map(|found| (found.organization, found.total)).collect::<Vec<_>>()
    };
    let (by_group, by_room) = (order(Some(only("group"))).await, order(Some(only("capacity"))).await);
    assert_ne!(by_group, by_room, "weights decide");
    assert_eq!(by_group[0].0, world.org("care"), "its project names the household's group");
    assert_eq!(world.rows().await, rows, "trying changes nothing");
    assert_eq!(fits::weights(&world.services).await.unwrap(), before);
    // Set, they are what everybody gets; what cannot be is refused.
    fits::set_weights(&city, &only("group")).await.unwrap();
    assert_eq!(order(None).await, by_group);
    let none = Weights { category: 0, ..only("none") };
    assert!(fits::set_weights(&city, &Weights { capacity: 0, ..none }).await.is_err());
    assert!(fits::set_weights(&city, &Weights { area: 101, ..only("group") }).await.is_err());
    // The page tries them on the needs that wait longest, beside the present order.
    world.set(world.now().plus_days(15));
    services::office::clocks::tick(&world.services).await.unwrap();
    world.caught_up().await;
    let session = web.session("city").await;
    let page = web.get("/matching/weights?group=0&capacity=100", Some(&session)).await.text;
    assert!(page.contains("正在试算，还没有保存"), "{page}");
    assert!(page.contains("独居老人需要送餐") && page.contains(" → "), "{page}");
    assert_eq!(fits::weights(&world.services).await.unwrap(), only("group"));
}

async fn the_same_facts_give_the_same_answer(world: World) {
    publish(&world, "meals", &with(&hot_meals(), &[("capacity", "3")])).await;
    publish(&world, "care", &with(&hot_meals(), &[("capacity", "3"), ("title", "老年食堂")])).await;
    let mut needs = Vec::new();
    for _ in 0..4 {
        needs.push(world.published(&household()).await);
        needs.push(world.meals(14).await);
    }
    world.caught_up().await;
    let first = (lists(&world, &needs).await, proposals(&world).await);
    // Asked again, and of a node that has just started and knows nothing yet: nothing is left to chance or order.
    assert_eq!(lists(&world, &needs).await, first.0);
    let world = world.reopen(Policy::default());
    assert_eq!(lists(&world, &needs).await, first.0);
    assert_eq!(proposals(&world).await, first.1);
    assert_eq!(proposals(&world).await, first.1);
    world.sound().await;
}

/// Candidates of every need with their totals, and the needs of one organization.
async fn lists(world: &World, needs: &[String]) -> Vec<String> {
    let mut all = Vec::new();
    for need in needs {
        let seen = fits::candidates(&world.by("district"), need, None, 50).await.unwrap();
        all.push(format!("{:?} {:?}", seen.found, seen.left));
    }
    for fit in fits::fitting(&world.by("meals"), 50).await.unwrap() {
        all.push(format!("{} {} {:?}", fit.code, fit.total, fit.parts));
    }
    all
}

/// What a batch of the district proposes.
async fn proposals(world: &World) -> Vec<(Uuid, Uuid, i64, i64)> {
    let by = world.by("district");
    let code = batch::propose(&by, "120102", &batch::Filter::default()).await.unwrap();
    batch::run(&world.services, &code).await.unwrap();
    let view = batch::view(&by, &code, "proposed", Window { offset: 0, limit: 100 }).await.unwrap();
    let found: Vec<_> =
        view.items.iter().map(|l| (l.item.line_id, l.item.organization_id, l.item.quantity, l.item.fit)).collect();
    assert!(!found.is_empty());
    found
}
