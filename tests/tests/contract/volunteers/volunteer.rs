//! Volunteers, from wanting to come to having come; their hours are in `service_hours`.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Timelike as _};
use domain::calendar::Time;
use domain::opening::ShiftState;
use domain::signup::SignupState;
use domain::team::TeamState;
use duijie_tests::world::{World, day, fields, with};
use services::volunteers::attendance::{self, Mark};
use services::volunteers::{hours, incident, member, opening, shift, signup, team, volunteer};
use services::{Conflict, Ctx, Error, Fields};
use tokio::task::JoinSet;
use uuid::Uuid;

duijie_tests::both_engines!(
    registering_asks_what_the_age_asks,
    one_person_is_entered_once_and_leaves_nothing,
    an_independent_team_has_an_office_and_a_leader,
    an_organizations_team_is_the_organizations,
    fifty_at_once_never_exceed_the_places,
    who_waits_moves_up_in_order,
    one_volunteer_is_at_one_place_at_a_time,
    danger_needs_a_notice_and_an_insurance,
    coming_and_going_by_code_and_by_list,
    cancelled_shifts_tell_everybody,
    what_happens_reaches_the_street_at_once,
    a_household_is_seen_for_the_shift_only,
);

fn form(changes: &[(&str, &str)]) -> Fields {
    with(
        &fields(&[
            ("title", "周末陪老人聊天"),
            ("content", "陪老人说说话，读读报，帮着收拾桌子。"),
            ("place", "向阳社区活动室"),
            ("division", "河东区鲁山道街道"),
            ("service", "C03"),
        ]),
        changes,
    )
}

pub(crate) async fn founded(world: &World) -> String {
    let input = fields(&[("name", "示例暖邻服务队"), ("about", "周末到社区里陪伴老人。"), ("service", "C03")]);
    let input = team::read(&input, &world.services.divisions(), false).unwrap();
    team::found(&world.by("meals"), &input).await.unwrap()
}

pub(crate) async fn created(world: &World, team: &str, changes: &[(&str, &str)]) -> String {
    let input = opening::read(&form(changes), &world.services.divisions(), false).unwrap();
    opening::create(&world.by("meals"), team, "", &input).await.unwrap()
}

/// A shift of an opening on a day (9 to 11 o'clock where nothing else is said).
pub(crate) async fn planned(world: &World, opening: &str, on: &str, times: (&str, &str), places: i64) -> Uuid {
    let places = places.to_string();
    let plan = fields(&[("from", on), ("begins", times.0), ("ends", times.1), ("places", &places)]);
    let plan = shift::read_plan(&plan, world.now()).unwrap();
    shift::plan(&world.by("meals"), opening, &plan).await.unwrap();
    let mut tx = world.read().await;
    let row = storage::volunteers::opening::by_code(&mut tx, opening).await.unwrap().unwrap();
    let all = storage::volunteers::opening::shifts_of(&mut tx, row.id, Time(0), 1000).await.unwrap();
    all.iter().find(|s| s.starts_at == plan.times[0].0 && s.state == ShiftState::Planned).unwrap().id
}

/// A team of `meals` with a published opening and one shift of two places on Saturday.
pub(crate) async fn opened(world: &World, changes: &[(&str, &str)]) -> (String, String, Uuid) {
    let team = founded(world).await;
    let code = created(world, &team, changes).await;
    let shift = planned(world, &code, "2026-11-28", ("9:00", "11:00"), 2).await;
    opening::publish(&world.by("meals"), &code).await.unwrap();
    (team, code, shift)
}

pub(crate) async fn own(world: &World, name: &str) -> Uuid {
    storage::volunteers::volunteer::by_account(&mut world.read().await, world.id(name)).await.unwrap().unwrap().id
}

pub(crate) async fn signed(world: &World, shift: Uuid, name: &str) -> storage::volunteers::signup::Signup {
    let id = own(world, name).await;
    storage::volunteers::signup::own(&mut world.read().await, shift, id).await.unwrap().unwrap()
}

pub(crate) async fn state(world: &World, shift: Uuid, name: &str) -> SignupState {
    signed(world, shift, name).await.state
}

pub(crate) fn rule(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    match outcome {
        Err(Error::Conflict(Conflict::Rule(words))) => words,
        other => panic!("{other:?}"),
    }
}

