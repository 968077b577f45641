//! What was promised is held against what was done: the report, the verification and the completion line by line, and
//! what goes back to the need.

use chrono::Days;
use domain::{
    calendar::Time,
    machine::Command,
    need::{CloseReason, Frequency, NeedState},
    pairing::{Outcome, PairingState, Purpose, ShortReason},
    permission::{Refusal, Separation},
    verification::{LineResult, is_sampled},
};
use duijie_tests::{
    steps::closing,
    world::{World, day, fields, household, with},
};
use services::aid::delivery::{self, Done, Plan, Visit};
use services::aid::verification::{self, Finding};
use services::aid::{claim, pairing, promise};
use services::base::{audit, notice};
use services::needs::need;
use services::{Conflict, Error, Policy};
use uuid::Uuid;

duijie_tests::both_engines!(
    eight_meals_a_week_are_open_again,
    monthly_cleaning_does_not_close_in_full,
    what_is_made_up_later_opens_as_a_line_of_its_own,
    needed_once_goes_on_with_another,
    a_report_ends_what_was_planned_and_is_taken_back,
    a_report_says_why,
    met_against_the_account_says_why,
    the_same_day_is_asked_about,
    whoever_verifies_hears_of_it,
    closing_takes_two,
    a_transfer_carries_what_is_left,
    what_does_not_add_up_is_named,
    needs_that_stand_wrong_are_mended_once,
    a_part_goes_back_and_the_rest_goes_on,
    of_what_is_needed_once_the_undone_part_goes_back,
);

fn rule(outcome: Result<impl std::fmt::Debug, Error>) {
    assert!(matches!(outcome, Err(Error::Conflict(Conflict::Rule(_)))), "{outcome:?}");
}

/// The mistakes of a form, each as `field: message`.
fn mistakes<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Vec<String> {
    match outcome {
        Err(Error::Invalid(all)) => all.into_iter().map(|m| format!("{}: {}", m.field, m.message)).collect(),
        other => panic!("{other:?}"),
    }
}

/// A need with one line.
async fn one_line(world: &World, changes: &[(&str, &str)]) -> String {
    let one = with(
        &household(),
        &[("lines.1.service", ""), ("lines.1.quantity", ""), ("lines.1.unit", ""), ("lines.1.per", "")],
    );
    world.published(&with(&one, changes)).await
}

/// Records units of a day on the pairing's first line and confirms them.
async fn done(world: &World, by: &str, pairing: &str, units: i64) {
    let line = world.promise(pairing).await.lines[0].line_id;
    let before: Vec<Uuid> = world.deliveries(pairing).await.iter().map(|d| d.id).collect();
    let visit =
        Done { done_on: world.now().day(), at: None, units, minutes: Some(30), note: String::new(), again: true };
    delivery::record_unplanned(&world.by(by), pairing, line, &Visit::Done(visit)).await.unwrap();
    let new = world.deliveries(pairing).await.into_iter().find(|d| !before.contains(&d.id)).unwrap();
    delivery::decide(&world.by("village"), new.id, true, "").await.unwrap();
}

/// Reported, verified, completed; nothing drawn for a recheck.
async fn completed(world: World, by: &str, code: &str, result: LineResult, units: Option<i64>) -> World {
    world.report(by, code).await;
    let id = world.assigned(code, "village").await;
    let mut finding = world.finding(code, result).await;
    if let (Finding::Verified { lines, .. }, Some(units)) = (&mut finding, units) {
        lines[0].units = Some(units);
    }
    verification::submit(&world.by("village"), id, &finding).await.unwrap();
    let pairing = world.pairing(code).await.id;
    let recheck_seed = (0..1000).find(|seed| !is_sampled(pairing, *seed)).unwrap();
    let world = world.reopen(Policy { recheck_seed, ..Policy::default() });
    pairing::complete(&world.by("street"), code).await.unwrap();
    world
}

