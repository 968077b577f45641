//! The public directory 机构目录: verified organizations with what they do, where and when, as a list
//! for people and as HSDS 3.0 (Open Referral Human Services Data Specification) for programs. It holds
//! supply only: no need, no household, no person of an organization.

use crate::boxed;
use crate::finding::hall::service_name;
use crate::finding::supply::{self, Found};
use crate::office::lists::Window;
use crate::{Error, Result, Services};
use domain::calendar::Time;
use domain::organization::Hours;
use search::What;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;
use storage::supply::organization::Organization;
use storage::supply::organization_profile::{self, Profile};
use storage::supply::project::Project;
use uuid::Uuid;

/// The version of the specification that the download follows.
pub const VERSION: &str = "3.0";

/// The download as it was made last, for a minute.
#[derive(Default)]
pub struct Download {
    made: tokio::sync::Mutex<Option<(Time, Arc<Vec<u8>>)>>,
}

/// The whole directory as one page of organizations with their services (`/organizations?full`).
#[boxed]
pub async fn download(services: &Services) -> Result<Arc<Vec<u8>>> {
    let mut made = services.directory.made.lock().await;
    if let Some((at, bytes)) = made.as_ref()
        && at.minutes_until(services.now()) < 1
        && *at <= services.now()
    {
        return Ok(Arc::clone(bytes));
    }
    let bytes = serde_json::to_vec(&hsds(services).await?).map_err(|_| Error::Internal("directory"))?;
    let bytes = Arc::new(bytes);
    *made = Some((services.now(), Arc::clone(&bytes)));
    Ok(bytes)
}

/// The directory as a value.
#[boxed]
pub async fn hsds(services: &Services) -> Result<Value> {
    let mut tx = services.db.read().await?;
    let mut rows = storage::supply::organization::in_state(
        &mut tx,
        domain::organization::OrganizationState::Verified,
        "12",
        1_000_000,
    )
    .await?;
    rows.retain(|row| row.verified_until.is_none_or(|until| until >= services.now().day()));
    rows.sort_by(|a, b| a.uscc.cmp(&b.uscc));
    let profiles: HashMap<Uuid, Profile> =
        organization_profile::of_verified(&mut tx).await?.into_iter().map(|p| (p.organization_id, p)).collect();
    let mut projects: HashMap<Uuid, Vec<Project>> = HashMap::new();
    for project in storage::supply::project::going_on(&mut tx).await? {
        projects.entry(project.organization_id).or_default().push(project);
    }
    drop(tx);
    let blank = Profile::default();
    let contents: Vec<Value> = rows
        .iter()
        .map(|row| {
            let own = projects.get(&row.id).map_or(&[][..], Vec::as_slice);
            organization(services, row, profiles.get(&row.id).unwrap_or(&blank), own)
        })
        .collect();
    Ok(json!({
        "total_items": contents.len(),
        "total_pages": 1,
        "page_number": 1,
        "size": contents.len(),
        "first_page": true,
        "last_page": true,
        "empty": contents.is_empty(),
        "contents": contents,
    }))
}

/// An id that stays the same from one download to the next.
fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part.as_bytes());
        hash.update([0]);
    }
    let mut bytes = [0_u8; 16];
    bytes.copy_from_slice(&hash.finalize()[..16]);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

