//! What each reader finds. Every private value of the world is a mark that stands nowhere else; every page, export,
//! search, suggestion and error is read as each role, and what is found equals the list that is checked in.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    fmt::Write as _,
    fs,
    io::Read as _,
    path::Path,
};

use aho_corasick::AhoCorasick;
use domain::{organization::LedgerKind, pairing::Purpose};
use duijie_tests::world::{Canary, World, fields, household, with};
use web::routes;

use crate::base::web::{PEOPLE, Web, escape, log};

duijie_tests::both_engines!(each_reader_finds_what_is_written_down, no_answer_opens_what_it_does_not_record);

/// Accounts that read, besides one of each role: an organization without a claim, one with a claim, other offices.
const OTHERS: &[&str] = &["third", "care", "next_street", "other_street", "other_district"];

/// Pages on which streets stand in their own right: where a team serves, an opening meets (a household's says the
/// district alone), a volunteer lives.
const STREETS: &[&str] = &["/openings", "/teams", "/volunteers/join", "/my"];

/// Name and text of every mark, by tier.
fn marks() -> Vec<(&'static str, String)> {
    let canary = Canary::new();
    let mut all: Vec<(&str, String)> = vec![
        ("L3 file.id_number", canary.id_number.clone()),
        ("L2 file.name", canary.name.into()),
        ("L2 file.phone", canary.phone.into()),
        ("L2 file.other_phones", canary.other_phone.into()),
        ("L2 file.address", "示例里96号楼8门707".into()),
        ("L2 file.guardian", canary.guardian.into()),
        ("L2 file.health_notes", "青霉素过敏".into()),
    ];
    let plain = [
        ("L3 consent.evidence", "同意书第0001号"),
        ("L3 need.source_no", "JJN202611240001"),
        ("L3 need.village", "橙翠园"),
        ("L1 need.street", "鲁山道"),
        ("L1 need.title", "独居老人需要送餐和助浴"),
        ("L1 need.description", "白天无人照料"),
        ("L1 need.requirements", "上门前先打电话"),
        ("L1 need.aid_given", "已享受最低生活保障"),
        ("L1 need.gap", "没有人做饭"),
        ("L1 line.note", "少盐，软烂"),
        ("own claim.plan", "每天中午和傍晚各送一次"),
        ("own claim.question", "周末也送不送"),
        ("own claim.answer", "周末照样送"),
        ("own pairing.note", "已电话联系"),
        ("own pairing.report", "已按约定送餐"),
        ("own transfer.reason", "人手不够"),
        ("own delivery.note", "胃口比上周好"),
        ("L3 attachment.name", "同意书.pdf"),
        ("L3 attachment.content", "obj <<>> endobj"),
        ("L3 ledger.file", "苏合香台账"),
        ("L3 ledger.name", "苏合香"),
        ("L3 ledger.phone", "13900007654"),
        ("L3 ledger.address", "示例巷23号"),
        ("own draft.name", "云实决明"),
        ("L3 rights.words", "我的资料给了谁看"),
        ("L3 help.name", "薄荷大娘"),
        ("L3 help.phone", "13800150077"),
        ("L3 help.place", "白芷弄堂口"),
        ("L3 help.asker", "佩兰邻居"),
        ("L3 help.words", "两天只吃了饼干"),
        ("L3 help.voice", "等到天黑没有人"),
        ("own search.name", "关注的查找"),
        ("staff account.name", "示例street"),
        ("own account.name", "示例meals_worker"),
        ("never factor.secret", "AEAQCAIBAEAQCAIBAEAQCAIBAEAQCAIB"),
        ("never password.hash", "$argon2id$"),
    ];
    all.extend(plain.map(|(name, text)| (name, text.to_owned())));
    all
}

