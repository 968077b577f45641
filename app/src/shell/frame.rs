//! The pieces of the frame: header with navigation, the rail of staff pages, flash, footer.

use super::{Chrome, Elder, NavGroup, NavItem, ReaderBar, SITE};
use crate::components::{Emphasis, FlashMessage, Glyph, Hidden, Icon, thousands};
use crate::islands::ReadAloud;
use crate::paths;
use leptos::prelude::*;

pub(super) fn flash(chrome: &Chrome) -> Option<AnyView> {
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

/// The entries under their headings, for the left of the page.
fn nav_groups(groups: &[NavGroup]) -> AnyView {
    groups
        .iter()
        .map(|group| {
            let heading = (!group.heading.is_empty()).then(|| view! { <p class="muted">{group.heading.clone()}</p> });
            view! { <div>{heading}{nav_links(&group.items)}</div> }
        })
        .collect_view()
        .into_any()
}

fn public_nav(path: &str) -> Vec<NavItem> {
    [
        ("需求大厅", paths::NEEDS),
        ("帮扶项目", "/projects"),
        ("志愿岗位", paths::OPENINGS),
        ("机构目录", "/directory"),
        ("帮助", paths::HELP),
    ]
    .into_iter()
    .map(|(label, href)| NavItem::new(label, href).current(path.starts_with(href)))
    .collect()
}

pub(super) fn header(chrome: &Chrome) -> AnyView {
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
            <nav class="site-nav fold" id="site-nav" popover="auto" aria-label="主导航">{nav.iter().map(|group| nav_links(&group.items)).collect_view()}{account(&chrome.reader, true)}</nav>
        }
        .into_any(),
    };
    view! {
        <header class="site-header"><div class="page">
            {middle}
            <div class="row tools">{aloud}{display}</div>
            {menu}
        </div></header>
    }
    .into_any()
}

/// Messages and the reader's own page.
fn account(reader: &ReaderBar, at_end: bool) -> Option<AnyView> {
    let ReaderBar::SignedIn { display_name, unread, .. } = reader else {
        return None;
    };
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

pub(super) fn rail(chrome: &Chrome) -> Option<AnyView> {
    let ReaderBar::SignedIn { nav, rail: true, .. } = &chrome.reader else {
        return None;
    };
    Some(
        view! {
            <nav class="site-nav rail fold" id="site-nav" popover="auto" aria-label="主导航">{nav_groups(nav)}<div>{account(&chrome.reader, false)}</div></nav>
        }
        .into_any(),
    )
}

pub(super) fn footer(chrome: &Chrome) -> AnyView {
    let site = &chrome.site;
    let links = [
        ("求助登记", paths::ASK),
        ("查求助进度", paths::PROGRESS),
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
    let operator =
        if site.operator.is_empty() { String::new() } else { format!("主办单位：{}。", site.operator) };
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