fn organization(services: &Services, row: &Organization, p: &Profile, projects: &[Project]) -> Value {
    use chrono::Datelike;
    let own = row.id.to_string();
    let summary = [&p.summary, &row.business_scope].into_iter().find(|text| !text.is_empty());
    let mut out = json!({
        "id": own,
        "name": row.name,
        "description": summary.unwrap_or(&row.name),
        "legal_status": kind_words(&row.kind),
        "organization_identifiers": [{
            "id": id(&[&own, "uscc"]),
            "organization_id": own,
            "identifier_scheme": "CN-USCC",
            "identifier_type": "统一社会信用代码",
            "identifier": row.uscc,
        }],
        "programs": projects
            .iter()
            .map(|project| json!({
                "id": project.id.to_string(),
                "organization_id": own,
                "name": project.title,
                "description": if project.summary.is_empty() { &project.title } else { &project.summary },
            }))
            .collect::<Vec<_>>(),
    });
    if let Some(founded) = p.founded_on {
        out["year_incorporated"] = json!(founded.year());
    }
    for (key, value) in [("email", &p.email), ("website", &p.website)] {
        if !value.is_empty() {
            out[key] = json!(value);
        }
    }
    if !p.phone.is_empty() {
        out["phones"] =
            json!([{ "id": id(&[&own, "phone"]), "organization_id": own, "number": p.phone, "type": "voice" }]);
    }
    let place = location(services, row, p);
    if let Some(place) = &place {
        out["locations"] = json!([place]);
    }
    let mut offered = row.services();
    offered.extend(projects.iter().flat_map(Project::services));
    offered.sort();
    offered.dedup();
    out["services"] = offered.iter().map(|code| service(services, row, p, projects, code, place.is_some())).collect();
    out
}

/// `社会服务机构`
pub fn kind_words(kind: &str) -> &'static str {
    match kind {
        "51" => "社会团体",
        "52" => "民办非企业单位（社会服务机构）",
        "53" => "基金会",
        _ => "其他社会组织",
    }
}

fn location(services: &Services, row: &Organization, p: &Profile) -> Option<Value> {
    if p.address.is_empty() || p.postcode.is_empty() {
        return None;
    }
    let own = row.id.to_string();
    let place = id(&[&own, "location"]);
    let district = row.division_code.get(..6).unwrap_or_default();
    let mut out = json!({
        "id": place,
        "location_type": "physical",
        "organization_id": own,
        "name": row.name,
        "external_identifier": row.division_code,
        "external_identifier_type": "nbs-division",
        "addresses": [{
            "id": id(&[&own, "address"]),
            "location_id": place,
            "address_1": p.address,
            "city": "天津市",
            "region": services.place(district),
            "state_province": "天津市",
            "postal_code": p.postcode,
            "country": "CN",
            "address_type": "physical",
        }],
    });
    if let Some(hours) = p.hours() {
        out["schedules"] = json!([schedule(&id(&[&own, "hours"]), ("location_id", &place), &hours)]);
    }
    Some(out)
}

/// Weekly hours as RFC 5545 has them; the clock is Tianjin's.
fn schedule(id: &str, (of, whose): (&str, &str), hours: &Hours) -> Value {
    const DAYS: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
    let days: Vec<&str> =
        hours.days.iter().filter_map(|day| DAYS.get(usize::from(day.saturating_sub(1))).copied()).collect();
    let mut out = json!({
        "id": id,
        "freq": "WEEKLY",
        "interval": 1,
        "wkst": "MO",
        "byday": days.join(","),
        "opens_at": format!("{}+08:00", hours.opens_at),
        "closes_at": format!("{}+08:00", hours.closes_at),
        "timezone": 8,
        "description": hours.words(),
    });
    out[of] = json!(whose);
    out
}

fn service(
    services: &Services,
    row: &Organization,
    p: &Profile,
    projects: &[Project],
    code: &str,
    has_place: bool,
) -> Value {
    let own = row.id.to_string();
    let this = id(&[&own, "service", code]);
    let of_project = projects.iter().find(|project| project.services().iter().any(|c| c == code));
    let mut areas = of_project.map_or_else(|| row.areas(), Project::areas);
    areas.sort();
    areas.dedup();
    let mut out = json!({
        "id": this,
        "organization_id": own,
        "name": service_name(code),
        "status": "active",
        "application_process": "由街道、乡镇或区民政局发布需求，机构认领后服务；居民求助请联系所在村居或街道。",
        "service_areas": areas
            .iter()
            .map(|area| json!({
                "id": id(&[&this, "area", area]),
                "service_id": this,
                "name": services.place(area),
                "extent": format!("{area:0<12}"),
                "extent_type": "nbs-division",
            }))
            .collect::<Vec<_>>(),
        "attributes": [term(&this, "service", code, &service_name(code))],
    });
    if let Some(project) = of_project {
        out["program_id"] = json!(project.id.to_string());
        let text = if project.summary.is_empty() { &project.title } else { &project.summary };
        out["description"] = json!(text);
        let groups = project.groups();
        if !groups.is_empty() {
            let names: Vec<&str> = groups.iter().map(|group| group.name()).collect();
            out["eligibility_description"] = json!(format!("面向{}", names.join("、")));
        }
    }
    if let Some(hours) = p.hours() {
        out["schedules"] = json!([schedule(&id(&[&this, "hours"]), ("service_id", &this), &hours)]);
    }
    if has_place {
        out["service_at_locations"] = json!([{
            "id": id(&[&this, "place"]),
            "service_id": this,
            "location_id": id(&[&own, "location"]),
        }]);
    }
    out
}

