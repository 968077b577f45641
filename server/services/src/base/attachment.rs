//! Attachments 附件: one way in for every file that people send, one way out.

use crate::base::trail;
use crate::base::work::{About, Work, first};
use crate::boxed;
use crate::{Ctx, Error, Result};
use domain::attachment::{AttachmentState, DAILY_BYTES, MAX_BYTES, MAX_FILES};
use domain::form::record::attachment::FILE;
use domain::machine::{Command, Object};
use domain::permission::{Record, authorize};
use serde_json::json;
use storage::base::attachment::{self, Attachment};
use uuid::Uuid;

/// What a file belongs to.
#[derive(Clone, Debug)]
pub enum Owner {
    /// Evidence of a need's consent: the office in charge's alone (tier L3).
    Need(String),
    /// A document of an organization: its own and its district's.
    Organization(Uuid),
}

/// Evidence about a household lies within the reach of the offices that keep its file, no other's.
fn record<'a>(ctx: &Ctx, a: &'a Attachment) -> Record<'a> {
    let reached = a.object != Object::Need || !ctx.role().is_staff() || ctx.role().keeps_files();
    Record {
        division: Some(&a.division_code).filter(|code| reached && !code.is_empty()).map(String::as_str),
        organization: a.organization_id,
        ..Record::default()
    }
}

/// A name without paths, control and direction characters, of at most 80 characters.
pub fn harmless_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = last
        .chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
                && !matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*')
        })
        .collect();
    let stem = kept.rsplit_once('.').map_or(kept.as_str(), |(stem, _)| stem).trim_matches(['.', ' ']);
    let stem: String = stem.chars().take(80).collect();
    if stem.is_empty() { "附件".to_owned() } else { stem }
}

/// Takes a file in. Checked by content, pictures drawn anew, sealed under a
/// random id. Returns that id.
#[boxed]
pub async fn add(ctx: &Ctx, owner: &Owner, name: &str, bytes: Vec<u8>) -> Result<Uuid> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::wrong(FILE, format!("文件超过{}兆，请压缩后再传", MAX_BYTES >> 20)));
    }
    // Nobody makes the site draw pictures who may not add any.
    if !domain::permission::may_ever(ctx.role(), Command::AttachmentAdd) {
        return Err(Error::Forbidden(domain::permission::Refusal::Role));
    }
    let sent = name.to_owned();
    // One at a time: a picture takes a hundred times what it was sent as.
    let turn = ctx.services.pictures.acquire().await.map_err(|_| Error::Internal("picture turn"))?;
    let checked = tokio::task::spawn_blocking(move || documents::upload::check(&sent, &bytes))
        .await
        .map_err(|_| Error::Internal("upload task"))?
        .map_err(|error| Error::wrong(FILE, error.to_string()))?;
    drop(turn);
    let mut work = Work::begin(ctx, Command::AttachmentAdd).await?;
    let (need, mut row) = match owner {
        Owner::Need(code) => {
            let need = work.need(code).await?;
            let row = blank(ctx, &work, Object::Need, need.id, &need.division_code, None);
            (Some(need), row)
        }
        Owner::Organization(id) => {
            let found = storage::supply::organization::by_id(&mut work.tx, *id).await?.ok_or(Error::NotFound)?;
            (None, blank(ctx, &work, Object::Organization, found.id, &found.division_code, Some(found.id)))
        }
    };
    work.authorize(&record(ctx, &row))?;
    row.name = format!("{}.{}", harmless_name(name), checked.ending);
    checked.kind.clone_into(&mut row.kind);
    row.size = i64::try_from(checked.bytes.len()).map_err(|_| Error::Internal("size"))?;
    if attachment::count(&mut work.tx, row.object_id).await? >= MAX_FILES {
        return Err(Error::wrong(FILE, format!("最多{MAX_FILES}个附件，请先删去不用的")));
    }
    if let Some(account) = ctx.actor.account_id
        && attachment::added_since(&mut work.tx, account, work.now.plus_days(-1)).await? + row.size > DAILY_BYTES
    {
        return Err(Error::wrong(FILE, format!("一天最多上传{}兆，请明天再传", DAILY_BYTES >> 20)));
    }
    attachment::insert(&mut work.tx, ctx.services.db.sealer(), &row, &checked.bytes).await?;
    let about = About {
        need: need.as_ref(),
        organization: row.organization_id,
        data: Some(json!({ "kind": row.kind, "size": row.size })),
        ..About::default()
    };
    work.created(row.state, row.id, about).await?;
    let id = row.id;
    work.commit(&id.to_string()).await?;
    Ok(id)
}

