//! The account of a promise 承诺与兑现: what was agreed of a line, held against what was done.
//!
//! Agreed is quantity × frequency × period, both days included, cut by the calendar: a week is Monday to Sunday, and
//! a broken week, month, quarter or year counts pro rata, rounded up. Units fall due on the planned days of their
//! period where there are any, else at the period's end, a broken one's at its own. An account speaks of whole days:
//! it is asked as of a day that has ended.

use crate::need::Frequency;
use crate::verification::LineResult;
use chrono::{Datelike, Days, NaiveDate};
use serde::{Deserialize, Serialize};

/// Days for which a recurring line without an end counts as agreed.
pub const OPEN_ENDED_DAYS: u64 = 365;

/// Per cent of what was agreed under which a verifier who says 满足 is asked why.
pub const ASK_WHY_PERCENT: i64 = 90;

/// What was agreed of one line: `quantity` units in every period of `per`, from and to both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreement {
    pub quantity: i64,
    pub per: Frequency,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Units that once belonged to it beside `quantity`.
    pub given_up: Vec<GivenUp>,
}

/// Units of every period that were given back while the rest goes on 部分退回. Those of a one-off line never counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenUp {
    pub units: i64,
    /// The last day that they belong to.
    pub until: NaiveDate,
}

/// Planned days inside the period that is running on the day of the account: all of them, and those up to that day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Planned {
    pub so_far: i64,
    pub all: i64,
}

/// Units on record up to the day of the account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Records {
    /// Confirmed by somebody outside the organization.
    pub confirmed: i64,
    /// Recorded and not yet confirmed.
    pub waiting: i64,
    /// Attempts that did not come about, with their reason; no units.
    pub missed: i64,
}

/// How a promise stands at the end of a day, in units but for `missed` (attempts). Always
/// `agreed = done + waiting + short + ahead`, done and waiting counted up to what was agreed; what is beyond is `over`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub agreed: i64,
    /// Of the agreed, what had fallen due.
    pub due: i64,
    pub done: i64,
    pub waiting: i64,
    pub missed: i64,
    pub short: i64,
    pub ahead: i64,
    pub over: i64,
}

/// What a line of a pairing comes to when the pairing ends. Always `agreed = delivered + short + ahead`, and
/// `returned` is what of the last two goes back to the need: what lies ahead, and of what is short that which is made
/// up later.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settlement {
    pub agreed: i64,
    pub delivered: i64,
    pub short: i64,
    pub ahead: i64,
    /// Units of the whole term that go back to the need.
    pub returned: i64,
    /// Of these, units that open as a line of their own, since they no longer fit into the line's term.
    pub own_line: i64,
    /// Units of the need's line, as the claim counts them, that stay taken.
    pub held: i64,
}

impl Settlement {
    /// Units that nobody can make good.
    pub fn lapsed(&self) -> i64 {
        self.short + self.ahead - self.returned
    }

    /// Per cent of what had fallen due that was delivered.
    pub fn kept_percent(&self) -> i64 {
        let due = self.agreed - self.ahead;
        if due == 0 { 100 } else { self.delivered.min(due) * 100 / due }
    }
}

impl Agreement {
    /// A line's agreement from the later of both beginnings; a line without an end lasts a year.
    pub fn new(
        quantity: i64,
        per: Frequency,
        from: NaiveDate,
        starts_on: Option<NaiveDate>,
        ends_on: Option<NaiveDate>,
    ) -> Self {
        let from = starts_on.map_or(from, |start| start.max(from));
        let to = ends_on.unwrap_or(from + Days::new(OPEN_ENDED_DAYS - 1)).max(from);
        Self { quantity, per, from, to, given_up: Vec::new() }
    }

    /// The same, of which some units were given back on the way; `quantity` is what goes on then.
    #[must_use]
    pub fn less(self, given_up: Vec<GivenUp>) -> Self {
        let units: i64 = given_up.iter().map(|part| part.units).sum();
        Self { quantity: (self.quantity - units).max(0), given_up, ..self }
    }

