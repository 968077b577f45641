//! Pages against a static response of the same bytes, memory, durable writes.

use crate::{load, seed};
use anyhow::{Context, Result};
use axum::routing::get;
use server::clock::SystemClock;
use server::config::Config;
use services::Clock;
use std::path::PathBuf;
use std::process::{Child, Command};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The measured process: the site, and `/static/N` that answers N fixed bytes.
pub async fn serve(data_dir: PathBuf, database_url: String, port: u16) -> Result<()> {
    let config =
        Config { data_dir, database_url, listen: format!("127.0.0.1:{port}"), ..Config::default() }.checked()?;
    let services = server::start::services(&config, Arc::new(SystemClock), true).await?;
    services::finding::follower::follow(&services).await?;
    let fixed = axum::Router::new().route(
        "/static/{bytes}",
        get(|axum::extract::Path(bytes): axum::extract::Path<usize>| async move {
            // The same bytes each time, shared, as the fastest peer would send them.
            static BODY: std::sync::OnceLock<axum::body::Bytes> = std::sync::OnceLock::new();
            let body = BODY.get_or_init(|| axum::body::Bytes::from(vec![b'x'; 1 << 20]));
            ([(axum::http::header::CONTENT_TYPE, "text/html; charset=utf-8")], body.slice(..bytes.min(body.len())))
        }),
    );
    let site = server::site::router(services, &config);
    let listener = tokio::net::TcpListener::bind(&config.listen).await?;
    axum::serve(listener, fixed.merge(site)).await?;
    Ok(())
}

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Resident memory in MiB (Linux): all of it, and the part that is not a mapped file.
fn resident(pid: u32) -> Option<(u64, u64)> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let field = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(name))?;
        Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? / 1024)
    };
    Some((field("VmRSS:")?, field("RssAnon:")?))
}

pub async fn run(needs: usize, engine: &str, seconds: u64) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let url = if engine == "sqlite" { String::new() } else { engine.to_owned() };
    let config =
        Config { data_dir: dir.path().to_owned(), database_url: url, make_key: true, ..Config::default() }.checked()?;
    let started = Instant::now();
    let db = server::start::database(&config).await?;
    seed::needs(&db, needs, SystemClock.now()).await?;
    println!(
        "engine {}, {needs} needs, seeded in {:.1} s",
        if db.is_sqlite() { "sqlite" } else { "postgres" },
        started.elapsed().as_secs_f64()
    );
    writes(&db, seconds).await?;
    db.close().await;
    let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let started = Instant::now();
    let child = Command::new(std::env::current_exe()?)
        .args(["server", &config.data_dir.display().to_string(), &config.database_url, &port.to_string()])
        .spawn()
        .context("the measured server does not start")?;
    let server = Server(child);
    while load::get(port, "/healthz").await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    println!("index built and serving after {:.1} s", started.elapsed().as_secs_f64());
    let code = first_code(port).await?;
    let filters: Vec<String> = (0..40)
        .map(|at| format!("/needs?d=1201{:02}&page={}", [1, 2, 3, 4, 5, 6, 10, 11, 12, 13][at % 10], at / 10 + 1))
        .collect();
    let words = ["送饭", "陪同就医", "助浴", "功课辅导", "独居老人", "扶手改造", "康复", "心理疏导"];
    let searches: Vec<String> = words.iter().map(|word| format!("/needs?q={}", percent(word))).collect();
    let pages: [(&str, Vec<String>); 4] = [
        ("list page /needs", vec!["/needs".into()]),
        ("list page, 40 filters and pages", filters),
        ("search page, 8 queries", searches),
        ("need page", vec![format!("/needs/{code}")]),
    ];
    for (name, paths) in pages {
        let (_, body) = load::get(port, &paths[0]).await?;
        let fixed = vec![format!("/static/{}", body.len())];
        // In turn, twice, so that a drifting machine counts for both.
        let (mut ours, mut theirs) = (0.0_f64, 0.0_f64);
        for _ in 0..2 {
            theirs += load::throughput(port, &fixed, 16, seconds).await?;
            ours += load::throughput(port, &paths, 16, seconds).await?;
        }
        println!(
            "{name}: {:.0} /s, static of the same {} bytes {:.0} /s, ratio {:.2}",
            ours / 2.0,
            body.len(),
            theirs / 2.0,
            ours / theirs
        );
    }
    if let Some((all, own)) = resident(server.0.id()) {
        println!("resident memory {all} MiB, of that {own} MiB its own and the rest mapped files");
    }
    Ok(())
}

/// Commits of one small event each, one after another: what a durable write costs.
async fn writes(db: &storage::Db, seconds: u64) -> Result<()> {
    let until = Instant::now() + Duration::from_secs(seconds);
    let (started, mut done) = (Instant::now(), 0_u32);
    while Instant::now() < until {
        let mut tx = db.write().await?;
        tx.next_number("bench").await?;
        tx.commit().await?;
        done += 1;
    }
    println!("durable writes, one after another: {:.0} /s", f64::from(done) / started.elapsed().as_secs_f64());
    Ok(())
}

async fn first_code(port: u16) -> Result<String> {
    let (_, body) = load::get(port, "/needs").await?;
    let text = String::from_utf8_lossy(&body).into_owned();
    let at = text.find("/needs/XQ").context("the list shows no need")? + "/needs/".len();
    Ok(text[at..at + 18].to_owned())
}

fn percent(text: &str) -> String {
    use std::fmt::Write as _;
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}
