//! The loop: from a street's ledger to a need that is met.

use std::path::PathBuf;

use domain::{calendar::Time, resident_id::ResidentId, verification::LineResult};
use duijie_tests::world::{Canary, STREET, VILLAGE, day};

use crate::hand::Hand;

/// A ledger as the street keeps it: a good row, one whose ID number lacks a digit, one more good row.
fn ledger(hand: &Hand) -> PathBuf {
    let canary = Canary::new();
    let other = ResidentId::with_check_digit("12010219010202002").unwrap().as_str().to_owned();
    let short = &other[..17];
    let rows = [
        "需求编号,对象类型（个案/村）,区划代码,对象类别,需求类别,需求摘要（脱敏）,紧急程度（24h/一般）,姓名,身份证号,联系电话,家庭住址".to_owned(),
        format!(
            "LSD-01,个案,{VILLAGE},低保,助餐,老人独居，腿脚不便，白天没有人做饭。,一般,{},{},{},{}",
            canary.name, canary.id_number, canary.phone, canary.address
        ),
        format!("LSD-02,个案,{STREET}000,低保,助洁,腰伤未好，屋里好久没有打扫。,一般,吴示砚,{short},13800001002,示例里2号楼1门201"),
        format!("LSD-03,个案,{STREET}000,重度残疾人,助浴,出院后自己洗不了澡。,一般,何示棠,{other},13800001003,示例里3号楼1门301"),
    ];
    let path = hand.world.dir.path().join("鲁山道街道台账.csv");
    std::fs::write(&path, rows.join("\n")).unwrap();
    path
}

pub async fn walk(mut hand: Hand) -> Hand {
    let need = from_the_ledger(&mut hand).await;
    published(&mut hand, &need).await;
    let claim = claimed(&mut hand, &need).await;
    let pairing = agreed(&mut hand, &claim).await;
    served(&mut hand, &pairing).await;
    // The rest of the units is met by somebody else meanwhile.
    rest(&hand, &need).await;
    checked(&mut hand, &pairing).await;

    hand.is("street").await;
    hand.open(&format!("/needs/{need}")).await;
    hand.sees("全部满足").await;
    hand.signed_out().await;
    hand.open(&format!("/needs/{need}")).await;
    hand.sees("全部满足").await;
    hand.never_sees(&[Canary::new().name, Canary::new().phone]).await;
    hand
}

/// 台账导入, 今日待办, 登记需求: the good rows become drafts, the first is completed and sent to review.
async fn from_the_ledger(hand: &mut Hand) -> String {
    let file = ledger(hand);
    hand.is("street").await;
    hand.sees("今日待办").await;
    hand.open("/import").await;
    hand.attach("file", &file).await;
    hand.press("上传并检查").await;
    // A number is too short: its column is shown at once.
    hand.sees("没有把握的列").await;
    hand.sees("身份证号").await;
    hand.never_sees(&[Canary::new().name, Canary::new().phone]).await;
    hand.press("照这样检查3行").await;
    hand.sees("2行能建草稿").await;
    hand.press("导入2条为草稿").await;
    hand.sees("已导入2条为草稿").await;
    hand.press("把2份草稿都送审").await;
    hand.sees("没有送成2份").await;
    // The same file once more changes nothing.
    hand.open("/import").await;
    hand.attach("file", &file).await;
    hand.press("上传并检查").await;
    hand.sees("没有能导入的行").await;
    hand.sees("不会再次导入").await;

    hand.open("/desk/needs?state=draft").await;
    hand.follow("助餐").await;
    let need = hand.path().await.rsplit('/').next().unwrap().to_owned();
    hand.press("送审").await;
    hand.sees("还有").await;
    hand.sees("有效期至").await;
    hand.follow("看最新情况").await;
    hand.follow("修改").await;
    hand.press("保存并继续").await;
    hand.fill("lines.0.quantity", "14").await;
    hand.fill("lines.0.unit", "餐").await;
    hand.choose("lines.0.per", "week").await;
    hand.fill("lines.0.note", "少盐").await;
    hand.fill("title", "独居老人需要送餐").await;
    hand.fill("valid_until", "2027-03-31").await;
    hand.press("保存并继续").await;
    hand.choose("consent", "1").await;
    hand.choose("consent_channel", "paper").await;
    hand.fill("consent_evidence", "同意书第0007号").await;
    hand.press("保存并继续").await;
    hand.sees("核对送审").await;
    hand.sees("所有人").await;
    hand.press("送审").await;
    hand.sees("已送审，等区民政局审核").await;
    need
}

