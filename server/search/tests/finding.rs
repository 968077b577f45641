//! What is found by whom, in which order, with which counts.
#![expect(clippy::unwrap_used, reason = "helpers of tests, too")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use search::matching::{Candidate, Prepared};
use search::{Facets, Fallback, Lexicon, NeedDoc, NeedIndex, NeedQuery, Reader, Results, Sort, What};
use uuid::Uuid;

mod common;
use common::{Rng, at, needs};

struct Site {
    index: NeedIndex,
    _dir: tempfile::TempDir,
}

fn site(docs: &[NeedDoc]) -> Site {
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    index.apply(docs, &[], at(1)).unwrap();
    Site { index, _dir: dir }
}

fn staff(scope: &str) -> Reader {
    Reader::Staff { scope: scope.to_owned() }
}

fn text(text: &str) -> NeedQuery {
    NeedQuery { text: text.to_owned(), sort: Sort::Relevance, ..NeedQuery::default() }
}

fn simple(n: u64, title: &str, body: &str) -> NeedDoc {
    NeedDoc {
        id: Uuid::from_u64_pair(1, n),
        code: format!("XQ-2026-{n:06}"),
        division_code: "120101001001".into(),
        known_division: "120101001001".into(),
        kind: "household".into(),
        state: "published".into(),
        is_public: true,
        published_at: 1_000 + n.cast_signed(),
        public_title: title.into(),
        public_text: body.into(),
        title: title.into(),
        text: body.into(),
        public_card: format!("public {n}"),
        member_card: format!("member {n}"),
        ..NeedDoc::default()
    }
}

impl Site {
    fn find(&self, query: &NeedQuery, reader: &Reader) -> Results {
        self.index.search(query, reader).unwrap()
    }

    /// The numbers of `simple` needs found by the public.
    fn numbers(&self, query: &str) -> BTreeSet<u64> {
        let results = self.find(&text(query), &Reader::Public);
        results.hits.iter().map(|h| h.id.as_u64_pair().1).collect()
    }
}

fn set(numbers: &[u64]) -> BTreeSet<u64> {
    numbers.iter().copied().collect()
}

#[test]
fn words_phrases_and_exclusions_do_what_they_say() {
    let mut docs = vec![
        simple(1, "独居老人助餐", "每日上门送餐，少油少盐"),
        simple(2, "独居老人陪诊", "到医院复查，送医上门取餐"),
        simple(3, "困难家庭儿童", "课业辅导，WiFi 6 安装"),
        simple(4, "残疾人助浴", "老年食堂，上门服务"),
    ];
    docs.extend((10..40).map(|n| simple(n, "其他需要", "家电维修和法律援助")));
    let site = site(&docs);
    assert_eq!(site.numbers("助餐"), set(&[1]));
    assert_eq!(site.numbers("\"上门送餐\""), set(&[1]));
    // No text has it as it stands: it is read as plain words, and said so.
    let loose = site.find(&text("「送餐上门」"), &Reader::Public);
    assert_eq!(loose.fell_back, Some(Fallback::Unquoted));
    assert_eq!(loose.hits.first().map(|hit| hit.id.as_u64_pair().1), Some(1));
    assert_eq!(site.numbers("独居 -陪诊"), set(&[1]));
    assert_eq!(site.numbers("老人 -“送医 上门”"), set(&[1]));
    assert_eq!(site.numbers("浴"), set(&[4]));
    assert_eq!(site.numbers("ｗｉｆｉ"), set(&[3]));
    assert_eq!(site.numbers("獨居老人"), set(&[1, 2]));
    assert_eq!(site.numbers("\"少油\""), set(&[1]));
    // No phrase across punctuation.
    assert_eq!(site.find(&text("\"送餐少油\""), &Reader::Public).fell_back, Some(Fallback::Unquoted));
    // Exclusion alone leaves out of everything.
    assert_eq!(site.numbers("独 居 老 人 助 餐 上 门"), set(&[1, 2, 4]));
    let rest = site.find(&text("-维修"), &Reader::Public);
    assert_eq!(rest.total, 4);
    // By code: whole, without separators, by its number.
    for code in ["XQ-2026-000003", "xq2026000003", "000003", "ＸＱ－２０２６－０００００３"] {
        assert_eq!(site.numbers(code), set(&[3]), "{code}");
    }
}

