//! The workspace of a pairing: the next visit, whom to contact, the plan, papers, trouble, and the record of visits.

use super::record::{RecordSection, record_section};
use crate::components::{
    ActPanel, ActPanelView, Calendar, Choice, Contact, ContactPanel, Emphasis, ErrorSummary, Field, FieldView,
    FormTarget, Happening, Head, Line, Lines, Link, LinkButton, Mistake, Month, More, Notice, PageHead, PostForm,
    PromiseModel, PromiseSection, Section, Timeline,
};
use domain::form::aid::delivery::{MINUTES, RESULT};
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct PairingModel {
    pub head: Head,
    pub notice: Option<String>,
    /// What was agreed against what was done.
    pub promise: Option<PromiseModel>,
    pub visit: Option<VisitPanel>,
    /// The one next action when it is not a visit: first contact, a report, a decision.
    pub panels: Vec<ActPanel>,
    pub contact: Option<Contact>,
    pub plan: Option<Plan>,
    /// What was agreed, the visits so far with their decisions, the report, the verification.
    pub sections: Vec<RecordSection>,
    /// Sheets to print, the consent.
    pub papers: Vec<Line>,
    /// Pausing, ending, handing over: pages of their own.
    pub trouble: Vec<Link>,
    pub timeline: Vec<Happening>,
}

/// Recording a visit in three taps. The result is never preselected, the planned duration is.
#[derive(Clone, Debug)]
pub struct VisitPanel {
    /// "下次上门：今天15:30".
    pub title: String,
    pub text: String,
    /// What to mind at the door.
    pub care: String,
    pub target: FormTarget,
    /// Sent as `result`.
    pub results: Vec<Choice>,
    pub result_error: Option<String>,
    /// Sent as `minutes`; the chosen one is checked.
    pub minutes: Vec<Choice>,
    /// Day, quantity, note: whatever the service wants besides, behind a fold unless one is marked.
    pub more: Vec<Field>,
    /// "社区11月26日前确认".
    pub next: String,
}

#[derive(Clone, Debug)]
pub struct Plan {
    /// "11月计划".
    pub title: String,
    pub month: Month,
    pub upcoming: Vec<Line>,
    pub edit: Option<Link>,
    /// Label and address of the whole list.
    pub all: Option<(String, String)>,
}

pub fn pairing_page(model: PairingModel) -> AnyView {
    // One blue button a page: recording the visit, else what comes first.
    let mut primary = model.visit.is_some();
    let mut panels = model.panels;
    for button in panels.iter_mut().flat_map(|panel| &mut panel.buttons) {
        if button.emphasis == Emphasis::Primary && std::mem::replace(&mut primary, true) {
            button.emphasis = Emphasis::Secondary;
        }
    }
    let visit = model.visit.map(visit_panel);
    let panels = panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
    let contact = model.contact.map(|contact| view! { <ContactPanel contact/> });
    // Who goes on a visit needs to call first; else the decision comes first.
    let (first, after) = if visit.is_some() { (contact, None) } else { (None, contact) };
    let plan = model.plan.map(plan_section);
    let sections = model.sections.into_iter().map(record_section).collect_view();
    let papers = (!model.papers.is_empty())
        .then(|| view! { <Section id="papers" title="文件"><Lines lines=model.papers/></Section> });
    let trouble = (!model.trouble.is_empty()).then(|| {
        view! {
            <Section id="trouble" title="遇到问题">
                <p>"现场有危险先离开，打"<a href="tel:110">"110"</a>"或"<a href="tel:120">"120"</a>"，再告诉街道。"</p>
                <p class="row no-print">{model.trouble.into_iter().map(|link| view! { <LinkButton link/> }).collect_view()}</p>
            </Section>
        }
    });
    let timeline = (!model.timeline.is_empty())
        .then(|| view! { <Section id="history" title="经过"><Timeline events=model.timeline/></Section> });
    view! {
        <div class="page sections">
            <PageHead head=model.head/>
            {model.notice.map(|text| view! { <Notice text/> })}
            {model.promise.map(|promise| view! { <PromiseSection promise/> })}
            <div class="split">
                <div class="flow sections">{visit}{first}{panels}{after}{sections}{timeline}</div>
                <div class="flow sections">{plan}{papers}{trouble}</div>
            </div>
        </div>
    }
    .into_any()
}

fn visit_panel(panel: VisitPanel) -> AnyView {
    let invalid = panel.result_error.is_some();
    let mut mistakes: Vec<Mistake> = panel
        .result_error
        .iter()
        .map(|text| Mistake { target: format!("{}-0", RESULT.name), text: text.clone() })
        .collect();
    mistakes.extend(Mistake::of(&panel.more));
    let open = panel.more.iter().any(|field| field.error.is_some());
    let results = panel.results.into_iter().enumerate().map(|(i, choice)| {
        view! { <label><input id=format!("{}-{i}", RESULT.name) type="radio" name=RESULT.name value=choice.value checked=choice.chosen/>{choice.label}</label> }
    });
    let minutes = panel.minutes.into_iter().map(|choice| {
        view! { <label><input type="radio" name=MINUTES.name value=choice.value checked=choice.chosen/>{choice.label}</label> }
    });
    let (results, minutes) = (results.collect_view(), minutes.collect_view());
    let more = (!panel.more.is_empty()).then(|| {
        let fields = panel.more.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
        view! { <details open=open><summary class="button quiet">"补充说明、改日期或数量"</summary><div class="flow">{fields}</div></details> }
    });
    view! {
        <section class="panel flow" aria-labelledby="visit">
            <div><h2 id="visit">{panel.title}</h2><p>{panel.text}</p></div>
            {(!panel.care.is_empty()).then(|| view! { <Notice text=panel.care/> })}
            <PostForm target=panel.target class="flow no-print" id="record" labelled_by="visit">
                <ErrorSummary mistakes/>
                <fieldset class=invalid.then_some("wrong")>
                    <legend>{format!("1\u{3000}{}", RESULT.label)}</legend>
                    <div class="choices two">{results}</div>
                </fieldset>
                <fieldset>
                    <legend>{format!("2\u{3000}{}", MINUTES.label)}</legend>
                    <div class="choices three">{minutes}</div>
                </fieldset>
                {more}
                <div class="act"><button class="button wide">"3\u{3000}提交记录"</button></div>
                <p class="muted">{panel.next}</p>
            </PostForm>
        </section>
    }
    .into_any()
}

fn plan_section(plan: Plan) -> AnyView {
    let aside = match plan.edit {
        Some(link) => view! { <LinkButton link/> }.into_any(),
        None => ().into_any(),
    };
    view! {
        <Section id="plan" title=plan.title aside>
            <Calendar month=plan.month/>
            <Lines lines=plan.upcoming/>
            {plan.all.map(|(label, href)| view! { <p><More label href/></p> })}
        </Section>
    }
    .into_any()
}
