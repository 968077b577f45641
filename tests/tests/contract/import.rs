//! Ledgers: what a careful person would say of each row, each row once, all or nothing.

use std::{fs, path::Path};

use domain::{
    organization::ImportState,
    role::{Actor, Role},
};
use duijie_tests::world::{World, difference};
use services::{Conflict, Ctx, Error, import};

duijie_tests::both_engines!(
    a_clean_ledger_becomes_drafts_once,
    a_messy_ledger_is_told_apart,
    applying_is_one_transaction
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
    let id = import::upload(&city, "needs-clean.xlsx", bytes.clone()).await.unwrap();
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
    let again = import::upload(&city, "台账（副本）.xlsx", bytes).await.unwrap();
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
    let id = import::upload(&ctx, "needs-messy.xlsx", ledger("needs-messy.xlsx")).await.unwrap();
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
    let id = import::upload(&city, "needs-clean.xlsx", ledger("needs-clean.xlsx")).await.unwrap();
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
