//! Projects: who publishes, what is left of them, when a capacity counts as unknown, who fits a need.

use domain::project::ProjectState;
use duijie_tests::world::{World, day, fields, household, with};
use services::aid::matching;
use services::supply::project;
use services::{Error, Fields};

duijie_tests::both_engines!(
    capacity_follows_live_pairings,
    a_capacity_decays_and_one_tap_renews_it,
    projects_belong_to_verified_organizations,
    candidates_say_why_and_why_not
);

pub(crate) fn hot_meals() -> Fields {
    fields(&[
        ("title", "热饭到家"),
        ("summary", "社区食堂做好，志愿者每天两次送上门，软烂少盐。"),
        ("service", "B01"),
        ("qualification", "food"),
        ("group", "low_income"),
        ("area", "120102"),
        ("capacity", "2"),
        ("each_quantity", "14"),
        ("each_unit", "餐"),
        ("each_per", "week"),
        ("starts_on", "2026-01-01"),
        ("ends_on", "2027-12-31"),
        ("schedule", "每天中午和傍晚"),
    ])
}

pub(crate) async fn publish(world: &World, by: &str, form: &Fields) -> String {
    let input = project::read(form, &world.services.divisions()).unwrap();
    project::publish(&world.by(by), &input).await.unwrap()
}

async fn free(world: &World, code: &str) -> (i64, bool) {
    let view = project::view(&world.services, None, code).await.unwrap();
    (view.free.left, view.free.known)
}

async fn capacity_follows_live_pairings(world: World) {
    let code = publish(&world, "meals", &hot_meals()).await;
    assert!(code.starts_with("XM120102-"), "{code}");
    assert_eq!(free(&world, &code).await, (2, true));
    let need = world.meals(14).await;
    let claim = world.claimed("meals", &need, &[14]).await;
    assert_eq!(free(&world, &code).await, (1, true), "a claim draws on it at once");
    services::aid::claim::withdraw(&world.by("meals"), &claim, "来不了").await.unwrap();
    assert_eq!(free(&world, &code).await, (2, true), "and gives it back");
    let claim = world.claimed("meals", &need, &[14]).await;
    let pairing = services::aid::claim::approve(&world.by("street"), &claim).await.unwrap();
    assert_eq!(free(&world, &code).await, (1, true));
    services::aid::pairing::terminate(&world.by("meals"), &pairing, "厨师生病").await.unwrap();
    assert_eq!(free(&world, &code).await, (2, true));
    // The own organization sees what draws on it, the public does not.
    world.claimed("meals", &world.meals(7).await, &[7]).await;
    let own = project::view(&world.services, Some(&world.by("meals")), &code).await.unwrap();
    assert_eq!((own.drawn.len(), own.own), (1, true));
    let public = project::view(&world.services, None, &code).await.unwrap();
    assert!(public.drawn.is_empty() && !public.own);
    let other = project::view(&world.services, Some(&world.by("care")), &code).await.unwrap();
    assert!(other.drawn.is_empty() && !other.own);
    world.sealed().await;
    world.sound().await;
}

async fn a_capacity_decays_and_one_tap_renews_it(world: World) {
    let code = publish(&world, "meals", &hot_meals()).await;
    world.set(world.now().plus_days(24));
    let desk = services::office::desk::load(&world.by("meals")).await.unwrap();
    assert!(
        desk.due.iter().any(|item| item.task == services::office::desk::Task::ConfirmCapacity && item.code == code)
    );
    world.set(world.now().plus_days(7));
    assert_eq!(free(&world, &code).await, (2, false));
    project::confirm(&world.by("meals"), &code).await.unwrap();
    assert_eq!(free(&world, &code).await, (2, true));
    let desk = services::office::desk::load(&world.by("meals")).await.unwrap();
    assert!(!desk.due.iter().any(|item| item.task == services::office::desk::Task::ConfirmCapacity));
    // A second editor with an old version is told, and loses nothing of the first one's.
    let version = project::view(&world.services, None, &code).await.unwrap().project.version;
    let input = |form: &Fields| project::read(form, &world.services.divisions()).unwrap();
    let wider = input(&with(&hot_meals(), &[("capacity", "9")]));
    project::edit(&world.by("meals"), &code, version, &wider).await.unwrap();
    let late = project::edit(&world.by("meals"), &code, version, &input(&hot_meals())).await;
    assert!(matches!(late, Err(Error::Conflict(_))), "{late:?}");
    assert_eq!(free(&world, &code).await, (9, true));
    project::pause(&world.by("meals"), &code, "厨房检修").await.unwrap();
    let wanted = project::Wanted::default();
    assert_eq!(project::hall(&world.services, None, &wanted, 0, 20).await.unwrap().total, 0);
    project::resume(&world.by("meals"), &code).await.unwrap();
    assert_eq!(project::hall(&world.services, None, &wanted, 0, 20).await.unwrap().total, 1);
    // Found by what is meant, and by where.
    world.caught_up().await;
    for (text, total) in [("送饭", 1), ("河东 送饭", 1), ("理发", 0)] {
        let wanted = project::Wanted { text: text.into(), ..project::Wanted::default() };
        let found = project::hall(&world.services, None, &wanted, 0, 20).await.unwrap();
        assert_eq!(found.total, total, "{text}");
    }
    let elsewhere = project::Wanted { area: "120115".into(), ..project::Wanted::default() };
    assert_eq!(project::hall(&world.services, None, &elsewhere, 0, 20).await.unwrap().total, 0);
    project::end(&world.by("meals"), &code, "经费到期").await.unwrap();
    assert!(project::resume(&world.by("meals"), &code).await.is_err());
    let ended = project::view(&world.services, None, &code).await.unwrap().project;
    assert_eq!(ended.state, ProjectState::Ended);
    world.sound().await;
}

