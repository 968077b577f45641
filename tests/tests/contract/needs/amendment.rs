//! 更正公开的内容: a published need is corrected by two accounts, and stays as it is until the second has confirmed.

use domain::clock::Name;
use domain::need::{CloseReason, NeedState};
use domain::permission::{Refusal, Separation};
use duijie_tests::world::{World, fields, household, with};
use services::Error;
use services::aid::view::{self, NeedView, StaffNeed};
use services::finding::hall::Viewer;
use services::needs::amendment;
use services::office::desk::Task;

duijie_tests::both_engines!(
    a_published_need_is_corrected_by_two,
    what_was_taken_stays_taken,
    a_correction_passes_the_gate,
    an_old_correction_is_not_applied,
    a_correction_ends_with_its_need
);

fn rule<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Conflict(conflict)) => Error::Conflict(conflict).to_string(),
        other => panic!("not refused by a rule: {other:?}"),
    }
}

fn mistake(result: Result<(), Error>) -> Vec<String> {
    match result {
        Err(Error::Invalid(mistakes)) => mistakes.into_iter().map(|mistake| mistake.field).collect(),
        other => panic!("no mistake: {other:?}"),
    }
}

async fn staff(world: &World, by: &str, code: &str) -> StaffNeed {
    let ctx = world.by(by);
    match view::need(&world.services, Viewer::of(Some(&ctx)), code).await.unwrap() {
        NeedView::Staff(need) => *need,
        other => panic!("not the office's: {other:?}"),
    }
}

/// Whether a correction stands on a desk, and whether as one's own.
async fn waits(world: &World, by: &str) -> Option<bool> {
    let desk = services::office::desk::load(&world.by(by)).await.unwrap();
    let all = desk.due.iter().chain(&desk.overdue);
    all.filter(|item| item.task == Task::ConfirmAmendment).map(|item| item.own).next()
}

