//! Organizations: codes and whole names in one cell, districts as ticks, codes that are none.

use serde_json::{Value, json};

use super::kit::{Office, Tab, Written, often, person, turn, uscc};

pub fn all() -> Vec<Office> {
    vec![codes(), names(), districts(), wrong_codes()]
}

const CALLED: [&str; 4] =
    ["示例邻里社会工作服务中心", "示例夕阳助老服务中心", "示例阳光康复服务中心", "示例暖冬志愿服务中心"];

fn called(at: usize) -> String {
    CALLED[at % 4].replace("示例", &format!("示例{}", ["东", "南", "西", "北", "中"][at % 5]))
}

/// A federation: bare codes of services in one cell, what it can do with its unit beside it.
fn codes() -> Office {
    let mut tab = Tab::new("资源");
    let cells = [
        ("B01 B03 C02", vec!["B01", "B03", "C02"]),
        ("C07", vec!["C07"]),
        ("A02,B05", vec!["A02", "B05"]),
        ("E02；E07", vec!["E02", "E07"]),
    ];
    tab.head("会员顺序|会员单位全名|赋码（18位）|会费|主责联络|其手机|服务代号|服务到哪些区|接单能力|单位");
    for at in 0..8 {
        let p = person(at + 900, "120101");
        let (written, services) = &cells[at % 4];
        let code = uscc("52", at + 10);
        let name = called(at);
        tab.row(
            &[&(at + 1).to_string(), &name, &code, "已缴", &p.name, &p.phone, written, "和平区、河西区", &(20 + at).to_string(), "人次/月"],
            json!({"uscc": code, "name": name, "contact": p.name, "phone": p.phone, "service_categories": services, "areas": ["120101000000", "120103000000"], "capacity": often(20 + at, "人次", "month")}),
        );
    }
    Office {
        kind: "organizations",
        scope: "12",
        file: "联合会.csv",
        written: Written::Gb18030,
        tabs: vec![tab],
        said: &[
            "赋码（18位）=统一社会信用代码",
            "服务代号=需求类别",
            "主责联络=联系人",
            "其手机=联系电话",
            "接单能力=可提供数量",
        ],
    }
}

/// A bureau: whole names of services under each other, ratings and yearly inspections.
fn names() -> Office {
    let mut tab = Tab::new("名册");
    tab.head("市级社会组织名册").head("排|机构|登记证号（统一社会信用代码）|哪类组织|由谁登记|领头人|评上几A|2024年年检|2025年年检|提供什么服务|去得了哪些区|办公处|能公开募捐吗");
    let kinds = [("52", "民办非企业单位"), ("51", "社会团体"), ("53", "基金会")];
    for at in 0..9 {
        let (kind, word) = turn(&kinds, at);
        let p = person(at + 920, "120101");
        let (code, name) = (uscc(kind, at + 40), called(at));
        tab.row(
            &[&(at + 1).to_string(), &name, &code, word, "天津市民政局", &p.name, "AAA", "合格", "合格", "看护照料\n康复训练\n住院陪护/送医陪护（陪诊）", "全市", &p.door, if kind == "53" { "能" } else { "否" }],
            json!({"uscc": code, "name": name, "type": kind, "registrar": "天津市民政局", "legal_representative": p.name, "rating": "3A", "inspections": {"2024": "合格", "2025": "合格"},
                "service_categories": ["A01", "A02", "A03"], "areas": ["120000000000"], "address": p.door, "fundraising": kind == "53"}),
        );
    }
    Office {
        kind: "organizations",
        scope: "12",
        file: "名册.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[
            "领头人=法定代表人",
            "评上几A=评估等级",
            "去得了哪些区=服务区域",
            "提供什么服务=需求类别",
            "由谁登记=登记管理机关",
            "办公处=家庭住址",
            "能公开募捐吗=公开募捐资格",
        ],
    }
}

/// A hall of matching: districts as ticks under one head.
fn districts() -> Office {
    let mut tab = Tab::new("对接厅");
    tab.head("机构名|机构代码|能去的地方（√）||||做哪几样|每周能接几户|什么时候能来|电子信箱|值守电话")
        .head("||和平|河东|河西|南开|||||");
    tab.across(0, 2, 5);
    for column in [0, 1, 6, 7, 8, 9, 10] {
        tab.down(column, 0, 1);
    }
    let all = ["120101000000", "120102000000", "120103000000", "120104000000"];
    for at in 0..8 {
        let (code, name) = (uscc("52", at + 70), called(at + 1));
        let (one, two) = (at % 4, (at + 1) % 4);
        let mut cells = vec![name.clone(), code.clone()];
        cells.extend((0..4).map(|of| if of == one || of == two { "√".to_owned() } else { String::new() }));
        cells.extend([
            "助餐、助洁".to_owned(),
            format!("{}户", 6 + at),
            "周一至周五白天".to_owned(),
            format!("org{at}@example.org"),
            format!("022-0000{:04}", 3000 + at),
        ]);
        let mut areas = vec![all[one], all[two]];
        areas.sort_unstable();
        tab.row(
            &cells.iter().map(String::as_str).collect::<Vec<_>>(),
            json!({"uscc": code, "name": name, "areas": areas, "service_categories": ["B01", "B02"], "capacity": often(6 + at, "户", "week"), "available": "周一至周五白天",
                "email": format!("org{at}@example.org"), "phone": format!("022-0000{:04}", 3000 + at)}),
        );
    }
    Office {
        kind: "organizations",
        scope: "12",
        file: "对接厅.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["做哪几样=需求类别", "每周能接几户=可提供数量", "什么时候能来=可用时间", "值守电话=联系电话"],
    }
}

/// A street's list, with companies in it and codes that somebody mistyped: these are mistakes.
fn wrong_codes() -> Office {
    let mut tab = Tab::new("清册");
    tab.head("名头全称|社会信用代码|对口服务|可跑范围|找谁|打哪");
    for at in 0..8 {
        let (p, name) = (person(at + 940, "120101"), called(at + 2));
        let sound = uscc("51", at + 90);
        let (code, expected): (String, Option<Value>) = match at % 4 {
            1 => (format!("{}{}", &sound[..17], if sound.ends_with('3') { '4' } else { '3' }), Some(json!("error"))),
            2 => ("91120000MJT9000001".to_owned(), Some(json!("error"))),
            3 => (sound[..16].to_owned(), Some(json!("error"))),
            _ => (sound.clone(), None),
        };
        let expected = expected.unwrap_or_else(|| {
            json!({"uscc": sound, "name": name, "service_categories": ["C02", "D06"], "areas": ["120104000000"], "contact": p.name, "phone": p.phone})
        });
        tab.row(&[&name, &code, "心理疏导/法律援助转介", "南开区", &p.name, &p.phone], expected);
    }
    Office {
        kind: "organizations",
        scope: "12",
        file: "清册.xls",
        written: Written::Page,
        tabs: vec![tab],
        said: &["对口服务=需求类别", "可跑范围=服务区域", "找谁=联系人", "打哪=联系电话", "名头全称=姓名"],
    }
}
