//! Notices 站内信: which step tells whom. One table, no names in any text.

use crate::work::Work;
use crate::{Ctx, Result};
use domain::machine::Command;
use storage::need::Need;
use storage::notice::Notice;
use uuid::Uuid;

async fn send(
    work: &mut Work<'_>,
    organization_id: Option<Uuid>,
    scope: Option<String>,
    title: &str,
    body: &str,
    href: &str,
) -> Result<()> {
    let row = Notice {
        id: work.ctx.services.new_id(),
        at: work.now,
        organization_id,
        scope,
        title: title.to_owned(),
        body: body.to_owned(),
        href: href.to_owned(),
        read_at: None,
    };
    storage::notice::insert(&mut work.tx, &row).await?;
    Ok(())
}

pub(crate) async fn to_organization(
    work: &mut Work<'_>,
    organization: Uuid,
    title: &str,
    body: &str,
    href: &str,
) -> Result<()> {
    send(work, Some(organization), None, title, body, href).await
}

/// To the street office of a division.
pub(crate) async fn to_street(work: &mut Work<'_>, division: &str, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, None, Some(division.get(..9).unwrap_or(division).to_owned()), title, body, href).await
}

/// To the district office of a division.
pub(crate) async fn to_district(
    work: &mut Work<'_>,
    division: &str,
    title: &str,
    body: &str,
    href: &str,
) -> Result<()> {
    send(work, None, Some(division.get(..6).unwrap_or(division).to_owned()), title, body, href).await
}

/// To the city's office.
async fn to_city(work: &mut Work<'_>, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, None, Some("12".to_owned()), title, body, href).await
}

pub(crate) async fn of_need(work: &mut Work<'_>, need: &Need, command: Command) -> Result<()> {
    let href = format!("/needs/{}", need.code);
    let title = need.title.clone();
    match command {
        Command::NeedSubmit | Command::NeedReopen => {
            to_district(work, &need.division_code, "有需求送审", &title, &href).await
        }
        Command::NeedReturn => to_street(work, &need.division_code, "需求被退回修改", &title, &href).await,
        Command::NeedPublish => to_street(work, &need.division_code, "需求已公开", &title, &href).await,
        Command::NeedExpire => {
            to_street(work, &need.division_code, "需求到期无人认领，记为未满足", &title, &href).await?;
            to_district(work, &need.division_code, "需求到期无人认领，记为未满足", &title, &href).await
        }
        _ => Ok(()),
    }
}

/// Steps of the unclaimed queue: district's organizations, district office, city.
pub(crate) async fn unclaimed(work: &mut Work<'_>, need: &Need, level: i64) -> Result<()> {
    let href = format!("/needs/{}", need.code);
    match level {
        1 => {
            let services: Vec<String> = storage::need::lines(&mut work.tx, need.id, need.cycle)
                .await?
                .into_iter()
                .map(|line| line.service_code)
                .collect();
            let district = need.division_code.get(..6).unwrap_or_default().to_owned();
            let all = storage::organization::in_state(
                &mut work.tx,
                domain::organization::OrganizationState::Verified,
                "12",
                2000,
            )
            .await?;
            for organization in all.into_iter().filter(|o| {
                (o.division_code.starts_with(&district) || o.serves(&need.division_code))
                    && o.services().iter().any(|s| services.contains(s))
            }) {
                to_organization(work, organization.id, "附近有需求等了3天", &need.title, &href).await?;
            }
            Ok(())
        }
        2 => to_district(work, &need.division_code, "需求7天无人认领，请协调", &need.title, &href).await,
        _ => {
            to_district(work, &need.division_code, "需求14天无人认领，已报市民政局", &need.title, &href).await?;
            to_city(work, "需求14天无人认领，请调度或记录未满足", &need.title, &href).await
        }
    }
}

/// The reader's notices, newest first.
pub async fn list(ctx: &Ctx, offset: i64, limit: i64) -> Result<Vec<Notice>> {
    ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::notice::of(&mut tx, ctx.actor.organization_id, &ctx.actor.scope, offset, limit).await?)
}

pub async fn count_unread(ctx: &Ctx) -> Result<i64> {
    ctx.account()?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::notice::count_unread(&mut tx, ctx.actor.organization_id, &ctx.actor.scope).await?)
}

/// Marks the reader's notices as read (a button, since viewing changes nothing).
pub async fn mark_read(ctx: &Ctx) -> Result<()> {
    ctx.account()?;
    let now = ctx.now();
    let mut tx = ctx.services.db.write().await?;
    storage::notice::mark_read(&mut tx, ctx.actor.organization_id, &ctx.actor.scope, now).await?;
    tx.commit().await?;
    Ok(())
}
