//! What passwords are accepted and how they are kept (checks 22–27, 31).

use super::*;
use services::Error;
use services::people::password::Passwords;

duijie_tests::both_engines!(
    c22_lengths_are_counted_in_characters,
    c23_no_rule_of_composition_and_rotation_only_when_switched_on,
    c24_common_and_local_words_are_refused,
    c25_every_character_matters,
    c26_a_change_wants_the_present_password,
    c27_hashes_are_argon2id_and_renewed,
    c31_no_default_account_and_a_given_password_is_changed_first
);

async fn change(house: &House, name: &str, current: &str, new: &str) -> Result<(), Error> {
    let account = services::people::account::named(&house.world.system(), name).await.unwrap();
    let ctx = services::Ctx::new(&house.world.services, account.actor(), "page");
    services::people::account::change_password(&ctx, current, new, new).await
}

fn message(outcome: &Result<(), Error>) -> String {
    match outcome {
        Err(Error::Invalid(mistakes)) => mistakes[0].message.clone(),
        other => panic!("{other:?}"),
    }
}

async fn c22_lengths_are_counted_in_characters(world: World) {
    let house = House::new(world);
    house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let refused = change(&house, "someone", PASSWORD, "kVx7#pQ").await;
    assert!(message(&refused).contains("只有7个字符，至少12个"), "{refused:?}");
    let mut current = PASSWORD.to_owned();
    for new in [
        "kVx7#pQ2zL!m".to_owned(),
        format!("{}x", "quiet river 17 ".repeat(5).trim_end())[..64].to_owned(),
        "长亭外古道边芳草碧连天晚风拂柳笛声残夕阳山外山".chars().cycle().take(128).collect(),
        "🐢 🍉 🚲 🌧️ 四种小东西 9".to_owned(),
        format!("www{}", "ab1c d2ef ".repeat(25)),
    ] {
        let outcome = change(&house, "someone", &current, &new).await;
        assert!(outcome.is_ok(), "{} characters: {outcome:?}", new.chars().count());
        current = new;
        house.later(1);
        assert!(house.login("someone", &current, HOME).await.token.is_some());
    }
    let refused = change(&house, "someone", &current, &"长".repeat(257)).await;
    assert!(message(&refused).contains("最多256个"), "{refused:?}");
    // A megabyte is turned away before any work.
    let begin = std::time::Instant::now();
    let answer = house.login("someone", &"x".repeat(1_000_000), HOME).await;
    assert!(
        answer.status.is_client_error() && begin.elapsed().as_millis() < 1500,
        "{} {:?}",
        answer.status,
        begin.elapsed()
    );
}

