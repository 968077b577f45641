//! One style sheet out of `style/*.css`, for browsers as old as Chromium 87 and Safari 14.
//!
//! Lightning CSS lowers nesting, `light-dark()`, and media ranges. Three things it leaves, which would
//! cost an old browser its layout, are done here:
//! - `@layer` (an unknown block is dropped whole): layers are written out in their order, and a later layer's
//!   selectors get one more `:not(#\#)`, which matches everything and weighs as much as an id. The order of
//!   importance inside `!important` is not turned around as real layers do; such rules must not compete.
//! - `:is()`: written out as a list, since `:-webkit-any()` takes no combinators and weighs as much as a class
//!   whatever it holds. Where its arms weigh differently the rule follows once more as it was, for browsers that
//!   know `:is()`.
//! - `@container`: the same rules once more under the equal `@media` condition, where containers are unknown.

use std::{fmt::Write as _, fs, path::Path};

use anyhow::{Result, anyhow, bail};
use lightningcss::{
    rules::{CssRule, layer::LayerName},
    selector::{Combinator, Component, Selector, SelectorList},
    stylesheet::{MinifyOptions, ParserOptions, PrinterOptions, StyleSheet},
    targets::{Browsers, Features, Targets},
    traits::{ParseWithOptions as _, ToCss as _},
};

/// These come first, in this order; the other files follow by name.
const FIRST: [&str; 3] = ["tokens.css", "base.css", "components.css"];

/// Bundles a folder of style sheets.
pub fn bundle(folder: &Path) -> Result<String> {
    let mut paths = super::site::files(folder)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "css"));
    paths.sort_by_key(|path| {
        let place = FIRST.iter().position(|name| path.ends_with(name)).unwrap_or(FIRST.len());
        (place, path.clone())
    });
    let mut text = String::new();
    for path in &paths {
        let part = fs::read_to_string(path)?;
        // A mistake is reported with its own file and line.
        parse(&part, &path.file_name().unwrap_or_default().to_string_lossy())?;
        text += &part;
        text.push('\n');
    }
    lower(&text)
}

/// Lowers and minifies one style sheet.
fn lower(text: &str) -> Result<String> {
    let mut sheet = parse(text, "style.css")?;
    let rules = std::mem::take(&mut sheet.rules.0);
    sheet.rules.0 = flatten(rules)?;
    let flat = print(&mut sheet, Features::IsSelector)?;
    let mut again = parse(&flat, "style.css")?;
    let mut wide = String::with_capacity(flat.len() * 5 / 4);
    for rule in spell_out(std::mem::take(&mut again.rules.0)) {
        let text = rule.to_css_string(PrinterOptions { minify: true, ..PrinterOptions::default() })?;
        wide += &text;
        if let CssRule::Container(container) = &rule {
            let Some((_, body)) = text.split_once('{') else {
                continue;
            };
            let Some(condition) = &container.condition else {
                continue;
            };
            let condition = condition.to_css_string(PrinterOptions::default())?;
            write!(wide, "@supports not (container-type:inline-size){{@media {condition}{{{body}}}")?;
        }
    }
    // Lowered above; a second time would only repeat the switches it puts beside `color-scheme`.
    let text = print(&mut parse(&wide, "style.css")?, Features::LightDark | Features::IsSelector)?;
    // Without a media type `not` is younger than the browsers meant here.
    Ok(text.replace("@media not (", "@media not all and ("))
}

fn parse<'a>(text: &'a str, name: &str) -> Result<StyleSheet<'a>> {
    let options = ParserOptions { filename: name.to_owned(), ..ParserOptions::default() };
    StyleSheet::parse(text, options).map_err(|error| anyhow!("{error}"))
}

fn print(sheet: &mut StyleSheet<'_>, exclude: Features) -> Result<String> {
    // A version is major << 16.
    let browsers =
        Browsers { chrome: Some(87 << 16), safari: Some(14 << 16), ios_saf: Some(14 << 16), ..Browsers::default() };
    let targets = Targets { exclude, ..Targets::from(browsers) };
    sheet.minify(MinifyOptions { targets, ..MinifyOptions::default() }).map_err(|error| anyhow!("{error}"))?;
    Ok(sheet.to_css(PrinterOptions { minify: true, targets, ..PrinterOptions::default() })?.code)
}

