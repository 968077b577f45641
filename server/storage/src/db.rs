//! The two engines behind one door.

use crate::base::sealed::Sealer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, PgPool, Postgres, Sqlite, SqlitePool, Transaction};
use std::path::Path;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

/// What went wrong in storage. Display text is for logs: no values in it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("database: {}", describe(.0))]
    Sqlx(sqlx::Error),
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    #[error("unsupported database address; use sqlite://PATH or postgres://…")]
    Address,
    #[error("a sealed value cannot be opened ({0})")]
    Sealed(&'static str),
    #[error("a sealed value needs the key {key}, which is not in the key ring ({table})")]
    NoKey { table: &'static str, key: String },
    #[error("{0}")]
    Role(&'static str),
    #[error("there is no database at {0}")]
    Missing(String),
    /// The database's file can be read by others, and that could not be changed.
    #[error("{0} can be read by other accounts of this machine; make it its owner's alone (chmod 600)")]
    Open(String),
    #[error("the schema of the database is {0}")]
    Schema(&'static str),
    #[error("stored JSON does not read back ({0})")]
    Json(&'static str),
}

pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        Self::Sqlx(error)
    }
}

impl Error {
    /// A unique index refused the row.
    pub fn is_unique(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::Database(error)) if error.is_unique_violation())
    }

    /// The storage cannot be written or reached at the moment.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Sqlx(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_)))
            || matches!(self, Self::Sqlx(sqlx::Error::Database(error)) if matches!(error.code().as_deref(), Some("5" | "8" | "10" | "13" | "25006" | "57P01" | "57P03" | "53300")))
    }
}

/// Database errors may quote values ("Key (username)=(…)"): keep code and constraint only.
fn describe(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => {
            format!("code {} constraint {}", error.code().unwrap_or_default(), error.constraint().unwrap_or("-"))
        }
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} does not decode"),
        other => other.to_string(),
    }
}

/// How to open a database.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://PATH` or `postgres://USER@HOST/NAME`.
    pub url: String,
    /// Connections for readers (SQLite) or in all (PostgreSQL).
    pub connections: u32,
}

pub(crate) enum Pools {
    /// SQLite has one writer; readers do not wait for it (WAL).
    Sqlite {
        reader: SqlitePool,
        writer: SqlitePool,
    },
    Postgres(PgPool),
}

/// An open database with its sealer.
#[derive(Clone)]
pub struct Db {
    pub(crate) pools: Arc<Pools>,
    sealer: Arc<Sealer>,
    unseen: Arc<Sealer>,
}

/// A transaction on either engine. Dropped without [`Tx::commit`], it undoes itself.
pub enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs the body on the connection of either engine: written once, compiled twice.
macro_rules! on {
    ($tx:expr, |$c:ident| $body:expr) => {{
        $crate::counted::note(concat!(file!(), ":", line!()));
        match $tx {
            $crate::Tx::Sqlite(inner) => {
                let $c = &mut **inner;
                $body.map_err($crate::Error::from)
            }
            $crate::Tx::Postgres(inner) => {
                let $c = &mut **inner;
                $body.map_err($crate::Error::from)
            }
        }
    }};
}

/// Marks a statement, so that the test that prepares every statement on both
/// schemas finds it.
macro_rules! sql {
    ($text:literal) => {
        $text
    };
}

/// How many ids one statement asks for: both engines prepare `IN ($1, …, $40)` once.
pub const PORTION: usize = 40;
/// As [`PORTION`], for what a desk shows: up to `$200`.
pub(crate) const WIDE: usize = 200;

/// All rows of a statement over `IN ($1, …, $40)`, portion by portion; a short portion repeats its last id. What else it
/// asks for is bound first: `IN ($2, …, $41)` beside one other value.
macro_rules! of_ids {
    ($tx:expr, $statement:expr, $ids:expr $(, $more:expr)*) => {
        of_ids!($crate::db::PORTION; $tx, $statement, $ids $(, $more)*)
    };
    ($portion:expr; $tx:expr, $statement:expr, $ids:expr $(, $more:expr)*) => {{
        let mut rows = Vec::new();
        for portion in $ids.chunks($portion) {
            let padded = portion.iter().chain(std::iter::repeat(&portion[portion.len() - 1]));
            let mut some: Vec<_> = on!(&mut *$tx, |c| padded
                .take($portion)
                .fold(sqlx::query_as($statement)$(.bind($more))*, |query, id| query.bind(id))
                .fetch_all(c)
                .await)?;
            rows.append(&mut some);
        }
        Ok::<_, $crate::Error>(rows)
    }};
}

impl Db {
    pub async fn open(options: &Options, sealer: Sealer) -> Result<Self> {
        Self::open_with(options, sealer, Opening::Durable).await
    }

    /// Opens a database that is there, for reading alone: nothing is made, migrated or written.
    pub async fn open_to_read(options: &Options, sealer: Sealer) -> Result<Self> {
        let db = Self::open_with(options, sealer, Opening::Reading).await?;
        db.is_of_this_program().await?;
        Ok(db)
    }