async fn registering_asks_what_the_age_asks(world: World) {
    let base = fields(&[
        ("name", "示例少年"),
        ("sex", "male"),
        ("birth", "1990-01-01"),
        ("phone", "13800130001"),
        ("division", "河东区鲁山道街道"),
        ("consent", "on"),
    ]);
    let today = world.now().day();
    let read = |changes: &[(&str, &str)]| {
        let read = volunteer::read(&with(&base, changes), &world.services.divisions(), today, true);
        match read {
            Ok(_) => Vec::new(),
            Err(Error::Invalid(all)) => all.into_iter().map(|m| m.field).collect::<Vec<_>>(),
            Err(other) => panic!("{other:?}"),
        }
    };
    assert!(read(&[]).is_empty());
    assert_eq!(read(&[("consent", "")]), ["consent"]);
    assert_eq!(read(&[("phone", "12345"), ("division", "不存在街道")]), ["phone", "division"]);
    assert_eq!(read(&[("division", "河东区")]), ["division"], "a district is too wide");
    // The day of the eighteenth birthday needs nobody.
    assert!(read(&[("birth", "2008-11-24")]).is_empty());
    assert_eq!(read(&[("birth", "2008-11-25")]), ["guardian", "guardian_phone", "guardian_agreed"]);
    let agreed = [("guardian", "示例家长"), ("guardian_phone", "13800130002"), ("guardian_agreed", "on")];
    let of = |birth: &'static str, more: &[(&'static str, &'static str)]| {
        let mut all = vec![("birth", birth)];
        all.extend(agreed);
        all.extend(more);
        all
    };
    assert!(read(&of("2008-11-25", &[])).is_empty());
    assert!(read(&of("2012-11-24", &[])).is_empty(), "fourteen today");
    assert_eq!(read(&of("2012-11-25", &[])), ["company"], "under fourteen the guardian goes along");
    assert!(read(&of("2012-11-25", &[("company", "on")])).is_empty());
    assert_eq!(read(&of("2018-11-25", &[("company", "on")])), ["birth"], "under eight nobody registers");
    assert_eq!(read(&[("birth", "2027-01-01")]), ["birth"]);
    let id = domain::resident_id::ResidentId::with_check_digit("12010219000101001").unwrap();
    assert_eq!(read(&[("id_number", id.as_str())]), ["birth"], "the number says another day");
    // What the young may not do is said before they sign up.
    let (_, _, shift) = opened(&world, &[("min_age", "18")]).await;
    let young = world.volunteer("young", 900, &of("2009-01-01", &[])).await;
    let words = rule(signup::apply(&world.as_volunteer(young), shift).await);
    assert_eq!(words, "这个岗位要满18岁");
}

async fn one_person_is_entered_once_and_leaves_nothing(world: World) {
    let (team, _, shift) = opened(&world, &[]).await;
    let ctx = world.by("vol");
    let mine = volunteer::own(&ctx).await.unwrap();
    assert_eq!(mine.file.phone, "13800120020");
    assert!(mine.volunteer.number.starts_with("ZY120102-26-"), "{}", mine.volunteer.number);
    // The same telephone again, however it is written.
    let same = with(
        &volunteer::fields_of(&world.services, &mine),
        &[("phone", "+86 138 0012 0020"), ("consent", "on"), ("version", "")],
    );
    let input = volunteer::read(&same, &world.services.divisions(), world.now().day(), true).unwrap();
    // Whoever types it learns nothing and gets a registration of an own; the street is told to ask both.
    let twice = volunteer::join_hashed(&world.system(), &input, "twice", "!").await.unwrap();
    assert!(twice.id != mine.volunteer.id && twice.number != mine.volunteer.number);
    let told = world.texts("SELECT body FROM notices WHERE title LIKE '%和另一位相同'").await;
    assert!(!told.is_empty() && told.iter().all(|body| body.contains(&twice.number)), "{told:?}");
    assert_eq!(volunteer::own(&ctx).await.unwrap().volunteer.version, mine.volunteer.version, "the first is as it was");
    // A name to sign in with is shown: no telephone.
    let new = with(&same, &[("phone", "13800130009")]);
    let input = volunteer::read(&new, &world.services.divisions(), world.now().day(), true).unwrap();
    let word = "东海有鱼西山有雨不相干";
    let number = volunteer::join(&world.services, "10.0.0.1", &input, "13800130009", word, word).await;
    assert!(matches!(&number, Err(Error::Invalid(all)) if all[0].field == "account"), "{number:?}");
    let long = "东海有鱼西山有雨北窗有风南田有稻";
    volunteer::join(&world.services, "10.0.0.1", &input, "linren-3", long, long).await.unwrap();
    // Changed by an old form: refused.
    let version = mine.volunteer.version;
    let edited = with(&volunteer::fields_of(&world.services, &mine), &[("skill", "first_aid")]);
    let edited = volunteer::read(&edited, &world.services.divisions(), world.now().day(), false).unwrap();
    volunteer::edit(&ctx, version, &edited).await.unwrap();
    assert!(matches!(volunteer::edit(&ctx, version, &edited).await, Err(Error::Conflict(_))));
    // Leaving takes everything away that names the person, and gives the place to who waits.
    member::join(&ctx, &team, "").await.unwrap();
    for name in ["vol", "vol2", "leader"] {
        world.set(world.now().plus_minutes(1));
        signup::apply(&world.by(name), shift).await.unwrap();
    }
    assert_eq!(state(&world, shift, "leader").await, SignupState::Waitlisted);
    volunteer::withdraw(&world.by("vol")).await.unwrap();
    assert_eq!(state(&world, shift, "leader").await, SignupState::Accepted);
    let left = world.number("SELECT COUNT(*) FROM volunteers WHERE state = 'withdrawn' AND payload IS NULL").await;
    assert_eq!(left, 1);
    let account = world.texts("SELECT state FROM accounts WHERE username = 'vol'").await;
    assert_eq!(account, ["deactivated"]);
    assert!(matches!(signup::apply(&world.by("vol"), shift).await, Err(Error::NotFound)));
    world.sealed().await;
    world.sound().await;
}

