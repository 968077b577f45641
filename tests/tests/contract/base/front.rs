//! The site's front: headers of every answer, forms from elsewhere, redirects, injection, failures.

use std::fmt::Write as _;

use axum::http::{StatusCode, header};
use domain::href::{href, href_at};
use domain::machine::Object;
use domain::role::Role;
use duijie_tests::world::{Canary, World, difference};
use web::routes;

use crate::base::web::{FORM, PEOPLE, Web, encode, escape};

duijie_tests::both_engines!(
    every_answer_bears_its_headers,
    forms_from_elsewhere_in_every_shape,
    redirects_stay_on_the_site,
    other_methods_are_refused,
    injected_texts_find_and_break_nothing,
    foreign_records_do_not_exist,
    a_refusal_is_recorded,
    failures_say_nothing_of_the_inside,
    over_https_everything_is_strict,
    fields_that_no_form_has_change_nothing,
    a_refused_text_is_mended_with_one_click,
);

#[test]
fn every_address_of_a_thing_is_in_the_route_table() {
    let known = |list: &str| routes().iter().any(|route| route.path.starts_with(&format!("/{list}/{{")));
    let lists: Vec<&str> = Object::ALL.iter().filter_map(|object| object.list()).collect();
    assert!(lists.len() > 20, "{lists:?}");
    assert!(lists.iter().all(|list| known(list)), "{lists:?}");
    assert_eq!(href(Object::Need, "XQ1"), "/needs/XQ1");
    assert_eq!(href_at(Object::Pairing, "JD1", "#visits"), "/pairings/JD1#visits");
    assert_eq!(href(Object::Key, "k"), "/desk");
}

/// An account of the role that passes the door of a route; none for pages of everybody.
fn person(route: &web::Route) -> &'static str {
    PEOPLE.iter().find(|(role, _)| route.access.admits(Some(*role))).unwrap().1
}

