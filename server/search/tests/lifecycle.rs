//! The index on disk: following, rebuilding, damage, locks, kills.
#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use search::{Error, NeedDoc, NeedIndex, NeedQuery, Position, Reader, Results, Sort, State};

mod common;
use common::{at, needs};

fn queries() -> Vec<(NeedQuery, Reader)> {
    let city = Reader::Staff { scope: "12".into() };
    let mut queries = Vec::new();
    for text in ["", "助餐", "餐", "心理疏导", "送餐上门", "\"上门探望\" -儿童", "行动不便需要轮椅的独居老人"]
    {
        for sort in [Sort::Urgent, Sort::Relevance, Sort::Newest] {
            for reader in [Reader::Public, city.clone()] {
                queries.push((NeedQuery { text: text.into(), sort, limit: 50, ..NeedQuery::default() }, reader));
            }
        }
    }
    queries
}

/// Everything but what legitimately differs between two indexes of the same documents: scores depend on
/// deleted documents that have not been merged away yet.
fn answers(index: &NeedIndex) -> Vec<Results> {
    queries()
        .iter()
        .map(|(query, reader)| {
            let mut results = index.search(query, reader).unwrap();
            results.generation = 0;
            for hit in &mut results.hits {
                hit.score = 0.0;
            }
            if query.sort == Sort::Relevance {
                results.hits.sort_by_key(|h| h.id);
                results.hits.truncate(if results.total > 50 { 0 } else { 50 });
            }
            results
        })
        .collect()
}

fn fresh(docs: &[NeedDoc]) -> Vec<Results> {
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    index.rebuild(docs.to_vec(), at(1)).unwrap();
    answers(&index)
}

/// The directory in use.
fn served(root: &Path) -> PathBuf {
    let mut dirs: Vec<_> = fs::read_dir(root)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.file_name().unwrap().to_str().unwrap().starts_with("need-"))
        .collect();
    dirs.sort();
    dirs.pop().unwrap()
}

#[test]
fn rebuilding_equals_applying() {
    let docs = needs(21, 1_200);
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    for (i, chunk) in docs.chunks(150).enumerate() {
        let mut first: Vec<_> = chunk.to_vec();
        for doc in &mut first {
            doc.public_title = "旧标题".into();
        }
        index.apply(&first, &[], at(2 * i as u64)).unwrap();
        index.apply(chunk, &[], at(2 * i as u64 + 1)).unwrap();
    }
    assert_eq!(answers(&index), fresh(&docs));
    index.rebuild(docs.clone(), at(100)).unwrap();
    assert_eq!(answers(&index), fresh(&docs));
    assert_eq!(index.position(), Some(at(100)));
    // A need fed twice is there once, as given last.
    let mut twice = docs[0].clone();
    twice.public_title = "先前的标题".into();
    index.rebuild(std::iter::once(twice).chain(docs.clone()), at(101)).unwrap();
    assert_eq!(index.count(), 1_200);
    assert_eq!(answers(&index), fresh(&docs));
}

#[test]
fn applying_is_idempotent_and_the_position_never_goes_back() {
    let docs = needs(22, 300);
    let dir = tempfile::tempdir().unwrap();
    let opened = NeedIndex::open(dir.path()).unwrap();
    assert_eq!((opened.state, opened.position), (State::Fresh, None));
    let index = opened.index;
    let gone: Vec<_> = docs[250..].iter().map(|d| d.id).collect();
    let mut generations = vec![index.generation()];
    for _ in 0..3 {
        index.apply(&docs, &gone, at(7)).unwrap();
        generations.push(index.generation());
        assert_eq!(index.count(), 250);
        assert_eq!(answers(&index), fresh(&docs[..250]));
    }
    assert!(generations.is_sorted_by(|a, b| a < b));
    index.apply(&[], &[], at(9)).unwrap();
    index.apply(&docs[..1], &[], Position(0, 3, 0)).unwrap();
    assert_eq!(index.position(), Some(at(9)));
    drop(index);
    let opened = NeedIndex::open(dir.path()).unwrap();
    assert_eq!((opened.state, opened.position), (State::Current, Some(at(9))));
    assert_eq!(answers(&opened.index), fresh(&docs[..250]));
}

#[test]
fn a_position_alone_is_written_down_now_and_then() {
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    for n in 0..600 {
        index.apply(&[], &[], at(n)).unwrap();
    }
    drop(index);
    let position = NeedIndex::open(dir.path()).unwrap().position.unwrap();
    assert!(position > at(300) && position <= at(600));
}