async fn c23_no_rule_of_composition_and_rotation_only_when_switched_on(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    assert!(change(&house, "someone", PASSWORD, "onlysmalllettersandlong").await.is_ok());
    house.later(60 * 24 * 4000);
    let answer = house.login("someone", "onlysmalllettersandlong", HOME).await;
    assert!(answer.location.starts_with("/login/enrol"), "a password of ten years is good: {}", answer.location);
    let app = {
        let token = answer.token.unwrap();
        let app = house.app(id).await;
        let done = house.post("/login/enrol", with(&token), &[("code", &app.code(&house.world))]).await;
        assert!(done.text.contains("href=\"/desk\""), "{}", done.text);
        app
    };
    // Switched on: every ninety days.
    let House { world, router } = house;
    drop(router);
    let policy = services::Policy { password_days: 90, ..services::Policy::default() };
    let house = House::new(world.reopen(policy));
    house.later(1);
    let first = house.login("someone", "onlysmalllettersandlong", HOME).await.token.unwrap();
    let second = house.post("/login/code", with(&first), &[("code", &app.code(&house.world))]).await;
    assert!(second.location.starts_with("/login/password"), "{}", second.location);
    let token = second.token.unwrap();
    let same = [("new_password", "onlysmalllettersandlong"), ("again", "onlysmalllettersandlong")];
    assert_eq!(house.post("/login/password", with(&token), &same).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let new = [("new_password", "another long one of letters"), ("again", "another long one of letters")];
    let done = house.post("/login/password", with(&token), &new).await;
    assert_eq!(done.location, "/desk");
    assert!(house.opens(&done.token.unwrap()).await);
}

async fn c24_common_and_local_words_are_refused(world: World) {
    let house = House::new(world);
    house.account("wang.fang", Role::Street, duijie_tests::world::STREET).await;
    for (password, said) in [
        ("1q2w3e4r5t6y", "常见密码"),
        ("woaini5201314woaini", "主要由"),
        ("zhangwei19900101", "主要由"),
        ("qq13800138000", "主要由"),
        ("Password123456", "主要由"),
        ("wangfang-kx7-plum-zu", "单位、地名"),
        ("tianjin-kx7-plum-zu", "单位、地名"),
        ("minzheng kx7 plum zu", "单位、地名"),
        ("鲁山道街道的小猫会飞起来", "单位、地名"),
        ("河东区的小猫会飞起来啦啦", "单位、地名"),
        ("救急难的小猫会飞起来啦啦", "单位、地名"),
        ("示例岗wang.fang会飞起来", "单位、地名"),
    ] {
        let outcome = change(&house, "wang.fang", PASSWORD, password).await;
        assert!(message(&outcome).contains(said), "{password}: {outcome:?}");
    }
    let organization = house.world.org("meals");
    house.account_of("cook", Role::OrgAdmin, "", Some(organization)).await;
    let outcome = change(&house, "cook", PASSWORD, "示例助餐服务中心最好吃了吧").await;
    assert!(message(&outcome).contains("单位、地名"), "{outcome:?}");
}

async fn c25_every_character_matters(world: World) {
    let passwords = &world.services.passwords;
    let long: String = "ab1c d2ef gh3i ".chars().cycle().take(200).collect();
    let hash = passwords.hash(&long).await.unwrap();
    for at in [0, 72, 128, 199] {
        let changed: String = long.chars().enumerate().map(|(i, c)| if i == at { 'Z' } else { c }).collect();
        assert!(!passwords.fits(&changed, Some(&hash)).await.unwrap(), "character {}", at + 1);
    }
    let hash = passwords.hash("Three Herons é ｘ１").await.unwrap();
    assert!(!passwords.fits("three herons é ｘ１", Some(&hash)).await.unwrap(), "case matters");
    assert!(!passwords.fits("ThreeHerons é ｘ１", Some(&hash)).await.unwrap(), "spaces matter");
    // NFKC: the same characters however they are typed.
    assert!(passwords.fits("Three Herons e\u{301} x1", Some(&hash)).await.unwrap());
}

async fn c26_a_change_wants_the_present_password(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let (token, app, _) = house.enrolled("someone", id).await;
    let new = "seven cranes on a tin roof";
    for current in ["", "wrong wrong wrong"] {
        let fields =
            [("form", "/account#password"), ("current_password", current), ("new_password", new), ("again", new)];
        let answer = house.post("/account/password", with(&token), &fields).await;
        assert!(answer.location.starts_with("/account?draft="), "{}", answer.location);
        let page = house.get(answer.location.split('#').next().unwrap(), with(&token)).await.text;
        assert!(page.contains(if current.is_empty() { "填写现在的密码" } else { "现在的密码不对" }));
        assert!(!page.contains(new), "a password never comes back");
    }
    // A new app wants a fresh proof.
    house.later(20);
    let answer = house.get("/account/second-factor", with(&token)).await;
    assert!(answer.location.starts_with("/confirm?next="), "{}", answer.location);
    let answer = house.post("/account/second-factor/begin", with(&token), &[]).await;
    assert!(answer.location.starts_with("/confirm?next="), "{}", answer.location);
    // With the present one it goes, and every session ends.
    let second = house.entered("someone", &app).await;
    let fields = [("current_password", PASSWORD), ("new_password", new), ("again", new)];
    assert_eq!(house.post("/account/password", with(&token), &fields).await.location, "/login");
    assert!(!house.opens(&token).await && !house.opens(&second).await);
    assert!(house.login("someone", new, HOME).await.token.is_some());
}

async fn c27_hashes_are_argon2id_and_renewed(world: World) {
    let house = House::new(world);
    house.account("new", Role::Street, duijie_tests::world::STREET).await;
    let old = argon2::Params::new(8192, 1, 1, None).unwrap();
    let hash = Passwords::with(Arc::clone(&house.world.services.random), old).hash(PASSWORD).await.unwrap();
    let account = NewAccount {
        username: "old".into(),
        password: String::new(),
        display_name: "旧岗".into(),
        role: Role::Street,
        scope: duijie_tests::world::STREET.into(),
        organization_id: None,
    };
    services::people::account::create_hashed(&house.world.system(), &account, hash.clone()).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=8192,t=1,p=1$"));
    assert!(house.login("old", PASSWORD, HOME).await.token.is_some());
    for hash in house.world.texts("SELECT password_hash FROM accounts WHERE username IN ('new', 'old')").await {
        let parts: Vec<&str> = hash.split('$').collect();
        assert_eq!((parts[1], parts[2], parts[3]), ("argon2id", "v=19", "m=19456,t=2,p=1"));
        assert!(parts[4].len() >= 22, "a salt of 16 bytes: {hash}");
    }
    assert!(house.login("old", PASSWORD, HOME).await.token.is_some(), "the renewed hash fits");
}

async fn c31_no_default_account_and_a_given_password_is_changed_first(world: World) {
    // What the installation makes is what its operator makes: this world's own accounts and no other.
    let made = duijie_tests::world::ACCOUNTS.len();
    assert_eq!(world.number("SELECT COUNT(*) FROM accounts").await, i64::try_from(made).unwrap());
    let house = House::new(world);
    let first = NewAccount {
        username: "first".into(),
        password: PASSWORD.into(),
        display_name: "系统管理员".into(),
        role: Role::SystemAdmin,
        scope: String::new(),
        organization_id: None,
    };
    let id = services::people::account::create(&house.world.system(), &first).await.unwrap();
    let token = house.login("first", PASSWORD, HOME).await.token.unwrap();
    let app = house.app(id).await;
    let second = house.post("/login/enrol", with(&token), &[("code", &app.code(&house.world))]).await;
    assert!(second.text.contains("/login/password"), "somebody else chose the password");
    let token = second.token.unwrap();
    assert!(!house.opens(&token).await);
    let new = [("new_password", "seven cranes on a tin roof"), ("again", "seven cranes on a tin roof")];
    let done = house.post("/login/password", with(&token), &new).await;
    assert_eq!(done.location, "/desk");
    assert!(house.opens(&done.token.unwrap()).await);
}
