//! The site as it is served: doors, foreign forms, readers that change nothing, input that breaks nothing.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, path::Path, sync::Arc};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use domain::{organization::LedgerKind, role::Role};
use duijie_tests::{
    attempts::Target,
    world::{Canary, World, difference},
};
use server::config::Config;
use services::people::session::token_hash;
use storage::people::session::Session;
use tower::ServiceExt as _;
use web::{Route, routes};

use crate::base::scope::everything;

duijie_tests::both_engines!(
    reading_changes_nothing,
    foreign_forms_are_refused,
    bad_input_breaks_nothing,
    answers_say_what_is_wrong,
    logs_hold_no_private_values,
    what_was_typed_is_text_wherever_it_is_shown
);

pub(crate) struct Web {
    pub world: World,
    pub router: Router,
    pub target: Target,
    pub import: String,
    /// Evidence of the need, added by its street.
    pub attachment: String,
    pub saved: String,
    project: String,
    invitation: uuid::Uuid,
    batch: String,
    pub team: String,
    pub opening: String,
    pub shift: uuid::Uuid,
    signup: uuid::Uuid,
    member: uuid::Uuid,
    /// A list of members, checked.
    roll: uuid::Uuid,
    /// A request for help that its street has taken on, and what its household says.
    pub request: String,
    pub voice: uuid::Uuid,
}

pub(crate) struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub headers: axum::http::HeaderMap,
    pub text: String,
    pub bytes: Vec<u8>,
}

/// An account of each role that signs in.
pub(crate) const PEOPLE: &[(Role, &str)] = &[
    (Role::OrgAdmin, "meals"),
    (Role::OrgWorker, "meals_worker"),
    (Role::VillageWorker, "village"),
    (Role::Volunteer, "vol"),
    (Role::Street, "street"),
    (Role::District, "district"),
    (Role::City, "city"),
    (Role::SystemAdmin, "admin"),
    (Role::SecurityAdmin, "security"),
    (Role::AuditAdmin, "auditor"),
];

impl Web {
    pub async fn new(world: World) -> Self {
        let target = everything(&world).await;
        let ledger = fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers/needs-clean.xlsx")).unwrap();
        let import = services::needs::import::upload(&world.by("city"), LedgerKind::Needs, "needs-clean.xlsx", ledger)
            .await
            .unwrap()
            .to_string();
        let saved =
            services::finding::saved_search::create(&world.by("meals"), "送饭", "q=送饭").await.unwrap().to_string();
        let owner = services::base::attachment::Owner::Need(target.need.clone());
        let pdf = b"%PDF-1.7 1 0 obj <<>> endobj".to_vec();
        let attachment =
            services::base::attachment::add(&world.by("street"), &owner, "同意书.pdf", pdf).await.unwrap().to_string();
        let project = crate::supply::project::publish(&world, "meals", &crate::supply::project::hot_meals()).await;
        crate::aid::ask::invite(&world, "street", &target.into, &["meals"]).await.unwrap();
        let into = world.need(&target.into).await.id;
        let asked = storage::aid::ask::of_need(&mut world.read().await, into).await.unwrap();
        let invitation = asked[0].ask.id;
        let batch =
            services::aid::batch::propose(&world.by("district"), "120102", &services::aid::batch::Filter::default())
                .await
                .unwrap();
        services::aid::batch::run(&world.services, &batch).await.unwrap();
        let (team, opening, shift) = crate::volunteers::volunteer::opened(&world, &[]).await;
        services::volunteers::signup::apply(&world.by("vol"), shift).await.unwrap();
        services::volunteers::member::join(&world.by("vol"), &team, "").await.unwrap();
        let own = storage::volunteers::volunteer::by_account(&mut world.read().await, world.id("vol"))
            .await
            .unwrap()
            .unwrap();
        let signup =
            storage::volunteers::signup::own(&mut world.read().await, shift, own.id).await.unwrap().unwrap().id;
        let member =
            storage::volunteers::team::of_volunteer(&mut world.read().await, own.id).await.unwrap()[0].member.id;
        let list = "姓名,性别,出生日期,联系电话,居住区域,本人同意,同意日期\n示例新人,女,1980-02-03,13800150002,河东区鲁山道街道,是,2026-11-02\n";
        let bytes = list.as_bytes().to_vec();
        let roll =
            services::volunteers::member_import::upload(&world.by("meals"), &team, "名册.csv", bytes).await.unwrap();
        let (request, voice) = crate::reach::help::heard_of(&world).await;
        world.caught_up().await;
        Self {
            router: server::site::router(Arc::clone(&world.services), &Config::default()),
            world,
            target,
            import,
            attachment,
            saved,
            project,
            invitation,
            batch,
            team,
            opening,
            shift,
            signup,
            member,
            roll,
            request,
            voice,
        }
    }

