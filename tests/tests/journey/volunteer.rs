//! A volunteer's way: registering on a phone, a place and the waiting list, coming and going, hours that another has
//! confirmed, a correction, a certificate that anybody can check.

use domain::calendar::Time;
use duijie_tests::world::day;

use crate::hand::Hand;

pub async fn from_joining_to_a_certificate(mut hand: Hand) -> Hand {
    joining(&mut hand).await;
    recruiting(&mut hand).await;
    waiting(&mut hand).await;
    serving(&mut hand).await;
    certified(&mut hand).await;
    hand
}

async fn joining(hand: &mut Hand) {
    hand.signed_out().await;
    hand.open("/openings").await;
    hand.sees("现在没有招募的岗位").await;
    hand.follow("登记为志愿者").await;
    hand.fill("name", "示例邻居").await;
    hand.fill("phone", "13800140001").await;
    hand.fill("birth", "1988-03-02").await;
    hand.choose("sex", "female").await;
    hand.fill("division", "河东区鲁山道街道").await;
    hand.choose("service", "C03").await;
    hand.fill("account", "linju-1").await;
    hand.fill("new_password", "东海有鱼西山有雨北窗有风").await;
    hand.fill("again", "东海有鱼西山有雨北窗有风").await;
    hand.press("登记").await;
    // Too short, and no consent: both are named, what was typed stands, the password is typed again.
    hand.sees("改好就能继续").await;
    assert_eq!(hand.value("name").await, "示例邻居");
    assert_eq!(hand.value("account").await, "linju-1");
    hand.choose("consent", "on").await;
    hand.fill("new_password", "东海有鱼西山有雨北窗有风南田有稻").await;
    hand.fill("again", "东海有鱼西山有雨北窗有风南田有稻").await;
    hand.press("登记").await;
    assert_eq!(hand.path().await, "/my");
    hand.sees("登记好了").await;
    hand.sees("志愿者编号 ZY120102-26-").await;
    hand.follow("我的资料").await;
    assert_eq!(hand.value("phone").await, "13800140001");
}

pub async fn recruiting(hand: &mut Hand) {
    hand.is("meals").await;
    hand.open("/teams/own").await;
    hand.follow("建立服务队").await;
    hand.fill("name", "示例暖邻服务队").await;
    hand.choose("service", "C03").await;
    hand.fill("about", "周末到社区里陪伴老人。").await;
    hand.press("建立服务队").await;
    hand.follow("新建岗位").await;
    hand.fill("title", "周六上午陪老人聊天").await;
    hand.choose("service", "C03").await;
    hand.fill("content", "陪老人说说话，读读报。").await;
    hand.fill("place", "向阳社区活动室").await;
    // The place is missing: it is asked for, nothing typed is lost.
    hand.press("下一步，排班次").await;
    hand.sees("有1处要改").await;
    assert_eq!(hand.value("title").await, "周六上午陪老人聊天");
    hand.fill("division", "河东区鲁山道街道").await;
    hand.press("下一步，排班次").await;
    hand.fill("#plan from", "2026-11-28").await;
    hand.fill("#plan begins", "9:00").await;
    hand.fill("#plan ends", "11:00").await;
    hand.fill("#plan places", "1").await;
    hand.press("安排").await;
    hand.sees("班次已排好").await;
    hand.press("发布岗位").await;
    hand.sees("岗位已发布").await;
}

async fn waiting(hand: &mut Hand) {
    hand.is("vol").await;
    hand.open("/openings").await;
    hand.follow("周六上午陪老人聊天").await;
    hand.press("报名").await;
    hand.sees("已录用，请确认").await;
    hand.world.set(hand.world.now().plus_minutes(1));
    hand.is("vol2").await;
    hand.open("/openings").await;
    hand.follow("周六上午陪老人聊天").await;
    hand.press("排候补").await;
    hand.open("/my").await;
    hand.sees("候补第1位").await;
    hand.is("vol").await;
    hand.open("/my").await;
    hand.follow("取消").await;
    hand.press("确定取消").await;
    hand.sees("已取消报名").await;
    hand.is("vol2").await;
    hand.open("/my").await;
    hand.is_asked_once("确认参加").await;
    hand.press("确认参加").await;
    hand.sees("已确认参加").await;
}

