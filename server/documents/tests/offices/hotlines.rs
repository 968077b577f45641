//! Needs as desks and hotlines write them: exports, states in the desk's own words, callers who are somebody else.

use serde_json::json;

use super::kit::{Office, Tab, Written, often, person, place, places, turn};

pub fn all() -> Vec<Office> {
    vec![calls(), named_by_file(), states(), mixed(), twice()]
}

/// A hotline's export: the way is a column, the caller another person.
fn calls() -> Office {
    let mut tab = Tab::new("工单");
    tab.head("工单流水|来话时刻|接入方式|来话人|来话号|事主姓名|事主身份证|事主电话|事发地|事主类别|所涉服务|市民所述|办到哪一步|承办科室");
    let ways = [("hotline", "12345电话"), ("qr", "微信小程序"), ("hotline", "热线转办"), ("platform", "救急难平台")];
    let states = ["派出未回", "限期答复中", "已回访", "退回重派"];
    let homes = places("120102004");
    for (at, home) in homes.iter().enumerate().take(9) {
        let (p, caller) = (person(at + 120, "120102"), person(at + 400, "120102"));
        let (source, way) = turn(&ways, at);
        let state = turn(&states, at);
        let day = format!("2026-11-{:02}", at + 8);
        tab.row(
            &[&format!("RX2611{:04}", at + 7), &format!("{day} 09:1{at}:05"), way, &caller.name, &caller.phone, &p.name, &p.id, &p.phone, &format!("河东区富民路街道{}", home.1), "低保", "助医", p.tells, state, "社会救助科"],
            json!({"need_no": format!("RX2611{:04}", at + 7), "division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": ["DB"], "service_categories": ["B05"], "source": source, "ledger_status": state, "responsible_unit": "社会救助科", "published_on": day}),
        );
    }
    Office {
        kind: "needs",
        scope: "12",
        file: "工单导出.xls",
        written: Written::Page,
        tabs: vec![tab],
        said: &[
            "工单流水=需求编号",
            "事发地=区划",
            "来话时刻=发布日期",
            "办到哪一步=状态",
            "所涉服务=需求类别",
            "事主类别=对象类别",
            "市民所述=需求摘要",
        ],
    }
}

/// Another hotline: nothing but the file's name says which way its needs came.
fn named_by_file() -> Office {
    let mut tab = Tab::new("");
    tab.head("编码|受话日|区|街|求助老人|身份证|回电|身份归类|助老服务|话务记录|时效要求");
    for at in 0..8 {
        let p = person(at + 140, "120104");
        let (code, name) = place(turn(&["120104001", "120104003", "120104005"], at));
        let day = format!("2026/10/{}", at + 11);
        let (hours, urgency) = turn(&[("24小时", "urgent"), ("5个工作日", "normal"), ("2小时", "urgent")], at);
        tab.row(
            &[&format!("H{:05}", at + 31), &day, "南开区", &name, &p.name, &p.id, &p.phone, "特困人员（分散供养）", "送餐", p.tells, hours],
            json!({"need_no": format!("H{:05}", at + 31), "division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": ["TK_F"], "service_categories": ["B01"], "source": "hotline", "urgency": urgency, "published_on": format!("2026-10-{}", at + 11)}),
        );
    }
    Office {
        kind: "needs",
        scope: "12",
        file: "12349养老热线10月.csv",
        written: Written::Utf16,
        tabs: vec![tab],
        said: &["话务记录=需求摘要", "助老服务=需求类别", "身份归类=对象类别", "受话日=发布日期", "编码=需求编号"],
    }
}

/// A neighbourhood's board of what has become of it, in words of its own.
fn states() -> Office {
    let mut tab = Tab::new("进度板");
    tab.head("社区微心愿进度板（滨河新苑）")
        .head("编|居民|身份证号码|电话|门牌|帮扶对象分类|心愿归类|心愿内容|现在走到|谁来办|登板日期|多久办一回");
    let states = ["摸底", "找单位", "谈着呢", "做着呢", "回访毕", "凉着"];
    for at in 0..9 {
        let p = person(at + 160, "120102");
        let day = format!("2026.9.{}", at + 12);
        let state = turn(&states, at);
        tab.row(
            &[&(at + 1).to_string(), &p.name, &p.id, &p.phone, &p.door, "低保边缘", "居室改善", p.tells, state, "示例楼长", &day, "每月1次"],
            json!({"division_code": "120102004005", "name": p.name, "id_number": p.id, "phone": p.phone, "address": p.door, "summary": p.tells,
                "beneficiary_categories": ["BY"], "service_categories": ["B07"], "ledger_status": state, "handler": "示例楼长",
                "published_on": format!("2026-09-{}", at + 12), "quantity": often(1, "次", "month")}),
        );
    }
    Office {
        kind: "needs",
        scope: "120102004",
        file: "进度板.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["现在走到=状态", "谁来办=经办人", "多久办一回=数量/频次", "登板日期=发布日期", "心愿归类=需求类别"],
    }
}

/// A town that keeps households and villages in one table; of a village the contact is nobody's household.
fn mixed() -> Office {
    let mut tab = Tab::new("需求");
    tab.head("序|户或村|村队|姓名（村填联络人）|身份证号|电话|对象|帮什么|详述|报送日");
    let villages = places("120114104");
    for at in 0..10 {
        let (p, home) = (person(at + 180, "120114"), &villages[at * 3 + 2]);
        let day = format!("2026-10-{:02}", at + 3);
        if at % 3 == 2 {
            tab.row(
                &[&(at + 1).to_string(), "村", &home.1, &p.name, "", &p.phone, "经济薄弱村", "产业帮扶", "想引进新品种，缺技术指导，希望有单位结对", &day],
                json!({"division_code": home.0, "beneficiary_categories": ["CUN_BR"], "service_categories": ["E02"], "summary": "想引进新品种，缺技术指导，希望有单位结对", "published_on": day}),
            );
        } else {
            tab.row(
                &[&(at + 1).to_string(), "户", &home.1, &p.name, &p.id, &p.phone, "低保", "助洁", p.tells, &day],
                json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["DB"], "service_categories": ["B02"], "summary": p.tells, "published_on": day}),
            );
        }
    }
    Office {
        kind: "needs",
        scope: "120114104",
        file: "大良户村.xls",
        written: Written::Xml,
        tabs: vec![tab],
        said: &["帮什么=需求类别", "报送日=发布日期", "详述=需求摘要"],
    }
}

/// A charity: money and years in the heads, and the telephone twice.
fn twice() -> Office {
    let mut tab = Tab::new("2026");
    tab.head("户主|身份证|电话|电话|住在哪个镇|2025年救助金（元）|2026年1-9月救助金（元）|困难类|需要|2026年登记（月日）|家中几人|情况");
    for at in 0..8 {
        let p = person(at + 200, "120114");
        let (code, name) = place(turn(&["120114104", "120114114"], at));
        tab.row(
            &[&p.name, &p.id, &p.phone, &p.other, &name, &(4200 + at * 35).to_string(), &(3100 + at * 20).to_string(), "刚性支出困难", "心理疏导", &format!("10月{}日", at + 4), &format!("{}人", p.size), p.tells],
            json!({"division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "other_phones": [p.other], "beneficiary_categories": ["GX"], "service_categories": ["C02"],
                "summary": p.tells, "published_on": format!("2026-10-{:02}", at + 4), "household_size": p.size}),
        );
    }
    Office {
        kind: "needs",
        scope: "120114",
        file: "慈善协会发放与需求.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["需要=需求类别", "情况=需求摘要"],
    }
}
