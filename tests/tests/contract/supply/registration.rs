//! Organizations register themselves, are verified, checked anew each year, and stopped when they lose their standing.

use domain::{
    claim::ClaimState,
    organization::{HAND_OVER_DAYS, Inspection, OrganizationState, Standing},
    pairing::PairingState,
    role::Actor,
    uscc::Uscc,
};
use duijie_tests::world::{World, day, fields, household, with};
use services::aid::transfer;
use services::base::{attachment, draft, notice};
use services::office::clocks;
use services::office::desk::Task;
use services::supply::{organization, registration};
use services::{Ctx, Error, Fields};
use uuid::Uuid;

duijie_tests::both_engines!(
    an_organization_registers_corrects_and_is_verified,
    a_refused_or_forgotten_registration_frees_the_code,
    registrations_from_one_address_are_limited,
    the_yearly_recheck_is_announced_and_asked_for,
    lost_standing_stops_what_is_open_and_the_street_hands_over,
);

const PASSWORD: &str = "qing-teng-yun-dian-7788-shan";

fn code(body: &str) -> String {
    Uscc::with_check_digits(body).unwrap().as_str().to_owned()
}

fn begin(uscc: &str, account: &str) -> Fields {
    fields(&[
        ("uscc", uscc),
        ("name", "示例康宁社工服务中心"),
        ("account", account),
        ("display_name", "办公室主任"),
        ("new_password", PASSWORD),
        ("again", PASSWORD),
        ("agree", "1"),
    ])
}

fn basic() -> Fields {
    fields(&[
        ("name", "示例康宁社工服务中心"),
        ("division", "120102"),
        ("competent_unit", "河东区民政局"),
        ("founded_on", "2019-05-06"),
        ("business_scope", "社会工作服务，养老服务"),
        ("legal_representative", "欧阳示例"),
        ("contact_name", "司徒示例"),
        ("contact_phone", "13800004321"),
    ])
}

fn service() -> Fields {
    fields(&[
        ("service", "B01"),
        ("service", "C03"),
        ("area", "120102"),
        ("summary", "做社区养老和助餐，有社工八名"),
        ("day", "1"),
        ("day", "2"),
        ("day", "3"),
        ("opens_at", "8:30"),
        ("closes_at", "17:00"),
        ("office_address", "河东区示例路1号"),
        ("postcode", "300170"),
        ("office_phone", "022-00000011"),
        ("email", "fuwu@example.cn"),
        ("website", ""),
    ])
}

async fn actor(world: &World, account: &str) -> Actor {
    storage::people::account::by_username(&mut world.read().await, account).await.unwrap().unwrap().actor()
}

async fn as_account(world: &World, account: &str) -> Ctx {
    let now = world.now();
    Ctx::new(&world.services, actor(world, account).await, "page").through(Uuid::nil(), Some(now))
}

fn wrong<T: std::fmt::Debug>(outcome: Result<T, Error>, field: &str, words: &str) {
    match outcome {
        Err(Error::Invalid(all)) => {
            assert!(
                all.iter().any(|one| one.field == field && one.message.contains(words)),
                "{field} {words}: {all:?}"
            );
        }
        other => panic!("{field} {words}: {other:?}"),
    }
}

async fn row(world: &World, id: Uuid) -> storage::supply::organization::Organization {
    storage::supply::organization::by_id(&mut world.read().await, id).await.unwrap().unwrap()
}

/// A certificate.
async fn paper(ctx: &Ctx) {
    let owner = attachment::Owner::Organization(ctx.organization().unwrap());
    attachment::add(ctx, &owner, "登记证书.pdf", b"%PDF-1.7 1 0 obj <<>> endobj".to_vec()).await.unwrap();
}

/// A registration filled in and handed in. Returns its id.
async fn handed_in(world: &World, uscc: &str, account: &str) -> Uuid {
    let id = registration::start(&world.services, "192.0.2.1", &begin(uscc, account)).await.unwrap();
    let ctx = as_account(world, account).await;
    registration::save(&ctx, registration::Step::Basic, &basic()).await.unwrap();
    registration::save(&ctx, registration::Step::Service, &service()).await.unwrap();
    paper(&ctx).await;
    registration::submit(&ctx).await.unwrap();
    id
}

fn passed() -> Standing {
    Standing { inspection: Some(Inspection::Passed), inspection_year: Some(2025), ..Standing::default() }
}

async fn tasks(world: &World, by: &Ctx) -> Vec<Task> {
    let _ = world;
    services::office::desk::load(by).await.unwrap().due.into_iter().map(|item| item.task).collect()
}

