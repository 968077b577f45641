//! Needs on boards: ticks under heads of three rows, amounts in columns of their own, codes with their legend.

use serde_json::json;

use super::kit::{Office, Tab, Written, date, number, often, person, place, places, turn};

pub fn all() -> Vec<Office> {
    vec![ticks(), amounts(), visits(), legends(), codes(), grades(), notes()]
}

/// A street office: whom and what as ticks, two groups deep, and what is pressing as a tick too.
fn ticks() -> Office {
    let mut tab = Tab::new("打勾总表");
    tab.head("富民路街道困难居民服务打勾总表")
        .head("次序|家庭基本情况||||享受政策（符合的打√）||||想让社会力量做的事（打√，可多选）|||||其余想说的|急事打√")
        .head("|||||||||日常生活类|||关心陪伴类|||")
        .head("|社区|当家人|身份证|能打通的电话|低保|低保边缘|特困分散供养|重度残疾人|助餐|助洁|助浴|探访|心理疏导||");
    for (row, from, to) in [(0, 0, 15), (1, 1, 4), (1, 5, 8), (1, 9, 13), (2, 9, 11), (2, 12, 13)] {
        tab.across(row, from, to);
    }
    for column in [0, 14, 15] {
        tab.down(column, 1, 3);
    }
    let groups = ["DB", "BY", "TK_F", "CJ_ZD"];
    let services = ["B01", "B02", "B03", "C01", "C02"];
    let homes = places("120102004");
    for at in 0..9 {
        let (p, home) = (person(at, "120102"), &homes[at % homes.len()]);
        let (group, one, two) = (at % 4, at % 5, (at * 2 + 1) % 5);
        let mut cells =
            vec![number(&(at + 1).to_string()), home.1.clone(), p.name.clone(), p.id.clone(), p.phone.clone()];
        cells.extend((0..4).map(|of| if of == group { "√".to_owned() } else { String::new() }));
        cells.extend((0..5).map(|of| if of == one || of == two { "√".to_owned() } else { String::new() }));
        cells.push(p.tells.to_owned());
        cells.push(if at % 3 == 0 { "√".to_owned() } else { String::new() });
        let mut wanted = vec![services[one], services[two]];
        wanted.sort_unstable();
        wanted.dedup();
        tab.row(
            &cells.iter().map(String::as_str).collect::<Vec<_>>(),
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": [groups[group]], "service_categories": wanted,
                "urgency": if at % 3 == 0 { "urgent" } else { "normal" }}),
        );
    }
    Office {
        kind: "needs",
        scope: "120102",
        file: "富民路打勾表.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["能打通的电话=联系电话", "其余想说的=需求摘要", "急事打√=紧急程度", "当家人=姓名"],
    }
}

/// A town: how much in one column, of what in the next, how often in a third.
fn amounts() -> Office {
    let mut tab = Tab::new("明细");
    tab.head("排次|哪个村|住户姓名|公民身份号|打哪个号|困难种别|所求服务|需要多少|量词|多长一轮|具体情形|登簿日");
    let villages = places("120114104");
    let words = [
        ("B01", "助餐", "顿", 5, "每周", "week"),
        ("B02", "助洁", "次", 2, "每月", "month"),
        ("C01", "探访", "次", 1, "每周", "week"),
        ("F02", "物资支持", "份", 3, "总共", "total"),
    ];
    let groups = [("DB", "低保户"), ("TK_F", "特困（分散）"), ("BY", "低保边缘户")];
    for at in 0..9 {
        let (p, home) = (person(at + 20, "120114"), &villages[at * 2 + 1]);
        let (code, word, unit, n, cycle, per) = turn(&words, at);
        let (group, name) = turn(&groups, at);
        let day = format!("2026-10-{:02}", at + 3);
        tab.row(
            &[&(at + 1).to_string(), &home.1, &p.name, &p.id, &p.phone, name, word, &n.to_string(), unit, cycle, p.tells, &day],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": [group], "service_categories": [code], "quantity": often(n, unit, per), "published_on": day}),
        );
    }
    Office {
        kind: "needs",
        scope: "120114104",
        file: "大良镇明细.csv",
        written: Written::Gb18030,
        tabs: vec![tab],
        said: &[
            "需要多少=数量/频次",
            "量词=计量单位",
            "多长一轮=周期",
            "具体情形=需求摘要",
            "登簿日=发布日期",
            "打哪个号=联系电话",
            "困难种别=对象类别",
            "所求服务=需求类别",
        ],
    }
}

