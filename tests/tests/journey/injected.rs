//! Markup typed into every text field, through the services, and every page looked at as everybody in a browser that
//! would run it: scripts allowed, the site's own policy against foreign scripts switched off.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc, time::Duration};

use domain::{organization::LedgerKind, verification::LineResult};
use duijie_tests::{
    browser::{Browser, DESK},
    world::{Engine, World, fields, household, with},
};
use serde_json::{Value, json};
use server::config::Config;
use services::aid::delivery;
use services::people::session::token_hash;
use storage::people::session::Session;
use web::routes;

/// Each would set `__x` or leave an element behind: out of text, attribute, text area, title, comment, script, style,
/// link, picture, SVG, MathML, frame, template, Markdown, entity and island.
const PAYLOADS: &[&str] = &[
    "<script>__x=1</script>",
    "</textarea><script>__x=1</script>",
    "</title><script>__x=1</script>",
    "</style><script>__x=1</script>",
    "</script><script>__x=1</script>",
    "--><script>__x=1</script>",
    "]]><script>__x=1</script>",
    "\"><script>__x=1</script>",
    "'><script>__x=1</script>",
    "</option></select><img src=x onerror=__x=1>",
    "<img src=x onerror=__x=1>",
    "\"><img src=x onerror=__x=1>",
    "'><img/src=x/onerror=__x=1>",
    "<svg onload=__x=1>",
    "<svg/onload=__x=1//",
    "<svg><script>__x=1</script></svg>",
    "<svg><animate onbegin=__x=1 attributeName=x dur=1s>",
    "<svg><a xlink:href=javascript:__x=1><text>x</text></a>",
    "<math><mtext></mtext><mglyph><style><img src onerror=__x=1>",
    "<body onload=__x=1>",
    "<iframe src=javascript:parent.__x=1>",
    "<iframe srcdoc='<script>parent.__x=1</script>'>",
    "<details open ontoggle=__x=1>",
    "<input autofocus onfocus=__x=1>",
    "<select autofocus onfocus=__x=1>",
    "<video><source onerror=__x=1></video>",
    "<audio src=x onerror=__x=1>",
    "<marquee onstart=__x=1>",
    "<object data=javascript:__x=1>",
    "<embed src=javascript:__x=1>",
    "<a href=javascript:__x=1 id=inj>x</a>",
    "[x](javascript:__x=1)",
    "![x](x\"onerror=\"__x=1)",
    "<base id=inj target=x>",
    "<meta http-equiv=refresh content='0;url=javascript:__x=1'>",
    "\" onmouseover=\"__x=1\" autofocus onfocus=\"__x=1",
    "' onfocus='__x=1' autofocus='",
    "` onfocus=`__x=1` autofocus=`",
    "javascript:__x=1",
    "data:text/html,<script>__x=1</script>",
    "{{constructor.constructor('__x=1')()}}",
    "${__x=1}",
    "&lt;script&gt;__x=1&lt;/script&gt;",
    "&#60;script&#62;__x=1&#60;/script&#62;",
    "<scr<script>ipt>__x=1</scr</script>ipt>",
    "<ScRiPt/x>__x=1</sCrIpT>",
    "<xss id=inj onanimationstart=__x=1>",
    "<form id=inj><button>x",
    "<template id=inj><script>__x=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=__x=1>'>",
    "<leptos-island data-component=x id=inj>",
    "\\u003cscript\\u003e__x=1\\u003c/script\\u003e",
    "＜script＞__x=1＜/script＞",
];

/// Opens each of the pages given in a frame of its own, and tells what it should not hold: what ran, and elements that
/// no view of the site makes.
const LOOK: &str = r"
    const [pages, done] = arguments;
    const strange = ['IFRAME', 'OBJECT', 'EMBED', 'MARQUEE', 'BASE', 'XSS', 'MATH', 'VIDEO', 'AUDIO', 'TEMPLATE'];
    const look = frame => {
        const bad = [...frame.contentDocument.querySelectorAll('*')].filter(element =>
            strange.includes(element.tagName.toUpperCase()) || element.id === 'inj' ||
            (element.tagName === 'SCRIPT' && !element.src) ||
            (element.tagName === 'META' && element.httpEquiv.toLowerCase() === 'refresh') ||
            [...element.attributes].some(a => a.name.startsWith('on') || a.name.includes('<') || a.name.includes('>') ||
                (['href', 'src', 'action', 'formaction', 'data', 'xlink:href'].includes(a.name) && /^\s*(javascript|data):/i.test(a.value))));
        return [typeof frame.contentWindow.__x !== 'undefined', bad.map(e => e.outerHTML.slice(0, 160))];
    };
    Promise.all(pages.map(html => new Promise(seen => {
        const frame = document.createElement('iframe');
        frame.onload = () => setTimeout(() => { seen(look(frame)); frame.remove(); }, 100);
        frame.srcdoc = html;
        document.body.append(frame);
    }))).then(done, error => done([String(error)]));";

