//! A neighbour asks by the code of a poster, the street takes it on and makes a need of it, an organization comes, and
//! the household says what it thinks of it: by a slip alone, on a phone whose browser runs no scripts.

use duijie_tests::world::household;

use crate::hand::Hand;

pub async fn from_the_slip_to_the_need(mut hand: Hand) -> Hand {
    let slip = asks(&mut hand).await;
    let need = answers(&mut hand, &slip).await;
    says(&mut hand, &slip, &need).await;
    hand
}

async fn asks(hand: &mut Hand) -> String {
    hand.signed_out().await;
    hand.open("/help/ask?place=120102012").await;
    hand.sees("您扫的是河东区 鲁山道街道的二维码").await;
    hand.choose("whom", "other").await;
    hand.fill("name", "示例大娘").await;
    hand.fill("phone", "13800180001").await;
    hand.press("提交求助").await;
    // What is missing is named; what was typed stands.
    hand.sees("改好就能继续").await;
    assert_eq!(hand.value("name").await, "示例大娘");
    assert_eq!(hand.value("place").await, "河东区 鲁山道街道");
    let before = hand.clicks();
    hand.fill("words", "楼下大娘一个人在家，腿不好下不了楼，这两天没有热饭吃。").await;
    hand.choose("pace", "now").await;
    hand.choose("agreed", "yes").await;
    hand.press("提交求助").await;
    assert!(hand.clicks() - before < 6);
    hand.sees("街道收到了").await;
    hand.follow("查进度").await;
    hand.sees("街道收到了，还没有答复").await;
    hand.never_sees(&["示例大娘", "鲁山道", "13800180001"]).await;
    hand.world.texts("SELECT slip FROM help_requests").await.remove(0)
}

async fn answers(hand: &mut Hand, slip: &str) -> String {
    hand.is("street").await;
    hand.open("/desk").await;
    hand.sees("答复求助").await;
    hand.follow("去办理").await;
    hand.sees("这两天没有热饭吃").await;
    hand.sees("示例大娘").await;
    hand.fill("answer", "社区今天中午先送饭过去").await;
    hand.press("接下求助").await;
    hand.sees("街道在办").await;
    let page = hand.path().await;
    hand.signed_out().await;
    hand.open("/progress").await;
    hand.fill("slip", &domain::help::shown(slip)).await;
    hand.press("查进度").await;
    hand.sees("社区今天中午先送饭过去").await;
    // Government aid first, then the gap becomes a need.
    hand.is("street").await;
    hand.open(&page).await;
    hand.choose("aid", "temporary").await;
    hand.fill("office", "街道救助窗口").await;
    hand.fill("by", "2026-11-27").await;
    hand.press("转办").await;
    hand.sees("在办政府救助").await;
    hand.fill("answer", "临时救助已给，饭还没有人做").await;
    hand.press("接着办").await;
    hand.follow("转为需求").await;
    hand.fill("title", "独居老人需要送餐").await;
    hand.press("转为需求草稿").await;
    assert!(hand.path().await.ends_with("/edit/who"), "{}", hand.path().await);
    hand.sees("已转为需求，请补全后送审").await;
    hand.world.texts("SELECT code FROM needs ORDER BY code DESC").await.remove(0)
}

async fn says(hand: &mut Hand, slip: &str, need: &str) {
    let street = hand.world.by("street");
    let version = hand.world.need(need).await.version;
    services::needs::need::edit(&street, need, version, &hand.world.input(&household())).await.unwrap();
    services::needs::need::submit(&street, need).await.unwrap();
    services::needs::need::publish(&hand.world.by("district"), need).await.unwrap();
    let pairing = hand.world.active("meals", need, &[14, 0]).await;
    hand.world.record("meals", &pairing).await;
    // Somebody reads it out, the household answers.
    hand.signed_out().await;
    hand.open(&format!("/progress?slip={slip}")).await;
    hand.sees("有人在帮").await;
    hand.never_sees(&["示例大娘", "示例助餐", "送餐"]).await;
    hand.choose("came", "no").await;
    hand.choose("speaker", "reader").await;
    hand.press("告诉街道").await;
    hand.sees("记下了，谢谢您告诉街道").await;
    hand.sees("没来").await;
    hand.is("street").await;
    hand.open("/desk").await;
    hand.sees("服务记录说来过").await;
    hand.follow("去回话").await;
    hand.fill("answer", "记录填错了日子，明天上午补来").await;
    hand.press("回话").await;
    hand.sees("求助人凭回执号看得到").await;
    hand.signed_out().await;
    hand.open(&format!("/progress?slip={slip}")).await;
    hand.sees("街道回话：记录填错了日子，明天上午补来").await;
}
