//! What changes nothing is on record too: who read whose data, who exported, who was turned away.
//! And the role that the site works as cannot change the record.

use std::sync::Arc;

use domain::{machine::Command, organization::LedgerKind, pairing::Purpose};
use duijie_tests::world::{Canary, Engine, Seeded, World, household};
use services::aid::{pairing, view};
use services::base::trail;
use services::needs::import;
use services::record::audit_view;
use services::record::audit_view::Asked;
use services::{Error, Random as _};
use storage::base::sealed::{Ring, Sealer, SuiteKind};
use storage::{Db, Options};

use crate::base::scope::everything;

duijie_tests::both_engines!(
    reading_a_file_is_recorded,
    an_export_is_recorded,
    the_trail_is_read_by_its_administrator,
    readers_at_once_share_a_commit,
    what_cannot_be_recorded_is_not_shown,
);

/// (command, what, code, account) of the reads so far, oldest first.
async fn reads(world: &World) -> Vec<String> {
    world
        .texts("SELECT e.command || ' ' || e.data || ' ' || COALESCE(a.username, '-') FROM events e LEFT JOIN accounts a ON a.id = e.actor_id WHERE e.object = 'access' ORDER BY e.id")
        .await
}

async fn reading_a_file_is_recorded(world: World) {
    let target = everything(&world).await;
    let draft = world.draft("street", &household()).await;
    let before = reads(&world).await.len();
    let street = world.by("street");
    view::need(&world.services, services::finding::hall::Viewer::of(Some(&street)), &target.need).await.unwrap();
    view::editable(&street, &draft).await.unwrap_or_else(|error| panic!("{error}"));
    view::pairing(&street, target.pairing.as_deref().unwrap()).await.unwrap();
    let file = storage::needs::need_file::NeedFile { phone: Canary::new().phone.into(), ..Default::default() };
    services::needs::need::similar_files(&street, &file).await.unwrap();
    let found = reads(&world).await.split_off(before);
    let pairing = target.pairing.as_deref().unwrap();
    for (line, (what, code)) in found.iter().zip([
        ("masked_file", target.need.as_str()),
        ("file", &draft),
        ("masked_contact", pairing),
        ("same_household", ""),
    ]) {
        assert!(
            line.starts_with("access.read") && line.contains(&format!("\"what\":\"{what}\"")) && line.contains(code),
            "{line}"
        );
        assert!(line.ends_with(" street"), "{line}");
        assert_eq!(Canary::new().found_in(line), Vec::<String>::new());
    }
    assert_eq!(found.len(), 4, "{found:?}");
    // Opening contact data is a command with its purpose; public pages are nobody's data.
    let other = world.meals(14).await;
    let paired = world.paired("meals", &other, &[14]).await;
    pairing::disclose(&world.by("meals"), &paired, Purpose::Visit).await.unwrap();
    let before = reads(&world).await.len();
    view::need(&world.services, services::finding::hall::Viewer::of(None), &other).await.unwrap();
    view::need(&world.services, services::finding::hall::Viewer::of(Some(&world.by("third"))), &other).await.unwrap();
    assert_eq!(reads(&world).await.len(), before);
    world.sealed().await;
    world.sound().await;
}

async fn an_export_is_recorded(world: World) {
    let ledger = "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限\n1,X1,走访,2026-11-03,个案,120102012011,最低生活保障家庭（低保对象）,助餐,一人居住行动不便,一般,每天1餐,2026-11-03至2027-01-31\n";
    let street = world.by("street");
    let id = import::upload(&street, LedgerKind::Needs, "台账.csv", ledger.into()).await.unwrap();
    import::report_file(&street, id, import::Format::Xlsx, None).await.unwrap();
    let found = reads(&world).await;
    assert!(found.last().unwrap().starts_with("access.export"), "{found:?}");
    assert!(found.last().unwrap().contains("\"rows\":1"), "{found:?}");
    let audit = world.by("auditor");
    assert!(matches!(audit_view::export(&audit, &Asked::default(), " ").await, Err(Error::Invalid(_))));
    let book = audit_view::export(&audit, &Asked::default(), "年度检查").await.unwrap();
    assert!(book.starts_with(b"PK"));
    let found = reads(&world).await;
    assert!(found.last().unwrap().starts_with("access.export") && found.last().unwrap().ends_with("auditor"));
}

