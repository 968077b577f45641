//! The owning office's own file: read whole and corrected at any time, on record, what stood before kept sealed.

use domain::pairing::Purpose;
use duijie_tests::world::{Canary, World, household, with};
use services::Error;
use services::aid::need_file;
use services::office::persons;

duijie_tests::both_engines!(a_file_is_corrected_by_its_office_alone, a_public_card_never_says_what_the_file_says);

async fn a_file_is_corrected_by_its_office_alone(world: World) {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let street = world.by("street");
    let opened = need_file::open(&street, &code, Purpose::Correct).await.unwrap();
    assert!(opened.fields.iter().any(|(name, value)| name == "phone" && value == canary.phone));
    assert!(need_file::closed(&street, &code).await.unwrap().corrected.is_empty());
    let looks = world.texts("SELECT reason FROM events WHERE command = 'need.disclose'").await;
    assert_eq!(looks, ["核对和更正信息"]);
    let form = with(&household(), &[("phone", "13800004321"), ("why", "told")]);
    need_file::mend(&street, &code, &form).await.unwrap();
    let opened = need_file::open(&street, &code, Purpose::Correct).await.unwrap();
    assert!(opened.fields.iter().any(|(name, value)| name == "phone" && value == "13800004321"));
    assert_eq!(need_file::closed(&street, &code).await.unwrap().corrected.len(), 1);
    // On record by the names of the fields alone.
    let event = world.texts("SELECT data || reason FROM events WHERE command = 'need.mend_file'").await;
    assert!(event.len() == 1 && event[0].contains("phone") && event[0].contains("本人或家属告知"), "{event:?}");
    assert!(!event[0].contains("13800004321") && canary.found_in(&event[0]).is_empty());
    // Found by what it says now, and no more by what it said.
    let search = async |q: &str| {
        let asked = persons::read(&duijie_tests::world::fields(&[("q", q), ("purpose", "call")])).unwrap();
        persons::find(&world.by("street"), &asked).await.unwrap().rows.len()
    };
    assert_eq!(search("4321").await, 1);
    assert_eq!(search(canary.phone).await, 0);
    // Mistakes stand at their fields; nothing changed is said.
    let wrong = with(&household(), &[("phone", "12"), ("why", "")]);
    let Err(Error::Invalid(mistakes)) = need_file::mend(&street, &code, &wrong).await else { panic!("it is wrong") };
    assert!(mistakes.iter().any(|m| m.field == "phone") && mistakes.iter().any(|m| m.field == "why"), "{mistakes:?}");
    assert!(matches!(need_file::mend(&street, &code, &form).await, Err(Error::Conflict(_))));
    for by in ["other_street", "other_district", "meals", "vol", "city", "village"] {
        assert!(need_file::open(&world.by(by), &code, Purpose::Correct).await.is_err(), "{by} opens it");
        assert!(need_file::mend(&world.by(by), &code, &form).await.is_err(), "{by} corrects it");
    }
    assert!(need_file::open(&world.by("district"), &code, Purpose::Review).await.is_ok());
    // What is erased leaves nothing of before either.
    let id = world.need(&code).await.id;
    let mut tx = world.services.db.write().await.unwrap();
    storage::record::erasure::need(&mut tx, world.services.db.sealer(), id, world.now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM file_versions").await, 0);
    world.sealed().await;
    world.sound().await;
}

async fn a_public_card_never_says_what_the_file_says(world: World) {
    let code = world.published(&with(&household(), &[("gap", "墙边种着常青藤，没有人做饭")])).await;
    let form = with(&household(), &[("name", "常青藤"), ("why", "papers")]);
    let Err(error) = need_file::mend(&world.by("street"), &code, &form).await else { panic!("the card says the name") };
    assert!(error.to_string().contains("请先暂停公开"), "{error}");
    let opened = need_file::open(&world.by("street"), &code, Purpose::Correct).await.unwrap();
    assert!(opened.fields.iter().any(|(_, value)| value == Canary::new().name));
    assert!(need_file::closed(&world.by("street"), &code).await.unwrap().corrected.is_empty());
}
