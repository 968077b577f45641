//! The pages of asking for help, as anybody meets them: bad input, floods, numbers that are none, staff at the telephone.

use axum::http::StatusCode;
use duijie_tests::world::World;

use crate::base::web::{Web, escape};

duijie_tests::both_engines!(
    bad_input_says_what_to_mend_and_loses_nothing,
    floods_are_slowed_and_wrong_slips_say_nothing,
    a_poster_opens_its_own_street,
    every_poster_is_of_a_place_in_scope,
    the_hotline_writes_down_what_a_caller_says,
    a_slip_answers_and_names_nobody,
);

type Form<'a> = Vec<(&'a str, &'a str)>;

fn good<'a>() -> Form<'a> {
    vec![
        ("whom", "other"),
        ("words", "楼下大娘一个人在家，腿不好，这两天没有吃的。"),
        ("pace", "days"),
        ("name", "川芎大娘"),
        ("place", "河东区鲁山道街道"),
        ("phone", "13800160001"),
        ("asker", "三楼小李"),
        ("agreed", "not_asked"),
    ]
}

fn changed<'a>(changes: &[(&'a str, &'a str)]) -> Form<'a> {
    let mut form = good();
    for (name, value) in changes {
        form.iter_mut().filter(|(field, _)| field == name).for_each(|(_, typed)| *typed = value);
    }
    form
}

/// The number on a slip's page, without its space.
fn slip_of(text: &str) -> String {
    let (_, rest) = text.split_once("class=\"slip-code\">").expect("a slip");
    rest.chars().take_while(|c| *c != '<').filter(char::is_ascii_digit).collect()
}

async fn bad_input_says_what_to_mend_and_loses_nothing(world: World) {
    let web = Web::new(world).await;
    let long = "苦".repeat(10_000);
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("words", "")], "遇到了什么困难"),
        (&[("words", "饿")], "请用文字多写几个字"),
        (&[("words", "🐟🐟🐟🐟")], "请用文字多写几个字"),
        (&[("words", &long)], "写了10000个字，最多1000个字"),
        (&[("words", "便宜货看 https://spam.example")], "请不要写网址"),
        (&[("name", "🐟")], "请写怎么称呼"),
        (&[("name", "")], "怎么称呼"),
        (&[("phone", "川芎大娘")], "电话"),
        (&[("place", "北京市朝阳区")], "当地的12345"),
        (&[("place", "火星基地")], "请写区名和街道"),
        (&[("place", "")], "住在哪个街道"),
        (&[("whom", "")], "您替谁求助"),
        (&[("pace", "whenever")], "等得了吗"),
        (&[("agreed", "")], "本人知道吗"),
    ];
    for (changes, says) in cases {
        let form = changed(changes);
        let answer = web.post("/help/ask", None, &form).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{says}");
        assert!(answer.text.contains(says) && answer.text.contains("处要改"), "{says}");
        for (name, typed) in form.iter().filter(|(name, typed)| *name != "pace" && !typed.is_empty()) {
            assert!(answer.text.contains(typed), "{name} is lost after {says}");
        }
        assert!(answer.text.contains("tel:120") && answer.text.contains("tel:110"));
    }
    assert_eq!(web.world.number("SELECT COUNT(*) FROM help_requests").await, 1, "that of the world alone");
    // Somebody in despair reads the number to ring although a field is wrong, and with the slip.
    let wrong = web.post("/help/ask", None, &changed(&[("words", "我不想活了"), ("place", "")])).await;
    assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("请现在就打12356"));
    let right = web.post("/help/ask", None, &changed(&[("words", "我不想活了")])).await;
    assert!(right.status == StatusCode::OK && right.text.contains("请现在就打12356"));
    let (call, slip) = (right.text.find("tel:12356").unwrap(), right.text.find("slip-code").unwrap());
    assert!(call < slip, "before everything else");
    // Asking for oneself nobody is asked whether he knows of it.
    let own = changed(&[("whom", "oneself"), ("asker", ""), ("agreed", ""), ("phone", "")]);
    assert_eq!(web.post("/help/ask", None, &own).await.status, StatusCode::OK);
}

