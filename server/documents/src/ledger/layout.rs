//! What calamine does not tell of an .xlsx: hidden rows. Merged regions come along in the same pass,
//! and every part of the package is unpacked once under a limit.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Cursor, Read};

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::LedgerError;
use super::grid::Merge;
use super::open::read_limited;

/// Hidden rows (from 1) and merged regions of a sheet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    pub hidden_rows: HashSet<u32>,
    pub merges: Vec<Merge>,
}

/// Most parts in one package.
const MAX_PARTS: usize = 10_000;
/// Most merged regions kept of one sheet.
const MAX_MERGES: usize = 50_000;

/// Layouts by sheet name; `left` bytes may be unpacked, see [`super::MAX_UNPACKED`].
pub(crate) fn read(bytes: &[u8], mut left: u64) -> Result<HashMap<String, Layout>, LedgerError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| LedgerError::NotAWorkbook)?;
    if archive.len() > MAX_PARTS {
        return Err(LedgerError::TooLarge);
    }
    let names = archive
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect::<Result<Vec<String>, _>>()
        .map_err(|_| LedgerError::Broken)?;
    let find = |wanted: &str| names.iter().find(|name| name.trim_start_matches('/').eq_ignore_ascii_case(wanted));
    let Some(workbook) = find("xl/workbook.xml") else {
        return Err(LedgerError::NotAWorkbook);
    };
    let mut small = |archive: &mut ZipArchive<_>, name: &str| -> Result<Vec<u8>, LedgerError> {
        let mut part = archive.by_name(name).map_err(|_| LedgerError::Broken)?;
        if part.encrypted() {
            return Err(LedgerError::Encrypted);
        }
        read_limited(&mut part, &mut left, true)
    };
    let sheets = sheets_of(&small(&mut archive, workbook)?)?;
    let targets = match find("xl/_rels/workbook.xml.rels") {
        Some(rels) => targets_of(&small(&mut archive, rels)?)?,
        None => HashMap::new(),
    };
    let mut paths: HashMap<String, String> = HashMap::new();
    for (name, id) in sheets {
        if let Some(path) = targets.get(&id).and_then(|target| find(target)) {
            paths.insert(path.clone(), name);
        }
    }
    let mut layouts = HashMap::new();
    for name in &names {
        let mut part = archive.by_name(name).map_err(|_| LedgerError::Broken)?;
        if let Some(sheet) = paths.get(name) {
            layouts.insert(sheet.clone(), layout_of(&mut Counted { part, left: &mut left })?);
        } else {
            read_limited(&mut part, &mut left, false)?;
        }
    }
    Ok(layouts)
}

/// A reader that fails once the limit is used up.
struct Counted<'a, R> {
    part: R,
    left: &'a mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.part.read(buffer)?;
        *self.left = self
            .left
            .checked_sub(count as u64)
            .ok_or_else(|| std::io::Error::from(std::io::ErrorKind::FileTooLarge))?;
        Ok(count)
    }
}

fn broken(error: quick_xml::Error) -> LedgerError {
    match error {
        quick_xml::Error::Io(io) if io.kind() == std::io::ErrorKind::FileTooLarge => LedgerError::TooLarge,
        _ => LedgerError::Broken,
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = element.attributes().flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(found.normalized_value(XmlVersion::Explicit1_0).ok()?.into_owned())
}

/// (name, relationship) of every sheet.
fn sheets_of(xml: &[u8]) -> Result<Vec<(String, String)>, LedgerError> {
    let mut found = Vec::new();
    each(xml, |element| {
        if element.local_name().as_ref() == "sheet"
            && let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id"))
        {
            found.push((name, id));
        }
    })?;
    Ok(found)
}

/// Relationship to the path of its part.
fn targets_of(xml: &[u8]) -> Result<HashMap<String, String>, LedgerError> {
    let mut found = HashMap::new();
    each(xml, |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None => format!("xl/{target}"),
            };
            found.insert(id, path);
        }
    })?;
    Ok(found)
}

fn each(xml: &[u8], mut take: impl FnMut(&BytesStart<'_>)) -> Result<(), LedgerError> {
    let mut reader = quick_xml::Reader::from_reader(xml);
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => take(&element),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

fn layout_of(part: &mut impl Read) -> Result<Layout, LedgerError> {
    let mut layout = Layout::default();
    let mut row = 0;
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "row" => {
                    row = attribute(&element, "r").and_then(|r| r.parse().ok()).unwrap_or(row + 1);
                    if attribute(&element, "hidden").is_some_and(|h| matches!(h.as_str(), "1" | "true")) {
                        layout.hidden_rows.insert(row);
                    }
                }
                "mergeCell" if layout.merges.len() < MAX_MERGES => {
                    layout.merges.extend(attribute(&element, "ref").as_deref().and_then(region));
                }
                _ => {}
            },
            Event::Eof => return Ok(layout),
            _ => {}
        }
    }
}

/// `C5:C35`.
fn region(text: &str) -> Option<Merge> {
    let (from, to) = text.split_once(':')?;
    let ((left, top), (right, bottom)) = (place(from)?, place(to)?);
    Some(Merge { rows: (top, bottom), columns: (left, right) })
}

fn place(text: &str) -> Option<(u16, u32)> {
    let text = text.replace('$', "");
    let digits = text.find(|c: char| c.is_ascii_digit())?;
    let column = text[..digits].bytes().try_fold(0u16, |sum, b| {
        let letter = u16::from(b.to_ascii_uppercase().checked_sub(b'A')?);
        sum.checked_mul(26)?.checked_add(letter + 1)
    })?;
    Some((column.checked_sub(1)?, text[digits..].parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let book = super::super::template(domain::organization::LedgerKind::Needs).unwrap();
        assert_eq!(read(&book, 1 << 20).unwrap().len(), 3);
        assert_eq!(read(&book, 4 << 10).unwrap_err(), LedgerError::TooLarge);
        assert_eq!(read(&book[..book.len() / 2], 1 << 20).unwrap_err(), LedgerError::NotAWorkbook);
    }

    #[test]
    fn regions() {
        assert_eq!(region("C5:C35"), Some(Merge { rows: (5, 35), columns: (2, 2) }));
        assert_eq!(region("$A$1:AB1"), Some(Merge { rows: (1, 1), columns: (0, 27) }));
        assert_eq!(region("A1"), None);
    }
}
