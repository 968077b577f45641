//! The frame of every document: head, header with navigation, flash, footer, sprite, and the boot script where a page
//! holds an island. One synchronous render under its own reactive owner, which is dropped before the text is returned.

mod chrome;
mod frame;

pub use chrome::*;

use crate::components::sprite;
use crate::paths;
use frame::{flash, footer, header, rail};
use html_escape::{encode_double_quoted_attribute as attribute, encode_text as text};
use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use std::{fmt::Write as _, sync::Arc};

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
    let _ = write!(out, "<link rel=\"icon\" type=\"image/svg+xml\" href=\"{}\">", paths::ICON);
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
    out.push_str(if parts.rail.is_some() { "</head><body class=\"with-rail\">" } else { "</head><body>" });
    out.push_str("<a class=\"skip\" href=\"#main\">跳到主要内容</a>");
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::error::{ErrorModel, error_page};

    fn chrome() -> Chrome {
        Chrome {
            nonce: "n0nce".into(),
            path: "/a?b=\"<c>".into(),
            assets: AssetUrls { style: "/s.css".into(), boot: Some("/boot.js".into()), ..AssetUrls::default() },
            ..Chrome::default()
        }
    }

    fn page(chrome: &Chrome) -> String {
        document(chrome, "<b>找不到", || error_page(ErrorModel::not_found()))
    }

    #[test]
    fn a_document_is_complete_and_escaped() {
        let html = page(&chrome());
        assert!(html.starts_with("<!DOCTYPE html><html lang=\"zh-CN\">"));
        assert!(html.ends_with("</html>"));
        assert!(html.contains("<title>&lt;b&gt;找不到 - 对接</title>"));
        assert_eq!(html.matches("<h1").count(), 1);
        assert!(!html.contains("<c>") && !html.contains(" style="));
    }

    #[test]
    fn the_boot_script_comes_only_with_an_island() {
        assert!(!page(&chrome()).contains("<script"));
        let elder = page(&Chrome { elder: Elder::On, ..chrome() });
        assert!(elder.contains("data-elder=\"on\""));
        assert!(elder.contains("<script type=\"module\" src=\"/boot.js\""));
        assert!(elder.contains("nonce=\"n0nce\""));
        let without = Chrome { elder: Elder::On, assets: AssetUrls::default(), ..chrome() };
        assert!(!page(&without).contains("<script"));
    }

    #[test]
    fn the_sprite_holds_only_what_the_page_uses() {
        let html = page(&chrome());
        assert!(html.contains("id=\"i-menu\""));
        assert!(!html.contains("id=\"i-print\"") && !html.contains("id=\"hatch\""));
    }

    #[test]
    fn rendering_leaves_no_owner_behind() {
        let _ = page(&chrome());
        assert!(Owner::current().is_none());
    }

    #[test]
    fn settings_survive_their_own_words() {
        for elder in [Elder::Off, Elder::On, Elder::Large, Elder::Max] {
            assert_eq!(Elder::parse(elder.as_str()), elder);
        }
        for theme in [Theme::System, Theme::Light, Theme::Dark] {
            assert_eq!(Theme::parse(theme.as_str()), theme);
        }
    }
}