async fn eight_meals_a_week_are_open_again(world: World) {
    let code = world.meals(14).await;
    let published = world.need(&code).await.published_at;
    let pairing = world.active("meals", &code, &[8]).await;
    world.set(Time::at(day("2026-11-30"), 12, 0));
    done(&world, "meals", &pairing, 2).await;
    world.set(Time::at(day("2026-12-07"), 10, 0));
    let promise = world.promise(&pairing).await;
    // 27 to 29 November three sevenths of eight, then a whole week.
    assert_eq!((promise.lines[0].account.due, promise.lines[0].account.short), (4 + 8, 10));
    let world = completed(world, "meals", &pairing, LineResult::Partial, Some(2)).await;
    let done = world.pairing(&pairing).await;
    assert_eq!((done.state, done.result.as_deref()), (PairingState::Completed, Some("partial")));
    let need = world.need(&code).await;
    assert_eq!((need.state, need.published_at), (NeedState::Published, published), "with its place in the queue");
    let line = world.lines(&code).await.remove(0);
    assert_eq!((line.taken, line.remaining(), line.open_from), (0, 14, Some(day("2026-12-08"))));
    let queue = services::aid::queue::list(&world.by("street"), None, 0, 9).await.unwrap();
    assert!(queue.rows.iter().any(|row| row.code == code), "somebody looks for a successor");
    // A meal of yesterday is lost with the day; what lies ahead is open, and somebody else takes it.
    let settled = world.promise(&pairing).await.lines[0].settled.unwrap();
    assert_eq!((settled.delivered, settled.lapsed()), (2, settled.short));
    assert_eq!(settled.agreed, settled.delivered + settled.short + settled.ahead);
    assert_eq!(settled.returned, settled.ahead);
    let next = world.active("care", &code, &[14]).await;
    assert_eq!(world.lines(&code).await[0].remaining(), 0);
    world.served("care", &next).await;
    let world = completed(world, "care", &next, LineResult::Met, None).await;
    // Some meals were missed for good: not in full.
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetPartial));
    world.sound().await;
}

async fn monthly_cleaning_does_not_close_in_full(world: World) {
    let code = one_line(
        &world,
        &[
            ("lines.0.service", "B02"),
            ("lines.0.quantity", "2"),
            ("lines.0.unit", "次"),
            ("lines.0.per", "month"),
            ("lines.0.starts_on", "2026-11-24"),
            ("lines.0.ends_on", "2027-03-31"),
        ],
    )
    .await;
    let pairing = world.active("care", &code, &[2]).await;
    done(&world, "care", &pairing, 2).await;
    // Done in full is not to be had while service lies ahead.
    let mut report = world.report_of(&pairing).await;
    (report.lines[0].outcome, report.lines[0].reason) = (Outcome::Full, None);
    let said = mistakes(pairing::report(&world.by("care"), &pairing, &report).await);
    assert!(said[0].starts_with("outcome.") && said[0].contains("还差"), "{said:?}");
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Active);
    let world = completed(world, "care", &pairing, LineResult::Met, None).await;
    let need = world.need(&code).await;
    assert_eq!((need.state, need.close_reason), (NeedState::Published, None));
    assert_eq!(world.lines(&code).await[0].remaining(), 2);
    assert_eq!(storage::aid::promise::met_without_why(&mut world.read().await).await.unwrap(), []);
    world.sound().await;
}

async fn what_is_made_up_later_opens_as_a_line_of_its_own(world: World) {
    let code = one_line(
        &world,
        &[
            ("lines.0.service", "B03"),
            ("lines.0.quantity", "1"),
            ("lines.0.unit", "次"),
            ("lines.0.per", "week"),
            ("lines.0.starts_on", "2026-11-24"),
            ("lines.0.ends_on", "2026-12-20"),
        ],
    )
    .await;
    let pairing = world.active("care", &code, &[1]).await;
    done(&world, "care", &pairing, 1).await;
    world.set(Time::at(day("2026-12-21"), 10, 0));
    // Four weeks, one bath: three are made up, though the line's own term is over.
    let world = completed(world, "care", &pairing, LineResult::Partial, Some(1)).await;
    let lines = world.lines(&code).await;
    assert_eq!((lines.len(), lines[0].remaining()), (2, 0));
    let made_up = &lines[1];
    assert_eq!((made_up.made_up_of, made_up.per, made_up.remaining()), (Some(lines[0].id), Frequency::Total, 3));
    assert!(made_up.ends_on.unwrap() >= world.now().day() + Days::new(30));
    assert_eq!(world.need(&code).await.state, NeedState::Published);
    // Whoever makes them up brings the need to its end in full.
    let next = world.active("meals", &code, &[0, 3]).await;
    world.served("meals", &next).await;
    let world = completed(world, "meals", &next, LineResult::Met, None).await;
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetFull));
    world.sound().await;
}

