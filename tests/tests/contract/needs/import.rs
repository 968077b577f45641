//! Ledgers: what a careful person would say of each row, each row once, all or nothing.

use std::{fmt::Write as _, fs, path::Path};

use documents::ledger::{Choice, Field, Outcome};
use domain::{
    organization::{ImportState, LedgerKind, OrganizationState},
    role::{Actor, Role},
};
use duijie_tests::world::{World, household, with};
use services::needs::import;
use services::{Conflict, Ctx, Error};

use crate::base::uploads::{MULTIPART, sent};
use crate::base::web::Web;

duijie_tests::both_engines!(
    a_clean_ledger_becomes_drafts_once,
    a_messy_ledger_is_told_apart,
    what_stops_is_gone_on_with,
    a_column_is_said_once,
    a_file_that_is_no_ledger_is_one_when_told,
    drafts_are_sent_together_and_the_report_says_why,
    the_pages_of_an_import,
    what_differs_is_asked,
    a_ledger_of_villages_becomes_drafts,
    reasons_stand_for_what_nobody_has,
    the_same_person_is_shown_to_whoever_decides,
    a_ledger_of_organizations_waits_to_be_verified,
    a_district_takes_in_its_own_organizations_only,
    a_draft_keeps_the_row_it_came_from,
);

fn ledger(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers").join(name)).unwrap()
}

/// Of the office whose ledger the messy one is.
fn wuqing(world: &World) -> Ctx {
    let actor = Actor {
        account_id: Some(world.id("district")),
        role: Role::District,
        scope: "120114".to_owned(),
        organization_id: None,
    };
    Ctx::new(&world.services, actor, "page")
}

async fn a_clean_ledger_becomes_drafts_once(world: World) {
    let city = world.by("city");
    let bytes = ledger("needs-clean.xlsx");
    let id = import::upload(&city, LedgerKind::Needs, "needs-clean.xlsx", bytes.clone()).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM needs").await, 0, "a dry run takes nothing in");
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!((open.rows_total, open.rows_good, open.rows_bad, open.rows_duplicate), (120, 120, 0, 0));
    assert_eq!(import::apply(&city, id).await.unwrap(), 120);
    assert_eq!(world.number("SELECT COUNT(*) FROM needs WHERE state = 'draft'").await, 120);
    assert!(import::apply(&city, id).await.is_err(), "applied once");
    // No names in the report that the page shows.
    let shown = format!("{report:?}");
    for private in ["周澍", "13800003705", "120101190001317691", "示例里1号楼6门101"] {
        assert!(!shown.contains(private), "the report tells {private}");
    }
    // The same file again: every row is known, and by which need.
    let again = import::upload(&city, LedgerKind::Needs, "台账（副本）.xlsx", bytes).await.unwrap();
    let (open, report) = import::load(&city, again).await.unwrap();
    assert_eq!((open.rows_good, open.rows_duplicate), (0, 120));
    let data = || report.rows.iter().filter(|row| row.result != Outcome::Skipped);
    assert_eq!(data().count(), 120);
    assert!(data().all(|row| row.need_code.as_deref().is_some_and(domain::code::is_code)));
    let nothing = import::apply(&city, again).await;
    assert!(matches!(nothing, Err(Error::Conflict(Conflict::Rule(_)))), "nothing to take in: {nothing:?}");
    import::discard(&city, again).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM needs").await, 120);
    // An import is its scope's.
    for by in ["other_district", "street", "meals", "admin"] {
        assert!(matches!(import::load(&world.by(by), id).await, Err(Error::NotFound)), "{by}");
    }
    world.caught_up().await;
    world.sound().await;
}

