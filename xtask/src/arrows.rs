//! Which part of the house may name which: read from the sources, held against `arrows.txt`.
//!
//! Three things are checked. A crate's `Cargo.toml` may depend on those of our crates that stand behind its name. A
//! folder of a crate (a room) may name the rooms behind its name; a file beside the root that has no line is part of the
//! root. No files of one crate name each other in a circle, rooms' `mod.rs` and the crate's root aside: they list what
//! is below them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    str::FromStr as _,
};

use anyhow::{Context as _, Result, anyhow, bail};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

use crate::shell;

/// Name → the names it may use.
type Allowed = BTreeMap<String, BTreeSet<String>>;

/// Reads the sources and fails on an arrow that `arrows.txt` does not allow, and on a circle.
pub fn check() -> Result<()> {
    let root = shell::root();
    let allowed = allowed(&fs::read_to_string(root.join("arrows.txt")).context("arrows.txt")?)?;
    let crates: BTreeMap<&str, &str> = allowed
        .keys()
        .filter(|name| !name.contains('/'))
        .filter_map(|name| Some((name.as_str(), folder(name)?)))
        .collect();
    let mut wrong = Vec::new();
    for (name, place) in &crates {
        let manifest = fs::read_to_string(root.join(place).join("Cargo.toml"))?;
        wrong.extend(
            dependencies(&manifest, &crates)
                .filter(|to| !allowed[*name].contains(*to))
                .map(|to| format!("{place}/Cargo.toml: {name} may not depend on {to}")),
        );
        let files = read(&root.join(place).join("src"))?;
        wrong.extend(rooms(name, &files, &allowed));
        wrong.extend(circles(&files).into_iter().map(|circle| format!("{name}: a circle of {}", circle.join(", "))));
    }
    if wrong.is_empty() {
        return Ok(());
    }
    bail!("arrows that arrows.txt does not allow:\n  {}", wrong.join("\n  "));
}

/// Where a crate's folder is.
fn folder(name: &str) -> Option<&'static str> {
    Some(match name {
        "app" => "app",
        "server" => "server",
        "domain" => "server/domain",
        "storage" => "server/storage",
        "search" => "server/search",
        "matching" => "server/matching",
        "documents" => "server/documents",
        "services" => "server/services",
        "web" => "server/web",
        _ => return None,
    })
}

/// Lines `name: others`; `#` begins a note.
fn allowed(text: &str) -> Result<Allowed> {
    let mut all = Allowed::new();
    for line in
        text.lines().map(|line| line.split('#').next().unwrap_or_default().trim()).filter(|line| !line.is_empty())
    {
        let (name, others) = line.split_once(':').with_context(|| format!("arrows.txt: {line:?} has no colon"))?;
        let others = others.split_whitespace().map(ToOwned::to_owned).collect();
        if all.insert(name.trim().to_owned(), others).is_some() {
            bail!("arrows.txt: {name} stands twice");
        }
    }
    for (name, others) in &all {
        let (crate_name, is_room) = name.split_once('/').map_or((name.as_str(), false), |(of, _)| (of, true));
        folder(crate_name).ok_or_else(|| anyhow!("arrows.txt: there is no crate {crate_name}"))?;
        for other in others {
            let full = if is_room { format!("{crate_name}/{other}") } else { other.clone() };
            if !all.contains_key(&full) {
                bail!("arrows.txt: {name} names {other}, which has no line");
            }
        }
    }
    if let Some(circle) = knots(&all).into_iter().next() {
        bail!("arrows.txt allows a circle: {}", circle.join(", "));
    }
    Ok(all)
}

/// Our crates that a manifest names under its dependencies (not those of its tests).
fn dependencies<'a>(manifest: &'a str, crates: &'a BTreeMap<&str, &str>) -> impl Iterator<Item = &'a str> {
    let mut section = "";
    manifest.lines().filter_map(move |line| {
        if line.starts_with('[') {
            section = line;
        }
        let name = line.split(['.', ' ', '=']).next()?;
        (section == "[dependencies]" && crates.contains_key(name)).then_some(name)
    })
}

/// A source file: the modules from the crate's root to it, and every path into the same crate that it names.
struct File {
    module: Vec<String>,
    names: BTreeSet<Vec<String>>,
}

fn read(src: &Path) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("tests.rs") {
                let module = module(src, &path);
                let names = names(&fs::read_to_string(&path)?, &module).with_context(|| path.display().to_string())?;
                files.push(File { module, names });
            }
        }
    }
    files.sort_by(|a, b| a.module.cmp(&b.module));
    Ok(files)
}

