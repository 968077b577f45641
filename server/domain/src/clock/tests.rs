//! The table is whole, and its moments come when it says.

use super::*;
use crate::machine::RULES;
use chrono::NaiveDate;
use std::collections::BTreeSet;

/// Every state of every object from which something leads elsewhere.
fn not_final() -> BTreeSet<(&'static str, &'static str)> {
    let leads = |rule: &&crate::machine::Rule| rule.from.is_some_and(|from| from != rule.to);
    RULES.iter().filter(leads).filter_map(|rule| Some((rule.command.object().as_str(), rule.from?))).collect()
}

#[test]
fn every_state_that_is_not_final_has_a_clock_or_a_written_reason() {
    let clocked = |object: &str, state: &str| {
        CLOCKS.iter().any(|clock| clock.object.as_str() == object && clock.states.contains(&state))
    };
    let excused = |object: &str, state: &str| {
        WITHOUT.iter().any(|(of, at, why)| of.as_str() == object && *at == state && why.chars().count() >= 4)
    };
    let (mut bare, mut twice) = (Vec::new(), Vec::new());
    for (object, state) in not_final() {
        match (clocked(object, state), excused(object, state)) {
            (false, false) => bare.push((object, state)),
            (true, true) => twice.push((object, state)),
            _ => {}
        }
    }
    assert!(bare.is_empty(), "neither a clock nor a written reason: {bare:?}");
    assert!(twice.is_empty(), "a clock, and a reason why there is none: {twice:?}");
}

#[test]
fn the_table_names_states_that_exist_and_each_clock_once() {
    let open = not_final();
    for clock in CLOCKS {
        for state in clock.states {
            assert!(open.contains(&(clock.object.as_str(), *state)), "{}: {state} is final or unknown", clock.name);
        }
        assert!(clock.name.as_str().starts_with(clock.object.as_str()), "{}", clock.name);
        assert!(!clock.condition.is_empty() && !clock.due_words().is_empty());
        // Nothing waits for ever unseen.
        assert!(!clock.steps(false).is_empty() || !clock.end.is_empty() || clock.reminders != Remind::Never);
    }
    for (object, state, _) in WITHOUT {
        assert!(open.contains(&(object.as_str(), *state)), "{object} {state} is final or unknown");
    }
    for name in Name::ALL {
        assert_eq!(CLOCKS.iter().filter(|clock| clock.name == *name).count(), 1, "{name}");
    }
}

fn at(day: &str, hour: u32) -> Time {
    Time::at(day.parse::<NaiveDate>().unwrap(), hour, 0)
}

#[test]
fn overdue_goes_up_at_once_twice_and_three_times_the_time() {
    let calendar = WorkingDays::shipped();
    // Tuesday; five working days: Tuesday a week later, 18:00.
    let late = Running::new(Name::Assignment, at("2026-11-24", 9), None, false, calendar).unwrap();
    assert_eq!(late.due, at("2026-12-01", 18));
    let moments = late.moments(calendar);
    assert_eq!(
        moments.iter().map(|(_, moment)| *moment).collect::<Vec<_>>(),
        [
            Moment::Remind,
            Moment::Late,
            Moment::Up(Office::Street),
            Moment::Up(Office::District),
            Moment::Up(Office::City)
        ]
    );
    assert_eq!(moments[3].0, at("2026-12-08", 18));
    assert_eq!(moments[4].0, at("2026-12-15", 18));
    let stage = |day: &str, hour| late.stage(at(day, hour));
    assert_eq!(
        [stage("2026-11-27", 9), stage("2026-11-30", 9), stage("2026-12-01", 19)],
        [Stage::Running, Stage::Amber, Stage::Overdue]
    );
    assert_eq!(late.words(at("2026-12-01", 15), calendar), "还剩3小时");
    assert_eq!(late.words(at("2026-12-03", 18), calendar), "逾期2天");
    assert_eq!(late.words(at("2026-12-09", 18), calendar), "逾期8天，已报区级");
    assert!(late.reaches(Office::Street, at("2026-12-09", 18), calendar));
    assert!(!late.reaches(Office::City, at("2026-12-09", 18), calendar));
}

#[test]
fn an_urgent_need_goes_up_at_12_20_and_36_hours() {
    let calendar = WorkingDays::shipped();
    let published = at("2026-11-24", 9);
    let need = Running::new(Name::NeedUnclaimed, published, None, true, calendar).unwrap();
    assert_eq!(need.due, published.plus_hours(24));
    let raised = |hours: i64| need.raised(published.plus_hours(hours).plus_minutes(1), calendar);
    assert_eq!(
        [raised(11), raised(12), raised(20), raised(30), raised(36)],
        [None, Some(Office::Street), Some(Office::District), Some(Office::District), Some(Office::City)]
    );
    assert_eq!(need.words(published.plus_hours(21), calendar), "还剩3小时，已报区级");
    assert_eq!(need.words(published.plus_hours(30), calendar), "逾期6小时，已报区级");
    let normal = Running::new(Name::NeedUnclaimed, published, None, false, calendar).unwrap();
    assert_eq!(normal.raised(published.plus_days(8), calendar), Some(Office::District));
}

#[test]
fn an_undecided_claim_goes_to_the_district_and_then_to_the_city() {
    let calendar = WorkingDays::shipped();
    let since = at("2026-11-24", 9);
    let claim = Running::new(Name::ClaimDecision, since, Some(at("2026-11-27", 18)), false, calendar).unwrap();
    assert_eq!(claim.raised(at("2026-11-27", 19), calendar), Some(Office::District));
    assert_eq!(claim.raised(at("2026-12-02", 17), calendar), Some(Office::District));
    assert_eq!(claim.raised(at("2026-12-02", 19), calendar), Some(Office::City));
}

#[test]
fn a_quiet_pairing_is_the_organization_s_then_the_street_s_then_the_district_s() {
    let calendar = WorkingDays::shipped();
    let since = at("2026-09-01", 9);
    let quiet = Running::new(Name::Quiet, since, Some(since.plus_days(7)), false, calendar).unwrap();
    let raised = |days: i64| quiet.raised(since.plus_days(days).plus_minutes(1), calendar);
    assert_eq!(
        [raised(8), raised(14), raised(21), raised(120)],
        [None, Some(Office::Street), Some(Office::District), Some(Office::District)]
    );
}
