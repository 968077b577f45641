//! How long a large ledger takes and how much memory: `ledger_bench make FILE ROWS`, then `ledger_bench read FILE`.
//! Two commands, so that the making does not count into the reading's memory.

use std::error::Error;
use std::time::Instant;

use chrono::NaiveDate;
use documents::ledger::{Choice, Options, each_need};
use domain::division::{Divisions, Level};
use domain::resident_id::ResidentId;
use domain::vocabulary::{beneficiary_categories, service_categories};
use rust_xlsxwriter::Workbook;

const HEADER: [&str; 22] = [
    "序号",
    "需求编号",
    "来源",
    "来源单号",
    "发布日期",
    "对象类型",
    "区划代码",
    "对象类别",
    "需求类别",
    "需求摘要",
    "紧急程度",
    "数量/频次",
    "期限",
    "状态",
    "责任单位",
    "经办人",
    "姓名",
    "性别",
    "身份证号",
    "联系电话",
    "家庭住址",
    "家庭人口",
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["make", file, rows] => Ok(std::fs::write(file, synthetic(rows.parse()?)?)?),
        ["read", file] => read(file),
        _ => Err("ledger_bench make FILE ROWS | ledger_bench read FILE".into()),
    }
}

/// A ledger of fictional rows, all of them different.
fn synthetic(rows: u32) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, label) in (0u16..).zip(HEADER) {
        sheet.write_string(0, column, label)?;
    }
    let villages: Vec<_> = Divisions::bundled().iter().filter(|d| d.level == Level::Village).collect();
    let persons: Vec<_> = beneficiary_categories().iter().filter(|row| !row.is_village() && !row.is_legacy()).collect();
    let services = service_categories();
    for number in 0..rows {
        let at = number as usize;
        let village = villages[at * 7 % villages.len()];
        let day =
            NaiveDate::from_num_days_from_ce_opt(693_596 + i32::try_from(number / 990 % 1800)?).ok_or("no such day")?;
        let id = ResidentId::with_check_digit(&format!("120114{}{:03}", day.format("%Y%m%d"), number % 990 + 1))?;
        let cells = [
            (number + 1).to_string(),
            format!("XQ2026{number:09}"),
            ["走访", "热线12345", "救急难平台"][at % 3].to_owned(),
            String::new(),
            format!("2026.{}.{}", number % 10 + 1, number % 28 + 1),
            "个案".to_owned(),
            village.code12.clone(),
            persons[at % persons.len()].name.to_owned(),
            format!("{}；{}", services[at % services.len()].name, services[(at + 5) % services.len()].name),
            format!("第{number}项：独居老人行动不便，希望每周有人上门看望、做一顿热饭，并帮着取药，已入户看过。"),
            "一般".to_owned(),
            format!("每周{}次", number % 7 + 1),
            "2026年11月1日至2027年1月31日".to_owned(),
            "待审核".to_owned(),
            "示例街道办事处".to_owned(),
            "示例".to_owned(),
            format!("示例{number}"),
            id.sex().label().to_owned(),
            id.as_str().to_owned(),
            format!("138{number:08}"),
            format!("{}示例里{}号楼", village.name, number % 40 + 1),
            (number % 6 + 1).to_string(),
        ];
        for (column, cell) in (0u16..).zip(&cells).filter(|(_, cell)| !cell.is_empty()) {
            sheet.write_string(number + 1, column, cell)?;
        }
    }
    Ok(book.save_to_buffer()?)
}

fn read(file: &str) -> Result<(), Box<dyn Error>> {
    let bytes = std::fs::read(file)?;
    let divisions = Divisions::bundled();
    let today = NaiveDate::from_ymd_opt(2026, 11, 23).ok_or("no such day")?;
    let start = Instant::now();
    let choice = Choice::default();
    let options = Options { scope: "12", as_of: today, divisions, choice: &choice };
    let mut texts = 0usize;
    let ledger = each_need(&bytes, file, options, &mut |_, row| {
        texts += row.original.len();
        std::ops::ControlFlow::Continue(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("VmHWM: unknown");
    println!("{} bytes in {seconds:.2} s, {peak}, {:?}, {texts} original cells", bytes.len(), ledger.counts());
    Ok(())
}
