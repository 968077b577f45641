//! Second clicks, stale pages, wrong input, lost sessions: nothing typed is lost, nothing happens twice.

use crate::hand::Hand;

pub async fn of_an_organization(mut hand: Hand) -> Hand {
    let need = hand.world.meals(14).await;
    let other = hand.world.meals(7).await;
    hand.world.caught_up().await;
    let line = hand.world.lines(&need).await[0].id;
    let quantity = format!("quantity.{line}");
    hand.is("meals").await;

    // Wrong input: more than is open, and no plan.
    hand.open(&format!("/needs/{need}")).await;
    hand.fill(&quantity, "15").await;
    hand.fill("start_on", "2026-11-27").await;
    hand.press("提交认领").await;
    hand.sees("有2处要改，改好就能继续").await;
    hand.sees("打算怎样做：").await;
    assert_eq!(hand.value(&quantity).await, "15");
    assert_eq!(hand.value("start_on").await, "2026-11-27");

    // Lost session: what was typed stands there after signing in again.
    hand.fill(&quantity, "14").await;
    hand.fill("plan", "每天两顿，中午和傍晚各一次").await;
    hand.away();
    hand.press("提交认领").await;
    hand.sees("登录已过期，刚才填的内容还在").await;
    hand.sign_in("meals").await;
    assert_eq!(hand.path().await, format!("/needs/{need}"));
    assert_eq!(hand.value("plan").await, "每天两顿，中午和傍晚各一次");
    assert_eq!(hand.value(&quantity).await, "14");

    // Somebody else was first, with a part of it.
    hand.world.claimed("care", &need, &[4]).await;
    hand.press("提交认领").await;
    hand.sees("晚了一步，这一份已经有人认领").await;
    hand.sees("还剩10餐").await;
    hand.sees("还有这些等着人接").await;
    hand.follow("回到这个需求").await;
    assert_eq!(hand.value("plan").await, "每天两顿，中午和傍晚各一次");

    // An impatient second click claims once.
    hand.fill(&quantity, "10").await;
    hand.press_twice("提交认领").await;
    hand.sees("待答复").await;
    assert!(hand.path().await.starts_with("/claims/"));
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM claims WHERE state = 'submitted'").await, 2);
    assert_eq!(hand.world.lines(&need).await[0].remaining(), 0);

    // A page left open: the need has been withdrawn meanwhile.
    hand.open(&format!("/needs/{other}")).await;
    hand.fill("plan", "先送一周看看").await;
    hand.world.closed(&other, domain::need::CloseReason::Withdrawn).await;
    hand.press("提交认领").await;
    hand.sees("这一步没有做").await;
    hand
}

pub async fn of_an_office(mut hand: Hand) -> Hand {
    let need = hand.world.meals(14).await;
    let claim = hand.world.claimed("meals", &need, &[14]).await;

    // A stale page: the organization has taken the claim back before the street agrees.
    hand.is("street").await;
    hand.open(&format!("/claims/{claim}")).await;
    services::aid::claim::withdraw(&hand.world.by("meals"), &claim, "人手不够").await.unwrap();
    hand.press("同意认领").await;
    hand.sees("情况已经变了，这一步没有做").await;
    hand.follow("看最新情况").await;
    hand.sees("人手不够").await;
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM pairings").await, 0);

    // A second click on the desk agrees once.
    let claim = hand.world.claimed("meals", &need, &[14]).await;
    hand.open("/desk").await;
    hand.press_twice("同意").await;
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM pairings").await, 1);
    assert_eq!(hand.world.count_events("claim.approve").await, 1);

    // A reason that is missing, and a session lost with the reason typed.
    let pairing = hand.world.number("SELECT COUNT(*) FROM claims").await;
    assert_eq!(pairing, 2);
    let pairing = hand.world.texts("SELECT code FROM pairings").await.remove(0);
    services::aid::pairing::start(&hand.world.by("meals"), &pairing, "").await.unwrap();
    hand.open(&format!("/pairings/{pairing}/terminate")).await;
    hand.press("确定终止").await;
    hand.sees("终止的原因").await;
    hand.sees("有1处要改").await;
    hand.fill("reason", "本人住院，家里不需要送餐了").await;
    hand.away();
    hand.press("确定终止").await;
    hand.sees("登录已过期，刚才填的内容还在").await;
    hand.sign_in("street").await;
    assert_eq!(hand.value("reason").await, "本人住院，家里不需要送餐了");
    hand.press("确定终止").await;
    hand.sees("结对已终止").await;

    // A record of another district is not there.
    hand.is("other_district").await;
    hand.open(&format!("/claims/{claim}")).await;
    hand.sees("找不到这一页").await;
    hand
}
