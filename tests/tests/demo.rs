//! The demo is filled through the same services as everything else: sound, complete, and once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{
    calendar::Time,
    claim::ClaimState,
    clock::Name,
    delivery::DeliveryState,
    hours::CorrectionState,
    machine::State,
    need::NeedState,
    organization::{AccountState, ImportState, OrganizationState},
    pairing::{PairingState, TransferState},
    role::{Actor, Role},
    signup::SignupState,
    verification::VerificationState,
};
use duijie_tests::{postgres::Database, world::day};
use server::{config::Config, demo, start};
use services::Ctx;
use services::office::desk::{self, Task};
use services::office::waiting;
use services::people::account::ManualClock;
use sqlx::Row as _;
use storage::{Db, Tx};
use tempfile::TempDir;
use uuid::Uuid;

/// Per cent of the ordinary stories; those of the desks come whole.
const SCALE: usize = 8;

/// A Wednesday afternoon.
fn now() -> Time {
    Time::at(day("2026-11-25"), 15, 30)
}

/// First column of every row of a query.
async fn texts(db: &Db, query: &'static str) -> Vec<String> {
    match &mut db.read().await.unwrap() {
        Tx::Sqlite(inner) => {
            sqlx::query(query).fetch_all(&mut **inner).await.unwrap().iter().map(|row| row.get(0)).collect()
        }
        Tx::Postgres(inner) => {
            sqlx::query(query).fetch_all(&mut **inner).await.unwrap().iter().map(|row| row.get(0)).collect()
        }
    }
}

async fn number(db: &Db, query: &'static str) -> i64 {
    texts(db, query).await[0].parse().unwrap()
}

/// Every state of a kind of record occurs.
async fn all<S: State + PartialEq>(db: &Db, states: &[S], query: &'static str) {
    let found: BTreeSet<String> = texts(db, query).await.into_iter().collect();
    let missing: Vec<&str> = states.iter().map(|state| state.text()).filter(|state| !found.contains(*state)).collect();
    assert!(missing.is_empty(), "{query}: no {missing:?}");
}

async fn fills(database_url: String) {
    let dir = TempDir::new().unwrap();
    let config =
        Config { data_dir: dir.path().to_owned(), database_url, demo: true, make_key: true, ..Config::default() }
            .checked()
            .unwrap();
    let summary = demo::fill_scaled(&config, now(), SCALE).await.unwrap().expect("an empty database is filled");
    // Acts that another came before are as in life; most take place.
    let refused: usize = summary.refused.values().sum();
    assert!(refused * 10 < summary.played, "{summary:?}");
    assert!(summary.mistakes.is_empty(), "{:#?}", summary.mistakes);

    let db = start::database(&config).await.unwrap();
    let report = services::base::audit::verify(&db).await.unwrap();
    assert!(report.is_sound(), "{:#?}", report.faults);
    assert_eq!(report.sealed, report.events);
    // Nothing is called met that the account does not bear out, unless somebody said why; and some of it is met.
    assert_eq!(storage::aid::promise::met_without_why(&mut db.read().await.unwrap()).await.unwrap(), []);
    for query in [
        "SELECT CAST(COUNT(*) AS TEXT) FROM pairings WHERE state = 'completed' AND result = 'met'",
        "SELECT CAST(COUNT(*) AS TEXT) FROM pairings WHERE state = 'completed' AND result = 'partial'",
        "SELECT CAST(COUNT(*) AS TEXT) FROM needs WHERE close_reason = 'met_full'",
        "SELECT CAST(COUNT(*) AS TEXT) FROM claim_lines WHERE returned > 0",
        "SELECT CAST(COUNT(*) AS TEXT) FROM closings WHERE decided_at IS NULL",
    ] {
        assert!(number(&db, query).await >= 1, "{query}");
    }

    all(&db, NeedState::ALL, "SELECT DISTINCT state FROM needs").await;
    all(&db, ClaimState::ALL, "SELECT DISTINCT state FROM claims").await;
    all(&db, PairingState::ALL, "SELECT DISTINCT state FROM pairings").await;
    all(&db, DeliveryState::ALL, "SELECT DISTINCT state FROM deliveries").await;
    all(&db, VerificationState::ALL, "SELECT DISTINCT state FROM verifications").await;
    all(&db, TransferState::ALL, "SELECT DISTINCT state FROM transfers").await;
    all(&db, OrganizationState::ALL, "SELECT DISTINCT state FROM organizations").await;
    // A file that waits to be checked does so for a moment only.
    let lasting: Vec<ImportState> =
        ImportState::ALL.iter().copied().filter(|state| *state != ImportState::Uploaded).collect();
    all(&db, &lasting, "SELECT DISTINCT state FROM imports").await;
    // Confirmed hours are on record in the same step.
    let signups: Vec<SignupState> =
        SignupState::ALL.iter().copied().filter(|state| *state != SignupState::HoursConfirmed).collect();
    all(&db, &signups, "SELECT DISTINCT state FROM signups").await;
    all(&db, CorrectionState::ALL, "SELECT DISTINCT state FROM corrections").await;
    all(&db, AccountState::ALL, "SELECT DISTINCT state FROM accounts").await;
    assert!(number(&db, "SELECT CAST(COUNT(*) AS TEXT) FROM needs WHERE kind = 'village'").await >= 1);

    db.close().await;
    // Looking at desks is on record, too.
    late_things_stand_on_one_desk_a_level(&config).await;
    let db = start::database(&config).await.unwrap();
    let before = number(&db, "SELECT CAST(COUNT(*) AS TEXT) FROM events").await;
    db.close().await;
    assert!(demo::fill_scaled(&config, now(), SCALE).await.unwrap().is_none(), "a second fill finds it filled");
    let db = start::database(&config).await.unwrap();
    assert_eq!(number(&db, "SELECT CAST(COUNT(*) AS TEXT) FROM events").await, before);
    db.close().await;
}

