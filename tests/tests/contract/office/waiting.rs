//! What waits: late things stand on the desks that they have come to, their people are told, urgent ones come first.

use chrono::Days;
use domain::calendar::Time;
use domain::clock::Name;
use domain::delivery::DeliveryState;
use domain::pairing::PairingState;
use domain::signup::SignupState;
use domain::verification::LineResult;
use duijie_tests::world::{World, day, household, with};
use services::Error;
use services::aid::{ask, claim, delivery, matching, pairing, queue, verification};
use services::office::desk::{self, Item, Task};
use services::office::{clocks, lists};
use services::volunteers::{attendance, signup};
use uuid::Uuid;

use crate::volunteers::volunteer::{opened, own, planned, signed, state};

duijie_tests::both_engines!(
    an_urgent_need_goes_up_by_the_hour_and_comes_first,
    who_could_serve_an_urgent_need_hears_of_it_as_it_is_published,
    an_urgent_invitation_ends_before_the_need_s_own_clock,
    a_silent_pairing_is_the_organization_s_the_street_s_the_district_s,
    late_work_of_every_kind_goes_up_once_to_each_office,
    a_verifier_hears_of_the_work_and_of_its_end,
    sign_ups_gone_by_end_by_themselves,
    whoever_comes_tomorrow_hears_so_once,
    a_need_s_validity_is_announced_14_and_3_days_before,
    all_that_is_late_opens_on_a_page_of_its_own,
);

/// Runs the clocks twice: the second run finds nothing to do.
async fn tick(world: &World) {
    assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
    let before = world.rows().await;
    assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
    assert_eq!(before, world.rows().await, "a second run does nothing");
}

async fn told(world: &World, scope: &str, title: &str) -> i64 {
    world.number(&format!("SELECT COUNT(*) FROM notices WHERE scope = '{scope}' AND title LIKE '%{title}%'")).await
}

async fn told_organization(world: &World, title: &str) -> i64 {
    world
        .number(&format!("SELECT COUNT(*) FROM notices WHERE organization_id IS NOT NULL AND title LIKE '%{title}%'"))
        .await
}

/// Late lines of a reader: what is late, of which record.
async fn late(world: &World, by: &str) -> Vec<Item> {
    desk::load(&world.by(by)).await.unwrap().overdue
}

async fn is_late(world: &World, by: &str, code: &str) -> usize {
    late(world, by).await.iter().filter(|item| item.code == code).count()
}

const OFFICES: [&str; 3] = ["street", "district", "city"];

/// On how many lines of each office's desk a record is late.
async fn on_desks(world: &World, code: &str) -> [usize; 3] {
    [
        is_late(world, OFFICES[0], code).await,
        is_late(world, OFFICES[1], code).await,
        is_late(world, OFFICES[2], code).await,
    ]
}

fn words(world: &World, item: &Item) -> String {
    item.running.expect("a clock of the table").words(world.now(), &world.services.calendar())
}

async fn an_urgent_need_goes_up_by_the_hour_and_comes_first(world: World) {
    for _ in 0..3 {
        world.meals(14).await;
        world.set(world.now().plus_hours(1));
    }
    world.set(world.now().plus_days(20));
    let need = world.published(&with(&household(), &[("urgency", "urgent"), ("valid_until", "2027-06-30")])).await;
    let published = world.need(&need).await.published_at.unwrap();
    let at = |hours: i64| published.plus_hours(hours).plus_minutes(1);
    for (hours, level, late) in [
        (11, 0, [0, 0, 0]),
        (13, 1, [0, 0, 0]),
        (21, 2, [0, 0, 0]),
        (25, 3, [1, 1, 0]),
        (30, 3, [1, 1, 0]),
        (37, 4, [1, 1, 1]),
    ] {
        world.set(at(hours));
        tick(&world).await;
        assert_eq!(world.need(&need).await.escalation, level, "after {hours} hours");
        assert_eq!(on_desks(&world, &need).await, late, "after {hours} hours");
        // The first line of the queue, however long the others have waited, at every office.
        for by in OFFICES {
            assert_eq!(queue::list(&world.by(by), None, 0, 9).await.unwrap().rows[0].code, need, "{by}");
            assert_eq!(desk::load(&world.by(by)).await.unwrap().unclaimed[0].code, need, "{by}");
        }
    }
    let street = late(&world, "street").await;
    assert_eq!(street[0].code, need, "urgent before all that is later");
    assert_eq!(words(&world, &street[0]), "逾期13小时1分，已报市级");
    for (scope, title) in [
        ("120102012", "急难需求12小时无人认领"),
        ("120102", "急难需求20小时无人认领，请协调"),
        ("120102", "急难需求满24小时"),
        ("12", "急难需求36小时无人认领"),
    ] {
        assert_eq!(told(&world, scope, title).await, 1, "{title}");
    }
    // Taken: nobody is urged any more.
    world.active("meals", &need, &[5, 0]).await;
    world.active("care", &need, &[9, 2]).await;
    assert_eq!(on_desks(&world, &need).await, [0, 0, 0]);
    world.sealed().await;
    world.sound().await;
}

