//! The account of a promise 约定和兑现: one sentence, then line by line a bar of what was due with the words beside it.

use super::{Cell, DataTable, Fill, Legend, Section, Table, UnitBar};
use leptos::prelude::*;

/// One agreed service and how it stands.
#[derive(Clone, Debug, Default)]
pub struct PromiseLine {
    /// "助餐"
    pub service: String,
    /// "每周5餐"
    pub amount: String,
    /// Units of what was due: confirmed, recorded and not yet confirmed, short.
    pub done: u32,
    pub waiting: u32,
    pub short: u32,
    /// "应送21餐：已确认16餐，待确认2餐，少3餐"
    pub words: String,
    /// Under the words: why something is missing; may be empty.
    pub note: String,
    /// Beside: what lies ahead ("以后64餐", "2027年2月28日满").
    pub ahead: Vec<String>,
    /// In numbers: agreed, fallen due, confirmed, waiting, attempts missed, short, ahead.
    pub numbers: [u32; 7],
    pub unit: String,
}

#[derive(Clone, Debug, Default)]
pub struct PromiseModel {
    /// "算到昨天，11月30日 周一"
    pub day: String,
    /// "助餐少3餐，其余3项如约"; empty where there is nothing to say yet.
    pub verdict: String,
    pub lines: Vec<PromiseLine>,
}

/// The whole account, as its own section.
#[component]
pub fn PromiseSection(promise: PromiseModel) -> impl IntoView {
    let aside = view! { <span class="muted">{promise.day}</span> }.into_any();
    let used = |count: fn(&PromiseLine) -> u32| promise.lines.iter().any(|line| count(line) > 0);
    let legend: Vec<(Fill, String)> = [
        (Fill::Met, "已确认", used(|line| line.done)),
        (Fill::Pending, "待确认", used(|line| line.waiting)),
        (Fill::Unmet, "少了", used(|line| line.short)),
    ]
    .into_iter()
    .filter(|(_, _, is_used)| *is_used)
    .map(|(fill, word, _)| (fill, word.to_owned()))
    .collect();
    let table = promise_table(&promise.lines);
    view! {
        <Section id="promise" title="约定和兑现" aside>
            {(!promise.verdict.is_empty()).then(|| view! { <p class="verdict">{promise.verdict}"。"</p> })}
            <PromiseList lines=promise.lines/>
            {(!legend.is_empty()).then(|| view! { <Legend items=legend/> })}
            <details class="no-print"><summary class="button quiet">"看数字"</summary>{table}</details>
        </Section>
    }
    .into_any()
}

/// A bar of what was due with the words beside it: the one way in which an account is drawn, wherever it stands.
#[component]
pub fn PromiseBar(line: PromiseLine) -> impl IntoView {
    let parts = vec![(Fill::Met, line.done), (Fill::Pending, line.waiting), (Fill::Unmet, line.short)];
    let drawn = parts.iter().any(|(_, count)| *count > 0);
    let bar = drawn.then(|| view! { <UnitBar parts says=line.words.clone()/> });
    let note = (!line.note.is_empty()).then(|| view! { <p class="muted">{line.note}</p> });
    view! { <div class="account">{bar}<p class=(line.short > 0).then_some("short")>{line.words}</p>{note}</div> }
        .into_any()
}

/// Several accounts under each other.
#[component]
pub fn PromiseList(lines: Vec<PromiseLine>) -> impl IntoView {
    view! { <ol class="promise">{lines.into_iter().map(promise_line).collect_view()}</ol> }.into_any()
}

fn promise_line(line: PromiseLine) -> AnyView {
    let ahead = line.ahead.iter().map(|text| view! { <span>{text.clone()}</span> }).collect_view();
    view! {
        <li>
            <div><h3>{line.service.clone()}</h3><p class="muted">{line.amount.clone()}</p></div>
            <PromiseBar line/>
            <p class="ahead muted">{ahead}</p>
        </li>
    }
    .into_any()
}

fn promise_table(lines: &[PromiseLine]) -> AnyView {
    let numbers = ["约定", "应做", "已确认", "待确认", "没做成（次）", "少", "以后"];
    let service = Table::of("约定和兑现，按数字", lines)
        .column("服务", |line| Cell::strong(line.service.clone()).note(line.unit.clone()));
    let table = numbers.iter().enumerate().fold(service, |table, (i, head)| {
        table.number(*head, |line| Cell::text(line.numbers.get(i).map(ToString::to_string).unwrap_or_default()))
    });
    view! { <DataTable table=table.done()/> }.into_any()
}
