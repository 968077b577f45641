//! Working lists: counts for the tabs, one page of rows, never beyond the reader's scope or organization.

use crate::aid::masks;
pub use crate::base::page::{Listing, Window};
use crate::boxed;
pub use crate::office::list_query::{ListQuery, SIZES};
use crate::{Ctx, Error, Result};
use domain::claim::ClaimState;
use domain::delivery::DeliveryState;
use domain::machine::State;
use domain::need::NeedState;
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use domain::verification::VerificationState;
use storage::aid::{claim, delivery, pairing, verification};
use storage::base::listing::{self, Asked, List};
use storage::needs::need;
use storage::supply::organization;

fn scope(ctx: &Ctx) -> Result<&str> {
    if ctx.role().is_staff() && !ctx.actor.scope.is_empty() { Ok(&ctx.actor.scope) } else { Err(Error::NotFound) }
}

/// What is asked, held to what the reader may list: an organization its own records, an office its scope.
fn asked<S: State>(ctx: &Ctx, list: &'static List, query: &ListQuery, state: Option<S>) -> Result<Asked> {
    let asked = query.asked(ctx, list, state.map(State::text));
    if ctx.role().is_organization() && list.has(listing::Filter::Own) {
        return Ok(asked.of(ctx.organization()?));
    }
    Ok(asked.within(query.place(scope(ctx)?)))
}

/// Counts by state, without those for an export's further pages; the rows.
macro_rules! read {
    ($ctx:expr, $tx:expr, $list:expr, $query:expr, $state:expr) => {{
        let asked = asked($ctx, &$list, $query, $state)?;
        let counts = if $query.page == 1 || $query.size <= SIZES[2] {
            listing::counts($tx, &$list, &asked).await?
        } else {
            Vec::new()
        };
        Listing { counts, rows: listing::rows($tx, &$list, &asked).await? }
    }};
}

/// Needs of the reader's scope; `state` none: in all.
#[boxed]
pub async fn needs(ctx: &Ctx, state: Option<NeedState>, query: &ListQuery) -> Result<Listing<NeedState, need::Need>> {
    scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    Ok(read!(ctx, &mut tx, need::LIST, query, state))
}

/// Who handles needs in the reader's scope.
#[boxed]
pub async fn responsible(ctx: &Ctx) -> Result<Vec<String>> {
    const MOST: i64 = 100;
    Ok(need::responsible(&mut ctx.services.db.read().await?, scope(ctx)?, MOST).await?)
}

/// Claims of the reader's organization or scope.
#[boxed]
pub async fn claims(
    ctx: &Ctx,
    state: Option<ClaimState>,
    query: &ListQuery,
) -> Result<Listing<ClaimState, claim::Listed>> {
    let mut tx = ctx.services.db.read().await?;
    Ok(read!(ctx, &mut tx, claim::LIST, query, state))
}

/// Pairings of the reader's organization or scope.
#[boxed]
pub async fn pairings(
    ctx: &Ctx,
    state: Option<PairingState>,
    query: &ListQuery,
) -> Result<Listing<PairingState, pairing::Listed>> {
    let mut tx = ctx.services.db.read().await?;
    let mut list: Listing<PairingState, pairing::Listed> = read!(ctx, &mut tx, pairing::LIST, query, state);
    drop(tx);
    let named = list.rows.iter_mut().map(|row| (row.pairing.code.as_str(), &mut row.need_title)).collect();
    masks::name(ctx, "pairings", named).await?;
    Ok(list)
}

/// Records of visits in the reader's scope.
#[boxed]
pub async fn deliveries(
    ctx: &Ctx,
    state: Option<DeliveryState>,
    query: &ListQuery,
) -> Result<Listing<DeliveryState, delivery::Listed>> {
    scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let mut list: Listing<DeliveryState, delivery::Listed> = read!(ctx, &mut tx, delivery::LIST, query, state);
    drop(tx);
    let named = list.rows.iter_mut().map(|row| (row.pairing_code.as_str(), &mut row.need_title)).collect();
    masks::name(ctx, "deliveries", named).await?;
    Ok(list)
}

/// Verifications in the reader's scope.
#[boxed]
pub async fn verifications(
    ctx: &Ctx,
    state: Option<VerificationState>,
    query: &ListQuery,
) -> Result<Listing<VerificationState, verification::Listed>> {
    scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let mut list: Listing<VerificationState, verification::Listed> =
        read!(ctx, &mut tx, verification::LIST, query, state);
    drop(tx);
    let named = list.rows.iter_mut().map(|row| (row.pairing_code.as_str(), &mut row.need_title)).collect();
    masks::name(ctx, "verifications", named).await?;
    Ok(list)
}

/// Organizations whose home lies in the reader's scope.
#[boxed]
pub async fn organizations(
    ctx: &Ctx,
    state: Option<OrganizationState>,
    query: &ListQuery,
) -> Result<Listing<OrganizationState, organization::Organization>> {
    scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    Ok(read!(ctx, &mut tx, organization::LIST, query, state))
}
