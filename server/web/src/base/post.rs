//! A sent form: its fields, its token spent once, its draft kept until it succeeds.
//!
//! Every form carries `form` (page and name, `/needs/XQ…#claim`), `once` and, after
//! a mistake, `draft`. Mistakes go into the draft and the reader back to the page,
//! which shows both: nothing typed travels in an address, nothing is lost.

use crate::base::frame::{Page, Site, render};
use crate::base::get::Get;
use crate::base::refusal::failure;
use crate::base::request::{Request, encode_flash};
use crate::base::ways::{Ended, is_local, to_login};
use app::components::FlashKind;
use axum::body::Body;
use axum::extract::{FromRequest, Multipart};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::field::Check;
use domain::form::FieldDef;
use services::base::draft::{self, Fields};
use services::{Ctx, Error, Result};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OwnedSemaphorePermit;
use uuid::Uuid;

/// The largest form without files, in bytes.
const MAX_FORM: usize = 1 << 20;

/// A sent form.
pub(crate) struct Post {
    pub site: Arc<Site>,
    pub request: Request,
    pub fields: Fields,
    /// Name and content of a sent file.
    pub file: Option<(String, Vec<u8>)>,
    /// What the file takes of the room for all that are sent.
    _room: Option<OwnedSemaphorePermit>,
    pub headers: HeaderMap,
}

