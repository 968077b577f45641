//! Links that are handed over: invitations and new passwords (check 33).

use super::*;

duijie_tests::both_engines!(
    c33_a_reset_link_opens_once_and_keeps_the_second_factor,
    c33_nobody_chooses_anothers_password,
    an_invitation_opens_once_and_for_its_days
);

const NEW: &[(&str, &str)] = &[("new_password", "seven cranes on a tin roof"), ("again", "seven cranes on a tin roof")];

/// The path of a link shown on a page.
fn link(answer: &Answer, kind: &str) -> String {
    assert_eq!(answer.status, StatusCode::OK, "{} {}", answer.location, answer.text);
    let start = answer.text.find(&format!("/{kind}/")).expect("a link");
    answer.text[start..].split('"').next().unwrap().to_owned()
}

async fn c33_a_reset_link_opens_once_and_keeps_the_second_factor(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    house.account("manager", Role::SystemAdmin, "").await;
    let (session, app, _) = house.enrolled("someone", id).await;
    let manager = services::people::account::named(&house.world.system(), "manager").await.unwrap();
    let (admin, _, _) = house.enrolled("manager", manager.id).await;
    let make = format!("/accounts/{id}/password-link");
    let first = link(&house.post(&make, with(&admin), &[]).await, "reset");
    let path = link(&house.post(&make, with(&admin), &[]).await, "reset");
    assert!(first != path && path.len() > 64);
    assert_eq!(house.get(&first, HOME).await.status, StatusCode::CONFLICT, "a later link closes the earlier");
    let page = house.get(&path, HOME).await;
    assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(page.headers[header::REFERRER_POLICY], "no-referrer");
    // A mistake does not spend it, and the policy holds here too.
    let weak = house.post(&path, HOME, &[("new_password", "woaini5201314"), ("again", "woaini5201314")]).await;
    assert_eq!(weak.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(house.post(&path, HOME, NEW).await.location, "/login");
    assert_eq!(house.post(&path, HOME, NEW).await.status, StatusCode::CONFLICT, "once");
    assert!(!house.opens(&session).await, "sessions end");
    assert!(house.login("someone", PASSWORD, HOME).await.token.is_none());
    // The code is asked as ever.
    house.later(1);
    let after = house.login("someone", NEW[0].1, HOME).await;
    assert!(after.location.starts_with("/login/code"), "{}", after.location);
    let done = house.post("/login/code", with(&after.token.unwrap()), &[("code", &app.code(&house.world))]).await;
    assert_eq!(done.location, "/desk");
    // Ten minutes, and only in the database's hash.
    let late = link(&house.post(&make, with(&admin), &[]).await, "reset");
    let rows = format!("{:?}", house.world.rows().await);
    assert!(!rows.contains(late.rsplit('/').next().unwrap()));
    house.later(10);
    assert_eq!(house.post(&late, HOME, NEW).await.status, StatusCode::CONFLICT);
    assert_eq!(house.world.count_events("account.password_link").await, 3);
    house.world.sound().await;
}

async fn c33_nobody_chooses_anothers_password(world: World) {
    let house = House::new(world);
    let id = house.account("someone", Role::Street, duijie_tests::world::STREET).await;
    let before = house.world.texts("SELECT password_hash FROM accounts WHERE username = 'someone'").await;
    let manager = house.account("manager", Role::SystemAdmin, "").await;
    let (admin, _, _) = house.enrolled("manager", manager).await;
    let fields = [
        ("password", NEW[0].1),
        ("new_password", NEW[0].1),
        ("again", NEW[0].1),
        ("password_hash", "x"),
        ("must_change", "0"),
        ("display_name", "换名"),
        ("role", "street"),
        ("scope", duijie_tests::world::STREET),
        ("reason", "试试"),
    ];
    for act in ["change", "deactivate", "reactivate", "password-link", "reset-factor", "sign-out"] {
        house.post(&format!("/accounts/{id}/{act}"), with(&admin), &fields).await;
    }
    let after = house.world.texts("SELECT password_hash FROM accounts WHERE username = 'someone'").await;
    assert_eq!(before, after);
}

async fn an_invitation_opens_once_and_for_its_days(world: World) {
    let house = House::new(world);
    let manager = house.account("manager", Role::SystemAdmin, "").await;
    let (admin, _, _) = house.enrolled("manager", manager).await;
    let fields = [("role", "street"), ("scope", duijie_tests::world::STREET), ("display_name", "民政科7号岗")];
    let path = link(&house.post("/accounts/invite", with(&admin), &fields).await, "join");
    let page = house.get(&path, HOME).await;
    assert!(page.text.contains("民政科7号岗") && page.text.contains("鲁山道"), "{}", page.text);
    let join = |account: &'static str, password: &'static str| {
        [("account", account), ("display_name", "民政科7号岗"), ("new_password", password), ("again", password)]
    };
    // Mistakes bring the page back with what was typed, but no password.
    let wrong = house.post(&path, HOME, &join("A b", "short")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.text.contains("value=\"A b\"")
            && wrong.text.contains("至少12个")
            && !wrong.text.contains("value=\"short\"")
    );
    assert!(house.post(&path, HOME, &join("street", PASSWORD)).await.text.contains("已经有人用了"));
    // Two at once: one account.
    let (left, right) = (join("newcomer", PASSWORD), join("newcomer2", PASSWORD));
    let (one, two) = tokio::join!(house.post(&path, HOME, &left), house.post(&path, HOME, &right));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 409]);
    assert_eq!(house.world.number("SELECT COUNT(*) FROM accounts WHERE username LIKE 'newcomer%'").await, 1);
    let name = if one.status == StatusCode::SEE_OTHER { "newcomer" } else { "newcomer2" };
    let made = services::people::account::named(&house.world.system(), name).await.unwrap();
    assert_eq!((made.role, made.scope.as_str()), (Role::Street, duijie_tests::world::STREET));
    house.enrolled(name, made.id).await;
    // What a stranger adds to the form makes no other account of it (check 44).
    let path = link(&house.post("/accounts/invite", with(&admin), &fields).await, "join");
    let mut more = join("modest", PASSWORD).to_vec();
    more.extend([("role", "city"), ("scope", "12"), ("state", "active"), ("organization_id", "x")]);
    house.post(&path, HOME, &more).await;
    let made = services::people::account::named(&house.world.system(), "modest").await.unwrap();
    assert_eq!((made.role, made.scope.as_str()), (Role::Street, duijie_tests::world::STREET));
    // Taken back, and too late.
    let path = link(&house.post("/accounts/invite", with(&admin), &fields).await, "join");
    let id = services::people::invitation::list(&house.world.by("admin")).await.unwrap()[0].id;
    let done = house.post(&format!("/accounts/invitations/{id}/revoke"), with(&admin), &[]).await;
    assert_eq!(done.location, "/accounts?state=invited");
    assert_eq!(house.get(&path, HOME).await.status, StatusCode::CONFLICT);
    let path = link(&house.post("/accounts/invite", with(&admin), &fields).await, "join");
    house.later(7 * 24 * 60);
    assert_eq!(house.post(&path, HOME, &join("too.late", PASSWORD)).await.status, StatusCode::CONFLICT);
    house.world.sound().await;
}