async fn needed_once_goes_on_with_another(world: World) {
    let lessons = [
        ("lines.0.service", "C07"),
        ("lines.0.quantity", "10"),
        ("lines.0.unit", "次"),
        ("lines.0.per", "total"),
        ("lines.0.starts_on", "2026-11-24"),
        ("lines.0.ends_on", "2027-01-31"),
    ];
    let code = one_line(&world, &lessons).await;
    let pairing = world.active("care", &code, &[10]).await;
    done(&world, "care", &pairing, 4).await;
    pairing::terminate(&world.by("street"), &pairing, "老师搬走了").await.unwrap();
    // Four are done and stay so; six are open.
    assert_eq!((world.lines(&code).await[0].taken, world.lines(&code).await[0].remaining()), (4, 6));
    let next = world.active("meals", &code, &[6]).await;
    done(&world, "meals", &next, 5).await;
    let world = completed(world, "meals", &next, LineResult::Partial, Some(5)).await;
    assert_eq!(world.lines(&code).await[0].remaining(), 1);
    let last = world.active("third", &code, &[1]).await;
    done(&world, "third", &last, 1).await;
    // Every lesson was given, by three; only two of them were verified.
    let world = completed(world, "third", &last, LineResult::Met, None).await;
    assert_eq!(world.need(&code).await.close_reason, Some(CloseReason::MetFull));
    world.sound().await;
}

async fn a_report_ends_what_was_planned_and_is_taken_back(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let line = world.lines(&code).await[0].id;
    let days: Vec<_> = (0..13).map(|n| day("2026-11-27") + Days::new(n)).collect();
    let plan = Plan { line_id: line, days, at: Some("11:30".to_owned()) };
    delivery::plan(&world.by("meals"), &pairing, &plan).await.unwrap();
    let first = world.deliveries(&pairing).await[0].id;
    let goes = delivery::Goes::Worker(world.id("meals_worker"));
    delivery::assign(&world.by("meals"), &pairing, first, goes).await.unwrap();
    done(&world, "meals", &pairing, 1).await;
    let before = world.rows().await;
    let report = world.report_of(&pairing).await;
    let open = pairing::check_report(&world.by("meals"), &pairing, &report).await.unwrap();
    assert_eq!((open.len(), world.rows().await == before), (13, true), "looking at it changes nothing");
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Call).await.unwrap();
    let planned = |all: Vec<storage::aid::delivery::Delivery>| {
        let mut days: Vec<_> = all
            .into_iter()
            .filter(|d| d.state.as_str() == "planned")
            .map(|d| (d.planned_on, d.planned_at, d.goes_id))
            .collect();
        days.sort();
        days
    };
    let as_it_was = planned(world.deliveries(&pairing).await);
    assert_eq!(as_it_was.iter().filter(|(_, _, goes)| goes.is_some()).count(), 1);
    pairing::report(&world.by("meals"), &pairing, &report).await.unwrap();
    assert_eq!(planned(world.deliveries(&pairing).await), []);
    rule(pairing::disclose(&world.by("meals"), &pairing, Purpose::Call).await.map(|_| ()));

    // One tap, also after somebody was named; not by anybody else.
    world.assigned(&pairing, "village").await;
    assert!(pairing::take_back(&world.by("street"), &pairing).await.is_err());
    pairing::take_back(&world.by("meals_worker"), &pairing).await.unwrap();
    let now = world.pairing(&pairing).await;
    assert_eq!((now.state, now.outcome, now.reported_at, now.due_at), (PairingState::Active, None, None, None));
    assert_eq!(planned(world.deliveries(&pairing).await), as_it_was);
    pairing::disclose(&world.by("meals"), &pairing, Purpose::Call).await.unwrap();
    assert_eq!(world.count_events(Command::PairingTakeBack.as_str()).await, 1);

    // Not once the verifier has begun.
    world.report("meals", &pairing).await;
    let id = world.assigned(&pairing, "village").await;
    pairing::disclose(&world.by("village"), &pairing, Purpose::Verify).await.unwrap();
    rule(pairing::take_back(&world.by("meals"), &pairing).await);
    // Sent back to work, what was planned from today on stands again.
    let finding = world.finding(&pairing, LineResult::NotMet).await;
    verification::submit(&world.by("village"), id, &finding).await.unwrap();
    pairing::rework(&world.by("street"), &pairing, "请每天送到").await.unwrap();
    assert_eq!(planned(world.deliveries(&pairing).await), as_it_was);
    world.sound().await;
}

