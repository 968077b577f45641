//! Who manages whose accounts, and the three administrators.

use super::*;
use domain::{account::managed_by, machine::Command, permission::Refusal};
use duijie_tests::world::{ACCOUNTS, DISTRICT, OTHER_DISTRICT, OTHER_STREET, STREET, difference};
use services::people::{account, invitation};
use services::{Ctx, Error};

duijie_tests::both_engines!(
    managers_reach_their_own_accounts_alone,
    nobody_manages_the_own_account_or_an_administrator,
    the_three_administrators_are_apart_and_see_no_case,
    the_list_is_searched_and_paged,
    closing_an_account_says_what_stays_lying
);

/// Whether somebody looks after an account, by this test's own reckoning.
fn should_manage(by: &str, other: &str, world: &World) -> bool {
    let find = |name: &str| ACCOUNTS.iter().find(|(n, ..)| *n == name).unwrap();
    let ((_, role, scope, _), (_, other_role, other_scope, _)) = (find(by), find(other));
    match role {
        Role::SystemAdmin | Role::SecurityAdmin => !other_role.is_administrator(),
        Role::District => match other_role {
            Role::Street | Role::VillageWorker => other_scope.starts_with(scope),
            // Every organization of this world is at home in one district.
            Role::OrgAdmin => *scope == DISTRICT,
            _ => false,
        },
        Role::OrgAdmin => other_role.is_organization() && world.org(by) == world.org(other),
        _ => false,
    }
}

async fn managers_reach_their_own_accounts_alone(world: World) {
    let before = world.rows().await;
    for (by, ..) in ACCOUNTS {
        for (other, ..) in ACCOUNTS {
            let (ctx, id) = (world.by(by), world.id(other));
            let seen = account::managed(&ctx, id).await;
            assert_eq!(seen.is_ok(), should_manage(by, other, &world), "{by} looks at {other}");
            if seen.is_err() {
                let outcomes = [
                    account::change(&ctx, id, "x", Role::Street, STREET).await.map(|()| String::new()),
                    account::set_open(&ctx, id, false, "x").await.map(|()| String::new()),
                    account::set_open(&ctx, id, true, "x").await.map(|()| String::new()),
                    account::reset_factor(&ctx, id).await.map(|()| String::new()),
                    account::end_sessions(&ctx, id).await.map(|_| String::new()),
                    account::password_link(&ctx, id).await,
                ];
                for outcome in outcomes {
                    assert!(
                        matches!(outcome, Err(Error::NotFound | Error::Forbidden(Refusal::Role))),
                        "{by} at {other}: {outcome:?}"
                    );
                }
            }
        }
    }
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    // The same for invitations: roles and scopes beyond one's own are refused.
    let post = |role, scope: &str, organization_id| invitation::Post {
        role,
        scope: scope.to_owned(),
        organization_id,
        display_name: "新岗".into(),
    };
    let (meals, care) = (Some(world.org("meals")), Some(world.org("care")));
    for (by, invited, allowed) in [
        ("district", post(Role::Street, STREET, None), true),
        ("district", post(Role::Street, "120103010", None), false),
        ("district", post(Role::District, DISTRICT, None), false),
        ("district", post(Role::OrgAdmin, "", meals), true),
        ("other_district", post(Role::OrgAdmin, "", meals), false),
        ("meals", post(Role::OrgWorker, "", meals), true),
        ("meals", post(Role::OrgAdmin, "", meals), true),
        ("meals", post(Role::OrgWorker, "", care), false),
        ("meals", post(Role::Street, STREET, None), false),
        ("meals_worker", post(Role::OrgWorker, "", meals), false),
        ("street", post(Role::Street, STREET, None), false),
        ("city", post(Role::District, OTHER_DISTRICT, None), false),
        ("security", post(Role::Street, STREET, None), false),
        ("admin", post(Role::City, "12", None), true),
        ("admin", post(Role::SystemAdmin, "", None), false),
        ("admin", post(Role::SecurityAdmin, "", None), false),
        ("admin", post(Role::System, "", None), false),
        ("admin", post(Role::Street, "120102", None), false),
        ("admin", post(Role::OrgWorker, "", None), false),
    ] {
        let outcome = invitation::create(&world.by(by), &invited).await;
        assert_eq!(outcome.is_ok(), allowed, "{by} invites {invited:?}: {outcome:?}");
    }
    // An invitation of one district does not exist for the other.
    let own = invitation::list(&world.by("district")).await.unwrap();
    assert_eq!(own.len(), 3, "its own two and those of its organizations' own: {own:?}");
    assert!(invitation::list(&world.by("other_district")).await.unwrap().is_empty());
    let outcome = invitation::revoke(&world.by("other_district"), own[0].id).await;
    assert!(matches!(outcome, Err(Error::NotFound)));
    invitation::revoke(&world.by("district"), own[0].id).await.unwrap();
    world.sound().await;
}

