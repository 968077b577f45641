//! The index schema and how a [`NeedDoc`] becomes an index document.
//!
//! Text is held once for each tier, in fields of their own: the public fields are filled only for needs
//! that are public and only with public text, so that nothing the public may not read takes part in
//! public matching, scoring or word statistics. Codes (district, category, …) are exact terms; the
//! facet masks are built from their posting lists. What the result card shows is stored, so that a list
//! page needs no database row.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{Index, TantivyDocument};
use uuid::Uuid;

use crate::analysis::{self, BigramTokenizer, SoundTokenizer, UnigramTokenizer};
use crate::{NeedDoc, Reader, intent};

/// Raise when fields change.
const SCHEMA_VERSION: u32 = 5;
/// Raise when the same text would give other tokens or topics.
const ANALYSIS_VERSION: u32 = 4;
/// Written into every commit; an index of another version is put aside and built anew.
pub const VERSION: u32 = SCHEMA_VERSION * 1000 + ANALYSIS_VERSION;

const BIGRAM: &str = "bigram";
const UNIGRAM: &str = "unigram";
const SOUNDS: &str = "sounds";
const INITIALS: &str = "initials";
pub const PUBLISHED: &str = "published";
pub const TIE: &str = "tie";
pub const URGENT: &str = "urgent";
pub const OPEN: &str = "open";
pub const PUBLIC: &str = "public";

/// The text fields that one tier of readers searches.
#[derive(Debug, Clone, Copy)]
pub struct TextFields {
    /// Title, bigrams and words: a bonus on top of the body.
    pub title: Field,
    /// Title and text, bigrams and words, with positions: decides what matches.
    pub body: Field,
    /// Title and text, single Han characters.
    pub chars: Field,
    /// Title, syllables in pinyin with positions.
    pub sounds: Field,
    /// Title, first letters of the syllables with positions.
    pub initials: Field,
    /// What title and text are about: [`intent::Level::of`].
    pub topics: Field,
}

#[derive(Debug, Clone)]
pub struct Fields {
    pub id: Field,
    pub code: Field,
    /// Which kind of document it is: [`What::as_str`].
    pub what: Field,
    pub scope: Field,
    pub street: Field,
    pub public_street: Field,
    /// Street and place as far as organizations know them.
    pub member_street: Field,
    pub member_scope: Field,
    pub district: Field,
    pub service: Field,
    pub service_group: Field,
    pub beneficiary_group: Field,
    pub kind: Field,
    pub state: Field,
    pub flag: Field,
    published: Field,
    tie: Field,
    pub public: TextFields,
    pub member: TextFields,
    shown_code: Field,
    stored_public: StoredFields,
    stored_member: StoredFields,
}

#[derive(Debug, Clone, Copy)]
struct StoredFields {
    title: Field,
    text: Field,
    words: Field,
    card: Field,
}

/// What a hit shows to one reader.
#[derive(Debug, Default, Clone)]
pub struct Shown {
    pub id: Uuid,
    pub code: String,
    pub title: String,
    pub text: String,
    /// What finds it besides and is not for reading.
    pub words: String,
    pub card: String,
}

