//! Finished pages for readers without an account: the same page for everybody,
//! until the index changes or the minute is over (waiting times are shown).

use crate::base::frame::Request;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::calendar::Time;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What decides the bytes of a public page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key {
    generation: u64,
    minute: i64,
    page: String,
}

/// Pages kept at once; a page is some 30 kB.
const MOST: usize = 500;

#[derive(Default)]
pub(crate) struct PageCache(Mutex<HashMap<Key, Page>>);

/// A page in parts; between them stands the nonce of whichever answer it becomes.
#[derive(Clone)]
struct Page(Vec<Bytes>);

impl Page {
    /// Takes out the nonce of the answer that a page was made for.
    fn without(nonce: &str, bytes: &Bytes) -> Self {
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        if nonce.is_empty() || !text.contains(nonce) {
            return Self(vec![bytes.clone()]);
        }
        Self(text.split(nonce).map(|part| bytes.slice_ref(part.as_bytes())).collect())
    }

    fn answer(&self, nonce: &str) -> Response {
        let mut response = match self.0.as_slice() {
            [whole] => whole.clone().into_response(),
            parts => parts.join(nonce.as_bytes()).into_response(),
        };
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        response
    }
}

impl PageCache {
    pub fn key(request: &Request, generation: u64, now: Time) -> Key {
        let page = format!(
            "{}|{}|{}|{}",
            request.path_and_query,
            request.elder.as_str(),
            request.theme.as_str(),
            request.contrast_more
        );
        Key { generation, minute: now.0.div_euclid(60_000_000), page }
    }

    /// A kept page, with the nonce of the answer it becomes now.
    pub fn get(&self, key: &Key, nonce: &str) -> Option<Response> {
        let page = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()?;
        Some(page.answer(nonce))
    }

    /// Keeps a page that was found and carries nothing of this one request but its nonce.
    pub async fn put(&self, key: Key, nonce: &str, response: Response) -> Response {
        if response.status() != StatusCode::OK || response.headers().contains_key(header::SET_COOKIE) {
            return response;
        }
        let Ok(bytes) = axum::body::to_bytes(response.into_body(), 2 << 20).await else {
            return (StatusCode::INTERNAL_SERVER_ERROR, "").into_response();
        };
        let page = Page::without(nonce, &bytes);
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= MOST {
            // Older states of the site go first; if all are of now, all go.
            pages.retain(|old, _| old.generation == key.generation && old.minute == key.minute);
            if pages.len() >= MOST {
                pages.clear();
            }
        }
        pages.insert(key, page.clone());
        page.answer(nonce)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn text(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_kept_page_carries_the_nonce_of_each_answer() {
        let cache = PageCache::default();
        let key = Key { generation: 1, minute: 1, page: "/needs".into() };
        let made = "<script nonce=a1>一</script><script nonce=a1>二</script>";
        assert!(cache.get(&key, "a1").is_none());
        assert_eq!(text(cache.put(key.clone(), "a1", made.into_response()).await).await, made);
        let again = text(cache.get(&key, "b2").unwrap()).await;
        assert_eq!(again, made.replace("a1", "b2"));
        let key = Key { page: "/help".into(), ..key };
        cache.put(key.clone(), "", "<p>a1</p>".into_response()).await;
        assert_eq!(text(cache.get(&key, "b2").unwrap()).await, "<p>a1</p>");
        assert!(cache.get(&Key { minute: 2, ..key }, "b2").is_none());
    }
}