async fn nobody_manages_the_own_account_or_an_administrator(world: World) {
    let own = world.id("meals");
    for outcome in [
        account::set_open(&world.by("meals"), own, false, "x").await,
        account::change(&world.by("meals"), own, "x", Role::OrgWorker, "").await,
        account::reset_factor(&world.by("meals"), own).await,
    ] {
        assert!(matches!(outcome, Err(Error::Forbidden(Refusal::Separated(_)))), "{outcome:?}");
    }
    let seen = account::managed(&world.by("meals"), own).await.unwrap();
    let managing = [
        Command::AccountChange,
        Command::AccountDeactivate,
        Command::AccountReactivate,
        Command::AccountPasswordLink,
        Command::AccountFactorReset,
        Command::SessionEnd,
    ];
    assert!(managing.iter().all(|command| !seen.offers.has(*command)));
    // Organization's admins among themselves.
    account::change(&world.by("meals"), world.id("meals_worker"), "第二负责人", Role::OrgAdmin, "").await.unwrap();
    let role = world.texts("SELECT role FROM accounts WHERE username = 'meals_worker'").await;
    assert_eq!(role, ["org_admin"]);
}

async fn the_three_administrators_are_apart_and_see_no_case(world: World) {
    // No account turns from one side to the other, whoever asks.
    for (name, role) in [("admin", Role::SecurityAdmin), ("street", Role::AuditAdmin), ("auditor", Role::Street)] {
        let scope = if role == Role::Street { STREET } else { "" };
        let outcome = account::change(&world.system(), world.id(name), "x", role, scope).await;
        assert!(matches!(outcome, Err(Error::Invalid(_))), "{name} to {role}: {outcome:?}");
    }
    // One name does not stand on both sides.
    for (role, scope, name) in [
        (Role::SecurityAdmin, "", "示例admin"),
        (Role::AuditAdmin, "", "示例street"),
        (Role::Street, STREET, "示例auditor"),
    ] {
        let post = invitation::Post { role, scope: scope.into(), organization_id: None, display_name: name.to_owned() };
        let outcome = invitation::create(&world.system(), &post).await;
        assert!(matches!(&outcome, Err(Error::Invalid(m)) if m[0].field == "display_name"), "{name}: {outcome:?}");
    }
    for by in ["admin", "security", "auditor"] {
        let role = world.by(by).role();
        assert!(managed_by(role).iter().all(|managed| !managed.is_administrator()));
    }
    // Their pages: a start of their own, no case, and only numbers of what lies with an account.
    let target = crate::base::scope::everything(&world).await;
    world.caught_up().await;
    let house = House::new(world);
    for (name, role) in [("sys", Role::SystemAdmin), ("sec", Role::SecurityAdmin), ("aud", Role::AuditAdmin)] {
        let id = house.account(name, role, "").await;
        let (token, _, _) = house.enrolled(name, id).await;
        let start = house.get("/desk", with(&token)).await;
        assert_eq!(start.status, StatusCode::SEE_OTHER, "{name}");
        let page = house.get(&start.location, with(&token)).await;
        assert_eq!(page.status, StatusCode::OK, "{name}: {}", start.location);
        for path in [
            format!("/claims/{}", target.claim.as_deref().unwrap()),
            format!("/pairings/{}", target.pairing.as_deref().unwrap()),
            "/desk/needs".to_owned(),
            "/import".to_owned(),
        ] {
            let status = house.get(&path, with(&token)).await.status;
            assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN), "{name} {path}: {status}");
        }
        if role != Role::AuditAdmin {
            let path = format!("/accounts/{}", house.world.id("village"));
            let page = house.get(&path, with(&token)).await;
            assert_eq!(page.status, StatusCode::OK);
            assert!(page.text.contains("指派给他的核验") && !page.text.contains(target.pairing.as_deref().unwrap()));
        }
    }
}