#[test]
fn the_old_index_serves_and_follows_while_the_new_is_built() {
    let docs = needs(23, 900);
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    index.apply(&docs[..600], &[], at(10)).unwrap();
    let before = answers(&index);
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| {
            let mut rounds = 0;
            while !stop.load(Ordering::Relaxed) {
                let list = index.search(&NeedQuery::default(), &Reader::Staff { scope: "12".into() });
                let total = list.unwrap().total;
                assert!((598..=900).contains(&total), "{total}");
                rounds += 1;
            }
            rounds
        });
        let mut rebuild = index.start_rebuild().unwrap();
        assert!(matches!(index.start_rebuild().err(), Some(Error::RebuildRunning)));
        for chunk in docs[..600].chunks(100) {
            rebuild.add(chunk).unwrap();
        }
        assert_eq!(answers(&index), before);
        // Followed meanwhile: one batch the snapshot already holds, one it does not.
        index.apply(&docs[..1], &[], at(11)).unwrap();
        index.apply(&docs[600..], &[docs[0].id], at(30)).unwrap();
        assert_eq!(rebuild.finish(at(20)).unwrap(), 899);
        stop.store(true, Ordering::Relaxed);
        assert!(reading.join().unwrap() > 0);
    });
    assert_eq!(index.position(), Some(at(30)));
    assert_eq!(answers(&index), fresh(&docs[1..]));
    // And it follows on.
    index.apply(&docs[..1], &[], at(31)).unwrap();
    assert_eq!(answers(&index), fresh(&docs));
    drop(index);
    let opened = NeedIndex::open(dir.path()).unwrap();
    assert_eq!((opened.state, opened.position), (State::Current, Some(at(31))));
}

#[test]
fn an_abandoned_rebuild_leaves_nothing() {
    let docs = needs(24, 200);
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    index.apply(&docs, &[], at(5)).unwrap();
    let mut rebuild = index.start_rebuild().unwrap();
    rebuild.add(&docs[..50]).unwrap();
    drop(rebuild);
    assert_eq!(index.count(), 200);
    index.rebuild(docs.clone(), at(6)).unwrap();
    drop(index);
    // Killed mid-rebuild, and killed between the swap and the removal of the old.
    let in_use = served(dir.path());
    fs::create_dir(dir.path().join("building-000009")).unwrap();
    fs::write(dir.path().join("building-000009/meta.json"), "{").unwrap();
    fs::create_dir(dir.path().join("need-000001")).unwrap();
    let opened = NeedIndex::open(dir.path()).unwrap();
    assert_eq!((opened.state, opened.index.count()), (State::Current, 200));
    let names: Vec<_> = fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().path()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&in_use));
}

#[test]
fn one_process_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let first = NeedIndex::open(dir.path()).unwrap();
    first.index.apply(&needs(1, 10), &[], at(1)).unwrap();
    assert!(matches!(NeedIndex::open(dir.path()).err(), Some(Error::Locked(_))));
    drop(first);
    let again = NeedIndex::open(dir.path()).unwrap();
    assert_eq!((again.state, again.index.count()), (State::Current, 10));
}

#[test]
fn leftover_locks_do_not_matter() {
    let dir = tempfile::tempdir().unwrap();
    NeedIndex::open(dir.path()).unwrap().index.apply(&needs(1, 10), &[], at(1)).unwrap();
    for lock in [".tantivy-writer.lock", ".tantivy-meta.lock"] {
        fs::write(served(dir.path()).join(lock), "").unwrap();
    }
    let opened = NeedIndex::open(dir.path()).unwrap();
    assert_eq!(opened.state, State::Current);
    opened.index.apply(&needs(1, 12), &[], at(2)).unwrap();
    assert_eq!(opened.index.count(), 12);
}

type Damage = fn(&Path);

