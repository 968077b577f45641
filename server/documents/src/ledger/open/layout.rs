//! What calamine does not tell of an .xlsx: hidden rows and columns, what is struck out, formulas without a result, and
//! from which year days are counted. Merged regions come along in the same pass, and every part of the package is
//! unpacked once under a limit.

use std::collections::{HashMap, HashSet};
use std::io::{BufReader, Cursor, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::super::LedgerError;
use super::super::grid::{Address, Merge};
use super::strikes::{self, Strikes};
use super::xml::{attribute, broken, each};
use super::{MAX_COLUMNS, read_limited};

/// What there is to know of a sheet beside its cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layout {
    /// From 1.
    pub hidden_rows: HashSet<u32>,
    /// From 0.
    pub hidden_columns: Vec<u16>,
    pub merges: Vec<Merge>,
    /// Cells with a formula whose result the file does not hold.
    pub unsolved: HashSet<Address>,
    /// Cells with something struck out: what is left of the text, none where the whole cell is struck out.
    pub struck: HashMap<Address, Option<String>>,
}

/// What there is to know of a workbook beside its cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Layouts {
    /// By name of the sheet.
    pub sheets: HashMap<String, Layout>,
    pub from_1904: bool,
}

/// Most parts in one package.
const MAX_PARTS: usize = 10_000;
/// Most merged regions kept of one sheet.
const MAX_MERGES: usize = 50_000;
/// Most cells of one sheet that are kept as struck out or without result.
const MAX_MARKED: usize = 2_000_000;

/// Layouts by sheet name; `left` bytes may be unpacked, see [`super::MAX_UNPACKED`].
pub(crate) fn read(bytes: &[u8], mut left: u64) -> Result<Layouts, LedgerError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| LedgerError::NotAWorkbook)?;
    if archive.len() > MAX_PARTS {
        return Err(LedgerError::TooLarge);
    }
    let names = archive
        .file_names()
        .map(|name| name.map(std::borrow::Cow::into_owned))
        .collect::<Result<Vec<String>, _>>()
        .map_err(|_| LedgerError::Broken)?;
    let parts = Parts { names };
    let package = match parts.find("_rels/.rels") {
        Some(rels) => relations(&whole(&mut archive, rels, &mut left)?, "")?,
        None => HashMap::new(),
    };
    // Some systems call the workbook workbook22.xml; the package says which part it is.
    let workbook = package
        .values()
        .filter(|(kind, _)| kind.ends_with("/officeDocument"))
        .find_map(|(_, target)| parts.find(target))
        .or_else(|| parts.find("xl/workbook.xml"))
        .ok_or(LedgerError::NotAWorkbook)?;
    let (folder, file) = workbook.trim_start_matches('/').rsplit_once('/').unwrap_or(("", workbook));
    let book = book_of(&whole(&mut archive, workbook, &mut left)?)?;
    let related = match parts.find(&format!("{folder}/_rels/{file}.rels")) {
        Some(rels) => relations(&whole(&mut archive, rels, &mut left)?, folder)?,
        None => HashMap::new(),
    };
    let of_kind = |kind: &str| related.values().find(|(k, _)| k.ends_with(kind)).and_then(|(_, path)| parts.find(path));
    let mut strikes = Strikes::default();
    if let Some(styles) = of_kind("/styles") {
        strikes.styles = strikes::styles(&whole(&mut archive, styles, &mut left)?)?;
    }
    let strings = of_kind("/sharedStrings");
    if let Some(strings) = strings
        && holds(&mut archive, strings, b"strike")?
    {
        let part = archive.by_name(strings).map_err(|_| LedgerError::Broken)?;
        strikes.strings = strikes::strings(&mut Counted { part, left: &mut left.clone() })?;
    }
    let mut paths: HashMap<&str, String> = HashMap::new();
    for (name, id) in book.sheets {
        if let Some(path) = related.get(&id).and_then(|(_, target)| parts.find(target)) {
            paths.insert(path, name);
        }
    }
    let mut layouts = Layouts { from_1904: book.from_1904, ..Layouts::default() };
    for name in &parts.names {
        let mut part = archive.by_name(name).map_err(|_| LedgerError::Broken)?;
        if let Some(sheet) = paths.get(name.as_str()) {
            layouts.sheets.insert(sheet.clone(), layout_of(&mut Counted { part, left: &mut left }, &strikes)?);
        } else {
            read_limited(&mut part, &mut left, false)?;
        }
    }
    Ok(layouts)
}