async fn an_independent_team_has_an_office_and_a_leader(world: World) {
    let input = fields(&[
        ("name", "示例巡河队"),
        ("about", "周末沿河捡拾垃圾。"),
        ("service", "E05"),
        ("division", "河东区鲁山道街道"),
    ]);
    let input = team::read(&input, &world.services.divisions(), true).unwrap();
    let code = team::apply(&world.by("leader"), &input).await.unwrap();
    // Nobody else sees it yet; the office has it on its desk.
    for by in ["vol", "meals", "next_street", "other_street", "village"] {
        let seen = team::view(&world.services, Some(&world.by(by)), &code, 0).await;
        assert!(matches!(seen, Err(Error::NotFound)), "{by}");
        assert!(team::decide(&world.by(by), &code, true, "").await.is_err(), "{by}");
    }
    let desk = services::office::desk::load(&world.by("street")).await.unwrap();
    let task = services::office::desk::Task::Volunteer(services::office::desk::VolunteerTask::DecideTeam);
    assert!(desk.due.iter().any(|item| item.task == task && item.code == code && item.due_at.is_some()));
    assert!(member::join(&world.by("vol"), &code, "").await.is_err());
    team::decide(&world.by("street"), &code, true, "").await.unwrap();
    assert!(team::decide(&world.by("street"), &code, true, "").await.is_err(), "once");
    member::join(&world.by("vol"), &code, "会划船").await.unwrap();
    assert!(matches!(member::join(&world.by("vol"), &code, "").await, Err(Error::Conflict(_))));
    let view = team::view(&world.services, Some(&world.by("leader")), &code, 0).await.unwrap();
    assert_eq!((view.applied.len(), view.applied[0].name.as_str()), (1, "示例志愿者"));
    assert!(team::view(&world.services, Some(&world.by("vol2")), &code, 0).await.unwrap().applied.is_empty());
    let member = view.applied[0].listing.member.id;
    assert!(matches!(member::answer(&world.by("vol2"), member, true, "").await, Err(Error::NotFound)));
    member::answer(&world.by("leader"), member, true, "").await.unwrap();
    // Never without a leader.
    let words = rule(member::leave(&world.by("leader"), &code).await);
    assert!(words.contains("唯一的队长"), "{words}");
    assert!(volunteer::withdraw(&world.by("leader")).await.is_err());
    member::lead(&world.by("leader"), member, true).await.unwrap();
    member::leave(&world.by("leader"), &code).await.unwrap();
    assert!(team::view(&world.services, Some(&world.by("vol")), &code, 0).await.unwrap().leads());
    team::end(&world.by("vol"), &code, "人都搬走了").await.unwrap();
    let ended = storage::volunteers::team::by_code(&mut world.read().await, &code).await.unwrap().unwrap();
    assert_eq!(ended.state, TeamState::Ended);
    world.sealed().await;
    world.sound().await;
}

