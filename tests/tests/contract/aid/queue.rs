//! The unclaimed queue: ordered by urgency-weighted waiting, looking further with each step,
//! seen by street, district and city in turn, and never ended in silence.

use domain::{
    need::{CloseReason, NeedState, Reach, Urgency, waiting_weight},
    uscc::Uscc,
};
use duijie_tests::{
    steps::closing,
    world::{OTHER_DISTRICT, World, day, fields, household, with},
};
use services::Error;
use services::aid::{matching, queue};
use services::needs::need;
use services::office::clocks;
use services::office::desk::Task;
use uuid::Uuid;

use crate::aid::ask::invite;

duijie_tests::both_engines!(
    the_most_pressing_come_first,
    each_step_looks_further_and_tells_whom_it_reaches,
    each_office_in_turn_invites_or_records_unmet,
);

/// A verified organization elsewhere, with its account's name in the notices' table.
async fn elsewhere(world: &World, title: &str, number: u32, home: &str, area: &str) -> Uuid {
    let uscc = Uscc::with_check_digits(&format!("52{}MJT{number:05}", &home[..6])).unwrap();
    let input = services::supply::organization::Input {
        uscc: uscc.as_str().to_owned(),
        name: title.to_owned(),
        division_code: home.to_owned(),
        business_scope: String::new(),
        service_codes: vec!["B01".to_owned()],
        area_codes: vec![area.to_owned()],
    };
    let id = services::supply::organization::apply(&world.system(), &input).await.unwrap();
    services::supply::organization::verify(&world.by("city"), id, day("2027-12-31")).await.unwrap();
    id
}

async fn tick(world: &World) {
    assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
    let before = world.rows().await;
    assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
    assert_eq!(before, world.rows().await, "a second run does nothing");
}

async fn told(world: &World, organization: Uuid) -> Vec<String> {
    let shelf =
        storage::base::notice::Shelf { account: world.id("admin"), organization: Some(organization), scope: None };
    let notices = storage::base::notice::of(&mut world.read().await, shelf, 0, 50).await.unwrap();
    notices.into_iter().filter(|n| n.title.contains("有需求等了")).map(|n| n.title).collect()
}

async fn the_most_pressing_come_first(world: World) {
    let mut codes = Vec::new();
    for urgency in ["normal", "normal", "urgent", "normal", "urgent"] {
        codes.push(world.published(&with(&household(), &[("urgency", urgency)])).await);
        world.set(world.now().plus_hours(20));
    }
    // Somebody takes all of one: it waits no more.
    let taken = world.meals(14).await;
    world.claimed("meals", &taken, &[14]).await;
    let listed = queue::list(&world.by("city"), None, 0, 50).await.unwrap();
    assert_eq!((listed.rows.len(), listed.count(None)), (5, 5));
    let mut wanted = Vec::new();
    for code in &codes {
        let row = world.need(code).await;
        let weight = waiting_weight(row.urgency, row.published_at.unwrap(), world.now());
        wanted.push((std::cmp::Reverse(weight), code.clone()));
    }
    wanted.sort();
    let order: Vec<&String> = listed.rows.iter().map(|row| &row.code).collect();
    assert_eq!(order, wanted.iter().map(|(_, code)| code).collect::<Vec<_>>());
    // An urgent need of 20 hours stands before a normal one of 100; pages go on where the last one ended.
    assert_eq!(world.need(order[0]).await.urgency, Urgency::Urgent);
    let second = queue::list(&world.by("street"), None, 2, 2).await.unwrap();
    assert_eq!(second.rows.iter().map(|row| &row.code).collect::<Vec<_>>(), order[2..4]);
    for by in ["other_street", "other_district"] {
        assert_eq!(queue::list(&world.by(by), None, 0, 50).await.unwrap().count(None), 0, "{by}");
    }
    for by in ["meals", "admin"] {
        assert!(matches!(queue::list(&world.by(by), None, 0, 50).await, Err(Error::NotFound)), "{by}");
    }
}