/// The names of a package's parts.
struct Parts {
    names: Vec<String>,
}

impl Parts {
    fn find(&self, wanted: &str) -> Option<&str> {
        let wanted = wanted.trim_start_matches('/');
        self.names.iter().find(|name| name.trim_start_matches('/').eq_ignore_ascii_case(wanted)).map(String::as_str)
    }
}

/// The whole of a small part.
fn whole<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str, left: &mut u64) -> Result<Vec<u8>, LedgerError> {
    let mut part = archive.by_name(name).map_err(|_| LedgerError::Broken)?;
    if part.encrypted() {
        return Err(LedgerError::Encrypted);
    }
    read_limited(&mut part, left, true)
}

/// Whether a word stands anywhere in a part. The part is counted when it is read for good.
fn holds<R: Read + Seek>(archive: &mut ZipArchive<R>, name: &str, word: &[u8]) -> Result<bool, LedgerError> {
    let mut part = archive.by_name(name).map_err(|_| LedgerError::Broken)?;
    let mut chunk = vec![0; 64 << 10];
    let (mut kept, mut sum) = (0, 0u64);
    loop {
        let count = part.read(&mut chunk[kept..]).map_err(|_| LedgerError::Broken)?;
        sum += count as u64;
        if sum > super::MAX_UNPACKED {
            return Err(LedgerError::TooLarge);
        }
        if chunk[..kept + count].windows(word.len()).any(|window| window == word) {
            return Ok(true);
        }
        if count == 0 {
            return Ok(false);
        }
        // A word may lie across two chunks.
        let end = kept + count;
        kept = end.min(word.len() - 1);
        chunk.copy_within(end - kept..end, 0);
    }
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

fn is_set(element: &BytesStart<'_>, name: &str) -> bool {
    attribute(element, name).is_some_and(|value| matches!(value.as_str(), "1" | "true"))
}

/// What the workbook's part says.
#[derive(Default)]
struct Book {
    /// (name, relationship) of every sheet.
    sheets: Vec<(String, String)>,
    from_1904: bool,
}

fn book_of(xml: &[u8]) -> Result<Book, LedgerError> {
    let mut book = Book::default();
    each(xml, |element| match element.local_name().as_ref() {
        "sheet" => {
            if let (Some(name), Some(id)) = (attribute(element, "name"), attribute(element, "id")) {
                book.sheets.push((name, id));
            }
        }
        "workbookPr" => book.from_1904 = is_set(element, "date1904"),
        _ => {}
    })?;
    Ok(book)
}

/// Relationship to its kind and the path of its part; `folder` is where the part lies that relates.
fn relations(xml: &[u8], folder: &str) -> Result<HashMap<String, (String, String)>, LedgerError> {
    let mut found = HashMap::new();
    each(xml, |element| {
        if element.local_name().as_ref() == "Relationship"
            && let (Some(id), Some(target)) = (attribute(element, "Id"), attribute(element, "Target"))
        {
            let path = match target.strip_prefix('/') {
                Some(absolute) => absolute.to_owned(),
                None if folder.is_empty() => target.trim_start_matches("./").to_owned(),
                None => format!("{folder}/{}", target.trim_start_matches("./")),
            };
            found.insert(id, (attribute(element, "Type").unwrap_or_default(), path));
        }
    })?;
    Ok(found)
}

/// The cell that is being read.
#[expect(clippy::struct_excessive_bools, reason = "four things that a cell has or has not")]
#[derive(Default)]
struct Current {
    formula: bool,
    value: bool,
    strikes: bool,
    shared: bool,
}

fn layout_of(part: &mut impl Read, strikes: &Strikes) -> Result<Layout, LedgerError> {
    let mut layout = Layout::default();
    let mut row = 0;
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(part));
    let mut buffer = Vec::new();
    let mut cell = Current::default();
    let looks = !strikes.is_empty();
    let (mut number, mut attributes) = (String::new(), String::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer).map_err(broken)? {
            Event::Start(element) | Event::Empty(element) => match element.local_name().as_ref() {
                "c" => {
                    // Few cells are looked at closely; of the others the address is not even read.
                    attributes.clear();
                    attributes.push_str(element.attributes_raw());
                    cell = Current {
                        strikes: looks && attribute(&element, "s").is_some_and(|style| strikes.is_style(&style)),
                        shared: looks && attribute(&element, "t").as_deref() == Some("s"),
                        ..Current::default()
                    };
                }
                "f" => cell.formula = true,
                "v" | "is" => {
                    cell.value = true;
                    number.clear();
                }
                "row" => {
                    row = attribute(&element, "r").and_then(|r| r.parse().ok()).unwrap_or(row + 1);
                    if is_set(&element, "hidden") {
                        layout.hidden_rows.insert(row);
                    }
                }
                "col" if is_set(&element, "hidden") => {
                    let bound = |name| attribute(&element, name).and_then(|value| value.parse::<u16>().ok());
                    if let (Some(from), Some(to)) = (bound("min"), bound("max")) {
                        layout.hidden_columns.extend(from.saturating_sub(1)..to.min(MAX_COLUMNS));
                    }
                }
                "mergeCell" if layout.merges.len() < MAX_MERGES => {
                    layout.merges.extend(attribute(&element, "ref").as_deref().and_then(region));
                }
                _ => {}
            },
            Event::Text(text) if cell.shared && cell.value => number.push_str(&text),
            Event::End(element) if element.local_name().as_ref() == "c" => {
                if (cell.strikes || cell.shared || cell.formula && !cell.value)
                    && let Some(address) = address_in(&attributes)
                {
                    mark(&mut layout, strikes, &cell, address, &number);
                }
                cell = Current::default();
            }
            Event::Eof => return Ok(layout),
            _ => {}
        }
    }
}

