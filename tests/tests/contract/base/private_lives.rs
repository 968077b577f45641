//! Who reaches a household, what is left of it, and who counts as one person: what an attacker's week found.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use axum::http::{Request, StatusCode, header};
use domain::need::CloseReason;
use domain::organization::{LedgerKind, OrganizationState};
use domain::pairing::Purpose;
use domain::resident_id::ResidentId;
use domain::role::Role;
use duijie_tests::world::{Canary, Engine, STREET, World, day, fields, household, with};
use services::aid::{disclosure, need_file, view};
use services::base::{attachment, draft};
use services::finding::hall::Viewer;
use services::needs::{import, need};
use services::people::{account, invitation};
use services::record::{retention, rights};
use services::supply::{organization, project, registration};
use services::volunteers::volunteer;
use services::{Conflict, Error};
use storage::base::sealed::{COLUMNS, Place};
use storage::record::erasure::TABLES;
use tower::ServiceExt as _;

use crate::base::web::{FORM, Web};
use crate::needs::privacy::is_rule;

duijie_tests::both_engines!(
    the_city_opens_a_file_with_a_second_person,
    after_a_request_nothing_of_the_person_remains,
    after_its_time_nothing_of_the_person_remains,
    every_table_of_persons_has_its_fate,
    two_streets_are_answered_alike,
    one_clerk_is_not_two_persons,
    a_password_and_a_second_factor_are_two_administrators,
    an_ended_session_leaves_nothing_behind,
    a_known_number_is_answered_like_a_new_one,
    a_body_of_nobody_is_not_read,
    requests_that_are_unclear_are_refused,
    refusals_in_a_row_are_counted,
    what_is_wider_is_looked_at_again,
    few_are_not_counted_for_the_public,
    anything_that_is_sent_is_answered,
);

fn words<T: std::fmt::Debug>(outcome: Result<T, Error>) -> String {
    match outcome {
        Err(Error::Conflict(Conflict::Rule(words))) => words,
        Err(Error::Forbidden(refusal)) => refusal.sentence().to_owned(),
        other => panic!("{other:?}"),
    }
}

async fn the_city_opens_a_file_with_a_second_person(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let (city, street) = (world.by("city"), world.by("street"));
    let view::NeedView::Staff(seen) = view::need(&world.services, Viewer::of(Some(&city)), &code).await.unwrap() else {
        panic!("the city's own scope")
    };
    assert!(seen.file.is_none() && seen.attachments.is_empty(), "not even masked");
    assert_eq!((seen.way, seen.consent.unwrap().evidence.as_str()), (need_file::Way::Ask, ""));
    for refused in [
        need_file::open(&city, &code, Purpose::Supervise).await.map(|_| ()),
        services::aid::pairing::disclose(&city, &pairing, Purpose::Verify).await.map(|_| ()),
    ] {
        assert!(words(refused).contains("市级"));
    }
    assert!(matches!(rights::list(&city).await, Err(Error::NotFound)));
    assert!(view::editable(&city, &code).await.is_err());
    // Asked for with a purpose; answered by another person; opened once within a day.
    assert!(matches!(disclosure::ask_file(&city, &code, Purpose::Visit).await, Err(Error::Invalid(_))));
    disclosure::ask_file(&city, &code, Purpose::Supervise).await.unwrap();
    assert!(is_rule(&disclosure::ask_file(&city, &code, Purpose::Supervise).await), "once");
    assert!(is_rule(&disclosure::ask_file(&street, &code, Purpose::Review).await), "an office need not ask");
    let view::NeedView::Staff(asked) = view::need(&world.services, Viewer::of(Some(&street)), &code).await.unwrap()
    else {
        panic!("the street's own need")
    };
    let access = asked.accesses[0].id;
    let desk = services::office::desk::load(&street).await.unwrap();
    assert!(desk.due.iter().any(|item| item.id == access && item.code == code));
    assert!(matches!(disclosure::decide(&city, access, true, "").await, Err(Error::Forbidden(_))), "not by who asked");
    assert!(matches!(disclosure::decide(&world.by("other_street"), access, true, "").await, Err(Error::NotFound)));
    assert_eq!(disclosure::decide(&street, access, true, "").await.unwrap(), format!("/needs/{code}"));
    let opened = need_file::open(&city, &code, Purpose::Supervise).await.unwrap();
    assert!(opened.fields.iter().any(|(field, value)| field == "name" && value == Canary::new().name));
    assert!(is_rule(&need_file::open(&city, &code, Purpose::Supervise).await.map(|_| ())), "once");
    // Its own office opens it for a purpose, each time on record, and sees who looked.
    need_file::open(&street, &code, Purpose::Correct).await.unwrap();
    assert_eq!(world.count_events("need.disclose").await, 2);
    let reasons = world.texts("SELECT reason FROM events WHERE command = 'need.disclose' ORDER BY id").await;
    assert_eq!(reasons, [Purpose::Supervise.label(), Purpose::Correct.label()]);
    for outside in ["meals", "vol", "admin", "auditor", "other_street"] {
        assert!(need_file::open(&world.by(outside), &code, Purpose::Review).await.is_err(), "{outside}");
    }
    // What nobody used lapses.
    disclosure::ask_file(&city, &code, Purpose::Supervise).await.unwrap();
    world.set(world.now().plus_days(10));
    services::office::clocks::tick(&world.services).await.unwrap();
    assert_eq!(world.count_events("disclosure.lapse").await, 1);
    world.sealed().await;
    world.sound().await;
}

