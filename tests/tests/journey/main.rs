//! The journey of the README in a real browser, with scripts off on a telephone's width and with scripts on at an
//! office's: from a street's ledger to a need that closes, every step by the person whose step it is, found by the
//! words on the page. And what goes wrong in between.

mod accidents;
mod asking;
mod form;
mod hand;
mod injected;
mod promises;
mod rounds;
mod supply;
mod volunteer;
mod walk;

use duijie_tests::browser::{Browser, DESK, PHONE};
use hand::Hand;

/// Runs a walk with scripts off and with scripts on.
macro_rules! both_ways {
    ($($name:ident: $walk:path),+ $(,)?) => {
        mod scripts_off {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(hand) = super::sit_down(false).await {
                    super::stand_up($walk(hand).await).await;
                }
            })+
        }
        mod scripts_on {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(hand) = super::sit_down(true).await {
                    super::stand_up($walk(hand).await).await;
                }
            })+
        }
    };
}

both_ways!(
    the_loop_from_a_ledger_to_the_closed_need: crate::walk::walk,
    the_supply_side: crate::supply::supply,
    a_need_typed_in: crate::form::typed_in,
    what_was_promised: crate::promises::held_against,
    accidents_of_an_organization: crate::accidents::of_an_organization,
    accidents_of_an_office: crate::accidents::of_an_office,
);

/// Volunteers and their leaders have a phone in the hand, whatever its browser runs.
mod on_a_phone {
    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_volunteer_without_scripts() {
        if let Some(hand) = super::sit_at(false, super::PHONE).await {
            super::stand_up(crate::volunteer::from_joining_to_a_certificate(hand).await).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_neighbour_asks_without_scripts() {
        if let Some(hand) = super::sit_at(false, super::PHONE).await {
            super::stand_up(crate::asking::from_the_slip_to_the_need(hand).await).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_meal_round_without_scripts() {
        if let Some(hand) = super::sit_at(false, super::PHONE).await {
            super::stand_up(crate::rounds::a_meal_round(hand, "phone").await).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_typed_stays_with_scripts() {
        if let Some(hand) = super::sit_at(true, super::PHONE).await {
            super::stand_up(crate::rounds::what_is_typed_stays(hand).await).await;
        }
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_volunteer_with_scripts() {
        if let Some(hand) = super::sit_at(true, super::PHONE).await {
            super::stand_up(crate::volunteer::from_joining_to_a_certificate(hand).await).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_meal_round_at_a_desk() {
    if let Some(hand) = sit_at(false, DESK).await {
        stand_up(rounds::a_meal_round(hand, "desk").await).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "looks at some seven thousand pages, five minutes: `cargo test -p duijie-tests --test journey nothing_typed -- --ignored`"]
async fn nothing_typed_runs_in_any_browser() {
    injected::nothing_typed_runs().await;
}

/// A browser before a site of its own; `None` where there is none, or no scripts in this build.
async fn sit_down(scripts: bool) -> Option<Hand> {
    sit_at(scripts, if scripts { DESK } else { PHONE }).await
}

async fn sit_at(scripts: bool, width: u32) -> Option<Hand> {
    if scripts && !server::assets::has_scripts() {
        duijie_tests::skip("the journey with scripts: this build has none (`cargo xtask test` makes them)");
        return None;
    }
    let browser = Browser::open(scripts, width).await.unwrap()?;
    Some(Hand::at(browser, scripts).await)
}

async fn stand_up(hand: Hand) {
    hand.done().await;
}
