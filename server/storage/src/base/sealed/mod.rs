//! The one place where private values pass into and out of storage.
//!
//! Each value has a data key of its own, wrapped by the current key of the
//! [`Ring`]; both are bound to table, column and row, so that a value moved to
//! another place does not open. Equality search works by keyed hash alone, so
//! that two offices can find the same person without either reading the other's
//! file.
//!
//! A sealed value: suite (1 byte), key id (8), then nonce and wrapped data key,
//! then nonce and text. A value whose first byte is 0 stems from before sealing
//! and opens until `duijie key rotate` has sealed it.

mod columns;
mod ring;
mod suite;

pub use columns::{COLUMNS, Column};
pub use ring::{Key, KeyId, Ring, RingError, id_text};
pub use suite::{Suite, SuiteKind};

use crate::{Error, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, RwLock};
use zeroize::Zeroizing;

/// Kinds of private value that can be searched for equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    IdNumber,
    Phone,
    Address,
    /// A ledger row, so that it is imported once.
    LedgerRow,
    /// A whole ledger file.
    LedgerFile,
    /// What somebody asked for, so that the same words are one request.
    Request,
}

impl MarkKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::LedgerRow => "ledger_row",
            Self::LedgerFile => "ledger_file",
            Self::Request => "request",
        }
    }
}

/// Kinds of piece by which a person's file is found, see [`Sealer::word`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum WordKind {
    /// Characters of a name, as written.
    Name,
    /// How they sound, and their first letters.
    Sound,
    IdNumber,
    /// The last four of an ID number.
    IdEnd,
    Phone,
    /// The last four of a telephone number.
    PhoneEnd,
    /// Two neighbouring characters of an address.
    Address,
}

impl WordKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Sound => "sound",
            Self::IdNumber => "id",
            Self::IdEnd => "id end",
            Self::Phone => "phone",
            Self::PhoneEnd => "phone end",
            Self::Address => "address",
        }
    }
}

/// Changes whenever the pieces do, so that all are made anew.
const WORDS_EDITION: &str = "1";

/// Where a value stands: it opens there and nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub table: &'static str,
    pub column: &'static str,
    pub row: &'a [u8],
}

impl<'a> Place<'a> {
    pub fn new(table: &'static str, column: &'static str, row: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self { table, column, row: row.as_ref() }
    }

    /// Each part preceded by its length, so that no two places read alike.
    fn bound(&self, head: &[u8]) -> Vec<u8> {
        let mut out = head.to_vec();
        for part in [self.table.as_bytes(), self.column.as_bytes(), self.row] {
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
            out.extend_from_slice(part);
        }
        out
    }
}

type Fill = Arc<dyn Fn(&mut [u8]) + Send + Sync>;
type Reload = Arc<dyn Fn() -> Option<Ring> + Send + Sync>;

/// Seals and opens; holds the keys.
pub struct Sealer {
    ring: Arc<RwLock<Ring>>,
    kind: SuiteKind,
    fill: Fill,
    reload: Option<Reload>,
    /// Values of persons opened so far; none where what is opened is shown to nobody.
    openings: Option<Arc<AtomicU64>>,
}

/// First byte of a value that is not sealed.
const PLAIN: u8 = 0;
/// Suite and key id.
const HEAD: usize = 9;
const TAG: usize = 16;
/// What a sealed value in a text column begins with.
const TEXT: &str = "sealed:";

impl Sealer {
    /// `fill` gives random bytes for data keys and nonces.
    pub fn new(ring: Ring, kind: SuiteKind, fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        let openings = Some(Arc::new(AtomicU64::new(0)));
        Self { ring: Arc::new(RwLock::new(ring)), kind, fill: Arc::new(fill), reload: None, openings }
    }

    /// Reads the ring again when a value names a key that is not in it: another
    /// process has rotated.
    #[must_use]
    pub fn reloading(mut self, reload: impl Fn() -> Option<Ring> + Send + Sync + 'static) -> Self {
        self.reload = Some(Arc::new(reload));
        self
    }

