//! A small Tianjin for a test: one engine, accounts of every role, a clock that stands still.
//!
//! [`crate::both_engines`] runs one `async fn(World)` on SQLite and on PostgreSQL. Each test gets a copy of a world that
//! was settled once ([`crate::template`]), and cannot tell: ids, tokens and nonces go on from where settling left them.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use chrono::NaiveDate;
use domain::{
    calendar::Time,
    division::Divisions,
    resident_id::ResidentId,
    role::{Actor, Role},
    uscc::Uscc,
};
use search::{NeedIndex, Position, State};
use services::people::account::{ManualClock, NewAccount};
use services::{Ctx, Fields, Policy, Random, Services};
use sqlx::Row as _;
use storage::base::sealed::{Ring, Sealer, SuiteKind};
use storage::{Db, Options, Tx};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    postgres::Database,
    template::{self, Account, Settled},
};

/// Which database a test runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// Runs `async fn name(world: World)` of the surrounding module on both engines.
#[macro_export]
macro_rules! both_engines {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => {
        mod sqlite {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(world) = $crate::world::World::create($crate::world::Engine::Sqlite).await {
                    super::$name(world).await;
                }
            })+
        }
        mod postgres {
            $($(#[$meta])* #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                if let Some(world) = $crate::world::World::create($crate::world::Engine::Postgres).await {
                    super::$name(world).await;
                }
            })+
        }
    };
}

/// Random bytes that are the same in every run.
pub struct Seeded(AtomicU64);

impl Seeded {
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// Where it stands: [`Seeded::new`] goes on from there.
    pub fn state(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Random for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let mut x = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed).wrapping_add(0x9E37_79B9_7F4A_7C15);
            x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            chunk.copy_from_slice(&(x ^ (x >> 31)).to_le_bytes()[..chunk.len()]);
        }
    }
}

/// Village, street and district of the needs, and others beside them.
pub const VILLAGE: &str = "120102012011";
pub const STREET: &str = "120102012";
pub const OTHER_STREET: &str = "120102005";
pub const DISTRICT: &str = "120102";
pub const OTHER_DISTRICT: &str = "120103";

/// Every account: name, role, scope, organization. Two of most, so that steps can be separated.
pub const ACCOUNTS: &[(&str, Role, &str, Option<&str>)] = &[
    ("village", Role::VillageWorker, VILLAGE, None),
    ("street", Role::Street, STREET, None),
    ("street2", Role::Street, STREET, None),
    ("street3", Role::Street, STREET, None),
    ("next_street", Role::Street, OTHER_STREET, None),
    ("district", Role::District, DISTRICT, None),
    ("district2", Role::District, DISTRICT, None),
    ("other_village", Role::VillageWorker, "120103010022", None),
    ("other_street", Role::Street, "120103010", None),
    ("other_district", Role::District, OTHER_DISTRICT, None),
    ("city", Role::City, "12", None),
    ("admin", Role::SystemAdmin, "", None),
    ("security", Role::SecurityAdmin, "", None),
    ("auditor", Role::AuditAdmin, "", None),
    ("meals", Role::OrgAdmin, "", Some("示例助餐服务中心")),
    ("meals_worker", Role::OrgWorker, "", Some("示例助餐服务中心")),
    ("meals_other", Role::OrgWorker, "", Some("示例助餐服务中心")),
    ("care", Role::OrgAdmin, "", Some("示例助老服务社")),
    ("care_worker", Role::OrgWorker, "", Some("示例助老服务社")),
    ("third", Role::OrgAdmin, "", Some("示例邻里互助会")),
    ("vol", Role::Volunteer, "", None),
    ("vol2", Role::Volunteer, "", None),
    ("leader", Role::Volunteer, "", None),
];

/// Values of the sealed file that must never be seen outside it.
pub struct Canary {
    pub name: &'static str,
    pub id_number: String,
    pub phone: &'static str,
    pub other_phone: &'static str,
    pub address: &'static str,
    pub guardian: &'static str,
    pub health_notes: &'static str,
}

impl Canary {
    pub fn new() -> Self {
        Self {
            name: "桑榆晚晴",
            id_number: ResidentId::with_check_digit("12010219000101001").unwrap().as_str().to_owned(),
            phone: "13800009876",
            other_phone: "13800009765",
            address: "河东区鲁山道街道示例里96号楼8门707",
            guardian: "司徒棠梨",
            health_notes: "青霉素过敏，夜里常犯心绞痛",
        }
    }

