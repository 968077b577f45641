//! Parts of a need's page that several readers share: lines, facts, history.

use crate::base::words::{coverage, coverage_words};
use app::components::{Badge, Crumb, Fact, Tone};
use app::pages::need::NeedLine;
use domain::calendar::{Time, day_words};
use domain::need::NeedState;
use domain::need::{AgeBand, Sex};
use domain::promise::Account;
use services::aid::view::{Beneficiary, Need};
use services::aid::view::{LineView, MemberNeed, period_words};
use services::finding::hall::CardLine;

/// Where a need's page stands.
pub(crate) fn crumbs(code: &str, district: &str) -> Vec<Crumb> {
    let digits = code.get(2..8).unwrap_or_default();
    vec![Crumb::link("需求大厅", "/needs"), Crumb::link(district, format!("/needs?d={digits}")), Crumb::here(code)]
}

/// A line as the public sees it.
pub(crate) fn public_line(line: &CardLine) -> NeedLine {
    let taken = match (line.covered, line.pending) {
        (0, 0) => "还没有组织承接".to_owned(),
        (covered, 0) => format!("已承接{covered}{}", line.unit),
        (0, pending) => format!("待答复{pending}{}", line.unit),
        (covered, pending) => format!("已承接{covered}，待答复{pending}"),
    };
    NeedLine {
        service: line.service.clone(),
        wanted: line.words(),
        coverage: coverage(line),
        says: coverage_words(line),
        taken,
        left: (line.open() > 0).then(|| format!("{}{}", line.open(), line.unit)),
        account: None,
    }
}

/// A line as the public sees it, with what became of what was agreed: met and unmet beside each other.
pub(crate) fn kept_line(line: &CardLine, account: Option<&Account>) -> NeedLine {
    let account = account.map(|account| crate::base::promise::drawn(account, &line.unit));
    NeedLine { account, ..public_line(line) }
}

/// A line with period, note and who holds it.
pub(crate) fn full_line(view: &LineView) -> NeedLine {
    let mut line = kept_line(&view.card(), view.account.as_ref());
    for part in [period_words(&view.line), view.line.note.clone()] {
        if !part.is_empty() {
            line.wanted = format!("{}，{part}", line.wanted);
        }
    }
    for (name, quantity) in &view.holders {
        line.taken = format!("{}；{name}承接{quantity}{}", line.taken, view.line.unit);
    }
    line
}

/// Clock of a need: how long it waits, or until when the next step is due.
pub(crate) fn clock(
    state: NeedState,
    published_at: Option<Time>,
    due_at: Option<Time>,
    urgent: bool,
    open: bool,
    now: Time,
) -> Vec<Badge> {
    let mut badges = Vec::new();
    if urgent && !matches!(state, NeedState::Closed | NeedState::Merged) {
        badges.push(Badge::urgent("急难"));
    }
    if state == NeedState::Published && open {
        badges.push(Badge::clock(Tone::Wait, format!("已等待{}", crate::base::words::waited(published_at, now))));
    }
    if due_at.is_some() && matches!(state, NeedState::Published | NeedState::InReview) {
        badges.push(crate::base::words::due_badge(due_at, false, now));
    }
    badges
}

/// What members and staff read of a need's situation.
pub(crate) struct Said<'a> {
    /// Code of a category; who decided on it and when, for staff.
    categories: Vec<(&'a str, String)>,
    age_band: Option<AgeBand>,
    sex: Option<Sex>,
    aid_given: &'a str,
    gap: &'a str,
    requirements: &'a str,
}

impl<'a> Said<'a> {
    pub(crate) fn of_member(need: &'a MemberNeed) -> Self {
        Self {
            categories: need.categories.iter().map(|code| (code.as_str(), String::new())).collect(),
            age_band: need.age_band,
            sex: need.sex,
            aid_given: &need.aid_given,
            gap: &need.gap,
            requirements: &need.requirements,
        }
    }

    pub(crate) fn of_staff(need: &'a Need, beneficiaries: &'a [Beneficiary]) -> Self {
        let decided = |b: &Beneficiary| b.decided_by.clone() + &b.decided_on.map(day_words).unwrap_or_default();
        Self {
            categories: beneficiaries.iter().map(|b| (b.category_code.as_str(), decided(b))).collect(),
            age_band: need.age_band,
            sex: need.sex,
            aid_given: &need.aid_given,
            gap: &need.gap,
            requirements: &need.requirements,
        }
    }
}

pub(crate) fn situation_facts(said: &Said<'_>) -> Vec<Fact> {
    let mut facts = Vec::new();
    let mut categories = Fact::lines("对象类别", Vec::new());
    for (code, decided) in &said.categories {
        let name = domain::vocabulary::beneficiary(code).map_or(*code, |c| c.name);
        categories.lines.push(app::components::FactLine::Text(name.to_owned()));
        if !decided.is_empty() {
            categories = categories.note(format!("{decided}认定"));
        }
    }
    if !categories.lines.is_empty() {
        facts.push(categories);
    }
    let who: Vec<&str> = [said.age_band.map(AgeBand::label), said.sex.map(Sex::label)].into_iter().flatten().collect();
    if !who.is_empty() {
        facts.push(Fact::new("年龄和性别", who.join("，")));
    }
    for (term, text) in [("政府已给的救助", said.aid_given), ("仍有的缺口", said.gap), ("上门要求", said.requirements)]
    {
        if !text.is_empty() {
            facts.push(Fact::new(term, text));
        }
    }
    facts
}

/// `2026年11月12日公开`, `有效期至2027年2月28日`
pub(crate) fn dates(published_at: Option<Time>, valid_until: Option<chrono::NaiveDate>) -> Vec<String> {
    let published = published_at.map(|at| format!("{}公开", day_words(at.day())));
    let valid = valid_until.map(|day| format!("有效期至{}", day_words(day)));
    published.into_iter().chain(valid).collect()
}