    /// The same keys for values that nobody gets to see: compared, masked, decided upon, or the reader's own.
    #[must_use]
    pub fn unseen(&self) -> Self {
        Self {
            ring: Arc::clone(&self.ring),
            kind: self.kind,
            fill: Arc::clone(&self.fill),
            reload: self.reload.clone(),
            openings: None,
        }
    }

    /// How many values of persons were opened for somebody so far: each belongs to an event that is written before
    /// the answer.
    pub fn openings(&self) -> u64 {
        self.openings.as_ref().map_or(0, |openings| openings.load(Ordering::Relaxed))
    }

    /// Reads the ring again, if there is a way to.
    pub fn refresh(&self) {
        if let Some(ring) = self.reload.as_ref().and_then(|reload| reload()) {
            *self.ring.write().unwrap_or_else(std::sync::PoisonError::into_inner) = ring;
        }
    }

    pub fn ring(&self) -> Ring {
        self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    pub fn kind(&self) -> SuiteKind {
        self.kind
    }

    fn random(&self, len: usize) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(vec![0; len]);
        (self.fill)(&mut bytes);
        bytes
    }

    /// The key that wraps data keys, of the length its suite wants.
    fn wrapping(suite: &dyn Suite, key: &Key) -> Zeroizing<Vec<u8>> {
        let derived = Zeroizing::new(suite.mac(&key.secret, &[b"duijie wrap"]));
        Zeroizing::new(derived[..suite.key_len()].to_vec())
    }

    pub fn seal_bytes(&self, place: Place<'_>, value: &[u8]) -> Result<Vec<u8>> {
        let suite = self.kind.suite();
        let ring = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let key = ring.current();
        let mut out = Vec::with_capacity(HEAD + 2 * (suite.nonce_len() + TAG) + suite.key_len() + value.len());
        out.push(self.kind.byte());
        out.extend_from_slice(&key.id);
        let bound = place.bound(&out);
        let data_key = self.random(suite.key_len());
        for (key, text) in [(&Self::wrapping(suite, key), &data_key[..]), (&data_key, value)] {
            let nonce = self.random(suite.nonce_len());
            let sealed = suite.seal(key, &nonce, &bound, text).ok_or(Error::Sealed(place.table))?;
            out.extend_from_slice(&nonce);
            out.extend_from_slice(&sealed);
        }
        Ok(out)
    }

    pub fn open_bytes(&self, place: Place<'_>, bytes: &[u8]) -> Result<Vec<u8>> {
        if let Some(openings) = &self.openings
            && columns::is_of_others(place.table)
        {
            openings.fetch_add(1, Ordering::Relaxed);
        }
        if let Some((&PLAIN, value)) = bytes.split_first() {
            return Ok(value.to_vec());
        }
        let broken = || Error::Sealed(place.table);
        let (kind, id) = head(bytes).ok_or_else(broken)?;
        let mut ring = self.ring();
        if ring.find(&id).is_none() {
            self.refresh();
            ring = self.ring();
        }
        let key = ring.find(&id).ok_or_else(|| Error::NoKey { table: place.table, key: id_text(&id) })?;
        let suite = kind.suite();
        let bound = place.bound(&bytes[..HEAD]);
        let (nonce, rest) = bytes[HEAD..].split_at_checked(suite.nonce_len()).ok_or_else(broken)?;
        let (wrapped, rest) = rest.split_at_checked(suite.key_len() + TAG).ok_or_else(broken)?;
        let data_key = suite.open(&Self::wrapping(suite, key), nonce, &bound, wrapped).ok_or_else(broken)?;
        let data_key = Zeroizing::new(data_key);
        let (nonce, text) = rest.split_at_checked(suite.nonce_len()).ok_or_else(broken)?;
        suite.open(&data_key, nonce, &bound, text).ok_or_else(broken)
    }

    /// As JSON.
    pub fn seal<T: Serialize>(&self, place: Place<'_>, value: &T) -> Result<Vec<u8>> {
        let json = Zeroizing::new(serde_json::to_vec(value).map_err(|_| Error::Sealed(place.table))?);
        self.seal_bytes(place, &json)
    }