/// After a year of life, every late thing stands on exactly one desk of each level that it has come to, and on none of
/// the others: read as all offices of all levels read their desks.
async fn late_things_stand_on_one_desk_a_level(config: &Config) {
    let services = start::services(config, Arc::new(ManualClock::at(now())), true).await.unwrap();
    let scopes = |digits: usize| {
        let query = match digits {
            9 => "SELECT DISTINCT SUBSTR(division_code, 1, 9) FROM needs",
            _ => "SELECT DISTINCT SUBSTR(division_code, 1, 6) FROM needs",
        };
        texts(&services.db, query)
    };
    let levels =
        [(Role::Street, scopes(9).await), (Role::District, scopes(6).await), (Role::City, vec!["12".to_owned()])];
    let mut kinds: BTreeMap<Name, usize> = BTreeMap::new();
    for (level, (role, scopes)) in levels.into_iter().enumerate() {
        let mut seen: BTreeMap<(Name, Uuid), Vec<String>> = BTreeMap::new();
        for scope in scopes {
            let actor = Actor { account_id: Some(Uuid::nil()), role, scope: scope.clone(), organization_id: None };
            let desk = desk::load(&Ctx::new(&services, actor, "page")).await.unwrap();
            assert!(desk.due.iter().all(|item| !item.running.is_some_and(|running| {
                // What has come up to this office is among what is late, not among what is due.
                running.due < now() && running.reaches(waiting::office_of(role).unwrap(), now(), &services.calendar())
            })));
            for item in desk.overdue {
                let Some(running) = item.running else { continue };
                assert!(running.due < now(), "{} {}", running.name, item.code);
                seen.entry((running.name, item.id)).or_default().push(scope.clone());
                *kinds.entry(running.name).or_default() += usize::from(level == 0);
            }
        }
        let twice: Vec<_> = seen.iter().filter(|(_, scopes)| scopes.len() != 1).collect();
        assert!(twice.is_empty(), "{role:?}: {twice:?}");
        // What the tables themselves say is late has come to the street's desks.
        if role == Role::Street {
            let at = now().0;
            let late = async |query: String| texts(&services.db, Box::leak(query.into_boxed_str())).await.len();
            let claims = late(format!(
                "SELECT code FROM claims WHERE state = 'submitted' AND lead_id IS NULL AND due_at < {at}"
            ));
            let checks = late(format!(
                "SELECT note FROM verifications WHERE state = 'assigned' AND NOT recheck AND due_at < {at}"
            ));
            assert_eq!(kinds.get(&Name::ClaimDecision).copied().unwrap_or(0), claims.await);
            assert_eq!(kinds.get(&Name::Verification).copied().unwrap_or(0), checks.await);
        }
    }
    assert!(!kinds.is_empty(), "a year without anything late");
    late_things_of_organizations(&services).await;
    services.db.close().await;
}

