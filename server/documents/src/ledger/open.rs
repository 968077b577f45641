//! From bytes to sheets: what kind of file it is, and the guards against files that only look small.

use std::io::{Cursor, Read};

use calamine::{Data, DataRef, Dimensions, Reader, SheetVisible, Xls, Xlsx, XlsxError};
use chrono::NaiveDate;

use super::LedgerError;
use super::grid::{Address, Cell, Grid, Line, Merge};

mod biff;
mod layout;
mod strikes;
mod text_file;
mod web_page;
mod xml;

/// Largest file taken, in bytes.
pub const MAX_FILE: usize = 64 << 20;
/// Largest size of everything inside a workbook once unpacked, in bytes.
pub const MAX_UNPACKED: u64 = 512 << 20;
/// Most rows with content in one file.
pub const MAX_ROWS: usize = 200_000;
/// Columns beyond this one are not read.
pub const MAX_COLUMNS: u16 = 256;
/// Most sheets in one file.
pub const MAX_SHEETS: usize = 200;

/// Opened sheets in the order of the file.
pub(crate) fn open(bytes: &[u8], file_name: &str) -> Result<Vec<Grid>, LedgerError> {
    if bytes.is_empty() {
        return Err(LedgerError::Empty);
    }
    if bytes.len() > MAX_FILE {
        return Err(LedgerError::TooLarge);
    }
    let sheets = match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => xlsx(bytes)?,
        [0xd0, 0xcf, 0x11, 0xe0, ..] => xls(bytes)?,
        [b'%', b'P', b'D', b'F', ..] | [0x89, b'P', b'N', b'G', ..] | [0xff, 0xd8, 0xff, ..] => {
            return Err(LedgerError::NotAWorkbook);
        }
        _ => match web_page::read(bytes, file_name)? {
            Some(tables) => tables,
            None => vec![text_file::read(bytes, file_name)?],
        },
    };
    if sheets.iter().all(|sheet| sheet.lines.is_empty()) {
        return Err(LedgerError::Empty);
    }
    Ok(sheets)
}

/// Counts rows over all sheets against [`MAX_ROWS`].
pub(crate) struct RowBudget(usize);

impl RowBudget {
    pub fn new() -> Self {
        Self(MAX_ROWS)
    }

    pub fn take(&mut self) -> Result<(), LedgerError> {
        self.0 = self.0.checked_sub(1).ok_or(LedgerError::TooManyRows)?;
        Ok(())
    }
}

fn xlsx(bytes: &[u8]) -> Result<Vec<Grid>, LedgerError> {
    // The layout pass unpacks every part once under a limit, so that calamine never meets a bomb.
    let layouts = layout::read(bytes, MAX_UNPACKED)?;
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsxError::Password => LedgerError::Encrypted,
        _ => LedgerError::Broken,
    })?;
    let metadata = book.sheets_metadata().to_vec();
    if metadata.len() > MAX_SHEETS {
        return Err(LedgerError::TooLarge);
    }
    let mut budget = RowBudget::new();
    let mut sheets = Vec::new();
    for sheet in metadata {
        let layout = layouts.sheets.get(&sheet.name).cloned().unwrap_or_default();
        let mut grid = Grid::new(&sheet.name, sheet.visible != SheetVisible::Visible, layout.merges.clone());
        grid.hidden_columns.clone_from(&layout.hidden_columns);
        grid.from_1904 = layouts.from_1904;
        let mut reader = match book.worksheet_cells_reader(&sheet.name) {
            Ok(reader) => reader,
            // Chart sheets and dialogs hold no cells.
            Err(XlsxError::NotAWorksheet(_) | XlsxError::WorksheetNotFound(_)) => continue,
            Err(_) => return Err(LedgerError::Broken),
        };
        while let Some(cell) = reader.next_cell().map_err(|_| LedgerError::Broken)? {
            let (row, column) = cell.get_position();
            let Some(column) = u16::try_from(column).ok().filter(|c| *c < MAX_COLUMNS) else {
                continue;
            };
            let value = match from_ref(cell.get_value()) {
                None if layout.unsolved.contains(&(column, row + 1)) => Some(Cell::Error),
                value => value,
            };
            if let Some(value) = value {
                let struck = layout.struck.get(&(column, row + 1));
                push(&mut grid, (column, row + 1), value, struck, &mut budget)?;
            }
        }
        // A writer may store rows out of order; every later step relies on the order.
        grid.lines.sort_by_key(|line| line.row);
        for line in &mut grid.lines {
            line.hidden = layout.hidden_rows.contains(&line.row);
        }
        sheets.push(grid);
    }
    Ok(sheets)
}

