//! Hours served: confirmed by another, corrected, summed, certified.

use domain::calendar::Time;
use domain::hours::{Anomaly, CorrectionState, RecordState};
use domain::permission::{Refusal, Separation};
use domain::signup::SignupState;
use duijie_tests::world::{Seeded, World, day, difference, fields, with};
use services::volunteers::attendance::{self, Mark};
use services::volunteers::{certificate, exchange, hours, member, shift, signup, team};
use services::{Ctx, Error, Random as _};
use uuid::Uuid;

use crate::volunteers::volunteer::{created, founded, opened, own, planned, rule, signed, state};

duijie_tests::both_engines!(
    hours_are_confirmed_by_another_account,
    sums_equal_the_records_through_corrections,
    what_is_late_is_told_upwards_once,
    over_midnight_and_month_ends,
    a_certificate_says_what_stands_today,
);

/// `vol` and `vol2` have come to the shift on Saturday; it is Saturday afternoon.
async fn served(world: &World) -> (Uuid, Uuid, Uuid) {
    let (_, _, shift) = opened(world, &[]).await;
    for name in ["vol", "vol2"] {
        signup::apply(&world.by(name), shift).await.unwrap();
    }
    world.set(Time::at(day("2026-11-28"), 15, 0));
    let (one, other) = (signed(world, shift, "vol").await.id, signed(world, shift, "vol2").await.id);
    let marks = [(one, Mark::Present), (other, Mark::Present)];
    attendance::list(&world.by("meals"), shift, &marks, None).await.unwrap();
    (shift, one, other)
}

async fn hours_are_confirmed_by_another_account(world: World) {
    let (shift, one, other) = served(&world).await;
    // `vol` leads the team from here on: whoever leads confirms, but not the own hours.
    let code = world.texts("SELECT code FROM teams").await.remove(0);
    member::join(&world.by("vol"), &code, "").await.unwrap();
    let view = team::view(&world.services, Some(&world.by("meals")), &code, 0).await.unwrap();
    let member = view.applied[0].listing.member.id;
    member::answer(&world.by("meals"), member, true, "").await.unwrap();
    member::lead(&world.by("meals"), member, true).await.unwrap();
    hours::enter(&world.by("meals"), shift, &[(one, 120), (other, 150)]).await.unwrap();
    let before = world.rows().await;
    let everybody: Vec<&str> = duijie_tests::world::ACCOUNTS.iter().map(|(name, ..)| *name).collect();
    for by in everybody.iter().filter(|by| !matches!(**by, "meals_worker" | "meals_other")) {
        let outcome = hours::confirm(&world.by(by), &[one]).await;
        match *by {
            "meals" => assert!(
                matches!(outcome, Err(Error::Forbidden(Refusal::Separated(Separation::Recorder)))),
                "{outcome:?}"
            ),
            "vol" => assert!(
                matches!(outcome, Err(Error::Forbidden(Refusal::Separated(Separation::Beneficiary)))),
                "{outcome:?}"
            ),
            _ => assert!(matches!(outcome, Err(Error::NotFound | Error::Forbidden(_))), "{by}: {outcome:?}"),
        }
        assert!(hours::reject(&world.by(by), one, "试试").await.is_err(), "{by}");
        assert!(hours::void(&world.by(by), one, "试试").await.is_err(), "{by}");
    }
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    // The leader confirms what others gave; the organization the leader's.
    hours::confirm(&world.by("vol"), &[other]).await.unwrap();
    hours::confirm(&world.by("meals_worker"), &[one]).await.unwrap();
    assert_eq!(state(&world, shift, "vol").await, SignupState::Recorded);
    let mine = signup::mine(&world.by("vol2"), 0, 5).await.unwrap();
    assert_eq!(mine.total, (1, 150));
    // The table itself refuses what no command does.
    let id = "(SELECT entered_by FROM service_records LIMIT 1)";
    assert!(world.raw(&format!("UPDATE service_records SET confirmed_by = {id}")).await.is_err());
    world.sealed().await;
    world.sound().await;
}

