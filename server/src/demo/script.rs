//! What happens to one need, written down beforehand: acts with their times.

use super::random::Chance;
use chrono::{Days, NaiveDate};
use domain::calendar::{Time, WorkingDays};
use domain::delivery::MissReason;
use domain::need::CloseReason;
use domain::pairing::{Outcome, Purpose};
use domain::verification::{FailReason, Method, VerificationResult};
use uuid::Uuid;

/// A step of a story. `usize` in acts on claims and pairings is the place of the organization in the story.
#[derive(Clone, Debug)]
pub enum Act {
    /// By the first clerk, or by the village worker.
    Create {
        by_worker: bool,
    },
    Submit,
    Return,
    Revise,
    /// By the other officer than the one of the return, who is not the author.
    Publish,
    Suspend,
    Resume,
    Extend(u64),
    /// Proposed by one clerk, confirmed by the other.
    Close(CloseReason),
    Propose(CloseReason),
    RefuseClose,
    Abandon,
    /// Into the need of another story.
    Merge(usize),
    Unmerge,
    Reopen,
    ConsentWithdraw,
    ConsentRecord,
    /// Share of what is open, in per cent; a certain organization or one that fits.
    Claim {
        slot: usize,
        share: i64,
        organization: Option<usize>,
    },
    Ask(usize),
    Answer(usize),
    Approve(usize),
    Decline(usize),
    WithdrawClaim(usize),
    Disclose(usize, Purpose),
    Start(usize),
    Grace(usize),
    Release(usize),
    Plan {
        slot: usize,
        days: Vec<NaiveDate>,
        at: &'static str,
    },
    /// Done, or missed for a reason.
    Visit {
        slot: usize,
        day: NaiveDate,
        missed: Option<MissReason>,
    },
    /// Not planned beforehand.
    Call(usize),
    /// Confirms what is recorded, or disputes the latest record.
    Confirm(usize),
    Dispute(usize),
    Correct(usize),
    CancelVisit(usize),
    Pause(usize),
    Continue(usize),
    /// What the account bears out; where everything was meant to be done, what is lacking is done first.
    Report(usize, Outcome),
    TakeBack(usize),
    Assign {
        slot: usize,
        to_worker: bool,
    },
    Reassign(usize),
    /// Line by line, as the account has it.
    Verify(usize, VerificationResult, Method),
    Fail(usize, FailReason),
    Rework(usize),
    Complete(usize),
    CloseUnverified(usize),
    /// By the organization, or by the office.
    Terminate {
        slot: usize,
        by_organization: bool,
    },
    /// To the organization of another slot, or to a certain one.
    Offer {
        slot: usize,
        to: Option<usize>,
    },
    AnswerTransfer {
        slot: usize,
        accept: bool,
    },
    /// The new pairing takes the next slot.
    DecideTransfer {
        slot: usize,
        approve: bool,
    },
    AssignWorker(usize),
    /// Another street's or officer's look at a completed pairing.
    Recheck(Uuid, VerificationResult),
}

/// Writes acts along a line of time; what lies after the end of the fill is left out.
pub struct Script<'a> {
    pub at: Time,
    pub acts: Vec<(Time, Act)>,
    pub chance: &'a Chance,
    pub urgent: bool,
    now: Time,
}

impl<'a> Script<'a> {
    pub fn new(start: NaiveDate, now: Time, chance: &'a Chance, urgent: bool) -> Self {
        let mut script = Self { at: Time::at(start, 8, 0), acts: Vec::new(), chance, urgent, now };
        script.office(0, 0);
        script
    }

    pub fn over(&self) -> bool {
        self.at > self.now
    }

    pub fn act(&mut self, act: Act) -> &mut Self {
        if !self.over() {
            self.acts.push((self.at, act));
        }
        self
    }

    /// Some days on, in office hours of a working day; the same day only where hours are left.
    pub fn office(&mut self, low: i64, high: i64) -> &mut Self {
        let days = u64::try_from(self.chance.between(low, high)).unwrap_or_default();
        let mut day = self.at.day() + Days::new(days);
        let minute = self.chance.between(0, 8 * 60 + 30);
        let clock = |day: NaiveDate| Time::at(day, 8, 40).plus_minutes(minute);
        let calendar = WorkingDays::shipped();
        while !calendar.is_working(day) {
            day = day + Days::new(1);
        }
        if clock(day) <= self.at {
            let soon = self.at.plus_minutes(self.chance.between(12, 50));
            if soon.day() == day && soon < Time::at(day, 17, 40) {
                self.at = soon;
                return self;
            }
            day = day + Days::new(1);
            while !calendar.is_working(day) {
                day = day + Days::new(1);
            }
        }
        self.at = clock(day);
        self
    }

    /// Some hours on, whatever the day.
    pub fn hours(&mut self, low: i64, high: i64) -> &mut Self {
        self.at = self.at.plus_minutes(self.chance.between(low * 60, high * 60));
        self
    }

    pub fn minutes(&mut self, low: i64, high: i64) -> &mut Self {
        self.at = self.at.plus_minutes(self.chance.between(low, high));
        self
    }