/// Pages opened at once.
const TOGETHER: usize = 16;

/// Payloads of one round, as many as fit into a field of `most` characters.
fn payload(round: usize, most: usize) -> String {
    let mut text = String::new();
    for at in 0..PAYLOADS.len() {
        let next = PAYLOADS[(round * 9 + at) % PAYLOADS.len()];
        if text.chars().count() + next.chars().count() + 1 > most || at >= 9 {
            break;
        }
        let _ = write!(text, "{next} ");
    }
    let text = text.trim().to_owned();
    if text.is_empty() { "<b id=inj>".chars().take(most).collect() } else { text }
}

/// Rounds after which each payload has stood in each field that is long enough.
const ROUNDS: usize = 6;

/// One of everything with the payloads of a round in it. Returns addresses of its records by the names in routes.
async fn store(world: &World, round: usize) -> Vec<(&'static str, String)> {
    let text = |most: usize| payload(round, most);
    let typed = with(
        &household(),
        &[
            ("source_no", &text(40)),
            ("decided_by.DB", &text(60)),
            ("lines.0.note", &text(100)),
            ("title", &text(30)),
            ("description", &text(500)),
            ("requirements", &text(300)),
            ("aid_given", &text(300)),
            ("gap", &text(300)),
            ("name", &text(40)),
            // With a number first: else its letters would be an estate's name that no other text may hold.
            ("address", &format!("河东区1号{}", text(90))),
            ("guardian", &text(60)),
            ("members", &text(100)),
            ("health_notes", &text(300)),
            ("consent_evidence", &text(80)),
        ],
    );
    // A field that refuses the text altogether keeps its usual one: that is an answer as well.
    let divisions = world.services.divisions();
    let mut kept = typed.clone();
    if let Err(mistakes) = services::needs::need_form::read(&typed, None, "12", &divisions, world.now()) {
        let usual = household();
        for mistake in mistakes {
            let before = usual.iter().find(|(name, _)| *name == mistake.field).map(|(_, value)| value.clone());
            kept = with(&kept, &[(mistake.field.as_str(), before.as_deref().unwrap_or_default())]);
        }
    }
    let need = world.published(&kept).await;
    let draft = world.draft("street", &kept).await;
    let (street, village, meals, care) = (world.by("street"), world.by("village"), world.by("meals"), world.by("care"));
    let mut offer = world.offer(&need, &[2, 1]).await;
    offer.plan = text(900);
    let claim = services::aid::claim::submit(&care, &need, &offer).await.unwrap();
    services::aid::claim::ask(&street, &claim, &text(250)).await.unwrap();
    services::aid::claim::answer(&care, &claim, &text(250)).await.unwrap();
    services::aid::claim::decline(&street, &claim, &text(250)).await.unwrap();
    let mut offer = world.offer(&need, &[6, 0]).await;
    offer.plan = text(900);
    let approved = services::aid::claim::submit(&meals, &need, &offer).await.unwrap();
    let pairing = services::aid::claim::approve(&street, &approved).await.unwrap();
    services::aid::pairing::start(&meals, &pairing, &text(250)).await.unwrap();
    let line = world.lines(&need).await[0].id;
    let done = |note: String| {
        delivery::Visit::Done(delivery::Done {
            done_on: world.now().day(),
            at: None,
            units: 1,
            minutes: Some(30),
            note,
            again: true,
        })
    };
    delivery::record_unplanned(&meals, &pairing, line, &done(text(400))).await.unwrap();
    let first = world.deliveries(&pairing).await[0].id;
    delivery::decide(&village, first, false, &text(250)).await.unwrap();
    delivery::record_unplanned(&meals, &pairing, line, &done(text(400))).await.unwrap();
    services::aid::transfer::offer(&meals, &pairing, &world.usccs["third"], &text(400)).await.unwrap();
    let mut report = world.report_of(&pairing).await;
    report.text = text(900);
    report.lines[0].note = text(90);
    services::aid::pairing::report(&meals, &pairing, &report).await.unwrap();
    let verification = world.assigned(&pairing, "village").await;
    let mut finding = world.finding(&pairing, LineResult::Met).await;
    if let services::aid::verification::Finding::Verified { lines, note, .. } = &mut finding {
        *note = text(400);
        lines[0].why = text(150);
    }
    services::aid::verification::submit(&village, verification, &finding).await.unwrap();
    let other = world.meals(14).await;
    let wanted = [services::aid::ask::Wanted { organization: world.org("third"), lines: Vec::new() }];
    services::aid::ask::send(&street, &other, &wanted, &text(250)).await.unwrap();
    // Another organization's: each may have ten that are not done.
    let paused = world.active("care", &other, &[6]).await;
    services::aid::pairing::pause(&care, &paused, &text(250)).await.unwrap();
    services::needs::need::suspend(&street, &other, &text(250)).await.unwrap();
    let asked = fields(&[
        ("kind", "explain"),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", &text(400)),
    ]);
    let rights = services::record::rights::receive(&street, &need, &asked).await.unwrap();
    let returned = world.draft("street", &kept).await;
    services::needs::need::submit(&street, &returned).await.unwrap();
    services::needs::need::return_(&world.by("district"), &returned, &text(250)).await.unwrap();
    let closed = world.meals(7).await;
    let reason = domain::need::CloseReason::Withdrawn;
    let closing = services::needs::need::ClosingInput { reason, note: text(250), evidence: text(250) };
    services::needs::need::propose_close(&street, &closed, &closing).await.unwrap();
    services::needs::need::confirm_close(&world.by("district"), &closed).await.unwrap();
    let open = world.meals(7).await;
    services::needs::need::propose_close(&street, &open, &closing).await.unwrap();
    let correction = fields(&[("title", &text(30)), ("description", &text(250)), ("reason", &text(250))]);
    services::needs::amendment::propose(&street, &open, &correction).await.unwrap();
    let mut files = BTreeMap::new();
    for name in [format!("{}.pdf", text(60)), "“><img onerror=__x=1>.pdf".to_owned()] {
        let owner = services::base::attachment::Owner::Need(need.clone());
        let pdf = b"%PDF-1.7 1 0 obj <<>> endobj".to_vec();
        if let Ok(id) = services::base::attachment::add(&street, &owner, &name, pdf).await {
            files.insert("attachment", id.to_string());
        }
    }
    let ledger = format!(
        "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限,姓名,身份证号码,联系电话,家庭住址\n1,XQB{round:07},\"{0}\",2026-11-03,个案,120102012011,\"{0}\",助餐,\"{0}\",一般,\"{0}\",2026-11-03至2027-01-31,\"{0}\",\"{0}\",\"{0}\",\"{0}\"\n",
        text(200).replace('"', "\"\"")
    );
    let import =
        services::needs::import::upload(&street, LedgerKind::Needs, &format!("{}.csv", text(60)), ledger.into_bytes())
            .await;
    let kept_as_typed = with(&household(), &[("name", &text(300)), ("title", &text(300)), ("lines.0.unit", &text(60))]);
    let mistake = domain::field::FieldError::new("title", text(200));
    services::base::draft::save(&street, None, "/needs/new", &kept_as_typed, &[mistake]).await.unwrap();
    let search = services::finding::saved_search::create(&meals, &text(38), &format!("q={}", urlencode(&text(120))))
        .await
        .unwrap();
    let mut all = vec![
        ("need", need),
        ("draft", draft),
        ("suspended", other),
        ("returned", returned),
        ("closed", closed),
        ("claim", claim),
        ("approved", approved),
        ("pairing", pairing),
        ("paused", paused),
        ("visit", first.to_string()),
        ("rights", rights),
        ("search", search.to_string()),
    ];
    all.extend(import.ok().map(|id| ("import", id.to_string())));
    all
}

