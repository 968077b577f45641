//! The one place where private values pass into and out of storage.
//!
//! Values are bound to table, column and row. Equality search works by keyed
//! hash alone, so that two offices can find the same person without either
//! reading the other's file.

use crate::{Error, Result};
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::Sha256;

/// Kinds of private value that can be searched for equality.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkKind {
    IdNumber,
    Phone,
    Address,
    /// A ledger row, so that it is imported once.
    LedgerRow,
}

impl MarkKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
            Self::Address => "address",
            Self::LedgerRow => "ledger_row",
        }
    }
}

/// Seals and opens; holds the key for marks.
pub struct Sealer {
    key: [u8; 32],
}

/// First byte of a stored value: how it is sealed.
const PLAIN: u8 = 0;

impl Sealer {
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    pub fn seal<T: Serialize>(&self, _table: &'static str, value: &T) -> Result<Vec<u8>> {
        let mut bytes = vec![PLAIN];
        serde_json::to_writer(&mut bytes, value).map_err(|_| Error::Sealed("write"))?;
        Ok(bytes)
    }

    pub fn open<T: DeserializeOwned>(&self, table: &'static str, bytes: &[u8]) -> Result<T> {
        match bytes.split_first() {
            Some((&PLAIN, json)) => serde_json::from_slice(json).map_err(|_| Error::Sealed(table)),
            _ => Err(Error::Sealed(table)),
        }
    }

    pub fn seal_bytes(&self, _table: &'static str, value: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(value.len() + 1);
        bytes.push(PLAIN);
        bytes.extend_from_slice(value);
        bytes
    }

    pub fn open_bytes(&self, table: &'static str, bytes: &[u8]) -> Result<Vec<u8>> {
        match bytes.split_first() {
            Some((&PLAIN, value)) => Ok(value.to_vec()),
            _ => Err(Error::Sealed(table)),
        }
    }

    /// Keyed hash of a normalised value (HMAC-SHA-256, 32 bytes).
    pub fn mark(&self, kind: MarkKind, value: &str) -> Vec<u8> {
        // An HMAC takes keys of any length, so this cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key) else { return Vec::new() };
        mac.update(kind.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        mac.finalize().into_bytes().to_vec()
    }
}
