//! Puts the site's files (style sheet, scripts, WebAssembly) into the binary.
//!
//! `cargo xtask` leaves them, hashed and precompressed, in `target/site` with a `manifest.tsv`
//! (`DUIJIE_SITE_DIR` names another folder). Without them, as in a plain `cargo build`, the style sheets
//! go in as they were written and the pages do without scripts.

use std::{
    collections::hash_map::DefaultHasher,
    env,
    error::Error,
    fmt::Write as _,
    fs,
    hash::{Hash as _, Hasher as _},
    path::{Path, PathBuf},
};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("..");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=DUIJIE_SITE_DIR");
    let site = match env::var_os("DUIJIE_SITE_DIR") {
        Some(folder) => PathBuf::from(folder),
        None => root.join("target/site"),
    };
    let manifest = site.join("manifest.tsv");
    if !manifest.exists() {
        // Cargo takes a watched file that is missing for one that changed and would build this crate
        // anew each time; an empty manifest says "no site yet" once.
        fs::create_dir_all(&site)?;
        fs::write(&manifest, "")?;
    }
    println!("cargo::rerun-if-changed={}", manifest.display());

    let text = fs::read_to_string(&manifest)?;
    let mut table = String::new();
    let built = text.lines().any(|line| !line.starts_with('#'));
    if built {
        from_manifest(&site, &text, &mut table)?;
    } else {
        println!("cargo::rerun-if-changed={}", root.join("style").display());
        from_sources(&root.join("style"), &mut table)?;
    }
    let code = format!("const SCRIPTS: bool = {built};\nstatic FILES: &[Asset] = &[\n{table}];\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("site.rs"), code)?;
    Ok(())
}

/// A line of the manifest: logical name, file, content type, and more for people.
fn from_manifest(site: &Path, text: &str, table: &mut String) -> Result<(), Box<dyn Error>> {
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(name), Some(file), Some(kind)) = (fields.next(), fields.next(), fields.next()) else {
            return Err(format!("manifest.tsv: cannot read the line {line:?}").into());
        };
        entry(table, name, file, kind, &site.join(file), Some(site))?;
    }
    Ok(())
}

/// The style sheets one after another in the same order as the bundler's, and what else `style/` holds.
fn from_sources(style: &Path, table: &mut String) -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files: Vec<PathBuf> =
        fs::read_dir(style)?.map(|entry| entry.map(|e| e.path())).collect::<Result<_, _>>()?;
    files.sort_by_key(|path| {
        let first = ["tokens.css", "base.css", "components.css"];
        let place = first.iter().position(|name| path.ends_with(name)).unwrap_or(first.len());
        (place, path.clone())
    });
    let mut css = String::new();
    for path in files {
        let (Some(name), Some(extension)) =
            (path.file_name().and_then(|n| n.to_str()), path.extension().and_then(|e| e.to_str()))
        else {
            continue;
        };
        match extension {
            "css" => {
                css.push_str(&fs::read_to_string(&path)?);
                css.push('\n');
            }
            "svg" => plain(table, name, "image/svg+xml", &fs::read(&path)?, &out)?,
            "png" => plain(table, name, "image/png", &fs::read(&path)?, &out)?,
            _ => {}
        }
    }
    plain(table, "style.css", "text/css; charset=utf-8", css.as_bytes(), &out)
}

fn plain(table: &mut String, name: &str, kind: &str, bytes: &[u8], out: &Path) -> Result<(), Box<dyn Error>> {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "bin"));
    let file = format!("{stem}.{:016x}.{extension}", hasher.finish());
    let path = out.join(name);
    fs::write(&path, bytes)?;
    entry(table, name, &file, kind, &path, None)
}

fn entry(
    table: &mut String,
    name: &str,
    file: &str,
    kind: &str,
    path: &Path,
    packed: Option<&Path>,
) -> Result<(), Box<dyn Error>> {
    let include = |path: &Path| -> Result<String, Box<dyn Error>> {
        Ok(format!("include_bytes!({:?})", fs::canonicalize(path)?.display().to_string()))
    };
    let side = |extension: &str| -> Result<String, Box<dyn Error>> {
        match packed.map(|site| site.join(format!("{file}.{extension}"))) {
            Some(path) if path.exists() => Ok(format!("Some({})", include(&path)?)),
            _ => Ok("None".to_owned()),
        }
    };
    writeln!(
        table,
        "    Asset {{ name: {name:?}, url: {:?}, bytes: {}, br: {}, gz: {}, content_type: {kind:?}, immutable: true }},",
        format!("/assets/{file}"),
        include(path)?,
        side("br")?,
        side("gz")?,
    )?;
    Ok(())
}