/// Everything sealed, opened; and everything else as it stands.
async fn everything(world: &World) -> String {
    let sealer = world.services.db.unseen();
    let mut all = format!("{:?}", world.rows().await);
    for column in COLUMNS {
        let (table, key, name) = (column.table, column.key, column.column);
        let query = format!("SELECT {key}, {name} FROM {table} WHERE LENGTH({name}) > 0");
        let query = sqlx::AssertSqlSafe(query);
        let opened: Vec<String> = if column.is_text {
            let rows: Vec<(uuid::Uuid, String)> = match &mut world.read().await {
                storage::Tx::Sqlite(tx) => sqlx::query_as(query).fetch_all(&mut **tx).await.unwrap(),
                storage::Tx::Postgres(tx) => sqlx::query_as(query).fetch_all(&mut **tx).await.unwrap(),
            };
            rows.iter().map(|(id, text)| sealer.open_text(Place::new(table, name, id), text).unwrap()).collect()
        } else {
            let rows: Vec<(uuid::Uuid, Vec<u8>)> = match &mut world.read().await {
                storage::Tx::Sqlite(tx) => sqlx::query_as(query).fetch_all(&mut **tx).await.unwrap(),
                storage::Tx::Postgres(tx) => sqlx::query_as(query).fetch_all(&mut **tx).await.unwrap(),
            };
            let open =
                |(id, bytes): &(uuid::Uuid, Vec<u8>)| sealer.open_bytes(Place::new(table, name, id), bytes).unwrap();
            rows.iter().map(open).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect()
        };
        all.push_str(&opened.join("\n"));
    }
    all
}

