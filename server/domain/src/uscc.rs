//! 统一社会信用代码: the 18-character code of GB 32100-2015 with the organization code of GB 11714 inside.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::text;

const CHARSET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORG_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// Why a text is no valid code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UsccError {
    Empty,
    /// Not 18 characters; the length that was found.
    Length(usize),
    /// A character outside the set (I, O, S, V and Z are never used).
    Characters,
    /// Digits 3–8 are the registering division and must be digits.
    Division,
    /// The inner organization code (characters 9–17) fails its own check.
    OrganizationCode,
    /// The last character does not fit the others.
    CheckDigit,
}

impl fmt::Display for UsccError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("请填写统一社会信用代码"),
            Self::Length(found) => write!(f, "统一社会信用代码应为18位，现为{found}位，请核对"),
            Self::Characters => f.write_str("统一社会信用代码只用数字和大写字母，且没有I、O、S、V、Z，请核对"),
            Self::Division => f.write_str("统一社会信用代码第3至8位应为数字，请核对"),
            Self::OrganizationCode => f.write_str("统一社会信用代码中的组织机构代码（第9至17位）校验不符，请逐位核对"),
            Self::CheckDigit => f.write_str("统一社会信用代码校验位不符，请逐位核对"),
        }
    }
}

impl std::error::Error for UsccError {}

/// What the first two characters say of the holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsccKind {
    /// 51 社会团体
    Association,
    /// 52 社会服务机构（民办非企业单位）
    ServiceInstitution,
    /// 53 基金会
    Foundation,
    /// 59 other, registered with civil affairs
    OtherCivil,
    /// 54 居民委员会、村民委员会
    Committee,
    /// 11, 12, 13 state organs, institutions, mass organizations
    Public,
    /// 9x companies, traders, co-operatives
    Business,
    /// anything else
    Other,
}

impl UsccKind {
    /// The Chinese name of the kind.
    pub fn label(self) -> &'static str {
        match self {
            Self::Association => "社会团体",
            Self::ServiceInstitution => "社会服务机构",
            Self::Foundation => "基金会",
            Self::OtherCivil => "其他社会组织",
            Self::Committee => "村（居）民委员会",
            Self::Public => "机关、事业单位或群众团体",
            Self::Business => "企业",
            Self::Other => "其他",
        }
    }

    /// True for the kinds that may act as a social organization here: 51, 52, 53 and 59.
    pub fn is_social_organization(self) -> bool {
        matches!(self, Self::Association | Self::ServiceInstitution | Self::Foundation | Self::OtherCivil)
    }
}

/// A code that passes both checks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uscc(String);

impl Uscc {
    /// Reads a code; white space, full width, lower case, hyphens and invisible characters are harmless.
    pub fn parse(text: &str) -> Result<Self, UsccError> {
        let plain: String = text::squeeze(text)
            .trim_start_matches(['\'', '‘', '’'])
            .chars()
            .filter(|c| !matches!(c, '-' | '–' | '—'))
            .map(|c| c.to_ascii_uppercase())
            .collect();
        if plain.is_empty() {
            return Err(UsccError::Empty);
        }
        let length = plain.chars().count();
        if length != 18 {
            return Err(UsccError::Length(length));
        }
        let bytes = plain.as_bytes();
        if !bytes.iter().all(|b| value(*b).is_some()) {
            return Err(UsccError::Characters);
        }
        if !bytes[2..8].iter().all(u8::is_ascii_digit) {
            return Err(UsccError::Division);
        }
        if check_char(&bytes[..17]) != Some(bytes[17]) {
            return Err(UsccError::CheckDigit);
        }
        if org_check_char(&bytes[8..16]) != bytes[16] {
            return Err(UsccError::OrganizationCode);
        }
        Ok(Self(plain))
    }

