//! What was promised is held against what was done, as the people of a case see it; and what waits stands where somebody
//! looks.

use chrono::Days;
use domain::calendar::Time;
use domain::need::CloseReason;
use domain::pairing::ShortReason;
use duijie_tests::{
    steps::closing,
    world::{day, household, with},
};
use services::aid::delivery::{self, Done, Plan, Visit};
use services::needs::need;
use uuid::Uuid;

use crate::{hand::Hand, volunteer::recruiting};

/// A need of so many meals a week until the end of next year.
async fn meals(hand: &Hand, title: &str, quantity: &str, more: &[(&str, &str)]) -> String {
    let changes = [
        ("title", title),
        ("valid_until", "2027-11-30"),
        ("lines.0.quantity", quantity),
        ("lines.0.ends_on", "2027-10-31"),
        ("lines.1.service", ""),
        ("lines.1.quantity", ""),
        ("lines.1.unit", ""),
        ("lines.1.per", ""),
    ];
    hand.world.published(&with(&with(&household(), &changes), more)).await
}

async fn line_of(hand: &Hand, pairing: &str) -> Uuid {
    hand.world.promise(pairing).await.lines[0].line_id
}

/// Units of the present day, confirmed by the village.
async fn delivered(hand: &Hand, by: &str, pairing: &str, units: i64) {
    let world = &hand.world;
    let line = line_of(hand, pairing).await;
    let visit =
        Done { done_on: world.now().day(), at: None, units, minutes: Some(30), note: String::new(), again: false };
    delivery::record_unplanned(&world.by(by), pairing, line, &Visit::Done(visit)).await.unwrap();
    let new = world.deliveries(pairing).await.into_iter().find(|d| d.state.as_str() == "recorded").unwrap();
    delivery::decide(&world.by("village"), new.id, true, "").await.unwrap();
}

pub async fn held_against(mut hand: Hand) -> Hand {
    let way = if hand.scripts { "desk" } else { "phone" };
    signed_up(&mut hand).await;
    eight_meals(&mut hand, way).await;
    gone_by(&mut hand, way).await;
    cleaning(&mut hand, way).await;
    silent(&mut hand, way).await;
    waits(&mut hand, way).await;
    hand
}

/// Eight meals a week were promised and two brought: what is missing is seen by everybody, nothing is called done in
/// full, and somebody looks for a successor.
async fn eight_meals(hand: &mut Hand, way: &str) {
    let need = meals(hand, "独居老人每天一顿软饭", "8", &[]).await;
    let pairing = hand.world.active("meals", &need, &[8]).await;
    let (page, line) = (format!("/pairings/{pairing}"), line_of(hand, &pairing).await);
    hand.later(Time::at(day("2026-11-30"), 12, 0));
    delivered(hand, "meals", &pairing, 2).await;
    let days = (8..21).map(|n| day("2026-12-01") + Days::new(n)).collect();
    delivery::plan(&hand.world.by("meals"), &pairing, &Plan { line_id: line, days, at: None }).await.unwrap();
    hand.later(Time::at(day("2026-12-07"), 10, 0));
    hand.is("meals").await;
    hand.open(&page).await;
    hand.sees("已确认2餐").await;
    hand.sees("少10餐").await;
    hand.picture(&format!("promise-pairing-{way}")).await;

    // The same service on the same day is asked about, and taken when it is another one.
    for again in [false, true] {
        hand.choose("result", "done").await;
        hand.choose("minutes", "30").await;
        hand.press("提交记录").await;
        if again {
            hand.sees("另一次").await;
            hand.choose("again", "1").await;
            hand.press("提交记录").await;
        }
        hand.sees("已记录").await;
    }

    // Done in full is not offered; what is planned is listed before it ends; and the report comes back with one tap.
    hand.open(&page).await;
    hand.follow("填写报告").await;
    hand.never_sees(&["value=\"full\""]).await;
    hand.choose(&format!("outcome.{line}"), "partial").await;
    hand.choose(&format!("short_reason.{line}"), ShortReason::Capacity.as_str()).await;
    hand.fill("report", "人手不够，只送了几次").await;
    hand.press("下一步：核对").await;
    hand.sees("13次").await;
    hand.press("确定提交").await;
    hand.sees("已报告结果").await;
    hand.press("收回报告").await;
    hand.sees("已收回报告").await;
    hand.world.report("meals", &pairing).await;
    hand.world.assigned(&pairing, "village").await;

    // Whoever checks sees on the desk and at the line what is missing.
    hand.is("village").await;
    hand.open("/desk").await;
    hand.sees("已确认2餐").await;
    hand.follow("填写核验").await;
    // A report ends the pairing: what lay ahead is short as well.
    hand.sees("少384餐").await;
    hand.picture(&format!("promise-verify-{way}")).await;
    hand.choose(&format!("result.{line}"), "partial").await;
    hand.fill(&format!("units.{line}"), "4").await;
    hand.choose("method", "home_visit").await;
    hand.fill("note", "当面问过，一共收到四顿").await;
    hand.press("提交核验").await;
    hand.sees("核验已提交").await;
    hand.is("street2").await;
    hand.open("/desk").await;
    hand.picture(&format!("promise-desk-{way}")).await;
    hand.press("办结").await;
    hand.sees("已办结").await;
    hand.open(&format!("/needs/{need}")).await;
    assert_eq!(hand.world.lines(&need).await[0].remaining(), 8);
    hand.open("/desk/unclaimed").await;
    hand.sees("独居老人每天一顿软饭").await;
}