async fn a_report_says_why(world: World) {
    let code = world.published(&household()).await;
    let pairing = world.active("meals", &code, &[14, 2]).await;
    world.record("meals", &pairing).await;
    let lines: Vec<Uuid> = world.promise(&pairing).await.lines.iter().map(|line| line.line_id).collect();
    let (meals, baths) = (lines[0], lines[1]);
    let form = fields(&[
        (&format!("outcome.{meals}"), "partial"),
        (&format!("outcome.{baths}"), "none"),
        (&format!("short_reason.{baths}"), "other"),
        ("report", "送了一次"),
    ]);
    let report = pairing::read_report(&form, &lines).unwrap();
    let said = mistakes(pairing::report(&world.by("meals"), &pairing, &report).await);
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with(&format!("short_reason.{meals}: 助餐没有做满")), "{said:?}");
    assert!(said[1].starts_with(&format!("short_note.{baths}: ")), "{said:?}");
    let form = with(
        &form,
        &[(&format!("short_reason.{meals}"), "household_declined"), (&format!("short_note.{baths}"), "浴室在修")],
    );
    let report = pairing::read_report(&form, &lines).unwrap();
    pairing::report(&world.by("meals"), &pairing, &report).await.unwrap();
    let id = world.pairing(&pairing).await.id;
    let mut kept = storage::aid::pairing::report_lines(&mut world.read().await, id).await.unwrap();
    kept.sort_by_key(|line| line.line_id != meals);
    assert_eq!(
        kept.iter().map(|line| (line.outcome, line.reason, line.note.as_str())).collect::<Vec<_>>(),
        [
            (Outcome::Partial, Some(ShortReason::HouseholdDeclined), ""),
            (Outcome::None, Some(ShortReason::Other), "浴室在修")
        ]
    );
    assert_eq!(world.pairing(&pairing).await.outcome, Some(Outcome::Partial));
}