#[test]
fn what_is_meant_is_found_where_no_word_of_it_stands() {
    let of = |service: &str, doc: NeedDoc| NeedDoc { services: vec![service.to_owned()], ..doc };
    let site = site(&[
        of("B01", simple(1, "独居老人助餐", "每天一顿，送到家里")),
        of("B07", simple(2, "平房修缮", "下雨要拿盆接")),
        of("C07", simple(3, "课业辅导", "每周两次")),
    ]);
    site.index.set_lexicon(std::sync::Arc::new(Lexicon::shipped()));
    let first = |query: &str| {
        let results = site.find(&text(query), &Reader::Public);
        (results.hits.first().map(|hit| hit.id.as_u64_pair().1), results.fell_back)
    };
    assert_eq!(first("锅都揭不开了"), (Some(1), Some(Fallback::Meant)));
    assert_eq!(first("天花板滴答水"), (Some(2), Some(Fallback::Meant)));
    // A pasted description whose name stands in quotation marks.
    assert_eq!(first("“暖心灶台”计划：志愿者把热饭送到高龄老人手里，一日一餐。").0, Some(1));
    // Words win over what is meant.
    assert_eq!(first("每周两次").0, Some(3));
}

#[test]
fn next_to_nothing_is_taken_less_strictly_and_said() {
    let site = site(&[
        simple(1, "老人", "需要上门送餐"),
        simple(2, "老人", "理发，送医，三餐自理，需上门"),
        simple(3, "儿童", "课业辅导"),
    ]);
    let results = site.find(&text("送餐上门"), &Reader::Public);
    assert_eq!(results.fell_back, Some(Fallback::AnyPart));
    assert_eq!(results.hits[0].id.as_u64_pair().1, 1, "all in one piece comes first");
    assert_eq!(results.total, 2, "all characters in any order, but not the child");
    let strict = site.find(&text("辅导"), &Reader::Public);
    assert_eq!((strict.total, strict.fell_back), (1, None));
    // A code is a code.
    assert_eq!(site.find(&text("XQ-2026-999999"), &Reader::Public).total, 0);
}

#[test]
fn a_pasted_description_finds_by_its_telling_parts() {
    let mut docs: Vec<_> = (10..200).map(|n| simple(n, "需要服务", "希望上门服务，政府救助后仍有困难")).collect();
    docs.push(simple(1, "老人需要服务", "希望糖尿病足护理上门服务"));
    let site = site(&docs);
    let pasted = "我们团队有三名持证护士，提供糖尿病足护理等上门服务，服务政府救助后仍有困难的家庭。".repeat(8);
    let results = site.find(&text(&pasted), &Reader::Public);
    assert!(results.parsed.truncated);
    assert_eq!(results.hits[0].id.as_u64_pair().1, 1);
}

#[test]
fn hits_are_marked() {
    let body = format!("{}。现需要上門送餐，每日一次。", "情况说明".repeat(40));
    let site = site(&[simple(1, "老人送餐", &body)]);
    let results = site.find(&text("上门送餐"), &Reader::Public);
    let hit = &results.hits[0];
    let marked = |text: &str, spans: &[(u32, u32)]| -> Vec<String> {
        spans.iter().map(|(a, b)| text[*a as usize..*b as usize].to_owned()).collect()
    };
    assert_eq!(marked(&hit.title, &hit.title_spans), ["送餐"]);
    assert_eq!(marked(&hit.passage, &hit.passage_spans), ["上門送餐"]);
    assert!(hit.passage.chars().count() <= 90);
}