/// 今日待办 of the district, 需求大厅 and 需求 as everybody sees them.
async fn published(hand: &mut Hand, need: &str) {
    hand.is("district").await;
    hand.open("/desk").await;
    hand.sees("审核公开").await;
    hand.press("公开").await;
    hand.sees("已公开").await;

    hand.signed_out().await;
    hand.open("/needs").await;
    hand.sees("几个需求").await;
    hand.sees("河东区").await;
    let canary = Canary::new();
    let private = [canary.name, canary.phone, &canary.id_number, "独居", "鲁山道"];
    hand.never_sees(&private).await;
    hand.follow("助餐").await;
    assert_eq!(hand.path().await, format!("/needs/{need}"));
    hand.sees("登录后认领").await;
    hand.never_sees(&private).await;
}

/// 需求大厅 for an organization, 认领 with a plan, a question and its answer.
async fn claimed(hand: &mut Hand, need: &str) -> String {
    hand.is("meals").await;
    hand.open("/needs").await;
    hand.fill("q", "送饭").await;
    hand.press("查找").await;
    hand.follow("独居老人需要送餐").await;
    assert_eq!(hand.path().await, format!("/needs/{need}"));
    // One household among too few of its kind: the district alone.
    hand.sees("河东区").await;
    hand.never_sees(&["鲁山道"]).await;
    hand.sees("没有人做饭").await;
    hand.never_sees(&[Canary::new().name, Canary::new().phone]).await;
    let line = hand.world.lines(need).await[0].id;
    hand.fill(&format!("quantity.{line}"), "10").await;
    hand.fill("start_on", "2026-11-26").await;
    hand.fill("plan", "每天中午送到家，两人一组，送到当面打招呼。").await;
    hand.press("提交认领").await;
    hand.sees("认领已提交，等街道答复").await;
    let claim = hand.path().await.rsplit('/').next().unwrap().to_owned();

    hand.is("street").await;
    hand.open("/desk").await;
    hand.follow("看后再定").await;
    assert_eq!(hand.path().await, format!("/claims/{claim}"));
    hand.sees("示例助餐服务中心").await;
    hand.fill("#ask question", "周末也送吗？").await;
    hand.press("请机构补充").await;
    hand.sees("已请机构补充说明").await;

    hand.is("meals").await;
    hand.open("/desk").await;
    hand.follow("去补充").await;
    hand.sees("周末也送吗").await;
    hand.fill("#answer answer", "周六周日也送，由志愿者轮班。").await;
    hand.press("提交补充").await;
    hand.sees("已提交补充说明").await;
    claim
}

/// 认领: the street agrees. 结对: the organization names who goes.
async fn agreed(hand: &mut Hand, claim: &str) -> String {
    hand.is("street").await;
    hand.open(&format!("/claims/{claim}")).await;
    hand.sees("周六周日也送").await;
    hand.press("同意认领").await;
    hand.sees("已同意，已经结对").await;
    let pairing = hand.path().await.rsplit('/').next().unwrap().to_owned();

    hand.is("meals").await;
    hand.open(&format!("/pairings/{pairing}")).await;
    hand.choose("#workers account", "示例meals_worker").await;
    hand.press("指定").await;
    hand.sees("已指定服务人员").await;
    pairing
}

