//! What offices' files are made of: sheets of cells with what each of their rows should come out as, written as .xlsx, as
//! text in an encoding, or as the web page that older systems call .xls.

use std::collections::BTreeMap;

use domain::division::Divisions;
use domain::resident_id::ResidentId;
use domain::uscc::Uscc;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use serde_json::{Value, json};

/// How a file is written.
#[derive(Clone, Copy, PartialEq)]
pub enum Written {
    Xlsx,
    Utf8,
    Gb18030,
    Utf16,
    /// A web page called .xls.
    Page,
    /// XML of Excel 2003 called .xls.
    Xml,
}

/// A sheet and what its rows should be: values, `"error"`, or why they are left out.
#[derive(Default)]
pub struct Tab {
    pub name: &'static str,
    pub rows: Vec<Vec<String>>,
    /// First row and column, last row and column, from 0.
    pub merges: Vec<(usize, usize, usize, usize)>,
    pub expected: BTreeMap<usize, Value>,
}

impl Tab {
    pub fn new(name: &'static str) -> Self {
        Self { name, ..Self::default() }
    }

    /// Adds a row that is no data; its cells divided by `|`.
    pub fn head(&mut self, cells: &str) -> &mut Self {
        self.rows.push(cells.split('|').map(str::to_owned).collect());
        self
    }

    /// Adds a row and what it should be.
    pub fn row(&mut self, cells: &[&str], expected: Value) {
        self.rows.push(cells.iter().map(|cell| (*cell).to_owned()).collect());
        self.expected.insert(self.rows.len(), expected);
    }

    /// Merges cells of one row, from one column to another.
    pub fn across(&mut self, row: usize, from: usize, to: usize) -> &mut Self {
        self.merges.push((row, from, row, to));
        self
    }

    /// Merges cells of one column, from one row to another.
    pub fn down(&mut self, column: usize, from: usize, to: usize) -> &mut Self {
        self.merges.push((from, column, to, column));
        self
    }
}

/// An office and its file.
pub struct Office {
    pub kind: &'static str,
    pub scope: &'static str,
    pub file: &'static str,
    pub written: Written,
    pub tabs: Vec<Tab>,
    /// What somebody says on the page of columns.
    pub said: &'static [&'static str],
}

/// A number cell.
pub fn number(written: &str) -> String {
    format!("\u{1}{written}")
}

/// A cell formatted as a date.
pub fn date(iso: &str) -> String {
    format!("\u{2}{iso}")
}

fn bare(cell: &str) -> &str {
    cell.trim_start_matches(['\u{1}', '\u{2}'])
}

