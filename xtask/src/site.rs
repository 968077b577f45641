//! `target/site`: every file the browser loads, hashed, compressed and listed in `manifest.tsv`,
//! which `server/build.rs` reads.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};

use crate::{css, shell, wasm};

/// Bytes after brotli that a public page may cost (`kB` = 1000 bytes).
const CSS_BUDGET: usize = 20_000;
const SCRIPT_BUDGET: usize = 100_000;
/// The files a page's scripts consist of.
const SCRIPTS: [&str; 3] = ["boot.js", "app.js", "app.wasm"];

/// How much work goes into small files.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// As deployed.
    Release,
    /// Quickly built, for `cargo xtask dev`.
    Quick,
}

impl Grade {
    pub fn wasm_profile(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Quick => "dev",
        }
    }
}

/// A line of the manifest. Sizes in bytes.
#[derive(Clone)]
struct Entry {
    name: String,
    file: String,
    kind: String,
    raw: usize,
    gzip: usize,
    brotli: usize,
}

/// What lies in `target/site`.
pub struct Site {
    entries: Vec<Entry>,
    styles: String,
    scripts: String,
}

/// Builds what changed since the last time; the rest is taken from the manifest.
pub fn build(grade: Grade) -> Result<Site> {
    let root = shell::root();
    let folder = root.join("target/site");
    fs::create_dir_all(&folder)?;
    let old = read(&folder);
    let tools = fingerprint(&root, &["Cargo.lock", "xtask/Cargo.toml", "xtask/src"], "")?;
    let styles = fingerprint(&root, &["style"], &tools)?;
    let sources = ["Cargo.toml", ".cargo/config.toml", "rust-toolchain.toml", "app", "server/domain"];
    let scripts = fingerprint(&root, &sources, &format!("{tools}{}", grade.wasm_profile()))?;

    let kept = |is_script: bool| -> Vec<Entry> {
        old.entries.iter().filter(|e| SCRIPTS.contains(&e.name.as_str()) == is_script).cloned().collect()
    };
    let mut entries = if old.styles == styles { kept(false) } else { pack_styles(&root.join("style"), &folder)? };
    entries.extend(if old.scripts == scripts { kept(true) } else { pack_scripts(&root, &folder, grade)? });
    let site = Site { entries, styles, scripts };
    if site.text() != old.text() {
        write_whole(&folder.join("manifest.tsv"), site.text().as_bytes())?;
        sweep(&folder, &site)?;
    }
    Ok(site)
}

impl Site {
    /// The manifest. Lines that begin with `#` are for this program.
    fn text(&self) -> String {
        let mut text = format!("#styles\t{}\n#scripts\t{}\n", self.styles, self.scripts);
        for e in &self.entries {
            let _ = writeln!(text, "{}\t{}\t{}\t{}\t{}\t{}", e.name, e.file, e.kind, e.raw, e.gzip, e.brotli);
        }
        text
    }

    /// What a page costs besides its HTML, against the budget.
    pub fn budget(&self) -> String {
        let sum = |names: &[&str]| -> usize {
            self.entries.iter().filter(|e| names.contains(&e.name.as_str())).map(|e| e.brotli).sum()
        };
        let mut text = String::from("page budget, bytes after brotli\n");
        for (label, size, most) in
            [("CSS", sum(&["style.css"]), CSS_BUDGET), ("JS + WASM", sum(&SCRIPTS), SCRIPT_BUDGET)]
        {
            let _ = writeln!(text, "{}", budget_line(label, size, most));
        }
        text
    }
}

/// One line of the budget.
pub fn budget_line(label: &str, size: usize, most: usize) -> String {
    let verdict = if size <= most { "ok" } else { "OVER" };
    format!("  {label:<24} {size:>7} of {most:>7}  {verdict}")
}

fn pack_styles(style: &Path, folder: &Path) -> Result<Vec<Entry>> {
    let mut entries = vec![pack(folder, "style.css", css::bundle(style)?.as_bytes(), Grade::Release)?];
    for path in files(style)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if matches!(path.extension().and_then(|e| e.to_str()), Some("svg" | "png")) {
            entries.push(pack(folder, &name, &fs::read(&path)?, Grade::Release)?);
        }
    }
    Ok(entries)
}

