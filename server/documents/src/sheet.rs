//! A table as a workbook of texts: nothing in it can be a formula, long numbers stay whole.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

/// Characters that one cell holds.
const CELL: usize = 32_000;

/// One sheet, the first row its heads, every cell a text.
///
/// # Errors
/// What the workbook writer says: a name of a sheet it does not take, too many rows.
pub fn texts(name: &str, heads: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    write(&mut book, name, heads, rows)?;
    book.save_to_buffer()
}

/// One sheet of several.
#[derive(Clone, Debug)]
pub struct Sheet<'a> {
    pub name: String,
    pub heads: &'a [&'a str],
    pub rows: &'a [Vec<String>],
}

/// Several sheets, each as [`texts`] writes one.
///
/// # Errors
/// As [`texts`].
pub fn book(sheets: &[Sheet<'_>]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    for sheet in sheets {
        write(&mut book, &sheet.name, sheet.heads, sheet.rows)?;
    }
    book.save_to_buffer()
}

fn write(book: &mut Workbook, name: &str, heads: &[&str], rows: &[Vec<String>]) -> Result<(), XlsxError> {
    let bold = Format::new().set_bold();
    let sheet = book.add_worksheet();
    sheet.set_name(name)?;
    for (column, head) in (0u16..).zip(heads) {
        sheet.write_string_with_format(0, column, *head, &bold)?;
    }
    for (at, row) in (1u32..).zip(rows) {
        for (column, cell) in (0u16..).zip(row) {
            if cell.chars().count() > CELL {
                sheet.write_string(at, column, cell.chars().take(CELL).collect::<String>())?;
            } else {
                sheet.write_string(at, column, cell)?;
            }
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    Ok(())
}

/// The same as comma-separated text, with the mark by which Excel knows UTF-8. A cell that a program could take for a
/// formula begins with an apostrophe; every cell stands in quotes.
pub fn csv(heads: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = String::from("\u{feff}");
    let heads = heads.iter().map(ToString::to_string).collect::<Vec<_>>();
    for row in std::iter::once(&heads).chain(rows) {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push(',');
            }
            let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
            out.push('"');
            if formula {
                out.push('\'');
            }
            out.push_str(&cell.replace('"', "\"\""));
            out.push('"');
        }
        out.push_str("\r\n");
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};

    #[test]
    fn no_cell_of_a_text_file_is_a_formula() {
        let row = ["=1+1", "平常\"引号\"", "@SUM(A1)", "两\n行"].map(ToOwned::to_owned).to_vec();
        let text = String::from_utf8(csv(&["a", "b", "c", "d"], &[row])).unwrap();
        let whole = "\u{feff}\"a\",\"b\",\"c\",\"d\"\r\n\"'=1+1\",\"平常\"\"引号\"\"\",\"'@SUM(A1)\",\"两\n行\"\r\n";
        assert_eq!(text, whole);
    }

    #[test]
    fn every_cell_is_a_text() {
        let row = ["=1+1", "@SUM(A1)", "120102190001010019", "+1", "\t=1", "＝1"].map(ToOwned::to_owned).to_vec();
        let bytes = texts("表", &["a", "b", "c", "d", "e", "f"], std::slice::from_ref(&row)).unwrap();
        let mut book = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("表").unwrap();
        for (column, cell) in (0u32..).zip(row) {
            assert_eq!(range.get_value((1, column)), Some(&Data::String(cell)));
        }
        assert!(book.worksheet_formula("表").is_ok_and(|formulas| formulas.is_empty()));
    }
}