#[test]
fn urgent_and_long_waiting_come_first() {
    let mut docs: Vec<_> = (1..=6).map(|n| simple(n, "需要", "助餐")).collect();
    docs[4].urgent = true;
    docs[2].urgent = true;
    docs[0].published_at = 0;
    docs[3].published_at = 5;
    let site = site(&docs);
    let order = |sort| -> Vec<u64> {
        let query = NeedQuery { sort, ..NeedQuery::default() };
        site.find(&query, &Reader::Public).hits.iter().map(|h| h.id.as_u64_pair().1).collect()
    };
    assert_eq!(order(Sort::Urgent), [3, 5, 4, 2, 6, 1]);
    assert_eq!(order(Sort::Waiting), [4, 2, 3, 5, 6, 1]);
    assert_eq!(order(Sort::Newest), [6, 5, 3, 2, 4, 1]);
    assert_eq!(order(Sort::Relevance), order(Sort::Urgent));
    // The same by text, where only the weights differ.
    let found = site.find(&text("助餐"), &Reader::Public);
    assert_eq!(found.hits[0].id.as_u64_pair().1, 3);
}

/// A member-only secret word must not show to the public in any way.
#[test]
fn member_text_does_not_exist_for_the_public() {
    let mut docs: Vec<_> = (1..30).map(|n| simple(n, "老人需要助餐", "助餐服务")).collect();
    docs[3].text.push_str("，住在金丝楠木街");
    docs[3].title.push_str("金丝楠木");
    docs[7].is_public = false;
    docs[7].state = "draft".into();
    docs[7].public_title = "未发布的孔雀".into();
    docs[7].text.push_str("，孔雀");
    let plain = {
        let mut docs = docs.clone();
        docs[3].text = docs[3].public_text.clone();
        docs[3].title = docs[3].public_title.clone();
        docs[7].public_title = "老人需要助餐".into();
        docs[7].text = docs[7].public_text.clone();
        site(&docs)
    };
    let site = site(&docs);
    for query in ["金丝楠木", "楠", "\"金丝楠木\"", "孔雀", "助餐 -金丝楠木", "助餐", "", "丝楠木街金"]
    {
        let mut with = site.find(&text(query), &Reader::Public);
        let mut without = plain.find(&text(query), &Reader::Public);
        (with.generation, without.generation) = (0, 0);
        assert_eq!(with, without, "{query}");
    }
    assert_eq!(site.find(&text("金丝楠木"), &Reader::Organization).total, 1);
    assert_eq!(site.find(&text("孔雀"), &Reader::Organization).total, 0);
    assert_eq!(site.find(&text("孔雀"), &staff("120101")).total, 1);
    assert_eq!(site.find(&text("孔雀"), &staff("120102")).total, 0);
    let public = site.find(&text("助餐"), &Reader::Public);
    assert!(public.hits.iter().all(|h| h.card.starts_with("public") && !h.title.contains("金丝")));
    let member = site.find(&text("助餐"), &Reader::Organization);
    assert!(member.hits.iter().all(|h| h.card.starts_with("member")));
}

#[test]
fn members_find_what_the_public_finds() {
    let mut doc = simple(1, "困难家庭", "公开说明");
    doc.title = "街道内部标题".into();
    doc.text = "内部说明".into();
    let site = site(&[doc]);
    for reader in [Reader::Public, Reader::Organization, staff("12")] {
        assert_eq!(site.find(&text("公开说明"), &reader).total, 1);
    }
}

#[test]
fn households_have_no_street_for_the_public() {
    let mut village = simple(2, "困难村", "产业帮扶");
    village.kind = "village".into();
    let site = site(&[simple(1, "老人", "助餐"), village]);
    let query = NeedQuery { streets: vec!["120101001".into()], ..NeedQuery::default() };
    assert_eq!(site.find(&query, &Reader::Public).total, 1);
    assert_eq!(site.find(&query, &Reader::Organization).total, 2);
    let both = NeedQuery { districts: vec!["120101".into()], ..query };
    assert!(site.find(&both, &Reader::Public).facets.street.is_empty());
    let facets = site.find(&both, &Reader::Organization).facets;
    assert_eq!(facets.street, [("120101001".to_owned(), 2)]);
}

