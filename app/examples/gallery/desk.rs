//! The desk of a street, a list, the inbox.

use super::{Entry, organization, street};
use app::components::{
    Badge, Cell, Decision, Due, Empty, EmptyKind, Glyph, Head, Link, Order, Pager, Stat, Tab, Table, Tone,
};
use app::pages::desk::{DeskModel, DeskTable, desk_page};
use app::pages::inbox::{InboxModel, Message, inbox_page};
use app::pages::list::{ListModel, list_page};

pub fn pages() -> Vec<Entry> {
    vec![
        ("desk", "今日待办".into(), street(), || desk_page(desk())),
        ("list", "结对".into(), street(), || list_page(list())),
        ("list-empty", "我的认领".into(), organization(), || list_page(empty_list())),
        ("inbox", "站内信".into(), organization(), || inbox_page(inbox())),
    ]
}

fn due(clock: Badge, title: &str, note: &str, labels: &[&str]) -> Due {
    let decisions = labels.iter().enumerate().map(|(i, label)| {
        let decision = Decision::post(*label, title, "/claims/1/decide", "token").with("decision", "approve");
        if i == 0 { decision } else { decision.quiet() }
    });
    Due { clock, title: title.into(), href: "/claims/1".into(), note: note.into(), decisions: decisions.collect() }
}

fn queue() -> Table {
    let rows = [
        ("康复训练，每周2次", "重度残疾人，50–59岁", "每周2次", "12天", "11月25日交区民政局调度"),
        ("失能老人家庭送餐、助浴", "低保家庭，75–79岁", "每周6餐，每月2次", "11天", "明天邀请全市组织"),
        ("初中生数学辅导", "困境儿童，只由街道安排见面", "每周1次", "9天", "明天邀请全市组织"),
    ];
    Table::of("按急难程度和等待时间排序。满3、7、14天自动扩大邀请范围，期满无人认领记为“未满足”。", rows)
        .column("需求", |(title, who, ..)| Cell::link(*title, "/needs/1").note(*who))
        .number("还差", |(_, _, left, ..)| Cell::text(*left))
        .number("已等待", |(.., days, _)| Cell::text(*days))
        .sorted("?sort=waiting", Some(Order::Descending))
        .column("下一步", |(.., next)| Cell::text(*next))
        .caption_shown()
        .done()
}

fn desk() -> DeskModel {
    DeskModel {
        head: Head::new("今日待办")
            .action(Link::new("查找", "/needs").glyph(Glyph::Search))
            .action(Link::new("登记需求", "/needs/new").glyph(Glyph::Plus).primary()),
        stats: vec![
            Stat::new("超时", 1, "已报区民政局", "#due"),
            Stat::new("今天到期", 4, "最近一件14:20", "#due"),
            Stat::new("无人认领", 7, "最久的12天", "#queue"),
            Stat::new("正在帮扶", 64, "2户超过7天没上门", "/pairings"),
            Stat::new("等待核验", 9, "3件由外街复核", "/verifications"),
        ],
        due: vec![
            due(
                Badge::clock(Tone::Over, "超时2小时"),
                "答复认领：助浴，每月2次",
                "海河暖巢助老服务中心　资质在有效期内，做过6户",
                &["同意", "不同意"],
            ),
            due(
                Badge::urgent("急难，余40分"),
                "核对并送审：重度残疾人每天两餐",
                "救急难平台转来，11月22日14:20",
                &["送审", "退回"],
            ),
            due(
                Badge::clock(Tone::Wait, "今天18:00"),
                "指派核验：每周陪诊，服务期满",
                "津邻社会工作服务中心报告完成12次",
                &["指派"],
            ),
            due(
                Badge::clock(Tone::Plain, "余1天4小时"),
                "答复认领：助餐，每周2餐",
                "沽上青禾公益发展中心",
                &["请补充", "同意"],
            ),
        ],
        due_note: "8件\u{3000}2026年11月23日 星期一 13:40".into(),
        due_all: Some(("全部8件".into(), "/desk/due".into())),
        tables: vec![DeskTable {
            id: "queue".into(),
            title: "无人认领".into(),
            table: queue(),
            action: None,
            all: Some(("全部7个".into(), "/needs?state=published".into())),
            empty: None,
        }],
        ..DeskModel::default()
    }
}

fn list() -> ListModel {
    let rows = [
        ("助浴和探访", "JD120102-26-000087", Badge::good("帮扶中"), "11月19日"),
        ("每周陪诊", "JD120102-26-000052", Badge::wait("等核验"), "11月16日"),
        ("周末照看", "JD120102-26-000041", Badge::tag(Tone::Unmet, Glyph::Pause, "暂停"), "11月2日"),
    ];
    let table = Table::of("结对", rows)
        .column("结对", |(title, code, ..)| Cell::link(*title, "/pairings/1").note(*code))
        .column("组织", |_| Cell::text("津邻社会工作服务中心"))
        .column("状态", |(_, _, badge, _)| Cell::badge(badge.clone()))
        .number("最近上门", |(.., when)| Cell::text(*when))
        .done();
    ListModel {
        head: Head::new("结对"),
        tabs: vec![
            Tab::new("全部", "?", true).count(64),
            Tab::new("等待开始", "?state=pending_start", false).count(4),
            Tab::new("帮扶中", "?state=active", false).count(51),
            Tab::new("已报告", "?state=reported", false).count(9),
        ],
        found: "64个结对".into(),
        table,
        pager: Some(Pager {
            summary: "第1–3个，共64个".into(),
            previous: Some("?".into()),
            next: Some("?page=2".into()),
        }),
        ..ListModel::default()
    }
}

fn empty_list() -> ListModel {
    ListModel {
        head: Head::new("我的认领"),
        tabs: vec![Tab::new("全部", "?", true).count(0)],
        found: "0个认领".into(),
        empty: Some(
            Empty::new(EmptyKind::Nothing, "还没有认领过", "到需求大厅找一个能做的，按项、按数量认领，不必一次全接。")
                .action(Link::new("去需求大厅", "/needs").primary()),
        ),
        ..ListModel::default()
    }
}

fn inbox() -> InboxModel {
    let message = |title: &str, text: &str, unread| Message {
        title: title.into(),
        href: "/claims/1".into(),
        text: text.into(),
        when: "今天9:10".into(),
        at: "2026-11-23T09:10:00+08:00".into(),
        unread,
    };
    InboxModel {
        head: Head::new("站内信"),
        tabs: vec![Tab::new("未读", "?", true).count(1), Tab::new("全部", "?all=1", false).count(12)],
        messages: vec![
            message("鲁山道街道同意了助餐每周6餐的认领", "11月26日18:00前联系本人，之后开始服务。", true),
            message("11月19日的助浴记录已由社区确认", "没有改动。", false),
        ],
        read_all: Some(Decision::post("全部标为已读", "", "/inbox/read", "token")),
        ..InboxModel::default()
    }
}
