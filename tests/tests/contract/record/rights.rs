//! A person's own requests: a copy, a correction, the end of a file, an explanation.

use domain::pairing::Purpose;
use domain::rights::{DUE_WORKING_DAYS, RightsState};
use duijie_tests::world::{Canary, World, fields, with};
use services::Error;
use services::aid::pairing;
use services::office::clocks;
use services::record::rights;

use crate::needs::privacy::{PHONE, is_about, is_rule};

duijie_tests::both_engines!(
    a_person_gets_a_copy,
    a_person_s_file_is_corrected,
    a_person_s_file_is_erased_by_two,
    a_request_is_explained_or_refused_in_time,
);

async fn asked(world: &World, code: &str, kind: &str) -> String {
    let typed = fields(&[
        ("kind", kind),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", "想知道你们那里有我的哪些信息"),
    ]);
    rights::receive(&world.by("village"), code, &typed).await.unwrap()
}

async fn a_person_gets_a_copy(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    assert!(matches!(
        rights::receive(&world.by("meals"), &code, &fields(&[])).await,
        Err(Error::Invalid(_) | Error::Forbidden(_))
    ));
    let request = asked(&world, &code, "copy").await;
    let desk = services::office::desk::load(&world.by("street")).await.unwrap();
    assert!(
        desk.due.iter().any(|item| item.task == services::office::desk::Task::DecideRights && item.code == request)
    );
    for outside in ["meals", "other_street", "admin"] {
        assert!(rights::view(&world.by(outside), &request).await.is_err(), "{outside}");
        assert!(rights::copy(&world.by(outside), &request).await.is_err(), "{outside}");
    }
    let (name, bytes) = rights::copy(&world.by("street"), &request).await.unwrap();
    assert_eq!(name, format!("{request}个人信息副本.xlsx"));
    assert!(bytes.starts_with(b"PK"));
    rights::copy(&world.by("street"), &request).await.unwrap();
    assert_eq!(world.count_events("rights.copy").await, 2, "each handing out is on record");
    let stored = world.texts("SELECT data || COALESCE(reason, '') FROM events").await.join("\n");
    assert_eq!(canary.found_in(&stored), Vec::<String>::new());
    world.sound().await;
}

async fn a_person_s_file_is_corrected(world: World) {
    let code = world.meals(14).await;
    let request = asked(&world, &code, "correct").await;
    // The page shows nothing of the file; it is opened for the correction, on record.
    let typed = rights::fields(&world.by("street"), &request).await.unwrap();
    assert_eq!(world.count_events("need.disclose").await, 1);
    assert!(is_rule(&rights::correct(&world.by("street"), &request, &typed).await), "nothing changed");
    let wrong = with(&typed, &[("phone", "1380")]);
    assert!(matches!(rights::correct(&world.by("street"), &request, &wrong).await, Err(Error::Invalid(_))));
    let right = with(&typed, &[("phone", "13900000009")]);
    rights::correct(&world.by("street"), &request, &right).await.unwrap();
    let id = world.need(&code).await.id;
    let file = storage::needs::need_file::load(&mut world.read().await, world.services.db.sealer(), id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(file.phone, "13900000009");
    assert!(rights::correct(&world.by("street"), &request, &right).await.is_err(), "done is done");
    world.sound().await;
}

async fn a_person_s_file_is_erased_by_two(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let typed = fields(&[
        ("kind", "erase"),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", "不再需要帮助，请删除"),
    ]);
    let request = rights::receive(&world.by("street"), &code, &typed).await.unwrap();
    let district = world.by("district");
    assert!(is_rule(&rights::erase(&district, &request).await), "the need is still open");
    world.closed(&code, domain::need::CloseReason::DoneByOthers).await;
    assert!(
        matches!(rights::erase(&world.by("street"), &request).await, Err(Error::Forbidden(_))),
        "recorded by the same"
    );
    rights::erase(&district, &request).await.unwrap();
    let id = world.need(&code).await.id;
    let sealer = world.services.db.sealer();
    assert!(!storage::needs::need_file::exists(&mut world.read().await, id).await.unwrap());
    assert!(storage::needs::need_file::load(&mut world.read().await, sealer, id).await.unwrap().is_none());
    let left = world.left_of_file(id).await;
    assert_eq!((left.name.as_str(), left.household_size), ("", Some(1)), "the size stays, for figures");
    let marks = world.number("SELECT COUNT(*) FROM file_marks").await;
    assert_eq!(marks, 0);
    let all = world.rows().await;
    assert_eq!(canary.found_in(&format!("{all:?}")), Vec::<String>::new());
    world.sound().await;
}

async fn a_request_is_explained_or_refused_in_time(world: World) {
    let code = world.meals(14).await;
    let request = asked(&world, &code, "explain").await;
    assert!(is_about(&rights::explain(&world.by("street"), &request, PHONE).await, "answer"));
    assert!(is_rule(&rights::copy(&world.by("street"), &request).await.map(|_| ())), "another kind");
    rights::explain(&world.by("street"), &request, "当面解释了谁能看到").await.unwrap();
    let request = asked(&world, &code, "erase").await;
    let due = rights::view(&world.by("street"), &request).await.unwrap().request.due_at;
    assert!(due >= world.now().plus_days(i64::from(DUE_WORKING_DAYS)));
    world.set(due.plus_minutes(1));
    for _ in 0..2 {
        clocks::tick(&world.services).await.unwrap();
    }
    assert_eq!(world.count_events("rights.remind").await, 1, "the district is told once");
    rights::refuse(&world.by("street"), &request, "仍在帮扶期内，结案后办理").await.unwrap();
    let view = rights::view(&world.by("street"), &request).await.unwrap();
    assert_eq!(view.request.state, RightsState::Refused);
    world.sound().await;
}
