//! A person's copy of the own data (个人信息保护法, article 45): one sheet per kind.

use rust_xlsxwriter::{Format, FormatAlign, Workbook, XlsxError};

/// One sheet: its columns and rows, all text.
#[derive(Clone, Debug)]
pub struct Section {
    /// At most 31 characters, as Excel wants it.
    pub title: String,
    pub columns: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// The workbook. Every cell is text, so that no number loses digits and nothing is a formula.
pub fn workbook(sections: &[Section]) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let head = Format::new().set_bold();
    let text = Format::new().set_num_format("@").set_text_wrap().set_align(FormatAlign::Top);
    for section in sections {
        let sheet = book.add_worksheet().set_name(&section.title)?;
        for (column, name) in (0_u16..).zip(&section.columns) {
            sheet.write_string_with_format(0, column, *name, &head)?;
            sheet.set_column_width(column, if column == 0 { 20 } else { 36 })?;
        }
        for (row, cells) in (1_u32..).zip(&section.rows) {
            for (column, cell) in (0_u16..).zip(cells) {
                sheet.write_string_with_format(row, column, cell, &text)?;
            }
        }
    }
    book.save_to_buffer()
}

#[cfg(test)]
mod tests {
    use super::*;
    use calamine::{Data, Reader, Xlsx};

    #[test]
    fn numbers_stay_text_and_nothing_is_a_formula() {
        let section = Section {
            title: "档案".into(),
            columns: vec!["项目", "内容"],
            rows: vec![vec!["身份证号".into(), "120101190001010016".into()], vec!["注".into(), "=1+1".into()]],
        };
        let bytes = workbook(&[section]).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(std::io::Cursor::new(bytes)).unwrap();
        let sheet = book.worksheet_range("档案").unwrap();
        assert_eq!(sheet.get_value((1, 1)), Some(&Data::String("120101190001010016".into())));
        assert_eq!(sheet.get_value((2, 1)), Some(&Data::String("=1+1".into())));
    }
}
