//! A ledger of many rows: read, checked, imported; time and memory.

use crate::seed::Sequence;
use anyhow::{Context, Result};
use domain::organization::LedgerKind;
use domain::resident_id::ResidentId;
use domain::role::{Actor, Role};
use server::clock::SystemClock;
use server::config::Config;
use services::Ctx;
use services::people::account::NewAccount;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Instant;

const WANTS: &[(&str, &str)] =
    &[("助餐", "每天1餐"), ("助浴", "每月2次"), ("助洁", "每月2次"), ("心理疏导", "每周1次"), ("康复训练", "每周2次")];

/// A ledger in the office's columns as CSV; persons are fictional (born 1900–1904).
fn ledger(rows: usize) -> String {
    let divisions = domain::division::Divisions::bundled();
    let streets: Vec<(String, String)> = divisions
        .districts()
        .flat_map(|d| divisions.children(&d.code12).map(|s| (s.code12.clone(), d.name.clone())).collect::<Vec<_>>())
        .collect();
    let mut random = Sequence(7);
    let mut text = String::from(
        "序号,需求编号,来源,发布日期,对象类型,区划代码,对象类别,需求类别,需求摘要,紧急程度,数量/频次,期限,姓名,身份证号码,联系电话,家庭住址\n",
    );
    for row in 0..rows {
        let (street, _) = &streets[random.below(streets.len())];
        let (service, quantity) = WANTS[random.below(WANTS.len())];
        let first17 = format!(
            "{}{:04}{:02}{:02}{:03}",
            &street[..6],
            1900 + random.below(5),
            1 + random.below(12),
            1 + random.below(28),
            random.below(1000)
        );
        let id = ResidentId::with_check_digit(&first17).map(|id| id.as_str().to_owned()).unwrap_or_default();
        let _ = writeln!(
            text,
            "{row},XQB{row:07},走访,2026-11-03,个案,{street},最低生活保障家庭（低保对象）,{service},一人居住行动不便需要上门服务第{row}户,一般,{quantity},2026-11-03至2027-01-31,示例{row},{id},1380000{:04},示例里{}号楼{}门",
            row % 10_000,
            row % 90 + 1,
            row % 6 + 1
        );
    }
    text
}

pub async fn run(rows: usize) -> Result<()> {
    let bytes = ledger(rows).into_bytes();
    println!("ledger of {rows} rows, {} MiB", bytes.len() >> 20);
    let dir = tempfile::tempdir()?;
    let config = Config { data_dir: dir.path().to_owned(), make_key: true, ..Config::default() }.checked()?;
    let services = server::start::services(&config, Arc::new(SystemClock), true).await?;
    let system = Ctx::new(&services, Actor::system(), "cli");
    let new = NewAccount {
        username: "bench".into(),
        password: "four words in a long row".into(),
        display_name: "测量".into(),
        role: Role::City,
        scope: "12".into(),
        organization_id: None,
    };
    let id = services::people::account::create(&system, &new).await?;
    let actor = Actor { account_id: Some(id), role: Role::City, scope: "12".into(), organization_id: None };
    let ctx = Ctx::new(&services, actor, "cli");
    let started = Instant::now();
    let import = services::needs::import::upload(&ctx, LedgerKind::Needs, "ledger.csv", bytes).await?;
    let checked = started.elapsed().as_secs_f64();
    let check = peak().context("no /proc")?;
    let (row, _) = services::needs::import::load(&ctx, import).await?;
    let imported = services::needs::import::apply(&ctx, import).await?;
    let total = started.elapsed().as_secs_f64();
    let whole = peak().context("no /proc")?;
    println!(
        "checked in {checked:.1} s ({} good, {} in error, {} duplicate), imported {imported} in {total:.1} s in all",
        row.rows_good, row.rows_bad, row.rows_duplicate
    );
    println!("peak memory {whole} MB, of the check alone {check} MB");
    Ok(())
}

/// Most memory that this process ever held, in MB of a million bytes (Linux).
fn peak() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    Some(line.split_whitespace().nth(1)?.parse::<u64>().ok()? * 1024 / 1_000_000)
}
