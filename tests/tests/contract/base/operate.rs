//! An operator's day: a full disk, a copy and its way back, keys that are missing, a cluster that counts anew, clients
//! that never finish.

use std::{path::Path, process::ExitCode, time::Duration};

use duijie_tests::world::{Engine, World};
use server::{config::Config, listen, operate, start};
use storage::base::event;

duijie_tests::both_engines!(
    a_failed_transaction_stops_no_other,
    an_index_of_another_log_is_not_trusted,
    what_others_hold_back_is_said,
    events_stay_in_order_after_a_move,
    the_site_says_that_it_takes_no_writes,
    a_step_of_the_schema_is_tried_before_it_is_taken
);

fn config(dir: &Path) -> Config {
    Config { data_dir: dir.to_owned(), make_key: true, ..Config::default() }.checked().unwrap()
}

fn is(code: ExitCode, wanted: u8) -> bool {
    format!("{code:?}") == format!("{:?}", ExitCode::from(wanted))
}

/// A write that the engine itself undoes, as SQLite does on a full disk.
async fn a_failed_transaction_stops_no_other(world: World) {
    let need = world.meals(3).await;
    for _ in 0..3 {
        let mut tx = world.services.db.write().await.unwrap();
        tx.next_number("before").await.unwrap();
        match &mut tx {
            storage::Tx::Sqlite(inner) => {
                let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(&mut **inner).await.unwrap();
                let limit = format!("PRAGMA max_page_count = {pages}");
                sqlx::query(sqlx::AssertSqlSafe(limit)).execute(&mut **inner).await.unwrap();
                let fill = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO counters (series, value) SELECT hex(randomblob(2000)) || i, i FROM n";
                let error = sqlx::query(fill).execute(&mut **inner).await.unwrap_err();
                assert!(error.to_string().contains("full"), "{error}");
            }
            storage::Tx::Postgres(inner) => {
                sqlx::query("SELECT 1 / 0").execute(&mut **inner).await.unwrap_err();
            }
        }
        drop(tx);
        // The next one neither fails nor sees anything of it.
        let mut tx = world.services.db.write().await.unwrap();
        assert_eq!(tx.next_number("before").await.unwrap(), 1);
        tx.undo().await.unwrap();
    }
    world.claimed("meals", &need, &[1]).await;
    world.sound().await;
}

/// A database from before the last step, and one in which that step does not go through.
async fn a_step_of_the_schema_is_tried_before_it_is_taken(world: World) {
    let beside = tempfile::tempdir().unwrap();
    let db = &world.services.db;
    let schema = db.schema().await;
    assert_eq!((schema.missing().count(), schema.foreign.len()), (0, 0));
    db.try_steps(beside.path()).await.unwrap();
    let made = schema.steps.iter().find(|step| step.version == 117).unwrap();
    assert_eq!(made.touches, Vec::<String>::new(), "a new table makes nobody wait");
    world.raw("DELETE FROM _sqlx_migrations WHERE version = 117").await.unwrap();
    let there = async || world.tables().await.iter().any(|table| table == "amendments");
    assert!(there().await);
    // Its table is there already: said, and nothing is changed.
    let beside = tempfile::tempdir().unwrap();
    assert!(matches!(db.try_steps(beside.path()).await, Err(storage::Error::Migrate(_))));
    world.raw("DROP TABLE amendments").await.unwrap();
    let schema = db.schema().await;
    assert_eq!(schema.missing().map(|step| step.version).collect::<Vec<_>>(), [117]);
    let beside = tempfile::tempdir().unwrap();
    db.try_steps(beside.path()).await.unwrap();
    assert!(!there().await, "tried, not taken");
    assert_eq!(db.schema().await, schema);
    world.raw("INSERT INTO counters (series, value) VALUES ('written after', 1)").await.unwrap();
    if let Some(url) = world.database_url() {
        let config = Config { database_url: url.to_owned(), ..config(beside.path()) };
        server::keys::sealer(&config).unwrap();
        assert!(is(operate::schema(&config, false).await.unwrap(), 3), "a step is missing");
        assert!(is(operate::schema(&config, true).await.unwrap(), 0));
        assert!(!there().await);
    }
}

