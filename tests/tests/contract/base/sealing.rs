//! The sealed file: a copy of the database without the key shows nobody, and keys rotate under a living site.

use std::fs;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::{field::FieldError, organization::LedgerKind};
use duijie_tests::world::{Canary, Engine, Seeded, World, household, with};
use services::Random as _;
use services::base::draft;
use services::needs::need;
use storage::base::sealed::{self, Place, Ring, Sealer, SuiteKind};
use storage::needs::need_file::{self, NeedFile};
use storage::record::rotation;
use storage::{Db, Error, Options};

use crate::base::scope::everything;

duijie_tests::both_engines!(
    a_copy_without_the_key_shows_nobody,
    rotation_seals_anew_and_goes_on,
    a_rotation_stands_in_the_trail,
    a_value_moved_or_without_its_key_does_not_open,
    the_same_person_is_found_without_being_shown
);

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The canaries and what a dump might turn them into.
fn shapes(canary: &Canary) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let typed = ["同意书第0001号", "录音第0042号", "桑榆晚晴台账"];
    for value in canary.values().into_iter().chain(typed.map(ToOwned::to_owned)) {
        let hexed = hex(value.as_bytes());
        // A text inside base64 stands at one of three offsets.
        for pad in 0..3 {
            let mut bytes = vec![b' '; pad];
            bytes.extend_from_slice(value.as_bytes());
            let text = STANDARD_NO_PAD.encode(&bytes);
            let (from, to) = (if pad == 0 { 0 } else { pad + 1 }, text.len() - 2);
            all.push((value.clone(), text[from..to].to_owned()));
        }
        let escaped = value.encode_utf16().map(|unit| ["\\u", &hex(&unit.to_be_bytes())].concat()).collect::<String>();
        all.extend([hexed.to_uppercase(), hexed, escaped, value.clone()].map(|shape| (value.clone(), shape)));
    }
    all
}

/// Where a dump of every column shows one of them. bytea is written in lower
/// case, quote() in upper case: both are among the shapes.
async fn shown(world: &World, shapes: &[(String, String)]) -> Vec<String> {
    let mut found = Vec::new();
    for (table, rows) in world.rows().await {
        for (value, shape) in shapes {
            if rows.iter().any(|row| row.contains(shape.as_str())) {
                found.push(format!("{table}: {value} as {shape}"));
            }
        }
    }
    found
}