/// More of everything that somebody types, on top of [`Web::new`]. Returns further pages: (name, address).
async fn fill(web: &Web) -> Vec<(&'static str, String)> {
    let world = &web.world;
    let (street, care, meals) = (world.by("street"), world.by("care"), world.by("meals"));
    let claim = web.target.claim.clone().unwrap();
    services::aid::claim::ask(&street, &claim, "周末也送不送").await.unwrap();
    services::aid::claim::answer(&care, &claim, "周末照样送").await.unwrap();
    let other = world.meals(14).await;
    let pairing = world.active("meals", &other, &[14]).await;
    let line = world.lines(&other).await[0].id;
    let mut visit = world.visit();
    if let services::aid::delivery::Visit::Done(done) = &mut visit {
        "胃口比上周好".clone_into(&mut done.note);
    }
    services::aid::delivery::record_unplanned(&meals, &pairing, line, &visit).await.unwrap();
    let ledger = "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限,姓名,身份证号码,联系电话,家庭住址\n1,XQB0000001,走访,2026-11-03,个案,120102012011,最低生活保障家庭（低保对象）,助餐,一人居住行动不便,一般,每天1餐,2026-11-03至2027-01-31,苏合香,,13900007654,河东区鲁山道街道示例巷23号\n";
    let import =
        services::needs::import::upload(&street, LedgerKind::Needs, "苏合香台账.csv", ledger.as_bytes().to_vec())
            .await
            .unwrap();
    let draft = world.draft("street", &household()).await;
    let typed = with(&household(), &[("name", "云实决明")]);
    let kept = services::base::draft::save(&street, None, "/needs/new#need", &typed, &[]).await.unwrap();
    let asked = fields(&[
        ("kind", "copy"),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", "我的资料给了谁看"),
    ]);
    let rights = services::record::rights::receive(&street, &other, &asked).await.unwrap();
    let mend = with(&asked, &[("kind", "correct"), ("words", "电话换了")]);
    let mend = services::record::rights::receive(&street, &other, &mend).await.unwrap();
    services::finding::saved_search::create(&world.by("meals"), "关注的查找", "q=助餐").await.unwrap();
    let mut tx = world.services.db.write().await.unwrap();
    let sealer = world.services.db.sealer();
    storage::people::factor::set_pending(&mut tx, sealer, world.id("district"), &[1; 20]).await.unwrap();
    tx.commit().await.unwrap();
    world.caught_up().await;
    vec![
        ("/needs/{code} (paired)", format!("/needs/{other}")),
        ("/needs/{code} (draft)", format!("/needs/{draft}")),
        ("/needs/{code}/edit", format!("/needs/{draft}/edit")),
        ("/needs/{code}/edit/{step}", format!("/needs/{draft}/edit/file")),
        ("/needs/{code}/edit/{step}", format!("/needs/{draft}/edit/check")),
        ("/needs/new?draft", format!("/needs/new/who?draft={kept}")),
        ("/needs/new?draft", format!("/needs/new/file?draft={kept}")),
        ("/pairings/{code} (active)", format!("/pairings/{pairing}")),
        ("/import/{id} (office's)", format!("/import/{import}")),
        ("/import/{id}/report.xlsx", format!("/import/{import}/report.xlsx")),
        ("/rights/{code}", format!("/rights/{rights}")),
        ("/rights/{code} (to correct)", format!("/rights/{mend}")),
        ("POST /rights/{code}/file", format!("POST /rights/{mend}/file")),
        ("POST /needs/{code}/file", format!("POST /needs/{other}/file")),
        ("POST /rights/{code}/copy", format!("POST /rights/{rights}/copy")),
        ("POST /pairings/{code}/contact", format!("POST /pairings/{pairing}/contact")),
        ("POST /audit/export", "POST /audit/export".into()),
        ("POST /lists/export (needs)", "POST /lists/export?list=/desk/needs&state=all".into()),
        ("POST /lists/export (claims)", "POST /lists/export?list=/claims&state=all".into()),
        ("POST /lists/export (pairings)", "POST /lists/export?list=/pairings&state=all".into()),
        ("POST /lists/export (deliveries)", "POST /lists/export?list=/deliveries&state=all".into()),
        ("POST /lists/export (verifications)", "POST /lists/export?list=/verifications&state=all".into()),
        ("POST /lists/export (organizations)", "POST /lists/export?list=/organizations&state=all".into()),
        ("/deliveries?state", "/deliveries?state=recorded".into()),
        ("/claims?state", "/claims?state=submitted".into()),
        ("/claims?state", "/claims?state=approved".into()),
        ("/needs?state", "/needs?state=open&state=partial&state=covered&sort=newest".into()),
        ("/needs?state", "/needs?state=draft".into()),
        ("/accounts?q", "/accounts?q=street".into()),
        ("an address that is not there", format!("/needs/{other}/nothing")),
        ("an address that is not there", "/pairings/JD120102-26-999999".into()),
    ]
}