/// Every file, truncated, flipped, emptied or removed: put aside, reported, and rebuilt to the same.
#[test]
fn damage_is_found_put_aside_and_mended() {
    let docs = needs(25, 120);
    let whole = fresh(&docs);
    let make = || {
        let dir = tempfile::tempdir().unwrap();
        let index = NeedIndex::open(dir.path()).unwrap().index;
        index.rebuild(docs.clone(), at(3)).unwrap();
        // A second segment, and deletions in the first.
        index.apply(&docs[..7], &[], at(4)).unwrap();
        dir
    };
    let files: Vec<String> = {
        let dir = make();
        let names = fs::read_dir(served(dir.path())).unwrap();
        let names: Vec<_> = names.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        let mut kinds: Vec<String> = names
            .into_iter()
            .filter(|n| !n.contains("lock"))
            .map(|n| if n.contains("json") { n } else { format!(".{}", n.rsplit('.').next().unwrap()) })
            .collect();
        kinds.sort();
        kinds.dedup();
        kinds
    };
    assert!(files.len() >= 9, "{files:?}");
    let damages: [(&str, Damage); 4] = [
        ("truncated", |p| {
            let bytes = fs::read(p).unwrap();
            fs::write(p, &bytes[..bytes.len() / 2]).unwrap();
        }),
        ("flipped", |p| {
            let mut bytes = fs::read(p).unwrap();
            let middle = bytes.len() / 3;
            bytes[middle] ^= 0x55;
            fs::write(p, bytes).unwrap();
        }),
        ("emptied", |p| fs::write(p, "").unwrap()),
        ("removed", |p| fs::remove_file(p).unwrap()),
    ];
    for kind in &files {
        for (name, damage) in &damages {
            let dir = make();
            let in_use = served(dir.path());
            let file = fs::read_dir(&in_use)
                .unwrap()
                .map(|e| e.unwrap().path())
                .find(|p| p.to_str().unwrap().ends_with(kind.as_str()))
                .unwrap();
            damage(&file);
            let opened = NeedIndex::open(dir.path()).unwrap();
            if opened.state == State::Current {
                // A flip in a description file may leave it readable and right.
                assert_eq!(answers(&opened.index), whole, "{kind} {name}");
                continue;
            }
            assert!(matches!(opened.state, State::Damaged | State::Stale), "{kind} {name}");
            let aside = opened.aside.unwrap();
            assert!(aside.is_dir() && !in_use.exists(), "{kind} {name}");
            assert_eq!(opened.index.count(), 0);
            opened.index.rebuild(docs.clone(), at(4)).unwrap();
            assert_eq!(answers(&opened.index), whole, "{kind} {name}");
            drop(opened.index);
            assert_eq!(NeedIndex::open(dir.path()).unwrap().state, State::Current);
            assert!(aside.is_dir());
        }
    }
}

#[test]
fn another_version_is_stale_and_put_aside() {
    let docs = needs(26, 50);
    let dir = tempfile::tempdir().unwrap();
    NeedIndex::open(dir.path()).unwrap().index.rebuild(docs.clone(), at(3)).unwrap();
    let meta = served(dir.path()).join("meta.json");
    let text = fs::read_to_string(&meta).unwrap();
    let changed = text.replace(r#"\"version\":"#, r#"\"version\":9"#);
    assert_ne!(text, changed);
    fs::write(&meta, changed).unwrap();
    let opened = NeedIndex::open(dir.path()).unwrap();
    assert_eq!(opened.state, State::Stale);
    assert!(opened.aside.unwrap().is_dir());
    assert_eq!(opened.index.rebuild(docs, at(3)).unwrap(), 50);
}

#[test]
fn a_directory_deleted_under_the_running_index_can_be_rebuilt() {
    let docs = needs(27, 80);
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("index");
    let index = NeedIndex::open(&root).unwrap().index;
    index.apply(&docs, &[], at(3)).unwrap();
    let before = answers(&index);
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(answers(&index), before, "readers keep what they have open");
    assert!(index.apply(&docs, &[], at(4)).is_err());
    index.rebuild(docs.clone(), at(4)).unwrap();
    index.apply(&docs[..3], &[], at(5)).unwrap();
    assert_eq!(answers(&index), fresh(&docs));
    drop(index);
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(NeedIndex::open(&root).unwrap().state, State::Fresh);
}

const CHILD_DIRECTORY: &str = "SEARCH_TEST_CHILD_DIRECTORY";
const BATCH: u64 = 10;

/// Not a test by itself: what the killed process does.
#[test]
fn child_that_is_killed() {
    let Ok(dir) = std::env::var(CHILD_DIRECTORY) else {
        return;
    };
    let index = NeedIndex::open(dir).unwrap().index;
    for n in index.position().map_or(0, |p| p.1 + 1).. {
        let batch: Vec<_> = (n * BATCH..(n + 1) * BATCH).map(|i| common::need(31, i)).collect();
        index.apply(&batch, &[], at(n)).unwrap();
        if n % 7 == 6 {
            let all = (0..(n + 1) * BATCH).map(|i| common::need(31, i));
            index.rebuild(all, at(n)).unwrap();
        }
    }
}

/// Killed at any point, the index holds exactly what its position says.
#[test]
fn killed_at_any_point_it_holds_what_its_position_says() {
    let dir = tempfile::tempdir().unwrap();
    let mut last = None;
    for round in 0_u64..6 {
        let mut child = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_that_is_killed"])
            .env(CHILD_DIRECTORY, dir.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(350 + 137 * round));
        child.kill().unwrap();
        child.wait().unwrap();
        let opened = NeedIndex::open(dir.path()).unwrap();
        assert!(matches!(opened.state, State::Current | State::Fresh), "{:?}", opened.reason);
        let held = opened.position.map_or(0, |p| (p.1 + 1) * BATCH);
        assert_eq!(opened.index.count(), held);
        assert!(opened.position >= last);
        last = opened.position;
    }
    let n = last.expect("something was committed in six rounds").1;
    let index = NeedIndex::open(dir.path()).unwrap().index;
    let docs: Vec<_> = (0..(n + 1) * BATCH).map(|i| common::need(31, i)).collect();
    assert_eq!(answers(&index), fresh(&docs));
}