    /// A session of its own for each request, so that signing out hurts nobody.
    pub async fn session(&self, name: &str) -> String {
        let mut bytes = [0_u8; 32];
        self.world.services.random.fill(&mut bytes);
        let token: String = bytes.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let id = self.world.services.new_id();
        let session = Session::open(token_hash(&token), id, self.world.id(name), self.world.now(), 12);
        let mut tx = self.world.services.db.write().await.unwrap();
        storage::people::session::insert(&mut tx, &session).await.unwrap();
        tx.commit().await.unwrap();
        token
    }

    pub async fn send(
        &self,
        method: &str,
        path: &str,
        session: Option<&str>,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        if headers.iter().all(|(name, _)| !name.eq_ignore_ascii_case("host")) {
            request = request.header(header::HOST, "127.0.0.1:3000");
        }
        if let Some(token) = session {
            request = request.header(header::COOKIE, format!("session={token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = self.router.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
        let status = response.status();
        let location =
            response.headers().get(header::LOCATION).map(|v| v.to_str().unwrap().to_owned()).unwrap_or_default();
        let headers = response.headers().clone();
        let bytes = to_bytes(response.into_body(), 64 << 20).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Answer { status, location, headers, text, bytes: bytes.to_vec() }
    }

    pub async fn get(&self, path: &str, session: Option<&str>) -> Answer {
        self.send("GET", path, session, &[], Vec::new()).await
    }

    pub async fn post(&self, path: &str, session: Option<&str>, fields: &[(&str, &str)]) -> Answer {
        self.send("POST", path, session, FORM, encode(fields).into_bytes()).await
    }

    /// A route's path with records of the world in it.
    pub fn path(&self, route: &Route) -> String {
        let t = &self.target;
        let mut path = route.path.to_owned();
        let id = if path.starts_with("/deliveries") || path.contains("/visits/") {
            t.delivery.unwrap().to_string()
        } else if path.starts_with("/verifications") {
            t.verification.unwrap().to_string()
        } else if path.starts_with("/transfers") {
            t.transfer.unwrap().to_string()
        } else if path.starts_with("/attachments") {
            self.attachment.clone()
        } else if path.starts_with("/asks") {
            self.invitation.to_string()
        } else if path.starts_with("/shifts") {
            self.shift.to_string()
        } else if path.starts_with("/signups") {
            self.signup.to_string()
        } else if path.starts_with("/voices") {
            self.voice.to_string()
        } else if path.starts_with("/members") {
            self.member.to_string()
        } else if path.starts_with("/teams") {
            self.roll.to_string()
        } else if path.starts_with("/import") {
            self.import.clone()
        } else if path.starts_with("/searches") {
            self.saved.clone()
        } else if path.starts_with("/accounts/") {
            self.world.id("meals_other").to_string()
        } else {
            self.world.org("meals").to_string()
        };
        let code = if path.starts_with("/claims") {
            t.claim.clone().unwrap()
        } else if path.starts_with("/pairings") {
            t.pairing.clone().unwrap()
        } else if path.starts_with("/batches") {
            self.batch.clone()
        } else if path.starts_with("/projects") {
            self.project.clone()
        } else if path.starts_with("/teams") {
            self.team.clone()
        } else if path.starts_with("/openings") {
            self.opening.clone()
        } else if path.starts_with("/requests") {
            self.request.clone()
        } else {
            t.need.clone()
        };
        for (name, value) in [
            ("{code}", code.as_str()),
            ("{id}", id.as_str()),
            ("{topic}", "claim"),
            ("{step}", "who"),
            ("{way}", "take"),
            // 吃饭/助餐, the first group of the thesaurus.
            ("{group}", "5ZCD6aWtL-WKqemkkA"),
            ("{token}", "0"),
            ("{check}", "0"),
        ] {
            path = path.replace(name, value);
        }
        assert!(!path.contains('{'), "teach this test a sample for {path}");
        path
    }
}

pub(crate) const FORM: &[(&str, &str)] = &[("content-type", "application/x-www-form-urlencoded")];

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}

pub(crate) fn escape(text: &str) -> String {
    let hex = |half: u8| char::from(b"0123456789ABCDEF"[usize::from(half)]);
    let mut out = String::with_capacity(3 * text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(byte));
        } else {
            out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
        }
    }
    out
}

