//! Rows that say the same thing twice inside one file.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};

use domain::text;

/// What is compared: the person (or the village), the services, the words, the ledger's own number.
#[derive(Debug)]
pub(crate) struct Likeness<'a> {
    pub who: &'a str,
    pub need_no: Option<&'a str>,
    pub services: &'a [String],
    pub summary: &'a str,
}

/// A row of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub sheet: usize,
    pub row: u32,
}

/// What an earlier row means for this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Earlier {
    None,
    Duplicate(Place),
    /// Same person, same services, other words.
    Possible(Place),
    /// Same number, other person.
    Conflict(Place),
}

/// Rows seen so far. Only prints of their words are kept, so that a long file costs little memory.
#[derive(Debug, Default)]
pub(crate) struct SeenRows {
    prints: Prints,
    by_number: HashMap<Print, (Print, Place)>,
    /// Person, services and words.
    by_words: HashMap<Print, Place>,
    /// Person and services.
    by_services: HashMap<Print, Place>,
}

impl SeenRows {
    /// Compares with the rows remembered so far.
    pub fn compare(&self, row: &Likeness<'_>) -> Earlier {
        let number = row.need_no.and_then(|no| self.by_number.get(&self.prints.of(&text::squeeze(no))));
        if let Some((who, place)) = number {
            let same = *who == self.prints.of(row.who);
            return if same { Earlier::Duplicate(*place) } else { Earlier::Conflict(*place) };
        }
        if let Some(place) = self.by_words.get(&self.words(row)) {
            return Earlier::Duplicate(*place);
        }
        self.by_services.get(&self.services(row)).map_or(Earlier::None, |place| Earlier::Possible(*place))
    }

    /// Remembers a row that will be imported.
    pub fn remember(&mut self, row: &Likeness<'_>, place: Place) {
        if let Some(no) = row.need_no {
            let who = self.prints.of(row.who);
            self.by_number.entry(self.prints.of(&text::squeeze(no))).or_insert((who, place));
        }
        self.by_words.entry(self.words(row)).or_insert(place);
        self.by_services.entry(self.services(row)).or_insert(place);
    }

    fn words(&self, row: &Likeness<'_>) -> Print {
        self.prints.of(&(row.who, row.services, text::letters_and_digits(row.summary)))
    }

    fn services(&self, row: &Likeness<'_>) -> Print {
        self.prints.of(&(row.who, row.services))
    }
}

/// 128 bits that stand for a value within one run.
type Print = (u64, u64);

/// Two hashers with random keys: nobody can write two rows that are taken for one.
#[derive(Debug, Default)]
struct Prints(RandomState, RandomState);

impl Prints {
    fn of(&self, value: &(impl Hash + ?Sized)) -> Print {
        (self.0.hash_one(value), self.1.hash_one(value))
    }
}
