//! Batches: computed, edited by two, sent once; what changed meanwhile is said and never overrun.

use domain::ask::BatchState;
use duijie_tests::world::{Engine, World, with};
use services::Error;
use services::aid::batch::{self, Change, Filter};
use services::aid::matching;
use services::office::lists::Window;
use uuid::Uuid;

use crate::supply::project::{hot_meals, publish};

duijie_tests::both_engines!(
    a_district_is_matched_edited_and_sent_once,
    two_editors_and_a_changed_world,
    only_the_offices_above_match_in_batches,
    what_cannot_be_computed_says_so_and_is_tried_again,
);

const ALL: Window = Window { offset: 0, limit: 100 };

async fn computed(world: &World, filter: &Filter) -> String {
    let code = batch::propose(&world.by("district"), "120102", filter).await.unwrap();
    batch::run(&world.services, &code).await.unwrap();
    code
}

async fn seen(world: &World, code: &str, mark: &str) -> batch::BatchView {
    batch::view(&world.by("district"), code, mark, ALL).await.unwrap()
}

fn items(view: &batch::BatchView) -> Vec<(Uuid, Uuid)> {
    view.items.iter().map(|l| (l.item.line_id, l.item.organization_id)).collect()
}

/// One organization with two places; the others out of the way.
async fn one_kitchen(world: &World) {
    publish(world, "meals", &hot_meals()).await;
    for name in ["care", "third"] {
        services::supply::organization::suspend(&world.by("district"), world.org(name), "年检未过").await.unwrap();
    }
}

async fn a_district_is_matched_edited_and_sent_once(world: World) {
    one_kitchen(&world).await;
    let mut needs = Vec::new();
    for _ in 0..3 {
        needs.push(world.meals(14).await);
        world.set(world.now().plus_days(3));
    }
    let code = computed(&world, &Filter::default()).await;
    let view = seen(&world, &code, "proposed").await;
    assert_eq!((view.summary.lines, view.summary.covered), (3, 2));
    assert_eq!(view.summary.words(), "3项里能安排2项。1项还没有着落：1项没有余量。");
    // The longest waiting two are served; the youngest is not.
    let codes: Vec<&str> = view.items.iter().map(|l| l.need_code.as_str()).collect();
    assert_eq!(codes, [needs[0].as_str(), needs[1].as_str()]);
    assert_eq!(view.unserved[0].0, needs[2]);
    // Without the first, the third gets the place when it is computed again.
    let first = items(&view)[0];
    let by = world.by("district");
    batch::change(&by, &code, view.batch.version, first, Change::Exclude).await.unwrap();
    let version = seen(&world, &code, "proposed").await.batch.version;
    batch::again(&by, &code, version).await.unwrap();
    assert!(matches!(batch::send(&by, &code, version + 1).await, Err(Error::Conflict(_))), "nothing to send yet");
    batch::run(&world.services, &code).await.unwrap();
    let view = seen(&world, &code, "proposed").await;
    let codes: Vec<&str> = view.items.iter().map(|l| l.need_code.as_str()).collect();
    assert_eq!(codes, [needs[1].as_str(), needs[2].as_str()]);
    batch::send(&by, &code, view.batch.version).await.unwrap();
    batch::deliver(&world.services, &code).await.unwrap();
    batch::deliver(&world.services, &code).await.unwrap();
    assert_eq!(batch::resume(&world.services).await.unwrap(), 0);
    assert_eq!(world.count_events("ask.send").await, 2);
    assert_eq!(seen(&world, &code, "sent").await.items.len(), 2);
    assert!(matches!(batch::send(&by, &code, view.batch.version).await, Err(Error::Conflict(_))));
    // What is asked already is not proposed again, and its capacity is not either.
    let next = computed(&world, &Filter::default()).await;
    let view = seen(&world, &next, "proposed").await;
    assert_eq!((view.summary.lines, view.summary.covered), (1, 0));
    world.sealed().await;
    world.sound().await;
}

