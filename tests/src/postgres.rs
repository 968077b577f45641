//! A fresh PostgreSQL database for one test, dropped afterwards.
//!
//! `DUIJIE_TEST_POSTGRES` names a database of a server whose user may create others, such as
//! `postgres://duijie@127.0.0.1:5432/postgres`; `cargo xtask test` starts such a server. On a server of one's own each
//! folder of builds leaves one database behind, the template of its worlds (`duijie_test_template_…`).

use std::{
    env, process,
    sync::atomic::{AtomicU32, Ordering},
    thread,
};

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// Lives as long as its test.
#[derive(Debug)]
pub struct Database {
    server: String,
    name: String,
    url: String,
}

/// Address of the server; `None` after [`crate::skip`] where there is none.
pub(crate) fn server() -> Option<String> {
    let server = env::var("DUIJIE_TEST_POSTGRES").ok();
    if server.is_none() {
        crate::skip("tests on PostgreSQL: DUIJIE_TEST_POSTGRES is not set");
    }
    server
}

impl Database {
    /// Creates an empty one; `None` after [`crate::skip`] where there is no server.
    pub async fn create() -> Result<Option<Self>> {
        let Some(server) = server() else { return Ok(None) };
        Self::create_on(&server).await.map(Some)
    }

    pub(crate) async fn create_on(server: &str) -> Result<Self> {
        Self::from_template(&mut connect(server).await?, server, "template0").await
    }

    /// A copy of another that was kept with this remark; `None` where there is none such.
    pub(crate) async fn copy_on(server: &str, template: &str, remark: &str) -> Result<Option<Self>> {
        let mut connection = connect(server).await?;
        let query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = $1";
        let found: Option<Option<String>> =
            sqlx::query_scalar(query).bind(template).fetch_optional(&mut connection).await?;
        if found.flatten().as_deref() != Some(remark) {
            return Ok(None);
        }
        Self::from_template(&mut connection, server, template).await.map(Some)
    }

    async fn from_template(connection: &mut PgConnection, server: &str, template: &str) -> Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Each test may be a process of its own, and the server serves only this run.
        let name = format!("duijie_test_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let (address, parameters) = match server.split_once('?') {
            Some((address, parameters)) => (address, format!("?{parameters}")),
            None => (server, String::new()),
        };
        let (host, _) = address.rsplit_once('/').context("DUIJIE_TEST_POSTGRES names no database")?;
        let url = format!("{host}/{name}{parameters}");
        run(connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        // Without a checkpoint of the whole cluster.
        run(connection, format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")).await?;
        Ok(Self { server: server.to_owned(), name, url })
    }

    /// Keeps it for [`Self::copy_on`] under another name, in place of one that bears it. Nobody may be connected.
    pub(crate) async fn keep_as(self, name: &str, remark: &str) -> Result<()> {
        let mut connection = connect(&self.server).await?;
        // Names of files are no SQL; quotes may stand in them.
        let remark = remark.replace('\'', "''");
        run(&mut connection, format!("COMMENT ON DATABASE {} IS '{remark}'", self.name)).await?;
        run(&mut connection, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        run(&mut connection, format!("ALTER DATABASE {} RENAME TO {name}", self.name)).await
    }

    /// Its address, for [`storage::Db`].
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, statement) = (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A runtime cannot be entered twice from one thread, and this must also happen after a panic.
        let dropped = thread::spawn(move || -> Result<()> {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?
                .block_on(async { run(&mut connect(&server).await?, statement).await })
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the database {} was left behind", self.name);
        }
    }
}

async fn connect(server: &str) -> Result<PgConnection> {
    PgConnection::connect(server).await.context("cannot reach DUIJIE_TEST_POSTGRES")
}

/// Runs a statement whose names are numbers, or made here.
async fn run(connection: &mut PgConnection, statement: String) -> Result<()> {
    connection.execute(AssertSqlSafe(statement)).await?;
    Ok(())
}