/// A household with everything that hangs on one: evidence, a scan, a request, drafts, ledgers that say it again.
async fn lived(world: &World) -> String {
    let canary = Canary::new();
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[14]).await;
    let street = world.by("street");
    let owner = attachment::Owner::Need(code.clone());
    let scan = format!("%PDF-1.7 1 0 obj <<>> endobj {}", canary.name);
    attachment::add(&street, &owner, "桑榆晚晴同意书.pdf", scan.into_bytes()).await.unwrap();
    let asked = fields(&[
        ("kind", "explain"),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", "我是桑榆晚晴，电话13800009876，谁看过我的资料"),
    ]);
    let explain = rights::receive(&street, &code, &asked).await.unwrap();
    let typed = |text: &str| fields(&[("note", text)]);
    for (by, form, text) in [
        ("street", format!("/needs/{code}#consent"), "桑榆晚晴本人同意"),
        ("meals", format!("/pairings/{pairing}#report"), "桑榆晚晴说很好"),
        ("street2", format!("/rights/{explain}#explain"), "已告诉桑榆晚晴"),
        ("street3", "/needs/new#need".to_owned(), "又登记了一次 13800009876"),
    ] {
        draft::save(&world.by(by), None, &form, &typed(text), &[]).await.unwrap();
    }
    // Somebody else's stays.
    draft::save(&world.by("street"), None, "/needs/new#need", &typed("另一户"), &[]).await.unwrap();
    let row = |number: &str, name: &str, id: &str, phone: &str, services: &str| {
        format!(
            "{number},{number},走访,2026-11-03,个案,120102012011,最低生活保障家庭（低保对象）,{services},一人居住行动不便,一般,每天1餐,2026-11-03至2027-01-31,{name},{id},{phone},示例里1号\n"
        )
    };
    let head = "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限,姓名,身份证号码,联系电话,家庭住址\n";
    let again = row("XQB1", canary.name, &canary.id_number, canary.phone, "没有这种服务");
    let another = ResidentId::with_check_digit("12010219000202002").unwrap();
    let other = row("XQB2", "苏合香", another.as_str(), "13900007654", "助餐");
    let report =
        import::upload(&street, LedgerKind::Needs, "桑榆晚晴一户.csv", format!("{head}{again}{other}").into_bytes())
            .await
            .unwrap();
    let (_, checked) = import::load(&street, report).await.unwrap();
    import::apply(&street, report).await.unwrap_or_else(|error| panic!("{error:?} {:?}", checked.rows));
    let waiting = row("XQB3", canary.name, &canary.id_number, canary.phone, "助餐");
    import::upload(&street, LedgerKind::Needs, "第二份.csv", format!("{head}{waiting}").into_bytes()).await.unwrap();
    services::aid::pairing::terminate(&world.by("street"), &pairing, "不合适").await.unwrap();
    world.closed(&code, CloseReason::DoneByOthers).await;
    assert!(!canary.found_in(&everything(world).await).is_empty(), "the world holds the household");
    code
}

async fn gone(world: &World, code: &str) {
    let canary = Canary::new();
    assert_eq!(canary.found_in(&everything(world).await), Vec::<String>::new());
    let id = world.need(code).await.id;
    let scans = storage::base::attachment::of(&mut world.read().await, world.services.db.unseen(), id).await.unwrap();
    assert!(scans.is_empty());
    // What is another's is there.
    assert_eq!(world.number("SELECT COUNT(*) FROM drafts").await, 1);
    assert!(everything(world).await.contains("苏合香"));
    world.sealed().await;
    world.sound().await;
}

async fn after_a_request_nothing_of_the_person_remains(world: World) {
    let code = lived(&world).await;
    let paper = world.texts("SELECT CAST(COUNT(*) AS TEXT) FROM attachments WHERE state = 'kept'").await;
    assert_eq!(paper, ["1"]);
    let asked = fields(&[
        ("kind", "erase"),
        ("asker", "person"),
        ("channel", "counter"),
        ("received_on", "2026-11-24"),
        ("words", "请删除桑榆晚晴的资料"),
    ]);
    let request = rights::receive(&world.by("street"), &code, &asked).await.unwrap();
    rights::erase(&world.by("district"), &request).await.unwrap();
    gone(&world, &code).await;
    assert_eq!(world.count_events("rights.erase").await, 1, "that it happened stays");
}

async fn after_its_time_nothing_of_the_person_remains(world: World) {
    // A scan that an earlier erasure left: its file is gone.
    let other = world.meals(14).await;
    let owner = attachment::Owner::Need(other.clone());
    attachment::add(&world.by("street"), &owner, "同意书.pdf", b"%PDF-1.7 1 0 obj <<>> endobj".to_vec()).await.unwrap();
    world.closed(&other, CloseReason::DoneByOthers).await;
    let without = format!("DELETE FROM need_files WHERE need_id = (SELECT id FROM needs WHERE code = '{other}')");
    world.raw(&without).await.unwrap();
    let code = lived(&world).await;
    let ended = world.need(&code).await.closed_at.unwrap();
    world.set(ended.plus_days(61 * 31));
    retention::run(&world.by("security")).await.unwrap();
    gone(&world, &code).await;
    assert_eq!(world.count_events("need.anonymise").await, 2);
    assert_eq!(world.number("SELECT COUNT(*) FROM attachments WHERE state = 'kept'").await, 0);
    assert!(retention::run(&world.by("security")).await.unwrap().is_empty(), "once");
}

