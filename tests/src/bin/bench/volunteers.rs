//! The volunteer's own page and the leader's desk among all volunteers of a large city: the waiting time of the slowest
//! of a hundred when a hundred requests come each second, whether the ones before are answered or not.
//!
//! Everything is written straight into storage: through the services it would take hours. Both pages go through the
//! site's own router in this process, each reader with a session of his own.

use crate::seed::Sequence;
use anyhow::{Result, ensure};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode, header};
use domain::calendar::Time;
use domain::hours::RecordState;
use domain::need::Sex;
use domain::opening::{OpeningState, ShiftState};
use domain::organization::AccountState;
use domain::role::Role;
use domain::signup::SignupState;
use domain::team::{MemberState, TeamState};
use server::clock::SystemClock;
use server::config::Config;
use services::Clock;
use std::sync::Arc;
use std::time::{Duration, Instant};
use storage::people::account::Account;
use storage::people::session::Session;
use storage::volunteers::opening::{Opening, Shift};
use storage::volunteers::signup::Signup;
use storage::volunteers::team::{Member, Team};
use storage::volunteers::volunteer::{Volunteer, VolunteerFile};
use storage::{Db, Tx};
use tower::ServiceExt as _;
use uuid::Uuid;

/// Members of one team, people on one shift.
const TEAM: usize = 100;
const SHIFT: usize = 25;
/// Volunteers and leaders that read.
const READERS: usize = 500;
/// Requests each second.
const RATE: u64 = 100;
/// Milliseconds that the slowest of a hundred may take.
const GOAL: f64 = 50.0;

pub async fn run(volunteers: usize, records: usize, seconds: u64, engine: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let url = if engine == "sqlite" { String::new() } else { engine.to_owned() };
    let config = Config { data_dir: dir.path().to_owned(), database_url: url, make_key: true, ..Config::default() };
    let config = config.checked()?;
    let db = server::start::database(&config).await?;
    let started = Instant::now();
    let teams = (volunteers / TEAM).max(1);
    let shifts = (records / teams / SHIFT).max(1);
    let mut seed = Seed { random: Sequence(11), now: SystemClock.now(), readers: Vec::new(), leaders: Vec::new() };
    for team in 0..teams {
        let mut tx = db.write().await?;
        seed.team(&db, &mut tx, team, shifts).await?;
        tx.commit().await?;
    }
    println!(
        "engine {}, {} volunteers, {} records, written in {:.0} s",
        engine.split(':').next().unwrap_or(engine),
        teams * TEAM,
        teams * shifts * SHIFT,
        started.elapsed().as_secs_f64()
    );
    db.close().await;
    let services = server::start::services(&config, Arc::new(SystemClock), true).await?;
    let mut tx = services.db.write().await?;
    let mut cookies = [Vec::new(), Vec::new()];
    for (accounts, cookies) in [&seed.readers, &seed.leaders].into_iter().zip(&mut cookies) {
        for account in accounts.iter().take(READERS) {
            let token = format!("{:064x}", account.as_u128());
            let hash = services::people::session::token_hash(&token);
            let session = Session::open(hash, services.new_id(), *account, services.now(), 12);
            storage::people::session::insert(&mut tx, &session).await?;
            cookies.push(format!("session={token}"));
        }
    }
    tx.commit().await?;
    let site = server::site::router(Arc::clone(&services), &config);
    let [readers, leaders] = cookies;
    let mut over = Vec::new();
    for (path, cookies) in [("/my", readers), ("/desk", leaders)] {
        // Once without counting: caches of the database, pages of the program.
        waits(&site, path, &cookies, 2).await?;
        let mut all = waits(&site, path, &cookies, seconds).await?;
        all.sort_by(f64::total_cmp);
        let at = |share: usize| all[(all.len() - 1) * share / 100];
        println!("{path} at {RATE}/s: p50 {:.1} ms, p99 {:.1} ms, most {:.1} ms", at(50), at(99), at(100));
        if at(99) > GOAL {
            over.push(path);
        }
    }
    ensure!(over.is_empty(), "p99 over {GOAL} ms: {}", over.join(", "));
    Ok(())
}

