//! The key ring: which keys open values, which one seals new ones.
//!
//! Kept outside the database as text, one key a line, the last `key` current:
//!
//! ```text
//! mark 64 hexadecimal digits
//! key 64 hexadecimal digits 2026-11-24
//! next 64 hexadecimal digits 2026-12-01
//! ```
//!
//! A `next` key opens and does not seal yet: it is on every machine before the first value is sealed with it.
//!
//! `mark` keys the hashes for equality search. It stays when keys rotate: a
//! ledger row that became a need years ago must still be known again.

use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::Zeroizing;

/// Names a key in every value that it seals: the first bytes of its hash.
pub type KeyId = [u8; 8];

/// One key.
#[derive(Clone)]
pub struct Key {
    pub id: KeyId,
    /// The day it was made, `2026-11-24`.
    pub made: String,
    pub(super) secret: Zeroizing<[u8; 32]>,
}

/// All keys of an installation. Debug shows ids only.
#[derive(Clone)]
pub struct Ring {
    pub(super) mark: Zeroizing<[u8; 32]>,
    keys: Vec<Key>,
    next: Option<Key>,
}

/// Why a text is no key ring. Holds no part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    #[error(
        "line {0} of the key ring is not `mark HEX`, `key HEX DATE`, `next HEX DATE` or a `#` comment (64 hexadecimal digits)"
    )]
    Line(usize),
    #[error("the key ring has no `mark` line")]
    NoMark,
    #[error("the key ring has no `key` line")]
    NoKey,
    #[error("the key ring has a line twice")]
    Twice,
}

impl fmt::Debug for Ring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| id_text(&key.id))).finish()
    }
}

/// A key's name for people: 16 hexadecimal digits.
pub fn id_text(id: &KeyId) -> String {
    to_hex(id)
}

fn to_hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}");
        out
    })
}

fn from_hex(text: &str) -> Option<Zeroizing<[u8; 32]>> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let mut out = Zeroizing::new([0; 32]);
    for (at, byte) in out.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()?;
    }
    Some(out)
}

impl Key {
    fn new(secret: Zeroizing<[u8; 32]>, made: &str) -> Self {
        let hash = Sha256::new().chain_update(b"duijie key id").chain_update(&secret[..]).finalize();
        let mut id = [0; 8];
        id.copy_from_slice(&hash[..8]);
        Self { id, made: made.to_owned(), secret }
    }
}

impl Ring {
    /// A ring of one key, the same bytes for marks: for tests and invented data.
    pub fn single(secret: [u8; 32]) -> Self {
        Self { mark: Zeroizing::new(secret), keys: vec![Key::new(Zeroizing::new(secret), "2026-11-24")], next: None }
    }

