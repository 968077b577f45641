//! The accounts of the pairings on one page of a list, among all pairings and needs of a large city: one statement.
//!
//! Beside it, in the same run and by turns, reading the page's pairings alone: what the list costs without accounts.
//! Everything is written straight into storage.

use crate::candidates::{at, millis, organizations};
use crate::seed::{self, Sequence};
use anyhow::{Context as _, Result, ensure};
use chrono::Days;
use domain::calendar::Time;
use domain::claim::ClaimState;
use domain::code::{Prefix, format, series};
use domain::delivery::DeliveryState;
use domain::need::NeedState;
use domain::pairing::PairingState;
use domain::role::{Actor, Role};
use server::clock::SystemClock;
use server::config::Config;
use services::{Clock, Ctx};
use std::sync::Arc;
use std::time::Instant;
use storage::Db;
use storage::aid::claim::Claim;
use storage::aid::delivery::Delivery;
use storage::aid::pairing::Pairing;
use uuid::Uuid;

/// Pages of a list that are read.
const SAMPLES: usize = 1_000;
/// Records of each pairing: a year of weekly visits.
const VISITS: u64 = 50;
/// Milliseconds that the slowest of a hundred may take.
const GOAL: f64 = 20.0;

pub async fn run(needs: usize, pairings: usize, engine: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let url = if engine == "sqlite" { String::new() } else { engine.to_owned() };
    let config = Config { data_dir: dir.path().to_owned(), database_url: url, make_key: true, ..Config::default() };
    let config = config.checked()?;
    let db = server::start::database(&config).await?;
    let now = SystemClock.now();
    seed::needs(&db, needs, now).await?;
    organizations(&db, 500, now).await?;
    let ids = self::pairings(&db, pairings, now).await?;
    db.close().await;
    let services = server::start::services(&config, Arc::new(SystemClock), false).await?;
    let city = Actor { account_id: None, role: Role::City, scope: "12".into(), organization_id: None };
    let ctx = Ctx::new(&services, city, "bench");
    let mut random = Sequence(5);
    let (mut accounts, mut reads, mut statements, mut lines) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..SAMPLES {
        let page: Vec<Uuid> = (0..storage::PORTION).map(|_| ids[random.below(ids.len())]).collect();
        let started = Instant::now();
        let (read, asked) = storage::counted(services::aid::promise::of_list(&ctx, &page)).await;
        accounts.push(millis(started));
        statements.push(asked.len());
        lines += read?.values().map(|promise| promise.lines.len()).sum::<usize>();
        let started = Instant::now();
        let mut tx = services.db.read().await?;
        for id in page {
            storage::aid::pairing::by_id(&mut tx, id).await?;
        }
        drop(tx);
        reads.push(millis(started));
    }
    let started = Instant::now();
    let all = services::aid::promise::of_list(&ctx, &ids).await?;
    let whole = millis(started);
    let (p50, p99, most) = (at(&mut accounts, 0.5), at(&mut accounts, 0.99), at(&mut accounts, 1.0));
    let (read50, read99) = (at(&mut reads, 0.5), at(&mut reads, 0.99));
    let name = engine.split(':').next().unwrap_or(engine);
    println!("engine {name}, {needs} needs, {} pairings with {VISITS} records each", ids.len());
    println!(
        "accounts of a page of {}: p50 {p50:.2} ms, p99 {p99:.2} ms, most {most:.2} ms; {} lines each, {} statement(s)",
        storage::PORTION,
        lines / SAMPLES,
        statements.iter().max().copied().unwrap_or_default()
    );
    println!(
        "their rows alone, one by one: p50 {read50:.2} ms, p99 {read99:.2} ms; ratio of the medians {:.1}",
        p50 / read50
    );
    println!("accounts of all {}: {whole:.0} ms", all.len());
    ensure!(p99 <= GOAL, "p99 of {p99:.2} ms is over {GOAL} ms");
    Ok(())
}

/// Active pairings on published needs, each with a year of weekly records, most of them confirmed.
async fn pairings(db: &Db, count: usize, now: Time) -> Result<Vec<Uuid>> {
    let mut random = Sequence(99);
    let organizations = storage::supply::organization::page_after(&mut db.read().await?, Uuid::nil(), 500).await?;
    let mut ids = Vec::new();
    let (mut after, mut found) = (Uuid::nil(), Vec::new());
    while ids.len() < count {
        if found.is_empty() {
            found = storage::needs::need::page_after(&mut db.read().await?, after, 2_000).await?;
            after = found.last().context("too few needs for so many pairings")?.id;
            found.retain(|need| need.state == NeedState::Published);
        }
        let mut tx = db.write().await?;
        for need in found.drain(..).take(count - ids.len()) {
            let organization = organizations[random.below(organizations.len())].id;
            let number = i64::try_from(ids.len())? + 1;
            let opened = now.plus_days(-360);
            let claim = Claim {
                id: Uuid::from_u64_pair(random.next(), random.next()),
                code: format(&series(Prefix::Claim, &need.division_code, 2026), number),
                need_id: need.id,
                cycle: need.cycle,
                organization_id: organization,
                division_code: need.division_code.clone(),
                state: ClaimState::Approved,
                plan: "每周上门一次".into(),
                start_on: opened.day(),
                submitted_by: None,
                submitted_at: opened,
                due_at: None,
                question: None,
                answer: None,
                decided_by: None,
                decided_at: Some(opened),
                reason: None,
                escalation: 0,
                lead_id: None,
                accepted_at: Some(opened),
            };
            storage::aid::claim::insert(&mut tx, &claim).await?;
            let pairing = Pairing {
                id: Uuid::from_u64_pair(random.next(), random.next()),
                code: format(&series(Prefix::Pairing, &need.division_code, 2026), number),
                claim_id: claim.id,
                need_id: need.id,
                cycle: need.cycle,
                organization_id: organization,
                division_code: need.division_code.clone(),
                state: PairingState::Active,
                opened_at: opened,
                due_at: None,
                reminded_at: None,
                started_at: Some(opened),
                outcome: None,
                report: None,
                reported_by: None,
                reported_at: None,
                result: None,
                completed_by: None,
                ended_at: None,
                ended_by: None,
                end_side: None,
                reason: None,
                successor_id: None,
            };
            storage::aid::pairing::insert(&mut tx, &pairing).await?;
            for line in storage::needs::need::lines(&mut tx, need.id, need.cycle).await? {
                storage::aid::claim::insert_line(&mut tx, claim.id, line.id, line.quantity, None).await?;
                for week in 0..VISITS {
                    let day = opened.day() + Days::new(7 * week);
                    let row = Delivery {
                        id: Uuid::from_u64_pair(random.next(), random.next()),
                        pairing_id: pairing.id,
                        line_id: line.id,
                        division_code: need.division_code.clone(),
                        state: if random.below(5) == 0 { DeliveryState::Recorded } else { DeliveryState::Confirmed },
                        planned_on: day,
                        planned_at: None,
                        goes_id: None,
                        shift_id: None,
                        done_on: Some(day),
                        done_at: None,
                        units: Some(line.quantity),
                        minutes: Some(30),
                        note: String::new(),
                        miss_reason: None,
                        recorded_by: None,
                        recorded_at: Some(opened.plus_days(i64::try_from(7 * week)?)),
                        due_at: None,
                        decided_by: None,
                        decided_at: None,
                        reason: None,
                        supersedes: None,
                        superseded: false,
                        created_at: opened,
                    };
                    storage::aid::delivery::insert(&mut tx, &row).await?;
                }
            }
            ids.push(pairing.id);
        }
        tx.commit().await?;
    }
    Ok(ids)
}
