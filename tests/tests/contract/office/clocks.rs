//! The clocks, by a clock that the test sets: each step once, never an approval by itself.

use domain::{
    calendar::{Time, WorkingDays},
    claim::ClaimState,
    need::{CloseReason, NeedState},
    organization::OrganizationState,
    pairing::{PairingState, TransferState},
};
use duijie_tests::world::{World, day, difference, household, with};
use services::aid::{claim, pairing, transfer};
use services::office::clocks;

duijie_tests::both_engines!(
    an_undecided_claim_goes_up_and_is_never_approved,
    an_unanswered_question_lets_the_claim_expire,
    no_first_contact_returns_the_units,
    a_transfer_lapses_to_no_change,
    an_unclaimed_need_expires_as_unmet,
    the_unclaimed_queue_steps_at_3_7_and_14_days,
    an_organization_s_standing_lapses,
    urgent_clocks_run_by_the_hour,
);

/// Runs the clocks twice: the second run finds nothing to do.
async fn tick(world: &World) {
    let first = clocks::tick(&world.services).await.unwrap();
    assert_eq!(first.failed, 0);
    let before = world.rows().await;
    let second = clocks::tick(&world.services).await.unwrap();
    assert_eq!(second.failed, 0);
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    world.sound().await;
}

/// Notices with a title to the office of a scope.
async fn told(world: &World, scope: &str, title: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM notices WHERE scope = '{scope}' AND title LIKE '%{title}%'")).await
}

fn after(working_days: u32, from: Time) -> Time {
    WorkingDays::shipped().due(from, working_days)
}

async fn an_undecided_claim_goes_up_and_is_never_approved(world: World) {
    let need = world.meals(14).await;
    let code = world.claimed("meals", &need, &[5]).await;
    let due = world.claim(&code).await.due_at.unwrap();
    assert_eq!(due, after(3, world.now()));
    world.set(due);
    tick(&world).await;
    assert_eq!(world.claim(&code).await.escalation, 0, "not before it is late");
    world.set(due.plus_minutes(1));
    tick(&world).await;
    let found = world.claim(&code).await;
    assert_eq!((found.state, found.escalation), (ClaimState::Submitted, 1));
    assert_eq!(told(&world, "120102", "认领超过期限").await, 1);
    // As long again: the city hears of it, too; nobody higher is left.
    world.set(after(3, due).plus_minutes(1));
    tick(&world).await;
    assert_eq!(world.claim(&code).await.escalation, 2);
    assert_eq!((told(&world, "120102", "认领超过期限").await, told(&world, "12", "认领超过期限").await), (2, 1));
    world.set(due.plus_days(60));
    tick(&world).await;
    assert_eq!(world.claim(&code).await.state, ClaimState::Submitted);
    assert_eq!(world.count_events("claim.escalate").await, 2);
    assert_eq!(world.count_events("claim.approve").await, 0);
}

async fn an_unanswered_question_lets_the_claim_expire(world: World) {
    let need = world.meals(14).await;
    let code = world.claimed("meals", &need, &[5]).await;
    world.set(world.now().plus_days(1));
    claim::ask(&world.by("street"), &code, "周末也送吗").await.unwrap();
    let due = world.claim(&code).await.due_at.unwrap();
    assert_eq!(due, after(3, world.now()));
    world.set(due);
    tick(&world).await;
    assert_eq!(world.claim(&code).await.state, ClaimState::NeedsInfo);
    assert_eq!(world.lines(&need).await[0].taken, 5);
    world.set(due.plus_minutes(1));
    tick(&world).await;
    assert_eq!(world.claim(&code).await.state, ClaimState::Expired);
    assert_eq!(world.lines(&need).await[0].taken, 0);
}

async fn no_first_contact_returns_the_units(world: World) {
    let need = world.meals(14).await;
    let code = world.paired("meals", &need, &[5]).await;
    let due = world.pairing(&code).await.due_at.unwrap();
    assert_eq!(due, after(3, world.now()));
    world.set(due.plus_minutes(1));
    tick(&world).await;
    let reminded = world.pairing(&code).await;
    assert_eq!((reminded.state, reminded.reminded_at), (PairingState::PendingStart, Some(world.now())));
    // The street may give one more working day.
    pairing::grace(&world.by("street"), &code).await.unwrap();
    let due = world.pairing(&code).await.due_at.unwrap();
    assert_eq!(due, after(1, world.now()));
    world.set(due);
    tick(&world).await;
    assert_eq!(world.pairing(&code).await.state, PairingState::PendingStart);
    world.set(due.plus_minutes(1));
    tick(&world).await;
    assert_eq!(world.pairing(&code).await.state, PairingState::Released);
    assert_eq!(world.lines(&need).await[0].taken, 0);
    assert_eq!(world.need(&need).await.state, NeedState::Published);
    // Whoever made contact is left alone.
    let code = world.active("meals", &need, &[5]).await;
    world.set(world.now().plus_days(30));
    tick(&world).await;
    assert_eq!(world.pairing(&code).await.state, PairingState::Active);
}