/// A station of social workers: the unit in the head, days with their time.
fn visits() -> Office {
    let mut tab = Tab::new("Sheet1");
    tab.head("建卡时间|街镇|案主姓名|身份证明编号|常用手机|低收入人口类型|介入服务项目|每月上门（次）|预计服务（月）|个案情况小结|跟案社工");
    let streets = ["120101003", "120101005", "120101006"];
    let words = [("C02", "心理疏导"), ("C01", "探访关爱"), ("A02", "陪诊")];
    let groups = [("DB", "低保对象"), ("GX", "刚性支出困难家庭"), ("TK_F", "分散供养特困人员")];
    for at in 0..8 {
        let p = person(at + 40, "120101");
        let (place, name) = place(turn(&streets, at));
        let ((code, word), (group, label)) = (turn(&words, at), turn(&groups, at + 1));
        let day = format!("2026-09-{:02}", at + 11);
        tab.row(
            &[&format!("{day} {:02}:24:{:02}", at + 8, at + 30), &name, &p.name, &p.id, &p.phone, label, word, &number(&(at % 4 + 1).to_string()), &number(&(at % 3 * 3 + 3).to_string()), p.tells, "示例社工"],
            json!({"division_code": place, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": [group], "service_categories": [code], "quantity": often(at % 4 + 1, "次", "month"),
                "period": {"months": at % 3 * 3 + 3}, "published_on": day, "handler": "示例社工"}),
        );
    }
    Office {
        kind: "needs",
        scope: "120101",
        file: "社工站个案.csv",
        written: Written::Utf8,
        tabs: vec![tab],
        said: &["预计服务（月）=期限", "建卡时间=发布日期"],
    }
}

/// A federation of the disabled: what the numbers mean stands in the head.
fn legends() -> Office {
    let mut tab = Tab::new("摸底");
    tab.head("河东区困难家庭帮扶意向摸底")
        .head("号|所在街道|姓 名|证件号|家里电话|属于下列哪一类 1低保2特困分散3低保边缘4重度残疾人|盼望帮助（①助餐②助洁③陪诊④学业辅导）|急迫度：1特急 2一般|难在哪里");
    let groups = ["DB", "TK_F", "BY", "CJ_ZD"];
    let services = ["B01", "B02", "A02", "C07"];
    let named = ["低保", "特困分散", "低保边缘", "重度残疾人"];
    for at in 0..9 {
        let p = person(at + 60, "120102");
        let (code, name) = place(turn(&["120102004", "120102001", "120102003"], at));
        let (one, two) = (at % 4, (at + 1) % 4);
        let group = if at % 3 == 2 { format!("{}{}", one + 1, named[one]) } else { number(&(one + 1).to_string()) };
        let wish = match at % 3 {
            0 => format!("{}、{}", one + 1, two + 1),
            1 => format!("{}", two + 1),
            _ => format!("{},{}", two + 1, one + 1),
        };
        let mut wanted = if at % 3 == 1 { vec![services[two]] } else { vec![services[one], services[two]] };
        wanted.sort_unstable();
        tab.row(
            &[&(at + 1).to_string(), &name, &p.name, &p.id, &p.phone, &group, &wish, if at % 2 == 0 { "1" } else { "2" }, p.tells],
            json!({"division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": [groups[one]], "service_categories": wanted, "urgency": if at % 2 == 0 { "urgent" } else { "normal" }}),
        );
    }
    Office {
        kind: "needs",
        scope: "120102",
        file: "残联摸底.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["难在哪里=需求摘要"],
    }
}

