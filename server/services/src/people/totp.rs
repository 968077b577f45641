//! Time-based one-time codes (RFC 6238 over RFC 4226): SHA-1, six digits, thirty seconds, as every authenticator
//! app reads them.

use domain::calendar::Time;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

/// Seconds of a time step.
const STEP: i64 = 30;
/// Steps before and after the present one whose code is taken: clocks differ.
const DRIFT: i64 = 1;
/// Bytes of a secret: as long as the hash (RFC 4226, 4).
pub const SECRET_BYTES: usize = 20;

/// The time step of a moment.
pub fn step(now: Time) -> i64 {
    now.0.div_euclid(1_000_000 * STEP)
}

/// The code of a time step, `0..1_000_000`.
pub fn code(secret: &[u8], step: i64) -> u32 {
    // An HMAC takes keys of any length, so this cannot fail; no code is ever this one.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return u32::MAX };
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 0x0f);
    let part = u32::from_be_bytes([hash[at] & 0x7f, hash[at + 1], hash[at + 2], hash[at + 3]]);
    part % 1_000_000
}

/// The time step that a typed code belongs to, within the drift. Full-width digits and spaces are read as typed.
pub fn find(secret: &[u8], typed: &str, now: Time) -> Option<i64> {
    let digits: String = domain::text::nfkc(typed).chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let wanted: u32 = digits.parse().ok()?;
    let now = step(now);
    // Every step is computed, whichever fits.
    let mut found = None;
    for step in now - DRIFT..=now + DRIFT {
        if code(secret, step) == wanted {
            found = Some(step);
        }
    }
    found
}

/// A secret as people type it: base 32 in groups of four.
pub fn key_words(secret: &[u8]) -> String {
    let text = data_encoding::BASE32_NOPAD.encode(secret);
    text.as_bytes().chunks(4).map(|part| String::from_utf8_lossy(part).into_owned()).collect::<Vec<_>>().join(" ")
}

/// The address that a QR code holds (Key Uri Format of the authenticator apps).
pub fn uri(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (percent(issuer), percent(account));
    let key = data_encoding::BASE32_NOPAD.encode(secret);
    format!("otpauth://totp/{issuer}:{account}?secret={key}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
}

fn percent(text: &str) -> String {
    use std::fmt::Write;
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    fn at(seconds: i64) -> Time {
        Time(seconds * 1_000_000)
    }

    /// RFC 4226, appendix D.
    #[test]
    fn codes_of_rfc_4226() {
        let wanted = [755_224, 287_082, 359_152, 969_429, 338_314, 254_676, 287_922, 162_583, 399_871, 520_489];
        for (counter, wanted) in (0..).zip(wanted) {
            assert_eq!(code(SECRET, counter), wanted, "{counter}");
        }
    }

    /// RFC 6238, appendix B (SHA-1), the last six of eight digits.
    #[test]
    fn codes_of_rfc_6238() {
        for (seconds, wanted) in [
            (59, 287_082),
            (1_111_111_109, 81_804),
            (1_111_111_111, 50_471),
            (1_234_567_890, 5_924),
            (2_000_000_000, 279_037),
            (20_000_000_000, 353_130),
        ] {
            assert_eq!(code(SECRET, step(at(seconds))), wanted, "{seconds}");
        }
    }

    #[test]
    fn one_step_before_and_after_is_taken() {
        let now = at(1_111_111_111);
        for (step_away, taken) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let typed = format!("{:06}", code(SECRET, step(now) + step_away));
            assert_eq!(find(SECRET, &typed, now), taken.then_some(step(now) + step_away), "{step_away}");
        }
        assert_eq!(find(SECRET, " ０５０ ４７１", now), Some(step(now)));
        for wrong in ["", "50471", "0504710", "abcdef", "-50471"] {
            assert_eq!(find(SECRET, wrong, now), None, "{wrong}");
        }
    }

    #[test]
    fn keys_are_read_by_the_apps() {
        assert_eq!(key_words(SECRET), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            uri("对接", "lushandao1", b"12345678901234567890"),
            "otpauth://totp/%E5%AF%B9%E6%8E%A5:lushandao1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=%E5%AF%B9%E6%8E%A5&algorithm=SHA1&digits=6&period=30"
        );
    }
}
