//! How well what stands in a column fits a field, with its head and without.

use super::super::field::Field;
use super::Profile;

impl Profile {
    /// Whether nearly all cells are ticks.
    pub fn is_ticks(&self) -> bool {
        self.cells > 0 && self.share(self.tick) >= 0.9
    }

    /// How well what stands there fits a field, from -1 to 1; nothing is known of an empty column.
    pub fn fits(&self, field: Field, kind: &str) -> f32 {
        if self.cells == 0 {
            return 0.0;
        }
        let needs = kind == "needs";
        // Between what fits and what speaks against it.
        let range =
            |share: f32, good: f32, bad: f32| if share >= 0.5 { good * share } else { bad * (1.0 - 2.0 * share) };
        let strange = self.share(self.id_like.max(self.uscc));
        match field {
            Field::IdNumber | Field::MemberId => range(self.share(self.id_like), 1.0, -0.7),
            Field::Uscc => range(self.share(self.uscc), 1.0, -0.7),
            Field::Phone | Field::OtherPhone | Field::GuardianPhone | Field::EmergencyPhone => {
                range(self.share(self.phone), 1.0, -0.6)
            }
            Field::Email => range(self.share(self.email), 1.0, -0.8),
            Field::Sex => range(self.share(self.sex), 1.0, -0.8),
            Field::Age => range(self.share(self.age), 0.4, -0.7),
            Field::Name if kind == "organizations" => range(self.share(self.organization), 0.8, -0.3),
            Field::Name | Field::Guardian | Field::MemberName => {
                range(self.share(self.named), 0.7, -0.6)
                    - if self.share(self.number.max(self.date)) > 0.5 { 0.6 } else { 0.0 }
                    - if self.share(self.relation) > 0.5 { 0.6 } else { 0.0 }
            }
            Field::Handler
            | Field::Contact
            | Field::LegalRepresentative
            | Field::Reporter
            | Field::EmergencyContact => range(self.share(self.named), 0.5, -0.3) - strange,
            Field::DesignatedOn => range(self.share(self.date.max(self.period)), 0.7, -0.4),
            // Nothing was entered on a day to come.
            Field::PublishedOn | Field::ReportedOn => {
                range(self.share(self.date), 0.7, -0.7) - if self.share(self.ahead) > 0.4 { 0.9 } else { 0.0 }
            }
            Field::EndedOn
            | Field::FoundedOn
            | Field::RatingValidTo
            | Field::BirthOn
            | Field::ConsentedOn
            | Field::JoinedOn => range(self.share(self.date), 0.7, -0.7),
            Field::PeriodFrom | Field::PeriodTo => range(self.share(self.date.max(self.period)), 0.6, -0.7),
            Field::District => range(self.share(self.district), 0.8, -0.6) - self.share(self.place) * 0.5,
            Field::Street => range(self.share(self.street), 0.8, -0.4) - self.share(self.place) * 0.3,
            Field::Village => range(self.share(self.village), 0.8, -0.3) - self.share(self.place) * 0.3,
            Field::DivisionCode => {
                let share = self.share(self.code).max(self.share(self.district + self.street + self.village));
                range(share, 0.8, -0.6)
            }
            Field::BeneficiaryCategories => range(self.share(self.beneficiary), 0.9, -0.4),
            Field::ServiceCategories => range(self.share(self.service), 0.9, -0.4),
            Field::Designation => range(self.share(self.beneficiary), 0.9, -0.3),
            Field::DesignationLevel => range(self.share(self.level), 0.9, -0.4),
            Field::Summary | Field::Need | Field::Gaps | Field::BusinessScope => {
                let long = self.share(self.long);
                range(long, 0.6, if field == Field::Gaps { 0.0 } else { -0.3 })
                    - strange
                    - if long < 0.5 { self.share(self.service.max(self.beneficiary)) * 0.6 } else { 0.0 }
                    - if self.share(self.number.max(self.date).max(self.yes_no)) > 0.7 { 0.6 } else { 0.0 }
            }
            Field::Urgency => range(self.share(self.urgency.max(self.yes_no).max(self.tick)), 0.6, -0.2),
            Field::Source => range(self.share(self.source), 0.7, -0.2) - self.share(self.number) * 0.3,
            Field::Quantity | Field::Capacity => {
                // 1, 2, 3 … counts the rows.
                range(self.share(self.quantity.max(self.whole_number)), 0.6, -0.4)
                    - if self.is_counting() { 1.2 } else { 0.0 }
                    - if self.share(self.quantity) < 0.2 { self.share(self.cycle) } else { 0.0 }
            }
            Field::Cycle => range(self.share(self.cycle), 0.9, -0.8),
            Field::Unit => range(self.share(self.unit), 0.7, -0.9),
            Field::Period => range(self.share(self.period.max(self.whole_number)), 0.6, -0.5),
            Field::HouseholdSize => range(self.share(self.head_count), 0.5, -0.7),
            Field::Seq => {
                range(self.share(self.whole_number), 0.2, -0.4)
                    + if self.share(self.sequence) > 0.8 { 0.3 } else { 0.0 }
            }
            Field::Relation => range(self.share(self.relation), 0.9, -0.5),
            Field::Address => {
                range(self.share(self.address), 0.6, -0.2)
                    - strange
                    - self.share(self.date.max(self.phone))
                    - self.share(self.village.max(self.street)) * 0.6
            }
            Field::Rating => range(self.share(self.rating), 0.8, -0.2),
            Field::Inspections => range(self.share(self.inspection), 0.9, -0.4),
            Field::Type => range(self.share(self.kind), 0.8, -0.2),
            Field::Charity | Field::Fundraising | Field::Consent => range(self.share(self.yes_no), 0.5, -0.4),
            Field::Areas => {
                range(self.share(self.district + self.street + self.code + self.place + self.areas), 0.6, -0.1)
            }
            Field::Households
            | Field::Population
            | Field::Aged60
            | Field::DibaoHouseholds
            | Field::TekunPersons
            | Field::DisabledPersons
            | Field::CollectiveIncome => {
                if self.share(self.tick) > 0.9 && self.share(self.number) < 0.5 {
                    -0.6
                } else {
                    range(self.share(self.number.max(self.quantity).max(self.whole_number)), 0.3, -0.6)
                }
            }
            Field::Hours => range(self.share(self.number.max(self.urgency)), 0.5, -0.3),
            Field::DataYear => range(self.share(self.year), 0.6, -0.6),
            Field::NeedNo | Field::SourceNo | Field::HouseholdNo | Field::VolunteerNo => {
                // 1, 2, 3 … is no number of anybody.
                let counting = self.is_counting() && self.short;
                0.4 * self.share(self.serial)
                    - strange
                    - if needs { self.share(self.phone) * 0.2 } else { 0.0 }
                    - if counting { 1.6 } else { 0.0 }
            }
            // Words of the desk's own for how far something is: few, short, and no words of anything else.
            Field::LedgerStatus => {
                let typed = self.number.max(self.date).max(self.long).max(self.phone);
                0.6 * self.share(self.status).max(self.few_words()) - if self.share(typed) > 0.5 { 0.4 } else { 0.0 }
            }
            Field::ResponsibleUnit => range(self.share(self.office), 0.5, 0.0) - strange,
            Field::Available => range(self.share(self.hours), 0.6, 0.0) - self.share(self.date) * 0.3,
            Field::MainIndustry
            | Field::Role
            | Field::Occupation
            | Field::Team
            | Field::Skills
            | Field::Registrar
            | Field::Supervisor => range(self.share(self.words), 0.3, -0.5),
            Field::NoIdReason => -self.share(self.id_like) - self.share(self.number),
            _ => 0.0,
        }
    }

