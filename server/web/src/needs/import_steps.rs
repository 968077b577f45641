//! What stands over the pages of an import: how far it is, and what of the file was not read.

use app::components::{Step, StepState};
use domain::href::{href, href_at};
use domain::machine::Object;
use domain::organization::{ImportJob, ImportState, LedgerKind};
use services::needs::import::{self, Import, Report};
use uuid::Uuid;

/// The page of an import.
pub(crate) fn at(id: Uuid) -> String {
    href(Object::Import, &id)
}

/// The page of its columns.
pub(crate) fn columns_at(id: Uuid) -> String {
    href_at(Object::Import, &id, "/columns")
}

/// Where an import stands. `columns_at`: the page of its columns.
pub(crate) fn steps(open: &Import, report: &Report, columns_at: &str) -> Vec<Step> {
    let columns = import::uses(report);
    let used = columns.iter().filter(|one| !one.is_unused()).count();
    let stage = match (open.state, open.job) {
        (ImportState::Uploaded, Some(_)) => 2,
        (ImportState::Uploaded, None) => 1,
        (ImportState::Checked, Some(ImportJob::Check)) => 2,
        (ImportState::Checked, _) => 3,
        (ImportState::Applied | ImportState::Discarded, _) => 4,
    };
    let notes = [
        format!("{}张表", report.columns.len().max(1)),
        if columns.is_empty() { "表头和值".into() } else { format!("{}列用了{used}列", columns.len()) },
        format!("{}行", open.rows_total),
        match (open.team_id, open.kind) {
            (Some(_), _) => "等本人同意".into(),
            (None, LedgerKind::Organizations) => "之后核验".into(),
            (None, _) => "之后才送审".into(),
        },
    ];
    let last = match (open.team_id, open.kind) {
        (Some(_), _) => "邀请",
        (None, LedgerKind::Organizations) => "登记",
        (None, _) => "建草稿",
    };
    let labels = ["上传", "对列", "检查", last];
    let step = |(at, (label, note)): (usize, (&str, String))| {
        let state = match at.cmp(&stage) {
            std::cmp::Ordering::Less => StepState::Done,
            std::cmp::Ordering::Equal => StepState::Current,
            std::cmp::Ordering::Greater => StepState::Open,
        };
        let href =
            (at == 1 && !columns.is_empty() && open.state == ImportState::Checked).then(|| columns_at.to_owned());
        let note = if state == StepState::Open && at < 3 { String::new() } else { note };
        Step { label: label.to_owned(), note, state, href }
    };
    labels.into_iter().zip(notes).enumerate().map(step).collect()
}

/// Sheets that were not read, and columns that are missing: one sentence each.
pub(crate) fn ignored(report: &Report) -> Vec<String> {
    let many = report.columns.len() + report.ignored.len() > 1;
    let one =
        |(sheet, why): &(String, String)| if many { format!("工作表“{sheet}”：{why}") } else { why.clone() };
    report.ignored.iter().map(one).collect()
}
