use super::*;
use crate::text::Words;
use domain::need::Frequency;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn meals() -> Offer {
    Offer {
        project: Some(Uuid::from_u128(7)),
        title: "热饭到家".into(),
        services: vec!["B01".into()],
        groups: vec![BeneficiaryGroup::Destitute, BeneficiaryGroup::LowIncome],
        areas: vec!["120102".into()],
        measure: Measure::Households,
        free: Free::Left { free: 5, of: 20 },
        known_until: Some(day("2026-12-20")),
        unit: "户".into(),
        per: Frequency::Total,
        each: Some((2, "餐".into(), Frequency::Day)),
        starts_on: Some(day("2026-01-01")),
        ends_on: Some(day("2027-12-31")),
        qualifications: Some(vec![Qualification::Food]),
        words: Words::of("为独居老人送热饭，软烂少盐"),
    }
}

fn kitchen() -> Supplier {
    Supplier {
        id: Uuid::from_u128(1),
        name: "示例老年食堂".into(),
        home: "120102005000".into(),
        completed: 3,
        unfinished: 1,
        room: 10,
        offers: vec![meals()],
    }
}

fn need() -> NeedFacts {
    NeedFacts {
        id: Uuid::from_u128(2),
        division: "120102005003".into(),
        groups: vec![BeneficiaryGroup::Destitute],
        urgent: false,
        waited_days: 4,
        reach: domain::need::Reach::Areas,
        words: Words::of("独居老人每天送一顿热饭，软烂少盐"),
        lines: vec![NeedLine {
            id: Uuid::from_u128(3),
            service: "B01".into(),
            open: 14,
            unit: "餐".into(),
            per: Frequency::Week,
            starts_on: Some(day("2026-12-01")),
            ends_on: Some(day("2027-02-28")),
        }],
    }
}

fn said(supplier: &Supplier, need: &NeedFacts) -> Result<Vec<String>, String> {
    let (weights, today) = (Weights::default(), day("2026-11-24"));
    let ranking = rank(need, [supplier], &weights, today);
    let place = |code: &str| domain::division::Divisions::bundled().spoken_name(code);
    match (ranking.candidates.first(), ranking.left.first()) {
        (Some(found), None) => {
            Ok(explain(need, supplier, found, (&weights, today), &place).into_iter().map(|part| part.words).collect())
        }
        (None, Some(left)) => Err(left.why.words(&place(&need.division[..6]))),
        (None, None) => Err(String::new()),
        _ => panic!("both"),
    }
}

#[test]
fn says_why_it_fits() {
    assert_eq!(
        said(&kitchen(), &need()).unwrap(),
        [
            "提供助餐",
            "项目面向特困人员",
            "同在河东区 二号桥街道",
            "还能承接5户（共20户）",
            "时间合得上",
            "有食品经营许可",
            "核验办结3件，未完成1件",
            "描述很接近",
        ]
    );
}

#[test]
fn says_why_it_does_not_fit() {
    let with = |change: &dyn Fn(&mut Offer)| {
        let mut supplier = kitchen();
        change(&mut supplier.offers[0]);
        said(&supplier, &need()).unwrap_err()
    };
    let mut elsewhere = need();
    elsewhere.division = "120115100200".into();
    assert_eq!(said(&kitchen(), &elsewhere).unwrap_err(), "服务区域不含宝坻区");
    assert_eq!(with(&|o| o.groups = vec![BeneficiaryGroup::Children]), "项目不面向特困人员");
    assert_eq!(with(&|o| o.qualifications = Some(Vec::new())), "没有登记“食品经营许可”");
    assert_eq!(with(&|o| o.starts_on = Some(day("2027-03-01"))), "2027年3月1日才开始");
    assert_eq!(with(&|o| o.ends_on = Some(day("2026-11-30"))), "2026年11月30日结束");
    assert_eq!(with(&|o| o.each = Some((7, "餐".into(), Frequency::Week))), "每户的上限不够");
    assert_eq!(with(&|o| o.each = Some((1, "次".into(), Frequency::Week))), "计量单位或周期不同");
    assert_eq!(with(&|o| o.free = Free::Left { free: 0, of: 20 }), "没有余量");
    assert_eq!(with(&|o| o.services = vec!["C01".into()]), "");
    let mut busy = kitchen();
    busy.room = 0;
    assert_eq!(said(&busy, &need()).unwrap_err(), "未办结的认领和结对已到上限");
}

#[test]
fn a_capacity_that_nobody_confirmed_is_unknown() {
    let mut supplier = kitchen();
    supplier.offers[0].known_until = Some(day("2026-11-23"));
    assert_eq!(said(&supplier, &need()).unwrap()[3], "余量未知，请先问一下");
}

#[test]
fn nearer_is_better_and_the_order_is_fixed() {
    let (mut near, mut district, mut next, mut far) = (kitchen(), kitchen(), kitchen(), kitchen());
    for (supplier, id, name, home) in [
        (&mut near, 1, "甲", "120102005000"),
        (&mut district, 2, "乙", "120102006000"),
        (&mut next, 3, "丙", "120101001000"),
        (&mut far, 4, "丁", "120119001000"),
    ] {
        supplier.id = Uuid::from_u128(id);
        supplier.name = name.into();
        supplier.home = home.into();
    }
    let weights = Weights::default();
    let today = day("2026-11-24");
    let order = |all: &[&Supplier]| {
        rank(&need(), all.iter().copied(), &weights, today)
            .candidates
            .iter()
            .map(|c| (c.organization.as_u128(), c.fit.point(PartKind::Area)))
            .collect::<Vec<_>>()
    };
    let expected = [(1, 100), (2, 75), (3, 50), (4, 30)];
    assert_eq!(order(&[&far, &next, &near, &district]), expected);
    assert_eq!(order(&[&district, &near, &far, &next]), expected);
}

#[test]
fn weights_move_the_order() {
    let mut proven = kitchen();
    proven.home = "120119001000".into();
    proven.completed = 50;
    proven.unfinished = 0;
    let mut close = kitchen();
    close.id = Uuid::from_u128(9);
    close.completed = 0;
    close.unfinished = 0;
    let first =
        |weights: &Weights| rank(&need(), [&proven, &close], weights, day("2026-11-24")).candidates[0].organization;
    assert_eq!(first(&Weights::default()), close.id);
    assert_eq!(first(&Weights { area: 0, record: 100, ..Weights::default() }), proven.id);
    assert!(!Weights { category: 101, ..Weights::default() }.is_sound());
}
