//! The loop from the first entry to closing, with every separation of people and every other end.

use domain::{
    claim::ClaimState,
    delivery::DeliveryState,
    machine::Command,
    need::{CloseReason, NeedState},
    pairing::{Outcome, PairingState},
    permission::{Refusal, Separation},
    verification::{FailReason, LineResult, is_sampled},
};
use duijie_tests::{
    steps::closing,
    world::{World, day, household, with},
};
use services::aid::delivery::{self, Plan};
use services::aid::verification::{self, Finding};
use services::aid::{claim, pairing};
use services::needs::need;
use services::{Conflict, Error, Policy};

duijie_tests::both_engines!(
    from_the_first_entry_to_met_in_full,
    part_of_it_met,
    not_met_goes_back_to_work,
    three_failures_close_as_unverified,
    a_recheck_that_finds_nothing_opens_the_need_again,
    corrections_supersede,
    the_other_ends_of_a_need,
    a_transfer_carries_the_units_over,
);

fn separated(outcome: Result<impl std::fmt::Debug, Error>, separation: Separation) {
    assert!(matches!(outcome, Err(Error::Forbidden(Refusal::Separated(why))) if why == separation), "{outcome:?}");
}

fn rule(outcome: Result<impl std::fmt::Debug, Error>) {
    assert!(matches!(outcome, Err(Error::Conflict(Conflict::Rule(_)))), "{outcome:?}");
}

/// Neither this pairing nor a later one is drawn for a recheck, or this one is.
fn policy(pairing: uuid::Uuid, sampled: bool) -> Policy {
    let recheck_seed = (0..1000).find(|seed| is_sampled(pairing, *seed) == sampled).unwrap();
    Policy { recheck_seed, ..Policy::default() }
}