async fn an_organization_registers_corrects_and_is_verified(world: World) {
    let good = code("52120102MJT81001");
    let start = async |fields: &Fields| registration::start(&world.services, "192.0.2.9", fields).await;
    // One character wrong, a company, another place, nobody's word, a weak password: each with its own sentence.
    let mut broken = good.clone();
    broken.replace_range(17.., if good.ends_with('0') { "1" } else { "0" });
    wrong(start(&begin(&broken, "kangning")).await, "uscc", "校验位不符");
    wrong(start(&begin(&code("91120102MJT81001"), "kangning")).await, "uscc", "企业");
    wrong(start(&begin(&code("52440300MJT81001"), "kangning")).await, "uscc", "不在天津");
    wrong(start(&with(&begin(&good, "kangning"), &[("agree", "")])).await, "agree", "委托");
    wrong(
        start(&with(&begin(&good, "kangning"), &[("new_password", "123456"), ("again", "123456")])).await,
        "new_password",
        "",
    );
    wrong(start(&begin(&good, "meals")).await, "account", "已经有人用了");
    wrong(start(&begin(&world.usccs["meals"], "kangning")).await, "uscc", "已经登记过");
    let id = start(&begin(&good, "kangning")).await.unwrap();
    assert_eq!(row(&world, id).await.state, OrganizationState::Draft);
    wrong(start(&begin(&good, "other")).await, "uscc", "在填写申请");
    let ctx = as_account(&world, "kangning").await;
    assert!(tasks(&world, &ctx).await.contains(&Task::CompleteApplication { returned: false }));
    // Not before everything is filled in; what is wrong is named.
    wrong(registration::submit(&ctx).await, "contact_phone", "");
    let bad = with(&basic(), &[("contact_phone", "1380000")]);
    wrong(registration::save(&ctx, registration::Step::Basic, &bad).await, "contact_phone", "");
    let private = with(&basic(), &[("business_scope", "请打13800001234")]);
    wrong(registration::save(&ctx, registration::Step::Basic, &private).await, "business_scope", "不能公开");
    // What was typed and not right waits in a draft of the applicant's own.
    let kept = draft::save(&ctx, None, "/organization/apply/basic#basic", &bad, &[]).await.unwrap();
    let found = draft::load(&ctx, kept, "/organization/apply/basic#basic").await.unwrap().unwrap();
    assert!(found.fields.iter().any(|(name, value)| name == "contact_phone" && value == "1380000"));
    registration::save(&ctx, registration::Step::Basic, &basic()).await.unwrap();
    let late = with(&service(), &[("closes_at", "08:00")]);
    wrong(registration::save(&ctx, registration::Step::Service, &late).await, "closes_at", "晚于");
    registration::save(&ctx, registration::Step::Service, &service()).await.unwrap();
    wrong(registration::submit(&ctx).await, "file", "登记证书");
    paper(&ctx).await;
    registration::submit(&ctx).await.unwrap();
    assert!(matches!(registration::submit(&ctx).await, Err(Error::Conflict(_))), "handed in once");
    assert!(matches!(registration::save(&ctx, registration::Step::Basic, &basic()).await, Err(Error::Conflict(_))));
    // Persons stand sealed in the database.
    for rows in world.rows().await.values() {
        for text in rows {
            assert!(!text.contains("欧阳示例") && !text.contains("13800004321"), "{text}");
        }
    }
    // The district sees it, with persons and papers; other offices do not.
    for (by, sees) in [("district", true), ("city", true), ("other_district", false)] {
        let found = tasks(&world, &world.by(by)).await.contains(&Task::VerifyOrganization);
        assert_eq!(found, sees, "{by}");
    }
    let persons = organization::view(&world.by("district"), id).await.unwrap().persons;
    assert_eq!(persons.unwrap().legal_representative, "欧阳示例");
    assert_eq!(attachment::list(&world.by("district"), id).await.unwrap().len(), 1);
    assert!(matches!(organization::view(&world.by("other_district"), id).await, Err(Error::NotFound)));
    assert_eq!(organization::view(&world.by("street"), id).await.ok().and_then(|view| view.persons), None);
    // Sent back with a reason, mended, handed in again.
    organization::return_(&world.by("district"), id, "证书照片看不清").await.unwrap();
    let application = registration::own(&ctx).await.unwrap();
    assert_eq!(application.answer.as_deref(), Some("证书照片看不清"));
    assert!(tasks(&world, &ctx).await.contains(&Task::CompleteApplication { returned: true }));
    assert!(notice::count_unread(&ctx).await.unwrap() > 0);
    paper(&ctx).await;
    registration::submit(&ctx).await.unwrap();
    // A conclusion that keeps organizations out, then the right one.
    let until = day("2027-11-24");
    let failed = Standing { inspection: Some(Inspection::Failed), ..passed() };
    for bad in [failed, Standing { revoked: true, ..passed() }, Standing { dishonest: true, ..passed() }] {
        let refused = organization::verify_with(&world.by("district"), id, until, &bad).await;
        assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    }
    wrong(organization::verify_with(&world.by("district"), id, day("2029-01-01"), &passed()).await, "until", "一年");
    let basic_grade = Standing { inspection: Some(Inspection::Basic), ..passed() };
    organization::verify_with(&world.by("district"), id, until, &basic_grade).await.unwrap();
    let found = row(&world, id).await;
    assert_eq!((found.state, found.verified_until), (OrganizationState::Verified, Some(until)));
    let profile = organization::view(&world.by("district"), id).await.unwrap().profile;
    assert_eq!(profile.standing().warnings(world.now().day()).len(), 1, "基本合格 is pointed out");
    let market =
        services::aid::matching::market(&world.services, &mut world.services.db.read().await.unwrap()).await.unwrap();
    assert!(market.iter().any(|supplier| supplier.id == id));
    // Later it changes what it does, but not who it is.
    registration::save(&ctx, registration::Step::Service, &with(&service(), &[("area", "12")])).await.unwrap();
    let renamed = with(&basic(), &[("name", "示例另一家服务中心")]);
    wrong(registration::save(&ctx, registration::Step::Basic, &renamed).await, "name", "核验过");
    world.sealed().await;
    world.sound().await;
}