async fn who_could_serve_an_urgent_need_hears_of_it_as_it_is_published(world: World) {
    world.published(&household()).await;
    let ours = "急难：附近有需求要在24小时内";
    assert_eq!(told_organization(&world, ours).await, 0, "of a normal one only by saved searches");
    let need = world.published(&with(&household(), &[("urgency", "urgent")])).await;
    let able = matching::candidates(&world.by("street"), &need, None, 50).await.unwrap().total;
    assert!(able >= 3, "{able}");
    assert_eq!(told_organization(&world, ours).await, i64::try_from(able).unwrap());
    assert_eq!(told(&world, "120102012", &format!("已告诉{able}家能做的组织")).await, 1);
    // The first widening tells only those who did not know.
    world.set(world.now().plus_hours(13));
    tick(&world).await;
    assert_eq!(told_organization(&world, "附近有需求等了12小时").await, 0);
}

async fn an_urgent_invitation_ends_before_the_need_s_own_clock(world: World) {
    let need = world.published(&with(&household(), &[("urgency", "urgent")])).await;
    let published = world.now();
    world.set(published.plus_hours(6));
    crate::aid::ask::invite(&world, "street", &need, &["meals"]).await.unwrap();
    let due = ask::of_need(&world.by("street"), &need).await.unwrap()[0].ask.due_at;
    assert_eq!(due, published.plus_hours(20));
    world.set(due.plus_minutes(1));
    tick(&world).await;
    let id = ask::of_need(&world.by("street"), &need).await.unwrap()[0].ask.id;
    assert!(ask::accept(&world.by("meals"), id, "中午送到", "2026-11-27").await.is_err(), "it is over");
    assert_eq!(told(&world, "120102012", "邀请到期没有回复").await, 1);
}

async fn a_silent_pairing_is_the_organization_s_the_street_s_the_district_s(world: World) {
    // After the line has begun: what is agreed to begin later cannot be quiet before.
    world.set(world.now().plus_days(14));
    let need = world.published(&with(&household(), &[("valid_until", "2027-11-30")])).await;
    let code = world.active("meals", &need, &[14, 0]).await;
    world.record("meals", &code).await;
    let since = world.now();
    let at = |days: i64| since.plus_days(days).plus_minutes(1);
    // Meals of every week: silent for a week is late.
    for (days, own, desks) in [
        (6, 0, [0, 0, 0]),
        (8, 1, [0, 0, 0]),
        (15, 1, [1, 0, 0]),
        (22, 1, [1, 1, 0]),
        (70, 1, [1, 1, 0]),
        (120, 1, [1, 1, 0]),
    ] {
        world.set(at(days));
        tick(&world).await;
        let quiet = async |by: &str| {
            let lines = late(&world, by).await;
            lines.iter().filter(|i| matches!(&i.task, Task::Late { name: Name::Quiet, .. }) && i.code == code).count()
        };
        assert_eq!(quiet("meals").await, own, "the organization after {days} days");
        assert_eq!([quiet("street").await, quiet("district").await, quiet("city").await], desks, "after {days} days");
    }
    assert_eq!(told_organization(&world, "很久没有服务记录").await, 2, "reminded at half time, told when it was late");
    assert_eq!((told(&world, "120102012", "很久没有服务记录").await, told(&world, "120102", "很久没有").await), (1, 1));
    let line = late(&world, "street").await.into_iter().find(|item| item.code == code);
    let Some(Item { task: Task::Late { decide, what, .. }, .. }) = line else { panic!("no line") };
    assert!(decide, "the street is asked to decide");
    assert_eq!(what, "120天没有服务记录");
    // The street looks into it: a new quiet span begins; with the next record, too.
    pairing::go_on(&world.by("street"), &code, "问过组织，志愿者换了人，下周起照常").await.unwrap();
    let quiet = async || {
        let lines = late(&world, "street").await;
        lines.iter().filter(|i| matches!(&i.task, Task::Late { name: Name::Quiet, .. })).count()
    };
    assert_eq!(quiet().await, 0);
    let again = world.now();
    world.set(again.plus_days(15));
    tick(&world).await;
    assert_eq!(quiet().await, 1, "and ends");
    assert_eq!(told(&world, "120102012", "很久没有服务记录").await, 2);
    world.record("meals", &code).await;
    assert_eq!(quiet().await, 0);
    world.sealed().await;
    world.sound().await;
}

