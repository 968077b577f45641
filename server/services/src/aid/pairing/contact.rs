//! The contact data of a household: who may open it, when, and for what purpose (tier L2).

use crate::base::offers::Offers;
use crate::base::work::{About, Work};
use crate::boxed;
use crate::steps::contact::{Closed, Household, closed, minor, use_approval};
use crate::steps::pairings::load;
use crate::{Ctx, Error, Result};
use domain::machine::Command;
use domain::pairing::Purpose;
use domain::permission::{Record, Separation};
use serde_json::json;
use storage::aid::disclosure::Listed;
use storage::aid::pairing::Pairing;
use uuid::Uuid;

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

/// An access to a minor's contact data that waits for the office.
#[derive(Clone, Debug)]
pub struct Access {
    pub id: Uuid,
    pub organization: String,
    pub asker: String,
    pub purpose: Purpose,
    pub offers: Offers,
}
/// Opens the contact data of a household for a stated purpose. Logged with
/// purpose; the street sees it. A minor's takes an approved access, once.
#[boxed]
pub async fn disclose(ctx: &Ctx, code: &str, purpose: Purpose) -> Result<Contact> {
    if !Purpose::CONTACT.contains(&purpose) {
        return Err(Error::wrong(domain::form::aid::pairing::PURPOSE, "请选择为什么要看联系方式"));
    }
    let mut work = Work::begin(ctx, Command::PairingDisclose).await?;
    let (pairing, need) = load(&mut work, code).await?;
    match closed(&mut work.tx, ctx, &pairing, &need).await? {
        None => {}
        Some(why) => return Err(Error::rule(why.words())),
    }
    let file = storage::needs::need_file::load(&mut work.tx, ctx.services.db.sealer(), need.id)
        .await?
        .ok_or_else(|| Error::rule("这条需求还没有登记档案"))?;
    if minor(&need, &file, work.now.day()) {
        use_approval(&mut work, &need, &pairing).await?;
    }
    let about = About {
        need: Some(&need),
        organization: Some(pairing.organization_id),
        reason: Some(purpose.label().to_owned()),
        data: Some(json!({ "pairing": pairing.code, "purpose": purpose.as_str() })),
    };
    work.stepped(work.leads(pairing.state)?, pairing.id, about).await?;
    if let Some(account) = ctx.actor.account_id.filter(|_| ctx.actor.role.is_staff()) {
        // Whoever verifies has begun.
        storage::aid::verification::begin(&mut work.tx, pairing.id, account, work.now).await?;
    }
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

/// Accesses to a minor's contact data that wait for the office in charge of a pairing.
pub(crate) async fn accesses(ctx: &Ctx, tx: &mut storage::Tx, pairing: &Pairing) -> Result<Vec<Access>> {
    let waiting = storage::aid::disclosure::waiting_of(tx, pairing.id).await?;
    Ok(waiting.into_iter().map(|listed| access(ctx, &pairing.division_code, listed)).collect())
}

pub(crate) fn access(ctx: &Ctx, division: &str, listed: Listed) -> Access {
    let Listed { disclosure, asker_name, organization_name, .. } = listed;
    let offers = Offers::of(&ctx.actor, disclosure.state, |_| Record {
        division: Some(division),
        others: vec![(Some(disclosure.asked_by), Separation::Asker)],
        ..Record::default()
    });
    Access {
        id: disclosure.id,
        organization: organization_name,
        asker: asker_name,
        purpose: disclosure.purpose,
        offers,
    }
}

/// The masked contact that a pairing page shows to its two sides.
#[boxed]
pub(crate) async fn masked(ctx: &Ctx, pairing: &Pairing, household: &Household) -> Result<Masked> {
    let closed = household.closed.clone();
    // Once closed, an organization keeps not even the masked parts; the city has none.
    if closed.is_some() && !ctx.actor.role.keeps_files() {
        return Ok(Masked { name: String::new(), phone: String::new(), closed });
    }
    let file = household.file();
    let phone = domain::phone::Phone::parse(&file.phone).map(|phone| phone.masked()).unwrap_or_default();
    let name = domain::disclosure::mask_name(&file.name);
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
