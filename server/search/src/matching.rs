//! Holds a query against a single need in memory, without an index: for saved searches (each new need
//! against thousands of them) and for serving from the database while the index is built.
//!
//! It says the same as the strict form of a search over the index does; a test holds the two together.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use crate::analysis::Piece;
use crate::analysis::{self, Class};
use crate::lexicon::{Lexicon, Place};
use crate::meaning::{Kind, Meaning, Part};
use crate::query::{Parsed, runs};
use crate::schema::code_terms;
use crate::{NeedDoc, NeedQuery, Reader};

/// Of a pasted description without any service, this share of its pairs of characters must be there.
const LONG_SHARE: f32 = 0.3;

/// A need folded once for many queries, as one reader may know it; `None` from [`Candidate::new`] where the
/// reader may not know of it at all.
pub struct Candidate<'a> {
    doc: &'a NeedDoc,
    reader: &'a Reader,
    /// Han runs in order, a line break wherever a phrase ends.
    text: String,
    words: HashSet<String>,
    /// What has been asked before: thousands of searches ask for the same words.
    asked: RefCell<HashMap<String, bool>>,
    title: &'a str,
    body: &'a str,
    named: &'a str,
}

/// A query understood once for many needs.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub query: NeedQuery,
    pub meaning: Meaning,
}

impl Prepared {
    pub fn new(query: NeedQuery, lexicon: &Lexicon) -> Self {
        let parsed = Parsed::read(&query.text);
        let meaning = Meaning::of(&parsed, lexicon, &query.literal);
        Self { query, meaning }
    }
}

impl<'a> Candidate<'a> {
    pub fn new(doc: &'a NeedDoc, reader: &'a Reader) -> Option<Self> {
        let visible = match reader {
            Reader::Public | Reader::Organization => doc.is_public,
            Reader::Staff { scope } => {
                let prefix = crate::facets::scope_prefix(scope);
                !prefix.is_empty() && doc.division_code.starts_with(prefix)
            }
        };
        if !visible {
            return None;
        }
        let mut candidate = Self {
            doc,
            reader,
            text: String::new(),
            words: code_terms(&doc.code).into_iter().collect(),
            asked: RefCell::default(),
            title: &doc.title,
            body: &doc.text,
            named: &doc.words,
        };
        if matches!(reader, Reader::Public) {
            (candidate.title, candidate.body) = (&doc.public_title, &doc.public_text);
            candidate.named = &doc.public_words;
        } else {
            for text in [&doc.title, &doc.text, &doc.words] {
                candidate.take(text);
            }
        }
        if doc.is_public {
            for text in [&doc.public_title, &doc.public_text, &doc.public_words] {
                candidate.take(text);
            }
        }
        Some(candidate)
    }

    pub fn title(&self) -> &str {
        self.title
    }

    pub fn body(&self) -> &str {
        self.body
    }

    /// Words that find it and are not for reading.
    pub fn named(&self) -> &str {
        self.named
    }

    fn take(&mut self, text: &str) {
        let folded = analysis::fold(text);
        let mut at = 0;
        while at < folded.len() {
            let end = analysis::run_end(&folded, at);
            let run = folded[at..end].iter().map(|f| f.ch);
            match folded[at].class {
                Class::Han => self.text.extend(run),
                Class::Word => {
                    let word: String = run.collect();
                    self.text.push('\n');
                    self.text.push_str(&word);
                    self.text.push('\n');
                    self.words.insert(word);
                }
                Class::Space => {}
                Class::Gap => self.text.push('\n'),
            }
            at = end;
        }
        self.text.push('\n');
    }

    /// Whether the need passes every filter and holds what was asked for.
    pub fn fits(&self, prepared: &Prepared) -> bool {
        self.passes(&prepared.query) && self.means(&prepared.meaning)
    }

    /// The filters alone.
    pub fn passes(&self, query: &NeedQuery) -> bool {
        let doc = self.doc;
        let any = |filter: &[String], values: &[String]| filter.is_empty() || values.iter().any(|v| filter.contains(v));
        let district = doc.division_code.get(..6).unwrap_or_default();
        let street = doc.division_code.get(..9).unwrap_or_default();
        let street_known = match self.reader {
            Reader::Public => doc.kind == "village",
            Reader::Organization => doc.known_division.starts_with(street),
            Reader::Staff { .. } => true,
        };
        let narrowed = query.streets.iter().any(|s| s.starts_with(district) && !district.is_empty());
        let place = (query.districts.is_empty() && query.streets.is_empty())
            || (query.districts.iter().any(|d| d == district) && !narrowed)
            || (street_known && query.streets.iter().any(|s| s == street));
        place
            && query.what == doc.what
            && any(&query.services, &doc.services)
            && any(&query.service_groups, &doc.service_groups)
            && any(&query.beneficiary_groups, &doc.beneficiary_groups)
            && any(&query.kinds, std::slice::from_ref(&doc.kind))
            && any(&query.states, std::slice::from_ref(&doc.state))
            && (!query.urgent_only || doc.urgent)
            && (!query.open_only || doc.open_units)
            && query.published_before.is_none_or(|at| doc.published_at > 0 && doc.published_at < at)
    }

