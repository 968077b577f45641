//! Working lists: every row is reached, filters and order mean what they say, counts open exactly their rows; ticked rows
//! are worked on with a result for each; a list goes out as a file with nothing more in it than on its page.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use domain::need::NeedState;
use duijie_tests::world::{Canary, World, household, with};
use services::office::lists::{self, ListQuery};

use crate::base::web::{Web, encode};

duijie_tests::both_engines!(
    nothing_stops_at_forty,
    filters_and_order_mean_what_they_say,
    ticked_rows_have_a_result_each,
    a_list_goes_out_as_it_stands_on_its_page,
    a_view_is_remembered_for_its_reader_alone,
);

fn query(fields: &[(&str, &str)]) -> ListQuery {
    ListQuery::read(&fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect::<Vec<_>>())
}

async fn titles(world: &World, by: &str, state: Option<NeedState>, fields: &[(&str, &str)]) -> Vec<String> {
    let list = lists::needs(&world.by(by), state, &query(fields)).await.unwrap();
    let total: i64 = list.counts.iter().filter(|(s, _)| state.is_none_or(|state| state == *s)).map(|(_, n)| n).sum();
    let rows: Vec<String> = list.rows.into_iter().map(|need| need.title).collect();
    assert!(total >= i64::try_from(rows.len()).unwrap(), "{total} counted, {} shown", rows.len());
    rows
}

async fn drafts(world: &World, count: usize) {
    for number in 0..count {
        world.draft("street", &with(&household(), &[("title", &format!("示例草稿{number:03}"))])).await;
    }
}

async fn nothing_stops_at_forty(world: World) {
    drafts(&world, 45).await;
    let mut seen = BTreeSet::new();
    let mut sizes = Vec::new();
    for page in ["1", "2", "3", "4"] {
        let rows = titles(&world, "street", Some(NeedState::Draft), &[("page", page), ("sort", "title")]).await;
        sizes.push(rows.len());
        seen.extend(rows);
    }
    assert_eq!(sizes, [20, 20, 5, 0]);
    assert_eq!(seen.len(), 45, "each row stands on one page");
    assert_eq!(titles(&world, "street", Some(NeedState::Draft), &[("size", "100")]).await.len(), 45);
    let list = lists::needs(&world.by("street"), Some(NeedState::Draft), &query(&[])).await.unwrap();
    assert_eq!(list.count(NeedState::Draft), 45);
    for by in ["other_street", "other_district"] {
        assert!(titles(&world, by, None, &[]).await.is_empty(), "{by}");
    }
    assert!(lists::needs(&world.by("meals"), None, &query(&[])).await.is_err());
}

async fn filters_and_order_mean_what_they_say(world: World) {
    let plain = with(&household(), &[("title", "普通的一户")]);
    world.draft("street", &plain).await;
    let bath = [
        ("title", "要助浴的一户"),
        ("lines.0.service", "B03"),
        ("lines.0.unit", "次"),
        ("lines.1.service", ""),
        ("lines.1.quantity", ""),
        ("lines.1.unit", ""),
        ("lines.1.per", ""),
        ("responsible_person", "民政科2号岗"),
    ];
    world.draft("street", &with(&household(), &bath)).await;
    world.draft("street", &with(&household(), &[("title", "急难的一户100%"), ("urgency", "urgent")])).await;
    let of = async |fields: &[(&str, &str)]| titles(&world, "street", Some(NeedState::Draft), fields).await;
    assert_eq!(of(&[("q", "助浴的")]).await, ["要助浴的一户"]);
    assert_eq!(of(&[("q", "100%")]).await, ["急难的一户100%"], "a wildcard means itself");
    assert!(of(&[("q", "_户_")]).await.is_empty());
    assert_eq!(of(&[("service", "B03"), ("q", "要助浴")]).await.len(), 1);
    assert!(!of(&[("service", "B01")]).await.contains(&"要助浴的一户".to_owned()));
    assert_eq!(of(&[("responsible", "民政科2号岗")]).await, ["要助浴的一户"]);
    assert_eq!(of(&[("urgent", "1")]).await, ["急难的一户100%"]);
    assert!(of(&[("from", "2026-11-25")]).await.is_empty());
    assert_eq!(of(&[("from", "2026-11-24"), ("until", "2026-11-24")]).await.len(), 3);
    assert_eq!(of(&[("at", "120102012011")]).await.len(), 3);
    assert!(of(&[("at", "120102012012")]).await.is_empty());
    let up = of(&[("sort", "title")]).await;
    let mut down = of(&[("sort", "-title")]).await;
    down.reverse();
    assert_eq!(up, down);
    // What is no column and no filter changes nothing.
    assert_eq!(of(&[("sort", "password"), ("service", "'; --")]).await.len(), 3);
    assert_eq!(lists::responsible(&world.by("street")).await.unwrap(), ["民政科2号岗"]);
}