async fn an_organizations_team_is_the_organizations(world: World) {
    let (team, code, shift) = opened(&world, &[("approval", "on")]).await;
    for by in ["care", "third", "street", "village", "vol", "admin"] {
        let who = world.by(by);
        assert!(opening::close(&who, &code).await.is_err(), "{by}");
        assert!(shift::cancel(&who, shift, "试试").await.is_err(), "{by}");
        assert!(matches!(signup::roster(&who, shift).await, Err(Error::NotFound | Error::Forbidden(_))), "{by}");
    }
    signup::apply(&world.by("vol"), shift).await.unwrap();
    assert_eq!(state(&world, shift, "vol").await, SignupState::Applied);
    let id = signed(&world, shift, "vol").await.id;
    assert!(signup::answer(&world.by("care"), id, true, "").await.is_err());
    assert!(signup::answer(&world.by("vol"), id, true, "").await.is_err(), "nobody accepts himself");
    let roster = signup::roster(&world.by("meals_worker"), shift).await.unwrap();
    assert_eq!(roster.lines[0].name, "示例志愿者");
    signup::answer(&world.by("meals_worker"), id, true, "").await.unwrap();
    assert!(signup::confirm(&world.by("vol2"), id).await.is_err());
    signup::confirm(&world.by("vol"), id).await.unwrap();
    assert_eq!(state(&world, shift, "vol").await, SignupState::Confirmed);
    // The hall knows it while the organization is verified.
    world.caught_up().await;
    let wanted = opening::Wanted { text: "老人".into(), area: "120102".into(), ..opening::Wanted::default() };
    assert_eq!(opening::hall(&world.services, &wanted, 0, 10).await.unwrap().total, 1);
    let by = async |text: &str, when: &str, with_room: bool| {
        let wanted = opening::Wanted { text: text.into(), when: when.into(), with_room, ..opening::Wanted::default() };
        opening::hall(&world.services, &wanted, 0, 10).await.unwrap().total
    };
    let next = opening::hall(&world.services, &wanted, 0, 10).await.unwrap().rows[0].next_at.unwrap().local();
    let weekend = usize::from(matches!(next.weekday(), chrono::Weekday::Sat | chrono::Weekday::Sun));
    let evening = usize::from(next.hour() >= 17);
    assert_eq!([by("", "weekend", false).await, by("", "evening", false).await], [weekend, evening]);
    assert_eq!([by("laoren", "", true).await, by("河东区老人", "", true).await], [1, 1]);
    services::supply::organization::suspend(&world.by("district"), world.org("meals"), "年检未过").await.unwrap();
    assert_eq!(opening::hall(&world.services, &wanted, 0, 10).await.unwrap().total, 0);
    assert!(opening::view(&world.services, None, &code).await.is_err());
    assert!(signup::apply(&world.by("vol2"), shift).await.is_err());
    assert!(team::view(&world.services, None, &team, 0).await.is_err());
    world.sound().await;
}

async fn fifty_at_once_never_exceed_the_places(world: World) {
    let team = founded(&world).await;
    let code = created(&world, &team, &[]).await;
    let shift = planned(&world, &code, "2026-11-28", ("9:00", "11:00"), 7).await;
    opening::publish(&world.by("meals"), &code).await.unwrap();
    let mut people = Vec::new();
    for number in 0..50_u32 {
        let account = world.volunteer(&format!("many{number}"), 100 + number, &[]).await;
        people.push(world.as_volunteer(account));
    }
    let mut tasks = JoinSet::new();
    for who in people.clone() {
        tasks.spawn(async move { signup::apply(&who, shift).await });
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap().unwrap();
    }
    let mut states: BTreeMap<SignupState, usize> = BTreeMap::new();
    for listed in storage::volunteers::signup::of_shift(&mut world.read().await, shift).await.unwrap() {
        *states.entry(listed.signup.state).or_default() += 1;
    }
    assert_eq!(states, BTreeMap::from([(SignupState::Accepted, 7), (SignupState::Waitlisted, 43)]));
    // All at once again, half of them the other way: every place that comes free is taken, none twice.
    let mut tasks = JoinSet::new();
    for (at, who) in people.into_iter().enumerate() {
        tasks.spawn(async move {
            let mine = signup::mine(&who, 0, 5).await?;
            match mine.ahead.first() {
                Some(listed) if at % 2 == 0 => signup::give_up(&who, listed.signup.id, "").await,
                _ => signup::apply(&who, shift).await.map(|_| ()),
            }
        });
    }
    while let Some(outcome) = tasks.join_next().await {
        assert!(matches!(outcome.unwrap(), Ok(()) | Err(Error::Conflict(_))));
    }
    let row = storage::volunteers::opening::shift(&mut world.read().await, shift).await.unwrap().unwrap();
    assert_eq!((row.taken, row.places), (7, 7));
    world.sound().await;
}