async fn floods_are_slowed_and_wrong_slips_say_nothing(world: World) {
    let web = Web::new(world).await;
    let mut slowed = 0;
    for number in 0..30 {
        let (words, phone) = (format!("第{number}家没有吃的，请来看看"), format!("138001700{number:02}"));
        let answer = web.post("/help/ask", None, &changed(&[("words", &words), ("phone", &phone)])).await;
        assert!(matches!(answer.status, StatusCode::OK | StatusCode::TOO_MANY_REQUESTS), "{}", answer.status);
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            slowed += 1;
            assert!(answer.text.contains(&words) && answer.headers.contains_key("retry-after"));
            assert!(answer.text.contains("tel:120"), "whoever is slowed down can ring");
        }
    }
    assert!((5..=12).contains(&slowed), "{slowed}");
    // One telephone, ever new words.
    web.world.set(web.world.now().plus_hours(3));
    let mut slowed = 0;
    for number in 0..12 {
        let words = format!("又一件事，第{number}次写，请快来");
        let answer = web.post("/help/ask", None, &changed(&[("words", &words)])).await;
        slowed += usize::from(answer.status == StatusCode::TOO_MANY_REQUESTS);
    }
    assert!(slowed >= 4, "{slowed}");
    // Slips: one that never was, one mistyped, no number at all: the same words.
    for typed in ["00000000", "12345678", "abc", "🐟", "1234"] {
        let answer = web.get(&format!("/progress?slip={}", escape(typed)), None).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
        assert!(answer.text.contains("没有找到这个回执号"), "{typed}");
    }
    let mut last = StatusCode::OK;
    for number in 0..40 {
        last = web.get(&format!("/progress?slip={number:08}"), None).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
}

async fn a_poster_opens_its_own_street(world: World) {
    let web = Web::new(world).await;
    let answer = web.get("/help/ask?place=120102012", None).await;
    assert!(answer.text.contains("您扫的是河东区 鲁山道街道的二维码"), "the street of the code");
    assert!(answer.text.contains("value=\"河东区 鲁山道街道\""));
    let village = web.get("/help/ask?place=120102012011", None).await;
    assert!(village.text.contains("橙翠园"));
    for code in ["999999", "12", "x", "120102012'"] {
        let other = web.get(&format!("/help/ask?place={}", escape(code)), None).await;
        assert!(other.status == StatusCode::OK && !other.text.contains("您扫的是"), "{code}");
    }
    // As it stands on the page it is sent, and goes to that village's street.
    let (_, rest) = village.text.split_once("name=\"place\"").unwrap();
    let (_, rest) = rest.split_once("value=\"").unwrap();
    let place = rest.split('"').next().unwrap();
    let mut form = changed(&[("place", place)]);
    form.push(("at", "120102012011"));
    let sent = web.post("/help/ask", None, &form).await;
    assert_eq!(sent.status, StatusCode::OK);
    let slip = slip_of(&sent.text);
    let query = format!("SELECT channel || ' ' || division_code FROM help_requests WHERE slip = '{slip}'");
    assert_eq!(web.world.texts(&query).await, ["poster 120102012011"]);
}

/// What a poster's code says is what its form is opened with, for every place of an office's list.
async fn every_poster_is_of_a_place_in_scope(world: World) {
    let web = Web::new(world).await;
    for (by, own, other) in [
        ("street", "120102012011", "120103010022"),
        ("district", "120102012", "120103010"),
        ("city", "120102", "110101"),
    ] {
        let session = web.session(by).await;
        let list = web.get("/requests/posters", Some(&session)).await;
        assert!(list.text.contains(&format!("/requests/posters?place={own}")), "{by}");
        let poster = web.get(&format!("/requests/posters?place={own}"), Some(&session)).await;
        assert!(poster.text.contains(&format!("/help/ask?place={own}")) && poster.text.contains("<path d=\"M"), "{by}");
        let missing = web.get(&format!("/requests/posters?place={other}"), Some(&session)).await;
        assert_eq!(missing.status, StatusCode::NOT_FOUND, "{by}");
        let all = web.get("/requests/posters?place=all", Some(&session)).await;
        assert!(all.text.matches("class=\"poster flow\"").count() > 3, "{by}");
    }
    let village = web.get("/requests/posters", Some(&web.session("village").await)).await;
    assert!(village.text.contains("/requests/posters?place=120102012011"));
}

