//! How often a secret may be guessed: by name, by address, by both. Counted before the guess is judged, so that
//! guesses sent at once are counted too; counted in the database, so that every node counts the same; counted for
//! names that no account has as for others, so that a refusal tells nothing.

use crate::{Error, Result, Services};
use domain::calendar::Time;
use sha2::{Digest, Sha256};
use storage::people::sign_in;

/// What is counted, and when it is refused.
#[derive(Clone, Copy, Debug)]
struct Rule {
    /// Attempts before the first pause.
    free: i64,
    /// Quiet minutes after which the count begins anew; none for counts of consecutive failures.
    quiet_minutes: Option<i64>,
    /// Attempts after which every further one waits an hour (NIST SP 800-63B-4, 3.2.2). Nothing that
    /// comes from outside closes an account: whoever has signed in before passes.
    slow: Option<i64>,
}

/// One name from one address: somebody who mistypes.
const PAIR: Rule = Rule { free: 5, quiet_minutes: Some(15), slow: None };
/// A browser that the account has signed in with before.
const DEVICE: Rule = Rule { free: 5, quiet_minutes: None, slow: Some(100) };
/// One name from anywhere else.
const NAME: Rule = Rule { free: 10, quiet_minutes: None, slow: Some(100) };
/// One address, whatever the names: an office behind one address mistypes less.
const ADDRESS: Rule = Rule { free: 30, quiet_minutes: Some(15), slow: None };
/// Codes, and the password asked again.
const SECOND: Rule = Rule { free: 5, quiet_minutes: None, slow: Some(100) };

/// Changes of the own data.
const PROFILE: Rule = Rule { free: 20, quiet_minutes: Some(60), slow: None };
/// Registrations begun from one address.
const REGISTER: Rule = Rule { free: 8, quiet_minutes: Some(60), slow: None };
/// Registrations from one address: a community's hall enters its neighbours one after the other, not hundreds.
const JOIN: Rule = Rule { free: 40, quiet_minutes: Some(60), slow: None };

/// Requests for help from one address: a community's hall asks for its neighbours.
const ASK: Rule = Rule { free: 20, quiet_minutes: Some(60), slow: None };
/// Requests with one telephone, and what is said by one slip.
const AGAIN: Rule = Rule { free: 6, quiet_minutes: Some(24 * 60), slow: None };

/// Days for which a browser is known that nobody signs in with.
const DEVICE_DAYS: i64 = 180;
/// Minutes of each wait after very many attempts.
const SLOW_MINUTES: i64 = 60;
/// Minutes of the pauses; the last one repeats.
const PAUSES: [i64; 5] = [1, 2, 4, 8, 15];

/// A counted attempt.
pub(crate) struct Counted {
    keys: Vec<(String, Rule)>,
}

fn name_key(name: &str) -> String {
    // People type passwords into the field of the name: it is not kept.
    format!("name:{}", hex::encode(Sha256::digest(name.as_bytes())))
}

/// Counts an attempt to sign in. What others tried does not count for a browser that the account has signed in with
/// before; that one counts for itself.
pub(crate) async fn sign_in(services: &Services, name: &str, address: &str, device: &str) -> Result<Counted> {
    if !device.is_empty() {
        let hash = Sha256::digest(device.as_bytes()).to_vec();
        let since = services.now().plus_days(-DEVICE_DAYS);
        let mut tx = services.db.read().await?;
        if storage::people::device::is_of(&mut tx, &hash, name, since).await? {
            drop(tx);
            return count(services, vec![(format!("device:{}", hex::encode(&hash)), DEVICE)]).await;
        }
    }
    let name = name_key(name);
    let pair = format!("{name}@{address}");
    count(services, vec![(format!("address:{address}"), ADDRESS), (pair, PAIR), (name, NAME)]).await
}

/// Counts an attempt to prove oneself a second time.
pub(crate) async fn second(services: &Services, account: uuid::Uuid) -> Result<Counted> {
    count(services, vec![(format!("second:{account}"), SECOND)]).await
}

/// Counts a registration that was begun; nothing takes it back.
pub(crate) async fn register(services: &Services, address: &str) -> Result<()> {
    count(services, vec![(format!("register:{address}"), REGISTER)]).await.map(|_| ())
}

/// Counts a registration.
pub(crate) async fn join(services: &Services, address: &str) -> Result<()> {
    count(services, vec![(format!("join:{address}"), JOIN)]).await.map(|_| ())
}

/// Counts a change of the own data: a number after another is tried no faster there than at the door.
pub(crate) async fn profile(services: &Services, account: uuid::Uuid) -> Result<()> {
    count(services, vec![(format!("profile:{account}"), PROFILE)]).await.map(|_| ())
}

