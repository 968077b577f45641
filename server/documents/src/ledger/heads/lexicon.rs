//! The words of heads: what a column holds (the core), of whom (the subject), and what is said beside it.
//!
//! A head is understood by its parts: 受助老人联系电话 is a telephone of the person, 监护人联系电话 the guardian's, 经办人电话
//! nobody's of the household. No list of whole heads could hold what offices write. The words stand in `data/heads.csv`:
//! kind, field, how sure a word is from 0 to 1, the words; under `beside` those that change a head or nothing in it, under a
//! kind with `~` the syllables that say too little alone.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::super::field::Field;

const WORDS: &str = include_str!("../../../data/heads.csv");

/// A field, how sure its words are from 0 to 1, and the words.
type Core = (Field, f32, Vec<&'static str>);

/// Words for the core of a head.
pub(super) type Cores = &'static [Core];

/// All words of the file.
struct Lexicon {
    cores: HashMap<&'static str, Vec<Core>>,
    stems: HashMap<&'static str, Vec<Core>>,
    beside: HashMap<&'static str, Vec<&'static str>>,
}

static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon { cores: HashMap::new(), stems: HashMap::new(), beside: HashMap::new() };
    for line in WORDS.lines().skip(1) {
        let mut parts = line.splitn(4, ',');
        let (Some(kind), Some(name), Some(weight), Some(words)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            continue;
        };
        let words: Vec<&str> = words.split(' ').collect();
        if kind == "beside" {
            lexicon.beside.insert(name, words);
        } else if let (Some(kind), Some(field), Ok(weight)) =
            (kind.strip_suffix('~'), Field::named(name), weight.parse())
        {
            lexicon.stems.entry(kind).or_default().push((field, weight, words));
        } else if let (Some(field), Ok(weight)) = (Field::named(name), weight.parse()) {
            lexicon.cores.entry(kind).or_default().push((field, weight, words));
        }
    }
    lexicon
});

/// The cores of a kind of ledger.
pub(super) fn cores(kind: &str) -> Cores {
    LEXICON.cores.get(kind).map_or(&[][..], Vec::as_slice)
}

/// Syllables of the heads of a kind, which say too little alone.
pub(super) fn stems(kind: &str) -> Cores {
    LEXICON.stems.get(kind).map_or(&[][..], Vec::as_slice)
}

fn beside(name: &str) -> &'static [&'static str] {
    LEXICON.beside.get(name).map_or(&[][..], Vec::as_slice)
}

/// Words beside a core that change nothing.
pub(super) fn neutral() -> &'static [&'static str] {
    beside("neutral")
}

/// Whose guardian or carer something is.
pub(super) fn guardians() -> &'static [&'static str] {
    beside("guardians")
}

/// Somebody of an office: of him the household's ledger keeps the name alone.
pub(super) fn staff() -> &'static [&'static str] {
    beside("staff")
}

/// One of the family, beside the head.
pub(super) fn family() -> &'static [&'static str] {
    beside("family")
}

/// Somebody else through whom the household is reached.
pub(super) fn others() -> &'static [&'static str] {
    beside("others")
}

/// Words that only a desk of telephones has in its heads.
pub(crate) fn callers() -> &'static [&'static str] {
    beside("callers")
}

/// Somebody who only told of it, or things that look like a core and are not.
pub(super) fn strangers() -> &'static [&'static str] {
    beside("strangers")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_read() {
        let lines = WORDS.lines().skip(1).filter(|line| !line.starts_with("beside,")).count();
        let read = LEXICON.cores.values().chain(LEXICON.stems.values()).map(Vec::len).sum::<usize>();
        assert_eq!(read, lines);
        assert_eq!(LEXICON.beside.len(), 7);
        for (field, weight, words) in LEXICON.cores.values().chain(LEXICON.stems.values()).flatten() {
            assert!((0.0..=1.0).contains(weight) && words.iter().all(|word| !word.is_empty()), "{field:?}");
        }
    }
}