/// Milliseconds from when a request was due to its whole answer.
async fn waits(site: &Router, path: &'static str, cookies: &[String], seconds: u64) -> Result<Vec<f64>> {
    let mut tasks = Vec::new();
    let begin = Instant::now();
    for number in 0..seconds * RATE {
        let due = begin + Duration::from_micros(number * 1_000_000 / RATE);
        tokio::time::sleep_until(due.into()).await;
        let cookie = cookies[usize::try_from(number)? % cookies.len()].clone();
        let site = site.clone();
        tasks.push(tokio::spawn(async move {
            let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty())?;
            let response = site.oneshot(request).await?;
            ensure!(response.status() == StatusCode::OK, "{path}: {}", response.status());
            to_bytes(response.into_body(), 1 << 24).await?;
            Ok(due.elapsed().as_secs_f64() * 1000.0)
        }));
    }
    let mut all = Vec::with_capacity(tasks.len());
    for task in tasks {
        all.push(task.await??);
    }
    Ok(all)
}

/// What is written, and the accounts that read it afterwards.
struct Seed {
    random: Sequence,
    now: Time,
    readers: Vec<Uuid>,
    leaders: Vec<Uuid>,
}

impl Seed {
    fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.random.next(), self.random.next())
    }

    async fn account(&mut self, tx: &mut Tx, name: String) -> Result<Uuid> {
        let account = Account {
            id: self.id(),
            username: name.clone(),
            password_hash: "!".into(),
            display_name: name,
            role: Role::Volunteer,
            scope: String::new(),
            organization_id: None,
            state: AccountState::Active,
            must_change: false,
            password_set_at: self.now,
            signed_in_at: None,
            created_at: self.now,
            updated_at: self.now,
        };
        storage::people::account::insert(tx, &account).await?;
        Ok(account.id)
    }

    /// A neighbours' team with its leader, members, one opening and weekly shifts up to yesterday, and two ahead.
    async fn team(&mut self, db: &Db, tx: &mut Tx, number: usize, shifts: usize) -> Result<()> {
        let now = self.now;
        let team = Team {
            id: self.id(),
            code: format!("FW120102-26-{number:06}"),
            state: TeamState::Active,
            name: format!("示例服务队{number}"),
            about: "周末到社区里陪伴老人。".into(),
            organization_id: None,
            division_code: "120102012000".into(),
            service_codes: "[\"C03\"]".into(),
            reason: None,
            founded_by: None,
            decided_by: None,
            due_at: None,
            created_at: now,
            updated_at: now,
            version: 1,
        };
        storage::volunteers::team::insert(tx, &team).await?;
        let office = self.account(tx, format!("office{number}")).await?;
        let mut people = Vec::with_capacity(TEAM);
        let mut leader = office;
        for at in 0..TEAM {
            let account = self.account(tx, format!("v{number}-{at}")).await?;
            let code = format!("ZY120102-26-{:06}", number * TEAM + at);
            let row = Volunteer::new(self.id(), code, Some(account), "120102012000".into(), now);
            let file = VolunteerFile {
                name: format!("示例志愿者{at}"),
                sex: Some(Sex::Female),
                phone: format!("138{:08}", number * TEAM + at),
                ..VolunteerFile::default()
            };
            storage::volunteers::volunteer::insert(tx, db.sealer(), &row, &file).await?;
            let member = Member {
                id: self.id(),
                team_id: team.id,
                volunteer_id: row.id,
                account_id: Some(account),
                state: MemberState::Active,
                leads: at == 0,
                note: String::new(),
                reason: None,
                applied_at: now,
                decided_by: None,
                decided_at: Some(now),
            };
            storage::volunteers::team::insert_member(tx, &member).await?;
            if at == 0 {
                leader = account;
                self.leaders.push(account);
            } else if at == 1 {
                self.readers.push(account);
            }
            people.push(row.id);
        }
        let opening = self.opening(tx, &team, number).await?;
        for week in 0..shifts + 2 {
            self.shift(tx, &opening, &people, (leader, office), week, shifts).await?;
        }
        Ok(())
    }

    async fn opening(&mut self, tx: &mut Tx, team: &Team, number: usize) -> Result<Opening> {
        let row = Opening {
            id: self.id(),
            code: format!("GW120102-26-{number:06}"),
            team_id: team.id,
            organization_id: None,
            pairing_id: None,
            division_code: team.division_code.clone(),
            state: OpeningState::Open,
            title: "周六上午陪老人聊天".into(),
            content: "陪老人说说话，读读报。".into(),
            place: "向阳社区活动室".into(),
            service_code: "C03".into(),
            skills: "[]".into(),
            min_age: 14,
            approval: false,
            dangerous: false,
            risk_notice: String::new(),
            insurance: String::new(),
            insured_until: None,
            accompany: false,
            reason: None,
            author_id: None,
            created_at: self.now,
            updated_at: self.now,
            version: 1,
        };
        storage::volunteers::opening::insert(tx, &row).await?;
        Ok(row)
    }

    /// Shifts that are over are on record, but for the latest two: hours entered, and people who came. Those who come
    /// to each are the next on the team's list; whoever reads is always there.
    async fn shift(
        &mut self,
        tx: &mut Tx,
        opening: &Opening,
        people: &[Uuid],
        (leader, office): (Uuid, Uuid),
        week: usize,
        over: usize,
    ) -> Result<()> {
        let ago = i64::try_from(over)? - i64::try_from(week)?;
        let starts_at = self.now.plus_days(-ago).plus_minutes(-180);
        let shift = Shift {
            id: self.id(),
            opening_id: opening.id,
            team_id: opening.team_id,
            state: ShiftState::Planned,
            starts_at,
            ends_at: starts_at.plus_minutes(120),
            places: i64::try_from(SHIFT)?,
            taken: i64::try_from(SHIFT)?,
            check_code: "123456".into(),
            reason: None,
            created_at: self.now,
            updated_at: self.now,
        };
        storage::volunteers::opening::insert_shift(tx, &shift).await?;
        for at in 0..SHIFT {
            let volunteer = if at == 0 { people[1] } else { people[2 + (week * SHIFT + at) % (people.len() - 2)] };
            storage::volunteers::opening::take(tx, shift.id).await?;
            let mut s = Signup {
                id: self.id(),
                shift_id: shift.id,
                team_id: shift.team_id,
                volunteer_id: volunteer,
                state: SignupState::Applied,
                starts_at,
                ends_at: shift.ends_at,
                applied_at: starts_at.plus_days(-3),
                decided_at: None,
                reason: None,
                in_at: None,
                in_by: None,
                out_at: None,
                out_by: None,
                minutes: None,
                note: String::new(),
                entered_by: None,
                entered_at: None,
                confirmed_by: None,
                confirmed_at: None,
                due_at: Some(shift.ends_at.plus_days(14)),
                reminded_at: None,
            };
            storage::volunteers::signup::insert(tx, &s).await?;
            s.state = match ago {
                ..=0 => SignupState::Confirmed,
                1 => SignupState::Attended,
                2 => SignupState::HoursSubmitted,
                _ => SignupState::Recorded,
            };
            if ago > 0 {
                (s.in_at, s.out_at) = (Some(starts_at), Some(shift.ends_at));
            }
            if ago > 1 {
                (s.minutes, s.entered_by, s.entered_at) = (Some(120), Some(leader), Some(shift.ends_at));
            }
            storage::volunteers::signup::update(tx, &s, SignupState::Applied).await?;
            if s.state == SignupState::Recorded {
                self.record(tx, opening, &s, (leader, office)).await?;
            }
        }
        Ok(())
    }

    async fn record(&mut self, tx: &mut Tx, opening: &Opening, s: &Signup, by: (Uuid, Uuid)) -> Result<()> {
        let record = storage::volunteers::hours::Record {
            id: self.id(),
            signup_id: s.id,
            volunteer_id: s.volunteer_id,
            team_id: s.team_id,
            organization_id: None,
            state: RecordState::Valid,
            title: opening.title.clone(),
            content: opening.content.clone(),
            place: opening.place.clone(),
            unit: "示例服务队".into(),
            day: s.starts_at.day(),
            minutes: 120,
            lead_id: Some(by.0),
            entered_by: by.0,
            confirmed_by: by.1,
            recorded_at: s.ends_at,
            supersedes: None,
            reason: None,
        };
        Ok(storage::volunteers::hours::insert(tx, &record).await?)
    }
}
