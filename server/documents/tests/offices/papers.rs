//! Needs as papers: forms under each other, tables under each other, sheets of communities, families, questionnaires.

use serde_json::json;

use super::kit::{Office, Tab, Written, often, person, place, places, turn};

pub fn all() -> Vec<Office> {
    vec![forms(), stacked(), children(), communities(), families(), questionnaire()]
}

/// A community worker: one form for each visit, under a title of its own; the row is the line with the name.
fn forms() -> Office {
    let mut tab = Tab::new("入户登记表");
    for at in 0..6 {
        let p = person(at + 220, "120105");
        let (code, name) = place(turn(&["120105001", "120105003", "120105007"], at));
        let day = format!("2026年10月{}日", at + 12);
        tab.head(&format!("河北区入户访谈记录（第{}户）", at + 1));
        tab.head(&format!("到访日期|{day}|所属街道|{name}"));
        tab.row(
            &["被访人姓名", &p.name, "身份证号码", &p.id],
            json!({"division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "address": p.door, "household_size": p.size,
                "beneficiary_categories": ["DB"], "service_categories": ["B03"], "summary": p.tells, "published_on": format!("2026-10-{}", at + 12)}),
        );
        tab.head(&format!("联络电话|{}|家中人口|{}", p.phone, p.size));
        tab.head(&format!("家庭门牌|{}", p.door));
        tab.head("困难类型|低保|想要的服务|助浴");
        tab.head(&format!("访谈所得|{}", p.tells)).head("");
    }
    Office {
        kind: "needs",
        scope: "120105",
        file: "入户访谈.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["访谈所得=需求摘要"],
    }
}

/// A street: the old and the alone above, children below, each table with heads of its own.
fn stacked() -> Office {
    let mut tab = Tab::new("两表合一");
    let homes = places("120105003");
    tab.head("鸿顺里街道2026年第四季度帮扶需求")
        .head("一、困难老人")
        .head("序号|社区|老人姓名|身份证号|联系电话|类别|需求|具体情况");
    for (at, home) in homes.iter().enumerate().take(5) {
        let p = person(at + 240, "120105");
        tab.row(
            &[&(at + 1).to_string(), &home.1, &p.name, &p.id, &p.phone, "特困分散供养", "助餐", p.tells],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["TK_F"], "service_categories": ["B01"], "summary": p.tells}),
        );
    }
    tab.head("")
        .head("二、困境儿童")
        .head("编号|儿童姓名|儿童身份证|监护人|监护人电话|家住|儿童类别|辅导或陪伴|说明")
        .head("");
    tab.rows.pop();
    for at in 0..5 {
        let (p, g, home) = (person(at + 250, "120105"), person(at + 500, "120105"), &homes[at + 2]);
        tab.row(
            &[&format!("E{}", at + 1), &p.name, &p.id, &g.name, &g.phone, &home.1, "困境儿童", "学业辅导", p.tells],
            json!({"need_no": format!("E{}", at + 1), "division_code": home.0, "name": p.name, "id_number": p.id, "guardian": g.name, "guardian_phone": g.phone, "beneficiary_categories": ["KJ"], "service_categories": ["C07"], "summary": p.tells}),
        );
    }
    Office {
        kind: "needs",
        scope: "120105003",
        file: "鸿顺里两表.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["家住=村居", "辅导或陪伴=需求类别"],
    }
}

/// A director of children: where the father works is nobody's telephone of the household.
fn children() -> Office {
    let mut tab = Tab::new("儿童");
    tab.head("孩子姓名|孩子身份证|就读学校|班主任电话|父亲姓名|父亲打工地及电话|母亲电话|由谁照料|照料人手机|孩子现在住|哪类儿童|盼望|近况描述");
    for at in 0..8 {
        let (p, g) = (person(at + 260, "120118"), person(at + 520, "120118"));
        let home = &places("120118100")[at + 5];
        tab.row(
            &[&p.name, &p.id, "示例小学", "13800009901", &person(at + 540, "120118").name, "河北沧州 13800009902", "13800009903", &g.name, &g.phone, &format!("静海区静海镇{}", home.1), "农村留守儿童", "学业辅导、心理疏导", p.tells],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "guardian": g.name, "guardian_phone": g.phone, "beneficiary_categories": ["LSET"], "service_categories": ["C02", "C07"], "summary": p.tells}),
        );
    }
    Office {
        kind: "needs",
        scope: "120118",
        file: "静海儿童.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["盼望=需求类别", "孩子现在住=区划"],
    }
}