/// Puts a cell where it belongs. `struck` is what is left of a cell with something struck out.
fn push(
    grid: &mut Grid,
    (column, row): Address,
    value: Cell,
    struck: Option<&Option<String>>,
    budget: &mut RowBudget,
) -> Result<(), LedgerError> {
    if grid.lines.last().is_none_or(|line| line.row != row) {
        budget.take()?;
        grid.lines.push(Line::new(row));
    }
    if let Some(line) = grid.lines.last_mut() {
        let value = match struck {
            None => Some(value),
            Some(left) => {
                line.struck.push((column, value.text().into()));
                left.as_deref().and_then(from_text)
            }
        };
        if let Some(value) = value {
            line.push(column, value);
        }
    }
    Ok(())
}

fn xls(bytes: &[u8]) -> Result<Vec<Grid>, LedgerError> {
    // A workbook with a password is an OLE file with this stream inside, whatever its suffix.
    let marker: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.windows(marker.len()).any(|window| window == marker) {
        return Err(LedgerError::Encrypted);
    }
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        calamine::XlsError::Password => LedgerError::Encrypted,
        _ => LedgerError::NotAWorkbook,
    })?;
    let mut marks = biff::marks(bytes);
    let mut budget = RowBudget::new();
    let mut sheets = Vec::new();
    for sheet in book.sheets_metadata().to_vec() {
        let marks = marks.remove(&sheet.name).unwrap_or_default();
        let Ok(range) = book.worksheet_range(&sheet.name) else {
            continue;
        };
        let merges = book.merge_cells_by_sheet_name(&sheet.name).unwrap_or_default();
        let merges = merges.iter().filter_map(merge_of).collect();
        let mut grid = Grid::new(&sheet.name, sheet.visible != SheetVisible::Visible, merges);
        grid.from_1904 = book.has_1904_epoch();
        let (top, left) = range.start().unwrap_or_default();
        for (row, column, value) in range.used_cells() {
            let at = u32::try_from(row).unwrap_or(u32::MAX).saturating_add(top);
            let column = u32::try_from(column).unwrap_or(u32::MAX).saturating_add(left);
            let Some(column) = u16::try_from(column).ok().filter(|c| *c < MAX_COLUMNS) else {
                continue;
            };
            if let Some(value) = from_data(value) {
                let address = (column, at.saturating_add(1));
                let struck = marks.struck.contains(&address).then_some(&None);
                push(&mut grid, address, value, struck, &mut budget)?;
            }
        }
        for line in &mut grid.lines {
            line.hidden = marks.hidden_rows.contains(&line.row);
        }
        grid.hidden_columns = marks.hidden_columns;
        sheets.push(grid);
    }
    Ok(sheets)
}

fn merge_of(region: &Dimensions) -> Option<Merge> {
    Some(Merge {
        rows: (region.start.0 + 1, region.end.0 + 1),
        columns: (u16::try_from(region.start.1).ok()?, u16::try_from(region.end.1).ok()?),
    })
}

fn from_ref(value: &DataRef<'_>) -> Option<Cell> {
    match value {
        DataRef::SharedString(text) => from_text(text),
        other => from_data(&Data::from(other.clone())),
    }
}

fn from_text(text: &str) -> Option<Cell> {
    (!text.trim().is_empty()).then(|| Cell::Text(text.into()))
}

fn from_data(value: &Data) -> Option<Cell> {
    Some(match value {
        Data::Empty => return None,
        Data::String(text) | Data::DurationIso(text) => return from_text(text),
        #[expect(clippy::cast_precision_loss, reason = "a spreadsheet keeps no more than a double either")]
        Data::Int(number) => Cell::Number(*number as f64),
        Data::Float(number) => Cell::Number(*number),
        Data::Bool(value) => Cell::Bool(*value),
        Data::DateTime(at) if at.is_duration() => Cell::Number(at.as_f64()),
        Data::DateTime(at) => {
            let (year, month, day, ..) = at.to_ymd_hms_milli();
            match NaiveDate::from_ymd_opt(i32::from(year), u32::from(month), u32::from(day)) {
                Some(day) => Cell::Date(day),
                None => Cell::Number(at.as_f64()),
            }
        }
        Data::DateTimeIso(text) => match text.get(..10).and_then(|day| day.parse().ok()) {
            Some(day) => Cell::Date(day),
            None => return from_text(text),
        },
        Data::Error(_) => Cell::Error,
    })
}

/// Reads a whole part of a package, counting against what is left of [`MAX_UNPACKED`].
pub(crate) fn read_limited(part: &mut impl Read, left: &mut u64, keep: bool) -> Result<Vec<u8>, LedgerError> {
    let mut content = Vec::new();
    let mut chunk = vec![0; 64 << 10];
    loop {
        let count = part.read(&mut chunk).map_err(|_| LedgerError::Broken)?;
        if count == 0 {
            return Ok(content);
        }
        *left = left.checked_sub(count as u64).ok_or(LedgerError::TooLarge)?;
        if keep {
            content.extend_from_slice(&chunk[..count]);
        }
    }
}