async fn late_work_of_every_kind_goes_up_once_to_each_office(world: World) {
    let far = with(&household(), &[("valid_until", "2028-06-30")]);
    // In review, undecided, reported and not assigned, assigned, verified and not completed, paused, unconfirmed,
    // planned and not recorded, disputed.
    let review = world.draft("street", &far).await;
    services::needs::need::submit(&world.by("street"), &review).await.unwrap();
    let need = world.published(&far).await;
    let undecided = world.claimed("care", &need, &[1, 0]).await;
    let mut pairings = Vec::new();
    for _ in 0..6 {
        let need = world.published(&far).await;
        pairings.push((need.clone(), world.active("meals", &need, &[14, 0]).await));
    }
    let code = |at: usize| pairings[at].1.clone();
    for at in 0..3 {
        world.record("meals", &code(at)).await;
        world.report("meals", &code(at)).await;
    }
    world.assigned(&code(1), "street2").await;
    world.verified(&code(2), "street2", LineResult::Met).await;
    pairing::pause(&world.by("meals"), &code(3), "志愿者放假").await.unwrap();
    world.record("meals", &code(4)).await;
    let line = world.lines(&pairings[5].0).await[0].id;
    let plan = delivery::Plan { line_id: line, days: vec![world.now().day() + Days::new(1)], at: None };
    delivery::plan(&world.by("meals"), &code(5), &plan).await.unwrap();
    let start = world.now();
    // Nothing is late yet.
    tick(&world).await;
    for by in OFFICES {
        assert!(late(&world, by).await.is_empty(), "{by}");
    }
    // Each kind, and how often it stands on the desks of street, district and city.
    let counted = async |name: Name| {
        let mut found = [0; 3];
        for (at, by) in OFFICES.iter().enumerate() {
            let lines = late(&world, by).await;
            found[at] = lines.iter().filter(|item| item.running.is_some_and(|running| running.name == name)).count();
        }
        found
    };
    world.set(start.plus_days(100));
    tick(&world).await;
    for (name, wanted) in [
        (Name::NeedReview, [0, 1, 1]),
        (Name::ClaimDecision, [1, 1, 1]),
        (Name::Assignment, [1, 1, 1]),
        (Name::Verification, [1, 1, 1]),
        (Name::Completion, [1, 1, 1]),
        (Name::Pause, [1, 1, 1]),
        // Of four pairings with one record each; the one that was verified keeps its own.
        (Name::Confirmation, [4, 4, 4]),
        (Name::Visit, [1, 1, 1]),
    ] {
        assert_eq!(counted(name).await, wanted, "{name}");
    }
    // Every line is a line of its own.
    for by in OFFICES {
        let mut lines: Vec<(Option<Name>, Uuid)> =
            late(&world, by).await.iter().map(|item| (item.running.map(|running| running.name), item.id)).collect();
        let all = lines.len();
        lines.sort();
        lines.dedup();
        assert_eq!(lines.len(), all, "{by}");
    }
    // Everybody was told, each office of each kind once.
    for title in ["指派核验", "确认办结", "暂停没有期限", "核验结果", "计划的上门没有记录"] {
        for scope in ["120102012", "120102", "12"] {
            assert_eq!(told(&world, scope, &format!("逾期没有办：{title}")).await, 1, "{scope} {title}");
        }
    }
    assert_eq!(
        (told(&world, "120102", "逾期没有办：审核公开").await, told(&world, "12", "逾期没有办：审核公开").await),
        (1, 1)
    );
    assert!(world.count_events("clock.raise").await >= 7);
    // What is done leaves the desks at once.
    claim::decline(&world.by("street"), &undecided, "另有安排").await.unwrap();
    pairing::resume(&world.by("meals"), &code(3)).await.unwrap();
    services::needs::need::return_(&world.by("district"), &review, "请补充").await.unwrap();
    for name in [Name::ClaimDecision, Name::Pause, Name::NeedReview] {
        assert_eq!(counted(name).await, [0, 0, 0], "{name}");
    }
    // A list shows how far up it has gone.
    let row = &lists::verifications(
        &world.by("street"),
        Some(domain::verification::VerificationState::Assigned),
        &lists::ListQuery::default(),
    )
    .await
    .unwrap()
    .rows[0];
    let running = services::office::waiting::of_verification(&world.services, &row.verification).unwrap();
    assert!(running.words(world.now(), &world.services.calendar()).ends_with("，已报市级"));
    // A disputed record is the organization's.
    let disputed = world.deliveries(&code(4)).await[0].id;
    delivery::decide(&world.by("village"), disputed, false, "没有来过").await.unwrap();
    assert_eq!(world.deliveries(&code(4)).await[0].state, DeliveryState::Disputed);
    let lines = late(&world, "meals").await;
    assert!(lines.iter().any(|i| matches!(&i.task, Task::Late { name: Name::Correction, .. }) && i.code == code(4)));
    world.sealed().await;
    world.sound().await;
}

