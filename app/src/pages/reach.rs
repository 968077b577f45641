//! Asking for help: the form that anybody fills in, the slip, how far it is. Telephone numbers come before everything
//! else; no slip names anybody.

use super::door::{Qr, QrCode};
use crate::components::{
    Button, ErrorSummary, Fact, Facts, FieldGroup, FieldGroupView, FieldView, FormButton, FormTarget, Glyph, Happening,
    Head, Icon, Line, Lines, Link, LinkButton, Mistake, Notice, PageHead, PostForm, Section, Timeline, Tone,
};
use leptos::prelude::*;

/// A number to ring: digits, and what for.
#[derive(Clone, Debug)]
pub struct Call {
    pub number: String,
    pub what: String,
    pub urgent: bool,
}

impl Call {
    pub fn new(number: impl Into<String>, what: impl Into<String>) -> Self {
        Self { number: number.into(), what: what.into(), urgent: false }
    }

    #[must_use]
    pub fn urgent(mut self) -> Self {
        self.urgent = true;
        self
    }
}

#[component]
fn Calls(calls: Vec<Call>) -> impl IntoView {
    let items = calls.into_iter().map(|call| {
        let class = call.urgent.then_some("urgent");
        let to = format!("tel:{}", call.number);
        view! { <li><a class=class href=to><Icon glyph=Glyph::Phone/><b>{call.number}</b><span>{call.what}</span></a></li> }
    });
    view! { <ul class="calls" aria-label="可以马上打的电话">{items.collect_view()}</ul> }
}

/// The form.
#[derive(Clone, Debug, Default)]
pub struct AskModel {
    pub head: Head,
    /// Somebody may be about to harm themselves: said first.
    pub despair: Option<String>,
    pub calls: Vec<Call>,
    /// "您扫的是河东区鲁山道街道的二维码".
    pub from: Option<String>,
    pub target: FormTarget,
    pub groups: Vec<FieldGroup>,
    /// Mistakes that belong to no field.
    pub mistakes: Vec<Mistake>,
    pub next: String,
    /// What happens then.
    pub then: Vec<String>,
    /// Who sees it.
    pub private: Vec<String>,
    pub others: Vec<Line>,
}

impl AskModel {
    pub fn mistakes(&self) -> Vec<Mistake> {
        let mut all = self.mistakes.clone();
        all.extend(self.groups.iter().flat_map(|group| Mistake::of(&group.fields)));
        all
    }
}

pub fn ask_page(model: AskModel) -> AnyView {
    let mistakes = model.mistakes();
    let groups = model.groups.into_iter().map(|group| view! { <FieldGroupView group/> }).collect_view();
    let then = model.then.into_iter().map(|text| view! { <li>{text}</li> }).collect_view();
    let private = model.private.into_iter().map(|text| view! { <p>{text}</p> }).collect_view();
    view! {
        <div class="page flow">
            <PageHead head=model.head/>
            {model.despair.map(|text| view! { <Notice text tone=Tone::Urgent glyph=Glyph::Phone/> })}
            <section class="flow" aria-label="紧急情况">
                <p><b>"马上有危险，先打电话，不要等网上答复。"</b></p>
                <Calls calls=model.calls/>
            </section>
            <div class="split">
                <PostForm target=model.target class="flow sections">
                    <ErrorSummary mistakes/>
                    {model.from.map(|text| view! { <Notice text glyph=Glyph::Pin/> })}
                    {groups}
                    <div class="flow">
                        <p><FormButton button=Button::new("提交求助") wide=true/></p>
                        <p class="muted">{model.next}</p>
                    </div>
                </PostForm>
                <aside class="flow sections" aria-label="说明">
                    <Section id="then" title="提交以后"><ol class="points numbered">{then}</ol></Section>
                    <Section id="private" title="谁看得到">{private}</Section>
                    <Section id="others" title="也可以这样"><Lines lines=model.others/></Section>
                </aside>
            </div>
        </div>
    }
    .into_any()
}

/// The answer: a number that names nobody.
#[derive(Clone, Debug, Default)]
pub struct SlipModel {
    pub head: Head,
    pub despair: Option<String>,
    pub calls: Vec<Call>,
    /// `1234 5678`
    pub slip: String,
    pub facts: Vec<Fact>,
    pub qr: Option<Qr>,
    pub links: Vec<Link>,
    pub next: Vec<Happening>,
    pub notes: Vec<String>,
}