    /// Makes a valid code of its first 16 characters: two for the kind, six for the registering division,
    /// eight of the organization code. Both check characters are computed. For demo data and tests.
    pub fn with_check_digits(first16: &str) -> Result<Self, UsccError> {
        let bytes = first16.as_bytes();
        if bytes.len() != 16 {
            return Err(UsccError::Length(first16.chars().count()));
        }
        if !bytes.iter().all(|b| value(*b).is_some()) {
            return Err(UsccError::Characters);
        }
        let inner = format!("{first16}{}", char::from(org_check_char(&bytes[8..])));
        let last = check_char(inner.as_bytes()).ok_or(UsccError::Characters)?;
        Self::parse(&format!("{inner}{}", char::from(last)))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn kind(&self) -> UsccKind {
        match &self.0[..2] {
            "51" => UsccKind::Association,
            "52" => UsccKind::ServiceInstitution,
            "53" => UsccKind::Foundation,
            "59" => UsccKind::OtherCivil,
            "54" => UsccKind::Committee,
            "11" | "12" | "13" => UsccKind::Public,
            two if two.starts_with('9') => UsccKind::Business,
            _ => UsccKind::Other,
        }
    }

    /// The 6-digit division of the registering authority: `120000` the city, `1201xx` a district.
    pub fn division_code(&self) -> &str {
        &self.0[2..8]
    }

    /// The nine characters of the organization code.
    pub fn organization_code(&self) -> &str {
        &self.0[8..17]
    }
}

fn value(b: u8) -> Option<usize> {
    CHARSET.iter().position(|c| *c == b)
}

fn check_char(first17: &[u8]) -> Option<u8> {
    let mut sum = 0;
    for (b, weight) in first17.iter().zip(WEIGHTS) {
        sum += value(*b)? * weight;
    }
    Some(CHARSET[(31 - sum % 31) % 31])
}

fn org_check_char(body: &[u8]) -> u8 {
    let sum: u32 = body
        .iter()
        .zip(ORG_WEIGHTS)
        .map(|(b, weight)| weight * if b.is_ascii_digit() { u32::from(b - b'0') } else { u32::from(b - b'A') + 10 })
        .sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        digit => b'0' + u8::try_from(digit).unwrap_or(0),
    }
}

impl fmt::Display for Uscc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Uscc {
    type Err = UsccError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for Uscc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Uscc {
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
        let mut reader = csv::Reader::from_reader(include_str!("../data/uscc_test_vectors.csv").as_bytes());
        let mut seen = 0;
        for record in reader.records() {
            let record = record.unwrap();
            assert_eq!(Uscc::parse(&record[0]).is_ok(), &record[2] == "valid", "{} {}", &record[0], &record[1]);
            seen += 1;
        }
        assert_eq!(seen, 25);
    }

    #[test]
    fn foundations() {
        let mut reader = csv::Reader::from_reader(include_str!("../data/uscc_tianjin_foundations.csv").as_bytes());
        for record in reader.records() {
            let code = Uscc::parse(&record.unwrap()[0]).unwrap();
            assert_eq!(code.kind(), UsccKind::Foundation);
            assert_eq!(code.division_code(), "120000");
            assert_eq!(Uscc::with_check_digits(&code.as_str()[..16]).unwrap(), code);
        }
    }

    #[test]
    fn refusals() {
        assert_eq!(Uscc::parse(""), Err(UsccError::Empty));
        assert_eq!(Uscc::parse("5312000005206722"), Err(UsccError::Length(16)));
        assert_eq!(Uscc::parse("5312000005206722OY"), Err(UsccError::Characters));
        assert_eq!(Uscc::parse("53120000052067223X"), Err(UsccError::CheckDigit));
        assert_eq!(Uscc::parse(" 53120000 05206722３y").unwrap().as_str(), "53120000052067223Y");
    }

    /// Ten thousand slips of the pen in real codes: a wrong character, two neighbours changed about, one left
    /// out, one too many. The check characters find every one (GB 32100 is linear modulo the prime 31).
    #[test]
    fn ten_thousand_corruptions_are_refused() {
        let real: Vec<String> =
            csv::Reader::from_reader(include_str!("../data/uscc_tianjin_foundations.csv").as_bytes())
                .records()
                .map(|record| record.unwrap()[0].to_owned())
                .collect();
        let mut state = 20_261_124_u64;
        let mut below = |n: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((state >> 33) % n as u64).unwrap()
        };
        let mut corrupted = 0;
        while corrupted < 10_000 {
            let code = &real[below(real.len())];
            let mut bytes = code.clone().into_bytes();
            let at = below(18);
            let other = CHARSET[below(31)];
            match below(4) {
                0 => bytes[at] = other,
                1 => bytes.swap(at, (at + 1).min(17)),
                2 => drop(bytes.remove(at)),
                _ => bytes.insert(at, other),
            }
            let bad = String::from_utf8(bytes).unwrap();
            if bad == *code {
                continue;
            }
            assert!(Uscc::parse(&bad).is_err(), "{bad} passes for {code}");
            corrupted += 1;
        }
    }
}