impl Fields {
    /// The schema and its handles.
    pub fn build() -> (Schema, Self) {
        let mut b = Schema::builder();
        let text = |tokenizer: &str, option| {
            TextOptions::default()
                .set_indexing_options(TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(option))
        };
        let freqs = IndexRecordOption::WithFreqs;
        let positions = IndexRecordOption::WithFreqsAndPositions;
        let mut tier = |name: &str| TextFields {
            title: b.add_text_field(&format!("{name}_title_b"), text(BIGRAM, freqs)),
            body: b.add_text_field(&format!("{name}_body_b"), text(BIGRAM, positions)),
            chars: b.add_text_field(&format!("{name}_body_u"), text(UNIGRAM, freqs)),
            sounds: b.add_text_field(&format!("{name}_title_p"), text(SOUNDS, positions)),
            initials: b.add_text_field(&format!("{name}_title_i"), text(INITIALS, positions)),
            topics: b.add_text_field(&format!("{name}_topics"), STRING),
        };
        let (public, member) = (tier("public"), tier("member"));
        let mut stored = |name: &str| StoredFields {
            title: b.add_text_field(&format!("{name}_title"), STORED),
            text: b.add_text_field(&format!("{name}_text"), STORED),
            words: b.add_text_field(&format!("{name}_words"), STORED),
            card: b.add_text_field(&format!("{name}_card"), STORED),
        };
        let (stored_public, stored_member) = (stored("public"), stored("member"));
        let fields = Self {
            id: b.add_bytes_field("id", INDEXED | STORED),
            code: b.add_text_field("code", STRING),
            what: b.add_text_field("what", STRING),
            scope: b.add_text_field("scope", STRING),
            street: b.add_text_field("street", STRING),
            public_street: b.add_text_field("public_street", STRING),
            member_street: b.add_text_field("member_street", STRING),
            member_scope: b.add_text_field("member_scope", STRING),
            district: b.add_text_field("district", STRING),
            service: b.add_text_field("service", STRING),
            service_group: b.add_text_field("service_group", STRING),
            beneficiary_group: b.add_text_field("beneficiary_group", STRING),
            kind: b.add_text_field("kind", STRING),
            state: b.add_text_field("state", STRING),
            flag: b.add_text_field("flag", STRING),
            published: b.add_i64_field(PUBLISHED, FAST),
            tie: b.add_u64_field(TIE, FAST),
            public,
            member,
            shown_code: b.add_text_field("shown_code", STORED),
            stored_public,
            stored_member,
        };
        (b.build(), fields)
    }

    /// The text fields this reader's words are looked up in.
    pub fn text_for(&self, reader: &Reader) -> TextFields {
        match reader {
            Reader::Public => self.public,
            Reader::Organization | Reader::Staff { .. } => self.member,
        }
    }

    /// The field that holds how exactly this reader may place a need.
    pub fn place_for(&self, reader: &Reader) -> Field {
        match reader {
            Reader::Organization => self.member_scope,
            Reader::Public | Reader::Staff { .. } => self.scope,
        }
    }

    /// The index document of a need.
    pub fn document(&self, need: &NeedDoc) -> TantivyDocument {
        let mut doc = TantivyDocument::default();
        doc.add_bytes(self.id, need.id.as_bytes());
        doc.add_u64(self.tie, need.id.as_u64_pair().0 ^ need.id.as_u64_pair().1);
        doc.add_i64(self.published, need.published_at.max(0));
        doc.add_text(self.shown_code, &need.code);
        for term in code_terms(&need.code) {
            doc.add_text(self.code, term);
        }
        doc.add_text(self.what, need.what.as_str());
        for length in [2, 6, 9, 12] {
            if let Some(prefix) = need.division_code.get(..length) {
                doc.add_text(self.scope, prefix);
            }
        }
        for area in &need.areas {
            doc.add_text(self.scope, area);
            doc.add_text(self.member_scope, area);
        }
        if let Some(district) = need.division_code.get(..6) {
            doc.add_text(self.district, district);
        }
        if let Some(street) = need.division_code.get(..9).filter(|s| !s.ends_with("000")) {
            doc.add_text(self.street, street);
            // A household is never placed below its district for the public: a public search by street
            // must not find it. A village stands under its own name.
            if need.is_public && need.kind == "village" {
                doc.add_text(self.public_street, street);
            }
            // An organization's search by street must not find a household whose street it may not know.
            if need.known_division.starts_with(street) {
                doc.add_text(self.member_street, street);
            }
        }
        for length in [2, 6, 9, 12] {
            if let Some(prefix) = need.division_code.get(..length)
                && (length <= 6 || need.known_division.starts_with(prefix))
            {
                doc.add_text(self.member_scope, prefix);
            }
        }
        let lists = [
            (self.service, &need.services),
            (self.service_group, &need.service_groups),
            (self.beneficiary_group, &need.beneficiary_groups),
        ];
        for (field, values) in lists {
            for (i, value) in values.iter().enumerate() {
                if !value.is_empty() && !values[..i].contains(value) {
                    doc.add_text(field, value);
                }
            }
        }
        doc.add_text(self.kind, &need.kind);
        doc.add_text(self.state, &need.state);
        let flags = [(need.urgent, URGENT), (need.open_units, OPEN), (need.is_public, PUBLIC)];
        for (_, flag) in flags.into_iter().filter(|(on, _)| *on) {
            doc.add_text(self.flag, flag);
        }

        let public = Told { title: &need.public_title, text: &need.public_text, words: &need.public_words };
        let member = Told { title: &need.title, text: &need.text, words: &need.words };
        if need.is_public {
            add_tier(&mut doc, self.public, &[&public], &need.services);
            store(&mut doc, self.stored_public, &public, &need.public_card);
        }
        // Whoever may read more must never find less: members search the public text as well, unless
        // their own repeats it.
        let repeated = member.title.contains(public.title)
            && member.text.contains(public.text)
            && member.words.contains(public.words);
        if need.is_public && !repeated {
            add_tier(&mut doc, self.member, &[&member, &public], &need.services);
        } else {
            add_tier(&mut doc, self.member, &[&member], &need.services);
        }
        store(&mut doc, self.stored_member, &member, &need.member_card);
        doc
    }

