//! `cargo xtask check`: formatting, who may name whom, lints on both targets, and phrases that may not be in the sources.

use std::{fs, path::Path, process::Command};

use anyhow::{Result, bail};

use crate::{
    arrows,
    shell::{self, cargo, say, step},
    wasm,
};

/// A phrase that is forbidden in Rust sources (or everywhere), but for the places named.
struct Rule {
    phrase: &'static str,
    /// Beginnings of the paths that are searched; empty for all.
    within: &'static [&'static str],
    /// Beginnings of the paths that may hold it.
    except: &'static [&'static str],
    /// Whether tests may hold it.
    tests_may: bool,
    why: &'static str,
}

const CLOCK: &[&str] = &["server/src/clock.rs", "tests/", "xtask/"];
const CLOCK_WHY: &str = "time and randomness are injected; only server/src/clock.rs takes them from the machine";
const TEXT_AREA: &[&str] = &["app/src/components/textarea.rs"];
const TEXT_AREA_WHY: &str = "leptos does not escape it; use the TextArea component";
const LATER: &str = "write it, or file an issue";

const RULES: &[Rule] = &[
    Rule { phrase: "<textarea", within: &["app/"], except: TEXT_AREA, tests_may: true, why: TEXT_AREA_WHY },
    Rule { phrase: "inner_html", within: &["app/"], except: TEXT_AREA, tests_may: true, why: TEXT_AREA_WHY },
    Rule { phrase: "Utc::now(", within: &[], except: CLOCK, tests_may: true, why: CLOCK_WHY },
    Rule { phrase: "Local::now(", within: &[], except: CLOCK, tests_may: true, why: CLOCK_WHY },
    Rule { phrase: "SystemTime::now(", within: &[], except: CLOCK, tests_may: true, why: CLOCK_WHY },
    Rule { phrase: "rand::rng(", within: &[], except: CLOCK, tests_may: true, why: CLOCK_WHY },
    Rule { phrase: "todo!(", within: &[], except: &[], tests_may: false, why: LATER },
    Rule { phrase: "unimplemented!(", within: &[], except: &[], tests_may: false, why: LATER },
    Rule { phrase: "TODO", within: &[], except: &[], tests_may: false, why: LATER },
    Rule { phrase: "FIXME", within: &[], except: &[], tests_may: false, why: LATER },
    Rule { phrase: ".unwrap()", within: &[], except: &["tests/"], tests_may: true, why: "return the error" },
    Rule { phrase: "[allow(", within: &[], except: &[], tests_may: true, why: "use #[expect(…, reason = …)]" },
];

/// What begins an example in a comment: the tests run none. Text that is no code says so, with `text`.
const EXAMPLES: [&str; 2] = ["/// ```", "//! ```"];
const EXAMPLES_WHY: &str = "an example in a comment is run by nobody; write a test";

/// Where the addresses of things are told; nowhere else are they put together by hand.
const ADDRESSES: &str = "server/domain/src/href.rs";
const ADDRESSES_WHY: &str = "say href(Object::…, code)";
/// But for tests, and for what runs in the browser without the domain.
const BY_HAND: &[&str] = &["tests/", "app/src/islands/"];

/// Folders of one machine, which mean nothing on another.
const MACHINE_PATHS: [&str; 4] = ["/work/", "/root/", "/home/", "/Users/"];

/// Runs every check; gives the ones that failed.
pub fn run() -> Vec<String> {
    let mut failed = Vec::new();
    let mut part = |name: &str, result: Result<()>| {
        if let Err(error) = result {
            say(&format!("{error:#}"));
            failed.push(name.to_owned());
        }
    };
    part("formatting", run_cargo(&["fmt", "--all", "--check"]));
    part("forbidden phrases", phrases());
    part("arrows", arrows::check());
    part("lints (native)", lint_native());
    part("lints (wasm32)", lint_wasm());
    failed
}

/// An error that names what failed.
pub fn verdict(failed: Vec<String>) -> Result<()> {
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}", failed.join(", "));
}

fn run_cargo(arguments: &[&str]) -> Result<()> {
    step(&mut cargo(arguments))
}

fn lint_native() -> Result<()> {
    // With the bench, which the tests leave out.
    let whole = ["clippy", "--workspace", "--all-targets", "--features", "duijie-tests/bench"];
    step(cargo(whole).args(["--", "--deny", "warnings"]))
}

fn lint_wasm() -> Result<()> {
    wasm::add_target()?;
    step(cargo(["clippy"]).args(wasm::selection()).args(["--", "--deny", "warnings"]))
}

