//! Contact data: only for a stated purpose, only while it is needed, each opening on record.

use domain::{pairing::Purpose, verification::LineResult};
use duijie_tests::world::{Canary, World, household, with};
use services::aid::{pairing, view};
use services::needs::consent;
use services::{Conflict, Ctx, Error};

duijie_tests::both_engines!(
    each_opening_leaves_its_purpose,
    only_with_live_consent,
    only_while_the_pairing_lasts,
    only_named_workers,
    minors_only_through_the_street,
    a_village_has_no_file,
);

async fn refused(world: &World, ctx: &Ctx, pairing: &str) {
    let before = world.rows().await;
    let outcome = pairing::disclose(ctx, pairing, Purpose::Visit).await.map(|_| "contact data");
    assert!(
        matches!(outcome, Err(Error::Conflict(Conflict::Rule(_)) | Error::NotFound | Error::Forbidden(_))),
        "{outcome:?}"
    );
    assert_eq!(world.rows().await, before, "a refusal leaves no trace in the data");
    // Nor do the masked parts stay on an organization's page.
    if ctx.actor.role.is_organization()
        && let Ok(page) = view::pairing(ctx, pairing).await
    {
        assert!(page.masked.closed.is_some());
        assert_eq!((page.masked.name.as_str(), page.masked.phone.as_str()), ("", ""));
    }
}

async fn each_opening_leaves_its_purpose(world: World) {
    let code = world.meals(14).await;
    let pairing = world.paired("meals", &code, &[14]).await;
    let canary = Canary::new();
    for (by, purpose) in [("meals", Purpose::Call), ("street", Purpose::Verify), ("village", Purpose::Emergency)] {
        let contact = pairing::disclose(&world.by(by), &pairing, purpose).await.unwrap();
        assert_eq!(
            (contact.name.as_str(), contact.phone.as_str(), contact.address.as_str()),
            (canary.name, canary.phone, canary.address)
        );
        assert_eq!(contact.other_phones, [canary.other_phone]);
        let view::NeedView::Staff(page) =
            view::need(&world.services, services::finding::hall::Viewer::Staff(&world.by("street")), &code)
                .await
                .unwrap()
        else {
            panic!()
        };
        let newest = &page.disclosures[0];
        assert_eq!(newest.reason.as_deref(), Some(purpose.label()), "the street sees who asked and why");
    }
    assert_eq!(world.count_events("pairing.disclose").await, 3);
    let data = world.texts("SELECT data || COALESCE(reason, '') FROM events").await.join("\n");
    assert_eq!(canary.found_in(&data), Vec::<String>::new());
    // The masked page before asking.
    let page = view::pairing(&world.by("meals"), &pairing).await.unwrap();
    assert_eq!(page.masked.closed, None);
    assert_eq!(page.masked.name, "桑*");
    assert!(!page.masked.phone.contains("00009876"), "{}", page.masked.phone);
    world.sound().await;
}

async fn only_with_live_consent(world: World) {
    let without = with(
        &household(),
        &[
            ("consent", ""),
            ("consent_channel", ""),
            ("consent_evidence", ""),
            ("consent_given_on", ""),
            ("consent_valid_until", ""),
        ],
    );
    let code = world.published(&without).await;
    let pairing = world.active("meals", &code, &[14, 0]).await;
    refused(&world, &world.by("meals"), &pairing).await;
    refused(&world, &world.by("street"), &pairing).await;
    let given = [
        ("consent_channel", "phone"),
        ("consent_evidence", "录音第0002号"),
        ("consent_given_on", "2026-11-24"),
        ("consent_valid_until", "2026-11-30"),
    ];
    consent::record(&world.by("street"), &code, &duijie_tests::world::fields(&given)).await.unwrap();
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    consent::withdraw(&world.by("village"), &code, "本人来电撤回").await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;
    world.set(world.now().plus_minutes(1));
    consent::record(&world.by("street"), &code, &duijie_tests::world::fields(&given)).await.unwrap();
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    // Until its last day, and not one longer.
    world.set(domain::calendar::Time::at(duijie_tests::world::day("2026-11-30"), 23, 59));
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Visit).await.unwrap();
    world.set(domain::calendar::Time::at(duijie_tests::world::day("2026-12-01"), 0, 0));
    refused(&world, &world.by("meals"), &pairing).await;
}

