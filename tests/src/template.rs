//! One settled world per engine, made by the first test that wants it and copied for every other: on SQLite the file
//! and the index, on PostgreSQL `CREATE DATABASE … TEMPLATE`.
//!
//! Tests may be processes of their own, so it lies beside the built tests, in `target/…/worlds`. It belongs to one
//! build of one test program: after the next build the next test makes it anew.

use std::{
    env, fs,
    fs::File,
    hash::{DefaultHasher, Hash as _, Hasher as _},
    io,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    postgres::{self, Database},
    world::World,
};

/// The database's file in the folder of a world.
pub const SQLITE: &str = "duijie.sqlite3";
/// In the folder of a template, written last.
const SETTLED: &str = "settled.json";

/// Who lives in a settled world, and how far its random bytes have come.
#[derive(Serialize, Deserialize)]
pub struct Settled {
    /// In the order of [`crate::world::ACCOUNTS`].
    pub accounts: Vec<Account>,
    pub random: u64,
    pub nonces: u64,
}

/// An account of [`crate::world::ACCOUNTS`], with the organization it works for.
#[derive(Serialize, Deserialize)]
pub struct Account {
    pub id: Uuid,
    pub organization: Option<Uuid>,
    pub uscc: Option<String>,
}

impl Settled {
    /// Before anybody has moved in; the seeds of every world.
    pub fn nobody() -> Self {
        Self { accounts: Vec::new(), random: 1, nonces: 2 }
    }
}

#[derive(Serialize, Deserialize)]
struct Note {
    /// The test program it belongs to.
    build: String,
    settled: Settled,
}

/// Lays a settled world on SQLite into the folder.
pub async fn sqlite(into: &Path) -> Settled {
    let place = Place::of("sqlite").unwrap();
    let make = async || {
        let mut world = World::empty(tempfile::tempdir().unwrap(), None).await;
        world.settle().await;
        let settled = world.settled();
        let (dir, _) = world.close().await;
        // Closed as it is, all stands in the one file.
        fs::copy(dir.path().join(SQLITE), place.folder.join(SQLITE))?;
        copy(&dir.path().join("index"), &place.folder.join("index"))?;
        Ok(settled)
    };
    let take = async || {
        fs::copy(place.folder.join(SQLITE), into.join(SQLITE))?;
        copy(&place.folder.join("index"), &into.join("index"))?;
        Ok(Some(()))
    };
    place.taken(make, take).await.unwrap().1
}

/// A database with a settled world, and its index in the folder; `None` after [`crate::skip`] where there is no server.
pub async fn postgres(into: &Path) -> Option<(Database, Settled)> {
    let server = postgres::server()?;
    let place = Place::of("postgres").unwrap();
    let name = place.database();
    let make = async || {
        let database = Database::create_on(&server).await?;
        let mut world = World::empty(tempfile::tempdir()?, Some(database)).await;
        world.settle().await;
        let settled = world.settled();
        let (dir, database) = world.close().await;
        copy(&dir.path().join("index"), &place.folder.join("index"))?;
        database.context("a database")?.keep_as(&name, &place.build).await?;
        Ok(settled)
    };
    let take = async || {
        let database = Database::copy_on(&server, &name, &place.build).await?;
        copy(&place.folder.join("index"), &into.join("index"))?;
        Ok(database)
    };
    Some(place.taken(make, take).await.unwrap())
}

/// Where a template lies, and for which build.
struct Place {
    folder: PathBuf,
    build: String,
}

impl Place {
    fn of(engine: &str) -> Result<Self> {
        let program = env::current_exe()?;
        let data = program.metadata()?;
        let built = data.modified()?.duration_since(UNIX_EPOCH)?.as_nanos();
        let build = format!("{} {} {built}", program.display(), data.len());
        let stem = program.file_stem().context("the test program has a name")?.to_string_lossy().into_owned();
        // `contract-1f…`: without the number there is one folder for all builds.
        let name = stem.rsplit_once('-').map_or(stem.as_str(), |(name, _)| name);
        let beside = program.ancestors().nth(2).context("the test program lies in a folder")?;
        Ok(Self { folder: beside.join("worlds").join(format!("{name}-{engine}")), build })
    }

    /// Takes a copy of the template, made now if it is not there or of another build. `take` gives `None` where a
    /// part of it is gone.
    async fn taken<T>(
        &self,
        make: impl AsyncFn() -> Result<Settled>,
        take: impl AsyncFn() -> Result<Option<T>>,
    ) -> Result<(T, Settled)> {
        let beside = self.folder.with_extension("lock");
        fs::create_dir_all(beside.parent().context("a folder of templates")?)?;
        // Many copy at a time; whoever makes it is alone. The lock ends with the file, so with the process as well.
        let lock = File::create(beside)?;
        lock.lock_shared()?;
        if let Some(settled) = self.settled()
            && let Some(taken) = take().await?
        {
            return Ok((taken, settled));
        }
        lock.unlock()?;
        lock.lock()?;
        // Another may have made it since.
        if let Some(settled) = self.settled()
            && let Some(taken) = take().await?
        {
            return Ok((taken, settled));
        }
        match fs::remove_dir_all(&self.folder) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => fs::create_dir_all(&self.folder)?,
        }
        let settled = make().await?;
        let note = Note { build: self.build.clone(), settled };
        fs::write(self.folder.join(SETTLED), serde_json::to_vec(&note)?)?;
        let taken = take().await?.context("the template is there")?;
        Ok((taken, note.settled))
    }

    fn settled(&self) -> Option<Settled> {
        let note: Note = serde_json::from_slice(&fs::read(self.folder.join(SETTLED)).ok()?).ok()?;
        (note.build == self.build).then_some(note.settled)
    }

    /// Name of the template's database: another for every folder of builds, so that two copies of the sources may test
    /// against one server.
    fn database(&self) -> String {
        let mut sum = DefaultHasher::new();
        self.folder.hash(&mut sum);
        format!("duijie_test_template_{:016x}", sum.finish())
    }
}

/// Copies a folder with everything in it.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let to = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &to)?;
        } else {
            fs::copy(entry.path(), to)?;
        }
    }
    Ok(())
}