async fn who_waits_moves_up_in_order(world: World) {
    let (_, code, shift) = opened(&world, &[]).await;
    let mut people: Vec<Ctx> = Vec::new();
    for number in 0..6_u32 {
        let account = world.volunteer(&format!("q{number}"), 200 + number, &[]).await;
        let who = world.as_volunteer(account);
        world.set(world.now().plus_minutes(1));
        signup::apply(&who, shift).await.unwrap();
        people.push(who);
    }
    let of = async |who: &Ctx| {
        let mine = signup::mine(who, 0, 5).await.unwrap();
        let listed = mine.ahead.into_iter().chain(mine.past).next().unwrap();
        (listed.signup.state, listed.waiting, listed.signup.id)
    };
    assert_eq!(of(&people[1]).await.0, SignupState::Accepted);
    for (at, who) in people.iter().enumerate().skip(2) {
        let (state, waiting, _) = of(who).await;
        assert_eq!((state, waiting), (SignupState::Waitlisted, i64::try_from(at).unwrap() - 1));
    }
    // The first gives up: the third moves up, and hears of it.
    let id = of(&people[0]).await.2;
    signup::give_up(&people[0], id, "").await.unwrap();
    assert_eq!(of(&people[2]).await.0, SignupState::Accepted);
    assert_eq!(of(&people[3]).await.1, 1);
    let told = services::base::notice::list(&people[2], 0, 5).await.unwrap();
    assert_eq!(told[0].title, "候补轮到您了");
    // Whoever gives up comes back at the end.
    world.set(world.now().plus_minutes(1));
    signup::apply(&people[0], shift).await.unwrap();
    assert_eq!(of(&people[5]).await.1, 3);
    // Two more places: the next two, in order; fewer than are taken is refused.
    shift::set_places(&world.by("meals"), shift, "4").await.unwrap();
    assert_eq!((of(&people[3]).await.0, of(&people[4]).await.0), (SignupState::Accepted, SignupState::Accepted));
    assert_eq!(of(&people[5]).await.1, 1);
    assert!(matches!(shift::set_places(&world.by("meals"), shift, "3").await, Err(Error::Invalid(_))));
    // On the last day giving up is told as what it is; the place goes on all the same.
    world.set(Time::at(day("2026-11-27"), 20, 0));
    let id = of(&people[1]).await.2;
    signup::give_up(&people[1], id, "发烧").await.unwrap();
    let row = storage::volunteers::signup::by_id(&mut world.read().await, id).await.unwrap().unwrap();
    assert_eq!((row.state, row.reason.as_deref()), (SignupState::LateCancel, Some("发烧")));
    assert_eq!(of(&people[5]).await.0, SignupState::Accepted);
    let view = opening::view(&world.services, None, &code).await.unwrap();
    assert_eq!((view.shifts[0].0.taken, view.shifts[0].0.free()), (4, 0));
    // After the start nobody moves up.
    world.set(Time::at(day("2026-11-28"), 9, 1));
    assert!(signup::give_up(&people[2], of(&people[2]).await.2, "").await.is_err());
    world.sealed().await;
    world.sound().await;
}

async fn one_volunteer_is_at_one_place_at_a_time(world: World) {
    let (_, code, shift) = opened(&world, &[]).await;
    signup::apply(&world.by("vol"), shift).await.unwrap();
    assert_eq!(rule(signup::apply(&world.by("vol"), shift).await), "您已经报过名了");
    let night = planned(&world, &code, "2026-11-27", ("22:00", "9:30"), 3).await;
    let words = rule(signup::apply(&world.by("vol"), night).await);
    assert!(words.contains("时间重叠"), "{words}");
    let after = planned(&world, &code, "2026-11-28", ("11:00", "12:00"), 3).await;
    signup::apply(&world.by("vol"), after).await.unwrap();
    // Two that overlap, at the same moment: one.
    let (one, other) = (
        planned(&world, &code, "2026-12-05", ("9:00", "11:00"), 3).await,
        planned(&world, &code, "2026-12-05", ("10:00", "12:00"), 3).await,
    );
    let who = world.by("vol2");
    let (a, b) = tokio::join!(signup::apply(&who, one), signup::apply(&who, other));
    assert!(a.is_ok() != b.is_ok(), "{a:?} {b:?}");
    // Given up, the time is free again.
    let held = if a.is_ok() { one } else { other };
    signup::give_up(&who, signed(&world, held, "vol2").await.id, "").await.unwrap();
    signup::apply(&who, other).await.unwrap();
    world.sound().await;
}