/// A street: a sheet for each community, which stands in the sheet's name or above its table alone.
fn communities() -> Office {
    let homes = places("120103010");
    let mut tabs = Vec::new();
    for (number, name) in ["甲表", "乙表"].into_iter().enumerate() {
        let mut tab = Tab::new(name);
        let home = &homes[number + 1];
        tab.head(&format!("陈塘庄街道{}居家老人需求", home.1))
            .head("楼门|老人|身份证|子女或本人电话|低保否|补贴身份|要求的服务|情况说明");
        for at in 0..5 {
            let p = person(at + 280 + number * 20, "120103");
            tab.row(
                &[&p.door, &p.name, &p.id, &p.phone, if at % 2 == 0 { "是" } else { "否" }, "困难残疾人", "助医", p.tells],
                json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "address": p.door, "beneficiary_categories": ["CJ_KN"], "service_categories": ["B05"], "summary": p.tells}),
            );
        }
        tabs.push(tab);
    }
    Office {
        kind: "needs",
        scope: "120103010",
        file: "陈塘庄分表.xls",
        written: Written::Xml,
        tabs,
        said: &["情况说明=需求摘要", "子女或本人电话=联系电话"],
    }
}

/// A village: the family under its head, the household's cells merged over them.
fn families() -> Office {
    let mut tab = Tab::new("户表");
    tab.head("户次|村|成员|称谓|证件号码|联系手机|家庭类别|需什么服务|细说");
    let homes = places("120117102");
    for (at, home) in homes.iter().enumerate().take(6) {
        let p = person(at + 320, "120117");
        let (wife, son) = (person(at + 340, "120117"), person(at + 360, "120117"));
        let top = tab.rows.len();
        tab.row(
            &[&(at + 1).to_string(), &home.1, &p.name, "户主", &p.id, &p.phone, "低保", "助急", p.tells],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["DB"], "service_categories": ["B06"], "summary": p.tells,
                "members": [{"name": wife.name, "relation": "妻", "id_number": wife.id}, {"name": son.name, "relation": "次子", "id_number": son.id}]}),
        );
        tab.row(&["", "", &wife.name, "妻", &wife.id, "", "", "", ""], json!("member"));
        tab.row(&["", "", &son.name, "次子", &son.id, "", "", "", ""], json!("member"));
        for column in [0, 1, 6, 7, 8] {
            tab.down(column, top, top + 2);
        }
    }
    Office {
        kind: "needs",
        scope: "120117102",
        file: "宁河镇户表.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["细说=需求摘要"],
    }
}

/// A questionnaire: sentences as heads, two answers in a cell.
fn questionnaire() -> Office {
    let mut tab = Tab::new("答卷");
    tab.head("答卷序号|交卷时间|答题用时|1、您叫什么名字，电话多少？|2、您的身份证号是？|3、您住在哪个区的哪个街道？|4、您家属于下面哪种情况？|5、您最想得到哪些帮助？（多选）|6、多久帮一次、帮多长时间合适？|7、请说说您家的难处");
    for at in 0..8 {
        let p = person(at + 380, "120106");
        let (district, street, code) =
            turn(&[("南开区", "鼓楼街道", "120104002000"), ("和平区", "新兴街道", "120101004000")], at);
        let day = format!("2026-11-{:02}", at + 3);
        tab.row(
            &[&(at + 1).to_string(), &format!("{day} 20:0{at}"), "95秒", &format!("{}，{}", p.name, p.phone), &p.id, &format!("{district}{street}"), "B.低保边缘", "A.助餐┋C.助洁", "每周2次，3个月", p.tells],
            json!({"division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["BY"], "service_categories": ["B01", "B02"],
                "quantity": often(2, "次", "week"), "period": {"months": 3}, "summary": p.tells, "published_on": day}),
        );
    }
    Office {
        kind: "needs",
        scope: "12",
        file: "问卷结果.csv",
        written: Written::Utf8,
        tabs: vec![tab],
        said: &["交卷时间=发布日期"],
    }
}