async fn met_against_the_account_says_why(world: World) {
    let code = world.published(&household()).await;
    let pairing = world.active("meals", &code, &[14, 2]).await;
    world.record("meals", &pairing).await;
    world.report("meals", &pairing).await;
    let id = world.assigned(&pairing, "village").await;
    let lines: Vec<Uuid> = world.promise(&pairing).await.lines.iter().map(|line| line.line_id).collect();
    let (meals, baths) = (lines[0], lines[1]);
    let form = fields(&[
        (&format!("result.{meals}"), "met"),
        (&format!("result.{baths}"), "partial"),
        (&format!("units.{baths}"), "1"),
        ("method", "call"),
    ]);
    let said = mistakes(verification::read(&form, &lines));
    assert!(said.iter().any(|text| text.starts_with("note: ")), "what was seen or said is asked for: {said:?}");
    let form = with(&form, &[("note", "本人说饭送到了")]);
    let finding = verification::read(&form, &lines).unwrap();
    let said = mistakes(verification::submit(&world.by("village"), id, &finding).await);
    assert!(said.len() == 1 && said[0].starts_with(&format!("why.{meals}: ")), "{said:?}");
    // Whoever can say nothing of any line has verified nothing.
    let nothing =
        with(&form, &[(&format!("result.{meals}"), "cannot_say"), (&format!("result.{baths}"), "cannot_say")]);
    let nothing = verification::read(&nothing, &lines).unwrap();
    assert!(!mistakes(verification::submit(&world.by("village"), id, &nothing).await).is_empty());
    let form = with(&form, &[(&format!("why.{meals}"), "本人住院，说不用补")]);
    let finding = verification::read(&form, &lines).unwrap();
    verification::submit(&world.by("village"), id, &finding).await.unwrap();
    let found = world.verifications(&pairing).await;
    assert_eq!(found[0].result, Some(domain::verification::VerificationResult::Partial), "derived, not chosen");
    let pairing_id = world.pairing(&pairing).await.id;
    let kept = storage::aid::verification::lines_of_pairing(&mut world.read().await, pairing_id).await.unwrap();
    assert_eq!(
        kept.iter().map(|line| (line.result, line.units, line.why.as_str())).collect::<Vec<_>>(),
        [(LineResult::Met, None, "本人住院，说不用补"), (LineResult::Partial, Some(1), "")]
    );
}

async fn the_same_day_is_asked_about(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let line = world.lines(&code).await[0].id;
    let visit = |again: bool| {
        let done_on = world.now().day();
        Visit::Done(Done { done_on, at: None, units: 1, minutes: Some(30), note: String::new(), again })
    };
    world.set(Time::at(day("2026-11-27"), 10, 20));
    delivery::record_unplanned(&world.by("meals"), &pairing, line, &visit(false)).await.unwrap();
    world.set(Time::at(day("2026-11-27"), 17, 5));
    let said = mistakes(delivery::record_unplanned(&world.by("meals_worker"), &pairing, line, &visit(false)).await);
    assert!(said[0].starts_with("again: 今天10:20已记过1次，这是另一次吗"), "{said:?}");
    assert_eq!(world.deliveries(&pairing).await.len(), 1);
    // Two taps at once, with and without the form's token: taken once.
    let token = Some(Uuid::from_u128(77));
    let taps = [token, token, None].map(|token| {
        let ctx = world.by("meals").with_once(token);
        let (pairing, visit) = (pairing.clone(), visit(false));
        async move { delivery::record_unplanned(&ctx, &pairing, line, &visit).await.is_ok() }
    });
    let mut taken = 0;
    for tap in taps {
        taken += usize::from(tap.await);
    }
    assert_eq!(taken, 0);
    delivery::record_unplanned(&world.by("meals"), &pairing, line, &visit(true)).await.unwrap();
    assert_eq!(world.deliveries(&pairing).await.len(), 2);
    // Another day, another question; a correction is none.
    world.set(Time::at(day("2026-11-28"), 9, 0));
    delivery::record_unplanned(&world.by("meals"), &pairing, line, &visit(false)).await.unwrap();
}

async fn whoever_verifies_hears_of_it(world: World) {
    let code = world.meals(14).await;
    let pairing = world.reported("meals", &code, &[14]).await;
    let told = async |name: &str| {
        let all = notice::list(&world.by(name), 0, 50).await.unwrap();
        all.into_iter().filter(|n| n.account_id.is_some()).map(|n| (n.title, n.href)).collect::<Vec<_>>()
    };
    assert_eq!(told("village").await, []);
    let id = world.assigned(&pairing, "village").await;
    let heard = told("village").await;
    assert!(heard[0].0.starts_with("请核验，") && heard[0].1 == format!("/pairings/{pairing}/verify"), "{heard:?}");
    assert_eq!(told("street2").await, [], "nobody else's");
    verification::reassign(&world.by("street"), id, world.id("street2")).await.unwrap();
    assert!(told("street2").await[0].0.starts_with("请核验，"));
    assert!(told("village").await[0].0.contains("改派"));
}