async fn from_the_first_entry_to_met_in_full(world: World) {
    let code = world.draft("street", &household()).await;
    need::submit(&world.by("street"), &code).await.unwrap();
    assert_eq!(world.need(&code).await.state, NeedState::InReview);
    // Sent back once, mended, sent again by the district, whose other clerk publishes.
    need::return_(&world.by("district"), &code, "请补充每周几次").await.unwrap();
    need::revise(&world.by("street"), &code).await.unwrap();
    need::submit(&world.by("district2"), &code).await.unwrap();
    separated(need::publish(&world.by("district2"), &code).await, Separation::Author);
    need::publish(&world.by("district"), &code).await.unwrap();
    assert_eq!(world.need(&code).await.state, NeedState::Published);

    let claim = world.claimed("meals", &code, &[10, 0]).await;
    let lines = world.lines(&code).await;
    assert_eq!((lines[0].taken, lines[1].taken), (10, 0));
    claim::ask(&world.by("street"), &claim, "周末也送吗").await.unwrap();
    claim::answer(&world.by("meals_worker"), &claim, "周末也送").await.unwrap();
    let pairing = claim::approve(&world.by("street"), &claim).await.unwrap();
    assert_eq!(world.claim(&claim).await.state, ClaimState::Approved);
    // The rest by another organization.
    let rest = world.active("care", &code, &[4, 2]).await;
    assert_eq!(world.lines(&code).await[0].remaining(), 0);
    let world = {
        let id = world.pairing(&pairing).await.id;
        let other = world.pairing(&rest).await.id;
        let seed = (0..1000).find(|seed| !is_sampled(id, *seed) && !is_sampled(other, *seed)).unwrap();
        world.reopen(Policy { recheck_seed: seed, ..Policy::default() })
    };

    // Nothing before the first contact.
    let plan =
        Plan { line_id: lines[0].id, days: vec![world.now().day(), day("2026-11-25")], at: Some("11:30".to_owned()) };
    rule(delivery::plan(&world.by("meals"), &pairing, &plan).await);
    pairing::start(&world.by("meals"), &pairing, "已电话联系").await.unwrap();
    assert_eq!(delivery::plan(&world.by("meals"), &pairing, &plan).await.unwrap(), 2);
    assert_eq!(
        delivery::plan(&world.by("meals"), &pairing, &plan).await.unwrap(),
        0,
        "the same visits are not planned twice"
    );
    let planned = world.deliveries(&pairing).await;
    rule(
        delivery::record(
            &world.by("meals"),
            &pairing,
            planned.iter().find(|d| d.planned_on == day("2026-11-25")).unwrap().id,
            &world.visit(),
        )
        .await,
    );
    let today = planned.iter().find(|d| d.planned_on == world.now().day()).unwrap().id;
    delivery::record(&world.by("meals_worker"), &pairing, today, &world.visit()).await.unwrap();
    assert!(
        matches!(
            delivery::decide(&world.by("meals_worker"), today, true, "").await,
            Err(Error::Forbidden(Refusal::Role))
        ),
        "an organization confirms nothing"
    );
    delivery::decide(&world.by("village"), today, true, "").await.unwrap();

    world.served("meals", &pairing).await;
    world.report("meals", &pairing).await;
    rule(pairing::complete(&world.by("street"), &pairing).await);
    let met = world.finding(&pairing, LineResult::Met).await;
    let verification = world.assigned(&pairing, "village").await;
    for other in ["street", "street2"] {
        let outcome = verification::submit(&world.by(other), verification, &met).await;
        assert!(matches!(outcome, Err(Error::Forbidden(Refusal::NotAssigned))), "{outcome:?}");
    }
    verification::reassign(&world.by("street"), verification, world.id("street2")).await.unwrap();
    rule(pairing::complete(&world.by("street"), &pairing).await);
    verification::submit(&world.by("street2"), verification, &met).await.unwrap();
    separated(pairing::complete(&world.by("street2"), &pairing).await, Separation::Verifier);
    assert!(matches!(pairing::complete(&world.by("meals"), &pairing).await, Err(Error::Forbidden(Refusal::Role))));
    pairing::complete(&world.by("street"), &pairing).await.unwrap();
    let done = world.pairing(&pairing).await;
    assert_eq!((done.state, done.result.as_deref()), (PairingState::Completed, Some("met")));
    let states: Vec<_> = world.deliveries(&pairing).await.iter().map(|d| d.state).collect();
    assert!(
        states.contains(&DeliveryState::Confirmed)
            && states.contains(&DeliveryState::Voided)
            && !states.contains(&DeliveryState::Planned),
        "{states:?}"
    );
    // The other organization is still at it.
    assert_eq!(world.need(&code).await.state, NeedState::Published);

    world.served("care", &rest).await;
    world.report("care", &rest).await;
    world.verified(&rest, "village", LineResult::Met).await;
    pairing::complete(&world.by("district"), &rest).await.unwrap();
    let closed = world.need(&code).await;
    assert_eq!((closed.state, closed.close_reason), (NeedState::Closed, Some(CloseReason::MetFull)));
    world.sound().await;
}

async fn part_of_it_met(world: World) {
    // What nobody took stays open, and may be closed as met in part by hand, only because part was verified.
    let code = world.meals(14).await;
    rule(need::propose_close(&world.by("street"), &code, &closing(CloseReason::MetPartial)).await);
    assert!(matches!(
        need::propose_close(&world.by("street"), &code, &closing(CloseReason::MetFull)).await,
        Err(Error::Invalid(_))
    ));
    let pairing = world.reported("meals", &code, &[6]).await;
    world.verified(&pairing, "street2", LineResult::Met).await;
    pairing::complete(&world.by("street"), &pairing).await.unwrap();
    assert_eq!(world.need(&code).await.state, NeedState::Published);
    world.closed(&code, CloseReason::MetPartial).await;
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetPartial));

    // After its term nothing is open again of meals that were missed: met in part.
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    world.served("meals", &pairing).await;
    world.set(domain::calendar::Time::at(day("2027-03-01"), 10, 0));
    world.report("meals", &pairing).await;
    // The reporter is of the organization; a reporter among staff would be refused as verifier.
    world.verified(&pairing, "street2", LineResult::Partial).await;
    let world = {
        let id = world.pairing(&pairing).await.id;
        world.reopen(policy(id, false))
    };
    pairing::complete(&world.by("street"), &pairing).await.unwrap();
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetPartial));
    world.sound().await;
}

