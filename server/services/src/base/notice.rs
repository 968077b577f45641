//! Notices 站内信: which step tells whom. One table, no names in any text.

use crate::base::work::Work;
use crate::boxed;
use crate::{Ctx, Result};
use domain::href::href;
use domain::machine::{Command, Object};
use domain::role::Role;
use storage::base::notice::Notice;
use storage::needs::need::Need;
use uuid::Uuid;

async fn send(
    work: &mut Work<'_>,
    (organization_id, scope, account_id): (Option<Uuid>, Option<String>, Option<Uuid>),
    title: &str,
    body: &str,
    href: &str,
) -> Result<()> {
    let row = Notice {
        id: work.ctx.services.new_id(),
        at: work.now,
        organization_id,
        scope,
        account_id,
        title: title.to_owned(),
        body: body.to_owned(),
        href: href.to_owned(),
        read_at: None,
    };
    storage::base::notice::insert(&mut work.tx, &row).await?;
    Ok(())
}

pub(crate) async fn to_organization(
    work: &mut Work<'_>,
    organization: Uuid,
    title: &str,
    body: &str,
    href: &str,
) -> Result<()> {
    send(work, (Some(organization), None, None), title, body, href).await
}

/// To one account: a volunteer's, whose number and name stand in none of it.
pub(crate) async fn to_account(work: &mut Work<'_>, account: Uuid, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, (None, None, Some(account)), title, body, href).await
}

/// To the office whose scope is exactly a division: of a village committee or a street.
pub(crate) async fn to_office(work: &mut Work<'_>, division: &str, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, (None, Some(domain::division::prefix(division).to_owned()), None), title, body, href).await
}

/// To the street office of a division.
pub(crate) async fn to_street(work: &mut Work<'_>, division: &str, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, (None, Some(division.get(..9).unwrap_or(division).to_owned()), None), title, body, href).await
}

/// To the district office of a division.
pub(crate) async fn to_district(
    work: &mut Work<'_>,
    division: &str,
    title: &str,
    body: &str,
    href: &str,
) -> Result<()> {
    send(work, (None, Some(division.get(..6).unwrap_or(division).to_owned()), None), title, body, href).await
}

/// To the office of exactly a scope.
pub(crate) async fn to_scope(work: &mut Work<'_>, scope: &str, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, (None, Some(scope.to_owned()), None), title, body, href).await
}

/// To the city's office.
pub(crate) async fn to_city(work: &mut Work<'_>, title: &str, body: &str, href: &str) -> Result<()> {
    send(work, (None, Some("12".to_owned()), None), title, body, href).await
}

pub(crate) async fn of_need(work: &mut Work<'_>, need: &Need, command: Command) -> Result<()> {
    let href = href(Object::Need, &need.code);
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

/// An urgent need is public: its street, its district, and the organizations that could serve it.
pub(crate) async fn urgent(work: &mut Work<'_>, need: &Need, reached: &[Uuid]) -> Result<()> {
    let (href, title) = (href(Object::Need, &need.code), need.title.clone());
    for organization in reached {
        to_organization(work, *organization, "急难：附近有需求要在24小时内有人承接", &title, &href).await?;
    }
    let told = format!("急难需求已公开，已告诉{}家能做的组织", reached.len());
    to_street(work, &need.division_code, &told, &title, &format!("{href}/candidates")).await
}

/// Steps of the unclaimed queue: the organizations reached now, and street, district, city in turn.
pub(crate) async fn unclaimed(work: &mut Work<'_>, need: &Need, level: i64, reached: &[Uuid]) -> Result<()> {
    let href = href(Object::Need, &need.code);
    let asking = format!("{href}/candidates");
    let (division, title) = (need.division_code.clone(), need.title.clone());
    let urgent = need.is_urgent();
    let to_them = match (urgent, level) {
        (true, 1) => "急难：附近有需求等了12小时",
        (true, 2) => "急难：相邻的区有需求等了20小时，想请贵机构看看",
        (true, _) => "急难：本市有需求等了24小时，想请贵机构看看",
        (false, 1) => "附近有需求等了3天",
        (false, 2) => "相邻的区有需求等了7天，想请贵机构看看",
        (false, _) => "本市有需求等了14天，想请贵机构看看",
    };
    for organization in reached {
        to_organization(work, *organization, to_them, &title, &href).await?;
    }
    match (urgent, level) {
        (true, 1) => to_street(work, &division, "急难需求12小时无人认领，已扩大到全区", &title, &asking).await,
        (true, 2) => {
            to_street(work, &division, "急难需求20小时无人认领，已请区民政局协调", &title, &href).await?;
            to_district(work, &division, "急难需求20小时无人认领，请协调", &title, &asking).await
        }
        (true, 3) => {
            to_street(work, &division, "急难需求满24小时无人认领，已扩大到全市", &title, &asking).await?;
            to_district(work, &division, "急难需求满24小时无人认领，已扩大到全市", &title, &asking).await
        }
        (true, _) => {
            to_street(work, &division, "急难需求36小时无人认领，已报市民政局", &title, &href).await?;
            to_district(work, &division, "急难需求36小时无人认领，已报市民政局", &title, &href).await?;
            to_city(work, "急难需求36小时无人认领，请调度或记录未满足", &title, &asking).await
        }
        (false, 1) => to_street(work, &division, "需求3天无人认领，已扩大到全区", &title, &asking).await,
        (false, 2) => {
            to_street(work, &division, "需求7天无人认领，已请区民政局协调", &title, &href).await?;
            to_district(work, &division, "需求7天无人认领，请协调", &title, &asking).await
        }
        (false, _) => {
            to_street(work, &division, "需求14天无人认领，已报市民政局", &title, &href).await?;
            to_district(work, &division, "需求14天无人认领，已报市民政局", &title, &href).await?;
            to_city(work, "需求14天无人认领，请调度或记录未满足", &title, &asking).await
        }
    }
}

/// Where a reader's notices lie: the own ones, and those of the organization or office.
fn shelf(ctx: &Ctx) -> Result<storage::base::notice::Shelf<'_>> {
    let account = ctx.account()?;
    Ok(match ctx.actor.organization_id {
        _ if ctx.role() == Role::Volunteer => storage::base::notice::Shelf { account, organization: None, scope: None },
        Some(id) => storage::base::notice::Shelf { account, organization: Some(id), scope: None },
        None => storage::base::notice::Shelf { account, organization: None, scope: Some(&ctx.actor.scope) },
    })
}

/// The reader's notices, newest first.
#[boxed]
pub async fn list(ctx: &Ctx, offset: i64, limit: i64) -> Result<Vec<Notice>> {
    let shelf = shelf(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::base::notice::of(&mut tx, shelf, offset, limit).await?)
}

#[boxed]
pub async fn count_unread(ctx: &Ctx) -> Result<i64> {
    let shelf = shelf(ctx)?;
    let mut tx = ctx.services.db.read().await?;
    Ok(storage::base::notice::count_unread(&mut tx, shelf).await?)
}

/// Marks the reader's notices as read (a button, since viewing changes nothing).
#[boxed]
pub async fn mark_read(ctx: &Ctx) -> Result<()> {
    let shelf = shelf(ctx)?;
    let mut tx = ctx.services.db.write().await?;
    storage::base::notice::mark_read(&mut tx, shelf, ctx.now()).await?;
    Ok(tx.commit().await?)
}