async fn only_while_the_pairing_lasts(world: World) {
    // Released, terminated, transferred, paused, reported, completed, suspended.
    let code = world.meals(14).await;
    let pairing = world.paired("meals", &code, &[2]).await;
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Call).await.unwrap();
    pairing::release(&world.by("street"), &pairing, "没有联系").await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;

    let pairing = world.active("meals", &code, &[2]).await;
    pairing::terminate(&world.by("meals"), &pairing, "人手不够").await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;

    let pairing = world.active("meals", &code, &[2]).await;
    pairing::pause(&world.by("meals"), &pairing, "厨房检修").await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;
    pairing::resume(&world.by("meals"), &pairing).await.unwrap();
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Call).await.unwrap();
    services::needs::need::suspend(&world.by("street"), &code, "本人住院").await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;
    services::needs::need::resume(&world.by("street"), &code).await.unwrap();
    services::aid::transfer::offer(&world.by("meals"), &pairing, &world.usccs["care"], "人手不够").await.unwrap();
    let id = world.pairing(&pairing).await.id;
    let transfer = storage::aid::transfer::pending_of(&mut world.read().await, id).await.unwrap().unwrap().id;
    services::aid::transfer::answer(&world.by("care"), transfer, true).await.unwrap();
    refused(&world, &world.by("care"), &pairing).await;
    let new = services::aid::transfer::decide(&world.by("street"), transfer, true, "").await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;
    refused(&world, &world.by("meals"), &new).await;

    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    world.record("meals", &pairing).await;
    world.report("meals", &pairing).await;
    refused(&world, &world.by("meals"), &pairing).await;
    world.verified(&pairing, "village", LineResult::Met).await;
    pairing::complete(&world.by("street"), &pairing).await.unwrap();
    refused(&world, &world.by("meals"), &pairing).await;
    refused(&world, &world.by("street"), &pairing).await;
}

async fn only_named_workers(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    for other in
        ["meals_worker", "meals_other", "care", "care_worker", "other_district", "other_street", "next_street", "admin"]
    {
        refused(&world, &world.by(other), &pairing).await;
    }
    let stranger = pairing::assign_worker(&world.by("meals"), &pairing, world.id("care_worker")).await;
    assert!(matches!(stranger, Err(Error::Invalid(_))), "{stranger:?}");
    pairing::assign_worker(&world.by("meals"), &pairing, world.id("meals_worker")).await.unwrap();
    pairing::disclose(&world.by("meals_worker"), &pairing, Purpose::Visit).await.unwrap();
    refused(&world, &world.by("meals_other"), &pairing).await;
}

async fn minors_only_through_the_street(world: World) {
    let code = world
        .published(&with(
            &household(),
            &[("age_band", "6-13"), ("beneficiary", "LSET"), ("decided_on.DB", ""), ("decided_by.DB", "")],
        ))
        .await;
    let pairing = world.active("meals", &code, &[14, 0]).await;
    // Not without an approval of each access (see the tests of privacy).
    refused(&world, &world.by("meals"), &pairing).await;
    refused(&world, &world.by("street"), &pairing).await;
}

async fn a_village_has_no_file(world: World) {
    let village = duijie_tests::world::fields(&[
        ("kind", "village"),
        ("division_code", "120115101252"),
        ("source", "patrol"),
        ("urgency", "normal"),
        ("beneficiary", "CUN_KN"),
        ("lines.0.service", "E05"),
        ("lines.0.quantity", "1"),
        ("lines.0.unit", "次"),
        ("lines.0.per", "quarter"),
        ("title", "村里盼有人教广场舞"),
        ("description", "一年到头没什么活动，盼请人来教。"),
        ("valid_until", "2027-03-31"),
    ]);
    let scope = |role, scope: &str, id: &str| {
        Ctx::new(
            &world.services,
            domain::role::Actor {
                account_id: Some(world.id(id)),
                role,
                scope: scope.to_owned(),
                organization_id: None,
            },
            "page",
        )
    };
    let street = scope(domain::role::Role::Street, "120115101", "street");
    let code = services::needs::need::create(&street, &world.input(&village)).await.unwrap();
    services::needs::need::submit(&street, &code).await.unwrap();
    services::needs::need::publish(&scope(domain::role::Role::District, "120115", "district"), &code).await.unwrap();
    assert!(services::needs::consent::record(&street, &code, &household()).await.is_err());
    let claim = world.claimed("third", &code, &[1]).await;
    let pairing = services::aid::claim::approve(&street, &claim).await.unwrap();
    refused(&world, &world.by("third"), &pairing).await;
}
