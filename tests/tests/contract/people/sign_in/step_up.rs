//! An export wants a fresh proof of who is there (check 47).

use super::*;

duijie_tests::both_engines!(c47_an_export_wants_a_fresh_proof);

async fn c47_an_export_wants_a_fresh_proof(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::City, "12").await;
    let (token, app, _) = house.enrolled("someone", id).await;
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers/needs-clean.xlsx");
    let account = services::people::account::named(&house.world.system(), "someone").await.unwrap();
    let ctx = services::Ctx::new(&house.world.services, account.actor(), "page");
    let import = services::needs::import::upload(
        &ctx,
        domain::organization::LedgerKind::Needs,
        "needs-clean.xlsx",
        std::fs::read(path).unwrap(),
    )
    .await
    .unwrap();
    let file = format!("/import/{import}/report.xlsx");
    assert_eq!(house.get(&file, with(&token)).await.status, StatusCode::OK, "right after signing in");
    house.later(15);
    let asked = house.get(&file, with(&token)).await;
    assert!(asked.location.starts_with("/confirm?next=%2Fimport%2F"), "{}", asked.location);
    assert_eq!(house.get(&asked.location, with(&token)).await.status, StatusCode::OK);
    // A command from a session that is not fresh is refused by the service itself.
    let csv = services::needs::import::Format::Csv;
    let refused = services::needs::import::report_file(&ctx, import, csv, None).await;
    assert!(matches!(refused, Err(services::Error::Unconfirmed)));
    let fields = |proof: &'static str| [("proof", proof), ("next", "//evil.example")];
    assert_eq!(
        house.post("/confirm", with(&token), &fields("wrong wrong wrong")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let done = house.post("/confirm", with(&token), &fields(PASSWORD)).await;
    assert_eq!(done.location, "/desk", "foreign addresses are no way on");
    let token = done.token.unwrap();
    assert_eq!(house.get(&file, with(&token)).await.status, StatusCode::OK);
    // A code does as well, once; the page then offers the file.
    house.later(30);
    let code = app.code(&house.world);
    let done = house.post("/confirm", with(&token), &[("proof", &code), ("next", &file)]).await;
    let token = done.token.unwrap();
    let page = house.get(&done.location, with(&token)).await;
    assert!(page.text.contains(&format!("href=\"{file}\"")), "{}", page.text);
    let used = house.post("/confirm", with(&token), &[("proof", &code), ("next", &file)]).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    // Guessing here is bounded too, also across sessions.
    let mut judged = 0;
    for _ in 0..20 {
        let answer = house.post("/confirm", with(&token), &fields("wrong wrong wrong")).await;
        judged += usize::from(answer.status == StatusCode::UNPROCESSABLE_ENTITY);
    }
    assert_eq!(judged, 4, "with the one before");
    assert_eq!(house.world.count_events("session.confirm").await, 2);
}
