//! Stories pinned to the end of the fill, so that the desks of the demo accounts have
//! something of every kind at any date: overdue, due today, to answer, to check, to confirm.

use super::needs::{Consent, Order, Persona};
use super::script::{Act, Script};
use super::stage::{Ledger, Office, Stage};
use chrono::{Days, NaiveDate};
use domain::calendar::{Time, WorkingDays};
use domain::delivery::MissReason;
use domain::need::CloseReason;
use domain::pairing::{Outcome, Purpose};
use domain::verification::{FailReason, Method, VerificationResult};
use std::sync::Arc;

/// The organizations of the demo accounts, and a third of the same district.
const JINLIN: usize = 0;
const GUPAN: usize = 1;
const THIRD: usize = 2;
/// One more that serves the district, with hands free.
const FOURTH: usize = 17;

/// Days and times as seen from the end of the fill.
#[derive(Clone, Copy)]
struct Near(Time);

impl Near {
    fn day(self, ago: u64) -> NaiveDate {
        self.0.day() - Days::new(ago)
    }

    fn at(self, ago: u64, hour: u32, minute: u32) -> Time {
        Time::at(self.day(ago), hour, minute)
    }

    fn hours(self, ago: i64) -> Time {
        self.0.plus_hours(-ago)
    }

    /// A working morning from which so many working days end next: later today, if today is one.
    fn nearly_due(self, working: u32) -> Time {
        let due = |at| WorkingDays::shipped().due(at, working) >= self.0;
        self.mornings().take_while(|at| due(*at)).last().unwrap_or_else(|| self.hours(2))
    }

    /// The latest working morning from which so many working days have ended.
    fn overdue(self, working: u32) -> Time {
        let late = |at: &Time| WorkingDays::shipped().due(*at, working) < self.0;
        self.mornings().find(late).unwrap_or_else(|| self.at(20, 10, 0))
    }

    /// Ten o'clock of working days, backwards.
    fn mornings(self) -> impl Iterator<Item = Time> {
        (0..40)
            .map(move |ago| self.at(ago, 10, 0))
            .filter(move |at| WorkingDays::shipped().is_working(at.day()) && *at < self.0)
    }
}

const fn order(persona: Persona) -> Order {
    Order { persona, urgent: false, consent: Consent::Given, days: 200, at_worker: false, once: false }
}

const ELDER: Order = order(Persona::Elder);
const DISABLED: Order = order(Persona::Disabled);
const FAMILY: Order = order(Persona::Family);
const EXPENSE: Order = order(Persona::Expense);
const URGENT: Order = Order { urgent: true, days: 40, ..order(Persona::Emergency) };
const SHORT: Order = Order { consent: Consent::Short, ..ELDER };
const ABSENT: Order = Order { consent: Consent::Absent, ..DISABLED };
const HERE: Order = Order { at_worker: true, ..ELDER };

/// Entered, submitted and published on the day of `at`.
fn open<'a, 'b>(s: &'b mut Script<'a>, at: Time) -> &'b mut Script<'a> {
    s.jump(at.plus_minutes(-150)).act(Act::Create { by_worker: false });
    s.jump(at.plus_minutes(-120)).act(Act::Submit);
    s.jump(at).act(Act::Publish)
}

/// Published and taken by an organization; the first contact is made.
fn paired<'a, 'b>(s: &'b mut Script<'a>, at: Time, organization: usize) -> &'b mut Script<'a> {
    claimed(s, at, organization).hours(2, 5).act(Act::Approve(0)).hours(1, 3).act(Act::Start(0))
}

fn claimed<'a, 'b>(s: &'b mut Script<'a>, at: Time, organization: usize) -> &'b mut Script<'a> {
    open(s, at).hours(3, 6).act(Act::Claim { slot: 0, share: 100, organization: Some(organization) })
}

/// Paired, with visits on the days given (days ago) done and confirmed.
fn served<'a, 'b>(
    s: &'b mut Script<'a>,
    near: Near,
    start: u64,
    organization: usize,
    visits: &[u64],
) -> &'b mut Script<'a> {
    paired(s, near.at(start, 9, 0), organization);
    plan(s, near, visits, "09:30");
    for ago in visits {
        visit(s, near, *ago, None);
        s.hours(1, 2).act(Act::Confirm(0));
    }
    s
}

