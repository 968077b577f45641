//! How much a page asks of the database: every page for every reader, with some rows and with twice as many.
//!
//! The numbers are statements of one request, session and unread notices included. None may grow with the rows, no
//! statement may be asked again for each line, and each kind of page has its limit.

use std::{collections::BTreeMap, fmt::Write as _};

use domain::role::Role;
use duijie_tests::world::{World, day, household, with};
use services::volunteers::{member, signup, team};
use storage::counted;
use web::routes;

use crate::base::web::{PEOPLE, Web};
use crate::supply::project::{hot_meals, publish};
use crate::volunteers::volunteer::planned;

duijie_tests::both_engines!(pages_keep_to_their_budget);

/// Needs of a round of [`grow`]; a quarter of them unclaimed.
const NEEDS: usize = 16;

/// Readers beside one of each role: a leader of a team, another organization, another district.
const MORE: &[(Role, &str)] =
    &[(Role::Volunteer, "leader"), (Role::OrgAdmin, "third"), (Role::District, "other_district")];

/// What a page may ask at most, by its address in the route table.
fn limit(path: &str) -> usize {
    match path {
        // All kinds of records, what is late of each, the masks of the households; a volunteer's own page is a desk too.
        "/desk" | "/desk/overdue" | "/my" | "/matches" | "/matching/weights" => 15,
        // One record, a file of many, or the form of a day's visits.
        path if path.contains(['{', '.']) || path.starts_with("/pairings/rounds") => 12,
        _ => 8,
    }
}

/// An organization with so many checked results that it may hold sixty pairings at once.
async fn proven(world: &World, by: &str) {
    for _ in 0..10 {
        let need = world.meals(3).await;
        let pairing = world.reported(by, &need, &[3]).await;
        world.verified(&pairing, "village", domain::verification::LineResult::Met).await;
        services::aid::pairing::complete(&world.by("street"), &pairing).await.unwrap();
    }
}

/// As many rows again of everything that pages list.
async fn grow(web: &Web, round: u32) {
    let world = &web.world;
    for number in 0..NEEDS {
        let form = with(&household(), &[("title", &format!("示例需求第{round}轮{number}"))]);
        let code = world.published(&form).await;
        if number % 4 == 0 {
            crate::aid::ask::invite(world, "street", &code, &["meals", "care"]).await.unwrap();
            continue;
        }
        // Half of them with an organization that has room for more than two at once.
        let pairing = world.active(if number % 4 == 1 { "third" } else { "meals" }, &code, &[3, 0]).await;
        world.claimed("care", &code, &[2, 1]).await;
        let by = if number % 4 == 1 { "third" } else { "meals" };
        world.record(by, &pairing).await;
        if number % 4 == 3 {
            world.report(by, &pairing).await;
            if number % 8 == 3 {
                world.assigned(&pairing, "village").await;
            }
        }
    }
    for number in 0..4 {
        let title = format!("示例草稿第{round}轮{number}");
        world.draft("street", &with(&household(), &[("title", &title)])).await;
        let sent = world.draft("street", &with(&household(), &[("title", &title)])).await;
        services::needs::need::submit(&world.by("street"), &sent).await.unwrap();
        publish(world, "meals", &with(&hot_meals(), &[("title", &format!("热饭到家第{round}轮{number}"))])).await;
        world.organization(&format!("示例机构第{round}轮{number}"), 100 * round + number).await;
        let saved = format!("送饭第{round}轮{number}");
        services::finding::saved_search::create(&world.by("meals"), &saved, "q=送饭").await.unwrap();
    }
    let last = if round == 1 { 12 } else { 24 };
    for number in last - 12..last {
        let on = (day("2026-12-01") + chrono::Days::new(number)).to_string();
        let shift = planned(world, &web.opening, &on, ("14:00", "16:00"), 3).await;
        signup::apply(&world.by("vol"), shift).await.unwrap();
        let person = format!("person{number}");
        let account = world.volunteer(&person, 1000 + u32::try_from(number).unwrap(), &[]).await;
        let ctx = world.as_volunteer(account);
        member::join(&ctx, &web.team, "").await.unwrap();
        signup::apply(&ctx, shift).await.unwrap();
        signup::apply(&ctx, web.shift).await.unwrap();
    }
    world.caught_up().await;
}

/// Statements of a page, by where they stand in the sources.
type Asked = BTreeMap<&'static str, usize>;

/// Every page that is shown, by address in the route table and reader.
async fn measure(web: &Web) -> BTreeMap<(&'static str, &'static str), Asked> {
    let mut all = BTreeMap::new();
    for route in routes().iter().filter(|route| route.method == "GET") {
        let path = web.path(route);
        let readers = PEOPLE.iter().chain(MORE).map(|(role, name)| (Some(*role), *name));
        for (role, name) in readers.chain([(None, "public")]) {
            if !route.access.admits(role) {
                continue;
            }
            let session = match role {
                Some(_) => Some(web.session(name).await),
                None => None,
            };
            let (answer, statements) = counted(web.get(&path, session.as_deref())).await;
            if answer.status.is_success() {
                let asked: &mut Asked = all.entry((route.path, name)).or_default();
                for place in statements {
                    *asked.entry(place).or_default() += 1;
                }
            }
        }
    }
    all
}

async fn pages_keep_to_their_budget(world: World) {
    let web = Web::new(world).await;
    // `leader` leads the team that the shifts are of.
    member::join(&web.world.by("leader"), &web.team, "").await.unwrap();
    let view = team::view(&web.world.services, Some(&web.world.by("meals")), &web.team, 0).await.unwrap();
    let leader = crate::volunteers::volunteer::own(&web.world, "leader").await;
    let id = view.applied.iter().find(|m| m.listing.member.volunteer_id == leader).unwrap().listing.member.id;
    member::answer(&web.world.by("meals"), id, true, "").await.unwrap();
    member::lead(&web.world.by("meals"), id, true).await.unwrap();
    proven(&web.world, "meals").await;
    proven(&web.world, "care").await;
    grow(&web, 1).await;
    let some = measure(&web).await;
    grow(&web, 2).await;
    let twice = measure(&web).await;
    let (mut table, mut wrong) = (String::new(), String::new());
    for ((path, name), asked) in &twice {
        let before = some.get(&(*path, *name)).map_or(0, |asked| asked.values().sum::<usize>());
        let now: usize = asked.values().sum();
        let again: Vec<String> =
            asked.iter().filter(|(_, n)| **n > 1).map(|(place, n)| format!("{place}×{n}")).collect();
        let again = again.join(" ").replace("server/storage/src/", "");
        let line = format!("{path:<44} {name:<15} {before:>3} {now:>3} {:>3}  {again}\n", limit(path));
        table.push_str(&line);
        let each_line = asked.values().any(|n| *n > 3);
        // Where more rows are one more portion of forty, that is one statement more.
        if now > limit(path) || now > before + 1 || each_line {
            wrong.push_str(&line);
            for place in asked.keys() {
                writeln!(wrong, "    {place}").unwrap();
            }
        }
    }
    println!("{table}");
    assert!(twice.len() > 300, "only {} pages were shown", twice.len());
    assert!(wrong.is_empty(), "page, reader, statements, with twice the rows, at most:\n{wrong}");
}