fn knows_street(d: &NeedDoc, reader: &Reader) -> bool {
    match reader {
        Reader::Public => d.kind == "village",
        Reader::Organization => d.known_division.len() >= 9,
        Reader::Staff { .. } => true,
    }
}

/// The plain definition of what a reader may see and what the filters say.
fn expected(docs: &[NeedDoc], query: &NeedQuery, reader: &Reader, except: &str) -> Vec<NeedDoc> {
    let any = |filter: &[String], values: &[String], name: &str| {
        filter.is_empty() || name == except || values.iter().any(|v| filter.contains(v))
    };
    docs.iter()
        .filter(|d| match reader {
            Reader::Public | Reader::Organization => d.is_public,
            Reader::Staff { scope } => d.division_code.starts_with(scope.as_str()),
        })
        .filter(|d| {
            let district = [d.division_code[..6].to_owned()];
            let street = [d.division_code[..9].to_owned()];
            let narrowed = query.streets.iter().any(|s| s.starts_with(&district[0]));
            let street_known = knows_street(d, reader);
            let place = (query.districts.is_empty() && query.streets.is_empty())
                || except == "place"
                || (query.districts.contains(&district[0]) && !narrowed)
                || (street_known && query.streets.contains(&street[0]));
            place
                && any(&query.services, &d.services, "service")
                && any(&query.service_groups, &d.service_groups, "service_group")
                && any(&query.beneficiary_groups, &d.beneficiary_groups, "group")
                && any(&query.kinds, std::slice::from_ref(&d.kind), "kind")
                && any(&query.states, std::slice::from_ref(&d.state), "state")
                && (!query.urgent_only || d.urgent || except == "urgent")
                && (!query.open_only || d.open_units)
                && query.published_before.is_none_or(|t| d.published_at > 0 && d.published_at < t)
        })
        .filter(|d| {
            let public = matches!(reader, Reader::Public);
            let words = if public { &d.public_text } else { &d.text };
            let title = if public { &d.public_title } else { &d.title };
            query.text.is_empty()
                || words.contains(&query.text)
                || title.contains(&query.text)
                || (d.is_public && (d.public_text.contains(&query.text) || d.public_title.contains(&query.text)))
        })
        .cloned()
        .collect()
}

fn counted(docs: &[NeedDoc], values: impl Fn(&NeedDoc) -> Vec<String>, selected: &[String]) -> Vec<(String, u64)> {
    let mut counts: BTreeMap<String, u64> = selected.iter().map(|s| (s.clone(), 0)).collect();
    for doc in docs {
        for value in values(doc).into_iter().collect::<BTreeSet<_>>() {
            *counts.entry(value).or_default() += 1;
        }
    }
    let mut list: Vec<_> = counts.into_iter().collect();
    list.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    list
}

fn random_query(rng: &mut Rng) -> NeedQuery {
    let mut some = |make: &dyn Fn(&mut Rng) -> String| -> Vec<String> {
        if rng.chance(60) {
            return Vec::new();
        }
        (0..=rng.below(3)).map(|_| make(rng)).collect()
    };
    NeedQuery {
        districts: some(&|r| format!("1201{:02}", r.below(17) + 1)),
        streets: some(&|r| format!("1201{:02}{:03}", r.below(16) + 1, r.below(18) + 1)),
        services: some(&|r| r.pick(&common::SERVICES).0.to_owned()),
        service_groups: some(&|r| r.pick(&common::SERVICES).1.to_owned()),
        beneficiary_groups: some(&|r| r.pick(&common::GROUPS).0.to_owned()),
        kinds: some(&|r| (*r.pick(&["household", "village", "other"])).to_owned()),
        states: some(&|r| (*r.pick(&["draft", "published", "closed"])).to_owned()),
        urgent_only: rng.chance(20),
        open_only: rng.chance(20),
        published_before: rng.chance(20).then_some(1_775_000_000_000_000),
        text: (*rng.pick(&["", "", "助餐", "餐", "心理疏导", "医院", "街道"])).to_owned(),
        sort: *rng.pick(&[Sort::Urgent, Sort::Newest, Sort::Waiting, Sort::Relevance]),
        offset: if rng.chance(20) { rng.below(50) } else { 0 },
        ..NeedQuery::default()
    }
}

