//! Finding: the thesaurus that staff change, saved searches and their notices, suggestions, and what answers
//! while there is no index. Every reader sees what its tier and scope allow, whichever way it asks.

use std::sync::Arc;

use duijie_tests::world::{World, household, with};
use search::{Lexicon, NeedIndex, NeedQuery, Sort};
use services::base::jobs::supervise;
use services::finding::hall::{self, Viewer};
use services::finding::hall_address::HallAddress;
use services::finding::{follower, nearby, percolate, saved_search, thesaurus};
use services::{Error, Policy, Services};

duijie_tests::both_engines!(
    words_that_staff_change_are_found_at_once,
    only_the_city_changes_words,
    a_new_need_is_told_once_to_whom_it_fits,
    a_saved_search_belongs_to_its_organization,
    the_database_answers_like_the_index,
    nothing_private_shows_in_any_answer,
    the_writers_next_search_shows_the_change,
    an_index_deleted_under_the_running_site_mends_itself,
);

fn text(text: &str) -> NeedQuery {
    NeedQuery { text: text.to_owned(), sort: Sort::Relevance, ..NeedQuery::default() }
}

async fn codes(services: &Arc<Services>, viewer: Viewer<'_>, query: NeedQuery) -> Vec<String> {
    let page = hall::search(services, viewer, query).await.unwrap();
    page.results.hits.into_iter().map(|hit| hit.code).collect()
}

async fn words_that_staff_change_are_found_at_once(world: World) {
    let code = world.meals(14).await;
    world.caught_up().await;
    let member = world.by("meals");
    // In words, that is: what is merely about the same is listed too, and said to be.
    let find = async |words: &str| {
        let page = hall::search(&world.services, Viewer::Member(&member), text(words)).await.unwrap();
        let hits = page.results.hits.into_iter().filter(|_| page.results.fell_back.is_none());
        hits.map(|hit| hit.code).collect::<Vec<_>>()
    };
    assert_eq!(find("送饭").await, std::slice::from_ref(&code), "a shipped synonym");
    assert!(find("福满碗").await.is_empty());
    let city = world.by("city");
    // A preview changes nothing.
    let preview = thesaurus::preview(&city, "", Some("助餐 福满碗"), "福满碗").await.unwrap();
    assert_eq!((preview.before.results.total, preview.after.results.total), (0, 1));
    assert!(find("福满碗").await.is_empty());
    let before = world.number("SELECT COUNT(*) FROM events").await;
    let key = thesaurus::add(&city, "助餐 福满碗").await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM events").await, before + 1, "one event for each change");
    assert_eq!(find("福满碗").await, std::slice::from_ref(&code));
    thesaurus::change(&city, &key, 1, "助餐 百家饭").await.unwrap();
    assert!(find("福满碗").await.is_empty());
    assert_eq!(find("百家饭").await, std::slice::from_ref(&code));
    assert!(
        matches!(thesaurus::change(&city, &key, 1, "助餐 千家饭").await, Err(Error::Conflict(_))),
        "somebody was first"
    );
    thesaurus::remove(&city, &key, 2).await.unwrap();
    assert!(find("百家饭").await.is_empty());
    thesaurus::restore(&city, &key, 3).await.unwrap();
    assert_eq!(find("百家饭").await, std::slice::from_ref(&code));
    // A shipped group is changed by laying a row over it.
    let shipped = thesaurus::list(&city).await.unwrap().into_iter().find(|e| e.group.head() == "助餐").unwrap();
    thesaurus::remove(&city, &shipped.group.key, 0).await.unwrap();
    assert!(find("\"送饭\"").await.is_empty());
    let stopped = thesaurus::by_key(&city, &shipped.group.key).await.unwrap();
    thesaurus::restore(&city, &shipped.group.key, stopped.version).await.unwrap();
    assert_eq!(find("送饭").await, std::slice::from_ref(&code));
    drop((member, city));
    // A node that starts anew takes up what the database holds.
    let world = world.reopen(Policy::default());
    thesaurus::refresh(&world.services).await.unwrap();
    world.caught_up().await;
    let member = world.by("meals");
    assert_eq!(codes(&world.services, Viewer::Member(&member), text("百家饭")).await, [code]);
    world.sealed().await;
    let report = services::base::audit::verify(&world.services.db).await.unwrap();
    assert!(report.is_sound(), "{:?}", report.faults);
}

