//! Web archives (MHT): the page inside, freed of how it was packed for mail.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The page inside a web archive: its longest part that holds a table.
pub(super) fn page(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut best: Option<Vec<u8>> = None;
    for part in parts_of(bytes) {
        let Some((head, body)) = split_head(part) else { continue };
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let body = if head.contains("quoted-printable") {
            unquote(body)
        } else if head.contains("base64") {
            let plain: Vec<u8> = body.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            STANDARD.decode(plain).unwrap_or_default()
        } else {
            body.to_vec()
        };
        let is_page = body.windows(3).any(|window| window.eq_ignore_ascii_case(b"<tr"));
        if is_page && best.as_ref().is_none_or(|best| best.len() < body.len()) {
            best = Some(body);
        }
    }
    best
}

/// The parts between the lines that begin with the archive's boundary; the whole where there is none.
fn parts_of(bytes: &[u8]) -> Vec<&[u8]> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(8192)]);
    let boundary = head.find("boundary=").map(|at| {
        head[at + 9..].trim_start_matches('"').split(['"', '\r', '\n', ';']).next().unwrap_or_default().to_owned()
    });
    let Some(boundary) = boundary.filter(|boundary| !boundary.is_empty()) else {
        return vec![bytes];
    };
    let mark = format!("--{boundary}").into_bytes();
    let mut marks: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = bytes[at..].windows(mark.len()).position(|window| window == mark) {
        marks.push(at + found);
        at += found + mark.len();
    }
    marks
        .iter()
        .enumerate()
        .map(|(number, from)| {
            let to = marks.get(number + 1).copied().unwrap_or(bytes.len());
            let part = &bytes[(from + mark.len()).min(to)..to];
            let line = part.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            &part[line..]
        })
        .collect()
}

/// What stands before and after the first empty line.
fn split_head(part: &[u8]) -> Option<(&[u8], &[u8])> {
    let windows = part.windows(4).position(|window| window == b"\r\n\r\n").map(|at| (at, at + 4));
    let unix = part.windows(2).position(|window| window == b"\n\n").map(|at| (at, at + 2));
    let (end, from) = match (windows, unix) {
        (Some(one), Some(other)) => one.min(other),
        (one, other) => one.or(other)?,
    };
    Some((&part[..end], &part[from..]))
}

/// Undoes quoted-printable.
fn unquote(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut at = 0;
    while at < body.len() {
        let hex = |from: usize| {
            let pair = body.get(from..from + 2)?;
            u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()
        };
        match (body[at], hex(at + 1)) {
            (b'=', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (b'=', None) => {
                // A soft break at the end of a line.
                let rest = &body[at + 1..];
                let end = rest.iter().position(|byte| *byte == b'\n').map_or(rest.len(), |end| end + 1);
                at += 1 + if rest[..end].iter().all(u8::is_ascii_whitespace) { end } else { 0 };
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    out
}
