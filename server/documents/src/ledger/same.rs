//! Rows that say the same thing twice inside one file.

use std::collections::HashMap;

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

#[derive(Debug)]
struct Seen {
    services: Vec<String>,
    words: String,
    place: Place,
}

/// Rows seen so far.
#[derive(Debug, Default)]
pub(crate) struct SeenRows {
    by_number: HashMap<String, (String, Place)>,
    by_person: HashMap<String, Vec<Seen>>,
}

impl SeenRows {
    /// Compares with the rows remembered so far.
    pub fn compare(&self, row: &Likeness<'_>) -> Earlier {
        let number = row.need_no.map(text::squeeze).and_then(|no| self.by_number.get(&no));
        if let Some((who, place)) = number {
            return if who == row.who { Earlier::Duplicate(*place) } else { Earlier::Conflict(*place) };
        }
        let words = text::letters_and_digits(row.summary);
        let mut possible = Earlier::None;
        for seen in self.by_person.get(row.who).into_iter().flatten() {
            if seen.services == row.services {
                if seen.words == words {
                    return Earlier::Duplicate(seen.place);
                }
                if possible == Earlier::None {
                    possible = Earlier::Possible(seen.place);
                }
            }
        }
        possible
    }

    /// Remembers a row that will be imported.
    pub fn remember(&mut self, row: &Likeness<'_>, place: Place) {
        if let Some(no) = row.need_no {
            self.by_number.entry(text::squeeze(no)).or_insert_with(|| (row.who.to_owned(), place));
        }
        let seen = Seen { services: row.services.to_vec(), words: text::letters_and_digits(row.summary), place };
        self.by_person.entry(row.who.to_owned()).or_default().push(seen);
    }
}
