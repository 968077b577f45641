//! 今天的上门: many visits with one form, each taken once; moved, left out, given to somebody; nothing of another's.

use axum::http::StatusCode;
use chrono::Days;
use domain::{
    calendar::Time,
    delivery::{DeliveryState, MissReason},
    form::aid::round as form,
};
use duijie_tests::world::{Canary, World, day, household, with};
use services::aid::delivery::{self, Goes, Plan};
use services::aid::rounds::{self, Key, Round, Who};
use services::{Error, Fields};
use uuid::Uuid;

use crate::base::web::Web;

duijie_tests::both_engines!(
    a_round_is_recorded_with_one_form_and_once,
    what_is_wrong_stands_at_its_row_and_records_nothing,
    visits_are_moved_left_out_and_given_to_somebody,
    what_nobody_planned_is_asked_for_all_the_same,
    a_week_shows_what_was_done_and_what_lies_ahead,
    pages_tell_each_row_and_take_a_second_tap_once,
    the_sheet_opens_what_its_reader_may_and_writes_it_down,
    lists_and_desks_name_the_household,
    what_was_left_unsent_comes_back_and_can_be_thrown_away,
);

const PLACES: [&str; 2] = ["120102012011", "120102012012"];

/// Households with five meals a week each, planned from Tuesday 1 December to Friday: `count` of them, in two places.
async fn settle(world: &World, count: usize) -> Vec<String> {
    if count > 9 {
        world.experienced("meals").await;
    }
    let mut codes = Vec::new();
    for i in 0..count {
        let changes = [
            ("division_code", PLACES[i % 2]),
            ("title", &*format!("第{}户要送午餐", i + 1)),
            ("address", &*format!("河东区鲁山道街道示例里{}号楼8门707", 96 - i)),
            ("lines.0.quantity", "5"),
            ("lines.1.service", ""),
            ("lines.1.quantity", ""),
            ("lines.1.unit", ""),
            ("lines.1.per", ""),
        ];
        let need = world.published(&with(&household(), &changes)).await;
        let pairing = world.active("meals", &need, &[5]).await;
        let line_id = world.lines(&need).await[0].id;
        let days = (1..=4).map(|n| day(&format!("2026-12-0{n}"))).collect();
        let plan = Plan { line_id, days, at: Some("11:30".to_owned()) };
        delivery::plan(&world.by("meals"), &pairing, &plan).await.unwrap();
        codes.push(pairing);
    }
    world.set(Time::at(day("2026-12-01"), 12, 30));
    codes
}

async fn today(world: &World, by: &str) -> Round {
    rounds::day(&world.by(by), world.now().day(), Who::All).await.unwrap()
}

fn place(round: &Round, key: &Key) -> String {
    let stop = round.stops.iter().find(|stop| stop.key == *key).unwrap();
    format!("{}-{}", stop.line.service_code, stop.division_code)
}

/// The form as the page sends it: its rows, with what else was typed.
fn sent(round: &Round, typed: &[(String, &str)]) -> Fields {
    let mut all: Fields = Vec::new();
    for stop in round.stops.iter().filter(|stop| stop.is_open()) {
        all.push((form::ROW.at(place(round, &stop.key)).name.into_owned(), stop.key.text()));
        all.push((form::UNITS.at(stop.key.text()).name.into_owned(), stop.units.to_string()));
    }
    all.extend(typed.iter().map(|(name, value)| (name.clone(), (*value).to_owned())));
    all
}

fn at(field: domain::form::FieldDef, star: &str) -> String {
    field.at(star).name.into_owned()
}