async fn the_trail_is_read_by_its_administrator(world: World) {
    let target = everything(&world).await;
    trail::refuse(&world.by("third"), "/claims/{code}", target.claim.as_deref(), "not found", "").await.unwrap();
    let audit = world.by("auditor");
    for by in ["street", "district", "city", "admin", "security", "meals", "village"] {
        let refused = audit_view::page(&world.by(by), &Asked::default(), None, 10).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{by}");
    }
    let asked = |object: &str, command: &str, username: &str, record: &str| Asked {
        object: object.into(),
        command: command.into(),
        username: username.into(),
        record: record.into(),
        ..Asked::default()
    };
    let (all, more) = audit_view::page(&audit, &Asked::default(), None, 10).await.unwrap();
    assert!(all.len() == 10 && more);
    assert!(all.windows(2).all(|pair| pair[0].event.id > pair[1].event.id));
    let (next, _) = audit_view::page(&audit, &Asked::default(), Some(all[9].event.id), 10).await.unwrap();
    assert!(next[0].event.id < all[9].event.id);
    let (refused, _) = audit_view::page(&audit, &asked("", "access.refuse", "", ""), None, 10).await.unwrap();
    assert_eq!((refused.len(), refused[0].username.as_deref()), (1, Some("third")));
    let (claims, _) = audit_view::page(&audit, &asked("claim", "", "care", ""), None, 10).await.unwrap();
    assert!(claims.iter().all(|e| e.event.command == Command::ClaimSubmit), "{claims:?}");
    let (need, _) = audit_view::page(&audit, &asked("", "", "", &target.need), None, 100).await.unwrap();
    let id = world.need(&target.need).await.id;
    assert!(!need.is_empty() && need.iter().all(|e| e.event.need_id == Some(id) || e.event.object_id == id));
    for nothing in [asked("", "", "nobody", ""), asked("", "", "", "XQ120102-26-999999")] {
        assert!(audit_view::page(&audit, &nothing, None, 10).await.unwrap().0.is_empty());
    }
    let tomorrow = Asked { from: Some("2026-11-25".parse().unwrap()), ..Asked::default() };
    assert!(audit_view::page(&audit, &tomorrow, None, 10).await.unwrap().0.is_empty());
    // The administrator sees no case.
    assert!(view::pairing(&audit, target.pairing.as_deref().unwrap()).await.is_err());
    assert!(view::editable(&audit, &target.need).await.is_err());
    // Looking is in the trail as well.
    let (looks, _) = audit_view::page(&audit, &asked("", "access.audit", "", ""), None, 50).await.unwrap();
    assert!(looks.len() >= 5);
    world.sealed().await;
    world.sound().await;
}

async fn readers_at_once_share_a_commit(world: World) {
    let world = Arc::new(world);
    let before = world.count_events("access.read").await;
    let mut readers = Vec::new();
    for number in 0..300 {
        let world = Arc::clone(&world);
        readers.push(tokio::spawn(async move {
            trail::read(&world.by("street"), "file", &number.to_string(), trail::About::default()).await
        }));
    }
    for reader in readers {
        reader.await.unwrap().unwrap();
    }
    assert_eq!(world.count_events("access.read").await - before, 300, "each of them once");
    let world = Arc::into_inner(world).unwrap();
    world.sealed().await;
    world.sound().await;
}

async fn what_cannot_be_recorded_is_not_shown(world: World) {
    let need = world.draft("street", &household()).await;
    let trap = match world.engine {
        Engine::Sqlite => "CREATE TRIGGER trap BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END",
        Engine::Postgres => "ALTER TABLE events ADD CONSTRAINT trap CHECK (id < 0) NOT VALID",
    };
    world.raw(trap).await.unwrap();
    let street = world.by("street");
    assert!(matches!(view::editable(&street, &need).await, Err(Error::Unrecorded)));
    let seen = view::need(&world.services, services::finding::hall::Viewer::of(Some(&street)), &need).await;
    assert!(matches!(seen, Err(Error::Unrecorded)));
}

/// PostgreSQL: the site's own role does everything but change the log.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sites_role_cannot_change_the_log() {
    let Some(mut world) = World::create(Engine::Postgres).await else { return };
    let role = format!("duijie_site_{}", std::process::id());
    let password = "example-of-this-test";
    world.raw(&format!("DROP ROLE IF EXISTS {role}; CREATE ROLE {role} LOGIN PASSWORD '{password}'")).await.unwrap();
    storage::people::role::grant(&world.services.db, &role).await.unwrap();
    assert!(storage::people::role::may_change_log(&world.services.db).await.unwrap(), "the owner may");
    assert!(storage::people::role::grant(&world.services.db, "x; DROP TABLE needs").await.is_err());
    let url = world.database_url().unwrap().to_owned();
    let (_, host) = url.split_once('@').unwrap();
    let nonces = Seeded::new(98);
    let sealer = Sealer::new(Ring::single([7; 32]), SuiteKind::default(), move |bytes| nonces.fill(bytes));
    let options = Options { url: format!("postgres://{role}:{password}@{host}"), connections: 8 };
    let db = Db::open(&options, sealer).await.unwrap();
    // It need not migrate where nothing is missing.
    db.migrate().await.unwrap();
    assert!(!storage::people::role::may_change_log(&db).await.unwrap());
    let owner = world.exchange(db);
    // The whole loop works.
    let target = everything(&world).await;
    view::need(&world.services, services::finding::hall::Viewer::of(Some(&world.by("street"))), &target.need)
        .await
        .unwrap();
    world.sealed().await;
    world.sound().await;
    for statement in [
        "UPDATE events SET reason = 'x'",
        "DELETE FROM events",
        "TRUNCATE events CASCADE",
        "UPDATE event_seals SET hash = ''",
        "DELETE FROM event_seals",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DROP TRIGGER events_are_final ON events",
        "CREATE TABLE mine (n bigint)",
        "DELETE FROM _sqlx_migrations",
    ] {
        let refused = world.raw(statement).await;
        let words = refused.expect_err(statement).to_string();
        assert!(words.contains("permission denied") || words.contains("must be owner"), "{statement}: {words}");
    }
    let site = world.exchange(owner);
    site.close().await;
    world.raw(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).await.unwrap();
}