async fn closing_takes_two(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[8]).await;
    rule(need::confirm_close(&world.by("street2"), &code).await);
    need::propose_close(&world.by("street"), &code, &closing(CloseReason::DoneByOthers)).await.unwrap();
    rule(need::propose_close(&world.by("district"), &code, &closing(CloseReason::UnmetNoCapacity)).await);
    for alone in [
        need::confirm_close(&world.by("street"), &code).await,
        need::refuse_close(&world.by("street"), &code, "再想想").await,
    ] {
        assert!(matches!(alone, Err(Error::Forbidden(Refusal::Separated(Separation::Proposer)))), "{alone:?}");
    }
    for other in ["next_street", "village", "meals"] {
        assert!(need::confirm_close(&world.by(other), &code).await.is_err(), "{other}");
    }
    // Until then nothing has changed.
    assert_eq!(world.need(&code).await.state, NeedState::Published);
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Active);
    // On the desk of those who may confirm, with reason and evidence; marked as one's own for who proposed.
    let waits = async |name: &str| {
        let desk = services::office::desk::load(&world.by(name)).await.unwrap();
        let task = |item: &&services::office::desk::Item| item.task == services::office::desk::Task::ConfirmClosing;
        desk.due.iter().find(task).map(|item| item.own)
    };
    assert_eq!(
        (waits("street").await, waits("street2").await, waits("district").await),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!(waits("next_street").await, None);
    need::refuse_close(&world.by("street2"), &code, "邻居说没有").await.unwrap();
    assert_eq!((world.need(&code).await.state, waits("street2").await), (NeedState::Published, None));
    need::propose_close(&world.by("street2"), &code, &closing(CloseReason::Withdrawn)).await.unwrap();
    need::confirm_close(&world.by("district"), &code).await.unwrap();
    let closed = world.need(&code).await;
    assert_eq!((closed.state, closed.close_reason), (NeedState::Closed, Some(CloseReason::Withdrawn)));
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Terminated);
    world.sound().await;
}

async fn a_transfer_carries_what_is_left(world: World) {
    let code = one_line(
        &world,
        &[
            ("lines.0.service", "C07"),
            ("lines.0.quantity", "10"),
            ("lines.0.unit", "次"),
            ("lines.0.per", "total"),
            ("lines.0.ends_on", "2027-01-31"),
        ],
    )
    .await;
    let pairing = world.active("meals", &code, &[10]).await;
    done(&world, "meals", &pairing, 4).await;
    services::aid::transfer::offer(&world.by("meals"), &pairing, &world.usccs["care"], "人手不够").await.unwrap();
    let id = world.pairing(&pairing).await.id;
    let transfer = storage::aid::transfer::pending_of(&mut world.read().await, id).await.unwrap().unwrap().id;
    services::aid::transfer::answer(&world.by("care"), transfer, true).await.unwrap();
    let new = services::aid::transfer::decide(&world.by("street"), transfer, true, "").await.unwrap();
    assert_eq!(world.promise(&new).await.lines[0].account.agreed, 6);
    assert_eq!(world.lines(&code).await[0].taken, 10);
    world.sound().await;
}

async fn what_does_not_add_up_is_named(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[8]).await;
    done(&world, "meals", &pairing, 2).await;
    let world = completed(world, "meals", &pairing, LineResult::Partial, Some(2)).await;
    world.sound().await;
    world.raw("UPDATE claim_lines SET delivered = delivered + 3 WHERE agreed IS NOT NULL").await.unwrap();
    let report = audit::verify(&world.services.db).await.unwrap();
    assert!(report.faults.iter().any(|fault| fault.contains("重新核算")), "{:#?}", report.faults);
}

/// As before promises were settled: nothing is known of the ended pairing, and its units are still taken.
async fn unsettle(world: &World) {
    world
        .raw(
            "UPDATE need_lines SET taken = taken + (SELECT COALESCE(SUM(cl.quantity - cl.held), 0) FROM claim_lines cl WHERE cl.line_id = need_lines.id AND cl.agreed IS NOT NULL), open_from = NULL; UPDATE claim_lines SET held = quantity, agreed = NULL, delivered = NULL, short = NULL, ahead = NULL, returned = NULL, settled_on = NULL, result = NULL, received = NULL WHERE agreed IS NOT NULL; DELETE FROM verification_lines",
        )
        .await
        .unwrap();
}

