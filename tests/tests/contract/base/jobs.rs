//! The work beside the requests: what fails is named by `/readyz`, is begun again, and stops nothing else.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::{Body, to_bytes},
    http::{Request, StatusCode},
};
use duijie_tests::world::World;
use server::config::Config;
use services::{Error, office::clocks};
use tower::ServiceExt as _;

duijie_tests::both_engines!(
    a_clock_that_fails_stops_no_other,
    a_job_that_fails_is_named_and_begun_again,
    who_watches_the_site_reads_patterns_and_no_addresses
);

/// One clock cannot read what it looks after, until it is renamed back.
async fn break_corrections(world: &World) {
    world.raw("ALTER TABLE corrections RENAME TO corrections_away").await.unwrap();
}

async fn mend_corrections(world: &World) {
    world.raw("ALTER TABLE corrections_away RENAME TO corrections").await.unwrap();
}

pub(crate) async fn readyz(world: &World) -> (StatusCode, String) {
    let router = server::site::router(Arc::clone(&world.services), &Config::default());
    let answer = router.oneshot(Request::get("/readyz").body(Body::empty()).unwrap()).await.unwrap();
    let status = answer.status();
    let bytes = to_bytes(answer.into_body(), 10_000).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

/// What is counted names routes as they are declared: an address may name a record.
async fn who_watches_the_site_reads_patterns_and_no_addresses(world: World) {
    let code = world.meals(3).await;
    let (site, metrics) = server::site::with_metrics(Arc::clone(&world.services), &Config::default());
    let ask = async |router: &axum::Router, path: &str| {
        let request = Request::get(path).header("host", "127.0.0.1:3000").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let status = answer.status();
        (status, String::from_utf8(to_bytes(answer.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap())
    };
    assert_eq!(ask(&site, "/metrics").await.0, StatusCode::NOT_FOUND, "not for the public");
    for path in [format!("/needs/{code}"), format!("/needs/{code}?again=1"), "/nowhere/13800009876".to_owned()] {
        ask(&site, &path).await;
    }
    let (status, text) = ask(&metrics, "/metrics").await;
    assert_eq!(status, StatusCode::OK);
    for line in [
        "duijie_http_requests_total{method=\"GET\",route=\"/needs/{code}\",status=\"200\"} 2",
        "duijie_http_request_seconds_count{method=\"GET\",route=\"/needs/{code}\"} 2",
        "duijie_http_requests_under_way 0",
        "duijie_database_up 1",
        "duijie_clock_in_doubt 0",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(text.contains("route=\"none\",status=\"404\"} 2"), "{text}");
    assert!(!text.contains(&code) && !text.contains("13800009876") && text.ends_with("# EOF\n"));
}

/// Waits until `/readyz` says what is wanted.
pub(crate) async fn becomes(world: &World, wanted: impl Fn(StatusCode, &str) -> bool) -> String {
    let start = Instant::now();
    loop {
        let (status, text) = readyz(world).await;
        if wanted(status, &text) {
            return text;
        }
        assert!(start.elapsed() < Duration::from_secs(30), "{status}: {text}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A claim that the clocks send up, by a clock before that of corrections; a need nobody claims, by one after it.
async fn both_sides(world: &World) -> (String, String) {
    let claimed = world.meals(14).await;
    let claim = world.claimed("meals", &claimed, &[5]).await;
    let unclaimed = world.meals(14).await;
    world.set(world.now().plus_days(6));
    (claim, unclaimed)
}

async fn a_clock_that_fails_stops_no_other(world: World) {
    let (claim, unclaimed) = both_sides(&world).await;
    break_corrections(&world).await;
    let outcome = clocks::tick(&world.services).await;
    assert!(matches!(&outcome, Err(Error::Failing(names)) if *names == ["clock: corrections of hours"]), "{outcome:?}");
    assert_eq!(world.claim(&claim).await.escalation, 1);
    assert_eq!(world.need(&unclaimed).await.escalation, 1);
    mend_corrections(&world).await;
    let done = clocks::tick(&world.services).await.unwrap();
    assert_eq!((done.steps, done.failed), (0, 0), "nothing was left undone, and nothing is done twice");
    world.sound().await;
}

async fn a_job_that_fails_is_named_and_begun_again(world: World) {
    assert_eq!(readyz(&world).await, (StatusCode::SERVICE_UNAVAILABLE, "catching up".to_owned()));
    let (claim, unclaimed) = both_sides(&world).await;
    break_corrections(&world).await;
    let jobs = server::jobs::start(&world.services, &Config::default());
    let text = becomes(&world, |status, text| status == StatusCode::OK && text.contains("\nclocks: ")).await;
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("degraded"));
    let told: Vec<&str> = lines.collect();
    assert!(
        matches!(told[..], [clock, job] if clock.starts_with("clock: corrections of hours: no success yet, ") && job.starts_with("clocks: no success yet, ")),
        "one clock and the job it belongs to, no other: {text}"
    );
    assert_eq!(world.claim(&claim).await.escalation, 1);
    assert_eq!(world.need(&unclaimed).await.escalation, 1);
    mend_corrections(&world).await;
    becomes(&world, |_, text| text == "ok").await;
    drop(jobs);
    world.sound().await;
}