/// Who passes which door: the answer of the site, compared with the list that is checked in.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doors_are_as_written_down() {
    let Some(world) = World::create(duijie_tests::world::Engine::Sqlite).await else { return };
    let web = Web::new(world).await;
    let mut list = BTreeSet::new();
    for route in routes() {
        // Records that do not exist: behind the door nothing happens.
        let path =
            route.path.replace("{code}", "XQ120102-26-999999").replace("{id}", "00000000-0000-4000-8000-000000000000");
        let path = path
            .replace("{topic}", "claim")
            .replace("{step}", "who")
            .replace("{way}", "take")
            .replace("{group}", "5ZCD6aWtL-WKqemkkA")
            .replace("{token}", "0")
            .replace("{check}", "0");
        let mut inside = Vec::new();
        for (role, name) in PEOPLE.iter().map(|(role, name)| (Some(*role), Some(*name))).chain([(None, None)]) {
            let session = match name {
                Some(name) => Some(web.session(name).await),
                None => None,
            };
            let body = if route.method == "POST" { Vec::from("x=1") } else { Vec::new() };
            let answer = web.send(route.method, &path, session.as_deref(), FORM, body).await;
            assert!(!answer.status.is_server_error(), "{} {path} as {role:?}: {}", route.method, answer.status);
            let refused = answer.status == StatusCode::FORBIDDEN || answer.location.starts_with("/login?");
            assert!(refused || route.access.admits(role), "{} {path} lets {role:?} in", route.method);
            if !refused {
                inside.push(role.map_or("public", Role::as_str));
            }
        }
        list.insert(format!("{:4} {}: {}", route.method, route.path, inside.join(" ")));
    }
    let found = list.iter().fold(String::new(), |text, line| text + line.as_str() + "\n");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/permission_matrix.txt");
    if env::var_os("RENEW_PERMISSION_MATRIX").is_some() {
        fs::write(&golden, &found).unwrap();
    }
    let written = fs::read_to_string(&golden).unwrap_or_default();
    if found != written {
        let lines: BTreeSet<&str> = written.lines().collect();
        let now: BTreeSet<&str> = found.lines().collect();
        let mut words = String::new();
        for gone in lines.difference(&now) {
            let _ = writeln!(words, "- {gone}");
        }
        for new in now.difference(&lines) {
            let _ = writeln!(words, "+ {new}");
        }
        panic!(
            "doors differ from tests/data/permission_matrix.txt:\n{words}\nIf each line is meant, renew the list with\n    RENEW_PERMISSION_MATRIX=1 cargo test -p duijie-tests --test contract doors_are_as_written_down\nand commit it."
        );
    }
}

async fn reading_changes_nothing(world: World) {
    let web = Web::new(world).await;
    let canary = Canary::new();
    let mut sessions = Vec::new();
    for (_, name) in PEOPLE {
        sessions.push((*name, Some(web.session(name).await)));
    }
    for name in ["third", "other_district"] {
        sessions.push((name, Some(web.session(name).await)));
    }
    sessions.push(("public", None));
    let before = web.world.rows().await;
    for route in routes().iter().filter(|route| route.method == "GET") {
        let path = web.path(route);
        for (name, session) in &sessions {
            let answer = web.get(&path, session.as_deref()).await;
            assert!(
                matches!(answer.status.as_u16(), 200 | 303 | 307 | 308 | 403 | 404 | 409),
                "GET {path} as {name}: {}",
                answer.status
            );
            // The own office keeps the file and writes it down first; nobody else reads it without asking.
            let keeps = path.contains("/edit") || (path.ends_with("/file") && ["street", "district"].contains(name));
            if !keeps {
                assert_eq!(canary.found_in(&answer.text), Vec::<String>::new(), "GET {path} as {name}");
            }
        }
    }
    let after = web.world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
}

