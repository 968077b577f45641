//! The audit trail for the audit administrator: who did, read, exported or was
//! refused what, and when. Looking at it stands in it as well.

use crate::base::trail;
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::calendar::Time;
use domain::machine::Command;
use domain::permission::{Record, authorize};
use serde_json::json;
pub use storage::base::audit::Entry;
use storage::base::audit::Filter;

/// Rows of an export at most.
pub const EXPORT_ROWS: i64 = 10_000;

/// What the administrator asks for, as typed.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub from: Option<chrono::NaiveDate>,
    /// Inclusive.
    pub until: Option<chrono::NaiveDate>,
    pub object: String,
    pub command: String,
    pub username: String,
    /// Readable code or id of a record.
    pub record: String,
}

async fn filter(ctx: &Ctx, tx: &mut storage::Tx, asked: &Asked) -> Result<Option<Filter>> {
    let start = |day| Time::at(day, 0, 0);
    let actor = match asked.username.as_str() {
        "" => None,
        name => match storage::people::account::by_username(tx, name).await? {
            Some(account) => Some(account.id),
            // Nobody has that name: nothing is found.
            None => return Ok(None),
        },
    };
    let record = match asked.record.as_str() {
        "" => None,
        text => match text.parse() {
            Ok(id) => Some(id),
            Err(_) => match storage::base::audit::record(tx, text).await? {
                Some(id) => Some(id),
                None => return Ok(None),
            },
        },
    };
    Ok(Some(Filter {
        from: asked.from.map_or(Time(0), start),
        until: asked.until.map_or_else(|| ctx.now().plus_days(1), |day| start(day).plus_days(1)),
        object: asked.object.clone(),
        command: asked.command.clone(),
        actor,
        record,
    }))
}

async fn entries(ctx: &Ctx, asked: &Asked, before: Option<i64>, limit: i64) -> Result<Vec<Entry>> {
    authorize(&ctx.actor, Command::AccessAudit, &Record::default())?;
    let mut tx = ctx.services.db.read().await?;
    let Some(filter) = filter(ctx, &mut tx, asked).await? else { return Ok(Vec::new()) };
    Ok(storage::base::audit::page(&mut tx, &filter, before.unwrap_or(i64::MAX), limit).await?)
}

/// A page of entries, newest first, and whether there are older ones.
#[boxed]
pub async fn page(ctx: &Ctx, asked: &Asked, before: Option<i64>, size: usize) -> Result<(Vec<Entry>, bool)> {
    let limit = i64::try_from(size + 1).map_err(|_| Error::Internal("page size"))?;
    let mut found = entries(ctx, asked, before, limit).await?;
    let more = found.len() > size;
    found.truncate(size);
    let data = json!({ "object": asked.object, "command": asked.command, "shown": found.len() });
    trail::note(ctx, Command::AccessAudit, trail::About { data, ..trail::About::default() }).await?;
    Ok((found, more))
}

const COLUMNS: [&str; 15] = [
    "编号",
    "时间",
    "账号",
    "岗位",
    "入口",
    "事项",
    "事项代码",
    "对象",
    "对象标识",
    "需求标识",
    "原状态",
    "新状态",
    "原因",
    "数据",
    "封存位置和摘要",
];

/// The entries as a workbook of texts; a reason is asked and goes on record.
#[boxed]
pub async fn export(ctx: &Ctx, asked: &Asked, reason: &str) -> Result<Vec<u8>> {
    let reason = domain::field::only(domain::form::record::audit::EXPORT, reason)?;
    ctx.fresh()?;
    let found = entries(ctx, asked, None, EXPORT_ROWS).await?;
    let about = trail::About { reason: Some(reason), ..trail::About::default() };
    trail::export(ctx, "audit", found.len(), about).await?;
    let rows: Vec<Vec<String>> = found.into_iter().map(cells).collect();
    tokio::task::spawn_blocking(move || documents::sheet::texts("审计记录", &COLUMNS, &rows))
        .await
        .map_err(|_| Error::Internal("audit workbook task"))?
        .map_err(|_| Error::Internal("audit workbook"))
}

fn cells(entry: Entry) -> Vec<String> {
    let Entry { event: e, username, position, hash } = entry;
    let id = |id: Option<uuid::Uuid>| id.map(|id| id.to_string()).unwrap_or_default();
    vec![
        e.id.to_string(),
        e.at.iso(),
        username.unwrap_or_default(),
        e.actor_role.label().to_owned(),
        e.origin,
        e.command.label().to_owned(),
        e.command.as_str().to_owned(),
        e.object.label().to_owned(),
        e.object_id.to_string(),
        id(e.need_id),
        e.from_state.unwrap_or_default(),
        e.to_state,
        e.reason.unwrap_or_default(),
        e.data,
        position.map(|at| format!("{at} {}", hash.map(hex::encode).unwrap_or_default())).unwrap_or_default(),
    ]
}
