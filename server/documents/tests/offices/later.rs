//! Offices met later: measured, never tuned for.

use serde_json::json;

use super::kit::{Office, Tab, Written, date, number, often, person, place, places, turn, uscc};

/// Rows right of a thousand when this was last written down.
pub const FLOOR: usize = 640;

pub fn all() -> Vec<Office> {
    vec![ticks(), desk(), cards(), two_tables(), villages(), organizations(), members(), legend(), units()]
}

fn ticks() -> Office {
    let mut tab = Tab::new("表");
    tab.head("长虹街道居家照护摸排")
        .head("序列|长者信息|||保障性质|||期望项目||||情况记述|摸排日")
        .head("||||城乡|特殊||生活||精神|||")
        .head("|姓名|身份证号|手机|低保|特困分散供养|困难残疾人|助行|助浴|精神慰藉|法律援助转介||");
    for (row, from, to) in [(0, 0, 12), (1, 1, 3), (1, 4, 6), (1, 7, 10), (2, 5, 6), (2, 7, 8), (2, 9, 10)] {
        tab.across(row, from, to);
    }
    let (groups, services) = (["DB", "TK_F", "CJ_KN"], ["B04", "B03", "C03", "D06"]);
    for at in 0..8 {
        let p = person(at + 1200, "120104");
        let (group, one, two) = (at % 3, at % 4, (at + 3) % 4);
        let mut cells = vec![number(&(at + 1).to_string()), p.name.clone(), p.id.clone(), p.phone.clone()];
        cells.extend((0..3).map(|of| if of == group { "是".to_owned() } else { String::new() }));
        cells.extend((0..4).map(|of| if of == one || of == two { "是".to_owned() } else { String::new() }));
        cells.extend([p.tells.to_owned(), date("2026-10-20")]);
        let mut wanted = vec![services[one], services[two]];
        wanted.sort_unstable();
        tab.row(
            &cells.iter().map(String::as_str).collect::<Vec<_>>(),
            json!({"division_code": "120104001000", "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": [groups[group]], "service_categories": wanted, "summary": p.tells, "published_on": "2026-10-20"}),
        );
    }
    Office {
        kind: "needs", scope: "120104001", file: "摸排.xlsx", written: Written::Xlsx, tabs: vec![tab], said: &[]
    }
}

fn desk() -> Office {
    let mut tab = Tab::new("");
    tab.head("事件号|接听时间|渠道名称|打进来的人|打进来的号码|当事居民|当事居民身份证|当事居民电话|属地|人员身份|服务类目|来电陈述|当前节点|轻重等级");
    for at in 0..8 {
        let (p, caller) = (person(at + 1220, "120101"), person(at + 1300, "120101"));
        let (code, name) = place(turn(&["120101001", "120101004"], at));
        tab.row(
            &[&format!("SJ{:06}", 5500 + at), &format!("2026/11/{} 14:05", at + 10), "12345便民热线", &caller.name, &caller.phone, &p.name, &p.id, &p.phone, &format!("和平区-{name}"), "低保边缘家庭", "助洁", p.tells, turn(&["联办中", "挂账", "督促"], at), turn(&["特急", "一般"], at)],
            json!({"need_no": format!("SJ{:06}", 5500 + at), "published_on": format!("2026-11-{}", at + 10), "source": "hotline", "name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "beneficiary_categories": ["BY"],
                "service_categories": ["B02"], "summary": p.tells, "ledger_status": turn(&["联办中", "挂账", "督促"], at), "urgency": turn(&["urgent", "normal"], at)}),
        );
    }
    Office { kind: "needs", scope: "12", file: "事件.csv", written: Written::Gb18030, tabs: vec![tab], said: &[] }
}