async fn a_verifier_hears_of_the_work_and_of_its_end(world: World) {
    let need = world.meals(14).await;
    let code = world.reported("meals", &need, &[14]).await;
    let inbox = async |by: &str| services::base::notice::list(&world.by(by), 0, 50).await.unwrap();
    let mine = async |by: &str, title: &str| inbox(by).await.iter().filter(|n| n.title.contains(title)).count();
    let id = world.assigned(&code, "street2").await;
    assert_eq!((mine("street2", "请核验，").await, mine("street3", "请核验，").await), (1, 0));
    verification::reassign(&world.by("street"), id, world.id("street3")).await.unwrap();
    assert_eq!(mine("street3", "请核验，").await, 1);
    let due = world.verifications(&code).await[0].due_at;
    world.set(due.plus_minutes(1));
    tick(&world).await;
    assert_eq!(mine("street3", "逾期没有办：核验结果").await, 2, "the own one, and the office's");
    assert_eq!(mine("street2", "逾期没有办：核验结果").await, 1, "the office's");
    // On the desk of the verifier, and of the street, once each.
    let lines = async |by: &str| {
        let of = |item: &&Item| item.running.is_some_and(|running| running.name == Name::Verification);
        late(&world, by).await.iter().filter(of).count()
    };
    assert_eq!((lines("street3").await, lines("street").await, lines("district").await), (1, 1, 0));
    let found = world.finding(&code, LineResult::Met).await;
    verification::submit(&world.by("street3"), id, &found).await.unwrap();
    assert_eq!((lines("street3").await, lines("street").await), (0, 0));
    assert_eq!(world.pairing(&code).await.state, PairingState::Reported);
}

