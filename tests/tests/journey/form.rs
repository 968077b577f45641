//! A need typed in by the form in four steps, with what goes wrong on the way.

use duijie_tests::world::{Canary, VILLAGE, household, with};

use crate::hand::Hand;

/// With scripts the draft is kept while typing, from the first field on.
async fn kept_while_typing(hand: &mut Hand) {
    hand.open("/needs/new").await;
    hand.fill("source_no", "RX-20261124-1").await;
    hand.sees("已自动存草稿").await;
    hand.fill("source_no", "RX-20261124-2").await;
    hand.sees("已自动存草稿").await;
    hand.open("/desk").await;
    hand.follow("登记需求").await;
    hand.follow("接着填").await;
    hand.sees("来源单号").await;
    assert!(hand.value("source_no").await.starts_with("RX-20261124-"));
    hand.press("删除草稿").await;
    hand.sees("草稿已删除").await;
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM drafts").await, 0);
}

pub async fn typed_in(mut hand: Hand) -> Hand {
    let canary = Canary::new();
    // The household is known already.
    let known = hand.world.draft("street2", &with(&household(), &[("source_no", "JJN202611240009")])).await;

    hand.is("street").await;
    if hand.scripts {
        kept_while_typing(&mut hand).await;
    }
    hand.open("/desk").await;
    hand.follow("登记需求").await;
    hand.choose("kind", "household").await;
    hand.choose("division_code", VILLAGE).await;
    hand.choose("urgency", "normal").await;
    hand.fill("source_no", "RX-20261124-7").await;
    hand.choose("beneficiary", "DB").await;
    // The source is missing: it is named, and everything else is still there.
    hand.press("保存并继续").await;
    hand.sees("有1处要改，改好就能继续").await;
    hand.sees("需求来源：").await;
    assert_eq!(hand.value("kind").await, "household");
    assert_eq!(hand.value("division_code").await, VILLAGE);
    assert_eq!(hand.value("source_no").await, "RX-20261124-7");
    assert_eq!(hand.value("beneficiary").await, "DB");
    hand.choose("source", "hotline").await;
    hand.press("保存并继续").await;

    hand.choose("lines.0.service", "B01").await;
    hand.choose("lines.0.per", "week").await;
    hand.fill("lines.0.quantity", "7").await;
    hand.fill("lines.0.unit", "餐").await;
    hand.press("再加一项服务").await;
    assert_eq!(hand.value("lines.0.quantity").await, "7");
    hand.choose("lines.1.service", "B03").await;
    hand.choose("lines.1.per", "month").await;
    hand.fill("lines.1.quantity", "２").await;
    hand.fill("lines.1.unit", "次").await;
    hand.fill("title", "独居老人需要送餐和助浴").await;
    hand.fill("description", "老人独居，腿脚不便。联系电话13800009876，请先打电话。\n每天需要一顿热饭。").await;
    hand.fill("valid_until", "2027-02-28").await;

    // The clerk is called away, and the session ends before the step is sent.
    hand.away();
    hand.press("保存并继续").await;
    assert_eq!(hand.path().await, "/login");
    hand.sees("登录已过期，刚才填的内容还在").await;
    hand.sign_in("street").await;
    hand.sees("需要什么").await;
    assert_eq!(hand.value("lines.1.service").await, "B03");
    assert_eq!(hand.value("title").await, "独居老人需要送餐和助浴");
    assert_eq!(hand.value("valid_until").await, "2027-02-28");
    assert!(hand.value("description").await.contains("13800009876"));

    // A telephone number must not be published.
    hand.press("保存并继续").await;
    hand.sees("公开说明").await;
    hand.sees("手机号码").await;
    hand.fill("description", "老人独居，腿脚不便，白天没有人照料，每天需要一顿热饭。").await;
    hand.press("保存并继续").await;

    hand.fill("name", canary.name).await;
    hand.fill("id_number", &canary.id_number).await;
    hand.fill("phone", canary.phone).await;
    hand.fill("address", canary.address).await;
    hand.press("保存并继续").await;
    hand.sees("找到可能是同一户的需求").await;
    hand.sees(&known).await;
    assert_eq!(hand.value("name").await, canary.name);
    hand.press("保存并继续").await;

    hand.sees("核对送审").await;
    hand.sees(canary.name).await;
    hand.press_twice("送审").await;
    hand.sees("审核中").await;
    let code = hand.path().await.rsplit('/').next().unwrap().to_owned();
    assert_ne!(code, known);
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM needs").await, 2);
    assert_eq!(hand.world.lines(&code).await[1].amount().quantity, 2, "full-width digits are digits");
    hand.open("/needs/new").await;
    assert_eq!(hand.value("source_no").await, "");
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM drafts").await, 0, "the draft is gone");
    hand
}
