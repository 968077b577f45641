//! Each reader's own tier: another district does not exist, and no organization sees the file.

use domain::{
    machine::Command,
    permission::{Refusal, may_ever},
    verification::LineResult,
};
use duijie_tests::{
    attempts::Target,
    world::{ACCOUNTS, Canary, World, difference, household},
};
use search::{NeedQuery, Sort};
use services::Error;
use services::aid::view;
use services::aid::view::NeedView;
use services::finding::hall;
use services::finding::hall::Viewer;

duijie_tests::both_engines!(another_district_does_not_exist, no_organization_sees_the_file);

/// A need with a record of every kind.
pub(crate) async fn everything(world: &World) -> Target {
    let into = world.meals(14).await;
    let need = world.published(&household()).await;
    let pairing = world.active("meals", &need, &[6, 0]).await;
    let delivery = world.record("meals", &pairing).await;
    services::aid::transfer::offer(&world.by("meals"), &pairing, &world.usccs["third"], "人手不够").await.unwrap();
    let id = world.pairing(&pairing).await.id;
    let transfer = storage::aid::transfer::pending_of(&mut world.read().await, id).await.unwrap().unwrap().id;
    world.report("meals", &pairing).await;
    let verification = world.assigned(&pairing, "village").await;
    let claim = world.claimed("care", &need, &[2, 1]).await;
    Target {
        need,
        into,
        claim: Some(claim),
        pairing: Some(pairing),
        delivery: Some(delivery),
        verification: Some(verification),
        transfer: Some(transfer),
    }
}

async fn another_district_does_not_exist(world: World) {
    let target = everything(&world).await;
    let before = world.rows().await;
    for by in ["other_village", "other_street", "other_district", "third", "admin"] {
        let role = ACCOUNTS.iter().find(|(name, ..)| *name == by).unwrap().1;
        for command in Command::ALL {
            // A transfer was offered to this one, and any organization may claim.
            if by == "third"
                && matches!(command, Command::TransferAccept | Command::TransferDecline | Command::ClaimSubmit)
            {
                continue;
            }
            let Some(outcome) = world.attempt(by, *command, &target).await else { continue };
            let wanted = if may_ever(role, *command) {
                matches!(outcome, Err(Error::NotFound))
            } else {
                matches!(outcome, Err(Error::NotFound | Error::Forbidden(Refusal::Role)))
            };
            assert!(wanted, "{by} {command}: {outcome:?}");
        }
        let ctx = world.by(by);
        assert!(matches!(view::claim(&ctx, target.claim.as_deref().unwrap()).await, Err(Error::NotFound)));
        assert!(matches!(view::pairing(&ctx, target.pairing.as_deref().unwrap()).await, Err(Error::NotFound)));
        assert!(view::editable(&ctx, &target.need).await.is_err());
        // A published need is everybody's, in the public's words.
        if ctx.actor.role.is_staff() {
            let seen = view::need(&world.services, Viewer::of(Some(&ctx)), &target.need).await.unwrap();
            assert!(matches!(seen, NeedView::Public(_)), "{by}");
            let desk = services::office::desk::load(&ctx).await.unwrap();
            assert!(desk.due.is_empty() && desk.unclaimed.is_empty(), "{by}: {desk:?}");
        }
    }
    let after = world.rows().await;
    assert_eq!(before, after, "{}", difference(&before, &after));
    // What is not public exists for the office in charge alone.
    services::needs::need::suspend(&world.by("street"), &target.need, "本人住院").await.unwrap();
    for by in ["other_village", "other_street", "other_district", "next_street", "care", "third", "admin"] {
        let ctx = world.by(by);
        assert!(
            matches!(view::need(&world.services, Viewer::of(Some(&ctx)), &target.need).await, Err(Error::NotFound)),
            "{by}"
        );
    }
    for by in ["village", "street", "district", "city"] {
        let ctx = world.by(by);
        assert!(
            matches!(view::need(&world.services, Viewer::of(Some(&ctx)), &target.need).await, Ok(NeedView::Staff(_))),
            "{by}"
        );
    }
}

fn clean(what: &str, text: &str) {
    assert_eq!(Canary::new().found_in(text), Vec::<String>::new(), "{what}");
}

async fn no_organization_sees_the_file(world: World) {
    let target = everything(&world).await;
    world.caught_up().await;
    let (claim, pairing) = (target.claim.as_deref().unwrap(), target.pairing.as_deref().unwrap());
    // Every view of every reader below the office, and the office's own, which shows masks only.
    for by in [
        "meals",
        "meals_worker",
        "care",
        "third",
        "next_street",
        "other_district",
        "street",
        "village",
        "district",
        "city",
    ] {
        let ctx = world.by(by);
        for viewer in [Viewer::Public, Viewer::of(Some(&ctx))] {
            clean(by, &format!("{:?}", view::need(&world.services, viewer, &target.need).await));
            for text in ["", "桑榆", "晚晴", "司徒", "青霉素", "13800009876", "示例里96号楼", "707", "120102190001"]
            {
                let query =
                    NeedQuery { text: text.to_owned(), sort: Sort::Relevance, limit: 50, ..NeedQuery::default() };
                let page = hall::search(&world.services, viewer, query).await.unwrap();
                let hits: Vec<_> = page.results.hits.iter().map(|hit| (&hit.card, &hit.title, &hit.passage)).collect();
                clean(by, &format!("{hits:?} {:?}", page.cards));
                if matches!(text, "桑榆" | "晚晴" | "司徒" | "青霉素" | "13800009876") {
                    assert_eq!(page.results.total, 0, "{by} finds {text}");
                }
            }
        }
        if let Ok(seen) = view::claim(&ctx, claim).await {
            clean(by, &format!("{seen:?}"));
        }
        if let Ok(seen) = view::pairing(&ctx, pairing).await {
            clean(by, &format!("{seen:?}"));
        }
        clean(by, &format!("{:?}", services::office::desk::load(&ctx).await));
        clean(by, &format!("{:?}", services::base::notice::list(&ctx, 0, 1000).await));
    }
    // An organization's view of a need holds neither its village nor anything of the staff's.
    let ctx = world.by("care");
    let NeedView::Member(seen) = view::need(&world.services, Viewer::of(Some(&ctx)), &target.need).await.unwrap()
    else {
        panic!()
    };
    assert!(!seen.place.contains("橙翠园"), "{}", seen.place);
    assert!(seen.timeline.iter().all(|entry| !entry.who.contains("示例street")), "names of staff stay with the staff");
    let NeedView::Public(seen) = view::need(&world.services, Viewer::Public, &target.need).await.unwrap() else {
        panic!()
    };
    let public = format!("{seen:?}");
    for hidden in ["腿脚不便", "鲁山道", "橙翠园", "女", "80岁", "少盐"] {
        assert!(!public.contains(hidden), "the public reads {hidden}");
    }
    // In the database, only the file holds them.
    let finding = world.finding(target.pairing.as_deref().unwrap(), LineResult::Met).await;
    services::aid::verification::submit(&world.by("village"), target.verification.unwrap(), &finding).await.unwrap();
    for (table, rows) in world.rows().await {
        if table != "need_files" {
            clean(&table, &rows.join("\n"));
        }
    }
    // And the index on disk holds none of them either.
    let mut folders = vec![world.dir.path().join("index")];
    let canary = Canary::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let bytes = std::fs::read(&path).unwrap();
                for value in [canary.name, canary.phone, canary.id_number.as_str()] {
                    assert!(!bytes.windows(value.len()).any(|part| part == value.as_bytes()), "{}", path.display());
                }
            }
        }
    }
}
