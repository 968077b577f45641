//! The use cases: the only place where permission and state are decided.
//!
//! Every command takes a [`Ctx`] (who, from where, with which form token) and
//! runs as one [`base::work::Work`]: one transaction that writes the rows and the
//! event. Reads return types made for their reader.

pub mod aid;
pub mod base;
pub mod finding;
pub mod needs;
pub mod office;
pub mod people;
pub mod reach;
pub mod record;
mod steps;
pub mod supply;
pub mod volunteers;

/// The future of a function on the heap: its code is made once, here. That of an async function is made anew in every
/// crate that awaits it, together with all that it awaits in its turn. Within parameters the lifetime of the future is
/// `'async_recursion`, where one cannot be left out.
pub(crate) use async_recursion::async_recursion as boxed;
pub use base::error::{Conflict, Error, Result};
pub use storage::base::draft::Fields;

use domain::calendar::{Time, WorkingDays};
use domain::division::Divisions;
use domain::role::{Actor, Role};
use search::NeedIndex;
use std::sync::{Arc, RwLock};
use storage::Db;
use uuid::Uuid;

/// Where the time comes from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Time;

    /// How long the machine has been up, where that is known. It goes on whatever is done to the clock.
    fn uptime(&self) -> Option<Uptime> {
        None
    }
}

/// Seconds since a start of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uptime {
    /// Which start it was.
    pub boot: String,
    pub seconds: i64,
}

/// Where ids and tokens come from.
pub trait Random: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// What may be configured of the rules.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Seed of the sample for re-checking.
    pub recheck_seed: u64,
    /// Minutes without a request after which a session ends.
    pub idle_minutes: i64,
    /// Hours after which a session ends in any case.
    pub session_hours: i64,
    /// Whoever can open contact data or files, and every administrator, proves himself twice.
    pub second_factor: bool,
    /// Fewest characters of a password beside a second factor.
    pub password_min: usize,
    /// Days after which a password must be changed; 0: never.
    pub password_days: i64,
    /// Minutes for which a proof of identity is good for an export.
    pub confirm_minutes: i64,
    /// Days for which an invitation is open.
    pub invitation_days: i64,
    /// Minutes for which a link to a new password is open.
    pub reset_minutes: i64,
    /// Days after a pairing's opening, or the latest consent, in which contact data may be opened.
    pub disclosure_days: i64,
    /// Smallest count shown outside the office; 1 shows every count.
    pub small_cell_k: i64,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            recheck_seed: 20_261_124,
            idle_minutes: 120,
            session_hours: 12,
            second_factor: true,
            password_min: 12,
            password_days: 0,
            confirm_minutes: 15,
            invitation_days: 7,
            reset_minutes: 10,
            disclosure_days: domain::disclosure::DEFAULT_DAYS,
            small_cell_k: domain::gate::small::DEFAULT_K,
        }
    }
}

/// Everything the use cases stand on.
pub struct Services {
    pub db: Db,
    pub index: Arc<NeedIndex>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub policy: Policy,
    pub passwords: people::password::Passwords,
    pub follower: finding::follower::Follower,
    /// How the work beside the requests does.
    pub jobs: base::jobs::Board,
    /// Why the clocks stand still, as the last run found.
    pub machine_clock: base::machine_clock::Standstill,
    pub(crate) percolator: finding::percolate::Percolator,
    /// Whose turn it is to read a ledger.
    ledgers: tokio::sync::Semaphore,
    /// Whose turn it is to have a picture drawn.
    pictures: tokio::sync::Semaphore,
    pub trail: base::trail::Trail,
    pub cells: finding::cells::Cells,
    pub market: finding::market::Market,
    pub(crate) directory: supply::directory::Download,
    divisions: RwLock<Arc<Divisions>>,
    calendar: RwLock<Arc<WorkingDays>>,
}

