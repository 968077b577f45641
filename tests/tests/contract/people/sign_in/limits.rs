//! Guessing is bounded, the same for names that exist and names that do not, and no header helps (checks 28–30).

use super::*;

duijie_tests::both_engines!(
    c28_known_and_unknown_names_are_answered_alike,
    c29_guessing_is_bounded_and_the_owner_still_enters,
    c30_spoofed_forwarding_headers_reset_nothing,
    floods_are_turned_away
);

async fn c28_known_and_unknown_names_are_answered_alike(world: World) {
    let house = House::new(world);
    house.account("known", Role::Street, duijie_tests::world::STREET).await;
    house.account("closed", Role::Street, duijie_tests::world::STREET).await;
    services::people::account::set_active(&house.world.system(), "closed", false).await.unwrap();
    let events = house.world.count_events("session.refuse").await;
    // Up to the pause and beyond it.
    for attempt in 0..7 {
        let mut answers = Vec::new();
        for (name, password, peer) in [
            ("known", "wrong wrong wrong", "192.0.2.11"),
            ("nobody", "wrong wrong wrong", "192.0.2.12"),
            ("closed", PASSWORD, "192.0.2.13"),
        ] {
            let answer = house.login(name, password, at(peer)).await;
            let (status, location, headers, text) = steady(&answer);
            answers.push((status, location, headers, text.replace(&format!("value=\"{name}\""), "")));
        }
        assert_eq!(answers[0], answers[1], "attempt {attempt}");
        assert_eq!(answers[0], answers[2], "attempt {attempt}");
        assert_eq!(answers[0].0, if attempt < 5 { 422 } else { 429 }, "attempt {attempt}");
    }
    // Each judged attempt has left one trace, whoever it was for (check 63).
    assert_eq!(house.world.count_events("session.refuse").await - events, 15);
}