async fn danger_needs_a_notice_and_an_insurance(world: World) {
    let team = founded(&world).await;
    let code = created(&world, &team, &[("dangerous", "on")]).await;
    assert!(
        rule(opening::publish(&world.by("meals"), &code).await.map_err(|e| match e {
            Error::Invalid(all) => Error::rule(all.iter().map(|m| m.field.clone()).collect::<Vec<_>>().join(" ")),
            other => other,
        }))
        .contains("risk_notice insurance insured_until")
    );
    let covered = [
        ("dangerous", "on"),
        ("risk_notice", "登梯子擦窗，两人一组，系安全带。"),
        ("insurance", "示例保险 保单号0001"),
        ("insured_until", "2026-11-30"),
    ];
    let edit = async |changes: &[(&str, &str)]| {
        let version = opening::view(&world.services, Some(&world.by("meals")), &code).await.unwrap().opening.version;
        let input = opening::read(&form(changes), &world.services.divisions(), false).unwrap();
        opening::edit(&world.by("meals"), &code, version, &input).await
    };
    edit(&covered).await.unwrap();
    let words = rule(opening::publish(&world.by("meals"), &code).await);
    assert!(words.contains("先安排至少一个班次"), "{words}");
    let soon = planned(&world, &code, "2026-11-28", ("9:00", "11:00"), 3).await;
    let late = planned(&world, &code, "2026-12-05", ("9:00", "11:00"), 3).await;
    opening::publish(&world.by("meals"), &code).await.unwrap();
    // While it is open the protection cannot be taken away.
    assert!(matches!(edit(&[("dangerous", "on")]).await, Err(Error::Invalid(_))));
    signup::apply(&world.by("vol"), soon).await.unwrap();
    let words = rule(signup::apply(&world.by("vol"), late).await);
    assert!(words.contains("保险"), "{words}");
    // Nothing dangerous under eighteen, whatever the form says.
    let read = opening::read(&with(&form(&covered), &[("min_age", "16")]), &world.services.divisions(), false);
    assert!(matches!(read, Err(Error::Invalid(all)) if all[0].field == "min_age"));
    world.sound().await;
}

async fn coming_and_going_by_code_and_by_list(world: World) {
    let (_, _, shift) = opened(&world, &[]).await;
    for name in ["vol", "vol2"] {
        signup::apply(&world.by(name), shift).await.unwrap();
    }
    let code = storage::volunteers::opening::shift(&mut world.read().await, shift).await.unwrap().unwrap().check_code;
    let id = signed(&world, shift, "vol").await.id;
    // Too early; the wrong code; somebody else's.
    assert!(matches!(attendance::check(&world.by("vol"), id, &code, None).await, Err(Error::Conflict(_))));
    world.set(Time::at(day("2026-11-28"), 8, 55));
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert!(matches!(attendance::check(&world.by("vol"), id, wrong, None).await, Err(Error::Invalid(_))));
    assert!(matches!(attendance::check(&world.by("vol2"), id, &code, None).await, Err(Error::NotFound)));
    attendance::check(&world.by("vol"), id, &format!(" {}　{} ", &code[..3], &code[3..]), None).await.unwrap();
    let row = signed(&world, shift, "vol").await;
    assert_eq!((row.state, row.in_at), (SignupState::Attended, Some(world.now())));
    // Out, once; the second time says so.
    world.set(Time::at(day("2026-11-28"), 11, 5));
    attendance::check(&world.by("vol"), id, &code, None).await.unwrap();
    assert!(rule(attendance::check(&world.by("vol"), id, &code, None).await).contains("签退过"));
    assert_eq!(hours::proposed(&signed(&world, shift, "vol").await), 120, "within the shift");
    // The list: nobody but who looks after the team; absent and excused give the place back or not.
    let other = signed(&world, shift, "vol2").await.id;
    assert!(attendance::list(&world.by("care"), shift, &[(other, Mark::Present)], None).await.is_err());
    assert!(attendance::list(&world.by("vol2"), shift, &[(other, Mark::Present)], None).await.is_err());
    attendance::list(&world.by("meals"), shift, &[(other, Mark::Absent)], None).await.unwrap();
    assert_eq!(state(&world, shift, "vol2").await, SignupState::NoShow);
    attendance::list(&world.by("meals"), shift, &[(other, Mark::Excused)], None).await.unwrap();
    assert_eq!(state(&world, shift, "vol2").await, SignupState::Excused);
    assert!(attendance::list(&world.by("meals"), shift, &[(other, Mark::Present)], None).await.is_err());
    // Guessing is slowed down.
    let mut slowed = false;
    for _ in 0..12 {
        slowed |= matches!(attendance::check(&world.by("vol"), id, wrong, None).await, Err(Error::TooMany { .. }));
    }
    assert!(slowed);
    world.sealed().await;
    world.sound().await;
}