/// What an organization has let go by stands once, on its own desk and on no other's: questions, first contacts,
/// invitations, parts of joint claims, transfers, visits, silence, its teams.
async fn late_things_of_organizations(services: &Arc<services::Services>) {
    let mut tx = services.db.read().await.unwrap();
    let organizations = storage::supply::organization::page_after(&mut tx, Uuid::nil(), 1_000).await.unwrap();
    drop(tx);
    let mut seen: BTreeMap<(String, Uuid), Vec<Uuid>> = BTreeMap::new();
    let mut kinds: BTreeMap<&'static str, usize> = BTreeMap::new();
    for id in organizations.into_iter().map(|organization| organization.id) {
        let actor = Actor {
            account_id: Some(Uuid::nil()),
            role: Role::OrgAdmin,
            scope: String::new(),
            organization_id: Some(id),
        };
        let all = desk::load(&Ctx::new(services, actor, "page")).await.unwrap();
        assert!(
            all.due.iter().all(|item| item.due_at.is_none_or(|due| due >= now()) || item.task == Task::RecordVisit),
            "what is late stands among what is late"
        );
        for item in all.overdue {
            let kind = match &item.task {
                Task::AnswerClaim => "answer",
                Task::FirstContact => "contact",
                Task::AnswerInvitation => "invitation",
                Task::Late { name: Name::Quiet, .. } => "quiet",
                _ => "other",
            };
            *kinds.entry(kind).or_default() += 1;
            let task = match &item.task {
                Task::Late { name, .. } => name.to_string(),
                task => format!("{task:?}"),
            };
            seen.entry((task, item.id)).or_default().push(id);
        }
    }
    let twice: Vec<_> = seen.iter().filter(|(_, desks)| desks.len() != 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let at = now().0;
    for (kind, query) in [
        ("answer", format!("SELECT code FROM claims WHERE state = 'needs_info' AND due_at < {at}")),
        ("contact", format!("SELECT code FROM pairings WHERE state = 'pending_start' AND due_at < {at}")),
        ("invitation", format!("SELECT state FROM asks WHERE state = 'sent' AND due_at < {at}")),
    ] {
        let late = texts(&services.db, Box::leak(query.into_boxed_str())).await.len();
        assert_eq!(kinds.get(kind).copied().unwrap_or(0), late, "{kind}");
    }
    assert!(kinds.contains_key("quiet"), "a year without a silent pairing: {kinds:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_fills_once_on_sqlite() {
    fills(String::new()).await;
}

/// A year that ends on any day and hour must play: holidays, month ends and week ends move who comes first. One is
/// played whole; the others with a part of the ordinary stories, and with those of the desks, which the hour moves most.
async fn plays(date: &str, hour: u32, percent: usize) {
    let dir = TempDir::new().unwrap();
    let config =
        Config { data_dir: dir.path().to_owned(), demo: true, make_key: true, ..Config::default() }.checked().unwrap();
    let now = Time::at(day(date), hour, 30);
    let summary = demo::fill_scaled(&config, now, percent).await.unwrap().expect("an empty database is filled");
    assert!(summary.mistakes.is_empty(), "{:#?}", summary.mistakes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_whole_demo_fills_late_on_a_tuesday() {
    plays("2026-11-24", 22, 100).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_fills_on_a_saturday_morning() {
    plays("2026-11-28", 9, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_fills_at_night_in_february() {
    plays("2027-02-28", 3, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_fills_once_on_postgres() {
    let Some(database) = Database::create().await.unwrap() else {
        return;
    };
    fills(database.url().to_owned()).await;
}
