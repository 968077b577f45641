//! Whether contact data may be opened now, and an approved access used up.

use crate::base::work::{About, Work};
use crate::steps::pairings::lost_standing;
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::disclosure::DisclosureState;
use domain::machine::{self, Command};
use domain::need::{NeedKind, NeedState};
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use serde_json::json;
use storage::aid::disclosure::Disclosure;
use storage::aid::pairing::{Behind, Pairing, Whole};
use storage::needs::consent::{Consent, Held};
use storage::needs::need::Need;
use storage::needs::need_file::NeedFile;

/// Why contact data cannot be opened now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Closed {
    /// A village has no file.
    Village,
    /// The pairing's state.
    Pairing(PairingState),
    /// After the report only whoever checks it calls.
    Reported,
    Need(NeedState),
    /// The organization's, while it may not serve.
    Standing(OrganizationState),
    /// Not recorded, over, or withdrawn.
    NoConsent,
    /// A minor's, and nobody's but a guardian's consent counts.
    NoGuardian,
    /// The days of this pairing are over.
    Days(i64),
    NotNamed,
    /// A minor's: every access is approved.
    Approval,
    /// Asked for, not yet answered.
    Waiting,
    /// No member of the team that goes there any more.
    Left,
    /// The city's, which keeps no files.
    City,
}

impl Closed {
    /// In words for the reader.
    pub fn words(&self) -> String {
        match self {
            Self::Village => "村的需求没有个人档案，请联系村委会或街镇".into(),
            Self::Pairing(state) => format!("结对现在是“{}”，不再显示联系方式", state.label()),
            Self::Reported => "结果已经报告，等待核验，机构不再需要联系方式".into(),
            Self::Need(state) => format!("需求现在是“{}”，暂不显示联系方式", state.label()),
            Self::Standing(state) => format!("机构现在是“{}”，不再显示联系方式", state.label()),
            Self::NoConsent => "还没有本人同意的记录，或同意已到期、已撤回。请街道先登记同意".into(),
            Self::NoGuardian => "不满14周岁的，要有监护人书面同意的记录。请街道先登记".into(),
            Self::Days(days) => {
                format!("结对或最近一次登记同意已过{days}天，联系方式不再显示。还要继续的，请街道重新征得同意并登记")
            }
            Self::NotNamed => "只有指定的服务人员能查看，请机构负责人先指定您".into(),
            Self::Approval => "未成年人的联系方式，每次查看都要先由街道批准".into(),
            Self::Waiting => "已申请查看，等街道批准".into(),
            Self::Left => "您已不在这支服务队，上门信息不再显示".into(),
            Self::City => "市级不保存档案。确实要看的，在需求页申请，由街镇、区或市级的另一位工作人员批准".into(),
        }
    }
}

pub(crate) fn minor(need: &Need, file: &NeedFile, day: chrono::NaiveDate) -> bool {
    Asked::of(need).is_minor(file, day)
}

/// What a need itself says about its contact data.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    kind: NeedKind,
    state: NeedState,
    /// The beneficiary is of an age band of minors.
    minor_band: bool,
}

impl Asked {
    fn of(need: &Need) -> Self {
        let minor_band = need.age_band.is_some_and(domain::need::AgeBand::is_minor);
        Self { kind: need.kind, state: need.state, minor_band }
    }

    fn of_whole(whole: &Whole) -> Self {
        let minor_band = whole.need_age_band.is_some_and(domain::need::AgeBand::is_minor);
        Self { kind: whole.need_kind, state: whole.need_state, minor_band }
    }

    fn of_row(row: &Behind) -> Self {
        let minor_band = row.need_age_band.is_some_and(domain::need::AgeBand::is_minor);
        Self { kind: row.need_kind, state: row.need_state, minor_band }
    }

    fn is_minor(self, file: &NeedFile, day: chrono::NaiveDate) -> bool {
        domain::disclosure::is_minor(&file.id_number, self.minor_band, day)
    }
}

/// What else decides whether contact data may be opened.
#[derive(Default)]
struct Facts {
    /// Of the organization, while it may not serve.
    lost_standing: Option<OrganizationState>,
    consent: Option<Consent>,
    file: NeedFile,
    /// Whether the reader is named for the pairing.
    named: bool,
    /// The reader's request that waits or may be used, and until when.
    access: Option<(DisclosureState, Time)>,
}

/// Decides whether the actor may open the contact data now; a minor's access is asked for besides.
fn shut(ctx: &Ctx, pairing: &Pairing, need: Asked, facts: &Facts) -> Option<Closed> {
    let organization = ctx.actor.role.is_organization();
    // A volunteer comes for the organization: what ends its access ends his.
    let outside = !ctx.actor.role.is_staff();
    let now = ctx.now();
    if need.kind == NeedKind::Village {
        return Some(Closed::Village);
    }
    if ctx.role() == domain::role::Role::City {
        return Some(Closed::City);
    }
    if machine::step(pairing.state, Command::PairingDisclose).is_err() {
        return Some(Closed::Pairing(pairing.state));
    }
    if let Some(state) = facts.lost_standing.filter(|_| outside) {
        return Some(Closed::Standing(state));
    }
    if pairing.state == PairingState::Reported && outside {
        return Some(Closed::Reported);
    }
    if need.state != NeedState::Published {
        return Some(Closed::Need(need.state));
    }
    let Some(consent) = facts.consent.as_ref().filter(|consent| consent.is_live(now.day())) else {
        return Some(Closed::NoConsent);
    };
    if !consent.by_guardian && domain::disclosure::needs_guardian(&facts.file.id_number, need.minor_band, now.day()) {
        return Some(Closed::NoGuardian);
    }
    // A renewed consent renews the days.
    let since = pairing.opened_at.max(consent.recorded_at);
    let days = ctx.services.policy.disclosure_days;
    if outside && since.plus_days(days) < now {
        return Some(Closed::Days(days));
    }
    (organization && !facts.named).then_some(Closed::NotNamed)
}