    /// Opens a database whose commits need not outlive a power cut: for data that
    /// can be made again from nothing, such as the demo's while it is filled.
    pub async fn open_passing(options: &Options, sealer: Sealer) -> Result<Self> {
        Self::open_with(options, sealer, Opening::Passing).await
    }

    pub(crate) async fn open_with(options: &Options, sealer: Sealer, opening: Opening) -> Result<Self> {
        let pools = if options.url.starts_with("sqlite:") {
            let connect = sqlite(&options.url, opening)?;
            // A file is there or not: no connection to it goes stale in the pool. One whose rollback failed, as on a
            // full disk, would refuse every later transaction.
            let pool = SqlitePoolOptions::new()
                .test_before_acquire(false)
                .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }));
            let writer = pool
                .clone()
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(20))
                .connect_with(connect.clone())
                .await?;
            let reader = pool
                .max_connections(options.connections.max(1))
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(connect.pragma("query_only", "on"))
                .await?;
            Pools::Sqlite { reader, writer }
        } else if options.url.starts_with("postgres:") || options.url.starts_with("postgresql:") {
            let mut connect =
                PgConnectOptions::from_str(&options.url)?.application_name("duijie").options(POSTGRES_LIMITS);
            connect = match opening {
                Opening::Durable => connect,
                Opening::Passing => connect.options([("synchronous_commit", "off")]),
                Opening::Reading => connect.options([("default_transaction_read_only", "on")]),
            };
            let pool = PgPoolOptions::new()
                .max_connections(options.connections.max(2))
                .acquire_timeout(Duration::from_secs(10))
                .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
                .connect_with(connect)
                .await?;
            Pools::Postgres(pool)
        } else {
            return Err(Error::Address);
        };
        Ok(Self { pools: Arc::new(pools), unseen: Arc::new(sealer.unseen()), sealer: Arc::new(sealer) })
    }

    /// Refuses a schema that is older or newer than what the program knows.
    async fn is_of_this_program(&self) -> Result<()> {
        let known: Vec<(i64, Vec<u8>)> = self.migrator().iter().map(|m| (m.version, m.checksum.to_vec())).collect();
        match self.taken().await {
            run if run.is_empty() => Err(Error::Schema("not there: this is no database of duijie")),
            run if run == known => Ok(()),
            run if known.starts_with(&run) => Err(Error::Schema("older than this program; run `duijie migrate`")),
            _ => Err(Error::Schema("newer than this program, or of another one; use the program that wrote it")),
        }
    }

    /// Number and fingerprint of each step taken; none where this is no database of the program.
    pub(crate) async fn taken(&self) -> Vec<(i64, Vec<u8>)> {
        let statement = "SELECT version, checksum FROM _sqlx_migrations WHERE success ORDER BY version";
        match &*self.pools {
            Pools::Sqlite { reader, .. } => sqlx::query_as(statement).fetch_all(reader).await.unwrap_or_default(),
            Pools::Postgres(pool) => sqlx::query_as(statement).fetch_all(pool).await.unwrap_or_default(),
        }
    }

    pub(crate) fn migrator(&self) -> sqlx::migrate::Migrator {
        match &*self.pools {
            Pools::Sqlite { .. } => sqlx_macros::migrate!("../../migrations/sqlite"),
            Pools::Postgres(_) => sqlx_macros::migrate!("../../migrations/postgres"),
        }
    }

    /// Writes a consistent copy of an SQLite database into a file that is not there yet, while others read and write.
    pub async fn copy_to(&self, file: &Path) -> Result<()> {
        let Pools::Sqlite { reader, .. } = &*self.pools else {
            return Err(Error::Role("a PostgreSQL database is copied with pg_dump"));
        };
        // A connection of its own: copying is no query, and takes as long as it takes.
        let mut connection = sqlx::SqliteConnection::connect_with(
            &(*reader.connect_options()).clone().pragma("query_only", "off").create_if_missing(false),
        )
        .await?;
        sqlx::query("VACUUM INTO $1").bind(file.to_string_lossy().as_ref()).execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Writes and undoes it: whether the database takes anything at all.
    pub async fn probe(&self) -> Result<()> {
        let mut tx = self.write().await?;
        tx.next_number("probe").await?;
        tx.undo().await
    }

    /// Brings the schema up to date. Refuses a database newer than the program.
    pub async fn migrate(&self) -> Result<()> {
        match &*self.pools {
            Pools::Sqlite { writer, .. } => self.migrator().run(writer).await?,
            // The role that the site works as may not create anything, and need not where nothing is missing.
            Pools::Postgres(pool) => {
                if self.is_of_this_program().await.is_err() {
                    let mut connection = pool.acquire().await?.detach();
                    // A migration takes as long as it takes.
                    connection.execute("SET statement_timeout = 0").await?;
                    connection.execute("SET lock_timeout = '60s'").await?;
                    self.migrator().run(&mut connection).await?;
                    connection.close().await?;
                }
            }
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(&*self.pools, Pools::Sqlite { .. })
    }

    /// Seals; opens what somebody will see, and counts it.
    pub fn sealer(&self) -> &Sealer {
        &self.sealer
    }

    /// As [`Db::sealer`], for what nobody gets to see: compared, masked, decided upon, or the reader's own.
    pub fn unseen(&self) -> &Sealer {
        &self.unseen
    }

    /// A consistent view for reading.
    pub async fn read(&self) -> Result<Tx> {
        Ok(match &*self.pools {
            Pools::Sqlite { reader, .. } => Tx::Sqlite(reader.begin().await?),
            Pools::Postgres(pool) => {
                Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await?)
            }
        })
    }

    /// A transaction that writes.
    pub async fn write(&self) -> Result<Tx> {
        Ok(match &*self.pools {
            Pools::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Pools::Postgres(pool) => Tx::Postgres(pool.begin().await?),
        })
    }

    pub async fn close(&self) {
        match &*self.pools {
            Pools::Sqlite { reader, writer } => {
                reader.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Tx {
    pub async fn commit(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    /// Undoes everything, and says whether that went well.
    pub async fn undo(self) -> Result<()> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await?,
            Self::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    pub fn is_sqlite(&self) -> bool {
        matches!(self, Self::Sqlite(_))
    }

    /// Next number of a series behind readable codes.
    pub async fn next_number(&mut self, series: &str) -> Result<i64> {
        let statement = sql!(
            "INSERT INTO counters (series, value) VALUES ($1, 1) ON CONFLICT (series) DO UPDATE SET value = counters.value + 1 RETURNING value"
        );
        let (value,): (i64,) = on!(self, |c| sqlx::query_as(statement).bind(series).fetch_one(c).await)?;
        Ok(value)
    }

    /// Prepares a statement without running it, for the test that checks them all.
    pub async fn prepare(&mut self, statement: &str) -> Result<()> {
        use sqlx::SqlSafeStr;
        let safe = AssertSqlSafe(statement.to_owned()).into_sql_str();
        match self {
            Self::Sqlite(tx) => {
                (**tx).prepare(safe).await?;
            }
            Self::Postgres(tx) => {
                (**tx).prepare(safe).await?;
            }
        }
        Ok(())
    }
}

/// How a database is opened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// What is committed outlives a power cut.
    Durable,
    /// It need not.
    Passing,
    /// Nothing is written or made.
    Reading,
}

/// A statement that hangs, a lock that never comes and a transaction that is forgotten end by themselves.
const POSTGRES_LIMITS: [(&str, &str); 3] =
    [("statement_timeout", "5min"), ("lock_timeout", "30s"), ("idle_in_transaction_session_timeout", "10min")];

pub(crate) fn sqlite(url: &str, opening: Opening) -> Result<SqliteConnectOptions> {
    let connect = SqliteConnectOptions::from_str(url)?
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(10))
        .pragma("cache_size", "-8000")
        // What is taken away is gone from the file as well.
        .pragma("secure_delete", "on")
        .pragma("temp_store", "memory");
    if opening == Opening::Reading {
        let file = connect.get_filename();
        if !file.is_file() {
            return Err(Error::Missing(file.display().to_string()));
        }
        return Ok(connect.read_only(true));
    }
    private(connect.get_filename())?;
    Ok(connect
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(if opening == Opening::Passing { SqliteSynchronous::Off } else { SqliteSynchronous::Full }))
}

/// Whoever may read the file may read every card and every name of an office: it is its owner's alone, and what SQLite
/// puts beside it takes after it.
#[cfg(unix)]
fn private(file: &Path) -> Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let name = file.to_string_lossy();
    if name.is_empty() || name.starts_with(':') || name.starts_with("file:") {
        return Ok(());
    }
    match std::fs::metadata(file) {
        Ok(found) if found.permissions().mode() & 0o077 != 0 => {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o600))
                .map_err(|_| Error::Open(file.display().to_string()))
        }
        Ok(_) => Ok(()),
        Err(_) => {
            // Where it cannot be made, SQLite says why.
            let _ = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
            Ok(())
        }
    }
}

#[cfg(not(unix))]
fn private(_: &Path) -> Result<()> {
    Ok(())
}

/// End of the half-open range of division codes that start with `scope`
/// (`code >= scope AND code < scope_end(scope)`): `~` sorts after every digit.
pub fn scope_end(scope: &str) -> String {
    format!("{scope}~")
}

/// A pattern for `LIKE … ESCAPE '!'` that finds the text anywhere: its own wildcards mean themselves.
pub fn like_part(text: &str) -> String {
    let mut out = String::from("%");
    for c in text.chars().filter(|c| !c.is_control()) {
        if matches!(c, '%' | '_' | '!') {
            out.push('!');
        }
        out.push(c);
    }
    out.push('%');
    out
}
