//! Writes every page with invented contents as HTML, to be looked at in a browser.
//!
//! `cargo run -p app --features ssr --example gallery -- DIRECTORY [STYLESHEET]`

mod desk;
mod forms;
mod hall;
mod need;
mod pairing;
mod small;

use app::shell::{AssetUrls, Chrome, Elder, NavGroup, NavItem, ReaderBar, SiteFooter, Theme, document};
use leptos::prelude::AnyView;
use std::{error::Error, fs, path::Path};

/// Name of the file, title of the document, who reads, and the page.
type Entry = (&'static str, String, ReaderBar, fn() -> AnyView);

fn pages() -> Vec<Entry> {
    let mut all = Vec::new();
    all.extend(hall::pages());
    all.extend(need::pages());
    all.extend(pairing::pages());
    all.extend(desk::pages());
    all.extend(forms::pages());
    all.extend(small::pages());
    all
}

fn organization() -> ReaderBar {
    ReaderBar::SignedIn {
        display_name: "津邻社工中心".into(),
        role: "社会组织".into(),
        scope_name: String::new(),
        nav: vec![NavGroup {
            heading: String::new(),
            items: [
                ("工作台", "/desk"),
                ("需求大厅", "/needs"),
                ("我的认领", "/claims"),
                ("我的结对", "/pairings"),
                ("帮助", "/help"),
            ]
            .map(|(label, href)| NavItem::new(label, href).current(label == "需求大厅"))
            .to_vec(),
        }],
        rail: false,
        unread: 3,
    }
}

fn street() -> ReaderBar {
    let items = [("今日待办", 8), ("需求", 87), ("认领", 5), ("结对", 64), ("核验", 9)];
    let due: Vec<NavItem> =
        items.map(|(label, count)| NavItem::new(label, "/desk").count(count).current(label == "今日待办")).to_vec();
    let other = vec![NavItem::new("台账导入", "/import"), NavItem::new("帮助", "/help")];
    let nav = vec![NavGroup { heading: String::new(), items: due }, NavGroup { heading: "其他".into(), items: other }];
    ReaderBar::SignedIn {
        display_name: "民政科2号岗".into(),
        role: "街镇工作人员".into(),
        scope_name: "河东区 鲁山道街道".into(),
        nav,
        rail: true,
        unread: 0,
    }
}

fn chrome(reader: ReaderBar, elder: Elder, theme: Theme, style: &str) -> Chrome {
    Chrome {
        nonce: "sample".into(),
        path: "/needs".into(),
        elder,
        theme,
        reader,
        site: SiteFooter {
            operator: "天津市民政局".into(),
            hotlines: vec![("社会救助服务热线".into(), "12349".into()), ("政务服务便民热线".into(), "12345".into())],
            ..SiteFooter::default()
        },
        assets: AssetUrls { style: style.into(), ..AssetUrls::default() },
        demo: true,
        ..Chrome::default()
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let directory = arguments.next().ok_or("which directory?")?;
    let style = arguments.next().unwrap_or_else(|| "style.css".into());
    fs::create_dir_all(&directory)?;
    for (name, title, reader, page) in pages() {
        for (suffix, elder, theme) in [
            ("", Elder::Off, Theme::Light),
            ("-elder", Elder::On, Theme::Light),
            ("-dark", Elder::Off, Theme::Dark),
            ("-max", Elder::Max, Theme::Light),
        ] {
            let html = document(&chrome(reader.clone(), elder, theme, &style), &title, page);
            fs::write(Path::new(&directory).join(format!("{name}{suffix}.html")), html)?;
        }
    }
    Ok(())
}