async fn two_editors_and_a_changed_world(world: World) {
    one_kitchen(&world).await;
    let (first, second) = (world.meals(14).await, world.meals(14).await);
    let code = computed(&world, &Filter::default()).await;
    let view = seen(&world, &code, "proposed").await;
    let pair = items(&view);
    let version = view.batch.version;
    batch::change(&world.by("district"), &code, version, pair[0], Change::Pin).await.unwrap();
    let late = batch::change(&world.by("district2"), &code, version, pair[1], Change::Exclude).await.unwrap_err();
    assert_eq!(late.sentence(world.now()), "这条批量匹配在您打开之后被别人改过，请核对最新内容后再提交");
    // Two confirm at once: one sends.
    let version = seen(&world, &code, "pinned").await.batch.version;
    // Meanwhile one of the two places is taken, and one line claimed.
    let third = world.meals(14).await;
    world.claimed("meals", &third, &[14]).await;
    let (district, district2) = (world.by("district"), world.by("district2"));
    let (a, b) = tokio::join!(batch::send(&district, &code, version), batch::send(&district2, &code, version));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    batch::deliver(&world.services, &code).await.unwrap();
    let skipped = seen(&world, &code, "skipped").await;
    assert_eq!(skipped.items.len(), 1);
    assert_eq!(skipped.items[0].item.note, "示例助餐服务中心现在不能承接：没有余量");
    assert_eq!(seen(&world, &code, "sent").await.items.len(), 1);
    assert_eq!(world.count_events("ask.send").await, 1);
    // Suspended between proposal and sending: said, not sent.
    services::supply::organization::resume(&world.by("district"), world.org("care")).await.unwrap();
    let code = computed(&world, &Filter::default()).await;
    let view = seen(&world, &code, "proposed").await;
    assert_eq!(view.items.len(), 1, "{:?}", view.items);
    assert_eq!(view.items[0].item.organization_id, world.org("care"));
    services::supply::organization::suspend(&world.by("district"), world.org("care"), "失信").await.unwrap();
    batch::send(&world.by("district"), &code, view.batch.version).await.unwrap();
    batch::deliver(&world.services, &code).await.unwrap();
    let skipped = seen(&world, &code, "skipped").await;
    assert_eq!(skipped.items[0].item.note, "示例助老服务社现在是“已暂停”，不能邀请");
    assert_eq!(skipped.batch.state, BatchState::Sent);
    let _ = (first, second);
    world.sealed().await;
    world.sound().await;
}

async fn only_the_offices_above_match_in_batches(world: World) {
    publish(&world, "meals", &with(&hot_meals(), &[("capacity", "9")])).await;
    world.meals(14).await;
    for by in ["street", "village", "meals", "admin"] {
        assert!(matches!(batch::propose(&world.by(by), "120102", &Filter::default()).await, Err(Error::Forbidden(_))));
    }
    let outside = batch::propose(&world.by("other_district"), "120102", &Filter::default()).await;
    assert!(matches!(outside, Err(Error::NotFound)), "{outside:?}");
    let code = computed(&world, &Filter::default()).await;
    assert!(matches!(batch::view(&world.by("other_district"), &code, "proposed", ALL).await, Err(Error::NotFound)));
    assert!(batch::view(&world.by("city"), &code, "proposed", ALL).await.is_ok());
    // The limit per organization holds, and the market is left as it was.
    for _ in 0..3 {
        world.meals(7).await;
    }
    for name in ["care", "third"] {
        services::supply::organization::suspend(&world.by("district"), world.org(name), "年检未过").await.unwrap();
    }
    let limited = computed(&world, &Filter { per_organization: 2, ..Filter::default() }).await;
    assert_eq!(seen(&world, &limited, "proposed").await.items.len(), 2);
    batch::discard(&world.by("district"), &limited, seen(&world, &limited, "proposed").await.batch.version)
        .await
        .unwrap();
    assert_eq!(matching::market(&world.services, &mut world.services.db.read().await.unwrap()).await.unwrap().len(), 1);
    world.sealed().await;
    world.sound().await;
}

async fn what_cannot_be_computed_says_so_and_is_tried_again(world: World) {
    one_kitchen(&world).await;
    world.meals(14).await;
    let code = batch::propose(&world.by("district"), "120102", &Filter::default()).await.unwrap();
    // The answer cannot be stored.
    let trap = match world.engine {
        Engine::Sqlite => "CREATE TRIGGER trap BEFORE INSERT ON batch_items BEGIN SELECT RAISE(ABORT, 'full'); END",
        Engine::Postgres => {
            "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$; CREATE TRIGGER trap BEFORE INSERT ON batch_items FOR EACH ROW EXECUTE FUNCTION trap()"
        }
    };
    world.raw(trap).await.unwrap();
    assert!(batch::run(&world.services, &code).await.is_err());
    let view = seen(&world, &code, "proposed").await;
    assert_eq!((view.batch.failure.as_deref(), view.items.len()), (Some("没有算成"), 0));
    let by = world.by("district");
    assert!(matches!(batch::send(&by, &code, view.batch.version).await, Err(Error::Conflict(_))));
    world.set(world.now().plus_minutes(5));
    assert_eq!(batch::resume(&world.services).await.unwrap(), 0, "nobody tries it again for ever");
    let drop = if world.engine == Engine::Sqlite { "DROP TRIGGER trap" } else { "DROP TRIGGER trap ON batch_items" };
    world.raw(drop).await.unwrap();
    batch::again(&by, &code, view.batch.version).await.unwrap();
    batch::run(&world.services, &code).await.unwrap();
    let view = seen(&world, &code, "proposed").await;
    assert_eq!((view.batch.failure, view.items.len()), (None, 1));
    world.sound().await;
}
