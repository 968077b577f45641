//! What stands on a volunteer's record beside the hours, who is invited by a list, the personal calendar, taps that come
//! later, and the calendar of working days.

use axum::http::StatusCode;
use domain::calendar::Time;
use domain::hours::Anomaly;
use domain::signup::SignupState;
use domain::team::MemberState;
use duijie_tests::world::{World, day, difference, fields, with};
use services::base::working_days;
use services::volunteers::attendance::{self, Mark, Tap};
use services::volunteers::{
    award, calendar_feed, evaluation, exchange, hours, member, member_import, opening, shift, signup, team, training,
    volunteer, volunteer_record,
};
use services::{Conflict, Error};
use uuid::Uuid;

use crate::base::web::{FORM, Web, encode};
use crate::volunteers::volunteer::opened;

duijie_tests::both_engines!(
    a_list_invites_and_makes_nobody_a_member,
    whom_a_list_names_opens_the_own_account,
    an_invitation_without_answer_leaves_nothing,
    trainings_and_awards_stand_on_the_record,
    a_household_says_how_it_was,
    a_calendar_has_a_secret_address,
    a_tap_that_comes_later_counts_once,
    the_citys_calendar_of_working_days_counts,
    a_volunteer_has_no_way_to_the_contact_page,
);

const HEAD: &str = "序号,姓名,性别,出生年月日,手机号,居住区域,特长,是否同意,同意日期\n";

fn list(rows: &[&str]) -> Vec<u8> {
    format!("示例服务队名册\n{HEAD}{}\n", rows.join("\n")).into_bytes()
}

const KNOWN: &str = "1,示例志愿者,女,1990-05-01,13800120020,河东区鲁山道街道,,是,2026-11-01";
const NEW: &str = "2,示例新人,男,1980-02-03,13800150002,河东区鲁山道街道,急救,是,2026-11-02";
const SILENT: &str = "3,示例沉默,女,1981-02-03,13800150003,河东区鲁山道街道,,,";
const YOUNG: &str = "4,示例少年,女,2012-02-03,13800150004,河东区鲁山道街道,,是,2026-11-02";

async fn own(world: &World, name: &str) -> Uuid {
    storage::volunteers::volunteer::by_account(&mut world.read().await, world.id(name)).await.unwrap().unwrap().id
}

async fn signed(world: &World, shift: Uuid, name: &str) -> storage::volunteers::signup::Signup {
    let id = own(world, name).await;
    storage::volunteers::signup::own(&mut world.read().await, shift, id).await.unwrap().unwrap()
}

fn rule(outcome: Result<impl std::fmt::Debug, Error>) -> String {
    match outcome {
        Err(Error::Conflict(Conflict::Rule(words))) => words,
        other => panic!("{other:?}"),
    }
}

fn is_field(outcome: &Result<impl std::fmt::Debug, Error>, field: &str) -> bool {
    matches!(outcome, Err(Error::Invalid(all)) if all.iter().any(|m| m.field == field))
}