/// Text of an answer; a workbook is unpacked.
fn read(answer: &crate::base::web::Answer) -> String {
    let mut text = answer.text.clone();
    for (name, value) in &answer.headers {
        let _ = writeln!(text, "\n{name}: {}", String::from_utf8_lossy(value.as_bytes()));
    }
    if answer.bytes.starts_with(b"PK") {
        let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&answer.bytes)).unwrap();
        for at in 0..archive.len() {
            let mut part = String::new();
            let _ = archive.by_index(at).unwrap().read_to_string(&mut part);
            text += &part;
        }
    }
    text
}

/// Whoever reads whatever: where a sealed value was opened, or a private mark stands in the answer, an event was written.
async fn no_answer_opens_what_it_does_not_record(world: World) {
    let web = Web::new(world).await;
    let mut pages: Vec<(String, String)> = routes()
        .iter()
        .filter(|route| route.method == "GET")
        .map(|route| (route.path.to_owned(), web.path(route)))
        .collect();
    pages.extend(fill(&web).await.into_iter().map(|(label, page)| (label.to_owned(), page)));
    let sealed = |name: &str| {
        ["file.", "consent.", "attachment.", "ledger.", "rights.", "help."].iter().any(|part| name.contains(part))
    };
    let marks: Vec<_> = marks().into_iter().filter(|(name, _)| sealed(name)).collect();
    let finder = AhoCorasick::new(marks.iter().map(|(_, value)| value)).unwrap();
    let (mut opened_by, mut faults) = (0, Vec::new());
    for name in PEOPLE.iter().map(|(_, name)| *name).chain(OTHERS.iter().copied()) {
        for (label, page) in &pages {
            let session = web.session(name).await;
            let (openings, events) =
                (web.world.services.db.sealer().openings(), web.world.number("SELECT COUNT(*) FROM events").await);
            let answer = match page.strip_prefix("POST ") {
                Some(page) => {
                    let purpose =
                        if page.ends_with("/file") { Purpose::Correct.as_str() } else { Purpose::Visit.as_str() };
                    web.post(page, Some(&session), &[("purpose", purpose), ("reason", "看看"), ("kind", "")]).await
                }
                None => web.get(page, Some(&session)).await,
            };
            let opened = web.world.services.db.sealer().openings() - openings;
            opened_by += opened;
            let recorded = web.world.number("SELECT COUNT(*) FROM events").await > events;
            if opened > 0 && !recorded {
                faults.push(format!("{name} opens {opened} at {label} and nothing is on record"));
            }
            // A draft says what its reader typed.
            let own = label.ends_with("?draft");
            if let Some(found) = finder.find(&read(&answer)).filter(|_| !recorded && !own) {
                faults.push(format!("{name} reads {} at {label} unrecorded", marks[found.pattern().as_usize()].0));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
    assert!(opened_by > 0);
}

type Found = BTreeMap<(String, &'static str), BTreeSet<String>>;

async fn crawl(web: &Web, pages: &[(String, String)], name: Option<&str>, role: &str, found: &mut Found) {
    let marks = marks();
    // All in one pass: thousands of pages are read for dozens of marks.
    let finder = AhoCorasick::new(marks.iter().map(|(_, value)| value)).unwrap();
    let standing = |text: &str| -> BTreeSet<usize> {
        finder.find_overlapping_iter(text).map(|found| found.pattern().as_usize()).collect()
    };
    for (label, page) in pages {
        let session = match name {
            Some(name) => Some(web.session(name).await),
            None => None,
        };
        let answer = match page.strip_prefix("POST ") {
            Some(page) => {
                let (page, query) = page.split_once('?').unwrap_or((page, ""));
                let purpose = if page.ends_with("/file") { Purpose::Correct.as_str() } else { Purpose::Visit.as_str() };
                let form = [
                    ("purpose", purpose),
                    ("reason", "看看"),
                    ("kind", ""),
                    ("query", query),
                    ("format", "csv"),
                    ("personal", "1"),
                ];
                web.post(page, session.as_deref(), &form).await
            }
            None => web.get(page, session.as_deref()).await,
        };
        let text = read(&answer);
        if let Some(token) = &session {
            assert!(!text.contains(token.as_str()) || page.contains("/login"), "{page} says the session's token");
        }
        for at in standing(&text) {
            found.entry((role.to_owned(), marks[at].0)).or_default().insert(label.clone());
        }
    }
    // Whatever is searched for: what else comes along, and whether anything is found by a private value.
    let session = match name {
        Some(name) => Some(web.session(name).await),
        None => None,
    };
    for (typed, value) in &marks {
        let value = value.trim_matches('$');
        for (label, page) in
            [("/needs?q", "/needs?q="), ("/needs/suggest", "/needs/suggest?q="), ("/projects?q", "/projects?q=")]
        {
            let answer = web.get(&format!("{page}{}", escape(value)), session.as_deref()).await;
            for (mark, other) in standing(&answer.text).into_iter().map(|at| &marks[at]) {
                // The question itself is repeated on the page.
                if !value.contains(other.as_str()) && mark != typed {
                    found.entry((role.to_owned(), *mark)).or_default().insert(label.to_owned());
                }
            }
        }
    }
}

async fn each_reader_finds_what_is_written_down(world: World) {
    let log = log();
    let engine = world.engine;
    let web = Web::new(world).await;
    let more = fill(&web).await;
    let mut pages: Vec<(String, String)> = routes()
        .iter()
        .filter(|route| route.method == "GET")
        .map(|route| (route.path.to_owned(), web.path(route)))
        .collect();
    pages.extend(more.into_iter().map(|(label, page)| (label.to_owned(), page)));
    let mut found = Found::new();
    let readers = PEOPLE.iter().map(|(role, name)| (Some(*name), format!("{role} {name}")));
    let readers =
        readers.chain(OTHERS.iter().map(|name| (Some(*name), format!("{} {name}", web.world.actors[name].role))));
    let readers: Vec<_> = std::iter::once((None, "public".to_owned())).chain(readers).collect();
    for (name, role) in &readers {
        crawl(&web, &pages, *name, role, &mut found).await;
    }
    let mut text = String::from(
        "# What each reader finds of each mark, and where. Renew with RENEW_CANARIES=1 and read the difference.\n",
    );
    for (_, role) in &readers {
        let _ = writeln!(text, "\n[{role}]");
        for ((_, mark), places) in found.iter().filter(|((who, _), _)| who == role) {
            let _ = writeln!(text, "{mark}: {}", places.iter().cloned().collect::<Vec<_>>().join(", "));
        }
    }
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/canaries.txt");
    if env::var_os("RENEW_CANARIES").is_some() && engine == duijie_tests::world::Engine::Sqlite {
        fs::write(&golden, &text).unwrap();
    }
    let written = fs::read_to_string(&golden).unwrap_or_default();
    if text != written {
        let lines = |text: &str| {
            let mut role = String::new();
            text.lines()
                .map(|line| {
                    if line.starts_with('[') {
                        line.clone_into(&mut role);
                    }
                    format!("{role} {line}")
                })
                .collect::<BTreeSet<_>>()
        };
        let (before, now) = (lines(&written), lines(&text));
        let gone = before.difference(&now).map(|line| format!("- {line}"));
        let words: Vec<String> = gone.chain(now.difference(&before).map(|line| format!("+ {line}"))).collect();
        panic!("readers find something else than tests/data/canaries.txt says:\n{}", words.join("\n"));
    }
    // The rules that no renewal of the list may overturn.
    for ((role, mark), places) in &found {
        let staff = ["village_worker", "street ", "district ", "city"].iter().any(|known| role.starts_with(known));
        let other = role.contains("other_") || role.contains("next_");
        let (tier, _) = mark.split_once(' ').unwrap();
        let only = |page: &str| places.iter().all(|place| place.starts_with(page));
        let allowed = match tier {
            "never" => false,
            // Where an office lies stands with its accounts.
            _ if mark.ends_with(".street") || mark.ends_with(".village") || mark.ends_with("account.name") => {
                staff && !other
                    || role.starts_with("org_") && (*mark != "L3 need.village")
                    || places.iter().all(|place| STREETS.iter().any(|page| place.starts_with(page)))
                    || ["system_admin", "security_admin"].iter().any(|known| role.starts_with(known))
                        && places.iter().all(|place| {
                            place.starts_with("/accounts") || STREETS.iter().any(|page| place.starts_with(page))
                        })
            }
            // A person's own words stop at the offices that answer.
            _ if mark.starts_with("L3 help.") => {
                ["street ", "district "].iter().any(|known| role.starts_with(known)) && !other
            }
            "L3" => staff && !other,
            // Opened for a purpose by the pairing's named workers; in an office's own form and copy.
            "L2" => {
                staff && !other
                    || role.starts_with("org_") && role.ends_with("meals") && only("POST /pairings/{code}/contact")
            }
            "L1" => role.starts_with("org_") || (staff && !other),
            // The organizations of a claim or pairing, its offices, and why a step was taken in the trail's export.
            _ => {
                role.starts_with("org_")
                    || (staff && !other)
                    || role.starts_with("audit_admin") && only("POST /audit/export")
            }
        };
        assert!(allowed, "{role} finds {mark} on {places:?}");
    }
    for (role, mark) in found.keys().filter(|(_, mark)| mark.starts_with("own ")) {
        let stranger = role == "org_admin third"
            || role == "org_admin care" && !["own claim.plan", "own claim.question", "own claim.answer"].contains(mark);
        assert!(!stranger, "{role} finds {mark} of another organization");
    }
    let public: Vec<_> = found.keys().filter(|(role, mark)| role == "public" && *mark != "L1 need.street").collect();
    assert!(public.is_empty(), "{public:?}");
    // Nothing of any file is written to the log by all this reading.
    let logged = log.text();
    for (mark, value) in marks() {
        let private = ["L2", "L3", "never"].iter().any(|tier| mark.starts_with(tier));
        let typed_into_addresses = mark == "L3 need.village";
        assert!(!private || typed_into_addresses || !logged.contains(&value), "the log says {mark}");
    }
    // And a copy of the database without its key says nothing of them.
    let dump = web.world.rows().await.into_values().flatten().collect::<Vec<_>>().join("\n");
    for (mark, value) in marks() {
        let sealed = [" file.", "ledger.", "consent.evidence", "help."].iter().any(|part| mark.contains(part));
        assert!(!sealed || !dump.contains(&value), "the database says {mark}");
    }
    if engine == duijie_tests::world::Engine::Sqlite {
        for entry in fs::read_dir(web.world.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                for (mark, value) in marks() {
                    let sealed =
                        [" file.", "ledger.", "consent.evidence", "help."].iter().any(|part| mark.contains(part));
                    let stands = sealed && bytes.windows(value.len()).any(|part| part == value.as_bytes());
                    assert!(!stands, "{} says {mark}", path.display());
                }
            }
        }
    }
}
