//! The steps of a need's entry form.

/// Steps of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// 来源和对象
    Who,
    /// 需要什么
    What,
    /// 密封档案和同意书
    File,
    /// 核对送审
    Check,
}

impl Step {
    pub const ALL: [Self; 4] = [Self::Who, Self::What, Self::File, Self::Check];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Who => "who",
            Self::What => "what",
            Self::File => "file",
            Self::Check => "check",
        }
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == text)
    }

    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Who => Self::What,
            Self::What => Self::File,
            Self::File | Self::Check => Self::Check,
        }
    }

    /// Whether a field belongs to this step, so that saving one step replaces
    /// exactly its own fields.
    pub fn owns(self, field: &str) -> bool {
        let head = field.split('.').next().unwrap_or_default();
        match self {
            Self::Who => matches!(
                head,
                "kind"
                    | "street"
                    | "division_code"
                    | "source"
                    | "source_no"
                    | "urgency"
                    | "beneficiary"
                    | "decided_on"
                    | "decided_by"
            ),
            Self::What => matches!(
                head,
                "lines"
                    | "title"
                    | "description"
                    | "requirements"
                    | "aid_given"
                    | "gap"
                    | "age_band"
                    | "sex"
                    | "valid_until"
            ),
            Self::File => matches!(
                head,
                "name"
                    | "id_number"
                    | "phone"
                    | "other_phones"
                    | "address"
                    | "household_size"
                    | "guardian"
                    | "members"
                    | "health_notes"
                    | "consent"
                    | "consent_channel"
                    | "consent_evidence"
                    | "consent_given_on"
                    | "consent_valid_until"
            ),
            Self::Check => false,
        }
    }
}
