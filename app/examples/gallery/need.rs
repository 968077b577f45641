//! A need for three readers, a claim, and the pairing workspace.

use super::{Entry, organization, street};
use app::components::{
    ActPanel, Badge, Button, Cell, Choice, Contact, Coverage, Crumb, Decision, Fact, FactLine, Field, FormTarget,
    Happening, Head, Line, Link, Mark, Reveal, Table, Tone,
};
use app::pages::need::{Invitation, NeedLine, NeedModel, Situation, need_page};
use app::pages::record::{Body, RecordModel, RecordSection, record_page};
use app::shell::ReaderBar;
use domain::form::aid::claim;
use domain::form::needs::command;

pub fn pages() -> Vec<Entry> {
    vec![
        ("need", "失能老人家庭：送餐、助浴和周末照看".into(), organization(), || {
            need_page(member_need())
        }),
        ("need-public", "助餐每周14餐，助浴每月2次".into(), ReaderBar::Anonymous, || {
            need_page(public_need())
        }),
        ("need-street", "失能老人家庭：送餐、助浴和周末照看".into(), street(), || {
            need_page(street_need())
        }),
        ("claim", "认领 RL120102-26-000031".into(), street(), || record_page(claim())),
    ]
}

fn head() -> Head {
    Head {
        crumbs: vec![
            Crumb::link("需求大厅", "/needs"),
            Crumb::link("河东区", "/needs?d=120102"),
            Crumb::here("XQ120102-26-000417"),
        ],
        badges: vec![Badge::info("等待认领"), Badge::clock(Tone::Wait, "已等待11天，明天起邀请全市组织")],
        notes: ["河东区 鲁山道街道", "2026年11月12日公开", "有效期至2027年2月28日"].map(str::to_owned).to_vec(),
        ..Head::new("失能老人家庭：送餐、助浴和周末照看")
    }
}

fn lines() -> Vec<NeedLine> {
    let line = |service: &str, wanted: &str, coverage, taken: &str, left: Option<&str>| NeedLine {
        service: service.into(),
        wanted: wanted.into(),
        coverage,
        says: format!("{wanted}：{taken}"),
        taken: taken.into(),
        left: left.map(str::to_owned),
        account: None,
    };
    vec![
        line("助餐", "每周14餐", Coverage { covered: 6, pending: 2, open: 6 }, "已承接6，待答复2", Some("6餐")),
        line("助浴", "每月2次，两人上门", Coverage { covered: 0, pending: 0, open: 2 }, "还没有组织承接", Some("2次")),
        line(
            "周末照看",
            "每周1次，每次2小时",
            Coverage { covered: 1, pending: 0, open: 0 },
            "海河暖巢助老服务中心",
            None,
        ),
    ]
}

fn happening(what: &str, when: &str, detail: &str) -> Happening {
    Happening {
        what: what.into(),
        when: when.into(),
        at: "2026-11-22T16:32:00+08:00".into(),
        detail: detail.into(),
        now: false,
    }
}

pub fn timeline() -> Vec<Happening> {
    vec![
        Happening {
            now: true,
            ..happening("沽上青禾公益发展中心认领助餐每周2餐", "11月22日16:32", "街道11月25日18:00前答复")
        },
        happening("海河暖巢助老服务中心承接周末照看和助餐每周6餐", "11月17日10:05", "鲁山道街道同意"),
        happening("公开", "11月12日15:40", "河东区民政局审核通过"),
        happening("登记", "11月10日11:20", "鲁山道街道根据社区走访录入"),
    ]
}

fn claim_panel() -> ActPanel {
    ActPanel {
        id: "claim".into(),
        title: "认领".into(),
        target: FormTarget::new("/needs/XQ120102-26-000417/claims", "token"),
        fields: vec![
            Field::of(claim::QUANTITY.at(1).labelled("助餐，每周几餐").within(0, 6))
                .hint("还差6餐")
                .value("6")
                .unit("餐"),
            Field::of(claim::QUANTITY.at(2).labelled("助浴，每月几次").within(0, 2))
                .hint("还差2次")
                .value("0")
                .unit("次"),
            Field::of(claim::START_ON).value("2026-11-27"),
            Field::of(claim::PLAN),
        ],
        buttons: vec![Button::new("提交认领")],
        next: "提交后数量为贵机构保留。街道11月26日18:00前答复，结果发到站内信。".into(),
        ..ActPanel::default()
    }
}

fn facts() -> Vec<Fact> {
    vec![
        Fact::lines(
            "对象类别",
            vec![
                FactLine::Text("最低生活保障家庭".into()),
                FactLine::Note("河东区民政局2025年3月6日确认".into()),
                FactLine::Text("重度残疾人护理补贴对象".into()),
                FactLine::Note("河东区民政局2025年7月1日审定".into()),
            ],
        ),
        Fact::new("政府已给", "低保金；重度残疾人护理补贴；11月3日临时救助一次"),
        Fact::new("仍有的缺口", "老伴养伤期间的日常照料，政策暂未覆盖"),
        Fact::new("上门要求", "送餐人员持健康证；助浴两人同行"),
        Fact::new("来源", "社区走访，11月9日"),
    ]
}