fn cards() -> Office {
    let mut tab = Tab::new("卡片");
    for at in 0..5 {
        let p = person(at + 1240, "120105");
        let home = &places("120105001")[at];
        tab.head("光复道街道困难居民服务卡").head("建卡人：示例社工|");
        tab.row(
            &["姓    名", &p.name, "联系电话", &p.phone],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["GX"], "service_categories": ["A02"], "summary": p.tells, "urgency": "urgent", "handler": "*"}),
        );
        tab.head(&format!("证件号码|{}|所在社区|{}", p.id, home.1));
        tab.head("人员类别|刚性支出困难家庭|服务项目|陪诊")
            .head(&format!("紧急程度|紧急|困难情况|{}", p.tells))
            .head("")
            .head("");
    }
    Office {
        kind: "needs",
        scope: "120105001",
        file: "服务卡.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[],
    }
}

fn two_tables() -> Office {
    let mut tab = Tab::new("镇里");
    tab.head("王庆坨镇帮扶台账").head("序号|村|户主|身份证号码|电话|困难类型|帮扶需求|说明");
    let homes: Vec<_> = places("120114114").into_iter().filter(|home| home.1.ends_with('村')).collect();
    for (at, home) in homes.iter().enumerate().take(4) {
        let p = person(at + 1260, "120114");
        tab.row(&[&(at + 1).to_string(), &home.1, &p.name, &p.id, &p.phone, "低保", "助餐", p.tells],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["DB"], "service_categories": ["B01"], "summary": p.tells}));
    }
    tab.head("").head("附：残疾人部分").head("姓名|残疾人身份证|家庭电话|居住村|补贴类型|所需服务|困难描述|紧急与否");
    for at in 0..4 {
        let (p, home) = (person(at + 1270, "120114"), &homes[at + 3]);
        tab.row(&[&p.name, &p.id, &p.phone, &home.1, "重度残疾人护理补贴", "康复训练", p.tells, "紧急"],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": ["CJ_ZD"], "service_categories": ["A03"], "summary": p.tells, "urgency": "urgent"}));
    }
    Office {
        kind: "needs", scope: "120114114", file: "王庆坨.xls", written: Written::Page, tabs: vec![tab], said: &[]
    }
}

fn villages() -> Office {
    let mut tab = Tab::new("村");
    tab.head("乡镇名称|行政村|村类型|列入时间|人口状况||60周岁及以上|村集体收入（万元）|产业现状|需求方面|具体诉求|村支部书记|书记手机")
        .head("||||户|人|||||||");
    tab.across(0, 4, 5);
    for (at, home) in places("120117102").iter().skip(3).take(8).enumerate() {
        let p = person(at + 1280, "120117");
        tab.row(&["宁河镇", &home.1, "经济薄弱村", "2021年7月", &(210 + at).to_string(), &(640 + at).to_string(), "133", "9.6", "玉米", "产业帮扶；消费帮扶", "想找企业订单种植", &p.name, &p.phone],
            json!({"division_code": home.0, "designation": "CUN_BR", "designated_on": "2021-07", "households": 210 + at, "population": 640 + at, "aged_60": 133, "collective_income": 9.6, "main_industry": "玉米",
                "service_categories": ["E02", "E08"], "need": "想找企业订单种植", "contact": p.name, "phone": p.phone}));
    }
    Office { kind: "villages", scope: "120117", file: "村.xlsx", written: Written::Xlsx, tabs: vec![tab], said: &[] }
}

fn organizations() -> Office {
    let mut tab = Tab::new("力量");
    tab.head("序|组织全称|统一信用代码证号|成立年月日|负责人姓名|联络人|联络人电话|能承接项目|可服务区划|月承接量（人次）|备注说明");
    for at in 0..8 {
        let (p, head) = (person(at + 1320, "120101"), person(at + 1340, "120101"));
        let (code, name) = (uscc("52", at + 200), format!("示例{}街爱心服务中心", ["桃", "柳", "槐", "榆"][at % 4]));
        tab.row(&[&(at + 1).to_string(), &name, &code, &format!("2015年3月{}日", at + 2), &head.name, &p.name, &p.phone, "①助餐②助浴", "河东区，河北区", &(60 + at).to_string(), ""],
            json!({"uscc": code, "name": name, "founded_on": format!("2015-03-{:02}", at + 2), "legal_representative": head.name, "contact": p.name, "phone": p.phone, "service_categories": ["B01", "B03"],
                "areas": ["120102000000", "120105000000"], "capacity": often(60 + at, "人次", "month")}));
    }
    Office {
        kind: "organizations", scope: "12", file: "力量.xlsx", written: Written::Xlsx, tabs: vec![tab], said: &[]
    }
}