impl Office {
    pub fn bytes(&self) -> Vec<u8> {
        match self.written {
            Written::Xlsx => self.xlsx(),
            Written::Utf8 => self.text(',').into_bytes(),
            Written::Gb18030 => encoding_rs::GB18030.encode(&self.text(',')).0.into_owned(),
            Written::Utf16 => {
                let text = self.text('\t');
                [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
            }
            Written::Page => self.page().into_bytes(),
            Written::Xml => self.xml().into_bytes(),
        }
    }

    fn xlsx(&self) -> Vec<u8> {
        let mut book = Workbook::new();
        let day = Format::new().set_num_format("yyyy-mm-dd");
        for tab in &self.tabs {
            let sheet = book.add_worksheet();
            sheet.set_name(tab.name).unwrap();
            for &(top, left, bottom, right) in &tab.merges {
                let at = |n: usize| u32::try_from(n).unwrap();
                let of = |n: usize| u16::try_from(n).unwrap();
                sheet.merge_range(at(top), of(left), at(bottom), of(right), "", &Format::new()).unwrap();
            }
            for (row, cells) in (0u32..).zip(&tab.rows) {
                for (column, cell) in (0u16..).zip(cells).filter(|(_, cell)| !cell.is_empty()) {
                    match cell.chars().next() {
                        Some('\u{1}') => sheet.write_number(row, column, bare(cell).parse::<f64>().unwrap()).unwrap(),
                        Some('\u{2}') => {
                            let at = ExcelDateTime::parse_from_str(bare(cell)).unwrap();
                            sheet.write_datetime_with_format(row, column, &at, &day).unwrap()
                        }
                        _ => sheet.write_string(row, column, cell).unwrap(),
                    };
                }
            }
        }
        book.save_to_buffer().unwrap()
    }

    fn text(&self, between: char) -> String {
        let mut text = String::new();
        for cells in &self.tabs[0].rows {
            let line: Vec<String> = cells
                .iter()
                .map(|cell| bare(cell))
                .map(|cell| {
                    if cell.contains([between, '"', '\n']) {
                        format!("\"{}\"", cell.replace('"', "\"\""))
                    } else {
                        cell.to_owned()
                    }
                })
                .collect();
            text.push_str(&line.join(&between.to_string()));
            text.push_str("\r\n");
        }
        text
    }

    fn page(&self) -> String {
        let tab = &self.tabs[0];
        let mut page = "<html><head><meta charset=\"utf-8\"></head><body><table border=1>".to_owned();
        for (row, cells) in tab.rows.iter().enumerate() {
            page.push_str("<tr>");
            for (column, cell) in cells.iter().enumerate() {
                let covered = |m: &&(usize, usize, usize, usize)| {
                    (m.0..=m.2).contains(&row) && (m.1..=m.3).contains(&column) && (m.0, m.1) != (row, column)
                };
                if tab.merges.iter().any(|m| covered(&m)) {
                    continue;
                }
                let span = tab.merges.iter().find(|m| (m.0, m.1) == (row, column));
                let span =
                    span.map_or(String::new(), |m| format!(" rowspan={} colspan={}", m.2 - m.0 + 1, m.3 - m.1 + 1));
                page += &["<td", &span, ">", &bare(cell).replace('\n', "<br>"), "</td>"].concat();
            }
            page.push_str("</tr>");
        }
        page + "</table></body></html>"
    }

    fn xml(&self) -> String {
        let mut xml = "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\" \
                       xmlns:ss=\"urn:schemas-microsoft-com:office:spreadsheet\">"
            .to_owned();
        for tab in &self.tabs {
            xml += &["<Worksheet ss:Name=\"", tab.name, "\"><Table>"].concat();
            for cells in &tab.rows {
                xml.push_str("<Row>");
                for cell in cells {
                    let kind = if cell.starts_with('\u{1}') { "Number" } else { "String" };
                    xml += &["<Cell><Data ss:Type=\"", kind, "\">", bare(cell), "</Data></Cell>"].concat();
                }
                xml.push_str("</Row>");
            }
            xml.push_str("</Table></Worksheet>");
        }
        xml + "</Workbook>"
    }
}

/// Somebody who never was.
pub struct Person {
    pub name: String,
    pub id: String,
    pub phone: String,
    /// Of a son, a neighbour.
    pub other: String,
    pub door: String,
    pub tells: &'static str,
    /// Persons of the household.
    pub size: usize,
}

const SURNAMES: [&str; 12] = ["褚", "卫", "沈", "韩", "尤", "许", "吕", "施", "孔", "曹", "严", "华"];
const GIVEN: [&str; 11] = ["柠笙", "砚坞", "泊禾", "澍", "青屿", "竹汀", "朴山", "苇", "荔安", "溪石", "松漪"];
const TELLS: [&str; 9] = [
    "腿脚不便，下楼买菜做饭都困难，希望有人帮一把",
    "独自居住，夜里起身怕摔倒，盼着常有人来看看",
    "老伴卧床两年，照顾的人也病了，实在忙不过来",
    "屋里多年没有收拾，卫生差，自己弯不下腰",
    "出院不久，复查没人陪，挂号取药都不会用手机",
    "情绪低落，不愿出门，想有人说说话",
    "家里只靠一人打零工，孩子功课没人管",
    "视力不好，缴费办事来回跑，想有人代办",
    "年纪大了洗澡费劲，卫生间又滑",
];

/// The person of a number, in a district of six digits.
pub fn person(number: usize, district: &str) -> Person {
    let id = format!("{district}1900{:02}{:02}{:03}", number % 12 + 1, number % 27 + 1, number * 7 % 990 + 3);
    Person {
        name: format!("{}{}", SURNAMES[number * 5 % 12], GIVEN[number * 3 % 11]),
        id: ResidentId::with_check_digit(&id).unwrap().as_str().to_owned(),
        phone: format!("1380000{:04}", (4000 + number * 13) % 10_000),
        other: format!("1380000{:04}", (7000 + number * 17) % 10_000),
        door: format!("示例里{}号楼{}门{}0{}", number % 9 + 1, number % 4 + 1, number % 6 + 1, number % 3 + 1),
        tells: TELLS[number % TELLS.len()],
        size: number % 4 + 1,
    }
}

/// A division by its code: twelve digits and its name without 居委会 and 村委会.
pub fn place(code: &str) -> (String, String) {
    let found = Divisions::bundled().get(code).unwrap();
    let name = found.name.replace("居民委员会", "").replace("居委会", "").replace("村委会", "村").replace("村村", "村");
    (found.code12.clone(), name)
}

/// The villages and communities of a street, in order.
pub fn places(street: &str) -> Vec<(String, String)> {
    let street = Divisions::bundled().get(street).unwrap().code12.clone();
    Divisions::bundled().children(&street).map(|found| place(&found.code12)).collect()
}

/// One of a few, going round.
pub fn turn<T: Copy>(of: &[T], number: usize) -> T {
    of[number % of.len()]
}

/// A sound code of an organization of a kind: `51`, `52`, `53`.
pub fn uscc(kind: &str, number: usize) -> String {
    Uscc::with_check_digits(&format!("{kind}120000MJT9{number:04}")).unwrap().as_str().to_owned()
}

/// `{n, unit, per}`.
pub fn often(n: usize, unit: &str, per: &str) -> Value {
    json!({"n": n, "unit": unit, "per": per})
}
