//! What calamine does not tell of an .xls: hidden rows and columns, and cells struck out. The workbook's stream is read
//! once more for its records of rows, columns, fonts and styles ([MS-XLS], sections 2.4.122, 2.4.353, 2.4.53, 2.4.221).

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use super::super::grid::Address;
use super::MAX_COLUMNS;

/// Of one sheet.
#[derive(Debug, Default)]
pub(super) struct Marks {
    pub hidden_rows: HashSet<u32>,
    pub hidden_columns: Vec<u16>,
    pub struck: HashSet<Address>,
}

/// Largest stream that is looked at, in bytes.
const MOST: u64 = 128 << 20;

/// The marks of each sheet by its name; nothing where the file has none or cannot be followed.
pub(super) fn marks(bytes: &[u8]) -> HashMap<String, Marks> {
    stream(bytes).map(|stream| read(&stream)).unwrap_or_default()
}

fn stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut file = cfb::CompoundFile::open(Cursor::new(bytes)).ok()?;
    let mut found = Vec::new();
    for name in ["/Workbook", "/Book"] {
        if let Ok(part) = file.open_stream(name) {
            part.take(MOST).read_to_end(&mut found).ok()?;
            return Some(found);
        }
    }
    None
}

/// A record's number and content.
struct Records<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Records<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (word(self.stream, self.at)?, usize::from(word(self.stream, self.at + 2)?));
        let from = self.at + 4;
        let content = self.stream.get(from..from + length)?;
        self.at = from + length;
        Some((kind, content))
    }
}

fn word(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]))
}

fn read(stream: &[u8]) -> HashMap<String, Marks> {
    let (mut fonts, mut styles, mut sheets) = (Vec::new(), Vec::new(), Vec::new());
    for (kind, content) in (Records { stream, at: 0 }) {
        match kind {
            0x0031 => fonts.push(word(content, 2).is_some_and(|options| options & 0x0008 != 0)),
            0x00e0 => styles.push(word(content, 0).unwrap_or_default()),
            0x0085 => sheets.extend(sheet(content)),
            // The end of what is said of the whole book.
            0x000a => break,
            _ => {}
        }
    }
    // Font 4 does not exist; the fonts behind it are one place further in front.
    let struck: HashSet<u16> = (0u16..)
        .zip(styles)
        .filter(|(_, font)| {
            let place = usize::from(if *font > 4 { font - 1 } else { *font });
            fonts.get(place).copied().unwrap_or(false)
        })
        .map(|(style, _)| style)
        .collect();
    sheets.into_iter().map(|(name, at)| (name, sheet_marks(stream, at, &struck))).collect()
}

/// Name and place of a sheet.
fn sheet(content: &[u8]) -> Option<(String, usize)> {
    let at = u32::from_le_bytes(content.get(..4)?.try_into().ok()?);
    let length = usize::from(*content.get(6)?);
    let wide = content.get(7)? & 1 == 1;
    let name = if wide {
        let units: Vec<u16> = (0..length).filter_map(|unit| word(content, 8 + unit * 2)).collect();
        String::from_utf16_lossy(&units)
    } else {
        content.get(8..8 + length)?.iter().map(|byte| char::from(*byte)).collect()
    };
    Some((name, usize::try_from(at).ok()?))
}

fn sheet_marks(stream: &[u8], at: usize, struck: &HashSet<u16>) -> Marks {
    let mut marks = Marks::default();
    let mut depth = 0;
    for (kind, content) in (Records { stream, at }) {
        match kind {
            0x0809 => depth += 1,
            0x000a => {
                depth -= 1;
                if depth <= 0 {
                    break;
                }
            }
            0x0208 => {
                if word(content, 12).is_some_and(|options| options & 0x0020 != 0)
                    && let Some(row) = word(content, 0)
                {
                    marks.hidden_rows.insert(u32::from(row) + 1);
                }
            }
            0x007d => {
                if let (Some(from), Some(to), Some(options)) = (word(content, 0), word(content, 2), word(content, 8))
                    && options & 1 == 1
                {
                    marks.hidden_columns.extend(from..=to.min(MAX_COLUMNS));
                }
            }
            // Single cells: formula, number, label, RK, text.
            0x0006 | 0x0203 | 0x0204 | 0x027e | 0x00fd | 0x0205 => {
                if let (Some(row), Some(column), Some(style)) = (word(content, 0), word(content, 2), word(content, 4))
                    && struck.contains(&style)
                {
                    marks.struck.insert((column, u32::from(row) + 1));
                }
            }
            // Several numbers side by side, six bytes each.
            0x00bd => {
                let (Some(row), Some(first)) = (word(content, 0), word(content, 2)) else { continue };
                for (column, cell) in (first..).zip(content[4..].chunks_exact(6)) {
                    if word(cell, 0).is_some_and(|style| struck.contains(&style)) {
                        marks.struck.insert((column, u32::from(row) + 1));
                    }
                }
            }
            _ => {}
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_file_at_all() {
        assert!(marks(b"\xd0\xcf\x11\xe0 and nothing").is_empty());
        assert!(read(&[0x31, 0, 2, 0, 1]).is_empty());
        // 表 in two bytes.
        assert_eq!(sheet(&[9, 0, 0, 0, 0, 0, 1, 1, 0x68, 0x88]), Some(("表".to_owned(), 9)));
    }
}