/// 结对: first contact, telephone and address for a purpose, the plan, a visit made, a visit missed; 服务记录.
async fn served(hand: &mut Hand, pairing: &str) {
    let canary = Canary::new();
    let page = format!("/pairings/{pairing}");
    hand.is("meals_worker").await;
    hand.open("/desk").await;
    hand.follow("登记联系").await;
    assert_eq!(hand.path().await, page);
    hand.never_sees(&[canary.name, canary.phone]).await;
    hand.unfold("查看电话和住址").await;
    hand.press("查看").await;
    for value in [canary.name, canary.address, canary.phone] {
        hand.sees(value).await;
    }
    hand.never_sees(&[&canary.id_number]).await;
    hand.open(&page).await;
    hand.never_sees(&[canary.name]).await;
    hand.fill("#start note", "已约好从明天中午开始").await;
    hand.press("已经联系上，开始服务").await;
    hand.sees("已登记首次联系").await;

    hand.follow("安排上门").await;
    hand.fill("from", "2026-11-24").await;
    hand.fill("until", "2026-11-25").await;
    hand.fill("at", "11:30").await;
    hand.press("安排").await;
    hand.sees("已安排上门").await;

    hand.choose("result", "done").await;
    hand.choose("minutes", "30").await;
    hand.press("提交记录").await;
    hand.sees("已记录").await;

    // The next day nobody opens.
    hand.later(Time::at(day("2026-11-25"), 12, 0));
    hand.is("meals_worker").await;
    hand.open("/desk").await;
    hand.follow("记录").await;
    hand.choose("result", "no_one_home").await;
    hand.unfold("补充说明").await;
    hand.fill("note", "敲门没有人应，电话没有接，晚些再去").await;
    hand.press("提交记录").await;
    hand.sees("已记录").await;
    hand.sees("没人在家").await;

    hand.is("street").await;
    hand.open("/desk").await;
    // Who looked at the telephone, and why, stands on the need's page.
    hand.press("确认").await;
    hand.sees("已确认").await;
    let need = hand.world.pairing(pairing).await.need_id;
    let mut tx = hand.world.read().await;
    let need = storage::needs::need::by_id(&mut tx, need).await.unwrap().unwrap();
    drop(tx);
    hand.open(&format!("/needs/{}", need.code)).await;
    hand.sees("谁看过").await;
    hand.sees("示例助餐服务中心").await;
}

/// The other units: another organization takes them to their end.
async fn rest(hand: &Hand, need: &str) {
    let world = &hand.world;
    let pairing = world.active("care", need, &[4]).await;
    world.served("care", &pairing).await;
    world.report("care", &pairing).await;
    world.verified(&pairing, "village", LineResult::Met).await;
    services::aid::pairing::complete(&world.by("street2"), &pairing).await.unwrap();
    world.caught_up().await;
}

/// 报告结果, 指派核验, 填写核验, 确认办结: by four accounts.
async fn checked(hand: &mut Hand, pairing: &str) {
    let page = format!("/pairings/{pairing}");
    // The winter goes by in one visit.
    hand.world.served("meals", pairing).await;
    hand.is("meals").await;
    hand.open(&page).await;
    hand.follow("填写报告").await;
    let line = hand.world.promise(pairing).await.lines[0].line_id;
    hand.choose(&format!("outcome.{line}"), "full").await;
    hand.press("下一步：核对").await;
    hand.sees("改好就能继续").await;
    hand.fill("report", "送了一次，另一次没有见到人，当晚补送。").await;
    hand.press("下一步：核对").await;
    hand.sees("提交结果报告？").await;
    // Back, and nothing that was typed is lost.
    hand.follow("不办了，返回").await;
    assert_eq!(hand.value("report").await, "送了一次，另一次没有见到人，当晚补送。");
    hand.press("下一步：核对").await;
    hand.press("确定提交").await;
    hand.sees("已报告结果，等待街道安排核验").await;
    hand.press("收回报告").await;
    hand.sees("已收回报告").await;
    hand.world.report("meals", pairing).await;

    hand.is("street").await;
    hand.open("/desk").await;
    hand.follow("指派").await;
    hand.choose("#assign assignee", "示例village").await;
    hand.press("指派").await;
    hand.sees("已指派核验").await;

    hand.is("village").await;
    hand.open("/desk").await;
    hand.follow("填写核验").await;
    hand.sees("待确认").await;
    hand.choose(&format!("result.{line}"), "met").await;
    hand.choose("method", "home_visit").await;
    hand.fill("note", "当面问过，饭菜合口").await;
    hand.press("提交核验").await;
    hand.sees("要写明为什么").await;
    hand.fill(&format!("why.{line}"), "记录还没有确认，本人说每天都送到").await;
    hand.press("提交核验").await;
    hand.sees("核验已提交").await;

    hand.is("street2").await;
    hand.open("/desk").await;
    hand.press("办结").await;
    hand.sees("已办结").await;
    hand.open(&page).await;
    hand.sees("核验后办结").await;
}
