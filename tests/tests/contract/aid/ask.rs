//! Invitations: asked once, answered freely, never over capacity; nobody is assigned.

use domain::ask::AskState;
use duijie_tests::world::{World, with};
use services::Error;
use services::aid::ask::{self, Wanted};
use services::office::lists::Window;
use uuid::Uuid;

use crate::supply::project::{hot_meals, publish};

duijie_tests::both_engines!(
    an_accepted_invitation_is_a_claim,
    nothing_is_asked_twice_or_over_capacity,
    declined_lapsed_and_taken_back
);

pub(crate) async fn invite(world: &World, by: &str, need: &str, whom: &[&str]) -> Result<usize, Error> {
    let wanted: Vec<Wanted> =
        whom.iter().map(|name| Wanted { organization: world.org(name), lines: Vec::new() }).collect();
    ask::send(&world.by(by), need, &wanted, "").await
}

async fn open(world: &World, by: &str) -> Vec<Uuid> {
    let window = Window { offset: 0, limit: 50 };
    let list = ask::list(&world.by(by), AskState::Sent, window).await.unwrap();
    list.rows.iter().map(|row| row.ask.id).collect()
}

async fn an_accepted_invitation_is_a_claim(world: World) {
    publish(&world, "meals", &hot_meals()).await;
    let need = world.meals(14).await;
    for by in ["village", "meals", "admin"] {
        assert!(matches!(invite(&world, by, &need, &["meals"]).await, Err(Error::Forbidden(_))), "{by}");
    }
    for by in ["other_street", "other_district"] {
        assert!(matches!(invite(&world, by, &need, &["meals"]).await, Err(Error::NotFound)), "{by}");
    }
    assert_eq!(invite(&world, "street", &need, &["meals", "care"]).await.unwrap(), 2);
    let asked = open(&world, "meals").await;
    assert_eq!(asked.len(), 1);
    let desk = services::office::desk::load(&world.by("meals")).await.unwrap();
    assert!(desk.due.iter().any(|item| item.task == services::office::desk::Task::AnswerInvitation));
    // Another organization, or another district, does not know of it.
    for by in ["third", "other_street"] {
        assert!(matches!(ask::view(&world.by(by), asked[0]).await, Err(Error::NotFound)), "{by}");
    }
    let view = ask::view(&world.by("meals"), asked[0]).await.unwrap();
    assert_eq!(view.projects, [Some("热饭到家".to_owned())]);
    assert!(view.need_open);
    assert!(matches!(ask::accept(&world.by("care"), asked[0], "中午送到", "2026-11-27").await, Err(Error::NotFound)));
    let claim = ask::accept(&world.by("meals"), asked[0], "中午送到", "2026-11-27").await.unwrap();
    let stored = storage::aid::claim::by_code(&mut world.read().await, &claim).await.unwrap().unwrap();
    assert_eq!(stored.state, domain::claim::ClaimState::Submitted);
    let view = ask::view(&world.by("meals"), asked[0]).await.unwrap();
    assert_eq!(view.listed.ask.state, AskState::Accepted);
    assert_eq!(view.listed.claim_code.as_deref(), Some(claim.as_str()));
    // The other one is told what happened when it comes too late.
    let late = open(&world, "care").await;
    let answer = ask::accept(&world.by("care"), late[0], "中午送到", "2026-11-27").await;
    assert!(matches!(answer, Err(Error::Conflict(_))), "{answer:?}");
    world.sealed().await;
    world.sound().await;
}

async fn nothing_is_asked_twice_or_over_capacity(world: World) {
    publish(&world, "meals", &with(&hot_meals(), &[("capacity", "1")])).await;
    let (first, second) = (world.meals(14).await, world.meals(14).await);
    invite(&world, "street", &first, &["meals"]).await.unwrap();
    let again = invite(&world, "street2", &first, &["meals"]).await;
    assert!(matches!(again, Err(Error::Conflict(_))), "{again:?}");
    let over = invite(&world, "street", &second, &["meals"]).await;
    let words = over.unwrap_err().sentence(world.now());
    assert_eq!(words, "示例助餐服务中心现在不能承接：没有余量");
    // All or nothing: with one that cannot, nobody is asked.
    assert!(invite(&world, "street", &second, &["care", "meals"]).await.is_err());
    assert!(open(&world, "care").await.is_empty());
    // A claim of its own answers the invitation, so that it is not asked any more.
    world.claimed("meals", &first, &[14]).await;
    assert!(open(&world, "meals").await.is_empty());
    services::supply::organization::suspend(&world.by("district"), world.org("care"), "年检未过").await.unwrap();
    let suspended = invite(&world, "street", &second, &["care"]).await.unwrap_err();
    assert_eq!(suspended.sentence(world.now()), "示例助老服务社现在是“已暂停”，不能邀请");
    // Two offices at once: one asks, the other hears that it was done.
    let third = world.meals(14).await;
    let (a, b) =
        tokio::join!(invite(&world, "street", &third, &["third"]), invite(&world, "street2", &third, &["third"]));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    world.sealed().await;
    world.sound().await;
}

async fn declined_lapsed_and_taken_back(world: World) {
    let need = world.meals(14).await;
    invite(&world, "street", &need, &["meals", "care", "third"]).await.unwrap();
    let [meals, care, third] = ["meals", "care", "third"];
    let of = async |name: &str| open(&world, name).await[0];
    let wrong = ask::decline(&world.by(meals), of(meals).await, "other", "").await;
    assert!(matches!(wrong, Err(Error::Invalid(_))));
    ask::decline(&world.by(meals), of(meals).await, "too_far", "").await.unwrap();
    let id = of(care).await;
    ask::withdraw(&world.by("street"), id, "本人暂时住院").await.unwrap();
    assert!(ask::accept(&world.by(care), id, "中午送到", "2026-11-27").await.is_err());
    world.set(world.now().plus_days(7));
    services::office::clocks::tick(&world.services).await.unwrap();
    assert!(open(&world, third).await.is_empty());
    let states: Vec<_> = ask::of_need(&world.by("street"), &need).await.unwrap().iter().map(|l| l.ask.state).collect();
    for state in [AskState::Declined, AskState::Withdrawn, AskState::Lapsed] {
        assert!(states.contains(&state), "{states:?}");
    }
    // Whoever declined may be asked again, and an invitation falls with its need.
    invite(&world, "street", &need, &[meals]).await.unwrap();
    world.closed(&need, domain::need::CloseReason::Withdrawn).await;
    assert!(open(&world, meals).await.is_empty());
    services::office::clocks::tick(&world.services).await.unwrap();
    world.sealed().await;
    world.sound().await;
}