#[test]
fn counts_hits_and_order_are_those_of_a_plain_walk() {
    let docs = needs(11, 3_000);
    let dir = tempfile::tempdir().unwrap();
    let index = NeedIndex::open(dir.path()).unwrap().index;
    // Several segments, with deletions and replacements among them.
    for (i, chunk) in docs.chunks(700).enumerate() {
        let old: Vec<_> = chunk.iter().map(|d| NeedDoc { state: "draft".into(), ..d.clone() }).collect();
        index.apply(&old, &[], at(2 * i as u64)).unwrap();
        index.apply(chunk, &[], at(2 * i as u64 + 1)).unwrap();
    }
    let site = Site { index, _dir: dir };
    let readers = [
        Reader::Public,
        Reader::Organization,
        staff("12"),
        staff("120103"),
        staff("120103004"),
        staff("120103004005"),
        staff("no scope"),
    ];
    let mut rng = Rng(5);
    for round in 0..400 {
        let query = random_query(&mut rng);
        let reader = rng.pick(&readers);
        let results = site.find(&query, reader);
        if results.fell_back.is_some() {
            continue;
        }
        let of = |except| expected(&docs, &query, reader, except);
        let hits = of("");
        let context = format!("round {round}: {query:?} {reader:?}");
        assert_eq!(results.total, hits.len() as u64, "{context}");

        let mut order: Vec<&NeedDoc> = hits.iter().collect();
        let tie = |d: &NeedDoc| d.id.as_u64_pair().0 ^ d.id.as_u64_pair().1;
        let wait = |d: &NeedDoc| (d.published_at == 0, d.published_at, tie(d));
        match query.sort {
            Sort::Newest => order
                .sort_by_key(|d| (d.published_at == 0, std::cmp::Reverse(d.published_at), std::cmp::Reverse(tie(d)))),
            Sort::Waiting => order.sort_by_key(|d| wait(d)),
            Sort::Urgent | Sort::Relevance => order.sort_by_key(|d| (!d.urgent, wait(d))),
        }
        if query.sort != Sort::Relevance || query.text.is_empty() {
            let expected: Vec<_> = order.iter().skip(query.offset).take(20).map(|d| d.id).collect();
            let found: Vec<_> = results.hits.iter().map(|h| h.id).collect();
            assert_eq!(found, expected, "{context}");
        } else {
            let ids: BTreeSet<_> = hits.iter().map(|d| d.id).collect();
            assert_eq!(results.hits.len(), hits.len().saturating_sub(query.offset).min(20), "{context}");
            assert!(results.hits.iter().all(|h| ids.contains(&h.id)), "{context}");
        }

        let place = of("place");
        let urgent = of("urgent");
        let urgent_count = urgent.iter().filter(|d| d.urgent).count() as u64;
        let mut by_urgency =
            vec![("true".to_owned(), urgent_count), ("false".to_owned(), urgent.len() as u64 - urgent_count)];
        by_urgency.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let mut streets = Vec::new();
        if *reader != Reader::Public {
            let chosen: Vec<_> = place
                .iter()
                .filter(|d| query.districts.contains(&d.division_code[..6].to_owned()) && knows_street(d, reader))
                .cloned()
                .collect();
            streets = counted(&chosen, |d| vec![d.division_code[..9].to_owned()], &[]);
        }
        let facets = Facets {
            district: counted(&place, |d| vec![d.division_code[..6].to_owned()], &query.districts),
            street: streets,
            service: counted(&of("service"), |d| d.services.clone(), &query.services),
            service_group: counted(&of("service_group"), |d| d.service_groups.clone(), &query.service_groups),
            beneficiary_group: counted(&of("group"), |d| d.beneficiary_groups.clone(), &query.beneficiary_groups),
            kind: counted(&of("kind"), |d| vec![d.kind.clone()], &query.kinds),
            state: counted(&of("state"), |d| vec![d.state.clone()], &query.states),
            urgent: by_urgency,
        };
        assert_eq!(results.facets, facets, "{context}");
    }
}