    /// Units agreed from first to last day of a period, as many as its days are of all: pro rata and rounded up.
    fn units(&self, first: NaiveDate, last: NaiveDate, whole: i64) -> i64 {
        let once = self.per == Frequency::Total;
        let given_up = self.given_up.iter().filter(|_| !once);
        let before: i64 = given_up.map(|part| part.units * days(first, last.min(part.until)).max(0)).sum();
        (self.quantity * days(first, last) + before + whole - 1) / whole
    }

    /// The calendar period around a day: first and last day. Of a one-off line the whole term.
    pub fn period(&self, day: NaiveDate) -> (NaiveDate, NaiveDate) {
        let month = |first: u32, count: u32| {
            let start = NaiveDate::from_ymd_opt(day.year(), first, 1).unwrap_or(day);
            let end = start.checked_add_months(chrono::Months::new(count)).and_then(|next| next.pred_opt());
            (start, end.unwrap_or(day))
        };
        match self.per {
            Frequency::Day => (day, day),
            Frequency::Week => {
                let monday = day - Days::new(u64::from(day.weekday().num_days_from_monday()));
                (monday, monday + Days::new(6))
            }
            Frequency::Month => month(day.month(), 1),
            Frequency::Quarter => month((day.month() - 1) / 3 * 3 + 1, 3),
            Frequency::Year => month(1, 12),
            Frequency::Total => (self.from, self.to),
        }
    }