async fn not_met_goes_back_to_work(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let mut claimed = world.report_of(&pairing).await;
    (claimed.lines[0].outcome, claimed.lines[0].reason) = (Outcome::Full, None);
    let nothing = pairing::report(&world.by("meals"), &pairing, &claimed).await;
    assert!(matches!(nothing, Err(Error::Invalid(_))), "nothing was recorded: {nothing:?}");
    world.served("meals", &pairing).await;
    world.report("meals", &pairing).await;
    world.verified(&pairing, "village", LineResult::NotMet).await;
    rule(pairing::complete(&world.by("street"), &pairing).await);
    rule(pairing::close_unverified(&world.by("street"), &pairing, "就这样吧").await);
    pairing::rework(&world.by("street"), &pairing, "请每天送到").await.unwrap();
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Active);
    // The earlier finding does not count for the next report.
    world.set(world.now().plus_days(1));
    world.report("meals", &pairing).await;
    rule(pairing::complete(&world.by("street"), &pairing).await);
    world.verified(&pairing, "street2", LineResult::Met).await;
    let world = {
        let id = world.pairing(&pairing).await.id;
        world.reopen(policy(id, false))
    };
    pairing::complete(&world.by("street"), &pairing).await.unwrap();
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetFull));
    world.sound().await;
}

async fn three_failures_close_as_unverified(world: World) {
    let code = world.meals(14).await;
    let pairing = world.reported("meals", &code, &[14]).await;
    for attempt in 1..=3 {
        rule(pairing::close_unverified(&world.by("street"), &pairing, "联系不上本人").await);
        let id = world.assigned(&pairing, if attempt == 2 { "street2" } else { "village" }).await;
        let failed = Finding::Failed { reason: FailReason::NoOneHome, note: String::new() };
        verification::submit(&world.by(if attempt == 2 { "street2" } else { "village" }), id, &failed).await.unwrap();
        rule(pairing::complete(&world.by("street"), &pairing).await);
    }
    pairing::close_unverified(&world.by("street"), &pairing, "三次都联系不上本人").await.unwrap();
    let done = world.pairing(&pairing).await;
    assert_eq!((done.state, done.result.as_deref()), (PairingState::Completed, Some("unverified")));
    let need = world.need(&code).await;
    assert_eq!(need.state, NeedState::Closed);
    assert!(!need.close_reason.unwrap().is_success(), "unverified is no success: {:?}", need.close_reason);
    let figures = services::finding::hall::figures(&world.services).await.unwrap();
    assert_eq!((figures.met, figures.unmet), (0, 1));
    world.sound().await;
}