/// Searches the files that git knows or would add.
fn phrases() -> Result<()> {
    let root = shell::root();
    let mut list = Command::new("git");
    list.args(["ls-files", "--cached", "--others", "--exclude-standard"]).current_dir(&root);
    let mut found = Vec::new();
    let addresses = addresses(&fs::read_to_string(root.join(ADDRESSES))?);
    for path in shell::read(&mut list)?.lines().filter(|path| !path.starts_with("xtask/src/check.rs")) {
        // Data that is not text holds no phrase; a file may be gone since git listed it.
        if let Ok(text) = fs::read_to_string(root.join(path)) {
            search(path, &text, &addresses, &mut found);
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    bail!("forbidden phrases:\n  {}", found.join("\n  "));
}

/// The lists that things stand under, as an address put together by hand begins.
fn addresses(source: &str) -> Vec<String> {
    let lists = source.lines().filter_map(|line| line.split_once(" => \"")?.1.split_once('"'));
    lists.map(|(list, _)| format!("format!(\"/{list}/{{")).collect()
}

fn search(path: &str, text: &str, addresses: &[String], found: &mut Vec<String>) {
    let starts = |list: &[&str]| list.iter().any(|start| path.starts_with(start));
    let is_rust = Path::new(path).extension().is_some_and(|extension| extension == "rs");
    let is_test_file = path.ends_with("/tests.rs") || path.contains("/tests/");
    let mut in_tests = is_test_file;
    let mut in_example = false;
    for (number, line) in text.lines().enumerate() {
        for phrase in MACHINE_PATHS {
            // Only the beginning of a path: `/homepage/` or `docs/work/` are something else.
            let is_path = line
                .match_indices(phrase)
                .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "./-_~}".contains(c)));
            if is_path {
                found.push(format!("{path}:{}: {phrase}… is a folder of one machine", number + 1));
            }
        }
        if !is_rust {
            continue;
        }
        // By habit the tests of a module are its last part.
        in_tests |= line.trim_start().starts_with("#[cfg(test)]");
        let code = line.trim_start();
        let is_comment = code.starts_with("//");
        if let Some(kind) = EXAMPLES.iter().find_map(|begin| code.strip_prefix(begin)) {
            in_example = !in_example;
            if in_example && kind != "text" {
                found.push(format!("{path}:{}: {EXAMPLES_WHY}", number + 1));
            }
        }
        if !in_tests && !starts(BY_HAND) && addresses.iter().any(|begin| line.contains(begin)) {
            found.push(format!("{path}:{}: {ADDRESSES_WHY}", number + 1));
        }
        for rule in RULES {
            let searched = rule.within.is_empty() || starts(rule.within);
            let excused = starts(rule.except) || (in_tests && rule.tests_may);
            let is_note = rule.phrase.chars().all(char::is_uppercase);
            if searched && !excused && (is_note || !is_comment) && line.contains(rule.phrase) {
                found.push(format!("{path}:{}: {} — {}", number + 1, rule.phrase, rule.why));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        let mut found = Vec::new();
        let addresses = addresses("            Self::Need => \"needs\",");
        search(path, text, &addresses, &mut found);
        found.len()
    }

    #[test]
    fn phrases_are_found_where_they_may_not_be() {
        assert_eq!(found("app/src/a.rs", "view! { <textarea></textarea> }"), 1);
        assert_eq!(found("app/src/components/textarea.rs", "view! { <textarea></textarea> }"), 0);
        assert_eq!(found("server/src/a.rs", "let now = Utc::now();"), 1);
        assert_eq!(found("server/src/clock.rs", "let now = Utc::now();"), 0);
        assert_eq!(found("server/src/a.rs", "// never Utc::now()"), 0);
        assert_eq!(found("server/src/a.rs", "x.unwrap()\n#[cfg(test)]\nmod tests { y.unwrap() }"), 1);
        assert_eq!(found("server/src/a.rs", "    /// ```\n    /// assert!(true);\n    /// ```"), 1);
        assert_eq!(found("server/src/a.rs", "//! ```text\n//! key 1\n//! ```"), 0);
        assert_eq!(found("server/web/src/a.rs", "let to = format!(\"/needs/{code}/edit\");"), 1);
        assert_eq!(found("server/web/src/a.rs", "Route::get(\"/needs/{code}\", door, show)"), 0);
        assert_eq!(found("README.md", "cd /home/me/duijie"), 1);
        assert_eq!(found("README.md", "see docs/work/plan"), 0);
    }
}