async fn foreign_forms_are_refused(world: World) {
    let web = Web::new(world).await;
    let street = web.session("street").await;
    let meals = web.session("meals").await;
    let before = web.world.rows().await;
    for route in routes().iter().filter(|route| route.method == "POST") {
        let path = web.path(route);
        for foreign in [
            &[("origin", "https://evil.example")][..],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://other.127.0.0.1:3000")],
            &[("origin", "null")],
        ] {
            for session in [&street, &meals] {
                let headers: Vec<_> = FORM.iter().chain(foreign).copied().collect();
                let answer = web.send("POST", &path, Some(session), &headers, Vec::from("reason=x&note=x")).await;
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "POST {path} with {foreign:?}");
            }
        }
    }
    let after = web.world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
}

const NAMES: &[&str] = &[
    "account",
    "password",
    "code",
    "proof",
    "session",
    "role",
    "scope",
    "organization",
    "display_name",
    "current_password",
    "new_password",
    "again",
    "next",
    "form",
    "once",
    "draft",
    "kind",
    "division_code",
    "source",
    "source_no",
    "urgency",
    "beneficiary",
    "lines.0.service",
    "lines.0.quantity",
    "lines.0.unit",
    "lines.0.per",
    "lines.99999999999.quantity",
    "title",
    "description",
    "requirements",
    "valid_until",
    "name",
    "id_number",
    "phone",
    "address",
    "consent",
    "consent_channel",
    "consent_given_on",
    "reason",
    "note",
    "close_reason",
    "into",
    "plan",
    "start_on",
    "answer",
    "question",
    "line",
    "from",
    "until",
    "weekdays",
    "at",
    "result",
    "minutes",
    "units",
    "done_on",
    "outcome",
    "report",
    "purpose",
    "to",
    "worker",
    "assignee",
    "method",
    "fail_reason",
    "delivery",
    "file",
    "version",
    "step",
    "theme",
    "elder",
    "contrast",
];

