//! Projects 帮扶项目: what an organization offers; its capacity is confirmed by
//! one tap and counts as unknown when nobody has done so for thirty days.

use crate::base::draft::Fields;
use crate::base::offers::Offers;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::finding::cells;
use crate::finding::supply::{self, Found};
use crate::{Ctx, Error, Result, Services};
use domain::calendar::Time;
use domain::code::{Prefix, is_code};
use domain::division::{Divisions, ResolveError, prefix};
use domain::field::{Check, only};
use domain::form::supply::project as form;
use domain::form::{FieldAt, FieldDef};
use domain::machine::{Command, Object};
use domain::need::Frequency;
use domain::organization::OrganizationState;
use domain::permission::Record;
use domain::project::{Measure, ProjectState, is_divisible};
use domain::qualification::{self, Qualification};
use domain::vocabulary::{BeneficiaryGroup, service};
use search::What;
use serde_json::json;
use storage::supply::organization::Organization;
pub use storage::supply::project::Project;
use storage::supply::project::{self, Drawn, Listed};
use uuid::Uuid;

/// A checked project.
#[derive(Clone, Debug)]
pub struct Input {
    pub title: String,
    pub summary: String,
    pub schedule: String,
    pub services: Vec<String>,
    pub groups: Vec<BeneficiaryGroup>,
    /// Prefixes of the divisions served.
    pub areas: Vec<String>,
    pub qualifications: Vec<Qualification>,
    pub measure: Measure,
    pub capacity: i64,
    pub unit: String,
    pub per: Frequency,
    pub each: Option<(i64, String, Frequency)>,
    pub starts_on: Option<chrono::NaiveDate>,
    pub ends_on: Option<chrono::NaiveDate>,
}

/// Reads the form of a project.
pub fn read(fields: &Fields, divisions: &Divisions) -> Result<Input> {
    let mut check = Check::new();
    let title = check.read(form::TITLE, fields);
    let summary = check.read(form::SUMMARY, fields);
    let schedule = check.read(form::SCHEDULE, fields);
    let services: Vec<String> =
        form::SERVICE.values(fields).filter(|code| service(code).is_some()).map(ToOwned::to_owned).collect();
    let shared = services.iter().filter(|code| is_divisible(code)).count();
    if services.is_empty() {
        check.missing(form::SERVICE);
    } else if shared > 0 && shared < services.len() {
        check.wrong(form::SERVICE, "村级帮扶和支持形式按数量计，其他服务按户计，不能放在一个项目里，请分成两个项目");
    }
    let measure = if shared > 0 { Measure::Units } else { Measure::Households };
    let groups = form::GROUP.values(fields).filter_map(BeneficiaryGroup::from_code).collect();
    let mut areas: Vec<String> = form::AREA
        .values(fields)
        .filter(|code| divisions.get(code).is_some())
        .map(|code| prefix(code).to_owned())
        .collect();
    for name in form::STREETS.value(fields).split(['、', '，', ',', '；', ';', '\n', ' ']).map(str::trim) {
        if name.is_empty() {
            continue;
        }
        match divisions.resolve(name, "12") {
            Ok(found) => areas.push(prefix(&found.code12).to_owned()),
            Err(error) => check.wrong(form::STREETS, format!("“{name}”{}", unresolved(&error, divisions))),
        }
    }
    areas.sort();
    areas.dedup();
    if areas.is_empty() {
        check.missing(form::AREA);
    }
    let qualifications: Vec<Qualification> =
        form::QUALIFICATION.values(fields).filter_map(|q| q.parse().ok()).collect();
    for code in &services {
        if let Some(required) = qualification::required_for(code)
            && !qualifications.contains(&required)
        {
            let name = service(code).map_or(code.as_str(), |s| s.short_name);
            check.wrong(
                form::QUALIFICATION,
                format!("{name}需要“{}”，有的话请勾选，没有就不能发布这项服务", required.label()),
            );
        }
    }
    let most = if measure == Measure::Households { 2000 } else { 1_000_000 };
    let capacity = check.whole(FieldAt::from(form::CAPACITY).within(1, most), fields).unwrap_or(1);
    let (unit, per) = match measure {
        Measure::Households => ("户".to_owned(), Frequency::Total),
        Measure::Units => (
            check.read(form::UNIT.required(true), fields),
            check.choice(form::PER.required(true), fields).unwrap_or(Frequency::Total),
        ),
    };
    let each = read_each(&mut check, fields);
    let starts_on = check.date(form::STARTS_ON, fields);
    let ends_on = check.date(form::ENDS_ON, fields);
    if let (Some(start), Some(end)) = (starts_on, ends_on)
        && end < start
    {
        check.wrong(form::ENDS_ON, "结束日期早于开始日期，请核对");
    }
    check.done()?;
    Ok(Input {
        title,
        summary,
        schedule,
        services,
        groups,
        areas,
        qualifications,
        measure,
        capacity,
        unit,
        per,
        each,
        starts_on,
        ends_on,
    })
}

