//! The list of candidates for one need, with every reason, among all needs and organizations of a large city.
//!
//! Beside it, in the same run and by turns, reading one need with its lines by code: what any page of a need costs.

use crate::seed::{self, Sequence};
use anyhow::{Result, ensure};
use domain::calendar::Time;
use domain::need::Frequency;
use domain::organization::OrganizationState;
use domain::project::{Measure, ProjectState};
use domain::role::{Actor, Role};
use server::clock::SystemClock;
use server::config::Config;
use services::{Clock, Ctx};
use std::sync::Arc;
use std::time::Instant;
use storage::Db;
use storage::supply::organization::Organization;
use storage::supply::project::Project;
use uuid::Uuid;

/// Needs whose candidates are listed.
const SAMPLES: usize = 1_000;
/// Milliseconds that the slowest of a hundred may take.
const GOAL: f64 = 20.0;

pub async fn run(needs: usize, organizations: usize, engine: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let url = if engine == "sqlite" { String::new() } else { engine.to_owned() };
    let config = Config { data_dir: dir.path().to_owned(), database_url: url, make_key: true, ..Config::default() };
    let config = config.checked()?;
    let db = server::start::database(&config).await?;
    let now = SystemClock.now();
    seed::needs(&db, needs, now).await?;
    self::organizations(&db, organizations, now).await?;
    let mut tx = db.read().await?;
    let mut random = Sequence(7);
    let mut codes = Vec::new();
    while codes.len() < SAMPLES {
        let from = Uuid::from_u64_pair(random.next(), random.next());
        let near = storage::needs::need::page_after(&mut tx, from, 20).await?;
        codes.extend(near.into_iter().find(|n| n.state == domain::need::NeedState::Published).map(|n| n.code));
    }
    drop(tx);
    db.close().await;
    let services = server::start::services(&config, Arc::new(SystemClock), false).await?;
    let city = Actor { account_id: None, role: Role::City, scope: "12".into(), organization_id: None };
    let ctx = Ctx::new(&services, city, "bench");
    let started = Instant::now();
    services::aid::matching::candidates(&ctx, &codes[0], None, 20).await?;
    let first = millis(started);
    let (mut lists, mut reads, mut found) = (Vec::new(), Vec::new(), 0);
    for code in &codes {
        let started = Instant::now();
        let list = services::aid::matching::candidates(&ctx, code, None, 20).await?;
        lists.push(millis(started));
        found += list.total + list.left_total;
        let started = Instant::now();
        let mut tx = services.db.read().await?;
        let need = storage::needs::need::by_code(&mut tx, code).await?;
        if let Some(need) = need {
            storage::needs::need::lines(&mut tx, need.id, need.cycle).await?;
        }
        drop(tx);
        reads.push(millis(started));
    }
    let (p50, p99, most) = (at(&mut lists, 0.5), at(&mut lists, 0.99), at(&mut lists, 1.0));
    let (read50, read99) = (at(&mut reads, 0.5), at(&mut reads, 0.99));
    println!("engine {}, {needs} needs, {organizations} organizations", engine.split(':').next().unwrap_or(engine));
    println!("market read the first time: {first:.0} ms");
    println!(
        "candidates of one need: p50 {p50:.2} ms, p99 {p99:.2} ms, most {most:.2} ms; {} considered each",
        found / SAMPLES
    );
    println!("reading one need: p50 {read50:.2} ms, p99 {read99:.2} ms");
    println!("ratio of the medians {:.1}, of the p99 {:.1}", p50 / read50, p99 / read99);
    ensure!(p99 <= GOAL, "p99 of {p99:.2} ms is over {GOAL} ms");
    Ok(())
}

pub fn millis(from: Instant) -> f64 {
    from.elapsed().as_secs_f64() * 1000.0
}

pub fn at(all: &mut [f64], share: f64) -> f64 {
    all.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "an index"
    )]
    let index = ((all.len() - 1) as f64 * share).round() as usize;
    all[index]
}

/// Verified organizations with three to six services in one to three districts, half of them with a project.
pub async fn organizations(db: &Db, count: usize, now: Time) -> Result<()> {
    let divisions = domain::division::Divisions::bundled();
    let districts: Vec<&str> = divisions.districts().map(|d| d.code12.as_str()).collect();
    let catalogue = domain::vocabulary::service_categories();
    let mut random = Sequence(42);
    let mut written = 0;
    while written < count {
        let mut tx = db.write().await?;
        for _ in 0..1000.min(count - written) {
            let home = districts[random.below(districts.len())];
            let mut services: Vec<&str> = (0..3 + random.below(4)).map(|_| catalogue[random.below(25)].code).collect();
            services.sort_unstable();
            services.dedup();
            let mut areas = vec![&home[..6]];
            areas.extend((0..random.below(3)).map(|_| &districts[random.below(districts.len())][..6]));
            areas.sort_unstable();
            areas.dedup();
            let row = Organization {
                id: Uuid::from_u64_pair(random.next(), random.next()),
                uscc: format!("52{}{written:010}", &home[..6]),
                name: format!("示例{written}服务中心"),
                kind: "52".into(),
                division_code: home.to_owned(),
                state: OrganizationState::Verified,
                verified_until: None,
                business_scope: "养老、助残、助餐、陪诊等社会服务".into(),
                service_codes: serde_json::to_string(&services)?,
                area_codes: serde_json::to_string(&areas)?,
                created_at: now,
                updated_at: now,
                version: 1,
            };
            storage::supply::organization::insert(&mut tx, &row).await?;
            let whole: Vec<&str> =
                services.iter().copied().filter(|code| !domain::project::is_divisible(code)).collect();
            if random.below(2) == 0 && !whole.is_empty() {
                let project = Project {
                    id: Uuid::from_u64_pair(random.next(), random.next()),
                    code: format!("XM{}-26-{written:06}", &home[..6]),
                    organization_id: row.id,
                    state: ProjectState::Active,
                    title: "上门帮老人做饭、洗澡、看病".into(),
                    summary: "为独居、失能老人家庭上门服务，固定人员，软烂少盐".into(),
                    schedule: String::new(),
                    service_codes: serde_json::to_string(&whole)?,
                    group_codes: "[]".into(),
                    area_codes: row.area_codes.clone(),
                    qualification_codes: r#"["food"]"#.into(),
                    measure: Measure::Households,
                    capacity: 5 + i64::try_from(random.below(40))?,
                    unit: "户".into(),
                    per: Frequency::Total,
                    each_quantity: None,
                    each_unit: None,
                    each_per: None,
                    starts_on: None,
                    ends_on: None,
                    confirmed_at: now,
                    reason: None,
                    author_id: None,
                    created_at: now,
                    updated_at: now,
                    version: 1,
                };
                storage::supply::project::insert(&mut tx, &project).await?;
            }
            written += 1;
        }
        tx.commit().await?;
    }
    Ok(())
}