/// As [`shut`], with the access that a minor's takes.
fn decided(ctx: &Ctx, pairing: &Pairing, need: Asked, facts: &Facts) -> Option<Closed> {
    let why = shut(ctx, pairing, need, facts);
    if why.is_some() || !need.is_minor(&facts.file, ctx.now().day()) {
        return why;
    }
    match facts.access {
        Some((_, until)) if until < ctx.now() => Some(Closed::Approval),
        Some((DisclosureState::Approved, _)) => None,
        Some(_) => Some(Closed::Waiting),
        None => Some(Closed::Approval),
    }
}

/// Decides whether the actor may open the contact data now.
pub(crate) async fn closed(tx: &mut storage::Tx, ctx: &Ctx, pairing: &Pairing, need: &Need) -> Result<Option<Closed>> {
    let workers = storage::aid::pairing::workers(tx, pairing.id).await?;
    let (consent, file) = storage::needs::consent::with_file(tx, ctx.services.db.unseen(), need.id).await?;
    let access = match ctx.actor.account_id {
        Some(account) => storage::aid::disclosure::open_of(tx, pairing.id, account).await?,
        None => None,
    };
    let facts = Facts {
        lost_standing: lost_standing(tx, pairing.organization_id).await?,
        consent,
        file: file.unwrap_or_default(),
        named: workers.iter().any(|(id, _)| Some(*id) == ctx.actor.account_id),
        access: access.map(|access| (access.state, access.expires_at)),
    };
    Ok(decided(ctx, pairing, Asked::of(need), &facts))
}

/// The household behind a pairing, and why the reader may not open its contact data.
pub(crate) struct Household {
    asked: Asked,
    facts: Facts,
    pub closed: Option<Closed>,
}

impl Household {
    pub fn file(&self) -> &NeedFile {
        &self.facts.file
    }

    pub fn consent_live(&self, today: chrono::NaiveDate) -> bool {
        self.facts.consent.as_ref().is_some_and(|consent| consent.is_live(today))
    }

    pub fn is_minor(&self, today: chrono::NaiveDate) -> bool {
        self.asked.is_minor(&self.facts.file, today)
    }
}

/// Opens what was read with a pairing. `named`: whether the reader is named for it.
fn opened(
    ctx: &Ctx,
    pairing: &Pairing,
    (asked, state, named): (Asked, OrganizationState, bool),
    access: Option<(DisclosureState, Time)>,
    held: &Held,
) -> Result<Household> {
    let (consent, file) = held.open(ctx.services.db.unseen(), pairing.need_id)?;
    let lost_standing = Some(state).filter(|s| matches!(s, OrganizationState::Suspended | OrganizationState::Revoked));
    let facts = Facts { lost_standing, consent, file: file.unwrap_or_default(), named, access };
    let closed = decided(ctx, pairing, asked, &facts);
    Ok(Household { asked, facts, closed })
}

/// The household of the pairing whose page is being made.
pub(crate) fn household(ctx: &Ctx, whole: &Whole, named: bool) -> Result<Household> {
    let access = whole.access_state.zip(whole.access_until);
    opened(ctx, &whole.pairing, (Asked::of_whole(whole), whole.organization_state, named), access, &whole.held)
}

/// The household of a row of a list.
pub(crate) fn behind(ctx: &Ctx, row: &Behind) -> Result<Household> {
    let access = row.access_state.zip(row.access_until);
    opened(ctx, &row.pairing, (Asked::of_row(row), row.organization_state, row.named), access, &row.held)
}

/// What an event of an access says.
pub(crate) fn about<'a>(need: &'a Need, pairing: Option<&Pairing>, row: &Disclosure) -> About<'a> {
    About {
        need: Some(need),
        organization: pairing.map(|pairing| pairing.organization_id),
        reason: row.reason.clone().filter(|_| row.state == DisclosureState::Refused),
        data: Some(json!({ "pairing": pairing.map(|pairing| &pairing.code), "purpose": row.purpose.as_str() })),
    }
}

/// The access that the actor may use now; spends it.
pub(crate) async fn use_approval(work: &mut Work<'_>, need: &Need, pairing: &Pairing) -> Result<()> {
    let account = work.ctx.account()?;
    let mut row = storage::aid::disclosure::open_of(&mut work.tx, pairing.id, account)
        .await?
        .filter(|row| row.state == DisclosureState::Approved && row.expires_at >= work.now)
        .ok_or_else(|| Error::rule(Closed::Approval.words()))?;
    let step = work.step_by(Command::DisclosureOpen, &mut row.state)?;
    work.save(&row, step, about(need, Some(pairing), &row)).await
}

/// The access to a file that the actor's city account may use now; spends it.
pub(crate) async fn use_file_approval(work: &mut Work<'_>, need: &Need) -> Result<()> {
    let account = work.ctx.account()?;
    let mut row = storage::aid::disclosure::open_of_file(&mut work.tx, need.id)
        .await?
        .into_iter()
        .map(|listed| listed.disclosure)
        .find(|row| row.asked_by == account && row.state == DisclosureState::Approved && row.expires_at >= work.now)
        .ok_or_else(|| Error::rule(Closed::City.words()))?;
    let step = work.step_by(Command::DisclosureOpen, &mut row.state)?;
    work.save(&row, step, about(need, None, &row)).await
}