    /// The periods in order, each cut to the term, with the units that fall into it.
    fn parts(&self) -> impl Iterator<Item = (NaiveDate, NaiveDate, i64)> + '_ {
        let mut next = (self.from <= self.to).then_some(self.from);
        std::iter::from_fn(move || {
            let day = next?;
            let (start, end) = self.period(day);
            let (first, last) = (start.max(self.from), end.min(self.to));
            next = last.succ_opt().filter(|after| *after <= self.to);
            Some((first, last, self.units(first, last, days(start, end))))
        })
    }

    /// All units of the term.
    pub fn total(&self) -> i64 {
        // Every day is a whole period; a long daily promise is not walked through.
        if self.per == Frequency::Day {
            return self.units(self.from, self.to, 1).max(0);
        }
        self.parts().map(|(_, _, units)| units).sum()
    }

    /// The period that runs on a day, cut to the term: first and last day, and the units that fall into it.
    pub fn running(&self, day: NaiveDate) -> Option<(NaiveDate, NaiveDate, i64)> {
        if day < self.from || day > self.to {
            return None;
        }
        let (start, end) = self.period(day);
        let (first, last) = (start.max(self.from), end.min(self.to));
        Some((first, last, self.units(first, last, days(start, end))))
    }

    /// Units that fall on a day with a planned visit, at least one; `planned` counts the day itself.
    pub fn share(&self, day: NaiveDate, planned: Planned) -> i64 {
        let units = self.running(day).map_or(1, |(_, _, units)| units);
        if self.per == Frequency::Day || planned.all < 1 {
            return if self.per == Frequency::Day { units.max(1) } else { 1 };
        }
        let before = Planned { so_far: planned.so_far - 1, ..planned };
        (planned.share(units) - before.share(units)).max(1)
    }

    /// Units that had fallen due at the end of a day.
    pub fn due(&self, day: NaiveDate, planned: Planned) -> i64 {
        if day < self.from {
            return 0;
        }
        if self.per == Frequency::Day {
            return self.units(self.from, day.min(self.to), 1).max(0);
        }
        self.parts()
            .take_while(|(first, _, _)| *first <= day)
            .map(|(_, last, units)| if last <= day { units } else { planned.share(units) })
            .sum()
    }

    /// How the promise stands at the end of a day.
    pub fn account(&self, day: NaiveDate, planned: Planned, records: Records) -> Account {
        let agreed = self.total();
        let due = self.due(day, planned);
        let done = records.confirmed.min(agreed);
        let waiting = records.waiting.min(agreed - done);
        let short = (due - done - waiting).max(0);
        Account {
            agreed,
            due,
            done,
            waiting,
            missed: records.missed,
            short,
            ahead: agreed - done - waiting - short,
            over: records.confirmed + records.waiting - done - waiting,
        }
    }

    /// What the line comes to at the end of `day`, on which its pairing ends. `found`: what the verifier found, with the
    /// units that were received where that was partial; without it the records count, confirmed or not.
    /// `made_up`: missed visits of the service are made up later.
    pub fn settle(
        &self,
        day: NaiveDate,
        records: Records,
        found: Option<(LineResult, Option<i64>)>,
        made_up: bool,
    ) -> Settlement {
        let recorded = records.confirmed + records.waiting;
        let once = self.per == Frequency::Total;
        let received = match found {
            Some((LineResult::Met, _)) if once => self.total(),
            Some((LineResult::Met, _)) => recorded.max(self.due(day, Planned::default())),
            Some((LineResult::Partial, units)) => units.unwrap_or(recorded),
            Some((LineResult::NotMet, _)) => 0,
            Some((LineResult::CannotSay, _)) | None => recorded,
        };
        let received = Records { confirmed: received, ..Records::default() };
        let Account { agreed, done, short, ahead, .. } = self.account(day, Planned::default(), received);
        let goes_on = self.to > day;
        // Of what is needed once nothing is lost by a day that went by.
        let open_again = if made_up || once { short } else { 0 };
        let own_line = match (once, goes_on) {
            (true, true) => 0,
            (true, false) => short + ahead,
            (false, _) => open_again,
        };
        let held = match (once, goes_on) {
            (true, true) => done,
            // Taken anew from the day after, in the same measure as before.
            (false, true) if ahead > 0 => 0,
            _ => self.quantity,
        };
        Settlement { agreed, delivered: done, short, ahead, returned: ahead + open_again, own_line, held }
    }

    /// Days between two visits that the promise asks for, at least one.
    pub fn interval_days(&self) -> i64 {
        let whole = match self.per {
            Frequency::Day => 1,
            Frequency::Week => 7,
            Frequency::Month => 30,
            Frequency::Quarter => 91,
            Frequency::Year => 365,
            Frequency::Total => days(self.from, self.to),
        };
        (whole / self.quantity.max(1)).max(1)
    }

    /// Days without a record after which a pairing is too quiet: twice the interval, at least seven; of a one-off
    /// line half its term.
    pub fn quiet_days(&self) -> i64 {
        if self.per == Frequency::Total {
            (days(self.from, self.to) / 2).max(1)
        } else {
            (2 * self.interval_days()).max(7)
        }
    }
}

fn days(first: NaiveDate, last: NaiveDate) -> i64 {
    (last - first).num_days() + 1
}

impl Planned {
    /// Units due of a running period: as many as its planned days so far, rounded up.
    fn share(self, units: i64) -> i64 {
        if self.all < 1 { 0 } else { (units * self.so_far.min(self.all) + self.all - 1) / self.all }
    }
}

impl std::ops::Add for Account {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            agreed: self.agreed + other.agreed,
            due: self.due + other.due,
            done: self.done + other.done,
            waiting: self.waiting + other.waiting,
            missed: self.missed + other.missed,
            short: self.short + other.short,
            ahead: self.ahead + other.ahead,
            over: self.over + other.over,
        }
    }
}

impl Account {
    /// Of a pairing that has ended: what lay ahead is no longer its own.
    #[must_use]
    pub fn ended(self) -> Self {
        Self { agreed: self.agreed - self.ahead, ahead: 0, ..self }
    }

    /// Of a pairing that was reported as over: nothing is to come any more, so that all that was agreed and is not done is
    /// short, however early the report.
    #[must_use]
    pub fn reported(self) -> Self {
        Self { due: self.agreed, short: self.short + self.ahead, ahead: 0, ..self }
    }

