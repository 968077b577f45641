//! Lists of work by state: counts for the tabs, one page of rows, never beyond
//! the reader's scope or organization.

use crate::aid::masks;
pub use crate::base::page::{Listing, Window};
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::claim::ClaimState;
use domain::delivery::DeliveryState;
use domain::need::NeedState;
use domain::organization::OrganizationState;
use domain::pairing::PairingState;
use domain::verification::VerificationState;
use storage::aid::{claim, delivery, pairing, verification};
use storage::needs::need;
use storage::supply::organization;

fn scope(ctx: &Ctx) -> Result<&str> {
    if ctx.role().is_staff() && !ctx.actor.scope.is_empty() { Ok(&ctx.actor.scope) } else { Err(Error::NotFound) }
}

/// Needs of the reader's scope in a state.
#[boxed]
pub async fn needs(ctx: &Ctx, state: NeedState, window: Window) -> Result<Listing<NeedState, need::Need>> {
    let scope = scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let counts = need::count_by_state(&mut tx, scope).await?;
    let rows = need::in_state(&mut tx, scope, state, window.offset, window.limit).await?;
    Ok(Listing { counts, rows })
}

/// Claims of the reader's organization or scope in a state.
#[boxed]
pub async fn claims(ctx: &Ctx, state: ClaimState, window: Window) -> Result<Listing<ClaimState, claim::Listed>> {
    let mut tx = ctx.services.db.read().await?;
    let (counts, rows) = if ctx.role().is_organization() {
        let id = ctx.organization()?;
        (
            claim::count_of_organization(&mut tx, id).await?,
            claim::of_organization(&mut tx, id, state, window.offset, window.limit).await?,
        )
    } else {
        let scope = scope(ctx)?;
        (
            claim::count_in_scope(&mut tx, scope).await?,
            claim::in_scope(&mut tx, scope, state, window.offset, window.limit).await?,
        )
    };
    Ok(Listing { counts, rows })
}

/// Pairings of the reader's organization or scope in a state.
#[boxed]
pub async fn pairings(
    ctx: &Ctx,
    state: PairingState,
    window: Window,
) -> Result<Listing<PairingState, pairing::Listed>> {
    let mut tx = ctx.services.db.read().await?;
    let (counts, mut rows) = if ctx.role().is_organization() {
        let id = ctx.organization()?;
        (
            pairing::count_of_organization(&mut tx, id).await?,
            pairing::of_organization(&mut tx, id, state, window.offset, window.limit).await?,
        )
    } else {
        let scope = scope(ctx)?;
        (
            pairing::count_in_scope(&mut tx, scope).await?,
            pairing::in_scope(&mut tx, scope, state, window.offset, window.limit).await?,
        )
    };
    drop(tx);
    let named = rows.iter_mut().map(|row| (row.pairing.code.as_str(), &mut row.need_title)).collect();
    masks::name(ctx, "pairings", named).await?;
    Ok(Listing { counts, rows })
}

/// Records of visits in the reader's scope in a state.
#[boxed]
pub async fn deliveries(
    ctx: &Ctx,
    state: DeliveryState,
    window: Window,
) -> Result<Listing<DeliveryState, delivery::Listed>> {
    let scope = scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let counts = delivery::count_by_state(&mut tx, scope).await?;
    let mut rows = delivery::in_scope(&mut tx, scope, state, window.offset, window.limit).await?;
    drop(tx);
    let named = rows.iter_mut().map(|row| (row.pairing_code.as_str(), &mut row.need_title)).collect();
    masks::name(ctx, "deliveries", named).await?;
    Ok(Listing { counts, rows })
}

/// Verifications in the reader's scope in a state.
#[boxed]
pub async fn verifications(
    ctx: &Ctx,
    state: VerificationState,
    window: Window,
) -> Result<Listing<VerificationState, verification::Listed>> {
    let scope = scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let counts = verification::count_by_state(&mut tx, scope).await?;
    let mut rows = verification::in_scope(&mut tx, scope, state, window.offset, window.limit).await?;
    drop(tx);
    let named = rows.iter_mut().map(|row| (row.pairing_code.as_str(), &mut row.need_title)).collect();
    masks::name(ctx, "verifications", named).await?;
    Ok(Listing { counts, rows })
}

/// Organizations whose home lies in the reader's scope, in a state.
#[boxed]
pub async fn organizations(
    ctx: &Ctx,
    state: OrganizationState,
    window: Window,
) -> Result<Listing<OrganizationState, organization::Organization>> {
    let scope = scope(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    let counts = organization::count_by_state(&mut tx, scope).await?;
    let rows = organization::page(&mut tx, scope, state, window.offset, window.limit).await?;
    Ok(Listing { counts, rows })
}