/// Why a name leads to no division, with the mend.
fn unresolved(error: &ResolveError, divisions: &Divisions) -> String {
    match error {
        ResolveError::Unknown { near: Some(near) } => format!("不是天津的街镇，是不是“{near}”"),
        ResolveError::Unknown { near: None } => "不是天津的街镇，请写全名，例如小白楼街道".to_owned(),
        ResolveError::Ambiguous { candidates } => {
            let names: Vec<String> = candidates.iter().take(3).map(|code| divisions.spoken_name(code)).collect();
            format!("有几个，请写明是哪一个：{}", names.join("、"))
        }
        _ => "认不出来，请写区名和街镇名".to_owned(),
    }
}

fn read_each(check: &mut Check, fields: &Fields) -> Option<(i64, String, Frequency)> {
    if form::EACH_QUANTITY.value(fields).trim().is_empty() {
        return None;
    }
    let at = |field: FieldDef| FieldAt::from(field.required(true)).of("每户最多");
    let quantity = check.whole(at(form::EACH_QUANTITY), fields);
    let unit = check.read(at(form::EACH_UNIT), fields);
    let per = check.choice(at(form::EACH_PER), fields);
    Some((quantity?, unit, per?))
}

/// The fields of a stored project, for the form.
pub fn fields_of(row: &Project) -> Fields {
    let mut fields: Fields = Vec::new();
    let mut put = |field: FieldDef, value: String| fields.push((field.name.to_owned(), value));
    put(form::TITLE, row.title.clone());
    put(form::SUMMARY, row.summary.clone());
    put(form::SCHEDULE, row.schedule.clone());
    for code in row.services() {
        put(form::SERVICE, code);
    }
    for group in row.groups() {
        put(form::GROUP, group.code().to_owned());
    }
    let mut streets = Vec::new();
    for area in row.areas() {
        if area.len() <= 6 { put(form::AREA, area) } else { streets.push(area) }
    }
    put(form::STREETS, streets.join("、"));
    for held in row.qualifications() {
        put(form::QUALIFICATION, held.as_str().to_owned());
    }
    put(form::CAPACITY, row.capacity.to_string());
    if row.measure == Measure::Units {
        put(form::UNIT, row.unit.clone());
        put(form::PER, row.per.as_str().to_owned());
    }
    if let Some((quantity, unit, per)) = row.each() {
        put(form::EACH_QUANTITY, quantity.to_string());
        put(form::EACH_UNIT, unit);
        put(form::EACH_PER, per.as_str().to_owned());
    }
    put(form::STARTS_ON, row.starts_on.map(|day| day.to_string()).unwrap_or_default());
    put(form::ENDS_ON, row.ends_on.map(|day| day.to_string()).unwrap_or_default());
    fields.push(("version".to_owned(), row.version.to_string()));
    fields
}

fn apply(row: &mut Project, input: &Input) {
    row.title.clone_from(&input.title);
    row.summary.clone_from(&input.summary);
    row.schedule.clone_from(&input.schedule);
    row.service_codes = json!(input.services).to_string();
    row.group_codes = json!(input.groups.iter().map(|g| g.code()).collect::<Vec<_>>()).to_string();
    row.area_codes = json!(input.areas).to_string();
    row.qualification_codes = json!(input.qualifications).to_string();
    row.measure = input.measure;
    row.capacity = input.capacity;
    row.unit.clone_from(&input.unit);
    row.per = input.per;
    let (quantity, unit, per) = match &input.each {
        Some((quantity, unit, per)) => (Some(*quantity), Some(unit.clone()), Some(*per)),
        None => (None, None, None),
    };
    row.each_quantity = quantity;
    row.each_unit = unit;
    row.each_per = per;
    row.starts_on = input.starts_on;
    row.ends_on = input.ends_on;
}