async fn a_list_invites_and_makes_nobody_a_member(world: World) {
    let (team, _, shift) = opened(&world, &[]).await;
    let meals = world.by("meals");
    let rows = list(&[KNOWN, NEW, SILENT, YOUNG, NEW]);
    for by in ["meals_worker", "care", "vol", "street", "city"] {
        let outcome = member_import::upload(&world.by(by), &team, "名册.csv", rows.clone()).await;
        assert!(matches!(outcome, Err(Error::NotFound | Error::Forbidden(_))), "{by}: {outcome:?}");
    }
    let wrong = member_import::upload(&meals, &team, "名册.csv", b"a,b\n1,2\n".to_vec()).await;
    assert!(is_field(&wrong, "file"), "{wrong:?}");
    let before = world.number("SELECT COUNT(*) FROM volunteers").await;
    let id = member_import::upload(&meals, &team, "名册.csv", rows.clone()).await.unwrap();
    let (import, report, _) = member_import::load(&meals, id).await.unwrap();
    assert_eq!((import.rows_good, import.rows_bad, import.rows_duplicate), (2, 2, 1));
    let data = report.rows.iter().filter(|row| row.result != documents::ledger::Outcome::Skipped);
    let said: Vec<String> = data.map(|row| row.messages.join("；")).collect();
    assert!(said[2].contains("本人同意") && said[2].contains('H'), "{said:?}");
    assert!(said[3].contains("监护人"), "{said:?}");
    assert!(said[4].contains("同一个人"), "{said:?}");
    // Whether somebody is in the register already the dry run does not tell.
    assert_eq!(said[0], said[1]);
    assert_eq!(world.number("SELECT COUNT(*) FROM volunteers").await, before, "a dry run");
    // Others do not see it, and an office's import page does not either.
    for by in ["care", "meals_worker", "street"] {
        assert!(member_import::load(&world.by(by), id).await.is_err(), "{by}");
        assert!(member_import::apply(&world.by(by), id).await.is_err(), "{by}");
    }
    assert!(services::needs::import::load(&world.by("city"), id).await.is_err());
    assert!(services::needs::import::apply(&world.by("city"), id).await.is_err());
    assert_eq!(member_import::apply(&meals, id).await.unwrap(), 2);
    assert!(member_import::apply(&meals, id).await.is_err(), "once");
    let view = team::view(&world.services, Some(&meals), &team, 0).await.unwrap();
    assert_eq!((view.invited.len(), view.active.len(), view.members), (2, 0, 0));
    // An invitation lets nobody in before the person agrees.
    let vol = world.by("vol");
    let told = services::base::notice::list(&vol, 0, 5).await.unwrap();
    assert_eq!(told[0].title, "有服务队邀请您加入");
    let mine = signup::mine(&vol, 0, 5).await.unwrap();
    let asked = mine.teams[0].member.clone();
    assert_eq!(asked.state, MemberState::Invited);
    assert!(!team::view(&world.services, Some(&vol), &team, 0).await.unwrap().leads());
    assert!(member::lead(&meals, asked.id, true).await.is_err(), "nobody leads before agreeing");
    // The same file again changes nothing.
    let rows_before = world.rows().await;
    let again = member_import::upload(&meals, &team, "名册.csv", rows.clone()).await.unwrap();
    let (import, ..) = member_import::load(&meals, again).await.unwrap();
    assert_eq!((import.rows_good, import.rows_duplicate), (0, 3));
    assert!(rule(member_import::apply(&meals, again).await).contains("没有能邀请的行"));
    member_import::discard(&meals, again).await.unwrap();
    let rows_after = world.rows().await;
    for table in ["volunteers", "team_members", "member_marks", "volunteer_marks", "notices"] {
        assert_eq!(rows_before[table], rows_after[table], "{table}");
    }
    // Only the person agrees, and whoever declines is not asked again.
    assert!(matches!(member::agree(&world.by("vol2"), asked.id).await, Err(Error::NotFound)));
    assert!(member::answer(&meals, asked.id, true, "").await.is_err(), "nobody agrees for another");
    member::leave(&vol, &team).await.unwrap();
    let third = member_import::upload(&meals, &team, "名册.csv", list(&[KNOWN])).await.unwrap();
    assert_eq!(member_import::load(&meals, third).await.unwrap().0.rows_duplicate, 1);
    signup::apply(&vol, shift).await.unwrap();
    world.sealed().await;
    world.sound().await;
}