    /// Values, and the parts of them that would be enough to find the household.
    pub fn values(&self) -> Vec<String> {
        let whole =
            [self.name, &self.id_number, self.phone, self.other_phone, self.address, self.guardian, self.health_notes];
        let parts = ["示例里96号楼", "8门707", "桑榆", "司徒", "青霉素", "心绞痛", "00009876", "00009765"];
        whole.into_iter().chain(parts).map(ToOwned::to_owned).collect()
    }

    /// Which of them stand in a text.
    pub fn found_in(&self, text: &str) -> Vec<String> {
        self.values().into_iter().filter(|value| text.contains(value.as_str())).collect()
    }
}

impl Default for Canary {
    fn default() -> Self {
        Self::new()
    }
}

pub struct World {
    pub services: Arc<Services>,
    pub clock: Arc<ManualClock>,
    pub engine: Engine,
    pub dir: TempDir,
    /// Name of the account → who that is.
    pub actors: HashMap<&'static str, Actor>,
    /// Name of an organization's account → the organization's code.
    pub usccs: HashMap<&'static str, String>,
    random: Arc<Seeded>,
    nonces: Arc<Seeded>,
    database: Option<Database>,
}

fn divisions() -> Arc<Divisions> {
    static ALL: OnceLock<Arc<Divisions>> = OnceLock::new();
    Arc::clone(ALL.get_or_init(|| Arc::new(Divisions::bundled().clone())))
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Tuesday morning, a working day.
pub fn start() -> Time {
    Time::at(day("2026-11-24"), 9, 0)
}

fn index(dir: &TempDir) -> NeedIndex {
    let opened = NeedIndex::open(dir.path().join("index")).unwrap();
    assert!(opened.state != State::Damaged, "{:?}", opened.reason);
    opened.index
}

impl World {
    /// `None` where the engine is not available (and says so).
    pub async fn create(engine: Engine) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let (database, settled) = match engine {
            Engine::Sqlite => (None, template::sqlite(dir.path()).await),
            Engine::Postgres => {
                let (database, settled) = template::postgres(dir.path()).await?;
                (Some(database), settled)
            }
        };
        Some(Self::open(dir, database, &settled).await)
    }

    /// A world in which nobody lives yet, with the schema and an empty index.
    pub(crate) async fn empty(dir: TempDir, database: Option<Database>) -> Self {
        let world = Self::open(dir, database, &Settled::nobody()).await;
        world.services.db.migrate().await.unwrap();
        services::finding::follower::rebuild(&world.services).await.unwrap();
        world
    }

    /// Opens what lies in the folder, or in the database, and nothing more.
    async fn open(dir: TempDir, database: Option<Database>, settled: &Settled) -> Self {
        let (engine, url) = match &database {
            None => (Engine::Sqlite, format!("sqlite://{}", dir.path().join(template::SQLITE).display())),
            Some(database) => (Engine::Postgres, database.url().to_owned()),
        };
        let nonces = Arc::new(Seeded::new(settled.nonces));
        let filling = Arc::clone(&nonces);
        let sealer = Sealer::new(Ring::single([7; 32]), SuiteKind::default(), move |bytes| filling.fill(bytes));
        // No test outlives a power cut.
        let db = Db::open_passing(&Options { url, connections: 8 }, sealer).await.unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let random = Arc::new(Seeded::new(settled.random));
        let services =
            Arc::new(Services::new(db, index(&dir), clock.clone(), random.clone(), Policy::default(), divisions()));
        let (mut actors, mut usccs) = (HashMap::new(), HashMap::new());
        for ((name, role, scope, _), who) in ACCOUNTS.iter().zip(&settled.accounts) {
            let scope = (*scope).to_owned();
            let actor = Actor { account_id: Some(who.id), role: *role, scope, organization_id: who.organization };
            actors.insert(*name, actor);
            usccs.extend(who.uscc.clone().map(|uscc| (*name, uscc)));
        }
        Self { services, clock, engine, dir, actors, usccs, random, nonces, database }
    }

    /// Opens organizations and accounts, through the same commands as everybody.
    pub(crate) async fn settle(&mut self) {
        let mut organizations: BTreeMap<&str, (Uuid, String)> = BTreeMap::new();
        for (name, role, scope, organization) in ACCOUNTS {
            let organization = match organization {
                Some(title) => {
                    let number = u32::try_from(organizations.len()).unwrap();
                    if !organizations.contains_key(title) {
                        let made = self.organization(title, number).await;
                        organizations.insert(title, made);
                    }
                    Some(organizations[title].clone())
                }
                None => None,
            };
            let id = if *role == Role::Volunteer {
                let number = u32::try_from(self.actors.len()).unwrap();
                self.volunteer(name, number, &[]).await
            } else {
                self.account(name, *role, scope, organization.as_ref().map(|(id, _)| *id)).await
            };
            if let Some((_, uscc)) = &organization {
                self.usccs.insert(name, uscc.clone());
            }
            self.actors.insert(
                name,
                Actor {
                    account_id: Some(id),
                    role: *role,
                    scope: (*scope).to_owned(),
                    organization_id: organization.map(|(id, _)| id),
                },
            );
        }
    }

    /// Who lives here, and how far the random bytes have come: what [`World::create`] opens a copy with.
    pub(crate) fn settled(&self) -> Settled {
        let accounts = ACCOUNTS
            .iter()
            .map(|(name, ..)| Account {
                id: self.id(name),
                organization: self.actors[name].organization_id,
                uscc: self.usccs.get(name).cloned(),
            })
            .collect();
        Settled { accounts, random: self.random.state(), nonces: self.nonces.state() }
    }

    /// Closes everything and gives back what it lay in.
    pub(crate) async fn close(self) -> (TempDir, Option<Database>) {
        let Self { services, dir, database, .. } = self;
        services.db.close().await;
        // With the index's lock.
        drop(Arc::into_inner(services).expect("nobody else holds the services"));
        (dir, database)
    }

    /// An account with a password that fits nothing.
    pub async fn account(&self, name: &str, role: Role, scope: &str, organization: Option<Uuid>) -> Uuid {
        let new = NewAccount {
            username: name.to_owned(),
            password: String::new(),
            display_name: format!("示例{name}"),
            role,
            scope: scope.to_owned(),
            organization_id: organization,
        };
        services::people::account::create_hashed(&self.system(), &new, "!".to_owned()).await.unwrap()
    }

    /// Somebody grown up who registers as a volunteer of the street; `changes` to the form. Returns the account.
    pub async fn volunteer(&self, name: &str, number: u32, changes: &[(&str, &str)]) -> Uuid {
        let form = with(
            &fields(&[
                ("name", "示例志愿者"),
                ("sex", "female"),
                ("birth", "1990-05-01"),
                ("phone", &format!("1380012{number:04}")),
                ("division", "河东区鲁山道街道"),
                ("service", "C03"),
                ("slot", "weekend_day"),
                ("consent", "on"),
            ]),
            changes,
        );
        let input =
            services::volunteers::volunteer::read(&form, &self.services.divisions(), self.now().day(), true).unwrap();
        let row = services::volunteers::volunteer::join_hashed(&self.system(), &input, name, "!").await.unwrap();
        row.account_id.unwrap()
    }

    /// Acting as a volunteer who is none of [`ACCOUNTS`].
    pub fn as_volunteer(&self, account: Uuid) -> Ctx {
        let actor =
            Actor { account_id: Some(account), role: Role::Volunteer, scope: String::new(), organization_id: None };
        Ctx::new(&self.services, actor, "page").through(Uuid::nil(), Some(self.now()))
    }

    /// A verified organization of the district that gives meals, baths and company.
    pub async fn organization(&self, title: &str, number: u32) -> (Uuid, String) {
        let uscc = Uscc::with_check_digits(&format!("52120102MJT{:05}", 95_000 + number)).unwrap().as_str().to_owned();
        let input = services::supply::organization::Input {
            uscc: uscc.clone(),
            name: title.to_owned(),
            division_code: "120102000000".to_owned(),
            business_scope: "养老助残服务".to_owned(),
            service_codes: vec!["B01".to_owned(), "B03".to_owned(), "C03".to_owned()],
            area_codes: vec![DISTRICT.to_owned()],
        };
        let id = services::supply::organization::apply(&self.system(), &input).await.unwrap();
        let district = Ctx::new(
            &self.services,
            Actor { account_id: None, role: Role::District, scope: DISTRICT.to_owned(), organization_id: None },
            "cli",
        );
        services::supply::organization::verify(&district, id, day("2027-12-31")).await.unwrap();
        (id, uscc)
    }

    pub fn system(&self) -> Ctx {
        Ctx::system(&self.services)
    }

    /// Acting as an account of [`ACCOUNTS`].
    pub fn by(&self, name: &str) -> Ctx {
        let actor = self.actors[name].clone();
        let verified = actor.role.is_organization();
        Ctx::new(&self.services, actor, "page").verified(verified).through(Uuid::nil(), Some(self.now()))
    }

    pub fn id(&self, name: &str) -> Uuid {
        self.actors[name].account_id.unwrap()
    }

    pub fn org(&self, name: &str) -> Uuid {
        self.actors[name].organization_id.unwrap()
    }

    pub fn now(&self) -> Time {
        self.services.now()
    }

    pub fn set(&self, time: Time) {
        self.clock.set(time);
    }

    /// Stops the node and starts it again on the same data.
    #[must_use]
    pub fn reopen(self, policy: Policy) -> Self {
        let Self { services, clock, engine, dir, actors, usccs, random, nonces, database } = self;
        let db = services.db.clone();
        let services = Arc::into_inner(services).expect("nobody else holds the services");
        drop(services);
        let services = Arc::new(Services::new(db, index(&dir), clock.clone(), random.clone(), policy, divisions()));
        Self { services, clock, engine, dir, actors, usccs, random, nonces, database }
    }

    /// Works through another connection from here on; gives back the one before.
    pub fn exchange(&mut self, db: Db) -> Db {
        let services = Arc::get_mut(&mut self.services).expect("nobody else holds the services");
        std::mem::replace(&mut services.db, db)
    }

    pub fn database_url(&self) -> Option<&str> {
        self.database.as_ref().map(Database::url)
    }

    pub async fn read(&self) -> Tx {
        self.services.db.read().await.unwrap()
    }

    /// Runs statements past every rule, as an intruder would.
    pub async fn raw(&self, statement: &str) -> Result<(), sqlx::Error> {
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        let mut tx = self.services.db.write().await.unwrap();
        match &mut tx {
            Tx::Sqlite(inner) => sqlx::raw_sql(statement).execute(&mut **inner).await.map(|_| ())?,
            Tx::Postgres(inner) => sqlx::raw_sql(statement).execute(&mut **inner).await.map(|_| ())?,
        }
        tx.commit().await.unwrap();
        Ok(())
    }

    /// First column of every row of a query, as text.
    pub async fn texts(&self, query: &str) -> Vec<String> {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        match &mut self.read().await {
            Tx::Sqlite(inner) => sqlx::query(query)
                .fetch_all(&mut **inner)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get::<String, _>(0))
                .collect(),
            Tx::Postgres(inner) => sqlx::query(query)
                .fetch_all(&mut **inner)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get::<String, _>(0))
                .collect(),
        }
    }

    pub async fn number(&self, query: &str) -> i64 {
        let query = sqlx::AssertSqlSafe(query.to_owned());
        match &mut self.read().await {
            Tx::Sqlite(inner) => sqlx::query_scalar(query).fetch_one(&mut **inner).await.unwrap(),
            Tx::Postgres(inner) => sqlx::query_scalar(query).fetch_one(&mut **inner).await.unwrap(),
        }
    }

    /// Tables of the schema, in order, without the migrations' own.
    pub async fn tables(&self) -> Vec<String> {
        let query = match self.engine {
            Engine::Sqlite => {
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '\\_sqlx%' ESCAPE '\\' ORDER BY name"
            }
            Engine::Postgres => {
                "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public' AND table_name NOT LIKE '\\_sqlx%' ORDER BY table_name COLLATE \"C\""
            }
        };
        self.texts(query).await
    }

    pub async fn columns(&self, table: &str) -> Vec<String> {
        let query = match self.engine {
            Engine::Sqlite => format!("SELECT name FROM pragma_table_info('{table}') ORDER BY name"),
            Engine::Postgres => format!(
                "SELECT column_name::text FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{table}' ORDER BY column_name COLLATE \"C\""
            ),
        };
        self.texts(&query).await
    }

    /// Every row of every table, as text: what "nothing has changed" is measured by.
    pub async fn rows(&self) -> BTreeMap<String, Vec<String>> {
        let mut all = BTreeMap::new();
        for table in self.tables().await {
            let query = match self.engine {
                Engine::Sqlite => {
                    let columns: Vec<String> =
                        self.columns(&table).await.iter().map(|column| format!("quote({column})")).collect();
                    format!("SELECT {} AS t FROM {table} ORDER BY t", columns.join(" || ',' || "))
                }
                Engine::Postgres => format!("SELECT t::text FROM {table} t ORDER BY 1"),
            };
            let mut rows = self.texts(&query).await;
            // Who read what is written down, and changes nothing else.
            rows.retain(|row| table != "events" || !row.contains("access."));
            all.insert(table, rows);
        }
        all
    }

    /// Follows until the index has read every event. Other databases of the same PostgreSQL server may
    /// hold its horizon back for a moment.
    pub async fn caught_up(&self) {
        let mut last = (0, 0);
        for _ in 0..400 {
            services::finding::follower::follow(&self.services).await.unwrap();
            last = (
                self.number("SELECT COALESCE(MAX(xid), 0) FROM events").await,
                self.number("SELECT COALESCE(MAX(id), 0) FROM events").await,
            );
            let reached = self.services.index.position().unwrap_or_default();
            let wanted = u64::try_from(self.number("SELECT COUNT(*) FROM events").await).unwrap();
            if self.read_up_to(reached).await == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the follower did not reach {last:?}");
    }

    async fn read_up_to(&self, Position(xid, id, _): Position) -> u64 {
        let count = self
            .number(&format!("SELECT COUNT(*) FROM events WHERE xid < {xid} OR (xid = {xid} AND id <= {id})"))
            .await;
        u64::try_from(count).unwrap()
    }

    /// Seals every event.
    pub async fn sealed(&self) {
        for _ in 0..400 {
            services::base::audit::seal(&self.services).await.unwrap();
            if self.number("SELECT (SELECT COUNT(*) FROM events) - (SELECT COUNT(*) FROM event_seals)").await == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("events stay unsealed");
    }

    /// The database proves itself, or the test fails with what is wrong.
    pub async fn sound(&self) {
        let report = services::base::audit::verify(&self.services.db).await.unwrap();
        assert!(report.is_sound(), "{:#?}", report.faults);
    }

    /// Events of a command so far.
    pub async fn count_events(&self, command: &str) -> i64 {
        self.number(&format!("SELECT COUNT(*) FROM events WHERE command = '{command}'")).await
    }
}

/// The household's form, as a street clerk fills it in: two lines, file and consent.
pub fn household() -> Fields {
    let canary = Canary::new();
    fields(&[
        ("kind", "household"),
        ("division_code", VILLAGE),
        ("source", "platform"),
        ("source_no", "JJN202611240001"),
        ("urgency", "normal"),
        ("beneficiary", "DB"),
        ("decided_on.DB", "2026-03-01"),
        ("decided_by.DB", "河东区民政局"),
        ("lines.0.service", "B01"),
        ("lines.0.quantity", "14"),
        ("lines.0.unit", "餐"),
        ("lines.0.per", "week"),
        ("lines.0.starts_on", "2026-11-27"),
        ("lines.0.ends_on", "2027-02-28"),
        ("lines.0.note", "少盐，软烂"),
        ("lines.1.service", "B03"),
        ("lines.1.quantity", "2"),
        ("lines.1.unit", "次"),
        ("lines.1.per", "month"),
        ("title", "独居老人需要送餐和助浴"),
        ("description", "老人独居，腿脚不便，白天无人照料，需要每天两顿饭。"),
        ("requirements", "上门前先打电话，两人同行"),
        ("aid_given", "已享受最低生活保障"),
        ("gap", "没有人做饭"),
        ("age_band", "80+"),
        ("sex", "female"),
        ("valid_until", "2027-03-31"),
        ("name", canary.name),
        ("id_number", &canary.id_number),
        ("phone", canary.phone),
        ("other_phones", canary.other_phone),
        ("address", canary.address),
        ("household_size", "1"),
        ("guardian", canary.guardian),
        ("health_notes", canary.health_notes),
        ("consent", "on"),
        ("consent_channel", "paper"),
        ("consent_evidence", "同意书第0001号"),
        ("consent_given_on", "2026-11-20"),
        ("consent_valid_until", "2027-06-30"),
    ])
}

pub fn fields(pairs: &[(&str, &str)]) -> Fields {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The same form with other values; an empty value leaves the field out.
#[must_use]
pub fn with(base: &Fields, changes: &[(&str, &str)]) -> Fields {
    let mut out: Fields =
        base.iter().filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name)).cloned().collect();
    out.extend(fields(changes).into_iter().filter(|(_, value)| !value.is_empty()));
    out
}

/// Words for a failed comparison of [`World::rows`].
pub fn difference(before: &BTreeMap<String, Vec<String>>, after: &BTreeMap<String, Vec<String>>) -> String {
    let mut out = String::new();
    for (table, rows) in after {
        let old = &before[table];
        for row in rows.iter().filter(|row| !old.contains(row)) {
            let _ = writeln!(out, "{table} + {row}");
        }
        for row in old.iter().filter(|row| !rows.contains(row)) {
            let _ = writeln!(out, "{table} - {row}");
        }
    }
    out
}
