//! Passwords: what is accepted, and how it is kept.

mod weak;

pub use weak::{Weakness, weakness};

use crate::{Error, Random, Result};
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use domain::field::Check;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Argon2id, 19 MiB, two passes, one lane (OWASP's floor).
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes computed at once: 2 × 19 MiB.
const AT_ONCE: usize = 2;
/// Hashes waiting at most; about four seconds of work.
const WAITING: usize = 256;

/// Longest password in characters. A sentence of four lines; hashing takes the same for all.
pub const MAX_CHARS: usize = 256;

/// A password as it is hashed: NFKC, so that the same characters typed on another keyboard or with full-width
/// letters are the same password (NIST SP 800-63B-4, 3.1.1.2). Case and spaces matter.
pub fn normal(password: &str) -> String {
    domain::text::nfkc(password)
}

/// Checks a new password: length in characters, common words, words of this place. No rule of composition.
pub fn check(check: &mut Check, field: &str, password: &str, min: usize, context: &[String]) {
    let count = password.chars().count();
    if count > MAX_CHARS {
        check.add(field, format!("密码有{count}个字符，最多{MAX_CHARS}个，请缩短"));
        return;
    }
    let password = normal(password);
    let count = password.chars().count();
    if password.chars().any(char::is_control) {
        check.add(field, "密码里有看不见的控制字符，请重新输入，不要从表格里整格粘贴");
    } else if count < min {
        check.add(field, format!("密码只有{count}个字符，至少{min}个，可以用几个词连成一句"));
    } else if let Some(found) = weakness(&password, context) {
        check.add(field, found.sentence());
    }
}

/// Hashing is slow on purpose: it runs beside the event loop, few at a time, and a flood is turned away.
pub struct Passwords {
    random: Arc<dyn Random>,
    slots: Arc<Semaphore>,
    waiting: AtomicUsize,
    params: Params,
}

/// Counts somebody who waits for a slot.
struct Waiting<'a>(&'a AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Passwords {
    pub fn new(random: Arc<dyn Random>) -> Self {
        Self::with(random, Params::new(MEMORY_KIB, PASSES, LANES, None).unwrap_or_default())
    }

    /// With parameters of one's own.
    pub fn with(random: Arc<dyn Random>, params: Params) -> Self {
        Self { random, slots: Arc::new(Semaphore::new(AT_ONCE)), waiting: AtomicUsize::new(0), params }
    }

    fn argon(&self) -> Argon2<'static> {
        Argon2::new(Algorithm::Argon2id, Version::V0x13, self.params.clone())
    }

    /// Hash of a password as a PHC string.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let mut salt = [0_u8; 16];
        self.random.fill(&mut salt);
        let (argon, password) = (self.argon(), normal(password));
        self.run(move || {
            argon
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash: PasswordHash| hash.to_string())
                .map_err(|_| Error::Internal("password hash"))
        })
        .await?
    }

    /// Whether a password fits a stored hash. Takes as long for no hash, and for one that does not read.
    pub async fn fits(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        // Hash of nothing in particular, so that unknown accounts cost the same.
        const NOBODY: &str =
            "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let known = hash.is_some_and(|hash| PasswordHash::new(hash).is_ok());
        let stored = if known { hash.unwrap_or(NOBODY) } else { NOBODY }.to_owned();
        let (argon, password) = (self.argon(), normal(password));
        let fits = self
            .run(move || {
                PasswordHash::new(&stored).is_ok_and(|hash| argon.verify_password(password.as_bytes(), &hash).is_ok())
            })
            .await?;
        Ok(fits && known)
    }

    /// Whether a hash was made with other parameters than the present ones.
    pub fn is_outdated(&self, hash: &str) -> bool {
        let wanted = format!("m={},t={},p={}", self.params.m_cost(), self.params.t_cost(), self.params.p_cost());
        !hash.starts_with("$argon2id$v=19$") || hash.split('$').nth(3) != Some(wanted.as_str())
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let before = self.waiting.fetch_add(1, Ordering::AcqRel);
        let waiting = Waiting(&self.waiting);
        if before >= WAITING {
            return Err(Error::TooMany { seconds: 10 });
        }
        let permit = Arc::clone(&self.slots).acquire_owned().await.map_err(|_| Error::Internal("password slots"))?;
        drop(waiting);
        tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        })
        .await
        .map_err(|_| Error::Internal("password task"))
    }
}
