//! The supply side: an organization registers and is verified, publishes a project, sees needs that fit and why, is
//! invited, claims jointly; the district takes in its ledger of organizations; the city matches a batch for the
//! district and sends its invitations.

use std::path::Path;

use domain::uscc::Uscc;
use duijie_tests::world::{household, with};

use crate::hand::Hand;

const NEW: &str = "kangning";
const PHRASE: &str = "qing-teng-yun-dian-7788-shan";

pub async fn supply(mut hand: Hand) -> Hand {
    registered(&mut hand).await;
    verified(&mut hand).await;
    let need = hand.world.meals(14).await;
    hand.world.caught_up().await;
    offers(&mut hand, &need).await;
    invited(&mut hand, &need).await;
    jointly(&mut hand).await;
    in_a_batch(&mut hand).await;
    by_ledger(&mut hand).await;
    hand
}

/// 社会组织入驻, from the sign-in page to the application handed in.
async fn registered(hand: &mut Hand) {
    hand.signed_out().await;
    hand.open("/login").await;
    hand.follow("社会组织第一次来，在这里入驻").await;
    let uscc = Uscc::with_check_digits("52120102MJT85001").unwrap();
    let mut wrong = uscc.as_str().to_owned();
    wrong.replace_range(17.., if wrong.ends_with('0') { "1" } else { "0" });
    hand.fill("uscc", &wrong).await;
    hand.fill("name", "示例康宁社工服务中心").await;
    hand.fill("account", NEW).await;
    hand.fill("display_name", "办公室主任").await;
    hand.fill("new_password", PHRASE).await;
    hand.fill("again", PHRASE).await;
    hand.choose("agree", "1").await;
    hand.press("开通账号，开始填写").await;
    hand.sees("校验位不符").await;
    assert_eq!(hand.value("name").await, "示例康宁社工服务中心", "what was typed is still there");
    hand.fill("uscc", uscc.as_str()).await;
    hand.fill("new_password", PHRASE).await;
    hand.fill("again", PHRASE).await;
    hand.press("开通账号，开始填写").await;
    hand.sees("账号已开通").await;
    hand.sign_in_with(NEW, PHRASE).await;
    hand.sees("入驻申请").await;

    hand.fill("competent_unit", "河东区民政局").await;
    hand.fill("founded_on", "2019-05-06").await;
    hand.fill("business_scope", "社会工作服务，养老服务").await;
    hand.fill("legal_representative", "欧阳示例").await;
    hand.choose("division", "120102").await;
    hand.fill("contact_name", "司徒示例").await;
    hand.fill("contact_phone", "1380000").await;
    hand.press("保存并继续").await;
    hand.sees("有1处要改").await;
    assert_eq!(hand.value("legal_representative").await, "欧阳示例", "nothing typed is lost");
    hand.fill("contact_phone", "13800004321").await;
    hand.press("保存并继续").await;
    hand.choose("service", "B01").await;
    hand.choose("service", "B03").await;
    hand.choose("area", "120102").await;
    hand.fill("summary", "做社区养老和助餐，有社工八名").await;
    for day in ["1", "2", "3", "4", "5"] {
        hand.choose("day", day).await;
    }
    hand.fill("opens_at", "8:30").await;
    hand.fill("closes_at", "17:00").await;
    hand.fill("office_address", "河东区示例路1号").await;
    hand.fill("postcode", "300170").await;
    hand.fill("office_phone", "022-00000011").await;
    hand.press("保存并继续").await;
    let paper = hand.world.dir.path().join("登记证书.pdf");
    std::fs::write(&paper, b"%PDF-1.7 1 0 obj <<>> endobj").unwrap();
    hand.attach("file", &paper).await;
    hand.press("上传").await;
    hand.sees("材料已加密保存").await;
    hand.follow("继续：核对提交").await;
    hand.sees("周一至周五 08:30–17:00").await;
    hand.press("提交核验").await;
    hand.sees("等区民政局核验").await;
}

/// The district sends it back once, then verifies.
async fn verified(hand: &mut Hand) {
    hand.is("district").await;
    hand.open("/desk").await;
    hand.follow("去核验").await;
    hand.sees("欧阳示例").await;
    hand.sees("登记证书.pdf").await;
    hand.fill("#return reason", "业务范围请照证书抄全").await;
    hand.press("退回补正").await;
    hand.sees("已退回补正").await;

    hand.is(NEW).await;
    hand.open("/desk").await;
    hand.sees("业务范围请照证书抄全").await;
    hand.follow("接着填").await;
    hand.sees("退回补正").await;
    hand.press("提交核验").await;
    hand.sees("等区民政局核验").await;

    hand.is("district").await;
    hand.open("/desk").await;
    hand.follow("去核验").await;
    hand.choose("#verify inspection", "failed").await;
    hand.fill("#verify inspection_year", "2025").await;
    hand.press("核验通过").await;
    hand.sees("年检结论是不合格").await;
    hand.open("/desk").await;
    hand.follow("去核验").await;
    hand.choose("#verify inspection", "passed").await;
    hand.fill("#verify inspection_year", "2025").await;
    hand.press("核验通过").await;
    hand.sees("已核验通过").await;

    // Everybody finds it, without its persons.
    hand.signed_out().await;
    hand.open("/directory").await;
    hand.follow("示例康宁社工服务中心").await;
    hand.sees("做社区养老和助餐").await;
    hand.never_sees(&["欧阳示例", "司徒示例", "13800004321"]).await;
}

