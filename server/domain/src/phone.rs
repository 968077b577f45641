//! Telephone numbers: mobiles, landlines of any mainland city with their extension, and 400 numbers, in one normal form.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text;

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    Empty,
    /// Letters or other signs among the digits.
    Characters,
    /// Neither the 11 digits of a mobile nor a landline; the number of digits found.
    Length(usize),
    /// The right number of digits that begin like no mobile and no area code.
    Shape,
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("请填写联系电话"),
            Self::Characters => f.write_str("联系电话只能有数字和分机号，请核对"),
            Self::Length(found) => write!(f, "联系电话应为11位手机号，或区号加固定电话，现为{found}位，请核对"),
            Self::Shape => f.write_str("联系电话应为1开头的11位手机号，或区号加固定电话，请核对"),
        }
    }
}

impl std::error::Error for PhoneError {}

/// A number in normal form: `13800000001`, `022-00000001`, `0315-0000001-801`, `400-000-0001`. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

/// Words and signs between a landline and its extension.
const EXTENSION: &[&str] = &["分机号", "分机", "转接", "转", "ext.", "ext", "#", "x", "*"];
/// Longest extension, in digits.
const MAX_EXTENSION: usize = 6;

impl Phone {
    /// Reads a single number; spaces, hyphens, brackets, full width, `+86`, `86-`, a fraction `.0` that a spreadsheet
    /// added and invisible characters are harmless. Eight digits alone are a Tianjin landline.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let squeezed = text::squeeze(text).to_ascii_lowercase();
        let plain = squeezed.trim_start_matches(['\'', '‘', '’']);
        if plain.is_empty() {
            return Err(PhoneError::Empty);
        }
        let plain = plain.strip_suffix(".0").unwrap_or(plain);
        let (number, extension) = cut_extension(plain);
        if !extension.is_empty()
            && (extension.len() > MAX_EXTENSION || !extension.bytes().all(|byte| byte.is_ascii_digit()))
        {
            return Err(PhoneError::Characters);
        }
        let normal = normal(number)?;
        if extension.is_empty() {
            Ok(Self(normal))
        } else if normal.starts_with('1') {
            Err(PhoneError::Shape)
        } else {
            Ok(Self(format!("{normal}-{extension}")))
        }
    }

    /// The whole number. Never write it to a log, an error or an event.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_mobile(&self) -> bool {
        self.0.starts_with('1')
    }

    /// `138****0001`, `022-****0001` or `400-****0001`; an extension is not shown.
    pub fn masked(&self) -> String {
        if self.is_mobile() {
            return format!("{}****{}", &self.0[..3], &self.0[7..]);
        }
        let mut parts = self.0.split('-');
        let head = parts.next().unwrap_or_default();
        let number = if head == "400" || head == "800" { parts.nth(1) } else { parts.next() };
        let number = number.unwrap_or_default();
        format!("{head}-****{}", &number[number.len().saturating_sub(4)..])
    }
}

/// Several numbers in one line, each as it was typed: by any sign that parts numbers, and by spaces between whole ones.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(['、', '，', ',', '；', ';', '／', '/', '|', '｜', '\n', '\t', '或', '和']);
    parts
        .flat_map(|part| {
            let whole = Phone::parse(part).is_ok();
            // 022-2400 0001 is one number; 13800000001 13900000002 are two.
            if whole { vec![part] } else { part.split_whitespace().collect() }
        })
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

/// The number and its extension, empty if there is none.
fn cut_extension(plain: &str) -> (&str, &str) {
    for word in EXTENSION {
        if let Some((number, extension)) = plain.split_once(word) {
            return (number, extension.trim_start_matches([':', '-', '(']).trim_end_matches([')', '号']));
        }
    }
    // 022-00000001-801, 00000001-801: a last group behind a whole landline.
    if let Some((number, extension)) = plain.rsplit_once(['-', '—', '–'])
        && (2..=MAX_EXTENSION).contains(&extension.len())
        && extension.bytes().all(|byte| byte.is_ascii_digit())
        && !number.starts_with(['1', '4', '8', '+'])
        && normal(number).is_ok()
    {
        return (number, extension);
    }
    (plain, "")
}