async fn whom_a_list_names_opens_the_own_account(world: World) {
    let (team, ..) = opened(&world, &[]).await;
    let meals = world.by("meals");
    let id = member_import::upload(&meals, &team, "名册.csv", list(&[NEW])).await.unwrap();
    member_import::apply(&meals, id).await.unwrap();
    let number = world.texts("SELECT number FROM volunteers WHERE account_id IS NULL").await.remove(0);
    let form = fields(&[
        ("name", "示例新人"),
        ("sex", "male"),
        ("birth", "1980-02-03"),
        ("phone", "13800150002"),
        ("division", "河东区鲁山道街道"),
        ("consent", "on"),
    ]);
    let read =
        |form: &services::Fields| volunteer::read(form, &world.services.divisions(), world.now().day(), true).unwrap();
    // Somebody else with that telephone learns nothing and takes nothing over.
    for (name, change) in [("other", ("name", "示例别人")), ("another", ("birth", "1980-02-04"))] {
        let other = volunteer::join_hashed(&world.system(), &read(&with(&form, &[change])), name, "!").await.unwrap();
        assert_ne!(other.number, number);
        let theirs = signup::mine(&world.as_volunteer(other.account_id.unwrap()), 0, 5).await.unwrap();
        assert!(theirs.teams.is_empty(), "the invitation is not theirs");
    }
    assert_eq!(
        world.texts("SELECT number FROM volunteers WHERE account_id IS NULL").await,
        std::slice::from_ref(&number)
    );
    let row = volunteer::join_hashed(&world.system(), &read(&form), "newcomer", "!").await.unwrap();
    assert_eq!(row.number, number);
    let who = world.as_volunteer(row.account_id.unwrap());
    let mine = signup::mine(&who, 0, 5).await.unwrap();
    assert_eq!(mine.teams[0].member.state, MemberState::Invited);
    member::agree(&who, mine.teams[0].member.id).await.unwrap();
    assert_eq!(signup::mine(&who, 0, 5).await.unwrap().teams[0].member.state, MemberState::Active);
    let own = volunteer::own(&who).await.unwrap();
    assert_eq!(own.volunteer.consented_at, world.now(), "from here on the person's own word counts");
    world.sealed().await;
    world.sound().await;
}

async fn an_invitation_without_answer_leaves_nothing(world: World) {
    let (team, ..) = opened(&world, &[]).await;
    let meals = world.by("meals");
    let id = member_import::upload(&meals, &team, "名册.csv", list(&[KNOWN, NEW])).await.unwrap();
    member_import::apply(&meals, id).await.unwrap();
    world.set(world.now().plus_days(91));
    for _ in 0..2 {
        services::office::clocks::tick(&world.services).await.unwrap();
    }
    assert_eq!(world.count_events("member.lapse").await, 2);
    let left = world.number("SELECT COUNT(*) FROM volunteers WHERE account_id IS NULL AND payload IS NOT NULL").await;
    assert_eq!(left, 0, "what only the list said is gone");
    let stays = world.number("SELECT COUNT(*) FROM volunteers WHERE state = 'withdrawn'").await;
    assert_eq!(stays, 1, "whoever has an account stays");
    // Taken back: the same.
    let other = "9,示例丙,女,1982-02-03,13800150009,河东区鲁山道街道,,是,2026-11-02";
    let id = member_import::upload(&world.by("meals"), &team, "名册.csv", list(&[other])).await.unwrap();
    member_import::apply(&world.by("meals"), id).await.unwrap();
    let view = team::view(&world.services, Some(&world.by("meals")), &team, 0).await.unwrap();
    member::remove(&world.by("meals"), view.invited[0].listing.member.id, "收回邀请").await.unwrap();
    let left = world.number("SELECT COUNT(*) FROM volunteer_marks m JOIN volunteers v ON v.id = m.volunteer_id WHERE v.account_id IS NULL").await;
    assert_eq!(left, 0);
    world.sealed().await;
    world.sound().await;
}

/// `vol` and `vol2` are members of the team of `meals`.
async fn joined(world: &World) -> (String, Uuid, Vec<Uuid>) {
    let (team, _, shift) = opened(world, &[]).await;
    for name in ["vol", "vol2"] {
        member::join(&world.by(name), &team, "").await.unwrap();
    }
    let view = team::view(&world.services, Some(&world.by("meals")), &team, 0).await.unwrap();
    for m in view.applied {
        member::answer(&world.by("meals"), m.listing.member.id, true, "").await.unwrap();
    }
    let members = award::books(&world.by("meals"), &team).await.unwrap().members;
    let of = |account: Uuid| {
        members.iter().find(|m| m.listing.member.account_id == Some(account)).unwrap().listing.member.id
    };
    let ids = vec![of(world.id("vol")), of(world.id("vol2"))];
    (team, shift, ids)
}