/// Everything that is typed about a person, in every place that keeps it.
async fn filled(world: &World) -> Canary {
    let canary = Canary::new();
    let target = everything(world).await;
    // A form left half-way, with mistakes that quote it.
    let mistake = FieldError::new("phone", format!("“{}”不是电话", canary.name));
    draft::save(&world.by("street"), None, "/needs/new", &household(), &[mistake]).await.unwrap();
    // A ledger whose file is named after somebody, checked and not yet decided.
    let ledger = format!(
        "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限,姓名,身份证号码,联系电话,家庭住址\n1,XQB0000001,走访,2026-11-03,个案,120102012011,最低生活保障家庭（低保对象）,助餐,一人居住行动不便,一般,每天1餐,2026-11-03至2027-01-31,{},{},{},{}\n",
        canary.name, canary.id_number, canary.phone, canary.address
    );
    let ctx = world.by("street");
    services::needs::import::upload(&ctx, LedgerKind::Needs, "桑榆晚晴台账.csv", ledger.clone().into_bytes())
        .await
        .unwrap();
    let applied =
        services::needs::import::upload(&ctx, LedgerKind::Needs, "台账.csv", ledger.into_bytes()).await.unwrap();
    assert_eq!(services::needs::import::apply(&ctx, applied).await.unwrap(), 1);
    // Opened, withdrawn, consented to again.
    let other = world.meals(14).await;
    let pairing = world.paired("meals", &other, &[14]).await;
    services::aid::pairing::disclose(&world.by("meals"), &pairing, domain::pairing::Purpose::Visit).await.unwrap();
    services::needs::consent::withdraw(&ctx, &other, "本人来电撤回").await.unwrap();
    let again = with(&household(), &[("consent_evidence", "录音第0042号"), ("consent_channel", "phone")]);
    services::needs::consent::record(&ctx, &target.need, &again).await.unwrap();
    // A file that was corrected: what stood in it before is kept.
    let mended = with(&household(), &[("health_notes", "另有花粉过敏"), ("why", "visit")]);
    services::aid::need_file::mend(&ctx, &other, &mended).await.unwrap();
    // A request for help, and what its household says.
    crate::reach::help::heard_of(world).await;
    // A second factor in use, and another that waits for its first code.
    let (id, sealer) = (world.id("street"), world.services.db.sealer());
    let mut tx = world.services.db.write().await.unwrap();
    storage::people::factor::set_pending(&mut tx, sealer, id, &[1; 20]).await.unwrap();
    storage::people::factor::activate(&mut tx, sealer, id, &[1; 20], 0, world.now()).await.unwrap();
    storage::people::factor::set_pending(&mut tx, sealer, id, &[2; 20]).await.unwrap();
    tx.commit().await.unwrap();
    let (_, _, shift) = crate::volunteers::volunteer::opened(world, &[]).await;
    services::volunteers::signup::apply(&world.by("vol"), shift).await.unwrap();
    let words = format!("{}家里没人应门，电话{}", canary.name, canary.phone);
    services::volunteers::incident::report(&world.by("vol"), shift, "no_answer", &words).await.unwrap();
    let owner = services::base::attachment::Owner::Need(target.need);
    let paper = format!("%PDF-1.7 {} {}", canary.name, canary.id_number).into_bytes();
    services::base::attachment::add(&ctx, &owner, &format!("{}.pdf", canary.name), paper).await.unwrap();
    // An organization's own persons.
    let registered = duijie_tests::world::fields(&[
        ("name", "示例助餐服务中心"),
        ("division", "120102"),
        ("competent_unit", "河东区民政局"),
        ("founded_on", "2019-05-06"),
        ("business_scope", "养老助残服务"),
        ("legal_representative", canary.guardian),
        ("contact_name", canary.name),
        ("contact_phone", canary.phone),
    ]);
    let step = services::supply::registration::Step::Basic;
    services::supply::registration::save(&world.by("meals"), step, &registered).await.unwrap();
    canary
}

async fn a_copy_without_the_key_shows_nobody(world: World) {
    let canary = filled(&world).await;
    world.caught_up().await;
    let shapes = shapes(&canary);
    assert_eq!(shown(&world, &shapes).await, Vec::<String>::new());
    if world.engine == Engine::Sqlite {
        // The files themselves: pages given back, the log written ahead.
        for entry in fs::read_dir(world.dir.path()).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let bytes = fs::read(&path).unwrap();
                let text = String::from_utf8_lossy(&bytes);
                for (value, shape) in &shapes {
                    assert!(!text.contains(shape.as_str()), "{} shows {value}", path.display());
                }
            }
        }
    }
    // With the key it all reads.
    let file = need_file::load(
        &mut world.read().await,
        world.services.db.sealer(),
        world.need(&world.texts("SELECT code FROM needs ORDER BY code").await[0]).await.id,
    )
    .await
    .unwrap()
    .unwrap();
    assert_eq!(file.name, canary.name);
    // The search above finds what is there: a value put in past the sealer, as text and as bytes.
    plain_values(&world).await;
    let mut plain = self::shapes(&Canary { name: "明文", ..canary });
    plain.retain(|(value, _)| value == "明文");
    let found = shown(&world, &plain).await.join("\n");
    assert!(found.contains("consents: 明文") && found.contains("need_files: 明文"), "{found}");
}

/// The same database with another ring and suite.
async fn opened(world: &World, ring: Ring, kind: SuiteKind) -> Db {
    let url = world
        .database_url()
        .map_or_else(|| format!("sqlite://{}", world.dir.path().join("duijie.sqlite3").display()), ToOwned::to_owned);
    let nonces = Seeded::new(99);
    let sealer = Sealer::new(ring, kind, move |bytes| nonces.fill(bytes));
    Db::open(&Options { url, connections: 2 }, sealer).await.unwrap()
}

