//! The documents of whoever may help, for the index: organizations, projects and openings. Nothing in them is more than
//! their public pages show.

use crate::{Error, Result, Services};
use domain::machine::Object;
use domain::opening::OpeningState;
use domain::organization::OrganizationState;
use domain::project::ProjectState;
use domain::vocabulary::{self, ServiceCategory};
use search::{NeedDoc, What};
use std::collections::BTreeSet;
use storage::Tx;
use storage::base::event::EventRow;
use storage::supply::organization::Organization;
use storage::supply::project::Listed;
use storage::volunteers::opening::Named;
use uuid::Uuid;

/// The kinds of document that are indexed beside needs.
pub(crate) const KINDS: [What; 3] = [What::Organization, What::Project, What::Opening];

/// Documents read at once.
const PAGE: i64 = 1000;

/// The documents of one kind behind `after`, in order of id; none after the last one.
pub(crate) async fn page_after(services: &Services, tx: &mut Tx, what: What, after: Uuid) -> Result<Vec<NeedDoc>> {
    Ok(match what {
        What::Need => return Err(Error::Internal("needs are read apart")),
        What::Organization => storage::supply::organization::page_after(tx, after, PAGE)
            .await?
            .iter()
            .map(|row| organization(services, row))
            .collect(),
        What::Project => storage::supply::project::page_after(tx, after, PAGE)
            .await?
            .iter()
            .map(|row| project(services, row))
            .collect(),
        What::Opening => storage::volunteers::opening::page_after(tx, after, PAGE)
            .await?
            .iter()
            .map(|row| opening(services, row))
            .collect(),
    })
}

/// The documents that these events changed: projects say the name of their organization, openings that of
/// their team.
pub(crate) async fn touched(services: &Services, tx: &mut Tx, events: &[EventRow]) -> Result<Vec<NeedDoc>> {
    let of = |object: Object| -> BTreeSet<Uuid> {
        events.iter().filter(|event| event.object == object).map(|event| event.object_id).collect()
    };
    let (mut projects, mut openings) = (of(Object::Project), of(Object::Opening));
    let mut docs = Vec::new();
    for id in of(Object::Organization) {
        if let Some(row) = storage::supply::organization::by_id(tx, id).await? {
            docs.push(organization(services, &row));
        }
        projects.extend(storage::supply::project::of_organization(tx, id).await?.into_iter().map(|row| row.id));
    }
    for id in of(Object::Team) {
        openings.extend(storage::volunteers::opening::ids_of_team(tx, id).await?.into_iter().map(|(id,)| id));
    }
    let projects: Vec<Uuid> = projects.into_iter().collect();
    docs.extend(storage::supply::project::by_ids(tx, &projects).await?.iter().map(|row| project(services, row)));
    let openings: Vec<Uuid> = openings.into_iter().collect();
    docs.extend(storage::volunteers::opening::by_ids(tx, &openings).await?.iter().map(|row| opening(services, row)));
    Ok(docs)
}

fn organization(services: &Services, row: &Organization) -> NeedDoc {
    let said = [row.business_scope.clone(), services.place(&row.division_code)];
    NeedDoc {
        what: What::Organization,
        id: row.id,
        code: row.uscc.clone(),
        division_code: row.division_code.clone(),
        kind: row.kind.clone(),
        state: row.state.to_string(),
        is_public: row.state == OrganizationState::Verified,
        published_at: row.created_at.0,
        ..stands_for(services, &row.name, &said, &row.services(), &row.areas())
    }
}

fn project(services: &Services, row: &Listed) -> NeedDoc {
    let p = &row.project;
    let groups = p.groups();
    let mut said = vec![p.summary.clone(), p.schedule.clone(), row.organization_name.clone()];
    said.extend(groups.iter().map(|group| group.name().to_owned()));
    NeedDoc {
        what: What::Project,
        id: p.id,
        code: p.code.clone(),
        state: p.state.to_string(),
        is_public: p.state == ProjectState::Active,
        beneficiary_groups: groups.iter().map(|group| group.code().to_owned()).collect(),
        published_at: p.created_at.0,
        ..stands_for(services, &p.title, &said, &p.services(), &p.areas())
    }
}

fn opening(services: &Services, row: &Named) -> NeedDoc {
    let o = &row.opening;
    let said = [o.content.clone(), o.place.clone(), row.team_name.clone(), services.place(&o.division_code)];
    NeedDoc {
        what: What::Opening,
        id: o.id,
        code: o.code.clone(),
        division_code: o.division_code.clone(),
        state: o.state.to_string(),
        is_public: o.state == OpeningState::Open,
        published_at: o.created_at.0,
        ..stands_for(services, &o.title, &said, std::slice::from_ref(&o.service_code), &[])
    }
}

/// What all three have: title, text with the names of services and areas, the districts served.
fn stands_for(services: &Services, title: &str, said: &[String], offered: &[String], areas: &[String]) -> NeedDoc {
    let divisions = services.divisions();
    let offered: Vec<&ServiceCategory> = offered.iter().filter_map(|code| vocabulary::service(code)).collect();
    let words = offered.iter().map(|service| format!("{} {}", service.name, service.short_name));
    let places = areas.iter().map(|code| divisions.spoken_name(code));
    let text = said.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join("\n");
    let words = words.chain(places).collect::<Vec<_>>().join("\n");
    let districts: BTreeSet<String> = divisions
        .districts()
        .map(|district| &district.code12[..6])
        .filter(|district| areas.iter().any(|area| area.starts_with(district) || district.starts_with(area.as_str())))
        .map(str::to_owned)
        .collect();
    let groups: BTreeSet<&str> = offered.iter().map(|service| service.group.code()).collect();
    NeedDoc {
        services: offered.iter().map(|service| service.code.to_owned()).collect(),
        service_groups: groups.into_iter().map(str::to_owned).collect(),
        areas: districts.into_iter().collect(),
        public_title: title.to_owned(),
        public_text: text.clone(),
        public_words: words.clone(),
        title: title.to_owned(),
        text,
        words,
        ..NeedDoc::default()
    }
}
