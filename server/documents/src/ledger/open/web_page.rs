//! Tables that older systems export as a web page, a web archive (MHT) or XML of Excel 2003 and call .xls.

use std::borrow::Cow;

mod archive;

use super::super::LedgerError;
use super::super::grid::{Cell, Grid, Line, Merge};
use super::{MAX_COLUMNS, MAX_SHEETS, RowBudget, text_file};

/// The sheets of a page; none if the file is no such page.
pub(crate) fn read(bytes: &[u8], file_name: &str) -> Result<Option<Vec<Grid>>, LedgerError> {
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let start = start.trim_start_matches(['\u{feff}', ' ', '\r', '\n', '\t']);
    let archive = start.starts_with("mime-version") || start.contains("content-type: multipart/related");
    let page = if archive {
        Cow::Owned(archive::page(bytes).ok_or(LedgerError::WebPage)?)
    } else if start.starts_with('<') {
        Cow::Borrowed(bytes)
    } else {
        return Ok(None);
    };
    let text = text_of(&page)?;
    let sheets = tables(&text, text_file::sheet_name(file_name))?;
    if sheets.iter().all(|sheet| sheet.lines.is_empty()) {
        return Err(LedgerError::WebPage);
    }
    Ok(Some(sheets))
}

/// The page in the encoding that it names, or that it is in.
fn text_of(bytes: &[u8]) -> Result<Cow<'_, str>, LedgerError> {
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) || bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return text_file::decode(bytes);
    }
    if std::str::from_utf8(bytes).is_err() {
        let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
        let named = head.find("charset=").or_else(|| head.find("encoding=")).and_then(|at| {
            let rest = head[at..].split_once('=')?.1.trim_start_matches(['"', '\'', ' ']);
            encoding_rs::Encoding::for_label(rest.split(['"', '\'', ' ', ';', '>', '?', '/']).next()?.as_bytes())
        });
        if let Some(encoding) = named.filter(|encoding| *encoding != encoding_rs::UTF_8) {
            return Ok(encoding.decode_without_bom_handling(bytes).0);
        }
    }
    text_file::decode(bytes)
}

/// Where the walk over a page stands.
struct Walk {
    sheets: Vec<Grid>,
    merges: Vec<Merge>,
    row: u32,
    column: u16,
    line: Option<Line>,
    /// Text of the cell that is open.
    cell: Option<String>,
    span: (u16, u32),
    /// Cells that a taller cell above reaches into: column and last row.
    covered: Vec<(u16, u32)>,
    budget: RowBudget,
}

impl Walk {
    fn open_sheet(&mut self, name: &str, hidden: bool) {
        self.close_sheet();
        self.sheets.push(Grid::new(name, hidden, Vec::new()));
        self.row = 0;
        self.covered.clear();
    }

    fn close_sheet(&mut self) {
        if let Some(grid) = self.sheets.last_mut() {
            let mut whole = Grid::new(&grid.name, grid.hidden, std::mem::take(&mut self.merges));
            whole.lines = std::mem::take(&mut grid.lines);
            *grid = whole;
        }
    }

    fn open_row(&mut self, index: Option<u32>, hidden: bool) -> Result<(), LedgerError> {
        self.close_row()?;
        self.row = index.filter(|index| *index > self.row).unwrap_or(self.row + 1);
        self.column = 0;
        let mut line = Line::new(self.row);
        line.hidden = hidden;
        self.line = Some(line);
        Ok(())
    }

    fn close_row(&mut self) -> Result<(), LedgerError> {
        self.close_cell();
        if let Some(line) = self.line.take()
            && !line.is_empty()
            && let Some(grid) = self.sheets.last_mut()
        {
            self.budget.take()?;
            grid.lines.push(line);
        }
        Ok(())
    }

    fn open_cell(&mut self, index: Option<u16>, columns: u16, rows: u32) {
        self.close_cell();
        if let Some(index) = index {
            self.column = index.saturating_sub(1);
        }
        let row = self.row;
        while self.covered.iter().any(|(column, last)| *column == self.column && *last >= row) {
            self.column += 1;
        }
        self.span = (columns.max(1), rows.max(1));
        self.cell = Some(String::new());
    }

