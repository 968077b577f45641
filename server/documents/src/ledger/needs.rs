//! Ledgers of needs: every cell typed, every doubt said.

use std::collections::BTreeMap;

use domain::need::NeedKind;
use domain::text;
use domain::vocabulary;

use super::NeedValues;
use super::field::Field;
use super::issue::{Issue, Reason, Severity};
use super::kind::{Kind, Verdict};
use super::place::{self, PlaceCells};
use super::plan::Plan;
use super::privacy;
use super::reading::Reading;
use super::same::{Earlier, Likeness, SeenRows};

mod cells;
mod words;

/// The kind, remembering rows for telling repeats.
#[derive(Default)]
pub(crate) struct Needs {
    seen: SeenRows,
}

impl Kind for Needs {
    type Values = NeedValues;
    const NAME: &'static str = "needs";
    const EXPECTED: &'static [Field] = &[
        Field::Name,
        Field::IdNumber,
        Field::Phone,
        Field::BeneficiaryCategories,
        Field::ServiceCategories,
        Field::Summary,
        Field::PublishedOn,
    ];
    const REQUIRED: &'static [Field] = &[Field::BeneficiaryCategories, Field::ServiceCategories, Field::Summary];

    fn is_ledger(plan: &Plan) -> bool {
        let person = plan.has(Field::Name)
            && [Field::Phone, Field::Address, Field::Relation].iter().any(|field| plan.has(*field));
        // A table of codes has words of both, and nobody to whom they belong.
        let somebody = [Field::Name, Field::Phone, Field::Address, Field::Street, Field::Village, Field::DivisionCode]
            .iter()
            .any(|field| plan.has(*field));
        let some = plan.columns.values().filter(|column| !column.used.fields().is_empty()).count();
        some >= 3
            && (plan.has(Field::IdNumber)
                || plan.has(Field::Summary)
                    && (plan.has(Field::Name) || plan.has(Field::ServiceCategories))
                    && somebody
                || person)
    }

    fn row(&mut self, reading: &mut Reading<'_>) -> Verdict<NeedValues> {
        let values = reading.values();
        let who = match (&values.id_number, values.target) {
            (Some(id), _) => id.as_str().to_owned(),
            (None, NeedKind::Village) => format!("village {}", values.division_code),
            (None, NeedKind::Household) => String::new(),
        };
        if who.is_empty() || values.service_categories.is_empty() {
            return Verdict::Values(values);
        }
        let likeness = Likeness {
            who: &who,
            need_no: values.need_no.as_deref(),
            services: &values.service_categories,
            summary: &values.summary,
        };
        match self.seen.compare(&likeness) {
            Earlier::None => {}
            Earlier::Duplicate(place) => return Verdict::Duplicate(place),
            Earlier::Possible(place) => {
                let issue = Issue::new(Field::Row, Reason::PossibleDuplicate, Severity::Warning);
                reading.issues.push(Issue { of: Some(place.row), ..issue });
                reading.other = Some(place.sheet);
            }
            Earlier::Conflict(place) => {
                let issue = reading.issue(Field::NeedNo, Reason::NeedNoConflict, Severity::Error);
                reading.issues.push(Issue { of: Some(place.row), ..issue });
                reading.other = Some(place.sheet);
            }
        }
        if !reading.has_errors() {
            self.seen.remember(&likeness, reading.here());
        }
        Verdict::Values(values)
    }
}

