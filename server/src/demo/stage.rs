//! Plays the stories in the order of time, with the program's clocks running between.

use super::cast::{Cast, Organization};
use super::needs::{Consent, Order, Wish, Writer};
use super::random::Chance;
use super::script::{Act, Script};
use super::texts::Texts;
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::delivery::DeliveryState;
use domain::role::Actor;
use services::people::account::ManualClock;
use services::{Ctx, Error, Result, Services};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::sync::Arc;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use uuid::Uuid;

/// One organization's part in a story.
#[derive(Clone, Default)]
pub struct Slot {
    pub organization: usize,
    pub claim: Option<String>,
    pub pairing: Option<String>,
    pub verification: Option<Uuid>,
    pub verifier: Option<Actor>,
    pub transfer: Option<Uuid>,
}

/// A need with what has come of it so far.
pub struct Story {
    pub street: usize,
    pub order: Order,
    pub wish: Option<Wish>,
    pub code: String,
    pub slots: Vec<Slot>,
}

/// What an organization goes through besides its claims.
#[derive(Clone, Debug)]
pub enum Office {
    Apply(usize),
    Verify {
        organization: usize,
        until: NaiveDate,
    },
    Return(usize),
    Refuse(usize),
    Suspend(usize),
    Revoke(usize),
    /// A street's ledger, and what becomes of it.
    Upload(Ledger),
    /// Everybody looks through their 站内信.
    ReadNotices,
}

/// What becomes of a ledger after its check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ledger {
    Applied,
    Waiting,
    Discarded,
    /// A table of something else, sent by mistake.
    Unread,
}

#[derive(Clone, Debug)]
enum Event {
    Story(usize, Act),
    Office(Office),
}

/// The stage: the services, the clock in hand, and what is still to come.
pub struct Stage {
    pub services: Arc<Services>,
    pub clock: Arc<ManualClock>,
    pub chance: Arc<Chance>,
    pub cast: Cast,
    pub texts: Texts,
    pub stories: Vec<Story>,
    pub now: Time,
    events: Vec<Event>,
    order: BinaryHeap<Reverse<(Time, usize)>>,
    /// Acts that were refused, by command: another act came first, as in life.
    pub refused: BTreeMap<String, usize>,
    /// Acts whose form was sent back: the act and what was said of it. The site starts all the same.
    pub mistakes: Vec<String>,
    pub played: usize,
}

impl Stage {
    pub fn new(services: Arc<Services>, clock: Arc<ManualClock>, chance: Arc<Chance>, cast: Cast, now: Time) -> Self {
        Self {
            services,
            clock,
            chance,
            cast,
            texts: Texts::load(),
            stories: Vec::new(),
            now,
            events: Vec::new(),
            order: BinaryHeap::new(),
            refused: BTreeMap::new(),
            mistakes: Vec::new(),
            played: 0,
        }
    }

    /// Adds a story; returns its place.
    pub fn add(&mut self, street: usize, order: Order, acts: Vec<(Time, Act)>) -> usize {
        let story = self.stories.len();
        self.stories.push(Story { street, order, wish: None, code: String::new(), slots: Vec::new() });
        for (at, act) in acts {
            self.later(at, Event::Story(story, act));
        }
        story
    }

    pub fn office(&mut self, at: Time, office: Office) {
        self.later(at, Event::Office(office));
    }

    fn later(&mut self, at: Time, event: Event) {
        if at <= self.now {
            self.order.push(Reverse((at, self.events.len())));
            self.events.push(event);
        }
    }

    /// Plays everything up to now.
    pub async fn play(&mut self, start: Time) -> Result<()> {
        // Time does not go back behind what the cast has done.
        let mut tick = next_tick(start.max(self.services.now()));
        while let Some(Reverse((at, event))) = self.order.pop() {
            while tick < at {
                self.tick(tick).await?;
                tick = next_tick(tick);
            }
            self.clock.set(at);
            let event = self.events[event].clone();
            self.perform(event).await?;
        }
        while tick < self.now {
            self.tick(tick).await?;
            tick = next_tick(tick);
        }
        self.tick(self.now).await
    }

    async fn tick(&self, at: Time) -> Result<()> {
        self.clock.set(at);
        services::office::clocks::tick(&self.services).await?;
        Ok(())
    }

    async fn perform(&mut self, event: Event) -> Result<()> {
        let name = match &event {
            Event::Story(_, act) => format!("{act:?}"),
            Event::Office(office) => format!("{office:?}"),
        };
        let outcome = match event {
            Event::Story(story, act) => self.act(story, act).await,
            Event::Office(office) => self.office_act(office).await,
        };
        match outcome {
            Ok(()) => self.played += 1,
            Err(error @ (Error::Storage(_) | Error::Search(_) | Error::Internal(_) | Error::Failing(_))) => {
                tracing::error!(act = %name, %error, "an act of the demo failed");
                return Err(error);
            }
            Err(Error::Invalid(errors)) => {
                tracing::warn!(act = %name, ?errors, "a form of the demo was sent back");
                self.mistakes.push(format!("{name}: {errors:?}"));
            }
            Err(error) => {
                let name: String = name.chars().take_while(char::is_ascii_alphabetic).collect();
                tracing::debug!(act = %name, sentence = %error.sentence(self.services.now()), "refused");
                *self.refused.entry(name).or_default() += 1;
            }
        }
        Ok(())
    }