async fn projects_belong_to_verified_organizations(world: World) {
    let code = publish(&world, "meals", &hot_meals()).await;
    for by in ["meals_worker", "care", "street", "city", "admin"] {
        assert!(project::confirm(&world.by(by), &code).await.is_err(), "{by}");
        assert!(project::pause(&world.by(by), &code, "试试").await.is_err(), "{by}");
    }
    services::supply::organization::suspend(&world.by("district"), world.org("meals"), "年检未过").await.unwrap();
    assert!(matches!(project::view(&world.services, None, &code).await, Err(Error::NotFound)));
    assert!(project::view(&world.services, Some(&world.by("meals")), &code).await.is_ok());
    let input = project::read(&hot_meals(), &world.services.divisions()).unwrap();
    assert!(project::publish(&world.by("meals"), &input).await.is_err());
    // Every mistake of a form is named at once.
    let bad = with(
        &hot_meals(),
        &[("service", "C02"), ("qualification", ""), ("area", ""), ("streets", "不存在街道"), ("capacity", "0")],
    );
    let Err(Error::Invalid(mistakes)) = project::read(&bad, &world.services.divisions()) else { panic!("accepted") };
    let named: Vec<&str> = mistakes.iter().map(|m| m.field.as_str()).collect();
    assert_eq!(named, ["streets", "area", "qualification", "capacity"]);
    let mut mixed = hot_meals();
    mixed.push(("service".into(), "F02".into()));
    assert!(project::read(&mixed, &world.services.divisions()).is_err());
}

async fn candidates_say_why_and_why_not(world: World) {
    let code = publish(&world, "meals", &hot_meals()).await;
    let far = with(&hot_meals(), &[("area", "120115"), ("title", "宝坻食堂")]);
    publish(&world, "third", &far).await;
    let need = world.published(&household()).await;
    world.caught_up().await;
    let by = world.by("street");
    let seen = matching::candidates(&by, &need, None, 10).await.unwrap();
    assert_eq!(seen.found.first().map(|c| c.organization), Some(world.org("meals")));
    let best = &seen.found[0];
    assert_eq!(best.offers, ["热饭到家"]);
    assert!(best.parts.iter().any(|part| part.words == "还能承接2户（共2户）"), "{best:?}");
    // Baths are left to the third organization's registration; meals it gives in 宝坻 only.
    let third = seen.found.iter().find(|c| c.organization == world.org("third")).unwrap();
    assert_eq!(third.lines.len(), 1);
    // Without any fitting offer it is left out with the reason.
    let meals_only = world.meals(14).await;
    let seen = matching::candidates(&by, &meals_only, None, 10).await.unwrap();
    let words: Vec<&str> = seen.found[0].parts.iter().map(|part| part.words.as_str()).collect();
    assert!(words.contains(&"项目面向低保低收入家庭") && words.contains(&"有食品经营许可"), "{words:?}");
    assert!(seen.left.iter().any(|(name, why)| name == "示例邻里互助会" && why == "服务区域不含河东区"), "{seen:?}");
    world.caught_up().await;
    // The organization sees the need from its side, with the same reasons.
    let fitting = matching::fitting(&world.by("meals"), 10).await.unwrap();
    assert_eq!(fitting.len(), 2);
    assert!(fitting.iter().all(|f| f.project.as_deref() == Some("热饭到家")));
    // What happens since is seen at once: a suspended organization is nobody's candidate.
    services::supply::organization::suspend(&world.by("district"), world.org("meals"), "年检未过").await.unwrap();
    let seen = matching::candidates(&by, &need, None, 10).await.unwrap();
    assert!(seen.found.iter().all(|c| c.organization != world.org("meals")));
    // Weights are the city's to set.
    let weights = ::matching::Weights { area: 0, ..::matching::Weights::default() };
    assert!(matching::set_weights(&world.by("district"), &weights).await.is_err());
    matching::set_weights(&world.by("city"), &weights).await.unwrap();
    assert_eq!(matching::weights(&world.services).await.unwrap(), weights);
    // Another district's office does not see who fits.
    assert!(matches!(matching::candidates(&world.by("other_street"), &need, None, 10).await, Err(Error::NotFound)));
    assert!(project::view(&world.services, None, &code).await.is_err());
    assert_eq!(world.now().day(), day("2026-11-24"));
}
