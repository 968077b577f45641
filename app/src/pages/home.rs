//! Home: what this is in five seconds, the search, the help door, three doors, figures with met beside unmet.

use crate::components::{
    Fill, Glyph, Icon, Line, Lines, Link, LinkButton, More, Search, SearchBox, Section, Stat, Stats, WholeBar,
    thousands,
};
use crate::paths;
use leptos::prelude::*;

#[derive(Clone, Debug, Default)]
pub struct HomeModel {
    /// Example queries: words and address.
    pub examples: Vec<(String, String)>,
    /// Number and name of the help line; the door stays without it.
    pub hotline: Option<(String, String)>,
    pub figures: HomeFigures,
    pub urgent: Vec<Line>,
    pub urgent_total: u64,
    /// Address of the urgent ones in the hall.
    pub urgent_href: String,
    pub waiting: Vec<Line>,
    pub waiting_href: String,
}

/// Counts of needs published this year. Derived and honest: they add up to the total.
#[derive(Clone, Debug, Default)]
pub struct HomeFigures {
    /// "今年".
    pub period: String,
    /// All together; none where it is too small itself.
    pub total: Option<u64>,
    /// In place of a count that is not shown: "少于5".
    pub few: String,
    /// "2026年11月22日24:00".
    pub as_of: String,
    pub met: HomeFigure,
    pub unmet: HomeFigure,
    pub in_progress: HomeFigure,
    pub waiting: HomeFigure,
    pub other: HomeFigure,
}

/// A count, a few words under it, and where its rows are.
#[derive(Clone, Debug, Default)]
pub struct HomeFigure {
    /// None where the count is too small to be shown.
    pub count: Option<u64>,
    pub note: String,
    pub href: String,
}