/// The same as the operator asks for it, on the file of SQLite.
#[tokio::test]
async fn what_the_schema_lacks_is_said_and_tried() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    server::keys::sealer(&config).unwrap();
    assert!(operate::schema(&config, false).await.is_err(), "there is none");
    assert!(!dir.path().join("duijie.sqlite3").exists());
    let db = start::database(&config).await.unwrap();
    assert!(is(operate::schema(&config, false).await.unwrap(), 0));
    let mut tx = db.write().await.unwrap();
    let storage::Tx::Sqlite(inner) = &mut tx else { panic!("not SQLite") };
    for statement in ["DELETE FROM _sqlx_migrations WHERE version = 117", "DROP TABLE amendments"] {
        sqlx::query(statement).execute(&mut **inner).await.unwrap();
    }
    tx.commit().await.unwrap();
    let before: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(is(operate::schema(&config, false).await.unwrap(), 3));
    assert!(is(operate::schema(&config, true).await.unwrap(), 0));
    assert!(is(operate::schema(&config, false).await.unwrap(), 3), "tried, not taken");
    let after: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(before.len(), after.len(), "the copy is gone");
    drop(db);
    start::database(&config).await.unwrap();
    assert!(is(operate::schema(&config, false).await.unwrap(), 0));
}

/// As after `pg_restore` into another cluster: the newest event lies far ahead of every transaction.
async fn events_stay_in_order_after_a_move(world: World) {
    let db = &world.services.db;
    assert!(!event::settle(db).await.unwrap(), "nothing has moved");
    let need = world.meals(3).await;
    services::base::audit::seal(&world.services).await.unwrap();
    if world.engine == Engine::Postgres {
        world.raw("INSERT INTO counters (series, value) VALUES ('event_epoch', 5000000)").await.unwrap();
        world.claimed("meals", &need, &[1]).await;
        services::base::audit::seal(&world.services).await.unwrap();
        world.raw("DELETE FROM counters WHERE series = 'event_epoch'").await.unwrap();
        assert!(event::settle(db).await.unwrap());
        assert!(!event::settle(db).await.unwrap(), "once is enough");
    }
    let before = event::counts(&mut world.read().await).await.unwrap();
    world.meals(2).await;
    // What is new is sealed, once no transaction of the cluster holds it back.
    world.sealed().await;
    let after = event::counts(&mut world.read().await).await.unwrap();
    assert!(after.0 > before.0 && after.0 == after.1, "{after:?}");
    world.sound().await;
}

/// As when an older copy of the database has been put under a newer index: another event stands where it had come to.
async fn an_index_of_another_log_is_not_trusted(world: World) {
    use services::finding::follower;
    world.meals(3).await;
    world.caught_up().await;
    assert!(follower::is_of_this_log(&world.services).await.unwrap());
    super::audit::unlock(&world).await;
    let reached = world.services.index.position().unwrap().1;
    world.raw(&format!("UPDATE events SET at = at + 1 WHERE id = {reached}")).await.unwrap();
    assert!(!follower::is_of_this_log(&world.services).await.unwrap());
    follower::distrust(&world.services);
    world.meals(2).await;
    follower::follow(&world.services).await.unwrap();
    assert!(!world.services.follower.is_whole(), "the database answers until the index is built anew");
    assert!(follower::rebuild(&world.services).await.unwrap() > 0);
    assert!(follower::is_of_this_log(&world.services).await.unwrap() && world.services.follower.is_whole());
    let reached = world.services.index.position().unwrap().1;
    world.raw(&format!("DELETE FROM events WHERE id = {reached}")).await.unwrap();
    assert!(!follower::is_of_this_log(&world.services).await.unwrap());
}

/// A transaction that somebody leaves open on the same PostgreSQL keeps new events from every follower.
async fn what_others_hold_back_is_said(world: World) {
    use services::finding::follower;
    world.meals(3).await;
    world.caught_up().await;
    if world.engine == Engine::Sqlite {
        // One writer: nothing can be held back by another.
        world.set(world.now().plus_minutes(1));
        follower::follow(&world.services).await.unwrap();
        assert_eq!(world.services.follower.held_since(), None);
        return;
    }
    let mut left_open = world.services.db.write().await.unwrap();
    left_open.next_number("left open").await.unwrap();
    world.meals(2).await;
    follower::follow(&world.services).await.unwrap();
    assert_eq!(world.services.follower.held_since(), None, "no word about a moment");
    let since = world.now();
    world.set(since.plus_minutes(1));
    follower::follow(&world.services).await.unwrap();
    assert!(world.services.follower.held_since().is_some_and(|at| at <= since));
    left_open.undo().await.unwrap();
    world.caught_up().await;
    assert_eq!(world.services.follower.held_since(), None);
}

async fn the_site_says_that_it_takes_no_writes(world: World) {
    use super::jobs::becomes;
    let jobs = server::jobs::start(&world.services, &Config::default());
    becomes(&world, |status, _| status.is_success()).await;
    world.raw("ALTER TABLE counters RENAME TO counters_away").await.unwrap();
    becomes(&world, |status, text| status == 503 && text.starts_with("the database takes no writes")).await;
    world.raw("ALTER TABLE counters_away RENAME TO counters").await.unwrap();
    becomes(&world, |status, _| status.is_success()).await;
    drop(jobs);
}