fn about(row: &Project, reason: Option<String>) -> About<'static> {
    About {
        organization: Some(row.organization_id),
        reason,
        data: Some(json!({ "project": row.code, "capacity": row.capacity })),
        ..About::default()
    }
}

async fn verified(work: &mut Work<'_>, id: Uuid) -> Result<Organization> {
    let organization = storage::supply::organization::by_id(&mut work.tx, id).await?.ok_or(Error::NotFound)?;
    if organization.state != OrganizationState::Verified {
        return Err(Error::rule(format!("贵机构现在是“{}”，核验通过后才能发布项目", organization.state.label())));
    }
    Ok(organization)
}

/// 发布项目. Returns its code.
#[boxed]
pub async fn publish(ctx: &Ctx, input: &Input) -> Result<String> {
    let organization_id = ctx.organization()?;
    let mut work = Work::begin(ctx, Command::ProjectPublish).await?;
    work.authorize(&Record { organization: Some(organization_id), ..Record::default() })?;
    let organization = verified(&mut work, organization_id).await?;
    let mut row = Project {
        id: ctx.services.new_id(),
        code: work.code(Prefix::Project, &organization.division_code).await?,
        organization_id,
        state: ProjectState::Active,
        title: String::new(),
        summary: String::new(),
        schedule: String::new(),
        service_codes: String::new(),
        group_codes: String::new(),
        area_codes: String::new(),
        qualification_codes: String::new(),
        measure: input.measure,
        capacity: input.capacity,
        unit: String::new(),
        per: input.per,
        each_quantity: None,
        each_unit: None,
        each_per: None,
        starts_on: None,
        ends_on: None,
        confirmed_at: work.now,
        reason: None,
        author_id: ctx.actor.account_id,
        created_at: work.now,
        updated_at: work.now,
        version: 1,
    };
    apply(&mut row, input);
    project::insert(&mut work.tx, &row).await?;
    work.created(row.state, row.id, about(&row, None)).await?;
    work.commit(&row.code).await?;
    Ok(row.code)
}

async fn open(work: &mut Work<'_>, code: &str) -> Result<Project> {
    let found = if is_code(code) { project::by_code(&mut work.tx, code).await? } else { None };
    let found = found.ok_or(Error::NotFound)?;
    project::lock(&mut work.tx, found.id).await?;
    let row = project::by_id(&mut work.tx, found.id).await?.ok_or(Error::NotFound)?;
    work.authorize(&Record { organization: Some(row.organization_id), ..Record::default() })?;
    Ok(row)
}

/// Changes a project; says at the same time that the capacity is right.
/// `version` is the one the form was made from.
#[boxed]
pub async fn edit(ctx: &Ctx, code: &str, version: i64, input: &Input) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ProjectEdit).await?;
    let mut row = open(&mut work, code).await?;
    first(row.version == version, Object::Project)?;
    let step = work.step(&mut row.state)?;
    apply(&mut row, input);
    row.confirmed_at = work.now;
    work.save(&row, step, about(&row, None)).await?;
    work.commit(code).await
}

/// 确认余量: one tap.
#[boxed]
pub async fn confirm(ctx: &Ctx, code: &str) -> Result<()> {
    let mut work = Work::begin(ctx, Command::ProjectConfirm).await?;
    let mut row = open(&mut work, code).await?;
    let step = work.step(&mut row.state)?;
    row.confirmed_at = work.now;
    work.save(&row, step, about(&row, None)).await?;
    work.commit(code).await
}

