//! Villages: designations of years, ticks, money in the head.

use serde_json::json;

use super::kit::{Office, Tab, Written, number, person, places, turn};

pub fn all() -> Vec<Office> {
    vec![years(), ticked(), towns()]
}

/// A town: designated from year to year, which is no day but no mistake either.
fn years() -> Office {
    let mut tab = Tab::new("底册");
    tab.head("宁河镇帮扶村底册").head("次|哪村|属何种村|帮扶年限|多少户|多少口人|其中老人（60岁起）|2025年集体进项（元）|靠何产业|还差什么设施|想请帮扶的方面|想法|村里谁管|其电话");
    for (at, home) in places("120117102").iter().take(9).enumerate() {
        let p = person(at + 800, "120117");
        let (code, word) = turn(&[("CUN_BR", "经济薄弱村"), ("CUN_KN", "困难村")], at);
        let (service, want) = turn(&[("E02", "产业帮扶"), ("E03", "科技帮扶"), ("E08", "消费帮扶")], at);
        tab.row(
            &[&(at + 1).to_string(), &home.1, word, "2021-2024", &(180 + at).to_string(), &(560 + at * 3).to_string(), &(120 + at).to_string(), &(48_000 + at * 500).to_string(), "水稻", "田间路没有硬化", want, "想引进新品种并找到销路，望有单位结对", &p.name, &p.phone],
            json!({"division_code": home.0, "designation": code, "households": 180 + at, "population": 560 + at * 3, "aged_60": 120 + at, "collective_income": (48_000.0 + f64::from(u8::try_from(at).unwrap()) * 500.0) / 10_000.0,
                "main_industry": "水稻", "gaps": "田间路没有硬化", "service_categories": [service], "need": "想引进新品种并找到销路，望有单位结对", "contact": p.name, "phone": p.phone}),
        );
    }
    Office {
        kind: "villages",
        scope: "120117102",
        file: "底册.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[
            "哪村=村居",
            "属何种村=认定类型",
            "帮扶年限=认定日期",
            "其中老人（60岁起）=60岁以上人数",
            "多少户=户数",
            "多少口人=人口",
            "靠何产业=主导产业",
            "还差什么设施=基础设施短板",
            "想请帮扶的方面=需求类别",
            "想法=需求说明",
            "村里谁管=联系人",
            "其电话=联系电话",
        ],
    }
}

/// A district's bureau: which village and which help as ticks under merged heads.
fn ticked() -> Office {
    let mut tab = Tab::new("统计");
    tab.head("村|镇|是哪种村（√）||帮哪方面（√）||||要做的事|认定于|人口情况|")
        .head("||困难村|经济薄弱村|产业帮扶|科技帮扶|文化帮扶|人才帮扶||年月日|户|人");
    for (row, from, to) in [(0, 2, 3), (0, 4, 7), (0, 10, 11)] {
        tab.across(row, from, to);
    }
    for column in [0, 1, 8] {
        tab.down(column, 0, 1);
    }
    let services = ["E02", "E03", "E05", "E07"];
    for (at, home) in places("120114104").iter().filter(|home| home.1.ends_with('村')).take(8).enumerate() {
        let (one, two) = (at % 4, (at + 2) % 4);
        let mut cells = vec![home.1.clone(), "大良镇".to_owned()];
        cells.extend((0..2).map(|of| if of == at % 2 { "√".to_owned() } else { String::new() }));
        cells.extend((0..4).map(|of| if of == one || of == two { "√".to_owned() } else { String::new() }));
        cells.extend([
            "请专家来讲课并帮着跑销路".to_owned(),
            "2021年7月1日".to_owned(),
            number(&(200 + at).to_string()),
            number(&(610 + at).to_string()),
        ]);
        let mut wanted = vec![services[one], services[two]];
        wanted.sort_unstable();
        tab.row(
            &cells.iter().map(String::as_str).collect::<Vec<_>>(),
            json!({"division_code": home.0, "designation": if at % 2 == 0 { "CUN_KN" } else { "CUN_BR" }, "service_categories": wanted, "need": "请专家来讲课并帮着跑销路",
                "designated_on": "2021-07-01", "households": 200 + at, "population": 610 + at}),
        );
    }
    Office {
        kind: "villages",
        scope: "120114",
        file: "统计.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["要做的事=需求说明"],
    }
}

/// A bureau of farming: a table for each town, its name over the table.
fn towns() -> Office {
    let mut tab = Tab::new("");
    tab.head("统计单位：武清区大良镇")
        .head("顺序|村庄名|认定情况（含级别）|起|止|总户|总人|残疾|低保（户）|年收入（万元）|帮扶需求分类|打算怎么帮");
    for (at, home) in places("120114104").iter().filter(|home| home.1.ends_with('村')).skip(8).take(8).enumerate() {
        tab.row(
            &[&(at + 1).to_string(), &home.1, "市级经济薄弱村", "2021.7", "2024.12", &format!("{}户", 150 + at), &format!("{}人", 430 + at), "11", "7", "12.5", "产业帮扶、人才帮扶", "办电商培训班，帮着建冷库"],
            json!({"division_code": home.0, "designation": "CUN_BR", "level": "市级", "designated_on": "2021-07", "ended_on": "2024-12", "households": 150 + at, "population": 430 + at,
                "disabled_persons": 11, "dibao_households": 7, "collective_income": 12.5, "service_categories": ["E02", "E07"], "need": "办电商培训班，帮着建冷库"}),
        );
    }
    Office {
        kind: "villages",
        scope: "120114",
        file: "大良.csv",
        written: Written::Utf8,
        tabs: vec![tab],
        said: &[
            "认定情况（含级别）=认定类型",
            "起=认定日期",
            "止=退出日期",
            "总人=人口",
            "年收入（万元）=集体经营性收入",
            "打算怎么帮=需求说明",
            "帮扶需求分类=需求类别",
        ],
    }
}
