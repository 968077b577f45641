//! The islands for the browser: `app` compiled to WebAssembly with its JavaScript side.

use std::fs;

use anyhow::{Context as _, Result, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::{
    shell::{self, cargo, step, target},
    site::Grade,
};

const TARGET: &str = "wasm32-unknown-unknown";

/// What the browser loads.
pub struct Module {
    pub script: String,
    pub code: Vec<u8>,
}

/// Adds the target where rustup has it not yet. Without rustup the compiler's own answer has to do.
pub fn add_target() -> Result<()> {
    if shell::find("rustup").is_none() {
        return Ok(());
    }
    let mut list = std::process::Command::new("rustup");
    list.args(["target", "list", "--installed"]).current_dir(shell::root());
    if shell::read(&mut list)?.lines().any(|line| line.trim() == TARGET) {
        return Ok(());
    }
    step(std::process::Command::new("rustup").args(["target", "add", TARGET]).current_dir(shell::root()))
}

/// Arguments that name the crate, its side and where it is built: apart from the rest, so that neither waits.
pub fn selection() -> Vec<String> {
    let folder = target().join("wasm").display().to_string();
    ["--package", "app", "--lib", "--no-default-features", "--features", "hydrate", "--target", TARGET, "--target-dir"]
        .into_iter()
        .map(str::to_owned)
        .chain([folder])
        .collect()
}

/// Compiles and binds.
pub fn build(grade: Grade) -> Result<Module> {
    add_target()?;
    let profile = grade.wasm_profile();
    let mut command = cargo(["rustc", "--crate-type", "cdylib", "--profile", profile]);
    step(command.args(selection()))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let path = target().join("wasm").join(TARGET).join(folder).join("app.wasm");

    let mut output = Bindgen::new()
        .input_path(&path)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate_output()
        .with_context(|| format!("cannot bind {}", path.display()))?;
    if output.snippets().values().any(|files| !files.is_empty()) || !output.local_modules().is_empty() {
        bail!(
            "crates bring JavaScript files of their own into the browser, and the site serves app.js alone: {:?} {:?}",
            output.snippets(),
            output.local_modules().keys()
        );
    }
    let script = output.js().to_owned();
    let code = output.wasm_mut().emit_wasm();
    fs::metadata(&path)?;
    Ok(Module { script, code })
}