/// A table of a need, or with sealed values, is either erased or kept for a written reason.
async fn every_table_of_persons_has_its_fate(world: World) {
    let mut without = Vec::new();
    for table in world.tables().await {
        let of_need = world.columns(&table).await.iter().any(|column| column == "need_id");
        let sealed = COLUMNS.iter().any(|column| column.table == table);
        if (of_need || sealed) && !TABLES.iter().any(|(known, _)| *known == table) {
            without.push(table);
        }
    }
    assert_eq!(without, Vec::<String>::new(), "say in storage::record::erasure what becomes of them");
    let all: BTreeSet<String> = world.tables().await.into_iter().collect();
    for (table, _) in TABLES {
        assert!(all.contains(*table), "{table} is gone");
    }
}

/// Two needs that differ in their street alone: a project for each street tells nothing before a pairing.
async fn two_streets_are_answered_alike(world: World) {
    let mut free = Vec::new();
    for (title, street) in [("甲街送餐", "河东区鲁山道街道"), ("乙街送餐", "河东区二号桥街道")]
    {
        let form = with(
            &crate::supply::project::hot_meals(),
            &[("title", title), ("area", ""), ("streets", street), ("capacity", "40")],
        );
        free.push(crate::supply::project::publish(&world, "meals", &form).await);
    }
    let at =
        async |code: &String| project::view(&world.services, Some(&world.by("meals")), code).await.unwrap().free.left;
    let mut told = Vec::new();
    for division in [duijie_tests::world::VILLAGE, "120102005001"] {
        let before = (at(&free[0]).await, at(&free[1]).await);
        let form = with(
            &household(),
            &[
                ("division_code", division),
                ("lines.1.service", ""),
                ("lines.1.quantity", ""),
                ("lines.1.unit", ""),
                ("lines.1.per", ""),
            ],
        );
        let need = world.draft("district", &form).await;
        need::submit(&world.by("district"), &need).await.unwrap();
        need::publish(&world.by("district2"), &need).await.unwrap();
        let claim = world.claimed("meals", &need, &[14]).await;
        let after = (at(&free[0]).await, at(&free[1]).await);
        told.push((before.0 - after.0, before.1 - after.1));
        services::aid::claim::withdraw(&world.by("meals"), &claim, "来不了").await.unwrap();
    }
    assert_eq!(told[0], told[1], "capacity says the street");
}

async fn one_clerk_is_not_two_persons(world: World) {
    let district = world.by("district");
    let post = |name: &str| invitation::Post {
        role: Role::Street,
        scope: STREET.to_owned(),
        organization_id: None,
        display_name: name.to_owned(),
    };
    let mut made = Vec::new();
    for (name, shown) in [("puppet", "示例甲"), ("puppet2", "示例乙")] {
        let link = invitation::create(&district, &post(shown)).await.unwrap();
        let password = "five otters under one bridge";
        made.push(invitation::accept(&world.services, &link, name, shown, password, password).await.unwrap());
    }
    let by = |id| {
        let actor = domain::role::Actor {
            account_id: Some(id),
            role: Role::Street,
            scope: STREET.to_owned(),
            organization_id: None,
        };
        services::Ctx::new(&world.services, actor, "page").through(uuid::Uuid::nil(), Some(world.now()))
    };
    // What the account enters its maker does not publish; nor does a second one of his making decide about the first's.
    let code = need::create(&by(made[0]), &world.input(&household())).await.unwrap();
    need::submit(&by(made[0]), &code).await.unwrap();
    let refused = need::publish(&district, &code).await;
    assert!(words(refused).contains("开通或重设过"));
    need::publish(&world.by("district2"), &code).await.unwrap();
    need::propose_close(&by(made[0]), &code, &duijie_tests::steps::closing(CloseReason::DoneByOthers)).await.unwrap();
    for kin in [&district, &by(made[1])] {
        assert!(words(need::confirm_close(kin, &code).await).contains("开通或重设过"));
    }
    // Whoever made it does not vouch for it; a second administrator who has met the person does.
    assert!(words(account::vouch(&district, made[0]).await).contains("开通或重设过"));
    account::vouch(&world.by("district2"), made[0]).await.unwrap();
    need::confirm_close(&district, &code).await.unwrap();
    // The other one counts for itself after a month.
    let code = need::create(&by(made[1]), &world.input(&household())).await.unwrap();
    need::submit(&by(made[1]), &code).await.unwrap();
    assert!(need::publish(&district, &code).await.is_err());
    world.set(world.now().plus_days(31));
    need::publish(&district, &code).await.unwrap();
    world.sealed().await;
    world.sound().await;
}