async fn a_refused_or_forgotten_registration_frees_the_code(world: World) {
    let uscc = code("52120102MJT81002");
    let id = handed_in(&world, &uscc, "first").await;
    wrong(registration::start(&world.services, "192.0.2.2", &begin(&uscc, "second")).await, "uscc", "已经登记过");
    organization::refuse(&world.by("district"), id, "不是本机构委托的人").await.unwrap();
    assert_eq!(
        registration::own(&as_account(&world, "first").await).await.unwrap().answer.as_deref(),
        Some("不是本机构委托的人")
    );
    let again = registration::start(&world.services, "192.0.2.2", &begin(&uscc, "second")).await.unwrap();
    assert_eq!(again, id, "one code, one organization, one history");
    // Whoever registered before is out, and the papers with it.
    let first = storage::people::account::by_username(&mut world.read().await, "first").await.unwrap().unwrap();
    assert_eq!(first.state, domain::organization::AccountState::Deactivated);
    let ctx = as_account(&world, "second").await;
    let fresh = registration::own(&ctx).await.unwrap();
    assert_eq!((fresh.papers, fresh.persons.contact_phone.as_str()), (0, ""));
    // Left lying for thirty days it falls; touched in between it does not.
    world.set(world.now().plus_days(29));
    registration::save(&ctx, registration::Step::Basic, &basic()).await.unwrap();
    world.set(world.now().plus_days(29));
    clocks::tick(&world.services).await.unwrap();
    assert_eq!(row(&world, id).await.state, OrganizationState::Draft);
    world.set(world.now().plus_days(2));
    clocks::tick(&world.services).await.unwrap();
    clocks::tick(&world.services).await.unwrap();
    assert_eq!(row(&world, id).await.state, OrganizationState::Refused);
    assert_eq!(world.count_events("organization.abandon").await, 1);
    registration::start(&world.services, "192.0.2.2", &begin(&uscc, "third-one")).await.unwrap();
    world.sealed().await;
    world.sound().await;
}