async fn a_recheck_that_finds_nothing_opens_the_need_again(world: World) {
    let code = world.meals(14).await;
    let pairing = world.reported("meals", &code, &[14]).await;
    world.verified(&pairing, "village", LineResult::Met).await;
    let world = {
        let id = world.pairing(&pairing).await.id;
        world.reopen(policy(id, true))
    };
    pairing::complete(&world.by("street"), &pairing).await.unwrap();
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetFull));
    let recheck = world.verifications(&pairing).await.into_iter().find(|v| v.recheck).expect("drawn for a recheck");
    assert_eq!(recheck.assignee_id, world.id("next_street"), "by another street");
    let not_met = world.finding(&pairing, LineResult::NotMet).await;
    verification::submit(&world.by("next_street"), recheck.id, &not_met).await.unwrap();
    let again = world.need(&code).await;
    assert_eq!((again.state, again.cycle, again.close_reason), (NeedState::InReview, 2, None));
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Completed, "what was decided stays");

    // The second cycle, with fresh units; the first one is frozen.
    need::publish(&world.by("district"), &code).await.unwrap();
    let lines = world.lines(&code).await;
    assert_eq!((lines.len(), lines[0].cycle, lines[0].taken), (1, 2, 0));
    let second = world.reported("care", &code, &[14]).await;
    world.verified(&second, "street2", LineResult::Met).await;
    let world = {
        let id = world.pairing(&second).await.id;
        world.reopen(policy(id, false))
    };
    pairing::complete(&world.by("street"), &second).await.unwrap();
    let closed = world.need(&code).await;
    assert_eq!((closed.close_reason, closed.cycle), (Some(CloseReason::MetFull), 2));

    // Within 90 days staff may open it again, not later.
    world.set(world.now().plus_days(89));
    need::reopen(&world.by("street"), &code, "本人又提出", day("2027-06-30")).await.unwrap();
    need::return_(&world.by("district"), &code, "请补充").await.unwrap();
    need::abandon(&world.by("street"), &code, "本人不再需要").await.unwrap();
    world.set(world.now().plus_days(91));
    rule(need::reopen(&world.by("street"), &code, "本人又提出", day("2027-12-31")).await);
    world.sound().await;
}

async fn corrections_supersede(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let first = world.record("meals", &pairing).await;
    delivery::decide(&world.by("village"), first, false, "本人说没有送到").await.unwrap();
    let today = world.now().day();
    let done =
        delivery::Done { done_on: today, at: None, units: 1, minutes: Some(20), note: String::new(), again: false };
    delivery::correct(&world.by("meals"), &pairing, first, &done, "填错了分钟").await.unwrap();
    rule(delivery::correct(&world.by("meals"), &pairing, first, &done, "再改一次").await);
    let all = world.deliveries(&pairing).await;
    let old = all.iter().find(|d| d.id == first).unwrap();
    let new = all.iter().find(|d| d.supersedes == Some(first)).unwrap();
    assert_eq!((old.state, old.superseded, old.minutes), (DeliveryState::Voided, true, Some(40)));
    assert_eq!((new.state, new.minutes), (DeliveryState::Recorded, Some(20)));
    delivery::decide(&world.by("street"), new.id, true, "").await.unwrap();
    // What was confirmed is not edited: its correction is a new record beside it.
    delivery::correct(&world.by("meals"), &pairing, new.id, &done, "核对后更正").await.unwrap();
    let all = world.deliveries(&pairing).await;
    assert_eq!(
        all.iter().find(|d| d.id == new.id).map(|d| (d.state, d.superseded)),
        Some((DeliveryState::Confirmed, true))
    );
    // Confirming several is all or nothing.
    let open = all.iter().find(|d| d.supersedes == Some(new.id)).unwrap().id;
    assert!(delivery::confirm_all(&world.by("village"), &[open, first]).await.is_err());
    assert_eq!(world.deliveries(&pairing).await.iter().find(|d| d.id == open).unwrap().state, DeliveryState::Recorded);
    assert_eq!(delivery::confirm_all(&world.by("village"), &[open]).await.unwrap(), 1);
    world.sound().await;
}