async fn a_password_and_a_second_factor_are_two_administrators(world: World) {
    let worker = world.id("meals_worker");
    let chief = world.by("meals");
    account::password_link(&chief, worker).await.unwrap();
    assert!(words(account::reset_factor(&chief, worker).await).contains("另一位管理员"));
    account::reset_factor(&world.by("security"), worker).await.unwrap();
    let other = world.id("meals_other");
    account::reset_factor(&chief, other).await.unwrap();
    assert!(words(account::password_link(&chief, other).await).contains("另一位管理员"));
    world.set(world.now().plus_days(31));
    account::reset_factor(&chief, worker).await.unwrap();
    world.sound().await;
}

async fn an_ended_session_leaves_nothing_behind(world: World) {
    let web = Web::new(world).await;
    let world = &web.world;
    let form = |text: &str| [("form", "/needs/new#need".to_owned()), ("description", text.to_owned())];
    let sent = async |session: &str, text: &str| {
        let typed = form(text);
        let typed: Vec<(&str, &str)> = typed.iter().map(|(name, value)| (*name, value.as_str())).collect();
        web.post("/needs/new/who", Some(session), &typed).await
    };
    let drafts = async || world.number("SELECT COUNT(*) FROM drafts").await;
    // Signed out: nothing.
    let session = web.session("street").await;
    web.post("/logout", Some(&session), &[]).await;
    let before = drafts().await;
    let answer = sent(&session, "签退以后").await;
    assert!(answer.location.starts_with("/login?"), "{}", answer.location);
    assert_eq!(drafts().await, before);
    // Another post: nothing.
    let session = web.session("street2").await;
    account::change(&world.by("security"), world.id("street2"), "示例street2", Role::Street, STREET).await.unwrap();
    sent(&session, "换岗以后").await;
    assert_eq!(drafts().await, before);
    // Sat too long: kept for half an hour, and only a few.
    let session = web.session("street3").await;
    world.set(world.now().plus_minutes(125));
    let mut told = String::new();
    for n in 0..60 {
        told = sent(&session, &format!("坐得太久{n}{}", "字".repeat(10_000))).await.location;
    }
    assert!(told.ends_with("ended=lost"), "what is not kept is said: {told}");
    let kept = drafts().await - before;
    assert!((1..=20).contains(&kept), "{kept}");
    world.set(world.now().plus_minutes(60));
    let late = sent(&session, "再晚就不留了").await.location;
    assert!(web.get(&late, None).await.text.contains("刚才那一步没有办"), "{late}");
    assert_eq!(drafts().await - before, kept);
    // And whoever is in has a quota with a clear word.
    let mut refused = None;
    for n in 0..400 {
        if let Err(error) =
            draft::save(&world.by("district"), None, &format!("/x#{n}"), &fields(&[("a", "b")]), &[]).await
        {
            refused = Some((n, words::<()>(Err(error))));
            break;
        }
    }
    let (n, said) = refused.expect("a quota");
    assert!(n <= 200 && said.contains("草稿太多"), "{n} {said}");
}