/// Counts a look at a certificate; a code that is right is taken back.
pub(crate) async fn verify(services: &Services, address: &str) -> Result<Counted> {
    count(services, vec![(format!("verify:{address}"), ADDRESS)]).await
}

/// Counts a request for help: by address, and by what it holds (a keyed hash; empty where there is nothing to know it by).
pub(crate) async fn ask(services: &Services, address: &str, mark: &str) -> Result<()> {
    let mut keys = vec![(format!("ask:{address}"), ASK)];
    if !mark.is_empty() {
        keys.push((format!("ask_of:{mark}"), AGAIN));
    }
    count(services, keys).await.map(|_| ())
}

/// Counts a look at a slip; a number that is right is taken back.
pub(crate) async fn slip(services: &Services, address: &str) -> Result<Counted> {
    count(services, vec![(format!("slip:{address}"), ADDRESS)]).await
}

/// Counts what is said by a slip.
pub(crate) async fn voice(services: &Services, help: uuid::Uuid) -> Result<()> {
    count(services, vec![(format!("voice:{help}"), AGAIN)]).await.map(|_| ())
}

/// Counts an attempt to check in by a code.
pub(crate) async fn check_in(services: &Services, signup: uuid::Uuid) -> Result<Counted> {
    count(services, vec![(format!("check_in:{signup}"), PAIR)]).await
}

/// Forgets what was counted against a name: its password is new.
pub(crate) async fn forget(tx: &mut storage::Tx, name: &str, account: uuid::Uuid) -> Result<()> {
    sign_in::clear(tx, &name_key(name)).await?;
    Ok(sign_in::clear(tx, &format!("second:{account}")).await?)
}

/// Until when the name or the second step of an account waits.
pub(crate) async fn blocked(tx: &mut storage::Tx, name: &str, account: uuid::Uuid, now: Time) -> Result<Option<Time>> {
    let named = sign_in::blocked(tx, &name_key(name), now).await?;
    Ok(named.max(sign_in::blocked(tx, &format!("second:{account}"), now).await?))
}

async fn count(services: &Services, keys: Vec<(String, Rule)>) -> Result<Counted> {
    let now = services.now();
    // A flood costs a look, not a write.
    let mut tx = services.db.read().await?;
    for (key, _) in &keys {
        if let Some(until) = sign_in::blocked(&mut tx, key, now).await? {
            return Err(wait(until, now));
        }
    }
    drop(tx);
    let mut tx = services.db.write().await?;
    for (key, rule) in &keys {
        let quiet = rule.quiet_minutes.map_or(Time(i64::MIN), |minutes| now.plus_minutes(-minutes));
        let limit = sign_in::count(&mut tx, key, quiet, now).await?;
        if let Some(until) = limit.blocked_until.filter(|until| *until > now) {
            return Err(wait(until, now));
        }
        if let Some(until) = pause(rule, limit.failures, now) {
            sign_in::block(&mut tx, key, until).await?;
        }
    }
    tx.commit().await?;
    Ok(Counted { keys })
}

/// Until when the next attempt waits after so many.
fn pause(rule: &Rule, failures: i64, now: Time) -> Option<Time> {
    if rule.slow.is_some_and(|slow| failures >= slow) {
        return Some(now.plus_minutes(SLOW_MINUTES));
    }
    let beyond = usize::try_from(failures - rule.free).ok()?;
    Some(now.plus_minutes(PAUSES.get(beyond).or(PAUSES.last()).copied()?))
}

fn wait(until: Time, now: Time) -> Error {
    let seconds = until.0.saturating_sub(now.0) / 1_000_000 + 1;
    Error::TooMany { seconds }
}

impl Counted {
    /// The attempt was right: the name's count begins anew, the address gets this one back.
    pub async fn was_right(&self, tx: &mut storage::Tx) -> Result<()> {
        for (key, rule) in &self.keys {
            if rule.free == ADDRESS.free {
                sign_in::uncount(tx, key).await?;
            } else {
                sign_in::clear(tx, key).await?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end_in_an_hour() {
        let now = Time(0);
        let minutes = |failures| pause(&NAME, failures, now).map(|until| now.minutes_until(until));
        assert_eq!(
            [9, 10, 11, 12, 13, 14, 99].map(minutes),
            [None, Some(1), Some(2), Some(4), Some(8), Some(15), Some(15)]
        );
        assert_eq!([100, 1000].map(minutes), [Some(60), Some(60)]);
    }
}