/// A volunteer has a place on 28 November, and nobody writes down whether they came.
async fn signed_up(hand: &mut Hand) {
    recruiting(hand).await;
    hand.is("vol").await;
    hand.open("/openings").await;
    hand.follow("周六上午陪老人聊天").await;
    hand.press("报名").await;
    hand.sees("已录用，请确认").await;
}

/// A sign-up of a shift long past waits for nobody; both sides hear of its end.
async fn gone_by(hand: &mut Hand, way: &str) {
    hand.later(Time::at(day("2026-12-14"), 10, 0));
    assert_eq!(services::office::clocks::tick(&hand.world.services).await.unwrap().failed, 0);
    hand.is("vol").await;
    hand.open("/my").await;
    hand.never_sees(&["等待答复", "确认参加"]).await;
    hand.open("/inbox").await;
    hand.sees("报名已自动结束").await;
    hand.picture(&format!("promise-gone-by-{way}")).await;
}

/// Cleaning twice a month for a year was promised and done twice. It is not reported as done in full; whoever checks
/// says what was seen and why that is enough; and the need stays open all the same.
async fn cleaning(hand: &mut Hand, way: &str) {
    let changes = [("lines.0.service", "B02"), ("lines.0.unit", "次"), ("lines.0.per", "month")];
    let need = meals(hand, "高龄老人每月打扫两次", "2", &changes).await;
    let pairing = hand.world.active("care", &need, &[2]).await;
    let line = line_of(hand, &pairing).await;
    delivered(hand, "care", &pairing, 2).await;
    hand.is("care").await;
    hand.open(&format!("/pairings/{pairing}")).await;
    hand.follow("填写报告").await;
    hand.never_sees(&["value=\"full\""]).await;
    hand.choose(&format!("outcome.{line}"), "partial").await;
    hand.choose(&format!("short_reason.{line}"), ShortReason::Capacity.as_str()).await;
    hand.fill("report", "只有一名保洁员，做不下去了").await;
    hand.press("下一步：核对").await;
    hand.press("确定提交").await;
    hand.sees("已报告结果").await;
    hand.world.assigned(&pairing, "village").await;
    // The verifier is told, and follows the notice to the lines.
    hand.is("village").await;
    hand.open("/inbox").await;
    hand.follow("请核验，").await;
    hand.choose(&format!("result.{line}"), "met").await;
    hand.choose("method", "call").await;
    hand.press("提交核验").await;
    hand.sees("要改").await;
    hand.fill("note", "电话里本人说打扫得干净").await;
    hand.press("提交核验").await;
    hand.sees("为什么算满足").await;
    assert_eq!(hand.value("note").await, "电话里本人说打扫得干净");
    assert_eq!(hand.value(&format!("result.{line}")).await, "met");
    hand.picture(&format!("promise-cleaning-{way}")).await;
    hand.fill(&format!("why.{line}"), "做了的两次本人满意").await;
    hand.press("提交核验").await;
    hand.sees("核验已提交").await;
    hand.is("street2").await;
    hand.open(&format!("/pairings/{pairing}")).await;
    hand.press("办结").await;
    hand.sees("已办结").await;
    let left = hand.world.need(&need).await;
    assert_eq!((left.state, left.close_reason), (domain::need::NeedState::Published, None));
    assert_eq!(hand.world.lines(&need).await[0].remaining(), 2);
}