async fn trainings_and_awards_stand_on_the_record(world: World) {
    let (team, shift, members) = joined(&world).await;
    let today = world.now().day();
    let form = fields(&[
        ("name", "陪护老人的基本知识"),
        ("content", "怎样倾听，怎样扶老人起身。"),
        ("hours", "１.5小时"),
        ("host", "示例助餐服务中心"),
        ("day", "2026-11-20"),
        ("member", &members[0].to_string()),
    ]);
    for (changes, field) in [
        (&[("hours", "0")][..], "hours"),
        (&[("day", "2026-11-25")], "day"),
        (&[("member", "")], "member"),
        (&[("name", "")], "name"),
        (&[("content", "请找张三丰13800001234")], "content"),
    ] {
        assert!(is_field(&training::read(&with(&form, changes), today), field), "{field}");
    }
    let input = training::read(&form, today).unwrap();
    for by in ["care", "vol", "street", "city"] {
        assert!(training::record(&world.by(by), &team, &input).await.is_err(), "{by}");
    }
    training::record(&world.by("meals_worker"), &team, &input).await.unwrap();
    // Somebody who is no member is not entered.
    let strange = training::read(&with(&form, &[("member", &Uuid::nil().to_string())]), today).unwrap();
    assert!(is_field(&training::record(&world.by("meals"), &team, &strange).await, "member"));
    let honour = fields(&[
        ("member", &members[0].to_string()),
        ("name", "年度优秀志愿者"),
        ("granted_by", "示例区志愿服务联合会"),
        ("day", "2026-11-21"),
    ]);
    let honour = award::read(&honour, today).unwrap();
    assert!(award::record(&world.by("meals_worker"), &team, &honour).await.is_err(), "by whoever answers for the team");
    award::record(&world.by("meals"), &team, &honour).await.unwrap();
    let record = volunteer_record::own(&world.by("vol"), 0, 10).await.unwrap();
    assert_eq!((record.trainings.len(), record.trainings[0].minutes, record.awards.len()), (1, 90, 1));
    let other = volunteer_record::own(&world.by("vol2"), 0, 10).await.unwrap();
    assert!(other.trainings.is_empty() && other.awards.is_empty());
    // All parts of the exchange file.
    signup::apply(&world.by("vol"), shift).await.unwrap();
    world.set(Time::at(day("2026-11-28"), 15, 0));
    let id = signed(&world, shift, "vol").await.id;
    attendance::list(&world.by("meals"), shift, &[(id, Mark::Present)], None).await.unwrap();
    hours::enter(&world.by("meals"), shift, &[(id, 120)]).await.unwrap();
    hours::confirm(&world.by("meals_worker"), &[id]).await.unwrap();
    let file = exchange::read(&world.by("meals"), &team, "", "", &exchange::Part::ALL).await.unwrap();
    for (part, rows) in &file.parts {
        assert_eq!((rows.len(), rows[0].len()), (1, part.fields().len()), "{part:?}");
        assert_eq!(rows[0][1], "示例志愿者", "{part:?}");
    }
    assert_eq!(file.parts[1].1[0][5], "1.5");
    // What was wrong is voided, once, with a reason; nothing of it is exported.
    let trainings = award::books(&world.by("meals"), &team).await.unwrap().trainings;
    let id = trainings[0].training.id;
    assert!(training::void(&world.by("care"), id, "记错了").await.is_err());
    assert!(is_field(&training::void(&world.by("meals"), id, "").await, "reason"));
    training::void(&world.by("meals"), id, "记错了日期").await.unwrap();
    assert!(training::void(&world.by("meals"), id, "记错了日期").await.is_err(), "once");
    let id = award::books(&world.by("meals"), &team).await.unwrap().awards[0].0.id;
    award::void(&world.by("meals"), id, "记成了别人").await.unwrap();
    let record = volunteer_record::own(&world.by("vol"), 0, 10).await.unwrap();
    assert!(record.trainings.is_empty() && record.awards.is_empty());
    let file = exchange::read(&world.by("meals"), &team, "", "", &exchange::Part::ALL).await.unwrap();
    assert_eq!(file.parts.iter().map(|(_, rows)| rows.len()).collect::<Vec<_>>(), [1, 0, 0]);
    world.sealed().await;
    world.sound().await;
}