fn module(src: &Path, path: &Path) -> Vec<String> {
    let relative: PathBuf = path.strip_prefix(src).unwrap_or(path).with_extension("");
    let mut parts: Vec<String> = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

/// The paths into the same crate (`crate::…`, `super::…`) in a file, in code and inside macros; tests apart.
fn names(text: &str, module: &[String]) -> Result<BTreeSet<Vec<String>>> {
    let stream = TokenStream::from_str(text).map_err(|error| anyhow!("cannot be read: {error}"))?;
    let mut found = BTreeSet::new();
    walk(stream, module, &mut found);
    Ok(found)
}

fn walk(stream: TokenStream, module: &[String], found: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(mark) if mark.as_char() == '#' && is_test(&tokens[at..]) => {
                // To the end of the item: its body, or its semicolon.
                at += 2;
                while at < tokens.len() {
                    let ends = match &tokens[at] {
                        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                        TokenTree::Punct(mark) => mark.as_char() == ';',
                        _ => false,
                    };
                    if ends {
                        break;
                    }
                    at += 1;
                }
            }
            TokenTree::Ident(ident) if *ident == "crate" || *ident == "super" => {
                let mut base = if *ident == "crate" { Vec::new() } else { parent(module) };
                let mut next = at + 1;
                while let Some((TokenTree::Ident(up), after)) = step(&tokens, next)
                    && up == "super"
                {
                    base.pop();
                    next = after;
                }
                if is_colons(&tokens, next) {
                    at = path(&tokens, next, &base, found);
                    continue;
                }
            }
            TokenTree::Group(group) => walk(group.stream(), module, found),
            _ => {}
        }
        at += 1;
    }
}

fn parent(module: &[String]) -> Vec<String> {
    module[..module.len().saturating_sub(1)].to_vec()
}

/// `#[cfg(test)]` or `#[test]`.
fn is_test(tokens: &[TokenTree]) -> bool {
    matches!(tokens.get(1), Some(TokenTree::Group(group))
        if ["cfg (test)", "cfg(test)"].contains(&group.stream().to_string().as_str()))
}

fn is_colons(tokens: &[TokenTree], at: usize) -> bool {
    let colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
    colon(tokens.get(at)) && colon(tokens.get(at + 1))
}

/// The token behind `::`, and the place behind it.
fn step(tokens: &[TokenTree], at: usize) -> Option<(&TokenTree, usize)> {
    is_colons(tokens, at).then(|| tokens.get(at + 2).map(|token| (token, at + 3)))?
}

/// Follows a path, or a tree of them, from its first `::`; returns the place behind it.
fn path(tokens: &[TokenTree], mut at: usize, base: &[String], found: &mut BTreeSet<Vec<String>>) -> usize {
    let mut path = base.to_vec();
    while let Some((token, next)) = step(tokens, at) {
        match token {
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                branches(group.stream(), &path, found);
                return next;
            }
            _ => {
                found.insert(path);
                return next;
            }
        }
        at = next;
    }
    found.insert(path);
    at
}

fn branches(stream: TokenStream, base: &[String], found: &mut BTreeSet<Vec<String>>) {
    let tokens: Vec<TokenTree> = stream.into_iter().collect();
    for branch in tokens.split(|token| matches!(token, TokenTree::Punct(mark) if mark.as_char() == ',')) {
        if let Some(TokenTree::Ident(first)) = branch.first() {
            let mut start = base.to_vec();
            if *first != "self" {
                start.push(first.to_string());
            }
            path(branch, 1, &start, found);
        }
    }
}

/// Rooms that name rooms they may not, or that have no line.
fn rooms(name: &str, files: &[File], allowed: &Allowed) -> Vec<String> {
    let is_room = |room: &str| files.iter().any(|file| file.module.len() > 1 && file.module[0] == room);
    let has_rooms = allowed.keys().any(|line| line.starts_with(&format!("{name}/")));
    let mut wrong = BTreeSet::new();
    for file in files.iter().filter(|file| has_rooms && !file.module.is_empty()) {
        let room = &file.module[0];
        let Some(may) = allowed.get(&format!("{name}/{room}")) else {
            if is_room(room) {
                wrong.insert(format!("{name}/{room} has no line in arrows.txt"));
            }
            continue;
        };
        for to in file.names.iter().filter_map(|path| path.first()) {
            let is_named = is_room(to) || allowed.contains_key(&format!("{name}/{to}"));
            if to != room && is_named && !may.contains(to) {
                wrong.insert(format!("{name}/{} may not name {name}/{to}", file.module.join("/")));
            }
        }
    }
    wrong.into_iter().collect()
}