async fn a_transfer_lapses_to_no_change(world: World) {
    let need = world.meals(14).await;
    let code = world.active("meals", &need, &[5]).await;
    transfer::offer(&world.by("meals"), &code, &world.usccs["care"], "人手不够").await.unwrap();
    let id = world.pairing(&code).await.id;
    let offered = storage::aid::transfer::pending_of(&mut world.read().await, id).await.unwrap().unwrap();
    assert_eq!(offered.expires_at, world.now().plus_hours(36));
    transfer::answer(&world.by("care"), offered.id, true).await.unwrap();
    let before = world.pairing(&code).await;
    world.set(offered.expires_at.plus_minutes(1));
    assert!(transfer::decide(&world.by("street"), offered.id, true, "").await.is_err(), "too late");
    tick(&world).await;
    let lapsed = storage::aid::transfer::by_id(&mut world.read().await, offered.id).await.unwrap().unwrap();
    assert_eq!(lapsed.state, TransferState::Lapsed);
    let now = world.pairing(&code).await;
    assert_eq!((now.state, now.organization_id, now.successor_id), (before.state, before.organization_id, None));
    assert_eq!(world.lines(&need).await[0].taken, 5);
    transfer::offer(&world.by("meals"), &code, &world.usccs["care"], "再问一次").await.unwrap();
}

async fn an_unclaimed_need_expires_as_unmet(world: World) {
    let fields = with(&household(), &[("valid_until", "2026-12-10")]);
    let (free, taken) = (world.published(&fields).await, world.published(&fields).await);
    let pairing = world.active("meals", &taken, &[5, 0]).await;
    world.set(Time::at(day("2026-12-10"), 23, 59));
    tick(&world).await;
    assert_eq!(world.need(&free).await.state, NeedState::Published, "the last day counts");
    assert!(claim::submit(&world.by("care"), &free, &world.offer(&free, &[1]).await).await.is_ok());
    world.set(Time::at(day("2026-12-11"), 0, 1));
    assert!(claim::submit(&world.by("third"), &free, &world.offer(&free, &[1]).await).await.is_err());
    tick(&world).await;
    let need = world.need(&free).await;
    assert_eq!((need.state, need.close_reason), (NeedState::Closed, Some(CloseReason::ExpiredUnclaimed)));
    assert!(need.close_reason.unwrap().is_unmet());
    assert_eq!(services::finding::hall::figures(&world.services).await.unwrap().unmet, 1);
    assert_eq!((told(&world, "120102", "记为未满足").await, told(&world, "120102012", "记为未满足").await), (1, 1));
    // What somebody is at stays until it is done.
    assert_eq!(world.need(&taken).await.state, NeedState::Published);
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Active);
}

async fn the_unclaimed_queue_steps_at_3_7_and_14_days(world: World) {
    let need = world.meals(14).await;
    let claimed = world.meals(14).await;
    world.active("third", &claimed, &[14]).await;
    let published = world.need(&need).await.published_at.unwrap();
    for (days, level) in [(3, 1), (7, 2), (14, 3)] {
        world.set(published.plus_days(days).plus_minutes(-1));
        tick(&world).await;
        assert_eq!(world.need(&need).await.escalation, level - 1, "before {days} days");
        world.set(published.plus_days(days).plus_minutes(1));
        tick(&world).await;
        assert_eq!(world.need(&need).await.escalation, level, "after {days} days");
    }
    assert_eq!(world.count_events("need.escalate").await, 3, "and nothing for the need that is taken");
    let organizations = world
        .number("SELECT COUNT(*) FROM notices WHERE organization_id IS NOT NULL AND title = '附近有需求等了3天'")
        .await;
    assert_eq!(organizations, 3, "every organization that serves the district with this service");
    assert_eq!(
        (
            told(&world, "120102012", "3天无人认领").await,
            told(&world, "120102", "7天无人认领").await,
            told(&world, "120102", "14天无人认领").await,
            told(&world, "12", "14天无人认领").await
        ),
        (1, 1, 1, 1)
    );
    assert_eq!(world.need(&need).await.state, NeedState::Published);
}

async fn an_organization_s_standing_lapses(world: World) {
    let need = world.published(&with(&household(), &[("valid_until", "2028-06-30")])).await;
    world.set(Time::at(day("2027-12-31"), 12, 0));
    tick(&world).await;
    let state = async |name: &str| {
        storage::supply::organization::by_id(&mut world.read().await, world.org(name)).await.unwrap().unwrap().state
    };
    assert_eq!(state("meals").await, OrganizationState::Verified);
    world.set(Time::at(day("2028-01-01"), 0, 1));
    assert!(
        claim::submit(&world.by("meals"), &need, &world.offer(&need, &[1]).await).await.is_err(),
        "also before the clock has run"
    );
    tick(&world).await;
    assert_eq!(state("meals").await, OrganizationState::Lapsed);
    assert!(claim::submit(&world.by("meals"), &need, &world.offer(&need, &[1]).await).await.is_err());
    services::supply::organization::verify(&world.by("district"), world.org("meals"), day("2028-12-31")).await.unwrap();
    claim::submit(&world.by("meals"), &need, &world.offer(&need, &[1]).await).await.unwrap();
}

async fn urgent_clocks_run_by_the_hour(world: World) {
    // Friday evening: no working day before Monday.
    world.set(Time::at(day("2026-11-27"), 20, 0));
    let need = world.published(&with(&household(), &[("urgency", "urgent")])).await;
    assert_eq!(world.need(&need).await.due_at, Some(world.now().plus_hours(24)));
    let code = world.claimed("meals", &need, &[5, 0]).await;
    assert_eq!(world.claim(&code).await.due_at, Some(world.now().plus_hours(24)));
    let pairing = claim::approve(&world.by("street"), &code).await.unwrap();
    assert_eq!(world.pairing(&pairing).await.due_at, Some(world.now().plus_hours(24)));
    world.set(world.now().plus_hours(24).plus_minutes(1));
    tick(&world).await;
    assert_eq!(world.pairing(&pairing).await.due_at, Some(world.now().plus_hours(4)));
    world.set(world.now().plus_hours(4).plus_minutes(1));
    tick(&world).await;
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Released);
}
