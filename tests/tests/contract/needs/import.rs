//! Ledgers: what a careful person would say of each row, each row once, all or nothing.

use std::{fs, path::Path};

use domain::{
    organization::{ImportState, LedgerKind, OrganizationState},
    role::{Actor, Role},
};
use duijie_tests::world::{World, difference};
use services::needs::import;
use services::{Conflict, Ctx, Error};

duijie_tests::both_engines!(
    a_clean_ledger_becomes_drafts_once,
    a_messy_ledger_is_told_apart,
    applying_is_one_transaction,
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
    assert!(report.rows.iter().all(|row| row.need_code.as_deref().is_some_and(domain::code::is_code)));
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

async fn applying_is_one_transaction(world: World) {
    let city = world.by("city");
    let id = import::upload(&city, LedgerKind::Needs, "needs-clean.xlsx", ledger("needs-clean.xlsx")).await.unwrap();
    // The eightieth need cannot be stored.
    let trap = match world.engine {
        duijie_tests::world::Engine::Sqlite => {
            "CREATE TRIGGER trap BEFORE INSERT ON needs WHEN (SELECT COUNT(*) FROM needs) >= 79 BEGIN SELECT RAISE(ABORT, 'full'); END"
        }
        duijie_tests::world::Engine::Postgres => {
            "CREATE FUNCTION trap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF (SELECT COUNT(*) FROM needs) >= 79 THEN RAISE EXCEPTION 'full'; END IF; RETURN NEW; END $$; CREATE TRIGGER trap BEFORE INSERT ON needs FOR EACH ROW EXECUTE FUNCTION trap()"
        }
    };
    world.raw(trap).await.unwrap();
    let before = world.rows().await;
    assert!(matches!(import::apply(&city, id).await, Err(Error::Storage(_))));
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    assert_eq!(import::load(&city, id).await.unwrap().0.state, ImportState::Checked, "it can be tried again");
    world
        .raw(if world.engine == duijie_tests::world::Engine::Sqlite {
            "DROP TRIGGER trap"
        } else {
            "DROP TRIGGER trap ON needs"
        })
        .await
        .unwrap();
    assert_eq!(import::apply(&city, id).await.unwrap(), 120);
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
    for wrong in ["", "乱写", "H=没有的"] {
        assert!(matches!(import::remap(&city, id, wrong).await, Err(Error::Invalid(_))), "{wrong}");
    }
    let again = import::remap(&city, id, "台账!H=备注\n").await.unwrap();
    assert_eq!(import::load(&city, id).await.unwrap().0.state, ImportState::Discarded);
    let (open, report) = import::load(&city, again).await.unwrap();
    assert_eq!((open.rows_good, unread(&report)), (1, Vec::new()));
    assert_eq!(import::apply(&city, again).await.unwrap(), 1);
    let (_, report) = import::load(&city, again).await.unwrap();
    let code = report.rows[0].need_code.clone().unwrap();
    let words = services::aid::view::ledger_row(&city, &code).await.unwrap();
    assert!(words.contains(&("敲门暗号".to_owned(), "三长两短".to_owned())), "{words:?}");
    assert_eq!(words.len(), 9);
    assert_eq!(world.number("SELECT COUNT(*) FROM needs WHERE urgency = 'urgent'").await, 1, "urgent stays urgent");
    let other = services::aid::view::ledger_row(&world.by("other_district"), &code).await;
    assert!(matches!(other, Err(Error::NotFound)));
    world.sound().await;
}
