//! Pages for what went wrong. Each says what happened, and what to do next.

use crate::components::{Crumb, Head, Line, Lines, Link, LinkButton, Mark, Notice, PageHead, Section};
use crate::paths;
use leptos::prelude::*;

/// A page in place of the one asked for. The status code is the handler's.
#[must_use]
#[derive(Clone, Debug)]
pub struct ErrorModel {
    pub title: String,
    /// What happened.
    pub text: String,
    /// What to do, one sentence each.
    pub advice: Vec<String>,
    /// The first is drawn as primary.
    pub ways_on: Vec<Link>,
    /// What else is open, for a reader who came too late.
    pub instead: Vec<Line>,
    /// For the help desk to find it in the log.
    pub correlation: Option<String>,
}

impl ErrorModel {
    fn new(title: &str, text: impl Into<String>) -> Self {
        Self {
            title: title.to_owned(),
            text: text.into(),
            advice: Vec::new(),
            ways_on: vec![Link::new("去需求大厅", paths::NEEDS).primary(), Link::new("回首页", paths::HOME)],
            instead: Vec::new(),
            correlation: None,
        }
    }

    /// 404, also for what lies outside the reader's scope.
    pub fn not_found() -> Self {
        let mut page = Self::new("找不到这一页", "地址可能打错了，内容可能已经不在，或者不在您的辖区范围内。");
        page.advice =
            vec!["从地址栏复制时，请核对有没有少字符。".to_owned(), "知道编号的，到需求大厅按编号查找。".to_owned()];
        page
    }

    /// 403.
    pub fn forbidden(role: &str) -> Self {
        let text = if role.is_empty() {
            "这一页要登录后才能看。".to_owned()
        } else {
            format!("您现在的身份是“{role}”，不能办这件事。")
        };
        let mut page = Self::new("您不能打开这一页", text);
        page.advice = vec!["确实需要的，请联系所在单位的管理员调整权限。".to_owned()];
        if role.is_empty() {
            page.ways_on = vec![Link::new("登录", paths::LOGIN).primary(), Link::new("回首页", paths::HOME)];
        } else {
            page.ways_on = vec![Link::new("回工作台", paths::DESK).primary(), Link::new("看帮助", paths::HELP)];
        }
        page
    }

    /// 409: the thing has moved on since the page was opened. `now` says how it stands now, `back` leads to it.
    pub fn conflict(text: impl Into<String>, now: impl Into<String>, back: impl Into<String>) -> Self {
        let mut page = Self::new("情况已经变了，这一步没有做", text);
        page.advice = vec![now.into(), "您填的内容没有丢。先看最新情况，再决定要不要办。".to_owned()];
        page.ways_on = vec![Link::new("看最新情况", back).primary(), Link::new("回工作台", paths::DESK)];
        page
    }

    /// 409: a rule stands against it, which nothing need have changed for. `back` leads to the thing.
    pub fn against_rule(text: impl Into<String>, back: impl Into<String>) -> Self {
        let mut page = Self::new("这一步没有做", text);
        page.advice = vec!["您填的内容没有丢。".to_owned()];
        page.ways_on = vec![Link::new("看最新情况", back).primary(), Link::new("回工作台", paths::DESK)];
        page
    }

    /// 409 for those who came second. `when` is "今天10:32", `what` "助餐每周6餐", `left` what is still open, if any.
    pub fn taken(when: &str, what: &str, left: Option<String>, need: impl Into<String>, instead: Vec<Line>) -> Self {
        let mut page = Self::new(
            "晚了一步，这一份已经有人认领",
            format!("{what}在{when}被另一家组织认领，贵机构这次没有提交成功。"),
        );
        page.advice =
            vec![left.unwrap_or_else(|| "这一项已经没有余量。对方退出或没有按时开始，余量会重新公开。".to_owned())];
        page.ways_on = vec![Link::new("回到这个需求", need).primary(), Link::new("去需求大厅", paths::NEEDS)];
        page.instead = instead;
        page
    }

    /// 500 and 503.
    pub fn failed(correlation: impl Into<String>) -> Self {
        let mut page = Self::new("这一页没能打开", "系统出了问题，不是您的操作有误。");
        page.advice = vec![
            "过一两分钟再试一次。刚才提交的内容如果没有看到结果，请先到列表里核对，再决定要不要重新提交。".to_owned(),
            "一直打不开的，请把下面的编号告诉管理员。".to_owned(),
        ];
        page.correlation = Some(correlation.into());
        page
    }

    /// 413, 415, 429 and other refusals that need one sentence of explanation and one of advice.
    pub fn refused(title: &str, text: impl Into<String>, advice: impl Into<String>) -> Self {
        let mut page = Self::new(title, text);
        page.advice = vec![advice.into()];
        page
    }

    pub fn correlation(mut self, id: impl Into<String>) -> Self {
        self.correlation = Some(id.into());
        self
    }
}

pub fn error_page(model: ErrorModel) -> AnyView {
    let head = Head::new(model.title).lead(model.text).crumbs(vec![Crumb::link("首页", paths::HOME)]);
    let advice = model.advice.into_iter().map(|line| view! { <p>{line}</p> }).collect_view();
    let ways = model.ways_on.into_iter().map(|link| view! { <LinkButton link/> }).collect_view();
    let instead = (!model.instead.is_empty()).then(|| {
        let lines = model.instead.into_iter().map(|line| Line { mark: Mark::clone(&line.mark), ..line }).collect();
        view! { <Section id="instead" title="还有这些等着人接"><Lines lines/></Section> }
    });
    let number = model.correlation.map(|id| view! { <Notice text=format!("编号：{id}")/> });
    view! {
        <div class="page sections">
            <div class="flow"><PageHead head/>{advice}{number}<p class="row">{ways}</p></div>
            {instead}
        </div>
    }
    .into_any()
}