#[test]
fn suggestions_without_counts_give_the_same_first_hits() {
    let site = site(&needs(3, 2_000));
    for query in ["助餐", "心理疏导", "蓟州区 陪诊", "餐", "服务"] {
        let full = site.find(&text(query), &Reader::Organization);
        let quick = site.find(&NeedQuery { facets: false, ..text(query) }, &Reader::Organization);
        assert_eq!(full.hits, quick.hits, "{query}");
    }
}

#[test]
fn pages_join_without_gaps() {
    let site = site(&needs(4, 1_500));
    for (words, sort) in [("", Sort::Urgent), ("助餐", Sort::Relevance), ("需要", Sort::Newest)] {
        let base = NeedQuery { text: words.into(), sort, ..NeedQuery::default() };
        let whole = site.find(&NeedQuery { limit: 1_000, ..base.clone() }, &Reader::Public);
        let mut joined = Vec::new();
        for page in 0..20 {
            let query = NeedQuery { offset: page * 20, ..base.clone() };
            joined.extend(site.find(&query, &Reader::Public).hits.into_iter().map(|h| h.id));
        }
        let ids: Vec<_> = whole.hits.iter().take(400).map(|h| h.id).collect();
        assert_eq!(joined, ids, "{words}");
        let beyond = NeedQuery { offset: usize::MAX, ..base };
        assert!(site.find(&beyond, &Reader::Public).hits.is_empty());
    }
}

#[test]
fn any_input_gives_a_result() {
    let site = site(&needs(9, 300));
    let readers = [Reader::Public, Reader::Organization, staff("120103"), staff("！")];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 400,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let texts = prop_oneof![
        any::<String>(),
        "[\"“”「」\\-－ 助餐陪诊老人a1*?():^~\\[\\]{}+\\\\/&|!,，。\u{301}\u{200B}ﬁ①]{0,260}",
    ];
    runner
        .run(
            &(texts, any::<String>(), 0_usize..4, any::<usize>(), any::<usize>(), 0_usize..4),
            |(words, odd, reader, offset, limit, sort)| {
                let sorts = [Sort::Relevance, Sort::Urgent, Sort::Newest, Sort::Waiting];
                let query = NeedQuery {
                    text: words,
                    districts: vec![odd.clone()],
                    streets: vec![odd.clone()],
                    near: odd,
                    now: i64::MAX,
                    published_before: (limit % 2 == 0).then_some(i64::MIN),
                    sort: sorts[sort],
                    offset,
                    limit,
                    ..NeedQuery::default()
                };
                site.find(&query, &readers[reader]);
                let open = NeedQuery { districts: vec![], streets: vec![], published_before: None, offset: 0, ..query };
                let results = site.find(&open, &readers[reader]);
                for hit in results.hits {
                    for (a, b) in hit.title_spans {
                        prop_assert!(hit.title.get(a as usize..b as usize).is_some());
                    }
                    for (a, b) in hit.passage_spans {
                        prop_assert!(hit.passage.get(a as usize..b as usize).is_some());
                    }
                }
                Ok(())
            },
        )
        .unwrap();
}

