//! A year of ordinary stories: most end well, some do not, the latest are still under way.

use super::needs::{Consent, Order, Persona};
use super::random::Chance;
use super::script::{Act, Script};
use chrono::{Days, NaiveDate};
use domain::calendar::Time;
use domain::need::CloseReason;
use domain::pairing::Outcome;
use domain::verification::VerificationResult;

/// How a story goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Met,
    /// Two organizations share it.
    Shared,
    Partial,
    Rework,
    Unverified,
    /// The organization gives up, another takes over.
    Replaced,
    /// The office ends the pairing, then the need.
    Ended,
    Released,
    Transferred,
    Unclaimed,
    HalfTaken,
    ClosedByHand,
    Withdrawn,
    Abandoned,
    Reopened,
    Declined,
    Suspended,
}

/// Share of each course in a hundred stories.
const COURSES: &[(Course, usize)] = &[
    (Course::Met, 34),
    (Course::Shared, 8),
    (Course::Partial, 6),
    (Course::Rework, 5),
    (Course::Unverified, 4),
    (Course::Replaced, 4),
    (Course::Ended, 3),
    (Course::Released, 3),
    (Course::Transferred, 4),
    (Course::Unclaimed, 8),
    (Course::HalfTaken, 5),
    (Course::ClosedByHand, 5),
    (Course::Withdrawn, 2),
    (Course::Abandoned, 2),
    (Course::Reopened, 2),
    (Course::Declined, 3),
    (Course::Suspended, 2),
];

/// Stories with a person of each kind in a hundred.
const PERSONAS: &[(Persona, usize)] = &[
    (Persona::Elder, 34),
    (Persona::Disabled, 15),
    (Persona::Child, 11),
    (Persona::Emergency, 9),
    (Persona::Expense, 9),
    (Persona::Family, 10),
    (Persona::Rural, 5),
    (Persona::Village, 7),
];

fn weighed<T: Copy>(chance: &Chance, items: &[(T, usize)]) -> T {
    let total: usize = items.iter().map(|(_, weight)| weight).sum();
    let mut at = chance.below(total);
    for (item, weight) in items {
        if at < *weight {
            return *item;
        }
        at -= weight;
    }
    items[0].0
}

/// An ordinary story: what is asked, and what happens.
pub fn ordinary(chance: &Chance, rural: bool, now: Time) -> (NaiveDate, Order, Script<'_>) {
    let mut course = weighed(chance, COURSES);
    let mut persona = weighed(chance, PERSONAS);
    if !rural && matches!(persona, Persona::Rural | Persona::Village) {
        persona = Persona::Elder;
    }
    // Streets with villages speak for them as well.
    if rural && chance.percent(30) {
        persona = Persona::Village;
    }
    let urgent = match persona {
        Persona::Emergency => chance.percent(75),
        Persona::Elder | Persona::Expense | Persona::Disabled => chance.percent(4),
        _ => false,
    };
    // What is urgent is taken in time, but for a few.
    if urgent && matches!(course, Course::Unclaimed | Course::HalfTaken) && !chance.percent(8) {
        course = Course::Met;
    }
    // More of them lately: the square of an even draw. What nobody takes is young, else it would have expired.
    let even = chance.between(0, 1000);
    let ago = match course {
        Course::Unclaimed if chance.percent(70) => 2 + even * 40 / 1000,
        Course::HalfTaken if chance.percent(70) => 6 + even * 50 / 1000,
        _ => 3 + even * even * 355 / 1_000_000,
    };
    let start = now.day() - Days::new(u64::try_from(ago).unwrap_or_default());
    let mut script = Script::new(start, now, chance, urgent);
    let consent = match chance.below(10) {
        0..7 => Consent::Given,
        7..9 => Consent::Absent,
        _ => Consent::Short,
    };
    let days = match (urgent, course) {
        (true, _) => 30 + chance.between(0, 20),
        (_, Course::Unclaimed) => 45 + chance.between(0, 40),
        _ => 100 + chance.between(0, 150),
    };
    // What comes to an end has one: most of these ask for a number of times in all.
    let ends = !matches!(course, Course::Unclaimed | Course::Ended | Course::Unverified | Course::HalfTaken);
    let order = Order {
        persona,
        urgent,
        consent,
        days: u64::try_from(days).unwrap_or(90),
        at_worker: chance.percent(30),
        once: ends && chance.percent(70),
    };
    write(&mut script, course);
    (script.acts.first().map_or(start, |(at, _)| at.day()), order, script)
}

