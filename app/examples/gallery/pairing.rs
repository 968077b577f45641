//! The pairing workspace.

use super::need::{contact, timeline};
use super::{Entry, organization};
use app::components::{
    Badge, Choice, Crumb, DayMark, Field, FormTarget, Glyph, Head, Line, Link, Mark, MarkedDay, Month,
};
use app::pages::pairing::{PairingModel, Plan, VisitPanel, pairing_page};
use domain::form::aid::delivery;

pub fn pages() -> Vec<Entry> {
    vec![("pairing", "结对 JD120102-26-000087".into(), organization(), || pairing_page(pairing()))]
}

fn pairing() -> PairingModel {
    let choice = |value: &str, label: &str, chosen| Choice { chosen, ..Choice::new(value, label) };
    let marked = |day, mark, spoken: &str| MarkedDay { day, mark, spoken: spoken.into(), href: format!("#v{day}") };
    let line = |title: &str, mark, note: &str| Line { title: title.into(), href: "#".into(), mark, note: note.into() };
    PairingModel {
        head: Head {
            crumbs: vec![Crumb::link("我的结对", "/pairings"), Crumb::here("JD120102-26-000087")],
            badges: vec![Badge::good("帮扶中")],
            beside: vec!["第5周，共12周".into()],
            ..Head::new("助浴和探访，鲁山道街道")
        },
        visit: Some(VisitPanel {
            title: "下次上门：今天15:30".into(),
            text: "助浴，约60分钟。与王老师同行，带防滑垫和浴椅。".into(),
            care: "先打电话再出门。敲门后请多等一会儿，本人走得慢。".into(),
            target: FormTarget::new("/pairings/1/visits", "token"),
            results: vec![
                choice("done", "见到本人，服务做完", false),
                choice("no_one_home", "没人在家", false),
                choice("unsafe", "现场不安全", false),
                choice("household", "对方改期", false),
                choice("org", "我方改期", false),
            ],
            result_error: None,
            minutes: vec![choice("30", "30分", false), choice("60", "60分", true), choice("90", "90分", false)],
            more: vec![Field::of(delivery::DONE_ON).value("2026-11-23"), Field::of(delivery::NOTE)],
            next: "社区11月26日前确认。".into(),
        }),
        contact: Some(contact("联系谁")),
        plan: Some(Plan {
            title: "11月计划".into(),
            month: Month {
                caption: "2026年11月上门计划".into(),
                lead: 6,
                days: 30,
                today: Some(23),
                marked: vec![
                    marked(2, DayMark::Confirmed, "已确认"),
                    marked(12, DayMark::Missed, "没人在家"),
                    marked(19, DayMark::Recorded, "待社区确认"),
                    marked(23, DayMark::Planned, "计划上门"),
                    marked(26, DayMark::Planned, "计划上门"),
                ],
            },
            upcoming: vec![
                line("11月26日 周四", Mark::Text("10:00".into()), "探访"),
                line("11月30日 周一", Mark::Text("15:30".into()), "助浴"),
            ],
            edit: Some(Link::new("调整", "/pairings/1/plan").glyph(Glyph::Edit)),
            all: Some(("全部上门记录".into(), "#visits".into())),
        }),
        papers: vec![line("对接单", Mark::Glyph(Glyph::Print), "A4一页，不含电话和住址")],
        trouble: vec![Link::new("暂停服务", "#"), Link::new("移交给别的组织", "#"), Link::new("终止结对", "#")],
        timeline: timeline(),
        ..PairingModel::default()
    }
}