async fn needs_that_stand_wrong_are_mended_once(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[8]).await;
    done(&world, "meals", &pairing, 2).await;
    let world = completed(world, "meals", &pairing, LineResult::Partial, Some(2)).await;
    // Another was closed as met in full with two of all its meals on record.
    let full = world.meals(14).await;
    let other = world.reported("care", &full, &[14]).await;
    world.verified(&other, "village", LineResult::Met).await;
    pairing::complete(&world.by("street"), &other).await.unwrap();
    assert_eq!(world.need(&full).await.close_reason, Some(CloseReason::MetFull));
    unsettle(&world).await;
    world.raw("UPDATE deliveries SET units = 2 WHERE units > 2").await.unwrap();
    assert_eq!(world.lines(&code).await[0].taken, 8, "as it was");
    let report = audit::verify(&world.services.db).await.unwrap();
    assert_eq!(
        report.faults.iter().filter(|fault| fault.contains("promise repair")).count(),
        2,
        "{:#?}",
        report.faults
    );

    let before = world.rows().await;
    let mut listed = promise::wrong(&world.services).await.unwrap();
    assert_eq!(world.rows().await, before, "a dry run changes nothing");
    listed.sort_by_key(|wrong| wrong.reopens);
    assert_eq!(
        listed.iter().map(|w| (w.need.as_str(), w.reopens)).collect::<Vec<_>>(),
        [(code.as_str(), false), (&full, true)]
    );
    assert!(listed[0].words().contains("做了2餐"), "{}", listed[0].words());

    assert_eq!(promise::repair(&world.system()).await.unwrap().len(), 2);
    assert_eq!(world.lines(&code).await[0].remaining(), 14);
    let again = world.need(&full).await;
    assert_eq!((again.state, again.cycle, again.close_reason), (NeedState::InReview, 2, None));
    assert!(promise::wrong(&world.services).await.unwrap().is_empty());
    let mended = world.rows().await;
    assert!(promise::repair(&world.system()).await.unwrap().is_empty());
    assert_eq!(world.rows().await, mended, "a second run changes nothing");
    assert!(world.count_events(Command::PairingSettle.as_str()).await >= 4);
    world.sound().await;
    let _ = claim::submit(&world.by("third"), &code, &world.offer(&code, &[14]).await).await.unwrap();
}

