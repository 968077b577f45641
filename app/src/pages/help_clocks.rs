//! 各种期限: how long each thing may wait, who is reminded, where it goes. Made from the clock table itself.

use crate::components::{Cell, Crumb, DataTable, Head, Notice, PageHead, Section, Table};
use crate::paths;
use domain::clock::{CLOCKS, WITHOUT};
use domain::machine::Object;
use leptos::prelude::*;

/// The objects in the order of the table.
fn objects() -> Vec<Object> {
    let mut all = Vec::new();
    for clock in CLOCKS {
        if !all.contains(&clock.object) {
            all.push(clock.object);
        }
    }
    all
}

pub fn help_clocks_page() -> AnyView {
    let head = Head::new("各种期限")
        .lead("每一件等着办的事都有期限：过半提醒，用掉八成变黄，过期按街道、区、市逐级上报。不会自动同意，也不会悄悄消失。")
        .crumbs(vec![Crumb::link("帮助", paths::HELP), Crumb::here("各种期限")]);
    let sections = objects().into_iter().map(|object| {
        let table =
            Table::of(format!("{}的期限", object.label()), CLOCKS.iter().filter(|clock| clock.object == object))
                .column("等什么", |clock| Cell::strong(clock.name.label()).note(clock.condition))
                .column("多久", |clock| Cell::text(clock.due_words()))
                .column("谁来办", |clock| Cell::text(clock.must.words()))
                .column("提醒、上报、到期", |clock| {
                    let then = [clock.reminder_words(), clock.escalation_words(), clock.end.to_owned()];
                    let then: Vec<String> = then.into_iter().filter(|text| !text.is_empty()).collect();
                    Cell::text(format!("{}。", then.join("；")))
                })
                .done();
        view! { <Section id=object.as_str() title=object.label()><DataTable table/></Section> }
    });
    let without = Table::of("没有期限的状态和原因", WITHOUT)
        .column("对象", |(object, ..)| Cell::strong(object.label()))
        .column("为什么没有期限", |(.., why)| Cell::text(*why))
        .done();
    view! {
        <div class="page sections">
            <PageHead head/>
            <Notice text="工作日按平台的工作日历算，到那天18:00为止；“急难”按小时算，夜里和周末也走。"/>
            {sections.collect_view()}
            <Section id="without" title="没有期限的"><DataTable table=without/></Section>
        </div>
    }
    .into_any()
}
