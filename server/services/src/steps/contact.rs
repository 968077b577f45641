//! Whether contact data may be opened now, and an approved access used up.

use crate::base::work::{About, Work};
use crate::steps::pairings::lost_standing;
use crate::{Ctx, Error, Result};
use domain::disclosure::DisclosureState;
use domain::machine::{self, Command};
use domain::need::{NeedKind, NeedState};
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use serde_json::json;
use storage::aid::disclosure::Disclosure;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;

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

/// Decides whether the actor may open the contact data now.
pub(crate) async fn closed(tx: &mut storage::Tx, ctx: &Ctx, pairing: &Pairing, need: &Need) -> Result<Option<Closed>> {
    let organization = ctx.actor.role.is_organization();
    let now = ctx.now();
    if need.kind == NeedKind::Village {
        return Ok(Some(Closed::Village));
    }
    if machine::step(pairing.state, Command::PairingDisclose).is_err() {
        return Ok(Some(Closed::Pairing(pairing.state)));
    }
    if organization && let Some(state) = lost_standing(tx, pairing.organization_id).await? {
        return Ok(Some(Closed::Standing(state)));
    }
    if pairing.state == PairingState::Reported && organization {
        return Ok(Some(Closed::Reported));
    }
    if need.state != NeedState::Published {
        return Ok(Some(Closed::Need(need.state)));
    }
    let sealer = ctx.services.db.sealer();
    let consent = storage::needs::consent::latest(tx, sealer, need.id).await?;
    let Some(consent) = consent.filter(|consent| consent.is_live(now.day())) else {
        return Ok(Some(Closed::NoConsent));
    };
    let file = storage::needs::need_file::load(tx, sealer, need.id).await?.unwrap_or_default();
    let band = need.age_band.is_some_and(domain::need::AgeBand::is_minor);
    if !consent.by_guardian && domain::disclosure::needs_guardian(&file.id_number, band, now.day()) {
        return Ok(Some(Closed::NoGuardian));
    }
    // A renewed consent renews the days.
    let since = pairing.opened_at.max(consent.recorded_at);
    let days = ctx.services.policy.disclosure_days;
    if organization && since.plus_days(days) < now {
        return Ok(Some(Closed::Days(days)));
    }
    if organization {
        let named = storage::aid::pairing::workers(tx, pairing.id).await?;
        if !named.iter().any(|(id, _)| Some(*id) == ctx.actor.account_id) {
            return Ok(Some(Closed::NotNamed));
        }
    }
    if minor(need, &file, now.day()) {
        let open = match ctx.actor.account_id {
            Some(account) => storage::aid::disclosure::open_of(tx, pairing.id, account).await?,
            None => None,
        };
        return Ok(match open {
            Some(access) if access.expires_at < now => Some(Closed::Approval),
            Some(access) if access.state == DisclosureState::Approved => None,
            Some(_) => Some(Closed::Waiting),
            None => Some(Closed::Approval),
        });
    }
    Ok(None)
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