async fn step(ctx: &Ctx, code: &str, command: Command, reason: Option<String>) -> Result<()> {
    let mut work = Work::begin(ctx, command).await?;
    let mut row = open(&mut work, code).await?;
    let step = work.step(&mut row.state)?;
    row.reason.clone_from(&reason);
    if command == Command::ProjectResume {
        verified(&mut work, row.organization_id).await?;
        row.confirmed_at = work.now;
    }
    work.save(&row, step, about(&row, reason)).await?;
    work.commit(code).await
}

/// Takes on nobody new for a while; what is paired goes on.
#[boxed]
pub async fn pause(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    step(ctx, code, Command::ProjectPause, Some(only(form::REASON, reason)?)).await
}

#[boxed]
pub async fn resume(ctx: &Ctx, code: &str) -> Result<()> {
    step(ctx, code, Command::ProjectResume, None).await
}

/// Ends a project for good; what is paired goes on.
#[boxed]
pub async fn end(ctx: &Ctx, code: &str, reason: &str) -> Result<()> {
    step(ctx, code, Command::ProjectEnd, Some(only(form::REASON, reason)?)).await
}

/// What is left of a project's capacity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Free {
    pub left: i64,
    pub of: i64,
    /// Confirmed within the last thirty days.
    pub known: bool,
    /// So few households are served that their number is for the own organization and for staff.
    pub few: bool,
}

impl Free {
    /// As the public and other organizations may see it (small-cell rule).
    #[must_use]
    fn outside(self, row: &Project, k: i64) -> Self {
        let few = row.measure == Measure::Households && (1..k).contains(&(self.of - self.left));
        Self { few, ..self }
    }
}

/// Capacity less what live claims and pairings take.
pub fn free(row: &Project, lines: i64, units: i64, now: Time) -> Free {
    let used = if row.measure == Measure::Households { lines } else { units };
    Free { left: (row.capacity - used).max(0), of: row.capacity, known: row.known_until() >= now.day(), few: false }
}

/// A project as its reader may see it.
#[derive(Clone, Debug)]
pub struct ProjectView {
    pub project: Project,
    pub organization: Organization,
    pub free: Free,
    /// Lines that draw on it: the own organization's, with no more of the division than it may know, or those of
    /// the staff reader's scope.
    pub drawn: Vec<Drawn>,
    /// The reader may change it.
    pub own: bool,
    pub offers: Offers,
}

/// A project of the reader's organization.
#[derive(Clone, Debug)]
pub struct OwnProject {
    pub project: Project,
    pub free: Free,
    pub offers: Offers,
}

fn offers_on(ctx: &Ctx, row: &Project) -> Offers {
    Offers::of(&ctx.actor, row.state, |_| Record { organization: Some(row.organization_id), ..Record::default() })
}

/// A project by its code. Anybody sees those of verified organizations; the own
/// organization and staff of its home see it in any state.
#[boxed]
pub async fn view(services: &Services, reader: Option<&Ctx>, code: &str) -> Result<ProjectView> {
    if !is_code(code) {
        return Err(Error::NotFound);
    }
    let mut tx = services.db.read().await?;
    let row = project::by_code(&mut tx, code).await?.ok_or(Error::NotFound)?;
    let organization =
        storage::supply::organization::by_id(&mut tx, row.organization_id).await?.ok_or(Error::NotFound)?;
    let own = reader.is_some_and(|ctx| ctx.actor.organization_id == Some(organization.id));
    let near = reader.is_some_and(|ctx| ctx.actor.covers(&organization.division_code));
    if organization.state != OrganizationState::Verified && !own && !near {
        return Err(Error::NotFound);
    }
    let used = project::used_of(&mut tx, row.organization_id).await?;
    let (lines, units) = used.iter().find(|(id, _, _)| *id == row.id).map_or((0, 0), |(_, l, u)| (*l, *u));
    let mut drawn = project::drawn_by(&mut tx, row.id).await?;
    drawn.retain(|line| own || reader.is_some_and(|ctx| ctx.actor.covers(&line.division_code)));
    if own {
        let needs: Vec<_> = drawn
            .iter()
            .map(|line| cells::Placed { id: line.need_id, kind: line.need_kind, division: &line.division_code })
            .collect();
        let known = cells::known_divisions(services, &mut tx, &needs, Some(organization.id)).await?;
        for line in &mut drawn {
            line.division_code = known.get(&line.need_id).cloned().unwrap_or_default();
        }
    }
    let offers = reader.map(|ctx| offers_on(ctx, &row)).unwrap_or_default();
    let mut free = free(&row, lines, units, services.now());
    if !own && !reader.is_some_and(|ctx| ctx.role().is_staff()) {
        free = free.outside(&row, services.policy.small_cell_k);
    }
    Ok(ProjectView { free, project: row, organization, drawn, own: offers.permits(Command::ProjectEdit), offers })
}

