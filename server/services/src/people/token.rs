//! Tokens of sessions, links and addresses: 256 random bits, kept as their hash.

use crate::Services;
use sha2::{Digest, Sha256};

/// Hash under which a token is stored.
pub fn token_hash(token: &str) -> Vec<u8> {
    Sha256::digest(token.as_bytes()).to_vec()
}

/// A token of 256 random bits.
pub(crate) fn new_token(services: &Services) -> String {
    let mut bytes = [0_u8; 32];
    services.random.fill(&mut bytes);
    hex::encode(bytes)
}