/// 发布项目, and the needs that fit with their reasons.
async fn offers(hand: &mut Hand, need: &str) {
    hand.is(NEW).await;
    hand.open("/desk").await;
    hand.open("/projects/own").await;
    hand.follow("发布项目").await;
    hand.fill("title", "热饭到家").await;
    hand.fill("summary", "每天中午送一顿热饭上门，软烂少盐").await;
    hand.choose("service", "B01").await;
    hand.choose("area", "120102").await;
    hand.choose("qualification", "food").await;
    hand.fill("capacity", "5").await;
    hand.press("发布项目").await;
    hand.sees("还能承接5户").await;
    hand.open("/matches").await;
    hand.sees("契合度").await;
    hand.sees("同在河东区").await;
    hand.follow("独居老人需要送餐和助浴").await;
    assert_eq!(hand.path().await, format!("/needs/{need}"));
}

/// The street invites from the need; the organization declines with a reason.
async fn invited(hand: &mut Hand, need: &str) {
    hand.is("street").await;
    hand.open(&format!("/needs/{need}")).await;
    hand.follow("家合适，去邀请").await;
    let organization = {
        let mut tx = hand.world.read().await;
        let account = storage::people::account::by_username(&mut tx, NEW).await.unwrap().unwrap();
        account.organization_id.unwrap().to_string()
    };
    hand.choose("organization", &organization).await;
    hand.press("发出邀请").await;
    hand.sees("邀请已发出").await;
    hand.is(NEW).await;
    hand.open("/desk").await;
    hand.sees("回复邀请").await;
    hand.follow("去回复").await;
    hand.fill("plan", "中午十一点半送到，固定一个人").await;
    hand.press("接受，提交认领").await;
    hand.sees("认领等街道答复").await;
}

/// 联合认领: the lead asks, the other agrees, the street decides once.
async fn jointly(hand: &mut Hand) {
    let need = hand.world.meals(12).await;
    hand.world.caught_up().await;
    let line = hand.world.lines(&need).await[0].id;
    hand.is("meals").await;
    hand.open(&format!("/needs/{need}")).await;
    hand.follow("和别的组织一起认领").await;
    hand.fill(&format!("quantity.0.{line}"), "7").await;
    let care = hand.world.usccs["care"].clone();
    hand.fill("member.1", &care).await;
    hand.fill(&format!("quantity.1.{line}"), "9").await;
    hand.fill("plan", "前半周我们送，后半周对方送").await;
    hand.press("保留数量，请对方答复").await;
    hand.sees("只剩12餐").await;
    hand.fill(&format!("quantity.1.{line}"), "5").await;
    hand.press("保留数量，请对方答复").await;
    hand.sees("等答复").await;
    let claim = hand.path().await;
    hand.is("care").await;
    hand.open("/desk").await;
    hand.follow("去答复").await;
    hand.press("同意参加").await;
    hand.sees("已同意参加").await;
    hand.is("street").await;
    hand.open(&claim).await;
    hand.sees("联合认领").await;
    hand.press("同意认领").await;
    hand.sees("已经结对").await;
    let id = hand.world.need(&need).await.id;
    assert_eq!(storage::aid::pairing::of_need(&mut hand.world.read().await, id).await.unwrap().len(), 2);
}

/// 批量匹配: the city proposes for a district, looks, and sends the invitations in one step.
async fn in_a_batch(hand: &mut Hand) {
    let needs = [hand.world.meals(7).await, hand.world.published(&with(&household(), &[])).await];
    hand.world.caught_up().await;
    hand.is("city").await;
    hand.open("/desk").await;
    hand.open("/batches").await;
    hand.choose("area", "120102").await;
    hand.press("开始匹配").await;
    let code = hand.path().await.rsplit('/').next().unwrap().to_owned();
    hand.waits_for(&format!("/batches/{code}"), "能安排").await;
    hand.press("发出邀请").await;
    hand.sees("请先").await;
    hand.choose("sure", "1").await;
    hand.press("发出邀请").await;
    hand.waits_for(&format!("/batches/{code}"), "看邀请的回复").await;
    services::aid::batch::deliver(&hand.world.services, &code).await.unwrap();
    let by = hand.world.by("city");
    let mut asked = 0;
    for need in &needs {
        asked += services::aid::ask::of_need(&by, need).await.unwrap().len();
    }
    assert!(asked >= 2, "both are being asked for");
}

/// 台账导入: the district's organizations come from its ledger, after a look at every row.
async fn by_ledger(hand: &mut Hand) {
    hand.is("district").await;
    hand.open("/organizations").await;
    hand.follow("导入台账").await;
    let ledger = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/ledgers/organizations.xlsx");
    hand.attach("file", &ledger).await;
    hand.press("上传并检查").await;
    hand.sees("不在您的辖区内").await;
    hand.follow("可导入").await;
    hand.press("家社会组织").await;
    hand.sees("到“社会组织”里逐家核验").await;
    hand.open("/organizations").await;
    hand.follow("天津市河东区暖邻社会工作服务中心（示例）").await;
    assert_eq!(hand.value("#verify inspection").await, "passed", "the ledger's conclusion is filled in");
    hand.press("核验通过").await;
    hand.sees("已核验通过").await;
    hand.follow("邀请负责人").await;
    assert_eq!(hand.value("organization").await, "52120102MJT9000279");
    hand.fill("display_name", "办公室主任").await;
    hand.press("生成邀请链接").await;
    hand.sees("链接只显示这一次").await;
}