/// The projects of the reader's organization, with what is left of each.
#[boxed]
pub async fn own(ctx: &Ctx) -> Result<Vec<OwnProject>> {
    let organization = ctx.organization()?;
    let mut tx = ctx.services.db.read().await?;
    let all = of_organization(&mut tx, organization, ctx.now()).await?;
    Ok(all.into_iter().map(|(project, free)| OwnProject { offers: offers_on(ctx, &project), project, free }).collect())
}

/// The projects of a verified organization that go on, for its public page.
#[boxed]
pub async fn of(services: &Services, organization: Uuid) -> Result<Vec<(Project, Free)>> {
    let mut tx = services.db.read().await?;
    let mut all = of_organization(&mut tx, organization, services.now()).await?;
    all.retain(|(row, _)| row.state != ProjectState::Ended);
    Ok(all)
}

async fn of_organization(tx: &mut storage::Tx, organization: Uuid, now: Time) -> Result<Vec<(Project, Free)>> {
    let rows = project::of_organization(tx, organization).await?;
    let used = project::used_of(tx, organization).await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let (lines, units) = used.iter().find(|(id, _, _)| *id == row.id).map_or((0, 0), |(_, l, u)| (*l, *u));
            let free = free(&row, lines, units, now);
            (row, free)
        })
        .collect())
}

/// What the project hall is asked for; empty: everything.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    pub text: String,
    pub service: String,
    pub group: String,
    /// Prefix of a division code.
    pub area: String,
    pub with_room: bool,
}

/// A page of the hall.
#[derive(Debug, Default)]
pub struct Hall {
    pub rows: Vec<(Listed, Free)>,
    pub total: usize,
    /// How the text was read, where there was one.
    pub found: Option<Found>,
}

/// Projects of the hall: last changed first, or what fits a text best.
#[boxed]
pub async fn hall(
    services: &Services,
    reader: Option<&Ctx>,
    wanted: &Wanted,
    offset: usize,
    limit: usize,
) -> Result<Hall> {
    let found = supply::find(services, What::Project, &wanted.text).await?;
    let mut tx = services.db.read().await?;
    let used: std::collections::HashMap<Uuid, (i64, i64)> =
        project::used(&mut tx).await?.into_iter().map(|(id, lines, units)| (id, (lines, units))).collect();
    let now = services.now();
    let group = BeneficiaryGroup::from_code(&wanted.group);
    let mut published = project::published(&mut tx, ProjectState::Active).await?;
    if let Some(found) = &found {
        found.order(&mut published, |row| row.project.id);
    }
    let mut all = Vec::new();
    for row in published {
        let p = &row.project;
        let (lines, units) = used.get(&p.id).copied().unwrap_or_default();
        let mut free = free(p, lines, units, now);
        let inside = |ctx: &Ctx| ctx.role().is_staff() || ctx.actor.organization_id == Some(p.organization_id);
        if !reader.is_some_and(inside) {
            free = free.outside(p, services.policy.small_cell_k);
        }
        let over = p.ends_on.is_some_and(|day| day < now.day());
        // An area that is asked for is served when either lies within the other.
        let near = wanted.area.is_empty()
            || p.areas().iter().any(|area| area.starts_with(&wanted.area) || wanted.area.starts_with(area.as_str()));
        if over
            || !near
            || (!wanted.service.is_empty() && !p.services().contains(&wanted.service))
            || group.is_some_and(|group| !p.groups().is_empty() && !p.groups().contains(&group))
            || (wanted.with_room && free.left == 0)
        {
            continue;
        }
        all.push((row, free));
    }
    let total = all.len();
    Ok(Hall { rows: all.into_iter().skip(offset).take(limit).collect(), total, found })
}