async fn registrations_from_one_address_are_limited(world: World) {
    let mut refused = 0;
    for n in 0..12 {
        let uscc = code(&format!("52120102MJT82{n:03}"));
        let begun = registration::start(&world.services, "192.0.2.3", &begin(&uscc, &format!("many-{n}"))).await;
        match begun {
            Ok(_) => {}
            Err(Error::TooMany { seconds }) => {
                assert!(seconds > 0);
                refused += 1;
            }
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(refused, 4);
    // Somebody elsewhere registers all the same.
    let uscc = code("52120102MJT82900");
    registration::start(&world.services, "192.0.2.4", &begin(&uscc, "elsewhere")).await.unwrap();
}

async fn the_yearly_recheck_is_announced_and_asked_for(world: World) {
    let until = row(&world, world.org("meals")).await.verified_until.unwrap();
    let told = async || {
        world
            .number("SELECT COUNT(*) FROM notices WHERE organization_id IS NOT NULL AND title = '请申请年度复核'")
            .await
    };
    let at = |days: u64| domain::calendar::Time::at(until - chrono::Days::new(days), 9, 0);
    for (days, wanted) in [(31, 0), (30, 3), (29, 3), (8, 3), (7, 6), (1, 6)] {
        world.set(at(days));
        clocks::tick(&world.services).await.unwrap();
        clocks::tick(&world.services).await.unwrap();
        assert_eq!(told().await, wanted, "{days} days before");
    }
    let meals = world.by("meals");
    assert!(tasks(&world, &meals).await.contains(&Task::AskRecheck));
    assert!(matches!(registration::ask_recheck(&world.by("meals_worker")).await, Err(Error::Forbidden(_))));
    registration::ask_recheck(&meals).await.unwrap();
    assert!(matches!(registration::ask_recheck(&meals).await, Err(Error::Conflict(_))), "asked once");
    assert!(tasks(&world, &world.by("district")).await.contains(&Task::RecheckOrganization));
    let next = until + chrono::Days::new(360);
    let standing = Standing { inspection_year: Some(2026), ..passed() };
    organization::verify_with(&world.by("district"), world.org("meals"), next, &standing).await.unwrap();
    assert!(!tasks(&world, &world.by("district")).await.contains(&Task::RecheckOrganization));
    // The others lapse; who was checked anew goes on.
    world.set(domain::calendar::Time::at(until + chrono::Days::new(1), 0, 1));
    clocks::tick(&world.services).await.unwrap();
    assert_eq!(row(&world, world.org("meals")).await.state, OrganizationState::Verified);
    assert_eq!(row(&world, world.org("care")).await.state, OrganizationState::Lapsed);
    registration::ask_recheck(&world.by("care")).await.unwrap();
    organization::verify_with(&world.by("district"), world.org("care"), next, &standing).await.unwrap();
    world.set(domain::calendar::Time::at(next - chrono::Days::new(30), 9, 0));
    clocks::tick(&world.services).await.unwrap();
    assert_eq!(told().await, 8, "the new year is announced again");
    world.sealed().await;
    world.sound().await;
}

async fn lost_standing_stops_what_is_open_and_the_street_hands_over(world: World) {
    let need = world.published(&with(&household(), &[("valid_until", "2027-06-30")])).await;
    let pairing = world.active("meals", &need, &[5, 0]).await;
    let other = world.meals(14).await;
    let claim = world.claimed("meals", &other, &[3]).await;
    let third = world.meals(7).await;
    crate::aid::ask::invite(&world, "street", &third, &["meals"]).await.unwrap();
    let district = world.by("district");
    let failed = Standing { inspection: Some(Inspection::Failed), ..passed() };
    organization::record_standing(&district, world.org("meals"), &failed).await.unwrap();
    assert_eq!(row(&world, world.org("meals")).await.state, OrganizationState::Suspended);
    // Pairings are paused with two days to hand over, claims and invitations are off the table.
    let paused = world.pairing(&pairing).await;
    assert_eq!((paused.state, paused.due_at), (PairingState::Paused, Some(world.now().plus_days(HAND_OVER_DAYS))));
    assert_eq!(world.claim(&claim).await.state, ClaimState::Superseded);
    assert_eq!(world.lines(&other).await[0].taken, 0);
    let asks = services::aid::ask::of_need(&world.by("street"), &third).await.unwrap();
    assert_eq!(asks[0].ask.state, domain::ask::AskState::Withdrawn);
    assert!(services::aid::pairing::resume(&world.by("meals"), &pairing).await.is_err());
    assert!(services::aid::pairing::resume(&world.by("street"), &pairing).await.is_err());
    assert!(organization::resume(&district, world.org("meals")).await.is_err(), "still not fit");
    let street = world.by("street");
    assert!(tasks(&world, &street).await.contains(&Task::HandOver));
    // Two days without a hand-over are said to the district, once.
    world.set(world.now().plus_days(HAND_OVER_DAYS).plus_minutes(1));
    clocks::tick(&world.services).await.unwrap();
    clocks::tick(&world.services).await.unwrap();
    let late = "SELECT COUNT(*) FROM notices WHERE scope = '120102' AND title LIKE '%还没有移交%'";
    assert_eq!(world.number(late).await, 1);
    // The street arranges it; the receiver still has to accept.
    transfer::offer(&street, &pairing, &world.usccs["care"], "机构年检不合格").await.unwrap();
    assert!(!tasks(&world, &street).await.contains(&Task::HandOver));
    let offered = storage::aid::transfer::pending_of(&mut world.read().await, paused.id).await.unwrap().unwrap();
    transfer::answer(&world.by("care"), offered.id, true).await.unwrap();
    let next = transfer::decide(&street, offered.id, true, "").await.unwrap();
    assert_eq!(world.pairing(&next).await.organization_id, world.org("care"));
    assert_eq!(world.pairing(&pairing).await.state, PairingState::Transferred);
    // An organization in good standing hands over by itself: the office does not decide for it.
    let refused = transfer::offer(&street, &next, &world.usccs["third"], "换一家").await;
    assert!(matches!(refused, Err(Error::Conflict(_))), "{refused:?}");
    // With a good conclusion it may come back.
    organization::record_standing(&district, world.org("meals"), &passed()).await.unwrap();
    organization::resume(&district, world.org("meals")).await.unwrap();
    world.sealed().await;
    world.sound().await;
}