    /// Per cent of what was due that was done and confirmed; nothing due counts as kept.
    pub fn kept_percent(&self) -> i64 {
        if self.due == 0 { 100 } else { (self.done.min(self.due) * 100) / self.due }
    }

    /// As [`Account::kept_percent`], of all that was agreed.
    pub fn fulfilled_percent(&self) -> i64 {
        if self.agreed == 0 { 100 } else { self.done * 100 / self.agreed }
    }

    /// `应送21餐：已确认16餐，待确认2餐，少3餐`
    pub fn words(&self, unit: &str) -> String {
        let verb = due_verb(unit);
        if self.due == 0 && self.done + self.waiting == 0 {
            return format!("约定{}{unit}，还没到{verb}的时候", self.agreed);
        }
        let mut said = vec![format!("已确认{}{unit}", self.done)];
        if self.waiting > 0 {
            said.push(format!("待确认{}{unit}", self.waiting));
        }
        if self.short > 0 {
            said.push(format!("少{}{unit}", self.short));
        }
        if self.over > 0 {
            said.push(format!("多{}{unit}", self.over));
        }
        if self.done == self.agreed && said.len() == 1 {
            return format!("约定{}{unit}，都已确认", self.agreed);
        }
        if self.due == 0 {
            return format!("约定{}{unit}，还没到期：{}", self.agreed, said.join("，"));
        }
        if self.done == self.due && said.len() == 1 {
            return format!("应{verb}{}{unit}，都已确认", self.due);
        }
        format!("应{verb}{}{unit}：{}", self.due, said.join("，"))
    }
}

/// What one does with a unit: meals and goods are brought, the rest is done.
fn due_verb(unit: &str) -> &'static str {
    if ["餐", "份", "套", "袋", "件", "箱"].contains(&unit) { "送" } else { "做" }
}

