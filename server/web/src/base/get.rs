//! A request for a page: reader, query, draft; and the answer.

use crate::base::cache::PageCache;
use crate::base::frame::{Page, Site, render};
use crate::base::refusal::{failure, viewer};
use crate::base::request::Request;
use crate::base::request::Session;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Redirect, Response};
use services::base::draft::{self, Draft};
use services::finding::hall::Viewer;
use services::{Ctx, Error, Result};
use std::sync::Arc;
use tokio::sync::OnceCell;
use uuid::Uuid;

/// A request for a page.
pub(crate) struct Get {
    pub site: Arc<Site>,
    pub request: Request,
    pub query: Vec<(String, String)>,
    ctx: Option<Ctx>,
    /// What the reader left unsent on a page, once it was asked for.
    kept: OnceCell<(String, Vec<Draft>)>,
}

/// What a page handler answers with.
pub(crate) enum Answer {
    Page(Page),
    To(String),
    Raw(Response),
}

impl From<Page> for Answer {
    fn from(page: Page) -> Self {
        Self::Page(page)
    }
}

impl Get {
    pub fn of(parts: &Parts, site: &Arc<Site>) -> Self {
        let request = Request::of(parts);
        let query = parts.uri.query().and_then(|query| serde_urlencoded::from_str(query).ok()).unwrap_or_default();
        let ctx = request.session.ctx(&site.services);
        Self { site: Arc::clone(site), request, query, ctx, kept: OnceCell::new() }
    }

    /// The page that a sent form is answered with, as if it had been asked for.
    pub fn again(site: &Arc<Site>, request: Request) -> Self {
        let ctx = request.session.ctx(&site.services);
        Self { site: Arc::clone(site), request, query: Vec::new(), ctx, kept: OnceCell::new() }
    }

    /// First value of a query field, empty when it was not sent.
    pub fn value(&self, name: &str) -> &str {
        self.query.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str())
    }

    /// Page number from `page`, counted from 1.
    pub fn page(&self) -> usize {
        self.value("page").parse().ok().filter(|page| (1..=10_000).contains(page)).unwrap_or(1)
    }

    /// The signed-in reader.
    pub fn ctx(&self) -> Result<&Ctx> {
        self.ctx.as_ref().ok_or(Error::SignedOut)
    }

    pub fn reader(&self) -> Option<&Ctx> {
        self.ctx.as_ref()
    }

    pub fn viewer(&self) -> Viewer<'_> {
        viewer(self.ctx.as_ref())
    }

    /// The name under which the signed-in account is shown.
    pub fn signed_in(&self) -> Option<&services::people::session::SignedIn> {
        match &self.request.session {
            Session::In(signed_in) => Some(signed_in),
            _ => None,
        }
    }

    /// A fresh token for a form that may be sent once.
    pub fn once(&self) -> String {
        self.site.services.new_id().to_string()
    }

    /// What is kept of the form `name` of this page, see [`Get::draft_of`].
    pub async fn draft(&self, name: &str) -> Result<Option<Draft>> {
        self.draft_of(&form_key(&self.request.path, name)).await
    }

    /// What is kept of a form, by its page and name: the draft named in the address, else what was left unsent last time,
    /// without the mistakes that were found then.
    pub async fn draft_of(&self, form: &str) -> Result<Option<Draft>> {
        let Some(ctx) = &self.ctx else { return Ok(None) };
        if let Some(named) = self.named_draft(form).await? {
            return Ok(Some(named));
        }
        // One look for all forms of the page.
        let page = form.split('#').next().unwrap_or_default();
        let (asked, kept) = self
            .kept
            .get_or_try_init(|| async { Ok::<_, Error>((page.to_owned(), draft::of_page(ctx, page).await?)) })
            .await?;
        let left = if asked == page {
            kept.iter().find(|draft| draft.form == form).cloned()
        } else {
            draft::latest(ctx, form).await?
        };
        Ok(left.map(|draft| Draft { mistakes: Vec::new(), ..draft }))
    }

    /// The draft named in the address alone, when it is the reader's own and belongs to the form.
    pub async fn named_draft(&self, form: &str) -> Result<Option<Draft>> {
        let (Some(ctx), Ok(id)) = (&self.ctx, self.value("draft").parse::<Uuid>()) else { return Ok(None) };
        draft::load(ctx, id, form).await
    }

    /// Shows what the handler answers; failures become pages.
    pub async fn show<A: Into<Answer>>(&self, answer: impl Future<Output = Result<A>>) -> Response {
        match answer.await.map(Into::into) {
            Ok(Answer::Page(page)) => render(&self.site, &self.request, page).await,
            Ok(Answer::To(to)) => Redirect::to(&to).into_response(),
            Ok(Answer::Raw(response)) => response,
            Err(error) => failure(&self.site, &self.request, error, None).await,
        }
    }

    /// As [`Get::show`] for pages that are the same for everybody without an
    /// account: rendered once per state of the index and minute.
    pub async fn show_public<A: Into<Answer>>(&self, answer: impl Future<Output = Result<A>>) -> Response {
        if !self.request.is_plain() {
            return self.show(answer).await;
        }
        let key = PageCache::key(&self.request, self.site.services.index.generation(), self.site.services.now());
        if let Some(response) = self.site.cache.get(&key, &self.request.nonce) {
            return response;
        }
        let response = self.show(answer).await;
        self.site.cache.put(key, &self.request.nonce, response).await
    }
}

/// Key of a form: the page it stands on, and its name there.
pub(crate) fn form_key(path: &str, name: &str) -> String {
    format!("{path}#{name}")
}
