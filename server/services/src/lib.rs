//! The use cases: the only place where permission and state are decided.
//!
//! Every command takes a [`Ctx`] (who, from where, with which form token) and
//! runs as one [`work::Work`]: one transaction that writes the rows and the
//! event. Reads return types made for their reader.

pub mod account;
pub mod audit;
pub mod claim;
pub mod clocks;
pub mod consent;
pub mod delivery;
pub mod desk;
pub mod draft;
mod error;
pub mod follower;
pub mod gate;
pub mod hall;
pub mod hall_address;
pub mod import;
pub mod keys;
pub mod lists;
mod nearby;
pub mod need;
pub mod need_form;
pub mod notice;
pub mod organization;
pub mod pairing;
pub mod percolate;
pub mod reference;
pub mod saved_search;
mod standby;
pub mod thesaurus;
pub mod timeline;
pub mod transfer;
pub mod verification;
pub mod view;
mod work;

pub use error::{Conflict, Error, Result};
pub use storage::draft::Fields;

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
}

impl Default for Policy {
    fn default() -> Self {
        Self { recheck_seed: 20_261_124, idle_minutes: 120, session_hours: 12 }
    }
}

/// Everything the use cases stand on.
pub struct Services {
    pub db: Db,
    pub index: Arc<NeedIndex>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub policy: Policy,
    pub passwords: account::Passwords,
    pub follower: follower::Follower,
    pub(crate) percolator: percolate::Percolator,
    /// Whose turn it is to read a ledger.
    ledgers: tokio::sync::Semaphore,
    divisions: RwLock<Arc<Divisions>>,
    calendar: WorkingDays,
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
        index.set_lexicon(Arc::new(thesaurus::shipped(&divisions)));
        let follower = follower::Follower::new(index.position().is_some());
        Self {
            db,
            index: Arc::new(index),
            passwords: account::Passwords::new(Arc::clone(&random)),
            clock,
            random,
            policy,
            follower,
            percolator: percolate::Percolator::default(),
            ledgers: tokio::sync::Semaphore::new(1),
            divisions: RwLock::new(divisions),
            calendar: WorkingDays::shipped().clone(),
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

    pub fn calendar(&self) -> &WorkingDays {
        &self.calendar
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
}

impl Ctx {
    pub fn system(services: &Arc<Services>) -> Self {
        Self { services: Arc::clone(services), actor: Actor::system(), once: None, origin: "job", verified: false }
    }

    pub fn new(services: &Arc<Services>, actor: Actor, origin: &'static str) -> Self {
        Self { services: Arc::clone(services), actor, once: None, origin, verified: false }
    }

    /// As a signed-in account whose organization is verified, or not.
    #[must_use]
    pub fn verified(mut self, verified: bool) -> Self {
        self.verified = verified;
        self
    }

    #[must_use]
    pub fn with_once(mut self, once: Option<Uuid>) -> Self {
        self.once = once;
        self
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