async fn plain_values(world: &World) {
    let json =
        format!("\0{}", serde_json::to_string(&NeedFile { name: "明文".into(), ..NeedFile::default() }).unwrap());
    let hexed = hex(json.as_bytes());
    let literal = match world.engine {
        Engine::Sqlite => format!("X'{hexed}'"),
        Engine::Postgres => format!("'\\x{hexed}'"),
    };
    let code = world.meals(14).await;
    world
        .raw(&format!(
            "UPDATE need_files SET payload = {literal} WHERE need_id = (SELECT id FROM needs WHERE code = '{code}'); UPDATE consents SET evidence = '明文同意书' WHERE need_id = (SELECT id FROM needs WHERE code = '{code}')"
        ))
        .await
        .unwrap();
}

async fn rotation_seals_anew_and_goes_on(world: World) {
    let canary = filled(&world).await;
    plain_values(&world).await;
    let asked = [
        ("kind", "copy"),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", "想看登记了什么"),
    ];
    let need = world.meals(14).await;
    let today = world.now().day().to_string();
    let asked = duijie_tests::world::with(&duijie_tests::world::fields(&asked), &[("received_on", &today)]);
    services::record::rights::receive(&world.by("street"), &need, &asked).await.unwrap();
    let files = world.number("SELECT COUNT(*) FROM need_files").await;
    let mut ring = Ring::single([7; 32]);
    ring.add(|bytes| bytes.fill(9), "2026-12-01");
    ring.promote();
    let db = opened(&world, ring.clone(), SuiteKind::National).await;
    let now = world.now();
    // A few batches, then the process ends.
    let mut tx = db.write().await.unwrap();
    let mut rotation = rotation::start(&mut tx, db.sealer(), world.services.new_id(), now).await.unwrap();
    for _ in 0..3 {
        assert!(!rotation::reseal_batch(&mut tx, db.sealer(), &mut rotation, 1, now).await.unwrap());
    }
    tx.commit().await.unwrap();
    db.close().await;
    // Both keys are in use, and everything opens.
    let db = opened(&world, ring.clone(), SuiteKind::National).await;
    let stopped = rotation::unfinished(&mut db.read().await.unwrap()).await.unwrap().unwrap();
    assert_eq!(stopped, rotation);
    for code in world.texts("SELECT n.code FROM needs n JOIN need_files f ON f.need_id = n.id").await {
        let id = world.need(&code).await.id;
        let file = need_file::load(&mut db.read().await.unwrap(), db.sealer(), id).await.unwrap().unwrap();
        assert!(file.name == canary.name || file.name == "明文", "{code}");
    }
    // The older key must stay in the ring.
    let old = ring.keys()[0].id;
    let in_use = rotation::older_in_use(&mut db.read().await.unwrap(), &ring).await.unwrap();
    assert!(in_use.len() == 1 && in_use[0].0 == old && in_use[0].1 > 0, "{}", in_use.len());
    // A writer in between is not overwritten.
    let mut rotation = stopped;
    loop {
        let mut tx = db.write().await.unwrap();
        let done = rotation::reseal_batch(&mut tx, db.sealer(), &mut rotation, 2, now).await.unwrap();
        if done {
            rotation::finish(&mut tx, rotation.id, now).await.unwrap();
        }
        tx.commit().await.unwrap();
        if done {
            break;
        }
    }
    let mut tx = db.read().await.unwrap();
    assert_eq!(rotation::unfinished(&mut tx).await.unwrap(), None);
    assert_eq!(rotation::older_in_use(&mut tx, &ring).await.unwrap(), [], "now it may go");
    let current = format!("sm4-gcm {}", sealed::id_text(&ring.current().id));
    let mut total = 0;
    for tally in rotation::tally(&mut tx).await.unwrap() {
        assert!(tally.counts.keys().all(|key| *key == current), "{tally:?}");
        assert!(!tally.counts.is_empty(), "{:?} holds nothing in this test", tally.column);
        total += tally.counts.values().sum::<i64>();
    }
    assert!(rotation.resealed >= total && total > files, "{rotation:?} {total}");
    // The old ring alone opens nothing any more, and says which key it lacks.
    let code = &world.texts("SELECT n.code FROM needs n JOIN need_files f ON f.need_id = n.id LIMIT 1").await[0];
    let id = world.need(code).await.id;
    let old = need_file::load(&mut world.read().await, world.services.db.sealer(), id).await;
    assert!(matches!(old, Err(Error::NoKey { table: "need_files", .. })));
    // Marks made by either suite find the person.
    let found =
        need_file::same(&mut tx, db.sealer(), sealed::MarkKind::IdNumber, &canary.id_number, "12").await.unwrap();
    assert_eq!(i64::try_from(found.len()).unwrap(), files - 1);
    drop(tx);
    db.close().await;
    world.sound().await;
}

