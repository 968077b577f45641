//! Joint claims: every organization agrees to its own part, the units are reserved once, and the street decides as one.

use domain::{claim::ClaimState, uscc::Uscc};
use duijie_tests::world::World;
use services::aid::{claim, joint, view};
use services::office::clocks;
use services::office::desk::Task;
use services::supply::organization;
use services::{Conflict, Error};
use uuid::Uuid;

duijie_tests::both_engines!(
    all_agree_and_the_street_decides_as_one,
    who_refuses_gives_its_part_back_and_the_lead_decides,
    silence_and_lost_standing_give_units_back,
    what_cannot_be_formed_is_said_by_field,
    many_at_once_never_take_more_than_there_is,
);

pub(crate) async fn input(world: &World, need: &str, own: i64, members: &[(&str, i64)]) -> joint::Input {
    let line = world.lines(need).await[0].id;
    joint::Input {
        lines: vec![(line, own)],
        members: members
            .iter()
            .map(|(name, units)| (Uscc::parse(&world.usccs[name]).unwrap(), vec![(line, *units)]))
            .collect(),
        plan: "中午一家送，傍晚一家送".to_owned(),
        start_on: world.now().day(),
    }
}

async fn formed(world: &World, need: &str, own: i64, members: &[(&str, i64)]) -> String {
    joint::form(&world.by("meals"), need, &input(world, need, own, members).await).await.unwrap()
}

/// The code of an organization's part.
pub(crate) async fn part(world: &World, need: &str, name: &str) -> String {
    let id = world.need(need).await.id;
    let all = storage::aid::claim::of_need(&mut world.read().await, id).await.unwrap();
    all.into_iter().filter(|c| c.organization_id == world.org(name)).map(|c| c.code).max().unwrap()
}

async fn states(world: &World, need: &str) -> Vec<ClaimState> {
    let id = world.need(need).await.id;
    let mut all = storage::aid::claim::of_need(&mut world.read().await, id).await.unwrap();
    all.sort_by(|a, b| a.code.cmp(&b.code));
    all.into_iter().map(|c| c.state).collect()
}

async fn has_task(world: &World, by: &str, task: Task) -> bool {
    let desk = services::office::desk::load(&world.by(by)).await.unwrap();
    desk.due.iter().chain(&desk.overdue).any(|item| item.task == task)
}

async fn all_agree_and_the_street_decides_as_one(world: World) {
    let need = world.meals(14).await;
    let lead = formed(&world, &need, 6, &[("care", 5), ("third", 3)]).await;
    assert_eq!(world.lines(&need).await[0].taken, 14, "reserved at once");
    assert_eq!(states(&world, &need).await, [ClaimState::Forming; 3]);
    // Nothing to decide for the street yet, and nothing it could.
    assert!(!has_task(&world, "street", Task::DecideClaim).await);
    assert!(matches!(claim::approve(&world.by("street"), &lead).await, Err(Error::Conflict(Conflict::Illegal(_)))));
    let (care, third) = (part(&world, &need, "care").await, part(&world, &need, "third").await);
    assert!(has_task(&world, "care", Task::JoinClaim).await);
    for by in ["meals", "third"] {
        assert!(matches!(joint::join(&world.by(by), &care).await, Err(Error::NotFound)), "{by}");
    }
    joint::join(&world.by("care"), &care).await.unwrap();
    assert!(matches!(joint::join(&world.by("care_worker"), &care).await, Err(Error::Conflict(_))), "once");
    assert!(matches!(joint::go_on(&world.by("meals"), &lead).await, Err(Error::Conflict(_))), "one is still asked");
    joint::join(&world.by("third"), &third).await.unwrap();
    assert_eq!(states(&world, &need).await, [ClaimState::Submitted; 3]);
    assert!(world.claim(&lead).await.due_at.is_some() && world.claim(&care).await.due_at.is_none());
    let desk = services::office::desk::load(&world.by("street")).await.unwrap();
    assert_eq!(desk.due.iter().filter(|item| item.task == Task::DecideClaim).count(), 1, "one decision");
    // Each side sees all parts.
    for by in ["meals", "street"] {
        assert_eq!(view::claim(&world.by(by), &lead).await.unwrap().parts.len(), 3, "{by}");
    }
    assert!(
        matches!(view::claim(&world.by("care"), &lead).await, Err(Error::NotFound)),
        "its own page is its own part"
    );
    assert_eq!(view::claim(&world.by("care"), &care).await.unwrap().parts.len(), 3);
    // The lead answers for all, whichever part the street looks at.
    claim::ask(&world.by("street"), &care, "周末谁送").await.unwrap();
    assert_eq!(world.claim(&lead).await.state, ClaimState::NeedsInfo);
    claim::answer(&world.by("meals"), &lead, "周末由牵头的送").await.unwrap();
    claim::approve(&world.by("street"), &third).await.unwrap();
    assert_eq!(states(&world, &need).await, [ClaimState::Approved; 3]);
    let id = world.need(&need).await.id;
    let pairings = storage::aid::pairing::of_need(&mut world.read().await, id).await.unwrap();
    let mut whose: Vec<Uuid> = pairings.iter().map(|p| p.organization_id).collect();
    whose.sort();
    let mut wanted = vec![world.org("meals"), world.org("care"), world.org("third")];
    wanted.sort();
    assert_eq!(whose, wanted, "each organization has a pairing of its own");
    assert_eq!(world.lines(&need).await[0].taken, 14);
    world.sealed().await;
    world.sound().await;
}