#[tokio::test]
async fn looking_at_what_is_not_there_makes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    server::keys::sealer(&config).unwrap();
    let error = format!("{:#}", start::database_to_read(&config).await.err().unwrap());
    assert!(error.contains("there is no database"), "{error}");
    assert!(!dir.path().join("duijie.sqlite3").exists());
    std::fs::write(dir.path().join("duijie.sqlite3"), b"").unwrap();
    let error = format!("{:#}", start::database_to_read(&config).await.err().unwrap());
    assert!(error.contains("no database of duijie"), "{error}");
    assert!(is(operate::check(&config).await.unwrap(), 3));
}

#[tokio::test]
async fn a_copy_comes_back_and_a_damaged_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let db = start::database(&config).await.unwrap();
    let mut tx = db.write().await.unwrap();
    assert_eq!(tx.next_number("kept").await.unwrap(), 1);
    tx.commit().await.unwrap();
    // While somebody else has the database open and in its log.
    let kept = dir.path().join("copies");
    assert!(is(operate::backup(&config, &kept).await.unwrap(), 0));
    let archive = std::fs::read_dir(&kept).unwrap().next().unwrap().unwrap().path();
    db.close().await;

    assert!(operate::restore(&config, &archive, false).await.is_err(), "a database is there");
    let lost = tempfile::tempdir().unwrap();
    let new = self::config(lost.path());
    let error = format!("{:#}", operate::restore(&new, &archive, false).await.unwrap_err());
    assert!(error.contains("put the key ring back first"), "{error}");
    assert!(!lost.path().join("duijie.sqlite3").exists());
    std::fs::copy(&config.key_file, &new.key_file).unwrap();
    let mut bytes = std::fs::read(&archive).unwrap();
    let at = bytes.len() / 2;
    bytes[at] ^= 0x55;
    let damaged = lost.path().join("damaged.tar");
    std::fs::write(&damaged, &bytes).unwrap();
    let error = format!("{:#}", operate::restore(&new, &damaged, false).await.unwrap_err());
    assert!(error.contains("damaged"), "{error}");
    std::fs::write(&damaged, &bytes[..at]).unwrap();
    assert!(operate::restore(&new, &damaged, false).await.is_err());

    assert!(is(operate::restore(&new, &archive, false).await.unwrap(), 0));
    let db = start::database(&new).await.unwrap();
    assert_eq!(db.write().await.unwrap().next_number("kept").await.unwrap(), 2);
    db.close().await;
    assert!(is(operate::restore(&new, &archive, true).await.unwrap(), 0));
    let aside = std::fs::read_dir(lost.path())
        .unwrap()
        .filter(|file| file.as_ref().unwrap().file_name().to_string_lossy().starts_with("duijie.sqlite3.before-"));
    assert!(aside.count() >= 1, "what was there is kept");
    assert!(is(operate::check(&new).await.unwrap(), 0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_database_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path());
    let db = start::database(&config).await.unwrap();
    for end in ["", "-wal", "-shm"] {
        let mode = std::fs::metadata(dir.path().join(format!("duijie.sqlite3{end}"))).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{end}");
    }
    db.close().await;
}

/// Half a request each, more of them than there are places: the next reader waits for one, and the end comes in time.
#[tokio::test]
async fn clients_that_never_finish_keep_nobody_out_for_long() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = axum::Router::new().route("/", axum::routing::get(|| async { "here" }));
    tokio::spawn(listen::serve(listener, router, 16));
    let mut half = Vec::new();
    for _ in 0..16 {
        let mut client = tokio::net::TcpStream::connect(address).await.unwrap();
        client.write_all(b"GET / HTTP/1.1\r\nHost: ").await.unwrap();
        half.push(client);
    }
    let mut reader = tokio::net::TcpStream::connect(address).await.unwrap();
    reader.write_all(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n").await.unwrap();
    let mut answer = String::new();
    let read = tokio::time::timeout(Duration::from_mins(1), reader.read_to_string(&mut answer)).await;
    assert!(read.is_ok() && answer.ends_with("here"), "{answer}");
}

/// The key ring of a database with sealed files is gone.
#[tokio::test]
async fn no_new_key_ring_is_made_over_sealed_values() {
    use server::key_commands::{KeyCommand, run};
    let Some(world) = World::create(Engine::Sqlite).await else { return };
    world.meals(3).await;
    let config = config(world.dir.path());
    let error = format!("{:#}", run(&config, KeyCommand::New).await.unwrap_err());
    assert!(error.contains("put the copy of its key ring back"), "{error}");
    assert!(!config.key_file.exists());
    // A ring of something else is refused at the start.
    server::keys::sealer(&config).unwrap();
    let error = format!("{:#}", start::database(&config).await.err().unwrap());
    assert!(error.contains("which is not in the key ring"), "{error}");
}