async fn a_rotation_stands_in_the_trail(world: World) {
    world.meals(14).await;
    let mut batches = 0;
    let counted = std::sync::atomic::AtomicU32::new(0);
    let count = |_: &rotation::Rotation| {
        counted.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    };
    let done = services::base::keys::rotate(&world.services, count).await.unwrap();
    batches += counted.load(std::sync::atomic::Ordering::Relaxed);
    assert!(batches > 0);
    let told = world.texts("SELECT data FROM events WHERE command = 'key.rotate'").await;
    assert_eq!(told.len(), 1, "once for the whole rotation");
    assert!(told[0].contains(&done.key_id) && told[0].contains("looked_at"), "{told:?}");
    assert!(services::base::keys::unfinished(&world.services).await.unwrap().is_none());
    world.sound().await;
}

async fn a_value_moved_or_without_its_key_does_not_open(world: World) {
    let (one, other) = (world.meals(14).await, world.meals(14).await);
    let (first, second) = (world.need(&one).await.id, world.need(&other).await.id);
    let stranger = opened(&world, Ring::single([8; 32]), SuiteKind::International).await;
    let refused = need_file::load(&mut stranger.read().await.unwrap(), stranger.sealer(), first).await;
    assert!(matches!(refused, Err(Error::NoKey { .. })));
    stranger.close().await;
    // Somebody who can write the database puts one household's file under another need.
    world
        .raw(&format!(
            "UPDATE need_files SET payload = (SELECT o.payload FROM need_files o JOIN needs n ON n.id = o.need_id WHERE n.code = '{one}') WHERE need_id = (SELECT id FROM needs WHERE code = '{other}')"
        ))
        .await
        .unwrap();
    let moved = need_file::load(&mut world.read().await, world.services.db.sealer(), second).await;
    assert!(matches!(moved, Err(Error::Sealed("need_files"))));
    let sealer = world.services.db.sealer();
    let sealed = sealer.seal_text(Place::new("consents", "evidence", &first), "第1号").unwrap();
    assert!(sealer.open_text(Place::new("drafts", "mistakes", &first), &sealed).is_err());
}

async fn the_same_person_is_found_without_being_shown(world: World) {
    let code = world.meals(14).await;
    let canary = Canary::new();
    let file = NeedFile { id_number: canary.id_number.clone(), ..NeedFile::default() };
    let own = need::similar_files(&world.by("street"), &file).await.unwrap();
    assert_eq!(own.iter().map(|hit| hit.code.as_str()).collect::<Vec<_>>(), [code.as_str()]);
    assert!(!need::is_known_elsewhere(&world.by("street"), &file).await.unwrap());
    // Another district learns that there is one, and nothing else.
    for by in ["other_street", "other_district", "next_street"] {
        let ctx = world.by(by);
        assert!(need::similar_files(&ctx, &file).await.unwrap().is_empty(), "{by}");
        assert!(need::is_known_elsewhere(&ctx, &file).await.unwrap(), "{by}");
    }
    assert!(need::is_known_elsewhere(&world.by("meals"), &file).await.is_err());
    let stranger = NeedFile { id_number: "120102190001019990".into(), ..NeedFile::default() };
    assert!(!need::is_known_elsewhere(&world.by("other_street"), &stranger).await.unwrap());
}
