//! Random people give random commands: nothing happens but what the tables allow.

use domain::{
    machine::{Command, RULES, is_rule},
    permission::may_ever,
    role::Role,
};
use duijie_tests::{
    attempts::Target,
    world::{ACCOUNTS, World, difference, household},
};
use proptest::{
    collection::vec,
    prelude::any,
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};
use services::{Conflict, Error};

duijie_tests::both_engines!(random_sequences_stay_within_the_tables, what_is_not_in_the_table_is_refused_to_everybody);

const COMMANDS_EACH: usize = 160;
const CASES: usize = 5;

fn pick<T: Clone>(of: &[T], by: u16) -> Option<T> {
    (!of.is_empty()).then(|| of[usize::from(by) % of.len()].clone())
}

/// A record of the need by chance, so that old and new ones are tried alike.
async fn target(world: &World, need: &str, into: &str, by: u16) -> Target {
    let id = world.need(need).await.id;
    let mut tx = world.read().await;
    let claims = storage::aid::claim::of_need(&mut tx, id).await.unwrap();
    let pairings = storage::aid::pairing::of_need(&mut tx, id).await.unwrap();
    let pairing = pick(&pairings, by);
    let (mut delivery, mut verification, mut transfer) = (None, None, None);
    if let Some(pairing) = &pairing {
        delivery = pick(&storage::aid::delivery::of_pairing(&mut tx, pairing.id).await.unwrap(), by / 7).map(|d| d.id);
        verification =
            pick(&storage::aid::verification::of_pairing(&mut tx, pairing.id).await.unwrap(), by / 5).map(|v| v.id);
        transfer = storage::aid::transfer::pending_of(&mut tx, pairing.id).await.unwrap().map(|t| t.id);
    }
    Target {
        need: need.to_owned(),
        into: into.to_owned(),
        claim: pick(&claims, by / 3).map(|c| c.code),
        pairing: pairing.map(|p| p.code),
        delivery,
        verification,
        transfer,
    }
}

/// Steps that no account gives: clocks, what follows from another command, and what is no part of a need.
fn follows(command: Command) -> bool {
    use domain::machine::Object;
    matches!(
        command.object(),
        Object::Project
            | Object::Ask
            | Object::Batch
            | Object::Volunteer
            | Object::Team
            | Object::Member
            | Object::Opening
            | Object::Shift
            | Object::Signup
            | Object::Correction
            | Object::Certificate
            | Object::Incident
            | Object::Training
            | Object::Award
            | Object::Evaluation
            | Object::Calendar
            | Object::Import
            | Object::Account
            | Object::Session
            | Object::Reference
            | Object::Clock
            | Object::Organization
    ) || matches!(
        command,
        Command::NeedCreate
            | Command::NeedExpire
            | Command::NeedEscalate
            | Command::ClaimExpire
            | Command::ClaimEscalate
            | Command::ClaimSupersede
            | Command::PairingOpen
            | Command::PairingRemind
            | Command::PairingTransfer
            | Command::PairingSettle
            | Command::TransferLapse
            | Command::VerificationRecheck
    )
}

fn allowed(command: Command, state: Option<&str>) -> bool {
    RULES.iter().any(|rule| rule.command == command && rule.from == state)
}

/// Agreed = done + waiting + short + ahead of every pairing of a need; one that has ended keeps no unit that was neither
/// done nor given back, and the need's lines hold what the claims' lines hold.
async fn accounts_add_up(world: &World, need: &str) {
    let id = world.need(need).await.id;
    let today = world.now().day();
    let mut tx = world.read().await;
    let pairings: Vec<_> =
        storage::aid::pairing::of_need(&mut tx, id).await.unwrap().into_iter().map(|p| p.id).collect();
    if pairings.is_empty() {
        return;
    }
    for row in storage::aid::promise::of_today(&mut tx, &pairings, today).await.unwrap() {
        let a = row.account(today);
        assert_eq!(a.agreed, a.done + a.waiting + a.short + a.ahead, "{row:?}");
        match row.settlement() {
            None => assert!(row.ended_at.is_none() && row.held == row.agreement().quantity, "{row:?}"),
            Some(s) => {
                assert_eq!(s.agreed, s.delivered + s.short + s.ahead, "{row:?}");
                assert!(s.returned <= s.short + s.ahead && s.lapsed() >= 0, "{row:?}");
                let now = row.settle(row.settled_on.unwrap());
                assert_eq!((s.delivered, s.returned), (now.delivered, now.returned), "{row:?}");
                assert!(row.ended_at.is_some() && row.held <= now.held, "{row:?}");
            }
        }
    }
    assert_eq!(storage::needs::need::taken_check(&mut tx).await.unwrap(), []);
}