fn plan<'a, 'b>(s: &'b mut Script<'a>, near: Near, ago: &[u64], at: &'static str) -> &'b mut Script<'a> {
    let days = ago.iter().map(|ago| near.day(*ago)).collect();
    s.minutes(5, 20).act(Act::Plan { slot: 0, days, at })
}

fn visit<'a, 'b>(s: &'b mut Script<'a>, near: Near, ago: u64, missed: Option<MissReason>) -> &'b mut Script<'a> {
    s.jump(near.at(ago, 16, 10)).act(Act::Visit { slot: 0, day: near.day(ago), missed })
}

impl Stage {
    fn pin(&mut self, order: Order, write: impl FnOnce(&mut Script<'_>, Near)) -> usize {
        let (chance, street) = (Arc::clone(&self.chance), self.cast.home_street());
        let mut script = Script::new(self.now.day() - Days::new(40), self.now, &chance, order.urgent);
        script.acts.clear();
        write(&mut script, Near(self.now));
        let acts = script.acts;
        self.add(street, order, acts)
    }

    /// Everything that the demo accounts find.
    pub fn pin_all(&mut self) {
        self.needs();
        self.claims();
        self.pairings();
        self.visits();
        self.reports();
        self.transfers();
        self.endings();
        self.offices();
    }

    fn needs(&mut self) {
        for (ago, hour, by_worker) in [(1, 15, false), (2, 10, true), (4, 9, false)] {
            let order = if by_worker { HERE } else { DISABLED };
            self.pin(order, |s, near| _ = s.jump(near.at(ago, hour, 20)).act(Act::Create { by_worker }));
        }
        self.pin(EXPENSE, |s, near| {
            let late = near.overdue(3);
            s.jump(late.plus_minutes(-60)).act(Act::Create { by_worker: false }).jump(late).act(Act::Submit);
        });
        self.pin(FAMILY, |s, near| {
            let due = near.nearly_due(3);
            s.jump(due.plus_minutes(-70)).act(Act::Create { by_worker: false }).jump(due).act(Act::Submit);
        });
        self.pin(URGENT, |s, near| {
            s.jump(near.hours(6)).act(Act::Create { by_worker: false }).jump(near.hours(5)).act(Act::Submit);
        });
        for (ago, order) in [(3, ELDER), (6, FAMILY)] {
            self.pin(order, |s, near| {
                s.jump(near.at(ago + 2, 9, 10)).act(Act::Create { by_worker: false }).minutes(30, 60).act(Act::Submit);
                s.jump(near.at(ago, 14, 30)).act(Act::Return);
            });
        }
        for (ago, order) in [(2, ELDER), (5, DISABLED), (9, HERE), (17, ABSENT), (23, EXPENSE)] {
            self.pin(order, |s, near| _ = open(s, near.at(ago, 11, 0)));
        }
        for ago in [3, 20] {
            self.pin(URGENT, |s, near| _ = open(s, near.hours(ago)));
        }
        self.pin(ELDER, |s, near| {
            open(s, near.at(30, 10, 0))
                .jump(near.at(4, 10, 0))
                .act(Act::ConsentWithdraw)
                .minutes(10, 30)
                .act(Act::Suspend);
        });
        self.pin(ABSENT, |s, near| _ = open(s, near.at(26, 10, 0)).jump(near.at(12, 15, 0)).act(Act::ConsentRecord));
        self.pin(SHORT, |s, near| _ = open(s, near.at(60, 10, 0)).jump(near.at(20, 10, 0)).act(Act::Extend(90)));
    }

    fn claims(&mut self) {
        self.pin(ELDER, |s, near| {
            open(s, near.at(12, 9, 0)).jump(near.nearly_due(3)).act(Act::Claim {
                slot: 0,
                share: 100,
                organization: Some(GUPAN),
            });
        });
        self.pin(DISABLED, |s, near| {
            open(s, near.at(16, 9, 0)).jump(near.overdue(3)).act(Act::Claim {
                slot: 0,
                share: 100,
                organization: Some(THIRD),
            });
        });
        self.pin(ELDER, |s, near| {
            open(s, near.at(7, 9, 0)).jump(near.hours(3)).act(Act::Claim {
                slot: 0,
                share: 50,
                organization: Some(JINLIN),
            });
        });
        self.pin(URGENT, |s, near| {
            open(s, near.hours(19)).jump(near.hours(16)).act(Act::Claim {
                slot: 0,
                share: 100,
                organization: Some(JINLIN),
            });
        });
        // A question to answer.
        self.pin(ELDER, |s, near| {
            open(s, near.at(10, 9, 0)).jump(near.nearly_due(3).plus_hours(-20)).act(Act::Claim {
                slot: 0,
                share: 100,
                organization: Some(JINLIN),
            });
            s.jump(near.nearly_due(3)).act(Act::Ask(0));
        });
        self.pin(FAMILY, |s, near| {
            open(s, near.at(14, 9, 0)).jump(near.overdue(3).plus_hours(-20)).act(Act::Claim {
                slot: 0,
                share: 100,
                organization: Some(THIRD),
            });
            s.jump(near.overdue(3)).act(Act::Ask(0));
        });
        self.pin(ELDER, |s, near| {
            claimed(s, near.at(18, 9, 0), FOURTH).jump(near.at(17, 10, 0)).act(Act::WithdrawClaim(0));
            s.jump(near.at(14, 9, 0))
                .act(Act::Claim { slot: 1, share: 100, organization: Some(THIRD) })
                .hours(3, 5)
                .act(Act::Decline(1));
        });
        // The same organization again: the earlier claim is superseded.
        self.pin(ELDER, |s, near| {
            open(s, near.at(8, 9, 0)).hours(2, 4).act(Act::Claim { slot: 0, share: 50, organization: Some(FOURTH) });
            s.jump(near.nearly_due(2)).act(Act::Claim { slot: 1, share: 100, organization: Some(FOURTH) });
        });
    }

    fn pairings(&mut self) {
        self.pin(ELDER, |s, near| _ = claimed(s, near.at(4, 9, 0), JINLIN).jump(near.hours(3)).act(Act::Approve(0)));
        self.pin(URGENT, |s, near| {
            open(s, near.hours(15)).jump(near.hours(12)).act(Act::Claim {
                slot: 0,
                share: 100,
                organization: Some(JINLIN),
            });
            s.jump(near.hours(8)).act(Act::Approve(0));
        });
        // No first contact in time: reminded, then perhaps one day more.
        self.pin(DISABLED, |s, near| {
            _ = claimed(s, near.at(20, 9, 0), GUPAN).jump(near.overdue(3)).act(Act::Approve(0));
        });
        self.pin(FAMILY, |s, near| {
            claimed(s, near.at(21, 9, 0), THIRD).jump(near.overdue(3).plus_minutes(25)).act(Act::Approve(0));
            s.jump(near.0.plus_minutes(-20)).act(Act::Grace(0));
        });
        self.pin(ELDER, |s, near| {
            _ = claimed(s, near.at(40, 9, 0), THIRD).jump(near.at(38, 9, 0)).act(Act::Approve(0));
        });
        self.pin(DISABLED, |s, near| {
            claimed(s, near.at(13, 9, 0), GUPAN)
                .jump(near.at(12, 9, 0))
                .act(Act::Approve(0))
                .hours(24, 26)
                .act(Act::Release(0));
        });
        self.pin(ELDER, |s, near| {
            _ = served(s, near, 50, JINLIN, &[40, 33]).jump(near.at(9, 10, 0)).act(Act::Pause(0));
        });
        self.pin(HERE, |s, near| {
            served(s, near, 44, JINLIN, &[35])
                .jump(near.at(25, 10, 0))
                .act(Act::Pause(0))
                .jump(near.at(11, 10, 0))
                .act(Act::Continue(0));
        });
    }

    fn visits(&mut self) {
        // Visits of today, of the days before and of the weeks to come.
        for (order, at, start) in [(ELDER, "10:00", 33), (HERE, "15:30", 26), (DISABLED, "14:00", 19)] {
            self.pin(order, |s, near| {
                paired(s, near.at(start, 9, 0), JINLIN).act(Act::AssignWorker(0));
                let mut days: Vec<NaiveDate> = [16, 9, 2, 0].map(|ago| near.day(ago)).to_vec();
                days.extend([5, 12, 19].map(|ahead| near.0.day() + Days::new(ahead)));
                s.minutes(5, 20).act(Act::Plan { slot: 0, days, at });
                visit(s, near, 16, None).hours(1, 2).act(Act::Confirm(0));
                visit(s, near, 9, (order == DISABLED).then_some(MissReason::NoOneHome))
                    .jump(near.at(2, 9, 5))
                    .act(Act::Disclose(0, Purpose::Visit));
                visit(s, near, 2, None);
            });
        }
        // A round of today that is still to be recorded, of several households.
        for start in 20..29 {
            self.pin(if start % 3 == 0 { HERE } else { ELDER }, |s, near| {
                paired(s, near.at(start, 9, 0), JINLIN).act(Act::AssignWorker(0));
                let mut days: Vec<NaiveDate> = [4, 3, 1, 0].map(|ago| near.day(ago)).to_vec();
                days.extend([1, 2].map(|ahead| near.0.day() + Days::new(ahead)));
                s.minutes(5, 20).act(Act::Plan { slot: 0, days, at: "11:30" });
                visit(s, near, 4, None).hours(1, 2).act(Act::Confirm(0));
                visit(s, near, 3, (start == 24).then_some(MissReason::DeclinedByHousehold));
                visit(s, near, 1, None);
            });
        }
        // Records that wait for a confirmation beyond the time; a dispute; a correction; one cancelled.
        self.pin(ELDER, |s, near| {
            let late = near.overdue(3).day();
            paired(s, near.at(30, 9, 0), GUPAN).minutes(5, 9).act(Act::Plan {
                slot: 0,
                days: vec![late, near.0.day() + Days::new(4)],
                at: "09:00",
            });
            s.jump(Time::at(late, 11, 0)).act(Act::Visit { slot: 0, day: late, missed: None });
        });
        self.pin(DISABLED, |s, near| {
            paired(s, near.at(28, 9, 0), GUPAN);
            plan(s, near, &[20, 6], "16:00");
            visit(s, near, 20, None).hours(15, 18).act(Act::Dispute(0)).hours(4, 8).act(Act::Correct(0));
            visit(s, near, 6, None).hours(15, 18).act(Act::Dispute(0));
        });
        self.pin(HERE, |s, near| {
            paired(s, near.at(22, 9, 0), THIRD).minutes(9, 12).act(Act::Plan {
                slot: 0,
                days: vec![near.day(8), near.0.day() + Days::new(3)],
                at: "10:00",
            });
            visit(s, near, 8, Some(MissReason::PostponedByHousehold))
                .jump(near.at(3, 9, 0))
                .act(Act::CancelVisit(0))
                .hours(6, 7)
                .act(Act::Call(0));
        });
    }

    fn reports(&mut self) {
        let reported = |s: &mut Script<'_>, near: Near, start: u64, at: Time| {
            served(s, near, start, GUPAN, &[start - 5, start - 10]).jump(at).act(Act::Report(0, Outcome::Full));
        };
        self.pin(ELDER, |s, near| reported(s, near, 55, near.overdue(5)));
        self.pin(DISABLED, |s, near| reported(s, near, 35, near.at(1, 15, 0)));
        self.pin(ELDER, |s, near| {
            reported(s, near, 45, near.nearly_due(5).plus_hours(-24));
            s.jump(near.nearly_due(5)).act(Act::Assign { slot: 0, to_worker: false });
        });
        self.pin(HERE, |s, near| {
            reported(s, near, 40, near.at(4, 9, 0));
            s.hours(5, 8).act(Act::Assign { slot: 0, to_worker: true });
        });
        self.pin(FAMILY, |s, near| {
            reported(s, near, 38, near.at(5, 9, 0));
            s.hours(5, 8).act(Act::Assign { slot: 0, to_worker: false }).hours(20, 24).act(Act::Reassign(0));
        });
        for failures in 1..=3 {
            self.pin(EXPENSE, |s, near| {
                reported(s, near, 48, near.at(14, 9, 0));
                for reason in
                    [FailReason::NoAnswer, FailReason::NoOneHome, FailReason::Moved].into_iter().take(failures)
                {
                    s.hours(20, 26)
                        .act(Act::Assign { slot: 0, to_worker: false })
                        .hours(24, 48)
                        .act(Act::Fail(0, reason));
                }
            });
        }
        for (ago, result, method) in [
            (2, VerificationResult::Met, Method::HomeVisit),
            (3, VerificationResult::NotMet, Method::Call),
            (1, VerificationResult::Partial, Method::SignedReceipt),
        ] {
            self.pin(ELDER, |s, near| {
                reported(s, near, 42, near.at(7, 9, 0));
                s.hours(20, 26)
                    .act(Act::Assign { slot: 0, to_worker: false })
                    .jump(near.at(ago, 10, 30))
                    .act(Act::Verify(0, result, method));
            });
        }
    }

