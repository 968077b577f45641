//! Finding a household by what its sealed file says: within the own scope, masked, on record, and from a blind index that
//! shows nobody without the key.

use duijie_tests::world::{Canary, Engine, Seeded, World, fields, household, with};
use services::base::households;
use services::office::persons::{self, Findings};
use services::{Error, Random as _};
use storage::base::sealed::{Sealer, SuiteKind};
use storage::{Db, Options};

duijie_tests::both_engines!(
    a_household_is_found_by_every_part_of_it,
    nobody_is_found_beyond_the_own_scope,
    a_search_is_on_record_and_shows_masks_alone,
    the_index_follows_correction_and_erasure,
    the_index_rotates_with_the_keys,
    at_most_thirty_are_shown,
);

async fn search(world: &World, by: &str, text: &str) -> Findings {
    let asked = persons::read(&fields(&[("q", text), ("purpose", "call")])).unwrap_or_else(|error| panic!("{error:?}"));
    persons::find(&world.by(by), &asked).await.unwrap_or_else(|error| panic!("{error}"))
}

async fn codes(world: &World, by: &str, text: &str) -> Vec<String> {
    search(world, by, text).await.rows.into_iter().map(|row| row.code).collect()
}

/// Another household of the same village.
async fn neighbour(world: &World, name: &str, phone: &str) -> String {
    let id = domain::resident_id::ResidentId::with_check_digit("12010219000101776").unwrap();
    let form = with(
        &household(),
        &[
            ("name", name),
            ("id_number", id.as_str()),
            ("phone", phone),
            ("other_phones", ""),
            ("guardian", ""),
            ("address", "示例里7号楼2门301"),
            ("title", "邻居需要助餐"),
        ],
    );
    world.draft("street", &form).await
}

async fn a_household_is_found_by_every_part_of_it(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let other = neighbour(&world, "单雨晴", "022-00000017转801").await;
    let name = canary.name;
    let letters: String = search::sound::initials(&name.chars().collect::<Vec<_>>()).unwrap();
    let sound = search::sound::spellings(&name.chars().collect::<Vec<_>>()).remove(0);
    let part: String = name.chars().skip(1).collect();
    let end = &canary.id_number[14..];
    let phone_end = &canary.phone[7..];
    for text in [
        name.to_owned(),
        part.clone(),
        sound,
        letters,
        canary.id_number.clone(),
        canary.phone.to_owned(),
        format!("{} {}", &canary.phone[..3], &canary.phone[3..]),
        phone_end.to_owned(),
        format!("{name} {end}"),
        format!("{part} {phone_end}"),
        canary.other_phone.to_owned(),
        canary.guardian.to_owned(),
        canary.address.to_owned(),
        code.clone(),
        code.to_lowercase(),
    ] {
        let found = codes(&world, "street", &text).await;
        assert!(found.contains(&code), "{text} finds {found:?}");
        assert!(!found.contains(&other), "{text} finds somebody else as well");
    }
    // The surname's own reading, a homophone, the number without its extension, a stretch of the address, the community.
    for text in ["shanyuqing", "syq", "山雨晴", "单雨情", "022-00000017", "0017", "7号楼2门", "单雨晴 示例里"]
    {
        assert!(codes(&world, "street", text).await.contains(&other), "{text}");
    }
    // An ID number's end alone names too many; with another's name it is nobody's.
    assert!(!codes(&world, "street", end).await.contains(&code) || end == phone_end);
    assert_eq!(codes(&world, "street", &format!("单雨晴 {phone_end}")).await, Vec::<String>::new());
    let place = world.services.divisions().get(duijie_tests::world::VILLAGE).unwrap().short_name().to_owned();
    let found = codes(&world, "street", &place).await;
    assert!(found.contains(&code) && found.contains(&other), "{place} finds {found:?}");
    let found = codes(&world, "street", &format!("{place} 单雨晴")).await;
    assert_eq!(found, std::slice::from_ref(&other));
    // By the organization that helps.
    world.paired("meals", &code, &[14]).await;
    let organization =
        world.texts("SELECT o.name FROM organizations o JOIN pairings p ON p.organization_id = o.id").await;
    assert_eq!(codes(&world, "street", &organization[0]).await, std::slice::from_ref(&code));
    // What says nothing is asked for again, at its field.
    for (text, purpose) in
        [("", "call"), ("，。", "call"), ("12345", "call"), ("甲 乙 丙 丁 戊", "call"), ("王", ""), ("王", "because")]
    {
        let mistakes = persons::read(&fields(&[("q", text), ("purpose", purpose)]));
        assert!(matches!(mistakes, Err(Error::Invalid(_))), "{text} {purpose}");
    }
}