async fn a_household_says_how_it_was(world: World) {
    let (team, ..) = joined(&world).await;
    let need = world.meals(14).await;
    let pairing = world.active("meals", &need, &[14]).await;
    let form = fields(&[
        ("title", "陪老人聊天"),
        ("content", "陪老人说说话，读读报。"),
        ("place", "向阳社区服务站"),
        ("service", "C03"),
    ]);
    let input = opening::read(&form, &world.services.divisions(), true).unwrap();
    let code = opening::create(&world.by("meals"), &team, &pairing, &input).await.unwrap();
    let plan = fields(&[("from", "2026-11-27"), ("begins", "9:00"), ("ends", "11:00"), ("places", "2")]);
    let plan = shift::read_plan(&plan, world.now()).unwrap();
    shift::plan(&world.by("meals"), &code, &plan).await.unwrap();
    opening::publish(&world.by("meals"), &code).await.unwrap();
    let view = opening::view(&world.services, Some(&world.by("meals")), &code).await.unwrap();
    let shift = view.shifts[0].0.id;
    signup::apply(&world.by("vol"), shift).await.unwrap();
    let id = signed(&world, shift, "vol").await.id;
    let canary = duijie_tests::world::Canary::new();
    let said = fields(&[
        ("signup", &id.to_string()),
        ("stars", "4"),
        ("words", "来得准时，说话和气。"),
        ("asked_how", "call"),
        ("day", "2026-11-30"),
    ]);
    let today = day("2026-11-30");
    // Before hours are on record there is nothing to evaluate.
    let input = evaluation::read(&said, today).unwrap();
    assert!(is_field(&evaluation::record(&world.by("street"), &pairing, &input).await, "signup"));
    world.set(Time::at(day("2026-11-27"), 15, 0));
    attendance::list(&world.by("meals"), shift, &[(id, Mark::Present)], None).await.unwrap();
    hours::enter(&world.by("meals"), shift, &[(id, 120)]).await.unwrap();
    hours::confirm(&world.by("meals_worker"), &[id]).await.unwrap();
    world.set(Time::at(today, 10, 0));
    for by in ["meals", "care", "vol", "next_street", "other_street", "district", "city"] {
        let outcome = evaluation::record(&world.by(by), &pairing, &input).await;
        assert!(matches!(outcome, Err(Error::NotFound | Error::Forbidden(_))), "{by}: {outcome:?}");
        assert!(evaluation::list(&world.by(by), &pairing).await.is_err(), "{by}");
    }
    for (changes, field) in [
        (&[("stars", "6")][..], "stars"),
        (&[("asked_how", "guess")], "asked_how"),
        (&[("day", "2026-12-01")], "day"),
        (&[("words", "张三丰说很好，电话13800001234")], "words"),
    ] {
        assert!(is_field(&evaluation::read(&with(&said, changes), today), field), "{field}");
    }
    // Nothing of the sealed file comes back through what the volunteer reads.
    let leaks = format!("{}说很好", canary.name);
    let leaky = match evaluation::read(&with(&said, &[("words", &leaks)]), today) {
        Ok(input) => evaluation::record(&world.by("street"), &pairing, &input).await,
        Err(error) => Err(error),
    };
    assert!(is_field(&leaky, "words"), "{leaky:?}");
    let early = evaluation::read(&with(&said, &[("day", "2026-11-26")]), today).unwrap();
    assert!(is_field(&evaluation::record(&world.by("street"), &pairing, &early).await, "day"));
    let (_, served) = evaluation::list(&world.by("street"), &pairing).await.unwrap();
    assert!(served.len() == 1 && served[0].number.starts_with("ZY"), "a number, no name");
    evaluation::record(&world.by("street"), &pairing, &input).await.unwrap();
    assert!(rule(evaluation::record(&world.by("village"), &pairing, &input).await).contains("登记过评价"));
    let record = volunteer_record::own(&world.by("vol"), 0, 10).await.unwrap();
    assert_eq!(record.evaluations[&id].stars, 4);
    let file = exchange::read(&world.by("meals"), &team, "", "", &[exchange::Part::Services]).await.unwrap();
    assert_eq!(file.parts[0].1[0][16..18], ["满意，4星".to_owned(), "2026-11-30".to_owned()]);
    // Voided and entered anew.
    let e = record.evaluations[&id].id;
    assert!(evaluation::void(&world.by("next_street"), e, "登错了").await.is_err());
    evaluation::void(&world.by("street2"), e, "登成了另一次").await.unwrap();
    let input = evaluation::read(&with(&said, &[("stars", "5")]), today).unwrap();
    evaluation::record(&world.by("street"), &pairing, &input).await.unwrap();
    assert_eq!(volunteer_record::own(&world.by("vol"), 0, 10).await.unwrap().evaluations[&id].stars, 5);
    world.sealed().await;
    world.sound().await;
}