async fn sums_equal_the_records_through_corrections(world: World) {
    let (shift, one, other) = served(&world).await;
    hours::enter(&world.by("meals"), shift, &[(one, 120), (other, 200)]).await.unwrap();
    let roster = signup::roster(&world.by("meals_worker"), shift).await.unwrap();
    let odd = &roster.lines.iter().find(|l| l.listed.signup.id == other).unwrap().anomalies;
    assert_eq!(odd, &[Anomaly::MoreThanShift, Anomaly::MoreThanPresent]);
    // Sent back, entered again by the other one: now the first may confirm.
    hours::reject(&world.by("meals_worker"), other, "班次只有两小时").await.unwrap();
    hours::enter(&world.by("meals_worker"), shift, &[(other, 115)]).await.unwrap();
    assert!(hours::confirm(&world.by("meals_worker"), &[one, other]).await.is_err(), "all or none");
    assert_eq!(world.number("SELECT COUNT(*) FROM service_records").await, 0);
    hours::confirm(&world.by("meals_worker"), &[one]).await.unwrap();
    hours::confirm(&world.by("meals"), &[other]).await.unwrap();
    assert!(hours::confirm(&world.by("meals"), &[other]).await.is_err(), "once");
    // Random corrections by random people: the sum is that of the valid records, always one a sign-up.
    let random = Seeded::new(7);
    let pick = |n: u64| {
        let mut bytes = [0_u8; 8];
        random.fill(&mut bytes);
        u64::from_le_bytes(bytes) % n
    };
    let (mut done, mut refused) = (0, 0);
    let staff = ["meals", "meals_worker", "meals_other", "meals", "meals_worker", "care"];
    for _ in 0..60 {
        let by = |at: u64| world.by(staff[usize::try_from(at).unwrap()]);
        let (name, id) = if pick(2) == 0 { ("vol", one) } else { ("vol2", other) };
        let open = storage::volunteers::hours::of_volunteer_asked(&mut world.read().await, own(&world, name).await)
            .await
            .unwrap();
        let latest = open.first().map(|asked| (asked.correction.id, asked.correction.state));
        let wanted = format!("{}.5", 1 + pick(3));
        let outcome: Result<(), Error> = match latest {
            Some((asked, CorrectionState::Asked)) if pick(6) == 0 => {
                hours::refuse(&by(pick(6)), asked, "有签到为证").await.map(|_| ())
            }
            Some((asked, CorrectionState::Asked)) => hours::propose(&by(pick(6)), asked, &wanted).await.map(|_| ()),
            Some((asked, CorrectionState::Proposed)) => {
                let confirm = pick(4) > 0;
                hours::decide(&by(pick(6)), asked, confirm, "再核对").await.map(|_| ())
            }
            // Answered already, or never asked; now and then twice.
            Some((asked, _)) if pick(4) == 0 => hours::propose(&by(pick(6)), asked, &wanted).await.map(|_| ()),
            _ => hours::ask(&world.by(name), id, &wanted, "时间记错了").await,
        };
        world.set(world.now().plus_minutes(1));
        match outcome {
            Ok(()) => done += 1,
            Err(Error::Conflict(_) | Error::Forbidden(_) | Error::NotFound) => refused += 1,
            Err(other) => panic!("{other:?}"),
        }
        for name in ["vol", "vol2"] {
            let mine = signup::mine(&world.by(name), 0, 50).await.unwrap();
            let minutes: i64 = mine.past.iter().filter_map(|l| l.signup.minutes).sum();
            assert_eq!(mine.total, (1, minutes), "{name}");
        }
    }
    assert!(done > 20 && refused > 5, "{done} {refused}");
    assert_eq!(world.number("SELECT COUNT(*) FROM service_records WHERE entered_by = confirmed_by").await, 0);
    let superseded = world.number("SELECT COUNT(*) FROM service_records WHERE state = 'superseded'").await;
    assert_eq!(world.count_events("signup.correct").await, superseded);
    assert!(superseded > 1, "{superseded}");
    // What should not be is voided by somebody else than who entered it last.
    let last = signed(&world, shift, "vol").await.entered_by.unwrap();
    let entered = ["meals", "meals_worker", "meals_other"].into_iter().find(|n| world.id(n) == last).unwrap();
    assert!(hours::void(&world.by(entered), one, "记错了人").await.is_err());
    let another = ["meals", "meals_worker"].into_iter().find(|n| *n != entered).unwrap();
    hours::void(&world.by(another), one, "记错了人").await.unwrap();
    assert_eq!(signup::mine(&world.by("vol"), 0, 50).await.unwrap().total, (0, 0));
    let ended = RecordState::Void.as_str();
    assert_eq!(world.number(&format!("SELECT COUNT(*) FROM service_records WHERE state = '{ended}'")).await, 1);
    world.sealed().await;
    world.sound().await;
}