async fn nobody_is_found_beyond_the_own_scope(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    for by in ["street", "district", "city"] {
        assert_eq!(codes(&world, by, canary.name).await, std::slice::from_ref(&code), "{by}");
    }
    for by in ["other_street", "other_district"] {
        for text in [canary.name, &canary.id_number, canary.phone, canary.address, &code] {
            assert_eq!(codes(&world, by, text).await, Vec::<String>::new(), "{by} finds {text}");
        }
    }
    let asked = persons::read(&fields(&[("q", canary.name), ("purpose", "call")])).unwrap();
    for by in ["meals", "vol", "auditor", "sysadmin"] {
        if world.actors.contains_key(by) {
            assert!(matches!(persons::find(&world.by(by), &asked).await, Err(Error::NotFound)), "{by}");
        }
    }
}

async fn a_search_is_on_record_and_shows_masks_alone(world: World) {
    let canary = Canary::new();
    world.meals(14).await;
    let found = search(&world, "street", canary.name).await;
    assert_eq!(Canary::new().found_in(&format!("{found:?}")), Vec::<String>::new());
    let events = world
        .texts("SELECT e.command || ' ' || e.data || ' ' || e.reason || ' ' || a.username FROM events e JOIN accounts a ON a.id = e.actor_id WHERE e.data LIKE '%person_search%'")
        .await;
    assert_eq!(events.len(), 1, "{events:?}");
    assert!(events[0].starts_with("access.read") && events[0].contains("\"found\":1"), "{events:?}");
    assert!(events[0].contains("本人或家属来电、来访") && events[0].ends_with(" street"), "{events:?}");
    assert_eq!(canary.found_in(&events[0]), Vec::<String>::new());
}

async fn the_index_follows_correction_and_erasure(world: World) {
    let canary = Canary::new();
    let code = world.draft("street", &household()).await;
    let form = with(&household(), &[("name", "慕容初雪"), ("phone", "13800007788")]);
    let version = services::aid::view::editable(&world.by("street"), &code).await.unwrap().version;
    services::needs::need::edit(&world.by("street"), &code, version, &world.input(&form)).await.unwrap();
    assert_eq!(codes(&world, "street", "初雪").await, std::slice::from_ref(&code));
    assert_eq!(codes(&world, "street", canary.name).await, Vec::<String>::new());
    assert_eq!(codes(&world, "street", &canary.phone[7..]).await, Vec::<String>::new());
    // What is erased leaves no word.
    let mut tx = world.services.db.write().await.unwrap();
    let need = storage::needs::need::by_code(&mut tx, &code).await.unwrap().unwrap();
    storage::record::erasure::need(&mut tx, world.services.db.sealer(), need.id, world.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM person_words").await, 0);
    assert_eq!(codes(&world, "street", "初雪").await, Vec::<String>::new());
}

async fn the_index_rotates_with_the_keys(mut world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let before = world.texts("SELECT CAST(word AS TEXT) FROM person_words ORDER BY word").await;
    assert!(before.len() > 20, "{} words", before.len());
    // Another key: found at once, also before anything was made anew.
    let random = Seeded::new(99);
    let mut ring = world.services.db.sealer().ring();
    ring.add(|bytes| random.fill(bytes), "2026-12-01");
    ring.promote();
    let url = match world.engine {
        Engine::Sqlite => format!("sqlite://{}", world.dir.path().join("duijie.sqlite3").display()),
        Engine::Postgres => world.database_url().unwrap().to_owned(),
    };
    let sealer = Sealer::new(ring, SuiteKind::National, move |bytes| random.fill(bytes));
    let db = Db::open_passing(&Options { url, connections: 4 }, sealer).await.unwrap();
    world.exchange(db).close().await;
    assert_eq!(codes(&world, "street", canary.name).await, std::slice::from_ref(&code));
    assert_eq!(households::rebuild(&world.services).await.unwrap(), 1);
    assert_eq!(households::rebuild(&world.services).await.unwrap(), 0, "there is nothing left to make anew");
    let after = world.texts("SELECT CAST(word AS TEXT) FROM person_words ORDER BY word").await;
    assert_eq!(before.len(), after.len());
    assert!(before.iter().all(|word| !after.contains(word)), "a word stays the same under another key");
    assert_eq!(codes(&world, "street", canary.name).await, std::slice::from_ref(&code));
    assert_eq!(households::rebuild_all(&world.services).await.unwrap(), 1);
}

async fn at_most_thirty_are_shown(world: World) {
    for number in 0..33 {
        neighbour(&world, &format!("欧阳示{number}"), &format!("138000{number:05}")).await;
    }
    let found = search(&world, "street", "欧阳").await;
    assert_eq!(found.rows.len(), persons::SHOWN);
    assert!(found.more);
    assert_eq!(codes(&world, "street", "欧阳 0007").await.len(), 1);
}