async fn a_part_goes_back_and_the_rest_goes_on(world: World) {
    let code = world.published(&with(&household(), &[("valid_until", "2027-11-30")])).await;
    let published = world.need(&code).await.published_at;
    let pairing = world.active("meals", &code, &[14, 2]).await;
    let lines = world.lines(&code).await;
    let plan = |line: Uuid| Plan {
        line_id: line,
        days: (20..24).map(|n| world.now().day() + Days::new(n)).collect(),
        at: None,
    };
    for line in &lines[..2] {
        delivery::plan(&world.by("meals"), &pairing, &plan(line.id)).await.unwrap();
    }
    done(&world, "meals", &pairing, 2).await;
    world.set(world.now().plus_days(17));
    let before = world.promise(&pairing).await;
    let day = world.now().day();
    let back =
        |lines: &[(Uuid, i64)]| pairing::GiveBack { lines: lines.to_vec(), reason: "少了两位志愿者".to_owned() };
    let give = async |by: &str, lines: &[(Uuid, i64)]| pairing::give_back(&world.by(by), &pairing, &back(lines)).await;

    // Not more than there is, not nothing, not everything, not by those whom it does not concern.
    assert!(mistakes(give("street", &[(lines[0].id, 15)]).await)[0].starts_with("give_back."));
    rule(give("street", &[]).await);
    rule(give("street", &[(lines[0].id, 14), (lines[1].id, 2)]).await);
    for by in ["care", "village", "next_street", "vol"] {
        assert!(give(by, &[(lines[0].id, 4)]).await.is_err(), "{by}");
    }

    // Four of fourteen meals and all of the other service: at once open again, with the place in the queue.
    give("street", &[(lines[0].id, 4), (lines[1].id, 2)]).await.unwrap();
    let now = world.lines(&code).await;
    assert_eq!((now[0].taken, now[0].open_from), (10, day.succ_opt()));
    assert_eq!((now[1].taken, now[1].open_from), (0, day.succ_opt()));
    assert_eq!(
        (world.need(&code).await.published_at, world.pairing(&pairing).await.state),
        (published, PairingState::Active)
    );
    let queue = services::aid::queue::list(&world.by("street"), None, 0, 9).await.unwrap();
    assert!(queue.rows.iter().any(|row| row.code == code), "somebody looks for a successor");
    let still: Vec<Uuid> = world
        .deliveries(&pairing)
        .await
        .iter()
        .filter(|d| d.state == domain::delivery::DeliveryState::Planned)
        .map(|d| d.line_id)
        .collect();
    assert_eq!(still, vec![lines[0].id; 4], "visits of the service that was given back fall");
    // What had fallen due until now is as it was; from tomorrow on it is ten a week.
    let after = world.promise(&pairing).await;
    assert_eq!(after.lines[0].account.due, before.lines[0].account.due);
    assert_eq!((after.lines[0].amount.as_str(), after.lines[1].amount.as_str()), ("每周10餐", "已退回"));
    assert!(after.lines[0].account.agreed < before.lines[0].account.agreed);
    world.set(world.now().plus_days(14));
    let later = world.promise(&pairing).await.lines[0].account;
    assert!(later.due - after.lines[0].account.due <= 10 * 2 + 4, "{later:?}");
    assert_eq!(later.agreed, later.done + later.waiting + later.short + later.ahead);

    // Somebody else takes it; the organization gives back more by itself, and what is left at the end.
    let next = world.active("care", &code, &[4, 2]).await;
    give("meals", &[(lines[0].id, 3)]).await.unwrap();
    assert_eq!(world.lines(&code).await[0].remaining(), 3);
    assert_eq!(world.count_events(Command::PairingGiveBack.as_str()).await, 2);
    pairing::terminate(&world.by("street"), &pairing, "厨房停了").await.unwrap();
    assert_eq!(world.lines(&code).await[0].remaining(), 10);
    pairing::terminate(&world.by("street"), &next, "人手不够").await.unwrap();
    assert!(world.lines(&code).await.iter().all(|line| line.taken == 0));
    world.sealed().await;
    world.sound().await;
}

async fn of_what_is_needed_once_the_undone_part_goes_back(world: World) {
    let lessons = [
        ("lines.0.service", "C07"),
        ("lines.0.quantity", "10"),
        ("lines.0.unit", "次"),
        ("lines.0.per", "total"),
        ("lines.0.starts_on", "2026-11-24"),
        ("lines.0.ends_on", "2027-01-31"),
    ];
    let code = one_line(&world, &lessons).await;
    let pairing = world.active("care", &code, &[10]).await;
    done(&world, "care", &pairing, 4).await;
    let line = world.lines(&code).await[0].id;
    let give = async |units: i64| {
        let back = pairing::GiveBack { lines: vec![(line, units)], reason: "老师只剩一半时间".to_owned() };
        pairing::give_back(&world.by("care"), &pairing, &back).await
    };
    assert_eq!(mistakes(give(7).await).len(), 1, "four are done");
    rule(give(6).await);
    give(5).await.unwrap();
    assert_eq!(world.lines(&code).await[0].remaining(), 5);
    let account = world.promise(&pairing).await.lines[0].account;
    assert_eq!((account.agreed, account.done, account.ahead), (5, 4, 1));
    done(&world, "care", &pairing, 1).await;
    let world = completed(world, "care", &pairing, LineResult::Met, None).await;
    assert_eq!(world.lines(&code).await[0].remaining(), 5);
    assert_eq!(world.need(&code).await.state, NeedState::Published);
    world.sound().await;
}
