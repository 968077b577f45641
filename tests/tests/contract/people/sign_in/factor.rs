//! The second factor (check 32).

use super::*;
use web::{Access, routes};

duijie_tests::both_engines!(
    c32_after_the_password_alone_nothing_opens,
    c32_codes_work_once_and_drift_by_one_step,
    c32_guessing_codes_is_bounded,
    recovery_codes_work_once_and_an_administrator_resets
);

async fn c32_after_the_password_alone_nothing_opens(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::District, duijie_tests::world::DISTRICT).await;
    let before = house.login("someone", PASSWORD, HOME).await.token.unwrap();
    let (_, _, _) = house.enrolled("someone", id).await;
    house.later(1);
    let after = house.login("someone", PASSWORD, HOME).await;
    assert!(after.location.starts_with("/login/code"), "{}", after.location);
    let code = after.token.unwrap();
    let rows = house.world.rows().await;
    let zero = "00000000-0000-4000-8000-000000000000";
    for token in [&before, &code] {
        for route in routes().iter().filter(|route| route.access != Access::Anyone) {
            let path = route.path.replace("{code}", "XQ120102-26-999999").replace("{id}", zero);
            let path = path.replace("{topic}", "claim").replace("{step}", "who").replace("{token}", "0");
            let answer = house.send(route.method, &path, with(token), "reason=x".into()).await;
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{} {path}", route.method);
            assert!(answer.location.starts_with("/login/"), "{} {path}: {}", route.method, answer.location);
        }
        // To the public pages it is nobody.
        let page = house.get("/needs", with(token)).await;
        assert!(page.text.contains("href=\"/login"), "as the public sees it");
    }
    assert_eq!(house.world.rows().await, rows, "and nothing was kept");
    // One step's page is not the other's.
    assert!(house.get("/login/enrol", with(&code)).await.location.starts_with("/login/code"));
    assert!(house.get("/login/password", with(&code)).await.location.starts_with("/login/code"));
}

async fn c32_codes_work_once_and_drift_by_one_step(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (token, app, codes) = house.enrolled("someone", id).await;
    assert!(house.opens(&token).await);
    assert_eq!(codes.len(), 10);
    let enter = async |code: &str| {
        let first = house.login("someone", PASSWORD, HOME).await.token.unwrap();
        house.post("/login/code", with(&first), &[("code", code)]).await
    };
    // The code of the set-up is spent.
    let used = app.code(&house.world);
    assert_eq!(enter(&used).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.later(5);
    for (steps, taken) in
        [(-2, false), (2, false), (-1, true), (-1, false), (0, true), (1, true), (1, false), (0, false)]
    {
        let answer = enter(&app.code_at(&house.world, steps)).await;
        let wanted = if taken { StatusCode::SEE_OTHER } else { StatusCode::UNPROCESSABLE_ENTITY };
        assert_eq!(answer.status, wanted, "{steps} steps away");
    }
    // Twenty at once with one code: one enters.
    house.later(5);
    let mut firsts = Vec::new();
    for _ in 0..4 {
        firsts.push(house.login("someone", PASSWORD, HOME).await.token.unwrap());
    }
    let code = app.code(&house.world);
    let fields = [("code", code.as_str())];
    let (a, b, c, d) = tokio::join!(
        house.post("/login/code", with(&firsts[0]), &fields),
        house.post("/login/code", with(&firsts[1]), &fields),
        house.post("/login/code", with(&firsts[2]), &fields),
        house.post("/login/code", with(&firsts[3]), &fields),
    );
    let entered = [a, b, c, d].iter().filter(|answer| answer.location == "/desk").count();
    assert_eq!(entered, 1);
    // The secret lies sealed, the recovery codes hashed; no page or event holds either.
    let rows = format!("{:?}", house.world.rows().await);
    for code in &codes {
        assert!(!rows.contains(code) && !rows.contains(&code.replace('-', "")), "a recovery code is stored");
    }
    house.world.sound().await;
}

async fn c32_guessing_codes_is_bounded(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (_, app, _) = house.enrolled("someone", id).await;
    house.later(1);
    let mut judged = 0;
    for n in 0..40 {
        // The password is right each time: that must not free the next guess.
        let first = house.login("someone", PASSWORD, HOME).await.token.unwrap();
        let guess = format!("{n:06}");
        let guess = if guess == app.code(&house.world) { "999999".to_owned() } else { guess };
        let answer = house.post("/login/code", with(&first), &[("code", &guess)]).await;
        match answer.status {
            StatusCode::UNPROCESSABLE_ENTITY => judged += 1,
            status => assert_eq!(status, StatusCode::TOO_MANY_REQUESTS),
        }
    }
    assert_eq!(judged, 5);
    house.later(15);
    house.entered("someone", &app).await;
}

async fn recovery_codes_work_once_and_an_administrator_resets(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (token, app, codes) = house.enrolled("someone", id).await;
    let enter = async |code: &str| {
        let first = house.login("someone", PASSWORD, HOME).await.token.unwrap();
        house.post("/login/code", with(&first), &[("code", code)]).await
    };
    assert_eq!(enter(&codes[0].to_lowercase().replace('-', " ")).await.location, "/desk", "however it is typed");
    assert_eq!(enter(&codes[0]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(enter("AAAA-BBBB-CCCC-DDDD").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    // New ones put the old ones away.
    let answer = house.post("/account/recovery-codes", with(&token), &[]).await;
    let renewed = answer.text.split("<code>").nth(1).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(enter(&codes[1]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(enter(&renewed).await.location, "/desk");
    // Another telephone: the old one works until the new one's first code.
    house.post("/account/second-factor/begin", with(&token), &[]).await;
    let page = house.get("/account/second-factor", with(&token)).await;
    assert!(page.text.contains("<svg") && page.text.contains("密钥"));
    let new = house.app(id).await;
    house.later(1);
    assert_eq!(enter(&app.code(&house.world)).await.location, "/desk");
    let done = house.post("/account/second-factor", with(&token), &[("code", &new.code(&house.world))]).await;
    assert!(done.text.contains("请记下恢复码"), "{}", done.text);
    house.later(1);
    assert_eq!(enter(&app.code(&house.world)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    house.entered("someone", &new).await;
    // Everything lost: the security administrator resets, the system administrator may not.
    let events = house.world.count_events("account.factor_reset").await;
    assert!(services::people::account::reset_factor(&house.world.by("admin"), id).await.is_err());
    services::people::account::reset_factor(&house.world.by("security"), id).await.unwrap();
    assert_eq!(house.world.count_events("account.factor_reset").await, events + 1);
    assert!(!house.opens(&token).await, "every session ends");
    let (token, _, _) = house.enrolled("someone", id).await;
    assert!(house.opens(&token).await);
    house.world.sound().await;
}
