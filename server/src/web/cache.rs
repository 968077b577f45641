//! Finished pages for readers without an account: the same page for everybody,
//! until the index changes or the minute is over (waiting times are shown).

use super::frame::Request;
use axum::body::Bytes;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::calendar::Time;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// What decides the bytes of a public page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    generation: u64,
    minute: i64,
    page: String,
}

/// Pages kept at once; a page is some 30 kB.
const MOST: usize = 500;

#[derive(Default)]
pub(super) struct PageCache(Mutex<HashMap<Key, Bytes>>);

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

    pub fn get(&self, key: &Key) -> Option<Response> {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()?;
        Some(answer(bytes))
    }

    /// Keeps a page that was found and carries nothing of this one request.
    pub async fn put(&self, key: Key, nonce: &str, response: Response) -> Response {
        if response.status() != StatusCode::OK || response.headers().contains_key(header::SET_COOKIE) {
            return response;
        }
        let (parts, body) = response.into_parts();
        let Ok(bytes) = axum::body::to_bytes(body, 2 << 20).await else {
            return (StatusCode::INTERNAL_SERVER_ERROR, "").into_response();
        };
        let carries_nonce = !nonce.is_empty() && bytes.windows(nonce.len()).any(|part| part == nonce.as_bytes());
        if carries_nonce {
            return Response::from_parts(parts, bytes.into());
        }
        let mut pages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.len() >= MOST {
            // Older states of the site go first; if all are of now, all go.
            pages.retain(|old, _| old.generation == key.generation && old.minute == key.minute);
            if pages.len() >= MOST {
                pages.clear();
            }
        }
        pages.insert(key, bytes.clone());
        answer(bytes)
    }
}

fn answer(bytes: Bytes) -> Response {
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}
