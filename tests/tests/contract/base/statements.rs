//! Every statement of the storage prepares on both schemas, and the schemas are the same.

use std::{collections::BTreeMap, fs, path::Path};

use duijie_tests::world::{Engine, World};

duijie_tests::both_engines!(every_statement_prepares);

/// How many rows are declared by their columns.
fn declared_rows() -> usize {
    sources().iter().map(|(_, text)| text.matches("\nrow! {").count()).sum()
}

/// The Rust string literals after `sql!(`, with the file and line they stand in.
fn statements() -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, text) in sources() {
        for (at, _) in text.match_indices("sql!(") {
            let rest = text[at + 5..].trim_start();
            // The macro itself has no text.
            if let Some(literal) = literal(rest) {
                let line = text[..at].matches('\n').count() + 1;
                found.push((format!("{name}:{line}"), literal));
            }
        }
    }
    found
}

/// The files of the storage crate: name and text.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../server/storage/src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.file_name().unwrap().display().to_string();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    found
}

fn literal(text: &str) -> Option<String> {
    if let Some(raw) = text.strip_prefix("r#\"") {
        return raw.split_once("\"#").map(|(inside, _)| inside.to_owned());
    }
    if let Some(raw) = text.strip_prefix("r\"") {
        return raw.split_once('"').map(|(inside, _)| inside.to_owned());
    }
    let mut chars = text.strip_prefix('"')?.chars().peekable();
    let mut out = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(out),
            '\\' => match chars.next()? {
                '\n' => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                'n' => out.push('\n'),
                other => out.push(other),
            },
            other => out.push(other),
        }
    }
}

async fn every_statement_prepares(world: World) {
    let mut all = statements();
    // Those made of a row's list of columns; each row that is declared so is in the list.
    let rows = storage::row_statements();
    let inserts = rows.iter().filter(|statement| statement.starts_with("INSERT")).count();
    assert_eq!(inserts, declared_rows(), "a row's statements are missing in storage::row_statements");
    all.extend(rows.into_iter().map(|statement| ("a row".to_owned(), statement.to_owned())));
    // Those that a working list can become.
    all.extend(storage::list_statements().into_iter().map(|statement| ("a list".to_owned(), statement)));
    assert!(all.len() > 90, "only {} statements were found: is the scan broken?", all.len());
    let mut wrong = Vec::new();
    for (place, statement) in all {
        // One that only one engine has is written in that engine's arm, without the mark.
        let mut tx = world.read().await;
        if let Err(error) = tx.prepare(&statement).await {
            wrong.push(format!("{place}: {error:?}\n{statement}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// As `.cargo/config.toml` has it built; other settings work, too, and cost a tenth and more of a page.
#[tokio::test]
async fn sqlite_is_built_for_many_readers() {
    let Some(world) = World::create(Engine::Sqlite).await else { return };
    let options = world.texts("PRAGMA compile_options").await;
    let has = |name: &str| options.iter().any(|option| option == name);
    assert!(has("ENABLE_QPSG"), "plans change with the values bound");
    assert!(!has("ENABLE_MEMORY_MANAGEMENT"), "connections share one lock for their pages");
    assert!(has("DEFAULT_MEMSTATUS=0"), "every allocation takes a lock to be counted");
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_and_columns() {
    let Some(sqlite) = World::create(Engine::Sqlite).await else { return };
    let Some(postgres) = World::create(Engine::Postgres).await else { return };
    let mut shapes = Vec::new();
    for world in [&sqlite, &postgres] {
        let mut shape = BTreeMap::new();
        for table in world.tables().await {
            let columns = world.columns(&table).await;
            shape.insert(table, columns);
        }
        assert!(shape.len() > 15, "{shape:?}");
        shapes.push(shape);
    }
    for (table, columns) in &shapes[0] {
        assert_eq!(Some(columns), shapes[1].get(table), "{table}");
    }
    assert_eq!(shapes[0].len(), shapes[1].len());
}
