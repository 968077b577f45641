//! The trail proves itself, and whatever is changed behind its back is named.

use domain::verification::LineResult;
use duijie_tests::world::{Engine, World};

duijie_tests::both_engines!(
    a_sealed_history_is_sound,
    events_are_final,
    a_changed_event_is_named,
    a_deleted_event_is_named,
    an_inserted_event_is_named,
    exchanged_events_are_named,
    a_cut_tail_is_named,
    a_changed_state_is_named,
    success_without_a_verification_is_named
);

/// A need that went all the way, and one on its way.
async fn history(world: &World) -> String {
    let code = world.meals(14).await;
    let pairing = world.reported("meals", &code, &[14]).await;
    world.verified(&pairing, "village", LineResult::Met).await;
    services::aid::pairing::complete(&world.by("street"), &pairing).await.unwrap();
    let other = world.meals(14).await;
    world.active("care", &other, &[3]).await;
    code
}

pub(super) async fn unlock(world: &World) {
    let statement = match world.engine {
        Engine::Sqlite => "DROP TRIGGER events_are_final_update; DROP TRIGGER events_are_final_delete; DROP TRIGGER event_seals_are_final_update; DROP TRIGGER event_seals_are_final_delete".to_owned(),
        Engine::Postgres => {
            let names = world.texts("SELECT DISTINCT trigger_name::text FROM information_schema.triggers WHERE event_object_table = 'events' UNION SELECT tgname::text FROM pg_trigger WHERE tgrelid = 'events'::regclass AND NOT tgisinternal").await;
            assert!(!names.is_empty());
            names.iter().fold(
                "DROP TRIGGER event_seals_are_final ON event_seals; DROP TRIGGER event_seals_are_not_truncated ON event_seals;".to_owned(),
                |text, name| text + "DROP TRIGGER " + name.as_str() + " ON events;",
            )
        }
    };
    world.raw(&statement).await.unwrap();
}

async fn faults(world: &World) -> String {
    services::base::audit::verify(&world.services.db).await.unwrap().faults.join("\n")
}

/// An event in the middle that no replay would miss.
async fn disclosure(world: &World, need: &str) -> i64 {
    let need = world.need(need).await.id;
    let events = storage::base::event::of_need(&mut world.read().await, need).await.unwrap();
    events
        .iter()
        .find(|told| told.event.command == domain::machine::Command::PairingDisclose)
        .map(|told| told.event.id)
        .unwrap()
}

async fn a_sealed_history_is_sound(world: World) {
    history(&world).await;
    world.sound().await;
    world.sealed().await;
    let report = services::base::audit::verify(&world.services.db).await.unwrap();
    assert!(report.is_sound(), "{:#?}", report.faults);
    assert_eq!(report.events, report.sealed);
    assert!(report.events > 40 && report.objects > 20, "{report:?}");
    assert_eq!(services::base::audit::seal(&world.services).await.unwrap(), 0, "nothing is sealed twice");
}

async fn events_are_final(world: World) {
    history(&world).await;
    world.sealed().await;
    for statement in [
        "UPDATE events SET reason = 'x'",
        "UPDATE events SET at = at",
        "DELETE FROM events",
        "DELETE FROM events WHERE id = 1",
        "UPDATE event_seals SET hash = hash",
        "DELETE FROM event_seals WHERE position = 1",
    ] {
        let refused = world.raw(statement).await;
        assert!(refused.is_err_and(|error| error.to_string().contains("append-only")), "{statement}");
    }
    if world.engine == Engine::Postgres {
        assert!(world.raw("TRUNCATE events CASCADE").await.is_err(), "TRUNCATE goes past row triggers");
    }
    world.sound().await;
}

async fn a_changed_event_is_named(world: World) {
    let need = history(&world).await;
    world.sealed().await;
    unlock(&world).await;
    let id = world.need(&need).await.id;
    let events = storage::base::event::of_need(&mut world.read().await, id).await.unwrap();
    let event =
        events.iter().find(|told| told.event.command == domain::machine::Command::PairingReport).unwrap().event.id;
    for (change, back) in [
        ("at = at + 1", "at = at - 1"),
        ("reason = COALESCE(reason, '') || '。'", "reason = NULL"),
        ("actor_id = NULL", ""),
    ] {
        world.raw(&format!("UPDATE events SET {change} WHERE id = {event}")).await.unwrap();
        let found = faults(&world).await;
        assert!(found.contains(&format!("事件{event}")) && found.contains("摘要不符"), "{change}: {found}");
        if !back.is_empty() {
            world.raw(&format!("UPDATE events SET {back} WHERE id = {event}")).await.unwrap();
            world.sound().await;
        }
    }
}

async fn a_deleted_event_is_named(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    services::aid::pairing::disclose(&world.by("meals"), &pairing, domain::pairing::Purpose::Visit).await.unwrap();
    history(&world).await;
    world.sealed().await;
    unlock(&world).await;
    let event = disclosure(&world, &code).await;
    // Its seal points at it; an intruder would break that too.
    match world.engine {
        Engine::Sqlite => {
            assert!(
                world.raw(&format!("DELETE FROM events WHERE id = {event}")).await.is_err(),
                "the seal holds the event"
            );
            world
                .raw(&format!(
                    "DELETE FROM event_seals WHERE event_id = {event}; DELETE FROM events WHERE id = {event}"
                ))
                .await
                .unwrap();
        }
        Engine::Postgres => world
            .raw(&format!("DELETE FROM event_seals WHERE event_id = {event}; DELETE FROM events WHERE id = {event}"))
            .await
            .unwrap(),
    }
    let found = faults(&world).await;
    assert!(found.contains("缺失"), "{found}");
}

