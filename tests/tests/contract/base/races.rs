//! Many at once: units are never taken twice, and losers are told when.

use std::{collections::HashMap, sync::Arc};

use domain::role::{Actor, Role};
use duijie_tests::world::{Seeded, World};
use services::aid::{claim, pairing, transfer};
use services::{Conflict, Ctx, Error, Random as _};
use tokio::task::JoinSet;

duijie_tests::both_engines!(fifty_claim_the_last_unit, as_many_win_as_there_are_units, a_random_mix_keeps_the_sum);

/// Fifty more organizations, each with an account.
async fn fifty(world: &World) -> Vec<Ctx> {
    let mut all = Vec::new();
    for number in 0..50_u32 {
        let (organization, _) = world.organization(&format!("示例志愿服务队{number}"), 100 + number).await;
        let account = world.account(&format!("team{number}"), Role::OrgAdmin, "", Some(organization)).await;
        let actor = Actor {
            account_id: Some(account),
            role: Role::OrgAdmin,
            scope: String::new(),
            organization_id: Some(organization),
        };
        all.push(Ctx::new(&world.services, actor, "page").verified(true));
    }
    all
}

async fn race(world: &World, units: i64) -> (usize, usize) {
    let teams = fifty(world).await;
    let code = world.meals(units).await;
    let input = world.offer(&code, &[1]).await;
    let mut tasks = JoinSet::new();
    for team in teams {
        let (code, input) = (code.clone(), input.clone());
        tasks.spawn(async move { claim::submit(&team, &code, &input).await });
    }
    let (mut won, mut lost) = (0, 0);
    while let Some(outcome) = tasks.join_next().await {
        match outcome.unwrap() {
            Ok(_) => won += 1,
            Err(Error::Conflict(conflict @ Conflict::Taken { remaining: 0, asked: 1, at: Some(at), .. })) => {
                assert_eq!(at, world.now());
                let sentence = conflict.sentence(world.now());
                assert!(sentence.contains("已经全部被认领") && sentence.contains("今天9:00"), "{sentence}");
                lost += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(world.lines(&code).await[0].taken, units);
    (won, lost)
}

async fn fifty_claim_the_last_unit(world: World) {
    assert_eq!(race(&world, 1).await, (1, 49));
    world.sound().await;
}

async fn as_many_win_as_there_are_units(world: World) {
    assert_eq!(race(&world, 17).await, (17, 33));
    world.sound().await;
}

/// What each of several workers does at random, at the same time.
async fn wander(world: Arc<World>, need: String, seed: u64) {
    let random = Seeded::new(seed);
    let pick = |n: usize| {
        let mut bytes = [0_u8; 8];
        random.fill(&mut bytes);
        usize::try_from(u64::from_le_bytes(bytes) % u64::try_from(n).unwrap()).unwrap()
    };
    let organizations = ["meals", "care", "third"];
    for _ in 0..30 {
        let by = organizations[pick(3)];
        let need_id = world.need(&need).await.id;
        let claims = storage::aid::claim::of_need(&mut world.read().await, need_id).await.unwrap();
        let pairings = storage::aid::pairing::of_need(&mut world.read().await, need_id).await.unwrap();
        let claim = (!claims.is_empty()).then(|| claims[pick(claims.len())].clone());
        let pairing = (!pairings.is_empty()).then(|| pairings[pick(pairings.len())].clone());
        let names: HashMap<_, _> = organizations.iter().map(|name| (world.org(name), *name)).collect();
        let what = pick(9);
        let outcome: Result<(), Error> = async {
            match (what, claim, pairing) {
                (0 | 1, ..) => {
                    let quantity = i64::try_from(1 + pick(6)).unwrap();
                    claim::submit(&world.by(by), &need, &world.offer(&need, &[quantity]).await).await.map(|_| ())
                }
                (2, Some(claim), _) => {
                    claim::withdraw(&world.by(names[&claim.organization_id]), &claim.code, "来不了").await
                }
                (3, Some(claim), _) => claim::decline(&world.by("street"), &claim.code, "另有安排").await,
                (4, Some(claim), _) => claim::approve(&world.by("street"), &claim.code).await.map(|_| ()),
                (5, _, Some(pairing)) => pairing::release(&world.by("street"), &pairing.code, "没有联系").await,
                (6, _, Some(pairing)) => pairing::terminate(&world.by("street"), &pairing.code, "不合适").await,
                (7, _, Some(pairing)) => {
                    let from = names[&pairing.organization_id];
                    let to = organizations[(organizations.iter().position(|name| *name == from).unwrap() + 1) % 3];
                    transfer::offer(&world.by(from), &pairing.code, &world.usccs[to], "人手不够").await?;
                    let id = storage::aid::transfer::pending_of(&mut world.read().await, pairing.id)
                        .await?
                        .ok_or(Error::NotFound)?
                        .id;
                    transfer::answer(&world.by(to), id, true).await?;
                    transfer::decide(&world.by("street"), id, true, "").await.map(|_| ())
                }
                (8, Some(claim), _) => {
                    claim::ask(&world.by("street"), &claim.code, "周末送吗").await?;
                    world
                        .raw(&format!(
                            "UPDATE claims SET due_at = 0 WHERE code = '{}' AND state = 'needs_info'",
                            claim.code
                        ))
                        .await
                        .unwrap();
                    services::office::clocks::tick(&world.services).await.map(|_| ())
                }
                _ => Ok(()),
            }
        }
        .await;
        match outcome {
            Ok(()) | Err(Error::Conflict(_) | Error::NotFound) => {}
            Err(other) => panic!("{what}: {other:?}"),
        }
    }
}

async fn a_random_mix_keeps_the_sum(world: World) {
    let need = world.meals(14).await;
    let world = Arc::new(world);
    let mut tasks = JoinSet::new();
    for seed in 1..=4 {
        tasks.spawn(wander(Arc::clone(&world), need.clone(), seed * 7919));
    }
    while let Some(outcome) = tasks.join_next().await {
        outcome.unwrap();
    }
    assert_eq!(storage::needs::need::taken_check(&mut world.read().await).await.unwrap(), []);
    let line = &world.lines(&need).await[0];
    assert!((0..=line.quantity).contains(&line.taken));
    world.sound().await;
    // Given back by the end of the need.
    world.closed(&need, domain::need::CloseReason::Withdrawn).await;
    assert_eq!(world.lines(&need).await[0].taken, 0);
    world.sound().await;
}