async fn bad_input_breaks_nothing(world: World) {
    let web = Web::new(world).await;
    let long = "长".repeat(5000);
    let script = "<script>alert(1)</script>";
    let values = [
        "",
        &long,
        "😀👨‍👩‍👧",
        "𠮷𪚥",
        "１２３",
        "\0",
        "\u{7}\u{202e}",
        "99999999999999999999999999",
        "-1",
        script,
        "'; DROP TABLE needs; --",
        "2026-13-45",
        "00000000-0000-4000-8000-000000000000",
        "//evil.example",
        "%",
    ];
    // The same for every address: written out once, since the long ones are megabytes.
    let mut bodies: Vec<Vec<u8>> = values
        .iter()
        .map(|value| {
            let value = escape(value);
            NAMES.iter().map(|name| format!("{}={value}", escape(name))).collect::<Vec<_>>().join("&").into_bytes()
        })
        .collect();
    // The same field many times, bytes that are no text, nothing at all, something else altogether.
    bodies.push(encode(&[("reason", "一"), ("reason", "二"), ("line", "x"), ("line", "y")].repeat(50)).into_bytes());
    bodies.push(b"reason=%ff%fe&note=%00&\xff=1".to_vec());
    bodies.push(Vec::new());
    bodies.push(b"{\"reason\": 1}".to_vec());
    let mut seen = 0;
    for route in routes().iter().filter(|route| route.method == "POST") {
        let path = web.path(route);
        let people: Vec<&str> =
            PEOPLE.iter().filter(|(role, _)| route.access.admits(Some(*role))).map(|(_, name)| *name).collect();
        for (number, body) in bodies.iter().enumerate() {
            let name = people[number % people.len()];
            let session = web.session(name).await;
            let answer = web.send("POST", &path, Some(&session), FORM, body.clone()).await;
            assert!(
                !answer.status.is_server_error(),
                "POST {path} body {number} as {name}: {}\n{}",
                answer.status,
                answer.text
            );
            assert!(
                !answer.location.contains("evil.example")
                    || answer.location.starts_with('/') && !answer.location.starts_with("//"),
                "{path} leads to {}",
                answer.location
            );
            // What was typed comes back as text.
            if answer.location.starts_with('/') {
                let page = web.get(answer.location.split('#').next().unwrap(), Some(&session)).await;
                assert!(
                    !page.status.is_server_error(),
                    "after POST {path} body {number}: GET {} {}",
                    answer.location,
                    page.status
                );
                assert!(!page.text.contains(script), "after POST {path}: GET {}", answer.location);
            }
            assert!(!answer.text.contains(script), "POST {path}");
            seen += 1;
        }
        for (kind, body) in [
            ("application/json", &b"{}"[..]),
            ("text/plain", b"reason=x"),
            ("multipart/form-data", b"x"),
            ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xe5\x8f\xb0.xlsx\"\r\n\r\nPK\x03\x04"),
            ("multipart/form-data; boundary=b", b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"\r\n\r\nPK\x03\x04\r\n--b--\r\n"),
        ] {
            let session = web.session(people[0]).await;
            let answer = web.send("POST", &path, Some(&session), &[("content-type", kind)], body.to_vec()).await;
            assert!(!answer.status.is_server_error(), "POST {path} as {kind}: {}", answer.status);
            // A link to a new password and a calendar's address want no fields, and are shown in the answer.
            let shown = ["/login", "/my/calendar/renew"].contains(&path.as_str()) || path.ends_with("/password-link");
            assert!(!answer.status.is_success() || shown, "POST {path} as {kind}: {}", answer.status);
        }
    }
    assert!(seen > 500, "{seen}");
    // Addresses that are none.
    let session = web.session("street").await;
    for path in [
        "/needs/%00",
        "/needs/XQ120102-26-999999",
        "/needs/%F0%A0%AE%B7",
        "/claims/x",
        "/pairings/%00",
        "/pairings/x/sheet",
        "/organizations/%00",
        "/import/%00",
        "/help/%00",
        "/verifications?state=%00&page=-1",
        "/claims?state=x&page=99999999999999999999",
        "/pairings?page=%F0%9F%98%80",
        "/nothing",
        "/assets/..%2f..%2fCargo.toml",
        "/needs?q=%00&page=99999999999",
        "/needs?sort=x&district=%27",
    ] {
        let answer = web.get(path, Some(&session)).await;
        assert!(!answer.status.is_server_error(), "GET {path}: {}", answer.status);
        if !path.contains('?') {
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "GET {path}");
        }
    }
    for route in routes().iter().filter(|route| route.method == "POST" && route.path.contains('{')) {
        let path = route.path.replace("{code}", "%00").replace("{id}", "%00");
        let name = PEOPLE.iter().find(|(role, _)| route.access.admits(Some(*role))).unwrap().1;
        let session = web.session(name).await;
        let answer = web.post(&path, Some(&session), &[("reason", "x"), ("note", "x")]).await;
        assert!(!answer.status.is_server_error(), "POST {path}: {}", answer.status);
    }
    web.world.sound().await;
}

