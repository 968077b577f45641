//! The frame of every document: head, header with navigation, flash, footer, sprite, and the boot script where a page
//! holds an island. One synchronous render under its own reactive owner, which is dropped before the text is returned.

use crate::components::{Emphasis, Flash, FlashMessage, Glyph, Hidden, Icon, sprite, thousands};
use crate::islands::ReadAloud;
use crate::paths;
use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use std::{fmt::Write as _, sync::Arc};

/// 长者模式: the same pages with larger text and targets. Growing up to 30 px.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Elder {
    #[default]
    Off,
    On,
    Large,
    Max,
}

impl Elder {
    /// The value of the cookie and of the form; empty when off.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "",
            Self::On => "on",
            Self::Large => "large",
            Self::Max => "max",
        }
    }

    /// Reads a cookie or a form value; anything unknown is off.
    pub fn parse(value: &str) -> Self {
        match value {
            "on" => Self::On,
            "large" => Self::Large,
            "max" => Self::Max,
            _ => Self::Off,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// What the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value of the cookie and of the form; empty for the system's.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub fn parse(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

#[derive(Clone, Debug)]
pub struct NavItem {
    pub label: String,
    pub href: String,
    pub count: Option<u64>,
    pub current: bool,
}

impl NavItem {
    pub fn new(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), href: href.into(), count: None, current: false }
    }

    pub fn count(mut self, count: u64) -> Self {
        self.count = Some(count);
        self
    }

    pub fn current(mut self, current: bool) -> Self {
        self.current = current;
        self
    }
}

/// Who reads, as far as the frame shows it.
#[derive(Clone, Debug, Default)]
pub enum ReaderBar {
    #[default]
    Anonymous,
    SignedIn {
        display_name: String,
        /// "街镇工作人员".
        role: String,
        /// "河东区 鲁山道街道"; empty for an organization.
        scope_name: String,
        nav: Vec<NavItem>,
        /// Navigation at the left (staff desks) in place of the header.
        rail: bool,
        /// Messages not yet read.
        unread: u64,
    },
}

/// What the law and the operator want in the footer; what is empty is not shown.
#[derive(Clone, Debug, Default)]
pub struct SiteFooter {
    /// 主办单位.
    pub operator: String,
    /// ICP 备案号.
    pub icp: String,
    /// 公安备案号.
    pub police: String,
    /// 网站标识码.
    pub site_code: String,
    /// Name and number, e.g. ("社会救助服务热线", "12349").
    pub hotlines: Vec<(String, String)>,
}

/// Addresses of the built files.
#[derive(Clone, Debug, Default)]
pub struct AssetUrls {
    pub style: String,
    /// Absent when this build holds no scripts; pages work without.
    pub boot: Option<String>,
    pub app_js: Option<String>,
    pub app_wasm: Option<String>,
}

/// Everything a document shows around its body.
#[derive(Clone, Debug, Default)]
pub struct Chrome {
    /// For the script element; the same as in the Content-Security-Policy header.
    pub nonce: String,
    /// Path and query of this page, to come back to after a change of display.
    pub path: String,
    pub elder: Elder,
    pub theme: Theme,
    pub contrast_more: bool,
    pub reader: ReaderBar,
    pub flash: Option<Flash>,
    pub site: SiteFooter,
    pub assets: AssetUrls,
    /// Says on every page that persons and figures are invented.
    pub demo: bool,
}

const SITE: &str = "对接";

/// A complete document. `title` is unique per page ("需求大厅", "有2处要改：登记需求"). `body` is what stands in
/// `<main>` and arranges its own `.page` boxes; with `rail` it is set beside the navigation.
pub fn document(chrome: &Chrome, title: &str, body: impl FnOnce() -> AnyView) -> String {
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new_islands())));
    let parts = owner.with(|| {
        let body = body().to_html();
        let header = header(chrome).to_html();
        let rail = rail(chrome).map(RenderHtml::to_html);
        let flash = flash(chrome).map(RenderHtml::to_html);
        let footer = footer(chrome).to_html();
        Parts { header, rail, flash, body, footer }
    });
    owner.unset_with_forced_cleanup();
    assemble(chrome, title, &parts)
}

struct Parts {
    header: String,
    rail: Option<String>,
    flash: Option<String>,
    body: String,
    footer: String,
}