async fn a_round_is_recorded_with_one_form_and_once(world: World) {
    let codes = settle(&world, 12).await;
    let round = today(&world, "meals").await;
    assert_eq!(round.stops.len(), 12);
    assert!(round.stops.iter().all(|stop| stop.units == 2 || stop.units == 1), "five meals on four days");
    assert!(round.stops.iter().all(|stop| stop.mask == "桑*" && stop.name().starts_with("桑*，第")));
    // By place, then by door: the later household lives behind the lower number.
    let order: Vec<&str> = round.stops.iter().map(|stop| stop.division_code.as_str()).collect();
    assert!(order.is_sorted(), "{order:?}");
    assert_eq!(round.stops[0].need_title, "第11户要送午餐");
    // Everybody done but two, with reasons.
    let (away, refused) = (round.stops[1].key.text(), round.stops[7].key.text());
    let typed = [
        (at(form::ALL_DONE, "B01-120102012000"), "1"),
        (at(form::WHY, &away), "no_one_home"),
        (at(form::WHY, &refused), "declined_by_household"),
        (at(form::DONE_ON, "B01"), "2026-12-01"),
        (at(form::FROM, "B01"), "11:00"),
        (at(form::UNTIL, "B01"), "12:20"),
    ];
    let form = sent(&round, &typed);
    let once = world.services.new_id();
    let by = |name: &str| world.by(name).with_once(Some(once));
    // Another organization's worker holds the same form: nothing of it is there.
    let before = world.rows().await;
    let (foreign, _) = rounds::record(&by("care"), &form).await.unwrap();
    assert!(foreign.iter().all(|outcome| outcome.result.as_ref().is_err_and(|why| why.contains("没有找到"))));
    assert_eq!(world.rows().await, before);
    for office in ["street", "vol"] {
        assert!(matches!(rounds::record(&by(office), &form).await, Err(Error::Forbidden(_))), "{office}");
    }
    let recorded = world.count_events("delivery.record").await;
    let (outcomes, mistakes) = rounds::record(&by("meals"), &form).await.unwrap();
    assert!(mistakes.is_empty() && outcomes.len() == 12 && outcomes.iter().all(|outcome| outcome.result.is_ok()));
    let after = world.rows().await;
    // A second tap on the same form.
    let (again, _) = rounds::record(&by("meals"), &form).await.unwrap();
    assert_eq!(again.iter().filter(|outcome| outcome.result.is_ok()).count(), 12);
    assert_eq!(world.rows().await, after, "nothing is recorded twice");
    // The same from a page that was opened before: each row is answered, none is recorded.
    let other = world.by("meals").with_once(Some(world.services.new_id()));
    let (late, _) = rounds::record(&other, &form).await.unwrap();
    assert!(late.iter().all(|outcome| outcome.result.is_err()));
    let mut made = 0;
    for code in &codes {
        let visits = world.deliveries(code).await;
        assert_eq!(visits.len(), 4);
        let visit = visits.iter().find(|visit| visit.planned_on == day("2026-12-01")).unwrap();
        if visit.state == DeliveryState::Recorded {
            made += 1;
            assert_eq!((visit.done_on, visit.done_at.as_deref()), (Some(day("2026-12-01")), Some("11:00")));
            // Eighty minutes for ten households.
            assert_eq!((visit.minutes, visit.recorded_by), (Some(8), Some(world.id("meals"))));
        } else {
            assert_eq!(visit.state, DeliveryState::Missed);
            assert!(matches!(visit.miss_reason, Some(MissReason::NoOneHome | MissReason::DeclinedByHousehold)));
        }
    }
    assert_eq!(made, 10);
    assert_eq!(world.count_events("delivery.record").await, recorded + 10);
    assert_eq!(world.count_events("delivery.miss").await, 2);
    // Recorded later, with the day it was.
    world.set(Time::at(day("2026-12-03"), 9, 0));
    let round = rounds::day(&world.by("meals"), day("2026-12-02"), Who::All).await.unwrap();
    assert_eq!(today(&world, "meals").await.unrecorded, [(day("2026-12-02"), 12)]);
    let first = round.stops[0].key.text();
    let typed = [(at(form::DONE, &first), "1"), (at(form::DONE_ON, "B01"), "2026-12-02")];
    rounds::record(&world.by("meals_other"), &sent(&round, &typed)).await.unwrap();
    let visit = delivery_of(&world, &round.stops[0].key).await;
    assert_eq!((visit.state, visit.done_on), (DeliveryState::Recorded, Some(day("2026-12-02"))));
    assert_eq!(visit.recorded_at.unwrap().day(), day("2026-12-03"));
}