/// Files that name each other in a circle; lists of modules (`mod.rs`, the crate's root) apart.
fn circles(files: &[File]) -> Vec<Vec<String>> {
    let is_list = |module: &[String]| {
        module.is_empty()
            || (module.len() == 1 && files.iter().any(|file| file.module.len() > 1 && file.module[0] == module[0]))
    };
    let known: BTreeSet<&[String]> = files.iter().map(|file| file.module.as_slice()).collect();
    let mut arrows = Allowed::new();
    for file in files.iter().filter(|file| !is_list(&file.module)) {
        let to = file.names.iter().filter_map(|path| {
            let target = (0..=path.len()).rev().map(|length| &path[..length]).find(|part| known.contains(part))?;
            (!is_list(target) && target != file.module.as_slice()).then(|| target.join("/"))
        });
        arrows.insert(file.module.join("/"), to.collect());
    }
    knots(&arrows)
}

/// Names that reach each other: each group sorted, the groups in order. Tarjan's strongly connected components would be
/// quicker; a crate has a hundred files.
fn knots(arrows: &Allowed) -> Vec<Vec<String>> {
    let full = |from: &str, to: &str| match from.split_once('/') {
        Some((of, _)) if !arrows.contains_key(to) => format!("{of}/{to}"),
        _ => to.to_owned(),
    };
    let reach = |from: &str| {
        let (mut seen, mut open) = (BTreeSet::new(), vec![from.to_owned()]);
        while let Some(name) = open.pop() {
            for to in arrows.get(&name).into_iter().flatten().map(|to| full(&name, to)) {
                if seen.insert(to.clone()) {
                    open.push(to);
                }
            }
        }
        seen
    };
    let reached: BTreeMap<&String, BTreeSet<String>> = arrows.keys().map(|name| (name, reach(name))).collect();
    let mut done = BTreeSet::new();
    let mut groups = Vec::new();
    for (name, mine) in &reached {
        if mine.contains(*name) && !done.contains(*name) {
            let group: Vec<String> = mine
                .iter()
                .filter(|other| reached.get(other).is_some_and(|back| back.contains(*name)))
                .cloned()
                .collect();
            done.extend(reached.keys().filter(|key| group.contains(key)).copied());
            groups.push(group);
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<String> {
        text.split("::").map(ToOwned::to_owned).collect()
    }

    fn file(module: &str, text: &str) -> File {
        let module = parts(module);
        let names = names(text, &module).unwrap();
        File { module, names }
    }

    #[test]
    fn paths_are_read_in_uses_code_and_macros() {
        let text = "use crate::a::{b::c, d as e, self};\nfn f() { on!(tx, |c| crate::g::h(c)); super::i(); }\n\
                    // crate::not::this\n#[cfg(test)] mod tests { use crate::nor::that; }\nuse super::super::j;";
        let found = file("room::leaf", text).names;
        let wanted: BTreeSet<_> = ["a::b::c", "a::d", "a", "g::h", "room::i", "j"].into_iter().map(parts).collect();
        assert_eq!(found, wanted);
    }

    #[test]
    fn an_arrow_upwards_is_refused() {
        let allowed = allowed("services:\nservices/base:\nservices/aid: base").unwrap();
        let files = [file("base::work", "use crate::aid::claim;"), file("aid::claim", "use crate::base::work;")];
        assert_eq!(rooms("services", &files, &allowed), ["services/base/work may not name services/aid"]);
        assert_eq!(circles(&files), [["aid/claim", "base/work"]]);
    }

    #[test]
    fn a_file_beside_the_root_needs_no_line_and_a_folder_does() {
        let allowed = allowed("storage:\nstorage/base:").unwrap();
        let files = [file("db", "use crate::base::event;"), file("aid::claim", "use crate::db::Tx;")];
        assert_eq!(rooms("storage", &files, &allowed), ["storage/aid has no line in arrows.txt"]);
    }

    #[test]
    fn a_list_of_arrows_without_a_line_or_in_a_circle_is_refused() {
        assert!(allowed("services: domain").is_err());
        assert!(allowed("domain: storage\nstorage: domain").is_err());
        assert!(allowed("services:\nservices/a: b\nservices/b: a").is_err());
        assert!(allowed("domain:\nstorage: domain # a note").is_ok());
    }

    #[test]
    fn only_dependencies_of_the_code_count() {
        let crates = BTreeMap::from([("storage", "server/storage"), ("domain", "server/domain")]);
        let manifest =
            "[dependencies]\ndomain.workspace = true\nserde = \"1\"\n[dev-dependencies]\nstorage.workspace = true\n";
        assert_eq!(dependencies(manifest, &crates).collect::<Vec<_>>(), ["domain"]);
    }
}