    /// A new ring. `mark` keeps an older installation's key for marks.
    pub fn fresh(random: impl Fn(&mut [u8]), day: &str, mark: Option<[u8; 32]>) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        random(&mut key[..]);
        let mark = mark.map_or_else(
            || {
                let mut mark = Zeroizing::new([0; 32]);
                random(&mut mark[..]);
                mark
            },
            Zeroizing::new,
        );
        Self { mark, keys: vec![Key::new(key, day)], next: None }
    }

    /// Adds a key that opens; it seals once it is [promoted](Self::promote). One that waits already is given back.
    pub fn add(&mut self, random: impl Fn(&mut [u8]), day: &str) -> &Key {
        self.next.get_or_insert_with(|| {
            let mut key = Zeroizing::new([0; 32]);
            random(&mut key[..]);
            Key::new(key, day)
        })
    }

    /// The key that waits becomes the current one; false where none waits.
    pub fn promote(&mut self) -> bool {
        let next = self.next.take();
        let promoted = next.is_some();
        self.keys.extend(next);
        promoted
    }

    /// Takes a key out that seals nothing any more; false for the current one and for a stranger.
    pub fn retire(&mut self, id: &KeyId) -> bool {
        let before = self.keys.len();
        let current = self.current().id;
        self.keys.retain(|key| key.id != *id || key.id == current);
        self.keys.len() < before
    }

    /// Reads a ring. In a variable, lines may be divided by `;`.
    pub fn parse(text: &str) -> Result<Self, RingError> {
        let (mut mark, mut keys, mut next) = (None, Vec::<Key>::new(), None::<Key>);
        for (at, line) in text.split(['\n', ';']).map(str::trim).enumerate() {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let mut words = line.split_whitespace();
            let (kind, secret, made) =
                (words.next(), words.next().and_then(from_hex), words.next().unwrap_or("unknown"));
            match (kind, secret, words.next()) {
                (Some("mark"), Some(secret), None) if mark.is_none() => mark = Some(secret),
                (Some("mark"), Some(_), None) => return Err(RingError::Twice),
                (Some(kind @ ("key" | "next")), Some(secret), None) => {
                    let key = Key::new(secret, made);
                    if keys.iter().chain(&next).any(|other| other.id == key.id) || (kind == "next" && next.is_some()) {
                        return Err(RingError::Twice);
                    }
                    if kind == "next" { next = Some(key) } else { keys.push(key) }
                }
                _ => return Err(RingError::Line(at + 1)),
            }
        }
        if keys.is_empty() {
            return Err(RingError::NoKey);
        }
        Ok(Self { mark: mark.ok_or(RingError::NoMark)?, keys, next })
    }

    /// As it is kept in its file.
    pub fn text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::from(
            "# Key ring of Duijie. Keep a copy off this machine: without it no sealed value opens again.\n# The last `key` seals, all of them open, and `next` opens but does not seal yet.\n",
        ));
        text.push_str(&["mark ", &to_hex(&self.mark[..]), "\n"].concat());
        let lines = self.keys.iter().map(|key| ("key ", key)).chain(self.next.iter().map(|key| ("next ", key)));
        for (kind, key) in lines {
            text.push_str(&[kind, &to_hex(&key.secret[..]), " ", &key.made, "\n"].concat());
        }
        text
    }

    /// Oldest first; the last one is current.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// The key that waits to become the current one.
    pub fn next(&self) -> Option<&Key> {
        self.next.as_ref()
    }

    pub fn current(&self) -> &Key {
        // Never empty: every constructor puts a key in.
        &self.keys[self.keys.len() - 1]
    }

    pub fn find(&self, id: &KeyId) -> Option<&Key> {
        self.keys.iter().chain(&self.next).find(|key| key.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_reads_back() {
        let mut ring = Ring::fresh(|bytes| bytes.fill(3), "2026-11-24", None);
        ring.add(|bytes| bytes.fill(4), "2026-12-01");
        assert!(ring.promote() && !ring.promote());
        let again = Ring::parse(&ring.text()).unwrap();
        assert_eq!(format!("{again:?}"), format!("{ring:?}"));
        assert_eq!(again.current().made, "2026-12-01");
        assert!(again.find(&ring.keys()[0].id).is_some());
        let line = ring.text().replace('\n', ";");
        assert_eq!(Ring::parse(&line).unwrap().keys().len(), 2);
    }

    #[test]
    fn a_key_opens_before_it_seals_and_until_it_is_retired() {
        let mut ring = Ring::fresh(|bytes| bytes.fill(3), "2026-11-24", None);
        let old = ring.current().id;
        let next = ring.add(|bytes| bytes.fill(4), "2026-12-01").id;
        assert_eq!(ring.add(|bytes| bytes.fill(5), "2026-12-02").id, next, "one waits at a time");
        let mut elsewhere = Ring::parse(&ring.text()).unwrap();
        assert_eq!((elsewhere.current().id, elsewhere.next().unwrap().id), (old, next));
        assert!(elsewhere.find(&next).is_some() && !elsewhere.retire(&old) && !elsewhere.retire(&next));
        assert!(elsewhere.promote() && elsewhere.retire(&old));
        assert!(elsewhere.find(&old).is_none() && elsewhere.next().is_none());
        assert_eq!(Ring::parse(&elsewhere.text()).unwrap().current().id, next);
    }

    #[test]
    fn a_wrong_ring_says_where() {
        let hex = "ab".repeat(32);
        for (text, error) in [
            (String::new(), RingError::NoKey),
            (format!("key {hex} 2026-11-24"), RingError::NoMark),
            (format!("mark {hex}\nkey {hex}\nkey {hex}"), RingError::Twice),
            (format!("mark {hex}\nkey {hex}\nnext {hex}"), RingError::Twice),
            (format!("mark {hex}\nnext {hex}"), RingError::NoKey),
            (format!("mark {hex}\n\nkey {}", &hex[1..]), RingError::Line(3)),
            (format!("mark {hex}\nkeys {hex}"), RingError::Line(2)),
        ] {
            assert_eq!(Ring::parse(&text).unwrap_err(), error);
            assert!(!error.to_string().contains("abab"));
        }
    }
}
