//! 公民身份号码: the 18-digit number of GB 11643-1999, checked and never shown whole by accident.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::need::Sex;
use crate::text;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: &[u8; 11] = b"10X98765432";

/// Why a text is no resident identity number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResidentIdError {
    Empty,
    /// Not 18 characters; the length that was found.
    Length(usize),
    /// A character other than a digit, or an X elsewhere than at the end.
    Characters,
    /// Digits 7–14 are no date of the calendar.
    BirthDate,
    /// The last character does not fit the others.
    CheckDigit,
}

impl fmt::Display for ResidentIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("请填写身份证号"),
            Self::Length(15) => f.write_str("身份证号是15位旧号，请填写18位号码"),
            Self::Length(found) => write!(f, "身份证号应为18位，现为{found}位，请核对"),
            Self::Characters => f.write_str("身份证号只能有数字，末位可以是X，请核对"),
            Self::BirthDate => f.write_str("身份证号中的出生日期不存在，请核对第7至14位"),
            Self::CheckDigit => f.write_str("身份证号校验位不符，请逐位核对"),
        }
    }
}

impl std::error::Error for ResidentIdError {}

/// A valid number. `Debug` shows the masked form; [`ResidentId::as_str`] is the only way to the whole one.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ResidentId(String);

impl ResidentId {
    /// Reads messy text: spaces, full width, lower-case x, hyphens, a leading apostrophe and
    /// invisible characters are harmless; everything else must be right.
    pub fn parse(text: &str) -> Result<Self, ResidentIdError> {
        let plain = Self::plain(text);
        if plain.is_empty() {
            return Err(ResidentIdError::Empty);
        }
        if !plain.is_ascii() {
            return Err(ResidentIdError::Characters);
        }
        let bytes = plain.as_bytes();
        if bytes.iter().rev().skip(1).any(|b| !b.is_ascii_digit())
            || !bytes.last().is_some_and(|b| b.is_ascii_digit() || *b == b'X')
        {
            return Err(ResidentIdError::Characters);
        }
        if bytes.len() != 18 {
            return Err(ResidentIdError::Length(bytes.len()));
        }
        if date_of(&plain[6..14]).is_none() {
            return Err(ResidentIdError::BirthDate);
        }
        if check_char(&bytes[..17]) != bytes[17] {
            return Err(ResidentIdError::CheckDigit);
        }
        Ok(Self(plain))
    }

    /// Adds the check digit to 17 digits: for demo data and tests.
    pub fn with_check_digit(first17: &str) -> Result<Self, ResidentIdError> {
        let bytes = first17.as_bytes();
        if bytes.len() != 17 {
            return Err(ResidentIdError::Length(first17.chars().count()));
        }
        if !bytes.iter().all(u8::is_ascii_digit) {
            return Err(ResidentIdError::Characters);
        }
        Self::parse(&format!("{first17}{}", char::from(check_char(bytes))))
    }

    /// The text without what offices and spreadsheets put around a number.
    pub fn plain(text: &str) -> String {
        text::squeeze(text)
            .trim_start_matches(['\'', '‘', '’', '`'])
            .chars()
            .filter(|c| !matches!(c, '-' | '‐' | '‑' | '–' | '—' | '−'))
            .map(|c| c.to_ascii_uppercase())
            .collect()
    }

    /// The whole number. Never write it to a log, an error or an event.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// `120***********0016`.
    pub fn masked(&self) -> String {
        format!("{}***********{}", &self.0[..3], &self.0[14..])
    }

    pub fn birth_date(&self) -> NaiveDate {
        date_of(&self.0[6..14]).unwrap_or(NaiveDate::MIN)
    }

    /// As the 17th digit says it: odd male, even female.
    pub fn sex(&self) -> Sex {
        if (self.0.as_bytes()[16] - b'0') % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// The 6-digit division of first registration; may be one abolished since, says nothing of today's home.
    pub fn division_code(&self) -> &str {
        &self.0[..6]
    }

    /// Whole years on a day; 0 before birth.
    pub fn age_on(&self, day: NaiveDate) -> u32 {
        let born = self.birth_date();
        let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
        u32::try_from(day.year() - born.year() - i32::from(before_birthday)).unwrap_or(0)
    }

    /// True when the birth date lies after `day`, which no living person's does.
    pub fn is_born_after(&self, day: NaiveDate) -> bool {
        self.birth_date() > day
    }
}

fn date_of(eight: &str) -> Option<NaiveDate> {
    let year = eight[..4].parse().ok()?;
    let month = eight[4..6].parse().ok()?;
    let day = eight[6..].parse().ok()?;
    if year < 1800 {
        return None;
    }
    NaiveDate::from_ymd_opt(year, month, day)
}

fn check_char(first17: &[u8]) -> u8 {
    let sum: u32 = first17.iter().zip(WEIGHTS).map(|(b, w)| u32::from(b - b'0') * w).sum();
    CHECK[(sum % 11) as usize]
}

impl fmt::Debug for ResidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ResidentId({})", self.masked())
    }
}

impl std::str::FromStr for ResidentId {
    type Err = ResidentIdError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for ResidentId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for ResidentId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        let mut reader = csv::Reader::from_reader(include_str!("../data/resident_id_test_vectors.csv").as_bytes());
        let mut seen = 0;
        for record in reader.records() {
            let record = record.unwrap();
            assert_eq!(ResidentId::parse(&record[0]).is_ok(), &record[1] == "valid", "{}", &record[2]);
            seen += 1;
        }
        assert_eq!(seen, 10);
    }

    #[test]
    fn messy_is_harmless() {
        for text in [
            "'12022519000101008x",
            "１２０２２５１９０００１０１００８Ｘ",
            "120225 19000101 008X",
            "120225-19000101-008X",
            "\u{202a}12022519000101008\u{200b}X\u{202c}",
        ] {
            assert_eq!(ResidentId::parse(text).unwrap().as_str(), "12022519000101008X");
        }
    }

    #[test]
    fn says_what_is_wrong() {
        let of = |text| ResidentId::parse(text).unwrap_err();
        assert_eq!(of(" "), ResidentIdError::Empty);
        assert_eq!(of("12010119000101001"), ResidentIdError::Length(17));
        assert_eq!(of("12010119000101O016"), ResidentIdError::Characters);
        assert_eq!(of("无"), ResidentIdError::Characters);
        assert_eq!(of("110105194902310025"), ResidentIdError::BirthDate);
        assert_eq!(of("110105194912310021"), ResidentIdError::CheckDigit);
    }

    #[test]
    fn parts() {
        let id = ResidentId::parse("120101190001010016").unwrap();
        assert_eq!(id.masked(), "120***********0016");
        assert_eq!(format!("{id:?}"), "ResidentId(120***********0016)");
        assert_eq!(id.sex(), Sex::Male);
        assert_eq!(id.birth_date(), NaiveDate::from_ymd_opt(1900, 1, 1).unwrap());
        assert_eq!(id.age_on(NaiveDate::from_ymd_opt(1913, 12, 31).unwrap()), 13);
        assert_eq!(ResidentId::with_check_digit("12010119000101001").unwrap(), id);
    }
}