async fn the_other_ends_of_a_need(world: World) {
    // Closing a need ends what runs, and nothing planned becomes delivered.
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[6]).await;
    let line = world.lines(&code).await[0].id;
    delivery::plan(&world.by("meals"), &pairing, &Plan { line_id: line, days: vec![day("2026-12-01")], at: None })
        .await
        .unwrap();
    let pending = world.claimed("care", &code, &[8]).await;
    world.closed(&code, CloseReason::CoveredByGovernment).await;
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Terminated);
    assert_eq!(world.claim(&pending).await.state, ClaimState::Superseded);
    assert!(world.deliveries(&pairing).await.iter().all(|d| d.state == DeliveryState::Voided));
    assert_eq!(world.lines(&code).await[0].taken, 0);

    // Suspended: no claim, no approval; resumed: both.
    let code = world.meals(14).await;
    let claim = world.claimed("care", &code, &[2]).await;
    need::suspend(&world.by("street"), &code, "本人住院").await.unwrap();
    rule(claim::submit(&world.by("meals"), &code, &world.offer(&code, &[1]).await).await);
    rule(claim::approve(&world.by("street"), &claim).await);
    need::resume(&world.by("street"), &code).await.unwrap();
    claim::approve(&world.by("street"), &claim).await.unwrap();
    world.closed(&code, CloseReason::Withdrawn).await;
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::Withdrawn));

    // Merged with a redirect, undone within seven days, not later.
    let (into, code) = (world.meals(14).await, world.meals(14).await);
    let claim = world.claimed("care", &code, &[2]).await;
    need::merge(&world.by("street"), &code, &into, "同一户重复登记").await.unwrap();
    assert_eq!(world.claim(&claim).await.state, ClaimState::Superseded);
    assert!(matches!(
        services::aid::view::need(&world.services, services::finding::hall::Viewer::Public, &code).await,
        Ok(services::aid::view::NeedView::Moved(to)) if to == into
    ));
    need::unmerge(&world.by("street"), &code).await.unwrap();
    need::merge(&world.by("street"), &code, &into, "同一户重复登记").await.unwrap();
    world.set(world.now().plus_days(8));
    rule(need::unmerge(&world.by("street"), &code).await);

    // Abandoned before publication.
    let code = world.draft("street", &with(&household(), &[("source_no", "JJN202611240002")])).await;
    need::abandon(&world.by("street"), &code, "重复").await.unwrap();
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::NotPublished));
    world.sound().await;
}

async fn a_transfer_carries_the_units_over(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[10]).await;
    let offer = services::aid::transfer::offer(&world.by("meals"), &pairing, &world.usccs["care"], "人手不够").await;
    offer.unwrap();
    rule(services::aid::transfer::offer(&world.by("meals"), &pairing, &world.usccs["third"], "人手不够").await);
    let transfer = {
        let id = world.pairing(&pairing).await.id;
        storage::aid::transfer::pending_of(&mut world.read().await, id).await.unwrap().unwrap().id
    };
    assert!(matches!(services::aid::transfer::answer(&world.by("third"), transfer, true).await, Err(Error::NotFound)));
    assert!(matches!(
        services::aid::transfer::decide(&world.by("street"), transfer, true, "").await,
        Err(Error::Conflict(Conflict::Illegal(_)))
    ));
    services::aid::transfer::answer(&world.by("care"), transfer, true).await.unwrap();
    let new = services::aid::transfer::decide(&world.by("street"), transfer, true, "").await.unwrap();
    let (old, new) = (world.pairing(&pairing).await, world.pairing(&new).await);
    assert_eq!((old.state, old.successor_id), (PairingState::Transferred, Some(new.id)));
    assert_eq!((new.state, new.organization_id), (PairingState::PendingStart, world.org("care")));
    assert_eq!(world.lines(&code).await[0].taken, 10);
    assert_eq!(world.count_events(Command::PairingTransfer.as_str()).await, 1);

    // To an organization that has lost its standing meanwhile: not approved.
    let other = world.active("third", &code, &[2]).await;
    services::aid::transfer::offer(&world.by("third"), &other, &world.usccs["meals"], "人手不够").await.unwrap();
    let id = world.pairing(&other).await.id;
    let transfer = storage::aid::transfer::pending_of(&mut world.read().await, id).await.unwrap().unwrap().id;
    services::aid::transfer::answer(&world.by("meals"), transfer, true).await.unwrap();
    services::supply::organization::suspend(&world.by("district"), world.org("meals"), "年检未过").await.unwrap();
    rule(services::aid::transfer::decide(&world.by("street"), transfer, true, "").await);
    world.sound().await;
}
