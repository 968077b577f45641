//! Of whom a head speaks: the person, the guardian, the office, the family, or nobody of the household.

use super::super::field::Field;
use super::{left_over, lexicon};

/// Whose something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Person,
    Guardian,
    Staff,
    Family,
    Other,
    /// Whoever stands at the top of an organization.
    Head,
    /// Nobody of the household, or a thing that no field holds.
    Stranger,
}

impl Subject {
    /// The field that a core is of somebody; none where no field holds it.
    pub fn field(self, field: Field, score: f32) -> Option<(Field, f32)> {
        use Field as F;
        let field = match (self, field) {
            (Subject::Person | Subject::Stranger, field) => field,
            (Subject::Head, F::Name | F::Contact) if score < 0.9999 => F::LegalRepresentative,
            // The contact's own telephone is the better one.
            (Subject::Head, F::Phone | F::OtherPhone) => return Some((field, score * 0.55)),
            (Subject::Head, field) => field,
            (Subject::Guardian, F::Name | F::Guardian) => F::Guardian,
            (Subject::Guardian, F::Phone | F::OtherPhone) => F::GuardianPhone,
            (Subject::Guardian, F::IdNumber | F::Sex | F::Age | F::Address | F::Handler | F::BeneficiaryCategories) => {
                return None;
            }
            (Subject::Staff, F::Name) => F::Handler,
            (
                Subject::Staff,
                F::Phone
                | F::OtherPhone
                | F::IdNumber
                | F::Sex
                | F::Age
                | F::Address
                | F::BeneficiaryCategories
                | F::HouseholdSize,
            ) => return None,
            (Subject::Family, F::Name) => F::MemberName,
            (Subject::Family, F::IdNumber) => F::MemberId,
            (Subject::Family, F::Phone) => F::OtherPhone,
            (Subject::Family, F::Sex | F::Age | F::BeneficiaryCategories) => return None,
            (Subject::Other, F::Phone) => F::OtherPhone,
            (Subject::Other, F::Name | F::IdNumber | F::Sex | F::Age) if score < 0.999 => return None,
            (_, field) => field,
        };
        Some((field, score))
    }
}

/// 监护人, 监护人（照料人）姓名: nothing but who it is.
pub(super) fn is_only_guardian(plain: &str) -> bool {
    let mut rest = plain.to_owned();
    for word in lexicon::guardians().iter().chain(&["姓名", "名字", "情况", "信息", "或"]) {
        rest = rest.replace(word, "");
    }
    left_over(&rest) == 0
}