fn assemble(chrome: &Chrome, title: &str, parts: &Parts) -> String {
    let mut out = String::with_capacity(parts.body.len() + 12_000);
    out.push_str("<!DOCTYPE html><html lang=\"zh-CN\"");
    for (name, value) in [
        ("data-elder", chrome.elder.as_str()),
        ("data-theme", chrome.theme.as_str()),
        ("data-contrast", if chrome.contrast_more { "more" } else { "" }),
    ] {
        if !value.is_empty() {
            let _ = write!(out, " {name}=\"{value}\"");
        }
    }
    out.push_str("><head><meta charset=\"utf-8\"><title>");
    out.push_str(&text(title));
    if title != SITE {
        out.push_str(" - ");
        out.push_str(SITE);
    }
    out.push_str("</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
    out.push_str("<meta name=\"color-scheme\" content=\"light dark\">");
    let _ = write!(out, "<link rel=\"stylesheet\" href=\"{}\">", attribute(&chrome.assets.style));
    let awake = [&parts.header, &parts.body].iter().any(|part| part.contains("<leptos-island"));
    if let (true, Some(boot)) = (awake, &chrome.assets.boot) {
        let _ = write!(
            out,
            "<script type=\"module\" src=\"{}\" data-js=\"{}\" data-wasm=\"{}\" nonce=\"{}\"></script>",
            attribute(boot),
            attribute(chrome.assets.app_js.as_deref().unwrap_or_default()),
            attribute(chrome.assets.app_wasm.as_deref().unwrap_or_default()),
            attribute(&chrome.nonce)
        );
    }
    out.push_str("</head><body><a class=\"skip\" href=\"#main\">跳到主要内容</a>");
    out.push_str(&parts.header);
    out.push_str("<main id=\"main\">");
    if let Some(rail) = &parts.rail {
        out.push_str("<div class=\"page\"><div class=\"split desk\">");
        out.push_str(rail);
        out.push_str("<div class=\"beside-rail\">");
    }
    if let Some(flash) = &parts.flash {
        out.push_str(flash);
    }
    out.push_str(&parts.body);
    if parts.rail.is_some() {
        out.push_str("</div></div></div>");
    }
    out.push_str("</main>");
    out.push_str(&parts.footer);
    let sprite = sprite(&out);
    out.push_str(&sprite);
    out.push_str("</body></html>");
    out
}

fn flash(chrome: &Chrome) -> Option<AnyView> {
    let flash = chrome.flash.clone()?;
    let message = view! { <FlashMessage flash/> };
    Some(view! { <div class="page flash">{message}</div> }.into_any())
}

/// The mark: two open hands around a point.
fn brand(with_words: bool) -> AnyView {
    let words = with_words.then(|| view! { <span class="sub muted">"天津市社会力量帮扶对接平台"</span> });
    view! {
        <a class="brand" href=paths::HOME><svg viewBox="0 0 32 32" aria-hidden="true"><path d="M17 5H10a5 5 0 0 0-5 5v12a5 5 0 0 0 4 4.9"/><path class="other" d="M15 27h7a5 5 0 0 0 5-5V10a5 5 0 0 0-4-4.9"/><circle cx="16" cy="16" r="4"/></svg><b>{SITE}</b>{words}</a>
    }
    .into_any()
}

fn nav_links(items: &[NavItem]) -> AnyView {
    items
        .iter()
        .cloned()
        .map(|item| {
            let count = item.count.map(|n| view! { <span class="count">{thousands(n)}</span> });
            view! { <a href=item.href aria-current=item.current.then_some("page")>{item.label}{count}</a> }
        })
        .collect_view()
        .into_any()
}

fn public_nav(path: &str) -> Vec<NavItem> {
    [("需求大厅", paths::NEEDS), ("帮助", paths::HELP)]
        .into_iter()
        .map(|(label, href)| NavItem::new(label, href).current(path.starts_with(href)))
        .collect()
}

fn header(chrome: &Chrome) -> AnyView {
    let back = chrome.path.clone();
    let elder = match chrome.elder {
        Elder::Off => [("on", "长者模式")].to_vec(),
        Elder::On => [("large", "字再大些"), ("", "退出长者模式")].to_vec(),
        Elder::Large => [("max", "字再大些"), ("", "退出长者模式")].to_vec(),
        Elder::Max => [("on", "字小一些"), ("", "退出长者模式")].to_vec(),
    };
    let elder = elder.into_iter().map(
        |(value, label)| view! { <button class=Emphasis::Quiet.class() name="elder" value=value>{label}</button> },
    );
    let display = view! {
        <form class="row" method="post" action=paths::DISPLAY>
            <Hidden name="back" value=back/>
            {elder.collect_view()}
        </form>
    };
    let aloud = (chrome.elder != Elder::Off).then(|| view! { <ReadAloud/> });
    let menu = view! {
        <button class="button secondary fold-button" popovertarget="site-nav"><Icon glyph=Glyph::Menu/>"菜单"</button>
    };
    let middle = match &chrome.reader {
        ReaderBar::Anonymous => view! {
            {brand(true)}
            <nav class="site-nav fold" id="site-nav" popover="auto" aria-label="主导航">{nav_links(&public_nav(&chrome.path))}<a class="account" href=paths::LOGIN>"登录"</a></nav>
        }
        .into_any(),
        ReaderBar::SignedIn { scope_name, rail: true, .. } => {
            let scope = (!scope_name.is_empty()).then(|| view! { <p class="scope"><Icon glyph=Glyph::Pin/>{scope_name.clone()}</p> });
            view! { {brand(false)}{scope} }.into_any()
        }
        ReaderBar::SignedIn { nav, rail: false, .. } => view! {
            {brand(false)}
            <nav class="site-nav fold" id="site-nav" popover="auto" aria-label="主导航">{nav_links(nav)}{account(&chrome.reader, true)}</nav>
        }
        .into_any(),
    };
    view! {
        <header class="site-header"><div class="page">
            {middle}
            <div class="row tools">{aloud}{display}{menu}</div>
        </div></header>
    }
    .into_any()
}

/// Messages and the reader's own page.
fn account(reader: &ReaderBar, at_end: bool) -> Option<AnyView> {
    let ReaderBar::SignedIn { display_name, unread, .. } = reader else { return None };
    let count = (*unread > 0).then(|| {
        view! { <span class="count">{thousands(*unread)}</span><span class="visually-hidden">"条未读"</span> }
    });
    let class = at_end.then_some("account");
    Some(
        view! {
            <a class=class href=paths::INBOX>"站内信"{count}</a>
            <a href=paths::ACCOUNT>{display_name.clone()}</a>
        }
        .into_any(),
    )
}

fn rail(chrome: &Chrome) -> Option<AnyView> {
    let ReaderBar::SignedIn { nav, rail: true, .. } = &chrome.reader else { return None };
    Some(
        view! {
            <nav class="site-nav rail fold" id="site-nav" popover="auto" aria-label="主导航">{nav_links(nav)}{account(&chrome.reader, false)}</nav>
        }
        .into_any(),
    )
}

fn footer(chrome: &Chrome) -> AnyView {
    let site = &chrome.site;
    let links = [
        ("使用帮助", paths::HELP),
        ("个人信息保护", paths::PRIVACY),
        ("无障碍声明", paths::ACCESSIBILITY),
        ("显示设置", paths::DISPLAY),
    ]
    .map(|(label, href)| view! { <li><a href=href>{label}</a></li> });
    let hotlines = (!site.hotlines.is_empty()).then(|| {
        let lines = site.hotlines.iter().map(|(name, number)| {
            view! { <span>{format!("{name} ")}<a href=format!("tel:{number}")>{number.clone()}</a></span> }
        });
        view! { <p class="row">{lines.collect_view()}</p> }
    });
    let operator = (!site.operator.is_empty()).then(|| format!("主办单位：{}。", site.operator)).unwrap_or_default();
    let demo = if chrome.demo { "这是演示站：机构、人员和数字均为虚构。" } else { "" };
    let numbers: Vec<String> = [("网站标识码", &site.site_code), ("", &site.icp), ("", &site.police)]
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| if name.is_empty() { value.clone() } else { format!("{name} {value}") })
        .collect();
    view! {
        <footer class="site-footer"><div class="page">
            <nav aria-label="页脚"><ul class="row">{links.collect_view()}</ul></nav>
            {hotlines}
            <p class="muted">{format!("{operator}平台不收取、不经手任何款项。{demo}")}</p>
            {(!numbers.is_empty()).then(|| view! { <p class="row muted">{numbers.into_iter().map(|n| view! { <span>{n}</span> }).collect_view()}</p> })}
        </div></footer>
    }
    .into_any()
}