    /// What `reader` is shown of a stored document.
    pub fn shown(&self, doc: TantivyDocument, reader: &Reader) -> Shown {
        let stored = match reader {
            Reader::Public => self.stored_public,
            Reader::Organization | Reader::Staff { .. } => self.stored_member,
        };
        let mut shown = Shown::default();
        for (field, value) in doc.field_values() {
            let value: tantivy::schema::OwnedValue = if field == self.id
                || field == self.shown_code
                || field == stored.title
                || field == stored.text
                || field == stored.words
                || field == stored.card
            {
                value.into()
            } else {
                continue;
            };
            match value {
                tantivy::schema::OwnedValue::Bytes(bytes) => {
                    shown.id = Uuid::from_slice(&bytes).unwrap_or_default();
                }
                tantivy::schema::OwnedValue::Str(text) if field == self.shown_code => {
                    shown.code = text;
                }
                tantivy::schema::OwnedValue::Str(text) if field == stored.title => {
                    shown.title = text;
                }
                tantivy::schema::OwnedValue::Str(text) if field == stored.text => shown.text = text,
                tantivy::schema::OwnedValue::Str(text) if field == stored.words => shown.words = text,
                tantivy::schema::OwnedValue::Str(text) => shown.card = text,
                _ => {}
            }
        }
        shown
    }
}

/// Registers the tokenizers the schema names.
pub fn register_tokenizers(index: &Index) {
    let tokenizers = index.tokenizers();
    tokenizers.register(BIGRAM, TextAnalyzer::from(BigramTokenizer::default()));
    tokenizers.register(UNIGRAM, TextAnalyzer::from(UnigramTokenizer::default()));
    tokenizers.register(SOUNDS, TextAnalyzer::from(SoundTokenizer { initials: false }));
    tokenizers.register(INITIALS, TextAnalyzer::from(SoundTokenizer { initials: true }));
}

/// What one tier is told of a need.
struct Told<'a> {
    title: &'a str,
    text: &'a str,
    words: &'a str,
}

fn add_tier(doc: &mut TantivyDocument, fields: TextFields, all: &[&Told<'_>], services: &[String]) {
    for told in all {
        doc.add_text(fields.title, told.title);
        doc.add_text(fields.sounds, told.title);
        doc.add_text(fields.initials, told.title);
        for part in [told.title, told.text, told.words].into_iter().filter(|part| !part.is_empty()) {
            doc.add_text(fields.body, part);
            doc.add_text(fields.chars, part);
        }
    }
    let model = intent::shipped();
    for (topic, level) in model.about(all.iter().flat_map(|told| [told.title, told.text]), services) {
        doc.add_text(fields.topics, level.of(&model.topics[topic].key));
    }
}

fn store(doc: &mut TantivyDocument, fields: StoredFields, told: &Told<'_>, card: &str) {
    doc.add_text(fields.title, told.title);
    doc.add_text(fields.text, told.text);
    if !told.words.is_empty() {
        doc.add_text(fields.words, told.words);
    }
    doc.add_text(fields.card, card);
}

/// A code can be asked for whole, without its separators, or by one of its parts.
pub fn code_terms(code: &str) -> Vec<String> {
    let mut terms: Vec<String> = analysis::pieces(code)
        .into_iter()
        .map(|piece| match piece {
            analysis::Piece::Word(word) => word,
            analysis::Piece::Han(chars) => chars.into_iter().collect(),
        })
        .collect();
    terms.push(analysis::joined(code));
    terms.retain(|t| !t.is_empty());
    terms.sort_unstable();
    terms.dedup();
    terms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found_whole_and_by_part() {
        assert_eq!(code_terms("XQ-2026-000123"), ["000123", "2026", "xq", "xq2026000123"]);
    }
}