fn urlencode(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "%{byte:02X}");
        out
    })
}

/// What exists once: organizations, projects, words, accounts, invitations.
async fn store_once(world: &World) -> Vec<(&'static str, String)> {
    let mut all = Vec::new();
    for round in 0..ROUNDS {
        let text = |most: usize| payload(round, most);
        let form = fields(&[
            ("title", &text(58)),
            ("summary", &text(900)),
            ("schedule", &text(98)),
            ("service", "B01"),
            ("qualification", "food"),
            ("group", "low_income"),
            ("area", "120102"),
            ("capacity", "9"),
        ]);
        let input = services::supply::project::read(&form, &world.services.divisions()).unwrap();
        let project = services::supply::project::publish(&world.by("third"), &input).await.unwrap();
        services::supply::project::pause(&world.by("third"), &project, &text(250)).await.unwrap();
        all.push(("project", project));
        let input = services::supply::organization::Input {
            uscc: domain::uscc::Uscc::with_check_digits(&format!("52120102MJT{:05}", 80_000 + round))
                .unwrap()
                .as_str()
                .to_owned(),
            name: text(78),
            division_code: "120102000000".into(),
            business_scope: text(900),
            service_codes: vec!["B01".into()],
            area_codes: vec!["120102".into()],
        };
        let id = services::supply::organization::apply(&world.by("district"), &input).await.unwrap();
        services::supply::organization::return_(&world.by("district"), id, &text(400)).await.unwrap();
        all.push(("organization", id.to_string()));
        let _ = services::finding::thesaurus::add(&world.by("city"), &format!("{} = 试词{round}", text(200))).await;
        let post = services::people::invitation::Post {
            role: domain::role::Role::OrgWorker,
            scope: String::new(),
            organization_id: Some(world.org("meals")),
            display_name: text(30),
        };
        let _ = services::people::invitation::create(&world.by("meals"), &post).await;
    }
    // Names of accounts and of an organization that takes part, past the services: they were given before.
    let name = payload(1, 40).replace('\'', "''");
    world.raw(&format!("UPDATE accounts SET display_name = '{name}'")).await.unwrap();
    let name = payload(0, 80).replace('\'', "''");
    world.raw(&format!("UPDATE organizations SET name = '{name}' WHERE name LIKE '示例助%'")).await.unwrap();
    all
}