fn members() -> Office {
    let mut tab = Tab::new("花名册");
    tab.head(
        "编号|姓名|性别|身份证号码|联系方式|居住街道|E-mail|个人专长|意向服务类别|紧急联络人及电话|是否同意|同意时间",
    );
    for at in 0..8 {
        let (p, other) = (person(at + 1360, "120105"), person(at + 1380, "120105"));
        let (code, name) = place(turn(&["120105001", "120105004"], at));
        tab.row(&[&number(&(at + 1).to_string()), &p.name, if p.id.as_bytes()[16] % 2 == 0 { "女" } else { "男" }, &p.id, &p.phone, &name, &format!("m{at}@example.org"), "驾驶", "助行、陪诊", &format!("{} {}", other.name, other.phone), "是", "2026/11/5"],
            json!({"name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "email": format!("m{at}@example.org"), "skills": "*", "skill_words": "驾驶", "service_categories": ["A02", "B04"],
                "emergency_contact": other.name, "emergency_phone": other.phone, "consented_on": "2026-11-05"}));
    }
    Office { kind: "members", scope: "12", file: "花名册.csv", written: Written::Utf8, tabs: vec![tab], said: &[] }
}

fn legend() -> Office {
    let mut tab = Tab::new("表1");
    tab.head("姓名|身份证号|街道|联系电话|身份类别（A低保 B特困分散 C低保边缘）|需求项目代码：01助餐；02助洁；03探访|需求说明");
    let (groups, services) = ([("A", "DB"), ("B", "TK_F"), ("C", "BY")], [("01", "B01"), ("02", "B02"), ("03", "C01")]);
    for at in 0..8 {
        let p = person(at + 1400, "120101");
        let (code, name) = place(turn(&["120101002", "120101003"], at));
        let ((g, group), (s, service)) = (turn(&groups, at), turn(&services, at + 1));
        tab.row(&[&p.name, &p.id, &name, &p.phone, g, s, p.tells],
            json!({"name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "beneficiary_categories": [group], "service_categories": [service], "summary": p.tells}));
    }
    Office { kind: "needs", scope: "120101", file: "表.csv", written: Written::Gb18030, tabs: vec![tab], said: &[] }
}

fn units() -> Office {
    let mut tab = Tab::new("一");
    tab.head("申请人|身份证号|联系手机|居住街道|救助身份|申请服务|数量|数量单位|申请理由|期限（月）|录入时间");
    for at in 0..8 {
        let p = person(at + 1420, "120103");
        let (code, name) = place(turn(&["120103009", "120103011"], at));
        tab.row(&[&p.name, &p.id, &p.phone, &name, "低保", "助浴", &number(&(at % 3 + 1).to_string()), "次/周", p.tells, &number("6"), &format!("2026-11-{:02} 08:30:00", at + 1)],
            json!({"name": p.name, "id_number": p.id, "phone": p.phone, "division_code": code, "beneficiary_categories": ["DB"], "service_categories": ["B03"], "quantity": often(at % 3 + 1, "次", "week"),
                "summary": p.tells, "period": {"months": 6}, "published_on": format!("2026-11-{:02}", at + 1)}));
    }
    Office { kind: "needs", scope: "120103", file: "一.xlsx", written: Written::Xlsx, tabs: vec![tab], said: &[] }
}