impl Services {
    pub fn new(
        db: Db,
        index: NeedIndex,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        policy: Policy,
        divisions: Arc<Divisions>,
    ) -> Self {
        let over = Arc::clone(&divisions);
        index.set_lexicon_later(0, move || finding::lexicon::shipped(&over));
        let follower = finding::follower::Follower::new(index.position().is_some());
        Self {
            db,
            index: Arc::new(index),
            passwords: people::password::Passwords::new(Arc::clone(&random)),
            clock,
            random,
            policy,
            follower,
            jobs: base::jobs::Board::default(),
            machine_clock: base::machine_clock::Standstill::default(),
            percolator: finding::percolate::Percolator::default(),
            ledgers: tokio::sync::Semaphore::new(1),
            pictures: tokio::sync::Semaphore::new(1),
            trail: base::trail::Trail::default(),
            cells: finding::cells::Cells::default(),
            market: finding::market::Market::default(),
            directory: supply::directory::Download::default(),
            divisions: RwLock::new(divisions),
            calendar: RwLock::new(Arc::new(WorkingDays::shipped().clone())),
        }
    }

    pub fn now(&self) -> Time {
        self.clock.now()
    }

    pub fn divisions(&self) -> Arc<Divisions> {
        Arc::clone(&self.divisions.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn replace_divisions(&self, divisions: Divisions) {
        *self.divisions.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(divisions);
    }

    /// Working days as the city has them now.
    pub fn calendar(&self) -> Arc<WorkingDays> {
        Arc::clone(&self.calendar.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn replace_calendar(&self, calendar: WorkingDays) {
        *self.calendar.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(calendar);
    }

    /// A new id, ordered by time (UUID version 7).
    pub fn new_id(&self) -> Uuid {
        let mut random = [0_u8; 10];
        self.random.fill(&mut random);
        let millis = u64::try_from(self.now().0 / 1000).unwrap_or_default();
        uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid()
    }

    /// A name for a scope or division: `河东区 鲁山道街道`.
    pub fn place(&self, code: &str) -> String {
        self.divisions().spoken_name(code)
    }
}

/// Who acts, from where, with which form token.
#[derive(Clone)]
pub struct Ctx {
    pub services: Arc<Services>,
    pub actor: Actor,
    /// Token of the form, spent once; none for jobs and the command line.
    pub once: Option<Uuid>,
    /// `page`, `cli`, `job` or `demo`; stands in every event.
    pub origin: &'static str,
    /// Whether the actor's organization is verified at the moment (tier L1).
    pub verified: bool,
    /// The session the command comes from; none for jobs and the command line.
    pub session_id: Option<Uuid>,
    /// When the person in front last proved who they are.
    pub confirmed_at: Option<Time>,
}

impl Ctx {
    pub fn system(services: &Arc<Services>) -> Self {
        Self::new(services, Actor::system(), "job")
    }

    pub fn new(services: &Arc<Services>, actor: Actor, origin: &'static str) -> Self {
        let services = Arc::clone(services);
        Self { services, actor, once: None, origin, verified: false, session_id: None, confirmed_at: None }
    }

    /// As a signed-in account whose organization is verified, or not.
    #[must_use]
    pub fn verified(mut self, verified: bool) -> Self {
        self.verified = verified;
        self
    }

    /// The same actor outside of the form that was sent: its token is spent once.
    #[must_use]
    pub fn without_form(&self) -> Self {
        Self { once: None, ..self.clone() }
    }

    #[must_use]
    pub fn with_once(mut self, once: Option<Uuid>) -> Self {
        self.once = once;
        self
    }

    /// As given through a session whose person last proved who they are at a moment.
    #[must_use]
    pub fn through(mut self, session_id: Uuid, confirmed_at: Option<Time>) -> Self {
        self.session_id = Some(session_id);
        self.confirmed_at = confirmed_at;
        self
    }

    /// `Ok` when the person in front proved who they are a short time ago ([`Policy::confirm_minutes`]); to be asked
    /// before an export, the opening of many files, a change of the second factor. Jobs and the command line pass.
    pub fn fresh(&self) -> Result<()> {
        let good = |at: Time| at <= self.now() && at.minutes_until(self.now()) < self.services.policy.confirm_minutes;
        if self.origin != "page" || self.confirmed_at.is_some_and(good) { Ok(()) } else { Err(Error::Unconfirmed) }
    }

    pub fn account(&self) -> Result<Uuid> {
        self.actor.account_id.ok_or(Error::SignedOut)
    }

    pub fn role(&self) -> Role {
        self.actor.role
    }

    pub fn now(&self) -> Time {
        self.services.now()
    }

    pub fn organization(&self) -> Result<Uuid> {
        self.actor.organization_id.ok_or(Error::Forbidden(domain::permission::Refusal::Role))
    }
}
