//! Home and hall.

use super::{Entry, organization};
use app::components::{
    Badge, Chip, Coverage, Empty, EmptyKind, Figure, FilterGroup, FilterOption, Filters, Line, Link, Mark, NeedCard,
    Pager, Reason, Search, Span, Tab, Tone,
};
use app::pages::hall::{HallModel, Understood, hall_page};
use app::pages::home::{HomeFigure, HomeFigures, HomeModel, home_page};
use app::shell::ReaderBar;
use leptos::prelude::AnyView;

pub fn pages() -> Vec<Entry> {
    vec![
        ("home", "对接".into(), ReaderBar::Anonymous, || home_page(home())),
        ("hall", "送餐（河东区）需求大厅".into(), organization(), || hall_page(hall())),
        ("hall-public", "需求大厅".into(), ReaderBar::Anonymous, || hall_page(public_hall())),
        ("hall-empty", "需求大厅".into(), ReaderBar::Anonymous, empty_hall),
    ]
}

fn line(title: &str, badge: Badge, note: &str) -> Line {
    Line { title: title.into(), href: "/needs/XQ120105-26-000123".into(), mark: Mark::Badge(badge), note: note.into() }
}

fn figure(count: u64, note: &str) -> HomeFigure {
    HomeFigure { count: Some(count), note: note.into(), href: "/needs".into() }
}

fn home() -> HomeModel {
    HomeModel {
        examples: ["送餐上门", "陪同就医", "孩子功课辅导", "河东区 助浴"]
            .map(|w| (w.to_owned(), "/needs".to_owned()))
            .to_vec(),
        hotline: Some(("12349".into(), "社会救助服务热线".into())),
        figures: HomeFigures {
            period: "今年".into(),
            total: Some(4114),
            few: "少于5".into(),
            as_of: "2026年11月22日24:00".into(),
            met: figure(2204, "都由组织以外的人核验"),
            unmet: figure(149, "每一个都记下原因"),
            in_progress: figure(1341, "上周上门2,316次"),
            waiting: figure(256, "等得最久的26天"),
            other: figure(164, "搬走、撤回、已另有救助"),
        },
        urgent: vec![
            line("看护照料，每天4小时，共7天", Badge::clock(Tone::Urgent, "余3小时20分"), "河北区 · 困难老年人"),
            line("助餐，每天2餐，共10天", Badge::clock(Tone::Urgent, "余9小时46分"), "河东区 · 重度残疾人"),
            line("过渡住所物品一套", Badge::clock(Tone::Urgent, "余17小时5分"), "红桥区 · 急难型临时救助家庭"),
        ],
        urgent_total: 3,
        urgent_href: "/needs?u=1".into(),
        waiting: vec![
            line("农技培训，每季1次", Badge::clock(Tone::Wait, "26天"), "蓟州区 柳河套村 · 经济薄弱村"),
            line("康复训练，每周2次", Badge::clock(Tone::Wait, "19天"), "宝坻区 · 重度残疾人"),
            line("学业辅导，每周1次", Badge::clock(Tone::Wait, "17天"), "静海区 · 困难家庭儿童"),
        ],
        waiting_href: "/needs".into(),
    }
}

fn options(items: &[(&str, &str, u64, bool)]) -> Vec<FilterOption> {
    items
        .iter()
        .map(|(value, label, count, checked)| FilterOption {
            value: (*value).into(),
            label: (*label).into(),
            count: Some(*count),
            checked: *checked,
        })
        .collect()
}

fn group(legend: &str, name: &str, single: bool, items: &[(&str, &str, u64, bool)]) -> FilterGroup {
    FilterGroup { legend: legend.into(), name: name.into(), single, options: options(items), more: None }
}

fn filters() -> Filters {
    let mut districts = group(
        "所在区",
        "d",
        false,
        &[
            ("120102", "河东区", 9, true),
            ("120104", "南开区", 6, false),
            ("120105", "河北区", 5, false),
            ("120106", "红桥区", 4, false),
        ],
    );
    districts.more =
        Some(("另外12个区".into(), options(&[("120101", "和平区", 0, false), ("120103", "河西区", 2, false)])));
    Filters {
        action: "/needs".into(),
        keep: vec![("q".into(), "送餐".into())],
        groups: vec![
            districts,
            group(
                "服务",
                "s",
                false,
                &[("B01", "助餐", 9, true), ("B03", "助浴", 4, false), ("A01", "看护照料", 3, false)],
            ),
            group(
                "已等待",
                "w",
                true,
                &[("0", "不限", 9, true), ("3", "超过3天", 6, false), ("7", "超过7天", 3, false)],
            ),
            group("紧急程度", "u", false, &[("1", "只看急难", 1, false)]),
        ],
        chips: ["河东区", "助餐"].map(|label| Chip { label: label.into(), href: "/needs".into() }).to_vec(),
        clear: "/needs".into(),
    }
}

