//! The steps of the schema: which of them a database has taken, what the missing ones touch, and a trial of them that
//! leaves nothing behind.

use crate::base::sealed::Sealer;
use crate::db::{Db, Opening, Options, Pools, sqlite};
use crate::{Error, Result};
use sqlx::{Connection, Executor};
use std::path::Path;

/// One step of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The number before its name.
    pub version: i64,
    pub name: String,
    pub taken: bool,
    /// Tables of before that it changes, each with the statement that does: readers and writers of them wait.
    pub touches: Vec<String>,
}

/// How a database stands to the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schema {
    /// In their order, those that the database has and those that it lacks.
    pub steps: Vec<Step>,
    /// Steps taken that this program does not know, or knows otherwise.
    pub foreign: Vec<i64>,
}

impl Schema {
    pub fn missing(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| !step.taken)
    }
}

/// What a step does to tables that it does not make itself.
fn touches(sql: &str) -> Vec<String> {
    const CHANGES: [(&str, &str); 6] = [
        ("ALTER TABLE ", "ALTER TABLE"),
        ("DROP TABLE ", "DROP TABLE"),
        ("UPDATE ", "UPDATE"),
        ("DELETE FROM ", "DELETE"),
        ("INSERT INTO ", "INSERT"),
        ("CREATE TRIGGER ", "CREATE TRIGGER"),
    ];
    let (mut made, mut found) = (Vec::new(), Vec::new());
    for statement in statements(sql) {
        let first_word = |text: &str| {
            text.trim_start_matches("IF EXISTS ")
                .trim_start_matches("IF NOT EXISTS ")
                .trim_start_matches("ONLY ")
                .split(|c: char| !(c.is_alphanumeric() || c == '_'))
                .next()
                .unwrap_or_default()
                .to_owned()
        };
        if let Some(rest) = statement.strip_prefix("CREATE TABLE ") {
            made.push(first_word(rest));
            continue;
        }
        let change = CHANGES.iter().find_map(|(begin, name)| Some((statement.strip_prefix(begin)?, *name)));
        let (table, what) = match change {
            Some((rest, what @ "CREATE TRIGGER")) => (rest.split_once(" ON ").map(|(_, on)| first_word(on)), what),
            Some((rest, what)) => (Some(first_word(rest)), what),
            None if statement.starts_with("CREATE ") && statement.contains(" INDEX ") => {
                (statement.split_once(" ON ").map(|(_, on)| first_word(on)), "CREATE INDEX")
            }
            None => (None, ""),
        };
        if let Some(table) = table.filter(|table| !made.contains(table)) {
            let line = format!("{table} ({what})");
            if !found.contains(&line) {
                found.push(line);
            }
        }
    }
    found
}

/// The statements of a step, each on one line and without comments. Bodies of triggers fall apart, which does no harm.
fn statements(sql: &str) -> Vec<String> {
    let code: Vec<&str> = sql.lines().map(|line| line.split("--").next().unwrap_or_default()).collect();
    let one = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    code.join("\n").split(';').map(one).filter(|text| !text.is_empty()).collect()
}

impl Db {
    /// Opens a database that is there, whatever its schema, for reading alone.
    pub async fn open_as_it_stands(options: &Options, sealer: Sealer) -> Result<Self> {
        Self::open_with(options, sealer, Opening::Reading).await
    }

    /// Which steps the database has taken and which it lacks; nothing is written.
    pub async fn schema(&self) -> Schema {
        let taken = self.taken().await;
        let migrator = self.migrator();
        let steps: Vec<Step> = migrator
            .iter()
            .map(|step| Step {
                version: step.version,
                name: step.description.to_string(),
                taken: taken.iter().any(|(version, sum)| *version == step.version && **sum == *step.checksum),
                touches: touches(step.sql.as_str()),
            })
            .collect();
        let known = |version: i64| steps.iter().any(|step| step.version == version && step.taken);
        let foreign = taken.iter().map(|(version, _)| *version).filter(|version| !known(*version)).collect();
        Schema { steps, foreign }
    }

    /// Takes the missing steps and undoes them: on a copy in `beside` (SQLite, which needs as much room as the database),
    /// or in a transaction that is rolled back (PostgreSQL, where what the steps touch is locked meanwhile).
    pub async fn try_steps(&self, beside: &Path) -> Result<()> {
        let migrator = self.migrator();
        match &*self.pools {
            Pools::Sqlite { .. } => {
                let copy = beside.join("trial.sqlite3");
                self.copy_to(&copy).await?;
                let connect = sqlite(&format!("sqlite://{}", copy.display()), Opening::Passing)?;
                let mut connection = sqlx::SqliteConnection::connect_with(&connect).await?;
                migrator.run(&mut connection).await?;
                let broken: Vec<(String,)> =
                    sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check").fetch_all(&mut connection).await?;
                connection.close().await?;
                if broken.is_empty() { Ok(()) } else { Err(Error::Schema("not whole after the missing steps")) }
            }
            Pools::Postgres(pool) => {
                let mut connection = pool.acquire().await?.detach();
                for setting in ["SET statement_timeout = 0", "SET lock_timeout = '5s'"] {
                    connection.execute(setting).await?;
                }
                connection.execute("SET default_transaction_read_only = off").await?;
                let mut tx = connection.begin().await?;
                let tried = migrator.run(&mut *tx).await;
                // Undone whether they went well or not.
                tx.rollback().await?;
                connection.close().await?;
                Ok(tried?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_names_the_tables_that_wait() {
        let sql = "-- ALTER TABLE not_this ADD x;\nCREATE TABLE made (id INTEGER);\nCREATE INDEX a ON made (id);\n\
            ALTER TABLE needs ADD COLUMN x TEXT;\nALTER TABLE needs ADD COLUMN y TEXT;\nUPDATE claims\n  SET x = 1;\n\
            CREATE UNIQUE INDEX b ON lines (id) WHERE x IS NULL;\nDROP TABLE IF EXISTS old;\nDELETE FROM gone;";
        let wanted =
            ["needs (ALTER TABLE)", "claims (UPDATE)", "lines (CREATE INDEX)", "old (DROP TABLE)", "gone (DELETE)"];
        assert_eq!(touches(sql), wanted);
    }
}
