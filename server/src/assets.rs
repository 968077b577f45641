//! The site's own files, embedded by `build.rs`: style sheet, scripts, WebAssembly, images.
//!
//! Pages name them by logical name (`style.css`, `boot.js`, `app.js`, `app.wasm`); the address carries a
//! hash of the content, so a browser may keep each file for ever.

use axum::{
    body::Body,
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// One embedded file.
#[derive(Debug, Clone, Copy)]
pub struct Asset {
    /// Logical name, such as `style.css`.
    pub name: &'static str,
    /// Address with the content's hash, such as `/assets/style.0f3a….css`.
    pub url: &'static str,
    pub bytes: &'static [u8],
    /// The same, compressed with brotli; absent in a plain `cargo build` and where it saves nothing.
    pub br: Option<&'static [u8]>,
    /// The same, compressed with gzip; absent likewise.
    pub gz: Option<&'static [u8]>,
    pub content_type: &'static str,
    /// Whether the address changes with the content.
    pub immutable: bool,
}

include!(concat!(env!("OUT_DIR"), "/site.rs"));

/// Whether scripts and the minified style sheet are in this binary. Say so in the log at start:
/// a plain `cargo build` leaves them out, `cargo xtask` puts them in.
pub const fn has_scripts() -> bool {
    SCRIPTS
}

/// The file at an address (`/assets/style.0f3a….css`), at its last part, or under its logical name.
pub fn get(path: &str) -> Option<Asset> {
    let file = path.rsplit('/').next().unwrap_or(path);
    FILES
        .iter()
        .find(|asset| asset.url.strip_prefix("/assets/") == Some(file))
        .copied()
        .or_else(|| FILES.iter().find(|asset| asset.name == file).map(|asset| Asset { immutable: false, ..*asset }))
}

/// The address of a file by logical name; `None` when it is not in this binary (scripts, see [`has_scripts`]).
pub fn url(name: &str) -> Option<&'static str> {
    FILES.iter().find(|asset| asset.name == name).map(|asset| asset.url)
}

/// `GET /assets/{file}`.
pub async fn serve_asset(Path(file): Path<String>, request: HeaderMap) -> Response {
    let Some(asset) = get(&file) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let (bytes, encoding) = choose(&asset, &request);
    let tag = format!("\"{}{}\"", asset.url.trim_start_matches("/assets/"), encoding.map_or("", |e| &e[..1]));
    let seen = request
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|value| value.trim().trim_start_matches("W/") == tag);

    let mut response = if seen {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut full = Response::new(Body::from(bytes));
        full.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
        if let Some(encoding) = encoding {
            full.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        full
    };
    let headers = response.headers_mut();
    let keep = if asset.immutable { "public, max-age=31536000, immutable" } else { "no-cache" };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

/// The smallest form that the request accepts, with its `Content-Encoding`.
fn choose(asset: &Asset, request: &HeaderMap) -> (&'static [u8], Option<&'static str>) {
    let accepts = |name: &str| {
        request
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|item| {
                let mut parts = item.split(';').map(str::trim);
                let named = parts.next().is_some_and(|coding| coding.eq_ignore_ascii_case(name));
                let refused = parts
                    .filter_map(|part| part.strip_prefix("q="))
                    .any(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
                named && !refused
            })
    };
    match (asset.br, asset.gz) {
        (Some(bytes), _) if accepts("br") => (bytes, Some("br")),
        (_, Some(bytes)) if accepts("gzip") => (bytes, Some("gzip")),
        _ => (asset.bytes, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLE: Asset = Asset {
        name: "a.css",
        url: "/assets/a.1.css",
        bytes: b"plain",
        br: Some(b"br"),
        gz: Some(b"gz"),
        content_type: "text/css; charset=utf-8",
        immutable: true,
    };

    fn chosen(accept: &str) -> Option<&'static str> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_ENCODING, accept.parse().unwrap());
        choose(&SAMPLE, &headers).1
    }

    #[test]
    fn the_smallest_accepted_form_is_sent() {
        assert_eq!(chosen("gzip, deflate, br"), Some("br"));
        assert_eq!(chosen("gzip, br;q=0"), Some("gzip"));
        assert_eq!(chosen("identity"), None);
        assert_eq!(choose(&SAMPLE, &HeaderMap::new()).1, None);
    }

    #[tokio::test]
    async fn the_style_sheet_is_always_there_and_answers_not_modified() {
        let address = url("style.css").unwrap();
        let file = address.trim_start_matches("/assets/").to_owned();
        let first = serve_asset(Path(file.clone()), HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        assert_eq!(first.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert_eq!(first.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        let mut again = HeaderMap::new();
        again.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(serve_asset(Path(file), again).await.status(), StatusCode::NOT_MODIFIED);
        assert_eq!(serve_asset(Path("none.css".into()), HeaderMap::new()).await.status(), StatusCode::NOT_FOUND);
    }

    #[test]
    fn a_logical_name_is_found_but_not_kept_for_ever() {
        assert!(!get("style.css").unwrap().immutable);
        assert!(get(url("style.css").unwrap()).unwrap().immutable);
    }
}