async fn answers_say_what_is_wrong(world: World) {
    let web = Web::new(world).await;
    let (need, pairing, claim) =
        (web.target.need.clone(), web.target.pairing.clone().unwrap(), web.target.claim.clone().unwrap());
    let other = web.session("other_district").await;
    let before = web.world.rows().await;
    for path in [format!("/claims/{claim}"), format!("/pairings/{pairing}"), format!("/pairings/{pairing}/sheet")] {
        assert_eq!(web.get(&path, Some(&other)).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    for path in [
        format!("/needs/{need}/publish"),
        format!("/claims/{claim}/approve"),
        format!("/pairings/{pairing}/complete"),
        format!("/pairings/{pairing}/grace"),
    ] {
        assert_eq!(web.post(&path, Some(&other), &[]).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(web.world.rows().await, before);
    // Already public; already reported.
    let (district, meals) = (web.session("district").await, web.session("meals").await);
    let late = web.post(&format!("/needs/{need}/publish"), Some(&district), &[]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    assert!(late.text.contains("已公开"), "the page says where it stands");
    let late = web.post(&format!("/pairings/{pairing}/start"), Some(&meals), &[("note", "已联系")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT);
    // Without a session: to the sign-in page and back, and nothing happens.
    let door = web.get("/desk", None).await;
    assert_eq!((door.status, door.location.as_str()), (StatusCode::SEE_OTHER, "/login?next=%2Fdesk&ended="));
    // The method that a page does not have.
    assert_eq!(web.post("/desk", Some(&district), &[]).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

/// Everything that is logged while the tests of this process run.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<std::sync::Mutex<Vec<u8>>>);

impl Log {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

pub(crate) fn log() -> &'static Log {
    static LOG: std::sync::OnceLock<Log> = std::sync::OnceLock::new();
    LOG.get_or_init(|| {
        let log = Log::default();
        let writer = log.clone();
        let filter = tracing_subscriber::EnvFilter::new("debug,sqlx=info,tantivy=info");
        let _ = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || writer.clone()).try_init();
        log
    })
}

async fn logs_hold_no_private_values(world: World) {
    let log = log();
    let web = Web::new(world).await;
    let canary = Canary::new();
    let street = web.session("street").await;
    // The whole file in forms that are refused, in addresses, and as somebody else's account.
    let file = [
        ("name", canary.name),
        ("id_number", canary.id_number.as_str()),
        ("phone", canary.phone),
        ("address", canary.address),
        ("health_notes", canary.health_notes),
        ("reason", canary.phone),
        ("account", canary.name),
        ("password", canary.id_number.as_str()),
    ];
    for route in routes().iter().filter(|route| route.method == "POST") {
        web.post(&web.path(route), Some(&street), &file).await;
    }
    for path in ["/needs", "/claims", "/nothing"] {
        web.get(&format!("{path}?q={}", escape(canary.name)), None).await;
        web.get(&format!("{path}/{}", escape(canary.phone)), Some(&street)).await;
    }
    // What the database itself complains of: its words may hold values.
    let tables = match web.world.engine {
        duijie_tests::world::Engine::Sqlite => {
            "CREATE TRIGGER trap BEFORE INSERT ON need_files BEGIN SELECT RAISE(ABORT, 'full'); END"
        }
        duijie_tests::world::Engine::Postgres => {
            "ALTER TABLE need_files ADD CONSTRAINT trap CHECK (length(payload) < 1) NOT VALID"
        }
    };
    web.world.raw(tables).await.unwrap();
    let input = web.world.input(&duijie_tests::world::household());
    let error = services::needs::need::create(&web.world.by("street"), &input).await.unwrap_err();
    tracing::error!(%error, "a test's own error");
    tracing::error!(?input, "what a careless line would print");
    let text = log.text();
    assert!(text.contains("a test's own error"), "the log is not caught");
    assert_eq!(canary.found_in(&text), Vec::<String>::new());
}

/// Searching shows what was typed in many places: as text, never as markup; whatever it is, it is answered.
async fn what_was_typed_is_text_wherever_it_is_shown(world: World) {
    let web = Web::new(world).await;
    let hostile = [
        "<script>alert(1)</script>送饭",
        "\"><img src=x onerror=alert(1)> 蓟州",
        "助餐 -<b>陪诊</b> “<i>一日三餐</i>”",
        "</textarea><svg/onload=alert(1)>",
        "&lt;script&gt; &#x3c;script>",
        "\u{202e}\u{0}\u{feff}助餐\u{301}",
        &"\"“”-".repeat(60),
        &"蓟州陪诊".repeat(300),
    ];
    for (name, pages) in [
        (None, &["/needs?q=", "/needs/suggest?q=", "/?q="][..]),
        (Some("meals"), &["/needs?lit=x&q=", "/searches/new?q=", "/needs/suggest?q="][..]),
        (Some("city"), &["/needs?q=", "/thesaurus?q=", "/thesaurus/new?words="][..]),
    ] {
        let session = match name {
            Some(name) => Some(web.session(name).await),
            None => None,
        };
        for page in pages {
            for text in hostile {
                let answer = web.get(&format!("{page}{}", escape(text)), session.as_deref()).await;
                assert_eq!(answer.status, StatusCode::OK, "{page}{text}");
                if !page.contains("suggest") {
                    for markup in ["<script>alert", "<img src=x", "<b>陪诊", "<i>一日", "<svg/onload"] {
                        assert!(!answer.text.contains(markup), "{page}{text}: {markup}");
                    }
                }
            }
        }
    }
    let suggested = web.get(&format!("/needs/suggest?q={}", escape("送")), None).await;
    let suggested: serde_json::Value = serde_json::from_str(&suggested.text).unwrap();
    assert!(suggested["words"].as_array().is_some_and(|words| !words.is_empty()), "{suggested}");
}
