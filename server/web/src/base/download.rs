//! Files to save: never shown inside the site, never kept by a cache.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// An .xlsx workbook.
pub(crate) fn workbook(name: &str, bytes: Vec<u8>) -> Response {
    attachment(name, "ledger.xlsx", WORKBOOK, bytes)
}

/// A file of any kind: as an attachment under its name (RFC 6266), its type not
/// to be guessed, without rights where a browser opens it all the same.
pub(crate) fn attachment(name: &str, plain_name: &str, kind: &str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let disposition = format!("attachment; filename=\"{plain_name}\"; filename*=UTF-8''{}", percent(name));
    for (name, value) in [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_DISPOSITION, disposition.as_str()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("content-security-policy"), "sandbox"),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    }
    response
}

/// As RFC 8187 wants the name of a file: these signs, and of the rest each byte in hexadecimal.
fn percent(name: &str) -> PercentEncode<'_> {
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_');
    utf8_percent_encode(name, KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_harmless_in_a_header() {
        assert_eq!(percent("a b\"\r\n;.xlsx").to_string(), "a%20b%22%0D%0A%3B.xlsx");
        assert_eq!(percent("台账").to_string(), "%E5%8F%B0%E8%B4%A6");
    }
}