impl Reading<'_> {
    fn values(&mut self) -> NeedValues {
        let beneficiary_categories = self.beneficiaries();
        let target = self.target(&beneficiary_categories);
        let person = target == NeedKind::Household;
        let name = self.name(person);
        let id_number = self.id_number(person);
        let sex = self.sex(id_number.as_ref());
        let (phone, other_phones) = self.phones(person);
        let guardian = self.person_name(Field::Guardian);
        self.members();
        let minor = beneficiary_categories
            .iter()
            .any(|code| vocabulary::beneficiary(code).is_some_and(vocabulary::BeneficiaryCategory::is_minor));
        if minor && guardian.is_none() && self.context.plan.has(Field::Guardian) {
            self.warn(Field::Guardian, Reason::Missing);
        }
        let guardian_phone = self.guardian_phone();
        let (division_code, door) = self.division_and_door();
        let address = self.text(Field::Address, 300).or(door);
        let household_size = self.household_size();
        let service_categories = self.services();
        let summary = self.summary(&[name.as_deref(), guardian.as_deref()], address.as_deref());
        // A village is no person: who answers for it stands in the words of the row.
        let (name, phone, other_phones) = if person { (name, phone, other_phones) } else { (None, None, Vec::new()) };
        let values = NeedValues {
            need_no: self.text(Field::NeedNo, 100),
            source: self.source(),
            source_no: self.text(Field::SourceNo, 100),
            published_on: self.published_on(),
            target,
            division_code,
            beneficiary_categories,
            service_categories,
            summary,
            urgency: self.urgency(),
            quantity: self.quantity(Field::Quantity),
            period: self.period(),
            ledger_status: self.status(),
            responsible_unit: self.text(Field::ResponsibleUnit, 100),
            handler: self.text(Field::Handler, 100),
            name,
            sex,
            id_number,
            phone,
            other_phones,
            address,
            household_size,
            guardian,
            guardian_phone,
            age: self.age(),
            members: std::mem::take(&mut self.members),
            no_id_reason: self.words.get(&Field::NoIdReason).cloned(),
            remark: self.text(Field::Remark, 2000),
            words: BTreeMap::new(),
        };
        self.note_hidden();
        NeedValues { words: self.words.clone(), ..values }
    }

    pub(super) fn division(&mut self) -> String {
        self.division_and_door().0
    }

    /// The division, and the door behind it where both stand in one cell.
    fn division_and_door(&mut self) -> (String, Option<String>) {
        let context = self.context;
        let cells = PlaceCells {
            code: self.cell(Field::DivisionCode),
            district: self.cell(Field::District),
            street: self.cell(Field::Street),
            village: self.cell(Field::Village),
        };
        let fallback = context.inside();
        let mut placed = place::place(cells, context.scope, fallback.as_deref(), context.divisions);
        let mut door = None;
        let wrong = |reason| matches!(reason, Reason::UnknownDivision | Reason::Missing);
        if placed.code12.is_none() && placed.issues.iter().any(|(_, issue)| wrong(issue.reason)) {
            // 河东区鲁山道街道皓阳园社区3号楼: the place and the door in one cell, or the place in the address alone.
            // An empty cell of a place is a mistake; a table without such columns may say it in the address.
            let nothing =
                ![Field::DivisionCode, Field::Street, Field::Village].iter().any(|field| context.plan.has(*field));
            let source = match cells.code {
                Some(cell) => Some(cell.text()),
                None if nothing => self.cell(Field::Address).map(crate::ledger::grid::Cell::text),
                None => None,
            };
            let inside = fallback.as_deref().unwrap_or(context.scope);
            if let Some(source) = source
                && let Some((found, rest)) = place::of_address(&source, inside, context.divisions)
            {
                placed.issues.clear();
                placed.code12 = Some(found.code12);
                door = Some(text::tidy(rest)).filter(|rest| !rest.is_empty() && !nothing);
            }
        }
        for (field, issue) in placed.issues {
            let cell =
                [field, Field::Street, Field::Village, Field::District].into_iter().find_map(|field| self.place(field));
            self.issues.push(Issue { cell, ..issue });
        }
        (placed.code12.unwrap_or_default(), door)
    }

    fn summary(&mut self, names: &[Option<&str>], address: Option<&str>) -> String {
        let summary = self.required(Field::Summary, 2000);
        let names: Vec<&str> = names.iter().filter_map(|name| *name).collect();
        let found = privacy::find(&summary, &names, address);
        if !found.is_empty() {
            let issue = self.issue(Field::Summary, Reason::PersonalData, Severity::Warning);
            self.issues.push(Issue { found, ..issue });
        }
        summary
    }
}