async fn a_calendar_has_a_secret_address(world: World) {
    let web = Web::new(world).await;
    let session = web.session("vol").await;
    let page = web.get("/my/calendar?month=2026-11", Some(&session)).await;
    assert!(page.text.contains("周末陪老人聊天") && page.text.contains("生成订阅地址"), "{}", page.text);
    assert!(web.get("/my/calendar?month=2027-02", Some(&session)).await.text.contains("这个月没有班次"));
    let made = web.post("/my/calendar/renew", Some(&session), &[]).await;
    assert_eq!(made.status, StatusCode::OK);
    let token = secret(&made.text);
    let feed = web.get(&format!("/calendar/{token}"), None).await;
    assert_eq!(feed.status, StatusCode::OK);
    let text = feed.text.replace("\r\n ", "");
    assert!(text.contains("BEGIN:VEVENT") && text.contains("SUMMARY:周末陪老人聊天"), "{text}");
    assert!(text.contains("LOCATION:向阳社区活动室") && !text.contains("示例志愿者"), "{text}");
    // Only a hash is kept, and the page does not say it again.
    let hex: String = world_rows(&web).await;
    assert!(!hex.contains(&token));
    assert!(!web.get("/my/calendar", Some(&session)).await.text.contains(&token));
    // Another address: the one before opens nothing.
    let made = web.post("/my/calendar/renew", Some(&session), &[]).await;
    let second = secret(&made.text);
    assert_eq!(web.get(&format!("/calendar/{token}"), None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(web.get(&format!("/calendar/{second}"), None).await.status, StatusCode::OK);
    web.post("/my/calendar/revoke", Some(&session), &[]).await;
    assert_eq!(web.get(&format!("/calendar/{second}"), None).await.status, StatusCode::NOT_FOUND);
    assert!(rule(calendar_feed::revoke(&web.world.by("vol")).await).contains("没有订阅地址"));
    // Leaving the register takes it away too.
    let third = calendar_feed::renew(&web.world.by("vol")).await.unwrap();
    volunteer::withdraw(&web.world.by("vol")).await.unwrap();
    assert!(matches!(calendar_feed::by_token(&web.world.services, &third).await, Err(Error::NotFound)));
    assert_eq!(web.world.number("SELECT COUNT(*) FROM calendar_feeds").await, 0);
    web.world.sealed().await;
    web.world.sound().await;
}

/// The token of an address shown on a page: 64 hexadecimal digits.
fn secret(page: &str) -> String {
    let parts = page.split("/calendar/").map(|rest| rest.chars().take(64).collect::<String>());
    parts.into_iter().find(|part| part.len() == 64 && part.chars().all(|c| c.is_ascii_hexdigit())).unwrap()
}

async fn world_rows(web: &Web) -> String {
    web.world.rows().await.into_values().flatten().collect::<Vec<_>>().join("\n")
}

async fn a_tap_that_comes_later_counts_once(world: World) {
    let (_, _, shift) = opened(&world, &[]).await;
    for name in ["vol", "vol2"] {
        signup::apply(&world.by(name), shift).await.unwrap();
    }
    let code = storage::volunteers::opening::shift(&mut world.read().await, shift).await.unwrap().unwrap().check_code;
    let id = signed(&world, shift, "vol").await.id;
    let at = |hour, minute| Time::at(day("2026-11-28"), hour, minute);
    let tap = |at: Time, leaving| Some(Tap { at, leaving });
    // Tapped at 8:55 and 11:05, sent at noon the next day.
    world.set(at(12, 0).plus_days(1));
    let vol = world.by("vol");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert!(is_field(&attendance::check(&vol, id, wrong, tap(at(8, 55), false)).await, "code"));
    assert!(
        rule(attendance::check(&vol, id, &code, tap(at(7, 30), false)).await).contains("可以签到签退"),
        "too early"
    );
    assert!(rule(attendance::check(&vol, id, &code, tap(at(12, 0).plus_days(2), false)).await).contains("手机的时间"));
    assert!(rule(attendance::check(&vol, id, &code, tap(at(11, 5), true)).await).contains("签退"), "out before in");
    assert!(matches!(
        attendance::check(&world.by("vol2"), id, &code, tap(at(8, 55), false)).await,
        Err(Error::NotFound)
    ));
    attendance::check(&vol, id, &code, tap(at(8, 55), false)).await.unwrap();
    attendance::check(&vol, id, &code, tap(at(11, 5), true)).await.unwrap();
    let row = signed(&world, shift, "vol").await;
    assert_eq!((row.state, row.in_at, row.out_at), (SignupState::Attended, Some(at(8, 55)), Some(at(11, 5))));
    // Once more, also with another time: nothing changes.
    let before = world.rows().await;
    attendance::check(&vol, id, &code, tap(at(8, 55), false)).await.unwrap();
    attendance::check(&vol, id, &code, tap(at(11, 0), true)).await.unwrap();
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    // The leader's list, kept as well: those who came by code stay as they are.
    let other = signed(&world, shift, "vol2").await.id;
    let marks = [(id, Mark::Present), (other, Mark::Absent)];
    let meals = world.by("meals");
    assert!(rule(attendance::list(&meals, shift, &marks, tap(at(7, 0), false)).await).contains("还没有开始"));
    assert_eq!(attendance::list(&meals, shift, &marks, tap(at(9, 10), false)).await.unwrap(), 1);
    let before = world.rows().await;
    assert_eq!(attendance::list(&meals, shift, &marks, tap(at(9, 10), false)).await.unwrap(), 0);
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    // Whoever confirms the hours is told.
    hours::enter(&meals, shift, &[(id, 120)]).await.unwrap();
    let roster = signup::roster(&world.by("meals_worker"), shift).await.unwrap();
    let line = roster.lines.iter().find(|l| l.listed.signup.id == id).unwrap();
    assert_eq!(line.anomalies, [Anomaly::SentLater]);
    // Three days after the end it is the leader's to say.
    world.set(at(11, 1).plus_days(3));
    attendance::list(&meals, shift, &[(other, Mark::Excused)], None).await.unwrap();
    let late = attendance::list(&meals, shift, &[(other, Mark::Absent)], tap(at(9, 0), false)).await;
    assert!(rule(late).contains("不能再补传"));
    world.sealed().await;
    world.sound().await;
}

async fn the_citys_calendar_of_working_days_counts(world: World) {
    let city = world.by("city");
    let due = || world.services.calendar().due(world.now(), 3);
    // Tuesday the 24th: Friday the 27th.
    assert_eq!(due(), Time::at(day("2026-11-27"), 18, 0));
    for by in ["district", "street", "meals", "vol", "admin", "security"] {
        let outcome = working_days::set(&world.by(by), "2026-11-26", "", "rest", "试试").await;
        assert!(matches!(outcome, Err(Error::Forbidden(_))), "{by}");
    }
    for (from, until, kind, source, field) in [
        ("", "", "rest", "春节", "from"),
        ("2026-11-26", "2026-11-25", "rest", "春节", "until"),
        ("2026-11-26", "2027-01-25", "rest", "春节", "until"),
        ("2016-11-26", "", "rest", "春节", "from"),
        ("2026-11-26", "", "holiday", "春节", "kind"),
        ("2026-11-26", "", "rest", "", "source"),
    ] {
        assert!(is_field(&working_days::set(&city, from, until, kind, source).await, field), "{field}");
    }
    let asked = hours_due(&world).await;
    working_days::set(&city, "2026-11-26", "2026-11-27", "rest", "全市停电检修").await.unwrap();
    assert_eq!(due(), Time::at(day("2026-12-01"), 18, 0));
    working_days::set(&city, "2026-11-28", "", "work", "调休").await.unwrap();
    assert_eq!(due(), Time::at(day("2026-11-30"), 18, 0));
    assert_eq!(hours_due(&world).await, asked, "what was counted before stands");
    // Taken back day by day; another node reads the same.
    for day in ["2026-11-26", "2026-11-27", "2026-11-28"] {
        working_days::set(&city, day, "", "plain", "取消").await.unwrap();
    }
    assert_eq!(due(), Time::at(day("2026-11-27"), 18, 0));
    // A day that ships can go by the day of the week again.
    assert!(!world.services.calendar().is_working(day("2027-02-08")));
    working_days::set(&city, "2027-02-08", "", "plain", "以通知为准").await.unwrap();
    assert!(world.services.calendar().is_working(day("2027-02-08")));
    let year = working_days::year(&city, 2027).await.unwrap();
    assert!(year.source.is_some() && year.days.iter().any(|d| d.own && d.works.is_none()));
    assert_eq!(world.count_events("reference.days").await, 6);
    working_days::refresh(&world.services).await.unwrap();
    assert!(world.services.calendar().is_working(day("2027-02-08")));
    world.sealed().await;
    world.sound().await;
}

/// When a sign-up's hours are due, which was counted when somebody signed up.
async fn hours_due(world: &World) -> i64 {
    if world.number("SELECT COUNT(*) FROM signups").await == 0 {
        let (_, _, shift) = opened(world, &[]).await;
        signup::apply(&world.by("vol"), shift).await.unwrap();
    }
    world.number("SELECT due_at FROM signups").await
}

async fn a_volunteer_has_no_way_to_the_contact_page(world: World) {
    let web = Web::new(world).await;
    let pairing = web.target.pairing.clone().unwrap();
    let path = format!("/pairings/{pairing}/contact");
    let form = [("purpose", domain::pairing::Purpose::Visit.as_str()), ("reason", "看看")];
    for name in ["vol", "vol2", "leader"] {
        let session = web.session(name).await;
        for answer in [
            web.post(&path, Some(&session), &form).await,
            web.send("POST", &path, Some(&session), FORM, encode(&form).into_bytes()).await,
            web.get(&format!("/pairings/{pairing}"), Some(&session)).await,
        ] {
            assert!(
                matches!(answer.status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN),
                "{name}: {}",
                answer.status
            );
            let found = duijie_tests::world::Canary::new().found_in(&answer.text);
            assert!(found.is_empty(), "{found:?}");
        }
        assert_eq!(web.post(&path, Some(&session), &form).await.status, StatusCode::NOT_FOUND, "{name}");
    }
    assert_eq!(web.world.count_events("pairing.disclose").await, 0);
}