/// A silent pairing comes to the street, which gives a part of it back.
async fn silent(hand: &mut Hand, way: &str) {
    let need = meals(hand, "双老家庭的午餐", "14", &[]).await;
    let pairing = hand.world.active("meals", &need, &[14]).await;
    delivered(hand, "meals", &pairing, 2).await;
    hand.later(hand.world.now().plus_days(70));
    assert_eq!(services::office::clocks::tick(&hand.world.services).await.unwrap().failed, 0);
    hand.is("meals").await;
    hand.open("/desk").await;
    hand.sees("天没有服务记录").await;
    hand.is("street").await;
    hand.open("/desk").await;
    hand.sees("双老家庭的午餐").await;
    hand.sees("已确认2餐").await;
    hand.picture(&format!("promise-silent-{way}")).await;
    hand.follow("部分退回").await;
    hand.picture(&format!("promise-give-back-{way}")).await;
    let units = format!("give_back.{}", line_of(hand, &pairing).await);
    hand.fill(&units, "20").await;
    hand.fill("reason", "厨房只剩一半人手").await;
    hand.press("确定退回").await;
    hand.sees("填0到14之间的整数").await;
    assert_eq!(hand.value("reason").await, "厨房只剩一半人手");
    hand.fill(&units, "6").await;
    hand.press("确定退回").await;
    hand.sees("其余照旧").await;
    hand.sees("每周8餐").await;
    hand.open(&format!("/needs/{need}")).await;
    assert_eq!(hand.world.lines(&need).await[0].remaining(), 6);
}

/// An urgent need that nobody took stands before everything; a need is closed by two; what is late has a page.
async fn waits(hand: &mut Hand, way: &str) {
    let urgent = meals(hand, "刚出院，今天起没有人做饭", "7", &[("urgency", "urgent")]).await;
    let closes = meals(hand, "换季打扫居室", "1", &[("lines.0.service", "B02"), ("lines.0.unit", "次")]).await;
    need::propose_close(&hand.world.by("street"), &closes, &closing(CloseReason::DoneByOthers)).await.unwrap();
    let draft = hand.world.draft("street", &with(&household(), &[("title", "等着审核的需求")])).await;
    need::submit(&hand.world.by("street"), &draft).await.unwrap();
    hand.later(hand.world.now().plus_hours(30));
    assert_eq!(services::office::clocks::tick(&hand.world.services).await.unwrap().failed, 0);
    hand.is("street").await;
    hand.open("/desk").await;
    hand.sees("急难，先办").await;
    hand.sees("刚出院，今天起没有人做饭").await;
    hand.open("/desk/unclaimed").await;
    hand.sees("刚出院，今天起没有人做饭").await;
    // Whoever proposed it cannot confirm it too.
    hand.open(&format!("/needs/{closes}")).await;
    hand.sees("有走访记录").await;
    hand.never_sees(&["确认结案</button>"]).await;
    hand.is("street2").await;
    hand.open(&format!("/needs/{closes}")).await;
    hand.sees("有走访记录").await;
    hand.press("确认结案").await;
    assert_eq!(hand.world.need(&closes).await.close_reason, Some(CloseReason::DoneByOthers));
    corrected(hand, &urgent, way).await;
    // A week later the urgent one has come to the city, the review to the district.
    hand.later(hand.world.now().plus_days(9));
    assert_eq!(services::office::clocks::tick(&hand.world.services).await.unwrap().failed, 0);
    for (by, words) in [("city", "刚出院，今天起没有人做晚饭"), ("district", "等着审核的需求")] {
        hand.is(by).await;
        hand.open("/desk/overdue").await;
        hand.sees(words).await;
        hand.picture(&format!("promise-overdue-{by}-{way}")).await;
    }
    hand.open("/help/clocks").await;
    hand.picture(&format!("help-clocks-{way}")).await;
    assert_eq!(hand.world.need(&urgent).await.state, domain::need::NeedState::Published);
}

/// What is published wrongly is corrected by two: a mistake loses nothing, and until the colleague has said yes the card
/// stays as it is.
async fn corrected(hand: &mut Hand, need: &str, way: &str) {
    let page = format!("/needs/{need}");
    let right = "刚出院，今天起没有人做晚饭";
    hand.is("street").await;
    hand.open(&page).await;
    hand.follow("提出更正").await;
    assert_eq!(hand.value("title").await, "刚出院，今天起没有人做饭");
    hand.fill("title", right).await;
    hand.press("确定提出更正").await;
    hand.sees("为什么更正").await;
    assert_eq!(hand.value("title").await, right);
    hand.picture(&format!("amend-{way}")).await;
    hand.fill("reason", "只缺晚饭，电话里核实过").await;
    hand.press("确定提出更正").await;
    hand.sees("刚出院，今天起没有人做饭").await;
    hand.never_sees(&["确认更正</button>"]).await;
    hand.is("street2").await;
    hand.open("/desk").await;
    hand.sees("确认更正").await;
    hand.follow("看改了什么").await;
    hand.sees(right).await;
    hand.sees("只缺晚饭").await;
    hand.picture(&format!("amendment-{way}")).await;
    hand.press("确认更正").await;
    hand.sees("公开的内容已经改了").await;
    assert_eq!(hand.world.need(need).await.title, right);
}