async fn what_is_late_is_told_upwards_once(world: World) {
    let (shift, one, _) = served(&world).await;
    let due = signed(&world, shift, "vol").await.due_at.unwrap();
    // Saturday the 28th: ten working days end on Friday the 11th of December.
    assert_eq!(due, Time::at(day("2026-12-11"), 18, 0));
    let tasks = services::office::desk::load(&world.by("meals")).await.unwrap();
    let task = services::office::desk::Task::Volunteer(services::volunteers::volunteer_desk::VolunteerTask::EnterHours);
    assert!(tasks.due.iter().any(|item| item.task == task && item.due_at == Some(due)));
    world.set(due.plus_minutes(1));
    for _ in 0..2 {
        services::office::clocks::tick(&world.services).await.unwrap();
    }
    assert_eq!(world.count_events("signup.remind").await, 2);
    hours::enter(&world.by("meals"), shift, &[(one, 120)]).await.unwrap();
    hours::confirm(&world.by("meals_worker"), &[one]).await.unwrap();
    hours::ask(&world.by("vol"), one, "2.5", "延长了半小时").await.unwrap();
    world.set(world.now().plus_days(9));
    for _ in 0..2 {
        services::office::clocks::tick(&world.services).await.unwrap();
    }
    assert_eq!(world.count_events("correction.remind").await, 1);
    world.sealed().await;
    world.sound().await;
}

async fn over_midnight_and_month_ends(world: World) {
    let team = founded(&world).await;
    let code = created(&world, &team, &[]).await;
    let night = planned(&world, &code, "2026-12-31", ("22:00", "2:00"), 2).await;
    let row = storage::volunteers::opening::shift(&mut world.read().await, night).await.unwrap().unwrap();
    assert_eq!((row.starts_at.day(), row.ends_at.day()), (day("2026-12-31"), day("2027-01-01")));
    assert_eq!(row.starts_at.minutes_until(row.ends_at), 240);
    // Every Saturday and Sunday over the end of the month.
    let weekly = fields(&[
        ("from", "2026-11-28"),
        ("until", "2026-12-13"),
        ("weekdays", "6"),
        ("weekdays", "7"),
        ("begins", "９：００"),
        ("ends", "11:00"),
        ("places", "5"),
    ]);
    let plan = shift::read_plan(&weekly, world.now()).unwrap();
    let days: Vec<String> = plan.times.iter().map(|(from, _)| from.day().to_string()).collect();
    assert_eq!(days, ["2026-11-28", "2026-11-29", "2026-12-05", "2026-12-06", "2026-12-12", "2026-12-13"]);
    assert_eq!(shift::plan(&world.by("meals"), &code, &plan).await.unwrap(), 6);
    // The same series again makes nothing twice.
    assert!(rule(shift::plan(&world.by("meals"), &code, &plan).await).contains("已经排过"));
    for (changes, field) in [
        (&[("from", "2026-11-20"), ("until", ""), ("weekdays", "")][..], "from"),
        (&[("ends", "9:00")], "ends"),
        (&[("until", "2026-11-27")], "until"),
        (&[("weekdays", "")], "weekdays"),
        (&[("places", "0")], "places"),
        (&[("begins", "25:00")], "begins"),
    ] {
        let read = shift::read_plan(&with(&weekly, changes), world.now());
        assert!(matches!(&read, Err(Error::Invalid(all)) if all.iter().any(|m| m.field == field)), "{field}: {read:?}");
    }
    world.sound().await;
}

