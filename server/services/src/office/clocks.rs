//! The clocks of the loop, run by the table ([`domain::clock`]). Every run does what has become due and nothing
//! twice: each step checks the record again inside its own transaction.

use crate::base::jobs::contained;
use crate::base::machine_clock;
use crate::boxed;
pub use crate::office::raise::Done;
use crate::office::raise::{self, note};
use crate::{Ctx, Error, Result, Services};
use domain::claim::ClaimState;
use domain::clock::unclaimed_hours;
use domain::disclosure::WARN_DAYS;
use domain::organization::DRAFT_DAYS;
use std::pin::Pin;
use std::sync::Arc;
use storage::supply::organization_profile;

/// One clock: does what has become due to one kind of record.
type Clock = for<'a> fn(&'a Ctx) -> Pin<Box<dyn Future<Output = Result<Done>> + Send + 'a>>;

/// Name of each clock; how what has become due is read, in a transaction of its own; the step that each of it takes.
macro_rules! clocks {
    ($($name:literal: |$tx:ident, $now:ident| $due:expr => |$ctx:ident, $item:pat_param| $step:expr;)+) => {
        /// In this order.
        const CLOCKS: &[(&str, Clock)] = &[$(($name, |$ctx| {
            Box::pin(async move {
                let $now = $ctx.now();
                let mut read = $ctx.services.db.read().await?;
                let $tx = &mut read;
                let due = $due;
                drop(read);
                let mut done = Done::default();
                for $item in due {
                    note(&mut done, $name, $step.await);
                }
                Ok(done)
            })
        })),+];
    };
}

clocks! {
    "clock: unanswered questions": |tx, now| storage::aid::claim::overdue(tx, ClaimState::NeedsInfo, now).await?
        => |ctx, claim| crate::aid::claim::expire(ctx, claim.id);

    "clock: joint claims": |tx, now| {
        let mut late = storage::aid::claim::overdue(tx, ClaimState::Forming, now).await?;
        // Members before their lead, who decides about what is left.
        late.sort_by_key(|claim| claim.lead_id.is_none());
        late
    } => |ctx, claim| crate::aid::joint::expire(ctx, claim.id);

    "clock: pairings without contact": |tx, now| storage::aid::pairing::overdue_start(tx, now).await?
        => |ctx, pairing| crate::aid::pairing::remind_or_release(ctx, pairing.id);

    "clock: transfers": |tx, now| storage::aid::transfer::expired(tx, now).await?
        => |ctx, transfer| crate::aid::transfer::lapse(ctx, transfer.id);

    "clock: asks": |tx, now| storage::aid::ask::overdue(tx, now).await? => |ctx, ask| crate::aid::ask::lapse(ctx, ask.id);

    "clock: validity of needs": |tx, now| storage::needs::need::past_validity(tx, now.day()).await?
        => |ctx, need| crate::needs::need::expire(ctx, &need.code);

    "clock: consents ending": |tx, now| storage::needs::consent::ending(tx, now.day() + chrono::Days::new(WARN_DAYS.unsigned_abs())).await?
        => |ctx, (consent, need)| crate::needs::consent::warn(ctx, consent, need);

    "clock: consents ended": |tx, now| storage::needs::consent::ended(tx, now.day()).await?
        => |ctx, (consent, need)| crate::needs::consent::expire(ctx, consent, need);

    "clock: accesses": |tx, now| storage::aid::disclosure::past(tx, now).await?
        => |ctx, access| crate::aid::disclosure::lapse(ctx, access.id);

    "clock: sign-ups gone by": |tx, now| storage::volunteers::signup::gone_by(tx, now).await?
        => |ctx, signup| crate::volunteers::signup::lapse(ctx, signup.id);

    "clock: requests of persons": |tx, now| storage::record::rights::late(tx, now).await?
        => |ctx, request| crate::record::rights::remind(ctx, &request.code);

    "clock: unrecorded hours": |tx, now| storage::volunteers::signup::overdue(tx, now).await?
        => |ctx, signup| crate::volunteers::hours::remind(ctx, signup.id);

    "clock: corrections of hours": |tx, now| storage::volunteers::hours::late(tx, now).await?
        => |ctx, correction| crate::volunteers::hours::remind_correction(ctx, correction.id);

    "clock: invitations to teams": |tx, now| {
        storage::volunteers::team::unanswered(tx, now.plus_days(-domain::team::INVITATION_DAYS)).await?
    } => |ctx, member| crate::volunteers::member::lapse(ctx, member.id);

    "clock: needs nobody claims": |tx, now| {
        let mut waiting = Vec::new();
        for urgent in [true, false] {
            for (level, hours) in (1_i64..).zip(unclaimed_hours(urgent)) {
                let since = storage::needs::need::waiting_since(tx, now.plus_hours(-hours), level, urgent).await?;
                waiting.extend(since.into_iter().map(|need| (need.code, level)));
            }
        }
        waiting
    } => |ctx, (code, level)| crate::aid::queue::step(ctx, &code, level);

    "clock: needs not handed over": |tx, now| storage::aid::pairing::not_handed_over(tx, now).await?
        => |ctx, pairing| crate::aid::pairing::hand_over_late(ctx, pairing.id);

    "clock: registrations ending": |tx, now| {
        let mut ending = Vec::new();
        for days in domain::organization::WARN_DAYS {
            let until = organization_profile::ending(tx, now.plus_days(days).day(), days).await?;
            ending.extend(until.into_iter().map(|id| (id, days)));
        }
        ending
    } => |ctx, (id, days)| crate::supply::registration::warn(ctx, id, days);

    "clock: applications left lying": |tx, now| {
        let before = now.plus_days(-DRAFT_DAYS);
        let left = organization_profile::left_lying(tx, before).await?;
        left.into_iter().map(move |id| (id, before))
    } => |ctx, (id, before)| crate::supply::registration::abandon(ctx, id, before);

    "clock: registrations lapsed": |tx, now| storage::supply::organization::lapsed(tx, now.day()).await?
        => |ctx, organization| crate::supply::organization::lapse(ctx, organization.id);
}