async fn sign_ups_gone_by_end_by_themselves(world: World) {
    // One opening takes everybody, the other asks each.
    let (team, _, shift) = opened(&world, &[]).await;
    signup::apply(&world.by("vol"), shift).await.unwrap();
    let asking = crate::volunteers::volunteer::created(&world, &team, &[("approval", "on")]).await;
    let other = planned(&world, &asking, "2026-11-29", ("9:00", "11:00"), 2).await;
    services::volunteers::opening::publish(&world.by("meals"), &asking).await.unwrap();
    signup::apply(&world.by("vol2"), other).await.unwrap();
    let before = (state(&world, shift, "vol").await, state(&world, other, "vol2").await);
    assert_eq!(before, (SignupState::Accepted, SignupState::Applied));
    let places = async || world.number("SELECT CAST(SUM(taken) AS BIGINT) FROM shifts").await;
    assert_eq!(places().await, 1);
    // Days after the shift nobody has answered.
    world.set(Time::at(day("2026-12-02"), 11, 1));
    tick(&world).await;
    assert_eq!(state(&world, other, "vol2").await, SignupState::Unrecorded);
    assert_eq!(state(&world, shift, "vol").await, SignupState::Accepted, "who came may still be entered");
    let due = signed(&world, shift, "vol").await.due_at.unwrap();
    world.set(due.plus_minutes(1));
    tick(&world).await;
    assert_eq!(state(&world, shift, "vol").await, SignupState::Unrecorded);
    assert_eq!(places().await, 0, "the place is free again");
    assert_eq!(world.number("SELECT COUNT(*) FROM signups WHERE state = 'no_show'").await, 0, "and nobody is blamed");
    assert_eq!(world.number("SELECT COUNT(*) FROM notices WHERE title = '报名已自动结束'").await, 2);
    // Whoever looks after the team says later that the volunteer came.
    let id = signed(&world, shift, "vol").await.id;
    attendance::list(&world.by("meals"), shift, &[(id, attendance::Mark::Present)], None).await.unwrap();
    assert_eq!((state(&world, shift, "vol").await, places().await), (SignupState::Attended, 1));
    world.sealed().await;
    world.sound().await;
}

async fn whoever_comes_tomorrow_hears_so_once(world: World) {
    let (_, _, shift) = opened(&world, &[]).await;
    signup::apply(&world.by("vol"), shift).await.unwrap();
    let told = async || world.number("SELECT COUNT(*) FROM notices WHERE title = '明天有班次，请按时到'").await;
    tick(&world).await;
    assert_eq!(told().await, 0);
    world.set(Time::at(day("2026-11-27"), 9, 0));
    tick(&world).await;
    assert_eq!(told().await, 1);
    assert!(own(&world, "vol").await != Uuid::nil());
    world.set(Time::at(day("2026-11-27"), 20, 0));
    tick(&world).await;
    assert_eq!(told().await, 1);
}

async fn a_need_s_validity_is_announced_14_and_3_days_before(world: World) {
    let need = world.published(&with(&household(), &[("valid_until", "2026-12-20")])).await;
    let told = async || told(&world, "120102012", "有效期还剩").await;
    for (date, count) in [("2026-12-06", 0), ("2026-12-07", 1), ("2026-12-17", 1), ("2026-12-18", 2), ("2026-12-20", 2)]
    {
        world.set(Time::at(day(date), 8, 0));
        tick(&world).await;
        assert_eq!(told().await, count, "{date}");
    }
    assert!(world.need(&need).await.state == domain::need::NeedState::Published);
}

async fn all_that_is_late_opens_on_a_page_of_its_own(world: World) {
    let far = with(&household(), &[("valid_until", "2028-06-30")]);
    for _ in 0..8 {
        let need = world.published(&far).await;
        world.claimed("care", &need, &[1, 0]).await;
        let code = world.active("meals", &need, &[12, 0]).await;
        world.record("meals", &code).await;
    }
    world.set(world.now().plus_days(60));
    tick(&world).await;
    let lines = late(&world, "district").await;
    // Eight needs, claims, records to confirm, silent pairings.
    assert_eq!(lines.len(), 32);
    assert_eq!(desk::load(&world.by("district")).await.unwrap().counts.overdue, 32);
    assert_eq!(desk::overdue(&world.by("district")).await.unwrap().len(), 32);
    // Many of a kind in one run are one notice.
    assert_eq!(told(&world, "120102", "逾期没有办：确认服务记录8件").await, 1);
    assert!(matches!(desk::overdue(&world.by("admin")).await, Err(Error::Forbidden(_))));
}