async fn serving(hand: &mut Hand) {
    let code = hand.world.texts("SELECT check_code FROM shifts").await.remove(0);
    let shift = "SELECT lower(hex(id)) FROM shifts";
    let id: uuid::Uuid = hand.world.texts(shift).await.remove(0).parse().unwrap();
    let roster = format!("/shifts/{id}");
    hand.later(Time::at(day("2026-11-28"), 8, 50));
    hand.is("meals").await;
    hand.open(&roster).await;
    hand.sees(&code).await;
    hand.is("vol2").await;
    hand.open("/my").await;
    hand.fill("code", "0").await;
    hand.press("签到").await;
    hand.sees("签到码不对").await;
    hand.fill("code", &code).await;
    hand.press("签到").await;
    hand.sees("签好了").await;
    hand.later(Time::at(day("2026-11-28"), 11, 2));
    hand.is("vol2").await;
    hand.open("/my").await;
    hand.fill("code", &code).await;
    if hand.scripts {
        without_network(hand).await;
    } else {
        hand.press("签退").await;
    }
    hand.sees("签好了").await;
    hand.is("meals").await;
    hand.open("/desk").await;
    hand.follow("填报时长").await;
    hand.press("提交时长").await;
    hand.sees("等另一位负责人确认").await;
    hand.is("meals_worker").await;
    hand.open(&roster).await;
    hand.press("确认").await;
    hand.sees("时长已确认并记录").await;
    hand.later(Time::at(day("2026-11-30"), 9, 0));
    hand.is("vol2").await;
    hand.open("/my").await;
    hand.sees("2小时，1次").await;
    hand.follow("要求更正").await;
    hand.fill("wanted", "2.5").await;
    hand.fill("words", "那天延长了半小时").await;
    hand.press("提交").await;
    hand.sees("等待答复").await;
    hand.is("meals").await;
    hand.open(&roster).await;
    hand.press("提出更正").await;
    hand.sees("等另一位负责人确认").await;
    hand.is("meals_worker").await;
    hand.open(&roster).await;
    hand.press("确认更正").await;
    hand.sees("时长已更正").await;
}

/// The tap stays in the browser and goes out by itself.
async fn without_network(hand: &mut Hand) {
    hand.network(false).await;
    hand.taps("签退").await;
    hand.sees("已经存在这部手机上").await;
    assert_eq!(hand.world.number("SELECT COUNT(*) FROM signups WHERE out_at IS NOT NULL").await, 0);
    hand.network(true).await;
}

async fn certified(hand: &mut Hand) {
    hand.is("vol2").await;
    hand.open("/my").await;
    hand.sees("2小时30分，1次").await;
    hand.choose("#issue team", "示例暖邻服务队").await;
    hand.press("开证明").await;
    hand.sees("志愿服务记录证明").await;
    hand.sees("示例助餐服务中心").await;
    let code = hand.world.texts("SELECT check_code FROM certificates").await.remove(0);
    hand.never_sees(&["1380012", "身份证号"]).await;
    // What the rules ask for stands on the paper; what has no place there does not.
    let paper = hand.printed().await;
    let shown = domain::certificate::shown(&code);
    for words in ["志愿服务记录证明", "示例志愿者", "2小时30分，1次", "周六上午陪老人聊天", "示例助餐服务中心", &shown]
    {
        let words = domain::text::nfkc(words);
        assert!(paper.contains(&words), "“{words}” is not printed: {paper}");
    }
    for words in ["1380012", "帮助", "退出登录", "公网安备"] {
        assert!(!paper.contains(words), "“{words}” is printed: {paper}");
    }
    hand.open("/my/calendar?month=2026-11").await;
    hand.sees("周六上午陪老人聊天").await;
    hand.press("生成订阅地址").await;
    hand.sees("只显示这一次").await;
    hand.open("/my/records").await;
    hand.sees("个人基本信息").await;
    hand.sees("2小时30分，1条").await;
    hand.open("/my").await;
    hand.signed_out().await;
    hand.open("/verify").await;
    hand.fill("code", &code.to_lowercase()).await;
    hand.press("查").await;
    hand.sees("有效").await;
    hand.sees("2小时30分").await;
    hand.never_sees(&["示例志愿者"]).await;
}