async fn who_refuses_gives_its_part_back_and_the_lead_decides(world: World) {
    let need = world.meals(14).await;
    let lead = formed(&world, &need, 6, &[("care", 5), ("third", 3)]).await;
    let (care, third) = (part(&world, &need, "care").await, part(&world, &need, "third").await);
    assert!(matches!(claim::withdraw(&world.by("third"), &third, " ").await, Err(Error::Invalid(_))));
    claim::withdraw(&world.by("third"), &third, "人手不够").await.unwrap();
    assert_eq!(world.lines(&need).await[0].taken, 11);
    joint::join(&world.by("care"), &care).await.unwrap();
    assert_eq!(world.claim(&care).await.state, ClaimState::Forming, "not handed in behind the lead's back");
    assert!(has_task(&world, "meals", Task::ResolveJoint).await);
    assert!(matches!(joint::go_on(&world.by("care"), &care).await, Err(Error::Conflict(_))), "the lead's to say");
    joint::go_on(&world.by("meals"), &lead).await.unwrap();
    assert_eq!(states(&world, &need).await, [ClaimState::Submitted, ClaimState::Submitted, ClaimState::Withdrawn]);
    // The street declines as one; everything is free again.
    claim::decline(&world.by("street"), &care, "另有安排").await.unwrap();
    assert_eq!(states(&world, &need).await, [ClaimState::Declined, ClaimState::Declined, ClaimState::Withdrawn]);
    assert_eq!(world.lines(&need).await[0].taken, 0);
    // Withdrawn by the lead it falls as a whole.
    let lead = formed(&world, &need, 6, &[("care", 5)]).await;
    let care = part(&world, &need, "care").await;
    joint::join(&world.by("care"), &care).await.unwrap();
    claim::withdraw(&world.by("meals"), &lead, "计划有变").await.unwrap();
    assert_eq!(world.claim(&care).await.state, ClaimState::Superseded);
    assert_eq!(world.lines(&need).await[0].taken, 0);
    // A need that ends takes every part with it.
    formed(&world, &need, 6, &[("care", 5)]).await;
    world.closed(&need, domain::need::CloseReason::Withdrawn).await;
    assert_eq!(world.lines(&need).await[0].taken, 0);
    world.sealed().await;
    world.sound().await;
}

async fn silence_and_lost_standing_give_units_back(world: World) {
    let need = world.meals(14).await;
    let lead = formed(&world, &need, 6, &[("care", 5), ("third", 3)]).await;
    let (care, third) = (part(&world, &need, "care").await, part(&world, &need, "third").await);
    joint::join(&world.by("care"), &care).await.unwrap();
    let due = world.claim(&lead).await.due_at.unwrap();
    world.set(due.plus_minutes(1));
    assert!(matches!(joint::join(&world.by("third"), &third).await, Err(Error::Conflict(_))), "too late");
    for _ in 0..2 {
        assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
    }
    assert_eq!(world.claim(&third).await.state, ClaimState::Expired);
    assert_eq!(world.lines(&need).await[0].taken, 11, "who agreed still stands by it");
    assert!(has_task(&world, "meals", Task::ResolveJoint).await);
    // The lead lets its day pass as well.
    world.set(due.plus_days(1).plus_minutes(1));
    for _ in 0..2 {
        assert_eq!(clocks::tick(&world.services).await.unwrap().failed, 0);
    }
    assert_eq!(
        (world.claim(&lead).await.state, world.claim(&care).await.state),
        (ClaimState::Expired, ClaimState::Superseded)
    );
    assert_eq!(world.lines(&need).await[0].taken, 0);
    // A member that is suspended after all agreed: its part is off, the rest can be decided.
    let lead = formed(&world, &need, 6, &[("care", 5)]).await;
    let care = part(&world, &need, "care").await;
    joint::join(&world.by("care"), &care).await.unwrap();
    organization::suspend(&world.by("district"), world.org("care"), "年检未过").await.unwrap();
    assert_eq!((world.claim(&care).await.state, world.lines(&need).await[0].taken), (ClaimState::Superseded, 6));
    claim::approve(&world.by("street"), &lead).await.unwrap();
    // A suspended lead takes its joint claim along.
    let other = world.meals(10).await;
    let lead = formed(&world, &other, 4, &[("third", 6)]).await;
    let third = part(&world, &other, "third").await;
    joint::join(&world.by("third"), &third).await.unwrap();
    organization::suspend(&world.by("district"), world.org("meals"), "年检未过").await.unwrap();
    assert_eq!(
        (world.claim(&lead).await.state, world.claim(&third).await.state),
        (ClaimState::Superseded, ClaimState::Superseded)
    );
    assert_eq!(world.lines(&other).await[0].taken, 0);
    world.sealed().await;
    world.sound().await;
}

