//! Qualifications that a service needs of whoever provides it.

crate::text_enum! {
    /// What the people or premises of a project hold.
    Qualification {
        Caregiver = "caregiver", "养老护理员";
        Therapist = "therapist", "康复治疗专业人员";
        Nurse = "nurse", "护士或医师";
        Food = "food", "食品经营许可";
        Counsellor = "counsellor", "心理咨询专业人员";
        SocialWorker = "social_worker", "社会工作者";
        Lawyer = "lawyer", "律师或法律援助人员";
        Teacher = "teacher", "教师资格";
    }
}

/// What a service requires, by its code in the service vocabulary.
///
/// Sources: 食品安全法 35 (meals), 精神卫生法 23 (counselling), 法律援助法 12–17 (legal aid),
/// 医师法 13 and 护士条例 7 (health follow-up). The rest is this project's proposal:
/// services that no rule names require nothing.
pub fn required_for(service: &str) -> Option<Qualification> {
    Some(match service {
        "A03" => Qualification::Therapist,
        "A05" => Qualification::Nurse,
        "B01" => Qualification::Food,
        "C02" => Qualification::Counsellor,
        "D02" => Qualification::SocialWorker,
        "D06" => Qualification::Lawyer,
        _ => return None,
    })
}
