//! The working day of a charity: a round of meals for twelve households in well under a minute, its sheet of paper, the
//! week; a telephone call from the place that was tapped; what was typed and left comes back.

use std::time::Instant;

use domain::calendar::Time;
use duijie_tests::world::{Canary, day, household, with};
use services::aid::delivery::{self, Plan};

use crate::hand::Hand;

const PLACES: [&str; 3] = ["120102012011", "120102012012", "120102012013"];
const KINDS: [&str; 4] = ["软烂少盐", "低糖餐，放保温箱", "普通，两位老人同吃", "清真，敲门后多等一会儿"];

/// Twelve households in three communities, each with five meals a week; the round of Tuesday 1 December, at noon.
async fn settle(hand: &mut Hand) -> Vec<String> {
    hand.world.experienced("meals").await;
    let mut codes = Vec::new();
    for i in 0..12 {
        let changes = [
            ("division_code", PLACES[i % 3]),
            ("title", &*format!("第{}户独居老人的午餐", i + 1)),
            ("requirements", KINDS[i % 4]),
            ("address", &*format!("河东区鲁山道街道示例里{}号楼8门707", 20 + i)),
            ("lines.0.quantity", "5"),
            ("lines.1.service", ""),
            ("lines.1.quantity", ""),
            ("lines.1.unit", ""),
            ("lines.1.per", ""),
        ];
        let need = hand.world.published(&with(&household(), &changes)).await;
        let pairing = hand.world.active("meals", &need, &[5]).await;
        let line_id = hand.world.lines(&need).await[0].id;
        let days = (1..=5).map(|n| day(&format!("2026-12-0{n}"))).collect();
        let plan = Plan { line_id, days, at: Some("11:30".to_owned()) };
        delivery::plan(&hand.world.by("meals"), &pairing, &plan).await.unwrap();
        codes.push(pairing);
    }
    hand.later(Time::at(day("2026-12-01"), 12, 30));
    hand.is("meals").await;
    codes
}

/// The field of a household's reason on today's round.
async fn reason_of(hand: &Hand, code: &str) -> String {
    let visits = hand.world.deliveries(code).await;
    let today = visits.iter().find(|visit| visit.planned_on == day("2026-12-01")).unwrap();
    format!("why.{code}_v_{}", today.id.simple())
}

pub async fn a_meal_round(mut hand: Hand, where_: &str) -> Hand {
    let codes = settle(&mut hand).await;
    hand.open("/desk").await;
    hand.sees("今天的上门：12次").await;
    hand.picture(&format!("rounds-desk-{where_}")).await;
    hand.follow("去记录").await;
    hand.sees("助餐，12户12餐").await;
    hand.picture(&format!("rounds-day-{where_}")).await;
    hand.elder(true).await;
    hand.open("/pairings/rounds").await;
    hand.picture(&format!("rounds-day-elder-{where_}")).await;
    hand.open("/pairings/rounds/week").await;
    hand.picture(&format!("rounds-week-elder-{where_}")).await;
    hand.elder(false).await;
    hand.open("/pairings/rounds").await;

    // Everybody but two, in one form.
    let begun = Instant::now();
    let (away, refused) = (reason_of(&hand, &codes[1]).await, reason_of(&hand, &codes[5]).await);
    // All of one street.
    hand.choose("all.B01-120102012000", "1").await;
    hand.choose(&away, "no_one_home").await;
    hand.choose(&refused, "declined_by_household").await;
    hand.fill("from.B01", "11:00").await;
    hand.fill("until.B01", "12:20").await;
    assert!(hand.is_in_sight(".act .button").await, "the button stays in sight");
    hand.picture(&format!("rounds-ticked-{where_}")).await;
    hand.press("提交记录").await;
    hand.sees("12户都记好了").await;
    eprintln!("a round of twelve households on record, {where_}: {:.1} s", begun.elapsed().as_secs_f64());
    hand.picture(&format!("rounds-said-{where_}")).await;
    hand.sees("没人在家").await;
    hand.sees("本人说不要").await;
    hand.follow("这一周").await;
    hand.sees("已做10次").await;
    hand.picture(&format!("rounds-week-{where_}")).await;

    // Tomorrow's, on one sheet, without a name.
    hand.open("/pairings/rounds/sheet?day=2026-12-02").await;
    hand.picture(&format!("rounds-sheet-{where_}")).await;
    hand.never_sees(&[Canary::new().name, Canary::new().phone]).await;
    let paper = hand.printed().await;
    assert!(paper.contains("桑*") && paper.contains("软烂少盐") && !paper.contains("打印单"), "{paper}");
    assert_eq!(hand.sheets().await, 1, "one sheet of A4");

    // The contact opens where it was asked for, and can be rung up.
    hand.open(&format!("/pairings/{}", codes[0])).await;
    hand.picture(&format!("pairing-{where_}")).await;
    hand.unfold("查看电话和住址").await;
    hand.press("查看").await;
    hand.sees("打电话").await;
    assert!(hand.is_in_sight("#contact").await, "the page opens at the contact");
    hand.picture(&format!("pairing-opened-{where_}")).await;
    hand
}

pub async fn what_is_typed_stays(mut hand: Hand) -> Hand {
    let codes = settle(&mut hand).await;
    let plan = format!("/pairings/{}/plan", codes[0]);
    hand.open(&plan).await;
    hand.fill("at", "11:4").await;
    hand.sees("已自动存草稿").await;
    // Left at once, before the keys have rested.
    hand.fill("at", "11:47").await;
    hand.open("/desk").await;
    hand.waits_for(&plan, "没有提交的内容").await;
    assert_eq!(hand.value("at").await, "11:47");
    hand.picture("draft-back-phone").await;
    hand.press("放弃").await;
    assert_eq!(hand.value("at").await, "");
    hand
}
