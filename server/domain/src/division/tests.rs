use super::*;

fn ok(text: &str, scope: &str) -> String {
    match Divisions::bundled().resolve(text, scope) {
        Ok(found) => found.code12,
        Err(error) => panic!("{text} in {scope}: {error:?}"),
    }
}

#[test]
fn whole_edition() {
    let all = Divisions::bundled();
    let count = |level| all.iter().filter(|d| d.level == level && d.is_current()).count();
    assert_eq!((count(Level::District), count(Level::Street), count(Level::Village)), (16, 299, 5617));
    assert_eq!(all.districts().count(), 16);
    assert_eq!(all.children("120114").count(), 37);
    assert_eq!(all.get("12").map(|d| d.name.as_str()), Some("天津市"));
    assert_eq!(all.get("1201").map(|d| d.code12.as_str()), Some("120000000000"));
    assert_eq!(all.full_name("120102"), "河东区");
    assert_eq!(all.full_name("120114001011"), "武清区 杨村街道 站北路社区居委会");
    assert_eq!(all.spoken_name("120114104255000"), "");
    assert_eq!(all.spoken_name("120114104255"), "武清区 大良镇 田水铺村");
    assert!(serde_json::from_str::<serde_json::Value>(DISTRICT_OUTLINES).is_ok());
}

/// Every official name resolves to its own code inside its parent, or to several candidates with it among them.
#[test]
fn every_name_resolves() {
    let all = Divisions::bundled();
    for division in all.iter().filter(|d| d.is_current() && d.level != Level::City) {
        let scope = division.parent.as_deref().unwrap();
        for name in [division.name.as_str(), division.short_name()] {
            match all.resolve(name, scope) {
                Ok(found) => assert_eq!(found.code12, division.code12, "{name}"),
                Err(ResolveError::Ambiguous { candidates }) => {
                    assert!(candidates.contains(&division.code12), "{name}");
                }
                Err(error) => panic!("{name} in {scope}: {error:?}"),
            }
        }
    }
}

#[test]
fn scopes() {
    assert_eq!(prefix("120000000000"), "12");
    assert_eq!(prefix("120114000000"), "120114");
    assert_eq!(prefix("120114100000"), "120114100");
    assert!(within("120114001011", "120114001000"));
    assert!(within("120114001011", "12"));
    assert!(!within("120114000000", "120114001"));
    assert!(!within("120115000000", "120114"));
    assert!(!within("120115000000", ""));
    assert_eq!(pad("12011"), None);
}

#[test]
fn writings() {
    for text in [
        "杨村街道",
        "杨村",
        "杨村街",
        "杨村街办",
        "杨村街道办事处",
        "武清区杨村街道",
        "天津市武清区杨村",
        "120114001",
        "120114001000",
        "'120114001000",
        " 杨村 ",
    ] {
        assert_eq!(ok(text, "120114"), "120114001000", "{text}");
    }
    for text in ["大良镇人民政府", "大良镇政府", "大良", "武清大良镇"] {
        assert_eq!(ok(text, "120114"), "120114104000", "{text}");
    }
    for text in ["蒙村", "蒙村村", "蒙村村委会", "蒙村村民委员会"] {
        assert_eq!(ok(text, "120114104"), "120114104245", "{text}");
    }
    assert_eq!(ok("渔坝口四村", "120114119"), "120114119205");
    assert_eq!(ok("渔坝口第四村", "120114119"), "120114119205");
    assert_eq!(ok("渔坝口一村", "120114119"), "120114119202");
    assert_eq!(ok("杨村街道站北路社区", "12"), "120114001011");
    assert_eq!(ok("武清区大良镇田水铺村", "12"), "120114104255");
    assert_eq!(ok("武清", "12"), "120114000000");
    assert_eq!(ok("滨海", "12"), "120116000000");
    assert_eq!(ok("全市", "12"), "120000000000");
}

#[test]
fn refusals() {
    let all = Divisions::bundled();
    let candidates = ["120114103201", "120114112201", "120114114201", "120114115209"].map(str::to_owned).to_vec();
    assert_eq!(all.resolve("一街", "120114"), Err(ResolveError::Ambiguous { candidates }));
    assert_eq!(all.resolve("叉沽港镇", "120114"), Err(ResolveError::Unknown { near: Some("汊沽港镇".to_owned()) }));
    assert_eq!(all.resolve("陈嘴镇", "120114"), Err(ResolveError::Unknown { near: Some("陈咀镇".to_owned()) }));
    assert!(matches!(all.resolve("杨柳青镇", "120114"), Err(ResolveError::OutOfScope { .. })));
    assert!(matches!(all.resolve("宝坻区黄庄镇", "120114"), Err(ResolveError::OutOfScope { .. })));
    assert!(matches!(all.resolve("120115", "120114"), Err(ResolveError::OutOfScope { .. })));
    assert_eq!(all.resolve("120114104999", "120114"), Err(ResolveError::Unknown { near: None }));
    assert_eq!(all.resolve("", "12"), Err(ResolveError::Unknown { near: None }));
}

#[test]
fn abolished() {
    let all = Divisions::bundled();
    let found = all.resolve("塘沽区", "12").unwrap();
    assert_eq!((found.code12.as_str(), found.abolished.as_deref()), ("120116000000", Some("塘沽区")));
    let found = all.resolve("静海县", "12").unwrap();
    assert_eq!((found.code12.as_str(), found.abolished.as_deref()), ("120118000000", Some("静海县")));
    let found = all.resolve("120225", "12").unwrap();
    assert_eq!(found.code12, "120119000000");
    assert_eq!(all.get("120107").unwrap().successor.as_deref(), Some("120116000000"));
    assert_eq!(all.current("120107").unwrap().name, "滨海新区");
}

#[test]
fn newer_edition_wins() {
    let head = "code12,name,level,kind,parent_code,district_code\n120000000000,天津市,province,municipality,,\n120102000000,河东区,district,district,12,120102\n";
    let old = format!(
        "{head}120102001000,甲街道,street,subdistrict,120102,120102\n120102002000,乙街道,street,subdistrict,120102,120102\n"
    );
    let new = format!("{head}120102001000,丙街道,street,subdistrict,120102,120102\n");
    let day = |y| NaiveDate::from_ymd_opt(y, 6, 30).unwrap();
    let all = Divisions::from_editions(
        &[Edition { valid_from: day(2024), csv: &new }, Edition { valid_from: day(2023), csv: &old }],
        "",
    )
    .unwrap();
    assert_eq!(all.get("120102001").unwrap().name, "丙街道");
    assert_eq!(all.get("120102001").unwrap().valid_from, Some(day(2023)));
    assert_eq!(all.get("120102002").unwrap().valid_to, Some(day(2024)));
    assert_eq!(all.children("120102").count(), 1);
    assert!(matches!(Divisions::from_editions(&[], ""), Err(EditionError::Empty)));
}
