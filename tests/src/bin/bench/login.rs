//! Does the time of a refused sign-in tell whether the account exists? (quality check 28)
//!
//! Both kinds go through the site's own router, by turns in random order, each attempt from another address and for
//! another name, so that no pause mixes in. The verdict is a Mann–Whitney U test (normal approximation, corrected
//! for ties) and the difference of the medians.

use crate::seed::Sequence;
use anyhow::{Result, ensure};
use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Request, StatusCode, header};
use domain::role::{Actor, Role};
use server::clock::SystemClock;
use server::config::Config;
use services::Ctx;
use services::people::account::NewAccount;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Instant;
use tower::ServiceExt as _;

/// Medians closer than this are the same for whoever measures from outside, in milliseconds.
const NEAR: f64 = 5.0;

pub async fn run(samples: usize, engine: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let url = if engine == "sqlite" { String::new() } else { engine.to_owned() };
    let config =
        Config { data_dir: dir.path().to_owned(), database_url: url, make_key: true, ..Config::default() }.checked()?;
    let services = server::start::services(&config, Arc::new(SystemClock), true).await?;
    let ctx = Ctx::new(&services, Actor::system(), "bench");
    let hash = services.passwords.hash("three herons over wet rice").await?;
    for n in 0..samples {
        let new = NewAccount {
            username: format!("known{n}"),
            password: String::new(),
            display_name: format!("示例岗{n}"),
            role: Role::Street,
            scope: "120102012".into(),
            organization_id: None,
        };
        services::people::account::create_hashed(&ctx, &new, hash.clone()).await?;
    }
    let site = server::site::router(Arc::clone(&services), &config);
    let mut random = Sequence(20_261_124);
    let (mut known, mut unknown) = (Vec::with_capacity(samples), Vec::with_capacity(samples));
    for n in 0..40 {
        attempt(&site, &format!("warm{n}"), n).await?;
    }
    for n in 0..samples {
        let at = 100 + 2 * n;
        let (a, b) = (format!("known{n}"), format!("other{n}"));
        if random.below(2) == 0 {
            known.push(attempt(&site, &a, at).await?);
            unknown.push(attempt(&site, &b, at + 1).await?);
        } else {
            unknown.push(attempt(&site, &b, at + 1).await?);
            known.push(attempt(&site, &a, at).await?);
        }
    }
    let (z, p) = mann_whitney(&known, &unknown);
    let (known, unknown) = (median(&mut known), median(&mut unknown));
    let difference = (known - unknown).abs();
    println!("engine {}, {samples} refused sign-ins of each kind", engine.split(':').next().unwrap_or(engine));
    println!("median: known names {known:.2} ms, unknown names {unknown:.2} ms, difference {difference:.2} ms");
    println!("Mann–Whitney: z = {z:.2}, p = {p:.3}");
    let told = p <= 0.01 && difference >= NEAR;
    println!("{}", if told { "SIGNIFICANT: the time tells them apart" } else { "no significant difference" });
    ensure!(!told, "the time of a refusal tells whether an account exists");
    Ok(())
}

/// Milliseconds of one refused attempt.
async fn attempt(site: &Router, name: &str, number: usize) -> Result<f64> {
    let number = u32::try_from(number)?;
    let peer = SocketAddr::from((Ipv4Addr::from(0x0A00_0001 + number), 50_000));
    let mut request = Request::post("/login")
        .header(header::HOST, "127.0.0.1:3000")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("account={name}&password=wrong+wrong+wrong&next=%2Fdesk")))?;
    request.extensions_mut().insert(ConnectInfo(peer));
    let begin = Instant::now();
    let response = site.clone().oneshot(request).await?;
    let elapsed = begin.elapsed().as_secs_f64() * 1000.0;
    ensure!(response.status() == StatusCode::UNPROCESSABLE_ENTITY, "{}", response.status());
    Ok(elapsed)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// z and two-sided p of the Mann–Whitney U test.
fn mann_whitney(first: &[f64], second: &[f64]) -> (f64, f64) {
    let mut all: Vec<(f64, bool)> =
        first.iter().map(|value| (*value, true)).chain(second.iter().map(|value| (*value, false))).collect();
    all.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut ranks, mut ties, mut before) = (0.0, 0.0, 0);
    for group in all.chunk_by(|one, other| one.0.total_cmp(&other.0).is_eq()) {
        let size = count(group.len());
        let rank = count(before) + f64::midpoint(size, 1.0);
        ranks += rank * count(group.iter().filter(|(_, first)| *first).count());
        ties += size.powi(3) - size;
        before += group.len();
    }
    let (left, right) = (count(first.len()), count(second.len()));
    let total = left + right;
    let statistic = ranks - left * (left + 1.0) / 2.0;
    let deviation = (left * right / 12.0 * (total + 1.0 - ties / (total * (total - 1.0)))).sqrt();
    let z = (statistic - left * right / 2.0) / deviation;
    (z, 2.0 * upper_tail(z.abs()))
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// P(Z > z) of the normal distribution (Abramowitz and Stegun 26.2.17, error below 7.5e-8).
fn upper_tail(z: f64) -> f64 {
    const B: [f64; 5] = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429];
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let density = (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    density * B.iter().rev().fold(0.0, |sum, b| (sum + b) * t)
}