    /// Whether the cells are 1, 2, 3 …, one more from row to row.
    fn is_counting(&self) -> bool {
        self.cells >= 3
            && self.different == self.cells
            && self.share(self.sequence) > 0.8
            && self.share(self.whole_number) > 0.8
    }

    /// 1 where a column goes round among few short words that say nothing else; else 0.
    fn few_words(&self) -> f32 {
        let other = [
            self.service,
            self.beneficiary,
            self.street,
            self.village,
            self.district,
            self.sex,
            self.yes_no,
            self.rank,
            self.source,
            self.unit,
            self.cycle,
            self.relation,
            self.office,
            self.quantity,
            self.period,
        ];
        let few = self.cells >= 4 && self.different <= 8 && self.different * 10 <= self.cells * 7;
        let short = (2..=8).contains(&self.length()) && self.share(self.words) > 0.9;
        f32::from(u8::from(few && short && other.into_iter().all(|count| self.share(count) < 0.4)))
    }

    /// Whether most cells are names of persons.
    pub fn is_people(&self) -> bool {
        self.cells > 0 && self.share(self.person) >= 0.6
    }

    /// Characters of a cell on the average.
    pub fn length(&self) -> usize {
        self.characters.checked_div(self.cells).unwrap_or(0)
    }

    /// Which share of the cells is of a field, of those fields that cells tell by themselves.
    fn told(&self, field: Field, kind: &str) -> f32 {
        let needs = kind == "needs";
        match field {
            Field::IdNumber if kind != "organizations" => self.share(self.id_like),
            Field::Uscc if kind == "organizations" => self.share(self.uscc),
            Field::Phone => self.share(self.phone),
            Field::Sex => self.share(self.sex),
            Field::Email => self.share(self.email),
            Field::DivisionCode => self.share(self.code).max(self.share(self.place)),
            Field::District => self.share(self.district) - self.share(self.place),
            Field::Street => self.share(self.street) - self.share(self.place),
            Field::Village => self.share(self.village) - self.share(self.place),
            Field::BeneficiaryCategories => self.share(self.beneficiary),
            Field::ServiceCategories => self.share(self.service),
            Field::Designation if kind == "villages" => self.share(self.beneficiary),
            Field::DesignationLevel => self.share(self.level),
            Field::Relation => self.share(self.relation),
            Field::Name if kind == "organizations" => self.share(self.organization),
            Field::Contact if !needs => self.share(self.person),
            Field::Name => self.share(self.person) - self.share(self.relation.max(self.service).max(self.beneficiary)),
            Field::Summary | Field::Need if needs || kind == "villages" => {
                self.share(self.long) - self.share(self.address.max(self.place))
            }
            Field::Quantity | Field::Capacity => self.share(self.cycled),
            Field::Period => self.share(self.period) - self.share(self.date),
            Field::HouseholdSize => self.share(self.persons) - self.share(self.cycled),
            Field::Age => self.share(self.years_old),
            Field::Address => self.share(self.address) - self.share(self.place) - self.share(self.date.max(self.phone)),
            Field::Urgency if self.pressing > 0 => self.share(self.rank),
            Field::Source => self.share(self.channel) - self.share(self.long),
            Field::LedgerStatus => self.share(self.status),
            Field::PeriodTo if needs => self.share(self.ahead),
            Field::Unit => self.share(self.unit),
            Field::Cycle => self.share(self.cycle),
            Field::Rating => self.share(self.rating) - self.share(self.yes_no),
            Field::Type if kind == "organizations" => self.share(self.kind),
            Field::Areas => self.share(self.district.max(self.place).max(self.areas)),
            _ => 0.0,
        }
    }

