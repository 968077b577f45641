//! The contact data of a household: who may open it, when, and for what purpose (tier L2).

use super::open;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::disclosure::DisclosureState;
use domain::machine::{self, Command};
use domain::need::{NeedKind, NeedState};
use domain::organization::OrganizationState;
use domain::pairing::{PairingState, Purpose};
use serde_json::json;
use storage::aid::pairing::Pairing;
use storage::needs::need::Need;

/// What the paired organization's named workers may see of one household, and
/// only while they need it (tier L2).
#[derive(Clone, PartialEq, Eq)]
pub struct Contact {
    pub name: String,
    pub phone: String,
    pub other_phones: Vec<String>,
    pub address: String,
    pub health_notes: String,
    pub guardian: String,
}

/// The same, masked: what stands on the page before anybody asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Masked {
    pub name: String,
    pub phone: String,
    /// Why it cannot be opened; none when it can.
    pub closed: Option<Closed>,
}

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

/// Opens the contact data of a household for a stated purpose. Logged with
/// purpose; the street sees it. A minor's takes an approved access, once.
#[boxed]
pub async fn disclose(ctx: &Ctx, code: &str, purpose: Purpose) -> Result<Contact> {
    let mut work = Work::begin(ctx, Command::PairingDisclose).await?;
    let (pairing, need) = open(&mut work, code, Command::PairingDisclose, |_| Vec::new()).await?;
    match closed(&mut work.tx, ctx, &pairing, &need).await? {
        None => {}
        Some(why) => return Err(Error::rule(why.words())),
    }
    let file = storage::needs::need_file::load(&mut work.tx, ctx.services.db.sealer(), need.id)
        .await?
        .ok_or_else(|| Error::rule("这条需求还没有登记档案"))?;
    if minor(&need, &file, work.now.day()) {
        crate::aid::disclosure::use_in(&mut work, &need, &pairing).await?;
    }
    let about = About {
        need: Some(&need),
        organization: Some(pairing.organization_id),
        reason: Some(purpose.label().to_owned()),
        data: Some(json!({ "pairing": pairing.code, "purpose": purpose.as_str() })),
    };
    work.stepped(Command::PairingDisclose, pairing.state, pairing.state, pairing.id, about).await?;
    work.commit(code).await?;
    Ok(Contact {
        name: file.name,
        phone: file.phone,
        other_phones: file.other_phones,
        address: file.address,
        health_notes: file.health_notes,
        guardian: file.guardian,
    })
}

fn minor(need: &Need, file: &storage::needs::need_file::NeedFile, day: chrono::NaiveDate) -> bool {
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
    if organization && let Some(state) = super::lost_standing(tx, pairing.organization_id).await? {
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

/// The masked contact that a pairing page shows to its two sides.
#[boxed]
pub async fn masked(ctx: &Ctx, pairing: &Pairing, need: &Need) -> Result<Masked> {
    let mut tx = ctx.services.db.read().await?;
    let closed = closed(&mut tx, ctx, pairing, need).await?;
    // Once closed, an organization keeps not even the masked parts.
    if closed.is_some() && ctx.actor.role.is_organization() {
        return Ok(Masked { name: String::new(), phone: String::new(), closed });
    }
    let file = storage::needs::need_file::load(&mut tx, ctx.services.db.sealer(), need.id).await?.unwrap_or_default();
    let phone = domain::phone::Phone::parse(&file.phone).map(|phone| phone.masked()).unwrap_or_default();
    let name = domain::disclosure::mask_name(&file.name);
    drop(tx);
    if !name.is_empty() {
        let about = crate::base::trail::About {
            object: pairing.id,
            division: pairing.division_code.clone(),
            organization: Some(pairing.organization_id),
            ..crate::base::trail::About::default()
        };
        crate::base::trail::read(ctx, "masked_contact", &pairing.code, about).await?;
    }
    Ok(Masked { name, phone, closed })
}
