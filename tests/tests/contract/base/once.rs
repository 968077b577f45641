//! A form's token is spent once: twenty submits at a time make one row and one answer.

use std::collections::BTreeSet;

use duijie_tests::world::{World, household};
use services::aid::claim;
use services::needs::need;
use services::{Conflict, Error};
use tokio::task::JoinSet;
use uuid::Uuid;

duijie_tests::both_engines!(
    one_row_and_the_same_answer,
    a_token_is_its_account_s_and_its_command_s,
    a_refused_command_does_not_spend_it
);

async fn one_row_and_the_same_answer(world: World) {
    let token = Uuid::from_u128(20);
    let input = world.input(&household());
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (ctx, input) = (world.by("street").with_once(Some(token)), input.clone());
        tasks.spawn(async move { need::create(&ctx, &input).await });
    }
    let (mut made, mut answers) = (0, BTreeSet::new());
    while let Some(outcome) = tasks.join_next().await {
        match outcome.unwrap() {
            Ok(code) => {
                made += 1;
                answers.insert(code);
            }
            Err(Error::AlreadyDone { result }) => {
                answers.insert(result);
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!((made, answers.len()), (1, 1), "{answers:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM needs").await, 1);
    assert!(domain::code::is_code(answers.first().unwrap()));

    // The same for a claim, which would otherwise supersede itself.
    let code = world.meals(14).await;
    let input = world.offer(&code, &[3]).await;
    let token = Uuid::from_u128(21);
    let mut tasks = JoinSet::new();
    for _ in 0..20 {
        let (ctx, input, code) = (world.by("meals").with_once(Some(token)), input.clone(), code.clone());
        tasks.spawn(async move { claim::submit(&ctx, &code, &input).await });
    }
    let mut won = 0;
    while let Some(outcome) = tasks.join_next().await {
        match outcome.unwrap() {
            Ok(_) => won += 1,
            Err(Error::AlreadyDone { .. }) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(won, 1);
    assert_eq!(world.number("SELECT COUNT(*) FROM claims").await, 1);
    world.sound().await;
}

async fn a_token_is_its_account_s_and_its_command_s(world: World) {
    let token = Some(Uuid::from_u128(22));
    let input = world.input(&household());
    let code = need::create(&world.by("street").with_once(token), &input).await.unwrap();
    let before = world.rows().await;
    for outcome in [
        need::create(&world.by("street2").with_once(token), &input).await.map(|_| ()),
        need::submit(&world.by("street").with_once(token), &code).await,
    ] {
        assert!(
            matches!(&outcome, Err(Error::Conflict(Conflict::Rule(words))) if !words.contains(&code)),
            "{outcome:?}"
        );
    }
    assert_eq!(world.rows().await, before);
}

async fn a_refused_command_does_not_spend_it(world: World) {
    let token = Some(Uuid::from_u128(23));
    let code = world.draft("street", &household()).await;
    let before = world.rows().await;
    assert!(need::publish(&world.by("district").with_once(token), &code).await.is_err());
    assert_eq!(world.rows().await, before);
    need::submit(&world.by("street"), &code).await.unwrap();
    need::publish(&world.by("district").with_once(token), &code).await.unwrap();
}
