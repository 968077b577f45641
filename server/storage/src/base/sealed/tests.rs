use super::*;
use std::sync::atomic::{AtomicU8, Ordering};
use uuid::Uuid;

fn sealer(ring: Ring, kind: SuiteKind) -> Sealer {
    let next = AtomicU8::new(0);
    Sealer::new(ring, kind, move |bytes| bytes.fill_with(|| next.fetch_add(1, Ordering::Relaxed)))
}

#[test]
fn a_value_opens_in_its_place_only() {
    for kind in SuiteKind::ALL {
        let sealer = sealer(Ring::single([7; 32]), *kind);
        let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let here = Place::new("need_files", "payload", &row);
        let sealed = sealer.seal(here, &"张三".to_owned()).unwrap();
        assert_eq!(sealer.open::<String>(here, &sealed).unwrap(), "张三");
        assert!(!String::from_utf8_lossy(&sealed).contains("张三"));
        assert_ne!(sealer.seal(here, &"张三".to_owned()).unwrap(), sealed, "a data key of its own each time");
        for there in [
            Place::new("need_files", "payload", &other),
            Place::new("need_files", "other", &row),
            Place::new("drafts", "payload", &row),
        ] {
            assert!(matches!(sealer.open::<String>(there, &sealed), Err(Error::Sealed(_))));
        }
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 0x10;
            assert!(sealer.open::<String>(here, &changed).is_err(), "byte {at}");
            assert!(sealer.open::<String>(here, &sealed[..at]).is_err(), "cut at {at}");
        }
    }
}

#[test]
fn text_columns_and_older_values_read() {
    let sealer = sealer(Ring::single([7; 32]), SuiteKind::International);
    let row = Uuid::from_u128(1);
    let here = Place::new("consents", "evidence", &row);
    let sealed = sealer.seal_text(here, "录音第0001号").unwrap();
    assert!(sealed.starts_with("sealed:") && sealed.is_ascii());
    assert_eq!(sealer.open_text(here, &sealed).unwrap(), "录音第0001号");
    assert_eq!(sealer.seal_text(here, "").unwrap(), "");
    assert_eq!(sealer.open_text(here, "录音第0001号").unwrap(), "录音第0001号");
    // Whoever types the mark gets it back.
    let typed = sealer.seal_text(here, &sealed).unwrap();
    assert_eq!(sealer.open_text(here, &typed).unwrap(), sealed);
    assert_eq!(sealer.open::<String>(here, b"\0\"plain\"").unwrap(), "plain");
}

#[test]
fn keys_rotate_and_old_values_open() {
    let mut ring = Ring::single([7; 32]);
    let old = sealer(ring.clone(), SuiteKind::International);
    let row = Uuid::from_u128(1);
    let here = Place::new("drafts", "fields", &row);
    let sealed = old.seal(here, &1).unwrap();
    assert!(old.is_current(&sealed));
    ring.add(|bytes| bytes.fill(9), "2026-12-01");
    ring.promote();
    let new = sealer(ring.clone(), SuiteKind::National);
    assert_eq!(new.open::<i32>(here, &sealed).unwrap(), 1);
    assert!(!new.is_current(&sealed));
    let sealed = new.seal(here, &2).unwrap();
    // A process that still holds the old ring says which key it lacks, or reads the ring again.
    assert!(matches!(old.open::<i32>(here, &sealed), Err(Error::NoKey { .. })));
    let waking = sealer(Ring::single([7; 32]), SuiteKind::International).reloading(move || Some(ring.clone()));
    assert_eq!(waking.open::<i32>(here, &sealed).unwrap(), 2);
}

#[test]
fn a_key_on_every_machine_before_it_seals_leaves_none_behind() {
    let mut ring = Ring::single([7; 32]);
    ring.add(|bytes| bytes.fill(9), "2026-12-01");
    // Two machines have the ring; the first goes on to the new key, the second has not read its file again.
    let second = sealer(ring.clone(), SuiteKind::International);
    assert!(ring.promote());
    let first = sealer(ring.clone(), SuiteKind::International);
    let row = Uuid::from_u128(1);
    let here = Place::new("drafts", "fields", &row);
    let (by_first, by_second) = (first.seal(here, &1).unwrap(), second.seal(here, &2).unwrap());
    assert_eq!(head(&by_first).unwrap().1, ring.current().id);
    assert_ne!(head(&by_second).unwrap().1, ring.current().id);
    assert_eq!((second.open::<i32>(here, &by_first).unwrap(), first.open::<i32>(here, &by_second).unwrap()), (1, 2));
    // Each finds the person whom the other has entered.
    let word = |sealer: &Sealer| sealer.word(WordKind::Phone, "13800000001");
    assert_ne!(word(&first), word(&second));
    for sealer in [&first, &second] {
        let words = sealer.words(WordKind::Phone, "13800000001");
        assert!(words.contains(&word(&first)) && words.contains(&word(&second)));
    }
}

#[test]
fn marks_survive_a_change_of_key_and_suite() {
    let mut ring = Ring::single([7; 32]);
    let old = sealer(ring.clone(), SuiteKind::International);
    ring.add(|bytes| bytes.fill(9), "2026-12-01");
    ring.promote();
    let new = sealer(ring, SuiteKind::National);
    let mark = old.mark(MarkKind::Phone, "13800000001");
    assert!(new.marks(MarkKind::Phone, "13800000001").contains(&mark));
    assert_ne!(new.mark(MarkKind::Phone, "13800000001"), mark);
    assert_ne!(old.mark(MarkKind::Address, "13800000001"), mark);
    let other = sealer(Ring::single([8; 32]), SuiteKind::International);
    assert_ne!(other.mark(MarkKind::Phone, "13800000001"), mark, "without the key a mark cannot be made");
}