    fn transfers(&mut self) {
        self.pin(ELDER, |s, near| {
            _ = served(s, near, 45, GUPAN, &[38, 31]).jump(near.hours(5)).act(Act::Offer { slot: 0, to: Some(JINLIN) });
        });
        self.pin(DISABLED, |s, near| {
            served(s, near, 41, THIRD, &[30]).jump(near.hours(10)).act(Act::Offer { slot: 0, to: Some(GUPAN) });
            s.jump(near.hours(4)).act(Act::AnswerTransfer { slot: 0, accept: true });
        });
        // Declined, refused, lapsed, approved.
        for end in 0..4 {
            self.pin(HERE, |s, near| {
                served(s, near, 46, THIRD, &[36]).jump(near.at(30, 9, 0)).act(Act::Offer { slot: 0, to: Some(GUPAN) });
                if end < 3 {
                    s.hours(2, 6).act(Act::AnswerTransfer { slot: 0, accept: end != 0 });
                }
                if matches!(end, 1 | 2) {
                    s.hours(2, 6).act(Act::DecideTransfer { slot: 0, approve: end == 2 });
                }
                if end == 2 {
                    s.hours(2, 6).act(Act::Start(1));
                }
            });
        }
    }

    fn endings(&mut self) {
        for (index, reason) in CloseReason::BY_HAND.iter().enumerate() {
            let ago = 12 + u64::try_from(index).unwrap_or_default() * 4;
            self.pin(ELDER, |s, near| {
                _ = open(s, near.at(ago + 20, 10, 0)).jump(near.at(ago, 14, 0)).act(Act::Close(*reason));
            });
        }
        // One clerk proposes, nobody has confirmed yet; another said no.
        self.pin(FAMILY, |s, near| {
            _ = open(s, near.at(25, 10, 0)).jump(near.at(1, 9, 30)).act(Act::Propose(CloseReason::DoneByOthers));
        });
        self.pin(EXPENSE, |s, near| {
            open(s, near.at(27, 10, 0))
                .jump(near.at(9, 9, 30))
                .act(Act::Propose(CloseReason::UnmetCannotContact))
                .hours(20, 24)
                .act(Act::RefuseClose);
        });
        // Reported, and taken back before anybody had begun to check.
        self.pin(DISABLED, |s, near| {
            served(s, near, 34, GUPAN, &[24, 17]).jump(near.at(4, 9, 0)).act(Act::Report(0, Outcome::Partial));
            s.hours(2, 5).act(Act::TakeBack(0));
        });
        self.pin(EXPENSE, |s, near| {
            s.jump(near.at(22, 9, 0))
                .act(Act::Create { by_worker: false })
                .minutes(20, 40)
                .act(Act::Submit)
                .hours(22, 26)
                .act(Act::Abandon);
        });
        self.pin(Order { days: 20, ..ELDER }, |s, near| _ = open(s, near.at(45, 10, 0)));
        let into = self.pin(ELDER, |s, near| _ = open(s, near.at(18, 10, 0)));
        self.pin(ELDER, |s, near| _ = open(s, near.at(16, 10, 0)).jump(near.at(11, 10, 0)).act(Act::Merge(into)));
        self.pin(DISABLED, |s, near| {
            open(s, near.at(15, 10, 0)).jump(near.at(6, 10, 0)).act(Act::Merge(into)).hours(20, 24).act(Act::Unmerge);
        });
        // A second cycle, paired again.
        self.pin(ELDER, |s, near| {
            open(s, near.at(60, 10, 0)).jump(near.at(35, 10, 0)).act(Act::Close(CloseReason::UnmetNoCapacity));
            s.jump(near.at(12, 9, 0)).act(Act::Reopen).hours(5, 8).act(Act::Publish);
            s.jump(near.at(10, 9, 0))
                .act(Act::Claim { slot: 0, share: 100, organization: Some(JINLIN) })
                .hours(3, 6)
                .act(Act::Approve(0))
                .hours(2, 4)
                .act(Act::Start(0));
        });
        for by_organization in [true, false] {
            self.pin(DISABLED, |s, near| {
                served(s, near, 39, THIRD, &[30])
                    .jump(near.at(21, 9, 0))
                    .act(Act::Terminate { slot: 0, by_organization });
            });
        }
        for result in [VerificationResult::Met, VerificationResult::Partial] {
            self.pin(HERE, |s, near| {
                served(s, near, 60, JINLIN, &[50, 43, 36]).jump(near.at(30, 9, 0)).act(Act::Report(
                    0,
                    if result == VerificationResult::Met { Outcome::Full } else { Outcome::Partial },
                ));
                s.hours(20, 26)
                    .act(Act::Assign { slot: 0, to_worker: false })
                    .hours(20, 26)
                    .act(Act::Verify(0, result, Method::HomeVisit))
                    .hours(20, 26)
                    .act(Act::Complete(0));
            });
        }
        self.pin(EXPENSE, |s, near| {
            paired(s, near.at(50, 9, 0), GUPAN)
                .hours(24, 40)
                .act(Act::Call(0))
                .jump(near.at(40, 9, 0))
                .act(Act::Report(0, Outcome::Full));
            for reason in [FailReason::NoAnswer, FailReason::NoOneHome, FailReason::Refused] {
                s.hours(20, 24).act(Act::Assign { slot: 0, to_worker: false }).hours(24, 30).act(Act::Fail(0, reason));
            }
            s.hours(20, 24).act(Act::CloseUnverified(0));
        });
    }