/// What a service is in the platform's own catalogue.
fn term(link: &str, entity: &str, code: &str, name: &str) -> Value {
    const TAXONOMY: &str = "服务类别";
    let taxonomy = id(&["taxonomy", TAXONOMY]);
    let term = id(&["term", code]);
    json!({
        "id": id(&[link, "term", code]),
        "link_id": link,
        "link_entity": entity,
        "link_type": TAXONOMY,
        "taxonomy_term_id": term,
        "taxonomy_term": {
            "id": term,
            "code": code,
            "name": name,
            "description": domain::vocabulary::service(code).map_or(name, |service| service.name),
            "taxonomy_id": taxonomy,
            "language": "zh-CN",
        },
    })
}

/// What the public list is narrowed by.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub text: String,
    pub service: String,
    /// Six digits.
    pub area: String,
}

/// A page of the public list.
#[derive(Debug, Default)]
pub struct List {
    pub rows: Vec<Organization>,
    pub total: usize,
    /// How the text was read, where there was one.
    pub found: Option<Found>,
}

/// Verified organizations for everybody: by name, or what fits a text best.
#[boxed]
pub async fn list(services: &Services, wanted: &Wanted, window: Window) -> Result<List> {
    let found = supply::find(services, What::Organization, &wanted.text).await?;
    let mut tx = services.db.read().await?;
    let mut rows = storage::supply::organization::in_state(
        &mut tx,
        domain::organization::OrganizationState::Verified,
        "12",
        1_000_000,
    )
    .await?;
    drop(tx);
    rows.retain(|row| {
        (wanted.service.is_empty() || row.services().contains(&wanted.service))
            && (wanted.area.is_empty()
                || row
                    .areas()
                    .iter()
                    .any(|area| area.starts_with(&wanted.area) || wanted.area.starts_with(area.as_str())))
    });
    match &found {
        Some(found) => found.order(&mut rows, |row| row.id),
        None => rows.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id))),
    }
    let total = rows.len();
    let at = usize::try_from(window.offset).unwrap_or_default();
    let size = usize::try_from(window.limit).unwrap_or_default();
    Ok(List { rows: rows.into_iter().skip(at).take(size).collect(), total, found })
}

/// What everybody may see of a verified organization.
#[derive(Clone, Debug)]
pub struct Public {
    pub organization: Organization,
    pub profile: Profile,
    /// Pairings completed with a checked success, and those that came to nothing by its side.
    pub completed: i64,
    pub unfinished: i64,
    /// Median minutes from pairing to first contact, where there are at least three.
    pub response_minutes: Option<i64>,
}

/// The public profile; only verified organizations have one.
#[boxed]
pub async fn public(services: &Services, id: Uuid) -> Result<Public> {
    let mut tx = services.db.read().await?;
    let organization = storage::supply::organization::by_id(&mut tx, id).await?.ok_or(Error::NotFound)?;
    if organization.state != domain::organization::OrganizationState::Verified {
        return Err(Error::NotFound);
    }
    let profile = organization_profile::of(&mut tx, id).await?;
    let (_, completed, unfinished) = storage::supply::project::record_of(&mut tx, id).await?;
    let mut minutes: Vec<i64> =
        storage::supply::project::response_minutes(&mut tx, id).await?.into_iter().map(|(m,)| m.max(0)).collect();
    minutes.sort_unstable();
    let response_minutes = (minutes.len() >= 3).then(|| minutes[minutes.len() / 2]);
    Ok(Public { organization, profile, completed, unfinished, response_minutes })
}