async fn a_known_number_is_answered_like_a_new_one(world: World) {
    let web = Web::new(world).await;
    let world = &web.world;
    let join = async |account: &str, phone: &str| {
        let typed = [
            ("name", "示例来人"),
            ("sex", "female"),
            ("birth", "1990-05-01"),
            ("phone", phone),
            ("division", "河东区鲁山道街道"),
            ("service", "C03"),
            ("slot", "weekend_day"),
            ("consent", "on"),
            ("account", account),
            ("new_password", "five otters under one bridge"),
            ("again", "five otters under one bridge"),
        ];
        let answer = web.post("/volunteers/join", None, &typed).await;
        (answer.status, answer.location)
    };
    let known = volunteer::own(&world.by("vol")).await.unwrap().file.phone;
    let (fresh, again) = (join("newcomer", "13800990001").await, join("stranger", &known).await);
    assert_eq!(fresh, again, "whoever types a number in learns nothing of whose it is");
    assert_eq!(fresh.0, StatusCode::SEE_OTHER);
    // The street hears of it, by the new one's number alone.
    let told = world.texts("SELECT title || body FROM notices WHERE title LIKE '%和另一位相同'").await;
    assert_eq!(told.len(), 1);
    assert!(!told[0].contains(&known), "{told:?}");
    // On the own page as well, and a number after another is slow.
    let own = volunteer::own(&world.by("vol2")).await.unwrap();
    let mut form = volunteer::fields_of(&world.services, &own);
    form = with(&form, &[("phone", &known)]);
    let input = volunteer::read(&form, &world.services.divisions(), world.now().day(), false).unwrap();
    volunteer::edit(&world.by("vol2"), own.volunteer.version, &input).await.unwrap();
    let mut slow = false;
    for _ in 0..30 {
        let own = volunteer::own(&world.by("vol2")).await.unwrap();
        match volunteer::edit(&world.by("vol2"), own.volunteer.version, &input).await {
            Ok(()) => {}
            Err(Error::TooMany { .. }) => slow = true,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(slow);
}

/// Megabytes that are sent, and how many of them anybody took.
struct Counted {
    left: usize,
    read: Arc<AtomicUsize>,
}

impl http_body::Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Self::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.read.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from(vec![b'a'; 1 << 20])))))
    }
}

/// Of a request without an account not a byte is taken, and of one that says it is too large neither.
async fn a_body_of_nobody_is_not_read(world: World) {
    let web = Web::new(world).await;
    let session = web.session("street").await;
    for (path, kind, cookie, length) in [
        ("/import", "multipart/form-data; boundary=x", None, None),
        ("/needs/new/who", "application/x-www-form-urlencoded", None, None),
        ("/import", "multipart/form-data; boundary=x", Some(&session), Some("900000000")),
    ] {
        let read = Arc::new(AtomicUsize::new(0));
        let body = Counted { left: 64, read: Arc::clone(&read) };
        let mut request = Request::post(path).header(header::HOST, "127.0.0.1:3000").header(header::CONTENT_TYPE, kind);
        if let Some(session) = cookie {
            request = request.header(header::COOKIE, format!("session={session}"));
        }
        if let Some(length) = length {
            request = request.header(header::CONTENT_LENGTH, length);
        }
        let answer = web.router.clone().oneshot(request.body(Body::new(body)).unwrap()).await.unwrap();
        assert!(answer.status().is_redirection() || answer.status().is_client_error(), "{path}: {}", answer.status());
        assert_eq!(read.load(Ordering::Relaxed), 0, "{path}");
    }
}