    fn close_cell(&mut self) {
        let Some(text) = self.cell.take() else { return };
        let (columns, rows) = self.span;
        let text = unescape(&text);
        if self.column < MAX_COLUMNS
            && !text.trim().is_empty()
            && let Some(line) = &mut self.line
        {
            line.push(self.column, Cell::Text(text.trim().into()));
        }
        let right = self.column.saturating_add(columns - 1).min(MAX_COLUMNS);
        if (columns > 1 || rows > 1) && self.column < MAX_COLUMNS && self.merges.len() < 50_000 {
            let last = self.row.saturating_add(rows - 1);
            self.merges.push(Merge { rows: (self.row, last), columns: (self.column, right) });
            if rows > 1 {
                self.covered.extend((self.column..=right).map(|column| (column, last)));
            }
        }
        self.column = right.saturating_add(1);
    }
}

/// All tables of a page as one sheet, as Excel shows it; each sheet of an XML workbook as its own.
fn tables(page: &str, name: &str) -> Result<Vec<Grid>, LedgerError> {
    let mut walk = Walk {
        sheets: Vec::new(),
        merges: Vec::new(),
        row: 0,
        column: 0,
        line: None,
        cell: None,
        span: (1, 1),
        covered: Vec::new(),
        budget: RowBudget::new(),
    };
    walk.open_sheet(name, false);
    let mut silent: Option<String> = None;
    let mut rest = page;
    while let Some(open) = rest.find('<') {
        let (text, tail) = rest.split_at(open);
        if silent.is_none()
            && let Some(cell) = &mut walk.cell
        {
            cell.push_str(&one_line(text));
        }
        if let Some(comment) = tail.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        let Some(end) = tail.find('>') else { break };
        let tag = &tail[1..end];
        rest = &tail[end + 1..];
        let closing = tag.starts_with('/');
        let element = tag.trim_start_matches('/').split([' ', '\r', '\n', '\t', '/']).next().unwrap_or_default();
        let element = element.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        if let Some(waiting) = &silent {
            if closing && *waiting == element {
                silent = None;
            }
            continue;
        }
        match (element.as_str(), closing) {
            ("script" | "style", false) if !tag.ends_with('/') => silent = Some(element),
            ("worksheet", false) => {
                if walk.sheets.len() >= MAX_SHEETS {
                    return Err(LedgerError::TooLarge);
                }
                let own = attribute(tag, "name").unwrap_or_else(|| name.to_owned());
                walk.open_sheet(&own, false);
            }
            ("tr" | "row", false) => {
                let hidden = attribute(tag, "style")
                    .is_some_and(|style| style.replace(' ', "").contains("display:none"))
                    || attribute(tag, "hidden").is_some_and(|hidden| hidden == "1");
                walk.open_row(number(tag, "index"), hidden)?;
            }
            ("tr" | "row" | "table", true) => walk.close_row()?,
            ("td" | "th", false) => {
                let columns = number(tag, "colspan").and_then(|n| u16::try_from(n).ok()).unwrap_or(1);
                walk.open_cell(None, columns, number(tag, "rowspan").unwrap_or(1));
            }
            ("cell", false) => {
                let across = number(tag, "mergeacross").and_then(|n| u16::try_from(n).ok()).unwrap_or(0);
                let index = number(tag, "index").and_then(|n| u16::try_from(n).ok());
                walk.open_cell(
                    index,
                    across.saturating_add(1),
                    number(tag, "mergedown").unwrap_or(0).saturating_add(1),
                );
                if tag.ends_with('/') {
                    walk.close_cell();
                }
            }
            ("td" | "th" | "cell", true) => walk.close_cell(),
            ("br" | "p" | "div" | "li", _) => {
                if let Some(cell) = &mut walk.cell
                    && !cell.is_empty()
                    && !cell.ends_with('\n')
                {
                    cell.push('\n');
                }
            }
            _ => {}
        }
    }
    walk.close_row()?;
    walk.close_sheet();
    // The sheet that stands for the page itself is empty where the workbook names its own.
    if walk.sheets.len() > 1 {
        walk.sheets.retain(|sheet| !sheet.lines.is_empty());
    }
    Ok(walk.sheets)
}

/// White space between words is one space on a page.
fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\r' | '\n' | '\t' | ' ' => {
                if !out.ends_with(' ') && !out.is_empty() {
                    out.push(' ');
                }
            }
            c => out.push(c),
        }
    }
    out
}