/// The normal form of a number without extension.
fn normal(plain: &str) -> Result<String, PhoneError> {
    let plus = plain.starts_with('+');
    let mut digits = String::with_capacity(plain.len());
    for c in plain.trim_start_matches('+').chars() {
        match c {
            '0'..='9' => digits.push(c),
            '-' | '‐' | '‑' | '–' | '—' | '−' | '(' | ')' | '.' | '·' => {}
            _ => return Err(PhoneError::Characters),
        }
    }
    if let Some(rest) = digits.strip_prefix("0086").or_else(|| digits.strip_prefix("86"))
        && (plus || rest.len() == 11 || rest.len() == 10 && rest.starts_with("22"))
    {
        // Behind the country's code an area code has lost its zero: no mobile begins with 10 or 2.
        let area = !rest.starts_with('0') && (rest.starts_with("10") || !rest.starts_with('1'));
        digits = if area { format!("0{rest}") } else { rest.to_owned() };
    }
    let found = digits.len();
    let bytes = digits.as_bytes();
    match found {
        8 if !digits.starts_with(['0', '1']) || digits.starts_with("0000") => Ok(format!("022-{digits}")),
        10 if digits.starts_with("400") || digits.starts_with("800") => {
            Ok(format!("{}-{}-{}", &digits[..3], &digits[3..6], &digits[6..]))
        }
        10..=12 if bytes[0] == b'0' => {
            // Three digits for Beijing and the cities of 02x, four for all others; then seven or eight.
            let area = match bytes[1] {
                b'1' if bytes[2] == b'0' => 3,
                b'2' => 3,
                b'3'..=b'9' => 4,
                _ => return Err(PhoneError::Shape),
            };
            match found - area {
                8 => {}
                7 if area == 4 => {}
                _ => return Err(PhoneError::Length(found)),
            }
            Ok(format!("{}-{}", &digits[..area], &digits[area..]))
        }
        11 if bytes[0] == b'1' && matches!(bytes[1], b'3'..=b'9') => Ok(digits),
        11 => Err(PhoneError::Shape),
        _ => Err(PhoneError::Length(found)),
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl std::str::FromStr for Phone {
    type Err = PhoneError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normal_forms() {
        for (texts, expected) in [
            (
                &[
                    "13800000001",
                    "138 0000 0001",
                    "138-0000-0001",
                    "+86 13800000001",
                    "86-13800000001",
                    "１３８０００００００１",
                    "\u{202a}13800000001\u{202c}",
                    "13800000001.0",
                ][..],
                "13800000001",
            ),
            (
                &["022-00000001", "02200000001", "022 00000001", "(022)00000001", "00000001", "+86 22 00000001"],
                "022-00000001",
            ),
            (&["0315-0000001", "03150000001", "(0315) 0000001"], "0315-0000001"),
            (&["0311-00000001", "031100000001", "+86-311-00000001"], "0311-00000001"),
            (&["010-60000001", "+86 10 60000001"], "010-60000001"),
            (
                &[
                    "022-00000001转801",
                    "022-00000001-801",
                    "00000001-801",
                    "(022)00000001 分机801",
                    "022-00000001 ext.801",
                ],
                "022-00000001-801",
            ),
            (&["400-000-0001", "4000000001", "400 0000 001"], "400-000-0001"),
        ] {
            for text in texts {
                assert_eq!(Phone::parse(text).map(|p| p.0), Ok(expected.to_owned()), "{text}");
            }
            assert_eq!(Phone::parse(expected).map(|p| p.0), Ok(expected.to_owned()));
        }
    }

    #[test]
    fn refusals() {
        let of = |text| Phone::parse(text).unwrap_err();
        assert_eq!(of(""), PhoneError::Empty);
        assert_eq!(of("1380000000"), PhoneError::Length(10));
        assert_eq!(of("12800000000"), PhoneError::Shape);
        assert_eq!(of("022-0000001"), PhoneError::Length(10));
        assert_eq!(of("01100000001"), PhoneError::Shape);
        assert_eq!(of("13800000001转8"), PhoneError::Shape);
        assert_eq!(of("无电话"), PhoneError::Characters);
    }

    #[test]
    fn several_in_one_line() {
        let of = |text: &'static str| split(text).collect::<Vec<_>>();
        assert_eq!(of("13800150001、022-00000001转8"), ["13800150001", "022-00000001转8"]);
        assert_eq!(of("13800150001 13900150002"), ["13800150001", "13900150002"]);
        assert_eq!(of("022-2400 0001"), ["022-2400 0001"]);
        assert_eq!(of(" "), [""; 0]);
    }

    #[test]
    fn masks() {
        let of = |text| Phone::parse(text).unwrap().masked();
        assert_eq!(of("13800000001"), "138****0001");
        assert_eq!(of("0315-0000001-801"), "0315-****0001");
        assert_eq!(of("400-123-4567"), "400-****4567");
        assert_eq!(format!("{:?}", Phone::parse("022-00000001").unwrap()), "Phone(022-****0001)");
    }
}