async fn only_the_city_changes_words(world: World) {
    for name in ["street", "district", "meals", "admin", "village"] {
        let ctx = world.by(name);
        assert!(thesaurus::add(&ctx, "助餐 福满碗").await.is_err(), "{name}");
        assert!(thesaurus::list(&ctx).await.is_err(), "{name}");
        assert!(thesaurus::remove(&ctx, "吃饭/助餐", 0).await.is_err(), "{name}");
    }
    let city = world.by("city");
    for mistake in ["", "助餐", "助餐 ，，", &format!("助餐 {}", "长".repeat(20))] {
        assert!(matches!(thesaurus::add(&city, mistake).await, Err(Error::Invalid(_))), "{mistake}");
    }
}

async fn a_new_need_is_told_once_to_whom_it_fits(world: World) {
    percolate::follow(&world.services).await.unwrap();
    let meals = world.by("meals");
    let care = world.by("care");
    saved_search::create(&meals, "送饭", "q=送饭&d=120102").await.unwrap();
    saved_search::create(&meals, "河东全部", "d=120102").await.unwrap();
    saved_search::create(&care, "蓟州的", "d=120119").await.unwrap();
    saved_search::create(&care, "不要送餐", "q=-送餐").await.unwrap();
    let stopped = saved_search::create(&care, "助餐", "q=助餐").await.unwrap();
    saved_search::delete(&care, stopped).await.unwrap();
    let draft = world.draft("street", &household()).await;
    assert_eq!(percolate::follow(&world.services).await.unwrap(), 0, "a draft is nobody's business");
    services::needs::need::submit(&world.by("street"), &draft).await.unwrap();
    services::needs::need::publish(&world.by("district"), &draft).await.unwrap();
    let told = told(&world).await;
    assert_eq!(told, 1, "one notice to the one organization, however many of its searches fit");
    let notices = services::base::notice::list(&meals, 0, 20).await.unwrap();
    let notice = notices.iter().find(|notice| notice.title.contains("保存的查找")).unwrap();
    assert!(notice.body.contains("送饭") && notice.body.contains("河东全部"), "{}", notice.body);
    assert_eq!(notice.href, format!("/needs/{draft}"));
    assert!(services::base::notice::list(&care, 0, 20).await.unwrap().iter().all(|n| !n.title.contains("保存的查找")));
    assert_eq!(percolate::follow(&world.services).await.unwrap(), 0, "told once");
    let kept = saved_search::list(&meals).await.unwrap();
    assert_eq!(kept.iter().map(|kept| kept.told).collect::<Vec<_>>(), [1, 1]);
    // Suspended and resumed is no new need.
    services::needs::need::suspend(&world.by("street"), &draft, "本人住院").await.unwrap();
    services::needs::need::resume(&world.by("street"), &draft).await.unwrap();
    assert_eq!(percolate::follow(&world.services).await.unwrap(), 0);
}