async fn a_certificate_says_what_stands_today(world: World) {
    use domain::certificate::Standing;
    let (shift, one, other) = served(&world).await;
    let team = world.texts("SELECT code FROM teams").await.remove(0);
    assert!(rule(certificate::issue(&world.by("vol"), &team, "", "").await).contains("没有已经记录的服务"));
    hours::enter(&world.by("meals"), shift, &[(one, 120), (other, 90)]).await.unwrap();
    hours::confirm(&world.by("meals_worker"), &[one, other]).await.unwrap();
    let id = certificate::issue(&world.by("vol"), &team, "", "").await.unwrap();
    let printed = certificate::read(&world.by("vol"), id).await.unwrap();
    assert_eq!((printed.certificate.minutes, printed.records.len()), (120, 1));
    assert_eq!(printed.certificate.unit, "示例助餐服务中心");
    for by in ["vol2", "care", "street", "city"] {
        assert!(certificate::read(&world.by(by), id).await.is_err(), "{by}");
    }
    let code = domain::certificate::shown(&printed.certificate.check_code).to_lowercase();
    let check = async || certificate::verify(&world.services, "10.0.0.7", &code).await.unwrap();
    assert_eq!((check().await.standing, check().await.minutes), (Standing::Valid, 120));
    // Corrected since: the page says so, with the hours of today.
    hours::ask(&world.by("vol"), one, "2.5", "延长了半小时").await.unwrap();
    let asked = storage::volunteers::hours::of_shift(&mut world.read().await, shift).await.unwrap()[0].correction.id;
    hours::propose(&world.by("meals"), asked, "2.5").await.unwrap();
    assert!(hours::decide(&world.by("meals"), asked, true, "").await.is_err(), "not by who proposed it");
    hours::decide(&world.by("meals_worker"), asked, true, "").await.unwrap();
    assert_eq!((check().await.standing, check().await.minutes), (Standing::Corrected, 150));
    hours::void(&world.by("meals_worker"), one, "记错了人").await.unwrap();
    assert_eq!((check().await.standing, check().await.minutes), (Standing::Void, 0));
    // Guessing from one address is slowed down; who holds a right code elsewhere is not.
    let mut slowed = false;
    for _ in 0..40 {
        let guess = certificate::verify(&world.services, "10.0.0.9", "2345-6789-ABCD").await;
        slowed |= matches!(guess, Err(Error::TooMany { .. }));
    }
    assert!(slowed);
    check().await;
    // The exchange file: for whoever answers for the team, with a fresh proof, and on record.
    let stale = Ctx { confirmed_at: None, ..world.by("meals") };
    let read = async |who: &Ctx| exchange::read(who, &team, "", "", &exchange::Part::ALL).await;
    assert!(matches!(read(&stale).await.map(|_| ()), Err(Error::Unconfirmed)));
    for by in ["meals_worker", "care", "vol", "city"] {
        assert!(read(&world.by(by)).await.is_err(), "{by}");
    }
    let rows = read(&world.by("meals")).await.unwrap().parts.remove(0).1;
    assert_eq!((rows.len(), rows[0].len()), (1, exchange::SERVICES.len()));
    assert_eq!((rows[0][1].as_str(), rows[0][13].as_str()), ("示例志愿者", "1.5"));
    assert_eq!(world.count_events("access.export").await, 1);
    world.sealed().await;
    world.sound().await;
}
