use super::*;

fn ymd(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

#[test]
fn written_dates() {
    let third = Written::Day(ymd(2026, 11, 3));
    for text in [
        "2026-11-03",
        "2026.11.3",
        "２０２６．１１．３",
        "2026/11/3",
        "2026年11月3日",
        "2026年11月3号上午",
        "2026. 11. 3",
        "20261103",
        "26.11.3",
        " 2026.11.03 ",
        "2026-11-03 10:20:00",
        "2026-11-03T00:00:00.000",
        "46329",
        "2026年11月3日（周二）",
    ] {
        assert_eq!(of_text(text), third, "{text}");
    }
    assert_eq!(of_text("2026年11月"), Written::Month(ymd(2026, 11, 1)));
    assert_eq!(of_text("2026.11"), Written::Month(ymd(2026, 11, 1)));
    assert_eq!(of_text("11月3日"), Written::NoYear(11, 3));
    assert_eq!(of_text("10.28"), Written::NoYear(10, 28));
    assert_eq!(of_text("2026.11.31"), Written::Impossible);
    assert_eq!(of_text("2026.13.2"), Written::Impossible);
    for text in ["待定", "", "3天后", "2026", "共3次", "12345678901"] {
        assert_eq!(of_text(text), Written::NotADate, "{text}");
    }
}

#[test]
fn number_cells() {
    assert_eq!(read(&Cell::Number(46329.0)), Written::Day(ymd(2026, 11, 3)));
    assert_eq!(
        read(&Cell::Number(20_261_103.0)),
        Written::Day(ymd(2026, 11, 3))
    );
    assert_eq!(read(&Cell::Number(11.3)), Written::Unclear);
    assert_eq!(read(&Cell::Number(2026.1)), Written::Unclear);
    assert_eq!(read(&Cell::Number(10.28)), Written::NoYear(10, 28));
    assert_eq!(read(&Cell::Number(46329.5)), Written::Day(ymd(2026, 11, 3)));
    assert_eq!(read(&Cell::Number(3.0)), Written::NotADate);
}

#[test]
fn periods() {
    let of = |text: &str| period(&Cell::Text(text.to_owned()));
    let range = |a, b| {
        Ok(Period {
            from: Some(a),
            to: Some(b),
            ..Period::default()
        })
    };
    for text in [
        "2026.9.19—2027.9.30",
        "2026年9月19日至2027年9月30日",
        "2026-09-19至2027-09-30",
        "2026/9/19～2027/9/30",
        "2026.9.19-2027.9.30",
        "2026-9-19-2027-9-30",
    ] {
        assert_eq!(
            of(text),
            range(ymd(2026, 9, 19), ymd(2027, 9, 30)),
            "{text}"
        );
    }
    assert_eq!(
        of("2026年11月-2027年2月"),
        range(ymd(2026, 11, 1), ymd(2027, 2, 28))
    );
    assert_eq!(
        of("2026.10-2027.1"),
        range(ymd(2026, 10, 1), ymd(2027, 1, 31))
    );
    assert_eq!(
        of("2026年9月1日至12月31日"),
        range(ymd(2026, 9, 1), ymd(2026, 12, 31))
    );
    for text in ["2027年1月底前", "截至2027年1月31日"] {
        assert_eq!(
            of(text),
            Ok(Period {
                to: Some(ymd(2027, 1, 31)),
                ..Period::default()
            }),
            "{text}"
        );
    }
    assert_eq!(
        of("2026年9月1日起"),
        Ok(Period {
            from: Some(ymd(2026, 9, 1)),
            ..Period::default()
        })
    );
    for (text, months) in [
        ("6个月", 6),
        ("一年", 12),
        ("半年", 6),
        ("三个月", 3),
        ("1年", 12),
        ("一年半", 18),
    ] {
        assert_eq!(
            of(text),
            Ok(Period {
                months: Some(months),
                ..Period::default()
            }),
            "{text}"
        );
    }
    assert_eq!(
        of("30天"),
        Ok(Period {
            days: Some(30),
            ..Period::default()
        })
    );
    assert_eq!(
        of("长期"),
        Ok(Period {
            open: true,
            ..Period::default()
        })
    );
    assert_eq!(of("冬季"), Err(PeriodError::NotUnderstood));
    assert_eq!(of("2027.3.1-2026.11.30"), Err(PeriodError::Reversed));
    assert_eq!(of("2026.9.1-2026.11.31"), Err(PeriodError::Impossible));
}