async fn delivery_of(world: &World, key: &Key) -> storage::aid::delivery::Delivery {
    storage::aid::delivery::by_id(&mut world.read().await, key.id).await.unwrap().unwrap()
}

async fn what_is_wrong_stands_at_its_row_and_records_nothing(world: World) {
    settle(&world, 2).await;
    let round = today(&world, "meals").await;
    let [a, b] = [round.stops[0].key.text(), round.stops[1].key.text()];
    let before = world.rows().await;
    let meals = world.by("meals");
    let wrong = async |typed: &[(String, &str)]| match rounds::record(&meals, &sent(&round, typed)).await {
        Err(Error::Invalid(mistakes)) => mistakes.into_iter().map(|mistake| mistake.field).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(wrong(&[]).await, [""], "nothing was ticked");
    let done = || (at(form::DONE, &a), "1");
    assert_eq!(wrong(&[done(), (at(form::FROM, "B01"), "半夜")]).await, [at(form::FROM, "B01")]);
    let backwards = [done(), (at(form::FROM, "B01"), "12:00"), (at(form::UNTIL, "B01"), "11:00")];
    assert_eq!(wrong(&backwards).await, [at(form::UNTIL, "B01")]);
    assert_eq!(wrong(&[done(), (at(form::DONE_ON, "B01"), "2026-12-02")]).await, [at(form::DONE_ON, "B01")]);
    assert_eq!(wrong(&[done(), (at(form::DONE_ON, "B01"), "2026-09-01")]).await, [at(form::DONE_ON, "B01")]);
    assert_eq!(wrong(&[(at(form::WHY, &a), "eaten")]).await, [at(form::WHY, &a)]);
    assert_eq!(world.rows().await, before);
    // A note that names the household is refused at its own row; the others are recorded.
    let name = format!("{}不在家", Canary::new().name);
    let typed = [done(), (at(form::WHY, &b), "no_one_home"), (at(form::NOTE, &b), name.as_str())];
    let (outcomes, mistakes) = rounds::record(&meals, &sent(&round, &typed)).await.unwrap();
    assert_eq!(outcomes.iter().map(|outcome| outcome.result.is_ok()).collect::<Vec<_>>(), [true, false]);
    assert_eq!(mistakes.iter().map(|mistake| mistake.field.clone()).collect::<Vec<_>>(), [at(form::NOTE, &b)]);
    assert_eq!(delivery_of(&world, &round.stops[1].key).await.state, DeliveryState::Planned);
    // Tomorrow cannot be done today.
    let tomorrow = rounds::day(&meals, day("2026-12-02"), Who::All).await.unwrap();
    let typed = [(at(form::DONE, &tomorrow.stops[0].key.text()), "1")];
    let (outcomes, _) = rounds::record(&meals, &sent(&tomorrow, &typed)).await.unwrap();
    assert!(outcomes[0].result.as_ref().is_err_and(|why| why.contains("还没到")), "{outcomes:?}");
}

async fn visits_are_moved_left_out_and_given_to_somebody(world: World) {
    settle(&world, 4).await;
    let meals = world.by("meals");
    let round = today(&world, "meals").await;
    let keys: Vec<String> = round.stops.iter().map(|stop| stop.key.text()).collect();
    let typed = [
        (at(form::WHY, &keys[0]), "postponed_by_household"),
        (at(form::MOVE_TO, &keys[0]), "2026-12-05"),
        (at(form::WHY, &keys[1]), "away"),
        (at(form::NOTE, &keys[1]), "下周回来"),
        // That day has a visit of the same service already.
        (at(form::WHY, &keys[2]), "postponed_by_org"),
        (at(form::MOVE_TO, &keys[2]), "2026-12-02"),
    ];
    let (outcomes, mistakes) = rounds::record(&meals, &sent(&round, &typed)).await.unwrap();
    assert_eq!(outcomes.iter().map(|outcome| outcome.result.is_ok()).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(mistakes[0].field, at(form::MOVE_TO, &keys[2]));
    let moved = delivery_of(&world, &round.stops[0].key).await;
    assert_eq!((moved.state, moved.planned_on), (DeliveryState::Planned, day("2026-12-05")));
    let skipped = delivery_of(&world, &round.stops[1].key).await;
    assert_eq!((skipped.state, skipped.reason.as_deref()), (DeliveryState::Voided, Some("本人外出或住院：下周回来")));
    assert_eq!(today(&world, "meals").await.stops.len(), 2);

    // Who goes, for a whole place at once; the colleague can reach the household from now on.
    let colleague = world.id("meals_worker");
    let mine = async |world: &World| {
        let who = Who::Worker(colleague);
        rounds::day(&world.by("meals_worker"), world.now().day(), who).await.unwrap().stops
    };
    assert!(mine(&world).await.is_empty(), "not named, not sent");
    let place = place(&round, &round.stops[3].key);
    let form_of = |value: String| {
        let mut form = sent(&round, &[]);
        form.push((at(form::GOES, &place), value));
        form
    };
    let given = rounds::assign(&meals, &form_of(format!("account:{colleague}")), &place).await.unwrap();
    assert!(given >= 1);
    let stops = mine(&world).await;
    assert!(stops.iter().all(|stop| stop.mask == "桑*"), "named with it");
    assert_eq!(stops[0].going.as_ref().unwrap().goes, Goes::Worker(colleague));
    assert_eq!(stops[0].going.as_ref().unwrap().words, "示例meals_worker");
    // Nobody else's people, no other day's shift.
    for value in [format!("account:{}", world.id("care")), format!("shift:{}", Uuid::from_u128(7)), "x".to_owned()] {
        let wrong = rounds::assign(&meals, &form_of(value.clone()), &place).await;
        assert!(
            matches!(&wrong, Err(Error::Invalid(mistakes)) if mistakes[0].field == at(form::GOES, &place)),
            "{value}"
        );
    }
    let foreign = rounds::assign(&world.by("care"), &form_of(String::new()), &place).await;
    assert!(matches!(foreign, Err(Error::NotFound)));
    let elsewhere = Who::Worker(world.id("care"));
    assert!(matches!(rounds::day(&meals, world.now().day(), elsewhere).await, Err(Error::NotFound)));
    assert_eq!(rounds::assign(&meals, &form_of(String::new()), &place).await.unwrap(), given);
    world.sound().await;
}

async fn what_nobody_planned_is_asked_for_all_the_same(world: World) {
    let need = world.meals(5).await;
    let pairing = world.active("meals", &need, &[5]).await;
    world.set(Time::at(day("2026-12-01"), 12, 30));
    let round = today(&world, "meals").await;
    // 27 to 29 November was a broken week of three meals.
    assert_eq!(round.stops.len(), 1);
    assert_eq!(round.stops[0].open, Some((5, day("2026-12-06"))));
    assert_eq!(round.stops[0].line.account.short, 3);
    let key = round.stops[0].key.clone();
    assert!(!key.visit && key.pairing == pairing);
    let typed = [(at(form::DONE, &key.text()), "1"), (at(form::UNITS, &key.text()), "2")];
    let mut form = sent(&round, &[]);
    form.retain(|(name, _)| !name.starts_with("units."));
    form.extend(typed.iter().map(|(name, value)| (name.clone(), (*value).to_owned())));
    let once = world.by("meals").with_once(Some(world.services.new_id()));
    for _ in 0..2 {
        let (outcomes, _) = rounds::record(&once, &form).await.unwrap();
        assert_eq!(outcomes[0].result.as_deref(), Ok("已记2"));
    }
    let visits = world.deliveries(&pairing).await;
    assert_eq!((visits.len(), visits[0].units), (1, Some(2)));
    let round = today(&world, "meals").await;
    assert!(round.stops.len() == 1 && !round.stops[0].is_open(), "what was recorded today stands in its place");
    // A daily line is asked for every day of its term.
    let daily = [
        ("lines.0.quantity", "1"),
        ("lines.0.per", "day"),
        ("lines.1.service", ""),
        ("lines.1.quantity", ""),
        ("lines.1.unit", ""),
        ("lines.1.per", ""),
    ];
    let need = world.published(&with(&household(), &daily)).await;
    world.active("meals", &need, &[1]).await;
    let week = rounds::week(&world.by("meals"), day("2026-11-30"), Who::All).await.unwrap();
    let days = week.stops.iter().filter(|stop| stop.line.per == domain::need::Frequency::Day).map(|stop| stop.day);
    assert_eq!(days.collect::<Vec<_>>(), (0..6).map(|n| day("2026-12-01") + Days::new(n)).collect::<Vec<_>>());
}

async fn a_week_shows_what_was_done_and_what_lies_ahead(world: World) {
    let web = Web::new(world).await;
    let world = &web.world;
    settle(world, 3).await;
    let round = today(world, "meals").await;
    let typed =
        [(at(form::DONE, &round.stops[0].key.text()), "1"), (at(form::WHY, &round.stops[1].key.text()), "unsafe")];
    rounds::record(&world.by("meals"), &sent(&round, &typed)).await.unwrap();
    let week = rounds::week(&world.by("meals"), day("2026-11-30"), Who::All).await.unwrap();
    assert_eq!(week.stops.len(), 12);
    let of = |state| week.stops.iter().filter(|stop| stop.visit.as_ref().unwrap().state == state).count();
    assert_eq!((of(DeliveryState::Recorded), of(DeliveryState::Missed), of(DeliveryState::Planned)), (1, 1, 10));
    let session = web.session("meals").await;
    let page = web.get("/pairings/rounds/week?day=2026-12-01", Some(&session)).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["这一周的上门", "待确认", "没做成", "计划", "12月2日 周三"] {
        assert!(page.text.contains(words), "{words}");
    }
}

async fn pages_tell_each_row_and_take_a_second_tap_once(world: World) {
    let web = Web::new(world).await;
    let codes = settle(&web.world, 3).await;
    let round = today(&web.world, "meals").await;
    let session = web.session("meals").await;
    let page = web.get("/pairings/rounds", Some(&session)).await;
    assert_eq!(page.status, StatusCode::OK);
    for words in ["今天的上门", "除写明原因的，都做了", "桑*", "第1户要送午餐", "换人", "少3餐", "提交记录"]
    {
        assert!(page.text.contains(words), "{words}");
    }
    assert!(Canary::new().found_in(&page.text).is_empty());
    let empty = web.get("/pairings/rounds", Some(&web.session("third").await)).await;
    assert!(empty.text.contains("还没有在帮扶的结对") && !codes.iter().any(|code| empty.text.contains(code.as_str())));
    let stranger = format!("/pairings/rounds?who={}", web.world.id("care"));
    assert_eq!(web.get(&stranger, Some(&session)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(web.get("/pairings/rounds", Some(&web.session("street").await)).await.status, StatusCode::FORBIDDEN);

    let once = web.world.services.new_id().to_string();
    let named = format!("{}在家", Canary::new().name);
    let (good, bad) = (round.stops[0].key.text(), round.stops[2].key.text());
    let typed = [
        (at(form::DONE, &good), "1"),
        (at(form::WHY, &bad), "no_one_home"),
        (at(form::NOTE, &bad), named.as_str()),
        ("once".to_owned(), once.as_str()),
        ("day".to_owned(), "2026-12-01"),
        ("who".to_owned(), "all"),
        ("form".to_owned(), "/pairings/rounds?day=2026-12-01&who=all#round"),
    ];
    let form = sent(&round, &typed);
    let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let answer = web.post("/pairings/rounds", Some(&session), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    let shown = web.get(answer.location.split('#').next().unwrap(), Some(&session)).await;
    for words in ["1户记好了，1户没有记上", "已记", "逐户看", "在家"] {
        assert!(shown.text.contains(words), "{words}");
    }
    let before = web.world.rows().await;
    let again = web.post("/pairings/rounds", Some(&session), &form).await;
    assert_eq!(again.status, StatusCode::SEE_OTHER);
    let after = web.world.rows().await;
    for table in ["deliveries", "pairings"] {
        assert_eq!(before[table], after[table], "{table}");
    }
    // Nothing ticked: back with the reason, nothing lost.
    let nothing: Vec<(&str, &str)> =
        form.iter().filter(|(name, _)| !name.starts_with("done.") && !name.starts_with("why.")).copied().collect();
    let answer = web.post("/pairings/rounds", Some(&session), &nothing).await;
    let shown = web.get(answer.location.split('#').next().unwrap(), Some(&session)).await;
    assert!(shown.text.contains("还没有勾选"));
    // The visit's own page gives it to a colleague and moves it.
    let stop = round.stops.iter().find(|stop| stop.key.pairing == codes[1]).unwrap();
    let visit = format!("/pairings/{}/visits/{}", codes[1], stop.key.id);
    let colleague = format!("account:{}", web.world.id("meals_worker"));
    let given = web.post(&format!("{visit}/goes"), Some(&session), &[("goes", &colleague)]).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER);
    assert!(web.get(&visit, Some(&session)).await.text.contains("示例meals_worker"));
    let moved = [("to", "2026-12-05"), ("moved_by", "postponed_by_org")];
    assert_eq!(
        web.post(&format!("{visit}/move"), Some(&session), &moved).await.location,
        format!("/pairings/{}#plan", codes[1])
    );
    assert!(web.get(&visit, Some(&session)).await.text.contains("12月5日"));
    // A day without anything says where it is planned.
    let quiet = web.get("/pairings/rounds?day=2026-12-20&who=all", Some(&session)).await;
    assert!(quiet.status == StatusCode::OK && (quiet.text.contains("安排上门") || quiet.text.contains("还差")));
    // What any day of its period will do for is not ticked together with what is planned, nor counted for the day.
    for _ in 0..2 {
        let need = web.world.meals(5).await;
        web.world.active("meals", &need, &[5]).await;
    }
    let today = web.get("/pairings/rounds?who=all", Some(&session)).await.text;
    assert!(today.contains("2户，没有安排日子，这几天哪天去都行"), "{today}");
    assert!(!today.contains("name=\"all.B01-120102012000-any\""), "nobody ticks them together");
    for odd in ["/pairings/rounds?day=x&who=all", "/pairings/rounds/sheet?day=9999-99-99", "/pairings/rounds/week?day="]
    {
        assert_eq!(web.get(odd, Some(&session)).await.status, StatusCode::OK, "{odd}");
    }
}

async fn the_sheet_opens_what_its_reader_may_and_writes_it_down(world: World) {
    let web = Web::new(world).await;
    settle(&web.world, 3).await;
    let session = web.session("meals").await;
    let sheet = web.get("/pairings/rounds/sheet?day=2026-12-01", Some(&session)).await;
    assert_eq!(sheet.status, StatusCode::OK);
    assert!(sheet.text.contains("class=\"box\"") && sheet.text.contains("桑*"));
    assert!(Canary::new().found_in(&sheet.text).is_empty());
    let opened = web.world.count_events("pairing.disclose").await;
    let form = [("purpose", "visit"), ("day", "2026-12-01"), ("who", "all")];
    // A colleague who is named for none of them gets no name and no door.
    let other = web.post("/pairings/rounds/sheet", Some(&web.session("meals_other").await), &form).await;
    assert_eq!(other.status, StatusCode::OK);
    assert!(Canary::new().found_in(&other.text).is_empty() && other.text.contains("只有指定的服务人员能查看"));
    assert_eq!(web.world.count_events("pairing.disclose").await, opened);
    let full = web.post("/pairings/rounds/sheet", Some(&session), &form).await;
    assert!(full.text.contains(&format!("tel:{}", Canary::new().phone)) && full.text.contains("示例里96号楼"));
    assert!(!full.text.contains(Canary::new().health_notes) && !full.text.contains(&Canary::new().id_number));
    assert_eq!(full.headers["cache-control"], "no-store");
    assert_eq!(web.world.count_events("pairing.disclose").await, opened + 3, "one for each household");
    let none = web.post("/pairings/rounds/sheet", Some(&web.session("third").await), &form).await;
    assert!(Canary::new().found_in(&none.text).is_empty());
}

async fn lists_and_desks_name_the_household(world: World) {
    let web = Web::new(world).await;
    settle(&web.world, 5).await;
    let (own, other, street) =
        (web.session("meals").await, web.session("meals_other").await, web.session("street").await);
    let list = web.get("/pairings?state=active", Some(&own)).await.text;
    assert!(list.contains("桑*，第1户要送午餐") && list.contains("桑*，第5户要送午餐"));
    let list = web.get("/pairings?state=active", Some(&other)).await.text;
    assert!(list.contains("第1户要送午餐") && !list.contains("桑*"), "not named for it");
    let desk = web.get("/desk", Some(&own)).await.text;
    assert!(desk.contains("今天的上门：5次") && desk.contains("/pairings/rounds"));
    let list = web.get("/pairings?state=active", Some(&street)).await.text;
    assert!(list.contains("桑*，第1户要送午餐"));
    let code =
        web.world.texts("SELECT code FROM pairings WHERE state = 'active' ORDER BY code LIMIT 1").await.remove(0);
    let page = web.get(&format!("/pairings/{code}"), Some(&own)).await.text;
    assert!(page.contains("<h1>桑*，第"), "the need's own title");
    assert_eq!(page.matches("class=\"button wide\"").count(), 1, "one blue button");
}

async fn what_was_left_unsent_comes_back_and_can_be_thrown_away(world: World) {
    let web = Web::new(world).await;
    let code = settle(&web.world, 1).await.remove(0);
    let session = web.session("meals").await;
    let path = format!("/pairings/{code}/plan");
    let id = web.world.services.new_id().to_string();
    let key = format!("{path}#plan");
    let once = web.world.services.new_id().to_string();
    let typed = [("form", key.as_str()), ("once", &once), ("at", "11:47")];
    let kept = web.post(&format!("/drafts/{id}"), Some(&session), &typed).await;
    assert_eq!(kept.status, StatusCode::OK);
    let page = web.get(&path, Some(&session)).await.text;
    assert!(page.contains("11:47") && page.contains("没有提交的内容") && page.contains("放弃"));
    // Sealed, and nobody else's.
    let stored = web.world.rows().await["drafts"].concat();
    assert!(!stored.contains("11:47"));
    let other = web.get(&path, Some(&web.session("meals_worker").await)).await.text;
    assert!(!other.contains("11:47"));
    for bad in ["//evil.example#x", "https://evil.example/"] {
        let answer = web.post(&format!("/drafts/{id}"), Some(&session), &[("form", bad)]).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
    let gone = web.post(&format!("/drafts/{id}/delete"), Some(&session), &[("form", &key)]).await;
    assert_eq!(gone.location, key);
    assert!(!web.get(&path, Some(&session)).await.text.contains("11:47"));
    // What arrives after the form was taken leaves nothing behind.
    web.world.raw(&spent(&web.world, &once)).await.unwrap();
    web.post(&format!("/drafts/{id}"), Some(&session), &typed).await;
    assert!(!web.get(&path, Some(&session)).await.text.contains("11:47"));
}

/// A form's token that was spent.
fn spent(world: &World, once: &str) -> String {
    let (token, account) = match world.engine {
        duijie_tests::world::Engine::Sqlite => {
            let hex = |id: &str| format!("x'{}'", id.replace('-', ""));
            (hex(once), hex(&world.id("meals").to_string()))
        }
        duijie_tests::world::Engine::Postgres => (format!("'{once}'"), format!("'{}'", world.id("meals"))),
    };
    format!(
        "INSERT INTO once_tokens (token, account_id, command, used_at) VALUES ({token}, {account}, 'delivery.plan', {})",
        world.now().0
    )
}
