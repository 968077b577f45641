//! Telephone numbers: mainland mobiles and Tianjin landlines, in one normal form.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text;

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneError {
    Empty,
    /// Letters or other signs among the digits.
    Characters,
    /// Neither 11 digits of a mobile nor 8 of a landline; the number of digits found.
    Length(usize),
    /// Eleven digits that begin like no mobile, or an area code other than 022.
    Shape,
}

impl fmt::Display for PhoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("请填写联系电话"),
            Self::Characters => f.write_str("联系电话只能有数字，请核对"),
            Self::Length(found) => write!(f, "联系电话应为11位手机号或022加8位固定电话，现为{found}位，请核对"),
            Self::Shape => f.write_str("联系电话应为1开头的11位手机号或022固定电话，请核对"),
        }
    }
}

impl std::error::Error for PhoneError {}

/// A number in normal form: `13800000001` or `022-00000001`. `Debug` shows it masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(String);

impl Phone {
    /// Reads a single number; spaces, hyphens, brackets, full width, `+86`, `86-` and invisible characters are
    /// harmless. Eight digits alone are a Tianjin landline.
    pub fn parse(text: &str) -> Result<Self, PhoneError> {
        let squeezed = text::squeeze(text);
        let plain = squeezed.trim_start_matches(['\'', '‘', '’']);
        if plain.is_empty() {
            return Err(PhoneError::Empty);
        }
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
            digits = if rest.starts_with("22") { format!("0{rest}") } else { rest.to_owned() };
        }
        match digits.len() {
            11 if digits.starts_with("022") => Ok(Self(format!("022-{}", &digits[3..]))),
            11 if digits.starts_with('1') && matches!(digits.as_bytes()[1], b'3'..=b'9') => Ok(Self(digits)),
            11 => Err(PhoneError::Shape),
            8 if !digits.starts_with('1') => Ok(Self(format!("022-{digits}"))),
            found => Err(PhoneError::Length(found)),
        }
    }

    /// The whole number. Never write it to a log, an error or an event.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_mobile(&self) -> bool {
        !self.0.starts_with('0')
    }

    /// `138****0001` or `022-****0001`.
    pub fn masked(&self) -> String {
        let head = if self.is_mobile() { &self.0[..3] } else { "022-" };
        format!("{head}****{}", &self.0[self.0.len() - 4..])
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
        for text in [
            "13800000001",
            "138 0000 0001",
            "138-0000-0001",
            "+86 13800000001",
            "86-13800000001",
            "１３８０００００００１",
            "\u{202a}13800000001\u{202c}",
        ] {
            let expected: Result<_, PhoneError> = Ok("13800000001".to_owned());
            assert_eq!(Phone::parse(text).map(|p| p.as_str().to_owned()), expected, "{text}");
        }
        for text in ["022-00000001", "02200000001", "022 00000001", "(022)00000001", "00000001"] {
            assert_eq!(Phone::parse(text).unwrap().as_str(), "022-00000001", "{text}");
        }
    }

    #[test]
    fn refusals() {
        let of = |text| Phone::parse(text).unwrap_err();
        assert_eq!(of(""), PhoneError::Empty);
        assert_eq!(of("1380000000"), PhoneError::Length(10));
        assert_eq!(of("12800000000"), PhoneError::Shape);
        assert_eq!(of("无电话"), PhoneError::Characters);
    }

    #[test]
    fn masks() {
        assert_eq!(Phone::parse("13800000001").unwrap().masked(), "138****0001");
        assert_eq!(format!("{:?}", Phone::parse("022-00000001").unwrap()), "Phone(022-****0001)");
    }
}