async fn ticked_rows_have_a_result_each(world: World) {
    let web = Web::new(world).await;
    let world = &web.world;
    let ready = world.draft("street", &household()).await;
    let sent = world.draft("street", &household()).await;
    services::needs::need::submit(&world.by("street"), &sent).await.unwrap();
    let session = web.session("street").await;
    let once = world.services.new_id().to_string();
    let form = [
        ("list", "/desk/needs"),
        ("back", "/desk/needs?state=draft"),
        ("once", once.as_str()),
        ("do", "submit"),
        ("pick", ready.as_str()),
        ("pick", sent.as_str()),
    ];
    let answer = web.post("/lists/together", Some(&session), &form).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER);
    assert!(answer.location.starts_with("/lists/result?draft="), "{}", answer.location);
    let page = web.get(&answer.location, Some(&session)).await;
    assert!(
        page.text.contains("2行：办好1行，没有办1行") && page.text.contains(&ready) && page.text.contains(&sent),
        "{}",
        page.text
    );
    assert_eq!(world.need(&ready).await.state, NeedState::InReview);
    // Somebody else's result is nobody else's.
    let other = web.session("district").await;
    assert_eq!(web.get(&answer.location, Some(&other)).await.status, StatusCode::NOT_FOUND);
    // Another's needs are not worked on.
    let far = web.session("other_street").await;
    let form = [("do", "assign"), ("responsible_person", "别的岗"), ("pick", ready.as_str())];
    let answer = web.post("/lists/together", Some(&far), &form).await;
    let page = web.get(&answer.location, Some(&far)).await;
    assert!(page.text.contains("办好0行"), "{}", page.text);
    let form = [("do", "assign"), ("responsible_person", "民政科3号岗"), ("pick", ready.as_str())];
    web.post("/lists/together", Some(&session), &form).await;
    assert_eq!(world.need(&ready).await.responsible_person, "民政科3号岗");
    let answer = web.post("/lists/together", Some(&session), &[("do", "submit"), ("back", "/desk/needs")]).await;
    assert_eq!(answer.location, "/desk/needs", "nothing ticked");
    world.sealed().await;
    world.sound().await;
}

/// The cells of a file of comma-separated texts, as it is written here: every cell in quotes.
fn cells(text: &str) -> Vec<Vec<String>> {
    let text = text.trim_start_matches('\u{feff}');
    let row = |line: &str| line.trim_matches('"').split("\",\"").map(|cell| cell.replace("\"\"", "\"")).collect();
    text.split("\r\n").filter(|line| !line.is_empty()).map(row).collect()
}

