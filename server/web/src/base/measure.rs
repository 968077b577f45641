//! What was answered and how fast: one line in the log for each request, and the numbers for whoever watches the site. A
//! route stands there as its pattern, never as the address that was asked for: an address may name a person's record.

use axum::extract::{MatchedPath, Request};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::Response;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use services::Services;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;
use tracing::Instrument;

/// Upper bounds of the classes of answering time, in seconds.
const SECONDS: [f64; 10] = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// From here on an answer is named slow, in milliseconds.
const SLOW: u128 = 1_000;
/// What no route is there for.
const NO_ROUTE: &str = "none";

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Answer {
    method: &'static str,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Asked {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct JobLabel {
    job: &'static str,
}

type Times = Family<Asked, Histogram, fn() -> Histogram>;

/// Counts since the start of the program.
pub struct Measure {
    answers: Family<Answer, Counter>,
    times: Times,
    underway: Gauge,
    requests: AtomicU64,
}

impl Default for Measure {
    fn default() -> Self {
        Self {
            answers: Family::default(),
            times: Family::new_with_constructor(|| Histogram::new(SECONDS)),
            underway: Gauge::default(),
            requests: AtomicU64::new(0),
        }
    }
}

impl Measure {
    /// The numbers in the text format of Prometheus (OpenMetrics 1.0), with how the jobs and the database do.
    pub async fn text(&self, services: &Services) -> String {
        let mut registry = Registry::with_prefix("duijie");
        registry.register("http_requests", "Requests answered", self.answers.clone());
        registry.register("http_request_seconds", "From request to answer", self.times.clone());
        registry.register("http_requests_under_way", "Requests being answered", self.underway.clone());
        let job_failures: Family<JobLabel, Gauge> = Family::default();
        let job_success: Family<JobLabel, Gauge> = Family::default();
        for (job, standing) in services.jobs.all() {
            job_failures.get_or_create(&JobLabel { job }).set(standing.failures.into());
            if let Some(at) = standing.last_success {
                job_success.get_or_create(&JobLabel { job }).set(at.0 / 1_000_000);
            }
        }
        registry.register("job_failures", "Failures of a job in a row", job_failures);
        registry.register("job_last_success_timestamp_seconds", "When a job last went well", job_success);
        let flag = |name: &str, help: &str, is: bool, registry: &mut Registry| {
            let gauge: Gauge = Gauge::default();
            gauge.set(is.into());
            registry.register(name, help, gauge);
        };
        flag("index_ready", "Whether the search index has caught up", services.follower.is_ready(), &mut registry);
        flag(
            "clock_in_doubt",
            "Whether the machine's clock is in doubt",
            services.machine_clock.get().is_some(),
            &mut registry,
        );
        flag("database_up", "Whether the database answers", services.db.read().await.is_ok(), &mut registry);
        let mut text = String::new();
        // Writing into a text does not fail.
        let _ = encode(&mut text, &registry);
        text
    }
}

/// Few values whatever is sent.
fn method(of: &Method) -> &'static str {
    match *of {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        _ => "other",
    }
}

/// Around every answer.
pub(crate) async fn measured(measure: &Measure, request: Request, next: Next) -> Response {
    let number = measure.requests.fetch_add(1, Ordering::Relaxed) + 1;
    let method = method(request.method());
    let route = request.extensions().get::<MatchedPath>().map_or(NO_ROUTE, MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", number);
    let begin = Instant::now();
    measure.underway.inc();
    let under_way = UnderWay(&measure.underway);
    let response = next.run(request).instrument(span.clone()).await;
    drop(under_way);
    let took = begin.elapsed();
    let (status, ms) = (response.status().as_u16(), took.as_millis());
    let _entered = span.enter();
    if ms >= SLOW {
        tracing::warn!(method, route, status, ms, "answered slowly");
    } else if matches!(route.as_str(), "/healthz" | "/readyz" | "/assets/{file}") {
        tracing::debug!(method, route, status, ms, "answered");
    } else {
        tracing::info!(method, route, status, ms, "answered");
    }
    measure.times.get_or_create(&Asked { method, route: route.clone() }).observe(took.as_secs_f64());
    measure.answers.get_or_create(&Answer { method, route, status }).inc();
    response
}

/// A reader who goes away ends the request as well.
struct UnderWay<'a>(&'a Gauge);

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
