//! Whether contact data may be opened now, and an approved access used up.

use crate::base::work::{About, Work};
use crate::{Ctx, Error, Result};
use domain::disclosure::DisclosureState;
use domain::machine::{self, Command};
use domain::need::{NeedKind, NeedState};
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use serde_json::json;
use storage::aid::disclosure::Disclosure;
use storage::aid::pairing::{Pairing, Whole};
use storage::needs::consent::Consent;
use storage::needs::need::Need;
use storage::needs::need_file::NeedFile;
use uuid::Uuid;

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
        }
    }
}

pub(crate) fn minor(need: &Need, file: &storage::needs::need_file::NeedFile, day: chrono::NaiveDate) -> bool {
    let band = need.age_band.is_some_and(domain::need::AgeBand::is_minor);
    domain::disclosure::is_minor(&file.id_number, band, day)
}

/// What decides whether contact data may be opened, beside the pairing itself.
pub(crate) struct Household {
    kind: NeedKind,
    need: NeedState,
    minor_band: bool,
    organization: OrganizationState,
    consent: Option<Consent>,
    file: NeedFile,
    /// Whether the reader is named as a worker.
    named: bool,
    /// The reader's own access to a minor's data that is not over.
    access: Option<Disclosure>,
}

impl Household {
    pub fn file(&self) -> &NeedFile {
        &self.file
    }

    pub fn consent_live(&self, today: chrono::NaiveDate) -> bool {
        self.consent.as_ref().is_some_and(|consent| consent.is_live(today))
    }

    pub fn is_minor(&self, today: chrono::NaiveDate) -> bool {
        domain::disclosure::is_minor(&self.file.id_number, self.minor_band, today)
    }

    /// Why the actor may not open the contact data now; none where that is possible.
    pub fn closed(&self, ctx: &Ctx, pairing: &Pairing) -> Option<Closed> {
        let organization = ctx.actor.role.is_organization();
        let now = ctx.now();
        if self.kind == NeedKind::Village {
            return Some(Closed::Village);
        }
        if machine::step(pairing.state, Command::PairingDisclose).is_err() {
            return Some(Closed::Pairing(pairing.state));
        }
        if organization && matches!(self.organization, OrganizationState::Suspended | OrganizationState::Revoked) {
            return Some(Closed::Standing(self.organization));
        }
        if pairing.state == PairingState::Reported && organization {
            return Some(Closed::Reported);
        }
        if self.need != NeedState::Published {
            return Some(Closed::Need(self.need));
        }
        let Some(consent) = self.consent.as_ref().filter(|consent| consent.is_live(now.day())) else {
            return Some(Closed::NoConsent);
        };
        if !consent.by_guardian && domain::disclosure::needs_guardian(&self.file.id_number, self.minor_band, now.day())
        {
            return Some(Closed::NoGuardian);
        }
        // A renewed consent renews the days.
        let since = pairing.opened_at.max(consent.recorded_at);
        let days = ctx.services.policy.disclosure_days;
        if organization && since.plus_days(days) < now {
            return Some(Closed::Days(days));
        }
        if organization && !self.named {
            return Some(Closed::NotNamed);
        }
        if !self.is_minor(now.day()) {
            return None;
        }
        match &self.access {
            Some(access) if access.expires_at < now => Some(Closed::Approval),
            Some(access) if access.state == DisclosureState::Approved => None,
            Some(_) => Some(Closed::Waiting),
            None => Some(Closed::Approval),
        }
    }
}

/// Decides whether the actor may open the contact data now, inside a command's transaction.
pub(crate) async fn closed(tx: &mut storage::Tx, ctx: &Ctx, pairing: &Pairing, need: &Need) -> Result<Option<Closed>> {
    let organization =
        storage::supply::organization::by_id(tx, pairing.organization_id).await?.ok_or(Error::NotFound)?.state;
    let workers = storage::aid::pairing::workers(tx, pairing.id).await?;
    let band = need.age_band.is_some_and(domain::need::AgeBand::is_minor);
    let mut household = read(ctx, tx, need.id, band).await?;
    household.kind = need.kind;
    household.need = need.state;
    household.organization = organization;
    household.named = workers.iter().any(|(id, _)| Some(*id) == ctx.actor.account_id);
    household.access = own_access(ctx, tx, pairing, &household).await?;
    Ok(household.closed(ctx, pairing))
}

/// The household of a pairing whose page is being made.
pub(crate) async fn household(ctx: &Ctx, tx: &mut storage::Tx, whole: &Whole, named: bool) -> Result<Household> {
    let pairing = &whole.pairing;
    let band = whole.need_age_band.is_some_and(domain::need::AgeBand::is_minor);
    let mut household = Household {
        kind: whole.need_kind,
        need: whole.need_state,
        organization: whole.organization_state,
        named,
        ..read(ctx, tx, pairing.need_id, band).await?
    };
    household.access = own_access(ctx, tx, pairing, &household).await?;
    Ok(household)
}

async fn own_access(
    ctx: &Ctx,
    tx: &mut storage::Tx,
    pairing: &Pairing,
    household: &Household,
) -> Result<Option<Disclosure>> {
    match ctx.actor.account_id.filter(|_| household.is_minor(ctx.now().day())) {
        Some(account) => Ok(storage::aid::disclosure::open_of(tx, pairing.id, account).await?),
        None => Ok(None),
    }
}

/// Consent and file of a need; the rest is filled in by who has it.
async fn read(ctx: &Ctx, tx: &mut storage::Tx, need: Uuid, minor_band: bool) -> Result<Household> {
    let (consent, file) = storage::needs::consent::with_file(tx, ctx.services.db.sealer(), need).await?;
    Ok(Household {
        kind: NeedKind::Household,
        need: NeedState::Published,
        minor_band,
        organization: OrganizationState::Verified,
        consent,
        file: file.unwrap_or_default(),
        named: false,
        access: None,
    })
}

/// What an event of an access says.
pub(crate) fn about<'a>(need: &'a Need, pairing: &Pairing, row: &Disclosure) -> About<'a> {
    About {
        need: Some(need),
        organization: Some(pairing.organization_id),
        reason: row.reason.clone().filter(|_| row.state == DisclosureState::Refused),
        data: Some(json!({ "pairing": pairing.code, "purpose": row.purpose.as_str() })),
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
    work.save(&row, step, about(need, pairing, &row)).await
}