impl HomeFigures {
    fn named(&self) -> [(Fill, &'static str, &HomeFigure); 5] {
        [
            (Fill::Met, "已满足", &self.met),
            (Fill::Stage, "正在帮扶", &self.in_progress),
            (Fill::Waiting, "等待认领", &self.waiting),
            (Fill::Rest, "其他结案", &self.other),
            (Fill::Unmet, "未满足", &self.unmet),
        ]
    }

    fn words(&self, count: Option<u64>) -> String {
        count.map_or_else(|| self.few.clone(), thousands)
    }
}

pub fn home_page(model: HomeModel) -> AnyView {
    let search = Search {
        action: paths::NEEDS.to_owned(),
        label: "查找需求".to_owned(),
        placeholder: "要帮的事、地方或编号".to_owned(),
        suggest: Some(format!("{}/suggest", paths::NEEDS)),
        ..Search::default()
    };
    let examples = model.examples.into_iter().map(|(label, href)| view! { <More label href/>" " }).collect_view();
    view! {
        <section class="band"><div class="page"><div class="split">
            <div class="flow">
                <h1>"谁需要帮助，谁来帮，帮到了没有"</h1>
                <p class="soft large">"街镇公开困难家庭和村的需求，社会组织认领、上门、记录，由组织以外的人核验后才算办结。公开的内容里没有姓名和住址。"</p>
                <SearchBox search/>
                <p class="soft row">"大家常找 "{examples}</p>
            </div>
            {help_door(model.hotline)}
        </div></div></section>
        <div class="page flow sections">
            {doors()}
            {figures(&model.figures)}
            <div class="split even">
                {urgent(model.urgent, model.urgent_total, model.urgent_href)}
                {waiting(model.waiting, model.waiting_href)}
            </div>
            {how()}
        </div>
    }
    .into_any()
}

fn help_door(hotline: Option<(String, String)>) -> AnyView {
    let call = hotline.map(|(number, name)| {
        view! {
            <p class="row"><a class="row figure more" href=format!("tel:{number}")><Icon glyph=Glyph::Phone/><b>{number.clone()}</b></a><span class="muted">{name}</span></p>
        }
    });
    view! {
        <section class="panel flow" aria-labelledby="help-title">
            <h2 id="help-title">"我或家人遇到了困难"</h2>
            <p>"在这里登记、打电话，或者到所在街道、村居说明情况，不用注册账号。今天就难的4小时内答复。"</p>
            {call}
            <p class="row"><LinkButton link=Link::new("登记求助", paths::ASK).primary()/><LinkButton link=Link::new("查进度", paths::PROGRESS)/></p>
            <p><More label="怎样求助" href=format!("{}/public", paths::HELP)/></p>
        </section>
    }
    .into_any()
}

fn doors() -> AnyView {
    let doors = [
        (paths::NEEDS, "我是社会组织", "登录后按能力和范围认领需求，记录每次服务，报告结果。"),
        (paths::LOGIN, "我是工作人员", "街镇、区、市：登记审核需求，答复认领，核验结果。"),
        (paths::OPENINGS, "我要做志愿者", "看看附近有什么岗位，两分钟登记，跟着队伍参加。"),
    ]
    .map(|(href, title, text)| view! { <a href=href><b>{title}</b><Icon glyph=Glyph::Next/><span>{text}</span></a> });
    view! { <nav class="doors" aria-label="从这里进入">{doors.collect_view()}</nav> }.into_any()
}

fn figures(figures: &HomeFigures) -> AnyView {
    let named = figures.named();
    let total = figures.words(figures.total);
    let spoken: Vec<String> =
        named.iter().map(|(_, name, figure)| format!("{name}{}", figures.words(figure.count))).collect();
    let says = format!("{total}个需求：{}", spoken.join("，"));
    let mut parts: Vec<(Fill, u64)> = named.iter().map(|(fill, _, f)| (*fill, f.count.unwrap_or_default())).collect();
    // Counts that are not shown stand in the bar as one.
    let shown: u64 = parts.iter().map(|(_, count)| count).sum();
    if let Some(rest) = figures.total.and_then(|total| total.checked_sub(shown)).filter(|rest| *rest > 0) {
        parts.push((Fill::Rest, rest));
    }
    // Unmet stands right beside met, at the same size.
    let order = [0, 4, 1, 2, 3];
    let stats: Vec<Stat> = order
        .iter()
        .filter_map(|i| named.get(*i))
        .map(|(fill, name, figure)| Stat {
            value: figures.words(figure.count),
            ..Stat::new(*name, 0, figure.note.clone(), figure.href.clone()).key(*fill)
        })
        .collect();
    let as_of = (!figures.as_of.is_empty())
        .then(|| view! { <p class="muted">{format!("截至{}", figures.as_of)}</p> }.into_any());
    let title = format!("{}公开的{total}个需求，现在怎样了", figures.period);
    view! { <Section id="figures" title aside=as_of.unwrap_or_else(|| ().into_any())><WholeBar parts says/><Stats stats/></Section> }.into_any()
}

fn urgent(lines: Vec<Line>, total: u64, href: String) -> AnyView {
    let body = if lines.is_empty() {
        view! { <p>"现在没有等人接的急难需求。"</p> }.into_any()
    } else {
        view! { <Lines lines/> }.into_any()
    };
    let aside = (total > 0).then(|| view! { <More label=format!("全部{total}个") href/> }.into_any());
    view! { <Section id="urgent" title="急难，等人马上接" aside=aside.unwrap_or_else(|| ().into_any())>{body}</Section> }.into_any()
}

fn waiting(lines: Vec<Line>, href: String) -> AnyView {
    let body = if lines.is_empty() {
        view! { <p>"现在没有等待认领的需求。"</p> }.into_any()
    } else {
        view! { <Lines lines/> }.into_any()
    };
    let aside = view! { <More label="查看全部" href/> }.into_any();
    view! { <Section id="waiting" title="等得最久" aside>{body}</Section> }.into_any()
}

fn how() -> AnyView {
    let steps = [
        ("公开", "街镇登记，区里审核，去掉个人信息"),
        ("认领", "组织按能力认领，街道3个工作日内答复"),
        ("结对", "本人同意后，组织才能看到联系方式"),
        ("服务", "每次上门都有记录，由社区确认"),
        ("核验", "由组织以外的人核实，没帮到也公开"),
    ]
    .into_iter()
    .enumerate()
    .map(|(i, (title, text))| view! { <li><b>{format!("{}\u{3000}{title}", i + 1)}</b>{text}</li> });
    view! { <Section id="how" title="一件需求怎样走完"><ol class="steps">{steps.collect_view()}</ol></Section> }
        .into_any()
}