    pub fn open<T: DeserializeOwned>(&self, place: Place<'_>, bytes: &[u8]) -> Result<T> {
        let json = Zeroizing::new(self.open_bytes(place, bytes)?);
        serde_json::from_slice(&json).map_err(|_| Error::Sealed(place.table))
    }

    /// For a text column. What is empty stays empty.
    pub fn seal_text(&self, place: Place<'_>, value: &str) -> Result<String> {
        if value.is_empty() {
            return Ok(String::new());
        }
        Ok(format!("{TEXT}{}", STANDARD_NO_PAD.encode(self.seal_bytes(place, value.as_bytes())?)))
    }

    /// A text without the mark of a sealed one stems from before sealing.
    pub fn open_text(&self, place: Place<'_>, text: &str) -> Result<String> {
        match text_bytes(text) {
            Some(bytes) => String::from_utf8(self.open_bytes(place, &bytes)?).map_err(|_| Error::Sealed(place.table)),
            None => Ok(text.to_owned()),
        }
    }

    /// Whether a stored value is sealed by the current key and suite.
    pub fn is_current(&self, bytes: &[u8]) -> bool {
        let ring = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        head(bytes) == Some((self.kind, ring.current().id))
    }

    /// Keyed hash of a normalised value (32 bytes), for storing.
    pub fn mark(&self, kind: MarkKind, value: &str) -> Vec<u8> {
        self.mark_by(self.kind, kind, value)
    }

    /// The value's marks under every suite, the present one first, for finding:
    /// what was stored before the suite was changed is found as well.
    pub fn marks(&self, kind: MarkKind, value: &str) -> [Vec<u8>; 2] {
        let other = match self.kind {
            SuiteKind::International => SuiteKind::National,
            SuiteKind::National => SuiteKind::International,
        };
        [self.mark_by(self.kind, kind, value), self.mark_by(other, kind, value)]
    }

    /// A piece of a file as it is stored in the blind index: a keyed hash, cut to eight bytes. Its key is derived from the
    /// current key of the ring and rotates with it.
    pub fn word(&self, kind: WordKind, text: &str) -> i64 {
        let ring = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        word_by(self.kind, ring.current(), kind, text)
    }

    /// The forms in which a piece may be stored: by the current key, the one before it and the one that another process
    /// may have gone on to, each by every suite.
    pub fn words(&self, kind: WordKind, text: &str) -> Vec<i64> {
        let ring = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let keys = ring.next().into_iter().chain(ring.keys().iter().rev().take(2));
        keys.flat_map(|key| SuiteKind::ALL.iter().map(move |suite| word_by(*suite, key, kind, text))).collect()
    }

    /// Names key, suite and edition of the pieces that [`Self::word`] makes.
    pub fn words_by(&self) -> String {
        let ring = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        format!("{WORDS_EDITION} {} {}", self.kind.as_str(), id_text(&ring.current().id))
    }

    fn mark_by(&self, suite: SuiteKind, kind: MarkKind, value: &str) -> Vec<u8> {
        let ring = self.ring.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        suite.suite().mac(&ring.mark, &[kind.as_str().as_bytes(), &[0], value.as_bytes()]).to_vec()
    }
}

fn word_by(suite: SuiteKind, key: &Key, kind: WordKind, text: &str) -> i64 {
    let suite = suite.suite();
    let derived = Zeroizing::new(suite.mac(&key.secret, &[b"duijie persons"]));
    let hash = suite.mac(&derived, &[kind.as_str().as_bytes(), &[0], text.as_bytes()]);
    let mut cut = [0; 8];
    cut.copy_from_slice(&hash[..8]);
    i64::from_be_bytes(cut)
}

/// Suite and key of a sealed value.
pub(crate) fn head(bytes: &[u8]) -> Option<(SuiteKind, KeyId)> {
    let kind = SuiteKind::of_byte(*bytes.first()?)?;
    Some((kind, bytes.get(1..HEAD)?.try_into().ok()?))
}

/// The bytes of a sealed text; none when it is not one.
pub(crate) fn text_bytes(text: &str) -> Option<Vec<u8>> {
    STANDARD_NO_PAD.decode(text.strip_prefix(TEXT)?).ok().filter(|bytes| head(bytes).is_some())
}

#[cfg(test)]
mod tests;