async fn a_messy_ledger_is_told_apart(world: World) {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers/expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut wanted = std::collections::BTreeMap::<String, i64>::new();
    for sheet in expected["files"]["needs-messy.xlsx"]["sheets"].as_array().unwrap() {
        for row in sheet["rows"].as_array().into_iter().flatten() {
            *wanted.entry(row["result"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    let ctx = wuqing(&world);
    let id = import::upload(&ctx, LedgerKind::Needs, "needs-messy.xlsx", ledger("needs-messy.xlsx")).await.unwrap();
    let (open, _) = import::load(&ctx, id).await.unwrap();
    assert_eq!(open.rows_good, wanted["ok"] + wanted["warning"]);
    assert_eq!((open.rows_bad, open.rows_duplicate), (wanted["error"], wanted["duplicate"]));
    assert_eq!(import::apply(&ctx, id).await.unwrap(), open.rows_good);
    let outside = world.number("SELECT COUNT(*) FROM needs WHERE division_code NOT LIKE '120114%'").await;
    assert_eq!(outside, 0, "rows outside the scope are refused");
    world.sound().await;
}

/// A ledger in an office's own words: `rows` households of 鲁山道街道, each with its own number.
fn own(rows: usize) -> String {
    let mut text = "街道,户主,证件,手机,对象类别,需求类别,具体情况\n".to_owned();
    for row in 0..rows {
        let id = format!("1201021900{:02}{:02}{:03}", row % 12 + 1, row / 12 % 28 + 1, row % 999);
        let id = domain::resident_id::ResidentId::with_check_digit(&id).unwrap();
        let id = id.as_str();
        writeln!(text, "河东区鲁山道街道,示例{row},{id},1380015{row:04},低保,助餐,午饭没人做，盼有人送第{row}户")
            .unwrap();
    }
    text
}

/// The same with a column behind it whose head says nothing.
fn beside(text: &str, head: &str, value: &str) -> String {
    let line = |(at, line): (usize, &str)| format!("{line},{}\n", if at == 0 { head } else { value });
    text.lines().enumerate().map(line).collect()
}

/// Rows go in a piece at a time: what stopped half-way says so, loses nothing, and is gone on with, each row once.
async fn what_stops_is_gone_on_with(world: World) {
    let city = world.by("city");
    let id = import::upload(&city, LedgerKind::Needs, "台账.csv", own(260).into()).await.unwrap();
    assert_eq!(import::load(&city, id).await.unwrap().0.rows_good, 260);
    // The two hundred and thirtieth need cannot be stored.
    let trap = match world.engine {
        duijie_tests::world::Engine::Sqlite => {
            "CREATE TRIGGER trap BEFORE INSERT ON needs WHEN (SELECT COUNT(*) FROM needs) >= 229 BEGIN SELECT RAISE(ABORT, 'full'); END"
        }
        duijie_tests::world::Engine::Postgres => {
            "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT COUNT(*) FROM needs) >= 229 THEN RAISE EXCEPTION 'full'; END IF; RETURN NEW; END $$; CREATE TRIGGER trap BEFORE INSERT ON needs FOR EACH ROW EXECUTE FUNCTION trap()"
        }
    };
    world.raw(trap).await.unwrap();
    assert!(matches!(import::apply(&city, id).await, Err(Error::Storage(_))));
    let (open, _) = import::load(&city, id).await.unwrap();
    assert_eq!((open.state, open.job, open.rows_imported), (ImportState::Checked, None, 200), "whole pieces");
    assert!(open.job_failure.contains("再试一次"), "{}", open.job_failure);
    assert_eq!(world.number("SELECT COUNT(*) FROM needs").await, 200);
    let refused = import::discard(&city, id).await;
    assert!(matches!(refused, Err(Error::Conflict(Conflict::Rule(_)))), "{refused:?}");
    world.sound().await;
    world
        .raw(if world.engine == duijie_tests::world::Engine::Sqlite {
            "DROP TRIGGER trap"
        } else {
            "DROP TRIGGER trap ON needs"
        })
        .await
        .unwrap();
    // A node that stopped in the middle leaves the work behind; another takes it over after a while.
    import::order_apply(&city, id).await.unwrap();
    assert!(import::order_apply(&city, id).await.is_err(), "one work at a time");
    assert_eq!(import::resume(&world.services).await.unwrap(), 0, "somebody may be at it");
    world.set(world.now().plus_minutes(3));
    assert_eq!(import::resume(&world.services).await.unwrap(), 1);
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!((open.state, open.job, open.rows_imported), (ImportState::Applied, None, 260));
    assert_eq!(report.drafts().count(), 260, "each row names its draft");
    assert_eq!(world.number("SELECT COUNT(*) FROM needs WHERE state = 'draft'").await, 260);
    assert!(import::apply(&city, id).await.is_err(), "applied once");
    world.sound().await;
}

/// A head that says nothing is said once, remembered for the layout of the office, used for its next file, and forgotten.
async fn a_column_is_said_once(world: World) {
    let city = world.by("city");
    let file = |rows: usize| beside(&own(rows), "栏八", "东头");
    let id = import::upload(&city, LedgerKind::Needs, "甲.csv", file(3).into()).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    let uses = import::uses(&report);
    let at = uses.iter().position(|one| one.column.head == "栏八").unwrap();
    let was = uses[at].field();
    assert_ne!(was, Some(Field::Remark));
    assert_eq!(import::known_since(&city, &open, &report).await.unwrap(), None);
    // Values are shown in part.
    let shown = format!("{uses:?}");
    assert!(shown.contains("示*") && !shown.contains("示例0") && !shown.contains("13800150000"), "{shown}");
    assert!(uses.iter().any(|one| one.field() == Some(Field::IdNumber) && one.filled == 3 && one.doubts == 0));
    import::say(&city, id, &[(at, Some(Field::Remark))], &[]).await.unwrap();
    import::run(&city, id).await.unwrap();
    let said = |report: &import::Report| {
        let uses = import::uses(report);
        let one = uses.iter().find(|one| one.column.head == "栏八").unwrap();
        (one.field(), one.column.chosen, one.column.remembered)
    };
    let (_, report) = import::load(&city, id).await.unwrap();
    assert_eq!(said(&report), (Some(Field::Remark), true, false));
    // The next file of the same heads, and one of other heads.
    let next = import::upload(&city, LedgerKind::Needs, "乙.csv", file(5).into()).await.unwrap();
    let (open, report) = import::load(&city, next).await.unwrap();
    assert_eq!(said(&report), (Some(Field::Remark), true, true));
    assert_eq!(import::known_since(&city, &open, &report).await.unwrap(), Some(world.now()));
    let other = world.by("district");
    let theirs = import::upload(&other, LedgerKind::Needs, "丙.csv", file(5).into()).await.unwrap();
    assert_eq!(said(&import::load(&other, theirs).await.unwrap().1).0, was, "another office says for itself");
    import::forget(&city, next).await.unwrap();
    import::run(&city, next).await.unwrap();
    let (open, report) = import::load(&city, next).await.unwrap();
    assert_eq!((said(&report).0, import::known_since(&city, &open, &report).await.unwrap()), (was, None));
    // Nobody else's file is said anything of.
    for by in ["other_district", "meals"] {
        let refused = import::say(&world.by(by), id, &[(at, None)], &[]).await;
        assert!(matches!(refused, Err(Error::NotFound | Error::Forbidden(_))), "{by}: {refused:?}");
    }
    world.sealed().await;
    world.sound().await;
}

/// A file of which no sheet is a ledger leads to its columns, and comes in once somebody says what they are.
async fn a_file_that_is_no_ledger_is_one_when_told(world: World) {
    let city = world.by("city");
    let text = "甲,乙,丙,丁,戊,己,庚\n".to_owned() + own(4).split_once('\n').unwrap().1;
    let id = import::receive(&city, LedgerKind::Organizations, "表.csv", text.into(), Choice::default()).await.unwrap();
    assert!(matches!(import::run(&city, id).await, Err(Error::Invalid(_))));
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!((open.state, open.job), (ImportState::Uploaded, None));
    assert!(!open.job_failure.is_empty());
    assert_eq!(import::uses(&report).len(), 7, "the columns are there to be said");
    import::discard(&city, id).await.unwrap();
    // What is no table at all leaves nothing behind but a sentence.
    let broken = import::upload(&city, LedgerKind::Needs, "表.xlsx", b"%PDF-1.7".to_vec()).await;
    assert!(matches!(broken, Err(Error::Invalid(_))), "{broken:?}");
    world.sound().await;
}

/// Drafts are sent for review together, with a word on each that was not; the report holds every row with its cells and why,
/// as long as the ledger is kept.
async fn drafts_are_sent_together_and_the_report_says_why(world: World) {
    let city = world.by("city");
    let text = own(3) + "河东区鲁山道街道,=1+1,120102190001010019,1380015,低保,助餐,没有完\n";
    let id = import::upload(&city, LedgerKind::Needs, "台账.csv", text.into()).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!((open.rows_good, open.rows_bad, open.rows_skipped), (3, 1, 1));
    assert_eq!(report.rows.len(), 5, "every row of the file ends somewhere");
    let csv = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (_, bytes) = import::report_file(&city, id, import::Format::Csv, Some(Outcome::Error)).await.unwrap();
    let text = csv(bytes);
    assert!(text.lines().count() == 2 && text.contains("为什么") && text.contains("\"'=1+1\""), "{text}");
    import::apply(&city, id).await.unwrap();
    assert!(import::order_submit(&city, id, Some(vec!["XQ120102-26-999999".into()])).await.is_err());
    import::submit(&city, id, None).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!(open.job, None);
    let said: Vec<&str> = report.drafts().map(|row| row.review.as_deref().unwrap()).collect();
    assert!(said.iter().all(|why| why.contains("有效期至")), "{said:?}");
    assert_eq!(world.number("SELECT COUNT(*) FROM needs WHERE state = 'draft'").await, 3);
    let (_, bytes) = import::report_file(&city, id, import::Format::Xlsx, None).await.unwrap();
    assert!(bytes.starts_with(b"PK"));
    // After a month the cells are gone, the reasons stay.
    world.set(world.now().plus_days(import::FILE_DAYS + 1));
    services::office::clocks::tidy(&world.services).await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM imports WHERE file IS NOT NULL").await, 0);
    let (_, bytes) = import::report_file(&world.by("city"), id, import::Format::Csv, None).await.unwrap();
    let text = csv(bytes);
    assert!(text.contains("没有送成") && !text.contains("示例0"), "{text}");
    world.sound().await;
}

/// Each designated village becomes a draft of a village's need, once.
async fn a_ledger_of_villages_becomes_drafts(world: World) {
    let city = world.by("city");
    let bytes = ledger("villages.xlsx");
    let id = import::upload(&city, LedgerKind::Villages, "villages.xlsx", bytes.clone()).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    let found: std::collections::BTreeMap<u64, String> = report
        .rows
        .iter()
        .filter(|row| row.result != Outcome::Skipped)
        .map(|row| (u64::from(row.row), serde_json::to_value(row.result).unwrap().as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(found, said_of("villages.xlsx"));
    assert!(open.rows_good > 0);
    let imported = import::apply(&city, id).await.unwrap();
    assert!(imported > 0 && imported <= open.rows_good);
    let villages = world.number("SELECT COUNT(*) FROM needs WHERE kind = 'village' AND state = 'draft'").await;
    assert_eq!(villages, imported);
    let (_, report) = import::load(&city, id).await.unwrap();
    assert_eq!(i64::try_from(report.drafts().count()).unwrap(), imported, "each row ends in a draft or is a duplicate");
    let again = import::upload(&city, LedgerKind::Villages, "又一份.xlsx", bytes).await.unwrap();
    assert_eq!(import::load(&city, again).await.unwrap().0.rows_good, 0);
    import::discard(&city, again).await.unwrap();
    world.sound().await;
}

/// Whoever has no papers, no telephone and no fixed address is entered with the reasons in their place.
async fn reasons_stand_for_what_nobody_has(world: World) {
    let street = world.by("street");
    let without = [("id_number", ""), ("phone", ""), ("address", "")];
    let bare = with(&household(), &without);
    let mistakes =
        services::needs::need_form::read(&bare, None, &street.actor.scope, &world.services.divisions(), world.now())
            .unwrap_err();
    let fields: Vec<&str> = mistakes.iter().map(|mistake| mistake.field.as_str()).collect();
    for field in ["id_number", "phone", "address"] {
        assert!(fields.contains(&field), "{field}: {fields:?}");
    }
    let reasons = [
        ("no_id_reason", "流散人员，身份待核"),
        ("no_phone_reason", "无电话，由社区上门联系"),
        ("no_address_reason", "常在街心公园"),
    ];
    let code = world.draft("street", &with(&bare, &reasons)).await;
    services::needs::need::submit(&street, &code).await.unwrap();
    let need = world.need(&code).await;
    let sealer = world.services.db.sealer();
    let file = storage::needs::need_file::load(&mut world.read().await, sealer, need.id).await.unwrap().unwrap();
    assert_eq!((file.no_id_reason.as_str(), file.id_number.as_str()), ("流散人员，身份待核", ""));
    // Several numbers in one line are a telephone and others.
    let several = with(&household(), &[("phone", "13800150001、022-00000001转8")]);
    let code = world.draft("street", &several).await;
    let need = world.need(&code).await;
    let file = storage::needs::need_file::load(&mut world.read().await, sealer, need.id).await.unwrap().unwrap();
    assert_eq!(file.phone, "13800150001");
    assert_eq!(file.other_phones.first().map(String::as_str), Some("022-00000001-8"));
    // A ledger that says why keeps the reason.
    let text = own(1).replacen("证件", "身份证号", 1).replacen("手机", "无证件原因,手机", 1);
    let (head, row) = text.split_once('\n').unwrap();
    let mut cells: Vec<&str> = row.trim_end().split(',').collect();
    cells[2] = "";
    cells.insert(3, "新生儿，还没有办");
    let text = format!("{head}\n{}\n", cells.join(","));
    let city = world.by("city");
    let id = import::upload(&city, LedgerKind::Needs, "台账.csv", text.into()).await.unwrap();
    import::apply(&city, id).await.unwrap();
    let code = import::load(&city, id).await.unwrap().1.drafts().next().unwrap().need_code.clone().unwrap();
    let need = world.need(&code).await;
    let file = storage::needs::need_file::load(&mut world.read().await, sealer, need.id).await.unwrap().unwrap();
    assert_eq!(file.no_id_reason, "新生儿，还没有办");
    world.sealed().await;
    world.sound().await;
}

/// The way through the pages: columns first where there is something to say of them, then the rows, the drafts, the review.
async fn the_pages_of_an_import(world: World) {
    let web = Web::new(world).await;
    let (session, city) = (web.session("city").await, web.world.by("city"));
    let upload = async |rows: usize| {
        let text = beside(&own(rows), "栏八", "东头");
        let answer = web.send("POST", "/import", Some(&session), MULTIPART, sent("台账.csv", text.as_bytes())).await;
        assert!(answer.location.starts_with("/import/"), "{} {}", answer.status, answer.location);
        answer.location
    };
    let at = upload(3).await.trim_end_matches("/columns").to_owned();
    let columns = web.get(&format!("{at}/columns"), Some(&session)).await.text;
    for seen in ["栏八", "认作", "示*", "138****0000", "column.7", "照这样检查3行"] {
        assert!(columns.contains(seen), "{seen} on {columns}");
    }
    for private in ["示例0", "13800150000"] {
        assert!(!columns.contains(private), "{private}");
    }
    let said = web.post(&format!("{at}/columns"), Some(&session), &[("column.7", "remark")]).await;
    assert_eq!(said.location, at);
    // The next file of these heads goes by it without asking, and says so.
    let next = upload(4).await;
    assert!(!next.ends_with("/columns"), "{next}");
    let columns = web.get(&format!("{next}/columns"), Some(&session)).await.text;
    assert!(columns.contains("不再照办") && columns.contains("照上次"), "{columns}");
    // While something is done the page is fetched again by itself, unless somebody wants it to stand still.
    let id = next.trim_start_matches("/import/").parse().unwrap();
    import::order_apply(&city, id).await.unwrap();
    let running = web.get(&next, Some(&session)).await;
    assert!(running.text.contains("正在导入") && running.headers.contains_key("refresh"), "{}", running.text);
    assert!(!web.get(&format!("{next}?still=1"), Some(&session)).await.headers.contains_key("refresh"));
    import::run(&city, id).await.unwrap();
    let page = web.get(&next, Some(&session)).await;
    assert!(page.text.contains("已导入4条为草稿") && !page.headers.contains_key("refresh"), "{}", page.text);
    let path = format!("{next}/submit");
    assert!(web.post(&path, Some(&session), &[]).await.status.is_client_error(), "nothing chosen");
    assert_eq!(web.post(&path, Some(&session), &[("all", "1")]).await.location, next);
    let page = web.get(&next, Some(&session)).await.text;
    assert!(page.contains("没有送成4份") && page.contains("有效期至"), "{page}");
    let csv = web.get(&format!("{next}/report.csv"), Some(&session)).await;
    assert!(csv.text.contains("为什么") && csv.text.contains("示例3"), "the office's own cells: {}", csv.text);
    // A file with nothing to take in says so, and what to do.
    let nothing = "街道,户主,证件,手机,对象类别,需求类别,需求摘要\n,,,,,,\n";
    let answer = web.send("POST", "/import", Some(&session), MULTIPART, sent("空.csv", nothing.as_bytes())).await;
    let at = answer.location.trim_end_matches("/columns").to_owned();
    let page = web.get(if at.is_empty() { "/import" } else { &at }, Some(&session)).await.text;
    assert!(!page.contains("已检查，等待导入") || !at.starts_with("/import/"), "{page}");
    web.world.sound().await;
}

/// The same row with another telephone: what differs is said in part, and the file follows only when somebody says so.
async fn what_differs_is_asked(world: World) {
    let city = world.by("city");
    let first = import::upload(&city, LedgerKind::Needs, "台账.csv", own(2).into()).await.unwrap();
    import::apply(&city, first).await.unwrap();
    let text = own(2).replace("13800150000", "13800159990").replace("13800150001", "13800159991");
    let id = import::upload(&city, LedgerKind::Needs, "台账.csv", text.into()).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!((open.rows_good, open.rows_duplicate), (0, 2));
    let asked: Vec<usize> = (0..report.rows.len()).filter(|at| report.rows[*at].is_open_question()).collect();
    assert_eq!(asked.len(), 2);
    let row = &report.rows[asked[0]];
    assert_eq!(row.differences.len(), 1);
    assert_eq!(row.differences[0].words(), "联系电话：表里138****9990，档案138****0000");
    let phone = async |code: &str| {
        let need = world.need(code).await;
        let mut tx = world.read().await;
        let sealer = world.services.db.sealer();
        storage::needs::need_file::load(&mut tx, sealer, need.id).await.unwrap().unwrap().phone
    };
    let codes: Vec<String> = asked.iter().map(|at| report.rows[*at].need_code.clone().unwrap()).collect();
    assert!(matches!(import::renew(&world.by("other_district"), id, &asked, true).await, Err(Error::NotFound)));
    assert_eq!(import::renew(&city, id, &asked[..1], true).await.unwrap(), 1);
    assert_eq!(import::renew(&city, id, &asked[1..], false).await.unwrap(), 0);
    assert_eq!((phone(&codes[0]).await, phone(&codes[1]).await), ("13800159990".into(), "13800150001".into()));
    assert_eq!(world.count_events("need.renew").await, 1);
    let again = import::renew(&city, id, &asked, true).await;
    assert!(matches!(again, Err(Error::Conflict(Conflict::Rule(_)))), "answered once: {again:?}");
    let (_, report) = import::load(&city, id).await.unwrap();
    assert_eq!(asked.iter().map(|at| report.rows[*at].renewed).collect::<Vec<_>>(), [Some(true), Some(false)]);
    import::discard(&city, id).await.unwrap();
    world.sealed().await;
    world.sound().await;
}

/// The same person by another file with other words: the dry run says so, and so does the page of whoever reviews it.
async fn the_same_person_is_shown_to_whoever_decides(world: World) {
    let city = world.by("city");
    let first = import::upload(&city, LedgerKind::Needs, "甲.csv", own(1).into()).await.unwrap();
    import::apply(&city, first).await.unwrap();
    let before = import::load(&city, first).await.unwrap().1.drafts().next().unwrap().need_code.clone().unwrap();
    let text = own(1).replace("助餐", "助浴").replace("午饭没人做，盼有人送", "一个人洗不了澡");
    let id = import::upload(&city, LedgerKind::Needs, "乙.csv", text.into()).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    assert_eq!((open.rows_good, open.rows_warned), (1, 1));
    let said = &report.rows.iter().find(|row| row.result == Outcome::Warning).unwrap().messages;
    assert!(said.iter().any(|words| words.contains(&before)), "{said:?}");
    import::apply(&city, id).await.unwrap();
    let second = import::load(&city, id).await.unwrap().1.drafts().next().unwrap().need_code.clone().unwrap();
    let need = world.need(&second).await;
    let twins = services::needs::need::twins(&world.by("district"), &need).await.unwrap();
    assert_eq!(twins.iter().map(|hit| hit.code.as_str()).collect::<Vec<_>>(), [before.as_str()]);
    for by in ["other_district", "meals"] {
        let refused = services::needs::need::twins(&world.by(by), &need).await;
        assert!(matches!(refused, Err(Error::NotFound)), "{by}");
    }
    world.sound().await;
}

/// What a careful person says of each row of a sheet: row number and result.
fn said_of(file: &str) -> std::collections::BTreeMap<u64, String> {
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers/expected.json")).unwrap();
    let expected: serde_json::Value = serde_json::from_str(&text).unwrap();
    let rows = expected["files"][file]["sheets"][0]["rows"].as_array().unwrap();
    let said = rows.iter().map(|row| (row["row"].as_u64().unwrap(), row["result"].as_str().unwrap().to_owned()));
    said.filter(|(_, result)| result != "skipped").collect()
}

async fn a_ledger_of_organizations_waits_to_be_verified(world: World) {
    let city = world.by("city");
    let before = world.number("SELECT COUNT(*) FROM organizations").await;
    let bytes = ledger("organizations.xlsx");
    let id = import::upload(&city, LedgerKind::Organizations, "organizations.xlsx", bytes.clone()).await.unwrap();
    let (open, report) = import::load(&city, id).await.unwrap();
    let found: std::collections::BTreeMap<u64, String> = report
        .rows
        .iter()
        .filter(|row| row.result != Outcome::Skipped)
        .map(|row| (u64::from(row.row), serde_json::to_value(row.result).unwrap().as_str().unwrap().to_owned()))
        .collect();
    assert_eq!(found, said_of("organizations.xlsx"));
    assert_eq!((open.rows_good, open.rows_bad, open.rows_duplicate), (49, 12, 1));
    assert_eq!(world.number("SELECT COUNT(*) FROM organizations").await, before, "a dry run takes nothing in");
    assert_eq!(import::apply(&city, id).await.unwrap(), 49);
    assert!(import::apply(&city, id).await.is_err(), "applied once");
    assert_eq!(world.number("SELECT COUNT(*) FROM organizations WHERE state = 'applied'").await, 49);
    // What the ledger says stands with the organization; persons are sealed, and only its offices read them.
    let row = services::supply::organization::by_uscc(&city, "52120102MJT9000279").await.unwrap();
    assert_eq!(row.division_code, "120102000000");
    assert_eq!((row.services().len(), row.areas()), (5, vec!["120102".to_owned()]));
    let seen = services::supply::organization::view(&world.by("district"), row.id).await.unwrap();
    let (profile, persons) = (seen.profile, seen.persons);
    assert_eq!(profile.competent_unit, "天津市民政局");
    assert_eq!(profile.standing().inspection, Some(domain::organization::Inspection::Passed));
    assert_eq!((profile.inspection_year, profile.grade), (Some(2025), Some(domain::organization::Grade::A1)));
    let persons = persons.unwrap();
    assert_eq!(persons.legal_representative, "钱柠");
    assert!(persons.ledger.contains(&("可提供数量".to_owned(), "每月60户".to_owned())), "{:?}", persons.ledger.len());
    for rows in world.rows().await.values() {
        assert!(rows.iter().all(|text| !text.contains("钱柠") && !text.contains("13800002873")));
    }
    // A conclusion that keeps out is taken in and stops the verification.
    let failed = world.number("SELECT COUNT(*) FROM organization_profiles WHERE inspection = 'failed'").await;
    assert_eq!(failed, 1);
    // The same file again, and a colleague's copy under another name: everything is known, nothing is touched.
    let again = import::upload(&city, LedgerKind::Organizations, "副本.xlsx", bytes).await.unwrap();
    let (open, report) = import::load(&city, again).await.unwrap();
    assert_eq!((open.rows_good, open.rows_duplicate), (0, 50));
    assert!(report.rows.iter().filter(|row| row.organization.is_some()).count() >= 49);
    import::discard(&city, again).await.unwrap();
    // A ledger of needs is no ledger of organizations.
    let other = import::upload(&city, LedgerKind::Organizations, "台账.xlsx", ledger("needs-clean.xlsx")).await;
    assert!(matches!(&other, Err(Error::Invalid(all)) if all[0].message.contains("统一社会信用代码")), "{other:?}");
    world.sealed().await;
    world.sound().await;
}

async fn a_district_takes_in_its_own_organizations_only(world: World) {
    let bytes = ledger("organizations.xlsx");
    for by in ["street", "meals", "admin"] {
        let refused = import::upload(&world.by(by), LedgerKind::Organizations, "台账.xlsx", bytes.clone()).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{by}");
    }
    let district = world.by("district");
    let id = import::upload(&district, LedgerKind::Organizations, "台账.xlsx", bytes.clone()).await.unwrap();
    let (open, report) = import::load(&district, id).await.unwrap();
    assert!(open.rows_good > 0 && open.rows_good < 49);
    assert!(report.rows.iter().any(|row| row.messages.iter().any(|text| text.contains("不在您的辖区内"))));
    let applied = import::apply(&district, id).await.unwrap();
    assert_eq!(applied, open.rows_good);
    let outside = "SELECT COUNT(*) FROM organizations WHERE state = 'applied' AND division_code NOT LIKE '120102%'";
    assert_eq!(world.number(outside).await, 0);
    // Registered meanwhile by itself, between the dry run and the import: not touched, not twice.
    let city = world.by("city");
    let open = import::upload(&city, LedgerKind::Organizations, "台账.xlsx", bytes.clone()).await.unwrap();
    let second = import::upload(&city, LedgerKind::Organizations, "台账.xlsx", bytes).await.unwrap();
    assert_eq!(import::apply(&city, open).await.unwrap(), 49 - applied);
    assert_eq!(import::apply(&city, second).await.unwrap(), 0);
    assert_eq!(world.number("SELECT COUNT(*) FROM organizations WHERE state = 'applied'").await, 49);
    let verified = services::supply::organization::by_uscc(&district, "52120102MJT9000279").await.unwrap();
    let until = world.now().day() + chrono::Days::new(300);
    services::supply::organization::verify(&district, verified.id, until).await.unwrap();
    assert_eq!(
        services::supply::organization::by_id(&district, verified.id).await.unwrap().state,
        OrganizationState::Verified
    );
    world.sound().await;
}

/// A column said by hand is what it was said to be, every row leads to its draft, and the draft keeps the row's words, also
/// those that no field holds, through an edit, sealed.
async fn a_draft_keeps_the_row_it_came_from(world: World) {
    let city = world.by("city");
    let text = "街道,姓名,证件,手机,对象类别,需求类别,具体情况,敲门暗号,急不急\n河东区鲁山道街道,示例甲,120102190001010012,13800150001,低保,助餐,午饭没人做，盼有人送,三长两短,特急\n";
    let id = import::upload(&city, LedgerKind::Needs, "台账.csv", text.into()).await.unwrap();
    let (_, report) = import::load(&city, id).await.unwrap();
    let unread = |report: &import::Report| {
        report.columns[0].1.iter().filter(|one| one.fields.is_empty()).map(|one| one.head.clone()).collect::<Vec<_>>()
    };
    assert_eq!(unread(&report), ["敲门暗号"]);
    let column = import::uses(&report).iter().position(|one| one.column.head == "敲门暗号").unwrap();
    import::say(&city, id, &[(column, Some(Field::Remark))], &[]).await.unwrap();
    import::run(&city, id).await.unwrap();
    let again = id;
    let (open, report) = import::load(&city, again).await.unwrap();
    assert_eq!((open.rows_good, unread(&report)), (1, Vec::new()));
    assert_eq!(import::apply(&city, again).await.unwrap(), 1);
    let (_, report) = import::load(&city, again).await.unwrap();
    let code = report.drafts().next().unwrap().need_code.clone().unwrap();
    let words = services::aid::view::ledger_row(&city, &code).await.unwrap();
    assert!(words.contains(&("敲门暗号".to_owned(), "三长两短".to_owned())), "{words:?}");
    assert_eq!(words.len(), 9);
    assert_eq!(world.number("SELECT COUNT(*) FROM needs WHERE urgency = 'urgent'").await, 1, "urgent stays urgent");
    let other = services::aid::view::ledger_row(&world.by("other_district"), &code).await;
    assert!(matches!(other, Err(Error::NotFound)));
    world.sound().await;
}