fn mark(layout: &mut Layout, strikes: &Strikes, cell: &Current, address: Address, number: &str) {
    if layout.unsolved.len() + layout.struck.len() > MAX_MARKED {
        return;
    }
    if cell.formula && !cell.value {
        layout.unsolved.insert(address);
    }
    if cell.strikes {
        layout.struck.insert(address, None);
    } else if cell.shared
        && let Some(left) = number.trim().parse().ok().and_then(|number: usize| strikes.strings.get(&number))
    {
        layout.struck.insert(address, Some(left.clone()).filter(|left| !left.trim().is_empty()));
    }
}

/// The address among a cell's attributes.
fn address_in(attributes: &str) -> Option<Address> {
    let at = attributes.find(" r=").map(|at| at + 1).or_else(|| attributes.starts_with("r=").then_some(0))?;
    let value = attributes.get(at + 3..)?;
    place(value.split(['"', '\'']).next()?)
}

/// `C5:C35`.
fn region(text: &str) -> Option<Merge> {
    let (from, to) = text.split_once(':')?;
    let ((left, top), (right, bottom)) = (place(from)?, place(to)?);
    Some(Merge { rows: (top, bottom), columns: (left, right) })
}

fn place(text: &str) -> Option<Address> {
    let (mut column, mut row) = (0u16, 0u32);
    for byte in text.bytes().filter(|byte| *byte != b'$') {
        if byte.is_ascii_alphabetic() && row == 0 {
            let letter = u16::from(byte.to_ascii_uppercase() - b'A');
            column = column.checked_mul(26)?.checked_add(letter + 1)?;
        } else {
            let digit = char::from(byte).to_digit(10)?;
            row = row.checked_mul(10)?.checked_add(digit)?;
        }
    }
    (row > 0).then_some((column.checked_sub(1)?, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits() {
        let book = crate::ledger::template(domain::organization::LedgerKind::Needs).unwrap();
        assert_eq!(read(&book, 1 << 20).unwrap().sheets.len(), 3);
        assert_eq!(read(&book, 4 << 10).unwrap_err(), LedgerError::TooLarge);
        assert_eq!(read(&book[..book.len() / 2], 1 << 20).unwrap_err(), LedgerError::NotAWorkbook);
    }

    #[test]
    fn regions() {
        assert_eq!(region("C5:C35"), Some(Merge { rows: (5, 35), columns: (2, 2) }));
        assert_eq!(region("$A$1:AB1"), Some(Merge { rows: (1, 1), columns: (0, 27) }));
        assert_eq!(region("A1"), None);
        assert_eq!(address_in(" r=\"AB12\" s=\"3\""), Some((27, 12)));
    }
}