impl Post {
    /// Reads what was sent; the answer where it cannot be read.
    pub async fn read(request: axum::extract::Request, site: &Arc<Site>) -> Result<Self, Response> {
        let (parts, body) = request.into_parts();
        let frame = Request::of(&parts);
        let headers = parts.headers.clone();
        let kind =
            headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let mut room = None;
        let (fields, file) = if kind.starts_with("multipart/form-data") {
            let read = async {
                room = Some(take_room(&parts, site).await?);
                read_multipart(axum::extract::Request::from_parts(parts, body), site).await
            };
            match read.await {
                Ok(read) => read,
                Err(error) => return Err(failure(site, &frame, error, None).await),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            let Ok(bytes) = axum::body::to_bytes(body, MAX_FORM).await else {
                return Err(failure(site, &frame, Error::rule("填写的内容太长，请删减后再提交"), None).await);
            };
            match serde_urlencoded::from_bytes(&bytes) {
                Ok(fields) => (fields, None),
                Err(_) => {
                    let error = Error::rule("表单内容无法识别，请重新打开页面再填");
                    return Err(failure(site, &frame, error, None).await);
                }
            }
        } else {
            return Err((StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported").into_response());
        };
        Ok(Self { site: Arc::clone(site), request: frame, fields, file, _room: room, headers })
    }
}

/// Largest upload: the ledger limit with some room for the form around it.
pub(crate) const MAX_UPLOAD: usize = services::needs::import::MAX_BYTES + (1 << 20);

/// How long a file waits for room.
const ROOM_WITHIN: Duration = Duration::from_secs(20);

/// Takes as much room as a request says that it is large, before anything of it is read; refuses what is too large.
async fn take_room(parts: &axum::http::request::Parts, site: &Arc<Site>) -> Result<OwnedSemaphorePermit> {
    let limit = file_limit(parts.uri.path());
    let declared = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    let size = declared.unwrap_or(limit + MAX_FORM);
    if size > limit + MAX_FORM {
        return Err(too_large(limit));
    }
    let units = u32::try_from((size >> 20) + 1).map_err(|_| Error::Internal("room"))?;
    match tokio::time::timeout(ROOM_WITHIN, Arc::clone(&site.room).acquire_many_owned(units)).await {
        Ok(Ok(room)) => Ok(room),
        _ => Err(Error::rule("现在上传文件的人太多，请过一两分钟再传")),
    }
}

/// The largest file that a form takes.
fn file_limit(path: &str) -> usize {
    if path.starts_with("/import") || path.ends_with("/import") {
        services::needs::import::MAX_BYTES
    } else {
        domain::attachment::MAX_BYTES
    }
}

fn too_large(limit: usize) -> Error {
    Error::wrong(
        domain::form::record::attachment::FILE,
        format!("文件超过{}兆，或没有传完整，请检查后再传", limit >> 20),
    )
}

/// Most fields of one form.
const MAX_FIELDS: usize = 2_000;

async fn read_multipart(
    request: axum::extract::Request,
    site: &Arc<Site>,
) -> Result<(Fields, Option<(String, Vec<u8>)>)> {
    let broken = || Error::rule("文件没有传完整，请检查网络后再传一次");
    let limit = file_limit(request.uri().path());
    let mut multipart = Multipart::from_request(request, site).await.map_err(|_| broken())?;
    let (mut fields, mut file) = (Vec::new(), None);
    let (mut parts, mut typed) = (0, 0);
    while let Some(mut field) = multipart.next_field().await.map_err(|_| broken())? {
        parts += 1;
        if parts > MAX_FIELDS {
            return Err(Error::rule("表单的项目太多，请重新打开页面再填"));
        }
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(ToOwned::to_owned) {
            Some(file_name) => {
                // Piece by piece, so that a file too large is refused before it has all come.
                let mut bytes = Vec::new();
                while let Some(piece) = field.chunk().await.map_err(|_| too_large(limit))? {
                    if bytes.len() + piece.len() > limit {
                        return Err(too_large(limit));
                    }
                    bytes.extend_from_slice(&piece);
                }
                if !bytes.is_empty() {
                    file = Some((file_name, bytes));
                }
            }
            None => {
                let text = field.text().await.map_err(|_| broken())?;
                typed += name.len() + text.len();
                if typed > MAX_FORM {
                    return Err(Error::rule("填写的内容太长，请删减后再提交"));
                }
                fields.push((name, text));
            }
        }
    }
    Ok((fields, file))
}

impl Post {
    /// What was typed into a declared field, empty when it was not sent.
    pub fn typed(&self, field: FieldDef) -> &str {
        field.value(&self.fields)
    }

    /// What was chosen in a declared field; a mistake of the form where nothing was.
    pub fn chosen<T: std::str::FromStr>(&self, field: FieldDef) -> Result<T> {
        let mut check = Check::new();
        let chosen = check.choice(field.required(true), &self.fields);
        check.done()?;
        chosen.ok_or(Error::Internal("a choice without mistake and without value"))
    }

    pub fn value(&self, name: &str) -> &str {
        domain::form::value(&self.fields, name)
    }

    /// The signed-in sender with the form's token.
    pub fn ctx(&self) -> Result<Ctx> {
        let ctx = self.request.session.ctx(&self.site.services).ok_or(Error::SignedOut)?;
        Ok(ctx.with_once(self.value("once").parse().ok()))
    }

    pub fn draft_id(&self) -> Option<Uuid> {
        self.value("draft").parse().ok()
    }

    /// Page and name of the form; a form without is of the page it was sent to.
    fn form(&self) -> String {
        let form = self.value("form");
        if is_local(form) { form.to_owned() } else { self.request.path.clone() }
    }

    /// Runs the command. Success forgets the draft, says `said` on the next page
    /// and goes to what `location` makes of the command's result; a mistake keeps
    /// what was typed and goes back to the form.
    pub async fn run<F>(self, said: &str, location: impl Fn(&str) -> String, command: F) -> Response
    where
        F: AsyncFnOnce(&Self, Ctx) -> Result<String>,
    {
        let ctx = match self.ctx() {
            Ok(ctx) => ctx,
            Err(error) => return failure(&self.site, &self.request, error, None).await,
        };
        if !self.value("mend").is_empty() {
            return self.mend(&ctx).await;
        }
        match command(&self, ctx.clone()).await {
            Ok(result) => {
                if let Some(id) = self.draft_id()
                    && let Err(error) = draft::delete(&ctx, id).await
                {
                    tracing::warn!(%error, "a finished draft could not be removed");
                }
                // The writer's own next page shows the change.
                services::finding::follower::follow_briefly(&self.site.services).await;
                self.go(&location(&result), FlashKind::Done, said)
            }
            Err(Error::AlreadyDone { result }) => {
                self.go(&location(&result), FlashKind::Notice, "这张表已经提交过了，没有重复办理")
            }
            Err(error) => self.failed_for(&ctx, error).await,
        }
    }

    /// Shows what was opened in the answer itself, as the page of `path`: it stands in no address and no history, and is
    /// gone with the page.
    pub async fn shown(&self, path: String, page: impl AsyncFnOnce(&Get, &Ctx) -> Result<Page>) -> Response {
        let mut request = self.request.clone();
        request.path.clone_from(&path);
        request.path_and_query.clone_from(&path);
        let made = async {
            let ctx = self.ctx()?;
            page(&Get::again(&self.site, request.clone()), &ctx).await
        };
        let mut response = match made.await {
            Ok(page) => render(&self.site, &request, page).await,
            Err(error) => failure(&self.site, &request, error, Some(path)).await,
        };
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The answer where something stands against what was sent.
    pub async fn failed(&self, error: Error) -> Response {
        match self.ctx() {
            Ok(ctx) => self.failed_for(&ctx, error).await,
            Err(error) => failure(&self.site, &self.request, error, None).await,
        }
    }

    async fn failed_for(&self, ctx: &Ctx, error: Error) -> Response {
        match error {
            Error::Invalid(mistakes) => self.back_with(ctx, &mistakes).await,
            Error::Unconfirmed => self.confirm_first(ctx).await,
            error @ (Error::Conflict(_) | Error::Storage(_)) => {
                // What was typed stays in the draft, also when somebody was first.
                let back = match draft::save(ctx, self.draft_id(), &self.form(), &self.fields, &[]).await {
                    Ok(id) => Some(with_draft(&self.form(), id)),
                    Err(_) => None,
                };
                failure(&self.site, &self.request, error, back).await
            }
            error => failure(&self.site, &self.request, error, None).await,
        }
    }

    /// A button of a refused text: `plan:12`, the field and the first character of the place. What it asks for is put
    /// there, and the form comes back; a text that was changed meanwhile stays as it is typed.
    async fn mend(&self, ctx: &Ctx) -> Response {
        let (name, start) = self.value("mend").split_once(':').unwrap_or_default();
        let before = match self.draft_id() {
            Some(id) => draft::load(ctx, id, &self.form()).await.ok().flatten(),
            None => None,
        };
        let mut fields: Fields = self.fields.iter().filter(|(field, _)| field != "mend").cloned().collect();
        let (typed, mut mistakes) = before.map(|draft| (draft.fields, draft.mistakes)).unwrap_or_default();
        let refused = crate::base::form_fields::as_read(domain::form::value(&typed, name));
        if let (Some(at), Ok(start)) = (mistakes.iter().position(|m| m.field == name), start.parse::<usize>())
            && let Some((_, text)) = fields.iter_mut().find(|(field, _)| field == name)
            && crate::base::form_fields::as_read(text) == refused
            && let Some((mended, left)) = services::base::gate::mend_marked(&refused, &mistakes[at], Some(start))
        {
            *text = mended;
            mistakes.remove(at);
            mistakes.extend(left);
        }
        match draft::save(ctx, self.draft_id(), &self.form(), &fields, &mistakes).await {
            Ok(id) => Redirect::to(&with_draft(&self.form(), id)).into_response(),
            Err(error) => failure(&self.site, &self.request, error, None).await,
        }
    }

    /// Keeps the fields with their mistakes and shows the form again.
    pub async fn back_with(&self, ctx: &Ctx, mistakes: &[domain::field::FieldError]) -> Response {
        match draft::save(ctx, self.draft_id(), &self.form(), &self.fields, mistakes).await {
            Ok(id) => Redirect::to(&with_draft(&self.form(), id)).into_response(),
            Err(error) => failure(&self.site, &self.request, error, None).await,
        }
    }

    /// Keeps what was typed, asks who is there, and comes back to the form.
    pub async fn confirm_first(&self, ctx: &Ctx) -> Response {
        let back = match draft::save(ctx, self.draft_id(), &self.form(), &self.fields, &[]).await {
            Ok(id) => with_draft(&self.form(), id),
            Err(_) => self.form(),
        };
        crate::base::ways::to_confirm(&back)
    }

    /// To another page with a word on it. The script that sends a file would follow by itself and use up the word:
    /// it is told where to go.
    pub fn go(&self, to: &str, kind: FlashKind, said: &str) -> Response {
        let mut response = match HeaderValue::from_str(to) {
            Ok(to) if self.headers.contains_key("x-upload") => ([("x-location", to)], "").into_response(),
            _ => Redirect::to(to).into_response(),
        };
        if !said.is_empty() {
            response
                .headers_mut()
                .append(header::SET_COOKIE, self.site.cookie("flash", &encode_flash(kind, said), Some(60)));
        }
        response
    }
}

/// `/needs/XQ…#claim` with its draft: `/needs/XQ…?draft=…#claim`.
fn with_draft(form: &str, id: Uuid) -> String {
    let (path, name) = form.split_once('#').unwrap_or((form, ""));
    let anchor = if name.is_empty() { String::new() } else { format!("#{name}") };
    let joint = if path.contains('?') { '&' } else { '?' };
    format!("{path}{joint}draft={id}{anchor}")
}

/// A form that came shortly after its session had run out: kept for the account, which finds it again after signing in.
/// A file is not read.
pub(crate) async fn keep_for_later(
    site: &Arc<Site>,
    account_id: Uuid,
    request: axum::extract::Request<Body>,
) -> Response {
    let post = match Post::read(request, site).await {
        Ok(post) => post,
        Err(response) => return response,
    };
    let form = post.form();
    match draft::save_late(&site.services, account_id, post.draft_id(), &form, &post.fields).await {
        Ok(id) => to_login(&with_draft(&form, id), Ended::Kept),
        Err(_) => to_login(&form, Ended::Lost),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_own_pages_are_local() {
        for good in ["/", "/needs/XQ120101-26-000001#claim", "/desk?tab=1"] {
            assert!(is_local(good), "{good}");
        }
        for bad in
            ["", "//evil.example", "/\\evil", "https:evil", "/a\r\nSet-Cookie: x", "/\t/evil", "javascript:1", "/需求"]
        {
            assert!(!is_local(bad), "{bad}");
        }
    }
}
