//! A fresh PostgreSQL database for one test, dropped afterwards.
//!
//! `DUIJIE_TEST_POSTGRES` names a database of a server whose user may create others, such as
//! `postgres://duijie@127.0.0.1:5432/postgres`; `cargo xtask test` starts such a server.

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

impl Database {
    /// Creates an empty one; `None` after [`crate::skip`] where there is no server.
    pub async fn create() -> Result<Option<Self>> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let Ok(server) = env::var("DUIJIE_TEST_POSTGRES") else {
            crate::skip("tests on PostgreSQL: DUIJIE_TEST_POSTGRES is not set");
            return Ok(None);
        };
        // Each test may be a process of its own, and the server serves only this run.
        let name = format!("duijie_test_{}_{}", process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let (address, parameters) = match server.split_once('?') {
            Some((address, parameters)) => (address, format!("?{parameters}")),
            None => (server.as_str(), String::new()),
        };
        let (host, _) = address.rsplit_once('/').context("DUIJIE_TEST_POSTGRES names no database")?;
        let url = format!("{host}/{name}{parameters}");
        command(&server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await?;
        // A copy of the empty template without a checkpoint of the whole cluster.
        command(&server, format!("CREATE DATABASE {name} TEMPLATE template0 STRATEGY wal_log")).await?;
        Ok(Some(Self { server, name, url }))
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
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(command(&server, statement))
        })
        .join();
        if !matches!(dropped, Ok(Ok(()))) {
            eprintln!("the database {} was left behind", self.name);
        }
    }
}

async fn command(server: &str, statement: String) -> Result<()> {
    let mut connection = PgConnection::connect(server).await.context("cannot reach DUIJIE_TEST_POSTGRES")?;
    // Built from numbers alone.
    connection.execute(AssertSqlSafe(statement)).await?;
    connection.close().await?;
    Ok(())
}
