//! Certificates 志愿服务记录证明: who ran the service answers for it, not the platform (民政部令第67号 articles 14–17).

crate::state_enum! {
    CertificateState of Certificate {
        Issued = "issued", "已开出";
    }
}

crate::text_enum! {
    /// What the public page says of a certificate today. Derived from the records behind it.
    Standing {
        Valid = "valid", "有效";
        /// A record behind it was corrected or voided since.
        Corrected = "corrected", "开出以后有更正";
        /// No record behind it stands any more.
        Void = "void", "已作废";
    }
}

/// Signs of a check code: no 0, 1, I, L, O, U, which are mistaken for one another.
pub const SIGNS: &[u8; 30] = b"23456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Signs in a code: 30^12, more than 58 bits.
pub const LENGTH: usize = 12;

/// A code from random bytes, one byte a sign. The bias of 256 over 30 leaves more than 58 bits less a hair.
pub fn code(random: [u8; LENGTH]) -> String {
    random.iter().map(|byte| char::from(SIGNS[usize::from(*byte) % SIGNS.len()])).collect()
}

/// A code as people type it: small letters, hyphens, spaces. None where it cannot be one.
pub fn parse(text: &str) -> Option<String> {
    let plain: String = crate::text::nfkc(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '—' | '－'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let fits = plain.len() == LENGTH && plain.bytes().all(|byte| SIGNS.contains(&byte));
    fits.then_some(plain)
}

/// `ABCD-EFGH-JKMN`
pub fn shown(code: &str) -> String {
    code.as_bytes().chunks(4).map(String::from_utf8_lossy).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        let made = code([0, 29, 30, 255, 1, 2, 3, 4, 5, 6, 7, 8]);
        assert_eq!(parse(&shown(&made)), Some(made.clone()));
        assert_eq!(parse(&format!(" {} ", made.to_lowercase())), Some(made));
        for wrong in ["", "ABCD", "ABCD-EFGH-JKM0", "ABCD-EFGH-JKMN-P", "'; DROP TABLE"] {
            assert_eq!(parse(wrong), None, "{wrong}");
        }
    }
}