/// Several lines in one sentence: `助餐少3餐，其余3项如约`. `lines`: name of the service, unit, account.
pub fn verdict<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str, Account)>) -> String {
    let (mut short, mut kept) = (Vec::new(), 0_usize);
    for (service, unit, account) in lines {
        if account.short > 0 {
            short.push(format!("{service}少{}{unit}", account.short));
        } else {
            kept += 1;
        }
    }
    match (short.is_empty(), kept) {
        (true, 0) => String::new(),
        (true, 1) => "如约".to_owned(),
        (true, kept) => format!("{kept}项都如约"),
        (false, 0) => short.join("，"),
        (false, kept) => format!("{}，其余{kept}项如约", short.join("，")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn agreed(quantity: i64, per: Frequency, from: &str, to: &str) -> Agreement {
        Agreement { quantity, per, from: day(from), to: day(to), given_up: Vec::new() }
    }

    #[test]
    fn what_is_given_back_on_the_way_was_agreed_until_then() {
        let before = agreed(5, Frequency::Week, "2026-11-03", "2026-11-29");
        let given_up = vec![GivenUp { units: 2, until: day("2026-11-18") }];
        let after = before.clone().less(given_up);
        assert_eq!(after.quantity, 3);
        // Weeks gone by stand as they were; of the running one three days at five and four at three; then three.
        for past in ["2026-11-08", "2026-11-15"] {
            let due = |a: &Agreement| a.due(day(past), Planned::default());
            assert_eq!(due(&after), due(&before), "{past}");
        }
        assert_eq!(after.due(day("2026-11-22"), Planned::default()), 5 + 5 + 4);
        assert_eq!((before.total(), after.total()), (20, 5 + 5 + 4 + 3));
        let daily = agreed(2, Frequency::Day, "2026-11-03", "2026-11-12");
        assert_eq!(daily.clone().less(vec![GivenUp { units: 1, until: day("2026-11-04") }]).total(), 12);
        assert_eq!(daily.less(vec![GivenUp { units: 1, until: day("2026-11-01") }]).total(), 10, "before it began");
        let once = agreed(10, Frequency::Total, "2026-11-03", "2026-12-31");
        assert_eq!(once.less(vec![GivenUp { units: 4, until: day("2026-11-18") }]).total(), 6);
    }

    #[test]
    fn an_early_report_is_held_against_all_that_was_agreed() {
        let hours = agreed(66, Frequency::Total, "2026-11-03", "2027-04-30");
        let account =
            hours.account(day("2026-11-20"), Planned::default(), Records { confirmed: 6, ..Records::default() });
        assert_eq!(verdict([("陪诊", "小时", account)]), "如约");
        let reported = account.reported();
        assert_eq!(verdict([("陪诊", "小时", reported)]), "陪诊少60小时");
        assert_eq!(reported.words("小时"), "应做66小时：已确认6小时，少60小时");
        assert_eq!(reported.agreed, reported.done + reported.waiting + reported.short + reported.ahead);
    }

    #[test]
    fn broken_weeks_count_pro_rata_and_at_their_own_end() {
        // 2026-11-03 is a Tuesday: six days of that week, five whole meals of five in six sevenths.
        let meals = agreed(5, Frequency::Week, "2026-11-03", "2026-11-18");
        assert_eq!(meals.total(), 5 + 5 + 3);
        assert_eq!(meals.due(day("2026-11-07"), Planned::default()), 0);
        assert_eq!(meals.due(day("2026-11-08"), Planned::default()), 5);
        assert_eq!(meals.due(day("2026-11-17"), Planned::default()), 10);
        assert_eq!(meals.due(day("2026-11-18"), Planned::default()), 13);
        assert_eq!(meals.due(day("2026-11-11"), Planned { so_far: 3, all: 5 }), 5 + 3);
    }

    #[test]
    fn a_one_off_line_is_due_at_its_end() {
        let chair = agreed(1, Frequency::Total, "2026-11-03", "2026-11-15");
        assert_eq!((chair.total(), chair.due(day("2026-11-14"), Planned::default())), (1, 0));
        assert_eq!(chair.due(day("2026-11-15"), Planned::default()), 1);
        assert_eq!(chair.due(day("2026-11-10"), Planned { so_far: 1, all: 1 }), 1);
        assert_eq!(chair.quiet_days(), 6);
    }

    #[test]
    fn each_planned_day_has_its_share() {
        let meals = agreed(10, Frequency::Week, "2026-11-02", "2027-02-28");
        let share = |so_far, all| meals.share(day("2026-11-24"), Planned { so_far, all });
        assert_eq!((1..=5).map(|n| share(n, 5)).sum::<i64>(), 10);
        assert_eq!((1..=4).map(|n| share(n, 4)).sum::<i64>(), 10);
        // More days than units: each visit is one; without a plan too.
        assert_eq!((share(11, 12), share(0, 0)), (1, 1));
        assert_eq!(meals.running(day("2026-11-02")), Some((day("2026-11-02"), day("2026-11-08"), 10)));
        assert_eq!(meals.running(day("2026-11-01")), None);
        assert_eq!(
            agreed(2, Frequency::Day, "2026-11-02", "2027-02-28").share(day("2026-11-24"), Planned::default()),
            2
        );
    }

    #[test]
    fn the_words_name_what_is_missing() {
        let meals = agreed(5, Frequency::Week, "2026-11-02", "2027-02-28");
        let account = meals.account(
            day("2026-11-30"),
            Planned { so_far: 1, all: 5 },
            Records { confirmed: 16, waiting: 2, missed: 1 },
        );
        assert_eq!(account.words("餐"), "应送21餐：已确认16餐，待确认2餐，少3餐");
        let bath = Account { agreed: 8, due: 2, done: 2, ahead: 6, ..Account::default() };
        assert_eq!(bath.words("次"), "应做2次，都已确认");
        assert_eq!(verdict([("助餐", "餐", account), ("助浴", "次", bath)]), "助餐少3餐，其余1项如约");
        assert_eq!(Account { agreed: 8, ahead: 8, ..Account::default() }.words("次"), "约定8次，还没到做的时候");
    }

    #[test]
    fn what_ends_goes_back() {
        let records = |confirmed| Records { confirmed, ..Records::default() };
        let settle = |a: &Agreement, at: &str, done: i64, found, made_up| {
            let s = a.settle(day(at), records(done), found, made_up);
            assert_eq!(s.agreed, s.delivered + s.short + s.ahead);
            (s.delivered, s.returned, s.own_line, s.held, s.lapsed())
        };
        // Eight meals a week, two were brought: what lies ahead is open again, yesterday's meals are lost.
        let meals = agreed(8, Frequency::Week, "2026-11-02", "2027-01-31");
        assert_eq!(meals.total(), 104);
        let partial = Some((LineResult::Partial, Some(2)));
        assert_eq!(settle(&meals, "2026-11-08", 2, partial, false), (2, 96, 0, 0, 6));
        assert_eq!(settle(&meals, "2027-01-31", 2, partial, false), (2, 0, 0, 8, 102));
        // Baths are made up, as a line of their own.
        assert_eq!(settle(&meals, "2026-11-08", 2, partial, true), (2, 102, 6, 0, 0));
        // Met on its last day: nothing goes back.
        assert_eq!(settle(&meals, "2027-01-31", 90, Some((LineResult::Met, None)), true), (104, 0, 0, 8, 0));
        // Needed once: all that was not done, on the line itself or, after its end, on its own.
        let lessons = agreed(10, Frequency::Total, "2026-11-02", "2026-12-31");
        assert_eq!(settle(&lessons, "2026-11-20", 4, None, false), (4, 6, 0, 4, 0));
        assert_eq!(settle(&lessons, "2027-01-05", 4, None, false), (4, 6, 6, 10, 0));
        assert_eq!(settle(&lessons, "2026-11-20", 4, Some((LineResult::NotMet, None)), true), (0, 10, 0, 0, 0));
        assert_eq!(settle(&lessons, "2026-11-20", 4, Some((LineResult::Met, None)), true), (10, 0, 0, 10, 0));
    }

    #[test]
    fn too_quiet_is_twice_the_interval_and_at_least_a_week() {
        assert_eq!(agreed(5, Frequency::Week, "2026-11-02", "2027-02-28").quiet_days(), 7);
        assert_eq!(agreed(1, Frequency::Month, "2026-11-02", "2027-02-28").quiet_days(), 60);
    }

    /// The same by hand: every day is put under its period, and the periods are counted.
    fn naive_due(a: &Agreement, until: NaiveDate, plan: &[NaiveDate]) -> i64 {
        let key = |day: NaiveDate| match a.per {
            Frequency::Day => format!("{day}"),
            Frequency::Week => format!("{:?}", day.iso_week()),
            Frequency::Month => format!("{}-{}", day.year(), day.month()),
            Frequency::Quarter => format!("{}q{}", day.year(), day.month0() / 3),
            Frequency::Year => format!("{}", day.year()),
            Frequency::Total => String::new(),
        };
        let mut inside: BTreeMap<String, Vec<NaiveDate>> = BTreeMap::new();
        for day in a.from.iter_days().take_while(|day| *day <= a.to) {
            inside.entry(key(day)).or_default().push(day);
        }
        let mut due = 0;
        for (name, mine) in inside {
            let whole = if a.per == Frequency::Total {
                mine.len()
            } else {
                let around = mine[0] - Days::new(400);
                around.iter_days().take(1200).filter(|day| key(*day) == name).count()
            };
            let given_up = a.given_up.iter().filter(|_| a.per != Frequency::Total);
            let each =
                |at: &NaiveDate| a.quantity + given_up.clone().filter(|g| *at <= g.until).map(|g| g.units).sum::<i64>();
            let unit_days: i64 = mine.iter().map(each).sum();
            let units = i64::try_from(usize::try_from(unit_days).unwrap().div_ceil(whole)).unwrap();
            let planned: Vec<_> = plan.iter().filter(|day| mine.contains(day)).collect();
            if mine.last().is_some_and(|last| *last <= until) {
                due += units;
            } else if mine[0] <= until && !planned.is_empty() {
                let so_far = planned.iter().filter(|day| ***day <= until).count();
                due += i64::try_from((usize::try_from(units).unwrap() * so_far).div_ceil(planned.len())).unwrap();
            }
        }
        due
    }

    fn frequency() -> impl Strategy<Value = Frequency> {
        prop::sample::select(Frequency::ALL.to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]
        #[test]
        fn due_is_what_counting_by_days_gives(
            per in frequency(), quantity in 1_i64..40, start in 0_u64..900, length in 0_u64..500, at in 0_u64..600,
            plan in prop::collection::btree_set(0_u64..500, 0..40),
            given_up in prop::collection::vec((1_i64..9, 0_u64..600), 0..3),
        ) {
            let from = day("2026-01-01") + Days::new(start);
            let given_up = given_up.into_iter().map(|(units, at)| GivenUp { units, until: from + Days::new(at) }).collect();
            let a = Agreement { quantity, per, from, to: from + Days::new(length), given_up };
            let until = (from + Days::new(at)) - Days::new(40);
            let plan: Vec<NaiveDate> = plan.into_iter().map(|n| from + Days::new(n)).filter(|day| *day <= a.to).collect();
            let (start, end) = a.period(until);
            let running: Vec<_> = plan.iter().filter(|day| (start..=end).contains(*day)).collect();
            let planned = Planned {
                so_far: running.iter().filter(|day| ***day <= until).count().try_into().unwrap(),
                all: running.len().try_into().unwrap(),
            };
            // Days are whole periods of their own: a plan changes nothing.
            prop_assert_eq!(a.due(until, planned), naive_due(&a, until, &plan));
            prop_assert_eq!(a.total(), naive_due(&a, a.to, &[]));
        }

        #[test]
        fn agreed_is_done_and_waiting_and_short_and_ahead(
            per in frequency(), quantity in 1_i64..40, length in 0_u64..500, at in 0_u64..600,
            confirmed in 0_i64..3000, waiting in 0_i64..300,
            given_up in prop::collection::vec((1_i64..9, 0_u64..600), 0..3),
        ) {
            let from = day("2026-01-01");
            let given_up = given_up.into_iter().map(|(units, at)| GivenUp { units, until: from + Days::new(at) }).collect();
            let a = Agreement { quantity, per, from, to: from + Days::new(length), given_up };
            let mut before = 0;
            for step in [at / 2, at] {
                let r = Records { confirmed, waiting, missed: 0 };
                let c = a.account(from + Days::new(step), Planned::default(), r);
                prop_assert_eq!(c.agreed, c.done + c.waiting + c.short + c.ahead);
                prop_assert!([c.done, c.waiting, c.short, c.ahead, c.over].iter().all(|n| *n >= 0), "{:?}", c);
                prop_assert_eq!(c.done + c.waiting + c.over, confirmed + waiting);
                prop_assert!(c.due >= before && c.due <= c.agreed);
                before = c.due;
                for (found, made_up) in [
                    (None, false), (None, true), (Some((LineResult::Met, None)), false),
                    (Some((LineResult::Partial, Some(waiting))), true), (Some((LineResult::NotMet, None)), false),
                ] {
                    let s = a.settle(from + Days::new(step), r, found, made_up);
                    prop_assert_eq!(s.agreed, s.delivered + s.short + s.ahead);
                    prop_assert_eq!(s.agreed, s.delivered + s.returned + s.lapsed());
                    let all = [s.delivered, s.short, s.ahead, s.returned, s.own_line, s.held, s.lapsed()];
                    prop_assert!(all.iter().all(|n| *n >= 0), "{:?}", s);
                    prop_assert!(s.held <= a.quantity && s.own_line <= s.returned, "{:?}", s);
                    // Nothing that still can be done is lost.
                    prop_assert!(a.to <= from + Days::new(step) || s.lapsed() <= s.short, "{:?}", s);
                }
            }
        }
    }
}