/// A system's export with its table of codes on a sheet behind it.
fn codes() -> Office {
    let mut tab = Tab::new("data");
    tab.head("pk|dx_xm|dx_zjh|dx_lxfs|sszjd|dx_lb|xq_lx|xq_ms|jjd|tbsj");
    let groups = [("DB", "10"), ("BY", "20"), ("TK_F", "31"), ("SWR", "40")];
    let services = [("B01", "s1"), ("C07", "s2"), ("A02", "s3")];
    for at in 0..9 {
        let p = person(at + 80, "120103");
        let (code, _) = place(turn(&["120103003", "120103004", "120103006"], at));
        let ((group, g), (service, s)) = (turn(&groups, at), turn(&services, at));
        let day = format!("2026-11-{:02}", at + 5);
        tab.row(
            &[&format!("{}", 900_100 + at), &p.name, &p.id, &p.phone, &code, g, s, p.tells, if at % 2 == 0 { "9" } else { "1" }, &day.replace('-', "")],
            json!({"need_no": (900_100 + at).to_string(), "division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": [group], "service_categories": [service], "urgency": if at % 2 == 0 { "urgent" } else { "normal" }, "published_on": day}),
        );
    }
    let mut table = Tab::new("字典");
    table
        .head("字段|含义")
        .head("pk|单据主键号")
        .head("dx_xm|姓名")
        .head("dx_zjh|证件号码")
        .head("dx_lxfs|联系方式")
        .head("sszjd|所属街道")
        .head("dx_lb|对象类别")
        .head("xq_lx|需求类型")
        .head("xq_ms|需求描述")
        .head("jjd|紧急程度")
        .head("tbsj|登记时间")
        .head("")
        .head("对象类别码|名称")
        .head("10|低保")
        .head("20|低保边缘")
        .head("31|特困分散供养")
        .head("40|事实无人抚养儿童")
        .head("")
        .head("需求类型码|名称")
        .head("s1|助餐")
        .head("s2|学业辅导")
        .head("s3|陪诊")
        .head("")
        .head("紧急程度码|名称")
        .head("9|紧急")
        .head("1|一般");
    Office {
        kind: "needs",
        scope: "120103",
        file: "导出_20261120.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab, table],
        said: &["pk=需求编号"],
    }
}

/// A district's desk: words for how urgent that leave it open, and dates as cells.
fn grades() -> Office {
    let mut tab = Tab::new("三季度");
    tab.head(
        "镇街|群众姓名|身份证号（18位）|手机/座机|困难身份|需对接服务|服务诉求详情|处置分级|报到区里日期|最迟办到",
    );
    let grades =
        [("特急件", Some("urgent")), ("平常件", Some("normal")), ("看情况", None), ("24小时办", Some("urgent"))];
    for at in 0..8 {
        let p = person(at + 100, "120114");
        let (code, name) = place(turn(&["120114001", "120114104", "120114114"], at));
        let (word, urgency) = turn(&grades, at);
        let (day, end) = (format!("2026-08-{:02}", at + 2), format!("2027-02-{:02}", at + 10));
        tab.row(
            &[&name, &p.name, &p.id, &p.phone, "低保", "助浴", p.tells, word, &date(&day), &date(&end)],
            json!({"division_code": code, "name": p.name, "id_number": p.id, "phone": p.phone, "summary": p.tells,
                "beneficiary_categories": ["DB"], "service_categories": ["B03"], "urgency": urgency, "published_on": day, "period": {"to": end}}),
        );
    }
    Office {
        kind: "needs",
        scope: "120114",
        file: "武清三季度.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &["报到区里日期=发布日期", "最迟办到=结束日期", "处置分级=紧急程度"],
    }
}

/// A town's station: what the numbers mean stands in a note at the foot.
fn notes() -> Office {
    let mut tab = Tab::new("摸排");
    tab.head("序|户主姓名|身份证|手机|村|人员类别代码|需求代码|困难说明");
    let homes = places("120114104");
    for at in 0..7 {
        let (p, home) = (person(at + 1500, "120114"), &homes[at + 3]);
        let ((g, group), (s, service)) =
            (turn(&[("1", "DB"), ("2", "TK_F"), ("3", "BY")], at), turn(&[("A", "B01"), ("B", "B02")], at));
        tab.row(
            &[&(at + 1).to_string(), &p.name, &p.id, &p.phone, &home.1, &number(g), s, p.tells],
            json!({"division_code": home.0, "name": p.name, "id_number": p.id, "phone": p.phone, "beneficiary_categories": [group], "service_categories": [service], "summary": p.tells}),
        );
    }
    tab.head("注：人员类别代码：1低保 2特困分散 3低保边缘；需求代码：A助餐 B助洁");
    Office {
        kind: "needs",
        scope: "120114104",
        file: "摸排代码.xlsx",
        written: Written::Xlsx,
        tabs: vec![tab],
        said: &[],
    }
}