async fn the_list_is_searched_and_paged(world: World) {
    for n in 0..25 {
        world.account(&format!("clerk{n:02}"), Role::Street, OTHER_STREET, None).await;
    }
    let all = async |ctx: &Ctx, word: &str, offset: i64| {
        account::page(ctx, domain::organization::AccountState::Active, word, offset, 20).await.unwrap()
    };
    let district = world.by("district");
    let page = all(&district, "clerk", 0).await;
    assert_eq!((page.active, page.rows.len(), page.deactivated), (25, 20, 0));
    assert_eq!(all(&district, "clerk", 20).await.rows.len(), 5);
    assert_eq!(all(&world.by("other_district"), "clerk", 0).await.active, 0);
    // A wildcard means itself.
    for word in ["%", "!", "cl%k", "cler_", "'; --"] {
        assert_eq!(all(&district, word, 0).await.active, 0, "{word}");
    }
    assert_eq!(all(&world.by("admin"), "示例助餐", 0).await.active, 3, "by the organization's name");
    assert_eq!(all(&world.by("meals"), "", 0).await.active, 3, "its own members");
    let house = House::new(world);
    let id = house.account("manager", Role::SystemAdmin, "").await;
    let (token, _, _) = house.enrolled("manager", id).await;
    let page = house.get("/accounts?q=clerk&page=2", with(&token)).await.text;
    assert!(page.contains("clerk24") && !page.contains("clerk01") && page.contains("第21–25个，共25个"), "{page}");
    assert!(house.get("/accounts?q=%3Cscript%3E", with(&token)).await.text.contains("没有找到这样的账号"));
}

async fn closing_an_account_says_what_stays_lying(world: World) {
    let target = crate::base::scope::everything(&world).await;
    let house = House::new(world);
    let id = house.account("chief", Role::District, DISTRICT).await;
    let (token, _, _) = house.enrolled("chief", id).await;
    let village = house.world.id("village");
    let page = house.get(&format!("/accounts/{village}"), with(&token)).await.text;
    assert!(page.contains("指派给他的核验1件不会自动转给别人"), "{page}");
    assert!(page.contains(&format!("href=\"/pairings/{}\"", target.pairing.as_deref().unwrap())));
    // A reason is wanted, and what was typed stays.
    let path = format!("/accounts/{village}/deactivate");
    let form = format!("/accounts/{village}#deactivate");
    let back = house.post(&path, with(&token), &[("reason", ""), ("form", &form)]).await;
    assert!(back.location.contains("draft="), "{}", back.location);
    let done = house.post(&path, with(&token), &[("reason", "调离"), ("form", &form)]).await;
    assert_eq!(done.location, format!("/accounts/{village}"));
    assert_eq!(house.world.texts("SELECT reason FROM events WHERE command = 'account.deactivate'").await, ["调离"]);
    // The verification waits for whoever assigns it anew.
    services::aid::verification::reassign(
        &house.world.by("street"),
        target.verification.unwrap(),
        house.world.id("street2"),
    )
    .await
    .unwrap();
    house.world.sound().await;
}