/// Writes layers out: theirs in the order of the `@layer a, b;` statements, then the rules in no layer.
fn flatten(rules: Vec<CssRule<'_>>) -> Result<Vec<CssRule<'_>>> {
    let mut layers: Vec<(LayerName<'_>, Vec<CssRule<'_>>)> = Vec::new();
    let mut loose = Vec::new();
    for rule in rules {
        match rule {
            CssRule::LayerStatement(statement) => {
                for name in statement.names {
                    if !layers.iter().any(|(known, _)| *known == name) {
                        layers.push((name, Vec::new()));
                    }
                }
            }
            CssRule::LayerBlock(block) => {
                let Some(name) = block.name else { bail!("a layer needs a name") };
                match layers.iter_mut().find(|(known, _)| *known == name) {
                    Some((_, list)) => list.extend(block.rules.0),
                    None => layers.push((name, block.rules.0)),
                }
            }
            other => loose.push(other),
        }
    }
    let top = layers.len();
    let mut flat = Vec::new();
    for (weight, (_, mut list)) in layers.into_iter().enumerate() {
        weigh(&mut list, weight)?;
        flat.append(&mut list);
    }
    weigh(&mut loose, top)?;
    flat.append(&mut loose);
    Ok(flat)
}

/// Makes each selector heavier by that many ids. Nested rules inherit it through `&`.
fn weigh(rules: &mut [CssRule<'_>], weight: usize) -> Result<()> {
    for rule in rules {
        match rule {
            CssRule::Style(style) => {
                for selector in &mut style.selectors.0 {
                    for _ in 0..weight {
                        selector.append(heavy()?);
                    }
                }
            }
            CssRule::Media(media) => weigh(&mut media.rules.0, weight)?,
            CssRule::Supports(supports) => weigh(&mut supports.rules.0, weight)?,
            CssRule::Container(container) => weigh(&mut container.rules.0, weight)?,
            CssRule::LayerBlock(_) | CssRule::LayerStatement(_) => {
                bail!("a layer stands at the top of a file")
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes `:is()` out as lists of selectors.
fn spell_out(rules: Vec<CssRule<'_>>) -> Vec<CssRule<'_>> {
    let mut done = Vec::with_capacity(rules.len());
    for mut rule in rules {
        match &mut rule {
            CssRule::Media(media) => {
                media.rules.0 = spell_out(std::mem::take(&mut media.rules.0));
            }
            CssRule::Supports(supports) => {
                supports.rules.0 = spell_out(std::mem::take(&mut supports.rules.0));
            }
            CssRule::Container(container) => {
                container.rules.0 = spell_out(std::mem::take(&mut container.rules.0));
            }
            CssRule::Style(style) => {
                let mut list = SelectorList::from_vec(Vec::new());
                let mut same_weight = true;
                for selector in &style.selectors.0 {
                    let arms = arms(&in_order(selector));
                    same_weight &= arms.iter().all(|arm| arm.specificity() == selector.specificity());
                    list.0.extend(arms);
                }
                if list != style.selectors {
                    let mut plain = style.clone();
                    plain.selectors = list;
                    done.push(CssRule::Style(plain));
                    if same_weight {
                        continue;
                    }
                }
            }
            _ => {}
        }
        done.push(rule);
    }
    done
}

/// The parts of a selector as written: compounds are stored from right to left, each in its own order.
fn in_order<'i>(selector: &Selector<'i>) -> Vec<Component<'i>> {
    let parts: Vec<Component<'i>> = selector.iter_raw_match_order().cloned().collect();
    let mut order = Vec::with_capacity(parts.len());
    for compound in parts.split_inclusive(Component::is_combinator).rev() {
        // A compound is followed by the combinator to its left.
        let (simple, combinator) = match compound.split_last() {
            Some((last, simple)) if last.is_combinator() => (simple, Some(last)),
            _ => (compound, None),
        };
        order.extend(combinator.cloned());
        order.extend_from_slice(simple);
    }
    order
}

/// One selector for each arm of each `:is()`; the selector as it is where that is not possible.
fn arms<'i>(parts: &[Component<'i>]) -> Vec<Selector<'i>> {
    let whole = || vec![Selector::from(parts.to_vec())];
    let Some((place, list)) = parts.iter().enumerate().find_map(|(place, part)| match part {
        Component::Is(list) => Some((place, list)),
        _ => None,
    }) else {
        return whole();
    };
    let start = parts[..place].iter().rposition(Component::is_combinator).map_or(0, |at| at + 1);
    let (left, before, after) = (&parts[..start], &parts[start..place], &parts[place + 1..]);
    let mut all = Vec::new();
    for arm in list {
        let arm = in_order(arm);
        let last = arm.iter().rposition(Component::is_combinator).map_or(0, |at| at + 1);
        // `a :is(b c)` also matches where `b` stands outside `a`: near enough for the list, since the rule as it
        // was then follows (its weights differ: the list holds more than one kind of arm).
        if last > 0 && !left.is_empty() && !matches!(left.last(), Some(Component::Combinator(Combinator::Descendant))) {
            return whole();
        }
        // A name of an element stands first in its compound.
        let names = usize::from(matches!(arm[last..].first(), Some(Component::LocalName(_))));
        if names > 0 && matches!(before.first(), Some(Component::LocalName(_))) {
            return whole();
        }
        let written = [left, &arm[..last + names], before, &arm[last + names..], after].concat();
        all.extend(arms(&written));
    }
    all
}

/// `:not(#\#)`.
fn heavy<'i>() -> Result<Component<'i>> {
    let list = SelectorList::parse_string_with_options(r":not(#\#)", ParserOptions::default())
        .map_err(|error| anyhow!("{error:?}"))?;
    list.0.first().and_then(|s| s.iter_raw_match_order().next().cloned()).ok_or_else(|| anyhow!("no selector"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_old_browsers_do_not_know_is_gone_or_doubled() {
        let text = "@layer a, b; @layer b { .x { & h2 { color: light-dark(#fff, #000) } @container (width < 40rem) { & { gap: 1px } } } }
            @layer a { h2 { color: red } } .y::before { top: 0 } :root { color-scheme: light dark }";
        let css = lower(text).unwrap();
        assert!(!css.contains("@layer") && !css.contains('&') && !css.contains("light-dark("), "{css}");
        let (red, nested) = (css.find("h2{color:red}").unwrap(), css.find(r".x:not(#\#) h2{").unwrap());
        assert!(red < nested, "{css}");
        assert!(css.contains(r".y:not(#\#):not(#\#):before"), "{css}");
        assert!(
            css.contains("@supports not (container-type:inline-size){@media not all and (min-width:40rem)"),
            "{css}"
        );
    }

    #[test]
    fn is_becomes_a_list() {
        let css =
            lower(":is(.a b, .c) > d::after { top: 0 } .e :is(.f, .g).h { top: 1px } .i, .j { & .k { top: 2px } }")
                .unwrap();
        assert!(css.starts_with(".a b>d:after,.c>d:after{top:0}:is(.a b,.c)>d:after{top:0}"), "{css}");
        assert!(css.contains(".e .f.h,.e .g.h{top:1px}.i .k,.j .k{top:2px}"), "{css}");
    }

    #[test]
    fn a_mistake_names_its_place() {
        let error = parse("a { } @layer {", "wrong.css");
        assert!(error.is_ok() || error.unwrap_err().to_string().contains("wrong.css"));
    }

    #[test]
    fn the_project_s_own_sheets_bundle() {
        let css = bundle(&super::super::shell::root().join("style")).unwrap();
        assert!(css.contains("@container") && !css.contains("@layer") && css.len() > 5000);
    }
}