pub fn slip_page(model: SlipModel) -> AnyView {
    let links = model.links.into_iter().map(|link| view! { <LinkButton link/> }).collect_view();
    let notes = model.notes.into_iter().map(|text| view! { <p class="muted no-print">{text}</p> }).collect_view();
    let calls = (!model.calls.is_empty()).then(|| view! { <div class="no-print"><Calls calls=model.calls/></div> });
    view! {
        <div class="page flow">
            {model.despair.map(|text| view! { <div class="no-print"><Notice text tone=Tone::Urgent glyph=Glyph::Phone/></div> })}
            {calls}
            <PageHead head=model.head/>
            <div class="split">
                <div class="flow">
                    <section class="slip" aria-label="回执">
                        <div class="flow">
                            <p>"求助回执号"</p>
                            <p class="slip-code">{model.slip}</p>
                            <Facts facts=model.facts tight=true/>
                        </div>
                        {model.qr.map(|qr| view! { <div><QrCode qr/><p class="muted">"扫码查进度"</p></div> })}
                    </section>
                    <p class="row no-print">{links}</p>
                    {notes}
                </div>
                <div class="no-print"><Section id="next" title="接下来"><Timeline events=model.next/></Section></div>
            </div>
        </div>
    }
    .into_any()
}

/// How far it is, and the household's own voice.
#[derive(Clone, Debug, Default)]
pub struct ProgressModel {
    pub head: Head,
    pub despair: Option<String>,
    /// Asked by GET: a slip is no secret of the page.
    pub search: Vec<crate::components::Field>,
    /// State, day of the answer, next visit.
    pub facts: Vec<Fact>,
    /// What was said, and what was answered.
    pub said: Vec<Happening>,
    /// The form of the household's voice.
    pub voice: Option<(FormTarget, Vec<crate::components::Field>)>,
    pub calls: Vec<Call>,
    pub note: String,
}

pub fn progress_page(model: ProgressModel) -> AnyView {
    let found = !model.facts.is_empty();
    let mistakes = Mistake::of(&model.search);
    let search = model.search.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
    let voice = model.voice.map(|(target, fields)| {
        let mistakes = Mistake::of(&fields);
        let fields = fields.into_iter().map(|field| view! { <FieldView field/> }).collect_view();
        view! {
            <div class="panel" id="voice">
                <PostForm target class="flow" labelled_by="voice-title">
                    <h2 id="voice-title">"来没来、帮没帮上，告诉街道"</h2>
                    <ErrorSummary mistakes/>
                    {fields}
                    <p><FormButton button=Button::new("告诉街道") wide=true/></p>
                    <p class="muted">"说“没来”不会得罪谁，也不影响救助。街道3个工作日内问清楚，在这一页给您回话。"</p>
                </PostForm>
            </div>
        }
    });
    let said = (!model.said.is_empty())
        .then(|| view! { <Section id="said" title="您说过的"><Timeline events=model.said/></Section> });
    let asks = view! {
        <form method="get" action="/progress" class="flow no-print" novalidate>
            <ErrorSummary mistakes/>
            {search}
            <p><button class=if found { "button secondary" } else { "button" }>"查进度"</button></p>
        </form>
    };
    let body = if found {
        view! {
            <div class="split">
                <div class="flow sections"><Facts facts=model.facts/>{voice}{said}</div>
                <div class="flow sections">
                    <Section id="ring" title="打电话问">"打通以后报回执号。"<Calls calls=model.calls/></Section>
                    <Section id="another" title="查另一件">{asks}</Section>
                </div>
            </div>
        }
        .into_any()
    } else {
        view! { <div class="flow">{asks}<Calls calls=model.calls/></div> }.into_any()
    };
    view! {
        <div class="page flow">
            {model.despair.map(|text| view! { <Notice text tone=Tone::Urgent glyph=Glyph::Phone/> })}
            <PageHead head=model.head/>
            {body}
            <p class="muted">{model.note}</p>
        </div>
    }
    .into_any()
}

/// A sheet to hang up.
#[derive(Clone, Debug)]
pub struct Poster {
    pub place: String,
    pub qr: Qr,
    /// For who types it in.
    pub address: String,
    pub hotline: String,
}

#[derive(Clone, Debug)]
pub struct PosterModel {
    pub head: Head,
    /// Places to choose from, where none is chosen.
    pub lines: Vec<Line>,
    pub posters: Vec<Poster>,
}

pub fn posters_page(model: PosterModel) -> AnyView {
    let lines = (!model.lines.is_empty()).then(|| view! { <Lines lines=model.lines/> });
    let print = (!model.posters.is_empty())
        .then(|| view! { <Notice text="用浏览器的打印功能（Ctrl+P）打印，A4纸，一个地方一张。"/> });
    let posters = model.posters.into_iter().map(|poster| {
        view! {
            <article class="poster flow">
                <h2>"遇到困难，扫码求助"</h2>
                <p class="large">{poster.place}</p>
                <QrCode qr=poster.qr/>
                <p class="large">"替自己、替家人、替邻居都可以，不用注册，不收费"</p>
                <p class="large">{format!("也可以打{}", poster.hotline)}</p>
                <p>"急病、受伤打120，有人伤害、走失打110，心里撑不住了打12356"</p>
                <p class="muted">{poster.address}</p>
            </article>
        }
    });
    let posters = posters.collect_view();
    view! {
        <div class="page flow">
            <div class="no-print flow"><PageHead head=model.head/>{print}{lines}</div>
            {posters}
        </div>
    }
    .into_any()
}