fn write(s: &mut Script<'_>, course: Course) {
    use VerificationResult::{Met, NotMet, Partial};
    let chance = s.chance;
    let visits = u64::try_from(chance.between(3, 7)).unwrap_or(4);
    match course {
        Course::Abandoned => {
            s.act(Act::Create { by_worker: false });
            if chance.percent(60) {
                s.minutes(20, 200).act(Act::Submit);
            }
            s.office(1, 3).act(Act::Abandon);
            return;
        }
        _ => s.open(chance.percent(10)),
    };
    match course {
        Course::Met => {
            s.take(0, 100).serve(0, visits).finish(0, Met);
        }
        Course::Shared => {
            s.take(0, 50).serve(0, 2).take(1, 100).serve(1, visits);
            s.finish(0, Met).finish(1, if chance.percent(80) { Met } else { Partial });
        }
        Course::Partial => {
            s.take(0, 100).serve(0, visits).finish(0, Partial);
        }
        Course::Rework => {
            s.take(0, 100).serve(0, 3).office(1, 3).act(Act::Report(0, Outcome::Full)).check(0, NotMet);
            s.office(0, 2).act(Act::Rework(0)).serve(0, 3).finish(0, Met);
        }
        Course::Unverified => {
            s.take(0, 100).serve(0, visits).fail_three(0);
        }
        Course::Replaced => {
            s.take(0, 100).serve(0, 2).office(1, 5).act(Act::Terminate { slot: 0, by_organization: true });
            s.take(1, 100).serve(1, visits).finish(1, Met);
        }
        Course::Ended => {
            s.take(0, 100).serve(0, 2).office(2, 6).act(Act::Terminate { slot: 0, by_organization: false });
            let why =
                [CloseReason::DeclinedByHousehold, CloseReason::MovedOrDeceased, CloseReason::CoveredByGovernment];
            s.office(1, 4).act(Act::Close(*chance.pick(&why)));
        }
        Course::Released => {
            s.office(0, 4)
                .act(Act::Claim { slot: 0, share: 100, organization: None })
                .office(0, 2)
                .act(Act::Approve(0));
            // No first contact: the clock reminds, then gives the units back.
            s.office(9, 12).take(1, 100).serve(1, visits).finish(1, Met);
        }
        Course::Transferred => {
            s.take(0, 100).serve(0, 2).office(1, 4).act(Act::Offer { slot: 0, to: None });
            s.hours(2, 8).act(Act::AnswerTransfer { slot: 0, accept: chance.percent(85) });
            s.hours(2, 20).act(Act::DecideTransfer { slot: 0, approve: chance.percent(90) });
            s.begin(1).serve(1, visits).finish(1, Met);
        }
        Course::Unclaimed => {}
        Course::HalfTaken => {
            s.take(0, 50).serve(0, visits).finish(0, Met);
            // Nobody comes for the rest: counted as met in part after a while.
            if chance.percent(75) {
                s.office(10, 30).act(Act::Close(CloseReason::MetPartial));
            }
        }
        Course::ClosedByHand => {
            let why = *chance.pick(CloseReason::BY_HAND);
            s.office(8, 40).act(Act::Close(why));
        }
        Course::Withdrawn => {
            s.office(3, 20).act(Act::Close(CloseReason::Withdrawn));
        }
        Course::Reopened => {
            s.office(10, 25).act(Act::Close(CloseReason::UnmetNoCapacity)).office(10, 40).act(Act::Reopen);
            s.office(0, 2).act(Act::Publish).take(0, 100).serve(0, visits).finish(0, Met);
        }
        Course::Declined => {
            s.office(1, 4)
                .act(Act::Claim { slot: 0, share: 100, organization: None })
                .office(0, 2)
                .act(Act::Decline(0));
            s.take(1, 100).serve(1, visits).finish(1, Met);
        }
        Course::Suspended => {
            s.office(3, 10).act(Act::Suspend).office(4, 15).act(Act::Resume);
            s.take(0, 100).serve(0, visits).finish(0, Met);
        }
        Course::Abandoned => {}
    }
}