    /// What the column is by its cells alone, where its head says nothing.
    pub fn speaks_for(&self, field: Field, kind: &str) -> f32 {
        let share = self.told(field, kind);
        if self.cells < 2 || share < 0.7 {
            return 0.0;
        }
        match field {
            Field::IdNumber | Field::Uscc => 0.75,
            Field::Phone | Field::Email | Field::DivisionCode => 0.62,
            Field::Name | Field::Contact | Field::Summary | Field::Need | Field::Source | Field::LedgerStatus => 0.42,
            Field::Address | Field::HouseholdSize | Field::Urgency | Field::Age => 0.48,
            _ => 0.55,
        }
    }

    /// As [`Self::speaks_for`], but of a column that nothing else claims, for a field that has none: the better part of
    /// the cells is enough.
    pub fn may_be(&self, field: Field, kind: &str) -> f32 {
        let share = match field {
            // Whoever tells of a household writes more than a word, and never the same twice.
            Field::PublishedOn | Field::DesignatedOn => self.share(self.date) - 2.0 * self.share(self.ahead),
            Field::Summary | Field::Need => {
                let free = self.length() >= 6 && self.different * 2 >= self.cells;
                let typed = self
                    .number
                    .max(self.date)
                    .max(self.phone)
                    .max(self.id_like)
                    .max(self.address)
                    .max(self.organization);
                if free && self.share(typed) < 0.3 { 0.5 + self.share(self.long) * 0.4 } else { 0.0 }
            }
            Field::ServiceCategories | Field::BeneficiaryCategories if self.length() <= 20 => {
                // One known word of three is no accident in a column of few words.
                self.told(field, kind) * 1.5
            }
            _ => self.told(field, kind),
        };
        if self.cells > 0 && share >= 0.5 { share } else { 0.0 }
    }
}