async fn a_list_goes_out_as_it_stands_on_its_page(world: World) {
    let canary = Canary::new();
    let web = Web::new(world).await;
    let world = &web.world;
    world.draft("street", &with(&household(), &[("title", "=HYPERLINK(1)示例")])).await;
    drafts(world, 25).await;
    let session = web.session("street").await;
    let ask = encode(&[("list", "/desk/needs"), ("state", "draft"), ("sort", "title")]);
    let page = web.get(&format!("/lists/export?{ask}"), Some(&session)).await;
    assert!(page.text.contains("附上姓名、身份证号、电话和住址"), "{}", page.text);
    let form = |purpose: &'static str, format: &'static str, personal: &'static str| {
        vec![
            ("query", ask.clone()),
            ("purpose", purpose.to_owned()),
            ("format", format.to_owned()),
            ("personal", personal.to_owned()),
            ("form", format!("/lists/export?{ask}#export")),
        ]
    };
    let send = async |session: &str, form: Vec<(&str, String)>| {
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        web.post("/lists/export", Some(session), &form).await
    };
    // Without a purpose it comes back to its page.
    let answer = send(&session, form("", "csv", "")).await;
    assert!(answer.location.starts_with("/lists/export?"), "{} {}", answer.status, answer.location);
    let answer = send(&session, form("走访", "csv", "")).await;
    assert_eq!(answer.status, StatusCode::OK);
    let rows = cells(&answer.text);
    let listed = lists::needs(&world.by("street"), Some(NeedState::Draft), &query(&[("size", "100")])).await.unwrap();
    assert_eq!(rows.len(), listed.rows.len() + 1, "as many rows as the list has, and their heads");
    assert_eq!(rows[0][0], "需求");
    assert!(rows.iter().any(|row| row[0].starts_with("'=HYPERLINK")), "no formula");
    assert_eq!(canary.found_in(&answer.text), Vec::<String>::new());
    let events = async || {
        world
            .texts("SELECT data FROM events WHERE command = 'access.export' AND data LIKE '%/desk/needs%' ORDER BY id")
            .await
    };
    assert_eq!(events().await.len(), 1);
    // With the persons: for the owning office, on record as such.
    let answer = send(&session, form("上门", "csv", "1")).await;
    assert!(answer.text.contains(&canary.id_number) && answer.text.contains(canary.phone), "{}", answer.status);
    assert!(events().await[1].contains("\"persons\":true"));
    let answer = send(&session, form("上门", "xlsx", "")).await;
    assert!(answer.bytes.starts_with(b"PK"));
    // Nobody gets what does not stand on their pages.
    for (by, path) in [("meals", "/desk/needs"), ("vol", "/claims"), ("meals", "/organizations")] {
        let session = web.session(by).await;
        let query = encode(&[("list", path), ("state", "all")]);
        let answer = web
            .post("/lists/export", Some(&session), &[("query", &query), ("purpose", "看看"), ("format", "csv")])
            .await;
        assert_ne!(answer.status, StatusCode::OK, "{by} takes {path} out");
    }
    let session = web.session("meals").await;
    let query = encode(&[("list", "/pairings"), ("state", "all")]);
    let answer = web
        .post(
            "/lists/export",
            Some(&session),
            &[("query", &query), ("purpose", "排班"), ("format", "csv"), ("personal", "1")],
        )
        .await;
    assert_ne!(answer.status, StatusCode::OK, "no persons for an organization");
}

async fn a_view_is_remembered_for_its_reader_alone(world: World) {
    let web = Web::new(world).await;
    let (own, other) = (web.session("street").await, web.session("district").await);
    let form = [("list", "/desk/needs"), ("query", "state=draft&size=50&q=某人&column=title&column=place")];
    let answer = web.post("/lists/remember", Some(&own), &form).await;
    assert_eq!(answer.location, "/desk/needs");
    let answer = web.get("/desk/needs", Some(&own)).await;
    assert_eq!(
        answer.location, "/desk/needs?state=draft&size=50&column=title&column=place",
        "without what was searched for"
    );
    assert_eq!(web.get("/desk/needs", Some(&other)).await.status, StatusCode::OK);
    assert_eq!(web.get("/desk/needs?state=all", Some(&own)).await.status, StatusCode::OK);
    web.post("/lists/remember", Some(&own), &[("list", "/desk/needs"), ("query", "")]).await;
    assert_eq!(web.get("/desk/needs", Some(&own)).await.status, StatusCode::OK);
    let page = web.get("/desk/needs?state=all&sort=-due", Some(&own)).await;
    assert!(page.text.contains("aria-sort=\"descending\""));
    assert!(web.post("/lists/remember", Some(&own), &[("list", "/etc"), ("query", "")]).await.status.is_client_error());
}