async fn what_cannot_be_formed_is_said_by_field(world: World) {
    let need = world.meals(14).await;
    let lines = world.lines(&need).await;
    let today = world.now().day();
    let own = format!("quantity.0.{}", lines[0].id);
    let first = format!("quantity.1.{}", lines[0].id);
    let base = [("plan", "一起送"), ("start_on", "2026-11-27")];
    let said = |pairs: &[(&str, &str)]| -> Vec<String> {
        let fields = duijie_tests::world::fields(&[&base[..], pairs].concat());
        match joint::read(&fields, &lines, today) {
            Err(Error::Invalid(all)) => all.into_iter().map(|m| m.field).collect(),
            other => panic!("{other:?}"),
        }
    };
    let care = world.usccs["care"].clone();
    assert_eq!(said(&[(&own, "5")]), ["member.1"], "nobody to do it with");
    assert_eq!(said(&[(&own, "5"), (&first, "5")]), ["member.1"], "a part without its organization");
    assert_eq!(
        said(&[(&own, "5"), ("member.1", &care)]),
        std::slice::from_ref(&first),
        "an organization without its part"
    );
    assert_eq!(said(&[("member.1", &care), (&first, "5")]), std::slice::from_ref(&own), "a lead without its part");
    assert_eq!(
        said(&[(&own, "10"), ("member.1", &care), (&first, "5")]),
        std::slice::from_ref(&own),
        "more than there is"
    );
    assert_eq!(said(&[(&own, "5"), ("member.1", "52120102"), (&first, "5")]), ["member.1"], "a broken code");
    let ok = duijie_tests::world::fields(&[&base[..], &[(&own, "5"), ("member.1", &care), (&first, "5")]].concat());
    let read = joint::read(&ok, &lines, today).unwrap();
    assert_eq!((read.lines[0].1, read.members[0].1[0].1), (5, 5));
    // An organization that may not, oneself, and one that is in already.
    organization::suspend(&world.by("district"), world.org("third"), "年检未过").await.unwrap();
    for (name, field) in [("third", "member.1"), ("meals", "member.1")] {
        let refused = joint::form(&world.by("meals"), &need, &input(&world, &need, 5, &[(name, 5)]).await).await;
        assert!(matches!(&refused, Err(Error::Invalid(all)) if all[0].field == field), "{refused:?}");
    }
    world.claimed("care", &need, &[2]).await;
    let refused = joint::form(&world.by("meals"), &need, &input(&world, &need, 5, &[("care", 5)]).await).await;
    assert!(matches!(&refused, Err(Error::Invalid(_))), "{refused:?}");
    assert_eq!(world.lines(&need).await[0].taken, 2, "nothing was kept of what failed");
}

async fn many_at_once_never_take_more_than_there_is(world: World) {
    let need = world.meals(10).await;
    let wanted = input(&world, &need, 3, &[("care", 3)]).await;
    let offer = world.offer(&need, &[4]).await;
    let mut tries = Vec::new();
    for n in 0..50 {
        let (ctx, need) = (world.by(["meals", "third"][n % 2]), need.clone());
        let (wanted, offer) = (wanted.clone(), offer.clone());
        tries.push(tokio::spawn(async move {
            if n % 2 == 0 {
                joint::form(&ctx, &need, &wanted).await.map(|_| ())
            } else {
                claim::submit(&ctx, &need, &offer).await.map(|_| ())
            }
        }));
    }
    for one in tries {
        match one.await.unwrap() {
            Ok(()) | Err(Error::Conflict(_) | Error::Invalid(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
        let line = &world.lines(&need).await[0];
        assert!(line.taken <= line.quantity);
    }
    assert_eq!(world.lines(&need).await[0].taken, 10, "six together and four alone");
    world.sealed().await;
    world.sound().await;
}
