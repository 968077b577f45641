//! A wrong clock of the machine: nothing runs down by it until an administrator has looked.

use domain::calendar::Time;
use duijie_tests::world::World;
use services::Error;
use services::base::machine_clock;
use services::office::clocks;

use crate::base::jobs::readyz;

duijie_tests::both_engines!(
    a_clock_that_leaps_lets_everything_stand_until_it_is_accepted,
    a_clock_that_went_back_lets_everything_stand,
    a_machine_that_was_off_over_a_long_weekend_goes_on,
);

const DAY: i64 = 24 * 3600;

async fn stands(world: &World) -> bool {
    match clocks::tick(&world.services).await {
        Err(Error::Failing(names)) => names == ["machine clock"],
        Ok(_) => false,
        Err(error) => panic!("{error}"),
    }
}

async fn a_clock_that_leaps_lets_everything_stand_until_it_is_accepted(world: World) {
    let need = world.meals(14).await;
    let start = world.now();
    world.clock.set_uptime("a", 1000);
    assert!(!stands(&world).await);
    // A minute later the clock says next year.
    world.set(start.plus_days(300));
    world.clock.set_uptime("a", 1060);
    let before = world.rows().await;
    assert!(stands(&world).await);
    assert_eq!(before, world.rows().await, "nothing ran down");
    assert!(services::record::retention::run(&world.system()).await.is_err(), "nothing is taken away either");
    let (_, text) = readyz(&world).await;
    assert!(text.starts_with("degraded") || text.starts_with("catching up"), "{text}");
    assert!(text.contains("duijie clock accept"), "{text}");
    let words = world.services.machine_clock.get().unwrap().words();
    assert!(words.contains("请核对服务器时间"), "{words}");
    // The clock is set right: the clocks go on by themselves.
    world.set(start.plus_minutes(2));
    assert!(!stands(&world).await);
    assert_eq!(world.services.machine_clock.get(), None);
    // It leaps again, and the administrator says that it is right.
    world.set(start.plus_days(300));
    assert!(stands(&world).await);
    for by in ["street", "city", "security", "meals", "vol"] {
        assert!(machine_clock::accept(&world.by(by)).await.is_err(), "{by}");
    }
    assert_eq!(machine_clock::accept(&world.by("admin")).await.unwrap(), world.now());
    assert!(!stands(&world).await);
    assert_eq!(world.count_events("clock.accept").await, 1);
    assert!(world.need(&need).await.state != domain::need::NeedState::Published, "its validity is over by now");
    world.sealed().await;
    world.sound().await;
}

async fn a_clock_that_went_back_lets_everything_stand(world: World) {
    let start = world.now();
    world.meals(14).await;
    assert!(!stands(&world).await);
    world.set(Time(start.plus_minutes(-59).0));
    assert!(!stands(&world).await);
    world.set(start.plus_hours(-2));
    assert!(stands(&world).await);
    machine_clock::accept(&world.system()).await.unwrap();
    assert!(!stands(&world).await);
}

async fn a_machine_that_was_off_over_a_long_weekend_goes_on(world: World) {
    let start = world.now();
    world.meals(14).await;
    world.clock.set_uptime("a", 1000);
    assert!(!stands(&world).await);
    world.set(start.plus_days(9));
    world.clock.set_uptime("b", 60);
    assert!(!stands(&world).await);
    // Up, and nobody there: as much time has gone by as the clock says.
    world.set(start.plus_days(29));
    world.clock.set_uptime("b", 60 + 20 * DAY);
    assert!(!stands(&world).await);
    // Off for a year: somebody is asked.
    world.set(start.plus_days(400));
    world.clock.set_uptime("c", 60);
    assert!(stands(&world).await);
}