async fn random_sequences_stay_within_the_tables(world: World) {
    let mut runner = TestRunner::deterministic();
    let strategy = vec((any::<u16>(), any::<u16>(), any::<u16>(), 0..10_u8), COMMANDS_EACH);
    let into = world.meals(14).await;
    let mut before = world.rows().await;
    let (mut done, mut refused) = (0, 0);
    for _ in 0..CASES {
        let steps = strategy.new_tree(&mut runner).unwrap().current();
        let need = world.draft("street", &household()).await;
        let mut last_event = world.number("SELECT MAX(id) FROM events").await;
        before = {
            let _ = before;
            world.rows().await
        };
        for (who, what, which, luck) in steps {
            let target = target(&world, &need, &into, which).await;
            let mut command = pick(Command::ALL, what).unwrap();
            // Mostly something that the state allows, mostly by somebody who may.
            if luck > 1 {
                let mut possible = Vec::new();
                for candidate in Command::ALL {
                    // Ends come rarely, or nothing would go far.
                    let end = matches!(
                        candidate,
                        Command::NeedClose
                            | Command::NeedProposeClose
                            | Command::NeedWithdraw
                            | Command::NeedAbandon
                            | Command::NeedMerge
                            | Command::OrganizationSuspend
                    );
                    if !follows(*candidate)
                        && (!end || luck > 8)
                        && allowed(*candidate, world.state_before(*candidate, &target).await.as_deref())
                    {
                        possible.push(*candidate);
                    }
                }
                command = pick(&possible, what).unwrap_or(command);
            }
            let people: Vec<&str> = ACCOUNTS
                .iter()
                .filter(|(_, role, ..)| luck < 2 || may_ever(*role, command))
                .map(|(name, ..)| *name)
                .collect();
            let Some(by) = pick(&people, who) else { continue };
            let state = world.state_before(command, &target).await;
            let Some(outcome) = world.attempt(by, command, &target).await else { continue };
            let after = world.rows().await;
            match outcome {
                Ok(()) => {
                    done += 1;
                    assert!(allowed(command, state.as_deref()), "{by} did {command} from {state:?}");
                    let role = ACCOUNTS.iter().find(|(name, ..)| *name == by).unwrap().1;
                    assert!(may_ever(role, command), "{role} did {command}");
                }
                Err(Error::Conflict(_) | Error::Forbidden(_) | Error::NotFound | Error::Invalid(_)) => {
                    refused += 1;
                    assert_eq!(before, after, "{by} {command}: refused, and yet\n{}", difference(&before, &after));
                }
                Err(other) => panic!("{by} {command} from {state:?}: {other:?}"),
            }
            // Every new event is a step of the table.
            for step in world
                .texts(&format!("SELECT command || '|' || COALESCE(from_state, '') || '|' || to_state FROM events WHERE id > {last_event} ORDER BY id"))
                .await
            {
                let parts: Vec<&str> = step.split('|').collect();
                let from = (!parts[1].is_empty()).then_some(parts[1]);
                assert!(is_rule(parts[0].parse().unwrap(), from, parts[2]), "{step}");
            }
            accounts_add_up(&world, &need).await;
            last_event = world.number("SELECT MAX(id) FROM events").await;
            before = after;
        }
        world.set(world.now().plus_hours(7));
    }
    assert!(done > 60 && refused > 60, "{done} done, {refused} refused: the sequences go nowhere");
    assert_eq!(storage::needs::need::taken_check(&mut world.read().await).await.unwrap(), []);
    world.sound().await;
}

/// Puts records into every state by hand and tries every command on them, as everybody.
async fn what_is_not_in_the_table_is_refused_to_everybody(world: World) {
    let into = world.meals(14).await;
    let need = world.meals(14).await;
    let pairing = world.reported("meals", &need, &[3]).await;
    world.assigned(&pairing, "village").await;
    world.claimed("care", &need, &[1]).await;
    let target = target(&world, &need, &into, 0).await;
    let target = Target {
        claim: Some(world.texts("SELECT code FROM claims WHERE state = 'submitted'").await.remove(0)),
        ..target
    };
    let one_of_each: Vec<&str> = Role::ALL
        .iter()
        .filter_map(|role| ACCOUNTS.iter().find(|(_, of, ..)| of == role).map(|(name, ..)| *name))
        .collect();
    let tables = [
        ("needs", "code", target.need.clone(), domain::machine::Object::Need),
        ("claims", "code", target.claim.clone().unwrap(), domain::machine::Object::Claim),
        ("pairings", "code", target.pairing.clone().unwrap(), domain::machine::Object::Pairing),
    ];
    let mut tried = 0;
    for (table, column, value, object) in tables {
        let original = world.texts(&format!("SELECT state FROM {table} WHERE {column} = '{value}'")).await.remove(0);
        let states: std::collections::BTreeSet<&str> =
            RULES.iter().filter(|rule| rule.command.object() == object).map(|rule| rule.to).collect();
        for state in states {
            world.raw(&format!("UPDATE {table} SET state = '{state}' WHERE {column} = '{value}'")).await.unwrap();
            let before = world.rows().await;
            for command in Command::ALL.iter().filter(|command| {
                command.object() == object
                    && !RULES
                        .iter()
                        .any(|rule| rule.command == **command && (rule.from.is_none() || rule.from == Some(state)))
            }) {
                for by in &one_of_each {
                    let Some(outcome) = world.attempt(by, *command, &target).await else { continue };
                    tried += 1;
                    assert!(
                        matches!(
                            &outcome,
                            Err(Error::Conflict(Conflict::Illegal(_) | Conflict::Rule(_))
                                | Error::Forbidden(_)
                                | Error::NotFound)
                        ),
                        "{by} {command} in {state}: {outcome:?}"
                    );
                }
            }
            let after = world.rows().await;
            assert_eq!(before, after, "{table} in {state}\n{}", difference(&before, &after));
        }
        world.raw(&format!("UPDATE {table} SET state = '{original}' WHERE {column} = '{value}'")).await.unwrap();
    }
    assert!(tried > 800, "{tried}");
    world.sound().await;
}