async fn every_answer_bears_its_headers(world: World) {
    let web = Web::new(world).await;
    let mut nonces = Vec::new();
    let mut seen = 0;
    for route in routes().iter().filter(|route| route.method == "GET") {
        let path = web.path(route);
        let session = web.session(person(route)).await;
        // The public's page twice: the second may be one that was kept.
        for session in [Some(session.as_str()), None, None] {
            let answer = web.get(&path, session).await;
            let said = |name: &str| answer.headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
            assert_eq!(said("x-content-type-options"), "nosniff", "{path}");
            // The address of a link that opens once is itself a secret.
            let referrer =
                if path.starts_with("/join") || path.starts_with("/reset") { "no-referrer" } else { "same-origin" };
            assert_eq!(said("referrer-policy"), referrer, "{path}");
            assert_eq!(said("cross-origin-opener-policy"), "same-origin", "{path}");
            assert_eq!(said("cross-origin-resource-policy"), "same-origin", "{path}");
            assert!(answer.headers.get("access-control-allow-origin").is_none(), "{path}");
            for name in ["server", "x-powered-by", "via"] {
                assert!(answer.headers.get(name).is_none(), "{path}");
            }
            let policy = said("content-security-policy");
            if policy == "sandbox" {
                assert!(said("content-disposition").starts_with("attachment"), "{path}");
                assert_eq!(said("cache-control"), "no-store", "{path}");
                continue;
            }
            for part in [
                "default-src 'self'",
                "'strict-dynamic'",
                "'wasm-unsafe-eval'",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            ] {
                assert!(policy.contains(part), "{path}: {policy}");
            }
            assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{path}: {policy}");
            let nonce = policy.split("'nonce-").nth(1).unwrap().split('\'').next().unwrap().to_owned();
            assert!(nonce.len() >= 22, "16 random bytes: {nonce}");
            // Each script bears the answer's own nonce, and none stands in the page itself.
            for script in answer.text.split("<script").skip(1) {
                let tag = script.split('>').next().unwrap();
                assert!(tag.contains(&format!("nonce=\"{nonce}\"")) && tag.contains("src="), "{path}: <script{tag}");
            }
            assert!(!answer.text.contains(" style=\"") && !answer.text.contains("javascript:"), "{path}");
            nonces.push(nonce);
            if session.is_some() {
                assert_eq!(said("cache-control"), "no-store", "{path}");
            }
            if answer.status == StatusCode::OK && !answer.text.is_empty() && !said("content-type").contains("sheet") {
                let kind = if path.ends_with("/suggest") { "application/json" } else { "text/html; charset=utf-8" };
                assert_eq!(said("content-type"), kind, "{path}");
            }
            for cookie in answer.headers.get_all(header::SET_COOKIE) {
                let cookie = cookie.to_str().unwrap();
                assert!(
                    cookie.contains("HttpOnly") && cookie.contains("SameSite=") && cookie.contains("Path=/"),
                    "{cookie}"
                );
                assert!(!cookie.contains("Domain=") && cookie.len() < 4096, "{cookie}");
            }
            seen += 1;
        }
    }
    let count = nonces.len();
    nonces.sort();
    nonces.dedup();
    assert!(nonces.len() == count && seen > 80, "a nonce is used once: {} of {count}", nonces.len());
    for path in ["/.git/HEAD", "/.env", "/Cargo.toml", "/metrics", "/debug", "/assets/", "/assets/app.js.map"] {
        assert_eq!(web.get(path, None).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    // A page does not hide behind the name of a file that a cache would keep.
    let session = web.session("street").await;
    for end in ["/x.css", "%2fa.js", ".css", ";a.css"] {
        let answer = web.get(&format!("/needs/{}{end}", web.target.need), Some(&session)).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{end}");
    }
}

async fn forms_from_elsewhere_in_every_shape(world: World) {
    let web = Web::new(world).await;
    let sites = [Some("cross-site"), Some("same-site"), Some("none"), Some("same-origin"), None];
    let origins = [Some("https://evil.example"), Some("null"), Some("http://127.0.0.1:3000"), None];
    let kinds = [
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=b",
        "text/plain",
        "application/json",
        "application/cbor",
    ];
    let before = web.world.rows().await;
    let mut refused = 0;
    for route in routes().iter().filter(|route| route.method != "GET") {
        let path = web.path(route);
        let session = web.session(person(route)).await;
        let before = web.world.number("SELECT COUNT(*) FROM events").await;
        for site in sites {
            for origin in origins {
                let foreign = match site {
                    Some("cross-site" | "same-site") => true,
                    None => matches!(origin, Some("https://evil.example" | "null")),
                    _ => false,
                };
                if !foreign {
                    continue;
                }
                for kind in kinds {
                    let mut headers = vec![("content-type", kind)];
                    headers.extend(site.map(|site| ("sec-fetch-site", site)));
                    headers.extend(origin.map(|origin| ("origin", origin)));
                    let body = Vec::from("reason=x&note=x&theme=dark");
                    let answer = web.send(route.method, &path, Some(&session), &headers, body).await;
                    assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {headers:?}");
                    assert!(answer.text.contains("不是从本站的页面发出的"), "{path}: {}", answer.text);
                    refused += 1;
                }
            }
        }
        assert_eq!(web.world.number("SELECT COUNT(*) FROM events").await, before, "{path}");
    }
    assert!(refused > 3000, "{refused}");
    let after = web.world.rows().await;
    assert!(
        difference(&before, &after).lines().all(|line| line.starts_with("sessions")),
        "{}",
        difference(&before, &after)
    );
    // The site's own forms pass, also from browsers that tell nothing.
    for headers in [
        &[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")][..],
        &[("origin", "http://127.0.0.1:3000")],
        &[("sec-fetch-site", "none")],
        &[],
    ] {
        let session = web.session("street").await;
        let headers: Vec<_> = FORM.iter().chain(headers).copied().collect();
        let answer = web.send("POST", "/inbox/read", Some(&session), &headers, Vec::new()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{headers:?}");
    }
}

const ELSEWHERE: &[&str] = &[
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "%2f%2fevil.example",
    "/%2f/evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/a\r\nLocation: https://evil.example",
    "/a\r\nSet-Cookie: session=x",
    "//evil.example#/needs",
    "http:///evil.example",
];

async fn redirects_stay_on_the_site(world: World) {
    let web = Web::new(world).await;
    let evil = [("referer", "https://evil.example/"), ("accept", "text/html")];
    for target in ELSEWHERE {
        for route in routes().iter().filter(|route| route.method == "POST") {
            let path = web.path(route);
            let session = web.session(person(route)).await;
            let body = encode(&[("next", target), ("back", target), ("form", target), ("return", target)]);
            let headers: Vec<_> = FORM.iter().chain(&evil).copied().collect();
            let answer = web.send("POST", &path, Some(&session), &headers, body.into_bytes()).await;
            stays(&path, target, &answer.location);
            assert!(
                answer.headers.get_all(header::SET_COOKIE).iter().all(|c| !c.to_str().unwrap().contains("session=x"))
            );
        }
        for path in ["/login", "/display", "/desk", "/needs"] {
            for session in [None, Some(web.session("street").await)] {
                let query = encode(&[("next", target), ("back", target), ("draft", target)]);
                let answer = web.send("GET", &format!("{path}?{query}"), session.as_deref(), &evil, Vec::new()).await;
                stays(path, target, &answer.location);
                // Nor does a form on the page carry it on.
                assert!(
                    !answer.text.contains("value=\"//evil") && !answer.text.contains("href=\"//evil"),
                    "{path} {target}"
                );
            }
        }
    }
}

fn stays(path: &str, target: &str, location: &str) {
    let own = location.is_empty() || (location.starts_with('/') && !location[1..].starts_with(['/', '\\', '\t']));
    assert!(own && !location.contains(['\r', '\n']), "{path} with {target:?} leads to {location}");
}

async fn other_methods_are_refused(world: World) {
    let web = Web::new(world).await;
    let session = web.session("street").await;
    let before = web.world.rows().await;
    for route in routes() {
        let path = web.path(&route);
        for method in ["PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "FOO"] {
            let answer = web.send(method, &path, Some(&session), FORM, Vec::from("reason=x")).await;
            assert!(
                matches!(answer.status, StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_FOUND),
                "{method} {path}: {}",
                answer.status
            );
            assert!(!answer.text.contains("axum") && !answer.text.contains("reason=x"));
        }
    }
    assert_eq!(before, web.world.rows().await);
}

async fn injected_texts_find_and_break_nothing(world: World) {
    let web = Web::new(world).await;
    let session = web.session("district").await;
    let audit = web.session("auditor").await;
    let deep = "(".repeat(10_000);
    let long = "长".repeat(20_000);
    let corpus = [
        "'",
        "\"",
        "' OR '1'='1",
        "1;DROP TABLE needs--",
        "') UNION SELECT password_hash FROM accounts--",
        "1 AND SLEEP(5)",
        "1;SELECT pg_sleep(5)",
        "%' AND 1=1 --",
        "code:*",
        "*",
        "?",
        "[* TO *]",
        "{a TO z}",
        "title:送餐 OR scope:*",
        "scope:120103",
        "+送餐 -\"x",
        "\"",
        "\"送餐",
        "送餐~9",
        "送餐^99999",
        "AND",
        "NOT",
        "\\",
        "\\\\\"",
        "{{7*7}}",
        "${7*7}",
        "%00",
        "\u{0}",
        "\u{202e}gpj",
        "../../etc/passwd",
        "..%2f..%2f",
        "<svg/onload=x>",
        &deep,
        &long,
    ];
    let counts = web.get("/needs?q=", Some(&session)).await.text.len();
    assert!(counts > 1000);
    for text in corpus {
        let value = escape(text);
        for (path, session) in [
            (format!("/needs?q={value}"), &session),
            (format!("/needs?d={value}&sort={value}&page={value}&g={value}&s={value}"), &session),
            (format!("/claims?state={value}&page={value}"), &session),
            (format!("/audit?kind={value}&who={value}&record={value}&from={value}&before={value}"), &audit),
            (format!("/login?next={value}"), &session),
        ] {
            // A request line has its limit before any handler.
            if path.len() > 60_000 {
                continue;
            }
            let started = std::time::Instant::now();
            let answer = web.get(&path, Some(session)).await;
            assert!(!answer.status.is_server_error(), "GET {:.120}: {}", path, answer.status);
            assert!(started.elapsed().as_secs() < 4, "GET {:.120} took {:?}", path, started.elapsed());
            for inside in ["syntax error", "SQLITE", "sqlx", "tantivy", "QueryParser", "argon2id", "<svg/onload"] {
                assert!(!answer.text.contains(inside), "GET {path:.120} shows {inside}");
            }
        }
    }
    // What stands in headers reaches no answer and no log line of its own.
    for name in ["x-forwarded-for", "x-real-ip", "forwarded", "x-forwarded-host", "x-original-url", "user-agent"] {
        let answer = web.send("GET", "/needs", Some(&session), &[(name, "evil.example, <script>")], Vec::new()).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(!answer.text.contains("evil.example"), "{name}");
    }
    web.world.sound().await;
}

/// The same requests as another office, another organization, another administrator.
async fn foreign_records_do_not_exist(world: World) {
    let web = Web::new(world).await;
    let fields = encode(&[
        ("reason", "试一下"),
        ("note", "试一下"),
        ("close_reason", "withdrawn"),
        ("evidence", "试一下"),
        ("into", &web.target.into),
        ("answer", "试一下"),
        ("question", "试一下"),
        ("purpose", "visit"),
        ("outcome", "full"),
        ("report", "试一下"),
        ("result", "met"),
        ("method", "call"),
        ("to", &web.world.usccs["third"]),
        ("until", "2027-06-30"),
        ("valid_until", "2027-06-30"),
        ("assignee", &web.world.id("other_street").to_string()),
        ("worker", &web.world.id("third").to_string()),
        ("account", &web.world.id("third").to_string()),
        ("consent", "on"),
        ("consent_channel", "paper"),
        ("consent_evidence", "x"),
        ("consent_given_on", "2026-11-20"),
        ("consent_valid_until", "2027-06-30"),
        ("sure", "1"),
    ]);
    let unknown = [
        (web.target.need.as_str(), "XQ120102-26-999999"),
        (web.target.claim.as_deref().unwrap(), "RL120102-26-999999"),
        (web.target.pairing.as_deref().unwrap(), "JD120102-26-999999"),
    ];
    let mut seen = 0;
    for name in ["other_village", "other_street", "other_district", "third"] {
        let role = web.world.actors[name].role;
        let session = web.session(name).await;
        let mut before = web.world.rows().await;
        for table in ["drafts", "once_tokens", "sessions"] {
            before.remove(table);
        }
        for route in routes().iter().filter(|route| route.path.contains('{') && route.access.admits(Some(role))) {
            let own = (name == "third" && route.path.starts_with("/transfers"))
                || route.path.starts_with("/help")
                // A link that opens for whoever holds it.
                || route.path.starts_with("/join")
                || route.path.starts_with("/reset") || route.path.starts_with("/drafts") || route.path.starts_with("/needs/new")
                || route.path.starts_with("/organizations")
                // A published need and a project are everybody's, and whoever may serve a need may claim it.
                || matches!(route.path, "/needs/{code}" | "/needs/{code}/claims" | "/needs/{code}/joint" | "/projects/{code}")
                // So are teams that take members, and openings.
                || matches!(route.path, "/teams/{code}" | "/openings/{code}" | "/openings/{code}/calendar.ics");
            if own {
                continue;
            }
            let path = web.path(route);
            let body = if route.method == "GET" { Vec::new() } else { fields.clone().into_bytes() };
            let answer = web.send(route.method, &path, Some(&session), FORM, body.clone()).await;
            let kept_as_draft = answer.status == StatusCode::SEE_OTHER && answer.location.contains("draft=");
            assert!(
                matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN) || kept_as_draft,
                "{} {path} as {name}: {} {}",
                route.method,
                answer.status,
                answer.location
            );
            // As if it were not there at all: the same words.
            if let Some((known, none)) = unknown.iter().find(|(known, _)| path.contains(known)) {
                let absent = web.send(route.method, &path.replace(known, none), Some(&session), FORM, body).await;
                assert_eq!(answer.status, absent.status, "{} {path} as {name}", route.method);
            }
            seen += 1;
        }
        let mut after = web.world.rows().await;
        for table in ["drafts", "once_tokens", "sessions"] {
            after.remove(table);
        }
        assert_eq!(before, after, "{name}: {}", difference(&before, &after));
    }
    assert!(seen > 60, "{seen}");
    // The own path with somebody else's record in the form.
    let street = web.session("street").await;
    let need = web.world.meals(14).await;
    let foreign = web.world.id("other_street").to_string();
    let pairing = web.target.pairing.clone().unwrap();
    let before = web.world.count_events("verification.reassign").await;
    let id = web.target.verification.unwrap();
    web.post(&format!("/verifications/{id}/reassign"), Some(&street), &[("assignee", &foreign)]).await;
    assert_eq!(web.world.count_events("verification.reassign").await, before);
    let answer = web
        .post(&format!("/needs/{need}/merge"), Some(&street), &[("into", "XQ120103-26-000001"), ("reason", "同一户")])
        .await;
    assert_ne!(answer.status, StatusCode::OK);
    assert_eq!(web.world.count_events("need.merge").await, 0);
    let meals = web.session("meals").await;
    let stranger = web.world.id("care_worker").to_string();
    web.post(&format!("/pairings/{pairing}/workers"), Some(&meals), &[("account", &stranger), ("worker", &stranger)])
        .await;
    assert_eq!(web.world.count_events("pairing.assign_worker").await, 0);
    web.world.sound().await;
}

async fn a_refusal_is_recorded(world: World) {
    let web = Web::new(world).await;
    let before = web.world.count_events("access.refuse").await;
    let session = web.session("other_district").await;
    let claim = web.target.claim.clone().unwrap();
    assert_eq!(web.get(&format!("/claims/{claim}"), Some(&session)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(web.get("/audit", Some(&session)).await.status, StatusCode::FORBIDDEN);
    assert_eq!(
        web.get(&format!("/claims/{}", escape("桑榆晚晴13800009876")), Some(&session)).await.status,
        StatusCode::NOT_FOUND
    );
    // Nothing stands there for anybody: not a refusal. Nobody signed in: the door sends to the sign-in page.
    web.get("/nothing", Some(&session)).await;
    web.get(&format!("/claims/{claim}"), None).await;
    let lines = web.world.texts("SELECT e.data || ' ' || e.reason || ' ' || a.username FROM events e JOIN accounts a ON a.id = e.actor_id WHERE e.command = 'access.refuse' ORDER BY e.id").await;
    let lines = lines[usize::try_from(before).unwrap()..].to_vec();
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!(
        lines[0].contains("/claims/{code}")
            && lines[0].contains(&claim)
            && lines[0].ends_with("not found other_district")
    );
    assert!(lines[1].contains("\"/audit\"") && lines[1].ends_with("forbidden other_district"));
    assert_eq!(
        Canary::new().found_in(&lines.join("\n")),
        Vec::<String>::new(),
        "what was typed into the address is not kept"
    );
}

async fn failures_say_nothing_of_the_inside(world: World) {
    let web = Web::new(world).await;
    let street = web.session("street").await;
    let path = format!("/needs/{}", web.target.need);
    web.world.raw("ALTER TABLE need_beneficiaries RENAME TO gone").await.unwrap();
    let answer = web.get(&path, Some(&street)).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let words = answer.text.split("<main").nth(1).unwrap_or(&answer.text).to_lowercase();
    for inside in [
        "need_beneficiaries",
        "no such table",
        "relation",
        "sql",
        "select",
        "postgres",
        "panicked",
        ".rs",
        "services",
        "storage::",
    ] {
        assert!(!words.contains(inside), "the page says {inside}");
    }
    let code = words.split(|c: char| !c.is_ascii_hexdigit()).find(|word| word.len() == 12);
    assert!(code.is_some(), "the page names the failure for the log");
    // The process lives, and the door is not open.
    assert_eq!(web.get("/help", Some(&street)).await.status, StatusCode::OK);
    assert_eq!(web.get("/audit", Some(&street)).await.status, StatusCode::FORBIDDEN);
    let mut shown = String::new();
    for (role, name) in PEOPLE {
        let session = web.session(name).await;
        let status = web.get(&path, Some(&session)).await.status;
        let _ = write!(shown, "{} {status} ", Role::as_str(*role));
        assert_ne!(status, StatusCode::OK, "nobody gets half a page: {shown}");
    }
}

async fn over_https_everything_is_strict(world: World) {
    let mut web = Web::new(world).await;
    let session = web.session("street").await;
    let config = server::config::Config { public_url: "https://duijie.example".into(), ..Default::default() };
    web.router = server::site::router(std::sync::Arc::clone(&web.world.services), &config);
    let mut kinds = std::collections::BTreeSet::new();
    let cookie = format!("__Host-session={session}");
    for (path, cookie) in [
        ("/", ""),
        ("/desk", ""),
        ("/desk", cookie.as_str()),
        ("/nothing", ""),
        ("/assets/nothing.css", ""),
        ("/claims/%00", cookie.as_str()),
        ("/audit", cookie.as_str()),
        // The name of the cookie without its prefix opens nothing over https.
        ("/inbox", &format!("session={session}")),
    ] {
        let answer = web.send("GET", path, None, &[("cookie", cookie)], Vec::new()).await;
        let strict = answer.headers.get("strict-transport-security").map_or("", |value| value.to_str().unwrap());
        let age: u64 = strict.trim_start_matches("max-age=").split(';').next().unwrap().parse().unwrap_or(0);
        assert!(age >= 31_536_000 && strict.contains("includeSubDomains"), "{path}: {strict}");
        kinds.insert(answer.status.as_u16());
        if path == "/inbox" {
            assert_eq!(answer.status, StatusCode::SEE_OTHER);
        }
    }
    assert!([200, 303, 403, 404].iter().all(|status| kinds.contains(status)), "{kinds:?}");
    let own = [("origin", "https://duijie.example"), ("host", "duijie.example"), ("sec-fetch-site", "same-origin")];
    let headers: Vec<_> = FORM.iter().chain(&own).copied().collect();
    let mut seen = 0;
    for (path, body) in [("/display", "theme=dark&elder=1&contrast=high"), ("/login", "account=x&password=y")] {
        let answer = web.send("POST", path, None, &headers, Vec::from(body)).await;
        for cookie in answer.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            for flag in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
                assert!(cookie.contains(flag), "{path}: {cookie}");
            }
            assert!(!cookie.contains("Domain="), "{path}: {cookie}");
            seen += 1;
        }
    }
    assert!(seen > 0, "no cookie was set");
    // What is broken bears the same headers.
    web.world.raw("ALTER TABLE notices RENAME TO gone").await.unwrap();
    let answer = web.send("GET", "/inbox", None, &[("cookie", &cookie)], Vec::new()).await;
    assert!(answer.status.is_server_error() && answer.headers.contains_key("strict-transport-security"));
}

/// State, owner, author, code and times are nobody's to send.
async fn fields_that_no_form_has_change_nothing(world: World) {
    let web = Web::new(world).await;
    let world = &web.world;
    let foreign = world.org("third").to_string();
    let somebody = world.id("city").to_string();
    let more = [
        ("id", "00000000-0000-4000-8000-000000000001"),
        ("code", "RL120102-26-999999"),
        ("state", "approved"),
        ("status", "approved"),
        ("role", "city"),
        ("organization", foreign.as_str()),
        ("organization_id", foreign.as_str()),
        ("owner", foreign.as_str()),
        ("author_id", somebody.as_str()),
        ("submitted_by", somebody.as_str()),
        ("decided_by", somebody.as_str()),
        ("verified", "1"),
        ("version", "99"),
        ("created_at", "0"),
        ("submitted_at", "0"),
        ("published_at", "0"),
        ("confirmed_at", "9999999999999999"),
        ("verified_until", "2099-12-31"),
        ("taken", "0"),
    ];
    let care = web.session("care").await;
    let need = world.meals(14).await;
    let quantity = format!("quantity.{}", world.lines(&need).await[0].id);
    let mut form = vec![(quantity.as_str(), "2"), ("plan", "每天两顿"), ("start_on", "2026-11-27")];
    form.extend(more);
    let answer = web.post(&format!("/needs/{need}/claims"), Some(&care), &form).await;
    assert!(answer.location.starts_with("/claims/"), "{} {}", answer.status, answer.location);
    let code = answer.location.trim_start_matches("/claims/").split(['?', '#']).next().unwrap();
    let claim = world.claim(code).await;
    assert_eq!(claim.state, domain::claim::ClaimState::Submitted);
    assert_eq!((claim.organization_id, claim.submitted_by), (world.org("care"), Some(world.id("care"))));
    assert_eq!((claim.submitted_at, claim.decided_by), (world.now(), None));
    assert!(claim.code.starts_with("RL120102-26-") && claim.code != "RL120102-26-999999", "{}", claim.code);
    let fields = crate::supply::project::hot_meals();
    let mut form: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    form.extend(more.iter().filter(|(name, _)| *name != "organization"));
    let answer = web.post("/projects", Some(&care), &form).await;
    assert!(answer.location.starts_with("/projects/XM"), "{} {}", answer.status, answer.location);
    let code = answer.location.trim_start_matches("/projects/").split(['?', '#']).next().unwrap().to_owned();
    let row = storage::supply::project::by_code(&mut world.read().await, &code).await.unwrap().unwrap();
    assert_eq!((row.organization_id, row.author_id), (world.org("care"), Some(world.id("care"))));
    assert_eq!((row.state, row.confirmed_at, row.version), (domain::project::ProjectState::Active, world.now(), 1));
    // An own account's change of name does not bring a post along.
    let before = world.number("SELECT COUNT(*) FROM accounts WHERE role = 'city'").await;
    for route in routes().iter().filter(|route| route.method == "POST") {
        let session = web.session("care").await;
        web.post(&web.path(route), Some(&session), &more).await;
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM accounts WHERE role = 'city'").await, before);
    assert_eq!(world.number("SELECT COUNT(*) FROM needs WHERE author_id IS NULL").await, 0);
    world.sound().await;
}

/// Where the gate refuses a claim's plan, the form marks the places and mends each with a button.
async fn a_refused_text_is_mended_with_one_click(world: World) {
    let web = Web::new(world).await;
    let care = web.session("care").await;
    let need = web.world.meals(14).await;
    let quantity = format!("quantity.{}", web.world.lines(&need).await[0].id);
    let path = format!("/needs/{need}");
    let form = format!("{path}#claim");
    let plan = "每天两顿，请打13800001234联系，或加微信abc_1900";
    let mut typed = vec![(quantity.as_str(), "2"), ("plan", plan), ("start_on", "2026-11-27"), ("form", form.as_str())];
    let answer = web.post(&format!("{path}/claims"), Some(&care), &typed).await;
    let draft = answer.location.split("draft=").nth(1).unwrap().split('#').next().unwrap().to_owned();
    let page = web.get(&format!("{path}?draft={draft}"), Some(&care)).await.text;
    assert!(page.contains("<mark>13800001234") && page.contains("<mark>abc_1900"), "both are marked");
    let button = |page: &str| {
        let at = page.find("value=\"plan:").expect("a button that mends");
        page[at + 7..].split('"').next().unwrap().to_owned()
    };
    // The Enter key does what the form is for.
    let panel = page.split("id=\"claim\"").nth(1).unwrap();
    let first = panel.split("<button").nth(1).unwrap().split('>').next().unwrap();
    assert!(!first.contains("mend"), "{first}");
    typed.push(("draft", &draft));
    let wanted = button(&page);
    let mut first = typed.clone();
    first.push(("mend", &wanted));
    let claims = web.world.number("SELECT COUNT(*) FROM claims").await;
    let answer = web.post(&format!("{path}/claims"), Some(&care), &first).await;
    assert_eq!((answer.status, answer.location.contains(&draft)), (StatusCode::SEE_OTHER, true));
    let page = web.get(&format!("{path}?draft={draft}"), Some(&care)).await.text;
    assert!(!page.contains("13800001234") && page.contains("<mark>abc_1900") && page.contains("（由街道转告）"));
    // A button of a page left open, over a text that was changed since, changes nothing.
    let other = button(&page);
    let mut stale = typed.clone();
    stale.retain(|(name, _)| *name != "plan");
    stale.extend([("plan", "每天两顿，微信号abc_1900，先电话"), ("mend", other.as_str())]);
    web.post(&format!("{path}/claims"), Some(&care), &stale).await;
    let page = web.get(&format!("{path}?draft={draft}"), Some(&care)).await.text;
    assert!(page.contains("微信号abc_1900，先电话"));
    assert_eq!(web.world.number("SELECT COUNT(*) FROM claims").await, claims, "mending submits nothing");
    web.world.sound().await;
}