    /// The text alone.
    pub fn means(&self, meaning: &Meaning) -> bool {
        if meaning.excluded.iter().any(|part| self.leaves_out(part))
            || meaning.excluded_phrases.iter().any(|phrase| self.stands(phrase))
            || !meaning.phrases.iter().all(|phrase| self.stands(phrase))
        {
            return false;
        }
        if !meaning.long {
            return meaning.parts.iter().all(|part| self.says(part));
        }
        let services: Vec<&str> =
            meaning.concepts().map(|c| c.service.as_str()).filter(|service| !service.is_empty()).collect();
        if !services.is_empty() {
            return self.doc.services.iter().any(|service| services.contains(&service.as_str()))
                && (meaning.places().next().is_none() || meaning.places().any(|place| self.lies_in(place)));
        }
        let pairs: HashSet<String> = meaning
            .pieces
            .iter()
            .filter_map(|piece| match piece {
                Piece::Han(chars) => Some(chars.windows(2).map(|pair| pair.iter().collect::<String>())),
                Piece::Word(_) => None,
            })
            .flatten()
            .collect();
        let held = pairs.iter().filter(|pair| self.text.contains(pair.as_str())).count();
        #[expect(clippy::cast_precision_loss, reason = "a share of at most two hundred")]
        let share = held as f32 / pairs.len().max(1) as f32;
        share >= LONG_SHARE
    }

    /// How many parts are said: for an order without an index.
    pub fn said(&self, meaning: &Meaning) -> usize {
        meaning.parts.iter().filter(|part| self.says(part)).count()
    }

    fn lies_in(&self, place: &Place) -> bool {
        place.codes.iter().any(|code| self.lies_under(place_code(code, self.reader)))
    }

    /// Whether the reader may know that the need lies in a division.
    fn lies_under(&self, code: &str) -> bool {
        let known = !matches!(self.reader, Reader::Organization)
            || code.len() <= 6
            || self.doc.known_division.starts_with(code);
        (known && self.doc.division_code.starts_with(code)) || self.doc.areas.iter().any(|area| area.starts_with(code))
    }

    fn says(&self, part: &Part) -> bool {
        match &part.kind {
            Kind::Place(place) => self.lies_in(place) || self.stands(&part.typed),
            _ => self.says_equal(part) || self.says_besides(part),
        }
    }

    fn leaves_out(&self, part: &Part) -> bool {
        match &part.kind {
            Kind::Place(place) => {
                let told = place.codes.iter().filter(|code| place_code(code, self.reader) == code.as_str());
                told.into_iter().any(|code| self.lies_under(code))
            }
            _ => self.says_equal(part),
        }
    }

    fn says_besides(&self, part: &Part) -> bool {
        match &part.kind {
            Kind::Concept(concept) => concept.alternatives.iter().any(|a| self.stands(&a.text)),
            _ => false,
        }
    }

    /// Says it, or an equal of it; not what it finds besides.
    fn says_equal(&self, part: &Part) -> bool {
        match &part.kind {
            Kind::Concept(concept) => concept.equals().any(|a| self.stands(&a.text)),
            Kind::Place(place) => self.lies_in(place),
            Kind::Text(chars) => self.stands(&chars.iter().collect::<String>()),
            Kind::Word { word, .. } => self.words.contains(word),
        }
    }

    fn stands(&self, text: &str) -> bool {
        if let Some(known) = self.asked.borrow().get(text) {
            return *known;
        }
        let stands = self.is_there(text);
        self.asked.borrow_mut().insert(text.to_owned(), stands);
        stands
    }

    fn is_there(&self, text: &str) -> bool {
        let mut pattern = String::new();
        for piece in runs(text) {
            match piece {
                Piece::Han(chars) => pattern.extend(chars),
                Piece::Word(word) => {
                    if !self.words.contains(&word) {
                        return false;
                    }
                    pattern.clear();
                }
            }
        }
        self.text.contains(&pattern) || self.text.replace('\n', "").contains(&pattern) && text.contains(' ')
    }
}

/// How exactly a reader may ask for a place: the public finds no household below its district, an
/// organization none below its street (and, among few, none below its district: [`NeedDoc::known_division`]).
pub fn place_code<'a>(code: &'a str, reader: &Reader) -> &'a str {
    let most = match reader {
        Reader::Public => 6,
        Reader::Organization => 9,
        Reader::Staff { .. } => 12,
    };
    code.get(..most).unwrap_or(code)
}
