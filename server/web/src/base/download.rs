//! Files to save: never shown inside the site, never kept by a cache.

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};

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

/// As RFC 8187 wants the name of a file.
fn percent(name: &str) -> String {
    use std::fmt::Write;
    name.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_') {
            out.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_are_harmless_in_a_header() {
        assert_eq!(percent("a b\"\r\n;.xlsx"), "a%20b%22%0D%0A%3B.xlsx");
        assert_eq!(percent("台账"), "%E5%8F%B0%E8%B4%A6");
    }
}
