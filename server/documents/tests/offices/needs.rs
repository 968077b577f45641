//! Needs in plain tables, each in the voice of another office.

use serde_json::json;

use super::kit::{Office, Tab, Written, date, often, person, place, places, turn};

pub fn all() -> Vec<Office> {
    vec![one_place(), groups(), station(), street_book()]
}

/// A charity of the whole city: place and door in one cell, one contact with a telephone in it.
fn one_place() -> Office {
    let mut tab = Tab::new("名单");
    tab.head("收到日|谁家|身份证|住哪儿|电话一|电话二|属哪种困难|望得到|缘由|多急");
    let homes = places("120102004");
    for (at, home) in homes.iter().enumerate().take(9) {
        let p = person(at + 600, "120102");
        let day = format!("2026-10-{:02}", at + 9);
        let lives = format!("天津市河东区富民路街道{}{}", home.1, p.door);
        tab.row(
            &[&date(&day), &p.name, &p.id, &lives, &p.phone, &p.other, "低保", "助餐｜助洁", p.tells, if at % 2 == 0 { "急" } else { "不急" }],
            json!({"division_code": home.0, "address": lives, "name": p.name, "id_number": p.id, "phone": p.phone, "other_phones": [p.other], "beneficiary_categories": ["DB"],
                "service_categories": ["B01", "B02"], "summary": p.tells, "urgency": if at % 2 == 0 { "urgent" } else { "normal" }, "published_on": day}),
        );
    }
    Office {
        kind: "needs",
        scope: "12",
        file: "基金会名单.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["收到日=发布日期", "谁家=姓名", "望得到=需求类别", "缘由=需求摘要", "属哪种困难=对象类别"],
    }
}

/// A district's bureau: groups over merged cells, names and telephones under two of them.
fn groups() -> Office {
    let mut tab = Tab::new("汇总");
    tab.head("红桥区困难群众服务对接表")
        .head("行|受助一方||||承办一方|||事项|||")
        .head("|姓名|身份证号|电话|街|单位|姓名|电话|类|要做什么|一共几回|办结期");
    for (row, from, to) in [(0, 0, 11), (1, 1, 4), (1, 5, 7), (1, 8, 11)] {
        tab.across(row, from, to);
    }
    tab.down(0, 1, 2);
    for at in 0..8 {
        let (p, staff) = (person(at + 620, "120104"), person(at + 700, "120104"));
        let (code, name) = place(turn(&["120104002", "120104007", "120104009"], at));
        tab.row(
            &[&(at + 1).to_string(), &p.name, &p.id, &p.phone, &name, "示例社会工作站", &staff.name, &staff.phone, "低保", "陪诊", "4次", &date("2027-01-31")],
            json!({"division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "responsible_unit": "示例社会工作站", "handler": staff.name, "beneficiary_categories": ["DB"],
                "service_categories": ["A02"], "quantity": often(4, "次", "total"), "period": {"to": "2027-01-31"}, "summary": "陪诊"}),
        );
    }
    // Nobody wrote what it is about: every row waits for it.
    for expected in tab.expected.values_mut() {
        *expected = json!("error");
    }
    Office {
        kind: "needs", scope: "120104", file: "对接表.xlsx", written: Written::Xlsx, tabs: vec![tab], said: &[]
    }
}

/// A rescue station: those without papers, with the reason in a column of its own.
fn station() -> Office {
    let mut tab = Tab::new("");
    tab.head("生活无着的流散人员救助登记（市救助站）")
        .head("进站顺次|自称姓名|证号|没有证件因何|何处发现（区、街道）|所做帮助|当时情形|进站日|经手民警");
    for at in 0..8 {
        let p = person(at + 640, "120103");
        let (district, street, code) =
            turn(&[("河西区", "桃园街道", "120103003000"), ("河北区", "宁园街道", "120105007000")], at);
        let papers = at % 2 == 0;
        let day = format!("2026-11-{:02}", at + 2);
        let mut expected = json!({"division_code": code, "name": p.name, "id_number": if papers { Some(&p.id) } else { None }, "beneficiary_categories": ["LL"], "service_categories": ["F02"],
            "summary": p.tells, "published_on": day, "handler": "示例民警"});
        if !papers {
            expected["no_id_reason"] = json!("本人说不清户籍");
        }
        tab.row(
            &[
                &(at + 1).to_string(),
                &p.name,
                if papers { &p.id } else { "" },
                if papers { "" } else { "本人说不清户籍" },
                &format!("{district}{street}"),
                "物资支持",
                p.tells,
                &day,
                "示例民警",
            ],
            expected,
        );
    }
    Office {
        kind: "needs",
        scope: "12",
        file: "站内登记.csv",
        written: Written::Gb18030,
        tabs: vec![tab],
        said: &[
            "何处发现（区、街道）=区划",
            "没有证件因何=无证件原因",
            "所做帮助=需求类别",
            "当时情形=需求摘要",
            "进站日=发布日期",
            "经手民警=经办人",
        ],
    }
}

/// A street's book: how often and how long in one cell, periods as from and to in words.
fn street_book() -> Office {
    let mut tab = Tab::new("登记簿");
    tab.head("王顶堤街道登记簿")
        .head("页码|居民姓名|居民证件号码|居民联系号码|居民身份|请求|请求内容|频率与期限|由哪天起|到哪天止");
    for at in 0..8 {
        let p = person(at + 660, "120104");
        let (from, to) = (format!("2026.12.{}", at + 1), format!("2027.3.{}", at + 11));
        tab.row(
            &[&(at + 3).to_string(), &p.name, &p.id, &p.phone, "低保", "探访", p.tells, "每周1次", &from, &to],
            json!({"division_code": "120104009000", "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["DB"], "service_categories": ["C01"], "summary": p.tells,
                "quantity": often(1, "次", "week"), "period": {"from": format!("2026-12-{:02}", at + 1), "to": format!("2027-03-{}", at + 11)}}),
        );
    }
    Office {
        kind: "needs",
        scope: "120104009",
        file: "登记簿.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[
            "请求=需求类别",
            "请求内容=需求摘要",
            "居民身份=对象类别",
            "频率与期限=数量/频次",
            "由哪天起=开始日期",
            "到哪天止=结束日期",
            "页码=不用",
        ],
    }
}