/// The value of an attribute, with or without quotes, whatever its prefix.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let lower = tag.to_ascii_lowercase();
    let mut from = 0;
    while let Some(found) = lower[from..].find(name) {
        let at = from + found;
        from = at + name.len();
        let before = lower[..at].chars().next_back();
        if !before.is_some_and(|c| c.is_whitespace() || c == ':') {
            continue;
        }
        let rest = tag[from..].trim_start();
        let Some(value) = rest.strip_prefix('=') else { continue };
        let value = value.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let text = match quote {
            Some(quote) => value[1..].split(quote).next().unwrap_or_default(),
            None => value.split([' ', '>', '/']).next().unwrap_or_default(),
        };
        return Some(unescape(text));
    }
    None
}

fn number(tag: &str, name: &str) -> Option<u32> {
    attribute(tag, name)?.trim().parse().ok().filter(|number| *number < 1_000_000)
}

/// `&amp;`, `&#39;`, `&nbsp;` as what they mean.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let tail = &rest[at + 1..];
        let found = tail.find(';').filter(|end| *end <= 8).and_then(|end| {
            let name = &tail[..end];
            let c = match name {
                "amp" => '&',
                "lt" => '<',
                "gt" => '>',
                "quot" => '"',
                "apos" => '\'',
                "nbsp" => ' ',
                _ => {
                    let code = name.strip_prefix('#')?;
                    let code = match code.strip_prefix(['x', 'X']) {
                        Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                        None => code.parse().ok()?,
                    };
                    char::from_u32(code).filter(|c| *c != '\0')?
                }
            };
            Some((c, end + 1))
        });
        match found {
            Some((c, length)) => {
                out.push(c);
                rest = &tail[length..];
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fmt::Write as _;

    fn cells(grid: &Grid) -> Vec<(u32, Vec<(u16, String)>)> {
        grid.lines.iter().map(|line| (line.row, line.cells().map(|(at, cell)| (at, cell.text())).collect())).collect()
    }

    #[test]
    fn a_page() {
        let page = "<html><style>td{a:b}</style><table><tr><td rowspan=2>姓名<td>甲&amp;乙</td></tr><tr><td>二<br>三</td></tr><tr><td colspan=\"2\">x</td><td>&#39;y</td></table>";
        let sheets = read(page.as_bytes(), "台账.xls").unwrap().unwrap();
        assert_eq!(
            cells(&sheets[0]),
            [
                (1, vec![(0, "姓名".to_owned()), (1, "甲&乙".to_owned())]),
                (2, vec![(1, "二\n三".to_owned())]),
                (3, vec![(0, "x".to_owned()), (2, "'y".to_owned())])
            ]
        );
        assert!(read("a,b".as_bytes(), "x").unwrap().is_none());
    }

    #[test]
    fn an_archive_in_another_encoding() {
        let (gb, ..) = encoding_rs::GB18030.encode("<meta charset=gb2312><table><tr><td>姓名</td></tr></table>");
        let mut quoted = String::new();
        for byte in gb.as_ref() {
            write!(quoted, "={byte:02X}").unwrap();
            if quoted.len() % 75 < 3 {
                quoted.push_str("=\r\n");
            }
        }
        let archive = format!(
            "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{quoted}\r\n--b--\r\n"
        );
        let sheets = read(archive.as_bytes(), "x.xls").unwrap().unwrap();
        assert_eq!(cells(&sheets[0]), [(1, vec![(0, "姓名".to_owned())])]);
    }

    #[test]
    fn a_workbook_of_excel_2003() {
        let xml = "<?xml version=\"1.0\"?><Workbook xmlns:ss=\"x\"><Worksheet ss:Name=\"一\"><Table><Row ss:Index=\"3\"><Cell><Data ss:Type=\"String\">a</Data></Cell><Cell ss:Index=\"4\"><Data>b</Data></Cell></Row></Table></Worksheet><Worksheet ss:Name=\"二\"><Table><Row><Cell><Data>c</Data></Cell></Row></Table></Worksheet></Workbook>";
        let sheets = read(xml.as_bytes(), "x.xls").unwrap().unwrap();
        assert_eq!(sheets.iter().map(|sheet| sheet.name.as_str()).collect::<Vec<_>>(), ["一", "二"]);
        assert_eq!(cells(&sheets[0]), [(3, vec![(0, "a".to_owned()), (3, "b".to_owned())])]);
    }
}