async fn the_hotline_writes_down_what_a_caller_says(world: World) {
    let web = Web::new(world).await;
    let village = changed(&[("place", "河东区鲁山道街道橙翠园社区"), ("phone", "13800160002")]);
    for (by, form, channel) in [("city", good(), "phone"), ("village", village, "visit")] {
        let session = web.session(by).await;
        let page = web.get("/requests/new", Some(&session)).await;
        assert!(page.status == StatusCode::OK && page.text.contains("替来电人登记"), "{by}");
        let answer = web.post("/requests/new", Some(&session), &form).await;
        assert_eq!(answer.status, StatusCode::OK, "{by} {}", answer.location);
        let slip = slip_of(&answer.text);
        let query = format!("SELECT channel FROM help_requests WHERE slip = '{slip}'");
        assert_eq!(web.world.texts(&query).await, [channel]);
    }
    // Of another street: said at the field, kept in the draft.
    let session = web.session("street").await;
    let mut form = changed(&[("place", "南开区学府街道"), ("phone", "13800160003")]);
    form.push(("form", "/requests/new#ask"));
    let answer = web.post("/requests/new", Some(&session), &form).await;
    assert!(answer.location.starts_with("/requests/new?draft="), "{} {}", answer.status, answer.location);
    let back = web.get(&answer.location, Some(&session)).await;
    assert!(back.text.contains("不在您的范围内") && back.text.contains("川芎大娘"));
}

async fn a_slip_answers_and_names_nobody(world: World) {
    let web = Web::new(world).await;
    let sent = web.post("/help/ask", None, &good()).await;
    let slip = slip_of(&sent.text);
    assert_eq!(sent.headers["cache-control"], "no-store");
    for text in [&sent.text, &web.get(&format!("/progress?slip={slip}"), None).await.text] {
        for hidden in ["川芎", "13800160001", "鲁山道", "三楼小李", "没有吃的"] {
            assert!(!text.contains(hidden), "the slip tells {hidden}");
        }
    }
    let code = web.world.texts(&format!("SELECT code FROM help_requests WHERE slip = '{slip}'")).await.remove(0);
    let (street, page) = (web.session("street").await, format!("/requests/{code}"));
    let shown = web.get(&page, Some(&street)).await;
    for seen in ["川芎大娘", "13800160001", "三楼小李", "没有吃的", "还没问"] {
        assert!(shown.text.contains(seen), "the street reads {seen}");
    }
    let taken = web.post(&format!("{page}/take"), Some(&street), &[("answer", "社区今天去看")]).await;
    assert_eq!(taken.location, page);
    let spaced = escape(&domain::help::shown(&slip));
    let shown = web.get(&format!("/progress?slip={spaced}"), None).await;
    assert!(shown.text.contains("社区今天去看") && shown.text.contains("街道在办"));
    // The household's word: a mistake keeps what was chosen, a good one stands on the page.
    let wrong = web.post("/progress", None, &[("slip", &slip), ("came", "yes"), ("words", "饭菜很好")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("帮上了吗") && wrong.text.contains("饭菜很好"));
    let said =
        [("slip", slip.as_str()), ("came", "yes"), ("helped", "more"), ("speaker", "family"), ("words", "饭菜很好")];
    let right = web.post("/progress", None, &said).await;
    assert_eq!(right.location, format!("/progress?slip={slip}"));
    let shown = web.get(&right.location, None).await;
    assert!(shown.text.contains("来了，帮上了，还需要") && !shown.text.contains("饭菜很好"));
    // Taken on from the page, it becomes a need whose form is filled already.
    let made = web.post(&format!("{page}/need"), Some(&street), &[("title", "独居老人需要送餐")]).await;
    assert!(made.location.starts_with("/needs/XQ") && made.location.ends_with("/edit"), "{}", made.location);
    let first = web.get(&made.location, Some(&street)).await;
    let file = web.get(&first.location.replace("/who", "/file"), Some(&street)).await;
    assert!(file.text.contains("川芎大娘") && file.text.contains("没有吃的"));
}