/// What the table says of everything that waits: after the clocks that end things by themselves.
const TABLE: &[(&str, Clock)] = &[
    (raise::CLAIMS, |ctx| Box::pin(raise::claims(ctx))),
    ("clock: reminders and what goes up", |ctx| Box::pin(raise::run(ctx))),
    ("clock: validity ending", |ctx| Box::pin(raise::validity(ctx))),
    ("clock: shifts of tomorrow", |ctx| Box::pin(raise::tomorrow(ctx))),
];

/// Runs every clock once, whatever becomes of the others, and puts each on the board.
/// `Err` names those that could not run, or the machine's clock where that cannot be relied on; a single record's step
/// that failed is counted and logged.
#[boxed]
pub async fn tick(services: &Arc<Services>) -> Result<Done> {
    machine_clock::trust(services).await?;
    let ctx = Ctx::system(services);
    let mut all = Done::default();
    let mut failing = Vec::new();
    for (name, clock) in CLOCKS.iter().chain(TABLE) {
        services.jobs.begins(name, services.now());
        let outcome = contained(clock(&ctx)).await;
        services.jobs.ends(name, services.now(), outcome.as_ref().is_ok_and(|done| done.failed == 0));
        match outcome {
            Ok(done) => {
                all.steps += done.steps;
                all.failed += done.failed;
            }
            Err(error) => {
                tracing::error!(clock = name, %error, "a clock failed");
                failing.push(*name);
            }
        }
    }
    if failing.is_empty() { Ok(all) } else { Err(Error::Failing(failing)) }
}

/// Forgets spent form tokens, ended sessions and drafts older than 90 days.
#[boxed]
pub async fn tidy(services: &Services) -> Result<()> {
    let mut tx = services.db.write().await?;
    storage::people::account::tidy(&mut tx, services.now().plus_days(-90)).await?;
    tx.commit().await?;
    crate::needs::import::tidy(services).await
}
