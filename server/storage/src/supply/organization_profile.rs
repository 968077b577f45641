//! What an organization says of itself beyond its registration, and what its district
//! recorded of its standing. Names and numbers of persons are sealed.

use crate::FromRow;
use crate::base::sealed::{Place, Sealer};
use crate::{Result, Tx};
use chrono::NaiveDate;
use domain::calendar::Time;
use domain::organization::{Grade, Hours, Inspection, Standing};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Persons of an organization; for itself and its district only.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Persons {
    pub legal_representative: String,
    pub contact_name: String,
    pub contact_phone: String,
    /// What an office's ledger said besides when the organization came from one: column and words.
    pub ledger: Vec<(String, String)>,
}

/// Private values stay out of logs and panics.
impl std::fmt::Debug for Persons {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Persons(…)")
    }
}

#[derive(Clone, Debug, Default, FromRow)]
pub struct Profile {
    pub organization_id: Uuid,
    /// Digits 3 to 8 of the code: the registration authority's division.
    pub registrar_code: String,
    pub competent_unit: String,
    pub founded_on: Option<NaiveDate>,
    /// What it does, for everybody.
    pub summary: String,
    /// Address, telephone and the like of the office, for everybody.
    pub address: String,
    pub postcode: String,
    pub phone: String,
    pub email: String,
    pub website: String,
    /// `1,2,3,4,5`
    pub days: String,
    pub opens_at: String,
    pub closes_at: String,
    private: Option<Vec<u8>>,
    pub inspection: Option<Inspection>,
    pub inspection_year: Option<i64>,
    pub grade: Option<Grade>,
    pub grade_until: Option<NaiveDate>,
    pub revoked: bool,
    pub dishonest: bool,
    pub abnormal: bool,
    pub standing_at: Option<Time>,
    /// When the yearly re-check was asked for.
    pub recheck_at: Option<Time>,
    /// The last warning given before the end of the verification, in days.
    pub warned_days: Option<i64>,
    pub submitted_at: Option<Time>,
    /// Services and areas beyond the verified ones that wait for the district, as JSON lists; empty: none.
    pub asked_services: String,
    pub asked_areas: String,
    pub updated_at: Time,
}

impl Profile {
    /// An empty one; `registrar`: digits 3 to 8 of the organization's code.
    pub fn blank(organization_id: Uuid, registrar: &str) -> Self {
        Self { organization_id, registrar_code: registrar.to_owned(), ..Self::default() }
    }

    pub fn standing(&self) -> Standing {
        Standing {
            inspection: self.inspection,
            inspection_year: self.inspection_year,
            grade: self.grade,
            grade_until: self.grade_until,
            revoked: self.revoked,
            dishonest: self.dishonest,
            abnormal: self.abnormal,
        }
    }

    /// Services and areas that wait for the district.
    pub fn asked(&self) -> (Vec<String>, Vec<String>) {
        let list = |text: &str| serde_json::from_str(text).unwrap_or_default();
        (list(&self.asked_services), list(&self.asked_areas))
    }

    /// Opening hours, where they were said.
    pub fn hours(&self) -> Option<Hours> {
        let days: Vec<u8> =
            self.days.split(',').filter_map(|day| day.parse().ok()).filter(|day| (1..=7).contains(day)).collect();
        (!days.is_empty() && !self.opens_at.is_empty() && !self.closes_at.is_empty()).then(|| Hours {
            days,
            opens_at: self.opens_at.clone(),
            closes_at: self.closes_at.clone(),
        })
    }

    /// The sealed part, opened.
    pub fn persons(&self, sealer: &Sealer) -> Result<Persons> {
        match &self.private {
            Some(bytes) => sealer.open(Place::new("organization_profiles", "private", &self.organization_id), bytes),
            None => Ok(Persons::default()),
        }
    }

    /// Seals persons into the row, to be saved with it.
    pub fn seal(&mut self, sealer: &Sealer, persons: &Persons) -> Result<()> {
        let place = Place::new("organization_profiles", "private", &self.organization_id);
        self.private = Some(sealer.seal(place, persons)?);
        Ok(())
    }
}

/// An organization's profile; an empty one where none was written yet.
pub async fn of(tx: &mut Tx, organization: Uuid) -> Result<Profile> {
    let statement = sql!("SELECT * FROM organization_profiles WHERE organization_id = $1");
    let found: Option<Profile> = on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_optional(c).await)?;
    Ok(found.unwrap_or_else(|| Profile { organization_id: organization, ..Profile::default() }))
}

