//! The page of one need. The same page for every reader; the handler fills only what this reader may see.

use super::record::{RecordSection, record_section};
use crate::components::{
    ActPanel, ActPanelView, Badge, Contact, ContactPanel, Coverage, CoverageBar, Dock, Fact, Facts, Fill, Glyph,
    Happening, Head, Legend, Line, Lines, Link, LinkButton, Notice, PageHead, PromiseBar, PromiseLine, Section,
    StateBadge, Timeline,
};
use leptos::prelude::*;

/// Public readers (L0) get code, district, groups, lines, period and state; `situation` stays empty for them.
#[derive(Clone, Debug, Default)]
pub struct NeedModel {
    pub head: Head,
    /// Above everything, e.g. that it was merged into another or that consent was withdrawn.
    pub notice: Option<String>,
    pub lines: Vec<NeedLine>,
    pub situation: Option<Situation>,
    /// Facts without a description: what the public sees.
    pub facts: Vec<Fact>,
    /// Who sees names and addresses, and when.
    pub privacy: String,
    /// The sealed file for its owner (L3), behind a purpose.
    pub file: Option<Contact>,
    /// Claims, pairings, verifications as this reader may see them.
    pub sections: Vec<RecordSection>,
    pub timeline: Vec<Happening>,
    /// The next action of this reader: claiming, deciding, sending to review.
    pub panels: Vec<ActPanel>,
    /// In place of panels: what the reader would have to do first, e.g. sign in.
    pub invitation: Option<Invitation>,
    pub similar: Vec<Line>,
    /// For narrow pages: label and anchor of the panel.
    pub dock: Option<(String, String)>,
}

#[derive(Clone, Debug)]
pub struct NeedLine {
    pub service: String,
    /// "每周14餐".
    pub wanted: String,
    pub coverage: Coverage,
    /// Read aloud in place of the bar.
    pub says: String,
    /// "已承接6，待答复2", or who has it.
    pub taken: String,
    /// "6餐"; `None` when nothing is open.
    pub left: Option<String>,
    /// What was agreed so far against what was done.
    pub account: Option<PromiseLine>,
}

#[derive(Clone, Debug, Default)]
pub struct Situation {
    pub text: String,
    pub facts: Vec<Fact>,
}

#[derive(Clone, Debug)]
pub struct Invitation {
    pub title: String,
    pub text: String,
    pub link: Link,
}

pub fn need_page(model: NeedModel) -> AnyView {
    let situation = model.situation.map(|situation| {
        view! {
            <Section id="situation" title="情况">
                {(!situation.text.is_empty()).then(|| view! { <p class="prose">{situation.text}</p> })}
                <Facts facts=situation.facts/>
            </Section>
        }
    });
    let facts = (!model.facts.is_empty())
        .then(|| view! { <Section id="facts" title="公开的信息"><Facts facts=model.facts/></Section> });
    let privacy = (!model.privacy.is_empty()).then(|| view! { <Notice text=model.privacy glyph=Glyph::Lock/> });
    let file = model.file.map(|contact| view! { <ContactPanel contact/> });
    let sections = model.sections.into_iter().map(record_section).collect_view();
    let timeline = (!model.timeline.is_empty())
        .then(|| view! { <Section id="history" title="经过"><Timeline events=model.timeline/></Section> });
    let panels = model.panels.into_iter().map(|panel| view! { <ActPanelView panel/> }).collect_view();
    let invitation = model.invitation.map(|invitation| {
        view! {
            <section class="panel flow no-print" aria-labelledby="invitation">
                <h2 id="invitation">{invitation.title}</h2><p>{invitation.text}</p><LinkButton link=invitation.link/>
            </section>
        }
    });
    let similar = (!model.similar.is_empty())
        .then(|| view! { <Section id="similar" title="类似的需求，还缺人"><Lines lines=model.similar/></Section> });
    view! {
        <div class="page sections">
            <PageHead head=model.head/>
            {model.notice.map(|text| view! { <Notice text/> })}
            <div class="split">
                <div class="flow sections">
                    {lines_section(model.lines)}
                    {situation.into_any()}
                    {facts.into_any()}
                    {privacy}
                    {sections}
                    {timeline.into_any()}
                </div>
                <div class="flow sticky">{panels}{invitation}{file}</div>
            </div>
            {similar}
            {model.dock.map(|(label, href)| view! { <Dock label href/> })}
        </div>
    }
    .into_any()
}

fn lines_section(lines: Vec<NeedLine>) -> AnyView {
    let any_pending = lines.iter().any(|line| line.coverage.pending > 0);
    let rows = lines.into_iter().map(|line| {
        let left = match line.left {
            Some(left) => view! { <b>{left}</b> }.into_any(),
            None => view! { <StateBadge badge=Badge::good("已有人")/> }.into_any(),
        };
        view! {
            <tr>
                <th scope="row">{line.service}</th>
                <td data-label="一共需要">{line.wanted}</td>
                <td data-label="承接情况"><div><CoverageBar coverage=line.coverage says=line.says/><span class="muted">{line.taken}</span>{line.account.map(|line| view! { <PromiseBar line/> })}</div></td>
                <td class="num" data-label="还差">{left}</td>
            </tr>
        }
    });
    let mut legend = vec![(Fill::Covered, "已承接".to_owned()), (Fill::Open, "还差".to_owned())];
    if any_pending {
        legend.insert(1, (Fill::Pending, "待街道答复".to_owned()));
    }
    view! {
        <Section id="lines" title="需要什么，还差多少">
            <div class="table cards"><table>
                <caption class="visually-hidden">"服务项、已承接和还差的数量"</caption>
                <thead><tr><th scope="col">"服务"</th><th scope="col">"一共需要"</th><th scope="col">"承接情况"</th><th scope="col" class="num">"还差"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table></div>
            <Legend items=legend/>
        </Section>
    }
    .into_any()
}
