//! Volunteers: running numbers that are nobody's, letters, who is to be called in need.

use serde_json::json;

use super::kit::{Office, Tab, Written, date, number, person, place, turn};

pub fn all() -> Vec<Office> {
    vec![roll(), export(), hours(), days()]
}

/// A team: a running number called 编号, mail, and the one to be called.
fn roll() -> Office {
    let mut tab = Tab::new("名录");
    tab.head("桃园街道暖阳志愿服务队名录").head("编号|队友姓名|男女|身份证号|手机号码|家在哪个街道|电子信箱|拿手本领|想做的服务|出事找谁|那人电话|本人点头了吗|点头日");
    for at in 0..8 {
        let (p, other) = (person(at + 1000, "120103"), person(at + 1100, "120103"));
        let (code, name) = place(turn(&["120103003", "120103005", "120103008"], at));
        let female = p.id.as_bytes()[16] % 2 == 0;
        tab.row(
            &[&number(&(at + 1).to_string()), &p.name, if female { "女" } else { "男" }, &p.id, &p.phone, &name, &format!("v{at}@example.org"), "急救", "助医", &other.name, &other.phone, "同意", &date("2026-11-02")],
            json!({"name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "email": format!("v{at}@example.org"), "skills": "*", "skill_words": "急救", "service_categories": ["B05"],
                "emergency_contact": other.name, "emergency_phone": other.phone, "consented_on": "2026-11-02", "team": "桃园街道暖阳志愿服务队"}),
        );
    }
    Office {
        kind: "members",
        scope: "120103",
        file: "暖阳名录.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[
            "家在哪个街道=区划",
            "想做的服务=需求类别",
            "出事找谁=紧急联系人",
            "那人电话=紧急联系电话",
            "本人点头了吗=本人同意",
            "点头日=同意日期",
            "拿手本领=专业技能",
        ],
    }
}

/// A system's export: numbers of the register, times with seconds.
fn export() -> Office {
    let mut tab = Tab::new("");
    tab.head("志愿者注册码|真实姓名|证件类别|证件编码|移动号码|所属社区|注册时刻|累计服务小时（h）|所在服务队名|是否签同意书|签同意书日");
    for at in 0..8 {
        let p = person(at + 1020, "120102");
        let (code, name) = place(turn(&["120102004001", "120102004004", "120102004007"], at));
        tab.row(
            &[&format!("TJV{:07}", 88_000 + at), &p.name, "居民身份证", &p.id, &p.phone, &format!("河东区富民路街道{name}"), &format!("2024-05-{:02} 10:22:0{at}", at + 4), &format!("{}.5", 12 + at), "示例邻里服务队", "是", "2026-10-09"],
            json!({"name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "joined_on": format!("2024-05-{:02}", at + 4), "hours": 12.5 + f64::from(u8::try_from(at).unwrap()),
                "team": "示例邻里服务队", "consented_on": "2026-10-09"}),
        );
    }
    Office {
        kind: "members",
        scope: "12",
        file: "注册导出.csv",
        written: Written::Utf8,
        tabs: vec![tab],
        said: &["所属社区=区划"],
    }
}

/// A school's club: ticks for what they would do, and days in words.
fn hours() -> Office {
    let mut tab = Tab::new("社团");
    tab.head("号码|同学|性|生日|打电话|住哪片街道|愿做（√）|||干过多少小时|分工|工作或学校|同意登记|哪天同意的")
        .head("||||||助餐|学业辅导|探访|||||");
    tab.across(0, 6, 8);
    for column in [0, 1, 2, 3, 4, 5, 9, 10, 11, 12, 13] {
        tab.down(column, 0, 1);
    }
    let services = ["B01", "C07", "C01"];
    for at in 0..8 {
        let p = person(at + 1040, "120104");
        let (code, name) = place(turn(&["120104006", "120104009"], at));
        let one = at % 3;
        let mut cells = vec![
            number(&(at + 1).to_string()),
            p.name.clone(),
            "女".to_owned(),
            format!("1900年{}月{}日", at + 1, at + 5),
            p.phone.clone(),
            name,
        ];
        cells.extend((0..3).map(|of| if of == one { "√".to_owned() } else { String::new() }));
        cells.extend([
            "24小时".to_owned(),
            "副队长".to_owned(),
            "示例大学".to_owned(),
            "是".to_owned(),
            "2026年11月1日".to_owned(),
        ]);
        tab.row(
            &cells.iter().map(String::as_str).collect::<Vec<_>>(),
            json!({"name": p.name, "phone": p.phone, "division_code": code, "service_categories": [services[one]], "hours": 24, "role": "副队长", "occupation": "示例大学", "consented_on": "2026-11-01"}),
        );
    }
    Office {
        kind: "members",
        scope: "120104",
        file: "社团.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[
            "同学=姓名",
            "打电话=联系电话",
            "住哪片街道=区划",
            "干过多少小时=服务时长",
            "分工=队内职务",
            "工作或学校=职业",
            "哪天同意的=同意日期",
        ],
    }
}

/// A street's station: what somebody can do, and when, as ticks.
fn days() -> Office {
    let mut tab = Tab::new("技能时段");
    tab.head("志愿者|身份证|手机|社区|技能特长（打√）|||空闲时段（打√）||")
        .head("||||急救|驾驶|理发|周末|工作日上午|晚上");
    tab.across(0, 4, 6).across(0, 7, 9);
    for column in 0..4 {
        tab.down(column, 0, 1);
    }
    for at in 0..6 {
        let p = person(at + 1060, "120102");
        let (code, name) = place(turn(&["120102004001", "120102004005"], at));
        let mut cells = vec![p.name.clone(), p.id.clone(), p.phone.clone(), name];
        cells.extend((0..3).map(|of| if of == at % 3 { "√".to_owned() } else { String::new() }));
        cells.extend((0..3).map(|of| if of == (at + 1) % 3 { "√".to_owned() } else { String::new() }));
        let skill = turn(&["急救", "驾驶", "理发"], at);
        tab.row(
            &cells.iter().map(String::as_str).collect::<Vec<_>>(),
            json!({"name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "skills": "*", "skill_words": skill,
                "available": turn(&["周末", "工作日上午", "晚上"], at + 1)}),
        );
    }
    Office {
        kind: "members",
        scope: "120102004",
        file: "技能时段.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[],
    }
}