    pub fn ctx(&self, actor: &Actor) -> Ctx {
        Ctx::new(&self.services, actor.clone(), "demo").verified(true)
    }

    pub fn system(&self) -> Ctx {
        self.ctx(&Actor::system())
    }

    pub fn clerk(&self, story: usize, which: usize) -> Ctx {
        self.ctx(&self.cast.streets[self.stories[story].street].clerks[which])
    }

    /// The officers of a district take turns by story.
    pub fn officer(&self, story: usize) -> Ctx {
        let street = &self.cast.streets[self.stories[story].street];
        self.ctx(&self.cast.districts[street.district].officers[story % 2])
    }

    /// The street's village worker, where the need lies in its place.
    pub fn worker(&self, story: usize) -> Option<Actor> {
        let story = &self.stories[story];
        let (place, worker) = self.cast.streets[story.street].worker.as_ref()?;
        story.wish.as_ref().filter(|wish| wish.division == *place).map(|_| worker.clone())
    }

    pub fn slot(&mut self, story: usize, slot: usize) -> &mut Slot {
        let slots = &mut self.stories[story].slots;
        if slots.len() <= slot {
            slots.resize(slot + 1, Slot::default());
        }
        &mut slots[slot]
    }

    pub fn organization(&self, story: usize, slot: usize) -> &Organization {
        let at = self.stories[story].slots.get(slot).map_or(0, |slot| slot.organization);
        &self.cast.organizations[at]
    }

    pub fn code(&self, story: usize) -> Result<String> {
        let code = &self.stories[story].code;
        if code.is_empty() { Err(Error::NotFound) } else { Ok(code.clone()) }
    }

    pub fn claim(&self, story: usize, slot: usize) -> Result<String> {
        self.stories[story].slots.get(slot).and_then(|slot| slot.claim.clone()).ok_or(Error::NotFound)
    }

    pub fn pairing(&self, story: usize, slot: usize) -> Result<String> {
        self.stories[story].slots.get(slot).and_then(|slot| slot.pairing.clone()).ok_or(Error::NotFound)
    }

    pub async fn stored(&self, code: &str) -> Result<(Pairing, Vec<Delivery>)> {
        let mut tx = self.services.db.read().await?;
        let pairing = storage::aid::pairing::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
        let deliveries = storage::aid::delivery::of_pairing(&mut tx, pairing.id).await?;
        Ok((pairing, deliveries))
    }

    /// The latest entry of a pairing in a state.
    pub async fn delivery(&self, code: &str, state: DeliveryState) -> Result<Delivery> {
        let (_, deliveries) = self.stored(code).await?;
        deliveries.into_iter().rfind(|d| d.state == state && !d.superseded).ok_or(Error::NotFound)
    }

    /// Writes the need of a story as it stands today.
    pub fn wish(&mut self, story: usize) -> Wish {
        let (street, order) = (self.stories[story].street, self.stories[story].order);
        let divisions = self.services.divisions();
        let mut writer = Writer { texts: &mut self.texts, chance: &self.chance, divisions: &divisions };
        writer.wish(&self.cast, street, self.services.now().day(), order)
    }

    /// A recheck that a completion drew is done some days later.
    pub async fn look_for_recheck(&mut self, story: usize, code: &str) -> Result<()> {
        use domain::verification::VerificationResult::{Met, NotMet, Partial};
        let (pairing, _) = self.stored(code).await?;
        let mut tx = self.services.db.read().await?;
        let all = storage::aid::verification::of_pairing(&mut tx, pairing.id).await?;
        drop(tx);
        let Some(recheck) = all.iter().find(|v| v.recheck) else { return Ok(()) };
        let result = if self.chance.percent(85) { Met } else { *self.chance.pick(&[NotMet, Partial]) };
        let chance = Arc::clone(&self.chance);
        let mut script = Script::new(self.services.now().day(), self.now, &chance, false);
        script.to(self.services.now()).office(1, 5).act(Act::Recheck(recheck.id, result));
        if result == NotMet {
            script.office(0, 2).act(Act::Publish);
        }
        for (at, act) in script.acts {
            self.later(at, Event::Story(story, act));
        }
        Ok(())
    }

    pub fn consents(&self, story: usize) -> bool {
        self.stories[story].order.consent != Consent::Absent
    }
}

/// Three times a day, and once when a working day's deadlines have run out.
fn next_tick(tick: Time) -> Time {
    let day = tick.day();
    [(12, 10), (18, 10), (22, 0)]
        .into_iter()
        .map(|(hour, minute)| Time::at(day, hour, minute))
        .find(|next| *next > tick)
        .unwrap_or_else(|| Time::at(day + chrono::Days::new(1), 7, 0))
}