async fn c29_guessing_is_bounded_and_the_owner_still_enters(world: World) {
    let house = House::new(world);
    let events = house.world.count_events("session.refuse").await;
    house.account("target", Role::Volunteer, duijie_tests::world::STREET).await;
    // A hundred guesses at one account from one address.
    let mut blocked = 0;
    for _ in 0..100 {
        let answer = house.login("target", "guess guess guess", at("203.0.113.1")).await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            assert!(answer.headers[header::RETRY_AFTER].to_str().unwrap().parse::<i64>().unwrap() <= 900);
            blocked += 1;
        }
    }
    assert_eq!(blocked, 95);
    // The owner elsewhere is not locked out.
    assert!(house.login("target", PASSWORD, at("198.51.100.7")).await.token.is_some());
    // Guesses from five hundred addresses: the name itself pauses.
    let mut judged = 0;
    for n in 0..500 {
        let peer = format!("203.0.{}.{}", n / 250 + 114, n % 250 + 1);
        judged += usize::from(
            house.login("target", "guess guess guess", at(&peer)).await.status != StatusCode::TOO_MANY_REQUESTS,
        );
    }
    assert_eq!(judged, 10);
    // The owner waits a quarter of an hour at most.
    house.later(15);
    assert!(house.login("target", PASSWORD, at("198.51.100.7")).await.token.is_some());
    // One password at five hundred accounts from one address.
    let mut judged = 0;
    for n in 0..500 {
        let answer = house.login(&format!("someone{n}"), PASSWORD, at("203.0.113.99")).await;
        judged += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(judged, 30);
    let refused = house.world.count_events("session.refuse").await - events;
    assert!(refused <= 100, "{refused}");
    // The browser that the owner signed in with passes while others guess.
    let known = house.login("target", PASSWORD, at("198.51.100.7")).await;
    let device = known.headers.get_all(header::SET_COOKIE).iter().find_map(|cookie| {
        let cookie = cookie.to_str().unwrap().strip_prefix("device=")?;
        Some(cookie.split(';').next().unwrap().to_owned())
    });
    let device = format!("device={}", device.expect("a browser is known once it has signed in"));
    // At a hundred in a row each further guess waits an hour, and nothing is closed for ever.
    let mut waits = 0;
    while waits < 200 {
        house.later(16);
        let peer = format!("198.18.{}.{}", waits / 200, waits % 200 + 1);
        house.login("target", "guess guess guess", at(&peer)).await;
        waits += 1;
    }
    house.login("target", "guess guess guess", at("198.18.9.9")).await;
    let late = house.login("target", PASSWORD, at("198.51.100.8")).await;
    assert_eq!(late.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(late.text.contains("登录过的设备"), "{}", late.text);
    let cookies = [("cookie", device.as_str())];
    let owner = Asker { headers: &cookies, ..at("198.51.100.9") };
    assert!(house.login("target", PASSWORD, owner).await.token.is_some(), "a known browser passes");
    // What others bear as its cookie is no such browser, and a known one guesses no faster.
    let foreign = [("cookie", "device=0000000000000000000000000000000000000000000000000000000000000000")];
    let thief = Asker { headers: &foreign, ..at("198.51.100.10") };
    assert_eq!(house.login("target", PASSWORD, thief).await.status, StatusCode::TOO_MANY_REQUESTS);
    let mut judged = 0;
    for _ in 0..20 {
        let answer = house.login("target", "guess guess guess", owner).await;
        judged += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(judged, 5);
    // An administrator lets him in at once, on the account's page.
    let id = services::people::account::named(&house.world.system(), "target").await.unwrap().id;
    let managed = services::people::account::managed(&house.world.by("admin"), id).await.unwrap();
    assert!(managed.blocked_until.is_some());
    services::people::account::unblock(&house.world.by("admin"), id).await.unwrap();
    assert!(house.login("target", PASSWORD, at("198.51.100.8")).await.token.is_some());
    house.later(60 * 24 * 30);
    assert!(house.login("target", PASSWORD, at("198.51.100.8")).await.token.is_some(), "nothing lasts");
    let link = services::people::account::password_link(&house.world.by("admin"), id).await.unwrap();
    let new = "five otters under one bridge";
    services::people::invitation::choose_password(&house.world.services, &link, new, new).await.unwrap();
    assert!(house.login("target", new, at("198.51.100.8")).await.token.is_some());
    house.world.sound().await;
}

async fn c30_spoofed_forwarding_headers_reset_nothing(world: World) {
    // Only 10.0.0.0/8 is believed.
    let house = House::configured(world, Config { trusted_proxies: "10.0.0.0/8".into(), ..Config::default() });
    let mut judged = 0;
    for n in 0..60 {
        let spoofed = format!("198.51.100.{n}");
        let line = format!("for={spoofed}");
        let headers = [("x-forwarded-for", spoofed.as_str()), ("x-real-ip", &spoofed), ("forwarded", &line)];
        let from = Asker { peer: "203.0.113.5", headers: &headers, token: None };
        let answer = house.login(&format!("name{n}"), "guess guess guess", from).await;
        judged += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(judged, 30, "what the client writes into a header counts for nothing");
    let addresses = house.world.texts("SELECT data FROM events WHERE command = 'session.refuse'").await;
    assert!(addresses.iter().all(|data| data.contains("203.0.113.5")), "the trail names the peer");
    // Behind the trusted proxy each client counts for itself, and what it wrote before the proxy does not.
    let mut judged = 0;
    for n in 0..60 {
        let line = format!("6.6.6.{n}, 198.51.100.77");
        let headers = [("x-forwarded-for", line.as_str())];
        let from = Asker { peer: "10.0.0.9", headers: &headers, token: None };
        let answer = house.login(&format!("other{n}"), "guess guess guess", from).await;
        judged += usize::from(answer.status != StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(judged, 30);
    let headers = [("x-forwarded-for", "198.51.100.78")];
    let from = Asker { peer: "10.0.0.9", headers: &headers, token: None };
    assert_eq!(house.login("fresh", "guess guess guess", from).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

async fn floods_are_turned_away(world: World) {
    let cheap = argon2::Params::new(4096, 1, 1, None).unwrap();
    let passwords = Arc::new(services::people::password::Passwords::with(Arc::clone(&world.services.random), cheap));
    let mut tasks = Vec::new();
    for _ in 0..1000 {
        let passwords = Arc::clone(&passwords);
        tasks.push(tokio::spawn(async move { passwords.fits("a guess", None).await }));
    }
    let mut turned_away = 0;
    for task in tasks {
        match task.await.unwrap() {
            Ok(fits) => assert!(!fits),
            Err(services::Error::TooMany { .. }) => turned_away += 1,
            Err(error) => panic!("{error}"),
        }
    }
    assert!((1..1000).contains(&turned_away), "{turned_away}");
    // And afterwards it goes on.
    assert!(!passwords.fits("a guess", None).await.unwrap());
}
