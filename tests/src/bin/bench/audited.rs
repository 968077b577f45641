//! What permission and record cost: the office's page of a need, whose masked file is opened, authorised and put on
//! record durably before it is shown, beside the public's page of the same need, drawn anew each time.
//!
//! Both go through the site's own router in this process, by turns, sixteen readers at once.

use crate::seed;
use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::role::{Actor, Role};
use server::clock::SystemClock;
use server::config::Config;
use services::people::account::NewAccount;
use services::{Clock, Ctx};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use storage::needs::need_file::NeedFile;
use tower::ServiceExt as _;

const READERS: usize = 16;
const NEEDS: usize = 2_000;
const TURNS: u32 = 30;

pub async fn run(seconds: u64, engine: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let url = if engine == "sqlite" { String::new() } else { engine.to_owned() };
    let config = Config { data_dir: dir.path().to_owned(), database_url: url, make_key: true, ..Config::default() };
    let config = config.checked()?;
    let db = server::start::database(&config).await?;
    seed::needs(&db, NEEDS, SystemClock.now()).await?;
    let mut tx = db.write().await?;
    let needs = storage::needs::need::page_after(&mut tx, uuid::Uuid::nil(), 500).await?;
    for need in &needs {
        let file = NeedFile { name: "示例人".into(), phone: "13800000001".into(), ..NeedFile::default() };
        storage::needs::need_file::save(&mut tx, db.sealer(), need.id, &file).await?;
    }
    tx.commit().await?;
    db.close().await;
    let services = server::start::services(&config, Arc::new(SystemClock), true).await?;
    let system = Ctx::new(&services, Actor::system(), "bench");
    let new = NewAccount {
        username: "city".into(),
        password: String::new(),
        display_name: "测量".into(),
        role: Role::City,
        scope: "12".into(),
        organization_id: None,
    };
    let account = services::people::account::create_hashed(&system, &new, "!".into()).await?;
    let token = "ab".repeat(32);
    let session = storage::people::session::Session::open(
        services::people::session::token_hash(&token),
        services.new_id(),
        account,
        services.now(),
        12,
    );
    let mut tx = services.db.write().await?;
    storage::people::session::insert(&mut tx, &session).await?;
    tx.commit().await?;
    let paths: Arc<Vec<String>> = Arc::new(needs.iter().map(|need| format!("/needs/{}", need.code)).collect());
    let site = server::site::router(Arc::clone(&services), &config);
    // A page with a word for one reader is not kept for others.
    let readers = [("public", "flash=n".to_owned()), ("office, on record", format!("session={token}"))];
    let mut totals = [(0.0_f64, 0.0_f64); 2];
    // Short turns, so that a machine that others use as well is as slow for one as for the other.
    for _ in 0..TURNS {
        for ((_, cookie), total) in readers.iter().zip(&mut totals) {
            let turn = Duration::from_millis(seconds * 3_000 / u64::from(TURNS));
            let (pages, bytes) = throughput(&site, &paths, cookie, turn).await?;
            total.0 += pages / f64::from(TURNS);
            total.1 += bytes / f64::from(TURNS);
        }
    }
    for ((name, _), (pages, bytes)) in readers.iter().zip(totals) {
        println!("{name}: {pages:.0} pages/s of {:.0} bytes", bytes / pages);
    }
    let mut tx = services.db.read().await?;
    let (events, _) = storage::base::event::counts(&mut tx).await?;
    println!(
        "ratio of pages {:.2}, of bytes {:.2}; {events} events",
        totals[1].0 / totals[0].0,
        totals[1].1 / totals[0].1
    );
    Ok(())
}

/// Pages and bytes per second.
#[expect(clippy::cast_precision_loss, reason = "counts of a few seconds are far below 2^52")]
async fn throughput(site: &Router, paths: &Arc<Vec<String>>, cookie: &str, turn: Duration) -> Result<(f64, f64)> {
    let until = Instant::now() + turn;
    let next = Arc::new(AtomicUsize::new(0));
    let mut tasks = Vec::new();
    for _ in 0..READERS {
        let (site, paths, next, cookie) = (site.clone(), Arc::clone(paths), Arc::clone(&next), cookie.to_owned());
        tasks.push(tokio::spawn(async move {
            let (mut pages, mut bytes) = (0_usize, 0_usize);
            while Instant::now() < until {
                let path = &paths[next.fetch_add(1, Ordering::Relaxed) % paths.len()];
                let request = Request::get(path).header(header::COOKIE, &cookie).body(Body::empty())?;
                let response = site.clone().oneshot(request).await?;
                ensure!(response.status() == StatusCode::OK, "{path}: {}", response.status());
                bytes += to_bytes(response.into_body(), 1 << 24).await?.len();
                pages += 1;
            }
            Ok((pages, bytes))
        }));
    }
    let started = Instant::now();
    let (mut pages, mut bytes) = (0, 0);
    for task in tasks {
        let (p, b) = task.await??;
        pages += p;
        bytes += b;
    }
    let spent = started.elapsed().as_secs_f64();
    Ok((pages as f64 / spent, bytes as f64 / spent))
}
