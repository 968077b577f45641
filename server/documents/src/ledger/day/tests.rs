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
        "2026-11-03T23:22:05+08:00",
        "1793651400000",
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
    assert_eq!(read(&Cell::Number(46329.0), false), Written::Day(ymd(2026, 11, 3)));
    assert_eq!(read(&Cell::Number(20_261_103.0), false), Written::Day(ymd(2026, 11, 3)));
    assert_eq!(read(&Cell::Number(11.3), false), Written::Unclear);
    assert_eq!(read(&Cell::Number(2026.1), false), Written::Unclear);
    assert_eq!(read(&Cell::Number(10.28), false), Written::NoYear(10, 28));
    assert_eq!(read(&Cell::Number(46329.5), false), Written::Day(ymd(2026, 11, 3)));
    assert_eq!(read(&Cell::Number(3.0), false), Written::NotADate);
}