async fn an_inserted_event_is_named(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let before = world.number("SELECT MAX(id) FROM events").await;
    services::aid::pairing::disclose(&world.by("meals"), &pairing, domain::pairing::Purpose::Visit).await.unwrap();
    world.sealed().await;
    unlock(&world).await;
    let event = disclosure(&world, &code).await;
    assert!(event > before);
    // A free number between sealed events: as if a disclosure had been made that nobody made. Replaying
    // finds nothing wrong with it.
    let columns = "xid, at, actor_id, actor_role, origin, object, object_id, need_id, division_code, organization_id, command, from_state, to_state, reason, data";
    let (id, overriding) = match world.engine {
        Engine::Sqlite => (-5, ""),
        Engine::Postgres => (-5, "OVERRIDING SYSTEM VALUE "),
    };
    world
        .raw(&format!(
            "INSERT INTO events (id, {columns}) {overriding}SELECT {id}, {columns} FROM events WHERE id = {event}"
        ))
        .await
        .unwrap();
    services::base::audit::seal(&world.services).await.unwrap();
    let found = faults(&world).await;
    assert!(found.contains("事件-5"), "{found}");
}

async fn exchanged_events_are_named(world: World) {
    history(&world).await;
    world.sealed().await;
    unlock(&world).await;
    let ids = world.texts("SELECT CAST(event_id AS TEXT) FROM event_seals ORDER BY position").await;
    let (first, second) = (&ids[10], &ids[11]);
    world
        .raw(&format!(
            "UPDATE events SET at = CASE id WHEN {first} THEN (SELECT o.at FROM events o WHERE o.id = {second}) ELSE (SELECT o.at FROM events o WHERE o.id = {first}) END, command = CASE id WHEN {first} THEN (SELECT o.command FROM events o WHERE o.id = {second}) ELSE (SELECT o.command FROM events o WHERE o.id = {first}) END, object_id = CASE id WHEN {first} THEN (SELECT o.object_id FROM events o WHERE o.id = {second}) ELSE (SELECT o.object_id FROM events o WHERE o.id = {first}) END WHERE id IN ({first}, {second})"
        ))
        .await
        .unwrap();
    let found = faults(&world).await;
    assert!(found.contains(&format!("事件链第11位（事件{first}）")), "{found}");
}

async fn a_cut_tail_is_named(world: World) {
    history(&world).await;
    world.sealed().await;
    let kept = services::base::audit::head(&world.services).await.unwrap().unwrap();
    assert!(
        services::base::audit::verify_against(&world.services.db, std::slice::from_ref(&kept))
            .await
            .unwrap()
            .is_sound()
    );
    // Later events do not disturb an older head.
    let need = world.meals(14).await;
    world.sealed().await;
    assert!(
        services::base::audit::verify_against(&world.services.db, std::slice::from_ref(&kept))
            .await
            .unwrap()
            .is_sound()
    );
    let later = services::base::audit::head(&world.services).await.unwrap().unwrap();
    unlock(&world).await;
    // The last three, with their seals, as if they had never been: a chain that ends early is whole.
    let from = later.position - 2;
    let first: i64 = world.number(&format!("SELECT event_id FROM event_seals WHERE position = {from}")).await;
    world
        .raw(&format!(
            "DELETE FROM event_seals WHERE position >= {from}; DELETE FROM events WHERE id >= {first} AND id NOT IN (SELECT event_id FROM event_seals)"
        ))
        .await
        .unwrap();
    let report =
        services::base::audit::verify_against(&world.services.db, &[kept.clone(), later.clone()]).await.unwrap();
    let found = report.faults.join("\n");
    assert!(found.contains(&format!("从第{from}位起被截去")), "{found}");
    if world.engine == Engine::Sqlite {
        assert!(faults(&world).await.contains("被截去"), "SQLite tells without a head kept elsewhere");
    }
    // Somebody fills the place with a chain that is whole in itself.
    world.raw(&format!("UPDATE needs SET title = title WHERE code = '{need}'")).await.unwrap();
    for _ in 0..3 {
        world.meals(14).await;
    }
    world.sealed().await;
    let report = services::base::audit::verify_against(&world.services.db, &[later.clone(), kept]).await.unwrap();
    let found = report.faults.join("\n");
    assert!(found.contains(&format!("事件链第{}位与外存的链头不符", later.position)), "{found}");
}

async fn a_changed_state_is_named(world: World) {
    let code = history(&world).await;
    let id = world.need(&code).await.id;
    world.raw(&format!("UPDATE needs SET state = 'published' WHERE code = '{code}'")).await.unwrap();
    let found = faults(&world).await;
    assert!(found.contains(&format!("需求 {id}")) && found.contains("published"), "{found}");
    world.raw(&format!("UPDATE needs SET state = 'closed' WHERE code = '{code}'; UPDATE need_lines SET taken = taken - 1 WHERE taken = 3")).await.unwrap();
    let found = faults(&world).await;
    assert!(found.contains("需求行") && found.contains("已占用2") && found.contains("合计3"), "{found}");
}

async fn success_without_a_verification_is_named(world: World) {
    let code = history(&world).await;
    world.sound().await;
    // The verifier turns out to be the approver.
    world.raw("UPDATE pairings SET completed_by = (SELECT assignee_id FROM verifications v WHERE v.pairing_id = pairings.id) WHERE state = 'completed'").await.unwrap();
    let id = world.need(&code).await.id;
    let found = faults(&world).await;
    assert!(found.contains(&format!("需求 {id}")) && found.contains("没有机构以外"), "{found}");
}
