//! Erasing a household: one way for requests and for retention, over every table that names a person
//! ([`storage::record::erasure::TABLES`]).

use crate::base::notice;
use crate::base::work::Work;
use crate::needs::import::Report;
use crate::{Error, Result};
use domain::need::NeedKind;
use domain::organization::ImportState;
use serde_json::Value;
use storage::needs::need::Need;
use storage::needs::{import, need_file};
use storage::record::erasure::{self, Traces};

/// Takes away what names the households of some needs; that it happened is the caller's event.
pub(crate) async fn erase(work: &mut Work<'_>, needs: &[Need]) -> Result<()> {
    let sealer = work.ctx.services.db.unseen();
    let mut traces = Vec::new();
    for need in needs {
        let file = need_file::load(&mut work.tx, sealer, need.id).await?;
        traces.extend(file.as_ref().map(Traces::of));
        erasure::need(&mut work.tx, sealer, need.id, work.now).await?;
        for id in erasure::attachments(&mut work.tx, need.id).await? {
            if let Some(file) = storage::base::attachment::by_id(&mut work.tx, sealer, id).await? {
                crate::base::attachment::remove_in(work, &file).await?;
            }
        }
    }
    if needs.iter().all(|need| need.kind == NeedKind::Village) {
        return Ok(());
    }
    erasure::drafts(&mut work.tx, sealer, &traces).await?;
    let codes: Vec<&str> = needs.iter().map(|need| need.code.as_str()).collect();
    imports(work, &traces, &codes).await
}

/// Reports lose what they say of the household's rows; a file that holds one goes, and who waits for it hears.
async fn imports(work: &mut Work<'_>, traces: &[Traces], codes: &[&str]) -> Result<()> {
    let sealer = work.ctx.services.db.unseen();
    let named = |text: &str| traces.iter().any(|traces| traces.stand_in(text));
    for (id, account) in erasure::imports(&mut work.tx).await? {
        let Some(mut report): Option<Report> = import::report(&mut work.tx, sealer, id).await? else { continue };
        let mut changed = false;
        for row in &mut report.rows {
            if row.need_code.as_deref().is_some_and(|code| codes.contains(&code)) {
                row.what.clear();
                row.messages.clear();
                row.differences.clear();
                changed = true;
            }
        }
        let mut left = serde_json::to_value(&report).map_err(|_| Error::Internal("report"))?;
        if forget(&mut left, &named) {
            report = serde_json::from_value(left).map_err(|_| Error::Internal("report"))?;
            changed = true;
        }
        if changed {
            import::write_report(&mut work.tx, sealer, id, &report).await?;
        }
        let Some(found) = import::by_id(&mut work.tx, sealer, id).await? else { continue };
        let kept = import::file(&mut work.tx, sealer, id).await?;
        let holds = match kept {
            Some(bytes) => changed || crate::needs::import::says(work.ctx, &found, bytes, &report, &named).await,
            None => false,
        };
        if named(&found.file_name) {
            let ending = found.file_name.rsplit_once('.').map_or("", |(_, ending)| ending);
            erasure::rename(&mut work.tx, sealer, id, &format!("台账.{ending}")).await?;
        }
        if holds {
            erasure::forget_file(&mut work.tx, id).await?;
            let waits = matches!(found.state, ImportState::Uploaded | ImportState::Checked);
            if let Some(account) = account.filter(|_| waits) {
                let title = "有一份没有导入的台账已不保留";
                let body = "其中有一户的个人信息已依法删除。还要导入其余各行的，请去掉这一户后重新上传";
                notice::to_account(work, account, title, body, "/import").await?;
            }
        }
    }
    Ok(())
}

/// Takes every text out in which somebody is named: cells, messages, samples, names of sheets. Whether there was one.
fn forget(value: &mut Value, named: &impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) if named(text) => {
            text.clear();
            true
        }
        Value::Array(all) => all.iter_mut().fold(false, |any, value| forget(value, named) | any),
        Value::Object(fields) => {
            let before = fields.len();
            fields.retain(|name, _| !named(name));
            let fewer = fields.len() < before;
            fields.values_mut().fold(fewer, |any, value| forget(value, named) | any)
        }
        _ => false,
    }
}