/// Addresses to look at: every page of the route list, with each of the records that fit its name.
fn pages(stored: &[(&'static str, String)], world: &World) -> Vec<String> {
    let of = |kinds: &[&str]| -> Vec<String> {
        stored.iter().filter(|(kind, _)| kinds.contains(kind)).map(|(_, id)| id.clone()).collect()
    };
    let mut all = Vec::new();
    for route in routes().iter().filter(|route| route.method == "GET") {
        let path = route.path;
        if path.contains(".xlsx")
            || path.starts_with("/attachments")
            || path.starts_with("/join")
            || path.starts_with("/reset")
        {
            continue;
        }
        let records = if !path.contains('{') {
            vec![String::new()]
        } else if path.starts_with("/needs/{code}") {
            of(&["need", "draft", "suspended", "returned", "closed"])
        } else if path.starts_with("/claims") {
            of(&["claim", "approved"])
        } else if path.starts_with("/pairings") {
            of(&["pairing", "paused"])
        } else if path.starts_with("/rights") {
            of(&["rights"])
        } else if path.starts_with("/projects") {
            of(&["project"])
        } else if path.starts_with("/organizations") {
            of(&["organization"])
        } else if path.starts_with("/searches") {
            of(&["search"])
        } else if path.starts_with("/import") {
            of(&["import"])
        } else if path.starts_with("/accounts") {
            vec![world.id("meals_other").to_string()]
        } else {
            vec!["claim".into()]
        };
        for record in records {
            let mut page = path.replace("{code}", &record).replace("{topic}", "claim").replace("{step}", "check");
            page = page.replace("{group}", "5ZCD6aWtL-WKqemkkA");
            let visit = stored.iter().find(|(kind, _)| *kind == "visit").map(|(_, id)| id.clone()).unwrap_or_default();
            page = page.replace("{id}", if path.contains("/visits/") { &visit } else { &record });
            all.push(page);
        }
    }
    for state in ["submitted", "declined", "approved"] {
        all.push(format!("/claims?state={state}"));
    }
    for state in ["recorded", "disputed", "missed"] {
        all.push(format!("/deliveries?state={state}"));
    }
    for state in ["applied", "returned"] {
        all.push(format!("/organizations?state={state}"));
    }
    for page in 0..PAYLOADS.len() / 9 {
        all.push(format!("/needs?q={}", urlencode(&payload(page, 190))));
    }
    all.push("/needs?state=open&state=partial&state=covered&state=unmet&sort=newest".into());
    all.push("/needs/new/who".into());
    all.push("/needs/new/file".into());
    all
}

pub async fn nothing_typed_runs() {
    let Some(browser) = Browser::open(true, DESK).await.unwrap() else { return };
    let policy = services::Policy { second_factor: false, small_cell_k: 1, ..services::Policy::default() };
    let world = World::create(Engine::Sqlite).await.unwrap().reopen(policy);
    let mut stored = Vec::new();
    for round in 0..ROUNDS {
        stored.push(store(&world, round).await);
    }
    let once = store_once(&world).await;
    world.caught_up().await;
    for (table, column) in [
        ("needs", "title"),
        ("needs", "description"),
        ("needs", "requirements"),
        ("needs", "aid_given"),
        ("needs", "gap"),
        ("need_lines", "note"),
        ("claims", "plan"),
        ("claims", "question"),
        ("claims", "answer"),
        ("deliveries", "note"),
        ("pairings", "reason"),
        ("verifications", "note"),
        ("verification_lines", "why"),
        ("report_lines", "note"),
        ("closings", "note"),
        ("closings", "evidence"),
        ("amendments", "changes"),
        ("amendments", "reason"),
        ("asks", "note"),
        ("projects", "summary"),
        ("organizations", "business_scope"),
        ("saved_searches", "name"),
        ("events", "reason"),
    ] {
        let count = format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE '%\\_\\_x=1%' ESCAPE '\\'");
        assert!(world.number(&count).await > 0, "nothing was stored in {table}.{column}");
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let config = Config { public_url: address.clone(), ..Config::default() };
    let site = server::site::router(Arc::clone(&world.services), &config);
    tokio::spawn(async move { axum::serve(listener, site).await });
    browser.set_implicit_wait_timeout(Duration::ZERO).await.unwrap();
    browser.cdp().send_raw("Page.setBypassCSP", json!({ "enabled": true })).await.unwrap();
    browser.goto(format!("{address}/help")).await.unwrap();
    // Without the policy a script would run: the test's own eyes.
    let usual = browser.source().await.unwrap();
    let spoilt = usual.replace("</main>", "<img src=x onerror=__x=1><b id=inj></b></main>");
    let seen = look(&browser, &[usual, spoilt]).await;
    assert_eq!(seen[0], json!([false, []]));
    assert!(seen[1][0] == json!(true) && seen[1][1].as_array().unwrap().len() == 2, "{}", seen[1]);

    let readers = ["meals", "care", "third", "village", "street", "district", "city", "admin", "security", "auditor"];
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let (mut found, mut looked) = (Vec::new(), 0);
    for name in std::iter::once(None).chain(readers.into_iter().map(Some)) {
        let mut held = Vec::new();
        let cookie = match name {
            Some(name) => format!("session={}", session(&world, name).await),
            None => String::new(),
        };
        for (round, records) in stored.iter().enumerate() {
            let mut records = records.clone();
            if round == 0 {
                records.extend(once.iter().cloned());
            }
            for page in pages(&records, &world) {
                // Pages without a record of the round are the same in every round.
                if round > 0 && !records.iter().any(|(_, id)| page.contains(id.as_str())) {
                    continue;
                }
                // A page on which nothing of it stands, however written, has nothing to run.
                let asked = client.get(format!("{address}{page}")).header("cookie", &cookie).send().await.unwrap();
                // What says it is data and may not be taken for a page, a browser shows as it is.
                let header = |name: &str| asked.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
                if !header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
                    assert_eq!(header("x-content-type-options").as_deref(), Some("nosniff"), "{page}");
                    continue;
                }
                let html = asked.text().await.unwrap();
                if !html.contains("__x=1") && !html.contains("inj") {
                    continue;
                }
                held.push((page, html));
            }
        }
        for held in held.chunks(TOGETHER) {
            let html: Vec<String> = held.iter().map(|(_, html)| html.clone()).collect();
            for ((page, _), seen) in held.iter().zip(look(&browser, &html).await) {
                if seen != json!([false, []]) {
                    found.push(format!("{page} as {name:?}: {seen}"));
                }
                looked += 1;
            }
        }
    }
    browser.close().await.unwrap();
    assert!(found.is_empty(), "{} of {looked} pages: {found:#?}", found.len());
    assert!(looked > 300, "only {looked} pages were looked at");
}

/// What the browser sees in each of the pages.
async fn look(browser: &Browser, pages: &[String]) -> Vec<Value> {
    let seen = browser.execute_async(LOOK, vec![json!(pages)]).await.unwrap();
    let seen = seen.json().as_array().cloned().unwrap_or_default();
    assert_eq!(seen.len(), pages.len(), "{seen:?}");
    seen
}

async fn session(world: &World, name: &str) -> String {
    let mut bytes = [0_u8; 32];
    world.services.random.fill(&mut bytes);
    let token: String = bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    });
    let id = world.services.new_id();
    let session = Session::open(token_hash(&token), id, world.id(name), world.now(), 12);
    let mut tx = world.services.db.write().await.unwrap();
    storage::people::session::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();
    token
}