/// Follows until nothing is left: on PostgreSQL events are read once no older transaction runs.
async fn told(world: &World) -> usize {
    let mut told = 0;
    for _ in 0..50 {
        told += percolate::follow(&world.services).await.unwrap();
        if told > 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    told
}

async fn a_saved_search_belongs_to_its_organization(world: World) {
    let meals = world.by("meals");
    let id = saved_search::create(&meals, "送饭", "q=送饭").await.unwrap();
    saved_search::rename(&world.by("meals_worker"), id, "送饭到家").await.unwrap();
    for name in ["care", "street", "city", "admin"] {
        let ctx = world.by(name);
        assert!(saved_search::by_id(&ctx, id).await.is_err(), "{name}");
        assert!(saved_search::rename(&ctx, id, "别人的").await.is_err(), "{name}");
        assert!(saved_search::delete(&ctx, id).await.is_err(), "{name}");
    }
    assert_eq!(saved_search::by_id(&meals, id).await.unwrap().name, "送饭到家");
    assert!(matches!(saved_search::create(&meals, "", "q=送饭").await, Err(Error::Invalid(_))));
    assert!(matches!(saved_search::create(&meals, "空", "").await, Err(Error::Invalid(_))));
    saved_search::delete(&meals, id).await.unwrap();
    assert!(saved_search::list(&meals).await.unwrap().is_empty());
    for number in 0..saved_search::MOST {
        saved_search::create(&meals, &format!("第{number}个"), "q=送饭").await.unwrap();
    }
    assert!(matches!(saved_search::create(&meals, "再一个", "q=送饭").await, Err(Error::Invalid(_))));
}

/// A node whose index holds nothing yet.
pub fn without_index(world: &World) -> (Arc<Services>, tempfile::TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    let services = Services::new(
        world.services.db.clone(),
        index,
        world.clock.clone(),
        Arc::clone(&world.services.random),
        Policy::default(),
        world.services.divisions(),
    );
    (Arc::new(services), dir)
}

async fn the_database_answers_like_the_index(world: World) {
    for quantity in [14, 7, 5] {
        world.meals(quantity).await;
    }
    let bath =
        with(&household(), &[("title", "住平房的老人需要助浴"), ("lines.0.service", "B03"), ("urgency", "urgent")]);
    world.published(&bath).await;
    world.draft("street", &household()).await;
    world.caught_up().await;
    let (bare, _dir) = without_index(&world);
    let queries = [
        "",
        "助餐",
        "送饭",
        "洗澡",
        "河东 送饭",
        "蓟州 送饭",
        "\"平房\"",
        "老人 -洗澡",
        "鲁山道",
        "低保户",
        "zhucan",
        "没有的词",
    ];
    for name in [None, Some("meals"), Some("street"), Some("other_district"), Some("city")] {
        let ctx = name.map(|name| world.by(name));
        let viewer = || Viewer::of(ctx.as_ref());
        for words in queries {
            for address in ["", "&d=120102", "&s=B03", "&urgent=1", "&state=draft&state=open"] {
                let address = HallAddress::parse(&format!("q={words}{address}&sort=urgent"));
                let query = address.need_query(world.now(), 0, 20);
                let indexed = hall::search(&world.services, viewer(), query.clone()).await.unwrap();
                let stood_in = hall::search(&bare, viewer(), query).await.unwrap();
                assert!(stood_in.catching_up && !indexed.catching_up);
                if indexed.results.fell_back.is_some() {
                    continue;
                }
                let context = format!("{name:?} {words} {address:?}");
                assert_eq!(stood_in.results.total, indexed.results.total, "{context}");
                assert_eq!(stood_in.results.facets, indexed.results.facets, "{context}");
                let mut sorted = [stood_in, indexed].map(|page| {
                    page.results
                        .hits
                        .into_iter()
                        .map(|hit| (hit.code, hit.title_spans, hit.passage))
                        .collect::<Vec<_>>()
                });
                for list in &mut sorted {
                    list.sort();
                }
                assert_eq!(sorted[0], sorted[1], "{context}");
            }
        }
    }
    // Once followed, the index answers.
    services::finding::follower::follow(&bare).await.unwrap();
    assert!(!hall::search(&bare, Viewer::Public, text("助餐")).await.unwrap().catching_up);
}

/// Words that only an organization, or only the office, may find: no answer of any kind gives them away.
async fn nothing_private_shows_in_any_answer(world: World) {
    let fields =
        with(&household(), &[("title", "金丝楠木巷的老人需要助餐"), ("description", "家住孔雀石台阶旁，行动不便。")]);
    world.published(&fields).await;
    let hidden = with(&household(), &[("title", "翡翠湾的老人需要助餐"), ("description", "翡翠湾里住。")]);
    world.draft("street", &hidden).await;
    world.caught_up().await;
    let (bare, _dir) = without_index(&world);
    for services in [&world.services, &bare] {
        for (name, secrets) in [
            (None, vec!["金丝楠木", "孔雀石", "翡翠湾", "鲁山道"]),
            (Some("meals"), vec!["翡翠湾"]),
            (Some("other_street"), vec!["金丝楠木", "孔雀石", "翡翠湾"]),
        ] {
            let ctx = name.map(|name| world.by(name));
            let viewer = || Viewer::of(ctx.as_ref());
            for secret in secrets {
                let asked = [
                    secret.to_owned(),
                    format!("\"{secret}\""),
                    secret.chars().rev().collect(),
                    format!("助餐 {secret}"),
                ];
                for query in &asked {
                    let address = HallAddress { text: query.clone(), ..HallAddress::default() };
                    let page = hall::search(services, viewer(), address.need_query(world.now(), 0, 20)).await.unwrap();
                    let shown = format!("{:?}", page.results.hits);
                    assert!(!shown.contains(secret), "{name:?} {query}: {shown}");
                    if !query.contains("助餐") {
                        // What sounds like something that people ask for finds that, whoever has it or not.
                        let in_words =
                            page.results.total > 0 && page.results.fell_back != Some(search::Fallback::Meant);
                        assert!(!in_words || secret == "鲁山道", "{name:?} {query}");
                    }
                    let suggestions = nearby::suggest(services, viewer(), query).await.unwrap();
                    assert!(suggestions.needs.iter().all(|need| !need.title.contains(secret)), "{name:?} {query}");
                    let near = nearby::nearby(services, viewer(), &address, &page.results).await.unwrap();
                    let without: Vec<_> = near.iter().filter(|near| near.address.text.contains(secret)).collect();
                    assert!(without.iter().all(|near| near.total == 0), "{name:?} {query}: {near:?}");
                }
                let excluded = codes(services, viewer(), text(&format!("助餐 -{secret}"))).await;
                let all = codes(services, viewer(), text("助餐")).await;
                assert_eq!(excluded, all, "{name:?}: leaving out {secret} tells who has it");
            }
        }
    }
}

async fn the_writers_next_search_shows_the_change(world: World) {
    let code = world.meals(14).await;
    // What every form does before it answers.
    services::finding::follower::follow_briefly(&world.services).await;
    if world.engine == duijie_tests::world::Engine::Sqlite {
        assert_eq!(codes(&world.services, Viewer::Public, text("助餐")).await, std::slice::from_ref(&code));
    }
    // Another node, following on its own, within a second.
    let (other, _dir) = without_index(&world);
    let follower = tokio::spawn(supervise(Arc::clone(&other), follower::job(&other)));
    let start = std::time::Instant::now();
    services::needs::need::suspend(&world.by("street"), &code, "本人住院").await.unwrap();
    loop {
        let found = codes(&other, Viewer::Public, text("助餐")).await;
        if found.is_empty() && other.follower.is_ready() {
            break;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(3), "still found");
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    follower.abort();
}

async fn an_index_deleted_under_the_running_site_mends_itself(world: World) {
    let first = world.meals(14).await;
    world.caught_up().await;
    std::fs::remove_dir_all(world.dir.path().join("index")).unwrap();
    assert_eq!(
        codes(&world.services, Viewer::Public, text("助餐")).await,
        std::slice::from_ref(&first),
        "what is open goes on answering"
    );
    let follower = tokio::spawn(supervise(Arc::clone(&world.services), follower::job(&world.services)));
    let second = world.published(&with(&household(), &[("title", "住平房的老人需要助餐")])).await;
    let start = std::time::Instant::now();
    loop {
        let found = codes(&world.services, Viewer::Public, text("助餐")).await;
        if found.contains(&second) && world.services.follower.is_ready() {
            assert_eq!(found.len(), 2);
            break;
        }
        assert!(start.elapsed() < std::time::Duration::from_secs(20), "not mended");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    follower.abort();
    assert_eq!(world.services.index.count_of(search::What::Need), 2);
}

#[test]
fn the_shipped_words_are_at_hand() {
    assert!(Lexicon::shipped().groups().count() >= 300);
}
