//! `cargo xtask test`: everything, with what it needs set up first and what was skipped named at the end.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Instant,
};

use anyhow::{Context as _, Result};
use quick_xml::{Reader, XmlVersion, events::Event};

use crate::{
    check, machine,
    postgres::Cluster,
    shell::{self, cargo, find, is_ci, say, step, target},
    site::{self, Grade},
};

/// Accessibility checks by axe-core, fetched for the run and kept out of the repository (MPL-2.0).
const AXE: &str = "axe-core@4.14.1";

/// All crates but this one.
const WHOLE: [&str; 3] = ["--workspace", "--exclude", "xtask"];

/// Runs all parts, even after one failed, so that one run shows everything.
fn all(filter: Option<&str>) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    if filter.is_none() {
        let begin = Instant::now();
        outcome.failed.extend(check::run());
        outcome.timings.push(("checks", begin.elapsed().as_secs()));
    }
    let begin = Instant::now();
    let machine = machine::prepare();
    outcome.skipped.extend(machine.missing().into_iter().map(|(_, part)| part.to_owned()));
    let site = site::build(Grade::Release)?;
    print!("{}", site.budget());
    outcome.timings.push(("site", begin.elapsed().as_secs()));

    let skips = target().join("skipped.txt");
    let _ = fs::remove_file(&skips);
    let mut settings: Vec<(&str, PathBuf)> = vec![
        ("DUIJIE_TEST_SKIPS", skips.clone()),
        // A test is a short process: clearing huge pages for it was a sixth of all its work.
        ("MIMALLOC_ALLOW_THP", "0".into()),
    ];
    settings.extend(machine.chromium.map(|path| ("DUIJIE_TEST_CHROMIUM", path)));
    settings.extend(machine.chromedriver.map(|path| ("DUIJIE_TEST_CHROMEDRIVER", path)));
    settings.extend(axe().map(|path| ("DUIJIE_TEST_AXE", path)));
    let cluster = machine.postgres.map(|programs| Cluster::start(&programs)).transpose()?;
    if let Some(cluster) = &cluster {
        settings.push(("DUIJIE_TEST_POSTGRES", cluster.url().into()));
    }

    let begin = Instant::now();
    let mut part = |name: &str, command: &mut Command| {
        if let Err(error) = step(command.envs(settings.iter().cloned())) {
            say(&format!("{error:#}"));
            outcome.failed.push(name.to_owned());
        }
    };
    let report = target().join("nextest/default/junit.xml");
    let _ = fs::remove_file(&report);
    part("tests", cargo(runner()).args(selection(filter)));
    if filter.is_none() {
        // Apart from the rest, since it is built already.
        part("tests of xtask", &mut cargo(["test", "--package", "xtask"]));
    }
    outcome.timings.push(("tests", begin.elapsed().as_secs()));
    drop(cluster);
    outcome.slowest = slowest(&report)?;
    outcome.skipped.extend(fs::read_to_string(&skips).unwrap_or_default().lines().map(str::to_owned));
    Ok(outcome)
}

/// What became of a run.
#[derive(Default)]
struct Outcome {
    failed: Vec<String>,
    skipped: BTreeSet<String>,
    /// Parts with the seconds they took.
    timings: Vec<(&'static str, u64)>,
    /// The tests that took longest, with their seconds.
    slowest: Vec<(f64, String)>,
}

/// `cargo xtask test`.
pub fn run(filter: Option<&str>) -> Result<()> {
    let mut outcome = all(filter)?;
    for (part, seconds) in &outcome.timings {
        say(&format!("{part}: {seconds} s"));
    }
    for (seconds, name) in &outcome.slowest {
        say(&format!("{seconds:>6.1} s  {name}"));
    }
    for part in &outcome.skipped {
        say(&format!("skipped: {part}"));
    }
    if is_ci() {
        outcome.failed.extend(outcome.skipped.iter().map(|part| format!("skipped {part}")));
    }
    check::verdict(outcome.failed)
}

/// The ten slowest tests of nextest's report; none where cargo ran them, which does not say.
fn slowest(report: &Path) -> Result<Vec<(f64, String)>> {
    let Ok(text) = fs::read_to_string(report) else { return Ok(Vec::new()) };
    let mut all = times(&text).with_context(|| report.display().to_string())?;
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    all.truncate(10);
    Ok(all)
}

/// Seconds and name of every test in a report in the form of `JUnit`.
fn times(report: &str) -> Result<Vec<(f64, String)>> {
    let mut reader = Reader::from_str(report);
    let mut all = Vec::new();
    loop {
        match reader.read_event()? {
            Event::Start(case) | Event::Empty(case) if case.name().as_ref() == "testcase" => {
                let value = |name: &str| -> Result<String> {
                    let found = case.try_get_attribute(name)?.with_context(|| format!("no {name}"))?;
                    Ok(found.normalized_value(XmlVersion::Implicit1_0)?.into_owned())
                };
                all.push((value("time")?.parse()?, format!("{} {}", value("classname")?, value("name")?)));
            }
            Event::Eof => return Ok(all),
            _ => {}
        }
    }
}

fn runner() -> Vec<&'static str> {
    let mut arguments = if find("cargo-nextest").is_some() {
        vec!["nextest", "run", "--no-fail-fast"]
    } else {
        vec!["test", "--no-fail-fast", "--lib", "--bins", "--tests"]
    };
    arguments.extend(WHOLE);
    arguments
}

/// Tests by their own name or the name of their file.
fn selection(filter: Option<&str>) -> Vec<String> {
    let Some(filter) = filter else {
        return Vec::new();
    };
    if find("cargo-nextest").is_some() {
        return vec!["-E".to_owned(), format!("test(~{filter}) | binary(~{filter})")];
    }
    vec![filter.to_owned()]
}

/// Fetches axe-core with npm once; the accessibility tests name themselves as skipped without it.
fn axe() -> Option<PathBuf> {
    let folder = target().join("axe");
    let script = folder.join("package/axe.min.js");
    if !script.exists() {
        let fetched = find("npm").context("no npm").and_then(|npm| {
            fs::create_dir_all(&folder)?;
            let mut pack = Command::new(npm);
            let archive = shell::read(pack.args(["pack", "--silent", AXE]).current_dir(&folder))?;
            shell::read(Command::new("tar").args(["-xzf", archive.trim()]).current_dir(&folder))
        });
        if let Err(error) = fetched {
            say(&format!("axe-core: {error:#}"));
        }
    }
    script.exists().then_some(script)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_tells_the_time_of_each_test() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nextest-run" tests="2" time="9.0"><testsuite name="search">
            <testcase name="a::is_quick" classname="search" timestamp="2026-12-01T14:00:00+00:00" time="0.25"/>
            <testcase name="b::fails" classname="search::lifecycle" time="7.5"><failure type="test failure"/></testcase>
            </testsuite></testsuites>"#;
        let wanted = [(0.25, "search a::is_quick".to_owned()), (7.5, "search::lifecycle b::fails".to_owned())].to_vec();
        assert_eq!(times(report).unwrap(), wanted);
    }
}