async fn each_step_looks_further_and_tells_whom_it_reaches(world: World) {
    let same = elsewhere(&world, "示例同区服务社", 80_001, "120102000000", "120102005").await;
    let near = elsewhere(&world, "示例邻区服务社", 80_002, &format!("{OTHER_DISTRICT}000000"), OTHER_DISTRICT).await;
    let far = elsewhere(&world, "示例远郊服务社", 80_003, "120119000000", "120119").await;
    assert!(::matching::adjacency::are_neighbours("120102", OTHER_DISTRICT));
    let need = world.meals(14).await;
    let published = world.need(&need).await.published_at.unwrap();
    let fits = async |id: Uuid| {
        let found = matching::candidates(&world.by("street"), &need, None, 50).await.unwrap();
        found.found.into_iter().find(|c| c.organization == id)
    };
    for id in [same, near, far] {
        assert!(fits(id).await.is_none());
    }
    let left = matching::candidates(&world.by("street"), &need, None, 50).await.unwrap().left;
    assert!(left.iter().any(|(name, why)| name == "示例远郊服务社" && why == "服务区域不含河东区"), "{left:?}");
    for (days, reaches, reach) in [(3, same, Reach::District), (7, near, Reach::Neighbours), (14, far, Reach::City)] {
        world.set(published.plus_days(days).plus_minutes(1));
        tick(&world).await;
        world.caught_up().await;
        let found = fits(reaches).await.expect("reached now");
        let area = found.parts.iter().find(|part| part.kind == domain::project::PartKind::Area).unwrap();
        assert!(area.words.contains("扩大范围"), "{}", area.words);
        assert_eq!(told(&world, reaches).await.len(), 1, "told once, with the step that reached it");
        assert_eq!(queue::list(&world.by("street"), None, 0, 9).await.unwrap().rows[0].reach(), reach);
    }
    // Those who serve the place were told with the first step, and not again.
    for name in ["meals", "care", "third"] {
        assert_eq!(told(&world, world.org(name)).await, ["附近有需求等了3天"], "{name}");
    }
    assert_eq!(told(&world, same).await, ["附近有需求等了3天"]);
    // Who is reached is also shown the need, and may be invited and claim.
    let far_actor = domain::role::Actor {
        account_id: Some(world.account("far", domain::role::Role::OrgAdmin, "", Some(far)).await),
        role: domain::role::Role::OrgAdmin,
        scope: String::new(),
        organization_id: Some(far),
    };
    let far_ctx = services::Ctx::new(&world.services, far_actor, "page").verified(true);
    let fitting = matching::fitting(&far_ctx, 20).await.unwrap();
    assert!(fitting.iter().any(|fit| fit.code == need));
    let wanted = services::aid::ask::Wanted { organization: far, lines: Vec::new() };
    services::aid::ask::send(&world.by("city"), &need, &[wanted], "").await.unwrap();
    world.sealed().await;
    world.sound().await;
}

async fn each_office_in_turn_invites_or_records_unmet(world: World) {
    let need = world.meals(14).await;
    let published = world.need(&need).await.published_at.unwrap();
    let asked = async |by: &str| {
        let desk = services::office::desk::load(&world.by(by)).await.unwrap();
        desk.due.into_iter().chain(desk.overdue).find_map(|item| match item.task {
            Task::Dispatch { step } if item.code == need => Some((step, item.due_at.unwrap())),
            _ => None,
        })
    };
    let offices = ["street", "district", "city"];
    for by in offices {
        assert_eq!(asked(by).await, None);
    }
    for (at, (days, late)) in [(3, 7), (7, 14)].into_iter().enumerate() {
        world.set(published.plus_days(days).plus_minutes(1));
        tick(&world).await;
        for (office, by) in offices.iter().enumerate() {
            let step = i64::try_from(at).unwrap() + 1;
            let wanted = (office == at).then(|| (step, published.plus_days(late)));
            assert_eq!(asked(by).await, wanted, "{by} after {days} days");
        }
    }
    // While somebody is being asked, nobody else has to; a refusal brings the line back.
    invite(&world, "district", &need, &["meals"]).await.unwrap();
    assert_eq!(asked("district").await, None);
    let row = &queue::list(&world.by("district"), Some(2), 0, 9).await.unwrap().rows[0];
    assert_eq!((row.asked, row.answered), (1, 0));
    let id = services::aid::ask::of_need(&world.by("district"), &need).await.unwrap()[0].ask.id;
    services::aid::ask::decline(&world.by("meals"), id, "too_far", "").await.unwrap();
    assert!(asked("district").await.is_some());
    world.set(published.plus_days(14).plus_minutes(1));
    tick(&world).await;
    let due = world.services.calendar().due(published.plus_days(14), queue::CITY_WORKING_DAYS);
    assert_eq!(asked("city").await, Some((3, due)));
    // The office that gives up says why; what was tried stands in the record.
    let typed = [("close_reason", "unmet_no_capacity"), ("reason", " "), ("evidence", "联系过全市三家")];
    assert!(matches!(need::read_closing(&fields(&typed)), Err(Error::Invalid(_))));
    need::propose_close(&world.by("city"), &need, &closing(CloseReason::UnmetNoCapacity)).await.unwrap();
    need::confirm_close(&world.by("district"), &need).await.unwrap();
    let closed = world.need(&need).await;
    assert_eq!((closed.state, closed.close_reason), (NeedState::Closed, Some(CloseReason::UnmetNoCapacity)));
    let data = world.texts("SELECT CAST(data AS TEXT) FROM events WHERE command = 'need.close'").await;
    let data: serde_json::Value = serde_json::from_str(&data[0]).unwrap();
    assert_eq!(
        data["tried"],
        serde_json::json!({ "waited_days": 14, "steps": 3, "asked": 1, "declined": 1, "lapsed": 0 })
    );
    assert_eq!(asked("city").await, None);
    tick(&world).await;
    world.sealed().await;
    world.sound().await;
}