fn member_need() -> NeedModel {
    NeedModel {
        head: head(),
        lines: lines(),
        situation: Some(Situation {
            text: "75–79岁男性，部分失能，与老伴同住。老伴10月下旬腰伤，不能久站，每周有四天没人做饭。\n家里没有淋浴座椅，两人都不敢单独洗澡。子女在外地，每月回来一次。".into(),
            facts: facts(),
        }),
        privacy: "姓名、电话和住址在街道同意认领、本人同意后，向贵机构指定的人员显示。每次查看都会记录，街道看得到。".into(),
        timeline: timeline(),
        panels: vec![claim_panel()],
        similar: vec![Line {
            title: "术后恢复期一个月午晚餐".into(),
            href: "/needs/x".into(),
            mark: Mark::Text("还差每周10餐".into()),
            note: "唐家口街道 · 已等待4天".into(),
        }],
        dock: Some(("认领，还差每周6餐、每月2次".into(), "#claim".into())),
        ..NeedModel::default()
    }
}

fn public_need() -> NeedModel {
    NeedModel {
        head: Head {
            notes: vec!["河东区".into(), "有效期至2027年2月28日".into()],
            ..Head { title: "助餐每周14餐，助浴每月2次".into(), ..head() }
        },
        lines: lines()
            .into_iter()
            .map(|line| NeedLine { taken: line.taken.replace("海河暖巢助老服务中心", "已承接1"), ..line })
            .collect(),
        facts: vec![
            Fact::new("编号", "XQ120102-26-000417"),
            Fact::new("所在区", "河东区"),
            Fact::new("对象", "困难老年人"),
            Fact::new("时间", "2026年11月27日至2027年2月28日"),
        ],
        privacy: "街镇、年龄段和情况说明只给登录的社会组织看；姓名、电话和住址只给结对的组织看。".into(),
        invitation: Some(Invitation {
            title: "想帮上忙".into(),
            text: "社会组织登录后可以看到情况说明并认领。".into(),
            link: Link::new("登录后认领", "/login").primary(),
        }),
        ..NeedModel::default()
    }
}

fn street_need() -> NeedModel {
    let decide = |label: &str| Decision::post(label, "沽上青禾认领助餐", "/claims/1/approve", "token");
    let claims = Table::of("认领", [()])
        .column("组织", |()| Cell::link("沽上青禾公益发展中心", "/claims/1").note("资质有效期至2027年6月30日"))
        .column("认领", |()| Cell::text("助餐每周2餐"))
        .column("状态", |()| Cell::badge(Badge::wait("11月25日18:00前答复")))
        .column("决定", |()| Cell::decisions(vec![decide("同意"), decide("不同意").quiet()]))
        .done();
    NeedModel {
        sections: vec![RecordSection::new("claims", "认领", vec![Body::Table(claims)])],
        file: Some(contact("密封档案")),
        panels: vec![ActPanel {
            id: "manage".into(),
            title: "这个需求".into(),
            target: FormTarget::new("/needs/1/suspend", "token"),
            fields: vec![Field::of(command::SUSPEND)],
            buttons: vec![Button::new("暂停公开")],
            next: "暂停后大厅里不再显示，已有的结对不受影响。".into(),
            links: vec![Link::new("撤回需求", "/needs/1/withdraw"), Link::new("延长有效期", "/needs/1/extend")],
            ..ActPanel::default()
        }],
        similar: Vec::new(),
        ..member_need()
    }
}

pub fn contact(title: &str) -> Contact {
    Contact {
        title: title.into(),
        facts: vec![
            Fact::new("帮扶对象", "李**，75–79岁"),
            Fact::masked("电话", "*** **** **21", "已隐藏，尾号21"),
            Fact::masked("住址", "鲁山道街道 ********", "鲁山道街道，门牌已隐藏"),
            Fact::new("街道联系人", "民政科2号岗，工作日9:00–17:00"),
        ],
        call: None,
        reveal: Some(Reveal {
            target: FormTarget::new("/pairings/1/reveal", "token"),
            label: "查看电话和住址".into(),
            purposes: vec![
                Choice::new("call", "上门前联系"),
                Choice::new("visit", "今天要上门"),
                Choice::new("emergency", "紧急情况"),
            ],
        }),
        note: String::new(),
    }
}

fn claim() -> RecordModel {
    RecordModel {
        head: Head {
            crumbs: vec![Crumb::link("认领", "/claims"), Crumb::here("RL120102-26-000031")],
            badges: vec![Badge::wait("等街道答复"), Badge::clock(Tone::Over, "超时2小时")],
            ..Head::new("海河暖巢助老服务中心认领助浴，每月2次")
        },
        sections: vec![RecordSection::new(
            "what",
            "认领了什么",
            vec![Body::Facts(vec![
                Fact::new("数量", "助浴每月2次"),
                Fact::new("开始", "2026年11月27日"),
                Fact::new("打算怎样做", "两名护理员同行，自带浴椅和防滑垫"),
            ])],
        )],
        panels: vec![ActPanel {
            id: "decide".into(),
            title: "答复".into(),
            target: FormTarget::new("/claims/1/decide", "token"),
            fields: vec![
                Field::of(claim::DECLINE)
                    .hint("不同意或请补充时要写，组织看得到")
                    .error(Some("写明不同意的理由".into())),
            ],
            buttons: vec![
                Button::new("同意").sends("decision", "approve"),
                Button::new("请补充").sends("decision", "ask").secondary(),
                Button::new("不同意").sends("decision", "decline").quiet(),
            ],
            next: "同意后形成结对，组织3个工作日内要联系本人。".into(),
            ..ActPanel::default()
        }],
        timeline: timeline(),
        ..RecordModel::default()
    }
}