    /// To a certain time, also back.
    pub fn jump(&mut self, at: Time) -> &mut Self {
        self.at = at;
        self
    }

    /// To a certain time, never back.
    pub fn to(&mut self, at: Time) -> &mut Self {
        self.at = self.at.max(at);
        self
    }

    /// A step of the loop: within a day where it is urgent.
    fn soon(&mut self, low: i64, high: i64) -> &mut Self {
        if self.urgent { self.hours(1, 6) } else { self.office(low, high) }
    }

    /// From the entry to publication.
    pub fn open(&mut self, by_worker: bool) -> &mut Self {
        self.act(Act::Create { by_worker });
        self.minutes(15, 240).act(Act::Submit);
        if !self.urgent && self.chance.percent(12) {
            self.office(0, 2).act(Act::Return);
            self.office(0, 2).act(Act::Revise);
            self.minutes(8, 30).act(Act::Submit);
        }
        self.soon(0, 2).act(Act::Publish)
    }

    /// From publication to the first contact.
    pub fn take(&mut self, slot: usize, share: i64) -> &mut Self {
        if self.urgent {
            self.hours(1, 9)
        } else {
            self.office(0, 9)
        };
        self.act(Act::Claim { slot, share, organization: None });
        if !self.urgent && self.chance.percent(15) {
            self.office(0, 1).act(Act::Ask(slot));
            self.hours(2, 28).act(Act::Answer(slot));
        }
        self.soon(0, 2).act(Act::Approve(slot));
        self.begin(slot)
    }

    /// First contact after approval.
    pub fn begin(&mut self, slot: usize) -> &mut Self {
        if self.urgent {
            self.hours(1, 4)
        } else {
            self.office(0, 1)
        };
        if self.chance.percent(35) {
            self.act(Act::Disclose(slot, Purpose::Call)).minutes(4, 20);
        }
        self.act(Act::Start(slot))
    }

    /// Weekly visits with records and confirmations.
    pub fn serve(&mut self, slot: usize, visits: u64) -> &mut Self {
        self.minutes(10, 90);
        let every = if self.urgent { 2 } else { u64::try_from(self.chance.between(5, 8)).unwrap_or(7) };
        let first = self.at.day() + Days::new(1 + u64::try_from(self.chance.between(0, 3)).unwrap_or_default());
        let days: Vec<NaiveDate> = (0..visits).map(|n| first + Days::new(n * every)).collect();
        let at = *self.chance.pick(&["09:00", "09:30", "10:00", "14:00", "14:30", "15:30", "16:00"]);
        self.act(Act::Plan { slot, days: days.clone(), at });
        for (number, day) in days.iter().enumerate() {
            self.to(Time::at(*day, 16, 30).plus_minutes(self.chance.between(0, 90)));
            let missed = self.chance.percent(9).then(|| *self.chance.pick(MissReason::ALL));
            if self.chance.percent(12) {
                let before = self.at;
                self.at =
                    Time::at(*day, 8, 30).plus_minutes(self.chance.between(0, 40)).max(self.at.plus_minutes(-400));
                self.act(Act::Disclose(slot, Purpose::Visit));
                self.at = before;
            }
            self.act(Act::Visit { slot, day: *day, missed });
            if number % 2 == 1 || number + 1 == days.len() {
                let before = self.at;
                self.office(0, 2);
                if self.chance.percent(5) {
                    self.act(Act::Dispute(slot)).hours(4, 30).act(Act::Correct(slot)).office(0, 1);
                }
                self.act(Act::Confirm(slot));
                // Visits do not wait for confirmations.
                self.at = before;
            }
        }
        self.hours(1, 3)
    }

    /// Report, verification and completion.
    pub fn finish(&mut self, slot: usize, result: VerificationResult) -> &mut Self {
        let outcome = if result == VerificationResult::Met { Outcome::Full } else { Outcome::Partial };
        self.office(1, 4).act(Act::Report(slot, outcome));
        self.check(slot, result);
        self.office(0, 2).act(Act::Complete(slot))
    }

    /// Assignment and finding, sometimes at the second try.
    pub fn check(&mut self, slot: usize, result: VerificationResult) -> &mut Self {
        let chance = self.chance;
        self.office(0, 3).act(Act::Assign { slot, to_worker: chance.percent(20) });
        if chance.percent(8) {
            self.office(1, 2).act(Act::Fail(slot, *chance.pick(&[FailReason::NoOneHome, FailReason::NoAnswer])));
            self.office(1, 2).act(Act::Assign { slot, to_worker: false });
        }
        let method = *chance.pick(Method::ALL);
        self.office(0, 3).act(Act::Verify(slot, result, method))
    }

    /// Three failed tries.
    pub fn fail_three(&mut self, slot: usize) -> &mut Self {
        self.office(1, 3).act(Act::Report(slot, Outcome::Full));
        for reason in [FailReason::NoAnswer, FailReason::NoOneHome, FailReason::Refused] {
            self.office(0, 2).act(Act::Assign { slot, to_worker: false });
            self.office(1, 3).act(Act::Fail(slot, reason));
        }
        self.office(0, 2).act(Act::CloseUnverified(slot))
    }
}