    /// Organizations that come and go, and a ledger of the street.
    fn offices(&mut self) {
        use super::cast::{ORGANIZATIONS, PLAYING};
        let near = Near(self.now);
        for number in PLAYING..ORGANIZATIONS {
            // The later ones have applied lately.
            let ago = u64::try_from((ORGANIZATIONS - number) * 2).unwrap_or_default();
            self.office(near.at(ago, 9, 15), Office::Apply(number));
            match number - PLAYING {
                0 => self.office(near.at(ago - 1, 10, 0), Office::Refuse(number)),
                1 | 2 => self.office(near.at(ago - 1, 10, 30), Office::Return(number)),
                3 => self.office(
                    near.at(ago - 1, 11, 0),
                    Office::Verify { organization: number, until: near.day(0) + Days::new(365) },
                ),
                _ => {}
            }
        }
        self.office(near.at(40, 10, 0), Office::Revoke(PLAYING - 1));
        self.office(near.at(12, 10, 0), Office::Suspend(PLAYING - 2));
        self.office(near.at(9, 10, 0), Office::Suspend(PLAYING - 3));
        self.office(near.at(8, 15, 0), Office::Upload(Ledger::Discarded));
        self.office(near.at(5, 16, 0), Office::Upload(Ledger::Unread));
        self.office(near.at(3, 16, 0), Office::Upload(Ledger::Applied));
        self.office(near.hours(4), Office::Upload(Ledger::Waiting));
    }
}