fn pack_scripts(root: &Path, folder: &Path, grade: Grade) -> Result<Vec<Entry>> {
    let module = wasm::build(grade)?;
    let code = pack(folder, "app.wasm", &module.code, grade)?;
    let script = pack(folder, "app.js", module.script.as_bytes(), grade)?;
    let boot = fs::read_to_string(root.join("app/boot.js")).context("app/boot.js")?;
    let boot: String = boot
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .fold(String::new(), |text, line| text + line.trim() + "\n");
    let boot = boot
        .replace("\"./app.js\"", &format!("\"./{}\"", script.file))
        .replace("\"./app.wasm\"", &format!("\"./{}\"", code.file));
    let boot = pack(folder, "boot.js", boot.as_bytes(), grade)?;
    Ok(vec![boot, script, code])
}

/// Writes a file under a name with its hash, and its two compressed forms.
fn pack(folder: &Path, name: &str, bytes: &[u8], grade: Grade) -> Result<Entry> {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let file = format!("{stem}.{}.{extension}", &hex(&Sha256::digest(bytes))[..16]);
    let kind = match extension {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    };
    let mut br = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: if grade == Grade::Release { 11 } else { 1 },
        ..Default::default()
    };
    brotli::BrotliCompress(&mut &*bytes, &mut br, &parameters)?;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gz.write_all(bytes)?;
    let gz = gz.finish()?;
    let path = folder.join(&file);
    fs::write(&path, bytes)?;
    for (form, extension) in [(&br, "br"), (&gz, "gz")] {
        let path = folder.join(format!("{file}.{extension}"));
        if form.len() < bytes.len() {
            fs::write(path, form)?;
        }
    }
    Ok(Entry {
        name: name.to_owned(),
        file,
        kind: kind.to_owned(),
        raw: bytes.len(),
        gzip: gz.len().min(bytes.len()),
        brotli: br.len().min(bytes.len()),
    })
}

/// What the last build left; nothing where a file of it is gone.
fn read(folder: &Path) -> Site {
    let text = fs::read_to_string(folder.join("manifest.tsv")).unwrap_or_default();
    let mut site = Site { entries: Vec::new(), styles: String::new(), scripts: String::new() };
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let size = |at: usize| fields.get(at).and_then(|f| f.parse().ok()).unwrap_or_default();
        match fields[..] {
            ["#styles", hash] => hash.clone_into(&mut site.styles),
            ["#scripts", hash] => hash.clone_into(&mut site.scripts),
            [name, file, kind, ..] if folder.join(file).exists() => site.entries.push(Entry {
                name: name.to_owned(),
                file: file.to_owned(),
                kind: kind.to_owned(),
                raw: size(3),
                gzip: size(4),
                brotli: size(5),
            }),
            _ => {
                return Site { entries: Vec::new(), styles: String::new(), scripts: String::new() };
            }
        }
    }
    site
}

/// Removes the files of earlier builds.
fn sweep(folder: &Path, site: &Site) -> Result<()> {
    let keep: BTreeSet<&str> = site.entries.iter().map(|e| e.file.as_str()).collect();
    for path in files(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let plain = name.strip_suffix(".br").or_else(|| name.strip_suffix(".gz")).unwrap_or(&name);
        if name != "manifest.tsv" && !keep.contains(plain) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = path.with_extension("new");
    fs::write(&beside, bytes)?;
    fs::rename(&beside, path)?;
    Ok(())
}

/// A hash over the names and contents of these files and folders.
fn fingerprint(root: &Path, parts: &[&str], seed: &str) -> Result<String> {
    let mut hash = Sha256::new();
    hash.update(seed);
    for part in parts {
        let path = root.join(part);
        for file in if path.is_dir() { files(&path)? } else { vec![path] } {
            hash.update(file.strip_prefix(root).unwrap_or(&file).to_string_lossy().as_bytes());
            hash.update([0]);
            hash.update(fs::read(&file).with_context(|| file.display().to_string())?);
        }
    }
    Ok(hex(&hash.finalize()))
}

/// The files in a folder and the folders in it, sorted; no hidden ones and none of other crates.
pub fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