/// A query held against single needs in memory says the same as the index, as strictly as it was asked.
#[test]
fn in_memory_and_by_index_are_the_same() {
    let docs = needs(13, 800);
    let site = site(&docs);
    let lexicon = std::sync::Arc::new(Lexicon::shipped());
    site.index.set_lexicon(lexicon.clone());
    let mut rng = Rng(17);
    let words = [
        "助餐",
        "送饭",
        "独居老人",
        "和平区",
        "蓟州 陪诊",
        "河西区助浴",
        "\"定期上门探望\"",
        "老人 -陪诊",
        "zhucan",
        "心理疏导 儿童",
        "低保",
        "助餐 -和平区",
        "手语翻译",
        "XQ-2026-000012",
    ];
    for round in 0..300 {
        let mut query = random_query(&mut rng);
        query.text = (*rng.pick(&words)).to_owned();
        (query.limit, query.offset, query.sort) = (1_000, 0, Sort::Urgent);
        let readers = [Reader::Public, Reader::Organization, staff("12"), staff("120103"), staff("120103004")];
        let reader = rng.pick(&readers);
        let results = site.find(&query, reader);
        if results.fell_back.is_some() {
            continue;
        }
        let prepared = Prepared::new(query.clone(), &lexicon);
        let fitting: BTreeSet<Uuid> = docs
            .iter()
            .filter(|doc| Candidate::new(doc, reader).is_some_and(|candidate| candidate.fits(&prepared)))
            .map(|doc| doc.id)
            .collect();
        let found: BTreeSet<Uuid> = results.hits.iter().map(|hit| hit.id).collect();
        assert_eq!(fitting, found, "round {round}: {query:?} {reader:?}");
    }
}

/// No text takes long to understand, whatever it is.
#[test]
fn any_input_is_understood_in_bounded_time() {
    let site = site(&needs(9, 300));
    site.index.set_lexicon(std::sync::Arc::new(Lexicon::shipped()));
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let texts = prop_oneof![
        any::<String>(),
        "[a-z]{0,260}",
        "[助餐陪诊送饭老人蓟州和平区小白楼低保有没有的zhucan \"“”\\-－]{0,260}",
        "(助参|陪珍|心里疏导|蓟洲|zc|peizhen| |-|\"){0,60}",
    ];
    runner
        .run(&texts, |words| {
            let start = std::time::Instant::now();
            let results = site.find(&text(&words), &Reader::Organization);
            prop_assert!(start.elapsed().as_secs() < 3, "{words:?} took {:?}", start.elapsed());
            for hit in results.hits {
                for (a, b) in hit.title_spans {
                    prop_assert!(hit.title.get(a as usize..b as usize).is_some());
                }
                for (a, b) in hit.passage_spans {
                    prop_assert!(hit.passage.get(a as usize..b as usize).is_some());
                }
                prop_assert!(hit.why.iter().all(|why| !why.found.is_empty()));
            }
            Ok(())
        })
        .unwrap();
}

/// Documents of another kind are found by asking for them, and never among needs.
#[test]
fn kinds_of_documents_keep_apart() {
    let organization = NeedDoc {
        what: What::Organization,
        state: "verified".into(),
        ..simple(2, "津邻示例助餐中心", "助餐送餐，河东区")
    };
    let hidden =
        NeedDoc { is_public: false, state: "applied".into(), id: Uuid::from_u64_pair(1, 3), ..organization.clone() };
    let site = site(&[simple(1, "老人助餐", "助餐"), organization, hidden]);
    assert_eq!(site.numbers("助餐"), set(&[1]));
    let asked = NeedQuery { what: What::Organization, ..text("助餐") };
    let ids = |reader: &Reader| -> Vec<u64> {
        site.find(&asked, reader).hits.iter().map(|hit| hit.id.as_u64_pair().1).collect()
    };
    assert_eq!(ids(&Reader::Public), [2]);
    assert_eq!(ids(&staff("120119")), [2], "whoever is public is found from anywhere");
    assert_eq!(ids(&staff("120101")).len(), 2, "and applications by their own district");
    assert_eq!(site.index.count_of(What::Organization), 2);
}