async fn cancelled_shifts_tell_everybody(world: World) {
    let (team, code, shift) = opened(&world, &[]).await;
    for name in ["vol", "vol2", "leader"] {
        world.set(world.now().plus_minutes(1));
        signup::apply(&world.by(name), shift).await.unwrap();
    }
    let ids = [signed(&world, shift, "vol").await.id, signed(&world, shift, "leader").await.id];
    shift::cancel(&world.by("meals"), shift, "停电").await.unwrap();
    for id in ids {
        let row = storage::volunteers::signup::by_id(&mut world.read().await, id).await.unwrap().unwrap();
        assert_eq!(row.state, SignupState::Cancelled);
    }
    for name in ["vol", "vol2", "leader"] {
        let told = services::base::notice::list(&world.by(name), 0, 5).await.unwrap();
        assert!(told[0].title == "班次取消了" && told[0].body.contains("停电"), "{told:?}");
    }
    let again = planned(&world, &code, "2026-11-28", ("9:00", "11:00"), 2).await;
    signup::apply(&world.by("vol"), again).await.unwrap();
    // A team that ends takes its openings along.
    team::end(&world.by("meals"), &team, "队伍合并").await.unwrap();
    let view = opening::view(&world.services, Some(&world.by("meals")), &code).await.unwrap();
    assert_eq!(view.opening.state, domain::opening::OpeningState::Cancelled);
    assert!(signup::mine(&world.by("vol"), 0, 5).await.unwrap().ahead.iter().all(|l| !l.signup.state.is_live()));
    world.sealed().await;
    world.sound().await;
}

async fn what_happens_reaches_the_street_at_once(world: World) {
    let (_, _, shift) = opened(&world, &[]).await;
    signup::apply(&world.by("vol"), shift).await.unwrap();
    for by in ["vol2", "care", "street", "city"] {
        assert!(incident::report(&world.by(by), shift, "injury", "摔了一跤").await.is_err(), "{by}");
    }
    let bad = incident::report(&world.by("vol"), shift, "x", "").await;
    assert!(matches!(bad, Err(Error::Invalid(all)) if all.len() == 2));
    incident::report(&world.by("vol"), shift, "injury", "桑榆晚晴在门口摔了一跤").await.unwrap();
    let desk = services::office::desk::load(&world.by("street")).await.unwrap();
    let task = services::office::desk::Task::Volunteer(services::office::desk::VolunteerTask::Incident);
    let id = desk.due.iter().find(|item| item.task == task && item.urgent).unwrap().id;
    let view = incident::view(&world.by("street"), id).await.unwrap();
    assert_eq!(view.words, "桑榆晚晴在门口摔了一跤");
    for by in ["other_street", "next_street", "meals", "vol", "village"] {
        assert!(incident::view(&world.by(by), id).await.is_err(), "{by}");
        assert!(incident::handle(&world.by(by), id, "已送医").await.is_err(), "{by}");
    }
    incident::handle(&world.by("street"), id, "已陪同就医，没有大碍").await.unwrap();
    assert!(matches!(incident::handle(&world.by("street2"), id, "已处理").await, Err(Error::Conflict(_))));
    let told = services::base::notice::list(&world.by("vol"), 0, 5).await.unwrap();
    assert_eq!(told[0].title, "街道处理了您报告的情况");
    world.sealed().await;
    world.sound().await;
}

