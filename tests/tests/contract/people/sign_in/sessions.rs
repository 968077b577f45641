//! Sessions (checks 34–38).

use super::*;

duijie_tests::both_engines!(
    c34_every_step_gives_a_new_token,
    c35_tokens_are_random,
    c36_after_signing_out_the_cookie_opens_nothing,
    c37_a_change_of_the_account_ends_its_sessions_at_once,
    c38_sessions_end_when_idle_and_at_their_limit,
    c38_own_sessions_are_listed_and_ended
);

async fn c34_every_step_gives_a_new_token(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let planted = "ab".repeat(32);
    let first = house.login("someone", PASSWORD, with(&planted)).await.token.unwrap();
    assert_ne!(first, planted);
    assert!(!house.opens(&planted).await);
    let app = house.app(id).await;
    let done = house.post("/login/enrol", with(&first), &[("code", &app.code(&house.world))]).await;
    let full = done.token.unwrap();
    assert_ne!(full, first);
    assert!(house.opens(&full).await && !house.opens(&first).await);
    // Signing in again over a session puts the old one away.
    house.later(1);
    let again = house.login("someone", PASSWORD, with(&full)).await.token.unwrap();
    assert!(!house.opens(&full).await);
    let code = house.post("/login/code", with(&again), &[("code", &app.code(&house.world))]).await.token.unwrap();
    // So does proving oneself again.
    let proved = house.post("/confirm?next=/account", with(&code), &[("proof", PASSWORD), ("next", "/account")]).await;
    assert_eq!(proved.location, "/account");
    let proved = proved.token.unwrap();
    assert!(house.opens(&proved).await && !house.opens(&code).await);
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        let answer = house.login("someone", PASSWORD, HOME).await;
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap();
        assert!(cookie.contains(attribute) && !cookie.contains("Domain"), "{cookie}");
    }
}

async fn c35_tokens_are_random(world: World) {
    let house = House::new(world);
    house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let token = house.login("someone", PASSWORD, HOME).await.token.unwrap();
        assert!(token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit()), "256 bits");
        assert!(seen.insert(token));
    }
    // The machine's own source, a thousand times.
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..1000 {
        let mut bytes = [0_u8; 32];
        services::Random::fill(&server::clock::SystemRandom, &mut bytes);
        assert!(seen.insert(bytes));
    }
    // Only hashes are stored.
    let rows = house.world.rows().await["sessions"].join("\n");
    let token = house.login("someone", PASSWORD, HOME).await.token.unwrap();
    assert!(!rows.contains(&token));
}

async fn c36_after_signing_out_the_cookie_opens_nothing(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (token, _, _) = house.enrolled("someone", id).await;
    let answer = house.post("/logout", with(&token), &[]).await;
    assert_eq!(answer.headers["clear-site-data"], "\"cache\", \"storage\"");
    assert_eq!(answer.token.as_deref(), Some(""));
    let replay = house.get("/account", with(&token)).await;
    assert!(replay.location.starts_with("/login?"), "{}", replay.location);
    // Between the steps too.
    house.later(1);
    let halfway = house.login("someone", PASSWORD, HOME).await.token.unwrap();
    house.post("/logout", with(&halfway), &[]).await;
    assert!(house.get("/login/code", with(&halfway)).await.location.starts_with("/login?"));
}

async fn c37_a_change_of_the_account_ends_its_sessions_at_once(world: World) {
    let house = House::new(world);
    let street = duijie_tests::world::STREET;
    let id = house.account("someone", Role::Street, street).await;
    let (mut token, app, _) = house.enrolled("someone", id).await;
    let (admin, security) = (house.world.by("admin"), house.world.by("security"));
    assert!(house.opens(&token).await);
    services::people::account::change(&security, id, "另一岗", Role::Street, duijie_tests::world::OTHER_STREET)
        .await
        .unwrap();
    assert!(!house.opens(&token).await, "another scope");
    token = house.entered("someone", &app).await;
    services::people::account::change(&security, id, "另一岗", Role::District, duijie_tests::world::DISTRICT)
        .await
        .unwrap();
    assert!(!house.opens(&token).await, "another role");
    token = house.entered("someone", &app).await;
    services::people::account::end_sessions(&admin, id).await.unwrap();
    assert!(!house.opens(&token).await, "ended by an administrator");
    token = house.entered("someone", &app).await;
    services::people::account::set_open(&admin, id, false, "调离").await.unwrap();
    assert!(!house.opens(&token).await, "deactivated");
    house.later(1);
    assert!(house.login("someone", PASSWORD, HOME).await.token.is_none());
    services::people::account::set_open(&admin, id, true, "").await.unwrap();
    assert!(!house.opens(&token).await, "the old session does not rise again");
    token = house.entered("someone", &app).await;
    services::people::account::reset_password(&house.world.system(), "someone", "seven cranes on a tin roof")
        .await
        .unwrap();
    assert!(!house.opens(&token).await, "another password");
    house.world.sound().await;
}

async fn c38_sessions_end_when_idle_and_at_their_limit(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (token, app, _) = house.enrolled("someone", id).await;
    house.later(119);
    assert!(house.opens(&token).await);
    house.later(120);
    assert!(!house.opens(&token).await, "idle");
    let token = house.entered("someone", &app).await;
    for _ in 0..11 {
        house.later(60);
        assert!(house.opens(&token).await);
    }
    house.later(60);
    assert!(!house.opens(&token).await, "twelve hours, however busy");
    // A clock that is put back does not raise it, and one put far ahead breaks nothing.
    house.later(-30);
    house.later(60 * 24 * 400);
    assert!(!house.opens(&token).await);
}

async fn c38_own_sessions_are_listed_and_ended(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (here, app, _) = house.enrolled("someone", id).await;
    house.later(1);
    let agent = [("user-agent", "Mozilla/5.0 (Linux; Android 12) Chrome/120")];
    let phone = Asker { peer: "198.51.100.9", headers: &agent, token: None };
    let first = house.login("someone", PASSWORD, phone).await.token.unwrap();
    let fields = [("code", app.code(&house.world))];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let there = house.post("/login/code", Asker { token: Some(&first), ..phone }, &fields).await.token.unwrap();
    let third = house.entered("someone", &app).await;
    let page = house.get("/account", with(&here)).await.text;
    assert!(page.contains("198.51.100.9") && page.contains("安卓，Chrome") && page.contains("就是这台"), "{page}");
    // One by its name; another account's session does not exist.
    let ctx = services::Ctx::new(&house.world.services, house.world.actors["street"].clone(), "page");
    let all = services::people::session::list(&house.world.by("street")).await.unwrap();
    assert!(all.is_empty());
    let mut tx = house.world.read().await;
    let stored = storage::people::session::by_hash(&mut tx, &services::people::session::token_hash(&there))
        .await
        .unwrap()
        .unwrap();
    drop(tx);
    assert!(matches!(services::people::session::end(&ctx, Some(stored.id)).await, Err(services::Error::NotFound)));
    let answer = house.post("/account/sessions/end", with(&here), &[("session", &stored.id.to_string())]).await;
    assert_eq!(answer.location, "/account");
    assert!(!house.opens(&there).await && house.opens(&third).await && house.opens(&here).await);
    house.post("/account/sessions/end", with(&here), &[]).await;
    assert!(!house.opens(&third).await && house.opens(&here).await);
    // An administrator sees and ends them.
    let managed = services::people::account::managed(&house.world.by("admin"), id).await.unwrap();
    assert_eq!(managed.sessions.len(), 1);
    services::people::account::end_sessions(&house.world.by("security"), id).await.unwrap();
    assert!(!house.opens(&here).await);
}
