//! What has outlived its time goes, after a preview; what must be kept stays, and the database still proves itself.

use domain::{organization::LedgerKind, retention::Kind, verification::LineResult};
use duijie_tests::world::{Canary, World, difference};
use services::Error;
use services::base::attachment;
use services::record::retention;
use storage::needs::need_file;

duijie_tests::both_engines!(closed_files_are_anonymised_in_time, rules_are_the_security_administrators);

async fn due(world: &World, kind: Kind) -> i64 {
    let all = retention::preview(&world.by("security")).await.unwrap();
    all.iter().find(|due| due.kind == kind).unwrap().count
}

async fn closed_files_are_anonymised_in_time(world: World) {
    let closed = world.meals(14).await;
    let pairing = world.reported("meals", &closed, &[14]).await;
    world.verified(&pairing, "village", LineResult::Met).await;
    let evidence = b"%PDF-1.7 1 0 obj <<>> endobj".to_vec();
    let owner = attachment::Owner::Need(closed.clone());
    let paper = attachment::add(&world.by("street"), &owner, "同意书.pdf", evidence).await.unwrap();
    services::aid::pairing::complete(&world.by("street"), &pairing).await.unwrap();
    let open = world.meals(14).await;
    let canary = Canary::new();
    let ledger = format!(
        "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限,姓名,身份证号码,联系电话,家庭住址\n1,XQB0000001,走访,2026-11-03,个案,120102012011,最低生活保障家庭（低保对象）,助餐,一人居住行动不便,一般,每天1餐,2026-11-03至2027-01-31,{},{},13800001234,{}\n",
        canary.name, "120102190001010020", "示例里1号"
    );
    let import = services::needs::import::upload(
        &world.by("street"),
        LedgerKind::Needs,
        "桑榆晚晴.csv",
        ledger.clone().into_bytes(),
    )
    .await
    .unwrap();
    services::needs::import::apply(&world.by("street"), import).await.unwrap();
    world.sealed().await;
    let id = world.need(&closed).await.id;
    let counted = |table: &str| format!("SELECT COUNT(*) FROM {table}");
    let mut kept = Vec::new();
    for table in [
        "needs",
        "need_files",
        "claims",
        "pairings",
        "deliveries",
        "verifications",
        "consents",
        "imports",
        "attachments",
        "event_seals",
    ] {
        kept.push((table, world.number(&counted(table)).await));
    }
    // One day before its time nothing is due; a run takes nothing.
    let ended = world.need(&closed).await.closed_at.unwrap();
    let years = |days: u64| {
        domain::calendar::Time::at(
            ended.day().checked_add_months(chrono::Months::new(60)).unwrap() + chrono::Days::new(days),
            9,
            0,
        )
    };
    world.set(years(0));
    assert_eq!(due(&world, Kind::NeedFile).await, 0);
    assert_eq!(due(&world, Kind::ImportReport).await, 1, "three years are over");
    world.set(years(1));
    let before = world.rows().await;
    assert_eq!(due(&world, Kind::NeedFile).await, 1);
    assert_eq!(before, world.rows().await, "a preview changes nothing");
    let taken = retention::run(&world.by("security")).await.unwrap();
    assert!(taken.contains(&(Kind::NeedFile, 1)) && taken.contains(&(Kind::ImportReport, 1)), "{taken:?}");
    assert!(retention::run(&world.by("security")).await.unwrap().is_empty(), "once");

    let sealer = world.services.db.sealer();
    // Nobody reads it any more; what is left of it names nobody.
    assert!(need_file::load(&mut world.read().await, sealer, id).await.unwrap().is_none());
    let file = world.left_of_file(id).await;
    assert_eq!(
        (file.name.as_str(), file.phone.as_str(), file.address.as_str(), file.id_number.as_str()),
        ("", "", "", "")
    );
    assert_eq!((file.guardian.as_str(), file.health_notes.as_str(), file.household_size), ("", "", Some(1)));
    let consent = storage::needs::consent::latest(&mut world.read().await, sealer, id).await.unwrap().unwrap();
    assert_eq!(consent.evidence, "");
    assert!(matches!(attachment::open(&world.by("street"), paper).await, Err(Error::NotFound)));
    // The household is found by its open need alone.
    let found = need_file::same(
        &mut world.read().await,
        sealer,
        storage::base::sealed::MarkKind::IdNumber,
        &canary.id_number,
        "12",
    )
    .await
    .unwrap();
    assert_eq!(found.iter().map(|hit| hit.code.as_str()).collect::<Vec<_>>(), [open.as_str()]);
    let other = need_file::load(&mut world.read().await, sealer, world.need(&open).await.id).await.unwrap().unwrap();
    assert_eq!(other.name, canary.name, "what is not closed stays");
    let (row, report) = services::needs::import::load(&world.by("street"), import).await.unwrap();
    assert_eq!((row.file_name.as_str(), row.rows_imported, report.rows.len()), ("", 1, 0));

    // Events, counts and hours are all there, and the chain holds.
    for (table, count) in kept {
        assert!(world.number(&counted(table)).await >= count, "{table}");
    }
    assert_eq!(world.need(&closed).await.close_reason, Some(domain::need::CloseReason::MetFull));
    assert_eq!(world.count_events("need.anonymise").await, 1);
    assert_eq!(world.count_events("retention.run").await, 1);
    world.sealed().await;
    world.sound().await;
    world.caught_up().await;
    // The same row does not become a need again.
    world.set(years(2));
    let again =
        services::needs::import::upload(&world.by("street"), LedgerKind::Needs, "台账.csv", ledger.into_bytes())
            .await
            .unwrap();
    assert!(services::needs::import::apply(&world.by("street"), again).await.is_err(), "nothing is left to take in");
    assert_eq!(world.number("SELECT COUNT(*) FROM import_marks").await, 1);
}

async fn rules_are_the_security_administrators(world: World) {
    world.meals(14).await;
    let before = world.rows().await;
    for by in ["street", "district", "city", "admin", "auditor", "meals"] {
        let ctx = world.by(by);
        assert!(matches!(retention::preview(&ctx).await, Err(Error::Forbidden(_))), "{by}");
        assert!(matches!(retention::run(&ctx).await, Err(Error::Forbidden(_))), "{by}");
        assert!(matches!(retention::set(&ctx, Kind::Notice, "1").await, Err(Error::Forbidden(_))), "{by}");
    }
    let security = world.by("security");
    for wrong in ["", "0", "-1", "1201", "一年", "99999999999999999999"] {
        assert!(matches!(retention::set(&security, Kind::Notice, wrong).await, Err(Error::Invalid(_))), "{wrong}");
    }
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    retention::set(&security, Kind::Notice, "１２").await.unwrap();
    let all = retention::preview(&security).await.unwrap();
    assert_eq!(all.iter().find(|due| due.kind == Kind::Notice).unwrap().months, 12);
    assert_eq!(world.count_events("retention.set").await, 1);
    world.sound().await;
}