fn blank(
    ctx: &Ctx,
    work: &Work<'_>,
    object: Object,
    object_id: Uuid,
    division: &str,
    organization: Option<Uuid>,
) -> Attachment {
    Attachment {
        id: random_id(ctx),
        object,
        object_id,
        division_code: division.to_owned(),
        organization_id: organization,
        state: AttachmentState::Kept,
        name: String::new(),
        kind: String::new(),
        size: 0,
        added_by: ctx.actor.account_id,
        added_at: work.now,
        removed_at: None,
    }
}

/// Not ordered by time: an address that cannot be guessed from another.
fn random_id(ctx: &Ctx) -> Uuid {
    let mut bytes = [0_u8; 16];
    ctx.services.random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Loads one for a reader who may change it: whoever adds may read.
async fn visible(ctx: &Ctx, tx: &mut storage::Tx, id: Uuid) -> Result<Attachment> {
    let found = attachment::by_id(tx, ctx.services.db.unseen(), id).await?.ok_or(Error::NotFound)?;
    authorize(&ctx.actor, Command::AttachmentAdd, &record(ctx, &found)).map_err(|_| Error::NotFound)?;
    Ok(found)
}

/// Of a need or organization, oldest first; empty for who may not know of them.
#[boxed]
pub async fn list(ctx: &Ctx, object_id: Uuid) -> Result<Vec<Attachment>> {
    list_in(ctx, &mut ctx.services.db.read().await?, object_id).await
}

pub(crate) async fn list_in(ctx: &Ctx, tx: &mut storage::Tx, object_id: Uuid) -> Result<Vec<Attachment>> {
    let mut found = attachment::of(tx, ctx.services.db.sealer(), object_id).await?;
    found.retain(|a| authorize(&ctx.actor, Command::AttachmentAdd, &record(ctx, a)).is_ok());
    Ok(found)
}

/// Opens one: its name, type and content. On record before it is shown.
#[boxed]
pub async fn open(ctx: &Ctx, id: Uuid) -> Result<(Attachment, Vec<u8>)> {
    let mut tx = ctx.services.db.read().await?;
    let found = visible(ctx, &mut tx, id).await?;
    let need = match found.object {
        Object::Need => storage::needs::need::by_id(&mut tx, found.object_id).await?,
        _ => None,
    };
    let content = attachment::content(&mut tx, ctx.services.db.sealer(), id).await?.ok_or(Error::NotFound)?;
    drop(tx);
    let about = trail::About {
        object: id,
        division: found.division_code.clone(),
        organization: found.organization_id,
        ..trail::About::default()
    };
    trail::read(ctx, "attachment", need.as_ref().map_or("", |need| need.code.as_str()), about).await?;
    Ok((found, content))
}

/// Takes name and content away; that there was one stays on record.
#[boxed]
pub async fn remove(ctx: &Ctx, id: Uuid) -> Result<()> {
    let mut work = Work::begin(ctx, Command::AttachmentRemove).await?;
    let found = visible(ctx, &mut work.tx, id).await?;
    work.authorize(&record(ctx, &found))?;
    remove_in(&mut work, &found).await?;
    work.commit("").await
}

pub(crate) async fn remove_in(work: &mut Work<'_>, found: &Attachment) -> Result<()> {
    let step = work.leads_by(Command::AttachmentRemove, found.state)?;
    first(attachment::remove(&mut work.tx, found.id, work.now).await?, Object::Attachment)?;
    let about = About { organization: found.organization_id, ..About::default() };
    work.stepped(step, found.id, about).await
}

#[cfg(test)]
mod tests {
    use super::harmless_name;

    #[test]
    fn names_lose_what_could_do_harm() {
        for (sent, kept) in [
            ("同意书.jpg", "同意书"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\boot.ini", "boot"),
            ("C:\\a\\扫描件.pdf", "扫描件"),
            ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie x"),
            ("a\0b.jpg", "ab"),
            ("gpj\u{202e}exe.jpg", "gpjexe"),
            ("...", "附件"),
            ("", "附件"),
            (".htaccess", "附件"),
        ] {
            assert_eq!(harmless_name(sent), kept, "{sent:?}");
        }
        assert_eq!(harmless_name(&"长".repeat(300)).chars().count(), 80);
    }
}