async fn a_published_need_is_corrected_by_two(world: World) {
    let code = world.meals(14).await;
    let before = world.need(&code).await;
    assert!(rule(amendment::confirm(&world.by("street2"), &code).await).contains("没有等待确认"));
    // The form shows what stands; sent back as it is, nothing changes.
    let (amendable, shown) = amendment::form(&before, &world.lines(&code).await, &[]);
    assert!(amendable.iter().any(|field| field.name == "lines.0.quantity"));
    let same = with(&shown, &[("reason", "看看")]);
    assert!(rule(amendment::propose(&world.by("street"), &code, &same).await).contains("没有改动"));
    let typed =
        with(&shown, &[("title", "高龄老人家庭，需要送餐"), ("lines.0.quantity", "10"), ("reason", "餐数登记错了")]);
    for by in ["other_street", "other_district", "meals", "city", "village", "vol"] {
        assert!(amendment::propose(&world.by(by), &code, &typed).await.is_err(), "{by} proposes");
    }
    amendment::propose(&world.by("street"), &code, &typed).await.unwrap();
    assert!(rule(amendment::propose(&world.by("district"), &code, &typed).await).contains("正在等"));
    // Nothing has changed yet; the office sees what waits, field by field.
    assert_eq!(world.need(&code).await.title, before.title);
    let need = staff(&world, "street2", &code).await;
    let waiting = need.amending.unwrap();
    let changed: Vec<_> =
        waiting.changes.iter().map(|one| (one.label.as_str(), one.from.as_str(), one.to.as_str())).collect();
    assert_eq!(changed, [("第1项的数量", "14", "10"), ("标题", before.title.as_str(), "高龄老人家庭，需要送餐")]);
    assert_eq!(
        (waits(&world, "street").await, waits(&world, "street2").await, waits(&world, "district").await),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!(waits(&world, "other_street").await, None);
    // Not by the one who proposed, nor by others.
    for alone in [
        amendment::confirm(&world.by("street"), &code).await,
        amendment::refuse(&world.by("street"), &code, "再想想").await,
    ] {
        assert!(matches!(alone, Err(Error::Forbidden(Refusal::Separated(Separation::Amender)))), "{alone:?}");
    }
    for by in ["other_street", "other_district", "meals", "city", "village"] {
        assert!(amendment::confirm(&world.by(by), &code).await.is_err(), "{by} confirms");
    }
    amendment::refuse(&world.by("district"), &code, "请再核对餐数").await.unwrap();
    assert_eq!((world.need(&code).await.title, waits(&world, "street2").await), (before.title, None));
    amendment::propose(&world.by("street2"), &code, &typed).await.unwrap();
    amendment::confirm(&world.by("district"), &code).await.unwrap();
    let need = staff(&world, "street", &code).await;
    assert!(need.amending.is_none());
    assert_eq!((need.need.title.as_str(), need.lines[0].line.quantity), ("高龄老人家庭，需要送餐", 10));
    // The history says which fields, never what they say.
    let told = need.timeline.iter().find(|entry| entry.what == "更正公开的内容").unwrap();
    assert_eq!(told.reason.as_deref(), Some("第1项的数量、标题：餐数登记错了"));
    let events = world.texts("SELECT data || COALESCE(reason, '') FROM events WHERE command LIKE 'need.%amend%'").await;
    assert_eq!(events.len(), 4);
    assert!(events.iter().all(|event| event.contains("标题") && !event.contains("高龄老人")), "{events:?}");
    world.sound().await;
}

async fn what_was_taken_stays_taken(world: World) {
    let code = world.meals(14).await;
    let pairing = world.active("meals", &code, &[8]).await;
    let street = world.by("street");
    let ask = |field: &'static str, value: &'static str| fields(&[(field, value), ("reason", "登记错了")]);
    assert_eq!(mistake(amendment::propose(&street, &code, &ask("lines.0.quantity", "7")).await), ["lines.0.quantity"]);
    assert_eq!(
        mistake(amendment::propose(&street, &code, &ask("lines.0.quantity", "许多")).await),
        ["lines.0.quantity"]
    );
    // In which unit and when is settled with whoever took it: not asked for any more.
    let asked = async || {
        let need = staff(&world, "street", &code).await;
        let lines: Vec<_> = need.lines.iter().map(|line| line.line.clone()).collect();
        let served: Vec<_> = need.lines.iter().filter(|line| line.served).map(|line| line.line.id).collect();
        amendment::form(&need.need, &lines, &served).0
    };
    let amendable = asked().await;
    assert!(!amendable.iter().any(|field| field.name == "lines.0.unit" || field.name == "lines.0.ends_on"));
    assert!(rule(amendment::propose(&street, &code, &ask("lines.0.unit", "份")).await).contains("没有改动"));
    amendment::propose(&street, &code, &ask("lines.0.quantity", "8")).await.unwrap();
    amendment::confirm(&world.by("street2"), &code).await.unwrap();
    let need = staff(&world, "street", &code).await;
    assert_eq!((need.lines[0].line.quantity, need.lines[0].line.remaining()), (8, 0));
    // It comes back whole: what was promised and done on it is still counted in meals, between those days.
    services::aid::pairing::terminate(&street, &pairing, "厨房停了").await.unwrap();
    assert_eq!(world.lines(&code).await[0].taken, 0);
    assert!(!asked().await.iter().any(|field| field.name == "lines.0.unit" || field.name == "lines.0.ends_on"));
    assert!(rule(amendment::propose(&street, &code, &ask("lines.0.unit", "份")).await).contains("没有改动"));
    world.sound().await;
}

async fn a_correction_passes_the_gate(world: World) {
    let code = world.published(&household()).await;
    let street = world.by("street");
    let canary = duijie_tests::world::Canary::new();
    let typed = fields(&[("description", &format!("老人独居，请打{}", canary.phone)), ("reason", "补充")]);
    assert_eq!(mistake(amendment::propose(&street, &code, &typed).await), ["description"]);
    let typed = fields(&[("title", ""), ("reason", "")]);
    let mut wrong = mistake(amendment::propose(&street, &code, &typed).await);
    wrong.sort();
    assert_eq!(wrong, ["reason", "title"]);
    let typed = fields(&[("title", "失能老人家庭，送餐"), ("reason", &format!("{}来电", canary.phone))]);
    assert_eq!(mistake(amendment::propose(&street, &code, &typed).await), ["reason"]);
    assert_eq!(world.number("SELECT COUNT(*) FROM amendments").await, 0);
}

async fn an_old_correction_is_not_applied(world: World) {
    let code = world.meals(14).await;
    let typed = fields(&[("lines.0.quantity", "6"), ("reason", "登记错了")]);
    amendment::propose(&world.by("street"), &code, &typed).await.unwrap();
    // Meanwhile somebody takes more than what would be left.
    world.active("meals", &code, &[8]).await;
    assert!(rule(amendment::confirm(&world.by("street2"), &code).await).contains("有了变化"));
    assert_eq!(staff(&world, "street", &code).await.lines[0].line.quantity, 14);
    // Nobody waits unseen: it is late after two working days, and said so.
    world.set(world.now().plus_days(10));
    let late = staff(&world, "district", &code).await.amending.unwrap();
    assert!(late.due_at < world.now());
    assert!(waits(&world, "street2").await.is_some());
    assert_eq!(services::office::clocks::tick(&world.services).await.unwrap().failed, 0);
    for office in ["street2", "district", "city"] {
        let late = services::office::desk::load(&world.by(office)).await.unwrap().overdue;
        let of_it = late.iter().filter(|item| item.running.is_some_and(|running| running.name == Name::NeedAmendment));
        assert_eq!(of_it.count(), 1, "{office}");
    }
    let told = "SELECT COUNT(*) FROM notices WHERE title = '逾期没有办：确认更正'";
    assert!(world.number(told).await >= 3, "each office heard of it");
    amendment::refuse(&world.by("street2"), &code, "已经有组织承接").await.unwrap();
    world.sound().await;
}

async fn a_correction_ends_with_its_need(world: World) {
    let code = world.meals(14).await;
    let typed = fields(&[("title", "高龄老人家庭，需要送餐"), ("reason", "标题不清楚")]);
    amendment::propose(&world.by("street"), &code, &typed).await.unwrap();
    world.closed(&code, CloseReason::DoneByOthers).await;
    assert_eq!(world.need(&code).await.state, NeedState::Closed);
    assert_eq!(waits(&world, "street2").await, None);
    assert!(amendment::confirm(&world.by("district"), &code).await.is_err());
    // The same where it goes into another one.
    let (one, into) = (world.meals(5).await, world.meals(6).await);
    amendment::propose(&world.by("street"), &one, &typed).await.unwrap();
    services::needs::need::merge(&world.by("street"), &one, &into, "同一户").await.unwrap();
    assert_eq!(world.number("SELECT COUNT(*) FROM amendments WHERE decided_at IS NULL").await, 0);
    world.sound().await;
}
