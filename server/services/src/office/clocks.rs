//! The clocks of the loop. Every run does what has become due and nothing
//! twice: each step checks the record again inside its own transaction.

use crate::boxed;
use crate::{Ctx, Error, Result, Services};
use domain::claim::ClaimState;
use domain::disclosure::WARN_DAYS;
use domain::need::UNCLAIMED_DAYS;
use domain::organization::DRAFT_DAYS;
use std::sync::Arc;
use storage::supply::organization_profile;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Done {
    pub steps: usize,
    pub failed: usize,
}

/// Runs every clock once.
#[boxed]
pub async fn tick(services: &Arc<Services>) -> Result<Done> {
    let ctx = Ctx::system(services);
    let now = services.now();
    let mut done = Done::default();
    let mut tx = services.db.read().await?;
    let undecided = storage::aid::claim::overdue(&mut tx, ClaimState::Submitted, now).await?;
    let unanswered = storage::aid::claim::overdue(&mut tx, ClaimState::NeedsInfo, now).await?;
    let forming = storage::aid::claim::overdue(&mut tx, ClaimState::Forming, now).await?;
    let silent = storage::aid::pairing::overdue_start(&mut tx, now).await?;
    let transfers = storage::aid::transfer::expired(&mut tx, now).await?;
    let unheard = storage::aid::ask::overdue(&mut tx, now).await?;
    let expired = storage::needs::need::past_validity(&mut tx, now.day()).await?;
    let lapsed = storage::supply::organization::lapsed(&mut tx, now.day()).await?;
    let consents_ending = storage::needs::consent::ending(&mut tx, now.day() + chrono::Days::new(WARN_DAYS)).await?;
    let consents_ended = storage::needs::consent::ended(&mut tx, now.day()).await?;
    let accesses = storage::aid::disclosure::past(&mut tx, now).await?;
    let late_requests = storage::record::rights::late(&mut tx, now).await?;
    let unrecorded = storage::volunteers::signup::overdue(&mut tx, now).await?;
    let uncorrected = storage::volunteers::hours::late(&mut tx, now).await?;
    let invited_before = now.plus_days(-domain::team::INVITATION_DAYS);
    let unanswered_members = storage::volunteers::team::unanswered(&mut tx, invited_before).await?;
    let mut waiting = Vec::new();
    for (level, days) in (1_i64..).zip(UNCLAIMED_DAYS) {
        for need in storage::needs::need::waiting_since(&mut tx, now.plus_days(-days), level).await? {
            waiting.push((need.code, level));
        }
    }
    let mut ending = Vec::new();
    for days in domain::organization::WARN_DAYS {
        let until = now.plus_days(days).day();
        ending.extend(organization_profile::ending(&mut tx, until, days).await?.into_iter().map(|id| (id, days)));
    }
    let left_before = now.plus_days(-DRAFT_DAYS);
    let left_lying = organization_profile::left_lying(&mut tx, left_before).await?;
    let not_handed_over = storage::aid::pairing::not_handed_over(&mut tx, now).await?;
    drop(tx);
    for claim in undecided.iter().filter(|claim| claim.escalation == 0) {
        note(&mut done, crate::aid::claim::escalate(&ctx, claim.id).await);
    }
    for claim in &unanswered {
        note(&mut done, crate::aid::claim::expire(&ctx, claim.id).await);
    }
    // Members before their lead, who decides about what is left.
    for claim in
        forming.iter().filter(|claim| claim.lead_id.is_some()).chain(forming.iter().filter(|c| c.lead_id.is_none()))
    {
        note(&mut done, crate::aid::joint::expire(&ctx, claim.id).await);
    }
    for pairing in &silent {
        note(&mut done, crate::aid::pairing::remind_or_release(&ctx, pairing.id).await);
    }
    for transfer in &transfers {
        note(&mut done, crate::aid::transfer::lapse(&ctx, transfer.id).await);
    }
    for ask in &unheard {
        note(&mut done, crate::aid::ask::lapse(&ctx, ask.id).await);
    }
    for need in &expired {
        note(&mut done, crate::needs::need::expire(&ctx, &need.code).await);
    }
    for (consent, need) in consents_ending {
        note(&mut done, crate::needs::consent::warn(&ctx, consent, need).await);
    }
    for (consent, need) in consents_ended {
        note(&mut done, crate::needs::consent::expire(&ctx, consent, need).await);
    }
    for access in &accesses {
        note(&mut done, crate::aid::disclosure::lapse(&ctx, access.id).await);
    }
    for request in &late_requests {
        note(&mut done, crate::record::rights::remind(&ctx, &request.code).await);
    }
    for signup in &unrecorded {
        note(&mut done, crate::volunteers::hours::remind(&ctx, signup.id).await);
    }
    for correction in &uncorrected {
        note(&mut done, crate::volunteers::hours::remind_correction(&ctx, correction.id).await);
    }
    for member in &unanswered_members {
        note(&mut done, crate::volunteers::member::lapse(&ctx, member.id).await);
    }
    for (code, level) in &waiting {
        note(&mut done, crate::aid::queue::step(&ctx, code, *level).await);
    }
    for pairing in &not_handed_over {
        note(&mut done, crate::aid::pairing::hand_over_late(&ctx, pairing.id).await);
    }
    for (id, days) in ending {
        note(&mut done, crate::supply::registration::warn(&ctx, id, days).await);
    }
    for id in left_lying {
        note(&mut done, crate::supply::registration::abandon(&ctx, id, left_before).await);
    }
    for organization in &lapsed {
        note(&mut done, crate::supply::organization::lapse(&ctx, organization.id).await);
    }
    Ok(done)
}

fn note(done: &mut Done, outcome: Result<()>) {
    match outcome {
        Ok(()) => done.steps += 1,
        // Somebody did it first: that is what the check inside is for.
        Err(Error::Conflict(_) | Error::NotFound) => {}
        Err(error) => {
            done.failed += 1;
            tracing::error!(%error, "a clock's step failed");
        }
    }
}

/// Forgets spent form tokens, ended sessions and drafts older than 90 days.
#[boxed]
pub async fn tidy(services: &Services) -> Result<()> {
    let mut tx = services.db.write().await?;
    storage::people::account::tidy(&mut tx, services.now().plus_days(-90)).await?;
    tx.commit().await?;
    Ok(())
}