/// Profiles of all verified organizations, in order of id.
pub async fn of_verified(tx: &mut Tx) -> Result<Vec<Profile>> {
    let statement = sql!(
        "SELECT p.* FROM organization_profiles p JOIN organizations o ON o.id = p.organization_id WHERE o.state = 'verified' ORDER BY p.organization_id"
    );
    on!(tx, |c| sqlx::query_as(statement).fetch_all(c).await)
}

pub async fn save(tx: &mut Tx, p: &Profile, now: Time) -> Result<()> {
    let statement = sql!(
        "INSERT INTO organization_profiles (organization_id, registrar_code, competent_unit, founded_on, summary, address, postcode, phone, email, website, days, opens_at, closes_at, private, inspection, inspection_year, grade, grade_until, revoked, dishonest, standing_at, recheck_at, warned_days, submitted_at, updated_at, asked_services, asked_areas, abnormal) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28) ON CONFLICT (organization_id) DO UPDATE SET registrar_code = excluded.registrar_code, competent_unit = excluded.competent_unit, founded_on = excluded.founded_on, summary = excluded.summary, address = excluded.address, postcode = excluded.postcode, phone = excluded.phone, email = excluded.email, website = excluded.website, days = excluded.days, opens_at = excluded.opens_at, closes_at = excluded.closes_at, private = excluded.private, inspection = excluded.inspection, inspection_year = excluded.inspection_year, grade = excluded.grade, grade_until = excluded.grade_until, revoked = excluded.revoked, dishonest = excluded.dishonest, standing_at = excluded.standing_at, recheck_at = excluded.recheck_at, warned_days = excluded.warned_days, submitted_at = excluded.submitted_at, updated_at = excluded.updated_at, asked_services = excluded.asked_services, asked_areas = excluded.asked_areas, abnormal = excluded.abnormal"
    );
    on!(tx, |c| sqlx::query(statement)
        .bind(p.organization_id)
        .bind(&p.registrar_code)
        .bind(&p.competent_unit)
        .bind(p.founded_on)
        .bind(&p.summary)
        .bind(&p.address)
        .bind(&p.postcode)
        .bind(&p.phone)
        .bind(&p.email)
        .bind(&p.website)
        .bind(&p.days)
        .bind(&p.opens_at)
        .bind(&p.closes_at)
        .bind(&p.private)
        .bind(p.inspection)
        .bind(p.inspection_year)
        .bind(p.grade)
        .bind(p.grade_until)
        .bind(p.revoked)
        .bind(p.dishonest)
        .bind(p.standing_at)
        .bind(p.recheck_at)
        .bind(p.warned_days)
        .bind(p.submitted_at)
        .bind(now)
        .bind(&p.asked_services)
        .bind(&p.asked_areas)
        .bind(p.abnormal)
        .execute(c)
        .await
        .map(|_| ()))
}

/// Verified organizations whose verification ends by `until` and that were not warned `days` before.
pub async fn ending(tx: &mut Tx, until: NaiveDate, days: i64) -> Result<Vec<Uuid>> {
    let statement = sql!(
        "SELECT o.id FROM organizations o LEFT JOIN organization_profiles p ON p.organization_id = o.id WHERE o.state = 'verified' AND o.verified_until <= $1 AND (p.warned_days IS NULL OR p.warned_days > $2) ORDER BY o.id LIMIT 500"
    );
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(until).bind(days).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Registrations that were begun and not touched since a time.
pub async fn left_lying(tx: &mut Tx, before: Time) -> Result<Vec<Uuid>> {
    let statement =
        sql!("SELECT id FROM organizations WHERE state = 'draft' AND updated_at < $1 ORDER BY id LIMIT 500");
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(before).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Organizations of a scope that asked for their yearly re-check, the longest waiting first.
pub async fn asked_again(tx: &mut Tx, scope: &str, limit: i64) -> Result<Vec<(Uuid, String, String, Time)>> {
    let statement = sql!(
        "SELECT o.id, o.name, o.division_code, p.recheck_at FROM organizations o JOIN organization_profiles p ON p.organization_id = o.id WHERE o.division_code >= $1 AND o.division_code < $2 AND o.state IN ('verified', 'lapsed') AND p.recheck_at IS NOT NULL ORDER BY p.recheck_at LIMIT $3"
    );
    on!(tx, |c| sqlx::query_as(statement).bind(scope).bind(crate::scope_end(scope)).bind(limit).fetch_all(c).await)
}

/// Active accounts of an organization.
pub async fn accounts(tx: &mut Tx, organization: Uuid) -> Result<Vec<Uuid>> {
    let statement =
        sql!("SELECT id FROM accounts WHERE organization_id = $1 AND state = 'active' ORDER BY created_at, id");
    let rows: Vec<(Uuid,)> = on!(tx, |c| sqlx::query_as(statement).bind(organization).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