fn card(
    badges: Vec<Badge>,
    place: &str,
    title: Vec<Span>,
    summary: &str,
    waited: &str,
    left: &str,
    coverage: Coverage,
) -> NeedCard {
    NeedCard {
        href: "/needs/XQ120102-26-000417".into(),
        title,
        badges,
        place: place.into(),
        summary: if summary.is_empty() { Vec::new() } else { Span::plain(summary) },
        figures: vec![
            Figure { term: "已等待".into(), value: waited.into(), coverage: None },
            Figure { term: "还差".into(), value: left.into(), coverage: Some((coverage, format!("还差{left}"))) },
        ],
        reasons: Vec::new(),
    }
}

fn cards() -> Vec<NeedCard> {
    let hit = |text: &str, hit| Span { text: text.into(), hit };
    let mut urgent = card(
        vec![Badge::urgent("急难"), Badge::clock(Tone::Urgent, "余9小时46分")],
        "中山门街道",
        vec![hit("照料人突然住院，重度残疾人每天两餐", false), hit("送餐", true), hit("到家", false)],
        "60–69岁，肢体残疾，平时由老伴做饭。老伴11月22日住院，预计十天，家中无人备餐。",
        "14小时",
        "每天2餐",
        Coverage { covered: 0, pending: 0, open: 2 },
    );
    urgent.reasons = vec![
        Reason { fits: true, text: "贵机构在河东区每天还有18餐余量，11月20日确认".into() },
        Reason { fits: true, text: "中山门街道在服务范围内".into() },
        Reason { fits: false, text: "当天18:00前要送第一餐".into() },
    ];
    let second = card(
        vec![Badge::clock(Tone::Wait, "明天起邀请全市组织")],
        "鲁山道街道",
        vec![hit("失能老人家庭：", false), hit("送餐", true), hit("、助浴和周末照看", false)],
        "75–79岁男性，部分失能，与老伴同住。老伴腰伤后不能久站，每周有四天没人做饭。",
        "11天",
        "每周6餐",
        Coverage { covered: 6, pending: 2, open: 6 },
    );
    vec![urgent, second]
}

fn hall() -> HallModel {
    HallModel {
        search: Search {
            action: "/needs".into(), query: "送餐".into(), label: "查找需求".into(), ..Search::default()
        },
        understood: vec![Understood {
            text: "送饭：也找助餐、送餐、老年餐".into(),
            undo: "只按“送饭”两个字找".into(),
            href: "/needs?q=送饭&lit=送饭".into(),
            instead: Some(("只看助餐".into(), "/needs?s=B01".into())),
        }],
        filters: filters(),
        count: Some(9),
        orders: vec![Tab::new("急难和等待优先", "/needs", true), Tab::new("最近公开", "/needs", false)],
        cards: cards(),
        pager: Pager { summary: "第1–4个，共9个".into(), previous: None, next: Some("/needs".into()) },
        ..HallModel::default()
    }
}

fn public_hall() -> HallModel {
    let public = card(
        vec![Badge::info("等待认领")],
        "河东区 · 困难老年人",
        Span::plain("助餐每周14餐，助浴每月2次"),
        "",
        "11天",
        "每周6餐",
        Coverage { covered: 6, pending: 2, open: 6 },
    );
    HallModel {
        cards: vec![public.clone(), public],
        notice: Some("公开的内容里没有姓名和住址。社会组织登录后可以看到街镇和情况说明。".into()),
        ..hall()
    }
}

fn empty_hall() -> AnyView {
    let empty = Empty::new(
        EmptyKind::NoMatch,
        "没有符合这些条件的需求",
        "去掉一个条件，或者换一个说法再找，例如把“送饭”换成“助餐”。",
    )
    .action(Link::new("清除全部条件", "/needs"));
    hall_page(HallModel { cards: Vec::new(), count: Some(0), empty: Some(empty), ..public_hall() })
}