async fn requests_that_are_unclear_are_refused(world: World) {
    let web = Web::new(world).await;
    let ask = async |headers: &[(&str, &str)], path: &str| {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        web.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
    };
    assert_eq!(ask(&[("host", "127.0.0.1:3000")], "/").await, StatusCode::OK);
    assert_eq!(ask(&[], "/").await, StatusCode::BAD_REQUEST);
    assert_eq!(ask(&[("host", "evil.example")], "/").await, StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(ask(&[("host", "10.0.0.1")], "/healthz").await, StatusCode::OK, "whoever watches asks by address");
    let both = [("host", "127.0.0.1"), ("content-length", "3"), ("transfer-encoding", "chunked")];
    assert_eq!(ask(&both, "/").await, StatusCode::BAD_REQUEST);
    for next in ["%01", "/%7F", "/needs%0D%0Ax", "/%00"] {
        let answer = web.get(&format!("/login?next={next}"), None).await;
        assert_eq!(answer.status, StatusCode::OK, "{next}");
        let body = format!("next={next}&account=x&password=y").into_bytes();
        let answer = web.send("POST", "/login", None, FORM, body).await;
        assert!(!answer.status.is_server_error(), "{next}");
        let answer =
            web.send("POST", "/login", Some(&web.session("street").await), FORM, format!("next={next}").into()).await;
        assert!(!answer.status.is_server_error(), "{next}");
    }
    #[cfg(unix)]
    if web.world.engine == Engine::Sqlite {
        use std::os::unix::fs::PermissionsExt as _;
        for entry in std::fs::read_dir(web.world.dir.path()).unwrap() {
            let entry = entry.unwrap();
            if entry.file_name().to_string_lossy().contains("sqlite") {
                let mode = entry.metadata().unwrap().permissions().mode();
                assert_eq!(mode & 0o077, 0, "{} {mode:o}", entry.file_name().display());
            }
        }
    }
}

async fn refusals_in_a_row_are_counted(world: World) {
    let web = Web::new(world).await;
    let session = web.session("third").await;
    let count = async || web.world.count_events("access.refuse").await;
    let before = count().await;
    for n in 0..200 {
        web.get(&format!("/needs/XQ120102-26-9{n:05}"), Some(&session)).await;
    }
    assert_eq!(count().await - before, i64::from(services::base::trail::REFUSALS));
    web.world.set(web.world.now().plus_minutes(1));
    web.get("/needs/XQ120102-26-999999", Some(&session)).await;
    let last =
        web.world.texts("SELECT data FROM events WHERE command = 'access.refuse' ORDER BY id DESC LIMIT 1").await;
    assert!(last[0].contains("\"unwritten\":180"), "{last:?}");
}

async fn what_is_wider_is_looked_at_again(world: World) {
    let meals = world.by("meals");
    let own = registration::own(&meals).await.unwrap();
    let mut form = own.fields;
    form.retain(|(name, _)| !["service", "area"].contains(&name.as_str()));
    for (name, value) in [("service", "B01"), ("service", "D01"), ("area", "120102"), ("area", "120103")] {
        form.push((name.into(), value.into()));
    }
    for (name, value) in [
        ("summary", "送餐和助浴，周一到周五"),
        ("day", "1"),
        ("opens_at", "08:30"),
        ("closes_at", "17:00"),
        ("office_address", "河东区示例路1号"),
        ("office_phone", "13800001111"),
        ("postcode", "300171"),
    ] {
        if !form.iter().any(|(known, typed)| known == name && !typed.is_empty()) {
            form.retain(|(known, _)| known != name);
            form.push((name.into(), value.into()));
        }
    }
    registration::save(&meals, registration::Step::Service, &form).await.unwrap();
    let id = world.org("meals");
    let stored = async || storage::supply::organization::by_id(&mut world.read().await, id).await.unwrap().unwrap();
    let now = stored().await;
    assert_eq!(
        (now.services(), now.areas()),
        (vec!["B01".to_owned()], vec!["120102".to_owned()]),
        "less at once, more later"
    );
    let profile = storage::supply::organization_profile::of(&mut world.read().await, id).await.unwrap();
    assert_eq!(profile.asked(), (vec!["D01".to_owned()], vec!["120103".to_owned()]));
    let desk = services::office::desk::load(&world.by("district")).await.unwrap();
    assert!(profile.recheck_at.is_some() && !desk.due.is_empty());
    let standing = organization::read_standing(
        &fields(&[("inspection", "passed"), ("inspection_year", "2025"), ("credit", "abnormal")]),
        world.now().day(),
    )
    .unwrap();
    organization::verify_with(&world.by("district"), id, day("2027-06-30"), &standing).await.unwrap();
    let now = stored().await;
    assert_eq!(now.state, OrganizationState::Verified);
    assert!(now.services().contains(&"D01".to_owned()) && now.areas().contains(&"120103".to_owned()));
    let profile = storage::supply::organization_profile::of(&mut world.read().await, id).await.unwrap();
    assert_eq!(profile.asked(), (Vec::new(), Vec::new()));
    assert!(profile.standing().warnings(world.now().day())[0].contains("活动异常名录"));
    world.sound().await;
}

async fn few_are_not_counted_for_the_public(world: World) {
    world.published(&household()).await;
    world.caught_up().await;
    let web = Web::new(world).await;
    let few = web
        .world
        .number("SELECT COUNT(DISTINCT n.id) FROM needs n JOIN need_lines l ON l.need_id = n.id WHERE n.state = 'published' AND l.service_code = 'B03'")
        .await;
    assert!((1..5).contains(&few), "{few}");
    // 助浴
    let answer = web.get("/needs/suggest?q=%E5%8A%A9%E6%B5%B4", None).await;
    assert!(!answer.text.contains("\"total\":"), "{}", answer.text);
    let page = web.get("/needs?s=B03", None).await;
    assert!(page.text.contains("几个需求"), "the heading counts");
    let own = web.get("/needs?s=B03", Some(&web.session("street").await)).await;
    assert!(!own.text.contains("几个需求"), "an office counts its own");
}

/// Queries, forms, multipart bodies and tokens of any bytes are answered or refused, never with a failure.
async fn anything_that_is_sent_is_answered(world: World) {
    const CASES: usize = 120;
    let web = Web::new(world).await;
    let random = |most: usize| {
        let mut length = [0_u8; 2];
        web.world.services.random.fill(&mut length);
        let mut bytes = vec![0_u8; usize::from(u16::from_le_bytes(length)) % most];
        web.world.services.random.fill(&mut bytes);
        bytes
    };
    // Words that mean something to the parsers, among bytes that mean nothing.
    let words: [&[u8]; 12] = [
        b"q=",
        b"&page=",
        b"%E5%8A%A9",
        b"%",
        b"%00",
        b"=&=",
        b"s=B01",
        b"sort=newest",
        b"--x\r\n",
        b"\r\n\r\n",
        b"Content-Disposition: form-data; name=\"file\"; filename=\"a.xlsx\"",
        b"PK\x03\x04",
    ];
    let mixed = |most: usize| {
        let mut all = Vec::new();
        for byte in random(24) {
            all.extend_from_slice(words[usize::from(byte) % words.len()]);
            all.extend(random(most / 24 + 2));
        }
        all
    };
    let street = web.session("street").await;
    for case in 0..CASES {
        let text = mixed(200).iter().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let plain: String = mixed(200)
            .iter()
            .filter(|b| b.is_ascii_graphic() && !b"#<>\"{}|\\^`".contains(b))
            .map(|b| char::from(*b))
            .collect();
        for page in ["/needs", "/needs/suggest", "/projects", "/openings", "/organizations", "/teams", "/login"] {
            for query in [format!("q={text}"), plain.clone()] {
                let answer = web.get(&format!("{page}?{query}"), None).await;
                assert!(!answer.status.is_server_error(), "case {case} {page}: {}", answer.status);
            }
        }
        for page in [format!("/calendar/{text}"), format!("/verify/{text}"), format!("/needs/{text}")] {
            let answer = web.get(&page, None).await;
            assert!(!answer.status.is_server_error(), "case {case}: {}", answer.status);
        }
        for page in ["/login", "/volunteers/join", "/register"] {
            let answer = web.send("POST", page, None, FORM, mixed(400)).await;
            assert!(!answer.status.is_server_error(), "case {case} {page}: {}", answer.status);
        }
        let parts = [("content-type", "multipart/form-data; boundary=x")];
        let answer = web.send("POST", "/import", Some(&street), &parts, mixed(2_000)).await;
        assert!(!answer.status.is_server_error(), "case {case} multipart: {}", answer.status);
    }
}