async fn a_household_is_seen_for_the_shift_only(world: World) {
    let need = world.meals(14).await;
    let pairing = world.active("meals", &need, &[14]).await;
    let team = founded(&world).await;
    let canary = duijie_tests::world::Canary::new();
    // What the file holds does not come back in a public text.
    for (field, text) in [("content", canary.name), ("place", canary.address)] {
        let read = opening::read(&form(&[(field, text), ("division", "")]), &world.services.divisions(), true);
        let made = match read {
            Ok(input) => opening::create(&world.by("meals"), &team, &pairing, &input).await.map(|_| ()),
            Err(error) => Err(error),
        };
        assert!(matches!(made, Err(Error::Invalid(_))), "{field}: {made:?}");
    }
    let input = form(&[("place", "向阳社区服务站"), ("division", ""), ("accompany", "on")]);
    let input = opening::read(&input, &world.services.divisions(), true).unwrap();
    assert!(opening::create(&world.by("care"), &team, &pairing, &input).await.is_err());
    let code = opening::create(&world.by("meals"), &team, &pairing, &input).await.unwrap();
    let shift = planned(&world, &code, "2026-11-28", ("9:00", "11:00"), 2).await;
    opening::publish(&world.by("meals"), &code).await.unwrap();
    let public = opening::view(&world.services, None, &code).await.unwrap();
    assert_eq!((public.opening.division_code.as_str(), public.pairing), ("120102000000", None));
    // Members only.
    assert!(rule(signup::apply(&world.by("vol"), shift).await).contains("只招队员"));
    member::join(&world.by("vol"), &team, "").await.unwrap();
    let view = team::view(&world.services, Some(&world.by("meals")), &team, 0).await.unwrap();
    member::answer(&world.by("meals"), view.applied[0].listing.member.id, true, "").await.unwrap();
    signup::apply(&world.by("vol"), shift).await.unwrap();
    let id = signed(&world, shift, "vol").await.id;
    let look = async |by: &str| incident::household(&world.by(by), id).await;
    world.set(Time::at(day("2026-11-26"), 23, 59));
    assert!(matches!(look("vol").await, Err(Error::Conflict(_))), "two days before");
    world.set(Time::at(day("2026-11-27"), 0, 1));
    assert!(matches!(look("vol2").await, Err(Error::NotFound)));
    let seen = look("vol").await.unwrap();
    assert_eq!((seen.called.as_str(), seen.address.as_str()), ("桑女士", canary.address));
    assert_eq!(seen.health_notes, canary.health_notes);
    assert_eq!(world.count_events("pairing.disclose").await, 1);
    let street =
        services::aid::view::need(&world.services, services::finding::hall::Viewer::Staff(&world.by("street")), &need)
            .await
            .unwrap();
    let services::aid::view::NeedView::Staff(street) = street else { panic!("the street's own need") };
    assert_eq!(street.disclosures.len(), 1, "the street sees who looked");
    world.set(Time::at(day("2026-11-28"), 11, 1));
    assert!(matches!(look("vol").await, Err(Error::Conflict(_))), "after the end");
    world.set(Time::at(day("2026-11-28"), 9, 30));
    // Whose organization has reported needs to know no more.
    world.raw(&format!("UPDATE pairings SET state = 'reported' WHERE code = '{pairing}'")).await.unwrap();
    assert!(rule(look("vol").await).contains("结果已经报告"));
    world.raw(&format!("UPDATE pairings SET state = 'active' WHERE code = '{pairing}'")).await.unwrap();
    services::needs::consent::withdraw(&world.by("street"), &need, "本人来电撤回").await.unwrap();
    assert!(rule(look("vol").await).contains("同意"), "without consent");
    // Who is removed from the team sees nothing, and what he had signed up for is given up.
    let later = planned(&world, &code, "2026-12-05", ("9:00", "11:00"), 1).await;
    signup::apply(&world.by("vol"), later).await.unwrap();
    let own =
        storage::volunteers::volunteer::by_account(&mut world.read().await, world.id("vol")).await.unwrap().unwrap();
    let id_of_team = storage::volunteers::team::by_code(&mut world.read().await, &team).await.unwrap().unwrap().id;
    let membership =
        storage::volunteers::team::membership(&mut world.read().await, id_of_team, own.id).await.unwrap().unwrap();
    member::remove(&world.by("meals"), membership.id, "不再来了").await.unwrap();
    assert!(rule(look("vol").await).contains("不在这支服务队"));
    let ahead = storage::volunteers::signup::own(&mut world.read().await, later, own.id).await.unwrap();
    assert!(ahead.is_none_or(|signup| !signup.state.is_live()), "the place is free again");
    world.sealed().await;
    world.sound().await;
}
